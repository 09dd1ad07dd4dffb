"""A learner's own record: lessons opened, quizzes answered, the pre-test. One small file on this computer."""

from __future__ import annotations

import json
import os
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from ..files import write_atomic

EMPTY: dict[str, Any] = {"version": 1, "lessons": {}, "quizzes": {}}


def progress_file() -> Path:
    """Where the record is kept. Set the environment variable CXKIT_HOME to keep it elsewhere.

    >>> progress_file().name
    'progress.json'
    """
    home = os.environ.get("CXKIT_HOME")
    return (Path(home) if home else user_data_path("cxkit", appauthor=False)) / "progress.json"


def grading() -> bool:
    """True where an instructor's run executes the notebook: nothing is recorded then.

    >>> grading()
    False
    """
    return os.environ.get("NBGRADER_EXECUTION") is not None


def _read() -> dict[str, Any]:
    path = progress_file()
    if not path.exists():
        return json.loads(json.dumps(EMPTY))
    try:
        record = json.loads(path.read_text("utf-8-sig"))
        if not _sound(record):
            raise ValueError("not a record of progress")
    except (ValueError, RecursionError):
        # nothing is thrown away: a person may still want to look into it
        path.replace(path.with_name(f"progress.damaged-{datetime.now():%Y%m%d-%H%M%S-%f}.json"))
        return json.loads(json.dumps(EMPTY))
    return record


def _sound(record: Any) -> bool:
    def fits(entries: Any, **fields: type) -> bool:
        return isinstance(entries, dict) and all(
            isinstance(one, dict) and all(isinstance(one.get(name), kind) for name, kind in fields.items())
            for one in entries.values()
        )

    return (
        isinstance(record, dict)
        and fits(record.get("lessons"), title=str, opened=str)
        and fits(record.get("quizzes"), title=str, answers=dict, first=dict, of=int)
        # records from before there were conversations have none
        and fits(record.get("conversations", {}), title=str, path=list, endings=list, of=int)
    )


def _look() -> dict[str, Any]:
    """The record for a reader, who can go on without one; a writer has to know that it is out of reach."""
    try:
        return _read()
    except OSError:
        return json.loads(json.dumps(EMPTY))


def _write(record: dict[str, Any]) -> None:
    path = progress_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8"))


def _now() -> str:
    return datetime.now().isoformat(timespec="seconds")


def record_lesson(name: str, title: str) -> None:
    """Note that a lesson was opened. The first time counts; later times change nothing."""
    if grading():
        return
    record = _read()
    if name not in record["lessons"]:
        record["lessons"][name] = {"title": title, "opened": _now()}
        _write(record)


def quiz_record(name: str) -> dict[str, Any]:
    """What was kept for one quiz: `answers` (question to answer) and `first` (question to right at first try).

    >>> sorted(quiz_record("a quiz that nobody took"))
    ['answers', 'first']
    """
    # an instructor's own answers are not the learner's
    kept = {} if grading() else _look()["quizzes"].get(name, {})
    return {"answers": kept.get("answers", {}), "first": kept.get("first", {})}


def record_quiz(
    name: str, title: str, answers: dict[str, Any], first: dict[str, bool], of: int, *, done: bool = False
) -> None:
    """Keep a quiz: its answers, and for each question whether the first try was right.

    `of` is the number of questions. A first try that is already kept is never changed.
    """
    if grading():
        return
    record = _read()
    kept = record["quizzes"].get(name, {})
    record["quizzes"][name] = {
        "title": title,
        "answers": answers,
        "first": first | kept.get("first", {}),
        "of": of,
        "done": kept.get("done") or (_now() if done else None),
        "last": _now(),
    }
    _write(record)


def conversation_record(name: str) -> dict[str, Any]:
    """What was kept for one conversation: `path` (the choices taken) and `endings` (the ids of those found).

    >>> conversation_record("a call that nobody took")
    {'path': [], 'endings': []}
    """
    kept = {} if grading() else _look().get("conversations", {}).get(name, {})
    return {key: [one for one in kept.get(key, []) if isinstance(one, str)] for key in ("path", "endings")}


def record_conversation(
    name: str, title: str, path: list[str], endings: list[str], of: int, *, ended: bool = False
) -> None:
    """Keep a conversation: the way taken so far and the endings found, of `of`; `ended` counts it as played once more.

    An ending that is already kept is never lost.
    """
    if grading():
        return
    record = _read()
    conversations = record.setdefault("conversations", {})
    kept, before = conversations.get(name, {}), conversation_record(name)
    played = kept.get("played")
    conversations[name] = {
        "title": title,
        "path": path,
        "endings": list(dict.fromkeys([*before["endings"], *endings])),
        "of": of,
        "played": (played if isinstance(played, int) else 0) + ended,
        "last": _now(),
    }
    _write(record)


class Progress:
    """The record as a learner reads it: one table of lessons, one of quizzes, one of conversations."""

    def __init__(self, record: dict[str, Any], path: Path) -> None:
        self.lessons = record["lessons"]
        self.quizzes = record["quizzes"]
        self.conversations = record.get("conversations", {})
        self.path = path

    def lines(self) -> list[str]:
        """The record in plain sentences, one a line."""
        lines = [f"Lesson opened: {one['title']} ({one['opened'][:10]})" for one in self.lessons.values()]
        for one in self.quizzes.values():
            # only a pre-test is ever done, and it tells nobody what was right
            if one["first"] and not one.get("done"):
                right = sum(one["first"].values())
                lines.append(f"Quiz: {one['title']}: {right} of {len(one['first'])} right at the first try")
                lines[-1] += (
                    f" ({one['of'] - len(one['first'])} still open)" if len(one["first"]) < one["of"] else ""
                )
            else:
                state = "kept for the end of the course" if one.get("done") else "begun"
                lines.append(f"{one['title']}: {len(one['answers'])} of {one['of']} answered, {state}")
        for one in self.conversations.values():
            found = min(len(one["endings"]), one["of"])
            state = f"{found} of {one['of']} endings found" if found else "begun"
            lines.append(f"Conversation: {one['title']}: {state}")
        return lines or ["Nothing is recorded yet. Open a lesson and it will show here."]

    def where(self) -> str:
        """Where the record is kept, in words."""
        home = Path.home()
        if self.path.is_relative_to(home):
            return f"in your home folder: {self.path.relative_to(home)}"
        return f"in the file {self.path}"

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(line)}</li>" for line in self.lines())
        return (
            f"<p><strong>Your progress so far</strong></p><ul>{items}</ul>"
            f"<p>This record is on your computer only, {escape(self.where())}. "
            "You may copy this file, or delete it to start afresh.</p>"
        )


def progress() -> Progress:
    """What you have done so far in this course, from the record on this computer.

    >>> isinstance(progress().lines(), list)
    True
    """
    return Progress(_look(), progress_file())

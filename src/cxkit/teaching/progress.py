"""A learner's own record: lessons, quizzes, exercises checked, the pre-test. One small file on this computer."""

from __future__ import annotations

import copy
import json
import math
import os
from collections import deque
from datetime import datetime
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from ..files import write_atomic

EMPTY: dict[str, Any] = {"version": 1, "lessons": {}, "quizzes": {}}
# a page shows a few of them; older ones belong to cells that ran again
_FOLLOWERS: deque[Any] = deque(maxlen=6)


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
        path.replace(path.with_name(f"progress.damaged-{_stamp()}.json"))
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
        # older records have no conversations, no guesses and no exercises
        and fits(record.get("conversations", {}), title=str, path=list, endings=list, of=int)
        and fits(record.get("guesses", {}), title=str, answers=dict)
        and fits(record.get("exercises", {}), title=str, tries=int, hints=dict)
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
    write_atomic(path, json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8", "replace"))
    _tell()


def _stamp() -> str:
    return f"{datetime.now():%Y%m%d-%H%M%S-%f}"


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


def guess_record(name: str) -> dict[str, Any]:
    """The first guess that was kept: question to answer; empty where nobody guessed.

    >>> guess_record("a guess that nobody made")
    {}
    """
    kept: dict[str, Any] = {} if grading() else _look().get("guesses", {}).get(name, {}).get("answers", {})
    return kept


def record_guess(name: str, title: str, answers: dict[str, Any]) -> None:
    """Keep a guess: question to answer. Whoever calls sees to it that a first guess is not overwritten."""
    if grading():
        return
    record = _read()
    record.setdefault("guesses", {})[name] = {"title": title, "answers": answers, "when": _now()}
    _write(record)


NO_EXERCISE: dict[str, Any] = {
    "title": "", "tries": 0, "hints": {}, "hints_of": 0, "marks": None, "checked": "", "model": None, "last": None
}  # fmt: skip


def exercise_record(name: str) -> dict[str, Any]:
    """What was kept for one exercise: `tries`, `marks` of the last check (value, of, extra, extra_of; None before the
    first), `hints` (question to how many were opened), `model` (when the model answer was opened, else None).

    >>> exercise_record("an exercise that nobody checked")["tries"]
    0
    """
    kept = {} if grading() else _look().get("exercises", {}).get(name, {})
    return sound_exercise(kept)


def sound_exercise(kept: dict[str, Any]) -> dict[str, Any]:
    """An entry of the record with all its fields, whatever a copy that was changed by hand holds.

    >>> sound_exercise({"hints": {"wait": "many"}})["hints"]
    {}
    """
    entry = {**copy.deepcopy(NO_EXERCISE), **kept}
    marks = entry["marks"]
    if not isinstance(marks, list) or len(marks) != 4 or not all(map(_is_number, marks)):
        entry["marks"] = None
    hints = entry["hints"] if isinstance(entry["hints"], dict) else {}
    entry["hints"] = {name: n for name, n in hints.items() if _is_number(n) and n > 0}
    for name in ("tries", "hints_of"):
        entry[name] = entry[name] if _is_number(entry[name]) else 0
    return entry


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def record_exercise(name: str, title: str, **changes: Any) -> None:
    """Keep what changed for one exercise; `changes` are fields of `exercise_record` (`model`: True for now)."""
    if grading():
        return
    if changes.get("model") is True:
        changes["model"] = _now()
    record = _read()
    exercises = record.setdefault("exercises", {})
    exercises[name] = {**sound_exercise(exercises.get(name, {})), **changes, "title": title, "last": _now()}
    _write(record)


def full_record() -> dict[str, Any]:
    """All that is kept: `lessons`, `quizzes`, and, where there are any, `conversations`, `guesses` and `exercises`.

    >>> sorted(full_record())[:1]
    ['lessons']
    """
    return json.loads(json.dumps(EMPTY)) if grading() else _look()


def record_copy() -> str:
    """The record as text, to keep elsewhere.

    >>> json.loads(record_copy())["version"]
    1
    """
    return json.dumps(full_record(), ensure_ascii=False, indent=1)


def load_record(text: str) -> None:
    """Put a copy in the place of the record; what stood there before is kept beside it.

    Raises ValueError when `text` is not a record of progress, OSError when it cannot be written.

    >>> load_record("{}")
    Traceback (most recent call last):
    ValueError: not a record of progress
    """
    try:
        record = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        record = None
    if not _sound(record):
        raise ValueError("not a record of progress")
    if grading():
        return
    path = progress_file()
    if path.is_file():
        write_atomic(path.with_name(f"progress.before-{_stamp()}.json"), path.read_bytes())
    _write(record)


def erase_record() -> None:
    """Erase all that is kept, also what was moved aside. Raises OSError where a file cannot be removed."""
    if grading():
        return
    folder = progress_file().parent
    for pattern in ("progress.json", "progress.damaged-*.json", "progress.before-*.json"):
        for path in folder.glob(pattern):
            path.unlink()
    _tell()


def follow(one: Any) -> None:
    """Call `one.refresh()` from now on whenever this notebook changes the record."""
    _FOLLOWERS.append(one)


def _tell() -> None:
    for one in list(_FOLLOWERS):
        one.refresh()

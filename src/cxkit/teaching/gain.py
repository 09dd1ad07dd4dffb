"""Before the course and after it: what was right in the two tests, and what that says about one person."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from cxkit.yaml_text import from_yaml

from .progress_words import words_in
from .questions import find_questions, questions_of
from .words import direction

Record = dict[str, Any]


def is_complete(kept: dict[str, Any] | None) -> bool:
    """Is a test done, with no question left open?"""
    return bool(kept and kept.get("done") and 0 < kept["of"] <= len(kept["first"]))


def right_in(kept: dict[str, Any]) -> int:
    """How many questions were right when the learner said “done”.

    >>> right_in({"first": {"a": True, "b": False}})
    1
    """
    return sum(first is True for first in kept["first"].values())


def gain_lines(record: Record, before: str, after: str, language: str = "en") -> list[str]:
    """The two results and the normalized gain in plain sentences; none while the second test is not complete.

    Parameters: `record`, as the record of progress keeps it; `before` and `after`, the names of the two tests.

    >>> done = {"done": "2026", "of": 4, "first": {"a": True, "b": True, "c": False, "d": False}}
    >>> better = {**done, "first": {"a": True, "b": True, "c": True, "d": False}}
    >>> gain_lines({"quizzes": {"pre": done, "post": better}}, "pre", "post")[1]
    'Your normalized gain is 0.5: you learned 50% of what was still to learn.'
    """
    first, second = (record["quizzes"].get(name) for name in (before, after))
    if not second or not is_complete(second):
        return []
    # only here, because pandas is slow to load and a lesson begins without it
    from ..measures.scores import normalized_gain, proportion

    words = words_in(language)
    n, now = second["of"], right_in(second)
    few = words["gain_few"].format(of=n)
    if not first or not is_complete(first) or first["of"] != n:
        return [words["gain_no_before"].format(after=now, of=n), few]
    then = right_in(first)
    numbers: dict[str, Any] = {"of": n, "before": then, "after": now}
    for name, right in (("before", then), ("after", now)):
        share = proportion(right, n)
        numbers[f"{name}_share"] = f"{100 * share.value:.0f}%"
        numbers[f"{name}_low"], numbers[f"{name}_high"] = (
            f"{100 * end:.0f}%" for end in (share.low, share.high)
        )
    said = [words["gain_scores"].format(**numbers)]
    if then == n:
        return [*said, words["gain_full"], few]
    gain = normalized_gain(100 * then / n, 100 * now / n).value
    # hundredths are more than twelve questions can tell, and fewer would not agree with the percent
    shown = f"{gain:.2f}".rstrip("0").rstrip(".").replace("-", "−")
    if language == "he":
        shown = f"\u2066{shown}\u2069"
    key = "gain" if now > then else "gain_none"
    return [*said, words[key].format(gain=shown, percent=f"{100 * gain:.0f}%"), few]


def rows_html(
    questions: dict[str, Any],
    record: Record,
    before: str,
    first: dict[str, bool],
    trace: Path | None,
    language: str = "en",
) -> str:
    """For each question what it was about, right or not before and now, and where to read it again."""
    words = words_in(language)
    about = _concepts(trace)
    kept = record["quizzes"].get(before)
    earlier = kept["first"] if kept and is_complete(kept) else {}

    def sign(right: Any) -> str:
        return words["gain_right" if right is True else "gain_wrong" if right is False else "gain_open"]

    rows = []
    for question in questions_of(questions):
        row = question["row"].split()[0]
        concept, file = about.get(row, (row, ""))
        link = escape(words["gain_lesson"].format(n=int(file[:2]))) if file else ""
        cells = [sign(earlier.get(question["id"])), sign(first.get(question["id"]))]
        middle = "".join(f"<td>{cell}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{escape(concept)}</th>{middle}<td>{link}</td></tr>')
    heads = "".join(
        f'<th scope="col">{words[key]}</th>'
        for key in ("gain_topic", "gain_before", "gain_now", "gain_again")
    )
    return (
        f'<div lang="{language}" dir="{direction(language)}"><table class="cx-rows">'
        f"<caption>{words['gain_title']}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def find_trace() -> Path | None:
    """The course's list of concepts; None where this folder is not in a course.

    >>> find_trace().name
    'trace.yaml'
    """
    try:
        return find_questions("trace", (".", "course"))
    except FileNotFoundError:
        return None


def _concepts(trace: Path | None) -> dict[str, tuple[str, str]]:
    """Each row of the course: its concept in words, and the lesson that is there for it."""
    if trace is None:
        return {}
    rows = from_yaml(trace.read_text("utf-8"))["rows"]
    return {
        one["row"]: (
            one["concept"],
            next((place["file"] for place in one["lesson"] if (trace.parent / place["file"]).is_file()), ""),
        )
        for one in rows
    }

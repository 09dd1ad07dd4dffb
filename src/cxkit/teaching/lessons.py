"""The lessons of the course: which there are, and which of them a learner has done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .questions import find_questions
from .register import read_checked

NOT_YET, BEGUN, DONE = "not_yet", "begun", "done"
Record = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """How far a learner is in one lesson.

    `state` is "done", "begun" or "not_yet"; `right` of `tried` questions were right at the first try, or None where
    the lesson's quiz tells nobody; `guesses` were made; `played` of `conversations` came to an end.
    """

    lesson: dict[str, Any]
    state: str
    right: int | None
    tried: int
    guesses: int
    played: int
    conversations: int


def read_lessons(path: str | Path) -> dict[str, Any]:
    """The course's list of lessons, checked. Raises ValueError that lists every fault.

    >>> read_lessons("course/lessons.yaml")["lessons"][0]["file"]
    '00_start_here.ipynb'
    """

    def repeated(course: Any) -> list[str]:
        names = [one[key] for key in ("number", "file") for one in course["lessons"]]
        return [f"'{one}' stands there twice" for one in sorted({i for i in names if names.count(i) > 1})]

    course: dict[str, Any] = read_checked(path, "lessons.schema.json", repeated)
    return course


def find_course() -> tuple[dict[str, Any], Path] | None:
    """The list of lessons and the folder it lies in; None where this folder is not in a course.

    >>> find_course()[1].name
    'course'
    """
    try:
        path = find_questions("lessons", (".", "course"))
    except FileNotFoundError:
        return None
    return read_lessons(path), path.parent


def link_to(folder: Path, file: str) -> str:
    """The way from this notebook's folder to a lesson, as a link needs it."""
    return Path(os.path.relpath(folder / file)).as_posix()


def is_answered(record: Record, quiz: str) -> bool:
    """Has every question of a quiz had its first try? A test without words counts when the learner said “done”."""
    kept = record["quizzes"].get(quiz)
    return bool(kept) and bool(kept.get("done") or 0 < kept["of"] <= len(kept["first"]))


def standing(record: Record, lesson: dict[str, Any], tests: dict[str, str]) -> Standing:
    """How far the record says a learner is in a lesson, whatever the language it was read in."""
    opened = any(_of_lesson(name, lesson) for name in record["lessons"])
    forms = list(_forms(lesson))
    answered = any(all(is_answered(record, quiz) for quiz in form["quizzes"]) for form in forms)
    names = [quiz for form in forms for quiz in form["quizzes"]]
    kept = [
        record["quizzes"][quiz] for quiz in names if quiz in record["quizzes"] and quiz not in tests.values()
    ]
    talks = record.get("conversations", {})
    played = max(
        sum(bool(talks.get(one, {}).get("endings")) for one in form["conversations"]) for form in forms
    )
    guesses = sum(_of_lesson(name, lesson) for name in record.get("guesses", {}))
    begun = opened or any(quiz in record["quizzes"] for quiz in names) or guesses or played
    return Standing(
        lesson,
        DONE if opened and answered else BEGUN if begun else NOT_YET,
        sum(first is True for one in kept for first in one["first"].values()) if kept else None,
        sum(len(one["first"]) for one in kept),
        guesses,
        played,
        len(lesson["conversations"]),
    )


def standings(record: Record, course: dict[str, Any]) -> list[Standing]:
    """How far a learner is in each lesson, in the order of the course."""
    return [standing(record, lesson, course["test"]) for lesson in course["lessons"]]


def in_language(lesson: dict[str, Any], language: str) -> dict[str, Any]:
    """The lesson's file and title in a language, where there are any; else those it was written with.

    >>> in_language({"title": "T", "also": [{"language": "he", "title": "ש"}]}, "he")["title"]
    'ש'
    """
    return next((one for one in lesson.get("also", []) if one["language"] == language), lesson)


def _forms(lesson: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield lesson
    yield from lesson.get("also", [])


def _of_lesson(name: str, lesson: dict[str, Any]) -> bool:
    return name[:2] == lesson["number"]

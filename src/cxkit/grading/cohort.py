"""A whole class marked: submissions in, and out what nbgrader would have left: marked notebooks, and rows in the gradebook.

It may be stopped at any moment. What has been marked stays marked; the next run takes up the rest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..files import write_atomic
from ..teaching.questions import as_text
from . import gradebook_rows
from .course import Course, handed_in_at, take_along
from .enter import enter_exercise, late_penalty
from .gradebook import Book
from .gradebook_rows import Row
from .look import Exercise, find_exercise
from .marker import MARKED, NO_MARKS, SAME, Marker, Result
from .opened import open_notebook
from .put_right import known_cells
from .workers import BROKE, TOO_LONG, in_parallel

# beside a marked notebook: what it was marked from, and what was odd
NOTE = ".cxkit-marked.json"
# how many marks may be lost to a power cut, and have to be given again
AT_ONCE, SECONDS = 50, 1.0

HUNG = "Marking it took longer than it may, and was stopped. Look at it by hand."
FELL = "Marking it ended the program that marks, perhaps for lack of memory. Look at it by hand."
OLDER = "The marks are those of what was handed in before."
ENTERED = "The exercise was entered in the gradebook as it stands in “{folder}”."
NO_TEXT = "The name of the folder is no text that the gradebook can hold. Give the folder another name, and grade again."
CLOSED = "The folder cannot be opened: {reason}. Give yourself the right to read it, and grade again."
EMPTY = "Marked, and all marks are 0. Read it before the marks go out."


@dataclass
class Graded:
    """What became of a class.

    `marked`, `same` (unchanged since the last time) and `no_marks` list learners; `look` and `mended` say why, by learner;
    `missing`: who has handed nothing in, of those that the gradebook or a roster knows; `notes`: about the exercise;
    `stopped`: was it interrupted?; `handed_in`: how many there are.
    """

    exercise: str
    handed_in: int = 0
    marked: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    no_marks: list[str] = field(default_factory=list)
    look: dict[str, list[str]] = field(default_factory=dict)
    mended: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stopped: bool = False
    seconds: float = 0.0

    @property
    def left(self) -> int:
        """How many have still to be looked at, after an interruption."""
        return self.handed_in - len(self.marked) - len(self.same) - len(self.no_marks)


def grade(
    course: Course,
    name: str,
    *,
    again: bool = False,
    roster: Iterable[Any] = (),
    progress: Callable[[int, int], None] = lambda done, of: None,
    processes: int | None = None,
) -> Graded:
    """Mark all that was handed in of an exercise, and that has changed since it was marked last.

    Parameters: `course`; `name`, of the exercise; `again`, to mark all anew; `roster`, learners with `id`, `first_name`,
    `last_name` and `email`; `progress`, told how many of how many are done; `processes`, by default one for each core.

    Marks and comments that were given by hand stay. Raises ValueError in words where the exercise is not there.
    """
    begun = time.monotonic()
    exercise = find_exercise(name, course.root)
    done = Graded(exercise.name)
    solution = course.place("source", ".", exercise.name) / exercise.file
    entry = _entered(course, exercise, solution, done)
    penalty = late_penalty(course)
    enrolled = [
        {key: str(getattr(one, key, "")) for key in ("id", "first_name", "last_name", "email")}
        for one in roster
    ]
    with Book(course.db_url) as book:
        if enrolled:
            book.enrol(enrolled)
        run = _Run(course, exercise, entry, book, penalty, done)
        jobs = run.jobs(again)
        done.handed_in = len(jobs) + len(done.no_marks)
        there = {job["learner"] for job in jobs}
        done.missing = [one for one in book.learners() if one not in there and not course.excluded(one)]
        if jobs:
            marker = Marker(exercise, entry.known(), solution)
            progress(0, len(jobs))
            try:
                for count, (job, result, fault) in enumerate(in_parallel(marker, jobs, processes), start=1):
                    run.take(job, result, fault)
                    progress(count, len(jobs))
            except KeyboardInterrupt:
                done.stopped = True
            finally:
                run.write()
        book.renew_late(entry, done.same, penalty)
    for learners in (done.marked, done.same, done.no_marks):
        learners.sort()  # they came as they were ready
    done.seconds = time.monotonic() - begun
    return done


def _entered(course: Course, exercise: Exercise, solution: Path, done: Graded) -> gradebook_rows.Exercise:
    """The exercise as the gradebook has it, brought up to date where the solution has changed."""
    with Book(course.db_url) as book:
        entry = book.exercise(exercise.name)
    if entry is None or _differs(entry, solution):
        enter_exercise(course, exercise.name)
        with Book(course.db_url) as book:
            entry = book.exercise(exercise.name)
        done.notes.append(ENTERED.format(folder=solution.parent.relative_to(course.root)))
    if entry is None:
        raise ValueError(
            f"The gradebook does not know “{exercise.name}”. Run: nbgrader generate_assignment {exercise.name}"
        )
    return entry


def _differs(entry: gradebook_rows.Exercise, solution: Path) -> bool:
    own = known_cells(open_notebook(solution.resolve()))
    points = {one.name: float(one.about["points"]) for one in own if one.about.get("points") is not None}
    locked = {one.name: one.source.strip() for one in own if one.locked}
    theirs = {name: cell["source"].strip() for name, cell in entry.sources.items() if cell["locked"]}
    return points != entry.points() or {one.name for one in own} != set(entry.sources) or locked != theirs


class _Run:
    """One run over a class: what is to be done, and what is written of it, a few at a time."""

    def __init__(
        self,
        course: Course,
        exercise: Exercise,
        entry: gradebook_rows.Exercise,
        book: Book,
        penalty: Any,
        done: Graded,
    ) -> None:
        self.course, self.exercise, self.entry, self.book = course, exercise, entry, book
        self.penalty, self.done = penalty, done
        self._found: list[tuple[Result, dict[str, Any]]] = []
        self._written = time.monotonic()

    def jobs(self, again: bool) -> list[dict[str, Any]]:
        course, name = self.course, self.exercise.name
        in_book = set() if again else self.book.marked(self.entry)
        found = []
        for learner in course.learners("submitted", name):
            folder = course.place("submitted", learner, ".").resolve()
            place = course.place("submitted", learner, name)
            if course.excluded(learner):
                continue
            try:
                if not (place.is_symlink() or place.exists() or _loose(folder)):
                    continue
                fault = "" if learner == as_text(learner) else NO_TEXT
            except OSError as closed:
                fault = CLOSED.format(reason=closed.strerror or closed)
            if fault:
                self.done.no_marks.append(learner)
                self.done.look[learner] = [fault]
                continue
            target = course.place("autograded", learner, name) / self.exercise.file
            before = _note(target).get("fingerprint", "") if learner in in_book and target.is_file() else ""
            when = handed_in_at(place)
            found.append(
                {
                    "learner": learner,
                    "folder": str(course.place("submitted", learner, name).parent),
                    "target": str(target),
                    "before": before,
                    "when": when.isoformat() if when else "",
                    "permissions": course.permissions,
                }
            )
        return found

    def take(self, job: dict[str, Any], given: dict[str, Any] | None, fault: str) -> None:
        """Take in what one submission came to."""
        learner = job["learner"]
        if given is None:
            words = {TOO_LONG: HUNG, BROKE: FELL}.get(fault, f"Marking it stopped: {fault}")
            result = Result(learner, NO_MARKS, look=[words])
        else:
            result = Result(**given)
        if result.state == SAME:
            note = _note(Path(job["target"]))
            result.look, result.mended = note.get("look", []), note.get("mended", [])
        if result.state == MARKED and not result.look and set(result.marks.values()) == {0.0}:
            result.look.append(EMPTY)
        if result.state == NO_MARKS and Path(job["target"]).exists():
            result.look.append(OLDER)
        if result.look:
            self.done.look[learner] = result.look
        if result.mended:
            self.done.mended[learner] = result.mended
        {SAME: self.done.same, MARKED: self.done.marked, NO_MARKS: self.done.no_marks}[result.state].append(
            learner
        )
        if result.state == MARKED:
            self._found.append((result, job))
            if len(self._found) >= AT_ONCE or time.monotonic() - self._written > SECONDS:
                self.write()

    def write(self) -> None:
        """Write what has come in since the last time: first the gradebook, then the sign that it is there."""
        found, self._found = self._found, []
        rows = []
        for result, job in found:
            when = handed_in_at(Path(job["folder"]) / self.exercise.name)
            rows.append(Row(result.learner, result.marks, set(result.untouched), when))
        self.book.save(self.entry, rows, self.penalty)
        for result, job in found:
            note = {"fingerprint": result.fingerprint, "look": result.look, "mended": result.mended}
            place = Path(job["target"]).with_name(NOTE)
            take_along(Path(job["folder"]) / self.exercise.name, place.parent)
            write_atomic(place, json.dumps(note, ensure_ascii=False).encode("utf-8", "replace"))
        self._written = time.monotonic()


def _loose(folder: Path) -> bool:
    """Does a learner's folder hold files outside any exercise's folder, which may be the exercise under another name?"""
    return any(
        path.name.lower().endswith(".ipynb") for path in folder.rglob("*") if path.stem != path.parent.name
    )


def _note(target: Path) -> dict[str, Any]:
    try:
        found = json.loads(target.with_name(NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

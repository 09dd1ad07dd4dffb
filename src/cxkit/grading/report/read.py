"""What an exercise's cohort left behind: marks from the gradebook, answers and words from the marked notebooks.

Nothing is changed: the gradebook is opened to read only, and no notebook is run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...teaching.handed_in import read_answers
from ...teaching.questions import Spec, read_questions
from ...teaching.tidy import tidy_answers
from ..course import open_course
from ..gradebook import Book
from ..look import Exercise
from ..said import EXTRA, clean, marked_cells

SQLITE = "sqlite:///"
# a marked notebook is some 100 kB; one that is far larger holds something else than answers
LARGEST = 20 * 1024 * 1024

NO_BOOK = "There is no gradebook in {course} yet. Grade the exercise first:  cxkit grade {exercise}"
NOT_THERE = "The gradebook knows no exercise “{exercise}” yet. Grade it first:  cxkit grade {exercise}"
NO_MARKS = "Nobody's work on “{exercise}” is marked yet. Grade it first:  cxkit grade {exercise}"
BROKEN = "The gradebook {file} cannot be read: {fault}. Is it a file of nbgrader's, and is it whole?"


@dataclass(frozen=True)
class Item:
    """One marked cell. `read`: a person gives its marks. `part`: the part of the form that it is about ("" for none)."""

    name: str
    label: str
    of: float
    part: str = ""
    read: bool = False

    @property
    def extra(self) -> bool:
        return self.name.startswith(EXTRA)


@dataclass
class Learner:
    """One learner in the gradebook. `got`: item to marks, None where a person still has to give them."""

    id: str
    name: str = ""
    got: dict[str, float | None] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    late: float = 0.0
    handed_in: bool = False

    @property
    def marked(self) -> bool:
        return bool(self.got)


@dataclass
class Cohort:
    """All learners of the gradebook, by id, and what they could get marks for in one exercise."""

    exercise: Exercise
    questions: Spec | None
    items: list[Item]
    learners: list[Learner]

    @property
    def marked(self) -> list[Learner]:
        return [one for one in self.learners if one.marked]

    @property
    def own(self) -> list[Item]:
        """The items of full marks: all but those that are extra."""
        return [one for one in self.items if not one.extra]


@dataclass(frozen=True)
class Read:
    """A marked notebook: its learner, the answers by question, and by item the words of lost marks."""

    learner: Learner
    answers: dict[str, Any]
    words: dict[str, list[str]]


def read_cohort(exercise: Exercise) -> Cohort:
    """The marks of everybody in the gradebook for one exercise.

    Raises ValueError in words where there is no gradebook, or nothing of the exercise is marked.

    >>> read_cohort(Exercise("ex", Path("/nowhere"), [], []))
    Traceback (most recent call last):
    ValueError: There is no gradebook in /nowhere yet. Grade the exercise first:  cxkit grade ex
    """
    rows = _rows(exercise)
    learners = {
        student: Learner(student, " ".join(clean(one) for one in (first, last) if one).strip())
        for student, first, last in rows["students"]
    }
    for student, late in rows["handed"]:
        learners[student].handed_in = True
        learners[student].late = float(late or 0.0)
    for student, item, auto, by_hand, extra, needs in rows["grades"]:
        one = learners[student]
        scored = auto if by_hand is None else by_hand
        one.got[item] = None if needs and by_hand is None else float(scored or 0.0) + float(extra or 0.0)
        if by_hand is not None:
            one.by_hand.add(item)
    if not any(one.marked for one in learners.values()):
        raise ValueError(NO_MARKS.format(exercise=exercise.name))
    folder = exercise.course / "solutions" / exercise.name
    return Cohort(
        exercise,
        _questions(folder, exercise.name),
        _items(folder / exercise.file, dict(rows["cells"])),
        [learners[name] for name in sorted(learners)],
    )


def read_notebooks(cohort: Cohort) -> Iterator[Read]:
    """Each learner's marked notebook, one at a time; those that are not there or cannot be read are left out."""
    exercise = cohort.exercise
    course = open_course(exercise.course)
    for learner in cohort.marked:
        notebook = _notebook(course.place("autograded", learner.id, exercise.name) / exercise.file)
        if notebook is not None:
            yield _read(cohort, learner, notebook)


def _read(cohort: Cohort, learner: Learner, notebook: dict[str, Any]) -> Read:
    given = read_answers(notebook).answers
    given = given if isinstance(given, dict) else {}
    words = {
        one.name: one.words for one in marked_cells(notebook) if not one.read and not one.full and one.words
    }
    return Read(learner, tidy_answers(cohort.questions, given) if cohort.questions else given, words)


def _notebook(path: Path) -> dict[str, Any] | None:
    """The notebook with each source as one text; None where it is none that grading can have written."""
    try:
        if path.stat().st_size > LARGEST:
            return None
        notebook = json.loads(path.read_bytes())
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            cell["metadata"].get("nbgrader", {}).get("grade")
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None
    return notebook if isinstance(notebook, dict) else None


def _items(solution: Path, points: dict[str, float]) -> list[Item]:
    """The marked cells in the order of the notebook, with the marks that the gradebook has for each."""
    found = {one.name: one for one in marked_cells(_notebook(solution) or {"cells": []})}
    known = [
        Item(name, one.label, float(points[name]), one.part, one.read)
        for name, one in found.items()
        if name in points
    ]
    # of a cell that the solution no longer has, the gradebook knows the name alone
    known += [Item(name, name, float(of)) for name, of in points.items() if name not in found]
    return [one for one in known if one.of > 0]


def _questions(folder: Path, name: str) -> Spec | None:
    try:
        return read_questions(folder / f"{name}.yaml")
    except (OSError, ValueError):
        return None


def _rows(exercise: Exercise) -> dict[str, list[Any]]:
    """A handful of queries for the whole cohort: one for each cell would take minutes for a thousand learners."""
    from sqlalchemy import select
    from sqlalchemy.exc import SQLAlchemyError

    url = open_course(exercise.course).db_url
    # SQLite would make an empty file where there is none
    missing = url.startswith(SQLITE) and not Path(url.removeprefix(SQLITE)).is_file()
    if missing:
        raise ValueError(NO_BOOK.format(course=exercise.course, exercise=exercise.name))
    with Book(url) as book:
        if book.empty:
            raise ValueError(NO_BOOK.format(course=exercise.course, exercise=exercise.name))
        assignment, notebook, cell = book["assignment"].c, book["notebook"].c, book["base_cell"].c
        whole, handed, grade = book["submitted_assignment"].c, book["submitted_notebook"].c, book["grade"].c
        student = book["student"].c

        def points(kind: str) -> Any:
            own = book[kind].c
            return (
                select(cell.name, own.max_score)
                .join_from(book["base_cell"], book[kind], own.id == cell.id)
                .join(book["notebook"], cell.notebook_id == notebook.id)
                .join(book["assignment"], notebook.assignment_id == assignment.id)
                .where(assignment.name == exercise.name, notebook.name == exercise.name)
            )

        came = (
            select(whole.student_id, handed.late_submission_penalty)
            .join_from(book["submitted_assignment"], book["assignment"], whole.assignment_id == assignment.id)
            .outerjoin(book["submitted_notebook"], handed.assignment_id == whole.id)
            .where(assignment.name == exercise.name)
        )
        marks = (
            select(
                whole.student_id,
                cell.name,
                grade.auto_score,
                grade.manual_score,
                grade.extra_credit,
                grade.needs_manual_grade,
            )
            .join_from(book["grade"], book["base_cell"], grade.cell_id == cell.id)
            .join(book["submitted_notebook"], grade.notebook_id == handed.id)
            .join(book["submitted_assignment"], handed.assignment_id == whole.id)
            .join(book["assignment"], whole.assignment_id == assignment.id)
            .join(book["notebook"], handed.notebook_id == notebook.id)
            .where(assignment.name == exercise.name, notebook.name == exercise.name)
        )
        try:
            with book.rows() as rows:
                if (
                    rows.execute(select(assignment.id).where(assignment.name == exercise.name)).first()
                    is None
                ):
                    raise ValueError(NOT_THERE.format(exercise=exercise.name))
                return {
                    "cells": [
                        tuple(one)
                        for kind in ("grade_cells", "task_cells")
                        for one in rows.execute(points(kind))
                    ],
                    "students": list(rows.execute(select(student.id, student.first_name, student.last_name))),
                    "handed": list(rows.execute(came)),
                    "grades": list(rows.execute(marks)),
                }
        except SQLAlchemyError as fault:
            raise ValueError(BROKEN.format(file=url, fault=fault)) from None

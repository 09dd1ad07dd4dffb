"""What the rows of nbgrader's gradebook say, and how those of a marked submission are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.engine import Connection

from .put_right import Known

SCHEMA_VERSION = 3
EPOCH = datetime(1970, 1, 1)


@dataclass
class Row:
    """One marked submission, as it goes into the gradebook.

    `marks`: grade id to marks, None where a person has to give them; `untouched`: the grade ids of solution cells that
    the learner left as they were; `when`: the moment it came, UTC without a time zone, None where that is not known.
    """

    learner: str
    marks: dict[str, float | None]
    untouched: set[str] = field(default_factory=set)
    when: datetime | None = None


@dataclass
class Said:
    """What the gradebook says to one learner: `late`, the marks taken off; by grade id `scores`, `comments`, and whether a
    mark is still `open`."""

    late: float
    scores: dict[str, float] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)
    open: dict[str, bool] = field(default_factory=dict)


def score(grade: Any) -> float:
    """What a row of `grade` is worth: what a person gave, else what the check gave, and extra credit."""
    given = grade["auto_score"] if grade["manual_score"] is None else grade["manual_score"]
    return 0.0 if given is None else given + (grade["extra_credit"] or 0.0)


@dataclass(frozen=True)
class Exercise:
    """An exercise as the gradebook has it: `cells` by kind (grade, task, solution) and name, `sources` by name."""

    name: str
    id: str
    notebook_id: str
    due: datetime | None
    cells: dict[str, dict[str, dict[str, Any]]]
    sources: dict[str, dict[str, Any]]

    def points(self) -> dict[str, float]:
        """The most that each marked cell can get."""
        return {
            name: float(one["max_score"])
            for kind in ("grade", "task")
            for name, one in self.cells[kind].items()
        }

    def known(self) -> list[Known]:
        """Its cells, with the metadata that nbgrader gives them; anything else costs nbgrader the whole batch."""
        points = self.points()
        found = []
        for name, cell in self.sources.items():
            about = {
                "schema_version": SCHEMA_VERSION,
                "grade_id": name,
                "cell_type": cell["cell_type"],
                "checksum": cell["checksum"],
                "locked": bool(cell["locked"]),
                **{kind: name in self.cells[kind] for kind in ("grade", "solution", "task")},
            }
            if name in points:
                about["points"] = points[name]
            found.append(Known(name, cell["cell_type"], cell["source"], about))
        return found


Penalty = Any
"""A function of (learner, marks, seconds late) that gives the marks to take off, or None."""


class Writing:
    """The rows of some submissions, within one transaction."""

    def __init__(
        self, tables: Mapping[str, Table], rows: Connection, exercise: Exercise, penalty: Penalty | None
    ) -> None:
        self.tables, self.rows, self.exercise, self.penalty = tables, rows, exercise, penalty

    def _insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            self.rows.execute(self.tables[table].insert(), rows)

    def write(self, found: list[Row]) -> None:
        submitted = self._submissions(found)
        books = self._notebooks([one["id"] for one in submitted.values()])
        place = {one.learner: books[submitted[one.learner]["id"]] for one in found}
        self._grades(found, place)
        self._comments(found, place)
        for one in found:
            self.late(submitted[one.learner], place[one.learner])

    def _submissions(self, found: list[Row]) -> dict[str, dict[str, Any]]:
        table = self.tables["submitted_assignment"]
        mine = (
            table.c.assignment_id == self.exercise.id,
            table.c.student_id.in_([one.learner for one in found]),
        )
        known = {
            one["student_id"]: dict(one) for one in self.rows.execute(select(table).where(*mine)).mappings()
        }
        new = [one for one in found if one.learner not in known]
        self._insert(
            "submitted_assignment",
            [
                {
                    "id": uuid4().hex,
                    "assignment_id": self.exercise.id,
                    "student_id": one.learner,
                    "timestamp": one.when,
                }
                for one in new
            ],
        )
        for one in found:
            if one.learner in known and one.when and one.when != known[one.learner]["timestamp"]:
                change = table.update().where(table.c.id == known[one.learner]["id"])
                self.rows.execute(change.values(timestamp=one.when))
        return {
            one["student_id"]: dict(one) for one in self.rows.execute(select(table).where(*mine)).mappings()
        }

    def _notebooks(self, submissions: list[str]) -> dict[str, str]:
        table = self.tables["submitted_notebook"]
        mine = table.c.notebook_id == self.exercise.notebook_id, table.c.assignment_id.in_(submissions)
        known = {one.assignment_id: one.id for one in self.rows.execute(select(table).where(*mine))}
        new = {one: uuid4().hex for one in submissions if one not in known}
        self._insert(
            "submitted_notebook",
            [
                {"id": own, "assignment_id": one, "notebook_id": self.exercise.notebook_id, "flagged": False}
                for one, own in new.items()
            ],
        )
        return {**known, **new}

    def _grades(self, found: list[Row], place: Mapping[str, str]) -> None:
        table = self.tables["grade"]
        there = self._there(table, place.values())
        new, changed = [], []
        for one in found:
            for kind in ("grade", "task"):
                for name, cell in self.exercise.cells[kind].items():
                    old = there.get((place[one.learner], cell["id"]))
                    mark = one.marks.get(name)
                    if old is None:
                        new.append(
                            {
                                "id": uuid4().hex, "notebook_id": place[one.learner], "cell_id": cell["id"],
                                "auto_score": mark, "needs_manual_grade": mark is None,
                            }
                        )  # fmt: skip
                    elif kind == "grade":
                        by_hand = old["manual_score"] is not None
                        changed.append(
                            {
                                "of": old["id"],
                                "auto_score": mark,
                                "needs_manual_grade": by_hand or mark is None,
                            }
                        )
        self._insert("grade", new)
        self._update(table, changed)

    def _comments(self, found: list[Row], place: Mapping[str, str]) -> None:
        table = self.tables["comment"]
        there = self._there(table, place.values())
        new, changed = [], []
        for one in found:
            for kind in ("solution", "task"):
                for name, cell in self.exercise.cells[kind].items():
                    old = there.get((place[one.learner], cell["id"]))
                    said = "No response." if kind == "solution" and name in one.untouched else None
                    if old is None:
                        new.append(
                            {
                                "id": uuid4().hex, "notebook_id": place[one.learner], "cell_id": cell["id"],
                                "auto_comment": said,
                            }
                        )  # fmt: skip
                    elif old["auto_comment"] != said:
                        changed.append({"of": old["id"], "auto_comment": said})
        self._insert("comment", new)
        self._update(table, changed)

    def _there(self, table: Table, books: Iterable[str]) -> dict[tuple[str, str], Any]:
        found = self.rows.execute(select(table).where(table.c.notebook_id.in_(list(books)))).mappings()
        return {(one["notebook_id"], one["cell_id"]): one for one in found}

    def _update(self, table: Table, changed: list[dict[str, Any]]) -> None:
        if changed:
            names = [name for name in changed[0] if name != "of"]
            change = (
                table.update()
                .where(table.c.id == bindparam("of"))
                .values({name: bindparam(name) for name in names})
            )
            self.rows.execute(change, changed)

    def late(self, submission: Any, notebook: str) -> None:
        """Marks taken off for coming late, by nbgrader's own rule for this course."""
        table, grade = self.tables["submitted_notebook"], self.tables["grade"]
        seconds = seconds_late(self.exercise.due, submission["extension"], submission["timestamp"])
        cost = None
        if seconds > 0 and self.penalty is not None:
            given = func.coalesce(grade.c.manual_score, grade.c.auto_score)
            mark = given + func.coalesce(grade.c.extra_credit, 0.0)
            whole = (
                self.rows.execute(select(func.sum(mark)).where(grade.c.notebook_id == notebook)).scalar()
                or 0.0
            )
            cost = self.penalty(submission["student_id"], whole, seconds)
            cost = None if cost is None else min(max(cost, 0.0), whole)
        self.rows.execute(table.update().where(table.c.id == notebook).values(late_submission_penalty=cost))


def seconds_late(due: datetime | None, extension: Any, when: datetime | None) -> float:
    """How many seconds after its time a submission came, 0 for one in time.

    >>> seconds_late(datetime(2026, 1, 1), timedelta(hours=1), datetime(2026, 1, 1, 1, 0, 5))
    5.0
    """
    if due is None or when is None:
        return 0.0
    if isinstance(extension, datetime):  # SQLite has no type for a length of time
        extension = extension - EPOCH
    return max(0.0, (when - (due + (extension or timedelta()))).total_seconds())

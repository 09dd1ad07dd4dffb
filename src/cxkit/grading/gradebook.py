"""nbgrader's gradebook, read and written row by row as nbgrader itself would, many submissions at a time.

The tables are those of nbgrader 0.9 (`nbgrader/api.py`); a test holds what is written here to what nbgrader reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import MetaData, Table, create_engine, inspect, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from .gradebook_rows import Exercise, Penalty, Row, Said, Writing, score

TABLES = (
    "student", "assignment", "notebook", "base_cell", "grade_cells", "solution_cells", "task_cells", "source_cell",
    "submitted_assignment", "submitted_notebook", "grade", "comment",
)  # fmt: skip
# as many learners as are read or written in one step
AT_ONCE = 200


class Book:
    """A gradebook that is open. Use it with `with`; what `save` has written stays, whatever happens afterwards."""

    def __init__(self, db_url: str) -> None:
        own = {"timeout": 60} if db_url.startswith("sqlite") else {}
        self._engine = create_engine(db_url, connect_args=own)
        self._meta = MetaData()
        try:
            there = set(inspect(self._engine).get_table_names())
            self.empty = not set(TABLES) <= there
            if not self.empty:
                self._meta.reflect(self._engine, only=TABLES)
        except SQLAlchemyError as fault:
            self._engine.dispose()
            raise ValueError(f"The gradebook {db_url} cannot be opened: {fault}") from fault

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.dispose()

    def __getitem__(self, table: str) -> Table:
        return self._meta.tables[table]

    @contextmanager
    def rows(self) -> Iterator[Connection]:
        """A connection to read with."""
        with self._engine.connect() as connection:
            yield connection

    # --- the exercise

    def exercise(self, name: str) -> Exercise | None:
        """What the gradebook knows of an exercise; None where it does not know it.

        Raises ValueError in words for one of several notebooks.
        """
        if self.empty:
            return None
        assignment, notebook = self["assignment"], self["notebook"]
        with self.rows() as rows:
            found = rows.execute(select(assignment).where(assignment.c.name == name)).mappings().first()
            if found is None:
                return None
            books = (
                rows.execute(select(notebook).where(notebook.c.assignment_id == found["id"])).mappings().all()
            )
            if [one["name"] for one in books] != [name]:
                there = ", ".join(f"“{one['name']}”" for one in books) or "none"
                raise ValueError(
                    f"The gradebook has these notebooks for “{name}”: {there}. An exercise has one, with its own name."
                )
            cells = {
                kind: rows.execute(
                    select(self["base_cell"].c.name, self["base_cell"].c.id, *more)
                    .join(self[table], self[table].c.id == self["base_cell"].c.id)
                    .where(self["base_cell"].c.notebook_id == books[0]["id"])
                ).mappings().all()
                for kind, table, more in (
                    ("grade", "grade_cells", [self["grade_cells"].c.max_score]),
                    ("task", "task_cells", [self["task_cells"].c.max_score]),
                    ("solution", "solution_cells", []),
                )
            }  # fmt: skip
            source = self["source_cell"]
            sources = (
                rows.execute(select(source).where(source.c.notebook_id == books[0]["id"])).mappings().all()
            )
        return Exercise(
            name, found["id"], books[0]["id"], found["duedate"],
            {kind: {one["name"]: dict(one) for one in given} for kind, given in cells.items()},
            {one["name"]: dict(one) for one in sources},
        )  # fmt: skip

    # --- marks

    def learners(self) -> list[str]:
        """The ids of all learners that the gradebook knows."""
        if self.empty:
            return []
        with self.rows() as rows:
            return sorted(rows.execute(select(self["student"].c.id)).scalars())

    def marked(self, exercise: Exercise) -> set[str]:
        """Who has marks for an exercise."""
        sub, book, grade = self["submitted_assignment"], self["submitted_notebook"], self["grade"]
        with self.rows() as rows:
            return set(
                rows.execute(
                    select(sub.c.student_id)
                    .distinct()
                    .join(book, book.c.assignment_id == sub.c.id)
                    .join(grade, grade.c.notebook_id == book.c.id)
                    .where(sub.c.assignment_id == exercise.id)
                    .where(or_(grade.c.auto_score.is_not(None), grade.c.manual_score.is_not(None)))
                ).scalars()
            )

    def enrol(self, learners: Iterable[Mapping[str, str]]) -> None:
        """Add learners, and write what is given of `id`, `first_name`, `last_name`, `email`; "" changes nothing."""
        student = self["student"]
        with self._engine.begin() as rows:
            known = set(rows.execute(select(student.c.id)).scalars())
            for one in learners:
                given = {name: text for name, text in one.items() if text and name in student.c}
                if one["id"] not in known:
                    known.add(one["id"])
                    rows.execute(student.insert().values(**given))
                elif len(given) > 1:
                    rows.execute(student.update().where(student.c.id == one["id"]).values(**given))

    def renew_late(self, exercise: Exercise, learners: list[str], penalty: Penalty | None) -> None:
        """Work out anew what coming late costs: the last day, or somebody's, may have been moved."""
        if exercise.due is None and penalty is None:
            return
        sub, book = self["submitted_assignment"], self["submitted_notebook"]
        with self._engine.begin() as rows:
            asked = select(sub, book.c.id.label("book")).join(book, book.c.assignment_id == sub.c.id)
            writing = Writing(self._meta.tables, rows, exercise, penalty)
            for start in range(0, len(learners), AT_ONCE):
                some = sub.c.student_id.in_(learners[start : start + AT_ONCE])
                for one in (
                    rows.execute(asked.where(sub.c.assignment_id == exercise.id, some)).mappings().all()
                ):
                    writing.late(one, one["book"])

    def said(self, exercise: Exercise, learners: list[str]) -> dict[str, Said]:
        """What learners are to read, at most `AT_ONCE` of them: marks and comments, and what coming late cost."""
        sub, book, cell = self["submitted_assignment"], self["submitted_notebook"], self["base_cell"]
        mine = (
            sub.c.assignment_id == exercise.id,
            sub.c.student_id.in_(learners),
            book.c.notebook_id == exercise.notebook_id,
        )
        found: dict[str, Said] = {}
        with self.rows() as rows:
            late = select(sub.c.student_id, book.c.late_submission_penalty).join(
                book, book.c.assignment_id == sub.c.id
            )
            for learner, cost in rows.execute(late.where(*mine)):
                found[learner] = Said(cost or 0.0)
            for table in ("grade", "comment"):
                own = self[table]
                asked = (
                    select(sub.c.student_id, cell.c.name, own)
                    .join(book, book.c.assignment_id == sub.c.id)
                    .join(own, own.c.notebook_id == book.c.id)
                    .join(cell, cell.c.id == own.c.cell_id)
                    .where(*mine)
                )
                for one in rows.execute(asked).mappings():
                    if table == "grade":
                        found[one["student_id"]].scores[one["name"]] = score(one)
                        found[one["student_id"]].open[one["name"]] = bool(
                            one["needs_manual_grade"] and one["manual_score"] is None
                        )
                    else:
                        by_hand = one["manual_comment"]
                        said = one["auto_comment"] if by_hand is None else by_hand
                        found[one["student_id"]].comments[one["name"]] = said
        return found

    def save(self, exercise: Exercise, found: list[Row], penalty: Penalty | None = None) -> None:
        """Write marked submissions in one step each `AT_ONCE`. Marks and comments that a person gave stay as they are."""
        for start in range(0, len(found), AT_ONCE):
            some = found[start : start + AT_ONCE]
            self.enrol({"id": one.learner} for one in some)
            with self._engine.begin() as rows:
                Writing(self._meta.tables, rows, exercise, penalty).write(some)

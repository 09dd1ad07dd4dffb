"""A course folder with a marked cohort of made-up learners: gradebook rows and marked notebooks, without nbgrader's runs."""

from __future__ import annotations

import json
import os
import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from answer_sets import ROOT, answer_sets, answers_of, code_of, grade_id, mutants, solution
from nbgrader import api
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from cxkit.teaching.selfcheck import Checked, check_answers
from cxkit.teaching.sheet import HEADER

FIRST = ("Dana", "Noa", "Amos", "Ruth", "Omar", "Lena", "Ilan", "Maya", "Sami", "Tal", "Ayala", "Yusuf")
LAST = ("Levi", "Cohen", "Haddad", "Katz", "Mizrahi", "Peretz", "Azulay", "Friedman", "Nasser", "Biton")


@dataclass
class One:
    """A learner: `answers` None for nothing handed in; `marks` instead of those of the check; `hand` marks by a person."""

    id: str
    answers: Any = None
    code: dict[str, str] = field(default_factory=dict)
    first: str | None = None
    last: str | None = None
    marks: dict[str, float | None] = field(default_factory=dict)
    hand: dict[str, float] = field(default_factory=dict)
    late: float = 0.0
    found: list[Checked] | None = None


def pool(exercise: str, most: int = 60) -> list[tuple[Any, dict[str, str], list[Checked]]]:
    """Answers of the answer sets and of some mutants, each with its marks and words."""
    given = [(answers_of(exercise, one), code_of(exercise, one)) for one in answer_sets(exercise)["sets"]]
    given += [(answers, {}) for _, answers in list(mutants(exercise))[:: max(1, 120 // most)]]
    return [
        (answers, code, check_answers(solution(exercise), answers, code)) for answers, code in given[:most]
    ]


def people(exercise: str, n: int, seed: int = 1, most: int = 60) -> list[One]:
    """`n` made-up learners who gave answers of the pool."""
    lot, known = random.Random(seed), pool(exercise, most)
    found = []
    for place in range(n):
        answers, code, checked = known[0] if lot.random() < 0.2 else lot.choice(known)
        first, last = lot.choice(FIRST), lot.choice(LAST)
        found.append(
            One(f"{first}.{last}{place}".lower(), answers, code, first, f"{last}-{place}", found=checked)
        )
    return found


def make_course(folder: Path, exercise: str, learners: list[One], extra_cells: list[Any] = ()) -> Path:
    """A course folder in which everybody's work on the exercise is marked as `autograde` leaves it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for part in (f"solutions/{exercise}", "course"):
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("*.ipynb_checkpoints", "images")
        )
    path = folder / "solutions" / exercise / f"{exercise}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    if extra_cells:
        notebook["cells"] += extra_cells
        path.write_text(json.dumps(notebook), "utf-8")
    _gradebook(folder, exercise, notebook, learners)
    for one in learners:
        if one.answers is not None:
            _files(folder, exercise, notebook, one)
    return folder


def _checked(exercise: str, one: One) -> dict[str, Checked]:
    if one.found is None:
        one.found = check_answers(solution(exercise), one.answers, one.code)
    return {found.name: found for found in one.found}


def _gradebook(folder: Path, exercise: str, notebook: Any, learners: list[One]) -> None:
    # the tables alone: `Gradebook` starts alembic for a new file, which takes seconds
    engine = create_engine(f"sqlite:///{folder / 'gradebook.db'}")
    api.Base.metadata.create_all(engine)
    with Session(engine) as book:
        course = api.Course(id="cxkit")
        assignment = api.Assignment(exercise, course_id="cxkit")
        own = api.Notebook(name=exercise, assignment=assignment)
        found_cells = []
        for cell in notebook["cells"]:
            about = cell["metadata"].get("nbgrader", {})
            kind = api.TaskCell if about.get("task") else api.GradeCell if about.get("grade") else None
            if kind:
                given = {"max_score": about["points"], "cell_type": cell["cell_type"]}
                found_cells.append(kind(name=grade_id(cell), notebook=own, **given))
        book.add_all([course, assignment, own, *found_cells])
        book.flush()
        cells = {one.name: one.id for one in found_cells}
        rows: dict[Any, list[dict[str, Any]]] = {kind: [] for kind in TABLES}
        for one in learners:
            rows[api.Student].append({"id": one.id, "first_name": one.first, "last_name": one.last})
            if one.answers is None:
                continue
            whole, part = api.new_uuid(), api.new_uuid()
            rows[api.SubmittedAssignment].append(
                {"id": whole, "assignment_id": assignment.id, "student_id": one.id}
            )
            rows[api.SubmittedNotebook].append(
                {
                    "id": part,
                    "assignment_id": whole,
                    "notebook_id": own.id,
                    "late_submission_penalty": one.late,
                }
            )
            found = _checked(exercise, one)
            for name, cell in cells.items():
                auto = one.marks.get(name, found[name].mark.value if name in found else None)
                rows[api.Grade].append(
                    {
                        "id": api.new_uuid(),
                        "cell_id": cell,
                        "notebook_id": part,
                        "auto_score": auto,
                        "manual_score": one.hand.get(name),
                        "extra_credit": None,
                        "needs_manual_grade": auto is None and name not in one.hand,
                    }
                )
        for kind, given in rows.items():
            if given:
                book.execute(kind.__table__.insert(), given)
        book.commit()
    engine.dispose()


TABLES = (api.Student, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade)


def _files(folder: Path, exercise: str, notebook: Any, one: One) -> None:
    """The submission, and the marked notebook with the marks and words below its check cells."""
    found = _checked(exercise, one)
    cells = []
    for cell in notebook["cells"]:
        name = grade_id(cell)
        cell = {**cell, "source": "".join(cell["source"])}
        if name == "answers":
            cell["source"] = f"{HEADER}answers = {json.dumps(one.answers, ensure_ascii=False, indent=4)}"
        elif name in one.code:
            cell["source"] = one.code[name]
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        cells.append(cell)
    for step in ("submitted", "autograded"):
        place = folder / step / one.id / exercise
        place.mkdir(parents=True)
        if step == "autograded":
            for cell in cells:
                if grade_id(cell) in found and cell["cell_type"] == "code":
                    mark = found[grade_id(cell)].mark
                    cell["outputs"] = [
                        {
                            "output_type": "execute_result",
                            "execution_count": 1,
                            "metadata": {},
                            "data": {"text/plain": repr(float(mark.value)), "text/html": mark._repr_html_()},
                        }
                    ]
        path = place / f"{exercise}.ipynb"
        path.write_text(json.dumps({**notebook, "cells": cells}, ensure_ascii=False), "utf-8")
        os.utime(path, (1_700_000_000 + (step == "autograded"),) * 2)

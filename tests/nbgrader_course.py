"""A throwaway copy of the course in which nbgrader's own commands run, as an instructor would run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
from answer_sets import grade_id, model_answers
from nbgrader.api import Gradebook
from warm import nbgrader

ROOT = Path(__file__).parents[1]
AT_ONCE = 3
__all__ = ["ROOT", "Course", "answer_cell", "grade_id", "model_answers"]


class Course:
    """The course folder of an instructor: solutions in, submissions in, marks and words out."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.folder, self.environment = folder, environment or {}
        shutil.copy(ROOT / "nbgrader_config.py", folder)
        shutil.copytree(
            ROOT / "solutions", folder / "solutions", ignore=shutil.ignore_patterns(".ipynb_checkpoints")
        )

    def run(self, *command: str, fails: bool = False) -> str:
        """Run an nbgrader command in the course folder; its whole output. `fails` says what is expected."""
        code, output = self._run(command)
        assert (code != 0) == fails, output
        return output

    def _run(self, command: Sequence[str]) -> tuple[int, str]:
        # nbgrader calls `alembic` by its bare name
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        env = {**os.environ, **self.environment, "PATH": path, "CXKIT_HOME": str(self.folder / "home")}
        return nbgrader(list(command), self.folder, env)

    def autograde(self, exercise: str, fails: bool = False) -> str:
        """Run `nbgrader autograde` on all submissions; its whole output. `fails` says whether it is expected to.

        The submissions are dealt out to a few commands that run at once: each of them waits half of its time for a kernel.
        """
        learners = sorted(path.parent.name for path in (self.folder / "submitted").glob(f"*/{exercise}"))
        commands = []
        for first in range(max(1, min(AT_ONCE, len(learners)))):
            others = [name for place, name in enumerate(learners) if place % AT_ONCE != first]
            left_out = f"--CourseDirectory.student_id_exclude={','.join(others)}"
            commands.append(("autograde", exercise, "--create", left_out))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            ended = list(pool.map(self._run, commands))
        output = "\n".join(said for _, said in ended)
        assert any(code != 0 for code, _ in ended) == fails, output
        return output

    def graded_by_us(self, exercise: str) -> tuple[Course, Any]:
        """The same submissions in a course folder beside it, marked by `cxkit grade`: that folder, and what it said."""
        from cxkit.grading.cohort import grade
        from cxkit.grading.course import open_course

        beside = object.__new__(Course)
        beside.folder, beside.environment = self.folder / "marked by cxkit", self.environment
        beside.folder.mkdir(exist_ok=True)
        for name in ("nbgrader_config.py", "solutions", "exercises", "submitted"):
            if not (beside.folder / name).exists():
                (beside.folder / name).symlink_to(self.folder / name)
        return beside, grade(open_course(beside.folder), exercise)

    def submit(
        self, learner: str, exercise: str, cell: str | None, code: dict[str, str] | None = None
    ) -> None:
        """Hand in the released exercise with `cell` as its answer cell (None: untouched) and `code` by grade id."""
        folder = self.folder / "submitted" / learner / exercise
        shutil.copytree(self.folder / "exercises" / exercise, folder)
        sources = {**(code or {}), **({} if cell is None else {"answers": cell})}
        if sources:
            path = folder / f"{exercise}.ipynb"
            notebook = nbformat.read(path, as_version=4)
            for one in notebook.cells:
                one.source = sources.get(grade_id(one), one.source)
            nbformat.write(notebook, path)

    def marks(self, exercise: str) -> dict[str, dict[str, float]]:
        """The marks in the gradebook: learner to grade id to marks."""
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}") as book:
            return {
                one.student.id: {
                    grade.name: float(grade.score) for book in one.notebooks for grade in book.grades
                }
                for one in book.assignment_submissions(exercise)
            }

    def words(self, learner: str, exercise: str) -> dict[str, str]:
        """What the learner reads below each marked cell of the autograded notebook: grade id to text."""
        path = self.folder / "autograded" / learner / exercise / f"{exercise}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        return {
            grade_id(cell): " ".join(_shown(output) for output in cell.outputs)
            for cell in notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        }


def _shown(output: Any) -> str:
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return "\n".join(output.traceback)
    html = output.data.get("text/html", output.data.get("text/plain", ""))
    return unescape(re.sub(r"<[^>]+>", " ", html))


def answer_cell(answers: dict[str, Any]) -> str:
    """The answer cell as the form writes it."""
    from cxkit.teaching.sheet import HEADER

    return f"{HEADER}answers = {json.dumps(answers, ensure_ascii=False, indent=4)}"

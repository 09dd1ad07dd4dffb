"""Check answers as an instructor's run would: the check cells of the solution, run on one learner's answers."""

from __future__ import annotations

import ast
import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .marking import Mark

LABEL = "# Marked: "


@dataclass(frozen=True)
class Checked:
    """One marked part: `name` (its grade id), `label` (what a learner reads), and its `mark` (value, of, words)."""

    name: str
    label: str
    mark: Mark

    @property
    def extra(self) -> bool:
        """Marks beyond full marks: the optional part in code."""
        return self.name.startswith("extra")


def find_solution(name: str) -> Path | None:
    """The notebook `solutions/NAME/NAME.ipynb` in this folder or one above it; None where there is none.

    >>> find_solution("no such exercise")
    """
    here = Path.cwd()
    for base in (here, *here.parents):
        path = base / "solutions" / name / f"{name}.ipynb"
        if path.is_file():
            return path
    return None


def check_answers(solution: Path, answers: Any, code: Mapping[str, str] | None = None) -> list[Checked]:
    """The marks and words that an instructor's run of `solution` gives for `answers`.

    Every cell that the learner cannot change comes from the solution, and of the learner there are only the answers,
    which are data. `code`: grade id to source of the optional parts in code, which are run; leave it out for a notebook
    that is not your own.

    Raises ValueError that names the cell, where the solution's own check is at fault.

    >>> check_answers(Path("solutions/01/01.ipynb"), {})
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'solutions/01/01.ipynb'
    """
    cells = json.loads(solution.read_text("utf-8"))["cells"]
    names: dict[str, Any] = {"__name__": "__main__", "answers": answers}
    found = []
    with _as_graded(solution.parent):
        for cell in cells:
            about = cell["metadata"].get("nbgrader", {})
            source = "".join(cell["source"])
            if cell["cell_type"] != "code":
                continue
            if about.get("solution"):
                _run_code((code or {}).get(about["grade_id"], ""), names)
                continue
            try:
                value = _run(source, names)
            except Exception as fault:
                raise ValueError(
                    f"{solution.name}: the cell “{about.get('grade_id', source.splitlines()[0])}” stopped with "
                    f"{type(fault).__name__}: {fault}"
                ) from fault
            if about.get("grade"):
                if not isinstance(value, Mark):
                    raise ValueError(
                        f"{solution.name}: the last line of the cell “{about['grade_id']}” has to be the marks, as in "
                        f"sheet.mark(…); it gave {type(value).__name__}."
                    )
                label = source.partition("\n")[0].removeprefix(LABEL)
                found.append(Checked(about["grade_id"], label, value))
    return found


@contextlib.contextmanager
def _as_graded(folder: Path) -> Iterator[None]:
    """In the exercise's folder, and with nothing recorded, as in nbgrader's own run."""
    before = os.environ.get("NBGRADER_EXECUTION")
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        if before is None:
            del os.environ["NBGRADER_EXECUTION"]
        else:
            os.environ["NBGRADER_EXECUTION"] = before


def _run_code(source: str, names: dict[str, Any]) -> None:
    # what a learner's code raises is told by the check that calls it
    with contextlib.suppress(Exception):
        exec(compile(source, "your code", "exec"), names)


def _run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell, and give the value of its last line, as a notebook would show it."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if last is None:
        return None
    assert isinstance(last, ast.Expr)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)

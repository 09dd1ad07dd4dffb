"""Check answers as an instructor's run would: the check cells of the solution, run on one learner's answers."""

from __future__ import annotations

import ast
import contextlib
import ctypes
import io
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType
from typing import Any

import ipywidgets

from .marking import Mark, NoResultError

LABEL = "# Marked: "
# a function of a learner's own that has not come back by then will not come back
PATIENCE = 5.0


@dataclass(frozen=True)
class Checked:
    """One check cell: `name` (its grade id), `label` (its first line), its `mark` (value, of, words), and the `part` of
    the sheet that it marks ("" for the optional part in code)."""

    name: str
    label: str
    mark: Mark
    part: str = ""

    @property
    def extra(self) -> bool:
        """Marks beyond full marks: the optional part in code."""
        return self.name.startswith("extra")

    @property
    def title(self) -> str:
        """The label as a heading: without its marks, which stand beside it.

        >>> Checked("order", "the order of the steps (5 marks)", Mark([])).title
        'The order of the steps'
        """
        bare = re.sub(r"\s*\([^()]*\d[^()]*\)\s*$", "", self.label).strip() or self.name
        return bare[:1].upper() + bare[1:]


@dataclass(frozen=True)
class Total:
    """Marks added up: `value` of `of`, and `extra` of `extra_of` for the optional parts in code."""

    value: float
    of: float
    extra: float
    extra_of: float

    @property
    def full(self) -> bool:
        """Nothing is lost; extra marks do not count."""
        return self.value >= self.of

    def words(self, labels: Mapping[str, str]) -> str:
        """The total as a learner reads it.

        >>> from cxkit.teaching.words import words_for
        >>> Total(14.5, 20, 0, 2).words(words_for("en"))
        '14.5 of 20 marks, and 0 of 2 extra'
        """
        said = labels["marks"].format(value=f"{self.value:g}", of=f"{self.of:g}")
        if not self.extra_of:
            return said
        return labels["total_extra"].format(total=said, value=f"{self.extra:g}", of=f"{self.extra_of:g}")


def total_of(found: list[Checked]) -> Total:
    """The marks of all check cells, those that are extra apart.

    >>> total_of([]).full
    True
    """

    def added(extra: bool, what: str) -> float:
        return round(sum(getattr(one.mark, what) for one in found if one.extra == extra), 2)

    return Total(added(False, "value"), added(False, "of"), added(True, "value"), added(True, "of"))


def marks_by_hand(solution: Path) -> float:
    """How many marks of a solution no cell can give: a person reads for them.

    >>> marks_by_hand(Path("solutions/01/01.ipynb"))
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'solutions/01/01.ipynb'
    """
    cells = json.loads(solution.read_text("utf-8"))["cells"]
    about = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    read = [one for one in about if one.get("task") or (one.get("grade") and one.get("solution"))]
    return float(sum(one.get("points", 0) for one in read))


def find_solution(name: str, folder: Path | None = None) -> Path | None:
    """The notebook `solutions/NAME/NAME.ipynb` in `folder` (this folder, if left out) or one above it; None where there
    is none.

    >>> find_solution("no such exercise")
    """
    here = (folder or Path.cwd()).resolve()
    for base in (here, *here.parents):
        path = base / "solutions" / name / f"{name}.ipynb"
        if path.is_file():
            return path
    return None


def check_answers(
    solution: Path,
    answers: Any,
    code: Mapping[str, str] | None = None,
    functions: Mapping[str, Any] | None = None,
    on_fault: Callable[[str, BaseException], None] | None = None,
) -> list[Checked]:
    """The marks and words that an instructor's run of `solution` gives for `answers`.

    Every cell that the learner cannot change comes from the solution, and of the learner there are only the answers,
    which are data. `code`: grade id to source of the optional parts in code, which are run; leave it out for a notebook
    that is not your own. `functions`: name to function, where they are already there, in the learner's own kernel.

    Nothing is shown, recorded or left behind: no widget, no printed line, no change of the working folder.
    Raises ValueError that names the cell, where the solution's own check is at fault; with `on_fault`, that is called with
    the cell's grade id instead, and the cell has no marks.

    >>> check_answers(Path("solutions/01/01.ipynb"), {})
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'solutions/01/01.ipynb'
    """
    return list(each_check(solution, answers, code, functions, on_fault))


def each_check(
    solution: Path,
    answers: Any,
    code: Mapping[str, str] | None = None,
    functions: Mapping[str, Any] | None = None,
    on_fault: Callable[[str, BaseException], None] | None = None,
) -> Iterator[Checked]:
    """`check_answers`, one check after the other: who has seen enough need not wait for the rest.

    Until it is closed, the working folder is the exercise's own.

    >>> next(each_check(Path("solutions/01/01.ipynb"), {}))
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'solutions/01/01.ipynb'
    """
    cells = json.loads(solution.read_text("utf-8"))["cells"]
    own = {name: _in_time(one) if _may_hang(one) else one for name, one in (functions or {}).items()}
    names: dict[str, Any] = {"__name__": "__main__", "answers": answers}
    with _as_graded(solution.parent):
        for cell in cells:
            about = cell["metadata"].get("nbgrader", {})
            source = "".join(cell["source"])
            if cell["cell_type"] != "code":
                continue
            if about.get("solution"):
                _run_code((code or {}).get(about["grade_id"], ""), names)
                # here and not before: a check above may use the same name for something of its own
                names.update(own)
                continue
            try:
                value = _run(source, names)
            except (Exception, SystemExit) as fault:
                if on_fault is not None:
                    on_fault(about.get("grade_id", ""), fault)
                    continue
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
                yield Checked(about["grade_id"], label, value, getattr(value, "part", ""))


@contextlib.contextmanager
def _as_graded(folder: Path) -> Iterator[None]:
    """In the exercise's folder, and with nothing recorded or shown, as in nbgrader's own run."""
    before = os.environ.get("NBGRADER_EXECUTION")
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    silent = io.StringIO()
    try:
        with (
            contextlib.chdir(folder),
            contextlib.redirect_stdout(silent),
            contextlib.redirect_stderr(silent),
            _without_widgets(),
        ):
            yield
    finally:
        if before is None:
            del os.environ["NBGRADER_EXECUTION"]
        else:
            os.environ["NBGRADER_EXECUTION"] = before


@contextlib.contextmanager
def _without_widgets() -> Iterator[None]:
    """The form of the solution is only asked, never shown: no widget of it may reach the learner's page, or stay."""
    before = ipywidgets.Widget.open
    ipywidgets.Widget.open = lambda self: None  # the one place where a widget begins to talk to a page
    try:
        yield
    finally:
        ipywidgets.Widget.open = before


class _TooLong(BaseException):
    """Ends a function that does not come back; no `except Exception` in it can hold this up."""


def _may_hang(function: Any) -> bool:
    """Does it run here? One that runs elsewhere, and is ended there, says so by its `ends`."""
    return callable(function) and not getattr(function, "ends", False)


def _in_time(function: Callable[..., Any]) -> Callable[..., Any]:
    """A learner's own function that runs in their kernel: one that never ends, or ends Python, must not take it along."""

    def guarded(*given: Any, **named: Any) -> Any:
        over = threading.Event()
        here = ctypes.c_ulong(threading.get_ident())

        def watch() -> None:
            wait = PATIENCE
            while not over.wait(wait):
                ctypes.pythonapi.PyThreadState_SetAsyncExc(here, ctypes.py_object(_TooLong))
                wait = 0.5

        threading.Thread(target=watch, daemon=True).start()
        try:
            return function(*given, **named)
        except _TooLong:
            raise NoResultError(f"it ran for more than {PATIENCE:g} seconds") from None
        except SystemExit:
            raise NoResultError("it asked Python to end") from None
        finally:
            over.set()

    return guarded


def _run_code(source: str, names: dict[str, Any]) -> None:
    # what a learner's code raises is told by the check that calls it
    with contextlib.suppress(Exception, SystemExit):
        exec(compile(source, "your code", "exec"), names)


def _run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell, and give the value of its last line, as a notebook would show it."""
    body, last = _compiled(source)
    exec(body, names)
    return None if last is None else eval(last, names)


# a class is marked with the same few cells again and again
@lru_cache(maxsize=512)
def _compiled(source: str) -> tuple[CodeType, CodeType | None]:
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    body = compile(tree, "cell", "exec")
    if last is None:
        return body, None
    assert isinstance(last, ast.Expr)
    return body, compile(ast.Expression(last.value), "cell", "eval")

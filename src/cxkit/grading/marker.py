"""One submission marked: read, checked on its answers alone, and written as nbgrader would have left it.

No code of the learner runs in this process. Answers that are written down are read; an answer cell or an optional part that
is code runs in the sandbox, and hands back plain data.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import json
import symtable
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..files import write_atomic
from ..teaching.handed_in import ANSWERS, LONGEST_CELL
from ..teaching.questions import Spec
from ..teaching.selfcheck import Checked, check_answers
from .bounded import TOO_MUCH, TooMuchError, within
from .look import CODE, Exercise, HandIn, Submission, find_hand_in, read_hand_in
from .opened import CannotMarkError, as_type, read_file
from .page import answers_html, questions_beside
from .put_right import Known
from .sandbox import IN_SIGHT, Sandbox, SandboxError, missing, shows

CHECK_STOPPED = "The check of {names} stopped with an error. Give these marks by hand."
NOT_RUN = "Its code was not run, and the marks that hang on it are open. {why}"
NO_END = "The code of the answer cell gave no answers that can be read: {said}."
SAME, MARKED, NO_MARKS = "same", "marked", "no marks"


@dataclass
class Result:
    """What became of one submission.

    `state`: marked, same (nothing has changed since it was marked), or no marks; `marks`: grade id to marks, None where a
    person has to give them; `untouched`: solution cells left as they were; `look` and `mended`: as in `Submission`;
    `fingerprint`: of all that the marks hang on.
    """

    learner: str
    state: str
    fingerprint: str = ""
    marks: dict[str, float | None] = field(default_factory=dict)
    untouched: list[str] = field(default_factory=list)
    look: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)


class Marker:
    """Marks submissions of one exercise.

    Parameters: `exercise`; `known`, its cells as the gradebook has them; `solution`, the notebook with the checks.
    """

    def __init__(self, exercise: Exercise, known: Iterable[Known], solution: Path) -> None:
        self.exercise, self.solution = exercise, solution
        self.known = {one.name: one for one in known}
        self.released = {one.name: one for one in exercise.known}
        self.questions: Spec | None = questions_beside(exercise.name, [solution.parent])
        notebook = json.loads(solution.read_text("utf-8"))
        self.about = {
            "kernelspec": notebook["metadata"].get("kernelspec", {}),
            "language_info": {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"},
        }
        self.files = [
            path for path in sorted(self._release().iterdir()) if path.suffix != ".ipynb" and path.is_file()
        ]
        self._version = self._fingerprint_of_exercise()

    def _release(self) -> Path:
        folder = self.exercise.course / "exercises" / self.exercise.name
        return folder if folder.is_dir() else self.solution.parent

    def _fingerprint_of_exercise(self) -> str:
        from .. import __version__

        found = hashlib.sha256(__version__.encode())
        # where there was no sandbox and now is one, what was open can be marked
        found.update(missing().encode())
        for folder in dict.fromkeys([self.solution.parent, self._release()]):
            for path in sorted(path for path in folder.iterdir() if path.is_file()):
                found.update(path.name.encode() + path.read_bytes())
        for one in self.known.values():
            found.update(json.dumps([one.name, one.source, dict(one.about)]).encode())
        return found.hexdigest()

    def __call__(self, job: dict[str, Any]) -> dict[str, Any]:
        """`mark`, from and to plain data."""
        folder, target = Path(job["folder"]), Path(job["target"])
        try:
            with within():
                return asdict(self.mark(folder, target, job["before"], job["when"], job["permissions"]))
        except (TooMuchError, RecursionError, MemoryError):
            return asdict(Result(folder.name, NO_MARKS, look=[TOO_MUCH]))

    def mark(
        self, folder: Path, target: Path, before: str = "", when: str = "", permissions: int = 0o444
    ) -> Result:
        """Mark what lies in a learner's folder, and write the marked notebook to `target`.

        `when`: the moment it came; `before`: the fingerprint of the last time. Where it is the same, nothing is done again.
        """
        one = Submission(folder.name)
        path = find_hand_in(self.exercise, folder, one)
        if path is None:
            return Result(folder.name, NO_MARKS, look=one.look)
        try:
            raw = read_file(path)
            # another file beside it may be what needs a look
            beside = "\n".join(sorted(str(other.relative_to(folder)) for other in path.parent.iterdir()))
            about = json.dumps([self._version, beside, when]).encode()
            fingerprint = hashlib.sha256(about + raw).hexdigest()
            if fingerprint == before:
                return Result(folder.name, SAME, fingerprint)
            handed = read_hand_in(self.exercise, path, one, raw)
            del raw
        except CannotMarkError as fault:
            return Result(folder.name, NO_MARKS, look=one.look or [str(fault)])
        except OSError as fault:
            return Result(
                folder.name, NO_MARKS, look=[f"{path.name} cannot be opened: {fault.strerror or fault}."]
            )
        cells = [self._own(cell) for cell in handed.cells]
        with ExitStack() as open_until_marked:
            answers, functions, open_cells = self._code(handed, one, open_until_marked)
            found = self._check(answers, functions, one)
        marks: dict[str, float | None] = {
            name: None if name in open_cells or checked is None else checked.mark.value
            for name, checked in found.items()
        }
        self._show(cells, found, open_cells, answers)
        notebook = {"cells": cells, "metadata": self.about, "nbformat": 4, "nbformat_minor": 5}
        target.parent.mkdir(parents=True, exist_ok=True)
        for part in target.parent.glob(".*.part"):  # of a run that was killed
            part.unlink()
        write_atomic(target, json.dumps(notebook, ensure_ascii=False, indent=1).encode("utf-8", "replace"))
        target.chmod(permissions)
        untouched = [cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if self._is_untouched(cell)]
        return Result(folder.name, MARKED, fingerprint, marks, untouched, one.look, one.mended)

    def _own(self, cell: dict[str, Any]) -> dict[str, Any]:
        """A cell with what the gradebook knows about it; a locked one with the instructor's own source."""
        known = self.known.get(_grade_id(cell))
        if known is None:
            return _as_text(cell)
        about = {**cell["metadata"], "nbgrader": dict(known.about)}
        if known.locked:
            return {**cell, "metadata": about, "source": known.source}
        own = {**cell, "metadata": about}
        return own if cell["source"].strip() == known.source.strip() else _as_text(own)

    def _is_untouched(self, cell: dict[str, Any]) -> bool:
        known = self.known.get(_grade_id(cell))
        return known is not None and not known.locked and cell["source"].strip() == known.source.strip()

    # --- code

    def _code(
        self, handed: HandIn, one: Submission, until_marked: ExitStack
    ) -> tuple[Any, dict[str, Callable[..., Any]], set[str]]:
        """The answers, the learner's functions, and the marked cells that stay open because code was not run."""
        answers = handed.handed.answers
        stubs = {
            name: known.source.strip()
            for name, known in self.released.items()
            if not known.locked and name != ANSWERS
        }
        written = [
            cell
            for cell in handed.cells
            if _grade_id(cell) in stubs and cell["source"].strip() not in ("", stubs[_grade_id(cell)])
        ]
        if not (written or handed.by_code):
            return answers, {}, set()
        wanted = [name for cell in written for name in _functions(stubs[_grade_id(cell)])]
        why = missing() or (IN_SIGHT if shows(self.exercise.course) else "")
        if why:
            one.look.append(NOT_RUN.format(why=why))
            checks = [name for name, known in self.known.items() if known.about.get("grade")]
            return answers, {}, {name for name in checks if handed.by_code or name.startswith("extra")}
        try:
            box = until_marked.enter_context(
                Sandbox(list(self._sources(handed.cells)), wanted, self.files, answers=handed.by_code)
            )
        except SandboxError as fault:
            if handed.by_code:
                one.look.append(NO_END.format(said=str(fault)))
            return ({} if handed.by_code else answers), {name: _fails(fault) for name in wanted}, set()
        if handed.by_code:
            answers = box.answers
            if isinstance(answers, dict) and answers and CODE not in one.look:
                one.look.append(CODE)
        return answers, box.functions(), set()

    def _sources(self, cells: list[dict[str, Any]]) -> Iterator[str]:
        """What runs in the sandbox, in order: the learner's own cells, and the exercise's where they make use of them."""
        mine = [cell for cell in cells if cell["cell_type"] == "code" and not self._is_locked(cell)]
        used = {name for cell in mine for name in _wanted(cell["source"])} - set(dir(builtins))
        shown = [self.released[_grade_id(cell)].source for cell in cells if self._is_setting(cell)]
        settings_wanted = bool(used & {name for source in shown for name in _bound(source)})
        for cell in cells:
            if cell["cell_type"] == "code" and not self._is_locked(cell):
                yield _without_magic(cell["source"])
            elif settings_wanted and self._is_setting(cell):
                yield self.released[_grade_id(cell)].source

    def _is_locked(self, cell: dict[str, Any]) -> bool:
        return _grade_id(cell) in self.released and self.released[_grade_id(cell)].locked

    def _is_setting(self, cell: dict[str, Any]) -> bool:
        """Is it a cell of the exercise that everybody may see and that marks nothing?"""
        return (
            cell["cell_type"] == "code"
            and self._is_locked(cell)
            and not self.released[_grade_id(cell)].about.get("grade")
        )

    # --- marks

    def _check(
        self, answers: Any, functions: Mapping[str, Any], one: Submission
    ) -> dict[str, Checked | None]:
        stopped: list[str] = []

        def on_fault(name: str, fault: BaseException) -> None:
            stopped.append(name)

        found: dict[str, Checked | None] = {
            checked.name: checked
            for checked in check_answers(self.solution, answers, functions=functions, on_fault=on_fault)
        }
        marked = [name for name in stopped if self.known[name].about.get("grade")] if stopped else []
        if marked:
            one.look.append(CHECK_STOPPED.format(names=", ".join(f"“{name}”" for name in marked)))
        return {**found, **dict.fromkeys(marked)}

    def _show(
        self,
        cells: list[dict[str, Any]],
        found: Mapping[str, Checked | None],
        open_cells: set[str],
        answers: Any,
    ) -> None:
        """Put the marks below the checks, and the answers in words below the form, for who looks at it in Formgrader."""
        count = 0
        for cell in cells:
            if cell["cell_type"] != "code":
                continue
            count += 1
            name = _grade_id(cell)
            checked = found.get(name)
            if name == "form" and self.questions:
                cell["outputs"] = [
                    _result(count, self.questions["title"], answers_html(self.questions, answers))
                ]
            elif checked is not None and name not in open_cells:
                cell["outputs"] = [_result(count, repr(checked.mark), checked.mark._repr_html_())]
            if cell["outputs"]:
                cell["execution_count"] = count


def _as_text(cell: dict[str, Any]) -> dict[str, Any]:
    """A learner's own text as text: what looks like a web page in it would run in the browser of whoever marks it."""
    if cell["cell_type"] == "code":
        return cell
    return as_type({**cell, "source": cell["source"].replace("<", "&lt;")}, "markdown")


def _result(count: int, text: str, html: str) -> dict[str, Any]:
    data = {"text/html": html.splitlines(keepends=True), "text/plain": text.splitlines(keepends=True)}
    return {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}


def _fails(fault: BaseException) -> Callable[..., Any]:
    def fails(*given: Any, **named: Any) -> Any:
        raise fault

    return fails


def _grade_id(cell: Mapping[str, Any]) -> str:
    about = cell["metadata"].get("nbgrader")
    found = about.get("grade_id") if isinstance(about, dict) else None
    return found if isinstance(found, str) else ""


def _without_magic(source: str) -> str:
    return "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in source.split("\n"))


def _parsed(source: str) -> ast.Module:
    try:
        return ast.parse(_without_magic(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _functions(source: str) -> list[str]:
    """The functions that a cell asks for."""
    return [one.name for one in _parsed(source).body if isinstance(one, ast.FunctionDef)]


def _wanted(source: str) -> set[str]:
    """The names that a cell takes from elsewhere: neither its functions' own nor given a value in it."""
    if len(source) > LONGEST_CELL:  # no person's work, and gigabytes to look through
        return set()
    try:
        whole = symtable.symtable(_without_magic(source), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found, tables = set(), [whole]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found |= {
            one.get_name()
            for one in table.get_symbols()
            if one.is_referenced() and (one.is_global() or table is whole) and not one.is_imported()
        }
    return found - {one.get_name() for one in whole.get_symbols() if one.is_assigned() or one.is_imported()}


def _bound(source: str) -> set[str]:
    """The names that a cell gives a value to."""
    found = set()
    for one in ast.walk(_parsed(source)):
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        elif isinstance(one, ast.FunctionDef | ast.ClassDef):
            found.add(one.name)
        elif isinstance(one, ast.alias):
            found.add((one.asname or one.name).partition(".")[0])
    return found

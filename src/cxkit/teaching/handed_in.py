"""Reading a notebook that was handed in: its answers as plain data, whatever program saved it. Nothing in it is run."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ANSWERS = "answers"
CODE = "code"
# what the first line of a cell says, where a program has dropped the marks that nbgrader knows a cell by
FIRST_LINES = {ANSWERS: "# your answers", CODE: "# optional"}
ASSIGNED = re.compile(r"^answers\s*[:=]", re.MULTILINE)
SHEET = re.compile(r"""\bsheet\(\s*["']([\w-]+)["']""")

NO_CELL = (
    "There is no answer cell. It is the cell that begins with “# Your answers”. Open the exercise again and choose "
    "the answers in its form."
)
WAS_TEXT = "The cell “{name}” is no code cell any more: a program or a key press changed its type. It was read all the same."
BY_FIRST_LINE = "A program has dropped the signs by which a grader knows a cell. The answers were found by their first line."
SEVERAL = "There are {n} answer cells. The first one that holds answers was read, because the form saves into the first one."
SEVERAL_CODE = "There are {n} cells “{name}”. The first one that is not empty was read."
DIFFER = "Their answers are not the same. Look at them, and delete those that are old."
NOT_READABLE = (
    "The answers cannot be read: line {line} of the answer cell is not complete, or has a sign that does not belong "
    "there. Often a bracket, a comma or a quotation mark is missing."
)
NOT_PLAIN = (
    "Line {line} of the answer cell works something out. Only answers that stand there as text, numbers and lists are "
    "read, and nothing is run. That line was left out."
)
NOTHING_IN_IT = "The answer cell holds no answers yet."
# more than this was typed by no person, and would take minutes and gigabytes to read
LONGEST_CELL = 200_000
TOO_LONG = "The answer cell is much longer than any answers are ({n:,} letters). It was not read."


@dataclass(frozen=True)
class HandedIn:
    """What a notebook holds: `exercise`, the name of its sheet ("" where there is none); `answers`, plain data;
    `code`, the source of the optional parts in code by grade id; `notes`, in words, what was odd about the file."""

    exercise: str
    answers: Any
    code: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Cell:
    kind: str
    source: str
    grade_id: str
    solution: bool

    @property
    def first_line(self) -> str:
        lines = (line.strip() for line in self.source.splitlines())
        return next(filter(None, lines), "").casefold()


def read_notebook(path: str | Path) -> dict[str, Any]:
    """The notebook in a file. Raises ValueError in words where it is none, OSError where it cannot be opened.

    >>> read_notebook("no such file.ipynb")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'no such file.ipynb'
    """
    path = Path(path)
    return notebook_in(path.read_bytes(), path.name)


def notebook_in(raw: bytes, name: str) -> dict[str, Any]:
    """The notebook in the bytes of a file of that name. Raises ValueError in words where it is none.

    >>> notebook_in(b'{"cells": []}', "mine.ipynb")
    {'cells': []}
    """
    if not raw.strip():
        raise ValueError(f"{name} is empty. Save the notebook again, and use that file.")
    try:
        notebook = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        said = "It looks like a web page." if raw.lstrip()[:1] == b"<" else "It may have been cut short."
        raise ValueError(
            f"{name} is no notebook that can be read. {said} Save or download the notebook again. "
            "Its name has to end in .ipynb."
        ) from None
    if not isinstance(notebook, dict):
        raise ValueError(f"{name} is no notebook: it holds a list or a single value.")
    return notebook


def read_answers(notebook: dict[str, Any]) -> HandedIn:
    """The answers in a notebook, and what was odd about it. Nothing in the notebook is run.

    The answer cell is the one with the grade id “answers”, else the one whose first line is “# Your answers”. Where
    there are several, the first that holds answers counts, because the form saves into the first one.

    Raises ValueError in words where `notebook` is no notebook.

    >>> cell = {"cell_type": "code", "metadata": {}, "source": "# Your answers\\nanswers = {'wait': 'list'}"}
    >>> read_answers({"cells": [cell]}).answers
    {'wait': 'list'}
    """
    cells = list(_cells(notebook))
    notes: list[str] = []
    answers = _answers(cells, notes)
    return HandedIn(_exercise(cells), answers, _code(cells, notes), list(dict.fromkeys(notes)))


def grade_ids(notebook: dict[str, Any]) -> set[str]:
    """The grade ids of a notebook's cells.

    >>> grade_ids({"cells": []})
    set()
    """
    return {cell.grade_id for cell in _cells(notebook)} - {""}


def _cells(notebook: Any) -> Iterator[_Cell]:
    if not isinstance(notebook, dict):
        raise ValueError("This is no notebook.")
    found = notebook.get("cells")
    if found is None and isinstance(notebook.get("worksheets"), list):
        # the form of a notebook before 2015, which some programs still write
        found = [cell for sheet in notebook["worksheets"] for cell in _cells_of(sheet)]
    if not isinstance(found, list):
        raise ValueError("This is no notebook: it has no cells. Use the file whose name ends in .ipynb.")
    for cell in found:
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", cell.get("input", ""))
        if isinstance(source, list):
            source = "".join(line for line in source if isinstance(line, str))
        about = cell.get("metadata")
        about = about.get("nbgrader") if isinstance(about, dict) else None
        about = about if isinstance(about, dict) else {}
        yield _Cell(
            str(cell.get("cell_type", "")),
            source if isinstance(source, str) else "",
            str(about.get("grade_id", "")),
            bool(about.get("solution")),
        )


def _cells_of(worksheet: Any) -> list[Any]:
    found = worksheet.get("cells") if isinstance(worksheet, dict) else None
    return found if isinstance(found, list) else []


def _exercise(cells: list[_Cell]) -> str:
    """The name of the answer sheet that the form cell asks for."""
    asked = sorted(cells, key=lambda cell: cell.grade_id != "form")
    return next((found[1] for cell in asked if (found := SHEET.search(cell.source))), "")


def _named(cells: list[_Cell], name: str, notes: list[str]) -> list[_Cell]:
    """The cells of a grade id, by the id or by their first line."""
    found = [cell for cell in cells if cell.grade_id == name]
    # a copy of a cell may come without its marks
    found += [cell for cell in cells if not cell.grade_id and cell.first_line.startswith(FIRST_LINES[name])]
    if found and not any(cell.grade_id for cell in found):
        notes.append(BY_FIRST_LINE)
    notes += [WAS_TEXT.format(name=name) for cell in found if cell.kind != "code"]
    return found


def _answers(cells: list[_Cell], notes: list[str]) -> Any:
    found = _named(cells, ANSWERS, notes)
    if not found:
        # typed anew, without the first line
        found = [cell for cell in cells if cell.kind == "code" and ASSIGNED.search(cell.source)]
        notes += [BY_FIRST_LINE] if found else []
    if not found:
        notes.append(NO_CELL)
        return {}
    read = [_literal(cell.source) for cell in found]
    answers, said = next((one for one in read if one[0] != {}), read[0])
    notes += said
    if len(found) > 1:
        notes.append(SEVERAL.format(n=len(found)))
        if any(other not in ({}, answers) for other, _ in read):
            notes.append(DIFFER)
    if answers == {} and not said:
        notes.append(NOTHING_IN_IT)
    return answers


def _code(cells: list[_Cell], notes: list[str]) -> dict[str, str]:
    names = dict.fromkeys(
        [cell.grade_id for cell in cells if cell.solution and cell.grade_id and cell.grade_id != ANSWERS]
    )
    found = {}
    for name in names:
        sources = [cell.source for cell in cells if cell.grade_id == name and cell.source.strip()]
        found[name] = sources[0] if sources else ""
        if len(sources) > 1:
            notes.append(SEVERAL_CODE.format(n=len(sources), name=name))
    if found:
        return found
    by_line = _named([cell for cell in cells if cell.kind == "code"], CODE, [])
    return {CODE: by_line[0].source} if by_line else {}


def _literal(source: str) -> tuple[Any, list[str]]:
    """The answers that stand in a cell as plain data, and what could not be read."""
    if len(source) > LONGEST_CELL:
        return {}, [TOO_LONG.format(n=len(source))]
    # a line for the notebook and not for Python; kept empty, so that the lines keep their numbers
    source = "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in source.split("\n"))
    try:
        tree = ast.parse(source.removeprefix("\ufeff"))
    except SyntaxError as fault:
        from .typed import readable  # only here: it reads with this module

        mended, said = readable(source)
        if mended != source:
            found, more = _literal(mended)
            return found, [*(one.words for one in said), *more]
        return {}, [NOT_READABLE.format(line=fault.lineno or 1)]
    except (ValueError, RecursionError, MemoryError):
        return {}, [NOT_READABLE.format(line=1)]
    answers: Any = {}
    notes = []
    for line in tree.body:
        try:
            answers = _assigned(line, answers)
        except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
            notes.append(NOT_PLAIN.format(line=line.lineno))
    return answers, notes


def _assigned(line: ast.stmt, answers: Any) -> Any:
    """What the answers are after one line of the answer cell."""
    if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant | ast.Name):
        return answers  # a remark, or a look at what is there
    if isinstance(line, ast.Assign) and len(line.targets) == 1:
        target, value = line.targets[0], line.value
    elif isinstance(line, ast.AnnAssign) and line.value is not None:
        target, value = line.target, line.value
    else:
        raise ValueError("not an answer")
    if isinstance(target, ast.Name) and target.id == ANSWERS:
        return ast.literal_eval(value)
    if (
        isinstance(target, ast.Subscript)
        and isinstance(target.value, ast.Name)
        and target.value.id == ANSWERS
        and isinstance(answers, dict)
    ):
        return {**answers, ast.literal_eval(target.slice): ast.literal_eval(value)}
    raise ValueError("not an answer")

"""A notebook that was handed in, put right before it is marked: one cell of each kind, in order, with its own answers.

Nothing in the notebook is run. What cannot be marked is said in words, so that it never becomes a silent zero.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..teaching.handed_in import ANSWERS, SHEET, HandedIn, read_answers
from ..teaching.questions import as_text, plain, questions_of, read_questions
from ..teaching.typed import ASSIGNED, Note, answer_source, read, readable, runs
from .opened import as_type, in_todays_form

Cell = dict[str, Any]

ANSWER_LINE = re.compile(r"#\s*your answers", re.IGNORECASE)
# such a line ends the kernel, and with it the marking
# (no two of its parts may take the same blanks: a cell of nothing but blanks would take hours)
LEAVES = re.compile(r"^[ \t]*(exit|quit)\b(?:[ \t]*\(.*\))?[ \t;]*$", re.MULTILINE)
# an answer cell may have been cut into this many pieces
MOST_PIECES = 4

SEVERAL = "There are {n} answer cells with different answers. The first one with answers was marked: look at the others."
TYPE = "Cells that had become text are code again: {names}."
COPIES = "Copies of cells were left out: {names}."
BY_LINE = (
    "Cells had lost the signs that nbgrader knows them by. They were known by their first line: {names}."
)
MISSING = "Cells that were deleted were put back: {names}."
ORDER = "The cells stood in another order. They were put in their own order."
CHANGED = "Locked cells that had been changed were put back: {names}."
FORGED = "What nbgrader knows about a cell had been changed, and was put back: {names}."
ELSEWHERE = "The answers stood in another cell, or in pieces. They were put into the answer cell."


@dataclass(frozen=True)
class Known:
    """A cell of an exercise that nbgrader knows: its grade id, its type, its source, and its nbgrader metadata."""

    name: str
    cell_type: str
    source: str
    about: Mapping[str, Any]

    @property
    def locked(self) -> bool:
        """True where nothing in the cell is a learner's."""
        return not self.about.get("solution")


def known_cells(notebook: dict[str, Any]) -> list[Known]:
    """The cells of an exercise's own notebook that nbgrader knows, in their order.

    >>> known_cells({"cells": []})
    []
    """
    cells = in_todays_form(notebook)["cells"]
    return [
        Known(_grade_id(cell), cell["cell_type"], cell["source"], cell["metadata"]["nbgrader"])
        for cell in cells
        if _grade_id(cell)
    ]


def _grade_id(cell: Cell) -> str:
    about = cell["metadata"].get("nbgrader")
    found = about.get("grade_id") if isinstance(about, dict) else None
    return found if isinstance(found, str) else ""


def sheet_name(known: Iterable[Known]) -> str:
    """The name of the answer sheet that an exercise shows, "" where it has none."""
    asked = sorted(known, key=lambda one: one.name != "form")
    return next((found[1] for one in asked if (found := SHEET.search(one.source))), "")


# --- the cells


class _Cells:
    """The cells of a notebook, sorted into those that the exercise knows and those that are the learner's own."""

    def __init__(self, cells: Sequence[Cell], known: Sequence[Known]) -> None:
        self.known = {one.name: one for one in known}
        self.order = list(self.known)
        lines = [_first_line(one.source) for one in known]
        # a line that two cells share tells neither
        self.by_line = {
            line: one.name
            for line, one in zip(lines, known, strict=True)
            if line.startswith("#") and lines.count(line) == 1
        }
        self.notes: list[Note] = []
        self.cells = list(cells)
        self.names = [self._name(cell) for cell in cells]
        # a locked cell of another version is nobody's work
        strange = [
            not name and _grade_id(cell) and not _is_solution(cell)
            for name, cell in zip(self.names, cells, strict=True)
        ]
        self.gone = {index for index, one in enumerate(strange) if one}
        by_line = [
            name for name, cell in zip(self.names, cells, strict=True) if name and name != _grade_id(cell)
        ]
        self._note(BY_LINE, by_line)

    def _name(self, cell: Cell) -> str:
        name = _grade_id(cell)
        if name in self.known:
            return name
        first = _first_line(cell["source"])
        if ANSWERS in self.known and ANSWER_LINE.match(first):
            return ANSWERS
        found = self.by_line.get(first, "")
        return found if found and cell["cell_type"] in ("code", self.known[found].cell_type) else ""

    def _note(self, words: str, names: Iterable[str]) -> None:
        listed = list(dict.fromkeys(names))
        if listed:
            self.notes.append(Note(words.format(names=", ".join(listed))))

    def places(self, name: str) -> list[int]:
        return [index for index, one in enumerate(self.names) if one == name and index not in self.gone]

    def source(self, index: int) -> str:
        source: str = self.cells[index]["source"]
        return source

    def keep_one_of_each(self) -> None:
        copies = []
        for name, one in self.known.items():
            places = self.places(name)
            if name == ANSWERS or not places:
                continue
            kept = places[0]
            if not one.locked:
                stub = one.source.strip()
                kept = next((at for at in places if self.source(at).strip() not in ("", stub)), kept)
            copies += [name] * (len(places) - 1)
            for at in places:
                if at != kept:
                    self._drop(at, show=not one.locked and self.source(at) != self.source(kept))
        self._note(COPIES, copies)

    def find_answers(self) -> None:
        """Leave one answer cell, with answers in it that can be read, where there are any."""
        if ANSWERS not in self.known:
            return
        places = self.places(ANSWERS)
        mended = {at: readable(self.source(at)) for at in places}
        held = [at for at in places if read(mended[at][0]) != {}]
        if held:
            self._answers_at(held[0], mended[held[0]], places)
            return
        for pieces in self._pieces(places):
            source, notes = readable("\n".join(self.source(at) for at in pieces))
            if read(source) != {}:
                first = next((at for at in pieces if at in places), -1)
                if first < 0 or not runs(source):
                    continue
                self.notes += [Note(ELSEWHERE), *notes]
                self.cells[first] = {**self.cells[first], "source": source}
                self.gone |= {at for at in pieces if at != first}
                self._answers_at(first, (source, []), places)
                return
        self._answers_from_elsewhere(places)

    def stop_those_that_leave(self) -> None:
        """Cells of the learner's own that would end the kernel are shown and not run."""
        for at, name in enumerate(self.names):
            if not name and self.cells[at]["cell_type"] == "code" and LEAVES.search(self.source(at)):
                self._drop(at, show=True, why="This cell was not run, because it ends the notebook")

    def _pieces(self, places: list[int]) -> Iterator[list[int]]:
        """Runs of cells that may once have been the answer cell."""
        if len(places) > 1:
            yield places
        own = [at for at, name in enumerate(self.names) if not name and self.cells[at]["cell_type"] == "code"]
        for at in places:
            following = [other for other in own if other > at]
            for many in range(1, MOST_PIECES):
                yield [at, *following[:many]]

    def _answers_at(self, kept: int, source: tuple[str, list[Note]], places: list[int]) -> None:
        answers = read(source[0])
        others = [read(readable(self.source(at))[0]) for at in places if at != kept and at not in self.gone]
        if any(other not in ({}, answers) for other in others):
            self.notes.append(Note(SEVERAL.format(n=len(places)), look=True))
        elif others:
            self._note(COPIES, [ANSWERS])
        for at in places:
            if at != kept and at not in self.gone:
                self._drop(at, show=read(readable(self.source(at))[0]) not in ({}, answers))
        text = source[0]
        for one in self.known.values():
            # a locked cell that was joined with this one is put back on its own
            if one.locked and one.source.strip() and one.source.strip() in text:
                text = text.replace(one.source.strip(), "").strip("\n")
        self.cells[kept] = {**self.cells[kept], "source": text}
        self.notes += source[1]

    def _answers_from_elsewhere(self, places: list[int]) -> None:
        """Typed into another cell, or into one that was joined with the answer cell."""
        for at in [index for index in range(len(self.cells)) if index not in places]:
            if self.cells[at]["cell_type"] != "code" or not ASSIGNED.search(self.source(at)):
                continue
            found = read(readable(self.source(at))[0])
            if found != {}:
                self.notes.append(Note(ELSEWHERE))
                self._put_in_place(places, at, answer_source(found))
                return
        if len(places) > 1:
            # no one holds answers that can be read, and one may still hold code that gives them
            stub = self.known[ANSWERS].source.strip()
            kept = next((at for at in places if self.source(at).strip() not in ("", stub)), places[0])
            for at in places:
                if at != kept:
                    self._drop(at, show=self.source(at).strip() not in ("", stub))
            self._note(COPIES, [ANSWERS])

    def _put_in_place(self, places: list[int], beside: int, source: str) -> None:
        """Make a new answer cell with this source; what stood in the old ones stays to be seen."""
        stub = self.known[ANSWERS].source.strip()
        for at in places:
            self._drop(at, show=self.source(at).strip() not in ("", stub))
        place = places[0] if places else beside
        cell = {"id": secrets.token_hex(4), "metadata": {}, "source": source}
        self.cells.insert(place, as_type(cell, "code"))
        self.names.insert(place, ANSWERS)
        self.gone = {at + (at >= place) for at in self.gone}

    def _drop(self, at: int, show: bool, why: str = "A copy of a cell, which was not marked") -> None:
        """Take a cell out; where it holds work, show it as text, which nothing runs."""
        if not show:
            self.gone.add(at)
            return
        fence = "`" * (3 + max(map(len, re.findall("`+", self.source(at))), default=0))
        said = f"*{why}:*\n\n{fence}\n{self.source(at)}\n{fence}"
        self.cells[at] = as_type({**self.cells[at], "metadata": {}, "source": said}, "markdown")
        self.names[at] = ""

    def in_order(self) -> list[Cell]:
        """All cells: the known ones in their own order, in their own form; the learner's own where they stood."""
        kept = [at for at in range(len(self.cells)) if at not in self.gone]
        found = {self.names[at]: self._own_form(at) for at in kept if self.names[at]}
        slots = iter(name for name in self.order if name in found)
        out: list[tuple[str, Cell]] = []
        for at in kept:
            name = self.names[at]
            out.append(
                (placed := next(slots), found[placed]) if name else ("", _without_signs(self.cells[at]))
            )
        if [self.names[at] for at in kept if self.names[at]] != [name for name, _ in out if name]:
            self.notes.append(Note(ORDER))
        missing = [name for name in self.order if name not in found]
        self._note(MISSING, missing)
        for name in missing:
            before = self.order[: self.order.index(name)]
            place = max((at for at, (one, _) in enumerate(out) if one and one in before), default=-1) + 1
            out.insert(place, (name, self._new(self.known[name])))
        self._note_changes(found)
        return [cell for _, cell in out]

    def _own_form(self, at: int) -> Cell:
        cell, one = self.cells[at], self.known[self.names[at]]
        about = {**cell["metadata"], "nbgrader": dict(one.about)}
        own = as_type({**cell, "metadata": about}, one.cell_type)
        return {**own, "source": one.source} if one.locked else own

    def _new(self, one: Known) -> Cell:
        cell = {"id": secrets.token_hex(4), "metadata": {"nbgrader": dict(one.about)}, "source": one.source}
        return as_type(cell, one.cell_type)

    def _note_changes(self, found: Mapping[str, Cell]) -> None:
        given = {
            self.names[at]: self.cells[at]
            for at in range(len(self.cells))
            if at not in self.gone and self.names[at]
        }
        self._note(
            TYPE, [name for name, cell in given.items() if cell["cell_type"] != self.known[name].cell_type]
        )
        locked = [name for name in given if self.known[name].locked]
        self._note(
            CHANGED,
            [name for name in locked if given[name]["source"].strip() != self.known[name].source.strip()],
        )
        self._note(FORGED, [name for name, cell in given.items() if _forged(cell, self.known[name])])


def _forged(cell: Cell, one: Known) -> bool:
    about = cell["metadata"].get("nbgrader")
    watched = ("grade", "solution", "locked", "points", "schema_version")
    return (
        isinstance(about, dict)
        and bool(about)
        and any(about.get(name) != one.about.get(name) for name in watched)
    )


def _is_solution(cell: Cell) -> bool:
    about = cell["metadata"].get("nbgrader")
    return isinstance(about, dict) and bool(about.get("solution"))


def _without_signs(cell: Cell) -> Cell:
    return {**cell, "metadata": {name: one for name, one in cell["metadata"].items() if name != "nbgrader"}}


def _first_line(source: str) -> str:
    return next(filter(None, (line.strip() for line in source.splitlines())), "").casefold()


def put_right(cells: Sequence[Cell], known: Sequence[Known]) -> tuple[list[Cell], list[Note]]:
    """The cells as they should be marked, and what was done.

    Parameters: `cells`, in today's form; `known`, the exercise's own cells in their order.
    Each known cell is there once, in its order, of its own type and with its own metadata; locked ones with their own
    source. The answers are those of the first answer cell that holds any.

    >>> put_right([], [])
    ([], [])
    """
    sorted_cells = _Cells(cells, known)
    sorted_cells.keep_one_of_each()
    sorted_cells.find_answers()
    sorted_cells.stop_those_that_leave()
    mended = sorted_cells.in_order()
    return mended, list(dict.fromkeys(sorted_cells.notes))


# --- does it belong here?


def why_not(handed: HandedIn, cells: Sequence[Cell], known: Sequence[Known], asked: Sequence[str]) -> str:
    """Why a notebook cannot be marked as this exercise, in one line; "" where it can.

    Parameters: `handed`, what was read of it, once put right; `cells`, as they were handed in; `known`, the exercise's
    own cells; `asked`, the ids of its questions.
    """
    own = sheet_name(known)
    theirs = read_answers({"cells": list(cells)}).exercise
    names = {one.name for one in known}
    first_lines = {_first_line(one.source) for one in known}
    ours = any(_grade_id(cell) in names or _first_line(cell["source"]) in first_lines for cell in cells)
    given = list(handed.answers) if isinstance(handed.answers, dict) else []
    fitting = len(given) - len(not_asked(handed, asked))
    if own and theirs and theirs != own and fitting * 2 <= len(given):
        return f"This is another exercise, “{theirs}”. Ask for “{own}”."
    if given and asked and not fitting:
        return "None of its answers belongs to a question of this exercise. It may be an older version. Ask for this one."
    if not ours and not given:
        return "No cell of this exercise is in it. Ask for the right notebook."
    return ""


def not_asked(handed: HandedIn, asked: Sequence[str]) -> list[str]:
    """The names of answers to questions that the exercise does not ask."""
    if not isinstance(handed.answers, dict):
        return []
    known = {plain(one) for one in asked}
    return [as_text(name) for name in handed.answers if plain(name) not in known]


def asked_in(folder: Path, known: Sequence[Known]) -> list[str]:
    """The ids of the questions of an exercise whose files lie in `folder`; none where they cannot be read."""
    path = folder / f"{sheet_name(known)}.yaml"
    try:
        return [question["id"] for question in questions_of(read_questions(path))]
    except (OSError, ValueError):
        return []

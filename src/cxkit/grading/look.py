"""Which submissions of an exercise need a person's look, and why; what can be put under its right name is."""

from __future__ import annotations

import ast
import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..teaching.handed_in import ANSWERS, HandedIn, read_answers
from ..teaching.typed import Note, read_notes, runs
from .opened import CannotMarkError, notebook_of, open_notebook, read_file
from .put_right import Known, asked_in, known_cells, not_asked, put_right, why_not

# what a browser, a mail program or a Mac adds to a name
ENDINGS = (".ipynb", ".ipynb.txt", ".ipynb.json", ".json")
PACKED = (".zip", ".7z", ".rar", ".gz")

NO_ANSWERS = "There are no answers in it. The marks will be 0. If that surprises you, ask for the file again."
ALSO = "Beside it lies “{path}”, which holds other answers and was not marked. Ask which one counts."
ALSO_FULL = (
    "It holds no answers, but “{path}” beside it does. Only the first is marked. Ask which one counts."
)
RENAMED = "“{path}” is this exercise under another name, and nbgrader would not find it. `--mend` copies it to “{name}”."
MENDED = "“{path}” was copied to “{name}”, so that nbgrader finds it."
MANY = "Several files could be it: {paths}. Give the right one the name “{name}”."
NOTHING = "No notebook of this exercise is in the folder. {said}"
NOT_ASKED = (
    "Answers to questions that this exercise does not ask were left out: {names}. It may be an older version."
)
NOT_A_DICT = "The answers are no list of answers by name, and cannot be marked. Look into the answer cell."
NOT_MARKED = "It is not marked. Run: cxkit grade {exercise}"
NEWER = "It was handed in again after it was marked. Run: cxkit grade {exercise}"
BROKEN = "The marked notebook in “{folder}” cannot be read. Run: cxkit grade {exercise} --again"
ALL_ZERO = "It has answers, and all marks are 0. Read it before the marks go out."
CODE = "The answer cell works something out instead of only holding answers, and grading runs that. Read the cell."
LINK = "“{path}” is a link to another place, not a folder. Ask for the notebook itself."
STOPPED = "The check of {names} stopped with an error, so its marks may be wrong."


@dataclass
class Submission:
    """One learner's hand-in of one exercise, in words.

    `look`: why a person should see it; `mended`: what grading puts right by itself; `copied`: which file `mend` copied.
    """

    learner: str
    copied: str = ""
    look: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)

    def add(self, *notes: Note) -> None:
        """Keep notes, each in its place."""
        for note in notes:
            (self.look if note.look else self.mended).append(note.words)


@dataclass(frozen=True)
class Exercise:
    """What is known of an exercise: its `name`, the nbgrader `course` folder, its own cells, the ids of its questions."""

    name: str
    course: Path
    known: list[Known]
    asked: list[str]

    @property
    def file(self) -> str:
        """The name under which nbgrader looks for a hand-in."""
        return f"{self.name}.ipynb"


def find_exercise(name: str, start: Path | None = None) -> Exercise:
    """The exercise `name` of the course in the folder `start` (default: here) or in one above it.

    Raises ValueError in words where there is no such exercise.

    >>> find_exercise("no_such_exercise", Path("/"))
    Traceback (most recent call last):
    ValueError: There is no exercise “no_such_exercise” here. Run this in the folder that holds “solutions”.
    """
    here = (start or Path.cwd()).resolve()
    name = name.strip("/\\")
    for base in (here, *here.parents):
        folder = base / "solutions" / name
        solution = folder / f"{name}.ipynb"
        if solution.is_file():
            released = base / "exercises" / name / f"{name}.ipynb"
            # learners got the release, so what differs from it is a change of theirs
            known = known_cells(open_notebook((released if released.is_file() else solution).resolve()))
            return Exercise(name, base, known, asked_in(folder, known))
        if (base / "solutions").is_dir():
            there = sorted(path.parent.name for path in (base / "solutions").glob("*/*.ipynb"))
            raise ValueError(f"There is no exercise “{name}”. There are: {', '.join(there)}.")
    raise ValueError(f"There is no exercise “{name}” here. Run this in the folder that holds “solutions”.")


def look_at_all(exercise: Exercise, mend: bool = False) -> list[Submission]:
    """All hand-ins of an exercise, by the learner's name; what nobody handed in is not there.

    `mend` copies a notebook under another name to the name that nbgrader looks for. Nothing else is written, nothing run.
    """
    handed = exercise.course / "submitted"
    marked = (exercise.course / "autograded").is_dir() and any(
        (exercise.course / "autograded").glob(f"*/{exercise.name}/{exercise.file}")
    )
    found = []
    for folder in sorted(handed.iterdir()) if handed.is_dir() else []:
        if folder.is_dir() and not folder.name.startswith("."):
            one = Submission(folder.name)
            path = find_hand_in(exercise, folder, one)
            if path is None and not one.look:
                continue
            right = folder / exercise.name / exercise.file
            if path not in (None, right):
                assert path
                shown, name = str(path.relative_to(folder)), f"{exercise.name}/{exercise.file}"
                if mend:
                    right.parent.mkdir(exist_ok=True)
                    shutil.copyfile(path, right)
                    one.copied = MENDED.format(path=shown, name=name)
                else:
                    one.look.append(RENAMED.format(path=shown, name=name))
            if path is not None and right.exists():
                with contextlib.suppress(CannotMarkError):
                    read_hand_in(exercise, right, one)
            if marked and not one.look:
                _look_at_marks(exercise, folder, one)
            found.append(one)
    return found


def find_hand_in(exercise: Exercise, folder: Path, one: Submission) -> Path | None:
    """The notebook of a learner's folder that is the exercise, whatever its name. None where there is none, or several.

    Why there is none is added to `one.look`; nothing is added where nothing was handed in.
    """
    place = folder / exercise.name
    for above in (folder, place):
        if above.is_symlink():
            one.look.append(LINK.format(path=above.name))
            return None
    right = place / exercise.file
    if right.exists() or right.is_symlink():
        return right
    candidates = [path for path in _files(folder, exercise.name) if _belongs(exercise, path)]
    if not candidates and place.is_dir():
        one.look.append(NOTHING.format(said=_what_lies_in(place)))
    if len(candidates) > 1:
        shown = ", ".join(f"“{path.relative_to(folder)}”" for path in candidates)
        one.look.append(MANY.format(paths=shown, name=f"{exercise.name}/{exercise.file}"))
    return candidates[0] if len(candidates) == 1 else None


def _files(folder: Path, exercise: str) -> Iterator[Path]:
    """Files of a learner that may be a notebook, those in the exercise's folder first."""
    place = folder / exercise
    if place.is_dir():
        yield from sorted(path for path in place.rglob("*") if _may_be(path))
        if any(map(_may_be, place.rglob("*"))):
            return
    # in another exercise's own folder a notebook of that name is that exercise's
    yield from sorted(path for path in folder.rglob("*") if _may_be(path) and path.stem != path.parent.name)


def _may_be(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts[-3:])
    return path.is_file() and not hidden and path.name.lower().endswith(ENDINGS)


def _belongs(exercise: Exercise, path: Path) -> bool:
    try:
        notebook = open_notebook(path)
        handed, _ = _put_right(exercise, notebook)
    except (OSError, ValueError):
        return False
    return not why_not(handed, notebook["cells"], exercise.known, exercise.asked)


def _put_right(exercise: Exercise, notebook: dict[str, Any]) -> tuple[HandedIn, list[Note]]:
    cells, notes = put_right(notebook["cells"], exercise.known)
    return read_answers({"cells": cells}), notes


def _what_lies_in(place: Path) -> str:
    files = sorted(path for path in place.rglob("*") if path.is_file() and not path.name.startswith("."))
    if any(path.name.lower().endswith(PACKED) for path in files):
        return "There is a packed file. Unpack it there."
    if not files:
        return "It is empty."
    for path in files:
        if _may_be(path):
            try:
                open_notebook(path)
            except (OSError, ValueError) as fault:
                return " ".join(str(fault).split())
    return f"There is: {', '.join(path.name for path in files[:4])}."


@dataclass(frozen=True)
class HandIn:
    """A notebook that can be marked: its `cells`, put right, what was read of them, and whether code gives the answers."""

    cells: list[dict[str, Any]]
    handed: HandedIn
    by_code: bool


def read_hand_in(exercise: Exercise, path: Path, one: Submission, raw: bytes | None = None) -> HandIn:
    """Read a hand-in as it will be marked (`raw`: what is in the file), and add to `one` what is odd about it.

    Raises CannotMarkError where it cannot be marked; that is added to `one`, too.
    """
    try:
        notebook = notebook_of(read_file(path) if raw is None else raw, path.name)
        cells, notes = put_right(notebook["cells"], exercise.known)
        handed = read_answers({"cells": cells})
        if fault_words := why_not(handed, notebook["cells"], exercise.known, exercise.asked):
            raise CannotMarkError(fault_words)
    except CannotMarkError as fault:
        one.look.append(str(fault))
        raise
    except OSError as fault:
        one.look.append(f"{path.name} cannot be opened: {fault.strerror or fault}.")
        raise CannotMarkError(one.look[-1]) from fault
    one.add(*notes)
    by_code = isinstance(handed.answers, dict) and _runs_code(cells)
    empty = handed.answers in ({}, None, "", [])
    beside = [] if path.parent.name != exercise.name else _others(exercise, path, handed)
    if beside:
        words = ALSO_FULL if empty else ALSO
        one.look += [words.format(path=str(other.relative_to(path.parent))) for other in beside]
    elif empty:
        said = [note for note in handed.notes if "answer cell holds no answers" not in note]
        one.look += said or [NO_ANSWERS]
    elif not isinstance(handed.answers, dict):
        one.look.append(NOT_A_DICT)
    elif by_code:
        one.look.append(CODE)
    strange = not_asked(handed, exercise.asked) if exercise.asked else []
    if strange:
        one.look.append(NOT_ASKED.format(names=", ".join(strange[:5])))
    return HandIn(cells, handed, by_code)


def _runs_code(cells: list[dict[str, Any]]) -> bool:
    """True where the answers come out of code, and are not just written down. Code that only shows them is fine."""
    sources = [
        cell["source"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == ANSWERS
    ]
    for source in sources:
        lines = "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in source.split("\n"))
        body = [one for one in ast.parse(lines).body if not isinstance(one, ast.Expr)] if runs(source) else []
        try:
            plain = ast.unparse(ast.Module(body, []))
        except (RecursionError, ValueError):  # a sum, or a number, of thousands of digits: no plain data
            return True
        if any(note.startswith("Line ") for note in read_notes(plain)):
            return True
    return False


def _others(exercise: Exercise, path: Path, handed: HandedIn) -> list[Path]:
    """Other notebooks beside a hand-in that hold answers to the same exercise, and other ones."""
    found = []
    for other in sorted(path.parent.rglob("*")):
        if other == path or not _may_be(other) or not _belongs(exercise, other):
            continue
        answers = _put_right(exercise, open_notebook(other))[0].answers
        if answers not in ({}, None, "", [], handed.answers):
            found.append(other)
    return found


# --- after nbgrader has marked


def _look_at_marks(exercise: Exercise, folder: Path, one: Submission) -> None:
    handed = folder / exercise.name / exercise.file
    marked = exercise.course / "autograded" / folder.name / exercise.name / exercise.file
    words = {"exercise": exercise.name}
    if not handed.is_file():
        return
    if not marked.is_file():
        one.look.append(NOT_MARKED.format(**words))
        return
    if handed.stat().st_mtime > marked.stat().st_mtime:
        one.look.append(NEWER.format(**words))
        return
    try:
        cells = [cell for cell in json.loads(marked.read_text("utf-8"))["cells"] if _is_marked(cell)]
    except (ValueError, TypeError, KeyError, RecursionError):
        one.look.append(BROKEN.format(folder=marked.parent, **words))
        return
    stopped = [cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if _has_stopped(cell)]
    if stopped:
        one.look.append(STOPPED.format(names=", ".join(f"“{name}”" for name in stopped)))
    elif cells and not any(map(_marks, cells)) and not _marked_by_hand(exercise, folder.name):
        one.look.append(ALL_ZERO)


def _is_marked(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "code" and bool(cell["metadata"].get("nbgrader", {}).get("grade"))


def _has_stopped(cell: dict[str, Any]) -> bool:
    return any(
        output["output_type"] == "error" or output.get("name") == "stderr" for output in cell["outputs"]
    )


def _marks(cell: dict[str, Any]) -> float:
    """The marks that nbgrader reads off a cell's output."""
    for output in cell["outputs"]:
        if output["output_type"] == "execute_result":
            try:
                return float("".join(output["data"]["text/plain"]))
            except (KeyError, ValueError):
                break
    return float(cell["metadata"]["nbgrader"].get("points", 0))


def _marked_by_hand(exercise: Exercise, learner: str) -> bool:
    """True where a person has given marks in the gradebook since."""
    book_file = exercise.course / "gradebook.db"
    if not book_file.is_file():
        return False
    # only here, because it takes seconds to load, and seldom is anything 0
    from nbgrader.api import Gradebook, MissingEntry

    with Gradebook(f"sqlite:///{book_file}") as book:
        try:
            found = book.find_submission_notebook(exercise.name, exercise.name, learner)
        except MissingEntry:
            return False
        return any(grade.manual_score is not None for grade in found.grades)

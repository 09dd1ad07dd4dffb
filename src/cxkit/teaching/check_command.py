"""`cxkit check`: the marks and words of an exercise's notebook, read without running it."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .handed_in import HandedIn
    from .questions import Spec
    from .selfcheck import Checked

# what a file manager or a browser adds to the name of a copy
COPY = re.compile(r"(?i)[ _-]*(?:\(\d+\)|-?\s*copy\s*\d*|copy\s*\(\d+\))$")
# cells that every exercise has
EVERYWHERE = {"start", "answers", "form", "code", "extra"}


def add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to those of `cxkit`."""
    parser = commands.add_parser(
        "check",
        help="check the answers of an exercise",
        description="Read the answers in a notebook and say the marks and the words for each part. With no solution at "
        "hand, say what is complete. The notebook is only read: nothing in it is run.",
        epilog="Example:  cxkit check 01_physio_journey.ipynb",
    )
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="an exercise, a .ipynb file")
    parser.add_argument(
        "--with-code",
        action="store_true",
        help="also check the optional part in code. That runs the code on this computer: do it only with your own "
        "notebook, or with one that you trust",
    )
    parser.set_defaults(run=_check)


def _check(asked: argparse.Namespace) -> int:
    from .handed_in import grade_ids, read_answers, read_notebook
    from .selfcheck import check_answers, marks_by_hand

    path: Path = asked.notebook
    notebook = read_notebook(path)
    handed = read_answers(notebook)
    solution = _solution(handed, path, grade_ids(notebook))
    name = solution.stem if solution else handed.exercise or path.stem
    questions = _questions(solution, name, path)
    if questions is None:
        raise ValueError(
            f"{path.name} could not be checked. There is neither a solution “solutions/{name}/{name}.ipynb” in its folder "
            f"or above it, nor the file “{name}.yaml” beside it. Use the command in the folder of the course, or keep "
            "the notebook beside the files it came with."
        )
    print(f"{path.name}: {questions['title']}")
    for note in handed.notes:
        print(f"Note: {note}")
    if solution is None:
        _say_complete(questions, handed)
        return 0
    by_hand = marks_by_hand(solution)
    found = check_answers(solution, handed.answers, handed.code if asked.with_code else None)
    _say_marks(questions, found, by_hand, ran=asked.with_code)
    return 0


def _solution(handed: HandedIn, path: Path, ids: set[str]) -> Path | None:
    """The solution by the name of the notebook's form, by the file's own name, or by the grade ids of its cells."""
    from .selfcheck import find_solution

    folders = [path.resolve().parent, Path.cwd()]
    stem = path.stem
    for name in filter(None, (handed.exercise, stem, COPY.sub("", stem))):
        for folder in folders:
            if found := find_solution(name, folder):
                return found
    return _by_grade_ids(ids - EVERYWHERE, folders)


def _by_grade_ids(ids: set[str], folders: list[Path]) -> Path | None:
    """The one solution all of whose own grade ids the notebook has; None where that is none, or several."""
    from .handed_in import grade_ids, read_notebook

    known: dict[Path, set[str]] = {}
    for folder in folders:
        for base in (folder, *folder.parents):
            for path in (base / "solutions").glob("*/*.ipynb"):
                if path.stem == path.parent.name:
                    known[path.resolve()] = grade_ids(read_notebook(path)) - EVERYWHERE
    fitting = [path for path, own in known.items() if own and own <= ids]
    return fitting[0] if len(fitting) == 1 else None


def _questions(solution: Path | None, name: str, path: Path) -> Spec | None:
    from .questions import read_questions

    beside = path.resolve().parent
    places = [solution.with_suffix(".yaml")] if solution else []
    places += [folder / f"{name}.yaml" for folder in (beside, Path.cwd())]
    return next((read_questions(one) for one in places if one.is_file()), None)


def _say_marks(questions: Spec, found: list[Checked], by_hand: float, *, ran: bool) -> None:
    from .selfcheck import Total, total_of
    from .words import words_for

    labels = words_for(questions["language"])
    shown = [one for one in found if ran or not one.extra]
    groups = [(part.get("title", part["id"]), part["id"]) for part in questions["parts"]]
    for title, part in [*groups, (labels["model_code"], "")]:
        marked = [one for one in shown if one.part == part]
        if marked or (by_hand and part):
            print(f"\n{title}")
        if not marked and by_hand and part:
            print(f"  {labels['read_by_hand']}")
        for one in marked:
            said = labels["marks"].format(value=f"{one.mark.value:g}", of=f"{one.mark.of:g}")
            print(f"  {one.title}: {said}")
            for line in one.mark.words:
                print(f"    - {line}")
    total = total_of(found)
    if not ran:
        total = Total(total.value, total.of, 0, 0)
    said = total.words(labels)
    print("\n" + (labels["total_by_hand"].format(total=said, n=f"{by_hand:g}") if by_hand else said))
    if not ran and any(one.extra for one in found):
        print(
            "The optional part in code was not checked, because that runs the code on this computer. "
            "Is it your own notebook, or one that you trust? Then add --with-code."
        )


def _say_complete(questions: Spec, handed: HandedIn) -> None:
    from .sheet import Sheet
    from .words import words_for

    labels = words_for(questions["language"])
    sheet = Sheet(questions, handed.answers)
    done = 0
    for part in questions["parts"]:
        print(f"\n{part.get('title', part['id'])}")
        for line in sheet.look(part["id"]):
            print(f"  {line['text']}")
        done += not sheet.open_points(part["id"])
    print(f"\n{labels['parts_complete'].format(n=done, of=len(questions['parts']))}.")
    print(labels["marks_by_instructor"])

"""`cxkit exercise`: a new exercise from the course's template, ready to be changed."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

TEMPLATE = Path(__file__).with_name("exercise_template")
NAME = re.compile(r"\d\d_[a-z0-9_]+")


def new_exercise(name: str, course: Path = Path()) -> list[Path]:
    """Copy the template to `solutions/NAME/` in `course`, under its new name; gives the files that were written.

    The answer sets go to `tests/answers/NAME.yaml`, out of the learners' way.

    Raises:
        ValueError: for a name that is taken, or that is not two digits and lower-case words.
        FileNotFoundError: where `course` is not the course's folder.

    >>> new_exercise("My exercise")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: “My exercise” cannot be the name of an exercise. Begin with two digits ..., such as 11_hearing_aid.
    """
    if not NAME.fullmatch(name):
        raise ValueError(
            f"“{name}” cannot be the name of an exercise. Begin with two digits and use small letters, digits and “_” "
            "after them, such as 11_hearing_aid."
        )
    if not (course / "course").is_dir():
        raise FileNotFoundError(2, "Not found. Go to the folder of the course first", str(course / "course"))
    target, sets = course / "solutions" / name, course / "tests" / "answers" / f"{name}.yaml"
    if target.exists() or sets.exists():
        raise ValueError(f"There is an exercise “{name}” already. Choose another name.")
    written = []
    for source in sorted(path for path in TEMPLATE.rglob("*") if path.is_file()):
        place = target / source.relative_to(TEMPLATE).with_name(source.name.replace(TEMPLATE.name, name))
        if source.name == "answer_sets.yaml":
            place = sets
        elif source.name == "reasons.yaml":
            place = target / "for_instructors" / source.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(source.read_text("utf-8").replace(TEMPLATE.name, name), "utf-8", newline="\n")
        written.append(place)
    return written


def add_exercise(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `cxkit exercise NAME` to the command line."""
    parser = commands.add_parser(
        "exercise",
        help="begin a new exercise from the template",
        description="Copy the template of an exercise. course/facilitator/add_an_exercise.md says how to go on.",
        epilog="Example:  cxkit exercise 11_hearing_aid",
    )
    parser.add_argument("name", metavar="NAME", help="two digits and a short name, such as 11_hearing_aid")
    parser.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> int:
    for path in new_exercise(asked.name):
        print(f"Wrote {path}")
    return 0

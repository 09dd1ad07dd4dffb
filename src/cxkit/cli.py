"""The command `cxkit`: draw a journey's map, write pages to print, look at the installation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__
from .grading.classroom.command import add_classroom
from .grading.grade_command import add_feedback, add_grade
from .grading.look_command import add_look
from .grading.new_exercise import add_exercise
from .grading.report.command import add_report
from .teaching.check_command import add_check

MOST_LINES = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; `arguments` default to the command line's.

    Returns:
        0 for success, 1 for something that the words on stderr help to mend, 2 for a mistyped command.

    >>> main(["draw", "no-such-file.csv"])
    1
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console may lack the letters of a title or a file's name
            stream.reconfigure(errors="replace")
    try:
        parser = _parser()
        asked = parser.parse_args(arguments)
        if "run" not in asked:
            parser.print_help()
            return 2
        return int(asked.run(asked))
    except SystemExit as end:  # argparse has said what was mistyped
        return int(end.code or 0)
    except (ValueError, OSError) as fault:
        print(_words(fault), file=sys.stderr)
        return 1
    except ImportError as fault:
        print(f"A part of the installation is missing: {fault}.", file=sys.stderr)
        print("`cxkit doctor` says what else is, and how to mend it.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cxkit",
        description="Tools for customer journey maps and their course.",
        epilog="For more on one command:  cxkit draw --help",
    )
    parser.add_argument("--version", action="version", version=f"cxkit {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for add in COMMANDS:
        add(commands)
    return parser


def _words(fault: ValueError | OSError) -> str:
    if isinstance(fault, OSError) and fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}."
    lines = str(fault).splitlines()
    if len(lines) > MOST_LINES:  # the last lines are the ones that stay in sight
        lines = [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} more. Mend these first."]
    return "\n".join(lines)


def _size(text: str) -> str:
    """A size by its name, in any case, and with a dash where the name has a space.

    >>> _size("a4-portrait")
    'A4 portrait'
    """
    from .views.look import SIZES

    asked = text.replace("-", " ").casefold()
    found = next((size for size in SIZES if size.casefold() == asked), None)
    if found is None:
        raise argparse.ArgumentTypeError(f"there is no size “{text}”. Choose one of: {_size_names()}.")
    return found


def _size_names() -> str:
    from .views.look import SIZES

    return ", ".join(size.replace(" ", "-") for size in SIZES)


def _add_draw(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "draw",
        help="draw the map of a journey",
        description="Read a journey from a file and draw its map.",
        epilog="Example:  cxkit draw lucy.csv -o lucy.pdf --size A4",
    )
    parser.add_argument("journey", type=Path, metavar="JOURNEY", help="a .csv, .xlsx, .json or .yaml file")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="a picture (.svg, .png, .pdf), a web page (.html), slides (.pptx), a Mermaid diagram (.mmd) or a table "
        "(.csv, .xlsx, .json, .yaml); if left out, the journey's own name with .svg",
    )
    parser.add_argument(
        "--size", type=_size, default="16:9", help=f"one of {_size_names()}; if left out, 16:9 (a slide)"
    )
    parser.add_argument(
        "--style", choices=["screen", "print", "projector"], default="screen", help="if left out, screen"
    )
    parser.add_argument(
        "--compare", type=Path, metavar="FILE", help="the journey as it should run: both in one picture"
    )
    parser.set_defaults(run=_draw)


def _draw(asked: argparse.Namespace) -> int:
    from .journey import EXCHANGES, PICTURES, read_journey

    journey = read_journey(asked.journey)
    target: Path = asked.output or asked.journey.with_suffix(".svg")
    if target.resolve() == asked.journey.resolve():
        raise ValueError(f"{target} would be written over itself. Give the new file another name.")
    how = {"size": asked.size, "style": asked.style}
    if target.suffix.lower() in PICTURES:
        wished = read_journey(asked.compare) if asked.compare else None
        picture = journey.draw(compare=wished, **how)
        picture.save(target)
        print(f"Wrote {target}", picture.alt, sep="\n")
        return 0
    if asked.compare:
        raise ValueError(
            f"--compare makes a picture. End the name in {' or '.join(PICTURES)}, not {target.suffix}."
        )
    if target.suffix.lower() in EXCHANGES:
        journey.save(target, **how)
    else:
        journey.save(target)
    print(f"Wrote {target}")
    return 0


def _add_paper(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "paper",
        help="write pages to print and fill in by hand",
        description="Write an empty map, persona cards, touchpoint cards and a sheet to choose together, as PDF.",
        epilog="Example:  cxkit paper to_print --language he",
    )
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="where to; it is made where it is missing"
    )
    parser.add_argument("--language", default="en", help="en or he; if left out, en")
    parser.set_defaults(run=_paper)


def _paper(asked: argparse.Namespace) -> int:
    from .views.paper import write_paper

    for file in write_paper(asked.folder, asked.language):
        print(f"Wrote {file}")
    return 0


def _add_slides(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "slides",
        help="make slides from a lesson",
        description="Make slides from a lesson: one file that needs no network. The arrow keys turn the slides.",
        epilog="Example:  cxkit slides course/01_lucys_journey.ipynb -o lucy.html",
    )
    parser.add_argument("lesson", type=Path, metavar="LESSON", help="a notebook of the course")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="if left out, the lesson's name with .slides.html"
    )
    parser.set_defaults(run=_slides)


def _slides(asked: argparse.Namespace) -> int:
    from .teaching.slides import write_slides

    print(f"Wrote {write_slides(asked.lesson, asked.output)}")
    return 0


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "doctor",
        help="look at the installation and say what is wrong and how to mend it",
        description="Look at Python, packages, Jupyter, folders and grading. Nothing is changed.",
    )
    parser.set_defaults(run=_doctor)


def _doctor(asked: argparse.Namespace) -> int:
    from .doctor import findings

    problems = 0
    for finding in findings():
        print(finding, flush=True)
        problems += finding.ok is False
    print(f"\n{problems or 'No'} problem{'' if problems == 1 else 's'} found.")
    if problems > 1:
        print("Mend the first one first: it may be the cause of the others.")
    return 1 if problems else 0


COMMANDS = (
    _add_draw,
    _add_paper,
    _add_slides,
    add_check,
    _add_doctor,
    add_look,
    add_grade,
    add_feedback,
    add_report,
    add_exercise,
    add_classroom,
)

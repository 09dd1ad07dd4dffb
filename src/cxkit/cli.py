"""The command `cxkit`: draw a journey's map, look at the installation."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


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
        asked = _parser().parse_args(arguments)
        return int(asked.run(asked))
    except SystemExit as end:  # argparse has said what was mistyped
        return int(end.code or 0)
    except (ValueError, OSError) as fault:
        print(_words(fault), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cxkit", description="Tools for customer journey maps and their course."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in COMMANDS:
        add(commands)
    return parser


def _words(fault: ValueError | OSError) -> str:
    if isinstance(fault, OSError) and fault.filename is not None:
        return f"{fault.filename}: {fault.strerror}."
    return str(fault)


def _add_draw(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from .views.look import SIZES

    parser = commands.add_parser(
        "draw",
        help="draw the map of a journey",
        description="Read a journey from a file and draw its map.",
        epilog='Example:  cxkit draw lucy.csv -o lucy.pdf --size "A4"',
    )
    parser.add_argument("journey", type=Path, metavar="JOURNEY", help="a .csv, .xlsx, .json or .yaml file")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="a name in .svg, .png or .pdf; if left out, the journey's own name with .svg",
    )
    parser.add_argument(
        "--size", choices=list(SIZES), default="16:9", help="the shape of the page (default: 16:9)"
    )
    parser.set_defaults(run=_draw)


def _draw(asked: argparse.Namespace) -> int:
    from .journey import read_journey

    target: Path = asked.output or asked.journey.with_suffix(".svg")
    if target.resolve() == asked.journey.resolve():
        raise ValueError(f"{target} is the journey itself. Name another file with -o.")
    read_journey(asked.journey).draw(size=asked.size).save(target)
    print(f"Wrote {target}")
    return 0


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "doctor",
        help="look at the installation and say what is wrong and how to mend it",
        description="Look at Python, packages, Jupyter, folders and grading. Nothing is changed.",
    )
    parser.set_defaults(run=_doctor)


def _doctor(asked: argparse.Namespace) -> int:
    from .doctor import doctor

    findings = doctor()
    print(*findings, sep="\n")
    problems = sum(finding.ok is False for finding in findings)
    print(f"\n{problems or 'No'} problem{'' if problems == 1 else 's'} found.")
    return 1 if problems else 0


COMMANDS = (_add_draw, _add_doctor)

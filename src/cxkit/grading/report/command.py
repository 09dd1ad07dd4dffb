"""The command `cxkit report`: the instructor's page about one exercise and one cohort."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line's parser."""
    parser = commands.add_parser(
        "report",
        help="for instructors: a page about the marks of a class",
        description="Make a page about one exercise and one class: marks, who needs a look, how hard each item is and what "
        "it tells, the commonest wrong answers, learning gain, and what to teach again. The same as CSV and Excel. The "
        "gradebook and the submissions stay as they are.",
        epilog="Example:  cxkit report 01_physio_journey --no-names",
    )
    parser.add_argument(
        "exercise", metavar="EXERCISE", help="the name of its folder, such as 01_physio_journey"
    )
    parser.add_argument(
        "--tests",
        type=Path,
        metavar="FILE",
        help="results of the tests before and after the course: a .csv or .xlsx with the columns learner, before, after "
        "and of, or a folder of records that learners saved",
    )
    parser.add_argument("--no-names", action="store_true", help="numbers instead of names, drawn by lot")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FOLDER",
        help="where to; if left out, the course's folder reports",
    )
    parser.set_defaults(run=_report)


def _report(asked: argparse.Namespace) -> int:
    from ..look import find_exercise
    from .files import write_report
    from .make import make_report
    from .tests import read_tests

    exercise = find_exercise(asked.exercise)
    tests = None if asked.tests is None else read_tests(asked.tests, exercise.course / "course")
    report = make_report(exercise, names=not asked.no_names, tests=tests)
    for path in write_report(report, asked.output or exercise.course / "reports"):
        print(f"Wrote {path}")
    n, summary = report.seen, report.summary
    print(f"Marks of {summary.n} learner{'s' * (summary.n != 1)}. {n} need{'s' * (n == 1)} your look.")
    return 0

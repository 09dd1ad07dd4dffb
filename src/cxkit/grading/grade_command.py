"""The commands `cxkit grade` and `cxkit feedback`."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .learner_names import shown

if TYPE_CHECKING:
    from .cohort import Graded
    from .course import Course

MOST_NAMES = 40
LONGEST_LINE = 2000


def add_grade(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line's parser."""
    parser = commands.add_parser(
        "grade",
        help="for instructors: mark all submissions of an exercise",
        description="Mark all submissions of an exercise that are new or have changed, and write what nbgrader would have "
        "written: marked notebooks and rows in the gradebook. No learner's code runs outside a sandbox. Marks and "
        "comments that you gave by hand stay. You may stop it with Ctrl+C and go on later.",
        epilog="Example:  cxkit grade 01_physio_journey --from Downloads/submissions.zip --roster class.csv",
    )
    parser.add_argument(
        "exercise", metavar="EXERCISE", help="the name of its folder, such as 01_physio_journey"
    )
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="PLACE",
        help="first take submissions from here: a zip file that you loaded down from your learning platform, a folder, "
        "or a notebook; if left out, what lies in the folder “submitted” is marked",
    )
    parser.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="a list of learners (.csv or .xlsx), to know them by their names",
    )
    parser.add_argument("--again", action="store_true", help="mark all anew, also what has not changed")
    parser.add_argument("--all", action="store_true", help="also say what was put right by itself")
    parser.add_argument(
        "--processes",
        type=int,
        metavar="N",
        help="how many to mark at a time; if left out, one for each core",
    )
    parser.set_defaults(run=_grade)


def add_feedback(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line's parser."""
    parser = commands.add_parser(
        "feedback",
        help="for instructors: write the feedback pages of an exercise",
        description="Write a page for each learner with marks, answers and words, where nbgrader looks for it: "
        "feedback/LEARNER/EXERCISE/EXERCISE.html. Run it after `cxkit grade` or `nbgrader autograde`, and again after you "
        "gave marks by hand.",
        epilog="Example:  cxkit feedback 01_physio_journey",
    )
    parser.add_argument(
        "exercise", metavar="EXERCISE", help="the name of its folder, such as 01_physio_journey"
    )
    parser.set_defaults(run=_feedback)


class Bar:
    """A progress bar on one line of a terminal; a line now and then, where the output is no terminal."""

    WIDE = 30

    def __init__(self, verb: str) -> None:
        self.verb, self.begun, self.shown = verb, time.monotonic(), -1

    def __call__(self, done: int, of: int) -> None:
        tenths = 10 * done // max(of, 1)
        if sys.stderr.isatty():
            full = self.WIDE * done // max(of, 1)
            said = f"\r{self.verb} [{'#' * full}{'.' * (self.WIDE - full)}] {done} of {of}{self._left(done, of)}   "
            print(said, end="\n" if done == of else "", file=sys.stderr, flush=True)
        elif tenths != self.shown:
            self.shown = tenths
            print(f"{self.verb} {done} of {of}", file=sys.stderr, flush=True)

    def _left(self, done: int, of: int) -> str:
        past = time.monotonic() - self.begun
        if not done or past < 2:
            return ""
        left = round(past * (of - done) / done)
        return f", about {left} s left" if left < 100 else f", about {round(left / 60)} minutes left"


def _course(name: str) -> Course:
    from .course import open_course
    from .look import find_exercise

    return open_course(find_exercise(name).course)


def _grade(asked: argparse.Namespace) -> int:
    course = _course(asked.exercise)
    name = asked.exercise.strip("/\\")
    roster = []
    if asked.roster:
        from .roster import read_roster

        roster = read_roster(asked.roster)
    not_brought: list[str] = []
    if asked.source:
        from .intake import bring_in

        brought = bring_in(asked.source, course.root, name, roster)
        not_brought = brought.look
        print(f"{asked.source}: {brought}")
    from .cohort import grade

    done = grade(
        course, name, again=asked.again, roster=roster, progress=Bar("Marking"), processes=asked.processes
    )
    for line in summary(done, not_brought, everything=asked.all):
        print(line)
    return 130 if done.stopped else 0


def summary(done: Graded, not_brought: list[str], everything: bool = False) -> list[str]:
    """What became of a class, in words.

    >>> from cxkit.grading.cohort import Graded
    >>> summary(Graded("01", handed_in=2, marked=["ann", "bo"], seconds=1.2), [])[0]
    '01: 2 of 2 submissions marked in 1.2 s.'
    """
    seconds = f"{done.seconds:.1f} s" if done.seconds < 120 else f"{done.seconds / 60:.0f} minutes"
    if not done.handed_in:
        lines = [
            f"{done.exercise}: nobody has handed it in yet. Submissions belong into the folder “submitted”."
        ]
    else:
        lines = [
            f"{done.exercise}: {len(done.marked)} of {_count(done.handed_in, 'submission')} marked in {seconds}."
        ]
    lines += done.notes
    if done.same:
        lines.append(f"{_count(len(done.same), 'submission')} had not changed and kept their marks.")
    if everything:
        lines += [
            f"  {shown(who)}: (put right by itself) {_line(said)}"
            for who, said in sorted(done.mended.items())
        ]
    look = sorted(done.look.items())
    if look or not_brought:
        lines.append(f"Needs your look: {len(look) + len(not_brought)}")
        lines += [
            f"  {shown(who)}: {'No marks. ' if who in done.no_marks else ''}{_line(said)}"
            for who, said in look
        ]
        lines += [f"  {said}" for said in not_brought]
    elif done.handed_in:
        lines.append("Nothing needs your look.")
    if done.missing:
        names = ", ".join(shown(who) for who in done.missing[:MOST_NAMES])
        more = f" and {len(done.missing) - MOST_NAMES} more" if len(done.missing) > MOST_NAMES else ""
        lines.append(f"Not handed in: {len(done.missing)} ({names}{more})")
    if done.stopped:
        lines.append(
            f"Stopped. What is marked stays marked; {done.left} are left. Run the command again to go on."
        )
    return lines


def _line(said: list[str]) -> str:
    # learners gave some of these words: the names of files and of answers. They may neither begin a line nor colour one
    return shown(" ".join(said), LONGEST_LINE)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _feedback(asked: argparse.Namespace) -> int:
    from .pages import write_pages

    course = _course(asked.exercise)
    name = asked.exercise.strip("/\\")
    begun = time.monotonic()
    pages, faults = write_pages(course, name, progress=Bar("Writing"))
    place = course.root / course.step("feedback")
    print(f"{_count(len(pages), 'page')} written in {time.monotonic() - begun:.1f} s, in {place}.")
    for learner, fault in sorted(faults.items()):
        print(f"  {learner}: no page. {fault}")
    return 1 if faults else 0

"""The command `cxkit look`: which submissions of an exercise need a person's look."""

from __future__ import annotations

import argparse


def add_look(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the command line's parser."""
    parser = commands.add_parser(
        "look",
        help="for instructors: name the submissions of an exercise that are odd",
        description="Name the submissions of an exercise that need your look, one line each, and say why. Run it before "
        "`nbgrader autograde`, and again after it: then it also names those whose marks may be wrong.",
        epilog="Example:  cxkit look 01_physio_journey --mend",
    )
    parser.add_argument(
        "exercise", metavar="EXERCISE", help="the name of its folder, such as 01_physio_journey"
    )
    parser.add_argument(
        "--mend",
        action="store_true",
        help="copy a renamed notebook to the right name; the original stays beside it",
    )
    parser.add_argument(
        "--all", action="store_true", help="also say what grading puts right by itself, and who is fine"
    )
    parser.set_defaults(run=_look)


def _look(asked: argparse.Namespace) -> int:
    from .look import find_exercise, look_at_all

    exercise = find_exercise(asked.exercise)
    found = look_at_all(exercise, asked.mend)
    for one in found:
        if one.look:
            print(f"{one.learner}: {' '.join(one.look)}")
        if one.copied:
            print(f"{one.learner}: {one.copied}")
        if asked.all and one.mended:
            print(f"{one.learner}: (put right by itself) {' '.join(one.mended)}")
        if asked.all and not (one.look or one.mended or one.copied):
            print(f"{one.learner}: fine")
    odd = sum(bool(one.look) for one in found)
    if not found:
        print(f"Nobody has handed in “{exercise.name}” yet: nothing lies in {exercise.course / 'submitted'}.")
    elif odd:
        print(f"\n{odd} of {len(found)} submissions of “{exercise.name}” need{'s' * (odd == 1)} your look.")
    else:
        print(f"All is well with {len(found)} submission{'s' * (len(found) > 1)} of “{exercise.name}”.")
    return 0

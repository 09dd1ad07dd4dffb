"""The command `cxkit classroom`: open a classroom on this machine, or take it away."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from .place import DEFAULT, INSTRUCTOR, RECORD, Place, find, learners, plan

LOCK = Path("/run/cxkit-classroom.lock")


def add_classroom(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `cxkit classroom` to the command line."""
    parser = commands.add_parser(
        "classroom",
        help="for instructors: try a classroom on this machine (Linux, as root)",
        description="Open a classroom on this machine: a hub with an instructor and some learners, nbgrader's exchange, "
        "and the course. It makes a user of this computer for each person. Start it with `sudo python3 start.py classroom`, "
        "which also installs what it needs.",
        epilog="Example:  sudo python3 start.py classroom --learners 3",
    )
    parser.add_argument(
        "--folder", type=Path, default=DEFAULT, help=f"where to keep it; if left out, {DEFAULT}"
    )
    parser.add_argument("--learners", type=int, default=2, metavar="N", help="how many; if left out, 2")
    parser.add_argument(
        "--exercise",
        action="append",
        default=[],
        metavar="NAME",
        help="release this one, not all; can be repeated",
    )
    parser.add_argument("--port", type=int, default=0, help="the port to use; any free one if left out")
    parser.add_argument(
        "--remove", action="store_true", help="take the classroom away: its users and its folder"
    )
    parser.add_argument("--yes", action="store_true", help="with --remove: do not ask first")
    parser.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> int:
    from .place import refuse_where_it_cannot_be

    refuse_where_it_cannot_be()
    if asked.remove:
        return remove(asked.folder, asked.yes)
    return open_classroom(asked.folder, asked.learners, asked.exercise, asked.port)


def open_classroom(folder: Path, count: int, exercises: list[str], port: int) -> int:
    """Set the classroom up where it is not yet, start it, and stay until Ctrl+C."""
    from .furnish import wanted
    from .hub import free_port, running_hub, write_settings
    from .people import refuse_strangers
    from .proxy import find_proxy

    # whatever can be wrong is looked at before anything is made
    users = [INSTRUCTOR, *learners(count)]
    place = plan(folder, Path.cwd())
    refuse_strangers(place, users)
    wanted(place.project / "solutions", exercises)
    port = free_port(port)
    proxy = find_proxy()
    is_new = not (place.folder / RECORD).exists()
    with only_one(place), interruptible():
        _say_before(place, users, is_new)
        try:
            _set_up(place, users, exercises)
        except BaseException:
            if is_new:  # never half a classroom, however impatient somebody is
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                take_away(place)
            raise
        passwords = write_settings(place, users, port, proxy)
        print("Starting the hub.", flush=True)
        try:
            with running_hub(place, port) as hub:
                _say_ready(place, port, passwords)
                with contextlib.suppress(KeyboardInterrupt):
                    hub.wait()
                    raise ValueError(f"The hub stopped by itself. Its log: {place.hub / 'hub.log'}")
                print("\nStopping.", flush=True)
        finally:
            (place.hub / "settings.json").unlink(missing_ok=True)
    print("Stopped. What people did is kept. Start again to go on, with new passwords.", flush=True)
    return 0


def _set_up(place: Place, users: list[str], exercises: list[str]) -> None:
    from .environment import make_environment
    from .furnish import furnish
    from .people import make_users
    from .place import close_project

    place.folder.mkdir(parents=True, exist_ok=True)
    place.folder.chmod(0o755)
    place.hub.mkdir(exist_ok=True)
    place.hub.chmod(0o700)
    place.save()
    make_users(place, users)
    words = close_project(place)
    if words:
        print(words, flush=True)
    (place.folder / "home").mkdir(exist_ok=True)
    print("Preparing Python for everybody.", flush=True)
    make_environment(place, users[-1])
    print("Preparing the homes, the exchange and the exercises.", flush=True)
    furnish(place, users, exercises)


def _say_before(place: Place, users: list[str], is_new: bool) -> None:
    if is_new:
        print(
            f"This makes {len(users)} users of this computer: {', '.join(users)}.\nAll they do lies in {place.folder}. "
            "To take both away again:  sudo python3 start.py classroom --remove",
            flush=True,
        )
    else:
        print(f"Opening the classroom in {place.folder} again.", flush=True)


def _say_ready(place: Place, port: int, passwords: dict[str, str]) -> None:
    rows = "\n".join(f"    {user:<16}{password}" for user, password in passwords.items())
    print(
        f"\nThe classroom is ready:\n    http://127.0.0.1:{port}/\n\nUser and password, for this time only:\n{rows}\n\n"
        "Use a browser, or a private window, for each person.\n"
        f"The instructor grades in {place.home(INSTRUCTOR)}.\n"
        "Keep this window open. Press Ctrl+C in it to stop everything.",
        flush=True,
    )


def remove(folder: Path, yes: bool) -> int:
    """Take a classroom away, after a question: its users and its folder with all that people did in it."""
    from .people import users_alone

    place = find(folder.resolve()) or users_alone(folder.resolve())
    if place is None:
        raise ValueError(f"There is no classroom in {folder}. Name its folder with --folder.")
    if not yes:
        print(f"This removes the users {', '.join(place.users)}, and {place.folder} with all work in it.")
        try:
            answer = input("Type yes to go on: ")
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            print("Nothing was removed.")
            return 1
    with only_one(place):
        take_away(place)
    print("The classroom is gone: its users and its folder.")
    return 0


def take_away(place: Place) -> None:
    """Remove the users and the folder, and give the course's folder its rights back."""
    from .hub import end_left_over
    from .people import remove_users
    from .place import open_project

    end_left_over(place)
    remove_users(place)
    open_project(place)
    shutil.rmtree(place.folder, ignore_errors=not place.folder.exists())


@contextlib.contextmanager
def only_one(place: Place) -> Iterator[None]:
    """Hold the classroom's lock: it cannot be opened twice, nor removed while it is open."""
    import fcntl

    # one for the whole machine: the users' names are the same in every classroom
    with LOCK.open("a+b") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ValueError(
                "A classroom is open on this machine already. Stop it first: press Ctrl+C in its window."
            ) from None
        yield


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """A closed window and a stopped session end the classroom in the same order as Ctrl+C."""
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    before = {name: signal.signal(getattr(signal, name), signal.default_int_handler) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)

"""Where a classroom lies, whose it is, and whether it may be there at all."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ...files import write_atomic

DEFAULT = Path("/srv/cxkit-classroom")
INSTRUCTOR = "cx-instructor"
MOST_LEARNERS = 50
RECORD = "classroom.json"


@dataclass
class Place:
    """A classroom's folder and what was done for it, as its own record says.

    `users` are those that were made for it; `closed` is the course's folder if other users' way into it was closed, with
    the `mode` that it had before.

    >>> place = Place(Path("/srv/room"), Path("/srv/course"))
    >>> print(place.home("cx-learner1").as_posix())
    /srv/room/home/cx-learner1
    """

    folder: Path
    project: Path
    users: list[str] = field(default_factory=list)
    mode: int | None = None

    @property
    def environment(self) -> Path:
        """Python and the packages, where every user of the classroom can read them."""
        return self.folder / "environment"

    @property
    def exchange(self) -> Path:
        """nbgrader's exchange."""
        return self.folder / "exchange"

    @property
    def hub(self) -> Path:
        """What only the hub may read: passwords, its database, its log."""
        return self.folder / "hub"

    def home(self, user: str) -> Path:
        """The home folder of one user."""
        return self.folder / "home" / user

    def save(self) -> None:
        """Write the record, from which `--remove` knows what to take away."""
        kept = {
            name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()
        }
        write_atomic(self.folder / RECORD, json.dumps(kept, indent=1).encode("utf-8"))


def learners(count: int) -> list[str]:
    """The learners' user names.

    >>> learners(2)
    ['cx-learner1', 'cx-learner2']
    >>> learners(0)
    Traceback (most recent call last):
    ValueError: A classroom takes 1 to 50 learners, not 0. For more, see course/facilitator/classroom.md.
    """
    if not 1 <= count <= MOST_LEARNERS:
        raise ValueError(
            f"A classroom takes 1 to {MOST_LEARNERS} learners, not {count}. For more, see course/facilitator/classroom.md."
        )
    return [f"cx-learner{number}" for number in range(1, count + 1)]


def refuse_where_it_cannot_be(system: str = sys.platform, user: int | None = None) -> None:
    """Raise in words unless this is Linux and we are root: real users of the machine are needed.

    >>> refuse_where_it_cannot_be("win32", 0)
    Traceback (most recent call last):
    ValueError: A classroom needs Linux. On Windows or a Mac, use a Linux machine or a virtual one. Nothing was changed.
    >>> refuse_where_it_cannot_be("linux", 1000)
    Traceback (most recent call last):
    ValueError: A classroom needs root, because it makes a user of this computer for each person.
    Start it again with sudo in front:  sudo python3 start.py classroom
    Nothing was changed.
    """
    if not system.startswith("linux"):
        raise ValueError(
            "A classroom needs Linux. On Windows or a Mac, use a Linux machine or a virtual one. Nothing was changed."
        )
    if (os.geteuid() if user is None else user) != 0:
        raise ValueError(
            "A classroom needs root, because it makes a user of this computer for each person.\n"
            "Start it again with sudo in front:  sudo python3 start.py classroom\nNothing was changed."
        )


def find(folder: Path) -> Place | None:
    """The classroom in a folder, or None where there is none.

    >>> find(Path("/nowhere")) is None
    True
    """
    try:
        kept = json.loads((folder / RECORD).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Place(folder, Path(kept["project"]), list(kept["users"]), kept["mode"])


def plan(folder: Path, project: Path) -> Place:
    """The classroom to open: the one that lies in `folder`, or a new one where it may lie.

    Raises:
        ValueError: where another user could not enter, where something else lies, or without the course at hand.

    >>> plan(Path("/srv/room"), Path("/nowhere"))
    Traceback (most recent call last):
    ValueError: /nowhere is not the folder of the course. Go there first: it is the folder with start.py.
    """
    folder = folder.resolve()
    if not all((project / name).exists() for name in ("course", "solutions", "nbgrader_config.py")):
        raise ValueError(
            f"{project} is not the folder of the course. Go there first: it is the folder with start.py."
        )
    known = find(folder)
    if known is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"Something else lies in {folder}. Name an empty folder or a new one with --folder.")
    inside = folder.is_relative_to(project.resolve())
    shut = closed_folder(folder.parent)
    if inside or shut:
        why = (
            "the course's own folder holds the solutions"
            if inside
            else f"other users of this computer cannot enter {shut}"
        )
        raise ValueError(
            f"The classroom cannot lie in {folder}: {why}. Name another place, such as --folder {DEFAULT}"
        )
    place = known or Place(folder, project)
    place.project = project
    return place


def closed_folder(path: Path) -> Path | None:
    """The first folder on the way to `path` that not every user may enter, or None.

    >>> closed_folder(Path("/"))
    """
    real = path.resolve()
    for one in [*reversed(real.parents), real]:
        if one.is_dir() and not one.stat().st_mode & stat.S_IXOTH:
            return one
    return None


def close_project(place: Place) -> str:
    """Shut other users out of the course's folder, which holds solutions and marks; the words for it, or ''."""
    mode = stat.S_IMODE(place.project.stat().st_mode)
    if closed_folder(place.project.parent) or not mode & 0o007:
        return ""
    place.mode = mode
    place.save()
    place.project.chmod(mode & ~0o007)
    return f"Other users of this computer can no longer open {place.project}: it holds the solutions."


def open_project(place: Place) -> None:
    """Give the course's folder back the rights that it had."""
    if place.mode is not None and place.project.is_dir():
        place.project.chmod(place.mode)

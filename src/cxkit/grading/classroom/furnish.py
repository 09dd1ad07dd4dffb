"""What lies in a classroom: the homes of instructor and learners, nbgrader's exchange, and the exercises in it."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from .people import run_as
from .place import INSTRUCTOR, Place

COURSE_ID = "cxkit"
# what learners get lies open for them; what an instructor works with does not
FOR_LEARNERS = ("course", "case_studies")
FOR_INSTRUCTORS = ("course", "case_studies", "solutions", "nbgrader_config.py")
NOT_FOR_LEARNERS = ("facilitator", "for_instructors", "trace.yaml")
LEFT_OUT = (".ipynb_checkpoints", "__pycache__", "*.pyc", "my_*", "certificate.html")

# every user's nbgrader reads it; only the instructor's home has a course to grade
NBGRADER_CONFIG = """\
import os

c = get_config()
c.CourseDirectory.course_id = {course!r}
c.Exchange.root = {exchange!r}
if not os.path.exists(os.path.expanduser("~/nbgrader_config.py")):
    c.Exchange.assignment_dir = os.path.expanduser("~/exercises")
"""


def furnish(place: Place, users: Iterable[str], exercises: list[str]) -> None:
    """Make what is missing: the exchange, a home for each user, and the exercises released.

    A home that is there already stays as it is: people's work lies in it.
    """
    make_exchange(place)
    for user in users:
        if not place.home(user).exists():
            make_home(place, user)
    names = wanted(place.home(INSTRUCTOR) / "solutions", exercises)
    missing = [name for name in names if not (place.exchange / COURSE_ID / "outbound" / name).is_dir()]
    learners = [user for user in place.users if user != INSTRUCTOR]
    python = str(place.environment / "bin" / "python")
    todo = json.dumps({"exercises": missing, "learners": learners})
    run_as(place, INSTRUCTOR, [python, "-m", "cxkit.grading.classroom.release", todo])


def wanted(solutions: Path, asked: list[str]) -> list[str]:
    """The exercises to release: those asked for, or all.

    >>> wanted(Path("/nowhere"), ["01_tea"])
    Traceback (most recent call last):
    ValueError: There is no exercise “01_tea”. Choose from: .
    """
    there = sorted(path.name for path in solutions.glob("*") if (path / f"{path.name}.ipynb").is_file())
    for name in asked:
        if name not in there:
            raise ValueError(f"There is no exercise “{name}”. Choose from: {', '.join(there)}.")
    return asked or there


def make_exchange(place: Place) -> None:
    """nbgrader's exchange, in which nobody can list, move or delete what a classmate has handed in.

    nbgrader asks for a folder in which everybody may write. The sticky bit keeps people from moving away each other's.
    """
    uid, gid = _ids(INSTRUCTOR)
    place.exchange.mkdir(exist_ok=True)
    place.exchange.chmod(0o1777)
    course = place.exchange / COURSE_ID
    for folder, mode in (
        (course, 0o755),
        (course / "outbound", 0o755),
        (course / "inbound", 0o3733),
        (course / "feedback", 0o711),
    ):
        if not folder.exists():
            folder.mkdir()
            os.chown(folder, uid, gid)
            folder.chmod(mode)
    config = place.environment / "etc" / "jupyter" / "nbgrader_config.py"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.unlink(missing_ok=True)  # never written through a hard link into the course's own environment
    config.write_text(NBGRADER_CONFIG.format(course=COURSE_ID, exchange=str(place.exchange)), "utf-8")


def make_home(place: Place, user: str) -> None:
    """A home that only its owner can open, with the course in it. It is there at the end, whole, or not at all."""
    homes = place.folder / "home"
    homes.mkdir(parents=True, exist_ok=True)
    homes.chmod(0o711)
    draft = place.hub / f"new-{user}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    teaches = user == INSTRUCTOR
    skip = shutil.ignore_patterns(*LEFT_OUT, *(() if teaches else NOT_FOR_LEARNERS))
    for name in FOR_INSTRUCTORS if teaches else FOR_LEARNERS:
        source = place.project / name
        if source.is_dir():
            shutil.copytree(source, draft / name, ignore=skip)
        else:
            shutil.copy(source, draft / name)
    (draft / "exercises").mkdir()
    own(draft, *_ids(user))
    draft.rename(place.home(user))


def own(folder: Path, uid: int, gid: int) -> None:
    """Give a folder that nobody else has touched yet to a user, and to that user alone."""
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, uid, gid, follow_symlinks=False)
        if not path.is_symlink():
            path.chmod(0o700 if stat.S_ISDIR(path.stat().st_mode) else 0o600)


def _ids(user: str) -> tuple[int, int]:
    import pwd

    entry = pwd.getpwnam(user)
    return entry.pw_uid, entry.pw_gid

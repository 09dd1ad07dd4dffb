"""An nbgrader course folder: its settings, and where each step of a learner's work lies. nbgrader itself is not loaded.

`import nbgrader` takes about three seconds, which is longer than a small class takes to mark.
"""

from __future__ import annotations

import fnmatch
import re
import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from dateutil import parser
from jupyter_core.paths import jupyter_config_path
from traitlets.config import Config
from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

STAMP = "timestamp.txt"
"""What nbgrader looks for beside a submission and its page: when it came."""
SECRET = "submission_secret.txt"
"""What the exchange gave a submission, and asks for when the page is released: 128 hexadecimal digits."""
NEEDED_TO_RELEASE = {
    STAMP: re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?( [\w/+-]+)?\s*"),
    SECRET: re.compile(rb"[0-9a-f]{128}\s*"),
}
LONGEST = 1000
CONFIG = "nbgrader_config"


@dataclass(frozen=True)
class Course:
    """A course folder. `config` holds nbgrader's own settings, from `nbgrader_config.py` and Jupyter's folders."""

    root: Path
    config: Config = field(repr=False)

    def _setting(self, name: str, default: Any) -> Any:
        about = self.config.get("CourseDirectory", Config())
        return about.get(name, default)

    @property
    def course_id(self) -> str:
        return str(self._setting("course_id", "")) or "default_course"

    @cached_property
    def db_url(self) -> str:
        """The gradebook's address."""
        return str(self._setting("db_url", "") or f"sqlite:///{self.root / 'gradebook.db'}")

    @property
    def permissions(self) -> int:
        """With which permissions nbgrader leaves a marked notebook."""
        given = self.config.get("Autograde", Config()).get("permissions")
        return int(str(given or (664 if self._setting("groupshared", False) else 444)), 8)

    def excluded(self, learner: str) -> bool:
        """Is a learner left out by the settings `student_id_exclude` or `student_id`?"""
        left_out = str(self._setting("student_id_exclude", "")).split(",")
        return learner in left_out or not fnmatch.fnmatchcase(learner, str(self._setting("student_id", "*")))

    def step(self, step: str) -> str:
        """The name of the folder of one of nbgrader's steps: source, release, submitted, autograded, feedback."""
        return str(self._setting(f"{step}_directory", step))

    def place(self, step: str, learner: str, exercise: str) -> Path:
        """The folder of a learner's work on an exercise at one step; `learner` is "." for the instructor's own."""
        shape = str(self._setting("directory_structure", "{nbgrader_step}/{student_id}/{assignment_id}"))
        return self.root / shape.format(
            nbgrader_step=self.step(step), student_id=learner, assignment_id=exercise
        )

    def learners(self, step: str, exercise: str) -> list[str]:
        """Who has a folder at one step, by name. Links and hidden folders are no learners."""
        above = self.root / self.step(step)
        found = sorted(above.iterdir()) if above.is_dir() else []
        return [one.name for one in found if one.is_dir() and not one.name.startswith(".")]


def open_course(root: Path) -> Course:
    """The course in a folder. Raises ValueError in words where its settings cannot be read.

    >>> open_course(Path(".")).step("submitted")
    'submitted'
    """
    root = root.resolve()
    config = Config()
    # as Jupyter does it: what stands nearest to the course is read last, and counts
    for folder in [*reversed(jupyter_config_path()), str(root)]:
        for loader in (PyFileConfigLoader, JSONFileConfigLoader):
            name = f"{CONFIG}.{'py' if loader is PyFileConfigLoader else 'json'}"
            try:
                config.merge(loader(name, path=folder).load_config())
            except ConfigFileNotFound:
                continue
            except Exception as fault:
                raise ValueError(f"{Path(folder) / name} cannot be read: {fault}") from fault
    return Course(root, config)


def is_needed(file: Path) -> bool:
    """Is it one of the two small files that nbgrader needs to release a page, and not another of that name?

    >>> is_needed(Path("timestamp.txt"))
    False
    """
    form = NEEDED_TO_RELEASE.get(file.name)
    if form is None or file.is_symlink() or not file.is_file() or file.stat().st_size > LONGEST:
        return False
    return bool(form.fullmatch(file.read_bytes()))


def take_along(source: Path, target: Path) -> None:
    """Copy what nbgrader needs to release a page from one step of a learner's work to the next."""
    for name in NEEDED_TO_RELEASE:
        (target / name).unlink(missing_ok=True)
        if is_needed(source / name):
            shutil.copyfile(source / name, target / name)


def handed_in_at(folder: Path) -> datetime | None:
    """When a submission came, from its `timestamp.txt`, without a time zone and in UTC as the gradebook keeps it.

    None where there is none, or none that can be read.

    >>> handed_in_at(Path("nowhere"))
    """
    file = folder / STAMP
    try:
        if file.is_symlink() or not file.is_file():
            return None
        with file.open("rb") as stamp:  # not all of it: a learner may have made it as long as a disk
            text = stamp.read(100).decode("utf-8").strip()
        return as_utc(text) if text else None
    except Exception:  # whatever a learner wrote there, and dateutil makes of it
        return None


def as_utc(text: str) -> datetime:
    """A moment as nbgrader or a person writes it, in UTC and without a time zone. Raises ValueError for anything else.

    >>> as_utc("2026-11-22 19:03:44.120000 UTC"), as_utc("2026-11-22 21:03:44 +0200")
    (datetime.datetime(2026, 11, 22, 19, 3, 44, 120000), datetime.datetime(2026, 11, 22, 19, 3, 44))
    """
    found: datetime = parser.parse(text)
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found

"""Users of this computer that belong to a classroom: made, used and taken away again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from .place import Place

TOOLS = "/usr/sbin:/sbin:/usr/bin:/bin"
COMMENT = "cxkit classroom"


def existing(name: str) -> Path | None:
    """The home folder of a user of this computer, or None where there is no such user.

    >>> existing("nobody-of-this-name") is None
    True
    """
    if sys.platform == "win32":
        return None
    import pwd

    try:
        return Path(pwd.getpwnam(name).pw_dir)
    except KeyError:
        return None


def _tool(*command: str) -> None:
    program = shutil.which(command[0], path=TOOLS)
    if program is None:
        raise ValueError(
            f"The program “{command[0]}” is missing, which makes and removes users. Install the package “passwd”."
        )
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True)
    if done.returncode:
        raise ValueError(f"“{' '.join(command)}” did not work: {done.stderr.strip()}")


def refuse_strangers(place: Place, names: Iterable[str]) -> None:
    """Raise in words if one of the names belongs to somebody else already."""
    for name in names:
        home = existing(name)
        if home is not None and home != place.home(name):
            raise ValueError(
                f"There is a user {name} on this computer already, whose home is {home}. If it is of another classroom, "
                f"remove that first:  sudo python3 start.py classroom --remove --folder {home.parent.parent}"
            )


def make_users(place: Place, names: Iterable[str]) -> None:
    """Make those users who are missing. They have no password, so that nobody can log in as them but by the hub."""
    for name in names:
        if name not in place.users:
            place.users.append(name)
            place.save()  # before the user is made: what is half done can be taken away too
        if existing(name) is None:
            home = str(place.home(name))
            _tool("useradd", "--system", "--no-log-init", "--user-group", "--no-create-home", "--home-dir", home,
                  "--shell", "/bin/bash", "--comment", COMMENT, name)  # fmt: skip


def remove_users(place: Place) -> None:
    """End what the users of the classroom still run, and take the users away."""
    end_processes(place)
    for name in place.users:
        if existing(name) == place.home(name):
            _tool("userdel", name)


def users_alone(folder: Path) -> Place | None:
    """What is left of a classroom whose folder somebody deleted by hand: its users. None where there are none.

    >>> users_alone(Path("/nowhere")) is None
    True
    """
    if sys.platform == "win32":
        return None
    import pwd

    left = [one.pw_name for one in pwd.getpwall()
            if one.pw_gecos == COMMENT and Path(one.pw_dir).parent == folder / "home"]  # fmt: skip
    return Place(folder, Path(), left) if left else None


def end_processes(place: Place) -> None:
    """End whatever the users of this classroom, and nobody else, still run."""
    for one in (signal.SIGTERM, signal.SIGKILL):
        for _ in range(30):
            running = _processes(place)
            if not running:
                return
            for process in running:
                try:
                    os.kill(process, one)
                except ProcessLookupError:
                    continue
            time.sleep(0.1)


def _processes(place: Place) -> list[int]:
    """Live processes of the classroom's users; one that has ended and was not fetched yet does not count."""
    import pwd

    mine = {pwd.getpwnam(name).pw_uid for name in place.users if existing(name) == place.home(name)}
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
                if entry.stat().st_uid in mine and state != "Z":
                    found.append(int(entry.name))
            except OSError:  # it ended meanwhile
                continue
    return found


def run_as(place: Place, name: str, command: list[str]) -> str:
    """Run a program as one user in that user's home; what it printed. Raises ValueError with its last words."""
    environment = {"HOME": str(place.home(name)), "USER": name, "PATH": f"{place.environment / 'bin'}:/usr/bin:/bin",
                   "LANG": "C.UTF-8", "PYTHONUTF8": "1"}  # fmt: skip
    home = place.home(name)
    done = subprocess.run(
        command, user=name, group=name, extra_groups=[], env=environment, cwd=home if home.exists() else place.folder,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, umask=0o022,
    )  # fmt: skip
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-8:])
        raise ValueError(f"{name} could not run {' '.join(command[:3])}:\n{last}")
    return done.stdout

"""Python and the packages, where every user of a classroom can read them.

The course's own environment may lie in a home folder that nobody else can enter, and so may the Python that it was built
from. So the classroom has a twin of it. Its files are the same ones on the disk (hard links) wherever that is possible.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from .people import run_as
from .place import Place, closed_folder

LEFT_OUT = {"site-packages", "test", "idlelib", "turtledemo"}
PARTS = ("lib", "share", "etc")


def make_environment(place: Place, user: str) -> None:
    """Make the twin of this environment, where it is missing or no longer the same, and try it as `user`.

    Raises ValueError in words where that user cannot run it.
    """
    made_from = place.environment / "made_from.txt"
    if made_from.is_file() and made_from.read_text("utf-8") == state(Path(sys.prefix)):
        return
    shutil.rmtree(place.environment, ignore_errors=True)
    shutil.rmtree(place.folder / "python", ignore_errors=True)
    python = readable_python(place)
    for part in PARTS:
        if (Path(sys.prefix) / part).is_dir():
            copy_open(Path(sys.prefix) / part, place.environment / part)
    _commands(place.environment / "bin", python)
    (place.environment / "pyvenv.cfg").write_text(
        f"home = {python.parent}\ninclude-system-site-packages = false\n"
    )
    run_as(
        place,
        user,
        [str(place.environment / "bin" / "python"), "-c", "import ssl, sqlite3, jupyterhub, nbgrader, cxkit"],
    )

    made_from.write_text(state(Path(sys.prefix)), "utf-8")


def state(environment: Path) -> str:
    """What an environment holds, and since when: another text after each installation.

    >>> state(Path("/nowhere"))
    '/nowhere'
    """
    records = sorted(environment.glob("lib/python*/site-packages/*.dist-info/RECORD"))
    return "\n".join([str(environment), *(f"{one.parent.name} {one.stat().st_mtime_ns}" for one in records)])


def readable_python(place: Place) -> Path:
    """The Python that everybody may run: the one this environment was built from, or a copy of it."""
    base, version = Path(sys.base_prefix), "python{}.{}".format(*sys.version_info[:2])
    program = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    if not closed_folder(program.parent) and not closed_folder(base / "lib" / version):
        return program
    copy = place.folder / "python"
    copy_open(base / "lib" / version, copy / "lib" / version, LEFT_OUT)
    for library in (base / "lib").glob("libpython*"):
        copy_file(library, copy / "lib" / library.name)
    (copy / "bin").mkdir()
    # a Python that was built with a shared library names its folder, which is the one that is closed
    (copy / "bin" / version).write_bytes(moved_library(program.read_bytes(), base / "lib"))
    (copy / "bin" / version).chmod(0o755)
    return copy / "bin" / version


def moved_library(program: bytes, folder: Path) -> bytes:
    """A program that looks for its libraries in the folder `lib` beside its own, no longer in `folder`.

    >>> moved_library(b"..RPATH=/home/dana/python/lib.END".replace(b".END", bytes(1)), Path("/home/dana/python/lib"))
    b'..RPATH=$ORIGIN/../lib\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'
    """
    old, new = os.fsencode(folder) + b"\0", b"$ORIGIN/../lib\0"
    return program.replace(old, new.ljust(len(old), b"\0")) if len(new) <= len(old) else program


def copy_open(source: Path, target: Path, left_out: Iterable[str] = ()) -> None:
    """Copy a folder so that everybody can read it, by hard links where the disk allows.

    >>> import tempfile
    >>> here = Path(tempfile.mkdtemp())
    >>> (here / "a").mkdir()
    >>> _ = (here / "a" / "words.txt").write_text("hello")
    >>> copy_open(here / "a", here / "b")
    >>> (here / "b" / "words.txt").read_text()
    'hello'
    """
    skip = set(left_out)
    for folder, names, files in os.walk(source):
        names[:] = [name for name in names if name not in skip]
        into = target / Path(folder).relative_to(source)
        into.mkdir(parents=True, exist_ok=True)
        into.chmod(0o755)
        for name in [*files, *(name for name in names if (Path(folder) / name).is_symlink())]:
            copy_file(Path(folder) / name, into / name)


def copy_file(source: Path, target: Path) -> None:
    """One file or link, readable by everybody."""
    mode = source.lstat().st_mode
    if stat.S_ISLNK(mode):
        target.symlink_to(source.readlink())
        return
    wanted = stat.S_IMODE(mode) | 0o444 | (0o111 if mode & 0o100 else 0)
    if wanted == stat.S_IMODE(mode):
        with contextlib.suppress(OSError):  # another disk, or one without links
            os.link(source, target)
            return
    shutil.copyfile(source, target)
    target.chmod(wanted)


def _commands(target: Path, python: Path) -> None:
    """The commands of the environment, whose first lines name the Python to run them with."""
    source = Path(sys.prefix) / "bin"
    target.mkdir(parents=True)
    names: dict[str, Callable[[Path], None]] = {
        "python": lambda path: path.symlink_to(python),
        "python3": lambda path: path.symlink_to("python"),
        "python{}.{}".format(*sys.version_info[:2]): lambda path: path.symlink_to("python"),
    }
    for name, link in names.items():
        link(target / name)
    old, new = os.fsencode(source) + b"/python", os.fsencode(target) + b"/python"
    for path in source.iterdir():
        if path.name in names or not path.is_file():
            continue
        data = path.read_bytes()
        head, line, rest = data.partition(b"\n")
        # a long path stands in the second line, which a shell reads
        second, end, rest = rest.partition(b"\n")
        (target / path.name).write_bytes(
            head.replace(old, new) + line + second.replace(old, new) + end + rest
        )
        (target / path.name).chmod(0o755)

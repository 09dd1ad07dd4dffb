"""A learner's code, run where it can neither read nor harm anything: in bubblewrap, with plain data in and out.

The network is off. Of the file system there are Python, the installed packages (to read) and an empty folder with the
exercise's own files. Time, memory, processes and output are bounded. Where there is no bubblewrap, nothing is run.
"""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import selectors
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ..teaching.marking import NoResultError
from ..teaching.selfcheck import PATIENCE
from . import inside
from .syscalls import no_new_processes

HOME = "/home/learner"
# seconds of the processor: a call gets as many as a learner's own check gives it, all of them together a little more
CALL, ALL = PATIENCE, 20.0
# seconds on the wall, for code that sleeps; a busy computer must not cost anybody marks
LONGEST = 60.0
MEMORY = 2.0  # gigabytes; pandas alone reserves one
ROOM = 16 * 2**20  # bytes in the empty folder
MOST_SAID = 2_000_000  # letters in one reply

SETTINGS = {
    "HOME": HOME,
    "LANG": "C.UTF-8",
    # the exercise's own form shows nothing while somebody marks
    "NBGRADER_EXECUTION": "autograde",
    "MPLBACKEND": "agg",
    # one thread each: there are as many sandboxes as there are cores
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}

NO_SANDBOX = (
    "There is no sandbox for it here: {why} It was not run, because a learner's code could then read and change whatever "
    "you can. On Debian or Ubuntu: apt install bubblewrap. Then grade again; on Windows and Mac, grade in a Linux container."
)
NOT_LINUX = "bubblewrap is there for Linux only."
NOT_FOUND = "the program bubblewrap (bwrap) was not found."
TOO_OLD = "the program bubblewrap (bwrap) is older than 0.8."
NOT_ALLOWED = "bubblewrap may not make one on this computer ({said})."
NOT_KNOWN = "the rules for its processor are not known here."


IN_SIGHT = (
    "The course lies inside the folder of Python, which the sandbox has to show. It was not run. "
    "Move the course elsewhere."
)


class SandboxError(NoResultError):
    """What became of a call: too long, too much memory, or the sandbox had ended."""


@cache
def missing() -> str:
    """Why learners' code cannot be run here, in words; "" where it can. Tried once, by really making a sandbox."""
    if not sys.platform.startswith("linux"):
        return NO_SANDBOX.format(why=NOT_LINUX)
    program = shutil.which("bwrap")
    if program is None:
        return NO_SANDBOX.format(why=NOT_FOUND)
    told = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    if "--size" not in told or "--disable-userns" not in told:
        return NO_SANDBOX.format(why=TOO_OLD)
    if no_new_processes() is None:
        return NO_SANDBOX.format(why=NOT_KNOWN)
    with _rules() as rules:
        tried = subprocess.run(
            [*_walls(program, (), rules), "--version"], capture_output=True, text=True, pass_fds=[rules]
        )
    if tried.returncode:
        said = " ".join(tried.stderr.split())[-200:] or f"it ended with {tried.returncode}"
        return NO_SANDBOX.format(why=NOT_ALLOWED.format(said=said))
    return ""


@cache
def _packages() -> tuple[list[str], list[str]]:
    """What Python needs to see: folders to show, and those of them to look for packages in."""
    package = Path(__file__).parents[1]
    found = list(dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib")))
    shown, path = [sys.base_prefix, *found], list(found)
    if not any(package.is_relative_to(one) for one in found):
        # a package that is being worked on lies elsewhere; of its folder only the package itself is shown
        shown.append(str(package))
        path.append(str(package.parent))
    return shown, path


def shows(place: Path) -> bool:
    """Does the sandbox show this place, because Python or its packages lie around it?"""
    return any(place.resolve().is_relative_to(one) for one in _packages()[0])


@contextlib.contextmanager
def _rules() -> Iterator[int]:
    """The number of an open file that holds the rules for the kernel."""
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as file:
            file.write(no_new_processes() or b"")
        yield reading
    finally:
        os.close(reading)


def _walls(program: str, files: Iterable[Path], rules: int) -> list[str]:
    """The command that ends in Python with nothing around it."""
    python = str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())
    shown, _ = _packages()
    walls = [
        program,
        "--unshare-all",
        "--unshare-user",
        "--disable-userns",
        "--die-with-parent",
        "--new-session",
    ]
    walls += ["--cap-drop", "ALL", "--clearenv", "--hostname", "sandbox", "--uid", "65534", "--gid", "65534"]
    for place in ("/usr/lib", "/usr/lib64"):
        walls += ["--ro-bind-try", place, place]
    for place in ("/lib", "/lib64"):
        link = Path(place)
        if link.is_symlink():
            walls += ["--symlink", str(link.readlink()), place]
        elif link.exists():
            walls += ["--ro-bind", place, place]
    walls += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for place in ("/dev/null", "/dev/urandom"):
        walls += ["--dev-bind", place, place]
    for place in shown:
        walls += ["--ro-bind", place, place]
    walls += ["--ro-bind", inside.__file__, "/inside.py"]
    for place in (HOME, "/tmp"):
        walls += ["--size", str(ROOM), "--tmpfs", place]
    for file in files:
        walls += ["--ro-bind", str(file), f"{HOME}/{file.name}"]
    walls += ["--remount-ro", "/", "--chdir", HOME, "--seccomp", str(rules)]
    for name, value in SETTINGS.items():
        walls += ["--setenv", name, value]
    return [*walls, "--", python, "-I", "-S", "-B"]


def _fault(kind: type[Exception]) -> Exception:
    for one in kind.__mro__:
        with contextlib.suppress(TypeError):  # some kinds cannot be made of nothing; the next wider one can
            return one()
    return Exception()


class Sandbox:
    """One learner's code, held in bubblewrap until it is closed. Use it with `with`.

    Parameters: `cells`, the sources to run, in order; `functions`, the names of functions that are wanted from them;
    `files`, what lies in its folder, to read; `answers`, whether the variable `answers` is wanted as well.

    `.answers` is that variable as plain data, None where there is none; `.functions()` gives those that are there. A fault
    in a cell ends that cell only, as in a notebook. Raises SandboxError where the cells did not come to an end, ValueError
    in words where no sandbox is to be had.
    """

    def __init__(
        self,
        cells: Sequence[str],
        functions: Sequence[str] = (),
        files: Iterable[Path] = (),
        answers: bool = False,
    ) -> None:
        fault = missing()
        if fault:
            raise ValueError(fault)
        program = shutil.which("bwrap")
        assert program
        about = {"path": _packages()[1], "memory": MEMORY, "seconds": int(ALL), "each": CALL}
        self._ends = time.monotonic() + LONGEST
        self._rest = b""
        with _rules() as rules:
            self._process = subprocess.Popen(
                [*_walls(program, files, rules), "/inside.py", repr(about)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                start_new_session=True, pass_fds=[rules],
            )  # fmt: skip
        try:
            loaded = self._ask({"cells": list(cells), "functions": list(functions), "answers": answers})
            # the other side may say anything: it is the learner's code that runs there
            loaded = loaded if isinstance(loaded, dict) else {}
            there = loaded.get("functions")
            there = there if isinstance(there, list) else []
            self.answers = loaded.get("answers")
            self._there = [name for name in functions if name in there]
        except SandboxError:
            self.close()
            raise
        except Exception as own:  # of the learner's own naming
            self.close()
            raise SandboxError("what it gave is no plain data") from own
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, and every process in it."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()
        self._process.wait()

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions that are there, each to be called from here with plain data; it gives plain data back."""
        return {name: self._function(name) for name in self._there}

    def _function(self, name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            return self._ask({"call": name, "given": inside.packed(given), "named": inside.packed(named)})

        # nobody need watch over it: it is ended here, by the processor's time and not by the clock
        call.ends = True  # type: ignore[attr-defined]
        return call

    def _ask(self, asked: Mapping[str, Any]) -> Any:
        if self._process.poll() is not None:
            raise SandboxError("your code ended Python")
        try:
            self._write((ascii(asked) + "\n").encode())
            said = json.loads(self._line())
            if "fault" not in said:
                return inside.unpacked(said["ok"])
            kind = getattr(builtins, str(said["fault"]), None)
        except (ValueError, KeyError, TypeError, RecursionError) as fault:
            raise SandboxError("its result cannot be read as numbers, texts, lists and dicts") from fault
        if said["fault"] == inside.NOT_PLAIN:
            raise SandboxError("its result is no number, text, list or dict")
        if kind is TimeoutError:
            raise SandboxError(f"it ran for more than {CALL:g} seconds")
        # Python's own kind, as in the learner's own check: what else its code may call it is for nobody
        raise _fault(kind if isinstance(kind, type) and issubclass(kind, Exception) else Exception)

    def _write(self, data: bytes) -> None:
        """Send a request. Code that does not read it may not keep who asks waiting."""
        assert self._process.stdin
        place = self._process.stdin.fileno()
        os.set_blocking(place, False)
        with selectors.DefaultSelector() as waiting:
            waiting.register(place, selectors.EVENT_WRITE)
            while data:
                self._wait(waiting)
                try:
                    data = data[os.write(place, data) :]
                except BlockingIOError:
                    continue
                except OSError as fault:
                    raise SandboxError("your code ended Python") from fault

    def _wait(self, waiting: selectors.BaseSelector) -> None:
        left = self._ends - time.monotonic()
        if left <= 0 or not waiting.select(left):
            self._process.kill()
            raise SandboxError(f"it ran for more than {LONGEST:g} seconds")

    def _line(self) -> bytes:
        """The next line of the other side, in time and not without end."""
        assert self._process.stdout
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                self._wait(waiting)
                piece = os.read(self._process.stdout.fileno(), 65536)
                if not piece:
                    self._process.kill()
                    raise SandboxError("your code ended Python, or took more time or memory than there is")
                self._rest += piece
                if len(self._rest) > MOST_SAID:
                    self._process.kill()
                    raise SandboxError("its result is much too long")
        line, _, self._rest = self._rest.partition(b"\n")
        return line

"""Kernels and nbgrader commands that start at once, for tests that need many.

A process imports once what every kernel imports, and forks itself for each kernel (or nbgrader command) that is asked for.
From there on it is an ordinary one, with its own memory. Where forking is not to be had, they start as ever, only later.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
PLACE = "CXKIT_TESTS_WARM"


def nbgrader(arguments: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Run `nbgrader ARGUMENTS` in `folder`: how it ended, and all that it said."""
    if PLACE not in environment:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr
    with tempfile.TemporaryDirectory() as place, socket.socket(socket.AF_UNIX) as talk:
        output = Path(place) / "output"
        # a port that is free when a kernel is told of it may be another's once it is up; a file of this folder is not
        ours = ["--KernelManager.transport=ipc", f"--KernelManager.ip={place}/k"]
        asked = {
            "arguments": ["nbgrader", *arguments, *ours],
            "environment": environment,
            "folder": str(folder),
        }
        talk.connect(environment[PLACE])
        talk.sendall((json.dumps({**asked, "output": str(output)}) + "\n").encode())
        ended = [line for line in talk.makefile("r") if line.startswith("ended")]
        said = output.read_text("utf-8", "replace") if output.exists() else ""
        # one that was killed does not say how it ended
        return int(ended[0].split()[1]) if ended else -1, said


def _first(variable: str, folder: str) -> str:
    return os.pathsep.join(filter(None, [folder, os.environ.get(variable)]))


@contextmanager
def warm_kernels() -> Iterator[dict[str, str]]:
    """Give the environment variables with which a program finds warm kernels, under the name of the ordinary ones."""
    if not hasattr(os, "fork"):
        yield {}
        return
    # a socket's path may not be long, and pytest's folders are
    with tempfile.TemporaryDirectory(prefix="warm") as folder:
        place = Path(folder) / "s"
        process = subprocess.Popen(
            [sys.executable, str(HERE / "parent.py"), str(place)], stdin=subprocess.PIPE
        )
        deadline = time.monotonic() + 120
        while not place.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        spec = Path(folder) / "kernels" / "python3"
        spec.mkdir(parents=True)
        argv = [sys.executable, "-S", "-E", str(HERE / "ask.py"), str(place), "-f", "{connection_file}"]
        about = {
            "argv": argv,
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "metadata": {"debugger": True},
        }
        (spec / "kernel.json").write_text(json.dumps(about), "utf-8")
        try:
            yield {
                "JUPYTER_PATH": _first("JUPYTER_PATH", folder),
                # where kernels talk through files, the name of such a file may not be long
                "JUPYTER_RUNTIME_DIR": str(Path(folder) / "r"),
                "PYTHONPATH": _first("PYTHONPATH", str(HERE / "without")),
                PLACE: str(place),
            }
        finally:
            # its children end with those who asked for them; it has nothing of its own to tidy up
            process.stdin.close()
            process.kill()
            process.wait(30)

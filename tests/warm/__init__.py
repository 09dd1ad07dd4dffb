"""Kernels that start at once, for tests that open many notebooks.

A process imports once what every kernel imports, and forks itself for each kernel that is asked for. From there on it is an
ordinary kernel, with its own memory. Where forking is not to be had, kernels start as ever, only later.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent


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
            yield {"JUPYTER_PATH": os.pathsep.join(filter(None, [folder, os.environ.get("JUPYTER_PATH")]))}
        finally:
            process.stdin.close()  # it ends with its standard input
            process.wait(30)

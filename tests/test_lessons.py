"""Every lesson runs from top to bottom without an error (nbval, with a record of progress of its own)."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_all_lessons_run(tmp_path, warm):
    env = {**os.environ, **warm, "CXKIT_HOME": str(tmp_path)}
    lessons = sorted((ROOT / "course").glob("*.ipynb"))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-o",
        "addopts=",
        "--nbval-lax",
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
    ]

    def run(some: list[Path]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, "-o", "filterwarnings=", *map(str, some)],
            cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip

    # whoever runs a lesson waits for kernels that start and end: two at once
    halves = lessons[::2], lessons[1::2]
    with ThreadPoolExecutor(2) as pool:
        for some, done in zip(halves, pool.map(run, halves), strict=True):
            assert done.returncode == 0, done.stdout + done.stderr
            cells = sum(path.read_text("utf-8").count('"cell_type": "code"') for path in some)
            assert f"{cells} passed" in done.stdout, done.stdout

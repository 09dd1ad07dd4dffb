"""Every lesson runs from top to bottom without an error (nbval, with a record of progress of its own)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_all_lessons_run(tmp_path, warm):
    env = {**os.environ, **warm, "CXKIT_HOME": str(tmp_path)}
    lessons = sorted((ROOT / "course").glob("*.ipynb"))
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-q", *map(str, lessons)]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-o", "filterwarnings="],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cells = sum(path.read_text("utf-8").count('"cell_type": "code"') for path in lessons)
    assert f"{cells} passed" in done.stdout, done.stdout

"""The data are those of the English exercise: its generator writes them, here or into FOLDER (python generate.py FOLDER)."""

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parents[1]
ENGLISH = HERE.with_name("06_discharge_delay") / "for_instructors" / "generate.py"

sys.argv[1:] = sys.argv[1:] or [str(HERE)]
runpy.run_path(str(ENGLISH), run_name="__main__")

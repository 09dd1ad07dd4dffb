"""How much faster `cxkit grade` is than stock nbgrader, on one cohort, in one run. Linux; takes some ten minutes.

    python benchmarks/grading.py [--exercise NAME] [--few 40] [--many 1000]

Makes a course with the answer sets of tests/answers handed in by many learners, code included, and runs in turn, each as a
command from start to finish: stock `nbgrader autograde` with nbgrader's own settings, the same with this course's settings,
`cxkit grade`; then both ways to write feedback pages; then `cxkit grade` on larger classes, with the peak of its memory. The
marks of all must be equal. It prints ratios and asserts nothing about time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from answer_sets import answer_sets, code_of  # noqa: E402
from nbgrader_course import Course  # noqa: E402
from test_exercises import cell_of  # noqa: E402

PLAIN = """c = get_config()
c.CourseDirectory.course_id = "cxkit"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.ClearSolutions.code_stub = {"python": "# Your work goes here."}
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "for_instructors"]
"""
PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def timed(folder: Path, *command: str) -> tuple[float, float]:
    """Run a command: seconds from start to finish, and the most memory that one of its processes had, in MB."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PEAK, sys.executable, "-m", *command],
        cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    code, peak = done.stdout.split()
    if code != "0":
        raise SystemExit(f"{' '.join(command)} ended with {code} in {folder}")
    return seconds, int(peak) / 1024


def marks(folder: Path) -> list[tuple[str, str, float]]:
    asked = """select sa.student_id, b.name, g.auto_score from grade g join base_cell b on b.id = g.cell_id
    join submitted_notebook sn on sn.id = g.notebook_id join submitted_assignment sa on sa.id = sn.assignment_id"""
    with sqlite3.connect(folder / "gradebook.db") as rows:
        return sorted(rows.execute(asked))


def cohort(base: Course, folder: Path, exercise: str, size: int) -> Path:
    """A course folder in which so many learners have handed in; their answers are those of the sets, in turn."""
    folder.mkdir()
    for name in ("nbgrader_config.py", "gradebook.db"):
        shutil.copy(base.folder / name, folder)
    for name in ("solutions", "exercises"):
        shutil.copytree(base.folder / name, folder / name)
    course = object.__new__(Course)
    course.folder, course.environment = folder, {}
    sets = answer_sets(exercise)["sets"]
    for number in range(size):
        one = sets[number % len(sets)]
        course.submit(f"learner{number:05d}", exercise, cell_of(exercise, one), code_of(exercise, one))
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--exercise", default="01_physio_journey")
    parser.add_argument("--few", type=int, default=40)
    parser.add_argument("--many", type=int, default=1000)
    asked = parser.parse_args()
    name, few, many = asked.exercise, asked.few, asked.many
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "base").mkdir()
        base = Course(Path(place) / "base")
        base.run("generate_assignment", name, "--create")
        folders = {kind: cohort(base, Path(place) / kind, name, few) for kind in ("plain", "course", "ours")}
        (folders["plain"] / "nbgrader_config.py").write_text(PLAIN)
        plain, _ = timed(folders["plain"], "nbgrader", "autograde", name, "--create")
        ours, peak_few = timed(folders["ours"], "cxkit", "grade", name)
        course, _ = timed(folders["course"], "nbgrader", "autograde", name, "--create")
        stock = min(plain, course)
        print(
            f"{name}, {few} submissions, {os.cpu_count()} cores; seconds from the command's start to its end"
        )
        print(
            f"  nbgrader autograde, nbgrader's own settings  {plain:8.1f}   {plain / ours:5.1f} times as long"
        )
        print(
            f"  nbgrader autograde, this course's settings   {course:8.1f}   {course / ours:5.1f} times as long"
        )
        print(f"  cxkit grade                                  {ours:8.1f}   {peak_few:.0f} MB at the most")
        same = marks(folders["course"]) == marks(folders["ours"])
        print(f"  marks, cell by cell: {'all equal' if same else 'NOT EQUAL'}")
        again, _ = timed(folders["ours"], "cxkit", "grade", name)
        print(f"  cxkit grade again, nothing changed           {again:8.1f}")

        shutil.rmtree(folders["plain"] / "autograded")
        shutil.copytree(folders["course"] / "autograded", folders["plain"] / "autograded")
        shutil.copy(folders["course"] / "gradebook.db", folders["plain"] / "gradebook.db")
        pages, _ = timed(folders["plain"], "nbgrader", "generate_feedback", name)
        own_pages, _ = timed(folders["course"], "nbgrader", "generate_feedback", name)
        our_pages, _ = timed(folders["ours"], "cxkit", "feedback", name)
        print("feedback pages")
        print(
            f"  nbgrader generate_feedback, its own pages    {pages:8.1f}   {pages / our_pages:5.1f} times as long"
        )
        print(
            f"  nbgrader generate_feedback, this course's    {own_pages:8.1f}   {own_pages / our_pages:5.1f} times as long"
        )
        print(f"  cxkit feedback                               {our_pages:8.1f}")

        print(
            "larger classes: seconds, seconds for each, how many times as long stock takes for each, memory at the most"
        )
        for size in sorted({many // 4, many // 2, many}):
            folder = cohort(base, Path(place) / f"many{size}", name, size)
            seconds, peak = timed(folder, "cxkit", "grade", name)
            each = seconds / size
            print(f"  {size:6d}  {seconds:7.1f}  {each:7.4f}  {stock / few / each:6.1f}  {peak:6.0f} MB")
            page_seconds, page_peak = timed(folder, "cxkit", "feedback", name)
            print(f"          pages: {page_seconds:.1f} s, {page_peak:.0f} MB")
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()

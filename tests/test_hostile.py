"""Hand-ins that attack the grading: each gets its marks, nothing leaks, nobody else is affected, and the batch ends."""

from __future__ import annotations

import copy
import hashlib
import html
import io
import json
import os
import re
import secrets
import select
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import namedtuple
from pathlib import Path

import pytest
from hostile_submissions import (
    FILE,
    FULL,
    HONEST,
    HOSTILE,
    MODEL,
    NAME,
    RIGHT,
    World,
    cell,
    made,
    write,
)
from nbgrader.api import Gradebook
from nbgrader_course import ROOT, answer_cell

from cxkit.grading import marker, sandbox
from cxkit.grading.bounded import TooMuchError, within
from cxkit.grading.cohort import NOTE, grade
from cxkit.grading.course import open_course
from cxkit.grading.learner_names import shown
from cxkit.grading.pages import write_pages
from cxkit.grading.put_right import LEAVES
from cxkit.teaching.typed import readable

pytestmark = pytest.mark.nbgrader

BY_NAME = {one.name: one for one in HOSTILE}
# before, between and after the others by name
CLASSMATES = ("ann", "dana", "mia", "zoe")
COMMAND = """
import sys
from cxkit import cli
from cxkit.grading import bounded, sandbox
sandbox.CALL, sandbox.ALL, sandbox.LONGEST = 2.0, 5.0, 8.0
bounded.SECONDS = 6.0
sys.exit(cli.main(sys.argv[1:]))
"""

Batch = namedtuple("Batch", "world code output said before after arrived pages left")


def files_of(folder):
    """Each file and link below a folder, and what is in it; of a file without end, its size."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        if stat.S_ISREG(about.st_mode) and about.st_size < 10**9:
            found[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif not stat.S_ISDIR(about.st_mode):
            found[path] = f"{about.st_mode} {about.st_size} {path.readlink() if path.is_symlink() else ''}"
    return found


def new_world(folder, port=9):
    """A course with a canary in all that a learner must not see."""
    token = f"canary{secrets.token_hex(8)}"
    evidence = Path(tempfile.mkdtemp(prefix="cxkit-hostile-"))
    evidence.chmod(0o777)
    world = World(folder / "course", folder / "home", evidence, port, token)
    for kind in ("solutions", "exercises"):
        place = world.course / kind / NAME
        place.mkdir(parents=True)
        for path in (ROOT / kind / NAME).glob(f"{NAME}.*"):
            shutil.copy(path, place)
    shutil.copy(ROOT / "nbgrader_config.py", world.course)
    solution = world.course / "solutions" / NAME / FILE
    notebook = json.loads(solution.read_text("utf-8"))
    for name in ("order", "extra"):
        one = cell(notebook, name)
        begin = "### BEGIN HIDDEN TESTS\n"
        one["source"] = "".join(one["source"]).replace(begin, f"{begin}key = '{token}'\n")
    solution.write_text(json.dumps(notebook), "utf-8")
    world.home.mkdir()
    (world.home / "letter.txt").write_text(token, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader calls `alembic` by its bare name
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        with Gradebook(f"sqlite:///{world.course / 'gradebook.db'}") as book:
            book.add_student("nina", last_name=token)
    return world


def released():
    notebook = json.loads((ROOT / "exercises" / NAME / FILE).read_text("utf-8"))
    for one in notebook["cells"]:
        one["source"] = "".join(one["source"])
    return notebook


def honest_hand_in(world, learner, words=""):
    notebook = released()
    given = {**MODEL, "break_words": f"{MODEL['break_words']} {words}".strip()}
    cell(notebook, "answers")["source"] = answer_cell(given)
    cell(notebook, "code")["source"] = RIGHT
    write(world.course / "submitted" / learner / NAME, notebook)


def run(world, *words, code=COMMAND):
    """The command in a process of its own, as an instructor starts it: its exit code, and all that it said."""
    environment = {**os.environ, "HOME": str(world.home), "CANARY": world.token}
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=world.course, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8", "replace")


def said_in(output):
    """What the summary says of each learner, by the name that it shows."""
    return dict(re.findall(r"^  (.+?): (.*)$", output, re.MULTILINE))


def processes_with(token):
    """The processes of this computer that were started by the batch: they inherit the token, or name it."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            known = (place / "environ").read_bytes() + (place / "cmdline").read_bytes()
        except OSError:
            continue
        if token.encode() in known and place.name != str(os.getpid()):
            found.append(known)
    return found


def book_of(world):
    return Gradebook(f"sqlite:///{world.course / 'gradebook.db'}")


def marks_of(world):
    with book_of(world) as book:
        return {
            one.student.id: {
                grade.name: float(grade.score) for book in one.notebooks for grade in book.grades
            }
            for one in book.assignment_submissions(NAME)
        }


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    """All of them and four classmates, graded by one command; then the pages that learners get."""
    with socket.socket() as listening, socket.socket(socket.AF_UNIX) as hidden:
        listening.bind(("127.0.0.1", 0))
        world = new_world(tmp_path_factory.mktemp("hostile"), listening.getsockname()[1])
        hidden.bind(f"\0{world.token}")
        for one in (listening, hidden):
            one.listen()
        for learner in CLASSMATES:
            # a classmate's own page shows it, and no other
            honest_hand_in(world, learner, world.token if learner == "ann" else "")
        notebook = released()
        for one in HOSTILE:
            made(one, notebook, world.course / "submitted" / one.learner / NAME, world)
        before = files_of(world.course.parent)
        code, output = run(world, "grade", NAME)
        after = files_of(world.course.parent)
        # the processes that were to outlive the grader wake five seconds after they were started
        time.sleep(2)
        left = [*processes_with(world.token), *world.evidence.iterdir()]
        arrived = select.select([listening, hidden], [], [], 0)[0]
    pages, _ = write_pages(open_course(world.course), NAME)
    shutil.rmtree(world.evidence)
    (tmp_path_factory.getbasetemp() / "hostile-output.txt").write_text(output, "utf-8")
    yield Batch(
        world, code, output, said_in(output), before, after, arrived,
        {page.parents[1].name: page.read_text("utf-8") for page in pages}, left,
    )  # fmt: skip
    for place in (world.course / "submitted").rglob("timestamp.txt"):
        place.unlink()


@pytest.fixture(scope="module")
def marks(batch):
    return marks_of(batch.world)


# --- each of them


@pytest.mark.parametrize("name", BY_NAME)
def test_it_gets_its_marks_and_somebody_is_told(name, batch, marks):
    one = BY_NAME[name]
    said = batch.said.get(shown(one.learner), "")
    place = batch.world.course / "autograded" / one.learner / NAME / FILE
    if one.marks is None:
        assert one.learner not in marks and not place.exists()
        assert said.startswith("No marks. ")
    else:
        assert marks[one.learner] == one.marks, said
    assert one.told in said
    assert bool(said) == bool(one.told), said


@pytest.mark.parametrize("name", BY_NAME)
def test_nothing_leaks_to_it(name, batch):
    one = BY_NAME[name]
    page = batch.pages.get(one.learner, "")
    assert bool(page) == (one.marks is not None)
    place = batch.world.course / "autograded" / one.learner / NAME / FILE
    # the key stands in an autograded notebook, which is the instructor's; what its code found does not
    outputs = (
        [cell.get("outputs", []) for cell in json.loads(place.read_text("utf-8"))["cells"]]
        if one.marks is not None
        else []
    )
    for text in map(html.unescape, (page, batch.said.get(shown(one.learner), ""), json.dumps(outputs))):
        # the last two: what only the check knows, as it is and in the figures in which one of them writes it
        asked = ("'owner': 'Front desk'", b"ont desk".hex())
        for secret in (
            batch.world.token,
            "root:x:0",
            "daemon:",
            "HIDDEN TESTS",
            str(batch.world.home),
            *asked,
        ):
            assert secret not in text
    assert "<script" not in page and not re.search(r"<[^>]+\son\w+\s*=", page)


@pytest.mark.parametrize("name", BY_NAME)
def test_its_own_files_are_left_as_they_are(name, batch):
    folder = batch.world.course / "submitted" / BY_NAME[name].learner
    for path, content in batch.before.items():
        if path.is_relative_to(folder):
            assert batch.after[path] == content


# --- all of them


def test_there_are_many_and_each_says_what_it_tries():
    assert len(HOSTILE) >= 45 and len(BY_NAME) == len(HOSTILE) == len({one.learner for one in HOSTILE})
    assert all(one.tries for one in HOSTILE)


def test_classmates_have_their_marks_and_nothing_is_said_of_them(batch, marks):
    for learner in CLASSMATES:
        assert marks[learner] == FULL and learner not in batch.said
        assert "20</span> of 20 marks" in batch.pages[learner]
    assert batch.world.token in batch.pages["ann"]


def test_the_batch_ends_without_a_traceback(batch):
    assert batch.code == 0, batch.output[-2000:]
    assert "Traceback" not in batch.output and "Error:" not in batch.output
    count = len(HOSTILE) + len(CLASSMATES)
    no_marks = sum(one.marks is None for one in HOSTILE)
    assert f"{NAME}: {count - no_marks} of {count} submissions marked" in batch.output


def test_the_summary_holds_no_control_signs_and_no_forged_line(batch):
    assert not re.findall(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e]", batch.output)
    assert not re.search(r"^\s*ann:", batch.output, re.MULTILINE)


def test_nothing_is_written_but_what_grading_writes(batch):
    course = batch.world.course
    changed = {
        path
        for path in batch.before.keys() | batch.after.keys()
        if batch.before.get(path) != batch.after.get(path)
    }
    marked = [one.learner for one in HOSTILE if one.marks is not None] + [*CLASSMATES]
    expected = {course / "gradebook.db"}
    for learner in marked:
        expected |= {course / "autograded" / learner / NAME / name for name in (FILE, NOTE)}
    # the one time of handing in that is a time, and goes along
    expected.add(course / "autograded" / "handed_in_in_9999" / NAME / "timestamp.txt")
    # nbgrader keeps a log, and Python what it compiled of the settings
    assert {
        path for path in changed if path.name != ".nbgrader.log" and "__pycache__" not in path.parts
    } == expected


def test_the_gradebook_is_sound_and_knows_only_what_it_should(batch, marks):
    with sqlite3.connect(batch.world.course / "gradebook.db") as rows:
        assert rows.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert rows.execute("pragma foreign_key_check").fetchall() == []
        names = {name for (name,) in rows.execute("select name from base_cell")}
        most = rows.execute("select max(max_score) from grade_cells").fetchone()
    rows.close()
    assert "bonus" not in names and most == (5.0,)
    assert set(marks) == {one.learner for one in HOSTILE if one.marks is not None} | set(CLASSMATES)


def test_no_process_and_no_file_is_left_and_nothing_arrived(batch):
    assert batch.left == []
    assert batch.arrived == []


def test_nothing_is_marked_twice(batch):
    """And those without marks are looked at again, as they may have been handed in anew."""
    before = files_of(batch.world.course / "autograded")
    code, output = run(batch.world, "grade", NAME)
    assert code == 0 and f"{NAME}: 0 of" in output
    assert files_of(batch.world.course / "autograded") == before


# --- zips


def entry(name, data, mode=0o600):
    about = zipfile.ZipInfo("x", (2026, 11, 20, 12, 0, 0))
    about.filename, about.compress_type, about.external_attr = name, zipfile.ZIP_DEFLATED, mode << 16
    return about, data


def test_a_hostile_download_harms_nobody(tmp_path):
    world = new_world(tmp_path)
    notebook = released()
    cell(notebook, "answers")["source"] = answer_cell(MODEL)
    whole = json.dumps(notebook).encode()
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as inner,
        inner.open("x.ipynb", "w", force_zip64=True) as file,
    ):
        file.write(b'{"cells": "')
        for _ in range(260):
            file.write(bytes(2**20))
    place = f"{NAME}/{FILE}"
    link = stat.S_IFLNK | 0o777
    entries = [
        entry(f"ann/{place}", whole),
        entry(f"../autograded/eve/{place}", whole),
        entry("../../home/letter.txt.ipynb", whole),
        entry(f"/{world.course}/solutions/{place}", whole),
        entry(f"eve/../ann/{place}", b"{}"),
        entry(f"lin/{place}", str(world.course / "solutions" / place).encode(), link),
        entry(f"=cmd|' C'!A0/{place}", whole),
        entry(f"<script>alert(1)</{place}", whole),
        entry(f"mallory\n  ann: No marks./{place}", whole),
        entry(f"\u202eevil\x1b[2J/{place}", whole),
        entry(f"../{place}", whole),
        entry(f"con/{place}", whole),
        entry("bob/homework.zip", bomb.getvalue()),
        entry(f"zoe/{place}", whole),
    ]
    before = files_of(tmp_path)
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as out:
        for one in entries:
            out.writestr(*one)
    code, output = run(world, "grade", NAME, "--from", str(tmp_path / "x.zip"))
    assert code == 0 and "Traceback" not in output
    marks = marks_of(world)
    assert {"ann", "zoe"} < set(marks) and all(one == HONEST for one in marks.values())
    assert not {"eve", "lin", "bob", "..", "."} & set(marks)
    assert all(re.fullmatch(r"[\w .@-]+", one) and one[0] not in "=+-@." for one in marks), marks
    assert len(marks) == 7 and not re.search(r"[\x1b\u202e]|^\s*ann:", output, re.MULTILINE)
    assert output.count("points to another place") == 5 and "is a link to another place" in output
    # nothing anywhere but the course's own folders, and what was there is as it was
    after = files_of(tmp_path)
    own = [world.course / kind for kind in ("submitted", "autograded")]
    for path in before.keys() | after.keys():
        if path.name in ("gradebook.db", "x.zip", ".nbgrader.log") or "__pycache__" in path.parts:
            continue
        assert before.get(path) == after.get(path) or any(path.is_relative_to(one) for one in own), path
    assert not any(path.name in ("nothing", "..") for path in world.course.parent.iterdir())
    world.evidence.rmdir()


# --- without a sandbox


def test_without_a_sandbox_code_is_not_run_and_marks_stay_open(tmp_path, monkeypatch):
    world = new_world(tmp_path)
    notebook = released()
    leaves = f"try:\n    open({str(world.evidence / 'ran')!r}, 'w')\nexcept OSError:\n    pass\n"
    for learner, answers, code in (
        ("ann", answer_cell(MODEL), None),
        ("bo", answer_cell(MODEL), leaves + RIGHT),
        ("eve", f"{leaves}answers = dict({MODEL!r})", None),
    ):
        changed = copy.deepcopy(notebook)
        cell(changed, "answers")["source"] = f"# Your answers\n{answers}"
        if code:
            cell(changed, "code")["source"] = code
        write(world.course / "submitted" / learner / NAME, changed)
    course = open_course(world.course)
    why = sandbox.NO_SANDBOX.format(why=sandbox.NOT_FOUND)
    with monkeypatch.context() as patch:
        patch.setattr(marker, "missing", lambda: why)
        done = grade(course, NAME, processes=1)
    assert done.marked == ["ann", "bo", "eve"] and set(done.look) == {"bo", "eve"}
    assert all("Its code was not run" in " ".join(done.look[one]) for one in ("bo", "eve"))
    assert open_cells(world) == {"ann": set(), "bo": {"extra"}, "eve": set(FULL)}
    assert marks_of(world)["ann"] == marks_of(world)["bo"] == HONEST
    # later there is one
    done = grade(course, NAME, processes=1)
    assert done.marked == ["ann", "bo", "eve"] and set(done.look) == {"eve"}
    assert open_cells(world) == {"ann": set(), "bo": set(), "eve": set()}
    assert marks_of(world) == {"ann": HONEST, "bo": FULL, "eve": HONEST}
    assert not list(world.evidence.iterdir())
    world.evidence.rmdir()


def open_cells(world):
    with book_of(world) as book:
        return {
            one.student.id: {
                grade.name for book in one.notebooks for grade in book.grades if grade.needs_manual_grade
            }
            for one in book.assignment_submissions(NAME)
        }


def test_a_computer_without_bubblewrap_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.missing.cache_clear()
    try:
        assert "bwrap) was not found" in sandbox.missing()
        with pytest.raises(ValueError, match="There is no sandbox"):
            sandbox.Sandbox(["1"])
    finally:
        sandbox.missing.cache_clear()


# --- the pieces


@pytest.mark.parametrize(
    "text", ["\n" * 2_000_000 + "x", "exit" + " " * 1_000_000 + "x", "exit(" + ")" * 1_000_000 + "x"]
)
def test_a_search_for_exit_ends(text):
    with within(5):
        assert not LEAVES.search(text)


@pytest.mark.parametrize("text", ["exit", " quit ( 0 ) ;\n1", "1\n\n\texit()"])
def test_a_line_that_leaves_is_found(text):
    assert LEAVES.search(text)


@pytest.mark.parametrize("many", [1, 20])
def test_a_search_for_answers_ends(many):
    source = ("answers = [\n" * many + "1,\n" * 60_000)[:190_000] + "}" * 200
    with within(15):
        assert readable(source)[0] == source


def test_what_takes_too_long_is_stopped_and_nothing_of_it_stays():
    with pytest.raises(TooMuchError), within(0.05):
        while True:
            sum(range(1000))
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)

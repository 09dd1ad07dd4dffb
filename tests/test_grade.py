"""`cxkit grade`: a class marked without nbgrader's run, and everything of nbgrader's works on what it leaves."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import time
import warnings
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from answer_sets import EXERCISES, answer_sets, answers_of, code_of, model_code
from nbconvert import HTMLExporter
from nbgrader.api import Gradebook
from nbgrader_course import Course, answer_cell, model_answers
from test_exercises import cell_of

from cxkit import cli
from cxkit.grading import sandbox
from cxkit.grading.cohort import NOTE, grade
from cxkit.grading.course import open_course
from cxkit.grading.gradebook import Book
from cxkit.grading.pages import write_pages
from cxkit.grading.roster import Learner

pytestmark = pytest.mark.nbgrader

NAME = "01_physio_journey"
FULL = answer_sets(NAME)["full_marks"]
MODEL = model_answers(NAME)
CODE = model_code(NAME)
LATER = {**MODEL, "wait_before": "first session"}
NO_CODE = {**FULL, "extra": 0.0}
STUB = "# Optional: your function\n# Your work goes here."


@pytest.fixture(scope="module")
def entered(tmp_path_factory, warm):
    """A course whose gradebook knows exercise 1, to be copied."""
    course = Course(tmp_path_factory.mktemp("entered"), warm)
    course.run("generate_assignment", NAME, "--create")
    return course


@pytest.fixture
def course(entered, tmp_path):
    """A course of its own: ann and bo have handed in the model, without the optional part."""
    one = object.__new__(Course)
    one.folder, one.environment = tmp_path / "course", entered.environment
    shutil.copytree(entered.folder, one.folder)
    for learner in ("ann", "bo"):
        one.submit(learner, NAME, answer_cell(MODEL), {"code": STUB})
    return one


def run(course, **how):
    return grade(open_course(course.folder), NAME, **how)


def marked_file(course, learner, name=NAME):
    return course.folder / "autograded" / learner / name / f"{name}.ipynb"


def hand_in_again(course, learner, answers, code=STUB):
    shutil.rmtree(course.folder / "submitted" / learner / NAME)
    course.submit(learner, NAME, answer_cell(answers), {"code": code})


def book_of(course):
    return Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}")


# --- what it leaves


def test_marks_stand_in_the_gradebook_and_in_the_notebook(course):
    done = run(course)
    assert (done.marked, done.look, done.missing) == (["ann", "bo"], {}, [])
    assert course.marks(NAME) == {"ann": NO_CODE, "bo": NO_CODE}
    notebook = nbformat.read(marked_file(course, "ann"), as_version=4)
    nbformat.validate(notebook)
    assert "Full marks." in course.words("ann", NAME)["order"]
    form = next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "form"
    )
    assert "<dl>" in form.outputs[0].data["text/html"]


def test_the_rows_are_those_that_nbgrader_writes(course):
    """Every column of every row but the random ids, for a learner with answers, one without, and one who is late."""
    course.submit("untouched", NAME, None)
    (course.folder / "submitted" / "bo" / NAME / "timestamp.txt").write_text("2026-11-22 19:03:44.5 UTC")
    with book_of(course) as book:
        book.update_or_create_assignment(NAME, duedate=datetime(2026, 11, 22, 12))
    shutil.copytree(course.folder, course.folder.with_name("stock"))
    run(course)
    stock = object.__new__(Course)
    stock.folder, stock.environment = course.folder.with_name("stock"), course.environment
    stock.run("autograde", NAME, "--create")
    for mine, theirs in zip(rows_of(course), rows_of(stock), strict=True):
        assert [one for one in mine if one not in theirs] == [one for one in theirs if one not in mine]


def rows_of(course):
    asked = """
    select sa.student_id, sa.timestamp, sa.extension, sn.flagged, sn.late_submission_penalty, b.name, b.type, 'grade',
           g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade
    from grade g join submitted_notebook sn on sn.id = g.notebook_id join submitted_assignment sa on sa.id = sn.assignment_id
         join base_cell b on b.id = g.cell_id
    union all
    select sa.student_id, sa.timestamp, sa.extension, sn.flagged, sn.late_submission_penalty, b.name, b.type, 'comment',
           c.auto_comment, c.manual_comment, null, null
    from comment c join submitted_notebook sn on sn.id = c.notebook_id
         join submitted_assignment sa on sa.id = sn.assignment_id join base_cell b on b.id = c.cell_id
    """
    with sqlite3.connect(course.folder / "gradebook.db") as rows:
        found = sorted(rows.execute(asked), key=str)
        students = sorted(rows.execute("select * from student"))
    rows.close()
    return found, students


def test_nbgraders_own_commands_go_on_from_there(course):
    run(course)
    before = marked_file(course, "ann").read_bytes()
    assert (
        "Skipping existing" in course.run("autograde", NAME)
        and marked_file(course, "ann").read_bytes() == before
    )
    course.run("generate_feedback", NAME)
    page = course.folder / "feedback" / "ann" / NAME / f"{NAME}.html"
    assert "20</span> of 20 marks" in page.read_text("utf-8")
    course.run("export")
    lines = (course.folder / "grades.csv").read_text("utf-8").splitlines()
    assert any(re.search(r",ann,.*,20\.0,22\.0", line) for line in lines), lines
    course.run("autograde", NAME, "--force")
    assert course.marks(NAME) == {"ann": NO_CODE, "bo": NO_CODE}


def test_pages_are_those_that_nbgrader_makes_of_the_same_marks(course):
    hand_in_again(course, "bo", LATER)
    run(course)
    with book_of(course) as book:
        mark = book.find_grade("wait", NAME, NAME, "bo")
        mark.manual_score, mark.needs_manual_grade = 1.5, False
        book.find_comment("answers", NAME, NAME, "bo").manual_comment = "Well seen.\n\nGo on."
        book.find_submission_notebook(NAME, NAME, "bo").late_submission_penalty = 2.0
        book.db.commit()
    pages, faults = write_pages(open_course(course.folder), NAME)
    assert faults == {} and [page.parts[-3] for page in pages] == ["ann", "bo"]
    own = {page: page.read_text("utf-8") for page in pages}
    assert "Go on." in own[pages[1]] and "−2 marks" in own[pages[1]]
    course.run("generate_feedback", NAME, "--force")
    assert {page: page.read_text("utf-8") for page in pages} == own


def test_pages_can_be_released_through_the_exchange(course, tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    config = course.folder / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8") + f"\nc.Exchange.root = {str(exchange)!r}\n", "utf-8")
    for learner in ("ann", "bo"):
        folder = course.folder / "submitted" / learner / NAME
        (folder / "timestamp.txt").write_text("2026-11-22 19:03:44.5 UTC")
        (folder / "submission_secret.txt").write_text("0a" * 64)
    run(course)
    for write in (
        lambda: write_pages(open_course(course.folder), NAME),
        lambda: course.run("generate_feedback", NAME),
    ):
        shutil.rmtree(course.folder / "feedback", ignore_errors=True)
        shutil.rmtree(exchange / "cxkit", ignore_errors=True)
        write()
        course.run("release_feedback", NAME)
        released = list((exchange / "cxkit" / "feedback").glob("*.html"))
        assert released and all("20</span> of 20 marks" in page.read_text("utf-8") for page in released)


def test_only_what_nbgrader_needs_goes_along(course):
    ann, bo = (course.folder / "submitted" / one / NAME for one in ("ann", "bo"))
    (ann / "timestamp.txt").write_text("2026-11-22 19:03:44 UTC <script>")
    (ann / "submission_secret.txt").symlink_to(course.folder / "gradebook.db")
    (bo / "submission_secret.txt").write_text("0a" * 64 * 100)
    (bo / "own.csv").write_text("a,b")
    run(course)
    write_pages(open_course(course.folder), NAME)
    for step, ending in (("autograded", "ipynb"), ("feedback", "html")):
        for learner in ("ann", "bo"):
            folder = course.folder / step / learner / NAME
            assert {path.name for path in folder.iterdir()} - {NOTE} == {f"{NAME}.{ending}"}


def test_a_learners_text_is_no_web_page_for_whoever_marks_by_hand(course):
    path = course.folder / "submitted" / "bo" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for kind in ("markdown", "raw"):
        source = "My own words: 3 < 4 <script>alert(1)</script><img src=x onerror=alert(2)>"
        about = {"raw_mimetype": "text/html", "format": "text/html"}
        notebook["cells"].append({"cell_type": kind, "metadata": about, "source": source})
    path.write_text(json.dumps(notebook), "utf-8")
    run(course)
    found = nbformat.read(marked_file(course, "bo"), as_version=4)
    shown = [cell for cell in found.cells if cell.source.startswith("My own words: 3 &lt; 4")]
    assert [cell.cell_type for cell in shown] == ["markdown", "markdown"]
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(found)
    assert "<script>alert" not in page and "<img src=x" not in page and "My own words" in page


def test_a_folder_that_cannot_be_opened_is_named_and_the_rest_is_marked(course, monkeypatch):
    exists = Path.exists

    def refuses(path):
        if path.parts[-2:] == ("bo", NAME):
            raise PermissionError(13, "Permission denied", str(path))
        return exists(path)

    monkeypatch.setattr(Path, "exists", refuses)
    done = run(course)
    assert done.marked == ["ann"] and "Permission denied" in done.look["bo"][0]


# --- again


def test_only_what_has_changed_is_marked_again(course):
    run(course)
    stamps = {one: marked_file(course, one).stat().st_mtime_ns for one in ("ann", "bo")}
    hand_in_again(course, "bo", LATER)
    done = run(course)
    assert (done.marked, done.same) == (["bo"], ["ann"])
    assert marked_file(course, "ann").stat().st_mtime_ns == stamps["ann"]
    assert course.marks(NAME)["bo"]["wait"] < FULL["wait"] and course.marks(NAME)["ann"] == {
        **FULL,
        "extra": 0,
    }
    assert run(course).same == ["ann", "bo"]
    assert run(course, again=True).marked == ["ann", "bo"]


def test_marks_and_comments_of_a_person_survive(course):
    run(course)
    with book_of(course) as book:
        mark = book.find_grade("wait", NAME, NAME, "bo")
        mark.manual_score, mark.extra_credit = 0.5, 0.25
        book.find_comment("code", NAME, NAME, "bo").manual_comment = "Come and see me."
        book.db.commit()
    hand_in_again(course, "bo", LATER)
    assert run(course).marked == ["bo"]
    with book_of(course) as book:
        mark = book.find_grade("wait", NAME, NAME, "bo")
        assert (mark.manual_score, mark.extra_credit, mark.score) == (0.5, 0.25, 0.75)
        assert mark.auto_score < FULL["wait"]
        # as nbgrader has it: somebody should see whether the mark still fits
        assert mark.needs_manual_grade
        assert book.find_comment("code", NAME, NAME, "bo").comment == "Come and see me."


def test_a_corrected_check_marks_all_again_and_reaches_the_gradebook(course):
    run(course)
    path = course.folder / "solutions" / NAME / f"{NAME}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    cell = next(
        one for one in notebook["cells"] if one["metadata"].get("nbgrader", {}).get("grade_id") == "wait"
    )
    cell["source"] = (
        "# Marked: the wait (7 marks)\nfrom cxkit.teaching.marking import point\nsheet.mark('wait', point(1, 7, ''))"
    )
    cell["metadata"]["nbgrader"]["points"] = 7
    path.write_text(json.dumps(notebook), "utf-8")
    done = run(course)
    assert done.marked == ["ann", "bo"] and "entered in the gradebook" in done.notes[0]
    assert course.marks(NAME)["ann"]["wait"] == 7
    with book_of(course) as book:
        assert book.find_grade("wait", NAME, NAME, "ann").max_score == 7


def test_a_gradebook_that_is_gone_is_made_again(course):
    run(course)
    (course.folder / "gradebook.db").unlink()
    assert run(course).marked == ["ann", "bo"]
    assert course.marks(NAME)["bo"] == {**FULL, "extra": 0}


def test_a_broken_hand_in_after_a_good_one_keeps_the_marks_and_says_so(course):
    run(course)
    (course.folder / "submitted" / "bo" / NAME / f"{NAME}.ipynb").write_bytes(b"%PDF-1.7")
    done = run(course)
    assert done.no_marks == ["bo"] and "those of what was handed in before" in " ".join(done.look["bo"])
    assert course.marks(NAME)["bo"] == {**FULL, "extra": 0}


# --- who and when


def test_who_has_handed_nothing_in_is_named_and_a_roster_gives_names(course):
    roster = [Learner("ann", "Ann", "Levi", "ann@example.org"), Learner("dana", "Dana", "Cohen")]
    done = run(course, roster=roster)
    assert done.missing == ["dana"]
    with book_of(course) as book:
        ann = book.find_student("ann")
        assert (ann.first_name, ann.last_name, ann.email) == ("Ann", "Levi", "ann@example.org")
    run(course, roster=[Learner("ann")])
    with book_of(course) as book:
        assert book.find_student("ann").first_name == "Ann"


LATE = """
from nbgrader.plugins import BasePlugin
class Rule(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {"cruel": 99.0, "kind": -3.0}.get(student_id, total_seconds_late / 3600 + score / 10)
c.AssignLatePenalties.plugin_class = Rule
"""


def test_what_coming_late_costs_is_what_nbgrader_takes(course):
    config = course.folder / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8") + LATE, "utf-8")
    due = datetime(2026, 11, 20, 12)
    moments = {
        "ann": "2026-11-20 12:00:00 UTC", "bo": "2026-11-20 14:00:00 UTC", "cruel": "2026-11-21 12:00:00 UTC",
        "kind": "2026-11-21 12:00:00 UTC", "longer": "2026-11-20 14:30:00 UTC", "zone": "2026-11-20T15:00:00+02:00",
        "strange": "yesterday",
    }  # fmt: skip
    for learner, moment in moments.items():
        if learner not in ("ann", "bo"):
            course.submit(learner, NAME, answer_cell(MODEL), {"code": STUB})
        if learner != "strange":  # nbgrader stops at such a stamp
            (course.folder / "submitted" / learner / NAME / "timestamp.txt").write_text(moment)
    with book_of(course) as book, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own, of a new release of its library
        book.update_or_create_assignment(NAME, duedate=due)
        book.update_or_create_student("longer")
        book.add_submission(NAME, "longer").extension = timedelta(hours=2)
        book.db.commit()
    shutil.copytree(course.folder, course.folder.with_name("stock"))
    (course.folder / "submitted" / "strange" / NAME / "timestamp.txt").write_text(moments["strange"])
    run(course)
    stock = object.__new__(Course)
    stock.folder, stock.environment = course.folder.with_name("stock"), course.environment
    stock.run("autograde", NAME, "--create")
    for mine, theirs in zip(rows_of(course), rows_of(stock), strict=True):
        assert [one for one in mine if one not in theirs] == [one for one in theirs if one not in mine]
    assert penalties(course) == {
        "ann": None, "bo": 4.0, "cruel": 20.0, "kind": 0.0, "longer": 2.5, "zone": 3.0, "strange": None,
    }  # fmt: skip
    # a day more for all: nothing is marked again, and nobody is late by it
    with book_of(course) as book:
        book.update_or_create_assignment(NAME, duedate=due + timedelta(days=1))
    assert run(course).marked == []
    assert set(penalties(course).values()) == {None}


def penalties(course):
    with book_of(course) as book:
        return {
            one.student.id: one.notebooks[0].late_submission_penalty
            for one in book.assignment_submissions(NAME)
        }


def test_settings_of_the_course_are_heeded(course):
    config = course.folder / "nbgrader_config.py"
    config.write_text(
        config.read_text("utf-8")
        + "\nc.CourseDirectory.submitted_directory = 'in'\nc.CourseDirectory.autograded_directory = 'out'"
        "\nc.CourseDirectory.student_id_exclude = 'bo'\nc.CourseDirectory.db_url = 'sqlite:///other.db'\n",
        "utf-8",
    )
    (course.folder / "submitted").rename(course.folder / "in")
    (course.folder / "gradebook.db").rename(course.folder / "other.db")
    here = Path.cwd()
    os.chdir(course.folder)
    try:
        assert run(course).marked == ["ann"]
    finally:
        os.chdir(here)
    assert (course.folder / "out" / "ann" / NAME / f"{NAME}.ipynb").is_file()
    assert not (course.folder / "autograded").exists() and not (course.folder / "gradebook.db").exists()


def test_a_notebook_under_another_name_is_marked_where_it_lies(course):
    folder = course.folder / "submitted" / "bo" / NAME
    (folder / f"{NAME}.ipynb").rename(folder / "Bo's exercise (final).ipynb")
    before = sorted(path.name for path in folder.iterdir())
    done = run(course)
    assert (done.marked, done.look) == (["ann", "bo"], {}) and course.marks(NAME)["bo"] == NO_CODE
    assert sorted(path.name for path in folder.iterdir()) == before


def test_the_command_takes_a_download_and_a_roster_and_says_what_became_of_everybody(
    course, tmp_path, capsys, monkeypatch
):
    mine = (course.folder / "submitted" / "ann" / NAME / f"{NAME}.ipynb").read_bytes()
    shutil.rmtree(course.folder / "submitted")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as download:
        download.writestr("Ann Levi_12_assignsubmission_file_/exercise.ipynb", mine)
        download.writestr("Bo Katz_13_assignsubmission_file_/exercise.ipynb", b"%PDF-1.7")
        download.writestr("Omar Said_14_assignsubmission_file_/my.ipynb", mine)
        download.writestr("Somebody Else_15_assignsubmission_file_/my.ipynb", mine)
    (tmp_path / "class.csv").write_text(
        "id,first_name,last_name\na1,Ann,Levi\nb2,Bo,Katz\no3,Omar,Said\nn4,Noa,Bar\n", "utf-8"
    )
    monkeypatch.chdir(course.folder)
    code = cli.main(
        ["grade", NAME, "--from", str(tmp_path / "class.zip"), "--roster", str(tmp_path / "class.csv")]
    )
    said = capsys.readouterr().out
    assert code == 0 and f"{NAME}: 2 of 2 submissions marked" in said
    assert "Needs your look: 2" in said and "Somebody Else" in said and "Bo Katz" in said
    assert "Not handed in: 2 (b2, n4)" in said
    assert course.marks(NAME) == {"a1": NO_CODE, "o3": NO_CODE}
    with book_of(course) as book:
        assert book.find_student("o3").last_name == "Said"
    assert cli.main(["feedback", NAME]) == 0
    assert "2 pages written" in capsys.readouterr().out
    assert (course.folder / "feedback" / "o3" / NAME / f"{NAME}.html").is_file()


def test_what_is_not_there_is_said(course, capsys, monkeypatch):
    monkeypatch.chdir(course.folder)
    assert cli.main(["grade", "01_physio"]) == 1 and "There are: 01_physio_journey" in capsys.readouterr().err
    assert cli.main(["feedback", NAME]) == 1 and f"Run: cxkit grade {NAME}" in capsys.readouterr().err
    shutil.rmtree(course.folder / "submitted")
    assert cli.main(["grade", NAME]) == 0 and "nobody has handed it in yet" in capsys.readouterr().out
    (course.folder / "gradebook.db").write_bytes(b"no database at all" * 99)
    assert cli.main(["grade", NAME]) == 1 and "cannot be opened" in capsys.readouterr().err


# --- all answer sets


# of each kind one: with the optional part, with marks by hand, right to left. The others too with CXKIT_ALL_SETS=1; in each
# run all sets go through the same check cells in test_answer_sets.py, and some of each exercise through both ways of grading
# in test_exercises.py
OF_EACH_KIND = ["01_physio_journey", "06_discharge_delay_he", "10_my_service"]


@pytest.mark.parametrize("exercise", EXERCISES if os.environ.get("CXKIT_ALL_SETS") else OF_EACH_KIND)
def test_every_answer_set_gets_the_marks_it_must(entered, tmp_path, exercise):
    """The marks to which test_exercises.py holds nbgrader's own run."""
    course = object.__new__(Course)
    course.folder, course.environment = tmp_path, entered.environment
    for name in ("solutions", "exercises", "nbgrader_config.py"):
        source = entered.folder / name if name != "exercises" else Path(__file__).parents[1] / name
        (tmp_path / name).symlink_to(source)
    sets = answer_sets(exercise)
    by_code = {one["name"] for one in [*sets["sets"][:3], *(one for one in sets["sets"] if "code" in one)]}
    for one in sets["sets"]:
        # the model's own code, once more for each set, would show nothing new
        code = code_of(exercise, one) if one["name"] in by_code else {"code": "# Optional"}
        course.submit(one["name"], exercise, cell_of(exercise, one), code)
    done = grade(open_course(course.folder), exercise)
    assert len(done.marked) == len(sets["sets"]) and not done.no_marks
    open_cells = sets.get("by_hand", {})
    with Book(open_course(course.folder).db_url) as book:
        entry = book.exercise(exercise)
        said = book.said(entry, done.marked)
    for one in sets["sets"]:
        expected = {**sets["full_marks"], **one["marks"], **dict.fromkeys(open_cells, 0.0)}
        if one["name"] not in by_code:
            expected["extra"] = 0.0
        assert said[one["name"]].scores == expected, one["name"]
        assert {name for name, is_open in said[one["name"]].open.items() if is_open} == set(open_cells)
        words = course.words(one["name"], exercise)
        for part, pieces in one.get("words", {}).items():
            assert (part == "extra" and one["name"] not in by_code) or all(
                piece in words[part] for piece in pieces
            ), (one["name"], part, words[part])


def test_answers_are_never_mixed_up_between_learners(course):
    sets = [one for one in answer_sets(NAME)["sets"] if "cell" not in one]
    for number in range(60):
        one = sets[number % len(sets)]
        course.submit(f"l{number:02d}", NAME, answer_cell(answers_of(NAME, one)), {"code": STUB})
    run(course)
    marks = course.marks(NAME)
    for number in range(60):
        assert marks[f"l{number:02d}"] == {**FULL, **sets[number % len(sets)]["marks"], "extra": 0.0}


# --- interrupted


def in_a_child(course):
    """Start `cxkit grade` in a process forked from this one, so that it begins at once."""
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.chdir(course.folder)
            with (course.folder / "said.txt").open("w") as said:
                sys.stdout = sys.stderr = said
                code = cli.main(["grade", NAME])
                said.flush()
            os._exit(code)
        finally:
            os._exit(99)
    return child


def test_killed_at_any_moment_nothing_is_damaged_and_the_rest_is_taken_up(course):
    sets = [one for one in answer_sets(NAME)["sets"] if "cell" not in one]
    expected = {"ann": NO_CODE, "bo": NO_CODE}
    for number in range(14):
        one = sets[number % len(sets)]
        course.submit(f"l{number:02d}", NAME, answer_cell(answers_of(NAME, one)), {"code": STUB})
        expected[f"l{number:02d}"] = {**FULL, **one["marks"], "extra": 0.0}
    begun = time.monotonic()
    os.waitpid(in_a_child(course), 0)
    whole = time.monotonic() - begun
    chance, half_way = random.Random(7), 0
    for _ in range(50):
        if chance.random() < 0.5:
            shutil.rmtree(course.folder / "autograded", ignore_errors=True)
        child = in_a_child(course)
        time.sleep(chance.random() * whole)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with sqlite3.connect(course.folder / "gradebook.db", timeout=30) as rows:
            assert rows.execute("pragma integrity_check").fetchall() == [("ok",)]
        rows.close()
        files = list((course.folder / "autograded").glob(f"*/{NAME}/{NAME}.ipynb"))
        half_way += 0 < len(files) < len(expected)
        for file in files:
            nbformat.validate(nbformat.reads(file.read_text("utf-8"), as_version=4))
        # what is signed as marked is in the gradebook, with its own marks
        marks = course.marks(NAME)
        for note in (course.folder / "autograded").glob(f"*/{NAME}/{NOTE}"):
            learner = note.parts[-3]
            assert marks[learner] == expected[learner], learner
    assert half_way >= 5
    # whoever was killed has left no process behind
    run(course)
    assert course.marks(NAME) == expected
    assert not list((course.folder / "autograded").glob(f"*/{NAME}/.*.part"))


def test_stopped_by_ctrl_c_it_says_what_is_left_and_goes_on_next_time(course):
    for number in range(150):
        course.submit(f"l{number:03d}", NAME, answer_cell(MODEL), {"code": STUB})
    child = in_a_child(course)
    while len(list((course.folder / "autograded").glob("*"))) < 30:
        time.sleep(0.01)
    os.kill(child, signal.SIGINT)
    _, status = os.waitpid(child, 0)
    said = (course.folder / "said.txt").read_text("utf-8")
    assert os.waitstatus_to_exitcode(status) == 130, said
    assert "Traceback" not in said
    left = int(re.search(r"What is marked stays marked; (\d+) are left", said)[1])
    assert 0 < left < 152
    done = run(course)
    assert len(done.same) == 152 - left and len(done.marked) == left


# --- code, and no sandbox


def test_without_a_sandbox_code_is_not_run_and_its_marks_stay_open(course, monkeypatch, tmp_path):
    trace = tmp_path / "ran"
    code = CODE["code"] + f"\nopen({str(trace)!r}, 'w').write('x')"
    hand_in_again(course, "bo", MODEL, code)
    course.submit(
        "by_code", NAME, answer_cell(MODEL).replace("answers = {", "answers = dict(**{") + ")", {"code": STUB}
    )
    monkeypatch.setattr("cxkit.grading.marker.missing", lambda: "There is none.")
    done = run(course)
    assert "not run" in " ".join(done.look["bo"]) and "There is none." in " ".join(done.look["bo"])
    assert not trace.exists()
    with book_of(course) as book:
        grades = {one.name: one for one in book.find_submission_notebook(NAME, NAME, "bo").grades}
        assert grades["extra"].needs_manual_grade and grades["extra"].auto_score is None
        assert grades["order"].auto_score == FULL["order"] and not grades["order"].needs_manual_grade
        grades = {one.name: one for one in book.find_submission_notebook(NAME, NAME, "by_code").grades}
        assert all(one.needs_manual_grade for one in grades.values())
    monkeypatch.undo()
    again = run(course)
    marks = course.marks(NAME)
    if sandbox.missing():
        assert "There is no sandbox" in " ".join(again.look["bo"]) and marks["bo"]["extra"] == 0
    else:
        assert marks["bo"] == FULL and marks["by_code"] == {**FULL, "extra": 0}
    assert not trace.exists()

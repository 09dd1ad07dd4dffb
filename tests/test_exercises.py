"""Exercises through nbgrader's own commands: release, marks, words."""

from __future__ import annotations

import filecmp
import json
from html import unescape
from pathlib import Path

import nbformat
import pytest
import yaml
from nbgrader_course import ROOT, Course, answer_cell, grade_id, model_answers

from cxkit.teaching.questions import questions_of, read_questions

pytestmark = pytest.mark.nbgrader

EXERCISES = sorted(path.name for path in (ROOT / "solutions").iterdir() if path.is_dir())
TRACES = ("Traceback", "Error:", 'File "', "\x1b[", "AssertionError")


def answer_sets(exercise: str) -> dict:
    return yaml.safe_load((ROOT / "tests" / "answers" / f"{exercise}.yaml").read_text("utf-8"))


def cell_of(exercise: str, one: dict) -> str:
    if "cell" in one:
        return "# Your answers\n" + one["cell"]
    answers = {**model_answers(exercise), **one.get("change", {})}
    return answer_cell({name: answer for name, answer in answers.items() if name not in one.get("drop", [])})


@pytest.fixture(scope="module", params=EXERCISES)
def graded(request, tmp_path_factory, warm):
    """An exercise released afresh, and every answer set graded by one `nbgrader autograde`."""
    exercise = request.param
    course = Course(tmp_path_factory.mktemp("course"), warm)
    course.run("generate_assignment", exercise, "--create")
    course.submit("untouched", exercise, None)
    for one in answer_sets(exercise)["sets"]:
        course.submit(one["name"], exercise, cell_of(exercise, one))
    course.run("autograde", exercise, "--create")
    return exercise, course


def test_the_committed_release_is_fresh(graded):
    exercise, course = graded
    fresh, committed = course.folder / "exercises" / exercise, ROOT / "exercises" / exercise
    names = {path.name for path in fresh.iterdir()}
    kept = {path.name for path in committed.iterdir() if path.name != ".ipynb_checkpoints"}
    assert kept == names, (
        f"exercises/{exercise} is stale. Run: nbgrader generate_assignment {exercise} --force"
    )
    for name in names:
        if name.endswith(".ipynb"):
            same = nbformat.read(fresh / name, 4) == nbformat.read(committed / name, 4)
        else:
            same = filecmp.cmp(fresh / name, committed / name, shallow=False)
        assert same, f"{exercise}/{name} is stale. Run: nbgrader generate_assignment {exercise} --force"


def test_no_release_is_left_over():
    assert sorted(path.name for path in (ROOT / "exercises").iterdir() if path.is_dir()) == EXERCISES


def test_an_untouched_release_scores_nothing_and_says_so(graded):
    exercise, course = graded
    marks = course.marks(exercise)["untouched"]
    assert marks and set(marks.values()) == {0.0}
    for name, words in course.words("untouched", exercise).items():
        assert "You have not answered this part yet." in words, name


def test_every_answer_set_gets_its_marks(graded):
    exercise, course = graded
    sets = answer_sets(exercise)
    marks = course.marks(exercise)
    expected = {one["name"]: {**sets["full_marks"], **one["marks"]} for one in sets["sets"]}
    assert {name: marks[name] for name in expected} == expected


def test_every_answer_set_gets_its_words(graded):
    exercise, course = graded
    for one in answer_sets(exercise)["sets"]:
        words = course.words(one["name"], exercise)
        for name, pieces in one.get("words", {}).items():
            for piece in pieces:
                assert piece in words[name], (one["name"], name, words[name])
        for name, text in words.items():
            assert not any(trace in text for trace in TRACES), (one["name"], name, text)


def test_every_lost_mark_has_words(graded):
    exercise, course = graded
    full = answer_sets(exercise)["full_marks"]
    for learner, marks in course.marks(exercise).items():
        words = course.words(learner, exercise)
        for name, value in marks.items():
            assert ("Full marks." in words[name]) == (value == full[name]), (learner, name, words[name])


def test_feedback_pages_hold_marks_and_words_and_no_key(graded):
    exercise, course = graded
    course.run("generate_feedback", exercise)
    for one in answer_sets(exercise)["sets"]:
        page = (course.folder / "feedback" / one["name"] / exercise / f"{exercise}.html").read_text("utf-8")
        marks = course.marks(exercise)[one["name"]]
        full = sum(answer_sets(exercise)["full_marks"].values())
        assert f"Your marks: {sum(marks.values()):g} of {full:g}" in page
        for pieces in one.get("words", {}).values():
            assert all(piece in unescape(page) for piece in pieces), one["name"]
        for sign in (
            "HIDDEN TESTS",
            "in_order",
            "in_place",
            "one_of",
            "sheet.mark",
            "Traceback (most recent",
        ):
            assert sign not in page, (one["name"], sign)


def test_the_marks_promised_are_the_marks_given(graded):
    exercise, _ = graded
    notebook = nbformat.read(ROOT / "solutions" / exercise / f"{exercise}.ipynb", as_version=4)
    points = {
        grade_id(cell): cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert points == answer_sets(exercise)["full_marks"]
    for cell in notebook.cells:
        if grade_id(cell) in points:
            assert f"({points[grade_id(cell)]} marks)" in cell.source.splitlines()[0]
    assert f"{sum(points.values())} marks" in notebook.cells[0].source


def test_the_release_holds_no_key(graded):
    exercise, course = graded
    folder = course.folder / "exercises" / exercise
    text = "".join(path.read_text("utf-8") for path in folder.iterdir())
    for sign in ("HIDDEN", "SOLUTION", "sheet.mark(", "in_order(", "in_place(", "one_of("):
        assert sign not in text
    questions = read_questions(ROOT / "solutions" / exercise / f"{exercise}.yaml")
    answers = model_answers(exercise)
    typed = [answers[one["id"]] for one in questions_of(questions) if one["kind"] == "text"]
    assert typed and not any(answer in text for answer in typed)


def test_there_are_enough_answer_sets():
    for exercise in EXERCISES:
        sets = answer_sets(exercise)
        wrong = [one for one in sets["sets"] if one["marks"]]
        right = [one for one in sets["sets"] if not one["marks"]]
        assert len(wrong) >= 8 and len(right) >= 4, exercise
        for one in sets["sets"]:
            assert set(one["marks"]) <= set(sets["full_marks"]) and one["why"], one["name"]
        assert json.dumps(sets), Path(exercise)

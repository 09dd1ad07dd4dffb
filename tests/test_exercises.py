"""Exercises through nbgrader's own commands: release, marks, words.

Of each exercise the model, 12 answer sets that lose marks and 6 that lose none go through nbgrader, or all of them with
CXKIT_ALL_SETS=1 in the environment (10 minutes). In every run all sets go through the same check cells without nbgrader
(test_answer_sets.py), and here both ways must give the same.
"""

from __future__ import annotations

import filecmp
import json
import os
import re

import nbformat
import pytest
from answer_sets import EXERCISES, answer_sets, answers_of, code_of, marked, model_code, solution
from nbgrader_course import ROOT, Course, answer_cell, grade_id, model_answers

pytestmark = pytest.mark.nbgrader

TRACES = ("Traceback", "Error:", 'File "', "\x1b[", "AssertionError")


def cell_of(exercise: str, one: dict) -> str:
    if "cell" in one:
        return "# Your answers\n" + one["cell"]
    return answer_cell(answers_of(exercise, one))


def chosen_sets(exercise: str) -> list[dict]:
    """The sets that go through nbgrader: the model, and the first of each kind."""
    sets = answer_sets(exercise)["sets"]
    if os.environ.get("CXKIT_ALL_SETS"):
        return sets
    wrong, right = [one for one in sets if one["marks"]], [one for one in sets if not one["marks"]]
    return [*right[:7], *wrong[:12]]


@pytest.fixture(scope="module")
def course(tmp_path_factory, warm):
    return Course(tmp_path_factory.mktemp("course"), warm)


@pytest.fixture(scope="module", params=EXERCISES)
def graded(request, course):
    """An exercise released afresh, and its answer sets graded by `nbgrader autograde`."""
    exercise = request.param
    course.run("generate_assignment", exercise, "--create")
    course.submit("untouched", exercise, None)
    for one in chosen_sets(exercise):
        course.submit(one["name"], exercise, cell_of(exercise, one), code_of(exercise, one))
    course.autograde(exercise)
    return exercise, course


def test_the_committed_release_is_fresh(graded):
    exercise, course = graded
    fresh, committed = course.folder / "exercises" / exercise, ROOT / "exercises" / exercise
    names = {path.name for path in fresh.iterdir()}
    again = f"exercises/{exercise} is stale. Run: nbgrader generate_assignment {exercise} --force"
    kept = {path.name for path in committed.iterdir() if path.name != ".ipynb_checkpoints"}
    assert kept == names, again
    for name in names:
        if name.endswith(".ipynb"):
            same = nbformat.read(fresh / name, 4) == nbformat.read(committed / name, 4)
        else:
            same = filecmp.cmp(fresh / name, committed / name, shallow=False)
        assert same, f"{name}: {again}"


def test_no_release_is_left_over():
    assert sorted(path.name for path in (ROOT / "exercises").iterdir() if path.is_dir()) == EXERCISES


def test_marks_and_words_are_those_expected_and_those_of_the_learners_own_check(graded):
    exercise, course = graded
    sets = answer_sets(exercise)
    marks = course.marks(exercise)
    by_hand = sets.get("by_hand", {})
    for one in [{"name": "untouched", "cell": "answers = {}", "marks": None}, *chosen_sets(exercise)]:
        name = one["name"]
        words = course.words(name, exercise)
        code = code_of(exercise, one) if name != "untouched" else {}
        own = marked(exercise, answers_of(exercise, one), code)
        expected = (
            dict.fromkeys(sets["full_marks"], 0.0)
            if one["marks"] is None
            else {**sets["full_marks"], **one["marks"]}
        )
        assert marks[name] == {**expected, **dict.fromkeys(by_hand, 0.0)}, name
        assert {part: found.mark.value for part, found in own.items()} == expected, name
        for part, pieces in one.get("words", {}).items():
            assert all(piece in words[part] for piece in pieces), (name, part, words[part])
        for part, text in words.items():
            assert not any(trace in text for trace in TRACES), (name, part, text)
            assert ("Full marks." in text or "כל הנקודות." in text) == (expected[part] == sets["full_marks"][part]), (
                name, part, text,
            )  # fmt: skip
            assert all(sentence in text for sentence in own[part].mark.words), (name, part, text)


def test_cxkit_grade_gives_the_same_marks_and_words_cell_by_cell(graded):
    exercise, course = graded
    ours, done = course.graded_by_us(exercise)
    names = ["untouched", *(one["name"] for one in chosen_sets(exercise))]
    stock, own = course.marks(exercise), ours.marks(exercise)
    assert own == {name: stock[name] for name in own} and set(own) == set(names) and not done.no_marks
    for name in names:
        assert course.words(name, exercise) == ours.words(name, exercise), name


def test_the_marks_promised_are_the_marks_given(graded):
    exercise, _ = graded
    notebook = nbformat.read(solution(exercise), as_version=4)
    sets = answer_sets(exercise)
    points = {
        grade_id(cell): cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("points") is not None
    }
    assert points == {**sets["full_marks"], **sets.get("by_hand", {})}
    for cell in notebook.cells:
        if grade_id(cell) in sets["full_marks"]:
            said = re.search(
                r"\((?:\D*?)([\d.]+) (?:extra )?(?:marks?|נקודות|נקודה)", cell.source.splitlines()[0]
            )
            assert said and float(said.group(1)) == points[grade_id(cell)], cell.source.splitlines()[0]
    plain = sum(value for name, value in points.items() if not name.startswith("extra"))
    assert plain == 20 and re.search(r"\b20 (marks|נקודות)", notebook.cells[0].source)


def test_the_names_of_a_learners_code_and_answers_are_what_the_form_says(graded):
    exercise, _ = graded
    assert model_answers(exercise) and model_code(exercise)
    assert json.dumps(model_answers(exercise))


def test_two_thirds_of_the_marks_are_for_work_checked_by_its_consequence():
    for exercise in EXERCISES:
        sets = answer_sets(exercise)
        marks = {**sets["full_marks"], **sets.get("by_hand", {})}
        assert set(sets["by_choice"]) <= set(marks), exercise
        assert sum(sets["by_choice"].values()) <= 20 / 3, exercise

"""`cxkit check`, and the reading of a notebook that was handed in: clumsy files are told in words, nothing is run."""

from __future__ import annotations

import copy
import json
import shutil

import pytest
from answer_sets import model_answers, model_code
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_course import ROOT

from cxkit import cli
from cxkit.teaching.handed_in import HandedIn, grade_ids, read_answers, read_notebook

EXERCISE = "01_physio_journey"
SOLUTION = ROOT / "solutions" / EXERCISE / f"{EXERCISE}.ipynb"
MODEL = model_answers(EXERCISE)
HALF = {**MODEL, "wait_before": "survey", "wait_length": "eight days"}
HEADER = "# Your answers. The form below writes them here; you can also type them.\n"


def notebook(answers=MODEL, code=None):
    """What a learner hands in: the exercise with answers and, maybe, a function of their own."""
    found = read_notebook(SOLUTION)
    for cell in found["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade_id") == "answers":
            cell["source"] = answers if isinstance(answers, str) else f"{HEADER}answers = {answers!r}"
        elif about.get("grade_id") == "code":
            cell["source"] = code or "def ownerless(touchpoints):\n    # Your work goes here.\n    ..."
        elif about.get("grade"):
            cell["source"] = cell["source"][:2]
    return found


def cell_of(book, name):
    return next(one for one in book["cells"] if one["metadata"].get("nbgrader", {}).get("grade_id") == name)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the solutions at hand."""
    shutil.copytree(SOLUTION.parent, tmp_path / "solutions" / EXERCISE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder, book, name=f"{EXERCISE}.ipynb"):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(book), "utf-8")
    return path


def check(capsys, *words):
    code = cli.main(["check", *map(str, words)])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out, said.err


# ---- the command ----


def test_marks_and_words_for_each_part(folder, capsys):
    code, out, err = check(capsys, put(folder, notebook(HALF)))
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{EXERCISE}.ipynb: His journey after a knee operation"
    assert "  The order of the steps: 5 of 5 marks" in lines
    at = lines.index("  The wait: 0 of 2 marks")
    assert lines[at - 1] == "2. Find the wait" and lines[at + 2].startswith("    - “Eight days”")
    assert "18 of 20 marks" in lines and "Note" not in out


def test_code_is_run_only_when_it_is_asked_for(folder, capsys):
    trap = folder / "ran"
    code = f"from pathlib import Path\nPath({str(trap)!r}).touch()\n" + model_code(EXERCISE)["code"]
    path = put(folder, notebook(MODEL, code))
    _, out, _ = check(capsys, path)
    assert not trap.exists() and "20 of 20 marks\n" in out
    assert "was not checked, because that runs the code" in out and "--with-code" in out
    _, out, _ = check(capsys, path, "--with-code")
    assert trap.exists() and "20 of 20 marks, and 2 of 2 extra" in out and "--with-code" not in out


@pytest.mark.parametrize(
    "ending", ["exit()", "raise SystemExit(0)", "1 / 0", "def ownerless(touchpoints):\n    exit()"]
)
def test_code_that_ends_python_ends_neither_the_check_nor_its_words(folder, capsys, ending):
    code, out, err = check(capsys, put(folder, notebook(MODEL, ending)), "--with-code")
    assert out + err and (code == 0) == ("20 of 20" in out)


@pytest.mark.parametrize(
    "name", ["my work.ipynb", f"{EXERCISE} (2).ipynb", f"{EXERCISE}-Copy1.ipynb", "deep/er/x.ipynb"]
)
def test_a_renamed_file_finds_its_solution_by_its_form(folder, capsys, name):
    code, out, _ = check(capsys, put(folder, notebook(), name))
    assert code == 0 and "20 of 20 marks" in out


@pytest.mark.parametrize(
    "name", [f"{EXERCISE} (2).ipynb", f"{EXERCISE}-Copy1.ipynb", f"{EXERCISE} - Copy.ipynb"]
)
def test_without_a_form_the_name_of_a_copy_still_tells(folder, capsys, name):
    book = notebook()
    book["cells"] = [cell_of(book, "answers")]
    assert check(capsys, put(folder, book, name))[0] == 0


def test_without_a_form_and_a_name_the_grade_ids_tell(folder, capsys):
    book = notebook()
    book["cells"].remove(cell_of(book, "form"))
    path = put(folder, book, "x.ipynb")
    assert check(capsys, path)[0] == 0
    # another exercise with the same ids: then nobody can tell, and nobody guesses
    twin = shutil.copytree(folder / "solutions" / EXERCISE, folder / "solutions" / "twin")
    (twin / f"{EXERCISE}.ipynb").rename(twin / "twin.ipynb")
    code, _, err = check(capsys, path)
    assert code == 1 and "x.ipynb could not be checked" in err


def test_without_a_solution_it_says_what_is_complete(folder, capsys):
    shutil.copy(SOLUTION.with_suffix(".yaml"), folder)
    shutil.rmtree(folder / "solutions")
    part = {name: answer for name, answer in MODEL.items() if name != "wait_length"}
    code, out, _ = check(capsys, put(folder, notebook(part)))
    assert code == 0 and "2 of 3 parts are complete." in out
    assert "  To do: “How long was that wait?” has no answer yet." in out.splitlines()
    assert "Marks come from your instructor" in out and "of 20" not in out


def test_with_nothing_at_hand_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code, out, err = check(capsys, put(tmp_path, notebook()))
    assert (code, out) == (1, "") and f"“{EXERCISE}.yaml” beside it" in err


def test_a_fault_of_the_solution_is_told_in_words(folder, capsys):
    path = folder / "solutions" / EXERCISE / f"{EXERCISE}.ipynb"
    broken = read_notebook(path)
    cell_of(broken, "wait")["source"] = "# Marked: the wait (2 marks)\n1 / 0"
    put(path.parent, broken)
    code, _, err = check(capsys, put(folder, notebook()))
    assert code == 1 and "“wait” stopped with ZeroDivisionError" in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"<!doctype html><p>Sign in", "looks like a web page"),
        (b'{"cells": [{"cell_ty', "cut short"),
        (b"[1, 2]", "is no notebook"),
        (b'{"answers": 1}', "has no cells"),
        (b"\xff\xfe{\x00}\x00", "no notebook that can be read"),
        (b"[" * 100_000, "cut short"),
    ],
)
def test_a_file_that_is_no_notebook_is_told_in_words(folder, capsys, content, said):
    path = folder / "mine.ipynb"
    path.write_bytes(content)
    code, out, err = check(capsys, path)
    assert (code, out) == (1, "") and said in err


def test_a_file_that_is_not_there(folder, capsys):
    assert check(capsys, "gone.ipynb")[0] == 1
    assert check(capsys, folder)[0] == 1


# ---- clumsy notebooks ----


def test_an_ordinary_notebook_has_no_notes():
    assert read_answers(notebook(HALF, "def f(): ...")) == HandedIn(
        EXERCISE, HALF, {"code": "def f(): ..."}, []
    )
    lines = notebook()
    for cell in lines["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    assert read_answers(lines).answers == MODEL


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_an_answer_cell_of_another_type_is_read_all_the_same(kind):
    book = notebook()
    cell_of(book, "answers")["cell_type"] = kind
    found = read_answers(book)
    assert found.answers == MODEL and "no code cell any more" in found.notes[0]


def test_a_program_that_drops_the_signs_of_the_cells_is_no_harm():
    book = notebook(MODEL, "# Optional: your function\ndef ownerless(touchpoints): ...")
    for cell in book["cells"]:
        cell["metadata"] = {"id": "x", "colab": {"base_uri": "…"}}
        cell.pop("id", None)
    found = read_answers(book)
    assert (found.exercise, found.answers, list(found.code)) == (EXERCISE, MODEL, ["code"])
    assert "found by their first line" in found.notes[0]


def test_answers_typed_into_a_bare_cell_are_found():
    book = {"cells": [{"cell_type": "code", "metadata": {}, "source": "answers = {'wait_before': 'list'}"}]}
    assert read_answers(book).answers == {"wait_before": "list"}


def test_of_two_answer_cells_the_first_that_holds_answers_counts_and_that_is_said():
    book = notebook("answers = {}")
    twin = copy.deepcopy(cell_of(book, "answers"))
    twin["source"] = f"{HEADER}answers = {HALF!r}"
    third = {**copy.deepcopy(twin), "source": f"{HEADER}answers = {MODEL!r}"}
    book["cells"] += [twin]
    found = read_answers(book)
    assert found.answers == HALF and "2 answer cells" in found.notes[0] and len(found.notes) == 1
    book["cells"] += [third]
    found = read_answers(book)
    assert found.answers == HALF and "3 answer cells" in found.notes[0] and "not the same" in found.notes[1]


def test_no_answer_cell_is_said():
    book = notebook()
    book["cells"].remove(cell_of(book, "answers"))
    found = read_answers(book)
    assert found.answers == {} and "There is no answer cell" in found.notes[0]


def test_an_empty_answer_cell_is_said():
    assert read_answers(notebook(f"{HEADER}answers = {{}}")).notes == [
        "The answer cell holds no answers yet."
    ]
    assert read_answers(notebook("")).notes == ["The answer cell holds no answers yet."]


@pytest.mark.parametrize(
    ("source", "answers", "said"),
    [
        ("answers = {'a': 'b'}", {"a": "b"}, ""),
        ("answers: dict = {'a': 1}\nanswers['c'] = [1, -2.5]\nanswers", {"a": 1, "c": [1, -2.5]}, ""),
        ("answers = {}\nanswers = {'a': 1}", {"a": 1}, ""),
        ("%time\n!ls\nanswers = {'a': 1}", {"a": 1}, ""),
        ("\ufeffanswers = {'a': 1}", {"a": 1}, ""),
        ("answers = 'the list'", "the list", ""),
        ("answers = {'a': 1}\nimport os", {"a": 1}, "Line 2"),
        ("answers = {'a': 1}\nanswers['b'] = open('x')", {"a": 1}, "Line 2"),
        ("answers = dict(a=1)", {}, "Line 1"),
        ("answers = {'a': __import__('os').system('echo')}", {}, "nothing is run"),
        ("answers = {\n  'a': 1,\n", {}, "Often a bracket"),
        ("answers = {“a”: 1}", {"a": 1}, "Curly quotation marks"),
        ("answers = {[]: 1}", {}, "Line 1"),
        ("answers = " + "[" * 9000, {}, "cannot be read"),
        ("answers = " + "9" * 9000, {}, "cannot be read"),
        ("answers = '\x00'", {}, "cannot be read"),
    ],
)  # fmt: skip
def test_the_answers_are_read_as_data_and_what_is_odd_is_said(source, answers, said):
    found = read_answers(notebook(source))
    assert found.answers == answers
    assert said in " ".join(found.notes) and bool(said) == bool(found.notes)


def test_several_cells_of_code_are_said():
    book = notebook(MODEL, "def a(): ...")
    book["cells"].append({**copy.deepcopy(cell_of(book, "code")), "source": "def b(): ..."})
    found = read_answers(book)
    assert found.code == {"code": "def a(): ..."} and "2 cells “code”" in found.notes[0]


def test_a_notebook_of_the_old_form_is_read():
    sheet = {
        "cells": [{"cell_type": "code", "metadata": {}, "input": ["# Your answers\n", "answers = {'a': 1}"]}]
    }
    assert read_answers({"worksheets": [sheet]}).answers == {"a": 1}


def test_the_form_of_a_notebook_cannot_lead_anywhere_else():
    book = notebook()
    cell_of(book, "form")["source"] = "cx.sheet('../../etc')"
    assert read_answers(book).exercise == ""


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
cells = st.dictionaries(
    st.sampled_from(["cell_type", "source", "metadata", "input"]),
    json_like | st.sampled_from(["code", "# Your answers\nanswers = {'a': 1}"])
    | st.fixed_dictionaries({"nbgrader": json_like | st.just({"grade_id": "answers", "solution": True})}),
)  # fmt: skip


@given(st.fixed_dictionaries({"cells": st.lists(cells | json_like, max_size=4)}) | json_like)
def test_whatever_is_in_a_file_it_is_read_or_told_in_words(book):
    try:
        found = read_answers(book)
    except ValueError as fault:
        assert "notebook" in str(fault)
        return
    assert isinstance(found, HandedIn) and all(isinstance(note, str) for note in found.notes)
    grade_ids(book)

"""What people hand in when something went wrong: the marks are right, or `cxkit look` names who needs a look and why."""

from __future__ import annotations

import copy
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
import yaml
from nbgrader_course import ROOT, Course, answer_cell, model_answers

from cxkit import cli
from cxkit.grading.look import find_exercise, look_at_all
from cxkit.grading.opened import CannotMarkError, open_notebook
from cxkit.grading.put_right import known_cells, put_right
from cxkit.teaching.typed import read, readable

pytestmark = pytest.mark.nbgrader

NAME = "01_physio_journey"
FILE = f"{NAME}.ipynb"
FULL = yaml.safe_load((ROOT / "tests" / "answers" / f"{NAME}.yaml").read_text("utf-8"))["full_marks"]
NOTHING = dict.fromkeys(FULL, 0)
NO_ANSWERS = {**NOTHING, "extra": FULL["extra"]}
MODEL = model_answers(NAME)
OTHER = {**MODEL, "wait_before": "first session"}


@dataclass
class Odd:
    """One odd hand-in. `marks`: those that differ from full marks, None for none at all; `told`: what `look` must say."""

    name: str
    make: Callable
    marks: dict | None = field(default_factory=dict)
    told: str = ""
    mended: str = ""


ODD: list[Odd] = []


def odd(marks=(), told="", mended=""):
    """Add a function that changes the notebook in place, or writes the files itself and gives True."""

    def add(make):
        ODD.append(Odd(make.__name__, make, None if marks is None else dict(marks), told, mended))
        return make

    return add


def at(notebook, name):
    return next(index for index, one in enumerate(notebook["cells"]) if sign(one).get("grade_id") == name)


def sign(one):
    return one.get("metadata", {}).get("nbgrader", {})


def cell(notebook, name):
    return notebook["cells"][at(notebook, name)]


def write(folder, notebook, name=FILE):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(notebook, ensure_ascii=False, indent=1), "utf-8")
    return True


def answered(notebook, answers):
    changed = copy.deepcopy(notebook)
    cell(changed, "answers")["source"] = answer_cell(answers)
    return changed


def own_cell(source, **metadata):
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


# --- cells that were copied, deleted, moved, cut, joined


@odd(mended="Copies of cells were left out: answers")
def copied_the_answer_cell_and_left_the_copy_empty(notebook, folder):
    twin = copy.deepcopy(cell(notebook, "answers"))
    twin["source"] = "# Your answers\nanswers = {}"
    notebook["cells"].insert(at(notebook, "form") + 1, twin)


@odd(mended="Copies of cells")
def an_empty_copy_stands_first(notebook, folder):
    twin = copy.deepcopy(cell(notebook, "answers"))
    twin["source"] = "# Your answers\nanswers = {}"
    notebook["cells"].insert(1, twin)


@odd(told="2 answer cells with different answers")
def copied_the_answer_cell_and_changed_the_copy(notebook, folder):
    twin = copy.deepcopy(cell(notebook, "answers"))
    twin["source"] = answer_cell(OTHER)
    notebook["cells"].append(twin)


@odd(mended="Copies of cells were left out: start, form, order")
def every_cell_twice(notebook, folder):
    notebook["cells"] += copy.deepcopy(notebook["cells"])


@odd(mended="Cells that were deleted were put back: start, form, order")
def deleted_all_but_the_answers_and_the_function(notebook, folder):
    notebook["cells"] = [cell(notebook, "answers"), cell(notebook, "code")]


@odd(marks={"extra": 0}, mended="put back: code")
def deleted_the_optional_function(notebook, folder):
    del notebook["cells"][at(notebook, "code")]


@odd(marks=NO_ANSWERS, told="There are no answers in it")
def deleted_the_answer_cell(notebook, folder):
    del notebook["cells"][at(notebook, "answers")]


@odd(mended="in another order")
def all_cells_upside_down(notebook, folder):
    notebook["cells"].reverse()


@odd(mended="pieces")
def the_answer_cell_cut_in_two(notebook, folder):
    here = at(notebook, "answers")
    whole = notebook["cells"][here]
    lines = whole["source"].split("\n")
    second = copy.deepcopy(whole)
    whole["source"], second["source"] = "\n".join(lines[:9]), "\n".join(lines[9:])
    notebook["cells"].insert(here + 1, second)


@odd(mended="pieces")
def cut_in_three_and_the_signs_lost(notebook, folder):
    here = at(notebook, "answers")
    whole = notebook["cells"][here]
    lines = whole["source"].split("\n")
    whole["source"] = "\n".join(lines[:9])
    notebook["cells"][here + 1 : here + 1] = [
        own_cell("\n".join(lines[9:20])),
        own_cell("\n".join(lines[20:])),
    ]


@odd(mended="Cells that were deleted were put back: form")
def the_answer_cell_joined_with_the_form(notebook, folder):
    cell(notebook, "answers")["source"] += "\n" + cell(notebook, "form")["source"]
    del notebook["cells"][at(notebook, "form")]


@odd(mended="The answers stood in another cell")
def the_answer_cell_joined_to_the_start(notebook, folder):
    cell(notebook, "start")["source"] += "\n" + cell(notebook, "answers")["source"]
    del notebook["cells"][at(notebook, "answers")]


@odd(mended="The answers stood in another cell")
def typed_into_a_cell_of_their_own(notebook, folder):
    notebook["cells"].append(own_cell(answer_cell(MODEL).partition("\n")[2]))
    cell(notebook, "answers")["source"] = "# Your answers\nanswers = {}"


@odd(mended="code again: answers")
def the_answer_cell_became_text(notebook, folder):
    cell(notebook, "answers").update(cell_type="markdown")


@odd(mended="code again: answers, order, code")
def cells_became_raw_or_text(notebook, folder):
    cell(notebook, "answers").update(cell_type="raw")
    cell(notebook, "order").update(cell_type="markdown")
    cell(notebook, "code").update(cell_type="markdown")


@odd()
def own_cells_that_fail_print_ask_and_leave(notebook, folder):
    for source in (
        "1 / 0",
        "answers = {}\nprint('hm')",
        "input('?')",
        "%matplotlib inline",
        "exit()",
        "what?",
    ):
        notebook["cells"].insert(-2, own_cell(source))


# --- answers as people type and paste them


def typed(notebook, change):
    cell(notebook, "answers")["source"] = change(answer_cell(MODEL))


@odd(mended="made plain")
def pasted_from_word(notebook, folder):
    typed(notebook, lambda text: curly(text).replace("    ", "\u00a0\u00a0 \u00a0"))


@odd(mended="made plain")
def pasted_from_word_in_german(notebook, folder):
    typed(notebook, lambda text: curly(text, "„", "“"))


@odd(mended="made plain")
def single_curly_quotes_and_a_capital(notebook, folder):
    typed(notebook, lambda text: curly(text, "‘", "’").replace("answers =", " Answers ="))


@odd(mended="made plain")
def marks_of_direction_between_the_words(notebook, folder):
    typed(notebook, lambda text: text.replace(": ", "\u200f: \u202b").replace(",\n", "\u202c,\n"))


@odd(mended="made plain")
def lines_broken_as_word_breaks_them(notebook, folder):
    typed(notebook, lambda text: text.replace("{\n", "{\u2028\x0b").replace("    ", "\u3000"))


@odd(told="What belongs to no answer was left out of it: “Thank you very much!")
def words_before_and_after(notebook, folder):
    typed(notebook, lambda text: text + "\nThank you very much!\nDana")


@odd()
def the_answers_shown_once_more(notebook, folder):
    typed(notebook, lambda text: text + "\nprint(answers)\nanswers")


@odd(told="works something out")
def the_answers_made_by_code(notebook, folder):
    typed(notebook, lambda text: text.replace("answers = {", "answers = dict(**{") + ")")


@odd(marks={"wait": 1}, told="works something out")
def an_answer_changed_by_code(notebook, folder):
    typed(notebook, lambda text: text + "\nfor one in ['wait_length']:\n    answers[one] = 'eight days'")


@odd(marks={"wait": 1})
def an_answer_changed_in_a_line_of_its_own(notebook, folder):
    typed(notebook, lambda text: text + "\nanswers['wait_length'] = 'eight days'")


@odd(marks=NO_ANSWERS, told="cannot be read: line")
def a_bracket_is_missing(notebook, folder):
    typed(notebook, lambda text: text.rstrip("}\n"))


@odd(marks=NO_ANSWERS, told="no list of answers")
def a_sentence_instead_of_answers(notebook, folder):
    typed(notebook, lambda text: "answers = 'I think that the practice lost the list'")


@odd(marks={"wait": 0, "breaks": 0, "extra": 0})
def half_done(notebook, folder):
    cell(notebook, "answers")["source"] = answer_cell({"journey": MODEL["journey"]})
    cell(notebook, "code")["source"] = "# Optional: your function\n# Your work goes here."


@odd(marks=NOTHING, told="no answers in it")
def nothing_done(notebook, folder):
    cell(notebook, "answers")["source"] = "# Your answers\nanswers = {}"
    cell(notebook, "code")["source"] = "# Optional: your function\n# Your work goes here."


def curly(text, opening="“", closing="”"):
    parts = text.split('"')
    return "".join(part + (opening if index % 2 == 0 else closing) for index, part in enumerate(parts))[:-1]


# --- other programs


@odd()
def saved_by_vs_code(notebook, folder):
    notebook["metadata"] = {"kernelspec": {"display_name": ".venv", "language": "python", "name": "x"}}
    for index, one in enumerate(notebook["cells"]):
        one["id"] = f"#W{index}sZmlsZQ=="
        one["metadata"]["vscode"] = {"languageId": "python"}


@odd(mended="known by their first line")
def saved_by_colab_without_signs(notebook, folder):
    notebook.update(nbformat_minor=0, metadata={"colab": {"provenance": []}, "accelerator": "GPU"})
    for one in notebook["cells"]:
        one.pop("id")
        one["metadata"] = {"id": "x1", "colab": {"base_uri": "https://localhost:8080/"}}
        if one["cell_type"] == "code":
            one["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "0"}]


@odd()
def saved_on_a_mac_with_a_byte_order_mark(notebook, folder):
    folder.mkdir(parents=True)
    text = json.dumps(notebook, ensure_ascii=False, indent=1).replace("\\n", "\\r\\n").replace("\n", "\r\n")
    (folder / FILE).write_bytes(b"\xef\xbb\xbf" + text.encode())
    return True


@odd()
def saved_in_utf_16(notebook, folder):
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(json.dumps(notebook, ensure_ascii=False).encode("utf-16"))
    return True


@odd()
def saved_in_format_3(notebook, folder):
    cells = []
    for one in notebook["cells"]:
        new = {"cell_type": one["cell_type"], "metadata": one["metadata"]}
        new["input" if one["cell_type"] == "code" else "source"] = one["source"]
        cells.append({**new, "language": "python", "outputs": []} if one["cell_type"] == "code" else new)
    return write(
        folder,
        {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]},
    )


@odd()
def cells_that_lack_what_a_cell_has(notebook, folder):
    for one in notebook["cells"]:
        for name in ("outputs", "execution_count", "id"):
            one.pop(name, None)
    notebook["cells"] += [
        {},
        {"cell_type": "heading", "source": "Hello"},
        {"cell_type": "code", "source": None},
    ]
    notebook.pop("nbformat_minor")
    notebook["metadata"] = None


@odd()
def twenty_megabytes_of_output(notebook, folder):
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 20_000_000}
    notebook["cells"].insert(1, {**own_cell("print('x' * 5_000_000)"), "outputs": [output]})


# --- what nbgrader knows about a cell, changed


@odd(mended="What nbgrader knows about a cell had been changed")
def forged_versions_of_the_schema(notebook, folder):
    for name, version in zip(FULL, (1, 0, 99, "three", None, 4, 2), strict=True):
        cell(notebook, name)["metadata"]["nbgrader"]["schema_version"] = version


@odd()
def a_schema_from_before(notebook, folder):
    for one in notebook["cells"]:
        one["metadata"].get("nbgrader", {}).pop("schema_version", None)


@odd()
def strange_signs_on_the_cells(notebook, folder):
    signs = [
        "x",
        7,
        [],
        {},
        {"grade": True},
        {"grade_id": None},
        {"grade_id": ["answers"], "solution": "yes"},
    ]
    notebook["cells"] += [own_cell(f"# {index}", nbgrader=one) for index, one in enumerate(signs)]


@odd(marks={"wait": 0}, mended="Locked cells that had been changed were put back: order, wait, extra")
def more_points_and_no_tests(notebook, folder):
    cell(notebook, "answers")["source"] = answer_cell({**MODEL, "wait_before": "", "wait_length": ""})
    for name in ("order", "wait", "extra"):
        cell(notebook, name)["source"] = "500.0"
        cell(notebook, name)["metadata"]["nbgrader"].update(points=500, locked=False)


# --- other files, other names


@odd(mended="")
def renamed(notebook, folder):
    return write(folder, notebook, "Dana's exercise (final) (1).ipynb")


@odd()
def saved_as_text_by_the_mail_program(notebook, folder):
    return write(folder, notebook, f"{FILE}.txt")


@odd()
def in_a_folder_of_the_wrong_name(notebook, folder):
    return write(folder.with_name("Exercise 1"), notebook, "physio.ipynb")


@odd()
def in_a_folder_in_the_folder(notebook, folder):
    return write(folder / NAME, notebook)


@odd()
def נועה_לוי(notebook, folder):
    return write(folder, notebook, "תרגיל 1.ipynb")


@odd(marks=NOTHING, told="It holds no answers, but “01_physio_journey-Copy1.ipynb” beside it does")
def two_files_and_the_right_name_is_empty(notebook, folder):
    write(folder, notebook, f"{NAME}-Copy1.ipynb")
    nothing_done(notebook, folder)


@odd(told="Beside it lies “old.ipynb”, which holds other answers")
def two_files_with_different_answers(notebook, folder):
    write(folder, answered(notebook, OTHER), "old.ipynb")


@odd(marks=None, told="Several files could be it: “01_physio_journey/a.ipynb”")
def two_files_and_neither_has_the_name(notebook, folder):
    write(folder, answered(notebook, OTHER), "a.ipynb")
    return write(folder, notebook, "b.ipynb")


@odd(marks=None, told="This is another exercise, “02_other_story”")
def another_exercise(notebook, folder):
    cell(notebook, "form")["source"] = 'sheet = cx.sheet("02_other_story")\nsheet'
    cell(notebook, "answers")["source"] = answer_cell(
        {"persona": "Ruth", "wait_before": "list", "quote": "x"}
    )


@odd(marks=None, told="None of its answers belongs to a question of this exercise")
def last_years_version(notebook, folder):
    cell(notebook, "answers")["source"] = answer_cell({"q1": "b", "q2": ["a", "c"]})
    for name in ("order", "stage", "channel"):
        cell(notebook, name)["metadata"]["nbgrader"]["grade_id"] = f"test_{name}"
        cell(notebook, f"test_{name}")["source"] = "assert answers['q1'] == 'b'"


@odd(told="does not ask were left out: old_question, second_one")
def a_version_with_two_more_questions(notebook, folder):
    cell(notebook, "answers")["source"] = answer_cell({**MODEL, "old_question": "b", "second_one": 3})


@odd(marks=None, told="No cell of this exercise is in it")
def a_notebook_of_their_own(notebook, folder):
    notebook["cells"] = [
        own_cell("print('hello')"),
        {"cell_type": "markdown", "metadata": {}, "source": "# Shopping"},
    ]


def _raw(name, data, told):
    def make(notebook, folder):
        folder.mkdir(parents=True)
        whole = json.dumps(notebook).encode()
        (folder / FILE).write_bytes(data(whole))
        return True

    make.__name__ = name
    odd(marks=None, told=told)(make)


_raw("an_empty_file", lambda whole: b"", "is empty")
_raw("cut_off_in_the_middle", lambda whole: whole[: len(whole) // 2], "cut short")
_raw("a_script", lambda whole: b"answers = {}\nprint(answers)\n", "a text or a script")
_raw("a_word_document", lambda whole: b"PK\x03\x04rest", "a Word document or a packed (zip) file")
_raw("a_pdf", lambda whole: b"%PDF-1.7 rest", "is a PDF")
_raw("a_web_page", lambda whole: b"<!doctype html><p>Sign in</p>", "web page")
_raw("a_list", lambda whole: b"[1, 2]", "no notebook")
_raw("a_dict_without_cells", lambda whole: b'{"cells": "none"}', "no cells")
_raw("zeros_of_a_full_disk", lambda whole: bytes(5000), "is empty")


@odd(marks=None, told="is a folder, not a notebook")
def a_folder_of_that_name(notebook, folder):
    (folder / FILE).mkdir(parents=True)
    return True


@odd(marks=None, told="There is a packed file. Unpack it there.")
def a_packed_file(notebook, folder):
    folder.mkdir(parents=True)
    (folder / "homework.zip").write_bytes(b"PK")
    return True


@odd(marks=None, told="It is empty.")
def an_empty_folder(notebook, folder):
    folder.mkdir(parents=True)
    return True


BY_NAME = {one.name: one for one in ODD}


@dataclass
class Graded:
    course: Course
    before: dict
    mended: dict
    after: dict
    marks: dict
    output: str


def spoken(submissions):
    return {one.learner: one for one in submissions}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, warm):
    """All odd hand-ins of one exercise, looked at, mended, graded by `nbgrader autograde`, and looked at again."""
    course = Course(tmp_path_factory.mktemp("course"), warm)
    course.run("generate_assignment", NAME, "--create")
    released = json.loads((course.folder / "exercises" / NAME / FILE).read_text("utf-8"))
    for one in released["cells"]:
        one["source"] = "".join(one["source"])
    cell(released, "answers")["source"] = answer_cell(MODEL)
    solution = json.loads((ROOT / "solutions" / NAME / FILE).read_text("utf-8"))
    cell(released, "code")["source"] = "".join(cell(solution, "code")["source"])
    for one in ODD:
        folder = course.folder / "submitted" / one.name / NAME
        notebook = copy.deepcopy(released)
        if one.make(notebook, folder) is not True:
            write(folder, notebook)
    exercise = find_exercise(NAME, course.folder)
    before = spoken(look_at_all(exercise))
    mended = spoken(look_at_all(exercise, mend=True))
    # some cannot be marked, and the batch goes on
    output = course.autograde(NAME, fails=True)
    after = spoken(look_at_all(exercise))
    return Graded(course, before, mended, after, course.marks(NAME), output)


@pytest.mark.parametrize("name", BY_NAME)
def test_the_marks_are_right_or_somebody_is_told(graded, name):
    case = BY_NAME[name]
    said = graded.mended[name].look
    place = graded.course.folder / "autograded" / name / NAME / FILE
    if case.marks is None:
        assert not place.exists()
    else:
        assert graded.marks[name] == {**FULL, **case.marks}
    assert case.told in " ".join(said)
    assert bool(said) == bool(case.told), said
    assert case.mended in " ".join(graded.mended[name].mended), graded.mended[name].mended
    assert not any("\n" in line for line in said)


@pytest.mark.parametrize("name", BY_NAME)
def test_no_zero_is_silent(graded, name):
    if not any(graded.marks.get(name, NOTHING).values()):
        assert graded.after[name].look


def test_cxkit_grade_gives_the_same_marks_cell_by_cell_and_names_the_same_people(graded):
    ours, done = graded.course.graded_by_us(NAME)
    stock, own = graded.marks, ours.marks(NAME)
    # where nbgrader gives none, a silent zero stands in its gradebook
    given = {one.name for one in ODD if one.marks is not None}
    assert set(own) == given and set(done.no_marks) == set(BY_NAME) - given
    assert own == {name: stock[name] for name in given}
    for name, case in BY_NAME.items():
        assert case.told in " ".join(done.look.get(name, [])), (name, done.look.get(name))
        assert bool(done.look.get(name)) == bool(case.told), (name, done.look.get(name))


def test_all_are_looked_at_in_order(graded):
    assert list(graded.before) == sorted(BY_NAME) == list(graded.after)


def test_a_renamed_notebook_is_named_and_its_copy_made_only_when_asked(graded):
    names = [
        "renamed",
        "saved_as_text_by_the_mail_program",
        "in_a_folder_of_the_wrong_name",
        "in_a_folder_in_the_folder",
        "נועה_לוי",
    ]
    for name in names:
        assert "--mend" in " ".join(graded.before[name].look) and not graded.before[name].copied
        assert "was copied to" in graded.mended[name].copied
        assert not graded.after[name].look
    folder = graded.course.folder / "submitted" / "renamed" / NAME
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["Dana's exercise (final) (1).ipynb", FILE]
    )


def test_a_copy_that_was_not_marked_can_still_be_read(graded):
    name = "copied_the_answer_cell_and_changed_the_copy"
    notebook = nbformat.read(graded.course.folder / "autograded" / name / NAME / FILE, as_version=4)
    shown = [one.source for one in notebook.cells if "A copy of a cell, which was not marked" in one.source]
    assert len(shown) == 1 and "first session" in shown[0]


def test_long_outputs_do_not_fill_the_report(graded):
    place = graded.course.folder / "autograded" / "twenty_megabytes_of_output" / NAME / FILE
    assert place.stat().st_size < 200_000
    assert "left out here" in place.read_text("utf-8")


def test_a_page_of_words_comes_out_for_all_that_were_marked(graded):
    graded.course.run("generate_feedback", NAME)
    pages = {path.parts[-3] for path in (graded.course.folder / "feedback").glob(f"*/{NAME}/*.html")}
    assert pages == {one.name for one in ODD if one.marks is not None}


def test_the_reason_stands_in_nbgraders_own_report(graded):
    assert "This is another exercise, “02_other_story”" in graded.output
    assert "a_word_document" in graded.output


# --- after the marks


@pytest.fixture
def course(tmp_path):
    """A course folder with one hand-in that was marked, made without nbgrader: full marks for nothing."""
    for place in ("solutions", "exercises"):
        folder = tmp_path / place / NAME
        folder.mkdir(parents=True)
        for path in (ROOT / place / NAME).glob(f"{NAME}.*"):
            (folder / path.name).write_bytes(path.read_bytes())
    notebook = json.loads((tmp_path / "exercises" / NAME / FILE).read_text("utf-8"))
    cell(notebook, "answers")["source"] = answer_cell(MODEL)
    write(tmp_path / "submitted" / "dana" / NAME, notebook)
    return tmp_path


def mark(course, value="1", output_type="execute_result", learner="dana"):
    notebook = json.loads((course / "submitted" / "dana" / NAME / FILE).read_text("utf-8"))
    for name in FULL:
        result = {
            "output_type": output_type,
            "execution_count": 1,
            "data": {"text/plain": value},
            "metadata": {},
        }
        if output_type == "error":
            result = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
        cell(notebook, name)["outputs"] = [result]
    write(course / "autograded" / learner / NAME, notebook)


def said_of(course, learner="dana"):
    return " ".join(spoken(look_at_all(find_exercise(NAME, course)))[learner].look)


def test_all_zeros_for_answers_are_named(course):
    mark(course, "0")
    assert "all marks are 0" in said_of(course)


def test_marks_that_are_not_all_zero_are_fine(course):
    mark(course, "0.5")
    assert said_of(course) == ""


def test_a_check_that_stopped_is_named(course):
    mark(course, output_type="error")
    assert "The check of “order”, “stage”" in said_of(course)


def test_one_that_was_not_marked_when_others_were_is_named(course):
    mark(course, learner="noa")
    assert "It is not marked." in said_of(course)


def test_one_that_came_again_after_the_marks_is_named(course):
    mark(course)
    late = time.time() + 100
    os.utime(course / "submitted" / "dana" / NAME / FILE, (late, late))
    assert "handed in again" in said_of(course)


# --- the command


def run(capsys, *words):
    code = cli.main(["look", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command_names_only_those_who_need_a_look(course, capsys, monkeypatch):
    monkeypatch.chdir(course)
    assert run(capsys, NAME) == (0, f"All is well with 1 submission of “{NAME}”.\n", "")
    write(course / "submitted" / "נועה לוי" / NAME, {"cells": []}, "notes.ipynb")
    write(course / "submitted" / "ruth" / NAME, {}, FILE)
    code, out, _ = run(capsys, NAME)
    lines = out.splitlines()
    assert code == 0 and len(lines) == 4
    assert lines[0].startswith("ruth: ") and lines[1].startswith(
        "נועה לוי: No notebook of this exercise is in the folder."
    )
    assert lines[3] == f"2 of 3 submissions of “{NAME}” need your look."
    assert "dana: fine" in run(capsys, NAME, "--all")[1]


def test_the_command_mends_a_name_once_and_says_so(course, capsys, monkeypatch):
    folder = course / "submitted" / "dana" / NAME
    (folder / FILE).rename(folder / "mine.ipynb")
    monkeypatch.chdir(folder)  # any folder of the course will do
    assert "`--mend` copies it" in run(capsys, NAME)[1]
    code, out, _ = run(capsys, NAME, "--mend")
    assert code == 0 and "“01_physio_journey/mine.ipynb” was copied to" in out
    assert (folder / FILE).read_bytes() == (folder / "mine.ipynb").read_bytes()
    assert "All is well" in run(capsys, NAME, "--mend")[1]


def test_the_command_knows_its_exercises(course, capsys, monkeypatch):
    monkeypatch.chdir(course)
    code, out, err = run(capsys, "no_such_exercise")
    assert (code, out) == (1, "") and f"There are: {NAME}." in err
    (course / "submitted").rename(course / "elsewhere")
    assert "Nobody has handed in" in run(capsys, NAME)[1]


# --- the pieces


EXERCISES = sorted(
    path.stem for path in (ROOT / "solutions").glob("*/*.ipynb") if path.stem == path.parent.name
)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_honest_hand_in_is_left_as_it_is(exercise):
    notebook = open_notebook(ROOT / "solutions" / exercise / f"{exercise}.ipynb")
    cells, notes = put_right(notebook["cells"], known_cells(notebook))
    assert (cells, notes) == (notebook["cells"], [])


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_hand_in_that_lost_all_signs_gets_them_back(exercise):
    notebook = open_notebook(ROOT / "solutions" / exercise / f"{exercise}.ipynb")
    bare = [{**one, "metadata": {}} for one in notebook["cells"]]
    cells, _ = put_right(bare, known_cells(notebook))
    assert [sign(one) for one in cells] == [sign(one) for one in notebook["cells"]]


@pytest.mark.parametrize(
    "source",
    [
        "answers = {'a': 'He said “I wait”', 'b': 'l’hôpital'}",
        "answers = {}",
        "answers = dict(a=1)",
        "answers = {",
        "",
        "answers = {'a': 1}\nanswers['b'] = 2",
    ],
)
def test_what_runs_or_cannot_be_helped_is_not_touched(source):
    assert readable(source) == (source, [])


@pytest.mark.parametrize(
    ("source", "answers"),
    [
        ("answers = {“a”: “don’t know”}", {"a": "don’t know"}),
        ("answers = {‘a’: “he said 'no'”}", {"a": "he said 'no'"}),
        ('answers = {“a”: “the "list" is lost”}', {"a": 'the "list" is lost'}),
        ("answers = {״a״: ״מחכה״}", {"a": "מחכה"}),
        ("answers = {”a”: ”b”}", {"a": "b"}),
        ("Answers = {'a': 'b'}", {"a": "b"}),
        ("My answers:\n\nanswers = {'a': 'b'}\n\nBest, Dana", {"a": "b"}),
        ("answers\u00a0= {'a': 'b\u00a0c'}", {"a": "b c"}),
    ],
)
def test_answers_are_read_as_they_were_meant(source, answers):
    assert read(readable(source)[0]) == answers


def test_a_very_long_cell_does_not_hold_up_a_class():
    began = time.monotonic()
    readable("answers = {" + "“a”: “b”}" * 4000)
    readable("answers = {\n" * 15_000)
    assert time.monotonic() - began < 20


def test_a_file_that_cannot_be_opened_is_no_notebook(tmp_path):
    with pytest.raises(CannotMarkError, match="is a folder"):
        open_notebook(tmp_path)
    place = tmp_path / "deep.ipynb"
    place.write_text("[" * 100_000, "utf-8")
    with pytest.raises(CannotMarkError, match="no notebook"):
        open_notebook(place)
    assert Path(place).exists()

"""Check my work: the same marks and words as an instructor's run, nothing left behind, hints and tries counted."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import ipywidgets
import pytest
from answer_sets import answer_sets, answers_of, code_of, marked, model_answers
from ipywidgets.widgets.widget import _instances
from nbgrader_course import ROOT

import cxkit as cx
from cxkit.teaching import progress, selfcheck
from cxkit.teaching.marking import Mark, Point
from cxkit.teaching.model_answer import model_html, reasons_of
from cxkit.teaching.progress import exercise_record, load_record, progress_file, record_copy, record_exercise
from cxkit.teaching.questions import read_questions
from cxkit.teaching.selfcheck import Checked, check_answers, find_solution, total_of
from cxkit.teaching.words import WORDS, words_for

NOT_A_DICT = words_for("en")["not_a_dict"]

EXERCISE = "01_physio_journey"
SOLUTION = ROOT / "solutions" / EXERCISE / f"{EXERCISE}.ipynb"
MODEL = model_answers(EXERCISE)
HALF = {**MODEL, "wait_before": "survey", "wait_length": "eight days"}
SETS = {one["name"]: one for one in answer_sets(EXERCISE)["sets"]}
GOOD = "def ownerless(touchpoints):\n    return [t['touchpoint'] for t in touchpoints if t['owner'] in ('', 'Nobody')]"


@pytest.fixture
def alone(tmp_path, monkeypatch):
    """A folder as of somebody who learns alone: the exercise, and the solutions at hand."""
    shutil.copytree(SOLUTION.parent, tmp_path / "solutions" / EXERCISE)
    folder = tmp_path / "exercises" / EXERCISE
    folder.mkdir(parents=True)
    shutil.copy(SOLUTION.with_suffix(".yaml"), folder)
    monkeypatch.chdir(folder)
    return tmp_path


@pytest.fixture
def classroom(alone):
    """The same, but the solutions are with the instructor."""
    shutil.rmtree(alone / "solutions")
    return alone


def open_sheet(answers, code=""):
    """The sheet as the notebook's cells make it."""
    names = {"cx": cx, "answers": answers}
    exec(f"sheet = cx.sheet('{EXERCISE}')\n{code}\nextra = sheet.extra('ownerless', globals())", names)
    return names["sheet"]


def press(sheet, button="check", **more):
    sheet._heard(sheet, {"kind": "button", "button": button, **more}, [])
    return sheet.result.get("total")


def hint(sheet, question, opened):
    sheet._heard(sheet, {"kind": "hint", "question": question, "opened": opened}, [])


def words(sheet, part):
    return [line for one in sheet.messages[f"part:{part}"] for line in [one["text"], *one.get("lines", [])]]


# ---- marks and words as an instructor gives them ----


@pytest.mark.parametrize("name", SETS)
def test_the_page_says_the_marks_and_words_of_an_instructors_run(alone, name):
    one = SETS[name]
    answers = answers_of(EXERCISE, one)
    code = code_of(EXERCISE, one)["code"]
    found = marked(EXERCISE, answers, {"code": code})
    sheet = open_sheet(answers, code)
    press(sheet)
    shown = [message for part in sheet.questions["parts"] for message in sheet.messages[f"part:{part['id']}"]]
    shown += sheet.result["extra"]
    for message, each in zip(shown, found.values(), strict=True):
        more = [words_for("en")["code_first"]] if each.extra and not message["ok"] else []
        assert message["lines"] == each.mark.words + more
        assert message["text"] == f"{each.title}: {each.mark.value:g} of {each.mark.of:g} marks"
        assert (message["state"] == "good") == (each.mark.value == each.mark.of)
    total = total_of(list(found.values()))
    assert sheet.result["total"] == f"{total.value:g} of 20 marks, and {total.extra:g} of 2 extra"


def test_an_untouched_sheet_has_no_marks_and_no_try(alone):
    sheet = open_sheet({})
    assert press(sheet) == "0 of 20 marks, and 0 of 2 extra"
    assert words(sheet, "wait") == ["The wait: 0 of 2 marks", "You have not answered this part yet."]
    assert exercise_record(EXERCISE)["tries"] == 0
    # an optional part that is open is no fault
    assert [one["state"] for one in sheet.result["extra"]] == ["plain"]


def test_answers_that_cannot_be_read_are_told_and_mended_by_the_form(alone):
    sheet = open_sheet("the list")
    press(sheet)
    assert words(sheet, "wait")[1] == NOT_A_DICT
    assert press(sheet, answers=MODEL) == "20 of 20 marks, and 0 of 2 extra"


# ---- nothing is left behind ----


def test_a_check_leaves_no_widget_no_name_and_no_folder_behind(alone, capsys):
    names = {"cx": cx, "answers": HALF, "owners": "mine", "one_of": "mine", "stories": "mine"}
    exec(
        f"sheet = cx.sheet('{EXERCISE}')\ndef ownerless(touchpoints):\n    print('from my function')\n    return []",
        names,
    )
    exec("extra = sheet.extra('ownerless', globals())", names)
    before, here, mine = set(_instances), Path.cwd(), {key: id(value) for key, value in names.items()}
    opened = ipywidgets.Widget.open
    for _ in range(3):
        press(names["sheet"])
    assert set(_instances) == before and ipywidgets.Widget.open is opened
    assert {key: id(value) for key, value in names.items()} == mine
    assert Path.cwd() == here and "NBGRADER_EXECUTION" not in os.environ
    assert capsys.readouterr() == ("", "")
    record = json.loads(progress_file().read_text("utf-8"))
    # the solution starts the exercise in its own first cell; that is not the learner
    assert record["lessons"] == {} and list(record["exercises"]) == [EXERCISE]


def test_the_learners_answers_are_not_changed_by_a_check(alone):
    sheet = open_sheet(HALF)
    before = json.dumps(sheet.answers)
    press(sheet)
    assert json.dumps(sheet.answers) == before


def test_a_check_answers_at_once(alone):
    sheet = open_sheet(HALF)
    press(sheet)
    begun = time.perf_counter()
    press(sheet)
    assert time.perf_counter() - begun < 2


# ---- the optional part in code ----


def test_the_function_in_the_kernel_is_what_counts(alone):
    names = {"cx": cx, "answers": MODEL}
    exec(f"sheet = cx.sheet('{EXERCISE}')\nextra = sheet.extra('ownerless', globals())", names)
    assert press(names["sheet"]).endswith("0 of 2 extra")
    exec(GOOD, names)
    assert press(names["sheet"]) == "20 of 20 marks, and 2 of 2 extra"


def test_a_check_that_uses_the_functions_name_for_itself_does_not_hide_it(alone):
    break_solution(alone, "wait", "# Marked: the wait (2 marks)\nownerless = 3\nsheet.mark('wait', [])")
    assert press(open_sheet(MODEL, GOOD)).endswith("2 of 2 extra")


def test_what_a_person_marks_is_told_apart(alone):
    path = alone / "solutions" / EXERCISE / f"{EXERCISE}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    about = {"grade_id": "read", "task": True, "grade": False, "solution": False, "points": 3}
    notebook["cells"] = [
        {"cell_type": "markdown", "source": "Read it.", "metadata": {"nbgrader": about}}
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "breaks"
        else cell
        for cell in notebook["cells"]
    ]
    path.write_text(json.dumps(notebook), "utf-8")
    sheet = open_sheet(HALF)
    assert press(sheet) == "15 of 17 marks, and 0 of 2 extra. A person gives 3 more"
    assert words(sheet, "breaks") == ["Complete.", words_for("en")["read_by_hand"]]
    sheet.answers = {**HALF, "new_owner": ""}
    assert "has no answer yet" in words(sheet, "breaks")[0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1 / 0", "ZeroDivisionError"),
        ("raise SystemExit", "asked Python to end"),
        ("\n    while True: pass", "ran for more than"),
        (
            "\n    while True:\n        try:\n            1 / 0\n        except Exception:\n            pass",
            "ran for more than",
        ),
    ],
)
def test_a_function_that_does_not_come_back_is_told_in_words(alone, monkeypatch, body, said):
    monkeypatch.setattr(selfcheck, "PATIENCE", 0.3)
    sheet = open_sheet(MODEL, f"def ownerless(touchpoints): {body}")
    assert press(sheet) == "20 of 20 marks, and 0 of 2 extra"
    assert said in sheet.result["extra"][0]["lines"][0]


def test_without_the_code_nothing_of_it_is_run(tmp_path):
    trap = tmp_path / "ran"
    code = f"from pathlib import Path\nPath({str(trap)!r}).touch()"
    check_answers(SOLUTION, MODEL)
    assert not trap.exists()
    check_answers(SOLUTION, MODEL, {"code": code})
    assert trap.exists()


# ---- where the solution is at fault, or not there ----


def break_solution(folder, grade_id, source):
    path = folder / "solutions" / EXERCISE / f"{EXERCISE}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            cell["source"] = source
    path.write_text(json.dumps(notebook), "utf-8")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# Marked: the wait (2 marks)\n1 / 0", "“wait” stopped with ZeroDivisionError"),
        ("# Marked: the wait (2 marks)\nx =", "“wait” stopped with SyntaxError"),
        ("# Marked: the wait (2 marks)\nsheet.check('wait')", "has to be the marks"),
        ("# Marked: the wait (2 marks)\nexit()", "“wait” stopped with"),
    ],
)
def test_a_fault_of_the_solution_is_told_in_words_and_costs_nothing(alone, source, said):
    break_solution(alone, "wait", source)
    sheet = open_sheet(MODEL)
    assert press(sheet) == "3 of 3 parts are complete"
    (line,) = sheet.result["lines"]
    assert "fault in the course, not in your answers" in line and said in line and "Traceback" not in line
    assert exercise_record(EXERCISE)["tries"] == 0 and not sheet.result["model"]
    assert words(sheet, "wait") == ["Complete."]


def test_a_solution_that_is_no_notebook_is_told_in_words(alone):
    (alone / "solutions" / EXERCISE / f"{EXERCISE}.ipynb").write_text("<html>", "utf-8")
    sheet = open_sheet(MODEL)
    press(sheet)
    assert "fault in the course" in sheet.result["lines"][0]


def test_in_a_classroom_it_says_what_is_complete_and_where_marks_come_from(classroom):
    sheet = open_sheet({name: answer for name, answer in MODEL.items() if name != "wait_length"})
    assert press(sheet) == "2 of 3 parts are complete"
    assert sheet.result["lines"] == ["Marks come from your instructor, after you hand in."]
    assert words(sheet, "map") == ["Complete."]
    assert words(sheet, "wait") == ["To do: “How long was that wait?” has no answer yet."]
    for answers in (MODEL, HALF, MODEL):
        press(sheet, answers=answers)
    assert sheet.result["total"] == "3 of 3 parts are complete" and not sheet.result["model"]
    press(sheet, "model")
    assert sheet.model_answer == {}


def test_without_marks_the_words_follow_the_form(classroom):
    sheet = open_sheet({})
    press(sheet)
    sheet.answers = MODEL
    assert words(sheet, "wait") == ["Complete."] and sheet.result["total"] == "3 of 3 parts are complete"


def test_in_an_instructors_run_none_of_this_happens(alone, monkeypatch, home):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    sheet = open_sheet(HALF)
    hint(sheet, "journey", 1)
    for answers in (HALF, MODEL):
        assert press(sheet, answers=answers) == "3 of 3 parts are complete"
    press(sheet, "model")
    assert sheet.model_answer == {} and not sheet.result["model"] and not home.exists()


def test_a_solution_is_found_from_any_folder_below(alone):
    assert find_solution(EXERCISE) == find_solution(EXERCISE, alone)
    assert find_solution("99_no_such_exercise") is None


# ---- hints ----


def test_hints_are_counted_and_cost_nothing(alone):
    sheet = open_sheet(MODEL)
    assert sheet.result == {}
    hint(sheet, "journey", 1)
    hint(sheet, "journey", 2)
    hint(sheet, "journey", 1)  # the page was opened again
    assert sheet.result["hints"] == "You opened 2 of 3 hints. They cost nothing."
    assert exercise_record(EXERCISE)["hints"] == {"journey": 2}
    assert press(sheet) == "20 of 20 marks, and 0 of 2 extra"
    assert sheet.result["hints"] == "You opened 2 of 3 hints. They cost nothing."
    assert open_sheet({}).result["hints"] == "You opened 2 of 3 hints. They cost nothing."


@pytest.mark.parametrize(
    ("question", "opened"),
    [("no_such", 1), ("wait_before", 1), ("journey", 99), ("journey", "x"), (None, None), ("journey", -1)],
)
def test_a_hint_that_is_not_there_is_not_counted(alone, question, opened):
    sheet = open_sheet({})
    hint(sheet, question, opened)
    assert sum(exercise_record(EXERCISE)["hints"].values()) <= 2


# ---- tries, and the model answer ----


def test_only_a_check_of_other_answers_is_a_new_try(alone):
    sheet = open_sheet(HALF)
    press(sheet)
    assert sheet.result["lines"][0] == "This was try 1. You can open the model answer after 2 tries."
    press(sheet)
    assert "It is still try 1." in sheet.result["lines"][0]
    press(open_sheet(HALF))  # the notebook was opened again
    assert exercise_record(EXERCISE)["tries"] == 1
    press(sheet, answers={**HALF, "wait_length": "some weeks"})
    assert sheet.result["lines"][0] == "This was try 2."
    assert exercise_record(EXERCISE)["marks"] == [19.0, 20.0, 0.0, 2]


def test_the_model_answer_opens_after_two_tries_and_not_before(alone):
    sheet = open_sheet(HALF)
    press(sheet)
    press(sheet)
    assert not sheet.result["model"]
    press(sheet, "model")
    assert sheet.model_answer == {} and exercise_record(EXERCISE)["model"] is None
    press(sheet, answers={**HALF, "wait_length": "one month"})
    assert sheet.result["model"] and sheet.model_answer == {}
    why = reasons_of(SOLUTION)["wait"][0]
    assert why not in json.dumps(sheet.get_state(), default=str)
    press(sheet, "model")
    assert why in sheet.model_answer["html"]
    assert exercise_record(EXERCISE)["model"]
    # a page that is opened again does not hold it until it is asked for
    again = open_sheet(HALF)
    assert again.result["model"] and again.model_answer == {}


def test_with_full_marks_the_model_answer_is_open_at_once(alone):
    sheet = open_sheet(MODEL)
    press(sheet)
    assert sheet.result["model"] and sheet.result["full"]


def test_the_model_answer_speaks_the_forms_words(alone):
    sheet = open_sheet(HALF)
    press(sheet)
    press(sheet, answers={**HALF, "new_owner": "<b>a clerk</b>"})
    press(sheet, "model")
    html = sheet.model_answer["html"]
    assert "The practice asks what to do better" in html and "He asks what happened to his new time" in html
    assert ">survey<" not in html and ">question<" not in html
    assert "&lt;b&gt;a clerk" in html and "<b>a clerk" not in html
    for part, lines in reasons_of(SOLUTION).items():
        assert all(line.replace("'", "&#x27;") in html for line in lines), part


def test_every_kind_of_question_has_a_model_answer():
    rows = [{"step": "a", "way": "p"}, {"step": "b"}]
    cards = [{"id": "a", "label": "Card A"}, {"id": "b", "label": "Card B"}]
    columns = [{"id": "way", "label": "Way", "options": [{"id": "p", "label": "By phone"}]}]
    asked = [
        ({"kind": "choice", "options": [{"id": "x", "label": "Choice X"}]}, "x", "Choice X"),
        (
            {"kind": "several", "options": [{"id": "x", "label": "Several X"}, "y"]},
            ["x", "y"],
            "<li>Several X</li><li>y",
        ),
        ({"kind": "text"}, "line\n<two>", "line<br>&lt;two&gt;"),
        ({"kind": "number", "unit": "days"}, "12,5", "<bdi>12,5</bdi> days"),
        ({"kind": "scale", "low": 1, "high": 3, "labels": ["low", "mid", "high"]}, 2, "mid"),
        ({"kind": "scale", "low": 0, "high": 9, "unit": "%"}, 7, "7 %"),
        ({"kind": "steps", "cards": cards, "columns": columns}, rows, "<strong>Card A</strong><br>By phone"),
        ({"kind": "steps", "cards": cards, "columns": columns, "ordered": False}, rows, "By phone"),
        ({"kind": "journey"}, [{"touchpoint": "Call", "owner": "Desk"}], "<strong>Call</strong><br>Desk"),
    ]
    labels = words_for("en")
    for question, answer, piece in asked:
        spec = {"parts": [{"id": "p", "questions": [{"id": "q", "ask": "What?", **question}]}]}
        assert piece in model_html(spec, {}, {"q": answer}, {}, labels), question
        assert "no answer" in model_html(spec, {}, {"q": answer}, {}, labels)
        assert piece in model_html(spec, {"q": answer}, {}, {"p": ["Because."]}, labels)
        for odd in ([1, {"step": ["x"]}], "x", 5, {"a": 1}, [[]], True):
            model_html(spec, {"q": odd}, {"q": answer}, {}, labels)


def test_a_change_after_a_check_takes_its_marks_away_until_the_next(alone):
    sheet = open_sheet(HALF)
    press(sheet)
    sheet.answers = {**HALF, "wait_length": "some weeks"}
    assert sheet.result["total"] == "Before your last change: 18 of 20 marks, and 0 of 2 extra"
    assert words(sheet, "wait") == ["You changed this part. Check again to see its marks."]
    assert words(sheet, "breaks")[0] == "Where it breaks: 3 of 3 marks"
    sheet.answers = HALF
    assert sheet.result["total"] == "18 of 20 marks, and 0 of 2 extra"
    assert words(sheet, "wait")[0] == "The wait: 0 of 2 marks"


def test_each_answer_of_the_button_is_news_for_the_page(alone):
    sheet = open_sheet(HALF)
    rounds = []
    for _ in range(3):
        press(sheet)
        rounds.append(sheet.result["round"])
    assert len(set(rounds)) == 3
    sheet.answers = MODEL
    assert sheet.result["round"] == rounds[-1]


# ---- the record ----


def test_progress_shows_the_exercise_and_erases_it(alone):
    sheet = open_sheet(HALF)
    hint(sheet, "journey", 2)
    press(sheet)
    press(sheet, answers={**HALF, "wait_length": "some weeks"})
    press(sheet, "model")
    assert cx.progress().lines() == [
        "Exercise: His journey after a knee operation: 19 of 20 marks, and 0 of 2 extra. Tries: 2. "
        "Hints opened: 2 of 3. Model answer: opened"
    ]
    copy = record_copy()
    progress.erase_record()
    assert exercise_record(EXERCISE)["tries"] == 0
    load_record(copy)
    assert exercise_record(EXERCISE)["tries"] == 2
    progress.erase_record()
    # what was counted before does not come back with the next check
    press(sheet, answers=HALF)
    assert exercise_record(EXERCISE)["tries"] == 1 and not sheet.result["model"]


def test_in_the_course_the_exercises_stand_below_the_lessons(monkeypatch):
    monkeypatch.chdir(ROOT / "course")
    record_exercise("02_x", "<b>Two</b>", tries=1, marks=[3, 20, 0, 2], hints={}, hints_of=4)
    record_exercise("01_y", "One", hints={"q": 1}, hints_of=3)
    html = cx.progress()._repr_html_()
    assert html.index("One</bdi>") < html.index("&lt;b&gt;Two") and "not checked yet" in html
    assert "3 of 20 marks, and 0 of 2 extra" in html and "0 of 4" in html
    hebrew = cx.progress("he")._repr_html_()
    assert "תרגילים" in hebrew and "Exercises" not in hebrew


def test_an_older_record_still_loads(home):
    home.mkdir()
    old = {"version": 1, "lessons": {"01": {"title": "One", "opened": "2026-01-01T10:00:00"}}, "quizzes": {}}
    progress_file().write_text(json.dumps(old), "utf-8")
    record_exercise("01_y", "One", tries=1)
    assert json.loads(progress_file().read_text("utf-8"))["lessons"] == old["lessons"]
    assert exercise_record("01_y")["tries"] == 1


@pytest.mark.parametrize(
    "entry",
    [
        {"marks": "all"},
        {"marks": [1, 2]},
        {"marks": [1, 2, None, 4]},
        {"hints": {"q": "x"}},
        {"hints": {"q": -3}},
    ],
)
def test_an_entry_that_was_changed_by_hand_does_no_harm(alone, home, entry):
    home.mkdir()
    whole = {"title": "T", "tries": 1, "hints": {}, **entry}
    progress_file().write_text(
        json.dumps({"version": 1, "lessons": {}, "quizzes": {}, "exercises": {EXERCISE: whole}}), "utf-8"
    )
    assert cx.progress().lines()
    sheet = open_sheet(HALF)
    press(sheet)
    assert exercise_record(EXERCISE)["tries"] == 2


def test_a_disk_that_takes_nothing_takes_no_marks_away(alone, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress, "_write", full)
    sheet = open_sheet(HALF)
    assert press(sheet) == "18 of 20 marks, and 0 of 2 extra"
    press(sheet, answers={**HALF, "wait_length": "some weeks"})
    assert sheet.result["lines"][0] == "This was try 2." and sheet.result["model"]
    assert "No space left" in sheet.note


# ---- small things ----


def test_a_total_counts_extra_marks_apart():
    def one(name, got, of):
        return Checked(name, name, Mark([Point(got, of)]))

    total = total_of([one("a", 0.1, 1), one("b", 0.2, 2), one("extra", 1, 2), one("extra_two", 0, 1)])
    assert total.words(words_for("en")) == "0.3 of 3 marks, and 1 of 3 extra" and not total.full
    assert total_of([one("a", 1, 1)]).words(words_for("en")) == "1 of 1 marks"


def test_hebrew_says_it_all(alone):
    path = alone / "exercises" / EXERCISE / f"{EXERCISE}.yaml"
    for copy in (path, alone / "solutions" / EXERCISE / f"{EXERCISE}.yaml"):
        copy.write_text(copy.read_text("utf-8").replace("language: en", "language: he"), "utf-8")
    assert read_questions(path)["language"] == "he"
    sheet = open_sheet(HALF)
    hint(sheet, "journey", 1)
    assert press(sheet) == "18 מתוך 20 נקודות, ועוד 0 מתוך 2 נקודות רשות"
    assert "רמזים" in sheet.result["hints"] and sheet.words["model_button"] == WORDS["he"]["model_button"]

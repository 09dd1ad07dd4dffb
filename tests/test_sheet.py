"""Answer sheets: whatever was typed is shown or said in words, and a sheet is complete exactly when it is."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader_course import ROOT, model_answers

import cxkit as cx
from cxkit.teaching.marking import Point, one_of
from cxkit.teaching.questions import questions_of, read_questions
from cxkit.teaching.sheet import Sheet
from cxkit.teaching.words import words_for

NOT_A_DICT = words_for("en")["not_a_dict"]

EXERCISE = "01_physio_journey"
QUESTIONS = read_questions(ROOT / "solutions" / EXERCISE / f"{EXERCISE}.yaml")
MODEL = model_answers(EXERCISE)
PARTS = [part["id"] for part in QUESTIONS["parts"]]
COLUMNS = ["order", "stage", "channel", "owner"]


def sheet(answers, questions=QUESTIONS):
    return Sheet(questions, answers)


def press(one, button):
    one._heard(one, {"kind": "button", "button": button}, [])


def with_rows(**changes):
    return {**MODEL, "journey": [{**row, **changes} for row in MODEL["journey"]]}


# ---- a whole sheet ----


def test_the_model_solution_is_complete_everywhere():
    one = sheet(MODEL)
    assert one.answers == MODEL
    assert [one.open_points(part) for part in PARTS] == [[], [], []]
    assert [one.look(part) for part in PARTS] == [[{"ok": None, "text": "Complete."}]] * 3
    assert [one.open_points("map", column) for column in COLUMNS] == [[]] * 4
    assert repr(one.check("map", "order")) == "Complete."


@pytest.mark.parametrize("name", MODEL)
def test_one_answer_less_and_its_part_is_open(name):
    one = sheet({key: answer for key, answer in MODEL.items() if key != name})
    open_parts = [part["id"] for part in QUESTIONS["parts"] if one.open_points(part["id"])]
    assert open_parts == [
        part["id"]
        for part in QUESTIONS["parts"]
        if name in [question["id"] for question in part["questions"]]
    ]
    ask = next(question["ask"] for question in questions_of(QUESTIONS) if question["id"] == name)
    assert [fault for part in PARTS for fault in one.open_points(part)] == [f"“{ask}” has no answer yet."]


@pytest.mark.parametrize("row", range(6))
@pytest.mark.parametrize("column", ["stage", "channel", "owner"])
def test_one_choice_less_and_only_its_column_is_open(row, column):
    answers = copy.deepcopy(MODEL)
    del answers["journey"][row][column]
    one = sheet(answers)
    assert [name for name in COLUMNS if one.open_points("map", name)] == [column]
    assert len(one.open_points("map")) == 1
    assert one.column("journey", column)[MODEL["journey"][row]["step"]] == ""


def test_a_step_that_is_missing_or_doubled_is_named():
    rows = MODEL["journey"]
    missing = sheet({**MODEL, "journey": rows[1:]})
    assert missing.open_points("map", "order") == ["The step “He asks for a first session” is missing."]
    twice = sheet({**MODEL, "journey": [*rows, rows[0]]})
    assert twice.open_points("map", "order") == ["The step “He asks for a first session” stands there twice."]


def test_a_choice_that_does_not_exist_is_named_as_it_was_typed():
    assert sheet({**MODEL, "wait_before": "the moon"}).open_points("wait") == [
        "“the moon” is not one of the choices of “Which step comes right after that wait?”."
    ]
    assert (
        sheet(with_rows(channel="fax")).open_points("map", "channel")
        == ["“fax” is not one of the choices of “Channel”."] * 6
    )


def test_too_few_words_are_told_so():
    assert "at least 5 words" in sheet({**MODEL, "break_words": "I wait"}).open_points("breaks")[0]


def test_a_part_that_is_not_there_is_an_authors_mistake_and_named():
    with pytest.raises(KeyError, match=r"There is no part 'maps'\. The parts are: map, wait, breaks"):
        sheet(MODEL).check("maps")


# ---- typed by hand ----


@pytest.mark.parametrize(
    "shape", [str.upper, str.title, lambda text: f"  {text} ", lambda text: text.replace(" ", "_")]
)
def test_typed_ids_are_understood_in_any_case(shape):
    typed = {
        shape(name): [{key: shape(value) for key, value in row.items()} for row in answer]
        if name == "journey"
        else answer
        if name in ("break_words", "new_owner")
        else shape(answer)
        for name, answer in MODEL.items()
    }
    assert sheet(typed).answers == MODEL


def test_typed_labels_are_understood_in_any_case():
    labels = {card["id"]: card["label"] for card in next(questions_of(QUESTIONS))["cards"]}
    typed = {
        **MODEL,
        "journey": [{**row, "step": labels[row["step"]].upper()} for row in MODEL["journey"]],
        "wait_before": labels["question"].lower(),
        "wait_length": "SOME WEEKS. The story gives no number",
    }
    assert sheet(typed).answers == MODEL


@pytest.mark.parametrize("shape", [str.upper, str.title, lambda text: f" {text}"])
def test_typed_names_inside_a_row_are_understood_in_any_case(shape):
    rows = [{shape(key): value for key, value in row.items()} for row in MODEL["journey"]]
    assert sheet({**MODEL, "journey": rows}).answers == MODEL


def test_bare_steps_give_the_order():
    steps = [row["step"] for row in MODEL["journey"]]
    one = sheet({"journey": tuple(steps)})
    assert one.order("journey") == steps and one.open_points("map", "order") == []
    assert one.column("journey", "owner") == dict.fromkeys(steps, "")


def test_several_drops_what_is_empty():
    questions = copy.deepcopy(QUESTIONS)
    questions["parts"][1]["questions"][0] |= {"kind": "several"}
    one = sheet({"wait_before": [None, "", "List"]}, questions)
    assert one.answers == {"wait_before": ["list"]}


def test_answers_that_nobody_asked_for_are_left_out():
    assert sheet({**MODEL, "colour": "red", 7: 7, None: None, ("a", 1): "x"}).answers == MODEL


# ---- anything at all ----

NAMES = [question["id"] for question in questions_of(QUESTIONS)]
IDS = ["appointment", "first session", "question", "care", "phone", "Nobody", "some weeks"]
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.binary(max_size=5)
    | st.text(max_size=20)
    | st.sampled_from(IDS)
    | st.integers(10, 2000).map(lambda times: "a b " * times)
)
fields = st.sampled_from(["step", "stage", "channel", "owner"])
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(fields | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=8,
)
almost_rows = st.lists(st.dictionaries(fields, st.sampled_from(IDS) | leaves, max_size=4), max_size=7)
anything = (
    values
    | st.dictionaries(st.sampled_from(NAMES), values | almost_rows, max_size=6)
    | st.dictionaries(
        st.none() | st.integers() | st.floats() | st.tuples(st.text(max_size=2)) | st.text(max_size=5), values
    )
)


def use(one):
    """All that a notebook does with a sheet."""
    for part in PARTS:
        press(one, "check")
        shown = one.check(part)
        assert repr(shown) == ("0" if one.open_points(part) else "Complete.")
        assert "text/html" in shown._repr_mimebundle_()
        mark = one.mark(part, one_of(one.answers.get("wait_before"), ["question"], 2, "Look again."))
        assert 0 <= float(repr(mark)) <= 2 and mark._repr_html_()
    for column in COLUMNS:
        one.check("map", column)
        one.mark("map", [Point(1.0, 1.0)])
    one.order("journey")
    for column in COLUMNS[1:]:
        one.column("journey", column)
    json.dumps(one.answers).encode("utf-8")
    try:
        one.journey()
    except cx.JourneyError as error:
        assert str(error)


@settings(max_examples=60)
@given(anything)
def test_nothing_that_was_typed_makes_a_sheet_fail(answers):
    one = sheet(answers)
    use(one)
    assert set(one.answers) <= set(NAMES)
    assert bool(one.trouble) == (not isinstance(answers, dict))


@settings(max_examples=25)
@given(st.dictionaries(st.sampled_from(NAMES), values, min_size=1, max_size=3))
def test_a_good_sheet_with_some_junk_in_it_does_not_fail(junk):
    use(sheet({**MODEL, **junk}))


@pytest.mark.parametrize(
    "junk", [10**5000, float("nan"), float("inf"), -0.0, "\ud800", "x" * 200_000, "\x00\x1b[31m", b"\xff"],
    ids=["huge number", "nan", "inf", "minus zero", "half a sign", "huge text", "control signs", "bytes"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["wait_before", "break_words", "journey", "a name"])
def test_strange_values_do_not_make_a_sheet_fail(junk, name):
    answers = {**MODEL, name: junk} if name != "a name" else {**MODEL, junk: "x"}
    one = sheet(answers)
    use(one)
    press(one, "map")
    assert one.picture and "Traceback" not in one.picture


@settings(max_examples=40)
@given(anything)
def test_what_was_tidied_once_is_tidy(answers):
    once = sheet(answers).answers
    assert repr(sheet(once).answers) == repr(once)


@pytest.mark.parametrize("answers", [None, 5, "text", [1, 2], {1, 2}, object()])
def test_what_is_no_answers_at_all_is_said_and_marked_as_none(answers):
    one = sheet(answers)
    assert one.answers == {} and one.open_points("map") == [NOT_A_DICT]
    mark = one.mark("map", [Point(3.0, 3.0)])
    assert (repr(mark), mark.of, mark.words) == ("0", 3.0, [NOT_A_DICT])


def test_choosing_in_the_form_mends_what_could_not_be_read():
    one = sheet("answers")
    shown = one.check("wait")
    one.answers = MODEL
    assert one.open_points("wait") == [] and repr(shown) == "Complete."
    assert one.mark("wait", [Point(2.0, 2.0)]).value == 2.0


# ---- checks follow the form ----


def test_a_check_follows_the_form():
    one = sheet({})
    shown = one.check("wait")
    assert repr(shown) == "0" and "has no answer yet" in shown.value
    press(one, "check")
    assert set(one.messages) == {"part:map", "part:wait", "part:breaks"}
    one.answers = {"wait_before": "question"}
    assert len(shown.faults) == 1 and len(one.messages["part:wait"]) == 1
    one.answers = MODEL
    assert repr(shown) == "Complete." and shown.value == "<p>✓ Complete.</p>"
    assert one.messages["part:wait"] == [{"ok": None, "text": "Complete."}]


def test_what_was_typed_is_shown_as_text_never_as_code():
    one = sheet({**MODEL, "wait_before": "<img src=x onerror=alert(1)>"})
    assert "<img" not in one.check("wait").value and "&lt;img" in one.check("wait").value


def test_a_part_that_was_not_answered_gets_none_and_says_so():
    mark = sheet({"wait_before": "question"}).mark("breaks", [Point(1.0, 1.0), Point(2.0, 2.0)])
    assert (repr(mark), mark.of, mark.words) == ("0", 3.0, ["You have not answered this part yet."])


@pytest.mark.parametrize(("kind", "answer"), [("scale", 0), ("number", 0), ("number", "0")])
def test_the_number_none_counts_as_an_answer(kind, answer):
    questions = copy.deepcopy(QUESTIONS)
    questions["parts"][1]["questions"] = [
        {"id": "days", "kind": kind, "ask": "How many?", "row": "D1", "low": 0, "high": 5}
    ]
    one = sheet({"days": answer}, questions)
    assert one.open_points("wait") == []
    assert one.mark("wait", one_of(one.answers["days"], ["0"], 2, "Count again.")).value == 2


def test_the_optional_part_is_never_called_complete():
    one = sheet(MODEL)
    assert repr(one.extra("mine", {})) == "0"
    assert repr(one.extra("mine", {"mine": len})).startswith("Optional: the function “mine” is there")


# ---- the map of one's own ----


def test_the_journey_is_the_learners_own():
    table = sheet(MODEL).journey().table
    assert list(table["stage"]) == [row["stage"] for row in MODEL["journey"]]
    assert list(table["channel"]) == [row["channel"] for row in MODEL["journey"]]
    assert list(table["owner"]) == [
        "" if row["owner"] == "Nobody" else row["owner"] for row in MODEL["journey"]
    ]
    broken = [row["step"] for row in MODEL["journey"]].index(MODEL["break_at"])
    assert MODEL["break_words"] in table["pain_point"].iloc[broken]


def test_the_map_asks_for_what_is_missing_in_words():
    for answers in ({}, {"journey": MODEL["journey"][:2]}, with_rows(owner=""), with_rows(stage="later")):
        one = sheet(answers)
        press(one, "map")
        if "<figure" not in one.picture:
            assert "needs a little more" in one.picture and "<li>" in one.picture
    one = sheet(with_rows(stage="later"))
    press(one, "map")
    assert "“later” is not one of the choices" in one.picture


@pytest.mark.parametrize(
    "text", ["I paid $5 and owe $6_", "$x_{", "a < b & c > d e", "אני מחכה כבר הרבה זמן", "line\nline"]
)
def test_the_map_is_drawn_whatever_the_pain_point_says(text):
    one = sheet({**MODEL, "break_words": text})
    press(one, "map")
    assert one.picture.startswith("<figure")


def test_where_the_map_cannot_be_drawn_there_is_always_a_reason():
    one = sheet({**MODEL, "break_words": "I wait \x00 and nobody calls me"})
    press(one, "map")
    assert "<figure" in one.picture or "<li>" in one.picture


# ---- in a notebook ----


def test_a_sheet_takes_the_answers_of_the_notebook(tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_bytes((ROOT / "solutions" / EXERCISE / f"{EXERCISE}.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    names = {"cx": cx, "answers": MODEL}
    exec("one = cx.sheet('mine')", names)
    assert names["one"].answers == MODEL
    exec("one = cx.sheet('mine')", empty := {"cx": cx})
    assert empty["one"].answers == {} and not empty["one"].trouble
    exec("one = cx.sheet('mine')", wrong := {"cx": cx, "answers": None})
    assert wrong["one"].trouble == NOT_A_DICT


# ---- pictures that follow, and a map of one's own ----

OWN = {
    "title": "Own map",
    "language": "en",
    "parts": [
        {
            "id": "own",
            "questions": [
                {"id": "map", "kind": "journey", "row": "J1", "ask": "Your map", "file": "my_service.csv"},
                {"id": "days", "kind": "scale", "row": "D1", "ask": "How many days?", "low": 0, "high": 9},
            ],
        }
    ],
}
MAP = """stage,touchpoint,channel,owner,expected
pre-care,Asks for a visit,phone,Front desk,7
care,First visit,in person,,8
"""


def test_a_picture_follows_the_answers_and_waits_for_them():
    one = Sheet(OWN, {})
    one.draws("own", lambda answers: f"{answers['days']} days & more" if answers["days"] else None)
    assert "comes when this part is filled in" in one.pictures["own"]
    one.answers = {"days": 3}
    assert one.pictures["own"] == "<p>3 days &amp; more</p>"
    one.answers = {"days": 0}
    assert one.pictures["own"] == ""


def test_a_picture_of_no_part_is_refused_and_a_run_for_marks_draws_nothing(monkeypatch):
    one = Sheet(OWN, {"days": 3})
    with pytest.raises(KeyError, match="The parts are: own"):
        one.draws("other", str)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    one.draws("own", str)
    assert one.pictures == {}


def taken(monkeypatch, folder, text):
    monkeypatch.chdir(folder)
    (folder / "my_service.csv").write_text(text, "utf-8")
    one, sent = Sheet(OWN, {}), []
    monkeypatch.setattr(one, "send", sent.append)
    one.heard({"kind": "take", "question": "map"})
    return one, sent


def test_a_map_from_its_file_becomes_an_answer_without_its_empty_cells(monkeypatch, tmp_path):
    one, [message] = taken(monkeypatch, tmp_path, MAP)
    rows = message["value"]
    assert rows[0] == {
        "stage": "pre-care",
        "touchpoint": "Asks for a visit",
        "channel": "phone",
        "owner": "Front desk",
        "expected": 7.0,
    }
    assert "owner" not in rows[1] and json.dumps(rows)
    again = Sheet(OWN, {"map": rows}).journey_of("map")
    assert again.table["touchpoint"].tolist() == ["Asks for a visit", "First visit"]
    assert one.messages["map"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stage,touchpoint,channel\n", "There are no touchpoints"),
        ("stage,touchpoint,channel\nsoon,A,phone\n", "“soon”"),
    ],
)
def test_a_map_that_is_empty_or_at_fault_is_told_in_words(monkeypatch, tmp_path, text, said):
    one, sent = taken(monkeypatch, tmp_path, text)
    assert sent == [] and said in " ".join(word["text"] for word in one.messages["map"])


def test_a_map_typed_by_hand_keeps_what_it_knows():
    one = Sheet(
        OWN,
        {"Map": [{"Stage": "care ", "Touchpoint": "Visit", "channel": "phone", "expected": 7, "x": 1}, "?"]},
    )
    assert one.answers["map"] == [{"stage": "care", "touchpoint": "Visit", "channel": "phone", "expected": 7}]


def test_without_a_map_it_says_where_to_draw_one(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    one = Sheet(OWN, {})
    one.heard({"kind": "take", "question": "map"})
    assert "Draw it in the editor above" in one.messages["map"][0]["text"]

"""Quizzes and activities: the first try counts once, a reload brings all back, nothing kept breaks them."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest
import yaml
from nbgrader_course import ROOT

import cxkit as cx
from cxkit.teaching import progress
from cxkit.teaching.activities import lesson_01
from cxkit.teaching.questions import read_questions
from cxkit.teaching.quiz import Quiz


def option(name, right=False):
    return {"id": name, "label": name.upper(), "right": right, "feedback": f"About {name}."}


QUESTIONS = {
    "title": "A quiz",
    "language": "en",
    "parts": [
        {
            "id": "all",
            "questions": [
                {
                    "id": "one",
                    "kind": "choice",
                    "ask": "?",
                    "row": "J1",
                    "options": [option("a", True), option("b")],
                },
                {
                    "id": "many",
                    "kind": "several",
                    "ask": "?",
                    "row": "J1",
                    "options": [option("a", True), option("b", True), option("c"), option("d")],
                },
                {
                    "id": "much",
                    "kind": "scale",
                    "ask": "?",
                    "row": "J1",
                    "low": 0,
                    "high": 10,
                    "at_least": 4,
                    "at_most": 6,
                    "right_words": "Well set.",
                    "wrong_words": "Move it.",
                },
                {
                    "id": "cards",
                    "kind": "steps",
                    "ask": "?",
                    "row": "J2",
                    "cards": [{"id": "call", "label": "Call"}, {"id": "visit", "label": "Visit"}],
                    "columns": [{"id": "stage", "label": "Stage", "options": ["before", "during", "after"]}],
                    "right": {"call": {"stage": ["before"]}, "visit": {"stage": ["during", "after"]}},
                    "feedback": {
                        "call": "About the call.",
                        "visit": "About the visit.",
                        "all_right": "All there.",
                    },
                },
            ],
        }
    ],
}
RIGHT = {
    "one": "a",
    "many": ["a", "b"],
    "much": 5,
    "cards": [{"step": "call", "stage": "before"}, {"step": "visit", "stage": "after"}],
}
WRONG = {
    "one": "b",
    "many": ["a", "c"],
    "much": 7,
    "cards": [{"step": "call", "stage": "after"}, {"step": "visit"}],
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "quizzes").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name, spec):
    Path(f"quizzes/{name}.yaml").write_text(yaml.safe_dump(spec), "utf-8")
    return cx.quiz(name)


@pytest.fixture
def quiz(folder):
    return write("mine", QUESTIONS)


def without_keys(**more):
    """The same questions as a pre-test: only what the schema demands, and which answers are right."""
    spec = yaml.safe_load(yaml.safe_dump(QUESTIONS))
    for question in spec["parts"][0]["questions"]:
        for word in ("right_words", "wrong_words", "feedback"):
            question.pop(word, None)
        for one in question.get("options", []):
            one.pop("feedback")
    return {**spec, "feedback": "none", "buttons": [{"id": "done", "label": "I am done"}], **more}


def answer(quiz, one, value):
    quiz.answers = {**quiz.answers, one: value}


def check(quiz, one):
    quiz._heard(quiz, {"kind": "check", "question": one}, [])
    return quiz.messages[one]


def done(quiz):
    quiz._heard(quiz, {"kind": "button", "button": "done"}, [])


# ---- words and counting ----


@pytest.mark.parametrize("one", RIGHT)
def test_a_right_answer_is_called_right(quiz, one):
    answer(quiz, one, RIGHT[one])
    assert [word["ok"] for word in check(quiz, one)] == [True]
    assert quiz.first == {one: True} and quiz.right == 1 and quiz.asked == 4
    assert quiz.note.startswith("1 of 4 solved, 1 at the first try")


@pytest.mark.parametrize(
    ("one", "said"),
    [
        ("one", ["About b."]),
        ("many", ["About b.", "About c."]),
        ("much", ["Move it."]),
        ("cards", ["About the call.", "1 still to choose."]),
    ],
)
def test_a_wrong_answer_gets_the_words_of_its_own_choice(quiz, one, said):
    answer(quiz, one, WRONG[one])
    words = check(quiz, one)
    assert [word["text"] for word in words] == said
    assert words[0]["ok"] is False
    assert quiz.first == {one: False}


@pytest.mark.parametrize("value", [4, 6, 4.0])
def test_the_bounds_of_a_scale_belong_to_it(quiz, value):
    answer(quiz, "much", value)
    assert check(quiz, "much")[0]["ok"] is True


@pytest.mark.parametrize("chosen", list(itertools.product([False, True], repeat=4)))
def test_several_is_right_only_for_exactly_the_right_ones(quiz, chosen):
    names = [name for name, taken in zip("abcd", chosen, strict=True) if taken]
    answer(quiz, "many", names)
    words = check(quiz, "many")
    assert (words[0]["ok"] is True) == (names == ["a", "b"])
    if names and names != ["a", "b"]:
        odd = {"a", "b"} ^ set(names)
        assert [word["text"] for word in words] == [f"About {name}." for name in sorted(odd)]


def test_only_the_first_try_counts(quiz):
    answer(quiz, "one", "b")
    check(quiz, "one")
    answer(quiz, "one", "a")
    assert check(quiz, "one") == [{"ok": True, "text": "About a."}]
    assert quiz.right == 0 and quiz.first == {"one": False}


def test_a_right_first_try_stays_right(quiz):
    for value in ("a", "b", "b"):
        answer(quiz, "one", value)
        check(quiz, "one")
    assert quiz.right == 1
    assert progress.quiz_record("mine")["first"] == {"one": True}


def test_check_without_an_answer_is_no_try(quiz):
    assert check(quiz, "one") == [{"ok": None, "text": "Choose an answer first."}]
    assert quiz.first == {}
    answer(quiz, "one", "a")
    check(quiz, "one")
    assert quiz.right == 1


def test_a_check_of_a_question_that_is_not_there_changes_nothing(quiz):
    quiz._heard(quiz, {"kind": "check", "question": "none of mine"}, [])
    assert quiz.messages == {} and quiz.first == {}


def test_old_words_do_not_stand_beside_a_new_answer(quiz):
    answer(quiz, "one", "b")
    answer(quiz, "much", 5)
    check(quiz, "one")
    check(quiz, "much")
    answer(quiz, "one", "a")
    assert not quiz.messages.get("one")
    assert quiz.messages["much"] == [{"ok": True, "text": "Well set."}]


# ---- what is kept ----


def test_a_reload_brings_back_answers_words_and_count(quiz):
    for one in ("one", "many", "cards"):
        answer(quiz, one, WRONG[one])
        check(quiz, one)
    answer(quiz, "much", 5)
    again = cx.quiz("mine")
    assert again.answers == quiz.answers
    assert again.messages == quiz.messages and set(again.messages) == {"one", "many", "cards"}
    assert again.first == quiz.first and again.right == 0
    assert again.note == quiz.note


def test_a_first_try_counts_over_a_reload(quiz):
    answer(quiz, "one", "b")
    check(quiz, "one")
    again = cx.quiz("mine")
    answer(again, "one", "a")
    check(again, "one")
    assert cx.quiz("mine").right == 0


def test_two_quizzes_do_not_overwrite_each_other(quiz):
    other = write("other", {**QUESTIONS, "title": "Another"})
    answer(quiz, "one", "a")
    answer(other, "one", "b")
    check(quiz, "one")
    check(other, "one")
    answer(quiz, "much", 1)
    assert cx.quiz("mine").answers == {"one": "a", "much": 1}
    assert cx.quiz("other").answers == {"one": "b"}
    assert (cx.quiz("mine").right, cx.quiz("other").right) == (1, 0)


def test_the_record_says_how_the_quiz_went(quiz):
    answer(quiz, "one", "a")
    check(quiz, "one")
    assert cx.progress().lines() == ["Quiz: A quiz: 1 of 1 right at the first try (3 still open)"]


def test_an_answer_that_is_no_choice_any_more_is_answered_in_words(quiz):
    answer(quiz, "one", "b")
    check(quiz, "one")
    spec = yaml.safe_load(yaml.safe_dump(QUESTIONS))
    spec["parts"][0]["questions"][0]["options"][1]["id"] = "c"
    assert "not one of the choices" in write("mine", spec).messages["one"][0]["text"]


# ---- the pre-test ----


@pytest.mark.parametrize("answers", [RIGHT, WRONG], ids=["right", "wrong"])
def test_a_pretest_never_shows_right_or_wrong(answers):
    quiz = write("pre", without_keys())
    quiz.answers = answers
    done(quiz)
    assert quiz.messages == {}
    assert "4 of 4 answered" in quiz.note and "Thank you" in quiz.note
    again = cx.quiz("pre")
    assert again.messages == {} and again.answers == answers
    shown = again.note + " ".join(cx.progress().lines()) + cx.progress()._repr_html_()
    assert "right" not in shown and "wrong" not in shown


def test_the_record_says_that_a_finished_pretest_is_kept():
    quiz = write("pre", without_keys())
    assert cx.progress().lines() == ["Nothing is recorded yet. Open a lesson and it will show here."]
    answer(quiz, "one", "a")
    assert cx.progress().lines() == ["A quiz: 1 of 4 answered, begun"]
    quiz.answers = RIGHT
    done(quiz)
    assert cx.progress().lines() == ["A quiz: 4 of 4 answered, kept for the end of the course"]


def test_a_pretest_counts_what_was_right_when_the_learner_said_done():
    quiz = write("pre", without_keys())
    answer(quiz, "one", "a")
    assert progress.quiz_record("pre")["first"] == {}
    answer(quiz, "one", "b")
    quiz.answers = {**RIGHT, "one": "b"}
    done(quiz)
    kept = {"one": False, "many": True, "much": True, "cards": True}
    assert progress.quiz_record("pre")["first"] == kept
    quiz.answers = RIGHT
    done(quiz)
    done(quiz)
    assert progress.quiz_record("pre")["first"] == kept
    again = cx.quiz("pre")
    again.answers = WRONG
    done(again)
    assert progress.quiz_record("pre") == {"answers": WRONG, "first": kept}


def test_a_question_that_is_open_at_done_is_not_a_wrong_one():
    quiz = write("pre", without_keys())
    answer(quiz, "one", "a")
    done(quiz)
    assert quiz.note.startswith("1 of 4 answered") and "leave 3 open" in quiz.note
    assert progress.quiz_record("pre")["first"] == {"one": True}
    quiz.answers = RIGHT
    done(quiz)
    assert "Thank you" in quiz.note
    assert set(progress.quiz_record("pre")["first"].values()) == {True}
    assert len(progress.quiz_record("pre")["first"]) == 4


def test_answers_to_questions_that_are_gone_do_not_count(home):
    home.mkdir()
    kept = {
        "title": "A quiz",
        "answers": {"gone": "a", **RIGHT},
        "first": {},
        "of": 5,
        "done": None,
        "last": "2026",
    }
    record = {"version": 1, "lessons": {}, "quizzes": {"pre": kept}}
    (home / "progress.json").write_text(json.dumps(record), "utf-8")
    quiz = write("pre", without_keys())
    done(quiz)
    assert quiz.note.startswith("4 of 4 answered") and "Thank you" in quiz.note


def test_the_pretest_of_the_course_keeps_every_answer(monkeypatch):
    monkeypatch.chdir(ROOT / "course")
    quiz = cx.quiz("00_before_the_course")
    for question in quiz.spec["parts"][0]["questions"]:
        answer(quiz, question["id"], question["options"][-1]["id"])
    done(quiz)
    assert cx.quiz("00_before_the_course").answers == quiz.answers
    assert len(progress.quiz_record("00_before_the_course")["first"]) == quiz.asked == 12


# ---- what a questions file may hold ----


def test_several_may_list_plain_texts():
    spec = yaml.safe_load(yaml.safe_dump(without_keys()))
    spec["parts"][0]["questions"] = [
        {"id": "many", "kind": "several", "ask": "?", "row": "J1", "options": ["on the phone", "at the desk"]}
    ]
    quiz = write("pre", spec)
    answer(quiz, "many", ["at the desk"])
    done(quiz)
    assert "Thank you" in quiz.note


@pytest.mark.parametrize("kind", ["text", "number"])
def test_a_quiz_that_nothing_can_judge_is_refused_in_words(kind):
    spec = yaml.safe_load(yaml.safe_dump(QUESTIONS))
    spec["parts"][0]["questions"].append({"id": "say", "kind": kind, "ask": "?", "row": "J1"})
    with pytest.raises(ValueError, match="say"):
        write("mine", spec)


# ---- a record that cannot be read or written ----

DAMAGED = {
    "empty": b"",
    "cut": b'{"version": 1, "less',
    "binary": b"\xff\xfe\x00\x01",
    "a list": b"[]",
    "nothing": b"null",
    "no parts": b"{}",
    "wrong parts": b'{"lessons": [], "quizzes": {}}',
    "wrong entries": b'{"lessons": {"00": 5}, "quizzes": {"mine": 5, "01_when_told": "x"}}',
    "empty entries": b'{"lessons": {"00": {}}, "quizzes": {"mine": {}, "01_when_told": {}}}',
    "wrong answers": b'{"lessons": {}, "quizzes": {"mine": {"answers": [], "first": 3}}}',
    "wrong answer": json.dumps(
        {
            "lessons": {},
            "quizzes": {
                "mine": {
                    "title": "A quiz",
                    "of": 4,
                    "answers": {"one": ["a"], "many": 3, "much": "x", "cards": "call"},
                    "first": dict.fromkeys(RIGHT, True),
                },
                "01_when_told": {
                    "title": "T",
                    "of": 2,
                    "answers": {"told": 99, "needed": 1000},
                    "first": {"told": True},
                },
            },
        }
    ).encode(),
    "half an activity": json.dumps(
        {"lessons": {}, "quizzes": {"01_when_told": {"answers": {"needed": 60}, "first": {"needed": True}}}}
    ).encode(),
    "very deep": b"[" * 100_000,
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_stops_no_quiz(damage, quiz, home):
    home.mkdir(exist_ok=True)
    (home / "progress.json").write_bytes(DAMAGED[damage])
    quiz = cx.quiz("mine")
    quiz.answers = {}
    answer(quiz, "one", "a")
    assert check(quiz, "one") == [{"ok": True, "text": "About a."}]
    assert cx.quiz("mine").answers == {"one": "a"}
    assert any("A quiz" in line for line in cx.progress().lines())


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_stops_no_activity(damage, home, monkeypatch):
    monkeypatch.chdir(ROOT / "course")
    home.mkdir(exist_ok=True)
    (home / "progress.json").write_bytes(DAMAGED[damage])
    one = cx.activity("01_when_told")
    one.answers = {"told": 2, "needed": 60}
    assert "Told at “First antenatal visit, month 4”" in one.picture


@pytest.fixture(
    params=["a file where the folder should be", "a folder where the file should be", "a full disk"]
)
def trouble(request, home, monkeypatch):
    if "a file" in request.param[:6]:
        home.write_text("in the way", "utf-8")
    elif "a folder" in request.param[:8]:
        (home / "progress.json").mkdir(parents=True)
    else:

        def full(handle):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("cxkit.files.os.fsync", full)
    return request.param


def test_a_quiz_works_where_nothing_can_be_kept_and_says_so(trouble, folder):
    quiz = write("mine", QUESTIONS)
    answer(quiz, "one", "a")
    assert "could not be kept" in quiz.note
    assert check(quiz, "one") == [{"ok": True, "text": "About a."}]
    assert quiz.right == 1
    assert "could not be kept" in quiz.note and "None" not in quiz.note


def test_a_pretest_does_not_thank_for_what_was_not_kept(trouble, folder):
    quiz = write("pre", without_keys())
    quiz.answers = RIGHT
    done(quiz)
    assert "could not be kept" in quiz.note and "Thank you" not in quiz.note


def test_an_instructors_run_records_nothing(quiz, home, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    answer(quiz, "one", "a")
    check(quiz, "one")
    done(write("pre", without_keys()))
    assert not home.exists()
    assert quiz.right == 1


def test_an_instructors_run_starts_without_the_instructors_own_answers(quiz, monkeypatch):
    answer(quiz, "one", "a")
    check(quiz, "one")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert cx.quiz("mine").answers == {} and cx.quiz("mine").first == {}


def test_an_instructors_run_does_not_claim_that_it_kept_something(quiz, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    answer(quiz, "one", "a")
    check(quiz, "one")
    assert "ept on this computer" not in quiz.note


# ---- the activity ----

SPEC = read_questions(ROOT / "course" / "quizzes" / "01_when_told.yaml")
SLIDERS = {question["id"]: question for question in SPEC["parts"][0]["questions"]}
NEEDED = range(SLIDERS["needed"]["low"], SLIDERS["needed"]["high"] + 1, SLIDERS["needed"]["step"])
TOLD = range(SLIDERS["told"]["low"], SLIDERS["told"]["high"] + 1)
# from the waits on Lucy's map: 3 days to joining, 14 to the first visit, 180 from there to the birth;
# then a visit a month
LEFT = [197, 194, 180, 150, 120, 90, 60, 30, 0]


@pytest.fixture
def when_told(monkeypatch):
    monkeypatch.chdir(ROOT / "course")
    return cx.activity("01_when_told")


def test_the_sliders_say_what_the_picture_says():
    assert SLIDERS["told"]["labels"] == list(lesson_01.MOMENTS)
    assert SLIDERS["needed"]["labels"] == [f"{days} days" for days in NEEDED]
    assert len(TOLD) == len(lesson_01.MOMENTS) == len(LEFT)


@pytest.mark.parametrize("needed", NEEDED)
def test_the_judge_is_right_at_every_place_of_both_sliders(when_told, needed):
    latest = max(place for place, days in enumerate(LEFT) if days >= needed)
    for told in TOLD:
        right, [word] = when_told._judge("told", {"told": told, "needed": needed})
        assert right == (told == latest) == word["ok"], (told, needed)
        if told > latest:
            assert word["text"] == f"Too late. {LEFT[told]} days are left and the change needs {needed}."
        elif told < latest:
            assert "later moment" in word["text"]
        else:
            assert lesson_01.MOMENTS[told] in word["text"]
            assert f"{LEFT[told]} days are left and the change needs {needed}" in word["text"]


@pytest.mark.parametrize("needed", [SLIDERS["needed"]["start"], NEEDED[-1]])
def test_the_picture_follows_and_its_words_agree_with_its_numbers(when_told, needed):
    seen = {when_told.picture}
    for told in reversed(TOLD):
        when_told.answers = {"told": told, "needed": needed}
        alt = re.search('alt="([^"]*)"', when_told.picture)[1]
        verdict = "in time" if LEFT[told] >= needed else "too late"
        assert f"Told at “{lesson_01.MOMENTS[told]}”: {LEFT[told]} days are left" in alt
        assert f"a change needs {needed}: {verdict}." in alt
        right, _ = when_told.judge("told")
        assert not (right and verdict == "too late")
        seen.add(when_told.picture)
    # the place where both sliders start was there before
    assert len(seen) == len(TOLD) + (needed != SLIDERS["needed"]["start"])


def test_the_table_below_the_picture_holds_the_same_days(when_told):
    picture = lesson_01.draw_when_told({"told": 3, "needed": 60})
    assert list(picture.twin["days left"]) == LEFT
    assert list(picture.twin["in time"]) == ["yes" if days >= 60 else "no" for days in LEFT]


def test_a_slider_that_was_not_moved_still_counts(when_told):
    assert check(when_told, "told")[0]["text"] == "Too late. 0 days are left and the change needs 60."
    assert when_told.first == {"told": False}
    when_told.answers = {**when_told.answers, "told": 6}
    assert check(when_told, "told")[0]["ok"] is True
    assert when_told.right == 0


def test_a_reload_brings_back_the_place_of_the_sliders(when_told):
    when_told.answers = {"told": 6}
    check(when_told, "told")
    again = cx.activity("01_when_told")
    assert again.answers == {"told": 6, "needed": 60}
    assert again.picture == when_told.picture and again.messages == when_told.messages


def test_only_the_question_with_an_answer_counts(when_told):
    """How long a change takes is an assumption to move, not a question with a right answer."""
    when_told.answers = {"told": 6}
    check(when_told, "told")
    assert when_told.note.startswith("1 of 1 solved")
    assert cx.progress().lines() == ["Quiz: When is Lucy told?: 1 of 1 right at the first try"]


def test_a_quiz_says_its_title_where_no_form_can_run(quiz):
    bundle, _ = quiz._repr_mimebundle_()
    assert bundle["text/plain"] == "A quiz"
    assert "About" not in bundle["text/html"] and "(<code>one</code>)" in bundle["text/html"]
    assert isinstance(quiz, Quiz)


def test_an_answer_that_comes_after_its_check_takes_no_words_away(when_told):
    """A busy kernel hears the button first and the slider later."""
    when_told._heard(
        when_told, {"kind": "check", "question": "told", "answers": {"told": 6, "needed": 60}}, None
    )
    words = when_told.messages["told"]
    assert words[0]["ok"] is True
    when_told.answers = {"told": 6, "needed": 60}
    assert when_told.messages["told"] == words

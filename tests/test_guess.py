"""Predict, then see: nothing is told before the guess, the first guess stays, and the words agree with the numbers."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from test_quiz import DAMAGED

import cxkit as cx
from cxkit.teaching import progress
from cxkit.teaching.guess import Guess
from cxkit.teaching.progress import progress_file

SILENT = cx.proportion(494, 617)
SCALE = {
    "id": "silent",
    "kind": "scale",
    "ask": "Of 100 members who left, how many did not complain?",
    "row": "V2",
    "low": 0,
    "high": 100,
    "step": 1,
    "start": 50,
    "unit": "%",
}
CHOICE = {
    "id": "loud",
    "kind": "choice",
    "ask": "Which complaint is the loudest?",
    "row": "M6",
    "options": [
        {"id": "hold", "label": "The wait on the phone", "right": True, "feedback": "It is heard every day."},
        {"id": "fee", "label": "The fee", "feedback": "A fee tempts: it is easy to remember."},
    ],
}


class Drawn:
    """Stands for a chart."""

    def _repr_html_(self):
        return '<img alt="Bars for 82 in 100 members">'


def spec(*questions, language="en"):
    return {
        "title": "Guess first",
        "language": language,
        "parts": [{"id": "all", "questions": list(questions)}],
    }


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "guesses").mkdir()
    monkeypatch.chdir(tmp_path)


def write(*questions, name="05_mine", language="en"):
    text = yaml.safe_dump(spec(*questions, language=language), allow_unicode=True)
    Path(f"guesses/{name}.yaml").write_text(text, "utf-8")
    return name


def commit(guess, **answers):
    guess.answers = {**guess.answers, **answers}
    guess._heard(guess, {"kind": "button", "button": "commit"}, [])
    return [line["text"] for words in guess.messages.values() for line in words]


def on_page(guess):
    """All that the browser gets."""
    state = {
        name: guess.get_state()[name] for name in ("spec", "answers", "messages", "note", "picture", "closed")
    }
    return json.dumps(state, ensure_ascii=False)


# ---- before and after ----


def test_nothing_of_the_result_reaches_the_page_before_the_guess():
    guess = cx.guess(write(SCALE, CHOICE), SILENT, picture=Drawn())
    guess.answers = {"silent": 60, "loud": "fee"}
    page = on_page(guess)
    for word in ("80.1", "617", "76.7", "every day", "tempts", "right", "Bars", "row"):
        assert word not in page, word
    assert guess.picture == "" and guess.messages == {} and not guess.closed


def test_after_the_guess_stand_guess_number_interval_and_picture():
    guess = cx.guess(write(SCALE), SILENT, picture=Drawn())
    first, second, third = commit(guess, silent=60)
    assert first == "You guessed 60%. The data say 80.1% (95% interval 76.7% to 83.0%, n = 617)."
    assert second == "Your guess is 20.1 percentage points lower than that, outside the interval."
    assert "useful" in third
    assert guess.picture == Drawn()._repr_html_() and guess.closed
    assert guess.guess == {"silent": 60}


@pytest.mark.parametrize("place", range(101))
def test_the_verdict_agrees_with_the_interval_at_every_place(place, home):
    guess = cx.guess(write(SCALE), SILENT)
    words = commit(guess, silent=place)
    inside = 76.7 <= place <= 83.0
    assert ("lies inside the interval" in words[1]) == inside
    assert ("outside the interval" in words[1]) == (not inside)
    assert ("higher" in words[1]) == (place > 80.1)
    assert not any(line["ok"] is False for line in guess.messages["silent"]), "a wrong guess is no mistake"


@given(
    value=st.floats(0, 1),
    half=st.floats(0, 0.5),
    place=st.integers(0, 100),
)
def test_how_far_off_is_what_the_two_numbers_say(value, half, place):
    result = cx.Estimate(value, value - half, value + half, n=40, unit="share")
    guess = Guess("mine", spec(SCALE), result, None)
    guess.answers = {"silent": place}
    guess.heard({"kind": "button", "button": "commit"})
    words = [line["text"] for line in guess.messages["silent"]]
    progress_file().unlink()
    shown = float(re.search(r"data say ([\d.]+)%", words[0])[1])
    assert shown == pytest.approx(100 * value, abs=0.06)
    if "is the number in the data" in words[1]:
        assert shown == place
        return
    far = float(re.search(r"is ([\d.]+) percentage point", words[1])[1])
    assert far == pytest.approx(abs(place - 100 * value), abs=0.06)
    assert ("higher" in words[1]) == (place > 100 * value)


def test_a_slider_that_was_not_moved_is_a_guess_too():
    guess = cx.guess(write(SCALE), SILENT)
    assert "You guessed 50%" in commit(guess)[0]
    assert progress.guess_record("05_mine") == {"silent": 50}


def test_an_open_choice_is_asked_for_and_nothing_is_told():
    guess = cx.guess(write(SCALE, CHOICE), SILENT, picture=Drawn())
    assert commit(guess, silent=60) == ["Choose an answer first."]
    assert not guess.closed and guess.picture == "" and progress.guess_record("05_mine") == {}
    assert "80.1" not in on_page(guess)


def test_a_choice_gets_the_words_of_its_option_and_the_answer():
    assert commit(cx.guess(write(CHOICE)), loud="fee") == [
        "You guessed: “The fee”. The data say: “The wait on the phone”.",
        "A fee tempts: it is easy to remember.",
    ]


def test_a_choice_like_the_data_is_said_to_be_so():
    guess = cx.guess(write(CHOICE), SILENT)
    assert commit(guess, loud="hold") == [
        "You guessed: “The wait on the phone”. The data say the same.",
        "It is heard every day.",
        "The data say 80.1% (95% interval 76.7% to 83.0%, n = 617).",
    ]
    assert guess.messages["loud"][0]["ok"] is True


def test_a_second_press_changes_nothing():
    guess = cx.guess(write(SCALE), SILENT)
    commit(guess, silent=60)
    before = on_page(guess)
    guess._heard(guess, {"kind": "button", "button": "commit"}, [])
    guess._heard(guess, {"kind": "check", "question": "silent"}, [])
    assert on_page(guess) == before


# ---- the first guess stays ----


def test_the_first_guess_stays_after_a_new_run_and_cannot_be_changed():
    name = write(SCALE)
    first = cx.guess(name, SILENT, picture=Drawn())
    commit(first, silent=60)
    again = cx.guess(name, SILENT, picture=Drawn())
    assert again.closed and again.answers == {"silent": 60} and on_page(again) == on_page(first)
    commit(again, silent=80)
    assert again.answers == again.guess == {"silent": 60}
    assert progress.guess_record(name) == {"silent": 60}
    assert "cannot be changed" in again.note


def test_of_two_pages_of_one_notebook_the_quicker_one_counts():
    name = write(SCALE)
    one, two = cx.guess(name, SILENT), cx.guess(name, SILENT)
    commit(one, silent=60)
    assert "You guessed 60%" in commit(two, silent=80)[0]
    assert progress.guess_record(name) == {"silent": 60}


def test_a_kept_guess_that_fits_no_more_is_asked_again():
    name = write(CHOICE)
    commit(cx.guess(name), loud="fee")
    gone = {**CHOICE, "options": [CHOICE["options"][0], {**CHOICE["options"][1], "id": "other"}]}
    again = cx.guess(write(gone))
    assert not again.closed and again.guess == {}
    commit(again, loud="other")
    assert progress.guess_record(name) == {"loud": "other"}


@given(
    st.dictionaries(
        st.sampled_from(["silent", "loud", "x"]),
        st.one_of(st.none(), st.text(), st.floats(), st.booleans(), st.lists(st.integers())),
    )
)
def test_no_kept_guess_breaks_it(kept):
    progress_file().parent.mkdir(parents=True, exist_ok=True)
    record = {
        "version": 1,
        "lessons": {},
        "quizzes": {},
        "guesses": {"mine": {"title": "T", "answers": kept}},
    }
    progress_file().write_text(json.dumps(record), "utf-8")
    guess = Guess("mine", spec(SCALE, CHOICE), SILENT, None)
    assert not guess.closed or guess.guess == kept
    assert commit(guess, silent=70, loud="fee") and guess.closed


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_stops_no_guess(damage, home):
    home.mkdir()
    progress_file().write_bytes(DAMAGED[damage])
    assert "You guessed 60%" in commit(cx.guess(write(SCALE), SILENT), silent=60)[0]
    assert progress.guess_record("05_mine") == {"silent": 60}


def test_an_older_record_without_guesses_is_read(home):
    home.mkdir()
    progress_file().write_text('{"version": 1, "lessons": {}, "quizzes": {}}', "utf-8")
    commit(cx.guess(write(SCALE), SILENT))
    assert json.loads(progress_file().read_text("utf-8"))["guesses"]["05_mine"]["answers"] == {"silent": 50}


def test_a_full_disk_shows_the_result_and_says_that_it_is_not_kept(monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cxkit.files.os.fsync", full)
    guess = cx.guess(write(SCALE), SILENT)
    assert "You guessed 60%" in commit(guess, silent=60)[0]
    assert "could not be kept" in guess.note and guess.closed


def test_an_instructors_run_keeps_nothing_and_does_not_claim_it(home, monkeypatch):
    name = write(SCALE)
    commit(cx.guess(name, SILENT), silent=60)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    before = progress_file().read_bytes()
    guess = cx.guess(name, SILENT)
    assert not guess.closed
    commit(guess, silent=80)
    assert progress_file().read_bytes() == before and "kept" not in guess.note


# ---- units, languages, paper ----


def number(unit, **more):
    return {**SCALE, "low": 0, "high": 5000, "step": 100, "start": 0, "unit": unit, **more}


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("₪", "₪1,200"), ("$", "$1,200"), ("days", "1,200 days"), ("members", "1,200 members")],
)
def test_a_number_stands_with_its_unit(unit, shown):
    guess = cx.guess(write(number(unit)), cx.Estimate(1800, 1500, 2000, n=90))
    first, second, _ = commit(guess, silent=1200)
    value = shown.replace("1,200", "1,800")
    assert first.startswith(f"You guessed {shown}. The data say {value} (95% interval ")
    assert shown.replace("1,200", "600") in second
    assert guess.spec["parts"][0]["questions"][0]["labels"][12] == shown


def test_one_day_is_not_one_days():
    guess = cx.guess(write(number("days", high=10, step=1)), cx.Estimate(2, 1.5, 3, n=90))
    first, second, _ = commit(guess, silent=1)
    assert "You guessed 1 day. The data say 2 days" in first and "is 1 day lower" in second


def test_labels_of_the_file_are_what_the_learner_reads():
    places = {**SCALE, "high": 2, "start": 0, "unit": "weeks", "labels": ["none", "a week", "two weeks"]}
    assert (
        "You guessed a week. The data say 1.50 weeks"
        in commit(cx.guess(write(places), cx.Estimate(1.5, 1.4, 1.6, n=9)), silent=1)[0]
    )


def test_without_an_interval_nothing_is_inside_or_outside():
    result = cx.Estimate(40, math.nan, math.nan, n=1, interval="no interval: one journey", unit="days")
    words = commit(cx.guess(write(number("days")), result), silent=100)
    assert words[0] == "You guessed 100 days. The data say 40 days (no interval: one journey, n = 1)."
    assert words[1] == "Your guess is 60 days higher than that."


def test_in_hebrew_every_word_is_hebrew_and_numbers_stay_whole():
    hebrew = {
        **CHOICE,
        "ask": "מה?",
        "options": [{**one, "label": "א", "feedback": "ב."} for one in CHOICE["options"]],
    }
    for place in (60, 80, 100):
        progress_file().unlink(missing_ok=True)
        guess = cx.guess(write({**SCALE, "ask": "כמה?"}, hebrew, language="he"), SILENT)
        assert guess.spec["dir"] == "rtl"
        said = [*commit(guess, silent=place, loud="fee"), guess.note, guess.spec["buttons"][0]["label"]]
        for text in said:
            assert re.search("[א-ת]", text) and not re.search("[A-Za-z]", text), text
        assert f"\u2066{place}%\u2069" in said[0]


def test_paper_shows_the_question_and_folds_the_result_away():
    guess = cx.guess(write(SCALE, CHOICE), SILENT, picture=Drawn())
    html = guess._repr_mimebundle_()[0]["text/html"]
    before, after = html.split("<details>")
    assert SCALE["ask"] in before and "80.1" not in before and "every day" not in before
    assert "<summary>What the data say</summary>" in after
    for word in ("80.1%", "n = 617", "The wait on the phone", "every day", 'alt="Bars'):
        assert word in after, word


def test_markup_in_a_file_is_text_on_paper():
    html = cx.guess(write({**CHOICE, "ask": "<b>?</b>"})).on_paper()
    assert "<b>" not in html and "&lt;b&gt;" in html


# ---- what does not fit is said in words ----


@pytest.mark.parametrize(
    ("questions", "result", "picture", "words"),
    [
        ((SCALE,), None, None, "asks for a number \\(silent\\), so it needs the estimate"),
        ((SCALE,), 0.8, None, "not an estimate: it is float"),
        ((SCALE,), pd.DataFrame(), None, "not an estimate: it is DataFrame"),
        ((SCALE,), cx.Estimate(math.nan, 0, 1, n=0, unit="share"), None, "is not known"),
        ((SCALE,), cx.Estimate(1.2, 1, 2, n=3), None, "goes from 0 to 100, and the data say 120"),
        ((SCALE, {**SCALE, "id": "two"}), SILENT, None, "asks for 2 numbers. Give a dict: silent, two"),
        ((CHOICE,), {"quiet": SILENT}, None, "has no question quiet. It has loud"),
        ((CHOICE,), None, "a path.png", "picture .* cannot be shown"),
        (({**CHOICE, "kind": "several"},), None, None, "cannot ask loud. Use the kinds choice, scale"),
    ],
)
def test_what_does_not_fit_is_said_in_words(questions, result, picture, words):
    with pytest.raises(ValueError, match=words):
        cx.guess(write(*questions), result, picture=picture)


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match=r"no 'nothing\.yaml'"):
        cx.guess("nothing", SILENT)


def test_two_numbers_take_two_estimates():
    guess = cx.guess(
        write(SCALE, {**SCALE, "id": "two"}), {"silent": SILENT, "two": cx.Estimate(0.1, 0.05, 0.2, n=8)}
    )
    words = " ".join(commit(guess, silent=60, two=10))
    assert "80.1%" in words and "Your guess is the number in the data." in words

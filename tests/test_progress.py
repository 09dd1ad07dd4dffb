"""The record of progress: one small file, never half written, never in the way; and the start of a lesson."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_course import ROOT
from test_quiz import DAMAGED

import cxkit as cx
from cxkit.teaching import progress
from cxkit.teaching.gain import gain_lines, right_in
from cxkit.teaching.lessons import BEGUN, DONE, NOT_YET, in_language, read_lessons, standings
from cxkit.teaching.progress import (
    erase_record,
    full_record,
    grading,
    load_record,
    progress_file,
    quiz_record,
    record_conversation,
    record_copy,
    record_guess,
    record_lesson,
    record_quiz,
)

NOTHING = ["Nothing is recorded yet. Open a lesson and it will show here."]


COURSE = read_lessons(ROOT / "course" / "lessons.yaml")
LESSONS = COURSE["lessons"]
BEFORE, AFTER = COURSE["test"]["before"], COURSE["test"]["after"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Outside the course, unless a test says otherwise."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def course(elsewhere, monkeypatch):
    """A folder like the course: its lists, and a notebook for each lesson."""
    for name in ("lessons.yaml", "trace.yaml"):
        shutil.copy(ROOT / "course" / name, elsewhere)
    (elsewhere / "quizzes").mkdir()
    for name in (BEFORE, AFTER):
        shutil.copy(ROOT / "course" / "quizzes" / f"{name}.yaml", elsewhere / "quizzes")
    for lesson in LESSONS:
        (elsewhere / lesson["file"]).touch()
    return elsewhere


def kept():
    return json.loads(progress_file().read_text("utf-8"))


def test_no_test_touches_a_real_record(home):
    assert progress_file() == home / "progress.json"
    assert not home.exists() and not grading()


def test_without_cxkit_home_the_record_lies_where_programs_keep_data(monkeypatch):
    monkeypatch.delenv("CXKIT_HOME")
    assert progress_file().parts[-2:] == ("cxkit", "progress.json")
    assert progress_file().is_absolute()


def test_looking_at_progress_writes_nothing(home):
    assert cx.progress().lines() == NOTHING
    assert quiz_record("mine") == {"answers": {}, "first": {}}
    assert not home.exists()


def test_the_first_opening_of_a_lesson_counts(monkeypatch):
    monkeypatch.setattr(progress, "_now", lambda: "2026-11-01T10:00:00")
    record_lesson("01", "Lucy’s journey")
    monkeypatch.setattr(progress, "_now", lambda: "2026-12-24T10:00:00")
    record_lesson("01", "Another title")
    record_lesson("02", "Second")
    assert cx.progress().lines() == [
        "Lesson opened: Lucy’s journey (2026-11-01)",
        "Lesson opened: Second (2026-12-24)",
    ]


def test_opening_a_lesson_leaves_the_quizzes_alone():
    record_quiz("q", "Quiz", {"a": 1}, {"a": True}, 2)
    record_lesson("01", "One")
    assert quiz_record("q") == {"answers": {"a": 1}, "first": {"a": True}}


firsts = st.dictionaries(st.sampled_from("abcd"), st.booleans())


@given(st.lists(st.tuples(firsts, st.booleans()), min_size=1, max_size=5))
def test_a_first_try_that_is_kept_never_changes(tries):
    progress_file().unlink(missing_ok=True)
    expected: dict[str, bool] = {}
    when_done = None
    for first, done in tries:
        record_quiz("q", "Quiz", {}, first, 4, done=done)
        expected = {**first, **expected}
        entry = kept()["quizzes"]["q"]
        assert entry["first"] == expected
        when_done = when_done or entry["done"]
        assert entry["done"] == when_done
    assert bool(when_done) == any(done for _, done in tries)


def test_the_file_is_readable_text_for_a_person(home):
    record_lesson("א", "המסע של לוסי")
    assert "המסע של לוסי" in (home / "progress.json").read_text("utf-8")
    assert [path.name for path in home.iterdir()] == ["progress.json"]


def test_progress_shows_itself_as_safe_html_and_says_where_it_lies(home):
    record_lesson("01", "<b>&")
    html = cx.progress()._repr_html_()
    assert "&lt;b&gt;&amp;" in html and "<b>" not in html
    assert str(home) in html
    assert repr(cx.progress()) == "\n".join(cx.progress().lines())


def test_a_record_in_the_home_folder_is_named_from_there(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("CXKIT_HOME", str(tmp_path / "here"))
    assert cx.progress().where() == f"in your home folder: {Path('here', 'progress.json')}"


# ---- damage ----


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_stops_nothing(damage, home):
    home.mkdir()
    progress_file().write_bytes(DAMAGED[damage])
    assert cx.start("09", "Nine").lines() == ["✓ Ready: Nine. You can read on."]
    assert any("Lesson opened: Nine" in line for line in cx.progress().lines())
    record_quiz("q", "Quiz", {"a": 1}, {}, 1)
    assert quiz_record("q")["answers"] == {"a": 1}


@pytest.mark.parametrize(
    "damage", [name for name in DAMAGED if not name.endswith(("entries", "answers", "answer", "activity"))]
)
def test_a_record_that_cannot_be_read_is_moved_aside_and_not_lost(damage, home):
    home.mkdir()
    for _ in range(2):
        progress_file().write_bytes(DAMAGED[damage])
        record_lesson("01", "One")
        assert list(kept()["lessons"]) == ["01"]
    aside = [path for path in home.iterdir() if path.name.startswith("progress.damaged-")]
    assert len(aside) == 2
    assert {path.read_bytes() for path in aside} == {DAMAGED[damage]}


def test_a_record_saved_by_a_text_editor_with_a_mark_is_still_read(home):
    record_lesson("01", "One")
    progress_file().write_text(progress_file().read_text("utf-8"), "utf-8-sig")
    assert len(cx.progress().lines()) == 1 and "One" in cx.progress().lines()[0]


@given(st.binary(max_size=30))
def test_no_bytes_at_all_stop_it(data):
    progress_file().parent.mkdir(exist_ok=True)
    progress_file().write_bytes(data)
    assert cx.progress().lines() == NOTHING
    record_lesson("01", "One")
    assert "01" in kept()["lessons"]


# ---- a place that cannot be written ----


def full(handle):
    raise OSError(28, "No space left on device")


def test_a_full_disk_leaves_the_old_record_whole(home, monkeypatch):
    record_lesson("01", "One")
    before = progress_file().read_bytes()
    monkeypatch.setattr("cxkit.files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        record_lesson("02", "Two")
    assert progress_file().read_bytes() == before
    assert [path.name for path in home.iterdir()] == ["progress.json"]


def test_a_lesson_starts_where_a_file_lies_in_the_place_of_the_folder(home):
    home.write_text("in the way", "utf-8")
    first, second = cx.start("01", "One").lines()
    assert first == "✓ Ready: One. You can read on."
    assert second.startswith("Your progress cannot be kept:") and str(home) in second
    assert cx.progress().lines() == NOTHING
    assert home.read_text("utf-8") == "in the way"


def test_a_lesson_starts_where_a_folder_lies_in_the_place_of_the_file(home):
    (home / "progress.json").mkdir(parents=True)
    assert "cannot be kept" in cx.start("01", "One").lines()[1]
    assert cx.progress().lines()
    assert quiz_record("mine") == {"answers": {}, "first": {}}


def test_a_lesson_starts_on_a_full_disk_and_says_what_is_wrong(monkeypatch):
    monkeypatch.setattr("cxkit.files.os.fsync", full)
    ready = cx.start("01", "One & only")
    assert "No space left" in ready.lines()[1] and "None" not in ready.lines()[1]
    assert "You can learn all the same." in ready.lines()[1]
    assert "One &amp; only" in ready._repr_html_()


def test_a_lesson_starts_where_a_damaged_record_cannot_be_moved(home, monkeypatch):
    home.mkdir()
    progress_file().write_bytes(b"{")

    def locked(self, target):
        raise PermissionError(13, "The file is open in another program")

    monkeypatch.setattr(Path, "replace", locked)
    assert "cannot be kept" in cx.start("01", "One").lines()[1]
    assert cx.progress().lines() == NOTHING
    assert quiz_record("mine")["answers"] == {}


# ---- an instructor's run ----


def test_an_instructors_run_records_nothing(home, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert grading()
    assert cx.start("01", "One").lines() == ["✓ Ready: One. You can read on."]
    record_quiz("q", "Quiz", {"a": 1}, {"a": True}, 1)
    assert not home.exists()


# ---- the list of lessons ----


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["number"])
def test_the_list_of_lessons_is_that_of_the_notebooks(lesson):
    for form in (lesson, *lesson.get("also", [])):
        path = ROOT / "course" / form["file"]
        if form.get("planned"):
            assert not path.exists(), f"{path.name} is there. Drop “planned: true”"
            continue
        notebook = nbformat.read(path, as_version=4)
        first = notebook.cells[0].source
        assert re.search(r"^# (.+)$", first, re.M)[1] == form["title"], path.name
        assert re.search(r"\d+", first.replace(form["title"], ""))[0] == str(lesson["minutes"]), path.name
        assert form["file"][:2] == lesson["number"]
        code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
        for quiz in form["quizzes"]:
            assert re.search(rf'cx\.quiz\(\s*"{quiz}"', code), (path.name, quiz)
        assert set(re.findall(r'cx\.conversation\(\s*"(\w+)"', code)) == set(form["conversations"]), path.name
        assert re.search(rf'cx\.start\(\s*"{lesson["number"]}', code), path.name


def test_every_notebook_of_the_course_is_in_the_list():
    listed = {form["file"] for lesson in LESSONS for form in (lesson, *lesson.get("also", []))}
    assert {path.name for path in (ROOT / "course").glob("*.ipynb")} <= listed
    traced = yaml.safe_load((ROOT / "course" / "trace.yaml").read_text("utf-8"))["rows"]
    assert {place["file"] for row in traced for place in row["lesson"]} <= listed
    assert [lesson["number"] for lesson in LESSONS] == [f"{n:02}" for n in range(11)]


def test_what_is_wrong_in_the_list_is_told_in_words(tmp_path):
    text = (ROOT / "course" / "lessons.yaml").read_text("utf-8")
    (tmp_path / "lessons.yaml").write_text(text.replace("number: '02'", "number: '01'"), "utf-8")
    with pytest.raises(ValueError, match="'01' stands there twice"):
        read_lessons(tmp_path / "lessons.yaml")


# ---- how far ----


def states():
    return {one.lesson["number"]: one.state for one in standings(full_record(), COURSE)}


def answer(quiz, right=9, of=12, tried=None):
    first = {f"q{n}": n < right for n in range(of if tried is None else tried)}
    record_quiz(quiz, "A quiz", {}, first, of, done=quiz in (BEFORE, AFTER))


def test_a_lesson_is_not_yet_begun_or_done(course):
    assert set(states().values()) == {NOT_YET}
    record_lesson("01", "One")
    answer("01_lucys_journey", tried=3)
    assert states()["01"] == BEGUN
    answer("01_lucys_journey")
    assert states()["01"] == DONE
    answer("02_personas")
    assert states()["02"] == BEGUN, "a quiz without the lesson"
    record_guess("05_silent", "Guess", {"a": 1})
    assert states()["05"] == BEGUN
    record_lesson("06_he", "שיעור")
    answer("06_anatomy_of_a_delay_he")
    assert states()["06"] == DONE
    assert [states()[number] for number in ("03", "04", "07", "08", "09", "10")] == [NOT_YET] * 6


@given(st.sets(st.integers(0, 10)))
def test_next_is_the_first_lesson_that_is_not_done(done):
    progress_file().unlink(missing_ok=True)
    for n in done:
        record_lesson(LESSONS[n]["number"], LESSONS[n]["title"])
        for quiz in LESSONS[n]["quizzes"]:
            answer(quiz)
    found = [one.lesson["number"] for one in standings(full_record(), COURSE) if one.state != DONE]
    assert found == [LESSONS[n]["number"] for n in range(11) if n not in done]


def test_the_page_shows_how_far_with_sign_word_and_link(course):
    record_lesson("00", "Start here")
    answer(BEFORE, right=4)
    record_lesson("01", "One")
    answer("01_lucys_journey", right=3, of=5, tried=4)
    record_guess("03_widest", "Guess", {"a": 1})
    record_conversation("first_call", "The call", ["a"], ["good"], 3, ended=True)
    shown = cx.progress()
    assert shown.next["number"] == "01"
    assert (
        'Next: <a href="01_lucys_journey.ipynb" data-lesson="01_lucys_journey.ipynb">'
        '<bdi dir="auto">Lesson 1: Lucy&#x27;s journey</bdi></a> (25 minutes)' in shown.html
    )
    rows = re.findall(r"<tr>(.*?)</tr>", shown.html)[1:]
    assert len(rows) == len(LESSONS)
    assert "✓ done" in rows[0] and "◐ begun" in rows[1] and "○ not yet" in rows[2]
    assert "3 of 4 at the first try" in rows[1]
    assert "1 guess made, 1 of 1 conversations" in rows[3]
    assert "at the first try" not in rows[0], "a test before the course tells nobody"


def test_a_link_leads_from_any_folder_of_the_course(course, monkeypatch):
    (course / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(course / "deep" / "er")
    assert 'href="../../00_start_here.ipynb"' in cx.progress().html


def test_a_lesson_whose_notebook_is_not_there_has_no_link(course):
    (course / "02_personas.ipynb").unlink()
    assert "02_personas.ipynb" not in cx.progress().html and "Lesson 2" in cx.progress().html


def test_the_page_follows_what_happens_beside_it(course):
    shown = cx.progress()
    assert "✓ done" not in shown.html
    record_lesson("00", "Start here")
    answer(BEFORE)
    assert "✓ done" in shown.html


def test_a_notebook_that_is_handed_on_does_not_say_where_things_lie(course, home):
    data = cx.progress()._repr_mimebundle_()[0]
    assert str(home) in cx.progress().html and str(home) not in data["text/html"] + data["text/plain"]
    assert "when the notebook runs" in data["text/html"] and "Lesson 1" in data["text/html"]


def test_in_hebrew_the_page_runs_from_the_right(course):
    (course / "06_anatomy_of_a_delay_he.ipynb").touch()
    shown = cx.progress("he")
    assert shown.spec["dir"] == "rtl" and '<div lang="he" dir="rtl">' in shown._repr_html_()
    assert "שיעור 6: האנטומיה של עיכוב" in shown.html and "06_anatomy_of_a_delay_he.ipynb" in shown.html
    assert in_language(LESSONS[1], "he") is LESSONS[1]
    for button in shown.spec["buttons"]:
        assert re.search("[א-ת]", button["label"])


# ---- a copy, and a fresh start ----


def press(shown, button, **more):
    shown._heard(shown, {"kind": "button", "button": button, **more}, [])
    return shown.note


def test_a_copy_brings_all_back_and_keeps_what_was_there(home):
    record_lesson("01", "המסע")
    record_guess("05_silent", "Guess", {"a": 60})
    answer("q")
    copy, before = record_copy(), kept()
    shown = cx.progress()
    sent = []
    shown.send = sent.append
    assert "my_progress_" in press(shown, "copy")
    assert json.loads(sent[0]["text"]) == before and sent[0]["name"] in shown.note
    erase_record()
    record_lesson("02", "Two")
    assert "loaded" in press(shown, "load", text="\ufeff" + copy)
    assert kept() == before
    [aside] = [path for path in home.iterdir() if path.name.startswith("progress.before-")]
    assert "Two" in aside.read_text("utf-8")


@pytest.mark.parametrize("text", ["", "x", "[]", "{}", "[" * 9000, '{"lessons": 3, "quizzes": {}}'])
def test_a_file_that_is_no_copy_changes_nothing(text, home):
    record_lesson("01", "One")
    before = kept()
    assert "Nothing was changed" in press(cx.progress(), "load", text=text)
    assert kept() == before and [path.name for path in home.iterdir()] == ["progress.json"]


def test_markup_in_a_loaded_copy_is_text(course):
    evil = "<img src=x onerror=alert(1)>"
    quiz = {"title": evil, "answers": {}, "first": {"a": evil}, "of": 1}
    load_record(json.dumps({"lessons": {"01": {"title": evil, "opened": evil}}, "quizzes": {"q": quiz}}))
    assert "<img" not in cx.progress().html


def test_erase_takes_all_away_and_the_quizzes_start_afresh(home):
    record_lesson("01", "One")
    answer("q")
    load_record(record_copy())
    (home / "progress.damaged-1.json").write_text("{", "utf-8")
    (home / "my own notes.txt").write_text("mine", "utf-8")
    shown = cx.progress()
    assert "erased" in press(shown, "erase")
    assert [path.name for path in home.iterdir()] == ["my own notes.txt"]
    assert quiz_record("q") == {"answers": {}, "first": {}}
    assert shown.lines() == NOTHING and "Nothing is recorded" in shown.html


def test_erase_asks_first():
    [erase] = [button for button in cx.progress().spec["buttons"] if button["id"] == "erase"]
    assert "cannot be undone" in erase["sure"] and erase["no"] and erase["yes"]


def test_a_record_that_cannot_be_erased_is_told_in_words(home, monkeypatch):
    record_lesson("01", "One")

    def locked(self):
        raise PermissionError(13, "The file is open in another program")

    monkeypatch.setattr(Path, "unlink", locked)
    assert "could not be erased: The file is open" in press(cx.progress(), "erase")


def test_an_instructors_run_neither_shows_nor_changes_the_instructors_own(home, monkeypatch):
    record_lesson("01", "One")
    before = kept()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    shown = cx.progress()
    assert shown.lines() == NOTHING
    press(shown, "erase")
    record_guess("05", "Guess", {})
    load_record('{"lessons": {}, "quizzes": {}}')
    assert kept() == before


# ---- before and after ----


def take(name, right, of=12):
    """Answer a test of the course through its own form."""
    quiz = cx.quiz(name)
    answers = {}
    for place, question in enumerate(quiz.questions["parts"][0]["questions"][:of]):
        wanted = place < right
        answers[question["id"]] = next(
            one["id"] for one in question["options"] if bool(one.get("right")) == wanted
        )
    quiz.answers = answers
    quiz._heard(quiz, {"kind": "button", "button": "done"}, [])
    return quiz


@pytest.mark.parametrize(("before", "after"), [(4, 9), (0, 12), (6, 6), (9, 4), (11, 12)])
def test_after_the_last_test_before_and_now_stand_side_by_side(before, after, course):
    assert "at the end of the course" in take(BEFORE, before).note
    quiz = take(AFTER, after)
    gain = cx.normalized_gain(100 * before / 12, 100 * after / 12).value
    said = quiz.note.replace("−", "-")
    assert f"{before} of 12 were right" in said and f"it is {after} of 12" in said
    low, high = (round(100 * end) for end in (cx.proportion(after, 12).low, cx.proportion(after, 12).high))
    assert f"95% interval {low}% to {high}%)." in said
    told = float(re.search(r"ormalized gain is (-?[\d.]+\d|-?\d)", said)[1])
    assert told == pytest.approx(gain, abs=0.006)
    assert ("There is no gain" in said) == (after <= before)
    assert "at the end of the course" not in said and "tell little about one person" in said
    assert any("tell little" in line for line in cx.progress().lines())
    assert "Before the course and now" in cx.progress().html


def test_the_rows_say_where_it_went_well_and_where_to_read_again(course):
    take(BEFORE, 0)
    quiz = take(AFTER, 7)
    rows = re.findall(r"<tr>(.*?)</tr>", quiz.picture)[1:]
    assert len(rows) == 12
    assert ["✓ right" in row for row in rows] == [True] * 7 + [False] * 5
    assert "a journey map, from the customer" in rows[0] and "Lesson 1" in rows[0]
    again = cx.quiz(AFTER)
    assert again.picture == quiz.picture and again.note == quiz.note


def test_a_gain_waits_until_no_question_is_open(course):
    take(BEFORE, 4)
    quiz = take(AFTER, 5, of=11)
    assert quiz.picture == "" and "leave 1 open" in quiz.note
    assert "Before the course and now" not in cx.progress().html


def test_without_the_test_before_there_is_nothing_to_compare(course):
    quiz = take(AFTER, 8)
    assert "Now 8 of 12 are right" in quiz.note and "nothing to compare" in quiz.note
    assert "Before the course, " not in quiz.note


def test_who_knew_all_before_had_nothing_left_to_learn(course):
    take(BEFORE, 12)
    assert "Nothing was left to learn" in take(AFTER, 12).note


def test_the_first_results_stay_when_answers_change_later(course):
    take(BEFORE, 4)
    first = take(AFTER, 7)
    quiz = cx.quiz(AFTER)
    quiz.answers = {}
    assert right_in(full_record()["quizzes"][AFTER]) == 7
    assert quiz.note == first.note


def test_the_test_before_still_tells_nothing(course):
    quiz = take(BEFORE, 4)
    shown = quiz.note + quiz.picture + cx.progress().html + " ".join(cx.progress().lines())
    assert quiz.messages == {} and "4 of 12" not in shown


@given(st.integers(0, 12), st.integers(0, 12), st.sampled_from(["en", "he"]))
def test_the_words_of_a_gain_fit_in_both_languages(before, after, language):
    def done(right):
        return {"done": "2026", "of": 12, "first": {str(n): n < right for n in range(12)}}

    record = {"quizzes": {"a": done(before), "b": done(after)}}
    lines = gain_lines(record, "a", "b", language)
    assert len(lines) == 3 and not any("{" in line for line in lines)
    assert any(str(after) in line for line in lines)
    if language == "he":
        assert not any(re.search("[A-Za-z]", line) for line in lines)


# ---- the start of a lesson in another language ----


def test_a_lesson_in_hebrew_starts_in_hebrew(monkeypatch):
    ready = cx.start("06_he", "שיעור 6", language="he")
    assert 'dir="rtl"' in ready._repr_html_() and re.search("[א-ת]", ready.lines()[0])
    assert not re.search("[A-Za-z]", ready.lines()[0])

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cxkit.files.os.fsync", full)
    [_, trouble] = cx.start("07_he", "שיעור 7", language="he").lines()
    assert re.search("[א-ת]", trouble) and "No space left" in trouble

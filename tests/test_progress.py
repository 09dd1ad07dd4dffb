"""The record of progress: one small file, never half written, never in the way; and the start of a lesson."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_quiz import DAMAGED

import cxkit as cx
from cxkit.teaching import progress
from cxkit.teaching.progress import grading, progress_file, quiz_record, record_lesson, record_quiz

NOTHING = ["Nothing is recorded yet. Open a lesson and it will show here."]


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

"""The map editor, seen from Python: what it takes up, saves, keeps aside, finds and draws."""

from __future__ import annotations

import io
import json
import os
import re
from pathlib import Path

import pytest
from any_journey import journeys, quick
from hypothesis import given, settings
from hypothesis import strategies as st

import cxkit as cx
from cxkit.journey import COLUMNS, Journey, JourneyError
from cxkit.templates import template, templates
from cxkit.views import editor as module
from cxkit.views.editor import Editor, edit
from cxkit.views.editor import draft as drafts
from cxkit.views.editor.copies import copy_kinds
from cxkit.views.editor.picture import picture_for_page
from cxkit.views.editor.words import WORDS
from cxkit.views.picture import Picture

HMO = cx.case("hmo_opt_out").journey
CASES = [
    journey
    for name, languages in {"hmo_opt_out": ["en"], "dental_clinic_delays": ["en", "he"]}.items()
    for language in languages
    for journey in cx.case(name, language).journeys.values()
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def light_drawing(monkeypatch):
    """How often the map was drawn, without the drawing."""
    drawn = []

    def draw(journey):
        drawn.append(journey)
        return Picture(alt="A map.", twin=journey.table, title=journey.title)

    monkeypatch.setattr(Journey, "draw", draw)
    return drawn


class Page:
    """What a page does with an editor."""

    def __init__(self, editor: Editor, by: str = "page") -> None:
        self.editor, self.by, self.ticket = editor, by, 0
        self.messages: list[tuple] = []
        editor.send = lambda content, buffers=None: self.messages.append((content, buffers))

    def say(self, kind: str, buffers=(), **more) -> None:
        self.editor._heard(self.editor, {"kind": kind, "by": self.by, **more}, list(buffers))

    def change(self, act=None, **about) -> None:
        """Change the draft: `act` gets a copy of it; words give parts of the head."""
        draft = json.loads(json.dumps(self.editor.draft["draft"]))
        draft["about"].update(about)
        if act:
            act(draft)
        self.ticket += 1
        self.say("change", ticket=self.ticket, draft=draft)

    def put(self, row: int, **cells) -> None:
        self.change(lambda draft: draft["touchpoints"][row].update(cells))


def keys_of(editor) -> list[str]:
    return [each["key"] for each in editor.notices]


# --- a draft and its file ---------------------------------------------------------------------------------


@pytest.mark.parametrize("journey", CASES, ids=lambda one: f"{one.state} {one.language} {one.title[:12]}")
@pytest.mark.parametrize("suffix", drafts.KEPT)
def test_a_case_comes_back_equal_through_the_draft_and_its_file(journey, suffix):
    draft = drafts.from_journey(journey)
    assert drafts.finish(draft).journey == journey
    assert drafts.clean(json.loads(json.dumps(draft))) == draft
    data = drafts.to_bytes(draft, suffix)
    assert drafts.from_bytes(data, suffix) == (draft, [])
    place = Path(f"one{suffix}")
    place.write_bytes(data)
    assert cx.read_journey(place) == journey


@settings(quick, max_examples=12)
@given(journeys())
def test_any_journey_comes_back_equal_through_the_draft_and_its_file(journey):
    draft = drafts.from_journey(journey)
    assert drafts.finish(draft).journey == journey
    for suffix in (".csv", ".json"):
        again, lost = drafts.from_bytes(drafts.to_bytes(drafts.clean(draft), suffix), suffix)
        assert lost == [] and drafts.finish(again).journey == journey


typed = st.text(st.characters(exclude_categories=("Cs",)), max_size=8) | st.sampled_from(
    ["", " ", "two weeks", "=1+1", "'=x", "@x", "12", "-3", "\x00", "a\r\nb", "\ufeff", "\u200f", ";", '"']
)
rows = st.fixed_dictionaries(
    {"id": st.just("x"), **dict.fromkeys(COLUMNS, typed)},
    optional={"inferred": st.lists(st.sampled_from(COLUMNS), max_size=3, unique=True)},
).map(lambda row: {**row, "stage": "care"})
half_done = st.fixed_dictionaries(
    {
        "about": st.fixed_dictionaries({"title": typed, "scenario": typed, "language": st.just("en")}),
        "persona": st.fixed_dictionaries({"name": typed, "job": typed}),
        "touchpoints": st.lists(rows, max_size=3),
    }
)  # fmt: skip


def told(text: str) -> str:
    """What a file may change in a text: white space around it, the form of its letters and line breaks."""
    return drafts._text(text)


@quick
@given(half_done)
def test_half_finished_work_comes_back_whatever_it_holds(found):
    draft = drafts.clean(found)
    for suffix in (".csv", ".json", ".yaml"):
        again, lost = drafts.from_bytes(drafts.to_bytes(draft, suffix), suffix)
        assert lost == []
        assert len(again["touchpoints"]) == len(draft["touchpoints"])
        for row, back in zip(draft["touchpoints"], again["touchpoints"], strict=True):
            for column in ("touchpoint", "owner", "quote", "pain_point", "opportunity"):
                assert back[column] == told(row[column]), (suffix, column)
            assert back["inferred"] == row["inferred"]
        assert again["about"]["title"] == told(draft["about"]["title"])


@pytest.mark.parametrize("suffix", drafts.KEPT)
def test_an_empty_map_keeps_its_title(suffix):
    draft = drafts.blank("he")
    draft["about"]["title"] = "מפה חדשה"
    assert drafts.from_bytes(drafts.to_bytes(draft, suffix), suffix) == (draft, [])


def test_what_a_file_says_loosely_is_said_as_the_form_says_it():
    data = "Stage;Touch Point;Channel;expected\nCare;Calls;In-Person;7,0\n".encode("utf-16")
    with pytest.raises(JourneyError, match="Rename the column “Touch Point” to touchpoint"):
        edit_file("x.csv", data)
    data = data.decode("utf-16").replace("Touch Point", "Touchpoint").encode("utf-16")
    draft, _ = drafts.from_bytes(data, ".csv")
    row = draft["touchpoints"][0]
    assert (row["stage"], row["channel"], row["expected"]) == ("care", "in person", "7")


def edit_file(name, data):
    draft, lost = drafts.from_bytes(data, Path(name).suffix)
    if lost:
        raise JourneyError(lost)
    return draft


# --- saving and taking up ---------------------------------------------------------------------------------


def test_nothing_is_written_before_something_is_changed(folder):
    editor = edit(HMO)
    assert editor.saved["state"] == "none" and list(folder.iterdir()) == []
    assert editor.journey == HMO


def test_each_change_is_saved_before_it_is_called_saved(folder):
    editor = edit()
    page = Page(editor)
    page.change(title="Mine")
    assert (editor.saved["state"], editor.saved["ticket"], editor.saved["by"]) == ("saved", 1, "page")
    assert editor.saved["file"] == "my_map.csv" and editor.saved["folder"] == str(folder.resolve())
    page.change(
        lambda draft: draft["touchpoints"].append({"id": "a", "stage": "care", "touchpoint": "Calls"})
    )
    again = edit()
    assert again.saved["state"] == "kept" and again.notices == []
    assert again.draft["draft"]["about"]["title"] == "Mine"
    assert again.draft["draft"]["touchpoints"][0]["touchpoint"] == "Calls"


def test_half_finished_work_is_taken_up_by_a_new_kernel():
    page = Page(edit(HMO))
    page.put(2, wait_days="two weeks", touchpoint="", expected="")
    row = edit().draft["draft"]["touchpoints"][2]
    assert (row["wait_days"], row["touchpoint"], row["expected"]) == ("two weeks", "", "")


@pytest.mark.parametrize("name", ["plan.yaml", "plan.yml", "plan.json", "PLAN.CSV"])
def test_a_file_of_ones_own_name(name):
    page = Page(edit(HMO, name))
    page.change(title="Named")
    assert cx.read_journey(name).title == "Named"
    assert edit(name).journey.title == "Named"
    assert edit(path=name).journey.title == "Named"


def test_the_file_is_written_in_one_step(folder, monkeypatch):
    page = Page(edit(HMO))
    page.change(title="First")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cxkit.files.os.fsync", full)
    page.change(title="Second")
    saved = page.editor.saved
    assert saved["state"] == "failed" and "No space left" in saved["why"]
    assert cx.read_journey("my_map.csv").title == "First"
    monkeypatch.undo()
    os.chdir(folder)
    page.change(title="Third")
    assert page.editor.saved["state"] == "saved" and edit().draft["draft"]["about"]["title"] == "Third"


def files(folder) -> dict[str, str]:
    return {each.name: cx.read_journey(each).title for each in folder.iterdir()}


def two_versions(folder) -> Page:
    """A form that finds another version in its file."""
    page = Page(edit(HMO))
    page.change(title="Mine")
    HMO.replace(title="Theirs").save("my_map.csv")
    page.change(title="Mine, later")
    return page


def test_a_form_rests_where_its_file_was_changed_elsewhere(folder):
    page = two_versions(folder)
    for title in ("Mine, later still", "Mine, last"):
        page.change(title=title)
        assert page.editor.saved["state"] == "conflict"
    assert page.editor.notices == [{"key": "conflict", "file": "my_map.csv", "copy": "my_map_2.csv"}]
    assert files(folder) == {"my_map.csv": "Theirs", "my_map_2.csv": "Mine, last"}
    assert page.editor.journey.title == "Mine, last"


def test_go_on_here_keeps_the_other_as_one_copy(folder):
    page = two_versions(folder)
    page.say("answer", key="conflict", answer="here")
    assert (page.editor.saved["state"], page.editor.saved["ticket"]) == ("saved", page.ticket)
    assert files(folder) == {"my_map.csv": "Mine, later", "my_map_2.csv": "Theirs"}
    assert page.editor.notices == [{"key": "kept_other", "file": "my_map.csv", "copy": "my_map_2.csv"}]
    page.say("answer", key="kept_other", answer="seen")
    page.change(title="Mine, and on")
    assert page.editor.notices == [] and files(folder) == {
        "my_map.csv": "Mine, and on",
        "my_map_2.csv": "Theirs",
    }


def test_load_the_other_keeps_mine_as_one_copy(folder):
    page = two_versions(folder)
    page.say("answer", key="conflict", answer="other")
    assert page.editor.draft["draft"]["about"]["title"] == page.editor.journey.title == "Theirs"
    assert page.editor.saved["state"] == "kept" and keys_of(page.editor) == ["kept_mine"]
    page.change(title="Theirs, and on")
    assert files(folder) == {"my_map.csv": "Theirs, and on", "my_map_2.csv": "Mine, later"}


def test_two_notebooks_on_one_file_make_no_pile_of_copies(folder, monkeypatch):
    # two kernels: neither knows of the other's form
    one = Page(edit(HMO))
    monkeypatch.setattr(module, "_open", {})
    other = Page(edit(HMO))
    for n in range(6):
        one.change(title=f"One {n}")
        other.change(title=f"Other {n}")
    assert files(folder) == {"my_map.csv": "One 5", "my_map_2.csv": "Other 5"}
    other.say("answer", key="conflict", answer="here")
    one.change(title="One 5")
    assert one.editor.saved["state"] == "conflict"
    # what the first is about to keep is kept by the second already
    assert files(folder) == {"my_map.csv": "Other 5", "my_map_2.csv": "One 5"}
    one.say("answer", key="conflict", answer="other")
    one.change(title="Both")
    assert files(folder) == {"my_map.csv": "Both", "my_map_2.csv": "One 5"}


def test_what_two_forms_wrote_alike_is_no_conflict(folder):
    page = Page(edit(HMO))
    page.change(title="Alike")
    Path("my_map.csv").write_bytes(drafts.to_bytes(drafts.from_journey(HMO.replace(title="Same")), ".csv"))
    page.change(title="Same")
    assert page.editor.saved["state"] == "saved" and files(folder) == {"my_map.csv": "Same"}


def test_a_copy_that_cannot_be_written_leaves_both_versions_alone(folder, monkeypatch):
    page = Page(edit(HMO))
    page.change(title="Mine")
    HMO.replace(title="Theirs").save("my_map.csv")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cxkit.files.os.fsync", full)
    page.change(title="Mine, later")
    assert page.editor.saved["state"] == "failed" and files(folder) == {"my_map.csv": "Theirs"}


def test_a_file_that_was_deleted_is_written_again():
    page = Page(edit(HMO))
    page.change(title="Mine")
    Path("my_map.csv").unlink()
    page.change(title="Mine again")
    assert cx.read_journey("my_map.csv").title == "Mine again"


def test_a_journey_beside_a_file_asks_and_does_nothing_yet(folder):
    HMO.replace(title="Mine").save("my_map.csv")
    before = Path("my_map.csv").read_bytes()
    editor = edit(CASES[2])
    assert editor.journey.title == "Mine"
    assert editor.notices == [
        {
            "key": "exists",
            "mine": {"title": "Mine", "n": 8},
            "theirs": {"title": CASES[2].title, "n": len(CASES[2])},
        }
    ]
    assert Path("my_map.csv").read_bytes() == before
    page = Page(editor)
    page.say("answer", key="exists", answer="begin")
    [(message, _)] = page.messages
    assert message["kind"] == "load" and drafts.finish(message["draft"]).journey == CASES[2]
    assert message["copy"] == "my_map_2.csv" and cx.read_journey("my_map_2.csv").title == "Mine"
    page.change(lambda draft: draft.update(message["draft"]))
    assert cx.read_journey("my_map.csv") == CASES[2]


def test_whoever_goes_on_typing_goes_on_with_the_own_map():
    HMO.replace(title="Mine").save("my_map.csv")
    page = Page(edit(CASES[2]))
    page.change(title="Mine, and on")
    assert page.editor.notices == [] and page.messages == []
    assert cx.read_journey("my_map.csv").title == "Mine, and on"


def test_the_same_journey_again_asks_nothing():
    HMO.save("my_map.csv")
    editor = edit(HMO)
    assert editor.notices == [] and editor.saved["state"] == "kept"


def test_a_blank_map_stands_in_nobodys_way():
    page = Page(edit())
    page.change(language="he")
    editor = edit(HMO)
    assert editor.notices == [] and editor.journey == HMO


DAMAGED = {
    "cut": HMO_CSV[: len(HMO_CSV) // 2]
    if (HMO_CSV := drafts.to_bytes(drafts.from_journey(HMO), ".csv"))
    else b"",
    "not text": b"\xff\x00\x01PK",
    "empty": b"",
    "another table": b"name,age\nDana,40\n",
    "two columns of one name": b"stage,touchpoint,channel,owner,owner\ncare,Calls,phone,a,b\n",
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_file_is_kept_aside_and_told(damage, folder):
    Path("my_map.csv").write_bytes(DAMAGED[damage])
    editor = edit()
    assert keys_of(editor) in (["damaged"], ["damaged_all"])
    notice = editor.notices[0]
    assert notice["copy"] == "my_map_damaged.csv" and len(notice["why"]) > 10
    assert (folder / "my_map_damaged.csv").read_bytes() == DAMAGED[damage]
    Page(editor).change(title="On")
    assert edit().notices == []
    Path("my_map.csv").write_bytes(b"")
    edit()
    assert (folder / "my_map_damaged_2.csv").read_bytes() == b""
    assert (folder / "my_map_damaged.csv").read_bytes() == DAMAGED[damage]


def test_what_can_be_read_of_a_damaged_file_is_taken():
    whole = drafts.to_bytes(drafts.from_journey(HMO), ".csv").decode("utf-8-sig")
    lines = whole.splitlines(keepends=True)
    Path("my_map.csv").write_text("".join(lines[:4]), "utf-8")
    editor = edit()
    assert editor.notices[0]["key"] == "damaged" and editor.notices[0]["n"] == 3
    assert [row["touchpoint"] for row in editor.draft["draft"]["touchpoints"]] == list(
        HMO.table["touchpoint"][:3]
    )


def test_a_damaged_file_that_cannot_be_put_aside_is_not_written_over(folder, monkeypatch):
    Path("my_map.csv").write_bytes(b"\xff\x00")

    def refuse(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    editor = edit()
    assert keys_of(editor) == ["damaged_stuck"]
    Page(editor).change(title="x")
    assert editor.saved["state"] == "failed" and Path("my_map.csv").read_bytes() == b"\xff\x00"


def test_the_newest_form_of_a_file_is_the_one_that_saves():
    older = Page(edit(HMO))
    older.change(title="Older")
    newer = Page(edit(), by="newer")
    assert keys_of(older.editor) == ["retired"]
    older.change(title="Late words")
    assert older.editor.saved["state"] == "retired" and cx.read_journey("my_map.csv").title == "Older"
    newer.change(title="Newer")
    older.say("take")
    assert keys_of(newer.editor) == ["retired"] and older.editor.notices == []
    assert older.editor.draft["draft"]["about"]["title"] == "Newer"
    older.change(title="Older again")
    assert cx.read_journey("my_map.csv").title == "Older again"
    assert not Path("my_map_2.csv").exists()


def test_two_files_do_not_disturb_each_other():
    one, other = edit(path="one.csv"), edit(path="other.csv")
    assert one.notices == other.notices == []
    assert one.options["key"] != other.options["key"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"path": "map.xlsx"}, "Choose one of these endings"),
        ({"path": "map"}, "Choose one of these endings"),
        ({"path": "nowhere/map.csv"}, "does not exist"),
        ({"path": 3}, "is not the name of a file"),
        ({"journey": 3}, "is not a journey"),
        ({"journey": "a.csv", "path": "b.csv"}, "Give one file"),
        ({"path": "."}, "is a folder"),
    ],
)
def test_a_wrong_place_is_told_in_words(given, words):
    with pytest.raises(JourneyError, match=words):
        edit(**given)


def test_a_case_will_do_for_its_journey():
    assert edit(cx.case("hmo_opt_out")).journey == HMO


# --- problems and what is missing -------------------------------------------------------------------------


def test_a_problem_names_its_cell_and_keeps_the_last_good_journey():
    page = Page(edit(HMO))
    page.put(3, wait_days="two weeks", expected="12")
    found = page.editor.findings
    ids = [row["id"] for row in page.editor.draft["draft"]["touchpoints"]]
    assert [(each["id"], each["column"]) for each in found["problems"]] == [
        (ids[3], "expected"),
        (ids[3], "wait_days"),
    ]
    assert "outside 1 to 10" in found["problems"][0]["text"]
    assert page.editor.journey == HMO
    page.put(3, wait_days="14", expected="7")
    assert page.editor.findings["problems"] == [] and page.editor.journey == HMO


def test_in_hebrew_problems_are_told_in_hebrew():
    page = Page(edit(cx.case("dental_clinic_delays", "he")))
    page.put(0, wait_days="x")
    text = page.editor.findings["problems"][0]["text"]
    assert text.startswith("״x״ אינו זמן המתנה") and not re.search("[a-z]{3}", text)


def test_what_is_missing_is_no_problem_and_is_drawn(light_drawing):
    page = Page(edit())
    page.change(lambda draft: draft["touchpoints"].append({"id": "a", "stage": "care"}))
    found = page.editor.findings
    assert found["problems"] == [] and [each["column"] for each in found["missing"]] == [
        "touchpoint",
        "channel",
    ]
    assert list(page.editor.journey.table["touchpoint"]) == ["(no name yet)"]
    page.say("draw", ticket=page.ticket)
    assert page.editor.drawn["state"] == "good" and len(light_drawing) == 1


def test_without_a_touchpoint_there_is_no_journey_and_words_say_so():
    page = Page(edit(HMO))
    page.change(lambda draft: draft["touchpoints"].clear())
    assert page.editor.findings["problems"] == []
    with pytest.raises(JourneyError, match="no touchpoint"):
        _ = page.editor.journey


# --- drawing ----------------------------------------------------------------------------------------------


def test_the_picture_brings_its_words_and_its_table():
    page = Page(edit(HMO))
    page.say("draw", ticket=0)
    picture, drawn = page.editor.picture, HMO.draw()
    assert page.editor.drawn["state"] == "good"
    assert (
        picture["svg"].startswith("<?xml") and picture["alt"] == drawn.alt and picture["title"] == HMO.title
    )
    assert len(picture["rows"]) == 8 and picture["heads"][picture["named"]] == "Touchpoint"
    assert "≈ −8" in picture["rows"][4]


@pytest.mark.parametrize("journey", CASES[::3], ids=lambda one: f"{one.state} {one.language}")
def test_the_picture_is_the_one_that_matplotlib_saves(journey):
    def saved(journey) -> str:
        with io.BytesIO() as out:
            journey.draw().savefig(out, format="svg", metadata={"Date": None, "Creator": None})
            return out.getvalue().decode("utf-8")

    changed = journey.replace(title=f"{journey.title} +")
    for one in (journey, changed, journey):
        assert picture_for_page(one)["svg"] == saved(one)


def test_a_request_older_than_the_draft_is_not_drawn(light_drawing):
    page = Page(edit(HMO))
    page.change(title="One")
    page.change(title="Two")
    page.say("draw", ticket=1)
    assert page.editor.drawn["state"] == "stale" and light_drawing == []
    page.say("draw", ticket=2)
    assert [journey.title for journey in light_drawing] == ["Two"]
    # a change that comes late, after a newer one, does not win
    late = json.loads(json.dumps(page.editor.draft["draft"]))
    late["about"]["title"] = "One"
    page.say("change", ticket=1, draft=late)
    assert page.editor.draft["draft"]["about"]["title"] == "Two"


def test_what_did_not_change_is_not_drawn_again(light_drawing):
    page = Page(edit(HMO))
    for ticket in (0, 0):
        page.say("draw", ticket=ticket)
    page.change()
    page.say("draw", ticket=1)
    assert len(light_drawing) == 1 and page.editor.drawn["state"] == "good"
    # each request is answered, or the page would wait for ever
    assert page.editor.drawn["count"] == 3
    page.change(title="New")
    page.say("draw", ticket=2)
    assert len(light_drawing) == 2


def test_with_a_problem_the_last_good_picture_stays(light_drawing):
    page = Page(edit(HMO))
    page.say("draw", ticket=0)
    before = dict(page.editor.picture)
    page.put(0, wait_days="x")
    page.say("draw", ticket=page.ticket)
    assert page.editor.drawn["state"] == "kept" and page.editor.picture == before


def test_a_map_that_cannot_be_drawn_harms_nothing(monkeypatch):
    def fail(journey):
        raise RuntimeError("no room for 300 touchpoints")

    monkeypatch.setattr(Journey, "draw", fail)
    page = Page(edit(HMO))
    page.change(title="On")
    page.say("draw", ticket=1)
    assert page.editor.drawn["state"] == "failed" and "no room" in page.editor.drawn["why"]
    assert page.editor.saved["state"] == "saved"


# --- starting from, and copies ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "he"])
def test_every_start_in_the_list_opens(language):
    page = Page(edit())
    for name in ("blank", *page.editor.options["stories"], *page.editor.options["templates"]):
        page.messages.clear()
        page.say("start", name=name, language=language)
        [(message, _)] = page.messages
        assert message["kind"] == "load" and message["copy"] == "" and not message["problems"]
        found = drafts.finish(message["draft"])
        assert (found.journey is None) == (name == "blank")
        assert (
            name == "blank"
            or WORDS[language][f"start_{name}" if name in module.STORIES else f"template_{name}"]
        )
    page.messages.clear()
    page.say("start", name="nothing", language=language)
    assert page.messages[0][0]["kind"] == "trouble" and "no template" in page.messages[0][0]["why"]


def test_a_changed_map_is_kept_when_another_is_started():
    page = Page(edit(HMO))
    page.change(title="Mine")
    page.say("start", name="noa", language="en", keep=True)
    assert page.messages[-1][0]["copy"] == "my_map_2.csv" and cx.read_journey("my_map_2.csv").title == "Mine"
    page.say("start", name="lucy", language="en", keep=False)
    assert page.messages[-1][0]["copy"] == ""


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json", ".yaml"])
def test_a_file_of_mine_is_taken(suffix):
    HMO.save(f"mine{suffix}")
    page = Page(edit())
    page.say("file", [memoryview(Path(f"mine{suffix}").read_bytes())], name=f"mine{suffix}")
    [(message, _)] = page.messages
    assert drafts.finish(message["draft"]).journey == HMO and message["name"] == f"mine{suffix}"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.docx", b"x", "We do not read .docx"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"a,b\n1,2\n", "touchpoint"),
        ("a.xlsx", b"PK nonsense", "Excel"),
        ("a.json", b"[]", "shape of a journey"),
        ("../../etc/passwd", b"x", "We do not read"),
    ],
)
def test_a_file_that_is_no_journey_is_refused_in_words(name, data, words):
    page = Page(edit(HMO))
    page.say("file", [data], name=name)
    [(message, _)] = page.messages
    assert message["kind"] == "trouble" and words in message["why"]
    assert page.editor.journey == HMO


def test_every_copy_in_the_list_is_written_and_sent(folder, light_drawing, monkeypatch):
    # how a page or slides look is tested where they are made
    monkeypatch.setattr("cxkit.exchange.write", lambda journey, path: Path(path).write_text(journey.title))
    page = Page(edit(HMO))
    kinds = [kind for group in copy_kinds().values() for kind in group]
    assert {".png", ".svg", ".pdf", ".xlsx", ".csv"} <= set(kinds)
    for suffix in kinds:
        page.messages.clear()
        page.say("copy", suffix=suffix)
        [(message, [data])] = page.messages
        assert message["kind"] == "copied", message
        assert (folder / message["name"]).read_bytes() == data and data
    assert cx.read_journey("my_map_copy.csv") == cx.read_journey("my_map.xlsx") == HMO
    for language in WORDS:
        assert all(f"copy_{suffix[1:]}" in WORDS[language] for suffix in kinds)


def test_a_copy_never_takes_the_place_of_somebody_elses_file(folder):
    (folder / "my_map.xlsx").write_bytes(b"a colleague's work")
    page = Page(edit(HMO))
    page.say("copy", suffix=".xlsx")
    page.say("copy", suffix=".xlsx")
    assert (folder / "my_map.xlsx").read_bytes() == b"a colleague's work"
    assert cx.read_journey("my_map_2.xlsx") == HMO and [m["name"] for m, _ in page.messages] == [
        "my_map_2.xlsx",
        "my_map_3.xlsx",
    ]


def test_a_copy_of_a_map_with_problems_waits():
    page = Page(edit(HMO))
    page.put(0, wait_days="x")
    page.say("copy", suffix=".csv")
    assert page.messages[0][0]["kind"] == "trouble" and "Mend" in page.messages[0][0]["why"]
    page.say("copy", suffix=".exe")
    page.say("nonsense")
    page.say("copy")


@pytest.mark.parametrize(
    "sent",
    [None, 3, [], {}, {"touchpoints": 3}, {"touchpoints": [3, {}]}, {"about": [], "persona": 3, "extra": 5}],
)
def test_a_message_of_another_shape_breaks_nothing(sent):
    page = Page(edit(HMO))
    page.say("change", ticket=1, draft=sent)
    assert page.editor.saved["state"] == "saved"
    drafts.finish(page.editor.draft["draft"])


# --- templates, words, paper ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", templates())
def test_a_template_leaves_what_was_lived_to_the_team(name):
    journey, hebrew = template(name), template(name, "he")
    assert 7 <= len(journey) <= 9 and journey.language == "en" and hebrew.language == "he"
    for one in (journey, hebrew):
        assert one.table["experienced"].isna().all() and one.table["expected"].notna().all()
        assert set(one.table["evidence"]) == {"assumed"}
        assert one.title and one.persona.name and one.persona.job and one.scenario and one.source
        assert all(text == "" or text.endswith("?") for text in one.table["opportunity"])
        assert set(one.table["stage"]) == {"pre-care", "care", "post-care"}
    same = ["stage", "channel", "expected", "wait_days", "moment"]
    assert journey.table[same].equals(hebrew.table[same])
    assert not hebrew.table["touchpoint"].str.contains("[A-Za-z]").any()
    assert all(bool(a) == bool(b) for a, b in zip(journey.table["owner"], hebrew.table["owner"], strict=True))


def test_a_template_that_is_not_there_is_told_in_words():
    with pytest.raises(ValueError, match="Did you mean discharge_home"):
        template("discharge home today")
    with pytest.raises(ValueError, match="English"):
        template("discharge_home", "fr")


def test_the_words_are_there_in_both_languages():
    english, hebrew = WORDS["en"], WORDS["he"]
    assert set(english) == set(hebrew)
    for key in english:
        if key.startswith("problem_"):
            continue
        assert set(re.findall(r"{\w+}", english[key])) == set(re.findall(r"{\w+}", hebrew[key])), key
        assert re.search("[א-ת]", hebrew[key]) or key in ("map_named", "card_label"), key


def test_every_word_that_the_page_asks_for_is_there():
    script = Editor._esm
    asked = set(re.findall(r"words\.([a-z_]+)\b", script)) | set(re.findall(r"store\.say\('(\w+)'", script))
    assert len(asked) > 60 and asked <= set(WORDS["en"]) | {"words"}, asked - set(WORDS["en"])


def test_on_paper_it_is_the_journeys_table():
    bundle, _ = edit(HMO)._repr_mimebundle_()
    assert bundle["text/plain"] == "Map editor: my_map.csv, 8 touchpoints"
    assert "<table" in bundle["text/html"] and "appears here when the notebook runs" in bundle["text/html"]
    hebrew = edit(cx.case("dental_clinic_delays", "he"), "he.csv").on_paper()
    assert hebrew.startswith('<div lang="he" dir="rtl">') and "העורך מופיע כאן" in hebrew
    assert "<script" not in edit(HMO.replace(title="<script>"), "x.csv").on_paper()

"""The journey table: what is accepted, what is refused, and in which words."""

import copy
import datetime
import decimal
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from cxkit.journey import (
    CHANNELS,
    COLUMNS,
    EVIDENCE,
    FAILURES,
    MOMENTS,
    STAGES,
    Journey,
    JourneyError,
    Persona,
    right_to_left,
)

CALL = {"stage": "care", "touchpoint": "Calls", "channel": "phone"}


def faults(*rows, **about):
    """The problems of a table, as (row, column, message)."""
    with pytest.raises(JourneyError) as caught:
        Journey(list(rows), **about)
    return [(each["row"], each["column"], each["message"]) for each in caught.value.problems]


def only_fault(*rows, **about):
    found = faults(*rows, **about)
    assert len(found) == 1, found
    return found[0]


def cell(column, value):
    return Journey([CALL | {column: value}]).table.loc[0, column]


def test_the_table_has_the_thirteen_columns_first_and_then_the_others():
    table = Journey([{"my own": 3, "Channel": "Phone", "touchpoint": "Calls", "STAGE": "care"}]).table
    assert list(table.columns) == [*COLUMNS, "my own"]
    assert table.loc[0, "my own"] == "3"
    assert table.loc[0, "owner"] == ""
    assert list(table.index) == [0]
    for column in ("expected", "experienced", "wait_days"):
        assert table[column].dtype == np.float64
        assert np.isnan(table.loc[0, column])


def test_a_data_frame_works_with_any_index_and_kind_of_missing_value():
    frame = pd.DataFrame(
        {
            "stage": pd.Categorical(["care", "care", "care"]),
            "touchpoint": ["a", "b", "c"],
            "channel": ["web", "web", "web"],
            "owner": [None, np.nan, pd.NA],
            "expected": pd.array([7, None, 3], dtype="Int64"),
            "wait_days": [np.float32("nan"), np.int8(2), 0.5],
            "seen": [pd.NaT, pd.Timestamp("2026-05-01"), pd.Timestamp("2026-05-01 10:30")],
            "told": [True, False, np.True_],
        },
        index=["x", "x", "y"],
    )
    table = Journey(frame).table
    assert list(table["owner"]) == ["", "", ""]
    assert table["expected"].tolist()[::2] == [7, 3] and np.isnan(table.loc[1, "expected"])
    assert np.isnan(table.loc[0, "wait_days"]) and table["wait_days"].tolist()[1:] == [2, 0.5]
    assert list(table["seen"]) == ["", "2026-05-01", "2026-05-01T10:30:00"]
    assert list(table["told"]) == ["true", "false", "true"]
    assert list(table.index) == [0, 1, 2]


@pytest.mark.parametrize(
    ("column", "typed", "meant"),
    [
        ("stage", "Pre care", "pre-care"),
        ("stage", "PRE_CARE", "pre-care"),
        ("stage", "post‑care", "post-care"),  # a non-breaking hyphen, as Word writes it
        ("channel", " In-Person\u200f", "in person"),
        ("channel", "E-mail", "email"),
        ("moment", "ZERO", "zero"),
        ("failure", "Both ", "both"),
        ("evidence", "Observed", "observed"),
    ],
)
def test_words_are_known_in_any_spelling(column, typed, meant):
    assert cell(column, typed) == meant


@pytest.mark.parametrize("words", [STAGES, CHANNELS, MOMENTS, FAILURES, EVIDENCE])
def test_every_allowed_word_is_its_own_spelling(words):
    column = {STAGES: "stage", CHANNELS: "channel", MOMENTS: "moment", FAILURES: "failure"}.get(
        words, "evidence"
    )
    assert [cell(column, word) for word in words] == list(words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("7", 7),
        ("7.0", 7),
        ("7,5", 7.5),
        (" 7\xa0", 7),
        ("٧", 7),
        ("٧٫٥", 7.5),
        ("７", 7),
        ("\u200f7", 7),
        ("+7", 7),
        (7, 7),
        (np.int64(7), 7),
        (decimal.Decimal("7.5"), 7.5),
        ("1e1", 10),
    ],
)
def test_scores_are_read_as_people_write_them(typed, meant):
    assert cell("expected", typed) == meant


@pytest.mark.parametrize("empty", ["", "  ", None, float("nan"), pd.NA, "\u200f", "\ufeff", "\u3000"])
def test_an_empty_cell_is_an_unknown_number_and_an_empty_text(empty):
    assert np.isnan(cell("experienced", empty))
    assert cell("moment", empty) == ""


def test_a_wait_may_be_nothing_and_never_minus_nothing():
    assert str(cell("wait_days", "-0")) == "0.0"
    assert cell("wait_days", "0,125") == 0.125


def test_numbers_have_no_more_digits_than_every_file_can_hold():
    assert cell("wait_days", 0.1 + 0.2) == 0.3
    assert cell("experienced", 10 - 1e-15) == 10


@pytest.mark.parametrize(
    ("column", "value", "part"),
    [
        ("stage", "pre", "Did you mean pre-care?"),
        ("stage", "xyz", "Write one of: pre-care, care, post-care."),
        ("stage", "", "The stage is empty. Write one of: pre-care, care, post-care."),
        ("channel", "fone", "Did you mean phone?"),
        ("channel", None, "The channel is empty. Write one of: web,"),
        ("touchpoint", " ", "The touchpoint is empty. Say what happens here."),
        ("moment", "thrid", "Write one of: zero, first, second, ultimate. Or leave the cell empty."),
        ("moment", "secnd", "Did you mean second? Or leave the cell empty."),
        ("failure", "sale", "Did you mean sales?"),
        ("evidence", "asumed", "Did you mean assumed?"),
        ("expected", 11, "The score 11 is outside 1 to 10."),
        ("expected", 0, "The score 0 is outside 1 to 10."),
        ("experienced", float("inf"), "outside 1 to 10"),
        ("expected", "seven", "“seven” is not a number. Write a number from 1 to 10. Leave the cell empty"),
        ("expected", "about 7", "Write only the number: 7."),
        ("expected", "7 or 8", "Write a number from 1 to 10."),
        ("expected", "½", "is not a number"),
        ("expected", "7²", "is not a number"),
        ("expected", "NaN", "is not a number"),
        ("expected", True, "is not a number"),
        ("expected", datetime.date(2026, 7, 1), "a date or a time (2026-07-01), perhaps made by Excel"),
        ("expected", pd.Timestamp("2026-07-01"), "perhaps made by Excel"),
        ("wait_days", -1, "A wait of -1 days cannot be. Write a number of days, 0 or more."),
        ("wait_days", "−3", "A wait of −3 days cannot be."),
        ("wait_days", float("inf"), "A wait of inf days cannot be."),
        pytest.param("wait_days", 10**400, "cannot be", id="huge wait"),
        ("wait_days", "9e9999", "cannot be"),
        ("wait_days", "1,000", "can be read in two ways. Write it without the comma."),
        ("wait_days", "14 days", "Write only the number: 14."),
        ("owner", "a\x07b", "holds a hidden character (U+0007)"),
        ("owner", "a\x0bb", "holds a hidden character (U+000B)"),
        ("owner", "\x1c", "holds a hidden character (U+001C)"),
        ("owner", "a\x00", "holds a hidden character (U+0000)"),
        ("owner", "\ud800", "holds a hidden character (U+D800)"),
        ("owner", "x" * 10_001, "This text has 10,001 characters."),
        pytest.param("owner", 10**5000, "This number is too large.", id="huge owner"),
        ("quote", ["a", "b"], "Here stands a list. One text belongs here."),
        ("quote", {"a": 1}, "Here stands a group of values."),
        ("quote", b"bytes", "One text belongs here."),
        (
            "inferred",
            "owner, wait dais",
            "“wait dais” is not a column of this table. Did you mean wait_days?",
        ),
        ("inferred", "§", "Write some of: stage, touchpoint,"),
    ],
)
def test_a_wrong_cell_is_named_with_what_would_be_right(column, value, part):
    row, where, message = only_fault(CALL, CALL | {column: value})
    assert (row, where) == (3, column)
    assert part in message


def test_everything_wrong_is_listed_at_once_in_the_order_of_the_rows():
    with pytest.raises(JourneyError) as caught:
        Journey(
            [
                CALL | {"expected": "x", "wait_days": -1},
                CALL | {"channel": "fone"},
                CALL | {"moment": "third"},
            ],
            language="Hebrew",
            state="was",
        )
    error = caught.value
    assert [(each["row"], each["column"], each["value"]) for each in error.problems] == [
        (None, "language", "Hebrew"),
        (None, "state", "was"),
        (2, "expected", "x"),
        (2, "wait_days", "-1"),
        (3, "channel", "fone"),
        (4, "moment", "third"),
    ]
    lines = str(error).split("\n")
    assert len(lines) == 6
    assert lines[0].startswith("Column language: “Hebrew” is not a language code. Write en")
    assert lines[4] == "Row 3, column channel: “fone” is not a word for channel. Did you mean phone?"


def test_a_missing_column_is_named_with_the_one_that_was_meant():
    row = {"stage": "care", "touch point": "Calls", "chanel": "phone"}
    found = faults(row)
    assert [(number, column) for number, column, _ in found] == [(1, "touchpoint"), (1, "channel")]
    assert "Rename the column “touch point” to touchpoint." in found[0][2]
    assert "Rename the column “chanel” to channel." in found[1][2]
    assert (
        "The first row must name the columns." in only_fault({"stage": "care", "touchpoint": "x", "z": 1})[2]
    )


def test_a_misspelled_score_column_is_not_lost_in_silence():
    assert "looks like experienced" in only_fault(CALL | {"experianced": 3})[2]
    assert "owner 2" in Journey([CALL | {"owner": "a", "owner 2": "b"}]).table.columns


def test_two_columns_of_one_name_are_refused():
    assert "There are two columns owner. Keep one." in only_fault(CALL | {"Owner": "a", "owner": "b"})[2]
    frame = pd.DataFrame(
        [["care", "Calls", "web", 1, 2]], columns=["stage", "touchpoint", "channel", "x", "x"]
    )
    with pytest.raises(JourneyError, match="two columns x"):
        Journey(frame)


def test_values_under_no_name_are_refused_and_empty_ones_are_dropped():
    assert "Column number 4 has values but no name" in only_fault(CALL | {"": "x"})[2]
    assert list(Journey([CALL | {" ": None}]).table.columns) == list(COLUMNS)


def test_what_stands_beside_the_table_is_not_a_column():
    assert "journey_title is not a column of the table" in only_fault(CALL | {"Journey title": "x"})[2]


@pytest.mark.parametrize(
    "nothing", [[], pd.DataFrame(), pd.DataFrame(columns=["stage", "touchpoint", "channel"])]
)
def test_a_journey_has_touchpoints(nothing):
    with pytest.raises(JourneyError, match=r"There are no touchpoints\. Write one row for each\."):
        Journey(nothing)


def test_rows_without_content_are_skipped_and_the_numbers_stay_right():
    empty = dict.fromkeys(CALL, "")
    assert len(Journey([CALL, empty, CALL, empty])) == 2
    assert only_fault(CALL, empty, CALL | {"expected": 99})[0] == 4


@pytest.mark.parametrize("table", ["journey.csv", 7, None, {"stage": "care"}, b"x"])
def test_what_is_not_a_table_is_refused_in_words(table):
    with pytest.raises(JourneyError, match=r"A journey is made of a table.*read_journey"):
        Journey(table)


def test_a_touchpoint_that_is_not_a_dict_is_named():
    row, _, message = only_fault(CALL, "Calls")
    assert row == 3 and "“Calls” is not a touchpoint" in message


def test_texts_are_cleaned():
    table = Journey([CALL | {"quote": "  cafe\u0301\r\nline\u2028two\x85three\rfour\t\ufeffend \n"}]).table
    assert table.loc[0, "quote"] == "café\nline\ntwo\nthree\nfour\tend"


def test_checking_a_clean_table_again_changes_nothing():
    journey = Journey([CALL | {"wait_days": "7,5", "inferred": "Owner; wait days,", "x": 1e300}])
    assert Journey(journey.table) == journey
    assert journey.table.loc[0, "inferred"] == "owner, wait_days"


def test_a_persona_can_be_a_name_a_dict_or_a_persona():
    lucy = Persona(name="Lucy")
    assert [Journey([CALL], persona=given).persona for given in (lucy, " Lucy ", {"Name": "Lucy"})] == [
        lucy
    ] * 3
    assert Journey([CALL], persona=None).persona == Persona()
    assert "Did you mean history?" in only_fault(CALL, persona={"histroy": "x"})[2]
    assert "is not a persona" in only_fault(CALL, persona=["Lucy"])[2]
    assert only_fault(CALL, persona={"job": "a\0"})[1] == "persona_job"
    assert "two parts job" in only_fault(CALL, persona={"job": "a", "Job": "b"})[2]


@pytest.mark.parametrize(
    ("typed", "meant"), [("EN", "en"), ("he_IL", "he-IL"), ("", "en"), ("pt-BR", "pt-BR")]
)
def test_language_codes(typed, meant):
    assert Journey([CALL], language=typed).language == meant


def test_right_to_left_languages():
    assert [right_to_left(code) for code in ("he", "he-IL", "ar", "fa", "ur", "en", "hr")] == [True] * 5 + [
        False
    ] * 2


def test_a_journey_is_a_value():
    journey = Journey([CALL], title="Lucy calls")
    table = journey.table
    table.loc[0, "touchpoint"] = "changed"
    assert journey.table.loc[0, "touchpoint"] == "Calls"
    with pytest.raises(AttributeError, match=r"journey\.replace\(title=…\)"):
        journey.title = "other"
    other = journey.replace(title="other")
    assert (journey.title, other.title) == ("Lucy calls", "other")
    assert journey != other and other.replace(title="Lucy calls") == journey
    assert journey != "Lucy calls"
    for twin in (copy.copy(journey), copy.deepcopy(journey), pickle.loads(pickle.dumps(journey))):
        assert twin == journey


@pytest.mark.parametrize(
    "change",
    [
        {"title": "b"},
        {"persona": "b"},
        {"scenario": "b"},
        {"source": "b"},
        {"language": "he"},
        {"state": "to-be"},
        {"table": [CALL, CALL]},
        {"table": [CALL | {"expected": 3}]},
        {"table": [CALL | {"extra": ""}]},
    ],
)
def test_journeys_that_differ_anywhere_are_not_equal(change):
    assert Journey([CALL]).replace(**change) != Journey([CALL])


def test_inferred_cells_are_told_apart():
    journey = Journey([CALL | {"inferred": "Owner; wait days"}, CALL | {"mood": "x", "inferred": "mood"}])
    assert journey.is_inferred(0, "owner") and journey.is_inferred(0, "wait_days")
    assert not journey.is_inferred(0, "expected") and not journey.is_inferred(1, "owner")
    assert journey.is_inferred(1, "mood")
    assert not Journey([CALL]).is_inferred(0, "owner")
    with pytest.raises(ValueError, match=r"There is no column wait days\. Did you mean wait_days\?"):
        journey.is_inferred(0, "wait days")
    with pytest.raises(ValueError, match=r"Rows count from 0 to 1\."):
        journey.is_inferred(2, "owner")


def test_the_import_is_light():
    heavy = {"matplotlib", "openpyxl", "ipywidgets", "yaml"}
    code = f"import sys, cxkit.journey; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_two_journeys_in_one_picture_take_no_estimates_and_make_no_page(tmp_path):
    journey = Journey([CALL | {"expected": 7, "experienced": 4}])
    with pytest.raises(ValueError, match="Leave out compare or drivers"):
        journey.draw(compare=journey, drivers=pd.DataFrame())
    for kind in ("html", "pptx", "mmd"):
        with pytest.raises(JourneyError, match=r"make a \.svg"):
            journey.save(tmp_path / f"both.{kind}", compare=journey)
    assert not list(tmp_path.iterdir())

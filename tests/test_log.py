"""Reading a log: what is understood, what is mended and reported, what is refused in words."""

from __future__ import annotations

import datetime
import unicodedata

import numpy as np
import pandas as pd
import pytest
from any_log import logs, no_draw, plain, shuffled, usual_order
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from cxkit.log import events, read_log
from cxkit.log_cells import codes
from cxkit.log_order import ALL, Taken, in_order

CSV = """case,activity,time,resource,branch
P1,request,2025-03-01 09:00,Desk,North
P1,visit,2025-03-03 10:30,Dentist,North
P2,request,2025-03-02 08:15,Desk,South
"""


def small(**columns) -> pd.DataFrame:
    found = {
        "case": ["P1", "P1", "P2"],
        "activity": ["request", "visit", "request"],
        "time": ["2025-03-01 09:00", "2025-03-03 10:30", "2025-03-02 08:15"],
    }
    return pd.DataFrame(found | columns)


def written(tmp_path, text, name="log.csv", **options):
    path = tmp_path / name
    path.write_text(text, **{"encoding": "utf-8", "newline": "", **options})
    return path


def refused(source, **names) -> str:
    with pytest.raises(ValueError) as caught:
        read_log(source, **names)
    return str(caught.value)


# --- what is understood -----------------------------------------------------------------------------------


def test_a_log_has_four_columns_and_then_the_others(tmp_path):
    log = read_log(written(tmp_path, CSV))
    assert list(log.columns) == ["case", "activity", "time", "resource", "branch"]
    assert log["case"].tolist() == ["P1", "P1", "P2"]
    assert log["activity"].cat.categories.tolist() == ["request", "visit"]
    assert log["time"].tolist()[1] == pd.Timestamp("2025-03-03 10:30")
    assert log["branch"].tolist() == ["North", "North", "South"]
    assert log.index.equals(pd.RangeIndex(3))
    assert log.attrs == {"notes": [], "left_out": 0}


@pytest.mark.parametrize(
    "change", ["semicolons", "tabs", "mark", "windows", "utf16", "sep", "capitals", "blank end"]
)
def test_a_csv_file_comes_in_many_forms(tmp_path, change):
    right = read_log(written(tmp_path, CSV, "right.csv"))
    text, options = CSV, {}
    match change:
        case "semicolons":
            text = CSV.replace(",", ";")
        case "tabs":
            text = CSV.replace(",", "\t")
        case "mark":
            options = {"encoding": "utf-8-sig"}
        case "windows":
            text = CSV.replace("\n", "\r\n")
        case "utf16":
            options = {"encoding": "utf-16"}
        case "sep":
            text = "sep=;\n" + CSV.replace(",", ";")
        case "capitals":
            text = CSV.replace("case,activity", "Case,ACTIVITY ")
        case "blank end":
            text = CSV + "\n\n"
    assert_frame_equal(read_log(written(tmp_path, text, **options)), right)


def test_an_excel_workbook_is_read(tmp_path):
    table = pd.DataFrame({"Case": [7, 7, 12], "Activity": ["request", "visit", "request"]})
    table["Time"] = pd.to_datetime(["2025-03-01 09:00", "2025-03-03 10:30", "2025-03-02 08:15"])
    table["Resource"] = ["Desk", None, "Desk"]
    table.to_excel(tmp_path / "log.xlsx", index=False)
    log = read_log(tmp_path / "log.xlsx")
    assert log["case"].tolist() == [7, 7, 12]
    assert log["resource"].tolist() == ["Desk", "", "Desk"]
    assert log["time"].tolist()[0] == pd.Timestamp("2025-03-01 09:00")


def test_a_workbook_with_several_sheets_needs_one_called_log(tmp_path):
    path = tmp_path / "log.xlsx"
    with pd.ExcelWriter(path) as book:
        small().to_excel(book, sheet_name="March", index=False)
        small().to_excel(book, sheet_name="April", index=False)
    assert "March, April" in refused(path)
    with pd.ExcelWriter(path) as book:
        small().to_excel(book, sheet_name="March", index=False)
        small(case=["A", "A", "B"]).to_excel(book, sheet_name="Log", index=False)
    assert read_log(path)["case"].tolist() == ["A", "A", "B"]


def test_xes_names_and_other_names_are_known():
    plain_names = read_log(small(resource=["Desk", "", None]))
    xes = small(resource=["Desk", "", None]).set_axis(
        ["case:concept:name", "concept:name", "time:timestamp", "org:resource"], axis=1
    )
    assert_frame_equal(read_log(xes), plain_names)
    own = small(resource=["Desk", "", None]).set_axis(["member", "what", "when", "who"], axis=1)
    assert_frame_equal(
        read_log(own, case="member", activity="what", time="when", resource="who"), plain_names
    )


def test_the_owner_is_the_resource():
    right = read_log(small(resource=["Desk", "", None]))
    assert_frame_equal(read_log(small(owner=["Desk", "", None])), right)
    assert_frame_equal(read_log(small(who=["Desk", "", None]), owner="who"), right)
    both = read_log(small(resource="Desk", owner="Ann"))
    assert set(both["resource"]) == {"Desk"} and set(both["owner"]) == {"Ann"}
    assert "two words for one column" in refused(small(a="x", b="y"), owner="a", resource="b")
    assert "Did you mean “who”?" in refused(small(who="x"), owner="whoo")


def test_messages_name_the_column_as_the_file_does():
    table = small().rename(columns={"time": "Datum", "activity": "Schritt"})
    words = refused(table.assign(Datum="bald"), time="Datum", activity="Schritt")
    assert "“Datum” has 3 times that cannot be read" in words
    words = refused(table.assign(Schritt=[["a"]] * 3), time="Datum", activity="Schritt")
    assert "“Schritt” holds lists" in words


def test_a_further_column_with_the_name_of_one_of_ours_is_kept_under_another():
    log = read_log(small(stamp=small()["time"], time=["a", "b", "c"]), time="stamp")
    assert log["time"].tolist()[0] == pd.Timestamp("2025-03-01 09:00")
    assert log["other_time"].tolist() == ["a", "b", "c"]


def test_text_stays_text_and_numbers_stay_numbers(tmp_path):
    text = "case,activity,time,cost\n007,NA,2025-03-01,5\n7,null,2025-03-02,\n"
    log = read_log(written(tmp_path, text))
    assert log["case"].tolist() == ["007", "7"]
    assert log["activity"].tolist() == ["NA", "null"]
    assert log["cost"].iloc[0] == 5 and np.isnan(log["cost"].iloc[1])
    assert read_log(small(case=[10, 10, 9]))["case"].tolist() == [9, 10, 10]
    assert read_log(small(case=[10.0, 10.0, np.nan]))["case"].tolist() == [10, 10]
    assert read_log(small(case=[10, "10", "B"]))["case"].tolist() == ["10", "10", "B"]


def test_white_space_and_the_way_a_letter_is_written_do_not_matter():
    log = read_log(small(activity=[" cafe\u0301 ", "request", "caf\u00e9"]))
    assert log["activity"].cat.categories.tolist() == ["caf\u00e9", "request"]


def test_equal_texts_are_one_label_whatever_objects_they_are():
    names = np.array(["".join(["P", "1"]), "".join(["P", "1"]), "P2"], dtype=object)
    assert names[0] is not names[1]
    found, labels = codes(pd.Series(names), "case")
    assert found.tolist() == [0, 0, 1] and labels.tolist() == ["P1", "P2"]
    block = pd.DataFrame(np.array([["b", "x"], [None, "y"], ["a", "z"], ["b", "x"]], dtype=object))
    for column in (block[0], block.T.loc[0], block[0].astype("category"), block[0].astype("str")):
        found, labels = codes(column, "case")
        assert found.tolist() == [1, -1, 0, 1] and labels.tolist() == ["a", "b"]


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Z", "C"]), min_size=1, max_size=20))
)
def test_labels_stand_in_the_order_of_their_letters(texts):
    given_texts = [unicodedata.normalize("NFC", text) for text in texts]
    found, labels = codes(pd.Series(given_texts, dtype=object), "case")
    assert labels.tolist() == sorted(set(given_texts))
    assert [labels[code] for code in found] == given_texts


# --- times ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "times",
    [
        ["2025-03-01T09:00", "2025-03-03 10:30:00", "2025-03-02 08:15"],
        [" 2025-03-01 09:00", "2025-03-03 10:30", "2025-03-02 08:15 "],
        [pd.Timestamp("2025-03-01 09:00"), datetime.datetime(2025, 3, 3, 10, 30), "2025-03-02 08:15"],
    ],
)
def test_times_are_read_as_people_write_them(times):
    expected = ["2025-03-01 09:00", "2025-03-03 10:30", "2025-03-02 08:15"]
    log = read_log(small(time=times))
    assert log["time"].tolist() == [pd.Timestamp(one) for one in expected] and not log.attrs["notes"]


@pytest.mark.parametrize("written", ["21/03/2025 09:00", "21.3.2025 9:00", "21-03-2025 09:00"])
def test_the_day_may_stand_first_where_only_that_can_be(written):
    later = written.replace("21", "22", 1)
    log = read_log(small(time=[written, later, written]))
    assert log["time"].tolist()[:2] == [pd.Timestamp("2025-03-21 09:00"), pd.Timestamp("2025-03-22 09:00")]
    assert log.attrs["notes"] == ["Times are read as day, month, year."]


def test_the_month_may_stand_first_where_only_that_can_be():
    log = read_log(small(time=["03/01/2025", "03/13/2025", "03/02/2025"]))
    assert log["time"].tolist()[1] == pd.Timestamp("2025-03-13")
    assert log.attrs["notes"] == ["Times are read as month, day, year."]


def test_times_that_can_be_read_in_two_ways_are_refused():
    words = refused(small(time=["03/01/2025", "03/04/2025", "03/02/2025"]))
    assert "“03/01/2025” can be read in two ways" in words and "2025-12-31 14:30" in words


@pytest.mark.parametrize(("day_first", "month"), [(True, 1), (False, 3)])
def test_day_first_settles_what_can_be_read_in_two_ways(day_first, month):
    table = small(time=["03/01/2025 09:00", "03/04/2025 09:00", "03/02/2025 09:00"])
    assert "day_first=True" in refused(table)
    log = read_log(table, day_first=day_first)
    assert log["time"].iloc[0] == pd.Timestamp(2025, month, 4 - month, 9)
    words = refused(small(time=["03/01/2025", "13/04/2025", "04/13/2025"]), day_first=day_first)
    bad = "“04/13/2025” (row 4)" if day_first else "“13/04/2025” (row 3)"
    assert f"1 time that cannot be read: {bad}" in words
    assert "day_first is True or False" in refused(table, day_first="yes")


def test_with_dots_the_day_stands_first():
    log = read_log(small(time=["03.01.2025 09:00", "03.04.2025 09:15", "03.02.2025 10:00"]))
    assert log["time"].dt.month.tolist() == [1, 4, 2]
    assert log.attrs["notes"] == ["Times are read as day, month, year."]
    assert read_log(small(time="03.01.2025"), day_first=False)["time"].iloc[0] == pd.Timestamp("2025-01-03")


def test_one_odd_time_does_not_condemn_the_good_ones():
    good = [f"{day:02}.02.2025 09:15" for day in range(1, 15)]
    table = pd.DataFrame({"case": range(15), "activity": "call", "time": [*good, "15.02.2025"]})
    log = read_log(table)
    assert log["time"].iloc[-1] == pd.Timestamp("2025-02-15")
    assert log.attrs["notes"] == [
        "Times are read as day, month, year.",
        "1 time has no time of day: “15.02.2025” (row 16). It counts as 00:00.",
    ]
    table.loc[14, "time"] = "31.02.2025"
    assert "has 1 time that cannot be read: “31.02.2025” (row 16)." in refused(table)
    table["time"] = table["time"].str.replace(".", "/")
    assert "has 1 time that cannot be read: “31/02/2025” (row 16)." in refused(table)
    table.loc[14, "time"] = "2025-02-15T10:00"
    assert read_log(table, day_first=True)["time"].max() == pd.Timestamp("2025-02-15 10:00")
    table.loc[14, "time"] = "2025-02-15T10:00Z"
    assert "mixes times with a time zone" in refused(table, day_first=True)


def test_a_date_among_iso_times_counts_as_midnight_and_is_told():
    log = read_log(small(time=["2025-03-01", "2025-03-03 00:00", "2025-03-02 08:15"]))
    assert log.attrs["notes"] == ["1 time has no time of day: “2025-03-01” (row 2). It counts as 00:00."]
    assert not read_log(small(time=["2025-03-01", "2025-03-03", "2025-03-02"])).attrs["notes"]
    assert not read_log(small(time=["2025-03-01 00:00", "2025-03-03T00", "20250302 0815"])).attrs["notes"]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("25/02/25 14:05", "2025-02-25 14:05"),
        ("25.02.25", "2025-02-25"),
        ("25/02/2025 2:05 PM", "2025-02-25 14:05"),
        ("02/25/2025, 12:05:09 a.m.", "2025-02-25 00:05:09"),
        ("2025-02-25 2 pm", "2025-02-25 14:00"),
        ("2025-02-25 12:00 PM", "2025-02-25 12:00"),
    ],
)
def test_short_years_and_halves_of_the_day(text, right):
    log = read_log(small(time=text))
    assert set(log["time"]) == {pd.Timestamp(right)}
    assert ("A year such as 25 is read as 2025." in log.attrs["notes"]) == (
        "25 " in text[:9] or len(text) == 8
    )


@pytest.mark.parametrize(
    "text", ["25.02.2025 25:00", "25.02.2025 10:61", "25.02.2025 13:00 pm", "25.02.2025 9"]
)
def test_a_clock_that_cannot_be_is_no_time(text):
    assert "3 times that cannot be read" in refused(small(time=text))


def test_a_mark_for_nothing_is_no_time():
    log = read_log(small(time=["n/a", "2025-03-03 10:30", "-"]))
    assert len(log) == 1
    assert log.attrs["notes"] == ["2 rows have no time (rows 2, 4). They are left out."]


def test_unreadable_times_are_listed_with_their_rows():
    words = refused(small(time=["2025-03-01", "soon", "2025-02-30"]))
    assert "2 times that cannot be read: “soon” (row 3), “2025-02-30” (row 4)" in words
    words = refused(pd.concat([small(time="?")] * 3))
    assert "9 times" in words and "(row 6) and 4 more" in words
    assert "“now” (row 2)" in refused(small(time=["now", "2025-03-01", "2025-03-02"]))
    assert "“ today”" not in refused(small(time=[" today", "2025-03-01", "2025-03-02"]))
    assert "holds numbers, such as 45658.5" in refused(small(time=[45658.5, np.nan, 45659]))
    assert "“45658” (row 2)" in refused(small(time=[45658, "2025-03-01", "2025-03-02"]))


def test_time_zones():
    zone = ["2025-03-01T09:00+02:00", "2025-03-03T10:30+02:00", "2025-03-02T08:15+02:00"]
    log = read_log(small(time=zone))
    assert str(log["time"].dtype) == "datetime64[us, UTC+02:00]"
    assert log["time"].tolist()[0] == pd.Timestamp("2025-03-01T07:00Z") and not log.attrs["notes"]
    summer = [zone[0], "2025-07-03T10:30+03:00", zone[2]]
    log = read_log(small(time=summer))
    assert str(log["time"].dtype) == "datetime64[us, UTC]"
    assert log.attrs["notes"] == [
        "The times come from several time zones. They are shown in world time (UTC)."
    ]
    assert events(log).time.tolist() == events(small(time=pd.to_datetime(summer, utc=True))).time.tolist()
    words = refused(small(time=[zone[0], "2025-03-03 10:30", zone[2]]))
    assert "with a time zone (“2025-03-01T09:00+02:00” (row 2)) and times without one" in words
    aware = small(time=pd.to_datetime(small()["time"]).dt.tz_localize("Asia/Jerusalem"))
    assert str(read_log(aware)["time"].dtype) == "datetime64[us, Asia/Jerusalem]"


# --- what is mended and reported --------------------------------------------------------------------------


def test_what_is_missing_is_left_out_and_counted():
    table = small(case=["P1", None, "P2"], activity=["request", "visit", "  "])
    log = read_log(table)
    assert len(log) == 1 and log.attrs["left_out"] == 2
    assert log.attrs["notes"] == [
        "1 row has no case (row 3). It is left out.",
        "1 row has no activity (row 4). It is left out.",
    ]
    many = pd.concat([small(time=[None, pd.NaT, "2025-03-02"])] * 5, ignore_index=True)
    assert read_log(many).attrs["notes"][0] == (
        "10 rows have no time (rows 2, 3, 5, 6, 8 and 5 more). They are left out."
    )
    assert "No row of the log" in refused(small(time=[None] * 3)) and "3 rows have no time" in refused(
        small(time=None)
    )


def test_repeated_rows_are_kept_once():
    table = pd.concat([small(), small().iloc[[1]]])
    log = read_log(table)
    assert_frame_equal(log, read_log(small()))
    assert log.attrs["notes"] == [
        "1 row repeats another row (row 5). Each is kept once.",
    ]
    assert log.attrs["left_out"] == 0
    told_apart = pd.concat([small(note="a"), small(note="b").iloc[[1]]])
    assert len(read_log(told_apart)) == 4


def test_rows_that_may_be_one_event_are_kept_and_told():
    table = pd.concat([small(owner="Desk"), small(owner="Desk").iloc[[1]], small(owner="Dentist").iloc[[1]]])
    log = read_log(table)
    assert len(log) == 4
    assert log.attrs["notes"][:2] == [
        "1 row repeats another row (row 5). Each is kept once.",
        "2 rows share case, activity and time with another row, but differ in another column (rows 3, 6). "
        "All are kept. Is one event told twice?",
    ]
    again = read_log(log)
    assert again.attrs["notes"] == log.attrs["notes"]
    assert_frame_equal(again, log)
    assert "told twice" not in str(read_log(small(owner="Desk", time="2025-03-01")).attrs["notes"])


def test_rows_out_of_order_are_sorted():
    log = read_log(small().iloc[::-1])
    assert_frame_equal(log, read_log(small()))
    assert log.attrs["notes"] == [
        "In 1 case the rows were not in order of time (P1). They are sorted now.",
    ]
    many = pd.concat([small(case=name).iloc[::-1] for name in "GFEDCBA"])
    assert "(A, B, C, D, E and 2 more)" in read_log(many).attrs["notes"][0]


def test_activities_that_look_alike_are_named_and_kept_apart():
    log = read_log(small(activity=["anruf", "Anruf", "An ruf"]))
    assert sorted(log["activity"]) == ["An ruf", "Anruf", "anruf"]
    assert log.attrs["notes"] == [
        "“An ruf”, “Anruf” and “anruf” differ only in capital letters or spaces. They count as 3 activities."
    ]
    assert read_log(log).attrs["notes"] == log.attrs["notes"]
    # twelve pairs: the first five are named
    pairs = small().iloc[[0] * 24].assign(activity=[f"{case}{n}" for n in range(12) for case in "aA"])
    assert "7 more such groups of activities are in the log." in read_log(pairs).attrs["notes"]


def test_events_at_one_time_stand_in_the_usual_order():
    usual = [("A", "visit", 1), ("A", "bill", 2), ("B", "visit", 1), ("B", "bill", 5)]
    tied = [("C", "bill", 3), ("C", "visit", 3)]
    table = pd.DataFrame([*tied, *usual], columns=["case", "activity", "time"])
    table["time"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(table["time"], unit="D")
    log = read_log(table)
    assert log[log["case"] == "C"]["activity"].tolist() == ["visit", "bill"]
    assert log.attrs["notes"] == [
        "In 1 case events share one time. They stand in the order that is usual in this log."
    ]


# --- what is refused --------------------------------------------------------------------------------------


def test_an_unknown_column_is_named_with_the_nearest():
    words = refused(small().rename(columns={"case": "Case ID", "activity": "activty"}))
    assert 'no column “case”. Is it “Case ID”? Then say case="Case ID".' in words
    assert 'no column “activity”. Is it “activty”? Then say activity="activty".' in words
    assert 'The log has: case, activity, x. Say time="…".' in refused(small().rename(columns={"time": "x"}))
    assert "There is no column “membr” in the log. Did you mean “member”?" in refused(
        small(member=1), case="membr"
    )
    assert "cannot be two things. Name another activity." in refused(
        small(), case="activity", activity="activity"
    )
    twice = pd.concat([small(), small()["case"]], axis=1)
    assert "two columns “case”" in refused(twice)


def test_something_that_is_no_log_is_refused():
    assert "A log is a table" in refused([1, 2])
    assert "The log is empty" in refused(small().iloc[:0])
    assert "holds lists" in refused(small(activity=[["a"], ["b"], ["c"]]))


def test_a_file_that_cannot_be_read_is_refused_in_words(tmp_path):
    good = written(tmp_path, CSV, "visit_log.csv")
    assert "Did you mean visit_log.csv?" in refused(tmp_path / "visit_lgo.csv")
    assert "the folder" in refused(tmp_path / "nowhere" / "x.csv")
    assert "is a folder" in refused(tmp_path)
    assert "Save the log as CSV" in refused(written(tmp_path, CSV, "log.xes"))
    assert "Choose one of these endings" in refused(written(tmp_path, CSV, "log.pdf"))
    assert "is empty" in refused(written(tmp_path, "\n", "empty.csv"))
    assert "is empty" in refused(written(tmp_path, CSV.split("\n")[0] + "\n", "header.csv"))
    assert "not a whole Excel workbook" in refused(written(tmp_path, CSV, "not.xlsx"))
    assert "not UTF-8" in refused(
        written(tmp_path, CSV.replace("Desk", "Réception"), "latin.csv", encoding="latin-1")
    )
    assert "row 3 has 6 cells, the header has 5" in refused(
        written(tmp_path, CSV.replace("Dentist,North", "Dentist,North,x"), "wide.csv")
    )
    assert "header has 5" in refused(written(tmp_path, CSV.replace("th\n", "th,x\n"), "all_wide.csv"))
    cut = good.read_text()[:-10]
    assert "the last row (row 4) has 4 cells" in refused(written(tmp_path, cut, "cut.csv"))


# --- laws -------------------------------------------------------------------------------------------------


@given(logs)
def test_a_log_is_sorted_as_the_plain_way_says(table):
    log = read_log(table)
    expected = [(case, *event) for case, found in plain(table).items() for event in found]
    found = log.astype({"case": object, "activity": object, "resource": object})
    assert list(found.itertuples(index=False, name=None)) == expected
    assert log["activity"].cat.categories.tolist() == usual_order(table)


@given(logs, st.integers(0, 99))
def test_the_order_of_rows_never_matters(table, seed):
    assert_frame_equal(read_log(shuffled(table, seed)), read_log(table))


@given(logs, st.integers(0, 99))
def test_reading_again_changes_nothing(table, seed):
    log = read_log(table)
    assert_frame_equal(read_log(log), log)
    assert_frame_equal(read_log(shuffled(log, seed)), log)
    assert_frame_equal(read_log(log.astype({"case": object, "activity": object, "resource": object})), log)


@given(logs, st.integers(0, 99))
def test_a_part_of_a_log_keeps_the_order_of_the_whole(table, seed):
    log = read_log(table)
    part = log[(log["activity"] != "visit") & (log["case"] != "P10")]
    if part.empty:
        return
    one, other = events(part), events(shuffled(part, seed))
    for name in ("case", "time", "owner", "starts"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
    names = [found.activities[found.activity].tolist() for found in (one, other)]
    assert names[0] == names[1] == part["activity"].tolist()
    assert one.cases.tolist() == other.cases.tolist() == sorted(set(part["case"]))


@given(logs.filter(no_draw))
def test_other_names_for_the_activities_change_only_the_names(table):
    other = {name: f"{9 - place}" for place, name in enumerate(usual_order(table))}
    before, after = events(table), events(table.assign(activity=table["activity"].map(other)))
    assert after.activities.tolist() == [other[name] for name in before.activities]
    assert after.activity.tolist() == before.activity.tolist()
    assert after.time.tolist() == before.time.tolist()


@pytest.mark.parametrize(("cases", "years"), [(20, 1), (3000, 90), (3000, 2000)])
def test_times_of_any_span_are_sorted(cases, years):
    random = np.random.Generator(np.random.PCG64(5))
    case = random.integers(0, cases, 4000)
    time = random.integers(-years * 10**13, years * 2 * 10**13, 4000)
    table = Taken(ALL, case, time, case * 0)
    found = in_order(table)
    right = np.lexsort((time, case))
    assert np.array_equal(found.rows, right)
    assert np.array_equal(found.case, case[right]) and np.array_equal(found.time, time[right])
    assert found.in_order and not table.in_order and in_order(found) is found
    minutes = time // 60_000_000 * 60_000_000  # whole minutes sort as smaller numbers
    found = in_order(Taken(ALL, case, minutes, case * 0))
    assert np.array_equal(found.time, minutes[right]) and np.array_equal(found.case, case[right])
    part = np.flatnonzero(case % 2)
    found = in_order(table.take(part))
    assert np.array_equal(found.rows, right[case[right] % 2 == 1])

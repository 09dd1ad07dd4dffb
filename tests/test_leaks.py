"""Where people are lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from any_log import logs, no_draw, plain, shuffled, usual_order
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from cxkit import case
from cxkit.log import read_log
from cxkit.measures.confidence import wilson
from cxkit.measures.leaks import attrition, leak_points
from cxkit.measures.retention import waiting_cost

COUNTS = ["reached", "lost", "undecided"]


def log(**cases) -> pd.DataFrame:
    """One case per argument: (activity, day) for each of its events."""
    rows = [
        (
            case,
            activity,
            pd.Timestamp("2025-01-01") + pd.Timedelta(days=day),
            "Desk" if activity == "request" else "",
        )
        for case, steps in cases.items()
        for activity, day in steps
    ]
    return pd.DataFrame(rows, columns=["case", "activity", "time", "resource"])


CLINIC = log(
    A=[("request", 0), ("visit", 2), ("treatment", 5)],
    B=[("request", 1), ("visit", 5)],
    C=[("request", 1)],
    D=[("request", 2), ("visit", 3), ("request", 6)],
    E=[("request", 9), ("visit", 10)],
)
PLAN_LEFT = log(
    A=[("joins", 0), ("bill", 5), ("opts out", 6)],
    B=[("joins", 1), ("bill", 7)],
    C=[("joins", 1), ("opts out", 2), ("bill", 3)],
    D=[("opts out", 4)],
)


def counts(table) -> dict[str, list[int]]:
    return {row.touchpoint: [row.reached, row.lost, row.undecided] for row in table.itertuples()}


# --- attrition --------------------------------------------------------------------------------------------


def test_people_without_the_last_step_are_lost_where_they_were_last_seen():
    table = attrition(CLINIC, done="treatment")
    assert list(table.columns) == [
        *("position", "touchpoint", "reached", "lost", "share", "low", "high", "undecided")
    ]
    assert table["position"].tolist() == [1, 2, 3]
    assert counts(table) == {"request": [5, 2, 0], "visit": [4, 2, 0], "treatment": [1, 0, 0]}
    assert table["share"].tolist() == [0.4, 0.5, 0]
    low, high = wilson(2, 5)
    assert (table.loc[0, "low"], table.loc[0, "high"]) == (low, high)


def test_people_whose_last_event_is_recent_are_undecided():
    table = attrition(CLINIC, done="treatment", open_days=4)  # the log ends on day 10
    assert counts(table) == {"request": [5, 1, 1], "visit": [4, 1, 1], "treatment": [1, 0, 0]}
    assert table["share"].tolist() == [0.25, 1 / 3, 0]
    assert table.attrs["notes"] == ["2 cases are undecided: the log ends too soon to tell."]
    everyone = attrition(CLINIC, done="treatment", open_days=400)
    assert everyone["lost"].sum() == 0 and everyone["undecided"].sum() == 4


def test_people_who_say_that_they_leave_are_lost_at_the_event_before():
    table = attrition(PLAN_LEFT, left="opts out")
    assert counts(table) == {"joins": [3, 1, 0], "bill": [2, 1, 0]}
    assert table.attrs["notes"] == ["1 case leaves before any touchpoint."]
    both = attrition(PLAN_LEFT, done="joins", left="opts out")
    assert both["lost"].sum() == 0
    assert counts(attrition(PLAN_LEFT, done="bill", left="opts out")) == {
        "joins": [3, 1, 0],
        "bill": [2, 0, 0],
    }


def test_a_touchpoint_that_is_last_for_all_may_be_an_ending():
    plan = log(
        A=[("joins", 0), ("opts out", 6)],
        B=[("joins", 1), ("bill", 7), ("opts out", 9)],
        C=[("joins", 1), ("bill", 7), ("renews", 9)],
        D=[("joins", 1), ("bill", 7), ("renews", 9)],
    )
    ask = "“{}” is last for all who reach it: is it an ending? Name it in done (they stay) or in left (they leave)."
    for measure in (attrition, leak_points):
        assert measure(plan, done="renews").attrs["notes"] == [ask.format("opts out")]
        assert measure(plan, done="opts out").attrs["notes"] == [ask.format("renews")]
        assert measure(plan, left="opts out").attrs["notes"] == []
        assert measure(plan, done="renews", left="opts out").attrs["notes"] == []
    assert counts(attrition(plan, left="opts out")) == {
        "joins": [4, 1, 0],
        "bill": [3, 1, 0],
        "renews": [2, 0, 0],
    }


def test_several_activities_may_end_a_case_well():
    assert attrition(CLINIC, done=["treatment", "visit"])["lost"].tolist() == [1, 0, 0]


@pytest.mark.parametrize("measure", [attrition, leak_points])
@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({}, "Say how the log shows who stayed or who left"),
        ({"done": "treatmnt"}, "“treatmnt” never happens in the log. Did you mean “treatment”?"),
        ({"done": "xyz"}, "The log has: request, visit, treatment"),
        ({"left": "xyz"}, "“xyz” never happens in the log"),
        ({"done": []}, "Name at least one activity"),
        ({"done": "treatment", "open_days": -1}, "0 or more"),
        ({"done": "treatment", "open_days": "soon"}, "open_days must be one number of 0 or more, not “soon”"),
        ({"left": "visit", "open_days": 5}, "open_days goes with done"),
    ],
)
def test_what_cannot_be_is_told_in_words(measure, names, words):
    with pytest.raises(ValueError) as caught:
        measure(CLINIC, **names)
    assert words in str(caught.value)


# --- leak points ------------------------------------------------------------------------------------------


def test_leaks_stand_in_order_of_people_lost():
    table = leak_points(CLINIC, done="treatment")
    assert table["from_activity"].tolist() == ["visit", "request"]
    # one went from the visit to the treatment, one back to a request: at a draw the one that comes next
    assert table["to_activity"].tolist() == ["treatment", "visit"]
    assert table["owner"].tolist() == ["", "Desk"]
    assert table["cases"].tolist() == [4, 5] and table["lost"].tolist() == [2, 2]
    assert table["median_wait"].tolist() == [3, 1.5]
    assert "owner" not in leak_points(CLINIC.drop(columns="resource"), done="treatment")


def test_every_interval_has_its_name():
    assert attrition(CLINIC, done="treatment").attrs["interval"] == "95% Wilson interval"
    for by in (None, "branch"):
        attrs = leak_points(simulated(size=60), done="booking", by=by).attrs
        assert attrs["interval"] == "95% Wilson interval"
        assert attrs["waiting_cost_interval"] == "95% likelihood-ratio interval"


def test_a_cost_says_how_many_people_it_rests_on():
    # A, B and D came to the visit from a request; one more case begins with the visit
    begins = pd.concat([CLINIC, log(F=[("visit", 4)], G=[("visit", 9)])])
    table = leak_points(begins, done="treatment", open_days=2).set_index("from_activity")
    assert list(table.columns)[-3:] == ["waiting_cost_note", "waiting_cost_n", "waiting_cost_missing"]
    assert table.loc["visit", ["cases", "undecided", "waiting_cost_n", "waiting_cost_missing"]].tolist() == [
        *(4, 2, 3, 1)
    ]
    assert (table["waiting_cost_n"] + table["waiting_cost_missing"] == table["cases"]).all()
    whole = simulated()
    row = leak_points(whole, done="booking").iloc[0]
    assert (row["waiting_cost_n"], row["waiting_cost_missing"]) == (whole["case"].nunique(), 0)
    one = waited([*range(40)], [True] + [False] * 39)
    assert "1 of those who waited since “images” is lost here" in note_at_call(one)


def waited(days, lost, before="images") -> pd.DataFrame:
    """Each waits so many days from `before` to a call; those who are not lost book a day later."""
    steps = {
        f"P{n}": [(before, 0), ("call", wait), *([] if gone else [("booking", wait + 1)])]
        for n, (wait, gone) in enumerate(zip(days, lost, strict=True))
    }
    return log(**steps)


def note_at_call(table, done="booking") -> str:
    row = leak_points(table, done=done).set_index("from_activity").loc["call"]
    assert np.isnan(row[["waiting_cost", "waiting_cost_low", "waiting_cost_high"]].astype(float)).all()
    return row["waiting_cost_note"]


def test_why_a_cost_of_waiting_is_not_known():
    starts = leak_points(log(A=[("request", 0), ("visit", 1)], B=[("request", 0)]), done="visit")
    assert starts["waiting_cost_note"].tolist() == [
        "Cases begin here. The log has no wait before it. Where a table holds the wait, use waiting_cost."
    ]
    assert starts[["waiting_cost", "waiting_cost_low", "waiting_cost_high"]].isna().all(axis=None)
    nobody = leak_points(
        log(A=[("request", 0), ("visit", 1)], B=[("request", 0), ("visit", 1)]), done="visit"
    )
    assert nobody["waiting_cost_note"].tolist() == ["Nobody is lost here."]


def test_a_cost_is_not_told_from_few_people():
    few = waited([*range(40)], [True] * 9 + [False] * 31)
    assert note_at_call(few) == (
        "Too few to tell what a day costs: 9 of those who waited since “images” are lost here. "
        "At least 10 are needed."
    )


def test_a_cost_is_not_told_from_waits_that_are_alike():
    lost = [place % 3 == 0 for place in range(60)]
    minutes = waited([place / 1440 for place in range(60)], lost)
    assert note_at_call(minutes) == (
        "The waits since “images” are nearly alike (8 in 10 last from 0.0041 to 0.037 days), so they cannot tell what "
        "a day costs. Where a table holds another wait, use waiting_cost."
    )
    assert "nearly alike (8 in 10 last from 3 to 3 days)" in note_at_call(waited([3] * 60, lost))


def test_a_gain_by_waiting_is_never_told():
    # of those who waited a short time many are lost, of the others few
    gain = waited([1, 2] * 50 + [20, 30] * 50, [True, True, False] * 33 + [False] + [True] + [False] * 99)
    assert "were lost less often. That is no cost of waiting" in note_at_call(gain)


def test_waits_without_overlap_are_told_in_the_words_of_the_log():
    apart = waited([*[0] * 30, *range(1, 31)], [place >= 30 for place in range(60)])
    assert note_at_call(apart) == (
        "The waits since “images” tell the lost from the others without overlap: no finite cost fits."
    )


def test_the_clinic_of_the_case_has_a_cost_only_where_the_log_tells_it():
    table = leak_points(case("dental_clinic_delays").table("visit_log"), done="treatment").set_index(
        "from_activity"
    )
    assert (table["waiting_cost_low"] > 0)["call"]
    assert table.loc["call", "waiting_cost_note"] == (
        "For each day since the event before (most often “images read”)."
    )
    known = table["waiting_cost"].notna()
    assert not known[["request", "booking", "images read", "images received", "imaging"]].any()
    assert (table["waiting_cost_high"][known] >= 0).all()
    for note in table["waiting_cost_note"]:
        assert "“days”" not in note and "columns" not in note


def test_the_event_before_is_named_where_it_differs():
    first, second = simulated(), simulated(seed=12)
    second["case"] += 10_000
    second = second[second["case"] < 11_000]
    second["activity"] = second["activity"].replace({"images": "letter"})
    found = leak_points(pd.concat([first, second]), done="booking").set_index("from_activity")
    assert (
        found.loc["call", "waiting_cost_note"] == "For each day since the event before (most often “images”)."
    )


def simulated(cost=0.04, size=2500, seed=11) -> pd.DataFrame:
    """People wait 1 to 30 days for a call; each day `cost` of them are lost; the others book."""
    random = np.random.Generator(np.random.PCG64(seed))
    days = random.integers(1, 31, size)
    stays = random.random(size) < 0.9 * (1 - cost) ** days
    case = np.repeat(np.arange(size), 3)
    when = np.column_stack([days * 0, days, days + 1]).ravel()
    table = pd.DataFrame({"case": case, "activity": ["images", "call", "booking"] * size})
    table["time"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(when, unit="D")
    table["branch"] = np.where(case % 3, "North", "South")
    return table[(table["activity"] != "booking") | stays[case]]


def test_the_cost_of_a_day_is_recovered():
    table = simulated()
    row = leak_points(table, done="booking").iloc[0]
    assert row["from_activity"] == "call" and row["waiting_cost_note"] == "For each day since “images”."
    assert row["waiting_cost_low"] < 0.04 < row["waiting_cost_high"]
    wide = table.pivot(index="case", columns="activity", values="time")
    people = pd.DataFrame({"days": (wide["call"] - wide["images"]).dt.days, "lost": wide["booking"].isna()})
    direct = waiting_cost(people, "days", "lost")
    assert row["waiting_cost"] == pytest.approx(direct.value, abs=1e-6)


def test_each_branch_on_its_own():
    table = simulated()
    found = leak_points(table, done="booking", by="branch")
    assert found.columns[0] == "branch" and found["lost"].is_monotonic_decreasing
    for name in ("North", "South"):
        alone = leak_points(table[table["branch"] == name], done="booking")
        part = found[found["branch"] == name].drop(columns="branch").reset_index(drop=True)
        assert_frame_equal(part, alone)


def test_undecided_is_counted_from_the_end_of_the_whole_log():
    table = log(A=[("request", 0), ("visit", 10)], B=[("request", 3)], C=[("request", 9)])
    table["branch"] = ["North", "North", "South", "West"]
    found = leak_points(table, done="visit", by="branch", open_days=5).set_index("branch")
    assert found["lost"].to_dict() == {"South": 1, "North": 0, "West": 0}
    assert found.loc["West", "undecided"] == 1
    assert found.attrs["notes"] == ["West: 1 case is undecided: the log ends too soon to tell."]


def test_a_column_to_go_by_has_one_value_per_case():
    with pytest.raises(ValueError, match="“branch” differs within case 0"):
        leak_points(simulated().assign(branch=range(len(simulated()))), done="booking", by="branch")
    with pytest.raises(ValueError, match="Did you mean “branch”"):
        leak_points(simulated(), done="booking", by="brunch")
    gaps = log(A=[("request", 0), ("visit", 10)], B=[("request", 3)]).assign(branch=["North", "North", None])
    assert set(leak_points(gaps, done="visit", by="branch")["branch"]) == {"North", ""}


# --- laws -------------------------------------------------------------------------------------------------


@given(logs, st.sampled_from([None, 0, 2, 5]))
def test_attrition_is_that_of_the_plain_way(table, open_days):
    found = plain(table)
    done = usual_order(table)[-1]
    end = max(event[1] for events in found.values() for event in events)
    expected = {name: [0, 0, 0] for name in usual_order(table)}
    for events in found.values():
        for name in {event[0] for event in events}:
            expected[name][0] += 1
        if done not in {event[0] for event in events}:
            last, when, _ = events[-1]
            still_open = open_days is not None and end - when <= pd.Timedelta(days=open_days)
            expected[last][2 if still_open else 1] += 1
    assert counts(attrition(table, done=done, open_days=open_days)) == expected


@given(logs)
def test_everybody_is_counted_once(table):
    done = usual_order(table)[0]
    found = attrition(table, done=done, open_days=1)
    finished = found.set_index("touchpoint").loc[done, "reached"]
    assert found["lost"].sum() + found["undecided"].sum() + finished == table["case"].nunique()
    known = found["share"].notna()
    assert ((found["low"] <= found["share"]) & (found["share"] <= found["high"]))[known].all()
    leaks = leak_points(table, done=done, open_days=1)
    assert leaks["lost"].sum() == found["lost"].sum()


@settings(max_examples=15)
@given(logs.filter(no_draw), st.integers(0, 99))
def test_neither_order_nor_names_matter(table, seed):
    order = usual_order(table)
    other = {name: f"{9 - place}" for place, name in enumerate(order)}
    renamed = table.assign(activity=table["activity"].map(other))
    for measure, columns in ((attrition, ["touchpoint"]), (leak_points, ["from_activity", "to_activity"])):
        right = measure(table, done=order[-1])
        assert_frame_equal(measure(shuffled(table, seed), done=order[-1]), right)
        assert_frame_equal(measure(read_log(table), done=order[-1]), right)
        found = measure(renamed, done=other[order[-1]])
        right[columns] = right[columns].replace(other)
        if "waiting_cost_note" in right:
            quoted = {f"“{name}”": f"“{new}”" for name, new in other.items()}
            right["waiting_cost_note"] = right["waiting_cost_note"].replace(quoted, regex=True)
        assert_frame_equal(found, right)


def test_a_number_of_days_from_numpy_will_do_and_an_ending_is_one_or_the_other():
    table = pd.DataFrame(
        {
            "case": [1, 1, 2],
            "activity": ["ask", "buy", "ask"],
            "time": ["2025-01-01", "2025-01-02", "2025-01-01"],
        }
    )
    assert attrition(table, "buy", open_days=np.int64(0)).equals(attrition(table, "buy", open_days=0))
    with pytest.raises(ValueError, match="“buy” cannot be both"):
        attrition(table, "buy", left="buy")

"""A log held against a plan."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from any_log import ACTIVITIES, logs, no_draw, plain, shuffled, usual_order
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import cxkit
from cxkit.journey import Journey
from cxkit.log import read_log
from cxkit.measures.plan import compare_to_plan

PLAN = ["request", "visit", "images", "call", "booking"]


def log(**cases) -> pd.DataFrame:
    """One case per argument: its activities, one a day; a pair says on which day."""
    rows = []
    for case, steps in cases.items():
        for day, step in enumerate(steps):
            activity, when = step if isinstance(step, tuple) else (step, day)
            rows.append((case, activity, pd.Timestamp("2025-01-01") + pd.Timedelta(days=when)))
    return pd.DataFrame(rows, columns=["case", "activity", "time"])


def row(found, case):
    return found.set_index("case").loc[case, ["skipped", "added", "out_of_order", "late"]].tolist()


def test_what_a_case_does_otherwise():
    found = compare_to_plan(
        log(
            fits=PLAN,
            skips=["request", "call", "booking"],
            adds=["request", "complaint", *PLAN[1:], "call"],
            swaps=["request", "images", "visit", "call", "booking"],
            all=["call", "request", "visit", "complaint", "booking", "request"],
        ),
        PLAN,
    )
    assert list(found.columns) == ["case", "skipped", "added", "out_of_order", "late", "fits"]
    assert found["case"].tolist() == ["adds", "all", "fits", "skips", "swaps"]
    assert row(found, "fits") == ["", "", "", ""]
    assert row(found, "skips") == ["visit; images", "", "", ""]
    assert row(found, "adds") == ["", "complaint; call", "", ""]
    assert row(found, "swaps") == ["", "", "visit", ""]
    assert row(found, "all") == ["images", "complaint; request", "call", ""]
    assert found["fits"].tolist() == [False, False, True, False, False]


def test_late_counts_from_the_planned_activity_before_it():
    plan = pd.DataFrame({"activity": ["request", "visit", "call"], "within_days": [1, 2, 3.5]})
    found = compare_to_plan(
        log(
            on_time=["request", ("visit", 2), ("call", 5.5)],
            late=["request", ("visit", 2.01), ("call", 6)],
            # what comes between does not start the clock anew, and a skipped activity hands it on
            between=["request", ("complaint", 1), ("visit", 2.5), ("call", 3)],
            skips=["request", ("call", 3.6)],
        ),
        plan,
    )
    assert found.set_index("case")["late"].to_dict() == {
        "between": "visit",
        "late": "visit; call",
        "on_time": "",
        "skips": "call",
    }
    assert found.set_index("case").loc["on_time", "fits"]


def test_a_journey_is_a_plan():
    touchpoints = [("request", 0), ("visit", 2), ("call", None)]
    journey = Journey(
        [
            {"stage": "care", "touchpoint": name, "channel": "web", "wait_days": days}
            for name, days in touchpoints
        ]
    )
    found = compare_to_plan(
        log(A=["request", ("visit", 3), ("call", 30)], B=["request", ("visit", 1)]), journey
    )
    assert row(found, "A") == ["", "", "", "visit"] and row(found, "B") == ["call", "", "", ""]


def test_a_journey_may_say_which_activity_a_touchpoint_is():
    touchpoints = [
        ("She asks", "request", 4),
        ("She waits", "", 1),
        ("The dentist looks", "visit", 2),
        ("At the desk", "", None),
        ("A call", "call", 1),
    ]
    rows = [
        {"stage": "care", "touchpoint": name, "channel": "web", "wait_days": days, "activity": activity}
        for name, activity, days in touchpoints
    ]
    found = compare_to_plan(
        log(A=["request", ("visit", 3), ("call", 30)], B=["request", ("visit", 3.1)]), Journey(rows)
    )
    # 1 + 2 days to the visit; the wait at the desk is not known, so a call is never late
    assert row(found, "A") == ["", "", "", ""] and row(found, "B") == ["call", "", "", "visit"]
    assert found.attrs["notes"] == []
    unnamed = Journey(
        [row_ | {"touchpoint": row_["activity"] or row_["touchpoint"], "activity": ""} for row_ in rows]
    )
    notes = compare_to_plan(log(A=["request", "visit", "call"]), unnamed).attrs["notes"]
    assert notes == [
        f"“{name}” is planned, but never happens in the log." for name in ("She waits", "At the desk")
    ]


def test_the_journey_of_the_dental_clinic_is_a_plan_for_its_log():
    clinic = cxkit.case("dental_clinic_delays")
    found = compare_to_plan(clinic.table("visit_log"), clinic.journey)
    assert found.attrs["notes"] == []
    steps = {name for text in found["skipped"] for name in text.split("; ")} - {""}
    assert steps <= {"examination", "referral", "imaging", "images received", "call"}
    late = {name for text in found["late"] for name in text.split("; ")} - {""}
    # the referral and the images that come by email have no wait of their own in the journey
    assert {"examination", "imaging", "call"} == late


def test_notes_name_what_is_planned_and_never_happens():
    found = compare_to_plan(log(A=["request", "call"]), ["request", "cal", "a slot kept"])
    assert found.attrs["notes"] == [
        "“cal” is planned, but never happens in the log. Did you mean “call”?",
        "“a slot kept” is planned, but never happens in the log.",
    ]
    assert found.attrs["left_out"] == 0
    assert row(found, "A") == ["cal; a slot kept", "call", "", ""]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ([], "The plan is empty"),
        (["request", ""], "Step 2 of the plan has no activity"),
        (["bitte", "danke"], "Nothing in the plan happens in the log, which has: request, call"),
        ("request", "A plan is a list of activities"),
        (7, "A plan is a list of activities"),
        (pd.DataFrame({"activty": ["request"]}), "Did you mean “activty”?"),
        (pd.DataFrame({"activity": ["request"], "within_days": ["soon"]}), "“soon” is not a number"),
        (pd.DataFrame({"activity": ["request"], "within_days": [-1]}), "0 or more"),
    ],
)
def test_a_plan_that_is_none_is_refused_in_words(plan, words):
    with pytest.raises(ValueError) as caught:
        compare_to_plan(log(A=["request", "call"]), plan)
    assert words in str(caught.value)


plans = st.lists(st.sampled_from(ACTIVITIES), min_size=1, max_size=7)


@given(plans)
def test_a_case_that_is_the_plan_fits(plan):
    days = pd.DataFrame({"activity": plan, "within_days": 1})
    for given_plan in (plan, days):
        assert compare_to_plan(log(A=plan), given_plan)["fits"].tolist() == [True]


@given(logs, plans)
def test_every_difference_is_named_and_no_other(table, plan):
    known = set(table["activity"])
    if not known & set(plan):
        return
    found = compare_to_plan(table, plan).set_index("case")
    for case, events in plain(table).items():
        did, planned = Counter(event[0] for event in events), Counter(plan)
        skipped, added, moved = (
            set(filter(None, found.loc[case, name].split("; "))) for name in found.columns[:3]
        )
        assert skipped == set(planned - did)
        assert added == set(did - planned)
        assert moved <= set(planned & did)
        # the fewest possible: what is in order is the longest common subsequence
        in_order = longest([event[0] for event in events], plan)
        assert bool(moved) == (in_order < sum((planned & did).values()))
        assert len(moved) <= sum((planned & did).values()) - in_order


def longest(one, other) -> int:
    best = np.zeros((len(one) + 1, len(other) + 1), int)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            best[i + 1, j + 1] = best[i, j] + 1 if a == b else max(best[i, j + 1], best[i + 1, j])
    return best[-1, -1]


@settings(max_examples=20)
@given(logs.filter(no_draw), st.integers(0, 99))
def test_neither_order_nor_names_matter(table, seed):
    plan = pd.DataFrame({"activity": usual_order(table), "within_days": 2})
    right = compare_to_plan(table, plan)
    assert_frame_equal(compare_to_plan(shuffled(table, seed), plan), right)
    assert_frame_equal(compare_to_plan(read_log(table), plan), right)
    other = {name: f"{9 - place}" for place, name in enumerate(usual_order(table))}
    renamed = compare_to_plan(
        table.assign(activity=table["activity"].map(other)), plan.assign(activity=plan["activity"].map(other))
    )
    for column in ("skipped", "added", "out_of_order", "late"):
        right[column] = [
            "; ".join(other[name] for name in text.split("; ") if name) for text in right[column]
        ]
    assert_frame_equal(renamed, right)

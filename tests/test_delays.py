"""Waits, hand-offs and paths: held against a plain way to count them, and against laws."""

from __future__ import annotations

import itertools
import statistics
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
from any_log import logs, no_draw, plain, shuffled, usual_order
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy.stats import binom

from cxkit.log import events, read_log
from cxkit.measures import delays
from cxkit.measures.delays import handoffs, variants, waits

MEASURES = (waits, handoffs, variants)


def clinic() -> pd.DataFrame:
    rows = [
        ("P1", "request", "2025-03-01 09:00", "Desk"),
        ("P1", "images received", "2025-03-03 09:00", ""),
        ("P1", "images read", "2025-03-07 09:00", "Dentist"),
        ("P2", "request", "2025-03-01 12:00", "Desk"),
        ("P2", "images received", "2025-03-02 12:00", None),
        ("P2", "images read", "2025-03-08 12:00", "Dentist"),
        ("P3", "request", "2025-03-02 09:00", "Desk"),
        ("P3", "images received", "2025-03-05 09:00", "Desk"),
    ]
    return pd.DataFrame(rows, columns=["case", "activity", "time", "resource"])


def steps(table):
    """(case, from, to, owner before, owner after, days) for each event that follows another."""
    for case, found in plain(table).items():
        for (one, start, before), (other, end, after) in itertools.pairwise(found):
            yield case, one, other, before, after, (end - start) / pd.Timedelta(days=1)


# --- a small clinic, by hand ------------------------------------------------------------------------------


def test_waits_before_each_activity():
    table = waits(clinic())
    assert list(table.columns) == ["activity", "cases", "median", "p90", "mean", "low", "high"]
    assert table["activity"].tolist() == ["images received", "images read"]
    assert table["cases"].tolist() == [3, 2]
    assert table["median"].tolist() == [2, 5] and table["mean"].tolist() == [2, 5]
    assert table["p90"].round(9).tolist() == [2.8, 5.8]
    assert table[["low", "high"]].isna().all(axis=None)  # below 6 waits, no two of them enclose 95%


def test_waits_of_each_case():
    table = waits(clinic(), per="case")
    assert list(table.columns) == ["case", "activity", "wait_days"]
    assert table["case"].tolist() == ["P1", "P1", "P2", "P2", "P3"]
    assert table["wait_days"].tolist() == [2, 4, 1, 6, 3]
    with pytest.raises(ValueError, match=r"per=“cases” is not known\. Write “activity” or “case”"):
        waits(clinic(), per="cases")


def test_handoffs_name_who_held_the_case():
    table = handoffs(clinic())
    assert list(table.columns) == [
        *("from_activity", "to_activity", "from_owner", "to_owner", "cases", "median", "p90", "low", "high")
    ]
    assert table.attrs["interval"] == waits(clinic()).attrs["interval"]
    assert table["from_activity"].tolist() == ["request", "images received"]
    assert table["to_activity"].tolist() == ["images received", "images read"]
    assert table["from_owner"].tolist() == ["Desk", ""] and table["to_owner"].tolist() == ["", "Dentist"]
    assert table["cases"].tolist() == [3, 2] and table["median"].tolist() == [2, 5]
    assert "from_owner" not in handoffs(clinic().drop(columns="resource"))


def test_variants_are_paths_with_their_share():
    table = variants(clinic())
    assert table["variant"].tolist() == [
        "request → images received → images read",
        "request → images received",
    ]
    assert table["cases"].tolist() == [2, 1] and table["share"].tolist() == [2 / 3, 1 / 3]


def test_paths_stay_apart_where_a_name_holds_an_arrow():
    paths = [["a", "b"], ["a → b"], ["“a", "b”"], ["a →", "b"], ["a", "→ b"]]
    rows = [
        (str(n), name, f"2025-01-0{day + 1}") for n, path in enumerate(paths) for day, name in enumerate(path)
    ]
    found = variants(pd.DataFrame(rows, columns=["case", "activity", "time"]))
    assert len(set(found["variant"])) == 5
    assert {"a → b", "“a → b”", "““a” → “b””"} <= set(found["variant"])


def test_what_reading_found_travels_with_every_table():
    table = clinic()
    table.loc[0, "time"] = None
    for measure in MEASURES:
        found = measure(table)
        assert found.attrs["notes"] == ["1 row has no time (row 2). It is left out."]
        assert found.attrs["left_out"] == 1


def test_cases_of_one_event_have_no_waits():
    lone = clinic().iloc[[0, 3]]
    assert waits(lone).empty and handoffs(lone).empty and waits(lone, per="case").empty
    assert list(handoffs(lone).columns) == list(handoffs(clinic()).columns)
    assert variants(lone)["cases"].tolist() == [2]


# --- any log ----------------------------------------------------------------------------------------------


@given(logs)
def test_waits_are_those_of_the_plain_way(table):
    found = defaultdict(list)
    who = defaultdict(set)
    for case, _, activity, _, _, days in steps(table):
        found[activity].append(days)
        who[activity].add(case)
    expected = [name for name in usual_order(table) if name in found]
    result = waits(table)
    assert result["activity"].tolist() == expected
    assert result["cases"].tolist() == [len(who[name]) for name in expected]
    np.testing.assert_allclose(result["median"], [statistics.median(found[name]) for name in expected])
    np.testing.assert_allclose(
        result["p90"], [np.quantile(found[name], 0.9) for name in expected], atol=1e-12
    )
    np.testing.assert_allclose(result["mean"], [np.mean(found[name]) for name in expected])
    assert (result["median"] >= 0).all()


@given(logs)
def test_handoffs_are_those_of_the_plain_way(table):
    found = defaultdict(list)
    for case, one, other, before, after, days in steps(table):
        found[one, other].append((case, before, after, days))
    order = usual_order(table)
    expected = sorted(found, key=lambda pair: (order.index(pair[0]), order.index(pair[1])))
    result = handoffs(table)
    assert list(zip(result["from_activity"], result["to_activity"], strict=True)) == expected
    for row, pair in zip(result.itertuples(), expected, strict=True):
        cases, before, after, days = zip(*found[pair], strict=True)
        assert row.cases == len(set(cases))
        assert row.median == pytest.approx(statistics.median(days))
        assert row.p90 == pytest.approx(np.quantile(days, 0.9))
        assert (row.from_owner, row.to_owner) == (most(before), most(after))


def most(names) -> str:
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], name))


@given(logs)
def test_variants_are_those_of_the_plain_way(table):
    counts = Counter(" → ".join(event[0] for event in found) for found in plain(table).values())
    result = variants(table)
    assert dict(zip(result["variant"], result["cases"], strict=True)) == counts
    assert result["cases"].is_monotonic_decreasing
    assert result["share"].sum() == pytest.approx(1)


@settings(max_examples=15)
@given(logs, st.integers(0, 99))
def test_neither_the_order_of_rows_nor_reading_first_matters(table, seed):
    log = read_log(table)
    for measure in MEASURES:
        right = measure(table)
        for other in (log, shuffled(table, seed), shuffled(log, seed)):
            assert_frame_equal(measure(other), right)


@settings(max_examples=15)
@given(logs.filter(no_draw))
def test_other_names_change_only_the_names(table):
    other = {name: f"{9 - place}" for place, name in enumerate(usual_order(table))}
    renamed = table.assign(activity=table["activity"].map(other))
    names = {**other, **{" → ".join(path): " → ".join(map(other.get, path)) for path in paths_of(table)}}
    for measure in MEASURES:
        right, found = measure(table), measure(renamed)
        for column in right:
            right[column] = (
                right[column].replace(names) if "owner" not in column and column != "cases" else right[column]
            )
        assert_frame_equal(found, right)


def paths_of(table):
    return {tuple(event[0] for event in found) for found in plain(table).values()}


@given(logs)
def test_the_sums_agree(table):
    read = events(table)
    follows = len(read.case) - len(read.starts)
    apart = waits(table, per="case")
    assert len(apart) == follows
    ends = read.time[read.starts + read.sizes - 1] - read.time[read.starts]
    assert apart["wait_days"].sum() == pytest.approx(ends.sum() / 86_400e6)
    assert variants(table)["cases"].sum() == len(read.starts)
    # whoever waits before an activity passes at least one hand-off to it, and at most one from each activity
    into = handoffs(table).groupby("to_activity")["cases"].agg(["sum", "max"])
    waiting = waits(table).set_index("activity")["cases"]
    assert ((into["max"] <= waiting.reindex(into.index)) & (waiting.reindex(into.index) <= into["sum"])).all()


# --- the interval of a median -----------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 5, 6, 7, 8, 9, 10, 17, 40, 100, 101, 999, 20_000])
def test_the_interval_of_a_median_is_the_narrowest_that_reaches_95_percent(size):
    days = np.random.Generator(np.random.PCG64(3)).permutation(size) + 1
    table = pd.DataFrame({"case": np.repeat(np.arange(size), 2), "activity": ["a", "b"] * size})
    table["time"] = pd.Timestamp("2000-01-01") + pd.to_timedelta(
        np.ravel(np.column_stack([days * 0, days])), unit="D"
    )
    row = waits(table).iloc[0]
    if size < 6:
        assert np.isnan(row["low"]) and np.isnan(row["high"])
        return
    # the waits are 1, 2, … size, so a wait is its own rank; the median lies between two ranks with this chance
    low, high = int(row["low"]), int(row["high"])
    assert low + high == size + 1
    assert binom.cdf(high - 1, size, 0.5) - binom.cdf(low - 1, size, 0.5) >= 0.95
    assert binom.cdf(high - 2, size, 0.5) - binom.cdf(low, size, 0.5) < 0.95


# --- the ways that only large logs take -------------------------------------------------------------------


@given(logs)
def test_paths_whose_sums_collide_are_told_apart(table):
    right = variants(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delays, "_factors", lambda count: np.zeros(count, np.uint64))
        assert_frame_equal(variants(table), right)


def test_many_activities_and_owners():
    random = np.random.Generator(np.random.PCG64(1))
    size = 3000
    table = pd.DataFrame(
        {
            "case": random.integers(0, 40, size),
            "activity": random.integers(0, 900, size).astype(str),
            "time": pd.Timestamp("2025-01-01") + pd.to_timedelta(random.permutation(size), unit="h"),
            "resource": random.integers(0, 700, size).astype(str),
        }
    )
    found = handoffs(table)
    expected = Counter((one, other) for _, one, other, *_ in steps(table))
    assert len(found) == len(expected)
    owners = defaultdict(list)
    for _, one, other, before, after, _ in steps(table):
        owners[one, other].append((before, after))
    for row in found.itertuples():
        before, after = zip(*owners[row.from_activity, row.to_activity], strict=True)
        assert (row.from_owner, row.to_owner) == (most(before), most(after))


def test_waits_too_wide_for_one_number_are_sorted_by_two_keys():
    group = np.array([2, 0, 2, 0, 2])
    value = np.array([5, 2**62, 7, 2**61, 6])
    spread = delays.Spread.of(group, value, 4)
    assert spread.sizes.tolist() == [2, 0, 3, 0]
    np.testing.assert_allclose(
        spread.quantile(0.5), [(2**61 + 2**62) / 2 / 86_400e6, np.nan, 6 / 86_400e6, np.nan]
    )

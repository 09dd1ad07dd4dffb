"""The dental clinic's data: they can be made again, hang together, keep their secret, and hold the truth."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from coverage_dental import CASE, generator, pilot_effect

from cxkit.log import read_log
from cxkit.measures.compare import compare
from cxkit.measures.delays import handoffs, variants
from cxkit.measures.leaks import attrition, leak_points
from cxkit.measures.retention import revenue_at_risk, waiting_cost
from cxkit.measures.scores import proportion

TRUTH = generator().TRUTH
DERIVED, STAYING = TRUTH["derived"], TRUTH["staying"]
TIMES = {"visit_log": ["time"], "patients": ["requested", "examination_due", "images_received", "called"]}
ACTIVITIES = (
    "request examination referral imaging images_received images_read call booking treatment".replace(
        " ", ","
    )
    .replace("_", " ")
    .split(",")
)


@cache
def shipped(name):
    return pd.read_csv(CASE / f"{name}.csv", parse_dates=TIMES[name])


@pytest.fixture
def patients():
    return shipped("patients").copy()


@pytest.fixture
def log():
    return shipped("visit_log").copy()


@pytest.fixture(scope="module")
def card():
    return (CASE / "data_card.md").read_text(encoding="utf-8")


def when(log, activity):
    """patient -> time of this activity"""
    rows = log[log["activity"] == activity]
    assert rows["case"].is_unique
    return rows.set_index("case")["time"]


def days_between(since, until):
    return ((until - since).dt.total_seconds() / 86400).round(2)


# -- made again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TIMES)
def test_the_files_can_be_made_again_byte_for_byte(tmp_path, name):
    generator().main(tmp_path)
    assert (tmp_path / f"{name}.csv").read_bytes() == (CASE / f"{name}.csv").read_bytes()


@pytest.mark.parametrize("name", TIMES)
def test_the_tables_made_are_the_tables_read(name):
    made = generator().make()[name]
    made = made.astype(dict.fromkeys(TIMES[name], "datetime64[us]"))
    pd.testing.assert_frame_equal(made, shipped(name))


def test_another_seed_makes_other_patients():
    one, other = (generator().make(seed)["patients"] for seed in (1, 2))
    assert (one["days_to_visit"] != other["days_to_visit"]).mean() > 0.9


@pytest.mark.parametrize("name", TIMES)
def test_the_files_are_plain(name):
    raw = (CASE / f"{name}.csv").read_bytes()
    assert b"\r" not in raw and raw.endswith(b"\n") and raw.isascii()
    assert len(raw) < 1_500_000


# -- the card --------------------------------------------------------------------------------------------


def columns_of(card, name):
    """column -> range, from the card's table under the heading of this file"""
    part = card.split(f"### {name}.csv")[1].split("\n#")[0]
    return dict(re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", part, flags=re.MULTILINE))


@pytest.mark.parametrize("name", TIMES)
def test_the_card_lists_each_column_and_its_range_holds(card, name):
    table = pd.read_csv(CASE / f"{name}.csv", dtype=str, keep_default_na=False)
    listed = columns_of(card, name)
    assert list(listed) == list(table.columns)
    for column, told in listed.items():
        may_be, _, empty = told.partition(", or empty: ")
        values = table[column]
        assert (values == "").any() == bool(empty), column
        values = values[values != ""]
        if " to " in may_be:
            low, high = may_be.split(" to ")
            if re.fullmatch(r"[\d.]+", low):
                low, high, values = float(low), float(high), values.astype(float)
            assert values.between(low, high).all(), column
        else:
            assert set(values) == set(may_be.split(", ")), column


def test_the_card_counts_the_rows(card, log, patients):
    told = [int(each.replace(",", "")) for each in re.findall(r"([\d,]+) rows\.", card)]
    assert told == [len(log), len(patients)]
    assert patients["branch"].nunique() == 4 and "four branches and 3,000 patients" in card


def test_learners_are_told_of_the_pilot_and_not_of_what_it_did(card):
    text, coverage = card.split("## Can the intervals be trusted?")
    assert "1 July 2025" in text and "North" in text
    assert "%" not in text
    secret = r"season|allowance|effect|longer|shorter|better|worse|more (?:patients|people)|per ?cent|points"
    assert re.findall(secret, text, flags=re.IGNORECASE) == []
    planted = [str(value) for key, value in DERIVED.items() if key != "last_seen_at"]
    planted += ["1.05", "1.1", "0.88", "0.82", "1,409,000"]
    assert [number for number in planted if number in text + coverage] == []
    assert "for_instructors" not in card


# -- the log and the patients ----------------------------------------------------------------------------


def test_the_log_is_in_order_and_holds_the_nine_activities(log):
    assert set(log["activity"]) == set(ACTIVITIES)
    assert not log.duplicated(["case", "activity"]).any()
    assert log["case"].is_monotonic_increasing
    steps = log.groupby("case")["time"].diff().dropna()
    assert steps.min() > pd.Timedelta(0)
    assert log["time"].max() < pd.Timestamp("2026-07-01")
    owners = log.groupby("activity")["resource"].agg(lambda each: set(each.fillna("")))
    assert owners["images received"] == {"", "Front desk"}
    assert owners["imaging"] == {"Imaging institute"}
    for activity in ("examination", "referral", "images read", "treatment"):
        assert owners[activity] == {"Dentist"}
    for activity in ("request", "call", "booking"):
        assert owners[activity] == {"Front desk"}


def test_the_log_and_the_patients_agree(log, patients):
    patients = patients.set_index("patient")
    assert set(log["case"]) == set(patients.index)
    assert (log["branch"] == log["case"].map(patients["branch"])).all()
    happened = {activity: when(log, activity) for activity in ACTIVITIES}
    for column, activity in [
        ("requested", "request"),
        ("images_received", "images received"),
        ("called", "call"),
    ]:
        assert patients[column].dropna().equals(happened[activity].rename(column).rename_axis("patient"))
    for column, activity in [("came", "examination"), ("booked", "booking"), ("treated", "treatment")]:
        assert set(patients.index[patients[column] == "yes"]) == set(happened[activity].index)
    due = patients["examination_due"]
    assert due[happened["examination"].index].equals(happened["examination"].rename("examination_due"))


def test_the_waits_are_those_of_the_times(log, patients):
    patients = patients.set_index("patient")
    to_visit = days_between(patients["requested"], patients["examination_due"])
    assert to_visit.to_numpy() == pytest.approx(patients["days_to_visit"].to_numpy(), abs=1e-9)
    after = days_between(when(log, "images received"), when(log, "call")).dropna()
    told = patients["days_after_images"].dropna()
    assert after.index.equals(told.index.rename("case"))
    assert after.to_numpy() == pytest.approx(told.to_numpy(), abs=1e-9)
    # Also of those who were called and said no, and of those who did not come.
    assert (patients.loc[told.index, "booked"] == "no").sum() > 100
    assert patients.loc[patients["came"] == "no", "days_to_visit"].notna().all()


def test_who_is_lost_where_hangs_together(patients):
    yes = patients == "yes"
    assert (yes["lost_before_visit"] == ~yes["came"]).all()
    assert not (yes["booked"] & ~yes["came"]).any() and not (yes["treated"] & ~yes["booked"]).any()
    called = patients["called"].notna()
    assert (patients["lost_after_images"].notna() == called).all()
    assert (yes["lost_after_images"] == (called & ~yes["booked"])).all()
    assert (patients["called_by"].notna() == called).all()
    # The few who book and do not come to the treatment.
    assert 0.02 < (yes["booked"] & ~yes["treated"]).mean() < 0.04


def test_the_half_and_the_pilot_follow_from_the_request(patients):
    second = patients["requested"] >= pd.Timestamp("2025-07-01")
    assert (patients["requested"].dt.year == 2025).all()
    assert (patients["half"] == np.where(second, "Jul-Dec", "Jan-Jun")).all()
    assert ((patients["pilot"] == "yes") == (second & (patients["branch"] == "North"))).all()


def test_the_clinic_keeps_its_hours(log):
    at_the_clinic = log[~log["activity"].isin(["request", "images received", "referral"])]
    day, hour = at_the_clinic["time"].dt.day_of_week, at_the_clinic["time"].dt.hour
    assert (day != 5).all()
    assert hour.between(8, 18).all()
    assert (hour[day == 4] < 13).all()
    holidays = [str(each) for each in TRUTH["hours"]["holidays"]]
    assert not at_the_clinic["time"].dt.strftime("%Y-%m-%d").isin(holidays).any()
    requests = log[log["activity"] == "request"]["time"]
    assert 0 < (requests.dt.day_of_week == 5).mean() < 0.04


def test_the_ways_that_patients_take_vary(log):
    table = variants(read_log(log))
    assert table["cases"].sum() == TRUTH["patients"]
    assert 10 <= len(table) <= 20 and table["share"].iloc[0] < 0.5
    ways = log.groupby("case")["activity"].agg(list)
    assert (ways.map(lambda way: way[:3] == ["request", "examination", "booking"]).mean()) > 0.05
    assert (ways.map(lambda way: way[:2] == ["request", "imaging"]).mean()) > 0.02
    prompted = ways.map(lambda way: "images read" in way and "call" in way[: way.index("images read")])
    assert prompted.mean() > 0.02


# -- the generator ---------------------------------------------------------------------------------------


def test_no_chance_is_outside_0_and_1():
    drawn = generator().draw(5, 200_000)
    for chance in (drawn.chance_come, drawn.chance_book, drawn.chance_treated):
        assert chance.min() > 0 and chance.max() < 1


def test_the_world_without_the_pilot_differs_only_where_the_pilot_was():
    real, other = (generator().draw(6, 20_000, pilot=pilot) for pilot in (True, False))
    assert real.pilot.any() and not other.pilot.any()
    for fact in ("requested", "due", "came", "imaging", "called", "booking", "chance_book", "treated"):
        assert (getattr(real, fact) == getattr(other, fact))[~real.pilot].all()
    imaged = real.pilot & real.after
    assert np.median(real.days_after_images[imaged]) < np.median(other.days_after_images[imaged]) - 2
    assert (real.chance_come == other.chance_come).all()


def test_the_truth_that_was_worked_out_still_follows_from_the_rules():
    again = generator().derive(patients=300_000, seed=500)
    assert again.keys() == DERIVED.keys()
    for name in ("treated", "pilot_effect", "difference_in_differences", "before_after", "elsewhere"):
        assert again[name] == pytest.approx(DERIVED[name], abs=0.004), name
    for name in ("median_days_unread", "median_days_to_visit", "median_days_after_images"):
        assert again[name] == pytest.approx(DERIVED[name], abs=0.06), name
    assert again["revenue_at_risk"] == pytest.approx(DERIVED["revenue_at_risk"], rel=0.01)
    assert again["last_seen_at"] == pytest.approx(DERIVED["last_seen_at"], abs=0.004)


def test_the_branches_would_have_moved_alike():
    assert abs(DERIVED["difference_in_differences"] - DERIVED["pilot_effect"]) < 0.003


# -- what the course's measures find ---------------------------------------------------------------------


def covers(estimate, truth):
    return estimate.low <= truth <= estimate.high


def test_each_day_before_the_visit_costs_what_it_costs(patients):
    truth = STAYING["before_visit"]["cost_per_day"]
    for adjust in ([], ["half"]):
        cost = waiting_cost(patients, "days_to_visit", "lost_before_visit", adjust=adjust)
        assert covers(cost, truth) and cost.low > 0 and cost.n == len(patients)


def test_each_day_after_the_images_costs_what_it_costs(patients):
    truth = STAYING["after_images"]["cost_per_day"]
    cost = waiting_cost(patients, "days_after_images", "lost_after_images", adjust=["half", "pilot"])
    assert covers(cost, truth)
    assert cost.high - cost.low < 0.02
    called = patients["called"].notna()
    assert (cost.n, cost.missing) == (called.sum(), (~called).sum())


def test_without_the_season_and_the_pilot_a_day_after_the_images_looks_dearer(patients):
    raw = waiting_cost(patients, "days_after_images", "lost_after_images")
    assert raw.low > STAYING["after_images"]["cost_per_day"]


def test_images_lie_longest_where_nobody_owns_them(log):
    log = read_log(log)
    table = handoffs(log)
    nobody = table[table["from_owner"] == ""]
    longest = nobody.loc[nobody["median"].idxmax()]
    assert (longest["from_activity"], longest["to_activity"]) == ("images received", "images read")
    assert 4 <= longest["median"] <= 5
    assert longest["low"] <= DERIVED["median_days_unread"] <= longest["high"]


def test_before_and_after_alone_claims_too_much_for_the_pilot(patients):
    here = patients[patients["branch"] == "North"].groupby("half")["treated"]
    naive = compare(here.get_group("Jan-Jun"), here.get_group("Jul-Dec"))
    assert naive.value > DERIVED["pilot_effect"] + 0.08
    assert naive.low > DERIVED["pilot_effect"]


def test_the_difference_in_differences_finds_what_the_pilot_changed(patients):
    effect = pilot_effect(patients)
    assert covers(effect, DERIVED["pilot_effect"])
    assert effect.low > 0


def test_the_money_at_risk(patients):
    money = revenue_at_risk(patients["treated"] == "no", patients["treatment_value"])
    assert covers(money, DERIVED["revenue_at_risk"])


def test_most_are_lost_at_the_call_after_the_images(log):
    log = read_log(log)
    lost = attrition(log, done="treatment").set_index("touchpoint")
    for touchpoint, share in DERIVED["last_seen_at"].items():
        if touchpoint != "treatment":
            assert covers(proportion(int(lost.loc[touchpoint, "lost"]), TRUTH["patients"]), share)
    leaks = leak_points(log, done="treatment")
    assert leaks.iloc[0]["from_activity"] == "call"


def test_what_instructors_read_is_what_was_worked_out():
    text = (CASE / "for_instructors" / "truth.md").read_text(encoding="utf-8")
    for wait, told in (("before_visit", "1.0%"), ("after_images", "3.0%")):
        assert f"**{told}**" in text and f"{STAYING[wait]['cost_per_day']:.1%}" == told
    for name in ("pilot_effect", "before_after", "elsewhere", "difference_in_differences"):
        assert re.search(rf"\| \**{100 * DERIVED[name]:.1f}\** \|", text), name
    assert f"**{DERIVED['median_days_unread']} days**" in text
    assert f"₪{DERIVED['revenue_at_risk']:,}" in text
    for touchpoint, share in DERIVED["last_seen_at"].items():
        assert f"| {touchpoint} | {share:.1%} |" in text

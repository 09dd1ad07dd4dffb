"""Retention: Kaplan–Meier and log-rank, the money at risk, and what one more day of waiting costs."""

from __future__ import annotations

import itertools
import math
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize

from cxkit.measures.estimate import Estimate
from cxkit.measures.log_binomial import maximum
from cxkit.measures.retention import revenue_at_risk, survival, waiting_cost
from cxkit.measures.scores import csat, proportion

DATA = Path(__file__).parent / "data"


def lung():
    # 228 people with advanced lung cancer: Loprinzi and others (1994), Journal of Clinical Oncology 12: 601–607.
    # time in days, status 1 = died, sex 1 = man. Taken from lifelines 0.30.3 (MIT licence, © 2017
    # Cameron Davidson-Pilon), which has it from R's survival.
    return pd.read_csv(DATA / "lung.csv")


def told(words, call, *args, **options):
    with pytest.raises(ValueError, match=words) as error:
        call(*args, **options)
    assert type(error.value) is ValueError and error.value.__cause__ is None


# Survival


def test_lung_by_kaplan_and_meier():
    # R: survfit(Surv(time, status) ~ 1, lung): median 310. The log-log interval agrees with lifelines 0.30.3.
    data = lung()
    found = survival(data["time"], data["status"])
    assert found.median.to_dict() == {"all": 310}
    assert found.at(365).round(3).to_dict() == {"all": 0.409}
    assert found.between(365).round(4).values.tolist() == [["all", 0.4092, 0.3387, 0.4784]]
    assert found.summary.values.tolist() == [["all", 228, 165, 310, 284, 361]]
    assert found.test is None and (found.n, found.missing) == (228, 0)


def test_lung_by_sex_and_the_log_rank_test():
    # R: survdiff(Surv(time, status) ~ sex, lung): chi square 10.3 on 1 degree of freedom, p = 0.00131.
    data = lung()
    found = survival(data["time"], data["status"], by=data["sex"])
    assert found.median.to_dict() == {1: 270, 2: 426}
    assert round(found.test["chi2"], 3) == round(found.test.chi2, 3) == 10.327
    assert round(found.test.p, 5) == 0.00131
    assert found.summary[["low", "high"]].values.tolist() == [[210, 306], [345, 524]]
    assert "chi square 10.3, p 0.0013" in found.words


def test_the_table_by_hand():
    found = survival([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0], by=["a"] * 6).table
    assert list(found.columns) == ["group", "time", "survival", "low", "high", "at_risk"]
    assert found["time"].tolist() == [0, 2, 3, 5, 8]
    assert found["survival"].tolist() == pytest.approx([1, 5 / 6, 4 / 6, 4 / 9, 4 / 9])
    assert found["at_risk"].tolist() == [6, 6, 5, 3, 2]
    # Greenwood (1926) on the scale of log(−log S) at time 3
    share, spread = 2 / 3, math.sqrt(1 / 30 + 1 / 20)
    reach = 1.959964 * spread / -math.log(share)
    assert found.loc[2, ["low", "high"]].tolist() == pytest.approx(
        [share ** math.exp(reach), share ** math.exp(-reach)]
    )


def test_beyond_the_follow_up_nothing_is_known_unless_all_are_gone():
    found = survival([1, 2, 1, 2], [1, 0, 1, 1], by=["some stay", "some stay", "all go", "all go"])
    assert found.at(1).to_dict() == {"all go": 0.5, "some stay": 0.5}
    assert found.at(3)["all go"] == 0 and np.isnan(found.at(3)["some stay"])
    assert found.at(0).tolist() == [1, 1]
    assert np.isnan(found.table["low"].iloc[2]), "at 0 the interval is not known"


def test_nobody_leaves():
    found = survival([1, 2, 3, 4], [0, 0, 0, 0], by=list("aabb"))
    assert (found.table["survival"] == 1).all() and found.median.isna().all()
    assert found.words.startswith("a: 0 of 2 left")
    assert np.isnan(found.test.chi2) and "cannot be compared" in found.words
    assert "more than half are still there" in repr(found)


def test_a_group_in_which_nobody_leaves():
    found = survival([1, 2, 3, 4, 4, 4], [1, 1, 1, 0, 0, 0], by=list("aaabbb"))
    assert found.at(4).to_dict() == {"a": 0, "b": 1} and found.test.p < 0.05


def test_people_with_an_empty_value_are_counted():
    found = survival(
        [1, 2, None, 4, 5, 6], ["yes", "", "no", "no", "yes", "no"], by=["a", "a", "a", None, "a", " "]
    )
    assert (found.n, found.missing) == (2, 4)
    assert "4 people are left out" in found.words and found.words in repr(found)
    assert "<table" in found._repr_html_() and "left out" in found._repr_html_()


def test_a_time_is_printed_as_it_stands_in_the_summary():
    found = survival([30.95, 30.95, 40, 1234.5], [1, 1, 1, 0])
    assert found.summary.loc[0, "median"] == 30.95
    assert (
        "30.95" in repr(found)
        and "half are gone by 30.95" in found.words
        and ">30.95<" in found._repr_html_()
    )


def test_groups_in_the_order_of_their_categories():
    ages = pd.Categorical(["65+", "18-29", "65+", "18-29"], categories=["65+", "40-64", "18-29"])
    assert survival([1, 2, 3, 4], [1, 1, 0, 1], by=ages).summary["group"].tolist() == ["65+", "18-29"]
    assert survival([1, 2, 3, 4], [1, 1, 0, 1], by=[10, 9, 10, 9]).summary["group"].tolist() == [9, 10]
    assert survival([1, 2, 3], [1, 1, 0], by=["b", 1, "b"]).summary["group"].tolist() == [1, "b"]


people = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.sampled_from("abc")), min_size=1, max_size=25
)


@settings(max_examples=15)
@given(people, st.randoms())
def test_survival_never_rises_and_stays_between_0_and_1(rows, random):
    found = survival(*zip(*rows, strict=True))
    for _, part in found.table.groupby("group"):
        assert (np.diff(part["time"]) > 0).all() and part["time"].iloc[0] == 0
        assert (np.diff(part["survival"]) <= 0).all() and (np.diff(part["at_risk"]) <= 0).all()
        assert part["survival"].between(0, 1).all()
        known = part.dropna()
        assert ((known["low"] <= known["survival"]) & (known["survival"] <= known["high"])).all()
        assert known[["low", "high"]].ge(0).all(axis=None) and known[["low", "high"]].le(1).all(axis=None)
    mixed = list(rows)
    random.shuffle(mixed)
    again = survival(*zip(*mixed, strict=True))
    pd.testing.assert_frame_equal(again.table, found.table)
    renamed = survival(*zip(*[(t, e, {"a": "x", "b": "y", "c": "z"}[g]) for t, e, g in rows], strict=True))
    pd.testing.assert_frame_equal(renamed.table.drop(columns="group"), found.table.drop(columns="group"))
    if found.test is not None:
        for other in (again, renamed):
            assert other.test.tolist() == pytest.approx(found.test.tolist(), nan_ok=True)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=25))
def test_where_all_leave_it_is_the_share_of_longer_times(times):
    found = survival(times, [True] * len(times))
    for t in (0, 3, 8, 12):
        assert found.at(t)["all"] == pytest.approx(np.mean(np.array(times) > t), abs=1e-9)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ([1, -2, 3], [1, 0, 1]),
            "“duration”, row 3: “-2” is outside what can be. Write a number of 0 or more",
        ),
        (([1, "long", 3], [1, 0, 1]), "“duration”, row 3: “long” is not a number"),
        (([1, 2, 3], [1, 2, 1]), "“event”, row 3: “2” is neither yes nor no"),
        (([1, 2, 3], ["yes", "left", "no"]), "“event”, row 3: “left” is neither yes nor no"),
        (([1, 2, 3], [1, 0]), "duration has 3 values and event has 2"),
        (([1, 2, 3], [1, 0, 1], ["a"]), "duration has 3 values and by has 1"),
        (([1, 2, 3], [1, 0, 1], "plan"), "by needs one group for each person, not “plan”"),
        (([None, 2], [1, None]), "No person has a duration, an event and a group"),
        (([], []), "No person has a duration"),
        ((5, [1]), "“duration” needs a list or a column"),
    ],
)
def test_bad_durations_are_told_in_words(args, words):
    told(words, survival, *args)


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (-1, "^The time must be one number of 0 or more, not “-1”"),
        ("soon", "^The time must be .* not “soon”"),
        (None, "^The time is empty"),
    ],
)
def test_a_bad_time_is_told_in_words(time, words):
    told(words, survival([1, 2], [1, 0]).at, time)


# Revenue at risk


def waits_cost():
    days = [1, 1, 2, 3, 4, 5, 6, 8, 9, 9]
    return waiting_cost(pd.DataFrame({"days": days, "lost": [0, 0, 0, 1, 0, 0, 1, 0, 1, 1]}), "days", "lost")


def test_the_value_of_those_who_were_lost():
    found = revenue_at_risk(["yes", "no", "yes", None, "no"], [900, 1200, 600, 800, None], currency="$")
    assert found.value == 1500 and (found.n, found.missing) == (4, 1)
    assert found.low < 1500 < found.high and found.unit == "$"
    assert "2 of 4 people were lost, worth 1,500 $ together" in found.words


def test_who_was_counted_as_lost_is_said():
    table = pd.DataFrame({"treated": ["yes", "no"], "value": [5, 6]})
    found = revenue_at_risk(table["treated"], table["value"])
    assert found.words.endswith("Counted as lost: those whose “treated” is yes.")
    assert revenue_at_risk([1, 0], 3).words.endswith("Counted as lost: those whose answer is yes.")


def test_one_value_for_everybody():
    assert revenue_at_risk([1, 0, 1, 1], 200).value == 600


def test_nobody_lost_is_no_money_and_no_interval():
    found = revenue_at_risk([0, 0, 0], [1, 2, 3])
    assert found.value == 0 and math.isnan(found.low) and found.interval == "no interval: nobody was lost"


def test_an_estimate_of_people_keeps_its_interval():
    people = Estimate(120, 100, 150, n=800, interval="95% Wilson interval", missing=3, se=12)
    found = revenue_at_risk(people, 50)
    assert (found.value, found.low, found.high, found.se) == (6000, 5000, 7500, 600)
    assert (found.n, found.missing, found.interval) == (800, 3, "95% Wilson interval of the people")
    assert revenue_at_risk(120, 50).value == 6000 and math.isnan(revenue_at_risk(120, 50).low)


def exponential(random, n):
    return random.exponential(1000, n), 1000


def lognormal(random, n):
    return random.lognormal(0, 1, n), math.exp(0.5)


@pytest.mark.parametrize(
    ("lost", "n", "values"), [(60, 300, exponential), (10, 100, lognormal), (30, 60, lognormal)]
)
def test_the_interval_of_the_money_holds(lost, n, values):
    random = np.random.Generator(np.random.PCG64(9))
    covered = 0
    for _ in range(600):
        gone = random.random(n) < lost / n
        worth, mean = values(random, n)
        found = revenue_at_risk(gone, worth)
        covered += found.low <= lost * mean <= found.high
    # the delta method alone covers 88% of the skewed values of 10 people, and 92% of those of 30
    assert 0.92 <= covered / 600 <= 0.985


def test_few_people_who_carry_the_sum_are_told():
    even = revenue_at_risk([1] * 30 + [0] * 70, 200)
    assert "half of the sum" not in even.words
    few = revenue_at_risk([1] * 30 + [0] * 70, [5000, 4000, *[100] * 98])
    assert " 2 people carry half of the sum or more, so the interval is rough. Counted" in few.words
    assert few.high / few.value > 1.05 * even.high / even.value
    one = revenue_at_risk([1] * 30 + [0] * 70, [9000, *[100] * 99])
    assert " 1 person carries half of the sum or more" in one.words
    alone = revenue_at_risk([1, 0, 0], 50)
    told_alone = "1 of 3 people was lost, worth 50. One person alone carries the sum, so the interval is rough. Counted"
    assert alone.words.startswith(told_alone)
    assert 0 < alone.low < 50 and alone.high == 150, "all three lost, and no more"


def test_no_interval_says_why():
    assert revenue_at_risk([1, 0], [0, 5]).interval == "no interval: those who were lost are worth 0"
    assert revenue_at_risk([1], [5]).interval == "no interval: one person alone"
    same = revenue_at_risk([1, 1, 1], 5)
    assert same.interval == "no interval: everybody was lost, and all are worth the same"
    assert math.isnan(same.low) and "3 of 3 people were lost, worth 15 together" in same.words
    assert "1 person worth 500 $." in revenue_at_risk(1, 500, currency="$").words


# Columns that come in different orders

BY_NAME = [
    (survival, ([2, 3, 5, 8], ["yes", "no", "yes", "no"], list("abab"))),
    (revenue_at_risk, (["yes", "no", "yes", "no"], [900, 5, 600, 7])),
]


@pytest.mark.parametrize(("measure", "columns"), BY_NAME, ids=["survival", "revenue_at_risk"])
def test_columns_pair_by_their_row_labels(measure, columns):
    columns = [pd.Series(each, index=["P1", "P2", "P3", "P4"]) for each in columns]
    right = repr(measure(*columns))
    first, *others = columns
    assert repr(measure(first, *[each.iloc[[2, 0, 3, 1]] for each in others])) == right
    assert repr(measure(first.iloc[::-1], *others)) == right
    assert repr(measure(*[each.tolist() for each in columns])) == right
    assert repr(measure(first, *[each.tolist() for each in others])) == right


@pytest.mark.parametrize(("measure", "columns"), BY_NAME, ids=["survival", "revenue_at_risk"])
def test_columns_of_other_people_are_refused(measure, columns):
    first, *others = [pd.Series(each) for each in columns]
    away = [each.rename(lambda row: row + 1) for each in others]
    told("have different row labels: “0” is in (duration|lost) alone", measure, first, *away)
    twice = [each.set_axis([3, 1, 1, 0]) for each in others]
    told("row labels that repeat, in different orders", measure, first, *twice)
    same = [each.set_axis([0, 0, 1, 1]) for each in (first, *others)]
    assert repr(measure(*same)) == repr(measure(first, *others))


def test_a_list_beside_columns_in_different_orders_is_refused():
    time, left = pd.Series([1, 2, 3]), pd.Series([1, 0, 1], index=[2, 0, 1])
    told("in different orders, and by has none", survival, time, left, ["a", "b", "a"])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5000)), min_size=2, max_size=20), st.randoms())
def test_money_adds_up(rows, random):
    found = revenue_at_risk(*zip(*rows, strict=True))
    lost, value = (np.array(each) for each in zip(*rows, strict=True))
    assert found.value + revenue_at_risk(~lost, value).value == value.sum()
    mixed = list(rows)
    random.shuffle(mixed)
    again = revenue_at_risk(*zip(*mixed, strict=True))
    assert [again.value, again.low, again.high] == pytest.approx(
        [found.value, found.low, found.high], nan_ok=True
    )
    assert revenue_at_risk(lost, 2 * value).value == 2 * found.value


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (([1, 0], [100, -5]), "“value”, row 3: “-5” is outside"),
        (([1, 0], [100, "dear"]), "“value”, row 3: “dear” is not a number"),
        ((["gone", "no"], [100, 5]), "“lost”, row 2: “gone” is neither yes nor no"),
        (([1, 0], [100]), "lost has 2 values and value has 1"),
        ((12, [100, 200]), "value is a list, so lost must be one too"),
        (([1, None], [None, 5]), "Nobody has both"),
        ((None, 5), "lost is empty. It must be one number of 0 or more"),
        ((5, None), "value is empty"),
        ((5, -2), "value must be one number of 0 or more, not “-2”"),
        ((proportion(428, 3000), 1174), "14.3%.*a share or a score, not a number of people.*428 of 3,000"),
        ((csat([5, 5, 1]), 1174), "66.7 percent.*not a number of people. Give how many people were lost"),
        ((0.14, 1174), "lost is “0.140”: a share"),
        ((waits_cost(), 1174), "per day.*not a number of people"),
        ((12, 500, 3), "currency is text for the words, such as .* not “3”"),
        (([1], [100, 3]), "lost has 1 value and value has 2"),
    ],
)
def test_bad_money_is_told_in_words(args, words):
    told(words, revenue_at_risk, *args)


# The cost of waiting


def waits(seed, n=1000, h=0.03, first=0.9, shortest=1.0):
    """P(stay) = first · exp(−h·days), with waits from `shortest` days up."""
    random = np.random.Generator(np.random.PCG64(seed))
    days = np.round(shortest + random.gamma(2, 3, n), 2)
    return pd.DataFrame(
        {"days": days, "lost": np.where(random.random(n) < first * np.exp(-h * days), "no", "yes")}
    )


def test_it_agrees_with_the_glm_of_statsmodels():
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.families.links import Log
    from statsmodels.genmod.generalized_linear_model import GLM

    table = waits(1)
    stayed = (table["lost"] == "no").to_numpy(float)
    design = np.column_stack([np.ones(len(table)), table["days"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = GLM(stayed, design, family=Binomial(Log())).fit(start_params=[-0.3, -0.01], tol=1e-12)
    found = waiting_cost(table, "days", "lost")
    assert found.value == pytest.approx(1 - math.exp(model.params[1]), rel=1e-5)
    low, high = model.conf_int()[1]
    # Wald's interval, not ours, but at this size they are close
    assert [found.low, found.high] == pytest.approx([1 - math.exp(high), 1 - math.exp(low)], abs=0.001)
    assert found.se == pytest.approx(model.bse[1] * math.exp(model.params[1]), rel=0.02)
    assert (found.n, found.interval) == (1000, "95% likelihood-ratio interval")
    assert "One more day in “days” costs" in found.words


def test_two_waits_by_hand():
    # 90 of 100 stay through 1 day and 60 of 100 through 5: each day takes 1 − (60/90)^(1/4).
    rows = [(1, "no")] * 90 + [(1, "yes")] * 10 + [(5, "no")] * 60 + [(5, "yes")] * 40
    found = waiting_cost(pd.DataFrame(rows, columns=["days", "lost"]), "days", "lost")
    assert found.value == pytest.approx(1 - (60 / 90) ** 0.25, abs=1e-7)


@pytest.mark.parametrize(
    ("shortest", "first", "seeds"),
    [(1.0, 0.9, 300), (0.0, 1.0, 60)],
    ids=["inside", "at the edge, where all stay at day 0"],
)
def test_95_percent_intervals_cover_95_percent(shortest, first, seeds):
    truth, covered = 1 - math.exp(-0.03), 0
    for seed in range(seeds):
        found = waiting_cost(waits(seed, 250, 0.03, first, shortest), "days", "lost")
        covered += found.low <= truth <= found.high
    assert 0.92 <= covered / seeds <= 0.98


def test_adjusting_unmasks_a_slow_branch_that_also_loses_people():
    random = np.random.Generator(np.random.PCG64(2))
    slow = random.random(4000) < 0.5
    days = np.round(1 + random.gamma(2, 1.5, 4000) + 4 * slow, 2)
    stay = random.random(4000) < np.where(slow, 0.7, 0.95) * np.exp(-0.02 * days)
    table = pd.DataFrame(
        {"days": days, "lost": np.where(stay, "no", "yes"), "branch": np.where(slow, "North", "South")}
    )
    truth = 1 - math.exp(-0.02)
    raw, adjusted = (waiting_cost(table, "days", "lost", adjust=adjust) for adjust in ((), "branch"))
    assert raw.low > truth and adjusted.low <= truth <= adjusted.high


def test_more_who_stay_the_longer_they_wait_is_a_cost_below_0():
    table = waits(3).assign(days=lambda each: 40 - each["days"])
    found = waiting_cost(table[table["days"] >= 0], "days", "lost")
    assert found.high < 0
    size = f"{-100 * found.value:.2f}%"
    assert found.words.startswith(
        f"No cost is seen: with each more day in “days”, the chance to stay is {size} higher. "
    )
    assert "Did you give the column of those who stayed?" in found.words


def test_what_is_taken_into_account_is_said_and_that_it_is_no_cause():
    table = waits(3).assign(branch=lambda each: np.where(each.index % 3, "North", "South"))
    table["half"] = np.where(table.index % 2, "Jan-Jun", "Jul-Dec")
    plain = waiting_cost(table, "days", "lost")
    assert "Nothing else is taken into account." in plain.words and plain.unit == "share per day"
    fair = waiting_cost(table, "days", "lost", adjust=["half", "branch"])
    assert "among people alike in “half” and “branch”." in fair.words and "Nothing else" not in fair.words
    size = f"{100 * plain.value:.2f}%"
    assert size in plain.words and f"Waiting cost: {size} per day (" in repr(plain)
    for each in (plain, fair):
        assert each.words.endswith("This tells what goes together, not what causes what.")
        assert "Did you" not in each.words


def test_no_cost_fits_too_is_said():
    found = waiting_cost(waits(4, 200, 0.0), "days", "lost")
    assert found.low <= 0 <= found.high and "no cost at all fits these data too" in found.words


def test_empty_cells_are_counted():
    table = waits(5, 300)
    table.loc[:4, "days"] = np.nan
    table.loc[3:9, "lost"] = None
    found = waiting_cost(table, "days", "lost")
    assert (found.n, found.missing) == (290, 10)
    again = waiting_cost(table.dropna(), "days", "lost")
    assert [found.value, found.low] == pytest.approx([again.value, again.low])


@settings(max_examples=10)
@given(st.randoms(use_true_random=False), st.sampled_from([24.0, 1 / 7]))
def test_order_names_and_units_change_only_what_they_must(random, unit):
    table = waits(6, 120).assign(branch=lambda each: np.where(each.index % 3, "North", "South"))
    found = waiting_cost(table, "days", "lost", adjust=["branch"])
    order = list(range(len(table)))
    random.shuffle(order)
    mixed = table.iloc[order].replace({"North": "Zoar", "South": "Arad"})
    other = mixed.assign(days=mixed["days"] * unit)
    again, scaled = (waiting_cost(each, "days", "lost", adjust=["branch"]) for each in (mixed, other))
    ends = ("value", "low", "high")
    assert [getattr(again, end) for end in ends] == pytest.approx(
        [getattr(found, end) for end in ends], abs=1e-6
    )
    # a cost per hour, kept up for 24 hours, is the cost per day
    per_day = [1 - (1 - getattr(scaled, end)) ** unit for end in ends]
    assert per_day == pytest.approx([getattr(found, end) for end in ends], abs=1e-6)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 1), st.booleans()), min_size=5, max_size=30))
def test_the_likelihood_is_highest_wherever_the_data_lie(rows):
    # an optimiser that knows nothing of barriers must not find anything better, at the edge or inside
    days, group, stayed = (np.array(each) for each in zip(*rows, strict=True))
    design = np.column_stack([np.ones(len(rows)), days, group])
    assume(np.linalg.matrix_rank(design[stayed]) == 3 and not stayed.all())
    best = maximum(design, stayed)
    assert (design @ best.b > 0).all(), "no chance is 1 or more"

    def loss(given_b):
        u = -design @ given_b
        with np.errstate(all="ignore"):
            value = -(u[stayed].sum() + np.log(-np.expm1(np.minimum(u[~stayed], -1e-12))).sum())
        return value if np.isfinite(value) else 1e6

    cells = np.unique(design, axis=0)
    limits = {"type": "ineq", "fun": lambda given_b: cells @ given_b, "jac": lambda given_b: cells}
    found = optimize.minimize(
        loss, [0.7, 0.0, 0.0], method="SLSQP", constraints=[limits], options={"maxiter": 200}
    )
    inside = (cells @ found.x >= -1e-9).all()
    assert best.log_likelihood >= -found.fun - 1e-5 or not inside


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from("ab"), st.booleans()), min_size=1, max_size=14))
def test_small_data_give_an_interval_or_words(rows):
    table = pd.DataFrame(rows, columns=["days", "branch", "lost"])
    for adjust in ((), ("branch",)):
        try:
            found = waiting_cost(table, "days", "lost", adjust=adjust)
        except ValueError as error:
            assert type(error) is ValueError and str(error)[-1] == "."
        else:
            assert found.low <= found.value <= found.high <= 1 and np.isfinite([found.low, found.high]).all()


def test_what_cannot_be_answered():
    table = waits(7, 60)
    told(r"no column “day” in the table. Did you mean “days”\?", waiting_cost, table, "day", "lost")
    told("no column to adjust for “branch”", waiting_cost, table, "days", "lost", adjust=["branch"])
    told("“lost” is the outcome", waiting_cost, table, "lost", "lost")
    told("“days” stands in days and in adjust", waiting_cost, table, "days", "lost", adjust=["days"])
    told("“days”, row 2: “-1” is outside.*0 or more", waiting_cost, table.assign(days=-1), "days", "lost")
    told("“days”, row 2: “soon” is not a number", waiting_cost, table.assign(days="soon"), "days", "lost")
    told("every wait is 3. To tell what a day costs", waiting_cost, table.assign(days=3), "days", "lost")
    told(
        "No row is complete: each has an empty cell in the outcome or in “days”",
        waiting_cost,
        table.assign(days=np.nan),
        "days",
        "lost",
    )
    told("“lost”, row 2: “gone” is neither", waiting_cost, table.assign(lost="gone"), "days", "lost")
    told("In “lost” every answer is no", waiting_cost, table.assign(lost="no"), "days", "lost")
    told("That is too few", waiting_cost, table.assign(lost=["no", "yes"] * 30)[:3], "days", "lost")
    told("The table is empty", waiting_cost, table[:0], "days", "lost")


def test_a_column_that_is_empty_for_the_lost_is_named():
    table = waits(7, 60).assign(called_by=lambda each: np.where(each["lost"] == "yes", "", each.index % 2))
    gone = (table["lost"] == "yes").sum()
    words = f"In “lost” every answer is no in the rows that are left.*{gone} of 60 rows are left out.*{gone} in “called_by”"
    told(words, waiting_cost, table, "days", "lost", adjust=["called_by"])


@pytest.mark.parametrize("unit", [1e-3, 1e-6, 1e-9])
def test_waits_in_another_unit_than_days_are_refused(unit):
    random = np.random.Generator(np.random.PCG64(1))
    for table in (waits(9), waits(9).assign(days=lambda each: random.permutation(each["days"]))):
        words = "“days” go from .* cannot tell what a whole day costs. Are they in days?"
        told(words, waiting_cost, table.assign(days=table["days"] * unit), "days", "lost")


def test_waits_that_split_the_people_are_named():
    table = pd.DataFrame({"days": [2, 2, 2, 2, 3, 4, 5], "lost": ["no"] * 4 + ["yes"] * 3})
    told(
        "“days” is 3 or more wherever “lost” is yes, and 2 or less wherever it is no",
        waiting_cost,
        table,
        "days",
        "lost",
    )


def test_a_group_in_which_all_were_lost_is_named():
    table = waits(8, 60).assign(branch="North")
    table.loc[:4, ["branch", "lost"]] = ["South", "yes"]
    told(
        "In every row with “branch = South”, “lost” is yes",
        waiting_cost,
        table,
        "days",
        "lost",
        adjust=["branch"],
    )


def test_a_group_in_which_nobody_was_lost_is_fine():
    table = waits(8, 200).assign(branch="North")
    table.loc[:19, ["branch", "lost"]] = ["South", "no"]
    found = waiting_cost(table, "days", "lost", adjust=["branch"])
    assert found.low <= found.value <= found.high and found.n == 200


def test_no_warning_reaches_the_user():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for seed, n in itertools.product(range(5), (20, 60)):
            waiting_cost(waits(seed, n, 0.05, 1.0, 0.0), "days", "lost")


def test_a_column_that_was_turned_round_is_not_told_by_its_old_name():
    treated = pd.Series(["yes", "no", "no"], name="treated")
    assert "whose mark in lost is true" in revenue_at_risk(treated == "no", 100).words
    assert "whose “treated” is yes" in revenue_at_risk(treated, 100).words


def test_a_group_of_which_nobody_is_left_is_named():
    found = survival([1, None, 3], [1, 1, 1], ["a", "b", "a"])
    assert "Nobody with all values is in b" in found.words and "1 person is left out" in found.words
    assert "95% log-log interval" in repr(found) and "95% log-log interval" in found._repr_html_()

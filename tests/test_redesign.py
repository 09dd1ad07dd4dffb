"""Where to mend and lift, what to do first, what a mismatch costs, and whether a change worked."""

from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.cases import case
from cxkit.journey import Journey
from cxkit.measures.redesign import compare, mismatch, opportunities, prioritise


def journey(*rows, **about):
    """Rows of touchpoint, expected, experienced, and further columns as a dict."""
    table = []
    for name, expected, experienced, *more in rows:
        row = {
            "stage": "care",
            "touchpoint": name,
            "channel": "web",
            "expected": expected,
            "experienced": experienced,
        }
        table.append(row | (more[0] if more else {}))
    return Journey(table, **about)


# --- opportunities


def test_the_largest_disappointment_comes_first_and_what_is_good_can_be_lifted():
    found = opportunities(journey(("a", 7, 5), ("b", 9, 1), ("c", 5, 6), ("d", 5, 5), ("e", 8, 10)))
    assert found.columns.tolist() == ["touchpoint", "kind", "gap", "owner", "moment", "why"]
    assert found[["touchpoint", "kind", "gap"]].to_numpy().tolist() == [
        ["b", "mend", -8.0], ["a", "mend", -2.0], ["c", "lift", 1.0], ["d", "lift", 0.0]
    ]  # fmt: skip
    assert found.loc[0, "why"] == "Expected 9, experienced 1: 8 short. Nobody owns it."
    assert found.loc[2, "why"].startswith(
        "Expected 5, experienced 6: 1 better than expected. It can still rise by 4, up to 10."
    )
    assert "experienced 5: as good as expected. It can still rise by 5" in found.loc[3, "why"]


def test_a_tie_goes_to_the_moment_of_truth_then_to_the_ownerless_then_to_the_earlier():
    owned, moment = {"owner": "Desk"}, {"owner": "Desk", "moment": "first"}
    found = opportunities(journey(("a", 7, 5, owned), ("b", 7, 5), ("c", 7, 5, moment), ("d", 7, 5)))
    assert found["touchpoint"].tolist() == ["c", "b", "d", "a"]
    lifts = opportunities(journey(("a", 5, 9, owned), ("b", 5, 6, moment), ("c", 5, 9)))
    assert lifts["touchpoint"].tolist() == ["b", "c", "a"]
    assert "The first moment of truth." in lifts.loc[0, "why"]


def test_a_marked_failure_is_to_mend_whatever_the_scores():
    found = opportunities(
        journey(("a", None, None, {"failure": "both"}), ("b", 5, 9, {"failure": "sales"}), ("c", 7, 6))
    )
    assert found["touchpoint"].tolist() == ["c", "b", "a"]
    assert set(found["kind"]) == {"mend"}
    assert "A failure of service and of sales." in found.loc[2, "why"]
    assert "Expected 5, experienced 9. A sales failure." in found.loc[1, "why"]


def test_touchpoints_without_scores_are_counted():
    found = opportunities(journey(("a", 7, None), ("b", None, None), ("c", 7, 10)))
    assert len(found) == 0 and found.attrs["missing"] == 2
    assert found.columns.tolist() == ["touchpoint", "kind", "gap", "owner", "moment", "why"]


def test_lucy_s_journey_breaks_at_the_hospital_desk():
    found = opportunities(case("hmo_opt_out").journey)
    assert "delivery" in found.loc[0, "touchpoint"] and found.loc[0, "kind"] == "mend"
    assert "The second moment of truth. Nobody owns it." in found.loc[0, "why"]


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=1, max_size=8))
def test_every_touchpoint_is_mended_lifted_or_at_its_best(scores):
    found = opportunities(journey(*[(f"t{n}", *pair) for n, pair in enumerate(scores)]))
    mend = found[found["kind"] == "mend"]
    assert len(mend) == sum(b < a for a, b in scores)
    assert len(found) == len(scores) - sum(b >= a and b == 10 for a, b in scores)
    assert mend["gap"].is_monotonic_increasing and (
        found["kind"].tolist() == sorted(found["kind"], reverse=True)
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (pd.DataFrame({"gap": [1]}), "not a table. Read one with read_journey"),
        (pd.Series([1]), "not a column"),
        ([1], "not a list"),
        ("lucy.csv", "not “lucy.csv”"),
    ],
)
def test_opportunities_need_a_journey(given, words):
    with pytest.raises(ValueError, match=f"opportunities needs a journey, {words}"):
        opportunities(given)


# --- prioritise

RANGES = ("value_low", "value_high", "effort_low", "effort_high")


def options(rows, **columns):
    return pd.DataFrame(rows, columns=["option", "value", "effort"]).assign(**columns)


def test_value_for_effort_ranks():
    found = prioritise(options([["a", 6, 3], ["b", 9, 3], ["c", 4, 2]]))
    assert found.columns.tolist() == [
        "option", "value", "effort", "score", "rank", "rank_low", "rank_high", "share_first"
    ]  # fmt: skip
    assert found["option"].tolist() == ["b", "a", "c"]
    assert found["score"].tolist() == [3, 2, 2]
    # the same score, the same rank
    assert found["rank"].tolist() == [1, 2, 2]
    assert found[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1], [2, 2], [2, 2]]
    assert found["share_first"].tolist() == [1, 0, 0]


def test_weights_shift_the_order():
    table = options([["big", 10, 9], ["small", 2, 1]])
    assert prioritise(table)["option"].tolist() == ["small", "big"]
    assert prioritise(table, {"value": 2})["option"].tolist() == ["big", "small"]
    assert prioritise(table, {"value": 1, "effort": 0})["score"].tolist() == [10, 2]


def test_uncertain_numbers_make_an_uncertain_order():
    table = options([["a", 6, 2], ["b", 5, 2]], value_low=[2, 4], value_high=[8, 6])
    found = prioritise(table).set_index("option")
    assert found["rank"].to_dict() == {"a": 1, "b": 2}
    assert found["rank_low"].tolist() == [1, 1] and found["rank_high"].tolist() == [2, 2]
    assert 0.4 < found.loc["a", "share_first"] < 0.75
    assert found["share_first"].sum() == pytest.approx(1)
    # one option only is uncertain here
    half = prioritise(table.assign(value_low=[2, None], value_high=[8, None])).set_index("option")
    # P(triangular(2, 6, 8) > 5) = 1 - (5 - 2)^2 / ((8 - 2)(6 - 2)) = 0.625
    assert half.loc["a", "share_first"] == pytest.approx(0.625, abs=0.03)


def test_a_triangle_with_its_mode_at_an_end_is_fine():
    table = options([["a", 5, 2], ["b", 6, 2]], value_low=[5, 5], value_high=[7, 6])
    share = prioritise(table, draws=20_000).set_index("option").loc["a", "share_first"]
    random = np.random.default_rng(1)
    drawn = random.triangular(5, 5, 7, 200_000) > random.triangular(5, 6, 6, 200_000)
    assert share == pytest.approx(drawn.mean(), abs=0.015)


OPTIONS = st.lists(st.tuples(st.integers(0, 10), st.integers(1, 10)), min_size=2, max_size=6)
WEIGHTS = st.sampled_from([None, {"value": 2}, {"value": 0.5, "effort": 3}, {"value": 0}, {"effort": 0}])


@given(rows=OPTIONS, weights=WEIGHTS)
def test_a_dominated_option_never_ranks_above_the_one_that_dominates_it(rows, weights):
    table = options([[f"o{n}", *row] for n, row in enumerate(rows)])
    found = prioritise(table, weights, draws=20).set_index("option")
    for a in found.index:
        for b in found.index:
            better = (
                found.loc[a, "value"] >= found.loc[b, "value"]
                and found.loc[a, "effort"] <= found.loc[b, "effort"]
            )
            assert not better or found.loc[a, "rank"] <= found.loc[b, "rank"]
    assert (found["rank_low"] == found["rank"]).all() and (found["rank_high"] == found["rank"]).all()


@given(rows=OPTIONS, data=st.data())
def test_neither_the_order_of_rows_nor_the_units_matter(rows, data):
    table = options([[f"o{n}", *row] for n, row in enumerate(rows)])
    table = table.assign(value_low=table["value"] / 2, effort_high=table["effort"] * 1.5)
    found = prioritise(table, draws=100)
    mixed = table.iloc[data.draw(st.permutations(range(len(table))))]
    pd.testing.assert_frame_equal(prioritise(mixed, draws=100), found)
    numbers = ["value", "value_low"]
    scaled = prioritise(table.assign(**{name: 4 * table[name] for name in numbers}), draws=100)
    assert scaled[["option", "rank", "rank_low", "share_first"]].equals(
        found[["option", "rank", "rank_low", "share_first"]]
    )


NAMES = st.text("abcxyzאב", min_size=1, max_size=4)
UNCERTAIN = st.tuples(*[st.integers(0, 9)] * 3, *[st.integers(1, 9)] * 3).map(
    lambda row: [*sorted(row[:3]), *sorted(row[3:])]
)


@given(rows=st.lists(UNCERTAIN, min_size=2, max_size=5), data=st.data())
def test_other_names_and_another_order_of_rows_change_nothing_else(rows, data):
    columns = ["value_low", "value", "value_high", "effort_low", "effort", "effort_high"]
    table = pd.DataFrame(rows, columns=columns).assign(option=[f"o{n}" for n in range(len(rows))])
    names = data.draw(st.lists(NAMES, min_size=len(rows), max_size=len(rows), unique=True))
    by_name = dict(zip(names, table["option"], strict=True))
    found = prioritise(table, draws=60)
    mixed = table.assign(option=names).iloc[data.draw(st.permutations(range(len(rows))))]
    other = prioritise(mixed, draws=60)
    results = found.columns[1:]
    assert other[results].equals(found[results])
    back = other.assign(option=other["option"].map(by_name)).set_index("option").loc[found["option"]]
    assert back[results].reset_index(drop=True).equals(found[results])


def test_a_tie_is_not_broken_by_the_last_digit_of_a_sum():
    # as floats these are 2.9999999999999996, 3 and 3.0000000000000004
    found = prioritise(options([["a", 0.3, 0.1], ["b", 3, 1], ["c", 0.1 + 0.2, 0.1], ["d", 1, 1]]))
    assert found["rank"].tolist() == [1, 1, 1, 4] and found["score"].tolist() == [3, 3, 3, 1]
    # at a tie the larger value stands first, whatever the names
    assert found["option"].tolist()[0] == "b"
    assert found["rank_low"].tolist() == found["rank_high"].tolist() == [1, 1, 1, 4]
    assert found["share_first"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    assert prioritise(options([["a", 1, 3], ["b", 1, 3.000001]]))["rank"].tolist() == [1, 2]


def test_options_that_are_alike_are_treated_alike():
    table = options([["a", 6, 2], ["b", 6, 2], ["c", 5, 2]], value_low=2, value_high=8)
    found = prioritise(table, draws=100).drop(columns="option").iloc[:2]
    assert found.iloc[0].equals(found.iloc[1])


def test_numbers_without_a_range_are_counted():
    table = options([["a", 6, 2], ["b", 5, 2], ["c", 4, None]], value_low=[2, None, 1], value_high=[8, 6, 5])
    found = prioritise(table)
    assert found.attrs["no_range"] == {"value": 1, "effort": 2}
    assert found.attrs["interval"] == "95% of 2,000 draws"
    assert found.attrs["notes"] == [
        "Taken as certain, since a low or a high is missing: the value of 1 of 2 options, the effort of 2 of 2 options.",
        "Left out, since a number is missing: 1 of 3 options.",
    ]
    sure = table.iloc[:2].assign(value_low=2, value_high=8, effort_low=1, effort_high=3)
    assert prioritise(sure).attrs["notes"] == []


def test_the_seed_makes_the_draws():
    table = options([["a", 6, 2], ["b", 5, 2]], value_low=[2, 4], value_high=[8, 6])
    assert prioritise(table, seed=3).equals(prioritise(table, seed=3))
    assert not prioritise(table, seed=3).equals(prioritise(table, seed=4))


def test_options_without_a_number_are_counted_and_the_names_do_not_matter():
    table = options([["a", 6, 2], ["b", None, 2], ["c", 3, None]])
    found = prioritise(table)
    assert found["option"].tolist() == ["a"] and found.attrs["missing"] == 2
    renamed = prioritise(options([["x", 9, 3], ["y", 6, 3]]))
    assert renamed["option"].tolist() == ["x", "y"]


GOOD = [["a", 6, 2], ["b", 5, 2]]


@pytest.mark.parametrize(
    ("table", "more", "words"),
    [
        (options(GOOD).drop(columns="value"), {}, "no column “value”"),
        (options([["a", 6, 2], ["A ", 5, 2]]), {}, "row 3: “A” stands there twice"),
        (options([["", 6, 2]]), {}, "row 2: the option has no name"),
        (options([["a", 6, 0]]), {}, "“effort”, row 2: nothing is done without effort.*row 1 is the header"),
        (options([["a", -6, 1]]), {}, "“value”, row 2"),
        (options([["a", "six", 1]]), {}, "“six” is not a number"),
        (options([["a", None, 1]]), {}, "No option has both"),
        (options(GOOD, value_low=[1, 6]), {}, "“value_low”, row 3: it must lie on the low side of value, 5"),
        (options(GOOD, effort_high=[1, 6]), {}, "“effort_high”, row 2: it must lie on the high side"),
        (options(GOOD, effort_low=0), {}, "“effort_low” holds a 0"),
        (options(GOOD), {"weights": {"efort": 1}}, "Did you mean effort"),
        (options(GOOD), {"weights": {"value": -1}}, "The weight of value must be"),
        (options(GOOD), {"weights": {"value": None}}, "The weight of value is empty"),
        (options(GOOD), {"weights": {"value": 0, "effort": 0}}, "Both weights are 0"),
        (options(GOOD), {"weights": [1, 2]}, "weights={'value': 2, 'effort': 1}, not a list"),
        (options(GOOD), {"weights": []}, "not a list"),
        (options(GOOD), {"weights": 2}, "not “2”"),
        (options(GOOD), {"weights": {"value": 100}, "draws": 1}, None),
        (
            options([["a", 1e9, 1], ["b", 1, 1]]),
            {"weights": {"value": 100}},
            "too large or too small to be counted",
        ),
        (
            options([["a", 1, 1e9], ["b", 1, 1]]),
            {"weights": {"effort": 100}},
            "too large or too small to be counted",
        ),
        (options(GOOD), {"draws": 0}, "“draws”"),
        (options(GOOD), {"seed": "x"}, "seed"),
        (options(GOOD), {"seed": -1}, "seed"),
        (options(GOOD), {"seed": None}, "seed"),
        ([1, 2], {}, "table of options"),
    ],
)
def test_options_that_cannot_be_ranked_are_told_in_words(table, more, words):
    if words is None:
        assert len(prioritise(table, **more)) == 2
        return
    with pytest.raises(ValueError, match=words):
        prioritise(table, **more)


# --- mismatch


def test_the_chef_and_the_vegetarians():
    found = mismatch(0.8, stay_if_met=0.9, stay_if_missed=0.1)
    assert (found.stays.value, found.leaves.value) == (26, 74)
    # the 2.5% and 97.5% points of the binomial distribution of 100 people and 0.26
    assert (found.stays.low, found.stays.high) == (18, 35)
    assert (found.leaves.low, found.leaves.high) == (65, 82)
    assert "80 expect what is not there. About 26 stay and 74 leave" in found.words
    assert "26" in repr(found) and "<table>" in found._repr_html_()


def test_the_interval_of_chance_holds_what_chance_gives():
    from scipy.stats import binom

    for people, share in ((1, 0.5), (7, 0.3), (100, 0.26), (5000, 0.999)):
        found = mismatch(1, stay_if_met=0, stay_if_missed=share, people=people).stays
        ends = binom.ppf([0.025, 0.975], people, share)
        assert found.low == pytest.approx(min(ends[0], found.value))
        assert found.high == pytest.approx(max(ends[1], found.value))


def test_shares_that_were_only_estimated_widen_the_interval():
    sure, doubt = mismatch(0.8, 0.9, 0.1), mismatch((80, 100), (9, 10), (1, 10))
    assert doubt.stays.value == sure.stays.value
    assert doubt.stays.low < sure.stays.low and doubt.stays.high > sure.stays.high
    assert "how sure the shares are" in doubt.stays.interval


SHARES = st.floats(0, 1)


@given(SHARES, SHARES, SHARES, st.integers(1, 10_000))
def test_everybody_stays_or_leaves(expecting, met, missed, people):
    found = mismatch(expecting, met, missed, people)
    for each in (found.stays, found.leaves):
        assert 0 <= each.low <= each.value + 1e-9 and each.value <= each.high + 1e-9 <= people + 1e-8
    assert found.stays.value + found.leaves.value == pytest.approx(people)


@given(SHARES, SHARES, st.lists(SHARES, min_size=2, max_size=5))
def test_more_mismatch_never_keeps_more_people(met, missed, expecting):
    missed = min(met, missed)
    stays = [mismatch(each, met, missed).stays.value for each in sorted(expecting)]
    assert all(b <= a + 1e-9 for a, b in pairwise(stays))


def test_one_person_is_told_as_one():
    found = mismatch(1, stay_if_met=0.9, stay_if_missed=1, people=1)
    assert (
        found.words
        == "Of 1 person, 1 expects what is not there. About 1 stays and 0 leave at the first touchpoint."
    )
    assert "1 people" not in repr(found) and "Stay: 1 person (" in repr(found)
    assert "0 expect what is not there. About 0 stay and 1 leaves" in mismatch(0, 0, 0, people=1).words


def test_certain_ends():
    assert mismatch(0, 1, 0).leaves.value == 0 and mismatch(1, 1, 0).stays.high == 0


@pytest.mark.parametrize(
    ("shares", "people", "words"),
    [
        ((80, 0.9, 0.1), 100, "“share_expecting”: 80 is not a share.*Did you mean 0.8"),
        ((0.8, "most", 0.1), 100, "“stay_if_met” needs a share"),
        ((0.8, 0.9, None), 100, "“stay_if_missed” needs a share"),
        ((0.8, 0.9, 0.1), 0, "“people”"),
        ((0.8, 0.9, 0.1), None, "“people” is empty"),
    ],
)
def test_what_is_not_a_share_is_told_in_words(shares, people, words):
    with pytest.raises(ValueError, match=words):
        mismatch(*shares, people=people)


# --- compare: answers


def answers(yes, n):
    return ["yes"] * yes + ["no"] * (n - yes)


@pytest.mark.parametrize(
    ("after", "before", "printed"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10
        ((56, 70), (48, 80), (0.2000, 0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.6000, 0.1705, 0.8090)),
        ((5, 56), (0, 29), (0.0893, -0.0381, 0.1926)),
        ((10, 10), (0, 20), (1.0000, 0.6791, 1.0000)),
    ],
)
def test_a_difference_of_shares_as_printed(after, before, printed):
    found = compare(answers(*before), answers(*after))
    assert [round(each, 4) for each in (found.value, found.low, found.high)] == list(printed)
    assert found.n == after[1] + before[1] and found.interval == "95% Newcombe interval"


def test_a_difference_of_means_as_printed():
    # Student's sleep data (Student 1908), as in R's datasets; t.test(extra ~ group, data = sleep) prints
    # the means 0.75 and 2.33 and the Welch interval -3.3654832 to 0.2054832 for group 1 - group 2
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = compare(second, first)
    assert found.value == pytest.approx(0.75 - 2.33)
    assert [round(found.low, 7), round(found.high, 7)] == [-3.3654832, 0.2054832]
    assert found.interval == "95% Welch interval"


def test_the_difference_in_differences_of_means_is_that_of_a_regression_with_unpooled_variances():
    from statsmodels.regression.linear_model import OLS

    random = np.random.Generator(np.random.PCG64(5))
    groups = [random.normal(mean, sd, n) for mean, sd, n in ((5, 1, 30), (7, 3, 40), (4, 2, 50), (5, 1, 25))]
    before, after, there_before, there_after = groups
    found = compare(before, after, elsewhere=(there_before, there_after))
    here, later = np.repeat([1, 1, 0, 0], [30, 40, 50, 25]), np.repeat([0, 1, 0, 1], [30, 40, 50, 25])
    design = np.column_stack([np.ones(145), here, later, here * later])
    fit = OLS(np.concatenate(groups), design).fit(cov_type="HC2")
    assert found.value == pytest.approx(fit.params[3]) and found.se == pytest.approx(fit.bse[3])
    assert found.n == 145


def test_the_intervals_cover_95_times_in_100():
    random = np.random.Generator(np.random.PCG64(11))
    shares, sizes = (0.5, 0.72, 0.55, 0.65), (90, 80, 200, 220)
    hits, runs = np.zeros(3), 400
    for _ in range(runs):
        before, after, *there = [random.random(n) < p for p, n in zip(shares, sizes, strict=True)]
        plain, double = compare(before, after), compare(before, after, elsewhere=there)
        means = compare(random.exponential(2, 40), random.normal(3, 1, 25))
        truths = ((plain, 0.22), (double, 0.12), (means, 1.0))
        hits += [found.low <= truth <= found.high for found, truth in truths]
    assert ((hits / runs > 0.925) & (hits / runs < 0.98)).all()


ANSWERS = st.lists(st.booleans(), min_size=1, max_size=25)
NUMBERS = st.lists(st.integers(0, 50).map(lambda n: n / 4 + 2), min_size=2, max_size=20)


def test_a_small_change_is_not_told_as_none():
    words = compare(answers(1000, 5000), answers(1001, 5000)).words
    assert words.startswith("From 20% to 20.0%: +0.02")


@given(st.one_of(st.tuples(ANSWERS, ANSWERS), st.tuples(NUMBERS, NUMBERS)))
def test_before_and_after_exchanged_turn_the_sign(groups):
    before, after = groups
    there, back = compare(before, after), compare(after, before)
    assert back.value == pytest.approx(-there.value) and back.low == pytest.approx(-there.high)
    assert there.low <= there.value + 1e-9 and there.value <= there.high + 1e-9
    elsewhere = compare(before, after, elsewhere=(before, after))
    assert elsewhere.value == 0 and elsewhere.low == pytest.approx(-elsewhere.high)


@given(NUMBERS, NUMBERS, st.data())
def test_order_and_a_common_shift_do_not_matter(before, after, data):
    found = compare(before, after)
    mixed = compare(data.draw(st.permutations(before)), after)
    shifted = compare([each + 100 for each in before], [each + 100 for each in after])
    for other in (mixed, shifted):
        assert np.allclose([other.value, other.low, other.high], [found.value, found.low, found.high])


def test_what_moves_everywhere_is_not_the_change():
    before, after = answers(50, 100), answers(70, 100)
    naive = compare(before, after)
    fair = compare(before, after, elsewhere=(answers(500, 1000), answers(650, 1000)))
    assert naive.value == pytest.approx(0.2) and naive.low > 0
    assert fair.value == pytest.approx(0.05) and fair.low < 0 < fair.high
    assert "no proof of cause" in naive.words and "From 50% to 70%: +20 points" in naive.words
    assert "would have moved alike" in fair.words and "difference of +5 points" in fair.words
    assert "holds 0" in fair.words and "leaves out 0: more than before" in naive.words


def test_yes_and_no_in_every_usual_form_and_missing_answers_are_counted():
    for before, after in (
        (["yes", "no", None], ["כן", "כן", ""]),
        ([1, 0, np.nan], [True, True, None]),
        (["TRUE", "n", " "], pd.Series([1.0, 1.0, np.nan], index=[4, 4, 4])),
    ):
        found = compare(before, after)
        assert (found.value, found.n, found.missing, found.unit) == (0.5, 4, 2, "difference of shares")


def test_scores_are_no_shares_even_where_some_are_0_or_1():
    found = compare([0, 1, 1], [1, 4, 4])
    assert found.value == pytest.approx(3 - 2 / 3) and found.unit == ""
    assert compare(["3", "4"], ["5", "6.5"]).value == pytest.approx(2.25)


def test_means_that_never_vary_have_an_interval_without_width():
    found = compare([3, 3], [4, 4])
    assert (found.value, found.low, found.high) == (1, 1, 1)


@pytest.mark.parametrize(
    ("before", "after", "elsewhere", "words"),
    [
        ([3, 4], [5, 6], (["yes", "no"], ["no", "yes"]), "“elsewhere, before”, row 2: “yes” is not a number"),
        ([3, 4], [5, 6], ([3, 4], ["no", "yes"]), "“elsewhere, after”, row 2: “no” is not a number"),
        (
            ["yes", "no"],
            ["no", "no"],
            ([3, 4], [5, 6]),
            "“elsewhere, before”, row 2: “3” is neither yes nor no",
        ),
        ([1, 0], [0, "yes"], ([1, 0], [5, 6]), "“elsewhere, after”, row 2: “5” is neither yes nor no"),
        ([3, 4], ["no", "yes"], (["yes"], ["no"]), "“before”, row 2: “3” is neither yes nor no"),
        ([3, 4], ["no", "yes"], None, "“after”, row 2: “no” is not a number"),
        ([], ["yes"], None, "“before” has no answer"),
        (["yes"], [None], None, "“after” has no answer"),
        ([3], [4, 5], None, "“before” has one answer only; a mean needs two or more"),
        (["yes", "maybe"], ["no"], None, "“before”, row 3: “maybe” is neither yes nor no"),
        ([3, "x"], [4, 5], None, "“before”, row 3: “x” is not a number"),
        (["yes", "no"], [4, 5], None, "“after”, row 2: “4” is neither yes nor no"),
        ("yes", ["no"], None, "“before” needs a list"),
        (3, ["no"], None, "“before” needs a list"),
        (["yes"], ["no"], ["yes"], "“elsewhere” needs two lists"),
        (["yes"], ["no"], "no", "“elsewhere” needs two lists"),
        (["yes"], ["no"], (["yes"], []), "“elsewhere, after” has no answer"),
    ],
)
def test_answers_that_cannot_be_compared_are_told_in_words(before, after, elsewhere, words):
    with pytest.raises(ValueError, match=words):
        compare(before, after, elsewhere)


# --- compare: journeys


def step(name, **cells):
    return {"stage": "care", "touchpoint": name, "channel": "phone", **cells}


def changes(before, after):
    found = compare(Journey(before), Journey(after))
    assert found.columns.tolist() == ["touchpoint", "change", "before", "after", "difference", "evidence"]
    return [(row.touchpoint, row.change, row.before, row.after) for row in found.itertuples()]


def test_what_was_added_removed_and_moved():
    before = [step("a"), step("b"), step("c"), step("d")]
    after = [step("a"), step("c"), step("d"), step("b"), step("e")]
    assert changes(before, after) == [("b", "moved", "step 2", "step 4"), ("e", "added", "", "step 5")]
    assert changes(after, before) == [("b", "moved", "step 4", "step 2"), ("e", "removed", "step 5", "")]


def test_what_changed_at_a_touchpoint():
    before = [step("Images read", wait_days=5, expected=8, experienced=2, failure="both")]
    after = [step("images  read", wait_days=0.5, expected=8, experienced=7, owner="Front desk")]
    after[0]["channel"] = "email"
    found = compare(Journey(before), Journey(after))
    rows = found.set_index("change")
    assert rows.index.tolist() == ["channel", "owner", "wait", "experienced", "failure"]
    assert rows.loc["wait", ["before", "after", "difference"]].tolist() == ["5", "0.5", -4.5]
    assert rows.loc["experienced", "difference"] == 5
    assert rows.loc["owner", ["before", "after"]].tolist() == ["", "Front desk"]
    assert rows.loc[["channel", "owner", "failure"], "difference"].isna().all()


def test_what_nobody_has_observed_is_said_beside_the_change():
    before = [step("a", experienced=2, evidence="observed"), step("b", experienced=3), step("gone")]
    after = [
        step("a", experienced=8, wait_days=1, evidence="observed", inferred="channel, wait_days"),
        step("b", experienced=6, owner="Desk", evidence="assumed"),
        step("c", evidence="assumed"),
    ]
    found = compare(Journey(before), Journey(after))
    assert found.set_index(["touchpoint", "change"])["evidence"].to_dict() == {
        ("a", "wait"): "inferred",
        ("a", "experienced"): "observed",
        ("b", "owner"): "assumed",
        ("b", "experienced"): "assumed",
        ("c", "added"): "assumed",
        ("gone", "removed"): "",
    }
    assert found.attrs["notes"] == [
        "Inferred or assumed in the journey after: 2 of 3 changed scores and waits. "
        "They say what is planned, not what was measured."
    ]
    one = compare(Journey(before[:1]), Journey([after[0] | {"wait_days": None, "inferred": "experienced"}]))
    assert one.attrs["notes"] == [
        "Inferred in the journey after: 1 of 1 changed score or wait. It says what is planned, not what was measured."
    ]
    seen = [{**row, "evidence": "observed", "inferred": ""} for row in after]
    assert compare(Journey(before), Journey(seen)).attrs["notes"] == []


def test_a_score_that_was_unknown_before():
    assert changes([step("a")], [step("a", experienced=7)]) == [("a", "experienced", "", "7")]


def test_the_same_touchpoint_twice_is_compared_in_turn():
    before = [step("call"), step("visit"), step("call", owner="Desk")]
    assert changes(before, [step("call"), step("visit"), step("call", owner="Nurse")]) == [
        ("call", "owner", "Desk", "Nurse")
    ]
    assert changes(before, before[:2]) == [("call", "removed", "step 3", "")]


@given(st.permutations("abcdef"))
def test_as_few_as_can_be_are_said_to_have_moved(order):
    moved = [row[0] for row in changes([step(name) for name in "abcdef"], [step(name) for name in order])]
    stay = max(
        size for size in range(1, 7) for part in combinations(order, size) if list(part) == sorted(part)
    )
    assert len(moved) == 6 - stay
    rest = [name for name in order if name not in moved]
    assert rest == sorted(rest)


def test_nothing_changed_gives_an_empty_table():
    lucy = case("hmo_opt_out").journey
    found = compare(lucy, lucy.replace(state="to-be"))
    assert len(found) == 0 and found.columns.tolist()[0] == "touchpoint"


@pytest.mark.parametrize(("other", "words"), [(["yes"], "a list"), (None, "“None”")])
def test_a_journey_is_compared_with_a_journey(other, words):
    one = Journey([step("a")])
    for name, pair in (("after", (one, other)), ("before", (other, one))):
        with pytest.raises(
            ValueError, match=f"A journey is compared with a journey, but “{name}” is {words}"
        ):
            compare(*pair)
    with pytest.raises(ValueError, match=r"A journey is compared with a journey.*“elsewhere” is for answers"):
        compare(one, one, elsewhere=(one, one))

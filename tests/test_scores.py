"""Scores: peak and end, NPS, CSAT, CES, a share, the gain from learning, and the chain of touchpoints."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cxkit.journey import Journey
from cxkit.measures.confidence import wilson
from cxkit.measures.scores import ces, chain, csat, normalized_gain, nps, peak_end, proportion
from cxkit.measures.shares import share

zero_to_ten = st.lists(st.integers(0, 10), min_size=1, max_size=60)
one_to_five = st.lists(st.integers(1, 5), min_size=1, max_size=60)


def sound(estimate):
    """What holds for every estimate with an interval."""
    assert estimate.low <= estimate.value <= estimate.high
    assert estimate.n >= 1 and "95%" in estimate.interval
    assert estimate.name in repr(estimate) and "<strong" in estimate._repr_html_()
    return estimate


# Peak and end


@pytest.mark.parametrize(("end", "value"), [(7, 7.5), (1, 4.5)])
def test_the_peak_and_end_of_kahneman_and_others(end, value):
    # Kahneman, Fredrickson, Schreiber & Redelmeier (1993): the mean of the peak and of the end.
    estimate = peak_end([2, 5, 8, end])
    assert estimate.value == value and estimate.n == 4
    assert math.isnan(estimate.low) and estimate.interval.startswith("no interval")
    assert f"The peak is 8. The end is {end}." in estimate.words


def lucy(*experienced):
    rows = [
        {"stage": "care", "touchpoint": f"step {n}", "channel": "web", "experienced": score}
        for n, score in enumerate(experienced)
    ]
    return Journey(rows)


def test_a_journey_is_measured_from_the_middle_of_its_scale():
    estimate = peak_end(lucy(7, 8, 1, 2))
    assert estimate.value == 1.5
    assert "The peak is 1 (“step 2”). The end is 2 (“step 3”)." in estimate.words
    assert peak_end(lucy(7, 8, 1, 2), norm=0).value == 5


def test_of_two_scores_equally_far_the_lower_one_is_remembered():
    assert peak_end([10, 1, 5], norm=5.5).value == peak_end([1, 10, 5], norm=5.5).value == 3


def test_an_empty_score_is_counted_but_the_end_must_be_known():
    estimate = peak_end(lucy(7, None, 1, 2))
    assert (estimate.value, estimate.n, estimate.missing) == (1.5, 3, 1)
    with pytest.raises(ValueError, match=r"last score is empty.*the end must be known"):
        peak_end(lucy(7, 8, 1, None))


@given(st.lists(st.integers(1, 10), min_size=1, max_size=20), st.randoms())
def test_only_the_last_place_matters(scores, random):
    before, end = list(scores[:-1]), scores[-1]
    random.shuffle(before)
    assert peak_end([*before, end]).value == peak_end(scores).value
    assert min(scores) <= peak_end(scores).value <= max(scores)


@pytest.mark.parametrize("scores", [[], [None, None], ["", None]])
def test_no_score_at_all_is_told(scores):
    with pytest.raises(ValueError, match="nothing in scores"):
        peak_end(scores)


# NPS


def test_the_standard_error_of_nps():
    # W. Huber, Cross Validated: p = 1/2, d = 1/6, n = 324 → 33.3 points with a standard error of 4.14.
    estimate = sound(nps([10] * 162 + [8] * 108 + [3] * 54))
    assert estimate.value == pytest.approx(100 / 3)
    assert round(estimate.se, 2) == 4.14
    assert estimate.n == 324 and estimate.interval == "95% adjusted Wald interval"


def test_the_borders_of_promoters_and_detractors():
    assert nps([9, 10]).value == 100 and nps([0, 6]).value == -100 and nps([7, 8]).value == 0


def test_agreement_in_a_small_sample_is_not_certainty():
    estimate = sound(nps([10, 10, 9]))
    assert estimate.value == estimate.high == 100
    assert estimate.low < 60 and estimate.se == 0


@given(zero_to_ten)
def test_the_mirrored_sample_has_the_opposite_score(answers):
    # 0–6 and 9–10 change sides, passives stay
    mirrored = [0 if answer >= 9 else 10 if answer <= 6 else answer for answer in answers]
    one, two = sound(nps(answers)), sound(nps(mirrored))
    assert one.value == pytest.approx(-two.value) and one.se == pytest.approx(two.se)
    assert one.low == pytest.approx(-two.high) and -100 <= one.low <= one.high <= 100


def test_the_interval_of_nps_holds():
    # Rocks (2016) found the adjusted Wald interval to cover well in small samples; so it must here.
    random = np.random.Generator(np.random.PCG64(5))
    chances = np.array([0.6, 0.25, 0.15])
    covered = 0
    for draw in random.multinomial(20, chances, size=1000):
        estimate = nps(np.repeat([10, 8, 2], draw))
        covered += estimate.low <= 45 <= estimate.high
    assert 935 <= covered <= 970


# CSAT, CES and shares


def test_csat_is_the_share_of_the_satisfied():
    estimate = sound(csat([5] * 60 + [4] * 21 + [3] * 100 + [1] * 82))
    assert estimate.value == pytest.approx(100 * 81 / 263) and estimate.unit == "percent"
    assert (round(estimate.low, 2), round(estimate.high, 2)) == (25.53, 36.62)
    assert csat([1, 5, 5, 4], satisfied=5).value == 50
    assert csat([7, 6, 1], satisfied=6, scale=7).value == pytest.approx(200 / 3)


def test_a_number_as_text_is_read():
    assert csat([1, 5, 5, 4], satisfied="5", scale="5").value == 50


def test_one_who_is_satisfied_is_one():
    assert csat([5, 1]).words == "1 of 2 is satisfied: 4 or more of 5."
    assert csat([5, 5]).words == "2 of 2 are satisfied: 4 or more of 5."


@pytest.mark.parametrize(
    ("found", "what"),
    [(ces([4, 4]), "answers"), (normalized_gain([0, 50, 20], [100] * 3), "gains")],
)
def test_equal_answers_are_not_taken_for_certainty(found, what):
    assert found.low == pytest.approx(found.high)
    assert f"All {what} are equal, so the interval has no width. That is not certainty" in found.words
    assert f"{what} so few, or so equal, cannot tell" in found._repr_html_()
    for other in (ces([4, 5]), ces([4]), normalized_gain([0, 50], [20, 90]), normalized_gain(40, 70)):
        assert "no width" not in other.words


def test_a_share_a_little_above_1_is_no_percentage():
    for value, hint in ((1.2, False), (31, True), (101, False)):
        with pytest.raises(ValueError, match=r"is not a share\. Write a number from 0 to 1\.") as error:
            share(value, "speaks_up")
        assert ("Did you mean" in str(error.value)) == hint


def test_ces_is_a_mean_with_a_t_interval():
    answers = [7, 6, 5, 6, 2, 7, None]
    estimate = sound(ces(answers))
    known = answers[:-1]
    low, _ = stats.t.interval(0.95, 5, np.mean(known), stats.sem(known))
    assert estimate.value == pytest.approx(5.5) and estimate.low == pytest.approx(low)
    assert estimate.high == 7, "the scale ends at 7"
    assert estimate.n == 6 and estimate.missing == 1
    assert ", 1 missing" in repr(estimate)


def test_one_answer_has_no_interval():
    estimate = ces([4])
    assert estimate.value == 4 and math.isnan(estimate.low) and estimate.interval.startswith("no interval")


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17: 857–872, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_by_newcombe(k, n, low, high):
    estimate = sound(proportion(k, n))
    assert (round(estimate.low, 4), round(estimate.high, 4)) == (low, high)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_shares_agree_with_statsmodels_and_mirror(pair):
    k, n = pair
    estimate, other = sound(proportion(k, n)), proportion(n - k, n)
    assert (estimate.low, estimate.high) == pytest.approx(
        proportion_confint(k, n, method="wilson"), abs=1e-12
    )
    assert estimate.low == pytest.approx(1 - other.high) and estimate.value == pytest.approx(1 - other.value)
    assert estimate.low >= 0 and estimate.high <= 1


def test_a_share_is_shown_in_percent():
    assert repr(proportion(428, 3000)) == "Share: 14.3% (95% Wilson interval 13.1% to 15.6%, n = 3,000)"
    found = chain(eight([9, 9], [9, 2]))
    assert "Good answers: 75% (" in repr(found) and "Good journeys: 50% (" in repr(found)


def test_wilson_of_nobody_is_unknown():
    low, high = wilson([0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all() and 0 < low[1] < high[1] < 1


@given(one_to_five, st.randoms())
def test_the_order_of_answers_never_matters(answers, random):
    mixed = list(answers)
    random.shuffle(mixed)
    for measure in (nps, csat, ces):
        one, two = measure(answers), measure(mixed)
        assert [one.value, one.low, one.high] == pytest.approx([two.value, two.low, two.high], nan_ok=True)


@given(one_to_five)
def test_a_turned_scale_turns_ces(answers):
    one, two = ces(answers, scale=5), ces([6 - answer for answer in answers], scale=5)
    assert [one.value, one.low] == pytest.approx([6 - two.value, 6 - two.high], nan_ok=True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nps([9, 11, 10, 12]), "“answers”, row 3: “11” is outside.*from 0 to 10. The same in row 5"),
        (lambda: nps([9, "good"]), "“answers”, row 3: “good” is not a number"),
        (lambda: nps([9, 7.5]), "“7.5” is not a whole number"),
        (lambda: nps([]), "There is nothing in answers"),
        (lambda: nps("9, 10"), "needs a list or a column of values"),
        (lambda: csat([0, 5]), "“0” is outside.*from 1 to 5"),
        (lambda: csat([1, 5], satisfied=6), "satisfied must lie between 2 and 5"),
        (lambda: csat([1, 5], satisfied="good"), "satisfied must be one whole number, not “good”"),
        (lambda: csat([1, 5], satisfied=[4]), "satisfied must be one whole number, not “a list”"),
        (lambda: csat([1, 5], satisfied=3.5), "satisfied must be one whole number, not “3.5”"),
        (lambda: nps([True, False]), "“answers”, row 2: “True” is a yes or a no, not a number.*from 0 to 10"),
        (lambda: ces(np.array([True])), "“True” is a yes or a no"),
        (lambda: peak_end([True, False, True]), "“scores”, row 2: “True” is a yes or a no"),
        (lambda: peak_end([1, 1e200]), "“scores”, row 3: “1e.200” is too large"),
        (lambda: proportion(3, 1e200), "n: “1e.200” is too large"),
        (lambda: ces([1, 5], scale=1e200), "scale, the best answer,: “1e.200” is too large"),
        (lambda: normalized_gain([10], [30, 20]), "pre has 1 score and post has 2"),
        (lambda: share((3, 10**200), "speaks_up"), "“speaks_up”: the pair .* cannot be"),
        (lambda: ces([1, 5], scale=1), "scale, the best answer, must be one whole number of 2 or more"),
        (lambda: proportion(5, 3), "k is 5, but it must lie between 0 and n, which is 3"),
        (lambda: proportion(0, 0), "A share needs at least one person"),
        (lambda: proportion(1.5, 3), "whole numbers, not 1.5 and 3"),
        (lambda: proportion("many", 3), "k must be one number, not “many”"),
        (lambda: proportion([1, 2], 3), "k must be one number"),
        (lambda: proportion(None, 3), "k is empty. It must be one number"),
        (lambda: normalized_gain([10, 20], [30]), "pre has 2 scores and post has 1. They belong in pairs"),
        (lambda: normalized_gain([100, 100], [100, 90]), "nothing was left to learn"),
        (lambda: normalized_gain([10, None], [None, 20]), "Nobody has a score before and a score after"),
        (lambda: normalized_gain(120, 50), "pre must be one number from 0 to 100, not “120”"),
        (lambda: normalized_gain([120, 3], [50, 4]), "“pre”, row 2: “120” is outside.*row 1 is the header"),
    ],
)
def test_bad_answers_are_told_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()


# The gain from learning


@pytest.mark.parametrize(
    ("pre", "post", "gain", "band"),
    # Hake (1998), American Journal of Physics 66: 64–74: (post − pre) / (100 − pre), bands at 0.3 and 0.7.
    [
        (40, 70, 0.5, "medium"),
        (0, 29, 0.29, "low"),
        (50, 85, 0.7, "high"),
        (0, 30, 0.3, "medium"),
        (50, 25, -0.5, "low"),
    ],
)
def test_the_gain_of_hake(pre, post, gain, band):
    estimate = normalized_gain(pre, post)
    assert estimate.value == pytest.approx(gain)
    assert f"this is a {band} gain" in estimate.words
    assert math.isnan(estimate.low) and estimate.interval.startswith("no interval")


def test_the_gain_of_a_class_is_that_of_its_means():
    pre, post = [40, 20, 60, 55, None, 30], [70, 60, 70, None, 80, 65]
    estimate = sound(normalized_gain(pre, post))
    assert estimate.value == pytest.approx((66.25 - 37.5) / (100 - 37.5))
    assert (estimate.n, estimate.missing) == (4, 2)


def test_the_interval_of_the_gain_holds():
    random = np.random.Generator(np.random.PCG64(1))
    covered = 0
    for _ in range(600):
        pre = random.uniform(20, 60, 40)
        post = np.clip(pre + random.normal(0.4, 0.2, 40) * (100 - pre), 0, 100)
        estimate = normalized_gain(pre, post)
        covered += estimate.low <= 0.4 <= estimate.high
    assert 0.92 <= covered / 600 <= 0.98


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 100)), min_size=2, max_size=30), st.randoms())
def test_who_comes_first_never_matters_and_all_learned_is_one(pairs, random):
    mixed = list(pairs)
    random.shuffle(mixed)
    one, two = (normalized_gain(*zip(*each, strict=True)) for each in (pairs, mixed))
    assert [one.value, one.low, one.high] == pytest.approx([two.value, two.low, two.high])
    pre = [before for before, _ in pairs]
    assert normalized_gain(pre, [100] * len(pre)).value == pytest.approx(1)
    assert normalized_gain(pre, pre).value == 0


# The chain


def eight(*members):
    rows = [
        (f"m{n}", f"t{place}", score)
        for n, scores in enumerate(members)
        for place, score in enumerate(scores)
    ]
    return pd.DataFrame(rows, columns=["member", "touchpoint", "experienced"])


def test_good_touchpoints_bad_journeys():
    # each member has one bad moment out of eight, each at another touchpoint
    survey = eight(*[[2 if place == n else 9 for place in range(8)] for n in range(8)], [9] * 8)
    found = chain(survey)
    assert found.touchpoints.value == pytest.approx(64 / 72)
    assert found.journeys.value == pytest.approx(1 / 9)
    assert (found.journeys.low, found.journeys.high) == pytest.approx(
        proportion_confint(1, 9, method="wilson")
    )
    assert list(found.table.columns) == ["touchpoint", "share", "low", "high", "n"]
    assert found.table["share"].tolist() == pytest.approx([8 / 9] * 8)
    assert "Of 100 answers, 89 are good (7 or more). Of 100 people, 11 had" in found.words
    assert found.words in repr(found) and "Good journeys" in found._repr_html_()


def test_a_member_with_an_empty_answer_is_left_out_of_both_and_counted():
    survey = eight([9, 9], [9, None], [1, 9])
    found = chain(survey)
    assert found.missing == found.touchpoints.missing == found.journeys.missing == 1
    assert found.touchpoints.value == 0.75 and found.journeys.value == 0.5 and found.journeys.n == 2


def test_a_member_who_met_fewer_touchpoints_counts_with_those():
    survey = pd.concat(
        [eight([9, 3]), pd.DataFrame({"member": ["x"], "touchpoint": ["t0"], "experienced": [8]})]
    )
    found = chain(survey)
    assert found.touchpoints.value == pytest.approx(2 / 3) and found.journeys.value == 0.5
    assert found.table["n"].tolist() == [2, 1]


def test_the_interval_of_good_answers_allows_for_people_who_differ():
    # whole journeys are good or bad, so 100 people are 100 draws and not 800
    found = chain(eight(*[[9] * 8] * 70, *[[2] * 8] * 30))
    width = found.touchpoints.high - found.touchpoints.low
    low, high = proportion_confint(70, 100)
    assert width == pytest.approx(high - low, rel=0.03)


def test_several_answers_of_one_person_are_told():
    survey = eight([9, 3], [8, 8])
    assert chain(survey).notes == []
    found = chain(pd.concat([survey, survey[:1]]))
    (note,) = found.notes
    assert note.startswith("1 answer is the second or a later one of the same person for the same touchpoint")
    assert note in repr(found) and "1 answer is the second" in found._repr_html_()
    assert found.table["n"].tolist() == [3, 2] and found.table.attrs["interval"] == "95% Wilson interval"


def test_spaces_make_no_second_touchpoint():
    survey = eight([9, 3], [8, 8])
    spaced = survey.assign(touchpoint=["t0", "t1 ", " t0", "t1"], member=["m0", " m0", "m1", "m1 "])
    found = chain(spaced)
    pd.testing.assert_frame_equal(found.table, chain(survey).table)
    assert found.journeys == chain(survey).journeys


def test_people_who_all_agree_are_not_taken_for_certainty():
    found = chain(eight([9, 9], [8, 9]))
    assert found.touchpoints.low == found.touchpoints.high == 1
    (note,) = found.notes
    assert note.startswith("All shares of good answers are equal, so the interval has no width.")
    assert chain(eight([9, 9])).notes == []


def test_one_good_answer_of_a_hundred_is_one():
    assert "Of 100 answers, 1 is good" in chain(eight([9] + [1] * 99)).words


@given(st.lists(st.lists(st.integers(1, 10), min_size=3, max_size=3), min_size=1, max_size=12), st.randoms())
def test_a_chain_is_never_better_than_its_links(members, random):
    survey = eight(*members)
    found = chain(survey)
    assert found.journeys.value <= found.table["share"].min() + 1e-12
    assert found.journeys.value <= found.touchpoints.value + 1e-12
    order = list(range(len(survey)))
    random.shuffle(order)
    again = chain(survey.iloc[order].replace({"t0": "Joining"}))
    assert again.touchpoints.value == pytest.approx(found.touchpoints.value)
    assert again.touchpoints.low == pytest.approx(found.touchpoints.low, nan_ok=True)
    assert again.journeys.value == found.journeys.value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda survey: survey.rename(columns={"member": "membr"}),
            "no column “member”.*Did you mean “membr”",
        ),
        (lambda survey: survey.assign(experienced=["9", "nice", 1, 2]), "“experienced”, row 3: “nice”"),
        (lambda survey: survey.assign(experienced=None), "Nobody answered for each touchpoint"),
        (lambda survey: survey.iloc[:0], "The table is empty"),
        (lambda survey: survey.to_dict(), "a survey table is needed"),
    ],
)
def test_a_bad_survey_is_told_in_words(change, words):
    with pytest.raises(ValueError, match=words):
        chain(change(eight([9, 9], [1, 2])))


@pytest.mark.parametrize("good", [0, 11, "high", None])
def test_a_bad_bound_is_told_in_words(good):
    with pytest.raises(ValueError, match="good"):
        chain(eight([9, 9], [1, 2]), good=good)

"""Scores: what is remembered of a journey, how content people are, and how much was learned."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from cxkit.journey import Journey
from cxkit.journey_cells import shown

from . import checks
from .chain import Chain, chain
from .confidence import T95, WILSON95, Z95, all_equal, mean_and_reach, no_width, wilson
from .estimate import Estimate, number

__all__ = ["Chain", "ces", "chain", "csat", "normalized_gain", "nps", "peak_end", "proportion"]

MIDDLE = 5.5
TOO_FEW = "no interval: one answer alone"


def peak_end(scores: Iterable[float] | Journey, norm: float | None = None) -> Estimate:
    """What memory keeps of a journey: the mean of its peak and its end.

    The peak is the score furthest from the norm, up or down. Where two are equally far, the lower one counts:
    bad is stronger than good. The peak–end rule is from Kahneman, Fredrickson, Schreiber and Redelmeier (1993).

    Args:
        scores: the scores of one journey in the order in which they happened, or a `Journey`, whose
            `experienced` scores are taken. An empty score is left out and counted; the last must be known.
        norm: the score that nobody would remember. By default 0 for a list, and 5.5, the middle of 1 to 10,
            for a journey.

    Returns:
        An `Estimate` on the scale of the scores, without an interval: it is one journey, not a sample.

    Raises:
        ValueError: if there is no score, a score is not a number, or the last one is empty.

    >>> peak_end([2, 5, 8, 7])
    Peak and end: 7.50 (no interval: one journey, n = 4)
    >>> peak_end([2, 5, 8, 1]).value
    4.5
    """
    places: list[str] | None = None
    if isinstance(scores, Journey):
        places = scores.table["touchpoint"].tolist()
        norm = MIDDLE if norm is None else norm
        scores = scores.table["experienced"]
    values, missing = _answers(scores, "scores", keep_missing=True)
    middle = checks.one_number(0 if norm is None else norm, "norm")
    if math.isnan(values[-1]):
        raise ValueError("The last score is empty. Memory keeps the end, so the end must be known.")
    away = np.abs(values - middle)
    furthest = np.flatnonzero(away >= np.nanmax(away) - 1e-12)
    peak = int(min(furthest, key=lambda place: values[place]))
    end = len(values) - 1

    def told(place: int) -> str:
        where = f" (“{shown(places[place])}”)" if places else ""
        return f"{number(values[place])}{where}"

    return Estimate(
        float(values[peak] + values[end]) / 2,
        math.nan,
        math.nan,
        n=len(values) - missing,
        interval="no interval: one journey",
        name="Peak and end",
        words=f"The peak is {told(peak)}. The end is {told(end)}. Memory keeps these two.",
        missing=missing,
    )


def nps(answers: Iterable[float]) -> Estimate:
    """The Net Promoter Score: the percentage of promoters minus that of detractors (Reichheld, 2003).

    It holds for this question and these eleven answers only: “How likely is it that you would recommend us to a
    friend or a colleague?”, from 0, not at all likely, to 10, extremely likely. Scores from 1 to 10, or answers to
    “How good was it?”, also give a number, but it is no NPS and cannot be compared with one.

    Args:
        answers: whole numbers from 0 to 10. 9 and 10 are promoters, 0 to 6 detractors. An empty answer is left out
            and counted.

    Returns:
        An `Estimate` in points from −100 to 100. `se` is 100·√((p + d − (p − d)²) / n). The interval is the
        adjusted Wald interval (Rocks, 2016), which adds ¾ promoter, 1½ passive and ¾ detractor: the plain
        one is too narrow in a small sample, and has no width where everybody answers alike.

    Raises:
        ValueError: if there is no answer, or one is not a whole number from 0 to 10.

    >>> nps([10, 9, 9, 8, 7, 7, 3, 0])
    NPS: 12.5 points (95% adjusted Wald interval −36.0 to 54.2, n = 8)
    """
    values, missing = _answers(answers, "answers", 0, 10, whole=True)
    n = len(values)
    promoters, detractors = int((values >= 9).sum()), int((values <= 6).sum())
    value, se = _net(promoters, detractors, n)
    middle, reach = _net(promoters + 0.75, detractors + 0.75, n + 3)
    return Estimate(
        value,
        max(min(value, middle - Z95 * reach), -100.0),
        min(max(value, middle + Z95 * reach), 100.0),
        n=n,
        interval="95% adjusted Wald interval",
        name="NPS",
        unit="points",
        words=f"{promoters:,} of {n:,} would recommend us, and {detractors:,} would rather not.",
        missing=missing,
        se=se,
    )


def csat(answers: Iterable[float], satisfied: int = 4, scale: int = 5) -> Estimate:
    """Customer satisfaction: the percentage of answers that are `satisfied` or better.

    The question is “How satisfied were you with …?”, most often from 1, very dissatisfied, to 5, very satisfied.

    Args:
        answers: whole numbers from 1 to `scale`. An empty answer is left out and counted.
        satisfied: the lowest answer that counts as satisfied. scale: the best answer.

    Returns:
        An `Estimate` in percent, 0 to 100, with a Wilson interval (Wilson, 1927). That the two best of five
        answers count is a custom of the field, not a law.

    Raises:
        ValueError: if there is no answer, or one is not a whole number from 1 to `scale`.

    >>> csat([5, 4, 4, 3, 1, 5, 4, 2])
    CSAT: 62.5 percent (95% Wilson interval 30.6 to 86.3, n = 8)
    """
    top = _top(scale)
    least = checks.one_number(satisfied, "satisfied", whole=True)
    if not 1 < least <= top:
        raise ValueError(
            f"satisfied must lie between 2 and {top}, the best answer, not at {shown(satisfied)}."
        )
    values, missing = _answers(answers, "answers", 1, top, whole=True)
    n, good = len(values), int((values >= least).sum())
    low, high = wilson(good, n)
    share = good / n
    return Estimate(
        100 * share,
        100 * float(low),
        100 * float(high),
        n=n,
        interval=WILSON95,
        name="CSAT",
        unit="percent",
        words=f"{good:,} of {n:,} {'is' if good == 1 else 'are'} satisfied: {number(least)} or more of {top}.",
        missing=missing,
        se=100 * math.sqrt(share * (1 - share) / n),
    )


def ces(answers: Iterable[float], scale: int = 7) -> Estimate:
    """The Customer Effort Score: the mean answer to “They made it easy for me to handle my matter”.

    The answers go from 1, I disagree strongly, to 7, I agree strongly. An older form asks “How much effort did you
    have to put in?”, where much is bad: turn such answers round first (6 − answer for 1 to 5).

    Args:
        answers: whole numbers from 1 to `scale`; the most is the easiest. An empty answer is left out and
            counted. scale: the best answer.

    Returns:
        An `Estimate` on the scale of the answers, with a t interval (Student, 1908). The score is from Dixon,
        Freeman and Toman (2010); the seven answers from its second version.

    Raises:
        ValueError: if there is no answer, or one is not a whole number from 1 to `scale`.

    >>> ces([7, 6, 5, 6, 2, 7])
    CES: 5.50 (95% t interval 3.54 to 7, n = 6)
    """
    top = _top(scale)
    values, missing = _answers(answers, "answers", 1, top, whole=True)
    mean, se, reach = mean_and_reach(values)
    return Estimate(
        mean,
        max(mean - reach, 1.0),
        min(mean + reach, float(top)),
        n=len(values),
        interval=T95 if len(values) > 1 else TOO_FEW,
        name="CES",
        words=f"On a scale from 1 to {top}, where {top} is the easiest.{_equal(values, 'answers')}",
        missing=missing,
        se=se,
    )


def proportion(k: int, n: int) -> Estimate:
    """A share: k out of n.

    Args:
        k: how many said yes. n: how many there are in all, 1 or more.

    Returns:
        An `Estimate`, `value` from 0 to 1, shown in percent, with a Wilson interval (Wilson, 1927): honest for
        small n and shares near 0 or 1, as Newcombe (1998) compared.

    Raises:
        ValueError: if k or n is not a whole number, n is 0, or k is not between 0 and n.

    >>> proportion(81, 263)
    Share: 30.8% (95% Wilson interval 25.5% to 36.6%, n = 263)
    """
    count, size = checks.one_number(k, "k"), checks.one_number(n, "n")
    if not count.is_integer() or not size.is_integer():
        raise ValueError(f"k and n count people, so they are whole numbers, not {shown(k)} and {shown(n)}.")
    if size < 1:
        raise ValueError(f"n is {shown(n)}. A share needs at least one person.")
    if not 0 <= count <= size:
        raise ValueError(f"k is {shown(k)}, but it must lie between 0 and n, which is {shown(n)}.")
    low, high = wilson(count, size)
    share = count / size
    return Estimate(
        share,
        float(low),
        float(high),
        n=int(size),
        interval=WILSON95,
        name="Share",
        unit="share",
        words=f"{int(count):,} of {int(size):,}, which is {number(100 * share)} in a hundred.",
        se=math.sqrt(share * (1 - share) / size),
    )


def normalized_gain(pre: float | Iterable[float], post: float | Iterable[float]) -> Estimate:
    """How much of what could be learned was learned: (post − pre) / (100 − pre).

    Args:
        pre, post: scores in percent, 0 to 100, before and after: two numbers, or two lists with one score per
            person in the same order. Who lacks one of the two scores is left out and counted.

    Returns:
        An `Estimate`: 1 is all that was left to learn, below 0 is a loss. For lists it is the gain of the
        means (Hake, 1998), with a t interval by the delta method over the pairs. Hake's bands: low below 0.3,
        high from 0.7.

    Raises:
        ValueError: if a score is not a number from 0 to 100, the lists differ in length, nobody has both
            scores, or the score before is 100, which leaves nothing to learn.

    >>> normalized_gain(40, 70)
    Normalized gain: 0.500 (no interval: one pair of scores, n = 1)
    >>> normalized_gain([40, 20, 60], [70, 60, 70]).value.__round__(3)
    0.444
    """
    single = np.ndim(pre) == 0 and np.ndim(post) == 0  # type: ignore[arg-type]
    if single:
        before, after = (
            np.array([checks.one_number(value, name, 0, 100)])
            for name, value in (("pre", pre), ("post", post))
        )
    else:
        before, after = (
            checks.numbers(values, name, 0, 100) for name, values in (("pre", pre), ("post", post))
        )
    if len(before) != len(after):
        many = f"{len(before):,} score{'s' * (len(before) != 1)}"
        raise ValueError(f"pre has {many} and post has {len(after):,}. They belong in pairs.")
    both = ~np.isnan(before) & ~np.isnan(after)
    missing, n = int((~both).sum()), int(both.sum())
    if not n:
        raise ValueError("Nobody has a score before and a score after. At least one pair is needed.")
    before, after = before[both], after[both]
    left = 100 - before.mean()
    if left < 1e-9:
        raise ValueError("The score before is 100 percent: nothing was left to learn, so there is no gain.")
    value = float((after.mean() - before.mean()) / left)
    parts = ((after - before) - value * (100 - before)) / left
    _, se, reach = mean_and_reach(parts)
    band = "low" if value < 0.3 else "high" if value >= 0.7 else "medium"
    return Estimate(
        value,
        value - reach,
        value + reach,
        n=n,
        interval=f"{T95}, delta method" if n > 1 else "no interval: one pair of scores",
        name="Normalized gain",
        words=f"From {number(before.mean())} to {number(after.mean())} percent. "
        f"In the bands of Hake (1998) this is a {band} gain.{_equal(parts, 'gains')}",
        missing=missing,
        se=se,
    )


def _answers(
    given: Any,
    name: str,
    low: float | None = None,
    high: float | None = None,
    whole: bool = False,
    keep_missing: bool = False,
) -> tuple[np.ndarray, int]:
    checks.no_flags(given, name, low, high)
    values = checks.numbers(given, name, low, high, whole)
    empty = np.isnan(values)
    if empty.all():
        raise ValueError(f"There is nothing in {name}. At least one number is needed.")
    return (values if keep_missing else values[~empty]), int(empty.sum())


def _equal(values: np.ndarray, what: str) -> str:
    return f" {no_width(what)}" if all_equal(values) else ""


def _net(promoters: float, detractors: float, n: float) -> tuple[float, float]:
    p, d = promoters / n, detractors / n
    return 100 * (p - d), 100 * math.sqrt(max(p + d - (p - d) ** 2, 0) / n)


def _top(scale: Any) -> int:
    return int(checks.one_number(scale, "scale, the best answer,", 2, whole=True))

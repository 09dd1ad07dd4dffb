"""The numbers of a report, each with n and a 95% interval: marks of a cohort, and what each item is good for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...measures.confidence import T95, WILSON95, Z95, all_equal, mean_and_reach
from ...measures.estimate import Estimate
from ...measures.scores import proportion
from .read import Cohort, Item, Learner

FEW = 5
"""With fewer learners than this, a number says little, and the page says so."""
EASY, HARD = 0.9, 0.3
TELLS, TELLS_A_LITTLE = 0.3, 0.2
FISHER95, ORDER95 = "95% Fisher z interval", "95% order statistics interval"
NONE = "no interval"
MOST_BARS = 10
DUST = 1e-9


@dataclass(frozen=True)
class ItemRow:
    """What a cohort's marks say about one item.

    `reached`: mean share of its marks; `tells`: item-rest correlation, None where `why` says why not ("same", "rest",
    "few"); `reads`: what both mean, as keys of words; `open`: how many learners' work on it a person has still to mark.
    """

    item: Item
    n: int
    open: int
    reached: Estimate | None
    tells: Estimate | None
    why: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class Bar:
    """So many learners from `low` to below `high` marks; the last bar holds full marks too."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Summary:
    """The marks of a cohort. `counted`: the items that are added up, without those that are not marked yet."""

    of: float
    counted: list[Item]
    left_out: list[Item]
    n: int
    mean: Estimate
    median: Estimate
    low_quarter: Estimate
    high_quarter: Estimate
    least: float
    most: float
    bars: list[Bar]


def total_of(learner: Learner, items: Sequence[Item], late: bool = True) -> float | None:
    """A learner's marks in `items`, less what coming late cost; None while one of them is not marked.

    >>> total_of(Learner("dana", got={"wait": 1.5}), [Item("wait", "The wait", 2)])
    1.5
    """
    got = [learner.got.get(one.name) for one in items]
    if any(one is None for one in got):
        return None
    return math.fsum(one for one in got if one is not None) - (learner.late if late else 0.0)


def summary_of(cohort: Cohort) -> Summary:
    """Totals of the cohort. Where most learners still wait for marks by hand, the items they wait for are left out."""
    own = cohort.own
    complete = sum(total_of(one, own) is not None for one in cohort.marked)
    waiting = [item for item in own if any(one.got.get(item.name) is None for one in cohort.marked)]
    counted = own if 2 * complete >= len(cohort.marked) else [one for one in own if one not in waiting]
    found = [total_of(one, counted) for one in cohort.marked] if counted else []
    totals = [one for one in found if one is not None]
    of = math.fsum(one.of for one in counted)
    return Summary(
        of,
        counted,
        [one for one in own if one not in counted],
        len(totals),
        mean_of(totals, -math.inf, of),
        quantile_of(totals, 0.5),
        quantile_of(totals, 0.25),
        quantile_of(totals, 0.75),
        min(totals, default=math.nan),
        max(totals, default=math.nan),
        bars_of(totals, of),
    )


def item_rows(cohort: Cohort) -> list[ItemRow]:
    """Each item's difficulty and discrimination, in the order of the notebook."""
    counted = summary_of(cohort).counted
    return [_row(cohort, item, [one for one in counted if one.name != item.name]) for item in cohort.items]


def _row(cohort: Cohort, item: Item, others: list[Item]) -> ItemRow:
    marked = [one for one in cohort.marked if item.name in one.got]
    got = [value for one in marked if (value := one.got[item.name]) is not None]
    pairs = [
        (value, rest)
        for one in marked
        if (value := one.got[item.name]) is not None
        and (rest := total_of(one, others, late=False)) is not None
    ]
    reached = share_reached(got, item.of) if got else None
    tells, why = item_rest([one for one, _ in pairs], [rest for _, rest in pairs])
    return ItemRow(
        item,
        len(got),
        len(marked) - len(got),
        reached,
        tells,
        why,
        readings(reached, None if item.extra else tells),
    )


def mean_of(values: Sequence[float], least: float = -math.inf, most: float = math.inf) -> Estimate:
    """A mean with its t interval (Student, 1908), which ends where the marks end.

    >>> mean_of([1, 2, 3])
    2 (95% t interval −0.484 to 4.48, n = 3)
    """
    if not values:
        return Estimate(math.nan, math.nan, math.nan, 0, NONE)
    found = np.sort(np.asarray(values, float))
    mean, se, reach = mean_and_reach(found)
    if len(found) < 2 or all_equal(found):
        return Estimate(mean, math.nan, math.nan, len(found), NONE)
    return Estimate(mean, max(mean - reach, least), min(mean + reach, most), len(found), T95, se=se)


def share_reached(got: Sequence[float], of: float) -> Estimate:
    """An item's difficulty: the mean share of its marks that learners reached; 1 is an item that all reach.

    Where each learner got all or nothing it is a share of people, with a Wilson interval (Wilson, 1927); else a mean
    with a t interval (Student, 1908).

    >>> share_reached([2, 2, 0, 2], 2)
    75% (95% Wilson interval 30.1% to 95.4%, n = 4)
    """
    shares = np.clip(np.asarray(got, float) / of, 0.0, None)
    if np.all((shares < DUST) | (np.abs(shares - 1) < DUST)):
        people = proportion(round(float(shares.sum())), len(shares))
        return Estimate(people.value, people.low, people.high, people.n, WILSON95, unit="share")
    mean = mean_of(shares.tolist(), 0.0, max(1.0, float(shares.max())))
    return Estimate(mean.value, mean.low, mean.high, mean.n, mean.interval, unit="share", se=mean.se)


def item_rest(got: Sequence[float], rest: Sequence[float]) -> tuple[Estimate | None, str]:
    """An item's discrimination: the correlation of its marks with the marks of all other items together.

    This is the corrected item-total correlation (Henrysson, 1963): in the plain one an item is compared with itself
    too. The interval is by Fisher's z (Fisher, 1921): tanh(atanh r ± 1.96 / √(n − 3)).

    None, and why, where there is none: "few" (fewer than three learners), "same" (all got the same marks in the item),
    "rest" (all got the same marks in the rest).

    >>> item_rest([0, 1, 1, 2, 2], [3, 5, 8, 8, 9])[0]
    0.881 (95% Fisher z interval −0.0059 to 0.992, n = 5)
    """
    n = len(got)
    if n < 3:
        return None, "few"
    order = np.lexsort((np.asarray(rest, float), np.asarray(got, float)))
    one, other = np.asarray(got, float)[order], np.asarray(rest, float)[order]
    for values, why in ((one, "same"), (other, "rest")):
        if all_equal(values):
            return None, why
    one, other = one - one.mean(), other - other.mean()
    r = float((one * other).sum() / math.sqrt(float((one**2).sum()) * float((other**2).sum())))
    r = min(max(r, -1.0), 1.0)
    if n < 4 or abs(r) > 1 - DUST:
        return Estimate(r, math.nan, math.nan, n, NONE), ""
    reach = Z95 / math.sqrt(n - 3)
    return Estimate(r, math.tanh(math.atanh(r) - reach), math.tanh(math.atanh(r) + reach), n, FISHER95), ""


def readings(reached: Estimate | None, tells: Estimate | None) -> tuple[str, ...]:
    """What an item's two numbers mean, as keys of words: how hard it is, and if it tells strong from weak.

    >>> readings(Estimate(0.95, 0.9, 0.99, 60), Estimate(0.5, 0.3, 0.7, 60))
    ('easy', 'tells')
    """
    found = []
    if reached is not None:
        found.append("easy" if reached.value >= EASY else "hard" if reached.value < HARD else "middle")
    if tells is not None:
        if math.isnan(tells.low):
            found.append("unclear")
        elif tells.high < 0:
            found.append("turned")
        elif tells.low > 0:
            found.append("tells" if tells.value >= TELLS else "tells_a_little")
        else:
            # where even the upper end lies below the line, it is known, and not merely unclear
            found.append("tells_not" if tells.high < TELLS_A_LITTLE else "unclear")
    return tuple(found)


def quantile_of(values: Sequence[float], share: float) -> Estimate:
    """The value below which a `share` of the others lies, with the interval between two of the values.

    It needs no law for how marks are spread: how many of n values lie below the true one is binomial (Conover, 1999,
    section 3.2). With few values no two of them reach 95%, and there is no interval.

    >>> quantile_of([3, 5, 8, 9, 12, 14, 15], 0.5)
    9 (95% order statistics interval 3 to 15, n = 7)
    """
    found = sorted(float(one) for one in values)
    n = len(found)
    if not n:
        return Estimate(math.nan, math.nan, math.nan, 0, NONE)
    from scipy.special import bdtr

    value = float(np.quantile(found, share))
    # with values in order, x[l] to x[u] holds it unless at most l, or at least u + 1, of n lie below it
    at_most = bdtr(np.arange(n, dtype=float), n, share)
    low, high = int((at_most <= 0.025).sum()) - 1, int((at_most < 0.975).sum())
    if low < 0 or high >= n:
        return Estimate(value, math.nan, math.nan, n, NONE)
    return Estimate(value, found[low], found[high], n, ORDER95)


def bars_of(totals: Sequence[float], of: float) -> list[Bar]:
    """How many learners have how many marks, in at most ten bars of the same round width.

    >>> [(one.low, one.high, one.count) for one in bars_of([1, 9, 10], 10)][::9]
    [(0.0, 1.0, 0), (9.0, 10.0, 2)]
    """
    if of <= 0:
        return []
    width = next(one for one in _widths() if of / one <= MOST_BARS + DUST)
    count = math.ceil(of / width - DUST)
    # coming late can cost more than there is, and a person can give more than there is
    places = [min(max(int((one + DUST) // width), 0), count - 1) for one in totals]
    return [Bar(width * k, min(width * (k + 1), of), places.count(k)) for k in range(count)]


def _widths() -> list[float]:
    return [base * 10**power for power in range(-1, 6) for base in (1.0, 2.0, 2.5, 5.0)]

"""What leaving costs: the value of the people who were lost, with an interval that holds for skewed values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import shown

from . import checks
from .confidence import Z95
from .estimate import Estimate, number
from .pairs import paired
from .told import counted

__all__ = ["revenue_at_risk"]

# What is told in these units counts no people.
RATES = ("percent", "points", "difference of shares")
# Where so few people make up half of the money, it hangs on who they happen to be.
FEW = 5
HALL = "95% interval by Hall's transformation for skewed values"


def revenue_at_risk(lost: Any, value: Any, currency: str = "") -> Estimate:
    """What leaving costs: the value of the people who were lost, added up.

    Args:
        lost: for each person, was this person lost? yes/no, true/false or 1/0. Yes must mean lost: for a column such
            as “treated” turn it round first. Or a number of people, or an `Estimate` of people; a share is refused.
        value: for each person what this person is worth, 0 or more; or one number for everybody. Columns (pandas
            Series) are put side by side by their row labels, lists by position.
        currency: such as "$" or "₪", for the words only.

    Returns:
        An `Estimate` of money. For people one by one the interval says what as many people again would lose. A few
        large values make such a sum skewed, so it is a 95% t interval (one degree of freedom for each person lost)
        after the transformation of Hall (1992, “On the removal of skewness by transformation”). It is never
        narrower than that of the delta method on the scale of logarithms, but stays above 0, and below what all
        would be worth at the largest value that was lost. For an `Estimate` of people its interval times `value`. A
        number of people alone has no interval.

    Raises:
        ValueError: for a negative value, text among numbers, lists that differ in length, columns with different row
            labels, nobody with all values, or a share in place of people.

    >>> revenue_at_risk(["yes", "no", "no", "yes"], [900, 1200, 1000, 600]).value
    1500.0
    >>> revenue_at_risk(12, 500, currency="$")
    Revenue at risk: 6,000 $ (no interval: a number of people alone, n = 12)
    """
    if not isinstance(currency, str):
        raise ValueError(f'currency is text for the words, such as "$" or "₪", not “{shown(currency)}”.')
    if isinstance(lost, Estimate) or np.ndim(lost) == 0:
        return _revenue_of_people(lost, value, currency)
    name = f"“{shown(lost.name)}”" if isinstance(lost, pd.Series) and lost.name is not None else "answer"
    # table["treated"] == "no" is still called “treated”
    marked = "true" if isinstance(lost, pd.Series) and lost.dtype == bool else "yes"
    if marked == "true":
        name = "mark in lost"
    lost, value = paired({"lost": lost, "value": value})
    gone = checks.yes_no(lost, "lost")
    if np.ndim(value) == 0:
        value = np.full(len(gone), checks.one_number(value, "value", 0))
    worth = checks.numbers(value, "value", 0)
    if len(worth) != len(gone):
        raise ValueError(
            f"lost has {counted(len(gone), 'value', 'values')} and value has {len(worth):,}. Give one for each person."
        )
    # What a person is worth who stayed does not matter, so it need not be known.
    kept = (gone == 0) | ((gone == 1) & ~np.isnan(worth))
    if not kept.any():
        raise ValueError("Nobody has both a yes or no in lost and a value, so there is nothing to add up.")
    each = np.where(gone[kept] == 1, worth[kept], 0.0)
    n, total = len(each), float(each.sum())
    people = int(gone[kept].sum())
    se = math.sqrt(n * float(each.var(ddof=1))) if n > 1 else math.nan
    why = _why_none(n, people, total, se)
    low, high = (math.nan, math.nan) if why else _interval(each, total, se, people)
    return Estimate(
        total,
        low,
        high,
        n=n,
        interval=why or HALL,
        name="Revenue at risk",
        unit=currency,
        words=f"{people:,} of {n:,} people {'was' if people == 1 else 'were'} lost, worth "
        f"{_money(total, currency)}{' together' * (people != 1)}."
        f"{'' if why else _carried_by_few(each, people)} Counted as lost: those whose {name} is {marked}.",
        missing=int((~kept).sum()),
        se=se,
    )


def _why_none(n: int, people: int, total: float, se: float) -> str:
    """Why there is no interval; "" where there is one."""
    if not people:
        return "no interval: nobody was lost"
    if not total:
        return "no interval: those who were lost are worth 0"
    if n == 1:
        return "no interval: one person alone"
    return "" if se > 0 else "no interval: everybody was lost, and all are worth the same"


def _interval(each: np.ndarray, total: float, se: float, people: int) -> tuple[float, float]:
    """Hall's interval, or the delta method's on logarithms at the end where that one reaches further."""
    from scipy.special import stdtrit

    reach = math.exp(Z95 * se / total)
    apart = each - each.mean()
    skew = float((apart**3).mean()) / float((apart**2).mean()) ** 1.5 / math.sqrt(len(each))
    t = float(stdtrit(people, 0.975))

    def back(y: float) -> float:
        if abs(skew) < 1e-6:
            return y
        return 3 / skew * float(np.cbrt(1 + skew * (y - skew / 6)) - 1)

    low, high = total - se * back(t), total - se * back(-t)
    most = len(each) * float(each.max())
    return min(low, total / reach) if low > 0 else total / reach, min(max(high, total * reach), most)


def _carried_by_few(each: np.ndarray, people: int) -> str:
    """A sentence where few people make up half of the sum; "" elsewhere."""
    if people == 1:
        return " One person alone carries the sum, so the interval is rough."
    largest = np.cumsum(np.sort(each)[::-1])
    few = int(np.searchsorted(largest, largest[-1] / 2 * (1 - 1e-12))) + 1
    if few > FEW:
        return ""
    carry = "1 person carries" if few == 1 else f"{few} people carry"
    return f" {carry} half of the sum or more, so the interval is rough."


def _money(value: float, currency: str) -> str:
    return f"{number(value)}{' ' * bool(currency)}{currency}"


def _no_share(people: float, count: Estimate | None) -> None:
    """A ValueError where a share stands in place of people: times a value it would be next to no money."""
    unit = count.unit if count else ""
    if unit in RATES or (count and count.is_share) or (not unit and 0 < people < 1):
        of = f", such as {people * count.n:,.0f} of {count.n:,}" if count and 0 < people < 1 else ""
        raise ValueError(
            f"lost is “{count or number(people)}”: a share or a score, not a number of people. "
            f"Give how many people were lost{of}."
        )


def _revenue_of_people(lost: Any, value: Any, currency: str) -> Estimate:
    if np.ndim(value):
        raise ValueError("value is a list, so lost must be one too: yes or no for each person.")
    each = checks.one_number(value, "value", 0)
    count = lost if isinstance(lost, Estimate) else None
    people = count.value if count else checks.one_number(lost, "lost", 0)
    _no_share(people, count)
    return Estimate(
        people * each,
        count.low * each if count else math.nan,
        count.high * each if count else math.nan,
        n=count.n if count else round(people),
        interval=f"{count.interval} of the people" if count else "no interval: a number of people alone",
        name="Revenue at risk",
        unit=currency,
        words=f"{number(people)} {'person' if people == 1 else 'people, each'} worth {_money(each, currency)}.",
        missing=count.missing if count else 0,
        se=count.se * each if count else math.nan,
    )

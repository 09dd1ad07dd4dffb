"""The intervals that several measures share: Student's t for a mean, Wilson's for a share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .checks import listed

__all__ = [
    "LEVEL",
    "T95",
    "WILSON95",
    "Z95",
    "all_equal",
    "mean_and_reach",
    "no_width",
    "t_reach",
    "wilson",
]

LEVEL = 0.95
T95 = "95% t interval"
WILSON95 = "95% Wilson interval"
# The 97.5% point of the normal distribution.
Z95 = 1.959963984540054


def t_reach(se: Any, df: Any) -> np.ndarray:
    """How far a 95% t interval reaches to each side (Student, 1908): the t quantile times the standard error.

    Args:
        se: standard errors, one or an array.
        df: degrees of freedom, one or an array. Below 1 there is no interval, and the reach is NaN.

    >>> round(float(t_reach(1.0, 9)), 3)
    2.262
    """
    # Not scipy.stats: it takes seconds to load, and a first lesson needs no more than this quantile.
    from scipy.special import stdtrit

    freedom = np.asarray(df, float)
    enough = freedom >= 1
    return np.where(enough, stdtrit(np.where(enough, freedom, 1), (1 + LEVEL) / 2) * np.asarray(se), np.nan)


def mean_and_reach(values: np.ndarray) -> tuple[float, float, float]:
    """The mean, its standard error, and how far its 95% t interval reaches; NaN for one value alone.

    >>> mean, se, reach = mean_and_reach(np.array([1.0, 2, 3]))
    >>> print(mean, round(se, 3), round(reach, 3))
    2.0 0.577 2.484
    """
    n = len(values)
    se = float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
    return float(values.mean()), se, float(t_reach(se, n - 1))


def all_equal(values: np.ndarray) -> bool:
    """Two answers or more, and all of them alike: a t interval then has no width."""
    return len(values) > 1 and float(np.ptp(values)) <= 1e-12 * max(1.0, float(np.abs(values).max()))


def no_width(what: str, at: Sequence[Any] = ()) -> str:
    """What to say of an interval without width, since it looks like certainty; `at` names the touchpoints it is at.

    >>> print(no_width("answers", ["Calls"]))
    At “Calls”, all answers are equal, so the interval has no width. That is not certainty: answers so few, \
or so equal, cannot tell how the next ones will differ.
    """
    where = f"At {listed(at)}, all" if len(at) else "All"
    return (
        f"{where} {what} are equal, so the interval has no width. That is not certainty: {what} so few, or so equal, "
        "cannot tell how the next ones will differ."
    )


def wilson(k: Any, n: Any) -> tuple[np.ndarray, np.ndarray]:
    """The 95% Wilson interval of k out of n, as shares from 0 to 1 (Wilson, 1927). Arrays go in and come out.

    NaN where n is 0: nothing was asked, so nothing is known.

    >>> low, high = wilson(81, 263)
    >>> print(low.round(4), high.round(4))
    0.2553 0.3662
    """
    count, size = np.asarray(k, float), np.asarray(n, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        share, square = count / size, Z95**2 / size
        middle = (share + square / 2) / (1 + square)
        reach = Z95 / (1 + square) * np.sqrt(share * (1 - share) / size + square / (4 * size))
    # At 0 and at n the formula ends exactly at 0 and at 1, but for the last binary digit.
    low = np.where(count == 0, 0.0, np.maximum(middle - reach, 0))
    high = np.where(count == size, 1.0, np.minimum(middle + reach, 1))
    return np.where(size > 0, low, np.nan), np.where(size > 0, high, np.nan)

"""A share that somebody gives, in any usual form; and the interval of what is worked out from several estimates."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real
from typing import Any

from cxkit.journey_cells import is_empty, shown

from .checks import LARGEST
from .confidence import WILSON95, wilson
from .estimate import Estimate, number

__all__ = ["Share", "combine", "share"]


@dataclass(frozen=True)
class Share:
    """A share from 0 to 1, its interval, and which interval it is ("" where there is none)."""

    value: float
    low: float
    high: float
    interval: str = ""

    def __str__(self) -> str:
        text = f"{number(100 * self.value)}%"
        return f"{text} ({number(100 * self.low)}% to {number(100 * self.high)}%)" if self.interval else text


def share(given: Any, name: str) -> Share:
    """A share given as a number from 0 to 1, as an `Estimate`, or as a pair (how many, of how many).

    Raises:
        ValueError: where it is none of these, or lies outside 0 to 1.

    >>> print(share((81, 263), "speaks_up"))
    30.8% (25.5% to 36.6%)
    """
    if isinstance(given, Estimate):
        low, high = (given.value if math.isnan(end) else end for end in (given.low, given.high))
        found = Share(given.value, low, high, given.interval if low < high else "")
    elif isinstance(given, tuple | list) and len(given) == 2:
        k, n = given
        if not (_whole(k) and _whole(n) and 0 <= k <= n and 0 < n <= LARGEST):
            raise ValueError(
                f"“{name}”: the pair ({shown(k)}, {shown(n)}) cannot be. Write how many, and of how many: (81, 263)."
            )
        low, high = map(float, wilson(k, n))
        found = Share(k / n, low, high, WILSON95)
    elif isinstance(given, Real) and not isinstance(given, bool) and not is_empty(given):
        found = Share(float(given), float(given), float(given))
    else:
        raise ValueError(
            f"“{name}” needs a share from 0 to 1, an estimate, or a pair such as (81, 263), not “{shown(given)}”."
        )
    if not (0 <= found.low <= found.value <= found.high <= 1):
        hint = f" Did you mean {found.value / 100:g}?" if 1.5 < found.value <= 100 else ""
        raise ValueError(f"“{name}”: {number(found.value)} is not a share. Write a number from 0 to 1.{hint}")
    return found


def combine(value: float, below: Iterable[float], above: Iterable[float]) -> tuple[float, float]:
    """The interval of a sum of independent parts, from how far each part may lie `below` and `above`.

    The distances add up in squares. For two shares with Wilson intervals this is the interval of Newcombe (1998),
    method 10; for any number of parts it is that of Zou & Donner (2008).

    >>> combine(2.5, [3, 4], [0.3, 0.4])
    (-2.5, 3.0)
    """
    return value - math.hypot(*below), value + math.hypot(*above)


def _whole(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and float(value).is_integer()

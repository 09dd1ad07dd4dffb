"""What `drivers` estimated, beside the touchpoints of a map that it was estimated for."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxkit.journey_cells import COLUMNS, shown

_RATIOS = ("odds_ratio", "rate_ratio")
_STRONG = math.log(2)


@dataclass(frozen=True)
class Estimate:
    """A ratio with its interval."""

    ratio: float
    low: float
    high: float

    @property
    def open(self) -> bool:
        """Whether it could be no effect: the interval holds 1."""
        return self.low <= 1 <= self.high

    @property
    def strength(self) -> float:
        """From 0 (a ratio of 1) to 1 (twice the odds, or half, and beyond)."""
        return min(1.0, abs(math.log(self.ratio)) / _STRONG) if 0 < self.ratio < math.inf else 1.0

    @property
    def text(self) -> str:
        return f"×{number(self.ratio)} ({number(self.low)}–{number(self.high)})"


@dataclass(frozen=True)
class Drivers:
    """The estimates on a map: by touchpoint, the names that are not on it, and what the ratios stand for.

    `rows` counts the estimates that were given, `n` holds the fewest and the most people behind one, and `left_out`
    those who could not be counted. `adjusted_for` and `source` are empty where the table does not tell.
    """

    found: dict[int, Estimate]
    others: tuple[str, ...]
    kind: str
    adjusted: bool
    n: tuple[int, int] | None
    outcome: str
    per: float | None
    rows: int
    left_out: int = 0
    adjusted_for: tuple[str, ...] = ()
    source: str = ""
    unit: str = "point"


def number(value: float) -> str:
    """A ratio as people write it.

    >>> number(1.4567), number(23.45), number(123456.0)
    ('1.46', '23.4', '>9,999')
    """
    if value > 9999:
        return ">9,999"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def match(journey: pd.DataFrame, drivers: Any) -> Drivers:
    """Find the touchpoint of each estimate.

    A name may stand in the column `touchpoint` or, where a survey calls it something else, in any further column
    of the journey (a column `survey`, say). Capitals and spaces do not matter.

    Raises:
        ValueError: the table is not one of `drivers`, names a touchpoint twice, or none of its names is on the map.
    """
    table, kind = _checked(drivers)
    prefix = "adjusted_" if f"adjusted_{kind}" in table else ""
    estimates: dict[str, Estimate] = {}
    names: dict[str, str] = {}
    for _, row in table.iterrows():
        key = _key(row["touchpoint"])
        if key in names:
            raise ValueError(
                f"The drivers table has “{shown(row['touchpoint'])}” twice. Keep one row for each."
            )
        names[key] = " ".join(str(row["touchpoint"]).split())
        values = [float(row[f"{prefix}{name}"]) for name in (kind, "low", "high")]
        if not any(map(math.isnan, values)):
            estimates[key] = Estimate(*values)
    found, met = _find(journey, estimates, names)
    if not met:
        here = ", ".join(f"“{shown(name)}”" for name in list(journey["touchpoint"])[:3])
        there = ", ".join(f"“{shown(name)}”" for name in list(names.values())[:3])
        raise ValueError(
            f"No name in the drivers table ({there}, …) is a touchpoint of this journey ({here}, …). Where a survey "
            "calls a touchpoint something else, add a column to the journey, such as “survey”, with the survey's name."
        )
    counts, missing = _counts(table, "n"), _counts(table, "missing")
    about = table.attrs
    return Drivers(
        found,
        tuple(name for key, name in names.items() if key not in met),
        kind,
        bool(prefix),
        (counts[0], counts[-1]) if counts else None,
        _plain(about.get("outcome", "")),
        about.get("per"),
        len(names),
        missing[-1] if missing else 0,
        tuple(map(_plain, _listed(about.get("adjust")))),
        " ".join(str(about.get("source", "")).split()),
        str(about.get("unit", "point")),
    )


def _counts(table: pd.DataFrame, column: str) -> list[int]:
    """The counts in a column, the fewest first."""
    if column not in table:
        return []
    return sorted(int(value) for value in pd.to_numeric(table[column], errors="coerce").dropna())


def _listed(names: Any) -> list[Any]:
    return [names] if isinstance(names, str) else list(names or ())


def _plain(name: object) -> str:
    return str(name).replace("_", " ")


def _checked(drivers: Any) -> tuple[pd.DataFrame, str]:
    if isinstance(drivers, pd.DataFrame):
        kind = next((name for name in _RATIOS if name in drivers), "")
        needed = ["touchpoint", kind or "odds_ratio", "low", "high"]
        if f"adjusted_{kind}" in drivers:
            needed += ["adjusted_low", "adjusted_high"]
        missing = [name for name in needed if name not in drivers]
        if missing:
            raise ValueError(
                f"This is not a table of drivers: it has no column {' and no column '.join(missing)}. "
                "Give what drivers(…) returns."
            )
        ratios = [name for name in drivers if name in needed[1:]]
        values = drivers[ratios].apply(pd.to_numeric, errors="coerce")
        if (drivers[ratios].notna() & values.isna()).any(axis=None) or (values < 0).any(axis=None):
            raise ValueError(
                "The ratios and intervals of a drivers table are numbers from 0 up. Some here are not."
            )
        return drivers.assign(**{name: values[name] for name in ratios}), kind
    raise ValueError(f"drivers takes the table that drivers(…) returns, not {type(drivers).__name__}.")


def _find(
    journey: pd.DataFrame, estimates: dict[str, Estimate], names: dict[str, str]
) -> tuple[dict[int, Estimate], set[str]]:
    further = [name for name in journey if name not in COLUMNS and name != "inferred"]
    found: dict[int, Estimate] = {}
    met: set[str] = set()
    for row in range(len(journey)):
        keys = [_key(journey[name].iloc[row]) for name in ("touchpoint", *further)]
        known = next((key for key in keys if key in names), None)
        if known is not None:
            met.add(known)
            if known in estimates:
                found[row] = estimates[known]
    return found, met


def _key(name: object) -> str:
    return " ".join(unicodedata.normalize("NFC", str(name)).split()).casefold()

"""An estimate: a number, how sure we are of it, and how many answers stand behind it."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Estimate", "number", "p_text", "people_table"]

SHARE = "share"
# 12% fewer could mean 12 of 100 people or an eighth of them, so a difference is told in points.
DIFFERENCE = "difference of shares"
# What the last binary digits leave over where two numbers are equal.
DUST = 1e-9
# From here on nobody counts the zeros.
LARGE = 1e15


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: the estimate, in `unit`.
        low, high: the interval; NaN where the data allow none, and `interval` then says why.
        n: how many answers, people or cases it rests on.
        interval: which interval it is, such as "95% Wilson interval".
        name: what is estimated.
        unit: such as "points", "days", "share". A share lies from 0 to 1 and is shown in percent, and so is a
            "share per day"; a "difference of shares" is shown in percentage points.
        words: one sentence in plain words.
        missing: how many answers were empty and could not be used.
        se: the standard error, in `unit`; NaN where the method has none.

    >>> Estimate(33.3, 25.2, 41.4, n=324, interval="95% normal interval", name="NPS", unit="points")
    NPS: 33.3 points (95% normal interval 25.2 to 41.4, n = 324)
    >>> Estimate(0.143, 0.123, 0.166, n=1200, interval="95% Wilson interval", name="Lost", unit="share")
    Lost: 14.3% (95% Wilson interval 12.3% to 16.6%, n = 1,200)
    """

    value: float
    low: float
    high: float
    n: int
    interval: str = "95% interval"
    name: str = ""
    unit: str = ""
    words: str = ""
    missing: int = 0
    se: float = math.nan

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        start = f"{self.name}: " if self.name else ""
        unit = f" {self._unit}" if self._unit else ""
        return f"{start}{self._shown(self.value)}{unit} ({self._certainty()})"

    @property
    def _unit(self) -> str:
        """What stands behind the number: a share shows its percent sign already."""
        if self.unit == DIFFERENCE:
            return "percentage points"
        return self.unit.removeprefix(SHARE).strip() if self.is_share else self.unit

    @property
    def is_share(self) -> bool:
        """Is it a share, from 0 to 1?"""
        return self.unit == SHARE or self.unit.startswith(f"{SHARE} ")

    def _shown(self, value: float) -> str:
        if not (self.is_share or self.unit == DIFFERENCE) or math.isnan(value):
            return number(value)
        return f"{number(round(100 * value, 10))}{'%' if self.is_share else ''}"

    def _certainty(self) -> str:
        if math.isnan(self.low) or math.isnan(self.high):
            start = self.interval
        else:
            start = f"{self.interval} {self._shown(self.low)} to {self._shown(self.high)}"
        end = f", {self.missing:,} missing" if self.missing else ""
        return f"{start}, n = {self.n:,}{end}"

    def _repr_html_(self) -> str:
        name = f"<div>{html.escape(self.name)}</div>" if self.name else ""
        unit = f" {html.escape(self._unit)}" if self._unit else ""
        words = f"<p>{html.escape(self.words)}</p>" if self.words else ""
        return (
            f'<div class="cxkit-estimate">{name}'
            f'<strong style="font-size:1.6em">{self._shown(self.value)}</strong>{unit}'
            f"<div>{html.escape(self._certainty())}</div>{words}</div>"
        )


def number(value: float) -> str:
    """A number as people read it: three digits that matter, a true minus sign, commas in thousands.

    Below 0.01 two digits matter, and what is left of a difference of equal numbers (below 1e-9) is 0.

    >>> number(-0.2553), number(12345.6), number(2), number(0.000412)
    ('−0.255', '12,346', '2', '0.00041')
    """
    if math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    size = abs(value)
    if size < DUST:
        return "0"
    if size >= LARGE:
        text = f"{size:.3g}"
    elif float(value).is_integer() or size >= 100:
        text = f"{size:,.0f}"
    else:
        places = (
            1 if size >= 10 else 2 if size >= 1 else 3 if size >= 0.01 else 1 - math.floor(math.log10(size))
        )
        text = f"{size:.{places}f}"
    return f"−{text}" if value < 0 else text


def p_text(p: float) -> str:
    """A p value as people write it: “p = 0.021”, and “p < 0.001” below that, for more would say no more.

    >>> p_text(0.0214), p_text(0.0042), p_text(0.00001), p_text(1.0)
    ('p = 0.021', 'p = 0.004', 'p < 0.001', 'p = 1')
    """
    if math.isnan(p):
        return "p is not known"
    return "p < 0.001" if p < 0.001 else f"p = {f'{p:.3f}'.rstrip('0').rstrip('.')}"


def people_table(rows: Sequence[tuple[str, float | Estimate]], words: str) -> str:
    """Groups of people in HTML: the name of each, how many, and where that is an estimate, its interval."""
    cells = []
    for name, given in rows:
        many = number(float(given))
        between = f"{number(given.low)} to {number(given.high)}" if isinstance(given, Estimate) else ""
        cells.append(f'<tr><th scope="row">{html.escape(name)}</th><td>{many}</td><td>{between}</td></tr>')
    head = "".join(f'<th scope="col">{name}</th>' for name in ("people", "how many", "95% interval"))
    return (
        f'<div class="cxkit-people"><table><thead><tr>{head}</tr></thead><tbody>{"".join(cells)}</tbody></table>'
        f"<p>{html.escape(words)}</p></div>"
    )

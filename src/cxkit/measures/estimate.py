"""An estimate: a number, how sure we are of it, and how many answers stand behind it."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass

__all__ = ["Estimate", "number"]


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        value: the estimate, in `unit`.
        low, high: the interval; NaN where the data allow none, and `interval` then says why.
        n: how many answers, people or cases it rests on.
        interval: which interval it is, such as "95% Wilson interval".
        name: what is estimated.
        unit: such as "points", "share", "days".
        words: one sentence in plain words.
        missing: how many answers were empty and could not be used.
        se: the standard error, in `unit`; NaN where the method has none.

    >>> Estimate(33.3, 25.2, 41.4, n=324, interval="95% normal interval", name="NPS", unit="points")
    NPS: 33.3 points (95% normal interval 25.2 to 41.4, n = 324)
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
        unit = f" {self.unit}" if self.unit else ""
        return f"{start}{number(self.value)}{unit} ({self._certainty()})"

    def _certainty(self) -> str:
        if math.isnan(self.low) or math.isnan(self.high):
            start = self.interval
        else:
            start = f"{self.interval} {number(self.low)} to {number(self.high)}"
        end = f", {self.missing:,} missing" if self.missing else ""
        return f"{start}, n = {self.n:,}{end}"

    def _repr_html_(self) -> str:
        name = f"<div>{html.escape(self.name)}</div>" if self.name else ""
        unit = f" {html.escape(self.unit)}" if self.unit else ""
        words = f"<p>{html.escape(self.words)}</p>" if self.words else ""
        return (
            f'<div class="cxkit-estimate">{name}'
            f'<strong style="font-size:1.6em">{number(self.value)}</strong>{unit}'
            f"<div>{html.escape(self._certainty())}</div>{words}</div>"
        )


def number(value: float) -> str:
    """A number as people read it: three digits that matter, a true minus sign, commas in thousands.

    >>> number(-0.2553), number(12345.6), number(2)
    ('−0.255', '12,346', '2')
    """
    if math.isnan(value):
        return "not known"
    if math.isinf(value):
        return "−∞" if value < 0 else "∞"
    size = abs(value)
    if float(value).is_integer() or size >= 100:
        text = f"{size:,.0f}"
    else:
        places = 1 if size >= 10 else 2 if size >= 1 else 3
        text = f"{size:.{places}f}"
    return f"−{text}" if value < 0 and text.strip("0.,") else text

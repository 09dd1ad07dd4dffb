"""Shares as bars with their intervals, and the mark that each of them should reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cxkit.measures.estimate import Estimate

from .layout import wrap
from .look import ABOVE, BLUE, INK, PAPER, QUIET, RULE
from .page import MARGIN
from .picture import Picture
from .slate import LABEL, SMALL, WIDTH, open_slate

_NAMES, _NUMBERS = 205.0, 165.0


@dataclass(frozen=True)
class Bar:
    """One row: a name, the share with its interval, the mark that it should reach, and whether it is looked at now."""

    name: str
    share: Estimate
    mark: float | None = None
    mark_name: str = ""
    chosen: bool = True


def percent(share: float) -> str:
    """A share as the course prints it.

    >>> percent(0.314), percent(0.004)
    ('31%', '0.4%')
    """
    return f"{100 * share:.1f}%" if 0.0005 <= share < 0.0095 else f"{100 * share:.0f}%"


def draw_share_bars(
    bars: Sequence[Bar], title: str, drawn: str = "", note: str = "", *, caption: str = "Shares"
) -> Picture:
    """Draw one bar for each share, from 0 to 100%.

    Raises ValueError where there is nothing to draw.

    >>> draw_share_bars([Bar("like the phone", Estimate(0.5, 0.4, 0.6, n=90, unit="share"))], "Half").alt
    'Half. like the phone: 50% (40% to 60%, n = 90).'
    """
    if not bars:
        raise ValueError("There is no share to draw. Give at least one.")
    told = [
        f"{bar.name}: {percent(bar.share.value)} "
        f"({percent(bar.share.low)} to {percent(bar.share.high)}, n = {bar.share.n:,})"
        for bar in bars
    ]
    twin = pd.DataFrame(
        {
            "who": [bar.name for bar in bars],
            "share": [percent(bar.share.value) for bar in bars],
            "interval": [f"{percent(bar.share.low)} to {percent(bar.share.high)}" for bar in bars],
            "n": [bar.share.n for bar in bars],
        }
    )
    # a mark has its name above the bar
    row = 36.0 if all(bar.mark is None for bar in bars) else 44.0
    slate = open_slate(
        title, drawn, note, row * len(bars) + 24, alt=f"{title}. {'; '.join(told)}.", twin=twin, caption=caption
    )  # fmt: skip
    page, left = slate.page, MARGIN + _NAMES
    wide = WIDTH - _NAMES - _NUMBERS
    bottom = slate.top + row * len(bars)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = left + wide * tick
        page.line([x, x], [slate.top, bottom], QUIET if not tick else RULE, 1.2 if not tick else 0.8)
        slate.text(x - MARGIN, bottom + 4, wrap(percent(tick), SMALL, 60), QUIET, align="middle")
    for place, bar in enumerate(bars):
        middle = slate.top + row * (place + 0.5)
        name = wrap(bar.name, LABEL, _NAMES - 12, bold=bar.chosen)
        slate.beside(0, middle, name, INK if bar.chosen else QUIET)
        reached = bar.mark is not None and bar.share.value >= bar.mark
        page.box(
            left, middle - 8, wide * bar.share.value, 16,
            fill=ABOVE if reached else BLUE if bar.chosen else "#9FB6C6", order=2,
        )  # fmt: skip
        ends = [left + wide * end for end in (bar.share.low, bar.share.high)]
        # white below ink, so that the interval can be seen on the bar and beside it
        for colour, thick in ((PAPER, 3.6), (INK, 1.5)):
            page.line(ends, [middle, middle], colour, thick, order=3)
            for end in ends:
                page.line([end, end], [middle - 4, middle + 4], colour, thick, order=3)
        if bar.mark is not None:
            x = left + wide * bar.mark
            page.line([x, x], [middle - 20, middle + 14], INK, 1.6, (0, (3, 2)), 4)
            slate.text(x - MARGIN + 4, middle - 23, wrap(bar.mark_name, SMALL, 120), INK)
        sign = "" if bar.mark is None else "✓ " if reached else "✗ "
        number = wrap(
            f"{sign}{percent(bar.share.value)} ({percent(bar.share.low)} to {percent(bar.share.high)})",
            LABEL, _NUMBERS, bold=bar.chosen,
        )  # fmt: skip
        people = wrap(f"n = {bar.share.n:,}", SMALL, _NUMBERS)
        start = WIDTH - _NUMBERS + 14
        slate.text(start, middle - 15, number, INK if bar.chosen else QUIET)
        slate.text(start, middle + 1, people, QUIET)
    return slate.picture

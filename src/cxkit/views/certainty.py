"""A change with its interval, and the same change with half as many people and with twice as many."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cxkit.measures.estimate import Estimate

from . import look
from .layout import wrap
from .page import MARGIN, open_page
from .picture import Picture

_TITLE, _LABEL = 14.5, 11.5
_LEFT, _RIGHT = 214.0, 118.0
_ROW = 44.0


def draw_certainty(rows: Sequence[tuple[str, Estimate]], chosen: int, limits: tuple[float, float]) -> Picture:
    """Draw changes with their intervals, one below the other, beside the line where nothing changed.

    Parameters: `rows`, what stands beside each change and the change itself (a difference of shares); `chosen`, index
    of the row that counts; `limits`, the two ends of the scale, in points, the same for each drawing so that they can
    be compared. Raises ValueError where `chosen` is not one of the rows.

    >>> few = Estimate(0.1, -0.05, 0.25, 160, unit="difference of shares")
    >>> draw_certainty([("80 before, 80 after", few)], 0, (-20, 40)).title
    'Zero is inside the interval: no change at all fits these data too'
    """
    if not 0 <= chosen < len(rows):
        raise ValueError(f"`chosen` must be one of the {len(rows)} rows, counted from 0, not {chosen}.")
    name, counts = rows[chosen]
    outside = _clear(counts)
    where = "outside" if outside else "inside"
    follows = "chance alone hardly makes such a change" if outside else "no change at all fits these data too"
    title = f"Zero is {where} the interval: {follows}"
    alt = (
        f"{name}: a change of {_points(counts.value)} points, with a 95% interval from {_points(counts.low)} to "
        f"{_points(counts.high)}. Zero is {where} it. With more people the interval is narrower."
    )
    twin = pd.DataFrame(
        {
            "patients": [each for each, _ in rows],
            "change in points": [round(100 * one.value, 1) for _, one in rows],
            "from": [round(100 * one.low, 1) for _, one in rows],
            "to": [round(100 * one.high, 1) for _, one in rows],
            "zero is": ["outside" if _clear(one) else "inside" for _, one in rows],
        }
    )
    top = 70.0
    height = top + _ROW * len(rows) + 46
    picture = Picture(alt=alt, twin=twin, title=title, figsize=(9.6, height / 72), facecolor=look.PAPER)
    page = open_page(picture, False)
    ink = look.ABOVE if outside else look.BELOW
    page.text(
        MARGIN, 16, wrap(f"{'✓' if outside else '✗'} {title}", _TITLE, 640, bold=True), ink, gid="title"
    )
    left, width = MARGIN + _LEFT, page.width - 2 * MARGIN - _LEFT - _RIGHT

    def at(points: float) -> float:
        return left + width * (points - limits[0]) / (limits[1] - limits[0])

    bottom = top + _ROW * len(rows)
    page.text(at(0), top - 24, wrap("no change", 11, 120, bold=True), align="middle")
    for tick in range(int(limits[0]), int(limits[1]) + 1, 10):
        main = tick == 0
        ink, thick = (look.INK, 1.8) if main else (look.RULE, 0.7)
        page.line([at(tick)] * 2, [top - 8, bottom], ink, thick, order=1.5 if main else 0.4)
        number = wrap(_points(tick / 100), 11, 60, bold=main)
        page.text(at(tick), bottom + 4, number, look.INK if main else look.QUIET, align="middle")
    page.text(
        left + width / 2,
        bottom + 22,
        wrap("change in the share of patients treated, in points", 11, 400),
        look.QUIET,
        align="middle",
    )
    for place, (label, one) in enumerate(rows):
        middle, main = top + _ROW * (place + 0.5), place == chosen
        colour = (look.ABOVE if _clear(one) else look.BELOW) if main else look.QUIET
        if main:
            tint = look.ABOVE_FILL if outside else look.BELOW_FILL
            page.box(
                MARGIN - 8,
                middle - 19,
                page.width - 2 * MARGIN + 16,
                38,
                fill=look.PAPER,
                edge=colour,
                radius=6,
            )
            page.box(
                at(100 * one.low), middle - 7, at(100 * one.high) - at(100 * one.low), 14, fill=tint, order=2
            )
        block = wrap(label, _LABEL, _LEFT - 14, bold=main)
        page.text(MARGIN, middle - block.height / 2, block, look.INK if main else look.QUIET)
        ends = [at(100 * one.low), at(100 * one.high)]
        page.line(ends, [middle, middle], colour, 3.0 if main else 1.6, order=4)
        for end in ends:
            page.line([end, end], [middle - 6, middle + 6], colour, 2.2 if main else 1.4, order=4)
        page.disc(at(100 * one.value), middle, 11 if main else 8, fill=colour)
        words = wrap(f"{_points(one.low)} to {_points(one.high)}", _LABEL, _RIGHT, bold=main)
        page.text(page.width - MARGIN, middle - words.height / 2, words, colour, align="end")
    return picture


def _clear(one: Estimate) -> bool:
    return one.low > 0 or one.high < 0


def _points(share: float) -> str:
    points = round(100 * share, 1)
    return f"{'+' if points > 0 else '−' if points < 0 else ''}{abs(points):g}"

"""The steps of a working session along its minutes, and which of them come too early."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from . import look
from .layout import wrap
from .page import MARGIN, Page, open_page
from .picture import Picture

_TITLE, _LABEL = 14.5, 11.5
_LEFT, _ROW = 268.0, 36.0


def draw_session(steps: Sequence[tuple[str, int]], early: Sequence[str]) -> Picture:
    """Draw the steps of a session one below the other, each as long as its minutes.

    Parameters: `steps`, (name, minutes) in their order; `early`, for each step what has to come before it and does not
    yet, or an empty text. Raises ValueError where the two differ in length.

    >>> draw_session([("Choose", 10), ("Agree", 5)], ["Agree", ""]).title
    '1 of 2 steps comes too early'
    """
    if len(steps) != len(early):
        raise ValueError(f"{len(steps)} steps need as many words on what is missing, not {len(early)}.")
    wrong = sum(map(bool, early))
    total = sum(minutes for _, minutes in steps)
    begins = [sum(minutes for _, minutes in steps[:place]) for place in range(len(steps))]
    title = (
        f"{wrong} of {len(steps)} steps {'comes' if wrong == 1 else 'come'} too early"
        if wrong
        else f"Every step finds what it needs: {total} minutes"
    )
    rows = [
        (name, begin, begin + minutes, f"too early: first “{first}”" if first else "")
        for (name, minutes), begin, first in zip(steps, begins, early, strict=True)
    ]
    told = "; ".join(f"{place}. {name}" for place, (name, *_) in enumerate(rows, 1))
    alt = f"A working session of {total} minutes in {len(rows)} steps. {title}. The order: {told}."
    twin = pd.DataFrame(rows, columns=["step", "from minute", "to minute", "remark"])
    top = 54.0
    height = top + _ROW * len(rows) + 34
    picture = Picture(alt=alt, twin=twin, title=title, figsize=(9.6, height / 72), facecolor=look.PAPER)
    page = open_page(picture, False)
    ink = look.BELOW if wrong else look.ABOVE
    page.text(MARGIN, 16, wrap(f"{'✗' if wrong else '✓'} {title}", _TITLE, 640, bold=True), ink, gid="title")
    left, bottom = MARGIN + _LEFT, top + _ROW * len(rows)
    width = page.width - MARGIN - 14 - left

    def at(minute: float) -> float:
        return left + width * minute / total

    for tick in range(0, total + 1, 15):
        page.line([at(tick)] * 2, [top - 4, bottom], look.RULE, 0.7, order=0.5)
        label = f"{tick} min" if tick == 0 else f"{tick}"
        page.text(at(tick), bottom + 4, wrap(label, 11, 60), look.QUIET, align="middle")
    for place, (name, begin, end, remark) in enumerate(rows):
        middle = top + _ROW * (place + 0.5)
        block = wrap(f"{place + 1}. {name}", _LABEL, _LEFT - 16, bold=bool(remark))
        page.text(MARGIN, middle - block.height / 2, block, look.BELOW if remark else look.INK)
        fill, edge = (look.BELOW_FILL, look.BELOW) if remark else (look.ABOVE_FILL, look.ABOVE)
        page.box(
            at(begin),
            middle - 12,
            at(end) - at(begin),
            24,
            fill=fill,
            edge=edge,
            hatch="///" if remark else None,
        )
        if remark:
            _beside(page, at(begin), at(end), middle, remark)
    return picture


def _beside(page: Page, begin: float, end: float, middle: float, remark: str) -> None:
    """The remark at the side of the bar that has more room, on a patch of paper so that no line crosses it."""
    after = page.width - MARGIN - end
    room, right = max(after, begin - MARGIN - _LEFT) - 14, after >= begin - MARGIN - _LEFT
    block = wrap(remark, 11, room)
    x = end + 7 if right else begin - 7 - block.width
    page.box(x - 2, middle - block.height / 2, block.width + 4, block.height, fill=look.PAPER, order=2)
    page.text(x, middle - block.height / 2, block, look.BELOW)

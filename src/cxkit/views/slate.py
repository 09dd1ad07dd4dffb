"""A small sheet for an activity: a finding on top, room to draw, and a word of caution at its foot."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .layout import Block, cut, wrap
from .look import INK, PAPER, QUIET
from .page import MARGIN, Page, open_page
from .picture import Picture

WIDTH = 9.6 * 72 - 2 * MARGIN
"""Points from margin to margin."""
TITLE, LABEL, SMALL = 16.0, 12.0, 11.0
"""The type in points, large enough to follow while a control is moved."""
_ABOVE, _BELOW = 14.0, 12.0


@dataclass(frozen=True)
class Slate:
    """An open sheet. `x` runs from the left margin (0) to `WIDTH`, `y` from the top; `top` is where drawing starts."""

    picture: Picture
    page: Page
    top: float

    def text(
        self, x: float, y: float, block: Block, colour: str = INK, *, align: str = "start", order: float = 6
    ) -> None:
        """Draw a block with its top at `y` and its start, middle or end at `x`."""
        self.page.text(MARGIN + x, y, block, colour, align=align, order=order)

    def beside(
        self, x: float, middle: float, block: Block, colour: str = INK, *, align: str = "start"
    ) -> None:
        """Draw a block so that its own middle stands at `middle`."""
        self.text(x, middle - block.height / 2, block, colour, align=align)


def open_slate(
    title: str, drawn: str, note: str, free: float, *, alt: str, twin: pd.DataFrame, caption: str
) -> Slate:
    """Open a sheet with `free` points of height to draw in.

    Parameters: `title`, the finding; `drawn`, what is drawn; `note`, what must be said beside it (each may be empty);
    `alt`, `twin` and `caption` are the picture's words for who cannot see it.

    >>> open_slate("It fell.", "", "", 100, alt="A line.", twin=pd.DataFrame(), caption="Fall").picture.alt
    'A line.'
    """
    head = cut(wrap(title, TITLE, WIDTH, bold=True), 3)
    below = cut(wrap(drawn, LABEL, WIDTH), 2)
    foot = cut(wrap(note, SMALL, WIDTH), 3)
    top = _ABOVE + head.height + (4 + below.height if below.lines else 0) + 10
    height = top + free + (8 + foot.height if foot.lines else 0) + _BELOW
    picture = Picture(alt=alt, twin=twin, title=caption, figsize=(9.6, height / 72), facecolor=PAPER)
    slate = Slate(picture, open_page(picture, False), top)
    slate.text(0, _ABOVE, head)
    slate.text(0, _ABOVE + head.height + 4, below, QUIET)
    slate.text(0, top + free + 8, foot, QUIET)
    return slate

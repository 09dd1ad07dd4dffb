"""A short list with a sign and a word for each row: what was sorted where, and what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from .layout import cut, wrap
from .look import ABOVE, BELOW, BLUE, INK, QUIET, RULE, STAR
from .page import MARGIN
from .picture import Picture
from .slate import LABEL, SMALL, WIDTH, open_slate

SIGNS = {
    "good": ("✓", ABOVE),
    "bad": ("✗", BELOW),
    "open": ("?", BLUE),
    "star": ("★", STAR),
    "point": ("▸", INK),
    "": ("·", QUIET),
}


@dataclass(frozen=True)
class Mark:
    """What stands in a cell: a word, and a sign that says the same (good, bad, open, star, point; "" for not chosen)."""

    word: str = "not chosen yet"
    sign: str = ""


def draw_ledger(
    names: Sequence[str],
    columns: Sequence[tuple[str, Sequence[Mark]]],
    title: str,
    drawn: str = "",
    note: str = "",
    *,
    first: str = "",
    caption: str = "What you sorted",
) -> Picture:
    """Draw one row for each name and one column of marks for each (head, marks).

    Parameters: `first`, the head above the names. Raises ValueError where a column is not as long as the names.

    >>> draw_ledger(["The visits"], [("Given", [Mark("given", "good")])], "One promise was kept").alt
    'One promise was kept. The visits: given.'
    """
    if not names or any(len(marks) != len(names) for _, marks in columns):
        raise ValueError(f"Each column needs {len(names)} marks, one for each name.")
    told = [
        f"{name}: {', '.join(marks[place].word for _, marks in columns)}" for place, name in enumerate(names)
    ]
    twin = pd.DataFrame({first or "what": list(names)})
    for head, marks in columns:
        twin[head] = [mark.word for mark in marks]
    wide = min(190.0, 0.5 * WIDTH / len(columns))
    room = WIDTH - wide * len(columns) - 14
    blocks = [cut(wrap(name, LABEL, room), 3) for name in names]
    heights = [max(block.height + 9, 27.0) for block in blocks]
    slate = open_slate(
        title, drawn, note, 22 + sum(heights), alt=f"{title}. {'; '.join(told)}.", twin=twin, caption=caption
    )
    y = slate.top
    slate.text(0, y, wrap(first, SMALL, room), QUIET)
    for column, (head, _) in enumerate(columns):
        slate.text(WIDTH - wide * (len(columns) - column), y, cut(wrap(head, SMALL, wide), 1), QUIET)
    y += 20
    for place, (block, tall) in enumerate(zip(blocks, heights, strict=True)):
        slate.page.line([MARGIN, MARGIN + WIDTH], [y, y], RULE, 0.8)
        slate.beside(0, y + tall / 2, block, INK)
        for column, (_, marks) in enumerate(columns):
            sign, colour = SIGNS[marks[place].sign]
            start = WIDTH - wide * (len(columns) - column)
            chosen = bool(marks[place].sign)
            slate.beside(start, y + tall / 2, wrap(sign, LABEL, 20, bold=True), colour)
            word = cut(wrap(marks[place].word, LABEL, wide - 22, bold=chosen), 2)
            slate.beside(start + 17, y + tall / 2, word, colour)
        y += tall
    return slate.picture

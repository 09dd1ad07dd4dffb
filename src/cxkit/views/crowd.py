"""A hundred people as a hundred dots: who stays and who leaves, in two groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from .layout import wrap
from .look import ABOVE, BELOW, INK, PAPER, QUIET
from .page import MARGIN, Page
from .picture import Picture
from .slate import LABEL, SMALL, WIDTH, open_slate

_PITCH, _ACROSS, _ROWS = 21.0, 15.0, 5


@dataclass(frozen=True)
class Group:
    """People who come with the same expectation: how many stay, and how many leave."""

    name: str
    stay: int
    leave: int


def draw_crowd(groups: Sequence[Group], title: str, drawn: str = "", note: str = "") -> Picture:
    """Draw each person as a dot: full for who stays, a ring with a cross for who leaves.

    >>> draw_crowd([Group("find it", 18, 2)], "Most stay").alt
    'Most stay. find it: 18 stay, 2 leave.'
    """
    told = [f"{group.name}: {group.stay} stay, {group.leave} leave" for group in groups]
    twin = pd.DataFrame(
        {
            "group": [group.name for group in groups],
            "stay": [group.stay for group in groups],
            "leave": [group.leave for group in groups],
        }
    )
    slate = open_slate(
        title, drawn, note, 62 + _ROWS * _PITCH, alt=f"{title}. {'; '.join(told)}.", twin=twin, caption="Who stays"
    )  # fmt: skip
    page, x = slate.page, 0.0
    y = slate.top + 56
    # side by side, each as wide as its people need, and never narrower than its words
    for group in groups:
        people = [True] * group.stay + [False] * group.leave
        columns = -(-len(people) // _ROWS)
        room = max(columns * _PITCH, 150.0)
        head = wrap(group.name, LABEL, room, bold=True)
        slate.text(x, slate.top, head)
        count = wrap(f"{group.stay} stay, {group.leave} leave", LABEL, room)
        slate.text(x, slate.top + head.height + 2, count, QUIET)
        for index, stays in enumerate(people):
            at = MARGIN + x + (index // _ROWS + 0.5) * _PITCH
            middle = y + (index % _ROWS + 0.5) * _PITCH
            if stays:
                page.disc(at, middle, _ACROSS, fill=ABOVE, edge=ABOVE)
            else:
                _cross(page, at, middle)
        x += room + 26
    key = WIDTH - 92
    page.disc(MARGIN + key, slate.top + 9, _ACROSS, fill=ABOVE, edge=ABOVE)
    slate.beside(key + 14, slate.top + 9, wrap("stays", SMALL, 80), INK)
    _cross(page, MARGIN + key, slate.top + 31)
    slate.beside(key + 14, slate.top + 31, wrap("leaves", SMALL, 80), INK)
    return slate.picture


def _cross(page: Page, x: float, y: float) -> None:
    page.disc(x, y, _ACROSS, fill=PAPER, edge=BELOW)
    for way in (1, -1):
        page.line([x - 3.6, x + 3.6], [y - 3.6 * way, y + 3.6 * way], BELOW, 1.5, order=3)

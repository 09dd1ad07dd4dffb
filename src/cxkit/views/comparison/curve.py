"""Two curves of experience in one lane, and the change at each touchpoint that is in both journeys."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from cxkit.views import look
from cxkit.views.comparison.pair import Pair, unbroken
from cxkit.views.comparison.plan import Plan, System
from cxkit.views.layout import LEADING, Block, wrap
from cxkit.views.map.curve import shade, smooth
from cxkit.views.map.plan import pill_height
from cxkit.views.map.style import Style
from cxkit.views.page import Page

LINES: tuple[tuple[float, Any], ...] = ((1.3, (0, (3.5, 2.2))), (2.5, "-"))
"""Thickness and dashes: the old journey, the new one."""


def draw_curves(
    page: Page, pair: Pair, laid: Plan, system: System, style: Style, top: float, tall: float
) -> None:
    """Draw the lane of experience under the cards of a system."""
    start, margin = style.margin + laid.label, style.margin
    pill = pill_height(laid.small)
    high, low = top + pill + 8, top + tall - 1.0 * laid.small
    inks = (style.quiet, look.INK)

    def level(score: float) -> float:
        return low - (score - 1) / 9 * (low - high)

    page.line([margin, start + system.room], [top + 3, top + 3], style.rule)
    for score in (1, 4, 7, 10):
        page.line([start, start + system.room], [level(score)] * 2, style.rule, 0.6, (0, (1, 2.5)))
    for score in (1, 10):
        block = wrap(str(score), laid.small, 40)
        y = level(score) - block.height / 2
        page.text(start - 5, y, block, style.quiet, align="end", gid="axis", number=True)
    page.text(margin, top + 7, laid.labels["experienced"], style.quiet, gid="label")
    _draw_key(
        page, pair, laid, style, max(top + 9 + laid.labels["experienced"].height, (high + low) / 2), inks
    )
    runs: list[list[np.ndarray]] = [[], []]
    for side, story in enumerate(pair.stories):
        thick, dash = LINES[side]
        points: list[tuple[float, float | None]] = []
        for position, column in enumerate(system.columns):
            row = column.old if side == 0 else column.new
            if row is not None:
                lived = story.experienced[row]
                points.append((start + system.middle(position), None if lived is None else level(lived)))
        for run in unbroken(points):
            along = np.concatenate(smooth(run))
            if len(run) > 1:
                runs[side].append(along)
                xs, ys = along.T.tolist()
                page.line(xs, ys, inks[side], thick * style.thick, dash, 4 + 0.2 * side, gid=f"curve-{side}")
    for one, two in product(*runs):
        _draw_area(page, style, one, two)
    for position, column in enumerate(system.columns):
        x = start + system.middle(position)
        old = None if column.old is None else pair.old.experienced[column.old]
        new = None if column.new is None else pair.new.experienced[column.new]
        if old is not None:
            _dot(page, x, level(old), inks[0], 4.5, 4.4)
        if new is not None:
            _dot(page, x, level(new), inks[1], 7, 4.8)
        if column.new is not None and new is not None:
            # Beside a moved touchpoint stands the old score of another one.
            beside = old if old is not None and pair.back.get(column.new) == column.old else new
            paper = look.PAPER if system.split else style.stage(pair.new.stages[column.new])[0]
            _draw_change(page, pair, laid, column.new, x, [level(new), level(beside)], paper)


def _draw_key(page: Page, pair: Pair, laid: Plan, style: Style, top: float, inks: tuple[str, str]) -> None:
    small = laid.small
    for side, name in enumerate(pair.names):
        thick, dash = LINES[side]
        block = wrap(name, small, 300)
        middle = top + block.height / 2
        ends = [style.margin, style.margin + 2.2 * small]
        page.line(ends, [middle, middle], inks[side], thick * style.thick, dash, 4)
        page.text(style.margin + 2.8 * small, top, block, style.quiet, gid="key")
        top += block.height


def _dot(page: Page, x: float, y: float, ink: str, size: float, order: float) -> None:
    page.line(
        [x],
        [y],
        look.PAPER,
        0,
        order=order,
        marker="o",
        markersize=size,
        markeredgecolor=ink,
        markeredgewidth=size / 4,
    )


def _draw_change(page: Page, pair: Pair, laid: Plan, now: int, x: float, ys: list[float], paper: str) -> None:
    """The change at a touchpoint, between its two points where there is room, above them where there is not."""
    change = pair.change(now)
    if change is None:
        return
    colour = look.BELOW if change < 0 else look.ABOVE if change > 0 else look.QUIET
    block = Block((pair.change_words(now),), laid.small, bold=bool(change))
    tall, reach = pill_height(laid.small), 0.8 * laid.small
    wide = block.width + 0.9 * laid.small
    if max(ys) - min(ys) >= tall + 2 * reach:
        middle = (max(ys) + min(ys)) / 2
    else:
        middle = min(ys) - reach - tall / 2
    # No change needs no outline, only a place clear of the lines behind it.
    fill = look.PAPER if change else paper
    edge = colour if change else "none"
    order = 5.4 if change else 1.6
    page.box(x - wide / 2, middle - tall / 2, wide, tall, fill=fill, edge=edge, radius=tall / 2, order=order)
    page.text(
        x, middle - block.size * LEADING / 2, block, colour, align="middle", gid=f"change-{now}", number=True
    )


def _draw_area(page: Page, style: Style, old: np.ndarray, new: np.ndarray) -> None:
    """Between two lines where both run: one look where the new is better, another where it is worse."""
    first, last = max(old[0, 0], new[0, 0]), min(old[-1, 0], new[-1, 0])
    if first >= last:
        return
    xs = np.unique(np.concatenate([old[:, 0], new[:, 0]]))
    xs = xs[(xs >= first) & (xs <= last)]
    was, now = np.interp(xs, *old.T), np.interp(xs, *new.T)
    # The lines may cross by a hair where both say the same: that is no change.
    was = np.where(abs(was - now) < 0.05, now, was)
    along = [page.at(x) for x in xs]
    # y points down, so a better experience has the smaller y.
    for where, area in ((now < was, style.above), (now > was, style.below)):
        if where.any():
            shade(page, along, was, now, where, area, "lift" if area is style.above else "fall")

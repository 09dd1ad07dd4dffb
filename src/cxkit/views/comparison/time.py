"""How long two journeys take: a bar for each, to one scale of days."""

from __future__ import annotations

from dataclasses import dataclass

from cxkit.views import look
from cxkit.views.comparison.pair import Pair
from cxkit.views.comparison.plan import Plan, bar_height
from cxkit.views.layout import LEADING, Block, wrap
from cxkit.views.map.cells import Story
from cxkit.views.map.style import Style
from cxkit.views.page import Page

_UNKNOWN = 24.0
"""Length of a wait that nobody knows, in points."""


@dataclass(frozen=True)
class _Bar:
    """Where the touchpoints of a journey stand along its bar, in points."""

    stops: list[float]
    unknown: list[int]

    @property
    def end(self) -> float:
        return self.stops[-1]


def draw_time(page: Page, pair: Pair, laid: Plan, style: Style, top: float, width: float) -> None:
    """Draw both bars, the days at their ends, and thin lines between the same touchpoints."""
    small, start = laid.small, style.margin + laid.label + 5
    totals = [wrap(pair.days_words(story), small + 1, 300, bold=True) for story in pair.stories]
    room = width - laid.label - 5 - max(total.width for total in totals) - 8
    scale = _scale(pair, room)
    bars = [_bar(story, scale) for story in pair.stories]
    tall, text = bar_height(small), small * LEADING
    tops = (top + text + 1, top + text + 1 + tall + 2.4 * small)
    page.text(style.margin, top, laid.labels["time"], style.quiet, gid="label")
    for was, now in pair.joined.items():
        ends = [start + bars[0].stops[was], start + bars[1].stops[now]]
        page.line(
            ends, [tops[0] + tall, tops[1]], style.quiet, 0.55 * style.thick, order=2.4, gid=f"time-{was}"
        )
    for side, story in enumerate(pair.stories):
        _draw_bar(page, pair, style, side, story, bars[side], start, tops[side], small)
        y = tops[side] - text - 1 if side == 0 else tops[side] + tall + 1
        _draw_steps(page, style, bars[side], start, y, small)
        middle = tops[side] + tall / 2
        page.text(start + bars[side].end + 8, middle - totals[side].height / 2, totals[side], gid="total")
        name = wrap(pair.names[side], small, 300, bold=True)
        page.text(
            style.margin, middle - name.height / 2, name, style.quiet if side == 0 else look.INK, gid="label"
        )


def _scale(pair: Pair, room: float) -> float:
    """Points for a day: the same in both bars, so that the longer one fills the page."""
    found = []
    for story in pair.stories:
        days, _ = pair.days(story)
        unknown = sum(wait is None for wait in story.waits[1:])
        if days:
            found.append(max(room - _UNKNOWN * unknown, 0.3 * room) / days)
    return min(found)


def _bar(story: Story, scale: float) -> _Bar:
    stops, here, unknown = [], 0.0, []
    for row, wait in enumerate(story.waits):
        if wait is None and row:
            unknown.append(row)
        here += (wait or 0.0) * scale if wait is not None else _UNKNOWN if row else 0.0
        stops.append(here)
    return _Bar(stops, unknown)


def _draw_bar(
    page: Page,
    pair: Pair,
    style: Style,
    side: int,
    story: Story,
    bar: _Bar,
    start: float,
    top: float,
    small: float,
) -> None:
    tall = bar_height(small)
    dark = side == 1 and style.solid
    fill, ink = (look.INK, look.PAPER) if dark else (style.rule if style.solid else look.PAPER, look.INK)
    edge = look.INK if side == 1 else look.QUIET
    if bar.end:
        page.box(
            start,
            top,
            bar.end,
            tall,
            fill=fill,
            edge=edge,
            line=0.9 if side == 0 else 1.4,
            order=3,
            gid=f"bar-{side}",
        )
    before = 0.0
    for row, stop in enumerate(bar.stops):
        wide = stop - before
        if row in bar.unknown:
            page.box(
                start + before, top, wide, tall, fill=look.PAPER, edge=edge, style=(0, (1, 1.5)), order=3.1
            )
            page.text(start + before + wide / 2, top + 1.5, Block(("?",), small), align="middle", gid="wait")
        elif wide:
            for brief in (False, True):
                said = Block((story.wait_words(row, brief=brief),), small)
                if said.width + 0.7 * tall + 0.5 * small <= wide:
                    place = start + before + wide / 2
                    page.text(place, top + 1.5, said, ink, align="middle", gid="wait")
                    break
        before = stop
    for row, stop in enumerate(bar.stops):
        known = row in (pair.joined if side == 0 else pair.back)
        draw_stop(page, start + stop, top + tall / 2, 0.62 * tall, joined=known, edge=edge)


def draw_stop(page: Page, x: float, y: float, size: float, *, joined: bool, edge: str) -> None:
    """A touchpoint on a bar: round where both journeys have it, else a diamond."""
    page.line(
        [x],
        [y],
        look.PAPER,
        0,
        order=5,
        marker="o" if joined else "D",
        markersize=size if joined else 0.76 * size,
        markeredgecolor=edge,
        markeredgewidth=1.2,
    )


def _draw_steps(page: Page, style: Style, bar: _Bar, start: float, y: float, small: float) -> None:
    """The numbers of the touchpoints along a bar; those that stand too close are told as one, such as 2–4."""
    groups = [(row, row) for row in range(len(bar.stops))]

    def said(group: tuple[int, int]) -> Block:
        first, last = group
        return Block((f"{first + 1}" if first == last else f"{first + 1}–{last + 1}",), small)

    def middle(group: tuple[int, int]) -> float:
        # The first is not pushed out over the margin.
        return max((bar.stops[group[0]] + bar.stops[group[1]]) / 2, said(group).width / 2 - 4)

    def apart(one: tuple[int, int], two: tuple[int, int]) -> bool:
        return middle(two) - middle(one) >= (said(one).width + said(two).width) / 2 + 0.5 * small

    place = 0
    while place + 1 < len(groups):
        one, two = groups[place : place + 2]
        if apart(one, two):
            place += 1
        else:
            groups[place : place + 2] = [(one[0], two[1])]
            place = max(0, place - 1)
    for group in groups:
        page.text(start + middle(group), y, said(group), style.quiet, align="middle", gid="step", number=True)

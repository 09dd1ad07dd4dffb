"""Teams in two months in which nothing changed: the one that was worst seems to recover."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from . import look
from .layout import wrap
from .page import MARGIN, Page, open_page
from .picture import Picture

_TITLE, _LABEL = 14.5, 11.5
LIMIT = 5.0
"""Points that the worst team may rise by chance, in the question of the lesson."""


def draw_rebound(first: Sequence[float], second: Sequence[float], truth: float, rise: float) -> Picture:
    """Draw the shares of teams in two months, and how much the worst of the first month rises on average.

    Parameters: `first`, `second`, a share (0 to 1) for each team in the first and in the second month, one example;
    `truth`, the share that all teams have; `rise`, the mean rise of the worst team over many such examples, in points.
    Raises ValueError where the two lists differ in length.

    >>> draw_rebound([0.4, 0.7], [0.6, 0.5], truth=0.6, rise=9.0).title
    'Nothing was changed. The worst team rises by 9 points on average'
    """
    if len(first) != len(second):
        raise ValueError(
            f"{len(first)} teams in the first month and {len(second)} in the second. Give as many."
        )
    worst = min(range(len(first)), key=lambda team: first[team])
    shown = f"{rise:.1f}".removesuffix(".0")
    title = f"Nothing was changed. The worst team rises by {shown} points on average"
    alt = (
        f"{len(first)} teams in two months, one example. All are equally good: {100 * truth:.0f} of 100 calls are solved. "
        f"By chance the worst team had {100 * first[worst]:.0f} of 100 in the first month, and {100 * second[worst]:.0f} "
        f"in the second. Over many examples the worst team rises by {shown} points."
    )
    twin = pd.DataFrame(
        {
            "team": [f"team {number + 1}" for number in range(len(first))],
            "first month, of 100": [round(100 * one) for one in first],
            "second month, of 100": [round(100 * one) for one in second],
            "worst in the first month": ["yes" if team == worst else "" for team in range(len(first))],
        }
    )
    picture = Picture(alt=alt, twin=twin, title=title, figsize=(9.6, 4.35), facecolor=look.PAPER)
    page = open_page(picture, False)
    page.text(MARGIN, 16, wrap(title, _TITLE, 640, bold=True), gid="title")
    top, bottom = 82.0, 262.0

    def y(share: float) -> float:
        return bottom - (bottom - top) * share

    xs = [MARGIN + 96, MARGIN + 306]
    page.text(MARGIN + 12, 46, wrap("One example: calls solved, of 100", _LABEL, 330, bold=True), look.QUIET)
    for tick in (0, 50, 100):
        page.line([MARGIN + 34, xs[1] + 62], [y(tick / 100)] * 2, look.RULE, 0.8, order=1)
        page.text(MARGIN + 28, y(tick / 100) - 7, wrap(f"{tick}", 11, 40), look.QUIET, align="end")
    page.line([MARGIN + 34, xs[1] + 9], [y(truth)] * 2, look.BLUE, 1.4, (0, (5, 3)), order=2)
    page.text(MARGIN + 38, y(truth) - 17, wrap(f"all: {100 * truth:.0f}", 11, 60, bold=True), look.BLUE)
    for team, ends in enumerate(zip(first, second, strict=True)):
        if team != worst:
            page.line(xs, [y(one) for one in ends], look.QUIET, 0.9, order=3, alpha=0.55)
            for x, one in zip(xs, ends, strict=True):
                page.disc(x, y(one), 6, fill=look.QUIET)
    ends = (first[worst], second[worst])
    page.line(xs, [y(one) for one in ends], look.BELOW, 3.0, order=5)
    for x, one in zip(xs, ends, strict=True):
        page.shape(_diamond(x, y(one), 7), fill=look.BELOW, edge=look.PAPER, order=6)
    numbers = [wrap(f"{100 * one:.0f}", _LABEL + 0.5, 40, bold=True) for one in ends]
    # nothing lies below the lowest point of the first month, and nothing at the right of the second
    page.text(xs[0], y(ends[0]) + 8, numbers[0], look.BELOW, align="middle")
    page.text(xs[1] + 14, y(ends[1]) - 8, numbers[1], look.BELOW)
    for x, name in zip(xs, ("first month", "second month"), strict=True):
        page.text(x, bottom + 8, wrap(name, _LABEL, 120), look.QUIET, align="middle")
    page.text(MARGIN + 12, bottom + 27, wrap("◆ worst team of the first month", 11, 330), look.BELOW)
    _average(page, rise, shown, top, bottom)
    return picture


def _diamond(x: float, y: float, half: float) -> list[tuple[float, float]]:
    return [(x, y - half), (x + half, y), (x, y + half), (x - half, y)]


def _average(page: Page, rise: float, shown: str, top: float, bottom: float) -> None:
    """The mean rise as a bar, beside the line that it has to stay below."""
    start, wide, most = MARGIN + 432.0, 190.0, 40.0
    page.text(start, 46, wrap("On average: rise of the worst team", _LABEL, 240, bold=True), look.QUIET)

    def y(points: float) -> float:
        return bottom - (bottom - top) * min(points, most) / most

    small = rise < LIMIT
    ink, fill = (look.ABOVE, look.ABOVE_FILL) if small else (look.BELOW, look.BELOW_FILL)
    for tick in (0, 20, 40):
        page.line([start, start + wide], [y(tick)] * 2, look.RULE, 0.8, order=1)
        page.text(start - 6, y(tick) - 7, wrap(f"{tick}", 11, 40), look.QUIET, align="end")
    page.box(
        start + 28,
        y(rise),
        66,
        max(bottom - y(rise), 1),
        fill=fill,
        edge=ink,
        hatch=None if small else "///",
        order=2,
    )
    page.text(
        start + 61,
        y(max(rise, LIMIT)) - 18,
        wrap(f"{shown} points", _LABEL + 0.5, 120, bold=True),
        ink,
        align="middle",
    )
    page.line([start, start + wide], [y(LIMIT)] * 2, look.BLUE, 1.8, (0, (5, 3)), order=4)
    page.text(start + 122, y(LIMIT) - 17, wrap(f"{LIMIT:g} points", 11, 90, bold=True), look.BLUE)
    verdict = f"{'✓ below' if small else '✗ not below'} {LIMIT:g} points"
    page.text(start + 61, bottom + 8, wrap(verdict, _LABEL, 200, bold=True), ink, align="middle")

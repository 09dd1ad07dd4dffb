"""The lane of scores on a journey map: expected and experienced, and the gap between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from cxkit.views import look
from cxkit.views.layout import LEADING, Block, wrap
from cxkit.views.map.cells import Story
from cxkit.views.map.plan import Plan, Row, pill_height
from cxkit.views.map.style import STYLES, Area, Style
from cxkit.views.page import Page

LINES: dict[str, tuple[str, float, Any]] = {
    "expected": (look.BLUE, 1.5, (0, (4.5, 2.2))),
    "experienced": (look.INK, 2.6, "-"),
}
"""Colour, thickness and dashes of the two lines."""
HATCH = STYLES["screen"].below.hatch
HATCH_INK = STYLES["screen"].below.ink
_TOLD, _EQUAL, _DOUBLE = 1.3, 1.55, 3.1
"""Size of a star: of a moment that was told beside estimates, of a ratio of 1, and of one of 2 or more."""


def draw_scores(
    page: Page, style: Style, story: Story, laid: Plan, row: Row, top: float, tall: float, width: float
) -> None:
    """Draw the lane of scores of one row: `tall` points from `top`, the map being `width` wide."""
    margin = style.margin
    start = margin + laid.label
    pill = pill_height(laid.small)
    high, low = top + pill + 7, top + tall - 1.1 * laid.small

    def level(score: float) -> float:
        return low - (score - 1) / 9 * (low - high)

    for score in (1, 4, 7, 10):
        page.line([start, margin + width], [level(score)] * 2, style.rule, 0.6 * style.thick, (0, (1, 2.5)))
    for score in (1, 10):
        block = wrap(str(score), laid.small, 40)
        page.text(
            start - 5,
            level(score) - block.height / 2,
            block,
            style.quiet,
            align="end",
            gid="axis",
            number=True,
        )
    # Half way down, clear of the numbers of the axis.
    _draw_key(page, style, story, laid, (high + low) / 2 - laid.small * LEADING)
    indices = range(row.first, row.first + len(row.starts))
    xs = [start + x for x in row.middles]
    lines = {
        name: [None if scores[i] is None else level(scores[i]) for i in indices]  # type: ignore[arg-type]
        for name, scores in (("expected", story.expected), ("experienced", story.experienced))
    }
    curves: dict[str, dict[int, np.ndarray]] = {name: {} for name in LINES}
    for name, (colour, thick, dash) in LINES.items():
        for run in _runs([y is not None for y in lines[name]]):
            curve = smooth(np.array([(xs[i], lines[name][i]) for i in run], dtype=float))
            curves[name].update(zip(run[:-1], curve, strict=False))  # a lone point leads nowhere
            along, down = np.concatenate(curve).T.tolist()
            order = 4 if name == "expected" else 4.2
            page.line(along, down, colour, thick * style.thick, dash, order, gid=name)
    # The gap is filled between the very lines that are drawn, wherever there are two of them.
    for run in _runs([i in curves["expected"] and i in curves["experienced"] for i in range(len(xs) - 1)]):
        signs = [[story.gaps[row.first + i + end] or 0.0 for end in (0, 1)] for i in run]
        _draw_gap(page, style, signs, *(np.concatenate([curves[name][i] for i in run]) for name in LINES))
    for position, index in enumerate(indices):
        points = {name: ys[position] for name, ys in lines.items()}
        _draw_point(page, style, story, laid, index, xs[position], points)
        missing = row.blocks["scores"][position]
        if missing:
            page.text(
                xs[position],
                (high + low - missing.height) / 2,
                missing,
                style.quiet,
                align="middle",
                gid="score",
            )


def _draw_key(page: Page, style: Style, story: Story, laid: Plan, top: float) -> None:
    for name, (colour, thick, dash) in LINES.items():
        block = wrap(story.words[name], laid.small, 200)
        middle = top + block.height / 2
        ends = [style.margin + 1, style.margin + 1.6 * laid.small]
        short = dash if dash == "-" else (0, (2.4, 1.5))
        page.line(ends, [middle, middle], colour, thick * style.thick, short, 4)
        page.text(style.margin + 2.2 * laid.small, top, block, style.quiet, gid="key")
        top += block.height


def _draw_point(
    page: Page, style: Style, story: Story, laid: Plan, index: int, x: float, ys: dict[str, float | None]
) -> None:
    expected, lived = ys["expected"], ys["experienced"]
    if expected is not None:
        page.line(
            [x],
            [expected],
            look.BLUE,
            0,
            order=4.4,
            marker="o",
            markersize=4.5 * style.thick,
            markeredgewidth=0,
        )
    if lived is not None:
        estimate = story.drivers.found.get(index) if story.drivers else None
        if estimate or story.cells["moment"][index]:
            page.line(
                [x],
                [lived],
                look.PAPER if estimate and estimate.open else look.STAR_FILL,
                0,
                order=5,
                marker="*",
                markersize=star_size(story, index) * laid.small,
                markeredgecolor=look.INK,
                markeredgewidth=0.9 * style.thick,
                gid=f"star-{index}",
            )
        else:
            page.line(
                [x],
                [lived],
                look.PAPER,
                0,
                order=4.6,
                marker="o",
                markersize=7 * style.thick,
                markeredgecolor=look.INK,
                markeredgewidth=1.8 * style.thick,
            )
    gap = story.gaps[index]
    if expected is None or lived is None or gap is None:
        return
    colour = look.BELOW if gap < 0 else look.ABOVE if gap > 0 else style.quiet
    block = Block((story.gap_words(index),), laid.small, bold=True)
    tall = pill_height(laid.small)
    wide = block.width + 0.9 * laid.small
    reach = 0.8 * laid.small
    if abs(expected - lived) >= tall + 2 * reach:
        middle = (expected + lived) / 2
    else:
        middle = min(expected, lived) - reach - tall / 2
    worst = gap < 0 and gap == min(other for other in story.gaps if other is not None)
    fill, ink = (colour, look.PAPER) if worst else (look.PAPER, colour)
    page.box(
        x - wide / 2,
        middle - tall / 2,
        wide,
        tall,
        fill=fill,
        edge=colour,
        line=0.9,
        radius=tall / 2,
        order=5.4,
    )
    page.text(x, middle - block.height / 2, block, ink, align="middle", gid=f"gap-{index}", number=True)


def star_size(story: Story, index: int) -> float:
    """The size of the star of a touchpoint, as a multiple of the type size: bounded, and larger for a stronger link."""
    if story.drivers is None:
        return 1.75
    estimate = story.drivers.found.get(index)
    return _EQUAL + (_DOUBLE - _EQUAL) * estimate.strength if estimate else _TOLD


def _runs(known: list[bool]) -> list[list[int]]:
    """Neighbouring positions that are known; a missing score breaks the line."""
    runs: list[list[int]] = [[]]
    for position, there in enumerate(known):
        if there:
            runs[-1].append(position)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def smooth(points: np.ndarray) -> list[np.ndarray]:
    """A smooth line through points (x, y), one piece of points from each to the next.

    It rises or falls only where the scores do: no overshoot is invented.
    """
    x, y = points.T
    if len(x) < 2:
        return [points]
    step, rise = np.diff(x), np.diff(y) / np.diff(x)
    slope = np.zeros(len(x))
    # Fritsch and Butland: level at a turn, else the weighted harmonic mean of the slopes on both sides.
    same = rise[:-1] * rise[1:] > 0
    before, after = (2 * step[1:] + step[:-1])[same], (step[1:] + 2 * step[:-1])[same]
    slope[1:-1][same] = (before + after) / (before / rise[:-1][same] + after / rise[1:][same])
    t = np.linspace(0, 1, 25)
    shape = np.array([(1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2, t**2 * (3 - 2 * t), t**2 * (t - 1)])
    parts = np.column_stack([y[:-1], step * slope[:-1], y[1:], step * slope[1:]])
    return [
        np.column_stack([start + t * wide, part @ shape])
        for start, wide, part in zip(x[:-1], step, parts, strict=True)
    ]


def _draw_gap(
    page: Page, style: Style, signs: list[list[float]], expected: np.ndarray, experienced: np.ndarray
) -> None:
    along = [page.at(x) for x in expected[:, 0]]
    hoped, had = expected[:, 1], experienced[:, 1]
    # Two smooth lines may cross by a hair between two touchpoints; only what a gap at an end says is filled.
    steps = len(expected) // len(signs)
    worse = np.repeat([min(ends) < 0 for ends in signs], steps)
    better = np.repeat([max(ends) > 0 for ends in signs], steps)
    # y points down, so a worse experience has the larger y.
    for where, area in (((had > hoped) & worse, style.below), ((had < hoped) & better, style.above)):
        shade(page, along, hoped, had, where, area, "gap")


def shade(
    page: Page,
    along: list[float],
    one: np.ndarray,
    other: np.ndarray,
    where: np.ndarray,
    area: Area,
    gid: str,
) -> None:
    """Fill between two curves, only `where` it is True."""
    page.axes.fill_between(
        along,
        one,
        other,
        where=where.tolist(),
        interpolate=True,
        facecolor=area.fill,
        edgecolor=area.ink if area.hatch else "none",
        hatch=area.hatch,
        linewidth=0,
        zorder=2,
        gid=gid,
    )

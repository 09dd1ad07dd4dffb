"""Two numbers of each touchpoint or option, one across and one up: what matters and goes well, what is worth its effort."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cxkit.views import look
from cxkit.views.charts.frame import (
    LABEL,
    NOTE,
    About,
    Chart,
    Scale,
    axis,
    axis_height,
    nice,
    open_chart,
    taken,
)
from cxkit.views.charts.places import Box, away, covered, doubtful, place
from cxkit.views.charts.words import interval_name, listed, tick_percent, words
from cxkit.views.layout import LEADING, Block, cut, wrap
from cxkit.views.picture import Picture

_NAME = 108.0
_DOUBTS = 0.4
"""The part of the names that may stand where they could be taken for those of other points."""
_NUMBER = 17.0
"""Room for a number before a name of the list."""
_QUADRANTS = {
    # quadrant: right?, top?
    "concentrate here": (False, True),
    "keep up the good work": (True, True),
    "low priority": (False, False),
    "possible overkill": (True, False),
}


def plot_importance_performance(result: pd.DataFrame, *, language: str = "en", size: str = "16:9") -> Picture:
    """Draw what matters beside what goes well: four fields, each touchpoint with the intervals of both numbers.

    Args:
        result: what `importance_performance(…)` gave.
        language: "en" or "he". Both scales run as in English: better is to the right, more important is up.
        size: "16:9" (half a slide) or "A4". Where the names have no room, the points are numbered and named beside.

    Returns:
        A `Picture` with `.alt`, `.twin` (the same as a table) and `.save(path)`.

    Raises:
        ValueError: for something else than `importance_performance(…)` gives, or an unknown size.

    >>> from cxkit.measures.shapley import importance_performance
    >>> table = pd.DataFrame({"happy": [2, 4, 5, 4, 7, 9], "staff": [1, 2, 2, 3, 4, 5], "hold": [4, 1, 3, 1, 2, 1]})
    >>> plot_importance_performance(importance_performance(table, "happy", ["staff", "hold"])).title
    '“staff” matters most; whether it goes well enough is not sure'
    """
    said = words(language)
    needed = ("touchpoint", "importance", "performance", "quadrant")
    table = taken(result, "plot_importance_performance", "importance_performance", needed)
    finding = _finding(table, said)
    names = [str(name) for name in table["touchpoint"]]
    about = About(
        finding,
        said["grid.drawn"],
        _notes(table, language, said),
        said["grid.alt"].format(n=len(names), finding=finding),
        _in_words(table, said),
        language,
        size,
    )
    lines = (
        float(table.attrs.get("performance_line", table["performance"].mean())),
        float(table.attrs.get("importance_line", table["importance"].mean())),
    )
    cloud = Cloud(
        names,
        [float(each) for each in table["performance"]],
        [float(each) for each in table["importance"]],
        _ends(table, "performance"),
        _ends(table, "importance"),
        hollow=[each == "no" for each in table["sure"]] if "sure" in table else [False] * len(names),
        lines=lines,
        across=said["grid.well"],
        up=said["grid.important"],
        corners={said[name]: where for name, where in _QUADRANTS.items()},
        percent_up=True,
    )
    return draw_cloud(about, cloud)


def _finding(table: pd.DataFrame, said: Mapping[str, str]) -> str:
    ordered = table.sort_values("importance", ascending=False, kind="stable")

    def held(quadrant: str) -> list[str]:
        return [str(name) for name in ordered["touchpoint"][ordered["quadrant"] == quadrant]][:2]

    mend, keep = held("concentrate here"), held("keep up the good work")
    if mend:
        return said["grid.top many" if len(mend) > 1 else "grid.top"].format(names=listed(mend, said))
    if keep and "sure" in ordered and ordered["sure"].iloc[0] == "no":
        return said["grid.top unsure"].format(name=ordered["touchpoint"].iloc[0])
    return said["grid.keep"].format(names=listed(keep, said)) if keep else said["grid.none"]


def _in_words(table: pd.DataFrame, said: Mapping[str, str]) -> pd.DataFrame:
    """The table with the words of the chart for its fields, and for yes and no."""
    words_of = {
        name: {each: said[each] for each in table[name].unique() if each in said}
        for name in ("quadrant", "sure")
        if name in table
    }
    return table.replace(words_of)


def _ends(table: pd.DataFrame, name: str) -> list[tuple[float, float]]:
    if not {f"{name}_low", f"{name}_high"} <= set(table.columns):
        return [(math.nan, math.nan)] * len(table)
    return [
        (float(low), float(high))
        for low, high in zip(table[f"{name}_low"], table[f"{name}_high"], strict=True)
    ]


def _notes(table: pd.DataFrame, language: str, said: Mapping[str, str]) -> list[str]:
    n = int(table["n"].max()) if "n" in table else 0
    missing = int(table.attrs.get("missing", 0) or 0)
    interval = interval_name(str(table.attrs.get("interval", "")), language)
    unsure = "sure" in table and (table["sure"] == "no").any()
    return [
        said["n is"].format(n=f"{n:,}") + "." if n else "",
        said["grid.interval"].format(interval=interval) if interval else "",
        said["grid.unsure"] if unsure else "",
        said["left out"].format(n=f"{missing:,}") if missing else "",
    ]


@dataclass(frozen=True)
class Cloud:
    """Points with names, and the ranges of their two numbers."""

    names: Sequence[str]
    xs: Sequence[float]
    ys: Sequence[float]
    x_ends: Sequence[tuple[float, float]]
    y_ends: Sequence[tuple[float, float]]
    hollow: Sequence[bool]
    lines: tuple[float, float] | None
    across: str
    up: str
    corners: Mapping[str, tuple[bool, bool]]
    percent_up: bool = False
    from_zero: bool = False


def draw_cloud(about: About, cloud: Cloud) -> Picture:
    """Draw the points with their names beside them; where these have no room, with numbers and a list of names."""

    def need(width: float) -> float:
        # room for the list, in case the names do not fit beside the points
        return max(200.0, 20 + sum(block.height + 3 for block in _list(cloud.names)))

    chart = open_chart(about, need)
    for numbered in (False, True):
        room = 20 + _NUMBER + max(block.width for block in _list(cloud.names)) if numbered else 0.0
        left = chart.left(0, chart.width) + (room if chart.right_to_left else 0) + 44
        laid = lay(chart, cloud, left, chart.width - room - 44)
        labels = (
            [Block((str(index + 1),), NOTE, True) for index in range(len(cloud.names))]
            if numbered
            else [cut(wrap(name, LABEL - 0.5, _NAME), 3) for name in cloud.names]
        )
        points = list(zip(laid.px, laid.py, strict=True))
        sizes = [(block.width + 1, block.height) for block in labels]
        far = 400.0 if numbered else 60.0
        boxes = place(points, sizes, laid.panel, laid.blocked, laid.crosses, far=far, cross=laid.cross)
        doubts = sum(doubtful(index, box, points) for index, box in enumerate(boxes or ()))
        if boxes is not None and (numbered or doubts <= _DOUBTS * len(points)):
            break
    else:
        raise ValueError(
            "There are too many points for one picture. Take a part of the table, such as head(30)."
        )
    draw_panel(chart, cloud, laid)
    draw_names(chart, laid, boxes, labels)
    if numbered:
        _draw_list(chart, cloud)
    return chart.picture


def draw_names(chart: Chart, laid: Laid, boxes: Sequence[Box], labels: Sequence[Block]) -> None:
    """Each name in its box, with a fine line to its point where that is not near or could be another."""
    points = list(zip(laid.px, laid.py, strict=True))
    for index, (box, block) in enumerate(zip(boxes, labels, strict=True)):
        x, y = points[index]
        near = (min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3]))
        if away((x, y), box) > 13 or doubtful(index, box, points):
            chart.line([x, near[0]], [y, near[1]], look.QUIET, 0.8, (0, (1, 1.5)), 3, gid="leader")
        if any(covered(box, each) for each in laid.crosses):
            # no line runs through the letters
            left, top, right, bottom = box
            inside = laid.cross is not None and right <= laid.cross[0] and bottom <= laid.cross[1]
            fill = look.BELOW_PALE if inside else look.PAPER
            chart.box(left, top, right - left, bottom - top, fill=fill, order=3.5, gid="patch")
        chart.text((box[0] + box[2]) / 2, box[1], block, side="middle", gid="name")


@dataclass(frozen=True)
class Laid:
    across: Scale
    up: Scale
    panel: Box
    px: list[float]
    py: list[float]
    blocked: list[Box]
    crosses: list[Box]
    cross: tuple[float, float] | None
    corners: list[tuple[Block, float, float, str]]


def lay(chart: Chart, cloud: Cloud, left: float, wide: float) -> Laid:
    """Where the points stand in a panel from `left` on, and what their names must keep clear of."""
    top, bottom = chart.top + NOTE * LEADING + 4, chart.bottom - axis_height("x")
    across = _scale(cloud.xs, cloud.x_ends, cloud.lines and cloud.lines[0], left, wide, cloud.from_zero, 0.07)
    # measured from the bottom up
    below = 0.2 if cloud.corners else 0.07
    up = _scale(
        cloud.ys, cloud.y_ends, cloud.lines and cloud.lines[1], 0, bottom - top, cloud.from_zero, below
    )
    px = [across.at(value) for value in cloud.xs]
    py = [bottom - up.at(value) for value in cloud.ys]
    corners, blocked = [], []
    for text, (right, high) in cloud.corners.items():
        block = wrap(text, NOTE, wide / 2 - 12, bold=True)
        x = left + wide - 5 if right else left + 5
        y = top + 4 if high else bottom - 4 - block.height
        side = "right" if right else "left"
        corners.append((block, x, y, side))
        start = x - block.width if right else x
        blocked.append((start - 2, y - 1, start + block.width + 2, y + block.height + 1))
    crosses: list[Box] = []
    for index, (x, y) in enumerate(zip(px, py, strict=True)):
        (first, last), (down, over) = cloud.x_ends[index], cloud.y_ends[index]
        if not (math.isnan(first) or math.isnan(last)):
            crosses.append((across.at(first), y - 2, across.at(last), y + 2))
        if not (math.isnan(down) or math.isnan(over)):
            crosses.append((x - 2, bottom - up.at(over), x + 2, bottom - up.at(down)))
    cross = None
    if cloud.lines:
        x, y = cross = across.at(cloud.lines[0]), bottom - up.at(cloud.lines[1])
        crosses += [(x - 3, top, x + 3, bottom), (left, y - 3, left + wide, y + 3)]
    return Laid(across, up, (left, top, left + wide, bottom), px, py, blocked, crosses, cross, corners)


def _scale(
    values: Sequence[float],
    ends: Sequence[tuple[float, float]],
    line: float | None,
    left: float,
    wide: float,
    from_zero: bool,
    below: float,
) -> Scale:
    known = [value for value in [*values, *(end for pair in ends for end in pair)] if math.isfinite(value)]
    known += [line] if line is not None and math.isfinite(line) else []
    known += [0.0] if from_zero else []
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    pad = (high - low) * 0.07 or abs(high) * 0.1 or 1.0
    # room below the lowest points, where many crowd: for their names and those of the corners
    return Scale(low - pad * below / 0.07, high + pad, left, wide)


def draw_panel(chart: Chart, cloud: Cloud, laid: Laid) -> None:
    left, top, right, bottom = laid.panel
    ticks = [
        tick
        for tick in nice(laid.across.low, laid.across.high)
        if not (laid.across.beyond(tick) or (tick < 0 and min(cloud.xs) >= 0))
    ]
    labels = [(tick, f"{tick:,.10g}".replace("-", "−")) for tick in ticks]
    axis(chart, laid.across, labels, top, bottom, cloud.across)
    for tick in nice(laid.up.low, laid.up.high, 5):
        if laid.up.beyond(tick) or (tick < 0 and min(cloud.ys) >= 0):
            continue
        y = bottom - laid.up.at(tick)
        text = tick_percent(tick) if cloud.percent_up else f"{tick:,.10g}".replace("-", "−")
        block = wrap(text, NOTE, 60)
        chart.line([left, right], [y, y], look.RULE, 0.6, (0, (1, 2.5)), 1.6)
        chart.text(left - 6, y - block.height / 2, block, look.QUIET, side="right", gid="axis", number=True)
    name = cut(wrap(cloud.up, NOTE, right - left), 1)
    side = "right" if chart.right_to_left else "left"
    at = right if chart.right_to_left else left
    chart.text(at, top - name.height - 4, name, look.QUIET, side=side, gid="axis")
    if cloud.lines:
        x, y = laid.across.at(cloud.lines[0]), bottom - laid.up.at(cloud.lines[1])
        chart.box(left, top, x - left, y - top, fill=look.BELOW_PALE, order=0.5)
        chart.line([x, x], [top, bottom], look.QUIET, 1.1, order=1.8)
        chart.line([left, right], [y, y], look.QUIET, 1.1, order=1.8)
    corners = zip(laid.corners, laid.blocked, cloud.corners.values(), strict=True)
    for (block, x, y, where), box, corner in corners:
        left, top, right, bottom = box
        if any(covered(box, each) for each in laid.crosses):
            fill = look.BELOW_PALE if corner == (False, True) else look.PAPER
            chart.box(left, top, right - left, bottom - top, fill=fill, order=3.5, gid="patch")
        chart.text(x, y, block, look.QUIET, side=where, gid="corner")
    for index, (x, y) in enumerate(zip(laid.px, laid.py, strict=True)):
        if math.isnan(x) or math.isnan(y):
            continue
        (low, high), (down, over) = cloud.x_ends[index], cloud.y_ends[index]
        if not (math.isnan(low) or math.isnan(high)):
            chart.line([laid.across.at(low), laid.across.at(high)], [y, y], look.BLUE, 1.2, order=3)
        if not (math.isnan(down) or math.isnan(over)):
            ends = [bottom - laid.up.at(down), bottom - laid.up.at(over)]
            chart.line([x, x], ends, look.BLUE, 1.2, order=3)
        fill = look.PAPER if cloud.hollow[index] else look.BLUE
        chart.mark(x, y, "o", 8, fill=fill, edge=look.BLUE, gid="point")


def _list(names: Sequence[str]) -> list[Block]:
    return [cut(wrap(name, NOTE, 150), 3) for name in names]


def _draw_list(chart: Chart, cloud: Cloud) -> None:
    """The names by number, at the end of reading."""
    blocks = _list(cloud.names)
    y = chart.top + NOTE * LEADING + 4
    start = chart.width - max(block.width for block in blocks)
    for index, block in enumerate(blocks):
        chart.read(start - _NUMBER, y, Block((str(index + 1),), NOTE, True), gid="list", number=True)
        chart.read(start, y, block, gid="list")
        y += block.height + 3

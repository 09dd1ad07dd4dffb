"""What is said and what is not: the iceberg of complaints, and complaints beside what drives the outcome."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxkit.journey_cells import word_key
from cxkit.views import look
from cxkit.views.charts.drivers import Forest, forest_of
from cxkit.views.charts.frame import LABEL, NOTE, About, Chart, Scale, axis, nice, open_chart, taken, wrong
from cxkit.views.charts.rows import Column, Rows, Table, draw_rows
from cxkit.views.charts.words import (
    figure,
    interval_name,
    percent,
    reach,
    span,
    tick_percent,
    with_span,
    words,
)
from cxkit.views.layout import cut, wrap
from cxkit.views.picture import Picture

if TYPE_CHECKING:
    from cxkit.measures.iceberg import Iceberg

_WATER, _DEEP = "#E7F1F8", "#BBD8EC"
_BIG = 25.0
# An iceberg of width and height 1, from its tip round to the right. Ours; only its area is data.
_ICE = (
    (0.46, 0.0),
    (0.56, 0.09),
    (0.62, 0.2),
    (0.74, 0.27),
    (0.86, 0.4),
    (1.0, 0.52),
    (0.93, 0.7),
    (0.78, 0.8),
    (0.66, 0.94),
    (0.52, 1.0),
    (0.38, 0.9),
    (0.2, 0.8),
    (0.06, 0.64),
    (0.0, 0.48),
    (0.14, 0.38),
    (0.24, 0.25),
    (0.36, 0.17),
)
# Its right-hand side, which lies in the shade: the second half of the outline, and a broken edge down the middle.
_SHADE = (*_ICE[:10], (0.6, 0.78), (0.5, 0.56), (0.57, 0.33), (0.49, 0.2))
_PALE, _DARK = "#E3EDF4", "#97C2DF"
Point = tuple[float, float]


def plot_iceberg(result: Iceberg, *, language: str = "en", size: str = "16:9") -> Picture:
    """Draw the complaints that were heard above the water, and the people who stayed silent below it.

    Args:
        result: what `iceberg(…)` gave.
        language: "en" or "he".
        size: "16:9" (half a slide) or "A4".

    Returns:
        A `Picture` with `.alt`, `.twin` and `.save(path)`. The two areas are as the two numbers of people.

    Raises:
        ValueError: for something else than `iceberg(…)` gives, or an unknown size.

    >>> from cxkit.measures.iceberg import iceberg
    >>> plot_iceberg(iceberg(40, 0.2, source="our exit survey, 2025")).title
    'For each one who spoke up, about 4 stayed silent'
    """
    said = words(language)
    if not all(hasattr(result, name) for name in ("heard", "people", "silent", "speaks_up", "source")):
        raise wrong(result, "plot_iceberg", "iceberg")
    heard, silent, people = int(result.heard), result.silent, result.people
    count = figure(round(silent.value), said)
    between = span(silent.low, silent.high, said, lambda each: figure(round(each), said))
    finding = _iceberg_finding(heard, silent.value, said)
    twin = pd.DataFrame(
        {
            "who": [said["spoke up"], said["silent"], said["in all"]],
            "people": [float(heard), silent.value, people.value],
            "low": [math.nan, silent.low, people.low],
            "high": [math.nan, silent.high, people.high],
        }
    )
    interval = interval_name(str(silent.interval), language)
    about = About(
        finding,
        said["iceberg.drawn"],
        [
            said["n is"].format(n=f"{heard:,}") + ".",
            f"{interval[:1].upper()}{interval[1:]}.",
            said["iceberg.source"].format(source=result.source),
            said["iceberg.if"],
        ],
        said["iceberg.alt"].format(
            finding=finding,
            heard=f"{heard:,}",
            silent=count,
            between=said["iceberg.between"].format(between=between) if between else "",
        ),
        twin,
        language,
        size,
    )
    chart = open_chart(about, lambda width: 230.0)
    share = heard / people.value if people.value else 1.0
    # above the tip and below the foot there must be room for the words at the waterline
    tall = chart.bottom - chart.top - 84
    wide = min(chart.width * 0.46, tall * 1.45)
    left = chart.left(chart.width - wide - 24, wide)

    def outline(corners: Sequence[Point]) -> list[Point]:
        return [(left + x * wide, chart.top + 36 + y * tall) for x, y in corners]

    ice, shade = outline(_ICE), outline(_SHADE)
    water = _waterline(ice, share)
    start = chart.left(0, chart.width)
    chart.box(start, water, chart.width, chart.bottom - 4 - water, fill=_WATER, order=0.5)
    for corners, fill, edge, gid in (
        (_below(ice, water), _DEEP, "none", "deep"),
        (_below(shade, water), _DARK, "none", "shade"),
        (_above(ice, water), look.PAPER, "none", "tip"),
        (_above(shade, water), _PALE, "none", "shade"),
        (ice, "none", look.BLUE, "outline"),
    ):
        if len(corners) > 2:
            chart.shape(corners, fill, edge, gid)
    chart.line([start, start + chart.width], [water, water], look.BLUE, 1.6, order=4)
    says = wrap(said["iceberg.share"].format(share=_own(result.speaks_up, said)), NOTE, chart.width * 0.48)
    above = [(f"{heard:,}", said["spoke up"])]
    _tell(chart, above[0], says.lines, water, up=True)
    if silent.value > 0:
        sure = (said["iceberg.sure"].format(between=between),) if between else ()
        _tell(chart, (said["about"].format(count), said["stayed silent"]), sure, water, up=False)
    return chart.picture


def _own(text: str, said: Mapping[str, str]) -> str:
    """“31% (22.8% to 40.6%)” in the words of the chart."""
    text = re.sub(r"(\.\d*?)0+%", lambda found: f"{found[1].rstrip('.')}%", text)
    return text.replace(" to ", f" {said['to'].format(low='', high='').strip()} ")


def _iceberg_finding(heard: int, silent: float, said: Mapping[str, str]) -> str:
    if round(silent) <= 0:
        return said["iceberg.none"]
    if silent >= 1.5 * heard:
        each = silent / heard
        return said["iceberg.top"].format(
            ratio=f"{each:.0f}" if each >= 2.95 else f"{each:.1f}".removesuffix(".0")
        )
    return said["iceberg.top few"].format(silent=figure(round(silent), said), heard=f"{heard:,}")


def _tell(chart: Chart, pair: tuple[str, str], lines: Sequence[str], water: float, *, up: bool) -> None:
    """A large number, what it counts, and a quiet line, just above the water or just below it."""
    big = cut(wrap(pair[0], _BIG, chart.width * 0.48, bold=True), 1)
    plain = wrap(pair[1], LABEL + 1.5, chart.width * 0.48)
    quiet = [cut(wrap(line, NOTE + 0.5, chart.width * 0.48), 1) for line in lines]
    tall = big.height + sum(block.height for block in quiet)
    y = water - tall - 6 if up else water + 6
    chart.read(8, y, big, gid="number")
    chart.read(8 + big.width + 8, y + big.height - plain.height - 4, plain, gid="number")
    y += big.height
    for block in quiet:
        chart.read(8, y, block, look.QUIET, gid="number")
        y += block.height


def _area(corners: Sequence[Point]) -> float:
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairs)) / 2


def _above(corners: Sequence[Point], line: float) -> list[Point]:
    """The part of a shape that lies above a level (y points down)."""
    kept: list[Point] = []
    for (x, y), (u, v) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if y <= line:
            kept.append((x, y))
        if (y <= line) != (v <= line):
            part = (line - y) / (v - y)
            kept.append((x + part * (u - x), line))
    return kept


def _below(corners: Sequence[Point], line: float) -> list[Point]:
    return [(x, -y) for x, y in _above([(x, -y) for x, y in corners], -line)]


def _waterline(ice: Sequence[Point], share: float) -> float:
    """The level above which this share of the iceberg's area lies."""
    low, high = min(y for _, y in ice), max(y for _, y in ice)
    whole = _area(ice)
    for _ in range(40):
        middle = (low + high) / 2
        corners = _above(ice, middle)
        if len(corners) > 2 and _area(corners) / whole > share:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def plot_complaints(
    result: pd.DataFrame,
    *,
    drivers: pd.DataFrame | None = None,
    language: str = "en",
    size: str = "16:9",
) -> Picture:
    """Draw what is complained of and, beside it, what drives the outcome: often not the same.

    Args:
        result: what `complaints(…)` gave.
        drivers: what `drivers(…)` gave, for touchpoints of the same names; None for complaints alone. With `adjust`,
            the adjusted ratios are drawn.
        language: "en" or "he".
        size: "16:9" (half a slide) or "A4". The sheet grows taller with many rows, and its type stays as large.

    Returns:
        A `Picture` with `.alt`, `.twin` (the same as a table) and `.save(path)`.

    Raises:
        ValueError: for something else than these two give, or an unknown size.

    >>> from cxkit.measures.voice import complaints
    >>> coded = pd.DataFrame({"touchpoint": ["The bill", "Time on hold", "Time on hold"], "severity": [4, 1, 1]})
    >>> plot_complaints(complaints(coded)).title
    'In these quotes, “Time on hold” is complained of most: 67% of the complaints'
    """
    said = words(language)
    table = taken(result, "plot_complaints", "complaints", ("touchpoint", "quotes", "share", "low", "high"))
    table = table.sort_values("quotes", ascending=False, kind="stable", ignore_index=True)
    forest = None if drivers is None else forest_of(drivers, "plot_complaints")
    if forest is not None:
        table = _joined(table, forest)
    names = [str(name) for name in table["touchpoint"]]
    finding = _complaint_finding(table, forest, said)
    unsure = _unsure(table)
    if unsure:
        finding = said["complaints.sample"].format(finding=finding)
    interval = interval_name(str(table.attrs.get("interval", "95% Wilson interval")), language)
    notes = [
        said["n.complaints"].format(n=f"{int(result['quotes'].sum()):,}"),
        said["interval median"].format(interval=interval),
        said["complaints.unsure"] if unsure else "",
    ]
    weighted = "weighted_share" in table and not table["weighted_share"].round(9).equals(
        table["share"].round(9)
    )
    notes.append(said["complaints.weighted note"] if weighted else "")
    if forest is not None:
        notes += [said["complaints.cause"].format(interval=interval_name(forest.interval, language))]
    about = About(
        finding,
        said["complaints.drawn"]
        if forest is None
        else said["complaints.drawn both"].format(outcome=forest.outcome or said["outcome"]),
        notes,
        said["complaints.alt"].format(
            n=len(names), beside=said["complaints.beside"] if forest is not None else "", finding=finding
        )
        + reach(
            table.iloc[0],
            said["quote"].format(table["touchpoint"].iloc[0]),
            said,
            lambda each: percent(each, said),
        ),
        table,
        language,
        size,
    )
    shares = [
        with_span(float(value), float(low), float(high), said, lambda each: percent(each, said))
        for value, low, high in zip(table["share"], table["low"], table["high"], strict=True)
    ]
    bold = [index == 0 for index in range(len(names))]
    columns = [Column(said["complaints.left"], shares, bold=bold)]
    if forest is not None:
        columns.append(Column(said[forest.kind], forest.texts(names, said), bold=forest.clear(names)))
    rows = draw_rows(
        about, Table(names, columns, head=16, panel=230 if forest is not None else 130, share=0.28)
    )
    half = rows.width if forest is None else rows.width / 2 - 12
    rtl = rows.chart.right_to_left
    first = Scale(0, 1, rows.left + (rows.width - half if rtl else 0), half)
    _shares(rows, table, first, weighted, said)
    if forest is not None:
        title = cut(wrap(said["complaints.left"], NOTE, half), 1)
        rows.chart.text(first.left + half / 2, rows.top - 14, title, look.QUIET, side="middle", gid="key")
        forest.draw(rows, names, rows.left if rtl else rows.left + rows.width - half, half)
        title = cut(wrap(said[forest.kind], NOTE, half), 1)
        x = rows.left if rtl else rows.left + rows.width - half
        rows.chart.text(x + half / 2, rows.top - 14, title, look.QUIET, side="middle", gid="key")
    return rows.chart.picture


def _joined(table: pd.DataFrame, forest: Forest) -> pd.DataFrame:
    """The complaints with the ratios beside them; a touchpoint that nobody complains of has no share."""
    attrs = dict(table.attrs)
    known = {word_key(str(name)) for name in table["touchpoint"]}
    silent = [name for name in forest.names if word_key(name) not in known]
    if silent:
        rows = pd.DataFrame({"touchpoint": silent, "quotes": 0, "share": 0.0})
        table = pd.concat([table, rows], ignore_index=True)
    ratios = [forest.row(str(name)) for name in table["touchpoint"]]
    for place, column in enumerate(("ratio", "ratio_low", "ratio_high")):
        table[column] = [each[place] for each in ratios]
    table.attrs = attrs
    return table


def _unsure(table: pd.DataFrame) -> bool:
    """Whether the interval of the first touchpoint reaches down to that of another."""
    return bool((table["high"].iloc[1:] >= table["low"].iloc[0]).any())


def _complaint_finding(table: pd.DataFrame, forest: Forest | None, said: Mapping[str, str]) -> str:
    first = table.iloc[0]
    about: dict[str, Any] = {"name": first["touchpoint"], "share": percent(float(first["share"]), said)}
    if forest is None or not forest.best:
        return said["complaints.top"].format(**about)
    about |= {"driver": forest.best, "outcome": forest.outcome or said["outcome"]}
    same = word_key(forest.best) == word_key(str(first["touchpoint"]))
    return said["complaints.same" if same else "complaints.both"].format(**about)


def _shares(rows: Rows, table: pd.DataFrame, place: Scale, weighted: bool, said: Mapping[str, str]) -> None:
    chart = rows.chart
    columns = ["share", "high", *(["weighted_share"] if weighted else [])]
    ticks = nice(0, max(float(table[columns].max().max()), 0.01), 4)
    scale = Scale(0, ticks[-1], place.left, place.width)
    axis(chart, scale, [(tick, tick_percent(tick)) for tick in ticks], rows.top, rows.bottom, strong=0)
    tall = min(0.46 * rows.pitch, 14)
    for index, y in enumerate(rows.y):
        share, low, high = (float(table[name].iloc[index]) for name in ("share", "low", "high"))
        if share > 0:
            chart.box(
                scale.left,
                y - tall / 2,
                scale.at(share) - scale.left,
                tall,
                fill=look.STAR_FILL,
                edge=look.STAR,
                order=3,
                gid="bar",
            )
        xs = (scale.at(low), scale.at(high))
        chart.whisker(xs, y, look.PAPER, 3.6, order=3.5, cap=4.2)
        chart.whisker(xs, y, look.INK, 1.4, order=4)
        if weighted and not math.isnan(float(table["weighted_share"].iloc[index])):
            x = scale.at(float(table["weighted_share"].iloc[index]))
            chart.mark(x, y, "D", 6, fill=look.PAPER, edge=look.STAR)

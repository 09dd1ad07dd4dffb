"""Charts of rows: a name for each row where reading starts, a panel to draw in, and numbers beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from cxkit.views import look
from cxkit.views.charts.frame import LABEL, NOTE, About, Chart, Scale, axis, axis_height, nice, open_chart
from cxkit.views.charts.words import tick_percent
from cxkit.views.layout import LEADING, Block, cut, text_width, wrap

GAP = 14.0
"""White space between two columns, in points."""
_PITCH = 50.0
_LEAST_PANEL = 130.0
_MARK = 1.35


@dataclass(frozen=True)
class Column:
    """Words at the end of each row: a head, one text for each row, and how they look."""

    head: str
    cells: Sequence[str]
    bold: Sequence[bool] = ()
    colours: Sequence[str] = ()
    number: bool = True
    most: float = 130.0


@dataclass(frozen=True)
class Under:
    """A second, quieter line below a row's name. Where `flagged`, it is marked as missing."""

    text: str
    flagged: bool = False


@dataclass(frozen=True)
class Rows:
    """The rows as drawn: the middle of each, and the panel between names and numbers."""

    chart: Chart
    y: list[float]
    pitch: float
    left: float
    width: float
    top: float
    bottom: float


@dataclass(frozen=True)
class _Laid:
    """The blocks of all rows, for one width of the sheet."""

    names: list[Block]
    under: list[Block]
    columns: list[list[Block]]
    heads: list[Block]
    label: float
    widths: list[float]
    panel: float
    heights: list[float]

    @property
    def head(self) -> float:
        tallest = max((block.height for block in self.heads), default=0.0)
        return tallest + 5 if tallest else 0.0


@dataclass(frozen=True)
class Table:
    """What a chart of rows is made of.

    Attributes:
        names: one for each row.
        columns: of words, from the panel to the end of reading.
        under: second lines of the names.
        least: the smallest distance of two rows, in points.
        axis: the name of the axis; None for no axis.
        share: how much of the width the names may take.
        head: room to keep free above the panel, in points, for a key or a head of its own.
        panel: the least width of the panel, in points.
    """

    names: Sequence[str]
    columns: Sequence[Column] = ()
    under: Sequence[Under] = ()
    least: float = 19.0
    axis: str | None = ""
    share: float = 0.36
    head: float = 0.0
    panel: float = _LEAST_PANEL


def draw_rows(about: About, table: Table) -> Rows:
    """Open a chart and draw the names and the columns of its rows. The panel is left for the caller."""
    foot = 0.0 if table.axis is None else axis_height(table.axis)

    def need(width: float) -> float:
        laid = _lay(table, width)
        return max(laid.head, table.head) + sum(laid.heights) + foot

    def use(width: float) -> float:
        laid = _lay(table, width)
        return max(laid.head, table.head) + sum(max(_PITCH, tall) for tall in laid.heights) + foot

    chart = open_chart(about, need, use)
    laid = _lay(table, chart.width)
    head = max(laid.head, table.head)
    free = chart.bottom - chart.top - head - foot - sum(laid.heights)
    count = len(table.names)
    extra = free / count
    top = chart.top
    heads = _draw_heads(chart, laid, top + head)
    panel = chart.left(laid.label + GAP, laid.panel)
    y, middles = top + head, []
    for index in range(count):
        tall = laid.heights[index] + extra
        middle = y + tall / 2
        middles.append(middle)
        if index:
            chart.line([chart.left(0, chart.width), chart.left(0, chart.width) + chart.width], [y, y])
        _draw_name(chart, laid, table, index, middle)
        for column, block, start in zip(
            table.columns, (each[index] for each in laid.columns), heads, strict=True
        ):
            colour = column.colours[index] if column.colours else look.INK
            chart.read(start, middle - block.height / 2, block, colour, gid="cell", number=column.number)
        y += tall
    return Rows(chart, middles, sum(laid.heights) / count + extra, panel, laid.panel, top + head - 2, y)


def _draw_heads(chart: Chart, laid: _Laid, bottom: float) -> list[float]:
    """Draw the heads of the columns, and return where each column begins."""
    starts, start = [], laid.label + GAP + laid.panel + GAP
    for block, wide in zip(laid.heads, laid.widths, strict=True):
        chart.read(start, bottom - block.height - 5, block, look.QUIET, gid="head")
        starts.append(start)
        start += wide + GAP
    return starts


def _draw_name(chart: Chart, laid: _Laid, table: Table, index: int, middle: float) -> None:
    name, under = laid.names[index], laid.under[index] if laid.under else None
    tall = name.height + (under.height + 1 if under else 0)
    chart.read(0, middle - tall / 2, name, gid="label")
    if under is None or not under.lines:
        return
    flagged, y = table.under[index].flagged, middle - tall / 2 + name.height + 1
    start = 0.0
    if flagged:
        start = _MARK * NOTE
        chart.page.icon(
            "no owner",
            chart.page.at(chart.left(NOTE * 0.55)),
            y + NOTE * LEADING / 2,
            0.95 * NOTE,
            look.BELOW,
            gid="no-owner",
        )
    chart.read(start, y, under, look.BELOW if flagged else look.QUIET, gid="under")


def _lay(table: Table, width: float) -> _Laid:
    most = table.share * width
    columns = [
        [
            wrap(text, LABEL - 0.5, column.most, bold=bool(column.bold) and column.bold[index])
            for index, text in enumerate(column.cells)
        ]
        for column in table.columns
    ]
    widths = [
        max(
            max((block.width for block in blocks), default=0.0),
            min(text_width(column.head, NOTE), 62.0),
        )
        for column, blocks in zip(table.columns, columns, strict=True)
    ]
    heads = [
        cut(wrap(column.head, NOTE, wide + 4), 3) for column, wide in zip(table.columns, widths, strict=True)
    ]
    rest = width - sum(widths) - GAP * (len(widths) + 1)
    most = min(most, rest - table.panel)
    label = min(most, max(text_width(name, LABEL) for name in table.names) + 1)
    if table.under:
        label = max(
            label,
            min(most, max(text_width(each.text, NOTE, each.flagged) + _MARK * NOTE for each in table.under)),
        )
    names = [cut(_balanced(name, label), 3) for name in table.names]
    under = [
        cut(
            wrap(each.text, NOTE, label - _MARK * NOTE * each.flagged, bold=each.flagged),
            2,
        )
        for each in table.under
    ]
    heights = []
    for index, name in enumerate(names):
        tall = name.height + (under[index].height + 1 if under else 0)
        tallest = max([tall, *(column[index].height for column in columns)])
        heights.append(max(tallest + 5, table.least))
    return _Laid(names, under, columns, heads, label, widths, rest - label, heights)


def _balanced(name: str, width: float) -> Block:
    block = wrap(name, LABEL, width)
    # a long name is set a little smaller before a word of it is broken or the third line is full
    if block.broken or len(block.lines) > 2:
        smaller = wrap(name, NOTE, width)
        if len(smaller.lines) < len(block.lines) or block.broken:
            return smaller
    return block


def draw_bars(
    rows: Rows,
    values: Iterable[float],
    bands: pd.DataFrame | None,
    top: float,
    colour: str = look.BLUE,
    form: Callable[[float], str] = tick_percent,
) -> Scale:
    """Bars from 0, with their intervals, on a scale with few lines. In Hebrew too they grow from left to right."""
    ticks = nice(0, top, 5)
    scale = Scale(0, ticks[-1], rows.left, rows.width)
    axis(rows.chart, scale, [(tick, form(tick)) for tick in ticks], rows.top, rows.bottom, strong=0)
    tall = min(0.5 * rows.pitch, 15)
    for index, (y, value) in enumerate(zip(rows.y, values, strict=True)):
        if value > 0:
            rows.chart.box(
                scale.left,
                y - tall / 2,
                scale.at(float(value)) - scale.left,
                tall,
                fill=colour,
                order=3,
                gid="bar",
            )
        if bands is not None:
            low, high = float(bands["low"].iloc[index]), float(bands["high"].iloc[index])
            # white below ink, so that the interval can be seen on the bar and beside it
            xs = (scale.at(low), scale.at(high))
            rows.chart.whisker(xs, y, look.PAPER, 3.6, order=3.5, cap=4.2)
            rows.chart.whisker(xs, y, look.INK, 1.4, order=4)
    return scale


def draw_key(rows: Rows, items: Sequence[tuple[str, Callable[[float, float], None]]]) -> None:
    """What the marks of the panel mean, in one line above it: each mark, drawn at (x, y), then its words."""
    chart, y = rows.chart, rows.top - 8
    blocks = [wrap(text, NOTE, 400) for text, _ in items]
    # From the end of the panel where reading starts; where it is too narrow, from before it, over the names.
    whole = sum(block.width + 26 for block in blocks) - 14
    edge, end = chart.left(0, chart.width), rows.left + rows.width
    before = edge + chart.width - end if chart.right_to_left else rows.left - edge
    along = -min(max(whole - rows.width, 0.0), before)
    for block, (_, draw) in zip(blocks, items, strict=True):
        wide = 12 + block.width
        if chart.right_to_left:
            right = rows.left + rows.width - along
            draw(right - 5, y)
            chart.text(right - 12, y - block.height / 2, block, look.QUIET, side="right", gid="key")
        else:
            left = rows.left + along
            draw(left + 5, y)
            chart.text(left + 12, y - block.height / 2, block, look.QUIET, gid="key")
        along += wide + 14

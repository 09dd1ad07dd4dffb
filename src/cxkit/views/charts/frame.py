"""The frame of a chart: a finding as its title, a note at its foot, and a place between them measured in points."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from matplotlib.patches import Polygon

from cxkit.languages import right_to_left
from cxkit.views import look
from cxkit.views.charts.words import words
from cxkit.views.layout import LEADING, Block, cut, text_width, wrap
from cxkit.views.page import MARGIN, Page, open_page
from cxkit.views.picture import Picture

SIZES = {"16:9": (9.6, 5.4), "A4": (11.693, 8.268)}
"""Width and usual height in inches: half a slide, which projects as large as it prints, and a page."""
TITLE, LABEL, NOTE = 15.0, 10.5, 9.0
"""The type scale in points: the finding, what is read off, and what must be said beside it."""
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\u200e", "\u200f"
_SIGN = re.compile(r"(?<![\w\u200e])(>?[−+<]\d)")
_LETTER = re.compile(r"[\u0590-\u07ff]")
_TALLEST = 9
"""How many times its usual height a sheet may be."""
_HARDLY_USED = 0.75
"""A sheet of which no more than this part can be used is made lower."""


@dataclass(frozen=True)
class About:
    """What stands round a chart: the finding, what is drawn, what must be said, and the same as words and table."""

    title: str
    drawn: str
    note: Sequence[str]
    alt: str
    twin: pd.DataFrame
    language: str
    size: str
    headings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """An open chart. Here `x` is counted from the left in every language, `y` from the top; `top` to `bottom` is free."""

    page: Page
    picture: Picture
    top: float
    bottom: float

    @property
    def right_to_left(self) -> bool:
        return self.page.right_to_left

    @property
    def width(self) -> float:
        return self.page.width - 2 * MARGIN

    def left(self, start: float, width: float = 0.0) -> float:
        """The left end of what begins `start` points after the margin at which reading starts."""
        return self.page.width - MARGIN - start - width if self.right_to_left else MARGIN + start

    def text(
        self,
        x: float,
        y: float,
        block: Block,
        colour: str = look.INK,
        *,
        side: str = "left",
        gid: str = "",
        number: bool = False,
        order: float = 6,
    ) -> None:
        """Draw a block with its top at `y` and its left, middle or right at `x`."""
        align = {"left": "start", "middle": "middle", "right": "end"}[side]
        if self.right_to_left and align != "middle":
            align = "end" if align == "start" else "start"
        block, number = self._ordered(block, number)
        self.page.text(
            self.page.at(x), y, block, colour, align=align, gid=gid or None, number=number, order=order
        )

    def read(
        self,
        start: float,
        y: float,
        block: Block,
        colour: str = look.INK,
        *,
        gid: str = "",
        number: bool = False,
    ) -> None:
        """Draw a block that begins `start` points after the margin at which reading starts."""
        block, number = self._ordered(block, number)
        self.page.text(MARGIN + start, y, block, colour, gid=gid or None, number=number)

    def _ordered(self, block: Block, number: bool) -> tuple[Block, bool]:
        """In a line with Hebrew words reading starts at the right, and a sign stays before its number all the same."""
        if not self.right_to_left:
            return block, number
        lines = tuple(_SIGN.sub(f"{_LEFT_TO_RIGHT}\\1", line) for line in block.lines)
        return replace(block, lines=lines), number and not any(map(_LETTER.search, lines))

    def line(self, xs: Sequence[float], ys: Sequence[float], *look_of: Any, **options: Any) -> None:
        self.page.line([self.page.at(x) for x in xs], ys, *look_of, **options)

    def box(self, left: float, top: float, width: float, height: float, **look_of: Any) -> None:
        start = self.page.at(left + width) if self.right_to_left else left
        self.page.box(start, top, width, height, **look_of)

    def fill(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, alpha: float = 1.0, order: float = 2
    ) -> None:
        corners = list(zip(xs, ys, strict=True))
        self.page.axes.add_patch(
            Polygon(corners, closed=True, facecolor=colour, alpha=alpha, linewidth=0, zorder=order)
        )

    def shape(self, corners: Sequence[tuple[float, float]], fill: str, edge: str, gid: str) -> None:
        look_of = {"facecolor": fill, "edgecolor": edge, "linewidth": 1.4, "joinstyle": "round", "zorder": 3}
        self.page.axes.add_patch(Polygon(corners, closed=True, gid=gid, **look_of))

    def mark(
        self,
        x: float,
        y: float,
        shape: str = "o",
        size: float = 7.5,
        *,
        fill: str = look.INK,
        edge: str = look.INK,
        order: float = 5,
        gid: str | None = None,
    ) -> None:
        self.line(
            [x],
            [y],
            fill,
            0,
            order=order,
            marker=shape,
            markersize=size,
            markeredgecolor=edge,
            markeredgewidth=1.6,
            gid=gid,
        )

    def whisker(
        self,
        xs: tuple[float, float],
        y: float,
        colour: str = look.INK,
        width: float = 1.6,
        style: Any = "-",
        order: float = 4,
        cap: float = 3.2,
    ) -> None:
        """An interval: a line with an end stop at each end."""
        if any(math.isnan(x) for x in xs):
            return
        self.line(list(xs), [y, y], colour, width, style, order)
        for x in xs if cap else ():
            self.line([x, x], [y - cap, y + cap], colour, width, order=order)


def open_chart(
    about: About,
    need: Callable[[float], float] = lambda width: 200.0,
    use: Callable[[float], float] | None = None,
) -> Chart:
    """Draw title and note, and leave between them at least `need(width)` points.

    The sheet is as wide as its size says. It is taller where more is needed, so that type stays as large in a
    notebook however many rows there are; and lower where no more than `use(width)` points can be used.

    Raises:
        ValueError: for an unknown size, or more rows than the tallest sheet holds.
    """
    if about.size not in SIZES:
        raise ValueError(f"There is no size {about.size!r}. Choose one of: {', '.join(SIZES)}.")
    # a sentence that ends in a number must not run on into the number that begins the next
    between = f"{_RIGHT_TO_LEFT} " if right_to_left(about.language) else " "
    counted = next((each for each in about.note if each.startswith("n = ")), "")
    across, usual = SIZES[about.size]
    width = across * 72 - 2 * MARGIN
    title = _title(about.title, width)
    drawn = cut(wrap(about.drawn, LABEL - 0.5, width), 2)
    note = cut(wrap(between.join(filter(None, about.note)), NOTE, width), 5)
    top = 0.75 * MARGIN + title.height + (3 + drawn.height if drawn.lines else 0) + 12
    rest = top + 8 + note.height + 0.65 * MARGIN
    free, least = usual * 72 - rest, need(width)
    if use is not None and use(width) < _HARDLY_USED * free:
        free = use(width)
    height = (rest + max(free, least)) / 72
    if height > _TALLEST * usual:
        raise ValueError(
            "There are too many rows for one picture. Take a part of the table, such as head(30)."
        )
    bottom = height * 72 - 0.65 * MARGIN - note.height - 8
    picture = Picture(
        figsize=(across, height),
        facecolor=look.PAPER,
        alt=f"{about.alt} {counted}".strip(),
        twin=about.twin,
        title=about.title,
        language=about.language,
        headings={**words(about.language), **about.headings},
    )
    page = open_page(picture, right_to_left(about.language))
    chart = Chart(page, picture, top, bottom)
    chart.read(0, 0.75 * MARGIN, title, gid="title")
    chart.read(0, 0.75 * MARGIN + title.height + 3, drawn, look.QUIET, gid="drawn")
    page.line([MARGIN, page.width - MARGIN], [bottom + 4, bottom + 4], look.RULE)
    chart.read(0, bottom + 8, note, look.QUIET, gid="note")
    return chart


def _title(text: str, width: float) -> Block:
    for size in (TITLE + 1, TITLE, TITLE - 1):
        block = wrap(text, size, width, bold=True)
        if len(block.lines) <= (1 if size > TITLE else 2) and not block.broken:
            return _even(text, block, width)
    return cut(block, 2)


def _even(text: str, block: Block, width: float) -> Block:
    """The same text on as many lines, none of them much shorter than the others: no word is left alone."""
    best = block
    while len(block.lines) > 1 and len(block.lines) == len(best.lines) and not block.broken:
        best, width = block, width * 0.95
        block = wrap(text, best.size, width, bold=best.bold)
    return best


@dataclass(frozen=True)
class Scale:
    """Where a value stands between `left` and `left + width`. Numbers run from left to right in every language."""

    low: float
    high: float
    left: float
    width: float
    log: bool = False

    def share(self, value: float) -> float:
        if math.isnan(value):
            return math.nan
        if self.log:
            if value <= 0:
                return 0.0
            if math.isinf(value):
                return 1.0
            value, low, high = math.log(value), math.log(self.low), math.log(self.high)
        else:
            low, high = self.low, self.high
        return min(max((value - low) / (high - low), 0.0), 1.0)

    def at(self, value: float) -> float:
        """The place of a value; one that lies beyond the scale stands at its end."""
        return self.left + self.width * self.share(value)

    def beyond(self, value: float) -> int:
        """−1 or 1 where the value lies below or above the scale, 0 where it lies on it."""
        if math.isnan(value):
            return 0
        slack = 1e-9 * max(abs(self.low), abs(self.high))
        return -1 if value < self.low - slack else 1 if value > self.high + slack else 0


def nice(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`, at most about `most` of them.

    >>> nice(0, 36), nice(-1.6, 0.3)
    ([0.0, 10.0, 20.0, 30.0, 40.0], [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5])
    """
    if not high > low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 2.5, 5, 10, 20) if step * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * place, 12) + 0.0 for place in range(first, last + 1)]


def axis(
    chart: Chart,
    scale: Scale,
    ticks: Sequence[tuple[float, str]],
    top: float,
    bottom: float,
    name: str = "",
    strong: float | None = None,
) -> None:
    """Fine lines at the ticks from `top` to `bottom`, their labels below, and the name of the axis below these.

    `strong` is a value whose line counts: 0 for a difference, 1 for a ratio.
    """
    # the strong line's label first: it must not give way to another
    ordered = sorted(ticks, key=lambda tick: tick[0] != strong)
    taken: list[tuple[float, float]] = []
    for value, label in ordered:
        x = scale.at(value)
        main = strong is not None and value == strong
        style, width = ("-", 1.2) if main else ((0, (1, 2.5)), 0.6)
        chart.line([x, x], [top, bottom], look.QUIET if main else look.RULE, width, style, 1.6)
        block = wrap(label, NOTE, 200)
        half = block.width / 2 + 3
        if any(x - half < right and left < x + half for left, right in taken):
            continue
        taken.append((x - half, x + half))
        chart.text(x, bottom + 3, block, look.QUIET, side="middle", gid="axis", number=True)
    chart.line([scale.left, scale.left + scale.width], [bottom, bottom], look.RULE, 0.8)
    if name:
        block = cut(wrap(name, NOTE, scale.width), 1)
        chart.text(
            scale.left + scale.width / 2,
            bottom + 3 + NOTE * LEADING,
            block,
            look.QUIET,
            side="middle",
            gid="axis",
        )


def axis_height(name: str = "") -> float:
    return 5 + NOTE * LEADING * (2 if name else 1)


def spread(places: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """The middles nearest to `places` at which blocks of these heights lie apart, between `low` and `high`.

    >>> spread([10, 10], [4, 4], 0, 100)
    [8.0, 12.0]
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    # Neighbours that would touch are moved as one group, around the mean of where they want to be.
    groups: list[tuple[list[int], float]] = []

    def height(members: list[int]) -> float:
        return sum(heights[index] for index in members)

    def middle(members: list[int]) -> float:
        wanted, passed = 0.0, 0.0
        for index in members:
            wanted += places[index] - passed - heights[index] / 2
            passed += heights[index]
        half = passed / 2
        return min(max(wanted / len(members) + half, low + half), high - half)

    for index in order:
        members, at = [index], middle([index])
        while groups and groups[-1][1] + height(groups[-1][0]) / 2 > at - height(members) / 2 + 1e-9:
            members = groups.pop()[0] + members
            at = middle(members)
        groups.append((members, at))
    found = [0.0] * len(places)
    for members, at in groups:
        y = at - height(members) / 2
        for index in members:
            found[index] = y + heights[index] / 2
            y += heights[index]
    return found


def fits(text: str, size: float, width: float, bold: bool = False) -> bool:
    return text_width(text, size, bold) <= width


def taken(result: Any, plot: str, measure: str, columns: Sequence[str]) -> pd.DataFrame:
    """The result as a table with these columns, its rows numbered anew.

    Raises:
        ValueError: where it is something else, or has no rows.
    """
    if not isinstance(result, pd.DataFrame) or not set(columns) <= set(result.columns):
        raise wrong(result, plot, measure)
    if result.empty:
        raise ValueError(
            f"{plot}: the table that {measure}(…) gave has no rows, so there is nothing to draw."
        )
    return result.reset_index(drop=True)


def wrong(result: Any, plot: str, measure: str) -> ValueError:
    kind = "a table with other columns" if isinstance(result, pd.DataFrame) else f"“{type(result).__name__}”"
    return ValueError(f"{plot} takes what {measure}(…) gives, not {kind}. Write {plot}({measure}(…)).")

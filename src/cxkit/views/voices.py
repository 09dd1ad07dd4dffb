"""Numbers and words side by side: the gap at every touchpoint, and what people say about one of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from . import look
from .charts.frame import NOTE, About, Chart, Scale, axis, axis_height, nice, open_chart
from .charts.words import ENGLISH, with_span
from .layout import cut, wrap
from .picture import Picture

LABEL, QUOTE = 11.0, 12.5


def draw_voices(gaps: pd.DataFrame, chosen: str, quotes: Sequence[str]) -> Picture:
    """Draw the gap at each touchpoint with its interval, and beside it what people say about the chosen one.

    Parameters: `gaps`, a table `touchpoint, gap, low, high, n` as `gap(…)` gives it; `chosen`, one of its touchpoints;
    `quotes`, what people said about it. Raises ValueError where `chosen` is not in the table.

    >>> gaps = pd.DataFrame({"touchpoint": ["Hold", "Bill"], "gap": [-1.5, -0.5], "low": [-1.6, -0.6],
    ...                      "high": [-1.4, -0.4], "n": [90, 80]})
    >>> draw_voices(gaps, "Bill", ["Paid it twice."]).title
    '“Bill”: numbers and words'
    """
    names = [str(name) for name in gaps["touchpoint"]]
    if chosen not in names:
        raise ValueError(f"There is no touchpoint “{chosen}” here. There are: {', '.join(names)}.")
    row = gaps.iloc[names.index(chosen)]
    value, low, high = (float(row[each]) for each in ("gap", "low", "high"))
    shown = with_span(value, low, high, ENGLISH, _score)
    about = About(
        f"“{chosen}”: numbers and words",
        f"The gap is {shown}, n = {int(row['n']):,}. On the right, {len(quotes)} people who speak of it.",
        [
            "Gap: experienced minus expected, with its 95% interval. Brown: below expected, green: above.",
            "From the survey of the case, which is made up.",
            "We wrote the quotes, and chose these. The people in them are not matched with the survey.",
        ],
        f"On the left, the gap at {len(names)} touchpoints. At “{chosen}” it is {shown}. On the right, what people say: "
        + " ".join(f"“{one}”" for one in quotes),
        gaps[["touchpoint", "gap", "low", "high", "n"]].assign(
            says=[" / ".join(quotes) if name == chosen else "" for name in names]
        ),
        "en",
        "16:9",
    )
    chart = open_chart(about, lambda width: 290.0)
    half = chart.width * 0.5
    _gaps(chart, gaps, names, chosen, half)
    _quotes(chart, quotes, half + 26)
    return chart.picture


def _score(value: float) -> str:
    return f"{value:.1f}".replace("-", "−").replace("−0.0", "0.0")


def _gaps(chart: Chart, gaps: pd.DataFrame, names: Sequence[str], chosen: str, wide: float) -> None:
    head = wrap("Gap in points", NOTE, 120)
    last, first = 34.0, 156.0
    chart.read(first + 8, chart.top, head, look.QUIET)
    ticks = nice(min(0.0, float(gaps["low"].min())), max(0.0, float(gaps["high"].max())), 3)
    scale = Scale(ticks[0], ticks[-1], chart.left(first + 8), wide - first - last - 16)
    top, bottom = chart.top + 18, chart.bottom - axis_height() - 2
    axis(chart, scale, [(tick, _score(tick)) for tick in ticks], top, bottom, strong=0)
    tall = (bottom - top) / len(names)
    for index, name in enumerate(names):
        here, y = name == chosen, top + tall * (index + 0.5)
        if here:
            chart.box(
                chart.left(-8), y - tall / 2, wide + 14, tall, fill=look.STAGES["post-care"][0], order=0.5
            )
            chart.box(chart.left(-8), y - tall / 2, 4, tall, fill=look.STAR, order=0.6)
        text = cut(wrap(name, LABEL, first, bold=here), 2)
        chart.read(0, y - text.height / 2, text, gid="label")
        value, low, high = (float(gaps[each].iloc[index]) for each in ("gap", "low", "high"))
        colour = look.BELOW if high < 0 else look.ABOVE if low > 0 else look.QUIET
        chart.whisker((scale.at(low), scale.at(high)), y, colour, 2.2)
        chart.mark(scale.at(value), y, "o", 4.5, fill=colour, edge=colour)
        number = wrap(_score(value), LABEL, 60, bold=here)
        chart.read(wide - last, y - number.height / 2, number, gid="cell", number=True)


def _quotes(chart: Chart, quotes: Sequence[str], start: float) -> None:
    wide = chart.width - start
    room = (chart.bottom - chart.top - 8.0 * len(quotes)) / max(len(quotes), 1)
    y = chart.top + 4
    for quote in quotes:
        block = cut(wrap(f"“{quote}”", QUOTE, wide - 24), max(int((room - 14) / (QUOTE * 1.17)), 1))
        tall = block.height + 14
        chart.box(chart.left(start), y, wide, tall, fill=look.STAGES["pre-care"][0], radius=6, order=0.8)
        chart.box(chart.left(start), y, 3.5, tall, fill=look.BLUE, order=0.9)
        chart.read(start + 14, y + 7, block, gid="quote")
        y += tall + 10

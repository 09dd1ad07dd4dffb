"""The days after the desk, as a patient lives them: what she knows, and how long she hears nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from . import look
from .charts.frame import About, Chart, Scale, axis, open_chart
from .layout import cut, wrap
from .picture import Picture

if TYPE_CHECKING:
    from cxkit.measures.estimate import Estimate

LABEL = 12.5


def draw_silence(desk: str, known: bool, images: float, word: float, who: str, there: Estimate) -> Picture:
    """Draw the days from the desk to the first word about the images, and how much of them is silence.

    Parameters: `desk`, what she is given at the desk; `known`, whether she leaves with a date; `images`, the day on which
    the images reach the clinic; `word`, days from then until she hears of it; `who`, who tells her, or "" where she calls
    herself; `there`, the share (0 to 1) of patients like her who are still there by then.

    >>> from cxkit.measures.estimate import Estimate
    >>> draw_silence("no date", False, 4, 5, "the desk", Estimate(0.86, 0.82, 0.89, 9)).title
    'After the images: 5 days of silence'
    """
    finding = f"After the images: {_days(word)} of silence" if word else "After the images: no silence"
    first = f"First word: {who}" if who else "No word: she calls herself"
    if not who:
        finding += ", then she calls herself" if word else ", as she calls herself"
    left, between = 100 * there.value, f"{100 * there.low:.0f} to {100 * there.high:.0f}"
    kept = f"about {left:.0f} of 100 patients are still there by then ({between}, n = {there.n:,})"
    if not word:
        kept = "she waits not one day for a word, so no day is lost"
    twin = pd.DataFrame(
        {
            "day": [0, images, images + word],
            "what happens": [
                f"at the desk: {desk}",
                "the images reach the clinic",
                first,
            ],
        }
    )
    about = About(
        finding,
        f"{kept[0].upper()}{kept[1:]}.",
        [
            "The days of Noa's map: her story gives no numbers, so they are guesses. How many are still there comes "
            "from the records of the clinic, which are made up (95% interval). A link is no proof of cause.",
        ],
        f"A line of days. Day 0, at the desk: {desk}. Day {images:g}: the images reach the clinic. Day {images + word:g}: "
        f"{first}. {finding}; {kept}.",
        twin,
        "en",
        "16:9",
    )
    chart = open_chart(about, lambda width: 230.0)
    _line(chart, desk, known, images, word, first, bool(who) and word <= 1)
    return chart.picture


def _days(days: float) -> str:
    return "1 day" if days == 1 else f"{days:g} days"


def _line(chart: Chart, desk: str, known: bool, images: float, word: float, first: str, good: bool) -> None:
    scale = Scale(-0.6, 10.4, chart.left(0, chart.width), chart.width)
    bottom = chart.bottom - 22
    axis(chart, scale, [(day, f"day {day}") for day in range(0, 11, 2)], bottom - 4, bottom)
    y, tall = chart.top + (bottom - chart.top) * 0.5, 58.0

    def bar(first: float, last: float, fill: str, edge: str, hatch: str | None = None) -> None:
        wide = scale.at(last) - scale.at(first)
        chart.box(scale.at(first), y - tall / 2, wide, tall, fill=fill, edge=edge, hatch=hatch, order=2)

    bar(0, images, look.ABOVE_FILL if known else look.BELOW_PALE, look.ABOVE if known else look.BELOW,
        None if known else "//")  # fmt: skip
    if word:
        bar(images, images + word, look.BELOW_FILL, look.BELOW, "///")
    for day, colour in (
        (0.0, look.BLUE),
        (images, look.BLUE),
        (images + word, look.ABOVE if good else look.BELOW),
    ):
        chart.line([scale.at(day)] * 2, [y - tall / 2 - 16, y + tall / 2], look.INK, 1.4, order=4)
        chart.mark(scale.at(day), y, "o", 11, fill=look.PAPER, edge=colour, order=5)
    # the first two stand above the line, the last below it: they can fall on the same day
    start = cut(wrap(f"At the desk: {desk}", LABEL, scale.at(images) - scale.at(0) - 14), 3)
    chart.text(scale.at(0), y - tall / 2 - 20 - start.height, start, gid="event")
    second = cut(wrap("The images reach the clinic", LABEL, 230, bold=True), 2)
    chart.text(scale.at(images), y - tall / 2 - 20 - second.height, second, gid="event")
    said = wrap("She has a date" if known else "She has no date", LABEL, 200, bold=True)
    ink = look.ABOVE if known else look.BELOW
    chart.text(scale.at(images / 2), y + tall / 2 + 6, said, ink, side="middle", gid="event")
    last = wrap(first, LABEL, chart.width - 20, bold=True)
    x = min(scale.at(images + word), scale.left + scale.width - last.width - 4)
    ink = look.ABOVE if good else look.BELOW
    chart.line([scale.at(images + word)] * 2, [y + tall / 2, y + tall / 2 + 28], ink, 1.4, order=4)
    chart.text(x, y + tall / 2 + 30, last, ink, gid="event")

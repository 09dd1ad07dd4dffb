"""Two orders of the same complaints: by number, and by weight."""

from __future__ import annotations

import pandas as pd

from . import look
from .charts.frame import About, Chart, open_chart
from .charts.words import ENGLISH, percent, with_span
from .layout import cut, wrap
from .picture import Picture

LABEL = 11.5
_MOVES = {"rises": ("▲", look.ABOVE), "falls": ("▼", look.BELOW), "stays": ("same place", look.QUIET)}


def draw_ranking(complaints: pd.DataFrame, weights: str) -> Picture:
    """Draw the complaints in two orders, by number and by weight, with a line from each place to the other.

    Parameters: `complaints`, what `complaints(…, weights)` gave; `weights`, the weights in words.

    >>> table = pd.DataFrame({"touchpoint": ["Hold", "Bill"], "quotes": [2, 1], "share": [0.67, 0.33],
    ...                       "low": [0.2, 0.06], "high": [0.9, 0.8], "weighted_share": [0.2, 0.8]})
    >>> draw_ranking(table, "1 and 8").title
    'With these weights, “Bill” comes first. By number, it is “Hold”'
    """
    left = _ordered(complaints, "share")
    right = _ordered(complaints, "weighted_share")
    same = left[0] == right[0]
    finding = (
        f"“{right[0]}” comes first, by number and with these weights"
        if same
        else f"With these weights, “{right[0]}” comes first. By number, it is “{left[0]}”"
    )
    table = complaints.set_index("touchpoint")
    ends = zip(*(table[name].astype(float) for name in ("share", "low", "high")), strict=True)
    by_number = {
        str(name): with_span(share, low, high, ENGLISH, percent)
        for name, (share, low, high) in zip(table.index, ends, strict=True)
    }
    by_weight = {str(name): percent(float(share)) for name, share in table["weighted_share"].items()}
    twin = pd.DataFrame(
        {
            "touchpoint": right,
            "place by weight": range(1, len(right) + 1),
            "weighted share": [by_weight[name] for name in right],
            "place by number": [left.index(name) + 1 for name in right],
            "share by number": [by_number[name] for name in right],
        }
    )
    about = About(
        finding,
        f"How much one complaint counts: {weights}.",
        [
            f"n = {int(complaints['quotes'].sum()):,} complaints. By number: share with 95% Wilson interval.",
            "The quotes are made up. One reader set how severe each one is. The weights are yours: a weighted share has "
            "no interval, and no weight is the only right one.",
        ],
        f"Two lists of {len(left)} touchpoints, by number and by weight. {finding}.",
        twin,
        "en",
        "16:9",
    )
    chart = open_chart(about, lambda width: 290.0)
    _draw(chart, left, right, by_number, by_weight)
    return chart.picture


def _ordered(table: pd.DataFrame, column: str) -> list[str]:
    placed = table.sort_values([column, "touchpoint"], ascending=[False, True], kind="stable")
    return [str(name) for name in placed["touchpoint"]]


def _draw(
    chart: Chart, left: list[str], right: list[str], by_number: dict[str, str], by_weight: dict[str, str]
) -> None:
    first, last = chart.width * 0.43, chart.width * 0.585
    for along, head in ((0.0, "By number"), (last, "By weight")):
        chart.read(along, chart.top, wrap(head, LABEL, 200, bold=True), look.QUIET, gid="head")
    top = chart.top + 22
    tall = (chart.bottom - top - 2) / len(left)

    def middle(place: int) -> float:
        return top + tall * (place + 0.5)

    for place, name in enumerate(left):
        goes = right.index(name)
        sign, colour = _MOVES["rises" if goes < place else "falls" if goes > place else "stays"]
        here, there = middle(place), middle(goes)
        top_three = place == 0 or goes == 0
        style = "-" if goes < place else (0, (4, 2.5)) if goes > place else (0, (1, 2))
        chart.line(
            [chart.left(first + 6), chart.left(last - 8)],
            [here, there],
            colour,
            2.6 if top_three else 1.3,
            style,
            3,
        )
        _place(chart, 0.0, here, place, name, by_number[name], first, place == 0)
        _place(
            chart, last, there, goes, name, f"{by_weight[name]} {sign}", chart.width - last, goes == 0, colour
        )


def _place(
    chart: Chart,
    start: float,
    y: float,
    place: int,
    name: str,
    share: str,
    wide: float,
    bold: bool,
    colour: str = look.INK,
) -> None:
    number = wrap(f"{place + 1}", LABEL, 30, bold=True)
    chart.read(start, y - number.height / 2, number, gid="place", number=True)
    end = wrap(share, LABEL, 140, bold=bold)
    text = cut(wrap(name, LABEL, wide - end.width - 28, bold=bold), 2)
    chart.read(start + 16, y - text.height / 2, text, gid="label")
    chart.read(start + wide - end.width, y - end.height / 2, end, colour, gid="share", number=True)

"""Quotes sorted by hand: what was sorted where and, when all is sorted, how far the readers agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from . import look
from .charts.frame import About, Chart, Scale, axis, axis_height, open_chart
from .charts.words import ENGLISH, with_span
from .layout import cut, wrap
from .picture import Picture

if TYPE_CHECKING:
    from cxkit.measures.estimate import Estimate

LABEL = 11.5


def draw_codes(tally: Mapping[str, int], of: int, agreements: Sequence[tuple[str, Estimate]] = ()) -> Picture:
    """Draw how many quotes were sorted to each touchpoint and, where given, how far pairs of readers agree.

    Parameters: `tally`, touchpoint to quotes; `of`, how many quotes there are; `agreements`, (who, kappa) for each pair.

    >>> draw_codes({"Hold": 1, "Bill": 0}, of=12).title
    '1 of 12 quotes sorted'
    """
    done = sum(tally.values())
    finding = f"{done} of {of} quotes sorted"
    kappas = {who: with_span(one.value, one.low, one.high, ENGLISH, _kappa) for who, one in agreements}
    twin = pd.DataFrame({"what": list(tally), "result": [f"{n} quotes" for n in tally.values()]})
    note = ["The quotes are ours, made up. Each square is one quote."]
    if agreements:
        more = pd.DataFrame({"what": list(kappas), "result": [f"kappa {shown}" for shown in kappas.values()]})
        twin = pd.concat([twin, more], ignore_index=True)
        note = [
            f"n = {of} quotes. Kappa: 1 is always the same, 0 is what chance alone would give. Lines: 95% intervals.",
            "With so few quotes the intervals are wide.",
        ]
    about = About(
        finding if not agreements else f"All {of} quotes sorted: how far do the readers agree?",
        "How many quotes you gave to each touchpoint"
        + ("" if not agreements else ", and the agreement of each pair of readers (kappa)"),
        note,
        f"{finding}. "
        + "; ".join(f"{name}: {n}" for name, n in tally.items())
        + "".join(f". Kappa, {who}: {shown}" for who, shown in kappas.items())
        + ".",
        twin,
        "en",
        "16:9",
    )
    chart = open_chart(about, lambda width: 220.0)
    _tally(chart, tally, chart.width * (0.5 if agreements else 0.75))
    if agreements:
        _agreements(chart, agreements, kappas, chart.width * 0.56)
    return chart.picture


def _kappa(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _tally(chart: Chart, tally: Mapping[str, int], wide: float) -> None:
    first = 168.0
    tall = min((chart.bottom - chart.top) / len(tally), 38.0)
    room = (wide - first - 34) / max(*tally.values(), 6)
    side = min(tall * 0.5, room - 3)
    for index, (name, count) in enumerate(tally.items()):
        y = chart.top + tall * (index + 0.5)
        text = cut(wrap(name, LABEL, first - 8), 2)
        chart.read(0, y - text.height / 2, text, gid="label")
        for place in range(count):
            x = chart.left(first + place * (side + 3))
            chart.box(x, y - side / 2, side, side, fill=look.BLUE, radius=2, order=2)
        number = wrap(f"{count}", LABEL, 30, bold=count > 0)
        chart.read(first + count * (side + 3) + 5, y - number.height / 2, number, look.QUIET, gid="cell")


def _agreements(
    chart: Chart, agreements: Sequence[tuple[str, Estimate]], kappas: Mapping[str, str], start: float
) -> None:
    wide = chart.width - start
    lowest = min(0.0, *(one.low for _, one in agreements))
    scale = Scale(
        -1.0 if lowest < -0.5 else -0.5 if lowest < 0 else 0.0, 1.0, chart.left(start + 6), wide - 12
    )
    top, bottom = chart.top + 4, chart.bottom - axis_height("kappa") - 2
    ticks = [tick for tick in (-1.0, -0.5, 0.0, 0.5, 1.0) if tick >= scale.low]
    axis(chart, scale, [(tick, f"{tick:g}".replace("-", "−")) for tick in ticks], top, bottom, "kappa", 0.0)
    tall = (bottom - top) / len(agreements)
    for index, (who, one) in enumerate(agreements):
        y = top + tall * index
        text = cut(wrap(who, LABEL, wide, bold=index == 0), 1)
        said = wrap(kappas[who], LABEL, wide)
        behind = max(text.width, said.width) + 8
        chart.box(
            chart.left(start + 2, behind),
            y + 4,
            behind,
            text.height + said.height + 4,
            fill=look.PAPER,
            order=2,
        )
        chart.read(start + 6, y + 6, text, gid="label")
        chart.read(start + 6, y + 6 + text.height, said, look.QUIET, gid="cell")
        at = y + text.height + said.height + 18
        colour = look.BLUE if index == 0 else look.QUIET
        chart.whisker((scale.at(one.low), scale.at(one.high)), at, colour, 2.4, cap=4.5)
        chart.mark(scale.at(one.value), at, "s" if index == 0 else "o", 9, fill=colour, edge=colour)

"""As it is beside a plan, in people and money."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    wrong,
)
from cxkit.views.charts.words import figure, interval_name, percent, span, words
from cxkit.views.layout import Block, cut, wrap
from cxkit.views.picture import Picture

if TYPE_CHECKING:
    from cxkit.measures.whatif import WhatIf


def plot_what_if(
    result: WhatIf,
    *,
    levers: pd.DataFrame | None = None,
    goal: float | None = None,
    language: str = "en",
    size: str = "16:9",
) -> Picture:
    """Draw people and money as they are beside the plan, with intervals, and the change in figures.

    Args:
        result: what `what_if(…)` gave.
        levers: what `levers(case)` gave, so that the levers are named in full; None for their short names.
        goal: how many people are wanted, drawn as a line across the upper panel; None for no line.
        language: "en" or "he". The names of people and money are those of the case.
        size: "16:9" (half a slide) or "A4".

    Returns:
        A `Picture` with `.alt`, `.twin` and `.save(path)`.

    Raises:
        ValueError: for something else than `what_if(…)` gives, or an unknown size.

    >>> from cxkit.measures.whatif import what_if
    >>> plot_what_if(what_if("hmo_opt_out", cover_points=0)).title
    'All levers stand as they are today, so nothing changes'
    """
    said = words(language)
    if not all(hasattr(result, name) for name in ("people", "money", "cost", "levers", "words")):
        raise wrong(result, "plot_what_if", "what_if")
    outcomes = (result.people, result.money)
    finding = _what_if_finding(result, said)
    unit = result.money.change.unit
    cost = figure(round(result.cost), said)
    set_to = _set_to(result.levers, levers, said)
    interval = interval_name(str(result.people.change.interval), language)
    about = About(
        finding,
        said["what_if.drawn"].format(levers="; ".join(set_to)) if set_to else said["what_if.drawn none"],
        [
            said["n is"].format(n=f"{int(result.people.as_is.n):,}") + ".",
            said["interval"].format(interval=interval),
            said["what_if.goal"].format(goal=figure(goal, said)) if goal is not None else "",
            said["what_if.cost"].format(cost=cost, unit=unit) if result.cost else "",
            said["what_if.promise"],
        ],
        said["what_if.alt"].format(finding=finding),
        _what_if_twin(outcomes, said),
        language,
        size,
    )
    chart = open_chart(about, lambda width: 236.0)
    tall, sides = (chart.bottom - chart.top) / 2, _sides(outcomes, said)
    for place, outcome in enumerate(outcomes):
        _outcome(
            chart, outcome, place, sides, chart.top + place * tall, tall - 8, said, None if place else goal
        )
    middle = chart.top + tall - 5
    left = chart.left(0, chart.width)
    chart.line([left, left + chart.width], [middle, middle])
    return chart.picture


def _set_to(chosen: Mapping[str, float], levers: pd.DataFrame | None, said: Mapping[str, str]) -> list[str]:
    """The levers that are not at 0, by name, and where they are set."""
    known = {}
    if isinstance(levers, pd.DataFrame) and {"lever", "label", "unit", "as_is"} <= set(levers.columns):
        known = {str(row["lever"]): row for _, row in levers.iterrows()}
    found = []
    for name, value in chosen.items():
        row = known.get(name)
        if float(value) == (0.0 if row is None else float(row["as_is"])):
            continue
        share = row is not None and row["unit"] == "share"
        amount = percent(float(value), said) if share else figure(float(value), said)
        found.append(f"{name.replace('_', ' ') if row is None else row['label']}: {amount}")
    return found


def _what_if_finding(result: Any, said: Mapping[str, str]) -> str:
    change = result.people.change
    if not change.value and not result.money.change.value:
        return said["what_if.nothing"]
    between = span(change.low, change.high, said, lambda each: figure(round(each), said))
    sign = "+" if round(change.value) > 0 else ""
    name = "what_if.unsure" if change.low <= 0 <= change.high else "what_if.top"
    if not round(change.value) and name == "what_if.unsure":
        name = "what_if.none"
    return said[name].format(
        name=change.name, change=f"{sign}{figure(round(change.value), said)}", between=between
    )


def _what_if_twin(outcomes: Any, said: Mapping[str, str]) -> pd.DataFrame:
    rows = [
        [each.change.name, said[f"what_if.{kind}"], part.value, part.low, part.high, int(part.n)]
        for each in outcomes
        for kind, part in (("as-is", each.as_is), ("to-be", each.to_be), ("change", each.change))
    ]
    return pd.DataFrame(rows, columns=["measure", "when", "value", "low", "high", "n"])


@dataclass(frozen=True)
class _Sides:
    """The words on both sides of the two panels, so that these stand one above the other."""

    labels: list[Block]
    numbers: list[list[Block]]
    big: list[Block]
    between: list[Block]
    head: Block

    @property
    def first(self) -> float:
        return max(block.width for block in self.labels) + 14

    @property
    def second(self) -> float:
        return max(block.width for pair in self.numbers for block in pair) + 20

    @property
    def last(self) -> float:
        return max(block.width for block in [*self.big, *self.between, self.head]) + 2


def _sides(outcomes: Sequence[Any], said: Mapping[str, str]) -> _Sides:
    numbers = [
        [
            wrap(_valued(part.value, part.low, part.high, said), LABEL - 0.5, 200)
            for part in (each.as_is, each.to_be)
        ]
        for each in outcomes
    ]
    changes = [each.change for each in outcomes]
    return _Sides(
        [wrap(said[f"what_if.{kind}"], LABEL, 110) for kind in ("as-is", "to-be")],
        numbers,
        [wrap(_whole(each.value, said, sign=True), 19, 220, bold=True) for each in changes],
        [wrap(span(each.low, each.high, said, lambda end: _whole(end, said)), NOTE, 220) for each in changes],
        wrap(said["what_if.change"], NOTE, 200),
    )


def _whole(value: float, said: Mapping[str, str], sign: bool = False) -> str:
    if not math.isfinite(value):
        return figure(value, said)
    return ("+" if sign and round(value) > 0 else "") + figure(round(value), said)


def _valued(value: float, low: float, high: float, said: Mapping[str, str]) -> str:
    between = span(low, high, said, lambda each: _whole(each, said))
    return (
        said["with interval"].format(value=_whole(value, said), between=between)
        if between
        else _whole(value, said)
    )


def _outcome(
    chart: Chart,
    outcome: Any,
    place: int,
    sides: _Sides,
    top: float,
    tall: float,
    said: Mapping[str, str],
    goal: float | None,
) -> None:
    """One of people and money: its name, as it is and the plan on one scale, and the change in large figures."""
    change = outcome.change
    # “Patients treated” needs no unit: its name says what is counted
    unit = f" ({change.unit})" if change.unit and change.unit.casefold() not in change.name.casefold() else ""
    name = cut(wrap(f"{change.name}{unit}", LABEL + 0.5, chart.width, bold=True), 1)
    chart.read(0, top, name, gid="name")
    width = chart.width - sides.first - sides.second - sides.last - 14
    left = chart.left(sides.first, width)
    parts = (outcome.as_is, outcome.to_be)
    known = [each for part in parts for each in (part.value, part.low, part.high) if math.isfinite(each)] or [
        0.0
    ]
    known += [] if goal is None else [goal]
    pad = (max(known) - min(known)) * 0.12 or abs(max(known)) * 0.05 or 1.0
    scale = Scale(min(known) - pad, max(known) + pad, left, width)
    ticks = [tick for tick in nice(scale.low, scale.high, 4) if not scale.beyond(tick)]
    upper, lower = top + name.height + 4, top + tall - axis_height() - 2
    axis(chart, scale, [(tick, _whole(tick, said)) for tick in ticks], upper, lower)
    if goal is not None:
        chart.line([scale.at(goal)] * 2, [upper, lower], look.STAR, 2.0, (0, (4, 2.5)))
    for row, part in enumerate(parts):
        y = upper + (lower - upper) / 2 * (row + 0.5)
        colour = look.BLUE if row else look.QUIET
        label, number = sides.labels[row], sides.numbers[place][row]
        chart.read(0, y - label.height / 2, label, gid="label")
        chart.whisker((scale.at(part.low), scale.at(part.high)), y, colour, 2.4, cap=4.5)
        if math.isfinite(part.value):
            shape, fill = ("s", colour) if row else ("o", look.PAPER)
            chart.mark(scale.at(part.value), y, shape, 9, fill=fill, edge=colour)
        chart.read(sides.first + width + 14, y - number.height / 2, number, gid="cell", number=True)
    shown = (sides.head, sides.big[place], sides.between[place])
    y = (upper + lower) / 2 - sum(block.height for block in shown) / 2
    unsure = not (change.low > 0 or change.high < 0)
    ink = look.QUIET if unsure else look.ABOVE if change.value > 0 else look.BELOW
    for block, shade in zip(shown, (look.QUIET, ink, look.QUIET), strict=True):
        chart.read(chart.width - sides.last, y, block, shade, gid="change", number=True)
        y += block.height

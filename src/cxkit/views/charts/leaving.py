"""Who is still there after what time: retention curves with their bands, and how many are still followed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxkit.languages import right_to_left
from cxkit.measures.estimate import p_text
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
    spread,
    wrong,
)
from cxkit.views.charts.words import figure, interval_name, listed, percent, tick_percent, unit_name, words
from cxkit.views.layout import LEADING, Block, cut, text_width, wrap
from cxkit.views.picture import Picture

if TYPE_CHECKING:
    from cxkit.measures.retention import Survival

_COLUMNS = {"group", "time", "survival", "low", "high", "at_risk"}
_COLOURS = (look.SERIES[0], look.SERIES[1], look.SERIES[2], look.STAR, look.INK, look.QUIET)
_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.2, 1.8)), (0, (7, 2, 1.2, 2)), (0, (3, 1.2)))
_MOST_NAME = 120.0
_FEW = 3
_MONTHS = (1, 2, 3, 6, 12, 24, 60)
# A curve is told no further than where a tenth of its people is still followed.
_FOLLOWED = 0.1


@dataclass(frozen=True)
class _Group:
    """One curve, as the table has it, and its name."""

    name: str
    curve: pd.DataFrame

    def row(self, time: float) -> pd.Series | None:
        """The row that holds at this time; None after the end of the follow-up."""
        past = self.curve[self.curve["time"] <= time]
        last = self.curve.iloc[-1]
        if past.empty or (time > last["time"] and last["survival"] > 0):
            return None
        return past.iloc[-1]

    def followed(self, time: float) -> int:
        """How many are still followed at the next leaving from this time on; 0 after the last."""
        later = self.curve[self.curve["time"] >= time]
        return int(later["at_risk"].iloc[0]) if len(later) else 0


def plot_survival(result: Survival, *, unit: str = "", language: str = "en", size: str = "16:9") -> Picture:
    """Draw retention curves: the share still there over time, with bands, and below how many are still followed.

    Args:
        result: what `survival(…)` gave.
        unit: the unit of time, such as "months", for the words only.
        language: "en" or "he". Time runs from left to right in both, as numbers do.
        size: "16:9" (half a slide) or "A4". The sheet grows taller with many groups, and its type stays as large.

    Returns:
        A `Picture` with `.alt`, `.twin` (the shares at the times of the axis) and `.save(path)`.

    Raises:
        ValueError: for something else than `survival(…)` gives, or an unknown size.

    >>> from cxkit.measures.retention import survival
    >>> plot_survival(survival([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0]), unit="months").title
    'At 8 months, 44% are still there'
    """
    said, unit = words(language), unit_name(unit, language)
    table = getattr(result, "table", None)
    if not isinstance(table, pd.DataFrame) or not set(table.columns) >= _COLUMNS or table.empty:
        raise wrong(result, "plot_survival", "survival")
    single = table["group"].nunique() == 1
    groups = [
        _Group(said["survival.everybody"] if single and name == "all" else str(name), curve)
        for name, curve in table.groupby("group", sort=False, observed=True)
    ]
    longest = max(float(table["time"].max()), 1e-9)
    ticks = _ticks(longest, unit)
    told = _told(groups, ticks, longest)
    finding = _finding(groups, told, unit, said)
    twin = _twin(groups, ticks)
    least = min(
        0.0 if table["low"].isna().all() else float(table["low"].min()), float(table["survival"].min())
    )
    base = 0.5 if least > 0.55 else 0.0
    about = About(
        finding,
        said["survival.drawn"],
        _notes(result, groups, language, said),
        said["survival.alt"].format(groups=listed([each.name for each in groups], said), finding=finding)
        + _reaches(groups, told, said),
        twin,
        language,
        size,
    )
    blocks = [cut(wrap(each.name, NOTE, _MOST_NAME), 2) for each in groups]
    name = said["survival.time unit"].format(unit=unit) if unit else said["survival.time"]
    below = axis_height(name) + 6 + NOTE * LEADING + sum(max(b.height, 11.5) + 1.5 for b in blocks)
    mark = "\u200f" if right_to_left(language) else ""
    ends = [_end_label(each, mark, told, unit, said) for each in groups]

    def need(width: float) -> float:
        return below + max(130.0, 12 + sum(block.height + 3 for block in ends))

    chart = open_chart(about, need)
    # Names stand where reading starts, the ends of the lines always at the right.
    room = {"left": 38.0, "right": max(block.width for block in ends) + 26}
    side = "right" if chart.right_to_left else "left"
    risk = wrap(said["survival.at risk"], NOTE, _MOST_NAME, bold=True)
    room[side] = max(room[side], max(b.width for b in [*blocks, risk]) + 16)
    left = chart.left(0, chart.width) + room["left"]
    wide = chart.width - room["left"] - room["right"]
    time = Scale(0, max(ticks[-1], longest), left, wide)
    bottom = chart.bottom - below
    _grid(chart, time, ticks, base, bottom, name)
    share = _Share(base, chart.top + 6, bottom)
    for place, each in enumerate(groups):
        _curve(chart, each, time, share, place)
    _label_ends(chart, groups, ends, time, share, left + wide)
    _risk(chart, groups, blocks, risk, time, ticks, bottom + axis_height(name) + 6, said)
    return chart.picture


@dataclass(frozen=True)
class _Share:
    """Where a share stands between the bottom of the panel and its top."""

    base: float
    top: float
    bottom: float

    def at(self, share: float) -> float:
        return self.bottom - (share - self.base) / (1 - self.base) * (self.bottom - self.top)


def _ticks(longest: float, unit: str) -> list[float]:
    if "month" in unit.lower() or "חודש" in unit:
        step = next((each for each in _MONTHS if longest / each <= 8), 120)
        ticks = [float(step * place) for place in range(int(longest / step + 1e-9) + 1)]
        if len(ticks) > 2:
            return ticks
    ticks = [tick for tick in nice(0, longest, 7) if tick <= longest * (1 + 1e-9)]
    return ticks if len(ticks) > 1 else [0.0, longest]


def _told(groups: list[_Group], ticks: list[float], longest: float) -> float:
    """The latest time on the axis at which each group has enough people still followed to speak of it."""
    for tick in [longest, *ticks[::-1]]:
        if all(
            each.row(tick) is not None
            and each.followed(tick) >= _FOLLOWED * float(each.curve["at_risk"].iloc[0])
            for each in groups
        ):
            return tick
    return longest


def _time(time: float, unit: str, said: Mapping[str, str]) -> str:
    number = f"{round(time):,}" if time >= 10 else figure(time, said)
    return f"{number} {unit}".strip()


def _finding(groups: list[_Group], told: float, unit: str, said: Mapping[str, str]) -> str:
    known = [(each.name, row) for each in groups if (row := each.row(told)) is not None]
    shares = sorted(((float(row["survival"]), name) for name, row in known), key=lambda pair: pair[0])
    time = _time(told, unit, said)
    (low, worst), (high, best) = shares[0], shares[-1]
    if len(shares) == 1:
        return said["survival.one"].format(time=time, high=percent(high, said))
    if percent(low) == percent(high):
        return said["survival.same"].format(time=time, high=percent(high, said))
    return said["survival.two"].format(
        time=time, high=percent(high, said), low=percent(low, said), best=best, worst=worst
    )


def _reaches(groups: list[_Group], told: float, said: Mapping[str, str]) -> str:
    """The intervals of a few curves at the time that the title tells."""
    rows = [(each.name, row) for each in groups[:_FEW] if (row := each.row(told)) is not None]
    found = [
        said["alt.reach of"].format(name=name, low=percent(row["low"], said), high=percent(row["high"], said))
        for name, row in rows
        if row[["low", "high"]].notna().all()
    ]
    return " " + said["alt.reaches"].format(each="; ".join(found)) if found and len(groups) <= _FEW else ""


def _notes(result: Any, groups: list[_Group], language: str, said: Mapping[str, str]) -> list[str]:
    notes = [
        said["n is"].format(n=f"{int(result.n):,}") + ".",
        said["interval"].format(interval=interval_name(result.interval, language)),
    ]
    test = result.test
    if test is not None:
        chi2 = float(test["chi2"])
        notes.append(
            said["survival.no test"]
            if math.isnan(chi2)
            else said["survival.test"].format(chi2=figure(chi2, said), p=p_text(float(test["p"])))
        )
    if result.missing:
        notes.append(said["left out"].format(n=f"{int(result.missing):,}"))
    return [*notes, said["survival.risk note"]]


def _twin(groups: list[_Group], ticks: list[float]) -> pd.DataFrame:
    rows = []
    for each in groups:
        for tick in ticks:
            row = each.row(tick)
            values = [math.nan] * 3 if row is None else [row["survival"], row["low"], row["high"]]
            rows.append([each.name, tick, *values, each.followed(tick)])
    return pd.DataFrame(rows, columns=["group", "time", "survival", "low", "high", "at_risk"])


def _grid(chart: Chart, time: Scale, ticks: list[float], base: float, bottom: float, name: str) -> None:
    top = chart.top + 6
    axis(chart, time, [(tick, f"{tick:,g}") for tick in ticks], top, bottom, name)
    share = _Share(base, top, bottom)
    for value in (0.0, 0.25, 0.5, 0.75, 1.0) if not base else (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        y = share.at(value)
        block = wrap(tick_percent(value), NOTE, 60)
        chart.line([time.left, time.left + time.width], [y, y], look.RULE, 0.6, (0, (1, 2.5)), 1.6)
        chart.text(
            time.left - 6, y - block.height / 2, block, look.QUIET, side="right", gid="axis", number=True
        )


def _curve(chart: Chart, each: _Group, time: Scale, share: _Share, place: int) -> None:
    colour, dash = _COLOURS[place % len(_COLOURS)], _DASHES[place % len(_DASHES)]
    xs = [time.at(float(value)) for value in each.curve["time"]]
    steps = [xs[0], *(x for x in xs[1:] for _ in range(2))]

    def along(name: str) -> list[float]:
        ys = [share.at(float(value)) for value in each.curve[name]]
        return [y for y, _ in zip((y for y in ys for _ in range(2)), steps, strict=False)]

    band = each.curve[["low", "high"]].notna().all(axis=1)
    if band.any():
        known = _Group(each.name, each.curve[band])
        part = [time.at(float(value)) for value in known.curve["time"]]
        stairs = [part[0], *(x for x in part[1:] for _ in range(2))]
        sides = []
        for name in ("low", "high"):
            ys = [min(share.at(float(value)), share.bottom) for value in known.curve[name]]
            sides.append([y for y in ys for _ in range(2)][: len(stairs)])
        chart.fill([*stairs, *stairs[::-1]], [*sides[0], *sides[1][::-1]], colour, 0.16)
    chart.line(steps, along("survival"), colour, 2.2, dash, 4, gid="curve")


def _end_label(each: _Group, mark: str, told: float, unit: str, said: Mapping[str, str]) -> Block:
    """The name and the share at the end of a line; with its time, where the title tells another."""
    share = percent(float(each.curve["survival"].iloc[-1]), said)
    last = float(each.curve["time"].iloc[-1])
    if last != told:
        share = said["survival.end"].format(share=share, time=_time(last, unit, said))
    room = _MOST_NAME
    block = cut(wrap(each.name, LABEL, room, bold=True), 2)
    line = f"{block.lines[-1]}{mark}  {share}" if block.lines else share
    if text_width(line, LABEL, True) <= room + 30:
        return Block((*block.lines[:-1], line), LABEL, True)
    return Block((*block.lines, *wrap(share, LABEL, room + 30, bold=True).lines), LABEL, True)


def _label_ends(
    chart: Chart, groups: list[_Group], ends: list[Block], time: Scale, share: _Share, right: float
) -> None:
    places = [share.at(float(each.curve["survival"].iloc[-1])) for each in groups]
    found = spread(places, [block.height + 3 for block in ends], share.top - 6, share.bottom + 6)
    for index, (each, block, y) in enumerate(zip(groups, ends, found, strict=True)):
        colour = _COLOURS[index % len(_COLOURS)]
        x = time.at(float(each.curve["time"].iloc[-1]))
        chart.line([x, right + 8, right + 16], [places[index], places[index], y], colour, 0.9, "-", 3)
        chart.mark(x, places[index], "o", 5, fill=colour, edge=colour)
        # the block's own middle, since a line's letters sit a little above it
        chart.text(right + 20, y - block.height / 2, block, gid="end")


def _risk(
    chart: Chart,
    groups: list[_Group],
    blocks: list[Block],
    head: Block,
    time: Scale,
    ticks: list[float],
    top: float,
    said: Mapping[str, str],
) -> None:
    """The table below the curves: how many are still followed."""
    chart.read(0, top, head, look.QUIET, gid="risk")
    y = top + NOTE * LEADING + 1.5
    for index, (each, block) in enumerate(zip(groups, blocks, strict=True)):
        tall = max(block.height, 11.5)
        start = 12.0
        x = chart.left(0, 8)
        colour = _COLOURS[index % len(_COLOURS)]
        chart.line([x, x + 8], [y + tall / 2] * 2, colour, 2.2, _DASHES[index % len(_DASHES)], 4)
        chart.read(start, y + (tall - block.height) / 2, block, look.QUIET, gid="risk")
        taken = -math.inf
        for tick in ticks:
            number = wrap(f"{each.followed(tick):,}", NOTE, 80)
            left = time.at(tick) - number.width / 2
            if left > taken + 4:
                chart.text(
                    time.at(tick),
                    y + (tall - number.height) / 2,
                    number,
                    side="middle",
                    gid="risk",
                    number=True,
                )
                taken = left + number.width
        y += tall + 1.5

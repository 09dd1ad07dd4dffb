"""What goes with the outcome: odds ratios as a forest plot, and shares of R² as bars."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import word_key
from cxkit.views import look
from cxkit.views.charts.frame import About, Chart, Scale, axis, taken, wrong
from cxkit.views.charts.rows import Column, Rows, Table, draw_bars, draw_key, draw_rows
from cxkit.views.charts.words import (
    figure,
    interval_name,
    listed,
    percent,
    ratio,
    reach,
    with_span,
    words,
)
from cxkit.views.picture import Picture

_RATIOS = ("odds_ratio", "rate_ratio")
_TICKS = (
    (0.8, 0.9, 1, 1.1, 1.25, 1.5),
    (0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3),
    (0.1, 0.2, 0.5, 1, 2, 5, 10),
    (0.001, 0.01, 0.1, 1, 10, 100, 1000),
)


def plot_drivers(result: pd.DataFrame, *, language: str = "en", size: str = "16:9") -> Picture:
    """Draw a forest plot: the ratio of each touchpoint with its interval, not adjusted and adjusted side by side.

    Args:
        result: what `drivers(…)` gave.
        language: "en" or "he"; Hebrew runs from right to left, its number line from left to right.
        size: "16:9" (half a slide) or "A4". The sheet grows taller with many rows, and its type stays as large.

    Returns:
        A `Picture` with `.alt`, `.twin` (the same as a table) and `.save(path)`.

    Raises:
        ValueError: for something else than `drivers(…)` gives, or an unknown size.

    >>> from cxkit.measures.drivers import drivers
    >>> table = pd.DataFrame({"left": ["no", "no", "yes", "no", "no", "yes", "no", "yes"],
    ...                       "cover": [0, 0, -1, -2, -1, -3, -4, -2], "hold": [-1, -3, -2, 0, -1, -2, -1, 0]})
    >>> plot_drivers(drivers(table, "left", ["cover", "hold"], per=-1)).title
    'No touchpoint clearly goes with “left”: every interval holds 1'
    """
    said = words(language)
    kind = next((name for name in _RATIOS if isinstance(result, pd.DataFrame) and name in result), "")
    if not kind:
        raise wrong(result, "plot_drivers", "drivers")
    table = taken(result, "plot_drivers", "drivers", ("touchpoint", kind, "low", "high", "n"))
    adjusted = f"adjusted_{kind}" in table
    kinds = [("", kind)] + ([("adjusted_", f"adjusted_{kind}")] if adjusted else [])
    finding, best = _finding(table, kinds[-1], kind, said)
    names = [str(name) for name in table["touchpoint"]]
    columns = [
        Column(
            said["raw"] if adjusted else said[f"{kind[0].upper()}{kind[1:]}"],
            _texts(table, kinds[0], said),
            bold=() if adjusted else _clear(table, kinds[0]),
            colours=[look.QUIET if adjusted else look.INK] * len(names),
        )
    ]
    if adjusted:
        columns.append(Column(said["adjusted"], _texts(table, kinds[1], said), bold=_clear(table, kinds[1])))
    columns.append(Column("n", [f"{int(n):,}" for n in table["n"]], colours=[look.QUIET] * len(names)))
    scale_of, clipped = _scale(table, kinds)
    notes = _notes(table, language, said, kinds, clipped)
    drawn = _drawn(table, kind, said)
    lower, upper = (float(table[f"{kinds[-1][0]}{end}"].iloc[best]) for end in ("low", "high"))
    known = math.isfinite(lower) and math.isfinite(upper)
    more = said["drivers.alt value"].format(low=ratio(lower, said), high=ratio(upper, said)) if known else ""
    about = About(
        finding,
        drawn,
        notes,
        said["drivers.alt"].format(n=len(names), finding=finding, more=more),
        table,
        language,
        size,
    )
    rows = draw_rows(about, Table(names, columns, least=20.5 if adjusted else 19, head=16))
    scale = Scale(*scale_of, rows.left, rows.width, log=True)
    ticks = _ticks(scale)
    axis(rows.chart, scale, [(tick, f"{tick:g}") for tick in ticks], rows.top, rows.bottom, strong=1)
    if adjusted:
        draw_key(
            rows,
            [
                (said["raw"], lambda x, y: _mark(rows.chart, x, y, look.QUIET, False)),
                (said["adjusted"], lambda x, y: _mark(rows.chart, x, y, look.INK, True)),
            ],
        )
    shift = min(5.5, rows.pitch / 4) if adjusted else 0.0
    for index, y in enumerate(rows.y):
        for (prefix, column), down in zip(kinds, (-shift, shift), strict=False):
            ends = tuple(float(table[f"{prefix}{end}"].iloc[index]) for end in ("low", "high"))
            strong = bool(prefix) or not adjusted
            ink = look.QUIET if not strong else look.BLUE if ends[0] > 1 or ends[1] < 1 else look.INK
            _ratio(rows.chart, scale, float(table[column].iloc[index]), ends, y + down, ink, strong)
    return rows.chart.picture


def _finding(
    table: pd.DataFrame, chosen: tuple[str, str], kind: str, said: Mapping[str, str]
) -> tuple[str, int]:
    """The title, and the row that it speaks of: the ratio furthest from 1 of those whose interval leaves out 1."""
    outcome = str(table.attrs.get("outcome", "")).replace("_", " ") or said["outcome"]
    best = _furthest(table, chosen)
    if best is None:
        return said["drivers.none"].format(outcome=outcome), 0
    text = said["drivers.top"].format(
        name=table["touchpoint"].iloc[best],
        outcome=outcome,
        kind=said[kind],
        value=ratio(float(table[chosen[1]].iloc[best]), said),
    )
    return text, best


def _furthest(table: pd.DataFrame, chosen: tuple[str, str]) -> int | None:
    """The place of the ratio furthest from 1, of those whose interval leaves out 1."""
    clear = np.array(_clear(table, chosen))
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(np.log(table[chosen[1]].to_numpy(float)))
    return int(np.where(clear, np.nan_to_num(far, posinf=1e9), -1).argmax()) if clear.any() else None


def _clear(table: pd.DataFrame, chosen: tuple[str, str]) -> list[bool]:
    """Where the interval leaves out 1."""
    return [bool(each) for each in (table[f"{chosen[0]}low"] > 1) | (table[f"{chosen[0]}high"] < 1)]


def _texts(table: pd.DataFrame, chosen: tuple[str, str], said: Mapping[str, str]) -> list[str]:
    prefix, column = chosen
    ends = zip(table[column], table[f"{prefix}low"], table[f"{prefix}high"], strict=True)
    return [_text(value, low, high, said) for value, low, high in ends]


def _text(value: float, low: float, high: float, said: Mapping[str, str]) -> str:
    if math.isnan(low) or math.isnan(high):
        return ratio(value, said)
    return f"{ratio(value, said)} ({ratio(low, said)}–{ratio(high, said)})"


def _drawn(table: pd.DataFrame, kind: str, said: Mapping[str, str]) -> str:
    step, unit = float(table.attrs.get("per", 1)), str(table.attrs.get("unit") or "step")
    way = {1.0: "more", -1.0: "less"}.get(step, "by")
    name = f"drivers.{way} {unit}" if f"drivers.{way} {unit}" in said else f"drivers.{way} step"
    for_what = said[name].format(step=f"{step:g}".replace("-", "−"))
    return said["drivers.drawn"].format(Kind=said[f"{kind[0].upper()}{kind[1:]}"], for_what=for_what)


def _notes(
    table: pd.DataFrame,
    language: str,
    said: Mapping[str, str],
    kinds: list[tuple[str, str]],
    clipped: bool,
) -> list[str]:
    # the name of the method says nothing to most readers; the table has it
    interval = interval_name(str(table.attrs.get("interval", "95% interval")).replace(" Wald", ""), language)
    people = sorted({int(n) for n in table["n"]})
    notes = [
        said["n is"].format(n=" – ".join(f"{n:,}" for n in {people[0], people[-1]}) if people else "0") + "."
    ]
    notes.append(said["drivers.interval"].format(interval=interval))
    if "missing" in table and table["missing"].max() > 0:
        notes.append(said["left out"].format(n=f"{int(table['missing'].max()):,}"))
    if len(kinds) == 2:
        raw, full = (_clear(table, each) for each in kinds)
        names = [
            str(name)
            for name, one, other in zip(table["touchpoint"], raw, full, strict=True)
            if one and not other
        ]
        if names:
            notes.append(said["drivers.only"].format(names=listed(names, said)))
    if clipped:
        notes.append(said["beyond"])
    return [*notes, said["drivers.cause"]]


def _scale(table: pd.DataFrame, kinds: list[tuple[str, str]]) -> tuple[tuple[float, float], bool]:
    """The ends of the scale, and whether an interval goes beyond them: one wild interval must not squeeze the rest."""
    values = np.concatenate([table[column].to_numpy(float) for _, column in kinds])
    ends = np.concatenate(
        [table[f"{prefix}{end}"].to_numpy(float) for prefix, _ in kinds for end in ("low", "high")]
    )
    centre = values[np.isfinite(values) & (values > 0)]
    inside = ends[np.isfinite(ends) & (ends > 0)]
    reach = max(float(np.abs(np.log(centre)).max(initial=0.0)), math.log(1.15))
    most = min(max(3 * reach, math.log(3)), math.log(2000))
    logs = np.log(np.concatenate([inside, centre])) if len(inside) + len(centre) else np.zeros(1)
    low = max(min(float(logs.min()), -0.1), -most)
    high = min(max(float(logs.max()), 0.1), most)
    pad = 0.05 * (high - low)
    found = math.exp(low - pad), math.exp(high + pad)
    beyond = (ends < found[0] * 0.999) | (ends > found[1] * 1.001)
    return found, bool((beyond & ~np.isnan(ends)).any())


def _ticks(scale: Scale) -> list[float]:
    for ticks in _TICKS:
        held = [tick for tick in ticks if scale.low <= tick <= scale.high]
        if ticks[0] <= scale.low * 1.35 and ticks[-1] >= scale.high / 1.35:
            return held
    return [tick for tick in _TICKS[-1] if scale.low <= tick <= scale.high]


def _ratio(
    chart: Chart,
    scale: Scale,
    value: float,
    ends: tuple[float, ...],
    y: float,
    ink: str,
    strong: bool,
) -> None:
    low, high = ends
    if not (math.isnan(low) or math.isnan(high)):
        left, right = scale.at(low), scale.at(high)
        style = "-" if strong else (0, (3, 1.8))
        chart.line([left, right], [y, y], ink, 2.0 if strong else 1.3, style, 4)
        for end, x in ((low, left), (high, right)):
            side = scale.beyond(end)
            if side:
                chart.mark(x, y, "<" if side < 0 else ">", 5, fill=ink, edge=ink, order=4.5)
    if not math.isnan(value):
        _mark(chart, scale.at(value), y, ink, strong)


def _mark(chart: Chart, x: float, y: float, ink: str, strong: bool) -> None:
    if strong:
        chart.mark(x, y, "s", 7, fill=ink, edge=ink, gid="value")
    else:
        chart.mark(x, y, "o", 6.5, fill=look.PAPER, edge=ink, gid="raw")


@dataclass(frozen=True)
class Forest:
    """The ratios of touchpoints, the adjusted ones where there are any, to stand beside something else."""

    table: pd.DataFrame
    kind: str
    chosen: tuple[str, str]
    outcome: str
    interval: str

    @property
    def names(self) -> list[str]:
        return [str(name) for name in self.table["touchpoint"]]

    @property
    def best(self) -> str:
        """The touchpoint whose ratio is clearly furthest from 1; "" where none is clear."""
        place = _furthest(self.table, self.chosen)
        return "" if place is None else self.names[place]

    def row(self, name: str) -> tuple[float, float, float]:
        """Ratio, low and high of a touchpoint; NaN where it has none. Case and spaces do not matter."""
        places = [index for index, each in enumerate(self.names) if word_key(each) == word_key(name)]
        if not places:
            return math.nan, math.nan, math.nan
        prefix, column = self.chosen
        row = self.table.iloc[places[0]]
        return float(row[column]), float(row[f"{prefix}low"]), float(row[f"{prefix}high"])

    def texts(self, names: Sequence[str], said: Mapping[str, str]) -> list[str]:
        found = [self.row(name) for name in names]
        return ["" if math.isnan(value) else _text(value, low, high, said) for value, low, high in found]

    def clear(self, names: Sequence[str]) -> list[bool]:
        return [low > 1 or high < 1 for _, low, high in map(self.row, names)]

    def draw(self, rows: Rows, names: Sequence[str], left: float, width: float) -> None:
        ends, _ = _scale(self.table, [self.chosen])
        scale = Scale(*ends, left, width, log=True)
        ticks = [(tick, f"{tick:g}") for tick in _ticks(scale)]
        axis(rows.chart, scale, ticks, rows.top, rows.bottom, strong=1)
        for name, y in zip(names, rows.y, strict=True):
            value, low, high = self.row(name)
            ink = look.BLUE if low > 1 or high < 1 else look.INK
            _ratio(rows.chart, scale, value, (low, high), y, ink, True)


def forest_of(result: Any, plot: str) -> Forest:
    """What `drivers(…)` gave, for another chart.

    Raises:
        ValueError: for something else.
    """
    kind = next((name for name in _RATIOS if isinstance(result, pd.DataFrame) and name in result), "")
    if not kind:
        raise ValueError(
            f"{plot}: drivers is not what drivers(…) gives. Write drivers=drivers(…), or leave it out."
        )
    adjusted = f"adjusted_{kind}" in result
    chosen = ("adjusted_", f"adjusted_{kind}") if adjusted else ("", kind)
    outcome = str(result.attrs.get("outcome", "")).replace("_", " ")
    interval = str(result.attrs.get("interval", "95% Wald interval"))
    return Forest(result.reset_index(drop=True), kind, chosen, outcome, interval)


def plot_shapley(result: pd.Series | pd.DataFrame, *, language: str = "en", size: str = "16:9") -> Picture:
    """Draw how much of R² each touchpoint explains, the largest first.

    Args:
        result: what `shapley(…)` gave: shares alone, or with their intervals.
        language, size: as for `plot_drivers`.

    Returns:
        A `Picture`.

    Raises:
        ValueError: for something else than `shapley(…)` gives, or an unknown size.

    >>> from cxkit.measures.shapley import shapley
    >>> table = pd.DataFrame({"happy": [2, 4, 5, 4, 7, 9], "staff": [1, 2, 2, 3, 4, 5], "hold": [4, 1, 3, 1, 2, 1]})
    >>> plot_shapley(shapley(table, "happy", ["staff", "hold"])).title
    '“staff” explains most: 76% of the 90% that all touchpoints explain together'
    """
    said = words(language)
    attrs = dict(result.attrs) if isinstance(result, pd.Series | pd.DataFrame) else {}
    if isinstance(result, pd.Series) and result.name == "share":
        result = result.rename_axis("predictor").reset_index()
    table = taken(result, "plot_shapley", "shapley", ("predictor", "share"))
    table = table.sort_values("share", ascending=False, kind="stable", ignore_index=True)
    banded = {"low", "high"} <= set(table.columns)
    whole = float(attrs.get("r_squared", math.nan))
    first = table.iloc[0]
    finding = (
        said["shapley.top"].format(
            name=first["predictor"], share=percent(float(first["share"]), said), all=percent(whole, said)
        )
        if first["share"] > 0
        else said["shapley.none"]
    )
    texts = [
        with_span(value, low, high, said, lambda each: percent(each, said))
        for value, low, high in zip(
            table["share"],
            table["low"] if banded else [math.nan] * len(table),
            table["high"] if banded else [math.nan] * len(table),
            strict=True,
        )
    ]
    count = attrs.get("n", table["n"].max() if "n" in table else math.nan)
    missing = attrs.get("missing", 0)
    notes = [
        said["n is"].format(n=figure(float(count), said)) + ".",
        said["interval"].format(interval=interval_name(str(attrs["interval"]), language))
        if banded and "interval" in attrs
        else said["interval.none"],
        said["left out"].format(n=f"{int(missing):,}") if missing else "",
        said["shapley.sum"].format(all=percent(whole, said)),
    ]
    names = [str(name) for name in table["predictor"]]
    about = About(
        finding,
        said["shapley.drawn"],
        notes,
        said["shapley.alt"].format(n=len(names), finding=finding)
        + reach(first, said["quote"].format(first["predictor"]), said, lambda each: percent(each, said)),
        table,
        language,
        size,
    )
    rows = draw_rows(about, Table(names, [Column(said["share"], texts, bold=[True] * len(names))]))
    top = float(np.nanmax([table["share"].max(), table["high"].max() if banded else 0.0, 1e-9]))
    draw_bars(rows, table["share"], table if banded else None, top)
    return rows.chart.picture

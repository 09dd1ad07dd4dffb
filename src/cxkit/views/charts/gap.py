"""What was expected beside what was experienced, touchpoint by touchpoint."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cxkit.views import look
from cxkit.views.charts.frame import About, Scale, axis, taken
from cxkit.views.charts.rows import Column, Rows, Table, draw_key, draw_rows
from cxkit.views.charts.words import interval_name, reach, signed, span, words
from cxkit.views.map.curve import HATCH, HATCH_INK
from cxkit.views.picture import Picture


def plot_gap(result: pd.DataFrame, *, language: str = "en", size: str = "16:9") -> Picture:
    """Draw expected and experienced at each touchpoint as two ends of one line, with the signed gap beside it.

    Args:
        result: what `gap(…)` gave, for a survey or a journey. Not the table with one row per person.
        language: "en" or "he". Hebrew runs from right to left; the scale of scores runs from left to right.
        size: "16:9" (half a slide) or "A4". The sheet grows taller with many rows, and its type stays as large.

    Returns:
        A `Picture` with `.alt`, `.twin` (the same as a table) and `.save(path)`.

    Raises:
        ValueError: for something else than `gap(…)` gives, or an unknown size.

    >>> plot_gap(pd.DataFrame({"touchpoint": ["Calls"], "expected": [7], "experienced": [2], "gap": [-5]})).title
    '“Calls” falls furthest below what was expected: −5'
    """
    said = words(language)
    table = taken(result, "plot_gap", "gap", ("touchpoint", "expected", "experienced", "gap"))
    survey = {"low", "high", "n"} <= set(table.columns)
    places = 2 if survey else 1
    finding = _finding(table, said, places)
    names = [str(name) for name in table["touchpoint"]]
    rows = draw_rows(
        About(
            finding,
            said["gap.drawn"],
            _notes(table, survey, language, said),
            said["gap.alt"].format(n=len(names), finding=finding) + _sure(table, said, places),
            table.assign(sign=_signs(table, survey, said)),
            language,
            size,
        ),
        Table(names, _columns(table, survey, said, places), head=16),
    )
    scale, scores = _scale(table, rows)
    axis(rows.chart, scale, [(float(each), str(each)) for each in scores], rows.top, rows.bottom)
    marks = [
        (said[name], lambda x, y, name=name: _point(rows, name, x, y)) for name in ("expected", "experienced")
    ]
    draw_key(rows, marks)
    for y, expected, lived in zip(rows.y, table["expected"], table["experienced"], strict=True):
        _dumbbell(rows, scale, y, float(expected), float(lived))
    return rows.chart.picture


def _scale(table: pd.DataFrame, rows: Rows) -> tuple[Scale, range]:
    """The part of the scale from 1 to 10 that holds all scores, at least four points of it, and its whole scores."""
    known = table[["expected", "experienced"]].to_numpy(float)
    known = known[np.isfinite(known)]
    low, high = (math.floor(float(known.min())), math.ceil(float(known.max()))) if len(known) else (1, 10)
    while high - low < 4:
        low, high = max(low - 1, 1), min(high + 1, 10)
    return Scale(low - 0.2, high + 0.2, rows.left, rows.width), range(low, high + 1)


def _finding(table: pd.DataFrame, said: Mapping[str, str], places: int) -> str:
    gaps = table["gap"].to_numpy(float)
    if np.isnan(gaps).all():
        return said["gap.unknown"]
    worst = int(np.nanargmin(gaps))
    if gaps[worst] >= 0:
        return said["gap.none"]
    return said["gap.worst"].format(
        name=table["touchpoint"].iloc[worst], gap=_gap(float(gaps[worst]), places)
    )


def _sure(table: pd.DataFrame, said: Mapping[str, str], places: int) -> str:
    """The interval of the gap that the title tells."""
    worst = table[table["gap"] < 0].sort_values("gap", kind="stable").head(1)
    return "".join(
        reach(row, said["quote"].format(row["touchpoint"]), said, lambda each: _gap(each, places))
        for _, row in worst.iterrows()
    )


def _gap(value: float, places: int) -> str:
    text = signed(value, places)
    return text.removesuffix(".0") if places == 1 else text


def _columns(table: pd.DataFrame, survey: bool, said: Mapping[str, str], places: int) -> list[Column]:
    texts, colours = [], []
    for index, value in enumerate(table["gap"]):
        value = float(value)
        if math.isnan(value):
            texts.append(said["no score"])
            colours.append(look.QUIET)
            continue
        unsure = survey and float(table["low"].iloc[index]) <= 0 <= float(table["high"].iloc[index])
        colours.append(look.QUIET if unsure or not value else look.BELOW if value < 0 else look.ABOVE)
        text = _gap(value, places)
        if survey:
            low, high = float(table["low"].iloc[index]), float(table["high"].iloc[index])
            between = span(low, high, said, lambda each: signed(each, places))
            text = said["with interval"].format(value=text, between=between) if between else text
        texts.append(text)
    head = said["gap.interval head" if survey else "gap.head"]
    columns = [Column(head, texts, bold=[True] * len(texts), colours=colours)]
    if survey:
        columns.append(Column("n", [f"{int(n):,}" for n in table["n"]], colours=[look.QUIET] * len(texts)))
    return columns


def _signs(table: pd.DataFrame, survey: bool, said: Mapping[str, str]) -> list[str]:
    """What colour and hatch say, in words."""
    found = []
    for index, gap in enumerate(table["gap"].astype(float)):
        unsure = survey and float(table["low"].iloc[index]) <= 0 <= float(table["high"].iloc[index])
        name = "unsure" if unsure else "below" if gap < 0 else "above" if gap > 0 else "even"
        found.append("" if math.isnan(gap) else said[f"gap.{name}"])
    return found


def _notes(table: pd.DataFrame, survey: bool, language: str, said: Mapping[str, str]) -> list[str]:
    if not survey:
        return [said["gap.count"].format(n=len(table)), said["interval.none"]]
    least, most = int(table["n"].min()), int(table["n"].max())
    between = f"{least:,}" if least == most else said["to"].format(low=f"{least:,}", high=f"{most:,}")
    interval = interval_name(str(table.attrs.get("interval", "95% t interval")), language)
    lacking = int(table["missing"].sum()) if "missing" in table else 0
    return [
        said["n is"].format(n=between) + ".",
        said["gap.interval note"].format(interval=interval),
        said["gap.missing"].format(n=f"{lacking:,}") if lacking else "",
    ]


def _point(rows: Rows, name: str, x: float, y: float) -> None:
    if name == "expected":
        # a line, as of a target: it can be seen behind and before the dot
        rows.chart.line([x, x], [y - 7, y + 7], look.BLUE, 2.6, "-", 5.4, gid="expected")
    else:
        rows.chart.mark(x, y, "o", 8, gid="experienced")


def _dumbbell(rows: Rows, scale: Scale, y: float, expected: float, lived: float) -> None:
    chart = rows.chart
    if not (math.isnan(expected) or math.isnan(lived)) and expected != lived:
        below = lived < expected
        xs = [scale.at(expected), scale.at(lived)]
        # a fall is hatched, a rise is plain: told apart without colour too
        chart.box(
            min(xs),
            y - 3.6,
            abs(xs[1] - xs[0]),
            7.2,
            fill=look.BELOW_FILL if below else look.ABOVE_FILL,
            edge=HATCH_INK if below else look.ABOVE,
            line=0.7,
            hatch=HATCH if below else None,
            order=3,
            gid="gap",
        )
    if not math.isnan(expected):
        _point(rows, "expected", scale.at(expected), y)
    if not math.isnan(lived):
        _point(rows, "experienced", scale.at(lived), y)

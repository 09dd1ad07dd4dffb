"""How long people wait: before each activity, and at each hand-off from one owner to the next."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from cxkit.languages import right_to_left
from cxkit.views import look
from cxkit.views.charts.frame import NOTE, About, Scale, axis, taken
from cxkit.views.charts.rows import Column, Rows, Table, Under, draw_key, draw_rows
from cxkit.views.charts.words import interval_name, reach, wait, words
from cxkit.views.layout import text_width
from cxkit.views.picture import Picture

_TICKS = (1 / 1440, 10 / 1440, 1 / 24, 6 / 24, 1.0, 7.0, 30.0, 365.25, 3652.5)
_FINER = (
    1 / 1440,
    5 / 1440,
    15 / 1440,
    1 / 24,
    3 / 24,
    12 / 24,
    1.0,
    3.0,
    7.0,
    14.0,
    30.0,
    91.2,
    182.4,
    365.25,
    730.5,
)
_COLUMNS = ("cases", "median", "p90")


def plot_waits(result: pd.DataFrame, *, language: str = "en", size: str = "16:9") -> Picture:
    """Draw the wait before each activity: median with its interval, and how long nine in ten wait at most.

    Args:
        result: what `waits(…)` gave for activities, not one row per wait.
        language: "en" or "he". Hebrew runs from right to left; time on the scale runs from left to right.
        size: "16:9" (half a slide) or "A4". The sheet grows taller with many rows, and its type stays as large.

    Returns:
        A `Picture` with `.alt`, `.twin` (the same as a table) and `.save(path)`. The scale is logarithmic, so that
        minutes and months can be seen side by side.

    Raises:
        ValueError: for something else than `waits(…)` gives, or an unknown size.

    >>> from cxkit.measures.delays import waits
    >>> log = pd.DataFrame({"case": ["P1", "P1", "P2", "P2"], "activity": ["request", "call"] * 2,
    ...                     "time": ["2025-03-01", "2025-03-03", "2025-03-02", "2025-03-08"]})
    >>> plot_waits(waits(log)).title
    'The longest wait is before “call”: half wait 4 days or more, one in ten 5.6 days or more'
    """
    said = words(language)
    table = taken(result, "plot_waits", "waits", ("activity", *_COLUMNS))
    longest = table.iloc[int(table["median"].to_numpy(float).argmax())]
    finding = said["waits.top"].format(
        name=longest["activity"],
        median=wait(float(longest["median"]), said, brief=False),
        p90=wait(float(longest["p90"]), said, brief=False),
    )
    names = [str(name) for name in table["activity"]]
    about = About(
        finding,
        said["waits.drawn"],
        [*_notes(table, language, said), said["waits.left"]],
        said["waits.alt"].format(n=len(names), finding=finding)
        + reach(
            longest,
            said["quote"].format(longest["activity"]),
            said,
            lambda each: wait(each, said, brief=False),
        ),
        table,
        language,
        size,
    )
    rows = draw_rows(about, Table(names, _columns(table, said), head=16))
    _draw_waits(rows, table, said)
    return rows.chart.picture


def plot_handoffs(
    result: pd.DataFrame, *, most: int = 10, language: str = "en", size: str = "16:9"
) -> Picture:
    """Draw the hand-offs, longest first: from which activity to which, who holds the case, and how long it takes.

    Args:
        result: what `handoffs(…)` gave.
        most: how many hand-offs to draw at most, 1 or more; the table below the picture holds all.
        language, size: as for `plot_waits`.

    Returns:
        A `Picture`. A hand-off from nobody or to nobody is marked with an icon and in words.

    Raises:
        ValueError: for something else than `handoffs(…)` gives, an unknown size, or `most` below 1.

    >>> from cxkit.measures.delays import handoffs
    >>> log = pd.DataFrame({"case": ["P1"] * 2, "activity": ["images received", "images read"],
    ...                     "time": ["2025-03-01", "2025-03-05"], "resource": [None, "Dentist"]})
    >>> plot_handoffs(handoffs(log)).title
    'Nobody holds it: from “images received” to “images read” takes 4 days'
    """
    said = words(language)
    table = taken(result, "plot_handoffs", "handoffs", ("from_activity", "to_activity", *_COLUMNS))
    table = table.sort_values("median", ascending=False, kind="stable", ignore_index=True)
    owned = {"from_owner", "to_owner"} <= set(table.columns)
    finding = _longest(table, owned, said)
    drawn = table.head(at_most(most, "plot_handoffs"))
    arrow = "{} \u200f←\u200f {}" if right_to_left(language) else "{} → {}"
    names = [arrow.format(*pair) for pair in zip(drawn["from_activity"], drawn["to_activity"], strict=True)]
    under: list[Under] = []
    if owned:
        pairs = zip(drawn["from_owner"], drawn["to_owner"], strict=True)
        under = [
            Under(arrow.format(*(owner or said["nobody"] for owner in pair)), not all(pair)) for pair in pairs
        ]
    notes = _notes(table, language, said)
    if owned:
        orphans = int(((table["from_owner"] == "") | (table["to_owner"] == "")).sum())
        notes.append(said["handoffs.count"].format(k=orphans, n=len(table)))
    if len(drawn) < len(table):
        notes.append(said["more"].format(shown=len(drawn), all=len(table)))
    about = About(
        finding,
        said["handoffs.drawn" if owned else "handoffs.drawn plain"],
        notes,
        said["handoffs.alt"].format(n=len(table), finding=finding),
        table,
        language,
        size,
    )
    rows = draw_rows(about, Table(names, _columns(drawn, said), under, head=16, share=0.42))
    _draw_waits(rows, drawn, said, [each.flagged for each in under])
    return rows.chart.picture


def at_most(most: int, plot: str) -> int:
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise ValueError(f"{plot}: most is how many rows to draw, a whole number of 1 or more.")
    return most


def _longest(table: pd.DataFrame, owned: bool, said: Mapping[str, str]) -> str:
    orphans = table[table["from_owner"] == ""] if owned else table.head(0)
    first = (orphans if len(orphans) else table).iloc[0]
    return said["handoffs.orphan" if len(orphans) else "handoffs.top"].format(
        a=first["from_activity"],
        b=first["to_activity"],
        median=wait(float(first["median"]), said, brief=False),
    )


def _columns(table: pd.DataFrame, said: Mapping[str, str]) -> list[Column]:
    banded = {"low", "high"} <= set(table.columns)
    lows, highs = (table[end] if banded else [math.nan] * len(table) for end in ("low", "high"))
    medians = [
        _with_span(float(value), float(low), float(high), said)
        for value, low, high in zip(table["median"], lows, highs, strict=True)
    ]
    quiet = [look.QUIET] * len(table)
    return [
        Column(said["median.short"], medians, bold=[True] * len(table)),
        Column(said["p90.short"], [wait(float(each), said) for each in table["p90"]]),
        Column(said["cases"], [f"{int(each):,}" for each in table["cases"]], colours=quiet),
    ]


def _with_span(value: float, low: float, high: float, said: Mapping[str, str]) -> str:
    """“4.7 d (4.2 to 4.8)”: the unit once, where it is the same."""
    middle, *ends = (wait(each, said) for each in (value, low, high))
    units = {re.sub(r"[\d.,]+", "", text) for text in (middle, *ends)}
    # a Hebrew “day” has no figure that could stand alone
    if len(units) == 1 and all(re.search(r"\d", text) for text in ends):
        ends = [re.sub(r"[^\d.,]+", "", text) for text in ends]
    if math.isnan(low) or math.isnan(high):
        return middle
    return said["with interval"].format(value=middle, between=said["to"].format(low=ends[0], high=ends[1]))


def _notes(table: pd.DataFrame, language: str, said: Mapping[str, str]) -> list[str]:
    interval = str(table.attrs.get("interval", ""))
    left_out = int(table.attrs.get("left_out", 0) or 0)
    return [
        said["waits.note"],
        said["interval median"].format(interval=interval_name(interval, language))
        if interval and {"low", "high"} <= set(table.columns)
        else said["interval.none"],
        said["left out"].format(n=f"{left_out:,}") if left_out else "",
    ]


def _scale(values: Sequence[float], rows: Rows, said: Mapping[str, str]) -> tuple[Scale, list[float], bool]:
    """A scale of time that holds all values, its ticks, and whether some of them are 0."""
    known = [value for value in values if math.isfinite(value)]
    above = [value for value in known if value * 1440 >= 0.5] or [1.0]
    low, high = min(above), max(above) * 1.15
    zero = len(above) < len(known)
    if zero:
        # no wait at all has no place on a scale of logarithms: it stands at its beginning
        low = low / 6
    high = max(high, low * 20)
    scale = Scale(low * (1 if zero else 0.8), high, rows.left, rows.width, log=True)
    from_, to = low * (1.5 if zero else 0.8), scale.high
    ticks, finer = ([tick for tick in every if from_ <= tick <= to] for every in (_TICKS, _FINER))
    # long names of units leave no room for the finer ones
    if len(ticks) < 3 or (len(ticks) < 4 and _apart(finer, scale, said)):
        ticks = finer
    return scale, ticks, zero


def _apart(ticks: Sequence[float], scale: Scale, said: Mapping[str, str]) -> bool:
    """Whether the label of each tick has room beside that of the one before."""
    halves = [text_width(wait(tick, said), NOTE) / 2 + 3 for tick in ticks]
    ends = [(scale.at(tick) - half, scale.at(tick) + half) for tick, half in zip(ticks, halves, strict=True)]
    return all(before[1] <= after[0] for before, after in pairwise(ends))


def _draw_waits(
    rows: Rows, table: pd.DataFrame, said: Mapping[str, str], flagged: Sequence[bool] = ()
) -> None:
    banded = {"low", "high"} <= set(table.columns)
    columns = ["median", "p90", *(["low", "high"] if banded else [])]
    scale, ticks, zero = _scale(table[columns].to_numpy(float).ravel().tolist(), rows, said)
    labels = [(tick, wait(tick, said)) for tick in ticks]
    if zero:
        labels.insert(0, (scale.low, said["no wait.short"]))
    axis(rows.chart, scale, labels, rows.top, rows.bottom)
    chart = rows.chart

    def median(x: float, y: float, ink: str = look.INK) -> None:
        chart.mark(x, y, "o", 7.5, fill=ink, edge=ink, gid="median")

    def ninth(x: float, y: float) -> None:
        chart.line([x, x], [y - 5.5, y + 5.5], look.BLUE, 2.2, order=4.2, gid="p90")

    draw_key(rows, [(said["median.key"], median), (said["p90.short"], ninth)])
    for index, y in enumerate(rows.y):
        ink = look.BELOW if flagged and flagged[index] else look.INK
        middle, late = (float(table[name].iloc[index]) for name in ("median", "p90"))
        if not math.isnan(late) and not math.isnan(middle):
            chart.line([scale.at(middle), scale.at(late)], [y, y], look.BLUE, 1.2, (0, (2, 1.6)), 3.8)
            ninth(scale.at(late), y)
        if banded:
            low, high = float(table["low"].iloc[index]), float(table["high"].iloc[index])
            chart.whisker((scale.at(low), scale.at(high)), y, ink, 3.4, cap=0)
        if not math.isnan(middle):
            median(scale.at(middle), y, ink)

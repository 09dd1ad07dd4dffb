"""The paths that cases take, and where people are last seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from cxkit.languages import right_to_left
from cxkit.views import look
from cxkit.views.charts.delays import at_most
from cxkit.views.charts.frame import NOTE, About, Scale, axis, nice, taken
from cxkit.views.charts.rows import Column, Rows, Table, Under, draw_bars, draw_rows
from cxkit.views.charts.words import cost_note, figure, interval_name, percent, reach, wait, with_span, words
from cxkit.views.layout import Block, text_width, wrap
from cxkit.views.picture import Picture

_ARROW = " → "
_BAR = 74.0
_COLUMN = 30.0
_LEVEL = 27.0


def plot_variants(
    result: pd.DataFrame, *, most: int = 8, language: str = "en", size: str = "16:9"
) -> Picture:
    """Draw the paths that cases take, the most usual first: which steps, in which order, and how many go that way.

    Args:
        result: what `variants(…)` gave.
        most: how many paths to draw at most, 1 or more; the table below the picture holds all.
        language: "en" or "he". In Hebrew the steps run from right to left.
        size: "16:9" (half a slide) or "A4". The sheet grows taller with many rows, and its type stays as large.

    Returns:
        A `Picture` with `.alt`, `.twin` (the same as a table) and `.save(path)`. Where the activities are too many
        for a column each, the paths are written out.

    Raises:
        ValueError: for something else than `variants(…)` gives, an unknown size, or `most` below 1.

    >>> plot_variants(pd.DataFrame({"variant": ["ask → call", "ask"], "cases": [2, 1], "share": [2 / 3, 1 / 3]})).title
    '67% of the cases take the most usual of 2 paths'
    """
    said = words(language)
    table = taken(result, "plot_variants", "variants", ("variant", "cases", "share"))
    drawn = table.head(at_most(most, "plot_variants"))
    first = float(table["share"].iloc[0])
    finding = (
        said["variants.one"]
        if len(table) == 1
        else said["variants.top"].format(share=percent(first, said), n=f"{len(table):,}")
    )
    paths = [_steps(str(path)) for path in drawn["variant"]]
    activities = _in_order(paths)
    rest = len(table) - len(drawn)
    counted, every = int(table["cases"].sum()), round(table["cases"].sum() / table["share"].sum())
    # a table that was cut holds a part of the cases, and each share is still one of all
    part = said["variants.of one" if len(table) == 1 else "variants.of"]
    notes = [
        part.format(n=f"{counted:,}", all=f"{every:,}", k=len(table))
        if every > counted
        else said["n.cases"].format(n=f"{counted:,}"),
        said["variants.rest"].format(
            n=f"{rest:,}", share=percent(float(table["share"][len(drawn) :].sum()), said)
        )
        if rest
        else "",
    ]
    wide = (650.0 if size == "16:9" else 780.0) - 60 - _BAR
    heads = _heads(activities, wide / max(len(activities), 1))
    about = About(
        finding,
        said["variants.drawn" if heads else "variants.drawn text"],
        notes,
        said["variants.alt"].format(n=len(drawn), finding=finding),
        table,
        language,
        size,
    )
    shares = [percent(float(share), said) for share in drawn["share"]]
    if heads is None:
        arrow = " \u200f←\u200f " if right_to_left(language) else _ARROW
        cases = [f"{int(count):,}" for count in drawn["cases"]]
        columns = [
            Column(said["share"], shares, bold=[True] * len(shares)),
            Column(said["cases"], cases, colours=[look.QUIET] * len(shares)),
        ]
        rows = draw_rows(about, Table([arrow.join(steps) for steps in paths], columns, share=0.6, panel=90))
        draw_bars(rows, drawn["share"], None, first)
        return rows.chart.picture
    under = [
        Under(said["one case"] if count == 1 else said["count.cases"].format(n=f"{int(count):,}"))
        for count in drawn["cases"]
    ]
    rows = draw_rows(
        about, Table(shares, (), under, axis=None, head=_LEVEL * (1 + (len(heads) > 1)) + 6, least=30)
    )
    _draw_paths(rows, paths, activities, heads, drawn["share"].tolist())
    return rows.chart.picture


def _steps(path: str) -> list[str]:
    """The activities of a path; one whose name holds the arrow stands in quotation marks."""
    steps: list[str] = []
    for part in path.split(_ARROW):
        if steps and steps[-1].count("“") > steps[-1].count("”"):
            steps[-1] += _ARROW + part
        else:
            steps.append(part)
    return steps


def _in_order(paths: Sequence[Sequence[str]]) -> list[str]:
    """All activities, each where it first comes: after the one before it in its path."""
    found: list[str] = []
    for path in paths:
        place = 0
        for step in path:
            if step not in found:
                found.insert(place, step)
            place = found.index(step) + 1
    return found


def _heads(activities: Sequence[str], wide: float) -> list[Block] | None:
    """The names of the columns, on two levels in turn; None where there is no room for them."""
    if wide < _COLUMN:
        return None
    heads = [wrap(name, NOTE, 2 * wide - 8) for name in activities]
    return None if any(head.broken or len(head.lines) > 2 for head in heads) else heads


def _draw_paths(
    rows: Rows,
    paths: Sequence[Sequence[str]],
    activities: Sequence[str],
    heads: Sequence[Block],
    shares: Sequence[float],
) -> None:
    chart, rtl = rows.chart, rows.chart.right_to_left
    wide = (rows.width - _BAR) / len(activities)

    def middle(place: int) -> float:
        along = _BAR + wide * (place + 0.5)
        return rows.left + (rows.width - along if rtl else along)

    for place, head in enumerate(heads):
        bottom = rows.top - (_LEVEL + 2 if place % 2 else 2)
        x = middle(place)
        # the first and the last name may not leave the panel
        half = head.width / 2
        edge = min(max(x, chart.left(0, chart.width) + half), chart.left(0, chart.width) + chart.width - half)
        chart.text(edge, bottom - head.height, head, look.QUIET, side="middle", gid="head")
        chart.line([x, x], [bottom, rows.bottom], look.RULE, 0.6, (0, (1, 2.5)), 1.6)
    top = max(shares)
    for y, path, share in zip(rows.y, paths, shares, strict=True):
        long = (_BAR - 14) * share / top
        chart.box(
            rows.left + rows.width - long if rtl else rows.left,
            y - 6,
            long,
            12,
            fill=look.BLUE,
            order=3,
            gid="bar",
        )
        places = [activities.index(step) for step in path]
        xs = [middle(place) for place in places]
        if len(xs) > 1:
            chart.line(xs, [y] * len(xs), look.QUIET, 1.4, order=3)
        for place in set(places):
            text = ",".join(str(at + 1) for at, each in enumerate(places) if each == place)
            _draw_step(rows, middle(place), y, text, wide)


def _draw_step(rows: Rows, x: float, y: float, text: str, wide: float) -> None:
    if text_width(text, NOTE, True) > wide - 6:
        text = text.split(",")[0] + "…"
    block = Block((text,), NOTE, True)
    width = max(block.width + 7, 16)
    rows.chart.box(
        x - width / 2,
        y - 8,
        width,
        16,
        fill=look.PAPER,
        edge=look.INK,
        line=1.3,
        radius=8,
        order=4,
        gid="step",
    )
    rows.chart.text(x, y - block.height / 2, block, side="middle", gid="step", number=True)


def plot_leaks(result: pd.DataFrame, *, language: str = "en", size: str = "16:9") -> Picture:
    """Draw where people are lost: how many are last seen at each touchpoint, and of how many who got there.

    Args:
        result: what `attrition(…)` or `leak_points(…)` gave.
        language: "en" or "he". Hebrew runs from right to left; the scale runs from left to right.
        size: "16:9" (half a slide) or "A4". The sheet grows taller with many rows, and its type stays as large.

    Returns:
        A `Picture` with `.alt`, `.twin` (the same as a table) and `.save(path)`.

    Raises:
        ValueError: for something else than these two give, or an unknown size.

    >>> plot_leaks(pd.DataFrame({"touchpoint": ["request", "visit"], "reached": [2, 1], "lost": [1, 0],
    ...                          "share": [0.5, 0.0], "low": [0.1, 0.0], "high": [0.9, 0.8], "undecided": [0, 0]})).title
    'More are lost at “request” than anywhere else: 1 of the 2 who got there (50%)'
    """
    said = words(language)
    points = isinstance(result, pd.DataFrame) and "from_activity" in result
    name, count = ("from_activity", "cases") if points else ("touchpoint", "reached")
    table = taken(result, "plot_leaks", "leak_points", (name, count, "lost", "share", "low", "high"))
    columns = list(table.columns)
    # with by=…, a column of groups stands first
    by = str(columns[0]) if points and columns[0] != "from_activity" else ""
    names = [f"{row[by]}: {row[name]}" if by else str(row[name]) for _, row in table.iterrows()]
    worst = int(table["lost"].to_numpy(float).argmax())
    first = table.iloc[worst]
    finding = (
        said["leaks.top"].format(
            name=names[worst],
            lost=f"{int(first['lost']):,}",
            cases=f"{int(first[count]):,}",
            share=percent(float(first["share"]), said),
        )
        if first["lost"] > 0
        else said["leaks.none"]
    )
    about = About(
        finding,
        said["leaks.drawn"],
        _leak_notes(table, language, said),
        said["leaks.alt"].format(n=len(names), finding=finding)
        + (
            reach(first, said["quote"].format(names[worst]), said, lambda each: percent(each, said))
            if first["lost"] > 0
            else ""
        ),
        _in_words(table, language),
        language,
        size,
    )
    under = []
    if "owner" in table:
        under = [Under(str(owner) or said["no owner"], not owner) for owner in table["owner"]]
    rows = draw_rows(about, Table(names, _leak_columns(table, count, said), under))
    lost = table["lost"].to_numpy(float)
    ticks = nice(0, max(float(lost.max()), 1.0), 5)
    scale = Scale(0, ticks[-1], rows.left, rows.width)
    whole = [tick for tick in ticks if tick == int(tick)]
    axis(rows.chart, scale, [(tick, figure(tick, said)) for tick in whole], rows.top, rows.bottom, strong=0)
    tall = min(0.5 * rows.pitch, 15)
    for index, y in enumerate(rows.y):
        if lost[index] > 0:
            flagged = bool(under) and under[index].flagged
            rows.chart.box(
                scale.left,
                y - tall / 2,
                scale.at(lost[index]) - scale.left,
                tall,
                fill=look.BELOW if index == worst else look.BELOW_FILL,
                edge=look.BELOW,
                line=1.4 if flagged else 0.8,
                style=(0, (3, 1.6)) if flagged else "-",
                order=3,
                gid="bar",
            )
    return rows.chart.picture


def _leak_columns(table: pd.DataFrame, count: str, said: Mapping[str, str]) -> list[Column]:
    size = len(table)
    shares = [
        with_span(float(value), float(low), float(high), said, lambda each: percent(each, said))
        for value, low, high in zip(table["share"], table["low"], table["high"], strict=True)
    ]
    columns = [
        Column(said["lost"], [f"{int(each):,}" for each in table["lost"]], bold=[True] * size),
        Column(said["leaks.share"], shares),
        Column(said["n.head"], [f"{int(each):,}" for each in table[count]], colours=[look.QUIET] * size),
    ]
    if "median_wait" in table:
        waits = ["" if math.isnan(float(each)) else wait(float(each), said) for each in table["median_wait"]]
        columns.append(Column(said["leaks.wait"], waits))
    if "waiting_cost" in table and table["waiting_cost"].notna().any():
        ends = zip(
            *(table[name] for name in ("waiting_cost", "waiting_cost_low", "waiting_cost_high")), strict=True
        )
        costs = [
            "–" if math.isnan(value) else with_span(value, low, high, said, lambda each: percent(each, said))
            for value, low, high in ends
        ]
        columns.append(Column(said["leaks.cost"], costs))
    return columns


def _in_words(table: pd.DataFrame, language: str) -> pd.DataFrame:
    if "waiting_cost_note" not in table:
        return table
    return table.assign(
        waiting_cost_note=[cost_note(str(note), language) for note in table["waiting_cost_note"]]
    )


def _leak_notes(table: pd.DataFrame, language: str, said: Mapping[str, str]) -> list[str]:
    interval = interval_name(str(table.attrs.get("interval", "95% Wilson interval")), language)
    undecided = int(table["undecided"].sum()) if "undecided" in table else 0
    left_out = int(table.attrs.get("left_out", 0) or 0)
    return [
        said["interval median"].format(interval=interval),
        said["leaks.cost note"] if "waiting_cost" in table and table["waiting_cost"].notna().any() else "",
        said["leaks.undecided"].format(n=f"{undecided:,}") if undecided else "",
        said["left out"].format(n=f"{left_out:,}") if left_out else "",
        said["leaks.note"],
    ]

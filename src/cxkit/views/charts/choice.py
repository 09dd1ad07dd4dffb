"""What to do first: value beside effort, and how sure the order is."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from cxkit.views import look
from cxkit.views.charts.frame import LABEL, NOTE, About, Chart, Scale, open_chart, taken
from cxkit.views.charts.grid import Cloud, draw_names, draw_panel, lay
from cxkit.views.charts.places import place
from cxkit.views.charts.words import interval_name, percent, words
from cxkit.views.layout import Block, cut, text_width, wrap
from cxkit.views.picture import Picture

_CLOSE = 2 / 3
_GAP = 12.0


def plot_prioritise(
    result: pd.DataFrame,
    *,
    options: pd.DataFrame | None = None,
    language: str = "en",
    size: str = "16:9",
) -> Picture:
    """Draw options by value and effort, and beside them the ranks that each may have.

    Args:
        result: what `prioritise(…)` gave.
        options: the table that was given to `prioritise`, so that the ranges in it (`value_low`, `value_high`,
            `effort_low`, `effort_high`) can be drawn. None: no ranges.
        language: "en" or "he".
        size: "16:9" (half a slide) or "A4". The sheet grows taller with many options, and its type stays as large.

    Returns:
        A `Picture` with `.alt`, `.twin` (the same as a table) and `.save(path)`.

    Raises:
        ValueError: for something else than `prioritise(…)` gives, or an unknown size.

    >>> from cxkit.measures.redesign import prioritise
    >>> table = pd.DataFrame({"option": ["Call back", "New desk"], "value": [8, 9], "effort": [2, 6]})
    >>> plot_prioritise(prioritise(table)).title
    'Do “Call back” first: it comes first in 100% of the tries'
    """
    said = words(language)
    needed = ("option", "value", "effort", "rank", "rank_low", "rank_high", "share_first")
    table = taken(result, "plot_prioritise", "prioritise", needed)
    names = [str(name) for name in table["option"]]
    finding = _finding(table, names, said)
    ends = {name: _ends(table, options, name) for name in ("value", "effort")}
    ranged = any(not math.isnan(low) for each in ends.values() for low, _ in each)
    missing = int(table.attrs.get("missing", 0) or 0)
    interval = interval_name(str(table.attrs.get("interval", "95% of the tries")), language)
    about = About(
        finding,
        said["prioritise.drawn"],
        [
            _certain(table, said),
            said["prioritise.note"].format(interval=interval),
            said["prioritise.ranges"] if ranged else "",
            said["prioritise.apart"] if table.duplicated(["effort", "value"]).any() else "",
            said["left out"].format(n=f"{missing:,}") if missing else "",
        ],
        said["prioritise.alt"].format(n=len(names), finding=finding),
        table,
        language,
        size,
    )
    share = 0.47

    def blocks(width: float) -> list[Block]:
        return [cut(wrap(name, LABEL, width * share - 150), 3) for name in names]

    def need(width: float) -> float:
        return max(200.0, 46 + sum(max(block.height + 6, 22.0) for block in blocks(width)))

    chart = open_chart(about, need)
    wide = chart.width * (1 - share) - _GAP - 40
    left = chart.left(0, chart.width - chart.width * share - _GAP)
    efforts, values = _side_by_side(table)
    cloud = Cloud(
        names,
        efforts,
        values,
        ends["effort"],
        ends["value"],
        [False] * len(names),
        None,
        said["prioritise.effort"],
        said["prioritise.value"],
        {},
        from_zero=True,
    )
    laid = lay(chart, cloud, left + 40, wide)
    draw_panel(chart, cloud, laid)
    labels = [Block((str(index + 1),), LABEL, True) for index in range(len(names))]
    sizes = [(label.width + 1, label.height) for label in labels]
    points = list(zip(laid.px, laid.py, strict=True))
    boxes = place(points, sizes, laid.panel, (), laid.crosses, reach=7.0, far=400.0)
    if boxes is None:
        raise ValueError(
            "There are too many options for one picture. Take a part of the table, such as head(30)."
        )
    draw_names(chart, laid, boxes, labels)
    _ranks(chart, table, blocks(chart.width), chart.width * (1 - share), said)
    return chart.picture


def _finding(table: pd.DataFrame, names: list[str], said: Mapping[str, str]) -> str:
    if len(names) == 1:
        return said["prioritise.one"].format(name=names[0])
    shares = table["share_first"].to_numpy(float)
    first, second = (int(place) for place in (-shares).argsort(kind="stable")[:2])
    if shares[first] < _CLOSE:
        return said["prioritise.close"].format(name=names[first], other=names[second])
    return said["prioritise.top"].format(name=names[first], share=percent(float(shares[first]), said))


def _side_by_side(table: pd.DataFrame) -> tuple[list[float], list[float]]:
    """Effort and value of each option; those at the same place stand a little apart, so that each can be seen."""
    step = {name: float(table[name].abs().max()) * 0.025 for name in ("effort", "value")}
    same = table.groupby(["effort", "value"], sort=False)
    shift = same.cumcount() - (same["rank"].transform("size") - 1) / 2
    return (
        [float(each) for each in table["effort"] + shift * step["effort"]],
        [float(each) for each in table["value"] - shift * step["value"]],
    )


def _certain(table: pd.DataFrame, said: Mapping[str, str]) -> str:
    """Which numbers have no range, and so the order looks surer than it is; empty where all have one."""
    counts = dict(table.attrs.get("no_range") or {})
    parts = [
        said[f"prioritise.certain {name}"].format(k=f"{int(k):,}", n=f"{len(table):,}")
        for name, k in counts.items()
        if k
    ]
    return said["prioritise.certain"].format(parts=", ".join(parts)) if parts else ""


def _ends(table: pd.DataFrame, options: pd.DataFrame | None, name: str) -> list[tuple[float, float]]:
    source = table if f"{name}_low" in table else options
    columns = [f"{name}_low", f"{name}_high"]
    if not isinstance(source, pd.DataFrame) or not {"option", *columns} <= set(source.columns):
        return [(math.nan, math.nan)] * len(table)
    known = {
        str(row["option"]).strip(): tuple(float(row[each]) for each in columns)
        for _, row in source.iterrows()
    }
    return [known.get(str(option), (math.nan, math.nan)) for option in table["option"]]  # type: ignore[misc]


def _ranks(
    chart: Chart, table: pd.DataFrame, blocks: list[Block], start: float, said: Mapping[str, str]
) -> None:
    """The options in their order: number, name, the ranks that it may have, and how often it comes first."""
    wide = chart.width - start
    strip, last = 72.0, 36.0
    heads = [
        (wide - strip - last - 14, cut(wrap(said["prioritise.rank"], NOTE, strip), 2)),
        (wide - last, cut(wrap(said["prioritise.first"], NOTE, last), 2)),
    ]
    for along, head in heads:
        chart.read(start + along, chart.top + 24 - head.height, head, look.QUIET, gid="head")
    count = len(blocks)
    heights = [max(block.height + 6, 22.0) for block in blocks]
    extra = min((chart.bottom - chart.top - 46 - sum(heights)) / count, 14.0)
    scale = Scale(1, max(count, 2), chart.left(start + wide - strip - last - 14, strip) + 4, strip - 8)
    y = chart.top + 28
    for index, block in enumerate(blocks):
        tall = heights[index] + extra
        middle = y + tall / 2
        if index:
            left = chart.left(start, wide)
            chart.line([left, left + wide], [y, y])
        number = wrap(f"{index + 1}", LABEL, 40, bold=True)
        chart.read(start, middle - number.height / 2, number, gid="list", number=True)
        chart.read(start + text_width("99", LABEL, True) + 5, middle - block.height / 2, block, gid="list")
        row = table.iloc[index]
        chart.line([scale.left, scale.left + scale.width], [middle, middle], look.RULE, 0.8)
        ends = [scale.at(float(row[name])) for name in ("rank_low", "rank_high")]
        chart.line(ends, [middle, middle], look.BLUE, 4.5, order=3)
        x = scale.at(float(row["rank"]))
        chart.mark(x, middle, "o", 7.5, fill=look.INK, edge=look.INK)
        first = wrap(percent(float(row["share_first"]), said), LABEL - 0.5, 60, bold=index == 0)
        chart.read(start + wide - last, middle - first.height / 2, first, gid="list", number=True)
        y += tall
    for value in (1, count) if count > 1 else (1,):
        text = wrap(str(value), NOTE, 30)
        chart.text(scale.at(value), y + 2, text, look.QUIET, side="middle", gid="axis", number=True)

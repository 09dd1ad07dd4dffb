"""Before and after: what changed, and how much of it beyond the change elsewhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
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
    nice,
    open_chart,
    spread,
    wrong,
)
from cxkit.views.charts.rows import Column, Table, draw_rows
from cxkit.views.charts.words import figure, interval_name, percent, span, words
from cxkit.views.layout import LEADING, Block, cut, wrap
from cxkit.views.picture import Picture

if TYPE_CHECKING:
    from cxkit.measures.estimate import Estimate

_SHARES = "difference of shares"
_GROUPS = ("before", "after", "elsewhere, before", "elsewhere, after")
_AS_ELSEWHERE: Any = (0, (1.5, 2))


def plot_compare(
    result: Estimate,
    *,
    groups: Mapping[str, Estimate] | None = None,
    measure: str = "",
    places: tuple[str, str] | None = None,
    language: str = "en",
    size: str = "16:9",
) -> Picture:
    """Draw before and after with their intervals; with a place elsewhere, the change beyond the change there.

    Args:
        result: what `compare(before, after)` gave for answers, with or without `elsewhere`. Two journeys that were
            compared draw themselves: `as_is.draw(compare=to_be)`.
        groups: an `Estimate` of the level of each group, by “before”, “after” and, with `elsewhere`,
            “elsewhere, before” and “elsewhere, after”. None: those that the result itself holds in `.groups`; where it
            holds none, the change alone is drawn.
        measure: what was measured, such as "patients treated", for the title, the picture and the alt text.
        places: the names of this place and of the other one, such as ("North", "the other branches"). None: they are
            called “here” and “elsewhere”.
        language: "en" or "he". Before is at the left, after at the right, as time runs on the other charts.
        size: "16:9" (half a slide) or "A4".

    Returns:
        A `Picture` with `.alt`, `.twin` and `.save(path)`. With `elsewhere`, a dotted line shows where this place
        would be, had it moved as the other did.

    Raises:
        ValueError: for something else than `compare(…)` gives, groups that are not known, other than two names of
            places, or an unknown size.

    >>> from cxkit.measures.compare import compare
    >>> plot_compare(compare(["no", "no", "yes", "no"] * 9, ["yes", "yes", "no", "yes"] * 9)).title
    'After the change: +50 points (27.3 to 65.9)'
    """
    said = _placed(words(language), places)
    if not all(hasattr(result, name) for name in ("value", "low", "high", "interval", "n", "unit")):
        refused = wrong(result, "plot_compare", "compare")
        raise ValueError(f"{refused} Two journeys are drawn by as_is.draw(compare=to_be).")
    held = groups if groups is not None else getattr(result, "groups", None)
    levels = _levels(held, result)
    beyond = "elsewhere" in str(result.name) or (levels is not None and len(levels) == 4)
    points = result.unit == _SHARES
    finding = _finding(result, beyond, points, measure, said)
    kind = "compare.drawn did" if beyond else "compare.drawn"
    if levels is None:
        kind = "compare.drawn one did" if beyond else "compare.drawn one"
    drawn = said[kind]
    about = About(
        finding,
        drawn,
        _notes(result, levels, beyond, language, said),
        said["compare.alt"].format(drawn=drawn, finding=finding) + _told(levels, points, said),
        _twin(result, levels, said),
        language,
        size,
    )
    if levels is None:
        return _change_alone(about, result, points, measure, said)
    return _slopes(about, result, levels, points, measure, said)


def _placed(said: Mapping[str, str], places: tuple[str, str] | None) -> dict[str, str]:
    """The words of the chart, with the names of the two places where they are known."""
    if places is None:
        return dict(said)
    if isinstance(places, str) or len(places) != 2 or not all(str(name).strip() for name in places):
        raise ValueError(
            "plot_compare: places needs two names, this place and the other one, such as "
            '("North", "the other branches").'
        )
    here, elsewhere = (str(name).strip() for name in places)
    named = {
        name: said[f"{name}, named"].format(here=here, elsewhere=elsewhere)
        for name in ("compare.drawn did", "compare.drawn one did", "compare.as elsewhere")
    }
    return {**said, **named, "compare.here": here, "compare.elsewhere": elsewhere}


def _levels(groups: Any, result: Any) -> dict[str, Any] | None:
    if groups is None:
        return None
    known = {str(name): each for name, each in dict(groups).items()}
    if set(known) not in (set(_GROUPS[:2]), set(_GROUPS)) or not all(
        hasattr(each, "value") and hasattr(each, "low") for each in known.values()
    ):
        raise ValueError(
            "plot_compare: groups needs an estimate for “before” and “after” and, where there is another place, for "
            "“elsewhere, before” and “elsewhere, after”."
        )
    return {name: known[name] for name in _GROUPS if name in known}


def _amount(value: float, points: bool, said: Mapping[str, str], sign: bool = True) -> str:
    size = round(100 * value if points else value, 6)
    text = f"{abs(size):.1f}".removesuffix(".0") if points else figure(abs(size), said)
    mark = "−" if size < 0 else "+" if size > 0 and sign else ""
    return f"{mark}{text}"


def _form(value: float, points: bool, said: Mapping[str, str]) -> str:
    return percent(value, said) if points else figure(value, said)


def _told(levels: Mapping[str, Any] | None, points: bool, said: Mapping[str, str]) -> str:
    """The level of each group, for people who do not see the picture."""
    found = []
    for name, each in (levels or {}).items():
        place, _, when = name.rpartition(", ")
        where = said["compare.elsewhere" if place else "compare.here"]
        found.append(f"{where}, {said[when]}: {_form(float(each.value), points, said)}")
    return " " + said["compare.levels"].format(levels="; ".join(found)) if found else ""


def _finding(result: Any, beyond: bool, points: bool, measure: str, said: Mapping[str, str]) -> str:
    change = _amount(result.value, points, said)
    if points:
        change = said["points"].format(change)
    if measure:
        change = f"{measure} {change}"
    if math.isnan(result.low) or math.isnan(result.high):
        return said["compare.bare"].format(change=change)
    between = span(result.low, result.high, said, lambda each: _amount(each, points, said, sign=False))
    unsure = result.low <= 0 <= result.high
    name = f"compare.{'did ' if beyond else ''}{'unsure' if unsure else 'clear'}"
    return said[name].format(change=change, between=between)


def _notes(
    result: Any, levels: Mapping[str, Any] | None, beyond: bool, language: str, said: Mapping[str, str]
) -> list[str]:
    bars = {
        interval_name(str(each.interval), language)
        for each in (levels or {}).values()
        if not math.isnan(each.low)
    }
    of_change = interval_name(result.interval, language)
    named = [
        said["compare.interval"].format(interval=of_change),
        *(said["compare.bars"].format(interval=bar) for bar in sorted(bars)),
    ]
    missing = int(getattr(result, "missing", 0) or 0)
    return [
        said["n is"].format(n=f"{int(result.n):,}") + ".",
        *([said["compare.all"].format(interval=of_change)] if bars == {of_change} else named),
        said["left out"].format(n=f"{missing:,}") if missing else "",
        said["compare.alike" if beyond else "compare.cause"],
    ]


def _twin(result: Any, levels: Mapping[str, Any] | None, said: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for name, each in (levels or {}).items():
        place, _, when = name.rpartition(", ")
        where = said["compare.elsewhere" if place else "compare.here"]
        rows.append([where, said[when], each.value, each.low, each.high, int(each.n)])
    rows.append(["", said["change"], result.value, result.low, result.high, int(result.n)])
    return pd.DataFrame(rows, columns=["place", "when", "value", "low", "high", "n"])


def _change_alone(about: About, result: Any, points: bool, measure: str, said: Mapping[str, str]) -> Picture:
    text = _amount(result.value, points, said)
    between = span(result.low, result.high, said, lambda each: _amount(each, points, said))
    if between:
        text = said["with interval"].format(value=text, between=between)
    table = Table([said["change"]], [Column("", [text], bold=[True])], least=40, axis=measure)
    rows = draw_rows(about, table)
    known = [0.0, *(each for each in (result.value, result.low, result.high) if math.isfinite(each))]
    pad = (max(known) - min(known)) * 0.12 or 1.0
    scale = Scale(min(known) - pad, max(known) + pad, rows.left, rows.width)
    ticks = [tick for tick in nice(scale.low, scale.high) if not scale.beyond(tick)]
    labels = [(tick, _amount(tick, points, said)) for tick in ticks]
    axis(rows.chart, scale, labels, rows.top, rows.bottom, measure, strong=0)
    rows.chart.whisker((scale.at(result.low), scale.at(result.high)), rows.y[0], look.BLUE, 2.2, cap=5)
    rows.chart.mark(scale.at(result.value), rows.y[0], "s", 9, fill=look.BLUE, edge=look.BLUE)
    return rows.chart.picture


@dataclass(frozen=True)
class _Levels:
    """The panel of levels: before at the left, after at the right."""

    chart: Chart
    scale: Scale
    left: float
    right: float
    top: float
    bottom: float

    def y(self, value: float) -> float:
        return self.bottom - self.scale.at(value)


def _slopes(
    about: About, result: Any, levels: Mapping[str, Any], points: bool, measure: str, said: Mapping[str, str]
) -> Picture:
    chart = open_chart(about, lambda width: 220.0)
    first = chart.top
    if measure:
        caption = cut(wrap(measure, NOTE, chart.width), 1)
        chart.read(0, first, caption, look.QUIET, gid="axis")
        first += caption.height + 4
    top, bottom = first + 8, chart.bottom - NOTE * LEADING - 12
    would = levels["after"].value - result.value if len(levels) == 4 else math.nan
    known = [
        float(each)
        for level in levels.values()
        for each in (level.value, level.low, level.high)
        if math.isfinite(each)
    ]
    known += [would] if math.isfinite(would) else []
    pad = (max(known) - min(known)) * 0.08 or abs(max(known)) * 0.1 or 1.0
    scale = Scale(min(known) - pad, max(known) + pad, 0, bottom - top)
    edge = chart.left(0, chart.width)
    here = _Levels(chart, scale, edge + chart.width * 0.26, edge + chart.width * 0.60, first, bottom)

    def form(value: float) -> str:
        return _form(value, points, said)

    for x, name in ((here.left, "before"), (here.right, "after")):
        head = wrap(said[name], LABEL, 150, bold=True)
        chart.line([x, x], [top, bottom], look.RULE, 1.0, order=1.5)
        chart.text(x, bottom + 5, head, look.QUIET, side="middle", gid="axis")
    lines: list[tuple[str, str, float, Any, str]] = [("", look.BLUE, 2.6, "-", "o")]
    if len(levels) == 4:
        lines.append(("elsewhere, ", look.QUIET, 1.8, (0, (5, 2.2)), "D"))
    for start, colour, thick, dash, shape in lines:
        ends = [levels[f"{start}{name}"] for name in ("before", "after")]
        ys = [here.y(each.value) for each in ends]
        # beside one another, so that the interval of the one does not hide that of the other
        xs = [x + (9 if start else 0) for x in (here.left, here.right)]
        chart.line(xs, ys, colour, thick, dash, 4)
        for x, y, each in zip(xs, ys, ends, strict=True):
            _upright(chart, x, here, each, colour)
            chart.mark(x, y, shape, 8, fill=look.PAPER if start else colour, edge=colour)
    if math.isfinite(would):
        ys = [here.y(levels["before"].value), here.y(would)]
        chart.line([here.left, here.right], ys, look.BLUE, 1.6, _AS_ELSEWHERE, 3.8, gid="as-elsewhere")
        chart.mark(here.right, ys[1], "o", 7, fill=look.PAPER, edge=look.BLUE)
    unsure = not (result.low > 0 or result.high < 0)
    effect = (
        said["points"].format(_amount(result.value, True, said))
        if points
        else _amount(result.value, False, said)
    )
    _labels(here, levels, would, effect, unsure, form, said)
    if math.isfinite(would):
        _bracket(here, levels["after"].value, would, unsure)
    return chart.picture


def _upright(chart: Chart, x: float, here: _Levels, each: Any, colour: str) -> None:
    if math.isnan(each.low) or math.isnan(each.high):
        return
    ys = [here.y(each.low), here.y(each.high)]
    chart.line([x, x], ys, colour, 1.5, order=3.6)
    for y in ys:
        chart.line([x - 4, x + 4], [y, y], colour, 1.5, order=3.6)


def _labels(
    here: _Levels,
    levels: Mapping[str, Any],
    would: float,
    effect: str,
    unsure: bool,
    form: Callable[[float], str],
    said: Mapping[str, str],
) -> None:
    """The level at each end of each line, and at the right what the line is."""
    chart = here.chart
    edge = chart.left(0, chart.width)
    for when, x, side, room in (
        ("before", here.left - 14, "right", here.left - 14 - edge),
        ("after", here.right + 34, "left", edge + chart.width - here.right - 34),
    ):
        found: list[tuple[float, Block, str]] = []
        for name, each in levels.items():
            if name.rpartition(", ")[2] != when:
                continue
            elsewhere = name.startswith("elsewhere")
            what = said["compare.elsewhere" if elsewhere else "compare.here"] if len(levels) == 4 else ""
            between = span(each.low, each.high, said, form)
            text = (
                said["with interval"].format(value=form(each.value), between=between)
                if between
                else form(each.value)
            )
            block = cut(wrap(f"{what}: {text}" if what else text, LABEL, room, bold=not elsewhere), 3)
            found.append((here.y(each.value), block, look.QUIET if elsewhere else look.INK))
        if when == "after" and math.isfinite(would):
            text = f"{said['compare.as elsewhere']}: {form(would)}"
            found.append((here.y(would), cut(wrap(text, LABEL - 0.5, room), 3), look.BLUE))
            after = levels["after"].value
            ink = look.QUIET if unsure else look.BELOW if after < would else look.ABOVE
            found.append((here.y((would + after) / 2), wrap(effect, LABEL + 2, room, bold=True), ink))
        heights = [block.height + 4 for _, block, _ in found]
        places = spread([y for y, _, _ in found], heights, here.top, here.bottom + 4)
        for y, (_, block, colour) in zip(places, found, strict=True):
            chart.text(x, y - block.height / 2, block, colour, side=side, gid="level")


def _bracket(here: _Levels, value: float, would: float, unsure: bool) -> None:
    ink = look.QUIET if unsure else look.BELOW if value < would else look.ABOVE
    x, ys = here.right + 24, [here.y(value), here.y(would)]
    here.chart.line([x, x], ys, ink, 3.2, order=4, gid="effect")
    for y in ys:
        here.chart.line([x - 4, x], [y, y], ink, 1.6, order=4)

"""The drawn journey map: what was expected, what was lived, who owns it and how long it took."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxkit.views import look
from cxkit.views.layout import LEADING, Block, text_width, wrap
from cxkit.views.map_cells import Cell, Story, duration, signed
from cxkit.views.map_plan import AIR, Frame, Plan, Row, card_height, indent, pill_height, plan
from cxkit.views.page import Page, open_page
from cxkit.views.picture import Picture

STYLES = ("screen", "print")
_OUTLINES: dict[str, Any] = {"observed": "-", "inferred": (0, (4, 2.4)), "assumed": (0, (1, 1.8))}
_DASH = (0, (4.5, 2.2))
_MARGIN = 26.0
_HATCH = "////"


def draw_map(journey: Any, *, size: str = "16:9", style: str = "screen") -> Picture:
    """Draw a journey map.

    Args:
        journey: a `Journey`.
        size: "16:9" (slides), "A4", "A4 portrait" or "A3". Type is at least 7 points; on a slide of up to nine
            touchpoints at least 9 points. Many touchpoints are set in two or more rows.
        style: "screen" (tinted stages) or "print" (white stages, which saves ink).

    Returns:
        A `Picture`: a matplotlib figure with `.alt`, `.twin` (the whole journey as a table) and `.save(path)`.

    Raises:
        ValueError: another size or style.

    >>> from cxkit.journey import Journey
    >>> calls = {"stage": "care", "touchpoint": "Calls", "channel": "phone", "expected": 7, "experienced": 4}
    >>> draw_map(Journey([calls])).alt
    'Journey map: A customer journey. 1 touchpoint (Care 1). Experience falls furthest below expectation \
at “Calls”: expected 7, experienced 4, a gap of −3. No owner: “Calls”.'
    """
    if size not in look.SIZES:
        raise ValueError(f"There is no size {size!r}. Choose one of: {', '.join(look.SIZES)}.")
    if style not in STYLES:
        raise ValueError(f"There is no style {style!r}. Choose one of: {', '.join(STYLES)}.")
    story = Story(journey)
    picture = Picture(
        figsize=look.SIZES[size],
        facecolor=look.PAPER,
        alt=_alt(story),
        twin=_twin(story),
        title=journey.title or story.words["untitled"],
        language=journey.language,
        headings={**story.words, "inferred": story.words["inferred"]},
    )
    page = open_page(picture, story.right_to_left)
    width, height = (72 * inches for inches in look.SIZES[size])
    slide = size == "16:9"
    least = 9.0 if slide and len(story) <= 9 else 7.0
    top = _draw_head(page, story, width - 2 * _MARGIN, size)
    legend = _legend_lines(story, max(least, 7.5), width - 2 * _MARGIN)
    bottom = height - 0.72 * _MARGIN - len(legend) * max(least, 7.5) * 1.5
    most = {"A4": 11.0, "A4 portrait": 10.0}.get(size, 12.5)
    frame = Frame(width - 2 * _MARGIN, bottom - 10 - top, least, most, good=9.0 if slide else 8.0)
    laid = plan(story, frame)
    for row in laid.rows:
        top = _draw_row(page, story, laid, row, top, frame.width, style) + laid.gap
    _draw_legend(page, story, legend, max(least, 7.5), bottom)
    return picture


def _draw_head(page: Page, story: Story, width: float, size: str) -> float:
    journey = story.journey
    large = 17.0 if size == "A4 portrait" else 20.0
    title = journey.title or story.words["untitled"]
    block = wrap(title, large, width, bold=True, most=2)
    while (block.cut or (len(block.lines) > 1 and large > 18)) and large > 13:
        large -= 1
        block = wrap(title, large, width, bold=True, most=2)
    y = 0.75 * _MARGIN
    page.text(_MARGIN, y, block, gid="title")
    y += block.height + 3
    said = _subtitle(story)
    below = wrap(said, 9.5, width, most=3)
    if len(below.lines) > 1:
        below = wrap(said, 9.0, width, most=3)
    page.text(_MARGIN, y, below, look.QUIET, gid="subtitle")
    return y + below.height + 9


def _subtitle(story: Story) -> str:
    journey, words = story.journey, story.words
    persona = journey.persona
    who = ", ".join(filter(None, [persona.name, persona.demographics]))
    job = words["job"].format(persona.job.rstrip(".")) if persona.job else ""
    return "  ·  ".join(filter(None, [words.get(journey.state, journey.state), who, job, journey.scenario]))


def _draw_row(page: Page, story: Story, laid: Plan, row: Row, top: float, width: float, style: str) -> float:
    start = _MARGIN + laid.label
    height = sum(row.heights.values())
    for band in row.bands:
        tint, ink = look.STAGES.get(band.stage, (look.STAGES["care"]))
        left, wide = start + band.start, band.end - band.start
        fill = tint if style == "screen" else look.PAPER
        page.box(left + 0.75, top, wide - 1.5, height, fill=fill)
        page.box(left + 0.75, top, wide - 1.5, 2.6, fill=ink, order=1.2)
        page.text(left + 8, top + 0.62 * laid.size, band.name, ink, gid="stage")
        if style == "print" and band.end < width - laid.label - 1:
            page.line([left + wide, left + wide], [top, top + height], look.QUIET, 0.6, (0, (1, 2)))
    y = top
    for lane, tall in row.heights.items():
        if lane != "stage":
            label = row.labels[lane]
            # The name of a lane stands beside its first line; that of the stars ends there, over the cards.
            offset = AIR * laid.size + laid.air / 2
            if lane == "moment":
                offset += laid.size * LEADING - label.height
            page.text(_MARGIN, y + offset, label, look.QUIET, gid="label")
            if lane not in ("moment", "touchpoint", "wait_days"):
                page.line([_MARGIN, _MARGIN + width], [y, y], look.RULE)
        if lane == "touchpoint":
            _draw_cards(page, story, laid, row, y, start)
        elif lane == "wait_days":
            _draw_waits(page, story, laid, row, y, start)
        elif lane == "scores":
            _draw_scores(page, story, laid, row, y, tall, width, start)
        elif lane != "stage":
            _draw_lane(page, story, laid, row, lane, y, start)
        y += tall
    page.line([_MARGIN, _MARGIN + width], [y, y], look.RULE)
    return y


def _draw_lane(page: Page, story: Story, laid: Plan, row: Row, lane: str, top: float, start: float) -> None:
    for position, left in enumerate(row.starts):
        x, y = start + left + row.pad, top + AIR * laid.size + laid.air / 2
        for part in filter(None, (lane, story.under.get(lane))):
            block, cell = row.blocks[part][position], story.cells[part][row.first + position]
            if block and cell:
                _draw_cell(page, cell, block, x, y, part)
                y += block.height


def _draw_cell(page: Page, cell: Cell, block: Block, x: float, y: float, lane: str) -> None:
    if cell.boxed:
        wide = block.width + indent(cell, block.size) + 8
        page.box(
            x - 4,
            y - 2.2,
            wide,
            block.height + 4.4,
            fill=look.BELOW_PALE,
            edge=look.BELOW,
            line=1.1,
            radius=4,
            order=3,
            gid=f"{lane}-missing",
        )
    if cell.icon:
        middle = y + block.size * LEADING / 2
        page.icon(cell.icon, x + 0.5 * block.size, middle, 0.95 * block.size, cell.colour, gid=f"{lane}-icon")
    page.text(x + indent(cell, block.size), y, block, cell.colour, gid=lane)


def _draw_cards(page: Page, story: Story, laid: Plan, row: Row, top: float, start: float) -> None:
    tall = card_height(row, laid.size)
    y = top + (row.heights["touchpoint"] - tall) * 0.35
    for position, block in enumerate(row.blocks["touchpoint"]):
        index = row.first + position
        x = start + row.starts[position]
        evidence = story.text(index, "evidence")
        page.box(
            x, y, row.card, tall, fill=look.PAPER, edge=look.INK if evidence in _OUTLINES else look.RULE,
            line=1.1, style=_OUTLINES.get(evidence, "-"), radius=5, order=3, gid=f"card-{index}",
        )
        inner, here = x + row.pad, y + row.pad
        channel, said = story.cells["channel"][index], row.blocks["channel"][position]
        if channel and said:
            middle = here + said.size * LEADING / 2
            page.icon(channel.icon, inner + 0.55 * said.size, middle, 1.15 * said.size, look.QUIET)
            page.text(inner + indent(channel, said.size), here, said, look.QUIET, gid=f"card-text-{index}")
            here += said.height + 0.35 * laid.size
        if block:
            page.text(inner, here, block, gid=f"card-text-{index}")


def _draw_waits(page: Page, story: Story, laid: Plan, row: Row, top: float, start: float) -> None:
    y = top + 0.35 * laid.size + laid.air / 3
    for wait in row.waits:
        left, right = start + wait.start + 1.5, start + wait.end - 1.5
        days = story.waits[wait.touchpoint]
        if days or not wait.known:
            style = "-" if wait.known else (0, (1, 2))
            page.line([left, right], [y, y], look.INK, 1.3, style, 4)
            for end in (left, right):
                page.line([end, end], [y - 3, y + 3], look.INK, 1.3, order=4)
        page.text(start + wait.label_start, y + 0.45 * laid.size, wait.label, look.QUIET, gid="wait")


def _draw_scores(
    page: Page, story: Story, laid: Plan, row: Row, top: float, tall: float, width: float, start: float
) -> None:
    pill = pill_height(laid.small)
    high, low = top + pill + 7, top + tall - 1.1 * laid.small

    def level(score: float) -> float:
        return low - (score - 1) / 9 * (low - high)

    for score in (1, 4, 7, 10):
        page.line([start, _MARGIN + width], [level(score)] * 2, look.RULE, 0.6, (0, (1, 2.5)))
    for score in (1, 10):
        block = wrap(str(score), laid.small, 40)
        page.text(start - 5, level(score) - block.height / 2, block, look.QUIET, align="end", gid="axis", number=True)
    _draw_key(page, story, laid, top + AIR * laid.size + laid.air / 2 + row.labels["scores"].height + 3)

    indices = range(row.first, row.first + len(row.starts))
    xs = [start + x for x in row.middles]
    lines = {
        name: [None if scores[i] is None else level(scores[i]) for i in indices]  # type: ignore[arg-type]
        for name, scores in (("expected", story.expected), ("experienced", story.experienced))
    }
    for run in _runs([a is not None and b is not None for a, b in zip(*lines.values(), strict=True)]):
        _draw_gap(page, xs, lines["expected"], lines["experienced"], run)
    for name, colour, thick, dash in (("expected", look.BLUE, 1.5, _DASH), ("experienced", look.INK, 2.6, "-")):
        for run in _runs([y is not None for y in lines[name]]):
            curve_x, curve_y = _curve([xs[i] for i in run], [lines[name][i] for i in run])
            page.line(curve_x, curve_y, colour, thick, dash, 4 if name == "expected" else 4.2, gid=name)
    for position, index in enumerate(indices):
        _draw_point(page, story, laid, index, xs[position], {k: v[position] for k, v in lines.items()}, top)
        missing = row.blocks["scores"][position]
        if missing:
            page.text(xs[position], (high + low - missing.height) / 2, missing, look.QUIET, align="middle", gid="score")


def _draw_key(page: Page, story: Story, laid: Plan, top: float) -> None:
    for name, colour, thick, dash in (("expected", look.BLUE, 1.5, _DASH), ("experienced", look.INK, 2.6, "-")):
        block = wrap(story.words[name], laid.small, 200)
        middle = top + block.height / 2
        page.line([_MARGIN, _MARGIN + 1.6 * laid.small], [middle, middle], colour, thick, dash, 4)
        page.text(_MARGIN + 2.2 * laid.small, top, block, look.QUIET, gid="key")
        top += block.height


def _draw_point(
    page: Page, story: Story, laid: Plan, index: int, x: float, ys: dict[str, float | None], top: float
) -> None:
    expected, lived = ys["expected"], ys["experienced"]
    if expected is not None:
        page.line([x], [expected], look.BLUE, 0, order=4.4, marker="o", markersize=4.5, markeredgewidth=0)
    if lived is not None:
        if story.cells["moment"][index]:
            page.line(
                [x], [lived], look.STAR_FILL, 0, order=5, marker="*", markersize=1.75 * laid.small,
                markeredgecolor=look.INK, markeredgewidth=0.9,
            )
        else:
            page.line(
                [x], [lived], look.PAPER, 0, order=4.6, marker="o", markersize=7,
                markeredgecolor=look.INK, markeredgewidth=1.8,
            )
    gap = story.gaps[index]
    if expected is None or lived is None or gap is None:
        return
    colour = look.BELOW if gap < 0 else look.ABOVE if gap > 0 else look.QUIET
    block = Block((story.gap_words(index),), laid.small, bold=True)
    tall = pill_height(laid.small)
    wide = block.width + 0.9 * laid.small
    reach = 0.8 * laid.small
    if abs(expected - lived) >= tall + 2 * reach:
        middle = (expected + lived) / 2
    else:
        middle = min(expected, lived) - reach - tall / 2
    worst = gap < 0 and gap == min(other for other in story.gaps if other is not None)
    fill, ink = (colour, look.PAPER) if worst else (look.PAPER, colour)
    page.box(
        x - wide / 2, middle - tall / 2, wide, tall, fill=fill, edge=colour, line=0.9, radius=tall / 2, order=5.4
    )
    page.text(x, middle - block.height / 2, block, ink, align="middle", gid=f"gap-{index}", number=True)


def _runs(known: list[bool]) -> list[list[int]]:
    """Neighbouring positions that are known; a missing score breaks the line."""
    runs: list[list[int]] = [[]]
    for position, there in enumerate(known):
        if there:
            runs[-1].append(position)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _curve(xs: list[float], ys: list[Any]) -> tuple[np.ndarray, np.ndarray]:
    """A smooth line that passes through every point and rises or falls only where the scores do."""
    x, y = np.array(xs), np.array(ys, dtype=float)
    if len(x) < 2:
        return x, y
    step, rise = np.diff(x), np.diff(y) / np.diff(x)
    slope = np.zeros(len(x))
    # Fritsch and Butland: no slope at a turn, else the weighted harmonic mean; so no overshoot is invented.
    same = rise[:-1] * rise[1:] > 0
    first, second = 2 * step[1:] + step[:-1], step[1:] + 2 * step[:-1]
    slope[1:-1][same] = (first + second)[same] / (first[same] / rise[:-1][same] + second[same] / rise[1:][same])
    fine = np.concatenate([np.linspace(a, b, 25)[:-1] for a, b in zip(x[:-1], x[1:], strict=True)] + [x[-1:]])
    part = np.clip(np.searchsorted(x, fine, "right") - 1, 0, len(x) - 2)
    t, h = (fine - x[part]) / step[part], step[part]
    return fine, (
        (1 + 2 * t) * (1 - t) ** 2 * y[part]
        + t * (1 - t) ** 2 * h * slope[part]
        + t**2 * (3 - 2 * t) * y[part + 1]
        + t**2 * (t - 1) * h * slope[part + 1]
    )


def _draw_gap(page: Page, xs: list[float], expected: list[Any], lived: list[Any], run: list[int]) -> None:
    x, hoped = _curve([xs[i] for i in run], [expected[i] for i in run])
    _, had = _curve([xs[i] for i in run], [lived[i] for i in run])
    along = np.array([page.at(value) for value in x])
    # y points down, so a worse experience has the larger y.
    for where, fill, hatch in ((had > hoped, look.BELOW_FILL, _HATCH), (had < hoped, look.ABOVE_FILL, None)):
        page.axes.fill_between(
            along, hoped, had, where=where.tolist(), interpolate=True, facecolor=fill,
            edgecolor="#E9AE8C" if hatch else "none", hatch=hatch, linewidth=0, zorder=2,
        )


def _legend_lines(story: Story, size: float, width: float) -> list[list[tuple[str, Block]]]:
    words, table = story.words, story.table
    gaps = [gap for gap in story.gaps if gap is not None]
    items: list[tuple[str, str]] = []
    if any(gap < 0 for gap in gaps):
        items.append(("below", words["below"]))
    if any(gap > 0 for gap in gaps):
        items.append(("above", words["above"]))
    kinds = [kind for kind in _OUTLINES if kind in set(table["evidence"])]
    items += [
        (kind, (words["legend.evidence"] + " " if kind == kinds[0] else "") + words[_evidence_key(kind)])
        for kind in kinds
    ]
    if "inferred" in table and (table["inferred"] != "").any():
        items.append(("", words["legend.inferred"]))
    if "wait_days" in story.lanes:
        items.append(("", words["legend.wait"]))
    items.append(("", _honest(story)))
    lines: list[list[tuple[str, Block]]] = [[]]
    used = 0.0
    for symbol, text in items:
        block = wrap(text, size, width, most=1)
        needed = _symbol_room(symbol, size) + block.width
        if lines[-1] and used + needed > width:
            lines.append([])
            used = 0.0
        lines[-1].append((symbol, block))
        used += needed + 1.6 * size
    return lines


def _evidence_key(kind: str) -> str:
    return "inferred.kind" if kind == "inferred" else kind


def _symbol_room(symbol: str, size: float) -> float:
    return 2.4 * size if symbol else 0.0


def _draw_legend(page: Page, story: Story, lines: list[list[tuple[str, Block]]], size: float, top: float) -> None:
    for line in lines:
        x = _MARGIN
        for symbol, block in line:
            middle = top + block.height / 2
            if symbol in ("below", "above"):
                fill = look.BELOW_FILL if symbol == "below" else look.ABOVE_FILL
                edge = "#E9AE8C" if symbol == "below" else look.ABOVE
                hatch = _HATCH if symbol == "below" else None
                page.box(x, middle - 0.45 * size, 1.8 * size, 0.9 * size, fill=fill, edge=edge, line=0.6, hatch=hatch)
            elif symbol:
                page.box(
                    x, middle - 0.45 * size, 1.8 * size, 0.9 * size, fill=look.PAPER, edge=look.INK, line=1.0,
                    style=_OUTLINES[symbol], radius=2,
                )
            page.text(x + _symbol_room(symbol, size), top, block, look.QUIET, gid="legend")
            x += _symbol_room(symbol, size) + block.width + 1.6 * size
        top += 1.5 * size


def _honest(story: Story) -> str:
    words, count = story.words, len(story)
    parts = [words["foot.count.one"] if count == 1 else words["foot.count"].format(n=count)]
    pairs = [("expected", story.expected), ("experienced", story.experienced)]
    known = [(i, name) for name, scores in pairs for i in range(count) if scores[i] is not None]
    if not known:
        parts.append(words["foot.none"])
    else:
        guessed = sum(story.is_inferred(i, name) for i, name in known)
        if guessed:
            parts.append(words["foot.scores"].format(k=guessed, n=len(known)))
        missing = 2 * count - len(known)
        if missing:
            key = "foot.missing.one" if missing == 1 else "foot.missing"
            parts.append(words[key].format(k=missing))
    return "  ·  ".join(parts)


def _twin(story: Story) -> pd.DataFrame:
    table = story.table.copy()
    table.insert(
        table.columns.get_loc("experienced") + 1, "gap", [np.nan if g is None else g for g in story.gaps]
    )
    return table


def _alt(story: Story) -> str:
    words, count = story.words, len(story)
    title = story.journey.title.rstrip(".") or words["untitled"]
    stages = ", ".join(
        words["alt.stage"].format(stage=words.get(stage, stage), n=n)
        for stage, n in pd.Series(story.stages).value_counts(sort=False).items()
    )
    parts = [words["alt.map"].format(title=title)]
    parts.append(words["alt.count.one" if count == 1 else "alt.count"].format(n=count, stages=stages))
    gaps = {i: gap for i, gap in enumerate(story.gaps) if gap is not None}
    worst = min(gaps, key=lambda i: gaps[i], default=None)
    if worst is None:
        parts.append(words["alt.unscored"])
    elif gaps[worst] < 0:
        expected, lived = story.expected[worst], story.experienced[worst]
        parts.append(
            words["alt.worst"].format(
                touchpoint=story.text(worst, "touchpoint"),
                expected=f"{expected:g}",
                experienced=f"{lived:g}",
                gap=signed(gaps[worst]),
            )
        )
    else:
        parts.append(words["alt.nowhere"])
    names = [
        f"“{story.text(i, 'touchpoint')}”" for i, cell in enumerate(story.cells["owner"]) if cell and cell.boxed
    ]
    if names:
        parts.append(words["alt.ownerless"].format(names=", ".join(names)))
    waits = {i: days for i, days in enumerate(story.waits) if days}
    if waits:
        longest = max(waits, key=lambda i: waits[i])
        wait = duration(waits[longest], words)
        parts.append(words["alt.wait"].format(wait=wait, touchpoint=story.text(longest, "touchpoint")))
    return " ".join(parts)

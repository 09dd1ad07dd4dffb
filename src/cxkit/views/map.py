"""The drawn journey map: what was expected, what was lived, who owns it and how long it took."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cxkit.views import look
from cxkit.views.layout import LEADING, Block, cut, wrap
from cxkit.views.map_cells import Cell, Story, alt, honest, indent, twin
from cxkit.views.map_curve import HATCH, HATCH_INK, draw_scores
from cxkit.views.map_plan import AIR, Frame, Plan, Row, card_height, parts_of, plan
from cxkit.views.page import MARGIN, Page, open_page
from cxkit.views.picture import Picture

STYLES = ("screen", "print")
_OUTLINES: dict[str, Any] = {"observed": "-", "inferred": (0, (4, 2.4)), "assumed": (0, (1, 1.8))}


def draw_map(journey: Any, *, size: str = "16:9", style: str = "screen") -> Picture:
    """Draw a journey map.

    Args:
        journey: a `Journey`.
        size: "16:9" (slides), "A4", "A4 portrait" or "A3". Type is at least 7 points; on a slide of up to
            nine touchpoints at least 9 points. Many touchpoints are set in two or more rows.
        style: "screen" (tinted stages) or "print" (white stages, which saves ink).

    Returns:
        A `Picture`: a matplotlib figure with `.alt`, `.twin` (the whole journey as a table), `.save(path)`.

    Raises:
        ValueError: another size or style.

    >>> from cxkit.journey import Journey
    >>> calls = {"stage": "care", "touchpoint": "Calls", "channel": "phone", "expected": 7, "experienced": 4}
    >>> draw_map(Journey([calls])).alt
    'Journey map: A customer journey. 1 touchpoint (Care 1). Experience falls furthest below expectation \
at “Calls”: expected 7, experienced 4, a gap of −3.'
    """
    if size not in look.SIZES:
        raise ValueError(f"There is no size {size!r}. Choose one of: {', '.join(look.SIZES)}.")
    if style not in STYLES:
        raise ValueError(f"There is no style {style!r}. Choose one of: {', '.join(STYLES)}.")
    story = Story(journey)
    for growth in (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 6.0):
        # A journey of very many touchpoints gets a larger sheet of the same shape, rather than losing any.
        inches = tuple(growth * side for side in look.SIZES[size])
        laid, sheet = _arrange(story, inches, size)
        if laid:
            return _draw(story, laid, sheet, style)
    raise ValueError(f"A journey of {len(story)} touchpoints is too long for one map. Split it into several.")


@dataclass(frozen=True)
class _Sheet:
    """The paper: its size in inches, and what stands above and below the rows."""

    inches: tuple[float, ...]
    title: Block
    subtitle: Block
    top: float
    legend: list[list[tuple[str, Block]]]
    legend_size: float
    bottom: float


def _arrange(story: Story, inches: tuple[float, ...], size: str) -> tuple[Plan | None, _Sheet]:
    slide, portrait = size == "16:9", size == "A4 portrait"
    width, height = inches[0] * 72 - 2 * MARGIN, inches[1] * 72
    least = 9.0 if slide and len(story) <= 9 else 7.0
    legend_size = max(least, 7.5)
    title, subtitle = _head(story, width, 17.0 if portrait else 20.0)
    top = 0.75 * MARGIN + title.height + 3 + subtitle.height + 9
    most = {"A4": 11.0, "A4 portrait": 10.0}.get(size, 12.5)

    def fitted(legend: list[list[tuple[str, Block]]]) -> tuple[Plan | None, float]:
        bottom = height - 0.72 * MARGIN - len(legend) * legend_size * 1.5
        return plan(story, Frame(width, bottom - 10 - top, least, most, good=9.0 if slide else 8.0)), bottom

    told = _legend_lines(story, legend_size, width)
    for _ in range(3):
        legend = told
        laid, bottom = fitted(legend)
        # Where lanes are left to the table, the legend has to say so, which may take a line more.
        told = _legend_lines(laid.story if laid else story, legend_size, width)
        if len(told) <= len(legend):
            break
    return laid, _Sheet(inches, title, subtitle, top, told, legend_size, bottom)


def _head(story: Story, width: float, large: float) -> tuple[Block, Block]:
    text = story.journey.title or story.words["untitled"]
    title = wrap(text, large, width, bold=True)
    while len(title.lines) > (1 if large > 17 else 2) and large > 13:
        large -= 1
        title = wrap(text, large, width, bold=True)
    return cut(title, 2), cut(_subtitle(story, width), 3)


def _subtitle(story: Story, width: float) -> Block:
    """Who, what for and from where to where; a new line starts between these where it can."""
    journey, words = story.journey, story.words
    persona = journey.persona
    who = ", ".join(filter(None, [persona.name, persona.demographics]))
    job = words["job"].format(persona.job.rstrip(".")) if persona.job else ""
    lines: list[str] = []
    for part in filter(None, [words.get(journey.state, journey.state), who, job, journey.scenario]):
        joined = f"{lines[-1]} · {part}" if lines else part
        if lines and len(wrap(joined, 9.0, width).lines) == 1:
            lines[-1] = joined
        else:
            lines.append(part)
    blocks = [wrap(line, 9.0, width) for line in lines]
    return replace(blocks[0], lines=tuple(line for block in blocks for line in block.lines))


def _draw(story: Story, laid: Plan, sheet: _Sheet, style: str) -> Picture:
    picture = Picture(
        figsize=sheet.inches,
        facecolor=look.PAPER,
        alt=alt(story),
        twin=twin(story),
        title=story.journey.title or story.words["untitled"],
        language=story.journey.language,
        headings=story.words,
    )
    page = open_page(picture, story.right_to_left)
    page.text(MARGIN, 0.75 * MARGIN, sheet.title, gid="title")
    page.text(MARGIN, 0.75 * MARGIN + sheet.title.height + 3, sheet.subtitle, look.QUIET, gid="subtitle")
    top, width = sheet.top, page.width - 2 * MARGIN
    for row in laid.rows:
        top = _draw_row(page, laid.story, laid, row, top, width, style) + laid.gap
    _draw_legend(page, sheet.legend, sheet.legend_size, sheet.bottom)
    return picture


def _draw_row(page: Page, story: Story, laid: Plan, row: Row, top: float, width: float, style: str) -> float:
    start = MARGIN + laid.label
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
            page.text(MARGIN, y + offset, label, look.QUIET, gid="label")
            if lane not in ("moment", "touchpoint", "wait_days"):
                page.line([MARGIN, MARGIN + width], [y, y], look.RULE)
        if lane == "touchpoint":
            _draw_cards(page, story, laid, row, y, start)
        elif lane == "wait_days":
            _draw_waits(page, story, laid, row, y, start)
        elif lane == "scores":
            draw_scores(page, story, laid, row, y, tall, width, start)
        elif lane != "stage":
            _draw_lane(page, story, laid, row, lane, y, start)
        y += tall
    page.line([MARGIN, MARGIN + width], [y, y], look.RULE)
    return y


def _draw_lane(page: Page, story: Story, laid: Plan, row: Row, lane: str, top: float, start: float) -> None:
    for position, left in enumerate(row.starts):
        x, y = start + left + row.pad, top + AIR * laid.size + laid.air / 2
        for part in parts_of(story, lane):
            block, cell = row.blocks[part][position], story.cells[part][row.first + position]
            if block and cell:
                _draw_cell(page, cell, block, x, y, part)
                y += block.height


def _draw_cell(page: Page, cell: Cell, block: Block, x: float, y: float, lane: str) -> None:
    if cell.boxed:
        wide = block.width + indent(cell, block.size) + 8
        page.box(
            x - 4,
            y - 1.6,
            wide,
            block.height + 3.2,
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
            x,
            y,
            row.card,
            tall,
            fill=look.PAPER,
            edge=look.INK if evidence in _OUTLINES else look.RULE,
            line=1.1,
            style=_OUTLINES.get(evidence, "-"),
            radius=5,
            order=3,
            gid=f"card-{index}",
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
    if story.dropped:
        names = ", ".join(words[lane].lower() for lane in story.dropped)
        items.append(("", words["foot.dropped"].format(names=names)))
    items.append(("", honest(story)))
    lines: list[list[tuple[str, Block]]] = [[]]
    used = 0.0
    for symbol, text in items:
        block = cut(wrap(text, size, width), 1)
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


def _draw_legend(page: Page, lines: list[list[tuple[str, Block]]], size: float, top: float) -> None:
    for line in lines:
        x = MARGIN
        for symbol, block in line:
            middle = top + block.height / 2
            if symbol:
                look_of: dict[str, Any] = {
                    "below": {"fill": look.BELOW_FILL, "edge": HATCH_INK, "line": 0.6, "hatch": HATCH},
                    "above": {"fill": look.ABOVE_FILL, "edge": look.ABOVE, "line": 0.6},
                }.get(
                    symbol,
                    {"fill": look.PAPER, "edge": look.INK, "style": _OUTLINES.get(symbol), "radius": 2},
                )
                page.box(x, middle - 0.45 * size, 1.8 * size, 0.9 * size, **look_of)
            page.text(x + _symbol_room(symbol, size), top, block, look.QUIET, gid="legend")
            x += _symbol_room(symbol, size) + block.width + 1.6 * size
        top += 1.5 * size

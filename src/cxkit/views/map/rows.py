"""The rows of a journey map: stages, touchpoints, waits, owners, scores and what was said, drawn lane by lane."""

from __future__ import annotations

from cxkit.views import look
from cxkit.views.layout import LEADING, Block
from cxkit.views.map.cells import HANGING, STAR_ROOM, Cell, handoffs, indent
from cxkit.views.map.columns import EDGE, POINT, Row
from cxkit.views.map.curve import draw_scores
from cxkit.views.map.foot import OUTLINES
from cxkit.views.map.plan import AIR, Plan, card_height, parts_of
from cxkit.views.map.style import Style
from cxkit.views.page import Page

_OPEN_LANES = ("stage", "moment", "touchpoint", "wait_days")


def draw_row(page: Page, style: Style, laid: Plan, row: Row, top: float) -> float:
    """Draw one row of touchpoints with its top at `top`; where it ends."""
    story, margin = laid.story, style.margin
    start, width = margin + laid.label, page.width - 2 * margin
    _draw_stages(page, style, laid, row, top, start)
    y = top
    for lane, tall in row.heights.items():
        if lane != "stage":
            label = row.labels[lane]
            # The name of a lane stands beside its first line; that of the stars ends there, over the cards.
            offset = AIR * laid.size + laid.air / 2
            if lane == "moment":
                offset = tall - AIR * laid.size - laid.air / 2 - label.height
            page.text(margin, y + offset, label, style.quiet, gid="label")
            if lane not in _OPEN_LANES:
                page.line([margin, margin + width], [y, y], style.rule, 0.7 * style.thick)
        if lane == "touchpoint":
            _draw_cards(page, style, laid, row, y, start)
        elif lane == "wait_days":
            _draw_waits(page, style, laid, row, y, start)
        elif lane == "scores":
            draw_scores(page, style, story, laid, row, y, tall, width)
        elif lane == "moment":
            _draw_moments(page, style, laid, row, y + tall - AIR * laid.size - laid.air / 2, start)
        elif lane != "stage":
            _draw_lane(page, style, laid, row, lane, y, start)
            if lane == "owner":
                _draw_handoffs(page, style, laid, row, y, start)
        y += tall
    page.line([margin, margin + width], [y, y], style.rule, 0.7 * style.thick)
    return y


def _draw_stages(page: Page, style: Style, laid: Plan, row: Row, top: float, start: float) -> None:
    tall = max(band.name.height for band in row.bands) + 0.8 * laid.size
    height = sum(row.heights.values())
    for position, band in enumerate(row.bands):
        tint, ink = style.stage(band.stage)
        left, right = start + band.start + 0.75, start + band.end - 0.75
        last = position + 1 == len(row.bands)
        # One tint reaches a hair under the next, so that nothing shines through where words cross from one to another.
        reach = right if last else start + band.end + 0.3
        begin = left - (0.75 if position else 0.0)
        page.box(begin, top + tall / 2, reach - begin, height - tall / 2, fill=tint)
        # The head of a stage points to the next.
        tip = right + (0.0 if last else POINT - (0 if style.solid else 2))
        notch = left + (POINT if position else 0.0)
        corners = [
            (left, top),
            (tip - POINT, top),
            (tip, top + tall / 2),
            (tip - POINT, top + tall),
            (left, top + tall),
            (notch, top + tall / 2),
        ]
        fill, edge = (ink, "none") if style.solid else (look.PAPER, look.INK)
        page.shape(corners, fill=fill, edge=edge, line=1.0, order=1.3, gid="stage-head")
        y = top + (tall - band.name.height) / 2
        page.text(
            left + EDGE + 0.5 * POINT, y, band.name, look.PAPER if style.solid else look.INK, gid="stage"
        )
        if not last:
            colour, thick, dash = (look.PAPER, 1.5, "-") if style.solid else (style.quiet, 0.6, (0, (1, 2)))
            y = top + (tall / 2 if style.solid else tall)
            for above, below in [*_crossings(laid, row, band.end), (height, height)]:
                if top + above > y:
                    ends = [y, top + above]
                    page.line([start + band.end] * 2, ends, colour, thick, dash, 1.05, gid="stage-edge")
                y = top + below


def _crossings(laid: Plan, row: Row, edge: float) -> list[tuple[float, float]]:
    """From where to where words cross the end of a stage, from the top of the row: the line stops there."""
    found, top, size = [], 0.0, laid.size
    for lane, tall in row.heights.items():
        if lane == "wait_days":
            y = top + 0.8 * size + laid.air / 3
            found += [
                (y - 0.5, y + wait.label.height + 1.5)
                for wait in row.waits
                if wait.label_start - 2 < edge < wait.label_start + wait.label.width + 2
            ]
        elif lane == "moment":
            for position, start in enumerate(row.starts):
                blocks = [
                    block for part in parts_of(laid.story, lane) if (block := row.blocks[part][position])
                ]
                wide = max((block.width for block in blocks), default=0.0) + STAR_ROOM * size
                if start < edge < start + row.pad + wide:
                    high = sum(block.height for block in blocks)
                    bottom = top + tall - AIR * size - laid.air / 2
                    found.append((bottom - high - 0.5, bottom + 1.5))
        top += tall
    return found


def _draw_lane(page: Page, style: Style, laid: Plan, row: Row, lane: str, top: float, start: float) -> None:
    story = laid.story
    for position, left in enumerate(row.starts):
        x, y = start + left + row.pad, top + AIR * laid.size + laid.air / 2
        for part in parts_of(story, lane):
            block, cell = row.blocks[part][position], story.cells[part][row.first + position]
            if block and cell:
                _draw_cell(page, style, cell, block, x, y, part)
                y += block.height


def _draw_cell(page: Page, style: Style, cell: Cell, block: Block, x: float, y: float, lane: str) -> None:
    colour = style.quiet if cell.colour == look.QUIET else cell.colour
    # Words that are too wide to stand beside their icon stand under it.
    beside = indent(cell, block.size) if block.lines[0] else 0.0
    if cell.boxed:
        wide = block.width + beside + 8
        page.box(
            x - 4,
            y - 1.6,
            wide,
            block.height + 3.2,
            fill=look.BELOW_PALE if style.solid else look.PAPER,
            edge=look.BELOW,
            line=1.1 * style.thick,
            radius=4,
            order=3,
            gid=f"{lane}-missing",
        )
    if cell.icon:
        middle = y + block.size * LEADING / 2
        ink = look.BELOW if cell.icon == "pain" else colour
        across = (0.85 if cell.room == HANGING else 0.95) * block.size
        left = x - 1.4 * across if cell.room == HANGING else x
        page.icon(cell.icon, left + across / 2, middle, across, ink, gid=f"{lane}-icon")
    page.text(x + beside, y, block, colour, gid=lane)


def _draw_moments(page: Page, style: Style, laid: Plan, row: Row, bottom: float, start: float) -> None:
    """Moments of truth and estimates, standing on the cards."""
    story, size = laid.story, laid.size
    for position, left in enumerate(row.starts):
        index = row.first + position
        parts = [
            (part, row.blocks[part][position], story.cells[part][index])
            for part in parts_of(story, "moment")
            if row.blocks[part][position]
        ]
        tall = sum(block.height for _, block, _ in parts if block)
        x, y = start + left + row.pad, bottom - tall
        estimate = story.drivers.found.get(index) if story.drivers else None
        if estimate:
            name = "hollow star" if estimate.open else "star"
            across = (1.1 + 0.9 * estimate.strength) * size
            stacked = position in row.stacked
            middle = y + size * LEADING / 2 if stacked else bottom - min(tall, 2 * size * LEADING) / 2
            page.icon(name, x + 0.95 * size, middle, across, look.STAR)
        for part, block, cell in parts:
            if not block or not cell:
                continue
            if part == "driver":
                beside = 0.0 if position in row.stacked else indent(cell, size)
                page.text(x + beside, y, block, cell.colour, gid=f"driver-{index}", number=True)
            elif story.drivers and not estimate:
                # Beside estimates, a moment that was only told keeps a small star.
                middle = y + size * LEADING / 2
                page.icon("star", x + 0.5 * size, middle, 0.7 * size, cell.colour, gid="moment-icon")
                page.text(
                    x + (indent(cell, size) if block.lines[0] else 0.0), y, block, cell.colour, gid=part
                )
            else:
                _draw_cell(page, style, cell, block, x, y, part)
            y += block.height


def _draw_handoffs(page: Page, style: Style, laid: Plan, row: Row, top: float, start: float) -> None:
    """A sign before each owner who takes over from another, and before each moment that is passed to nobody."""
    handed = handoffs(laid.story)
    y = top + AIR * laid.size + laid.air / 2 + laid.size * LEADING / 2
    for position, left in enumerate(row.starts):
        kind = handed[row.first + position]
        if not kind:
            continue
        before = row.starts[position - 1] + row.card if position else left - EDGE
        # Text may reach half way into a wide space; the arrow takes the other half.
        # The outline of a missing owner reaches a little beyond its card.
        end = left - 0.5 + (min(0.0, row.pad - 4) - 1 if kind == "broken" else 0.0)
        begin = before + 1.0 + max(0.0, (left - before) / 2 - 4)
        colour = look.BELOW if kind == "broken" else style.quiet
        across = min(0.75 * laid.size, end - begin)
        x = start + end - across / 2
        if end - begin > across + 6:
            shaft = [start + begin + 2, x - (across / 2 + 1.5 if kind == "broken" else 0)]
            page.line(shaft, [y, y], colour, 1.1 * style.thick, (0, (2.5, 2)) if kind == "broken" else "-", 3)
        gid = f"handoff-{kind}-{row.first + position}"
        page.icon(kind, x, y, across, colour, line=1.1 * style.thick, gid=gid)


def _draw_cards(page: Page, style: Style, laid: Plan, row: Row, top: float, start: float) -> None:
    story = laid.story
    tall = card_height(row, laid.size) + 0.5 * laid.air
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
            edge=look.INK if evidence in OUTLINES else style.rule,
            line=1.1 * style.thick,
            style=OUTLINES.get(evidence, "-"),
            radius=5,
            order=3,
            gid=f"card-{index}",
        )
        inner, here = x + row.pad, y + row.pad
        channel, said = story.cells["channel"][index], row.blocks["channel"][position]
        if channel and said:
            _, ink = style.stage(story.stages[index])
            middle = here + said.size * LEADING / 2
            page.icon(channel.icon, inner + 0.55 * said.size, middle, 1.15 * said.size, ink)
            # A name that is too wide to stand beside the icon stands under it.
            beside = indent(channel, said.size) if said.lines[0] else 0.0
            page.text(inner + beside, here, said, style.quiet, gid=f"card-text-{index}")
            here += said.height + 0.35 * laid.size
        if block:
            page.text(inner, here, block, gid=f"card-text-{index}")


def _draw_waits(page: Page, style: Style, laid: Plan, row: Row, top: float, start: float) -> None:
    y = top + 0.35 * laid.size + laid.air / 3
    for wait in row.waits:
        left, right = start + wait.start + 1.5, start + wait.end - 1.5
        days = laid.story.waits[wait.touchpoint]
        thick = 1.3 * style.thick
        if days == 0:
            # No distance: one stroke instead of two.
            left = right = (left + right) / 2
        else:
            page.line([left, right], [y, y], look.INK, thick, "-" if wait.known else (0, (1, 2)), 4)
        for end in {left, right}:
            page.line([end, end], [y - 3, y + 3], look.INK, thick, order=4, gid=f"wait-{wait.touchpoint}")
        page.text(start + wait.label_start, y + 0.45 * laid.size, wait.label, style.quiet, gid="wait")

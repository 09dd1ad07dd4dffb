"""Two journeys in one picture: as-is above, to-be below, and what moved between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxkit.views import look
from cxkit.views.comparison import said
from cxkit.views.comparison.cards import ICON_ROOM, OWNER_ROOM, Card, number_room
from cxkit.views.comparison.curve import draw_curves
from cxkit.views.comparison.foot import OUTLINES, Foot, draw_foot, foot_of
from cxkit.views.comparison.list import BETWEEN
from cxkit.views.comparison.pair import Pair
from cxkit.views.comparison.plan import Frame, Plan, System, plan
from cxkit.views.comparison.time import draw_time
from cxkit.views.layout import LEADING, Block, cut, wrap
from cxkit.views.map.style import STYLES, Style
from cxkit.views.page import Page, open_page
from cxkit.views.picture import Picture

GONE = "#F1F3F5"
"""Behind a touchpoint that is removed; `look.QUIET` can be read on it."""
# How many times as large as the paper a sheet may be: so that everything is said; and where text has to be cut all
# the same. Whole words are worth a little on a sheet that is larger anyway.
_LARGER = (1.0, 1.12, 1.25, 1.4, 1.6, 1.8, 2.0, 2.25, 2.5)
_A_LITTLE = 1.3
_CUT_ON = (2.5, 3.2, 4.0, 6.0)


def draw_comparison(as_is: Any, to_be: Any, *, size: str = "16:9", style: str = "screen") -> Picture:
    """Draw two journeys in one picture: what moved between them.

    Above, how long each takes, to one scale of days. Below, the touchpoints of the one above those of the other:
    the same touchpoint is joined by a line, what is removed is struck through, what is new says so. Then both
    curves of experience, and what moved in words.

    Args:
        as_is, to_be: two journeys in the same language, with at least one touchpoint of the same name.
        size: "16:9" (slides), "A4", "A4 portrait" or "A3". Type is at least 7 points. Where text would have to be
            cut or left out, the sheet grows, up to two and a half times, and keeps its shape.
        style: "screen", "print" (white and hatched) or "projector" (larger; what moved is left to the table).

    Returns:
        A `Picture`; its table twin is what `cx.compare(as_is, to_be)` gives, with readable headings.

    Raises:
        ValueError: not two journeys, two languages, no touchpoint in common, or another size or style.

    >>> from cxkit.journey import Journey
    >>> calls = {"stage": "care", "touchpoint": "Calls", "channel": "phone", "experienced": 4}
    >>> draw_comparison(Journey([calls]), Journey([{**calls, "experienced": 7}], state="to-be")).title
    'From as-is to to-be'
    """
    if size not in look.SIZES:
        raise ValueError(f"There is no size {size!r}. Choose one of: {', '.join(look.SIZES)}.")
    if style not in STYLES:
        raise ValueError(f"There is no style {style!r}. Choose one of: {', '.join(STYLES)}.")
    pair = Pair(as_is, to_be)
    chosen = _choose(pair, size, STYLES[style])
    if chosen is None:
        raise ValueError("These two journeys are too long for one picture. Compare them part by part.")
    return _draw(pair, *chosen, STYLES[style])


@dataclass(frozen=True)
class _Sheet:
    """The paper: its size in inches, and what stands above and below the plan."""

    inches: tuple[float, ...]
    title: Block
    subtitle: Block
    top: float
    foot: Foot
    bottom: float


def _choose(pair: Pair, size: str, style: Style) -> tuple[Plan, _Sheet] | None:
    """The smallest sheet, of the shape of the paper, on which everything is said; None where none is large enough."""
    found: list[tuple[float, Plan, _Sheet]] = []
    for growth in _LARGER:
        if found and (found[0][0] == 1.0 or growth > _A_LITTLE * found[0][0]):
            break
        laid, sheet = _arrange(pair, growth, size, style, whole=True)
        if laid:
            found.append((growth, laid, sheet))
            if not laid.harm():
                break
    if found:
        _, laid, sheet = min(found, key=lambda one: one[1].harm())
        return laid, sheet
    for growth in _CUT_ON:
        laid, sheet = _arrange(pair, growth, size, style, whole=False)
        if laid:
            return laid, sheet
    return None


def _arrange(
    pair: Pair, growth: float, size: str, style: Style, *, whole: bool
) -> tuple[Plan | None, _Sheet]:
    inches = tuple(growth * side for side in look.SIZES[size])
    margin, projector = style.margin, style.name == "projector"
    width, height = inches[0] * 72 - 2 * margin, inches[1] * 72
    large = {"A4 portrait": 16.0, "A4": 18.0, "A3": 26.0}.get(size, 20.0) + (3 if projector else 0)
    title = wrap(said.headline(pair), large, width, bold=True)
    while len(title.lines) > (1 if width > 640 else 2) and large > 13:
        large -= 1
        title = wrap(said.headline(pair), large, width, bold=True)
    title = cut(title, 3)
    text = 12.0 if projector else 12.0 if size == "A3" else 9.5
    subtitle = cut(wrap(said.from_to(pair), text, width), 4)
    top = 0.8 * margin + title.height + 3 + subtitle.height + 10
    small = 10.0 if size == "A3" else 9.0 if projector else 7.5
    foot = foot_of(pair, small, width, listed=not projector)
    bottom = height - 0.75 * margin - foot.height
    sizes = _type(size, style)
    frame = Frame(width, bottom - 9 - top, *sizes, text=text, brief=projector)
    laid = plan(pair, frame, whole=whole)
    return laid, _Sheet(inches, title, subtitle, top, foot, bottom)


def _type(size: str, style: Style) -> tuple[float, float, float]:
    """The least, the largest and a good size of type."""
    if style.name == "projector":
        return 8.0, 16.0, 12.0
    good = {"16:9": 8.5, "A3": 9.5}.get(size, 8.0)
    return 7.0, 13.0 if size == "A3" else 11.0, good


def _draw(pair: Pair, laid: Plan, sheet: _Sheet, style: Style) -> Picture:
    picture = Picture(
        figsize=sheet.inches,
        facecolor=look.PAPER,
        alt=said.alt(pair),
        twin=said.twin(pair),
        title=said.from_to(pair),
        language=pair.language,
        headings=said.headings(pair),
    )
    page = open_page(picture, pair.right_to_left)
    margin = style.margin
    width = page.width - 2 * margin
    page.text(margin, 0.8 * margin, sheet.title, gid="title")
    page.text(margin, 0.8 * margin + sheet.title.height + 3, sheet.subtitle, style.quiet, gid="subtitle")
    y = sheet.top
    if laid.time:
        draw_time(page, pair, laid, style, y, width)
        y += laid.time + laid.gap
    for system in laid.systems:
        _draw_system(page, pair, laid, system, style, y)
        y += system.height + laid.gap
    if laid.words:
        _draw_words(page, laid, style, y, width)
    draw_foot(page, sheet.foot, style, sheet.bottom)
    return picture


def _draw_system(page: Page, pair: Pair, laid: Plan, system: System, style: Style, top: float) -> None:
    start = style.margin + laid.label
    tops = _tops(system, top)
    cards = (top, tops[1] - (system.header if system.split else 0))
    for band in system.bands:
        tint, ink = style.stage(band.stage)
        end = {0: tops[0] + system.tall[0], 1: tops[1] + system.tall[1], 2: top + system.height}[band.side]
        y = cards[1] if band.side == 1 else cards[0]
        left, wide = start + band.start + 0.75, band.end - band.start - 1.5
        page.box(left, y, wide, end - y, fill=tint)
        page.box(left, y, wide, 2.4, fill=ink, order=1.2)
        if band.side == 1:  # the lines that join the cards pass behind the name
            page.box(left + 5, y + 3, band.name.width + 4, band.name.height, fill=tint, order=2.8)
        page.text(left + 7, y + 0.45 * laid.size, band.name, ink, gid="stage")
    for side in (0, 1):
        _draw_tag(page, pair, laid, style, side, tops[side], full=system is laid.systems[0])
    _draw_joins(page, pair, laid, system, style, tops)
    for side in (0, 1):
        for position, both in enumerate(system.cards):
            card = both[side]
            if card:
                x = start + system.middle(position) - system.card / 2
                _draw_card(page, pair, card, side, x, tops[side], system, style)
    if system.curve:
        draw_curves(page, pair, laid, system, style, tops[1] + system.tall[1], system.curve)


def _tops(system: System, top: float) -> tuple[float, float]:
    """Where the cards of each journey begin."""
    old = top + system.header
    new = old + system.tall[0] + system.between + (system.header if system.split else 0)
    return old, new


def _draw_tag(page: Page, pair: Pair, laid: Plan, style: Style, side: int, top: float, *, full: bool) -> None:
    block = wrap(pair.names[side], laid.small, 300, bold=True)
    wide, tall = block.width + laid.small, block.height + 4
    fill, ink = (look.PAPER, look.QUIET) if side == 0 else (look.INK, look.PAPER)
    edge = look.QUIET if side == 0 else look.INK
    page.box(style.margin, top, wide, tall, fill=fill, edge=edge, line=1.1, radius=tall / 2)
    page.text(style.margin + laid.small / 2, top + 2, block, ink, gid="tag")
    y = top + tall + 3
    for name, ink in ((f"count {side}", style.quiet), (f"days {side}", look.INK)):
        if full and name in laid.labels:
            page.text(style.margin, y, laid.labels[name], ink, gid="label")
            y += laid.labels[name].height


def _draw_card(
    page: Page, pair: Pair, card: Card, side: int, x: float, y: float, system: System, style: Style
) -> None:
    wide, tall = system.card, system.highest(side)
    story = pair.stories[side]
    gone = side == 0 and card.row not in pair.joined
    come = side == 1 and card.row not in pair.back
    evidence = pair.text(story, card.row, "evidence")
    ink = style.quiet if gone else look.INK
    page.box(
        x,
        y,
        wide,
        tall,
        fill=GONE if gone and style.solid else look.PAPER,
        edge=ink if evidence in OUTLINES else style.rule,
        line=1.1 * style.thick,
        style=OUTLINES.get(evidence, "-"),
        radius=5,
        order=3,
        gid=f"card-{'old' if side == 0 else 'new'}-{card.row}",
    )
    gid = f"card-text-{'old' if side == 0 else 'new'}-{card.row}"
    inner, here, small = x + card.pad, y + card.pad, card.small
    page.text(inner, here, Block((str(card.row + 1),), small, bold=True), ink, gid=gid, number=True)
    channel = story.cells["channel"][card.row]
    if channel:
        after = inner + number_room(card.row, small)
        fresh = card.channel is not None and card.channel.bold
        colour = look.INK if fresh else style.quiet
        page.icon(channel.icon, after + 0.55 * small, here + small * LEADING / 2, 1.1 * small, colour)
        if card.channel:
            page.text(after + ICON_ROOM * small, here, card.channel, colour, gid=gid)
    badge = look.BELOW if gone else look.ABOVE if come else look.INK
    if card.badge:
        page.text(x + wide - card.pad, here, card.badge, badge, align="end", gid=gid)
    here += small * LEADING
    if come:
        page.box(x + 5, y - 1.4, wide - 10, 2.8, fill=look.ABOVE, order=3.2)
    for part in card.parts:
        here += part.air
        missing = part.kind == "owner" and pair.orphan(story, card.row)
        left = inner
        if missing:
            left += 2
            room = OWNER_ROOM * small
            page.box(
                inner - 1.5,
                here - 1.2,
                part.block.width + room + 7,
                part.block.height + 2.4,
                fill=look.BELOW_PALE if style.solid else look.PAPER,
                edge=look.BELOW,
                line=1.0,
                radius=4,
                order=3.4,
                gid="owner-missing",
            )
            page.icon("no owner", left + 0.5 * small, here + small * LEADING / 2, 0.95 * small, look.BELOW)
            left += room
        colour = (
            badge
            if part.kind == "badge"
            else style.quiet
            if gone or part.kind in ("was", "was wait", "wait", "owner")
            else look.INK
        )
        if missing:
            colour = look.BELOW
        elif part.changed:
            colour = look.ABOVE if part.kind == "owner" and card.row in pair.gained else look.INK
        page.text(left, here, part.block, colour, gid=gid)
        if gone and part.kind == "name":
            _strike(page, part.block, left, here, style)
        here += part.block.height


def _strike(page: Page, block: Block, x: float, y: float, style: Style) -> None:
    for row, line in enumerate(block.lines):
        middle = y + (row * LEADING + 0.66) * block.size
        wide = Block((line,), block.size, block.bold, block.italic).width / 1.03
        page.line([x, x + wide], [middle, middle], style.quiet, 0.8, order=6.5, gid="strike")


def _draw_joins(
    page: Page, pair: Pair, laid: Plan, system: System, style: Style, tops: tuple[float, float]
) -> None:
    """Between the rows: what joins a touchpoint to itself; where that has moved, the line leans."""
    start = style.margin + laid.label
    high = tops[0] + system.highest(0)
    low = tops[1]
    upper = {column.old: position for position, column in enumerate(system.columns) if column.old is not None}
    lower = {column.new: position for position, column in enumerate(system.columns) if column.new is not None}
    for was, now in pair.joined.items():
        above, below = upper.get(was), lower.get(now)
        if above is None or below is None:
            continue
        moved = was in pair.moved
        xs = [start + system.middle(place) for place in (above, below)]
        ink, thick = (look.INK, 1.7) if moved else (style.quiet, 1.1)
        page.line(xs, [high, low], ink, thick * style.thick, order=2.6, gid=f"join-{was}")


def _draw_words(page: Page, laid: Plan, style: Style, top: float, width: float) -> None:
    words = laid.words
    if words is None:
        return
    page.line([style.margin, style.margin + width], [top - 4, top - 4], style.rule)
    page.text(style.margin, top, laid.labels["list"], style.quiet, gid="label")
    for place, column in enumerate(words.items):
        x = style.margin + laid.label + place * (words.width + BETWEEN)
        y = top
        for item in column:
            page.text(x, y, item.lead, gid="lead")
            page.text(
                x + words.indent, y, item.text, look.INK if item.lead.lines else style.quiet, gid="item"
            )
            y += item.height + words.air

"""The head of a journey map: headline, as-is or to-be, scenario, and a card of the person it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cxkit.views import look
from cxkit.views.layout import Block, cut, printable, text_width, wrap
from cxkit.views.map.cells import Story
from cxkit.views.map.style import Style, Type
from cxkit.views.page import Page

_BESIDE = 700.0
"""From this width on the card stands beside the headline, below it otherwise."""
_SHARE = 0.42
_GUTTER = 18.0
_PAD = 8.0
_MOST_LINES = 5
_FULL = ("job", "uses", "situation")
_SHORT = ("job",)


@dataclass(frozen=True)
class Column:
    """One column of the card: its head (empty over the name) and its text."""

    head: Block | None
    text: Block
    width: float

    @property
    def height(self) -> float:
        return (self.head.height + 1.5 if self.head else 0.0) + self.text.height


@dataclass(frozen=True)
class Card:
    """Who the journey is about: initials, and columns of text."""

    start: float
    top: float
    width: float
    initials: str
    avatar: float
    columns: tuple[Column, ...]

    @property
    def height(self) -> float:
        return max(self.avatar, max((column.height for column in self.columns), default=0.0)) + 2 * _PAD


@dataclass(frozen=True)
class Head:
    """The head of the page, `height` points high: headline, tag, what follows the tag, and perhaps a card."""

    height: float
    title: Block
    tag: Block
    told: Block
    card: Card | None


def heads(story: Story, width: float, style: Style, sizes: Type) -> Iterator[Head]:
    """The heads that a page may have, from the fullest to the plainest."""
    if has_card(story):
        for fields in (_FULL, _SHORT):
            head = _with_card(story, width, style, sizes, fields)
            if head:
                yield head
    journey = story.journey
    who = ", ".join(filter(None, [journey.persona.name, journey.persona.demographics]))
    job = story.words["job"].format(journey.persona.job.rstrip(".")) if journey.persona.job else ""
    yield _head(story, width, sizes, [who, job, journey.scenario])
    if style.brief and job:
        yield _head(story, width, sizes, [who, journey.scenario])


def has_card(story: Story) -> bool:
    """Whether enough is known of the person for a card."""
    return bool(_initials(story) or _fields(story, _FULL))


def _head(story: Story, width: float, sizes: Type, parts: Sequence[str]) -> Head:
    text = story.journey.title or story.words["untitled"]
    large, floor = sizes.title, max(sizes.text + 1, 0.62 * sizes.title)
    title = wrap(text, large, width, bold=True)
    # One line, if that takes little; else two of full size.
    slim = wrap(text, 0.86 * large, width, bold=True)
    if len(slim.lines) == 1:
        while len(title.lines) > 1:
            large -= 0.5
            title = wrap(text, max(large, slim.size), width, bold=True)
    while len(title.lines) > 2 and large > floor:
        large -= 1
        title = wrap(text, large, width, bold=True)
    tag = wrap(story.words.get(story.journey.state, story.journey.state), sizes.text, width, bold=True)
    told = cut(_told(parts, sizes.text, width - _tag_width(tag) - 8), 3)
    title = cut(title, 3)
    height = title.height + 5 + max(told.height, _tag_height(tag)) if told.lines else title.height + 5
    return Head(max(height, title.height + 5 + _tag_height(tag)), title, tag, told, None)


def _told(parts: Sequence[str], size: float, width: float) -> Block:
    """Who, what for and from where to where; a new line starts between these where it can."""
    lines: list[str] = []
    for part in filter(None, parts):
        joined = f"{lines[-1]} · {part}" if lines else part
        if lines and len(wrap(joined, size, width).lines) == 1:
            lines[-1] = joined
        else:
            lines.append(part)
    blocks = [wrap(line, size, width) for line in lines]
    return replace(wrap("", size, width), lines=tuple(line for block in blocks for line in block.lines))


def _with_card(story: Story, width: float, style: Style, sizes: Type, wanted: Sequence[str]) -> Head | None:
    beside = width >= _BESIDE
    room = width * (1 - _SHARE) - _GUTTER if beside else width
    head = _head(story, width - room - _GUTTER if beside else width, sizes, [story.journey.scenario])
    avatar = 3.5 * sizes.text
    columns = _columns(story, sizes.text, room - avatar - 3 * _PAD, wanted)
    if not columns:
        return None
    used = sum(column.width for column in columns) + 2 * _PAD * (len(columns) - 1) + avatar + 3 * _PAD
    if beside or len(columns) == 1:
        room = used
    elif len(columns) > 1:
        each = (room - used) / len(columns)
        columns = tuple(replace(column, width=column.width + each) for column in columns)
    top = style.margin if beside else style.margin + head.height + 7
    start = style.margin + (width - room if beside else 0.0)
    card = Card(start, top, room, _initials(story), avatar, columns)
    tall = max(head.height, card.height) if beside else head.height + 7 + card.height
    return replace(head, height=tall, card=card)


def _fields(story: Story, wanted: Sequence[str]) -> list[tuple[str, str]]:
    persona = story.journey.persona
    before = story.words["card.before"].format(persona.history) if persona.history else ""
    texts = {
        "job": persona.job,
        "uses": "; ".join(filter(None, [persona.products.rstrip("."), persona.channels])),
        "situation": ". ".join(filter(None, [persona.situation.rstrip("."), before])),
    }
    return [(story.words[f"card.{name}"], texts[name]) for name in wanted if texts[name]]


def _columns(story: Story, size: float, room: float, wanted: Sequence[str]) -> tuple[Column, ...]:
    """The columns with the fewest lines that the room holds; none where even the most lines are too few."""
    persona = story.journey.persona
    fields = _fields(story, wanted)
    named = bool(persona.name or persona.demographics)
    count = len(fields) + named
    inner = room - 2 * _PAD * (count - 1)
    for lines in range(1, _MOST_LINES + 1):
        columns = [_name_column(story, size, inner, lines)] if named else []
        columns += [_field(head, text, size, inner, lines) for head, text in fields]
        used = sum(column.width for column in columns)
        if used <= inner and not any(column.text.broken for column in columns):
            return tuple(columns)
    return ()


def _narrowest(text: str, size: float, most: float, lines: int) -> Block:
    """The text in a column just wide enough for so many lines."""
    low = max((text_width(word, size) for word in printable(text).split(" ")), default=0.0)
    low, high = min(low, most), most
    while high - low > 2:
        middle = (low + high) / 2
        if len(wrap(text, size, middle).lines) <= lines:
            high = middle
        else:
            low = middle
    return wrap(text, size, high)


def _field(head: str, text: str, size: float, most: float, lines: int) -> Column:
    title = wrap(head, size, most, bold=True)
    block = _narrowest(text, size, most, lines)
    over = len(block.lines) > lines
    return Column(title, block, 2 * most if over else max(title.width, block.width) + 1)


def _name_column(story: Story, size: float, most: float, lines: int) -> Column:
    persona = story.journey.persona
    name = wrap(persona.name, size + 2, most, bold=True) if persona.name else None
    block = _narrowest(persona.demographics, size, most, max(1, lines))
    wide = max(name.width if name else 0.0, block.width) + 1
    over = len(block.lines) > lines or (name is not None and len(name.lines) > 1)
    return Column(name, block, 2 * most if over else wide)


def _initials(story: Story) -> str:
    words = printable(story.journey.persona.name).split()
    letters = [word[0].upper() for word in words if word[0].isalpha()]
    return "".join(letters[:2])


def _tag_width(tag: Block) -> float:
    return tag.width + 12


def _tag_height(tag: Block) -> float:
    return tag.height + 4


def draw_head(page: Page, head: Head, style: Style, planned: bool) -> None:
    """Draw the head at the top of the page."""
    margin = style.margin
    page.text(margin, margin - 0.15 * head.title.size, head.title, gid="title")
    y = margin - 0.15 * head.title.size + head.title.height + 5
    fill, ink = (look.INK, look.PAPER) if planned and style.solid else (look.PAPER, look.INK)
    tall = _tag_height(head.tag)
    page.box(
        margin,
        y,
        _tag_width(head.tag),
        tall,
        fill=fill,
        edge=look.INK,
        line=1.0,
        radius=tall / 2,
        gid="state",
    )
    page.text(margin + 6, y + 2, head.tag, ink, gid="state")
    page.text(margin + _tag_width(head.tag) + 8, y + 2, head.told, style.quiet, gid="subtitle")
    if head.card:
        _draw_card(page, head.card, style)


def _draw_card(page: Page, card: Card, style: Style) -> None:
    tint, ink = style.stage("pre-care")
    page.box(
        card.start,
        card.top,
        card.width,
        card.height,
        fill=tint,
        edge="none" if style.solid else style.rule,
        line=1.0,
        radius=7,
        gid="persona",
    )
    x, middle = card.start + _PAD, card.top + card.height / 2
    fill, edge = (ink, "none") if style.solid else (look.PAPER, look.INK)
    page.disc(x + card.avatar / 2, middle, card.avatar, fill=fill, edge=edge)
    colour = look.PAPER if style.solid else look.INK
    if card.initials:
        letters = wrap(card.initials, 0.42 * card.avatar, card.avatar, bold=True)
        top = middle - letters.height / 2 - 0.02 * card.avatar
        page.text(x + card.avatar / 2, top, letters, colour, align="middle", gid="initials")
    else:
        page.icon("in person", x + card.avatar / 2, middle, 0.5 * card.avatar, colour)
    x += card.avatar + _PAD
    for position, column in enumerate(card.columns):
        if position:
            rule = x - _PAD
            page.line([rule, rule], [card.top + _PAD, card.top + card.height - _PAD], style.rule, 0.8)
        names = column.head is None or column.head.size > column.text.size
        y = middle - column.height / 2 if names else card.top + _PAD
        if column.head:
            page.text(x, y, column.head, look.INK if names else ink, gid="persona")
            y += column.head.height + 1.5
        page.text(x, y, column.text, style.quiet if names else look.INK, gid="persona")
        x += column.width + 2 * _PAD

"""The cards of the picture of two journeys: what stands on each, wrapped to its width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cxkit.views.comparison.pair import Pair
from cxkit.views.layout import LEADING, Block, cut, printable, text_width, wrap
from cxkit.views.map.cells import Cell, Story

ICON_ROOM = 1.6
"""Room that the sign of a channel takes, as a multiple of the type size."""
OWNER_ROOM = 1.4
"""Room that the sign of a missing owner takes, as a multiple of the type size."""
WHOLE = 1000
"""Lines of a name, where waits may come in few words but no text is cut."""


@dataclass(frozen=True)
class Part:
    """One text of a card: what it is, its words, and whether it is news."""

    kind: str
    block: Block
    air: float
    changed: bool = False


@dataclass(frozen=True)
class Card:
    """A touchpoint: its number, its channel and a badge in one line, then its name, owner and wait.

    `side` is the journey it belongs to (0: the old one, 1: the new one), `row` its row there.
    """

    side: int
    row: int
    badge: Block | None
    channel: Block | None
    parts: tuple[Part, ...]
    pad: float
    small: float

    @property
    def height(self) -> float:
        parts = sum(part.block.height + part.air for part in self.parts)
        return self.small * LEADING + parts + 2 * self.pad


def card_of(
    pair: Pair,
    side: int,
    row: int,
    inner: float,
    pad: float,
    size: float,
    small: float,
    lines: int | None,
    brief: bool = False,
) -> Card:
    story = pair.stories[side]
    parts = [Part("name", wrap(pair.text(story, row, "touchpoint"), size, inner), 0.25 * small)]
    parts += _owner(pair, side, row, inner, small)
    parts += _wait(pair, side, row, inner, small, squeezed=bool(lines))
    if brief:
        # The bars tell the waits, and what is bold has changed.
        parts = [p for p in parts if p.kind in ("name", "owner") or (p.kind == "wait" and p.changed)]
    if lines and lines != WHOLE:
        # Waits and missing owners are never cut: they come in the shortest words that there are.
        least = {"name": lines, "owner": 1 if lines < 4 else 2, "was": 1}
        whole = ("wait", "was wait") if not pair.orphan(story, row) else ("wait", "was wait", "owner")
        parts = [p if p.kind in whole else replace(p, block=cut(p.block, least[p.kind])) for p in parts]
    # A badge that finds no room beside the sign of the channel has a line to itself.
    taken = number_room(row, small) + ICON_ROOM * small
    text = _badge(pair, side, row)
    badge = Block((text,), small, bold=True) if text else None
    if badge and badge.width > inner - taken - 2:
        parts.insert(0, Part("badge", wrap(text, small, inner, bold=True), 0.0))
        badge = None
    return Card(
        side,
        row,
        badge,
        _channel(pair, side, row, inner - taken - (badge.width + 4 if badge else 0), small),
        tuple(parts),
        pad,
        small,
    )


def _badge(pair: Pair, side: int, row: int) -> str:
    """What became of a touchpoint, or where it comes from; empty where it stays."""
    known = pair.back if side else pair.joined
    if row not in known:
        return pair.words["new" if side else "removed"]
    if (known[row] if side else row) in pair.moved:
        return pair.fill("moved from" if side else "moved to", step=known[row] + 1)
    return ""


def _channel(pair: Pair, side: int, row: int, room: float, small: float) -> Block | None:
    """The name of the channel beside its sign, where there is room for it; bold where it is another than before."""
    said = pair.stories[side].cells["channel"][row]
    changed = _before(pair, side, row, "channel") is not None
    if said is None:
        return None
    for text in (said.text, said.short):
        block = wrap(text, small, room, bold=changed, italic=said.italic) if text and room > 0 else None
        if block and len(block.lines) == 1 and not block.broken:
            return block
    return None


def shortened(pair: Pair, cards: Sequence[Card]) -> frozenset[str]:
    """The channels that a card names in short."""
    return frozenset(
        said.icon
        for card in cards
        if card.channel and (said := _said(pair, card)) and card.channel.lines != (printable(said.text),)
    )


def with_short(pair: Pair, card: Card | None, short: frozenset[str]) -> Card | None:
    """A card that names its channel in short, where another card has no room for the whole name."""
    said = _said(pair, card) if card and card.channel else None
    if card is None or card.channel is None or said is None or said.icon not in short:
        return card
    return replace(card, channel=replace(card.channel, lines=(printable(said.short),)))


def _said(pair: Pair, card: Card) -> Cell | None:
    return pair.stories[card.side].cells["channel"][card.row]


def number_room(row: int, small: float) -> float:
    """Room that the number of a step takes before the sign of its channel."""
    return text_width(str(row + 1), small, bold=True) + 0.7 * small


def _owner(pair: Pair, side: int, row: int, inner: float, small: float) -> Iterator[Part]:
    story = pair.stories[side]
    cell = story.cells["owner"][row]
    if cell is None:
        return
    was = _before(pair, side, row, "owner")
    changed = was is not None
    room = inner - (OWNER_ROOM * small + 4 if cell.boxed else 0.0)
    block = wrap(cell.text, small, room, bold=cell.bold or changed, italic=cell.italic)
    yield Part("owner", block, 0.45 * small, changed)
    if was is not None:
        name = pair.owner(pair.old, pair.back[row]) or pair.new.words["no owner"]
        yield Part("was", wrap(pair.words["was"].format(name), small, inner), 3.0 if cell.boxed else 0.0)


def _before(pair: Pair, side: int, row: int, column: str) -> str | None:
    """What stood in a cell of the old journey where the new one says something else."""
    if not side or row not in pair.back:
        return None
    was, now = pair.text(pair.old, pair.back[row], column), pair.text(pair.new, row, column)
    return None if was == now else was


def _wait(pair: Pair, side: int, row: int, inner: float, small: float, *, squeezed: bool) -> Iterator[Part]:
    story = pair.stories[side]
    if not _waits(story, row):
        return
    days = story.waits[row]
    was = pair.back.get(row) if side else None
    changed = was is not None and _waits(pair.old, was) and pair.old.waits[was] != days
    forms = [story.wait_words(row)]
    if days is not None:
        forms = [pair.wait(story, row, brief=brief) for brief in (False, True)]
    frames = [pair.words["after wait"], "{}"] if days else ["{}"]
    block = _in_few_words(forms, frames, small, inner, squeezed=squeezed, bold=changed)
    yield Part("wait", block, 0.45 * small, changed)
    if changed and was is not None:
        forms = [pair.wait(pair.old, was, brief=brief) for brief in (False, True)]
        yield Part(
            "was wait", _in_few_words(forms, [pair.words["was"]], small, inner, squeezed=squeezed), 0.0
        )


def _in_few_words(
    forms: Sequence[str],
    frames: Sequence[str],
    small: float,
    inner: float,
    *,
    squeezed: bool,
    bold: bool = False,
) -> Block:
    """A wait in full; squeezed, the fullest of its forms that stands in one line. It is never cut."""
    texts = [frames[0].format(forms[0])]
    if squeezed:
        texts += [frame.format(forms[-1]) for frame in frames]
    blocks = [wrap(text, small, inner, bold=bold) for text in texts]
    return next((each for each in blocks if len(each.lines) == 1 and not each.broken), blocks[-1])


def _waits(story: Story, row: int) -> bool:
    """Whether there is a wait to tell: none is, where no wait is known at all, or before the first touchpoint."""
    return any(wait is not None for wait in story.waits) and bool(row or story.waits[0])

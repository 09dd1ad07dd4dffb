"""Where everything goes in the picture of two journeys: time, cards side by side, curves, words; in points.

Distances along run from the reading start (left, or right in Hebrew), distances down from the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from math import ceil

from cxkit.views.comparison.cards import WHOLE, Card, card_of, shortened, with_short
from cxkit.views.comparison.list import Words, words_of
from cxkit.views.comparison.pair import Column, Pair
from cxkit.views.layout import LEADING, Block, text_width, wrap
from cxkit.views.map.plan import largest, pill_height

GAP = 7.0
"""Room between neighbouring cards."""
_MOST_SYSTEMS = 6
_LEAST_CARD = 40.0
_LEAST_COLUMNS = 4
_ROOMY = 0.215
_DOWN = 5


@dataclass(frozen=True)
class Frame:
    """The room between head and foot; the least, the largest and a good size of type, and the largest of the list.

    In brief, the list of what moved and the waits that did not change are left out.
    """

    width: float
    height: float
    least: float
    most: float
    good: float
    text: float = 9.5
    brief: bool = False


@dataclass(frozen=True)
class Band:
    """A run of columns of one stage: which of the two journeys it belongs to (2: both)."""

    side: int
    stage: str
    start: float
    end: float
    name: Block


@dataclass
class System:
    """Some columns, with the cards of both journeys, and how high each lane is.

    `most` is the number of columns of the fullest system, so that columns are equally wide in all of them.
    """

    columns: Sequence[Column]
    most: int
    room: float
    card: float
    cards: list[tuple[Card | None, Card | None]]
    bands: list[Band]
    tall: tuple[float, float]
    header: float
    between: float
    curve: float

    @property
    def split(self) -> bool:
        """Whether each journey has stages of its own here."""
        return any(band.side == 1 for band in self.bands)

    @property
    def pitch(self) -> float:
        return self.room / self.most

    @property
    def height(self) -> float:
        return self.header * (2 if self.split else 1) + sum(self.tall) + self.between + self.curve

    def middle(self, position: int) -> float:
        return (position + 0.5) * self.pitch

    def highest(self, side: int) -> float:
        """Height of the fullest card of one journey."""
        return max((card.height for both in self.cards if (card := both[side])), default=0.0)


@dataclass
class Plan:
    """The whole picture between head and foot."""

    size: float
    small: float
    label: float
    time: float
    systems: list[System]
    words: Words | None
    gap: float
    air: float = 0.0
    labels: dict[str, Block] = field(default_factory=dict)
    unlisted: bool = False

    @property
    def height(self) -> float:
        blocks = 1 * bool(self.time) + len(self.systems) + bool(self.words)
        total = self.time + sum(system.height for system in self.systems)
        return (
            total
            + (max(self.words.height, self.labels["list"].height) if self.words else 0.0)
            + self.gap * (blocks - 1)
        )

    @property
    def cards(self) -> list[Card]:
        return [card for system in self.systems for pair in system.cards for card in pair if card]

    def harm(self) -> float:
        """What the reader loses: text that is cut or broken inside a word, and the list of what moved."""
        blocks = [part.block for card in self.cards for part in card.parts]
        blocks += [band.name for system in self.systems for band in system.bands]
        blocks += [item.text for column in self.words.items for item in column] if self.words else []
        return sum(block.cut + 1.5 * block.broken for block in blocks) + (20 if self.unlisted else 0)

    @property
    def comfortable(self) -> bool:
        """Whether names run along rather than down."""
        return all(len(part.block.lines) <= _DOWN for card in self.cards for part in card.parts)


def plan(pair: Pair, frame: Frame, *, whole: bool = False) -> Plan | None:
    """The plan with the fewest systems whose type is of a good size; failing that, with the largest type.

    Where nothing fits even at the least size, waits come in few words and words may be broken. Only if that is
    not enough is text cut, and the list of what moved left to the table; None with `whole`, which keeps all text.
    """
    tight = _tight(pair, frame)
    if tight is None:  # larger type, or more words, would fit still less
        cut = None if whole else _squeeze(pair, frame)
        return _spread(cut, frame) if cut else None
    best: Plan | None = None
    for count in _counts(pair):
        fitting = largest(partial(_lay, pair, frame, count), frame)
        if fitting and (best is None or _worth(fitting, frame) > _worth(best, frame)):
            best = fitting
        if best and (not fitting or (best.size >= frame.good and best.comfortable)):
            break
    return _spread(best or tight, frame)


def _counts(pair: Pair) -> list[int]:
    """Numbers of systems to try: each with fewer columns in a row than the one before."""
    total, found, widest = len(pair.columns), [], 0
    for count in range(1, min(total, _MOST_SYSTEMS) + 1):
        per = ceil(total / count)
        if per != widest and (count == 1 or per >= _LEAST_COLUMNS):
            found.append(count)
        widest = per
    return found


def _worth(laid: Plan, frame: Frame) -> tuple[float, bool, float]:
    return min(laid.size, frame.good), laid.comfortable, laid.size


def _tight(pair: Pair, frame: Frame) -> Plan | None:
    """The least harmful plan at the least size of type of which no text is cut."""
    found = [_lay(pair, frame, count, frame.least, WHOLE) for count in _counts(pair)]
    fitting = [
        laid
        for laid in found
        if laid.height <= frame.height and (laid.systems[0].card >= _LEAST_CARD or not laid.harm())
    ]
    return min(fitting, key=Plan.harm, default=None)


def _squeeze(pair: Pair, frame: Frame) -> Plan | None:
    found: list[Plan] = []
    for count in _counts(pair):
        for lines, told in ((5, True), (4, True), (3, True), (3, False), (2, False)):
            if told and frame.brief:
                continue
            laid = _lay(pair, frame, count, frame.least, lines, told)
            if laid.systems[0].card < _LEAST_CARD:
                break
            if laid.height <= frame.height:
                found.append(laid)
                break
    return min(found, key=Plan.harm, default=None)


def _spread(laid: Plan, frame: Frame) -> Plan:
    """What is left over goes to the curves first, then to the air between the blocks."""
    curves = [system for system in laid.systems if system.curve]
    if curves:
        most = 0.32 * frame.height / len(curves)
        spare = (frame.height - laid.height) / len(curves)
        for system in curves:
            system.curve += min(spare, max(0.0, most - system.curve))
    for system in laid.systems:
        spare = (frame.height - laid.height) / len(laid.systems)
        system.between += min(0.35 * spare, 1.2 * laid.size)
    blocks = len(laid.systems) + bool(laid.time) + bool(laid.words)
    laid.gap += max(0.0, min((frame.height - laid.height) / max(1, blocks - 1), 2.0 * laid.size))
    return laid


def _lay(
    pair: Pair, frame: Frame, count: int, size: float, lines: int | None = None, told: bool = True
) -> Plan:
    small = max(frame.least, size - 1)
    label, labels = _labels(pair, small)
    room = frame.width - label
    per = ceil(len(pair.columns) / count)
    beside = [
        small * LEADING + 9 + sum(block.height for name, block in labels.items() if name.endswith(f" {side}"))
        for side in (0, 1)
    ]
    systems = [
        _system(pair, pair.columns[first : first + per], per, room, size, small, lines, frame.brief, beside)
        for first in range(0, len(pair.columns), per)
    ]
    # Where a channel has to be named in short on one card, it is so on every card, and in the list.
    short = shortened(pair, [card for system in systems for both in system.cards for card in both if card])
    if short:
        for system in systems:
            system.cards = [
                (with_short(pair, old, short), with_short(pair, new, short)) for old, new in system.cards
            ]
    if size > frame.least:
        # Room for the curves comes before larger type.
        for system in systems:
            system.curve = max(system.curve, _ROOMY * frame.height / len(systems)) if system.curve else 0.0
    time = 0.0
    if pair.timed:
        time = 2 * (bar_height(small) + small * LEADING) + 2.4 * small + 2
    most = 2 if lines and lines != WHOLE else None
    words = (
        words_of(pair, room, max(frame.least, min(size, frame.text)), most, short)
        if told and not frame.brief
        else None
    )
    return Plan(
        size,
        small,
        label,
        time,
        systems,
        words,
        1.3 * size,
        labels=labels,
        unlisted=not told and not frame.brief,
    )


def bar_height(small: float) -> float:
    """Height of the bar that shows how long a journey takes."""
    return small * LEADING + 3


def _labels(pair: Pair, small: float) -> tuple[float, dict[str, Block]]:
    """The words at the start of each lane, and how wide they are."""
    said = {"time": pair.words["time"], "experienced": pair.words["experienced"], "list": pair.words["list"]}
    tags = max(text_width(name, small, bold=True) for name in pair.names) + 1.4 * small
    keys = max(text_width(name, small) for name in pair.names) + 3.4 * small
    heads = max(text_width(word, small, bold=True) for text in said.values() for word in text.split(" "))
    wide = max(tags, keys, heads + 14.5, 50.0)
    blocks = {name: wrap(text, small, wide - 14, bold=True) for name, text in said.items()}
    for side, story in enumerate(pair.stories):
        blocks[f"count {side}"] = wrap(pair.count_words(story), small, wide)
        if pair.timed:
            blocks[f"days {side}"] = wrap(pair.days_words(story), small, wide, bold=True)
    return wide + 8, blocks


def _system(
    pair: Pair,
    columns: Sequence[Column],
    most: int,
    room: float,
    size: float,
    small: float,
    lines: int | None,
    brief: bool,
    beside: Sequence[float],
) -> System:
    pitch = room / most
    card = min(pitch - GAP, 19 * size)
    pad = min(6.0, max(3.0, 0.06 * card))
    cards = [
        (
            None
            if column.old is None
            else card_of(pair, 0, column.old, card - 2 * pad, pad, size, small, lines, brief),
            None
            if column.new is None
            else card_of(pair, 1, column.new, card - 2 * pad, pad, size, small, lines, brief),
        )
        for column in columns
    ]
    bands = list(_bands(pair, columns, most, room, size))
    curve = 0.0
    if any(score is not None for story in pair.stories for score in story.experienced):
        curve = max((5.6 if most == len(pair.columns) else 4.2) * pill_height(small), 6.2 * small * LEADING)
    header = max((band.name.height for band in bands), default=0.0) + 0.9 * size
    between = (2.6 if pair.moved else 1.6) * small
    system = System(columns, most, room, card, cards, bands, (0.0, 0.0), header, between, curve)
    # However few cards stand in a row, the name of the journey has room beside it.
    system.tall = max(system.highest(0), beside[0]), max(system.highest(1), beside[1]) + 6
    return system


def _bands(pair: Pair, columns: Sequence[Column], most: int, room: float, size: float) -> Iterator[Band]:
    """Stages of both journeys in one, or of each for itself where a touchpoint has changed its stage."""
    shared = all(len(set(column.stages)) == 1 for column in pair.columns)
    pitch = room / most
    for side in (2,) if shared else (0, 1):
        names: list[str | None] = []
        for column in columns:
            row = column.old if side == 0 else column.new
            if side == 2:
                names.append(column.stages[0])
            else:
                names.append(None if row is None else pair.stories[side].stages[row])
        # A column in which this journey has nothing goes with the one before it, or at the start with the next.
        for position in range(1, len(names)):
            names[position] = names[position] or names[position - 1]
        for position in range(len(names) - 2, -1, -1):
            names[position] = names[position] or names[position + 1]
        here = 0
        for stage, run in groupby(names):
            wide = len(list(run))
            if stage:
                start, end = here * pitch, (here + wide) * pitch
                name = pair.new.words.get(stage, stage)
                yield Band(side, stage, start, end, wrap(name, size, end - start - 10, bold=True))
            here += wide

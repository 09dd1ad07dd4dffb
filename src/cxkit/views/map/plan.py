"""Where everything on a journey map goes: rows of touchpoints, lanes, columns and type size, in points.

Distances along the map run from the reading start (left, or right in Hebrew), distances down from the top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Protocol, TypeVar

from cxkit.views.layout import LEADING, Block, cut, text_width, wrap
from cxkit.views.map.cells import Story, block_of, sign_of
from cxkit.views.map.columns import EDGE, bands, columns, name_channels, split, stretch, waits
from cxkit.views.map.columns import Band as Band
from cxkit.views.map.columns import Row as Row
from cxkit.views.map.columns import Wait as Wait

AIR = 0.38
"""Room above and below the text of a lane, as a multiple of the type size."""
_LARGEST_STAR = 2.0
_LEAST_CARD = 34.0
_TIGHT = 4.4
"""The least height of the curve, as a multiple of the height of the label of a gap."""
_MOST_ROWS = 8
BROKEN, CUT = range(2)
"""What may be spoilt so that a map fits: words may be broken, or text is cut as well and lanes are left out."""
# Where a page is too small: lanes that may be left to the table, in this order, and how many lines the
# others keep before that happens.
_DROPPED = ("quote", "opportunity", "pain_point")
_KEEP = {"touchpoint": 3, "owner": 2, "moment": 1, "failure": 1}
_KEEP_AT_LEAST = 2
_KEEP_HARD = {"touchpoint": 2}
_WORTH = {"touchpoint": 2.0, "owner": 1.5}


class Sheet(Protocol):
    """What the search for the largest type must know of the room there is."""

    @property
    def height(self) -> float: ...
    @property
    def least(self) -> float: ...
    @property
    def most(self) -> float: ...


class Laid(Protocol):
    """What the search for the largest type must know of a plan."""

    @property
    def height(self) -> float: ...
    def harm(self) -> float: ...


AnyPlan = TypeVar("AnyPlan", bound=Laid)


@dataclass(frozen=True)
class Frame:
    """The room for the rows: along and down, and the least, the largest and a good size of type.

    `brief` leaves less room to waits and to the curve, where large type needs it.
    """

    width: float
    height: float
    least: float
    most: float
    good: float
    brief: bool = False


@dataclass
class Plan:
    """A whole map: what is told, sizes of type, width of the label column, rows, and air between them."""

    story: Story
    size: float
    small: float
    label: float
    rows: list[Row]
    gap: float
    air: float = 0.0

    @property
    def height(self) -> float:
        return sum(sum(row.heights.values()) for row in self.rows) + self.gap * (len(self.rows) - 1)

    @property
    def curve(self) -> float:
        """Height of the least curve."""
        return min((row.heights.get("scores", 0.0) for row in self.rows), default=0.0)

    @property
    def card(self) -> float:
        """Width of the narrowest card."""
        return min(row.card for row in self.rows)

    @property
    def relaxed(self) -> bool:
        """Whether the curve has more than the least room, or there is none."""
        return len(self.rows) > 1 or not self.curve or self.curve > (_TIGHT + 0.5) * pill_height(self.small)

    def harm(self) -> float:
        """What the reader loses: text that is cut or broken inside a word, and lanes left to the table."""
        blocks = [block for row in self.rows for block in row.everyblock_of()]
        lost = sum(sum(cell is not None for cell in self.story.cells[lane]) for lane in self.story.dropped)
        return sum(block.cut + 1.5 * block.broken for block in blocks) + 0.7 * lost


def plan(story: Story, frame: Frame, spoil: int = CUT) -> Plan | None:
    """The plan with the fewest rows whose type is of a good size; failing that, with the largest type.

    Where nothing fits even at the least size, `spoil` says what may be done about it: words may be broken (`BROKEN`),
    or text is cut as well, the longest lanes first, and lanes are left to the table (`CUT`). None where that
    is not enough.
    """
    best: Plan | None = None
    for count in _counts(story, frame):
        fitting = largest(partial(_lay, story, frame, count), frame)
        if fitting and (best is None or fitting.size > best.size):
            best = fitting
        if best and (best.size >= frame.good or not fitting):
            break
    best = best or _tight(story, frame)
    if spoil == CUT:
        best = best or _squeeze(story, frame, _KEEP, _KEEP_AT_LEAST) or _squeeze(story, frame, _KEEP_HARD, 1)
    return _spread(best, frame) if best else None


def _counts(story: Story, frame: Frame) -> range:
    """Numbers of rows that are worth a try: with fewer the cards are too narrow, with more the lanes too low."""
    fewest = ceil(len(story) * _LEAST_CARD / frame.width)
    lines = 1.5 * len(story.lanes) + 3 + (4 if "scores" in story.lanes else 0)
    most = min(len(story), _MOST_ROWS, max(1, int(frame.height / (lines * frame.least))))
    return range(fewest, most + 1)


def largest(lay: Callable[[float], AnyPlan], frame: Sheet) -> AnyPlan | None:
    """The plan with the largest type that fits; smaller type fits wherever larger does.

    Args:
        lay: makes the plan at a size of type.
        frame: the room there is, and the least and the largest size.
    """
    fitting = None
    low, high = 0, int(2 * (frame.most - frame.least))
    probe = low
    while low <= high:
        laid = lay(frame.least + probe / 2)
        if laid.height <= frame.height and not laid.harm():
            fitting, low = laid, probe + 1
        else:
            high = probe - 1
        probe = (low + high + 1) // 2
    return fitting


def _tight(story: Story, frame: Frame) -> Plan | None:
    """The least harmful plan at the least size of type that says everything, with less room for waits and curve."""
    found = [_lay(story, frame, count, frame.least, tight=True) for count in _counts(story, frame)]
    fitting = [laid for laid in found if laid.height <= frame.height and laid.card >= _LEAST_CARD]
    return min(fitting, key=Plan.harm, default=None)


def _squeeze(story: Story, frame: Frame, keep: dict[str, int], others: int) -> Plan | None:
    """The least harmful plan at the least size of type."""
    found: list[Plan] = []
    droppable = [lane for lane in _DROPPED if lane in story.lanes]
    for number in range(len(droppable) + 1):
        shorter = story.without((*story.dropped, *droppable[:number]))
        for count in _counts(shorter, frame):
            laid = _lay(shorter, frame, count, frame.least, tight=True)
            if laid.card < _LEAST_CARD:
                continue
            if not _limit(laid, frame, keep, others):
                break
            found.append(laid)
    return min(found, key=Plan.harm, default=None)


def _limit(laid: Plan, frame: Frame, keep: dict[str, int], others: int) -> bool:
    """Take lines from the longest lanes until the page holds the plan; whether that was possible."""
    limits: dict[str, int] = {}
    floors: dict[str, int] = {}
    for row in laid.rows:
        for lane, blocks in row.blocks.items():
            if lane not in ("channel", "scores", "driver"):
                most = max((len(block.lines) for block in blocks if block), default=0)
                limits[lane] = max(limits.get(lane, 0), most)
                # A sign that stands over its words takes a line, and is nothing without them.
                signs = any(block and not block.lines[0] for block in blocks)
                floors[lane] = max(floors.get(lane, 0), keep.get(lane, others) + signs)
    while laid.height > frame.height:
        able = [lane for lane, lines in limits.items() if lines > floors[lane]]
        if not able:
            return False
        longest = max(able, key=lambda lane: limits[lane] / _WORTH.get(lane, 1.0))
        limits[longest] -= 1
        for row in laid.rows:
            _set_heights(laid.story, row, laid.size, laid.small, _TIGHT, limits)
    for row in laid.rows:
        for lane, most in limits.items():
            row.blocks[lane] = [block and cut(block, most) for block in row.blocks[lane]]
    return True


def _spread(laid: Plan, frame: Frame) -> Plan:
    # What is left over goes to the curve first, then to the air between lanes, then to both again.
    count = len(laid.rows)
    curves = [row for row in laid.rows if "scores" in row.heights]
    lanes = sum(len(row.heights) for row in laid.rows)
    most = 0.34 * frame.height if count == 1 else 0.4 * frame.height / count

    def grow(limit: float) -> None:
        spare = frame.height - laid.height
        for row in curves:
            row.heights["scores"] += max(0.0, min(spare / len(curves), limit - row.heights["scores"]))

    def part(limit: float) -> float:
        more = min((frame.height - laid.height) / lanes, limit * laid.size)
        for row in laid.rows:
            row.heights = {lane: height + more for lane, height in row.heights.items()}
        return more

    grow(most)
    air = part(1.3)
    grow(1.5 * most)
    air += part(0.9 if curves else 4.0)
    grow(1.8 * most)
    return replace(laid, air=air)


def _lay(story: Story, frame: Frame, count: int, size: float, *, tight: bool = False) -> Plan:
    # Room for the curve comes before type that is larger than good, and after text that would be cut.
    roomy = size > frame.good and not frame.brief
    pills = _TIGHT if tight else 5.6 if roomy else 4.4
    if count == 1 and not tight:
        pills = 10.0 if roomy else 6.0 if len(story) <= 9 else 5.0
    small = max(frame.least, size - 1)
    label = _label_width(story, small)
    room = frame.width - label
    parts = split(tuple(story.stages), count)
    step = stretch(story, parts, room) * (0.6 if frame.brief else 1.0) * (0.6 if tight else 1.0)
    rows = [columns(story, first, last, room, size, step) for first, last in parts]
    name_channels(story, rows, small)
    for row, (_, last) in zip(rows, parts, strict=True):
        row.labels = {lane: wrap(text, small, label - 6, bold=True) for lane, text in story.labels.items()}
        row.bands = list(bands(story, row, last, room, size))
        if "wait_days" in story.lanes:
            row.waits = waits(story, row, last, room, small)
        row.blocks |= _blocks(story, row, last, room, size, small)
        _set_heights(story, row, size, small, pills, {})
    return Plan(story, size, small, label, rows, gap=1.4 * size)


def _label_width(story: Story, small: float) -> float:
    heads = [text_width(word, small, bold=True) for text in story.labels.values() for word in text.split(" ")]
    keys = [story.words[name] for name in ("expected", "experienced") if "scores" in story.lanes]
    return max(*heads, *(text_width(key, small) + 2.2 * small for key in keys), 0.0) + 8


def _blocks(
    story: Story, row: Row, last: int, room: float, size: float, small: float
) -> Iterator[tuple[str, list[Block | None]]]:
    indices = range(row.first, last)
    inner = row.card - 2 * row.pad
    for lane in story.lanes:
        if lane == "touchpoint":
            yield lane, [block_of(story.cells[lane][i], size, inner) for i in indices]
        elif lane == "scores":
            missing = wrap(story.words["no score"], small, row.card)
            yield lane, [None if story.has_score(i) else missing for i in indices]
        elif lane != "wait_days":
            for part in parts_of(story, lane):
                cells = story.cells[part][row.first : last]
                rooms = [_room(row, i - row.first, room, wide=lane == "moment") for i in indices]
                blocks = [sign_of(cell, size, wide) for cell, wide in zip(cells, rooms, strict=True)]
                yield part, _stacked(story, row, blocks, rooms) if part == "driver" else blocks


def _stacked(story: Story, row: Row, blocks: list[Block | None], rooms: list[float]) -> list[Block | None]:
    """Estimates under their star, where a column is too narrow for the star beside them."""
    if not any(block and len(block.lines) > 2 for block in blocks):
        return blocks
    found = list(blocks)
    for position, block in enumerate(blocks):
        cell = story.cells["driver"][row.first + position]
        if block and cell:
            under = wrap(cell.text, block.size, rooms[position])
            named = story.cells["moment"][row.first + position] is not None
            found[position] = under if named else replace(under, lines=("", *under.lines))
            row.stacked.add(position)
    return found


def _set_heights(
    story: Story, row: Row, size: float, small: float, pills: float, limits: dict[str, int]
) -> None:
    row.heights = {"stage": max(band.name.height for band in row.bands) + 1.3 * size}
    for lane in story.lanes:
        label = row.labels[lane].height
        if lane == "touchpoint":
            height = card_height(row, size, limits) + AIR * size
        elif lane == "wait_days":
            height = small * LEADING + (0.9 + AIR) * size
        elif lane == "scores":
            key = 5 if pills > _TIGHT else 4
            height = max(pills * pill_height(small), label + key * small * LEADING)
        else:
            cells = zip(
                *(_heights(row.blocks[part], limits.get(part)) for part in parts_of(story, lane)), strict=True
            )
            height = max(map(sum, cells), default=0.0) + 2 * AIR * size
            if lane == "moment" and story.drivers:
                height = max(height, (_LARGEST_STAR + 2 * AIR) * size)
        if lane not in ("moment", "touchpoint"):  # those two labels may reach above their lane
            height = max(height, label + AIR * size)
        row.heights[lane] = height


def _heights(blocks: Sequence[Block | None], most: int | None) -> list[float]:
    return [
        0.0 if block is None else min(len(block.lines), most or len(block.lines)) * block.size * LEADING
        for block in blocks
    ]


def card_height(row: Row, size: float, limits: dict[str, int] | None = None) -> float:
    """Height that the fullest card of a row needs."""
    names = _heights(row.blocks["touchpoint"], (limits or {}).get("touchpoint"))
    channels = _heights(row.blocks["channel"], None)
    return max(a + b for a, b in zip(channels, names, strict=True)) + 2 * row.pad + 0.35 * size


def pill_height(small: float) -> float:
    """Height of the label that holds a gap."""
    return small * LEADING + 3


def parts_of(story: Story, lane: str) -> tuple[str, ...]:
    """A lane and what stands under it in the same cells."""
    return (lane, story.under[lane]) if lane in story.under else (lane,)


def _room(row: Row, position: int, room: float, wide: bool = False) -> float:
    end = row.starts[position] + row.card
    following = row.starts[position + 1] if position + 1 < len(row.starts) else 2 * (room - EDGE) - end
    if wide:
        return min(1.5 * row.card, following - row.starts[position] - 3) - row.pad
    # Beside a long wait there is room to spare, as far as half way: a stage may end there.
    return row.card - row.pad + min(0.35 * row.card, max(0.0, (following - end) / 2 - 4))

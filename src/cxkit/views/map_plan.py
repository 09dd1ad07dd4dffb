"""Where everything on a journey map goes: rows of touchpoints, lanes, columns and type size, in points.

Distances along the map run from the reading start (left, or right in Hebrew), distances down from the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from math import log1p

from cxkit.views.layout import LEADING, Block, cut, text_width, wrap
from cxkit.views.map_cells import Story, block_of

AIR = 0.38
"""Room above and below the text of a lane, as a multiple of the type size."""
EDGE = 8.0
"""Room between the end of a row and its first and last card."""
_LEAST_CARD = 34.0
_MOST_ROWS = 8
# Where a page is too small: lanes that may be left to the table, in this order, and how many lines the
# others keep before that happens.
_DROPPED = ("quote", "opportunity", "pain_point")
_KEEP = {"touchpoint": 3, "owner": 2, "moment": 1, "failure": 1}
_KEEP_AT_LEAST = 2
_WORTH = {"touchpoint": 2.0, "owner": 1.5}


@dataclass(frozen=True)
class Frame:
    """The room for the rows: along and down, and the least, the largest and a good size of type."""

    width: float
    height: float
    least: float
    most: float
    good: float


@dataclass(frozen=True)
class Band:
    """A run of touchpoints of one stage within a row."""

    stage: str
    start: float
    end: float
    name: Block


@dataclass(frozen=True)
class Wait:
    """The wait before a touchpoint: the distance it takes, and its words."""

    touchpoint: int
    start: float
    end: float
    label: Block
    label_start: float
    known: bool


@dataclass
class Row:
    """One row of touchpoints: columns along, lane heights down, and the text that stands in them."""

    first: int
    starts: list[float]
    card: float
    pad: float
    bands: list[Band] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    blocks: dict[str, list[Block | None]] = field(default_factory=dict)
    labels: dict[str, Block] = field(default_factory=dict)
    heights: dict[str, float] = field(default_factory=dict)

    @property
    def middles(self) -> list[float]:
        return [start + self.card / 2 for start in self.starts]

    def everyblock_of(self) -> list[Block]:
        cells = [block for lane in self.blocks.values() for block in lane if block]
        return (
            cells + [w.label for w in self.waits] + [b.name for b in self.bands] + list(self.labels.values())
        )


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

    def harm(self) -> float:
        """What the reader loses: text that is cut or broken inside a word, and lanes left to the table."""
        blocks = [block for row in self.rows for block in row.everyblock_of()]
        lost = sum(sum(cell is not None for cell in self.story.cells[lane]) for lane in self.story.dropped)
        return sum(block.cut + 1.5 * block.broken for block in blocks) + 0.7 * lost


def plan(story: Story, frame: Frame) -> Plan | None:
    """The plan with the fewest rows whose type is of a good size; failing that, with the largest type.

    Only where nothing fits even at the least size is text cut, the longest lanes first, and are lanes left to
    the table. None where not even that is enough.
    """
    best: Plan | None = None
    for count in range(1, min(len(story), _MOST_ROWS) + 1):
        fitting = _largest(story, frame, count)
        if fitting and (best is None or fitting.size > best.size):
            best = fitting
        if best and (best.size >= frame.good or not fitting):
            break
    best = best or _squeeze(story, frame)
    return _spread(best, frame) if best else None


def _largest(story: Story, frame: Frame, count: int) -> Plan | None:
    """The plan with the largest type that fits in so many rows; smaller type fits wherever larger does."""
    fitting = None
    low, high = 0, int(2 * (frame.most - frame.least))
    probe = low
    while low <= high:
        laid = _lay(story, frame, count, frame.least + probe / 2)
        if laid.height <= frame.height and not laid.harm():
            fitting, low = laid, probe + 1
        else:
            high = probe - 1
        probe = (low + high + 1) // 2
    return fitting


def _squeeze(story: Story, frame: Frame) -> Plan | None:
    """The least harmful plan at the least size of type."""
    found: list[Plan] = []
    droppable = [lane for lane in _DROPPED if lane in story.lanes]
    for number in range(len(droppable) + 1):
        shorter = story.without(tuple(droppable[:number]))
        for count in range(1, min(len(story), _MOST_ROWS) + 1):
            laid = _lay(shorter, frame, count, frame.least)
            if min(row.card for row in laid.rows) < _LEAST_CARD:
                continue
            if not _limit(laid, frame):
                break
            found.append(laid)
    return min(found, key=Plan.harm, default=None)


def _limit(laid: Plan, frame: Frame) -> bool:
    """Take lines from the longest lanes until the page holds the plan; whether that was possible."""
    limits: dict[str, int] = {}
    for row in laid.rows:
        for lane, blocks in row.blocks.items():
            if lane not in ("channel", "scores"):
                most = max((len(block.lines) for block in blocks if block), default=0)
                limits[lane] = max(limits.get(lane, 0), most)
    while laid.height > frame.height:
        able = [lane for lane, lines in limits.items() if lines > _KEEP.get(lane, _KEEP_AT_LEAST)]
        if not able:
            return False
        longest = max(able, key=lambda lane: limits[lane] / _WORTH.get(lane, 1.0))
        limits[longest] -= 1
        for row in laid.rows:
            _set_heights(laid.story, row, laid.size, laid.small, len(laid.rows), False, limits)
    for row in laid.rows:
        for lane, most in limits.items():
            row.blocks[lane] = [block and cut(block, most) for block in row.blocks[lane]]
    return True


def _spread(laid: Plan, frame: Frame) -> Plan:
    # What is left over goes to the curve first, then to the air between lanes, then to the curve again.
    count = len(laid.rows)
    curves = [row for row in laid.rows if "scores" in row.heights]
    lanes = sum(len(row.heights) for row in laid.rows)
    most = 0.34 * frame.height if count == 1 else 0.4 * frame.height / count
    spare = frame.height - laid.height
    if curves:
        grow = min(spare / len(curves), max(0.0, most - curves[0].heights["scores"]))
        for row in curves:
            row.heights["scores"] += grow
    spare = frame.height - laid.height
    air = min(spare / lanes, 1.3 * laid.size)
    for row in laid.rows:
        row.heights = {lane: height + air for lane, height in row.heights.items()}
    spare = frame.height - laid.height
    for row in curves:
        row.heights["scores"] += min(spare / len(curves), 0.5 * most)
    return replace(laid, air=air)


def _lay(story: Story, frame: Frame, count: int, size: float) -> Plan:
    small = max(frame.least, size - 1)
    label = _label_width(story, small)
    room = frame.width - label
    parts = _split(tuple(story.stages), count)
    stretch = _stretch(story, parts, room)
    rows = []
    for first, last in parts:
        row = _columns(story, first, last, room, size, stretch)
        row.labels = {lane: wrap(text, small, label - 6, bold=True) for lane, text in story.labels.items()}
        row.bands = list(_bands(story, row, last, room, size))
        if "wait_days" in story.lanes:
            row.waits = _waits(story, row, last, room, small)
        row.blocks = dict(_blocks(story, row, last, room, size, small))
        _set_heights(story, row, size, small, count, size > frame.good, {})
        rows.append(row)
    return Plan(story, size, small, label, rows, gap=1.4 * size)


def _label_width(story: Story, small: float) -> float:
    heads = [text_width(word, small, bold=True) for text in story.labels.values() for word in text.split(" ")]
    keys = [story.words[name] for name in ("expected", "experienced") if "scores" in story.lanes]
    return max(*heads, *(text_width(key, small) + 2.2 * small for key in keys), 0.0) + 8


@lru_cache(maxsize=256)
def _split(stages: tuple[str, ...], count: int) -> list[tuple[int, int]]:
    """Cut the touchpoints into rows of about equal length, at the end of a stage where that is near."""
    total = len(stages)
    cost: dict[tuple[int, int], tuple[float, list[tuple[int, int]]]] = {(0, 0): (0.0, [])}
    for row in range(1, count + 1):
        for end in range(row, total - count + row + 1):
            options = []
            for start in range(row - 1, end):
                if (row - 1, start) in cost:
                    before, parts = cost[row - 1, start]
                    inside = 0.9 if start and stages[start] == stages[start - 1] else 0.0
                    uneven = (end - start - total / count) ** 2
                    options.append((before + uneven + inside, [*parts, (start, end)]))
            cost[row, end] = min(options)
    return cost[count, total][1]


def _stretch(story: Story, parts: Sequence[tuple[int, int]], room: float) -> float:
    """Points per log step of waiting: the same in every row, so that equal waits take equal room."""
    most = max(last - first for first, last in parts)
    share = 0.22 if most <= 6 else 0.17 if most <= 9 else 0.1
    fullest = max(sum(_steps(story, i) for i in range(first, last)) for first, last in parts)
    longest = max(_steps(story, i) for i in range(len(story)))
    return min(share * room / fullest, 0.12 * room / longest) if longest else 0.0


def _steps(story: Story, touchpoint: int) -> float:
    wait = story.waits[touchpoint]
    if wait is None:
        return log1p(1) if touchpoint and "wait_days" in story.lanes else 0.0
    return log1p(wait)


def _columns(story: Story, first: int, last: int, room: float, size: float, stretch: float) -> Row:
    count = last - first
    gutter = max(7.0, 0.8 * size)
    gaps = [gutter + stretch * _steps(story, i) for i in range(first, last)]
    if "wait_days" not in story.lanes or not (first or story.waits[first]):
        gaps[0] = 0.0
    card = min((room - 2 * EDGE - sum(gaps)) / count, 17 * size)
    spare = room - 2 * EDGE - sum(gaps) - card * count
    # A row of few touchpoints is spread out evenly, so that longer waits still take more room.
    each = spare / (count - 1) if count > 1 else 0.0
    starts, here = [], EDGE
    for position, gap in enumerate(gaps):
        here += gap + (each if position else 0.0)
        starts.append(here)
        here += card
    return Row(first, starts, card, pad=min(7.0, max(3.0, 0.07 * card)))


def _blocks(
    story: Story, row: Row, last: int, room: float, size: float, small: float
) -> Iterator[tuple[str, list[Block | None]]]:
    indices = range(row.first, last)
    inner = row.card - 2 * row.pad
    for lane in story.lanes:
        if lane == "touchpoint":
            yield "channel", [block_of(story.cells["channel"][i], small, inner) for i in indices]
            yield lane, [block_of(story.cells[lane][i], size, inner) for i in indices]
        elif lane == "scores":
            missing = wrap(story.words["no score"], small, row.card)
            yield lane, [None if story.has_score(i) else missing for i in indices]
        elif lane != "wait_days":
            for part in parts_of(story, lane):
                cells = story.cells[part][row.first : last]
                rooms = [_room(row, i - row.first, room, wide=lane == "moment") for i in indices]
                yield part, [block_of(cell, size, wide) for cell, wide in zip(cells, rooms, strict=True)]


def _set_heights(
    story: Story, row: Row, size: float, small: float, count: int, roomy: bool, limits: dict[str, int]
) -> None:
    row.heights = {"stage": max(band.name.height for band in row.bands) + 1.3 * size}
    for lane in story.lanes:
        label = row.labels[lane].height
        if lane == "touchpoint":
            height = card_height(row, size, limits) + AIR * size
        elif lane == "wait_days":
            height = small * LEADING + (0.9 + AIR) * size
        elif lane == "scores":
            # Room for the curve comes before type that is larger than good.
            pills = (
                (5.6 if roomy else 4.4) if count > 1 else 8.5 if roomy else 6.0 if len(story) <= 9 else 5.0
            )
            height = max(pills * pill_height(small), label + 5 * small * LEADING)
        else:
            cells = zip(
                *(_heights(row.blocks[part], limits.get(part)) for part in parts_of(story, lane)), strict=True
            )
            height = max(map(sum, cells), default=0.0) + 2 * AIR * size
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


def _bands(story: Story, row: Row, last: int, room: float, size: float) -> Iterator[Band]:
    for stage, run in groupby(range(row.first, last), key=lambda i: story.stages[i]):
        members = list(run)
        start = 0.0 if members[0] == row.first else _between(row, members[0] - row.first)
        end = room if members[-1] == last - 1 else _between(row, members[-1] + 1 - row.first)
        goes_on = members[0] == row.first and row.first > 0 and story.stages[row.first - 1] == stage
        name = story.words.get(stage, stage)
        name = story.words["continued"].format(name) if goes_on else name
        yield Band(stage, start, end, wrap(name, size, end - start - EDGE, bold=True))


def _between(row: Row, position: int) -> float:
    return (row.starts[position - 1] + row.card + row.starts[position]) / 2


def _waits(story: Story, row: Row, last: int, room: float, small: float) -> list[Wait]:
    """The waits of a row, in short words where the long ones would run into each other."""
    found: list[Wait] = []
    for brief in (False, True):
        found, clear, edge = [], True, 0.0
        for i in range(row.first, last):
            if i == 0 and not story.waits[0]:
                continue
            position = i - row.first
            start = row.starts[position - 1] + row.card if position else 0.0
            end = row.starts[position]
            italic = story.is_inferred(i, "wait_days") and not story.right_to_left
            label = wrap(story.wait_words(i, brief=brief), small, room, italic=italic)
            middle = (start + end) / 2
            at = max(edge, min(middle - label.width / 2, room - label.width))
            # A label may be pushed aside a little, but must still be seen to belong to its gap.
            clear = clear and (not position or at + label.width / 2 < middle + 0.3 * row.card)
            found.append(Wait(i, start, end, label, at, story.waits[i] is not None))
            edge = at + label.width + 0.4 * small
        if clear and edge <= room + 0.4 * small + 0.1:
            return found
    # Even the short words are too wide for these columns: say so, and more rows are tried.
    return [replace(wait, label=replace(wait.label, broken=True)) for wait in found]

"""Where everything on a journey map goes: rows of touchpoints, lanes, columns and type size, in points.

Distances along the map run from the reading start (left, or right in Hebrew); distances down run from the top.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from math import log1p

from cxkit.views.layout import LEADING, Block, text_width, wrap
from cxkit.views.map_cells import Cell, Story

GENERIC = ("owner", "pain_point", "failure", "quote", "opportunity")
AIR = 0.38
"""Room above and below the text of a lane, as a multiple of the type size."""
EDGE = 8.0
"""Room between the end of a row and its first and last card."""


@dataclass(frozen=True)
class Frame:
    """The room for the rows: along, down, and the sizes of type that are allowed there."""

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

    def flaws(self) -> int:
        """Letters' worth of harm: blocks that are cut or broken inside a word."""
        every = [b for lane in self.blocks.values() for b in lane if b] + [w.label for w in self.waits]
        every += [band.name for band in self.bands] + list(self.labels.values())
        return sum(3 * block.cut + block.broken for block in every)


@dataclass
class Plan:
    """A whole map: type size, width of the label column, rows, and what is spread over the page."""

    size: float
    small: float
    label: float
    rows: list[Row]
    gap: float
    air: float

    @property
    def height(self) -> float:
        return sum(sum(row.heights.values()) for row in self.rows) + self.gap * (len(self.rows) - 1)


_WORTH = {"touchpoint": 2.0, "owner": 1.5, "stage": 1.5, "moment": 1.5}


def plan(story: Story, frame: Frame) -> Plan:
    """The plan with the fewest rows whose type is of a good size; failing that, the one with the largest type.

    Only where nothing fits even at the least size is text cut, the longest lanes first.
    """
    sizes = _sizes(frame)
    best: Plan | None = None
    for rows in range(1, min(len(story), 8) + 1):
        fitting = _largest(story, frame, rows, sizes)
        if fitting and (best is None or fitting.size > best.size):
            best = fitting
        if best and (best.size >= frame.good or not fitting):
            break
    return _spread(best or _squeeze(story, frame), frame)


def _sizes(frame: Frame) -> list[float]:
    return [frame.least + half / 2 for half in range(int(2 * (frame.most - frame.least)) + 1)]


def _largest(story: Story, frame: Frame, rows: int, sizes: list[float]) -> Plan | None:
    """The plan with the largest type that fits in so many rows; smaller type always fits where larger does."""
    fitting = None
    low, high = 0, len(sizes) - 1
    while low <= high:
        middle = 0 if fitting is None and low == 0 and high == len(sizes) - 1 else (low + high + 1) // 2
        laid = _lay(story, frame, rows, sizes[middle], {})
        if laid.height <= frame.height and not any(row.flaws() for row in laid.rows):
            fitting, low = laid, middle + 1
        else:
            high = middle - 1
    return fitting


def _squeeze(story: Story, frame: Frame) -> Plan:
    # The last resort: at the least size, take lines from the lane with most of them until the page holds it all.
    found: list[tuple[int, int, Plan]] = []
    for rows in range(1, min(len(story), 6) + 1):
        limits: dict[str, int] = {}
        laid = _lay(story, frame, rows, frame.least, limits)
        while laid.height > frame.height:
            lines: dict[str, int] = {}
            for row in laid.rows:
                for lane, blocks in row.blocks.items():
                    if lane not in ("channel", "scores"):
                        here = max((len(block.lines) for block in blocks if block), default=0)
                        lines[lane] = max(lines.get(lane, 0), here)
            # The name of a touchpoint and its owner are the last to lose a line.
            longest = max(lines, key=lambda lane: lines[lane] * (lines[lane] > 1) / _WORTH.get(lane, 1.0))
            if lines[longest] <= 1:
                break
            limits[longest] = lines[longest] - 1
            laid = _lay(story, frame, rows, frame.least, limits)
        overflow = max(0, round(laid.height - frame.height))
        found.append((1000 * overflow + sum(row.flaws() for row in laid.rows), rows, laid))
    return min(found, key=lambda entry: entry[:2])[2]


def _spread(laid: Plan, frame: Frame) -> Plan:
    # What is left over goes to the curve first, then to the air between lanes, then to the curve again.
    spare = frame.height - laid.height
    if spare <= 0:
        return laid
    count = len(laid.rows)
    curves = [row for row in laid.rows if "scores" in row.heights]
    lanes = sum(len(row.heights) for row in laid.rows)
    curve_most = 0.34 * frame.height if count == 1 else 0.4 * frame.height / count
    if curves:
        grow = min(spare / len(curves), max(0.0, curve_most - curves[0].heights["scores"]))
        for row in curves:
            row.heights["scores"] += grow
        spare -= grow * len(curves)
    air = min(spare / lanes, 1.3 * laid.size)
    for row in laid.rows:
        for lane in row.heights:
            row.heights[lane] += air
    spare -= air * lanes
    if curves:
        for row in curves:
            row.heights["scores"] += spare / len(curves)
    return replace(laid, air=air)


def _lay(story: Story, frame: Frame, count: int, size: float, limits: dict[str, int]) -> Plan:
    small = max(frame.least, size - 1)
    label = _label_width(story, small)
    parts = _split(tuple(story.stages), count)
    room = frame.width - label
    stretch = _stretch(story, parts, room)
    rows = []
    for first, last in parts:
        row = _columns(story, first, last, room, size, stretch)
        _fill(story, row, last, room, size, small, label, limits)
        rows.append(row)
    return Plan(size, small, label, rows, gap=1.4 * size, air=0.0)


def _label_width(story: Story, small: float) -> float:
    longest = max(
        text_width(word, small, bold=True) for label in story.labels.values() for word in label.split(" ")
    )
    keys = [] if "scores" not in story.lanes else [story.words["expected"], story.words["experienced"]]
    key = max((text_width(word, small) for word in keys), default=0.0) + 2.2 * small
    return max(longest, key) + 8


@lru_cache(maxsize=256)
def _split(stages: tuple[str, ...], count: int) -> list[tuple[int, int]]:
    """Cut the touchpoints into `count` rows of about equal length, at the end of a stage where that is near."""
    total = len(stages)
    even = total / count
    cost: dict[tuple[int, int], tuple[float, list[tuple[int, int]]]] = {(0, 0): (0.0, [])}
    for rows in range(1, count + 1):
        for end in range(rows, total + 1):
            options = []
            for start in range(rows - 1, end):
                if (rows - 1, start) not in cost:
                    continue
                before, parts = cost[rows - 1, start]
                inside = 0.9 if start and stages[start] == stages[start - 1] else 0.0
                options.append((before + (end - start - even) ** 2 + inside, [*parts, (start, end)]))
            if options:
                cost[rows, end] = min(options)
    return cost[count, total][1]


def _stretch(story: Story, parts: Sequence[tuple[int, int]], room: float) -> float:
    """Points per log step of waiting: the same in every row, so that equal waits take equal room."""
    most = max(last - first for first, last in parts)
    share = 0.22 if most <= 6 else 0.17 if most <= 9 else 0.12
    totals = [sum(_steps(story, i) for i in range(first, last)) for first, last in parts]
    longest = max(_steps(story, i) for i in range(len(story)))
    if not longest:
        return 0.0
    return min(share * room / max(totals), 0.12 * room / longest)


def _steps(story: Story, touchpoint: int) -> float:
    wait = story.waits[touchpoint]
    if wait is None:
        return log1p(1) if touchpoint else 0.0
    return log1p(wait)


def _columns(story: Story, first: int, last: int, room: float, size: float, stretch: float) -> Row:
    count = last - first
    gutter = max(7.0, 0.8 * size)
    gaps = [gutter + stretch * _steps(story, i) for i in range(first, last)]
    shows_lead = first > 0 or story.waits[first]
    gaps[0] = (gutter + stretch * _steps(story, first)) if shows_lead else 0.0
    card = min((room - 2 * EDGE - sum(gaps)) / count, 17 * size)
    spare = room - 2 * EDGE - sum(gaps) - card * count
    # A row of few touchpoints is spread out evenly, so that longer waits still take more room.
    each = spare / max(1, count - 1) if count > 1 else 0.0
    starts, here = [], EDGE
    for position, gap in enumerate(gaps):
        here += gap + (each if position else 0.0)
        starts.append(here)
        here += card
    return Row(first, starts, card, pad=min(7.0, max(3.0, 0.07 * card)))


def _fill(
    story: Story,
    row: Row,
    last: int,
    room: float,
    size: float,
    small: float,
    label: float,
    limits: dict[str, int],
) -> None:
    indices = range(row.first, last)
    air = AIR * size
    inner = row.card - 2 * row.pad
    row.bands = list(_bands(story, row, last, room, size))
    row.labels = {
        lane: wrap(story.labels[lane], small, label - (2.0 * small if lane == "scores" else 6), bold=True)
        for lane in story.lanes
    }
    for lane in story.lanes:
        if lane == "wait_days":
            row.waits = _waits(story, row, last, room, small)
            row.heights[lane] = small * LEADING + 0.9 * size + air
        elif lane == "scores":
            row.blocks[lane] = [
                None if story.gaps[i] is not None or story.has_score(i) else wrap(story.words["no score"], small, row.card)
                for i in indices
            ]
            row.heights[lane] = max((6.0 if len(story) <= 9 else 5.2) * pill_height(small), row.labels[lane].height + 2 * small * LEADING + 10)
        elif lane == "touchpoint":
            row.blocks["channel"] = [_block(story.cells["channel"][i], small, inner) for i in indices]
            row.blocks[lane] = [
                _block(story.cells[lane][i], size, inner, limits.get(lane)) for i in indices
            ]
            row.heights[lane] = card_height(row, size) + air
        else:
            for part in filter(None, (lane, story.under.get(lane))):
                row.blocks[part] = [
                    _block(story.cells[part][i], size, _room(row, i - row.first, room), limits.get(part))
                    for i in indices
                ]
            row.heights[lane] = max(stack_heights(story, row, lane)) + 2 * air
        if lane not in ("moment", "touchpoint"):  # those two labels may reach above their lane
            row.heights[lane] = max(row.heights[lane], row.labels[lane].height + air)
    row.heights = {"stage": max(b.name.height for b in row.bands) + 1.3 * size, **row.heights}


def pill_height(small: float) -> float:
    """Height of the label that holds a gap."""
    return small * LEADING + 3


def stack_heights(story: Story, row: Row, lane: str) -> list[float]:
    """Height of each cell of a lane, with what stands under it."""
    parts = [row.blocks[part] for part in filter(None, (lane, story.under.get(lane)))]
    return [sum(block.height for block in cell if block) for cell in zip(*parts, strict=True)]


def card_height(row: Row, size: float) -> float:
    """Height that the fullest card of a row needs."""
    pairs = zip(row.blocks["channel"], row.blocks["touchpoint"], strict=True)
    return max((a.height if a else 0) + (b.height if b else 0) for a, b in pairs) + 2 * row.pad + 0.35 * size


def indent(cell: Cell, size: float) -> float:
    """Room that a cell's icon takes before its text."""
    return 1.4 * size if cell.icon else 0.0


def _block(
    cell: Cell | None, size: float, width: float, most: int | None = None
) -> Block | None:
    if cell is None:
        return None
    room = width - indent(cell, size) - (4 if cell.boxed else 0.0)
    return wrap(cell.text, size, room, bold=cell.bold, italic=cell.italic, most=most)


def _room(row: Row, position: int, room: float) -> float:
    start = row.starts[position]
    end = start + row.card
    following = row.starts[position + 1] if position + 1 < len(row.starts) else 2 * (room - EDGE) - end
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
        yield Band(stage, start, end, wrap(name, size, end - start - 2 * EDGE, bold=True))


def _between(row: Row, position: int) -> float:
    return (row.starts[position - 1] + row.card + row.starts[position]) / 2


def _waits(story: Story, row: Row, last: int, room: float, small: float) -> list[Wait]:
    for brief in (False, True):
        found: list[Wait] = []
        clear = True
        edge = 0.0
        for i in range(row.first, last):
            if i == 0 and not story.waits[0]:
                continue
            position = i - row.first
            start = row.starts[position - 1] + row.card if position else 0.0
            end = row.starts[position]
            text = story.wait_words(i, brief=brief)
            italic = story.is_inferred(i, "wait_days")
            label = wrap(text, small, room, italic=italic)
            at = max(edge, min((start + end) / 2 - label.width / 2, room - label.width))
            clear = clear and at <= end + row.card * 0.3 and at + label.width / 2 <= end + row.card * 0.4
            found.append(Wait(i, start, end, label, at, story.waits[i] is not None))
            edge = at + label.width + 0.4 * small
        clear = clear and edge <= room + 0.4 * small + 0.1
        if clear:
            return found
    # Even the short words are too wide for these columns: say so, and more rows are tried.
    return [replace(wait, label=replace(wait.label, broken=True)) for wait in found]

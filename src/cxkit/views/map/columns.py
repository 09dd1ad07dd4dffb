"""Where things on a journey map stand along a row: columns of touchpoints, the waits between them, stages.

Distances are in points, from the reading start.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from math import log1p

from cxkit.views.layout import Block, wrap
from cxkit.views.map.cells import Story, block_of, sign_of

EDGE = 8.0
"""Room between the end of a row and its first and last card."""
POINT = 5.0
"""How far the head of a stage points into the next."""


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
    stacked: set[int] = field(default_factory=set)

    @property
    def middles(self) -> list[float]:
        return [start + self.card / 2 for start in self.starts]

    def everyblock_of(self) -> list[Block]:
        cells = [block for lane in self.blocks.values() for block in lane if block]
        return (
            cells + [w.label for w in self.waits] + [b.name for b in self.bands] + list(self.labels.values())
        )


@lru_cache(maxsize=256)
def split(stages: tuple[str, ...], count: int) -> list[tuple[int, int]]:
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


def stretch(story: Story, parts: Sequence[tuple[int, int]], room: float) -> float:
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


def columns(story: Story, first: int, last: int, room: float, size: float, step: float) -> Row:
    """A row with its columns: cards of one width, and between them `step` points per log step of waiting."""
    count = last - first
    gutter = max(7.0, 0.8 * size)
    gaps = [gutter + step * _steps(story, i) for i in range(first, last)]
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


def name_channels(story: Story, rows: Sequence[Row], size: float) -> None:
    """Name the channel on each card. Where a name has to be short on one card, it is so on every card."""
    cells = story.cells["channel"]
    inner = min(row.card - 2 * row.pad for row in rows)
    blocks = [(cell, block_of(cell, size, inner)) for cell in cells]
    short = {cell.icon for cell, block in blocks if cell and block and cell.short and block.broken}
    said = [replace(cell, text=cell.short) if cell and cell.icon in short else cell for cell in cells]
    for row in rows:
        here = said[row.first : row.first + len(row.starts)]
        row.blocks["channel"] = [sign_of(cell, size, row.card - 2 * row.pad, whole=True) for cell in here]


def bands(story: Story, row: Row, last: int, room: float, size: float) -> Iterator[Band]:
    """The stages of a row, each as far as half way to the next."""
    for stage, run in groupby(range(row.first, last), key=lambda i: story.stages[i]):
        members = list(run)
        start = 0.0 if members[0] == row.first else _between(row, members[0] - row.first)
        end = room if members[-1] == last - 1 else _between(row, members[-1] + 1 - row.first)
        goes_on = members[0] == row.first and row.first > 0 and story.stages[row.first - 1] == stage
        name = story.words.get(stage, stage)
        name = story.words["continued"].format(name) if goes_on else name
        yield Band(stage, start, end, wrap(name, size, end - start - EDGE - POINT, bold=True))


def _between(row: Row, position: int) -> float:
    return (row.starts[position - 1] + row.card + row.starts[position]) / 2


def waits(story: Story, row: Row, last: int, room: float, small: float) -> list[Wait]:
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

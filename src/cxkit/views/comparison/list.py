"""What moved between two journeys, in words: a heading, and lines in columns."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from cxkit.views.comparison import said
from cxkit.views.comparison.pair import Pair
from cxkit.views.layout import Block, cut, wrap

ITEMS = 6
BETWEEN = 20.0
"""Room between the columns of the list."""


@dataclass(frozen=True)
class Item:
    """A line of what moved: a bold word, and the rest."""

    lead: Block
    text: Block

    @property
    def height(self) -> float:
        return max(self.lead.height, self.text.height)


@dataclass
class Words:
    """What moved, in words: items in columns, beside the name of the lane."""

    items: list[list[Item]]
    indent: float
    width: float
    air: float

    @property
    def height(self) -> float:
        return max(sum(item.height + self.air for item in column) for column in self.items)


def words_of(
    pair: Pair, width: float, size: float, most: int | None, short: frozenset[str] = frozenset()
) -> Words | None:
    """The weightiest lines, and how many changes more there are; each of at most so many lines of text.

    Channels in `short` are named in short, as they are on the cards.
    """
    told = said.told(pair, short)
    if not told:
        return None
    left = sum(line.rows for line in told[ITEMS:])
    told = told[:ITEMS]
    count = 1 if width < 560 or len(told) == 1 else 2
    leads = [wrap(pair.words[f"lead.{line.kind}"], size, 200, bold=True) for line in told]
    indent = max(lead.width for lead in leads) + size
    wide = (width - (count - 1) * BETWEEN) / count

    def item(lead: Block, text: str) -> Item:
        block = wrap(text, size, wide - indent)
        return Item(lead, cut(block, most) if most else block)

    items = [item(lead, line.text) for lead, line in zip(leads, told, strict=True)]
    if left:
        more = pair.words["more.1"] if left == 1 else pair.words["more"].format(left)
        items.append(item(wrap("", size, wide), more))
    per = ceil(len(items) / count)
    columns = [items[first : first + per] for first in range(0, len(items), per)]
    return Words(columns, indent, wide, 0.3 * size)

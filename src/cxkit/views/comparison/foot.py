"""The foot of the picture of two journeys: the legend, how much is known, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxkit.views import look
from cxkit.views.comparison import said
from cxkit.views.comparison.pair import Pair
from cxkit.views.comparison.time import draw_stop
from cxkit.views.layout import Block, cut, wrap
from cxkit.views.map.said import evidence_key
from cxkit.views.map.style import Style
from cxkit.views.page import Page

OUTLINES: dict[str, Any] = {"observed": "-", "inferred": (0, (4, 2.4)), "assumed": (0, (1, 1.8))}


@dataclass(frozen=True)
class Foot:
    """Lines of the legend (a symbol and its words), and what is known of each journey."""

    legend: list[list[tuple[str, Block]]]
    facts: list[Block]
    size: float

    @property
    def height(self) -> float:
        return (
            1.55 * self.size * len(self.legend) + 0.3 * self.size + sum(block.height for block in self.facts)
        )


def foot_of(pair: Pair, size: float, width: float, *, listed: bool) -> Foot:
    """The foot at a size of type, in a width."""
    facts = [
        cut(wrap(pair.words["foot"].format(name=name, facts=said.facts(pair, story)), size, width), 4)
        for name, story in zip(pair.names, pair.stories, strict=True)
    ]
    return Foot(_legend(pair, size, width, listed=listed), facts, size)


def _legend(pair: Pair, size: float, width: float, *, listed: bool) -> list[list[tuple[str, Block]]]:
    words, map_words = pair.words, pair.new.words
    changes = [pair.change(now) or 0 for now in range(len(pair.new))]
    levels = pair.levels()
    items: list[tuple[str, str]] = []
    if any(level > 0 for level in levels):
        items.append(("up", words["legend.up"].format(new=pair.said)))
    if any(level < 0 for level in levels):
        items.append(("down", words["legend.down"].format(new=pair.said)))
    if any(changes):
        items.append(("", words["legend.signed"]))
    items.append(("joined", words["legend.joined"]))
    if pair.timed:
        if pair.removed or pair.added:
            items.append(("alone", words["legend.alone"]))
        items.append(("", words["legend.scale"]))
    tables = [story.table for story in pair.stories]
    kinds = [kind for kind in OUTLINES if any(kind in set(table["evidence"]) for table in tables)]
    for kind in kinds:
        head = map_words["legend.evidence"] + " " if kind == kinds[0] else ""
        items.append((kind, head + map_words[evidence_key(kind)]))
    if any("inferred" in table and (table["inferred"] != "").any() for table in tables):
        items.append(("", words["legend.planned" if pair.planned else "legend.guessed"]))
    if pair.planned:
        items.append(("", words["legend.plan"]))
    if not listed:
        items.append(("", words["legend.no list"]))
    lines: list[list[tuple[str, Block]]] = [[]]
    used = 0.0
    for symbol, text in items:
        block = cut(wrap(text, size, width - 2.4 * size), 1)
        needed = (2.4 * size if symbol else 0.0) + block.width
        if lines[-1] and used + needed > width:
            lines.append([])
            used = 0.0
        lines[-1].append((symbol, block))
        used += needed + 1.6 * size
    return lines


def draw_foot(page: Page, foot: Foot, style: Style, top: float) -> None:
    """Draw the legend and the facts, their top at `top`."""
    size = foot.size
    for line in foot.legend:
        x = style.margin
        for symbol, block in line:
            middle = top + block.height / 2
            if symbol == "joined":
                page.line([x + 0.9 * size] * 2, [middle - 0.5 * size, middle + 0.5 * size], style.quiet, 1.1)
            elif symbol == "alone":
                draw_stop(page, x + 0.9 * size, middle, size * 0.9, joined=False, edge=look.QUIET)
            elif symbol:
                area = {"up": style.above, "down": style.below}.get(symbol)
                looks: dict[str, Any] = (
                    {"fill": area.fill, "edge": area.ink, "line": 0.6, "hatch": area.hatch}
                    if area
                    else {"fill": look.PAPER, "edge": look.INK, "style": OUTLINES[symbol], "radius": 2}
                )
                page.box(x, middle - 0.45 * size, 1.8 * size, 0.9 * size, **looks)
            room = 2.4 * size if symbol else 0.0
            page.text(x + room, top, block, style.quiet, gid="legend")
            x += room + block.width + 1.6 * size
        top += 1.55 * size
    top += 0.3 * size
    for block in foot.facts:
        page.text(style.margin, top, block, style.quiet, gid="facts")
        top += block.height

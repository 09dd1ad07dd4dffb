"""The foot of a journey map: what its signs mean, how much is known, what the estimates are, and the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxkit.views import look
from cxkit.views.layout import Block, cut, wrap
from cxkit.views.map.cells import Story, handoffs
from cxkit.views.map.said import elsewhere, estimated, evidence_key, honest
from cxkit.views.map.style import Area, Style
from cxkit.views.page import Page

OUTLINES: dict[str, Any] = {"observed": "-", "inferred": (0, (4, 2.4)), "assumed": (0, (1, 1.8))}
"""The outline of a card for each kind of evidence."""
_UNTOLD = "untold"
"""A card without evidence, whose outline is pale."""
_LINE = 1.42
_BETWEEN = 1.6
_MOST_SOURCE = 3


@dataclass(frozen=True)
class Foot:
    """Lines of signs with their words, then lines of text; `height` in points."""

    signs: list[list[tuple[str, Block]]]
    notes: list[Block]
    size: float

    @property
    def height(self) -> float:
        return (len(self.signs) + sum(len(note.lines) for note in self.notes)) * self.size * _LINE


def foot(story: Story, style: Style, size: float, width: float) -> Foot:
    """The foot of a map on which `story` is told, in type of `size`, `width` points wide."""
    words = story.words
    signs = _signs(story, style.brief)
    known = [honest(story)]
    if story.in_table:
        names = ", ".join(words[lane].lower() for lane in story.in_table)
        known.append(words["foot.dropped"].format(names=names))
    source = getattr(story.journey, "source", "")
    if source:
        known.append(words["foot.source"].format(source))
    numbers = [part for part in (estimated(story), elsewhere(story, 1 if style.brief else 3)) if part]
    if style.brief:
        # Large type has no room for lines of their own, except for what needs more than one.
        short = [part for part in (*numbers, *known) if len(wrap(part, size, width).lines) == 1]
        signs += [("", part) for part in short]
        numbers, known = [[part for part in parts if part not in short] for parts in (numbers, known)]
    lines, room = _flow(signs, size, width)
    notes = [cut(wrap("  ·  ".join(part), size, width), _MOST_SOURCE) for part in (numbers, known) if part]
    if lines and notes and len(notes[0].lines) == 1 and notes[0].width <= room:
        lines[-1].append(("", notes.pop(0)))
    return Foot(lines, notes, size)


def _flow(
    signs: list[tuple[str, str]], size: float, width: float
) -> tuple[list[list[tuple[str, Block]]], float]:
    """Signs with their words in as few lines as hold them, and the room that the last line leaves."""
    lines: list[list[tuple[str, Block]]] = []
    room = 0.0
    for sign, text in signs:
        block = cut(wrap(text, size, width - _room(sign, size)), 1)
        needed = _room(sign, size) + block.width
        if needed > room:
            lines.append([])
            room = width
        lines[-1].append((sign, block))
        room -= needed + _BETWEEN * size
    return lines, room


def _signs(story: Story, brief: bool) -> list[tuple[str, str]]:
    words, table = story.words, story.table
    gaps = [gap for gap in story.gaps if gap is not None]
    items: list[tuple[str, str]] = []
    if not brief and any(gap < 0 for gap in gaps):
        items.append(("below", words["below"]))
    if not brief and any(gap > 0 for gap in gaps):
        items.append(("above", words["above"]))
    if story.drivers:
        found = story.drivers.found.values()
        if any(not one.open for one in found):
            items.append(("star", words["legend.sized"]))
        if any(one.open for one in found):
            items.append(("hollow star", words["legend.hollow"]))
        if any(cell and row not in story.drivers.found for row, cell in enumerate(story.cells["moment"])):
            items.append(("small star", words["legend.told"]))
    given = set(table["evidence"]) if "evidence" in table else {""}
    kinds = [kind for kind in (*OUTLINES, _UNTOLD) if (kind if kind in OUTLINES else "") in given]
    said = [words["legend.untold" if kind == _UNTOLD else evidence_key(kind)] for kind in kinds]
    said[:1] = [f"{words['legend.evidence']} {first}" for first in said[:1]]
    items += zip(kinds, said, strict=True)
    if "inferred" in table and (table["inferred"] != "").any():
        items.append(("", words["legend.planned" if story.planned else "legend.inferred"]))
    if "owner" in story.lanes:
        signs = [kind for kind in _HANDED if kind in handoffs(story) and not (brief and kind == "passed")]
        items += [(kind, words[f"legend.{_HANDED[kind]}"]) for kind in signs]
    if "wait_days" in story.lanes:
        items.append(("", words["legend.wait"]))
    return items


_HANDED = {"passed": "handoff", "broken": "broken"}


def _room(sign: str, size: float) -> float:
    if sign in _HANDED or sign.endswith("star"):
        return 1.5 * size
    return 2.4 * size if sign else 0.0


def draw_foot(page: Page, bottom: Foot, style: Style, top: float) -> None:
    """Draw the foot with its top at `top`."""
    size = bottom.size
    for line in bottom.signs:
        x = style.margin
        for sign, block in line:
            _draw_sign(page, sign, style, x, top + block.height / 2, size)
            page.text(x + _room(sign, size), top, block, style.quiet, gid="legend")
            x += _room(sign, size) + block.width + _BETWEEN * size
        top += _LINE * size
    for note in bottom.notes:
        for text in note.lines:
            page.text(style.margin, top, wrap(text, size, 4 * page.width), style.quiet, gid="legend")
            top += _LINE * size


def _draw_sign(page: Page, sign: str, style: Style, x: float, y: float, size: float) -> None:
    wide, tall = 1.8 * size, 0.95 * size
    areas: dict[str, Area] = {"below": style.below, "above": style.above}
    if sign in areas:
        area = areas[sign]
        # The hatch takes the colour of the edge.
        page.box(x, y - tall / 2, wide, tall, fill=area.fill, edge=area.ink, line=0.6, hatch=area.hatch)
    elif sign in OUTLINES or sign == _UNTOLD:
        edge = style.rule if sign == _UNTOLD else look.INK
        page.box(
            x, y - tall / 2, wide, tall, fill=look.PAPER, edge=edge, style=OUTLINES.get(sign, "-"), radius=2
        )
    elif sign in _HANDED:
        colour = look.BELOW if sign == "broken" else style.quiet
        page.icon(sign, x + 0.5 * size, y, 0.8 * size, colour)
    elif sign == "hollow star":
        page.icon("hollow star", x + 0.5 * size, y, 1.1 * size, look.STAR)
    elif sign:
        page.icon("star", x + 0.5 * size, y, (0.75 if sign == "small star" else 1.2) * size, look.STAR)

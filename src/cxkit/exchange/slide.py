"""One slide: a drawn map as editable shapes and words, in the order in which a person reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from cxkit.exchange.drawn import Drawn, Shape, Words, take_apart
from cxkit.exchange.exchange_words import words as words_of
from cxkit.exchange.facts import facts, persona
from cxkit.exchange.shapes import add_shape, add_words, describe, emu, set_direction, set_run, spelled
from cxkit.languages import right_to_left
from cxkit.views.layout import printable, text_width
from cxkit.views.look import INK, QUIET
from cxkit.views.map.cells import Story

_WIDEST_ICON = 40.0


@dataclass(frozen=True)
class _Boxed:
    """A box with the words and the icons that stand in it."""

    shape: Shape
    words: list[Words]
    icons: list[Shape]


def add_slide(slide: Any, journey: Any, picture: Any, title: str, first: int) -> None:
    """Fill an empty slide with what the picture of a journey shows.

    Args:
        slide: a slide with a placeholder for the title.
        journey: what the picture shows; its first touchpoint is number `first` (from 0) of the whole.
        title: the slide's own title.
    """
    story, reverse = Story(journey), right_to_left(journey.language)
    options = {"right_to_left": reverse, "language": journey.language}
    drawn = take_apart(picture, reverse)
    slide.shapes.turbo_add_enabled = (
        True  # no search for a free number at each shape; `_number` gives them out
    )
    known = _sources(story)
    words = [replace(each, text=known.get(_key("".join(each.lines)), "")) for each in drawn.words]
    headline = next((each for each in words if each.gid == "title"), None)
    _set_title(slide, headline, title, drawn, reverse, journey.language)
    boxes = _boxed(drawn, words)
    inside = {id(each) for box in boxes for each in (box.shape, *box.words, *box.icons)}
    for shape in drawn.shapes:
        if id(shape) not in inside:
            _add_plain(slide.shapes, shape, story, options)
    places = _Places(drawn, story)
    front: list[tuple[tuple[float, ...], Words | _Boxed]] = [
        (places.key(box.shape.gid, *box.shape.middle), box) for box in boxes
    ]
    front += [
        (places.key(each.gid, *each.middle), each)
        for each in words
        if each is not headline and id(each) not in inside
    ]
    for key, item in sorted(front, key=lambda pair: pair[0]):
        touchpoint = places.touchpoint(key)
        if isinstance(item, Words):
            name = _name(item.gid, touchpoint, first, story) if touchpoint is not None else item.said[:60]
            add_words(
                slide.shapes,
                item,
                name=name,
                width=places.room(item, touchpoint),
                edges=_edges(drawn, item),
                **options,
            )
        else:
            _add_boxed(slide.shapes, item, touchpoint, first, story, options)
    if not is_told(journey, picture):
        text = words_of(journey.language)["page.notes.more"]
        wide = 0.8 * drawn.width
        place = (drawn.width - wide - 26 if reverse else 26.0, drawn.height - 16, wide, 12.0)
        note = Words((text,), *place, 8.0, False, False, QUIET, "right" if reverse else "left")
        add_words(slide.shapes, note, name=text, width=0, edges=(2, drawn.width - 2), **options)
    _number(slide)
    _set_notes(slide, story, first, journey, picture.alt)


def is_told(journey: Any, picture: Any) -> bool:
    """Whether the picture shows all the words of the journey: none cut, no lane left out."""
    shown = _key("".join(text.get_text() for axes in picture.axes for text in axes.texts))
    lanes = ("touchpoint", "owner", "pain_point", "quote", "opportunity")
    told = [_key(printable(str(text)).strip('“”„"״«»')) for lane in lanes for text in journey.table[lane]]
    head = [journey.title, journey.scenario, journey.source, *(fact.text for fact in persona(journey))]
    dots = sum(text.count("…") for text in (*told, *head))
    return shown.count("…") <= dots and all(text in shown for text in told)


def _key(text: str) -> str:
    return re.sub(r"[\s\-\u200f\u00a0]", "", text)


def _sources(story: Story) -> dict[str, str]:
    """What a text was before it was wrapped, by what is left of it: letters that no font of ours has come back."""
    found: dict[str, str] = {}
    for lane, cells in story.cells.items():
        if lane not in story.table:
            continue
        for row, cell in enumerate(cells):
            if cell:
                raw = " ".join(str(story.table.at[row, lane]).split())
                plain = printable(raw)
                found[_key(cell.text)] = cell.text.replace(plain, raw) if plain else cell.text
    return found


def _set_title(
    slide: Any, block: Words | None, title: str, drawn: Drawn, reverse: bool, language: str
) -> None:
    frame = slide.shapes.title
    block = block or Words((title,), 26, 20, 0, 24, 20, True, False, INK, "right" if reverse else "left")
    begin = drawn.width - block.left - block.width if reverse else block.left
    wide = drawn.width - 2 * begin
    for shape in drawn.shapes:  # what stands beside it, such as the card of the person
        beside = drawn.width - shape.left - shape.width if reverse else shape.left
        level = shape.top < block.top + block.height and block.top < shape.top + shape.height
        if level and beside > begin + 0.9 * block.width:
            wide = min(wide, beside - begin - 6)
    frame.left = emu(drawn.width - begin - wide if reverse else begin)
    frame.top, frame.width, frame.height = emu(block.top), emu(wide), emu(block.height)
    text = frame.text_frame
    text.margin_left = text.margin_right = text.margin_top = text.margin_bottom = 0
    text.word_wrap = True
    text._txBody.bodyPr.set("anchor", "t")
    paragraph = text.paragraphs[0]
    set_direction(paragraph, "right" if reverse else "left", reverse)
    size, rows = block.size, len(block.lines)
    while size > 12 and text_width(printable(title), size, block.bold) > 0.95 * rows * wide:
        size -= 1  # "(2 of 4)" takes room as well
    set_run(paragraph.add_run(), replace(block, size=size), title, language)


def _boxed(drawn: Drawn, words: list[Words]) -> list[_Boxed]:
    """Boxes with words or icons in them, such as cards; and icons that stand alone, beside their words."""
    rounded = sorted(
        (shape for shape in drawn.shapes if shape.kind == "round"), key=lambda each: each.width * each.height
    )
    texts: dict[int, list[Words]] = {}
    for each in words:
        host = next((shape for shape in rounded if shape.holds(each)), None)
        if host is not None:
            texts.setdefault(id(host), []).append(each)
    # words side by side, as on the card of a person, are no single text
    texts = {key: found for key, found in texts.items() if all(a.below(b) for a, b in pairwise(found))}
    hosts = [shape for shape in rounded if id(shape) in texts]
    icons: dict[int, list[Shape]] = {}
    alone = []
    for shape in drawn.shapes:
        if shape.kind == "path" and not shape.smooth and shape.width < _WIDEST_ICON:
            host = next((each for each in hosts if each.holds(shape)), None)
            if host is not None:
                icons.setdefault(id(host), []).append(shape)
            elif shape.gid.endswith("-icon"):
                alone.append(_Boxed(shape, [], []))
    return [_Boxed(host, texts[id(host)], icons.get(id(host), [])) for host in hosts] + alone


def _edges(drawn: Drawn, words: Words) -> tuple[float, float]:
    """How far a text may reach to the left and to the right: to the edge of what it stands on."""
    holders = [shape for shape in drawn.shapes if shape.kind == "round" and shape.holds(words)]
    if not holders:
        return 2.0, drawn.width - 2.0
    smallest = min(holders, key=lambda each: each.width * each.height)
    return smallest.left + 2.0, smallest.left + smallest.width - 2.0


def _add_plain(shapes: Any, shape: Shape, story: Story, options: dict[str, Any]) -> None:
    """Bands, rules, curves, points and legend signs: behind the words; the words say what they show."""
    said = ""
    if shape.gid in ("expected", "experienced"):
        scores = story.expected if shape.gid == "expected" else story.experienced
        values = ", ".join("–" if value is None else f"{value:g}" for value in scores)
        pattern = words_of(story.journey.language)["page.curve"]
        said = pattern.format(name=story.words[shape.gid], values=values)
    add_shape(shapes, shape, name=_label(shape.gid, story) or shape.kind, alt=said, **options)


def _add_boxed(
    shapes: Any, boxed: _Boxed, touchpoint: int | None, first: int, story: Story, options: dict[str, Any]
) -> None:
    shape = boxed.shape
    card = re.fullmatch(r"card-(\d+)", shape.gid)
    index = int(card[1]) if card else touchpoint
    name = _name(shape.gid or (boxed.words[0].gid if boxed.words else ""), index, first, story)
    into = shapes
    if boxed.icons:
        group = shapes.add_group_shape()
        into = group.shapes
        into.turbo_add_enabled = True
    add_shape(into, shape, name=name, words=boxed.words, **options)
    for icon in boxed.icons:
        add_shape(into, icon, name=f"{name}: {story.words['channel']}" if card else name, **options)
    if boxed.icons:
        describe(group._element, name, _told(story, index) if card and index is not None else "")


def _told(story: Story, row: int) -> str:
    """What there is to say of a touchpoint, beside the words on its card."""
    names = ("stage", "wait_days", "owner", "expected", "experienced", "gap", "moment", "evidence")
    return ". ".join(f"{fact.label}: {fact.said}" for fact in facts(story, row) if fact.name in names) + "."


def _label(gid: str, story: Story) -> str:
    lane = re.sub(r"-(icon|missing|text)?-?\d*$", "", gid)
    return story.words.get(
        {"card": "touchpoint", "wait": "wait_days", "score": "scores"}.get(lane, lane), lane
    )


def _name(gid: str, touchpoint: int | None, first: int, story: Story) -> str:
    """What the selection pane calls it, such as "Owner 3"."""
    label = _label(gid, story)
    return f"{label} {first + touchpoint + 1}".strip() if touchpoint is not None else label


def _number(slide: Any) -> None:
    for number, about in enumerate(slide.shapes._spTree.iter("{*}cNvPr"), start=1):
        about.set("id", str(number))


class _Places:
    """Which touchpoint a thing belongs to, and so when it is read: touchpoint after touchpoint, from the top."""

    def __init__(self, drawn: Drawn, story: Story) -> None:
        self.reverse = story.right_to_left
        self.width = drawn.width
        cards = {s.gid: s for s in drawn.shapes if re.fullmatch(r"card-\d+", s.gid)}
        self.cards = [cards[f"card-{row}"] for row in range(len(story)) if f"card-{row}" in cards]
        tops = sorted({round(each.top) for each in drawn.words if each.gid == "stage"})
        self.tops = [top for n, top in enumerate(tops) if not n or top - tops[n - 1] > 30]
        self.rows = [self._row(card.middle[1]) for card in self.cards]

    def _row(self, y: float) -> int:
        return sum(top <= y + 4 for top in self.tops)

    def _along(self, x: float) -> float:
        return self.width - x if self.reverse else x

    def key(self, gid: str, x: float, y: float) -> tuple[float, ...]:
        if gid in ("title", "subtitle"):
            return (-1.0, 0.0, y)
        row = self._row(y)
        here = [n for n, own in enumerate(self.rows) if own == row]
        if gid == "legend" or gid.startswith("foot") or not here:
            return (9999.0, y, self._along(x))
        if gid in ("label", "key", "axis"):
            return (float(row), -1.0, y)
        if gid == "wait":
            after = [n for n in here if self._along(self.cards[n].middle[0]) > self._along(x)]
            return (float(row), float(after[0] if after else here[-1]), y)
        return (float(row), float(min(here, key=lambda n: abs(self.cards[n].middle[0] - x))), y)

    def touchpoint(self, key: tuple[float, ...]) -> int | None:
        return int(key[1]) if 0 <= key[0] < 9999 and key[1] >= 0 else None

    def room(self, words: Words, touchpoint: int | None) -> float:
        """The width at which a text may wrap: at the end of its card. 0 where that plays no part."""
        if touchpoint is None or words.gid in ("wait", "stage", "score") or words.align == "center":
            return 0.0
        card = self.cards[touchpoint]
        return (
            card.left + card.width - words.left if not self.reverse else words.left + words.width - card.left
        )


def _set_notes(slide: Any, story: Story, first: int, journey: Any, said_of: str) -> None:
    """Alt text, person, source, and every touchpoint in full: what a slide has no room for is not lost."""
    said = words_of(journey.language)
    lines = [said_of, ""]
    lines += [f"{fact.label}: {fact.text}" for fact in persona(journey)]
    about = {"scenario": journey.scenario, "source": journey.source}
    lines += [f"{said[f'page.{name}']}: {text}" for name, text in about.items() if text]
    for row in range(len(story)):
        known = list(facts(story, row))
        name = next(fact.said for fact in known if fact.name == "touchpoint")
        rest = "; ".join(f"{fact.label}: {fact.said}" for fact in known if fact.name != "touchpoint")
        lines += ["", f"{first + row + 1}. {name}", rest]
    frame = slide.notes_slide.notes_text_frame
    frame.text = "\n".join(" ".join(line.split()) for line in lines)
    for paragraph in frame.paragraphs:
        if story.right_to_left:
            set_direction(paragraph, "right", True)
        for run in paragraph.runs:
            run._r.get_or_add_rPr().set("lang", spelled(journey.language))

"""Pages to print and fill in by hand: for a workshop, or for a class without computers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from cxkit.journey_cells import CHANNELS
from cxkit.languages import base_language, right_to_left
from cxkit.views.layout import wrap
from cxkit.views.look import INK, PAPER, QUIET, SIZES, STAGES, words
from cxkit.views.page import MARGIN, Page, open_page
from cxkit.views.paper_words import PAPER_WORDS
from cxkit.views.picture import Picture

_LINE = "#8A96A3"
"""Boxes to write in: dark enough to survive a copier."""
_PALE = "#F4F6F8"
_TOUCHPOINTS = 7
_SCORES = range(10, 0, -1)


class _Sheet:
    """A page with the few things that a form on paper is made of."""

    def __init__(self, name: str, size: tuple[float, float], language: str) -> None:
        self.words = PAPER_WORDS[base_language(language)]
        title, said = self.words[f"{name}.title"], self.words[f"{name}.said"]
        self.fields: list[str] = []
        self.picture = Picture(alt=said, title=title, language=language, figsize=size, facecolor=PAPER)
        self.page: Page = open_page(self.picture, right_to_left(language))
        self.width, self.height = (side * 72 for side in size)

    def done(self) -> Picture:
        self.picture.twin = pd.DataFrame({"field": list(dict.fromkeys(self.fields))})
        self.picture.headings = {"field": self.words["field"]}
        return self.picture

    def write(
        self,
        key: str,
        x: float,
        y: float,
        width: float,
        size: float = 9.0,
        *,
        bold: bool = False,
        colour: str = INK,
        align: str = "start",
    ) -> float:
        """Write the words of `key`, wrapped; gives the y below them."""
        block = wrap(self.words[key], size, width, bold=bold)
        self.page.text(x, y, block, colour, align=align)
        return y + block.height

    def field(self, key: str, x: float, y: float, width: float, height: float, hint: str = "") -> None:
        """A box to write in, its name in its corner."""
        self.fields.append(self.words[key])
        self.page.box(x, y, width, height, edge=_LINE, line=0.8, radius=3, fill=PAPER)
        below = self.write(key, x + 6, y + 4, width - 12, 8.5, bold=True, colour=QUIET)
        if hint:
            self.write(hint, x + 6, below + 1, width - 12, 7.5, colour=QUIET)

    def ticks(self, keys: Sequence[str], x: float, y: float, width: float, size: float = 8.5) -> None:
        """Boxes to tick, one below the other."""
        for row, key in enumerate(keys):
            top = y + row * size * 1.75
            self.page.box(x, top + 1, size, size, edge=INK, line=0.8)
            self.write(key, x + size + 5, top, width - size - 5, size)

    def channels(self, x: float, y: float, width: float, size: float) -> None:
        """The channels as icons, to ring the right one."""
        for place, channel in enumerate(CHANNELS[:-1]):
            self.page.icon(channel, x + width * (place + 0.5) / (len(CHANNELS) - 1), y, size, INK)

    def numbers(self, x: float, y: float, width: float, size: float = 10.0) -> None:
        """1 to 10, to ring one."""
        for place in range(10):
            block = wrap(str(place + 1), size, width)
            self.page.text(x + width * (place + 0.5) / 10, y, block, align="middle", number=True)


def blank_map(language: str = "en") -> Picture:
    """An empty journey map for seven touchpoints, on A3 (it can be read on A4, too).

    >>> blank_map().title
    'Journey map'
    """
    sheet = _Sheet("map", SIZES["A3"], language)
    page, left, right = sheet.page, MARGIN, sheet.width - MARGIN
    sheet.write("map.title", left, 22, 260, 20, bold=True)
    for place, (key, share) in enumerate((("who", 0.3), ("scenario", 0.44), ("team", 0.26))):
        start = left + 190 + (right - left - 190) * sum((0.3, 0.44)[:place])
        sheet.field(key, start, 20, (right - left - 190) * share - 8, 38)
    sheet.ticks(("as-is", "to-be"), left, 50, 150, 8)

    head = 104.0
    column = (right - left - head) / _TOUCHPOINTS
    rows: tuple[tuple[str, float], ...] = (
        ("stage", 30), ("touchpoint", 58), ("channel", 32), ("owner", 34), ("wait", 30), ("scores", 164),
        ("moment", 60), ("pain", 74), ("failure", 38), ("quote", 74), ("evidence", 54), ("opportunity", 0),
    )  # fmt: skip
    y = 84.0
    rest = sheet.height - y - 44 - sum(height for _, height in rows)
    for key, height in rows:
        height = height or rest
        sheet.fields.append(sheet.words[key])
        below = sheet.write(key, left, y + 4, head - 8, 10, bold=True)
        sheet.write(f"{key}.hint", left, below, head - 8, 7.5, colour=QUIET)
        for place in range(_TOUCHPOINTS):
            x = left + head + place * column
            page.box(x, y, column, height, edge=_LINE, line=0.7, fill=_PALE if key == "stage" else PAPER)
            inside, wide = x + 7, column - 14
            if key == "channel":
                sheet.channels(x + 4, y + height / 2, column - 8, 14)
            elif key == "scores":
                _score_lines(sheet, x, y, column, height, numbered=place == 0)
            elif key == "moment":
                sheet.ticks(("zero", "first", "second", "ultimate"), inside, y + 4, wide, 7.5)
            elif key == "failure":
                sheet.ticks(("service", "sales"), inside, y + 6, wide)
            elif key == "evidence":
                sheet.ticks(("observed", "inferred", "assumed"), inside, y + 6, wide)
        y += height
    sheet.write("map.foot", left, y + 9, (right - left) * 0.55, 8.5, colour=QUIET)
    x = left + (right - left) * 0.56
    for channel in CHANNELS[:-1]:
        name = wrap(words(language)[f"channel.{channel}"], 8.5, 90)
        page.icon(channel, x + 6, y + 14, 11, QUIET)
        page.text(x + 15, y + 9, name, QUIET)
        x += name.width + 32
    return sheet.done()


def _score_lines(sheet: _Sheet, x: float, y: float, width: float, height: float, *, numbered: bool) -> None:
    for place, score in enumerate(_SCORES):
        level = y + height * (place + 0.5) / 10
        sheet.page.line((x + (16 if numbered else 0), x + width), (level, level), _LINE, 0.7, (0, (1, 3)))
        if numbered:
            block = wrap(str(score), 8, 20)
            sheet.page.text(x + 9, level - block.height / 2, block, QUIET, align="middle", number=True)


def persona_card(language: str = "en") -> Picture:
    """Two cards on one sheet of A4: who a map is about, and how many are like this person.

    >>> persona_card().title
    'Persona'
    """
    sheet = _Sheet("persona", SIZES["A4"], language)
    wide = (sheet.width - 3 * MARGIN) / 2
    for place in range(2):
        x, inner = MARGIN + place * (wide + MARGIN), wide - 24
        sheet.page.box(x, MARGIN, wide, sheet.height - 2 * MARGIN, edge=INK, line=1.0, radius=8)
        x += 12
        sheet.write("persona.title", x, MARGIN + 10, inner, 16, bold=True)
        y = MARGIN + 38
        sheet.field("name", x, y, inner * 0.62, 40, "name.hint")
        sheet.field("age", x + inner * 0.62 + 6, y, inner * 0.38 - 6, 40)
        y += 46
        for key, height in (("situation", 62), ("job", 50), ("products", 44)):
            sheet.field(key, x, y, inner, height, f"{key}.hint")
            y += height + 6
        sheet.field("channels", x, y, inner, 48)
        sheet.channels(x + 8, y + 32, inner - 16, 16)
        y += 54
        for key, height in (("history", 46), ("triggers", 46)):
            sheet.field(key, x, y, inner, height, f"{key}.hint")
            y += height + 6
        sheet.field("share", x, y, inner, sheet.height - MARGIN - 30 - y, "share.hint")
        sheet.write("persona.foot", x, sheet.height - MARGIN - 20, inner, 8, colour=QUIET)
    return sheet.done()


def touchpoint_cards(language: str = "en") -> Picture:
    """Eight cards on one sheet of A4, to cut apart and lay in order on a table or a wall.

    >>> touchpoint_cards().title
    'Touchpoint cards'
    """
    sheet = _Sheet("cards", SIZES["A4 portrait"], language)
    wide, high = sheet.width / 2, (sheet.height - 2 * MARGIN) / 4
    for place in range(8):
        left, top = place % 2 * wide, MARGIN + place // 2 * high
        sheet.page.box(left + 12, top + 4, wide - 24, high - 8, edge=_LINE, line=0.8, style=(0, (4, 3)))
        x, inner, y = left + 24, wide - 48, top + 12
        sheet.field("touchpoint", x, y, inner, 46)
        sheet.channels(x, y + 66, inner * 0.62, 14)
        sheet.field("wait", x + inner * 0.66, y + 51, inner * 0.34, 30)
        sheet.field("owner", x, y + 86, inner * 0.5 - 3, 38)
        sheet.field("quote", x + inner * 0.5 + 3, y + 86, inner * 0.5 - 3, 38)
        for row, key in enumerate(("expected", "experienced")):
            level = y + 129 + row * 18
            sheet.write(key, x, level, 66, 8.5, bold=True, colour=QUIET)
            sheet.numbers(x + 68, level - 1, inner - 68, 9.5)
            sheet.fields.append(sheet.words[key])
        for at, key in enumerate(("observed", "inferred", "assumed")):
            sheet.ticks((key,), x + at * inner / 3, y + 166, inner / 3, 8)
    return sheet.done()


def choose_together(language: str = "en") -> Picture:
    """A sheet for the last part of a workshop: ideas, scored alone and compared, each with an owner's name.

    >>> choose_together().title
    'Choose together'
    """
    sheet = _Sheet("choose", SIZES["A4"], language)
    page, left, right = sheet.page, MARGIN, sheet.width - MARGIN
    below = sheet.write("choose.title", left, 22, right - left, 18, bold=True)
    y = sheet.write("choose.said", left, below + 2, right - left, 10, colour=QUIET) + 10
    columns = (
        ("idea", 0.3),
        ("pain", 0.2),
        ("value", 0.09),
        ("effort", 0.09),
        ("owner", 0.14),
        ("test", 0.18),
    )
    head, rows = 40.0, 7
    high = (sheet.height - MARGIN - 18 - y - head) / rows
    start = left
    for key, share in columns:
        wide = (right - left) * share
        sheet.fields.append(sheet.words[key])
        fill = STAGES["pre-care"][0]
        page.box(start, y, wide, head, edge=_LINE, fill=fill, line=0.8)
        after = sheet.write(key, start + 5, y + 4, wide - 10, 10, bold=True)
        sheet.write(f"choose.{key}", start + 5, after, wide - 10, 7.5, colour=QUIET)
        for row in range(rows):
            page.box(start, y + head + row * high, wide, high, edge=_LINE, line=0.8)
        start += wide
    return sheet.done()


PAGES: dict[str, Callable[[str], Picture]] = {
    "blank_map": blank_map,
    "persona_card": persona_card,
    "touchpoint_cards": touchpoint_cards,
    "choose_together": choose_together,
}


def write_paper(folder: str | Path, language: str = "en") -> list[Path]:
    """Write every page as a PDF below `folder`, which is made where it is missing.

    Args:
        folder: where to; a file of the same name is written anew.
        language: "en" or "he".

    Returns:
        The files, one for each page, named `PAGE_LANGUAGE.pdf`.

    Raises:
        ValueError: for another language.
        OSError: where the folder cannot be written.

    >>> import tempfile
    >>> [each.name for each in write_paper(tempfile.mkdtemp())][0]
    'blank_map_en.pdf'
    """
    known = base_language(language)
    if known not in PAPER_WORDS:
        raise ValueError(f"The pages are in {', '.join(PAPER_WORDS)}, not in “{language}”.")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [draw(known).save(folder / f"{name}_{known}.pdf") for name, draw in PAGES.items()]

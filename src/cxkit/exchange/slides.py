"""The journey map as slides (.pptx) whose every box, line and word can be edited."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Emu

from cxkit.exchange.exchange_words import words as words_of
from cxkit.exchange.facts import title_of
from cxkit.exchange.shapes import emu
from cxkit.exchange.slide import add_slide, is_told
from cxkit.views.look import SERIES
from cxkit.views.map.drivers import match

MOST = 9
"""Touchpoints on one slide of several: the map keeps its type at 9 points or more up to here."""
_ALONE = 10
"""Touchpoints that one slide alone may hold; a longer journey is told in several, after an overview."""
_WIDE, _TALL = 13.333 * 72, 7.5 * 72
_FONT = "Arial"
"""On every machine, has Hebrew and Arabic letters, and is a little narrower than the font we measure with."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_LARGER = 1.25
"""How many times as large as a slide the one slide of a short journey may be: the deck then has that size."""
_TITLE_ONLY = 5
_LEFT_OUT = (("quote", "opportunity"), ("pain_point",), ("moment", "failure"), ("owner",))
"""Lanes that an overview leaves to the slides after it, the least weighty first."""


def to_pptx(journey: Any, **drawn: Any) -> bytes:
    """The slides of a journey, as the bytes of a .pptx file.

    Args:
        journey: a `Journey`.
        drawn: what `Journey.draw` takes beside the size, such as `drivers`.

    A journey of up to ten touchpoints is one slide. A longer one, or one whose words do not fit, gets an
    overview and then slides with fewer touchpoints each. The notes hold the alt text and everything that is
    known of each touchpoint, in full. The same journey gives the same bytes.

    >>> to_pptx.__name__
    'to_pptx'
    """
    parts = list(_slides(journey, drawn))
    deck = _open_deck(journey, _WIDE if len(parts) > 1 else max(_WIDE, 72 * parts[0][1].get_figwidth()))
    for part in parts:
        add_slide(deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY]), *part)
    out = io.BytesIO()
    deck.save(out)
    return _timeless(out.getvalue())


# --- which slides ---------------------------------------------------------------------------------------------


def _slides(journey: Any, drawn: dict[str, Any]) -> Iterator[tuple[Any, Any, str, int]]:
    """Journey, picture, title and number of the first touchpoint of each slide."""
    said, title = words_of(journey.language), title_of(journey)
    # the projector's style leaves lanes out on purpose; fewer touchpoints would not bring them back
    told = is_told if drawn.get("style") != "projector" else lambda *_: True
    whole = journey.draw(size="16:9", **drawn)
    if len(journey) == 1 or (len(journey) <= _ALONE and told(journey, whole) and _fits(whole, _LARGER)):
        yield journey, whole, title, 0
        return
    overview = _overview(journey, whole, drawn)
    if overview is not None:
        yield journey, overview, said["page.overview"].format(title=title), 0
    stages = [str(stage) for stage in journey.table["stage"]]
    # one less, because a cut may move by one to the end of a stage
    runs = split(stages, max(2, -(-len(journey) // (MOST - 1))))
    parts: list[tuple[int, Any, Any]] = []
    while runs:
        first, last = runs.pop(0)
        piece = _piece(journey, first, last)
        picture = _drawn(piece, drawn)
        if last - first > 1 and not (told(piece, picture) and _fits(picture)):
            runs[:0] = [(first + start, first + end) for start, end in split(stages[first:last], 2)]
        else:
            parts.append((first, piece, picture))
    for number, (first, piece, picture) in enumerate(parts, start=1):
        yield piece, picture, said["page.part"].format(title=title, k=number, n=len(parts)), first


def _fits(picture: Any, most: float = 1.0) -> bool:
    """Whether a picture is no larger than the slide: a much larger one would be shown too small to be read."""
    return bool(picture.get_figwidth() * 72 < most * _WIDE + 1)


def _drawn(piece: Any, drawn: dict[str, Any]) -> Any:
    """A part of the journey; without the estimates, where none of its touchpoints has one."""
    if drawn.get("drivers") is not None:
        try:
            match(piece.table, drawn["drivers"])
        except ValueError:
            drawn = {**drawn, "drivers": None}
    return piece.draw(size="16:9", **drawn)


def _overview(journey: Any, whole: Any, drawn: dict[str, Any]) -> Any:
    """The whole journey on one slide, with as many of its lanes as it holds; None where it holds too few."""
    table = journey.table.copy()
    for lanes in ((), *_LEFT_OUT):
        for lane in lanes:
            table[lane] = ""
        picture = journey.replace(table=table).draw(size="16:9", **drawn) if lanes else whole
        if _fits(picture):
            return picture
    return None


def split(stages: Sequence[str], count: int) -> list[tuple[int, int]]:
    """Cut the touchpoints into `count` runs of about equal length, at the end of a stage where that is near.

    >>> split(["pre-care"] * 3 + ["care"] * 5 + ["post-care"] * 2, 2)
    [(0, 5), (5, 10)]
    >>> split(["pre-care"] * 6 + ["care"] * 5, 2)
    [(0, 6), (6, 11)]
    """
    total, cuts = len(stages), [0]
    for number in range(1, count):
        even = round(number * total / count)
        room = range(max(cuts[-1] + 1, even - 1), min(total - (count - number), even + 1) + 1)
        cuts.append(min(room, key=lambda cut: (stages[cut] == stages[cut - 1], abs(cut - even))))
    return list(zip(cuts, [*cuts[1:], total], strict=True))


def _piece(journey: Any, first: int, last: int) -> Any:
    table = journey.table.iloc[first:last].reset_index(drop=True)
    if (journey.table["owner"] != "").any() and not (table["owner"] != "").any():
        # a map on which no owner is named at all says nothing of owners; here others have one
        table["owner"] = words_of(journey.language)["no owner"]
    return journey.replace(table=table)


# --- the deck -------------------------------------------------------------------------------------------------


def _open_deck(journey: Any, wide: float) -> Any:
    deck, tall = Presentation(), wide * _TALL / _WIDE
    across, down = emu(wide) / int(deck.slide_width or 1), emu(tall) / int(deck.slide_height or 1)
    # the ready-made layouts are for the older, narrower slides
    for page in (deck.slide_master, *deck.slide_layouts):
        for shape in page.shapes:
            if shape.is_placeholder and shape._element.spPr.find(".//{*}off") is not None:
                shape.left, shape.width = Emu(round(shape.left * across)), Emu(round(shape.width * across))
                shape.top, shape.height = Emu(round(shape.top * down)), Emu(round(shape.height * down))
    deck.slide_width, deck.slide_height = emu(wide), emu(tall)
    theme = deck.slide_master.part.part_related_by(RT.THEME)
    theme._blob = _themed(theme.blob)
    package = deck.part.package  # the template brings a small picture of an empty slide along
    for key in [key for key, rel in package._rels.items() if rel.reltype == RT.THUMBNAIL]:
        package.drop_rel(key)
    about = deck.core_properties
    about.title, about.subject = title_of(journey)[:255], journey.scenario[:255]
    about.author = about.last_modified_by = about.keywords = about.comments = ""
    about.language = journey.language
    return deck


def _themed(theme: bytes) -> bytes:
    """Our font and colours, so that what a colleague adds looks the same, and can be changed in one place."""
    text = theme.decode("utf-8")
    text = re.sub(r'(<a:(?:latin|cs) typeface=")[^"]*(")', rf"\g<1>{_FONT}\g<2>", text)
    text = re.sub(r'(<a:font script="(?:Hebr|Arab)" typeface=")[^"]*(")', rf"\g<1>{_FONT}\g<2>", text)
    for number, colour in enumerate(SERIES[:6], start=1):
        text = re.sub(
            rf"(<a:accent{number}>).*?(</a:accent{number}>)",
            rf'\g<1><a:srgbClr val="{colour[1:]}"/>\g<2>',
            text,
            flags=re.DOTALL,
        )
    return text.encode("utf-8")


def _timeless(data: bytes) -> bytes:
    """The same file without the time at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename, _LONG_AGO), old.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()

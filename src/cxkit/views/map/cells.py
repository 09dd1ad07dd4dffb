"""What a journey map says, before anyone decides where: the words of each cell, and how sure they are."""

from __future__ import annotations

import math
from collections import Counter
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from cxkit.journey_cells import inferred_names
from cxkit.languages import base_language, right_to_left
from cxkit.views.layout import Block, cut, has_letters, printable, wrap
from cxkit.views.look import ABOVE, BELOW, INK, QUIET, STAR, words
from cxkit.views.map.drivers import Drivers, Estimate, number
from cxkit.views.map.said import scores_known

ICON_ROOM = 1.4
STAR_ROOM = 2.3
HANGING = 0.0
"""Room that an icon, the star of an estimate, and a sign in the space between cards take before a text, as multiples
of its size."""
_HALF_MONTHS = (15.0, 15.22)
"""Days in half a month: as people reckon, and by the calendar."""
_NEAR = 2.5
_MARKS = '“”„"״«»'
_QUOTES = {"he": "״״", "ar": "«»", "fa": "«»", "ur": "“”"}


@dataclass(frozen=True)
class Cell:
    """The words of one lane at one touchpoint, and how they look."""

    text: str
    icon: str = ""
    colour: str = INK
    bold: bool = False
    italic: bool = False
    boxed: bool = False
    short: str = ""
    room: float = ICON_ROOM


class Story:
    """A journey as the map needs it: lanes that have content, cells, waits in days and gaps in points."""

    def __init__(self, journey: Any, drivers: Drivers | None = None, left_out: tuple[str, ...] = ()) -> None:
        self.journey = journey
        self.drivers = drivers
        self.left_out = left_out
        self.table: pd.DataFrame = journey.table.reset_index(drop=True)
        columns = list(self.table.columns)
        self._texts = {name: [printable(str(value)) for value in self.table[name]] for name in columns}
        # Asked for many times while the best layout is sought, and slow to ask.
        self._inferred = (
            {
                (row, name)
                for row, names in enumerate(self.table["inferred"])
                for name in inferred_names(str(names), columns)
            }
            if "inferred" in self.table
            else set()
        )
        self.words = words(journey.language)
        self.right_to_left = right_to_left(journey.language)
        self.stages = [str(stage) for stage in self.table["stage"]]
        self.waits = self._numbers("wait_days")
        self.expected = self._numbers("expected")
        self.experienced = self._numbers("experienced")
        self.gaps = [
            None if a is None or b is None else b - a
            for a, b in zip(self.expected, self.experienced, strict=True)
        ]
        self.cells = {lane: self._lane(lane) for lane in _MAKERS}
        self._add_estimates()
        self.dropped: tuple[str, ...] = ()
        self._arrange()

    def without(self, dropped: tuple[str, ...]) -> Story:
        """The same story with some lanes left out, for a page that cannot hold them."""
        other = copy(self)
        other.dropped = dropped
        other._arrange()
        return other

    def _arrange(self) -> None:
        gone = (*self.left_out, *self.dropped)
        lanes = [lane for lane in _ORDER if lane not in gone and self._has_content(lane)]
        # A failure stands under its pain point. Without pain points it has the lane to itself.
        self.under = {"pain_point": "failure"} if {"pain_point", "failure"} <= set(lanes) else {}
        if self.drivers:
            self.under["moment"] = "driver"
        self.lanes = tuple(lane for lane in lanes if lane not in self.under.values())
        self.labels = {
            lane: self.words["pain_point, failure" if lane == "pain_point" and lane in self.under else lane]
            for lane in self.lanes
        }

    def _add_estimates(self) -> None:
        """A star of its size, and its numbers under the moment, for each touchpoint with an estimate."""
        found = self.drivers.found if self.drivers else {}
        said = [found[row].text if row in found else "" for row in range(len(self.table))]
        self.cells["driver"] = [Cell(text, colour=STAR, room=STAR_ROOM) if text else None for text in said]
        self.cells["moment"] = [
            replace(cell, icon="", room=STAR_ROOM) if cell and row in found else cell
            for row, cell in enumerate(self.cells["moment"])
        ]

    @property
    def in_table(self) -> list[str]:
        """Lanes that only the table tells."""
        return [lane for lane in (*self.left_out, *self.dropped) if self._has_content(lane)]

    @property
    def planned(self) -> bool:
        """Whether the journey is a plan: its numbers are planned, not measured."""
        return bool(self.journey.state == "to-be")

    def __len__(self) -> int:
        return len(self.table)

    def is_inferred(self, row: int, column: str) -> bool:
        return (row, column) in self._inferred

    def has_score(self, row: int) -> bool:
        return self.expected[row] is not None or self.experienced[row] is not None

    def text(self, row: int, column: str) -> str:
        return self._texts[column][row] if column in self._texts else ""

    def gap_words(self, row: int) -> str:
        """The gap as the map shows it, such as "−8" or "≈ +1"; empty where a score is missing."""
        gap = self.gaps[row]
        if gap is None:
            return ""
        guessed = self.is_inferred(row, "expected") or self.is_inferred(row, "experienced")
        return ("≈ " if guessed else "") + signed(gap)

    def wait_words(self, row: int, *, brief: bool = False) -> str:
        """The wait before a touchpoint in words, such as "≈ 14 days" or, in brief, "≈ 14 d"."""
        days = self.waits[row]
        if days is None:
            return self.words["wait unknown"]
        text = duration(days, self.words, brief=brief)
        return f"≈ {text}" if days and self.is_inferred(row, "wait_days") else text

    def _numbers(self, column: str) -> list[float | None]:
        if column not in self.table:
            return [None] * len(self.table)
        return [None if math.isnan(value) else float(value) for value in self.table[column]]

    def _has_content(self, lane: str) -> bool:
        if lane == "scores":
            return any(self.has_score(i) for i in range(len(self)))
        if lane == "wait_days":
            return any(wait is not None for wait in self.waits)
        if lane == "moment" and self.drivers and self.drivers.found:
            return True
        return any(cell is not None for cell in self.cells[lane])

    def _lane(self, lane: str) -> list[Cell | None]:
        return [self._cell(lane, row) for row in range(len(self.table))]

    def _cell(self, lane: str, row: int) -> Cell | None:
        text = self.text(row, lane)
        # where no owner is named at all, nobody was asked: that is not the same as a moment without an owner
        if lane == "owner" and not text and any(self.text(other, lane) for other in range(len(self.table))):
            return Cell(self.words["no owner"], "no owner", BELOW, bold=True, boxed=True)
        if not text:
            return None
        icon, colour, bold = _MAKERS[lane]
        short = self.words.get(f"{lane}.{text}.short", "")
        if lane in ("channel", "moment", "failure"):
            icon = icon or text
            text = self.words.get(f"{lane}.{text}", text)
        if lane == "quote":
            marks = _QUOTES.get(base_language(self.journey.language), "“”")
            text = marks[0] + text.strip(_MARKS) + marks[1]
        guessed = self.is_inferred(row, lane)
        room = HANGING if lane == "pain_point" else ICON_ROOM
        if guessed and (self.right_to_left or not has_letters(text, bold, True)):
            # Hebrew and Arabic are not set in italics, and some letters have none.
            return Cell(f"≈ {text}", icon, colour, bold, short=short and f"≈ {short}", room=room)
        return Cell(text, icon, colour, bold, italic=guessed, short=short, room=room)


_ORDER = (
    "moment",
    "touchpoint",
    "wait_days",
    "owner",
    "scores",
    "pain_point",
    "failure",
    "quote",
    "opportunity",
)
# Lane: icon ("" with a lane of allowed words: the word itself names the icon), colour, bold.
_MAKERS: dict[str, tuple[str, str, bool]] = {
    "moment": ("star", STAR, True),
    "touchpoint": ("", INK, False),
    "channel": ("", QUIET, False),
    "owner": ("", INK, False),
    "pain_point": ("pain", INK, False),
    "failure": ("", BELOW, False),
    "quote": ("", QUIET, False),
    "opportunity": ("", ABOVE, False),
}


def indent(cell: Cell, size: float) -> float:
    """Room that a cell's icon takes before its text."""
    return cell.room * size if cell.icon or cell.room == STAR_ROOM else 0.0


def block_of(cell: Cell | None, size: float, width: float) -> Block | None:
    """A cell's text, wrapped to the room that its icon and outline leave."""
    if cell is None:
        return None
    room = width - indent(cell, size) - (4 if cell.boxed else 0.0)
    return wrap(cell.text, size, room, bold=cell.bold, italic=cell.italic)


def sign_of(cell: Cell | None, size: float, width: float, *, whole: bool = False) -> Block | None:
    """A few words beside their icon; under it where they would else be broken inside a word.

    The first line is then empty. With `whole`, the name of a channel: it is shortened rather than broken.
    """
    block = block_of(cell, size, width)
    if cell is None or block is None or not block.broken or not cell.icon or not cell.room:
        return block
    if cell.short:
        block = block_of(replace(cell, text=cell.short), size, width)
        assert block is not None
        if not block.broken:
            return block
    text = cell.short or cell.text
    room = width - (4 if cell.boxed else 0.0)
    under = wrap(text, size, room, bold=cell.bold, italic=cell.italic)
    if under.broken and whole:
        under = cut(replace(under, lines=(printable(text), ""), broken=False), 1)
    return replace(under, lines=("", *under.lines))


def handoffs(story: Story) -> list[str]:
    """For each touchpoint how it was handed over: "passed" to another owner, "broken" where nobody takes over, or "".

    After a touchpoint without an owner nobody is there to hand over.
    """
    owners = [story.text(row, "owner").casefold() for row in range(len(story))]
    if not any(owners):
        return [""] * len(story)
    found = [""]
    for before, after in pairwise(owners):
        found.append("" if not before or before == after else "passed" if after else "broken")
    return found


def signed(number: float) -> str:
    """A difference with its sign, as people write it.

    >>> signed(-8.0), signed(1.5), signed(0)
    ('−8', '+1.5', '0')
    """
    rounded = round(number, 1)
    return f"{rounded:+.3g}".replace("-", "−") if rounded else "0"


def duration(days: float, language_words: dict[str, str], *, brief: bool = False) -> str:
    """Days in the unit that a person would use: hours below one day, years from 730 days.

    Months are told from 60 days, below a year only where the days are about so many months or half months: then the
    parts of a wait add up to the whole.

    >>> from cxkit.views.look import words
    >>> duration(14, words("en")), duration(180, words("en")), duration(14, words("en"), brief=True)
    ('14 days', '6 months', '14 d')
    >>> duration(105, words("en")), duration(65, words("en")), duration(75, words("he"))
    ('3.5 months', '65 days', 'חודשיים וחצי')
    """
    if days == 0:
        return language_words["no wait.short" if brief else "no wait"]
    unit, amount = "day", round(days, 1)
    if days < 0.98:
        unit, amount = "hour", max(1.0, round(days * 24))
    elif days >= 730:
        unit, amount = "year", round(days / 365.25, 1)
    elif days >= 365:
        unit, amount = "month", round(days / 30.4)
    elif days >= 60:
        half = min(_HALF_MONTHS, key=lambda half: abs(days - half * round(days / half)))
        if abs(days - half * round(days / half)) <= _NEAR:
            unit, amount = "month", round(days / half) / 2
    number = f"{amount:,.10g}"
    form = ".short" if brief else ""
    several = language_words.get(f"{unit}s.{number}{form}", language_words[f"{unit}s{form}"])
    return (several if brief or amount != 1 else language_words[unit]).format(number)


def alt(story: Story) -> str:
    """What a person would say of this map: its length, where it breaks, who is missing, the longest wait, how sure it is."""
    words, count = story.words, len(story)
    title = story.journey.title.rstrip(".") or words["untitled"]
    stages = ", ".join(
        words["alt.stage"].format(stage=words.get(stage, stage), n=n)
        for stage, n in Counter(story.stages).items()
    )
    parts = [words["alt.map"].format(title=title)]
    if story.planned:
        parts.append(words["alt.plan"])
    parts.append(words["alt.count.one" if count == 1 else "alt.count"].format(n=count, stages=stages))
    parts.append(_worst(story))
    names = [
        words["quoted"].format(story.text(i, "touchpoint"))
        for i, cell in enumerate(story.cells["owner"])
        if cell and cell.boxed
    ]
    if names:
        parts.append(words["alt.ownerless"].format(names=", ".join(names)))
    waits = {i: days for i, days in enumerate(story.waits) if days}
    if waits:
        longest = max(waits, key=lambda i: waits[i])
        unknown = any(days is None for days in story.waits[1:])
        parts.append(
            words["alt.wait.known" if unknown else "alt.wait"].format(
                wait=story.wait_words(longest), touchpoint=story.text(longest, "touchpoint")
            )
        )
    if story.drivers:
        parts += _drivers(story, story.drivers)
    known, source = scores_known(story), getattr(story.journey, "source", "")
    if known:
        parts.append(f"{known}.")
    if source:
        parts.append(words["foot.source"].format(source.rstrip(".")) + ".")
    return " ".join(parts)


def _worst(story: Story) -> str:
    words = story.words
    gaps = {i: gap for i, gap in enumerate(story.gaps) if gap is not None}
    worst = min(gaps, key=lambda i: gaps[i], default=None)
    if worst is None:
        return words["alt.unscored"]
    if gaps[worst] >= 0:
        return words["alt.nowhere"]
    return words["alt.worst"].format(
        touchpoint=story.text(worst, "touchpoint"),
        expected=_score(story, worst, "expected"),
        experienced=_score(story, worst, "experienced"),
        gap=story.gap_words(worst),
    )


def _score(story: Story, row: int, column: str) -> str:
    scores = story.expected if column == "expected" else story.experienced
    return ("≈ " if story.is_inferred(row, column) else "") + f"{scores[row]:g}"


def _drivers(story: Story, drivers: Drivers) -> list[str]:
    words = story.words
    parts = []
    clear = {row: found for row, found in drivers.found.items() if not found.open}
    if clear:
        strongest, found = max(clear.items(), key=lambda item: item[1].strength)
        parts.append(
            words["alt.driver"].format(
                touchpoint=story.text(strongest, "touchpoint"),
                kind=words[f"{drivers.kind}.said"],
                **_numbers(found),
            )
        )
    elif drivers.found:
        parts.append(words["alt.driver.none"])
    if drivers.others:
        parts.append(words["alt.others"].format(names=", ".join(drivers.others)))
    return parts


def _numbers(found: Estimate) -> dict[str, str]:
    return {name: number(getattr(found, name)) for name in ("ratio", "low", "high")}

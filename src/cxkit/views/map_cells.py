"""What a journey map says, before anyone decides where: the words of each cell, and how sure they are."""

from __future__ import annotations

import math
from collections import Counter
from copy import copy
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxkit.languages import base_language, right_to_left
from cxkit.views.layout import Block, has_letters, printable, wrap
from cxkit.views.look import ABOVE, BELOW, INK, QUIET, STAR, words

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


class Story:
    """A journey as the map needs it: lanes that have content, cells, waits in days and gaps in points."""

    def __init__(self, journey: Any) -> None:
        self.journey = journey
        self.table: pd.DataFrame = journey.table.reset_index(drop=True)
        columns = [name for name in self.table.columns if name != "inferred"]
        # Asked for many times while the best layout is sought, and slow to ask.
        self._inferred = (
            {
                (row, name)
                for row in range(len(self.table))
                for name in columns
                if journey.is_inferred(row, name)
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
        self.dropped: tuple[str, ...] = ()
        self._arrange()

    def without(self, dropped: tuple[str, ...]) -> Story:
        """The same story with some lanes left out, for a page that cannot hold them."""
        other = copy(self)
        other.dropped = dropped
        other._arrange()
        return other

    def _arrange(self) -> None:
        lanes = [lane for lane in _ORDER if lane not in self.dropped and self._has_content(lane)]
        # A failure stands under its pain point. Without pain points it has the lane to itself.
        self.under = {"pain_point": "failure"} if {"pain_point", "failure"} <= set(lanes) else {}
        self.lanes = tuple(lane for lane in lanes if lane not in self.under.values())
        self.labels = {
            lane: self.words[f"{lane}, {self.under[lane]}" if lane in self.under else lane]
            for lane in self.lanes
        }

    def __len__(self) -> int:
        return len(self.table)

    def is_inferred(self, row: int, column: str) -> bool:
        return (row, column) in self._inferred

    def has_score(self, row: int) -> bool:
        return self.expected[row] is not None or self.experienced[row] is not None

    def text(self, row: int, column: str) -> str:
        return printable(str(self.table.at[row, column])) if column in self.table else ""

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
        if lane in ("channel", "moment", "failure"):
            icon = icon or text
            text = self.words.get(f"{lane}.{text}", text)
        if lane == "quote":
            marks = _QUOTES.get(base_language(self.journey.language), "“”")
            text = marks[0] + text.strip(_MARKS) + marks[1]
        guessed = self.is_inferred(row, lane)
        if guessed and (self.right_to_left or not has_letters(text, bold, True)):
            # Hebrew and Arabic are not set in italics, and some letters have none.
            return Cell(f"≈ {text}", icon, colour, bold)
        return Cell(text, icon, colour, bold, italic=guessed)


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
    "pain_point": ("", INK, False),
    "failure": ("", BELOW, False),
    "quote": ("", QUIET, False),
    "opportunity": ("", ABOVE, False),
}


def indent(cell: Cell, size: float) -> float:
    """Room that a cell's icon takes before its text."""
    return 1.4 * size if cell.icon else 0.0


def block_of(cell: Cell | None, size: float, width: float) -> Block | None:
    """A cell's text, wrapped to the room that its icon and outline leave."""
    if cell is None:
        return None
    room = width - indent(cell, size) - (4 if cell.boxed else 0.0)
    return wrap(cell.text, size, room, bold=cell.bold, italic=cell.italic)


def signed(number: float) -> str:
    """A difference with its sign, as people write it.

    >>> signed(-8.0), signed(1.5), signed(0)
    ('−8', '+1.5', '0')
    """
    rounded = round(number, 1)
    return f"{rounded:+.3g}".replace("-", "−") if rounded else "0"


def duration(days: float, language_words: dict[str, str], *, brief: bool = False) -> str:
    """Days in the unit that a person would use: hours below one day, months from 60 days, years from 730.

    >>> from cxkit.views.look import words
    >>> duration(14, words("en")), duration(180, words("en")), duration(14, words("en"), brief=True)
    ('14 days', '6 months', '14 d')
    """
    if days == 0:
        return language_words["no wait.short" if brief else "no wait"]
    unit, amount = "day", round(days, 1)
    if days < 0.98:
        unit, amount = "hour", max(1.0, round(days * 24))
    elif days >= 730:
        unit, amount = "year", round(days / 365.25, 1)
    elif days >= 60:
        unit, amount = "month", round(days / 30.4)
    number = f"{amount:,.10g}"
    if brief:
        return language_words[f"{unit}s.short"].format(number)
    return language_words[unit if amount == 1 else f"{unit}s"].format(number)


def honest(story: Story) -> str:
    """How much there is, and how much of it was only inferred or is missing."""
    words, count = story.words, len(story)
    parts = [words["foot.count.one"] if count == 1 else words["foot.count"].format(n=count)]
    pairs = [("expected", story.expected), ("experienced", story.experienced)]
    known = [(i, name) for name, scores in pairs for i in range(count) if scores[i] is not None]
    if not known:
        parts.append(words["foot.none"])
    else:
        guessed = sum(story.is_inferred(i, name) for i, name in known)
        if guessed:
            parts.append(words["foot.scores"].format(k=guessed, n=len(known)))
        missing = 2 * count - len(known)
        if missing:
            key = "foot.missing.one" if missing == 1 else "foot.missing"
            parts.append(words[key].format(k=missing))
    return "  ·  ".join(parts)


def twin(story: Story) -> pd.DataFrame:
    """The whole journey as a table, with the gap (experienced − expected) beside the scores."""
    table = story.table.copy()
    gaps = [math.nan if gap is None else gap for gap in story.gaps]
    table.insert(list(table.columns).index("experienced") + 1, "gap", gaps)
    return table


def alt(story: Story) -> str:
    """What a person would say of this map: its length, where it breaks, who is missing, the longest wait."""
    words, count = story.words, len(story)
    title = story.journey.title.rstrip(".") or words["untitled"]
    stages = ", ".join(
        words["alt.stage"].format(stage=words.get(stage, stage), n=n)
        for stage, n in Counter(story.stages).items()
    )
    parts = [words["alt.map"].format(title=title)]
    parts.append(words["alt.count.one" if count == 1 else "alt.count"].format(n=count, stages=stages))
    gaps = {i: gap for i, gap in enumerate(story.gaps) if gap is not None}
    worst = min(gaps, key=lambda i: gaps[i], default=None)
    if worst is None:
        parts.append(words["alt.unscored"])
    elif gaps[worst] < 0:
        expected, lived = story.expected[worst], story.experienced[worst]
        parts.append(
            words["alt.worst"].format(
                touchpoint=story.text(worst, "touchpoint"),
                expected=f"{expected:g}",
                experienced=f"{lived:g}",
                gap=signed(gaps[worst]),
            )
        )
    else:
        parts.append(words["alt.nowhere"])
    names = [
        f"“{story.text(i, 'touchpoint')}”"
        for i, cell in enumerate(story.cells["owner"])
        if cell and cell.boxed
    ]
    if names:
        parts.append(words["alt.ownerless"].format(names=", ".join(names)))
    waits = {i: days for i, days in enumerate(story.waits) if days}
    if waits:
        longest = max(waits, key=lambda i: waits[i])
        wait = duration(waits[longest], words)
        parts.append(words["alt.wait"].format(wait=wait, touchpoint=story.text(longest, "touchpoint")))
    return " ".join(parts)

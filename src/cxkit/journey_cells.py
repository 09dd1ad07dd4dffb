"""One cell of a journey: the columns, the allowed words, and how a text, word, number or list is read.

Each `to_…` gives back the clean value or raises a ValueError with words that say what would be right.
"""

from __future__ import annotations

import datetime
import decimal
import math
import numbers
import re
import sys
import traceback
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

STAGES = ("pre-care", "care", "post-care")
CHANNELS = ("web", "phone", "in person", "email", "letter", "app", "messaging", "other")
MOMENTS = ("zero", "first", "second", "ultimate")
FAILURES = ("service", "sales", "both")
EVIDENCE = ("observed", "inferred", "assumed")
STATES = ("as-is", "to-be")

COLUMNS = (
    "stage",
    "touchpoint",
    "channel",
    "owner",
    "expected",
    "experienced",
    "wait_days",
    "moment",
    "pain_point",
    "failure",
    "quote",
    "evidence",
    "opportunity",
)
REQUIRED = COLUMNS[:3]
NUMBERS = ("expected", "experienced", "wait_days")
WORDS = {"stage": STAGES, "channel": CHANNELS, "moment": MOMENTS, "failure": FAILURES, "evidence": EVIDENCE}

PERSONA_FIELDS = ("name", "demographics", "products", "channels", "history", "situation", "job")
ABOUT_PARTS = ("title", "scenario", "source", "language", "state")
# What stands beside the table, and the column that carries it where a file has nothing but a table.
# The state is last on purpose: a file that was cut off anywhere lacks it.
ABOUT_COLUMNS = {
    **{f"persona_{part}": f"persona_{part}" for part in PERSONA_FIELDS},
    **{part: f"journey_{part}" for part in ABOUT_PARTS},
}
# Far beyond what a map can show, and well inside what every file format can hold.
LONGEST_TEXT = 10_000

Problem = dict[str, Any]


class JourneyError(ValueError):
    """What is wrong with a journey, all at once, in words.

    `problems` is a list of dicts with `row` (as a spreadsheet shows it, the header being row 1; None where no
    row is meant), `column`, `value` and `message`. `str(error)` has one line for each.

    >>> print(JourneyError([problem("“fone” is not a channel.", row=3, column="channel", value="fone")]))
    Row 3, column channel: “fone” is not a channel.
    """

    def __init__(self, problems: str | Sequence[Problem]) -> None:
        self.problems: list[Problem] = [problem(problems)] if isinstance(problems, str) else list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(_line(each) for each in self.problems)

    def _render_traceback_(self) -> list[str]:
        # A notebook shows these lines alone. The reader needs what to mend, not our call stack.
        if self.__traceback__ and sys.exc_info()[1] is not self:  # asked for afterwards, by `%tb`
            return "".join(traceback.format_exception(self)).splitlines()
        first = [_line(each) for each in self.problems[:40]]
        more = len(self.problems) - len(first)
        return [*first, f"… and {more} more."] if more else first


def problem(message: str, *, row: int | None = None, column: str = "", value: object = "") -> Problem:
    return {"row": row, "column": column, "value": value, "message": message}


def _line(each: Problem) -> str:
    place = [f"row {each['row']}"] if each["row"] else []
    place += [f"column {each['column']}"] if each["column"] else []
    start = ", ".join(place)
    return f"{start[0].upper()}{start[1:]}: {each['message']}" if start else each["message"]


@dataclass(frozen=True)
class BadCell:
    """A cell that the reader could not make sense of, with the words that say so."""

    found: str
    message: str

    def __str__(self) -> str:
        return self.found


# Control characters such as U+001C count as white space for Python, but not for us: they are a fault.
# Marks that set a direction or a width are content only beside some other character.
_BLANK = re.compile(r"(?:[^\S\x0b\x0c\x1c-\x1f]|[\u061c\u200b\u200e\u200f\ufeff])*")


# Control characters (but line break and tab), halves of characters, and what XML, and so Excel, cannot hold.
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def is_empty(value: object) -> bool:
    if isinstance(value, str):
        return _BLANK.fullmatch(value) is not None
    if isinstance(value, float | np.floating):
        return bool(np.isnan(value))
    return value is None or value is pd.NaT or value is pd.NA


def shown(value: object) -> str:
    """The value as a message may quote it: one short line.

    >>> shown("fone"), shown([1, 2]), shown(pd.DataFrame())
    ('fone', 'a list', 'a table')
    """
    if isinstance(value, dict | list | tuple | set | frozenset | bytes):
        return "a list" if isinstance(value, list | tuple) else "a group of values"
    if isinstance(value, pd.DataFrame | pd.Series | pd.Index | np.ndarray):
        return "a table" if value.ndim > 1 else "a column of values"
    try:
        text = str(value)
    except ValueError:  # Python does not spell out a whole number of thousands of digits
        return "a very long number"
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return text if len(text) <= 60 else text[:59] + "…"


def to_text(value: object) -> str:
    """Clean text: composed letters (NFC), line breaks as \\n, no white space around it."""
    if isinstance(value, BadCell):
        raise ValueError(value.message)
    if is_empty(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(value).lower()
    if isinstance(value, numbers.Real | decimal.Decimal):
        return number_text(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time(0):
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"Here stands {shown(value)}. One text belongs here.")
    text = re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", value.replace("\ufeff", ""))
    if hidden := _HIDDEN.search(text):
        words = f"“{shown(text)}” holds a hidden character (U+{ord(hidden[0]):04X})."
        raise ValueError(f"{words} Delete the text and type it again.")
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"This text has {len(text):,} characters. At most {LONGEST_TEXT:,} fit; shorten it.")
    return text


def number_text(value: object) -> str:
    """A number as people write it: 7 and not 7.0."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        raise ValueError("This number is too large. Write a smaller one.") from None
    if number.is_integer() and abs(number) < 1e15:
        return str(int(number))
    return str(value) if isinstance(value, int) else repr(number)


def word_key(text: str) -> str:
    """What is left of a word when case, spaces, hyphens, underscores and direction marks do not count."""
    return re.sub(r"[\s_\-\u2010-\u2015\u200e\u200f]", "", text.casefold())


def column_key(text: str) -> str:
    return re.sub(r"[\s_\-]+", "_", text.casefold().strip(" \u200e\u200f"))


def nearest(text: str, choices: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The choice most like `text`, or None where none is much like it."""
    keys = {word_key(choice): choice for choice in choices}
    found = get_close_matches(word_key(text), keys, n=1, cutoff=cutoff)
    return keys[found[0]] if found else None


def to_word(value: object, column: str, words: Sequence[str]) -> str:
    text = to_text(value)
    if not text:
        return ""
    by_key = {word_key(word): word for word in words}
    if word_key(text) in by_key:
        return by_key[word_key(text)]
    near = nearest(text, words)
    hint = f"Did you mean {near}?" if near else f"Write one of: {', '.join(words)}."
    empty = "" if column in REQUIRED or column in ("journey_state", "state") else " Or leave the cell empty."
    raise ValueError(f"“{shown(text)}” is not a word for {column}. {hint}{empty}")


def to_number(value: object, column: str) -> float:
    """A score from 1 to 10, or a wait in days from 0 up, to 12 digits; NaN where the cell is empty."""
    right = "a number of days, 0 or more" if column == "wait_days" else "a number from 1 to 10"
    if isinstance(value, BadCell):
        raise ValueError(value.message)
    if is_empty(value):
        return math.nan
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise ValueError(
            f"Here stands a date or a time ({shown(value)}), perhaps made by Excel. "
            f"Set the cell's format to Number and write {right}."
        )
    if isinstance(value, numbers.Real | decimal.Decimal) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    else:
        number = _parse_number(to_text(value), right)
    if math.isnan(number):
        return number
    if column == "wait_days":
        if not 0 <= number < math.inf:
            raise ValueError(f"A wait of {shown(value)} days cannot be. Write {right}.")
    elif not 1 <= number <= 10:
        raise ValueError(f"The score {shown(value)} is outside 1 to 10. Write {right}.")
    # Twelve digits: Excel holds no more than fifteen. And −0 becomes 0.
    return float(f"{number:.12g}") + 0.0


_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d{1,4})?", re.IGNORECASE)
_SIGNS = str.maketrans({"٫": ".", "．": ".", "，": ",", "−": "-", "\u200e": "", "\u200f": "", "\u061c": ""})


def _parse_number(text: str, right: str) -> float:
    # Digits of any script: unicodedata.decimal knows ٧ and ７, and rightly does not know ² or ½.
    plain = "".join(
        str(unicodedata.decimal(char)) if unicodedata.decimal(char, None) is not None else char
        for char in text.translate(_SIGNS)
    ).strip()
    if not plain:
        return math.nan
    if re.fullmatch(r"[1-9]\d{0,2}(,\d{3})+", plain):
        raise ValueError(f"“{shown(text)}” can be read in two ways. Write it without the comma.")
    if _NUMBER.fullmatch(plain):
        return float(plain.replace(",", "."))
    inside = [found.group() for found in re.finditer(r"\d+(?:[.,]\d+)?", plain)]
    hint = f"Write only the number: {inside[0]}." if len(inside) == 1 else f"Write {right}."
    raise ValueError(f"“{shown(text)}” is not a number. {hint} Leave the cell empty if nobody knows.")


def inferred_names(text: str, columns: Sequence[str]) -> list[str]:
    """The columns that a cell such as "owner; wait days" names, each once; ValueError for a name unknown."""
    choices = [name for name in dict.fromkeys((*COLUMNS, *columns)) if name != "inferred"]
    by_key = {column_key(name): name for name in reversed(choices)}
    found: dict[str, None] = {}
    for part in re.split("[,;،]", text):
        name = part.strip()
        if not name:
            continue
        known = name if name in choices else by_key.get(column_key(name))
        if known is None:
            near = nearest(name, choices)
            hint = f"Did you mean {near}?" if near else f"Write some of: {', '.join(choices)}."
            raise ValueError(f"“{shown(name)}” is not a column of this table. {hint}")
        found[known] = None
    return list(found)


def to_language(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", text):
        raise ValueError(f"“{shown(text)}” is not a language code. Write en for English or he for Hebrew.")
    first, *rest = text.replace("_", "-").split("-")
    return "-".join([first.lower(), *rest])

"""The answers as somebody typed or pasted them, made so that they can be read. Nothing is run."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pprint import pformat
from typing import Any

from .handed_in import ANSWERS, LONGEST_CELL, HandedIn, read_answers
from .sheet import HEADER

ASSIGNED = re.compile(r"^[ \t]*answers\s*[:=]", re.MULTILINE | re.IGNORECASE)

TYPED = "Curly quotation marks or invisible signs in the answer cell were made plain."
LEFT_OUT = (
    "The answer cell could not be run as it stood. What belongs to no answer was left out of it: {text}"
)


# letters in the pieces of a cell that are tried; a person's cell needs a tenth of it, and a hostile one would take hours
MOST_TRIED = 300_000


@dataclass(frozen=True)
class Note:
    """What was odd about a notebook, in words; `look` where a person should see it, not only know that it was mended."""

    words: str
    look: bool = False


def read(source: str) -> Any:
    """The answers that stand in the source of a cell, {} where none can be read."""
    return _handed_in(source).answers


def read_notes(source: str) -> list[str]:
    """What is odd about the source of an answer cell, in words."""
    return _handed_in(source).notes


def _handed_in(source: str) -> HandedIn:
    cell = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": ANSWERS}}, "source": source}
    return read_answers({"cells": [cell]})


def readable(source: str) -> tuple[str, list[Note]]:
    """The source of an answer cell so that it can be read, and what was done. As it is where nothing helps.

    Quotation marks and spaces of a word processor are made plain; words before or after the answers are left out. What
    can be read or run as it stands is not touched.

    >>> readable("answers = {“wait”: “list”}")[0]
    'answers = {"wait": "list"}'
    """
    text, notes = _readable(source)
    return text, list(notes)


# one cell is read by many on its way, and a hostile one takes seconds each time
@lru_cache(maxsize=16)
def _readable(source: str) -> tuple[str, tuple[Note, ...]]:
    if len(source) > LONGEST_CELL or (runs(source) and (read(source) != {} or not _misnamed(source))):
        return source, ()
    for text in dict.fromkeys(_plain_signs(source)):
        named = (
            ASSIGNED.sub(lambda found: found[0].strip().lower(), text, count=1) if _misnamed(text) else text
        )
        if runs(named) and read(named) != {}:
            return named, (Note(TYPED),)
        kept = _only_answers(named)
        if kept:
            left = [line.strip() for line in named.replace(kept, "").splitlines()]
            rest = " ".join(line for line in left if line and not line.startswith("#"))
            return kept, (Note(LEFT_OUT.format(text=f"“{rest[:80]}”"), look=True) if rest else Note(TYPED),)
    return source, ()


def runs(source: str) -> bool:
    """Is the source Python that can be run, the lines for the notebook alone left out?"""
    if len(source) > LONGEST_CELL:
        return False
    try:
        ast.parse("\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in source.split("\n")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _misnamed(source: str) -> bool:
    """A word processor begins a line with a capital letter or with a space."""
    return bool(ASSIGNED.search(source)) and not re.search(r"^answers\s*[:=]", source, re.MULTILINE)


SPACES = {
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000", " "),
    **dict.fromkeys("\u2028\u2029\x0b\x0c", "\n"),
    **dict.fromkeys("\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\xad", ""),
    **dict.fromkeys(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]), ""),
}
DOUBLE, SINGLE = "“”„‟«»″", "‘’‚‛′"
PAIR = re.compile(f"[{DOUBLE}]([^{DOUBLE}\n]*)[{DOUBLE}]")
SINGLE_PAIR = re.compile(f"[{SINGLE}]([^{SINGLE}\n]*)[{SINGLE}]")


def _plain_signs(source: str) -> Iterator[str]:
    """The source with ever more of a word processor's signs made plain; a reader tries each in turn."""

    def quoted(found: re.Match[str]) -> str:
        return json.dumps(found[1], ensure_ascii=False)

    yield source
    spaced = _swap(source, SPACES)
    yield spaced
    paired = PAIR.sub(quoted, spaced)
    yield paired
    yield SINGLE_PAIR.sub(quoted, paired)
    straight = _swap(spaced, dict.fromkeys(DOUBLE, '"'))
    yield straight
    yield _swap(straight, dict.fromkeys(SINGLE, "'"))
    yield straight.replace("״", '"')


def _swap(text: str, signs: dict[str, str]) -> str:
    return text.translate({ord(sign): other for sign, other in signs.items()})


def _only_answers(source: str) -> str:
    """The piece that holds the answers, from `answers =` to the bracket that ends it; "" where there is none."""
    room = MOST_TRIED
    for start in [found.start() for found in ASSIGNED.finditer(source)][:20]:
        ends = [found.end() for found in re.finditer(r"[}\])]", source[start:])][-200:]
        for end in reversed(ends):
            piece = source[start : start + end]
            room -= len(piece)
            if room < 0:
                return ""
            if runs(piece) and read(piece) != {}:
                return piece
    return ""


def answer_source(answers: Any) -> str:
    """The answer cell as the form would write it."""
    return f"{HEADER}answers = {pformat(answers, indent=4, width=100, sort_dicts=False)}"

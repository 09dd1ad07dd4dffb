"""A codebook: which words hint at which code. It is read here, checked, and turned into phrases to look for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from cxkit.journey_cells import nearest, shown, to_text, word_key

from . import checks

__all__ = ["Phrase", "codes_of", "plain_words"]

COLUMNS = ("kind", "code", "meaning", "words")
# A stem of one letter would find every second word.
SHORTEST_STEM = 2

_APOSTROPHES = re.compile("['’‘ʼ`´׳]")
# In Hebrew a quotation mark inside a word marks an abbreviation, and people type it in several ways.
_INSIDE = re.compile(r"(?<=[^\W_])[\"״“”](?=[^\W_])")
_WORD = re.compile(r"[^\W_]+")


def plain_words(text: str) -> list[str]:
    """The words of a text, without case, punctuation, accents, vowel points and direction marks.

    >>> plain_words("I’m ON-HOLD — again")
    ['im', 'on', 'hold', 'again']
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in apart if unicodedata.category(char) not in ("Mn", "Cf"))
    return _WORD.findall(_INSIDE.sub("", _APOSTROPHES.sub("", bare)))


@dataclass(frozen=True)
class Phrase:
    """A phrase to look for: as the codebook writes it, and as a pattern over plain words with spaces around."""

    text: str
    pattern: re.Pattern[str]

    def places(self, line: str) -> Iterator[int]:
        """The places of the words that the phrase covers; `line` is plain words with one space around each."""
        for found in self.pattern.finditer(line):
            first = line.count(" ", 0, found.start(1)) - 1
            yield from range(first, first + found.group(1).count(" ") + 1)


def codes_of(codebook: pd.DataFrame, kind: str) -> dict[str, list[Phrase]]:
    """The phrases of each code of one kind, in the order of the codebook; a ValueError that lists its faults."""
    table = checks.table(codebook, "a codebook with the columns kind, code, meaning and words")
    checks.columns(table, COLUMNS)
    kinds = [to_text(value) for value in table["kind"]]
    wanted = word_key(to_text(kind))
    rows = [place for place, each in enumerate(kinds) if word_key(each) == wanted]
    if not rows:
        near = nearest(str(kind), kinds)
        known = ", ".join(dict.fromkeys(filter(None, kinds)))
        hint = f"Did you mean {near}?" if near else f"It has: {known}."
        raise ValueError(f"The codebook has no code of the kind “{shown(kind)}”. {hint}")
    faults: list[str] = []
    codes: dict[str, list[Phrase]] = {}
    for place in rows:
        code, words = to_text(table["code"].iloc[place]), to_text(table["words"].iloc[place])
        start = f"Row {place + 2}"
        if not code:
            faults.append(f"{start}: the code is empty. Name it.")
        elif word_key(code) in map(word_key, codes):
            faults.append(f"{start}: the code “{shown(code)}” stands there twice. Join the two rows.")
        else:
            codes[code] = _phrases(words, f"{start}, {shown(code)}", faults)
    if faults:
        raise ValueError(f"The codebook needs mending. {checks.ROWS}\n" + "\n".join(faults))
    return codes


def _phrases(words: str, start: str, faults: list[str]) -> list[Phrase]:
    found: dict[str, Phrase] = {}
    for text in filter(None, (part.strip() for part in words.split("|"))):
        parts = [_pattern(piece) for piece in text.split()]
        if bad := [piece for piece, part in zip(text.split(), parts, strict=True) if part is None]:
            faults.append(
                f"{start}: “{shown(bad[0])}” in the phrase “{shown(text)}” finds too much or nothing. An asterisk stands "
                f"at an end of a word, beside {SHORTEST_STEM} letters or more: wait*."
            )
        elif pattern := " ".join(part for part in parts if part):
            # looked at ahead, so that a word between two hits can belong to both
            found.setdefault(pattern, Phrase(text, re.compile(f"(?<= )(?=({pattern}) )")))
    if not found and not any(fault.startswith(start) for fault in faults):
        faults.append(f"{start}: there are no words to find. Write some, divided by |.")
    return list(found.values())


def _pattern(piece: str) -> str | None:
    """A pattern for one word of a phrase; "" for punctuation alone, None where the asterisk stands wrong."""
    bare = piece.strip("*")
    words = plain_words(bare)
    if "*" in bare or (
        "*" in piece and (not words or len(words[0]) < SHORTEST_STEM or len(words[-1]) < SHORTEST_STEM)
    ):
        return None
    if not words:
        return ""
    before, after = ("[^ ]*" if mark else "" for mark in (piece.startswith("*"), piece.endswith("*")))
    return before + " ".join(map(re.escape, words)) + after

"""Measuring and wrapping text in points, before anything is drawn."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from matplotlib import get_data_path
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.textpath import TextToPath

LEADING = 1.17
"""Line height as a multiple of the type size."""
_SAFETY = 1.03
_PROBE = 100.0
_EMPTY_BOX = "□"
_ELLIPSIS = "…"
# Open Sans comes with this package (Latin, Greek, Cyrillic, Hebrew) and DejaVu Sans with matplotlib (Arabic, signs),
# so a map looks the same on every machine. The others are asked only for letters that both lack (Chinese,
# Japanese, Korean, Indian and Thai scripts), where one is installed.
_SHIPPED = Path(__file__).parent / "fonts"
_SIGNS = "DejaVu Sans that comes with matplotlib"
_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Sans Ethiopic",
    "PingFang SC",
    "Hiragino Sans",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Nirmala UI",
    "Leelawadee UI",
    "Arial Unicode MS",
)


@dataclass(frozen=True)
class Block:
    """Wrapped text: lines, type size in points, and what wrapping had to do to it."""

    lines: tuple[str, ...]
    size: float
    bold: bool = False
    italic: bool = False
    broken: bool = False
    cut: bool = False
    room: float = 0.0

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING

    @property
    def width(self) -> float:
        return max((text_width(line, self.size, self.bold, self.italic) for line in self.lines), default=0.0)


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    for path in sorted(_SHIPPED.glob("*.ttf")):
        fontManager.addfont(path)
    # under a name of its own: where another version is installed, that one would be taken first
    for path in sorted(Path(get_data_path(), "fonts", "ttf").glob("DejaVuSans*.ttf")):
        known = len(fontManager.ttflist)
        fontManager.addfont(path)
        fontManager.ttflist[known:] = [
            replace(one, name=_SIGNS) for one in fontManager.ttflist[known:] if one.name == "DejaVu Sans"
        ]
    installed = {font.name for font in fontManager.ttflist}
    return ("Open Sans", _SIGNS, *(name for name in _FAMILIES if name in installed))


@lru_cache(maxsize=8)
def font(bold: bool = False, italic: bool = False) -> FontProperties:
    """The font that every view uses, as matplotlib's `FontProperties` (copy it before setting a size)."""
    return FontProperties(
        family=list(_families()), weight="bold" if bold else "normal", style="italic" if italic else "normal"
    )


@lru_cache(maxsize=8)
def _letters(bold: bool, italic: bool) -> frozenset[int]:
    known: set[int] = set()
    for family in _families():
        prop = font(bold, italic).copy()
        prop.set_family(family)
        known |= get_font(findfont(prop)).get_charmap().keys()
    return frozenset(known)


def has_letters(text: str, bold: bool = False, italic: bool = False) -> bool:
    """Whether the font has every letter of `text` in this form (some have no italics).

    >>> has_letters("שלום"), has_letters("予約")
    (True, False)
    """
    return _letters(bold, italic).issuperset(map(ord, text.replace("\n", "")))


@lru_cache(maxsize=1)
def _safe_letters() -> frozenset[int]:
    return _letters(False, False) & _letters(True, False)


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """`text` on one line, with an empty box for each letter that no installed font has.

    The sign "≈" is kept beside its word.

    >>> printable("two  lines\\nof text")
    'two lines of text'
    """
    known = _safe_letters()
    kept = []
    for letter in unicodedata.normalize("NFC", " ".join(text.split())).replace("≈ ", "≈\u00a0"):
        if ord(letter) in known:
            kept.append(letter)
        elif unicodedata.category(letter) not in ("Cf", "Cc", "Mn"):  # joiners and selectors show nothing
            kept.append(_EMPTY_BOX)
    return "".join(kept)


@lru_cache(maxsize=16384)
def _unit_width(text: str, bold: bool, italic: bool) -> float:
    prop = font(bold, italic).copy()
    prop.set_size(_PROBE)
    width: float = TextToPath().get_text_width_height_descent(text, prop, False)[0]
    return width / _PROBE


def text_width(text: str, size: float, bold: bool = False, italic: bool = False) -> float:
    """Width of one line of text in points, a little on the safe side.

    >>> text_width("wide", 20) > text_width("wide", 10) > 0
    True
    """
    words, space = _unit_words(text, bold, italic)
    total = sum(width for _, width in words) + space * (len(words) - 1)
    return total * size * _SAFETY


@lru_cache(maxsize=16384)
def _unit_words(text: str, bold: bool, italic: bool) -> tuple[tuple[tuple[str, float], ...], float]:
    """The words and their widths, and the width of a space, in type of one point."""
    space = _unit_width("a a", bold, italic) - _unit_width("aa", bold, italic)
    return tuple((word, _unit_width(word, bold, italic) if word else 0.0) for word in text.split(" ")), space


@lru_cache(maxsize=32768)
def wrap(text: str, size: float, width: float, *, bold: bool = False, italic: bool = False) -> Block:
    """Wrap `text` to `width` points.

    A word wider than `width` is broken, after a hyphen or slash where it has one; if not, the block says so.

    >>> wrap("Calls with her questions", 10, 80).lines
    ('Calls with her', 'questions')
    """
    text = printable(text)
    italic = italic and has_letters(text, bold, True)
    lines: list[str] = []
    broken = False
    words, space = _unit_words(text, bold, italic)
    # of the last line, in type of one point: its words, and how many spaces the next one makes
    units, spaces = 0.0, 0
    for word, unit in words if text else ():
        spaces += 1
        if lines and (units + unit + space * spaces) * size * _SAFETY <= width:
            lines[-1] += f" {word}"
            units += unit
            continue
        while unit * size * _SAFETY > width and len(word) > 1:
            head, word, soft = _head(word, size, width, bold, italic)
            unit = _unit_width(word, bold, italic) if word else 0.0
            broken = broken or not soft
            lines.append(head)
        lines.append(word)
        units, spaces = unit, 0
    return Block(tuple(lines), size, bold, italic, broken, room=width)


def cut(block: Block, most: int) -> Block:
    """The block with at most `most` lines; where more had to go, the last one ends in "…".

    >>> cut(wrap("Calls with her questions", 10, 70), 1).lines
    ('Calls with…',)
    """
    if len(block.lines) <= most:
        return block
    last = block.lines[most - 1]
    while last and text_width(last + _ELLIPSIS, block.size, block.bold, block.italic) > block.room:
        last = last[:-1]
    # A whole word reads better than a piece of one, where that costs little.
    words = last.rpartition(" ")[0]
    if block.lines[most - 1] != last and len(words) > 0.6 * len(last):
        last = words
    return replace(block, lines=(*block.lines[: most - 1], last.rstrip(" ,;:") + _ELLIPSIS), cut=True)


def _head(word: str, size: float, width: float, bold: bool, italic: bool) -> tuple[str, str, bool]:
    """The part of a long word that fits, the rest, and whether the word may be parted there without harm."""
    room = width - text_width("-", size, bold, italic)
    fits, over = 1, len(word) - 1
    while fits + 1 < over:
        middle = (fits + over) // 2
        if text_width(word[:middle], size, bold, italic) <= room:
            fits = middle
        else:
            over = middle
    soft = max(word.rfind(mark, 0, fits) for mark in "-–/@_") + 1
    if soft > 1:
        return word[:soft], word[soft:], True
    fits = max(1, min(fits, len(word) - 3))
    hyphen = "-" if word[:fits].isalpha() and word.isascii() else ""
    return word[:fits] + hyphen, word[fits:], False

"""The columns of a log as numbers: labels become codes. Times are read in `log_times`."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pandas as pd

from cxkit.journey_cells import is_empty, number_text, shown

__all__ = ["UNKNOWN", "alike", "codes", "dense", "rows_in_words"]

LISTED = 5
UNKNOWN = np.iinfo(np.int64).min
# So many times as wide as there are keys, a table of all that could be is still quicker than telling them apart.
WIDE = 16


def codes(values: pd.Series, name: str, numbers: bool = False) -> tuple[np.ndarray, pd.Index]:
    """Each value as the place of its label among the sorted labels; −1 where the cell is empty.

    Labels are text without white space around it. With `numbers`, a column of whole numbers stays numbers.
    """
    raw, found = _different(values)
    if numbers and _whole_numbers(found):
        whole = np.unique(found.astype(np.int64))
        rank, labels = np.searchsorted(whole, found.astype(np.int64)), pd.Index(whole)
    else:
        rank, labels = _sorted_labels(found, name)
    # The smallest whole numbers that are enough (with one to spare): they are quicker to move about.
    kind = np.min_scalar_type(-len(labels) - 2)
    return np.append(rank, -1).astype(kind)[raw], labels  # a raw code of −1 finds the last entry


def _different(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """For each row the place of its value among the different values, and these; −1 or None where it is empty."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(), np.asarray(values.cat.categories)
    if not _holds_objects(values):
        raw, found = pd.factorize(values)
        return raw, np.asarray(found)
    objects = values.to_numpy(dtype=object)
    # A log repeats few texts many times, and most often it is one text object that repeats. Telling objects
    # apart by where they lie in memory leaves only the different ones to be read: three times as fast.
    raw, example = dense(_addresses(objects) >> 4)
    return raw, objects[example]


def _whole_numbers(found: np.ndarray) -> bool:
    if found.dtype.kind == "f":
        return bool(((found == np.floor(found)) & (np.abs(found) < 2**53)).all())
    return found.dtype.kind in "iu"


def _sorted_labels(found: np.ndarray, name: str) -> tuple[np.ndarray, pd.Index]:
    """The place of each value among the sorted labels, −1 for none, and these labels."""
    values = found.tolist()
    try:
        plain = _is_plain("".join(values))
    except TypeError:  # not all of them are text
        plain = False
    if plain and values and (letters := found.astype("S")).itemsize <= 16:
        return _short_labels(found, letters)
    if any(kind in (list, tuple, dict, set, np.ndarray) for kind in set(map(type, values))):
        raise ValueError(f"“{name}” holds lists or groups of values. Write one text in each cell.")
    # one text may stand in thousands of rows, in each as an object of its own
    known = {value: _text(value) for value in {one for one in values if type(one) is str}}
    texts = [known[value] if type(value) is str else _text(value) for value in values]
    labels = sorted(set(texts) - {""})
    places = {text: place for place, text in enumerate(labels)} | {"": -1}
    return np.array([places[text] for text in texts], np.int64), pd.Index(labels, dtype="str")


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _short_labels(found: np.ndarray, letters: np.ndarray) -> tuple[np.ndarray, pd.Index]:
    """The same for plain texts of up to 16 letters, such as case numbers: as numbers they sort ten times as fast."""
    width = -(-letters.itemsize // 8)
    words = letters.astype(f"S{8 * width}").view(">u8").astype(np.uint64)
    order = np.argsort(words) if width == 1 else np.lexsort((words[1::2], words[::2]))
    fresh = np.zeros(len(order), bool)
    fresh[:1] = True
    for place in range(width):
        column = words[place::width][order]
        fresh[1:] |= column[1:] != column[:-1]
    empty = int(letters[order[0]] == b"")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.cumsum(fresh) - 1 - empty
    return rank, pd.Index(found[order[fresh]][empty:], dtype="str")


def _text(value: object) -> str:
    if not isinstance(value, str):
        if is_empty(value):
            return ""
        number = isinstance(value, float | np.floating) and float(value).is_integer()
        value = number_text(value) if number else str(value)
    return unicodedata.normalize("NFC", value.strip())


def dense(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The keys as numbers from 0 up without gaps, in the order of the keys; for each number a place where it stands.

    >>> dense(np.array([7, 3, 7]))
    (array([1, 0, 1], dtype=int32), array([1, 2], dtype=int32))
    """
    if not len(keys):
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    least = keys.min()
    size = int(keys.max()) - int(least) + 1
    if size > WIDE * len(keys) + 1000:
        codes, found = pd.factorize(keys, sort=True)
        example = np.zeros(len(found), np.int64)
        example[codes] = np.arange(len(keys))
        return codes.astype(np.int32), example
    offset = keys - least
    last: np.ndarray = np.full(size, -1, np.int32 if len(keys) < 2**31 else np.int64)
    last[offset] = np.arange(len(keys), dtype=last.dtype)
    present = np.flatnonzero(last >= 0)
    example = last[present]
    number = last  # the same memory again: it is the largest piece here
    number[present] = np.arange(len(present), dtype=last.dtype)
    return number[offset].astype(np.int32, copy=False), example


def _holds_objects(values: pd.Series) -> bool:
    if sys.implementation.name != "cpython":
        return False
    return values.dtype == object or getattr(values.dtype, "storage", "") == "python"


def _addresses(objects: np.ndarray) -> np.ndarray:
    """Where each object lies in memory: the very words that an array of objects is made of, not copied."""
    word = np.dtype(np.intp).str
    seen = {**objects.__array_interface__, "typestr": word, "descr": [("", word)]}
    return np.asarray(SimpleNamespace(__array_interface__=seen, kept_alive=objects))


def alike(labels: pd.Index) -> list[str]:
    """Notes on labels that differ only in capital letters or white space. They may be one, but who can know?

    >>> alike(pd.Index(["Anruf", "anruf", "visit"]))
    ['“Anruf” and “anruf” differ only in capital letters or spaces. They count as 2 activities.']
    """
    groups: dict[str, list[str]] = {}
    for label in labels:
        groups.setdefault("".join(label.split()).casefold(), []).append(f"“{shown(label)}”")
    several = [names for names in groups.values() if len(names) > 1]
    notes = [
        f"{', '.join(names[:-1])} and {names[-1]} differ only in capital letters or spaces. "
        f"They count as {len(names)} activities."
        for names in several[:LISTED]
    ]
    if len(several) > LISTED:
        notes.append(f"{len(several) - LISTED} more such groups of activities are in the log.")
    return notes


def rows_in_words(rows: Sequence[int] | np.ndarray) -> str:
    """Rows as a spreadsheet counts them (the header being row 1), the first few of them.

    >>> rows_in_words([0, 1, 5])
    'rows 2, 3, 7'
    """
    listed = ", ".join(str(row + 2) for row in rows[:LISTED])
    more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
    return f"row{'' if len(rows) == 1 else 's'} {listed}{more}"

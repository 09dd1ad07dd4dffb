"""The columns of a log as numbers: labels become codes, times become microseconds."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import is_empty, number_text, shown

__all__ = ["codes", "dense", "rows_in_words", "times"]

LISTED = 5
UNKNOWN = np.iinfo(np.int64).min
CLOCKS = ("", " %H:%M", " %H:%M:%S")  # after a day such as 31/12/2025
_ZONE = re.compile(r"\d:\d\d.*?(Z|[+-]\d\d:?(?:\d\d)?)$")
# pandas reads these two words as the moment at which it reads them
MOVING = ("now", "today")


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
    types = set(map(type, values))
    if types == {str} and _is_plain("".join(values)):
        letters = found.astype("S")
        if letters.itemsize <= 16:
            return _short_labels(found, letters)
    if types & {list, tuple, dict, set, np.ndarray}:
        raise ValueError(f"“{name}” holds lists or groups of values. Write one text in each cell.")
    texts = [_text(value) for value in values]
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
    if size > 8 * len(keys) + 1000:
        codes, found = pd.factorize(keys, sort=True)
        example = np.zeros(len(found), np.int64)
        example[codes] = np.arange(len(keys))
        return codes.astype(np.int32), example
    offset = keys - least
    last: np.ndarray = np.full(size, -1, np.int32 if len(keys) < 2**31 else np.int64)
    last[offset] = np.arange(len(keys), dtype=last.dtype)
    present = np.flatnonzero(last >= 0)
    number = np.zeros(size, np.int32)
    number[present] = np.arange(len(present))
    return number[offset], last[present]


def _holds_objects(values: pd.Series) -> bool:
    if sys.implementation.name != "cpython":
        return False
    return values.dtype == object or getattr(values.dtype, "storage", "") == "python"


def _addresses(objects: np.ndarray) -> np.ndarray:
    """Where each object lies in memory: the very words that an array of objects is made of, not copied."""
    word = np.dtype(np.intp).str
    seen = {**objects.__array_interface__, "typestr": word, "descr": [("", word)]}
    return np.asarray(SimpleNamespace(__array_interface__=seen, kept_alive=objects))


def times(values: pd.Series, name: str) -> tuple[np.ndarray, Any, list[str]]:
    """The times in microseconds (`UNKNOWN` where empty), their time zone or None, and notes in words.

    Raises:
        ValueError: where a time cannot be read, can be read in two ways, or only some name a time zone.
    """
    notes: list[str] = []
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        values, notes = _parse(values, name)
    zone = values.dt.tz
    stamps: Any = values if zone is None else values.dt.tz_convert(None)
    return stamps.to_numpy().astype("datetime64[us]").view(np.int64), zone, notes


def _parse(values: pd.Series, name: str) -> tuple[pd.Series, list[str]]:
    if values.isna().all():
        return pd.to_datetime(pd.Series(pd.NaT, index=values.index)), []
    if pd.api.types.is_numeric_dtype(values.dtype):
        raise ValueError(
            f"“{name}” holds numbers, such as {shown(values.dropna().iloc[0])}, not times. "
            "In Excel set the cells' format to Date and time. Write a time as 2025-12-31 14:30."
        )
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in ("string", "datetime", "date", "empty") and not values.isin(MOVING).any():
        try:
            return pd.to_datetime(values, format="ISO8601"), []
        except (ValueError, OverflowError):
            pass  # some are in another form: find out which
    empty = values.map(is_empty).to_numpy(bool)
    text = values.astype(object).where(~empty, None).map(_stamp_text, na_action="ignore")
    moving = text.isin(MOVING)
    read = pd.to_datetime(text.where(~moving), format="ISO8601", errors="coerce", utc=True)
    bad = read.isna().to_numpy() & ~empty
    if not bad.any():
        return _zones(text, read, empty, name)
    others = [] if moving.any() else _other_ways(text)
    if len(others) == 1:
        way, read = others[0]
        return read, [f"Times are read as {way}."]
    if others:
        first = shown(text[~empty].iloc[0])
        raise ValueError(
            f"“{name}”: a time such as “{first}” can be read in two ways, with the day first or with the month "
            "first. Write times as 2025-12-31 14:30."
        )
    raise ValueError(
        f"“{name}” has {_count(int(bad.sum()), 'time')} that cannot be read: {_examples(text, bad)}. "
        "Write times as 2025-12-31 14:30."
    )


def _stamp_text(value: object) -> str:
    return value.strip() if isinstance(value, str) else str(value)


def _zones(text: pd.Series, read: pd.Series, empty: np.ndarray, name: str) -> tuple[pd.Series, list[str]]:
    zones = text.map(lambda value: found[1] if (found := _ZONE.search(str(value))) else "")
    zoned = (zones != "").to_numpy(bool) & ~empty
    if not zoned.any():
        return read.dt.tz_localize(None), []
    if (~zoned & ~empty).any():
        raise ValueError(
            f"“{name}” mixes times with a time zone ({_examples(text, zoned, 1)}) and times without one "
            f"({_examples(text, ~zoned & ~empty, 1)}). Write all of them in one way."
        )
    several = zones[zoned].nunique() > 1
    return read, ["The times come from several time zones. They are shown in world time (UTC)."] * several


def _other_ways(text: pd.Series) -> list[tuple[str, pd.Series]]:
    """The ways, day first or month first, in which every time can be read. At most two."""
    different = text[~text.map(is_empty)].drop_duplicates()
    found = []
    for way, first, second in (("day, month, year", "%d", "%m"), ("month, day, year", "%m", "%d")):
        for shape in (f"{first}{sign}{second}{sign}%Y{clock}" for sign in "/.-" for clock in CLOCKS):
            if pd.to_datetime(different[:20], format=shape, errors="coerce").isna().any():
                continue
            read = pd.to_datetime(different, format=shape, errors="coerce")
            if read.notna().all():
                known = dict(zip(different, read, strict=True))
                found.append((way, pd.to_datetime(text.map(known))))
    same = len(found) == 2 and found[0][1].equals(found[1][1])
    return found[:1] if same else found


def _examples(text: pd.Series, chosen: np.ndarray, most: int = LISTED) -> str:
    rows = np.flatnonzero(chosen)
    listed = [f"“{shown(text.iloc[row])}” (row {row + 2})" for row in rows[:most]]
    return ", ".join(listed) + (f" and {len(rows) - most} more" if len(rows) > most > 1 else "")


def rows_in_words(rows: Sequence[int] | np.ndarray) -> str:
    """Rows as a spreadsheet counts them (the header being row 1), the first few of them.

    >>> rows_in_words([0, 1, 5])
    'rows 2, 3, 7'
    """
    listed = ", ".join(str(row + 2) for row in rows[:LISTED])
    more = f" and {len(rows) - LISTED} more" if len(rows) > LISTED else ""
    return f"row{'' if len(rows) == 1 else 's'} {listed}{more}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"

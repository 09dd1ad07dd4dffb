"""The times of a log as microseconds: what people write as a time, read where only one reading can be meant."""

from __future__ import annotations

import contextlib
import re
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import is_empty, shown
from cxkit.log_cells import LISTED, UNKNOWN

__all__ = ["times"]

DAY = 86_400_000_000  # microseconds
_ZONE = re.compile(r"\d:\d\d.*?(Z|[+-]\d\d:?(?:\d\d)?)$")
_CLOCK_SEEN = re.compile(r"\d:\d|\d ?[ap]\.?m|\dT\d|^\d{8} \d", re.IGNORECASE)
# pandas reads these two words as the moment at which it reads them
MOVING = ("now", "today")
# how people write that there is no time
NOTHING = {"-", "–", "—", "n/a", "na", "nan", "nat", "none", "null"}
DAY_FIRST, MONTH_FIRST = "day, month, year", "month, day, year"
# 31.12.2025, 31/12/25, 12-31-2025; and 2025-12-31 before a clock that ISO does not know
_YEAR_LAST = r"^(?P<one>\d{1,2})(?P<sign>[./-])(?P<two>\d{1,2})(?P=sign)(?P<year>\d{4}|\d\d),?$"
_YEAR_FIRST = r"^(?P<year>\d{4})[./-](?P<month>\d{1,2})[./-](?P<day>\d{1,2}),?$"
_CLOCK = r"^(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)? ?(?:(?P<half>[AaPp])\.?[Mm]\.?)?$"


def times(values: pd.Series, name: str, day_first: bool | None = None) -> tuple[np.ndarray, Any, list[str]]:
    """The times in microseconds (`UNKNOWN` where empty), their time zone or None, and notes in words.

    Args:
        values: one time per row.
        name: the column, as messages call it.
        day_first: for dates such as 03/04/2025, is the day first? None: as the dates themselves show.

    Raises:
        ValueError: where a time cannot be read, can be read in two ways, or only some name a time zone.
    """
    notes: list[str] = []
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    given = values
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        values, notes = _parse(values, name, day_first)
    zone = values.dt.tz
    stamps: Any = values if zone is None else values.dt.tz_convert(None)
    found = stamps.to_numpy().astype("datetime64[us]", copy=False).view(np.int64)
    if given is not values and zone is None:
        notes += _without_clock(given, found)
    return found, zone, notes


def _parse(values: pd.Series, name: str, day_first: bool | None) -> tuple[pd.Series, list[str]]:
    if values.isna().all():
        return pd.to_datetime(pd.Series(pd.NaT, index=values.index)), []
    if pd.api.types.is_numeric_dtype(values.dtype):
        raise ValueError(
            f"“{name}” holds numbers, such as {shown(values.dropna().iloc[0])}, not times. "
            "In Excel set the cells' format to Date and time. Write a time as 2025-12-31 14:30."
        )
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind in ("string", "datetime", "date", "empty") and not values.isin(MOVING).any():
        # the quick way for a whole column; where some are in another form, each is looked at below
        with contextlib.suppress(ValueError, OverflowError):
            return pd.to_datetime(values, format="ISO8601"), []
    text = values.astype(object).map(_stamp_text)
    empty = text.isna().to_numpy(bool)
    read = pd.to_datetime(text.where(~text.isin(MOVING)), format="ISO8601", errors="coerce", utc=True)
    other = read.isna().to_numpy() & ~empty
    if not other.any():
        return _zones(text, read, empty, name)
    known, notes, unsure = _other_forms(text[other].drop_duplicates(), day_first)
    stamps = text[other].map(known)
    bad = other.copy()
    bad[other] = stamps.isna()
    if bad.any():
        raise ValueError(
            f"“{name}” has {_count(int(bad.sum()), 'time')} that cannot be read: {_examples(text, bad)}. "
            f"{notes[0] + ' ' if notes and not unsure else ''}Write times as 2025-12-31 14:30."
        )
    if unsure:
        raise ValueError(
            f"“{name}”: a time such as “{shown(unsure)}” can be read in two ways, with the day first or with the "
            "month first, and no day above 12 shows which. Say read_log(…, day_first=True) or "
            "read_log(…, day_first=False), or write times as 2025-12-31 14:30."
        )
    read, _ = _zones(text, read, empty, name)
    read[other] = stamps
    return read, notes


def _stamp_text(value: object) -> str | None:
    """The cell as text; None where it holds no time, or a mark for none."""
    if is_empty(value):
        return None
    text = " ".join(value.split()) if isinstance(value, str) else str(value)
    return None if text.casefold() in NOTHING else text


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


def _other_forms(texts: pd.Series, day_first: bool | None) -> tuple[pd.Series, list[str], str | None]:
    """What each text means (NaT where it cannot be read), notes, and a text that can be read in two ways.

    A log has few different days and few different clock times, so each of these is read once.
    """
    halves = texts.str.partition(" ")
    day, dates = pd.factorize(halves[0])
    clock, clocks = pd.factorize(halves[2])
    given = pd.Series(dates, dtype="str")
    parts = given.str.extract(_YEAR_LAST)
    one, two = parts["one"].astype(float), parts["two"].astype(float)
    free = parts["sign"].isin(["/", "-"])  # with dots the day stands first everywhere
    shows_day, shows_month = free & (one > 12) & (two <= 12), free & (two > 12) & (one <= 12)
    unsure = None
    if day_first is None:
        day_first = bool(shows_day.sum() >= shows_month.sum())
        in_two_ways = (free & (one != two)).to_numpy(bool)
        if in_two_ways.any() and not (shows_day | shows_month).any():
            unsure = texts.iloc[int(in_two_ways[day].argmax())]
    month_first = free & (not day_first)
    parts["day"], parts["month"] = one.where(~month_first, two), two.where(~month_first, one)
    short = parts["year"].str.len() == 2
    last = parts["year"].notna()
    parts["year"] = parts["year"].astype(float) + short * 2000
    parts = parts[["year", "month", "day"]].where(last, given.str.extract(_YEAR_FIRST).astype(float))
    days = pd.to_datetime(parts, errors="coerce").astype("datetime64[us]")
    ways = [
        f"as {way}"
        for way, rows in ((DAY_FIRST, last & ~month_first), (MONTH_FIRST, last & month_first))
        if (rows & ~(free & (one == two))).any()
    ]
    notes = [f"Times are read {' (with dots) and '.join(ways)}."] if ways else []
    notes += ["A year such as 25 is read as 2025."] * bool(short.any())
    moments = days.to_numpy()[day] + _seconds(pd.Series(clocks, dtype="str")).to_numpy()[clock]
    return pd.Series(moments, index=texts.to_numpy()), notes, unsure


def _seconds(clocks: pd.Series) -> pd.Series:
    """How long after midnight each clock time is; NaT where there is no such time."""
    parts = clocks.str.extract(_CLOCK)
    half = parts["half"].str.casefold()
    hour, minute, second = (parts[name].astype(float) for name in ("hour", "minute", "second"))
    right = (clocks == "") | np.where(half.isna(), minute.notna() & (hour < 24), hour.between(1, 12))
    hour = hour.where(half.isna(), hour % 12 + 12 * (half == "p"))
    right &= ~(minute >= 60) & ~(second >= 60)
    seconds = 3600 * hour.fillna(0) + 60 * minute.fillna(0) + second.fillna(0)
    return pd.to_timedelta(seconds.where(right), unit="s").astype("timedelta64[us]")


def _without_clock(values: pd.Series, found: np.ndarray) -> list[str]:
    """A note on dates without a time of day among times that have one: they count as midnight."""
    # 2¹³ divides a day: most times are told from midnight at once
    midnight = np.flatnonzero(found & 8191 == 0)
    midnight = midnight[found[midnight] % DAY == 0]
    if len(midnight) in (0, (found != UNKNOWN).sum()):
        return []
    bare = np.zeros(len(found), bool)
    bare[midnight] = [_CLOCK_SEEN.search(str(value)) is None for value in values.iloc[midnight]]
    if not (count := int(bare.sum())):
        return []
    has, they = ("has", "It counts") if count == 1 else ("have", "They count")
    return [f"{_count(count, 'time')} {has} no time of day: {_examples(values, bare)}. {they} as 00:00."]


def _examples(text: pd.Series, chosen: np.ndarray, most: int = LISTED) -> str:
    rows = np.flatnonzero(chosen)
    listed = [f"“{shown(text.iloc[row])}” (row {row + 2})" for row in rows[:most]]
    return ", ".join(listed) + (f" and {len(rows) - most} more" if len(rows) > most > 1 else "")


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"

"""Delays: how long people wait before each activity, at each hand-off, and along which paths they go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import shown
from cxkit.log import DAY, Events, events
from cxkit.log_cells import dense

__all__ = ["handoffs", "variants", "waits"]

ARROW = " → "
# Without quotes a name with one of these could read like two activities, or like another name in quotes.
AMBIGUOUS = set("→“”")
PER = ("activity", "case")
MEDIAN95 = "95% interval of the median from order statistics"


def waits(log: Any, per: str = "activity") -> pd.DataFrame:
    """How many days people wait before each activity, counted from the event before it in the same case.

    Args:
        log: what `read_log` gave, or a table that it can read.
        per: "activity" for one row per activity, "case" for one row per wait.

    Returns:
        Per activity, in their usual order: `activity`, `cases` (that waited before it), `median`, `p90`, `mean` (days,
        ≥ 0; a case that waited twice counts twice here), `low`, `high`. An activity that is always the first has no
        row. Medians and percentiles lie between the two nearest waits (Hyndman & Fan 1996, type 7). `low` and `high`
        are the 95% interval of the median from order statistics (Conover 1999, section 3.2): two of the waits
        themselves, so nothing is assumed about their shape; NaN below 6 waits, where none reaches 95%.
        Per case: `case`, `activity`, `wait_days`.
        `attrs` holds `interval`, and `notes` and `left_out` of `read_log`.

    Raises:
        ValueError: where the log cannot be read, or `per` is unknown.

    >>> log = pd.DataFrame({"case": ["P1", "P1", "P2", "P2"], "activity": ["request", "call"] * 2,
    ...                     "time": ["2025-03-01", "2025-03-03", "2025-03-02", "2025-03-08"]})
    >>> waits(log)[["activity", "cases", "median", "p90", "mean"]]
      activity  cases  median  p90  mean
    0     call      2     4.0  5.6   4.0
    """
    if per not in PER:
        raise ValueError(f"per=“{shown(per)}” is not known. Write “activity” or “case”.")
    read = events(log)
    before = read.followed
    waited = np.diff(read.time)[before]
    activity, case = read.activity[1:][before], read.case[before]
    if per == "case":
        names = {"case": read.cases[case], "activity": read.activities[activity]}
        return with_notes(pd.DataFrame({**names, "wait_days": waited / DAY}), read)
    spread = Spread.of(activity, waited, len(read.activities))
    cases = distinct(activity, case, len(read.activities))
    low, high = spread.median_interval()
    mean = np.bincount(activity, weights=waited, minlength=len(cases)) / np.maximum(spread.sizes, 1) / DAY
    table = pd.DataFrame(
        {
            "activity": read.activities,
            "cases": cases,
            "median": spread.quantile(0.5),
            "p90": spread.quantile(0.9),
            "mean": mean,
            "low": low,
            "high": high,
        }
    )
    table.attrs["interval"] = MEDIAN95
    return with_notes(table[spread.sizes > 0].reset_index(drop=True), read)


def handoffs(log: Any) -> pd.DataFrame:
    """The waits from one activity to the next, and who held the case before and after.

    Args:
        log: what `read_log` gave, or a table that it can read.

    Returns:
        One row per pair of activities that follow one another in some case, in the usual order of the activities:
        `from_activity`, `to_activity`, `cases` (that passed here), `median`, `p90` (days, over every passing), `low`,
        `high` (95% interval of the median, as in `waits`). Where the log has a `resource`, also `from_owner` and
        `to_owner`: the most frequent one, "" where that is nobody (a draw goes to the first by name, nobody before
        all). `attrs` holds `interval`, and `notes` and `left_out` of `read_log`. The pairs
        are those of a directly-follows graph (van der Aalst 2016, “Process Mining”).

    Raises:
        ValueError: where the log cannot be read.

    >>> log = pd.DataFrame({"case": ["P1"] * 3, "activity": ["images received", "images read", "call"],
    ...                     "time": ["2025-03-01", "2025-03-05", "2025-03-05 12:00"], "resource": [None, "Dentist", "Desk"]})
    >>> handoffs(log)[["from_activity", "to_activity", "from_owner", "to_owner", "median"]]
         from_activity  to_activity from_owner to_owner  median
    0  images received  images read             Dentist     4.0
    1      images read         call    Dentist     Desk     0.5
    """
    read = events(log)
    before, count = read.followed, len(read.activities)
    pair = (read.activity[:-1].astype(np.int64) * count + read.activity[1:])[before]
    passed = np.arange(count**2)
    if len(passed) > 1000:  # only the pairs that happen
        place, example = dense(pair)
        pair, passed = place, pair[example]
    spread = Spread.of(pair, np.diff(read.time)[before], len(passed))
    table = pd.DataFrame(
        {"from_activity": read.activities[passed // count], "to_activity": read.activities[passed % count]}
    )
    if read.owner is not None:
        for name, owner in (("from_owner", read.owner[:-1]), ("to_owner", read.owner[1:])):
            table[name] = read.owners[most_frequent(pair, owner[before], len(passed), len(read.owners))]
    table["cases"] = distinct(pair, read.case[before], len(passed))
    table["median"] = spread.quantile(0.5)
    table["p90"] = spread.quantile(0.9)
    table["low"], table["high"] = spread.median_interval()
    table.attrs["interval"] = MEDIAN95
    return with_notes(table[spread.sizes > 0].reset_index(drop=True), read)


def variants(log: Any) -> pd.DataFrame:
    """The paths that cases take: which activities, in which order, and how many cases go that way.

    Args:
        log: what `read_log` gave, or a table that it can read.

    Returns:
        One row per path, the most frequent first: `variant` (activities joined by " → "; a name that itself has an
        arrow or “” stands in “”), `cases`, `share` (0 to 1; they add up to 1). A draw goes by the usual order of the
        activities. `attrs["notes"]` and `attrs["left_out"]` are those of `read_log`. They are the trace variants of
        process mining (van der Aalst 2016).

    Raises:
        ValueError: where the log cannot be read.

    >>> log = pd.DataFrame({"case": [1, 1, 2, 2, 3], "activity": ["ask", "call", "ask", "call", "ask"],
    ...                     "time": ["2025-03-01", "2025-03-02"] * 2 + ["2025-03-01"]})
    >>> variants(log)
          variant  cases     share
    0  ask → call      2  0.666667
    1         ask      1  0.333333
    """
    read = events(log)
    group, example = paths(read)
    cases = np.bincount(group)
    ends = read.starts + read.sizes
    steps = [tuple(read.activity[read.starts[one] : ends[one]].tolist()) for one in example.tolist()]
    names = [f"“{name}”" if set(name) & AMBIGUOUS else name for name in read.activities]
    order = sorted(range(len(steps)), key=lambda place: (-cases[place], steps[place]))
    table = pd.DataFrame(
        {
            "variant": [ARROW.join(names[step] for step in steps[place]) for place in order],
            "cases": cases[order],
            "share": cases[order] / len(read.starts),
        }
    )
    return with_notes(table, read)


# --- for the other measures of a log ----------------------------------------------------------------------


def with_notes(table: pd.DataFrame, read: Events) -> pd.DataFrame:
    table.attrs.update(notes=read.notes, left_out=read.left_out)
    return table


def paths(read: Events) -> tuple[np.ndarray, np.ndarray]:
    """For each case the number of its path, and for each path a case that takes it."""
    sizes = read.sizes
    place = np.arange(len(read.case)) - np.repeat(read.starts, sizes)
    mark = (read.activity.astype(np.uint64) + np.uint64(1)) * _factors(int(sizes.max()))[place]
    group, _ = pd.factorize(np.add.reduceat(mark, read.starts))
    example = _examples(group)
    # Two paths may share a sum, so every case is compared with the example of its path.
    like = example[group]
    if (sizes == sizes[like]).all():
        twin = np.repeat(read.starts[like], sizes) + place
        if (read.activity == read.activity[twin]).all():
            return group, example
    whole = [
        read.activity[start : start + size].tobytes() for start, size in zip(read.starts, sizes, strict=True)
    ]
    group, _ = pd.factorize(np.array([*whole, b""], dtype=object)[:-1])
    return group, _examples(group)


def _examples(group: np.ndarray) -> np.ndarray:
    example = np.zeros(int(group.max()) + 1, np.int64)
    example[group] = np.arange(len(group))
    return example


def _factors(count: int) -> np.ndarray:
    """A large odd factor for each place in a case; products and sums wrap around at 2⁶⁴."""
    return np.cumprod(np.full(count, 0x9E3779B97F4A7C15, np.uint64))


def distinct(group: np.ndarray, case: np.ndarray, groups: int) -> np.ndarray:
    """How many different cases each group has."""
    top = int(case.max(initial=0)) + 1
    small: Any = np.uint32 if (groups + 1) * top < 2**32 else np.int64  # half the size sorts in half the time
    keys = group.astype(small)
    keys *= small(top)
    keys += case.astype(small, copy=False)
    keys.sort()
    different = keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]]
    return np.diff(np.searchsorted(different, (np.arange(groups + 1) * top).astype(small)))


def most_frequent(group: np.ndarray, value: np.ndarray, groups: int, values: int) -> np.ndarray:
    """The value that each group has most often; at a draw the smallest. A group without any gets 0."""
    keys = group.astype(np.int64) * values + value
    if groups * values <= 4 * len(keys) + 1000:
        return np.bincount(keys, minlength=groups * values).reshape(groups, values).argmax(axis=1)
    place, example = dense(keys)
    found = keys[example]
    order = np.lexsort(
        (-found, np.bincount(place))
    )  # the last one of a group to be written is its most frequent
    most = np.zeros(groups, np.int64)
    most[found[order] // values] = found[order] % values
    return most


@dataclass(frozen=True)
class Spread:
    """The waits of each group, sorted: those of the first group, then those of the second, and so on.

    A wait in microseconds is its key less the base of its group.
    """

    keys: np.ndarray
    sizes: np.ndarray
    base: np.ndarray

    @classmethod
    def of(cls, group: np.ndarray, value: np.ndarray, groups: int) -> Spread:
        sizes = np.bincount(group, minlength=groups)
        top = int(value.max(initial=0)) + 1
        if groups * top <= np.iinfo(np.int64).max:
            # one plain sort of one number each: many times faster than sorting places by two keys
            keys = group * np.int64(top)
            keys += value
            keys.sort()
            return cls(keys, sizes, np.arange(groups) * top)
        return cls(value[np.lexsort((value, group))], sizes, np.zeros(groups, np.int64))

    def at(self, rank: np.ndarray) -> np.ndarray:
        """The value at this rank (from 0 up) of each group, in days; NaN where a group has none."""
        inside = (rank >= 0) & (rank < self.sizes)
        place = np.where(inside, np.cumsum(self.sizes) - self.sizes + rank, 0)
        found = (self.keys[place] if len(self.keys) else place) - self.base
        return np.where(inside, found / DAY, np.nan)

    def quantile(self, share: float) -> np.ndarray:
        place = share * (self.sizes - 1)
        below = np.floor(place).astype(np.int64)
        above = np.ceil(place).astype(np.int64)
        return self.at(below) + (place - below) * (self.at(above) - self.at(below))

    def median_interval(self) -> tuple[np.ndarray, np.ndarray]:
        """The 95% interval of each group's median: the r-th smallest and r-th largest value."""
        from scipy.special import bdtr, bdtrik

        # r is the largest with P(fewer than r of n lie below the median) ≤ 2.5%
        sizes = np.maximum(self.sizes, 1)
        guess = np.floor(np.nan_to_num(bdtrik(0.025, sizes, 0.5), nan=0.0))
        last = np.where(bdtr(guess, sizes, 0.5) <= 0.025, guess, guess - 1).astype(np.int64)
        low, high = self.at(last), self.at(np.where(last < 0, -1, self.sizes - 1 - last))
        return low, high

"""The order of a log: by case and time, and where these are alike by the usual order of the activities.

Nothing here depends on the order in which the rows came, or on what the activities are called.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from cxkit.journey_cells import shown
from cxkit.log_cells import LISTED, UNKNOWN, rows_in_words

__all__ = ["ALL", "Rows", "Taken", "arrange", "in_order", "rank", "settled"]

# Which rows of a table, in which order; slice(None) for all of them as they stand, which costs nothing.
Rows = np.ndarray | slice
ALL = slice(None)


@dataclass(frozen=True)
class Taken:
    """Some rows of a table, and what stands in them: codes of case and activity (−1: missing), microseconds."""

    rows: Rows
    case: np.ndarray
    time: np.ndarray
    activity: np.ndarray

    def take(self, rows: Rows) -> Taken:
        return Taken(rows, self.case[rows], self.time[rows], self.activity[rows])

    @cached_property
    def same(self) -> np.ndarray:
        """For each event but the very first: is it of the same case as the one before it?"""
        return self.case[1:] == self.case[:-1]

    @cached_property
    def step(self) -> np.ndarray:
        """For each event but the very first: the time since the one before it, of whatever case."""
        return np.diff(self.time)

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each case begins."""
        return np.append(0, np.flatnonzero(~self.same) + 1)

    @cached_property
    def ties(self) -> np.ndarray:
        """Is the event of the same case and time as the one before it?"""
        return np.append(False, (self.step == 0) & self.same)

    @property
    def in_order(self) -> bool:
        """Do the events stand in order of case and time?"""
        earlier = (self.step < 0) & self.same
        earlier |= self.case[1:] < self.case[:-1]
        return not earlier.any()


def arrange(
    table: Taken,
    cases: pd.Index,
    further: Callable[[np.ndarray], list[np.ndarray]],
    usual: np.ndarray | None,
    notes: list[str],
) -> tuple[Taken, np.ndarray]:
    """The rows in order, without those that lack something or repeat another; and the usual order of activities.

    Args:
        table: all rows.
        cases: the names of the cases.
        further: gives codes for what else tells some rows apart.
        usual: the activities in their usual order, if that is known.
        notes: gets a sentence for everything that was mended.
    """
    found = in_order(table.take(_given(table, notes)))
    order = _usual_order(found) if usual is None else usual
    if not settled(found, order):
        rows = _without_repeats(table, found, further, notes, doubts=usual is None)
        found = table.take(rows)
        order = _usual_order(found) if usual is None else usual
        found = table.take(_ties_in_order(rows, found, order, notes))
    if not isinstance(found.rows, slice):
        _note_disorder(found.rows, found, cases, notes)
    return found, order


def _given(table: Taken, notes: list[str]) -> Rows:
    """The rows in which nothing is missing."""
    if table.case.min() >= 0 and table.activity.min() >= 0 and table.time.min() > UNKNOWN:
        return ALL
    keep = np.ones(len(table.case), bool)
    columns = {"case": table.case < 0, "activity": table.activity < 0, "time": table.time == UNKNOWN}
    for name, missing in columns.items():
        if rows := np.flatnonzero(missing).tolist():
            have, are = ("row has", "It is") if len(rows) == 1 else ("rows have", "They are")
            notes.append(f"{len(rows):,} {have} no {name} ({rows_in_words(rows)}). {are} left out.")
            keep &= ~missing
    if not keep.any():
        raise ValueError("\n".join(["No row of the log has a case, an activity and a time.", *notes]))
    return np.flatnonzero(keep)


def in_order(found: Taken) -> Taken:
    """The same events in order of case and time. Events alike in both stand in any order."""
    if found.in_order:
        return found
    first = int(found.time.min())
    time, unit = _in_whole_units(found.time - first)
    span, bits = int(time.max()) + 1, len(time).bit_length()
    widest = (int(found.case.max()) + 1) * span
    if widest << bits <= 2**64:
        # One number for case, time and place sorts many times faster than two keys do. Case and time are then read
        # off it: to fetch them row by row would wait for memory most of the time.
        packed = found.case.astype(np.uint64)
        packed *= np.uint64(span)
        packed += time.view(np.uint64)
        packed <<= np.uint64(bits)
        packed |= np.arange(len(time), dtype=np.uint64)
        packed.sort()
        order = (packed & np.uint64((1 << bits) - 1)).view(np.int64)
        packed >>= np.uint64(bits)
        case = packed // np.uint64(span)
        packed -= case * np.uint64(span)
        time = packed.view(np.int64)
        time *= unit
        time += first
        ordered = Taken(order, case.astype(found.case.dtype), time, found.activity[order])
    else:
        both = found.case.astype(np.int64) * span + time if widest < 2**63 else None
        order = np.lexsort((time, found.case)) if both is None else np.argsort(both)
        ordered = found.take(order)
    return ordered if isinstance(found.rows, slice) else replace(ordered, rows=found.rows[order])


def _in_whole_units(time: np.ndarray) -> tuple[np.ndarray, int]:
    """The times in minutes or seconds, where all of them are whole: smaller numbers in the same order. And the unit."""
    for unit in (60_000_000, 1_000_000):
        whole = time // unit
        if np.array_equal(whole * unit, time):
            return whole, unit
    return time, 1


def _tied(found: Taken) -> tuple[np.ndarray, np.ndarray]:
    """The places of the events that share case and time with another, and for each the number of its block."""
    ties = found.ties
    places = np.flatnonzero(ties | np.append(ties[1:], False))
    return places, np.cumsum(~ties)[places]


def _usual_order(found: Taken) -> np.ndarray:
    """The activities by the mean place that they have in a case; at a draw in order of their names.

    Events of a case that share one time share their mean place, so nothing hangs on how they happen to stand.
    """
    size, starts = len(found.case), found.starts
    kind = np.int32 if size < 2**31 else np.int64
    place: np.ndarray = np.arange(size, dtype=kind) - np.repeat(
        starts.astype(kind), np.diff(starts, append=size)
    )
    ties = found.ties
    if ties.any():
        first = np.flatnonzero(~ties)
        shared = np.diff(first, append=len(ties))
        place = np.repeat(place[first] + (shared - 1) / 2, shared)
    activity = found.activity.astype(np.intp)
    counts = np.bincount(activity)
    present = np.flatnonzero(counts)
    mean = np.bincount(activity, weights=place)[present] / counts[present]
    return present[np.argsort(mean, kind="stable")]


def rank(usual: np.ndarray, activity: np.ndarray) -> np.ndarray:
    """The place of each activity in the usual order."""
    ranks = np.zeros(int(usual.max()) + 1, activity.dtype)
    ranks[usual] = np.arange(len(usual))
    return ranks[activity]


def settled(found: Taken, usual: np.ndarray) -> bool:
    """Do events that share case and time stand in the usual order, none of them twice?"""
    later = np.flatnonzero(found.ties)
    return bool((rank(usual, found.activity[later]) > rank(usual, found.activity[later - 1])).all())


def _without_repeats(
    table: Taken,
    found: Taken,
    further: Callable[[np.ndarray], list[np.ndarray]],
    notes: list[str],
    doubts: bool,
) -> np.ndarray:
    """The rows without repeats, and those alike in case and time in an order that their cells alone decide.

    `doubts`: also name the rows that are kept, but may tell of one event twice.
    """
    rows = np.arange(len(table.case))[found.rows]
    places, block = _tied(found)
    cells = [table.activity[rows[places]], *further(rows[places])]
    order = np.lexsort((rows[places], *reversed(cells), block))  # of equal rows, the first one is kept
    rows[places] = rows[places][order]
    repeats = np.append(False, block[1:] == block[:-1])
    repeats[1:] &= cells[0][order][1:] == cells[0][order][:-1]
    alike = repeats.copy()  # in case, time and activity
    for cell in cells[1:]:
        repeats[1:] &= cell[order][1:] == cell[order][:-1]
    if count := int(repeats.sum()):
        named = rows_in_words(np.sort(rows[places[repeats]]))
        notes.append(
            f"{count:,} row{' repeats' if count == 1 else 's repeat'} another row ({named}). Each is kept once."
        )
    kept, same = places[~repeats], alike[~repeats]
    if doubts and same.any():
        shared = np.sort(rows[kept[same | np.append(same[1:], False)]])
        notes.append(
            f"{len(shared):,} rows share case, activity and time with another row, but differ in another column "
            f"({rows_in_words(shared)}). All are kept. Is one event told twice?"
        )
    return np.delete(rows, places[repeats])


def _ties_in_order(rows: np.ndarray, found: Taken, usual: np.ndarray, notes: list[str]) -> np.ndarray:
    places, block = _tied(found)
    if len(places):
        order = np.lexsort((rank(usual, found.activity[places]), block))
        rows[places] = rows[places][order]
        shared = len(np.unique(found.case[places]))
        notes.append(
            f"In {shared:,} case{'' if shared == 1 else 's'} events share one time. "
            "They stand in the order that is usual in this log."
        )
    return rows


def _note_disorder(rows: np.ndarray, found: Taken, cases: pd.Index, notes: list[str]) -> None:
    earlier = np.append(False, (rows[1:] < rows[:-1]) & found.same & (found.step != 0))
    mixed = found.starts[np.logical_or.reduceat(earlier, found.starts)]
    if count := len(mixed):
        named = ", ".join(shown(cases[code]) for code in found.case[mixed[:LISTED]])
        more = f" and {count - LISTED:,} more" if count > LISTED else ""
        notes.append(
            f"In {count:,} case{'' if count == 1 else 's'} the rows were not in order of time "
            f"({named}{more}). They are sorted now."
        )

"""The order of a log: by case and time, and where these are alike by the usual order of the activities.

Nothing here depends on the order in which the rows came, or on what the activities are called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cxkit.log_cells import UNKNOWN, rows_in_words

__all__ = ["ALL", "Rows", "Taken", "arrange", "first_of_case", "in_order", "rank", "settled"]

# Which rows of a table, in which order; slice(None) for all of them as they stand, which costs nothing.
Rows = np.ndarray | slice
ALL = slice(None)


class Taken(NamedTuple):
    """Some rows of a table, and what stands in them: codes of case and activity (−1: missing), microseconds."""

    rows: Rows
    case: np.ndarray
    time: np.ndarray
    activity: np.ndarray

    def take(self, rows: Rows) -> Taken:
        return Taken(rows, self.case[rows], self.time[rows], self.activity[rows])


def arrange(
    table: Taken,
    further: Callable[[np.ndarray], list[np.ndarray]],
    usual: np.ndarray | None,
    notes: list[str],
) -> tuple[Taken, np.ndarray]:
    """The rows in order, without those that lack something or repeat another; and the usual order of activities.

    Args:
        table: all rows.
        further: gives codes for what else tells some rows apart.
        usual: the activities in their usual order, if that is known.
        notes: gets a sentence for everything that was mended.
    """
    found = table.take(in_order(table.case, table.time, _given(table, notes)))
    order = _usual_order(found) if usual is None else usual
    if not settled(found, order):
        rows = _without_repeats(table, found, further, notes)
        found = table.take(rows)
        order = _usual_order(found) if usual is None else usual
        found = table.take(_ties_in_order(rows, found, order, notes))
    if not isinstance(found.rows, slice):
        _note_disorder(found.rows, found, notes)
    return found, order


def _given(table: Taken, notes: list[str]) -> Rows:
    """The rows in which nothing is missing."""
    columns = {"case": table.case, "activity": table.activity, "time": table.time}
    if (
        all(values.min() >= 0 for name, values in columns.items() if name != "time")
        and table.time.min() > UNKNOWN
    ):
        return ALL
    keep = np.ones(len(table.case), bool)
    for name, values in columns.items():
        missing = values == UNKNOWN if name == "time" else values < 0
        if rows := np.flatnonzero(missing).tolist():
            have, are = ("row has", "It is") if len(rows) == 1 else ("rows have", "They are")
            notes.append(f"{len(rows):,} {have} no {name} ({rows_in_words(rows)}). {are} left out.")
            keep &= ~missing
    if not keep.any():
        raise ValueError("\n".join(["No row of the log has a case, an activity and a time.", *notes]))
    return np.flatnonzero(keep)


def in_order(case: np.ndarray, time: np.ndarray, given: Rows = ALL) -> Rows:
    """The given rows in order of case and time. Rows alike in both stand in any order."""
    case, time = case[given], time[given]
    if not ((case[1:] < case[:-1]) | ((case[1:] == case[:-1]) & (time[1:] < time[:-1]))).any():
        return given
    # One number for case, time and row sorts many times faster than two keys do, where it fits into 63 bits.
    time = time - time.min()
    time //= next(unit for unit in (60_000_000, 1_000_000, 1) if not (time % unit).any())
    span, bits = int(time.max()) + 1, len(case).bit_length()
    widest = (int(case.max()) + 1) * span
    if widest << bits < 2**63:
        key = case.astype(np.int64) * span + time
        order = np.sort((key << bits) | np.arange(len(key))) & ((1 << bits) - 1)
    elif widest < 2**63:
        order = np.argsort(case.astype(np.int64) * span + time)
    else:
        order = np.lexsort((time, case))
    return order if isinstance(given, slice) else given[order]


def first_of_case(case: np.ndarray) -> np.ndarray:
    """Is the event the first of its case?"""
    first = np.ones(len(case), bool)
    np.not_equal(case[1:], case[:-1], out=first[1:])
    return first


def _ties(case: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Is the event of the same case and time as the one before it?"""
    ties = np.zeros(len(case), bool)
    np.equal(time[1:], time[:-1], out=ties[1:])
    return ties & ~first_of_case(case)


def _tied(found: Taken) -> tuple[np.ndarray, np.ndarray]:
    """The places of the events that share case and time with another, and for each the number of its block."""
    ties = _ties(found.case, found.time)
    places = np.flatnonzero(ties | np.append(ties[1:], False))
    return places, np.cumsum(~ties)[places]


def _usual_order(found: Taken) -> np.ndarray:
    """The activities by the mean place that they have in a case; at a draw in order of their names.

    Events of a case that share one time share their mean place, so nothing hangs on how they happen to stand.
    """
    starts = np.flatnonzero(first_of_case(found.case))
    place = np.arange(len(found.case)) - np.repeat(starts, np.diff(starts, append=len(found.case)))
    ties = _ties(found.case, found.time)
    if ties.any():
        first = np.flatnonzero(~ties)
        shared = np.diff(first, append=len(ties))
        place = np.repeat(place[first] + (shared - 1) / 2, shared)
    counts = np.bincount(found.activity)
    present = np.flatnonzero(counts)
    mean = np.bincount(found.activity, weights=place)[present] / counts[present]
    return present[np.argsort(mean, kind="stable")]


def rank(usual: np.ndarray, activity: np.ndarray) -> np.ndarray:
    """The place of each activity in the usual order."""
    ranks = np.zeros(int(usual.max()) + 1, np.int32)
    ranks[usual] = np.arange(len(usual))
    return ranks[activity]


def settled(found: Taken, usual: np.ndarray) -> bool:
    """Do events that share case and time stand in the usual order, none of them twice?"""
    later = np.flatnonzero(_ties(found.case, found.time))
    return bool((rank(usual, found.activity[later]) > rank(usual, found.activity[later - 1])).all())


def _without_repeats(
    table: Taken, found: Taken, further: Callable[[np.ndarray], list[np.ndarray]], notes: list[str]
) -> np.ndarray:
    """The rows without repeats, and those alike in case and time in an order that their cells alone decide."""
    rows = np.arange(len(table.case))[found.rows]
    places, block = _tied(found)
    cells = [table.activity[rows[places]], *further(rows[places])]
    order = np.lexsort((*reversed(cells), block))
    rows[places] = rows[places][order]
    repeats = np.append(False, block[1:] == block[:-1])
    for cell in cells:
        repeats[1:] &= cell[order][1:] == cell[order][:-1]
    if count := int(repeats.sum()):
        notes.append(
            f"{count:,} row{' repeats' if count == 1 else 's repeat'} another row. Each is kept once."
        )
    return np.delete(rows, places[repeats])


def _ties_in_order(rows: np.ndarray, found: Taken, usual: np.ndarray, notes: list[str]) -> np.ndarray:
    places, block = _tied(found)
    if len(places):
        order = np.lexsort((rank(usual, found.activity[places]), block))
        rows[places] = rows[places][order]
        shared = int(first_of_case(found.case[places]).sum())
        notes.append(
            f"In {shared:,} case{'' if shared == 1 else 's'} events share one time. "
            "They stand in the order that is usual in this log."
        )
    return rows


def _note_disorder(rows: np.ndarray, found: Taken, notes: list[str]) -> None:
    earlier = (rows[1:] < rows[:-1]) & ~first_of_case(found.case)[1:] & (found.time[1:] != found.time[:-1])
    if len(cases := found.case[1:][earlier]):
        count = int(first_of_case(cases).sum())
        notes.append(
            f"In {count:,} case{'' if count == 1 else 's'} the rows were not in order of time. They are sorted now."
        )

"""A log of contacts: one row per event, with whose it is (case), what it is (activity), when, and by whom."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import column_key, nearest, shown
from cxkit.log_cells import UNKNOWN, alike, codes, dense
from cxkit.log_order import ALL, Rows, Taken, arrange, rank, settled
from cxkit.log_times import times

__all__ = ["DAY", "Events", "events", "read_log"]

# The names that a log's columns have, ours first, then those of the XES standard (IEEE 1849).
NAMES = {
    "case": ("case", "case:concept:name"),
    "activity": ("activity", "concept:name"),
    "time": ("time", "time:timestamp"),
    "resource": ("resource", "org:resource", "owner"),
}
REQUIRED = ("case", "activity", "time")
DAY = 86_400_000_000  # microseconds
NOBODY: pd.Index = pd.Index([], dtype="str")


def read_log(
    source: Any,
    case: str | None = None,
    activity: str | None = None,
    time: str | None = None,
    resource: str | None = None,
    *,
    owner: str | None = None,
    day_first: bool | None = None,
) -> pd.DataFrame:
    """Read a log of contacts: one row per event.

    Args:
        source: a DataFrame, or a .csv or .xlsx file. Its columns are called `case`, `activity`, `time` and, if it
            has one, `resource` or `owner` (who did it); or as in XES: `case:concept:name`, `concept:name`,
            `time:timestamp`, `org:resource`.
        case, activity, time, resource: the names of these columns, where they are called otherwise.
        owner: another word for `resource`.
        day_first: is 03/04/2025 the 3rd of April (True) or the 4th of March (False)? Needed only where no day in the
            log is above 12. A date with dots, such as 03.04.2025, has the day first, always. A date without a time
            of day counts as 00:00, and a note says so; “n/a” or “-” is an empty time.

    Returns:
        `case`, `activity`, `time` and, if given, `resource` ("" where nobody), then the further columns; in order
        of case and time. `case`, `activity` and `resource` are categories: text that is quick to group by. The
        activities stand in their usual order, by the mean place they have in a case; that order also settles
        events of a case that share one time, so the order of the rows never matters.
        `attrs["notes"]` says in sentences what was found and mended: rows without a case, activity or time (left
        out, `attrs["left_out"]` counts them), repeated rows (kept once), rows that differ from another one in
        further columns alone (kept, but perhaps one event told twice), rows not in order of time (sorted).

    Raises:
        ValueError: where a column is missing, times cannot be read, or only some of them name a time zone.

    >>> table = pd.DataFrame({"case": ["P1", "P1"], "activity": ["call", "request"],
    ...                       "time": ["2025-03-04 10:00", "2025-03-01 09:00"]})
    >>> read_log(table)
      case activity                time
    0   P1  request 2025-03-01 09:00:00
    1   P1     call 2025-03-04 10:00:00
    >>> read_log(table).attrs["notes"]
    ['In 1 case the rows were not in order of time (P1). They are sorted now.']
    """
    if resource is not None and owner is not None:
        raise ValueError("resource and owner are two words for one column: who did it. Give one of them.")
    if day_first not in (None, True, False):
        raise ValueError(f"day_first is True or False, not “{shown(day_first)}”.")
    given = {
        "case": case,
        "activity": activity,
        "time": time,
        "resource": owner if resource is None else resource,
    }
    table = _table(source, given)
    found = _columns(list(table.columns), given)
    read, rows, zone = _read(table, found, day_first)
    stamps = pd.DatetimeIndex(read.time.view("datetime64[us]"))
    log = pd.DataFrame(
        {
            "case": pd.Categorical.from_codes(read.case, categories=read.cases),
            "activity": pd.Categorical.from_codes(read.activity, categories=read.activities),
            "time": stamps if zone is None else stamps.tz_localize("UTC").tz_convert(zone),
        }
    )
    if read.owner is not None:
        log["resource"] = pd.Categorical.from_codes(read.owner, categories=read.owners)
    for name in table.columns.drop(list(found.values())):
        log[f"other_{name}" if name in NAMES else name] = table[name].array[rows]
    log.attrs.update(notes=read.notes, left_out=read.left_out)
    return log


@dataclass(frozen=True)
class Events:
    """A log as numbers, one entry per event, in order of case and time.

    Attributes:
        case: the number of its case, from 0 up without gaps.
        activity: the number of its activity, in their usual order.
        time: microseconds.
        owner: the number of its resource, or None where the log has no such column.
        starts: where in these arrays each case begins.
        cases, activities, owners: the names behind the numbers.
        notes: what reading the log found and mended, in sentences.
        left_out: how many rows had no case, activity or time.
    """

    case: np.ndarray
    activity: np.ndarray
    time: np.ndarray
    owner: np.ndarray | None
    starts: np.ndarray
    cases: pd.Index
    activities: pd.Index
    owners: pd.Index
    notes: list[str]
    left_out: int

    @property
    def sizes(self) -> np.ndarray:
        """How many events each case has."""
        return np.diff(self.starts, append=len(self.case))

    @property
    def followed(self) -> np.ndarray:
        """The places of the events that another event of the same case follows."""
        return np.flatnonzero(self.case[1:] == self.case[:-1])


def events(log: Any) -> Events:
    """The numbers of a log: a raw table, or what `read_log` gave, which costs little.

    >>> events(pd.DataFrame({"case": [1, 1], "activity": ["a", "b"], "time": ["2025-01-01", "2025-01-02"]})).time
    array([1735689600000000, 1735776000000000])
    """
    table = _table(log, {})
    return _as_read(table) or _read(table, _columns(list(table.columns), {}))[0]


def _as_read(log: pd.DataFrame) -> Events | None:
    """The numbers of a log as `read_log` gave it, or of some of its cases or events; None for any other table."""
    if not _was_read(log):
        return None
    case, activity = log["case"].cat, log["activity"].cat
    time, _, _ = times(log["time"], "time")
    found = Taken(ALL, case.codes.to_numpy(), time, activity.codes.to_numpy())
    owner, owners = None, NOBODY
    if "resource" in log.columns:
        owner, owners = log["resource"].cat.codes.to_numpy(), log["resource"].cat.categories
    lacking = found.case.min() < 0 or found.activity.min() < 0 or time.min() == UNKNOWN
    if lacking or (owner is not None and owner.min() < 0) or not found.in_order:
        return None
    if not settled(found, np.arange(len(activity.categories))):
        return None
    return _numbers(
        found, case.categories, activity.categories, owner, owners, log.attrs["notes"], log.attrs["left_out"]
    )


def _was_read(log: pd.DataFrame) -> bool:
    """Does the table come from `read_log`? A filtered one still does, whatever the order of its rows."""
    if not ({"notes", "left_out"} <= set(log.attrs) and set(REQUIRED) <= set(log.columns)):
        return False
    kinds = (log[name].dtype for name in ("case", "activity", "resource") if name in log.columns)
    return log["time"].dtype.kind == "M" and all(isinstance(kind, pd.CategoricalDtype) for kind in kinds)


def _numbers(
    found: Taken,
    cases: pd.Index,
    activities: pd.Index,
    owner: np.ndarray | None,
    owners: pd.Index,
    notes: list[str],
    left_out: int,
) -> Events:
    starts, case = found.starts, found.case
    if len(cases) > len(starts):  # some names have no event
        cases, case = cases[case[starts]], dense(case)[0]
    return Events(
        case, found.activity, found.time, owner, starts, cases, activities, owners, list(notes), left_out
    )


def _read(
    table: pd.DataFrame, columns: Mapping[str, Any], day_first: bool | None = None
) -> tuple[Events, Rows, Any]:
    """The log as numbers, the rows of the table in their new order, and the time zone, if there is one."""
    case, cases = codes(table[columns["case"]], shown(columns["case"]), numbers=True)
    activity, activities = codes(table[columns["activity"]], shown(columns["activity"]))
    time, zone, notes = times(table[columns["time"]], shown(columns["time"]), day_first)
    if not _was_read(table):
        notes += alike(activities)
    owner, owners = None, NOBODY
    if "resource" in columns:
        found_owner, names = codes(table[columns["resource"]], shown(columns["resource"]))
        owner, owners = found_owner + 1, pd.Index(["", *names], dtype="str")
    usual = None
    if columns["activity"] == "activity" and _was_read(table):
        # a part of a log keeps the order of activities that the whole log has
        usual = activities.get_indexer(table["activity"].cat.categories)
        usual, notes = usual[usual >= 0], [*table.attrs["notes"], *notes]

    def further(rows: np.ndarray) -> list[np.ndarray]:
        others = (table[name].iloc[rows].astype(str) for name in table.columns.drop(list(columns.values())))
        cells = [pd.factorize(column, sort=True)[0] for column in others]
        return cells if owner is None else [owner[rows], *cells]

    found, usual = arrange(Taken(ALL, case, time, activity), cases, further, usual, notes)
    if len(usual) < len(activities) or (np.diff(usual) < 0).any():
        found = replace(found, activity=rank(usual, found.activity))
        activities = activities[usual]
    owner = None if owner is None else owner[found.rows]
    left_out = (
        int(((case < 0) | (activity < 0) | (time == UNKNOWN)).sum()) if len(found.case) < len(table) else 0
    )
    left_out += table.attrs["left_out"] if _was_read(table) else 0
    told_once = list(dict.fromkeys(notes))  # a log that is read again brings its notes with it
    return _numbers(found, cases, activities, owner, owners, told_once, left_out), found.rows, zone


# --- the columns ------------------------------------------------------------------------------------------


def _table(source: Any, given: Mapping[str, str | None]) -> pd.DataFrame:
    if isinstance(source, str | os.PathLike):
        from cxkit.log_files import read_table

        return read_table(source, lambda header: _columns(header, given).values())
    if not isinstance(source, pd.DataFrame):
        raise ValueError(
            f"A log is a table (a pandas DataFrame) or the name of a file, not “{shown(source)}”."
        )
    if source.empty:
        raise ValueError("The log is empty. It needs one row for each event.")
    return source


def _columns(header: Sequence[Any], given: Mapping[str, str | None]) -> dict[str, Any]:
    """Which column of the table is the case, the activity, the time and, if there is one, the resource."""
    twice = [name for name in dict.fromkeys(header) if list(header).count(name) > 1]
    if twice:
        raise ValueError(f"The log has two columns “{shown(twice[0])}”. Rename or drop one.")
    keys = {column_key(str(name)): name for name in reversed(header)}
    found, faults = {}, []
    for role, known in NAMES.items():
        wanted = given.get(role)
        names = known if wanted is None else (wanted,)
        match = [wanted] if wanted in header else [keys[key] for key in map(column_key, names) if key in keys]
        if match:
            found[role] = match[0]
        elif wanted is not None or role in REQUIRED:
            faults.append(_lacks(role, wanted, [str(name) for name in header]))
    roles = list(found)
    for place, role in enumerate(roles):
        if found[role] in [found[other] for other in roles[:place]]:
            faults.append(f"The column “{shown(found[role])}” cannot be two things. Name another {role}.")
    if faults:
        raise ValueError("\n".join(faults))
    return found


def _lacks(role: str, wanted: str | None, header: list[str]) -> str:
    listed = ", ".join(shown(name) for name in header[:20])
    near = nearest(wanted or role, header)
    if wanted is not None:
        hint = f"Did you mean “{near}”?" if near else f"The log has: {listed}."
        return f"There is no column “{shown(wanted)}” in the log. {hint}"
    near = near or next((name for name in header if role in name.casefold()), None)
    hint = f'Is it “{near}”? Then say {role}="{near}".' if near else f'The log has: {listed}. Say {role}="…".'
    return f"The log has no column “{role}”. {hint}"

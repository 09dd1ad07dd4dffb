"""Where people are lost: at which touchpoint they are last seen, and at which hand-off they slip away."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import nearest, shown, to_text
from cxkit.log import DAY, Events, events, read_log

from . import checks
from .confidence import WILSON95, wilson
from .delays import Spread, distinct, most_frequent
from .waiting import LIKELIHOOD95, waiting_cost

__all__ = ["attrition", "leak_points"]

# Fewer people lost tell next to nothing about a day. Waits that differ by less than half a day, but for the
# shortest and the longest tenth, tell nothing about it either.
LEAST_LOST, LEAST_SPREAD = 10, 0.5


def attrition(
    log: Any, done: Any = None, open_days: float | None = None, *, left: Any = None
) -> pd.DataFrame:
    """At which touchpoint people are last seen.

    Say how the log shows who stayed (`done`), who left (`left`), or both. Where an ending is an event of its own,
    name it: the way out in `left`, the good end in `done`. Take a plan that people join, and in the end either
    "Opts out" or "Starts a second year". Say `left="Opts out"`, and each is lost at the touchpoint before. With
    `done="Starts a second year"` alone they would be lost at "Opts out", which is no touchpoint; with
    `done="Opts out"` those who stay would count as lost.

    Args:
        log: what `read_log` gave, or a table that it can read.
        done: an activity, or several, after which nobody is lost, such as "treatment". A case without it is lost at
            its last event.
        open_days: with `done`: a case whose last event lies within so many days of the log's last event may still
            go on. It is undecided, and not counted as lost.
        left: an activity, or several, by which people leave, such as "Opts out". A case with it is lost at the
            event before it, unless it was done by then. Without `done`, all other cases stay.

    Returns:
        One row per touchpoint in their usual order: `position` (from 1), `touchpoint`, `reached` (cases that got
        there), `lost` (cases last seen there), `share` (lost of those reached and decided, 0 to 1), `low`, `high`
        (95% Wilson interval, Wilson 1927), `undecided` (last seen there, perhaps not for the last time).
        `attrs["notes"]` and `attrs["left_out"]` are those of `read_log`; a further note asks about a touchpoint that
        is last for all who reach it, which may be an ending. `attrs["interval"]` says which interval it is.

    Raises:
        ValueError: where the log cannot be read, neither `done` nor `left` is given, or an activity is
            unknown.

    >>> log = pd.DataFrame({"case": ["P1", "P1", "P2"], "activity": ["request", "visit", "request"],
    ...                     "time": ["2025-03-01", "2025-03-03", "2025-03-02"]})
    >>> attrition(log, done="visit")[["touchpoint", "reached", "lost", "share"]]
      touchpoint  reached  lost  share
    0    request        2     1    0.5
    1      visit        1     0    0.0

    >>> log = pd.DataFrame({"case": ["M1", "M1", "M2", "M2"], "time": ["2025-03-01", "2025-09-01"] * 2,
    ...                     "activity": ["bill", "Opts out", "bill", "Starts a second year"]})
    >>> attrition(log, left="Opts out")[["touchpoint", "reached", "lost", "share"]]
                 touchpoint  reached  lost  share
    0                  bill        2     1    0.5
    1  Starts a second year        1     0    0.0
    """
    end = _ending(done, left, open_days)
    read = events(log)
    seen = _seen(read, end, int(read.time.max()))
    reached, lost, undecided = seen.counts
    table = pd.DataFrame({"touchpoint": read.activities, "reached": reached, "lost": lost})
    table["share"], table["low"], table["high"] = _shares(lost, reached - undecided)
    table["undecided"] = undecided
    table = table[reached > 0].reset_index(drop=True)
    table.insert(0, "position", np.arange(1, len(table) + 1))
    table.attrs.update(
        interval=WILSON95, notes=[*read.notes, *seen.notes, *_endings(seen)], left_out=read.left_out
    )
    return table


def leak_points(
    log: Any, done: Any = None, by: str | None = None, open_days: float | None = None, *, left: Any = None
) -> pd.DataFrame:
    """The hand-offs at which people are lost, the worst first, and what each day of waiting costs there.

    Args:
        log, done, open_days, left: as for `attrition`.
        by: a further column of the log, one value per case, such as "branch": each value on its own.

    Returns:
        One row per touchpoint and what should follow it, by people lost: `from_activity` (where they are last
        seen), `to_activity` (what usually comes next; "" where nothing does), `owner` (who usually held the case at
        `from_activity`, "" where nobody; only where the log has a `resource`), `cases` (that got there and are
        decided), `lost`, `share`, `low`, `high` (95% Wilson interval), `undecided`, `median_wait` (days from there
        to the next event, for those who went on).
        `waiting_cost`, `waiting_cost_low`, `waiting_cost_high`: the share of people still there that one more day
        between the event before and `from_activity` costs, as the function `waiting_cost` estimates it
        (P(stay) = exp(−a − h·days), the cost is 1 − exp(−h)), with nothing else taken into account. A wait counted
        from another event, such as the images, has another cost: use `waiting_cost` on a table that holds it.
        `waiting_cost_note` names the event before; or it says why the cost is NaN: few are lost (under 10), the
        waits are nearly alike, or those who waited longer were lost less often. It tells what goes together, not
        what causes what. `waiting_cost_n`: how many people a cost rests on, or would: those who are decided and whose
        wait the log tells. `waiting_cost_missing`: how many got there and are decided, but have no wait before it.
        With `by`, the first column has its name. `attrs["interval"]`, `attrs["notes"]` and `attrs["left_out"]` are as
        for `attrition`; `attrs["waiting_cost_interval"]` names the interval of the cost.

    Raises:
        ValueError: as for `attrition`; also where `by` is unknown, or differs within a case.

    >>> log = pd.DataFrame({"case": ["P1", "P1", "P2"], "activity": ["request", "visit", "request"],
    ...                     "time": ["2025-03-01", "2025-03-03", "2025-03-02"]})
    >>> leak_points(log, done="visit")[["from_activity", "to_activity", "cases", "lost", "median_wait"]]
      from_activity to_activity  cases  lost  median_wait
    0       request       visit      2     1          2.0
    """
    end = _ending(done, left, open_days)
    if by is None:
        read = events(log)
        seen = _seen(read, end, int(read.time.max()))
        return _ranked([_leaks(seen)], read, [*seen.notes, *_endings(seen)])
    whole = read_log(log)
    read = events(whole)
    values = _one_per_case(whole, read, by)
    tables, notes = [], []
    for value, rows in values.groupby(values, sort=True).groups.items():
        seen = _seen(events(whole.loc[rows]), end, int(read.time.max()))
        table = _leaks(seen)
        table.insert(0, by, str(value))
        tables.append(table)
        notes += [f"{value}: {note}" for note in [*seen.notes, *_endings(seen)]]
    return _ranked(tables, read, notes)


# --- who stayed, who left ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ending:
    """How a log shows that people stayed (`done`) or left (`left`), and how long a case may lie still."""

    done: list[str]
    left: list[str]
    open_days: float | None


@dataclass(frozen=True)
class Seen:
    """The events of a log up to where people leave, and for each case how it ended.

    Attributes:
        names: the log that the numbers belong to.
        case, activity, time, owner: as in `Events`, without the events by which people leave and what follows them.
        last: for each case the place of its last event in these arrays; −1 where it has none.
        lost, undecided: for each case, is it?
        notes: sentences about cases that are not in a table.
    """

    names: Events
    case: np.ndarray
    activity: np.ndarray
    time: np.ndarray
    owner: np.ndarray | None
    last: np.ndarray
    lost: np.ndarray
    undecided: np.ndarray
    notes: list[str]

    @cached_property
    def counts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each activity: how many cases got there, are lost there, and are last seen there but undecided."""
        size = len(self.names.activities)
        if not len(self.case):
            return (np.zeros(size, np.int64),) * 3
        at = self.activity[self.last]
        reached = distinct(self.activity, self.case, size)
        return (
            reached,
            np.bincount(at[self.lost], minlength=size),
            np.bincount(at[self.undecided], minlength=size),
        )


def _ending(done: Any, left: Any, open_days: Any) -> Ending:
    if done is None and left is None:
        raise ValueError(
            "Say how the log shows who stayed or who left. done: the activity after which nobody is lost, such as "
            'done="treatment". left: the activity by which people leave, such as left="Opts out".'
        )
    if open_days is not None and done is None:
        raise ValueError(
            "open_days goes with done. With left alone, a case is lost only where the log says so."
        )
    if open_days is not None:
        open_days = checks.one_number(open_days, "open_days", 0)
    done, left = ([] if given is None else checks.names(given, "activity") for given in (done, left))
    if both := [name for name in done if name in left]:
        raise ValueError(
            f"“{shown(both[0])}” cannot be both: done is where people stay, left is how they go. Name it once."
        )
    return Ending([str(name) for name in done], [str(name) for name in left], open_days)


def _seen(read: Events, end: Ending, log_ends: int) -> Seen:
    """`log_ends`: the time of the log's last event, of which `read` may be a part."""
    count = len(read.starts)
    leaving = np.isin(read.activity, _codes(end.left, read))
    has_left = np.zeros(count, bool)
    has_left[read.case[leaving]] = True
    gone = np.cumsum(leaving)  # how many such events so far, in this case and all before it
    before = gone == np.repeat(gone[read.starts] - leaving[read.starts], read.sizes)
    case, activity, time = read.case[before], read.activity[before], read.time[before]
    last = np.full(count, -1)
    last[case] = np.arange(len(case))

    stays = np.full(count, not end.done) & ~has_left
    stays[case[np.isin(activity, _codes(end.done, read))]] = True
    lost = ~stays & (last >= 0)
    undecided = np.zeros(count, bool)
    if end.open_days is not None:
        undecided = lost & ~has_left & (log_ends - time[last] <= round(end.open_days * DAY))
    notes = []
    if nowhere := int((last < 0).sum()):
        notes.append(f"{nowhere:,} case{' leaves' if nowhere == 1 else 's leave'} before any touchpoint.")
    if still := int(undecided.sum()):
        notes.append(
            f"{still:,} case{' is' if still == 1 else 's are'} undecided: the log ends too soon to tell."
        )
    owner = None if read.owner is None else read.owner[before]
    return Seen(read, case, activity, time, owner, last, lost & ~undecided, undecided, notes)


def _endings(seen: Seen) -> list[str]:
    """Notes on touchpoints that are last for all who reach them, and that count as places where people are lost."""
    reached, lost, undecided = seen.counts
    return [
        f"“{shown(seen.names.activities[code])}” is last for all who reach it: is it an ending? "
        "Name it in done (they stay) or in left (they leave)."
        for code in np.flatnonzero((lost > 1) & (lost + undecided == reached)).tolist()
    ]


def _codes(wanted: list[str], read: Events) -> list[int]:
    places = {str(name): code for code, name in enumerate(read.activities)}
    for name in wanted:
        if name not in places:
            near = nearest(name, places)
            listed = ", ".join(shown(each) for each in list(places)[:20])
            hint = f"Did you mean “{near}”?" if near else f"The log has: {listed}."
            raise ValueError(f"“{shown(name)}” never happens in the log. {hint}")
    return [places[name] for name in wanted]


# --- hand-offs --------------------------------------------------------------------------------------------


def _leaks(seen: Seen) -> pd.DataFrame:
    names = seen.names.activities
    reached, lost, undecided = seen.counts
    later = seen.case[1:] == seen.case[:-1]
    here, there = seen.activity[:-1][later].astype(int), seen.activity[1:][later].astype(int)
    spread = Spread.of(here, np.diff(seen.time)[later], len(names))
    onward = here != there
    # at a draw the first one after it in the usual order
    steps = most_frequent(here[onward], (there - here)[onward] % len(names), len(names), len(names))
    follower = (np.arange(len(names)) + steps) % len(names)
    goes_on = np.bincount(here[onward], minlength=len(names)) > 0
    table = pd.DataFrame(
        {"from_activity": names, "to_activity": np.where(goes_on, names[follower], "")}, dtype="str"
    )
    if seen.owner is not None:
        owners = seen.names.owners
        table["owner"] = owners[most_frequent(seen.activity, seen.owner, len(names), len(owners))]
    table["cases"] = reached - undecided
    table["lost"] = lost
    table["share"], table["low"], table["high"] = _shares(lost, reached - undecided)
    table["undecided"] = undecided
    table["median_wait"] = spread.quantile(0.5)
    costs = [_cost(seen, code) for code in range(len(names))]
    for place, name in enumerate(("", "_low", "_high", "_note", "_n")):
        table[f"waiting_cost{name}"] = [cost[place] for cost in costs]
    table["waiting_cost_missing"] = table["cases"] - table["waiting_cost_n"]
    return table[goes_on | (lost > 0) | (undecided > 0)]


def _cost(seen: Seen, code: int) -> tuple[float, float, float, str, int]:
    """What a day of waiting before this activity costs, with its interval, or why nobody can tell; from how many."""

    def unknown(why: str) -> tuple[float, float, float, str, int]:
        return np.nan, np.nan, np.nan, why, int(known.sum())

    places = np.full(len(seen.last), -1)
    found = np.flatnonzero(seen.activity == code)
    places[seen.case[found]] = found  # the last time that the case got here
    lost_here = seen.lost & (places == seen.last)
    known = (places > 0) & ~(seen.undecided & (places == seen.last))
    known[known] = seen.case[places[known] - 1] == seen.case[places[known]]
    if not lost_here.any():
        return unknown("Nobody is lost here.")
    if not known.any():
        return unknown(
            "Cases begin here. The log has no wait before it. Where a table holds the wait, use waiting_cost."
        )
    since = _since(seen, seen.activity[places[known] - 1])
    days = (seen.time[places[known]] - seen.time[places[known] - 1]) / DAY
    lost = lost_here[known]
    if (few := int(lost.sum())) < LEAST_LOST:
        return unknown(
            f"Too few to tell what a day costs: {few} of those who waited {since} {'is' if few == 1 else 'are'} lost here. "
            f"At least {LEAST_LOST} are needed."
        )
    low, high = np.quantile(days, (0.1, 0.9))
    if high - low < LEAST_SPREAD:
        return unknown(
            f"The waits {since} are nearly alike (8 in 10 last from {low:.2g} to {high:.2g} days), so they cannot tell "
            "what a day costs. Where a table holds another wait, use waiting_cost."
        )
    try:
        cost = waiting_cost(pd.DataFrame({"days": days, "lost": lost.astype(float)}), "days", "lost")
    except ValueError:  # its words are about a table, and nobody gave one
        return unknown(
            f"The waits {since} tell the lost from the others without overlap: no finite cost fits."
        )
    if cost.high < 0:
        return unknown(
            f"Those who waited longer {since} were lost less often. That is no cost of waiting: people who wait long "
            "may differ from the others."
        )
    return cost.value, cost.low, cost.high, f"For each day {since}.", cost.n


def _since(seen: Seen, before: np.ndarray) -> str:
    """From where the wait counts: the event before, which may differ from case to case."""
    counts = np.bincount(before)
    name = f"“{shown(seen.names.activities[int(counts.argmax())])}”"
    return f"since {name}" if counts.max() == len(before) else f"since the event before (most often {name})"


def _shares(lost: np.ndarray, cases: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    share = np.divide(lost, cases, out=np.full(len(lost), np.nan), where=cases > 0)
    return share, *wilson(lost, cases)


def _ranked(tables: list[pd.DataFrame], read: Events, notes: list[str]) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    table = table.sort_values(["lost", "share"], ascending=False, kind="stable", ignore_index=True)
    table.attrs.update(
        interval=WILSON95,
        waiting_cost_interval=LIKELIHOOD95,
        notes=[*read.notes, *notes],
        left_out=read.left_out,
    )
    return table


def _one_per_case(log: pd.DataFrame, read: Events, by: str) -> pd.Series:
    """The value of the column `by` for each event, as text, "" where it is empty."""
    values = checks.column(log, by).map(to_text).astype("str")
    differs = read.followed[(values.to_numpy()[1:] != values.to_numpy()[:-1])[read.followed]]
    if len(differs):
        place = int(differs[0])
        raise ValueError(
            f"“{shown(by)}” differs within case {shown(read.cases[read.case[place]])} (“{shown(values[place])}” and "
            f"“{shown(values[place + 1])}”). leak_points needs a column with one value for each case."
        )
    return values

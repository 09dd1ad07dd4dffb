"""A log held against a plan: what each case skipped, added, did out of order, or did late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey import Journey
from cxkit.journey_cells import column_key, nearest, shown, to_text
from cxkit.log import DAY, Events, events

from . import checks
from .delays import paths

__all__ = ["compare_to_plan"]


@dataclass(frozen=True)
class Plan:
    """The planned activities in their order, and within how many days each follows the one before it."""

    activities: list[str]
    within: np.ndarray  # NaN where no time is planned


def compare_to_plan(log: Any, plan: Any) -> pd.DataFrame:
    """Hold every case against a plan.

    Args:
        log: what `read_log` gave, or a table that it can read.
        plan: the activities in their planned order: a list; or a table `activity`, `within_days` (empty: no limit);
            or a `Journey`. Its touchpoints are the activities; where it has a further column `activity`, the
            filled cells of that column are. Its `wait_days` are the limits, a wait at touchpoints between two
            activities added to that of the later one. A wait of 0 or an empty one is no limit: what should come at
            once is not late half an hour later.

    Returns:
        One row per case, in order of `case`: `skipped` (planned, but not done), `added` (done, but not planned, or
        done once more than planned), `out_of_order` (planned and done, but not in that place), `late` (done in its
        place, but more than `within_days` after the planned activity before it that this case did), each as text
        with "; " between activities and "" for none; and `fits` (True where all four are empty).
        Plan and case are matched so that as many activities as possible are in order: the longest common
        subsequence (Wagner & Fischer 1974). `attrs["notes"]` and `attrs["left_out"]` are those of `read_log`.

    Raises:
        ValueError: where the log cannot be read, or the plan is empty or names nothing that happens in the log.

    >>> log = pd.DataFrame({"case": ["P1", "P1", "P2", "P2"], "activity": ["request", "call", "request", "visit"],
    ...                     "time": ["2025-03-01", "2025-03-03", "2025-03-01", "2025-03-08"]})
    >>> compare_to_plan(log, pd.DataFrame({"activity": ["request", "call"], "within_days": [None, 1]}))
      case skipped  added out_of_order  late   fits
    0   P1                              call  False
    1   P2    call  visit                     False
    """
    read = events(log)
    wanted = _plan(plan)
    notes = _never(wanted.activities, read)
    place = {name: code for code, name in enumerate(read.activities)}
    # An activity that never happens gets a number of its own below 0, so that nothing matches it.
    codes = [place.get(name, -1 - step) for step, name in enumerate(wanted.activities)]
    group, example = paths(read)
    members = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    texts = np.full((len(read.starts), 4), "", dtype=object)
    for one, cases in zip(example, members, strict=True):
        steps = read.activity[read.starts[one] : read.starts[one] + read.sizes[one]].tolist()
        matched = _match(codes, steps)
        texts[cases, :3] = _differences(wanted.activities, matched, steps, read.activities)
        texts[cases, 3] = _late(wanted, matched, read.time, read.starts[cases])
    table = pd.DataFrame(texts, columns=["skipped", "added", "out_of_order", "late"], dtype="str")
    table.insert(0, "case", read.cases)
    table["fits"] = (texts == "").all(axis=1)
    table.attrs.update(notes=[*read.notes, *notes], left_out=read.left_out)
    return table


def _plan(given: Any) -> Plan:
    if isinstance(given, Journey):
        return _journey_plan(given.table)
    if isinstance(given, pd.DataFrame):
        names = checks.column(checks.table(given, "a plan"), "activity").tolist()
        within = np.full(len(names), np.nan)
        if "within_days" in given.columns:
            within = checks.numbers(given["within_days"], "within_days", low=0)
    elif isinstance(given, Iterable) and not isinstance(given, str | bytes | Mapping):
        names = list(given)
        within = np.full(len(names), np.nan)
    else:
        raise ValueError(
            f"A plan is a list of activities, a table with activity and within_days, or a journey, not “{shown(given)}”."
        )
    activities = [to_text(name) for name in names]
    if not activities:
        raise ValueError("The plan is empty. Name at least one activity.")
    if "" in activities:
        raise ValueError(
            f"Step {activities.index('') + 1} of the plan has no activity. Name it, or leave the step out."
        )
    return Plan(activities, within)


def _journey_plan(table: pd.DataFrame) -> Plan:
    column = next((name for name in table.columns if column_key(name) == "activity"), "touchpoint")
    names = [to_text(name) for name in table[column]]
    if not any(names):
        names = [to_text(name) for name in table["touchpoint"]]
    activities, within, days = [], [], 0.0
    for name, wait in zip(names, table["wait_days"].to_numpy(float), strict=True):
        days += wait  # an unknown wait between two activities leaves no limit to the later one
        if name:
            activities.append(name)
            within.append(days if days > 0 else np.nan)
            days = 0.0
    return Plan(activities, np.array(within))


def _never(activities: list[str], read: Events) -> list[str]:
    """Notes on planned activities that the log never has; they may be new, or misspelt."""
    known = read.activities.tolist()
    never = [name for name in dict.fromkeys(activities) if name not in known]
    if len(never) == len(set(activities)):
        listed = ", ".join(shown(name) for name in known[:20])
        raise ValueError(
            f"Nothing in the plan happens in the log, which has: {listed}. Use the same words in both."
        )
    notes = []
    for name in never:
        near = nearest(name, known)
        hint = f" Did you mean “{near}”?" if near else ""
        notes.append(f"“{shown(name)}” is planned, but never happens in the log.{hint}")
    return notes


def _match(plan: list[int], steps: list[int]) -> list[int]:
    """For each planned activity the place in the case that it is matched with, or −1: as many as can be in order."""
    most = np.zeros((len(plan) + 1, len(steps) + 1), int).tolist()
    for i in reversed(range(len(plan))):
        row, below = most[i], most[i + 1]
        for j in reversed(range(len(steps))):
            row[j] = below[j + 1] + 1 if plan[i] == steps[j] else max(below[j], row[j + 1])
    matched, j = [-1] * len(plan), 0
    for i in range(len(plan)):
        if most[i][j] == most[i + 1][j]:
            continue  # as many can be matched without it
        while plan[i] != steps[j]:
            j += 1
        matched[i] = j
        j += 1
    return matched


def _differences(
    plan: list[str], matched: list[int], steps: list[int], names: pd.Index
) -> tuple[str, str, str]:
    """What was skipped, added and out of order."""
    lacks = Counter(name for name, place in zip(plan, matched, strict=True) if place < 0)
    extra = Counter(names[step] for place, step in enumerate(steps) if place not in matched)
    moved = lacks & extra
    return "; ".join(lacks - moved), "; ".join(extra - moved), "; ".join(moved)


def _late(wanted: Plan, matched: list[int], time: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """For cases that take one path and begin at these places of the log: what they did late."""
    late = np.full(len(starts), "", dtype=object)
    before = -1
    for name, within, place in zip(wanted.activities, wanted.within, matched, strict=True):
        if place < 0:
            continue
        if before >= 0 and not np.isnan(within):
            over = time[starts + place] - time[starts + before] > round(within * DAY)
            late[over & (late != "")] += "; "
            late[over] += name
        before = place
    return late

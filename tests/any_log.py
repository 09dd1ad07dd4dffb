"""Logs of any shape for the laws that hold for all of them, and a plain, slow way to say what is right."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
from hypothesis import strategies as st

START = pd.Timestamp("2025-01-01")
ACTIVITIES = ["request", "visit", "images", "call", "booking"]

# few different values, so that ties, repeats and returns to an activity are frequent
rows = st.lists(
    st.tuples(
        st.sampled_from(["P1", "P2", "P3", "P10"]),
        st.sampled_from(ACTIVITIES),
        st.integers(0, 12),  # half days
        st.sampled_from(["Desk", "Dentist", ""]),
    ),
    min_size=1,
    max_size=24,
)


def table(found) -> pd.DataFrame:
    log = pd.DataFrame(found, columns=["case", "activity", "time", "resource"])
    return log.assign(time=START + pd.to_timedelta(log["time"] * 12, unit="h"))


logs = rows.map(table)


def shuffled(log: pd.DataFrame, seed: int) -> pd.DataFrame:
    """The same rows in another order, and with other row labels."""
    order = np.random.Generator(np.random.PCG64(seed)).permutation(len(log))
    return log.iloc[order].reset_index(drop=True)


def plain(log: pd.DataFrame) -> dict[str, list[tuple[str, pd.Timestamp, str]]]:
    """The events of each case in order of time, each once, ties by the mean place that an activity has."""
    means = mean_places(log)
    return {
        case: sorted(found, key=lambda event: (event[1], means[event[0]], event[0], event[2]))
        for case, found in sorted(different_events(log).items())
    }


def usual_order(log: pd.DataFrame) -> list[str]:
    means = mean_places(log)
    return sorted(means, key=lambda activity: (means[activity], activity))


def mean_places(log: pd.DataFrame) -> dict[str, float]:
    """The mean place of each activity in a case; events at one time share theirs."""
    places = defaultdict(list)
    for found in different_events(log).values():
        for activity, time, _ in found:
            earlier = sum(other < time for _, other, _ in found)
            together = sum(other == time for _, other, _ in found)
            places[activity].append(earlier + (together - 1) / 2)
    return {activity: sum(found) / len(found) for activity, found in places.items()}


def different_events(log: pd.DataFrame) -> dict[str, set[tuple[str, pd.Timestamp, str]]]:
    cases = defaultdict(set)
    columns = log[["case", "activity", "time", "resource"]]
    for case, activity, time, resource in columns.itertuples(index=False):
        cases[case].add((activity, time, resource))
    return cases


def no_draw(log: pd.DataFrame) -> bool:
    """Does every activity have a mean place of its own? Then names settle nothing."""
    means = mean_places(log)
    return len(set(means.values())) == len(means)

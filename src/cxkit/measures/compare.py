"""Did it work? Before against after, with and without a place where nothing was changed; and two journeys."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey import Journey
from cxkit.journey_cells import number_text, to_text, word_key

from . import checks
from .confidence import T95, mean_and_reach, t_reach, wilson
from .estimate import Estimate, number
from .scores import proportion
from .shares import combine
from .told import counted, told

__all__ = ["Change", "compare"]

# Which way each group enters the difference.
SIGNS = {"after": 1, "before": -1, "elsewhere, after": -1, "elsewhere, before": 1}
FOLLOWED = {
    "stage": "stage",
    "channel": "channel",
    "owner": "owner",
    "wait_days": "wait",
    "expected": "expected",
    "experienced": "experienced",
    "failure": "failure",
}
NUMBERS = ("wait_days", "expected", "experienced")
COLUMN_OF = {change: column for column, change in FOLLOWED.items()}
CHANGES = ("touchpoint", "change", "before", "after", "difference", "evidence")


@dataclass(frozen=True, repr=False)
class Change(Estimate):
    """A change, and the level of each group that it was worked out from.

    Attributes:
        groups: an `Estimate` by “before”, “after” and, with `elsewhere`, “elsewhere, before” and “elsewhere, after”.
    """

    groups: Mapping[str, Estimate] = field(default_factory=dict, hash=False)


def compare(before: Any, after: Any, elsewhere: tuple[Any, Any] | None = None) -> Estimate | pd.DataFrame:
    """What changed: after − before; or the change here minus the change elsewhere; or two journeys.

    Shares (yes/no answers): the 95% interval of Newcombe (1998), method 10, and with `elsewhere` its form for four
    shares (Zou & Donner 2008). Means (numbers): Welch's t interval (Welch 1947), and with `elsewhere` the same with four
    variances, none of them pooled. The answers before and after come from different people.

    Args:
        before, after: two lists or columns of yes/no answers (yes/no, true/false, 1/0, כן/לא) or of numbers; or two
            journeys.
        elsewhere: (before, after) from a place where nothing was changed: the result is then the difference in
            differences (Snow 1855; Card & Krueger 1994).

    Returns:
        For lists an Estimate: for yes/no answers a difference of shares (−1 to 1), for numbers a difference in their own
        unit; positive where there is more after. For journeys a table, one row per change: `touchpoint, change, before,
        after, difference, evidence`, where `change` is added, removed, moved, stage, channel, owner, wait, expected,
        experienced or failure, and `difference` is after − before (NaN where it is not a number). `evidence` is that of
        the journey after: observed, inferred or assumed ("" where it says nothing, or the touchpoint is gone); a cell
        that a column `inferred` names is not observed. `attrs["notes"]` says how many new numbers nobody has observed.

    Raises:
        ValueError: where the two sides are of different kinds, or a side has too few answers.

    >>> compare(["no", "no", "yes", "no"], ["yes", "yes", "no", "yes"]).value
    0.5
    >>> compare([3, 4, 5], [6, 7, 8], elsewhere=([3, 4, 5], [4, 5, 6])).value
    2.0
    """
    if isinstance(before, Journey) or isinstance(after, Journey):
        start = "A journey is compared with a journey"
        for name, given in (("before", before), ("after", after)):
            if not isinstance(given, Journey):
                raise ValueError(f"{start}, but “{name}” is {told(given)}.")
        if elsewhere is not None:
            raise ValueError(f"{start}: compare(before, after). “elsewhere” is for answers; leave it out.")
        return _journeys(before, after)
    groups = {"before": before, "after": after}
    if elsewhere is not None:
        if not isinstance(elsewhere, tuple | list) or len(elsewhere) != 2:
            raise ValueError("“elsewhere” needs two lists: elsewhere=(before, after).")
        groups |= {"elsewhere, before": elsewhere[0], "elsewhere, after": elsewhere[1]}
    found, shares = _answers(groups)
    missing = sum(int(np.isnan(each).sum()) for each in found.values())
    found = {name: each[~np.isnan(each)] for name, each in found.items()}
    least = 1 if shares else 2
    for name, each in found.items():
        if len(each) < least:
            few = "no answer" if not len(each) else "one answer only; a mean needs two or more"
            raise ValueError(f"“{name}” has {few}. There is nothing to compare.")
    value = sum(SIGNS[name] * float(each.mean()) for name, each in found.items())
    value = round(value, 12) + 0.0
    low, high, se = (_of_shares if shares else _of_means)(found, value)
    n = sum(map(len, found.values()))
    method = "Newcombe" if shares else "Welch"
    interval = (
        f"95% {method} interval" if len(found) == 2 else f"95% interval, four {_kinds(shares)}, unpooled"
    )
    name = "Change" if len(found) == 2 else "Change here minus change elsewhere"
    words = _words(found, value, low, high, shares)
    unit = "difference of shares" if shares else ""
    levels = {group: _level(each, group, shares) for group, each in found.items()}
    return Change(value, low, high, n, interval, name, unit, words, missing, se, levels)


def _level(answers: np.ndarray, name: str, shares: bool) -> Estimate:
    """How things stood in one group."""
    n = len(answers)
    if shares:
        return proportion(int(answers.sum()), n)
    mean, se, reach = mean_and_reach(answers)
    return Estimate(mean, mean - reach, mean + reach, n, T95, name, se=se)


def _kinds(shares: bool) -> str:
    return "Wilson intervals joined (Zou & Donner 2008)" if shares else "variances (Welch)"


def _answers(groups: Mapping[str, Any]) -> tuple[dict[str, np.ndarray], bool]:
    """The answers of each group as numbers, and whether they are yes/no.

    Most groups decide, or the first one (1 and 0 may be either): the one that differs is the one to name.
    """
    votes = [vote for name, each in groups.items() if (vote := _vote(each, name))]
    shares = not votes or (sum(votes) or votes[0]) > 0
    read = checks.yes_no if shares else checks.numbers
    return {name: read(each, name) for name, each in groups.items()}, shares


def _vote(values: Any, name: str) -> int:
    """1 for answers that are clearly yes and no, −1 for any others, 0 for what may be either."""
    if _says_yes_or_no(values):
        return 1
    try:
        checks.yes_no(values, name)
    except ValueError:
        return -1
    return 0


def _says_yes_or_no(values: Any) -> bool:
    # a column of numbers holds no words; there may be a million of them
    if getattr(getattr(values, "dtype", None), "kind", "O") in "biuf":
        return False
    given = [values] if isinstance(values, str) else list(values) if hasattr(values, "__iter__") else []
    words = [value for value in given if isinstance(value, str) and not value.strip().isdigit()]
    return any(word_key(word) in checks.YES | checks.NO for word in words)


def _of_shares(groups: Mapping[str, np.ndarray], value: float) -> tuple[float, float, float]:
    below, above, variance = [], [], 0.0
    for name, answers in groups.items():
        p, n = float(answers.mean()), len(answers)
        low, high = map(float, wilson(answers.sum(), n))
        less, more = (p - low, high - p) if SIGNS[name] > 0 else (high - p, p - low)
        below.append(less)
        above.append(more)
        variance += p * (1 - p) / n
    low, high = combine(value, below, above)
    widest = len(groups) / 2
    return max(low, -widest), min(high, widest), math.sqrt(variance)


def _of_means(groups: Mapping[str, np.ndarray], value: float) -> tuple[float, float, float]:
    parts = [(float(each.var(ddof=1)) / len(each), len(each) - 1) for each in groups.values()]
    variance = sum(part for part, _ in parts)
    if not variance:
        return value, value, 0.0
    freedom = variance**2 / sum(part**2 / free for part, free in parts)
    half = float(t_reach(math.sqrt(variance), freedom))
    return value - half, value + half, math.sqrt(variance)


def _words(groups: Mapping[str, np.ndarray], value: float, low: float, high: float, shares: bool) -> str:
    def level(name: str) -> str:
        mean = float(groups[name].mean())
        return f"{number(round(100 * mean, 10))}%" if shares else number(mean)

    def change(amount: float) -> str:
        size = 100 * amount if shares else amount
        sign = "+" if size > 0 else ""
        return f"{sign}{number(round(size, 10))}{' points' if shares else ''}"

    here = f"From {level('before')} to {level('after')}"
    if low <= 0 <= high:
        sure = "The interval holds 0: no change at all fits these data too."
    else:
        sure = f"The interval leaves out 0: {'more' if value > 0 else 'less'} than before."
    if len(groups) == 2:
        caution = (
            "A before and after alone is no proof of cause: whatever else changed in that time is in it too."
        )
        return f"{here}: {change(value)}. {sure} {caution}"
    there = f"elsewhere from {level('elsewhere, before')} to {level('elsewhere, after')}"
    caution = "This assumes that both places would have moved alike without the change."
    return f"{here}, {there}: a difference of {change(value)}. {sure.replace('than before', 'than elsewhere')} {caution}"


def _journeys(before: Journey, after: Journey) -> pd.DataFrame:
    """One row per change, in the order of the journey after; what was removed stands last."""
    old, new = _by_touchpoint(before), _by_touchpoint(after)
    both = [key for key in new if key in old]
    kept = _in_order([old[key]["place"] for key in both])
    rows: list[dict[str, Any]] = []

    def note(row: Mapping[str, Any], change: str, was: str, now: str, difference: float = math.nan) -> None:
        evidence = "" if change == "removed" else _evidence(row, COLUMN_OF.get(change, ""))
        cells = (row["touchpoint"], change, was, now, difference, evidence)
        rows.append(dict(zip(CHANGES, cells, strict=True)))

    for key, row in new.items():
        if key not in old:
            note(row, "added", "", f"step {row['place'] + 1}")
            continue
        was = old[key]
        if was["place"] not in kept:
            note(row, "moved", f"step {was['place'] + 1}", f"step {row['place'] + 1}")
        for column, change in FOLLOWED.items():
            one, two = was[column], row[column]
            if column in NUMBERS:
                if one != two and not (math.isnan(one) and math.isnan(two)):
                    was_text, now = ("" if math.isnan(each) else number_text(each) for each in (one, two))
                    note(row, change, was_text, now, round(two - one, 10))
            elif one != two:
                note(row, change, one, two)
    for key, row in old.items():
        if key not in new:
            note(row, "removed", f"step {row['place'] + 1}", "")
    kinds = {name: float if name == "difference" else "str" for name in CHANGES}
    result = pd.DataFrame(rows, columns=list(CHANGES)).astype(kinds)
    result.attrs["notes"] = _not_observed(result)
    return result


def _evidence(row: Mapping[str, Any], column: str) -> str:
    listed = {word_key(part) for part in to_text(row.get("inferred", "")).split(",")}
    return "inferred" if row["evidence"] == "observed" and word_key(column) in listed else row["evidence"]


def _not_observed(changes: pd.DataFrame) -> list[str]:
    new = changes[changes["change"].map(COLUMN_OF).isin(NUMBERS) & (changes["after"] != "")]
    kinds = [kind for kind in ("inferred", "assumed") if (new["evidence"] == kind).any()]
    if not kinds:
        return []
    count = int(new["evidence"].isin(kinds).sum())
    changed = counted(len(new), "changed score or wait", "changed scores and waits")
    says = "It says" if count == 1 else "They say"
    return [
        f"{' or '.join(kinds).capitalize()} in the journey after: {count:,} of {changed}. "
        f"{says} what is planned, not what was measured."
    ]


def _by_touchpoint(journey: Journey) -> dict[tuple[str, int], dict[str, Any]]:
    """(touchpoint, which time it comes) -> its row and its place. Case and spaces do not matter."""
    seen: Counter[str] = Counter()
    found = {}
    for place, row in enumerate(journey.table.to_dict("records")):
        key = word_key(row["touchpoint"])
        found[key, seen[key]] = {**{str(name): value for name, value in row.items()}, "place": place}
        seen[key] += 1
    return found


def _in_order(places: list[int]) -> set[int]:
    """A longest part of `places` that still rises: what is not in it has moved."""
    ends: list[int] = []
    chains: list[list[int]] = []
    for place in places:
        at = bisect_left(ends, place)
        chain = [*(chains[at - 1] if at else []), place]
        ends[at : at + 1], chains[at : at + 1] = [place], [chain]
    return set(chains[-1]) if chains else set()

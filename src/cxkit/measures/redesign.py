"""Redesign: where to mend and where to lift, what to do first, and whether a change worked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey import Journey
from cxkit.journey_cells import nearest, number_text, shown, to_text, word_key

from . import checks
from .compare import compare
from .estimate import Estimate, people_table
from .shares import combine, share
from .told import counted, told

__all__ = ["Mismatch", "compare", "mismatch", "opportunities", "prioritise"]

BEST = 10
# Scores that differ by less are a tie: sums of decimals carry dust in the last digits.
ALIKE = 1e-12


def opportunities(journey: Journey) -> pd.DataFrame:
    """Where to act on a journey: painful touchpoints to mend, and good ones to lift beyond what was expected.

    A touchpoint is to mend where less was experienced than expected, or where a failure is marked; the largest
    disappointment comes first. It is to lift where it was as good as expected or better, and could still be better
    (below 10): nobody complains there, and a little more may delight. Moments of truth come first, then the best
    ones. At a tie a moment of truth comes first, then one without an owner, then the earlier one. The order is a rule
    of ours, after Parasuraman, Zeithaml & Berry (1988): experienced − expected.

    Args:
        journey: a `Journey`; scores run from 1 to 10.

    Returns:
        One row per opportunity, all to mend before all to lift: `touchpoint, kind, gap, owner, moment, why`. `kind` is
        mend (put right what disappoints) or lift (make a good one better). `attrs["missing"]` counts the touchpoints with
        a score missing and no failure, which are left out.

    Raises:
        ValueError: if `journey` is not a `Journey`.

    >>> journey = Journey([
    ...     {"stage": "care", "touchpoint": "Visit", "channel": "in person", "expected": 7, "experienced": 8},
    ...     {"stage": "care", "touchpoint": "Call", "channel": "phone", "expected": 7, "experienced": 2}])
    >>> opportunities(journey)[["touchpoint", "kind", "gap"]]
      touchpoint  kind  gap
    0       Call  mend -5.0
    1      Visit  lift  1.0
    """
    if not isinstance(journey, Journey):
        raise ValueError(f"opportunities needs a journey, not {told(journey)}. Read one with read_journey.")
    table = journey.table
    table["gap"] = (table["experienced"] - table["expected"]).round(10)
    found, missing = [], 0
    for place, row in enumerate(_records(table)):
        gap, plain = row["gap"], not row["moment"]
        if gap < 0 or row["failure"]:
            rank = (0, gap if gap == gap else math.inf, plain, bool(row["owner"]), place)
            kind = "mend"
        elif gap >= 0 and row["experienced"] < BEST:
            rank = (1, plain, -row["experienced"], bool(row["owner"]), place)
            kind = "lift"
        else:
            missing += bool(gap != gap)
            continue
        parts = {name: row[name] for name in ("touchpoint", "gap", "owner", "moment")}
        found.append((rank, {**parts, "kind": kind, "why": _why(kind, row)}))
    found.sort(key=lambda each: each[0])
    columns = ["touchpoint", "kind", "gap", "owner", "moment", "why"]
    text = {name: "str" for name in columns if name != "gap"}
    result = pd.DataFrame([row for _, row in found], columns=columns).astype({**text, "gap": float})
    result.attrs = {"missing": missing}
    return result


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _why(kind: str, row: Mapping[str, Any]) -> str:
    gap, parts = row["gap"], []
    if gap == gap:
        scores = f"Expected {number_text(row['expected'])}, experienced {number_text(row['experienced'])}"
        if gap < 0:
            parts.append(f"{scores}: {number_text(-gap)} short.")
        elif kind == "lift":
            as_good = f"{number_text(gap)} better than" if gap else "as good as"
            room = number_text(BEST - row["experienced"])
            parts.append(f"{scores}: {as_good} expected. It can still rise by {room}, up to {BEST}.")
        else:
            parts.append(f"{scores}.")
    if row["failure"]:
        both = row["failure"] == "both"
        parts.append("A failure of service and of sales." if both else f"A {row['failure']} failure.")
    if row["moment"]:
        parts.append(f"The {row['moment']} moment of truth.")
    if not row["owner"]:
        parts.append("Nobody owns it.")
    return " ".join(parts)


def prioritise(
    options: pd.DataFrame, weights: Mapping[str, float] | None = None, draws: int = 2000, seed: int = 2026
) -> pd.DataFrame:
    """What to do first: options ranked by value for effort, and how sure that order is.

    The score is value ÷ effort; with weights it is value^a ÷ effort^b, the weighted product of Bridgman (1922), whose
    order does not depend on the units. Where a low and a high are given, value and effort are drawn from a triangular
    distribution (low, most likely, high), each by itself, and ranked anew in each draw. An end that is missing is taken
    as certain: the number lies no further out on that side.

    Args:
        options: one row per option: `option` (a name, each once), `value` (0 or more) and `effort` (above 0), in any
            units; and where known `value_low`, `value_high`, `effort_low`, `effort_high` around them.
        weights: how much each counts, such as {"value": 2, "effort": 1}; 0 or more. None: 1 and 1.
        draws: how many times the uncertain numbers are drawn.
        seed: for the draws; the same seed gives the same table.

    Returns:
        `option, value, effort, score, rank, rank_low, rank_high, share_first`, best first. `rank` counts from 1; options
        with the same score (to 12 digits) share it; among them the one with the larger numbers stands first (value, its
        high and low, then effort), and with the same numbers the first name. `rank_low` to `rank_high` holds the rank in
        95% of the draws, `share_first` is the share of draws (0 to 1) in which the option comes first. `attrs` names the
        `interval` and counts: `missing` (options left out because a number is missing) and `no_range` (for value and for
        effort, the options without a low or without a high); `notes` says it in sentences.

    Raises:
        ValueError: for an option named twice, a number out of range, or a low above its value.

    >>> options = pd.DataFrame({"option": ["Call back", "New desk"], "value": [8, 9], "effort": [2, 6],
    ...                         "value_low": [5, 8], "value_high": [9, 10]})
    >>> prioritise(options)[["option", "score", "rank", "share_first"]]
          option  score  rank  share_first
    0  Call back    4.0     1          1.0
    1   New desk    1.5     2          0.0
    """
    table = checks.table(options, "a table of options with the columns option, value and effort")
    named, ranges, missing, no_range = _options(table)
    powers = _weights(weights)
    times = int(checks.one_number(draws, "“draws”", 1, 1_000_000, whole=True))
    random = np.random.Generator(np.random.PCG64(checks.a_seed(seed)))
    score = _scores(named["value"].to_numpy(), named["effort"].to_numpy(), powers)
    value, effort = (_triangular(random, ranges[name], times) for name in ("value", "effort"))

    ranks = _ranks(_scores(value, effort, powers))
    first = (ranks == 1) / (ranks == 1).sum(axis=1, keepdims=True)
    low, high, share_first = np.empty((3, len(named)))
    _, alike = np.unique(np.vstack(list(ranges.values())), axis=1, return_inverse=True)
    # options with the same numbers share their draws: which of them drew what is a matter of their names only
    for each in range(alike.max() + 1):
        inside = alike == each
        low[inside], high[inside] = np.quantile(ranks[:, inside], [0.025, 0.975], method="inverted_cdf")
        share_first[inside] = first[:, inside].mean()
    named = named.assign(
        score=[float(f"{each:.12g}") for each in score],
        rank=_ranks(score[None])[0],
        rank_low=low.astype(int),
        rank_high=high.astype(int),
        share_first=share_first,
    )
    result = named.sort_values("rank", kind="stable", ignore_index=True)
    result.attrs = {"missing": missing, "no_range": no_range, "interval": f"95% of {times:,} draws"}
    result.attrs["notes"] = _notes(len(named), missing, no_range)
    return result


def _notes(kept: int, missing: int, no_range: Mapping[str, int]) -> list[str]:
    ranked, given = (counted(n, "option", "options") for n in (kept, kept + missing))
    certain = ", ".join(f"the {name} of {count:,} of {ranked}" for name, count in no_range.items() if count)
    return [
        *([f"Taken as certain, since a low or a high is missing: {certain}."] if certain else []),
        *([f"Left out, since a number is missing: {missing:,} of {given}."] if missing else []),
    ]


def _options(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, np.ndarray], int, dict[str, int]]:
    """The options, (low, value, high) of each number, how many were left out, and how many lack a low or a high."""
    named = pd.DataFrame({"option": [to_text(each) for each in checks.column(table, "option")]})
    keys = [word_key(each) for each in named["option"]]
    for row, key in enumerate(keys):
        if not key:
            raise ValueError(f"“option”, row {row + 2}: the option has no name. Name it. {checks.ROWS}")
        if key in keys[:row]:
            raise ValueError(
                f"“option”, row {row + 2}: “{shown(named['option'][row])}” stands there twice. Keep one. {checks.ROWS}"
            )
    known = {name: _numbers(table, name, exact=True) for name in ("value", "effort")}
    if (zero := known["effort"] == 0).any():
        where = int(np.flatnonzero(zero)[0])
        raise ValueError(
            f"“effort”, row {where + 2}: nothing is done without effort. Write a number above 0. {checks.ROWS}"
        )
    kept = ~np.isnan(known["value"]) & ~np.isnan(known["effort"])
    if not kept.any():
        raise ValueError("No option has both a value and an effort.")
    ranges, no_range = {}, {}
    for name, middle in known.items():
        low, high = (_numbers(table, f"{name}_{end}") for end in ("low", "high"))
        no_range[name] = int((np.isnan(low) | np.isnan(high))[kept].sum())
        low, high = np.where(np.isnan(low), middle, low), np.where(np.isnan(high), middle, high)
        for end, wrong in (("low", low > middle), ("high", high < middle)):
            if wrong.any():
                where = int(np.flatnonzero(wrong)[0])
                raise ValueError(
                    f"“{name}_{end}”, row {where + 2}: it must lie on the {end} side of {name}, {middle[where]:g}. "
                    f"{checks.ROWS}"
                )
        if name == "effort" and (low == 0).any():
            raise ValueError(
                "“effort_low” holds a 0. Nothing is done without effort: write a number above 0."
            )
        ranges[name] = np.stack([low, middle, high])
    named = named.assign(**known)[kept]
    ranges = {name: each[:, kept] for name, each in ranges.items()}
    # By their numbers, the largest first: neither the order of the rows nor the names decide who draws what. Names
    # come last, between options that are alike in every number.
    numbers = [-ranges[name][end] for name in ("effort", "value") for end in (0, 2, 1)]
    order = np.lexsort((named["option"].to_numpy(str), *numbers))
    ranges = {name: each[:, order] for name, each in ranges.items()}
    return named.iloc[order].reset_index(drop=True), ranges, int((~kept).sum()), no_range


def _numbers(table: pd.DataFrame, name: str, exact: bool = False) -> np.ndarray:
    if not exact and name not in table.columns:
        return np.full(len(table), np.nan)
    return checks.numbers(checks.column(table, name), name, 0)


def _weights(weights: Any) -> tuple[float, float]:
    given = {"value": 1.0, "effort": 1.0}
    if weights is not None and not isinstance(weights, Mapping | pd.Series):
        raise ValueError(f"Name each weight: weights={{'value': 2, 'effort': 1}}, not {told(weights)}.")
    for name, weight in ({} if weights is None else weights).items():
        if name not in given:
            near = nearest(str(name), given)
            hint = f"Did you mean {near}?" if near else "Write value and effort."
            raise ValueError(f"There is no weight “{shown(name)}”. {hint}")
        given[str(name)] = checks.one_number(weight, f"The weight of {name}", 0, 100)
    if not any(given.values()):
        raise ValueError("Both weights are 0. Then every option is alike. Give one of them a weight above 0.")
    return given["value"], given["effort"]


def _scores(value: np.ndarray, effort: np.ndarray, powers: tuple[float, float]) -> np.ndarray:
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        scores = value ** powers[0] / effort ** powers[1]
    if not np.isfinite(scores).all() or ((scores == 0) & (value > 0)).any():
        raise ValueError(
            "A score is too large or too small to be counted. Write smaller weights, or the numbers in other units."
        )
    return scores


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Ranks along each row, 1 for the highest score; equal scores share the better rank."""
    order = np.argsort(-scores, axis=1, kind="stable")
    inline = np.take_along_axis(scores, order, axis=1)
    fresh = np.ones(scores.shape, bool)
    fresh[:, 1:] = inline[:, :-1] - inline[:, 1:] > ALIKE * inline[:, :-1]
    places = np.maximum.accumulate(np.where(fresh, np.arange(1, scores.shape[1] + 1), 0), axis=1)
    ranks = np.empty(scores.shape, int)
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks


def _triangular(random: np.random.Generator, ends: np.ndarray, draws: int) -> np.ndarray:
    """Draws × options. By the inverse of the distribution, since numpy's own refuses low = high."""
    low, middle, high = ends
    even = random.random((draws, ends.shape[1]))
    width = np.where(high > low, high - low, 1.0)
    turn = (middle - low) / width
    rising = low + np.sqrt(even * width * (middle - low))
    falling = high - np.sqrt((1 - even) * width * (high - middle))
    return np.where(high > low, np.where(even < turn, rising, falling), middle)


def _binomial_ends(n: int, p: float) -> tuple[float, float]:
    """The 2.5% and the 97.5% quantile of how many of `n` people do what each does with the chance `p`."""
    # scipy.stats would take seconds to load for these two numbers
    from scipy.special import bdtrik

    if not 0 < p < 1:
        return n * p, n * p
    # it cannot tell where nearly everybody does it, or nearly nobody
    low, high = np.nan_to_num(np.ceil(bdtrik([0.025, 0.975], n, p)), nan=0.0 if p < 0.5 else n)
    return float(low), float(high)


@dataclass(frozen=True)
class Mismatch:
    """Who stays and who leaves at the first touchpoint: `stays` and `leaves` (Estimates of people), `words`."""

    stays: Estimate
    leaves: Estimate
    words: str

    def __repr__(self) -> str:
        return f"{self.stays!r}\n{self.leaves!r}\n{self.words}"

    def _repr_html_(self) -> str:
        return people_table([("stay", self.stays), ("leave", self.leaves)], self.words)


def mismatch(share_expecting: Any, stay_if_met: Any, stay_if_missed: Any, people: int = 100) -> Mismatch:
    """What a mismatch of expectations costs at the first touchpoint: the chef and the vegetarians.

    A chef opens a restaurant that serves meat in a city where 80% are vegetarian. Of `people` who come, the share
    `share_expecting` expect what is not there. Staying is then a weighted mean (the law of total probability). The
    interval joins chance (binomial, Clopper & Pearson's quantiles) and the doubt in the shares, in squares (Zou &
    Donner 2008).

    Args:
        share_expecting: the share of people who expect what you do not offer. Here and below: a number from 0 to 1, an
            `Estimate`, or a pair (how many, of how many).
        stay_if_met: the share who stay when they find what they expect.
        stay_if_missed: the share who stay when they do not.
        people: how many come; a whole number, 1 or more.

    Returns:
        A `Mismatch` with `.stays` and `.leaves`, Estimates of people that add up to `people`.

    Raises:
        ValueError: for what is not a share.

    >>> mismatch(0.8, stay_if_met=0.9, stay_if_missed=0.1).leaves.value
    74.0
    """
    count = int(checks.one_number(people, "“people”", 1, whole=True))
    expecting = share(share_expecting, "share_expecting")
    met, missed = share(stay_if_met, "stay_if_met"), share(stay_if_missed, "stay_if_missed")
    staying = (1 - expecting.value) * met.value + expecting.value * missed.value

    ends = _binomial_ends(count, staying)
    value = round(count * staying, 10)
    below, above = [max(value - ends[0], 0.0)], [max(ends[1] - value, 0.0)]
    pull = missed.value - met.value
    for part, slope in ((expecting, pull), (met, 1 - expecting.value), (missed, expecting.value)):
        sides = [count * abs(slope) * (part.value - part.low), count * abs(slope) * (part.high - part.value)]
        less, more = sides if slope >= 0 else sides[::-1]
        below.append(less)
        above.append(more)
    low, high = combine(value, below, above)
    low, high = max(low, 0.0), min(high, float(count))
    doubted = any(part.interval for part in (expecting, met, missed))
    interval = "95% interval, from chance" + (" and from how sure the shares are" if doubted else " alone")
    leaves = round(count - value, 10)
    expect, stay, leave = (
        counted(round(many), one, several)
        for many, one, several in (
            (count * expecting.value, "expects", "expect"),
            (value, "stays", "stay"),
            (leaves, "leaves", "leave"),
        )
    )
    words = (
        f"Of {counted(count, 'person', 'people')}, {expect} what is not there. "
        f"About {stay} and {leave} at the first touchpoint."
    )

    def people_who(name: str, many: float, low: float, high: float) -> Estimate:
        unit = "person" if many == 1 else "people"
        return Estimate(many, low, high, count, interval, name, unit, words)

    return Mismatch(
        people_who("Stay", value, low, high), people_who("Leave", leaves, count - high, count - low), words
    )

"""The gap between what a customer expected and what the customer experienced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey import Journey
from cxkit.journey_cells import is_empty, shown, word_key

from . import checks
from .confidence import T95, no_width, t_reach

__all__ = ["gap"]

SCORES = ("expected", "experienced")
# Rounded, so that 4.19 − 4.44 shows as −0.25 and not as −0.2500000000000009.
DIGITS = 10
# What a column that says who answered is most often called, with or without “id” at its end.
PERSONS = (
    "member",
    "patient",
    "person",
    "customer",
    "client",
    "respondent",
    "participant",
    "user",
    "case",
    "id",
)


def gap(
    journey_or_survey: Journey | pd.DataFrame, per: str | None = None, also: Sequence[str] = ()
) -> pd.DataFrame:
    """The gap at each touchpoint: experienced − expected, so a disappointment is negative.

    The formula is that of SERVQUAL: perception − expectation (Parasuraman, Zeithaml and Berry, 1988).

    Args:
        journey_or_survey: a `Journey`, or a survey: a DataFrame with one row per answer and the columns
            `touchpoint`, `expected`, `experienced`. Scores run from 1 to 10; an empty cell is no answer. Spaces around
            a touchpoint's name do not make another touchpoint.
        per: for a survey, the column that tells one person from another, such as "member". Not a column of groups,
            such as "branch": for these take the rows of one group at a time.
        also: with `per`, further columns of scores from 1 to 10, such as ["staff_attitude"].

    Returns:
        For a journey, one row per touchpoint in its order: `touchpoint`, `expected`, `experienced`, `gap`
        (−9 to 9). Where one of the two scores is unknown, so is the gap (NaN).
        For a survey, one row per touchpoint in order of first appearance: `touchpoint`, `expected`,
        `experienced`, `gap` (means over the answers with both scores), `low`, `high` (95% t interval of the
        mean gap; NaN below two answers), `n` (answers with both scores), `missing` (answers without). `attrs` holds
        `interval` and `notes`, sentences of caution: where one person has several answers for one touchpoint (seen
        where a column such as `member` says who answered), and where equal gaps leave an interval without width.
        With `per`, one row per person: that column, then one column per touchpoint with this person's gap,
        NaN where a score is missing; then, for each column of `also` and each touchpoint at which anybody has such a
        score, a column such as “staff_attitude: Joining”.

    Raises:
        ValueError: for something else, a column that is not there, a score that is no number or outside
            1 to 10, a row without a touchpoint or person, or two answers of one person to one touchpoint.

    >>> journey = Journey([{"stage": "care", "touchpoint": "Calls", "channel": "phone",
    ...                     "expected": 7, "experienced": 2}])
    >>> gap(journey)
      touchpoint  expected  experienced  gap
    0      Calls       7.0          2.0 -5.0
    >>> survey = pd.DataFrame({"member": ["a", "b", "c"], "touchpoint": "Calls",
    ...                        "expected": [7, 8, 9], "experienced": [5, 7, None]})
    >>> gap(survey)[["touchpoint", "gap", "n", "missing"]]
      touchpoint  gap  n  missing
    0      Calls -1.5  2        1
    >>> gap(survey, per="member")
      member  Calls
    0      a   -2.0
    1      b   -1.0
    2      c    NaN
    >>> gap(survey.assign(staff=[4, None, 9]), per="member", also=["staff"])
      member  Calls  staff: Calls
    0      a   -2.0           4.0
    1      b   -1.0           NaN
    2      c    NaN           9.0
    """
    others = checks.names(also, "further column") if len(also or ()) else []
    if others and (per is None or isinstance(journey_or_survey, Journey)):
        raise ValueError('also needs a survey, and per, the column that says who answered, such as "member".')
    if isinstance(journey_or_survey, Journey):
        if per is not None:
            raise ValueError(
                f"A journey is told for one person, so it has no “{shown(per)}”. Leave per out, or give a survey."
            )
        table = journey_or_survey.table[["touchpoint", *SCORES]]
        return table.assign(gap=(table["experienced"] - table["expected"]).round(DIGITS))
    if not isinstance(journey_or_survey, pd.DataFrame):
        raise ValueError(
            f"gap needs a journey or a survey table, not “{shown(journey_or_survey)}”. "
            "Read a journey with read_journey."
        )
    survey = checks.table(journey_or_survey, "a survey table")
    place, touchpoints = codes(survey, "touchpoint")
    expected, experienced = (numbers_of(survey, name) for name in SCORES)
    if per is not None:
        further = {name: numbers_of(survey, name) for name in others}
        return _wide(survey, per, place, touchpoints, experienced - expected, further)
    found = _means(place, touchpoints, expected, experienced)
    who = _person_column(survey)
    notes = [] if who is None else several_answers(_known(survey[who]), place, who)
    equal = found["touchpoint"][(found["n"] > 1) & (found["low"] == found["high"])].tolist()
    notes += [no_width("gaps", equal)] if equal else []
    found.attrs.update(interval=T95, notes=notes)
    return found


def _means(
    place: np.ndarray, touchpoints: list[Any], expected: np.ndarray, experienced: np.ndarray
) -> pd.DataFrame:
    size = len(touchpoints)
    both = ~np.isnan(expected) & ~np.isnan(experienced)
    at, each = place[both], (experienced - expected)[both]
    n = np.bincount(at, minlength=size)

    def mean(values: np.ndarray) -> np.ndarray:
        total = np.bincount(at, weights=values, minlength=size)
        return np.divide(total, n, out=np.full(size, np.nan), where=n > 0)

    gaps = mean(each)
    squares = np.bincount(at, weights=(each - gaps[at]) ** 2, minlength=size)
    spread = np.divide(squares, n * (n - 1.0), out=np.full(size, np.nan), where=n > 1)
    reach = t_reach(np.sqrt(spread), n - 1)
    found = {"expected": mean(expected[both]), "experienced": mean(experienced[both])}
    found |= {"gap": gaps, "low": gaps - reach, "high": gaps + reach}
    table = pd.DataFrame({"touchpoint": touchpoints, **{k: v.round(DIGITS) for k, v in found.items()}})
    return table.assign(n=n, missing=np.bincount(place[~both], minlength=size))


def _wide(
    survey: pd.DataFrame,
    per: str,
    place: np.ndarray,
    touchpoints: list[Any],
    gaps: np.ndarray,
    further: dict[str, np.ndarray],
) -> pd.DataFrame:
    who, people = codes(survey, per)
    if per in touchpoints:
        raise ValueError(f"“{shown(per)}” is the name of a touchpoint and of a column. Rename one of them.")
    pair = pd.Series(who.astype(np.int64) * len(touchpoints) + place)
    if pair.duplicated().any():
        row = int(np.flatnonzero(pair.duplicated())[0])
        first = int(np.flatnonzero(pair == pair[row])[0])
        raise ValueError(
            f"“{shown(people[who[row]])}” answers twice for “{shown(touchpoints[place[row]])}”: "
            f"row {first + 2} and row {row + 2}. Keep one answer. "
            f"If “{shown(per)}” is a group of people, take gap of the rows of one group at a time. {checks.ROWS}"
        )

    def spread(values: np.ndarray) -> np.ndarray:
        wide = np.full((len(people), len(touchpoints)), np.nan)
        wide[who, place] = values
        return wide

    table = pd.DataFrame(spread(gaps.round(DIGITS)), columns=pd.Index(touchpoints))
    table.insert(0, per, people)
    for name, scores in further.items():
        titles = [f"{name}: {each}" for each in touchpoints]
        if twice := [each for each in titles if each in table.columns]:
            raise ValueError(f"“{shown(twice[0])}” would be the name of two columns. Rename one of them.")
        found = pd.DataFrame(spread(scores), columns=pd.Index(titles))
        table = table.join(found.dropna(axis="columns", how="all"))
    return table


def codes(survey: pd.DataFrame, name: str) -> tuple[np.ndarray, list[Any]]:
    """For each row the place of its value among the column's values, and these in order of appearance."""
    place, values = pd.factorize(checks.clean(checks.column(survey, name)))
    blank = np.append([is_empty(value) for value in values], True)
    empty = np.flatnonzero(blank[place])
    if len(empty):
        more = len(empty) - 1
        same = f" The same in {more:,} more row{'s' * (more > 1)}." if more else ""
        raise ValueError(
            f"“{shown(name)}”, row {empty[0] + 2}: the cell is empty. Write the {name}.{same} {checks.ROWS}"
        )
    return place, list(values)


def several_answers(who: np.ndarray, place: np.ndarray, column: str) -> list[str]:
    """A sentence where one person has several answers for one touchpoint, as a list of one or none.

    `who` and `place` number each row's person (−1: unknown) and touchpoint.
    """
    given = pd.DataFrame({"who": who, "place": place})[who >= 0]
    again = int(given.duplicated().sum())
    if not again:
        return []
    people = given["who"][given.duplicated()].nunique()
    answers = "1 answer is" if again == 1 else f"{again:,} answers are"
    whose = "1 person" if people == 1 else f"{people:,} people"
    return [
        f"{answers} the second or a later one of the same person for the same touchpoint ({whose}, by the column "
        f"“{shown(column)}”). Each counts as one more answer, as if somebody else had given it. If that is not meant, "
        "keep one answer of each."
    ]


def _person_column(survey: pd.DataFrame) -> str | None:
    for name in survey.columns:
        key = word_key(str(name))
        if key in PERSONS or key.removesuffix("id") in PERSONS:
            return str(name) if isinstance(name, str) else None
    return None


def _known(column: pd.Series) -> np.ndarray:
    place, values = pd.factorize(checks.clean(column))
    blank = np.append([is_empty(value) for value in values], True)
    return np.where(blank[place], -1, place)


def numbers_of(survey: pd.DataFrame, name: str) -> np.ndarray:
    return checks.numbers(checks.column(survey, name), name, 1, 10)

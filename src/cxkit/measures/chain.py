"""The chain: good touchpoints do not yet make a good journey."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from . import checks
from .confidence import T95, WILSON95, all_equal, mean_and_reach, no_width, wilson
from .estimate import Estimate, number
from .gap import codes, numbers_of, several_answers

__all__ = ["Chain", "chain"]


@dataclass(frozen=True, eq=False)
class Chain:
    """Good touchpoints beside good journeys: a chain is no better than all its links together.

    Attributes:
        touchpoints: the share of answers that are good, an `Estimate`.
        journeys: the share of people with nothing but good answers, an `Estimate`.
        table: `touchpoint, share, low, high, n`: the share of good answers at each touchpoint; `attrs` holds `interval`.
        missing: how many people were left out, since one of their answers is empty.
        words: one sentence.
        notes: sentences of caution: where one person has several answers for one touchpoint, and where equal answers
            leave an interval without width.
    """

    touchpoints: Estimate
    journeys: Estimate
    table: pd.DataFrame
    missing: int
    words: str
    notes: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        return "\n".join([repr(self.touchpoints), repr(self.journeys), self.words, *self.notes])

    def _repr_html_(self) -> str:
        parts = self.touchpoints._repr_html_() + self.journeys._repr_html_()
        told = "".join(f"<p>{html.escape(each)}</p>" for each in (self.words, *self.notes))
        return f'<div class="cxkit-chain">{parts}{told}</div>'


def chain(survey: pd.DataFrame, good: float = 7, per: str = "member") -> Chain:
    """Good touchpoints, bad journey: compare the share of good answers with the share of good journeys.

    A journey is good where every touchpoint of this person is: the view of the whole chain, as Rawson, Duncan
    and Jones (2013) ask for.

    Args:
        survey: one row per answer, with the columns `touchpoint`, `experienced` (1 to 10) and the column `per`.
        good: the lowest good score, 1 to 10.
        per: the column that says who answered.

    Returns:
        A `Chain` of shares from 0 to 1. Both are about the same people: those who answered for each of their
        touchpoints. The others are counted in `missing`. The share of answers has a t interval over people
        (ratio estimator; Cochran, 1977), since one person's answers hang together; that of journeys a
        Wilson interval.

    Raises:
        ValueError: for a column that is not there, a score that is no number from 1 to 10, a row without a
            touchpoint or person, or if nobody answered for each touchpoint.

    >>> survey = pd.DataFrame({"member": list("aabbcc"), "touchpoint": ["Joins", "Calls"] * 3,
    ...                        "experienced": [9, 8, 9, 3, 4, 9]})
    >>> chain(survey).journeys
    Good journeys: 33.3% (95% Wilson interval 6.15% to 79.2%, n = 3)
    >>> chain(survey).touchpoints.value.__round__(3)
    0.667
    """
    given = checks.table(survey, "a survey table")
    bound = checks.one_number(good, "good", 1, 10)
    who, people = codes(given, per)
    place, touchpoints = codes(given, "touchpoint")
    scores = numbers_of(given, "experienced")
    asked = np.bincount(who, minlength=len(people))
    complete = np.bincount(who, weights=np.isnan(scores), minlength=len(people)) == 0
    n, missing = int(complete.sum()), int((~complete).sum())
    if not n:
        raise ValueError("Nobody answered for each touchpoint, so no journey is known from start to end.")
    well = scores >= bound
    counted = complete[who]
    links = np.bincount(who, weights=well, minlength=len(people))[complete]
    asked = asked[complete]
    share = links.sum() / asked.sum()
    # Fewer touchpoints weigh less, so this is the share of all answers, with each person as one draw.
    parts = (links - share * asked) / asked.mean()
    _, se, reach = mean_and_reach(parts)
    whole = int((links == asked).sum())
    low, high = wilson(whole, n)
    at_good = np.bincount(place[counted & well], minlength=len(touchpoints))
    at_all = np.bincount(place[counted], minlength=len(touchpoints))
    shares = np.divide(at_good, at_all, out=np.full(len(touchpoints), np.nan), where=at_all > 0)
    lows, highs = wilson(at_good, at_all)
    table = pd.DataFrame(
        {"touchpoint": touchpoints, "share": shares, "low": lows, "high": highs, "n": at_all.astype(int)}
    )
    table.attrs["interval"] = WILSON95
    answers = Estimate(
        float(share),
        max(float(share - reach), 0.0),
        min(float(share + reach), 1.0),
        n=n,
        interval=f"{T95} over people" if n > 1 else "no interval: one person alone",
        name="Good answers",
        unit="share",
        missing=missing,
        se=se,
    )
    journeys = Estimate(
        whole / n,
        float(low),
        float(high),
        n=n,
        interval=WILSON95,
        name="Good journeys",
        unit="share",
        missing=missing,
        se=math.sqrt(whole / n * (1 - whole / n) / n),
    )
    words = (
        f"Of 100 answers, {100 * share:.0f} {'is' if f'{100 * share:.0f}' == '1' else 'are'} good "
        f"({number(bound)} or more). "
        f"Of 100 people, {100 * whole / n:.0f} had nothing but good touchpoints."
    )
    notes = several_answers(who[counted], place[counted], per)
    notes += [no_width("shares of good answers")] if all_equal(parts) else []
    return Chain(answers, journeys, table, missing, words, notes)

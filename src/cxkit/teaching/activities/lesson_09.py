"""Lesson 9: how many people it takes to see a change, and the month that gets better by itself."""

from __future__ import annotations

from functools import cache

import numpy as np

from cxkit.measures.compare import compare
from cxkit.measures.estimate import Estimate
from cxkit.teaching.form import Words, say
from cxkit.views.certainty import draw_certainty
from cxkit.views.picture import Picture
from cxkit.views.rebound import LIMIT, draw_rebound

from . import Answers

BEFORE = 0.54
"""The share treated at North before its pilot, rounded."""
PATIENTS = (50, 100, 200, 400, 800, 1600, 3200)
"""Multiples of 50, so that each whole change in points is a whole number of patients."""
CALLS = (10, 20, 50, 100, 200, 400, 800)
SOLVED = 0.6
"""What each team solves: the same for all, in both months."""


@cache
def change(points: int, patients: int) -> Estimate:
    """The change in the share treated, when it comes out just as expected: `points`, with `patients` on each side."""

    def answers(share: float) -> np.ndarray:
        treated = round(share * patients)
        return np.repeat([1, 0], [treated, patients - treated])

    found = compare(answers(BEFORE), answers(BEFORE + points / 100))
    assert isinstance(found, Estimate)
    return found


def enough(points: int) -> int:
    """The first place of PATIENTS at which zero is outside the interval."""
    return next(place for place, patients in enumerate(PATIENTS) if change(points, patients).low > 0)


def draw_how_many(answers: Answers) -> Picture:
    points, place = int(answers["effect"]), int(answers["patients"])
    shown = [one for one in (place - 1, place, place + 1) if 0 <= one < len(PATIENTS)]
    rows = [
        (f"{PATIENTS[one]:,} before and {PATIENTS[one]:,} after", change(points, PATIENTS[one]))
        for one in shown
    ]
    return draw_certainty(rows, shown.index(place), (-20, 50))


def judge_how_many(question: str, answers: Answers) -> tuple[bool, Words]:
    points, place = int(answers["effect"]), int(answers["patients"])
    found, many = enough(points), f"{PATIENTS[place]:,}"
    if place < found:
        low = abs(100 * change(points, PATIENTS[place]).low)
        return False, [
            say(
                f"Too few. With {many} on each side the interval still reaches {low:.0f} points below zero.",
                ok=False,
            )
        ]
    if place > found:
        return False, [
            say(f"{many} on each side are enough. But fewer would do. Try the next smaller number.", ok=False)
        ]
    return True, [
        say(
            f"{many} on each side are the fewest on this slider for {points} points. Half the change needs about four "
            "times as many. And this is the least: with real patients the change may come out smaller by chance, so plan "
            "for about twice as many.",
            ok=True,
        )
    ]


@cache
def mean_rise(teams: int, calls: int) -> float:
    """By how many points the worst of `teams` equal teams rises in the next month, on average: by nothing but chance."""
    # scipy.special would be slow to load for these few numbers, scipy.stats slower
    counts = np.arange(calls + 1)
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, calls + 1)))])
    chance = np.exp(
        logs[calls] - logs - logs[::-1] + counts * np.log(SOLVED) + (calls - counts) * np.log(1 - SOLVED)
    )
    # the mean of the smallest is the sum of the chances that all teams have at least 1, at least 2, …
    at_least = np.cumsum(chance[::-1])[::-1][1:]
    return float(100 * (SOLVED - (at_least**teams).sum() / calls))


@cache
def example(teams: int, calls: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Two months of equal teams. Of many draws, the one in which the worst rises as it does on average."""
    random = np.random.Generator(np.random.PCG64(2026))
    months = random.binomial(calls, SOLVED, size=(400, 2, teams)) / calls
    draws = np.arange(len(months))
    worst = months[:, 0].argmin(axis=1)
    rises = 100 * (months[draws, 1, worst] - months[draws, 0, worst])
    typical = months[int(np.abs(rises - mean_rise(teams, calls)).argmin())]
    return tuple(map(float, typical[0])), tuple(map(float, typical[1]))


def draw_worst_month(answers: Answers) -> Picture:
    teams, calls = int(answers["teams"]), CALLS[int(answers["calls"])]
    first, second = example(teams, calls)
    return draw_rebound(first, second, SOLVED, mean_rise(teams, calls))


def judge_worst_month(question: str, answers: Answers) -> tuple[bool, Words]:
    teams, place = int(answers["teams"]), int(answers["calls"])
    rises = [mean_rise(teams, calls) for calls in CALLS]
    fewest = next(one for one, rise in enumerate(rises) if rise < LIMIT)
    if place < fewest:
        return False, [
            say(
                f"The worst team still rises by {rises[place]:.1f} points, and nobody did anything. More calls, please.",
                ok=False,
            )
        ]
    if place > fewest:
        return False, [
            say(
                f"Only {rises[place]:.1f} points, that is small. But fewer calls would do. Try the next smaller number.",
                ok=False,
            )
        ]
    return True, [
        say(
            f"With {CALLS[place]} calls for each team the worst one rises by {rises[place]:.1f} points. It is never quite "
            "0. Whoever picks the worst month and then acts will see it get better, with or without the act. So choose "
            "where to act by more than one month, and watch a team that you leave as it is.",
            ok=True,
        )
    ]


ACTIVITIES = {
    "09_how_many": (draw_how_many, judge_how_many),
    "09_worst_month": (draw_worst_month, judge_worst_month),
}

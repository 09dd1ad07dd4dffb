"""One vaccination hall on twelve rainy days, in the computer. All people and all numbers are made up.

`try_plan(answers)` lets the same people come again under a plan, and says how many get their vaccine and what it costs.
"""

from __future__ import annotations

import csv
import functools
import heapq
from collections.abc import Mapping
from math import nan
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

import cxkit as cx
from cxkit.measures.confidence import mean_and_reach
from cxkit.measures.whatif import Outcome, WhatIf
from cxkit.teaching.marking import as_number

HERE = Path(__file__).parent
BUDGET = 1200  # € a day
GOAL = 90  # of 100 people who come, at least so many get their vaccine

# ---- the plan ----

LEVERS = pd.DataFrame(
    [
        # lever, label, unit, today, most, € a day for one step, size of a step
        ("desk", "people at the desk", "people", 2, 6, 150, 1),
        ("nurses", "nurses", "people", 4, 9, 340, 1),
        ("booked", "booked times, in percent", "percent", 0, 80, 120, 10),
        ("text", "text message with the wait", "yes or no", 0, 1, 250, 1),
        ("roof", "roof and chairs", "yes or no", 0, 1, 450, 1),
    ],
    columns=["lever", "label", "unit", "as_is", "high", "price", "step"],
)
STAYS = {"text": 1.5, "roof": 1.8}
"""How many times as long people are ready to wait. These two numbers are assumed: nobody has measured them."""


def plan_of(answers: Mapping[str, Any]) -> dict[str, int]:
    """The levers as a learner set them; one that is not set stays as today."""
    plan = {}
    for _, row in LEVERS.iterrows():
        given = answers.get(row["lever"])
        if row["unit"] == "yes or no":
            plan[row["lever"]] = int(given == "yes")
            continue
        number = as_number(given)
        steps = 0 if number is None else round((number - row["as_is"]) / row["step"])
        most = (row["high"] - row["as_is"]) // row["step"]
        plan[row["lever"]] = int(row["as_is"] + row["step"] * min(max(steps, 0), most))
    return plan


def cost_of(plan: Mapping[str, int]) -> int:
    """What a plan costs beyond today, in € a day."""
    steps = (
        (plan[row["lever"]] - row["as_is"]) // row["step"] * row["price"] for _, row in LEVERS.iterrows()
    )
    return int(sum(steps))


# ---- the days ----


@functools.cache
def _days() -> list[list[tuple[float, ...]]]:
    """The people of each day: rank for a booked time, comes at, booked time, would wait, time at the desk, at the nurse."""
    days: dict[str, list[tuple[float, ...]]] = {}
    with (HERE / "people.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            columns = ("books", "comes_at", "slot_at", "would_wait", "at_desk", "at_nurse")
            days.setdefault(row["day"], []).append(tuple(float(row[name]) for name in columns))
    return list(days.values())


def _served(day: list[tuple[float, ...]], plan: Mapping[str, int]) -> float:
    """How many of 100 people who come on a day get their vaccine. First come, first served, twice: desk, then nurse."""
    longer = (STAYS["text"] if plan["text"] else 1.0) * (STAYS["roof"] if plan["roof"] else 1.0)
    desks, nurses = [0.0] * plan["desk"], [0.0] * plan["nurses"]
    came = sorted(
        (slot if books < plan["booked"] else comes, longer * waits, desk, nurse)
        for books, comes, slot, waits, desk, nurse in day
    )
    inside = []
    for comes, waits, desk, nurse in came:
        start = max(comes, desks[0])
        if start - comes <= waits:
            heapq.heapreplace(desks, start + desk)
            inside.append((start + desk, waits - (start - comes), nurse))
    served = 0
    for ready, waits, nurse in sorted(inside):
        start = max(ready, nurses[0])
        if start - ready <= waits:
            heapq.heapreplace(nurses, start + nurse)
            served += 1
    return 100 * served / len(day)


@functools.cache
def _run(plan: tuple[int, ...]) -> tuple[float, ...]:
    settings = dict(zip(LEVERS["lever"], plan, strict=True))
    return tuple(_served(day, settings) for day in _days())


def try_plan(answers: Mapping[str, Any]) -> WhatIf:
    """The same people on the same days, as it is and under the plan, as what-if tells it."""
    plan = plan_of(answers)
    was, now = np.array(_run(tuple(plan_of({}).values()))), np.array(_run(tuple(plan.values())))
    cost, count = cost_of(plan), sum(map(len, _days()))

    def people(days: np.ndarray) -> cx.Estimate:
        mean, se, reach = mean_and_reach(days)
        return cx.Estimate(
            mean,
            mean - reach,
            mean + reach,
            count,
            f"95% t interval of {len(days)} days",
            "People who get their vaccine",
            "of 100 who come",
            se=se,
        )

    def money(euros: float) -> cx.Estimate:
        # a price list has no interval
        return cx.Estimate(float(euros), nan, nan, count, "no interval", "Left of the budget", "€ a day")

    return WhatIf(
        "vaccination",
        plan,
        Outcome(people(was), people(now), people(now - was)),
        Outcome(money(BUDGET), money(BUDGET - cost), money(-cost)),
        cost,
        {},
        "",
    )


class Shown:
    """A picture that was drawn once. Each change of an answer shows all pictures again."""

    def __init__(self, picture: Any) -> None:
        self.html = picture._repr_html_()

    def _repr_html_(self) -> str:
        return self.html


@functools.lru_cache(maxsize=100)
def _plan_drawn(plan: tuple[int, ...]) -> Shown:
    settings = {
        row["lever"]: "yes" if row["unit"] == "yes or no" and value else value
        for (_, row), value in zip(LEVERS.iterrows(), plan, strict=True)
    }
    return Shown(cx.plot_what_if(try_plan(settings), levers=LEVERS, goal=GOAL))


def draw_plan(answers: Mapping[str, Any]) -> Shown:
    """The plan beside today as a picture: people and money."""
    return _plan_drawn(tuple(plan_of(answers).values()))


# ---- what visitors said ----


@functools.cache
def asked() -> pd.DataFrame:
    """What visitors expected and lived, touchpoint by touchpoint."""
    return cx.gap(pd.read_csv(HERE / "survey.csv"))


@functools.cache
def draw_asked() -> Shown:
    """Their scores as a picture."""
    return Shown(cx.plot_gap(asked()))


# ---- what first ----

IDEAS = {
    "screen": "A screen at the tram stop shows the wait",
    "forms": "A helper in the line checks the papers",
    "side_door": "The side door opens for people who cannot stand long",
    "tea": "Hot tea for people in the line",
    "sunday": "The hall opens on Sundays too",
}
LEVELS = {"little": 1.0, "some": 2.0, "much": 3.0}
OTHERS = {  # value and effort, as Sivan (she runs the hall) and Rafi (a nurse) gave them
    "screen": ((2.0, 2.0), (3.0, 2.0)),
    "forms": ((2.0, 1.0), (2.0, 2.0)),
    "side_door": ((2.0, 2.0), (3.0, 1.0)),
    "tea": ((2.0, 1.0), (1.0, 1.0)),
    "sunday": ((3.0, 3.0), (2.0, 3.0)),
}


def scores_of(answers: Mapping[str, Any]) -> pd.DataFrame:
    """Value and effort of each idea: the one in the middle of three people, with the lowest and the highest.

    Raises KeyError where the learner has not scored them all.
    """
    rows = {row["step"]: row for row in answers["score"]}
    found = []
    for idea, name in IDEAS.items():
        mine = tuple(LEVELS[str(rows[idea][what])] for what in ("value", "effort"))
        row: dict[str, Any] = {"idea": idea, "option": name}
        for what, each in zip(("value", "effort"), zip(mine, *OTHERS[idea], strict=True), strict=True):
            row |= {what: median(each), f"{what}_low": min(each), f"{what}_high": max(each)}
        found.append(row)
    return pd.DataFrame(found)


@functools.lru_cache(maxsize=20)
def _scores_drawn(scores: tuple[tuple[str, str, str], ...]) -> Shown:
    rows = [{"step": idea, "value": value, "effort": effort} for idea, value, effort in scores]
    options = scores_of({"score": rows})
    return Shown(cx.plot_prioritise(cx.prioritise(options), options=options))


def draw_scores(answers: Mapping[str, Any]) -> Shown:
    """The three people's scores as a picture, when all are there."""
    scores_of(answers)
    return _scores_drawn(tuple((row["step"], row["value"], row["effort"]) for row in answers["score"]))

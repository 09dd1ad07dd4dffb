"""Lesson 8: lift a good moment, plan the to-be days, set levers within a budget, and choose what to do first."""

from __future__ import annotations

import functools
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from cxkit.cases import case
from cxkit.journey import Journey
from cxkit.measures.gap import gap
from cxkit.measures.redesign import opportunities, prioritise
from cxkit.measures.whatif import WhatIf, levers, what_if
from cxkit.teaching.form import Words, say
from cxkit.views.charts.choice import plot_prioritise
from cxkit.views.charts.gap import plot_gap
from cxkit.views.charts.plan import plot_what_if
from cxkit.views.not_yet import draw_not_yet
from cxkit.views.picture import Picture
from cxkit.views.silence import draw_silence
from cxkit.yaml_text import from_yaml

from . import Answers
from .lesson_07 import still_there

WORDS = from_yaml((Path(__file__).parent / "words_08.yaml").read_text("utf-8"))
CLINIC = "dental_clinic_delays"

# ---- mend and lift ----


@functools.cache
def _noa() -> Journey:
    return case(CLINIC).journey


@functools.cache
def _kinds() -> dict[str, str]:
    found = opportunities(_noa())
    return dict(zip(found["touchpoint"], found["kind"], strict=True))


def _raised(answers: Answers) -> Journey:
    """Noa's journey with one moment as the learner sets it."""
    noa = _noa()
    table = noa.table
    table.loc[int(answers["moment"]), "experienced"] = float(answers["score"])
    return Journey(table, title=noa.title, persona=noa.persona, scenario=noa.scenario, source=noa.source)


def draw_lift(answers: Answers) -> Picture:
    return plot_gap(gap(_raised(answers)))


def judge_lift(question: str, answers: Answers) -> tuple[bool, Words]:
    place, score = int(answers["moment"]), float(answers["score"])
    row = {str(name): value for name, value in _noa().table.iloc[place].items()}
    expected, was = float(row["expected"]), float(row["experienced"])
    if _kinds()[str(row["touchpoint"])] == "mend":
        reached = f"above the {expected:g} she expected" if score > expected else "as she expected"
        more = f"At {score:g}, {reached}, nobody is angry any more. " if score >= expected else ""
        lived = f"“{row['touchpoint']}” is a moment to mend: she expected {expected:g} and lived {was:g}."
        return False, [
            say(f"{lived} {more}Your question asks for a moment to lift, one that nobody complains about.", ok=False)
        ]  # fmt: skip
    if score <= was:
        return False, [say(f"It was {was:g} before. Move the slider higher.", ok=False)]
    if score <= expected:
        return False, [say(f"Better. But she expected {expected:g}. Go above that.", ok=False)]
    gained = f"From {was:g} to {score:g}, where she expected {expected:g}."
    return True, [
        say(f"{gained} Nobody would have complained, and now she has something to tell.", ok=True),
        say(
            f"It could be as small as this: {WORDS['ideas_for_moments'][place]} The scores are ours. To know, ask patients."
        ),
    ]


# ---- the to-be map ----

IMAGES_ARRIVE = 4.0
DESK: dict[str, dict[str, Any]] = WORDS["desk"]
TELLS: dict[str, dict[str, Any]] = WORDS["tells"]


def draw_days(answers: Answers) -> Picture:
    desk, word = DESK[answers["desk"]], float(answers["word"])
    who = TELLS[answers["tells"]]["who"]
    return draw_silence(desk["gives"], desk["known"], IMAGES_ARRIVE, word, who, still_there(word))


def judge_days(question: str, answers: Answers) -> tuple[bool, Words]:
    if question in ("desk", "tells"):
        chosen = WORDS[question][answers[question]]
        return chosen["right"], [say(chosen["words"], ok=chosen["right"])]
    word = float(answers["word"])
    if answers.get("tells", "nobody") == "nobody":
        return False, [say(WORDS["no_word"], ok=False)]
    if word > 1:
        each = f"{word:g} days in which she knows nothing. Each of them is time to choose somebody else."
        return False, [say(each, ok=False)]
    when = "on the same day" if word == 0 else "within a day"
    kept = WORDS["same_day" if word == 0 else "next_day"]
    return True, [say(f"Word {when}. {kept}", ok=True)]


# ---- move the levers ----

BUDGET, GOAL = 150_000, 2_000


@functools.lru_cache(maxsize=64)
def _plan(visit: float, images: float, bundle: float) -> WhatIf:
    return what_if(
        CLINIC, days_sooner_to_visit=visit, days_sooner_after_images=images, share_with_bundle=bundle / 100
    )


def _set(answers: Answers) -> WhatIf:
    return _plan(float(answers["visit"]), float(answers["images"]), float(answers["bundle"]))


@functools.cache
def _levers() -> pd.DataFrame:
    return levers(CLINIC)


def draw_levers(answers: Answers) -> Picture:
    return plot_what_if(_set(answers), levers=_levers(), goal=GOAL)


def judge_levers(question: str, answers: Answers) -> tuple[bool, Words]:
    plan = _set(answers)
    treated = plan.people.to_be
    said = (
        f"This plan: about {treated.value:,.0f} of {treated.n:,} treated (interval of the plan: {treated.low:,.0f} to "
        f"{treated.high:,.0f}), for ₪{plan.cost:,.0f}."
    )
    words = [say(said)]
    if plan.cost > BUDGET:
        words.append(say(f"That is ₪{plan.cost - BUDGET:,.0f} over the budget.", ok=False))
    if treated.value <= GOAL:
        lacks = f"About {treated.value:,.0f} patients treated. It has to be above {GOAL:,}."
        words.append(say(lacks, ok=False))
    if len(words) > 1:
        return False, words
    words = [say(f"{said} Above {GOAL:,}, and within the budget.", ok=True)]
    if treated.low <= GOAL:
        reaches = f"But the interval reaches down to {treated.low:,.0f}. So it may miss."
        words.append(say(f"{reaches} {WORDS['reaches_over']}"))
    else:
        words.append(say(WORDS["holds"]))
    words.append(say(WORDS["with_bundle" if float(answers["bundle"]) else "waits_only"]))
    return True, words


# ---- what first ----

IDEAS = {idea: one["name"] for idea, one in WORDS["ideas"].items()}
LEVELS = {"little": 1.0, "some": 2.0, "much": 3.0}
OTHERS = ("Anna", "Gil")
OWNERS = ("anna", "gil", "michal")


def _scored(answers: Answers) -> dict[str, tuple[float, float]]:
    rows = {row["step"]: row for row in answers.get("score", [])}
    return {
        idea: (LEVELS[rows[idea]["value"]], LEVELS[rows[idea]["effort"]])
        for idea in IDEAS
        if rows.get(idea, {}).get("value") in LEVELS and rows[idea].get("effort") in LEVELS
    }


def _options(scored: dict[str, tuple[float, float]], together: bool) -> pd.DataFrame:
    rows = []
    for idea, mine in scored.items():
        scores = [mine, *(WORDS["ideas"][idea][who] for who in OTHERS)] if together else [mine]
        row: dict[str, Any] = {"option": IDEAS[idea]}
        for name, each in zip(("value", "effort"), zip(*scores, strict=True), strict=True):
            row |= {name: median(each), f"{name}_low": min(each), f"{name}_high": max(each)}
        rows.append(row)
    return pd.DataFrame(rows)


def _as_scored(scores: list[float]) -> str:
    named = {number: level for level, number in LEVELS.items()}
    return ", ".join(f"{named[each]} {what}" for what, each in zip(("value", "effort"), scores, strict=True))


def draw_first(answers: Answers) -> Picture:
    scored = _scored(answers)
    if not scored:
        drawn = "Choose value and effort below. The ideas then find their place."
        return draw_not_yet("Four ideas, not scored yet", drawn, list(IDEAS.values()))
    options = _options(scored, together=len(scored) == len(IDEAS))
    return plot_prioritise(prioritise(options), options=options)


def judge_first(question: str, answers: Answers) -> tuple[bool, Words]:
    scored = _scored(answers)
    if len(scored) < len(IDEAS):
        return False, [
            say(f"{len(IDEAS) - len(scored)} still to score. Score alone first: the others come after you.")
        ]
    rows = {row["step"]: row for row in answers["score"]}
    ownerless = [idea for idea in IDEAS if rows[idea].get("owner") not in OWNERS]
    best = prioritise(_options(scored, together=True)).iloc[0]
    first = f"“{best['option']}” comes first in {100 * best['share_first']:.0f}% of the tries."
    words = [say(f"With the scores of all three, {first} {WORDS['lines']}")]
    for idea, mine in scored.items():
        others = " ".join(f"{who}: {_as_scored(WORDS['ideas'][idea][who])}." for who in OTHERS)
        words.append(say(f"“{IDEAS[idea]}”: {others}"))
        for who in OTHERS:
            words += [
                say(f"“{IDEAS[idea]}”: you and {who} are far apart on the {what}. Ask {who} why.")
                for what, one, other in zip(("value", "effort"), mine, WORDS["ideas"][idea][who], strict=True)
                if abs(one - other) >= 2
            ]
        words += [say(WORDS["talk"][idea])] if idea in WORDS["talk"] else []
    if ownerless:
        names = "; ".join(f"“{IDEAS[idea]}”" for idea in ownerless)
        return False, [*words, say(f"No person answers for: {names}. {WORDS['no_person']}", ok=False)]
    return True, [*words, say(WORDS["named"], ok=True)]


ACTIVITIES = {
    "08_lift": (draw_lift, judge_lift),
    "08_days": (draw_days, judge_days),
    "08_levers": (draw_levers, judge_levers),
    "08_first": (draw_first, judge_first),
}

"""Lesson 5: the chain, and comparing like with like."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from cxkit.cases import case
from cxkit.measures.compare import compare
from cxkit.measures.gap import gap
from cxkit.measures.scores import proportion
from cxkit.teaching.form import Words, say
from cxkit.views.hundred import draw_hundred
from cxkit.views.pairs import draw_pairs
from cxkit.views.picture import Picture

from . import Answers

# ---- the chain ----

TOUCHPOINTS, HALF = 8, 50
SHARES = range(60, 99, 2)


def _good_journeys(share: int, links: int = TOUCHPOINTS) -> float:
    """Of 100 members, those with nothing but good touchpoints, if each touchpoint has its own luck."""
    return 100.0 * (share / 100) ** links


def draw_chain(answers: Answers) -> Picture:
    share, links = int(answers["share"]), int(answers["links"])
    left = [_good_journeys(share, passed) for passed in range(TOUCHPOINTS + 1)]
    whole = round(left[links])
    told = f"After {links} touchpoint{'s' * (links != 1)}, {whole} of 100 members had nothing but good ones"
    said = {
        "title": f"Each touchpoint is good for {share} of 100 members",
        "finding": told,
        "across": "Touchpoints so far",
        "bound": "50 of 100",
        "here": "only good touchpoints",
        "gone": "at least one not good",
        "alt": f"A curve that falls with each touchpoint. Each is good for {share} of 100 members. {told}.",
        "step": "Touchpoints so far",
        "people": "Only good touchpoints, of 100 members",
    }
    return draw_hundred(range(TOUCHPOINTS + 1), left, links, HALF, said, mark_each=True)


def judge_chain(question: str, answers: Answers) -> tuple[bool, Words]:
    share, links = int(answers["share"]), int(answers["links"])
    if links < TOUCHPOINTS:
        return False, [say("The journey has 8 touchpoints. Move the second slider to 8 first.", ok=False)]
    whole = round(_good_journeys(share))
    if whole < HALF:
        return False, [
            say(
                f"Too low. {share} of 100 looks fine at each touchpoint. But only {whole} of 100 members "
                "get through all 8 without a bad one.",
                ok=False,
            )
        ]
    if share > min(one for one in SHARES if round(_good_journeys(one)) >= HALF):
        return False, [
            say(f"That is enough: {whole} of 100. Does a lower share still give 50 of 100?", ok=False)
        ]
    return True, [
        say(
            f"{share} of 100 at each touchpoint gives {whole} of 100 journeys. A chain needs far better links than "
            "we think. This sum lets each touchpoint have its own luck. In life, good touchpoints often come "
            "together, so the data show more good journeys than this sum.",
            ok=True,
        )
    ]


# ---- like with like ----

TOUCHPOINT = {"hold": "Time on hold", "cover": "Cover: told and given"}
WITHIN = {
    "age_band": "age band",
    "branch": "branch",
    "preferred_channel": "preferred channel",
    "plan": "plan",
}
MUCH = -2


@cache
def _people() -> pd.DataFrame:
    """One row for each member, with the gap at each touchpoint."""
    data = case("hmo_opt_out")
    return data.table("members").merge(gap(data.table("survey"), per="member"), on="member")


@cache
def _groups(touchpoint: str, within: str) -> list[tuple[str, Any, Any, Any]]:
    """For each group its name, the shares that left of the much and of the little disappointed, and the difference."""
    people = _people()[_people()[TOUCHPOINT[touchpoint]].notna()]
    groups = [("all members", people)] if within == "nobody" else list(people.groupby(within))
    found: list[tuple[str, Any, Any, Any]] = []
    for name, group in groups:
        left = group["left_in_first_year"] == "yes"
        is_much = group[TOUCHPOINT[touchpoint]] <= MUCH
        much, little = left[is_much], left[~is_much]
        of_much, of_little = (proportion(int(half.sum()), len(half)) for half in (much, little))
        found.append((str(name), of_much, of_little, compare(little, much)))
    return found


def draw_like_with_like(answers: Answers) -> Picture:
    touchpoint, within = str(answers["touchpoint"]), str(answers["within"])
    names, much, little, difference = zip(*_groups(touchpoint, within), strict=True)
    how = "All members together" if within == "nobody" else f"Within each {WITHIN[within]}"
    clear = sum(each.low > 0 for each in difference)
    said = {
        "title": f"{how}: who left in the first year?",
        "much": f"much disappointed by “{TOUCHPOINT[touchpoint]}” (gap of −2 or lower)",
        "little": "little or not",
        "across": "Share who left in the first year",
        "difference": "Difference, in points",
        "clear": "{points}: clear",
        "unclear": "{points}: not clear",
        "alt": f"{how}, two shares of leavers in each of {len(names)} group{'s' * (len(names) != 1)}: members much "
        f"disappointed by “{TOUCHPOINT[touchpoint]}”, and the others. The difference is clear in {clear} of {len(names)}.",
    }
    return draw_pairs(names, much, little, difference, said)


def judge_like_with_like(question: str, answers: Answers) -> tuple[bool, Words]:
    touchpoint, within = str(answers["touchpoint"]), str(answers["within"])
    if touchpoint != "hold":
        if within == "plan":
            return False, [
                say(
                    "Within a plan, the difference for the cover stays clear. That is worth seeing. "
                    "But the question is about hold: choose “Time on hold” above.",
                    ok=None,
                )
            ]
        return False, [say("The question is about hold. Choose “Time on hold” above.", ok=False)]
    if within == "nobody":
        return False, [
            say(
                "All members together is where we began. Choose a way to split them.",
                ok=False,
            )
        ]
    if within != "plan":
        found = [difference for *_, difference in _groups(touchpoint, within)]
        return False, [
            say(
                f"Split by {WITHIN[within]}, the difference is still clear in {sum(each.low > 0 for each in found)} of "
                f"{len(found)} groups. So this is not what lies behind it.",
                ok=False,
            )
        ]
    return True, [
        say(
            "Within a plan the difference gets smaller, and it could be chance in each. Basic members wait longer on "
            "hold, and they leave more often anyway. Mix the plans, and hold looks guilty. Now choose the cover above: "
            "there the difference stays in each plan. Then only look at the picture; no need to press Check.",
            ok=True,
        )
    ]


ACTIVITIES = {
    "05_chain": (draw_chain, judge_chain),
    "05_like_with_like": (draw_like_with_like, judge_like_with_like),
}

"""Lesson 2: four people, a persona from data, the chef, and the order in which things happen."""

from __future__ import annotations

from functools import cache

import pandas as pd

from cxkit.cases import case
from cxkit.measures.estimate import Estimate
from cxkit.measures.redesign import mismatch
from cxkit.measures.scores import peak_end, proportion
from cxkit.teaching.form import Words, say
from cxkit.views.crowd import Group, draw_crowd
from cxkit.views.memory import draw_memory
from cxkit.views.picture import Picture
from cxkit.views.share_bars import Bar, draw_share_bars, percent

from . import Answers

CHANNELS = ("web", "phone", "app", "in person")
AGES = ("18-29", "30-39", "40-49", "50-64", "65+")
PLANS = ("basic", "family", "plus")
INTERVALS = "In brackets: 95% Wilson interval. The members are made up."


@cache
def _members() -> pd.DataFrame:
    return case("hmo_opt_out").table("members")


def _likes(group: pd.DataFrame, channel: str) -> Estimate:
    return proportion(int((group["preferred_channel"] == channel).sum()), len(group))


def _between(found: Estimate) -> str:
    return f"{percent(found.value)} ({percent(found.low)} to {percent(found.high)}, n = {found.n:,})"


# ---- four people ----

PEOPLE = {
    "lucy": ("Lucy", ("family",), AGES[:2], ("web", "phone")),
    "samir": ("Samir", ("basic",), AGES[:2], ("app", "phone")),
    "grace": ("Grace", ("basic", "family"), AGES[2:], ("phone",)),
    "arthur": ("Arthur", ("plus",), AGES, ("in person", "phone")),
}
RULES = {
    "lucy": "Members with the family plan, aged 18 to 39",
    "samir": "Members with the basic plan, aged 18 to 39",
    "grace": "Members with the basic or family plan, aged 40 or more",
    "arthur": "Members with the plus plan, of any age",
}


def like(who: str) -> pd.DataFrame:
    """The members for whom this person stands."""
    _, plans, ages, _ = PEOPLE[who]
    members = _members()
    return members[members["plan"].isin(plans) & members["age_band"].isin(ages)]


def draw_people(answers: Answers) -> Picture:
    who = answers["who"]
    name, _, _, channels = PEOPLE[who]
    group = like(who)
    return draw_share_bars(
        [Bar(f"like {_the(one)} best", _likes(group, one), chosen=one in channels) for one in CHANNELS],
        f"{name} stands for {_between(proportion(len(group), len(_members())))} of the members",
        f"{RULES[who]}. Bold: what we wrote on {name}’s card.",
        INTERVALS,
        caption=f"How members like {name} want to get in touch",
    )


def _the(channel: str) -> str:
    return "to come in person" if channel == "in person" else f"the {channel}"


def judge_people(question: str, answers: Answers) -> tuple[bool, Words]:
    who = answers["who"]
    name, _, _, channels = PEOPLE[who]
    shares = {one: _likes(like(who), one) for one in CHANNELS}
    first, second = sorted(CHANNELS, key=lambda one: -shares[one].value)[:2]
    if first in channels:
        return False, [
            say(
                f"In {name}’s group, {_the(first)} comes first with {_between(shares[first])}. "
                f"It stands on {name}’s card. Card and data agree here. Try another person.",
                ok=False,
            )
        ]
    # two shares of one group whose intervals overlap: the data do not tell which is really ahead
    close = shares[second].high > shares[first].low
    words = (
        f"{name}’s card does not name {_the(first)}, but it comes first in the group: {_between(shares[first])}. "
        f"Then comes {_the(second)} with {percent(shares[second].value)}."
    )
    caution = " The two are close, and their intervals overlap. So the card is not wrong, but it needs one more channel."
    return True, [say(words + (caution if close else ""), ok=True)]


# ---- a persona from data ----


def _group(answers: Answers) -> tuple[str, pd.DataFrame]:
    """The group that is set, and its name in words."""
    age, plan = int(answers["age"]), int(answers["plan"])
    members = _members()
    if age:
        members = members[members["age_band"] == AGES[age - 1]]
    if plan:
        members = members[members["plan"] == PLANS[plan - 1]]
    ages = f"aged {AGES[age - 1].replace('-', ' to ').replace('65+', '65 or more')}" if age else "of any age"
    return f"Members {ages} with {f'the {PLANS[plan - 1]} plan' if plan else 'any plan'}", members


def draw_persona(answers: Answers) -> Picture:
    name, group = _group(answers)
    channel = CHANNELS[int(answers["channel"])]
    return draw_share_bars(
        [
            Bar("Share of all members", proportion(len(group), len(_members())), 0.1, "1 in 10"),
            Bar(f"Share of the group that likes {_the(channel)} best", _likes(group, channel), 0.5, "half"),
        ],
        f"{name}: {len(group):,} people",
        "",
        INTERVALS,
        caption="The group that you chose",
    )


def judge_persona(question: str, answers: Answers) -> tuple[bool, Words]:
    name, group = _group(answers)
    channel = CHANNELS[int(answers["channel"])]
    size, likes = proportion(len(group), len(_members())), _likes(group, channel)
    if size.value < 0.1:
        return False, [
            say(
                f"This group is {_between(size)} of the members. That is fewer than 1 in 10. "
                "These people count too. But as a persona they would stand for few. Make the group wider.",
                ok=False,
            )
        ]
    if likes.value <= 0.5:
        more = (
            " Try another channel. If none is enough, try the youngest or the oldest."
            if size.value < 0.5
            else " Such a wide group is of many minds."
        )
        return False, [
            say(
                f"{_between(likes)} of this group like {_the(channel)} best. That is not more than half.{more}",
                ok=False,
            )
        ]
    unsure = (
        " But the interval reaches below half. In all such members it may be fewer than half, so say “about half”."
        if likes.low <= 0.5
        else ""
    )
    return True, [
        say(
            f"{name}: {percent(size.value)} of all members, and {_between(likes)} like {_the(channel)} best.{unsure} "
            f"Now this group can get a name and a day. Still, {percent(1 - likes.value)} of them like something else best.",
            ok=True,
        )
    ]


# ---- the chef ----

STAY_IF_MISSED = 0.1


def _chef(answers: Answers) -> tuple[float, float, Estimate]:
    expecting, met = int(answers["expecting"]) / 100, int(answers["cooking"]) / 100
    return expecting, met, mismatch(expecting, met, STAY_IF_MISSED).stays


def guests(answers: Answers) -> list[Group]:
    """The hundred guests in two groups."""
    expecting, met, _ = _chef(answers)
    missed = round(100 * expecting)
    found = 100 - missed
    here, there = round(found * met), round(missed * STAY_IF_MISSED)
    return [
        Group(f"{found} expect what he cooks", here, found - here),
        Group(f"{missed} expect something else", there, missed - there),
    ]


def _about(stays: Estimate, more: str = "") -> str:
    """The interval in brackets; where chance has no play, there is none to tell."""
    return f" ({stays.low:.0f} to {stays.high:.0f}{more})" if stays.low < stays.high else ""


def draw_chef(answers: Answers) -> Picture:
    _, _, stays = _chef(answers)
    brackets = "In brackets: the 95% interval from chance alone. " if _about(stays) else ""
    return draw_crowd(
        guests(answers),
        f"About {stays.value:.0f} of 100 guests stay{_about(stays)}",
        "Each dot is one guest.",
        f"{brackets}The shares are part of the story, nobody measured them.",
    )


def judge_chef(question: str, answers: Answers) -> tuple[bool, Words]:
    expecting, _, stays = _chef(answers)
    said = f"About {stays.value:.0f} of 100 stay{_about(stays, ' by chance alone')}."
    if stays.value < 50:
        best = mismatch(expecting, 1.0, STAY_IF_MISSED).stays.value
        why = (
            f"Even if he cooks so well that all who find it stay, it is {best:.0f}. The second slider is the stronger one."
            if best < 50
            else "Not yet. Cook better, or make the sign clearer: try both."
            if stays.value < 40
            else "You are close. Move one of the two a little further."
        )
        return False, [say(f"{said} {why}", ok=False)]
    sure = " The interval starts below 50, so on some evenings it will be fewer." if stays.low < 50 else ""
    return True, [
        say(
            f"{said}{sure} Other settings do it too. All of them move the second slider: "
            "the guests know beforehand what they will find. Perhaps fewer people come then. Those who come can stay.",
            ok=True,
        )
    ]


# ---- the order ----

GOOD = (
    ("Books at the desk", 7),
    ("Is greeted by name", 8),
    ("Sees the nurse", 8),
    ("Sees the doctor", 9),
    ("Gets his next date", 8),
)
BAD = ("Is told of a fee at the desk", 2)
ENDS = {"nothing": None, "letter": ("Gets a form letter", 6), "call": ("The nurse calls: is all well?", 8)}
ENOUGH = 5


def _visit(answers: Answers) -> tuple[list[str], list[float], int]:
    """The names and scores of the visit, and where the bad moment stands."""
    place = int(answers["place"]) - 1
    steps = list(GOOD)
    steps.insert(place, BAD)
    end = ENDS[answers["end"]]
    steps += [end] if end else []
    return [name for name, _ in steps], [float(score) for _, score in steps], place


def _kept(scores: list[float]) -> tuple[float, float]:
    """The mean, and what the peak-end rule says that memory keeps."""
    return sum(scores) / len(scores), peak_end(scores, norm=5.5).value


def draw_order(answers: Answers) -> Picture:
    names, scores, place = _visit(answers)
    mean, kept = _kept(scores)
    return draw_memory(
        names, scores, f"The mean is {mean:.1f}. By the peak-end rule, memory keeps {kept:.1f}", marked=place,
        lines=[("Mean", round(mean, 1)), ("Memory", round(kept, 1))],
        note="One visit of Arthur’s. The scores are ours. The rule is a rule of thumb, and it knows no first impression.",
    )  # fmt: skip


def judge_order(question: str, answers: Answers) -> tuple[bool, Words]:
    _, scores, place = _visit(answers)
    mean, kept = _kept(scores)
    last = place == len(GOOD)
    if question == "place":
        if last:
            return True, [
                say(
                    "The same six scores, and the same mean. But now the bad moment is also the last one. Nothing good "
                    "comes after it, and it is what he takes home. Now use the next control.",
                    ok=True,
                )
            ]
        return False, [
            say(
                f"With the fee at place {place + 1}, the rule gives {kept:.1f}. The good end still counts for half. "
                "There is a place at which it is lower.",
                ok=False,
            )
        ]
    if not last:
        return False, [say("First put the fee at the last place, where it hurts most.", ok=False)]
    if kept < ENOUGH:
        return False, [
            say(
                f"The rule gives {kept:.1f}. It should be {ENOUGH} or more. What would Arthur be glad of, a day later?",
                ok=False,
            )
        ]
    return True, [
        say(
            f"The rule now gives {kept:.1f}, and the mean went up only a little, to {mean:.1f}. A good end does not undo "
            "the fee. Tell him of it before he comes, too: then it is no surprise.",
            ok=True,
        )
    ]


ACTIVITIES = {
    "02_people": (draw_people, judge_people),
    "02_persona": (draw_persona, judge_persona),
    "02_chef": (draw_chef, judge_chef),
    "02_order": (draw_order, judge_order),
}

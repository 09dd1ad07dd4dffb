"""Lesson 10: run a workshop, read your own map, choose together, plan to measure."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from cxkit.journey import EVIDENCE, Journey, JourneyError, read_journey
from cxkit.journey_cells import nearest, word_key
from cxkit.measures.gap import gap
from cxkit.measures.redesign import prioritise
from cxkit.teaching.form import Words, say
from cxkit.views.charts.choice import plot_prioritise
from cxkit.views.charts.gap import plot_gap
from cxkit.views.picture import Picture
from cxkit.views.session import draw_session

from . import Answers
from .lesson_09 import PATIENTS, change

MY_MAP = Path("my_service.csv")
"""The learner's own map, beside the lesson. The editor of the lesson writes it."""
MOST_NAMES = 3
"""In a list of what is missing; the map itself has them all."""


class Told:
    """Words for the place where other activities have a picture."""

    def __init__(self, title: str, lines: list[str]) -> None:
        self.title, self.lines = title, lines

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(line)}</li>" for line in self.lines)
        return f"<div><p><strong>{escape(self.title)}</strong></p><ul>{items}</ul></div>"


# ---- run the workshop ----

STEPS = {
    "privacy": ("Agree how to treat patients’ stories", 5),
    "choose": ("Choose one person and one journey", 10),
    "touchpoints": ("Put each touchpoint on the wall", 25),
    "scores": ("Score it, and mark what you only guess", 20),
    "breaks": ("Find the moment that hurts, and the one that nobody owns", 10),
    "together": ("Choose together: ideas, an owner, a date", 20),
}
TOO_EARLY = {
    "choose": "As soon as you speak of a person, somebody tells of a real patient. So agree on the rules first.",
    "touchpoints": "Whose touchpoints? Without one person and one journey the wall fills with everybody’s.",
    "scores": "There is nothing to score yet. First put the touchpoints on the wall.",
    "breaks": "Without scores the loudest voice in the room decides what hurts. Score first.",
    "together": "An idea before the break is found is an idea for no problem. It feels quick, and it is the usual mistake.",
}


def _order(answers: Answers) -> list[str]:
    given = [row["step"] for row in answers.get("order", []) if row.get("step") in STEPS]
    return [*given, *(step for step in SHUFFLED if step not in given)]


SHUFFLED = ("together", "touchpoints", "choose", "breaks", "privacy", "scores")
"""The order in which the form shows the cards at first, as in its file."""


def _needs(order: list[str]) -> dict[str, str]:
    """For each step that comes too early, the step that it waits for."""
    right = list(STEPS)
    before = {step: right[right.index(step) - 1] for step in right[1:]}
    return {
        step: before[step] for step in order if step in before and before[step] in order[order.index(step) :]
    }


def draw_workshop(answers: Answers) -> Picture:
    order = _order(answers)
    needs = _needs(order)
    early = [STEPS[needs[step]][0] if step in needs else "" for step in order]
    return draw_session([STEPS[step] for step in order], early)


def judge_workshop(question: str, answers: Answers) -> tuple[bool, Words]:
    order = _order(answers)
    needs = _needs(order)
    if needs:
        first = next(step for step in order if step in needs)
        return False, [say(f"“{STEPS[first][0]}” comes too early. {TOO_EARLY[first]}", ok=False)]
    return True, [
        say(
            "Each step finds what it needs. If time runs out, cut the number of touchpoints, never the first step and "
            "never the last one.",
            ok=True,
        )
    ]


# ---- read your own map ----


def my_map() -> tuple[Journey | None, str]:
    """The learner's map, or none and why, in words."""
    if not MY_MAP.is_file():
        return (
            None,
            "Your map is not here yet. Draw it in the editor above. Then choose again what to look at.",
        )
    try:
        found = read_journey(MY_MAP)
    except (JourneyError, OSError) as fault:
        why = str(fault).splitlines()[0].rstrip(".")
        return None, f"Your map cannot be read yet: {why}. The editor above marks what to mend."
    return found, ""


def _named(names: pd.Series) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def _check_list(journey: Journey) -> Told:
    table = journey.table
    count = len(table)
    scored = table["expected"].notna() & table["experienced"].notna()
    marked = table["evidence"].astype(str).str.strip() != ""
    owned = table["owner"].astype(str).str.strip() != ""
    truth = table["moment"].astype(str).str.strip() != ""

    known = ", ".join(f"{(table['evidence'] == kind).sum()} {kind}" for kind in EVIDENCE)
    names = table["touchpoint"]
    unmarked, ownerless = _named(names[~marked]), _named(names[~owned])
    lines = [
        (
            count >= 5,
            "Five touchpoints or more.",
            f"Still to add: {5 - count} or more, so that there are five.",
        ),
        (scored.all(), "Each has two scores.", f"Without both scores: {_named(names[~scored])}."),
        (marked.all(), f"How you know it: {known}.", f"Known, worked out or guessed? {unmarked}."),
        (truth.any(), f"Moments of truth: {_named(names[truth])}.", "No moment of truth has a star yet."),
        (owned.all(), "Each has an owner.", f"Nobody owns: {ownerless}. Is that so, or did you skip it?"),
    ]
    return Told(
        f"Your map: {count} touchpoint{'' if count == 1 else 's'}",
        [f"✓ {done}" if good else f"○ {to_do}" for good, done, to_do in lines],
    )


def draw_my_map(answers: Answers) -> Any:
    journey, why = my_map()
    if journey is None:
        return Told("Your map", [why])
    if answers.get("show") == "gaps":
        found = gap(journey)
        if found["gap"].notna().any():
            return plot_gap(found)
        return Told(
            "Your map", ["No touchpoint has both scores yet. Score some in the editor, then choose again."]
        )
    return _check_list(journey)


def judge_my_map(question: str, answers: Answers) -> tuple[bool, Words]:
    journey, why = my_map()
    if journey is None:
        return False, [say(why)]
    table = gap(journey).merge(
        journey.table[["touchpoint", "owner", "moment", "pain_point"]], on="touchpoint"
    )
    names = {word_key(name): place for place, name in enumerate(table["touchpoint"])}
    given = word_key(answers[question])
    if given not in names:
        near = nearest(given, names)
        hint = f" Did you mean “{table['touchpoint'][names[near]]}”?" if near else ""
        return False, [say(f"There is no touchpoint of that name on your map.{hint}", ok=False)]
    row = table.iloc[names[given]]
    reasons = [
        *([f"it falls {-row['gap']:g} short of what was expected"] if row["gap"] < 0 else []),
        *(["nobody owns it"] if not str(row["owner"]).strip() else []),
        *(["it is a moment of truth"] if str(row["moment"]).strip() else []),
        *(["you wrote a pain point there"] if str(row["pain_point"]).strip() else []),
    ]
    if not reasons:
        return False, [
            say(
                "It is on your map. But nothing on the map says why it should be first: no gap, no star, no pain "
                "point, and somebody owns it. Is something missing on the map, or is another moment worse?",
                ok=False,
            )
        ]
    return True, [
        say(
            f"Your map gives the reason: {', and '.join(reasons)}. Now ask one person who lived it if that is true.",
            ok=True,
        )
    ]


# ---- choose together ----

PLACES = ("one", "two", "three", "four", "five")
NOBODY = "we, all, us, team, the team, our team, everybody, everyone, all of us, nobody, management, the management"
WHEN = re.compile(
    r"\d|\b(?:by|until|before|within|next|tomorrow|today|end of|january|february|march|april|may|june|july|august|"
    r"september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|"
    r"\b(?:in|on|from) (?:\d|(?:a|an|one|two|three|four|five|six)\b)",
    re.IGNORECASE,
)
"""Where a date begins behind a name."""
APART = 2


def ideas(answers: Answers) -> dict[str, str]:
    """The ideas that are written down: the card of each, and its words; the same words count once."""
    lines = [" ".join(line.split()) for line in str(answers.get("ideas", "")).splitlines()]
    kept = {word_key(line): line for line in lines if line}
    return dict(zip(PLACES, kept.values(), strict=False))


def scored(answers: Answers) -> pd.DataFrame:
    """One row for each idea that two people have scored: the mean of the two, and the two as low and high."""
    given = {row["step"]: row for row in answers.get("scores", [])}
    rows = []
    for card, idea in ideas(answers).items():
        points = given.get(card, {})
        if all(points.get(f"{what}_{who}") for what in ("value", "effort") for who in "ab"):
            row: dict[str, Any] = {"option": idea}
            for what in ("value", "effort"):
                low, high = sorted(float(points[f"{what}_{who}"]) for who in "ab")
                row |= {what: (low + high) / 2, f"{what}_low": low, f"{what}_high": high}
            rows.append(row)
    return pd.DataFrame(rows)


def draw_together(answers: Answers) -> Any:
    table = scored(answers)
    if not table.empty:
        return plot_prioritise(prioritise(table), options=table)
    found = ideas(answers)
    if found:
        lines = [f"Idea {place}: {idea}" for place, idea in enumerate(found.values(), 1)]
        return Told("Your ideas. The picture comes when two people have scored one", lines)
    return Told("Your ideas appear here", ["Write the first one below. A short line is enough."])


def judge_together(question: str, answers: Answers) -> tuple[bool, Words]:
    return (_judge_owner if question == "owner" else _judge_scores)(answers)


def _judge_scores(answers: Answers) -> tuple[bool, Words]:
    found, table = ideas(answers), scored(answers)
    if len(found) < 2:
        return False, [
            say(
                "Write two ideas or more, one on each line. With one idea there is nothing to choose.",
                ok=False,
            )
        ]
    if len(table) < 2:
        return False, [
            say("Two ideas or more need all four scores: value and effort, from both people.", ok=False)
        ]
    result = prioritise(table)
    first, share = result["option"][0], result["share_first"][0]
    apart = [
        f"“{row['option']}” ({what})"
        for _, row in table.iterrows()
        for what in ("value", "effort")
        if row[f"{what}_high"] - row[f"{what}_low"] >= APART
    ]
    then = (
        f"You two differ on {', '.join(apart)}. Do not take the middle. Ask: what does each of us see that the other does "
        "not? Then score again."
        if apart
        else "You two agree closely. Ask a third person who does the work, before you trust it."
    )
    first_of = f"“{first}” comes first. With your two views it stays first in {100 * share:.0f} of 100 tries."
    return True, [say(f"{first_of} {then}", ok=True)]


def _judge_owner(answers: Answers) -> tuple[bool, Words]:
    given = " ".join(str(answers["owner"]).split())
    when = WHEN.search(given)
    name = (given[: when.start()] if when else given).strip(" ,;:.–-")
    if not name:
        return False, [say("Begin with one name or one role. Then the date.", ok=False)]
    if word_key(name) in map(word_key, NOBODY.split(", ")):
        return False, [say(f"“{name}” is nobody in particular. Write one name or one role.", ok=False)]
    if not when:
        return False, [say(f"“{name}”, and by when? Add a date, such as “by 1 March”.", ok=False)]
    return True, [
        say(f"“{name}” answers for it, and there is a date. Ask, before you write it on the wall.", ok=True)
    ]


# ---- plan to measure ----

COUNTED = {
    "stay": "how many people come to the end (a share)",
    "gap": "the gap at the touchpoint that we mend (a mean)",
    "wait": "the days of waiting before it (a mean)",
}
HOPED = 10
"""Points of change for which a plan has to be good enough. For a mean it is a rule of thumb."""
FEWEST = 2 * next(patients for patients in PATIENTS if change(HOPED, patients).low > 0)
"""Twice the least, as lesson 9 tells: with the least, chance alone hides such a change about every other time."""


def can_say(answers: Answers) -> str:
    """What a plan will be able to say: an option of its question."""
    if answers["before"] == "no":
        return "stand"
    # two changes are compared: twice the variance, so twice the people on each side
    needed = FEWEST * (2 if answers["elsewhere"] == "yes" else 1)
    if PATIENTS[int(answers["people"])] < needed:
        return "unsure"
    return "ours" if answers["elsewhere"] == "yes" else "changed"


def draw_plan(answers: Answers) -> Told:
    many = f"{PATIENTS[int(answers['people'])]:,}"
    before, elsewhere = answers["before"] == "yes", answers["elsewhere"] == "yes"
    return Told(
        "Our plan to measure",
        [
            f"We count {COUNTED[answers['what']]}.",
            f"Before the change: {f'{many} people' if before else 'nothing'}. After it: {many} people.",
            f"Another place stays as it is, and counts in the same months: {'yes' if elsewhere else 'no'}.",
            "We wrote this down before we began.",
        ],
    )


SAID = {
    "stand": "There is no before. So the plan can say where you stand, and no more. It tempts to begin at once, but the "
    "“before” can never be made up for.",
    "unsure": "It has a before, but too few people. Look at the numbers above the slider.",
    "changed": "It has a before and enough people, but no other place. So it can say that something changed, and not why.",
    "ours": "It has a before, another place and enough people. So it can say how much came with the change, if both places "
    "would have moved alike.",
}


def judge_plan(question: str, answers: Answers) -> tuple[bool, Words]:
    true = can_say(answers)
    if answers[question] != true:
        return False, [say(f"Look at the plan again. {SAID[true]}", ok=False)]
    if true != "ours":
        return True, [say(f"{SAID[true]} Can you mend the plan so that it says more?", ok=True)]
    return True, [say(f"{SAID[true]} Write it down and show it to those whose work it counts.", ok=True)]


ACTIVITIES = {
    "10_run_the_workshop": (draw_workshop, judge_workshop),
    "10_my_map": (draw_my_map, judge_my_map),
    "10_choose_together": (draw_together, judge_together),
    "10_plan_to_measure": (draw_plan, judge_plan),
}

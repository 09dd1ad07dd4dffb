"""Lesson 7: numbers and words, sorting by hand, the iceberg, weights, and a survey that closes the loop."""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd

from cxkit.cases import case
from cxkit.measures.estimate import Estimate
from cxkit.measures.gap import gap
from cxkit.measures.iceberg import Iceberg, iceberg
from cxkit.measures.retention import waiting_cost
from cxkit.measures.scores import proportion
from cxkit.measures.voice import agreement, code_quotes, complaints
from cxkit.teaching.form import Words, say
from cxkit.views.charts.voice import plot_iceberg
from cxkit.views.codes import draw_codes
from cxkit.views.loop import Card, draw_loop
from cxkit.views.picture import Picture
from cxkit.views.ranking import draw_ranking
from cxkit.views.voices import draw_voices
from cxkit.yaml_text import from_yaml

from . import Answers

HERE = Path(__file__).parent
WORDS = from_yaml((HERE / "words_07.yaml").read_text("utf-8"))
COVER = "Cover: told and given"
IDS = {
    "search": "Search for a plan",
    "advice": "Advice before joining",
    "joining": "Joining",
    "hold": "Time on hold",
    "visits": "Visits at the clinic",
    "cover": COVER,
    "help": "Help when something went wrong",
    "bill": "The bill",
}


@functools.cache
def _feedback() -> pd.Series:
    return case("hmo_opt_out").table("feedback").set_index("quote_id")["text"]


@functools.cache
def _severities() -> pd.DataFrame:
    """One row per quote: where it belongs and how badly the person was hurt, as a reader of ours saw it."""
    counted = pd.read_csv(HERE / "severity.csv")
    return counted.loc[counted.index.repeat(counted["quotes"]), ["touchpoint", "severity"]]


# ---- words and numbers ----

HEARD: dict[str, list[str]] = WORDS["heard"]


@functools.cache
def _gaps() -> pd.DataFrame:
    return gap(case("hmo_opt_out").table("survey"))


def _heavy(touchpoint: str) -> Estimate:
    """The share of the complaints at a touchpoint in which somebody was hurt badly (severity 3 or 4)."""
    table = _severities()
    here = table.loc[(table["touchpoint"] == touchpoint) & (table["severity"] > 0), "severity"]
    return proportion(int((here >= 3).sum()), len(here))


def _where(answers: Answers) -> str:
    return list(IDS)[int(answers["where"])]


def draw_heard(answers: Answers) -> Picture:
    chosen = _where(answers)
    return draw_voices(_gaps(), IDS[chosen], [str(_feedback()[one]) for one in HEARD[chosen]])


def judge_heard(question: str, answers: Answers) -> tuple[bool, Words]:
    where = _where(answers)
    heavy = _heavy(IDS[where])
    told = (
        f"A reader of ours looked at all {heavy.n} complaints about it. In {round(heavy.value * heavy.n)} of them somebody "
        f"was hurt badly: {_percent(heavy)}."
    )
    if where == "help":
        cover = _heavy(COVER)
        more = f"At one other touchpoint it is {round(cover.value * cover.n)} of {cover.n}."
        return False, [say(f"{WORDS['heard_why'][where]} {told} {more}")]
    if IDS[where] != COVER:
        return False, [say(f"{WORDS['heard_why'][where]} {told}", ok=False)]
    return True, [say(f"{told} {WORDS['heard_why'][where]}", ok=True), say(WORDS["heard_both"])]


def _percent(one: Estimate) -> str:
    return f"{100 * one.value:.0f}% (95% interval {100 * one.low:.0f} to {100 * one.high:.0f}, n = {one.n})"


# ---- sort what they say ----

READER = {quote: (IDS[one["code"]], one["why"]) for quote, one in WORDS["reader"].items()}
FAIR = 0.6


@functools.cache
def _rule() -> dict[str, str]:
    """What the rule of the codebook gives to each of the quotes; "" where it finds nothing or a tie."""
    texts = _feedback()[list(READER)].reset_index()
    coded = code_quotes(texts, case("hmo_opt_out").table("codebook"))
    return dict(zip(coded["quote_id"], coded["code"], strict=True))


def _sorted(answers: Answers) -> dict[str, str]:
    rows = {row["step"].upper(): row.get("touchpoint") for row in answers.get("code", [])}
    return {quote: IDS[rows[quote]] for quote in READER if rows.get(quote) in IDS}


def _agreements(mine: dict[str, str]) -> list[tuple[str, Estimate]]:
    reader = [READER[quote][0] for quote in READER]
    rule = [_rule()[quote] for quote in READER]
    own = [mine[quote] for quote in READER]
    return [
        ("You and our reader", agreement(own, reader)),
        ("You and the rule of the codebook", agreement(own, rule)),
        ("Our reader and the rule", agreement(reader, rule)),
    ]


def draw_code(answers: Answers) -> Picture:
    mine = _sorted(answers)
    tally = {name: sum(code == name for code in mine.values()) for name in IDS.values()}
    return draw_codes(tally, len(READER), _agreements(mine) if len(mine) == len(READER) else ())


def judge_code(question: str, answers: Answers) -> tuple[bool, Words]:
    mine = _sorted(answers)
    if open_yet := len(READER) - len(mine):
        return False, [say(f"{open_yet} still to sort. {WORDS['unsure']}")]
    pairs = _agreements(mine)
    good = pairs[0][1].value >= FAIR
    words = [
        say(f"{who}: {_kappa(one)}.", ok=True if good and one is pairs[0][1] else None) for who, one in pairs
    ]
    words.append(say(WORDS["kappa"]))
    differ = [quote for quote in READER if mine[quote] != READER[quote][0]]
    words += [
        say(f"{_start(quote)} You: {mine[quote]}. Our reader: {READER[quote][0]}. {READER[quote][1]}")
        for quote in differ
    ]
    if not good:
        return False, [*words, say(WORDS["sort_again"], ok=False)]
    return True, [*words, say(WORDS["sorted_well" if differ else "sorted_alike"])]


def _kappa(one: Estimate) -> str:
    value, low, high = (f"{each:.2f}".replace("-", "−") for each in (one.value, one.low, one.high))
    return f"kappa {value} (95% interval {low} to {high}, n = {one.n})"


def _start(quote: str) -> str:
    words = str(_feedback()[quote]).split()
    return f"“{' '.join(words[:6])}{' …' if len(words) > 6 else ''}”"


# ---- under the water ----

COMPLAINED = 40
"""People who complained, at a branch that we made up."""
ASKED = (50, 100, 200, 400, 800, 1600)
WANTED = 100


def _iceberg(share: float, place: int) -> Iceberg:
    asked = ASKED[place]
    speaks_up = proportion(round(asked * share / 100), asked)
    return iceberg(COMPLAINED, speaks_up, source="the survey that you set")


def draw_water(answers: Answers) -> Picture:
    return plot_iceberg(_iceberg(answers["speaks"], int(answers["asked"])))


def judge_water(question: str, answers: Answers) -> tuple[bool, Words]:
    place = int(answers["asked"])
    silent = _iceberg(answers["speaks"], place).silent
    start = (
        f"With {ASKED[place]:,} people asked, about {silent.value:,.0f} stayed silent (95% interval {silent.low:,.0f} to "
        f"{silent.high:,.0f})."
    )
    if silent.low < WANTED:
        more = f"The interval reaches below {WANTED}. Ask more people."
        if _iceberg(answers["speaks"], len(ASKED) - 1).silent.low < WANTED:
            more = f"At this share not even {ASKED[-1]:,} people are enough. {WORDS['back_to_share']}"
        return False, [say(f"{start} {more}", ok=False)]
    if place and _iceberg(answers["speaks"], place - 1).silent.low >= WANTED:
        return False, [say(f"{start} {WORDS['smaller_does']}", ok=False)]
    return True, [
        say(f"{start} You may say: “at least {WANTED} stayed silent”. A smaller survey would not bear it.", ok=True),
        say(WORDS["never_a_point"]),
    ]  # fmt: skip


# ---- how much does it weigh ----

STEPS = (1, 2, 3, 5, 8, 12, 20)
"""How much one complaint can count, place by place of a slider."""
LEVELS = {2: "real", 3: "bad", 4: "grave"}


def _weights(answers: Answers) -> dict[int, float]:
    return {0: 0.0, 1: 1.0} | {level: float(STEPS[int(answers[name])]) for level, name in LEVELS.items()}


def _weighed(weights: dict[int, float]) -> pd.DataFrame:
    return complaints(_severities(), weights)


def _first(weights: dict[int, float]) -> str:
    table = _weighed(weights).sort_values("weighted_share", ascending=False, kind="stable")
    return str(table["touchpoint"].iloc[0])


def draw_weights(answers: Answers) -> Picture:
    weights = _weights(answers)
    names = {1: "a nuisance", 2: "real trouble", 3: "hurt badly", 4: "in danger"}
    shown = ", ".join(f"{name} {weights[level]:g}" for level, name in names.items())
    return draw_ranking(_weighed(weights), shown)


def judge_weights(question: str, answers: Answers) -> tuple[bool, Words]:
    if question == "defence":
        chosen = WORDS["defences"][answers["defence"]]
        return chosen["right"], [say(chosen["words"], ok=chosen["right"])]
    weights = _weights(answers)
    if any(weights[level + 1] < weights[level] for level in (1, 2, 3)):
        return False, [say(WORDS["falling"], ok=False)]
    first = _first(weights)
    if first != COVER:
        return False, [say(f"“{first}” still comes first. {WORDS['where_heavy']}", ok=False)]
    table = _weighed(weights)
    cover = table[table["touchpoint"] == COVER]
    columns = ("weighted_share", "share", "low", "high")
    weight, number, low, high = (100 * float(cover[name].iloc[0]) for name in columns)
    return True, [
        say(
            f"“{COVER}” comes first with {weight:.0f}% of the weight. By number it has {number:.0f}% of the complaints "
            f"(95% interval {low:.0f} to {high:.0f}, n = {int(table['quotes'].sum())}).",
            ok=True,
        ),
        say(WORDS["other_weights"]),
    ]


# ---- close the loop ----

QUESTIONS: dict[str, dict[str, str]] = WORDS["questions"]
OWNERS: dict[str, dict[str, str]] = WORDS["owners"]
HOW_MANY = 3
STILL_THERE = 0.80


@functools.cache
def _day() -> Estimate:
    """What one more day without word costs, of the patients still there: lesson 6."""
    patients = case("dental_clinic_delays").table("patients")
    return waiting_cost(patients, "days_after_images", "lost_after_images", adjust=["half", "pilot"])


def still_there(days: float) -> Estimate:
    """The share of patients who are still there after some days without word."""
    cost = _day()
    value, low, high = ((1 - each) ** days for each in (cost.value, cost.high, cost.low))
    return Estimate(
        value,
        low,
        high,
        n=cost.n,
        interval="95% interval, from that of a day",
        name="Still there",
        unit="share",
    )


def draw_survey(answers: Answers) -> Picture:
    picked = [QUESTIONS[one] for one in answers.get("three", [])]
    # one too many is shown as too many; the words below the form say the rest
    cards = [Card(one["asks"], one["brings"], one["kind"] != "none") for one in picked[: HOW_MANY + 1]]
    owner = OWNERS[answers["owner"]]["name"] if "owner" in answers else ""
    days = int(answers["days"])
    return draw_loop(cards, HOW_MANY, owner, days, still_there(days))


def judge_survey(question: str, answers: Answers) -> tuple[bool, Words]:
    if question == "three":
        return _judge_three([QUESTIONS[one] for one in answers["three"]])
    if question == "owner":
        owner = OWNERS[answers["owner"]]
        if owner["trouble"]:
            return False, [say(owner["trouble"], ok=False)]
        return True, [say(f"{owner['name']}: {WORDS['can_be_asked']}", ok=True)]
    days = int(answers["days"])
    there = still_there(days)
    when = "On the same day" if days == 0 else f"After {days} day{'s' if days > 1 else ''}"
    about = (
        f"{when}, about {100 * there.value:.0f} of 100 are still there (95% interval {100 * there.low:.0f} to "
        f"{100 * there.high:.0f})."
    )
    if there.low < STILL_THERE:
        return False, [
            say(f"{about} The low end lies below {100 * STILL_THERE:.0f}. Promise less time.", ok=False)
        ]
    more = f" {WORDS['same_day']}" if days == 0 else ""
    return True, [
        say(f"{about} Your promise reaches at least {100 * STILL_THERE:.0f} of 100.{more}", ok=True)
    ]


def _judge_three(picked: list[dict[str, str]]) -> tuple[bool, Words]:
    if len(picked) != HOW_MANY:
        more = "Choose three." if len(picked) < HOW_MANY else WORDS["too_many"]
        return False, [say(f"You have {len(picked)}. {more}", ok=False)]
    words = [
        say(f"“{one['asks']}” brings {one['brings']}.", ok=False) for one in picked if one["kind"] == "none"
    ]
    kinds = {one["kind"] for one in picked}
    words += [say(lack, ok=False) for kind, lack in WORDS["lacks"].items() if kind not in kinds]
    return (False, words) if words else (True, [say(WORDS["three_good"], ok=True)])


ACTIVITIES = {
    "07_heard": (draw_heard, judge_heard),
    "07_code": (draw_code, judge_code),
    "07_water": (draw_water, judge_water),
    "07_weights": (draw_weights, judge_weights),
    "07_survey": (draw_survey, judge_survey),
}

"""Journeys that every export has to tell in full: the two cases, a long one, and one that tries to break things."""

import random

import pandas as pd

from cxkit.cases import case
from cxkit.journey import CHANNELS, EVIDENCE, FAILURES, MOMENTS, STAGES, Journey

# What people type, paste, or try.
HOSTILE = [
    "<script>window.broken = 1</script>",
    '"><img src=x onerror="window.broken = 1">',
    "]]> --> */ </style></svg></table>",
    "javascript:window.broken=1",
    "&lt;b&gt; &amp; &#x41; %3Cscript%3E",
    "left \u202eright to left\u202c \u2066isolated\u2069 \u200f",
    "%%{init: {}}%% #35; a;b:c, d",
    "title of this: journey; section #1",
    "two\nlines\tand a tab",
    '=HYPERLINK("http://example.org","click")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "x;=1+1\n=2+2",
    "{{7*7}} ${7*7} `rm -rf`",
    "א: ״שלום״ <b>",
    "Donaudampfschifffahrtsgesellschaftskapitän" * 2,
    "𝒳 👩🏽‍⚕️ 你好",
]


def thirty(language="en"):
    """Thirty touchpoints with long and short words, holes, and every word that is allowed."""
    chance = random.Random(30)
    names = [
        "Calls the clinic",
        "Waits",
        "Receives a bill that nobody had announced",
        "Fills in the form again",
    ]
    if language == "he":
        names = ["מתקשרת למרפאה", "ממתינה", "מקבלת חשבון שאיש לא הודיע עליו מראש", "ממלאת שוב את הטופס"]
    rows = [
        {
            "stage": STAGES[min(2, row // 11)],
            "touchpoint": f"{chance.choice(names)} {row + 1}",
            "channel": chance.choice(CHANNELS),
            "owner": chance.choice(["", "IT", names[0]]),
            "expected": chance.choice([None, *range(1, 11)]),
            "experienced": chance.choice([None, *range(1, 11), 2.5]),
            "wait_days": chance.choice([None, 0, 0.2, 1, 3, 14, 90, 1000]),
            "moment": chance.choice(["", "", *MOMENTS]),
            "pain_point": chance.choice(["", names[2]]),
            "failure": chance.choice(["", *FAILURES]),
            "quote": chance.choice(["", names[3]]),
            "evidence": chance.choice(["", *EVIDENCE]),
            "opportunity": chance.choice(["", names[1]]),
            "inferred": chance.choice(["", "owner, expected", "wait_days"]),
        }
        for row in range(30)
    ]
    return Journey(rows, title=names[2], persona=names[1], language=language, source=names[0])


def awkward(language="en"):
    """Hostile and odd texts in every place that takes a text."""
    rows = [
        {
            "stage": STAGES[min(2, number // 6)],
            "touchpoint": text,
            "channel": CHANNELS[number % len(CHANNELS)],
            "owner": HOSTILE[-number - 1],
            "expected": 1 + number % 10,
            "experienced": None if number % 5 == 4 else 10 - number % 10,
            "wait_days": None if number % 4 == 3 else number / 2,
            "pain_point": HOSTILE[(number + 3) % len(HOSTILE)],
            "quote": HOSTILE[(number + 5) % len(HOSTILE)],
            "opportunity": HOSTILE[(number + 7) % len(HOSTILE)],
            '"><script>x</script>': text,
            "=1+1": text,
        }
        for number, text in enumerate(HOSTILE)
    ]
    persona = dict(zip(("name", "demographics", "job", "situation"), HOSTILE[:4], strict=True))
    about = {"title": HOSTILE[1] + HOSTILE[0], "scenario": HOSTILE[2], "source": HOSTILE[3]}
    return Journey(rows, persona=persona, language=language, **about)


def every():
    """Name and journey of all that an export has to tell."""
    found = {}
    for name in ("hmo_opt_out", "dental_clinic_delays"):
        for state, journey in case(name).journeys.items():
            found[f"{name} {state}"] = journey
    for state, journey in case("dental_clinic_delays", "he").journeys.items():
        found[f"hebrew {state}"] = journey
    return {
        **found,
        "thirty": thirty(),
        "thirty hebrew": thirty("he"),
        "awkward": awkward(),
        "awkward hebrew": awkward("he"),
    }


def number(value):
    """A number as people write it; empty where there is none."""
    return "" if pd.isna(value) else f"{value:.12g}".replace("-", "−")


def flat(text):
    """Words on one line, with plain spaces, and without marks that set a direction."""
    marks = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
    return " ".join(str(text).translate(marks).split())

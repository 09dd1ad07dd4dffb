"""Lesson 3: what the records can still tell of Lucy's call, and an audit of what Noa was promised."""

from __future__ import annotations

from cxkit.measures.scores import proportion
from cxkit.teaching.form import Words, say
from cxkit.views.ledger import Mark, draw_ledger
from cxkit.views.picture import Picture
from cxkit.views.share_bars import percent

from . import Answers
from .sorting import Key, chosen, marks, wrong_cards

# ---- Lucy: which record tells what ----

RECORDS = {
    "recording": "The recording of her call on 5 March",
    "page": "The page “Maternity” in the agents’ handbook, as it was on 5 March",
    "script": "Script 3 with its five questions",
    "note": "The agent’s note: “Plan explained, all questions answered”",
    "bill": "The bill for the birth",
}
RECORD_KEY: Key = {
    "recording": {"tells": ("apart",), "there": ("gone",)},
    # it could only show that the agent read out what was wrong
    "page": {"tells": ("wrong", "apart"), "there": ("gone",)},
    # a script without the question does not show that nobody asked
    "script": {"tells": ("asked", "both"), "there": ("there",)},
    "note": {"tells": ("both",), "there": ("there",)},
    "bill": {"tells": ("both",), "there": ("there",)},
}
RECORD_WORDS = {
    "recording": "The recording: it holds every word, asked and said. Look in the log: what happened on 4 June?",
    "page": "The handbook page: agents read from it. If it was wrong, which explanation does that fit? "
    "And what happened to it on 11 March?",
    "script": "The script: it asks for name, age, town, plan and payment. What is missing? It can point to “nobody asked”, "
    "but is it proof? The log names it, so it is there.",
    "note": "The note: does it say what was explained about the birth? It stands in the log.",
    "bill": "The bill: it shows the harm. Does it show what was said in March? The billing office has it.",
}
TELLS = {
    "wrong": Mark("“told wrong”", "point"),
    "asked": Mark("“nobody asked”", "point"),
    "apart": Mark("could tell them apart", "star"),
    "both": Mark("fits both", "open"),
}
THERE = {"there": Mark("still there", "good"), "gone": Mark("gone", "bad")}


def draw_evidence(answers: Answers) -> Picture:
    sorted_ = chosen(answers.get("records"))
    done = sum(len(row) == 2 for row in sorted_.values())
    left = sum(row == {"tells": "apart", "there": "there"} for row in sorted_.values())
    if done < len(RECORDS):
        title = f"{done} of {len(RECORDS)} records sorted"
    else:
        title = f"Still there, and able to tell the two apart: {left or 'none'}"
    columns = [("What can it tell?", marks(RECORDS, "tells", sorted_, TELLS))]
    columns.append(("Is it still there?", marks(RECORDS, "there", sorted_, THERE)))
    return draw_ledger(
        list(RECORDS.values()), columns, title, first="Record", caption="What the records can tell",
        note="The log is ours: its dates, agents and records are made up.",
    )  # fmt: skip


def judge_evidence(question: str, answers: Answers) -> tuple[bool, Words]:
    right, words = wrong_cards(chosen(answers["records"]), RECORD_KEY, RECORD_WORDS)
    if not right:
        return False, words
    return True, [
        say(
            "What could tell the two apart is gone. The script can point to “nobody asked”, but the agent may have asked "
            "all the same. So today nobody can say. That is a finding: keep the recording until the plan has been used.",
            ok=True,
        )
    ]


# ---- Noa: said, and given ----

PROMISES = {
    "soon": "A time at the dentist, two days later",
    "date": "A date to have the tooth taken out, at the desk",
    "images": "The images reach the clinic the same day",
    "call": "The clinic phones her that same day",
    "hear": "“You will hear from us”",
}
PROMISE_KEY: Key = {
    "soon": {"said": ("yes",), "given": ("yes",)},
    "date": {"said": ("no",), "given": ("no",)},
    # that they came is told; that it was on the very day is not
    "images": {"said": ("yes",), "given": ("yes", "open")},
    "call": {"said": ("no",), "given": ("no",)},
    "hear": {"said": ("yes",), "given": ("open",)},
}
PROMISE_WORDS = {
    "soon": "The time at the dentist: the clinic gave it on the phone. Was she seen then?",
    "date": "The date at the desk: she asked for it. What did the clerk say, and what did Noa go home with?",
    "images": "The images: who said that they come the same day? And what does Noa know when she calls?",
    "call": "The call: “I was sure that the clinic would phone.” Did anybody say so?",
    "hear": "“You will hear from us”: somebody says it at the end. Does the story go on after that?",
}
SAID = {"yes": Mark("somebody said it", "good"), "no": Mark("she hoped for it", "open")}
GIVEN = {"yes": Mark("given", "good"), "no": Mark("not given", "bad"), "open": Mark("not told", "open")}


def draw_noa(answers: Answers) -> Picture:
    sorted_ = chosen(answers.get("promises"))
    said = [row for row in sorted_.values() if row.get("said") == "yes" and row.get("given") in ("yes", "no")]
    kept = sum(row["given"] == "yes" for row in said)
    if said:
        share = proportion(kept, len(said))
        title = f"Promises kept, of those with a known end: {kept} of {len(said)}"
        note = (
            f"As a share, {percent(share.value)} (95% Wilson interval {percent(share.low)} to {percent(share.high)}, "
            f"n = {share.n}). So wide an interval says: one story gives no share."
        )
    else:
        title, note = (
            "Promises kept: not known yet",
            "Count only what somebody said and what has a known end.",
        )
    columns = [("Was it said?", marks(PROMISES, "said", sorted_, SAID))]
    columns.append(("Was it given?", marks(PROMISES, "given", sorted_, GIVEN)))
    return draw_ledger(
        list(PROMISES.values()), columns, title, note=note, first="Noa’s story", caption="Noa’s promise audit"
    )


def judge_noa(question: str, answers: Answers) -> tuple[bool, Words]:
    right, words = wrong_cards(chosen(answers["promises"]), PROMISE_KEY, PROMISE_WORDS)
    if not right:
        return False, words
    return True, [
        say(
            "No promise was broken, as far as the story tells. And still she was let down. The call that hurt was one "
            "that nobody had promised, and nobody owned. So audit what people expect too, not only what you said.",
            ok=True,
        )
    ]


ACTIVITIES = {"03_evidence": (draw_evidence, judge_evidence), "03_noa": (draw_noa, judge_noa)}

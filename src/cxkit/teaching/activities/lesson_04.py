"""Lesson 4: which moments count, which one stays in mind, and the four kinds on Noa's way."""

from __future__ import annotations

from cxkit.cases import case
from cxkit.measures.scores import peak_end
from cxkit.teaching.form import Words, say
from cxkit.views.ledger import Mark, draw_ledger
from cxkit.views.memory import draw_memory
from cxkit.views.picture import Picture

from . import Answers
from .sorting import Key, chosen, marks, wrong_cards

MOMENTS = ("search", "call", "joins", "visits", "desk", "furious", "pays", "tells")
NAMES = (
    "Searches the web",
    "Calls with questions",
    "Joins the plan",
    "Antenatal visits",
    "At the hospital desk",
    "Calls, furious",
    "Pays herself",
    "Tells family and friends",
)
MIDDLE = 5.5


def _scores() -> list[float]:
    return [float(score) for score in case("hmo_opt_out").journey.table["experienced"]]


def _kept(scores: list[float]) -> tuple[float, float]:
    """The mean, and what the peak-end rule says that memory keeps."""
    return sum(scores) / len(scores), peak_end(scores, norm=MIDDLE).value


# ---- find them ----

MOST = 4


def draw_find(answers: Answers) -> Picture:
    picked = answers.get("moments", [])
    starred = [place for place, one in enumerate(MOMENTS) if one in picked]
    many = len(starred)
    title = f"You marked {many} moment{'s' * (many != 1)} of truth" if many else "No moment marked yet"
    return draw_memory(
        NAMES, _scores(), title, starred=starred,
        drawn="What Lucy lived, from 1 to 10. A star marks what you chose.", note="The scores are ours.",
    )  # fmt: skip


def judge_find(question: str, answers: Answers) -> tuple[bool, Words]:
    picked = answers["moments"]
    if len(picked) > MOST:
        return False, [
            say(
                f"You marked {len(picked)}. If nearly all moments count most, none does. Choose at most {MOST}.",
                ok=False,
            )
        ]
    lacking = []
    if not {"search", "call"} & set(picked):
        lacking.append(say("Where is her first impression formed? Look at the start of the line.", ok=False))
    if "desk" not in picked:
        lacking.append(say("Where does the line fall the furthest from one moment to the next?", ok=False))
    if lacking:
        return False, lacking
    doubt = (
        " One to think about is “Joins the plan”: her score hardly moves there. Keep it if you can say why."
        if "joins" in picked
        else ""
    )
    words = [
        say(
            "You have a moment that forms her impression and the one that breaks it. Other choices are right, too: "
            f"which moments count is a judgement, until data tell.{doubt}",
            ok=True,
        )
    ]
    return True, words


# ---- what stays in mind ----

MENDED = 8


def _mended(answers: Answers) -> tuple[int, list[float], list[float]]:
    """The place that is mended, the scores before, and the scores after."""
    place, before = int(answers["moment"]), _scores()
    after = list(before)
    after[place] = max(after[place], MENDED)
    return place, before, after


def draw_mend(answers: Answers) -> Picture:
    place, before, after = _mended(answers)
    (mean, kept), (mean_before, kept_before) = _kept(after), _kept(before)
    return draw_memory(
        NAMES, after,
        f"Memory keeps {kept:.1f}. Before, it was {kept_before:.1f}. The mean goes from {mean_before:.1f} to {mean:.1f}",
        before=before, starred=[place], lines=[("Mean", round(mean, 1)), ("Memory", round(kept, 1))],
        drawn="Star: the moment that you mend. Dashed: before.",
        note="Memory: the middle of the moment furthest from 5.5 and of the last one (peak-end rule). The scores are ours.",
    )  # fmt: skip


def judge_mend(question: str, answers: Answers) -> tuple[bool, Words]:
    place, before, after = _mended(answers)
    (mean, kept), (mean_before, kept_before) = _kept(after), _kept(before)
    if before[place] >= MENDED:
        return False, [say(f"“{NAMES[place]}” is an {MENDED} already. There is nothing to mend.", ok=False)]
    if kept <= kept_before:
        other = "another 1" if before[place] == 1 else "a 1"
        why = f"The last moment is still a 1, and {other} still stands out most."
        return False, [
            say(
                f"The mean rises from {mean_before:.1f} to {mean:.1f}. Memory stays at {kept:.1f}. {why} "
                "Which single moment moves it?",
                ok=False,
            )
        ]
    return True, [
        say(
            f"The end. Say somebody from the HMO calls her before she tells her friends. Then memory keeps {kept:.1f} "
            f"and not {kept_before:.1f}, while the mean rises no more than elsewhere, to {mean:.1f}. "
            "A kind end does not pay her bill. It comes after the help, not in its place.",
            ok=True,
        )
    ]


# ---- four kinds, on Noa's way ----

STEPS = {
    "wonders": "She thinks of another clinic, or a private dentist",
    "mailbox": "The images lie in the mailbox, and nobody calls",
    "tells": "She tells her story, and we read it",
    "request": "She phones the clinic and asks to be seen",
    "dentist": "The dentist looks at her teeth and says what is needed",
}
STEP_KEY: Key = {
    "wonders": {"kind": ("zero",)},
    "mailbox": {"kind": ("second",)},
    "tells": {"kind": ("ultimate",)},
    "request": {"kind": ("first",)},
    "dentist": {"kind": ("second",)},
}
STEP_WORDS = {
    "wonders": "She thinks of another clinic: which kind is that? She looks round, and has met nobody there yet.",
    "mailbox": "The mailbox: does she choose the clinic here, or does she use it?",
    "tells": "She tells her story: which kind is telling others?",
    "request": "She phones: with this call she chooses the clinic. Which kind is that?",
    "dentist": "The dentist: she gets what she came for. Which kind is using the service?",
}
KINDS = {kind: Mark(kind, "star") for kind in ("zero", "first", "second", "ultimate")}


def draw_kinds(answers: Answers) -> Picture:
    sorted_ = chosen(answers.get("kinds"))
    kinds = {row["kind"] for row in sorted_.values() if "kind" in row}
    return draw_ledger(
        list(STEPS.values()), [("Kind", marks(STEPS, "kind", sorted_, KINDS))],
        "All four kinds found" if len(kinds) == 4 else f"{len(kinds)} of 4 kinds found",
        first="Noa’s story", caption="Noa’s moments of truth",
    )  # fmt: skip


def judge_kinds(question: str, answers: Answers) -> tuple[bool, Words]:
    right, words = wrong_cards(chosen(answers["kinds"]), STEP_KEY, STEP_WORDS)
    if not right:
        return False, words
    return True, [
        say(
            "Look at the first one. She has called, she waits again, and now she begins to wonder about another clinic. "
            "Your weak second moment is somebody else’s zero moment.",
            ok=True,
        )
    ]


ACTIVITIES = {
    "04_find": (draw_find, judge_find),
    "04_mend": (draw_mend, judge_mend),
    "04_kinds": (draw_kinds, judge_kinds),
}

"""A journey as a Mermaid `journey` diagram, for wikis and code hosts that draw such text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cxkit.exchange.exchange_words import words
from cxkit.exchange.facts import facts, title_of
from cxkit.views.map.cells import Story, alt

LONGEST = 80
"""Letters that a task's box can show; the full name stands in the comment above it."""
# Marks that turn the direction of text, or are not seen: a file must not read otherwise than it is.
_UNSEEN = "\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
# Mermaid's own grammar ends a word at these, reads them as comments, codes or markup, or splits actors there.
_SPECIAL = re.compile(f"[#;:,%<>\"'&`{{}}\\[\\]|\\\\$¶ßﬂ°{_UNSEEN}]")
# In a comment only a directive (%%{…}%%) or markup could do harm.
_HARMFUL = re.compile(f"[<>&{{}}{_UNSEEN}]")
# At the start of a line these are Mermaid's words, not ours.
_KEYWORD = re.compile(r"(journey|title|section|acctitle|accdescr|style|classdef)", re.IGNORECASE)
_BOXES = """---
config:
  journey:
    width: 230
    height: 70
---"""


def to_mermaid(journey: Any) -> str:
    """The text of a Mermaid diagram: stages are sections, touchpoints are tasks, owners are actors.

    Args:
        journey: a `Journey`.

    Mermaid's scores run from 1 to 5, so what was experienced (1–10) is shown on that scale; a comment in the
    file says how. A touchpoint without a score gets 3, and its name says so. Waits stand in the name. What
    Mermaid cannot draw (expectations, gaps, channels, pain points …) stands in comments.

    >>> from cxkit.journey import Journey
    >>> calls = {"stage": "care", "touchpoint": "Calls: asks", "channel": "phone", "experienced": 10}
    >>> print(to_mermaid(Journey([{**calls, "owner": "IT"}])).splitlines()[-1].strip())
    Calls#58; asks: 5: IT
    """
    return "\n".join(_lines(Story(journey))) + "\n"


def _lines(story: Story) -> Iterator[str]:
    journey, own = story.journey, words(story.journey.language)
    yield _BOXES
    yield "journey"
    yield f"  title {escape(title_of(journey))}"
    yield f"  accTitle: {escape(title_of(journey))}"
    yield f"  accDescr: {escape(alt(story))}"
    for name in ("mermaid.scale", "mermaid.score", "mermaid.actors"):
        yield f"  %% {own[f'page.{name}']}"
    about = {"persona": journey.persona.name, "scenario": journey.scenario, "source": journey.source}
    for name, text in about.items():
        if text:
            yield f"  %% {own[f'page.{name}']}: {_comment(text)}"
    stage = None
    for row in range(len(story)):
        if story.stages[row] != stage:
            stage = story.stages[row]
            yield f"  section {escape(story.words.get(stage, stage))}"
        known = " · ".join(_comment(f"{fact.label}: {fact.said}") for fact in facts(story, row))
        yield f"    %% {row + 1}. {known}"
        yield f"    {_task(story, row, own)}"


def _task(story: Story, row: int, own: dict[str, str]) -> str:
    lived, owner = story.experienced[row], story.cells["owner"][row]
    said = _short(_plain(str(story.table.at[row, "touchpoint"])), LONGEST)
    if row and story.waits[row]:
        said = own["page.mermaid.after"].format(name=said, wait=story.wait_words(row))
    if lived is None:
        said = own["page.mermaid.unscored"].format(name=said)
    text = escape(said)
    if _KEYWORD.match(text):
        text = f"#{ord(text[0])};{text[1:]}"
    if not re.search(r"\w|#", text):  # Mermaid takes a name of nothing but blanks for none
        text = escape(own["page.mermaid.first"].format(k=row + 1))
    score = 3.0 if lived is None else round(1 + (lived - 1) * 4 / 9, 2)
    # the space after each colon is part of the rule: Mermaid drops a sign in "style:#"
    actor = "" if owner is None else f": {escape(_named(story, row))}"
    return f"{text}: {score:g}{actor}"


def _named(story: Story, row: int) -> str:
    return _short(_plain(str(story.table.at[row, "owner"])) or story.words["no owner"], 40)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _short(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    head = text[: most - 1]
    cut = head.rpartition(" ")[0]
    return (cut if len(cut) > 0.6 * most else head).rstrip() + "…"


def escape(text: str) -> str:
    """Text on one line that Mermaid reads as nothing but text: its own signs become numbered codes.

    >>> escape("a: b; 50%")
    'a#58; b#59; 50#37;'
    """
    return _SPECIAL.sub(_code, _plain(text))


def _comment(text: str) -> str:
    return _HARMFUL.sub(_code, _plain(text))


def _code(found: re.Match[str]) -> str:
    return f"#{ord(found[0])};"

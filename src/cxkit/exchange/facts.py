"""What is known of each touchpoint, in the words of the journey's language: the same for every export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cxkit.exchange.exchange_words import words
from cxkit.journey_cells import COLUMNS, PERSONA_FIELDS, number_text
from cxkit.views.map.cells import Story, duration, signed


@dataclass(frozen=True)
class Fact:
    """One thing that is known: the column's name, its label, the text, and whether it was worked out."""

    name: str
    label: str
    text: str
    guessed: bool = False

    @property
    def said(self) -> str:
        """The text, with "≈" where it was worked out rather than told."""
        return f"≈ {self.text}" if self.guessed else self.text


def facts(story: Story, row: int) -> Iterator[Fact]:
    """Everything that is known of the touchpoint in `row` (from 0), in the order of the columns.

    Empty cells are left out. A touchpoint without an owner says so, where others have one.

    >>> from cxkit.cases import case
    >>> story = Story(case("hmo_opt_out").journey)
    >>> [fact.said for fact in facts(story, 4) if fact.name in ("owner", "gap", "wait_days")]
    ['no owner', '≈ −8', '≈ 6 months (180 days)']
    """
    for name in (*COLUMNS, *(name for name in story.table.columns if name not in (*COLUMNS, "inferred"))):
        text = _text(story, row, name)
        if text:
            own = str(story.table.at[row, name]) not in ("", "nan")
            yield Fact(name, story.words.get(name, name), text, own and story.is_inferred(row, name))
        if name == "experienced" and story.gaps[row] is not None:
            guessed = story.is_inferred(row, "expected") or story.is_inferred(row, name)
            yield Fact("gap", story.words["gap"], signed(story.gaps[row] or 0.0), guessed)


def persona(journey: Any) -> list[Fact]:
    """What is known of the person; the name first. Empty parts are left out."""
    known = words(journey.language)
    parts = {part: getattr(journey.persona, part) for part in PERSONA_FIELDS}
    return [Fact(part, known[f"page.{part}"], text) for part, text in parts.items() if text]


def title_of(journey: Any) -> str:
    return str(journey.title or words(journey.language)["untitled"])


def _text(story: Story, row: int, name: str) -> str:
    if name == "wait_days":
        return _wait(story, row)
    if name in ("expected", "experienced"):
        value = (story.expected if name == "expected" else story.experienced)[row]
        return "" if value is None else number_text(value)
    raw = str(story.table.at[row, name])
    if name == "owner" and not raw:
        cell = story.cells["owner"][row]
        return cell.text if cell else ""
    if name == "stage":
        return story.words.get(raw, raw)
    if name == "evidence":
        return story.words.get("inferred.kind" if raw == "inferred" else raw, raw)
    return story.words.get(f"{name}.{raw}", raw) if raw else ""


def _wait(story: Story, row: int) -> str:
    days = story.waits[row]
    if days is None:
        there = row and any(wait is not None for wait in story.waits)
        return words(story.journey.language)["page.unknown"] if there else ""
    if not days and not row:
        return ""
    said = duration(days, story.words)
    exact = number_text(days)
    # 6 months are words for people; 180 days is what the journey says
    plain = story.words["day" if exact == "1" else "days"].format(exact)
    return said if said == plain or not days else f"{said} ({plain})"

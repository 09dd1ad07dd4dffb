"""What is said beside a journey map: its table, and how much of it is known."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxkit.journey_cells import is_empty
from cxkit.views.picture import Picture

if TYPE_CHECKING:  # the alt text in `cells` says what is said here
    from cxkit.views.map.cells import Story


class Map(Picture):
    """A drawn map. Its table tells a guess as the map does: with “≈” before the number.

    The numbers in `.twin` stay numbers.
    """

    def __init__(self, *, guessed: frozenset[tuple[int, str]] = frozenset(), **options: Any) -> None:
        super().__init__(**options)
        self.guessed = guessed

    def table_in_words(self) -> tuple[list[str], list[list[str]]]:
        heads, rows = super().table_in_words()
        columns = list(self.twin.columns)
        for row, column in self.guessed:
            place = columns.index(column) if column in columns else -1
            if place >= 0 and rows[row][place]:
                rows[row][place] = f"≈ {rows[row][place]}"
        return heads, rows


def guessed_numbers(story: Story) -> frozenset[tuple[int, str]]:
    """The rows and columns of the numbers that were worked out, not told."""
    scores = ("expected", "experienced")
    sources = {"gap": scores, **{name: (name,) for name in (*scores, "wait_days")}}
    return frozenset(
        (row, name)
        for row in range(len(story))
        for name, parts in sources.items()
        if any(story.is_inferred(row, part) for part in parts)
    )


_ORDER = (
    "stage",
    "touchpoint",
    "channel",
    "owner",
    "wait_days",
    "expected",
    "experienced",
    "gap",
    "moment",
    "odds_ratio",
    "rate_ratio",
    "low",
    "high",
    "pain_point",
    "failure",
    "quote",
    "opportunity",
    "evidence",
    "inferred",
)
_KINDS = ("observed", "inferred", "assumed", "planned", "untold")


def honest(story: Story) -> str:
    """How much there is, and how much of it was observed, only inferred, or is missing."""
    words, count = story.words, len(story)
    counted = words["foot.count.one"] if count == 1 else words["foot.count"].format(n=count)
    return "  ·  ".join([counted, scores_known(story) or words["foot.none"]])


def scores_known(story: Story) -> str:
    """How many scores were observed, only inferred, or are missing; empty where there is no score at all."""
    words, count = story.words, len(story)
    pairs = [("expected", story.expected), ("experienced", story.experienced)]
    known = [(i, name) for name, scores in pairs for i in range(count) if scores[i] is not None]
    if not known:
        return ""
    kinds = Counter(_kind(story, row, column) for row, column in known)
    told = [(kind, kinds[kind]) for kind in _KINDS if kinds[kind]]
    said = []
    for position, (kind, k) in enumerate(told):
        key = "foot.scores.more" if position else "foot.scores.one" if len(known) == 1 else "foot.scores"
        several = words[f"foot.{kind}"]
        one = words.get(evidence_key(kind), several)
        said.append(words[key].format(k=k, n=len(known), kind=one if k == 1 else several))
    missing = 2 * count - len(known)
    if missing:
        said.append(words["foot.missing.one" if missing == 1 else "foot.missing"].format(k=missing))
    return ", ".join(said)


def _kind(story: Story, row: int, column: str) -> str:
    evidence = story.text(row, "evidence")
    guessed = story.is_inferred(row, column)
    if story.planned and (guessed or evidence in ("assumed", "")):
        return "planned"
    return "inferred" if guessed else evidence or "untold"


def estimated(story: Story) -> str:
    """What the ratios at the stars stand for; empty without drivers."""
    drivers, words = story.drivers, story.words
    if drivers is None:
        return ""
    parts = [words[f"foot.{drivers.kind}"]]
    if drivers.outcome:
        parts[0] += " " + words["foot.outcome"].format(drivers.outcome)
    if drivers.per is not None:
        step = "" if drivers.unit == "point" else ".step"
        key = {-1.0: "foot.less", 1.0: "foot.more"}.get(drivers.per, "foot.points")
        parts[0] += " " + words[key + step].format(f"{drivers.per:g}".replace("-", "−"))
    if drivers.adjusted:
        names = ", ".join(drivers.adjusted_for)
        parts.append(words["foot.adjusted.for"].format(names) if names else words["foot.adjusted"])
    parts.append(words["foot.interval"])
    if drivers.n is not None:
        low, high = (f"{n:,}" for n in drivers.n)
        parts.append(words["foot.n"].format(words["foot.range"].format(low, high) if low != high else low))
    if drivers.left_out:
        parts.append(words["foot.left_out"].format(f"{drivers.left_out:,}"))
    if drivers.source:
        parts.append(words["foot.estimates"].format(drivers.source.rstrip(".")))
    return ", ".join(parts)


def elsewhere(story: Story, most: int) -> str:
    """The names that were estimated but are not on the map, in short; empty where there are none."""
    drivers = story.drivers
    if drivers is None or not drivers.others:
        return ""
    names = drivers.others
    said = ", ".join(names[:most])
    if len(names) > most:
        said = story.words["foot.and"].format(names=said, k=len(names) - most)
    key = "foot.others.one" if len(names) == 1 else "foot.others"
    return story.words[key].format(k=len(names), n=drivers.rows, names=said)


def headings(story: Story) -> dict[str, str]:
    """What the columns of the table are called."""
    words = story.words
    inferred = words["inferred.to-be" if story.planned else "inferred"]
    return {**words, "wait_days": words["wait_days.table"], "inferred": inferred}


def twin(story: Story) -> pd.DataFrame:
    """The whole journey as a table in the order of the map, in words, without columns in which nothing stands.

    Beside the scores stands the gap (experienced − expected), beside the moments the estimates.
    """
    table = story.table.copy()
    for column in ("channel", "moment", "failure"):
        if column in table:
            table[column] = [story.words.get(f"{column}.{word}", word) for word in table[column]]
    if "owner" in table:
        table["owner"] = [
            cell.text if cell and cell.boxed else owner
            for cell, owner in zip(story.cells["owner"], table["owner"], strict=True)
        ]
    table["stage"] = [story.words.get(word, word) for word in table["stage"]]
    if "evidence" in table:
        table["evidence"] = [story.words.get(evidence_key(word), word) for word in table["evidence"]]
    table["gap"] = [math.nan if gap is None else gap for gap in story.gaps]
    if story.drivers:
        found = story.drivers.found
        for column, part in ((story.drivers.kind, "ratio"), ("low", "low"), ("high", "high")):
            table[column] = [
                getattr(found[row], part) if row in found else math.nan for row in range(len(table))
            ]
    filled = [name for name in table if not all(is_empty(value) for value in table[name])]
    ordered = [name for name in _ORDER if name in filled]
    return table[ordered + [name for name in filled if name not in ordered]]


def evidence_key(kind: str) -> str:
    return "inferred.kind" if kind == "inferred" else kind

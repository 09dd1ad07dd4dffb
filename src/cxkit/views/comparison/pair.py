"""Two journeys side by side: which touchpoints are the same, and which stand in one column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, product
from typing import Any, cast

import numpy as np
import pandas as pd

from cxkit.journey import STAGES, Journey
from cxkit.languages import base_language
from cxkit.measures.compare import compare
from cxkit.views.comparison.words import fill, words
from cxkit.views.map.cells import Story, duration, signed

_SINGLE = {"“": "‘", "”": "’", '"': "’", "״": "׳"}
_QUOTATION = re.compile(r"(?<!\w)[“”״\"]|[“”״\"](?!\w)")


@dataclass(frozen=True)
class Column:
    """What stands above one another: a row of the old journey, a row of the new one, or one alone."""

    old: int | None
    new: int | None
    stages: tuple[str, ...]


class Pair:
    """Two journeys side by side."""

    def __init__(self, old: Journey, new: Journey) -> None:
        _check(old, new)
        self.old, self.new = Story(old), Story(new)
        self._texts: dict[tuple[bool, int, str], str] = {}
        self.language = new.language
        self.words = words(new.language)
        self.right_to_left = self.new.right_to_left
        self.table = cast(pd.DataFrame, compare(old, new))
        self.joined, self.moved = self._join()
        if not self.joined:
            raise ValueError(
                "The two journeys have no touchpoint in common, so there is nothing to join. "
                "Give a touchpoint that is in both the same name in both."
            )
        self.back = {after: before for before, after in self.joined.items()}
        self.columns = list(self._columns())
        kinds = ("as-is", "to-be") if (old.state, new.state) == ("as-is", "to-be") else ("before", "after")
        self.names = tuple(self.words[kind] for kind in kinds)
        self.said = self.words[f"said.{kinds[1]}"]
        self.planned = self.new.planned and not self.old.planned

    def fill(self, key: str, **parts: object) -> str:
        return fill(self.words[key], self.language, **parts)

    def text(self, story: Story, row: int, column: str) -> str:
        """A cell as text. Asked for many times while the best layout is sought."""
        key = story is self.new, row, column
        if key not in self._texts:
            self._texts[key] = story.text(row, column)
        return self._texts[key]

    @property
    def stories(self) -> tuple[Story, Story]:
        return self.old, self.new

    def _steps(self, change: str, side: str) -> list[int]:
        found = self.table.loc[self.table["change"] == change, side]
        return [int(str(text).rpartition(" ")[2]) - 1 for text in found]

    def _join(self) -> tuple[dict[int, int], set[int]]:
        """Row of the old journey -> row of the new one, and which rows of the old one have moved."""
        moved = dict(zip(self._steps("moved", "before"), self._steps("moved", "after"), strict=True))
        gone, come = set(self._steps("removed", "before")), set(self._steps("added", "after"))
        # What neither moved nor came nor went stands in the same order in both.
        stay = [row for row in range(len(self.old)) if row not in gone | moved.keys()]
        there = [row for row in range(len(self.new)) if row not in come | set(moved.values())]
        return dict(zip(stay, there, strict=True)) | moved, set(moved)

    def _columns(self) -> Iterator[Column]:
        old, new = self.old.stages, self.new.stages
        one = two = 0
        for before, after in [
            *sorted(pair for pair in self.joined.items() if pair[0] not in self.moved),
            (len(old), len(new)),
        ]:
            yield from _beside(old, new, list(range(one, before)), list(range(two, after)))
            if before < len(old):
                yield Column(before, after, (old[before], new[after]))
            one, two = before + 1, after + 1

    def quoted(self, story: Story, row: int) -> str:
        return self.words["quoted"].format(within(self.text(story, row, "touchpoint")))

    def listed(self, story: Story, rows: Sequence[int]) -> str:
        return self.few([self.quoted(story, row) for row in rows])

    def few(self, said: Sequence[str]) -> str:
        """The first few, and how many more there are."""
        most = 4 if len(said) == 4 else 3
        names = self.words["listed"].join(said[:most])
        more = len(said) - most
        return self.words["listed.more"].format(names=names, n=more) if more > 0 else names

    @cached_property
    def removed(self) -> list[int]:
        return [row for row in range(len(self.old)) if row not in self.joined]

    @cached_property
    def added(self) -> list[int]:
        return [row for row in range(len(self.new)) if row not in self.back]

    def orphan(self, story: Story, row: int) -> bool:
        cell = story.cells["owner"][row]
        return bool(cell and cell.boxed)

    @cached_property
    def gained(self) -> list[int]:
        """Rows of the new journey that have an owner and had none."""
        return [
            now
            for now, was in sorted(self.back.items())
            if self.orphan(self.old, was) and self.text(self.new, now, "owner")
        ]

    @cached_property
    def lost(self) -> list[int]:
        return [
            now
            for now, was in sorted(self.back.items())
            if self.orphan(self.new, now) and self.text(self.old, was, "owner")
        ]

    def days(self, story: Story) -> tuple[float, bool]:
        """All known waits in days, and whether every wait is known."""
        known = [wait for wait in story.waits if wait is not None]
        return sum(known), all(wait is not None for wait in story.waits[1:])

    def guessed_days(self, story: Story) -> bool:
        """Whether a wait that adds to the days was inferred."""
        return any(wait and story.is_inferred(row, "wait_days") for row, wait in enumerate(story.waits))

    @cached_property
    def timed(self) -> bool:
        return any(self.days(story)[0] for story in self.stories)

    def days_words(self, story: Story) -> str:
        total, all_known = self.days(story)
        text = self.in_days(total, story)
        if total and self.guessed_days(story):
            text = f"≈ {text}"
        return text if all_known else self.words["known"].format(text)

    def in_days(self, days: float, story: Story) -> str:
        """In days, however many: a sum in months would hide a difference of a week."""
        if days < 1:
            return duration(days, story.words)
        number = f"{round(days, 1):,.10g}"
        return story.words.get(f"days.{number}", story.words["day" if number == "1" else "days"]).format(
            number
        )

    def count_words(self, story: Story) -> str:
        return self.words["count.1"] if len(story) == 1 else self.words["count"].format(len(story))

    @property
    def same_end(self) -> bool:
        return self.joined.get(len(self.old) - 1) == len(self.new) - 1

    def term(self, column: str, word: str, *, short: bool = False) -> str:
        """An allowed word of a column as people say it."""
        key = word if column == "stage" else f"{column}.{word}"
        return self.new.words.get(f"{key}.short" if short else key, word)

    def wait(self, story: Story, row: int, *, brief: bool = False) -> str:
        """The wait before a touchpoint, with ≈ where it was inferred; “not known” where nobody knows it."""
        if story.waits[row] is None:
            return self.words["unknown"]
        return marked(story.wait_words(row, brief=brief), story.is_inferred(row, "wait_days"))

    def owner(self, story: Story, row: int) -> str:
        """The owner of a touchpoint, with ≈ where it was inferred; empty where it has none."""
        name = self.text(story, row, "owner")
        return marked(name, story.is_inferred(row, "owner")) if name else ""

    def score(self, story: Story, row: int, column: str = "experienced") -> str:
        """A score as people read it, with ≈ where it was inferred; `?` where nobody knows it."""
        score = {"experienced": story.experienced, "expected": story.expected}[column][row]
        if score is None:
            return self.words["unknown"]
        return f"≈ {score:g}" if story.is_inferred(row, column) else f"{score:g}"

    def lowest(self, story: Story) -> str:
        """The lowest score of the experience: a measured one, where one is as low."""
        scores = story.experienced
        least = min(score for score in scores if score is not None)
        return min((self.score(story, row) for row in range(len(story)) if scores[row] == least), key=len)

    def change(self, now: int) -> float | None:
        """How much the experience changes at a touchpoint of the new journey."""
        was = self.back.get(now)
        before = None if was is None else self.old.experienced[was]
        after = self.new.experienced[now]
        return None if before is None or after is None else after - before

    def change_words(self, now: int) -> str:
        change = self.change(now)
        if change is None:
            return ""
        guessed = self.old.is_inferred(self.back[now], "experienced") or self.new.is_inferred(
            now, "experienced"
        )
        return ("≈ " if guessed else "") + signed(change)

    def levels(self) -> list[float]:
        """The new experience minus the old one, at each column over which both lines run."""
        lines = []
        for side, story in enumerate(self.stories):
            rows = [(column.old, column.new)[side] for column in self.columns]
            known = [
                (float(place), story.experienced[row]) for place, row in enumerate(rows) if row is not None
            ]
            lines.append(unbroken(known))
        found: list[float] = []
        for old, new in product(*lines):
            first, last = max(old[0, 0], new[0, 0]), min(old[-1, 0], new[-1, 0])
            places = np.arange(first, last + 1)
            if first < last:
                found += (np.interp(places, *new.T) - np.interp(places, *old.T)).tolist()
        return found


def marked(text: str, guessed: bool) -> str:
    """A text with the sign of a guess, once."""
    return f"≈ {text}" if guessed and not text.startswith("≈") else text


def unbroken(points: Sequence[tuple[float, float | None]]) -> list[np.ndarray]:
    """Runs of points (x, y): one without a y breaks the line.

    >>> [len(run) for run in unbroken([(0, 5), (1, 6), (2, None), (3, 5)])]
    [2, 1]
    """
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in points:
        if y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [np.array(run) for run in runs if run]


def within(text: str) -> str:
    """A text that will stand in quotation marks: a quotation within it has single ones.

    >>> within("Is told: “Wait”")
    'Is told: ‘Wait’'
    """
    # Between two letters it is no quotation but the mark of an abbreviation, as in Hebrew.
    return _QUOTATION.sub(lambda mark: _SINGLE[mark[0]], text)


def _check(old: Any, new: Any) -> None:
    for journey in (old, new):
        if not isinstance(journey, Journey):
            raise ValueError(
                f"Two journeys are drawn in one figure; {type(journey).__name__} is not one. "
                "Give the as-is journey and the to-be journey."
            )
    if base_language(old.language) != base_language(new.language):
        raise ValueError(
            f"One journey is in “{old.language}”, the other in “{new.language}”. "
            "Compare two journeys in the same language, so that a touchpoint has the same name in both."
        )


def _beside(old: list[str], new: list[str], gone: list[int], come: list[int]) -> Iterator[Column]:
    """Columns of what left or moved away, and of what came in its place: beside one another within a stage."""
    ones = [list(run) for _, run in groupby(gone, key=lambda row: old[row])]
    twos = [list(run) for _, run in groupby(come, key=lambda row: new[row])]
    while ones or twos:
        if ones and twos and old[ones[0][0]] == new[twos[0][0]]:
            one, two = ones.pop(0), twos.pop(0)
        elif not twos or (ones and STAGES.index(old[ones[0][0]]) < STAGES.index(new[twos[0][0]])):
            one, two = ones.pop(0), []
        else:
            one, two = [], twos.pop(0)
        for place in range(max(len(one), len(two))):
            before = one[place] if place < len(one) else None
            after = two[place] if place < len(two) else None
            stage = old[before] if before is not None else new[after]  # type: ignore[index]
            yield Column(before, after, (stage,))

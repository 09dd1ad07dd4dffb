"""The commonest wrong answers of a cohort, in the words of the form, and what learners read about lost marks.

No key is used or made up. An answer counts as wrong where the marks show it: it was given by learners who lost marks
there, and by nobody who got all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...measures.estimate import Estimate
from ...measures.scores import proportion
from ...teaching.marking import as_number
from ...teaching.questions import Question, fits, option_id, option_label
from ..page import STEP, _number, _place
from ..said import clean
from .numbers import FEW
from .read import Cohort, Item, Learner, Read

MOST = 5
ORDER = "order"
NO_ANSWER = ("none",)
Given = tuple[str, ...]
"""An answer as a reader needs it: what kind of answer it is, then the form's own words for it.

("is", label) chosen; ("out", label) not chosen; ("cell", step, label); ("open_cell", step) with nothing chosen;
("before", step, step) in this order; ("none",) left open; ("other",) something typed that is no choice, or no number.
"""


@dataclass(frozen=True)
class Counted:
    """An answer or a sentence, and how many of those who lost marks gave or read it."""

    given: Given
    people: int
    share: Estimate


@dataclass(frozen=True)
class Wrong:
    """One question, or one `column` of it: the wrong answers of the `lost` learners who lost marks in `items`.

    `known`: somebody got all marks there, so that right answers could be told from wrong ones.
    """

    question: Question
    column: str
    items: list[Item]
    lost: int
    known: bool
    answers: list[Counted]


@dataclass(frozen=True)
class Sentences:
    """The commonest sentences that learners read about marks that they lost in an item."""

    item: Item
    lost: int
    said: list[Counted]


@dataclass
class _Aspect:
    """What one question asks, or one column of it; counted while the notebooks go by."""

    question: Question
    column: str
    items: list[Item]
    lost: int = 0
    full: int = 0
    of_lost: Counter[Given] = field(default_factory=Counter)
    of_full: Counter[Given] = field(default_factory=Counter)

    def add(self, read: Read) -> None:
        got = [read.learner.got.get(one.name) for one in self.items]
        if any(one is None for one in got):
            return
        full = all(one is not None and one >= item.of for one, item in zip(got, self.items, strict=True))
        self.full += full
        self.lost += not full
        answers = set(_given(self.question, self.column, read.answers.get(self.question["id"])))
        (self.of_full if full else self.of_lost).update(answers)

    def wrong(self, names: bool) -> Wrong:
        least = _least(self.lost) if names else 2
        shown = [
            Counted(given, people, proportion(people, self.lost))
            for given, people in _by_count(self.of_lost)
            # by consequence: what brought somebody full marks cannot be what cost marks here
            if given not in self.of_full and people >= least
        ]
        return Wrong(self.question, self.column, self.items, self.lost, self.full > 0, shown[:MOST])


class Tally:
    """Counts answers and sentences of a cohort, notebook by notebook, and keeps no notebook."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.read = 0
        self._aspects = list(_aspects(cohort))
        self._said: dict[str, Counter[Given]] = {one.name: Counter() for one in cohort.items}
        self._lost: Counter[str] = Counter()

    def add(self, read: Read) -> None:
        """Count one learner's notebook in."""
        self.read += 1
        for aspect in self._aspects:
            aspect.add(read)
        for item in self.cohort.items:
            # where a person changed the marks, the computer's words are no longer those of the marks
            if item.name in read.learner.by_hand or not _has_lost(read.learner, item):
                continue
            words = {("is", line) for line in read.words.get(item.name, [])}
            self._lost[item.name] += bool(words)
            self._said[item.name].update(words)

    def wrong(self, names: bool = True) -> list[Wrong]:
        """The commonest wrong answers, in the order of the form. Without names, none that one learner alone gave."""
        found = [one.wrong(names) for one in self._aspects if one.lost]
        return [one for one in found if one.answers]

    def sentences(self, names: bool = True) -> list[Sentences]:
        """The commonest sentences by item. Without names, none that can hold what a single learner typed."""
        found = []
        for item in self.cohort.own:
            n = self._lost[item.name]
            least = _least(n) if names else 2
            said = [
                Counted(given, people, proportion(people, n))
                for given, people in _by_count(self._said[item.name])
                if people >= least and (names or not self._names_somebody(given[1]))
            ]
            if said:
                found.append(Sentences(item, n, said[:MOST]))
        return found

    def _names_somebody(self, text: str) -> bool:
        folded = text.casefold()
        known = {one.id.casefold() for one in self.cohort.learners} | {
            one.name.casefold() for one in self.cohort.learners if one.name
        }
        # looked for as it is first: a pattern for each of a thousand names takes seconds
        return any(one in folded and re.search(rf"(?<!\w){re.escape(one)}(?!\w)", folded) for one in known)


def items_of(cohort: Cohort, question: Question, part: str, column: str = "") -> list[Item]:
    """The items that mark a question, or one column of it: those of its name, else all of its part."""
    marked = [one for one in cohort.own if one.part == part]
    named = [one for one in marked if one.name == (column or question["id"])]
    return named or marked


def columns_of(question: Question) -> list[str]:
    """What is asked of each step, "" for a question that asks one thing; the order of the steps is asked too.

    >>> columns_of({"kind": "steps", "columns": [{"id": "owner"}]}), columns_of({"kind": "choice"})
    (['order', 'owner'], [''])
    """
    if question["kind"] != "steps":
        return [""]
    ordered = [ORDER] if question.get("ordered", True) else []
    return [*ordered, *(one["id"] for one in question.get("columns", []))]


def _aspects(cohort: Cohort) -> Iterator[_Aspect]:
    for part in cohort.questions["parts"] if cohort.questions else []:
        for question in part["questions"]:
            for column in columns_of(question):
                items = items_of(cohort, question, part["id"], column)
                if items:
                    yield _Aspect(question, column, items)


def _has_lost(learner: Learner, item: Item) -> bool:
    got = learner.got.get(item.name)
    return got is not None and got < item.of


def _least(lost: int) -> int:
    """How many make an answer common: among many, what one alone gave is not."""
    return 2 if lost >= FEW else 1


def _by_count(counted: Counter[Given]) -> list[tuple[Given, int]]:
    """The commonest first; what is as common as another by its words, so that no order of learners can matter."""
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _given(question: Question, column: str, answer: Any) -> Iterator[Given]:
    """A learner's answer as what can be counted: only the form's own words and numbers, nothing that was typed."""
    kind = question["kind"]
    if answer in (None, "", [], ()):
        yield NO_ANSWER
    elif kind in ("text", "journey"):
        return  # own words and own maps are read, not counted
    elif kind == "steps":
        yield from _steps(question, column, answer)
    elif kind == "several":
        given = [one for one in answer if isinstance(one, str)] if isinstance(answer, list) else []
        for one in question["options"]:
            yield ("is" if option_id(one) in given else "out", clean(option_label(one)))
    elif kind == "number":
        number = as_number(answer)
        yield ("other",) if number is None else ("is", _with_unit(question, _number(number)))
    elif not fits(question, answer):
        yield ("other",)
    elif kind == "scale":
        shown = _place(question, answer)
        yield ("is", _with_unit(question, shown if isinstance(shown, str) else _number(shown)))
    else:
        names = {option_id(one): option_label(one) for one in question["options"]}
        yield ("is", clean(names[answer]))


def _with_unit(question: Question, shown: str) -> str:
    unit = question.get("unit", "")
    return f"{shown} {unit}" if unit and unit.casefold() not in shown.casefold() else shown


def _steps(question: Question, column: str, rows: Any) -> Iterator[Given]:
    labels = {card["id"]: clean(card["label"]) for card in question["cards"]}
    rows = [one for one in rows if isinstance(one, dict) and one.get(STEP) in labels]
    if column == ORDER:
        for place, row in enumerate(rows):
            for later in rows[place + 1 :]:
                yield ("before", labels[row[STEP]], labels[later[STEP]])
        return
    options = next(one["options"] for one in question["columns"] if one["id"] == column)
    names = {option_id(one): clean(option_label(one)) for one in options}
    chosen = {row[STEP]: row.get(column) for row in rows}
    for step, label in labels.items():
        given = chosen.get(step)
        yield ("cell", label, names[given]) if given in names else ("open_cell", label)

"""Marks with words. An instructor's check cell compares answers with a key; the learner reads what was off.

The key stands in the check cell's hidden part and nowhere else. Each function here takes what the learner gave and
what is right, and returns `Point`s; `Mark` adds them up and shows them so that nbgrader reads the number and a
person reads the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from .questions import plain
from .words import direction, words_for


@dataclass(frozen=True)
class Point:
    """A part of a mark: `got` of `of` marks, and the words for what was lost ("" when nothing was)."""

    got: float
    of: float
    words: str = ""


class Mark:
    """The marks for one part. Its text is the number alone, which nbgrader reads as partial credit."""

    def __init__(self, points: Iterable[Point], language: str = "en") -> None:
        self.points = list(points)
        # a sum of thirds must not creep above the maximum, which nbgrader refuses
        self.of = round(sum(point.of for point in self.points), 2)
        self.value = min(round(sum(point.got for point in self.points), 2), self.of)
        if self.value == self.of and any(point.got < point.of for point in self.points):
            # what was lost must not vanish in the rounding
            self.value = max(0.0, round(self.of - 0.01, 2))
        self.language = language

    @property
    def words(self) -> list[str]:
        """What was off, one sentence or two for each lost mark; one line when nothing was."""
        lost = list(dict.fromkeys(point.words for point in self.points if point.words))
        return lost or [words_for(self.language)["full_marks" if self.value == self.of else "look_again"]]

    def __repr__(self) -> str:
        return f"{self.value:g}"

    def _repr_html_(self) -> str:
        label = words_for(self.language)["marks"].format(value=f"{self.value:g}", of=f"{self.of:g}")
        items = "".join(f"<li>{escape(line)}</li>" for line in self.words)
        return (
            f'<div lang="{self.language}" dir="{direction(self.language)}"><p><strong>{label}</strong></p>'
            f"<ul>{items}</ul></div>"
        )


def in_order(
    given: Sequence[str], right: Sequence[str], marks: float, words: Mapping[str, str]
) -> list[Point]:
    """Marks for an order, by how many neighbours in `right` stand in the right order in `given`.

    Parameters: `given`, the steps as the learner put them; `right`, the steps in time order; `marks`, shared
    equally among the neighbours; `words`, what to say about the step that comes too early, by step.

    >>> [point.got for point in in_order(["b", "a", "c"], ["a", "b", "c"], 2, {"b": "What came before it?"})]
    [0.0, 1.0]
    """
    place = {step: index for index, step in reversed(list(enumerate(given)))}
    worth = marks / (len(right) - 1)
    points = []
    for before, after in pairwise(right):
        fine = before in place and after in place and place[before] < place[after]
        points.append(Point(worth if fine else 0.0, worth, "" if fine else words[after]))
    return points


def in_place(
    given: Mapping[str, Any], right: Mapping[str, Iterable[str]], marks: float, words: Mapping[str, str]
) -> list[Point]:
    """Marks for a choice on each of several steps.

    Parameters: `given`, step to choice; `right`, step to the choices that are accepted; `marks`, shared equally;
    `words`, what to say where a step's choice is not accepted, by step.

    >>> in_place({"call": "Phone "}, {"call": ["phone"]}, 1, {"call": "How did they talk?"})
    [Point(got=1.0, of=1.0, words='')]
    """
    worth = marks / len(right)
    points = []
    for step, accepted in right.items():
        fine = _plain(given.get(step)) in {plain(one) for one in accepted}
        points.append(Point(worth if fine else 0.0, worth, "" if fine else words[step]))
    return points


def one_of(given: Any, right: Iterable[str], marks: float, words: Mapping[str, str] | str) -> list[Point]:
    """Marks for one choice with one or more right answers; `words` by choice, or one text for all wrong ones.

    >>> one_of("b", ["a"], 2, {"b": "Look at who waits."})
    [Point(got=0.0, of=2, words='Look at who waits.')]
    """
    if _plain(given) in {plain(one) for one in right}:
        return [Point(marks, marks)]
    if isinstance(words, str):
        return [Point(0.0, marks, words)]
    by_choice = {plain(choice): text for choice, text in words.items()}
    return [Point(0.0, marks, by_choice.get(_plain(given), words.get("otherwise", "")))]


def in_own_words(given: Any, least: int, marks: float, words: str, copied: Iterable[str] = ()) -> list[Point]:
    """Marks for a sentence of the learner's own: at least `least` different words, not one of the `copied` texts.

    It looks at length and at copying, not at meaning: a person has to read for that.

    >>> in_own_words("Nobody told her", 3, 1, "Say it in a few words.")[0].got
    1
    """
    own = _bare_words(given)
    fine = len(set(own)) >= least and own not in [_bare_words(one) for one in copied]
    return [Point(marks if fine else 0.0, marks, "" if fine else words)]


def _plain(given: Any) -> str:
    return "" if given is None else plain(given)


def _bare_words(given: Any) -> list[str]:
    return [bare for word in _plain(given).split() if (bare := word.strip(".,;:!?\"'()“”‘’…"))]

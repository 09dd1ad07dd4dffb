"""Marks with words. An instructor's check cell compares answers with a key; the learner reads what was off.

The key stands in the check cell's hidden part and nowhere else. Each function here takes what the learner gave and
what is right, and returns `Point`s; `Mark` adds them up and shows them so that nbgrader reads the number and a
person reads the words.
"""

from __future__ import annotations

import builtins
import copy
import math
import re
import unicodedata
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
            # the class is the sign by which a feedback page finds these words
            f'<div class="cx-mark" lang="{self.language}" dir="{direction(self.language)}"><p><strong>{label}</strong></p>'
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


def point(share: float | bool, marks: float, words: str) -> list[Point]:
    """Marks for what a check of its own found out: `share` (0 to 1, or True) of `marks`, with words for what was lost.

    >>> point(0.5, 4, "Half of it fits.")
    [Point(got=2.0, of=4, words='Half of it fits.')]
    """
    share = min(max(float(share), 0.0), 1.0)
    return [Point(share * marks, marks, "" if share == 1 else words)]


def chosen(given: Any, right: Iterable[str], marks: float, words: Mapping[str, str]) -> list[Point]:
    """Marks for choosing several: each right choice earns a part, each wrong one takes one away, never below 0.

    Parameters: `right`, the choices that are right, all of them; `words`, what to say about a right choice that is
    missing and a wrong one that is there, by choice ("otherwise" for the rest).

    >>> [one.got for one in chosen(["a"], ["a", "b"], 2, {"b": "Who else?"})]
    [1.0, 0.0, 0.0]
    """
    wanted = {plain(one) for one in right}
    found = {_plain(one) for one in (given if isinstance(given, list | tuple) else [given])} - {""}
    by_choice = {plain(choice): text for choice, text in words.items()}
    worth = marks / len(wanted)
    said = [
        by_choice.get(one, words.get("otherwise", "")) for one in sorted((wanted - found) | (found - wanted))
    ]
    earned = max(0, len(found & wanted) - len(found - wanted))
    lost = len(wanted) - earned
    points = [Point(worth, worth)] * earned + [Point(0.0, worth)] * lost
    # each wrong choice has its words, also where one takes away what another earned
    return [*points, *(Point(0.0, 0.0, text) for text in said if text)]


def as_number(given: Any) -> float | None:
    """The number in a typed answer, None where there is none (or more than one).

    It reads digits of any width and script, a decimal comma, thousands marks, a sign (a minus also as a dash or the
    word), and a unit beside it.

    >>> as_number(" ４,５ days"), as_number("about 1,200 €"), as_number("60%"), as_number("3 or 4")
    (4.5, 1200.0, 60.0, None)
    """
    if isinstance(given, bool) or given is None:
        return None
    if isinstance(given, int | float):
        return float(given) if math.isfinite(given) else None
    text = "".join(
        str(unicodedata.decimal(char, char)) for char in unicodedata.normalize("NFKC", str(given))
    ).replace("\N{MINUS SIGN}", "-")
    # invisible marks of direction stand beside a number in a right-to-left text
    text = re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)
    # a minus is typed as a hyphen, a dash or the word, often with a space after it
    text = re.sub(r"^\s*(?:[-−–]|minus)\s*(?=[\d.,])", "-", text, flags=re.I)
    found = re.findall(r"(?<![\w.,])[-+]?(?:\d[\d.,'’\s]*\d|\d|[.,]\d+)", text)
    if len(found) != 1:
        return None
    number = re.sub(r"['’\s]", "", found[0])
    marks = [char for char in number if char in ".,"]
    if len(set(marks)) == 2:
        number = number.replace(marks[0], "").replace(marks[-1], ".")
    elif len(marks) > 1 or (marks and re.search(r"^[-+]?[1-9]\d{0,2}[.,]\d{3}$", number) and marks[0] == ","):
        number = number.replace(marks[0], "")
    else:
        number = number.replace(",", ".")
    try:
        return float(number)
    except ValueError:
        return None


def near(
    given: Any,
    right: float,
    within: float,
    marks: float,
    words: Mapping[str, str] | str,
    *,
    half_within: float | None = None,
) -> list[Point]:
    """Marks for a number: full when it lies within `within` of `right`, half within `half_within`.

    `words`: one text, or texts for "low", "high", "none" (no number could be read) and "otherwise".

    >>> near("10 %", 12, 1, 2, {"low": "More than that.", "otherwise": "Count again."}, half_within=3)
    [Point(got=1.0, of=2, words='More than that.')]
    """
    number = as_number(given)
    texts = {"otherwise": words} if isinstance(words, str) else words
    if number is None:
        return [Point(0.0, marks, texts.get("none", texts.get("otherwise", "")))]
    off = abs(number - right)
    if off <= within + 1e-9:
        return [Point(marks, marks)]
    said = texts.get("low" if number < right else "high", texts.get("otherwise", ""))
    half = half_within is not None and off <= half_within + 1e-9
    return [Point(marks / 2 if half else 0.0, marks, said)]


def works(
    function: Any, cases: Iterable[tuple[Sequence[Any], Any]], marks: float, words: Mapping[str, str] | str
) -> list[Point]:
    """Marks for a function that a learner wrote: any that gives the right result for every one of `cases`.

    Parameters: `cases`, pairs of arguments and result; arguments and results are plain data (numbers, texts, lists and
    dicts of them), so that the same check can run apart from the learner's code; `words`, one text, or texts for "open"
    (nothing was written), "stopped" (it raised an error; `{fault}` stands for its kind) and "otherwise". The error's own
    words are not shown: they may hold the arguments, which are not for the learner.

    >>> works(max, [(([1, 3],), 3), (([5],), 5)], 2, "Look at the longest wait.")[0].got
    2
    """
    cases = list(cases)
    texts = {"otherwise": words} if isinstance(words, str) else words
    results = []
    try:
        if callable(function):
            results = [as_plain(function(*copy.deepcopy(list(given)))) for given, _ in cases]
    except Exception as fault:  # any fault of a learner's code is told in words
        said = texts.get("stopped", CODE_STOPPED)
        return [Point(0.0, marks, said.replace("{fault}", _stopped_by(fault)))]
    if all(result is None for result in results):
        return [Point(0.0, marks, texts.get("open", CODE_OPEN))]
    right = sum(same(result, wanted) for result, (_, wanted) in zip(results, cases, strict=True))
    return [
        Point(marks if right == len(cases) else 0.0, marks, "" if right == len(cases) else texts["otherwise"])
    ]


CODE_OPEN = "This part is extra, and you left it open. It costs you nothing."
CODE_STOPPED = (
    "Your function stopped before it gave a result. Python says: {fault}. Try it on a small example of your own: "
    "there you see where it stops."
)
STOPPED_BY = {
    "AttributeError": "a value was asked for something that it does not have",
    "IndexError": "a list was asked for a place that it does not have",
    "KeyError": "a dict was asked for a key that it does not have",
    "MemoryError": "there was not enough memory",
    "NameError": "a name is not known",
    "RecursionError": "it called itself without end",
    "TypeError": "values of two kinds do not go together",
    "ValueError": "a value of the right kind cannot be used",
    "ZeroDivisionError": "a division by zero",
}


class NoResultError(Exception):
    """A learner's function gave no result; the words are ours, and may be shown to them."""


def kind_of(fault: BaseException) -> str:
    """Python's own name for the kind of an error, whatever the class of a learner's own is called.

    >>> kind_of(type("Mine", (KeyError,), {})("a secret"))
    'KeyError'
    """
    return next(one.__name__ for one in type(fault).__mro__ if getattr(builtins, one.__name__, None) is one)


def _stopped_by(fault: Exception) -> str:
    if isinstance(fault, NoResultError):
        return str(fault)
    kind = kind_of(fault)
    return f"{kind} ({STOPPED_BY[kind]})" if kind in STOPPED_BY else kind


def as_plain(value: Any) -> Any:
    """A result as plain data: tables and arrays become lists and dicts, whatever else stays as it is.

    >>> import pandas as pd
    >>> as_plain(pd.Series({"call": 2}))
    {'call': 2}
    """
    if isinstance(value, dict):
        return {as_plain(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_plain(one) for one in value]
    for turn in ("to_dict", "tolist"):
        if hasattr(value, turn) and not isinstance(value, type):
            return as_plain(getattr(value, turn)())
    return value


def same(given: Any, wanted: Any) -> bool:
    """Equal, where numbers may differ in the last digits and texts in case and spaces.

    >>> same({"Call ": 0.1 + 0.2}, {"call": 0.3}), same([1, 2], [2, 1])
    (True, False)
    """
    if isinstance(wanted, dict):
        named = {_plain(key): one for key, one in given.items()} if isinstance(given, dict) else {}
        return len(named) == len(wanted) and all(
            _plain(key) in named and same(named[_plain(key)], one) for key, one in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return (
            isinstance(given, list | tuple)
            and len(given) == len(wanted)
            and all(same(one, other) for one, other in zip(given, wanted, strict=True))
        )
    if isinstance(wanted, bool) or wanted is None:
        return given is wanted
    if isinstance(wanted, int | float):
        return (
            isinstance(given, int | float)
            and not isinstance(given, bool)
            and math.isclose(given, wanted, rel_tol=1e-6, abs_tol=1e-9)
        )
    return isinstance(given, str) and _plain(given) == plain(wanted)


def _plain(given: Any) -> str:
    return "" if given is None else plain(given)


def _bare_words(given: Any) -> list[str]:
    return [bare for word in _plain(given).split() if (bare := word.strip(".,;:!?\"'()“”‘’…"))]

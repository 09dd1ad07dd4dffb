"""Predict, then see: the learner commits to a guess, and only then the page learns what the data say."""

from __future__ import annotations

import math
import re
from html import escape
from typing import Any

from ..measures.estimate import DIFFERENCE, SHARE, Estimate, number
from . import progress
from .form import Form, Words, say
from .questions import Question, find_questions, fits, option_label, questions_of, read_questions
from .words import words_for

KINDS = ("choice", "scale")
PERCENT = "%"
BEFORE = ("$", "€", "£", "₪")
# a longer list of labels would only make the page heavy
MOST_PLACES = 2000
NOTHING = Estimate(0, 0, 0, n=0)


class Guess(Form):
    """A question with a button that shows the result. `.guess` is what the learner committed to: {} before that."""

    def __init__(self, name: str, questions: dict[str, Any], result: Any, picture: Any) -> None:
        self.name, self._picture = name, picture
        self.asked_for = {question["id"]: question for question in questions_of(questions)}
        self.result = _checked(name, self.asked_for, result, picture)
        self.guess: dict[str, Any] = {}
        super().__init__(_with_labels(questions), "guess", {})
        self.words = {**self.words, "signs": {"good": "✓", "bad": "✗"}}
        kept = progress.guess_record(name)
        if self._whole(kept):
            self._reveal(kept)

    def heard(self, message: dict[str, Any]) -> None:
        if message["kind"] != "button" or self.guess:
            return
        # a slider that was not moved stands somewhere all the same
        starts = {
            one: _start(question) for one, question in self.asked_for.items() if question["kind"] == "scale"
        }
        answers = {
            one: given
            for one, given in {**starts, **self.answers}.items()
            if fits(self.asked_for[one], given)
        }
        still_open = [one for one in self.asked_for if one not in answers]
        self.messages = {one: [say(self.labels["no_answer"])] for one in still_open}
        if still_open:
            return
        # a second page of the same notebook may have been quicker
        earlier = progress.guess_record(self.name)
        self._reveal(earlier if self._whole(earlier) else answers)
        if not self._whole(earlier):
            self.note = self.labels["guess_stays"]
            progress.record_guess(self.name, self.questions["title"], self.guess)
            self._say_kept()

    def changed(self) -> None:
        if self.guess and self.answers != self.guess:
            self.answers = self.guess

    def _whole(self, kept: dict[str, Any]) -> bool:
        return all(fits(question, kept.get(one)) for one, question in self.asked_for.items())

    def _reveal(self, guessed: dict[str, Any]) -> None:
        self.guess = {one: guessed[one] for one in self.asked_for}
        # a picture takes its time: the page must not show a half of the answer meanwhile
        picture = _html(self._picture)
        with self.hold_sync():
            self.answers = self.guess
            self.messages = {
                one: self._compared(question, self.guess[one]) for one, question in self.asked_for.items()
            }
            self.picture = picture
            self._say_kept()
            self.closed = True

    def _say_kept(self) -> None:
        self.note = self.labels["guess_stays" if progress.grading() else "guess_kept"]

    def _compared(self, question: Question, guessed: Any) -> Words:
        """The guess beside the result, in words."""
        if question["kind"] == "choice":
            chosen, right = _chosen(question, guessed), _right(question)
            said = "guess_choice" if right is None else "guess_same" if chosen is right else "guess_other"
            quoted = self._quoted(right) if right else ""
            first = self.labels[said].format(guess=self._quoted(chosen), value=quoted)
            words = [say(first, ok=True if chosen is right else None)]
            words += [say(chosen["feedback"])] if chosen.get("feedback") else []
            return words + self._data(question)
        result = self.result[question["id"]]
        scale = Scale(question, result, self.questions["language"], self.labels)
        inside = scale.low <= guessed <= scale.high
        shown = scale.label(guessed)
        words = [say(scale.said(self.labels["guess_number"], guess=shown))]
        if shown == scale.shown(scale.value):
            return [*words, say(self.labels["guess_exact"], ok=True)]
        known = not (math.isnan(scale.low) or math.isnan(scale.high))
        key = "guess_near" if not known else "guess_inside" if inside else "guess_outside"
        side = self.labels["guess_higher" if guessed > scale.value else "guess_lower"]
        words.append(say(self.labels[key].format(far=scale.far(guessed), side=side), ok=inside or None))
        return words if inside else [*words, say(self.labels["guess_surprise"])]

    def _data(self, question: Question) -> Words:
        """The number alone, where there is one."""
        result = self.result.get(question["id"])
        if result is None:
            return []
        unit = PERCENT if result.unit.startswith(SHARE) or result.unit == DIFFERENCE else result.unit
        scale = Scale({"unit": unit, **question}, result, self.questions["language"], self.labels)
        return [say(scale.said(self.labels["guess_data"]))]

    def _quoted(self, option: dict[str, Any]) -> str:
        """The label of a choice in the quotation marks of its language."""
        opens, closes = "״״" if self.questions["language"] == "he" else "“”"
        return f"{opens}{option_label(option).rstrip('.')}{closes}"

    def on_paper(self) -> str:
        """Question and result: the result folded away, so that a reader can guess first."""
        found: list[str] = []
        for one, question in self.asked_for.items():
            right = _right(question) if question["kind"] == "choice" else None
            if self.guess:
                found += [line["text"] for line in self.messages[one]]
                continue
            if right:
                found += [self._quoted(right), right.get("feedback", "")]
            found += [line["text"] for line in self._data(question)]
        lines = "".join(f"<p>{escape(line)}</p>" for line in found if line)
        return (
            f'{super().on_paper()}<div lang="{self.spec["language"]}" dir="{self.spec["dir"]}">'
            f"<p>{escape(self.labels['guess_first'])}</p>"
            f"<details><summary>{escape(self.labels['guess_paper'])}</summary>{lines}{_html(self._picture)}</details></div>"
        )


class Scale:
    """A result on the scale of its question: `value`, `low`, `high`, and how each number is shown."""

    def __init__(self, question: Question, result: Any, language: str, words: dict[str, str]) -> None:
        self.question, self.language, self.words = question, language, words
        self.unit = question.get("unit", "")
        in_hundreds = result.unit in ("percent", "points", PERCENT)
        times = 100 if self.unit in (PERCENT, "points") and not in_hundreds else 1
        # ten decimals: a share times 100 must not show the dust of binary numbers
        self.value, self.low, self.high = (
            round(times * float(one), 10) for one in (result.value, result.low, result.high)
        )
        self.interval, self.n = result.interval, result.n

    def said(self, words: str, **more: str) -> str:
        """The result in the given words."""
        return words.format(value=self.shown(self.value), certainty=self.certainty(), n=f"{self.n:,}", **more)

    def shown(self, value: float, *, bare: bool = False) -> str:
        """A number with its unit, such as 80% or ₪1,200; `bare` leaves words such as “days” away."""
        text, unit = number(value), self.unit
        if unit == PERCENT:
            text = f"{text}%"
        elif unit in BEFORE:
            text = f"−{unit}{text[1:]}" if text.startswith("−") else f"{unit}{text}"
        if self.language == "he":
            # a minus or a sign of money would else jump to the other side of its number
            text = f"\u2066{text}\u2069"
        if bare or not unit or unit == PERCENT or unit in BEFORE:
            return text
        one = self.language == "en" and number(value) in ("1", "−1")
        return f"{text} {unit.removesuffix('s') if one else unit}"

    def label(self, place: float) -> str:
        """What a learner reads at a place of the scale."""
        labels = self.question.get("labels")
        if not labels:
            return self.shown(place)
        return str(labels[round((place - self.question["low"]) / self.question.get("step", 1))])

    def certainty(self) -> str:
        """The interval in words."""
        if math.isnan(self.low) or math.isnan(self.high):
            return self.interval if self.language == "en" else self.words["guess_no_interval"]
        level = re.match(r"\d+(\.\d+)?%", self.interval)
        return self.words["guess_interval"].format(
            level=level[0] if level else "95%",
            low=self.shown(self.low, bare=True),
            high=self.shown(self.high, bare=True),
        )

    def far(self, guessed: float) -> str:
        """How far a guess lies from the value, in words."""
        off = round(abs(guessed - self.value), 10)
        if self.unit != PERCENT:
            return self.shown(off)
        text = number(off)
        return self.words["guess_point"] if text == "1" else self.words["guess_points"].format(n=text)


def _chosen(question: Question, guessed: str) -> dict[str, Any]:
    return next(one for one in map(_named, question["options"]) if one["id"] == guessed)


def _right(question: Question) -> dict[str, Any] | None:
    return next((one for one in map(_named, question["options"]) if one.get("right")), None)


def _named(option: str | dict[str, Any]) -> dict[str, Any]:
    return {"id": option, "label": option} if isinstance(option, str) else option


def _html(picture: Any) -> str:
    return "" if picture is None else str(picture._repr_html_())


def _start(question: Question) -> Any:
    return question.get("start", question["low"])


def _with_labels(questions: dict[str, Any]) -> dict[str, Any]:
    """The questions as the page needs them: a button, and words for each place of a scale that has a unit."""
    language, words = questions["language"], words_for(questions["language"])

    def labelled(question: Question) -> Question:
        if question["kind"] != "scale" or "labels" in question or not question.get("unit"):
            return question
        step = question.get("step", 1)
        many = round((question["high"] - question["low"]) / step) + 1
        if many > MOST_PLACES:
            return question
        scale = Scale(question, NOTHING, language, words)
        return {
            **question,
            "labels": [scale.shown(round(question["low"] + place * step, 10)) for place in range(many)],
        }

    return {
        "buttons": [{"id": "commit", "label": words["guess_button"]}],
        **questions,
        "parts": [
            {**part, "questions": [labelled(one) for one in part["questions"]]} for part in questions["parts"]
        ],
    }


def _checked(name: str, asked_for: dict[str, Question], result: Any, picture: Any) -> dict[str, Any]:
    """The result of each question that has one. Raises ValueError in words where a question and it do not fit."""
    unfit = [one for one, question in asked_for.items() if question["kind"] not in KINDS]
    if unfit:
        raise ValueError(f"The guess {name} cannot ask {', '.join(unfit)}. Use the kinds {', '.join(KINDS)}.")
    if picture is not None and not hasattr(picture, "_repr_html_"):
        raise ValueError(
            f"The picture of the guess {name} cannot be shown. Give a chart such as cx.plot_gap(…)."
        )
    scales = [one for one, question in asked_for.items() if question["kind"] == "scale"]
    if isinstance(result, dict):
        results = result
    else:
        results = dict.fromkeys(scales or list(asked_for)[-1:], result) if result is not None else {}
        if result is not None and len(scales) > 1:
            raise ValueError(
                f"The guess {name} asks for {len(scales)} numbers. Give a dict: {', '.join(scales)}, each to its estimate."
            )
    unknown = [one for one in results if one not in asked_for]
    if unknown:
        raise ValueError(
            f"The guess {name} has no question {', '.join(unknown)}. It has {', '.join(asked_for)}."
        )
    lacking = [one for one in scales if one not in results]
    if lacking:
        raise ValueError(
            f"The guess {name} asks for a number ({', '.join(lacking)}), so it needs the estimate that answers it: "
            f'cx.guess("{name}", estimate).'
        )
    for one, estimate in results.items():
        _check_estimate(name, asked_for[one], estimate)
    return results


def _check_estimate(name: str, question: Question, estimate: Any) -> None:
    if not all(hasattr(estimate, part) for part in ("value", "low", "high", "n", "interval", "unit")):
        raise ValueError(
            f"The result of the guess {name} is not an estimate: it is {type(estimate).__name__}. "
            "Give what a measure returns, such as cx.proportion(…)."
        )
    if not math.isfinite(estimate.value):
        raise ValueError(
            f"The result of the guess {name} is not known, so there is nothing to show after a guess."
        )
    if question["kind"] == "scale":
        value = Scale(question, estimate, "en", words_for("en")).value
        if not question["low"] <= value <= question["high"]:
            raise ValueError(
                f"The scale of the guess {name} goes from {number(question['low'])} to {number(question['high'])}, "
                f"and the data say {number(value)}: nobody could guess it. "
                f"Move its ends{'' if question.get('unit') == PERCENT else ', or look at its unit'}."
            )


def guess(name: str, result: Any = None, picture: Any = None) -> Guess:
    """Let the learner guess first, and then show what the data say: the questions in `guesses/NAME.yaml`.

    Parameters: `name`, the file; `result`, an `Estimate`, needed where the question asks for a number (with several
    such questions, a dict of question id to estimate); `picture`, a chart to show after the guess. On a scale with
    the unit "%" a share of 0 to 1 is shown times 100.

    The first guess is kept, and stands beside the result from then on.

    Raises FileNotFoundError (in words) when there is no such file; ValueError when question and result do not fit.

    >>> guess("no_such_guess")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: There is no 'no_such_guess.yaml' ...
    """
    path = find_questions(name, (".", "guesses", "course/guesses"))
    return Guess(name, read_questions(path), result, picture)

"""A quiz: questions from a file beside the lesson, words for every single choice, the result kept."""

from __future__ import annotations

from typing import Any

from . import progress
from .form import Form, Words, say
from .gain import find_trace, gain_lines, rows_html
from .progress_words import words_in
from .questions import Question, find_questions, option_id, questions_of, read_questions


class Quiz(Form):
    """A quiz in the notebook. `.right` and `.asked` count the questions that were right at the first try."""

    def __init__(self, name: str, questions: dict[str, Any]) -> None:
        self.name = name
        self.asked_for = {question["id"]: question for question in questions_of(questions)}
        self.shows_words = questions.get("feedback", "each") == "each"
        kept = progress.quiz_record(name)
        self.first: dict[str, bool] = kept["first"]
        super().__init__({"feedback": "each", **questions}, "quiz", kept["answers"])
        if self.shows_words:
            self.messages = {
                one: self.judge(one)[1] for one in self.first if one in self.answers and one in self.asked_for
            }
        self._said = dict(self.answers)
        if self.answers:
            self._say_count()
        self._show_gain()

    @property
    def right(self) -> int:
        return sum(self.first.values())

    @property
    def asked(self) -> int:
        return sum(question.get("check", True) for question in self.asked_for.values())

    def judge(self, one: str) -> tuple[bool, Words]:
        """Is the present answer to question `one` right, and what to say about it."""
        question, answer = self.asked_for[one], self.answers.get(one)
        if answer in (None, "", []):
            return False, [say(self.labels["no_answer"])]
        try:
            return JUDGES[question["kind"]](question, answer, self.labels)
        except (TypeError, ValueError, KeyError, AttributeError):
            # kept by an older version of the quiz, or changed by hand
            return False, [say(self.labels["misfit"])]

    def heard(self, message: dict[str, Any]) -> None:
        if message["kind"] == "check" and message["question"] in self.asked_for:
            one = message["question"]
            right, words = self.judge(one)
            if one in self.answers and self.asked_for[one].get("check", True):
                self.first = {one: right} | self.first
            self._said[one] = self.answers.get(one)
            self.show(one, words)
            self._keep()
        elif message["kind"] == "button":
            # a question that is still open is not a wrong one: it counts when it is answered
            self.first = {
                one: self.judge(one)[0] for one in self.asked_for if one in self.answers
            } | self.first
            self._keep(done=True)
            self._show_gain()

    def changed(self) -> None:
        # words about an old answer would mislead beside a new one
        self.messages = {
            one: words for one, words in self.messages.items() if self.answers.get(one) == self._said.get(one)
        }
        try:
            self._keep()
        except OSError as fault:
            self.cannot_keep(fault)

    def _keep(self, *, done: bool = False) -> None:
        # without words, a first try means nothing until the learner says "done"
        first = self.first if self.shows_words or done else {}
        progress.record_quiz(self.name, self.questions["title"], self.answers, first, self.asked, done=done)
        self._say_count(done)
        if self.picture:
            self._show_gain()

    def _say_count(self, done: bool = False) -> None:
        words = self.labels
        if not self.shows_words:
            answered = len([one for one in self.asked_for if one in self.answers])
            said = [
                words["answered" if progress.grading() else "answered_kept"].format(n=answered, of=self.asked)
            ]
            if done:
                open_yet = self.asked - answered
                thanks = (
                    words_in(self.questions["language"])["gain_thanks"]
                    if "twin" in self.questions
                    else words["thanks"]
                )
                said.append(words["left_open"].format(n=open_yet) if open_yet > 0 else thanks)
        elif self.first:
            # beside "right" there may stand a plain word, which is no fault
            marks = [{one["ok"] for one in found} for found in self.messages.values()]
            solved = sum(True in each and False not in each for each in marks)
            said = [words["solved"].format(solved=solved, of=self.asked, right=self.right)]
            said += [] if progress.grading() else [words["kept"]]
        else:
            said = []
        self.note = " ".join(said)

    def _show_gain(self) -> None:
        """After the course: what was right before and now. It is told once, when no question is open any more."""
        before, language = self.questions.get("twin"), self.questions["language"]
        record = progress.full_record()
        told = gain_lines(record, before, self.name, language) if before else []
        if not before or not told:
            return
        first = record["quizzes"][self.name]["first"]
        self.note = " ".join([words_in(language)["gain_thanks"], *told])
        self.picture = rows_html(self.questions, record, before, first, find_trace(), language)


def _judge_choice(question: Question, answer: Any, labels: dict[str, str]) -> tuple[bool, Words]:
    options = {option_id(option): option for option in question["options"]}
    if answer not in options:
        return False, [say(labels["no_choice"])]
    chosen = options[answer]
    right = bool(chosen.get("right"))
    return right, [say(chosen.get("feedback", ""), ok=right)]


def _judge_several(question: Question, answer: Any, labels: dict[str, str]) -> tuple[bool, Words]:
    words, right = [], True
    for option in question["options"]:
        if isinstance(option, str):
            option = {"id": option}
        chosen = option["id"] in answer
        if chosen != bool(option.get("right")):
            right = False
            words.append(say(option.get("feedback", ""), ok=False))
    if right:
        words = [
            say(" ".join(one.get("feedback", "") for one in question["options"] if one.get("right")), ok=True)
        ]
    return right, words


def _judge_scale(question: Question, answer: Any, labels: dict[str, str]) -> tuple[bool, Words]:
    right = question.get("at_least", float("-inf")) <= float(answer) <= question.get("at_most", float("inf"))
    return right, [say(question.get("right_words" if right else "wrong_words", ""), ok=right)]


def _judge_steps(question: Question, answer: Any, labels: dict[str, str]) -> tuple[bool, Words]:
    given = {row["step"]: row for row in answer}
    words, open_cards = [], 0
    for card, columns in question["right"].items():
        for column, accepted in columns.items():
            value = given.get(card, {}).get(column)
            if value is None:
                open_cards += 1
            elif value not in accepted:
                words.append(say(question.get("feedback", {}).get(card, ""), ok=False))
    if open_cards:
        words.append(say(labels["still_to_choose"].format(n=open_cards)))
    if not words:
        return True, [say(question.get("feedback", {}).get("all_right", ""), ok=True)]
    return False, words


JUDGES = {"choice": _judge_choice, "several": _judge_several, "scale": _judge_scale, "steps": _judge_steps}


def quiz(name: str) -> Quiz:
    """Show the quiz `name`: the questions in `quizzes/NAME.yaml` beside the lesson.

    Raises FileNotFoundError (in words) when there is no such file, ValueError when it is not a questions file.

    >>> quiz("no_such_quiz")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: There is no 'no_such_quiz.yaml' ...
    """
    questions = read_questions(find_questions(name))
    unjudged = [question["id"] for question in questions_of(questions) if question["kind"] not in JUDGES]
    if unjudged:
        raise ValueError(
            f"The quiz {name} cannot judge {', '.join(unjudged)}. Use the kinds {', '.join(JUDGES)}."
        )
    return Quiz(name, questions)

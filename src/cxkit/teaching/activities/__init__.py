"""Things to move: a control, a picture that follows, and a question with an answer to find.

The activities of lesson NN are in `lesson_NN.py`, in a dict `ACTIVITIES`: name to two functions. `draw(answers)` gives
the picture for what is set; `judge(question, answers)` says whether the answer to that question is right, and words.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..form import Words
from ..questions import find_questions, fits, questions_of, read_questions
from ..quiz import Quiz

Answers = dict[str, Any]
Draw = Callable[[Answers], Any]
Judge = Callable[[str, Answers], tuple[bool, Words]]


class Activity(Quiz):
    """A form with a picture that follows what the learner moves or chooses."""

    def __init__(self, name: str, questions: dict[str, Any], draw: Draw, judge: Judge) -> None:
        self._draw, self._judge = draw, judge
        self.start = {one["id"]: one["start"] for one in questions_of(questions) if "start" in one}
        super().__init__(name, {"picture_first": True, **questions})
        self._follow()

    def judge(self, one: str) -> tuple[bool, Words]:
        places = self._places()
        if places.get(one) in (None, "", []):
            return super().judge(one)
        return self._judge(one, places)

    def changed(self) -> None:
        super().changed()
        self._follow()

    def heard(self, message: dict[str, Any]) -> None:
        # a slider that was not moved still says something
        self.answers = self._places()
        super().heard(message)

    def on_paper(self) -> str:
        return self.picture + super().on_paper()

    def _follow(self) -> None:
        self.picture = self._draw(self._places())._repr_html_()

    def _places(self) -> Answers:
        """What is set: each answer that fits its question, else its start; a question with neither is left out."""
        given = {
            one: self.answers[one]
            for one, question in self.asked_for.items()
            if one in self.answers and fits(question, self.answers[one])
        }
        return self.start | given


def _lessons() -> list[str]:
    return [one.name for one in pkgutil.iter_modules(__path__) if one.name.startswith("lesson_")]


def _of_lesson(module: str) -> dict[str, tuple[Draw, Judge]]:
    found: dict[str, tuple[Draw, Judge]] = import_module(f"{__name__}.{module}").ACTIVITIES
    return found


def activities() -> list[str]:
    """The names of all activities, in the order of the lessons.

    >>> activities()[0]
    '01_when_told'
    """
    return [name for module in _lessons() for name in _of_lesson(module)]


def activity(name: str) -> Activity:
    """Show the activity `name`: its words are in `quizzes/NAME.yaml` beside the lesson.

    Raises ValueError that lists the activities when there is none of that name.

    >>> activity("no_such_activity")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: There is no activity 'no_such_activity'. There are: 01_when_told...
    """
    module = f"lesson_{str(name)[:2]}"
    found = _of_lesson(module) if module in _lessons() else {}
    if name not in found:
        raise ValueError(f"There is no activity '{name}'. There are: {', '.join(activities())}.")
    draw, judge = found[name]
    return Activity(name, read_questions(find_questions(name)), draw, judge)

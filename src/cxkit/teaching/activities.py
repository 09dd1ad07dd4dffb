"""Things to move: a control, a picture that follows, and a question with an answer to find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..cases import case
from ..views.notice import draw_notice
from ..views.picture import Picture
from .form import Words, say
from .questions import Question, find_questions, questions_of, read_questions
from .quiz import Quiz

Answers = dict[str, Any]


class Activity(Quiz):
    """A form with a picture that follows what the learner moves."""

    def __init__(
        self,
        name: str,
        questions: dict[str, Any],
        draw: Callable[[Answers], Picture],
        judge: Callable[[Answers], tuple[bool, Words]],
    ) -> None:
        self._draw, self._judge = draw, judge
        self.start = {one["id"]: one["start"] for one in questions_of(questions) if "start" in one}
        super().__init__(name, {"picture_first": True, **questions})
        self._follow()

    def judge(self, one: str) -> tuple[bool, Words]:
        return self._judge(self._places())

    def changed(self) -> None:
        super().changed()
        self._follow()

    def heard(self, message: dict[str, Any]) -> None:
        # a slider that was not moved still says something
        self.answers = self._places()
        super().heard(message)

    def _follow(self) -> None:
        self.picture = self._draw(self._places())._repr_html_()

    def _places(self) -> Answers:
        """Where each slider stands; a place that the record keeps and the slider does not have is its start."""

        def fits(question: Question, given: Any) -> bool:
            return isinstance(given, int | float) and question["low"] <= given <= question["high"]

        return {
            one: self.answers[one] if fits(self.asked_for[one], self.answers.get(one)) else start
            for one, start in self.start.items()
        }


def _days_before_birth() -> list[float]:
    """Days from each moment of Lucy's journey to the birth, from the waits on her map."""
    table = case("hmo_opt_out").journey.table
    birth = int(table.index[table["moment"] == "second"][0])
    waits = table["wait_days"]
    days_from_row = [float(waits[row + 1 : birth + 1].sum()) for row in range(birth + 1)]
    call, joins, first_visit = days_from_row[1:4]
    month = first_visit / 6
    return [call, joins, *(first_visit - month * passed for passed in range(6)), 0.0]


MOMENTS = (
    "In the first call",
    "When she joins",
    "First antenatal visit, month 4",
    "Visit in month 5",
    "Visit in month 6",
    "Visit in month 7",
    "Visit in month 8",
    "Visit in month 9",
    "On the day of the birth",
)


def _draw_when_told(answers: Answers) -> Picture:
    return draw_notice(MOMENTS, _days_before_birth(), int(answers["told"]), float(answers["needed"]))


def _judge_when_told(answers: Answers) -> tuple[bool, Words]:
    days, told, needed = _days_before_birth(), int(answers["told"]), float(answers["needed"])
    latest = max(place for place, left in enumerate(days) if left >= needed)
    if told > latest:
        return False, [
            say(f"Too late. {days[told]:g} days are left and the change needs {needed:g}.", ok=False)
        ]
    if told < latest:
        return False, [say("She is told in time. Is there a later moment that is still in time?", ok=False)]
    return True, [
        say(
            f"“{MOMENTS[told]}” is the last moment in time: {days[told]:g} days are left and the change needs {needed:g}. "
            "A good service does not wait for the last moment. It puts the check on the map, with an owner.",
            ok=True,
        )
    ]


ACTIVITIES = {"01_when_told": (_draw_when_told, _judge_when_told)}


def activity(name: str) -> Activity:
    """Show the activity `name`: its words are in `quizzes/NAME.yaml` beside the lesson.

    Raises ValueError that lists the activities when there is none of that name.

    >>> activity("no_such_activity")
    Traceback (most recent call last):
    ValueError: There is no activity 'no_such_activity'. There are: 01_when_told.
    """
    if name not in ACTIVITIES:
        raise ValueError(f"There is no activity '{name}'. There are: {', '.join(ACTIVITIES)}.")
    draw, judge = ACTIVITIES[name]
    return Activity(name, read_questions(find_questions(name)), draw, judge)

"""An answer sheet: a form whose answers live in the notebook's own answer cell, so that they travel with it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from .form import Form, Words, say
from .marking import Mark, Point
from .open_points import open_points
from .practice import Practice
from .progress import grading
from .questions import Question, find_questions, part_of, questions_of, read_questions
from .tidy import NO_ANSWER, tidy_answers
from .words import words_for

if TYPE_CHECKING:
    from ..journey import Journey

HEADER = "# Your answers. The form below writes them here; you can also type them.\n"


class PartMark(Mark):
    """The marks of a check cell that know which part of the sheet they belong to."""

    part = ""


class Sheet(Form):
    """An answer sheet. `.answers` is question id to answer, as the answer cell holds it.

    `name` is its own name (the file's): by it the solution and the learner's record of the exercise are found.
    """

    # the line at the foot: {total, full, lines, extra, hints, model, round}
    result = traitlets.Dict().tag(sync=True)
    # {html, round}; empty until the learner may open it, so that the page does not hold it before
    model_answer = traitlets.Dict().tag(sync=True)

    def __init__(self, questions: dict[str, Any], answers: Any, name: str = "") -> None:
        self.trouble = "" if isinstance(answers, dict) else words_for(questions["language"])["not_a_dict"]
        self._typed = answers
        self._code: Mapping[str, Any] = {}
        self._functions: list[str] = []
        self._checks: list[tuple[Check, str, str]] = []
        self._draws: dict[str, Callable[[dict[str, Any]], Any]] = {}
        questions = {"answer_cell": "answers", "answer_header": HEADER, **questions}
        super().__init__(
            questions, "sheet", tidy_answers(questions, answers) if isinstance(answers, dict) else {}
        )
        self._practice = Practice(self, name)

    @property
    def given(self) -> Any:
        """What an instructor's run would find in the answer cell."""
        return self._typed if self.trouble else self.answers

    def functions(self) -> dict[str, Any]:
        """The learner's own functions of the optional parts in code, by name, as they stand in the kernel."""
        return {name: self._code[name] for name in self._functions if name in self._code}

    def heard(self, message: dict[str, Any]) -> None:
        if message["kind"] == "take":
            self._take(message["question"])
        if message["kind"] == "hint":
            self._practice.hint(message.get("question"), message.get("opened"))
        if message["kind"] != "button":
            return
        if message["button"] == "check":
            self._practice.check()
        elif message["button"] == "model":
            self._practice.show_model()
        elif message["button"] == "map":
            self.picture = self._map_html()

    def changed(self) -> None:
        # the form has just written answers that can be read
        self.trouble = ""
        for check, part, column in self._checks:
            check.show(self.open_points(part, column))
        self._practice.changed()
        for part in self._draws:
            self._draw(part)

    def draws(self, part: str, draw: Callable[[dict[str, Any]], Any]) -> None:
        """Show in a part the picture of what is chosen: `draw(answers)` gives a picture, words, or None for none.

        It is drawn again whenever an answer changes. A KeyError, TypeError or ValueError of `draw` means that answers are
        still missing. An instructor's run draws nothing.
        """
        part_of(self.questions, part)
        self._draws[part] = draw
        self._draw(part)

    def _draw(self, part: str) -> None:
        if grading():
            return
        try:
            drawn = self._draws[part](self.answers)
        except (KeyError, TypeError, ValueError):
            drawn = self.labels["draw_more"]
        if drawn is None:
            html = ""
        elif hasattr(drawn, "_repr_html_"):
            html = drawn._repr_html_()
        else:
            html = f"<p>{escape(str(drawn))}</p>"
        self.pictures = {**self.pictures, part: html}

    def _take(self, question: str) -> None:
        """Bring the learner's own map from the file that the editor writes into the answers."""
        from ..journey import JourneyError, read_journey
        from ..journey_cells import COLUMNS

        asked = next(one for one in questions_of(self.questions) if one["id"] == question)
        path = Path(asked["file"])
        try:
            rows = read_journey(path).table.to_dict("records") if path.is_file() else []
        except JourneyError as fault:
            self.show(question, [say(line, ok=False) for line in str(fault).splitlines()])
            return
        if not rows:
            self.show(question, [say(self.labels["no_map"].format(file=path.name), ok=False)])
            return
        self.show(question, [])
        kept = [
            {name: row[name] for name in COLUMNS if row[name] == row[name] and row[name] not in NO_ANSWER}
            for row in rows
        ]
        self.send({"kind": "put", "question": question, "value": kept})

    def open_points(self, part: str, column: str = "") -> list[str]:
        """What is still missing or not sensible in a part, in words; empty when it is complete.

        `column` narrows a part of steps to one choice on each step, or to their "order".
        """
        questions = part_of(self.questions, part)["questions"]
        if self.trouble:
            return [self.trouble]
        return [fault for question in questions for fault in self._faults(question, column)]

    def look(self, part: str) -> Words:
        """What a learner may know before handing in: is this part complete?"""
        faults = self.open_points(part)
        return [say(f"{self.labels['to_do']} {fault}") for fault in faults] or [say(self.labels["complete"])]

    def check(self, part: str, column: str = "") -> Check:
        """Show whether a part is complete; it follows the form. Raises KeyError for a part that is not there."""
        check = Check(self.labels["complete"])
        check.show(self.open_points(part, column))
        self._checks.append((check, part, column))
        return check

    def mark(self, part: str, *points: list[Point]) -> Mark:
        """The marks of a part from an instructor's check: none, with words, where nothing was answered."""
        mark = PartMark([point for group in points for point in group], self.questions["language"])
        mark.part = part
        asked = [question["id"] for question in part_of(self.questions, part)["questions"]]
        if self.trouble or all(self.answers.get(one) in NO_ANSWER for one in asked):
            mark.points = [Point(0.0, mark.of, self.trouble or self.labels["not_answered"])]
            mark.value = 0.0
        return mark

    def extra(self, function: str, code: Mapping[str, Any]) -> Check:
        """Show whether the optional part in code has a function of that name; `code` is the notebook's `globals()`."""
        self._code, self._functions = code, [*dict.fromkeys([*self._functions, function])]
        # not “complete”: a function that is still empty is there as well
        check = Check(self.labels["function_there"].format(name=function))
        check.show([] if callable(code.get(function)) else [self.labels["no_function"].format(name=function)])
        return check

    def mark_extra(self, *points: list[Point]) -> Mark:
        """The marks of the optional part in code."""
        return Mark([point for group in points for point in group], self.questions["language"])

    def journey_of(self, question: str) -> Journey:
        """The map that the learner took in. Raises JourneyError in words where it is not sound."""
        from ..journey import Journey

        return Journey(self.answers.get(question, []))

    def order(self, question: str) -> list[str]:
        """The steps of a question in the learner's order."""
        return [row["step"] for row in self.answers.get(question, [])]

    def column(self, question: str, column: str) -> dict[str, str]:
        """One choice on each step of a question: step to choice, "" where none was made."""
        return {row["step"]: row.get(column, "") for row in self.answers.get(question, [])}

    def journey(self) -> Journey:
        """The learner's answers as a journey. Raises JourneyError in words while a step lacks a choice."""
        # only here, because a run that marks many sheets never draws one, and pandas is slow to load
        from ..journey import Journey

        plan = self.questions["map"]
        question = next(one for one in questions_of(self.questions) if one["id"] == plan["steps"])
        names = {card["id"]: card["label"] for card in question["cards"]}
        rows = []
        for row in self.answers.get(question["id"], []):
            here = row["step"]
            pains = []
            if self.answers.get(plan.get("wait_at")) == here:
                pains.append(plan["wait_words"])
            if self.answers.get(plan.get("break_at")) == here:
                pains.append(str(self.answers.get(plan.get("break_words"), "")))
            rows.append(
                {
                    "stage": row.get("stage", ""),
                    "touchpoint": names[here],
                    "channel": row.get("channel", ""),
                    "owner": "" if row.get("owner") == plan.get("nobody") else row.get("owner", ""),
                    "wait_days": plan.get("waits", {}).get(here),
                    "pain_point": "\n".join(filter(None, pains)),
                    "evidence": "observed",
                }
            )
        return Journey(rows, title=plan["title"], scenario=plan["scenario"], persona=plan["persona"])

    def _map_html(self) -> str:
        from ..journey import JourneyError

        try:
            return self.journey().draw()._repr_html_()
        except JourneyError as error:
            plan = self.questions["map"]
            faults = [
                fault for part in self.questions["parts"] for fault in self._part_faults(part, plan["steps"])
            ]
            items = "".join(f"<li>{escape(fault)}</li>" for fault in faults or str(error).splitlines())
            return f"<p><strong>{escape(self.labels['map_needs'])}</strong></p><ul>{items}</ul>"

    def _part_faults(self, part: dict[str, Any], wanted: str) -> list[str]:
        return [
            fault
            for question in part["questions"]
            if question["id"] == wanted
            for fault in self._faults(question)
        ]

    def _faults(self, question: Question, column: str = "") -> list[str]:
        return open_points(question, self.answers.get(question["id"]), self.labels, column)


class Check(ipywidgets.HTML):
    """Whether a part is complete, below the form; it follows the form while the kernel lives."""

    def __init__(self, all_well: str) -> None:
        super().__init__()
        self.all_well = all_well
        self.faults: list[str] = []

    def show(self, faults: list[str]) -> None:
        """Say what is open; with no faults, that all is well."""
        self.faults = faults
        self.value = "".join(f"<p>{escape(line)}</p>" for line in faults or [f"✓ {self.all_well}"])

    def __repr__(self) -> str:
        # nbgrader's Validate reads a number as marks: an open part is none, a complete one says so in words
        return "0" if self.faults else self.all_well

    def _repr_mimebundle_(self, **options: Any) -> Any:
        data = dict(super()._repr_mimebundle_(**options) or {})
        return {**data, "text/plain": repr(self), "text/html": self.value}


def sheet(name: str, answers: Any = None) -> Sheet:
    """Show the answer sheet `name` (the file `NAME.yaml` beside the notebook), starting from `answers`.

    Without `answers` it takes the variable `answers` of the notebook. Nothing a learner typed there makes it fail:
    what cannot be read is said on the sheet.

    >>> sheet("no_such_sheet", {})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: There is no 'no_such_sheet.yaml' ...
    """
    if answers is None:
        answers = sys._getframe(1).f_globals.get("answers", {})
    return Sheet(read_questions(find_questions(name)), answers, name)

"""What is still missing in an answer, or is none of the choices, in the learner's language. Not whether it is right."""

from __future__ import annotations

from typing import Any

from .questions import Question, option_id, plain
from .tidy import NO_ANSWER

Labels = dict[str, str]


def open_points(question: Question, answer: Any, labels: Labels, column: str = "") -> list[str]:
    """The faults of one answer, in words; empty when it is complete. `column` narrows a table to one of its columns.

    >>> from .words import words_for
    >>> open_points({"id": "wait", "kind": "choice", "ask": "How long?", "options": ["a day"]}, None, words_for("en"))
    ['“How long?” has no answer yet.']
    """
    if answer in NO_ANSWER and question["kind"] == "steps" and column:
        names = {one["id"]: one["label"] for one in question["columns"]}
        return [f"{names.get(column, labels['order'])}: {labels['nothing_yet']}"]
    if answer in NO_ANSWER:
        return [labels["open_question"].format(ask=question["ask"])]
    if question["kind"] == "steps":
        return _steps(question, answer, labels, column)
    if question["kind"] in ("choice", "several"):
        known = {plain(option_id(option)) for option in question["options"]}
        given = answer if isinstance(answer, list) else [answer]
        return [_no_choice(one, question["ask"], labels) for one in given if plain(one) not in known]
    least = question.get("least_words", 1)
    if question["kind"] == "text" and len(str(answer).split()) < least:
        return [labels["few_words"].format(ask=question["ask"], least=least)]
    return []


def _no_choice(given: Any, among: str, labels: Labels) -> str:
    return labels["no_such_choice"].format(given=given, among=among)


def _steps(question: Question, answer: Any, labels: Labels, only: str) -> list[str]:
    names = {card["id"]: card["label"] for card in question["cards"]}
    faults = []
    steps = [row["step"] for row in answer]
    if only in ("", "order"):
        faults += [labels["step_missing"].format(step=names[one]) for one in names if one not in steps]
        faults += [labels["step_twice"].format(step=names[one]) for one in names if steps.count(one) > 1]
    for column in question.get("columns", []):
        if only not in ("", column["id"]):
            continue
        options = {option_id(one) for one in column["options"]}
        for row in answer:
            if row.get(column["id"]) and row[column["id"]] not in options:
                faults.append(_no_choice(row[column["id"]], column["label"], labels))
        left = [names[row["step"]] for row in answer if not row.get(column["id"])]
        if left:
            key = "choose_for" if len(left) == 1 else "choose_for_more"
            faults.append(labels[key].format(column=column["label"], step=left[0], n=len(left) - 1))
    return faults

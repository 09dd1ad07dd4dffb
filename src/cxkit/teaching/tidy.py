"""Answers as somebody typed them, made as the form would have written them."""

from __future__ import annotations

from typing import Any

from .questions import Question, Spec, as_text, option_id, option_label, plain, questions_of

NO_ANSWER: tuple[Any, ...] = (None, "", [])


def tidy_answers(questions: Spec, answers: dict[Any, Any]) -> dict[str, Any]:
    """Typed answers as the form would have written them: known questions, known ids whatever the case.

    >>> questions = {"parts": [{"id": "p", "questions": [{"id": "wait", "kind": "choice", "options": ["list", "call"]}]}]}
    >>> tidy_answers(questions, {"Wait ": "LIST", "note": "mine"})
    {'wait': 'list'}
    """

    def known(options: list[Any], given: Any) -> Any:
        names = {plain(option_id(one)): option_id(one) for one in options}
        names |= {plain(option_label(one)): option_id(one) for one in options}
        return names.get(plain(given), as_text(given).strip()) if given not in (None, "") else ""

    def tidy(question: Question, given: Any) -> Any:
        if question["kind"] == "choice":
            return known(question["options"], given)
        if question["kind"] == "several":
            chosen = [
                known(question["options"], one)
                for one in (given if isinstance(given, list | tuple) else [given])
            ]
            return [one for one in chosen if one]
        if question["kind"] == "journey":
            given = given if isinstance(given, list | tuple) else []
            return [_tidy_row(row) for row in given if isinstance(row, dict)]
        if question["kind"] == "steps":
            rows = []
            for row in given if isinstance(given, list | tuple) else []:
                row = (
                    {plain(key): value for key, value in row.items()}
                    if isinstance(row, dict)
                    else {"step": row}
                )
                step = known(question["cards"], row.get("step"))
                if step not in {card["id"] for card in question["cards"]}:
                    continue
                choices = {
                    one["id"]: known(one["options"], row.get(plain(one["id"])))
                    for one in question.get("columns", [])
                }
                rows.append({"step": step} | {name: choice for name, choice in choices.items() if choice})
            return rows
        # a number that JSON cannot hold travels as text
        return given if isinstance(given, int | float) and abs(given) < 1e15 else as_text(given).strip()

    by_id = {plain(question["id"]): question for question in questions_of(questions)}
    kept = {
        by_id[plain(name)]["id"]: tidy(by_id[plain(name)], given)
        for name, given in answers.items()
        if plain(name) in by_id and given is not None
    }
    return {name: answer for name, answer in kept.items() if answer not in ("", [])}


def _tidy_row(row: dict[Any, Any]) -> dict[str, Any]:
    """A touchpoint of a learner's own map: known columns, texts and numbers."""
    from ..journey_cells import COLUMNS  # only here, as above

    named = {as_text(name).strip().casefold().replace(" ", "_"): cell for name, cell in row.items()}
    return {
        name: named[name] if isinstance(named[name], int | float) else as_text(named[name]).strip()
        for name in COLUMNS
        if named.get(name) not in NO_ANSWER
    }

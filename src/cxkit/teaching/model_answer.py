"""The model answer beside a learner's own, part by part, in the words of the form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import yaml

from cxkit.yaml_text import from_yaml

from .handed_in import read_answers
from .questions import Question, Spec, option_id, option_label
from .tidy import NO_ANSWER


def model_of(solution: Path) -> dict[str, Any]:
    """The answers of a solution's answer cell. Raises OSError or ValueError where it cannot be read."""
    answers = read_answers(json.loads(solution.read_text("utf-8"))).answers
    return answers if isinstance(answers, dict) else {}


def reasons_of(solution: Path) -> dict[str, list[str]]:
    """Why the model answer is what it is: part id to sentences; empty where the solution does not say.

    >>> reasons_of(Path("solutions/none/none.ipynb"))
    {}
    """
    path = solution.parent / "for_instructors" / "reasons.yaml"
    try:
        said = from_yaml(path.read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {
        str(part): [str(one) for one in (lines if isinstance(lines, list) else [lines])]
        for part, lines in said.items()
    }


def model_html(
    questions: Spec,
    given: Mapping[str, Any],
    model: Mapping[str, Any],
    reasons: Mapping[str, list[str]],
    labels: Mapping[str, str],
) -> str:
    """The page: for each part a table for each question (yours, the model's) and then the reasons."""
    html = [f"<h3>{escape(labels['model_title'])}</h3><p>{escape(labels['model_note'])}</p>"]
    for part in questions["parts"]:
        if part.get("title"):
            html.append(f"<h4>{escape(part['title'])}</h4>")
        html += [
            _table(question, given.get(question["id"]), model.get(question["id"]), labels)
            for question in part["questions"]
        ]
        html.append(_why(reasons.get(part["id"], []), labels))
    # the optional part has no questions of its own
    html += [
        f"<h4>{escape(labels['model_code'])}</h4>{_why(reasons[name], labels)}"
        for name in ("extra", "code")
        if reasons.get(name)
    ]
    return "".join(html)


def _why(lines: list[str], labels: Mapping[str, str]) -> str:
    if not lines:
        return ""
    items = "".join(f'<li dir="auto">{escape(line)}</li>' for line in lines)
    return f"<p><strong>{escape(labels['model_why'])}</strong></p><ul>{items}</ul>"


def _table(question: Question, given: Any, model: Any, labels: Mapping[str, str]) -> str:
    # a line of its own for each step where both stand in one order; else the two as they are
    if question["kind"] == "steps":
        rows = _step_rows(question, given, model, labels)
    else:
        rows = [("", _shown(question, given, labels), _shown(question, model, labels))]
    first = any(name for name, _, _ in rows)
    head = "<td></td>" if first else ""
    head += "".join(f'<th scope="col">{escape(labels[key])}</th>' for key in ("model_yours", "model_model"))
    # a learner's own words may run the other way; a number and a choice run with the page
    own = ' dir="auto"' if question["kind"] in ("text", "journey") else ""
    body = "".join(
        "<tr>"
        + (f'<th scope="row">{name}</th>' if first else "")
        + f"<td{own}>{yours}</td><td{own}>{other}</td></tr>"
        for name, yours, other in rows
    )
    placed = " cx-placed" if first and question.get("ordered") is not False else ""
    return (
        f'<table class="cx-rows cx-beside{placed}"><caption>{escape(question["ask"])}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _step_rows(
    question: Question, given: Any, model: Any, labels: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    names = {option_id(card): option_label(card) for card in question["cards"]}
    yours, right = _rows(given), _rows(model)
    none = f"<em>{escape(labels['model_open'])}</em>"
    if question.get("ordered") is False:

        def of_card(rows: list[dict[str, Any]], card: str) -> str:
            row = next((row for row in rows if row.get("step") == card), {})
            return _choices(question, row) or none

        return [(escape(label), of_card(yours, one), of_card(right, one)) for one, label in names.items()]
    long = max(len(yours), len(right))
    cells = [
        [
            f"<strong>{escape(names.get(str(row.get('step')), str(row.get('step'))))}</strong>"
            + (f"<br>{said}" if (said := _choices(question, row)) else "")
            for row in rows
        ]
        for rows in (yours, right)
    ]
    filled = [side + [none] * (long - len(side)) for side in cells]
    return [(str(n), one, other) for n, (one, other) in enumerate(zip(*filled, strict=True), 1)]


def _rows(answer: Any) -> list[dict[str, Any]]:
    return [row for row in answer if isinstance(row, dict)] if isinstance(answer, list) else []


def _choices(question: Question, row: Mapping[str, Any]) -> str:
    said = []
    for column in question.get("columns", []):
        names = {option_id(one): option_label(one) for one in column["options"]}
        chosen = row.get(column["id"])
        if chosen not in NO_ANSWER:
            said.append(escape(str(names.get(str(chosen), chosen))))
    return " · ".join(said)


def _shown(question: Question, answer: Any, labels: Mapping[str, str]) -> str:
    """An answer as the form shows it."""
    if answer in NO_ANSWER:
        return f"<em>{escape(labels['model_open'])}</em>"
    names = {option_id(one): option_label(one) for one in question.get("options", [])}
    kind = question["kind"]
    if kind == "several":
        chosen = answer if isinstance(answer, list) else [answer]
        return f"<ul>{''.join(f'<li>{escape(str(names.get(str(one), one)))}</li>' for one in chosen)}</ul>"
    if kind == "journey":
        return f"<ol>{''.join(f'<li>{_touchpoint(row)}</li>' for row in _rows(answer))}</ol>"
    if kind == "scale":
        return escape(_on_scale(question, answer))
    if kind == "number" and question.get("unit"):
        return f"<bdi>{escape(str(answer))}</bdi> {escape(question['unit'])}"
    said = names.get(answer, answer) if isinstance(answer, str) else answer
    return escape(str(said)).replace("\n", "<br>")


def _touchpoint(row: Mapping[str, Any]) -> str:
    rest = " · ".join(
        escape(str(cell)) for name, cell in row.items() if name != "touchpoint" and cell not in NO_ANSWER
    )
    name = f"<strong>{escape(str(row.get('touchpoint', '')))}</strong>"
    return f"{name}<br>{rest}" if rest else name


def _on_scale(question: Question, answer: Any) -> str:
    if question.get("labels") and isinstance(answer, int | float):
        place = round((answer - question["low"]) / question.get("step", 1))
        if 0 <= place < len(question["labels"]):
            return str(question["labels"][place])
    return f"{answer} {question['unit']}" if question.get("unit") else str(answer)

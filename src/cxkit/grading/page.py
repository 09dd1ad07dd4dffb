"""The feedback page: marks, the learner's own answers and words, for somebody who does not program."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..teaching import handed_in
from ..teaching.questions import Question, Spec, option_id, option_label, questions_of, read_questions
from ..teaching.tidy import tidy_answers as tidied
from ..teaching.words import direction, words_for
from ..views.words import words as map_words
from .feedback_words import words_in
from .said import MOST, Marked, clean, comments, marked_cells, paragraphs

TEMPLATES = Path(__file__).parent / "templates"
# what a step's own column is called in an answer, and what a touchpoint is named by in a map
STEP, TOUCHPOINT = "step", "touchpoint"


@dataclass(frozen=True)
class Table:
    """An answer of several rows: a cell is a text, or a list of names and texts."""

    heads: list[str]
    rows: list[list[Any]]
    name_at: int = 0
    """The column that names the row; what stands before it is the row's place."""


@dataclass
class Section:
    """A part of the exercise as the page shows it. Only the page's own sections have a hyphen in their `id`."""

    id: str
    title: str
    answers: list[tuple[str, Any]] = field(default_factory=list)
    marked: list[Marked] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)

    @property
    def of(self) -> float:
        return sum(one.of for one in self.marked)

    @property
    def got(self) -> float | None:
        """None while nothing in it is marked."""
        found = [one.got for one in self.marked if one.got is not None]
        return sum(found) if found else None

    @property
    def full(self) -> bool:
        return all(one.full for one in self.marked)

    @property
    def silent(self) -> bool:
        """Does its title say already all that there is to say about its marks?"""
        return all(one.got is None and not one.read for one in self.marked) and len(self.marked) == 1


def feedback_page(
    notebook: Any, questions: Spec | None = None, *, learner: str = "", late: float = 0.0, title: str = ""
) -> str:
    """The feedback on a marked notebook: one HTML file that needs nothing beside it, and holds neither code nor key.

    Parameters: `notebook`, autograded, with marks (`score`, `points`, `comment`) in its cells as nbgrader's `GetGrades`
    puts them there, else with the marks that its check cells show; `questions`, the exercise's questions, without which
    answers keep the ids that they have in the notebook; `learner`, the name to print; `late`, the marks taken off for
    coming late; `title`, where there are no questions.

    Everything that a learner can have touched is shown as text, or left out.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> cells = [new_code_cell("# Your answers\\nanswers = {'wait': '<b>long</b>'}",
    ...                        metadata={"nbgrader": {"grade_id": "answers", "solution": True}}),
    ...          new_code_cell("# Marked: the wait (2 marks)\\nkey = 'b'",
    ...                        metadata={"nbgrader": {"grade": True, "grade_id": "wait", "score": 1, "points": 2}})]
    >>> page = feedback_page(new_notebook(cells=cells))
    >>> "1</span> of 2 marks" in page, "&lt;b&gt;long" in page, "key" in page
    (True, True, False)
    """
    language = questions["language"] if questions else "en"
    words = words_in(language)
    marked = list(marked_cells(notebook))
    own = [one for one in marked if not one.extra]
    extra = [one for one in marked if one.extra]
    handed = handed_in.read_answers(notebook)
    answers = _tidy_answers(questions, handed.answers)
    said = comments(notebook)
    sections = _sections(questions, own, answers, words)
    if extra:
        spoken = [line for name, lines in said.items() if name != _answer_cell(questions) for line in lines]
        sections.append(Section("extra-marks", words["extra_title"], marked=extra, comment=spoken))
        general = said.get(_answer_cell(questions), [])
    else:
        general = [line for lines in said.values() for line in lines]
    page = (
        environment()
        .get_template("feedback.html.j2")
        .render(
            language=language,
            dir=direction(language),
            title=questions["title"] if questions else clean(title or words["kicker"]),
            learner=clean(learner),
            words=words,
            full_marks=words_for(language)["full_marks"],
            total=sum(one.got or 0.0 for one in own) - late,
            of=sum(one.of for one in own),
            open=sum(one.of for one in own if one.got is None),
            late=late,
            extra_got=sum(one.got or 0.0 for one in extra),
            extra_of=sum(one.of for one in extra),
            sections=sections,
            comment=general,
            unreadable=_unreadable(handed),
            style=Markup((TEMPLATES / "feedback.css").read_text("utf-8")),
        )
    )
    return page.encode("utf-8", "replace").decode("utf-8")


def answers_html(questions: Spec, answers: Any) -> str:
    """All answers in the words of the form, as a piece of a page, for who reads them beside the marks.

    >>> questions = {"title": "T", "language": "en", "parts": [{"id": "p", "questions": [
    ...     {"id": "wait", "kind": "text", "ask": "Where is the wait?"}]}]}
    >>> "<bdi>&lt;b&gt;</bdi>" in answers_html(questions, {"wait": "<b>"})
    True
    """
    language = questions["language"]
    words = words_in(language)
    page = (
        environment()
        .get_template("answers.html.j2")
        .render(
            language=language,
            dir=direction(language),
            words=words,
            sections=_sections(questions, [], _tidy_answers(questions, answers), words),
        )
    )
    return page.encode("utf-8", "replace").decode("utf-8")


def questions_beside(name: str, folders: Iterable[Path]) -> Spec | None:
    """The questions of an exercise from the first folder that holds sound ones, None where none does.

    >>> questions_beside("no such exercise", [Path(".")]) is None
    True
    """
    for folder in folders:
        try:
            return read_questions(folder / f"{name}.yaml")
        except (OSError, ValueError):
            continue
    return None


def _sections(
    questions: Spec | None, own: list[Marked], answers: dict[str, Any], words: dict[str, str]
) -> list[Section]:
    language = questions["language"] if questions else "en"
    sections = [
        Section(
            part["id"],
            part.get("title", part["id"]),
            [(one["ask"], _shown(one, answers.get(one["id"]), words, language)) for one in part["questions"]],
        )
        for part in (questions["parts"] if questions else [])
    ]
    by_id = {section.id: section for section in sections}
    for one in own:
        if one.read:
            continue
        # a check of no part that is known stands for itself
        name = one.part or one.name
        if name not in by_id:
            title = name.replace("_", " ")
            by_id[name] = Section(
                re.sub(r"\W", "_", name), one.label if not one.part else title[:1].upper() + title[1:]
            )
            sections.append(by_id[name])
        by_id[name].marked.append(one)
    read = [one for one in own if one.read]
    if read:
        sections.append(Section("by-instructor", words["read_title"], marked=read))
    known = {one["id"] for one in questions_of(questions)} if questions else set()
    bare = [(clean(name), _bare(given, words)) for name, given in answers.items() if name not in known]
    if bare:
        sections.append(
            Section("more-answers", words["other_title"] if questions else words["your_answers"], bare)
        )
    return sections


def _tidy_answers(questions: Spec | None, answers: Any) -> dict[str, Any]:
    if not isinstance(answers, dict):
        return {}
    return tidied(questions, answers) if questions else answers


def _answer_cell(questions: Spec | None) -> str:
    return str((questions or {}).get("answer_cell", handed_in.ANSWERS))


def _unreadable(handed: handed_in.HandedIn) -> bool:
    """Is something in the answer cell that is no plain answer?"""
    signs = [text.rpartition("{line}")[2] for text in (handed_in.NOT_READABLE, handed_in.NOT_PLAIN)]
    return not isinstance(handed.answers, dict) or any(
        sign in note for note in handed.notes for sign in signs
    )


def _shown(question: Question, answer: Any, words: dict[str, str], language: str) -> Any:
    """An answer in the words of the form: a text, a list of texts, a Table, or "" where there is none."""
    if answer in (None, "", []):
        return ""
    kind = question["kind"]
    if kind in ("choice", "several"):
        names = {option_id(one): option_label(one) for one in question["options"]}
        given = answer if isinstance(answer, list) else [answer]
        labels = [clean(names.get(one, one)) for one in given]
        return labels if kind == "several" else labels[0]
    if kind == "steps":
        return _steps(question, answer, words)
    if kind == "journey":
        return _journey(answer, map_words(language), words)
    if kind == "scale":
        answer = _place(question, answer)
    unit = question.get("unit", "")
    shown = clean(_number(answer) if isinstance(answer, float) else answer)
    return f"{shown} {unit}" if unit and unit.casefold() not in shown.casefold() else shown


def _place(question: Question, answer: Any) -> Any:
    """The label at a place of a scale, where it has labels."""
    labels = question.get("labels", [])
    if not labels or not isinstance(answer, int | float):
        return answer
    place = round((answer - question["low"]) / question.get("step", 1))
    return labels[place] if 0 <= place < len(labels) else answer


def _steps(question: Question, rows: list[dict[str, Any]], words: dict[str, str]) -> Table:
    columns = question.get("columns", [])
    steps = {card["id"]: card["label"] for card in question["cards"]}
    names = {
        column["id"]: {option_id(one): option_label(one) for one in column["options"]} for column in columns
    }
    ordered = question.get("ordered", True)
    heads = [
        *([words["order"]] if ordered else []),
        words["step" if ordered else "item"],
        *(one["label"] for one in columns),
    ]
    table = []
    for place, row in enumerate(rows, start=1):
        chosen = [row.get(one["id"], "") for one in columns]
        labels = [names[column["id"]].get(one, one) for column, one in zip(columns, chosen, strict=True)]
        table.append(
            [*([str(place)] if ordered else []), steps[row[STEP]], *(clean(one) or "–" for one in labels)]
        )
    return Table(heads, table, int(ordered))


def _journey(rows: list[dict[str, Any]], names: dict[str, str], words: dict[str, str]) -> Table:
    from ..journey_cells import WORDS  # only here: few exercises hold a map, and pandas is slow to load

    def pair(column: str, given: Any) -> tuple[str, str]:
        # only what the map itself offers to choose has a name in the map's words
        known = [f"{given}.kind", f"{column}.{given}", str(given)] if column in WORDS else []
        shown = next((names[one] for one in known if one in names), given)
        return names.get(f"{column}.table", names.get(column, column)), clean(shown)

    table = [
        [
            str(place),
            clean(row.get(TOUCHPOINT, "–")),
            [pair(*one) for one in row.items() if one[0] != TOUCHPOINT],
        ]
        for place, row in enumerate(rows[:MOST], start=1)
    ]
    return Table([words["order"], names[TOUCHPOINT], words["details"]], table, 1)


def _bare(given: Any, words: dict[str, str]) -> Any:
    """An answer without its question: rows as a table, a list as a list, all else as text."""
    if isinstance(given, list) and given and all(isinstance(row, dict) for row in given):
        heads = list(dict.fromkeys(clean(name) for row in given[:MOST] for name in row))[:12]
        named = [{clean(name): clean(one) for name, one in row.items()} for row in given[:MOST]]
        return Table(
            [words["order"], *heads],
            [
                [str(place), *(row.get(name, "–") for name in heads)]
                for place, row in enumerate(named, start=1)
            ],
        )
    if isinstance(given, list | tuple):
        return [clean(one) for one in given[:MOST]]
    return clean(given)


def _number(value: float) -> str:
    """Marks as they are read: 14.5, 7.

    >>> _number(14.50), _number(7.0)
    ('14.5', '7')
    """
    return f"{round(value, 2):g}"


@cache
def environment() -> Environment:
    """What fills in the templates of this folder: everything is escaped, and a name that is missing is a fault."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = _number
    made.filters["paragraphs"] = paragraphs
    made.tests["table"] = lambda value: isinstance(value, Table)
    made.tests["rows"] = lambda value: isinstance(value, list)
    return made

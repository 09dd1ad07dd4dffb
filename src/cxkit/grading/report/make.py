"""An instructor's report on one exercise and one cohort, as data: the page and the files are made of it."""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from cxkit.yaml_text import from_yaml

from ...teaching.lessons import read_lessons
from ...teaching.questions import questions_of, read_questions
from .. import look
from ..look import Exercise, Submission, look_at_all
from ..said import clean
from .answers import NO_ANSWER, Counted, Sentences, Tally, Wrong, columns_of, items_of
from .numbers import FEW, ItemRow, Summary, item_rows, mean_of, summary_of, total_of
from .read import Cohort, Item, Learner, read_cohort, read_notebooks
from .tests import Gain, Pair, gain_of

MOST_AGAIN = 3
HIDDEN = "…"
ODD = "Something in it is odd. `cxkit look {exercise}` says what."
NOT_YET = "It is not marked yet."
# the words of `cxkit look` in which a file or a learner may be named
LOOK_WORDS = [one for name, one in vars(look).items() if name.isupper() and isinstance(one, str)]


@dataclass(frozen=True)
class Person:
    """A learner as the report shows one: `name` and `id`, or a number and nothing. `got` by item, None: not marked."""

    name: str
    id: str
    got: dict[str, float | None]
    total: float | None
    extra: float | None
    late: float
    handed_in: bool
    open: list[Item]

    @property
    def marked(self) -> bool:
        return bool(self.got)


@dataclass(frozen=True)
class Look:
    """Somebody whose work a person should see, and why."""

    who: Person
    why: list[str]


@dataclass(frozen=True)
class Place:
    """Where an idea of the course is taught: its words, the lesson, the part of the lesson."""

    concept: str
    lesson: str
    part: str


@dataclass(frozen=True)
class Again:
    """An item to teach again: its numbers, where it is taught, and what those who lost marks read or chose most often."""

    row: ItemRow
    places: list[Place]
    said: Sentences | None
    wrong: tuple[Wrong, Counted] | None


@dataclass(frozen=True)
class Report:
    """All that an instructor's report says. `names`: does it name learners? `read`: notebooks whose answers were counted.

    `asked`: are the questions of the form known?
    """

    exercise: str
    title: str
    language: str
    names: bool
    made: datetime
    rows: list[ItemRow]
    summary: Summary
    people: list[Person]
    look: list[Look]
    wrong: list[Wrong]
    sentences: list[Sentences]
    again: list[Again]
    tested: bool
    gain: Gain | None
    read: int
    asked: bool

    @property
    def few(self) -> bool:
        return self.summary.n < FEW

    @property
    def items(self) -> list[Item]:
        return [one.item for one in self.rows]

    @property
    def extra(self) -> bool:
        return any(one.extra for one in self.items)

    @property
    def absent(self) -> list[Person]:
        return [one for one in self.people if not one.handed_in]

    @property
    def seen(self) -> int:
        """How many learners a person should see to."""
        return len({id(one.who) for one in self.look} | {id(one) for one in self.waiting})

    @property
    def waiting(self) -> list[Person]:
        return [one for one in self.people if one.open]


def make_report(exercise: Exercise, *, names: bool = True, tests: Iterable[Pair] | None = None) -> Report:
    """The report on an exercise of a course. Nothing in the course is changed, and nothing is run.

    Parameters: `names`, if False, learners have numbers in an order drawn by lot, and nothing that a single learner
    typed is in it; `tests`, the results of the tests before and after the course.

    Raises ValueError in words where nothing of the exercise is marked yet.

    >>> make_report(Exercise("ex", Path("/nowhere"), [], []))
    Traceback (most recent call last):
    ValueError: There is no gradebook in /nowhere yet. Grade the exercise first:  cxkit grade ex
    """
    cohort = read_cohort(exercise)
    found = look_at_all(exercise)
    known = {one.id: one for one in cohort.learners}
    for one in found:
        # handed in, and so far away from marks that the gradebook does not know of it
        if one.learner not in known:
            cohort.learners.append(Learner(one.learner))
            known[one.learner] = cohort.learners[-1]
        known[one.learner].handed_in = True
    tally = Tally(cohort)
    for read in read_notebooks(cohort):
        tally.add(read)
    shown = _people(cohort, names)
    rows = item_rows(cohort)
    wrong, sentences = tally.wrong(names), tally.sentences(names)
    questions = cohort.questions
    return Report(
        exercise.name,
        clean(questions["title"] if questions else exercise.name.replace("_", " ")),
        questions["language"] if questions else "en",
        names,
        datetime.now(),
        rows,
        summary_of(cohort),
        _in_order(shown.values(), names),
        _looks(exercise, found, shown, names),
        wrong,
        sentences,
        _again(cohort, rows, wrong, sentences),
        tests is not None,
        gain_of(tests or [], _test_names(exercise)),
        tally.read,
        questions is not None,
    )


def _people(cohort: Cohort, names: bool) -> dict[str, Person]:
    """Everybody by id. Numbers are drawn by lot: any rule could be turned round by who knows the names."""
    numbers = list(range(1, len(cohort.learners) + 1))
    secrets.SystemRandom().shuffle(numbers)
    extra = [one for one in cohort.items if one.extra]
    return {
        one.id: Person(
            clean(one.name or one.id) if names else str(number),
            clean(one.id) if names else "",
            one.got,
            total_of(one, cohort.own) if one.marked else None,
            total_of(one, extra, late=False) if one.marked and extra else None,
            one.late,
            one.handed_in,
            [item for item in cohort.items if item.name in one.got and one.got[item.name] is None],
        )
        for one, number in zip(cohort.learners, numbers, strict=True)
    }


def _in_order(people: Iterable[Person], names: bool) -> list[Person]:
    return sorted(
        people, key=lambda one: (one.name.casefold(), one.id) if names else (f"{int(one.name):09d}", "")
    )


def _looks(exercise: Exercise, found: list[Submission], shown: dict[str, Person], names: bool) -> list[Look]:
    looks = {}
    for one in found:
        why = [clean(line) if names else nobody_named(line, exercise.name) for line in one.look]
        if not shown[one.learner].marked and not why:
            why = [NOT_YET]
        if why:
            looks[one.learner] = Look(shown[one.learner], why)
    place = {id(one): at for at, one in enumerate(_in_order(shown.values(), names))}
    return sorted(looks.values(), key=lambda one: place[id(one.who)])


def nobody_named(line: str, exercise: str) -> str:
    """What `cxkit look` said, without what a learner can have named: files, folders, ids.

    >>> nobody_named("Beside it lies “dana/b.ipynb”, which holds other answers and was not marked. "
    ...              "Ask which one counts.", "ex")
    'Beside it lies “…”, which holds other answers and was not marked. Ask which one counts.'
    """
    for words in LOOK_WORDS:
        pattern = re.sub(r"\\\{\w+\\\}", ".*", re.escape(words))
        if re.fullmatch(pattern, line, re.DOTALL):
            return re.sub(r"\{(\w+)\}", lambda hole: exercise if hole[1] == "exercise" else HIDDEN, words)
    return ODD.format(exercise=exercise)


# --- what to teach again


def _again(
    cohort: Cohort, rows: Sequence[ItemRow], wrong: Sequence[Wrong], sentences: Sequence[Sentences]
) -> list[Again]:
    """The items that stand out: their whole interval lies below that of all other items together."""
    counted = summary_of(cohort).counted
    low = []
    for row in rows:
        others = [one for one in counted if one.name != row.item.name]
        if row.item not in counted or not others or row.reached is None or row.n < FEW:
            continue
        of = math.fsum(one.of for one in others)
        rest = [
            total / of
            for one in cohort.marked
            if one.got.get(row.item.name) is not None
            and (total := total_of(one, others, late=False)) is not None
        ]
        if row.reached.high < mean_of(rest, 0, 1).low:
            low.append(row)
    found = []
    for row in sorted(low, key=lambda one: one.reached.value if one.reached else 1.0)[:MOST_AGAIN]:
        item = row.item
        said = next((one for one in sentences if one.item == item), None)
        chosen = [(one, line) for one in wrong if item in one.items and one.known for line in one.answers]
        best = max(chosen, key=_weight, default=None)
        found.append(Again(row, _places(cohort, item), said, best))
    return found


def _weight(one: tuple[Wrong, Counted]) -> tuple[bool, int, int]:
    """Which wrong answer tells the most: one that was given, to a question marked alone, by many."""
    wrong, line = one
    return line.given != NO_ANSWER, -len(wrong.items), line.people


def _places(cohort: Cohort, item: Item) -> list[Place]:
    """The ideas of the course that an item is about, and the lesson of each."""
    course = cohort.exercise.course / "course"
    questions: list[Any] = [
        question
        for part in (cohort.questions["parts"] if cohort.questions else [])
        for question in part["questions"]
        if item.part == part["id"]
        and any(item in items_of(cohort, question, part["id"], one) for one in columns_of(question))
    ]
    wanted = list(dict.fromkeys(row for one in questions for row in one["row"].split()))
    try:
        rows = {one["row"]: one for one in from_yaml((course / "trace.yaml").read_text("utf-8"))["rows"]}
        titles = _titles(course)
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return []  # an exercise can live without the course
    language = cohort.questions["language"] if cohort.questions else "en"
    found = []
    for name in wanted:
        if name in rows:
            lesson = _in_language(rows[name]["lesson"], language)
            title = titles.get(lesson.get("file", ""), lesson.get("file", ""))
            found.append(Place(rows[name]["concept"], title, lesson.get("part", "")))
    return found


def _test_names(exercise: Exercise) -> dict[str, str]:
    """What each question of the tests is about, in the course's words; the questions themselves are long."""
    course = exercise.course / "course"
    try:
        test = read_lessons(course / "lessons.yaml")["test"]["after"]
        rows = {one["row"]: one for one in from_yaml((course / "trace.yaml").read_text("utf-8"))["rows"]}
        questions = questions_of(read_questions(course / "quizzes" / f"{test}.yaml"))
        return {one["id"]: rows[one["row"].split()[0]]["concept"] for one in questions}
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError):
        return {}


def _titles(course: Path) -> dict[str, str]:
    lessons = read_lessons(course / "lessons.yaml")["lessons"]
    return {form["file"]: form["title"] for one in lessons for form in (one, *one.get("also", []))}


def _in_language(places: list[dict[str, str]], language: str) -> dict[str, str]:
    """The lesson of a concept in the exercise's language, where there is one; else the first."""
    own = [one for one in places if one["file"].endswith(f"_{language}.ipynb")]
    return next(iter([*own, *places]), {})

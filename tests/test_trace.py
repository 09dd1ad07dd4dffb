"""Every concept of the course has a lesson part, something to do, an exercise item and a function; what is named exists."""

from __future__ import annotations

import importlib
import re
from functools import cache

import nbformat
import pytest
import yaml
from test_course_content import QUIZZES, ROOT

import cxkit as cx
from cxkit.teaching import questions as questions_module
from cxkit.teaching.questions import questions_of

COURSE = ROOT / "course"
TRACE = yaml.safe_load((COURSE / "trace.yaml").read_text("utf-8"))["rows"]
LAST = {"J": 9, "P": 6, "D": 6, "M": 7, "V": 4, "W": 2}
ROWS = [f"{letter}{number}" for letter, last in LAST.items() for number in range(1, last + 1)]
KINDS = ("lesson", "practice", "exercise")
PLACES = [(row["row"], kind, place) for row in TRACE for kind in KINDS for place in row[kind]]
# the same file is asked for many rows
read_questions = cache(questions_module.read_questions)
each_place = pytest.mark.parametrize(("row", "kind", "place"), PLACES)
there = [one for one in PLACES if not one[2].get("planned")]
each_that_is_there = pytest.mark.parametrize(("row", "kind", "place"), there)


def part_of_heading(line):
    """The name of a part: its heading without its time."""
    return re.sub(r" \((?:\d+ (?:minutes?|דקות)|דקה אחת\b).*\)$", "", line.lstrip("#").strip())


@cache
def parts(path):
    notebook = nbformat.read(path, as_version=4)
    lines = [
        line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines()
    ]
    return [part_of_heading(line) for line in lines if line.startswith("##")]


def test_the_name_of_a_part_is_its_heading_without_the_time():
    assert part_of_heading("## Five words (3 minutes)") == "Five words"
    assert part_of_heading("### Talk about it (5 minutes, with a colleague)") == "Talk about it"
    assert part_of_heading("## Your turn") == "Your turn"
    assert part_of_heading("## בוחן (4 דקות)") == "בוחן"
    assert part_of_heading("## בוחן (דקה אחת, בשניים)") == "בוחן"


def test_each_row_of_the_course_stands_there_once_and_in_order():
    assert [row["row"] for row in TRACE] == ROWS and len(ROWS) == 34


@pytest.mark.parametrize("row", TRACE, ids=lambda row: row["row"])
def test_each_row_is_taught_practised_and_computed(row):
    assert set(row) == {"row", "concept", *KINDS, "functions"}
    for name in (*KINDS, "functions"):
        assert row[name], f"{row['row']} has no {name}"


@each_place
def test_an_entry_says_where_and_nothing_unknown(row, kind, place):
    needed = {"lesson": {"file", "part"}, "exercise": {"file", "item"}, "practice": {"file"}}[kind]
    assert needed <= set(place) <= needed | {"item", "planned"}
    assert place.get("planned", True) is True, "leave planned out where it is not meant"


@each_place
def test_what_is_planned_is_not_there_yet(row, kind, place):
    if place.get("planned"):
        assert not (COURSE / place["file"]).exists(), f"{row}: {place['file']} is there. Drop “planned: true”"


@each_that_is_there
def test_what_is_there_exists(row, kind, place):
    path = COURSE / place["file"]
    assert path.is_file(), (row, place)
    if kind == "lesson":
        assert place["part"] in parts(path), (row, place, parts(path))


@each_that_is_there
def test_an_item_is_a_question_for_this_row(row, kind, place):
    if "item" in place:
        questions = {one["id"]: one for one in questions_of(read_questions(COURSE / place["file"]))}
        assert place["item"] in questions, (row, place)
        assert row in questions[place["item"]]["row"].split(), (row, place)


def named(name):
    """What a name of the trace stands for: one of cxkit's, or what a module of `teaching` with this name holds."""
    first, *rest = name.split(".")
    if first in cx.__all__:
        found = getattr(cx, first)
    else:
        found = getattr(importlib.import_module(f"cxkit.teaching.{first}"), first)
    for one in rest:
        found = getattr(found, one)
    return found


@pytest.mark.parametrize("name", sorted({name for row in TRACE for name in row["functions"]}))
def test_a_function_that_is_named_exists(name):
    assert callable(named(name))


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_a_question_in_a_quiz_that_shows_words(row):
    asked = set()
    for path in QUIZZES:
        spec = read_questions(path)
        if "answer_cell" not in spec and spec.get("feedback") != "none":
            asked |= {one for question in questions_of(spec) for one in question["row"].split()}
    assert row in asked

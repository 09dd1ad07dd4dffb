"""The guide for the person who leads: times add up, pages exist, every lesson is in it."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbgrader_course import ROOT

GUIDE = ROOT / "course" / "facilitator"
SHEETS = dict(
    re.findall(
        r"^## ([^\n:]+): [^\n]+\n(.*?)(?=^## |\Z)", (GUIDE / "run_sheets.md").read_text("utf-8"), re.M | re.S
    )
)
LENGTHS = {"90 minutes": 90, "Half a day": 240, "A day": 480}


def rows(sheet):
    found = re.findall(r"^\| (\d+):(\d\d) \| (\d+) \| (.+?) \| (.*?)\|$", sheet, re.M)
    return [(60 * int(hour) + int(minute), int(length), what) for hour, minute, length, what, _ in found]


def test_there_is_a_run_sheet_for_each_length():
    assert set(SHEETS) == set(LENGTHS)


@pytest.mark.parametrize("name", LENGTHS)
def test_the_times_of_a_run_sheet_add_up(name):
    parts = rows(SHEETS[name])
    assert len(parts) >= 8 and len(parts) == SHEETS[name].count("\n| ") - 1, "each row is read"
    clock = 0
    for start, length, what in parts:
        assert start == clock, what
        clock += length
    assert clock == LENGTHS[name]


@pytest.mark.parametrize("name", LENGTHS)
def test_nobody_sits_for_more_than_two_hours_without_a_break(name):
    since = 0
    for _, length, what in rows(SHEETS[name]):
        since = 0 if re.match(r"Break|Lunch", what) else since + length
        assert since <= 120, what


def lessons():
    return sorted(
        path.name for path in (ROOT / "course").glob("[0-9]*.ipynb") if not path.stem.endswith("_he")
    )


def test_the_table_of_competency_areas_has_a_row_for_each_lesson():
    text = (GUIDE / "competencies.md").read_text("utf-8")
    for lesson in lessons():
        if not lesson.startswith("00"):
            assert f"(../{lesson})" in text, lesson


def test_the_long_run_sheet_visits_each_lesson():
    assert all(f"(../{lesson})" in SHEETS["A day"] for lesson in lessons())


@pytest.mark.parametrize("path", sorted(GUIDE.glob("*.md")), ids=lambda path: path.name)
def test_links_of_the_guide_lead_somewhere(path):
    text = path.read_text("utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        place, _, anchor = link.partition("#")
        target = (path.parent / place).resolve() if place else path
        assert target.exists(), link
        if anchor:
            heads = {head.strip().lower().replace(" ", "-") for head in re.findall(r"^#+ (.+)$", text, re.M)}
            assert anchor in heads, link


ACTIVITIES = (GUIDE / "activities.md").read_text("utf-8")
ALIKE = r"Quiz|Talk about it|What to remember|What comes next|What you will|Go further|The exercise$"


@pytest.mark.parametrize("lesson", [one for one in lessons() if not one.startswith("00")])
def test_each_part_of_a_lesson_is_in_the_list_of_activities_in_its_order(lesson):
    notebook = nbformat.read(ROOT / "course" / lesson, as_version=4)
    told = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heads = [re.sub(r" \(.*?\)$", "", head) for head in re.findall(r"^## (.+)$", told, re.M)]
    parts = [head for head in heads if not re.match(ALIKE, head)]
    [about] = re.findall(rf"^## Lesson {int(lesson[:2])}: .*?(?=^## |\Z)", ACTIVITIES, re.M | re.S)
    rows = [row.split(" | ") for row in re.findall(r"^\| (.+) \|$", about, re.M)][1:]
    assert [row[0] for row in rows] == parts
    assert all(len(row) == 5 and all(cell.strip() for cell in row) for row in rows)

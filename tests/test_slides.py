"""Slides come from the lesson: all its words and pictures but its code, in one file that asks nothing of a network."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbgrader_course import ROOT

from cxkit.cli import main
from cxkit.teaching.slides import write_slides

LESSON = ROOT / "course" / "01_lucys_journey.ipynb"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    target = tmp_path_factory.mktemp("slides") / "lucy.html"
    return write_slides(LESSON, target).read_text("utf-8")


def test_the_words_of_the_lesson_are_there_and_its_code_is_not(page):
    told = re.sub(r"<[^>]+>", "", page)
    assert "find the moment that belongs to nobody" in told
    assert "Lucy searches the web" in told or "She searches the web" in told
    assert "cx.case" not in told and "import cxkit" not in told
    assert "Go further" not in told and "✓ Ready" not in told


def test_each_heading_begins_a_slide(page):
    notebook = nbformat.read(LESSON, as_version=4)
    heads = [line for cell in notebook.cells for line in cell.source.splitlines() if line.startswith("## ")]
    begun = re.findall(r"<section\s*>\s*<section\s*>", page)
    assert len(begun) == 1 + sum(not re.match(r"## (Go further|What comes next)", head) for head in heads)
    assert page.count("<section") == page.count("</section>")


def test_a_form_asks_the_room_and_tells_no_key(page):
    assert "Whose side does a journey map take?" in page
    assert "(<code>side</code>)" not in page and "appears here when the notebook runs" not in page


def test_nothing_is_asked_of_a_network(page):
    asked = re.findall(r"(?:src|href|import)\s*[=(]?\s*[\"'](https?:[^\"']+|//[^\"']+)", page)
    assert asked == []
    assert (
        "url(http" not in page
        and "@import" not in page.replace(" ", "").split("<body")[0].split("</style>")[1]
    )


def test_the_command_writes_beside_the_reader_and_refuses_in_words(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["slides", str(LESSON)]) == 0
    assert (tmp_path / "01_lucys_journey.slides.html").stat().st_size > 100_000
    (tmp_path / "notes.ipynb").write_text("not a notebook")
    assert main(["slides", "notes.ipynb"]) == 1
    assert "is not a notebook" in capsys.readouterr().err

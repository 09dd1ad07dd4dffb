"""“Check my work” in a real browser: marks and words, hints and tries that are counted, and the model answer."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from answer_sets import ROOT, model_answers
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

EXERCISE = "01_physio_journey"
MODEL = model_answers(EXERCISE)
# two mistakes: the wrong wait, and a length that belongs to another wait
HALF = {**MODEL, "wait_before": "survey", "wait_length": "eight days"}
WHY = "He waits longest between the line in the app and his question."
SHOTS = os.environ.get("CXKIT_SHOTS")


def open_exercise(course, desk, folder: str, answers: dict) -> Page:
    """The released exercise with answers in it, in a folder of its own, and nothing on record from other tests."""
    target = course.folder / folder
    released = ROOT / "exercises" / EXERCISE
    shutil.copytree(released, target, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    (course.folder / "home" / "progress.json").unlink(missing_ok=True)
    path = target / f"{EXERCISE}.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "answers":
            cell["source"] = f"# Your answers\nanswers = {answers!r}"
    path.write_text(json.dumps(notebook), "utf-8")
    return desk.open(course.url(f"{folder}/{EXERCISE}.ipynb"))


def record(course) -> dict:
    kept = json.loads((course.folder / "home" / "progress.json").read_text("utf-8"))
    return kept["exercises"][EXERCISE]


def total(page: Page) -> str:
    return page.locator(".cx-total").inner_text()


def shoot(page: Page, name: str) -> None:
    """A picture of the whole form, for a person to look at."""
    if SHOTS:
        page.set_viewport_size({"width": 1280, "height": 3600})
        page.wait_for_timeout(500)
        page.locator(".cx-form").screenshot(path=Path(SHOTS) / f"{name}.png")
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def page(course, desk) -> Page:
    return open_exercise(course, desk, "alone", HALF)


def test_check_hints_tries_and_the_model_answer(course, page, desk):
    check = page.locator('[data-button="check"]')
    model = page.locator('[data-button="model"]')
    assert total(page) == "" and not model.is_visible()

    # a hint costs nothing, and is counted
    page.locator('[data-question="journey"] .cx-hints button').click()
    page.get_by_text("You opened 1 of 3 hints. They cost nothing.").wait_for()
    assert record(course)["hints"] == {"journey": 1}

    # with the keyboard: the focus stays on the button, and the total is read out
    check.focus()
    page.keyboard.press("Enter")
    page.get_by_text("18 of 20 marks, and 0 of 2 extra").wait_for()
    assert page.locator(".cx-total").get_attribute("role") == "status"
    assert check.evaluate("node => node === document.activeElement")
    wait = page.locator('[data-part="wait"] > .cx-feedback')
    assert "The wait: 0 of 2 marks" in wait.inner_text()
    assert "“Eight days” is in the story, but it belongs to another wait." in wait.inner_text()
    assert "The order of the steps: 5 of 5 marks" in page.locator('[data-part="map"]').inner_text()
    assert page.get_by_text("This was try 1.").is_visible()
    assert not model.is_visible() and WHY not in page.content()
    shoot(page, "checked")

    # the same answers again are no new try
    check.click()
    page.get_by_text("It is still try 1.").wait_for()
    assert not model.is_visible()

    # marks of other answers do not look like marks of these
    page.locator('[data-question="wait_length"] input[value="some weeks"]').check()
    page.get_by_text("Before your last change: 18 of 20 marks").wait_for()
    assert "Check again" in wait.inner_text()
    check.click()
    page.get_by_text("19 of 20 marks, and 0 of 2 extra").first.wait_for()
    assert page.get_by_text("This was try 2.").is_visible()

    model.click()
    page.get_by_text(WHY).wait_for()
    head = page.locator(".cx-model h3")
    assert head.evaluate("node => node === document.activeElement")
    shown = page.locator(".cx-model").inner_text()
    assert "The practice asks what to do better" in shown  # the learner's, in the form's words
    assert "He asks what happened to his new time" in shown
    assert record(course)["tries"] == 2 and record(course)["model"]
    shoot(page, "model")
    found = Axe().run(page, context={"include": [[".cx-form"]]}).response["violations"]
    assert [one["id"] for one in found] == []

    # the record comes back with the page; the model answer does not
    page.reload()
    desk.settle()
    assert total(page).startswith("At your last check: 19 of 20 marks")
    assert page.get_by_text("You opened 1 of 3 hints").is_visible()
    assert WHY not in page.content() and model.is_visible()
    assert desk.outside == []


def test_without_a_solution_it_says_what_is_complete(course, desk):
    hidden = course.folder / "solutions" / EXERCISE
    away = course.folder / "solutions" / "away"
    hidden.rename(away)
    try:
        page = open_exercise(course, desk, "classroom", {**HALF, "new_owner": ""})
        page.locator('[data-button="check"]').click()
        page.get_by_text("2 of 3 parts are complete").wait_for()
        assert page.get_by_text("Marks come from your instructor").is_visible()
        assert page.locator('[data-part="wait"]').get_by_text("Complete.").is_visible()
        assert not page.locator('[data-button="model"]').is_visible()
    finally:
        away.rename(hidden)

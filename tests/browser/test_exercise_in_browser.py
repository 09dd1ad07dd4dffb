"""Exercise 1 in a real browser: from fetching it to the marks with clicks, and answered with the keyboard alone."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from answer_sets import answer_sets, model_answers
from desk import answers_on_disk
from nbgrader_course import Course as Office
from playwright.sync_api import Locator, Page
from warm import nbgrader

from cxkit import Journey

EXERCISE = "01_physio_journey"
ANSWERS = model_answers(EXERCISE)
FULL = {name: of for name, of in answer_sets(EXERCISE)["full_marks"].items() if name != "extra"}
ORDER = [row["step"] for row in ANSWERS["journey"]]
COLUMNS = ("stage", "channel", "owner")


@pytest.fixture(scope="module")
def office(tmp_path_factory, warm) -> Office:
    """The instructor's side: the exercise is released to an exchange."""
    office = Office(tmp_path_factory.mktemp("office"), warm)
    office.exchange = tmp_path_factory.mktemp("exchange")
    office.exchange.chmod(0o777)
    office.run("generate_assignment", EXERCISE, "--create")
    office.run("release_assignment", EXERCISE, f"--Exchange.root={office.exchange}")
    return office


def learner_runs(office: Office, folder: Path, *command: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    options = [f"--Exchange.root={office.exchange}", "--course=cxkit"]
    code, said = nbgrader([*command, *options], folder, {**os.environ, **office.environment, "PATH": path})
    assert code == 0, said


def card(page: Page, step: str) -> Locator:
    return page.locator(f'.cx-step[data-step="{step}"]')


def answer_with_clicks(page: Page) -> None:
    for place, step in enumerate(ORDER):
        steps = [one.get_attribute("data-step") for one in page.locator(".cx-step").all()]
        for _ in range(steps.index(step) - place):
            card(page, step).get_by_role("button", name="Move up").click()
    for row in ANSWERS["journey"]:
        for select, column in zip(card(page, row["step"]).locator("select").all(), COLUMNS, strict=True):
            select.select_option(row[column])
    for name in ("wait_before", "wait_length", "break_at"):
        page.locator(f'[data-question="{name}"] input[value="{ANSWERS[name]}"]').check()
    page.locator('[data-question="break_words"] textarea').fill(ANSWERS["break_words"])
    page.locator('[data-question="new_owner"] input').fill(ANSWERS["new_owner"])


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is on `target`, as a person without a mouse would."""
    for _ in range(120):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def answer_with_keys(page: Page) -> None:
    for place, step in enumerate(ORDER):
        steps = [one.get_attribute("data-step") for one in page.locator(".cx-step").all()]
        moves = steps.index(step) - place
        if moves:
            page.locator(".cx-form").evaluate("node => node.querySelector('button, select').focus()")
            tab_to(page, card(page, step).get_by_role("button", name="Move up"))
            for _ in range(moves):
                page.keyboard.press("Alt+ArrowUp")
    page.locator(".cx-form").evaluate("node => node.querySelector('button, select').focus()")
    for row in ANSWERS["journey"]:
        for index, column in enumerate(COLUMNS):
            tab_to(page, card(page, row["step"]).locator("select").nth(index))
            # typing the beginning of a choice selects it
            page.keyboard.type(row[column][:6], delay=20)
    for name in ("wait_before", "wait_length", "break_at"):
        options = page.locator(f'[data-question="{name}"] input')
        values = [one.get_attribute("value") for one in options.all()]
        tab_to(page, options.first)
        page.keyboard.press("Space")
        for _ in range(values.index(ANSWERS[name])):
            page.keyboard.press("ArrowDown")
    for name, kind in (("break_words", "textarea"), ("new_owner", "input")):
        tab_to(page, page.locator(f'[data-question="{name}"] {kind}'))
        page.keyboard.type(ANSWERS[name])


def test_from_fetching_to_marks_with_clicks(course, desk, office):
    folder = course.folder / "clicks"
    folder.mkdir()
    learner_runs(office, folder, "fetch_assignment", EXERCISE)
    path = f"clicks/{EXERCISE}/{EXERCISE}.ipynb"
    page = desk.open(course.url(path))
    answer_with_clicks(page)
    desk.status("saved")
    assert answers_on_disk(course.notebook(path)) == ANSWERS

    page.get_by_role("button", name="Check my work").click()
    # the solutions lie in this folder, so that the button gives marks
    page.locator('[data-part="breaks"]').get_by_text("3 of 3 marks").first.wait_for()
    # the lines below the form follow it, though their cells ran before the answers were there
    page.wait_for_function("() => document.body.innerText.split('✓ Complete.').length - 1 === 6")
    page.get_by_role("button", name="Draw my map").click()
    # the map's own words name the moment that this learner left without an owner
    page.locator('.cx-picture img[alt*="He reads that he is on the list"]').wait_for()

    page.reload()
    desk.settle()
    assert [one.get_attribute("data-step") for one in page.locator(".cx-step").all()] == ORDER
    assert page.locator('[data-question="new_owner"] input').input_value() == ANSWERS["new_owner"]
    assert desk.outside == []

    learner_runs(office, folder, "submit", EXERCISE)
    office.run("collect", EXERCISE, "--update", f"--Exchange.root={office.exchange}")
    office.run("autograde", EXERCISE, "--create", "--force")
    (marks,) = office.marks(EXERCISE).values()
    assert {name: value for name, value in marks.items() if not name.startswith("extra")} == FULL, marks
    office.run("generate_feedback", EXERCISE, "--force")
    (feedback,) = (office.folder / "feedback").glob(f"*/{EXERCISE}/*.html")
    desk.page.goto(feedback.as_uri())
    assert desk.page.get_by_text("20 of 20").first.is_visible()


def test_the_keyboard_alone_gives_the_same_answers(course, desk):
    shutil.copytree(course.folder / "exercises" / EXERCISE, course.folder / "keys")
    path = f"keys/{EXERCISE}.ipynb"
    answer_with_keys(desk.open(course.url(path)))
    desk.status("saved")
    assert answers_on_disk(course.notebook(path)) == ANSWERS
    assert desk.outside == []


def test_a_map_of_ones_own_travels_in_the_notebook(course, desk):
    name = "10_my_service"
    rows = model_answers(name)["map"]
    folder = course.folder / "own"
    shutil.copytree(course.folder / "exercises" / name, folder)
    page = desk.open(course.url(f"own/{name}.ipynb"))
    page.get_by_role("button", name="Take in my map").click()
    page.get_by_text("Draw it in the editor above").wait_for()
    Journey(rows).save(folder / "my_service.csv")
    page.get_by_role("button", name="Take in my map").click()
    page.locator(".cx-touchpoints li").nth(len(rows) - 1).wait_for()
    desk.status("saved")
    assert answers_on_disk(course.notebook(f"own/{name}.ipynb"))["map"] == rows
    page.locator('.cx-part .cx-picture img[alt*="touchpoints"]').first.wait_for()
    assert desk.outside == []

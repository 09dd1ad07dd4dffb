"""Lessons 00 and 01 in a real browser, as a learner opens them."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from desk import answers_on_disk

# quizzes, guesses and boards on a page: all of them have to be there before a test begins
FORMS = {"00": 3, "01": 4}


def test_the_address_that_is_printed_opens_the_first_lesson(course, desk):
    page = desk.open(course.address, FORMS["00"])
    assert page.get_by_role("heading", name="Start here", level=1).is_visible()


def test_try_the_form_and_find_the_answer_again(course, desk):
    path = "course/00_start_here.ipynb"
    page = desk.open(course.url(path), FORMS["00"])
    page.get_by_label("At a desk").check()
    page.get_by_label("What would you like to understand better").fill("Why they go quietly.")
    desk.status("saved")
    assert answers_on_disk(course.notebook(path)) == {"role": "At a desk", "hope": "Why they go quietly."}
    page.reload()
    desk.settle(FORMS["00"])
    assert page.get_by_label("At a desk").is_checked()
    assert (
        page.get_by_label("What would you like to understand better").input_value() == "Why they go quietly."
    )


def test_the_questions_before_the_course_are_kept_and_not_judged(course, desk):
    page = desk.open(course.url("course/00_start_here.ipynb"), FORMS["00"])
    quiz = page.get_by_role("group", name="Before the course")
    for question in quiz.locator("fieldset").all():
        question.locator("input").first.check()
    quiz.get_by_role("button", name="I am done").click()
    quiz.get_by_text("12 of 12 answered, kept on this computer").wait_for()
    assert quiz.locator(".cx-words").count() == 0
    page.reload()
    desk.settle(FORMS["00"])
    assert page.get_by_role("group", name="Before the course").locator("input:checked").count() == 12


def test_the_quiz_speaks_to_each_choice_and_remembers(course, desk):
    page = desk.open(course.url("course/01_lucys_journey.ipynb"), FORMS["01"])
    side = page.locator('[data-question="side"]')
    side.get_by_label("The department's").check()
    side.get_by_role("button", name="Check").click()
    side.get_by_text("Not yet.").wait_for()
    side.get_by_text("Many maps in an office do follow departments").wait_for()
    side.get_by_label("The customer's").check()
    side.get_by_role("button", name="Check").click()
    side.get_by_text("Right.").wait_for()
    page.get_by_text("1 of 5 solved, 0 at the first try. Kept on this computer.").wait_for()
    page.reload()
    desk.settle(FORMS["01"])
    side = page.locator('[data-question="side"]')
    assert side.get_by_label("The customer's").is_checked()
    side.get_by_text("Right.").wait_for()


def test_move_the_slider_with_the_keyboard_and_see_the_days(course, desk):
    page = desk.open(course.url("course/01_lucys_journey.ipynb"), FORMS["01"])
    form = page.get_by_role("group", name="When is Lucy told?")
    told = form.get_by_role("slider", name="When is Lucy told")
    told.focus()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    assert told.get_attribute("aria-valuetext") == "Visit in month 8"
    form.locator('img[alt*="60 days are left"]').wait_for()
    form.locator('[data-question="told"]').get_by_role("button", name="Check").click()
    form.get_by_text("is the last moment in time").wait_for()


def test_letters_in_a_form_are_not_taken_for_commands(course, desk):
    page = desk.open(course.url("course/01_lucys_journey.ipynb"), FORMS["01"])
    before = page.locator(".jp-Cell").count()
    page.locator('[data-question="side"] input').first.focus()
    page.keyboard.type("aabbddxxmyz")
    assert page.locator(".jp-Cell").count() == before


def test_the_instructor_opens_the_course_in_jupyterlab(start_course, desk):
    course = start_course("--lab")
    page = desk.open(course.url("course/01_lucys_journey.ipynb", "lab/tree"), FORMS["01"])
    assert page.get_by_text("✓ Ready").is_visible()
    assert desk.outside == []


def test_a_terminal_of_the_instructor_finds_the_commands(start_course, desk):
    course = start_course("--lab")
    page = desk.page
    page.goto(course.url("", "lab"))
    found = course.folder / "found.txt"
    page.evaluate(
        """async ({token, command}) => {
            const headers = {Authorization: `token ${token}`};
            const {name} = await (await fetch('/api/terminals', {method: 'POST', headers})).json();
            const socket = new WebSocket(`ws://${location.host}/terminals/websocket/${name}?token=${token}`);
            await new Promise(resolve => { socket.onopen = resolve; });
            socket.send(JSON.stringify(['stdin', command + '\\r']));
            await new Promise(resolve => setTimeout(resolve, 5000));
        }""",
        {
            "token": parse_qs(urlsplit(course.address).query)["token"][0],
            "command": f"command -v nbgrader cxkit alembic > '{found}'",
        },
    )
    lines = found.read_text("utf-8").splitlines()
    assert [Path(line).name for line in lines] == ["nbgrader", "cxkit", "alembic"]
    assert {Path(line).parent for line in lines} == {Path(sys.executable).parent}

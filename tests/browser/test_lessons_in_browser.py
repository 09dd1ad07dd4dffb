"""Lessons 00 and 01 in a real browser, as a learner opens them."""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from desk import answers_on_disk

# quizzes, guesses and boards on a page: all of them have to be there before a test begins
FORMS = {"00": 3, "01": 4}


def test_the_first_lesson_opens_at_the_printed_address_and_keeps_what_is_entered(course, desk):
    path = "course/00_start_here.ipynb"
    page = desk.open(course.address, FORMS["00"])
    assert page.get_by_role("heading", name="Start here", level=1).is_visible()

    page.get_by_label("At a desk").check()
    page.get_by_label("What would you like to understand better").fill("Why they go quietly.")
    desk.status("saved")
    assert answers_on_disk(course.notebook(path)) == {"role": "At a desk", "hope": "Why they go quietly."}

    # the questions before the course are kept and not judged
    quiz = page.get_by_role("group", name="Before the course")
    for question in quiz.locator("fieldset").all():
        question.locator("input").first.check()
    quiz.get_by_role("button", name="I am done").click()
    quiz.get_by_text("12 of 12 answered, kept on this computer").wait_for()
    assert quiz.locator(".cx-words").count() == 0

    page.reload()
    desk.settle(FORMS["00"])
    assert page.get_by_label("At a desk").is_checked()
    hope = page.get_by_label("What would you like to understand better")
    assert hope.input_value() == "Why they go quietly."
    assert page.get_by_role("group", name="Before the course").locator("input:checked").count() == 12


def test_the_quiz_speaks_to_each_choice_and_remembers(course, desk):
    page = desk.open(course.url("course/01_lucys_journey.ipynb"), FORMS["01"])
    before = page.locator(".jp-Cell").count()
    side = page.locator('[data-question="side"]')
    side.get_by_label("The department's").check()
    side.get_by_role("button", name="Check").click()
    side.get_by_text("Not yet.").wait_for()
    side.get_by_text("Many maps in an office do follow departments").wait_for()
    side.get_by_label("The customer's").check()
    side.get_by_role("button", name="Check").click()
    side.get_by_text("Right.").wait_for()
    page.get_by_text("1 of 5 solved, 0 at the first try. Kept on this computer.").wait_for()

    # a slider moved with the keyboard shows the days
    form = page.get_by_role("group", name="When is Lucy told?")
    told = form.get_by_role("slider", name="When is Lucy told")
    told.focus()
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    assert told.get_attribute("aria-valuetext") == "Visit in month 8"
    form.locator('img[alt*="60 days are left"]').wait_for()
    form.locator('[data-question="told"]').get_by_role("button", name="Check").click()
    form.get_by_text("is the last moment in time").wait_for()

    page.reload()
    desk.settle(FORMS["01"])
    side = page.locator('[data-question="side"]')
    assert side.get_by_label("The customer's").is_checked()
    side.get_by_text("Right.").wait_for()

    # letters in a form are not taken for commands
    page.locator('[data-question="side"] input').first.focus()
    page.keyboard.type("aabbddxxmyz")
    assert page.locator(".jp-Cell").count() == before


@pytest.fixture(scope="module")
def lab(start_course):
    return start_course("--lab")


def test_a_strange_notebook_is_not_run_for_an_instructor(lab, desk):
    strange = lab.folder / "submitted.ipynb"
    notebook = lab.notebook("course/00_start_here.ipynb")
    notebook["cells"] = [
        {
            "cell_type": "code",
            "id": "x",
            "source": "open('ran.txt', 'w').close()",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
    ]
    strange.write_text(json.dumps(notebook), "utf-8")
    desk.page.goto(lab.url("submitted.ipynb", "lab/tree"))
    desk.page.wait_for_selector(".jp-CodeCell:visible")
    _wait_for_idle_kernel(lab, strange.name)
    assert not (lab.folder / "ran.txt").exists()


def test_a_terminal_of_the_instructor_finds_the_commands(lab, desk):
    page = desk.page
    page.goto(lab.url("favicon.ico", "static"))  # any page of this place may speak to it
    found = lab.folder / "found.txt"
    page.evaluate(
        """async ({token, command}) => {
            const headers = {Authorization: `token ${token}`};
            const {name} = await (await fetch('/api/terminals', {method: 'POST', headers})).json();
            const socket = new WebSocket(`ws://${location.host}/terminals/websocket/${name}?token=${token}`);
            await new Promise(resolve => { socket.onopen = resolve; });
            socket.send(JSON.stringify(['stdin', command + '\\r']));
        }""",
        {
            "token": parse_qs(urlsplit(lab.address).query)["token"][0],
            "command": f"command -v nbgrader cxkit alembic > '{found}'",
        },
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and (not found.is_file() or found.read_text("utf-8").count("\n") < 3):
        page.wait_for_timeout(200)
    lines = found.read_text("utf-8").splitlines()
    assert [Path(line).name for line in lines] == ["nbgrader", "cxkit", "alembic"]
    assert {Path(line).parent for line in lines} == {Path(sys.executable).parent}


def test_the_instructor_opens_the_course_in_jupyterlab(lab, desk):
    page = desk.open(lab.url("course/01_lucys_journey.ipynb", "lab/tree"), FORMS["01"])
    assert page.get_by_text("✓ Ready").is_visible()
    assert desk.outside == []


def _wait_for_idle_kernel(lab, path: str) -> None:
    place = urlsplit(lab.address)
    token = parse_qs(place.query)["token"][0]
    for _ in range(60):
        request = urllib.request.Request(
            f"{place.scheme}://{place.netloc}/api/sessions", headers={"Authorization": f"token {token}"}
        )
        try:
            with urllib.request.urlopen(request) as answer:
                kernels = [one["kernel"] for one in json.load(answer) if one["path"] == path]
        except urllib.error.HTTPError:
            # while a kernel comes or goes, the server cannot always say how it is
            kernels = []
        if kernels and all(one["execution_state"] == "idle" for one in kernels):
            time.sleep(2)
            return
        time.sleep(1)
    pytest.fail("no kernel became idle")

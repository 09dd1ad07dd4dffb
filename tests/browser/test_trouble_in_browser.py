"""What a learner sees, and keeps, when something breaks."""

from __future__ import annotations

import json
import os
import signal
import subprocess

from desk import answers_on_disk

EXERCISE = "exercises/01_physio_journey/01_physio_journey.ipynb"


def kill_kernels(course) -> None:
    """Kill the kernels of this course as an empty battery would: at once, with no farewell."""
    for line in subprocess.run(
        ["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines():
        pid, parent, command = line.split(None, 2)
        if "ipykernel_launcher" in command and parent in _family(course.process.pid):
            os.kill(int(pid), signal.SIGKILL)


def _family(pid: int) -> set[str]:
    family, lines = (
        {str(pid)},
        subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout,
    )
    pairs = [line.split() for line in lines.splitlines()[1:]]
    for _ in range(4):
        family |= {child for child, parent in pairs if parent in family}
    return family


def test_a_kernel_that_dies_takes_no_answer_with_it(course, desk):
    page = desk.open(course.url(EXERCISE))
    page.locator('[data-question="wait_length"] input[value="eight days"]').check()
    desk.status("saved")
    page.locator('[data-question="break_words"] textarea').press_sequentially("I waited and nobody ")
    kill_kernels(course)
    page.locator('[data-question="break_words"] textarea').press_sequentially("told me why.")
    desk.status("saved")
    kept = answers_on_disk(course.notebook(EXERCISE))
    assert kept["wait_length"] == "eight days"
    assert kept["break_words"] == "I waited and nobody told me why."
    page.reload()
    desk.settle()
    assert (
        page.locator('[data-question="break_words"] textarea').input_value()
        == "I waited and nobody told me why."
    )


def test_saved_is_said_only_when_the_file_holds_it(course, desk):
    page = desk.open(course.url(EXERCISE))
    box = page.locator('[data-question="new_owner"] input')
    for number in range(12):
        box.fill(f"clerk number {number}")
        desk.status("saving")
        desk.status("saved")
        assert answers_on_disk(course.notebook(EXERCISE))["new_owner"] == f"clerk number {number}"


def test_when_the_course_is_closed_the_form_says_that_it_is_not_saved(start_course, desk):
    course = start_course()
    page = desk.open(course.url(EXERCISE))
    page.locator('[data-question="wait_length"] input[value="one month"]').check()
    desk.status("saved")
    for process in _family(course.process.pid):
        os.kill(int(process), signal.SIGKILL)
    page.locator('[data-question="wait_length"] input[value="eight days"]').check()
    desk.status("not_saved", 60_000)
    assert page.get_by_role("alert").filter(has_text="course window").is_visible()
    assert answers_on_disk(course.notebook(EXERCISE))["wait_length"] == "one month"


def test_without_the_front_end_part_a_hint_says_where_to_type(start_course, desk):
    course = start_course()
    page_config = course.folder / "src/cxkit/frontend/profiles/learner/labconfig/page_config.json"
    settings = json.loads(page_config.read_text("utf-8"))
    settings["disabledExtensions"]["cxkit-lab"] = True
    page_config.write_text(json.dumps(settings), "utf-8")
    page = desk.page
    page.goto(course.url(EXERCISE))
    page.get_by_role("button", name="Start / redo the lesson").click()
    desk.settle()
    page.get_by_text("This program cannot save the form for you").wait_for()
    page.locator('[data-question="wait_length"] input[value="eight days"]').check()
    by_hand = page.get_by_role("textbox", name="Your answers as text")
    page.wait_for_function(
        "() => document.querySelector('.cx-by-hand textarea').value.includes('eight days')"
    )
    names: dict = {}
    exec(by_hand.input_value(), names)
    assert names["answers"] == {"wait_length": "eight days"}

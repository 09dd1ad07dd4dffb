"""A classroom on this machine: two learners and an instructor, from fetching an exercise to the feedback."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from answer_sets import answer_sets, model_answers
from desk import ROOT, Desk, clone
from playwright.sync_api import Browser, FrameLocator, Page

EXERCISE = "01_physio_journey"
# where it is not, the test checks what is said then
IS_POSSIBLE = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("npm") is not None
ANSWERS = model_answers(EXERCISE)
OTHERS = {"the_eight_day_wait", "mends_the_survey_and_the_practice_should_own_it"}
INSTRUCTOR, DANA, OMER = "cx-instructor", "cx-learner1", "cx-learner2"
CHANGES = [one["change"] for one in answer_sets(EXERCISE)["sets"] if one["name"] in OTHERS]
HANDED_IN = {DANA: ANSWERS, OMER: {**ANSWERS, **CHANGES[0], **CHANGES[1]}}
# the second learner loses two marks for the wait and two for the break
MARKS = {DANA: 20, OMER: 16}


class Classroom:
    """A running classroom: its folder, its address, and the passwords that were printed."""

    def __init__(self, project: Path, folder: Path) -> None:
        self.project, self.folder, self.said = project, folder, ""
        self.process = self.command("--exercise", EXERCISE, "--learners", "2")

    def ready(self) -> None:
        """Read what the command prints until the classroom is open."""
        end = time.monotonic() + 300
        while "Press Ctrl+C" not in self.said:
            line = self.process.stdout.readline()
            self.said += line
            assert line and time.monotonic() < end, self.said
        self.address = re.search(r"http://127\.0\.0\.1:\d+", self.said).group()
        self.passwords = dict(re.findall(r"^ +(cx-\w+) +(\w{10})$", self.said, re.MULTILINE))

    def command(self, *options: str) -> subprocess.Popen:
        # each of the many programs of a classroom would load for two seconds what nobody asks for
        without = str(self.project / "tests" / "warm" / "without")
        env = {**os.environ, "CXKIT_ENVIRONMENT": sys.prefix, "PYTHONPATH": without}
        # once through the front door, which is slower
        quick, front = [str(Path(sys.executable).with_name("cxkit"))], [sys.executable, "start.py"]
        program = quick if "--remove" in options else front
        return subprocess.Popen(
            [*program, "classroom", "--folder", str(self.folder), *options],
            cwd=self.project, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8",
        )  # fmt: skip

    def home(self, user: str) -> Path:
        return self.folder / "home" / user

    def as_user(self, user: str, *command: str) -> subprocess.CompletedProcess:
        env = {
            "HOME": str(self.home(user)),
            "PATH": f"{self.folder}/environment/bin:/usr/bin:/bin",
            "USER": user,
        }
        return subprocess.run(
            command, user=user, group=user, extra_groups=[], env=env, cwd=self.home(user),
            capture_output=True, text=True,
        )  # fmt: skip

    def stop(self) -> str:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.said += self.process.communicate(timeout=120)[0]
        return self.said


@pytest.fixture
def start_classroom() -> Iterator[Callable[[], Classroom]]:
    # not in pytest's own folder, which only one user may enter
    world = Path(tempfile.mkdtemp(prefix="cxkit-classroom-test-"))
    running = []

    def start() -> Classroom:
        world.chmod(0o755)
        project = world / "project"
        project.mkdir(0o755)
        project.chmod(0o755)
        running.append(Classroom(clone(project), world / "room"))
        running[-1].ready()
        return running[-1]

    yield start
    for one in running:
        one.stop()
        if one.folder.exists():  # the test has failed
            one.command("--remove", "--yes").communicate(timeout=120)
    shutil.rmtree(world)


def refused() -> str:
    """What the command says to somebody who is not root."""
    command = [sys.executable, "start.py", "classroom"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "CXKIT_ENVIRONMENT": sys.prefix},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    return done.stderr


def log_in(chromium: Browser, classroom: Classroom) -> dict[str, Desk]:
    """Everybody's page, each in a browser of its own; the servers start side by side."""
    desks = {}
    for user, password in classroom.passwords.items():
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(30_000)
        desks[user] = Desk(context.new_page())
        desks[user].page.goto(classroom.address)
        desks[user].page.fill("#username_input", user)
        desks[user].page.fill("#password_input", password)
        desks[user].page.click("#login_submit")
    for desk in desks.values():
        desk.page.wait_for_url(re.compile("/user/"), timeout=120_000)
    return desks


def open_list(page: Page) -> None:
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_text("Assignment List").click()


def fetch(page: Page) -> Page:
    """Fetch the exercise in the Assignment List and open its notebook from there."""
    open_list(page)
    page.get_by_role("button", name="Fetch", exact=True).click()
    page.locator("#fetched_assignments_list .assignment-notebooks-link").click()
    with page.context.expect_page() as opened:
        page.locator("#fetched_assignments_list .nested_list_item a").click()
    return opened.value


def answer(page: Page, answers: dict) -> None:
    for place, row in enumerate(answers["journey"]):
        card = page.locator(f'.cx-step[data-step="{row["step"]}"]')
        steps = [one.get_attribute("data-step") for one in page.locator(".cx-step").all()]
        for _ in range(steps.index(row["step"]) - place):
            card.get_by_role("button", name="Move up").click()
        for select, column in zip(card.locator("select").all(), ("stage", "channel", "owner"), strict=True):
            select.select_option(row[column])
    for name in ("wait_before", "wait_length", "break_at"):
        page.locator(f'[data-question="{name}"] input[value="{answers[name]}"]').check()
    page.locator('[data-question="break_words"] textarea').fill(answers["break_words"])
    page.locator('[data-question="new_owner"] input').fill(answers["new_owner"])


def hand_in(page: Page) -> None:
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("button", name="Fetch Feedback").wait_for()


def press(office: FrameLocator, column: str) -> None:
    """Press one of Formgrader's buttons in the row of the exercise, and read that it worked."""
    office.locator("tr", has_text=EXERCISE).locator(f"td.{column} a").click()
    office.locator("#success-modal").get_by_role("button", name="OK").click()
    office.locator("#success-modal").wait_for(state="hidden")


def feedback(page: Page, home: Path, clicks: bool) -> str:
    """Fetch the feedback in the Assignment List and read its page: by its link, or (sooner) from the learner's folder."""
    page.locator("#refresh_assignments_list").click()
    page.get_by_text("feedback available to fetch").wait_for()
    page.get_by_role("button", name="Fetch Feedback").click()
    page.get_by_text("(view feedback)").wait_for()
    if clicks:
        page.get_by_text("(view feedback)").click()
        with page.context.expect_page() as opened:
            page.get_by_text(f"{EXERCISE}.html").dblclick()
        shown = opened.value.frame_locator("iframe").locator("main")
    else:
        (fetched,) = (home / "exercises" / EXERCISE / "feedback").glob(f"*/{EXERCISE}.html")
        page.set_content(fetched.read_text("utf-8"))
        shown = page.locator("main")
    shown.locator("h1").wait_for()
    return " ".join(shown.inner_text().split())


def test_two_learners_and_an_instructor_from_fetching_to_feedback(start_classroom, chromium):
    if not IS_POSSIBLE:
        told = refused()
        assert ("needs Linux and root" in told and "Nothing was changed" in told) or "Install “n" in told
        return
    classroom = start_classroom()
    desks = log_in(chromium, classroom)
    for user, answers in HANDED_IN.items():
        lists = desks[user].page
        desk = Desk(fetch(lists))
        # its kernels start cold, while other tests may keep all cores busy
        desk.settle(seconds=240)
        answer(desk.page, answers)
        desk.status("saved")
        hand_in(lists)
        assert desk.outside == []

    teacher = desks[INSTRUCTOR]
    teacher.page.get_by_role("menuitem", name="Nbgrader").click()
    teacher.page.locator("#jp-mainmenu-nbgrader").get_by_text("Formgrader", exact=True).click()
    office = teacher.page.frame_locator("iframe").first
    press(office, "collect")
    for command in ("grade", "feedback"):
        done = classroom.as_user(INSTRUCTOR, "cxkit", command, EXERCISE)
        assert done.returncode == 0, done.stdout + done.stderr
    office.get_by_text("Manage Students").click()
    for user, marks in MARKS.items():
        # nbgrader adds the two extra marks to what can be had
        office.locator("tr", has_text=user).get_by_text(f"{marks} / 22").wait_for()
    office.get_by_text("Manage Assignments").first.click()
    press(office, "release-feedback")

    for user, marks in MARKS.items():
        told = feedback(desks[user].page, classroom.home(user), clicks=user == DANA)
        assert f"Learner: {user} {marks} of 20 marks" in told
    assert [desk.outside for desk in desks.values()] == [[], [], []]

    nobody_sees_what_is_not_theirs(classroom)
    a_learners_page_has_no_formgrader(desks[DANA].page, classroom)
    one_password_does_not_open_another_desk(chromium, classroom)
    the_end_leaves_nothing_behind(classroom)


def nobody_sees_what_is_not_theirs(classroom: Classroom) -> None:
    office, inbound = classroom.home(INSTRUCTOR), classroom.folder / "exchange" / "cxkit" / "inbound"
    (handed_in,) = inbound.glob(f"{OMER}+*")
    own = classroom.home(DANA) / "exercises" / EXERCISE / f"{EXERCISE}.ipynb"
    assert classroom.as_user(DANA, "cat", str(own)).returncode == 0, "what is one's own can be read"
    for path in (
        classroom.project / "solutions" / EXERCISE / f"{EXERCISE}.ipynb",
        office / "solutions" / EXERCISE / f"{EXERCISE}.ipynb",
        office / "gradebook.db",
        office / "submitted" / OMER / EXERCISE / f"{EXERCISE}.ipynb",
        classroom.home(OMER) / "exercises" / EXERCISE / f"{EXERCISE}.ipynb",
        classroom.folder / "hub" / "settings.json",
    ):
        assert path.is_file()
        assert "Permission denied" in classroom.as_user(DANA, "cat", str(path)).stderr, path
    for folder in (inbound, inbound.parent / "feedback", classroom.folder / "home", classroom.home(OMER)):
        assert "Permission denied" in classroom.as_user(DANA, "ls", str(folder)).stderr, folder
    # not even somebody who had found out its name could take it away
    for path in (handed_in, inbound.parent):
        moved = classroom.as_user(DANA, "mv", str(path), str(classroom.folder / "exchange" / "x"))
        assert moved.returncode and path.exists(), path


def a_learners_page_has_no_formgrader(page: Page, classroom: Classroom) -> None:
    page.get_by_role("menuitem", name="Nbgrader").click()
    menu = page.locator("#jp-mainmenu-nbgrader .lm-Menu-itemLabel").all_inner_texts()
    assert [entry for entry in menu if entry] == ["Assignment List"]
    answer = page.request.get(f"{classroom.address}/user/{DANA}/formgrader/")
    assert answer.status == 404
    answer = page.request.get(f"{classroom.address}/user/{INSTRUCTOR}/formgrader/")
    assert answer.status == 403


def one_password_does_not_open_another_desk(chromium: Browser, classroom: Classroom) -> None:
    page = chromium.new_page()
    for user, password in (
        (INSTRUCTOR, classroom.passwords[DANA]),
        ("root", classroom.passwords[INSTRUCTOR]),
    ):
        page.goto(classroom.address)
        page.fill("#username_input", user)
        page.fill("#password_input", password)
        page.click("#login_submit")
        page.get_by_text("Invalid username or password").wait_for()
    page.close()


def processes_of_the_classroom() -> bytes:
    return subprocess.run(["pgrep", "-a", "-u", f"{INSTRUCTOR},{DANA},{OMER}"], capture_output=True).stdout


def the_end_leaves_nothing_behind(classroom: Classroom) -> None:
    assert "Stopped. What people did is kept." in classroom.stop()
    assert not list((classroom.folder / "hub").glob("*.pid")) + list(
        classroom.folder.glob("hub/settings.json")
    )
    # a process that was ended takes a moment to be gone
    deadline = time.monotonic() + 15
    while (left := processes_of_the_classroom()) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == b""
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(classroom.address.rpartition(":")[2])))
    said, _ = classroom.command("--remove", "--yes").communicate(timeout=120)
    assert "The classroom is gone" in said and not classroom.folder.exists()
    left = subprocess.run(["getent", "passwd", INSTRUCTOR, DANA, OMER], capture_output=True)
    assert left.stdout == b""
    assert stat.S_IMODE(classroom.project.stat().st_mode) == 0o755, "the course's folder is open as before"

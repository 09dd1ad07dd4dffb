"""A course as a learner starts it, and a real browser that opens it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desk import Course, Desk, clone
from playwright.sync_api import Browser, sync_playwright

# without these, Chromium looks for its maker's servers on its own
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _through_files(folder: Path) -> None:
    """Let kernels talk through files: a port that is free when a kernel is told of it may be another's once it is up."""
    if os.name == "posix":
        for file in folder.glob("src/cxkit/frontend/profiles/*/jupyter_server_config.json"):
            settings = json.loads(file.read_text("utf-8"))
            file.write_text(json.dumps({**settings, "KernelManager": {"transport": "ipc"}}), "utf-8")


@pytest.fixture(scope="session")
def start_course(tmp_path_factory, warm) -> Iterator[Callable[..., Course]]:
    """Start a course as a learner does: `python start.py --no-browser` in a clone."""
    running = []

    def start(*options: str) -> Course:
        folder = clone(tmp_path_factory.mktemp("clone"))
        _through_files(folder)
        env = {**os.environ, **warm, "CXKIT_HOME": str(folder / "home"), "CXKIT_ENVIRONMENT": sys.prefix}
        process = subprocess.Popen(
            [sys.executable, "start.py", "--no-browser", *options],
            cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )  # fmt: skip
        said = ""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            line = process.stdout.readline()
            said += line
            found = re.search(r"http://(?:127\.0\.0\.1|localhost):\d+/\S+", line)
            if found:
                running.append(Course(folder, found.group(), process))
                return running[-1]
            if not line and process.poll() is not None:
                break
        process.kill()
        raise AssertionError(f"start.py printed no address:\n{said}")

    yield start
    for course in running:
        course.stop()


@pytest.fixture(scope="session")
def course(start_course) -> Course:
    return start_course()


# not for the whole session: its event loop would be in the way of the tests that run kernels
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None, args=QUIET
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def _window(chromium) -> Iterator[Desk]:
    context = chromium.new_context(viewport=SIZE)
    yield Desk(context.new_page())
    context.close()


@pytest.fixture
def desk(_window) -> Iterator[Desk]:
    """One window for all tests of a file, as a learner has it: a program that a browser has read once opens sooner."""
    _window.page.set_default_timeout(30_000)
    _window.page.set_viewport_size(SIZE)
    _window.outside.clear()
    yield _window
    # what the page keeps in the browser is not for the next test; files have nothing to keep
    _window.page.evaluate(
        "() => location.protocol === 'http:' && (localStorage.clear(), sessionStorage.clear())"
    )
    _window.page.goto("about:blank")

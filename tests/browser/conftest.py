"""A course as a learner starts it, and a real browser that opens it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
# without these, Chromium looks for its maker's servers on its own
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


class Course:
    """A running course in a clone: `folder`, and `address` as it was printed for the learner."""

    def __init__(self, folder: Path, address: str, process: subprocess.Popen) -> None:
        self.folder, self.address, self.process = folder, address, process

    def url(self, path: str, view: str = "notebooks") -> str:
        place = urlsplit(self.address)
        return f"{place.scheme}://{place.netloc}/{view}/{path}?{place.query}"

    def notebook(self, path: str) -> dict:
        """The notebook as it is on disk now."""
        return json.loads((self.folder / path).read_text("utf-8"))

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)
        self.process.stdout.close()


def clone(folder: Path) -> Path:
    """The files that git knows, in an empty folder."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8")
    for name in filter(None, names.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return folder


@pytest.fixture(scope="session")
def start_course(tmp_path_factory) -> Iterator[Callable[..., Course]]:
    """Start a course as a learner does: `python start.py --no-browser` in a clone."""
    running = []

    def start(*options: str) -> Course:
        folder = clone(tmp_path_factory.mktemp("clone"))
        env = {**os.environ, "CXKIT_HOME": str(folder / "home"), "CXKIT_ENVIRONMENT": sys.prefix}
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None, args=QUIET
        )
        yield browser
        browser.close()


class Desk:
    """A page in the browser, and what went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.outside: list[str] = []
        page.on("request", self._request)
        # the test decides about leaving; a question about unsaved changes must not hang it
        page.on("dialog", lambda dialog: dialog.accept())

    def _request(self, request) -> None:
        if urlsplit(request.url).scheme in ("http", "https", "ws", "wss") and urlsplit(
            request.url
        ).hostname not in (
            "127.0.0.1",
            "localhost",
        ):
            self.outside.append(request.url)

    def open(self, url: str, forms: int = 1) -> Page:
        """Open a notebook and wait until its forms are drawn and its cells have run."""
        self.page.goto(url)
        self.settle(forms)
        return self.page

    def settle(self, forms: int = 1) -> None:
        self.page.wait_for_function(
            "n => document.querySelectorAll('.cx-form').length >= n", arg=forms, timeout=90_000
        )
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every(p => !p.textContent.includes('*'))",
            timeout=90_000,
        )

    def status(self, state: str, timeout: float = 20_000) -> None:
        self.page.wait_for_selector(f'.cx-status[data-state="{state}"]', timeout=timeout)


@pytest.fixture
def desk(chromium) -> Iterator[Desk]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    desk = Desk(context.new_page())
    yield desk
    context.close()


def answers_on_disk(notebook: dict) -> dict:
    """The answers in the notebook's answer cell."""
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "answers":
            names: dict = {}
            exec("".join(cell["source"]), names)
            return names["answers"]
    raise AssertionError("no answer cell")

"""What the browser tests work with: a running course, and a page in a browser with what went wrong on it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]


class Course:
    """A running course in a clone: `folder`, and `address` as it was printed for the learner."""

    def __init__(self, folder: Path, address: str, process: subprocess.Popen) -> None:
        self.folder, self.address, self.process = folder, address, process

    def url(self, path: str, view: str = "notebooks") -> str:
        place = urlsplit(self.address)
        return f"{place.scheme}://{place.netloc}/{view}/{path}?{place.query}"

    def notebook(self, path: str) -> dict:
        """The notebook as it is on disk now; a page that saves it in this moment is waited for."""
        for _ in range(40):
            try:
                return json.loads((self.folder / path).read_text("utf-8"))
            except ValueError:
                time.sleep(0.25)
        raise AssertionError(f"{path} is not a notebook")

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

    def settle(self, forms: int = 1, seconds: int = 90) -> None:
        self.page.wait_for_function(
            "n => document.querySelectorAll('.cx-form').length >= n",
            arg=forms,
            polling=150,
            timeout=1000 * seconds,
        )
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every(p => !p.textContent.includes('*'))",
            polling=150,
            timeout=1000 * seconds,
        )

    def status(self, state: str, timeout: float = 20_000) -> None:
        self.page.wait_for_selector(f'.cx-status[data-state="{state}"]', timeout=timeout)


def answers_on_disk(notebook: dict) -> dict:
    """The answers in the notebook's answer cell."""
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "answers":
            names: dict = {}
            exec("".join(cell["source"]), names)
            return names["answers"]
    raise AssertionError("no answer cell")

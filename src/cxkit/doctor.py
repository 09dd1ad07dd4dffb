"""Look at the installation and say, one line each, what is right, what is not, and how to mend it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

START_AGAIN = "Start the course with start.py: it puts the installation right."
EXTENSIONS = {
    "cxkit-lab": "the course's own part of the page, which runs lessons and saves answers",
    "anywidget": "forms and quizzes",
    "@jupyter-widgets/jupyterlab-manager": "sliders, menus and buttons",
    "@jupyter/nbgrader": "the Validate button and the instructors' tools",
}
LEAST_FREE = 500  # megabytes: a class's submissions and feedback pages stay well below
KERNEL_SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `ok` is True, False for a problem, None for a note; `mend` says what to do.

    >>> print(Finding(False, "No room on the disk.", "Free some."))
    problem  No room on the disk.
             To mend: Free some.
    """

    ok: bool | None
    what: str
    mend: str = ""

    def __str__(self) -> str:
        word = {True: "ok", False: "problem", None: "note"}[self.ok]
        lead = "To mend: " if self.ok is False else ""
        return f"{word:<9}{self.what}" + (f"\n{'':9}{lead}{self.mend}" if self.mend else "")


def doctor() -> list[Finding]:
    """Every check in turn; none is left out because an earlier one failed.

    Returns:
        Findings in the order in which to mend them: Python, packages, kernel, page, folders, grading, disk.

    >>> doctor()[0].ok
    True
    """
    return [finding for check in CHECKS for finding in _guarded(check)]


def _guarded(check: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return check()
    except Exception as fault:  # a broken installation may fail anywhere, and the other checks still matter
        about = (check.__doc__ or check.__name__).rstrip(".")
        return [Finding(False, f"Could not look at: {about} ({type(fault).__name__}: {fault}).", START_AGAIN)]


def check_python() -> list[Finding]:
    """the Python version."""
    version = ".".join(map(str, sys.version_info[:3]))
    return [Finding(True, f"Python {version} at {sys.executable}")]


def check_packages() -> list[Finding]:
    """the versions of the installed packages."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    try:
        asked = [Requirement(line) for line in requires("cxkit") or ()]
    except PackageNotFoundError:
        return [Finding(False, "cxkit itself is not installed in this Python.", START_AGAIN)]
    asked = [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
    wrong = []
    for one in asked:
        try:
            found = version(one.name)
        except PackageNotFoundError:
            wrong.append(Finding(False, f"{one.name} is not installed.", START_AGAIN))
            continue
        if not one.specifier.contains(found, prereleases=True):
            words = f"{one.name} is version {found}; cxkit needs {one.specifier}."
            wrong.append(Finding(False, words, START_AGAIN))
    return wrong or [Finding(True, f"{len(asked)} packages, each in a version that cxkit works with")]


def check_kernel() -> list[Finding]:
    """the Python that runs the notebooks."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_client.manager import start_new_kernel

    mend = f"Run `{Path(sys.executable).name} -m ipykernel install --sys-prefix --name python3`."
    try:
        spec = KernelSpecManager(ensure_native_kernel=False).get_kernel_spec("python3")
    except NoSuchKernel:
        return [Finding(False, "Jupyter knows no Python for notebooks (the kernel “python3”).", mend)]
    program = spec.argv[0]
    if not shutil.which(program):
        words = f"The notebooks' Python is gone: {program} (named in {spec.resource_dir})."
        return [Finding(False, words, mend)]
    try:
        # what a kernel prints while it starts would stand between the findings
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        manager, client = start_new_kernel(kernel_name="python3", startup_timeout=KERNEL_SECONDS, **quiet)
    except RuntimeError as fault:
        return [Finding(False, f"The notebooks' Python ({program}) does not start: {fault}", mend)]
    try:
        reply = client.execute_interactive(
            "import cxkit", timeout=KERNEL_SECONDS, output_hook=lambda message: None
        )
    except TimeoutError:
        words = f"The notebooks' Python started, but gave no answer in {KERNEL_SECONDS} s."
        return [Finding(False, words, "Close other programs, then try again.")]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if reply["content"]["status"] != "ok":
        words = f"The notebooks' Python ({program}) cannot import cxkit: {reply['content']['evalue']}."
        return [Finding(False, words, START_AGAIN)]
    return [Finding(True, f"The notebooks' Python starts and knows cxkit ({program})")]


def check_page() -> list[Finding]:
    """the parts of the notebook page."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_page_config

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    page = get_page_config([str(folder) for folder in folders])
    disabled = {name.removesuffix(":plugin") for name in page["disabledExtensions"]}
    findings = []
    for name, use in EXTENSIONS.items():
        if not any((folder / name / "package.json").is_file() for folder in folders):
            findings.append(Finding(False, f"{name} is missing ({use}).", START_AGAIN))
        elif name in disabled:
            mend = f"Run `jupyter labextension enable {name}`."
            findings.append(Finding(False, f"{name} is switched off ({use}).", mend))
        else:
            findings.append(Finding(True, f"{name} is there ({use})"))
    return findings


def check_folders() -> list[Finding]:
    """the folders that are written to."""
    from .teaching.progress import progress_file

    return [
        _writable(Path.cwd(), "This folder", "Move the course to a folder of your own."),
        _writable(
            progress_file().parent,
            "The folder for your progress",
            "Move away what is in its place, or set CXKIT_HOME to a folder of your own.",
        ),
    ]


def _writable(folder: Path, name: str, mend: str) -> Finding:
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not nearest.is_dir():
        return Finding(False, f"{name} cannot be used: {nearest} is a file, not a folder.", mend)
    try:
        # permission bits do not tell the truth on Windows and network drives: try it
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as fault:
        return Finding(False, f"{name} cannot be written: {folder} ({fault.strerror}).", mend)
    return Finding(True, f"{name} can be written: {folder}")


def check_commands() -> list[Finding]:
    """the commands that grading calls."""
    findings = []
    for command in ("nbgrader", "alembic"):
        place = shutil.which(command)
        if place:
            findings.append(Finding(True, f"The command {command} is found: {place}"))
        else:
            mend = f"Add {Path(sys.executable).parent} to PATH, or start with start.py, which does."
            findings.append(Finding(False, f"The command {command} is not found; grading needs it.", mend))
    return findings


def check_exchange() -> list[Finding]:
    """nbgrader's exchange folder."""
    if sys.platform == "win32":
        words = "nbgrader's exchange folder does not work on Windows."
        return [Finding(None, words, "Collect work as files instead: `nbgrader zip_collect`.")]
    from nbgrader.exchange.default import Exchange
    from traitlets.config import PyFileConfigLoader

    named = None
    own = Path("nbgrader_config.py")
    if own.is_file():
        named = PyFileConfigLoader(own.name, str(Path.cwd())).load_config().get("Exchange", {}).get("root")
    root = Path(str(named or Exchange().root))
    if not root.exists():
        mend = "Only a class that hands out and collects work through a shared folder needs it."
        return [Finding(None, f"There is no exchange folder at {root}.", mend)]
    mend = f"Ask for its owner to run `chmod ugo+rwx {root}`."
    return [_writable(root, "nbgrader's exchange folder", mend)]


def check_disk() -> list[Finding]:
    """the free room on the disk."""
    free = shutil.disk_usage(Path.cwd()).free // 1_000_000
    if free < LEAST_FREE:
        return [Finding(False, f"Only {free} MB are free on the disk.", f"Free at least {LEAST_FREE} MB.")]
    return [Finding(True, f"{free} MB are free on the disk")]


CHECKS: tuple[Callable[[], list[Finding]], ...] = (
    check_python,
    check_packages,
    check_kernel,
    check_page,
    check_folders,
    check_commands,
    check_exchange,
    check_disk,
)

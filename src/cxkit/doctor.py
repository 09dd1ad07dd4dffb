"""Look at the installation and say, one line each, what is right, what is not, and how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_AGAIN = "Close the course and start it again with `python start.py`: it puts the installation right."
EXTENSIONS = {
    "cxkit-lab": "the course's own part of the page, which runs lessons and saves answers",
    "anywidget": "forms and quizzes",
    "@jupyter-widgets/jupyterlab-manager": "sliders, menus and buttons",
    "@jupyter/nbgrader": "the Validate button and the instructors' tools",
}
LEAST_FREE = 500  # megabytes: a class's submissions and feedback pages stay well below
KERNEL_SECONDS = 60
# what the lessons load as they go: an installation that lost a file often shows it only here
KERNEL_IMPORTS = "import cxkit, pandas, matplotlib.figure, ipywidgets, anywidget"


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
    return list(findings())


def findings() -> Iterator[Finding]:
    """The same as `doctor`, each as soon as it is known: the kernel alone takes some seconds.

    >>> next(findings()).ok
    True
    """
    for check in CHECKS:
        yield from _guarded(check)


def _guarded(check: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return check()
    except Exception as fault:  # a broken installation may fail anywhere, and the other checks still matter
        about = (check.__doc__ or check.__name__).rstrip(".")
        return [Finding(False, f"Could not look at {about} ({type(fault).__name__}: {fault}).", START_AGAIN)]


def check_python() -> list[Finding]:
    """the Python version."""
    from importlib.metadata import PackageNotFoundError, metadata

    from packaging.specifiers import SpecifierSet

    version = ".".join(map(str, sys.version_info[:3]))
    found = f"Python {version} at {sys.executable}"
    try:
        asked = str(metadata("cxkit").json.get("requires_python", ""))
    except PackageNotFoundError:  # the next check says so
        asked = ""
    if not SpecifierSet(asked).contains(version, prereleases=True):
        mend = f"Install Python {asked} from python.org. Then start the course with it: `python start.py`."
        return [Finding(False, f"{found}. cxkit needs {asked}.", mend)]
    if sys.maxsize < 2**32:
        return [Finding(False, f"{found} is a 32-bit Python.", "Install the 64-bit one from python.org.")]
    return [Finding(True, found)]


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
            words = f"{one.name} is version {found}. cxkit needs {one.specifier}."
            wrong.append(Finding(False, words, START_AGAIN))
    return wrong or [Finding(True, f"{len(asked)} packages, each in a version that cxkit works with")]


def check_kernel() -> list[Finding]:
    """the Python that runs the notebooks."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return [Finding(False, "Jupyter knows no Python for notebooks (the kernel “python3”).", START_AGAIN)]
    except ValueError as fault:
        return [
            Finding(False, f"The description of the notebooks' Python is damaged ({fault}).", START_AGAIN)
        ]
    mend = START_AGAIN
    if Path(sys.prefix) not in Path(spec.resource_dir).parents:
        # one kept in a person's own settings hides the right one, and no new installation takes it away
        mend = f"Move the folder {spec.resource_dir} away. {START_AGAIN}"
    program = _kernel_program(spec.argv)
    if not shutil.which(program):
        words = f"The notebooks' Python is gone: {program} (named in {spec.resource_dir})."
        return [Finding(False, words, mend)]
    return [_kernel_run(program, mend)]


def _kernel_program(argv: list[str]) -> str:
    # Jupyter starts the Python that it runs in itself where a kernel names none by its path
    major, minor = sys.version_info[:2]
    own = argv[0] in ("python", f"python{major}", f"python{major}.{minor}")
    return sys.executable if own else argv[0]


def _kernel_run(program: str, mend: str) -> Finding:
    from jupyter_client.manager import start_new_kernel

    with tempfile.TemporaryFile() as noise:
        # what a kernel prints while it starts would stand between the findings
        quiet: dict[str, Any] = {"stdout": noise, "stderr": noise}
        try:
            manager, client = start_new_kernel(kernel_name="python3", startup_timeout=KERNEL_SECONDS, **quiet)
        except (RuntimeError, OSError) as fault:
            noise.seek(0)
            lines = noise.read().decode("utf-8", "replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), str(fault))
            return Finding(False, f"The notebooks' Python ({program}) does not start: {last}", mend)
        try:
            reply = client.execute_interactive(
                KERNEL_IMPORTS, timeout=KERNEL_SECONDS, output_hook=lambda message: None
            )
        except TimeoutError:
            words = f"The notebooks' Python started, but gave no answer in {KERNEL_SECONDS} s."
            return Finding(False, words, "Close other programs, then try again.")
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    content = reply["content"]
    if content["status"] != "ok":
        words = f"The notebooks' Python ({program}) cannot load the course: {content.get('evalue', '')}."
        return Finding(False, words, mend)
    return Finding(True, f"The notebooks' Python starts and knows cxkit ({program})")


def check_page() -> list[Finding]:
    """the parts of the notebook page."""
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_page_config

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    page = get_page_config([str(folder) for folder in folders])
    disabled = {name.removesuffix(":plugin") for name in page["disabledExtensions"]}
    loaded = {each["name"]: each["load"] for each in page["federated_extensions"]}
    result = []
    for name, use in EXTENSIONS.items():
        place = next(
            (folder / name for folder in folders if (folder / name / "package.json").is_file()), None
        )
        if place is None or name not in loaded:
            result.append(Finding(False, f"{name} is missing ({use}).", START_AGAIN))
        elif not (place / loaded[name]).is_file():
            words = f"{name} is damaged ({use}): {place / loaded[name]} is gone."
            result.append(Finding(False, words, START_AGAIN))
        elif name in disabled:
            mend = f"Run `jupyter labextension enable {name}`."
            result.append(Finding(False, f"{name} is switched off ({use}).", mend))
        else:
            result.append(Finding(True, f"{name} is there ({use})"))
    return result


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
    nearest = next(place for place in (folder, *folder.absolute().parents) if place.exists())
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
    own = Path(sys.executable).parent
    result = []
    for command in ("nbgrader", "alembic"):
        if place := shutil.which(command):
            result.append(Finding(True, f"The command {command} is found: {place}"))
        elif shutil.which(command, path=str(own)):
            words = f"The command {command} is installed, but this window does not find it. Grading needs it."
            mend = f"Add {own} to PATH. Notebooks opened with `python start.py` find it already."
            result.append(Finding(None, words, mend))
        else:
            words = f"The command {command} is not installed. Grading needs it."
            result.append(Finding(False, words, START_AGAIN))
    return result


def check_exchange() -> list[Finding]:
    """nbgrader's exchange folder."""
    if sys.platform == "win32":
        words = "nbgrader's exchange folder does not work on Windows."
        return [Finding(None, words, "Collect work as files instead: `nbgrader zip_collect`.")]
    from jupyter_core.paths import jupyter_config_path
    from nbgrader.exchange.default import Exchange
    from traitlets.config import PyFileConfigLoader

    named = None
    # the nearest settings win, as in nbgrader itself
    for folder in (str(Path.cwd()), *jupyter_config_path()):
        if named or not (Path(folder) / "nbgrader_config.py").is_file():
            continue
        try:
            settings = PyFileConfigLoader("nbgrader_config.py", folder).load_config()
        except Exception as fault:  # it is a program, and may fail in any way
            words = f"{Path(folder) / 'nbgrader_config.py'} has a mistake: {fault}."
            return [Finding(False, words, "Mend that line, or put the course's own file back.")]
        named = settings.get("Exchange", {}).get("root")
    root = Path(str(named or Exchange().root))
    if root.exists():
        mend = f"Ask its owner to run `chmod ugo+rwx {root}`."
        return [_writable(root, "nbgrader's exchange folder", mend)]
    if named:
        words = f"nbgrader_config.py names an exchange folder that does not exist: {root}."
        return [Finding(False, words, f"Make it: `mkdir -p {root}` and `chmod ugo+rwx {root}`.")]
    mend = "Only a class that hands out and collects work through a shared folder needs it."
    return [Finding(None, f"There is no exchange folder at {root}.", mend)]


def check_sandbox() -> list[Finding]:
    """the sandbox for learners' code."""
    from .grading.sandbox import missing

    if why := missing():
        return [Finding(None, "Optional answers in code cannot be marked by `cxkit grade` here.", why)]
    return [Finding(True, "There is a sandbox for learners' code (bubblewrap)")]


def check_disk() -> list[Finding]:
    """the free room on the disk."""
    free = shutil.disk_usage(os.curdir).free // 1_000_000
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
    check_sandbox,
    check_disk,
)

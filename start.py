"""The front door of the course, written with Python's standard library alone.

    python start.py          set up what is missing, then open the course in the browser
    python start.py --lab    the same in JupyterLab, for instructors
    python start.py test     set up, then run the tests
    sudo python3 start.py classroom    set up, then open a classroom on this machine (Linux)

Everything it installs goes into the folder .venv beside this file. To begin afresh, delete that folder.
"""

import argparse
import contextlib
import csv
import errno
import hashlib
import importlib.util
import io
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

# An old Python must get as far as this line: no syntax newer than 3.6 in this file.
if sys.version_info < (3, 11):  # noqa: UP036 (people do start this with an old Python)
    sys.exit(
        "This course needs Python 3.11 or newer. This is Python {}.{}.\n"
        "Install a newer one from python.org or from your system's app store, then start again.\n"
        "If you have one already, name it: on Windows `py -3.12 start.py`, elsewhere "
        "`python3.12 start.py`.".format(*sys.version_info[:2])
    )

ROOT = Path(__file__).resolve().parent
FIRST_PAGE = "course/00_start_here.ipynb"
LOCK, CLASSROOM_LOCK, DEV_LOCK = "requirements.lock", "requirements-classroom.lock", "requirements-dev.lock"
# each holds all that the ones before it hold
TEST_LOCKS = [LOCK, CLASSROOM_LOCK, DEV_LOCK]
PROJECT_FILES = ("src", "case_studies", "pyproject.toml", "README.md", "LICENSE")
KEPT_ON_REBUILD = {"start.lock", "logs", "jupyter"}
NEEDED_MEGABYTES = 1500
LONGEST_PACKAGE_PATH = 140  # characters below site-packages; JupyterLab's own files are the longest


class Trouble(Exception):
    """Something that a person can mend; the message says what and how."""


def say(text: str = "") -> None:
    print(text, flush=True)


# --- where things are ---------------------------------------------------------------------------------


def places(venv: Path, system: str, version: str = "") -> dict[str, Path]:
    """The paths inside an environment, which Windows lays out differently: bin, python, site."""
    if system == "nt":
        return {
            "bin": venv / "Scripts",
            "python": venv / "Scripts" / "python.exe",
            "site": venv / "Lib" / "site-packages",
        }
    return {
        "bin": venv / "bin",
        "python": venv / "bin" / "python",
        "site": venv / "lib" / ("python" + version) / "site-packages",
    }


def outer_python(venv: Path) -> str:
    """The Python to build from: never the one inside the environment that may have to go."""
    if Path(sys.prefix).resolve() == venv.resolve():
        return getattr(sys, "_base_executable", sys.executable)
    return sys.executable


def clean_env(venv: Path, **more: str) -> dict[str, str]:
    """The surroundings for every program started here: the environment first, strays removed."""
    strays = {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV"}
    env = {name: value for name, value in os.environ.items() if name.upper() not in strays}
    env["VIRTUAL_ENV"] = str(venv)
    # nbgrader calls `alembic` by its bare name, so the environment's commands must be found first
    env["PATH"] = os.pathsep.join([str(places(venv, os.name)["bin"]), env.get("PATH", "")])
    # Windows opens text files in its own code page unless told; nbgrader and learners' code rely on
    # the default, and lessons hold Hebrew and typographic signs
    env["PYTHONUTF8"] = "1"
    env.update(PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_ROOT_USER_ACTION="ignore")
    env.update(more)
    return env


# --- is the environment as it should be? --------------------------------------------------------------


def digest(root: Path, names: Iterable[str]) -> str:
    """One hash over files and folders, whatever the order in which the disk lists them."""
    total = hashlib.sha256()
    for name in names:
        start = root / name
        files = [start] if start.is_file() else sorted(p for p in start.rglob("*") if p.is_file())
        for path in files:
            if path.suffix == ".pyc" or ".ipynb_checkpoints" in path.parts:
                continue
            total.update(path.relative_to(root).as_posix().encode("utf-8"))
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def installed(site: Path) -> dict[str, Path]:
    """{package name: its dist-info folder} of what lies in site-packages."""
    return {path.name.rsplit("-", 2)[0].lower(): path for path in site.glob("*.dist-info")}


def first_damaged(site: Path, names: Iterable[str]) -> str | None:
    """The first package of `names` that lacks a file or holds one of the wrong size, or None."""
    present = installed(site)
    for name in names:
        record = present[name] / "RECORD" if name in present else None
        if record is None or not record.is_file():
            return name
        with record.open(encoding="utf-8", newline="") as rows:
            for row in csv.reader(rows):
                if row[0].endswith(".pyc") or not row[2]:
                    continue
                try:
                    size = (site / row[0]).stat().st_size
                except OSError:
                    return name
                if size != int(row[2]):
                    return name
    return None


def read_stamp(venv: Path) -> dict[str, Any] | None:
    try:
        stamp = json.loads((venv / "stamp.json").read_text(encoding="utf-8"))
        return stamp if set(stamp) == {"venv", "python", "locks", "project", "packages"} else None
    except (OSError, ValueError):
        return None


def write_stamp(venv: Path, stamp: dict[str, Any]) -> None:
    # written beside and moved into place: a crash leaves the old stamp or none, never half of one
    draft = venv / "stamp.json.new"
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    draft.replace(venv / "stamp.json")


def python_version(python: Path) -> str:
    """'3.11' as that program itself reports it, or '' where it does not run."""
    try:
        question = "import sys; print('%d.%d' % sys.version_info[:2])"
        answer = subprocess.run([str(python), "-I", "-c", question], stdout=subprocess.PIPE, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.decode("utf-8", "replace").strip()


def what_is_needed(root: Path, venv: Path, locks: list[str]) -> tuple[str, str]:
    """What to do and why: ('nothing' | 'project' | 'packages' | 'environment', the reason in words)."""
    stamp = read_stamp(venv)
    if stamp is None:
        began = (venv / "pyvenv.cfg").exists()
        return "environment", "The last set-up did not finish." if began else "This is the first start."
    if stamp["venv"] != str(venv):
        return "environment", "The course folder was moved or renamed."
    where = places(venv, os.name, stamp["python"])
    if python_version(where["python"]) != stamp["python"]:
        return "environment", "The Python it was set up with is gone or was upgraded."
    for lock in locks:
        if stamp["locks"].get(lock) != digest(root, [lock]):
            step = "environment" if lock == LOCK or lock in stamp["locks"] else "packages"
            return step, "The list of packages is new."
    damaged = first_damaged(where["site"], stamp["packages"])
    if damaged:
        step = "project" if damaged == "cxkit" else "environment"
        return step, f"Files of {damaged} are missing or damaged."
    if stamp["project"] != digest(root, PROJECT_FILES):
        return "project", "The course's own files have changed since the last start."
    return "nothing", ""


# --- setting up ---------------------------------------------------------------------------------------

CAUSES = (
    (
        r"No space left on device|Errno 28|WinError 112",
        "The disk is full. Free about 2 GB, then start again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSL: ",
        "The connection to the package registry is not trusted. Security software or a company network "
        "may stand in between. Ask your IT desk for its certificate or its own package registry.",
    ),
    (
        r"ProxyError|Tunnel connection failed|407 Proxy",
        "The network's proxy refused. Ask your IT desk how Python's pip reaches the package registry.",
    ),
    (
        r"getaddrinfo failed|name resolution|NewConnectionError|NameResolutionError|ConnectTimeout|"
        r"ReadTimeout|Connection (refused|reset|aborted|broken)|Network is unreachable|Max retries",
        "The package registry did not answer. Check that you are online, then start again. "
        "What was already fetched is kept.",
    ),
    (
        r"HTTP error (401|403)|(401|403) Client Error|Forbidden|Unauthorized",
        "The package registry refused to serve. On a company network, ask your IT desk for access.",
    ),
    (
        r"DO NOT MATCH THE HASHES|Hashes are required|Can't verify hashes",
        "A package is not the file that the course was tested with, so it was not installed. Start "
        "again; if it happens again, fetch a fresh copy of the course.",
    ),
    (
        r"No matching distribution|Could not find a version",
        "A package has no ready-made build for Python {}.{} on this computer. "
        "Use 64-bit Python 3.11, 3.12 or 3.13.".format(*sys.version_info[:2]),
    ),
    (
        r"Permission denied|Errno 13|WinError 5|WinError 32|Access is denied",
        "A file could not be written, or another program holds it. Close other windows of this course, "
        "and keep the course in a folder of your own.",
    ),
)


def explain(log: str) -> str:
    """The most likely cause of pip's failure, in words, from what pip wrote."""
    for pattern, words in CAUSES:
        if re.search(pattern, log, re.IGNORECASE):
            return words
    return "The reason is in the log's last lines."


PIP_NEWS = r"(Collecting|Processing|Requirement already satisfied:|Ignoring) ([^\s=]+)"


class Progress:
    """One line that counts: rewritten in place in a terminal, every 25th line elsewhere."""

    def __init__(self) -> None:
        self.live = sys.stdout.isatty()
        self.open = False

    def show(self, verb: str, done: int, total: int, name: str) -> None:
        line = f"  {verb} {done} of {total}: {name}"
        if self.live:
            print("\r" + line.ljust(70)[:70], end="", flush=True)
            self.open = True
        elif done % 25 == 0 or done == total:
            say(line)

    def close(self) -> None:
        if self.open:
            print()


def watch_installs(site: Path, names: list[str], progress: Progress, stop: threading.Event) -> None:
    """Count the dist-info folders as pip lays them down, since pip itself is silent meanwhile."""
    wanted = {re.sub(r"[-_.]+", "_", name).lower() for name in names}
    seen = 0
    while not stop.wait(0.3):
        there = [path for name, path in installed(site).items() if re.sub(r"[-_.]+", "_", name) in wanted]
        if len(there) > seen:
            seen = len(there)
            newest = max(there, key=lambda path: path.name)
            with contextlib.suppress(OSError):  # pip may move a folder while we look
                newest = max(there, key=lambda path: path.stat().st_mtime)
            progress.show("Installing", seen, len(wanted), newest.name.rsplit("-", 2)[0])


def pip(venv: Path, arguments: list[str], total: int = 0) -> None:
    """Run pip, keep its noise in a log, show a count; Trouble in words where it fails."""
    python = places(venv, os.name)["python"]
    site = places(venv, os.name, python_version(python))["site"]
    log_path = venv / "logs" / "setup.log"
    command = [str(python), "-m", "pip"]
    if not (site / "pip").is_dir():
        # Debian's Python without python3-venv puts no pip inside, so the outer pip reaches in
        command = [outer_python(venv), "-m", "pip", "--python", str(python)]
    command += ["install", "--progress-bar", "off", "--retries", "3", *arguments]
    progress, stop, watcher = Progress(), threading.Event(), None
    lines, fetched = [], 0
    with log_path.open("a", encoding="utf-8") as log:
        log.write("\n$ {}\n".format(" ".join(command)))
        process = subprocess.Popen(
            command, cwd=str(ROOT), env=clean_env(venv), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            for raw in process.stdout or ():
                line = raw.decode("utf-8", "replace")
                log.write(line)
                log.flush()
                lines.append(line)
                found = re.match(PIP_NEWS, line)
                if found and found.group(1) == "Ignoring":
                    total -= 1
                elif found and fetched < total:
                    fetched += 1
                    # "Processing" names a file on this disk, the others a package
                    name = re.split(r"[\\/]", found.group(2))[-1].split("-")[0]
                    progress.show("Fetching", fetched, total, name if "Proc" in line[:4] else found.group(2))
                elif line.startswith("Installing collected packages:") and total:
                    names = line.split(":", 1)[1].replace(",", " ").split()
                    watcher = threading.Thread(
                        target=watch_installs, args=(site, names, progress, stop), daemon=True
                    )
                    watcher.start()
            code = process.wait()
        finally:
            stop.set()
            if watcher:
                watcher.join()
            progress.close()
            if process.poll() is None:
                process.kill()
                process.wait()
    if code:
        raise Trouble(
            "The set-up stopped. {}\n\n{}\nThe whole log: {}".format(
                explain("".join(lines)), "".join("    " + line for line in lines[-4:]), log_path
            )
        )


def check_room(root: Path, venv: Path, system: str, long_paths: bool, free: int) -> None:
    """Say at once what would fail in the middle: too long a path, too full a disk, the wrong Python."""
    length = len(str(places(venv, system)["site"])) + LONGEST_PACKAGE_PATH
    if system == "nt" and length > 259 and not long_paths:
        raise Trouble(
            f"The course lies too deep for Windows: its folder's path is {len(str(root))} characters long, "
            f"and {len(str(root)) - (length - 259)} would work. Move the course, for example to C:\\course."
        )
    if free < NEEDED_MEGABYTES * 1_000_000:
        raise Trouble(
            f"There is too little room on the disk: {int(free / 1_000_000)} MB are free, "
            f"{NEEDED_MEGABYTES} MB are needed. Free some, then start again."
        )
    if sys.maxsize < 2**32:
        raise Trouble("This is a 32-bit Python. The packages need the 64-bit one, from python.org.")


def long_paths_allowed() -> bool:
    if sys.platform == "win32":
        import winreg

        with contextlib.suppress(OSError):
            key = r"SYSTEM\CurrentControlSet\Control\FileSystem"
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
                return winreg.QueryValueEx(opened, "LongPathsEnabled")[0] == 1
    return False


def make_environment(venv: Path) -> None:
    """An empty environment in place of whatever was there, keeping the log and Jupyter's settings."""
    for path in venv.iterdir():
        if path.name not in KEPT_ON_REBUILD:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(str(path))
            else:
                path.unlink()
    ways = []
    if has_module("ensurepip.__main__"):
        ways.append([outer_python(venv), "-m", "venv", str(venv)])
    if has_module("pip"):
        ways.append([outer_python(venv), "-m", "venv", "--without-pip", str(venv)])
    words = "This Python lacks its venv and pip parts."
    for command in ways:
        made = subprocess.run(
            command, env=clean_env(venv), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
        if not made.returncode:
            return
        words = made.stdout.decode("utf-8", "replace")
    hint = "On Debian and Ubuntu, `sudo apt install python3-venv` may help. Then start again."
    raise Trouble(f"Python could not make the folder .venv. {explain(words) if ways else hint}\n\n{words}")


def has_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:  # the package around it is missing
        return False


def own_folder(venv: Path) -> None:
    """Make .venv and its log folder; move aside a .venv that something else made."""
    if venv.exists() and not (venv / "start.lock").exists() and (venv.is_file() or any(venv.iterdir())):
        names = (venv.with_name(f".venv-old-{number}") for number in range(1, 1000))
        aside = next(path for path in names if not path.exists())
        say(f"A .venv was here already that this script did not make. It is now {aside.name}.")
        venv.rename(aside)
    (venv / "logs").mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def only_one_start(venv: Path) -> Iterator[None]:
    """Hold a lock that the system lets go of by itself when this program ends, however it ends."""
    with (venv / "start.lock").open("a+b") as file:
        told = False
        while not lock_file(file):
            if not told:
                say("Another start is setting up the course. Waiting for it to finish.")
                told = True
            time.sleep(0.5)
        yield


def lock_file(file: IO[bytes]) -> bool:
    """True once the lock is held, or where the disk knows no locks; False while another holds it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def prepare(root: Path = ROOT, tests: bool = False, classroom: bool = False) -> Path:
    """Bring .venv to what the lock files and the project's own files ask for; return its path."""
    # elsewhere on request: where the course's folder is read-only, or synchronised to a cloud
    venv = Path(os.environ.get("CXKIT_ENVIRONMENT") or root / ".venv").absolute()
    locks = TEST_LOCKS if tests else TEST_LOCKS[: 1 + classroom]
    try:
        own_folder(venv)
        with only_one_start(venv):
            step, why = what_is_needed(root, venv, locks)
            if step != "nothing":
                set_up(root, venv, locks, step, why)
    except PermissionError as error:
        raise Trouble(
            f"This may not be written, or another program holds it:\n    {error.filename}\n"
            "Close other windows of this course, keep it in a folder of your own, then start again."
        ) from error
    except OSError as error:
        raise Trouble(f"The set-up stopped. {explain(str(error))}\n    {error}") from error
    return venv


def set_up(root: Path, venv: Path, locks: list[str], step: str, why: str) -> None:
    say(why + (" Installing them." if step == "project" else " Setting up. This takes a few minutes."))
    stamp = read_stamp(venv)
    with contextlib.suppress(FileNotFoundError):
        (venv / "stamp.json").unlink()
    (venv / "logs" / "setup.log").write_text("", encoding="utf-8")
    if step == "environment" or stamp is None:
        check_room(root, venv, os.name, long_paths_allowed(), shutil.disk_usage(str(root)).free)
        make_environment(venv)
        version = python_version(places(venv, os.name)["python"])
        stamp = {"venv": str(venv), "python": version, "locks": {}, "project": "", "packages": []}
    if step != "project":
        # the last lock names all that the others do
        pins = len(re.findall(r"^[\w.-]+==", (root / locks[-1]).read_text(encoding="utf-8"), re.MULTILINE))
        # a package without a ready-made build would be compiled for an hour and then fail: say so at once
        pip(venv, ["--require-hashes", "--only-binary", ":all:", "-r", locks[-1]], total=pins)
        stamp["locks"].update({lock: digest(root, [lock]) for lock in locks})
    say("  Installing the course itself")
    project = digest(root, PROJECT_FILES)
    pip(venv, ["--no-deps", "--no-index", "--no-build-isolation", "--force-reinstall", "."])
    site = places(venv, os.name, str(stamp["python"]))["site"]
    write_stamp(venv, dict(stamp, project=project, packages=sorted(installed(site))))
    say("  Done")


# --- Jupyter ------------------------------------------------------------------------------------------


def free_port(wanted: int) -> int:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError):
            raise Trouble(
                f"Port {wanted} is taken or not allowed. Leave out --port, or name another."
            ) from None
        return probe.getsockname()[1]


def ask(url: str, token: str, method: str = "GET") -> bool:
    """True where the server answers; past any proxy, since it runs on this computer."""
    request = urllib.request.Request(url, headers={"Authorization": "token " + token}, method=method)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
            return bool(answer.status < 400)
    except OSError:
        return False


def last_lines(path: Path, count: int = 12) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
    return "\n".join("    " + line for line in lines) + f"\nThe whole log: {path}"


def open_course(venv: Path, lab: bool, browser: bool, port: int) -> int:
    """Start Jupyter, say where it is, stay until it ends or Ctrl+C is pressed."""
    profile = "instructor" if lab else "learner"
    port, token = free_port(port), secrets.token_urlsafe(24)
    log_path = venv / "logs" / f"jupyter-{profile}.log"
    command = [
        str(places(venv, os.name)["python"]), "-m", "jupyterlab" if lab else "notebook", "--no-browser",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--ServerApp.root_dir=" + str(ROOT),
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if os.name != "nt":
        # Jupyter would start a login shell, whose profile may forget where nbgrader and cxkit are
        shell = os.environ.get("SHELL") or shutil.which("bash") or "/bin/sh"
        command.append("--ServerApp.terminado_settings=" + json.dumps({"shell_command": [shell]}))
    env = clean_env(
        venv,
        JUPYTER_TOKEN=token,  # not on the command line, which every user of the computer can read
        JUPYTER_CONFIG_PATH=str(ROOT / "src" / "cxkit" / "frontend" / "profiles" / profile),
        # settings of another Jupyter on this computer must not change how the course looks
        JUPYTER_CONFIG_DIR=str(venv / "jupyter" / profile),
        JUPYTER_PREFER_ENV_PATH="1",
    )
    # its own process group: Ctrl+C reaches this script, which then ends Jupyter in good order
    group = {"creationflags": 0x200} if os.name == "nt" else {"start_new_session": True}
    base = f"http://127.0.0.1:{port}/"
    say("Starting Jupyter.")
    with log_path.open("wb") as log:
        server = subprocess.Popen(
            command, cwd=str(ROOT), env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **group
        )
    try:
        give_up = time.monotonic() + 180
        while not ask(base + "api/status", token):
            if server.poll() is not None:
                raise Trouble("Jupyter stopped before it was ready. It wrote:\n" + last_lines(log_path))
            if time.monotonic() > give_up:
                raise Trouble("Jupyter did not answer for three minutes. It wrote:\n" + last_lines(log_path))
            time.sleep(0.3)
        page = FIRST_PAGE if (ROOT / FIRST_PAGE).exists() else ""
        folder = ("lab/tree/" if page else "lab") if lab else ("notebooks/" if page else "tree")
        address = base + folder + page + "?token=" + token
        say(f"\nThe course is ready:\n    {address}\n")
        # without a screen, the webbrowser module would start a text browser in this terminal
        screen = sys.platform != "linux" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if browser and screen and webbrowser.open(address):
            say("Your browser opens it now. If it does not, copy the address into your browser.")
        else:
            say("Copy the address into your browser.")
        say("Keep this window open while you learn. Press Ctrl+C in it to stop.")
        while server.poll() is None:
            time.sleep(0.5)
        if server.returncode:
            raise Trouble("Jupyter stopped unexpectedly. It wrote:\n" + last_lines(log_path))
        say("Jupyter was closed.")
    except KeyboardInterrupt:
        # a second Ctrl+C, out of impatience, must not leave kernels behind
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    finally:
        if server.poll() is None:
            stop_server(server, base, token)
    return 0


def stop_server(server: subprocess.Popen[Any], base: str, token: str) -> None:
    """Ask Jupyter to end its kernels and itself; insist only where it does not."""
    say("\nStopping.")
    steps = (lambda: ask(base + "api/shutdown", token, "POST"), server.terminate, server.kill)
    for step in steps:
        step()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=10)
            break
    say("Stopped. What you saved is in the course's folders.")


# --- a classroom --------------------------------------------------------------------------------------


def open_classroom(arguments: list[str]) -> int:
    """Set up with what a hub needs, then let `cxkit classroom` take this program's place."""
    asks = {"-h", "--help"} & set(arguments)
    if not asks and (not sys.platform.startswith("linux") or os.geteuid() != 0):
        raise Trouble(
            "A classroom needs Linux and root, because it makes a user of this computer for each person.\n"
            "On Linux, put sudo in front:  sudo python3 start.py classroom\n"
            "Nothing was changed. To learn alone, start the course with  python start.py"
        )
    venv = prepare(classroom=True)
    if not asks:
        give_back(venv, ROOT.stat().st_uid, ROOT.stat().st_gid)
    command = str(places(venv, os.name)["bin"] / "cxkit")
    os.chdir(str(ROOT))
    # not a program beside this one: Ctrl+C must reach the one that ends the servers
    os.execve(command, [command, "classroom", *arguments], clean_env(venv))


def give_back(venv: Path, user: int, group: int) -> None:
    """What root has set up in somebody's folder stays theirs, so that they can start the course without root."""
    for path in [venv, *venv.rglob("*")] if user else []:
        os.chown(str(path), user, group, follow_symlinks=False)


# --- tests --------------------------------------------------------------------------------------------


def browser_candidates(system: str, env: Mapping[str, str]) -> list[str]:
    """Commands and full paths under which Chromium, Chrome or Edge is usually found."""
    if system == "win32":
        folders = [env[name] for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA") if name in env]
        programs = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")
        return [folder + "\\" + program for program in programs for folder in folders]
    if system == "darwin":
        homes = ["/Applications", env.get("HOME", "") + "/Applications"]
        names = ("Google Chrome", "Chromium", "Microsoft Edge")
        return [f"{home}/{name}.app/Contents/MacOS/{name}" for name in names for home in homes]
    return ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"]


def find_browser(venv: Path) -> str:
    """Path of a browser for the tests, or ''. CXKIT_BROWSER goes first."""
    named = os.environ.get("CXKIT_BROWSER")
    if named:
        found = shutil.which(named)
        if not found:
            raise Trouble(f"CXKIT_BROWSER names {named}, which is not a program here.")
        return found
    found = next(filter(None, map(shutil.which, browser_candidates(sys.platform, os.environ))), "")
    if found:
        return found
    question = "from playwright.sync_api import sync_playwright as start\n"
    question += "with start() as playwright: print(playwright.chromium.executable_path)"
    asked = subprocess.run(
        [str(places(venv, os.name)["python"]), "-c", question], env=clean_env(venv), stdout=subprocess.PIPE
    )
    path = asked.stdout.decode("utf-8", "replace").strip()
    return path if path and Path(path).is_file() else ""


def ensure_browser(venv: Path) -> str:
    found = find_browser(venv)
    if found:
        return found
    say("The tests need a Chromium, Chrome or Edge browser, and none is here. Installing one.")
    log_path = venv / "logs" / "browser.log"
    tries = [[str(places(venv, os.name)["python"]), "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        tries.insert(0, ["apt-get", "install", "-y", "chromium", "fonts-dejavu-core"])
        tries.insert(0, ["apt-get", "update"])
    with log_path.open("wb") as log:
        env = clean_env(venv, DEBIAN_FRONTEND="noninteractive")
        for command in tries:
            subprocess.run(command, env=env, stdout=log, stderr=log)
            found = find_browser(venv)
            if found:
                return found
    raise Trouble(
        "No browser could be installed. Install Chromium, Chrome or Edge, or set CXKIT_BROWSER to one.\n"
        + last_lines(log_path)
    )


def ensure_programs(venv: Path) -> None:
    """The sandbox for learners' code, and what a classroom's hub needs. Without them the tests check what is said then."""
    wanted = {"bwrap": ["bubblewrap"], "npm": ["nodejs", "npm"]}
    packages = [one for program, names in wanted.items() if not shutil.which(program) for one in names]
    if not packages or not sys.platform.startswith("linux"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        say(f"The tests use {' and '.join(packages)}. Installing.")
        with (venv / "logs" / "programs.log").open("wb") as log:
            env = clean_env(venv, DEBIAN_FRONTEND="noninteractive")
            for command in (["apt-get", "update"], ["apt-get", "install", "-y", *packages]):
                subprocess.run(command, env=env, stdout=log, stderr=log)
    missing = [program for program in wanted if not shutil.which(program)]
    if missing:
        say(
            f"Not here and not to be installed: {', '.join(missing)}. The tests check what the course says then."
        )


def run_tests(arguments: list[str]) -> int:
    venv = prepare(tests=True)
    browser = ensure_browser(venv)
    ensure_programs(venv)
    if arguments == ["--setup-only"]:
        return 0
    say(f"Running the tests with {browser}")
    # a file's tests stay together: they share a server, a browser or a course
    # one more than there are cores: a test often waits for a browser or a kernel
    workers = str(min(4, (os.cpu_count() or 1) + 1))
    spread = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "15"]
    spread = [] if "-n" in arguments else spread
    command = [str(places(venv, os.name)["python"]), "-m", "pytest", *spread, *arguments]
    return subprocess.call(command, cwd=str(ROOT), env=clean_env(venv, CXKIT_BROWSER=browser))


def main(arguments: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a folder's name may hold letters that the console lacks
            stream.reconfigure(errors="replace")
    for name in (
        "SIGINT",
        "SIGTERM",
        "SIGHUP",
    ):  # Ctrl+C, a stopped session, a closed window: all end in order
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    parser = argparse.ArgumentParser(
        prog="start.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Set up the course if needed, then open it in your browser.",
        epilog="To run the tests instead:  python start.py test [options for pytest]\n"
        "To try a classroom on this machine (Linux):  sudo python3 start.py classroom --help\n"
        "To begin afresh, delete the folder .venv beside this file; your work is not in it.",
    )
    parser.add_argument("--lab", action="store_true", help="open JupyterLab, with the tools for instructors")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--port", type=int, default=0, help="the port to use; any free one if left out")
    try:
        if arguments[:1] == ["test"]:
            return run_tests(arguments[1:])
        if arguments[:1] == ["classroom"]:
            return open_classroom(arguments[1:])
        asked = parser.parse_args(arguments)
        return open_course(prepare(), asked.lab, not asked.no_browser, asked.port)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nStopped before the set-up was done. Start again to go on.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

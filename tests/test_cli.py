"""The command `cxkit`."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

import cxkit.cli
import cxkit.doctor
from cxkit.cli import main
from cxkit.doctor import Finding

LUCY = "stage,touchpoint,channel,owner,expected,experienced\ncare,Goes to the hospital,in person,,9,1\n"


@pytest.fixture
def lucy(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lucy.csv"
    path.write_text(LUCY, encoding="utf-8")
    return path


def test_draw_writes_beside_the_journey_and_says_so(lucy, capsys):
    assert main(["draw", "lucy.csv"]) == 0
    assert capsys.readouterr().out == "Wrote lucy.svg\n"
    assert "Goes to the hospital" in lucy.with_suffix(".svg").read_text(encoding="utf-8")


def test_draw_in_another_shape_and_form(lucy):
    assert main(["draw", str(lucy), "-o", "map.pdf", "--size", "A4 portrait"]) == 0
    assert (lucy.parent / "map.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["draw", "nobody.csv"], "nobody.csv"),
        (["draw", "bad.csv"], "expected"),
        (["draw", "lucy.csv", "-o", "map.docx"], ".svg"),
        (["draw", "lucy.csv", "-o", "lucy.csv"], "the journey itself"),
        (["draw", "lucy.csv", "-o", "no-such-folder/map.svg"], "no-such-folder"),
    ],
)
def test_what_a_person_can_mend_is_said_on_stderr(lucy, capsys, arguments, words):
    (lucy.parent / "bad.csv").write_text(LUCY.replace(",9,", ",99,"), encoding="utf-8")
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert lucy.read_text(encoding="utf-8") == LUCY


def test_a_mistyped_command_or_size(lucy, capsys):
    assert main(["drew", "lucy.csv"]) == 2
    assert main(["draw", "lucy.csv", "--size", "B5"]) == 2
    assert main([]) == 2
    assert "draw" in capsys.readouterr().err


def test_help(capsys):
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert "draw" in said
    assert "doctor" in said
    assert main(["draw", "--help"]) == 0
    assert "A4 portrait" in capsys.readouterr().out


def test_doctor_counts_problems_in_its_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(cxkit.doctor, "doctor", lambda: [Finding(True, "Fine"), Finding(None, "Note.")])
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.endswith("No problems found.\n")
    monkeypatch.setattr(cxkit.doctor, "doctor", lambda: [Finding(False, "Bad.", "Do this.")])
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out == "problem  Bad.\n         To mend: Do this.\n\n1 problem found.\n"


def test_python_m_cxkit_is_the_same_and_shows_no_traceback(lucy):
    done = subprocess.run(
        [sys.executable, "-m", "cxkit", "draw", "nobody.csv"], cwd=lucy.parent, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "nobody.csv" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("module", [cxkit.cli, cxkit.doctor])
def test_the_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed

"""The command `cxkit`, as a person types it: what it writes, what it says, and its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.styles import PatternFill
from PIL import Image

import cxkit as cx
from cxkit import cli

ROOT = Path(__file__).resolve().parents[1]
LUCY = """stage,touchpoint,channel,owner,expected,experienced
pre-care,Calls,phone,Reception,8,3
care,Visit,in person,,9,8
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lucy.csv").write_text(LUCY, encoding="utf-8")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    return tmp_path


def run(capsys, *words):
    code = cli.main(words)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_draw_writes_a_map_beside_the_journey(capsys, folder):
    code, out, err = run(capsys, "draw", "lucy.csv")
    assert (code, err) == (0, "")
    assert out.startswith("Wrote lucy.svg\n")
    assert "at “Calls”: expected 8, experienced 3, a gap of −5" in out
    root = ElementTree.parse(folder / "lucy.svg").getroot()
    assert root.tag.endswith("svg") and "Calls" in root.find("{*}desc").text


@pytest.mark.parametrize(("name", "start"), [("m.svg", b"<?xml"), ("m.png", b"\x89PNG"), ("m.PDF", b"%PDF")])
def test_draw_writes_what_the_name_asks_for(capsys, folder, name, start):
    assert run(capsys, "draw", "lucy.csv", "-o", name)[0] == 0
    assert (folder / name).read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("size", "width", "height"),
    [
        ("16:9", 16, 9),
        ("A4", 297, 210),
        ("A4 portrait", 210, 297),
        ("a4-portrait", 210, 297),
        ("a3", 420, 297),
    ],
)
def test_draw_takes_the_size_of_the_paper(capsys, folder, size, width, height):
    assert run(capsys, "draw", "lucy.csv", "-o", "m.png", "--size", size)[0] == 0
    with Image.open(folder / "m.png") as picture:
        assert picture.width / picture.height == pytest.approx(width / height, rel=0.01)


def test_a_size_that_does_not_exist_is_named_with_those_that_do(capsys):
    code, _, err = run(capsys, "draw", "lucy.csv", "--size", "A5")
    assert code == 2
    assert "there is no size “A5”. Choose one of: 16:9, A4, A4-portrait, A3." in err


def test_a_spreadsheet_with_semicolons_comma_decimals_and_old_line_ends(capsys, folder):
    text = "Stage;Touchpoint;Channel;Expected;Wait days\r\ncare;Calls;Phone;7;1,5\r\n"
    (folder / "excel.csv").write_bytes(text.encode("utf-8-sig"))
    code, out, err = run(capsys, "draw", "excel.csv")
    assert (code, err) == (0, "")
    assert "1 touchpoint (Care 1)" in out
    assert cx.read_journey("excel.csv").table.loc[0, "wait_days"] == 1.5


@pytest.mark.parametrize("name", ["המסע של דנה.xlsx", "המסע של דנה.csv"])
def test_a_hebrew_journey_in_a_file_with_a_hebrew_name(capsys, folder, name):
    row = {
        "stage": "care",
        "touchpoint": "בדיקה אצל רופאה",
        "channel": "phone",
        "expected": 9,
        "experienced": 4,
    }
    cx.Journey([row], language="he", title="דנה מחכה לתשובה").save(name)
    code, out, err = run(capsys, "draw", name)
    assert (code, err) == (0, "")
    assert "בדיקה אצל רופאה" in out
    root = ElementTree.parse((folder / name).with_suffix(".svg")).getroot()
    assert root.get("direction") == "rtl" and "דנה מחכה לתשובה" in root.find("{*}title").text


def test_a_workbook_that_somebody_coloured_in_and_gave_a_second_sheet(capsys, folder):
    table = pd.DataFrame(
        {"Touchpoint": ["Calls", "Visit"], "STAGE": ["care"] * 2, "Channel": ["Phone", "Web"]}
    )
    table.to_excel(folder / "mine.xlsx", sheet_name="journey", index=False)
    book = load_workbook(folder / "mine.xlsx")
    book["journey"]["A2"].fill = PatternFill("solid", fgColor="FFFF00")
    book.create_sheet("Notes")["B3"] = "remember to ask Dana"
    book.save(folder / "mine.xlsx")
    assert run(capsys, "draw", "mine.xlsx", "-o", "mine.pdf")[0] == 0


@pytest.mark.parametrize("kind", ["html", "pptx", "mmd", "xlsx", "json", "yaml"])
def test_it_writes_for_colleagues_and_other_tools(capsys, folder, kind):
    code, out, err = run(capsys, "draw", "lucy.csv", "-o", f"for_dana.{kind}")
    assert (code, out, err) == (0, f"Wrote for_dana.{kind}\n", "")
    assert (folder / f"for_dana.{kind}").stat().st_size > 100


def test_two_journeys_are_drawn_in_one_picture(capsys, folder):
    cx.read_journey("lucy.csv").replace(state="to-be").save("plan.csv")
    code, out, _ = run(
        capsys, "draw", "lucy.csv", "--compare", "plan.csv", "-o", "both.svg", "--style", "print"
    )
    assert code == 0 and "Wrote both.svg" in out
    assert (folder / "both.svg").exists()


def test_thirty_touchpoints_are_all_on_the_map(capsys, folder):
    rows = [
        {
            "stage": stage,
            "touchpoint": f"Step {10 * place + number}",
            "channel": "phone",
            "expected": 7,
            "experienced": 3,
        }
        for place, stage in enumerate(("pre-care", "care", "post-care"))
        for number in range(10)
    ]
    cx.Journey(rows).save("long.csv")
    code, out, _ = run(capsys, "draw", "long.csv", "--size", "A3")
    assert code == 0
    assert "30 touchpoints (Pre-care 10, Care 10, Post-care 10)" in out
    drawn = (folder / "long.svg").read_text(encoding="utf-8")
    assert all(f'data-name="card-{index}"' in drawn for index in range(30))


def test_everything_wrong_with_a_journey_is_said_at_once_and_nothing_is_written(capsys, folder):
    (folder / "bad.csv").write_text(
        "stage,touchpoint,expected\nbefore,Calls,12\ncare,,abc\n", encoding="utf-8"
    )
    code, out, err = run(capsys, "draw", "bad.csv")
    assert (code, out) == (1, "")
    for words in (
        "The column channel is missing.",
        "Row 2, column stage: “before” is not a word for stage.",
        "Row 2, column expected: The score 12 is outside 1 to 10.",
        "Row 3, column touchpoint: The touchpoint is empty.",
        "Row 3, column expected: “abc” is not a number.",
    ):
        assert words in err
    assert "Traceback" not in err
    assert not (folder / "bad.svg").exists()


def test_of_very_many_faults_the_first_forty_are_said(capsys, folder):
    (folder / "bad.csv").write_text("stage,touchpoint,channel\n" + "care,Calls,fone\n" * 60, encoding="utf-8")
    code, _, err = run(capsys, "draw", "bad.csv")
    lines = err.splitlines()
    assert (code, len(lines)) == (1, 41)
    assert lines[0].startswith("Row 2, column channel") and lines[-1] == "… and 20 more. Mend these first."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lucyy.csv"], "Did you mean lucy.csv?"),
        (["."], "is a folder"),
        (["old.xls"], "Save it as an Excel workbook (.xlsx)"),
        (["lucy.csv", "-o", "map.jpg"], "draw the map as .svg, .png or .pdf, and make .html, .pptx and .mmd"),
        (
            ["lucy.csv", "-o", "lucy.csv"],
            "lucy.csv would be written over itself. Give the new file another name.",
        ),
        (["lucy.csv", "-o", "lucy.html", "--compare", "lucy.csv"], "--compare makes a picture."),
        (["lucy.csv", "-o", "lucy.pptx", "--size", "A4"], "Slides are 16:9"),
        (["lucy.csv", "--compare", "lucyy.csv"], "Did you mean lucy.csv?"),
        (["lucy.csv", "-o", "nowhere/map.svg"], "does not exist. Make it first, or choose another."),
    ],
)
def test_a_mistake_is_answered_in_words(capsys, folder, words, said):
    code, out, err = run(capsys, "draw", *words)
    assert (code, out) == (1, "")
    assert said in err and "Traceback" not in err
    assert (folder / "lucy.csv").read_text(encoding="utf-8") == LUCY


def test_a_missing_part_of_the_installation_leads_to_the_doctor(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "cxkit.views.map", raising=False)
    monkeypatch.setitem(sys.modules, "cxkit.views.map.rows", None)
    code, _, err = run(capsys, "draw", "lucy.csv")
    assert code == 1
    assert "A part of the installation is missing" in err and "`cxkit doctor`" in err


def test_no_command_shows_the_help(capsys):
    code, out, err = run(capsys)
    assert (code, err) == (2, "")
    assert "draw the map of a journey" in out and "doctor" in out


@pytest.mark.parametrize("words", [["--help"], ["draw", "--help"], ["doctor", "--help"], ["--version"]])
def test_help_and_version_are_no_failure(capsys, words):
    code, out, err = run(capsys, *words)
    assert (code, err) == (0, "")
    assert "cxkit" in out


def test_ctrl_c_ends_without_a_traceback(capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("cxkit.journey.read_journey", interrupted)
    assert run(capsys, "draw", "lucy.csv") == (130, "", "Stopped.\n")


@pytest.mark.parametrize(
    "command", [[sys.executable, "-m", "cxkit"], [str(Path(sys.executable).parent / "cxkit")]]
)
def test_both_ways_to_start_it_in_a_console_that_knows_no_hebrew(command, folder):
    row = {"stage": "care", "touchpoint": "בדיקה", "channel": "phone"}
    cx.Journey([row], language="he").save("דנה.csv")
    done = subprocess.run(
        [*command, "draw", "דנה.csv"],
        capture_output=True,
        timeout=120,
        env={**CONSOLE, "PYTHONIOENCODING": "cp1252"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Wrote ???.svg")
    assert (folder / "דנה.svg").exists()


CONSOLE = {
    "PATH": str(Path(sys.executable).parent),
    "PYTHONPATH": str(ROOT / "src"),
    "PYTHONUTF8": "0",
    "LANG": "C.UTF-8",
}

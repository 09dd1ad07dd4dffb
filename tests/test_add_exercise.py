"""Who follows the page “Add an exercise” to the letter has an exercise that nbgrader releases and grades."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader_course import ROOT, Course, answer_cell

from cxkit.cli import main
from cxkit.grading.new_exercise import new_exercise

GUIDE = ROOT / "course" / "facilitator"
PAGE = (GUIDE / "add_an_exercise.md").read_text("utf-8")
NAME = "11_hearing_aid"
ANSWERS = {
    "journey": [
        {"step": "call", "owner": "Shop desk"},
        {"step": "repair", "owner": "Shop desk"},
        {"step": "letter", "owner": "Nobody"},
    ],
    "pain": "Nobody called me, although you said so.",
}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A course folder without exercises, but with what the page names."""
    shutil.copytree(GUIDE, tmp_path / "course" / "facilitator")
    (tmp_path / "tests" / "answers").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "answer_sets.py", tmp_path / "tests")
    return tmp_path


@pytest.mark.nbgrader
def test_following_the_page_makes_an_exercise_that_is_released_and_graded(folder, warm):
    course = Course(folder, warm)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    said = ""
    commands = re.findall(r"^```sh\n(.+?)\n```", PAGE, re.M | re.S)
    assert len(commands) == 3
    for command in commands:
        done = subprocess.run(
            command, shell=True, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        said += done.stdout
    assert "BAD" not in said and "not explained: []" in said
    released = {one.name for one in (folder / "exercises" / NAME).iterdir()}
    assert released == {f"{NAME}.ipynb", f"{NAME}.yaml"}
    course.submit(
        "dana", NAME, answer_cell(ANSWERS), {"code": "def longest_wait(days):\n    return max([0, *days])"}
    )
    course.submit("untouched", NAME, None)
    course.run("autograde", NAME, "--create")
    assert course.marks(NAME) == {
        "dana": {"order": 2, "owner": 2, "words": 1, "extra": 2},
        "untouched": {"order": 0, "owner": 0, "words": 0, "extra": 0},
    }
    assert "Who took the hearing aid" in course.words("dana", NAME)["owner"]


def test_the_files_that_the_page_names_are_written(folder):
    table = re.findall(r"^\| `([\w/.]+)` \|", PAGE, re.M)
    wanted = {one for one in table if "/" in one}
    assert {path.relative_to(folder).as_posix() for path in new_exercise(NAME, folder)} == wanted
    assert all("exercise_template" not in (folder / one).read_text("utf-8") for one in wanted)


def test_the_page_names_each_check_and_each_kind_of_question():
    from cxkit.teaching import marking

    schema = json.loads((Path(marking.__file__).parent / "questions.schema.json").read_text("utf-8"))
    named = set(re.findall(r"^\| `(\w+)[`(]", PAGE, re.M))
    kinds = set(schema["$defs"]["question"]["properties"]["kind"]["enum"])
    assert kinds - {"journey"} <= named
    assert {one for one in named - kinds if not hasattr(marking, one)} == set()


@pytest.mark.parametrize("name", ["hearing_aid", "11 hearing", "11_Hearing", "../11_x", ""])
def test_a_name_that_will_not_do_is_refused_in_words(folder, name):
    with pytest.raises(ValueError, match="such as 11_hearing_aid"):
        new_exercise(name, folder)


def test_nothing_is_overwritten_and_a_wrong_folder_is_told(folder, tmp_path, monkeypatch, capsys):
    new_exercise(NAME, folder)
    with pytest.raises(ValueError, match="already"):
        new_exercise(NAME, folder)
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    assert main(["exercise", NAME]) == 1
    assert "Go to the folder of the course first" in capsys.readouterr().err
    assert list(empty.iterdir()) == []

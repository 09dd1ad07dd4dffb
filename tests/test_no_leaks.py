"""No key of an exercise can be read from what a learner gets: the release, the installed package, the lessons."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from answer_sets import EXERCISES, grade_id, model_answers, model_code, solution

from cxkit.teaching.questions import option_id, questions_of, read_questions

ROOT = Path(__file__).parents[1]
HIDDEN = re.compile(r"### BEGIN (HIDDEN TESTS|SOLUTION|MARK SCHEME)\n(.*?)### END \1", re.S)
# what every notebook of the course may carry; a key could hide in anything else
METADATA = {"nbgrader", "jupyter", "tags", "deletable", "editable"}
NBGRADER = {
    "grade",
    "grade_id",
    "locked",
    "points",
    "schema_version",
    "solution",
    "task",
    "cell_type",
    "checksum",
}


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))["cells"]


def hidden(exercise: str) -> str:
    """All that nbgrader takes out of the exercise."""
    return "\n".join(
        found.group(2)
        for cell in cells(solution(exercise))
        for found in HIDDEN.finditer("".join(cell["source"]))
    )


def spaced(text: str) -> str:
    return " ".join(text.split())


def keys(exercise: str) -> set[str]:
    """Texts that would give an answer away: the words of the marks, model answers in words, lines of the checks, reasons."""
    found = {
        answer for answer in model_answers(exercise).values() if isinstance(answer, str) and len(answer) > 25
    }
    reasons = yaml.safe_load(
        (solution(exercise).parent / "for_instructors" / "reasons.yaml").read_text("utf-8")
    )
    found |= {sentence for sentences in reasons.values() for sentence in sentences}
    public = " ".join(spaced(text) for text in texts_of(solution(exercise).with_suffix(".yaml")))
    # a line that stands in the open part of the notebook as well gives nothing away
    public += " ".join(spaced(HIDDEN.sub("", "".join(cell["source"]))) for cell in cells(solution(exercise)))
    for cell in cells(solution(exercise)):
        for region in HIDDEN.finditer("".join(cell["source"])):
            source = region.group(2)
            if region.group(1) == "HIDDEN TESTS":
                found |= {
                    node.value
                    for node in ast.walk(ast.parse(source))
                    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 25
                }
                found |= {line.strip() for line in source.splitlines() if len(line.strip()) > 45}
    # a choice of the form may be named in a check, and is no key by itself
    return {spaced(key) for key in found if spaced(key) not in public}


def answers_in_words(exercise: str) -> set[str]:
    return {spaced(answer) for answer in model_answers(exercise).values() if isinstance(answer, str)}


def texts_of(path: Path) -> list[str]:
    def walk(value):
        if isinstance(value, dict):
            return [text for one in value.values() for text in walk(one)]
        if isinstance(value, list):
            return [text for one in value for text in walk(one)]
        return [str(value)]

    return walk(yaml.safe_load(path.read_text("utf-8")))


@cache
def given() -> dict[str, str]:
    """Every file that a learner gets, as text: releases, the package, the lessons and what they read."""
    folders = ("exercises", "src/cxkit", "course", "case_studies")
    found = {}
    for name in subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout.split("\0"):  # fmt: skip
        path = ROOT / name
        if not name or not path.is_file() or "facilitator" in name:
            continue
        raw = path.read_bytes()
        text = raw.decode("utf-8", "ignore")
        if path.suffix == ".ipynb":
            text = "\n".join(json.dumps(cell, ensure_ascii=False) for cell in json.loads(text)["cells"])
            text = text.replace('\\"', '"').replace("\\n", "\n")
        found[name] = spaced(text)
    return found


@pytest.mark.parametrize("exercise", EXERCISES)
def test_no_key_stands_in_anything_that_a_learner_gets(exercise):
    wanted = keys(exercise)
    assert len(wanted) > 10
    found = [(name, key) for name, text in given().items() for key in wanted if key in text]
    # what a lesson says itself, before the exercise, may come again in the words of a mark
    found = [
        (name, key)
        for name, key in found
        if not name.startswith("course/") or key in answers_in_words(exercise)
    ]
    assert found == []


def test_the_search_finds_a_key_that_is_there(monkeypatch):
    exercise = EXERCISES[0]
    key = sorted(keys(exercise))[0]
    monkeypatch.setitem(given(), "a/file.py", f"before {key} after")
    with pytest.raises(AssertionError):
        test_no_key_stands_in_anything_that_a_learner_gets(exercise)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_release_holds_no_outputs_and_no_metadata_of_its_own(exercise):
    folder = ROOT / "exercises" / exercise
    assert not (folder / "for_instructors").exists()
    for cell in cells(folder / f"{exercise}.ipynb"):
        assert cell.get("outputs", []) == [] and cell.get("attachments", {}) == {}
        assert set(cell["metadata"]) <= METADATA, cell["metadata"]
        assert set(cell["metadata"].get("nbgrader", {})) <= NBGRADER, cell["metadata"]
        source = "".join(cell["source"])
        for sign in ("HIDDEN", "SOLUTION", "MARK SCHEME", "sheet.mark", "teaching.marking"):
            assert sign not in source, (grade_id(cell), sign)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_code_of_the_model_is_not_released(exercise):
    lines = {
        spaced(line)
        for source in model_code(exercise).values()
        for found in HIDDEN.finditer(source)
        for line in found.group(2).splitlines()
        if len(line.strip()) > 20
    }
    text = spaced(
        (ROOT / "exercises" / exercise / f"{exercise}.ipynb").read_text("utf-8").replace('\\"', '"')
    )
    assert lines and not [line for line in lines if line in text]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_place_of_a_choice_does_not_give_it_away(exercise):
    questions = list(questions_of(read_questions(solution(exercise).with_suffix(".yaml"))))
    model = model_answers(exercise)
    places = []
    for question in questions:
        if question["kind"] == "choice":
            options = [option_id(one) for one in question["options"]]
            places.append(options.index(model[question["id"]]))
        if question["kind"] == "steps" and question.get("ordered") is not False:
            cards = [option_id(one) for one in question["cards"]]
            right = [row["step"] for row in model[question["id"]]]
            kept = sum(cards.index(one) < cards.index(other) for one, other in pairwise(right))
            assert cards != right and cards != right[::-1], question["id"]
            assert kept < len(right) - 1
        if question["kind"] == "steps" and question.get("columns"):
            # the form shows the choices of a column in the same order for each card
            for column in question["columns"]:
                used = {row.get(column["id"]) for row in model[question["id"]]}
                assert len(used) > 1, (question["id"], column["id"])
    if len(places) > 2:
        assert len(set(places)) > 1, places


GENERATORS = sorted((ROOT / "solutions").glob("*/for_instructors/generate.py"))


@pytest.mark.parametrize("script", GENERATORS, ids=lambda path: path.parents[1].name)
def test_the_data_are_what_their_generator_writes(script, tmp_path):
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, cwd=tmp_path)
    written = sorted(tmp_path.iterdir())
    assert written
    for path in written:
        assert path.read_bytes() == (script.parents[1] / path.name).read_bytes(), path.name
    tables = {path.name for path in script.parents[1].iterdir() if path.suffix in (".csv", ".json", ".xlsx")}
    assert tables == {path.name for path in written}
    assert (script.parents[1] / "DATA_CARD.md").is_file()

"""Answer sets and mutants of the exercises, marked in this process: by tests, and by who writes an exercise.

`python tests/answer_sets.py 01_physio_journey` says for each set what differs from what is expected, and lists the
mutants of the model answer that lose no marks.
"""

from __future__ import annotations

import ast
import copy
import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from cxkit.teaching.questions import option_id, questions_of, read_questions
from cxkit.teaching.selfcheck import Checked, check_answers, each_check
from cxkit.yaml_text import from_yaml

ROOT = Path(__file__).parents[1]
EXERCISES = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
TRACES = ("Traceback", "Error:", 'File "', "\x1b[", "AssertionError", "nan", "None")


def solution(exercise: str) -> Path:
    return ROOT / "solutions" / exercise / f"{exercise}.ipynb"


@cache
def answer_sets(exercise: str) -> dict[str, Any]:
    return from_yaml((ROOT / "tests" / "answers" / f"{exercise}.yaml").read_text("utf-8"))


@cache
def _cells(exercise: str) -> list[dict[str, Any]]:
    return json.loads(solution(exercise).read_text("utf-8"))["cells"]


def grade_id(cell: Any) -> str:
    """A cell's grade id, "" where it has none."""
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def model_answers(exercise: str) -> dict[str, Any]:
    """The answers of the model solution."""
    source = next("".join(cell["source"]) for cell in _cells(exercise) if grade_id(cell) == "answers")
    names: dict[str, Any] = {}
    exec(source, names)
    return names["answers"]


def model_code(exercise: str) -> dict[str, str]:
    """The optional parts in code: grade id to source."""
    return {
        grade_id(cell): "".join(cell["source"])
        for cell in _cells(exercise)
        if cell["cell_type"] == "code"
        and cell["metadata"].get("nbgrader", {}).get("solution")
        and grade_id(cell) != "answers"
    }


def answers_of(exercise: str, one: dict[str, Any]) -> Any:
    """The answers of a set, as a learner's answer cell holds them (a cell that cannot be read holds text)."""
    if "cell" in one:
        try:
            return ast.literal_eval(one["cell"].split("=", 1)[1].strip())
        except (SyntaxError, ValueError, IndexError):
            return {}
    answers = {**model_answers(exercise), **one.get("change", {})}
    return {name: answer for name, answer in answers.items() if name not in one.get("drop", [])}


def code_of(exercise: str, one: dict[str, Any]) -> dict[str, str]:
    """The optional part of a set: its own `code`, or the model's."""
    return {name: one.get("code", source) for name, source in model_code(exercise).items()}


def marked(exercise: str, answers: Any, code: dict[str, str] | None = None) -> dict[str, Checked]:
    """Grade id to marks and words, as an instructor's run gives them."""
    found = check_answers(solution(exercise), answers, model_code(exercise) if code is None else code)
    return {one.name: one for one in found}


def faults_of(exercise: str, one: dict[str, Any]) -> list[str]:
    """How the marks and words of a set differ from what the file expects."""
    full = answer_sets(exercise)["full_marks"]
    found = marked(exercise, answers_of(exercise, one), code_of(exercise, one))
    faults = []
    for name, wanted in {**full, **one["marks"]}.items():
        words = " ".join(found[name].mark.words)
        if found[name].mark.value != wanted:
            faults.append(f"{name}: {found[name].mark.value:g} marks, not {wanted:g}. Words: {words}")
        faults += [
            f"{name}: “{piece}” is not in: {words}"
            for piece in one.get("words", {}).get(name, [])
            if piece not in words
        ]
        faults += [f"{name}: “{trace}” in: {words}" for trace in TRACES if trace in words]
        if found[name].mark.value < wanted and not words:
            faults.append(f"{name}: lost marks without words")
    return faults


def mutants(exercise: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of the model answer changed, one at a time: a name for the change, and the answers."""
    model = model_answers(exercise)
    questions = read_questions(solution(exercise).with_suffix(".yaml"))
    for question in questions_of(questions):
        one = question["id"]
        if one not in model:
            continue
        for what, changed in _changes(question, model[one]):
            answers = copy.deepcopy(model)
            if changed is None:
                del answers[one]
            else:
                answers[one] = changed
            yield f"{one}: {what}", answers


def _changes(question: dict[str, Any], right: Any) -> Iterator[tuple[str, Any]]:
    yield "left out", None
    kind = question["kind"]
    options = [option_id(one) for one in question.get("options", [])]
    if kind == "choice":
        yield from ((other, other) for other in options if other != right)
    elif kind == "several":
        for option in options:
            if option in right:
                yield f"without {option}", [one for one in right if one != option]
            else:
                yield f"with {option}", [*right, option]
    elif kind in ("number", "scale"):
        low, high = question.get("low", float("-inf")), question.get("high", float("inf"))
        number = float(right)
        for what, other in (
            ("twice", number * 2), ("half", number / 2), ("minus", -number), ("nothing", 0.0), ("ten times", number * 10),
            ("one more", number + 1), ("one less", number - 1), ("lowest", low), ("highest", high),
        ):  # fmt: skip
            if other != number and low <= other <= high and abs(other) != float("inf"):
                yield what, str(other) if kind == "number" else other
    elif kind == "text":
        yield "one word", "something"
        yield "the question itself", question["ask"]
    elif kind == "steps":
        yield from _step_changes(question, right)
    elif kind == "journey":
        for row in range(len(right)):
            yield f"without touchpoint {row + 1}", right[:row] + right[row + 1 :]
            for name in right[row]:
                if name not in ("stage", "touchpoint", "channel"):
                    yield (
                        f"touchpoint {row + 1} without {name}",
                        [
                            {
                                key: cell
                                for key, cell in other.items()
                                if other is not right[row] or key != name
                            }
                            for other in right
                        ],
                    )


def _step_changes(question: dict[str, Any], right: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for place, row in enumerate(right):
        yield f"without {row['step']}", right[:place] + right[place + 1 :]
        if place and question.get("ordered") is not False:
            swapped = [*right]
            swapped[place - 1 : place + 1] = [right[place], right[place - 1]]
            yield f"{row['step']} one place earlier", swapped
        for column in question.get("columns", []):
            for option in map(option_id, column["options"]):
                if row.get(column["id"]) not in (None, option):
                    changed = copy.deepcopy(right)
                    changed[place][column["id"]] = option
                    yield f"{row['step']}: {column['id']} {option}", changed


def survivors(exercise: str) -> tuple[list[str], int]:
    """The mutants that lose no marks, and how many mutants there are."""
    full = answer_sets(exercise)["full_marks"]
    alive, count = [], 0
    for name, answers in mutants(exercise):
        count += 1
        # the first lost mark tells that it does not survive
        with closing(each_check(solution(exercise), answers, model_code(exercise))) as checks:
            if all(one.mark.value >= full[one.name] for one in checks):
                alive.append(name)
    return alive, count


def main() -> None:
    exercise = sys.argv[1]
    sets = answer_sets(exercise)
    blank = marked(exercise, {}, {})
    print("untouched:", {name: one.mark.value for name, one in blank.items()}, "(all must be 0)")
    for one in sets["sets"]:
        begun = time.perf_counter()
        faults = faults_of(exercise, one)
        print("ok " if not faults else "BAD", one["name"], f"{time.perf_counter() - begun:.2f} s")
        for fault in faults:
            print("      ", fault)
    wrong = sum(bool(one["marks"]) for one in sets["sets"])
    print(
        f"{wrong} sets lose marks (at least 12), {len(sets['sets']) - wrong} lose none (at least 6, and the model)"
    )
    alive, count = survivors(exercise)
    known = {name for one in sets.get("survivors", []) for name in one["mutants"]}
    print(
        f"{count} mutants, {len(alive)} lose no marks; not explained: {[one for one in alive if one not in known]}"
    )
    print(f"explained, but they lose marks or are not there: {sorted(known - set(alive))}")


if __name__ == "__main__":
    main()

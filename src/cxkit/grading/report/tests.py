"""Learning gain: what a class knew before the course and after it, from a table or from learners' own records."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...journey_csv import file_text, unguard
from ...measures.estimate import Estimate
from ...measures.scores import normalized_gain, proportion
from ...teaching.gain import is_complete, right_in
from ...teaching.lessons import read_lessons
from ...teaching.questions import plain
from .numbers import mean_of

NEEDED = ("learner", "before", "after", "of")
BEFORE, AFTER = "before_", "after_"
TESTS = {"before": "00_before_the_course", "after": "10_after_the_course"}
YES, NO = ("1", "1.0", "true", "yes", "right", "x"), ("0", "0.0", "false", "no", "wrong")
ENDINGS = (".csv", ".xlsx", ".json")

COLUMNS_WANTED = (
    "{file}: the column {missing} is missing. The first row has to name the columns learner, before, after and of: how many "
    "were right before the course, how many after it, and of how many questions. There are: {there}."
)
NOTHING_IN = "{file}: no learner stands in it. Each learner needs a row with learner, before, after and of."
NO_FILES = "{folder} holds no .csv, .xlsx or .json file with results of the two tests."
NO_RECORD = (
    "{file}: this is not a learner's record. It is the file that “Save a copy” gives below `cx.progress()`."
)
WRONG_END = "{file}: results of tests are read from .csv, .xlsx and .json (a learner's own record), or a folder of them."


@dataclass(frozen=True)
class Pair:
    """One learner's two results, None where one is missing; and by question, was it right?"""

    learner: str
    before: float | None
    after: float | None
    of: float
    first: dict[str, bool] = field(default_factory=dict)
    second: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One question of the tests: the share of learners who had it right before and after, of those who took both."""

    name: str
    before: Estimate
    after: Estimate


@dataclass(frozen=True)
class Gain:
    """The gain of a class. `gain` is None where nothing was left to learn; `missing` learners lack one of the tests."""

    n: int
    missing: int
    before: Estimate
    after: Estimate
    gain: Estimate | None
    questions: list[Asked]


def gain_of(pairs: Iterable[Pair], about: Mapping[str, str] | None = None) -> Gain | None:
    """The normalized gain of the means (Hake, 1998) of those who took both tests; None where nobody did.

    `about`: what a question is about, by its name.

    >>> gain_of([Pair("a", 3, 9, 12), Pair("b", 6, 9, 12)]).gain.value.__round__(3)
    0.6
    """
    pairs = sorted(pairs, key=lambda one: one.learner)
    both = [one for one in pairs if one.before is not None and one.after is not None]
    if not both:
        return None
    before = [100 * (one.before or 0.0) / one.of for one in both]
    after = [100 * (one.after or 0.0) / one.of for one in both]
    full = math.fsum(before) >= 100 * len(before) - 1e-9
    names = list(dict.fromkeys(name for one in both for name in one.first if name in one.second))
    questions = []
    for name in names:
        asked = [one for one in both if name in one.first and name in one.second]
        shares = [proportion(sum(right), len(asked)) for right in zip(
            *((one.first[name], one.second[name]) for one in asked), strict=True)]  # fmt: skip
        questions.append(Asked((about or {}).get(name, name), *shares))
    return Gain(
        len(both),
        len(pairs) - len(both),
        mean_of(before, 0, 100),
        mean_of(after, 0, 100),
        None if full else normalized_gain(before, after),
        questions,
    )


def read_tests(path: Path, course: Path | None = None) -> list[Pair]:
    """Both results of each learner: from a table (.csv, .xlsx), a learner's own record (.json), or a folder of them.

    A table has the columns learner, before, after and of; it may have before_QUESTION and after_QUESTION with 1 for
    right and 0 for wrong. `course`: the folder with `lessons.yaml`, which names the two tests of the records.

    Raises ValueError that lists every fault with its place; OSError where a file cannot be opened.

    >>> read_tests(Path("results.txt"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: results.txt: results of tests are read from .csv, .xlsx and .json ...
    """
    files = [path]
    if path.is_dir():
        files = sorted(
            one for one in path.rglob("*") if one.suffix.lower() in ENDINGS and one.name[0] not in ".~"
        )
        if not files:
            raise ValueError(NO_FILES.format(folder=path))
    tests = _tests_of(course)
    found: list[Pair] = []
    faults: list[str] = []
    for file in files:
        if file.suffix.lower() == ".json":
            found.append(_record(file, path, tests))
        elif file.suffix.lower() in ENDINGS:
            found += _table(file, faults)
        else:
            raise ValueError(WRONG_END.format(file=file.name))
    names = [one.learner for one in found]
    faults += [
        f"{path.name}: “{one}” stands there {names.count(one)} times. Each learner counts once."
        for one in dict.fromkeys(names)
        if names.count(one) > 1
    ]
    if faults:
        raise ValueError("\n".join(faults))
    return found


def _tests_of(course: Path | None) -> dict[str, str]:
    try:
        tests: dict[str, str] = read_lessons(course / "lessons.yaml")["test"] if course else TESTS
    except (OSError, ValueError, KeyError):
        return TESTS
    return tests


def _record(file: Path, start: Path, tests: dict[str, str]) -> Pair:
    """A learner's own record; its name is that of the file, with its folder where there is one."""
    try:
        quizzes = json.loads(file.read_text("utf-8-sig"))["quizzes"]
        kept = [quizzes.get(tests[when]) for when in ("before", "after")]
        right = [right_in(one) if is_complete(one) else None for one in kept]
        firsts = [one["first"] if is_complete(one) else {} for one in kept]
        of = next((one["of"] for one in kept if is_complete(one)), 1)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise ValueError(NO_RECORD.format(file=file.name)) from None
    if all(map(is_complete, kept)) and kept[0]["of"] != kept[1]["of"]:
        right[0] = None  # a test of another length is not the twin
    name = file.relative_to(start).with_suffix("").as_posix() if start != file else file.stem
    before, after = ({key: one is True for key, one in first.items()} for first in firsts)
    return Pair(name, right[0], right[1], of, before, after)


def _table(file: Path, faults: list[str]) -> list[Pair]:
    rows = list(_sheet_rows(file) if file.suffix.lower() == ".xlsx" else _text_rows(file))
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if not rows:
        faults.append(NOTHING_IN.format(file=file.name))
        return []
    (_, header), *body = rows
    heads = [plain(one).replace(" ", "_") for one in header]
    missing = [one for one in NEEDED if one not in heads]
    if missing:
        shown = ", ".join(f"“{one}”" for one in header if one) or "none"
        faults.append(COLUMNS_WANTED.format(file=file.name, missing=" and ".join(missing), there=shown))
        return []
    if not body:
        faults.append(NOTHING_IN.format(file=file.name))
    found = []
    for number, cells in body:
        row = dict(zip(heads, [*cells, *[""] * len(heads)], strict=False))
        where = f"{file.name}, row {number}"
        said = len(faults)
        numbers = {name: _number(row[name], f"{where}, {name}", faults) for name in ("before", "after", "of")}
        of = numbers["of"]
        if not row["learner"]:
            faults.append(f"{where}, learner: it is empty. Give each learner a name or a number.")
        if (of is not None and of <= 0) or (of is None and len(faults) == said):
            faults.append(f"{where}, of: the number of questions has to stand here, such as 12.")
        for name in ("before", "after"):
            value = numbers[name]
            if value is not None and of is not None and not 0 <= value <= of:
                faults.append(f"{where}, {name}: “{row[name]}” does not lie between 0 and {of:g}.")
        marks = [_by_question(row, start, where, faults) for start in (BEFORE, AFTER)]
        if len(faults) == said and of:
            found.append(Pair(row["learner"], numbers["before"], numbers["after"], of, marks[0], marks[1]))
    return found


def _number(given: str, where: str, faults: list[str]) -> float | None:
    if not given:
        return None
    try:
        value = float(given.replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        faults.append(f"{where}: “{given}” is no number. Write how many were right, such as 9.")
        return None
    return value


def _by_question(row: dict[str, str], start: str, where: str, faults: list[str]) -> dict[str, bool]:
    found = {}
    for name, given in row.items():
        if not name.startswith(start) or not given:
            continue
        if given.casefold() not in (*YES, *NO):
            faults.append(f"{where}, {name}: “{given}” is not 1 (right) or 0 (wrong).")
        found[name.removeprefix(start)] = given.casefold() in YES
    return found


def _text_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    text = file_text(file.read_bytes())
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        yield reader.line_num, [unguard(one).strip() for one in cells]


def _sheet_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    from ...journey_excel import _open as open_workbook

    sheet = open_workbook(file.read_bytes(), results=True).worksheets[0]
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, [_shown(one) for one in row]


def _shown(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell).strip()

"""The rules of a whole journey table: its columns, its rows, and what stands beside it.

Every reader and the `Journey` itself bring their cells here as a `Raw`. `check` gives back a clean table, or
raises one `JourneyError` that lists everything there is to mend.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from cxkit.journey_cells import (
    ABOUT_COLUMNS,
    COLUMNS,
    NUMBERS,
    REQUIRED,
    STATES,
    WORDS,
    JourneyError,
    Problem,
    column_key,
    inferred_names,
    is_empty,
    nearest,
    problem,
    shown,
    to_language,
    to_number,
    to_text,
    to_word,
)

NO_ROWS = "There are no touchpoints. Write one row for each."


@dataclass
class Raw:
    """Cells as they were found: a header, and rows as (row number, as many cells as the header).

    `about` is what stands beside the table: name -> (row or None, column, value). `problems` are those that
    the reader found itself.
    """

    header: list[object]
    rows: list[tuple[int, list[object]]]
    about: dict[str, tuple[int | None, str, object]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def check(raw: Raw) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return the clean table and what stands beside it; raise a `JourneyError` that lists every fault."""
    problems = list(raw.problems)
    places = _check_header(raw, problems)
    cells = _check_rows(raw, places, problems)
    about = _check_about(raw, problems)
    if problems:
        raise JourneyError(sorted(problems, key=lambda each: each["row"] or 0))
    return _table(places, cells), about


def _check_header(raw: Raw, problems: list[Problem]) -> dict[str, int]:
    """Column name -> place in a row. The 13 columns go by any spelling; others keep their own name."""
    places: dict[str, int] = {}
    if not raw.header and not raw.problems:
        problems.append(problem(NO_ROWS))
        return places
    for place, cell in enumerate(raw.header):
        try:
            name = to_text(cell)
        except ValueError as error:
            problems.append(problem(str(error), row=1, value=shown(cell)))
            continue
        key = column_key(name)
        if not name:
            if any(place < len(cells) and not is_empty(cells[place]) for _, cells in raw.rows):
                problems.append(problem(f"Column number {place + 1} has values but no name. Name it.", row=1))
            continue
        if key in (*COLUMNS, "inferred"):
            name = key
        elif key in ABOUT_COLUMNS.values():
            problems.append(
                problem(f"{key} is not a column of the table. Give it beside the table.", row=1, column=name)
            )
            continue
        if name in places:
            problems.append(
                problem(f"There are two columns {name}. Keep one.", row=1, column=name, value=name)
            )
            continue
        places[name] = place
    _check_names(places, problems)
    return places


def _check_names(places: dict[str, int], problems: list[Problem]) -> None:
    extra = [name for name in places if name not in (*COLUMNS, "inferred")]
    for column in REQUIRED:
        if column not in places:
            near = nearest(column, extra)
            hint = (
                f"Rename the column “{near}” to {column}." if near else "The first row must name the columns."
            )
            if near:
                extra.remove(near)
            problems.append(problem(f"The column {column} is missing. {hint}", row=1, column=column))
    # A misspelled column would be kept as an extra one, and its scores would be lost without a word.
    absent = [column for column in COLUMNS[len(REQUIRED) :] if column not in places]
    for name in extra:
        if near := nearest(name, absent, cutoff=0.8):
            problems.append(
                problem(
                    f"“{shown(name)}” looks like {near}. Rename it to {near}; "
                    "or, if it is a column of your own, give it a name less like that.",
                    row=1,
                    column=name,
                    value=name,
                )
            )


def _check_rows(raw: Raw, places: dict[str, int], problems: list[Problem]) -> list[dict[str, object]]:
    table: list[dict[str, object]] = []
    seen = False
    for number, cells in raw.rows:
        if all(is_empty(cell) for cell in cells):
            continue
        seen = True
        table.append(_check_row(number, {name: cells[place] for name, place in places.items()}, problems))
    if not seen and not problems:
        problems.append(problem(NO_ROWS))
    return table


def _check_row(number: int, cells: dict[str, object], problems: list[Problem]) -> dict[str, object]:
    row: dict[str, object] = {}
    for column, cell in cells.items():
        try:
            row[column] = _check_cell(column, cell, list(cells))
        except ValueError as error:
            problems.append(problem(str(error), row=number, column=column, value=shown(cell)))
            continue
        if column in REQUIRED and not row[column]:
            right = (
                f"Write one of: {', '.join(WORDS[column])}." if column in WORDS else "Say what happens here."
            )
            problems.append(problem(f"The {column} is empty. {right}", row=number, column=column, value=""))
    return row


def _check_cell(column: str, cell: object, names: list[str]) -> object:
    if column in NUMBERS:
        return to_number(cell, column)
    if column in WORDS:
        return to_word(cell, column, WORDS[column])
    if column == "inferred":
        return ", ".join(inferred_names(to_text(cell), names))
    return to_text(cell)


def _check_about(raw: Raw, problems: list[Problem]) -> dict[str, str]:
    clean = dict.fromkeys(ABOUT_COLUMNS, "") | {"language": "en", "state": "as-is"}
    for name, (row, column, value) in raw.about.items():
        try:
            if name == "state":
                text = to_word(value, column, STATES)
            elif name == "language":
                text = to_language(to_text(value))
            else:
                text = to_text(value)
        except ValueError as error:
            problems.append(problem(str(error), row=row, column=column, value=shown(value)))
            continue
        clean[name] = text or clean[name]
    return clean


def _table(places: dict[str, int], rows: list[dict[str, object]]) -> pd.DataFrame:
    extra = [name for name in places if name not in COLUMNS]
    columns = {}
    for name in (*COLUMNS, *extra):
        if name in NUMBERS:
            columns[name] = pd.Series([row.get(name, math.nan) for row in rows], dtype="float64")
        else:
            columns[name] = pd.Series([row.get(name, "") for row in rows], dtype="str")
    return pd.DataFrame(columns)

"""Reading and writing a journey as CSV, and what CSV shares with Excel: all has to fit into one table."""

from __future__ import annotations

import csv
import io
import re

from cxkit.journey import Journey
from cxkit.journey_cells import (
    ABOUT_COLUMNS,
    ABOUT_PARTS,
    COLUMNS,
    PERSONA_FIELDS,
    JourneyError,
    Problem,
    column_key,
    is_empty,
    number_text,
    problem,
    shown,
)
from cxkit.journey_check import Raw


def table_cells(journey: Journey) -> tuple[list[str], list[list[str | float | None]]]:
    """Header and rows for a file that has nothing but a table: what stands beside it goes into the last row.

    In the last row and in the last column, so that a file that was cut off anywhere shows it when it is read.
    """
    about = _about(journey)
    table = journey.table
    header = [*table.columns, *(ABOUT_COLUMNS[name] for name in about)]
    rows: list[list[str | float | None]] = []
    for cells in table.itertuples(index=False, name=None):
        rows.append([None if is_empty(cell) else cell for cell in cells] + [None] * len(about))
    rows[-1][len(table.columns) :] = about.values()
    return header, rows


def _about(journey: Journey) -> dict[str, str]:
    parts = {f"persona_{part}": getattr(journey.persona, part) for part in PERSONA_FIELDS}
    parts |= {part: getattr(journey, part) for part in ABOUT_PARTS}
    return {name: text for name, text in parts.items() if text}


def raw_from_cells(
    header: list[object], rows: list[tuple[int, list[object]]], problems: list[Problem]
) -> Raw:
    """Take the columns for what stands beside the table out of the table."""
    column_about = {column: name for name, column in ABOUT_COLUMNS.items()}
    places = {place: column_key(cell) for place, cell in enumerate(header) if isinstance(cell, str)}
    places = {place: column for place, column in places.items() if column in column_about}
    about: dict[str, tuple[int | None, str, object]] = {}
    for number, cells in rows:
        for place, column in places.items():
            value, name = cells[place], column_about[column]
            if is_empty(value):
                continue
            if name in about and str(about[name][2]).strip() != str(value).strip():
                first = about[name]
                message = f"“{shown(value)}” differs from “{shown(first[2])}” in row {first[0]}. Keep one."
                problems.append(problem(message, row=number, column=column, value=shown(value)))
            about.setdefault(name, (number, column, value))
    lost = [column for name, column in ABOUT_COLUMNS.items() if name in ("language", "state")]
    if not problems and any(
        column in places.values() and column_about[column] not in about for column in lost
    ):
        problems.append(
            problem(
                "The end of the file seems to be missing: no row says the journey's language and state. "
                "Get the whole file again. If you removed the last row on purpose, write en in column "
                "journey_language and as-is in column journey_state of any row.",
                column="journey_state",
            )
        )

    def rest(cells: list[object]) -> list[object]:
        return [cell for place, cell in enumerate(cells) if place not in places]

    return Raw(rest(header), [(number, rest(cells)) for number, cells in rows], about, problems)


# A spreadsheet would run such a text as a formula; it leaves it alone behind an apostrophe. Where a spreadsheet
# splits at semicolons or tabs instead of commas, a cell may begin inside the text as well.
_SIGNS = "[=+\\-@\t＝＋－＠]"
_OPEN = re.compile(rf"(^|[;\t\n])(?=[\"']*{_SIGNS})")
_GUARDED = re.compile(rf"(^|[;\t\n])'(?=[\"']*{_SIGNS})")


def guard(text: str) -> str:
    return _OPEN.sub(r"\1'", text)


def unguard(text: str) -> str:
    return _GUARDED.sub(r"\1", text.strip(" "))


def write_csv(journey: Journey) -> bytes:
    header, rows = table_cells(journey)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guard(name) for name in header])
    for cells in rows:
        writer.writerow([guard(cell) if isinstance(cell, str) else _number_cell(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")  # without the mark, Excel shows Hebrew as gibberish


def _number_cell(cell: float | None) -> str:
    return "" if cell is None else number_text(cell)


def read_csv(data: bytes) -> Raw:
    text = file_text(data)
    if not text.strip(",;\t\r\n "):
        raise JourneyError("The file is empty.")
    given = re.match(
        r"sep=([,;\t])\r?\n", text, re.IGNORECASE
    )  # Excel's own hint, which it does not show as a row
    if given:
        text = text[given.end() :]
    records = _records(text, given[1] if given else _delimiter(text))
    filled = [(number, cells) for number, cells in records if not all(is_empty(cell) for cell in cells)]
    if not filled:
        raise JourneyError("The file is empty.")
    (_, header), *rows = filled
    problems = [_wrong_count(number, cells, header) for number, cells in rows if len(cells) != len(header)]
    whole: list[tuple[int, list[object]]] = [
        (number, [unguard(cell) for cell in cells]) for number, cells in rows if len(cells) == len(header)
    ]
    return raw_from_cells([unguard(cell) for cell in header], whole, problems)


def _wrong_count(number: int, cells: list[str], header: list[str]) -> Problem:
    message = (
        f"This row has {len(cells)} cells, the header has {len(header)}. Is the row cut off? "
        "Text that holds a comma or a line break goes in double quotes."
    )
    return problem(message, row=number, value=shown(", ".join(cells)))


def _records(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(reader, start=1):
            records.append((number, cells))
    except csv.Error as error:
        message = (
            "The double quotes of this row do not pair up, or the file is cut off here. A text in quotes "
            'begins and ends with ", and a quote inside it is written twice ("").'
        )
        raise JourneyError([problem(message, row=len(records) + 1)]) from error
    return records


def _delimiter(text: str) -> str:
    known = {*COLUMNS, *ABOUT_COLUMNS.values()}

    def names(delimiter: str) -> tuple[int, int]:
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
                if not all(is_empty(cell) for cell in cells):
                    return sum(column_key(cell) in known for cell in cells), len(cells)
        except csv.Error:
            pass
        return 0, 0

    return max(",;\t", key=names)  # the first of equals: a comma


def file_text(data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise JourneyError(
            f"The file is not UTF-8 text (line {line}), or it is damaged. "
            "In Excel choose Save as and then “CSV UTF-8”; elsewhere choose the encoding UTF-8."
        ) from None
    if "\0" in text:
        raise JourneyError(
            "The file holds NUL characters, so it is damaged or not text. Save it as “CSV UTF-8”."
        )
    return text

"""A report as files: the page, and its tables for a spreadsheet. A text in them never becomes a formula."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...files import write_atomic
from ...journey_csv import guard
from ...languages import right_to_left
from ...measures.estimate import Estimate
from .make import Person, Report
from .page import Say, asked, report_page

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | float | int | None
Table = list[list[Cell]]
# Excel reads _x0041_ inside a text as the letter A, and spells an underscore that is only itself _x005F_
_LETTER = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
WIDEST = 60


def write_report(report: Report, folder: Path) -> list[Path]:
    """Write the page, the CSV and the Excel file into `folder`, which is made where it is missing; their paths.

    Each file is the old one or the new one, never a half of each.

    >>> write_report.__name__
    'write_report'
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{report.exercise}{ending}" for ending in (".html", ".csv", ".xlsx")]
    page, table, book = paths
    write_atomic(page, report_page(report, (table.name, book.name)).encode("utf-8"))
    write_atomic(table, csv_bytes(marks_table(report)))
    write_atomic(book, excel_bytes(report))
    return paths


def csv_bytes(table: Table) -> bytes:
    """A table as CSV that a spreadsheet opens as it is, in any script, and in which no text is a formula.

    >>> csv_bytes([["learner", "total"], ["=HYPERLINK(1)", 2.5]]).decode("utf-8-sig").splitlines()
    ['learner,total', "'=HYPERLINK(1),2.5"]
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows(
        [[guard(cell) if isinstance(cell, str) else _plain(cell) for cell in row] for row in table]
    )
    return out.getvalue().encode("utf-8-sig", "replace")


def excel_bytes(report: Report) -> bytes:
    """The workbook: the sheets marks, items, answers and look, and gain where there are results of tests."""
    from openpyxl import Workbook

    sheets = {
        "marks": marks_table(report),
        "items": items_table(report),
        "answers": answers_table(report),
        "look": look_table(report),
    }
    if report.gain:
        sheets["gain"] = gain_table(report)
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        sheet.sheet_view.rightToLeft = right_to_left(report.language)
        _fill(sheet, table)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def marks_table(report: Report) -> Table:
    """A row for each learner: the total, each item, extra marks, what coming late cost; empty where nothing is marked."""
    extra = [one for one in report.items if one.extra]
    heads: list[Cell] = ["learner"]
    heads += ["name"] if report.names else []
    heads += [
        "handed_in",
        "total",
        "of",
        "late_penalty",
        *(one.name for one in report.items),
        "not_marked_yet",
    ]
    table: Table = [heads]
    of = math.fsum(one.of for one in report.items if one not in extra)
    for person in report.people:
        named: list[Cell] = [person.id, person.name] if report.names else [int(person.name)]
        table.append(
            [
                *named,
                "yes" if person.handed_in else "no",
                _rounded(person.total),
                of,
                person.late if person.marked else None,
                *(_rounded(person.got.get(one.name)) for one in report.items),
                len(person.open) if person.marked else None,
            ]
        )
    return table


def items_table(report: Report) -> Table:
    """A row for each item: difficulty and discrimination, each with n, interval, and which interval it is."""
    table: Table = [
        [
            "item", "name", "marks", "extra", "n", "not_marked_yet", "reached", "reached_low", "reached_high",
            "reached_interval", "tells_apart", "tells_low", "tells_high", "tells_n", "tells_interval", "reading",
        ]
    ]  # fmt: skip
    say = Say(report.language)
    for row in report.rows:
        reading = [say.words["tells_yes" if one == "tells" else one] for one in row.reads]
        reading += [say.words[f"why_{row.why}"]] if row.why else []
        tells = row.tells
        table.append(
            [
                row.item.label,
                row.item.name,
                row.item.of,
                "yes" if row.item.extra else "no",
                row.n,
                row.open,
                *_estimate(row.reached),
                row.reached.interval if row.reached else None,
                *_estimate(tells),
                tells.n if tells else None,
                tells.interval if tells else None,
                " ".join(reading),
            ]
        )
    return table


def answers_table(report: Report) -> Table:
    """The commonest wrong answers and the commonest sentences, with how many of how many and the interval."""
    table: Table = [["kind", "about", "answer_or_sentence", "people", "of", "share", "low", "high"]]
    say = Say(report.language)
    for wrong in report.wrong:
        for one in wrong.answers:
            table.append(
                ["answer", asked(wrong, say), say.given(one), one.people, one.share.n, *_estimate(one.share)]
            )
    for said in report.sentences:
        for one in said.said:
            about = ["sentence", said.item.label, one.given[1]]
            table.append([*about, one.people, one.share.n, *_estimate(one.share)])
    return table


def look_table(report: Report) -> Table:
    """Whose work needs a person's look, and why; who waits for marks; who did not hand in."""
    say = Say(report.language)
    table: Table = [["learner", "what", "why"]]

    def who(person: Person) -> Cell:
        return (person.id or person.name) if report.names else int(person.name)

    for one in report.look:
        table += [[who(one.who), "look", why] for why in one.why]
    for person in report.waiting:
        items = ", ".join(item.label for item in person.open)
        table.append([who(person), "waits for marks", say.words["open_items"].format(items=items)])
    table += [[who(person), "not handed in", None] for person in report.absent]
    return table


def gain_table(report: Report) -> Table:
    """What was right before the course and after it, the gain, and the same by question."""
    table: Table = [["what", "value", "low", "high", "n", "interval"]]
    gain = report.gain
    if gain is None:
        return table
    for name, one in (
        ("before, percent right", gain.before),
        ("after, percent right", gain.after),
        ("normalized gain", gain.gain),
        *((f"before, {each.name}", each.before) for each in gain.questions),
        *((f"after, {each.name}", each.after) for each in gain.questions),
    ):
        if one is not None:
            table.append([name, *_estimate(one), one.n, one.interval])
    return table


def _estimate(one: Estimate | None) -> list[Cell]:
    if one is None:
        return [None, None, None]
    return [_rounded(one.value), _rounded(one.low), _rounded(one.high)]


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 4)


def _plain(cell: float | int | None) -> str:
    return "" if cell is None else f"{cell:.10g}"


def _fill(sheet: Worksheet, table: Sequence[Sequence[Any]]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "B2"
    for number, row in enumerate(table, start=1):
        for place, value in enumerate(row, start=1):
            if value is None:
                continue
            cell: Any = sheet.cell(number, place)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=number == 1)
            if not isinstance(value, str):
                cell.value = value
                continue
            cell.value = _LETTER.sub("_x005F_", value)
            cell.data_type = "s"  # a text that looks like a formula stays text …
            cell.quotePrefix = value.lstrip("\"' \n").startswith(
                _FORMULA
            )  # … also when somebody edits it in Excel
    for place in range(len(table[0])):
        longest = max((len(str(row[place])) for row in table if row[place] is not None), default=0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(longest + 2, 10), WIDEST)
    if len(table) > 1:
        sheet.auto_filter.ref = sheet.dimensions

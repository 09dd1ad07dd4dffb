"""Reading and writing a journey as an Excel workbook with one sheet, `journey`."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cxkit.journey import Journey, right_to_left
from cxkit.journey_cells import COLUMNS, WORDS, BadCell, JourneyError, is_empty, shown
from cxkit.journey_check import Raw
from cxkit.journey_csv import raw_from_cells, table_cells

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SHEET = "journey"
WIDTHS = {"touchpoint": 36, "pain_point": 30, "quote": 36, "opportunity": 30, "owner": 20, "channel": 12}
LAST_ROW = 1000  # the lists to choose from reach a little beyond any journey
LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_SHEET = 1_000_000
# Excel reads _x0041_ inside a text as the letter A, and spells an underscore that is only itself _x005F_.
_LETTER = "x[0-9A-Fa-f]{4}_"


def write_excel(journey: Journey) -> bytes:
    header, rows = table_cells(journey)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    sheet.freeze_panes = "A2"
    sheet.sheet_view.rightToLeft = right_to_left(journey.language)
    names: list[str | float | None] = [*header]
    for number, cells in enumerate([names, *rows], start=1):
        for place, value in enumerate(cells, start=1):
            if value is not None:
                _put(sheet, number, place, value)
    for place, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(name, 14)
    for name, words in WORDS.items():
        _offer(sheet, get_column_letter(COLUMNS.index(name) + 1), words)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(sheet: Worksheet, row: int, place: int, value: str | float) -> None:
    cell: Any = sheet.cell(row, place)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if row == 1:
        cell.font = Font(bold=True)
    if not isinstance(value, str):
        cell.value = int(value) if value.is_integer() and abs(value) < 1e15 else value
        return
    cell.value = re.sub(f"_(?={_LETTER})", "_x005F_", value)
    cell.data_type = "s"  # a text that looks like a formula or an error stays text …
    cell.quotePrefix = value.startswith(("=", "+", "-", "@"))  # … also when somebody edits it in Excel


def _offer(sheet: Worksheet, letter: str, words: tuple[str, ...]) -> None:
    choice = DataValidation(
        type="list", formula1=f'"{",".join(words)}"', allow_blank=True, showErrorMessage=True
    )
    choice.errorTitle, choice.error = "Choose from the list", f"Choose one of: {', '.join(words)}."
    sheet.add_data_validation(choice)
    choice.add(f"{letter}2:{letter}{LAST_ROW}")


def read_excel(data: bytes) -> Raw:
    book = _open(data, results=False)
    sheet = _sheet(book)
    if sheet.max_row * sheet.max_column > LARGEST_SHEET:
        raise JourneyError(
            f"The sheet reaches to row {sheet.max_row} and column {get_column_letter(sheet.max_column)}. "
            "Delete the empty rows and columns behind the table, and save it again."
        )
    results = None
    if any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row):
        results = _open(data, results=True)[sheet.title]
    merged = _merged(sheet)
    rows: list[tuple[int, list[object]]] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [merged.get(cell.coordinate) or _value(cell, results) for cell in row]
        if not all(is_empty(cell) for cell in cells):
            rows.append((number, cells))
    if not rows:
        raise JourneyError("The sheet is empty.")
    (_, header), *body = rows
    return raw_from_cells(header, body, [])


def _open(data: bytes, *, results: bool) -> Workbook:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise JourneyError(
            "The workbook has a password, or it is an old .xls. Open it in Excel, remove the password, "
            "and save it as an Excel workbook (.xlsx)."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise JourneyError("The workbook is far too large when unpacked. A journey is one small sheet.")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about charts and styles that a journey does not need
            return load_workbook(io.BytesIO(data), data_only=results)
    except JourneyError:
        raise
    except Exception as error:  # a damaged workbook can break openpyxl at any place, in any way
        raise JourneyError(
            "This is not a whole Excel workbook: it is damaged, cut off, or another kind of file with the "
            "ending .xlsx. Open it in Excel and save it again as an Excel workbook (.xlsx)."
        ) from error


def _sheet(book: Workbook) -> Worksheet:
    named = [sheet for sheet in book.worksheets if sheet.title.strip().lower() == SHEET]
    filled = [
        sheet for sheet in book.worksheets if any(cell.value is not None for row in sheet for cell in row)
    ]
    found = named or filled
    if len(found) == 1:
        return found[0]
    if not found:
        raise JourneyError("The workbook is empty.")
    names = ", ".join(sheet.title for sheet in found)
    raise JourneyError(f"The workbook has several sheets: {names}. Name the one with the journey “{SHEET}”.")


def _merged(sheet: Worksheet) -> dict[str, BadCell]:
    """The cells that a merged block hides, by their name, such as A3."""
    hidden: dict[str, BadCell] = {}
    for block in sheet.merged_cells.ranges:
        first, *others = [sheet.cell(row, column) for row, column in block.cells]
        if first.value is None:
            continue
        bad = BadCell("", f"The cells {block.coord} are merged. Unmerge them, and fill each of them.")
        hidden |= {cell.coordinate: bad for cell in others}
    return hidden


def _value(cell: Any, results: Worksheet | None) -> object:
    if isinstance(cell, MergedCell):
        return None
    if cell.data_type == "f" and results is not None:
        cell = results[cell.coordinate]
        if cell.value is None:
            message = "Here stands a formula without a result. Open the file in Excel and save it."
            return BadCell("a formula", f"{message} Or write the value itself.")
    if cell.data_type == "e":
        return BadCell(
            shown(cell.value), f"Here stands the error {shown(cell.value)} of Excel. Write the value itself."
        )
    return re.sub(f"_x005F_(?={_LETTER})", "_", cell.value) if isinstance(cell.value, str) else cell.value

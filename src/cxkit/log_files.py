"""Reading the table of a log from a CSV file or an Excel workbook, with every cell of the log kept as text."""

from __future__ import annotations

import csv
import io
import os
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pandas as pd

from cxkit.files import not_found
from cxkit.journey_csv import file_text

SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")


def read_table(
    source: str | os.PathLike[str], text_columns: Callable[[Sequence[str]], Iterable[str]]
) -> pd.DataFrame:
    """The table in a file; an empty cell is missing.

    Args:
        source: a .csv, .tsv, .txt or .xlsx file.
        text_columns: given the header, the columns whose cells stay text, so that 007 does not become 7.

    Raises:
        ValueError: where there is no such file, it is of another kind, or it is damaged.
    """
    place = Path(source)
    if place.is_dir():
        raise ValueError(f"{place} is a folder. Add the name of a file in it.")
    if place.suffix.lower() == ".xes":
        raise ValueError(
            f"{place.name}: XES files are not read here. Save the log as CSV; XES names are fine."
        )
    if place.suffix.lower() not in SUFFIXES:
        raise ValueError(
            f"{place.name}: a log is read from {', '.join(SUFFIXES)}. Choose one of these endings."
        )
    try:
        data = place.read_bytes()
    except FileNotFoundError:
        raise ValueError(not_found(place, SUFFIXES)) from None
    except OSError as error:
        words = error.strerror or error
        raise ValueError(f"{place} cannot be opened ({words}). Is it open in another program?") from None
    try:
        found = _excel(data) if place.suffix.lower() == ".xlsx" else _csv(data, text_columns)
    except ValueError as error:
        raise ValueError(f"{place.name}: {error}") from None
    if found.empty:
        raise ValueError(f"{place.name} is empty. A log has a header and one row for each event.")
    return found


def _csv(data: bytes, text_columns: Callable[[Sequence[str]], Iterable[str]]) -> pd.DataFrame:
    text = file_text(data)
    given = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)  # Excel's own hint
    text = text[given.end() :] if given else text
    lines = text.strip("\r\n").splitlines()
    if not lines:
        return pd.DataFrame()
    mark = given[1] if given else max(",;\t", key=lines[0].count)
    header = next(csv.reader([lines[0]], delimiter=mark))
    _whole(lines[-1], len(header), mark, len(lines))
    try:
        with warnings.catch_warnings():
            # where every row has a cell too many, pandas drops it and only warns
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                io.StringIO(text),
                sep=mark,
                dtype=dict.fromkeys(text_columns(header), str),
                keep_default_na=False,  # an activity may be called NA
                na_values=[""],
                index_col=False,
                low_memory=False,
            )
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise ValueError(_too_many(str(error), len(header))) from None


def _whole(last: str, width: int, mark: str, row: int) -> None:
    """A file that was cut off most often ends in the middle of a row."""
    cells = last.count(mark) + 1
    if '"' not in last and cells < width:
        raise ValueError(
            f"the last row (row {row}) has {cells} cells, the header has {width}. "
            "Is the file cut off? Get the whole file again."
        )


def _too_many(message: str, width: int) -> str:
    found = re.search(r"in line (\d+), saw (\d+)", message)
    row = f"row {found[1]} has {found[2]} cells" if found else "a row has more cells"
    return (
        f"{row}, the header has {width}. Text that holds a comma or a line break goes in double quotes, "
        "and double quotes come in pairs."
    )


def _excel(data: bytes) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about charts and styles that a log does not need
            sheets = pd.read_excel(io.BytesIO(data), sheet_name=None, keep_default_na=False, na_values=[""])
    except Exception:  # a damaged workbook can break openpyxl at any place, in any way
        raise ValueError(
            "this is not a whole Excel workbook. Open it in Excel, remove a password if it has one, "
            "and save it again as an Excel workbook (.xlsx)."
        ) from None
    filled = {name: sheet for name, sheet in sheets.items() if not sheet.empty}
    named = {name: sheet for name, sheet in filled.items() if str(name).strip().lower() == "log"}
    found = list((named or filled).values())
    if len(found) > 1:
        names = ", ".join(str(name) for name in filled)
        raise ValueError(f"the workbook has several sheets: {names}. Name the one with the log “log”.")
    return found[0] if found else pd.DataFrame()

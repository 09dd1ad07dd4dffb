"""The roster of a class: who the learners are, and whom a name in a download means.

A roster is what nbgrader's `db student import` takes, or what Moodle, Canvas, Blackboard or Brightspace export.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files import not_found
from .learner_names import plain_text, safe_id, shown, squeezed

LARGEST = 20 * 1024 * 1024
MOST_ROWS = 50_000
SUFFIXES = (".csv", ".xlsx")

FIRST = ("first_name", "firstname", "given_name", "שם_פרטי")
LAST = ("last_name", "lastname", "surname", "family_name", "שם_משפחה")
NAME = (
    "name",
    "full_name",
    "fullname",
    "student",
    "student_name",
    "learner_name",
    "display_name",
    "שם",
    "שם_מלא",
)
EMAIL = ("email", "email_address", "e_mail", "mail", "דוא״ל", 'דוא"ל', "כתובת_דואר_אלקטרוני")
GROUP = ("group", "groups", "section", "class", "קבוצה")
# which column names a learner best, where a file has several
IDS = (
    "id",
    "student_id",
    "learner_id",
    "username",
    "user_name",
    "sis_login_id",
    "login_id",
    "login",
    "id_number",
    "idnumber",
    "orgdefinedid",
    "sis_user_id",
    "lms_user_id",
    "תעודת_זהות",
    "שם_משתמש",
)
MEANINGS = {
    **dict.fromkeys(FIRST, "first"),
    **dict.fromkeys(LAST, "last"),
    **dict.fromkeys(NAME, "name"),
    **dict.fromkeys(EMAIL, "email"),
    **dict.fromkeys(GROUP, "group"),
    **{name: name for name in IDS},
}

NO_HEADER = (
    "No column says who the learners are. The first row names the columns: call one of them id, username, email or "
    "name. There are: {there}."
)
NOBODY = "There is no learner in it. Under the first row, write one row for each learner."
NO_ID = "This row has no {column}. Write one: each learner needs an own {column}. Or delete the row."
NO_NAME = "This row has no name. Write one, or delete the row."
TWICE = "“{value}” stands in row {row} already. Each learner needs an own {column}."
SAME_NAME = (
    "“{value}” stands in row {row} already. Add a column id, with an own id for each of the two learners."
)
NOT_SAFE = (
    "“{value}” cannot be the name of a folder. Use letters, digits and . _ - @ only, such as “{right}”."
)
TOO_LONG_ROW = (
    "This row has {n} cells, the first row has {width}. Text that holds a comma goes in double quotes."
)
NOT_UTF8 = (
    "{name} is not UTF-8 text (line {line}), or it is damaged. In Excel choose Save as and then “CSV UTF-8”, or save "
    "it as a workbook (.xlsx)."
)
NOT_EXCEL = (
    "{name} is not a whole Excel workbook: it is damaged, it has a password, or it is another kind of file. Open it "
    "in Excel and save it again as an Excel workbook (.xlsx)."
)

Problem = dict[str, Any]


class RosterError(ValueError):
    """What is wrong with a roster, all at once, in words.

    `problems` is a list of dicts with `row` (as a spreadsheet shows it, the header being row 1; None where no row is
    meant), `column`, `value` and `message`. `str(error)` has one line for each.

    >>> print(RosterError([{"row": 3, "column": "id", "value": "", "message": "This row has no id."}]))
    Row 3, column id: This row has no id.
    """

    def __init__(self, problems: str | Sequence[Problem]) -> None:
        if isinstance(problems, str):
            problems = [{"row": None, "column": "", "value": "", "message": problems}]
        self.problems: list[Problem] = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(_line(each) for each in self.problems)


def _line(each: Problem) -> str:
    place = [f"row {each['row']}"] if each["row"] else []
    place += [f"column {each['column']}"] if each["column"] else []
    start = ", ".join(place)
    return f"{start[0].upper()}{start[1:]}: {each['message']}" if start else str(each["message"])


@dataclass(frozen=True)
class Learner:
    """One learner of a class. `id` is the name of the learner's folder; `also` are other ids that an LMS may use."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    group: str = ""
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name as people say it; the id where there is none."""
        return f"{self.first_name} {self.last_name}".strip() or self.id


def read_roster(path: str | Path) -> list[Learner]:
    """The learners in a roster, a CSV or an Excel file, in its order.

    Raises RosterError (a ValueError) that names every fault at once, OSError where the file cannot be opened.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "roster.csv"
    >>> _ = file.write_text("First name;Surname;Username\\nDana;Levi;dlevi\\n", "utf-8")
    >>> [(one.id, one.name) for one in read_roster(file)]
    [('dlevi', 'Dana Levi')]
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise RosterError(
            f"{path.name}: a roster is a .csv or an .xlsx file. Save it as one of these from your spreadsheet."
        )
    if path.is_dir():
        raise RosterError(f"{path} is a folder. Add the name of a file in it.")
    if not path.exists():
        raise FileNotFoundError(not_found(path, SUFFIXES))
    if path.stat().st_size > LARGEST:
        raise RosterError(f"{path.name} has {path.stat().st_size / 1024**2:.0f} MB. A roster is far smaller.")
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _excel_rows(path)
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise RosterError(f"{path.name} is empty.")
    (_, header), *body = filled
    return _learners(header, body)


# --- cells


def _csv_rows(path: Path) -> list[tuple[int, list[str]]]:
    data = path.read_bytes()
    try:
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RosterError(NOT_UTF8.format(name=path.name, line=line)) from None
    if "\0" in text:
        raise RosterError(NOT_UTF8.format(name=path.name, line=text[: text.index("\0")].count("\n") + 1))
    # Excel's own hint, which it does not show as a row
    hint = re.match(r"sep=([,;\t])\r?\n", text, re.IGNORECASE)
    text = text[hint.end() :] if hint else text
    delimiter = hint[1] if hint else _delimiter(text)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [(number, [_clean(cell) for cell in cells]) for number, cells in enumerate(reader, start=1)]
    except csv.Error as error:
        raise RosterError(f"{path.name} cannot be read as a table: {error}.") from None


def _delimiter(text: str) -> str:
    first = next(filter(str.strip, text.splitlines()), "")

    def known(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(_key(cell) in MEANINGS for cell in cells), len(cells)

    return max(",;\t", key=known)  # the first of equals: a comma


def _excel_rows(path: Path) -> list[tuple[int, list[str]]]:
    import warnings

    from openpyxl import load_workbook  # only here: it takes its time to load

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that a roster does not need
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                sheets = [_sheet_rows(sheet) for sheet in book.worksheets]
            finally:
                book.close()
    except RosterError:
        raise
    except Exception as error:  # a damaged workbook can break openpyxl at any place, in any way
        raise RosterError(NOT_EXCEL.format(name=path.name)) from error
    return max(sheets, key=_known, default=[])


def _sheet_rows(sheet: Any) -> list[tuple[int, list[str]]]:
    found = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MOST_ROWS:
            raise RosterError(
                f"The sheet “{shown(sheet.title)}” has more than {MOST_ROWS:,} rows. A roster is shorter."
            )
        found.append((number, [_clean(cell) for cell in cells]))
    return found


def _known(rows: list[tuple[int, list[str]]]) -> tuple[int, int]:
    """How much a sheet looks like a roster."""
    header = next((cells for _, cells in rows if any(cells)), [])
    return sum(_key(cell) in MEANINGS for cell in header), len(header)


def _clean(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return plain_text(str(cell))


def _key(text: str) -> str:
    return re.sub(r"[\s_\-]+", "_", plain_text(text).casefold())


# --- rows


def _learners(header: list[str], body: list[tuple[int, list[str]]]) -> list[Learner]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(header):
        columns.setdefault(MEANINGS.get(_key(cell), ""), place)
    columns.pop("", None)
    faults: list[Problem] = []
    rows: list[tuple[int, dict[str, str]]] = []
    for number, cells in body:
        if any(cells[len(header) :]):
            words = TOO_LONG_ROW.format(n=len(cells), width=len(header))
            faults.append({"row": number, "column": "", "value": shown(", ".join(cells)), "message": words})
            continue
        row = {name: cells[place] if place < len(cells) else "" for name, place in columns.items()}
        if "orgdefinedid" in row:  # Brightspace writes a # before ids and user names
            row |= {name: row[name].removeprefix("#") for name in IDS if name in row}
        if not _is_no_learner(row):
            rows.append((number, row))
    named = columns.keys() & {*IDS, "email", "name", "first", "last"}
    if not named:
        there = ", ".join(f"“{shown(cell)}”" for cell in header if cell)
        raise RosterError(NO_HEADER.format(there=there))
    if not rows and not faults:
        raise RosterError(NOBODY)
    own = _id_column([row for _, row in rows], columns)
    title = header[columns[own]] if own else "name"
    learners: list[Learner] = []
    seen: dict[str, int] = {}
    for number, row in rows:
        learner = _learner(row, own)
        words = _fault(learner, row, own, title, seen)
        if words:
            value = shown(row.get(own, "") if own else learner.name)
            faults.append({"row": number, "column": title, "value": value, "message": words})
        else:
            seen[learner.id.casefold()] = number
            learners.append(learner)
    if faults:
        raise RosterError(sorted(faults, key=lambda one: int(one["row"])))
    return learners


def _is_no_learner(row: dict[str, str]) -> bool:
    """True for the rows that Canvas puts among the learners: the marks that are possible, and its test student."""
    name = row.get("name", "").casefold()
    return not any(row.values()) or name.startswith("points possible") or name == "student, test"


def _id_column(rows: list[dict[str, str]], columns: dict[str, int]) -> str:
    """The column to know learners by: one that every row fills, else one that any row fills; "" for their names."""
    order = [name for name in (*IDS, "email") if name in columns]
    for enough in (all, any):
        for name in order:
            # a column of addresses is no promise that everybody has one
            if enough(row[name] for row in rows) and not (enough is any and name == "email" and _named(rows)):
                return name
    return ""


def _named(rows: list[dict[str, str]]) -> bool:
    return all(row.get("name") or row.get("first") or row.get("last") for row in rows)


def _learner(row: dict[str, str], own: str) -> Learner:
    first, last = row.get("first", ""), row.get("last", "")
    if not (first or last):
        first, last = _split(row.get("name", ""))
    name = row[own] if own else safe_id(f"{first} {last}".strip())
    others = [row[column] for column in IDS if column != own and row.get(column)]
    return Learner(
        name, first, last, row.get("email", ""), row.get("group", ""), tuple(dict.fromkeys(others))
    )


def _split(name: str) -> tuple[str, str]:
    """A whole name as first and last name: “Levi, Dana” and “Dana Levi” alike."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = name.rpartition(" ")
    return (first, last) if first else (last, "")


def _fault(learner: Learner, row: dict[str, str], own: str, title: str, seen: dict[str, int]) -> str:
    if not learner.id:
        return NO_ID.format(column=title) if own else NO_NAME
    if own and safe_id(learner.id) != learner.id:
        return NOT_SAFE.format(value=shown(learner.id), right=safe_id(learner.id))
    before = seen.get(learner.id.casefold())
    if before is None:
        return ""
    if own:
        return TWICE.format(value=shown(learner.id), row=before, column=title)
    return SAME_NAME.format(value=shown(learner.name), row=before)


# --- whom a name means


class Register:
    """Finds the learners whom a text may mean: by id, address, user name, or name in either order.

    >>> register = Register([Learner("dlevi", "Dana", "Lévi"), Learner("omar")])
    >>> [one.id for one in register.find("LEVI, dana")], register.find("Dan")
    (['dlevi'], [])
    """

    def __init__(self, learners: Iterable[Learner]) -> None:
        self.exact: dict[str, set[Learner]] = {}
        self.loose: dict[str, set[Learner]] = {}
        self.local: dict[str, set[Learner]] = {}
        for one in learners:
            ids = [text for text in (one.id, one.email, *one.also) if text]
            words = f"{one.first_name} {one.last_name}".split()
            names = [" ".join(words[at:] + words[:at]) for at in range(len(words))]
            for text in (*ids, *names):
                self.exact.setdefault(_exact(text), set()).add(one)
                self.loose.setdefault(squeezed(text), set()).add(one)
            # many user names are the front of the address
            self.local.setdefault(squeezed(one.email.partition("@")[0]), set()).add(one)

    def find(self, text: str) -> list[Learner]:
        """The learners whom the text may mean; none where it means nobody."""
        key = squeezed(text)
        if not key:
            return []
        found = self.exact.get(_exact(text)) or self.loose.get(key) or self.local.get(key) or set()
        return sorted(found, key=lambda one: one.id)


def _exact(text: str) -> str:
    return plain_text(text).casefold()

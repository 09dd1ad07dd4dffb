"""Reading and writing journeys: round trips, what files look like, and what people bring."""

import csv
import datetime
import io
import json
import zipfile

import pytest
import yaml
from any_journey import SMALL, SUFFIXES, TEXT_SUFFIXES, TRICKY, decode, encode, journeys, quick, slow
from hypothesis import given
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from cxkit import journey_files
from cxkit.cases import case
from cxkit.journey import COLUMNS, Journey, JourneyError, read_journey
from cxkit.journey_cells import PERSONA_FIELDS, column_key


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("journeys")


def _round_trip(journey, place):
    journey.save(place)
    back = read_journey(place)
    assert back == journey
    assert list(back.table.columns) == list(journey.table.columns)
    assert (back.table.dtypes == journey.table.dtypes).all()


@pytest.mark.parametrize("suffix", TEXT_SUFFIXES)
@quick
@given(journey=journeys())
def test_reading_back_gives_an_equal_journey(folder, suffix, journey):
    _round_trip(journey, folder / f"any{suffix}")


@slow
@given(journey=journeys())
def test_reading_back_gives_an_equal_journey_from_excel(folder, journey):
    _round_trip(journey, folder / "any.xlsx")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_tricky_text_survives_in_every_place(folder, suffix):
    place = folder / f"tricky{suffix}"
    extra = list({column_key(text): text for text in TRICKY}.values())
    row = {"stage": "care", "channel": "web"}
    _round_trip(Journey([row | {"touchpoint": text, "owner": text, "quote": text} for text in TRICKY]), place)
    _round_trip(Journey([row | {"touchpoint": "x"} | {text: text for text in extra}]), place)
    for text in TRICKY:
        about = dict.fromkeys(("title", "scenario", "source"), text)
        persona = dict.fromkeys(PERSONA_FIELDS, text)
        journey = Journey([row | {"touchpoint": "x"}], persona=persona, **about)
        assert decode(encode(journey, suffix), suffix) == journey


@pytest.mark.parametrize("suffix", (*SUFFIXES, ".yml", ".JSON"))
def test_a_shipped_journey_survives(folder, suffix):
    _round_trip(case("hmo_opt_out").journey, folder / f"lucy{suffix}")


# --- what the files look like -----------------------------------------------------------------------------


def test_csv_is_what_excel_expects():
    data = encode(SMALL, ".csv")
    assert data.startswith(b"\xef\xbb\xbfstage,touchpoint,channel,")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    first, last = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
    assert (first["expected"], first["experienced"], last["wait_days"]) == ("7", "", "0.5")
    assert first["mood"] == "'=ok"  # never a formula
    assert rows[0][-1] == "journey_state"
    assert (first["journey_state"], last["journey_state"], last["persona_name"]) == ("", "to-be", "Lucy")


@pytest.mark.parametrize("sign", "=+-@")
def test_no_csv_cell_is_a_formula(sign):
    text = f"{sign}HYPERLINK(1)"
    journey = Journey(
        [{"stage": "care", "touchpoint": text, "channel": "web", text: text}], title=text, persona=text
    )
    for row in csv.reader(io.StringIO(encode(journey, ".csv").decode("utf-8-sig"), newline="")):
        assert not [value for value in row if value.startswith(("=", "+", "-", "@", "\t"))]


def test_excel_has_one_calm_sheet_with_lists_to_choose_from():
    book = load_workbook(io.BytesIO(encode(SMALL.replace(language="he"), ".xlsx")))
    assert book.sheetnames == ["journey"]
    sheet = book["journey"]
    assert sheet.freeze_panes == "A2" and sheet["A1"].font.bold and sheet.sheet_view.rightToLeft
    assert sheet["B3"].alignment.wrap_text and sheet.column_dimensions["B"].width > 20
    choices = sheet.data_validations.dataValidation
    assert all(each.showErrorMessage and each.allow_blank for each in choices)
    lists = {str(each.sqref): each.formula1 for each in choices}
    assert lists["A2:A1000"] == '"pre-care,care,post-care"'
    assert set(lists) == {f"{letter}2:{letter}1000" for letter in "ACHJL"}
    assert (sheet["E2"].value, sheet["E2"].data_type) == (7, "n")
    assert (sheet["N2"].value, sheet["N2"].data_type, sheet["N2"].quotePrefix) == ("=ok", "s", True)
    english = load_workbook(io.BytesIO(encode(SMALL, ".xlsx")))
    assert not english["journey"].sheet_view.rightToLeft


def test_documents_have_the_shape_that_people_write():
    document = json.loads(encode(SMALL, ".json"))
    assert list(document) == ["title", "persona", "scenario", "source", "language", "state", "touchpoints"]
    assert document["persona"] == {"name": "Lucy"}
    assert document["touchpoints"][0]["expected"] == 7 and document["touchpoints"][0]["experienced"] is None
    text = encode(SMALL, ".yaml").decode()
    assert text.startswith("# A customer journey.") and text.endswith("\n...\n")
    assert yaml.safe_load(text) == document


def test_a_journey_that_would_not_come_back_is_not_written(tmp_path, monkeypatch):
    place = tmp_path / "a.csv"
    place.write_bytes(b"old")
    monkeypatch.setitem(
        journey_files._WRITERS, ".csv", lambda journey: encode(journey.replace(title=""), ".json")
    )
    monkeypatch.setitem(journey_files._READERS, ".csv", journey_files.read_json)
    with pytest.raises(JourneyError, match=r"cannot hold this journey as it is\. Nothing was written"):
        SMALL.save(place)
    assert place.read_bytes() == b"old"


# --- what people bring ------------------------------------------------------------------------------------

PLAIN = "Stage,Touchpoint,Channel,Expected,Own\ncare,Calls,Phone,7,x\ncare,Waits,letter,,y\n"
READ = Journey(
    [
        {"stage": "care", "touchpoint": "Calls", "channel": "phone", "expected": 7, "Own": "x"},
        {"stage": "care", "touchpoint": "Waits", "channel": "letter", "Own": "y"},
    ]
)


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode("utf-16"),
        ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.rstrip().encode(),
        (PLAIN + "\n\n,,,,\n").encode(),
        ("\n" + PLAIN.replace("\n", "\n\n")).encode(),
        PLAIN.replace("Calls", '"Calls"').encode(),
        PLAIN.replace(",", " , ").encode(),
        PLAIN.replace("7", " ٧ ").encode(),
        PLAIN.replace(",7,", ',"7,0",').encode(),
        PLAIN.replace("\n", ",\n").encode(),
        b"Own,Channel,Expected,Stage,Touchpoint\nx,Phone,7,care,Calls\ny,letter,,care,Waits\n",
    ],
)
def test_csv_files_of_many_origins_are_read(tmp_path, data):
    place = tmp_path / "a.csv"
    place.write_bytes(data)
    assert read_journey(place) == READ


def test_csv_with_quoted_line_breaks_counts_rows_as_a_spreadsheet_does():
    data = b'stage,touchpoint,channel\ncare,"Calls\r\ntwice",phone\n\ncare,x,fone\n'
    with pytest.raises(JourneyError) as caught:
        decode(data, ".csv")
    assert [(each["row"], each["column"]) for each in caught.value.problems] == [(4, "channel")]
    assert decode(data.replace(b"fone", b"app"), ".csv").table.loc[0, "touchpoint"] == "Calls\ntwice"


def test_what_stands_beside_the_table_is_found_in_any_row():
    head = "journey_title,stage,touchpoint,channel,Persona Name,journey_state\n"
    text = head + "T,care,a,web,,\nT,care,b,web,Lucy,To be\n"
    journey = decode(text.encode(), ".csv")
    assert (journey.title, journey.persona.name, journey.state, journey.language) == (
        "T",
        "Lucy",
        "to-be",
        "en",
    )
    assert list(journey.table.columns) == list(COLUMNS)
    with pytest.raises(JourneyError, match=r"Row 3, column journey_title: “U” differs from “T” in row 2"):
        decode(text.replace("T,care,b", "U,care,b").encode(), ".csv")
    with pytest.raises(
        JourneyError, match=r"Row 3, column journey_state: “gone” is not a word for journey_state"
    ):
        decode(text.replace("To be", "gone").encode(), ".csv")


def test_long_titles_that_differ_only_at_their_end_differ():
    long = "x" * 100
    text = f"stage,touchpoint,channel,journey_title\ncare,a,web,{long}1\ncare,b,web,{long}2\n"
    with pytest.raises(JourneyError, match="differs from"):
        decode(text.encode(), ".csv")


@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (".json", b'\xef\xbb\xbf{"touchpoints": [{"Stage": "care", "touchpoint": "007", "channel": "web"}]}'),
        (
            ".json",
            '{"touchpoints": [{"stage": "care", "touchpoint": "007", "channel": "web"}]}'.encode("utf-16"),
        ),
        (
            ".yaml",
            b"touchpoints:\n- {stage: care, touchpoint: 007, channel: Web, owner: ~, expected: null}\n",
        ),
        (
            ".yml",
            b"---\r\ntouchpoints:\r\n- stage: care\r\n  touchpoint: 007\r\n  channel: web\r\n",
        ),
    ],
)
def test_documents_written_by_hand_are_read(suffix, data):
    assert decode(data, suffix) == Journey([{"stage": "care", "touchpoint": "007", "channel": "web"}])


def test_words_and_numbers_in_documents_stay_what_they_say():
    row = "stage: care, channel: web, touchpoint: no, owner: 1e5, quote: 2026-11-01, pain_point: 'null'"
    table = decode(f"touchpoints:\n- {{{row}, expected: 7.5}}\n".encode(), ".yaml").table
    texts = table.loc[0, ["touchpoint", "owner", "quote", "pain_point"]].tolist()
    assert texts == ["no", "1e5", "2026-11-01", "null"]
    assert table.loc[0, "expected"] == 7.5
    row = '{"stage": "care", "channel": "web", "touchpoint": 7.50, "owner": true, "wait_days": 1e1}'
    table = decode(f'{{"touchpoints": [{row}]}}'.encode(), ".json").table
    assert table.loc[0, ["touchpoint", "owner", "wait_days"]].tolist() == ["7.50", "true", 10]


def excel(rows, change=None):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


HEAD = ["Stage", "Touchpoint", "Channel", "Expected", "Wait days", "Seen"]


def test_excel_files_of_people_are_read():
    rows = [
        HEAD,
        ["Care", "Calls", "Phone", "7,5", 3.0, datetime.datetime(2026, 5, 1)],
        [],
        ["care", 7, "web", 8.0],
    ]

    def change(book, sheet):
        sheet.title = "Sheet of mine"
        sheet["G9"].font = Font(bold=True)  # a styled cell far below is not a row
        book.create_sheet("Empty")

    table = decode(excel(rows, change), ".xlsx").table
    assert table["touchpoint"].tolist() == ["Calls", "7"]
    assert table["expected"].tolist() == [7.5, 8.0]
    assert table["Seen"].tolist() == ["2026-05-01", ""]


def test_among_several_sheets_the_one_named_journey_counts():
    def change(book, sheet):
        book.create_sheet("notes").append(["x"])

    rows = [HEAD[:3], ["care", "Calls", "web"]]
    with pytest.raises(
        JourneyError, match=r"several sheets: Sheet, notes\. Name the one with the journey “journey”"
    ):
        decode(excel(rows, change), ".xlsx")

    def named(book, sheet):
        change(book, sheet)
        sheet.title = "Journey"

    assert len(decode(excel(rows, named), ".xlsx")) == 1


def with_result(data, formula, result):
    """The workbook as Excel would save it: the formula with its result beside it (openpyxl writes none)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                empty = f"<f>{formula}</f><v></v>".encode()
                short = f"<f>{formula}</f><v />".encode()
                assert empty in part or short in part
                filled = f"<f>{formula}</f><v>{result}</v>".encode()
                part = part.replace(empty, filled).replace(short, filled)
            new.writestr(name, part)
    return out.getvalue()


def test_excel_formulas_count_by_their_result():
    data = excel([HEAD, ["care", "Calls", "web", "=3+4", 1, None]])
    assert decode(with_result(data, "3+4", "7"), ".xlsx").table.loc[0, "expected"] == 7
    with pytest.raises(JourneyError, match=r"Row 2, column expected: Here stands a formula without a result"):
        decode(data, ".xlsx")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (["care", "Calls", "web", "#REF!"], "Row 3, column expected: Here stands the error #REF! of Excel."),
        (["care", "#N/A", "web", 7], "Row 3, column touchpoint: Here stands the error #N/A of Excel."),
        (
            ["care", "Calls", "web", datetime.datetime(2026, 7, 1)],
            "Row 3, column expected: Here stands a date",
        ),
        (
            ["care", "Calls", "web", datetime.time(7, 30)],
            "Row 3, column expected: Here stands a date or a time",
        ),
        (["care", "Calls", "web", True], "Row 3, column expected: “true” is not a number."),
    ],
)
def test_excel_cells_that_are_not_values_are_named(row, problem):
    with pytest.raises(JourneyError) as caught:
        decode(excel([HEAD, ["care", "Calls", "web"], row]), ".xlsx")
    assert str(caught.value).startswith(problem) and len(caught.value.problems) == 1


def test_merged_cells_are_named():
    rows = [HEAD[:3], ["care", "Calls", "web"], [None, "Waits", "web"]]
    with pytest.raises(JourneyError, match=r"Row 3, column stage: The cells A2:A3 are merged\. Unmerge them"):
        decode(excel(rows, lambda book, sheet: sheet.merge_cells("A2:A3")), ".xlsx")


def test_a_sheet_with_a_stray_cell_far_out_is_refused_in_time():
    with pytest.raises(JourneyError, match="The sheet reaches to row 1048576 and column XFD"):
        decode(excel([HEAD], lambda book, sheet: sheet.cell(1048576, 16384, "x")), ".xlsx")

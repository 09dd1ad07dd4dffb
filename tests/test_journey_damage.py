"""Files that are not journeys, or no longer: each is refused in words, and nothing is half-read."""

import csv
import io
import math
import zipfile

import pytest
from any_journey import SMALL, SUFFIXES, TEXT_SUFFIXES, decode, encode, journeys, quick, slow, texts
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cxkit.journey import Journey, JourneyError, read_journey

# --- what is refused --------------------------------------------------------------------------------------

H = b"stage,touchpoint,channel,expected\n"


@pytest.mark.parametrize(
    ("suffix", "data", "words"),
    [
        (".csv", b"", "a.csv is empty."),
        (".csv", b" \r\n\r\n", "a.csv is empty."),
        (".csv", b",,\n,,\n", "The file is empty."),
        (".csv", b";;x\n", "The column stage is missing. The first row must name the columns."),
        (".csv", H, "There are no touchpoints."),
        (".csv", H + b"care,x,web\n", "Row 2: This row has 3 cells, the header has 4. Is the row cut off?"),
        (".csv", H + b"care,x,web,7\ncare,x,web,7,5\n", "Row 3: This row has 5 cells, the header has 4."),
        (".csv", H + b'care,"x,web,7\n', "Row 2: The double quotes of this row do not pair up"),
        (".csv", H + b'care,"x" y,web,7\n', "Row 2: The double quotes of this row do not pair up"),
        (".csv", H + "care,é,web,7\n".encode("cp1252"), r"not UTF-8 text \(line 2\).*“CSV UTF-8”"),
        (".csv", H + b"care,x\0,web,7\n", "NUL characters"),
        (".csv", H.decode().encode("utf-16-le"), "NUL characters"),
        (".csv", H + b"care,x\x08,web,7\n", r"Row 2, column touchpoint: .* hidden character \(U\+0008\)"),
        (".csv", b"some,other,table\n1,2,3\n", "The column stage is missing"),
        (
            ".csv",
            b"stage,touch point,channel\ncare,x,web\n",
            "Rename the column “touch point” to touchpoint.",
        ),
        (".csv", b"stage,touchpoint,channel,Stage\ncare,x,web,care\n", "There are two columns stage."),
        (".csv", H + b"care," + b"x" * 140_000 + b",web,7\n", "do not pair up|characters. At most"),
        (".csv", b"PK\x03\x04" + bytes(50), "NUL|not UTF-8"),
        (".xlsx", b"stage,touchpoint,channel\n", "This is not a whole Excel workbook"),
        (".xlsx", b"PK\x03\x04" + bytes(50), "This is not a whole Excel workbook"),
        (".xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "has a password, or it is an old .xls"),
        (".json", b"{", "This is not whole JSON: .* Is the file cut off"),
        (".json", b"[]", "does not have the shape of a journey.*under touchpoints a list"),
        (".json", b'{"touchpoints": {}}', "does not have the shape"),
        (".json", b'{"touchpoints": []}', "There are no touchpoints"),
        (".json", b'{"touchpoints": [1]}', "Row 2: “1” is not a touchpoint"),
        (".json", b'{"touchpoints": [{"stage": ["care"]}]}', "Row 2, column stage: Here stands a list."),
        (".json", b'{"touchpoints": [], "title": "a", "title": "b"}', "“title” stands twice"),
        (".json", b'{"touchpoints": [{"stage": "care", "stage": "x"}]}', "“stage” stands twice"),
        (
            ".json",
            b'{"touchpoints": [{}], "titel": "x"}',
            "“titel” is not a part of a journey. Did you mean title?",
        ),
        (".json", b'{"touchpoints": [{}], "persona": {"nam": "x"}}', "Did you mean name?"),
        (".json", b'{"touchpoints": [{}], "title": ["x"]}', "Column title: Here stands a list."),
        (".json", b'{"touchpoints": [{"stage": "\\ud800"}]}', r"hidden character \(U\+D800\)"),
        (".json", b"[" * 100_000, "a maze of lists"),
        (".yaml", b"a: [", "This is not YAML that we can read near line 1"),
        (".yaml", b"a: b: c", "near line 1.*Put text that holds : or # in quotes"),
        (".yaml", b"a: 1\n---\nb: 2\n", "This is not YAML that we can read"),
        (".yaml", b"touchpoints: []\ntouchpoints: []\n", "“touchpoints” stands twice"),
        (
            ".yaml",
            b"touchpoints:\n- {stage: !!python/object:os.system x}\n",
            "This is not YAML that we can read",
        ),
        (
            ".yaml",
            b"touchpoints:\n- {stage: !!timestamp x, ? [a] : b}\n",
            "This is not YAML that we can read",
        ),
        (".yaml", b"touchpoints:\n- stage: \x07\n", "This is not YAML that we can read"),
        (".yaml", b"just text", "does not have the shape"),
        (".yaml", b"# nothing\n", "does not have the shape"),
        (".yaml", b"[" * 5000, "a maze of lists|not YAML"),
        (".yaml", b"a: &a [x]\nb: &b [*a,*a]\ntouchpoints:\n- stage: *b\n", "Here stands a list"),
    ],
)
def test_files_that_are_not_journeys_are_refused_in_words(tmp_path, suffix, data, words):
    place = tmp_path / f"a{suffix}"
    place.write_bytes(data)
    with pytest.raises(JourneyError, match=words):
        read_journey(place)


def test_problems_of_rows_cells_and_words_come_together():
    data = H + b"care,a,fone,7\ncare,b\ncare,,web,99\n"
    with pytest.raises(JourneyError) as caught:
        decode(data, ".csv")
    found = [(each["row"], each["column"]) for each in caught.value.problems]
    assert found == [(2, "channel"), (3, ""), (4, "touchpoint"), (4, "expected")]


def test_a_file_that_is_not_there_is_told_with_place_and_nearest_name(tmp_path, monkeypatch):
    SMALL.save(tmp_path / "lucy_map.csv")
    with pytest.raises(JourneyError) as caught:
        read_journey(tmp_path / "lucy-map.xlsx")
    assert str(caught.value) == f"There is no file lucy-map.xlsx in {tmp_path}. Did you mean lucy_map.csv?"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(JourneyError, match=r"There is no file zebra\.csv in .*Check the name and the folder"):
        read_journey("zebra.csv")
    with pytest.raises(JourneyError, match=r"the folder .*nowhere does not exist"):
        read_journey("nowhere/lucy.csv")
    with pytest.raises(JourneyError, match="is a folder"):
        read_journey(tmp_path)
    with pytest.raises(JourneyError, match=r"There is no file"):
        read_journey("a\0b.csv")
    with pytest.raises(JourneyError, match=r"“7” is not the name of a file\. Write it in quotes"):
        read_journey(7)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.txt", r"a\.txt: we read \.csv, \.xlsx, \.json, \.yaml, \.yml\. Choose"),
        ("a", "we read .csv"),
        ("a.xls", r"we do not read \.xls\. Save it as an Excel workbook \(\.xlsx\)"),
        ("a.ods", "we do not read .ods"),
    ],
)
def test_other_kinds_of_files_are_refused(tmp_path, name, words):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(JourneyError, match=words):
        read_journey(tmp_path / name)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    place = tmp_path / "a.csv"
    with place.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    with pytest.raises(JourneyError, match=r"a\.csv has 21 MB\. A journey fits in far less than 20 MB"):
        read_journey(place)


def test_a_workbook_that_unpacks_to_a_flood_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for number in range(21):
            book.writestr(f"{number}", bytes(10 * 1024 * 1024))
    with pytest.raises(JourneyError, match="far too large when unpacked"):
        decode(out.getvalue(), ".xlsx")


def test_saving_says_what_it_can_write(tmp_path):
    with pytest.raises(JourneyError, match=r"we write \.csv, .*draw the map as \.svg, \.png or \.pdf"):
        SMALL.save(tmp_path / "a.txt")
    with pytest.raises(JourneyError, match=r"The folder .*nowhere does not exist"):
        SMALL.save(tmp_path / "nowhere" / "a.csv")
    with pytest.raises(JourneyError, match="null"):
        SMALL.save("a\0b.csv")
    with pytest.raises(JourneyError, match="is not the name of a file"):
        SMALL.save(None)
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(JourneyError, match="is a folder"):
        SMALL.save(tmp_path / "b.csv")
    assert not list((tmp_path / "b.csv").iterdir())


@pytest.mark.parametrize("suffix", [".svg", ".PNG", ".pdf"])
def test_a_picture_suffix_draws_the_map(tmp_path, monkeypatch, suffix):
    saved = []
    picture = type("Picture", (), {"save": lambda self, path: saved.append(path)})
    monkeypatch.setattr(Journey, "draw", lambda self: picture())
    SMALL.save(tmp_path / f"map{suffix}")
    assert saved == [tmp_path / f"map{suffix}"]


# --- damage -----------------------------------------------------------------------------------------------


def survives(data, suffix, journey):
    """Damaged bytes give the same journey or words, and nothing else."""
    try:
        found = decode(data, suffix)
    except JourneyError as error:
        assert str(error) and all(each["message"] for each in error.problems)
        return False
    assert found == journey
    return True


@pytest.mark.parametrize("suffix", TEXT_SUFFIXES)
def test_a_file_cut_off_at_any_byte_is_noticed(suffix):
    data = encode(SMALL, suffix)
    whole = [cut for cut in range(len(data)) if survives(data[:cut], suffix, SMALL)]
    assert set(whole) <= set(range(len(data) - 2, len(data)))  # only the last line break may go unnoticed


def test_a_workbook_cut_off_anywhere_is_noticed():
    data = encode(SMALL, ".xlsx")
    cuts = [*range(0, len(data), 151), *range(len(data) - 25, len(data))]
    assert not [cut for cut in cuts if survives(data[:cut], ".xlsx", SMALL)]


@pytest.mark.parametrize("suffix", TEXT_SUFFIXES)
@quick
@given(journey=journeys(), part=st.floats(0, 1, exclude_max=True))
def test_any_journey_cut_off_anywhere_is_noticed(suffix, journey, part):
    data = encode(journey, suffix)
    survives(data[: math.floor(part * len(data))], suffix, journey)


@pytest.mark.parametrize("suffix", TEXT_SUFFIXES)
@quick
@given(place=st.integers(0, 10_000), byte=st.sampled_from([0x80, 0xBF, 0xC0, 0xC1, 0xF5, 0xFE, 0xFF]))
def test_bytes_that_are_not_utf8_are_noticed(suffix, place, byte):
    data = bytearray(encode(SMALL, suffix))
    place %= len(data)
    assume(data[place] != byte)
    data[place] = byte
    try:
        data.decode()
    except UnicodeDecodeError:
        assert not survives(bytes(data), suffix, SMALL)


@pytest.mark.parametrize("suffix", TEXT_SUFFIXES)
@quick
@given(place=st.integers(0, 10_000), junk=st.binary(min_size=1, max_size=4), drop=st.integers(0, 4))
def test_junk_in_a_file_never_ends_in_another_error(suffix, place, junk, drop):
    data = encode(SMALL, suffix)
    place %= len(data)
    try:
        decode(data[:place] + junk + data[place + drop :], suffix)
    except JourneyError as error:
        assert str(error)


@slow
@given(place=st.integers(0, 100_000), bit=st.integers(0, 7))
def test_a_flipped_bit_in_a_workbook_is_noticed_or_harmless(place, bit):
    data = bytearray(WORKBOOK)
    data[place % len(data)] ^= 1 << bit
    survives(bytes(data), ".xlsx", SMALL)


WORKBOOK = encode(SMALL, ".xlsx")


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(quick, max_examples=40)
@given(data=st.binary(max_size=200))
@example(data=b"PK\x05\x06" + bytes(18))
def test_any_bytes_give_words(suffix, data):
    with pytest.raises(JourneyError):
        decode(data, suffix)


@quick
@given(journey=journeys(), choice=st.data())
def test_a_dropped_or_added_cell_is_noticed(journey, choice):
    rows = list(csv.reader(io.StringIO(encode(journey, ".csv").decode("utf-8-sig"), newline="")))
    row = choice.draw(st.sampled_from(range(len(rows))))
    place = choice.draw(st.sampled_from(range(len(rows[row]))))
    if choice.draw(st.booleans()):
        del rows[row][place]
    else:
        rows[row].insert(place, choice.draw(texts))
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    with pytest.raises(JourneyError):
        decode(out.getvalue().encode("utf-8-sig"), ".csv")


def test_a_lost_last_row_is_told_with_the_way_out():
    lines = encode(SMALL, ".csv").split(b"\r\n")
    assert len(lines) == 4
    data = b"\r\n".join(lines[:2]) + b"\r\n"
    with pytest.raises(JourneyError) as caught:
        decode(data, ".csv")
    (found,) = caught.value.problems
    assert found["column"] == "journey_state"
    assert "The end of the file seems to be missing" in found["message"]
    assert "If you removed the last row on purpose, write en in column journey_language" in found["message"]
    mended = data.replace(b",,\r\n", b",en,as-is\r\n")
    assert mended != data and len(decode(mended, ".csv")) == 1


def test_a_yaml_file_of_ours_without_its_last_line_is_refused():
    data = encode(SMALL, ".yaml")
    assert data.endswith(b"\n...\n")
    with pytest.raises(JourneyError, match=r"its last line must be three dots"):
        decode(data[:-4], ".yaml")
    by_hand = data[:-4].split(b"\n", 1)[1]
    assert decode(by_hand, ".yaml") == SMALL

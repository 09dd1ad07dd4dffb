"""A roster is read whatever program saved it, and all that is wrong with one is said at once."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from cxkit.grading.roster import Learner, Register, RosterError, read_roster

DANA = Learner("dlevi", "Dana", "Levi", "dana@clinic.example")


def write(folder, text, name="roster.csv", code="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(code))
    return path


def workbook(folder, *rows, other=None):
    book = Workbook()
    if other:
        book.active.append(other)
        book.create_sheet("class")
    for row in rows:
        book.worksheets[-1].append(row)
    book.save(folder / "roster.xlsx")
    return folder / "roster.xlsx"


EXPORTS = {
    "nbgrader": (
        "id,first_name,last_name,email,lms_user_id\ndlevi,Dana,Levi,dana@clinic.example,77\n",
        Learner("dlevi", "Dana", "Levi", "dana@clinic.example", "", ("77",)),
    ),
    "Moodle": (
        '"First name","Last name","ID number","Email address",Institution\nDana,Levi,0123,dana@clinic.example,Clinic\n',
        Learner("0123", "Dana", "Levi", "dana@clinic.example"),
    ),
    "Moodle without numbers": (
        "First name,Surname,ID number,Email address\nDana,Levi,,dana@clinic.example\n",
        Learner("dana@clinic.example", "Dana", "Levi", "dana@clinic.example"),
    ),
    "Moodle with user names": (
        "Username,First name,Surname,ID number,Group\ndlevi,Dana,Levi,5,A\n",
        Learner("dlevi", "Dana", "Levi", "", "A", ("5",)),
    ),
    "Canvas": (
        "Student,ID,SIS User ID,SIS Login ID,Section,Quiz\n    Points Possible,,,,,10\n"
        '"Levi, Dana",123,s9,dlevi,A,7\n"Student, Test",999,,ab12,A,\n',
        Learner("123", "Dana", "Levi", "", "A", ("dlevi", "s9")),
    ),
    "Blackboard": (
        '"Last Name"\t"First Name"\t"Username"\t"Availability"\nLevi\tDana\tdlevi\tYes\n',
        Learner("dlevi", "Dana", "Levi"),
    ),
    "Brightspace": (
        "OrgDefinedId,Username,Last Name,First Name,Email\n#77,#dlevi,Levi,Dana,dana@clinic.example\n",
        Learner("dlevi", "Dana", "Levi", "dana@clinic.example", "", ("77",)),
    ),
    "names alone": ("Name\nDana Levi\n", Learner("Dana Levi", "Dana", "Levi")),
    "Hebrew": ("שם פרטי,שם משפחה\nדנה,לוי\n", Learner("דנה לוי", "דנה", "לוי")),
}


@pytest.mark.parametrize("program", EXPORTS)
def test_what_a_program_exports(program, tmp_path):
    text, right = EXPORTS[program]
    assert read_roster(write(tmp_path, text)) == [right]


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_any_way_to_save_a_table(code, sign, tmp_path):
    text = "Last Name,FIRST-NAME, e-mail ,Note,Id\r\nLevi,Dana,dana@clinic.example,,dlevi\r\n\r\n,,,,\r\n"
    assert read_roster(write(tmp_path, text.replace(",", sign), code=code)) == [DANA]


def test_excel_with_numbers_and_another_sheet(tmp_path):
    rows = (
        ["First name", "Surname", "ID"],
        ["Dana", "Levi", 123.0],
        [None, None, None],
        ["Omar", "Cohen", 456],
    )
    found = read_roster(workbook(tmp_path, *rows, other=["Notes on the course"]))
    assert [(one.id, one.name) for one in found] == [("123", "Dana Levi"), ("456", "Omar Cohen")]


def test_all_faults_at_once(tmp_path):
    text = "id,name\ndana,Dana\n,Omar\nDANA,Noa\n../lea,Lea\n=1+1,Tom\nida,Ida,Ida again\n"
    with pytest.raises(RosterError) as caught:
        read_roster(write(tmp_path, text))
    problems = caught.value.problems
    assert [(one["row"], one["column"], one["value"]) for one in problems] == [
        (3, "id", ""),
        (4, "id", "DANA"),
        (5, "id", "../lea"),
        (6, "id", "=1+1"),
        (7, "", "ida, Ida, Ida again"),
    ]
    assert "in row 2 already" in problems[1]["message"]
    assert "such as “___lea”" in problems[2]["message"]
    assert str(caught.value).splitlines()[0].startswith("Row 3, column id: This row has no id.")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("id,name\n", "no learner"),
        ("colour,size\nred,3\n", "“colour”, “size”"),
        ("Name\nDana Levi\nDana Levi\n", "Row 3, column name: “Dana Levi” stands in row 2 already"),
        (
            "Name,Email\nDana,dana@x.example\n,omar@x.example\nNoa,\n",
            "Row 4, column Email: This row has no Email",
        ),
        ("First name,Surname,Group\n,,A\nDana,Levi,A\n", "Row 2, column name: This row has no name"),
        ("id\n\0\n", "NUL"),
    ],
)
def test_what_is_wrong_is_said(text, words, tmp_path):
    with pytest.raises(RosterError, match=words if words != "NUL" else "not UTF-8 text .line 2"):
        read_roster(write(tmp_path, text))


def test_files_that_are_no_roster(tmp_path):
    with pytest.raises(RosterError, match="CSV UTF-8"):
        read_roster(write(tmp_path, "id,name\nd,דנה\n", code="cp1255"))
    with pytest.raises(RosterError, match="not a whole Excel workbook"):
        read_roster(write(tmp_path, "no workbook", "roster.xlsx"))
    with pytest.raises(RosterError, match=r"a \.csv or an \.xlsx"):
        read_roster(write(tmp_path, "x", "roster.pdf"))
    with pytest.raises(FileNotFoundError, match=r"Did you mean roster\.xlsx"):
        read_roster(tmp_path / "rooster.csv")


MEANT = [
    "dlevi",
    "DLEVI",
    "Dana Levi",
    "levi dana",
    "Levi, Dana",
    "levidana",
    "Dana_Levi",
    "Dána  Lévi",
    "dana@clinic.example",
    "DANA@Clinic.example",
    "dana",
]


@pytest.mark.parametrize("text", MEANT)
def test_a_text_means_a_learner(text):
    assert Register([DANA, Learner("omar", "Omar", "Cohen")]).find(text) == [DANA]


@pytest.mark.parametrize("text", ["", "-", "Levi", "Dana Cohen", "clinic", "dlevi2", "dan"])
def test_a_text_means_nobody(text):
    assert Register([DANA, Learner("omar", "Omar", "Cohen")]).find(text) == []


def test_names_of_three_words_and_two_of_one_name():
    maria = Learner("m", "Maria", "de la Cruz")
    assert Register([maria]).find("delacruzmaria") == [maria]
    twin = Learner("d2", "Dana", "Levi")
    assert Register([DANA, twin]).find("Levi, Dana") == [twin, DANA]
    # an id that is written as it is leaves no doubt
    assert Register([DANA, twin, Learner("dana.levi", "Noa", "Gal")]).find("dana.levi")[0].name == "Noa Gal"

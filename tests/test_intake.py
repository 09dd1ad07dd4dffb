"""Submissions from a download come into `submitted`, each as its own learner's, and nothing else is written anywhere."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import struct
import tempfile
import tracemalloc
import warnings
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.grading import intake, sort_out, unpack
from cxkit.grading.intake import bring_in
from cxkit.grading.learner_names import safe_id
from cxkit.grading.roster import Learner

ROOT = Path(__file__).parents[1]
EX, FOREIGN = "01_physio_journey", "02_vaccination_persona"
FILE = f"{EX}/{EX}.ipynb"
MOODLE = "{}_{}_assignsubmission_file_"
DANA, OMAR = Learner("dlevi", "Dana", "Levi", "dana@clinic.example"), Learner("omar7", "Omar", "Cohen")


def notebook(mark="", exercise=EX):
    """The exercise as it is released, with a mark that makes it another file."""
    found = json.loads((ROOT / "exercises" / exercise / f"{exercise}.ipynb").read_text("utf-8"))
    found["metadata"]["mark"] = mark
    return json.dumps(found).encode()


PLAIN = notebook()
NOON = (2026, 11, 20, 12, 0, 0)


def make_course(folder):
    for name in (EX, FOREIGN):
        for kind in ("solutions", "exercises"):
            (folder / kind / name).mkdir(parents=True)
            for path in (ROOT / kind / name).glob("*.*"):
                shutil.copy(path, folder / kind / name)
    return folder


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path / "course")


def pack(path, *entries):
    """A zip of (name, bytes) or (ZipInfo, bytes)."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        warnings.simplefilter("ignore")  # that a name is there twice is meant
        for name, data in entries:
            # as a hostile program writes a name: zipfile's own way would cut it at NUL
            out.writestr(name if isinstance(name, zipfile.ZipInfo) else dated(name, *NOON), data)
    return path


def dated(name, *when):
    info = zipfile.ZipInfo("x", when)
    info.filename = name
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def packed(*entries):
    out = io.BytesIO()
    pack(out, *entries)
    return out.getvalue()


def lay(folder, *entries):
    for name, data in entries:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def there(course):
    """What lies in `submitted`: learner to the mark of the notebook."""
    found = {}
    for path in sorted((course / "submitted").rglob("*")):
        inside = path.relative_to(course / "submitted")
        if path.is_file():
            assert len(inside.parts) == 3 and inside.parts[1] == EX
            assert inside.name in (f"{EX}.ipynb", "timestamp.txt")
            if inside.suffix == ".ipynb":
                found[inside.parts[0]] = json.loads(path.read_text("utf-8"))["metadata"]["mark"]
    return found


def stamp(course, learner):
    return (course / "submitted" / learner / EX / "timestamp.txt").read_text("utf-8")


# --- names

NAMES = [
    # how a download names the file, the learner without a roster, and the learner with one
    (f"Dana Levi_123456_assignsubmission_file_/{EX}.ipynb", "Dana Levi", "dlevi"),
    ("Dana Levi_123456_assignsubmission_file_/final/mine.ipynb", "Dana Levi", "dlevi"),
    (f"Dana Levi_123456_assignsubmission_file_{EX}.ipynb", "Dana Levi", "dlevi"),
    ("Dana Levi_123456_assignsubmission_file/Omar Cohen.ipynb", "Dana Levi", "dlevi"),
    ("class 7/Dana Levi_123456_assignsubmission_file_/x.ipynb", "Dana Levi", "dlevi"),
    ("levidana_LATE_12345_678901_x-1.ipynb", "levidana", "dlevi"),
    ("levidana_12345_678901_x.ipynb", "levidana", "dlevi"),
    ("levidana_12345_678901_omar7_1_2_x.ipynb", "levidana", "dlevi"),
    ("submissions/levidana_12345_678901_x (1).ipynb", "levidana", "dlevi"),
    ("Exercise 1_dlevi_attempt_2026-11-01-10-20-30_x.ipynb", "dlevi", "dlevi"),
    (f"Journey_of_Lucy_dlevi_attempt_2026-11-01-10-20-30_{EX}.ipynb", "dlevi", "dlevi"),
    ("12345-67890 - Dana Levi - Nov 1, 2026 1020 AM/x.ipynb", "Dana Levi", "dlevi"),
    ("12345-67890 - Dana Levi - Nov 1, 2026 1020 AM - x.ipynb", "Dana Levi", "dlevi"),
    ("12345-67890 - Dana Levi - 1 November, 2026 10:20/x.ipynb", "Dana Levi", "dlevi"),
    ("Dana Levi_1_assignsubmission_file_/Omar Cohen_2_assignsubmission_file_/x.ipynb", "Dana Levi", "dlevi"),
    ("Dana Levi - x.ipynb", "Dana Levi", "dlevi"),
    ("Dana Levi - Omar Cohen.ipynb", "Dana Levi", "dlevi"),
    (f"Dana Levi - {EX}.ipynb", "Dana Levi", "dlevi"),
    (f"dlevi/{EX}/{EX}.ipynb", "dlevi", "dlevi"),
    (f"submitted/dlevi/{EX}/{EX}.ipynb", "dlevi", "dlevi"),
    ("dlevi/x.ipynb", "dlevi", "dlevi"),
    ("dlevi+01_physio_journey+2026-11-01 10:20:30 UTC+ab12/01_physio_journey.ipynb", "dlevi", "dlevi"),
    ("dlevi.ipynb", "dlevi", "dlevi"),
    ("dlevi.ipynb.txt", "dlevi", "dlevi"),
    ("DLEVI.IPYNB", "DLEVI", "dlevi"),
    ("Dana Levi.ipynb", "Dana Levi", "dlevi"),
    ("Levi, Dana.ipynb", "Levi_ Dana", "dlevi"),
    ("LEVI_Dana.ipynb", "LEVI_Dana", "dlevi"),
    ("Dána Lévi.ipynb", "Dána Lévi", "dlevi"),
    ("dana@clinic.example.ipynb", "dana@clinic.example", "dlevi"),
    (f"dlevi_{EX}.ipynb", "dlevi", "dlevi"),
    (f"{EX}_dlevi.ipynb", "dlevi", "dlevi"),
    (f"{EX}-dlevi (1).ipynb", "dlevi", "dlevi"),
    ("01 Physio Journey Dana Levi - Copy.ipynb", "Dana Levi", "dlevi"),
]


@pytest.mark.parametrize(("name", "alone", "listed"), NAMES)
def test_a_name_is_understood(name, alone, listed, course, tmp_path):
    source = pack(tmp_path / "class.zip", (name, PLAIN))
    brought = bring_in(source, course, EX, [DANA, OMAR])
    assert [one.learner for one in brought.files] == [listed] and brought.look == []
    assert list(there(course)) == [listed]
    shutil.rmtree(course / "submitted")
    brought = bring_in(source, course, EX)
    assert [one.learner for one in brought.files] == [alone] and brought.look == []
    assert brought.files[0].came_as == name


def test_hebrew_names_fit_the_roster_in_either_order_and_with_vowel_signs(course, tmp_path):
    roster = [Learner("dl", "דנה", "לוי"), Learner("oc", "עומר", "כהן")]
    source = pack(
        tmp_path / "c.zip", (MOODLE.format("לוי דָּנָה", 4) + "/x.ipynb", PLAIN), ("עומר כהן.ipynb", PLAIN)
    )
    assert bring_in(source, course, EX, roster).look == []
    assert list(there(course)) == ["dl", "oc"]


@pytest.mark.parametrize("code", ["cp437", "cp862", "cp1255", "cp1252", "utf-8"])
def test_names_in_an_old_code_of_windows(code, course, tmp_path):
    name = "דנה לוי.ipynb" if code in ("cp862", "cp1255", "utf-8") else "René Levi.ipynb"
    raw = name.encode(code)
    # written with a stand-in of the same length, which is then put right in the bytes
    data = packed(("q" * len(raw), PLAIN)).replace(b"q" * len(raw), raw)
    (tmp_path / "c.zip").write_bytes(data)
    roster = [Learner("dl", "דנה", "לוי"), Learner("rl", "René", "Levi")]
    bring_in(tmp_path / "c.zip", course, EX, roster)
    assert list(there(course)) == ["dl" if name[0] == "ד" else "rl"]
    shutil.rmtree(course / "submitted")
    bring_in(tmp_path / "c.zip", course, EX)
    assert list(there(course)) == [name.removesuffix(".ipynb")]


def test_learners_in_folders_within_a_folder_of_the_class(course, tmp_path):
    names = ["class 7/dana.ipynb", "class 7/omar.ipynb"]
    deeper = [f"download/class 7/{who}/{EX}/{EX}.ipynb" for who in ("dana", "omar")]
    for at, entries in enumerate((names, deeper)):
        source = lay(tmp_path / str(at), *((name, notebook(str(at))) for name in entries))
        assert bring_in(source, course, EX).look == []
        assert there(course) == {"dana": str(at), "omar": str(at)}


def test_a_name_that_fits_nobody_or_two_is_not_guessed(course, tmp_path):
    roster = [DANA, Learner("d2", "Dana", "Levi"), OMAR]
    source = pack(
        tmp_path / "c.zip", ("Dana Levi.ipynb", PLAIN), ("Noa.ipynb", PLAIN), ("omar7.ipynb", PLAIN)
    )
    brought = bring_in(source, course, EX, roster)
    assert list(there(course)) == ["omar7"]
    assert len(brought.look) == 2
    assert "“Dana Levi.ipynb”" in brought.look[0] and "d2, dlevi" in brought.look[0]
    assert "“Noa.ipynb”" in brought.look[1] and "nobody in the roster" in brought.look[1]


def test_a_part_of_a_name_is_not_enough(course, tmp_path):
    roster = [Learner("levi", "Noa", "Levi"), Learner("2", "Omar", "Cohen")]
    source = lay(tmp_path / "c", ("Dana_Levi.ipynb", PLAIN), ("dana levi 2.ipynb", PLAIN))
    assert len(bring_in(source, course, EX, roster).look) == 2
    assert not (course / "submitted").exists()


def test_where_folders_name_the_learners_a_file_cannot_claim_to_be_anothers(course, tmp_path):
    source = lay(
        tmp_path / "c",
        ("omar7/x.ipynb", notebook("his own")),
        ("Somebody New/omar7.ipynb", notebook("forged")),
    )
    brought = bring_in(source, course, EX, [DANA, OMAR])
    assert there(course) == {"omar7": "his own"}
    assert "“Somebody New” is nobody in the roster" in brought.look[0]


FORGED = [
    # the end of the name is what the learner called the file
    "levidana_12345_678901_omar7_attempt_2026-11-30-10-20-30_x.ipynb",
    "Dana Levi_1_assignsubmission_file_x_omar7_attempt_2026-11-30-10-20-30_x.ipynb",
    "1-2 - Dana Levi - Nov 1, 2026 1020 AM - x_omar7_attempt_2026-11-30-10-20-30_x.ipynb",
    "Dana Levi - x_omar7_attempt_2026-11-30-10-20-30_x.ipynb",
]


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("roster", [[], [DANA, OMAR]])
def test_a_name_made_to_look_like_another_systems_does_not_claim_to_be_anothers(
    name, roster, course, tmp_path
):
    source = pack(tmp_path / "c.zip", (name, notebook("forged")), ("omar7.ipynb", notebook("his own")))
    brought = bring_in(source, course, EX, roster)
    assert there(course).get("omar7") in ({None, "his own"} if not roster else {"his own"})
    assert any(f"“{name}" in words for words in brought.look)


@pytest.mark.parametrize("name", ["levidana_1_2_Ex_x_attempt_2026-11-30-10-20-30_x.ipynb"])
def test_a_file_that_went_through_two_systems_is_known_by_the_roster(name, course, tmp_path):
    source = pack(tmp_path / "c.zip", (name, PLAIN))
    assert [one.learner for one in bring_in(source, course, EX, [DANA, OMAR]).files] == ["dlevi"]
    assert "Canvas or Blackboard" in bring_in(source, course, EX).look[0]


def test_the_number_of_canvas_tells_two_of_one_name_apart(course, tmp_path):
    roster = [Learner("123", "Dana", "Levi"), Learner("456", "Dana", "Levi")]
    source = pack(
        tmp_path / "c.zip",
        ("levidana_123_9_x.ipynb", notebook("a")),
        ("levidana_456_8_x.ipynb", notebook("b")),
    )
    assert bring_in(source, course, EX, roster).look == []
    assert there(course) == {"123": "a", "456": "b"}


@pytest.mark.parametrize(
    "names",
    [
        ("Dana=Levi.ipynb", "Dana+Levi.ipynb"),
        ("Dana.ipynb", "dana.ipynb"),
        (MOODLE.format("Dana Levi", 1) + "/x.ipynb", MOODLE.format("Dana Levi", 2) + "/x.ipynb"),
        ("Dana\u202eLevi.ipynb", "Dana_Levi.ipynb"),
    ],
)
def test_two_that_would_become_one_are_said_and_not_merged(names, course, tmp_path):
    source = pack(tmp_path / "c.zip", *((name, notebook(name)) for name in names), ("omar.ipynb", PLAIN))
    brought = bring_in(source, course, EX)
    assert list(there(course)) == ["omar"]
    assert len(brought.look) == 1 and "would all be the learner" in brought.look[0]


def test_two_people_of_one_name_of_whom_the_roster_knows_one(course, tmp_path):
    names = [MOODLE.format("Dana Levi", number) + "/x.ipynb" for number in (1, 2)]
    brought = bring_in(pack(tmp_path / "c.zip", *((name, PLAIN) for name in names)), course, EX, [DANA])
    assert brought.files == [] and "“dlevi”" in brought.look[0] and names[1] in brought.look[0]


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("=HYPERLINK(1)", "_HYPERLINK_1_"),
        ("-2+3", "_2_3"),
        ("@SUM", "_SUM"),
        ("../../etc", "___.._etc"),
        (".hidden", "_hidden"),
        ("a/b\\c:d", "a_b_c_d"),
        ("tab\tend\x00", "tab_end_"),
        ("\u202egpj.exe", "_gpj.exe"),
        ("＝1＋1", "_1_1"),
        ("con", "_con"),
        ("Nul.txt", "_Nul.txt"),
        ("dots...", "dots"),
        ("a" * 300, "a" * 80),
        ("דָּנָה לוי-כהן", "דָּנָה לוי-כהן"),
        ("…", ""),
        ("..", ""),
    ],
)
def test_an_id_is_no_path_and_no_formula(name, right):
    assert safe_id(name) == right
    assert safe_id(right) == right


def test_a_file_that_names_nobody(course, tmp_path):
    brought = bring_in(pack(tmp_path / "c.zip", (f"{EX}.ipynb", PLAIN)), course, EX)
    assert brought.files == [] and f"as in dana_{EX}.ipynb" in brought.look[0]
    brought = bring_in(pack(tmp_path / "Dana Levi.zip", (f"{EX}.ipynb", PLAIN)), course, EX, [DANA])
    assert list(there(course)) == ["dlevi"] and brought.look == []


# --- what counts


def test_the_same_again_writes_nothing_and_a_changed_one_replaces(course, tmp_path):
    source = tmp_path / "c.zip"
    pack(source, ("dana.ipynb", PLAIN), ("omar.ipynb", PLAIN))
    first = bring_in(source, course, EX)
    assert (len(first.files), first.same, any(one.replaced for one in first.files)) == (2, 0, False)
    before = {path: path.stat().st_mtime_ns for path in (course / "submitted").rglob("*")}
    again = bring_in(source, course, EX)
    assert (again.files, again.same, again.look) == ([], 2, [])
    assert {path: path.stat().st_mtime_ns for path in (course / "submitted").rglob("*")} == before
    pack(source, ("dana.ipynb", notebook("new")), ("omar.ipynb", PLAIN))
    changed = bring_in(source, course, EX)
    assert [(one.learner, one.replaced) for one in changed.files] == [("dana", True)] and changed.same == 1
    assert there(course) == {"dana": "new", "omar": ""}
    assert str(changed) == "1 brought in, 1 of them in place of an older one, 1 there already."


def test_a_replaced_file_is_whole_at_any_moment(course, tmp_path, monkeypatch):
    bring_in(pack(tmp_path / "c.zip", ("dana.ipynb", PLAIN)), course, EX)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        bring_in(pack(tmp_path / "c.zip", ("dana.ipynb", notebook("new"))), course, EX)
    assert there(course) == {"dana": ""}


ATTEMPTS = [
    # older, newer
    [f"Ex_dlevi_attempt_2026-11-{day}-10-20-30_{name}.ipynb" for day, name in (("09", "a"), ("10", "b"))],
    ["levidana_12345_99_x.ipynb", "levidana_LATE_12345_100_x-1.ipynb"],
    [f"1-2 - Dana Levi - Nov {day}, 2026 {hour} PM/x.ipynb" for day, hour in (("2", "1159"), ("10", "1201"))],
    ["dlevi.ipynb", "dlevi (1).ipynb"],
    ["dlevi (9).ipynb", "dlevi (10).ipynb"],
    [f"dlevi/{EX} (1).ipynb", f"dlevi/{EX}.ipynb"],
]


@pytest.mark.parametrize("names", ATTEMPTS)
@pytest.mark.parametrize("turned", [False, True])
def test_the_newest_attempt_counts(names, turned, course, tmp_path):
    when = (2026, 11, 11, 8, 0, 0)
    entries = [(dated(name, *when), notebook(str(at))) for at, name in enumerate(names)]
    source = pack(tmp_path / "c.zip", *(entries[::-1] if turned else entries))
    brought = bring_in(source, course, EX, [DANA])
    assert there(course) == {"dlevi": "1"}
    assert len(brought.look) == 1 and f"“{names[0]}” was not brought in" in brought.look[0]


def test_the_time_in_the_zip_tells_attempts_apart_and_a_name_that_is_there_twice(course, tmp_path):
    newer, older = dated("dana_final.ipynb", 2026, 11, 3, 9, 0, 0), dated("dana.ipynb", 2026, 11, 2, 9, 0, 0)
    source = pack(
        tmp_path / "c.zip",
        (newer, notebook("1")),
        (older, notebook("0")),
        ("omar7.ipynb", notebook("0")),
        ("omar7.ipynb", notebook("1")),
    )
    roster = [OMAR, Learner("d", "Dana", also=("dana_final",))]
    brought = bring_in(source, course, EX, roster)
    assert there(course) == {"d": "1", "omar7": "1"}
    assert any("in the download twice" in words for words in brought.look)


def test_an_attempt_that_is_another_exercise_leaves_the_one_before(course, tmp_path):
    names = [f"Ex_dlevi_attempt_2026-11-{day}-10-20-30_x.ipynb" for day in ("09", "10")]
    source = pack(tmp_path / "c.zip", (names[0], PLAIN), (names[1], notebook(exercise=FOREIGN)))
    brought = bring_in(source, course, EX)
    assert list(there(course)) == ["dlevi"]
    assert names[1] in brought.look[0] and "another exercise" in brought.look[0]


def test_an_older_download_does_not_replace_a_newer_hand_in(course, tmp_path):
    for day in ("10", "09"):
        name = f"Ex_dlevi_attempt_2026-11-{day}-10-20-30_x.ipynb"
        brought = bring_in(pack(tmp_path / "c.zip", (name, notebook(day))), course, EX)
    assert there(course) == {"dlevi": "10"}
    assert "a newer one" in brought.look[0] and "2026-11-10" in stamp(course, "dlevi")


def test_the_time_of_handing_in(course, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    source = pack(
        tmp_path / "c.zip",
        (dated("a.ipynb", 2026, 11, 22, 19, 3, 44), PLAIN),
        (dated("Ex_b_attempt_2026-11-01-10-20-30_x.ipynb", 2026, 11, 22, 19, 3, 44), PLAIN),
        ("c+01_physio_journey+2026-11-02 10:20:30 UTC/x.ipynb", PLAIN),
        (f"d/{EX}/{EX}.ipynb", PLAIN),
        (f"d/{EX}/timestamp.txt", b"2026-11-03 01:02:03 UTC"),
        (dated("e.ipynb", 1980, 1, 1, 0, 0, 0), PLAIN),
    )
    brought = bring_in(source, course, EX)
    local = [
        datetime(2026, 11, 22, 19, 3, 44).astimezone(UTC),
        datetime(2026, 11, 1, 10, 20, 30).astimezone(UTC),
    ]
    sure = [datetime(2026, 11, 2, 10, 20, 30, tzinfo=UTC), datetime(2026, 11, 3, 1, 2, 3, tzinfo=UTC), None]
    assert [one.when for one in brought.files] == [*local, *sure] and brought.look == []
    assert stamp(course, "d") == "2026-11-03 01:02:03 UTC"
    assert stamp(course, "a") == local[0].strftime("%Y-%m-%d %H:%M:%S UTC")
    # nbgrader takes no time for in time; a wrong one would cost marks
    assert not (course / "submitted/e" / EX / "timestamp.txt").exists()


def test_a_learners_own_timestamp_is_not_believed(course, tmp_path):
    folder = MOODLE.format("Dana Levi", 7) + f"/{EX}"
    source = pack(
        tmp_path / "c.zip",
        (dated(f"{folder}/{EX}.ipynb", 2026, 11, 22, 19, 3, 44), PLAIN),
        (f"{folder}/timestamp.txt", b"2020-01-01 00:00:00 UTC"),
    )
    bring_in(source, course, EX)
    assert stamp(course, "Dana Levi").startswith("2026-11-2")


def test_a_timestamp_counts_only_where_nbgrader_lays_it(course, tmp_path):
    source = pack(
        tmp_path / "c.zip", ("dana/x.ipynb", PLAIN), ("dana/timestamp.txt", b"2020-01-01 00:00:00 UTC")
    )
    bring_in(source, course, EX)
    assert stamp(course, "dana").startswith("2026-11-2")


def test_one_notebook_and_a_folder_as_the_zip_unpacks(course, tmp_path):
    lay(tmp_path, ("Dana Levi.ipynb", PLAIN))
    os.utime(tmp_path / "Dana Levi.ipynb", (1_790_000_000, 1_790_000_000))
    brought = bring_in(tmp_path / "Dana Levi.ipynb", course, EX, [DANA])
    assert brought.files[0].when == datetime.fromtimestamp(1_790_000_000, UTC)
    folder = lay(
        tmp_path / "class", (MOODLE.format("Omar Cohen", 7) + "/x.ipynb", PLAIN), ("dlevi.ipynb", PLAIN)
    )
    # what an instructor gives may be a link
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "Dana Levi.ipynb")
    assert bring_in(tmp_path / "link.ipynb", course, EX, [Learner("dlevi", email="link")]).same == 1
    again = bring_in(folder, course, EX, [DANA, OMAR])
    assert [one.learner for one in again.files] == ["omar7"] and again.same == 1


# --- what is no submission


def test_other_exercises_and_what_is_no_notebook_is_said(course, tmp_path):
    source = pack(
        tmp_path / "c.zip",
        ("dana.ipynb", notebook(exercise=FOREIGN)),
        ("omar.ipynb", b"PK\3\4 a Word document"),
        ("noa.ipynb", b""),
        ("lea.ipynb", b"[" * 100_000),
        ("tom.docx", b"words"),
        ("ida.txt", b"I could not upload it."),
        ("eli.7z", b"7z"),
        ("mia.ipynb", PLAIN),
        ("mia.pdf", b"%PDF"),
    )
    brought = bring_in(source, course, EX)
    assert list(there(course)) == ["mia"]
    said = {words.split("”")[0].removeprefix("“"): words for words in brought.look}
    assert "This is another exercise" in said["dana.ipynb"]
    assert "Word document" in said["omar.ipynb"]
    assert "It is empty" in said["noa.ipynb"]
    assert "no notebook" in said["lea.ipynb"]
    assert "does not end in .ipynb" in said["tom.docx"] and "does not end in .ipynb" in said["ida.txt"]
    assert "Unpack it" in said["eli.7z"]
    assert brought.look[-1] == "1 file beside the notebooks was left: “mia.pdf”."
    assert not any(".part" in words for words in brought.look)


def test_many_files_that_are_no_notebooks_are_counted(course, tmp_path):
    source = pack(tmp_path / "c.zip", ("dana.ipynb", PLAIN), *((f"{at}.pdf", b"") for at in range(50)))
    look = bring_in(source, course, EX).look
    assert len(look) == 41 and look[-1].startswith("10 more files that were no notebooks were left: “40.pdf”")


def test_a_whole_course_is_sorted_by_exercise(course, tmp_path):
    names = [f"submitted/{who}/{ex}/{ex}" for who in ("dana", "omar") for ex in (EX, FOREIGN)]
    source = lay(
        tmp_path / "c", *((f"{name}.ipynb", notebook(exercise=name.split("/")[2])) for name in names)
    )
    lay(source, (f"submitted/dana/{EX}/{EX}.yaml", b"shipped with the exercise"))
    brought = bring_in(source, course, EX)
    assert list(there(course)) == ["dana", "omar"]
    assert len(brought.look) == 1 and brought.look[0].startswith("2 notebooks of other exercises were left")


def test_what_programs_leave_behind_is_left_silently(course, tmp_path):
    entries = [
        ("__MACOSX/._dana.ipynb", b"\0"),
        ("._omar.ipynb", b"\0"),
        (".DS_Store", b"\0"),
        ("dana/.ipynb_checkpoints/x-checkpoint.ipynb", PLAIN),
        ("index.html", b"<html>"),
        ("Ex_dlevi_attempt_2026-11-01-10-20-30.txt", b"Name: Dana"),
        ("Ex_dlevi_attempt_2026-11-01-10-20-30_x.ipynb", PLAIN),
    ]
    assert bring_in(pack(tmp_path / "c.zip", *entries), course, EX).look == []
    assert list(there(course)) == ["dlevi"]
    assert bring_in(lay(tmp_path / "c", *entries), course, EX).same == 1


@pytest.mark.parametrize("name", ["c.docx", "nowhere.zip", "nowhere"])
def test_a_source_that_is_none_is_said(name, course, tmp_path):
    (tmp_path / "c.docx").write_bytes(b"words")
    with pytest.raises((ValueError, OSError), match=name):
        bring_in(tmp_path / name, course, EX)


def test_the_course_itself_is_no_download(course):
    with pytest.raises(ValueError, match="The course itself"):
        bring_in(course, course, EX)


def test_a_file_where_the_folder_submitted_belongs(course, tmp_path):
    (course / "submitted").write_text("in the way", "utf-8")
    with pytest.raises(ValueError, match="“submitted” is a link or a file"):
        bring_in(pack(tmp_path / "c.zip", ("dana.ipynb", PLAIN)), course, EX)


def test_names_whose_bytes_are_no_text(course, tmp_path):
    folder = lay(tmp_path / "c", ("omar.ipynb", PLAIN))
    odd = os.fsdecode(b"dana\xff.ipynb")
    try:
        (folder / odd).write_bytes(PLAIN)
    except OSError:  # a file system that knows text only has no such names
        odd = "dana_.ipynb"
        (folder / odd).write_bytes(PLAIN)
    assert bring_in(folder, course, EX).look == []
    assert list(there(course)) == ["dana_", "omar"]


# --- hostile downloads


def linked(name, to):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, to


def locked(data):
    """The zip with its first member marked as encrypted."""
    changed = bytearray(data)
    changed[6] |= 1
    changed[data.index(b"PK\1\2") + 8] |= 1
    return bytes(changed)


def lying(data, size):
    """The zip with another size of its first member in both headers."""
    changed = bytearray(data)
    struct.pack_into("<L", changed, 22, size)
    struct.pack_into("<L", changed, data.index(b"PK\1\2") + 24, size)
    return bytes(changed)


OUTSIDE = [
    "../../x.ipynb",
    "/etc/x.ipynb",
    "C:\\x.ipynb",
    "..\\..\\x.ipynb",
    "dana/../../omar/x.ipynb",
    "C:x.ipynb",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_path_to_another_place_is_said_and_not_followed(name, course, tmp_path):
    source = pack(tmp_path / "c.zip", (name, PLAIN), ("omar.ipynb", PLAIN))
    before = snapshot(tmp_path)
    brought = bring_in(source, course, EX)
    assert list(there(course)) == ["omar"]
    assert len(brought.look) == 1 and "points to another place" in brought.look[0]
    assert snapshot(tmp_path) == before


def snapshot(folder):
    """Every file and its bytes, but for `submitted`."""
    return {
        path: path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if "submitted" not in path.parts
    }


def test_backslashes_of_an_old_windows_program_are_folders(course, tmp_path):
    data = packed(("dana|x.ipynb", PLAIN)).replace(b"dana|x", b"dana\\x")
    (tmp_path / "c.zip").write_bytes(data)
    bring_in(tmp_path / "c.zip", course, EX)
    assert list(there(course)) == ["dana"]


def test_links_are_refused_in_words(course, tmp_path):
    secret = lay(tmp_path / "secret", ("x.ipynb", notebook("secret")))
    folder = lay(tmp_path / "c", ("omar.ipynb", PLAIN))
    (folder / "dana.ipynb").symlink_to(secret / "x.ipynb")
    (folder / "noa").symlink_to(secret, target_is_directory=True)
    os.mkfifo(folder / "tom.ipynb")
    brought = bring_in(folder, course, EX)
    assert there(course) == {"omar": ""}
    assert sorted(words.split("”")[0] for words in brought.look) == ["“dana.ipynb", "“noa", "“tom.ipynb"]
    source = pack(tmp_path / "c.zip", linked("dana.ipynb", str(secret / "x.ipynb")), ("omar.ipynb", PLAIN))
    brought = bring_in(source, course, EX)
    assert brought.same == 1 and "links are not followed" in brought.look[0]


def test_a_file_that_becomes_a_link_or_a_pipe_once_it_is_listed(course, tmp_path, monkeypatch):
    secret = lay(tmp_path / "secret", ("x.ipynb", notebook("secret"))) / "x.ipynb"
    folder = lay(tmp_path / "c", ("dana.ipynb", PLAIN), ("noa.ipynb", PLAIN), ("omar.ipynb", PLAIN))
    real = sort_out.Sorter.sort

    def swap(self, members):
        for name in ("dana", "noa"):
            (folder / f"{name}.ipynb").unlink()
        (folder / "dana.ipynb").symlink_to(secret)
        os.mkfifo(folder / "noa.ipynb")
        real(self, members)

    monkeypatch.setattr(sort_out.Sorter, "sort", swap)
    assert len(bring_in(folder, course, EX).look) == 2
    assert there(course) == {"omar": ""}


def test_a_link_in_submitted_does_not_lead_out(course, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (course / "submitted").mkdir()
    (course / "submitted/dana").symlink_to(outside, target_is_directory=True)
    (course / "submitted/omar" / EX).mkdir(parents=True)
    (course / "submitted/omar" / FILE).parent.joinpath(f"{EX}.ipynb").symlink_to(outside / "x.ipynb")
    brought = bring_in(pack(tmp_path / "c.zip", ("dana.ipynb", PLAIN), ("omar.ipynb", PLAIN)), course, EX)
    assert list(outside.iterdir()) == []
    assert "“submitted/dana” is a link" in brought.look[0]
    assert not (course / "submitted/omar" / EX / f"{EX}.ipynb").is_symlink()


def test_damaged_and_locked_zips_are_said_in_words(course, tmp_path):
    whole = packed(("dana.ipynb", PLAIN), ("omar.ipynb", PLAIN))
    (tmp_path / "c.zip").write_bytes(locked(whole))
    brought = bring_in(tmp_path / "c.zip", course, EX)
    assert list(there(course)) == ["omar"] and "password" in brought.look[0]
    for data in (b"", b"no zip", whole[:-30], whole[: len(whole) // 2]):
        (tmp_path / "c.zip").write_bytes(data)
        with pytest.raises(ValueError, match="not a whole zip"):
            bring_in(tmp_path / "c.zip", course, EX)
    spoilt = bytearray(whole)
    spoilt[200] ^= 0xFF
    (tmp_path / "c.zip").write_bytes(spoilt)
    assert "damaged" in bring_in(tmp_path / "c.zip", course, EX).look[0]


@pytest.mark.parametrize("size", [10, 10**9])
def test_a_header_that_lies_about_the_size_is_not_believed(size, course, tmp_path):
    data = lying(packed(("dana.ipynb", PLAIN), ("omar.ipynb", PLAIN)), size)
    (tmp_path / "c.zip").write_bytes(data)
    brought = bring_in(tmp_path / "c.zip", course, EX)
    assert "omar" in there(course)
    assert not brought.look or "damaged" in brought.look[0]
    assert there(course).get("dana", "") == ""


def test_a_zip_of_another_packing_is_said(course, tmp_path):
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_LZMA) as out:
        out.writestr("dana.ipynb", PLAIN)
    assert "packed in a way" in bring_in(tmp_path / "c.zip", course, EX).look[0]


def test_a_bomb_ends_in_words_and_the_rest_comes_in(course, tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "LARGEST_FILE", 200_000)
    monkeypatch.setattr(intake, "LARGEST_LEARNER", 500_000)
    bomb = b"{" + b" " * 1_000_000
    many = packed(*((f"{at}.ipynb", b"{" + b" " * 150_000) for at in range(50)))
    source = pack(
        tmp_path / "c.zip",
        ("dana.ipynb", bomb),
        ("noa.zip", packed(("x.ipynb", bomb))),
        ("lea.zip", many),
        ("omar.ipynb", PLAIN),
        ("tom.zip", packed(("x.ipynb", PLAIN))),
    )
    brought = bring_in(source, course, EX)
    assert list(there(course)) == ["omar", "tom"]
    for who in ("dana", "noa", "lea"):
        assert any(f"“{who}." in words for words in brought.look)
    assert any("Unpacked it has more than" in words for words in brought.look)
    assert any("far too large when unpacked" in words for words in brought.look)
    assert len(brought.look) < 15


def test_the_whole_download_has_a_limit_and_small_hand_ins_go_first(course, tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "LARGEST_ALL", 2_000_000)
    monkeypatch.setattr(intake, "LOOKED_INTO", 100_000)
    large = [(f"a{at}.ipynb", b"{" + b" " * 900_000) for at in range(4)]
    brought = bring_in(pack(tmp_path / "c.zip", *large, ("omar.ipynb", PLAIN)), course, EX)
    lying_there = sorted(path.name for path in (course / "submitted").iterdir())
    assert "omar" in lying_there and len(lying_there) == 3
    assert sum("far too large" in words for words in brought.look) == 2


def test_too_many_members(course, tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_MEMBERS", 20)
    monkeypatch.setattr(intake, "MOST_INSIDE", 5)
    inner = packed(*((f"{at}.ipynb", b"") for at in range(6)))
    entries = [("dana.ipynb", PLAIN), ("noa.zip", inner), *((f"n{at}.txt", b"") for at in range(40))]
    brought = bring_in(pack(tmp_path / "c.zip", *entries), course, EX)
    assert list(there(course)) == ["dana"]
    assert "more than 20 files" in brought.look[0]
    assert any("“noa.zip”" in words and "more than 5 files" in words for words in brought.look)
    brought = bring_in(lay(tmp_path / "c", *entries), course, EX)
    assert any("more than 20 files" in words for words in brought.look)


def test_a_list_of_members_without_end_is_not_read(course, tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "LIST_EACH", 1)
    monkeypatch.setattr(unpack, "MOST_MEMBERS", 3_000)
    long = packed(*((f"{at:050}.ipynb", b"") for at in range(50)))
    source = pack(tmp_path / "c.zip", ("dana.zip", long), ("omar.ipynb", PLAIN))
    brought = bring_in(source, course, EX)
    assert list(there(course)) == ["omar"] and "far too many files" in brought.look[0]
    (tmp_path / "long.zip").write_bytes(long)
    with pytest.raises(ValueError, match="far too many files"):
        bring_in(tmp_path / "long.zip", course, EX)


def test_a_zip_of_each_learner_is_read_one_level_deep(course, tmp_path):
    stand = MOODLE.format("Dana Levi", 3)
    source = pack(
        tmp_path / "c.zip",
        # the names inside are the learner's own, whatever they say
        (f"{stand}/work.zip", packed((MOODLE.format("Omar Cohen", 9) + f"/{EX}.ipynb", notebook("hers")))),
        (
            "omar7.zip",
            packed(("a.ipynb", PLAIN[:50]), ("sub/b.ipynb", notebook("his")), ("../c.ipynb", PLAIN)),
        ),
        ("noa.zip", packed(("in.zip", packed(("x.ipynb", PLAIN))))),
        ("lea.zip", b"no zip"),
        ("tom.zip", locked(packed(("x.ipynb", PLAIN)))),
    )
    roster = [DANA, OMAR, *(Learner(name) for name in ("noa", "lea", "tom"))]
    brought = bring_in(source, course, EX, roster)
    assert there(course) == {"dlevi": "hers", "omar7": "his"}
    said = " ".join(brought.look)
    for words in ("zip inside another zip", "not a whole zip", "password", "points to another place"):
        assert words in said
    assert [one.came_as for one in brought.files][1] == "omar7.zip: sub/b.ipynb"


def test_memory_stays_flat(course, tmp_path):
    big = tmp_path / "big"
    with big.open("wb") as out:
        out.write(b"{")
        for _ in range(60):
            out.write(b" " * 1024**2)
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        out.write(big, "dana.ipynb")
    big.unlink()
    bring_in(pack(tmp_path / "warm.zip", ("omar.ipynb", PLAIN)), course, EX)
    tracemalloc.start()
    try:
        brought = bring_in(tmp_path / "c.zip", course, EX)
        again = bring_in(tmp_path / "c.zip", course, EX)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(brought.files) == 1 and "without a look inside" in brought.look[0] and again.same == 1
    assert peak < 12 * 1024**2


def test_an_interrupted_run_leaves_nothing_half_done(course, tmp_path, monkeypatch):
    source = pack(tmp_path / "c.zip", ("dana.ipynb", PLAIN), ("omar.ipynb", notebook("longer")))
    real, count = Path.replace, []

    def stop(self, target):
        count.append(target)
        if len(count) == 4:  # the second learner's notebook
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        bring_in(source, course, EX)
    assert len(there(course)) == 1 and not list((course / "submitted").glob(".*"))
    assert len(bring_in(source, course, EX).files) == 1
    assert there(course) == {"dana": "", "omar": "longer"}


PIECES = st.one_of(
    st.sampled_from(
        [
            "..",
            "/",
            "\\",
            "C:",
            ".",
            "~",
            "=1+1",
            "@x",
            "Dana Levi_1_assignsubmission_file_",
            "a_1_2_",
            EX,
            "submitted",
        ]
    ),
    st.sampled_from(
        ["\0", "\n", "\u202e", "a" * 300, "con", "*?", " - ", "__MACOSX", "Ex_d_attempt_2026-13-45-99-99-99_"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)


@given(
    st.lists(st.tuples(st.lists(PIECES, min_size=1, max_size=5).map("".join), st.booleans()), max_size=6),
    st.booleans(),
)
def test_whatever_names_a_zip_has_nothing_is_written_elsewhere(names, with_roster):
    roster = [DANA, OMAR, Learner("a")] if with_roster else []
    with tempfile.TemporaryDirectory() as place:
        top = Path(place)
        course = make_course(top / "course")
        entries = [
            (f"{name}{'.zip' if inner else '.ipynb'}", packed((f"{name}.ipynb", PLAIN)) if inner else PLAIN)
            for name, inner in names
        ]
        source = pack(top / "c.zip", *entries)
        before = snapshot(top)
        brought = bring_in(source, course, EX, roster)
        assert snapshot(top) == before
        found = there(course)
        assert sorted(found) == sorted(one.learner for one in brought.files)
        assert all(safe_id(name) == name for name in found)
        assert not with_roster or set(found) <= {"dlevi", "omar7", "a"}

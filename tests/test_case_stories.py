"""The stories of the cases and their journeys: as-is and to-be, in English and Hebrew, agree with one another."""

from __future__ import annotations

import csv
import datetime
import re
from collections import Counter
from itertools import groupby, pairwise

import pytest
from nbgrader_course import ROOT
from test_course_content import below, grade, plain_text, prose, sentences

import cxkit as cx
from cxkit.journey import Persona, read_journey
from cxkit.measures.compare import compare

CASES = ROOT / "case_studies"
LUCY, NOA = CASES / "hmo_opt_out", CASES / "dental_clinic_delays"
JOURNEYS = {
    LUCY / "journey_as_is.csv": ("en", "as-is"),
    LUCY / "journey_to_be.csv": ("en", "to-be"),
    NOA / "journey_as_is.csv": ("en", "as-is"),
    NOA / "journey_to_be.csv": ("en", "to-be"),
    NOA / "journey_as_is_he.csv": ("he", "as-is"),
    NOA / "journey_to_be_he.csv": ("he", "to-be"),
}
STORIES = [NOA / "story.md", LUCY / "story.md", LUCY / "story_call_centre.md"]
HEBREW_STORY = NOA / "story_he.md"
CODES = [
    "stage",
    "channel",
    "expected",
    "experienced",
    "wait_days",
    "moment",
    "failure",
    "evidence",
    "inferred",
]
DENTAL_CODES = [*CODES, "activity"]
WORDS = ["touchpoint", "owner", "pain_point", "quote", "opportunity"]
OWNERS = {
    "Front desk": "דלפק הקבלה",
    "Dentist": "רופאת השיניים",
    "Imaging institute": "מכון הרנטגן",
    "": "",
}
LATIN = re.compile(r"[A-Za-z]")
HEBREW = re.compile(r"[א-ת]")
VOWELS = re.compile(r"[\u0591-\u05bd\u05bf-\u05c7]")

each_journey = pytest.mark.parametrize("path", JOURNEYS, ids=lambda path: f"{path.parent.name}/{path.stem}")
each_state = pytest.mark.parametrize("state", ["as_is", "to_be"])
each_to_be = pytest.mark.parametrize(
    "path", [path for path, (_, state) in JOURNEYS.items() if state == "to-be"], ids=lambda path: path.stem
)


def row_of(journey, words):
    """The place of the one touchpoint whose name holds `words`."""
    [place] = [i for i, name in enumerate(journey.table["touchpoint"]) if words in name]
    return place


def said(path):
    """The words of a story, without marks of format."""
    return plain_text(path.read_text("utf-8"))


# ---- journeys ----


@each_journey
def test_a_journey_says_whose_it_is_and_in_which_language_and_state(path):
    journey = read_journey(path)
    assert (journey.language, journey.state) == JOURNEYS[path]
    assert journey.title and journey.scenario
    assert all(vars(journey.persona).values()), journey.persona
    assert 7 <= len(journey) <= 9


@each_journey
def test_every_score_and_wait_is_known_and_every_cell_that_is_ours_is_marked(path):
    journey = read_journey(path)
    table = journey.table
    assert table[["expected", "experienced", "wait_days"]].notna().all(axis=None)
    for row in range(len(journey)):
        for column in ("expected", "experienced", "quote", "opportunity", "failure"):
            if table.loc[row, column] != "":
                assert journey.is_inferred(row, column), (row, column)


@each_journey
def test_quotes_and_labels_are_short(path):
    table = read_journey(path).table
    for column, most in {"touchpoint": 12, "quote": 12, "pain_point": 12, "opportunity": 14}.items():
        for text in table[column]:
            assert len(text.split()) <= most, text
            assert "!" not in text, text
    assert (table["quote"] != "").sum() >= len(table) - 1


@each_to_be
def test_in_a_to_be_every_moment_has_an_owner_and_all_is_a_target(path):
    journey = read_journey(path)
    table = journey.table
    assert (table["owner"] != "").all()
    assert (table["evidence"] == "assumed").all()
    assert (table[["pain_point", "failure"]] == "").all(axis=None)
    assert (table["experienced"] >= table["expected"]).all()
    for row in range(len(journey)):
        assert journey.is_inferred(row, "wait_days"), "a target is nothing that a story told"


@each_to_be
def test_as_is_and_to_be_are_journeys_of_the_same_person(path):
    to_be, as_is = read_journey(path), read_journey(path.with_stem(path.stem.replace("to_be", "as_is")))
    assert as_is.persona == to_be.persona != Persona()
    assert as_is.language == to_be.language and as_is.title != to_be.title
    changes = compare(as_is, to_be)
    assert {"added", "removed"} <= set(changes["change"])
    assert "moved" not in set(changes["change"])


# ---- Lucy ----


def test_lucys_to_be_asks_checks_decides_calls_back_and_listens():
    journey = read_journey(LUCY / "journey_to_be.csv")
    table = journey.table
    assert table["stage"].drop_duplicates().tolist() == ["pre-care", "care", "post-care"]
    call = table.loc[row_of(journey, "Calls with her questions")]
    assert call["owner"] == "Customer service" and "Read it back" in call["opportunity"]
    assert "covered, not covered" in table.loc[row_of(journey, "Joins the plan"), "opportunity"]
    check, birth = row_of(journey, "In month 7"), row_of(journey, "In labour")
    assert check < birth and table.loc[birth, "wait_days"] >= 60, "found in month 7, there is time to act"
    assert "decides" in table.loc[birth, "opportunity"]
    assert row_of(journey, "Is called back") == birth + 1 and table.loc[birth + 1, "wait_days"] <= 1
    assert table.loc[row_of(journey, "what would have helped"), "stage"] == "post-care"


def test_lucys_pregnancy_is_as_long_in_the_to_be_as_in_the_as_is():
    def days_to_the_birth(name):
        journey = read_journey(LUCY / name)
        return journey.table["wait_days"].iloc[: row_of(journey, "In labour") + 1].sum()

    assert days_to_the_birth("journey_to_be.csv") == days_to_the_birth("journey_as_is.csv")


# ---- Noa ----


def test_noas_images_are_the_one_moment_without_an_owner_and_a_failure_of_both_kinds():
    journey = read_journey(NOA / "journey_as_is.csv")
    table = journey.table
    place = row_of(journey, "images reach the clinic")
    assert table.index[table["owner"] == ""].tolist() == [place]
    assert table.loc[place, "failure"] == "both"
    gaps = table["experienced"] - table["expected"]
    assert gaps.idxmin() == place
    assert place + 1 == table["wait_days"].idxmax() == row_of(journey, "Calls the clinic herself")


def test_noas_failures_of_service_and_of_sales_are_told_apart():
    journey = read_journey(NOA / "journey_as_is.csv")
    failures = journey.table["failure"]
    assert failures[row_of(journey, "Asks at the desk")] == "sales"
    assert failures[row_of(journey, "Calls the clinic herself")] == "service"
    assert set(failures) == {"", "sales", "both", "service"}


def test_only_what_noas_story_tells_of_waits_is_unmarked():
    journey = read_journey(NOA / "journey_as_is.csv")
    waits = journey.table["wait_days"]
    told = {
        row: waits[row] for row in waits.index if waits[row] and not journey.is_inferred(row, "wait_days")
    }
    assert told == {row_of(journey, "The dentist examines her"): 2}
    assert journey.is_inferred(row_of(journey, "Calls the clinic herself"), "wait_days")


def test_x_rays_first_is_kept_and_a_provisional_slot_is_what_changes():
    as_is, to_be = (read_journey(NOA / f"journey_{state}.csv") for state in ("as_is", "to_be"))
    referral = as_is.table.loc[row_of(as_is, "imaging institute for a full set")]
    assert referral["failure"] == "" and "may be right" in referral["opportunity"]
    assert row_of(to_be, "imaging institute for a full set") == referral.name
    assert "provisional slot" in to_be.table.loc[row_of(to_be, "Asks at the desk"), "opportunity"]
    changes = compare(as_is, to_be).set_index(["touchpoint", "change"])
    assert changes.loc[("The images reach the clinic by email", "owner"), "after"] == "Dentist"
    assert changes.loc[("Asks at the desk to book the extraction", "experienced"), "difference"] == 7
    assert ("The institute takes the images", "wait") not in changes.index


def test_noa_hears_from_the_clinic_on_the_same_day_and_the_dentist_reads_by_the_next_morning():
    journey = read_journey(NOA / "journey_to_be.csv")
    table = journey.table
    images, message, reading = (
        row_of(journey, words) for words in ("images reach", "message the same day", "By next morning")
    )
    assert (message, reading) == (images + 1, images + 2)
    assert 0 < table.loc[message, "wait_days"] < 0.5
    assert table.loc[message, "wait_days"] + table.loc[reading, "wait_days"] <= 1
    assert table.loc[message, "owner"] == "Front desk" and table.loc[reading, "owner"] == "Dentist"


@pytest.fixture(scope="module")
def visits():
    """The events of the visit log, as dicts, in order of patient and time."""
    with (NOA / "visit_log.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@each_state
def test_noas_owners_are_those_of_the_visit_log(state, visits):
    logged = {event["resource"] for event in visits}
    assert set(read_journey(NOA / f"journey_{state}.csv").table["owner"]) <= logged == set(OWNERS)


@each_state
def test_noas_touchpoints_name_activities_of_the_visit_log_in_its_usual_order(state, visits):
    ways = (
        tuple(event["activity"] for event in events)
        for _, events in groupby(visits, key=lambda event: event["case"])
    )
    [(usual, _)] = Counter(ways).most_common(1)
    table = read_journey(NOA / f"journey_{state}.csv").table
    named = [activity for activity in table["activity"] if activity]
    assert set(usual) == {event["activity"] for event in visits} and len(usual) == 9
    assert named == [activity for activity in usual if activity in named], "each once, in the usual order"
    done_by = {(event["activity"], event["resource"]) for event in visits}
    for touchpoint in table[table["activity"] != ""].itertuples():
        # the to-be gives the images to the dentist, which no branch of the log has done
        if (state, touchpoint.activity) != ("to_be", "images received"):
            assert (touchpoint.activity, touchpoint.owner) in done_by


def test_noas_touchpoints_are_joined_to_what_the_log_would_hold_of_them():
    as_is, to_be = (read_journey(NOA / f"journey_{state}.csv").table for state in ("as_is", "to_be"))
    begun = ["request", "examination", "referral", "", "imaging", "images received"]
    # she asks for a booking and gets none; a promise to call, a provisional slot and a message leave no row
    assert as_is["activity"].tolist() == [*begun, "call", ""]
    assert to_be["activity"].tolist() == [*begun, "", "images read", "treatment"]


@each_state
def test_lucys_touchpoints_say_what_the_survey_calls_them(state):
    named = [name for name in read_journey(LUCY / f"journey_{state}.csv").table["survey"] if name]
    asked = list(dict.fromkeys(cx.case("hmo_opt_out").table("survey")["touchpoint"]))
    assert named == [name for name in asked if name in named], "each once, in the order of the survey"
    assert state == "to_be" or set(asked) - set(named) == {"Time on hold"}


@each_state
def test_english_and_hebrew_agree_row_by_row(state):
    english = read_journey(NOA / f"journey_{state}.csv").table
    hebrew = read_journey(NOA / f"journey_{state}_he.csv").table
    assert english[DENTAL_CODES].equals(hebrew[DENTAL_CODES])
    assert english["owner"].map(OWNERS).tolist() == hebrew["owner"].tolist()
    for column in WORDS:
        assert (english[column] == "").tolist() == (hebrew[column] == "").tolist(), column


@each_state
def test_hebrew_journeys_are_in_hebrew(state):
    journey = read_journey(NOA / f"journey_{state}_he.csv")
    texts = [text for column in WORDS for text in journey.table[column] if text]
    for text in [*texts, journey.title, journey.scenario, *vars(journey.persona).values()]:
        assert HEBREW.search(text) and not LATIN.search(text), text
        assert not VOWELS.search(text) and not re.search("[\"'“”„’]", text), text


# ---- stories ----


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_is_for_readers_of_thirteen(path):
    assert grade(prose(path)) <= 8
    assert not re.search("!", said(path))
    assert all(len(sentence.split()) <= 25 for sentence in sentences(prose(path)))


def test_noas_story_tells_the_facts_and_then_what_is_not_told():
    story, _, untold = said(NOA / "story.md").partition("What she does not tell")
    assert 250 <= len(story.split()) <= 340 and 60 <= len(untold.split()) <= 140
    facts = [
        "two days",
        "root canal",
        "extraction",
        "institute",
        "After some days",
        "same day",
        "several days",
    ]
    facts += ["by email", "private dentist"]
    assert [fact for fact in facts if fact not in story] == []
    assert " left" not in story, "she never says that she left the clinic"
    for words in (
        "several days",
        "Whether she left",
        "may well be",
        "provisional slot",
        "The name Noa is ours",
    ):
        assert words in untold


def test_noas_story_has_no_sentence_of_an_exercise():
    own = set(sentences(prose(NOA / "story.md")))
    notebooks = below("solutions", "*.ipynb")
    assert own and notebooks
    for path in notebooks:
        assert own.isdisjoint(sentences(prose(path))), path


def test_the_hebrew_story_is_laid_out_from_right_to_left():
    text = HEBREW_STORY.read_text("utf-8")
    lines = text.splitlines()
    assert lines[:2] == ['<div dir="rtl" lang="he">', ""] and lines[-2:] == ["", "</div>"]
    body = [line for line in lines[1:-1] if line]
    for line in body:
        # JupyterLab sets paragraphs from the left unless each says otherwise; headings and lists follow the div
        assert re.fullmatch(r'<p style="text-align:right">[^<]+</p>|#+ .+|- .+|---', line), line
    blank = [number for number, line in enumerate(lines) if not line]
    assert all(after - before > 1 for before, after in pairwise(blank)), "one blank line at a time"


def test_the_hebrew_story_is_in_hebrew():
    text = said(HEBREW_STORY)
    assert HEBREW.search(text) and not LATIN.search(text)
    letters = [char for char in text if char.isalpha()]
    assert sum(bool(HEBREW.match(char)) for char in letters) == len(letters) > 1000
    assert not VOWELS.search(text) and not re.search("[!\"'“”„]", text)
    for paragraph in text.splitlines():
        assert paragraph.count("״") % 2 == 0, paragraph
    words = ["קופת החולים", "מרפאת השיניים", "פקידת הקבלה", "סטטוס צילומים", "תור", "טיפול שורש", "עקירה"]
    words.append(OWNERS["Imaging institute"])  # story and map call it by one name
    assert [word for word in words if word not in text] == []


def test_the_hebrew_story_tells_and_leaves_open_the_same_as_the_english_one():
    story, _, untold = said(HEBREW_STORY).partition("מה היא לא מספרת")
    assert 170 <= len(story.split()) <= 260
    facts = ["יומיים", "אחרי כמה ימים", "באותו יום", "אף אחד לא התקשר", "במייל", "ונחזור אלייך", "רופא פרטי"]
    assert [fact for fact in facts if fact not in story] == []
    points = len(re.findall(r"^- ", untold, re.M))
    assert points == len(re.findall(r"^- ", said(NOA / "story.md"), re.M)) == 3
    assert "תור זמני" in untold and "ייתכן מאוד" in untold


# ---- the call centre's log ----

ENTRY = re.compile(r"^\*\*(\w{3}) (\d+ \w+)(?: 2024)?, (\d\d:\d\d)\.\*\* (.+)$", re.M)


@pytest.fixture(scope="module")
def log():
    """The entries of the log, as (time, words)."""
    entries = []
    for day, date, clock, words in ENTRY.findall((LUCY / "story_call_centre.md").read_text("utf-8")):
        time = datetime.datetime.strptime(f"{date} 2024 {clock}", "%d %B %Y %H:%M")
        assert time.strftime("%a") == day, date
        entries.append((time, words))
    return entries


def test_the_log_runs_in_order_and_holds_two_calls_both_resolved(log):
    times = [time for time, _ in log]
    assert len(log) >= 7 and all(one < two for one, two in pairwise(times))
    calls = [words for _, words in log if words.startswith("Call,")]
    assert len(calls) == 2
    for words in calls:
        assert "Wrap-up: *resolved*" in words
        [minutes] = re.findall(r"^Call, (\d+) min \d+ s, agent \d+\.", words)
        assert int(minutes) < 6, "the report says that both were under six minutes"


def test_the_log_keeps_the_days_of_lucys_journey(log):
    day = {words: time.date() for time, words in log}
    days = {
        key: next(date for words, date in day.items() if key in words)
        for key in ("New caller", "joined", "Recordings", "In labour", "Birth paid")
    }
    journey = read_journey(LUCY / "journey_as_is.csv")
    waits = journey.table["wait_days"]
    birth = row_of(journey, "In labour")
    assert (days["joined"] - days["New caller"]).days == waits[row_of(journey, "Joins the plan")]
    assert (days["In labour"] - days["joined"]).days == waits[birth - 1] + waits[birth]
    assert (days["Birth paid"] - days["In labour"]).days == waits[row_of(journey, "Pays from")]
    assert days["Recordings"] - days["New caller"] > datetime.timedelta(90)


def test_the_log_leaves_both_explanations_open():
    text = said(LUCY / "story_call_centre.md")
    assert 300 <= len(text.split()) <= 450
    log, _, rest = text.partition("What the log leaves open")
    # what each explanation would have left, and that it is not there
    assert "Old page not kept" in log and "Recordings older than 90 days deleted" in log
    script = re.findall(r"Script 3 done: (.+?)\.", log)
    assert len(script) == 1 and len(script[0].split(", ")) == 5 and "five questions" in rest
    assert "told something wrong" in rest and "did nobody ask" in rest
    assert "Neither tells us which explanation is true" in rest
    assert not re.search("birth|covered", log.partition("Wed 18 September")[0]), "what she asked is not noted"
    ending = (LUCY / "story_call_centre.md").read_text("utf-8").split("---")[-1].strip().split("\n\n")
    assert all(re.fullmatch(r"\*[^*]+\*", paragraph) for paragraph in ending)
    assert "published account" in ending[-1]

"""The certificate: nothing is written before all is done; then one page with the learner's own name and map."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_course import ROOT

import cxkit as cx
from cxkit.teaching.certificate import Certificate, clean_name
from cxkit.teaching.certificate_page import page
from cxkit.teaching.lessons import read_lessons
from cxkit.teaching.progress import load_record, record_lesson, record_quiz
from cxkit.teaching.progress_words import WORDS

COURSE = read_lessons(ROOT / "course" / "lessons.yaml")
TESTS = COURSE["test"].values()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    for name in ("lessons.yaml", "trace.yaml"):
        shutil.copy(ROOT / "course" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def do(*lessons):
    """The record of whoever has done these lessons, and no other."""
    first = {f"q{n}": n % 2 == 0 for n in range(12)}
    quizzes = {
        quiz: {
            "title": "A quiz",
            "answers": {},
            "first": first,
            "of": 12,
            "done": "2026" if quiz in TESTS else None,
        }
        for lesson in lessons
        for quiz in lesson["quizzes"]
    }
    opened = {lesson["number"]: {"title": lesson["title"], "opened": "2026-11-22"} for lesson in lessons}
    load_record(json.dumps({"version": 1, "lessons": opened, "quizzes": quizzes}))


def own_map(touchpoints=5, owner="Reception", **more):
    rows = [
        {"stage": "care", "touchpoint": f"Step {n}", "channel": "phone", "owner": owner if n == 0 else ""}
        for n in range(touchpoints)
    ]
    return cx.Journey(rows, **{"title": "My own service", **more})


@pytest.fixture
def all_done(folder):
    do(*COURSE["lessons"])
    own_map().save("my_service.csv")
    return cx.certificate()


def press(certificate, name):
    certificate._heard(certificate, {"kind": "button", "button": "make", "field": name}, [])
    return certificate.note


# ---- what is missing ----


def test_at_first_all_is_missing_and_nothing_is_written(folder):
    certificate = cx.certificate()
    assert len(certificate.missing) == len(COURSE["lessons"]) + 1 and certificate.done == []
    assert "Nothing was written" in press(certificate, "Noa")
    assert not (folder / "certificate.html").exists() and certificate.page == ""
    for lesson in COURSE["lessons"]:
        assert any(lesson["title"] in line for line in certificate.missing)


@pytest.mark.parametrize("lacking", COURSE["lessons"], ids=lambda lesson: lesson["number"])
def test_each_lesson_counts(lacking, folder):
    do(*(lesson for lesson in COURSE["lessons"] if lesson is not lacking))
    own_map().save("my_service.csv")
    certificate = cx.certificate()
    [line] = certificate.missing
    assert lacking["title"] in line
    assert ("twelve questions after the course" in line) == (lacking["number"] == "10")
    assert "Nothing was written" in press(certificate, "Noa")
    do(*COURSE["lessons"])
    assert certificate.missing == [], "it follows the record"


def test_a_lesson_in_another_language_counts(folder):
    [lesson] = [one for one in COURSE["lessons"] if one.get("also")]
    record_lesson("06_he", "שיעור")
    record_quiz(lesson["also"][0]["quizzes"][0], "בוחן", {}, dict.fromkeys("abcde", True), 5)
    assert not any(lesson["title"] in line for line in cx.certificate().missing)


@pytest.mark.parametrize(
    ("journey", "words"),
    [
        (own_map(4), "it has 4 touchpoints and needs at least 5"),
        (own_map(6, owner=""), "name an owner"),
        (None, "cannot be read"),
    ],
)
def test_a_map_that_is_not_ready_is_told_in_words(journey, words, all_done):
    if journey is None:
        (all_done.path).write_bytes(b"\xff\x00 not a journey")
    else:
        journey.save("my_service.csv")
    all_done._heard(all_done, {"kind": "button", "button": "refresh"}, [])
    [line] = all_done.missing
    assert words in line and words in all_done.html
    assert "Nothing was written" in press(all_done, "Noa")


def test_a_moment_without_an_owner_is_fine_once_the_others_have_one(all_done):
    assert all_done.missing == [] and list(own_map().table["owner"]).count("") == 4


def test_a_notebook_outside_the_course_says_so(tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert "does not lie in its folder" in cx.certificate().missing[0]


# ---- the page ----


def test_the_certificate_lies_beside_the_notebook_and_is_said_to(all_done, folder):
    assert "certificate.html" in press(all_done, "Noa Levi")
    text = (folder / "certificate.html").read_text("utf-8")
    assert all_done.page == text
    assert "Noa Levi" in text and "My own service" in text and "no proof of mastery" in text
    minutes = sum(lesson["minutes"] for lesson in COURSE["lessons"])
    assert abs(float(re.search(r"about ([\d.]+) hours", text)[1]) * 60 - minutes) <= 15
    assert "10 lessons" in text
    for lesson in COURSE["lessons"]:
        assert lesson["learned"] in unescape(text)


def test_the_map_on_it_is_the_learners_own_with_words_for_who_cannot_see(all_done, folder):
    press(all_done, "Noa")
    text = (folder / "certificate.html").read_text("utf-8")
    [alt] = re.findall(r'<img alt="([^"]+)"', text)
    drawn = base64.b64decode(re.search(r"svg\+xml;base64,([^\"]+)", text)[1]).decode("utf-8")
    map_ = cx.read_journey("my_service.csv").draw(size="A4", style="print")
    assert unescape(alt) == map_.alt and len(alt) > 40
    assert drawn == map_.svg().decode("utf-8")


def test_it_needs_nothing_from_outside(all_done, folder):
    press(all_done, "Noa")
    text = re.sub(r"base64,[^\"]+", "", (folder / "certificate.html").read_text("utf-8"))
    assert not re.search(r"https?:|//|@import|url\(|<link|<script", text)
    assert "@page { size: A4 landscape" in text


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "\n"])
def test_a_name_is_needed(name, all_done, folder):
    assert press(all_done, name) == "Write your name first."
    assert not (folder / "certificate.html").exists()


@pytest.mark.parametrize(
    "name",
    [
        "נועה לוי",
        "Zoë D’Arcy-Łukasz",
        "王小明",
        "فاطمة",
        "<script>alert(1)</script>",
        '"><img src=x>',
        "{name}",
    ],
)
def test_a_name_may_have_any_letters_and_is_text(name, all_done, folder):
    press(all_done, name)
    text = (folder / "certificate.html").read_text("utf-8")
    assert name in unescape(text)
    assert "<script" not in text and "<img src" not in text


@given(st.text())
def test_any_name_is_one_line_of_signs_that_can_be_seen(name):
    clean = clean_name(name)
    assert len(clean) <= 80 and clean == clean.strip() and clean_name(clean) == clean
    assert not re.search(r"[\n\r\t\u202a-\u202e\u2066-\u2069]", clean)
    clean.encode("utf-8")


def test_a_second_certificate_takes_the_place_of_the_first(all_done, folder):
    press(all_done, "Noa")
    press(all_done, "Amos")
    assert "Amos" in (folder / "certificate.html").read_text("utf-8")
    assert [path.name for path in folder.glob("*.html")] == ["certificate.html"]


def test_a_full_disk_is_told_in_words_and_leaves_the_old_one(all_done, folder, monkeypatch):
    press(all_done, "Noa")
    before = (folder / "certificate.html").read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cxkit.files.os.fsync", full)
    assert "could not be written" in press(all_done, "Amos") and all_done.page == ""
    assert (folder / "certificate.html").read_bytes() == before


def test_an_instructors_run_writes_nothing(all_done, folder, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert "Nothing was written" in press(all_done, "Noa")
    assert not (folder / "certificate.html").exists()


def test_in_hebrew_the_page_runs_from_the_right(all_done, folder):
    certificate = cx.certificate(language="he")
    assert certificate.spec["dir"] == "rtl"
    press(certificate, "נועה")
    text = (folder / "certificate.html").read_text("utf-8")
    assert '<html lang="he" dir="rtl">' in text and "תעודת השתתפות" in text
    for line in [certificate.note, *certificate.lines()]:
        assert re.search("[א-ת]", line), line


def test_on_paper_it_says_what_is_missing(folder):
    bundle = cx.certificate()._repr_mimebundle_()[0]
    assert "Still missing" in bundle["text/html"] and "○" in bundle["text/plain"]
    assert isinstance(cx.certificate(), Certificate)


def test_each_language_has_the_same_words_with_the_same_places():
    def places(text):
        return sorted(set(re.findall(r"\{(\w+)\}", text)))

    for language, words in WORDS.items():
        assert set(words) == set(WORDS["en"]), language
        for key, text in words.items():
            assert places(text) == places(WORDS["en"][key]), (language, key)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("name", ["Noa", "A very long name " * 5])
def test_it_prints_on_one_sheet_and_nothing_is_cut(language, name, folder):
    import datetime

    from playwright.sync_api import sync_playwright

    text = page(
        clean_name(name),
        COURSE,
        own_map(9, title="A long title of a journey " * 4),
        datetime.date(2026, 11, 22),
        language,
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        sheet = browser.new_page()
        sheet.set_content(text)
        cut = sheet.evaluate(
            """() => { const main = document.querySelector('main');
            const edge = main.getBoundingClientRect();
            return [...main.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().bottom > edge.bottom + 1
              || one.getBoundingClientRect().right > edge.right + 1 || one.getBoundingClientRect().left < edge.left - 1)
              .map((one) => one.outerHTML.slice(0, 60)); }"""
        )
        assert cut == []
        assert sheet.evaluate("() => document.querySelector('img').getBoundingClientRect().height") > 250
        printed = sheet.pdf(prefer_css_page_size=True, print_background=True)
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    width, height = map(float, re.search(rb"MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed).groups())
    assert (round(width), round(height)) == (842, 595)

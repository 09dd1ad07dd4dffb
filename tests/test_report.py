"""`cxkit report`: the instructor's page about one exercise and one cohort, its numbers, and what it must never tell."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
import re
import shutil
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from answer_sets import answer_sets, answers_of, model_answers, solution
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from report_cohort import One, make_course, people
from scipy import stats
from sqlalchemy import event
from sqlalchemy.engine import Engine
from test_feedback import Page

from cxkit.cli import main
from cxkit.grading import look as looking
from cxkit.grading.look import Exercise, find_exercise
from cxkit.grading.report.answers import Tally
from cxkit.grading.report.files import csv_bytes, marks_table, write_report
from cxkit.grading.report.make import Report, make_report, nobody_named
from cxkit.grading.report.numbers import (
    bars_of,
    item_rest,
    item_rows,
    quantile_of,
    readings,
    share_reached,
    summary_of,
)
from cxkit.grading.report.page import report_page
from cxkit.grading.report.read import Cohort, Item, Learner, Read, read_cohort, read_notebooks
from cxkit.grading.report.tests import Pair, gain_of, read_tests
from cxkit.grading.report.words import WORDS
from cxkit.measures.estimate import Estimate
from cxkit.teaching.questions import read_questions

EXERCISE, HEBREW, BY_HAND = "01_physio_journey", "06_discharge_delay_he", "10_my_service"
OWN_WORDS = "I wait for weeks and Zvika Zilberman never calls me"
EVIL = "<script>alert(1)</script><img src=http://evil.example/x.png>"
FORMULA = '=HYPERLINK("http://evil.example","here")'
WRONG_WAIT = {**model_answers(EXERCISE), "wait_length": "eight days", "break_words": OWN_WORDS}


def report_on(course: Path, exercise: str = EXERCISE, **how) -> Report:
    return make_report(find_exercise(exercise, course), **how)


def cohort_of(marks: list[dict[str, float | None]], of: dict[str, float]) -> Cohort:
    """A cohort of numbers alone: each learner's marks by item."""
    learners = [Learner(f"l{place:03d}", got=dict(one), handed_in=True) for place, one in enumerate(marks)]
    return Cohort(
        Exercise("ex", Path(), [], []),
        None,
        [Item(name, name, most) for name, most in of.items()],
        learners,
    )


def lots(n: int, seed: int = 3) -> Cohort:
    lot = np.random.default_rng(seed)
    skill = lot.normal(size=n)
    of = {"a": 2.0, "b": 4.0, "c": 1.0}

    def share(one: float) -> float:
        return float(np.clip(0.5 + 0.3 * one + 0.2 * lot.normal(), 0, 1))

    return cohort_of([{name: round(most * share(one), 1) for name, most in of.items()} for one in skill], of)


# --- the numbers


def test_item_rest_is_the_correlation_with_all_other_items():
    # by hand: item 0 1 1 2 2 (mean 1.2), rest 3 5 8 8 9 (mean 6.6); sum of products 7.4, of squares 2.8 and 25.2
    found, why = item_rest([0, 1, 1, 2, 2], [3, 5, 8, 8, 9])
    assert why == "" and found.value == pytest.approx(7.4 / math.sqrt(2.8 * 25.2))
    cohort = lots(80)
    for row in item_rows(cohort):
        one = [each.got[row.item.name] for each in cohort.learners]
        rest = [sum(each.got.values()) - each.got[row.item.name] for each in cohort.learners]
        right = stats.pearsonr(one, rest)
        interval = right.confidence_interval(0.95)
        assert row.tells.value == pytest.approx(right.statistic)
        assert (row.tells.low, row.tells.high) == pytest.approx((interval.low, interval.high))
        assert row.tells.n == 80


def test_difficulty_is_the_mean_share_of_the_marks_with_its_interval():
    cohort = lots(40)
    row = next(one for one in item_rows(cohort) if one.item.name == "b")
    shares = np.array([one.got["b"] / 4 for one in cohort.learners])
    low, high = stats.t.interval(0.95, 39, shares.mean(), stats.sem(shares))
    assert row.reached.value == pytest.approx(shares.mean())
    assert (row.reached.low, row.reached.high) == pytest.approx((low, min(high, 1)))
    all_or_nothing = share_reached([1, 1, 0], 1)
    assert (all_or_nothing.low, all_or_nothing.high) == pytest.approx((0.2077, 0.9385), abs=1e-3)
    # all of 20 got everything: that is no proof that everybody ever will
    assert share_reached([2.0] * 20, 2).low == pytest.approx(0.839, abs=1e-3)
    assert math.isnan(share_reached([1.0] * 20, 2).low)


@given(st.integers(1, 80), st.sampled_from([0.25, 0.5, 0.75]))
def test_the_interval_of_a_quantile_covers_what_it_says(n, share):
    found = quantile_of(list(range(1, n + 1)), share)
    if math.isnan(found.low):
        # no two places leave so little outside
        assert stats.binom.cdf(0, n, share) > 0.025 or stats.binom.cdf(n - 1, n, share) < 0.975
        return
    low, high = int(found.low), int(found.high)
    assert stats.binom.cdf(low - 1, n, share) <= 0.025 and stats.binom.cdf(high - 1, n, share) >= 0.975
    assert stats.binom.cdf(low, n, share) > 0.025 and stats.binom.cdf(high - 2, n, share) < 0.975
    assert low <= found.value <= high


@given(st.integers(8, 60), st.integers(0, 5))
def test_a_cohort_twice_as_large_has_narrower_intervals_and_the_same_numbers(n, seed):
    once = lots(n, seed)
    marks = [one.got for one in once.learners]
    twice = cohort_of(marks + marks, {one.name: one.of for one in once.items})
    for small, large in zip(item_rows(once), item_rows(twice), strict=True):
        for one, other in ((small.reached, large.reached), (small.tells, large.tells)):
            assert other.value == pytest.approx(one.value)
            assert other.high - other.low < one.high - one.low
    assert summary_of(twice).mean.value == pytest.approx(summary_of(once).mean.value)


@given(st.permutations(range(30)))
def test_the_order_of_learners_changes_nothing(order):
    cohort = lots(30)
    moved = cohort_of(
        [cohort.learners[place].got for place in order], {one.name: one.of for one in cohort.items}
    )

    def shown(of: Cohort) -> list[object]:
        rows = item_rows(of)
        numbers = [(one.reached.value, one.reached.low, one.tells.value, one.tells.high) for one in rows]
        return [
            *np.round(numbers, 9).ravel(),
            [one.reads for one in rows],
            summary_of(of).bars,
            summary_of(of).median,
        ]

    assert shown(moved) == shown(cohort)


def test_where_all_got_the_same_there_is_a_reason_and_no_number():
    rows = item_rows(cohort_of([{"a": 1, "b": 2}, {"a": 1, "b": 1}, {"a": 1, "b": 0}], {"a": 1, "b": 2}))
    assert [(one.tells, one.why) for one in rows] == [(None, "same"), (None, "rest")]
    assert item_rest([1, 2], [1, 2]) == (None, "few")
    line, _ = item_rest([1, 2, 3, 4], [2, 4, 6, 8])
    assert line.value == 1 and math.isnan(line.low)


def test_readings_agree_with_the_intervals():
    def tells(value, low, high):
        return readings(None, Estimate(value, low, high, 50))[0]

    assert tells(0.5, 0.3, 0.7) == "tells" and tells(0.25, 0.01, 0.5) == "tells_a_little"
    assert tells(0.5, -0.1, 0.8) == "unclear" and tells(0.05, -0.1, 0.19) == "tells_not"
    assert tells(-0.4, -0.6, -0.1) == "turned"
    reached = [readings(Estimate(share, 0, 1, 50), None)[0] for share in (0.9, 0.5, 0.2)]
    assert reached == ["easy", "middle", "hard"]


@given(st.lists(st.floats(-3, 23), max_size=40), st.sampled_from([0.5, 3, 7, 20, 100]))
def test_bars_hold_everybody_once(totals, of):
    bars = bars_of(totals, of)
    assert sum(one.count for one in bars) == len(totals) and len(bars) <= 10
    assert bars[0].low == 0 and bars[-1].high == of
    assert all(one.high == other.low for one, other in pairwise(bars))


def test_marks_that_wait_for_a_person_are_counted_and_are_not_zero():
    marks = [{"a": 1.0, "b": None}, {"a": 0.0, "b": 2.0}, {"a": 1.0, "b": 1.0}, {"a": 0.5, "b": 0.0}]
    cohort = cohort_of(marks, {"a": 1, "b": 2})
    row = item_rows(cohort)[1]
    assert (row.n, row.open, row.reached.value) == (3, 1, pytest.approx(0.5))
    summary = summary_of(cohort)
    assert summary.n == 3 and summary.of == 3 and not summary.left_out
    for one in cohort.learners[:3]:
        one.got["b"] = None
    # most still wait: what they wait for is left out, and everybody counts
    waiting = summary_of(cohort)
    assert (waiting.n, waiting.of, [one.name for one in waiting.left_out]) == (4, 1, ["b"])


# --- a course


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """200 made-up learners, of whom many misread the wait; and some of each kind that a report has to name."""
    learners = people(EXERCISE, 200)
    for one in learners[:80]:
        one.answers, one.code, one.found = WRONG_WAIT, {}, None
    learners[100].late = 1.5
    learners[101].hand = {"breaks": 0.5}
    learners += [
        One("absent.one", first="Ab", last="Sent"),
        One("=cmd|calc", WRONG_WAIT, first=FORMULA, last=EVIL),
        One("blank", {}, first="Bl", last="Ank"),
    ]
    return make_course(tmp_path_factory.mktemp("cohort"), EXERCISE, learners)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """24 made-up learners: of a long page, a browser and axe say the same in more time."""
    learners = people(EXERCISE, 24, most=30)
    for one in learners[:14]:
        one.answers, one.code, one.found = WRONG_WAIT, {}, None
    learners[20].late = 1.0
    learners += [One("absent.one"), One("=cmd|calc", {}, first=FORMULA, last=EVIL)]
    return make_course(tmp_path_factory.mktemp("small"), EXERCISE, learners)


@pytest.fixture(scope="module")
def report(course):
    return report_on(course)


@pytest.fixture(scope="module")
def page(report):
    return report_page(report, ("a.csv", "a.xlsx"))


def sound(page: str, language: str = "en", direction: str = "ltr") -> None:
    """What holds for every page, whatever is in it."""
    read = Page(page)
    assert page.startswith(f'<!doctype html>\n<html lang="{language}" dir="{direction}">')
    assert read.headings[0] == "h1" and read.headings.count("h1") == 1
    ranks = [int(one[1]) for one in read.headings]
    assert all(after <= before + 1 for before, after in pairwise(ranks))
    tags = {tag for tag, _ in read.tags}
    assert not tags & {"script", "img", "iframe", "link", "object", "form", "svg"}
    for _, about in read.tags:
        assert not {"src", "onerror", "onclick", "onload"} & set(about)
        assert about.get("href", "#").startswith("#")
    ids = [about["id"] for _, about in read.tags if "id" in about]
    assert len(ids) == len(set(ids))
    assert {about["href"][1:] for _, about in read.tags if "href" in about} <= set(ids)
    assert "url(" not in page and "@import" not in page
    for sign in ("nan", "None", "{", "}", "inf", "Traceback"):
        assert not re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", read.text), sign


def test_the_page_is_one_sound_file(page):
    sound(page)
    text = Page(page).text
    assert "202 of 203 learners" in text and "<script>alert(1)</script>" in text
    assert "Some came late" in text


def test_marks_are_those_of_the_gradebook(course, report):
    with (course / "gradebook.db").open("rb") as book:
        assert book.read(6) == b"SQLite"
    by_id = {one.id: one for one in report.people}
    late = next(one for one in report.people if one.late)
    assert late.total == pytest.approx(sum(late.got[one.name] for one in report.items if not one.extra) - 1.5)
    assert by_id["absent.one"].total is None and not by_id["absent.one"].handed_in
    by_hand = [one for one in read_cohort(find_exercise(EXERCISE, course)).learners if one.by_hand]
    assert [one.got["breaks"] for one in by_hand] == [0.5]
    totals = [one.total for one in report.people if one.total is not None]
    assert report.summary.mean.value == pytest.approx(np.mean(totals))
    assert report.summary.median.value == pytest.approx(np.median(totals))
    assert sum(one.count for one in report.summary.bars) == report.summary.n == 202
    assert report.summary.of == 20 and report.extra


def test_the_planted_misreading_is_the_commonest_wrong_answer_in_the_words_of_the_form(report, page):
    wrong = next(one for one in report.wrong if one.question["id"] == "wait_length")
    first = wrong.answers[0]
    assert first.given == ("is", "Eight days") and first.people >= 81
    assert first.share.n == wrong.lost >= first.people
    low, high = stats.binomtest(first.people, wrong.lost).proportion_ci(0.95, "wilson")
    assert (first.share.low, first.share.high) == pytest.approx((low, high))
    assert f"{first.people} of {wrong.lost}" in Page(page).text
    # what brings full marks is never called wrong, whoever else lost marks beside it
    for one in report.wrong:
        right = model_answers(EXERCISE).get(one.question["id"])
        labels = {
            option["label"]
            for option in one.question.get("options", [])
            if isinstance(option, dict) and option["id"] == right
        }
        assert not labels & {line.given[-1] for line in one.answers}
    assert all(len(one.answers) <= 5 for one in report.wrong)


def test_own_words_are_never_listed(course, report, page):
    assert OWN_WORDS.split()[5] not in page and "Zilberman" not in page
    texts = [one for one in report.wrong if one.question["kind"] == "text"]
    assert {line.given for one in texts for line in one.answers} <= {("none",)}


def test_the_words_of_lost_marks_are_counted_with_how_many_read_them(report):
    said = next(one for one in report.sentences if one.item.name == "wait")
    assert said.said[0].people >= 81 and said.said[0].share.n == said.lost
    assert "Eight days" in said.said[0].given[1] or "eight days" in said.said[0].given[1].lower()
    assert not [one for one in report.sentences if one.item.extra]


def test_what_to_teach_again_names_the_lesson_and_the_misreading(report, page):
    (again,) = report.again
    assert again.row.item.name == "wait"
    assert [one.concept for one in again.places] == ["waits and hand-offs"]
    assert again.places[0].lesson.startswith("Lesson 6") and again.places[0].part == "Where the time goes"
    wrong, line = again.wrong
    assert (wrong.question["id"], line.given) == ("wait_length", ("is", "Eight days"))
    assert "Where it is taught waits and hand-offs" in Page(page).text


def test_nothing_stands_out_where_intervals_overlap(tmp_path):
    learners = [
        One(f"l{place}", answers_of(EXERCISE, one)) for place, one in enumerate(answer_sets(EXERCISE)["sets"])
    ]
    found = report_on(make_course(tmp_path, EXERCISE, learners))
    assert not found.again and "Nothing stands out" in Page(report_page(found)).text


def test_who_needs_a_look_and_who_is_not_there(report, page):
    looks = {one.who.id: " ".join(one.why) for one in report.look}
    assert "no answers" in looks["blank"]
    assert [one.id for one in report.absent] == ["absent.one"] and not report.waiting
    text = Page(page).text
    assert "Not handed in (1) Learner Ab Sent" in text
    assert report.seen == len(report.look)


def test_a_report_changes_nothing_in_the_course(course):
    def state() -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in course.rglob("*")
            if path.is_file()
        }

    before = state()
    report_on(course)
    assert state() == before


def test_as_many_queries_for_many_learners_as_for_few(course, tmp_path):
    few = make_course(tmp_path, EXERCISE, people(EXERCISE, 4, most=4))
    counts = []
    for folder in (few, course):
        asked = []

        def count(*_, asked=asked):
            asked.append(1)

        event.listen(Engine, "before_cursor_execute", count)
        try:
            read_cohort(find_exercise(EXERCISE, folder))
        finally:
            event.remove(Engine, "before_cursor_execute", count)
        counts.append(len(asked))
    assert counts[0] == counts[1] > 0


# --- the files


def test_the_files_say_the_same_as_the_page(report, tmp_path):
    page, table, book = write_report(report, tmp_path / "new" / "reports")
    assert [one.name for one in (page, table, book)] == [
        f"{EXERCISE}{end}" for end in (".html", ".csv", ".xlsx")
    ]
    assert sorted(one.name for one in page.parent.iterdir()) == sorted(
        one.name for one in (page, table, book)
    )
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    assert len(rows) == 203
    assert sum(float(row["total"]) for row in rows if row["total"]) == pytest.approx(
        sum(one.total for one in report.people if one.total is not None)
    )
    sheets = load_workbook(book)
    assert sheets.sheetnames == ["marks", "items", "answers", "look"]
    items = {row[1]: row for row in sheets["items"].iter_rows(min_row=2, values_only=True)}
    wait = next(one for one in report.rows if one.item.name == "wait")
    assert items["wait"][4] == wait.n and items["wait"][6] == pytest.approx(wait.reached.value, abs=1e-4)
    assert items["extra"][3] == "yes"
    answers = [row for row in sheets["answers"].iter_rows(min_row=2, values_only=True) if row[0] == "answer"]
    assert any(row[2] == "Eight days" and row[3] >= 81 for row in answers)
    assert ("absent.one", "not handed in", None) in list(
        sheets["look"].iter_rows(min_row=2, values_only=True)
    )


def test_no_text_becomes_a_formula(report, tmp_path):
    _, table, book = write_report(report, tmp_path)
    cells = [cell for row in csv.reader(io.StringIO(table.read_text("utf-8-sig"))) for cell in row]
    assert any(FORMULA in cell for cell in cells) and any("=cmd|calc" in cell for cell in cells)
    numbers = re.compile(r"-?[\d.]+")
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r") and not numbers.fullmatch(cell)]
    with zipfile.ZipFile(book) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets" in name]
    assert sheets and not [one for one in sheets if b"<f>" in one or b"<f " in one]
    marks = load_workbook(book)["marks"]
    odd = next(row for row in marks.iter_rows(min_row=2) if str(row[1].value).startswith("=HYPERLINK"))
    assert odd[1].data_type == "s" and odd[1].quotePrefix
    plain = csv_bytes([[sign + "x" for sign in "=+-@\t"]]).decode("utf-8-sig")
    assert all(cell.startswith("'") for cell in next(csv.reader(io.StringIO(plain))))


def private(course: Path) -> list[str]:
    """All that could tell who somebody is: ids, names, and where the course lies."""
    cohort = read_cohort(find_exercise(EXERCISE, course))
    known = [word for one in cohort.learners for word in (one.id, one.name)]
    return [*known, str(course), "Zilberman", "evil.example", "Secret-Comment"]


def leaks(files: list[Path], words: list[str]) -> list[tuple[str, str]]:
    """The private words that stand anywhere in the bytes of the files, with workbooks unpacked."""
    contents = {}
    for path in files:
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                contents |= {f"{path.name}/{name}": parts.read(name) for name in parts.namelist()}
        contents[path.name] = path.read_bytes()
    found = []
    for name, data in contents.items():
        text = data.decode("utf-8", "replace").casefold()
        for word in words:
            shapes = {word, word.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")}
            found += [(name, one) for one in shapes if one and one.casefold() in text]
    return found


@pytest.fixture
def with_odd_ones(course, tmp_path):
    """The course with submissions whose look tells names of files and of learners."""
    folder = tmp_path / "course"
    shutil.copytree(course, folder)
    handed = folder / "submitted"
    known = sorted(one.name for one in handed.iterdir() if "." in one.name)
    first, second = known[:2]
    third = next(
        one
        for one in known[2:]
        if r"\"wait_length\": \"eight days\""
        in (handed / one / EXERCISE / f"{EXERCISE}.ipynb").read_text("utf-8")
    )
    place = handed / first / EXERCISE
    (place / f"{EXERCISE}.ipynb").rename(place / f"{first} my work.ipynb")
    shutil.rmtree(folder / "autograded" / second)
    notebook = json.loads((handed / third / EXERCISE / f"{EXERCISE}.ipynb").read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "answers":
            cell["source"] = cell["source"].replace("eight days", "one month")
    (handed / third / EXERCISE / f"{third}.ipynb").write_text(json.dumps(notebook), "utf-8")
    return folder


def test_with_no_names_nobody_can_be_found_in_any_of_the_files(with_odd_ones, tmp_path):
    named = write_report(report_on(with_odd_ones), tmp_path / "named")
    words = private(with_odd_ones)
    assert len({word for _, word in leaks(named, words)}) > 200  # the search itself finds what is there
    report = report_on(with_odd_ones, names=False)
    assert {"It is not marked", "under another name", "holds other answers"} <= {
        sign for sign in ("It is not marked", "under another name", "holds other answers")
        for one in report.look if any(sign in why for why in one.why)
    }  # fmt: skip
    assert leaks(write_report(report, tmp_path / "hidden"), words) == []


def test_numbers_instead_of_names_follow_neither_the_alphabet_nor_the_marks(small):
    hidden = report_on(small, names=False)
    assert [one.name for one in hidden.people] == [str(number) for number in range(1, 27)]
    named = report_on(small)
    assert sorted(map(str, (one.total for one in hidden.people))) == sorted(
        map(str, (one.total for one in named.people))
    )
    totals = [one.total for one in hidden.people if one.total is not None]
    assert totals != sorted(totals) and totals != sorted(totals, reverse=True)
    assert [one.got for one in hidden.people] != [one.got for one in named.people]
    # drawn anew each time, so that one report cannot be laid beside another
    assert [one.got for one in report_on(small, names=False).people] != [one.got for one in hidden.people]


def test_without_names_only_sentences_that_several_read_and_that_name_nobody_are_shown():
    item = Item("a", "A", 1)
    learners = [
        Learner(f"dana{place}", "Dana Levi" if place == 1 else "", {"a": 0.0}, handed_in=True)
        for place in range(4)
    ]
    tally = Tally(Cohort(Exercise("ex", Path(), [], []), None, [item], learners))
    lines = ["Who asks first?", "You wrote “Dana Levi”.", "Only one of us wrote this."]
    for place, one in enumerate(learners):
        tally.add(Read(one, {}, {"a": lines[: 2 if place else 3]}))
    assert [line.given[1] for line in tally.sentences(names=False)[0].said] == lines[:1]
    assert {line.given[1] for line in tally.sentences()[0].said} == set(lines)


def test_words_of_a_persons_marks_are_not_those_of_the_computer():
    item = Item("a", "A", 1)
    learner = Learner("dana", "", {"a": 0.5}, by_hand={"a"}, handed_in=True)
    tally = Tally(Cohort(Exercise("ex", Path(), [], []), None, [item], [learner]))
    tally.add(Read(learner, {}, {"a": ["Not so."]}))
    assert tally.sentences() == []


@pytest.mark.parametrize(
    "words", [one for one in vars(looking).values() if isinstance(one, str) and "{" in one]
)
def test_every_word_of_the_look_can_be_said_without_names(words):
    line = re.sub(r"\{(\w+)\}", "Dana Levi", words)
    assert "Dana" not in nobody_named(line, "ex")


# --- other exercises


@pytest.fixture(scope="module")
def hebrew(tmp_path_factory):
    learners = people(HEBREW, 12, most=12)
    return make_course(tmp_path_factory.mktemp("hebrew"), HEBREW, learners)


def test_a_hebrew_exercise_has_a_hebrew_page(hebrew):
    report = report_on(hebrew, HEBREW)
    page = report_page(report)
    sound(page, "he", "rtl")
    shown = re.sub(r"<bdi lang=en>.*?</bdi>|<p lang=\"en\".*?</p>", "", page)
    text = Page(shown).text
    for english in ("Reached", "Tells", "Handed", "learners", "marks", "interval"):
        assert english not in text, english
    assert WORDS["he"]["again_title"] in text
    # a minus keeps its side in a text from right to left
    assert not re.search(r"(?<!\u2066)−\d", page)


@pytest.mark.parametrize("marked", [False, True])
def test_marks_by_hand_are_waited_for_and_then_counted(tmp_path, marked):
    learners = people(BY_HAND, 9, most=9)
    for one in learners if marked else learners[:1]:
        one.hand = {"person": 2.0, "worth": 3.0}
    report = report_on(make_course(tmp_path, BY_HAND, learners), BY_HAND)
    text = Page(report_page(report)).text
    rows = {one.item.name: one for one in report.rows}
    if marked:
        assert not report.waiting and (rows["person"].n, rows["person"].open) == (9, 0)
        assert rows["person"].reached.value == pytest.approx(2 / 3) and rows["person"].why == "same"
        assert "All got the same marks here" in text and report.summary.of == 20
    else:
        assert len(report.waiting) == 8 and (rows["person"].n, rows["person"].open) == (1, 8)
        assert "8 not marked yet" in text and "Waiting for your marks (8)" in text
        assert {one.name for one in report.summary.left_out} == {"person", "worth"}
        assert report.summary.of == 14 and report.summary.n == 9
    sound(report_page(report))


def test_few_learners_are_said_to_be_few(tmp_path):
    for n in (1, 3):
        report = report_on(make_course(tmp_path / str(n), EXERCISE, people(EXERCISE, n, most=5)))
        page = report_page(report)
        sound(page)
        assert ("one learner" if n == 1 else "3 learners") in Page(page).text and not report.again
        assert "say little" in Page(page).text or n == 1


def test_a_marked_notebook_that_is_gone_or_broken_is_counted_and_said(tmp_path):
    course = make_course(tmp_path, EXERCISE, people(EXERCISE, 6, most=6))
    files = [one / EXERCISE / f"{EXERCISE}.ipynb" for one in sorted((course / "autograded").iterdir())]
    files[0].unlink()
    report = report_on(course)
    assert report.read == 5 and report.summary.n == 6
    assert "The answers of 1 of 6 learners could not be read again" in Page(report_page(report)).text
    for file, text in zip(files[1:], ("[" * 100_000, "", '{"cells": 3}', '{"cells": [{}]}'), strict=False):
        file.write_text(text, "utf-8")
    assert len(list(read_notebooks(read_cohort(find_exercise(EXERCISE, course))))) == 1


def test_the_questions_may_be_gone(tmp_path):
    course = make_course(tmp_path, EXERCISE, people(EXERCISE, 6, most=6))
    (course / "solutions" / EXERCISE / f"{EXERCISE}.yaml").unlink()
    report = report_on(course)
    sound(report_page(report))
    assert not report.wrong and WORDS["en"]["no_questions"] in Page(report_page(report)).text


# --- learning gain

RESULTS = "learner,before,after,of,before_map,after_map\ndana,3,9,12,0,1\nnoa,6,9,12,1,1\nlena,4,,12,0,\n"


def test_the_gain_is_that_of_the_means_with_its_interval(tmp_path):
    (tmp_path / "results.csv").write_text(RESULTS, "utf-8")
    found = gain_of(read_tests(tmp_path / "results.csv"), {"map": "a journey map"})
    # means 37.5% and 75%: 37.5 of the 62.5 that were left to learn
    assert (found.n, found.missing) == (2, 1) and found.gain.value == pytest.approx(0.6)
    assert found.gain.low < 0.6 < found.gain.high
    (asked,) = found.questions
    assert (asked.name, asked.before.value, asked.after.value, asked.after.n) == ("a journey map", 0.5, 1, 2)


def test_results_may_come_as_excel_with_semicolons_or_as_records(tmp_path):
    (tmp_path / "a.csv").write_text("\ufeff" + RESULTS.replace(",", ";"), "utf-8")
    from openpyxl import Workbook

    book = Workbook()
    for row in csv.reader(io.StringIO(RESULTS)):
        book.worksheets[0].append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(tmp_path / "b.xlsx")
    assert read_tests(tmp_path / "a.csv") == read_tests(tmp_path / "b.xlsx")
    records = tmp_path / "records"
    for name, before, after in (("dana", 3, 9), ("noa", 6, 9), ("lena", 4, None)):
        quizzes = {
            test: {"title": "T", "answers": {}, "of": 12, "done": "2026-01-01",
                   "first": {f"q{place}": place < right for place in range(12)}}
            for test, right in (("00_before_the_course", before), ("10_after_the_course", after)) if right is not None
        }  # fmt: skip
        (records / name).mkdir(parents=True)
        (records / name / "my_progress.json").write_text(
            json.dumps({"version": 1, "lessons": {}, "quizzes": quizzes}), "utf-8"
        )
    found = gain_of(read_tests(records))
    assert (found.n, found.missing) == (2, 1) and found.gain.value == pytest.approx(0.6)
    assert len(found.questions) == 12 and found.questions[0].before.value == 1


def test_every_fault_of_a_table_of_results_is_named_with_its_place(tmp_path):
    table = tmp_path / "r.csv"
    table.write_text(
        "learner,before,after,of,before_map\ndana,13,9,12,1\n,3,many,12,1\nnoa,3,9,,1\nnoa,1,2,12,maybe\nlena,1,2,12,1\nlena,1,2,12,1\n",
        "utf-8",
    )
    with pytest.raises(ValueError) as fault:
        read_tests(table)
    said = str(fault.value)
    for sign in (
        "row 2, before: “13” does not lie between 0 and 12", "row 3, learner: it is empty",
        "row 3, after: “many” is no number", "row 4, of:", "row 5, before_map: “maybe”", "“lena” stands there 2 times",
    ):  # fmt: skip
        assert sign in said, sign
    for text, sign in (
        ("name,x\na,1\n", "learner and before and after and of"),
        ("", "no learner"),
        ("learner,before,after,of\n", "no learner"),
    ):
        table.write_text(text, "utf-8")
        with pytest.raises(ValueError, match=sign):
            read_tests(table)
    (tmp_path / "r.json").write_text("{}", "utf-8")
    with pytest.raises(ValueError, match="Save a copy"):
        read_tests(tmp_path / "r.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="holds no"):
        read_tests(tmp_path / "empty")


@pytest.mark.parametrize(
    ("results", "sign"),
    [
        ([Pair("a", 12, 12, 12), Pair("b", 12, 11, 12)], "gain_full"),
        ([Pair("a", 3, None, 12)], "gain_nobody"),
        ([Pair(f"l{place}", 6, 3 + place % 2, 12) for place in range(8)], "gain_loss"),
        ([Pair("a", 3, 9, 12)], "gain_words"),
    ],
)
def test_the_page_says_what_the_results_can_say(report, results, sign):
    page = report_page(replace(report, tested=True, gain=gain_of(results)))
    sound(page)
    text = Page(page).text
    assert WORDS["en"][sign].split("{")[0].strip() in text
    if sign != "gain_nobody":
        assert "So this does not show that the course made the change" in text


def test_without_results_the_page_says_how_to_get_them(page):
    assert f"cxkit report {EXERCISE} --tests FILE" in Page(page).text


# --- the command


def test_the_command_writes_and_says_where(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course / "solutions")
    (tmp_path / "r.csv").write_text(RESULTS, "utf-8")
    where = str(tmp_path / "out")
    assert main(["report", EXERCISE, "--no-names", "--tests", str(tmp_path / "r.csv"), "-o", where]) == 0
    said = capsys.readouterr().out
    assert said.count("Wrote ") == 3 and "Marks of 202 learners." in said
    book = load_workbook(Path(where) / f"{EXERCISE}.xlsx")
    assert book.sheetnames == ["marks", "items", "answers", "look", "gain"]
    assert "Normalized gain" in (Path(where) / f"{EXERCISE}.html").read_text("utf-8")


def test_what_is_missing_is_said_in_words(tmp_path, monkeypatch, capsys):
    folder = make_course(tmp_path / "course", EXERCISE, [One("absent")])
    monkeypatch.chdir(folder)
    for exercise, sign in ((EXERCISE, "Nobody's work"), ("no_such", "There is no exercise")):
        assert main(["report", exercise]) == 1
        assert sign in capsys.readouterr().err
    shutil.copytree(folder / "solutions" / EXERCISE, folder / "solutions" / "99_new")
    for ending in ("ipynb", "yaml"):
        (folder / "solutions" / "99_new" / f"{EXERCISE}.{ending}").rename(
            folder / "solutions" / "99_new" / f"99_new.{ending}"
        )
    assert main(["report", "99_new"]) == 1
    assert "knows no exercise “99_new” yet" in capsys.readouterr().err
    (folder / "gradebook.db").write_bytes(b"")
    assert main(["report", EXERCISE]) == 1
    assert "no gradebook" in capsys.readouterr().err
    (folder / "gradebook.db").write_bytes(b"this is no database at all" * 50)
    assert main(["report", EXERCISE]) == 1
    assert "gradebook" in capsys.readouterr().err
    (folder / "gradebook.db").unlink()
    assert main(["report", EXERCISE]) == 1
    assert "no gradebook" in capsys.readouterr().err and not (folder / "gradebook.db").exists()


def test_each_language_has_the_same_words_with_the_same_places():
    def places(text):
        return sorted(re.findall(r"\{(\w+)\}", text))

    for language, words in WORDS.items():
        assert set(words) == set(WORDS["en"]), language
        for key, text in words.items():
            assert places(text) == places(WORDS["en"][key]), (language, key)


def test_every_kind_of_answer_has_words(course):
    """Each exercise's own answers and mistakes go through the count: nothing but the form's words comes out."""
    for exercise in sorted(path.parent.name for path in solution(EXERCISE).parents[1].glob("*/*.ipynb")):
        questions = read_questions(solution(exercise).with_suffix(".yaml"))
        parts = [one["id"] for one in questions["parts"]]
        items = [Item(part, part, 1.0, part) for part in parts]
        learners = [
            Learner(f"l{place}", "", dict.fromkeys(parts, 1.0 if place == 0 else 0.0), handed_in=True)
            for place in range(len(answer_sets(exercise)["sets"]))
        ]
        cohort = Cohort(Exercise(exercise, Path(), [], []), questions, items, learners)
        tally = Tally(cohort)
        from cxkit.teaching.tidy import tidy_answers

        for learner, one in zip(learners, answer_sets(exercise)["sets"], strict=True):
            given = answers_of(exercise, one)
            tally.add(Read(learner, tidy_answers(questions, given if isinstance(given, dict) else {}), {}))
        wrong = tally.wrong()
        assert wrong, exercise
        kinds = {line.given[0] for one in wrong for line in one.answers}
        assert kinds <= set(WORDS["en"]), exercise


# --- through the real graders, and in a real browser


@pytest.mark.nbgrader
def test_the_same_after_stock_autograde_and_after_cxkit_grade(tmp_path_factory, warm, monkeypatch):
    from nbgrader_course import Course, answer_cell

    sets = [answers_of(EXERCISE, one) for one in answer_sets(EXERCISE)["sets"][:5]]
    reports = []
    for grader in ("stock", "own"):
        course = Course(tmp_path_factory.mktemp(grader), warm)
        course.run("generate_assignment", EXERCISE, "--create")
        for place, answers in enumerate(sets):
            course.submit(f"learner{place}", EXERCISE, answer_cell(answers))
        if grader == "stock":
            course.run("autograde", EXERCISE, "--create")
        else:
            monkeypatch.chdir(course.folder)
            assert main(["grade", EXERCISE]) == 0
        reports.append(report_on(course.folder))
    stock, own = reports
    assert [one.got for one in stock.people] == [one.got for one in own.people]
    assert stock.read == own.read == 5
    assert stock.rows == own.rows and stock.sentences == own.sentences
    assert [(one.question["id"], one.answers) for one in stock.wrong] == [
        (one.question["id"], one.answers) for one in own.wrong
    ]
    assert stock.look == own.look


@pytest.mark.browser
def test_pages_are_accessible_fit_a_phone_and_ask_for_nothing(small, hebrew, tmp_path):
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    results = [
        Pair(f"l{place}", 3 + place % 4, 8 + place % 3, 12, {"map": bool(place % 2)}, {"map": True})
        for place in range(20)
    ]
    pages = {
        "english": report_page(report_on(small, tests=results), ("a.csv", "a.xlsx")),
        "no_names": report_page(report_on(small, names=False)),
        "hebrew": report_page(report_on(hebrew, HEBREW, tests=results)),
    }
    keep = os.environ.get("CXKIT_SHOTS")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for name, text in pages.items():
            path = tmp_path / f"{name}.html"
            # axe is a script: on this copy alone, scripts may run
            policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
            assert policy.search(text)
            path.write_text(policy.sub("", text), "utf-8")
            for width in (1366, 390):
                page = browser.new_page(viewport={"width": width, "height": 900})
                asked = []
                page.on("request", lambda request, asked=asked: asked.append(request.url))
                page.goto(path.as_uri())
                assert asked == [path.as_uri()]
                wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (name, width, wide)
                found = Axe().run(page).response["violations"]
                assert not found, (name, width, [(one["id"], one["nodes"][0]["html"]) for one in found])
                if keep:
                    page.screenshot(path=f"{keep}/report_{name}_{width}.png", full_page=True)
                page.close()
        browser.close()


def test_marks_tables_have_a_row_for_each_learner_and_nothing_for_what_is_not_marked(report):
    heads, *rows = marks_table(report)
    assert len(rows) == len(report.people) and all(len(row) == len(heads) for row in rows)
    absent = next(row for row in rows if row[0] == "absent.one")
    assert absent[heads.index("total")] is None and absent[heads.index("handed_in")] == "no"


def test_work_that_only_a_person_marks_has_a_report_before_it_is_marked():
    cohort = cohort_of([{"a": None}, {"a": None}], {"a": 3})
    summary = summary_of(cohort)
    assert summary.n == 0 and math.isnan(summary.mean.value) and summary.bars == []
    (row,) = item_rows(cohort)
    assert (row.n, row.open, row.reached, row.why) == (0, 2, None, "few")

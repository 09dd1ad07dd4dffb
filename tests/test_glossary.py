"""The glossary: complete, short, in both languages, and the same on its page as in its file."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser

import pytest
import yaml
from test_course_content import LESSONS, ROOT, anchors, cells, grade, links, sentences

import cxkit as cx
from cxkit.journey_cells import COLUMNS as JOURNEY_COLUMNS
from cxkit.teaching.glossary import COLUMNS, Glossary, anchor, glossary, page, read_glossary

SOURCE, PAGE = ROOT / "course" / "glossary.yaml", ROOT / "course" / "glossary.md"
TERMS = read_glossary(SOURCE)
LETTERS = re.compile(r"[א-ת]")
each_term = pytest.mark.parametrize("entry", TERMS, ids=lambda entry: entry["term"])


@pytest.fixture(autouse=True)
def in_the_course(monkeypatch):
    monkeypatch.chdir(ROOT / "course")


# ---- what it holds ----


def test_it_has_the_words_of_every_row_of_the_course():
    rows = {row for entry in TERMS for row in entry["rows"]}
    numbers = {"J": 9, "P": 6, "D": 6, "M": 7, "V": 4, "W": 2}
    assert rows == {f"{letter}{n}" for letter, last in numbers.items() for n in range(1, last + 1)}


def test_it_has_the_words_that_a_map_shows():
    named = {entry["term"] for entry in TERMS} | {entry.get("column") for entry in TERMS}
    assert set(JOURNEY_COLUMNS) <= named
    assert {"pre-care", "care", "post-care", "observed", "inferred", "assumed", "as-is", "to-be"} <= named
    assert {
        "service failure",
        "sales failure",
        "moment of truth",
        "interval",
        "odds ratio",
        "hand-off",
    } <= named


def test_the_terms_are_in_alphabetical_order():
    terms = [entry["term"] for entry in TERMS]
    assert terms == sorted(terms)


@each_term
def test_a_meaning_is_short_and_ends_as_a_sentence(entry):
    for name in ("meaning", "he_meaning"):
        assert len(entry[name].split()) <= 30
        assert entry[name].endswith("."), name
        assert "!" not in entry[name] + entry["example"]


@each_term
def test_the_hebrew_is_hebrew_and_the_english_is_not(entry):
    assert LETTERS.search(entry["he"]) and LETTERS.search(entry["he_meaning"])
    assert not LETTERS.search(entry["meaning"] + entry["example"])


def test_no_hebrew_word_stands_for_two_terms():
    hebrew = [entry["he"] for entry in TERMS]
    twice = {word for word in hebrew if hebrew.count(word) > 1}
    assert not twice


@each_term
def test_a_function_that_it_names_is_one_of_cxkit(entry):
    if "call" in entry:
        assert entry["call"] in {*cx.__all__, "facts"}


@cache
def columns_of_the_cases():
    return {
        column
        for name in ("hmo_opt_out", "dental_clinic_delays")
        for table in cx.case(name).tables
        for column in cx.case(name).table(table).columns
    }


@each_term
def test_a_column_that_it_names_is_one_of_a_journey_or_of_a_case(entry):
    if "column" in entry:
        # a reader sets these two, see `complaints`
        read = {"reaction", "severity"}
        assert entry["column"] in {*JOURNEY_COLUMNS, *columns_of_the_cases(), *read}


def test_the_numbers_of_the_examples_are_those_of_the_cases():
    hmo, dental = cx.case("hmo_opt_out"), cx.case("dental_clinic_delays")
    members, log = hmo.table("members"), dental.table("visit_log")
    left = members["left_in_first_year"] == "yes"
    chain = cx.chain(hmo.table("survey"))
    basic = cx.survival(members["tenure_months"], members["opted_out"].notna(), by=members["plan"]).at(12)
    with_persona = members["plan"].eq("basic") & members["age_band"].isin(["18-29", "30-39"])
    lived = hmo.journey.table["experienced"]
    lost = cx.attrition(hmo.table("contacts"), left="Opts out").set_index("touchpoint")["lost"]
    numbers = {
        "attrition": [f"{left.sum()} members", f"{lost['Cover: told and given']} were"],
        "chain": [
            f"{100 * chain.touchpoints.value:.0f} of 100",
            f"only {100 * chain.journeys.value:.0f} of 100",
        ],
        "complaint": [f"{left.sum()} members", f"{(left & (members['complained'] == 'no')).sum()} had"],
        "log": [f"{len(log):,} rows"],
        "mean": [f"mean of {lived.mean():.1f}"],
        "median": [f"{cx.waits(log).set_index('activity').at['treatment', 'median']:.1f} days"],
        "opt-out": [f"{left.sum()} of {len(members):,}"],
        "peak-end rule": [f"give {cx.peak_end(lived).value:g}"],
        "persona": [f"{100 * with_persona.mean():.0f}%"],
        "survival curve": [f"{100 * basic['basic']:.0f}%"],
        "variant": [f"{100 * cx.variants(log)['share'].max():.0f}%"],
        "voice of the customer": [f"{len(hmo.table('feedback'))} pieces"],
    }
    examples = {entry["term"]: entry["example"] for entry in TERMS}
    for term, printed in numbers.items():
        for one in printed:
            assert one in examples[term], (term, one)


def test_the_words_are_plain():
    texts = [text for entry in TERMS for text in (entry["meaning"], entry["example"])]
    assert grade(texts) <= 8
    assert all(len(sentence.split()) <= 36 for sentence in sentences(texts))


# ---- as a table ----


def bundle(shown):
    data = shown._repr_mimebundle_()
    return data[0] if isinstance(data, tuple) else data


class Table(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.rows, self.text = [], [], {}

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append((tag, dict(attrs)))


def test_the_table_has_heads_a_caption_and_hebrew_cells_from_right_to_left():
    shown = Table()
    shown.feed(bundle(glossary())["text/html"])
    assert [tag for tag, _ in shown.tags].count("caption") == 1
    head, *body = shown.rows
    assert all(cell == ("th", {"scope": "col", "style": "text-align:start"}) for cell in head)
    assert len(body) == len(TERMS)
    for row in body:
        assert len(row) == len(head)
        assert row[0][0] == "th" and row[0][1]["scope"] == "row"
        for place, (_, attrs) in enumerate(row):
            assert (attrs.get("dir"), attrs.get("lang")) == (
                ("rtl", "he") if place in (3, 4) else (None, None)
            )


def test_what_is_special_in_html_is_escaped():
    entry = {**TERMS[0], "meaning": "<b>a & b</b>"}
    assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in Glossary([entry]).html


def test_it_shows_itself_as_a_widget_as_html_and_as_text():
    shown = bundle(glossary("gap"))
    assert {"application/vnd.jupyter.widget-view+json", "text/html", "text/plain"} <= set(shown)
    assert shown["text/plain"].startswith("gap: ")


def test_the_dataframe_has_a_row_for_each_term_and_no_holes():
    table = glossary().table
    assert tuple(table.columns) == COLUMNS and len(table) == len(TERMS)
    assert not table.isna().any().any()
    assert table.set_index("term").loc["gap", ["rows", "call", "column"]].tolist() == ["P2 J8", "gap", ""]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("owner", ["owner"]),
        ("  Moment  of TRUTH ", ["moment of truth"]),
        ("נקודת מגע", ["touchpoint"]),
        ("cx.iceberg", ["iceberg"]),
        ("wait_days", ["wait"]),
    ],
)
def test_a_word_finds_its_term(word, found):
    assert [entry["term"] for entry in glossary(word).terms] == found


def test_a_part_of_a_word_finds_all_that_fit():
    found = [entry["term"] for entry in glossary("moment of tru").terms]
    assert "zero moment of truth" in found and "moment of truth" in found and len(found) < len(TERMS) / 2


@pytest.mark.parametrize(
    ("word", "hint"), [("ownr", "Did you mean owner"), ("qqq", "shows all terms"), (" ", "shows all")]
)
def test_a_word_that_is_not_there_gets_help(word, hint):
    with pytest.raises(ValueError, match=hint):
        glossary(word)


def test_it_prints_as_text():
    assert repr(glossary("gap")).startswith("gap: What was experienced less what was expected.")


# ---- as a page ----


def test_the_page_is_up_to_date():
    assert PAGE.read_text("utf-8") == page(TERMS), "stale: python -m cxkit.teaching.glossary"


def test_the_command_writes_the_page(tmp_path):
    (tmp_path / "glossary.yaml").write_text(SOURCE.read_text("utf-8"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cxkit.teaching.glossary"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "glossary.md").read_bytes() == PAGE.read_bytes()


@each_term
def test_every_term_has_a_place_that_a_link_can_reach(entry):
    assert anchor(entry["term"]) in anchors(PAGE)
    # GitHub makes small letters of a heading and drops its signs; Jupyter keeps it as it is: both must agree
    assert re.fullmatch(r"[a-z]+([ -][a-z]+)*", entry["term"])


def test_the_links_of_the_lessons_reach_a_term():
    for lesson in LESSONS:
        for cell in cells(lesson, "markdown"):
            for link in links(cell.source):
                place, _, name = link.partition("#")
                if place == PAGE.name and name:
                    assert name in anchors(PAGE), (lesson.name, link)


# ---- what is wrong with a file ----


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda terms: terms[0].pop("he"), "'he' is a required property"),
        (lambda terms: terms[0].update(term="Owner"), "at terms/0/term"),
        (lambda terms: terms[0].update(colour="red"), "colour"),
        (lambda terms: terms.append(terms[0]), "is used twice"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path, change, message):
    whole = yaml.safe_load(SOURCE.read_text("utf-8"))
    change(whole["terms"])
    file = tmp_path / "glossary.yaml"
    file.write_text(yaml.safe_dump(whole, allow_unicode=True), "utf-8")
    with pytest.raises(ValueError, match=message):
        read_glossary(file)

"""The fact register: complete, sourced, plainly worded, and in line with what the course does with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from test_course_content import ROOT, grade, sentences

from cxkit.teaching.facts import COLUMNS, facts, read_facts

REGISTER = ROOT / "course" / "facts.yaml"
FACTS = read_facts(REGISTER)
ROWS = {"J": 9, "P": 6, "D": 6, "M": 7, "V": 4, "W": 2}
each_fact = pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact["id"])


def words(fact):
    yield from (fact[name] for name in ("claim", "finding", "caveat"))


@pytest.fixture
def in_the_course(monkeypatch):
    monkeypatch.chdir(ROOT / "course")


def test_the_register_is_a_table_with_a_row_for_each_claim(in_the_course):
    table = facts()
    assert tuple(table.columns) == COLUMNS
    assert list(table["id"]) == [fact["id"] for fact in FACTS] and len(table) >= 10
    assert not table.isna().any().any()
    sas = table.set_index("id").loc["fifty_thousand_a_day"]
    assert sas["status"] == "corrected" and sas["year"] == "1987" and sas["rows"] == "M1"
    assert "50,000 a day (moments a day, as the claim prints it)" in sas["numbers"]


def test_it_is_found_from_an_exercise_too(monkeypatch):
    monkeypatch.chdir(ROOT / "exercises" / "01_physio_journey")
    assert len(facts()) == len(FACTS)


def test_elsewhere_it_says_in_words_where_it_looked(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="Open the notebook in the folder it came in"):
        facts()


def test_every_kind_of_status_but_none_other_occurs():
    assert {fact["status"] for fact in FACTS} == {
        "confirmed", "corrected", "misattributed", "rhetoric", "unsupported", "cannot be checked",
    }  # fmt: skip


@each_fact
def test_a_claim_names_a_source_or_nothing_was_counted(fact):
    assert bool(fact["sources"]) == (fact["status"] != "rhetoric")
    for source in fact["sources"]:
        assert "not checked by us" in source["look"], "a place that we did not look up says so"


@each_fact
def test_its_rows_are_rows_of_the_course(fact):
    assert all(1 <= int(row[1:]) <= ROWS[row[0]] for row in fact["rows"])


@each_fact
def test_it_is_used_where_it_says(fact):
    for place in fact["used_in"]:
        path = ROOT / "course" / place
        assert path.is_file(), place
        assert fact["id"] in path.read_text("utf-8"), f"{place} does not name {fact['id']}"


@each_fact
def test_the_finding_gives_no_number_that_the_list_of_numbers_lacks(fact):
    text = " ".join(words(fact)) + " ".join(str(source.get("year", "")) for source in fact["sources"])
    known = {f"{one['value']:,}" for one in fact.get("numbers", [])}
    known |= {str(one["value"] // 1_000_000) for one in fact.get("numbers", []) if one["value"] >= 1_000_000}
    years = set(re.findall(r"\b(?:19|20)\d\d\b", text))
    assert set(re.findall(r"\d[\d,]*\d|\d", text)) - years <= known


def test_the_numbers_that_follow_from_others_are_worked_out_right():
    value = {(fact["id"], one["what"]): one["value"] for fact in FACTS for one in fact.get("numbers", [])}

    def of(fact, part):
        [found] = [number for (one, what), number in value.items() if one == fact and part in what]
        return found

    sas = "fifty_thousand_a_day"
    in_a_year = of(sas, "customers in a year") * of(sas, "whom each one meets")
    assert of(sas, "moments in a year") == in_a_year
    assert of(sas, "moments a day, worked out") == pytest.approx(in_a_year / 365, abs=100)
    for fact, before, after in (
        ("eighty_six_percent", "in 2006", "in 2009"),
        ("how_many_leave", "in 2017", "in 2021"),
    ):
        points = of(fact, after) - of(fact, before)
        assert of(fact, "the change") == points
        relative = 100 * points / of(fact, before)
        assert of(fact, "the same change") == pytest.approx(relative, abs=1)


def test_the_words_are_plain():
    texts = [text for fact in FACTS for text in words(fact)]
    assert grade(texts) <= 8
    assert not any("!" in text for text in texts)
    assert all(len(sentence.split()) <= 36 for sentence in sentences(texts))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda facts: facts[0].update(status="true"), "'true' is not one of"),
        (lambda facts: facts[0].pop("caveat"), "'caveat' is a required property"),
        (lambda facts: facts[0].update(rows=["X1"]), "at facts/0/rows/0"),
        (lambda facts: facts.append(facts[0]), "is used twice"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, change, message):
    register = yaml.safe_load(REGISTER.read_text("utf-8"))
    change(register["facts"])
    file = tmp_path / "facts.yaml"
    file.write_text(yaml.safe_dump(register), "utf-8")
    with pytest.raises(ValueError, match=message):
        read_facts(file)


def test_a_file_that_is_no_yaml_is_refused_in_words(tmp_path):
    file = tmp_path / "facts.yaml"
    file.write_text("facts: [", "utf-8")
    with pytest.raises(ValueError, match="not readable as YAML"):
        read_facts(file)
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ValueError, match="UTF-8"):
        read_facts(file)

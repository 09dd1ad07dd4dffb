"""Every number that the course takes from the cases or from the fact register is worked out again, by the call named.

A comment says so. In a quiz or a guess it stands above the question: `# source "4.7": round(waits["median"], 1)`. In a
lesson it stands on a line of its own in the cell with the words: `<!-- source "4.7": round(waits["median"], 1) -->`.
The words in quotes have to stand in the question or the cell, and the call has to give them. The names that a call may
use are those of `FUNCTIONS` and `known`.
"""

from __future__ import annotations

import importlib
import re
from functools import cache

import nbformat
import pytest
import yaml
from coverage_hmo import ATTITUDES, GAPS, one_row_per_member
from test_course_content import LESSONS, ROOT, plain_text, texts

import cxkit as cx
from cxkit.teaching.facts import read_facts
from cxkit.teaching.questions import questions_of, read_questions

QUIZZES = ROOT / "course" / "quizzes"
QUESTIONS = [*sorted(QUIZZES.glob("*.yaml")), *sorted((ROOT / "course" / "guesses").glob("*.yaml"))]
SOURCE = re.compile(r'^ *(?:# source "([^"]+)": (.+)|<!-- source "([^"]+)": (.+?) *-->)$')
hmo, dental = cx.case("hmo_opt_out"), cx.case("dental_clinic_delays")


def sources(lines):
    for line in lines:
        found = SOURCE.match(line)
        if found:
            yield tuple(part for part in found.groups() if part)


def claims():
    """(file, question or cell, what is printed, the call) for each comment."""
    for path in QUESTIONS:
        waiting = []
        for line in path.read_text("utf-8").splitlines():
            waiting += sources([line])
            if waiting and (question := re.match(r" *- id: (\w+)$", line)):
                yield from ((path, question[1], *one) for one in waiting)
                waiting = []
        assert not waiting, f"{path.name}: a source without a question below it"
    for path, cell in prose_cells():
        yield from ((path, cell.id, *one) for one in sources(cell.source.splitlines()))


def prose_cells():
    for path in LESSONS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield path, cell


CLAIMS = list(claims())


def signed(number) -> str:
    """A number as the course prints it: a true minus, no needless zeros."""
    return f"{number:,g}".replace("-", "−") if abs(number) < 1000 else f"{number:,}".replace("-", "−")


REGISTER = read_facts(ROOT / "course" / "facts.yaml")


def number(fact, what):
    """One number of the fact register."""
    [found] = [
        one["value"]
        for entry in REGISTER
        if entry["id"] == fact
        for one in entry["numbers"]
        if what in one["what"]
    ]
    return found


def estimate(found, touchpoint, part="odds_ratio", raw=False) -> str:
    """An odds ratio of leaving as the course prints it; adjusted unless `raw`."""
    column = part if raw else f"adjusted_{part}"
    return f"{found.set_index('touchpoint').at[touchpoint, column]:.2f}"


def quote(one):
    return hmo.table("feedback").set_index("quote_id").at[one, "text"]


@cache
def what(lever, by):
    return cx.what_if(dental, **{lever: by})


@cache
def known(name):
    """What a call may name beside the functions above; each is worked out once, and only when it is asked for."""
    if name in ("members", "survey", "contacts"):
        return hmo.table(name)
    if name in ("lesson_07", "lesson_08", "lesson_09"):
        return importlib.import_module(f"cxkit.teaching.activities.{name}")
    if name == "answered_by":
        answered = (
            hmo.table("survey").groupby("member")["experienced"].apply(lambda given: given.notna().any())
        )
        people = hmo.table("members").set_index("member")
        return answered.groupby(people["left_in_first_year"]).mean()
    patients, log = dental.table("patients"), dental.table("visit_log")
    if name == "people_drivers":
        people = one_row_per_member(hmo.table("members"), hmo.table("survey"))
        return cx.drivers(people, "left_in_first_year", GAPS + ATTITUDES, adjust=["plan", "age_band"], per=-1)
    if name == "left_at":
        return cx.attrition(hmo.table("contacts"), left="Opts out").set_index("touchpoint")
    if name == "log":
        return log
    if name == "handed":
        return cx.handoffs(log).set_index(["from_activity", "to_activity"])
    if name == "image_day":
        return cx.waiting_cost(
            patients, "days_after_images", "lost_after_images", adjust=["half", "pilot"]
        ).value
    if name == "at_risk":
        return cx.revenue_at_risk(patients["treated"] == "no", patients["treatment_value"])
    here, later, treated = patients["branch"] == "North", patients["half"] == "Jul-Dec", patients["treated"]
    north = treated[here & ~later], treated[here & later]
    others = treated[~here & ~later], treated[~here & later]
    changes = {
        "north_change": lambda: cx.compare(*north),
        "elsewhere_change": lambda: cx.compare(*others),
        "pilot_change": lambda: cx.compare(*north, elsewhere=others),
    }
    return changes[name]()


class Numbers(dict):
    """The names that a call finds."""

    def __missing__(self, name):
        return known(name)


FUNCTIONS = {
    "cx": cx, "hmo": hmo, "dental": dental, "signed": signed, "number": number, "estimate": estimate,
    "quote": quote, "what": what, "abs": abs, "float": float, "int": int, "round": round,
}  # fmt: skip


@cache
def printed_in(path, place):
    if path.suffix == ".ipynb":
        [found] = [
            plain_text(cell.source) for other, cell in prose_cells() if (other, cell.id) == (path, place)
        ]
        return found
    [found] = [one for one in questions_of(read_questions(path)) if one["id"] == place]
    return " ".join(texts(found))


def test_the_lessons_with_data_have_numbers_to_check():
    assert {"02", "03", "04", "05", "06", "07", "08", "09"} <= {path.stem[:2] for path, *_ in CLAIMS}
    assert len(CLAIMS) >= 40


def name_of(part):
    return getattr(part, "name", str(part)[:24])


@pytest.mark.parametrize(("path", "place", "printed", "call"), CLAIMS, ids=name_of)
def test_a_number_of_the_course_is_what_its_call_gives(path, place, printed, call):
    assert re.search(rf"(?<![\d.,]){re.escape(printed)}(?!\d|[.,]\d)", printed_in(path, place))
    # the course's own file, with a few names: not a learner's text
    assert str(eval(call, {"__builtins__": {}}, Numbers(FUNCTIONS))) == printed


def sourced(path, place):
    # a file in Hebrew may also rest on the numbers of its English twin
    paths = (path, path.with_stem(path.stem.removesuffix("_he")))
    return " ".join(printed for other, where, printed, _ in CLAIMS if other in paths and where == place)


EXACT = re.compile(r"(?<![\d.])\d+\.\d+|\d{1,3},\d{3}(?:,\d{3})*")


@pytest.mark.parametrize("path", QUESTIONS, ids=name_of)
def test_an_exact_number_has_a_source(path):
    """Whoever prints a decimal or a long number says where it comes from, in a comment on the same question."""
    for question in questions_of(yaml.safe_load(path.read_text("utf-8"))):
        shown = " ".join([question["ask"], *texts(question.get("note", ""))])
        if question["id"] in MADE_UP.get(path.stem.removesuffix("_he"), {}):
            continue
        for exact in EXACT.findall(shown):
            assert exact in sourced(path, question["id"]), f"{question['id']}: where does {exact} come from?"


@pytest.mark.parametrize("path", LESSONS, ids=name_of)
def test_an_exact_number_in_a_lesson_has_a_source_in_its_cell(path):
    for other, cell in prose_cells():
        if other == path and cell.id not in MADE_UP.get(path.stem, {}):
            for exact in EXACT.findall(plain_text(cell.source)):
                assert exact in sourced(path, cell.id), f"{cell.id}: where does {exact} come from?"


def test_a_source_is_read_in_both_ways_of_writing_it():
    assert list(
        sources(['  # source "4.7": round(x, 1)', '<!-- source "33": a("b", 1) -->', "no source"])
    ) == [
        ("4.7", "round(x, 1)"),
        ("33", 'a("b", 1)'),
    ]


# numbers of a little story that the question itself makes up, or that it asks to check
MADE_UP = {
    "07_check_the_claim": {"fifty_thousand_a_day"},
    # what “<0.1%” stands for
    "06_anatomy_of_a_delay": {"lesson-06-29"},
    "06_anatomy_of_a_delay_he": {"lesson-06-he-31"},
}


def test_the_hebrew_quiz_is_the_english_one():
    english, hebrew = (
        list(questions_of(read_questions(QUIZZES / f"06_anatomy_of_a_delay{suffix}.yaml")))
        for suffix in ("", "_he")
    )

    def shape(question):
        options = [(one["id"], one.get("right", False)) for one in question.get("options", [])]
        cards = [one["id"] for one in question.get("cards", [])]
        return question["id"], question["row"], question["kind"], options, cards, question.get("right")

    assert [shape(one) for one in english] == [shape(one) for one in hebrew]
    for one, other in zip(english, hebrew, strict=True):
        digits = [sorted(re.findall(r"\d[\d.,]*\d|\d", question["ask"])) for question in (one, other)]
        assert digits[0] == digits[1], one["id"]
        assert all(re.search(r"[א-ת]", text) or text in english_ids(one) for text in texts(other)), one["id"]


def english_ids(question):
    """What stays in Latin letters in any language: ids, rows, kinds."""
    ids = {question["id"], question["row"], question["kind"]}
    for list_of in ("options", "cards", "columns"):
        ids |= {one["id"] for one in question.get(list_of, [])}
    for column in question.get("columns", []):
        ids |= {one if isinstance(one, str) else one["id"] for one in column["options"]}
    return ids


def test_the_test_before_and_the_test_after_are_parallel():
    before, after = (
        list(questions_of(read_questions(QUIZZES / f"{name}.yaml")))
        for name in ("00_before_the_course", "10_after_the_course")
    )
    assert [(one["id"], one["row"]) for one in before] == [(one["id"], one["row"]) for one in after]
    assert len(before) == 12
    assert {letter for one in before for letter in one["row"] if letter.isalpha()} == set("JPDMVW")
    for one, other in zip(before, after, strict=True):
        assert len(one["options"]) == len(other["options"]) == 4
        assert one["ask"] != other["ask"]
        assert places(one) != places(other), f"{one['id']}: the place of the right option gives it away"
        # about as much to read
        lengths = sorted(len(" ".join(texts([q["ask"], q["options"]]))) for q in (one, other))
        assert lengths[1] <= 1.35 * lengths[0], (one["id"], lengths)


def places(question):
    return [bool(option.get("right")) for option in question["options"]]


@pytest.mark.parametrize("path", sorted(QUIZZES.glob("*.yaml")), ids=name_of)
def test_length_does_not_give_the_right_choice_away(path):
    """In each quiz the right choice is the longest in less than half of the questions."""
    spec = read_questions(path)
    longest = [
        len(right["label"]) > max(len(one["label"]) for one in question["options"] if one is not right)
        for question in questions_of(spec)
        if question["kind"] == "choice"
        for right in question["options"]
        if isinstance(right, dict) and right.get("right")
    ]
    assert not longest or sum(longest) / len(longest) < 0.5, (path.stem, longest)


def test_a_hebrew_quiz_speaks_hebrew_to_the_end(monkeypatch, tmp_path):
    monkeypatch.setenv("CXKIT_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT / "course")
    quiz = cx.quiz("06_anatomy_of_a_delay_he")
    quiz.answers = {"ten_days": "seventy", "nobody": "gone", "kinds": [{"step": "push", "failure": "both"}]}
    for one in ("ten_days", "nobody", "kinds", "notice"):
        quiz.heard({"kind": "check", "question": one})
    said = [quiz.note, *(one["text"] for words in quiz.messages.values() for one in words)]
    assert len(said) >= 6
    for text in said:
        assert re.search(r"[א-ת]", text) and not re.search(r"[A-Za-z]", text), text

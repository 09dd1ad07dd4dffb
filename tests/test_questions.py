"""Questions as data: faults in words, no key on the page, typed words compared fairly, every label there."""

from __future__ import annotations

import copy
import json
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from nbgrader_course import ROOT

import cxkit.teaching
from cxkit.teaching.form import Form
from cxkit.teaching.questions import (
    KEPT_BACK,
    find_questions,
    for_page,
    part_of,
    plain,
    questions_of,
    read_questions,
)
from cxkit.teaching.words import WORDS, direction, words_for

FILES = sorted([*ROOT.glob("course/quizzes/*.yaml"), *ROOT.glob("solutions/*/*.yaml")])
MODULES = sorted(module.name for module in pkgutil.iter_modules(cxkit.teaching.__path__))


def a_quiz():
    return {
        "title": "Tiny",
        "language": "en",
        "parts": [
            {
                "id": "one",
                "questions": [
                    {
                        "id": "who",
                        "kind": "choice",
                        "ask": "Who?",
                        "row": "J1",
                        "options": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}],
                    }
                ],
            }
        ],
    }


def faults(spec, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(spec if isinstance(spec, str) else yaml.safe_dump(spec), "utf-8")
    with pytest.raises(ValueError) as caught:
        read_questions(path)
    assert "mine.yaml" in str(caught.value)
    return str(caught.value)


def test_a_sound_file_is_read_as_it_is(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(a_quiz()), "utf-8")
    assert read_questions(path) == a_quiz()


def change(spec, place, value):
    *way, last = place
    for step in way:
        spec = spec[step]
    if value is None:
        del spec[last]
    else:
        spec[last] = value


QUESTION = ("parts", 0, "questions", 0)


def test_a_file_read_again_is_read_as_it_is_now_and_each_reader_has_its_own(tmp_path):
    path = tmp_path / "mine.yaml"
    quiz = a_quiz()
    path.write_text(yaml.safe_dump(quiz), "utf-8")
    first = read_questions(path)
    first["parts"].clear()
    assert read_questions(path) == quiz
    # as long as before, and as old: only what stands in it tells the two apart
    about = path.stat()
    path.write_text(path.read_text("utf-8").replace("Tiny", "Tidy"), "utf-8")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert read_questions(path)["title"] == "Tidy"
    path.write_text(yaml.safe_dump(quiz | {"parts": 7}), "utf-8")
    for _ in range(2):
        with pytest.raises(ValueError, match="at parts"):
            read_questions(path)


def test_reading_questions_loads_no_reader_of_web_addresses():
    # it comes with jupyterlab, and takes two seconds at the first form of each notebook
    code = (
        "import sys; from cxkit.teaching.questions import read_questions; read_questions(sys.argv[1]); "
        "print([name for name in sys.modules if name.startswith('rfc3987_syntax')])"
    )
    done = subprocess.run([sys.executable, "-c", code, FILES[0]], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ((*QUESTION, "kind"), "guess", ["parts/0/questions/0/kind", "'guess'", "'choice'"]),
        ((*QUESTION, "ask"), None, ["parts/0/questions/0", "'ask'", "required"]),
        ((*QUESTION, "ask"), "", ["parts/0/questions/0/ask"]),
        ((*QUESTION, "row"), None, ["parts/0/questions/0", "'row'", "required"]),
        ((*QUESTION, "row"), "J", ["parts/0/questions/0/row", "'J'"]),
        ((*QUESTION, "id"), "Who is it", ["parts/0/questions/0/id", "'Who is it'"]),
        ((*QUESTION, "options"), None, ["parts/0/questions/0", "'options'", "required"]),
        ((*QUESTION, "options"), ["only one"], ["parts/0/questions/0/options"]),
        ((*QUESTION, "options", 0), {"id": "a", "label": "A", "wright": True}, ["questions/0/options/0"]),
        ((*QUESTION, "anser"), "x", ["parts/0/questions/0", "anser"]),
        ((*QUESTION, "kind"), "scale", ["parts/0/questions/0", "'low'", "'high'"]),
        ((*QUESTION, "kind"), "steps", ["parts/0/questions/0", "'cards'"]),
        (("parts", 0, "questions"), [], ["parts/0/questions"]),
        (("parts", 0, "id"), None, ["parts/0", "'id'", "required"]),
        (("parts",), None, ["the top", "'parts'", "required"]),
        (("title",), None, ["the top", "'title'", "required"]),
        (("language",), "English", ["language", "'English'"]),
        (("feedback",), "sometimes", ["feedback", "'sometimes'", "'each'", "'none'"]),
        (("colour",), "red", ["the top", "colour"]),
    ],
)
def test_a_fault_is_named_with_its_place(place, value, said, tmp_path):
    spec = a_quiz()
    change(spec, place, value)
    words = faults(spec, tmp_path)
    for piece in said:
        assert piece in words


def test_all_faults_are_listed_at_once(tmp_path):
    spec = a_quiz()
    del spec["title"]
    spec["parts"][0]["questions"][0]["kind"] = "guess"
    spec["parts"][0]["questions"][0]["row"] = "?"
    words = faults(spec, tmp_path)
    assert "3 faults" in words
    assert len(words.splitlines()) == 4


def test_a_fault_inside_an_option_says_which_word_is_wrong(tmp_path):
    spec = a_quiz()
    spec["parts"][0]["questions"][0]["options"][0]["wright"] = True
    words = faults(spec, tmp_path)
    assert "wright" in words
    assert "given schemas" not in words


@pytest.mark.parametrize(
    "text", ["", "- a\n- b\n", "just a word", "7", "title: T\nlanguage: en\nparts: many"]
)
def test_a_file_that_holds_something_else_is_refused_in_words(text, tmp_path):
    assert "fault" in faults(text, tmp_path)


@pytest.mark.parametrize("text", ["title: [", "a: b: c", "\ttitle: T", "title: 'open", "parts: {a: 1"])
def test_broken_yaml_is_refused_in_words(text, tmp_path):
    assert "not readable as YAML" in faults(text, tmp_path)


def test_a_file_in_another_encoding_is_refused_in_words(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_bytes("title: Prévention".encode("latin-1"))
    with pytest.raises(ValueError, match=r"mine\.yaml"):
        read_questions(path)


def test_a_question_id_that_is_used_twice_is_named(tmp_path):
    spec = a_quiz()
    spec["parts"].append({"id": "two", "questions": copy.deepcopy(spec["parts"][0]["questions"])})
    assert "'who' is used twice" in faults(spec, tmp_path)


def test_an_option_id_that_is_used_twice_is_named(tmp_path):
    spec = a_quiz()
    spec["parts"][0]["questions"][0]["options"][1]["id"] = "a"
    assert "'a' is used twice" in faults(spec, tmp_path)


def test_a_part_id_that_is_used_twice_is_named(tmp_path):
    spec = a_quiz()
    spec["parts"].append(copy.deepcopy(spec["parts"][0]))
    spec["parts"][1]["questions"][0]["id"] = "whom"
    assert "'one' is used twice" in faults(spec, tmp_path)


def test_a_card_id_that_is_used_twice_is_named(tmp_path):
    spec = a_quiz()
    cards = [{"id": "call", "label": "She calls"}, {"id": "call", "label": "She calls again"}]
    spec["parts"][0]["questions"] = [
        {"id": "steps", "kind": "steps", "ask": "?", "row": "J1", "cards": cards}
    ]
    assert "'call' is used twice" in faults(spec, tmp_path)


def test_a_part_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(KeyError, match=r"There is no part 'two'\. The parts are: one"):
        part_of(a_quiz(), "two")


def test_the_nearest_questions_file_is_found_from_a_folder_below(tmp_path, monkeypatch):
    deep = tmp_path / "course" / "week" / "day"
    deep.mkdir(parents=True)
    for folder in (tmp_path / "course" / "quizzes", tmp_path / "course" / "week" / "quizzes"):
        folder.mkdir()
        (folder / "mine.yaml").write_text("x", "utf-8")
    monkeypatch.chdir(deep)
    assert find_questions("mine") == tmp_path / "course" / "week" / "quizzes" / "mine.yaml"
    (deep / "mine.yaml").write_text("x", "utf-8")
    assert find_questions("mine") == deep / "mine.yaml"
    with pytest.raises(FileNotFoundError, match=re.escape(f"'yours.yaml' in {deep}")):
        find_questions("yours")


# ---- what the page may see ----

SECRET = "only Python may know this"
specs = st.recursive(
    st.text(max_size=5) | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "label", "options", "columns", "note", "map"]), inner, max_size=3
        )
        | st.tuples(st.sampled_from(sorted(KEPT_BACK)), inner).map(lambda pair: {pair[0]: [SECRET, pair[1]]})
    ),
    max_leaves=20,
)


def keys_of(value):
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from keys_of(below)
    elif isinstance(value, list):
        for one in value:
            yield from keys_of(one)


@given(st.lists(specs, max_size=4))
def test_no_key_reaches_the_page_however_deep_it_lies(parts):
    spec = {"title": "T", "language": "en", "feedback": "each", "parts": parts}
    before = json.dumps(spec)
    page = for_page(spec, "quiz")
    assert SECRET not in json.dumps(page)
    assert page.pop("feedback") == "each"
    assert not KEPT_BACK & set(keys_of(page))
    assert json.dumps(spec) == before


def secrets_of(value, inside=False):
    """Every text that stands under a key which is kept back."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from secrets_of(below, inside or key in KEPT_BACK - {"row"})
    elif isinstance(value, list):
        for one in value:
            yield from secrets_of(one, inside)
    elif inside and isinstance(value, str) and len(value) > 20:
        yield value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_all_that_a_fresh_form_sends_to_the_page_holds_no_key(path):
    spec = read_questions(path)
    form = Form({"feedback": "each", **spec}, "quiz", {})
    sent = json.dumps([form.spec, form.words, form.answers, form.messages, form.note, form.picture])
    sent += form.on_paper()
    assert spec["parts"][0]["questions"][0]["ask"] in form.spec["parts"][0]["questions"][0]["ask"]
    for secret in secrets_of(spec["parts"]):
        assert json.dumps(secret)[1:-1] not in sent
        assert secret not in sent
    seen = dict(form.spec)
    seen.pop("feedback")
    assert not KEPT_BACK & set(keys_of(seen))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_how_answers_become_a_map_stays_with_python(path):
    """The days of waiting and their steps are the key of another question."""
    assert "map" not in for_page(read_questions(path), "sheet")


def test_the_page_keeps_all_that_it_draws():
    spec = a_quiz()
    question = spec["parts"][0]["questions"][0] | {"hints": ["h"], "note": "n"}
    spec["parts"][0]["questions"][0] = question
    page = for_page(spec, "quiz")
    assert page["kind"] == "quiz" and page["dir"] == "ltr"
    assert page["parts"][0]["questions"][0] == {k: v for k, v in question.items() if k != "row"}
    assert for_page(spec | {"language": "he"}, "quiz")["dir"] == "rtl"


# ---- typed words ----


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("７", "7"),
        ("１２", "12"),
        ("٣", "3"),
        ("  In   Person\t", "in person"),
        ("IN PERSON", "in person"),
        ("in_person", "in person"),
        ("Ｐｈｏｎｅ", "phone"),
        ("in\u00a0person", "in person"),
        ("STRASSE", "straße"),
        (7, "7"),
        (None, "none"),
    ],
)
def test_typed_words_are_compared_without_case_width_or_spaces(typed, meant):
    assert plain(typed) == plain(meant)


@given(st.text())
@example("\u03d4\u0362\u0301")
def test_plain_is_plain_already(text):
    assert plain(plain(text)) == plain(text)


@given(st.text(), st.text(alphabet=" \t\n\u00a0\u3000", max_size=3))
def test_spaces_around_never_matter(text, space):
    assert plain(space + text + space) == plain(text)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_case_never_matters(text):
    assert plain(text.upper()) == plain(text.lower())


# ---- labels ----


def test_every_language_has_every_label_with_the_same_blanks():
    blanks = {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in WORDS["en"].items()}
    for language, labels in WORDS.items():
        assert {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in labels.items()} == blanks, language
        assert all(text.strip() for text in labels.values())


def test_every_label_that_the_form_asks_for_is_there():
    script = (Path(cxkit.teaching.__file__).parent / "form.js").read_text("utf-8")
    asked = set(re.findall(r"\bwords\.(\w+)", script)) | set(re.findall(r"words\['([\w-]+)'\]", script))
    asked |= {f"why_{why}" for why in re.findall(r"why: '([\w-]+)'", front_end())}
    asked |= set(re.findall(r"\bsay\((?:[^)'?]*\? )?'(\w+)'", script))
    assert {"check", "choose", "saved", "why_no-cell"} <= asked
    assert asked - {"signs"} <= set(WORDS["en"])


def front_end() -> str:
    return (ROOT / "src/cxkit/frontend/labextension/static/remoteEntry.js").read_text("utf-8")


def test_a_language_without_labels_is_served_in_english():
    assert words_for("fr") == WORDS["en"]
    assert words_for("he") is WORDS["he"]
    assert [direction(one) for one in ("en", "he", "ar", "fr")] == ["ltr", "rtl", "rtl", "ltr"]


def test_every_file_of_the_course_is_walked_in_order():
    for path in FILES:
        spec = read_questions(path)
        assert [one["id"] for one in questions_of(spec)] == [
            question["id"] for part in spec["parts"] for question in part["questions"]
        ]

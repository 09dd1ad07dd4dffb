"""Conversations with choices: the files are right, every way comes to an end, and what is wrong is told in one line."""

from __future__ import annotations

import json
import random
import re
from copy import deepcopy
from functools import cache
from string import Formatter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from nbgrader_course import ROOT
from test_course_content import grade, plain_text, sentences

import cxkit as cx
from cxkit.languages import right_to_left
from cxkit.teaching import progress
from cxkit.teaching.conversation import Conversation, conversation
from cxkit.teaching.conversation_file import TINY, check, read_conversation
from cxkit.teaching.conversation_play import SCORES, all_ways, begin, choose, holds, parts_of, play, reached
from cxkit.teaching.conversation_view import Told, signed
from cxkit.teaching.conversation_words import WORDS, words_for

FOLDER = ROOT / "course" / "conversations"
FILES = sorted(FOLDER.glob("*.yaml"))
HOW_TO = FOLDER / "HOW_TO_WRITE_ONE.md"
SPECS = {path.stem: read_conversation(path) for path in FILES}
each = pytest.mark.parametrize("name", SPECS)
CONCEPTS = {"J": 9, "P": 6, "D": 6, "M": 7, "V": 4, "W": 2}


@cache
def ways(name):
    """Every way through a conversation that ships: some 1500 at most."""
    return list(all_ways(SPECS[name]))


@pytest.fixture
def course(monkeypatch):
    monkeypatch.chdir(ROOT / "course")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "conversations").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "conversations"


def choices_of(spec):
    return [(turn, choice) for turn in spec["turns"] for choice in turn["choices"]]


def texts_of(value, key=""):
    """What a learner reads in a conversation."""
    shown = (
        "title",
        "role",
        "scene",
        "source",
        "touchpoint",
        "owner",
        "says",
        "say",
        "reply",
        "text",
        "feedback",
        "try_again",
    )
    if isinstance(value, dict):
        for name, one in value.items():
            yield from texts_of(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one, key)
    elif isinstance(value, str) and key in shown:
        yield value


# ---- the three that ship ----


def test_three_conversations_ship_and_one_of_them_in_hebrew_too():
    assert set(SPECS) == {"first_call", "after_the_delivery_room", "about_the_images", "about_the_images_he"}
    assert [name for name, spec in SPECS.items() if spec["language"] == "he"] == ["about_the_images_he"]


@each
def test_a_conversation_is_deep_wide_and_has_endings_that_differ(name):
    spec = SPECS[name]
    assert all(len(turn["choices"]) >= 3 for turn in spec["turns"])
    depths = {len(path) for path, _ in ways(name)}
    assert min(depths) >= 5 and max(depths) <= 8
    assert len(spec["endings"]) >= 3
    for key in ("title", "text", "try_again"):
        assert len({str(one[key]) for one in spec["endings"]}) == len(spec["endings"])


@each
def test_every_way_comes_to_an_end_and_the_scores_stay_in_range(name):
    spec = SPECS[name]
    endings, turns = set(), set()
    for path, moments in ways(name):
        assert moments[-1].ended and len(moments) == len(path) + 1
        endings.add(moments[-1].place["id"])
        turns |= {moment.place["id"] for moment in moments[:-1]}
        for moment in moments:
            assert all(1 <= moment.scores[one] <= 10 for one in SCORES)
            here = moment.touchpoint(moment.at)
            # the map keeps what the conversation does at the touchpoint in question
            assert (here["expected"], here["experienced"]) == (
                moment.scores["expected"],
                moment.scores["experienced"],
            )
    assert endings == {one["id"] for one in spec["endings"]}
    assert turns == {one["id"] for one in spec["turns"]}
    assert reached(spec) == endings | turns


@each
def test_every_choice_has_feedback_of_its_own_and_names_its_concepts(name):
    choices = choices_of(SPECS[name])
    feedback = [choice["feedback"] for _, choice in choices]
    assert len(set(feedback)) == len(feedback)
    for turn, choice in choices:
        assert len(choice["feedback"].split()) >= 15, (turn["id"], choice["id"])
        for row in choice["row"].split():
            assert 1 <= int(row[1:]) <= CONCEPTS[row[0]], (turn["id"], choice["id"], row)


@each
def test_the_better_way_ends_well_and_no_ending_is_better(name):
    spec = SPECS[name]
    end = play(spec, spec["better"])[-1]
    gap = end.scores["experienced"] - end.scores["expected"]
    assert gap >= 0 and end.scores["trust"] >= 8
    ends = [moments[-1].scores for _, moments in ways(name)]
    assert gap == max(one["experienced"] - one["expected"] for one in ends)


@each
def test_something_that_feels_good_now_costs_later(name):
    """A choice that lifts trust or what she gets at once is on a way to an end with a gap of −5 or worse."""
    tempting = set()
    for path, moments in ways(name):
        end = moments[-1]
        if end.scores["experienced"] - end.scores["expected"] > -5 or end.scores["trust"] > 3:
            continue
        for before, after, one in zip(moments, moments[1:-1], path, strict=False):
            choice = next(c for c in before.place["choices"] if c["id"] == one)
            if "remember" in choice and after.scores["trust"] > before.scores["trust"]:
                tempting.add(choice["remember"])
    assert tempting & {"promised", "promised_refund", "firm"}


@each
def test_a_random_player_can_go_back_and_forth(name):
    spec, chance = SPECS[name], random.Random(5)
    path = []
    for _ in range(60):
        moments = play(spec, path)
        if moments[-1].ended or (path and chance.random() < 0.3):
            path = path[:-1]
            assert play(spec, path) == moments[:-1]
        else:
            path = [*path, chance.choice(moments[-1].place["choices"])["id"]]


@each
def test_prose_is_calm_and_easy_to_read(name):
    read = [plain_text(text) for text in texts_of(SPECS[name])]
    assert not [text for text in read if "!" in text]
    if SPECS[name]["language"] == "en":
        assert grade(read) <= 8
        assert not [one for one in sentences(read) if len(one.split()) > 36]
    else:
        assert not [text for text in read if re.search("[A-Za-z]", text)]


def test_the_guide_for_authors_is_calm_and_easy_to_read():
    text = plain_text(HOW_TO.read_text("utf-8"))
    assert "!" not in text and grade([text]) <= 8


def bones(value):
    """A conversation without its words: what has to be alike in two languages."""
    words = {"title", "language", "name", "role", "scene", "source", "touchpoint", "owner", "says", "say", "reply", "text",
             "feedback", "try_again"}  # fmt: skip
    if isinstance(value, dict):
        return {
            key: bones(one) if key not in words or isinstance(one, list) else bool(one)
            for key, one in value.items()
        }
    return [bones(one) for one in value] if isinstance(value, list) else value


def test_the_hebrew_conversation_is_the_english_one_in_other_words():
    assert bones(SPECS["about_the_images_he"]) == bones(SPECS["about_the_images"])


@each
def test_a_conversation_says_what_in_it_is_made_up(name):
    assert re.search("endings .*are ours|הסופים .*הם שלנו", SPECS[name]["source"])


# ---- the file of an instructor ----


def example():
    [text] = re.findall(r"```yaml\n(title:.*?)```", HOW_TO.read_text("utf-8"), re.S)
    return text


def test_the_example_in_the_guide_is_short_and_can_be_played(folder):
    text = example()
    assert len(text.splitlines()) <= 20
    (folder / "my_call.yaml").write_text(text, "utf-8")
    talk = conversation("my_call")
    talk.path = ["wait"]
    assert talk.moment.scores == {"expected": 7, "experienced": 2, "trust": 3}
    talk.path = ["check"]
    assert talk.moment.touchpoint("answer")["owner"] == "Adam"
    assert talk.found == ["settled", "third_bill"]


def test_the_guide_explains_every_word_of_the_schema():
    schema = json.loads((ROOT / "src/cxkit/teaching/conversation.schema.json").read_text("utf-8"))
    guide = HOW_TO.read_text("utf-8")

    def names(value):
        if isinstance(value, dict):
            for key, one in value.items():
                if key == "properties":
                    yield from one
                yield from names(one)
        elif isinstance(value, list):
            for one in value:
                yield from names(one)

    for name in set(names(schema)):
        assert re.search(rf"\b{name}\b", guide), name


def test_the_fault_that_the_guide_shows_is_the_one_that_is_told(folder):
    (folder / "my_call.yaml").write_text(example().replace("next: third_bill", "next: thrid_bill"), "utf-8")
    [shown] = re.findall(r"```text\n(.*?)\n```", HOW_TO.read_text("utf-8"), re.S)
    with pytest.raises(ValueError, match="thrid_bill") as fault:
        conversation("my_call")
    assert str(fault.value) == shown


def opening(spec):
    return spec["turns"][0]


def broken(change):
    spec = deepcopy(TINY)
    change(spec)
    return spec


def extra_turn(spec):
    spec["turns"].append({**deepcopy(opening(spec)), "id": "other"})
    spec["turns"][1]["choices"][0]["next"] = "she_knows"


FAULTS = {
    "leads nowhere: there is no turn or ending 'nowhere'": (
        lambda spec: opening(spec)["choices"][0].update(next="nowhere"),
        "turn 'opening', choice 'ask'",
    ),
    "leads nowhere. Give it (or its turn) a 'next'": (
        lambda spec: opening(spec)["choices"][0].pop("next"),
        "turn 'opening', choice 'ask'",
    ),
    "nobody gets here.": (extra_turn, "turn 'other'"),
    "'feedback' is missing.": (
        lambda spec: opening(spec)["choices"][1].pop("feedback"),
        "turn 'opening', choice 'promise'",
    ),
    "'trust' is 40, out of range. Write a number from -9 to 9.": (
        lambda spec: opening(spec)["choices"][0].update(change={"trust": 40}),
        "turn 'opening', choice 'ask', 'change', 'trust'",
    ),
    "'trust' is 0, out of range. Write a number from 1 to 10.": (
        lambda spec: spec["start"].update(trust=0),
        "'start', 'trust'",
    ),
    "goes round without end: opening → other → opening.": (
        lambda spec: (
            opening(spec)["choices"][0].update(next="other"),
            extra_turn(spec),
            spec["turns"][1]["choices"][0].update(next="opening"),
        ),
        "turn 'other'",
    ),
    "there is no touchpoint 'roof' on the map. There are: call, desk.": (
        lambda spec: opening(spec)["choices"][0].update(map={"roof": {"owner": "Ann"}}),
        "turn 'opening', choice 'ask'",
    ),
    "the id 'ask' is used twice.": (
        lambda spec: opening(spec)["choices"][1].update(id="ask"),
        "turn 'opening', choice 'ask'",
    ),
    "the 'if' asks for 'read_back', which no choice remembers.": (
        lambda spec: opening(spec).update(says=[{"if": "read_back", "text": "Oh."}, {"text": "Ah."}]),
        "turn 'opening', 'says'",
    ),
    "the 'if' is not readable at 'trust is low'.": (
        lambda spec: opening(spec).update(says=[{"if": "trust is low", "text": "Oh."}, {"text": "Ah."}]),
        "turn 'opening', 'says'",
    ),
    "the last entry of 'next' has an 'if'.": (
        lambda spec: opening(spec)["choices"][0].update(next=[{"if": "trust < 4", "go": "she_knows"}]),
        "turn 'opening', choice 'ask', 'next'",
    ),
    "'better' is missing.": (lambda spec: spec.pop("better"), "at the top"),
    "'shout' is no choice of 'opening'. There: ask, promise.": (
        lambda spec: spec.update(better=["shout"]),
        "'better'",
    ),
    "'ask' is no choice of 'she_knows'. There: none, it is the end.": (
        lambda spec: spec.update(better=["ask", "ask"]),
        "'better'",
    ),
    "stops at the turn 'other'.": (
        lambda spec: (opening(spec)["choices"][0].update(next="other"), extra_turn(spec)),
        "'better'",
    ),
    "'mood' is not known here. There can be: expected, experienced, trust.": (
        lambda spec: opening(spec)["choices"][0].update(change={"mood": 1}),
        "turn 'opening', choice 'ask', 'change'",
    ),
    "'failure' is 'bad'. It can be: 'service', 'sales', 'both', ''.": (
        lambda spec: spec["map"][1].update(failure="bad"),
        "touchpoint 'desk', 'failure'",
    ),
    "'row' is 'x'. Write ids of concepts": (
        lambda spec: opening(spec)["choices"][0].update(row="x"),
        "turn 'opening', choice 'ask', 'row'",
    ),
    "'choices' needs 2 or more.": (lambda spec: opening(spec)["choices"].pop(), "turn 'opening'"),
    "'say' is empty.": (
        lambda spec: opening(spec)["choices"][0].update(say=""),
        "turn 'opening', choice 'ask', 'say'",
    ),
    "'trust' must be a whole number, and is 'high'.": (
        lambda spec: spec["start"].update(trust="high"),
        "'start', 'trust'",
    ),
    "'id' is 'Ask Her'. Use small letters": (
        lambda spec: opening(spec)["choices"][0].update(id="Ask Her"),
        "turn 'opening', choice 'Ask Her', 'id'",
    ),
}


@pytest.mark.parametrize("words", FAULTS)
def test_a_fault_is_told_in_one_line_with_file_line_and_place(words, folder):
    change, place = FAULTS[words]
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(broken(change), sort_keys=False, allow_unicode=True), "utf-8")
    with pytest.raises(ValueError, match=r".") as fault:
        conversation("mine")
    told = [line for line in str(fault.value).splitlines() if words in line]
    assert len(told) == 1, fault.value
    found = re.fullmatch(r"mine\.yaml, line (\d+), (.*?): .*", told[0])
    assert found and found[2].startswith(place), told[0]
    assert 1 <= int(found[1]) <= len(path.read_text("utf-8").splitlines())


def test_the_line_is_the_line_of_the_fault(folder):
    path = folder / "mine.yaml"
    path.write_text(example().replace("trust: +1", "trust: 11"), "utf-8")
    with pytest.raises(ValueError, match="out of range") as fault:
        conversation("mine")
    line = int(re.search(r"line (\d+)", str(fault.value))[1])
    assert "trust: 11" in path.read_text("utf-8").splitlines()[line - 1]


def test_all_faults_of_one_kind_are_told_at_once(folder):
    text = example().replace("next: third_bill", "next: a").replace("next: settled", "next: b")
    (folder / "mine.yaml").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="leads nowhere") as fault:
        conversation("mine")
    assert len(str(fault.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"title: a: b", "mine.yaml, line 1: not readable as YAML"),
        (b"title: [a, b", "not readable as YAML"),
        ("title: צ".encode("cp1255"), "Save it again as UTF-8."),
        (b"", "at the top"),
        (b"- a\n- b", "at the top"),
        (b"turns: 5", "are missing"),
    ],
)
def test_a_file_that_is_no_conversation_is_told_in_words(text, words, folder):
    (folder / "mine.yaml").write_bytes(text)
    with pytest.raises(ValueError, match="mine") as fault:
        conversation("mine")
    assert words in str(fault.value)


def test_a_file_that_is_not_there_is_told_in_words(folder):
    with pytest.raises(FileNotFoundError, match=r"There is no 'mine\.yaml'"):
        conversation("mine")


# ---- playing ----


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ("trust < 4", True),
        ("trust <= 2", False),
        ("trust = 3 and word", True),
        ("expected >= 9", True),
        ("not word", False),
        ("not other and trust > 2", True),
        ("word and trust > 3", False),
    ],
)
def test_a_condition_holds_or_not(condition, fits):
    assert holds(condition, {"expected": 9, "experienced": 1, "trust": 3}, {"word"}) is fits


@pytest.mark.parametrize("condition", ["", "trust", "trust < four", "a or b", "not", "luck < 3", "a and"])
def test_a_condition_that_says_nothing_is_refused(condition):
    with pytest.raises(ValueError, match=r".*"):
        parts_of(condition)


scores = st.fixed_dictionaries({one: st.integers(1, 10) for one in SCORES})
changes = st.fixed_dictionaries({}, optional={one: st.integers(-9, 9) for one in SCORES})


@given(scores, changes)
def test_scores_stay_between_one_and_ten(start, change):
    spec = deepcopy(TINY)
    spec["start"] = start
    spec["turns"][0]["choices"][0]["change"] = change
    after = choose(spec, begin(spec), "ask").scores
    assert after == {one: min(10, max(1, start[one] + change.get(one, 0))) for one in SCORES}


def test_playing_changes_nothing_in_the_conversation():
    spec = deepcopy(SPECS["first_call"])
    for path, _ in ways("first_call")[::30]:
        Told(spec).view(path, [])
    assert spec == SPECS["first_call"]


# ---- what is shown ----


@each
def test_the_page_tells_each_step_in_words_and_gives_nothing_away(name):
    spec = SPECS[name]
    told = Told(spec)
    for path, moments in ways(name)[::37]:
        for step in range(len(path)):
            view = told.view(path[:step], [])
            given = json.dumps(view, ensure_ascii=False)
            assert view["end"] is None and len(view["choices"]) >= 3
            assert [one["value"] for one in view["meters"]] == list(moments[step].scores.values())
            assert [one["now"] for one in view["map"]].count(True) == 1
            for _, choice in choices_of(spec):
                assert choice["feedback"][:40] not in given
        view = told.view(path, [moments[-1].place["id"]])
        assert not view["choices"] and moments[-1].place["title"] in view["end"]["title"]
        assert "{" not in json.dumps([view["end"], view["log"], view["map"]]).replace('{"', "")
        whys = [row["yours"]["why"] for row in view["end"]["rows"] if row["yours"]]
        assert len(whys) == len(path)


def test_the_bubbles_of_a_step_are_those_before_and_new_ones():
    told = Told(SPECS["first_call"])
    path = SPECS["first_call"]["better"]
    for step in range(len(path)):
        before, after = told.view(path[:step], [])["log"], told.view(path[: step + 1], [])["log"]
        assert after[: len(before)] == before and len(after) > len(before)
        assert len({line["id"] for line in after}) == len(after)


def test_a_change_of_the_map_is_marked_and_told():
    told = Told(SPECS["about_the_images"])
    view = told.view(["look_first", "own_it", "take_it"], [])
    images = view["map"][2]
    assert images["changed"] == ["owner: nobody → Michal, front desk"]
    assert (
        "On the map, “The images reach the clinic by email”: owner: nobody → Michal"
        in view["log"][-1]["text"]
    )
    assert view["meters"][2] == {
        "id": "trust", "name": "Noa’s trust", "value": 8, "words": "8 of 10, high", "by": 1, "change": "up 1",
    }  # fmt: skip
    assert view["map"][5]["gap"] == "still to come"


def test_the_look_back_says_the_gap_the_owner_and_where_the_ways_part():
    spec = SPECS["about_the_images"]
    path = ["look_first", "own_it", "take_it", "fixed", "by_three", "call_now"]
    end = Told(spec).view(path, ["date_falls"])["end"]
    assert "Noa expected 10 and got 3: a gap of −7." in end["gap"]
    assert end["owners"][0] == "“The tooth comes out” is owned by: Dentist."
    assert [row["apart"] for row in end["rows"]] == [False, False, False, True, False, False]
    assert end["found"] == "Endings found: 1 of 4"
    assert end["endings"].count("not found yet") == 3
    assert not end["same_way"]
    assert Told(spec).view(spec["better"], [])["end"]["same_way"]


def test_a_way_that_ends_early_stands_beside_the_whole_better_one():
    spec = SPECS["first_call"]
    path = ["read_web", "ask_hospital", "price_only", "quick_join", "resolved"]
    end = Told(spec).view(path, [])["end"]
    assert end["title"].endswith("She joins another plan")
    assert end["rows"][-1]["yours"] is None and end["rows"][-1]["better"]


def test_every_label_exists_in_both_languages_with_the_same_places():
    def places(text):
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    english, hebrew = WORDS["en"], WORDS["he"]
    assert set(english) == set(hebrew)
    for key, text in english.items():
        # Hebrew has no need of the name in some of them
        assert places(hebrew[key]) <= places(text), key
        assert places(text) - places(hebrew[key]) <= {"name"}, key
        assert "!" not in text + hebrew[key]
        assert not re.search("[A-Za-z]", re.sub(r"\{\w+\}|“Start / redo the lesson”", "", hebrew[key])), key
    assert words_for("fr") is english


def test_a_difference_keeps_its_sign_before_it_in_hebrew():
    assert signed(-4, True) == "\u2066−4\u2069"
    view = Told(SPECS["about_the_images_he"]).view([], [])
    assert "\u2066−5\u2069" in view["map"][0]["gap"]


# ---- in the notebook ----


def press(talk, kind, **more):
    talk._heard(talk, {"kind": kind, "step": talk.view["step"], **more}, [])
    return talk.view


def test_choices_come_from_the_page_one_at_a_time(course):
    talk = conversation("about_the_images")
    press(talk, "choose", choice="look_first")
    assert talk.path == ["look_first"] and talk.view["step"] == 1
    # a second click on its way was meant for the turn before
    talk._heard(talk, {"kind": "choose", "step": 0, "choice": "look_first"}, [])
    assert talk.path == ["look_first"]
    press(talk, "choose", choice="no_such_choice")
    assert talk.path == ["look_first"] and "Choose again" in talk.view["note"]
    press(talk, "back")
    assert talk.path == [] and talk.view["note"] == "You are one turn back."
    press(talk, "choose", choice="bring_them")
    press(talk, "again")
    assert talk.path == []


def test_each_answer_is_a_new_one_so_that_the_page_hears_it(course):
    talk = conversation("about_the_images")
    seen = [talk.view["count"]]
    for _ in range(3):
        seen.append(press(talk, "choose", choice="nothing")["count"])
    assert len(set(seen)) == 4


def test_no_feedback_and_no_ending_is_sent_before_the_end(course):
    talk = conversation("first_call")
    sent = json.dumps([talk.spec, talk.view], ensure_ascii=False)
    spec = SPECS["first_call"]
    assert not any(choice["feedback"] in sent for _, choice in choices_of(spec))
    assert not any(one["title"] in sent for one in spec["endings"])


def test_without_a_notebook_the_first_turn_can_be_read(course):
    for name, spec in SPECS.items():
        data, _ = conversation(name)._repr_mimebundle_()
        html = data["text/html"]
        assert data["text/plain"] == spec["title"]
        assert f'dir="{"rtl" if right_to_left(spec["language"]) else "ltr"}"' in html
        for choice in spec["turns"][0]["choices"]:
            assert choice["say"].replace("'", "&#x27;") in html
            assert choice["feedback"][:30] not in html


def test_words_of_an_author_are_text_and_not_html(folder):
    spec = deepcopy(TINY)
    spec["title"] = spec["scene"] = opening(spec)["says"] = "<b>&"
    html = Conversation("mine", spec).on_paper()
    assert "<b>" not in html and html.count("&lt;b&gt;&amp;") == 3


def test_a_way_that_is_no_way_is_refused(course):
    talk = conversation("first_call")
    with pytest.raises(KeyError):
        talk.path = ["answer_only", "nothing"]
    assert talk.path == []


# ---- progress ----


def test_progress_keeps_the_way_and_the_endings_found(course, home):
    talk = conversation("about_the_images")
    assert not home.exists()
    talk.path = SPECS["about_the_images"]["better"][:2]
    assert cx.progress().lines() == ["Conversation: The patient's call about the images: begun"]
    for choice in SPECS["about_the_images"]["better"][2:]:
        press(talk, "choose", choice=choice)
    again = conversation("about_the_images")
    assert again.path == talk.path and again.found == ["comes_on_thursday"]
    assert again.view["note"] == "This is where you were last time."
    press(again, "again")
    assert again.found == ["comes_on_thursday"] and conversation("about_the_images").path == []
    assert cx.progress().lines() == [
        "Conversation: The patient's call about the images: 1 of 4 endings found"
    ]
    kept = json.loads((home / "progress.json").read_text("utf-8"))["conversations"]["about_the_images"]
    assert kept["played"] == 1 and kept["of"] == 4


def test_quizzes_and_conversations_do_not_disturb_one_another(course):
    progress.record_quiz("q", "Quiz", {"a": 1}, {"a": True}, 1)
    talk = conversation("first_call")
    press(talk, "choose", choice="ask_need")
    progress.record_lesson("01", "One")
    assert progress.quiz_record("q")["answers"] == {"a": 1}
    assert progress.conversation_record("first_call")["path"] == ["ask_need"]


def test_a_way_that_the_file_does_not_have_any_more_is_cut_short(course):
    progress.record_conversation("first_call", "T", ["ask_need", "gone", "x"], ["gone", "learns_late"], 6)
    talk = conversation("first_call")
    assert talk.path == ["ask_need"] and talk.found == ["learns_late"]


@pytest.mark.parametrize(
    "entry",
    [
        5,
        {},
        {"title": "T", "path": "x", "endings": [], "of": 1},
        {"title": "T", "path": [["a"], 3, None], "endings": [{}, 3], "of": 6, "played": "x"},
    ],
)
def test_a_damaged_record_stops_no_conversation(entry, course, home):
    home.mkdir()
    record = {"version": 1, "lessons": {}, "quizzes": {}, "conversations": {"first_call": entry}}
    (home / "progress.json").write_text(json.dumps(record), "utf-8")
    talk = conversation("first_call")
    assert talk.path == [] and talk.found == []
    press(talk, "choose", choice="ask_need")
    assert conversation("first_call").path == ["ask_need"]
    assert cx.progress().lines() == ["Conversation: Lucy's first call: begun"]


def test_where_nothing_can_be_kept_it_can_be_played_and_says_so(course, home):
    home.write_text("in the way", "utf-8")
    talk = conversation("first_call")
    press(talk, "choose", choice="ask_need")
    assert talk.path == ["ask_need"] and "could not be kept" in talk.view["problem"]


def test_an_instructors_run_keeps_nothing_and_starts_afresh(course, home, monkeypatch):
    press(conversation("first_call"), "choose", choice="ask_need")
    before = (home / "progress.json").read_bytes()
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    talk = conversation("first_call")
    assert talk.path == []
    press(talk, "choose", choice="all_of_it")
    assert (home / "progress.json").read_bytes() == before


def test_the_smallest_conversation_is_right():
    assert check(TINY) == []

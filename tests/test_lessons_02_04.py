"""What can be moved and sorted in lessons 2 to 4: every place is judged, and every picture has its words."""

from __future__ import annotations

import itertools

import pytest
from test_course_content import ROOT

import cxkit as cx
from cxkit.teaching.activities import activity, lesson_02, lesson_03, lesson_04
from cxkit.teaching.questions import option_id, questions_of, read_questions
from cxkit.views.crowd import Group, draw_crowd
from cxkit.views.ledger import Mark, draw_ledger
from cxkit.views.memory import draw_memory
from cxkit.views.share_bars import Bar, draw_share_bars

OURS = {**lesson_02.ACTIVITIES, **lesson_03.ACTIVITIES, **lesson_04.ACTIVITIES}


def places(name):
    """Every setting of an activity of sliders and choices."""
    each = []
    for question in questions_of(read_questions(ROOT / "course" / "quizzes" / f"{name}.yaml")):
        if question["kind"] == "scale":
            step = question.get("step", 1)
            values = range(question["low"], question["high"] + step, step)
        else:
            values = [option_id(one) for one in question["options"]]
        each.append([(question["id"], value) for value in values])
    return [dict(one) for one in itertools.product(*each)]


def right_at(name, question):
    judge = OURS[name][1]
    found = []
    for one in places(name):
        right, words = judge(question, one)
        assert len(words) == 1 and words[0]["ok"] is right and len(words[0]["text"]) > 30
        found += [one] if right else []
    return found


# ---- lesson 2 ----


def test_a_persona_is_right_where_the_group_is_large_and_of_one_mind():
    members = cx.case("hmo_opt_out").table("members")
    ages, plans = ["", *lesson_02.AGES], ["", *lesson_02.PLANS]

    def fits(one):
        age, plan = ages[one["age"]], plans[one["plan"]]
        group = members[(members["age_band"] == age) | (age == "")]
        group = group[(group["plan"] == plan) | (plan == "")]
        like = (group["preferred_channel"] == lesson_02.CHANNELS[one["channel"]]).sum()
        return 10 * len(group) >= len(members) and 2 * like > len(group)

    found = right_at("02_persona", "channel")
    assert found == [one for one in places("02_persona") if fits(one)]
    assert len(found) >= 3 and len({one["channel"] for one in found}) >= 2
    narrow = lesson_02.judge_persona("channel", {"age": 5, "plan": 2, "channel": 1})[1][0]["text"]
    assert "fewer than 1 in 10" in narrow
    assert (
        "reaches below half"
        in lesson_02.judge_persona("channel", {"age": 5, "plan": 0, "channel": 1})[1][0]["text"]
    )


def test_the_rules_of_the_four_people_are_those_of_the_case():
    hmo = cx.case("hmo_opt_out")
    personas = hmo.personas.set_index("name")
    assert sum(len(lesson_02.like(who)) for who in lesson_02.PEOPLE) == len(hmo.table("members"))
    for who, (name, _, _, channels) in lesson_02.PEOPLE.items():
        assert len(lesson_02.like(who)) / len(hmo.table("members")) == pytest.approx(
            personas.at[name, "share"], abs=0.005
        )
        assert all(one in personas.at[name, "channels"] for one in channels)
    # the one who is guessed first is not the one with the most people who like another way best
    other = {who: (lesson_02.like(who)["preferred_channel"] != "app").sum() for who in lesson_02.PEOPLE}
    assert max(other, key=other.get) == "grace"
    assert {one["who"] for one in right_at("02_people", "who")} == {"lucy", "arthur"}


def test_the_chef_needs_the_sign_and_not_the_cooking():
    found = right_at("02_chef", "expecting")
    assert all(one["expecting"] <= 50 for one in found) and len(found) > 20
    for one in places("02_chef"):
        groups = lesson_02.guests(one)
        assert sum(each.stay + each.leave for each in groups) == 100
        stays = cx.mismatch(one["expecting"] / 100, one["cooking"] / 100, 0.1).stays.value
        assert sum(each.stay for each in groups) == pytest.approx(stays, abs=1)
        assert (one in found) == (stays >= 50)
    said = {
        (one["cooking"], one["expecting"]): lesson_02.judge_chef("expecting", one)[1][0]["text"]
        for one in places("02_chef")
    }
    assert "(" not in said[100, 0], "with all of 100 there is no chance to speak of"
    assert "You are close" not in said[50, 50] and "You are close" in said[80, 50]
    assert "second slider is the stronger one" in said[90, 80]
    assert lesson_02.draw_chef({"cooking": 100, "expecting": 0}).alt.startswith(
        "About 100 of 100 guests stay. "
    )


def test_the_bad_moment_hurts_most_at_the_end_and_a_call_mends_it():
    assert {one["place"] for one in right_at("02_order", "place")} == {6}
    assert right_at("02_order", "end") == [{"place": 6, "end": "call"}]
    means = {
        lesson_02.draw_order({"place": place, "end": "nothing"}).alt.split("Mean: ")[1][:3]
        for place in range(1, 7)
    }
    assert means == {"7. "}, "the mean does not know the order"


# ---- lessons 3 and 4: cards ----

SORTING = [
    ("03_evidence", "records", lesson_03.RECORD_KEY),
    ("03_noa", "promises", lesson_03.PROMISE_KEY),
    ("04_kinds", "kinds", lesson_04.STEP_KEY),
]


@pytest.mark.parametrize(("name", "question", "key"), SORTING)
def test_cards_are_right_where_the_key_says_and_each_slip_gets_its_own_words(name, question, key):
    draw, judge = OURS[name]
    [asked] = questions_of(read_questions(ROOT / "course" / "quizzes" / f"{name}.yaml"))
    assert [card["id"] for card in asked["cards"]] == list(key)
    options = {one["id"]: [option_id(each) for each in one["options"]] for one in asked["columns"]}
    right = [
        {"step": card, **{name: good[0] for name, good in columns.items()}} for card, columns in key.items()
    ]
    assert judge(question, {question: right})[0] is True
    assert "not chosen yet" not in draw({question: right}).alt
    assert "not chosen yet" in draw({}).alt
    said = set()
    for place, (card, columns) in enumerate(key.items()):
        for column, good in columns.items():
            assert set(good) < set(options[column])
            for other in set(options[column]) - set(good):
                slip = [dict(row) for row in right]
                slip[place][column] = other
                ok, words = judge(question, {question: slip})
                assert not ok and len(words) == 1 and words[0]["ok"] is False
                said.add((card, words[0]["text"]))
    assert len(said) == len(key) == len({text for _, text in said})
    ok, words = judge(question, {question: right[:1]})
    assert not ok and words == [
        {"ok": None, "text": f"Still to choose: {sum(map(len, list(key.values())[1:]))}."}
    ]


def test_one_story_gives_no_share_and_the_picture_says_so():
    right = [
        {"step": card, **{name: good[0] for name, good in one.items()}}
        for card, one in lesson_03.PROMISE_KEY.items()
    ]
    assert "2 of 2" in lesson_03.draw_noa({"promises": right}).alt
    share = cx.proportion(2, 2)
    assert share.low < 0.4, "the words under the picture speak of a wide interval"


def test_many_choices_of_moments_are_right_but_not_all():
    judge = lesson_04.judge_find
    for picked in (["call", "desk"], ["search", "desk", "tells"], ["search", "call", "desk", "pays"]):
        assert judge("moments", {"moments": picked})[0]
    for picked in (["desk"], ["call", "pays"], list(lesson_04.MOMENTS)):
        assert not judge("moments", {"moments": picked})[0]
    assert "Joins the plan" in judge("moments", {"moments": ["call", "joins", "desk"]})[1][0]["text"]
    assert "desk 1" in lesson_04.draw_find({"moments": ["desk"]}).alt
    assert list(lesson_04.draw_find({"moments": ["desk"]}).twin["chosen"])[4] == "yes"


def test_only_the_end_moves_what_memory_keeps():
    journey = cx.case("hmo_opt_out").journey
    assert len(lesson_04.NAMES) == len(lesson_04.MOMENTS) == len(journey.table)
    assert cx.peak_end(journey).value == 1, "the guess of lesson 4 says so"
    assert [one["moment"] for one in right_at("04_mend", "moment")] == [7]
    for place, another in (
        (0, "a 1 still"),
        (4, "another 1 still"),
        (5, "a 1 still"),
        (6, "another 1 still"),
    ):
        assert (
            f"and {another} stands out most"
            in lesson_04.judge_mend("moment", {"moment": place})[1][0]["text"]
        )
    stays = {lesson_04.judge_mend("moment", {"moment": place})[1][0]["text"] for place in range(8)}
    assert len(stays) >= 6, "the words know where the slider stands"


# ---- all of them ----


@pytest.mark.parametrize("name", OURS)
def test_an_activity_opens_with_a_picture_that_everyone_can_read(name, monkeypatch, tmp_path):
    monkeypatch.setenv("CXKIT_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT / "course")
    form = activity(name)
    picture = OURS[name][0](form.start)
    assert picture.alt and picture.title and len(picture.twin) >= 2
    assert picture.get_figwidth() == 9.6
    sizes = [text.get_fontsize() for text in picture.axes[0].texts] + [
        one.get_fontsize()
        for one in picture.axes[0].get_children()
        if hasattr(one, "get_fontsize") and one.get_text()
    ]
    assert min(sizes) >= 11
    assert form.picture.startswith("<figure") and "<table>" in form.picture


def test_pictures_of_the_lessons_refuse_what_cannot_be_drawn():
    with pytest.raises(ValueError, match="no share"):
        draw_share_bars([], "Nothing")
    with pytest.raises(ValueError, match="as many scores"):
        draw_memory(["call"], [7, 8], "Too many")
    with pytest.raises(ValueError, match="needs 1 marks"):
        draw_ledger(["call"], [("kind", [Mark(), Mark()])], "Too many")


def test_words_of_the_new_pictures():
    empty = draw_crowd([Group("all find it", 90, 10), Group("nobody does not", 0, 0)], "Full")
    assert "nobody does not: 0 stay, 0 leave" in empty.alt
    bars = draw_share_bars([Bar("like it", cx.proportion(0, 30), 0.1, "1 in 10")], "None")
    assert bars.twin.loc[0, "interval"] == "0% to 11%"
    two = draw_memory(["a", "b"], [5, 5], "Flat", lines=[("Mean", 5), ("Memory", 5)])
    names = [
        one for one in two.axes[0].get_children() if hasattr(one, "get_text") and ": 5" in one.get_text()
    ]
    assert len({one.get_position()[1] for one in names}) == 2, "two names do not lie on each other"

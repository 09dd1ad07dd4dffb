"""The activities of lessons 7 and 8: right only where it is, words for every place, and pictures that can be read."""

from __future__ import annotations

import json
from itertools import combinations, pairwise, product

import pandas as pd
import pytest
import yaml
from drawn_text import wrong_places
from nbgrader_course import ROOT
from test_course_content import grade, texts

import cxkit as cx
from cxkit.teaching.activities import lesson_07 as seven
from cxkit.teaching.activities import lesson_08 as eight
from cxkit.teaching.questions import option_id, questions_of, read_questions

CODED = pd.read_csv(ROOT / "case_studies/hmo_opt_out/for_instructors/feedback_coded.csv").set_index(
    "quote_id"
)
FEEDBACK = cx.case("hmo_opt_out").table("feedback").set_index("quote_id")["text"]
HOLD, VISITS, HELP = (seven.IDS[one] for one in ("hold", "visits", "help"))
COVER = list(seven.IDS).index("cover")
PLACES = {name: one for one, name in seven.IDS.items()}


def asked(name, question):
    return next(
        one
        for one in questions_of(read_questions(ROOT / f"course/quizzes/{name}.yaml"))
        if one["id"] == question
    )


def options(name, question):
    return [option_id(one) for one in asked(name, question)["options"]]


def said(words):
    return " ".join(one["text"] for one in words)


def right(judge, question, answers):
    """Whether it is right; every place has words, and none of them calls a wrong answer right."""
    good, words = judge(question, answers)
    assert words and all(one["text"].strip() for one in words), answers
    assert good or not any(one["ok"] for one in words), answers
    assert not good or not any(one["ok"] is False for one in words), answers
    return good


# ---- what the activities hold beside the data ----


def test_the_quotes_to_sort_are_those_of_the_case_with_our_readers_codes():
    cards = {card["id"].upper(): card["label"] for card in asked("07_code", "code")["cards"]}
    assert set(cards) == set(seven.READER)
    assert list(cards) != list(seven.READER), "the order of the cards is not that of the key"
    for quote, (code, why) in seven.READER.items():
        assert cards[quote] == FEEDBACK[quote]
        assert code == CODED.at[quote, "touchpoint"] and why
    assert {code for code, _ in seven.READER.values()} == set(seven.IDS.values())


def test_the_quotes_beside_the_numbers_are_of_their_touchpoint_and_not_to_sort():
    assert list(seven.HEARD) == list(seven.IDS)
    assert asked("07_heard", "where")["labels"] == list(seven.IDS.values())
    for where, quotes in seven.HEARD.items():
        assert {CODED.at[quote, "touchpoint"] for quote in quotes} == {seven.IDS[where]}
        assert not set(quotes) & set(seven.READER)


def test_the_severities_are_those_that_our_reader_gave():
    ours = seven._severities().value_counts().sort_index()
    pd.testing.assert_series_equal(ours, CODED[["touchpoint", "severity"]].value_counts().sort_index())
    # without the reactions they count the same complaints
    assert cx.complaints(seven._severities())["quotes"].sum() == cx.complaints(CODED)["quotes"].sum()


# ---- lesson 7 ----


def test_the_words_weigh_most_at_the_cover():
    found = [place for place in range(8) if right(seven.judge_heard, "where", {"where": place})]
    assert found == [COVER]
    heavy = {name: seven._heavy(name) for name in seven.IDS.values()}
    assert all(heavy[seven.COVER].low > one.high for name, one in heavy.items() if name != seven.COVER)
    assert "33 of them" in said(seven.judge_heard("where", {"where": COVER})[1])


def sorting(codes):
    return {"code": [{"step": quote.lower(), "touchpoint": PLACES[code]} for quote, code in codes.items()]}


def test_sorting_as_our_reader_is_right_and_so_is_a_fair_difference():
    reader = {quote: code for quote, (code, _) in seven.READER.items()}
    assert right(seven.judge_code, "code", sorting(reader))
    fair = reader | {"Q128": seven.COVER, "Q144": VISITS, "Q099": VISITS}
    good, words = seven.judge_code("code", sorting(fair))
    assert good and said(words).count("Our reader:") == 3
    kappa = cx.agreement(list(fair.values()), list(reader.values()))
    assert f"{kappa.value:.2f} (95% interval {kappa.low:.2f}" in said(words)


def test_sorting_all_to_one_place_or_as_the_rule_does_is_not_yet_right():
    one_place = dict.fromkeys(seven.READER, HOLD)
    assert not right(seven.judge_code, "code", sorting(one_place))
    rule = {quote: code or HOLD for quote, code in seven._rule().items()}
    assert not right(seven.judge_code, "code", sorting(rule))
    few = dict(list(one_place.items())[:5])
    assert "7 still to sort" in said(seven.judge_code("code", sorting(few))[1])
    assert seven.draw_code(sorting(few)).title == "5 of 12 quotes sorted"


def test_the_smallest_survey_that_bears_the_sentence_is_right():
    found = {}
    for speaks, place in product(range(4, 76, 4), range(len(seven.ASKED))):
        low = seven._iceberg(speaks, place).silent.low
        if right(seven.judge_water, "asked", {"speaks": speaks, "asked": place}):
            assert low >= 100 and speaks not in found
            assert not place or seven._iceberg(speaks, place - 1).silent.low < 100
            found[speaks] = seven.ASKED[place]
    assert found == {4: 50, 8: 50, 12: 50, 16: 100, 20: 400}
    assert "not even 1,600" in said(seven.judge_water("asked", {"speaks": 40, "asked": 2})[1])


def test_a_right_answer_with_a_plain_word_beside_it_counts_as_solved(monkeypatch, tmp_path):
    monkeypatch.setenv("CXKIT_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT / "course")
    water = cx.activity("07_water")
    water.heard({"kind": "check", "question": "asked"})
    assert water.note.startswith("0 of 1 solved, 0 at the first try")
    water.answers = {**water.answers, "asked": 3}
    water.heard({"kind": "check", "question": "asked"})
    assert {one["ok"] for one in water.messages["asked"]} == {True, None}
    assert water.note.startswith("1 of 1 solved, 0 at the first try")


def test_weights_are_right_where_they_rise_and_put_the_cover_first():
    found = 0
    for real, bad, grave in product(range(0, 7, 2), repeat=3):
        answers = {"real": real, "bad": bad, "grave": grave}
        good = right(seven.judge_weights, "grave", answers)
        weights = seven._weights(answers)
        rises = all(one <= other for one, other in pairwise([weights[level] for level in range(1, 5)]))
        assert good == (rises and seven._first(weights) == seven.COVER), answers
        found += good
    assert found >= 5
    assert not right(seven.judge_weights, "grave", {"real": 0, "bad": 0, "grave": 0})


def test_one_defence_of_the_weights_is_one():
    ids = options("07_weights", "defence")
    assert set(ids) == set(seven.WORDS["defences"])
    assert [one for one in ids if right(seven.judge_weights, "defence", {"defence": one})] == ["life"]


def test_a_survey_needs_a_score_words_and_a_way_back():
    ids = options("07_survey", "three")
    assert set(ids) == set(seven.QUESTIONS) and set(options("07_survey", "owner")) == set(seven.OWNERS)
    found = [
        set(three)
        for three in combinations(ids, 3)
        if right(seven.judge_survey, "three", {"three": list(three)})
    ]
    assert len(found) == 8 and not any({"mailbox", "all_three"} & three for three in found)
    for count in (1, 2, 4, 8):
        assert not right(seven.judge_survey, "three", {"three": ids[:count]})
    owners = [one for one in seven.OWNERS if right(seven.judge_survey, "owner", {"owner": one})]
    assert owners == ["anna", "assistant"]
    days = [day for day in range(31) if right(seven.judge_survey, "days", {"days": day})]
    assert days == list(range(6))
    cost = cx.waiting_cost(
        cx.case("dental_clinic_delays").table("patients"),
        "days_after_images",
        "lost_after_images",
        adjust=["half", "pilot"],
    )
    there = seven.still_there(10)
    assert there.low == pytest.approx((1 - cost.high) ** 10) and there.n == cost.n


# ---- lesson 8 ----


def test_a_moment_is_lifted_where_nobody_complains_and_it_goes_beyond_what_was_expected():
    table = cx.case("dental_clinic_delays").journey.table
    kinds = cx.opportunities(cx.case("dental_clinic_delays").journey).set_index("touchpoint")["kind"]
    found = set()
    labels = asked("08_lift", "moment")["labels"]
    assert all(name.startswith(label[:30]) for label, name in zip(labels, table["touchpoint"], strict=True))
    assert len(eight.WORDS["ideas_for_moments"]) == len(labels)
    for moment, score in product(range(len(labels)), range(1, 11)):
        row = table.loc[moment]
        good = right(eight.judge_lift, "score", {"moment": moment, "score": score})
        lifts = kinds[row["touchpoint"]] == "lift" and score > max(row["expected"], row["experienced"])
        assert good == lifts, (moment, score)
        found |= {moment} if good else set()
    assert found == {0, 1, 2, 4}


def test_the_to_be_days_keep_the_xrays_and_end_the_silence():
    assert set(options("08_days", "desk")) == set(eight.DESK)
    assert [one for one in eight.DESK if right(eight.judge_days, "desk", {"desk": one})] == ["slot"]
    assert "dentists" in said(eight.judge_days("desk", {"desk": "skip"})[1])
    tells = [one for one in options("08_days", "tells") if right(eight.judge_days, "tells", {"tells": one})]
    assert tells == ["front_desk"]
    for who in eight.TELLS:
        days = [day for day in range(7) if right(eight.judge_days, "word", {"word": day, "tells": who})]
        assert days == ([] if who == "nobody" else [0, 1])


def test_levers_are_right_within_the_budget_and_under_the_bound():
    found, sure = set(), set()
    for visit, images, bundle in (
        (0, 0, 0),
        (0, 5, 0),
        (0, 8, 0),
        (0, 0, 100),
        (0, 8, 100),
        (2, 8, 0),
        (5, 0, 0),
        (5, 5, 50),
    ):
        answers = {"visit": visit, "images": images, "bundle": bundle}
        good, words = eight.judge_levers("bundle", answers)
        plan = cx.what_if(
            "dental_clinic_delays",
            days_sooner_to_visit=visit,
            days_sooner_after_images=images,
            share_with_bundle=bundle / 100,
        )
        treated = plan.people.to_be
        assert good == (plan.cost <= 150_000 and treated.value > 2_000), answers
        assert all(f"{each:,.0f}" in said(words) for each in (treated.value, treated.low, treated.high))
        found |= {(visit, images, bundle)} if good else set()
        sure |= {(visit, images, bundle)} if good and "Even the low end" in said(words) else set()
    # one lever alone, two at a time, and a plan that holds at both ends
    assert {(0, 5, 0), (0, 8, 0), (0, 0, 100)} <= found and (2, 8, 0) in sure and sure < found
    assert right(eight.judge_levers, "bundle", {"visit": 0, "images": 0, "bundle": 0}) is False


def scores(value="some", effort="some", owner="anna", ideas=tuple(eight.IDEAS)):
    return {"score": [{"step": idea, "value": value, "effort": effort, "owner": owner} for idea in ideas]}


def test_each_idea_needs_a_person_and_no_order_is_asked_for():
    owners = [option_id(one) for one in asked("08_first", "score")["columns"][2]["options"]]
    good = [one for one in owners if right(eight.judge_first, "score", scores(owner=one))]
    assert sorted(good) == sorted(eight.OWNERS)
    assert right(eight.judge_first, "score", scores("little", "much"))
    assert "far apart on the value" in said(eight.judge_first("score", scores("little", "much"))[1])
    half = scores(ideas=("slot", "message"))
    assert "2 still to score" in said(eight.judge_first("score", half)[1])
    alone = eight._options(eight._scored(half), together=False)
    assert (alone["value_low"] == alone["value_high"]).all(), "the others' scores come after the learner's"


def test_the_scores_of_the_others_widen_the_range_of_each_idea():
    table = eight._options(eight._scored(scores("much", "little")), together=True).set_index("option")
    evening = table.loc["Evening hours for first visits"]
    assert (evening["value_low"], evening["value"], evening["value_high"]) == (1, 2, 3)
    assert (evening["effort_low"], evening["effort"], evening["effort_high"]) == (1, 3, 3)


# ---- pictures ----

READ_ALL = sorting({quote: code for quote, (code, _) in seven.READER.items()})
CLUMSY = sorting(dict.fromkeys(seven.READER, HELP))
FOUR = {"three": ["easy", "images", "different", "all_three"], "owner": "anna", "days": 30}
DAYS = (
    ("no_date", "nobody", 6),
    ("slot", "front_desk", 0),
    ("slot", "front_desk", 1),
    ("skip", "institute", 3),
    ("slot", "nobody", 0),
)
DRAWN = [
    *((seven.draw_heard, {"where": one}) for one in (1, 3, 6)),
    *((seven.draw_code, answers) for answers in ({}, READ_ALL, CLUMSY)),
    (seven.draw_water, {"speaks": 4, "asked": 0}),
    (seven.draw_weights, {"real": 0, "bad": 0, "grave": 0}),
    (seven.draw_weights, {"real": 1, "bad": 3, "grave": 6}),
    (seven.draw_survey, {"days": 0}),
    (seven.draw_survey, FOUR),
    (eight.draw_lift, {"moment": 4, "score": 10}),
    *((eight.draw_days, {"desk": desk, "tells": tells, "word": word})
      for desk, tells, word in DAYS),
    (eight.draw_levers, {"visit": 2, "images": 8, "bundle": 0}),
    (eight.draw_first, {}),
    (eight.draw_first, scores(ideas=("slot",))),
    (eight.draw_first, scores("much", "little")),
]  # fmt: skip


@pytest.mark.parametrize(("draw", "answers"), DRAWN, ids=lambda part: getattr(part, "__name__", ""))
def test_a_picture_has_words_a_table_and_no_text_on_another(draw, answers):
    picture = draw(answers)
    assert len(picture.alt) > 30 and picture.title and not picture.twin.empty
    assert wrong_places(picture) == []


@pytest.mark.parametrize("number", ["07", "08"])
def test_the_words_of_an_activity_are_easy_to_read_and_calm(number):
    path = ROOT / f"src/cxkit/teaching/activities/words_{number}.yaml"
    told = yaml.safe_load(path.read_text("utf-8"))
    words = list(texts(told))
    # a comma without quotation marks would cut a sentence off
    assert "null" not in json.dumps(told)
    assert len(words) > 30 and grade(words) <= 7
    assert not any("!" in one for one in words)


def test_the_picture_of_the_words_says_them_to_those_who_do_not_see_it():
    picture = seven.draw_heard({"where": COVER})
    assert all(FEEDBACK[quote] in picture.alt for quote in seven.HEARD["cover"])

"""Lessons 9 and 10: every place of what can be moved is judged right only where it is, and says what it shows."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pandas as pd
import pytest
import yaml
from drawn_text import texts, wrong_places
from test_course_content import ROOT, cells

import cxkit as cx
from cxkit.teaching.activities import lesson_09, lesson_10
from cxkit.teaching.activities.lesson_09 import CALLS, PATIENTS, SOLVED
from cxkit.teaching.questions import find_questions, questions_of, read_questions

QUESTIONS = {
    name: {one["id"]: one for one in questions_of(read_questions(find_questions(name)))}
    for name in (*lesson_09.ACTIVITIES, *lesson_10.ACTIVITIES)
}


@pytest.fixture(autouse=True)
def _in_the_course(monkeypatch):
    monkeypatch.chdir(ROOT / "course")


def said(found) -> str:
    return " ".join(one["text"] for one in found[1])


# ---- lesson 9: how many patients ----


def test_the_labels_are_the_numbers_that_are_counted_with():
    many = QUESTIONS["09_how_many"]["patients"]["labels"]
    assert [int(label.split()[0].replace(",", "")) for label in many] == list(PATIENTS)
    effects = QUESTIONS["09_how_many"]["effect"]
    assert [label.split()[0] for label in effects["labels"]] == [str(one) for one in range(4, 25, 2)]
    assert [int(one.split()[0]) for one in QUESTIONS["09_worst_month"]["calls"]["labels"]] == list(CALLS)
    plan = QUESTIONS["10_plan_to_measure"]["people"]["labels"]
    assert [int(label.replace(",", "")) for label in plan] == list(PATIENTS)


@pytest.mark.parametrize("effect", range(4, 25, 2))
def test_one_number_of_patients_is_the_smallest_that_is_enough(effect):
    found = [
        lesson_09.judge_how_many("patients", {"effect": effect, "patients": place})
        for place in range(len(PATIENTS))
    ]
    assert sum(right for right, _ in found) == 1
    place = [right for right, _ in found].index(True)
    assert all("Too few" in said(one) for one in found[:place])
    assert all("fewer would do" in said(one) for one in found[place + 1 :])
    # counted again without the code of the course's own measure: Wilson's intervals, joined in squares
    for one, many in enumerate(PATIENTS):
        before, after = 0.54, 0.54 + effect / 100
        ends = [wilson(share, many) for share in (before, after)]
        low = effect / 100 - np.hypot(after - ends[1][0], ends[0][1] - before)
        assert (low > 0) == (one >= place)


def wilson(share, n, z=1.959964):
    middle = (share + z * z / 2 / n) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / 4 / n / n)
    return middle - reach, middle + reach


def test_half_the_change_needs_about_four_times_as_many():
    for effect in (8, 12, 20):
        whole, half = (PATIENTS[lesson_09.enough(one)] for one in (effect, effect // 2))
        assert 2 <= half / whole <= 8


def test_the_picture_of_a_change_says_where_zero_is():
    few = lesson_09.draw_how_many({"effect": 12, "patients": 0})
    assert "Zero is inside it" in few.alt and "50 before and 50 after" in few.alt
    assert few.twin["zero is"].tolist() == ["inside", "inside"]
    enough = lesson_09.draw_how_many({"effect": 12, "patients": 2})
    assert "Zero is outside it" in enough.alt and enough.twin["zero is"].tolist() == [
        "inside",
        "outside",
        "outside",
    ]


# ---- lesson 9: the worst month ----


@pytest.mark.parametrize("teams", QUESTIONS["09_worst_month"]["teams"]["options"], ids=lambda one: one["id"])
def test_one_number_of_calls_is_the_fewest_that_keep_the_worst_team_down(teams):
    found = [
        lesson_09.judge_worst_month("calls", {"teams": teams["id"], "calls": place})
        for place in range(len(CALLS))
    ]
    place = [right for right, _ in found].index(True)
    assert sum(right for right, _ in found) == 1 and 0 < place < len(CALLS) - 1
    assert all("More calls" in said(one) for one in found[:place])
    assert all("fewer calls would do" in said(one) for one in found[place + 1 :])


def test_the_mean_rise_of_the_worst_team_is_that_of_many_months():
    random = np.random.default_rng(7)
    for teams, calls in ((2, 10), (4, 100), (12, 400)):
        months = random.binomial(calls, SOLVED, size=(40_000, teams)) / calls
        assert lesson_09.mean_rise(teams, calls) == pytest.approx(
            100 * (SOLVED - months.min(axis=1).mean()), abs=0.3
        )


def test_the_picture_of_the_worst_month_shows_a_usual_example():
    for teams, calls in itertools.product(("2", "4", "12"), range(len(CALLS))):
        first, second = lesson_09.example(int(teams), CALLS[calls])
        worst = int(np.argmin(first))
        rise = lesson_09.mean_rise(int(teams), CALLS[calls])
        assert len(first) == int(teams) and 100 * (second[worst] - first[worst]) == pytest.approx(rise, abs=6)
    picture = lesson_09.draw_worst_month({"teams": "12", "calls": 5})
    assert "worst team rises by 4 points" in picture.alt and len(picture.twin) == 12


# ---- the pictures ----


def any_pictures():
    for effect, place in itertools.product((4, 12, 24), (0, 3, len(PATIENTS) - 1)):
        yield lesson_09.draw_how_many({"effect": effect, "patients": place})
    for teams, place in itertools.product(("2", "4", "12"), (0, 3, len(CALLS) - 1)):
        yield lesson_09.draw_worst_month({"teams": teams, "calls": place})
    steps = list(lesson_10.STEPS)
    for order in (steps, steps[::-1], lesson_10.SHUFFLED, [*steps[1:], steps[0]]):
        yield lesson_10.draw_workshop(rows(order))


def test_nothing_in_a_picture_is_cut_or_lies_on_other_words():
    for picture in any_pictures():
        assert wrong_places(picture) == [], picture.alt
        assert min(text.get_fontsize() for text in texts(picture)) >= 11
        assert not any("…" in text.get_text() for text in texts(picture))
        assert picture.get_figwidth() == 9.6 and not picture.twin.empty


# ---- lesson 9: the guess ----


def test_a_guess_of_points_is_compared_in_points():
    patients = cx.case("dental_clinic_delays").table("patients")
    here, later, treated = patients["branch"] == "North", patients["half"] == "Jul-Dec", patients["treated"]
    rest = treated[~here & ~later], treated[~here & later]
    guess = cx.guess("09_pilot", cx.compare(treated[here & ~later], treated[here & later], elsewhere=rest))
    guess.answers = {"pilot": 24}
    guess.heard({"kind": "button", "button": "reveal"})
    assert (
        "24 points" in guess.messages["pilot"][0]["text"]
        and "12.9 points" in guess.messages["pilot"][0]["text"]
    )


# ---- lesson 10: the workshop ----


def rows(steps):
    return {"order": [{"step": one} for one in steps]}


def test_one_order_of_the_workshop_finds_what_each_step_needs():
    right = [
        order
        for order in itertools.permutations(lesson_10.STEPS)
        if lesson_10.judge_workshop("order", rows(order))[0]
    ]
    assert right == [tuple(lesson_10.STEPS)] and right[0][0] == "privacy"
    assert sum(minutes for _, minutes in lesson_10.STEPS.values()) == 90


def test_the_form_of_the_workshop_begins_in_no_good_order():
    cards = QUESTIONS["10_run_the_workshop"]["order"]["cards"]
    assert [card["id"] for card in cards] == list(lesson_10.SHUFFLED)
    assert {card["id"]: card["label"] for card in cards} == {
        step: name for step, (name, _) in lesson_10.STEPS.items()
    }
    assert not lesson_10.judge_workshop("order", {})[0]


def test_a_step_that_comes_too_early_is_told_with_what_it_needs():
    order = ["choose", "privacy", "touchpoints", "scores", "breaks", "together"]
    right, words = lesson_10.judge_workshop("order", rows(order))
    assert not right and "real patient" in words[0]["text"]
    picture = lesson_10.draw_workshop(rows(order))
    assert picture.twin["remark"].tolist()[0].startswith("too early") and not any(picture.twin["remark"][1:])
    assert picture.title == "1 of 6 steps comes too early" and "1. Choose one person" in picture.alt


# ---- lesson 10: the learner's own map ----


@pytest.fixture
def mine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path / lesson_10.MY_MAP


def test_the_map_is_the_file_that_the_lesson_and_the_certificate_name():
    code = "\n".join(cell.source for cell in cells(ROOT / "course" / "10_map_your_own_service.ipynb", "code"))
    assert f'cx.edit(path="{lesson_10.MY_MAP}")' in code and "cx.certificate()" in code


def test_with_no_map_yet_the_words_say_where_to_draw_it(mine):
    assert "Draw it in the editor above" in lesson_10.draw_my_map({"show": "gaps"})._repr_html_()
    right, words = lesson_10.judge_my_map("first", {"first": "The desk"})
    assert not right and words[0]["ok"] is None
    mine.write_text("no journey at all", "utf-8")
    assert "cannot be read yet" in lesson_10.draw_my_map({"show": "missing"})._repr_html_()


def test_the_list_says_what_is_there_and_what_is_missing(mine):
    cx.template("first_specialist_visit").save(mine)
    found = lesson_10.draw_my_map({"show": "missing"})
    assert [line[0] for line in found.lines] == ["✓", "○", "✓", "✓", "○"]
    assert "“Waits for the result”" in found.lines[-1]
    assert "both scores yet" in lesson_10.draw_my_map({"show": "gaps"})._repr_html_()
    cx.case("dental_clinic_delays").journey.save(mine)
    assert "falls furthest" in lesson_10.draw_my_map({"show": "gaps"}).title


def test_a_touchpoint_to_mend_first_needs_a_reason_on_the_map(mine):
    journey = cx.case("dental_clinic_delays").journey
    journey.save(mine)
    judged = {
        name: lesson_10.judge_my_map("first", {"first": name.upper()}) for name in journey.table["touchpoint"]
    }
    assert "nobody owns it" in said(judged["The images reach the clinic by email"])
    fine = [name for name, (right, _) in judged.items() if not right]
    assert fine and all("nothing on the map says why" in said(judged[name]) for name in fine)
    assert len(fine) < len(judged)
    right, words = lesson_10.judge_my_map("first", {"first": "the images reach the clinic by mail"})
    assert not right and "Did you mean “The images reach the clinic by email”?" in words[0]["text"]


# ---- lesson 10: choose together ----


def points(*given):
    columns = [column["id"] for column in QUESTIONS["10_choose_together"]["scores"]["columns"]]
    return [
        {"step": card, **dict(zip(columns, map(str, row), strict=True))}
        for card, row in zip(lesson_10.PLACES, given, strict=False)
    ]


def test_ideas_need_two_people_before_they_are_ranked():
    answers = {"ideas": "Call back\n\n  keep   a slot\nCall back"}
    assert list(lesson_10.ideas(answers).values()) == ["Call back", "keep a slot"]
    assert "Call back" in lesson_10.draw_together(answers)._repr_html_()
    one = answers | {"scores": points((5, 1, 5, 2))}
    assert not lesson_10.judge_together("scores", one)[0] and len(lesson_10.scored(one)) == 1
    both = answers | {"scores": points((5, 1, 5, 2), (2, 4, 5, 4))}
    right, words = lesson_10.judge_together("scores", both)
    assert right and "“Call back” comes first" in words[0]["text"]
    assert "“keep a slot” (value)" in words[0]["text"] and "(effort)" not in words[0]["text"]
    pd.testing.assert_series_equal(
        lesson_10.scored(both).iloc[1][["value", "value_low", "value_high"]],
        pd.Series([3.5, 2.0, 5.0], index=["value", "value_low", "value_high"]),
        check_names=False,
        check_dtype=False,
    )
    assert "Call back" in lesson_10.draw_together(both).title


def test_two_who_agree_are_sent_to_a_third():
    answers = {"ideas": "A\nB", "scores": points((5, 1, 4, 1), (2, 4, 2, 4))}
    assert "Ask a third person" in said(lesson_10.judge_together("scores", answers))


@pytest.mark.parametrize(
    ("owner", "right", "told"),
    [
        ("The team.", False, "“The team” is nobody in particular"),
        ("everybody, by Friday", False, "“everybody” is nobody in particular"),
        ("Hila", False, "“Hila”, and by when?"),
        ("Head of the desk in the new wing", False, "by when?"),
        ("by 1 March", False, "Begin with one name"),
        ("Hila, 1 March", True, "“Hila” answers for it"),
        ("Front desk: by Friday", True, "“Front desk” answers for it"),
        ("Tomer in two weeks", True, "“Tomer” answers for it"),
        ("Tomer in 2 weeks", True, "“Tomer” answers for it"),
    ],
)
def test_an_owner_is_one_name_or_one_role_with_a_date(owner, right, told):
    found = lesson_10.judge_together("owner", {"owner": owner})
    assert found[0] is right and told in said(found)


# ---- lesson 10: plan to measure ----


def test_a_plan_is_judged_by_what_it_can_say():
    options = [one["id"] for one in QUESTIONS["10_plan_to_measure"]["says"]["options"]]
    seen = set()
    for before, elsewhere, people in itertools.product(("yes", "no"), ("yes", "no"), range(len(PATIENTS))):
        plan = {"what": "stay", "before": before, "elsewhere": elsewhere, "people": people}
        right = [one for one in options if lesson_10.judge_plan("says", plan | {"says": one})[0]]
        assert right == [lesson_10.can_say(plan)]
        seen.add(right[0])
        told = lesson_10.draw_plan(plan)._repr_html_()
        assert f"After it: {PATIENTS[people]:,} people" in told
    assert seen == set(options)


def test_another_place_asks_for_twice_the_people():
    plan = {"what": "stay", "before": "yes", "people": PATIENTS.index(lesson_10.FEWEST)}
    assert lesson_10.can_say(plan | {"elsewhere": "no"}) == "changed"
    assert lesson_10.can_say(plan | {"elsewhere": "yes"}) == "unsure"


@pytest.mark.parametrize("places", [1, 2])
def test_the_people_of_a_plan_are_enough_in_four_of_five_cases(places):
    """With the least number that lesson 9 finds, such a change shows about every other time; twice as many will do."""
    random = np.random.default_rng(3)
    for people, low, high in (
        (places * lesson_10.FEWEST // 2, 0.45, 0.60),
        (places * lesson_10.FEWEST, 0.78, 0.86),
    ):
        shares = [0.54, 0.64, *([0.54, 0.54] if places == 2 else [])]
        levels = random.binomial(people, shares, size=(20_000, len(shares))) / people
        change = levels @ np.array([-1, 1, 1, -1][: len(shares)])
        spread = np.sqrt((levels * (1 - levels) / people).sum(axis=1))
        assert low < (change > 1.96 * spread).mean() < high


def test_the_form_of_the_plan_says_how_many_people():
    note = QUESTIONS["10_plan_to_measure"]["people"]["note"]
    assert f"For {lesson_10.HOPED} points: {lesson_10.FEWEST} people" in note
    assert f"With another place: {2 * lesson_10.FEWEST} each time" in note
    assert "above the slider" in lesson_10.SAID["unsure"]


# ---- start here ----


def test_the_table_of_lessons_says_what_the_lessons_say():
    lessons = yaml.safe_load((ROOT / "course" / "lessons.yaml").read_text("utf-8"))["lessons"][1:]
    prose = "\n".join(cell.source for cell in cells(ROOT / "course" / "00_start_here.ipynb", "markdown"))
    found = re.findall(r"^\| \[(.+?)\]\((\S+?)\) \| (\d+) \|", prose, re.M)
    assert found == [(one["title"], one["file"], str(one["minutes"])) for one in lessons]

"""Right answers of any kind get marks, wrong ones get words; and whatever makes the model answer worse loses marks."""

from __future__ import annotations

import pytest
from answer_sets import EXERCISES, ROOT, answer_sets, faults_of, marked, model_answers, solution, survivors

from cxkit.teaching.questions import questions_of, read_questions

SETS = [
    (exercise, one)
    for exercise in EXERCISES
    if (ROOT / "tests" / "answers" / f"{exercise}.yaml").is_file()
    for one in answer_sets(exercise)["sets"]
]


@pytest.mark.parametrize(("exercise", "one"), SETS, ids=[f"{name}-{one['name']}" for name, one in SETS])
def test_an_answer_set_gets_its_marks_and_words(exercise, one):
    assert faults_of(exercise, one) == []


@pytest.mark.parametrize("exercise", EXERCISES)
def test_there_are_enough_of_them(exercise):
    sets = answer_sets(exercise)["sets"]
    wrong = [one["name"] for one in sets if one["marks"]]
    right = [one["name"] for one in sets if not one["marks"] and one["name"] != "model_solution"]
    assert len(wrong) >= 12 and len(right) >= 6
    assert len({one["name"] for one in sets}) == len(sets)
    for one in sets:
        assert set(one["marks"]) <= set(answer_sets(exercise)["full_marks"]) and one["why"], one["name"]
        assert one.get("words") or not one["marks"], one["name"]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_mutant_that_loses_no_marks_is_explained(exercise):
    alive, count = survivors(exercise)
    explained = [one for entry in answer_sets(exercise).get("survivors", []) for one in entry["mutants"]]
    assert all(entry["why"] for entry in answer_sets(exercise).get("survivors", []))
    assert sorted(alive) == sorted(explained)
    assert count >= 20


@pytest.mark.parametrize("exercise", EXERCISES)
def test_untouched_gets_nothing_and_the_model_all(exercise):
    full = answer_sets(exercise)["full_marks"]
    assert {name: one.mark.value for name, one in marked(exercise, {}, {}).items()} == dict.fromkeys(
        full, 0.0
    )
    assert {name: one.mark.value for name, one in marked(exercise, model_answers(exercise)).items()} == full


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_question_is_answered_by_the_model_and_hinted(exercise):
    questions = list(questions_of(read_questions(solution(exercise).with_suffix(".yaml"))))
    assert set(model_answers(exercise)) == {one["id"] for one in questions}
    assert sum(bool(one.get("hints")) for one in questions) >= 2


ODD = (None, "", "?", 0, -1, 1e308, "１２", "1e999", [], [[]], [{}], {}, {"a": 1}, True, "ת" * 5000, ["x", 7])


@pytest.mark.parametrize("exercise", EXERCISES)
def test_odd_answers_never_stop_the_check(exercise):
    model = model_answers(exercise)
    # each odd answer once in every place together with all others, and each place once alone
    given = [dict.fromkeys(model, odd) for odd in ODD]
    given += [{**model, name: ODD[place % len(ODD)]} for place, name in enumerate(model)]
    for answers in given:
        for found in marked(exercise, answers).values():
            assert 0 <= found.mark.value <= found.mark.of, answers
            assert found.mark.value == found.mark.of or all(found.mark.words), answers

"""Marks: never below none, never above full, full exactly for the key, and words for whatever was lost."""

from __future__ import annotations

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxkit.teaching.marking import (
    Mark,
    NoResultError,
    Point,
    as_number,
    in_order,
    in_own_words,
    in_place,
    one_of,
    works,
)
from cxkit.teaching.questions import plain

FULL = ["Full marks."]
marks = st.integers(1, 40).map(lambda halves: halves / 2)
names = st.text(st.characters(categories=["L", "N"], max_codepoint=0x5FF), min_size=1, max_size=6)
keys = st.lists(names, min_size=2, max_size=9, unique_by=plain)
junk = st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=8)


def words_for(key):
    return {step: f"Think about {step}." for step in key}


def sound(mark):
    """What holds for every mark, whatever was answered."""
    assert 0 <= mark.value <= mark.of
    assert float(repr(mark)) >= 0
    assert mark.words and all(mark.words)
    assert (mark.words == FULL) == (mark.value == mark.of)
    assert f"<strong>{mark!r} of " in mark._repr_html_()
    return mark


@given(keys, marks, st.data())
def test_an_order_is_full_exactly_when_it_is_the_key(key, worth, data):
    given_order = data.draw(st.permutations(key))
    mark = sound(Mark(in_order(given_order, key, worth, words_for(key))))
    assert (mark.value == mark.of) == (given_order == key)
    assert float(repr(mark)) <= worth


@given(keys, marks, st.data())
def test_a_step_that_is_missing_costs_marks_and_strange_ones_cost_none(key, worth, data):
    left_out = data.draw(st.sampled_from(key))
    with_gap = [step for step in key if step != left_out]
    assert sound(Mark(in_order(with_gap, key, worth, words_for(key)))).value < worth
    strange = [plain(one) + " and more" for one in data.draw(st.lists(names, max_size=3))]
    mixed = list(key)
    for one in strange:
        mixed.insert(data.draw(st.integers(0, len(mixed))), one)
    assert repr(Mark(in_order(mixed, key, worth, words_for(key)))) == f"{worth:g}"


@given(keys, marks)
def test_an_empty_order_gets_none_and_one_word_for_each_neighbour(key, worth):
    mark = sound(Mark(in_order([], key, worth, words_for(key))))
    assert mark.value == 0 and mark.words == [f"Think about {step}." for step in key[1:]]


@given(keys, marks)
def test_an_order_back_to_front_gets_none(key, worth):
    assert Mark(in_order(key[::-1], key, worth, words_for(key))).value == 0


@given(keys, marks, st.data())
def test_choices_are_full_exactly_when_each_is_accepted(key, worth, data):
    accepted = {step: data.draw(st.lists(names, min_size=1, max_size=3)) for step in key}
    chosen = {step: data.draw(st.sampled_from(accepted[step]) | junk) for step in key}
    mark = sound(Mark(in_place(chosen, accepted, worth, words_for(key))))
    fine = [
        chosen[step] is not None and plain(chosen[step]) in {plain(one) for one in accepted[step]}
        for step in key
    ]
    assert (mark.value == mark.of) == all(fine)
    assert mark.words == (
        [f"Think about {step}." for step, ok in zip(key, fine, strict=True) if not ok] or FULL
    )
    assert float(repr(mark)) <= worth


@given(st.dictionaries(names, names, min_size=1, max_size=9), marks, st.randoms(use_true_random=False))
def test_the_order_of_rows_in_a_dict_does_not_matter(chosen, worth, chance: random.Random):
    accepted = {step: [choice] for step, choice in list(chosen.items())[::2]}
    rows = list(chosen.items())
    chance.shuffle(rows)
    before = in_place(chosen, accepted, worth, words_for(chosen))
    assert in_place(dict(rows), accepted, worth, words_for(chosen)) == before
    assert Mark(before).value == pytest.approx(worth)


@given(st.dictionaries(names, junk, max_size=4), marks)
def test_rows_that_nobody_asked_for_neither_help_nor_harm(more, worth):
    accepted = {"the call": ["phone"], "the visit": ["in person"]}
    chosen = {"the call": "Phone", "the visit": "email"}
    before = in_place(chosen, accepted, worth, words_for(accepted))
    assert in_place({**more, **chosen}, accepted, worth, words_for(accepted)) == before


@given(names, st.lists(names, min_size=1, max_size=3), marks)
def test_one_choice_is_full_exactly_when_it_is_accepted(chosen, right, worth):
    mark = sound(Mark(one_of(chosen, right, worth, "Look again.")))
    assert (mark.value == worth) == (plain(chosen) in {plain(one) for one in right})
    assert mark.value in (0, worth)


@given(junk | st.lists(junk, max_size=2) | st.dictionaries(names, junk, max_size=2), marks)
def test_no_answer_at_all_makes_marking_fail(answer, worth):
    for points in (
        one_of(answer, ["the right one"], worth, "Look again."),
        one_of(answer, ["the right one"], worth, {"a": "Not a.", "otherwise": "Look again."}),
        in_place({"call": answer}, {"call": ["the right one"]}, worth, {"call": "Which?"}),
        in_own_words(answer, 9, worth, "Say more."),
    ):
        mark = sound(Mark(points))
        assert mark.value == 0 and mark.words != FULL


def test_the_words_are_those_of_the_choice_that_was_made():
    words = {"The Dentist": "She saw her.", "otherwise": "Somebody else."}
    assert one_of("the dentist ", ["clerk"], 1, words)[0].words == "She saw her."
    assert one_of("nurse", ["clerk"], 1, words)[0].words == "Somebody else."
    assert one_of(None, ["clerk"], 1, words)[0].words == "Somebody else."


def test_a_choice_without_words_of_its_own_is_not_told_full_marks():
    mark = Mark(one_of("nurse", ["clerk"], 2, {"dentist": "She saw her."}))
    assert mark.value == 0
    assert mark.words != FULL and all(mark.words)


@pytest.mark.parametrize("zero", [0, "0", "٠"])
def test_the_number_none_is_an_answer(zero):
    assert one_of(zero, ["0"], 1, "Count again.")[0].got == 1
    assert in_place({"call": zero}, {"call": ["0"]}, 1, {"call": "Count again."})[0].got == 1


# ---- the sum ----


@given(st.integers(2, 12), marks, st.data())
def test_thirds_and_sevenths_add_up_to_full_and_never_above(parts, worth, data):
    point = worth / parts
    mark = sound(Mark([Point(point, point)] * parts))
    assert repr(mark) == f"{worth:g}"
    got = data.draw(st.integers(0, parts - 1))
    part = Mark([Point(point, point)] * got + [Point(0.0, point, "Lost.")] * (parts - got))
    assert part.value < part.of and part.value == pytest.approx(worth * got / parts, abs=0.0051)
    assert float(repr(part)) < worth and part.words == ["Lost."]


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), min_size=1, max_size=12))
def test_the_text_of_a_mark_is_a_number_up_to_its_maximum(rows):
    points = [Point(of / 6 if ok else 0.0, of / 6, "" if ok else "Lost.") for ok, of in rows]
    mark = sound(Mark(points))
    assert float(repr(mark)) == pytest.approx(sum(of / 6 for ok, of in rows if ok), abs=0.0051)
    # a maximum in the gradebook has two decimals at the most, and nbgrader refuses a mark above it
    whole = sum(of for _, of in rows)
    assume(whole % 3 == 0)
    assert float(repr(mark)) <= whole / 6


def test_a_small_loss_among_many_parts_is_still_a_loss():
    mark = Mark([Point(1 / 300, 1 / 300)] * 299 + [Point(0.0, 1 / 300, "The last one.")])
    assert mark.value < mark.of and float(repr(mark)) < 1


def test_the_same_words_are_said_once():
    assert Mark([Point(0, 1, "Look again."), Point(0, 1, "Look again."), Point(1, 1)]).words == [
        "Look again."
    ]


def test_a_mark_shows_its_number_for_nbgrader_and_its_words_for_a_person():
    mark = Mark([Point(1, 1), Point(0.5, 1, "Who <waits>?")])
    assert repr(mark) == "1.5"
    html = mark._repr_html_()
    assert (
        "1.5 of 2 marks" in html and "<li>Who &lt;waits&gt;?</li>" in html and 'lang="en" dir="ltr"' in html
    )
    assert 'lang="he" dir="rtl"' in Mark([Point(1, 1)], "he")._repr_html_()
    assert "כל הנקודות." in Mark([Point(1, 1)], "he")._repr_html_()


# ---- numbers as people type them ----


@pytest.mark.parametrize("minus", ["-", "−", "–", "－", "minus", "Minus", "MINUS"])
@pytest.mark.parametrize("space", ["", " ", "  ", "\N{NO-BREAK SPACE}"])
@pytest.mark.parametrize(
    ("typed", "number"), [("1.2", 1.2), ("1,2 points", 1.2), (".5", 0.5), ("٣", 3), ("３", 3)]
)
def test_a_minus_may_be_a_hyphen_a_dash_or_the_word(minus, space, typed, number):
    assert as_number(minus + space + typed) == as_number(f"  {minus}{space}{typed} ") == -number
    # signs of direction stand around a number in a right-to-left text
    assert as_number(f"\u200e{minus}{space}\u200e{typed}") == -number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.2", 1.2),
        ("+1.2", 1.2),
        ("+ 1.2", 1.2),
        ("about 1.2", 1.2),
        ("minus", None),
        ("-", None),
        ("3-4", None),
        ("3 – 4", None),
        ("-3 – -2", None),
        ("minus points", None),
        (-1.2, -1.2),
        ("", None),
        (None, None),
    ],
)
def test_no_minus_is_read_where_none_stands_before_the_number(typed, number):
    assert as_number(typed) == number


# ---- words of one's own ----

COPIED = ["Nobody told her.", "The clinic had the images for days."]


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("They never told me what comes next", 1),
        ("they NEVER told me, what?", 1),
        ("told told told told told", 0),
        ("I wait", 0),
        ("... !!! ,,, ??? ;;; ...", 0),
        ("", 0),
        (None, 0),
        ("The clinic had the images for days.", 0),
        ("  the clinic HAD the images for days. ", 0),
        ("The clinic had the images for days", 0),
        ("אף אחד לא סיפר לי כלום", 1),
    ],
)
def test_words_of_ones_own_are_enough_different_words_and_no_copy(text, got):
    mark = sound(Mark(in_own_words(text, 5, 1, "Say it in a few words of your own.", COPIED)))
    assert mark.value == got


class Named(KeyError):
    pass


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (KeyError("a secret"), "KeyError (a dict was asked for a key that it does not have)"),
        (Named("a secret"), "KeyError (a dict was asked for a key that it does not have)"),
        (type("a secret", (Exception,), {"__module__": "builtins"})("a secret"), "Exception"),
        (NoResultError("it ran for more than 5 seconds"), "it ran for more than 5 seconds"),
    ],
)
def test_a_fault_is_told_by_its_kind_and_not_in_the_words_of_who_raised_it(fault, said):
    def function(given):
        raise fault

    (one,) = works(function, [((["a secret"],), 1)], 2, "Look again.")
    assert one.got == 0 and f"Python says: {said}." in one.words and "secret" not in one.words

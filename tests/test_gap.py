"""The gap: experienced − expected."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cxkit.journey import Journey
from cxkit.measures.gap import gap


def journey(*scores):
    rows = [
        {"stage": "care", "touchpoint": f"t{n}", "channel": "web", "expected": a, "experienced": b}
        for n, (a, b) in enumerate(scores)
    ]
    return Journey(rows)


def test_a_disappointment_is_negative():
    table = gap(journey((9, 1), (7, 8), (5, 5)))
    assert list(table.columns) == ["touchpoint", "expected", "experienced", "gap"]
    assert table["touchpoint"].tolist() == ["t0", "t1", "t2"]
    assert table["gap"].tolist() == [-8, 1, 0]


def test_servqual_example_without_float_dust():
    assert gap(journey((4.44, 4.19)))["gap"].tolist() == [-0.25]


@pytest.mark.parametrize("pair", [(7, None), (None, 7), (None, None)])
def test_an_unknown_score_leaves_the_gap_unknown(pair):
    table = gap(journey((3, 4), pair))
    assert len(table) == 2
    assert table["gap"].tolist()[0] == 1 and np.isnan(table.loc[1, "gap"])


def test_the_journey_is_not_changed():
    before = journey((9, 1))
    table = gap(before)
    table.loc[0, "expected"] = 1
    assert before == journey((9, 1))


@pytest.mark.parametrize("wrong", ["journey.csv", None, 7, [1, 2]])
def test_something_else_is_refused_in_words(wrong):
    with pytest.raises(ValueError, match=r"gap needs a journey.*read_journey"):
        gap(wrong)


def test_a_journey_has_no_members():
    with pytest.raises(ValueError, match="A journey is told for one person, so it has no “member”"):
        gap(journey((9, 1)), per="member")


def survey(**columns):
    made = {
        "member": ["a", "b", "c", "a", "b", "c"],
        "touchpoint": ["Joining"] * 3 + ["The bill"] * 3,
        "expected": [7, 8, 9, 8, 8, 8],
        "experienced": [6, 8, 4, 9, None, 3],
    }
    return pd.DataFrame(made | columns)


def test_a_survey_gives_means_with_t_intervals_over_complete_pairs():
    table = gap(survey())
    columns = ["touchpoint", "expected", "experienced", "gap", "low", "high", "n", "missing"]
    assert list(table.columns) == columns
    assert table["touchpoint"].tolist() == ["Joining", "The bill"]
    assert table["gap"].tolist() == [-2, -2]
    assert table["n"].tolist() == [3, 2] and table["missing"].tolist() == [0, 1]
    # the means are of the same answers as the gap, so that they differ by it
    assert table["expected"].tolist() == [8, 8] and table["experienced"].tolist() == [6, 6]
    for row, each in enumerate(([-1, 0, -5], [1, -5])):
        low, high = stats.t.interval(0.95, len(each) - 1, np.mean(each), stats.sem(each))
        assert table.loc[row, ["low", "high"]].tolist() == pytest.approx([low, high])


def test_servqual_example_from_a_survey():
    table = gap(survey(expected=[4.44] * 6, experienced=[4.19] * 6))
    assert table["gap"].tolist() == table["low"].tolist() == table["high"].tolist() == [-0.25, -0.25]


def test_one_answer_has_a_gap_but_no_interval_and_none_has_neither():
    table = gap(survey(experienced=[6, None, None, None, None, None]))
    assert table["n"].tolist() == [1, 0] and table["missing"].tolist() == [2, 3]
    assert table["gap"].tolist()[0] == -1
    assert table.loc[0, ["low", "high"]].isna().all()
    assert table.loc[1, ["expected", "experienced", "gap", "low", "high"]].isna().all()


def test_per_member_is_a_row_per_member_and_a_column_per_touchpoint():
    table = gap(survey(), per="member")
    assert list(table.columns) == ["member", "Joining", "The bill"]
    assert table.index.tolist() == [0, 1, 2] and table["member"].tolist() == ["a", "b", "c"]
    assert table["Joining"].tolist() == [-1, 0, -5]
    assert table["The bill"].tolist()[::2] == [1, -5] and np.isnan(table.loc[1, "The bill"])


def test_further_scores_come_as_further_columns_where_anybody_has_one():
    given = survey(staff=[8, None, 3, None, None, None], mood=[1, 2, 3, 4, 5, 6])
    table = gap(given, per="member", also=("staff", "mood"))
    assert list(table.columns)[:3] == ["member", "Joining", "The bill"]
    assert list(table.columns)[3:] == ["staff: Joining", "mood: Joining", "mood: The bill"]
    assert table["staff: Joining"].tolist()[::2] == [8, 3] and np.isnan(table.loc[1, "staff: Joining"])
    assert table["mood: The bill"].tolist() == [4, 5, 6]
    pd.testing.assert_frame_equal(table.iloc[:, :3], gap(given, per="member"))
    one = gap(given, per="member", also="staff")
    assert list(one.columns)[3:] == ["staff: Joining"]


def test_further_scores_that_do_not_fit_are_told_in_words():
    given = survey(staff=[8, None, 30, None, None, None])
    for call, words in (
        (lambda: gap(given, per="member", also=["staf"]), "no column “staf”.*Did you mean “staff”"),
        (lambda: gap(given, per="member", also=["staff"]), "“staff”, row 4: “30.*from 1 to 10"),
        (lambda: gap(given, also=["staff"]), 'also needs a survey, and per.*such as "member"'),
        (lambda: gap(journey((9, 1)), also=["staff"]), "also needs a survey"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    clash = survey(touchpoint=["Joining"] * 3 + ["staff: Joining"] * 3, staff=[1] * 6)
    with pytest.raises(ValueError, match="“staff: Joining” would be the name of two columns"):
        gap(clash, per="member", also=["staff"])


def test_a_group_is_no_person():
    with pytest.raises(
        ValueError, match=r"“North” answers twice.*If “branch” is a group of people, take gap of"
    ):
        gap(survey(branch=["North"] * 6), per="branch")


def test_the_survey_is_not_changed():
    given = survey()
    gap(given)
    gap(given, per="member")
    pd.testing.assert_frame_equal(given, survey())


answers = st.lists(
    st.tuples(
        st.sampled_from("abcdef"), st.sampled_from(["x", "y", "z"]), st.integers(1, 10), st.integers(1, 10)
    ),
    min_size=1,
    max_size=18,
    unique_by=lambda row: row[:2],
)


def as_survey(rows):
    return pd.DataFrame(rows, columns=["member", "touchpoint", "expected", "experienced"])


@settings(max_examples=15)
@given(answers)
def test_equal_columns_leave_no_gap(rows):
    table = as_survey(rows)
    assert (gap(table.assign(experienced=table["expected"]))["gap"] == 0).all()


@settings(max_examples=15)
@given(answers, st.randoms())
def test_the_order_of_rows_never_matters(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    for per, key in ((None, "touchpoint"), ("member", "member")):
        one, two = (gap(as_survey(each), per).set_index(key).sort_index() for each in (rows, mixed))
        pd.testing.assert_frame_equal(one, two[one.columns])


@settings(max_examples=15)
@given(answers)
def test_new_names_only_rename(rows):
    names = {"x": "Joining", "y": "The bill", "z": "Help"}
    renamed = [(member, names[touchpoint], *scores) for member, touchpoint, *scores in rows]
    expected = gap(as_survey(rows))
    expected["touchpoint"] = expected["touchpoint"].map(names)
    pd.testing.assert_frame_equal(gap(as_survey(renamed)), expected)


@settings(max_examples=15)
@given(answers)
def test_the_mean_of_the_members_is_the_mean_of_the_survey(rows):
    wide = gap(as_survey(rows), per="member").drop(columns="member").mean()
    assert wide.to_numpy() == pytest.approx(gap(as_survey(rows))["gap"].to_numpy())


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"experienced": [6, 8, "often", 9, None, 3]}, "“experienced”, row 4: “often” is not a number"),
        ({"expected": [7, 8, 11, 8, 8, 8]}, "“expected”, row 4: “11.*outside.*from 1 to 10"),
        (
            {"touchpoint": ["Joining", "", None, "x", "x", "x"]},
            "“touchpoint”, row 3: the cell is empty.*1 more",
        ),
        ({"touchpoint": "Joining"}, "“a” answers twice for “Joining”: row 2 and row 5. Keep one"),
        ({"member": ["a", "b", None, "a", "b", "c"]}, "“member”, row 4: the cell is empty"),
        ({"touchpoint": ["member"] * 3 + ["The bill"] * 3}, "name of a touchpoint and of a column"),
    ],
)
def test_a_bad_survey_is_told_in_words(columns, words):
    with pytest.raises(ValueError, match=words):
        gap(survey(**columns), per="member")


def test_an_unknown_column_comes_with_the_nearest_name():
    with pytest.raises(ValueError, match=r"no column “expected” in the table. Did you mean “expectd”\?"):
        gap(survey().rename(columns={"expected": "expectd"}))
    with pytest.raises(ValueError, match=r"no column “membre” in the table. Did you mean “member”\?"):
        gap(survey(), per="membre")


def test_an_empty_survey_is_refused():
    with pytest.raises(ValueError, match="The table is empty"):
        gap(survey().iloc[:0])


@pytest.mark.parametrize(("per", "column"), [(None, "touchpoint"), ("member", "member")])
def test_spaces_make_no_second_touchpoint_or_person(per, column):
    given = survey()
    given.loc[1, "touchpoint"] = " Joining\u200f"
    given.loc[5, "touchpoint"] = "The  bill "
    given.loc[3, "member"] = " a"
    found = gap(given, per)
    pd.testing.assert_frame_equal(found, gap(survey(), per))
    assert found[column].tolist() == list(dict.fromkeys(survey()[column]))


def test_the_interval_is_named():
    assert gap(survey()).attrs == {"interval": "95% t interval", "notes": []}


@pytest.mark.parametrize("name", ["member", "Patient ID", "case"])
def test_several_answers_of_one_person_are_told(name):
    given = pd.concat([survey(), survey()[:2], survey()[:1]]).rename(columns={"member": name})
    (note,) = gap(given).attrs["notes"]
    assert note.startswith(
        "3 answers are the second or a later one of the same person for the same touchpoint"
    )
    assert f"(2 people, by the column “{name}”)" in note
    (note,) = gap(given[:7]).attrs["notes"]
    assert note.startswith("1 answer is the second or a later one") and "(1 person," in note
    # people whose name is not known, or who are not told apart at all, are not taken for one
    for other in (given.assign(**{name: ""}), given.drop(columns=name)):
        assert gap(other).attrs["notes"] == []


def test_equal_gaps_are_not_taken_for_certainty():
    found = gap(survey(expected=[7, 7, 7, 8, 8, 8], experienced=[5, 5, 5, 8, None, 3]))
    (note,) = found.attrs["notes"]
    assert note == (
        "At “Joining”, all gaps are equal, so the interval has no width. That is not certainty: "
        "gaps so few, or so equal, cannot tell how the next ones will differ."
    )


def test_a_yes_is_no_score_and_one_row_is_one_row():
    with pytest.raises(ValueError, match=r"“expected”, row 2: “True” is a yes or a no.*from 1 to 10"):
        gap(survey(expected=[True] * 6))
    with pytest.raises(ValueError, match=r"The same in 1 more row\."):
        gap(survey(touchpoint=["Joining", "", None, "x", "x", "x"]))

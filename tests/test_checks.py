"""The words that measures say about input they cannot use, and the estimate that they give back."""

import math

import numpy as np
import pandas as pd
import pytest

from cxkit.measures import checks
from cxkit.measures.estimate import Estimate, number, p_text


def test_an_estimate_shows_its_interval_its_n_and_what_is_missing():
    found = Estimate(0.308, 0.2553, 0.3662, 263, "95% Wilson interval", "Share", missing=4, words="So & so.")
    assert repr(found) == "Share: 0.308 (95% Wilson interval 0.255 to 0.366, n = 263, 4 missing)"
    assert float(found) == 0.308
    page = found._repr_html_()
    assert "0.255 to 0.366" in page and "n = 263" in page and "So &amp; so." in page


def test_a_share_is_shown_in_percent_and_kept_from_0_to_1():
    found = Estimate(0.143, 0.123, 0.166, 1200, "95% Wilson interval", "Lost", "share")
    assert repr(found) == "Lost: 14.3% (95% Wilson interval 12.3% to 16.6%, n = 1,200)"
    assert found.value == 0.143 and "14.3%</strong><div>" in found._repr_html_()
    per_day = Estimate(0.03, -0.001, 0.06, 9, "95% interval", "Cost", "share per day")
    assert repr(per_day) == "Cost: 3% per day (95% interval −0.100% to 6%, n = 9)"
    assert "3%</strong> per day" in per_day._repr_html_()
    change = Estimate(-0.12, -0.2, -0.04, 9, "95% interval", "Change", "difference of shares")
    assert repr(change) == "Change: −12 percentage points (95% interval −20 to −4, n = 9)"
    assert repr(Estimate(math.nan, math.nan, math.nan, 1, "no interval", unit="share")).startswith(
        "not known ("
    )


def test_an_estimate_without_an_interval_says_why():
    found = Estimate(7.5, math.nan, math.nan, 1, "no interval: one person's scores", "Peak and end")
    assert repr(found) == "Peak and end: 7.5 (no interval: one person's scores, n = 1)".replace("7.5", "7.50")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0001, "−0.00010"),
        (0.000412, "0.00041"),
        (0.0042, "0.0042"),
        (0.0996, "0.100"),
        (-1e-16, "0"),
        (-1e200, "−1e+200"),
        (-4, "−4"),
        (1234567.8, "1,234,568"),
        (9.876, "9.88"),
        (math.nan, "not known"),
    ],
)
def test_numbers_are_written_as_people_read_them(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [(0.00012, "p < 0.001"), (0.0214, "p = 0.021"), (0.5, "p = 0.5"), (math.nan, "p is not known")],
)
def test_a_small_p_is_not_written_as_nothing(p, text):
    assert p_text(p) == text


def test_a_small_share_is_not_written_as_nothing():
    found = Estimate(0.000004, 0.000001, 0.00002, 10**6, "95% Wilson interval", "Lost", "share")
    assert repr(found) == "Lost: 0.00040% (95% Wilson interval 0.00010% to 0.0020%, n = 1,000,000)"


def test_an_unknown_column_gets_the_nearest_name():
    table = pd.DataFrame({"expected": [1], "experienced": [2]})
    with pytest.raises(
        ValueError, match=r"no touchpoint “experiencd” in the table\. Did you mean “experienced”\?"
    ):
        checks.column(table, "experiencd", "touchpoint")
    with pytest.raises(ValueError, match=r"The table has: expected, experienced\."):
        checks.columns(table, ["zebra"])


@pytest.mark.parametrize(
    "given", [[1, 2], "a", None, pd.DataFrame({"a": []}), pd.DataFrame([[1, 2]], columns=["a", "a"])]
)
def test_what_is_not_a_table_is_told(given):
    with pytest.raises(ValueError, match=r"table|two columns"):
        checks.table(given)


def test_numbers_come_from_text_and_the_row_of_a_fault_is_told():
    assert checks.numbers(["7", " 8 ", "", None, "−2"], "x")[:2].tolist() == [7, 8]
    assert np.isnan(checks.numbers(["7", "", None], "x")[1:]).all()
    with pytest.raises(
        ValueError, match=r"“score”, row 3: “ten” is not a number\. Write a number from 0 to 10\."
    ):
        checks.numbers([1, "ten"], "score", 0, 10)
    with pytest.raises(ValueError, match=r"row 2: “11” is outside what can be.*The same in row 4\."):
        checks.numbers([11, 3, 12], "score", 0, 10)
    with pytest.raises(ValueError, match=r"“inf” is not a number"):
        checks.numbers([1.0, np.inf], "score")
    with pytest.raises(ValueError, match=r"row 2: “2.5” is not a whole number"):
        checks.numbers([2.5], "score", whole=True)
    with pytest.raises(ValueError, match=r"needs a list or a column"):
        checks.numbers("12", "score")
    assert checks.numbers([], "score").tolist() == []


def test_rows_are_counted_from_the_top_whatever_the_index_says():
    series = pd.Series([1, "x"], index=[7, 7])
    with pytest.raises(ValueError, match="row 3"):
        checks.numbers(series, "score")


@pytest.mark.parametrize(
    "given",
    [
        ["yes", "no", None],
        [True, False, None],
        [1, 0, np.nan],
        ["כן", "לא", ""],
        ["Y", "n", " "],
        [1.0, "FALSE", pd.NA],
    ],
)
def test_yes_and_no_in_every_usual_form(given):
    assert checks.yes_no(given, "left")[:2].tolist() == [1, 0]
    assert np.isnan(checks.yes_no(given, "left")[2])


def test_what_is_neither_yes_nor_no_is_told():
    with pytest.raises(ValueError, match=r"“left”, row 3: “maybe” is neither yes nor no"):
        checks.yes_no(["yes", "maybe"], "left")
    with pytest.raises(ValueError, match=r"row 2: “2” is neither"):
        checks.yes_no([2, 1], "left")


def test_one_class_only_is_told():
    with pytest.raises(ValueError, match=r"In “left” every answer is no"):
        checks.two_classes(np.array([0.0, 0.0, np.nan]), "left")
    with pytest.raises(ValueError, match=r"No row is complete"):
        checks.two_classes(np.array([np.nan]), "left")


def test_how_rows_are_counted_is_said_once():
    with pytest.raises(ValueError, match=r"row 1 is the header") as error:
        checks.numbers(["x", "y"], "score")
    assert str(error.value).count("header") == 1
    with pytest.raises(ValueError, match=r"row 3: “maybe”.*Rows are counted as in a spreadsheet"):
        checks.yes_no(["yes", "maybe"], "left")


@pytest.mark.parametrize(
    ("value", "low", "high", "whole", "words"),
    [
        (5, 10, 1000, True, "draws must be one whole number from 10 to 1000, not “5”."),
        (2.5, 1, None, True, "draws must be one whole number of 1 or more, not “2.5”."),
        (7, None, 6, False, "draws must be one number of 6 or less, not “7”."),
        ("many", None, None, False, "draws must be one number, not “many”."),
        ([1, 2], None, None, False, "draws must be one number, not “a list”."),
        (True, 0, None, False, "draws must be one number of 0 or more, not “True”."),
        (math.inf, 0, None, True, "draws must be one whole number of 0 or more, not “inf”."),
        (None, 1, None, False, "draws is empty. It must be one number of 1 or more."),
        (math.nan, 1, None, False, "draws is empty. It must be one number of 1 or more."),
    ],
)
def test_one_number_is_told_without_a_row(value, low, high, whole, words):
    with pytest.raises(ValueError) as error:
        checks.one_number(value, "draws", low, high, whole)
    assert str(error.value) == words


@pytest.mark.parametrize("value", [3, "3", 3.0, np.int64(3), np.array(3)])
def test_one_number_is_read_in_any_form(value):
    assert checks.one_number(value, "draws", 3, 3, whole=True) == 3


def test_rows_left_out_are_counted():
    table = pd.DataFrame({"a": [1, None, 3], "b": ["x", "y", None], "c": [None] * 3})
    kept, missing = checks.complete(table, ["a", "b"])
    assert (len(kept), missing) == (1, 2)


def test_names_may_be_one_or_several_but_not_twice():
    assert checks.names("a", "touchpoint") == ["a"]
    assert checks.names(("a", "b"), "touchpoint") == ["a", "b"]
    with pytest.raises(ValueError, match="named twice"):
        checks.names(["a", "a"], "touchpoint")
    with pytest.raises(ValueError, match="at least one touchpoint"):
        checks.names([], "touchpoint")


@pytest.mark.parametrize("given", [0, 1, 95, "high", None, [0.95]])
def test_a_level_lies_between_0_and_1(given):
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        checks.level(given)


@pytest.mark.parametrize("given", [pd.DataFrame({9: [1, 2]}), {9: 1, 10: 3}])
def test_a_table_where_one_column_belongs_is_told_not_read_by_its_names(given):
    with pytest.raises(ValueError, match=r"“score” needs one column of values, not a table"):
        checks.numbers(given, "score")


def test_a_list_where_one_name_belongs_is_told():
    table = pd.DataFrame({"a": [1]})
    with pytest.raises(ValueError, match="Name one touchpoint, as text, not a list"):
        checks.column(table, ["a"], "touchpoint")
    with pytest.raises(ValueError, match="Name one touchpoint, as text"):
        checks.names([["a"]], "touchpoint")


@pytest.mark.parametrize("value", [1e200, -1e200, 1e16])
def test_numbers_too_large_to_reckon_with_are_told(value):
    with pytest.raises(ValueError, match=r"“score”, row 3: “-?1e\+\d+” is too large\. .*row 1 is the header"):
        checks.numbers([1, value], "score")
    with pytest.raises(ValueError, match=r"per: “-?1e\+\d+” is too large"):
        checks.one_number(value, "per")
    assert checks.numbers([1e15], "score").tolist() == [1e15]


@pytest.mark.parametrize("given", [[True, False], pd.array([True, None], dtype="boolean")])
def test_a_yes_is_no_score(given):
    with pytest.raises(
        ValueError, match=r"“score”, row 2: “True” is a yes or a no, not a number\. .* from 1 to 10"
    ):
        checks.numbers(given, "score", 1, 10)
    # where any number will do, such as a touchpoint met or not, they are 1 and 0
    assert checks.numbers(given, "met")[0] == 1


@pytest.mark.parametrize("given", ["x", -1, None, 1.5, True, [1]])
def test_a_seed_is_a_whole_number(given):
    with pytest.raises(ValueError, match=r"^seed (must be|is empty)"):
        checks.a_seed(given)
    assert checks.a_seed(np.int64(5)) == 5


def test_spaces_do_not_make_a_second_name():
    given = pd.Series(["The bill", " The  bill ", "The\xa0bill\u200f", None, 7], index=list("abcde"))
    found = checks.clean(given)
    assert found.tolist() == ["The bill"] * 3 + [None, 7] and found.index.tolist() == list("abcde")
    assert checks.clean(pd.Series([1.5, 2])).tolist() == [1.5, 2]


@pytest.mark.parametrize(
    "given",
    [pd.DataFrame({"a": range(50)}), pd.Series(range(50), name="a"), np.arange(50)],
    ids=["table", "column", "array"],
)
@pytest.mark.parametrize("check", [checks.level, checks.a_seed, lambda given: checks.one_number(given, "a")])
def test_no_message_quotes_a_printed_table(given, check):
    with pytest.raises(ValueError, match=r"a table|a column of values|a column") as told:
        check(given)
    assert "49" not in str(told.value)

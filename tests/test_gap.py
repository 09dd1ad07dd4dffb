"""The gap: experienced − expected."""

import numpy as np
import pytest

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

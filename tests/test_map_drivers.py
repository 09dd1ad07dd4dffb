"""Estimates on the map: the stars of touchpoints, with their size, their interval and their words."""

import numpy as np
import pandas as pd
import pytest
from drawn_text import texts, words

from cxkit.cases import case
from cxkit.journey import Journey
from cxkit.measures.drivers import drivers
from cxkit.views import look
from cxkit.views.map import draw_map
from cxkit.views.map.drivers import Estimate, number
from cxkit.views.map.style import STYLES

STOPS = [
    {"stage": "pre-care", "touchpoint": "Calls", "channel": "phone", "expected": 7, "experienced": 7},
    {
        "stage": "care",
        "touchpoint": "Learns of the cover",
        "channel": "in person",
        "expected": 9,
        "experienced": 2,
    },
    {"stage": "care", "touchpoint": "Gets the bill", "channel": "letter", "expected": 8, "experienced": 3},
    {"stage": "post-care", "touchpoint": "Tells friends", "channel": "other", "moment": "ultimate"},
]
TABLE = pd.DataFrame(
    [
        ("Calls", 0.99, 0.91, 1.08, 1402),
        ("Learns of the cover", 1.46, 1.35, 1.58, 1402),
        ("Hold", 1.1, 1.0, 1.2, 1402),
    ],
    columns=["touchpoint", "odds_ratio", "low", "high", "n"],
)


def journey(**about):
    rows = [{"owner": "IT", **stop} for stop in STOPS]
    rows[1]["moment"] = "second"
    return Journey(rows, title="Cover", **about)


def stars(picture):
    """Touchpoint -> (size, whether filled) of the stars on the curve."""
    return {
        int(line.get_gid().removeprefix("star-")): (line.get_markersize(), line.get_color() != "#FFFFFF")
        for line in picture.axes[0].lines
        if str(line.get_gid()).startswith("star-")
    }


def foot(picture):
    return " ".join(words(picture, "legend"))


def test_star_grows_with_the_estimate_and_is_hollow_where_the_interval_holds_1():
    picture = draw_map(journey(), drivers=TABLE)
    drawn = stars(picture)
    assert set(drawn) == {0, 1}
    assert drawn[1][0] > drawn[0][0]
    assert drawn[1][1] and not drawn[0][1]
    assert " ".join(words(picture, "driver-1")) == "×1.46 (1.35–1.58)"
    assert " ".join(words(picture, "driver-0")) == "×0.99 (0.91–1.08)"
    assert "could be no effect" in foot(picture) and "told, not estimated" in foot(picture)


def test_size_of_a_star_is_bounded():
    sizes = []
    for ratio in (1.0, 1.3, 2.0, 50.0, 1e9, np.inf):
        table = TABLE.assign(odds_ratio=ratio, low=ratio * 0.9, high=ratio * 1.1)
        sizes.append(stars(draw_map(journey(), drivers=table))[1][0])
    assert sizes == sorted(sizes)
    assert sizes[2] == sizes[-1] < 3 * sizes[0]
    assert Estimate(0.5, 0.4, 0.6).strength == pytest.approx(1)
    assert Estimate(0.0, 0.0, 0.6).strength == 1


def test_without_drivers_every_star_has_one_size():
    drawn = stars(draw_map(journey()))
    assert set(drawn) == {1}
    assert not [text for text in texts(draw_map(journey())) if str(text.get_gid()).startswith("driver")]


def test_foot_says_what_the_numbers_are():
    people = pd.DataFrame({"left": [0, 1] * 60, "Calls": [0, 1, 2] * 40, "Hold": [1, 2, 3, 5] * 30})
    people.loc[::7, "left"] = 1
    people["plan"] = ["basic", "plus", "plus"] * 40
    table = drivers(people, "left", ["Calls", "Hold"], per=-1)
    # neither scores nor gaps: a step is no point
    assert "of “left” for each step of 1 less, 95% interval" in foot(draw_map(journey(), drivers=table))
    table.attrs["unit"] = "point"
    raw = draw_map(journey(), drivers=table)
    assert "× odds ratio of “left” for one point of disappointment, 95% interval, n = 120" in foot(raw)
    assert "1 of 2 estimates is not on this map: Hold" in foot(raw) and "left out" not in foot(raw)
    assert "Estimated, but not on this map: Hold." in raw.alt
    fitted = drivers(people, "left", ["Calls", "Hold"], adjust=["plan"])
    adjusted = draw_map(journey(), drivers=fitted)
    assert "for each step of 1 more, adjusted for plan, 95% interval" in foot(adjusted)
    assert " ".join(words(adjusted, "driver-0")).startswith(f"×{number(fitted['adjusted_odds_ratio'][0])} (")
    counted = drivers(people.assign(left=people["Hold"]), "left", ["Calls"], kind="count")
    assert "× rate ratio" in foot(draw_map(journey(), drivers=counted))


def test_foot_says_where_the_numbers_come_from_and_who_is_not_in_them():
    table = TABLE.assign(n=[1402, 1390, 1000], missing=98)
    assert "n = 1,000 to 1,402, 98 left out (answers missing)" in foot(draw_map(journey(), drivers=table))
    fitted = table.rename(columns={name: f"adjusted_{name}" for name in ("odds_ratio", "low", "high")})
    fitted = fitted.assign(odds_ratio=1.2, low=1.1, high=1.3)
    fitted.attrs = {"adjust": ["plan", "age_band"], "source": "The survey of May 2026."}
    said = foot(draw_map(journey(), drivers=fitted))
    assert "adjusted for plan, age band, 95% interval" in said
    assert "estimated from: The survey of May 2026" in said
    more = pd.concat([TABLE, TABLE.tail(1).assign(touchpoint="Desk")])
    assert "2 of 4 estimates are not on this map: Hold, Desk" in foot(draw_map(journey(), drivers=more))
    hebrew = foot(draw_map(journey(language="he"), drivers=more.assign(n=[1, 2, 3, 4])))
    assert "2 מתוך 4 אומדנים אינם במפה: Hold, Desk" in hebrew and "n = 1 עד 4" in hebrew


def test_the_person_keeps_her_card_beside_estimates():
    lucy = case("hmo_opt_out").journey
    table = pd.DataFrame(
        {"touchpoint": lucy.table["touchpoint"], "odds_ratio": 1.46, "low": 1.35, "high": 1.58}
    )
    for style in STYLES:
        picture = draw_map(lucy, drivers=table.assign(n=1402, missing=10), style=style)
        assert words(picture, "persona") and not [said for said in words(picture) if "…" in said]
        assert picture.get_size_inches()[0] <= 1.26 * look.SIZES["16:9"][0]


def test_names_match_whatever_their_capitals_and_spaces():
    table = TABLE.replace({"Learns of the cover": "  learns of THE  cover "})
    assert set(stars(draw_map(journey(), drivers=table))) == {0, 1}


def test_a_further_column_may_hold_the_name_in_the_survey():
    named = journey()
    table = named.table.assign(survey=["Hold", "", "", "Calls"])
    found = stars(draw_map(named.replace(table=table), drivers=TABLE))
    # its own name comes first; the last touchpoint has no score, so its star stands over its card alone
    assert set(found) == {0, 1}
    picture = draw_map(named.replace(table=table), drivers=TABLE.drop(index=0))
    assert set(stars(picture)) == {0, 1}
    assert " ".join(words(picture, "driver-0")) == "×1.10 (1.00–1.20)"


def test_alt_and_table_tell_the_estimates():
    picture = draw_map(journey(), drivers=TABLE)
    assert "“Learns of the cover” stands out: odds ratio 1.46, 95% interval 1.35 to 1.58." in picture.alt
    assert list(picture.twin["odds_ratio"].dropna()) == [0.99, 1.46]
    weak = draw_map(journey(), drivers=TABLE.drop(index=1))
    assert "could be no effect" in weak.alt


def test_an_estimate_that_is_missing_leaves_a_told_star():
    table = TABLE.assign(low=[0.91, np.nan, 1.0])
    drawn = stars(draw_map(journey(), drivers=table))
    assert drawn[1][0] < drawn[0][0]


@pytest.mark.parametrize("language", ["he", "ar"])
def test_hebrew_says_its_own_words_and_keeps_numbers_in_order(language):
    picture = draw_map(journey(language=language), drivers=TABLE)
    assert " ".join(words(picture, "driver-1")) == "×1.46 (1.35–1.58)"
    assert not any("\u200f" in text.get_text() for text in texts(picture, "driver-1"))
    if language == "he":
        assert "ייתכן שאין השפעה" in foot(picture) and "רווח בר־סמך" in foot(picture)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"touchpoint": ["Calls"]}, "not dict"),
        (pd.DataFrame({"a": [1]}), "no column touchpoint and no column odds_ratio"),
        (TABLE.drop(columns="low"), "no column low"),
        (TABLE.assign(touchpoint=["a", "b", "c"]), "“a”.*touchpoint of this journey.*“Calls”.*“survey”"),
        (TABLE.assign(touchpoint="Calls"), "“Calls” twice"),
        (TABLE.assign(odds_ratio="much"), "numbers from 0 up"),
        (TABLE.assign(low=-1.0), "numbers from 0 up"),
    ],
)
def test_what_is_not_a_table_of_drivers_is_refused_in_words(table, said):
    with pytest.raises(ValueError, match=said):
        draw_map(journey(), drivers=table)

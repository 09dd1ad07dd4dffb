import itertools
import math
import random
import re
import string
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from drawn_text import texts, words, wrong_places
from matplotlib.colors import to_hex

from cxkit.measures.compare import compare
from cxkit.measures.delays import handoffs, variants, waits
from cxkit.measures.drivers import drivers
from cxkit.measures.estimate import Estimate
from cxkit.measures.gap import gap
from cxkit.measures.iceberg import iceberg
from cxkit.measures.leaks import attrition, leak_points
from cxkit.measures.redesign import prioritise
from cxkit.measures.retention import Survival, survival
from cxkit.measures.scores import proportion
from cxkit.measures.shapley import importance_performance, shapley
from cxkit.measures.voice import complaints
from cxkit.measures.whatif import Outcome, WhatIf, what_if
from cxkit.views import look
from cxkit.views.charts.change import plot_compare
from cxkit.views.charts.choice import plot_prioritise
from cxkit.views.charts.delays import plot_handoffs, plot_waits
from cxkit.views.charts.drivers import plot_drivers, plot_shapley
from cxkit.views.charts.frame import Scale, nice, spread
from cxkit.views.charts.gap import plot_gap
from cxkit.views.charts.grid import plot_importance_performance
from cxkit.views.charts.hebrew_words import INTERVALS
from cxkit.views.charts.leaving import plot_survival
from cxkit.views.charts.paths import plot_leaks, plot_variants
from cxkit.views.charts.places import apart, place
from cxkit.views.charts.plan import plot_what_if
from cxkit.views.charts.voice import plot_complaints, plot_iceberg
from cxkit.views.charts.words import percent, wait
from cxkit.views.charts.words import words as chart_words

ENGLISH = [
    "Joining",
    "The bill",
    "Help when something went wrong",
    "Time on hold",
    "Cover: told and given",
    "Otorhinolaryngology-appointment",
    "Meets the nurse, who explains everything kindly and draws a plan for the weeks to come, week by week",
    "Costs $5 or $10, see www.example.org/long/address",
]
HEBREW = [
    "הצטרפות",
    "החשבון",
    "עזרה כשמשהו השתבש",
    "המתנה בטלפון",
    "SMS תזכורת לפני התור",
    "פוגשת את האחות שמסבירה הכול בסבלנות ומציירת תוכנית לשבועות הבאים",
    "ממלאת שוב את הטופס באתר myClinic",
]


def names(count, language="en", seed=0):
    chance = random.Random(seed + count)
    source = HEBREW if language == "he" else ENGLISH
    return [
        source[i] if i < len(source) else f"{chance.choice(source)} {string.ascii_uppercase[i % 26]}{i}"
        for i in range(count)
    ]


def chance_of(count):
    return np.random.Generator(np.random.PCG64(count))


def a_drivers(count, language):
    some = chance_of(count)
    table = pd.DataFrame({"touchpoint": names(count, language)})
    for prefix in ("", "adjusted_"):
        middle, reach = some.normal(0, 0.3, count), some.uniform(0.02, 0.4, count)
        table[f"{prefix}odds_ratio"] = np.exp(middle)
        table[f"{prefix}low"], table[f"{prefix}high"] = np.exp(middle - reach), np.exp(middle + reach)
    table = table.assign(n=1402, missing=1598)
    table.attrs = {"outcome": "left_in_first_year", "per": -1.0, "interval": "95% Wald interval"}
    return table


def a_shapley(count, language):
    share = chance_of(count).dirichlet(np.ones(count)) * 0.4
    table = pd.DataFrame({"predictor": names(count, language), "share": share})
    table = table.assign(low=share / 2, high=share * 1.5, n=300, missing=4)
    table.attrs = {"r_squared": 0.4, "n": 300, "missing": 4, "interval": next(reversed(INTERVALS))}
    return table


def an_importance(count, language):
    some = chance_of(count)
    table = pd.DataFrame({"touchpoint": names(count, language), "importance": some.exponential(0.05, count)})
    table["performance"] = some.uniform(4, 9, count)
    for name, reach in (("importance", 0.01), ("performance", 0.2)):
        table[f"{name}_low"], table[f"{name}_high"] = table[name] - reach, table[name] + reach
    table = table.assign(n=400, quadrant="low priority", sure=some.choice(["yes", "no"], count))
    table.loc[0, "quadrant"] = "concentrate here"
    table.attrs = {"importance_line": 0.05, "performance_line": 6.5, "missing": 2, "interval": "95% interval"}
    return table


def a_gap(count, language):
    some = chance_of(count)
    table = pd.DataFrame({"touchpoint": names(count, language), "expected": some.uniform(5, 9, count)})
    table["experienced"] = some.uniform(1, 10, count)
    table["gap"] = table["experienced"] - table["expected"]
    return table.assign(low=table["gap"] - 0.2, high=table["gap"] + 0.2, n=150, missing=3)


def a_waits(count, language):
    median = 10.0 ** chance_of(count).uniform(-3, 2.5, count)
    table = pd.DataFrame({"activity": names(count, language), "cases": 900, "median": median})
    return table.assign(p90=median * 3, mean=median, low=median * 0.8, high=median * 1.3)


def a_handoffs(count, language):
    table = a_waits(count, language).rename(columns={"activity": "from_activity"})
    owners = ["", "Front desk", "Dentist"]
    return table.assign(
        to_activity=names(count, language, 5),
        from_owner=[owners[i % 3] for i in range(count)],
        to_owner=[owners[i % 2 + 1] for i in range(count)],
    )


def some_variants(count, language):
    steps = names(min(count, 9), language)
    chance = random.Random(count)
    paths = [" → ".join(chance.choices(steps, k=chance.randint(1, 9))) for _ in range(count)]
    return pd.DataFrame({"variant": paths, "cases": range(count, 0, -1), "share": 1 / count})


def some_leaks(count, language):
    lost = np.arange(count)[::-1] * 13
    table = pd.DataFrame({"from_activity": names(count, language), "to_activity": "", "cases": 3000})
    table = table.assign(owner=["", "Front desk"] * (count // 2) + [""] * (count % 2), lost=lost)
    table = table.assign(share=lost / 3000, low=lost / 4000, high=lost / 2000, undecided=2, median_wait=0.4)
    return table.assign(waiting_cost=0.03, waiting_cost_low=0.01, waiting_cost_high=0.05)


def some_complaints(count, language):
    quotes = np.arange(count, 0, -1)
    share = quotes / quotes.sum()
    table = pd.DataFrame({"touchpoint": names(count, language), "quotes": quotes, "share": share})
    return table.assign(low=share / 2, high=np.minimum(share * 1.6, 1), weighted_share=share[::-1])


def some_options(count, language):
    some = chance_of(count)
    table = pd.DataFrame({"option": names(count, language), "value": some.uniform(1, 100, count)})
    table["effort"] = some.uniform(1, 50, count)
    table["value_low"], table["value_high"] = table["value"] * 0.7, table["value"] * 1.3
    return table


def a_survival(count, language):
    curves = []
    for group, left in zip(names(count, language), chance_of(count).uniform(0.2, 0.9, count), strict=True):
        time = np.arange(0, 37, 2.0)
        share = 1 - left * (1 - np.exp(-time / 9))
        curve = pd.DataFrame({"group": group, "time": time, "survival": share})
        curve["low"], curve["high"] = (np.minimum(curve["survival"] * each, 1) for each in (0.95, 1.05))
        curves.append(curve.assign(at_risk=np.linspace(40, 2, len(time)).astype(int)))
    table = pd.concat(curves, ignore_index=True)
    test = pd.Series({"chi2": 12.7, "p": 0.0004}) if count > 1 else None
    return Survival(table, pd.DataFrame(), test, 40 * count, 3)


def a_level(value):
    return Estimate(value, value - 0.05, value + 0.04, 400, "95% Wilson interval", unit="share")


def a_change(**options):
    values = {"value": 0.13, "low": 0.06, "high": 0.2} | options
    return Estimate(
        **values,
        n=1600,
        interval="95% interval",
        name="Change here minus change elsewhere",
        unit="difference of shares",
    )


def a_what_if():
    def outcome(name, unit, *values):
        parts = [Estimate(v, v - r, v + r, 3000, "95% of 200 replications", name, unit) for v, r in values]
        return Outcome(*parts)

    people = outcome("Patients treated", "patients", (1837, 48), (2159, 170), (322, 162))
    name = "Value of the treatments of these 3,000 patients, less cost"
    money = outcome(name, "₪", (2_134_485, 77_000), (2_399_300, 187_000), (264_815, 196_000))
    return WhatIf(
        "dental_clinic_delays", {"share_with_bundle": 1.0, "days": 0.0}, people, money, 114_460.0, {}, ""
    )


LEVELS = {
    "before": a_level(0.54),
    "after": a_level(0.79),
    "elsewhere, before": a_level(0.53),
    "elsewhere, after": a_level(0.65),
}
CHARTS = {
    "survival": lambda n, lang, **o: plot_survival(a_survival(n, lang), unit="months", language=lang, **o),
    "drivers": lambda n, lang, **o: plot_drivers(a_drivers(n, lang), language=lang, **o),
    "shapley": lambda n, lang, **o: plot_shapley(a_shapley(n, lang), language=lang, **o),
    "importance": lambda n, lang, **o: plot_importance_performance(
        an_importance(n, lang), language=lang, **o
    ),
    "gap": lambda n, lang, **o: plot_gap(a_gap(n, lang), language=lang, **o),
    "waits": lambda n, lang, **o: plot_waits(a_waits(n, lang), language=lang, **o),
    "handoffs": lambda n, lang, **o: plot_handoffs(a_handoffs(n, lang), most=30, language=lang, **o),
    "variants": lambda n, lang, **o: plot_variants(some_variants(n, lang), most=30, language=lang, **o),
    "leaks": lambda n, lang, **o: plot_leaks(some_leaks(n, lang), language=lang, **o),
    "complaints": lambda n, lang, **o: plot_complaints(
        some_complaints(n, lang), drivers=a_drivers(n, lang), language=lang, **o
    ),
    "prioritise": lambda n, lang, **o: plot_prioritise(
        prioritise(some_options(n, lang), draws=50), options=some_options(n, lang), language=lang, **o
    ),
}
SINGLE = {
    "iceberg": lambda lang, **o: plot_iceberg(
        iceberg(124, (31, 100), source="A telephone survey, 2025"), language=lang, **o
    ),
    "compare": lambda lang, **o: plot_compare(a_change(), groups=LEVELS, language=lang, **o),
    "change alone": lambda lang, **o: plot_compare(a_change(), language=lang, **o),
    "what if": lambda lang, **o: plot_what_if(a_what_if(), language=lang, **o),
}


@pytest.mark.parametrize(("count", "language"), [(1, "he"), (7, "en"), (20, "he"), (30, "en")])
@pytest.mark.parametrize("chart", CHARTS)
def test_text_never_overlaps_nor_leaves_the_picture(chart, count, language):
    picture = CHARTS[chart](count, language)
    assert wrong_places(picture) == []
    assert min(text.get_fontsize() for text in texts(picture)) >= 9
    width, height = picture.get_size_inches()
    # as wide however many rows there are, so that a notebook shows the type as large
    assert width == pytest.approx(9.6)
    if count == 1:
        assert height == 5.4 if chart in ("survival", "importance", "prioritise") else height < 4
    else:
        assert 5.4 <= height < 0.8 * count + 2


@pytest.mark.parametrize("chart", ["survival", "drivers", "importance", "variants", "prioritise"])
def test_a_page_holds_it_too(chart):
    picture = CHARTS[chart](9, "en", size="A4")
    assert wrong_places(picture) == []
    width, height = picture.get_size_inches()
    assert width == pytest.approx(11.693) and 8.268 <= height < 9


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("chart", SINGLE)
def test_charts_without_rows_keep_their_text_in_place(chart, language):
    for size in ("16:9", "A4"):
        assert wrong_places(SINGLE[chart](language, size=size)) == []


BARE = ("survival", "importance", "variants", "handoffs", "prioritise")
"""Charts of many curves, points or paths: their alt text names no one interval."""


@cache
def every_chart(language):
    rows = [(name, draw(6, language)) for name, draw in CHARTS.items()]
    return rows + [(name, draw(language)) for name, draw in SINGLE.items()]


@pytest.mark.parametrize("language", ["en", "he"])
def test_every_chart_says_what_it_finds_in_title_alt_text_and_table(language):
    for name, picture in every_chart(language):
        assert picture.title and picture.language == language, name
        assert "{" not in picture.title + picture.alt, name
        finding = picture.title.split(" (")[0].split(":")[0]
        assert finding in picture.alt, name
        assert 30 < len(picture.alt) < 400, name
        # how many, or of how many, and how sure: also for those who do not see the note and the bars
        interval = {"en": " to ", "he": "רווח"}[language]
        assert interval in picture.alt or " עד " in picture.alt or name in BARE, (name, picture.alt)
        assert len(picture.twin), name
        heads = [picture.headings.get(column, "{") for column in picture.twin.columns]
        assert not any("{" in head or len(head) > 40 for head in heads), (name, heads)
        assert words(picture, "note"), name
        drawn = " ".join(words(picture, "title"))
        assert drawn.split()[0] == picture.title.split()[0], name
        assert all("{" not in each and "not known" not in each for each in words(picture)), name


def test_every_note_says_n_or_how_many_and_which_interval():
    for name, picture in every_chart("en"):
        note = " ".join(words(picture, "note"))
        assert "interval" in note or "95%" in note or name == "variants", name
        counted = "n = " in note or bool(words(picture, "cell")) or name == "prioritise"
        assert counted, name


def test_hebrew_charts_hold_no_english_of_ours():
    log = pd.DataFrame({"case": [1, 1, 2], "activity": ["א", "ב", "א"], "time": pd.Timestamp("2025-03-01")})
    log["time"] += pd.to_timedelta(np.arange(3), unit="D")
    options = pd.DataFrame({"option": ["א", "ב"], "value": [3, 2], "effort": [1, 2], "value_low": [1, None]})
    months = survival([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0])
    heard = iceberg(124, (31, 100), source="סקר")
    pictures = [
        plot_survival(months, unit="months", language="he"),
        plot_importance_performance(an_importance(5, "he"), language="he"),
        plot_leaks(leak_points(log, done="ב"), language="he"),
        plot_prioritise(prioritise(options, draws=20), options=options, language="he"),
        plot_iceberg(heard, language="he"),
        plot_gap(a_gap(4, "he"), language="he"),
    ]
    known = r"myClinic|SMS|log-log|log-rank|bootstrap|R²|\bt\b|\bn\b|\bp\b|χ²"
    for picture in pictures:
        heads, rows = picture.table_in_words()
        for text in [picture.title, picture.alt, *words(picture), *heads, *itertools.chain(*rows)]:
            assert not re.search("[A-Za-z]{2}", re.sub(known, "", text)), text
    assert "חודשים" in pictures[0].title and "20" in " ".join(words(pictures[3], "note"))


def test_gap_says_in_words_what_its_colours_say():
    table = pd.DataFrame({"touchpoint": list("abcde"), "expected": 7.0, "experienced": 7.0, "n": 9})
    table["gap"] = [-2.0, 1.0, -0.1, 0.0, math.nan]
    table = table.assign(low=table["gap"] - 0.5, high=table["gap"] + 0.5)
    said = plot_gap(table).twin["sign"].tolist()
    unsure = "not sure: the interval holds 0"
    assert said == ["worse than expected", "better than expected", unsure, unsure, ""]
    journey = plot_gap(table[["touchpoint", "expected", "experienced", "gap"]])
    assert journey.twin["sign"].tolist()[2:4] == ["worse than expected", "as expected"]


def test_hebrew_starts_at_the_right():
    def starts(picture, gid):
        renderer = picture.canvas.get_renderer()
        boxes = [text.get_window_extent(renderer) for text in texts(picture, gid)]
        return [box.x0 for box in boxes], [box.x1 for box in boxes]

    for name in ("drivers", "gap", "waits", "leaks"):
        english, hebrew = (CHARTS[name](5, language) for language in ("en", "he"))
        width = hebrew.bbox.width
        assert max(starts(english, "label")[0]) - min(starts(english, "label")[0]) < 2, name
        ends = starts(hebrew, "label")[1]
        assert max(ends) - min(ends) < 2 and min(ends) > 0.9 * width, name
        assert min(starts(hebrew, "title")[1]) > 0.9 * width, name
        # numbers run from left to right all the same
        ticks = [text for text in texts(hebrew, "axis") if text.get_text().replace(".", "").isdigit()]
        values = [float(text.get_text()) for text in ticks]
        assert values or name == "waits"
        places = [t.get_window_extent(hebrew.canvas.get_renderer()).x0 for t in ticks]
        assert [v for _, v in sorted(zip(places, values, strict=True))] == sorted(values), name


def test_sign_stays_before_its_number_in_hebrew():
    title = next(text.get_text() for text in texts(CHARTS["gap"](5, "he"), "title") if "−" in text.get_text())
    assert "\u200e−" in title


def test_less_than_stays_before_its_number_in_hebrew():
    table = pd.DataFrame(
        {"predictor": ["א", "ב"], "share": [0.2, 0.0004], "low": [0.1, 0.0002], "high": [0.3, 0.001]}
    )
    cells = [text.get_text() for text in texts(plot_shapley(table, language="he"), "cell")]
    assert any("\u200e<0.1%" in cell for cell in cells)


def test_lines_of_a_scale_say_where_they_stand():
    table = pd.DataFrame({"predictor": ["a"], "share": [0.11]})
    assert {"2.5%", "12.5%"} <= set(words(plot_shapley(table), "axis"))


def test_every_colour_of_text_can_be_read_where_it_stands():
    papers = (look.PAPER, look.BELOW_PALE)
    for name, picture in every_chart("en"):
        for text in texts(picture):
            ink = to_hex(text.get_color())
            for paper in papers:
                assert look.contrast(ink, paper) >= 4.5, (name, text.get_text())
    ice = SINGLE["iceberg"]("en")
    for patch in ice.axes[0].patches:
        if patch.get_gid() is None and patch.get_facecolor()[3]:
            for text in texts(ice, "number"):
                assert look.contrast(to_hex(text.get_color()), to_hex(patch.get_facecolor())) >= 4.5


def test_lines_of_a_chart_can_be_seen_and_told_apart_without_colour():
    (axes,) = CHARTS["survival"](5, "en").axes
    curves = [line for line in axes.lines if line.get_gid() == "curve"]
    assert len(curves) == 5
    assert len({str(line._dash_pattern) for line in curves}) == 5
    for line in curves:
        assert look.contrast(to_hex(line.get_color()), look.PAPER) >= 3
    (axes,) = CHARTS["drivers"](3, "en").axes
    marks = {line.get_gid(): line.get_marker() for line in axes.lines if line.get_gid() in ("raw", "value")}
    assert marks == {"raw": "o", "value": "s"}


def test_languages_have_the_same_words():
    english, hebrew = chart_words("en"), chart_words("he-IL")
    assert english.keys() == hebrew.keys() == chart_words("fr").keys()
    for key, text in english.items():
        fields = {part[1] for part in string.Formatter().parse(text) if part[1] is not None}
        assert fields == {part[1] for part in string.Formatter().parse(hebrew[key]) if part[1] is not None}, (
            key
        )
    assert any("\u0590" < letter < "\u05ff" for letter in hebrew["raw"])


REFUSED = [
    (plot_survival, "survival"),
    (plot_drivers, "drivers"),
    (plot_shapley, "shapley"),
    (plot_importance_performance, "importance_performance"),
    (plot_gap, "gap"),
    (plot_waits, "waits"),
    (plot_handoffs, "handoffs"),
    (plot_variants, "variants"),
    (plot_leaks, "leak_points"),
    (plot_iceberg, "iceberg"),
    (plot_complaints, "complaints"),
    (plot_prioritise, "prioritise"),
    (plot_compare, "compare"),
    (plot_what_if, "what_if"),
]


@pytest.mark.parametrize(("plot", "measure"), REFUSED)
@pytest.mark.parametrize("given", [None, 3, "members.csv", [1, 2], {"a": 1}, pd.DataFrame({"x": [1]})])
def test_something_else_is_refused_in_words(plot, measure, given):
    with pytest.raises(ValueError, match=rf"takes what {measure}\("):
        plot(given)


def test_unknown_options_are_refused_in_words():
    with pytest.raises(ValueError, match="Choose one of: 16:9, A4"):
        plot_gap(a_gap(3, "en"), size="A5")
    with pytest.raises(ValueError, match="no rows"):
        plot_gap(a_gap(3, "en").head(0))
    with pytest.raises(ValueError, match="1 or more"):
        plot_handoffs(a_handoffs(3, "en"), most=0)
    with pytest.raises(ValueError, match="elsewhere, before"):
        plot_compare(a_change(), groups={"before": a_level(0.4)})
    with pytest.raises(ValueError, match=r"drivers\(…\)"):
        plot_complaints(some_complaints(3, "en"), drivers=a_gap(3, "en"))


# --- what is drawn is what was given ----------------------------------------------------------------------


def xs(picture, gid):
    return [float(line.get_xdata()[0]) for line in picture.axes[0].lines if line.get_gid() == gid]


def test_forest_puts_ratios_in_order_on_a_scale_of_logarithms():
    table = a_drivers(3, "en")
    table["adjusted_odds_ratio"] = [0.5, 1.0, 2.0]
    table["adjusted_low"], table["adjusted_high"] = (
        table["adjusted_odds_ratio"] / 1.2,
        table["adjusted_odds_ratio"] * 1.2,
    )
    picture = plot_drivers(table)
    _, *drawn = xs(picture, "value")
    assert drawn[1] - drawn[0] == pytest.approx(drawn[2] - drawn[1])
    assert "0.50 (0.42–0.60)" in words(picture, "cell")
    assert "odds ratio 0.50" in picture.title or "odds ratio 2.00" in picture.title


@pytest.mark.parametrize(
    ("values", "per", "drawn"),
    [
        ([0, -1, 2, -4, 1, 0], -1, "for each point less"),
        ([1, 7, 9, 3, 10, 4], 1, "for each point more"),
        ([0, 1, 1, 0, 1, 0], 1, "for yes, against no"),
        ([0, 30, 4, 90, 2, 11], 1, "for each step of 1 more"),
        ([0, 30, 4, 90, 2, 11], 7, "for a step of 7"),
    ],
)
def test_forest_says_of_what_a_ratio_is(values, per, drawn):
    people = pd.DataFrame({"left": [0, 1, 0, 1, 0, 0, 1, 1] * 6, "x": (values * 8)[:48]})
    found = drivers(people, "left", ["x"], per=per)
    assert found.attrs["adjust"] == []
    assert words(plot_drivers(found), "drawn") == [f"Odds ratio {drawn}, on a log scale; 1 means no link"]


def test_forest_survives_infinite_and_unknown_ratios():
    table = a_drivers(4, "en")
    table.loc[0, ["odds_ratio", "low", "high"]] = [math.inf, 0.2, math.inf]
    table.loc[1, ["adjusted_odds_ratio", "adjusted_low", "adjusted_high"]] = math.nan
    table.loc[2, ["low", "high"]] = [0.0, 1e30]
    picture = plot_drivers(table)
    assert wrong_places(picture) == []
    assert any("An arrow" in each for each in words(picture, "note"))
    assert any(each.startswith("∞") for each in words(picture, "cell"))
    table[["odds_ratio", "low", "high"]] = math.nan
    assert "No touchpoint" in plot_drivers(table[["touchpoint", "odds_ratio", "low", "high", "n"]]).title


def test_gap_names_the_worst_and_leaves_unknown_scores_out():
    table = pd.DataFrame(
        {"touchpoint": ["a", "b", "c"], "expected": [7, 8, np.nan], "experienced": [8, 3, 4]}
    )
    table["gap"] = table["experienced"] - table["expected"]
    picture = plot_gap(table)
    assert picture.title == "“b” falls furthest below what was expected: −5"
    assert words(picture, "cell") == ["+1", "−5", "no score"]
    assert len([patch for patch in picture.axes[0].patches if patch.get_gid() == "gap"]) == 2
    assert plot_gap(table.head(1)).title == "Nothing falls below what was expected"
    assert "No touchpoint has both" in plot_gap(table.tail(1)).title


def test_waits_of_nothing_and_of_years_stand_on_one_scale():
    table = pd.DataFrame(
        {"activity": list("abc"), "cases": 5, "median": [0.0, 0.01, 900.0], "p90": [0.0, 0.02, 1200.0]}
    )
    picture = plot_waits(table)
    _, *places = xs(picture, "median")
    assert places == sorted(places) and len(set(places)) == 3
    assert "“c”" in picture.title and "2.5 years" in picture.title
    assert "0" in words(picture, "axis")
    table["median"] = [np.nan, 0.01, 900.0]
    assert "not known" in words(plot_waits(table), "cell")


def test_handoffs_name_the_longest_that_nobody_holds_and_mark_each():
    picture = plot_handoffs(a_handoffs(9, "en"))
    flagged = [patch for patch in picture.axes[0].patches if patch.get_gid() == "no-owner"]
    icons = [text for text in words(picture, "under") if "nobody" in text]
    assert len(icons) == 3 and flagged
    assert picture.title.startswith("Nobody holds it")
    short = plot_handoffs(a_handoffs(30, "en"), most=4)
    assert len(short.twin) == 30 and "4 of 30 rows are drawn" in " ".join(words(short, "note"))
    plain = a_handoffs(3, "en").drop(columns=["from_owner", "to_owner"])
    assert plot_handoffs(plain).title.startswith("The longest hand-off")


def test_variants_say_the_order_of_steps_and_write_out_long_paths():
    table = pd.DataFrame(
        {"variant": ["ask → call → pay", "ask → pay → call → ask"], "cases": [3, 1], "share": [0.75, 0.25]}
    )
    picture = plot_variants(table)
    assert words(picture, "step") == ["1", "2", "3", "1,4", "3", "2"]
    assert words(picture, "head") == ["ask", "call", "pay"]
    quoted = pd.DataFrame({"variant": ["“a → b” → c"], "cases": [1], "share": [1.0]})
    assert words(plot_variants(quoted), "head") == ["“a → b”", "c"]
    many = pd.DataFrame(
        {"variant": [" → ".join(f"step {i}" for i in range(25))], "cases": [1], "share": [1.0]}
    )
    written = plot_variants(many)
    assert not words(written, "step") and wrong_places(written) == []


def test_iceberg_areas_are_as_the_shares():
    def area(corners):
        x, y = np.asarray(corners).T
        return abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2

    for heard, share in ((124, 0.31), (40, 0.05), (90, 0.9), (3, 0.004)):
        picture = plot_iceberg(iceberg(heard, share, source="a survey"))
        parts = {patch.get_gid(): patch.get_xy() for patch in picture.axes[0].patches if patch.get_gid()}
        whole = area(parts["outline"])
        assert area(parts["tip"]) / whole == pytest.approx(share, abs=1e-3)
        assert area(parts["deep"]) / whole == pytest.approx(1 - share, abs=1e-3)
        assert wrong_places(picture) == []
        assert "a survey" in " ".join(words(picture, "note"))
    everybody = plot_iceberg(iceberg(12, 1.0, source="a survey"))
    assert everybody.title == "Everybody with a reason spoke up"
    assert wrong_places(everybody) == []


def test_complaints_stand_beside_the_drivers_of_the_same_name():
    table = pd.DataFrame({"touchpoint": ["Hold", "Bill"], "quotes": [9, 1], "share": [0.9, 0.1]})
    table = table.assign(low=[0.6, 0.0], high=[1.0, 0.4], weighted_share=[0.9, 0.1])
    ratios = pd.DataFrame(
        {"touchpoint": ["bill ", "Cover"], "odds_ratio": [1.1, 1.5], "low": [0.9, 1.2], "high": [1.3, 1.9]}
    )
    ratios = ratios.assign(n=100)
    ratios.attrs["outcome"] = "left"
    picture = plot_complaints(table, drivers=ratios)
    assert picture.title == "“Hold” is complained of most (90%), but “Cover” goes most with “left”"
    assert list(picture.twin["touchpoint"]) == ["Hold", "Bill", "Cover"]
    assert picture.twin["ratio"].round(1).tolist()[1:] == [1.1, 1.5] and math.isnan(picture.twin["ratio"][0])
    assert wrong_places(picture) == []


def test_change_beyond_elsewhere_is_the_distance_to_the_dotted_line():
    picture = plot_compare(a_change(), groups=LEVELS)
    lines = {line.get_gid(): line for line in picture.axes[0].lines if line.get_gid()}
    dotted, bracket = lines["as-elsewhere"], lines["effect"]
    assert dotted.get_linestyle() != "-"
    assert dotted.get_ydata()[1] == pytest.approx(bracket.get_ydata()[1])
    said = " ".join(words(picture, "level"))
    assert "here, had it moved as elsewhere: 66%" in said and "+13 points" in said
    assert picture.title == "Beyond what changed elsewhere: +13 points (6 to 20)"
    unsure = plot_compare(a_change(low=-0.01))
    assert "0 fits too" in unsure.title
    bare = plot_compare(a_change(low=math.nan, high=math.nan))
    assert bare.title == "The change: +13 points" and wrong_places(bare) == []


@pytest.mark.parametrize("language", ["en", "he"])
def test_compare_says_of_what(language):
    name = {"en": "treated", "he": "טופלו"}[language]
    for groups in (LEVELS, {key: LEVELS[key] for key in ("before", "after")}, None):
        picture = plot_compare(a_change(), groups=groups, measure=name, language=language)
        assert name in picture.title and name in picture.alt and name in words(picture, "axis")
        assert wrong_places(picture) == []
        for level in (groups or {}).values():
            assert f": {100 * level.value:.0f}%" in picture.alt
    if language == "en":
        title = plot_compare(a_change(), groups=LEVELS, measure=name).title
        assert title == "Beyond what changed elsewhere: treated +13 points (6 to 20)"


@pytest.mark.parametrize("language", ["en", "he"])
def test_compare_names_the_two_places(language):
    places = {"en": ("North", "the other branches"), "he": ("צפון", "שאר הסניפים")}[language]
    picture = plot_compare(a_change(), groups=LEVELS, places=places, language=language)
    said = " ".join(words(picture, "level"))
    assert all(name in said and name in picture.alt and name in set(picture.twin["place"]) for name in places)
    if language == "en":
        assert "North, had it moved as the other branches: 66%" in said
        assert not re.search(
            "elsewhere|here,", said + picture.alt.replace("Beyond what changed elsewhere", "")
        )
    assert wrong_places(picture) == []
    alone = plot_compare(a_change(), places=places, language=language)
    assert all(name in alone.alt for name in places)


@pytest.mark.parametrize("places", ["North", ("North",), ("North", " "), ("a", "b", "c")])
def test_compare_needs_two_names_of_places(places):
    with pytest.raises(ValueError, match="places needs two names"):
        plot_compare(a_change(), groups=LEVELS, places=places)


def test_no_picture_names_the_people_who_found_a_formula():
    shares = ["no"] * 9 + ["yes"] * 4, ["yes"] * 9 + ["no"]
    other = ["no", "yes"] * 6, ["no", "yes"] * 7
    for result in (compare(*shares), compare(*shares, elsewhere=other)):
        assert re.search("Newcombe|Zou", result.interval)
        for language, interval in (("en", "95% interval"), ("he", "רווח סמך 95%")):
            note = " ".join(words(plot_compare(result, language=language), "note"))
            assert interval in note and not re.search("Wilson|Newcombe|Zou|unpooled|וילסון", note)


def test_compare_of_two_journeys_says_how_they_are_drawn():
    with pytest.raises(ValueError, match=r"as_is\.draw\(compare=to_be\)"):
        plot_compare(pd.DataFrame({"change": ["added"], "before": [""], "after": ["step 1"]}))


def test_complaints_whose_intervals_overlap_are_told_of_the_sample_alone():
    table = pd.DataFrame({"touchpoint": ["Hold", "Bill"], "quotes": [6, 4], "share": [0.6, 0.4]})
    unsure = plot_complaints(table.assign(low=[0.3, 0.2], high=[0.8, 0.7]))
    assert unsure.title == "In these quotes, “Hold” is complained of most: 60% of the complaints"
    assert "which is first is not sure" in " ".join(words(unsure, "note"))
    clear = plot_complaints(table.assign(low=[0.55, 0.35], high=[0.65, 0.45]))
    assert clear.title == "“Hold” is complained of most: 60% of the complaints"
    assert "not sure" not in " ".join(words(clear, "note"))
    (axes,) = unsure.axes
    bars = [patch for patch in axes.patches if patch.get_gid() == "bar"]
    assert len(bars) == 2
    assert all(look.contrast(to_hex(bar.get_edgecolor()), look.PAPER) >= 3 for bar in bars)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "those who left while waiting are not"), ("he", "מי שעזבו בזמן ההמתנה לא נספרו")],
)
def test_waits_say_who_is_not_counted(language, said):
    assert said in " ".join(words(CHARTS["waits"](3, language), "note"))


@pytest.mark.parametrize(
    ("language", "few", "one"),
    [
        ("en", "9 of 10 cases take these 2 paths.", "6 of 10 cases take this path."),
        ("he", "9 מתוך 10 מקרים עברו באחד מ־2 המסלולים האלה.", "6 מתוך 10 מקרים עברו במסלול הזה."),
    ],
)
def test_a_table_of_paths_that_was_cut_says_of_how_many_cases(language, few, one):
    table = pd.DataFrame({"variant": ["a", "b", "c"], "cases": [6, 3, 1], "share": [0.6, 0.3, 0.1]})
    for size, said in ((2, few), (1, one), (3, "n = 10")):
        assert said in " ".join(words(plot_variants(table[:size], language=language), "note"))


def test_long_names_of_units_thin_the_scale_out_and_leave_no_line_without_a_label():
    table = pd.DataFrame({"from_activity": ["the images are received"] * 2, "cases": 900})
    table = table.assign(to_activity=["call after the images", "images read"], median=[0.096, 7.27])
    table = table.assign(p90=[0.155, 17.1], low=[0.093, 7.09], high=[0.1, 7.75], from_owner="x", to_owner="y")
    assert words(plot_handoffs(table), "axis") == ["3 h", "12 h", "1 d", "3 d", "7 d", "14 d"]
    assert words(plot_handoffs(table, language="he"), "axis") == ["6 שעות", "יום", "7 ימים"]


def test_retention_labels_say_their_time_where_the_title_tells_another():
    time = [0, *range(6, 37, 6)]
    curve = pd.DataFrame({"group": "all", "time": time, "survival": np.linspace(1, 0.4, len(time))})
    curve = curve.assign(low=curve["survival"] - 0.05, high=curve["survival"] + 0.05)
    held = SimpleNamespace(n=100, interval="95% log-log interval", test=None, missing=0)
    held.table = curve.assign(at_risk=[100, 80, 60, 40, 30, 20, 5])
    picture = plot_survival(held, unit="months")
    assert picture.title == "At 30 months, 50% are still there"
    assert "40% at 36 months" in " ".join(words(picture, "end")) and wrong_places(picture) == []
    held.table = curve.assign(at_risk=[100, 80, 60, 40, 30, 20, 15])
    assert plot_survival(held, unit="months").title == "At 36 months, 40% are still there"
    assert "months" not in " ".join(words(plot_survival(held, unit="months"), "end"))


def test_compare_takes_the_groups_that_the_result_holds():
    held = SimpleNamespace(
        **{
            name: getattr(a_change(), name)
            for name in ("value", "low", "high", "n", "interval", "name", "unit", "missing")
        }
    )
    held.groups = LEVELS
    assert len(texts(plot_compare(held), "level")) == 6


def test_survival_tells_followed_people_and_the_test():
    picture = CHARTS["survival"](3, "en")
    assert "Log-rank test" in " ".join(words(picture, "note"))
    assert list(picture.twin.columns) == ["group", "time", "survival", "low", "high", "at_risk"]
    first = picture.twin[picture.twin["time"] == 0]
    assert first["survival"].tolist() == [1.0] * 3 and first["at_risk"].tolist() == [40] * 3
    assert words(picture, "risk").count("40") == 3
    alone = plot_survival(survival([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0]))
    assert "Log-rank" not in " ".join(words(alone, "note")) and "everybody" in " ".join(words(alone, "end"))
    assert wrong_places(alone) == []


@pytest.mark.parametrize(
    ("duration", "event"), [([5], [0]), ([0, 0], [1, 1]), ([3, 3, 3], [0, 0, 0]), ([1e-6, 5e5], [1, 1])]
)
def test_odd_retention_is_drawn(duration, event):
    picture = plot_survival(survival(duration, event))
    assert wrong_places(picture) == [] and picture.title.startswith("At ")


def test_grid_names_all_points_even_where_they_fall_together():
    table = an_importance(30, "en").assign(importance=0.05, performance=7.0)
    picture = plot_importance_performance(table)
    assert wrong_places(picture) == []
    assert {str(i) for i in range(1, 31)} <= set(words(picture, "name"))
    assert len([text for text in words(picture, "list") if text[0].isdigit()]) >= 30


@pytest.mark.parametrize(("count", "spread_of"), [(8, 0.3), (12, 0.15), (14, 0.6)])
def test_names_of_a_crowd_cover_no_point_and_are_not_taken_for_another_s(count, spread_of):
    some = chance_of(count)
    near = np.where(np.arange(count) % 2, 5.0, 7.5) + some.normal(0, spread_of, count)
    grid = an_importance(count, "en").assign(performance=near, importance=0.05 + 0.02 * near)
    for name in ("importance", "performance"):
        grid[f"{name}_low"], grid[f"{name}_high"] = grid[name] - 0.01, grid[name] + 0.01
    options = some_options(count, "en").assign(value=10 * near, effort=5 * near + some.normal(0, 0.2, count))
    options = options.drop(columns=["value_low", "value_high"])
    crowds = [plot_importance_performance(grid), plot_prioritise(prioritise(options, draws=20))]
    for picture in crowds:
        assert wrong_places(picture) == []
        renderer, (axes,) = picture.canvas.get_renderer(), picture.axes
        marks = [line for line in axes.lines if line.get_gid() == "point"]
        points = [axes.transData.transform(line.get_xydata()[0]) for line in marks]
        led = sum(line.get_gid() == "leader" for line in axes.lines)
        boxes = {}
        for text in texts(picture, "name"):
            boxes.setdefault(text.get_position()[0], []).append(text.get_window_extent(renderer))
        assert len(points) == count
        doubts = 0
        for lines in boxes.values():
            for box in lines:
                far = [
                    math.hypot(max(box.x0 - x, 0, x - box.x1), max(box.y0 - y, 0, y - box.y1))
                    for x, y in points
                ]
                assert min(far) > 4.5 * picture.dpi / 72
            doubts += sorted(far)[1] - sorted(far)[0] < 2
        assert led >= doubts, "a line leads to the point where a name could belong to two"


def test_places_are_apart_and_near():
    some = chance_of(5)
    points = [tuple(point) for point in some.uniform(30, 270, (20, 2))]
    found = place(points, [(30, 10)] * 20, (0, 0, 300, 300))
    assert all(apart(one, other) for i, one in enumerate(found) for other in found[:i])
    assert place(points, [(200, 100)] * 20, (0, 0, 300, 300)) is None


def test_spread_moves_only_what_would_touch():
    assert spread([10, 50, 90], [8, 8, 8], 0, 100) == [10, 50, 90]
    found = spread([50, 50, 50, 2, 99], [10] * 5, 0, 100)
    ordered = sorted(found)
    assert all(after - before >= 10 - 1e-9 for before, after in itertools.pairwise(ordered))
    assert ordered[0] >= 5 and ordered[-1] <= 95
    assert np.mean(found[:3]) == pytest.approx(50)


def test_scales_and_numbers():
    scale = Scale(1, 100, 0, 200, log=True)
    assert (scale.at(10), scale.at(0), scale.at(1e9), scale.beyond(0.5), scale.beyond(10)) == (
        100,
        0,
        200,
        -1,
        0,
    )
    assert nice(3, 3)[0] <= 3 <= nice(3, 3)[-1]
    assert percent(0.0) == "0%" and percent(-0.05) == "−5%"
    assert wait(math.nan, chart_words("en")) == "not known" and wait(800, chart_words("en")) == "2.2 y"


# --- the measures themselves ------------------------------------------------------------------------------


def test_what_the_measures_give_is_what_the_charts_take():
    some = chance_of(3)
    people = pd.DataFrame(
        {"a": some.normal(0, 1, 300), "b": some.normal(0, 1, 300), "plan": ["x", "y"] * 150}
    )
    people["left"] = (some.random(300) < 1 / (1 + np.exp(1 - people["a"]))).astype(int)
    log = pd.DataFrame(
        {
            "case": [1, 1, 1, 2, 2, 3],
            "activity": ["ask", "read", "call", "ask", "read", "ask"],
            "time": [
                "2025-03-01",
                "2025-03-04",
                "2025-03-04 12:00",
                "2025-03-02",
                "2025-03-08",
                "2025-03-05",
            ],
            "resource": ["Desk", None, "Desk", "Desk", None, "Desk"],
        }
    )
    survey = pd.DataFrame(
        {"touchpoint": ["a", "a", "b", "b"], "expected": [7, 8, 6, 6], "experienced": [5, 5, 7, 6]}
    )
    coded = pd.DataFrame({"touchpoint": ["a", "b", "a"], "severity": [1, 4, 1]})
    pictures = [
        plot_drivers(drivers(people, "left", ["a", "b"], adjust=["plan"])),
        plot_drivers(drivers(people, "left", ["a", "b"], kind="count")),
        plot_shapley(shapley(people, "left", ["a", "b"])),
        plot_shapley(shapley(people, "left", ["a", "b"], draws=20)),
        plot_importance_performance(importance_performance(people, "left", ["a", "b"], draws=20)),
        plot_gap(gap(survey)),
        plot_waits(waits(log)),
        plot_handoffs(handoffs(log)),
        plot_variants(variants(log)),
        plot_leaks(attrition(log, done="call")),
        plot_leaks(leak_points(log, done="call")),
        plot_complaints(complaints(coded, {1: 1, 4: 9})),
        plot_compare(compare(["no"] * 9 + ["yes"] * 4, ["yes"] * 9 + ["no"])),
        plot_compare(compare([3, 4, 5], [6, 7, 8], elsewhere=([3, 4, 5], [4, 5, 6]))),
        plot_compare(
            compare([0, 1, 1, 0], [1, 1, 1, 0]),
            groups={"before": proportion(2, 4), "after": proportion(3, 4)},
        ),
        plot_what_if(what_if("dental_clinic_delays", share_with_bundle=1)),
    ]
    for picture in pictures:
        assert wrong_places(picture) == [], picture.title
    assert "rate ratio" in pictures[1].title or "No touchpoint" in pictures[1].title


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_charts_are_saved_without_a_warning(tmp_path, kind):
    for language in ("en", "he"):
        path = CHARTS["handoffs"](4, language).save(tmp_path / f"chart.{kind}")
        assert path.stat().st_size > 8_000

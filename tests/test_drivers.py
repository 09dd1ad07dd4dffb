"""Drivers: odds and rate ratios of touchpoints together, their shares of R², and the grid of importance."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.measures.drivers import drivers, importance_performance, shapley

DATA = Path(__file__).parent / "data"
COLUMNS = ["touchpoint", "odds_ratio", "low", "high", "p", "n", "missing"]
ADJUSTED = ["adjusted_odds_ratio", "adjusted_low", "adjusted_high", "adjusted_p"]
TOUCHPOINTS = ["Joining", "Time on hold", "The bill"]
RATIOS = ["odds_ratio", "low", "high", "p"]


def members(n=400, seed=1):
    """Leaving depends on the bill (odds ratio 0.7 per point) and on the plan, which also makes the hold long."""
    random = np.random.Generator(np.random.PCG64(seed))
    basic = random.random(n) < 0.5
    table = pd.DataFrame({name: random.integers(-5, 4, n).astype(float) for name in TOUCHPOINTS})
    table["Time on hold"] -= 3 * basic
    table["plan"] = np.where(basic, "basic", np.where(random.random(n) < 0.5, "family", "plus"))
    table["age"] = random.integers(18, 80, n)
    chance = 1 / (1 + np.exp(1.5 + np.log(1 / 0.7) * table["The bill"] - 1.5 * basic))
    return table.assign(left=np.where(random.random(n) < chance, "yes", "no"))


# Published numbers


def test_poisson_regression_of_doctor_visits():
    # Rand Health Insurance Experiment (public domain, shipped with statsmodels), as in Cameron & Trivedi (2005),
    # table 20.3: visits to a doctor in a year.
    from statsmodels.datasets import randhie

    visits = randhie.load_pandas().data
    found = drivers(visits, "mdvis", [name for name in visits.columns if name != "mdvis"], kind="count")
    slope = np.log(found.set_index("touchpoint")["rate_ratio"])
    assert slope["lncoins"].round(6) == -0.052535
    assert slope["physlm"].round(6) == 0.271714
    assert round(found.attrs["constant"], 6) == 0.700353
    assert round(found.attrs["log_likelihood"], 3) == -62419.589
    assert (found["n"] == 20_190).all() and (found["missing"] == 0).all()
    # R's quasipoisson, by another way: the standard errors times the root of Pearson's chi square per degree of freedom
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    design = visits.drop(columns="mdvis").assign(constant=1.0)
    quasi = GLM(visits["mdvis"], design, family=Poisson()).fit(scale="X2")
    assert found.attrs["dispersion"] == pytest.approx(quasi.scale) and quasi.scale > 1.5
    assert np.log(found["high"] / found["low"]).to_numpy() == pytest.approx(
        2 * 1.959964 * quasi.bse[:-1].to_numpy()
    )
    (note,) = found.attrs["notes"]
    assert note.startswith(
        f"The counts in “mdvis” vary {quasi.scale:.2f} times as much as a Poisson model says"
    )


def swiss():
    # 47 districts of Switzerland about 1888: Mosteller & Tukey (1977), pages 549–551; the data set `swiss` of R.
    return pd.read_csv(DATA / "swiss.csv")


def test_shares_of_r_squared_of_the_swiss_districts():
    # LMG shares as the R package relaimpo gives them (Grömping 2006, Journal of Statistical Software 17).
    found = shapley(
        swiss(), "Fertility", ["Agriculture", "Examination", "Education", "Catholic", "Infant.Mortality"]
    )
    assert found.index[0] == "Agriculture" and found.name == "share"
    assert found.round(6).tolist() == [0.057091, 0.171173, 0.260135, 0.105570, 0.112766]
    assert round(found.sum(), 6) == round(found.attrs["r_squared"], 6) == 0.706735
    assert found.attrs["n"] == 47 and found.attrs["missing"] == 0


def test_odds_ratios_of_a_two_by_two_table():
    # With one yes/no touchpoint the odds ratio is ad / bc, and its interval that of Woolf (1955).
    counts = {("yes", 1): 40, ("yes", 0): 20, ("no", 1): 30, ("no", 0): 60}
    rows = [key for key, count in counts.items() for _ in range(count)]
    found = drivers(pd.DataFrame(rows, columns=["left", "hold"]), "left", ["hold"]).loc[0]
    reach = 1.959964 * math.sqrt(1 / 40 + 1 / 20 + 1 / 30 + 1 / 60)
    assert found["odds_ratio"] == pytest.approx(4)
    assert [found["low"], found["high"]] == pytest.approx([4 * math.exp(-reach), 4 * math.exp(reach)])


# Drivers


def test_all_touchpoints_together_agree_with_the_model_of_statsmodels():
    from statsmodels.discrete.discrete_model import Logit

    table = members()
    design = pd.concat([pd.Series(1.0, table.index, name="constant"), table[TOUCHPOINTS]], axis=1)
    model = Logit((table["left"] == "yes").astype(float), design).fit(disp=0)
    found = drivers(table, "left", TOUCHPOINTS)
    assert list(found.columns) == COLUMNS and found["touchpoint"].tolist() == TOUCHPOINTS
    assert found["odds_ratio"].to_numpy() == pytest.approx(np.exp(model.params[1:]).to_numpy())
    assert found[["low", "high"]].to_numpy() == pytest.approx(np.exp(model.conf_int()[1:]).to_numpy())
    assert found["p"].to_numpy() == pytest.approx(model.pvalues[1:].to_numpy(), abs=1e-9)
    assert found.attrs["constant"] == pytest.approx(model.params["constant"])
    assert found.attrs["log_likelihood"] == pytest.approx(model.llf)
    assert found.attrs["notes"] == []


def test_adjusting_unmasks_a_confounder():
    found = drivers(members(3000), "left", TOUCHPOINTS, adjust=["plan", "age"], per=-1).set_index(
        "touchpoint"
    )
    assert list(found.columns) == [*COLUMNS[1:], *ADJUSTED]
    hold = found.loc["Time on hold"]
    assert hold["low"] > 1.1, "raw, the hold looks like a driver"
    assert hold["adjusted_low"] < 1 < hold["adjusted_high"], "but the plan explains it"
    bill = found.loc["The bill"]
    assert bill["adjusted_low"] < 1 / 0.7 < bill["adjusted_high"]
    assert found.attrs["adjusted_log_likelihood"] > found.attrs["log_likelihood"]


def test_the_adjusted_model_is_of_the_same_people():
    table = members()
    table.loc[:9, "plan"] = None
    table.loc[5:19, "Joining"] = np.nan
    table.loc[30, "left"] = ""
    found = drivers(table, "left", TOUCHPOINTS, adjust="plan")
    assert (found["n"] == 379).all() and (found["missing"] == 21).all()
    raw = drivers(table.dropna().loc[lambda rows: rows["left"] != ""], "left", TOUCHPOINTS)
    assert found[RATIOS].to_numpy() == pytest.approx(raw[RATIOS].to_numpy())


def test_groups_may_be_text_categories_or_yes_no():
    table = members()
    text = drivers(table, "left", TOUCHPOINTS, adjust=["plan"])
    table["plan"] = pd.Categorical(table["plan"], categories=["plus", "family", "basic", "gold"])
    pd.testing.assert_frame_equal(drivers(table, "left", TOUCHPOINTS, adjust=["plan"]), text)
    old = table.assign(old=np.where(table["age"] > 50, "yes", "no"))
    new = table.assign(old=table["age"] > 50)
    pd.testing.assert_frame_equal(
        *(drivers(each, "left", TOUCHPOINTS, adjust=["old"]) for each in (old, new))
    )


def test_many_rows_left_out_are_noted():
    table = members()
    table.loc[:150, "The bill"] = np.nan
    table.loc[100:160, "Joining"] = np.nan
    (note,) = drivers(table, "left", TOUCHPOINTS).attrs["notes"]
    assert note.startswith(
        "161 of 400 rows are left out, since a cell is empty: 151 in “The bill”, 61 in “Joining”."
    )
    assert "may differ" in note
    table["calls"] = (table["left"] == "yes") + 0
    assert drivers(table, "calls", TOUCHPOINTS, kind="count").attrs["notes"] == [note]
    assert drivers(members().assign(Joining=table["Joining"]), "left", TOUCHPOINTS).attrs["notes"] == []


def test_raw_and_adjusted_ratios_that_disagree_are_noted():
    found = drivers(members(3000), "left", TOUCHPOINTS, adjust=["plan"])
    assert found.attrs["notes"] == [
        "“Time on hold” looks like a driver only while “plan” is not taken into account."
    ]
    found = drivers(members(3000), "left", TOUCHPOINTS, adjust=["plan", "age"])
    assert found.attrs["notes"][0].endswith("only while “plan” and “age” are not taken into account.")


def test_a_driver_that_adjusting_brings_out_or_turns_is_noted():
    random = np.random.Generator(np.random.PCG64(2))
    basic = random.random(4000) < 0.5
    table = pd.DataFrame(
        {"plan": np.where(basic, "basic", "plus"), "bill": random.normal(0, 1, 4000) + basic}
    )
    for slope, words in (
        (-0.55, "only when “plan” is taken"),
        (-0.25, "in one direction while “plan” is not"),
    ):
        chance = 1 / (1 + np.exp(1 - slope * table["bill"] - (2.2 if slope < -0.5 else 3) * basic))
        given = table.assign(left=random.random(4000) < chance)
        (note,) = drivers(given, "left", ["bill"], adjust=["plan"]).attrs["notes"]
        assert note.startswith(f"“bill” looks like a driver {words}")


def test_few_leavers_are_noted():
    table = members(60)
    found = drivers(table, "left", TOUCHPOINTS)
    rarer = min((table["left"] == "yes").sum(), (table["left"] == "no").sum())
    assert found.attrs["notes"] and f"Only {rarer} people" in found.attrs["notes"][0]
    table["left"] = np.where(table.index == 30, "yes", "no")
    assert (
        drivers(table, "left", ["age"])
        .attrs["notes"][0]
        .startswith("Only 1 person answers yes in “left”, for 1 col")
    )


@pytest.mark.parametrize("answers", [("yes", "no"), (True, False), (1, 0), ("כן", "לא")])
def test_yes_and_no_in_any_form(answers):
    table = members()
    other = table.assign(left=np.where(table["left"] == "yes", *map(np.array, answers)).tolist())
    pd.testing.assert_frame_equal(drivers(other, "left", TOUCHPOINTS), drivers(table, "left", TOUCHPOINTS))


@settings(max_examples=8)
@given(st.randoms(use_true_random=False), st.sampled_from([-3, -1, 0.5, 2]))
def test_order_names_and_steps_change_only_what_they_must(random, step):
    table = members(200)
    found = drivers(table, "left", TOUCHPOINTS)
    order, places = list(range(len(table))), list(TOUCHPOINTS)
    random.shuffle(order)
    random.shuffle(places)
    mixed = drivers(table.iloc[order], "left", places).set_index("touchpoint").loc[TOUCHPOINTS]
    assert mixed[RATIOS].to_numpy() == pytest.approx(found[RATIOS].to_numpy())
    names = {name: f"{name} at the clinic" for name in TOUCHPOINTS}
    renamed = drivers(table.rename(columns=names), "left", list(names.values()))
    assert renamed["touchpoint"].tolist() == list(names.values())
    assert renamed[RATIOS].to_numpy() == pytest.approx(found[RATIOS].to_numpy())
    per = drivers(table, "left", TOUCHPOINTS, per=step)
    ends = ["low", "high"] if step > 0 else ["high", "low"]
    expected = found[["odds_ratio", *ends, "p"]].to_numpy() ** [step, step, step, 1]
    assert per[RATIOS].to_numpy() == pytest.approx(expected)
    assert (per["low"] < per["odds_ratio"]).all() and (per["odds_ratio"] < per["high"]).all()


def test_swapping_yes_and_no_turns_the_ratio():
    table = members()
    turned = table.assign(left=table["left"].map({"yes": "no", "no": "yes"}))
    one, two = (drivers(each, "left", TOUCHPOINTS)["odds_ratio"].to_numpy() for each in (table, turned))
    assert one == pytest.approx(1 / two)


def test_intervals_of_counts_that_hang_together_hold():
    # each person has a rate of their own, as with calls: a plain Poisson interval covers three times out of four
    random = np.random.Generator(np.random.PCG64(8))
    covered = 0
    for _ in range(200):
        bill = random.normal(size=120)
        rate = np.exp(0.5 - 0.3 * bill) * random.gamma(1.0, 1.0, 120)
        found = drivers(
            pd.DataFrame({"bill": bill, "calls": random.poisson(rate)}), "calls", ["bill"], kind="count"
        )
        covered += found.loc[0, "low"] <= math.exp(-0.3) <= found.loc[0, "high"]
    assert 0.88 <= covered / 200 <= 0.99
    assert found.attrs["interval"] == "95% Wald interval, quasi-Poisson"


def test_counts_that_vary_as_poisson_says_are_not_narrowed():
    table = members().assign(calls=lambda t: (t["left"] == "yes") * 1)
    found = drivers(table, "calls", TOUCHPOINTS, adjust=["plan"], kind="count")
    assert found.attrs["dispersion"] < 1 and 0 < found.attrs["adjusted_dispersion"] < 1
    assert not any("Poisson" in note for note in found.attrs["notes"])
    from statsmodels.discrete.discrete_model import Poisson

    model = Poisson(table["calls"], table[TOUCHPOINTS].assign(constant=1.0)).fit(disp=0)
    assert found["p"].to_numpy() == pytest.approx(model.pvalues[:3].to_numpy(), abs=1e-6)


def test_spaces_make_no_second_group():
    table = members()
    spaced = table.assign(plan=[f" {plan}  " if at % 3 else plan for at, plan in enumerate(table["plan"])])
    one, two = (drivers(each, "left", TOUCHPOINTS, adjust=["plan"]) for each in (table, spaced))
    pd.testing.assert_frame_equal(one, two)


def test_a_group_that_vanishes_is_named():
    table = members()
    table.loc[:11, "plan"] = "gold"
    table.loc[12, "plan"] = "old"
    table.loc[:12, "Joining"] = np.nan
    notes = drivers(table, "left", TOUCHPOINTS, adjust=["plan"]).attrs["notes"]
    assert notes[:2] == [
        "“plan = gold” is not in the model: each of its 12 rows has an empty cell in another column.",
        "“plan = old” is not in the model: its only row has an empty cell in another column.",
    ]
    table.loc[table["plan"] != "basic", "Joining"] = np.nan
    told("“plan” is “basic” in every complete row .*“gold”.* fell out", table, "left", TOUCHPOINTS, ["plan"])


# What cannot be answered, in words


def told(words, table, *args, call=drivers, **options):
    with pytest.raises(ValueError, match=words) as error:
        call(table, *args, **options)
    assert type(error.value) is ValueError, "not an exception of a library"
    assert error.value.__cause__ is None


def test_names_that_do_not_fit():
    table = members(50)
    told(r"no touchpoint “The bil” in the table. Did you mean “The bill”\?", table, "left", ["The bil"])
    told(r"no outcome “lefft” in the table. Did you mean “left”\?", table, "lefft", TOUCHPOINTS)
    told("no column to adjust for “branch”", table, "left", TOUCHPOINTS, adjust=["branch"])
    told("Name at least one touchpoint", table, "left", [])
    told("“Joining” is named twice", table, "left", ["Joining", "Joining"])
    told("“left” is the outcome. It cannot explain itself", table, "left", [*TOUCHPOINTS, "left"])
    told("“plan” stands in touchpoints and in adjust", table, "left", ["plan"], adjust=["plan"])
    told("a table is needed", [1, 2], "left", TOUCHPOINTS)
    told("The table is empty", table.iloc[:0], "left", TOUCHPOINTS)


def test_values_that_do_not_fit():
    table = members(50)
    told(
        "“Joining”, row 5: “often” is not a number",
        table.astype({"Joining": object}).assign(Joining=lambda t: t["Joining"].where(t.index != 3, "often")),
        "left",
        TOUCHPOINTS,
    )
    told("“plan”, row 2: “.*” is not a number", table, "left", ["plan"])
    told("“left”, row 2: “perhaps” is neither yes nor no", table.assign(left="perhaps"), "left", TOUCHPOINTS)
    told("In “left” every answer is no", table.assign(left="no"), "left", TOUCHPOINTS)
    told("No row is complete", table.assign(Joining=np.nan), "left", TOUCHPOINTS)
    told("per is 0. Write", table, "left", TOUCHPOINTS, per=0)
    told("per must be one number, not “much”", table, "left", TOUCHPOINTS, per="much")
    told(r"no kind “counts”. Did you mean “count”\?", table, "left", TOUCHPOINTS, kind="counts")
    told(
        "“left”, row 2: “-1” is outside.*0 or more", table.assign(left=-1), "left", TOUCHPOINTS, kind="count"
    )
    told("“1.5” is not a whole number", table.assign(left=1.5), "left", TOUCHPOINTS, kind="count")
    for count in (0, 3):
        words = f"In “left” every count is {count}, so there is nothing to explain.$"
        told(words, table.assign(left=count), "left", TOUCHPOINTS, kind="count")
    told("“True” is a yes or a no", table.assign(left=True), "left", TOUCHPOINTS, kind="count")
    told("“Joining”, row 2: “1e.200” is too large", table.assign(Joining=1e200), "left", TOUCHPOINTS)


def test_a_step_that_no_ratio_can_be_written_for():
    table = members(100)
    told("per: “1e.200” is too large", table, "left", TOUCHPOINTS, per=1e200)
    told("per is 1e-200. Write for how many points", table, "left", TOUCHPOINTS, per=1e-200)
    told(
        "per is 1000000: for such a change of “Joining” the ratio is too far from 1.*a per of about 1.$",
        table,
        "left",
        TOUCHPOINTS,
        per=1e6,
    )
    small = table.assign(Joining=table["Joining"] / 1e6)
    told("of “Joining” the ratio is too far.*about 1e-06", small, "left", TOUCHPOINTS)
    assert np.isfinite(drivers(small, "left", TOUCHPOINTS[:1], per=1e-6)[RATIOS]).all(axis=None)


def test_one_class_is_left_after_the_empty_rows():
    table = members(50)
    table.loc[table["left"] == "yes", "Joining"] = np.nan
    told("In “left” every answer is no in the rows that are left", table, "left", TOUCHPOINTS)
    told(r"of 50 rows are left out, since a cell is empty: \d+ in “Joining”", table, "left", TOUCHPOINTS)
    calls = members(50).assign(calls=lambda t: np.where(t["left"] == "yes", 1, 2))
    calls["Joining"] = table["Joining"]
    told(
        "every count is 2 in the rows that are left.* of 50 rows are left out",
        calls,
        "calls",
        TOUCHPOINTS,
        kind="count",
    )


def test_too_few_rows():
    table = members(50)
    told(
        "There are 5 complete rows for 3 columns. That is too few: at least 6", table[:5], "left", TOUCHPOINTS
    )
    told("There is 1 complete row for 3", table.assign(Joining=[1, *[None] * 49]), "left", TOUCHPOINTS)
    told(
        "There are 3 complete rows for 1 column. That",
        table.assign(left=["yes", "no"] * 25)[:3],
        "left",
        ["age"],
    )


def test_groups_that_are_none():
    table = members(50).assign(
        member=[f"M{n}" for n in range(50)], country="IL", joined=pd.Timestamp("2024-01-01")
    )
    told("“member” has 50 different values.*at most 20 groups", table, "left", TOUCHPOINTS, adjust=["member"])
    told("“country” is “IL” in every complete row", table, "left", TOUCHPOINTS, adjust=["country"])
    told("“joined” holds dates", table, "left", TOUCHPOINTS, adjust=["joined"])


def test_a_touchpoint_that_never_varies():
    told(
        "“Joining” is 7 in every complete row, so it can explain nothing",
        members(50).assign(Joining=7),
        "left",
        TOUCHPOINTS,
    )


def test_touchpoints_that_say_the_same():
    table = members(100)
    table["Hold again"] = 10 - 2 * table["Time on hold"]
    words = "“Hold again” says the same as “Time on hold”: no data can tell them apart"
    told(words, table, "left", [*TOUCHPOINTS, "Hold again"])
    told(words, table, "Joining", ["Time on hold", "Hold again"], call=shapley)
    table["Sum"] = table["Joining"] - table["The bill"] + 1
    told("“Sum” can be worked out from “Joining” and “The bill”", table, "left", [*TOUCHPOINTS, "Sum"])
    table["plan code"] = "plan " + table["plan"]
    told(
        "“plan code = plan family” says the same as “plan = family”",
        table,
        "left",
        TOUCHPOINTS,
        ["plan", "plan code"],
    )


@pytest.mark.parametrize("gap", [0, 1], ids=["they touch at 2", "they do not touch"])
def test_separation_by_one_touchpoint_is_named(gap):
    table = members(100)
    left = table["left"] == "yes"
    table["The bill"] = np.where(left, -table["Joining"].abs() + 2, table["Joining"].abs() + 2 + gap)
    words = f"“The bill” is {2 + gap} or more wherever “left” is no, and 2 or less wherever it is yes"
    told(words, table, "left", TOUCHPOINTS)


def test_separation_by_a_group_is_named():
    table = members(100)
    table.loc[:3, ["plan", "left"]] = ["vip", "no"]
    told(
        "In each of the 4 rows with “plan = vip”, “left” is no. .* Join it with another group, or leave its rows out",
        table,
        "left",
        TOUCHPOINTS,
        ["plan"],
    )
    assert len(drivers(table, "left", TOUCHPOINTS)) == 3, "without the plan the odds ratios are known"


@pytest.mark.parametrize("group", ["a first", "z last"])
def test_the_group_that_splits_is_named_and_not_the_others(group):
    table = members(100)
    table.loc[:3, ["plan", "left"]] = [group, "yes"]
    told(f"In each of the 4 rows with “plan = {group}”, “left” is yes", table, "left", TOUCHPOINTS, ["plan"])
    two = table.assign(plan=np.where(table["plan"] == group, group, "basic"))
    told(f"In each of the 4 rows with “plan = {group}”, “left” is yes", two, "left", TOUCHPOINTS, ["plan"])
    calls = table.assign(calls=np.where(table["plan"] == group, 0, 1 + table.index % 3))
    words = f"In each of the 4 rows with “plan = {group}”, “calls” is 0"
    told(words, calls, "calls", TOUCHPOINTS, ["plan"], kind="count")
    # counts that are always above 0 are no split
    assert (
        len(drivers(calls.assign(calls=1 + calls.index % 3), "calls", TOUCHPOINTS, ["plan"], kind="count"))
        == 3
    )


def test_separation_by_touchpoints_together_is_named():
    table = members(200)
    table["left"] = np.where(table["Joining"] + table["The bill"] > -1, "no", "yes")
    words = "In “left”, “Joining” and “The bill” together tell yes from no"
    told(words, table, "left", TOUCHPOINTS)
    # those that could be left out are not blamed
    random = np.random.Generator(np.random.PCG64(6))
    table["noise"], table["more noise"] = random.normal(size=(2, 200))
    told(words, table, "left", [*TOUCHPOINTS, "noise", "more noise"])


def test_separation_of_counts_is_named():
    table = members(100).assign(calls=lambda t: (t["Joining"] + 5).astype(int))
    table["hotline"] = (table.index < 4).astype(float)
    table.loc[:3, "calls"] = 0
    told("In every row with “hotline”, “calls” is 0", table, "calls", ["hotline", "The bill"], kind="count")
    # a column that is higher wherever there is a count does not split counts: they can be of any size
    found = drivers(
        table.assign(calls=table["calls"] * (table["Joining"] > 0)), "calls", ["Joining"], kind="count"
    )
    assert list(found.columns) == ["touchpoint", "rate_ratio", "low", "high", "p", "n", "missing"]
    assert found.loc[0, "low"] > 1


def test_separation_of_counts_by_touchpoints_together_is_named():
    table = members(300)
    table["Joining"] = np.minimum(table["Joining"], table["The bill"])
    table["calls"] = np.where(table["Joining"] == table["The bill"], 1 + (table.index % 3), 0)
    words = "In “calls”, “Joining” and “The bill” together tell above 0 from 0"
    told(words, table, "calls", ["Joining", "The bill"], kind="count")


def test_a_strong_but_honest_driver_is_no_separation():
    table = members(400)
    noise = np.random.Generator(np.random.PCG64(3)).normal(0, 0.5, 400)
    table["The bill"] = np.where(table["left"] == "yes", -1.0, 1.0) + noise
    found = drivers(table, "left", ["The bill"]).loc[0]
    assert found["odds_ratio"] < 0.01 and found["high"] < 0.1 and found["p"] < 1e-6


# Shares of R²


def r_squared(table, outcome, names):
    if not names:
        return 0.0
    design = np.column_stack([np.ones(len(table)), table[list(names)]])
    rest = table[outcome] - design @ np.linalg.lstsq(design, table[outcome], rcond=None)[0]
    return 1 - rest.var() / table[outcome].var()


def scores(n, columns, seed):
    random = np.random.Generator(np.random.PCG64(seed))
    values = random.integers(1, 8, (n, columns)) + random.integers(0, 4, (n, 1))
    table = pd.DataFrame(values.astype(float), columns=[f"t{at}" for at in range(columns)])
    return table.assign(overall=table.sum(axis=1) + random.normal(0, 4, n))


@settings(max_examples=15)
@given(st.integers(1, 4), st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_a_share_is_what_a_predictor_adds_over_all_orders(columns, seed, random):
    table = scores(25, columns, seed)
    names = [f"t{at}" for at in range(columns)]
    found = shapley(table, "overall", names)
    orders = list(itertools.permutations(names))
    for name in names:
        added = []
        for order in orders:
            before = order[: order.index(name)]
            added.append(r_squared(table, "overall", (*before, name)) - r_squared(table, "overall", before))
        assert found[name] == pytest.approx(np.mean(added))
    assert found.sum() == pytest.approx(r_squared(table, "overall", names))
    assert (found > -1e-12).all()
    mixed, order = list(names), list(range(len(table)))
    random.shuffle(mixed)
    random.shuffle(order)
    again = shapley(
        table.iloc[order].rename(columns={"t0": "Joining"}),
        "overall",
        [n if n != "t0" else "Joining" for n in mixed],
    )
    assert again.rename({"Joining": "t0"})[names].to_numpy() == pytest.approx(found.to_numpy())
    turned = shapley(table.assign(overall=3 - 2 * table["overall"]), "overall", names)
    assert turned.to_numpy() == pytest.approx(found.to_numpy())


def test_twins_share_alike():
    table = scores(40, 3, 5)
    swapped = table.rename(columns={"t0": "t1", "t1": "t0"})
    found = shapley(pd.concat([table, swapped]), "overall", ["t0", "t1", "t2"])
    assert found["t0"] == pytest.approx(found["t1"]) and found["t0"] > 0.05


def test_a_bootstrap_without_width_is_not_taken_for_certainty():
    table = pd.DataFrame({"a": [1.0, 2, 3, 4, 6], "overall": [2.0, 4, 6, 8, 12]})
    found = shapley(table, "overall", ["a"], draws=20)
    assert found.loc[0, ["low", "high"]].tolist() == pytest.approx([1, 1])
    (note,) = found.attrs["notes"]
    assert note.startswith("At “a”, all shares in the bootstrap are equal, so the interval has no width.")
    (note,) = importance_performance(table, "overall", ["a"], draws=20).attrs["notes"]
    assert note.startswith("At “a”, all shares in the bootstrap")
    assert shapley(scores(60, 2, 1), "overall", ["t0", "t1"], draws=20).attrs["notes"] == []


def test_sixteen_predictors_are_fine_and_seventeen_are_told():
    table = scores(60, 17, 2)
    found = shapley(table, "overall", [f"t{at}" for at in range(16)])
    assert found.sum() == pytest.approx(r_squared(table, "overall", [f"t{at}" for at in range(16)]))
    told(
        "17 columns are too many.*at most 16", table, "overall", [f"t{at}" for at in range(17)], call=shapley
    )


def test_bootstrap_intervals_hold_the_share_and_repeat():
    table = scores(80, 3, 3)
    table.loc[3, "t1"] = np.nan
    names = ["t0", "t1", "t2"]
    found = shapley(table, "overall", names, draws=100)
    assert list(found.columns) == ["predictor", "share", "low", "high", "n", "missing"]
    assert found["share"].tolist() == pytest.approx(shapley(table, "overall", names).tolist())
    assert ((found["low"] <= found["share"]) & (found["share"] <= found["high"])).all()
    assert (found["n"] == 79).all() and (found["missing"] == 1).all()
    pd.testing.assert_frame_equal(shapley(table[::-1], "overall", names, draws=100), found)
    other = shapley(table, "overall", names, draws=100, seed=7)
    assert (other["low"] != found["low"]).any()


def test_the_interval_of_a_predictor_of_no_use_reaches_0_and_that_of_a_weak_one_holds():
    # With independent predictors the true share is slope² ÷ (sum of slopes² + 1).
    random = np.random.Generator(np.random.PCG64(11))
    slopes = np.array([0, 0.25, 0.8])
    truth = slopes**2 / ((slopes**2).sum() + 1)
    at_zero = covered = 0
    times = 200
    for seed in range(times):
        values = random.normal(0, 1, (100, 3))
        table = pd.DataFrame(values, columns=["none", "weak", "strong"])
        table["overall"] = values @ slopes + random.normal(0, 1, 100)
        found = shapley(table, "overall", ["none", "weak", "strong"], draws=200, seed=seed)
        at_zero += found["low"][0] == 0
        covered += (found["low"] <= truth) & (truth <= found["high"])
    assert at_zero >= 0.9 * times
    assert found["low"][2] > 0
    assert (covered / times).between(0.9, 1).all()


def test_a_bootstrap_survives_a_touchpoint_that_hardly_varies():
    table = scores(12, 2, 3).assign(rare=[1.0] + [0.0] * 11)
    found = shapley(table, "overall", ["t0", "rare"], draws=200)
    assert np.isfinite(found[["share", "low", "high"]].to_numpy()).all()


def test_an_outcome_of_yes_and_no_is_taken_as_one_and_nought():
    table = members()
    as_number = table.assign(left=(table["left"] == "yes").astype(float))
    assert shapley(table, "left", TOUCHPOINTS).tolist() == pytest.approx(
        shapley(as_number, "left", TOUCHPOINTS).tolist()
    )


def test_what_shapley_cannot_answer():
    table = scores(30, 2, 1)
    told(
        "no predictor “overal” in the table. Did you mean “overall”",
        table,
        "overall",
        ["overal"],
        call=shapley,
    )
    told("“overall” is the outcome", table, "overall", ["t0", "overall"], call=shapley)
    told(
        "“overall” is the same in every complete row",
        table.assign(overall=3),
        "overall",
        ["t0"],
        call=shapley,
    )
    told(
        "“overall”, row 2: “fine” is not a number",
        table.assign(overall="fine"),
        "overall",
        ["t0"],
        call=shapley,
    )
    told("complete rows for 2 columns. That is too few", table[:4], "overall", ["t0", "t1"], call=shapley)
    told("draws", table, "overall", ["t0"], call=shapley, draws=-1)


# The grid


GRID = [
    "touchpoint",
    "importance",
    "importance_low",
    "importance_high",
    "performance",
    "performance_low",
    "performance_high",
    "n",
    "quadrant",
    "sure",
]


def grid(n=500, seed=4):
    random = np.random.Generator(np.random.PCG64(seed))
    level = {"matters, bad": 4, "matters, good": 8, "no matter, bad": 4, "no matter, good": 8}
    table = pd.DataFrame({name: random.normal(mean, 1.2, n).clip(1, 10) for name, mean in level.items()})
    pull = table["matters, bad"] + table["matters, good"]
    return table.assign(overall=pull + random.normal(0, 1, n))


def test_the_four_quadrants_of_martilla_and_james():
    # Martilla & James (1977), Journal of Marketing 41: 77–79.
    table = grid()
    names = [name for name in table.columns if name != "overall"]
    found = importance_performance(table, "overall", names, draws=50)
    assert list(found.columns) == GRID
    expected = ["concentrate here", "keep up the good work", "low priority", "possible overkill"]
    assert found["quadrant"].tolist() == expected
    assert (found["sure"] == "yes").all()
    assert found["importance"].sum() == pytest.approx(found.attrs["r_squared"])
    assert found["performance"].tolist() == pytest.approx(table[names].mean().tolist())
    for what in ("importance", "performance"):
        assert ((found[f"{what}_low"] <= found[what]) & (found[what] <= found[f"{what}_high"])).all()


def test_a_touchpoint_near_a_line_is_not_sure():
    table = grid(60)
    names = [name for name in table.columns if name != "overall"]
    others = table[names].drop(columns="no matter, good").mean().mean()
    table["no matter, good"] += others - table["no matter, good"].mean()
    found = importance_performance(table, "overall", names, draws=50).set_index("touchpoint")
    assert found.columns[-1] == "sure"
    middle = found.loc["no matter, good"]
    line = found.attrs["performance_line"]
    assert middle["performance_low"] < line < middle["performance_high"] and middle["sure"] == "no"
    assert found.loc["matters, bad", "sure"] == "yes"
    # two that matter alike lie at the line of importance
    alike = importance_performance(table, "overall", ["matters, bad", "matters, good"], draws=50)
    assert (alike["importance_low"] < alike.attrs["importance_line"]).all()
    assert (alike["sure"] == "no").all()


def test_performance_may_come_from_other_columns():
    table = grid()
    names = ["matters, bad", "matters, good"]
    table["a"], table["b"] = 9.0, np.where(table.index < 3, np.nan, 2.0)
    by_list = importance_performance(table, "overall", names, performance=["a", "b"], draws=20)
    by_name = importance_performance(
        table, "overall", names, performance=dict(zip(names, "ab", strict=True)), draws=20
    )
    pd.testing.assert_frame_equal(by_list, by_name)
    assert by_list["performance"].tolist() == [9, 2]
    assert (by_list["n"] == 497).all() and by_list.attrs["missing"] == 3
    assert [
        quadrant in ("keep up the good work", "possible overkill") for quadrant in by_list["quadrant"]
    ] == [True, False]


def turned(random, table, names, outcome="overall"):
    """The same table with rows, columns and names in another order, and what each name was before."""
    rows, places = list(range(len(table))), list(names)
    random.shuffle(rows)
    random.shuffle(places)
    new = {old: f"{at} {old[::-1]}" for at, old in enumerate(places)}
    return table.iloc[rows][[*places, outcome]].rename(columns=new), {name: old for old, name in new.items()}


@settings(max_examples=8)
@given(st.randoms(use_true_random=False))
def test_order_and_names_do_not_move_the_grid(random):
    table = grid(80)
    names = [name for name in table.columns if name != "overall"]
    found = importance_performance(table, "overall", names, draws=30)
    other, old = turned(random, table, names)
    again = importance_performance(other, "overall", list(old), draws=30)
    again["touchpoint"] = again["touchpoint"].map(old)
    again = again.set_index("touchpoint").loc[names].reset_index()
    pd.testing.assert_frame_equal(again, found, check_exact=True)
    assert again.attrs == found.attrs


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_order_and_names_do_not_move_the_shares_or_their_intervals(seed, random):
    # few rows of few whole numbers: many rows and columns are alike in part
    values = np.random.Generator(np.random.PCG64(seed)).integers(1, 2 + seed % 3 + 1, (14, 5))
    table = pd.DataFrame(values, columns=[*"abcd", "overall"])
    try:
        found = shapley(table, "overall", list("abcd"), draws=20)
    except ValueError as error:
        assert "never" in str(error) or "tell them apart" in str(error) or "same in every" in str(error)
        return
    other, old = turned(random, table, list("abcd"))
    again = shapley(other, "overall", list(old), draws=20)
    again["predictor"] = again["predictor"].map(old)
    again = again.set_index("predictor").loc[list("abcd")].reset_index()
    pd.testing.assert_frame_equal(again, found, check_exact=True)


def test_equal_answers_are_not_taken_for_certainty():
    table = grid(60).assign(same=9.0)
    found = importance_performance(
        table, "overall", ["matters, bad", "no matter, bad"], ["same", "matters, good"], 20
    )
    assert found.loc[0, "performance_low"] == found.loc[0, "performance_high"] == 9
    (note,) = found.attrs["notes"]
    assert note.startswith("At “matters, bad”, all answers are equal, so the interval has no width.")
    assert found.attrs["performance_interval"] == "95% t interval"
    assert importance_performance(table, "overall", ["matters, bad"], draws=20).attrs["notes"] == []


def test_what_the_grid_cannot_answer():
    table = grid(50)
    call = importance_performance
    told(
        "names 1 column for 2 touchpoints",
        table,
        "overall",
        ["matters, bad", "matters, good"],
        ["overall"],
        call=call,
    )
    told("“matters, bad” has no column in performance", table, "overall", ["matters, bad"], {}, call=call)
    told("no performance column “overal”", table, "overall", ["matters, bad"], ["overal"], call=call)
    told(
        "no touchpoint “matters, bd” in the table. Did you mean", table, "overall", ["matters, bd"], call=call
    )
    told("draws", table, "overall", ["matters, bad"], call=call, draws=0)
    told(
        "draws must be .* to 100000, not “1000000”",
        table,
        "overall",
        ["matters, bad"],
        call=call,
        draws=10**6,
    )
    for seed in ("x", -1):
        words = f"seed must be one whole number of 0 or more, not “{seed}”"
        told(words, table, "overall", ["matters, bad"], call=call, seed=seed)
        told("seed must be", table, "overall", ["matters, bad"], call=shapley, seed=seed)


@pytest.mark.parametrize("factor", [1e10, 1e-10])
def test_shares_of_r_squared_do_not_hang_on_the_unit(factor):
    random = np.random.default_rng(5)
    table = pd.DataFrame(random.normal(size=(80, 2)), columns=["a", "b"])
    table["y"] = table["a"] + 0.5 * table["b"] + random.normal(size=80)
    scaled = shapley(table.assign(a=table["a"] * factor), "y", ["a", "b"])
    assert scaled.to_numpy() == pytest.approx(shapley(table, "y", ["a", "b"]).to_numpy())

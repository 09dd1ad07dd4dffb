"""The what-if: levers in, people and money out, with the doubt that the data leave."""

import importlib.util
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxkit.cases import Case, cases
from cxkit.measures import whatif
from cxkit.measures.compare import compare
from cxkit.measures.drivers import drivers
from cxkit.measures.gap import gap
from cxkit.measures.whatif import levers, what_if

ROOT = Path(__file__).parents[1] / "case_studies"
DENTAL, HMO = "dental_clinic_delays", "hmo_opt_out"
CASES = {name: Case(name, name, "en", "", {}, ROOT / name) for name in (DENTAL, HMO)}
RANGES = {name: levers(CASES[name]).set_index("lever") for name in CASES}
LEVERS = [(name, lever) for name, table in RANGES.items() for lever in table.index]
# The levers of the health plan: the touchpoint of each, and in what it is a point.
COVER, HOLD = "Cover: told and given", "Time on hold"
GAPS = {"cover_points": COVER, "hold_points": HOLD}
ATTITUDES = {
    "advice_attitude": "Advice before joining",
    "joining_attitude": "Joining",
    "visits_attitude": "Visits at the clinic",
    "help_attitude": "Help when something went wrong",
    "bill_attitude": "The bill",
}
# What the data were made with: an odds ratio of 1, or so near that nobody could find it.
IDLE = ["hold_points", "joining_attitude", "visits_attitude", "bill_attitude"]


def run(name, **given):
    return what_if(CASES[name], **given)


def table(name, file):
    return pd.read_csv(ROOT / name / file)


def generator(name):
    """The program that made the data: it knows the chance of each person."""
    place = ROOT / name / "for_instructors" / "generate.py"
    spec = importlib.util.spec_from_file_location(f"generate_{name}", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- as things are


@pytest.mark.parametrize("name", CASES)
def test_levers_left_alone_change_nothing_at_all(name):
    found = run(name)
    named = run(name, **RANGES[name]["as_is"].to_dict())
    for each in (found.people, found.money, named.people, named.money):
        assert (each.change.value, each.change.low, each.change.high) == (0, 0, 0)
        assert each.as_is == each.to_be
    assert found.cost == 0 and "nothing changes" in found.words


def test_as_things_are_the_clinic_treats_as_many_as_it_did():
    patients = table(DENTAL, "patients.csv")
    treated = patients["treated"] == "yes"
    found = run(DENTAL)
    assert found.people.as_is.value == pytest.approx(treated.sum())
    assert found.money.as_is.value == pytest.approx(patients["treatment_value"][treated].sum(), rel=0.01)
    assert found.people.as_is.n == len(patients) == 3000


def test_as_things_are_the_plan_keeps_as_many_as_it_did():
    members = table(HMO, "members.csv")
    stayed = members["left_in_first_year"] == "no"
    found = run(HMO)
    assert found.people.as_is.value == pytest.approx(stayed.sum())
    assert found.money.as_is.value == pytest.approx(members["yearly_premium"][stayed].sum(), rel=0.01)


@pytest.mark.parametrize("name", CASES)
def test_the_interval_as_things_are_is_that_of_chance(name):
    found = run(name).people.as_is
    share = found.value / found.n
    # at most as wide as that of one and the same chance for everybody
    widest = 2 * 1.96 * np.sqrt(found.n * share * (1 - share))
    assert 0.6 * widest < found.high - found.low < 1.2 * widest


# --- the truth


def test_the_clinic_s_truth_lies_within_the_intervals():
    made = generator(DENTAL)
    who = made.draw(made.SEED, 3000)
    staying, effect = made.TRUTH["staying"], made.TRUTH["derived"]["pilot_effect"]
    days = {
        "days_sooner_to_visit": ("before_visit", who.days_to_visit),
        "days_sooner_after_images": ("after_images", np.where(who.after, who.days_after_images, np.nan)),
    }
    for lever, value in (
        ("days_sooner_to_visit", 3), ("days_sooner_after_images", 3), ("days_sooner_after_images", -3),
        ("days_sooner_to_visit", -5), ("days_sooner_after_images", 8),
    ):  # fmt: skip
        wait, waited = days[lever]
        less = np.nan_to_num(np.minimum(value, waited))
        gained = who.chance_treated * ((1 - staying[wait]["cost_per_day"]) ** -less - 1)
        found = run(DENTAL, **{lever: value})
        assert found.people.change.low <= gained.sum() <= found.people.change.high
        assert found.money.change.low <= gained @ who.value - found.cost <= found.money.change.high
    for share in (0.5, 1):
        found = run(DENTAL, share_with_bundle=share)
        assert found.people.change.low <= share * effect * (~who.pilot).sum() <= found.people.change.high
        # a naive before and after of the pilot would promise far more
        naive = share * made.TRUTH["derived"]["before_after"] * (~who.pilot).sum()
        assert naive > found.people.change.high


def test_the_pilot_s_effect_is_that_of_compare_by_half_year():
    patients = table(DENTAL, "patients.csv")
    treated, here, later = (
        patients["treated"] == "yes",
        patients["branch"] == "North",
        patients["half"] == "Jul-Dec",
    )
    told = compare(
        treated[here & ~later],
        treated[here & later],
        elsewhere=(treated[~here & ~later], treated[~here & later]),
    )
    found = run(DENTAL).effects["share_with_bundle"]
    assert (found.value, found.low, found.high) == (told.value, told.low, told.high)
    assert round(100 * found.value, 1) == 12.9


def test_the_plan_s_truth_lies_within_the_intervals():
    made = generator(HMO)
    who = made.people(np.random.Generator(np.random.PCG64([made.SEED, 0])), 3000)
    assert (np.where(who["left"], "yes", "no") == table(HMO, "members.csv")["left_in_first_year"]).all()
    truth = made.TRUTH["left_in_first_year"]
    disappointment = who["expected"] - who["experienced"]
    odds = truth["constant"] + disappointment @ made.logs(truth["disappointment"], made.TOUCHPOINTS)
    odds = odds + (who["attitude"] - 7) @ np.log(list(truth["attitude"].values()))
    odds += (
        made.logs(truth["plan"], made.PLANS)[who["plan"]]
        + made.logs(truth["age_band"], made.AGES)[who["age"]]
    )
    settings = {"cover_points": (2, -2), "hold_points": (4,)} | dict.fromkeys(ATTITUDES, (1, 2, 3))
    for lever, value in ((lever, value) for lever, values in settings.items() for value in values):
        if lever in GAPS:
            at = made.TOUCHPOINTS.index(GAPS[lever])
            rise = np.clip(value, 1 - who["experienced"][:, at], np.maximum(disappointment[:, at], 0))
            shift = -rise * np.log(truth["disappointment"][GAPS[lever]])
        else:
            at = list(truth["attitude"]).index(ATTITUDES[lever])
            rise = np.clip(value, 1 - who["attitude"][:, at], 10 - who["attitude"][:, at])
            shift = rise * np.log(truth["attitude"][ATTITUDES[lever]])
        gained = 1 / (1 + np.exp(odds + shift)) - 1 / (1 + np.exp(odds))
        found = run(HMO, **{lever: value})
        assert found.people.change.low <= gained.sum() <= found.people.change.high
        assert found.money.change.low <= gained @ who["premium"] - found.cost <= found.money.change.high


@pytest.mark.parametrize("name", CASES)
def test_the_truth_s_folder_is_not_read(name, tmp_path):
    files = [each for each in (ROOT / name).iterdir() if each.suffix in (".csv", ".yaml")]
    folder = tmp_path / name
    folder.mkdir()
    for each in files:
        shutil.copy(each, folder)
    moved = Case(name, "", "en", "", {}, folder)
    setting = {RANGES[name].index[0]: 2}
    assert what_if(moved, **setting).people == run(name, **setting).people


# --- laws


@pytest.mark.parametrize(("name", "lever"), LEVERS)
def test_every_lever_pulls_one_way(name, lever):
    low, high = RANGES[name].loc[lever, ["low", "high"]]
    kept = [run(name, **{lever: value}).people.to_be.value for value in np.linspace(low, high, 8)]
    steps = [later - earlier for earlier, later in pairwise(kept)]
    assert all(step >= -1e-6 for step in steps)
    assert lever in IDLE or kept[-1] > kept[0] + 30


@settings(max_examples=12)
@given(st.sampled_from(LEVERS), st.data())
def test_whatever_the_other_levers_a_lever_pulls_one_way(pair, data):
    name, lever = pair
    place = {each: st.floats(*RANGES[name].loc[each, ["low", "high"]]) for each in RANGES[name].index}
    setting = {each: data.draw(where) for each, where in place.items()}
    other = setting | {lever: data.draw(place[lever])}
    less, more = sorted((setting, other), key=lambda each: each[lever])
    gained = run(name, **more).people.to_be.value - run(name, **less).people.to_be.value
    assert gained >= -1e-6


def test_the_loud_complaint_keeps_nobody():
    found = run(HMO, hold_points=5).people.change
    # its estimate points the wrong way by a hair: an improvement counts as none then, never as a loss
    assert found.low == 0 and found.value < 20
    assert run(HMO, cover_points=5).people.change.low > 100


def test_kinder_staff_can_be_tried_wherever_staff_are_met_and_where_it_counts_is_for_the_data_to_say():
    asked = table(HMO, "survey.csv").dropna(subset="staff_attitude")["touchpoint"].unique()
    assert set(ATTITUDES.values()) == set(asked)
    settings = ["low", "high", "step", "unit"]
    assert len(RANGES[HMO].loc[list(ATTITUDES), settings].drop_duplicates()) == 1
    most = {lever: run(HMO, **{lever: 3}) for lever in ATTITUDES}
    for lever, found in most.items():
        idle = lever in IDLE
        assert (found.people.change.low == 0) == idle
        doubted = "The data show no gain from" in found.words or "cannot tell it from none" in found.words
        assert doubted == idle


@pytest.mark.parametrize("lever", ["days_sooner_to_visit", "days_sooner_after_images"])
def test_more_wait_never_keeps_more_people_in_any_replication(lever):
    for days in (-0.5, -5):
        found = run(DENTAL, **{lever: days})
        assert found.people.change.high <= 0 and found.people.change.value < 0 and found.cost == 0


@pytest.mark.parametrize("name", CASES)
def test_change_is_to_be_less_as_is(name):
    found = run(name, **RANGES[name]["high"].to_dict())
    for each in (found.people, found.money):
        assert each.change.value == pytest.approx(each.to_be.value - each.as_is.value, abs=1e-4)
        for part in (each.as_is, each.to_be, each.change):
            assert part.low < part.value < part.high and part.interval == "95% of 200 replications"


@pytest.mark.parametrize("name", CASES)
def test_the_same_random_numbers_on_both_sides_make_the_change_sharp(name):
    lever = RANGES[name].index[0]
    found = run(name, **{lever: 1}).people
    apart = np.hypot(found.as_is.se, found.to_be.se)
    assert found.change.se < 0.6 * apart


@pytest.mark.parametrize("name", CASES)
def test_the_same_seed_gives_the_same_result(name):
    setting = RANGES[name]["high"].to_dict()
    first = run(name, **setting)
    whatif._fitted.cache_clear()
    again = run(name, **setting)
    assert (again.people, again.money, again.cost) == (first.people, first.money, first.cost)
    other = run(name, seed=7, **setting)
    assert other.people.change.low != first.people.change.low
    assert other.people.change.value == pytest.approx(first.people.change.value, rel=0.1)


def test_the_model_is_fitted_once():
    run(DENTAL, share_with_bundle=0.5)
    before = whatif._fitted.cache_info()
    run(DENTAL, share_with_bundle=0.7)
    after = whatif._fitted.cache_info()
    assert (after.misses, after.hits) == (before.misses, before.hits + 1)


# --- cost


def test_what_the_clinic_pays():
    patients = table(DENTAL, "patients.csv")
    sooner = np.minimum(2, patients["days_to_visit"]).sum()
    assert run(DENTAL, days_sooner_to_visit=2).cost == pytest.approx(10 * sooner)
    sooner = np.minimum(3, patients["days_after_images"].dropna()).sum()
    assert run(DENTAL, days_sooner_after_images=3).cost == pytest.approx(10_000 + 8 * sooner)
    without = (patients["pilot"] == "no").sum()
    assert run(DENTAL, share_with_bundle=0.5).cost == pytest.approx(40_000 + 30 * 0.5 * without)


def test_the_plan_pays_only_for_points_that_members_gain():
    survey = (
        table(HMO, "survey.csv").merge(table(HMO, "members.csv"), on="member").dropna(subset="experienced")
    )
    for lever, touchpoint, column, each, fixed in (
        ("cover_points", "Cover: told and given", "gap", 25, 20_000),
        ("help_attitude", "Help when something went wrong", "staff_attitude", 30, 15_000),
    ):
        asked = survey[survey["touchpoint"] == touchpoint].assign(
            gap=lambda row: row.experienced - row.expected
        )
        asked = asked.dropna(subset=column)
        room = (0 if column == "gap" else 10) - asked[column]
        for value in (0.5, 2, RANGES[HMO].loc[lever, "high"]):
            gained = room.clip(0, value).groupby([asked["plan"], asked["left_in_first_year"]]).mean()
            members = table(HMO, "members.csv").groupby(["plan", "left_in_first_year"]).size()
            # members who gave no answer are given those of others who are alike
            expected = fixed + each * (gained * members).sum()
            found = run(HMO, **{lever: value}).cost
            assert found == pytest.approx(expected, rel=0.05)
            assert found < fixed + each * value * 3000
    assert run(HMO, cover_points=-1.5).cost == 0


def test_money_is_the_value_kept_less_the_cost():
    found = run(HMO, hold_points=5)
    members = table(HMO, "members.csv")
    worth = members["yearly_premium"].mean()
    assert 0 < found.cost < 35 * 5 * 3000
    assert found.money.change.value + found.cost == pytest.approx(worth * found.people.change.value, rel=0.3)
    assert found.money.change.value < 0


def test_the_bundle_and_the_shorter_wait_are_not_added():
    alone = [
        run(DENTAL, **one).people.change.value
        for one in ({"share_with_bundle": 1}, {"days_sooner_after_images": 4})
    ]
    both = run(DENTAL, share_with_bundle=1, days_sooner_after_images=4)
    assert max(alone) < both.people.change.value < 0.9 * sum(alone)
    assert "not their sum" in both.words and "tried together only" in both.words


# --- shown


def test_a_small_table_and_what_it_is_worth():
    found = run(DENTAL, days_sooner_after_images=3)
    page = found._repr_html_()
    for words in (
        "<caption>",
        "as-is",
        "to-be",
        "change",
        "a link, not a proof",
        "assumed",
        "₪",
        "Patients treated",
    ):
        assert words in page
    assert page.count("<tr>") == 3
    for text in (page, repr(found)):
        assert "n = 3,000" in text and "95% of 200 replications" in text
    assert "a link, not a proof" in repr(found) and "days_sooner_after_images = 3" in repr(found)


def test_the_effects_behind_the_levers_are_shown():
    effects = run(DENTAL).effects
    assert list(effects) == list(RANGES[DENTAL].index)
    assert effects["days_sooner_after_images"].n < effects["days_sooner_to_visit"].n == 3000


def test_the_name_of_an_effect_says_for_what_and_which_way():
    members, survey = table(HMO, "members.csv"), table(HMO, "survey.csv")
    effects = run(HMO).effects
    assert effects["cover_points"].high < 1
    assert effects["cover_points"].name.endswith(
        "for each point by which the gap in “Cover: told and given” closes"
    )
    assert effects["help_attitude"].name.endswith(
        "for each point more of staff attitude at “Help when something went wrong”"
    )
    wide = gap(survey, per="member")
    names = list(wide.columns[1:])
    staff = survey.pivot(index="member", columns="touchpoint", values="staff_attitude").dropna(
        axis=1, how="all"
    )
    staff = staff.add_prefix("staff ").reset_index()
    joined = members.merge(wide, on="member").merge(staff, on="member")
    shown = drivers(
        joined, "left_in_first_year", [*names, *staff.columns[1:]], adjust=["plan", "age_band"], per=-1
    ).set_index("touchpoint")
    ratio = shown.loc["Cover: told and given", "adjusted_odds_ratio"]
    assert 1 / effects["cover_points"].value == pytest.approx(ratio)
    assert f"drivers(…, per=-1) shows it: {ratio:.2f} (" in effects["cover_points"].words


@pytest.mark.parametrize("name", CASES)
def test_the_table_of_levers(name):
    found = levers(CASES[name])
    assert found.columns.tolist() == [
        "lever",
        "label",
        "unit",
        "low",
        "high",
        "step",
        "as_is",
        "cost",
        "note",
        "source",
    ]
    assert ((found["low"] <= found["as_is"]) & (found["as_is"] < found["high"]) & (found["step"] > 0)).all()
    assert found["cost"].str.contains("(assumed)", regex=False).all()
    steps = (found["high"] - found["low"]) / found["step"]
    assert np.allclose(steps, steps.round())
    assert run(name, **found.set_index("lever")["low"].to_dict()).people.change.value < 1


@pytest.mark.parametrize("name", sorted(set(cases()["name"]) & set(CASES)))
def test_a_case_goes_by_its_name_too(name):
    setting = RANGES[name]["high"].to_dict()
    assert what_if(name.replace("_", " "), **setting) == run(name, **setting)
    assert levers(name).equals(levers(CASES[name]))


def test_a_mapping_sets_the_levers_too():
    setting = {"days_sooner_to_visit": 2, "share_with_bundle": 0.5}
    assert what_if(CASES[DENTAL], setting) == run(DENTAL, **setting)
    first, second = ({name: value} for name, value in setting.items())
    assert what_if(CASES[DENTAL], first, **second) == run(DENTAL, **setting)
    assert what_if(CASES[DENTAL], None) == run(DENTAL)


# --- words


def test_each_lever_says_where_its_effect_comes_from():
    wait = run(DENTAL, days_sooner_to_visit=2).words
    pilot = run(DENTAL, share_with_bundle=0.5).words
    survey = run(HMO, cover_points=1, advice_attitude=1).words
    assert "comes from the records" in wait and "pilot" not in wait
    assert (
        "comes from the pilot" in pilot and "at the other branches" in pilot and "the records: " not in pilot
    )
    assert survey.count("comes from the survey") == 1 and "not a proof of cause" in survey
    assert "comes from" not in run(HMO).words


@pytest.mark.parametrize("name", CASES)
def test_the_words_say_what_the_interval_as_is_means(name):
    for found in (run(name), run(name, **{RANGES[name].index[0]: 2})):
        low, high = (f"{round(end):,}" for end in (found.people.as_is.low, found.people.as_is.high))
        assert (
            f"By chance alone, another 3,000 {found.people.change.unit} like these could give {low} to {high}."
            in (found.words)
        )


def test_the_words_say_what_was_done_about_missing_answers():
    found = run(HMO, cover_points=1)
    effect = found.effects["cover_points"]
    assert f"{effect.n:,} of 3,000 members gave every answer" in found.words
    assert f"Whoever did not ({effect.missing:,}) is given the answers" in found.words
    assert (
        "449 of 3,000 patients left before this wait (from the images to the call);"
        in run(DENTAL, days_sooner_after_images=1).words
    )


def test_an_effect_that_is_held_at_none_says_so():
    found = run(HMO, hold_points=2)
    assert "The data show no gain from a smaller gap in “Time on hold” (odds ratio 1.01, " in found.words
    assert "It counts as none." in found.words
    assert "no gain" not in run(HMO, cover_points=2, help_attitude=1).words
    assert "no gain" not in run(DENTAL, **RANGES[DENTAL]["high"].to_dict()).words


@pytest.mark.parametrize(("name", "lever"), LEVERS)
def test_no_value_lies_outside_its_own_interval(name, lever):
    low, high, step = RANGES[name].loc[lever, ["low", "high", "step"]]
    for value in (low, step, 2 * step, high):
        found = run(name, replications=20, **{lever: value})
        for each in (found.people, found.money):
            for part in (each.as_is, each.to_be, each.change):
                assert part.low <= part.value <= part.high


def test_a_lever_set_worse_saves_nothing_and_the_words_say_so():
    found = run(DENTAL, days_sooner_to_visit=-2, days_sooner_after_images=1)
    assert (
        "Set worse than today: Days sooner to the first visit. A lever that is set worse saves nothing here."
        in (found.words)
    )
    assert found.cost == run(DENTAL, days_sooner_after_images=1).cost
    assert "saves nothing" not in run(DENTAL, days_sooner_to_visit=2).words


def test_the_money_is_named():
    found = run(HMO, cover_points=1)
    assert found.money.change.name == "Yearly premiums of these 3,000 members, less cost"
    assert "They joined in two years, 2023 and 2024" in found.words and "{n}" not in found.words
    assert "list price of the treatments of these 3,000 patients" in run(DENTAL, days_sooner_to_visit=1).words


def test_the_labels_use_the_names_of_the_data():
    touchpoints = set(table(HMO, "survey.csv")["touchpoint"])
    named = {label.split("“")[1].split("”")[0] for label in RANGES[HMO]["label"]}
    assert named == {*GAPS.values(), *ATTITUDES.values()} <= touchpoints


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"days_soner_to_visit": 1},
            "no lever “days_soner_to_visit” in this case. Did you mean days_sooner_to_visit",
        ),
        ({"zebra": 1}, "It has: days_sooner_to_visit, days_sooner_after_images, share_with_bundle"),
        ({"days_sooner_to_visit": 11}, r"cannot be set to 11. Write a number from -5 to 10 \(days\)"),
        ({"share_with_bundle": -0.1}, r"Write a number from 0 to 1 \(share\)"),
        ({"share_with_bundle": "half"}, "cannot be set to “half”"),
        ({"share_with_bundle": pd.DataFrame({"a": [1]})}, "cannot be set to a table"),
        ({"settings": pd.DataFrame({"a": [1]})}, "not a table alone"),
        ({"seed": -1}, "seed must be"),
        ({"share_with_bundle": True}, "cannot be set to “True”"),
        ({"share_with_bundle": float("nan")}, "cannot be set to “nan”"),
        ({"replications": 5}, "“replications” must be one whole number from 20 to 5000, not “5”"),
        ({"replications": None}, "“replications” is empty"),
        (
            {"settings": 2},
            r"Name the lever that you set: what_if\(“dental_clinic_delays”, lever=value\), not “2” alone",
        ),
        ({"settings": {"days_soner_to_visit": 1}}, "Did you mean days_sooner_to_visit"),
        ({"settings": {1: 1}}, "no lever “1” in this case"),
        ({"settings": {"share_with_bundle": 1}, "share_with_bundle": 1}, "share_with_bundle is set twice"),
        ({"seed": "x"}, "seed must be"),
    ],
)
def test_what_cannot_be_set_is_told_in_words(given, words):
    with pytest.raises(ValueError, match=words):
        run(DENTAL, **given)


def test_a_case_without_levers_or_without_its_files_is_told(tmp_path):
    empty = Case("mine", "", "en", "", {}, tmp_path)
    for ask in (what_if, levers):
        with pytest.raises(ValueError, match="has no levers: there is no what-if"):
            ask(empty)
    folder = tmp_path / "torn"
    folder.mkdir()
    shutil.copy(ROOT / HMO / "levers.yaml", folder)
    with pytest.raises(ValueError, match=r"The case torn is damaged: members\.csv cannot be read"):
        what_if(Case("torn", "", "en", "", {}, folder))
    with pytest.raises(ValueError, match="There is no case"):
        what_if("nowhere")
    for wrong, words in ((pd.DataFrame({"a": [1]}), "a table"), (["hmo_opt_out"], "a list"), (3, "“3”")):
        for ask in (what_if, levers):
            with pytest.raises(ValueError, match=f"Name the case, such as “hmo_opt_out”, not {words}"):
                ask(wrong)

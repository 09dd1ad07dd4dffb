"""The HMO case's data: made anew byte for byte, as the card says, and the planted truth comes out of the course's calls."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import yaml
from coverage_hmo import (
    ATTITUDES,
    FOLDER,
    GAPS,
    TRUTH,
    at_12_months,
    estimates,
    generate,
    one_row_per_member,
    true_odds_ratios,
)

from cxkit.journey import Persona, read_journey
from cxkit.measures.drivers import drivers
from cxkit.measures.gap import gap
from cxkit.measures.leaks import attrition, leak_points
from cxkit.measures.retention import survival
from cxkit.measures.scores import proportion

HOLD, COVER = "Time on hold", "Cover: told and given"
ADVICE, HELP = "attitude: Advice before joining", "attitude: Help when something went wrong"
CARD = (FOLDER / "data_card.md").read_text(encoding="utf-8")
PERSONAS = yaml.safe_load((FOLDER / "personas.yaml").read_text(encoding="utf-8"))["personas"]


@pytest.fixture(scope="module")
def members():
    return pd.read_csv(FOLDER / "members.csv", parse_dates=["joined", "opted_out"])


@pytest.fixture(scope="module")
def survey():
    return pd.read_csv(FOLDER / "survey.csv")


@pytest.fixture(scope="module")
def contacts():
    return pd.read_csv(FOLDER / "contacts.csv", parse_dates=["time"], keep_default_na=False)


@pytest.fixture(scope="module")
def people(members, survey):
    return one_row_per_member(members, survey)


@pytest.fixture(scope="module")
def adjusted(people):
    """All gaps and attitudes in one model, raw and adjusted for plan and age, for one point less of each."""
    found = drivers(people, "left_in_first_year", GAPS + ATTITUDES, adjust=["plan", "age_band"], per=-1)
    return found.set_index("touchpoint")


# made anew


def test_the_shipped_files_are_made_anew_byte_for_byte():
    files = generate.files()
    assert set(files) == {"members.csv", "survey.csv", "contacts.csv", "feedback.csv"}
    for name, content in files.items():
        assert (FOLDER / name).read_bytes() == content, name


def test_the_same_seed_gives_the_same_tables_and_another_seed_others():
    np.random.seed(1)
    first, second, other = generate.make(5, 200), generate.make(5, 200), generate.make(6, 200)
    for name in first:
        pd.testing.assert_frame_equal(first[name], second[name])
        assert not first[name].equals(other[name])
    # and nobody else's random numbers were touched
    after = np.random.random()
    np.random.seed(1)
    assert np.random.random() == after


def test_feedback_is_what_people_said_without_the_coding():
    shipped = pd.read_csv(FOLDER / "feedback.csv", dtype=str)
    coded = pd.read_csv(FOLDER / "for_instructors" / "feedback_coded.csv", dtype=str)
    assert list(shipped.columns) == ["quote_id", "date", "channel", "text"]
    assert shipped["quote_id"].is_monotonic_increasing and shipped["quote_id"].is_unique
    pd.testing.assert_frame_equal(
        shipped, coded.sort_values("quote_id", ignore_index=True)[list(shipped.columns)]
    )


# the card


def sections():
    """{file: (rows that the card promises or None, [(column, range)])} as the card says."""
    found = {}
    for part in re.split(r"^### ", CARD, flags=re.MULTILINE)[1:]:
        name, _, text = part.partition("\n")
        rows = re.search(r": ([\d,]+) rows", text)
        cells = re.findall(r"^\| `(\w+)` \|[^|]+\|([^|]*)\| ([^|]+) \|$", text, flags=re.MULTILINE)
        found[name.strip()] = (
            int(rows[1].replace(",", "")) if rows else None,
            [(column, allowed) for column, _, allowed in cells],
        )
    return found


def outside(values, allowed):
    """The values that the card's range does not allow; a word of the range that never occurs counts too."""
    allowed, *empty = re.split(r",? or empty", allowed)
    given = values[values != ""]
    wrong = [] if empty or len(given) == len(values) else [""]
    if allowed == "any text":
        return wrong
    ends = re.fullmatch(r"(\S+) to (\S+)", allowed)
    if ends is None:
        return wrong + sorted(set(given) ^ set(allowed.split(", ")))
    low, high = ends.groups()
    if re.fullmatch(r"[\d.]+", low):
        form = r"\d+\.\d\d" if "." in low else r"\d+"
        fits = given.map(
            lambda text: bool(re.fullmatch(form, text)) and float(low) <= float(text) <= float(high)
        )
    else:
        form = re.sub(r"\d", r"\\d", re.escape(low))
        fits = given.map(lambda text: bool(re.fullmatch(form, text)) and low <= text <= high)
    return wrong + sorted(set(given[~fits]))


def test_the_card_describes_every_table():
    tables = {path.name for path in FOLDER.glob("*.csv") if not path.name.startswith("journey_")}
    assert set(sections()) == tables


@pytest.mark.parametrize("name", sections())
def test_the_card_lists_each_column_and_every_value_is_in_its_range(name):
    table = pd.read_csv(FOLDER / name, dtype=str, keep_default_na=False)
    rows, columns = sections()[name]
    assert [column for column, _ in columns] == list(table.columns)
    assert rows in (None, len(table))
    wrong = {column: outside(table[column], allowed) for column, allowed in columns}
    assert {column: found[:5] for column, found in wrong.items() if found} == {}


def test_what_learners_get_does_not_tell_the_truth(members, survey, contacts):
    columns = {*members, *survey, *contacts}
    assert not columns & {"left", "early", "last", "met", "disappointment", "answers", "touchpoint_left"}
    truth = r"strongest|weakest|driver|drives|confound|next to nothing|silent|quiet|loud|4 ?: ?1|planted|instructor"
    telling = {
        f"{value:.2f}"
        for part in ("disappointment", "attitude")
        for value in TRUTH["left_in_first_year"][part].values()
        if abs(value - 1) > 0.03
    }
    for text in (CARD, (FOLDER / "personas.yaml").read_text(encoding="utf-8")):
        assert re.findall(truth, text, flags=re.IGNORECASE) == []
        assert [
            number for number in telling if re.search(rf"(?<![\d.]){re.escape(number)}(?![\d%])", text)
        ] == []


# the people


def stands_for(persona, members):
    return np.logical_and.reduce([members[name].isin(values) for name, values in persona["members"].items()])


def test_the_personas_split_the_members(members):
    fits = np.array([stands_for(persona, members) for persona in PERSONAS])
    assert len(PERSONAS) == 4
    assert (fits.sum(axis=0) == 1).all()
    assert [persona["share"] for persona in PERSONAS] == fits.mean(axis=1).round(2).tolist()
    assert sum(persona["share"] for persona in PERSONAS) == pytest.approx(1)


def test_the_personas_are_whole_people_and_lucy_is_the_lucy_of_the_story():
    parts = {field: Persona.__dataclass_fields__[field] for field in Persona.__dataclass_fields__}
    for persona in PERSONAS:
        assert set(persona) == {*parts, "share", "members"}
        assert all(str(persona[part]).strip() for part in parts)
    lucy = Persona(**{part: PERSONAS[0][part] for part in parts})
    assert lucy == read_journey(FOLDER / "journey_as_is.csv").persona


# the tables agree


def test_dates_months_and_answers_of_a_member_agree(members):
    end = pd.Timestamp("2025-12-31")
    days = (members["opted_out"].fillna(end) - members["joined"]).dt.days
    assert members["joined"].is_monotonic_increasing
    np.testing.assert_array_equal(members["tenure_months"], (days / 30.4375).round(2))
    first_year = members["opted_out"].notna() & (days <= 365)
    assert ((members["left_in_first_year"] == "yes") == first_year).all()
    # nobody leaves on the day between the two, so that “12 months” and “365 days” mean the same
    assert not days[members["opted_out"].notna()].between(366, 366).any()
    assert (days[members["opted_out"].notna() & ~first_year] / 30.4375).min() > 12.01
    assert (members["yearly_premium"] % 12 == 0).all()


def test_joining_follows_the_seasons(members):
    by_month = members["joined"].dt.month.value_counts()
    assert by_month.idxmax() == 1 and by_month.drop([1]).idxmax() == 9
    assert by_month.min() > 100
    weekend = (members["joined"].dt.day_of_week > 4).mean()
    assert 0.08 < weekend < 0.2


def test_the_log_is_in_order_and_keeps_the_hours(contacts):
    assert contacts.sort_values(["case", "time"], kind="stable").index.is_monotonic_increasing
    apart = contacts.groupby("case")["time"].diff().dropna()
    assert (apart > pd.Timedelta(0)).all()
    hour = contacts["time"].dt.hour
    online = contacts["activity"].isin(["Search for a plan", "Joining", "Starts a second year"])
    assert hour[~online].between(6, 18).all() and hour[online].between(8, 23).all()
    assert (contacts.loc[~online, "time"].dt.day_of_week < 5).all()
    assert hour[contacts["activity"] == "The bill"].max() < 10
    assert (FOLDER / "contacts.csv").stat().st_size < 1_500_000


def test_the_log_and_the_members_tell_the_same(members, contacts):
    members = members.set_index("member")
    day = contacts["time"].dt.normalize()
    for activity, column in (("Joining", "joined"), ("Opts out", "opted_out")):
        rows = contacts["activity"] == activity
        dates = day[rows].set_axis(contacts.loc[rows, "case"])
        assert dates.index.is_unique
        assert (dates == members.loc[dates.index, column]).all()
    ends = contacts.groupby("case").last()["activity"]
    left = members["left_in_first_year"] == "yes"
    assert (ends[left] == "Opts out").all() and (ends[~left] == "Starts a second year").all()
    assert len(ends) == len(members)


def test_the_contacts_come_in_a_sensible_order(contacts):
    def first(name):
        return contacts[contacts["activity"] == name].groupby("case")["time"].min()

    order = [first(name) for name in ("Search for a plan", "Advice before joining", "Joining")]
    assert (order[0] < order[1]).all() and (order[1] < order[2]).all()
    for name in ("Visits at the clinic", COVER, "Help when something went wrong", "The bill"):
        seen = first(name)
        assert (seen > order[2][seen.index]).all()
    follows = contacts["activity"].shift(-1)[contacts["activity"] == HOLD]
    minutes = (contacts["time"].shift(-1) - contacts["time"])[contacts["activity"] == HOLD] / pd.Timedelta(
        "1min"
    )
    answered = follows.isin(["Advice before joining", "Help when something went wrong"])
    assert answered.mean() > 0.9 and minutes[answered].between(2, 36).all()
    assert contacts.loc[contacts["activity"] == COVER, "resource"].eq("").all()
    assert contacts.loc[contacts["activity"] != COVER, "resource"].ne("").all()


def test_leaving_comes_soon_after_the_last_contact(contacts):
    seen = contacts[contacts["activity"] != "Opts out"].groupby("case").last()
    gone = contacts[contacts["activity"] == "Opts out"].set_index("case")["time"]
    days = (gone - seen["time"].loc[gone.index]).dt.days
    # but for a few who wait until just before the renewal
    soon = days <= 26
    assert days.min() >= 1 and 0.85 < soon.mean() < 1
    joined = contacts[contacts["activity"] == "Joining"].set_index("case")["time"]
    assert (gone - joined.loc[gone.index]).dt.days[~soon].between(325, 365).all()
    typical = days[soon].groupby(seen["activity"].loc[gone.index]).median()
    assert typical["Help when something went wrong"] < typical["The bill"] < typical["Joining"]


def test_waiting_between_contacts_is_not_planted_here(contacts):
    costs = leak_points(contacts, left="Opts out")
    costs = costs[costs["lost"] > 0]
    assert (costs["waiting_cost_low"] < 0).all() and (costs["waiting_cost_high"] > 0).all()


def test_nobody_scores_a_touchpoint_that_the_log_does_not_show(survey, contacts):
    seen = set(zip(contacts["case"], contacts["activity"], strict=True))
    scored = survey.dropna(subset=["expected", "experienced", "staff_attitude"], how="all")
    assert all(pair in seen for pair in zip(scored["member"], scored["touchpoint"], strict=True))


def test_about_half_answer_leavers_less_and_single_answers_are_missing(members, survey, people):
    answered = survey.groupby("member")[["expected", "experienced"]].count().sum(axis=1) > 0
    assert 0.45 < answered.mean() < 0.58
    left = (members["left_in_first_year"] == "yes").to_numpy()
    assert answered[left].mean() < answered[~left].mean() - 0.05
    complete = people[GAPS + ATTITUDES].notna().all(axis=1)
    assert complete.sum() >= 1200 and (complete.to_numpy() & left).sum() >= 190
    assert complete.sum() < answered.sum()


def test_scores_are_as_in_life(survey):
    means = survey.groupby("touchpoint")[["expected", "experienced"]].mean()
    assert means["expected"].between(6, 9).all() and means["experienced"].between(5, 9).all()
    wide = survey.pivot(index="member", columns="touchpoint", values="experienced").corr().to_numpy()
    assert wide[np.triu_indices(8, 1)].min() > 0.15 and wide[np.triu_indices(8, 1)].max() < 0.5


# the truth


def test_the_intervals_cover_what_was_planted():
    wrong = {name: row for name, row in estimates(TRUTH["seed"]).items() if not row[0] <= row[2] <= row[1]}
    assert wrong == {}


def test_one_touchpoint_stands_out_among_the_gaps(adjusted):
    found = adjusted.loc[GAPS]
    assert found["adjusted_odds_ratio"].idxmax() == COVER
    assert found.loc[COVER, "adjusted_low"] > found.drop(COVER)["adjusted_high"].max()
    planted = TRUTH["left_in_first_year"]["disappointment"]
    assert 1.4 <= planted[COVER] <= 1.5 and 1.0 <= planted[HOLD] <= 1.02
    assert max(value for name, value in planted.items() if name != COVER) <= 1.2


@pytest.mark.parametrize("adjust", [["plan"], ["plan", "age_band"]])
@pytest.mark.parametrize("predictors", [GAPS, GAPS + ATTITUDES])
def test_hold_looks_like_a_driver_until_the_plans_are_compared_like_with_like(people, adjust, predictors):
    found = drivers(people, "left_in_first_year", predictors, adjust=adjust, per=-1).set_index("touchpoint")
    hold = found.loc[HOLD]
    assert hold["low"] > 1 and hold["odds_ratio"] > 1.1
    assert hold["adjusted_low"] < 1 < hold["adjusted_high"]
    assert hold["adjusted_odds_ratio"] < hold["low"]
    # while the quiet one stays where it was
    assert found.loc[COVER, "adjusted_odds_ratio"] == pytest.approx(found.loc[COVER, "odds_ratio"], rel=0.05)
    assert found["adjusted_odds_ratio"].idxmax() == COVER


def test_intuition_is_misled(people, survey):
    # the widest gap is on hold, and it is hold that people put on file
    assert gap(survey).set_index("touchpoint")["gap"].idxmin() == HOLD
    loud = drivers(people, "complained", GAPS, adjust=["plan"], per=-1).set_index("touchpoint")
    assert loud["adjusted_odds_ratio"].idxmax() == HOLD and loud.loc[HOLD, "adjusted_low"] > 1


def test_staff_attitude_counts_at_two_touchpoints(adjusted):
    found = adjusted.loc[ATTITUDES]
    clear = found.index[found["adjusted_low"] > 1]
    assert set(clear) == {ADVICE, HELP}
    planted = TRUTH["left_in_first_year"]["attitude"]
    assert sorted(planted.values())[:2] == [0.76, 0.78] and sorted(planted.values())[2] >= 0.98


def test_four_of_five_leavers_leave_without_a_complaint(members):
    leavers = members[members["left_in_first_year"] == "yes"]
    quiet = proportion(int((leavers["complained"] == "no").sum()), len(leavers))
    assert quiet.low < 0.8 < quiet.high
    assert TRUTH["simulated"]["silent_share_of_leavers"] == pytest.approx(0.8, abs=0.001)


def test_how_long_members_stay_differs_by_plan(members):
    found = survival(members["tenure_months"], members["opted_out"].notna(), by=members["plan"])
    year = found.at(12)
    stayed = 1 - (members["left_in_first_year"] == "yes").groupby(members["plan"]).mean()
    np.testing.assert_allclose(year.sort_index(), stayed.sort_index())
    truth = pd.Series(TRUTH["simulated"]["still_member_at_12_months"])
    rows = at_12_months(members)
    assert ((rows["low"] < truth) & (truth < rows["high"])).all()
    assert year["basic"] < year["family"] < year["plus"]
    assert found.test.p < 1e-6


def test_the_last_contact_shows_where_members_leak(contacts):
    found = attrition(contacts, left="Opts out").set_index("touchpoint")
    truth = TRUTH["simulated"]["last_contact_of_leavers"]
    leavers = int(found["lost"].sum())
    assert leavers == (contacts["activity"] == "Opts out").sum()
    assert found["lost"].idxmax() == COVER and found["share"].idxmax() == COVER
    # the same, said the other way round: after `Starts a second year` nobody is lost
    again = attrition(contacts[contacts["activity"] != "Opts out"], done="Starts a second year")
    assert again.set_index("touchpoint")["lost"].to_dict() == found["lost"].to_dict()
    for name, share in truth.items():
        part = proportion(int(found.loc[name, "lost"]), leavers)
        assert part.low <= share <= part.high or share == part.value == 0, name


# the model


def test_what_truth_yaml_says_follows_from_the_model():
    n = 300_000
    found, told = generate.simulated(n, seed=2), dict(TRUTH["simulated"])
    assert told.pop("people") >= 4_000_000

    def close(value, truth, size):
        return abs(value - truth) <= 4 * np.sqrt(truth * (1 - truth) / size) + 1e-4

    leavers = n * told["left_in_first_year"]
    assert close(found["left_in_first_year"], told["left_in_first_year"], n)
    assert 0.19 <= told["left_in_first_year"] <= 0.21
    assert close(found["complained"], told["complained"], n)
    assert close(found["silent_share_of_leavers"], told["silent_share_of_leavers"], leavers)
    for plan, share in told["still_member_at_12_months"].items():
        assert close(found["still_member_at_12_months"][plan], share, n * 0.25)
    for name, share in told["last_contact_of_leavers"].items():
        assert close(found["last_contact_of_leavers"][name], share, leavers)


def test_who_answers_moves_no_odds_ratio():
    # so many more members than in the files that what is left of a bias would show
    tables = generate.make(3, 80_000)
    people = one_row_per_member(tables["members"], tables["survey"])
    found = drivers(people, "left_in_first_year", GAPS + ATTITUDES, adjust=["plan", "age_band"], per=-1)
    truth = pd.Series(true_odds_ratios())[found["touchpoint"]].to_numpy()
    error = np.log(found["adjusted_high"] / found["adjusted_low"]) / (2 * 1.96)
    far = np.log(found["adjusted_odds_ratio"] / truth) / error
    assert np.abs(far).max() < 3.5
    assert error.max() < 0.015
    # the trap is in the model, not in one unlucky sample
    hold = found.set_index("touchpoint").loc[HOLD]
    assert hold["low"] > 1.12 and hold["high"] < 1.19

"""The what-if panel, Python's side: what it shows is what `what_if` says, in words that are true."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
import string
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

import cxkit as cx
from cxkit.cases import Case
from cxkit.measures.estimate import number
from cxkit.views.panel import Panel, what_if_panel
from cxkit.views.panel.view import Told
from cxkit.views.panel.words import WORDS, panel_words

DENTAL, HMO = "dental_clinic_delays", "hmo_opt_out"
ROOT = Path(__file__).parents[1] / "case_studies"
SETTINGS = [
    (HMO, {}),
    (HMO, {"cover_points": 2}),
    (HMO, {"hold_points": 3}),
    (HMO, {"cover_points": -3, "help_attitude": 1.5}),
    (DENTAL, {"days_sooner_to_visit": 10}),
    (DENTAL, {"days_sooner_after_images": -2, "share_with_bundle": 0.35}),
]


@pytest.fixture(scope="module")
def panels() -> dict[str, Panel]:
    return {name: what_if_panel(name) for name in (HMO, DENTAL)}


def ask(panel, levers, kind="ask", **more):
    """What the page sends when a lever was moved, and what it gets."""
    panel._heard(panel, {"kind": kind, "ticket": "t1", "levers": levers, **more}, None)
    assert panel.view["ticket"] == "t1"
    return panel.view


def bare(text):
    """Without the marks that keep a minus sign in its place."""
    return text.translate({ord(mark): None for mark in "\u2060\u2066\u2069"})


# --- the numbers


@pytest.mark.parametrize(("name", "levers"), SETTINGS)
def test_the_numbers_shown_are_those_of_what_if(panels, name, levers):
    view, found = ask(panels[name], levers), cx.what_if(name, **levers)
    currency = {HMO: "$", DENTAL: "₪"}[name]
    for kind, outcome in (("people", found.people), ("money", found.money)):
        for part in ("as_is", "to_be", "change"):
            shown, estimate = view[kind][part], getattr(outcome, part)
            assert (shown["value"], shown["low"], shown["high"]) == (
                estimate.value,
                estimate.low,
                estimate.high,
            )
            text = bare(shown["text"]).replace(currency, "").removeprefix("+")
            assert text == number(round(estimate.value))
            ends = [number(round(end)) for end in (estimate.low, estimate.high)]
            assert bare(shown["range"]).replace(currency, "") == " to ".join(ends)
        assert view[kind]["certainty"] == f"{outcome.change.interval}, n = {outcome.change.n:,}"
    assert view["cost"].endswith(f"{currency}{number(round(found.cost))}")
    assert panels[name].levers == dict(found.levers) == view["levers"]
    assert panels[name].result == found
    # each line of what_if's own words is there, but the first, which the headline says
    assert view["notes"] == found.words.splitlines()[1:]


@pytest.mark.parametrize("name", [HMO, DENTAL])
def test_as_it_is_today_nothing_changes(panels, name):
    view = ask(panels[name], {})
    for kind in ("people", "money"):
        assert view[kind]["change"]["text"].endswith("0")
        assert (view[kind]["change"]["low"], view[kind]["change"]["high"]) == (0, 0)
        assert view[kind]["as_is"]["text"] == view[kind]["to_be"]["text"]
        assert view[kind]["state"] == "none"
    assert view["say"] == panel_words("en")["say.today"]


@pytest.mark.parametrize("lever", ["days_sooner_to_visit", "days_sooner_after_images"])
def test_a_longer_wait_never_keeps_more_people(panels, lever):
    kept = [ask(panels[DENTAL], {lever: days})["people"]["to_be"]["value"] for days in (3, 1, 0, -1, -3, -5)]
    assert all(longer <= shorter for shorter, longer in pairwise(kept)) and kept[-1] < kept[0]


def test_who_stays_and_who_leaves_are_all_there_are(panels):
    view = ask(panels[HMO], {"cover_points": 1})
    for part in ("as_is", "to_be"):
        stay = int(view["people"][part]["text"].replace(",", ""))
        leave = int(view["people"][part]["lost"].split()[0].replace(",", ""))
        assert stay + leave == view["n"] == 3000
    lost = view["table"]["rows"][1]
    assert lost[3] == view["people"]["change"]["text"].replace("+", "−").split()[0]


# --- the sentence


def said(panel, value, low, high):
    change = dataclasses.replace(panel.result.people.change, value=value, low=low, high=high)
    moved = {**panel.result.levers, next(iter(panel.result.levers)): 1.0}
    people = dataclasses.replace(panel.result.people, change=change)
    return panel._told.sentence(dataclasses.replace(panel.result, people=people, levers=moved))


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((41.2, 27, 55), "About 41 more members stay (27 to 55)."),
        ((1.2, 0.6, 2), "About 1 more of the members stays (1 to 2)."),
        ((-789, -904, -647), "About 789 fewer members stay (647 to 904 fewer)."),
        ((-1, -2, -0.6), "About 1 fewer of the members stays (1 to 2 fewer)."),
        ((12, -3, 27), "Not clear: about +12 members (−3 to 27). The interval includes zero."),
        # by the figures as they are shown: an interval that reads “0 to 5” is not called sure
        ((3, 0.3, 5), "Not clear: about +3 members (0 to 5). The interval includes zero."),
        ((0, 0, 51), "Not clear: about 0 members (0 to 51). The interval includes zero."),
        ((0.2, -0.4, 0.4), "These levers change nothing that the data can show."),
    ],
)
def test_the_sentence_says_what_the_interval_allows(panels, figures, words):
    assert said(panels[HMO], *figures) == words


def test_money_says_so_when_its_interval_holds_zero(panels):
    view = ask(panels[HMO], {"hold_points": 3})
    assert view["money"]["state"] == "perhaps" and "includes zero" in view["say_money"]
    assert "not sure" in view["money"]["unit"] and view["people"]["unit"] == "not sure"


# --- the levers


@pytest.mark.parametrize("name", [HMO, DENTAL])
def test_every_lever_is_there_once_as_the_case_has_it(panels, name):
    spec = panels[name].spec
    drawn = {row["name"]: row for group in spec["groups"] for row in group["levers"]}
    table = cx.levers(name).set_index("lever")
    assert sorted(drawn) == sorted(table.index)
    for lever, row in drawn.items():
        for column in ("low", "high", "step", "as_is", "cost"):
            assert row[column] == table.loc[lever, column]
        assert row["title"] in table.loc[lever, "label"]
    assert sum(len(group["levers"]) for group in spec["groups"]) == len(drawn)
    titles = [(group["title"], row["title"]) for group in spec["groups"] for row in group["levers"]]
    assert len(set(titles)) == len(titles)


def test_presets_are_settings_that_the_case_takes(panels):
    for name, panel in panels.items():
        presets = {row["label"]: row["levers"] for row in panel.spec["presets"]}
        for levers in presets.values():
            assert ask(panel, levers)["problem"] == ""
        assert ("The pilot everywhere" in presets) == (name == DENTAL)
        assert presets["As it is today"] == cx.levers(name).set_index("lever")["as_is"].to_dict()


def clinic_of_our_own(folder):
    """A clinic of one's own: other steps, a group of one's own, a currency in letters, and markup in a name."""
    plan = yaml.safe_load((ROOT / DENTAL / "levers.yaml").read_text("utf-8"))
    levers = plan["levers"]
    levers["share_with_bundle"]["step"] = 1
    levers["days_sooner_to_visit"] |= {"low": 0, "high": 4, "step": 2, "group": "Doors & hours"}
    levers["days_sooner_after_images"]["label"] = "<b>Days</b> & nights"
    plan["currency"] = "EUR"
    (folder / "levers.yaml").write_text(yaml.safe_dump(plan, sort_keys=False), "utf-8")
    shutil.copy(ROOT / DENTAL / "patients.csv", folder)
    return Case("mine", "Mine & <i>ours</i>", "en", "", {}, folder)


def test_levers_of_two_or_three_places_are_no_sliders(tmp_path):
    panel = what_if_panel(clinic_of_our_own(tmp_path), levers={"share_with_bundle": 1})
    groups = {group["title"]: group["levers"] for group in panel.spec["groups"]}
    assert [row["kind"] for row in groups["Doors & hours"]] == ["choice"]
    assert [row["kind"] for row in groups["What the pilot tried"]] == ["switch"]
    assert [row["kind"] for row in groups["Shorter waits"]] == ["slider"]
    assert panel.view["cost"].endswith(f"EUR\u00a0{number(round(panel.result.cost))}")
    paper = panel.on_paper()
    assert "&lt;b&gt;Days&lt;/b&gt; &amp; nights" in paper and "<b>" not in paper and "<i>" not in paper


def test_a_lever_that_is_set_in_python_moves_the_panel(panels):
    panel = panels[HMO]
    count = panel.view["count"]
    panel.levers = {"cover_points": 1}
    assert panel.view["count"] > count and panel.view["levers"]["cover_points"] == 1
    assert panel.result == cx.what_if(HMO, cover_points=1)


def test_a_setting_that_cannot_be_changes_nothing_and_says_why(panels):
    panel = panels[HMO]
    before = ask(panel, {"cover_points": 1})
    for levers, words in (({"cover_points": 9}, "from -3 to 5"), ({"cover_point": 1}, "cover_points")):
        view = ask(panel, levers)
        assert words in view["problem"]
        assert view["levers"] == before["levers"] and view["people"] == before["people"]
    assert panel.levers == before["levers"]
    with pytest.raises(ValueError, match="from -3 to 5"):
        panel.levers = {"cover_points": 9}
    with pytest.raises(ValueError, match="no lever"):
        what_if_panel(HMO, levers={"nonsense": 1})
    with pytest.raises(ValueError, match="There is no case"):
        what_if_panel("nonsense")


# --- guess first


def test_the_result_is_not_told_before_the_guess():
    panel = what_if_panel(HMO, levers={"cover_points": 2}, guess=True)
    expected = number(round(panel.result.people.to_be.value))
    assert panel.view["hidden"] and panel.view["today"] == "Today, 2,383 of 3,000 members stay."
    assert expected not in json.dumps(panel.view) + panel.on_paper()

    bad = ask(panel, {"cover_points": 2}, "guess", guess="many")
    assert bad["hidden"] and bad["problem"].startswith("Write a whole number from −3,000 to 3,000")
    assert (
        ask(panel, {}, "guess", guess=5)["problem"] == "Move a lever first: as it is today, nothing changes."
    )
    for wrong in (True, 3001, 2.5, None):
        assert ask(panel, {"cover_points": 2}, "guess", guess=wrong)["hidden"]

    view = ask(panel, {"cover_points": 2}, "guess", guess=900)
    assert not view["hidden"] and view["guess"]["current"]
    assert view["guess"]["say"].startswith("You guessed 900. The model expects fewer: ")
    assert panel.guess == {"value": 900, "levers": panel.levers}
    assert expected in panel.on_paper()

    moved = ask(panel, {"cover_points": 3})
    assert not moved["guess"]["current"] and "other settings" in moved["guess"]["say"]
    again = ask(panel, {"cover_points": 3}, "again")
    assert again["hidden"] and "people" not in again
    change = panel.result.people.change
    inside = ask(panel, {"cover_points": 3}, "guess", guess=round(change.value))
    assert "inside the interval" in inside["guess"]["say"]
    ask(panel, {"cover_points": 3}, "again")
    assert "expects more" in ask(panel, {"cover_points": 3}, "guess", guess=-10)["guess"]["say"]


# --- words


def test_english_and_hebrew_say_the_same_things():
    english, hebrew = WORDS["en"], WORDS["he"]
    assert english.keys() == hebrew.keys()

    def fields(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for key in english:
        assert fields(english[key]) == fields(hebrew[key]), key
        assert bool(english[key]) == bool(hebrew[key]), key
        letters = [letter for letter in hebrew[key] if letter.isalpha()]
        assert (
            key == "certain"
            or not letters
            or any("א" <= letter <= "ת" for letter in letters)
            or "{" in hebrew[key]
        )


def test_the_clinic_s_levers_are_told_in_hebrew_and_hold_no_figures():
    english = yaml.safe_load((ROOT / DENTAL / "levers.yaml").read_text("utf-8"))
    hebrew = yaml.safe_load((ROOT / DENTAL / "levers_he.yaml").read_text("utf-8"))
    assert hebrew["levers"].keys() == english["levers"].keys()
    assert set(hebrew) == {"people", "person", "money", "money_note", "levers"}
    for lever in hebrew["levers"].values():
        assert set(lever) == {"label", "unit", "source", "cost", "note"}
        assert set(lever["cost"]) == {"of", "why"}


def test_a_hebrew_panel_speaks_hebrew_and_shows_the_same_numbers():
    levers = {"days_sooner_after_images": -2, "share_with_bundle": 0.5}
    panel = what_if_panel(cx.case(DENTAL, "he"), levers=levers)
    found = cx.what_if(DENTAL, **levers)
    assert panel.spec["dir"] == "rtl" and panel.spec["spoken"] == "he"
    assert panel.view["people"]["change"]["value"] == found.people.change.value
    assert bare(panel.view["say"]) == "בערך {} מטופלים יותר נשארים ({} עד {}).".format(
        *(
            number(round(each))
            for each in (found.people.change.value, found.people.change.low, found.people.change.high)
        )
    )
    effects = [text for each in panel.view["effects"] for text in each.values()]
    said = " ".join(
        (panel.view["say"], panel.view["say_money"], panel.view["cost"], *panel.view["notes"], *effects)
    )
    assert set(re.findall("[A-Za-z]+", said)) == {"n"} and panel.spec["told"] == ""
    # a minus sign must not wander to the other end of its number
    assert f"\u2066−\u2060₪{number(abs(round(found.money.change.low)))}\u2069" in panel.view["say_money"]
    assert 'dir="rtl"' in panel.on_paper()


def test_the_effects_are_told_by_the_names_of_the_levers(panels):
    for panel in panels.values():
        told = panel.view["effects"]
        titles = [lever["title"] for group in panel.spec["groups"] for lever in group["levers"]]
        assert sorted(each["lever"] for each in told) == sorted(titles)
        for each, effect in zip(told, panel.result.effects.values(), strict=True):
            assert "_" not in each["text"] and f"n = {effect.n:,}" in each["text"]
    assert "12.9 points more than elsewhere" in panels[DENTAL].view["effects"][-1]["text"]


def test_a_case_without_hebrew_keeps_its_own_names_in_a_hebrew_panel():
    panel = what_if_panel(HMO, language="he-IL", levers={"cover_points": 1})
    assert panel.spec["language"] == "he" and panel.spec["spoken"] == "en"
    assert "אנשים" in panel.view["say"]
    # the panel says so, and no sentence of its own mixes the two
    assert "באנגלית" in panel.spec["told"] and panel.spec["told"] in panel.on_paper()
    cover, *_ = (lever for group in panel.spec["groups"] for lever in group["levers"])
    assert cover["unit"] == "נקודות" and not re.search("[א-ת]", cover["cost"])
    assert panel.view["effects"][0]["lever"] == "Cover: told and given"
    assert set(re.findall("[A-Za-z]+", panel.view["effects"][0]["text"])) == {"n"}
    worse = ask(panel, {"hold_points": -1})["notes"]
    assert any("\u2068Time on hold\u2069" in note for note in worse)
    # a language without words is told in English, from left to right
    assert Told(cx.case(HMO), "ar").rtl is False


# --- paper, and what it costs


def test_on_paper_there_is_a_table_of_today_and_the_plan(panels):
    panel = panels[DENTAL]
    ask(panel, {"share_with_bundle": 0.35})
    bundle = panel._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    html = data["text/html"]
    for each in (
        "35%",
        panel.view["say"],
        panel.view["people"]["to_be"]["text"],
        "appears here when the notebook runs",
    ):
        assert each in html
    assert html.count("<table>") == 2 and "<caption>" in html
    assert "application/vnd.jupyter.widget-view+json" in data


def test_what_is_sent_is_plain_data(panels):
    for panel in panels.values():
        ask(panel, {})
        assert json.loads(json.dumps([panel.spec, panel.view])) == [panel.spec, panel.view]


def test_the_panel_draws_without_matplotlib():
    code = "import sys, cxkit.views.panel; print('matplotlib' in sys.modules, 'statsmodels' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]

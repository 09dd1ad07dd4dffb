"""The shipped case studies."""

import sys

import pytest

from cxkit.cases import case, cases
from cxkit.journey import Journey
from cxkit.measures.gap import gap

CARD = "title: A small case\nlanguage: en\njourneys:\n  as-is: now.csv\n"
NOW = "stage,touchpoint,channel\ncare,Calls,phone\n"


def test_the_cases_are_listed():
    table = cases()
    assert list(table.columns) == ["name", "title"]
    assert "hmo_opt_out" in set(table["name"])
    assert (table["title"].str.len() > 10).all()


def test_every_case_can_be_read():
    for name in cases()["name"]:
        found = case(name)
        assert found.name == name and found.folder.name == name
        assert found.story.startswith("#")
        assert found._repr_markdown_() == found.story
        assert all(isinstance(journey, Journey) for journey in found.journeys.values())
        assert found.journey.state == "as-is"


def test_lucys_journey_breaks_at_the_hospital_desk():
    journey = case("hmo_opt_out").journey
    assert journey.persona.name == "Lucy"
    scores = gap(journey)
    worst = scores.loc[scores["gap"].idxmin()]
    assert "does not cover delivery" in worst["touchpoint"] and worst["gap"] == -8
    table = journey.table
    assert table["stage"].drop_duplicates().tolist() == ["pre-care", "care", "post-care"]
    # Scores and quotes are ours; the map must be able to say so.
    told = [row for row in range(len(journey)) if not journey.is_inferred(row, "experienced")]
    assert told == []


@pytest.mark.parametrize("name", ["HMO opt-out", "hmo_opt_out", "Hmo-Opt-Out "])
def test_names_are_known_in_any_spelling(name):
    assert case(name.strip()).name == "hmo_opt_out"


def test_an_unknown_name_gets_the_nearest_or_all():
    with pytest.raises(ValueError, match=r"There is no case “hmo_out”\. Did you mean hmo_opt_out\?"):
        case("hmo_out")
    with pytest.raises(ValueError, match=r"Choose one of: .*hmo_opt_out"):
        case("zebra")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules["cxkit.cases"], "_root", lambda: tmp_path)
    place = tmp_path / "small"
    place.mkdir()
    (place / "case.yaml").write_text(CARD, encoding="utf-8")
    (place / "now.csv").write_text(NOW, encoding="utf-8")
    (place / "story.md").write_text("# Small\n", encoding="utf-8")
    return place


FULL = (
    CARD
    + """views: {call centre: calls.md}
tables: {members: {file: members.csv, dates: [joined]}}
personas: personas.yaml
languages:
  he: {title: מקרה קטן, story: story_he.md, journeys: {as-is: now_he.yaml}}
"""
)
PERSONA = "personas:\n- {name: Lucy, job: Be cared for, share: 0.4, members: {plan: [family]}}\n"


@pytest.fixture
def full(folder):
    files = {
        "case.yaml": FULL,
        "calls.md": "# Calls\n",
        "members.csv": "member,joined,left\nM1,2024-02-01,\n",
        "personas.yaml": PERSONA,
        "story_he.md": "# קטן\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    case("small").journey.replace(language="he").save(folder / "now_he.yaml")
    return folder


def test_a_case_may_hold_tables_views_and_personas(full):
    found = case("small")
    assert found.views == {"call centre": "# Calls\n"}
    assert found.tables == ("members",)
    assert found.table("Members").loc[0, "joined"].year == 2024
    assert found.personas.to_dict("records")[0]["share"] == 0.4
    assert found.personas.loc[0, "who"] == "plan: family"
    assert found.persona("lucy").job == "Be cared for"
    (full / "data_card.md").write_text("# Card\n", encoding="utf-8")
    assert found.data_card == "# Card\n"


def test_without_personas_the_person_of_the_journey_stands_alone(folder):
    journey = case("small").journey.replace(persona={"name": "Noa", "job": "Lose the pain"})
    journey.save(folder / "now.csv")
    found = case("small")
    assert found.personas["name"].tolist() == ["Noa"] and found.personas["share"].isna().all()
    assert found.persona("Noa") == journey.persona
    assert found.data_card == ""


def test_a_table_is_fresh_each_time(full):
    found = case("small")
    first = found.table("members")
    first.loc[0, "member"] = "changed"
    assert found.table("members").loc[0, "member"] == "M1"


@pytest.mark.parametrize("language", ["he", "he-IL"])
def test_a_case_may_be_told_in_a_further_language(full, language):
    found = case("small", language)
    assert (found.title, found.story, found.language) == ("מקרה קטן", "# קטן\n", "he")
    assert found.journey.language == "he"
    assert found.tables == ("members",)
    assert case("small", "en") == case("small")


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: case("small", "fr"), r"not told in “fr”\. It is in: en, he"),
        (lambda: case("small").table("member"), r"no table “member”\. Did you mean members\?"),
        (lambda: case("small").table("zebra"), r"It has: members\."),
        (lambda: case("small").persona("Ann"), r"no persona “Ann”\. It has: Lucy\."),
    ],
)
def test_what_a_case_has_not_is_told_with_what_it_has(full, ask, words):
    with pytest.raises(ValueError, match=words):
        ask()


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("members.csv", None, r"damaged: members\.csv cannot be read"),
        ("members.csv", "member\nM1\n", r"damaged: members\.csv cannot be read"),
        ("personas.yaml", "- x\n", r"damaged, in personas\.yaml"),
        ("calls.md", None, "no story that can be read"),
        (
            "case.yaml",
            FULL.replace("{file: members.csv, dates: [joined]}", "members.csv"),
            "members needs a file",
        ),
        ("case.yaml", CARD + "views: calls.md\n", "under views write names"),
    ],
)
def test_damage_in_what_a_case_may_hold_is_told_too(full, file, content, words):
    if content is None:
        (full / file).unlink()
    else:
        (full / file).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        found = case("small")
        found.table("members")
        found.personas  # noqa: B018


def test_a_case_is_a_folder_with_a_card_a_story_and_journeys(folder):
    found = case("small")
    assert (found.title, found.language, found.story) == ("A small case", "en", "# Small\n")
    assert repr(found) == "Case small: A small case"
    assert list(found.journeys) == ["as-is"]
    found.journey.replace(state="to-be").save(folder / "then.yaml")
    (folder / "case.yaml").write_text(CARD + "  to-be: then.yaml\n", encoding="utf-8")
    assert case("small").journeys["to-be"].state == "to-be"


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        (
            "now.csv",
            "stage,touchpoint,channel\ncare,Calls,fone\n",
            "damaged, in now.csv: Row 2, column channel",
        ),
        ("now.csv", None, r"damaged, in now\.csv: There is no file now\.csv"),
        ("story.md", None, "no story that can be read"),
        ("case.yaml", "title: x\n", "must say title, language and journeys"),
        ("case.yaml", "- x\n", "must say title, language and journeys"),
        ("case.yaml", "a: [\n", "cannot be read"),
        ("case.yaml", CARD.replace("as-is:", "today:"), "under journeys write as-is and its file"),
        ("case.yaml", CARD + "  to-be: now.csv\n", "now.csv holds a journey as-is, not to-be"),
    ],
)
def test_a_damaged_case_is_told_in_words(folder, file, content, words):
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        case("small")

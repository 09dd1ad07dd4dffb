"""The signs and words of a journey map: who, how sure, waits, hand-offs, failures, and what is said beside it."""

import numpy as np
import pytest
from drawn_text import texts, words
from test_map import CHANNELS, box, lucy, patches

from cxkit.cases import case
from cxkit.journey import Journey
from cxkit.views import look
from cxkit.views.icons import icon
from cxkit.views.map import draw_map
from cxkit.views.map.cells import Story, duration, sign_of
from cxkit.views.map.plan import Frame, plan
from cxkit.views.map.style import STYLES


def test_head_shows_the_person_and_what_she_wants():
    picture = draw_map(lucy())
    said = " ".join(words(picture, "persona"))
    persona = lucy().persona
    for text in (
        persona.name,
        persona.demographics,
        persona.job,
        persona.situation.rstrip("."),
        persona.history,
    ):
        assert text in said
    assert "Job to be done" in said
    assert words(picture, "initials") == ["L"] and words(picture, "state") == ["As-is"]
    assert words(picture, "subtitle") == [lucy().scenario]
    (title,) = {text.get_fontsize() for text in texts(picture, "title")}
    assert title > 1.5 * max(text.get_fontsize() for text in texts(picture, "persona"))


def test_head_without_a_person_is_plain():
    bare = Journey(
        [{"stage": "care", "touchpoint": "Calls", "channel": "phone"}], state="to-be", scenario="At noon"
    )
    picture = draw_map(bare)
    assert not texts(picture, "persona") and not patches(picture, "persona")
    assert words(picture, "state") == ["To-be"] and words(picture, "subtitle") == ["At noon"]


def test_foot_tells_the_source_and_how_each_score_is_known():
    rows = [
        {
            "stage": "care",
            "touchpoint": "a",
            "channel": "web",
            "expected": 7,
            "experienced": 6,
            "evidence": "observed",
        },
        {"stage": "care", "touchpoint": "b", "channel": "web", "expected": 7, "evidence": "assumed"},
        {
            "stage": "care",
            "touchpoint": "c",
            "channel": "web",
            "expected": 7,
            "experienced": 5,
            "inferred": "expected",
        },
    ]
    journey = Journey(rows, source="Interviews with 12 members, May 2026")
    said = " ".join(words(draw_map(journey), "legend"))
    assert "2 of 5 scores observed, 1 inferred, 1 assumed, 1 with no evidence given, 1 score missing" in said
    assert "Source: Interviews with 12 members, May 2026" in said
    assert "4 of 5 scores planned" not in said
    planned = " ".join(words(draw_map(journey.replace(state="to-be")), "legend"))
    assert "2 of 5 scores observed, 3 planned" in planned
    assert "planned, not measured" in planned and "worked out" not in planned


def test_each_wait_shows_as_distance_or_as_a_mark():
    waits = (0, 0, 2, 14, 180, None)
    rows = [
        {"stage": "care", "touchpoint": str(days), "channel": "web", "owner": "IT", "wait_days": days}
        for days in waits
    ]
    picture = draw_map(Journey(rows), size="A3")
    strokes = {
        index: sorted(
            line.get_xdata()[0] for line in picture.axes[0].lines if line.get_gid() == f"wait-{index}"
        )
        for index in range(1, 6)
    }
    assert len(strokes[1]) == 1, "no wait is one stroke"
    lengths = [ends[1] - ends[0] for index, ends in strokes.items() if index > 1]
    assert lengths[:3] == sorted(lengths[:3])
    # to scale: what a wait takes beyond the space that all share grows with its logarithm
    steps = np.log1p([2, 14, 180])
    assert np.diff(lengths[:3]) / np.diff(steps) == pytest.approx(
        [np.diff(lengths[:3])[0] / np.diff(steps)[0]] * 2
    )
    unknown = [
        line for line in picture.axes[0].lines if line.get_linestyle() != "-" and len(line.get_xdata()) == 2
    ]
    assert any(line.get_xdata()[0] == pytest.approx(strokes[5][0]) for line in unknown), "unknown is dotted"


def handed(owners, **options):
    rows = [
        {"stage": "care", "touchpoint": f"t{row}", "channel": "web", "owner": owner}
        for row, owner in enumerate(owners)
    ]
    found = {}
    for artist in draw_map(Journey(rows), **options).axes[0].patches:
        kind, _, row = str(artist.get_gid()).removeprefix("handoff-").partition("-")
        if str(artist.get_gid()).startswith("handoff-"):
            found[int(row)] = kind
    return found


def test_handoffs_are_marked_and_those_to_nobody_are_broken():
    assert handed(["Desk", "Desk", "Clinic", "", "Billing", "billing "]) == {2: "passed", 3: "broken"}
    assert handed(["", "", ""]) == {}
    # where the rows break, the sign stands before the first card of the next
    many = handed([f"Owner {row}" for row in range(30)])
    assert many == dict.fromkeys(range(1, 30), "passed")


def test_handoffs_point_the_way_one_reads():
    rows = [{"stage": "care", "touchpoint": name, "channel": "web", "owner": name} for name in ("א", "ב")]
    tips = []
    for language in ("en", "he"):
        (sign,) = patches(draw_map(Journey(rows, language=language)), "handoff-passed-1")
        xs = sign.get_transform().transform(sign.get_path().vertices)[:, 0]
        tips.append(np.sign(xs[1] - xs[0]))
    assert tips == [1, -1]


def test_pain_points_and_failures_have_signs_of_their_own():
    rows = [
        {"stage": "care", "touchpoint": kind, "channel": "web", "pain_point": "It hurts", "failure": kind}
        for kind in ("service", "sales", "both")
    ]
    picture = draw_map(Journey(rows))
    assert words(picture, "failure") == ["service", "sales", "service + sales"]
    assert len(patches(picture, "pain_point-icon")) == 3 * len(icon("pain"))
    assert len(patches(picture, "failure-icon")) == len(icon("service")) + len(icon("sales")) + len(
        icon("both")
    )


def test_nothing_is_filled_between_two_touchpoints_without_a_gap():
    scores = [(8, 8), (6, 6), (7, 2), (7, 7), (3, 3)]
    rows = [
        {"stage": "care", "touchpoint": str(row), "channel": "web", "expected": hoped, "experienced": had}
        for row, (hoped, had) in enumerate(scores)
    ]
    picture = draw_map(Journey(rows))
    cards = [patches(picture, f"card-{row}")[0] for row in range(5)]
    middles = [card.get_x() + card.get_width() / 2 for card in cards]
    areas = np.concatenate(
        [path.vertices for part in picture.axes[0].collections for path in part.get_paths()]
    )
    assert middles[1] - 1e-6 <= areas[:, 0].min() and areas[:, 0].max() <= middles[3] + 1e-6


@pytest.mark.parametrize("width", range(34, 90, 4))
@pytest.mark.parametrize("language", ["en", "he"])
def test_names_of_channels_are_never_split(language, width):
    story = Story(
        Journey([{"stage": "care", "touchpoint": "t", "channel": c} for c in CHANNELS], language=language)
    )
    for cell in story.cells["channel"]:
        block = sign_of(cell, 9, width, whole=True)
        assert not block.broken
        said = " ".join(block.lines).strip().rstrip("…")
        assert (cell.text.startswith(said) or cell.short.startswith(said)) and said


@pytest.mark.parametrize("language", ["en", "he"])
def test_a_channel_has_one_name_on_a_map(language):
    for count in (4, 9, 11, 14, 24):
        # a guess takes room for its sign, so that its name may be too long where the others are not
        rows = [
            {
                "stage": "care",
                "touchpoint": "t",
                "channel": ("in person", "messaging")[row % 2],
                "inferred": "channel" if row % 3 == 0 else "",
            }
            for row in range(count)
        ]
        laid = plan(Story(Journey(rows, language=language)), Frame(800, 400, 7, 9, 8))
        for channel in (0, 1):
            said = [" ".join(block.lines) for row in laid.rows for block in row.blocks["channel"]][channel::2]
            assert len({name.replace("≈", "").strip() for name in said}) == 1


def test_hebrew_says_two_of_a_kind_in_one_word():
    said = [duration(days, look.words("he")) for days in (2 / 24, 1, 2, 3, 7, 14, 61, 365, 730)]
    assert said == ["שעתיים", "יום", "יומיים", "3 ימים", "שבוע", "שבועיים", "חודשיים", "12 חודשים", "שנתיים"]
    assert duration(2, look.words("he"), brief=True) == "יומיים"
    assert duration(2, look.words("en"), brief=True) == "2 d" and duration(14, look.words("en")) == "14 days"


def test_waits_of_some_months_add_up():
    assert [duration(days, look.words("en")) for days in (105, 75, 180)] == [
        "3.5 months",
        "2.5 months",
        "6 months",
    ]
    assert [duration(days, look.words("he")) for days in (75, 105)] == ["חודשיים וחצי", "3.5 חודשים"]
    assert [duration(days, look.words("en"), brief=True) for days in (75, 364, 400)] == [
        "2.5 mo",
        "12 mo",
        "13 mo",
    ]
    # two waits that are not whole months are told in days, and so is their sum
    assert [duration(days, look.words("en")) for days in (65, 130, 205)] == [
        "65 days",
        "130 days",
        "205 days",
    ]
    for days in range(60, 180):
        said = [duration(each, look.words("en")) for each in (days, 2 * days)]
        if all(text.endswith("months") for text in said):
            one, both = (float(text.split()[0]) for text in said)
            assert 2 * one == both


def test_table_tells_a_guessed_number_as_one():
    picture = draw_map(lucy())
    heads, rows = picture.table_in_words()
    told = {name: [row[place] for row in rows] for place, name in enumerate(heads)}
    assert told["Gap"][4] == "≈ −8" and told["Expected"][4] == "≈ 9" and told["Wait (days)"][4] == "≈ 180"
    assert picture.twin["gap"][4] == -8
    assert ">≈ −8</td>" in picture._repr_html_()
    rows = [{"stage": "care", "touchpoint": "t", "channel": "web", "expected": 7, "inferred": "experienced"}]
    heads, ((*_, expected, _),) = draw_map(Journey(rows)).table_in_words()
    assert expected == "7"


def test_a_card_without_evidence_is_explained_only_where_there_is_one():
    rows = [{"stage": "care", "touchpoint": k, "channel": "web", "evidence": k} for k in ("observed", "")]
    rows[1]["touchpoint"] = "t"
    assert {"Evidence: observed", "none given"} <= set(words(draw_map(Journey(rows)), "legend"))
    assert "none given" not in " ".join(words(draw_map(Journey(rows[:1])), "legend"))
    assert "ביסוס: לא צוין" in words(draw_map(Journey(rows[1:], language="he")), "legend")


def test_table_says_where_nobody_owns_a_touchpoint():
    rows = [
        {"stage": "care", "touchpoint": n, "channel": "web", "owner": o} for n, o in (("a", "IT"), ("b", ""))
    ]
    assert list(draw_map(Journey(rows)).twin["owner"]) == ["IT", "no owner"]
    assert list(draw_map(Journey(rows, language="he")).twin["owner"]) == ["IT", "אין אחראי"]
    assert "owner" not in draw_map(Journey(rows[1:])).twin


def test_projector_still_says_what_the_waits_and_the_broken_arrows_mean():
    legend = words(draw_map(lucy(), style="projector"), "legend")
    assert look.words("en")["legend.wait"] in legend and look.words("en")["legend.broken"] in legend


def test_hebrew_alt_text_has_one_kind_of_quotation_marks():
    alt = draw_map(case("dental_clinic_delays", "he").journey).alt
    assert alt.count("״") % 2 == 0 and not set(alt) & set('„”“"')


def test_longest_wait_is_only_the_longest_known_where_one_is_unknown():
    rows = [
        {"stage": "care", "touchpoint": n, "channel": "web", "wait_days": d}
        for n, d in (("a", 0), ("b", 9), ("c", None))
    ]
    assert "The longest known wait, 9 days," in draw_map(Journey(rows)).alt
    assert "The longest wait, 9 days," in draw_map(Journey(rows[:2])).alt


def test_a_plan_says_that_it_is_one():
    plan = case("hmo_opt_out").journeys["to-be"]
    picture = draw_map(plan)
    assert "It is a plan" in picture.alt
    assert "Planned, not measured" in picture.headings["inferred"]


def test_table_is_in_words_in_reading_order_and_without_empty_columns():
    rows = [
        {"stage": "care", "touchpoint": "t", "channel": "in person", "evidence": "assumed", "wait_days": 2}
    ]
    picture = draw_map(Journey(rows, language="he"))
    assert list(picture.twin) == ["stage", "touchpoint", "channel", "wait_days", "evidence"]
    assert list(picture.twin.iloc[0]) == ["הטיפול", "t", "פנים אל פנים", 2, "הונח"]
    assert picture.headings["wait_days"] == "המתנה (ימים)"
    html = picture._repr_html_()
    for name in picture.twin:
        assert f">{picture.headings[name]}</th>" in html
    assert list(draw_map(lucy()).twin)[:9] == [
        "stage", "touchpoint", "channel", "owner", "wait_days", "expected", "experienced", "gap", "moment"
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("size", look.SIZES)
def test_few_lanes_do_not_leave_half_the_page_empty(size, count):
    rows = [
        {"stage": "care", "touchpoint": f"Calls {row}", "channel": "phone", "owner": "IT"}
        for row in range(count)
    ]
    picture = draw_map(Journey(rows), size=size)
    lowest = min(box(text, picture.canvas.get_renderer()).y0 for text in texts(picture, "legend"))
    assert lowest < 0.55 * picture.bbox.height


@pytest.mark.parametrize("style", STYLES)
def test_svg_names_each_card(tmp_path, style):
    path = tmp_path / "map.svg"
    draw_map(lucy(), style=style).save(path)
    svg = path.read_text(encoding="utf-8")
    assert all(f'data-name="card-{row}"' in svg for row in range(8))
    assert "<title" in svg and "<desc" in svg

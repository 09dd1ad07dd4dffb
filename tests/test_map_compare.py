import random
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from drawn_text import said as plain
from drawn_text import texts, words, wrong_places
from matplotlib.colors import to_hex

import cxkit as cx
from cxkit.journey import Journey
from cxkit.views import look
from cxkit.views.comparison import GONE, draw_comparison
from cxkit.views.comparison import words as compare_words
from cxkit.views.map.style import STYLES

ENGLISH = [
    "Calls the clinic to ask about the letter",
    "Waits at the desk",
    "Is told: “You will hear from us”",
    "Fills in the form again",
    "Meets the nurse, who explains everything kindly and draws a plan for the weeks to come, week by week",
    "Opens the app",
    "Costs $5 or $10, see www.example.org/long/address",
    "Otorhinolaryngology-appointment",
]
HEBREW = [
    "מתקשרת למרפאה לשאול על המכתב",
    "ממתינה בתור ליד הדלפק",
    "אומרים לה: ״נחזור אלייך״",
    "SMS תזכורת לפני התור",
    "ממלאת שוב את הטופס באתר myClinic",
    "פוגשת את האחות שמסבירה הכול בסבלנות ומציירת תוכנית לשבועות הבאים",
]
CHANNELS = ("web", "phone", "in person", "email", "letter", "app", "messaging", "other")
NUMBERS = [None, *range(1, 11), 2.5]
WAITS = [None, 0, 0, 0.2, 1, 3, 14, 90, 400]
FEW = {
    "en": ((2, 2), (3, 8), (5, 5), (8, 9), (9, 4), (10, 3)),
    "he": ((2, 4), (6, 6), (9, 8), (4, 10)),
}
MANY = {
    "16:9": (("en", 20, 18), ("he", 14, 11)),
    "A4": (("en", 12, 14), ("he", 16, 20)),
    "A4 portrait": (("en", 20, 20), ("he", 20, 2)),
    "A3": (("en", 2, 20), ("he", 20, 20)),
}
SHAPES = [
    *((size, language, *counts) for size in look.SIZES for language in FEW for counts in FEW[language]),
    *((size, *shape) for size in look.SIZES for shape in MANY[size]),
]


def stop(chance, texts, place, count):
    return {
        "stage": ("pre-care", "care", "post-care")[min(2, int(3.3 * place / count))],
        "touchpoint": f"{chance.choice(texts)} {chance.randint(1, 99)}",
        "channel": chance.choice(CHANNELS),
        "owner": chance.choice(["", texts[1], "IT", "IT"]),
        "expected": chance.choice(NUMBERS),
        "experienced": chance.choice(NUMBERS),
        "wait_days": chance.choice(WAITS),
        "failure": chance.choice(["", "", "service", "sales"]),
        "evidence": chance.choice(["", "observed", "inferred", "assumed"]),
        "inferred": chance.choice(["", "experienced, wait_days", "owner, channel"]),
    }


def make(old, new, language="en", seed=0):
    """Two journeys of chance: some touchpoints stay, change, move or go, and others come."""
    chance = random.Random(f"{seed} {old} {new} {language}")
    texts = HEBREW if language == "he" else ENGLISH
    before = [stop(chance, texts, place, old) for place in range(old)]
    kept = chance.choice([0.0, 0.4, 0.8, 1.0])
    after = [dict(row) for row in before if chance.random() < kept] or [dict(before[0])]
    for row in after:
        if chance.random() < 0.4:
            name = chance.choice(["channel", "owner", "experienced", "wait_days", "stage", "failure"])
            row[name] = stop(chance, texts, chance.randrange(new), new)[name]
    if chance.random() < 0.5:
        chance.shuffle(after)
    after = after[:new]
    while len(after) < new:
        place = chance.randint(0, len(after))
        after.insert(place, stop(chance, texts, place, new))
    long = " ".join(texts[:3])
    about = {"title": chance.choice([texts[0], long, ""]), "language": language, "source": texts[2]}
    return Journey(before, **about), Journey(after, **{**about, "state": "to-be"})


@cache
def drawn(case="hmo_opt_out", language="en", size="16:9", style="screen"):
    journeys = cx.case(case, language).journeys
    return draw_comparison(journeys["as-is"], journeys["to-be"], size=size, style=style)


def row(touchpoint, **cells):
    return {"stage": "care", "touchpoint": touchpoint, "channel": "phone", **cells}


def pair(before, after, **about):
    return Journey(before, **about), Journey(after, **{**about, "state": "to-be"})


def patches(picture, gid):
    return [patch for patch in picture.axes[0].patches if patch.get_gid() == gid]


def lines(picture, gid):
    return [line for line in picture.axes[0].lines if line.get_gid() == gid]


def two_forms(picture, language):
    """Channels that a picture names both in full and in short, on its cards or in its list."""
    named = look.words(language)
    said = {plain(text) for text in texts(picture) if str(text.get_gid()).startswith("card-text")}
    said |= {part for text in words(picture, "item") for part in re.split(r"[(),:] ?", text)}
    said = {text.removeprefix("≈ ") for text in said}
    forms = [(named[f"channel.{name}"], named.get(f"channel.{name}.short")) for name in CHANNELS]
    return [both for both in forms if both[0] != both[1] and said.issuperset(both)]


@pytest.mark.parametrize(("size", "language", "old", "new"), SHAPES)
def test_text_is_large_enough_and_never_overlaps_or_leaves_its_place(size, language, old, new):
    style = list(STYLES)[(old + new) % 3]
    picture = draw_comparison(*make(old, new, language), size=size, style=style)
    picture.dpi = 144
    assert not wrong_places(picture)
    said = texts(picture)
    assert min(text.get_fontsize() for text in said) >= 7
    assert not [text for text in words(picture) if "…" in text], "the sheet grows before anything is cut"
    assert bool(words(picture, "lead")) == (style != "projector"), "and before the list is left out"
    grown = picture.get_size_inches() / look.SIZES[size]
    assert grown[0] == pytest.approx(grown[1])
    most = max(old, new)
    assert 1 <= round(grown[0], 6) <= (1 if most <= 8 else 1.25 if most <= 10 else 2.5)
    assert not two_forms(picture, language), "a channel is named in one way"
    renderer = picture.canvas.get_renderer()
    cards = {patch.get_gid(): patch.get_window_extent(renderer) for patch in picture.axes[0].patches}
    inside = {}
    for text in said:
        inside.setdefault(text.get_gid(), []).append(text.get_window_extent(renderer))
    for side, count in (("old", old), ("new", new)):
        for index in range(count):
            outline, places = cards[f"card-{side}-{index}"], inside[f"card-text-{side}-{index}"]
            assert len(places) >= 2, "a card has a number and a name"
            assert min(place.x0 for place in places) >= outline.x0
            assert max(place.x1 for place in places) <= outline.x1
            assert min(place.y0 for place in places) >= outline.y0 - 1
            assert max(place.y1 for place in places) <= outline.y1 + 1


def test_what_stays_is_joined_and_what_moved_leans():
    names = ["Calls", "Waits", "Pays", "Rates"]
    picture = draw_comparison(*pair([row(name) for name in names], [row(names[i]) for i in (0, 2, 1, 3)]))
    joins = [lines(picture, f"join-{place}") for place in range(4)]
    assert [len(join) for join in joins] == [1, 1, 1, 1]
    leaning = [np.ptp(join.get_xdata()) > 10 for (join,) in joins]
    moved = set(
        cx.compare(*pair([row(name) for name in names], [row(names[i]) for i in (0, 2, 1, 3)]))["touchpoint"]
    )
    assert {name for name, leans in zip(names, leaning, strict=True) if leans} == moved
    assert not leaning[0] and not leaning[3] and sum(leaning) == 1
    said = words(picture)
    assert ("moved to 3" in said and "moved from 2" in said) or (
        "moved to 2" in said and "moved from 3" in said
    )


def test_removed_is_struck_and_new_says_so():
    picture = draw_comparison(*pair([row("Calls"), row("Waits")], [row("Calls"), row("Is called")]))
    assert [text for text in words(picture, "card-text-old-1") if text == "removed"] == ["removed"]
    assert "new" in words(picture, "card-text-new-1")
    assert not {"new", "removed"} & {*words(picture, "card-text-old-0"), *words(picture, "card-text-new-0")}
    assert len(lines(picture, "strike")) == 1
    assert not lines(picture, "join-1")
    assert to_hex(patches(picture, "card-old-1")[0].get_facecolor()).upper() == GONE


def test_the_same_day_is_as_long_in_both_bars():
    before = [row("Calls"), row("Waits", wait_days=30), row("Pays", wait_days=10)]
    after = [row("Calls"), row("Waits", wait_days=5), row("Pays", wait_days=5)]
    picture = draw_comparison(*pair(before, after))
    one, two = (patches(picture, f"bar-{side}")[0].get_width() for side in (0, 1))
    assert one / two == pytest.approx(40 / 10)
    assert words(picture, "total") == ["40 days", "10 days"]
    # what is planned is no finding
    assert "less" not in words(picture, "title")[0] and "less" not in picture.alt
    measured = draw_comparison(Journey(before), Journey(after))
    assert words(measured, "title") == ["It takes 30 days less"]
    assert words(draw_comparison(Journey(after), Journey(before)), "title") == ["It takes 30 days longer"]


def test_days_that_rest_on_a_guess_are_marked_and_are_no_headline():
    before = [row("Calls"), row("Waits", wait_days=30, inferred="wait_days"), row("Pays", wait_days=10)]
    after = [row("Calls"), row("Waits", wait_days=5), row("Pays", wait_days=5)]
    for one, two in ((before, after), (after, before)):
        picture = draw_comparison(Journey(one), Journey(two))
        assert sorted(words(picture, "total")) == ["10 days", "≈ 40 days"]
        assert "it takes" not in picture.alt and "It takes" not in words(picture, "title")[0]
        assert "≈ 30 days" in " ".join(words(picture, "item"))
        assert "≈ 40 days" in picture.alt


def test_scores_that_were_guessed_are_marked_and_cells_are_italic():
    before = [row("Calls", owner="IT", experienced=3, inferred="owner, channel, experienced")]
    after = [row("Calls", owner="IT", experienced=7, inferred="owner, channel")]
    picture = draw_comparison(Journey(before), Journey(after))
    assert words(picture, "title") == ["The lowest score rises from ≈ 3 to 7"]
    assert "from ≈ 3 to 7" in picture.alt and "≈ 3" in " ".join(words(picture, "item"))
    slanted = {
        text.get_text() for text in texts(picture, "card-text-new-0") if text.get_fontstyle() == "italic"
    }
    assert "IT" in slanted
    # a measured score as low as a guessed one is no guess
    before.append(row("Waits", experienced=3))
    after.append(row("Waits", experienced=7))
    picture = draw_comparison(Journey(before), Journey(after))
    assert words(picture, "title") == ["The lowest score rises from 3 to 7"]


def test_what_was_is_marked_where_it_was_guessed():
    before = [row("Calls", owner="IT"), row("Waits", owner="IT", wait_days=30, inferred="owner, wait_days")]
    before.append(row("Pays", wait_days=0, inferred="wait_days"))
    after = [row("Calls", owner="IT"), row("Waits", owner="HR", wait_days=5), row("Pays", wait_days=2)]
    picture = draw_comparison(*pair(before, after))
    assert words(picture, "card-text-new-1")[-4:] == ["HR", "was: ≈ IT", "after 5 days", "was: ≈ 30 days"]
    assert words(picture, "card-text-new-2")[-1] == "was: ≈ same day"
    assert "was: ≈ IT" in " ".join(words(picture, "item"))
    changed = picture.twin[picture.twin["touchpoint"] == "Waits"]
    assert list(changed["before"]) == ["≈ IT", "≈ 30"] and list(changed["after"]) == ["HR", "5"]


def test_an_unknown_wait_is_seen_and_makes_the_days_no_headline():
    before = [row("Calls"), row("Waits", wait_days=30), row("Pays")]
    after = [row("Calls"), row("Waits", wait_days=5), row("Pays", wait_days=0)]
    picture = draw_comparison(*pair(before, after))
    assert words(picture, "total") == ["30 days or more", "5 days"]
    assert "?" in words(picture, "wait")
    for one, two in ((before, after), (after, before)):
        alt = draw_comparison(Journey(one), Journey(two)).alt
        assert "it takes" not in alt and "30 days or more" in alt


def test_days_to_another_end_are_not_compared():
    before = [row("Calls"), row("Waits", wait_days=30)]
    after = [row("Calls"), row("Is treated", wait_days=5)]
    picture = draw_comparison(*pair(before, after))
    assert "takes" not in picture.alt
    assert "They end at different touchpoints, so their days do not compare." in picture.alt
    assert "Ends elsewhere" in words(picture, "lead")


def test_changes_are_signed_where_the_touchpoint_is_in_both():
    before = [
        row("Calls", experienced=3),
        row("Waits", experienced=8),
        row("Pays", experienced=5),
        row("Hopes"),
    ]
    after = [
        row("Calls", experienced=9),
        row("Waits", experienced=6.5),
        row("Pays", experienced=5),
        row("Hopes"),
    ]
    after += [row("Rates", experienced=9)]
    picture = draw_comparison(*pair(before, after))
    assert [words(picture, f"change-{place}") for place in range(5)] == [["+6"], ["−1.5"], ["0"], [], []]
    assert "better in the to-be" in words(picture, "legend") and "worse in the to-be" in words(
        picture, "legend"
    )
    filled = {part.get_gid() for part in picture.axes[0].collections}
    assert filled == {"lift", "fall"}
    dashes = [line.get_linestyle() for line in (lines(picture, "curve-0")[0], lines(picture, "curve-1")[0])]
    assert dashes == ["--", "-"]


def test_owner_changes_are_told_on_the_card():
    before = [row("Calls", owner="IT"), row("Waits"), row("Pays", owner="IT"), row("Rates", owner="IT")]
    after = [row("Calls", owner="IT"), row("Waits", owner="Nurse"), row("Pays"), row("Rates", owner="HR")]
    picture = draw_comparison(*pair(before, after))
    assert words(picture, "card-text-new-1")[-2:] == ["Nurse", "was: no owner"]
    assert words(picture, "card-text-new-2")[-2:] == ["no owner", "was: IT"]
    assert words(picture, "card-text-new-3")[-2:] == ["HR", "was: IT"]
    assert len(patches(picture, "owner-missing")) == 2
    assert "Gets an owner: “Waits”." in picture.alt and "Loses its owner: “Pays”." in picture.alt
    assert words(picture, "title") == [
        "The plan: one touchpoint gets an owner, but one touchpoint loses its owner"
    ]


def test_at_most_six_lines_tell_what_moved_and_the_rest_is_counted():
    for seed in range(4):
        journeys = make(8, 9, seed=seed)
        picture = draw_comparison(*journeys, size="A3")
        leads = words(picture, "lead")
        assert 1 <= len(leads) <= 6
    before = [
        row(name, owner="IT", experienced=5, wait_days=1, expected=5, failure="sales") for name in "abcdefg"
    ]
    change = {
        "owner": "",
        "experienced": 6,
        "wait_days": 3,
        "expected": 6,
        "failure": "",
        "stage": "post-care",
    }
    after = [{**cells, name: value} for cells, (name, value) in zip(before, change.items(), strict=False)]
    picture = draw_comparison(*pair(before, [*after, row("h", owner="IT")]))
    assert len(words(picture, "lead")) == 6
    told = ["Loses its owner", "Ends elsewhere", "Experience rises", "Removed", "New", "Longer wait"]
    assert words(picture, "lead") == told
    assert "3 more changes are in the table" in words(picture, "item")


@pytest.mark.parametrize("language", ["en", "he"])
def test_table_twin_is_what_compare_says(language):
    journeys = cx.case("dental_clinic_delays", language).journeys
    changes = cx.compare(journeys["as-is"], journeys["to-be"])
    picture = drawn("dental_clinic_delays", language)
    assert list(picture.twin.columns) == list(changes.columns)
    for name in ("touchpoint", "difference"):
        pd.testing.assert_series_equal(picture.twin[name], changes[name])
    assert set(picture.headings) >= set(changes.columns)
    shown = " ".join(map(str, [*picture.twin["change"], *picture.twin["before"], *picture.twin["after"]]))
    assert bool(re.search("[a-z]", shown)) == (language == "en")
    assert "touchpoint" in picture._repr_html_() or language == "he"


def test_lucy_is_told_to_the_end():
    picture = drawn()
    assert words(picture, "title") == [
        "The plan: every touchpoint has an owner, and the lowest score rises from ≈ 1 to ≈ 8"
    ]
    assert words(picture, "total") == ["≈ 205 days", "≈ 218 days"]
    assert not any("…" in text for text in words(picture))
    assert "The to-be is a plan: its scores and waits are planned, not measured" in words(picture, "legend")
    assert "hoped" not in " ".join([*words(picture), picture.alt])
    assert picture.title.startswith("From “Lucy learns on the day")
    assert "The to-be is a plan" in picture.alt and "13 days longer" not in picture.alt
    journeys = cx.case("hmo_opt_out").journeys
    for journey in journeys.values():
        assert any(journey.source.rstrip(".") in text for text in words(picture, "facts"))


def test_two_measured_journeys_are_no_plan():
    before, after = (
        Journey([row("Calls", experienced=score), row("Waits", experienced=8)]) for score in (3, 7)
    )
    picture = draw_comparison(before, after)
    assert words(picture, "tag") == ["Before", "After"]
    assert words(picture, "title") == ["The lowest score rises from 3 to 7"]
    assert "plan" not in picture.alt.lower()
    assert "better in the journey after" in words(picture, "legend")


def test_nothing_moved_is_said():
    journey = Journey([row("Calls"), row("Waits")])
    picture = draw_comparison(journey, journey)
    assert words(picture, "title") == ["Nothing changes between the two journeys"]
    assert picture.twin.empty and not words(picture, "lead")


def test_journey_of_another_language_or_without_a_common_touchpoint_is_refused_in_words():
    journey = Journey([row("Calls")])
    with pytest.raises(ValueError, match="no touchpoint in common"):
        draw_comparison(journey, Journey([row("Waits")]))
    with pytest.raises(ValueError, match="in “en”, the other in “he”"):
        draw_comparison(journey, journey.replace(language="he"))
    with pytest.raises(ValueError, match="DataFrame is not one"):
        draw_comparison(journey, journey.table)
    assert draw_comparison(journey, journey.replace(language="en-GB"))
    with pytest.raises(ValueError, match="A4 portrait"):
        draw_comparison(journey, journey, size="A5")
    with pytest.raises(ValueError, match="projector"):
        draw_comparison(journey, journey, style="neon")


def test_the_same_name_twice_is_joined_in_order():
    before = [row("Calls", experienced=2), row("Waits"), row("Calls", experienced=4)]
    after = [row("Calls", experienced=3), row("Calls", experienced=9)]
    picture = draw_comparison(*pair(before, after))
    assert [words(picture, f"change-{place}") for place in range(2)] == [["+1"], ["+5"]]


def test_stages_of_their_own_where_a_touchpoint_changed_its_stage():
    before = [row("Calls", stage="pre-care"), row("Waits")]
    after = [row("Calls"), row("Waits")]
    picture = draw_comparison(*pair(before, after))
    assert words(picture, "stage") == ["Pre-care", "Care", "Care"]
    assert words(draw_comparison(*pair(before, before)), "stage") == ["Pre-care", "Care"]


def test_hebrew_runs_from_right_to_left_and_speaks_hebrew():
    picture = drawn("dental_clinic_delays", "he")
    renderer = picture.canvas.get_renderer()
    for side, count in (("old", 8), ("new", 9)):
        starts = [
            patches(picture, f"card-{side}-{place}")[0].get_window_extent(renderer).x0
            for place in range(count)
        ]
        assert starts == sorted(starts, reverse=True)
    assert words(picture, "tag") == ["המצב הקיים", "המצב הרצוי"]
    for text in words(picture):
        assert not re.search("[A-Za-z]{2}", text.replace("story_he.md", "")), text


def test_words_in_both_languages():
    english, hebrew = compare_words.words("en"), compare_words.words("he")
    assert english.keys() == hebrew.keys() and all(hebrew.values())
    assert compare_words.words("fr") is english
    for key, text in english.items():
        # "{n}" may be left out where Hebrew has a word for the number
        assert sorted(re.findall(r"{\w*}", text)) == sorted(re.findall(r"{\w*}", hebrew[key])), key


def test_every_colour_of_text_can_be_read_where_it_stands():
    for style in STYLES.values():
        papers = [look.PAPER, *(tint for tint, _ in style.stages.values())]
        for paper in papers:
            for ink in (
                look.INK,
                style.quiet,
                look.BELOW,
                look.ABOVE,
                *(ink for _, ink in style.stages.values()),
            ):
                assert look.contrast(ink, paper) >= 4.5, (style.name, ink, paper)
        assert look.contrast(style.quiet, GONE) >= 4.5 and look.contrast(look.BELOW, GONE) >= 4.5
        assert (
            look.contrast(look.INK, style.rule) >= 4.5 and look.contrast(look.BELOW, look.BELOW_PALE) >= 4.5
        )
        drawn_inks = {to_hex(text.get_color()).upper() for text in texts(drawn(style=style.name))}
        inks = {look.INK, look.QUIET, style.quiet, look.BELOW, look.ABOVE, look.PAPER}
        assert drawn_inks <= {ink.upper() for ink in (*inks, *(ink for _, ink in style.stages.values()))}


@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_it_is_saved(tmp_path, kind):
    path = drawn("dental_clinic_delays", "he").save(tmp_path / f"two.{kind}")
    assert path.stat().st_size > 20_000
    if kind == "svg":
        said = path.read_text(encoding="utf-8")
        assert "<desc" in said and "המצב הרצוי" in said


def test_a_larger_sheet_is_shown_and_saved_whole(tmp_path):
    picture = draw_comparison(*make(8, 9, seed=1), size="A4")
    width, height = picture.get_size_inches()
    assert width > 1.1 * look.SIZES["A4"][0]
    assert f"max-width:{round(96 * width)}px" in picture._repr_html_()
    drawn_at = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture.svg().decode("utf-8"))
    assert [float(side) for side in drawn_at.groups()] == pytest.approx([72 * width, 72 * height])
    paper = re.search(
        rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", picture.save(tmp_path / "two.pdf").read_bytes()
    )
    assert [float(side) for side in paper.groups()] == pytest.approx([72 * width, 72 * height])

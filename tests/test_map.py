import random
import time
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from drawn_text import texts, words
from matplotlib.colors import to_hex
from test_map_layout import CHANNELS, TEXTS

from cxkit.cases import case
from cxkit.journey import Journey
from cxkit.views import look
from cxkit.views.icons import icon
from cxkit.views.map import draw_map
from cxkit.views.map.style import STYLES

MARKED = (
    "channel",
    "owner",
    "expected",
    "experienced",
    "wait_days",
    "moment",
    "failure",
    "quote",
    "opportunity",
)


def make(count, language="en", seed=0, **about):
    """A journey of chance: long and short texts, holes, all words, all kinds of waits."""
    chance = random.Random(f"{seed} {count} {language}")
    texts = TEXTS[language]
    filled = chance.choice([0.0, 0.3, 0.6, 1.0])

    def text():
        return chance.choice(texts) if chance.random() < filled else ""

    rows = [
        {
            "stage": ("pre-care", "care", "post-care")[min(2, int(3.3 * row / count))],
            "touchpoint": chance.choice(texts),
            "channel": chance.choice(CHANNELS),
            "owner": chance.choice(["", texts[1], "IT"]),
            "expected": chance.choice([None, *range(1, 11)]),
            "experienced": chance.choice([None, *range(1, 11), 2.5]),
            "wait_days": chance.choice([None, 0, 0, 0.2, 1, 3, 14, 90, 180, 1000]),
            "moment": chance.choice(["", "", "zero", "first", "second", "ultimate"]),
            "pain_point": text(),
            "failure": chance.choice(["", "", "service", "sales", "both"]),
            "quote": text(),
            "evidence": chance.choice(["", "observed", "inferred", "assumed"]),
            "opportunity": text(),
            "inferred": ", ".join(name for name in MARKED if chance.random() < 0.3),
        }
        for row in range(count)
    ]
    title = " ".join(texts[:3]) if chance.random() < 0.3 else texts[0]
    return Journey(rows, **{"title": title, "persona": {"name": texts[3]}, "language": language, **about})


def lucy():
    return case("hmo_opt_out").journey


def patches(picture, gid):
    return [patch for patch in picture.axes[0].patches if patch.get_gid() == gid]


def box(artist, renderer):
    return artist.get_window_extent(renderer)


def test_gap_is_experienced_minus_expected():
    for seed in range(6):
        journey = make(9, seed=seed)
        picture = draw_map(journey)
        for row, cells in journey.table.iterrows():
            gap = cells["experienced"] - cells["expected"]
            shown = words(picture, f"gap-{row}")
            if pd.isna(gap):
                assert shown == []
                continue
            guessed = journey.is_inferred(row, "expected") or journey.is_inferred(row, "experienced")
            (said,) = shown
            assert said.startswith("≈ ") == guessed
            number = said.removeprefix("≈ ")
            assert float(number.replace("−", "-")) == gap
            assert "-" not in number
            assert (number[0] in "+−") == (gap != 0)


@pytest.mark.parametrize("language", ["en", "he"])
def test_missing_owner_is_marked_and_only_there(language):
    for seed in range(3):
        journey = make(8, language, seed)
        picture = draw_map(journey)
        missing = journey.table.index[journey.table["owner"] == ""]
        marks = patches(picture, "owner-missing")
        assert len(marks) == len(missing)
        cards = [patches(picture, f"card-{row}")[0] for row in missing]
        renderer = picture.canvas.get_renderer()
        for mark, card in zip(marks, cards, strict=True):
            here, there = box(mark, renderer), box(card, renderer)
            assert here.x0 < there.x1 and there.x0 < here.x1, "the mark stands under its card"
            assert mark.get_linewidth() > 0
        assert bool(words(picture, "owner")) or not len(journey)


def test_missing_owner_says_so():
    orphan = {"stage": "care", "touchpoint": "Waits", "channel": "phone"}
    picture = draw_map(Journey([orphan, {**orphan, "owner": "IT"}]))
    assert words(picture, "owner") == ["no owner", "IT"]
    assert patches(picture, "owner-icon")
    owned = {"stage": "care", "touchpoint": "Calls", "channel": "phone", "owner": "IT"}
    picture = draw_map(Journey([owned]))
    assert words(picture, "owner") == ["IT"]
    assert not patches(picture, "owner-missing") and not patches(picture, "owner-icon")


@pytest.mark.parametrize("language", ["he", "ar", "fa-IR", "ur"])
def test_map_runs_from_right_to_left(language):
    def starts(journey):
        picture = draw_map(journey)
        renderer = picture.canvas.get_renderer()
        cards = [box(patches(picture, f"card-{row}")[0], renderer).x0 for row in range(len(journey))]
        labels = [box(text, renderer).x0 for text in texts(picture, "label")]
        return cards, labels

    journey = make(5, "he", seed=4)
    cards, labels = starts(journey.replace(language=language))
    assert cards == sorted(cards, reverse=True)
    assert min(labels) > max(cards)
    cards, labels = starts(journey.replace(language="en"))
    assert cards == sorted(cards)
    assert max(labels) < min(cards)


def test_hebrew_map_speaks_hebrew():
    said = " ".join(text.get_text() for text in texts(draw_map(make(8, "he", seed=2))))
    for word in ("אחראי", "ציפייה", "חוויה", "המתנה", "רגע", "נקודת", "אין אחראי"):
        assert word in said
    assert not any(text.get_style() == "italic" for text in texts(draw_map(make(8, "he", seed=2))))


def test_lucy_is_told_in_full():
    picture = draw_map(lucy())
    said = " ".join(text.get_text() for text in texts(picture)).replace("\u00a0", " ")
    assert "…" not in said
    assert words(picture, "gap-4") == ["≈ −8"]
    assert words(picture, "wait").count("≈ 6 months") == 1
    assert {"zero", "first", "second", "ultimate"} == set(words(picture, "moment"))
    assert "16 of 16 scores inferred" in said


def test_waits_are_told_and_take_room():
    stops = [
        {"stage": "care", "touchpoint": name, "channel": "web", "owner": "IT", "wait_days": wait}
        for name, wait in (("a", 0), ("b", 0), ("c", 2), ("d", 14), ("e", 180), ("f", None))
    ]
    picture = draw_map(Journey(stops), size="A3")
    assert words(picture, "wait") == ["same day", "2 days", "14 days", "6 months", "wait: ?"]
    boxes = [box(patches(picture, f"card-{row}")[0], picture.canvas.get_renderer()) for row in range(6)]
    gaps = [after.x0 - before.x1 for before, after in pairwise(boxes[:5])]
    assert gaps == sorted(gaps) and len(set(gaps)) == 4


def test_missing_scores_break_the_line():
    rows = [
        {
            "stage": "care",
            "touchpoint": str(i),
            "channel": "web",
            "owner": "IT",
            "expected": e,
            "experienced": x,
        }
        for i, (e, x) in enumerate([(7, 6), (7, None), (7, 5), (None, 5), (None, None)])
    ]
    picture = draw_map(Journey(rows))
    assert len([line for line in picture.axes[0].lines if line.get_gid() == "expected"]) == 1
    assert len([line for line in picture.axes[0].lines if line.get_gid() == "experienced"]) == 2
    assert words(picture, "score") == ["no score"]


def test_gap_is_filled_between_the_lines_that_are_drawn():
    rows = [
        {"stage": "care", "touchpoint": str(i), "channel": "web", "expected": e, "experienced": x}
        for i, (e, x) in enumerate([(9, 2), (8, 3), (6, None), (9, 2), (9, 4)])
    ]
    (axes,) = draw_map(Journey(rows)).axes
    lines = np.concatenate(
        [line.get_xydata() for line in axes.lines if line.get_gid() in ("expected", "experienced")]
    )
    areas = [path.vertices for part in axes.collections for path in part.get_paths()]
    assert len(areas) == 2
    for corner in np.concatenate(areas):
        assert np.abs(lines - corner).sum(axis=1).min() < 1e-6


def test_line_never_goes_beyond_the_scores():
    for seed in range(4):
        (axes,) = draw_map(make(9, seed=seed)).axes
        for line in axes.lines:
            if line.get_gid() in ("expected", "experienced"):
                ys = line.get_ydata()
                turns = np.flatnonzero(np.diff(np.sign(np.diff(ys)[np.abs(np.diff(ys)) > 1e-9])))
                assert len(turns) <= max(0, (len(ys) - 1) // 24 - 1)


def test_evidence_is_told_by_the_outline_and_inference_by_italics():
    rows = [
        {
            "stage": "care",
            "touchpoint": str(i),
            "channel": "web",
            "owner": "IT",
            "evidence": kind,
            "inferred": "owner",
        }
        for i, kind in enumerate(("observed", "inferred", "assumed"))
    ]
    picture = draw_map(Journey(rows))
    styles = [str(patches(picture, f"card-{row}")[0].get_linestyle()) for row in range(3)]
    assert len(set(styles)) == 3
    assert {text.get_style() for text in texts(picture, "owner")} == {"italic"}
    assert "≈ or italics: worked out, not told" in words(picture, "legend")


def test_lanes_without_content_are_left_out():
    bare = Journey([{"stage": "care", "touchpoint": "Calls", "channel": "phone"}])
    assert words(draw_map(bare), "label") == ["Touchpoint"]


def test_long_journey_is_set_in_rows_and_the_table_holds_all_of_it():
    journey = make(30, seed=3)
    picture = draw_map(journey)
    renderer = picture.canvas.get_renderer()
    tops = {round(box(patches(picture, f"card-{row}")[0], renderer).y1) for row in range(30)}
    assert len(tops) >= 2
    assert list(picture.twin["touchpoint"]) == list(journey.table["touchpoint"])
    assert list(picture.twin["quote"]) == list(journey.table["quote"])
    gap = journey.table["experienced"] - journey.table["expected"]
    pd.testing.assert_series_equal(picture.twin["gap"], gap, check_names=False)


def test_very_long_journey_gets_a_larger_sheet():
    picture = draw_map(make(60), size="A4")
    width, height = picture.get_size_inches()
    assert width > look.SIZES["A4"][0]
    assert width / height == pytest.approx(look.SIZES["A4"][0] / look.SIZES["A4"][1])
    assert all(patches(picture, f"card-{row}") for row in range(60))


def test_alt_text_says_where_it_breaks():
    journey = lucy()
    alt = draw_map(journey).alt
    gaps = journey.table["experienced"] - journey.table["expected"]
    assert journey.table["touchpoint"][gaps.idxmin()] in alt
    assert "expected ≈ 9, experienced ≈ 1, a gap of ≈ −8" in alt
    assert "8 touchpoints (Pre-care 3, Care 3, Post-care 2)" in alt
    assert alt.startswith(f"Journey map: {journey.title}.")
    assert "No owner: " in alt and "Tells family and friends" in alt
    assert "The longest wait, ≈ 6 months," in alt
    assert alt.endswith(f"16 of 16 scores inferred. Source: {journey.source.rstrip('.')}.")


def test_alt_text_states_only_what_was_told():
    row = {"stage": "care", "touchpoint": "Calls", "channel": "phone", "expected": 8, "experienced": 3}
    rows = [{**row, "wait_days": 9, "evidence": "observed", "inferred": "experienced"}]
    alt = draw_map(Journey(rows, source="A letter.")).alt
    assert "expected 8, experienced ≈ 3, a gap of ≈ −5" in alt and "The longest wait, 9 days," in alt
    assert alt.endswith("1 of 2 scores observed, 1 inferred. Source: A letter.")
    hebrew = draw_map(Journey(rows, language="he")).alt
    assert "ציפייה 8, חוויה ≈ 3, פער של ≈ −5" in hebrew and hebrew.endswith("1 מתוך 2 ציונים נצפה, 1 הוסק.")


def test_alt_text_is_honest_where_nothing_breaks():
    row = {"stage": "care", "touchpoint": "Calls", "channel": "phone", "owner": "IT"}
    assert "No touchpoint has both" in draw_map(Journey([row])).alt
    good = draw_map(Journey([{**row, "expected": 6, "experienced": 8}])).alt
    assert "meets or exceeds" in good and "No owner" not in good and "wait" not in good


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_every_colour_of_text_can_be_read_where_it_stands(style):
    tints = [band for band, _ in style.stages.values()]
    for ink in (look.INK, style.quiet, look.BLUE, look.BELOW, look.ABOVE, look.STAR):
        for paper in (look.PAPER, look.BELOW_PALE, *tints):
            assert look.contrast(ink, paper) >= 4.5, (ink, paper)
    for band, name in style.stages.values():
        assert look.contrast(name, band) >= 4.5 and look.contrast(name, look.PAPER) >= 4.5
    assert look.contrast(look.PAPER, look.BELOW) >= 4.5
    inks = {look.INK, style.quiet, look.BELOW, look.ABOVE, look.STAR, look.PAPER}
    inks |= {name for _, name in style.stages.values()}
    for state in ("as-is", "to-be"):
        picture = draw_map(make(9, seed=5, state=state), style=style.name)
        drawn = {to_hex(text.get_color()).upper() for text in texts(picture)}
        assert drawn <= {ink.upper() for ink in inks}


def test_contrast_agrees_with_the_standard():
    assert look.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_languages_have_the_same_words():
    assert look.words("he").keys() == look.words("en").keys() == look.words("ar").keys()
    assert all(look.words("he").values())


def test_every_channel_has_its_own_icon():
    drawn = {channel: [path.vertices.tolist() for path, _ in icon(channel)] for channel in CHANNELS}
    assert len({str(strokes) for strokes in drawn.values()}) == len(CHANNELS)
    for name in (*CHANNELS, "no owner", "star", "service", "sales", "both"):
        for path, _ in icon(name):
            assert abs(path.vertices).max() <= 1.1, name


@pytest.mark.parametrize(("language", "kind"), [("en", "svg"), ("he", "png"), ("he", "pdf")])
def test_journey_saves_its_map_without_a_warning(tmp_path, language, kind):
    path = tmp_path / f"map.{kind}"
    make(6, language).save(path)
    assert path.stat().st_size > 10_000


def test_drawing_is_quick():
    journey = lucy()
    took = []
    for _ in range(3):
        start = time.perf_counter()
        draw_map(journey)
        took.append(time.perf_counter() - start)
    assert min(took) < 1


@pytest.mark.parametrize(("options", "said"), [({"size": "A5"}, "A4 portrait"), ({"style": "neon"}, "print")])
def test_unknown_options_are_refused_in_words(options, said):
    with pytest.raises(ValueError, match=said):
        draw_map(lucy(), **options)

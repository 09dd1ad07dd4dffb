"""Lessons 5 and 6: the activities judge as their pictures show, and the Hebrew lesson is the English one."""

from __future__ import annotations

import re
from html import unescape

import nbformat
import pytest
from drawn_text import texts as drawn
from drawn_text import words, wrong_places
from test_course_content import ROOT

import cxkit as cx
from cxkit.teaching.activities import lesson_05, lesson_06
from cxkit.teaching.questions import option_id, questions_of, read_questions
from cxkit.views.hundred import draw_hundred
from cxkit.views.pairs import draw_pairs

COURSE = ROOT / "course"
ACTIVITIES = lesson_05.ACTIVITIES | lesson_06.ACTIVITIES
PLANS = ("nobody", "age_band", "branch", "preferred_channel", "plan")


def asked(name, folder="quizzes"):
    return {one["id"]: one for one in questions_of(read_questions(COURSE / folder / f"{name}.yaml"))}


def right_places(name, question, places, **others):
    judge = ACTIVITIES[name][1]
    return [place for place in places if judge(question, {**others, question: place})[0]]


# ---- judges ----


def test_one_share_is_the_least_that_gives_half_of_the_journeys():
    assert right_places("05_chain", "share", range(60, 99, 2), links=8) == [92]
    # 0.92 to the power of 8 is 0.513, 0.90 gives 0.430
    assert right_places("05_chain", "share", range(60, 99, 2), links=7) == []


def test_words_for_the_chain_tell_too_low_from_more_than_enough():
    judge = ACTIVITIES["05_chain"][1]
    said = {share: judge("share", {"share": share, "links": 8})[1][0]["text"] for share in (64, 90, 92, 98)}
    assert said[64].startswith("Too low") and "3 of 100" in said[64]
    assert said[90].startswith("Too low") and "43 of 100" in said[90]
    assert "51 of 100" in said[92] and "Does a lower share" in said[98]


def test_only_the_plan_takes_the_difference_of_hold_away():
    assert right_places("05_like_with_like", "within", PLANS, touchpoint="hold") == ["plan"]
    assert right_places("05_like_with_like", "within", PLANS, touchpoint="cover") == []


def test_a_look_at_the_cover_is_neither_right_nor_wrong():
    judge = ACTIVITIES["05_like_with_like"][1]
    [cover] = judge("within", {"touchpoint": "cover", "within": "plan"})[1]
    assert cover["ok"] is None and "stays clear" in cover["text"]
    [started] = judge("within", {"touchpoint": "hold", "within": "nobody"})[1]
    assert started["ok"] is False and "plus" not in started["text"]


def test_what_is_said_of_hold_and_cover_is_what_is_drawn():
    def clear(touchpoint, within):
        groups = lesson_05._groups(touchpoint, within)
        return sum(difference.low > 0 for *_, difference in groups), len(groups)

    assert clear("hold", "nobody") == (1, 1) and clear("hold", "plan") == (0, 3)
    assert clear("cover", "plan") == (3, 3)
    assert all(clear("hold", within)[0] > 0 for within in PLANS[1:4])
    # nobody is lost between the groups
    sizes = [sum(much.n + little.n for _, much, little, _ in lesson_05._groups("hold", one)) for one in PLANS]
    assert len(set(sizes)) == 1


@pytest.mark.parametrize("name", lesson_06.ACTIVITIES)
def test_the_longest_wait_that_keeps_eighty(name):
    days = range(21)
    found = {cost: right_places(name, "days", days, cost=cost) for cost in (1, 1.5, 2, 3, 4, 6)}
    assert found == {1: [], 1.5: [15], 2: [11], 3: [7], 4: [5], 6: [3]}


def test_words_for_a_wait_tell_too_long_from_too_short():
    judge = ACTIVITIES["06_day"][1]
    for day, start in (
        (0, "That keeps 100"),
        (6, "That keeps 83"),
        (8, "Too long. After 8 days, 78"),
        (7, "7 days keep 81"),
    ):
        assert judge("days", {"cost": 3.0, "days": day})[1][0]["text"].startswith(start)


def test_another_daily_cost_than_that_of_the_data_is_sent_back():
    right, [said] = ACTIVITIES["06_day"][1]("days", {"cost": 1.0, "days": 20})
    assert not right and said["ok"] is False and said["text"].endswith("Now try 3%, as in the data.")


@pytest.mark.parametrize(
    ("days", "said"), [(1, "יום אחד"), (2, "יומיים"), (10, "10 ימים"), (11, "11 יום"), (20, "20 יום")]
)
def test_hebrew_counts_days_in_four_forms(days, said):
    picture = ACTIVITIES["06_day_he"][0]({"cost": 3.0, "days": days})
    assert f"אחרי {said} עוד נשארו" in " ".join(words(picture))
    assert asked("06_day_he")["days"]["labels"][days] == said


# ---- pictures ----


def every_picture():
    for share, links in ((60, 8), (64, 1), (92, 8), (98, 4)):
        yield ACTIVITIES["05_chain"][0]({"share": share, "links": links})
    for within in PLANS:
        yield ACTIVITIES["05_like_with_like"][0]({"touchpoint": "hold", "within": within})
    yield ACTIVITIES["05_like_with_like"][0]({"touchpoint": "cover", "within": "branch"})
    for name in lesson_06.ACTIVITIES:
        for cost, days in ((1, 0), (3, 1), (3, 7), (3, 8), (6, 20)):
            yield ACTIVITIES[name][0]({"cost": cost, "days": days})


def test_pictures_can_be_read_by_everybody():
    for picture in every_picture():
        assert wrong_places(picture) == [], picture.alt
        assert min(text.get_fontsize() for text in drawn(picture)) >= 11
        assert picture.alt.endswith(".") and picture.title and len(picture.twin)


def test_a_picture_says_what_it_shows():
    picture = ACTIVITIES["06_day"][0]({"cost": 3.0, "days": 8})
    assert "✗ After 8 days, 78 of 100 are still there" in words(picture)
    assert "✓ After 1 day, 97 of 100 are still there" in words(
        ACTIVITIES["06_day"][0]({"cost": 3.0, "days": 1})
    )
    dots = {line.get_gid(): len(line.get_xdata()) for line in picture.axes[0].lines if line.get_gid()}
    assert dots == {"here": 78, "gone": 22}
    assert list(picture.twin["people"])[:3] == [100, 97, 94]


def test_a_hebrew_picture_speaks_hebrew_and_runs_from_the_right():
    picture = ACTIVITIES["06_day_he"][0]({"cost": 3.0, "days": 7})
    said = [*words(picture), picture.alt, picture.title, *picture.table_in_words()[0]]
    assert not [one for one in said if re.search("[A-Za-z]", one)]
    title = drawn(picture)[0]
    assert title.get_ha() == "right" and 'dir="rtl"' in picture._repr_html_()


def test_a_drawing_refuses_lists_that_do_not_fit():
    with pytest.raises(ValueError, match="2 steps need as many"):
        draw_hundred([0, 1], [100], 0, 50, {})
    with pytest.raises(ValueError, match="Each group needs"):
        draw_pairs(["a"], [], [], [], {})


# ---- the same in Hebrew ----

# every file of lesson 6 in another language: its folder, the name of the English one, the language
PAIRS = [
    (folder, path.stem[:-3], path.stem[-2:])
    for folder in ("quizzes", "guesses")
    for path in sorted((COURSE / folder).glob("06_*_??.yaml"))
]


def shape(question):
    kept = ("id", "row", "kind", "low", "high", "step", "start", "unit", "check", "right")
    options = [(option_id(one), one.get("right", False)) for one in question.get("options", [])]
    return {name: question.get(name) for name in kept}, options, len(question.get("labels", []))


@pytest.mark.parametrize(("folder", "name", "language"), PAIRS)
def test_a_file_in_another_language_asks_what_the_english_one_asks(folder, name, language):
    english, other = asked(name, folder), asked(f"{name}_{language}", folder)
    assert [shape(one) for one in english.values()] == [shape(one) for one in other.values()]
    for one, told in zip(english.values(), other.values(), strict=True):
        digits = [sorted(re.findall(r"\d[\d.,]*\d|\d", each["ask"])) for each in (one, told)]
        assert digits[0] == digits[1], one["id"]
        for option in told.get("options", []) if language == "he" else []:
            assert not re.search("[A-Za-z]", option["label"] + option.get("feedback", "")), option


def test_there_are_hebrew_files_to_hold():
    assert sum(language == "he" for *_, language in PAIRS) == 6


def test_each_language_has_all_words():
    keys = [set(table) for table in lesson_06.WORDS.values()]
    assert len(keys) >= 2 and all(each == keys[0] for each in keys)


def lesson(name):
    return nbformat.read(COURSE / f"{name}.ipynb", as_version=4)


def test_every_cell_of_the_hebrew_lesson_runs_from_the_right():
    for cell in lesson("06_anatomy_of_a_delay_he").cells:
        if cell.cell_type == "markdown":
            assert cell.source.startswith('<div dir="rtl" lang="he">\n\n') and cell.source.endswith(
                "\n\n</div>"
            )
            # Jupyter aligns a bare paragraph to the left
            for block in cell.source.split("\n\n")[1:-1]:
                assert re.match(r'(#+ |- |\d\. |\| |<!-- |<p style="text-align:right">)', block), block


def test_the_hebrew_lesson_has_no_english_words():
    for cell in lesson("06_anatomy_of_a_delay_he").cells:
        shown = re.sub(r"<!--.*?-->|<[^>]+>|\]\([^)]*\)", " ", cell.source, flags=re.S)
        if cell.cell_type == "code":
            shown = cell.source.splitlines()[0]
        assert not re.search("[A-Za-z]", unescape(shown)), shown


def test_what_the_hebrew_lesson_shows_has_no_english_words():
    codes = "|".join(
        ["activity", *cx.case("dental_clinic_delays").journey.table["activity"].replace("", "-")]
    )
    for cell in lesson("06_anatomy_of_a_delay_he").cells:
        for output in cell.get("outputs", []):
            page = output.data.get("text/html", output.data.get("text/markdown", ""))
            alts = " ".join(re.findall(r'(?:alt|aria-label)="([^"]*)"', page))
            said = re.sub(
                r"<(style|script)\b.*?</\1>|<!--.*?-->|<code>.*?</code>|<[^>]+>", " ", page, flags=re.S
            )
            # a file's name, and the column by which the map finds its touchpoints in the log
            said = re.sub(rf"&#?\w+;|story_he\.md|\b({codes})\b", " ", f"{alts} {said}")
            assert not re.search("[A-Za-z]{2,}", said), re.findall("[A-Za-z]{2,}", said)[:5]


def test_both_lessons_have_the_same_parts():
    def parts(name):
        cells = lesson(name).cells
        heads = [line for cell in cells for line in cell.source.splitlines() if line.startswith("## ")]
        calls = [
            re.sub(r"_he\b", "", call)
            for cell in cells if cell.cell_type == "code"
            for call in re.findall(r'cx\.(?:guess|quiz|activity|conversation)\("\w+"', cell.source)
        ]  # fmt: skip
        minutes = [
            int(one) for head in heads for one in re.findall(r"\((\d+) ", head.replace("(דקה אחת", "(1 "))
        ]
        return len(heads), calls, minutes

    assert parts("06_anatomy_of_a_delay") == parts("06_anatomy_of_a_delay_he")


def test_a_hebrew_guess_quotes_as_hebrew_does(monkeypatch, tmp_path):
    monkeypatch.setenv("CXKIT_HOME", str(tmp_path))
    monkeypatch.chdir(COURSE)
    guess = cx.guess("06_wait_he")
    guess.answers = {"wait": "visit"}
    guess.heard({"kind": "button"})
    said = " ".join(one["text"] for one in guess.messages["wait"])
    assert "״מבקשת התור ועד הבדיקה״" in said and "“" not in said and not re.search("[A-Za-z]", said)

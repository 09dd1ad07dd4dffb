"""Some hundred journeys of chance on every paper and in every style: each text is measured where it is drawn."""

import random
import time
from itertools import product

import numpy as np
import pandas as pd
import pytest
from drawn_text import overlaps
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.transforms import Bbox

from cxkit.cases import case
from cxkit.journey import Journey
from cxkit.templates import template, templates
from cxkit.views import look
from cxkit.views.map import draw_map
from cxkit.views.map.style import STYLES

TEXTS = {
    "en": [
        "Calls the clinic to ask about the letter",
        "Waits at the desk",
        "Receives a bill that she did not expect",
        "Fills in the form again",
        "Meets the nurse, who explains everything kindly and draws a plan for the weeks to come, week by week",
        "Opens the app",
        "Hears nothing",
        "Costs $5 or $10, see www.example.org/long/address",
        "Otorhinolaryngology-appointment",
        "Donaudampfschifffahrtsgesellschaft",
        "👩\u200d⚕️ says 你好",
    ],
    "he": [
        "מתקשרת למרפאה לשאול על המכתב",
        "ממתינה בתור ליד הדלפק",
        "מקבלת חשבון שלא ציפתה לו",
        "חוזרת",
        "SMS תזכורת לפני התור",
        "ממלאת שוב את הטופס באתר myClinic",
        "פוגשת את האחות שמסבירה הכול בסבלנות ומציירת תוכנית לשבועות הבאים",
        "אולטרסאונדטרנסווגינלי",
    ],
}
CHANNELS = ("web", "phone", "in person", "email", "letter", "app", "messaging", "other")
GUESSABLE = ("channel", "owner", "expected", "experienced", "wait_days", "moment", "failure", "quote")
COUNTS = (3, 4, 5, 6, 7, 8, 9, 9, 8, 10, 12, 14, 18, 22, 30, 5, 11)
DPI = 144
SLACK = 0.25 * DPI / 72
"""A quarter of a point, in pixels: letters are placed on whole pixels."""
GRID = list(product(look.SIZES, STYLES))
# A3 has room enough, and the screen has no margins.
SCARCE = [("16:9", "screen"), *product(("16:9", "A4", "A4 portrait"), ("print", "projector"))]


def chance_journey(seed, count, language):
    """Long and short texts, holes, stages in and out of order, all kinds of waits, full and empty personas."""
    chance = random.Random(f"{seed} {count} {language}")
    said = TEXTS[language]
    filled = chance.choice([0.0, 0.3, 0.6, 1.0])
    scored = chance.choice([0.0, 0.5, 1.0, 1.0])
    stages = sorted(chance.choices(range(3), k=count))
    if chance.random() < 0.2:
        chance.shuffle(stages)

    def text(share=filled):
        return chance.choice(said) if chance.random() < share else ""

    def score():
        return chance.choice([*range(1, 11), 2.5]) if chance.random() < scored else None

    rows = [
        {
            "stage": ("pre-care", "care", "post-care")[stage],
            "touchpoint": chance.choice(said),
            "channel": chance.choice(CHANNELS),
            "owner": chance.choice(["", said[1], "IT", said[0]]),
            "expected": score(),
            "experienced": score(),
            "wait_days": chance.choice([None, 0, 0, 0.1, 1, 2, 14, 90, 180, 1000, 1e6]),
            "moment": chance.choice(["", "", "zero", "first", "second", "ultimate"]),
            "pain_point": text(),
            "failure": chance.choice(["", "", "service", "sales", "both"]),
            "quote": text(),
            "evidence": chance.choice(["", "observed", "inferred", "assumed"]),
            "opportunity": text(),
            "inferred": ", ".join(name for name in GUESSABLE if chance.random() < 0.3),
        }
        for stage in stages
    ]
    persona = {
        name: text(chance.choice([0.0, 0.7, 1.0]))
        for name in ("name", "demographics", "products", "channels", "history", "situation", "job")
    }
    about = {name: text(0.7) for name in ("title", "scenario", "source")}
    state = chance.choice(["as-is", "to-be"])
    return Journey(rows, persona=persona, language=language, state=state, **about)


def chance_drivers(seed, journey):
    """Estimates for some of the touchpoints, and for one that is not on the map."""
    chance = random.Random(f"drivers {seed}")
    names = list(dict.fromkeys(journey.table["touchpoint"]))
    rows = []
    for name in [*names[: chance.randint(1, len(names))], "Elsewhere"]:
        ratio = chance.choice([0.4, 0.95, 1.02, 1.46, 12.3, 23456.0])
        rows.append(
            (name, ratio, ratio * chance.choice([0.5, 0.9]), ratio * chance.choice([1.05, 2.2]), 1402)
        )
    return pd.DataFrame(rows, columns=["touchpoint", "odds_ratio", "low", "high", "n"])


def least_type(size, style, count):
    """The type that the styles promise, in points."""
    few = count <= 9
    if style == "projector":
        return (11 if size == "16:9" else 10) if few else 7.5
    return 9 if size == "16:9" and few else 7


class Ruler:
    """Measures letters as they are inked, each text of one form once, and paints nothing."""

    def __init__(self):
        self.renderer = RendererAgg(8, 8, DPI)
        self.known = {}

    def __call__(self, text):
        said = text.get_text()
        form = (said, text.get_fontsize(), text.get_fontweight(), text.get_fontstyle())
        if form not in self.known:
            prop = text.get_fontproperties()
            self.known[form] = self.renderer.get_text_width_height_descent(said, prop, ismath=False)
        wide, high, below = self.known[form]
        x, y = text.get_transform().transform(text.get_position())
        x -= {"left": 0, "center": 0.5, "right": 1}[text.get_horizontalalignment()] * wide
        return Bbox.from_extents(x, y - below, x + wide, y - below + high)


ruler = Ruler()


def test_the_ruler_agrees_with_the_box_that_is_painted():
    picture = draw_map(chance_journey("ruler", 6, "he"))
    picture.dpi = DPI
    for text in picture.axes[0].texts:
        painted = text.get_window_extent(ruler.renderer)
        measured = ruler(text)
        assert (measured.x0, measured.x1) == pytest.approx((painted.x0, painted.x1))
        assert painted.y0 - 1 <= measured.y0 and measured.y1 <= painted.y1 + 1


def faults(picture, size, style, count, told=()):
    """Sentences about what is wrong with a drawn map; none where all is well."""
    picture.dpi = DPI
    drawn = picture.axes[0].texts
    places = [ruler(text) for text in drawn]
    edges = np.array([place.extents for place in places])
    page = picture.bbox
    margin = 10 / 25.4 * DPI if style == "print" else 0.0
    found = []
    for text, (x0, y0, x1, y1) in zip(drawn, edges, strict=True):
        if x0 < page.x0 + margin or x1 > page.x1 - margin or y0 < page.y0 + margin or y1 > page.y1 - margin:
            found.append(f"outside the margins: {text.get_text()}")
    found += [
        f"overlap: {drawn[one].get_text()} / {drawn[other].get_text()}"
        for one, other in np.argwhere(np.triu(overlaps(places), k=1) > SLACK)
    ]
    for line in picture.axes[0].lines:
        if line.get_gid() == "stage-edge":
            x, y = line.axes.transData.transform(line.get_xydata()).T
            through = (edges[:, 0] < x[0]) & (x[0] < edges[:, 2])
            through &= np.minimum(edges[:, 3], y.max()) - np.maximum(edges[:, 1], y.min()) > SLACK
            found += [f"a line through: {drawn[row].get_text()}" for row in np.flatnonzero(through)]
    least = min(text.get_fontsize() for text in drawn)
    if least < least_type(size, style, count):
        found.append(f"type of {least}")
    # Where words have no room, the sheet grows: nothing is cut, and only the style leaves lanes to the table.
    wide, high = picture.get_size_inches() / look.SIZES[size]
    if not (wide == pytest.approx(high) and 1 <= wide <= 1.6):
        found.append(f"a sheet of {picture.get_size_inches()}")
    found += [f"cut: {text.get_text()}" for text in drawn if "…" in text.get_text()]
    lanes = {text.get_gid() for text in drawn}
    found += [f"no lane {lane}" for lane in told if lane not in lanes]
    return found + _outside_their_cards(picture, drawn, edges, count)


def told(journey, style):
    """The lanes of words that a map of the journey must have."""
    lanes = {"touchpoint": "card-text-0", "owner": "owner", "pain_point": "pain_point", "failure": "failure"}
    if style != "projector":
        lanes |= {"quote": "quote", "opportunity": "opportunity"}
    return [gid for lane, gid in lanes.items() if (journey.table.get(lane, pd.Series()) != "").any()]


def outline(patch):
    """Left, bottom, right and top of a box with round corners, in pixels."""
    corners = patch.axes.transData.transform(patch.get_bbox().get_points())
    return [*corners.min(axis=0), *corners.max(axis=0)]


def within(inner, outer):
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _outside_their_cards(picture, drawn, edges, count):
    boxes = {}
    for patch in picture.axes[0].patches:
        if str(patch.get_gid()).startswith(("card-", "persona", "owner-missing")):
            boxes.setdefault(patch.get_gid(), []).append(outline(patch))
    inside = {}
    for text, place in zip(drawn, edges, strict=True):
        inside.setdefault(text.get_gid(), []).append((text.get_text(), place))
    page = picture.bbox.extents
    found = [
        f"outside the page: {kind}" for kind, all_ in boxes.items() if not all(within(b, page) for b in all_)
    ]
    pairs = [("persona", "persona")] + [(f"card-text-{index}", f"card-{index}") for index in range(count)]
    found += [
        f"outside its card: {said}"
        for kind, card in pairs
        for said, place in inside.get(kind, ())
        if not within(place, boxes[card][0])
    ]
    for left, bottom, right, top in boxes.get("owner-missing", ()):
        for _, (x0, y0, x1, y1) in inside.get("owner", ()):
            deep = min(min(right, x1) - max(left, x0), min(top, y1) - max(bottom, y0))
            if not (left <= x0 and x1 <= right) and deep > SLACK:
                found.append("an outline without an owner lies on another owner")
    found += [
        f"card {index} says too little" for index in range(count) if len(inside[f"card-text-{index}"]) < 2
    ]
    return found


@pytest.fixture(scope="module")
def clock():
    started, drawn = time.perf_counter(), []
    yield drawn
    print(f"\n{len(drawn)} maps in {time.perf_counter() - started:.0f} s")


@pytest.mark.parametrize(("size", "style"), GRID)
def test_every_text_has_its_place_on_every_paper_and_in_every_style(size, style, clock):
    wrong = {}
    for number, count in enumerate(COUNTS):
        language = "he" if number % 3 == 2 else "en"
        seed = f"{size} {style} {number}"
        journey = chance_journey(seed, count, language)
        drivers = chance_drivers(seed, journey) if number % 4 == 1 else None
        picture = draw_map(journey, size=size, style=style, drivers=drivers)
        clock.append(seed)
        found = faults(picture, size, style, count, told(journey, style))
        if found:
            wrong[f"{seed}, {count}, {language}"] = found
    assert not wrong


def shipped(name):
    """A journey that comes with this package: a template, or as-is and to-be of a case."""
    kind, _, language = name.partition(" ")
    if kind in templates():
        return [template(kind, language)]
    found = case(kind, language)
    return [found.journeys[state] for state in ("as-is", "to-be")]


@pytest.mark.parametrize(
    "name",
    [
        "hmo_opt_out en",
        *(
            f"{kind} {language}"
            for kind in ("dental_clinic_delays", *templates())
            for language in ("en", "he")
        ),
    ],
)
def test_shipped_journeys_are_told_in_full_on_small_paper(name, clock):
    wrong = {}
    for journey in shipped(name):
        for size, style in SCARCE:
            picture = draw_map(journey, size=size, style=style)
            clock.append(name)
            drawn = picture.axes[0].texts
            lanes = {text.get_gid() for text in drawn}
            found = [f"no {lane}" for lane in (*told(journey, style), "wait", "persona") if lane not in lanes]
            found += [text.get_text() for text in drawn if text.get_text().endswith(("…", "-"))]
            if picture.get_size_inches()[0] > 1.13 * look.SIZES[size][0]:
                found.append(f"a sheet of {picture.get_size_inches()}")
            if found:
                wrong[f"{journey.title}, {size}, {style}"] = found
    assert not wrong

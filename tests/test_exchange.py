"""The journey in other people's tools: each file is opened again by another reader and says the same."""

import base64
import hashlib
import io
import re
import zipfile
from functools import lru_cache
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pandas as pd
import pytest
from exchange_journeys import HOSTILE, awkward, every, flat, number
from pypdf import PdfReader

from cxkit.cases import case
from cxkit.exchange import to_html, to_mermaid, to_pptx, write
from cxkit.exchange.drawn import take_apart
from cxkit.exchange.exchange_words import _EN, _HE
from cxkit.exchange.facts import facts
from cxkit.exchange.mermaid import escape
from cxkit.exchange.slides import MOST, _drawn, split
from cxkit.journey import Journey, JourneyError
from cxkit.views.look import words
from cxkit.views.map.cells import Story
from cxkit.views.map.said import headings

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
JOURNEYS = every()
BARE = Journey([{"stage": "care", "touchpoint": "Calls", "channel": "phone"}])
PAGES = [name for name in JOURNEYS if name != "thirty hebrew"]
DECKS = [
    "hmo_opt_out as-is",
    "dental_clinic_delays to-be",
    "hebrew as-is",
    "hebrew to-be",
    "thirty",
    "awkward",
]


@lru_cache
def page(name):
    return to_html(JOURNEYS[name])


@lru_cache
def deck(name):
    return to_pptx(JOURNEYS[name])


def owner_of(journey, row):
    """Who owns a touchpoint, in words; "" where the journey names no owner at all."""
    owners = journey.table["owner"]
    return flat(owners[row]) or (words(journey.language)["no owner"] if (owners != "").any() else "")


def lines_of(name):
    """What every export has to say of each touchpoint: words, scores, gap, days waited, owner."""
    journey = JOURNEYS[name]
    for row, cells in journey.table.iterrows():
        gap = cells["experienced"] - cells["expected"]
        yield (
            row,
            flat(cells["touchpoint"]),
            number(cells["expected"]),
            number(cells["experienced"]),
            "" if pd.isna(gap) else "0" if not gap else ("+" if gap > 0 else "") + number(round(gap, 1)),
            number(cells["wait_days"]),
            owner_of(journey, row),
        )


# --- the page -------------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """A page as a reader that does not know ours sees it: tags, and the texts of each cell of its tables."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.words, self.raw = [], [], [], {}
        self.open = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open = tag
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        self.open = "" if tag in ("script", "style", "td", "th", "tr") else self.open
        if tag == "table":
            self.done = True

    def handle_data(self, data):
        if self.open in ("script", "style"):
            self.raw[self.open] = self.raw.get(self.open, "") + data
            return
        self.words.append(data)
        if self.rows and self.rows[-1] and not hasattr(self, "done"):
            self.rows[-1][-1] += data

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("name", PAGES)
def test_page_says_the_same_as_the_journey(name):
    journey, read = JOURNEYS[name], Reader(page(name))
    said = words(journey.language)
    head, *body = [[flat(cell) for cell in row] for row in read.rows]
    assert len(body) == len(journey)
    column = {label: head.index(label) for label in head}
    for row, touchpoint, expected, lived, gap, days, owner in lines_of(name):
        cells = body[row]

        def cell(lane, cells=cells):
            label = said[lane]
            return cells[column[label]].removeprefix("≈ ") if label in column else ""

        assert cell("touchpoint") == touchpoint.removeprefix("≈ ")
        assert (cell("expected"), cell("experienced"), cell("gap")) == (expected, lived, gap)
        assert cell("owner") == owner
        if days and (days != "0" or row):
            assert {"0": said["no wait"], "1": said["day"].format(1)}.get(days, days) in cell("wait_days")
        assert cell("channel") == said[f"channel.{journey.table['channel'][row]}"]
    everything = flat(" ".join(read.words))
    for text in (journey.title, journey.scenario, journey.source, journey.persona.name, journey.persona.job):
        assert flat(text) in everything


@pytest.mark.parametrize("name", PAGES)
def test_page_runs_nothing_but_its_own_script_and_asks_for_nothing(name):
    text, read = page(name), Reader(page(name))
    assert len(text.encode()) < 1_500_000
    assert len(read.all("script")) == 1 and not read.all("script")[0]
    for tag, attrs in read.tags:
        assert not [
            key for key in attrs if key.startswith("on") or key in ("style", "src", "srcset", "action")
        ], tag
        target = attrs.get("href") or attrs.get("xlink:href") or "#"
        assert target.startswith("#"), (tag, target)
        assert tag not in (
            "iframe",
            "object",
            "embed",
            "base",
            "form",
            "image",
            "foreignobject",
            "link",
            "img",
        )
    addresses = set(re.findall(r"https?://[^\"'\s<]+", text)) - {"http://www.w3.org/2000/svg"}
    assert not [each for each in addresses if "example.org" not in each]  # those are words of the journey
    policy = next(attrs["content"] for attrs in read.all("meta") if "http-equiv" in attrs)
    assert "default-src 'none'" in policy and "unsafe" not in policy
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(read.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "url(" not in read.raw["style"] and "@import" not in read.raw["style"]


@pytest.mark.parametrize(("name", "direction"), [("hmo_opt_out as-is", "ltr"), ("hebrew as-is", "rtl")])
def test_page_has_its_language_direction_and_a_link_for_each_touchpoint(name, direction):
    journey, read = JOURNEYS[name], Reader(page(name))
    (root,) = read.all("html")
    assert (root["lang"], root["dir"]) == (journey.language, direction)
    links = [attrs["href"] for attrs in read.all("a")]
    stops = {attrs.get("id") for tag, attrs in read.tags}
    assert (
        links == [f"#stop-{row + 1}" for row in range(len(journey))] and {each[1:] for each in links} <= stops
    )
    ids = [attrs["id"] for _, attrs in read.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    (svg,) = read.all("svg")
    assert svg["role"] == "img" and journey.title.rstrip(".") in svg["aria-label"]


# --- slides ---------------------------------------------------------------------------------------------------


def parts(name, pattern):
    """The XML parts of a deck whose names match, in order."""
    with zipfile.ZipFile(io.BytesIO(deck(name))) as file:
        found = [each for each in file.namelist() if re.fullmatch(pattern, each)]
        found.sort(key=lambda each: int(re.findall(r"\d+", each)[-1]))
        return [ElementTree.fromstring(file.read(each)) for each in found]


def slides(name):
    return parts(name, r"ppt/slides/slide\d+\.xml")


def notes(name):
    return parts(name, r"ppt/notesSlides/notesSlide\d+\.xml")


def paragraphs(part):
    return [flat("".join(run.text or "" for run in each.iter(f"{A}t"))) for each in part.iter(f"{A}p")]


@pytest.mark.parametrize("name", DECKS)
def test_slides_say_the_same_as_the_journey(name):
    journey, said = JOURNEYS[name], words(JOURNEYS[name].language)
    shown = [paragraphs(slide) for slide in slides(name)]
    told = [line for note in notes(name) for line in paragraphs(note)]
    groups = [each.get("descr", "") for slide in slides(name) for each in slide.iter(f"{P}cNvPr")]
    assert len(shown) == len(notes(name))
    for row, touchpoint, expected, lived, gap, days, owner in lines_of(name):
        on_slide = [slide for slide in shown if touchpoint in slide]
        cut = [
            line
            for slide in shown
            for line in slide
            if line.endswith("…") and touchpoint.startswith(line[:5])
        ]
        assert on_slide or cut, touchpoint
        place = next(
            n
            for n, line in enumerate(told)
            if re.fullmatch(rf"{row + 1}\. (≈ )?{re.escape(touchpoint)}", line)
        )
        rest = told[place + 1]
        for lane, value in (("expected", expected), ("experienced", lived), ("gap", gap), ("owner", owner)):
            assert not value or re.search(rf"{said[lane]}: (≈ )?{re.escape(value)} ?(;|$)", rest), (
                lane,
                rest,
            )
        if days and days != "0":
            waited = {"1": said["day"].format(1)}.get(days, days)
            assert waited in rest.split(f"{said['wait_days']}: ")[1].split(";")[0]
        wanted = f"{said['expected']}: {expected}" if expected else ""
        assert any(wanted.replace(": ", ": ≈ ") in each or wanted in each for each in groups)
    gaps = [gap for *_, gap, _, _ in lines_of(name) if gap]
    pills = [line.removeprefix("≈ ") for slide in shown for line in slide]
    assert all(gap in pills for gap in gaps)
    if (journey.table["owner"] == "").any():
        assert any(said["no owner"] in slide for slide in shown)


@pytest.mark.parametrize("name", DECKS)
def test_slides_are_shapes_that_can_be_edited(name):
    journey = JOURNEYS[name]
    with zipfile.ZipFile(io.BytesIO(deck(name))) as file:
        assert not [each for each in file.namelist() if re.search(r"\.(png|jpe?g|emf|svg)$", each)]
    for slide in slides(name):
        assert not list(slide.iter(f"{P}pic"))
        (title,) = [each for each in slide.iter(f"{P}ph") if each.get("type") == "title"]
        assert title is not None
        ids = [each.get("id") for each in slide.iter(f"{P}cNvPr")]
        assert len(ids) == len(set(ids))
        assert list(slide.iter(f"{A}custGeom")), "icons and curves are shapes"
        for shape in slide.iter(f"{P}sp"):
            about, texts = (
                shape.find(f"{P}nvSpPr/{P}cNvPr"),
                "".join(t.text or "" for t in shape.iter(f"{A}t")),
            )
            hidden = any("decorative" in each.tag for each in about.iter())
            assert about.get("name")
            assert texts or about.get("descr") or hidden or "placeholder" in str(about.get("name")).lower()
        sizes = [int(each.get("sz")) for each in slide.iter(f"{A}rPr") if each.get("sz")]
        assert min(sizes) >= 700
    reverse = journey.language == "he"
    runs = [each for slide in slides(name) for each in slide.iter(f"{A}pPr")]
    assert any(each.get("rtl") == "1" for each in runs) == reverse


@pytest.mark.parametrize("name", DECKS)
def test_slides_stay_within_the_slide(name):
    for slide in slides(name):
        for shape in slide.iter(f"{P}sp"):
            off, size = shape.find(f"{P}spPr/{A}xfrm/{A}off"), shape.find(f"{P}spPr/{A}xfrm/{A}ext")
            if off is not None:
                x, y, wide, tall = (
                    int(each) / 12700 for each in (*off.attrib.values(), *size.attrib.values())
                )
                assert x >= -1 and x + wide <= 961 and y >= -1 and y + tall <= 541, paragraphs(shape)


def test_slides_show_estimates_and_take_the_projector_s_style():
    journey = JOURNEYS["hmo_opt_out as-is"]
    name = journey.table["touchpoint"][4]
    found = pd.DataFrame(
        {"touchpoint": [name], "odds_ratio": [1.46], "low": [1.35], "high": [1.58], "n": [1402]}
    )
    with zipfile.ZipFile(io.BytesIO(to_pptx(journey, drivers=found, style="projector"))) as file:
        slide = ElementTree.fromstring(file.read("ppt/slides/slide1.xml"))
        assert "ppt/slides/slide2.xml" not in file.namelist()
    assert "1.46 (1.35–1.58)" in flat(" ".join(paragraphs(slide)))
    # a part of a long journey of which nothing was estimated is drawn all the same
    assert "1.46" not in "".join(text.get_text() for text in _drawn(BARE, {"drivers": found}).axes[0].texts)


def test_one_slide_where_all_fits_and_an_overview_first_where_not():
    assert len(slides("hmo_opt_out as-is")) == len(slides("hebrew as-is")) == 1
    long = slides("thirty")
    titles = [paragraphs(slide)[0] for slide in long]
    assert "overview" in titles[0]
    assert len(titles) - 1 >= 30 / MOST and titles[1].endswith(f"(1 of {len(titles) - 1})")
    for slide in long[1:]:
        cards = {
            each.get("name")
            for each in slide.iter(f"{P}cNvPr")
            if re.fullmatch(r"Touchpoint \d+", each.get("name"))
        }
        assert 1 <= len(cards) <= MOST


def test_the_same_journey_gives_the_same_files_with_nobody_s_name_in_them():
    journey = JOURNEYS["hmo_opt_out as-is"]
    assert to_html(journey) == page("hmo_opt_out as-is")
    assert to_pptx(journey) == deck("hmo_opt_out as-is")
    with zipfile.ZipFile(io.BytesIO(deck("hmo_opt_out as-is"))) as file:
        about = file.read("docProps/core.xml").decode()
    assert "Canny" not in about and journey.title in about


def test_text_in_a_box_is_one_text_and_not_a_heap_of_lines():
    drawn = take_apart(JOURNEYS["hmo_opt_out as-is"].draw())
    quotes = [each for each in drawn.words if each.gid == "quote"]
    assert len(quotes) == (JOURNEYS["hmo_opt_out as-is"].table["quote"] != "").sum()
    assert any(len(each.lines) > 1 for each in quotes)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 30])
def test_split_keeps_every_touchpoint_in_its_order(count):
    stages = ["pre-care"] * 8 + ["care"] * 13 + ["post-care"] * 9
    runs = split(stages, count)
    assert len(runs) == count and runs[0][0] == 0 and runs[-1][1] == 30
    assert all(first < last for first, last in runs)
    assert all(before[1] == after[0] for before, after in pairwise(runs))


# --- Mermaid (its own parser reads it in the browser's tests) -------------------------------------------------


@pytest.mark.parametrize("name", list(JOURNEYS))
def test_diagram_has_one_task_for_each_touchpoint(name):
    journey, text = JOURNEYS[name], to_mermaid(JOURNEYS[name])
    body = [line for line in text.split("\n---\n", 1)[1].splitlines() if not line.strip().startswith("%%")]
    assert body[0] == "journey" and body[1].startswith("  title ")
    tasks = [line for line in body if re.search(r": \d(\.\d+)?(:|$)", line) and "accDescr" not in line]
    assert len(tasks) == len(journey)
    for line, (row, _, _, lived, *_) in zip(tasks, lines_of(name), strict=True):
        score = float(re.search(r": (\d(?:\.\d+)?)(?:: |$)", line)[1])
        wanted = 3 if not lived else 1 + (journey.table["experienced"][row] - 1) * 4 / 9
        assert score == pytest.approx(wanted, abs=0.005)
    comments = [line for line in text.splitlines() if line.strip().startswith("%%")]
    assert not [line for line in comments if "{" in line or "<" in line]


@pytest.mark.parametrize("text", HOSTILE)
def test_codes_of_a_diagram_leave_nothing_that_mermaid_would_act_on(text):
    coded = re.sub(r"#\d+;", "", escape(text))
    assert not re.search(r"[#;:%<>\"'&{}\n\u202e]", coded)
    assert re.sub(r"#(\d+);", lambda found: chr(int(found[1])), escape(text)) == " ".join(text.split())


# --- pictures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hmo_opt_out as-is", "hebrew as-is", "thirty"])
def test_pdf_text_can_be_selected_and_its_fonts_are_in_it(name, tmp_path):
    journey = JOURNEYS[name]
    picture = journey.draw()
    (sheet,) = PdfReader(picture.save(tmp_path / "map.pdf")).pages
    text = sheet.extract_text()
    # A Hebrew word comes out in the order of its letters, whatever the order of the words on a line
    found = flat(text)
    drawn = [text.get_text() for axes in picture.axes for text in axes.texts]
    wanted = {word for line in drawn for word in re.findall(r"\w+", flat(line))}
    assert len(wanted) > 40
    assert not [word for word in wanted if word not in found]
    fonts = sheet["/Resources"]["/Font"]
    for font in fonts.values():
        (inner,) = font.get_object()["/DescendantFonts"]
        assert "/FontFile2" in inner.get_object()["/FontDescriptor"]
        assert "/ToUnicode" in font.get_object()


def test_svg_of_a_hostile_journey_is_a_drawing_and_nothing_else(tmp_path):
    awkward().save(tmp_path / "map.svg")
    root = ElementTree.parse(tmp_path / "map.svg").getroot()
    for part in root.iter():
        tag = part.tag.split("}")[-1]
        assert tag not in ("script", "foreignObject", "a", "image", "animate", "set")
        assert not [key for key in part.attrib if key.split("}")[-1].lower().startswith("on")]
        targets = [value for key, value in part.attrib.items() if key.split("}")[-1] == "href"]
        assert all(each.startswith("#") for each in targets)
    assert "<script" not in (tmp_path / "map.svg").read_text(encoding="utf-8")


def test_no_journey_holds_what_xml_cannot():
    for text in ("a\0b", "a\x1bb", "a\ufffeb"):
        with pytest.raises(JourneyError, match="hidden character"):
            Journey([{"stage": "care", "touchpoint": text, "channel": "web"}])


# --- words ----------------------------------------------------------------------------------------------------


def test_languages_have_the_same_words():
    assert _EN.keys() == _HE.keys() and all(_HE.values())
    for key in _EN:
        assert set(re.findall(r"{\w*}", _EN[key])) == set(re.findall(r"{\w*}", _HE[key])), key


def test_what_is_worked_out_is_said_to_be():
    story = Story(case("hmo_opt_out").journey)
    known = {fact.name: fact for fact in facts(story, 0)}
    assert known["owner"].said.startswith("≈ ") and not known["touchpoint"].said.startswith("≈ ")
    for name, own, others in (
        ("dental_clinic_delays to-be", "≈ planned, not measured.", "worked out"),
        ("hmo_opt_out as-is", "≈ worked out, not told.", "planned"),
        ("hebrew to-be", "≈ תכנון, לא מדידה.", "הוסק"),
    ):
        journey = JOURNEYS[name]
        assert own in page(name) and others not in page(name)
        # the table that a notebook shows, and the words of the map
        if journey.language == "en":
            assert own.removeprefix("≈ ") in journey._repr_html_()
        assert (
            own.removeprefix("≈ ").rstrip(".").casefold() in headings(Story(journey))["inferred"].casefold()
        )


@pytest.mark.parametrize("make", [to_html, to_pptx, to_mermaid])
def test_a_journey_of_one_bare_touchpoint_goes_everywhere(make):
    assert len(make(BARE)) > 50


@pytest.mark.parametrize(
    ("suffix", "start"), [(".html", b"<!doctype"), (".pptx", b"PK"), (".MMD", b"---\nconfig")]
)
def test_write_chooses_the_kind_by_the_ending(suffix, start, tmp_path):
    path = tmp_path / f"mine{suffix}"
    write(BARE, path, size="16:9", style="print")
    assert path.read_bytes().startswith(start)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("mine.ppt", {}, r"\.pptx"),
        ("mine.pptx", {"size": "A4"}, "16:9"),
        ("mine.mmd", {"drivers": 1}, "drivers"),
        ("nowhere/mine.html", {}, "does not exist"),
    ],
)
def test_write_says_in_words_what_cannot_be(name, options, said, tmp_path):
    with pytest.raises(JourneyError, match=said):
        write(BARE, tmp_path / name, **options)
    assert not list(tmp_path.iterdir())

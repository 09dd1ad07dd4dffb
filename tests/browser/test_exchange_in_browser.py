"""The exported page in a real browser, and the diagram read back by Mermaid's own parser."""

from __future__ import annotations

import gzip
import html
import re
from itertools import pairwise
from pathlib import Path

import pytest
from any_journey import journeys
from axe_playwright_python.sync_playwright import Axe
from exchange_journeys import awkward, every, flat, thirty
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from cxkit.cases import case
from cxkit.exchange import to_html, to_mermaid
from cxkit.journey import Journey
from cxkit.views.look import words

MERMAID = Path(__file__).parents[1] / "data" / "mermaid" / "mermaid.min.js.gz"
FOCUSED = "document.activeElement.getAttribute('href')"
SHOWN = "[...document.querySelectorAll('.stops > li')].filter(each => each.offsetParent).map(each => each.id)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages, written once."""
    place = tmp_path_factory.mktemp("pages")
    todo = {
        "lucy": case("hmo_opt_out").journey,
        "noa": case("dental_clinic_delays", "he").journey,
        "thirty": thirty(),
        "awkward": awkward(),
    }
    for name, journey in todo.items():
        (place / f"{name}.html").write_text(to_html(journey), encoding="utf-8")
    return place


@pytest.fixture
def show(chromium, folder):
    """Open a page; whatever it asks for or complains of is kept in `page.told`."""
    contexts = []

    def open_page(name, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.told = []
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("dialog", lambda dialog: (page.told.append("a dialog"), dialog.dismiss()))
        page.on(
            "request", lambda request: page.told.append(request.url) if page.url != "about:blank" else None
        )
        page.goto((folder / f"{name}.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", ["lucy", "noa", "awkward"])
def test_axe_finds_nothing_and_nothing_is_asked_for(show, name):
    page = show(name)
    found = Axe().run(page).response["violations"]
    assert not [(each["id"], each["nodes"][0]["html"]) for each in found]
    assert page.told == []
    assert page.evaluate("window.broken") is None


@pytest.mark.parametrize(("name", "forward"), [("lucy", "ArrowRight"), ("noa", "ArrowLeft")])
def test_keys_walk_over_the_map(show, name, forward):
    page = show(name)
    page.locator(".map").focus()
    page.keyboard.press("Tab")
    first = page.evaluate(FOCUSED)
    assert page.locator(".sheet a[tabindex='0']").count() == 1, "one tab stop"
    page.keyboard.press("Home")
    assert page.evaluate(FOCUSED) == "#stop-1" and page.evaluate(SHOWN) == ["stop-1"]
    page.keyboard.press(forward)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == "#stop-3" and page.evaluate(SHOWN) == ["stop-3"]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("End")
    page.keyboard.press(forward)
    assert page.evaluate(FOCUSED) == "#stop-8" and page.evaluate(SHOWN) == ["stop-8"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.id") == "stop-8"
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "#stop-8"
    page.keyboard.press("Tab")
    assert not str(page.evaluate(FOCUSED)).startswith("#stop"), "the next stop lies behind the map"
    assert first.startswith("#stop-")


def test_the_worst_touchpoint_is_open_at_first_and_a_click_opens_another(show):
    page = show("lucy")
    assert page.evaluate(SHOWN) == ["stop-5"]
    page.locator(".sheet a").nth(1).click()
    assert page.evaluate(SHOWN) == ["stop-2"]
    box, panel = page.locator(".sheet a").nth(1).bounding_box(), page.locator(".details").bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= panel["y"], (
        "the card stays in sight above its details"
    )
    assert page.locator("#stop-2 h3").is_visible() and panel["y"] + panel["height"] <= 801
    page.locator(".steps button").first.click()
    assert page.evaluate(SHOWN) == ["stop-1"] and page.locator(".count").inner_text() == "1 of 8"


def test_links_lie_on_their_cards(show):
    page = show("thirty")
    boxes = [each.bounding_box() for each in page.locator(".sheet a").all()]
    assert len(boxes) == 30
    rows = sorted({round(each["y"]) for each in boxes})
    assert 1 < len(rows) < 8
    for row in rows:
        here = sorted((each for each in boxes if round(each["y"]) == row), key=lambda each: each["x"])
        assert all(a["x"] + a["width"] <= b["x"] + 1 for a, b in pairwise(here))
    assert all(min(each["width"], each["height"]) >= 24 for each in boxes)


def test_without_scripts_everything_is_there(show):
    page = show("lucy", java_script_enabled=False)
    assert page.locator(".stops > li").count() == 8
    assert all(each.is_visible() for each in page.locator(".stops > li").all())
    assert not page.locator(".steps").is_visible()
    page.locator(".sheet a").nth(6).click()
    assert page.url.endswith("#stop-7")
    assert page.locator("table").is_visible()


@pytest.mark.parametrize("name", ["lucy", "noa", "awkward"])
@pytest.mark.parametrize(
    ("width", "height"), [(640, 400), (360, 740), (820, 1180)], ids=["200%", "phone", "tablet"]
)
def test_nothing_runs_out_of_a_small_window(show, name, width, height):
    page = show(name, viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for each in page.locator("h1, .persona, .stops > li, .steps button").all():
        box = each.bounding_box()
        if box is not None:
            assert box["x"] >= 0 and box["x"] + box["width"] <= width + 0.5
    assert all(each.bounding_box()["height"] >= 43 for each in page.locator(".steps button").all())
    letters = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.stops dd')).fontSize)")
    assert letters >= 16


@pytest.mark.parametrize(("name", "most"), [("lucy", 2), ("noa", 2), ("thirty", 4)])
def test_prints_the_map_on_one_page_and_the_table_behind_it(show, name, most, tmp_path):
    page = show(name)
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    sheets = PdfReader(tmp_path / "page.pdf").pages
    assert 2 <= len(sheets) <= most
    wide, tall = sheets[0].mediabox.width, sheets[0].mediabox.height
    assert (round(wide), round(tall)) == (842, 595), "A4, landscape"
    # the text of the first page is not taken out: its drawn map is a great many curves, which takes a reader long
    drawn = [len(sheet.get_contents().get_data()) for sheet in sheets]
    assert drawn[0] > 5 * max(drawn[1:]), "the map is on the first page alone"
    journey = {"lucy": case("hmo_opt_out").journey, "noa": case("dental_clinic_delays", "he").journey}.get(
        name, thirty()
    )
    told = "".join(sheet.extract_text() for sheet in sheets[1:])
    touchpoints = {word for text in journey.table["touchpoint"] for word in re.findall(r"\w+", text)}
    assert all(word in told for word in touchpoints)


# --- Mermaid --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mermaid(chromium):
    """Mermaid's parser and its drawing: what stands in the diagram, and the words that it draws."""
    page = chromium.new_page()
    trouble = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: (trouble.append("a dialog"), dialog.dismiss()))
    page.set_content("<!doctype html><meta charset='utf-8'><title>Mermaid</title><body></body>")
    page.add_script_tag(content=gzip.decompress(MERMAID.read_bytes()).decode("utf-8"))
    page.evaluate("mermaid.initialize({ startOnLoad: false })")

    def read(text, draw=False):
        plain = re.sub(r"^\s*%%(?!\{)[^\n]+\n?", "", text.split("\n---\n", 1)[1], flags=re.MULTILINE)
        found = page.evaluate(
            """async ([text, plain, draw]) => {
                const { diagramType } = await mermaid.parse(text);
                const { db } = await mermaid.mermaidAPI.getDiagramFromText(plain);
                const tasks = db.getTasks().map(({ task, section, score, people }) => ({ task, section, score, people }));
                const found = { diagramType, tasks, title: db.getDiagramTitle(), said: db.getAccDescription() };
                if (draw) {
                    document.body.innerHTML = (await mermaid.render('drawn', text)).svg;
                    found.drawn = [...document.querySelectorAll('foreignObject')].map((each) => each.textContent);
                }
                return found;
            }""",
            [text, plain, draw],
        )
        assert not trouble
        assert page.evaluate("window.broken") is None
        return {**found, "tasks": [{**each, "task": decoded(each["task"])} for each in found["tasks"]]}

    yield read
    page.close()


def decoded(text):
    """Mermaid keeps its codes in a form of its own until it draws them."""
    return html.unescape(text.replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";"))


def same_as(journey, found):
    """Whether Mermaid read every touchpoint: name, stage, score, wait and owner."""
    said, table = words(journey.language), journey.table
    assert found["diagramType"] == "journey"
    assert decoded(found["title"]).strip() == " ".join((journey.title or said["untitled"]).split())
    assert len(found["tasks"]) == len(journey)
    owned = (table["owner"] != "").any()
    for task, (row, cells) in zip(found["tasks"], table.iterrows(), strict=True):
        name = " ".join(cells["touchpoint"].split())
        if len(name) <= 80 and re.search(r"\w", name):
            assert task["task"].startswith(name)
        assert task["section"] == said[cells["stage"]]
        score = cells["experienced"]
        if score == score:
            assert 1 <= task["score"] <= 5 and abs(1 + (task["score"] - 1) * 9 / 4 - score) < 0.02
        else:
            assert task["score"] == 3 and said["no score"] in task["task"]
        days = cells["wait_days"]
        if row and days == days and days and len(name) <= 80:
            assert len(task["task"]) > len(name), "the wait stands in the name"
        people = [decoded(each) for each in task["people"]]
        owner = " ".join(cells["owner"].split()) or said["no owner"]
        assert people == ([owner if len(owner) <= 40 else people[0]] if owned else [])


@pytest.mark.parametrize("name", list(every()))
def test_mermaid_reads_and_draws_the_journey(mermaid, name):
    journey = every()[name]
    found = mermaid(to_mermaid(journey), draw=True)
    same_as(journey, found)
    drawn = [flat(each) for each in found["drawn"]]
    assert all(flat(each["task"]) in drawn for each in found["tasks"])


NASTY = st.text("abא :;#%{}[]()<>&\"'`|\\,-–=\n\t/$~^*_!?.0ﬂ°¶ß…\u202e\u200f", min_size=1, max_size=30)
WORDS = st.sampled_from(
    """
    journey
    Journey planning
    title x
    section y
    accTitle: x
    accDescr { x
    style a:#b;
    classDef a:#b;
    %%{init: {}}%%
    ---
    end
    click
    <br>
    #35;
    __proto__
    """.strip().split("\n    ")
)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(NASTY | WORDS, NASTY | WORDS | st.just("")), min_size=1, max_size=4), NASTY | WORDS)
def test_mermaid_reads_whatever_people_type(mermaid, pairs, title):
    pairs = [(name, owner) for name, owner in pairs if name.strip(" \n\t\u200f\u202e")]
    if not pairs:
        return
    rows = [
        {
            "stage": "care",
            "touchpoint": name,
            "channel": "web",
            "owner": owner,
            "pain_point": title,
            "experienced": 5,
        }
        for name, owner in pairs
    ]
    journey = Journey(rows, title=title, scenario=title)
    same_as(journey, mermaid(to_mermaid(journey)))


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(journeys())
def test_mermaid_reads_any_journey(mermaid, journey):
    same_as(journey, mermaid(to_mermaid(journey)))

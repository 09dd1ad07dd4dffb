"""The glossary in a real browser: look for a word by hand, hear what is left, and keep the notebook's keys out."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from test_course_content import ROOT

from cxkit.teaching.glossary import glossary

pytestmark = pytest.mark.browser

PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>A notebook</title><body><main></main></body></html>'
SHOW = """
async ([code, css, state]) => {
  document.head.appendChild(document.createElement('style')).textContent = css;
  // as a notebook does: shortcuts are heard on the document, before any field
  window.shortcuts = [];
  document.addEventListener('keydown', (event) => window.shortcuts.push(event.key), true);
  const module = await import(URL.createObjectURL(new Blob([code], {type: 'text/javascript'})));
  module.default.render({model: {get: (name) => state[name]}, el: document.querySelector('main')});
}
"""


@pytest.fixture
def page(monkeypatch):
    monkeypatch.chdir(ROOT / "course")
    shown = glossary()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1000, "height": 700})
        wrong: list[str] = []
        page.on("pageerror", lambda fault: wrong.append(str(fault)))
        page.on("request", lambda request: wrong.append(request.url) if request.url[:4] == "http" else None)
        page.set_content(PAGE)
        page.evaluate(SHOW, [shown._esm, shown._css, {"html": shown.html, "words": dict(shown.words)}])
        yield page
        browser.close()
        assert not wrong


def test_a_word_leaves_the_rows_that_hold_it(page):
    rows = page.locator("tbody tr:visible")
    all_of_them = rows.count()
    field = page.get_by_role("searchbox", name="Look for a word")
    field.focus()
    page.keyboard.type("Hand-OFF")
    expect(page.get_by_role("rowheader", name="hand-off")).to_be_visible()
    assert 1 <= rows.count() < 10
    expect(page.get_by_role("status")).to_have_text(f"{rows.count()} of {all_of_them} terms")
    # none of these letters reached the notebook's shortcuts
    assert page.evaluate("window.shortcuts") == []
    field.fill("נקודת מגע")
    expect(page.get_by_role("rowheader", name="touchpoint", exact=True)).to_be_visible()
    field.fill("qqq")
    expect(page.get_by_role("status")).to_contain_text("Try a shorter one")
    assert rows.count() == 0
    field.fill("")
    assert rows.count() == all_of_them


def test_it_reads_well_and_hebrew_runs_from_right_to_left(page):
    found = Axe().run(page).response["violations"]
    assert not [(one["id"], one["impact"]) for one in found if one["impact"] in ("serious", "critical")]
    cell = page.locator('td[lang="he"]').first
    assert cell.evaluate("cell => getComputedStyle(cell).direction") == "rtl"
    page.set_viewport_size({"width": 480, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "only the table scrolls"
    )

"""A conversation in a real browser: hands, keys, screen readers, small windows, Hebrew, paper, and a silent kernel.

A plain page plays the notebook: the widget's own script and style, and Python's own handler behind it.
"""

from __future__ import annotations

import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from nbgrader_course import ROOT
from playwright.sync_api import expect, sync_playwright
from widget_page import MODEL, PAGE

from cxkit.teaching.conversation import conversation
from cxkit.teaching.conversation_words import WORDS

pytestmark = pytest.mark.browser

# every text that stands outside the frame
OUTSIDE = """() => {
  const edge = document.querySelector('.cx-talk').getBoundingClientRect();
  return [...document.querySelectorAll('.cx-talk :is(p, button, h3, h4, h5, span, td, th, li)')]
    .filter((e) => !e.closest('.cxt-unseen, thead') && e.getClientRects().length)
    .map((e) => [e.textContent.slice(0, 40), e.getBoundingClientRect()])
    .filter(([text, box]) => box.left < edge.left - 1 || box.right > edge.right + 1)
    .map(([text]) => text);
}"""
GOOD = ["look_first", "own_it", "take_it", "provisional", "by_three", "call_now"]


@pytest.fixture(scope="module")
def context():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_context(reduced_motion="reduce")
        browser.close()


@pytest.fixture
def show(context, monkeypatch):
    """Show a conversation in a window of a given size, after the choices of `path`."""
    monkeypatch.chdir(ROOT / "course")
    wrong, pages = [], []

    def show(name="about_the_images", path=(), width=1000, height=900):
        talk = conversation(name)
        if path:
            talk.path = list(path)
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url[:5] in ("blob:", "data:", "about") else wrong.append(request.url)
            ),
        )

        def to_kernel(message):
            talk._heard(talk, message, None)
            return {"spec": talk.spec, "view": talk.view}

        page.expose_function("toKernel", to_kernel)
        page.set_content(PAGE)
        page.add_style_tag(content=talk._css)
        page.evaluate(MODEL, [talk._esm, {"spec": talk.spec, "view": talk.view}])
        return talk, page

    yield show
    for page in pages:
        page.close()
    assert wrong == []


def pick(page, choice):
    page.locator(f'[data-choice="{choice}"]').click()
    expect(page.locator(f'[data-choice="{choice}"]')).to_have_count(0)


def broken_rules(page):
    found = Axe().run(page, context={"include": [[".cx-talk"]]}).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:200]) for one in found]


def test_a_choice_moves_the_scores_and_the_map_and_she_answers(show):
    talk, page = show()
    log = page.get_by_role("log", name="The conversation")
    expect(log.locator(".cxt-line")).to_have_count(1)
    pick(page, "look_first")
    expect(log).to_contain_text("Michal")
    expect(log).to_contain_text("They said that it would be there the same day.")
    pick(page, "own_it")
    pick(page, "take_it")
    trust = page.locator('[data-score="trust"]')
    expect(trust).to_contain_text("8 of 10, high")
    expect(trust).to_contain_text("up 1")
    images = page.locator('[data-touchpoint="images"]')
    expect(images).to_contain_text("Owner: Michal, front desk")
    expect(images).to_contain_text("owner: nobody → Michal, front desk")
    expect(page.locator('[aria-current="step"]')).to_have_attribute("data-touchpoint", "call")
    gap = page.get_by_role("img", name="expected 8, got 7, gap −1")
    expect(gap).to_be_visible()
    # the diamond of what she expects stands to the right of the dot of what she gets
    diamond, dot = (
        gap.locator(one).evaluate("e => { const b = e.getBoundingClientRect(); return b.x + b.width / 2; }")
        for one in (".cxt-diamond", ".cxt-dot")
    )
    assert diamond > dot
    assert talk.path == GOOD[:3]
    assert broken_rules(page) == []


def test_the_whole_conversation_by_keyboard_with_the_focus_kept(show):
    talk, page = show()
    page.evaluate(
        "() => { window.heard = []; document.addEventListener('keydown', (e) => heard.push(e.key)); }"
    )
    page.locator('[data-choice="look_first"]').focus()
    page.keyboard.press("Enter")
    for n, choice in enumerate(GOOD[1:], 1):
        # the reader goes on at the heading of the next turn, with the first choice one Tab away
        heading = page.get_by_role("heading", name="Your turn.")
        expect(page.locator(f'[data-choice="{choice}"]')).to_be_visible()
        expect(heading).to_be_focused()
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.dataset.choice") != choice:
            page.keyboard.press("Tab")
        page.keyboard.press("Space" if n % 2 else "Enter")
    expect(page.get_by_role("heading", name="How it ended: Noa comes on Thursday at nine")).to_be_focused()
    assert talk.path == GOOD
    # the notebook's own shortcuts listen on the document and must not hear a bare key
    assert page.evaluate("heard") == []
    page.get_by_role("button", name="Go back one turn").press("Enter")
    expect(page.get_by_role("heading", name="Your turn.")).to_be_focused()
    expect(page.get_by_text("You are one turn back.")).to_be_visible()
    assert talk.path == GOOD[:-1]


def test_only_what_is_new_is_read_out(show):
    _, page = show()
    page.evaluate(
        """() => {
            window.added = []; window.removed = 0;
            new MutationObserver((all) => all.forEach((one) => {
                added.push(...[...one.addedNodes].map((e) => e.textContent));
                removed += one.removedNodes.length;
            })).observe(document.querySelector('[role="log"]'), {childList: true});
        }"""
    )
    pick(page, "look_first")
    first = page.evaluate("added")
    assert first[0].startswith("Michal") or "Michal" in first[0]
    assert len(first) == page.locator(".cxt-line").count() - 1
    pick(page, "own_it")
    assert page.evaluate("added.length") == page.locator(".cxt-line").count() - 1
    assert page.evaluate("removed") == 0
    # each bubble says who speaks, also where the eye sees it only once
    for line in page.locator(".cxt-they").all():
        assert line.text_content().startswith("Noa: ")


def test_the_look_back_and_another_try(show):
    talk, page = show(path=[*GOOD[:3], "fixed", "by_three"])
    pick(page, "call_now")
    end = page.get_by_role("region", name="How it ended: The fixed date is cancelled")
    expect(end).to_contain_text("Noa expected 10 and got 3: a gap of −7.")
    expect(end.get_by_role("heading", name="Endings found: 1 of 4")).to_be_visible()
    rows = end.get_by_role("row")
    expect(rows).to_have_count(8)
    expect(rows.nth(1)).to_contain_text("The same in both")
    expect(rows.nth(4)).to_contain_text("Here the two ways part.")
    expect(rows.nth(4)).to_contain_text("You promised something that is hers to decide.")
    expect(rows.nth(7)).to_contain_text("It ends so: Noa comes on Thursday at nine")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator(".cxt-line")).to_have_count(1)
    expect(page.get_by_role("button", name="Start again")).to_be_disabled()
    for choice in GOOD:
        pick(page, choice)
    expect(page.get_by_role("heading", name="Endings found: 2 of 4")).to_be_visible()
    expect(page.get_by_text("You took this way yourself.")).to_be_visible()
    assert talk.found == ["comes_on_thursday", "date_falls"]


def test_a_double_click_takes_one_turn_and_a_second_click_on_its_way_none(show):
    talk, page = show()
    page.locator('[data-choice="look_first"]').dblclick()
    expect(page.locator('[data-choice="own_it"]')).to_be_visible()
    page.wait_for_timeout(200)
    assert talk.path == ["look_first"]
    page.evaluate("model.hold = true")
    page.locator('[data-choice="own_it"]').click()
    page.wait_for_timeout(600)
    page.locator('[data-choice="so_busy"]').click()
    assert page.evaluate("model.sent.length") == 2
    expect(page.locator(".cx-talk")).to_have_attribute("aria-busy", "true")
    page.evaluate("model.deliver(model.sent[1])")
    expect(page.locator('[data-choice="take_it"]')).to_be_visible()
    assert talk.path == ["look_first", "own_it"]


def test_when_the_notebook_is_silent_it_says_so_and_can_be_tried_again(show):
    talk, page = show()
    page.clock.install()
    page.evaluate("model.dead = true")
    page.locator('[data-choice="look_first"]').click()
    page.clock.run_for(5000)
    assert page.locator(".cxt-alarm").inner_text() == ""
    page.clock.run_for(2000)
    expect(page.get_by_role("alert")).to_contain_text("The notebook does not answer.")
    page.evaluate("model.dead = false")
    page.locator('[data-choice="look_first"]').click()
    expect(page.get_by_role("alert")).to_be_empty()
    assert talk.path == ["look_first"]


def test_in_hebrew_everything_runs_from_right_to_left(show):
    _, page = show("about_the_images_he", path=GOOD[:4])
    root = page.locator(".cx-talk")
    assert root.get_attribute("dir") == "rtl" and root.get_attribute("lang") == "he"
    cards = [card.bounding_box()["x"] for card in page.locator(".cxt-touchpoint").all()]
    assert cards == sorted(cards, reverse=True)
    you, they = (page.locator(f".cxt-{one}").first.bounding_box() for one in ("you", "they"))
    assert they["x"] + they["width"] > you["x"] + you["width"]
    gap = page.locator('[data-touchpoint="images"] .cxt-gap')
    diamond, dot = (gap.locator(one).bounding_box()["x"] for one in (".cxt-diamond", ".cxt-dot"))
    assert diamond < dot
    assert broken_rules(page) == []
    pick(page, "by_three")
    pick(page, "call_now")
    expect(page.get_by_role("heading", name="איך זה נגמר: נועה באה ביום חמישי בתשע")).to_be_focused()
    assert not page.locator(".cx-talk").evaluate("e => /[A-Za-z]/.test(e.innerText)")
    assert page.evaluate(OUTSIDE) == []


def test_nothing_leaves_the_frame_at_any_zoom(show):
    path = ["all_of_it", "from_memory", "price_only", "quick_join", "one_page", "all_set"]
    _, page = show("first_call", path=path)
    expect(page.get_by_role("heading", name="How it ended")).to_be_visible()
    # a window of 1000 at 200% or of 1280 at 400% leaves 500 or 320
    for width in (1000, 500, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate(OUTSIDE) == [], width
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert broken_rules(page) == []


def test_a_place_that_was_kept_comes_back_without_taking_the_focus(show):
    conversation("first_call").path = ["ask_need", "check_birth"]
    _, page = show("first_call")
    expect(page.get_by_text("This is where you were last time.")).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    expect(page.locator('[data-choice="say_plainly"]')).to_be_visible()


def test_on_paper_stand_the_bubbles_and_no_buttons_to_go_back(show):
    _, page = show(path=GOOD[:2])
    page.emulate_media(media="print")
    assert page.get_by_text("Thank you. I was beginning to think that it was my fault.").is_visible()
    assert not page.locator(".cxt-foot").is_visible()


def test_a_view_that_is_closed_hears_no_more(show):
    _, page = show()
    page.evaluate("model.hold = true")
    page.locator('[data-choice="look_first"]').click()
    page.evaluate("stop()")
    page.evaluate("model.deliver(model.sent[0])")
    assert page.locator(".cxt-line").count() == 1


def test_every_label_of_the_page_is_there():
    script = (ROOT / "src/cxkit/teaching/conversation.js").read_text("utf-8")
    used = {part.split(".")[1] for part in re.findall(r"words\.\w+", script)}
    assert used - {"length"} <= set(WORDS["en"])

"""The what-if panel in a real browser: hands, keys, screen readers, small windows, and a kernel that dies.

A plain page plays the notebook: the panel's own script and style, and Python's own handler behind it.
"""

from __future__ import annotations

import os
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright
from test_panel import clinic_of_our_own
from widget_page import MODEL, PAGE

import cxkit as cx
from cxkit.measures.estimate import number
from cxkit.views.panel import what_if_panel

pytestmark = pytest.mark.browser

DENTAL, HMO = "dental_clinic_delays", "hmo_opt_out"
# every text that stands outside the panel's frame
OUTSIDE = """() => {
  const edge = document.querySelector('.cx-panel').getBoundingClientRect();
  return [...document.querySelectorAll('.cx-panel :is(p, label, button, input, h3, h4, text, td, th, span)')]
    .filter((e) => !e.closest('.cxp-scroll, .cxp-unseen') && e.getClientRects().length)
    .map((e) => [e.textContent.slice(0, 40), e.getBoundingClientRect()])
    .filter(([text, box]) => box.left < edge.left - 1 || box.right > edge.right + 1)
    .map(([text]) => text);
}"""


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def show(chromium):
    """Show a panel in a window of a given size."""
    context = chromium.new_context()
    wrong = []

    def state(panel):
        return {name: getattr(panel, name) for name in ("spec", "levers", "guess", "view")}

    def show(panel, width=1280, height=900):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: wrong.append(str(error)))

        def to_kernel(message):
            panel._heard(panel, message, None)
            return state(panel)

        page.expose_function("toKernel", to_kernel)
        page.set_content(PAGE)
        page.add_style_tag(content=panel._css)
        page.evaluate(MODEL, [panel._esm, state(panel)])
        return page

    yield show
    context.close()
    assert wrong == []


def slider(page, lever):
    return page.locator(f'[data-lever="{lever}"] input[type="range"]')


def settled(page):
    expect(page.locator(".cxp-result")).to_have_attribute("aria-busy", "false")


def serious(page):
    found = Axe().run(page, context={"include": [[".cx-panel"]]}).response["violations"]
    return [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_keys_move_a_lever_and_people_and_money_follow(show):
    panel = what_if_panel(HMO)
    page = show(panel)
    heard = page.evaluate(
        "() => { window.heard = []; document.addEventListener('keydown', (e) => heard.push(e.key)); }"
    )
    assert heard is None
    cover = page.get_by_role("group", name="Close a gap").get_by_role("slider", name="Cover: told and given")
    cover.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowRight", "ArrowLeft", "ArrowRight"):
        page.keyboard.press(key)
    expect(cover).to_have_attribute("aria-valuetext", "1.5 points, today 0 points")
    settled(page)
    found = cx.what_if(HMO, cover_points=1.5)
    assert panel.levers["cover_points"] == 1.5
    expect(page.locator(".cxp-say")).to_have_text(panel.view["say"])
    people, money = page.locator('[data-outcome="people"]'), page.locator('[data-outcome="money"]')
    expect(people.locator(".cxp-figure")).to_have_text(f"+{number(round(found.people.change.value))}")
    expect(people.locator(".cxp-row-value").nth(1)).to_have_text(number(round(found.people.to_be.value)))
    expect(money.locator(".cxp-figure")).to_have_text(f"+${number(round(found.money.change.value))}")
    chart = people.get_by_role("img").first
    assert number(round(found.people.change.low)) in chart.get_attribute("aria-label")
    # the notebook's own shortcuts listen on the document and must not hear a bare key
    page.keyboard.press("b")
    assert page.evaluate("window.heard") == []
    # all of it is gone again with one key
    page.get_by_role("button", name="Back to today: Cover: told and given").press("Enter")
    expect(page.locator(".cxp-say")).to_have_text("Every lever stands as it is today, so nothing changes.")
    expect(page.get_by_role("button", name="As it is today")).to_have_attribute("aria-pressed", "true")
    expect(cover).to_be_focused()


def test_the_bars_stand_where_the_numbers_say(show):
    panel = what_if_panel(DENTAL, levers={"days_sooner_to_visit": 10, "days_sooner_after_images": -2})
    page = show(panel)
    people = panel.result.people
    width = "e => parseFloat(e.getAttribute('width'))"
    for row, part in enumerate((people.as_is, people.to_be)):
        bar = page.locator('[data-outcome="people"] .cxp-level').nth(row)
        assert bar.locator(".cxp-kept").evaluate(width) == pytest.approx(100 * part.value / part.n)
        ends = bar.locator(".cxp-whisker line").first.evaluate(
            "e => [e.getAttribute('x1'), e.getAttribute('x2')]"
        )
        assert [float(end.rstrip("%")) for end in ends] == pytest.approx(
            [100 * part.low / part.n, 100 * part.high / part.n]
        )
    # an interval that holds zero is said, and drawn on both sides of the zero line
    assert "includes zero" in page.locator(".cxp-say").inner_text()
    zero, *ends = page.locator('[data-outcome="people"] .cxp-change').evaluate(
        "c => [c.querySelector('.cxp-zero'), ...c.querySelectorAll('.cxp-whisker line:not(:first-child)')]"
        ".map((e) => e.getBoundingClientRect().x)"
    )
    assert ends[0] < zero < ends[1]


def test_a_fast_hand_makes_no_queue_and_the_last_setting_wins(show):
    panel = what_if_panel(HMO)
    page = show(panel)
    page.evaluate("model.hold = true")
    cover = slider(page, "cover_points")
    box = cover.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(150)
    for step in range(20):
        page.mouse.move(box["x"] + box["width"] * (0.4 + 0.028 * step), box["y"] + box["height"] / 2)
        page.wait_for_timeout(10)
    page.mouse.up()
    chosen = float(cover.input_value())
    page.wait_for_timeout(150)
    # one question on its way, the old result still there and marked
    assert page.evaluate("model.sent.length") == 1
    first = page.evaluate("model.sent[0].levers.cover_points")
    assert first != chosen
    expect(page.locator(".cxp-result")).to_have_attribute("aria-busy", "true")
    old = page.locator(".cxp-say").inner_text()
    # its answer is stale: it is not shown, and the newest setting is asked for
    page.evaluate("model.deliver(model.sent[0])")
    page.wait_for_function("model.sent.length === 2")
    assert page.locator(".cxp-say").inner_text() == old and float(cover.input_value()) == chosen
    assert page.evaluate("model.sent[1].levers.cover_points") == chosen
    page.evaluate("model.deliver(model.sent[1])")
    settled(page)
    assert old != panel.view["say"]
    expect(page.locator(".cxp-say")).to_have_text(panel.view["say"])
    # an answer that comes late, to nobody's question, moves nothing
    page.evaluate("model.deliver({...model.sent[0]})")
    page.wait_for_timeout(100)
    assert float(cover.input_value()) == chosen
    assert page.evaluate("model.sent.length") == 2


def test_the_result_is_spoken_once_when_the_hand_rests(show):
    page = show(what_if_panel(HMO))
    page.evaluate(
        """() => {
            window.spoken = [];
            const live = document.querySelector('.cxp-unseen[role="status"]');
            new MutationObserver(() => spoken.push(live.textContent)).observe(live, {childList: true, characterData: true});
        }"""
    )
    slider(page, "cover_points").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(120)
    assert page.evaluate("spoken") == []
    page.wait_for_function("spoken.length > 0")
    page.wait_for_timeout(900)
    said = page.evaluate("spoken")
    assert len(said) == 1 and re.match(r"About [\d,]+ more members stay \(.*\)\. Money after cost", said[0])


def test_a_number_can_be_typed_and_a_wrong_one_is_told(show):
    panel = what_if_panel(DENTAL)
    page = show(panel)
    box = page.get_by_role("textbox", name="Share of the patients outside the pilot")
    box.fill("35")
    box.press("Enter")
    settled(page)
    assert panel.levers["share_with_bundle"] == 0.35
    days = page.get_by_role("textbox", name="Days sooner to the first visit")
    days.fill("−1,5")
    days.press("Tab")
    settled(page)
    assert panel.levers["days_sooner_to_visit"] == -1.5
    for wrong in ("99", "many", ""):
        days.fill(wrong)
        days.press("Enter")
        expect(page.get_by_text("Write a number from −5 to 10.")).to_be_visible()
        expect(days).to_have_attribute("aria-invalid", "true")
    assert panel.levers["days_sooner_to_visit"] == -1.5
    slider(page, "days_sooner_to_visit").press("ArrowRight")
    settled(page)
    expect(days).to_have_value("−1")
    expect(page.get_by_text("Write a number from −5 to 10.")).to_have_count(0)
    page.get_by_role("button", name="The pilot everywhere").click()
    settled(page)
    assert panel.levers["share_with_bundle"] == 1 and panel.levers["days_sooner_to_visit"] == 0
    page.get_by_role("button", name="Reset all levers").click()
    settled(page)
    assert set(panel.levers.values()) == {0}


def test_a_switch_and_a_choice_move_as_sliders_do(show, tmp_path):
    panel = what_if_panel(clinic_of_our_own(tmp_path))
    page = show(panel)
    assert page.locator(".cx-panel h3").inner_text() == "What if …? Mine & <i>ours</i>"
    bundle = page.get_by_role("switch", name="Share of the patients outside the pilot")
    bundle.press("Space")
    expect(page.get_by_text("on (100%; today 0%)")).to_be_visible()
    days = page.get_by_role("radiogroup", name="Days sooner to the first visit")
    days.get_by_role("radio", name="0 days (today)").press("ArrowRight")
    expect(days.get_by_role("radio", name="2 days")).to_be_checked()
    settled(page)
    assert panel.levers == {"days_sooner_to_visit": 2, "days_sooner_after_images": 0, "share_with_bundle": 1}
    page.get_by_role("button", name="Reset all levers").click()
    expect(bundle).not_to_be_checked()
    expect(days.get_by_role("radio", name="0 days (today)")).to_be_checked()
    settled(page)
    assert serious(page) == []


def test_the_table_is_one_key_away_and_says_the_same(show):
    panel = what_if_panel(HMO, levers={"cover_points": 2})
    page = show(panel)
    page.get_by_text("Show as a table").focus()
    page.keyboard.press("Enter")
    rows = page.locator(".cxp-scroll tbody tr").all()
    shown = [[cell.inner_text() for cell in row.locator("th, td").all()] for row in rows]
    assert shown == panel.view["table"]["rows"]
    page.get_by_text("Where this comes from").press("Enter")
    for line in panel.result.words.splitlines()[1:]:
        expect(page.get_by_text(line, exact=True)).to_be_visible()
    assert page.get_by_text("A simulation, not a promise.").is_visible()
    assert serious(page) == []


def test_guess_first_then_see_both(show):
    panel = what_if_panel(HMO, guess=True)
    page = show(panel)
    assert not page.locator(".cxp-outcomes").is_visible()
    guess = page.get_by_role("textbox", name="How many more members will stay?")
    guess.fill("40")
    guess.press("Enter")
    expect(page.get_by_text("Move a lever first")).to_be_visible()
    slider(page, "cover_points").press("ArrowRight")
    settled(page)
    assert not page.locator(".cxp-outcomes").is_visible() and serious(page) == []
    guess.fill("1,000")
    guess.press("Enter")
    expect(page.locator(".cxp-guessed")).to_contain_text("You guessed 1,000. The model expects fewer:")
    expect(page.get_by_role("button", name="Guess again")).to_be_focused()
    # the mark of the guess stands beyond the end of the interval
    mark, end = page.locator(".cxp-with-guess").evaluate(
        "c => [c.querySelector('.cxp-guess-mark line'), c.querySelector('.cxp-whisker line:last-child')]"
        ".map((e) => e.getBoundingClientRect().x)"
    )
    assert mark > end
    slider(page, "cover_points").press("ArrowRight")
    expect(page.locator(".cxp-guessed")).to_contain_text("was for other settings")
    assert page.locator(".cxp-guess-mark").count() == 0
    page.get_by_role("button", name="Guess again").click()
    expect(guess).to_be_focused()
    assert not page.locator(".cxp-outcomes").is_visible()


def test_when_nobody_answers_the_levers_stay_and_can_be_taken_along(show):
    panel = what_if_panel(HMO)
    page = show(panel)
    page.clock.install()
    page.evaluate("model.dead = true")
    slider(page, "cover_points").press("ArrowRight")
    page.clock.run_for(5000)
    assert page.locator(".cxp-alarm").inner_text() == ""
    page.clock.run_for(2000)
    expect(page.get_by_role("alert").filter(has_text="The notebook does not answer.")).to_be_visible()
    expect(slider(page, "cover_points")).to_have_value("0.5")
    assert (
        page.locator(".cxp-alarm code").inner_text()
        == f'cx.what_if_panel("{HMO}", levers={{"cover_points": 0.5}})'
    )
    expect(page.locator(".cxp-result")).to_have_attribute("aria-busy", "false")
    # it was only busy: the next answer takes the words away
    page.evaluate("model.dead = false")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".cxp-alarm")).to_be_empty()
    assert panel.levers["cover_points"] == 0.5
    # a kernel that says good-bye is heard at once
    page.evaluate("model.tell('comm:close')")
    expect(page.get_by_role("alert").filter(has_text="The notebook does not answer.")).to_be_visible()


def test_a_lever_that_python_moves_moves_on_the_page(show):
    panel = what_if_panel(HMO)
    page = show(panel)
    panel.levers = {"hold_points": 2}
    page.evaluate("view => { model.state = {...model.state, view}; model.tell('change:view'); }", panel.view)
    expect(slider(page, "hold_points")).to_have_value("2")
    expect(page.locator(".cxp-say")).to_have_text(panel.view["say"])


def test_in_hebrew_all_of_it_runs_from_right_to_left(show):
    panel = what_if_panel(cx.case(DENTAL, "he"), levers={"share_with_bundle": 0.5})
    page = show(panel)
    root = page.locator(".cx-panel")
    assert (root.get_attribute("dir"), root.get_attribute("lang")) == ("rtl", "he")
    levers, result = page.locator(".cxp-levers").bounding_box(), page.locator(".cxp-result").bounding_box()
    assert levers["x"] > result["x"]
    # more is on the left of zero, as on the slider
    zero, bar = page.locator('[data-outcome="people"] .cxp-change').evaluate(
        "c => [c.querySelector('.cxp-zero'), c.querySelector('.cxp-moved-bar')].map((e) => e.getBoundingClientRect().x)"
    )
    assert bar < zero
    days = slider(page, "days_sooner_to_visit")
    days.press("ArrowLeft")
    settled(page)
    assert panel.levers["days_sooner_to_visit"] == 0.5
    assert serious(page) == []


@pytest.mark.parametrize("language", ["en", "he"])
def test_nothing_is_cut_off_in_a_small_window(show, language):
    panel = what_if_panel(DENTAL, language=language, levers={"days_sooner_to_visit": 10})
    page = show(panel, 820, 1180)
    page.locator("details").evaluate_all("all => all.forEach((e) => { e.open = true; })")
    # 640 × 450 is what is left of 1280 × 900 at 200% zoom
    for width, height in ((820, 1180), (340, 700), (640, 450)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE) == []
    # the sentence stays in sight while the last lever is moved
    slider(page, "share_with_bundle").scroll_into_view_if_needed()
    slider(page, "share_with_bundle").press("ArrowUp")
    settled(page)
    expect(page.locator(".cxp-say")).to_be_in_viewport()


def test_a_view_that_is_closed_hears_no_more(show):
    page = show(what_if_panel(HMO))
    page.evaluate("model.hold = true")
    slider(page, "cover_points").press("ArrowRight")
    page.wait_for_function("model.sent.length === 1")
    before = page.locator(".cxp-say").inner_text()
    page.evaluate("stop()")
    page.evaluate("model.deliver(model.sent[0])")
    assert page.locator(".cxp-say").inner_text() == before

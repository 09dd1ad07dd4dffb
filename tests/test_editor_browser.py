"""The map editor as people use it: clicks, keys and drags in a real browser, on a plain page and in a notebook."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from editor_page import EditorPage, open_browser

import cxkit as cx
from cxkit.journey import Journey
from cxkit.templates import template
from cxkit.views.editor import Editor, edit
from cxkit.views.picture import Picture

pytestmark = pytest.mark.browser
HMO = cx.case("hmo_opt_out").journey


@pytest.fixture(scope="module")
def browser():
    with open_browser() as found:
        yield found


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def light_drawing(request, monkeypatch):
    """Most tests are about the form: they get the map's words and table on an empty sheet."""
    if request.node.originalname == "test_the_map_has_its_words_and_its_table":
        return

    def draw(journey):
        said = " ".join(journey.table["touchpoint"])
        return Picture(alt=said, twin=journey.table, title=journey.title, language=journey.language)

    monkeypatch.setattr(Journey, "draw", draw)


@pytest.fixture(scope="module")
def desks(browser):
    """One page for each kind of window, used again and again."""
    return {}


@pytest.fixture
def desk(browser, desks):
    used = []

    def open_desk(width=1280, height=800, **options) -> EditorPage:
        kind = (width, height, *options)
        if kind not in desks:
            context = browser.new_context(viewport={"width": width, "height": height}, **options)
            context.set_default_timeout(10_000)
            desks[kind] = EditorPage(context.new_page())
        one = desks[kind]
        one.fresh = True
        one.faults.clear()
        one.heard.clear()
        used.append(one)
        return one

    yield open_desk
    assert [one.faults for one in used if one.faults] == []


@pytest.fixture
def lucy(desk):
    one = desk()
    one.show(edit(HMO))
    return one


def names(editor: Editor) -> list[str]:
    return list(editor.journey.table["touchpoint"])


def card(page, n):
    return page.locator(".cxe-card-open").nth(n - 1)


def field(page, column):
    return page.locator(f'.cxe-details [data-field$=":{column}"]')


def choose(page, column, value):
    field(page, column).locator(f'input[value="{value}"]').check()


def live(page) -> str:
    return page.locator(".cxe > .cxe-hidden").inner_text()


def status(page) -> str:
    return page.locator(".cxe-status").inner_text()


# --- a map from nothing -----------------------------------------------------------------------------------


def test_a_map_is_made_from_nothing_by_keyboard_alone(desk, folder):
    one = desk()
    page = one.show(edit())
    page.get_by_text("Your map appears here").wait_for()
    page.get_by_label("Title").focus()
    page.keyboard.type("Dana is not told when")
    page.get_by_role("button", name="Add a touchpoint to Pre-care").focus()
    page.keyboard.press("Enter")
    assert "A new touchpoint, number 1 of 1, in Pre-care." in live(page)
    page.keyboard.type("Asks for a date")
    page.get_by_role("radio", name="phone").focus()
    page.keyboard.press("Space")
    page.get_by_role("combobox", name="Owner").fill("Front desk")
    page.get_by_role("textbox", name="Wait before it").fill("2")
    page.get_by_label("Unit of the wait").select_option("weeks")
    expected = page.get_by_role("radiogroup", name="Expected")
    expected.get_by_role("radio", name="not known yet").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.get_by_role("radiogroup", name="Experienced").get_by_role("radio", name="3", exact=True).focus()
    page.keyboard.press("Space")
    assert page.locator(".cxe-gap-words").inner_text() == "Gap \u2066−5\u2069: worse than expected."
    one.saved()
    journey = cx.read_journey(folder / "my_map.csv")
    assert journey == one.editor.journey and journey.title == "Dana is not told when"
    row = journey.table.iloc[0]
    assert tuple(row[["stage", "touchpoint", "channel", "owner"]]) == (
        "pre-care",
        "Asks for a date",
        "phone",
        "Front desk",
    )
    assert tuple(row[["expected", "experienced", "wait_days"]]) == (8, 3, 14)
    assert re.fullmatch(r"✓? ?Saved in ⁨?my_map\.csv⁩?, \d\d:\d\d", status(page))
    # two weeks stay two weeks while they are on the screen
    assert page.get_by_label("Unit of the wait").input_value() == "weeks"
    assert "Asks for a date" in page.locator(".cxe-image").get_attribute("alt")


def test_every_field_reaches_the_journey(lucy):
    page = lucy.page
    card(page, 3).click()
    choose(page, "stage", "post-care")
    choose(page, "channel", "letter")
    choose(page, "moment", "second")
    choose(page, "failure", "sales")
    choose(page, "evidence", "observed")
    for column in ("pain_point", "quote", "opportunity"):
        field(page, column).locator("textarea").fill(f"The {column}\nin two lines")
    page.get_by_label("Pain point: worked out, not told").check()
    page.get_by_label("Channel: worked out, not told").uncheck()
    page.get_by_text("Nobody owns this").click()
    lucy.saved()
    row = lucy.editor.journey.table.iloc[2]
    wanted = {
        "stage": "post-care",
        "channel": "letter",
        "moment": "second",
        "failure": "sales",
        "evidence": "observed",
    }
    wanted |= {column: f"The {column}\nin two lines" for column in ("pain_point", "quote", "opportunity")}
    assert dict(row[list(wanted)]) == wanted and row["owner"] == ""
    assert lucy.editor.journey.is_inferred(2, "pain_point") and not lucy.editor.journey.is_inferred(
        2, "channel"
    )
    assert page.get_by_label("Nobody owns this").is_checked()


def test_owners_so_far_are_offered(lucy):
    page = lucy.page
    card(page, 5).click()
    offered = page.locator(".cxe-owner datalist option").evaluate_all("all => all.map(one => one.value)")
    assert offered == ["Antenatal clinic", "Billing", "Customer service", "Enrolment", "Marketing"]


# --- order ------------------------------------------------------------------------------------------------


def test_the_keyboard_moves_a_card_and_says_where_it_is(lucy):
    page, before = lucy.page, names(lucy.editor)
    card(page, 2).focus()
    page.keyboard.press("Alt+ArrowLeft")
    assert "is now number 1 of 8, in Pre-care." in live(page)
    assert page.evaluate("document.activeElement.ariaLabel").startswith("1. Calls with her questions")
    page.keyboard.press("Alt+ArrowLeft")
    assert live(page) == "It is the first one already."
    for _ in range(3):
        page.keyboard.press("Alt+ArrowRight")
    # at the edge of its stage it crosses into the next one first
    assert "is now number 3 of 8, in Care." in live(page)
    lucy.saved()
    assert names(lucy.editor) == [before[0], before[2], before[1], *before[3:]]
    assert list(lucy.editor.journey.table["stage"])[:4] == ["pre-care", "pre-care", "care", "care"]


def test_arrow_keys_walk_over_the_cards(lucy):
    page = lucy.page
    card(page, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("3. Joins the plan")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Touchpoint 2 of 8").wait_for()
    page.get_by_role("button", name="Open the next touchpoint").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Touchpoint 4 of 8").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.ariaLabel").startswith("4. Antenatal visits")


def test_the_buttons_move_copy_add_and_delete(lucy):
    page, before = lucy.page, names(lucy.editor)
    card(page, 8).click()
    details = page.locator(".cxe-details")
    details.get_by_role("button", name="Earlier").click()
    details.get_by_role("heading", name="Touchpoint 7 of 8").wait_for()
    details.get_by_role("button", name="Duplicate").click()
    details.get_by_role("heading", name="Touchpoint 8 of 9").wait_for()
    details.get_by_role("button", name="Delete").click()
    assert "“Tells family and friends” was deleted." in live(page)
    card(page, 1).click()
    details.get_by_role("button", name="Add before").click()
    page.keyboard.type("Feels that something is new")
    details.get_by_role("button", name="Add after").click()
    page.keyboard.type("Talks to a friend")
    lucy.saved()
    assert names(lucy.editor) == [
        "Feels that something is new", "Talks to a friend", *before[:6], before[7], before[6],
    ]  # fmt: skip


def drag(page, source, target, side="after"):
    """Press, move in steps and let go, as a hand does."""
    a, b = source.bounding_box(), target.bounding_box()
    page.mouse.move(a["x"] + a["width"] / 2, a["y"] + 20)
    page.mouse.down()
    x = b["x"] + b["width"] * (0.85 if side == "after" else 0.15)
    page.mouse.move(a["x"] + a["width"] / 2 + 20, a["y"] + 30)
    page.mouse.move(x, b["y"] + b["height"] / 2, steps=6)


def test_the_mouse_drags_a_card_within_and_between_stages(lucy):
    page, before = lucy.page, names(lucy.editor)
    drag(page, card(page, 1), card(page, 3))
    assert page.locator(".cxe-bar-here").is_visible()
    page.mouse.up()
    assert "is now number 3 of 8, in Pre-care." in live(page)
    drag(page, card(page, 4), card(page, 7), "before")
    page.mouse.up()
    assert "is now number 6 of 8, in Post-care." in live(page)
    lucy.saved()
    order = [before[1], before[2], before[0], before[4], before[5], before[3], before[6], before[7]]
    assert names(lucy.editor) == order
    assert list(lucy.editor.journey.table["stage"])[5] == "post-care"
    assert page.locator(".cxe-details").count() == 0, "a drag is no click"


def test_escape_stops_a_drag_and_a_press_is_no_drag(lucy):
    page, before = lucy.page, names(lucy.editor)
    drag(page, card(page, 1), card(page, 6))
    page.keyboard.press("Escape")
    page.mouse.up()
    assert "stays where it was" in live(page) and page.locator(".cxe-bar-here").count() == 0
    assert names(lucy.editor) == before
    assert [one["kind"] for one in lucy.heard if one["kind"] == "change"] == []


def test_a_finger_drags_by_the_grip_and_scrolls_elsewhere(desk):
    one = desk(820, 1180, has_touch=True)
    page = one.show(edit(HMO))
    before = names(one.editor)
    client = page.context.new_cdp_session(page)

    def touch(kind, x=0.0, y=0.0):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def swipe(start, end):
        touch("touchStart", *start)
        for step in range(1, 7):
            touch("touchMove", *(a + (b - a) * step / 6 for a, b in zip(start, end, strict=True)))
        touch("touchEnd")

    grip = page.locator(".cxe-grip").first.bounding_box()
    goal = card(page, 3).bounding_box()
    end = (goal["x"] + goal["width"] * 0.85, goal["y"] + 60)
    start = (grip["x"] + grip["width"] - 10, grip["y"] + 12)
    swipe(start, end)
    page.wait_for_function(
        "() => document.querySelector('.cxe > .cxe-hidden').textContent.includes('number 3 of 8')"
    )
    one.saved()
    assert names(one.editor) == [before[1], before[2], before[0], *before[3:]]
    middle = card(page, 1).bounding_box()
    swipe((middle["x"] + 30, middle["y"] + 60), end)
    one.page.wait_for_timeout(100)
    assert names(one.editor) == [before[1], before[2], before[0], *before[3:]]


# --- undo -------------------------------------------------------------------------------------------------


def test_one_step_is_one_field_not_one_letter(lucy):
    page = lucy.page
    card(page, 1).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Looks around")
    page.get_by_role("combobox", name="Owner").fill("Web team")
    page.get_by_role("radiogroup", name="Expected").get_by_role("radio", name="5", exact=True).check()
    undo = page.get_by_role("button", name="Undo", exact=True)
    undo.click()
    assert live(page) == "Undone: change of Expected"
    undo.click()
    assert page.get_by_role("combobox", name="Owner").input_value() == "Marketing"
    undo.click()
    assert field(page, "touchpoint").locator("textarea").input_value() == "Searches the web for a plan"
    assert undo.get_attribute("aria-disabled") == "true"
    for _ in range(3):
        page.get_by_role("button", name="Redo").click()
    lucy.saved()
    row = lucy.editor.journey.table.iloc[0]
    assert tuple(row[["touchpoint", "owner", "expected"]]) == ("Looks around", "Web team", 5)


def test_control_z_in_a_text_is_the_browsers_and_elsewhere_ours(lucy):
    page = lucy.page
    card(page, 1).focus()
    page.keyboard.press("Delete")
    assert page.locator(".cxe-card").count() == 7
    page.keyboard.press("Control+z")
    assert page.locator(".cxe-card").count() == 8
    page.keyboard.press("Control+y")
    assert page.locator(".cxe-card").count() == 7
    page.keyboard.press("Control+z")
    card(page, 1).click()
    page.keyboard.press("End")
    page.keyboard.type(" x")
    page.keyboard.press("Control+z")
    assert page.locator(".cxe-card").count() == 8
    assert field(page, "touchpoint").locator("textarea").input_value() in (
        "Searches the web for a plan", "Searches the web for a plan ",
    )  # fmt: skip


def test_a_hundred_and_twenty_steps_back_and_forth(lucy):
    page = lucy.page
    card(page, 1).focus()
    page.evaluate(
        """() => { for (let n = 0; n < 120; n += 1) document.activeElement.dispatchEvent(
             new KeyboardEvent('keydown', {key: n % 2 ? 'ArrowLeft' : 'ArrowRight', altKey: true, bubbles: true})); }"""
    )
    assert "is now number 1 of 8" in live(page)
    undo = page.get_by_role("button", name="Undo", exact=True)
    undo.focus()
    page.evaluate(
        """() => { for (let n = 0; n < 120; n += 1) document.activeElement.dispatchEvent(
             new KeyboardEvent('keydown', {key: 'z', ctrlKey: true, bubbles: true})); }"""
    )
    assert undo.get_attribute("aria-disabled") == "true"
    page.keyboard.press("Control+z")
    assert live(page) == "There is nothing to undo."
    lucy.saved()
    assert lucy.editor.journey == HMO


def test_delete_is_undone_where_it_is_told(lucy):
    page = lucy.page
    card(page, 4).click()
    page.locator(".cxe-details").get_by_role("button", name="Delete").click()
    page.locator(".cxe-toast").get_by_role("button", name="Undo").click()
    lucy.saved()
    assert lucy.editor.journey == HMO


# --- problems ---------------------------------------------------------------------------------------------


def test_a_problem_stands_at_its_cell_and_the_map_keeps_its_last_good_state(lucy):
    page = lucy.page
    lucy.page.wait_for_selector(".cxe-image:not([hidden])")
    alt = page.locator(".cxe-image").get_attribute("alt")
    card(page, 4).click()
    wait = page.get_by_role("textbox", name="Wait before it")
    wait.fill("two weeks")
    page.locator(".cxe-problems").wait_for()
    assert wait.get_attribute("aria-invalid") == "true"
    said = [page.locator(f"#{one}").inner_text() for one in wait.get_attribute("aria-describedby").split()]
    assert any("“two weeks” is not a number" in one for one in said)
    page.get_by_text("The picture shows the map as it was").wait_for()
    assert page.locator(".cxe-image").get_attribute("alt") == alt
    assert lucy.editor.journey == HMO
    page.keyboard.press("Escape")
    card(page, 1).click()
    page.locator(".cxe-problems").get_by_role("button", name="Touchpoint 4, Wait before it").click()
    assert page.evaluate("document.activeElement.value") == "two weeks"
    page.keyboard.type("14")
    wait.fill("14")
    page.locator(".cxe-problems").wait_for(state="detached")
    assert wait.get_attribute("aria-invalid") is None
    lucy.saved()
    assert lucy.editor.journey == HMO and lucy.editor.drawn["state"] == "good"


def test_what_is_missing_is_said_and_drawn_without_alarm(lucy):
    page = lucy.page
    page.get_by_role("button", name="Add a touchpoint to Care").click()
    lucy.saved()
    page.get_by_text("2 things are still open").click()
    page.get_by_role("button", name="Touchpoint 7 has no channel yet.").click()
    assert page.locator(".cxe-problems").count() == 0
    assert "channel" in page.evaluate("document.activeElement.dataset.key")
    assert lucy.editor.drawn["state"] == "good" and names(lucy.editor)[6] == "(no name yet)"


# --- saving -----------------------------------------------------------------------------------------------


def test_saved_is_only_said_of_what_is_on_disk(lucy, folder):
    page = lucy.page
    assert status(page) == "Nothing to save yet. Your map will be kept in ⁨my_map.csv⁩."
    page.get_by_label("Title").fill("One")
    lucy.saved()
    assert cx.read_journey("my_map.csv").title == "One"
    page.evaluate("window.dead = true")
    page.get_by_label("Title").fill("Two")
    page.wait_for_selector('.cxe-status[data-state="not_saved"]')
    assert page.get_by_text("The notebook does not answer.").is_visible()
    assert cx.read_journey("my_map.csv").title == "One"
    # the kernel was only busy: it is saved without a hand
    page.evaluate("window.dead = false")
    lucy.saved()
    assert cx.read_journey("my_map.csv").title == "Two"


def test_what_a_dead_kernel_did_not_save_is_offered_on_return(lucy, folder):
    page = lucy.page
    card(page, 1).click()
    page.keyboard.press("End")
    page.keyboard.type(", twice")
    lucy.saved()
    page.evaluate("window.dead = true")
    page.keyboard.type(" a day")
    page.evaluate("window.dead")
    # a new kernel, a new page, the same browser
    lucy.show(edit())
    assert "twice" in names(lucy.editor)[0] and "a day" not in names(lucy.editor)[0]
    page.get_by_text("This browser kept changes of").wait_for()
    page.get_by_role("button", name="Bring them back").click()
    lucy.saved()
    assert names(lucy.editor)[0] == "Searches the web for a plan, twice a day"
    lucy.show(edit())
    assert page.get_by_text("This browser kept changes of").count() == 0


def test_what_was_left_out_is_not_offered_again(lucy):
    page = lucy.page
    page.evaluate("window.dead = true")
    page.get_by_label("Title").fill("Lost")
    lucy.show(edit(HMO))
    page.get_by_role("button", name="Leave them out").click()
    lucy.show(edit(HMO))
    assert page.get_by_text("This browser kept changes of").count() == 0
    assert page.get_by_label("Title").input_value() == HMO.title


def test_a_second_notebook_leaves_the_words_that_the_first_keeps(browser, monkeypatch):
    monkeypatch.setattr("cxkit.views.editor._open", {})
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    one, two = (EditorPage(context.new_page()) for _ in range(2))
    two.fresh = False
    page = one.show(edit(HMO))
    page.get_by_label("Title").fill("One")
    one.saved()
    # a second notebook has a kernel of its own
    monkeypatch.setattr("cxkit.views.editor._open", {})
    two.show(edit())
    page.evaluate("window.dead = true")
    page.get_by_label("Title").fill("Typed to nobody")
    two.page.get_by_label("Title").fill("Two")
    two.saved()
    assert two.page.get_by_text("This browser kept changes of").count() == 0
    one.show(edit())
    assert page.get_by_label("Title").input_value() == "Two"
    page.get_by_role("button", name="Bring them back").click()
    one.saved()
    assert cx.read_journey("my_map.csv").title == "Typed to nobody"
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('cxkit'))") == []
    assert one.faults == two.faults == []
    context.close()


def test_each_loss_is_offered_until_it_is_answered(lucy):
    page = lucy.page
    offers = page.get_by_text("This browser kept changes of")
    for n, words in enumerate(("Lost first", "Lost second"), 1):
        page.evaluate("window.dead = true")
        page.get_by_label("Title").fill(words)
        lucy.show(edit(HMO))
        assert offers.count() == n
        page.get_by_label("Title").fill("It goes on")
        lucy.saved()
    # the newest stands first
    page.get_by_role("button", name="Leave them out").first.click()
    lucy.show(edit())
    assert offers.count() == 1
    page.get_by_role("button", name="Bring them back").click()
    lucy.saved()
    assert lucy.editor.journey.title == "Lost first"
    lucy.show(edit())
    assert offers.count() == 0


@pytest.mark.parametrize("language", ["en", "he"])
def test_where_the_browser_keeps_nothing_the_form_says_so(desk, language):
    one = desk()
    page = one.show(edit(cx.case("dental_clinic_delays", language)))
    words = {"en": "are not kept in this browser", "he": "מה שכתבת לא שמור"}[language]
    title = page.locator('[data-field=":title"] textarea')
    why = page.locator(".cxe-why")
    page.evaluate("window.dead = true")
    title.fill("Kept")
    page.wait_for_selector('.cxe-status[data-state="not_saved"]')
    assert words not in why.inner_text()
    page.evaluate(
        "() => { window.put = Storage.prototype.setItem;"
        " Storage.prototype.setItem = () => { throw new Error('quota'); }; }"
    )
    title.fill("Kept nowhere")
    assert words in why.inner_text()
    page.evaluate("() => { Storage.prototype.setItem = window.put; }")
    title.fill("Kept again")
    assert words not in why.inner_text()


def test_a_card_says_what_was_worked_out_and_not_told(lucy):
    page = lucy.page
    card(page, 2).click()
    choose(page, "expected", "8")
    choose(page, "experienced", "3")
    field(page, "wait_days").locator("input[type=text]").fill("2")
    for column in ("expected", "experienced", "wait_days"):
        field(page, column).locator(".cxe-tick input").set_checked(False)
    assert card(page, 2).locator(".cxe-gap").inner_text() == "−5"
    assert "≈" not in card(page, 2).get_attribute("aria-label")
    for column in ("experienced", "wait_days"):
        field(page, column).locator(".cxe-tick input").check()
    assert card(page, 2).locator(".cxe-gap").inner_text() == "≈ −5"
    assert card(page, 2).locator(".cxe-card-wait").inner_text() == "≈ 2 days"
    label = card(page, 2).get_attribute("aria-label")
    assert "≈ 2 days before it" in label and "expected 8, experienced ≈ 3" in label
    assert page.locator(".cxe-gap-words").inner_text() == "Gap \u2066≈ −5\u2069: worse than expected."


def test_a_long_name_is_shown_whole(lucy):
    page = lucy.page
    card(page, 1).click()
    field(page, "touchpoint").locator("textarea").fill("She looks for a plan that pays for the birth " * 6)
    name = card(page, 1).locator(".cxe-name")
    assert name.evaluate("(node) => node.scrollHeight <= node.clientHeight + 1 && node.clientHeight > 150")


def test_the_kernel_is_never_asked_for_two_drawings_at_once(lucy):
    page = lucy.page
    card(page, 1).click()
    page.keyboard.type("A quick hand that types on and on and on", delay=15)
    lucy.saved()
    draws = [one["ticket"] for one in lucy.heard if one["kind"] == "draw"]
    changes = [one["ticket"] for one in lucy.heard if one["kind"] == "change"]
    assert draws[-1] == changes[-1] and len(draws) <= len(changes) + 1
    assert "A quick hand" in lucy.editor.picture["rows"][0][1]


def test_a_button_that_a_dead_kernel_does_not_hear_says_so(lucy):
    page = lucy.page
    page.evaluate("window.dead = true")
    page.get_by_role("button", name="Save a copy").click()
    page.get_by_role("button", name="To print (.pdf)").click()
    page.locator(".cxe-toast", has_text="No copy was written: The notebook does not answer.").wait_for()


def test_two_windows_on_one_map_agree(lucy):
    page = lucy.page
    draft = json.loads(json.dumps(lucy.editor.draft["draft"]))
    draft["about"]["title"] = "Changed in the other window"
    lucy.out.clear()
    lucy.editor._heard(lucy.editor, {"kind": "change", "by": "other", "ticket": 1, "draft": draft}, [])
    lucy.push()
    assert page.get_by_label("Title").input_value() == "Changed in the other window"
    page.get_by_role("button", name="Undo", exact=True).click()
    lucy.saved()
    assert lucy.editor.journey == HMO


def test_a_second_form_for_the_same_file_puts_the_first_to_rest(lucy):
    page = lucy.page
    newer = edit()
    lucy.push()
    page.get_by_text("This map is open in a newer form.").wait_for()
    assert page.locator(".cxe-body").get_attribute("inert") == ""
    page.get_by_role("button", name="Go on here").click()
    page.wait_for_function("() => !document.querySelector('.cxe-body').hasAttribute('inert')")
    assert newer.notices[0]["key"] == "retired"


def test_two_versions_of_one_file_wait_for_a_choice(lucy, folder):
    page = lucy.page
    title = page.get_by_label("Title")
    HMO.replace(title="Theirs").save("my_map.csv")
    title.fill("Mine")
    page.get_by_text("was changed elsewhere").wait_for()
    assert status(page).startswith("Rests: not saved in") and title.input_value() == "Mine"
    assert page.locator(".cxe-body").get_attribute("inert") == ""
    # whoever was typing chooses nothing by the next letter
    assert page.evaluate("document.activeElement.textContent").startswith("\u2068my_map.csv")
    page.get_by_role("button", name="Go on here").click()
    page.get_by_text("The other one is kept as my_map_2.csv").wait_for()
    assert page.evaluate("document.activeElement.dataset.key") == "menu:start"
    lucy.saved()
    assert [cx.read_journey(folder / f"my_map{n}.csv").title for n in ("", "_2")] == ["Mine", "Theirs"]
    HMO.replace(title="Theirs again").save("my_map.csv")
    title.fill("Mine again")
    page.get_by_role("button", name="Load the other").click()
    page.get_by_text("The one that was here is kept as my_map_3.csv").wait_for()
    assert title.input_value() == "Theirs again"
    assert page.evaluate("Object.keys(localStorage).length") == 0, "what is on disk is not offered as lost"
    page.get_by_role("button", name="Undo", exact=True).click()
    assert title.input_value() == "Mine again"
    lucy.saved()
    assert cx.read_journey(folder / "my_map.csv").title == "Mine again"


# --- starting from something ------------------------------------------------------------------------------


def test_start_from_a_story_or_a_template_and_back(desk):
    one = desk()
    page = one.show(edit())
    for item, title in (
        ("Lucy: her plan does not cover the birth", HMO.title),
        ("Going home from hospital", template("discharge_home").title),
        ("Noa, in Hebrew (נועה)", cx.case("dental_clinic_delays", "he").journey.title),
    ):
        page.get_by_role("button", name="Start from").click()
        page.get_by_role("button", name=item).click()
        page.wait_for_function("title => document.querySelector('.cxe textarea').value === title", arg=title)
    one.saved()
    assert one.editor.journey == cx.case("dental_clinic_delays", "he").journey
    undo = page.locator('[data-key="tool:undo"]')
    for _ in range(3):
        undo.click()
    assert (
        page.locator(".cxe-card").count() == 0
        and page.get_by_role("button", name="Undo", exact=True).count() == 1
    )
    page.keyboard.press("Control+Shift+z")
    page.get_by_role("button", name="1. Searches the web for a plan").wait_for()


def test_start_from_a_file_of_mine(desk, folder):
    HMO.save(folder / "colleague.xlsx")
    bad = folder / "half.csv"
    bad.write_text("stage,touchpoint,channel,expected\ncare,Calls,fone,12\n", "utf-8")
    (folder / "notes.csv").write_text("a,b\n1,2\n", "utf-8")
    one = desk()
    page = one.show(edit())
    picker = page.locator('input[type="file"]')
    picker.set_input_files(folder / "colleague.xlsx")
    page.wait_for_function("() => document.querySelectorAll('.cxe-card').length === 8")
    one.saved()
    assert one.editor.journey == HMO
    picker.set_input_files(bad)
    page.get_by_text("2 things to mend").wait_for()
    picker.set_input_files(folder / "notes.csv")
    page.locator(".cxe-toast", has_text="“notes.csv” could not be taken").wait_for()
    page.locator(".cxe-problems").get_by_role("button").first.click()
    choose(page, "channel", "phone")
    choose(page, "expected", "8")
    page.locator(".cxe-problems").wait_for(state="detached")
    one.saved()
    assert names(one.editor) == ["Calls"]


def test_begin_from_this_one_keeps_mine_as_a_copy(desk, folder):
    mine = HMO.replace(title="Mine")
    mine.save("my_map.csv")
    one = desk()
    page = one.show(edit(HMO))
    assert page.get_by_label("Title").input_value() == "Mine"
    page.get_by_text("holds a map of yours already: “Mine” (8 touchpoints)").wait_for()
    page.get_by_role("button", name="Begin from the other").click()
    page.wait_for_function("title => document.querySelector('.cxe textarea').value === title", arg=HMO.title)
    one.saved()
    assert cx.read_journey("my_map.csv") == HMO
    assert cx.read_journey("my_map_2.csv") == mine


def test_a_copy_is_written_beside_the_map_and_can_be_downloaded(lucy, folder):
    page = lucy.page
    page.get_by_role("button", name="Save a copy").click()
    page.get_by_role("button", name="Excel (.xlsx)").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my_map.xlsx").click()
    assert download.value.suggested_filename == "my_map.xlsx"
    assert Path(download.value.path()).read_bytes() == (folder / "my_map.xlsx").read_bytes()
    assert cx.read_journey("my_map.xlsx") == HMO


# --- for everyone -----------------------------------------------------------------------------------------


def serious(page) -> list:
    found = Axe().run(page, context={"include": [[".cxe"]]}).response["violations"]
    return [
        (one["id"], one["nodes"][0]["html"][:300], one["nodes"][0].get("failureSummary"))
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def cut(page) -> list:
    """Words that are cut off, and anything wider than the form."""
    return page.evaluate(
        """() => {
          const root = document.querySelector('.cxe');
          const right = document.documentElement.clientWidth;
          const bad = [];
          if (document.documentElement.scrollWidth > right) bad.push(['page', document.documentElement.scrollWidth]);
          for (const node of root.querySelectorAll('*')) {
            const box = node.getBoundingClientRect();
            if (!box.width || node.matches('input')) continue;
            if (node.closest('.cxe-hidden, .cxe-table, datalist, option, svg')) continue;
            if (box.right > right + 1 || box.left < -1) bad.push(['outside', node.className, box.left, box.right]);
            const style = getComputedStyle(node);
            const over = style.overflowX !== 'visible' && node.scrollWidth > node.clientWidth + 1;
            if (over) bad.push(['cut', node.className]);
          }
          return bad;
        }"""
    )


def small(page, least) -> list:
    """Controls that are smaller than a fingertip asks for. The labels around choices count as the controls."""
    return page.evaluate(
        """(least) => [...document.querySelectorAll('.cxe :is(button, a, select, textarea, summary, input)')]
          .map((node) => node.matches('input[type=radio], input[type=checkbox]') ? node.closest('label') : node)
          .filter((node) => node.getBoundingClientRect().width && !node.closest('[inert]'))
          .map((node) => [node.className || node.tagName, node.getBoundingClientRect()])
          .filter(([, box]) => box.width < Math.min(least, 26) || box.height < least - 0.5)
          .map(([name, box]) => [name, box.width, box.height])""",
        least,
    )


VIEWS = {
    "laptop": {"width": 1280, "height": 800},
    "tablet": {"width": 820, "height": 1180, "has_touch": True, "is_mobile": True},
    # what a window of 1280 × 800 holds at a zoom of 200%
    "zoomed": {"width": 640, "height": 400, "device_scale_factor": 2},
}


@pytest.mark.parametrize(
    ("view", "language"),
    [("laptop", "en"), ("laptop", "he"), ("tablet", "he"), ("zoomed", "en")],
)
def test_everything_fits_can_be_hit_and_is_named(desk, view, language):
    one = desk(**VIEWS[view])
    page = one.show(edit(cx.case("dental_clinic_delays", language)))
    page.wait_for_selector(".cxe-image:not([hidden])")
    assert page.locator(".cxe").get_attribute("dir") == ("rtl" if language == "he" else "ltr")
    assert cut(page) == []
    page.locator(".cxe-about summary").click()
    card(page, 4).click()
    page.locator(".cxe-wait input").fill("x")
    page.locator(".cxe-problems").wait_for()
    page.locator(".cxe-twin summary").click()
    assert cut(page) == []
    if (view, language) in (("laptop", "en"), ("tablet", "he")):
        assert serious(page) == []
    assert small(page, 44 if view == "tablet" else 24) == []
    page.locator('[data-key="menu:start"]').click()
    assert cut(page) == []
    if (view, language) == ("laptop", "en"):
        assert serious(page) == []
    page.keyboard.press("Escape")
    page.locator('[data-key="menu:copies"]').click()
    assert cut(page) == []


def test_hebrew_runs_from_right_to_left(desk):
    one = desk()
    page = one.show(edit(cx.case("dental_clinic_delays", "he")))
    boxes = [card(page, n).bounding_box()["x"] for n in (1, 2, 3)]
    assert boxes == sorted(boxes, reverse=True)
    card(page, 2).focus()
    page.keyboard.press("Alt+ArrowLeft")
    assert "עכשיו במקום 3 מתוך 8" in live(page)
    drag(page, card(page, 2), card(page, 4), "before")  # the left side of a card is its far side here
    page.mouse.up()
    assert "עכשיו במקום 4 מתוך 8" in live(page)
    one.saved()


def test_the_language_of_the_map_is_the_language_of_the_form(lucy):
    page = lucy.page
    page.locator(".cxe-about summary").click()
    page.get_by_label("Language of the map").select_option("he")
    page.get_by_role("button", name="ביטול").wait_for()
    assert page.locator(".cxe").get_attribute("dir") == "rtl"
    lucy.saved()
    assert lucy.editor.journey.language == "he"


def test_the_map_has_its_words_and_its_table(lucy):
    page = lucy.page
    page.wait_for_selector(".cxe-image:not([hidden])")
    assert page.locator(".cxe-image").get_attribute("alt") == HMO.draw().alt
    page.locator(".cxe-twin summary").click()
    rows = page.locator(".cxe-table tbody tr")
    assert rows.count() == 8 and "−8" in rows.nth(4).inner_text()
    card(page, 1).click()
    page.keyboard.press("End")
    page.keyboard.type(" now")
    lucy.saved()
    assert "plan now" in rows.first.inner_text()
    assert page.locator(".cxe-twin").get_attribute("open") is not None, "an open table stays open"
    page.get_by_role("button", name="Show large").click()
    page.get_by_role("dialog").get_by_role("img").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0


def test_colours_are_the_maps_own():
    from cxkit.views import look

    for name in ("INK", "BLUE", "BELOW", "ABOVE"):
        assert f"--{name.lower()}: {getattr(look, name)};" in Editor._css


# --- in a real notebook -----------------------------------------------------------------------------------


@contextlib.contextmanager
def jupyter(folder, tmp):
    """A notebook server of its own, as the course starts it."""
    profile = Path(cx.__file__).parent / "frontend" / "profiles" / "learner"
    env = {
        **os.environ,
        "JUPYTER_CONFIG_PATH": str(profile),
        "JUPYTER_RUNTIME_DIR": str(tmp),
        "IPYTHONDIR": str(tmp),
    }
    log = tmp / "log.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "notebook", "--no-browser", "--allow-root", "--port=9101", "--port-retries=50",
             "--ip=127.0.0.1", "--IdentityProvider.token=x", f"--notebook-dir={folder}"],
            env=env, stderr=out, stdout=out,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not (
            found := re.search(r"is running at:.*http://127\.0\.0\.1:(\d+)/", log.read_text(), re.DOTALL)
        ):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.wait(20)


def test_in_a_notebook_nothing_is_lost_by_a_dead_kernel_or_a_reload(browser, folder, tmp_path_factory):
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                "import cxkit as cx\nfrom cxkit.views.editor import edit\neditor = edit()\neditor"
            )
        ]
    )
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, folder / "book.ipynb")
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    with jupyter(folder, tmp_path_factory.mktemp("runtime")) as address:
        page.goto(f"{address}/notebooks/book.ipynb?token=x")

        def run():
            page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click(timeout=60_000)
            page.wait_for_function(
                "() => document.querySelector('.jp-NotebookPanel') && !document.querySelector('.jp-mod-searchable')?.hidden"
            )
            page.keyboard.press("Shift+Enter")
            page.wait_for_selector(".cxe .cxe-band", timeout=60_000)

        run()
        cells = page.locator(".jp-Cell").count()
        page.get_by_role("button", name="Add a touchpoint to Care").click()
        # letters and arrows belong to the form, not to the notebook
        page.keyboard.type("abbddxx is typed")
        page.get_by_role("radio", name="web").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("b")
        assert page.get_by_role("radio", name="phone").is_checked()
        assert page.locator(".jp-Cell").count() == cells
        page.wait_for_selector('.cxe-status[data-state="saved"]:not([data-pending])', timeout=20_000)
        page.wait_for_selector(".cxe-image:not([hidden])", timeout=30_000)
        assert cx.read_journey(folder / "my_map.csv").table.loc[0, "channel"] == "phone"
        # the kernel dies under the form
        token = {"Authorization": "token x"}
        kernel = page.request.get(f"{address}/api/kernels", headers=token).json()[0]["id"]
        page.request.post(f"{address}/api/kernels/{kernel}/restart", headers=token)
        page.wait_for_timeout(2000)
        page.locator('.cxe-details [data-field$=":touchpoint"] textarea').fill("typed to nobody")
        page.wait_for_selector('.cxe-status[data-state="not_saved"]', timeout=15_000)
        page.reload()
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
        run()
        assert page.locator(".cxe-card").count() == 1, "what was saved is there"
        page.get_by_role("button", name="Bring them back").click()
        page.wait_for_selector('.cxe-status[data-state="saved"]:not([data-pending])', timeout=20_000)
        assert cx.read_journey(folder / "my_map.csv").table.loc[0, "touchpoint"] == "typed to nobody"
    context.close()

"""One lesson from top to bottom, as a learner who tries everything once: each thing on it has to answer."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from desk import ROOT, Course, Desk
from playwright.sync_api import Locator, Page, expect

FORMS = r"cx\.(?:sheet|quiz|activity|guess|progress|certificate)\("
OTHERS = {r"cx\.conversation\(": ".cx-talk", r"cx\.edit\(": ".cxe", r"cx\.what_if_panel\(": ".cx-panel"}
WRONG = '[data-mime-type="application/vnd.jupyter.stderr"], [data-mime-type="application/vnd.jupyter.error"]'
READY = ".jp-RenderedHTMLCommon p:has-text('✓')"
LESSONS = sorted(path.name for path in (ROOT / "course").glob("[0-9]*.ipynb"))


def calls(course: Course, path: str, pattern: str) -> int:
    cells = course.notebook(path)["cells"]
    return sum(
        len(re.findall(pattern, "".join(one["source"]))) for one in cells if one["cell_type"] == "code"
    )


def play(course: Course, desk: Desk, lesson: str) -> None:
    path = f"course/{lesson}"
    desk.page.set_default_timeout(90_000)  # many kernels draw at once on a small machine
    page = desk.open(course.url(path), calls(course, path, FORMS))
    for pattern, root in OTHERS.items():
        expect(page.locator(root)).to_have_count(calls(course, path, pattern), timeout=60_000)
    scrolled = "node => node.closest('.jp-WindowedPanel-outer')?.scrollTop ?? 0"
    assert page.locator(".jp-Notebook").evaluate(scrolled) < 50, "a lesson stays at its top"
    expect(page.locator(READY).first).to_be_visible(timeout=60_000)
    for editor in page.locator(".jp-CodeCell .cm-editor").all():
        assert not editor.is_visible(), "code is to be seen"

    for form in page.locator(".cx-form:not(.cx-board)").all():
        answer(page, form)
    for talk in page.locator(".cx-talk").all():
        for _ in range(12):
            if not talk.locator(".cxt-choice").count():
                break
            before = talk.locator(".cxt-line").count()
            talk.locator(".cxt-choice").first.click()
            page.wait_for_function(
                "([root, n]) => root.querySelectorAll('.cxt-line').length > n || !root.querySelector('.cxt-choice')",
                arg=[talk.element_handle(), before],
                polling=100,
            )
        assert talk.locator(".cxt-choice").count() == 0, "a conversation comes to an end"
    for panel in page.locator(".cx-panel").all():
        before = panel.inner_text()
        panel.locator("input[type=range]").first.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "([root, text]) => root.innerText !== text", arg=[panel.element_handle(), before], polling=100
        )
    for board in page.locator(".cx-board").all():
        assert len(board.inner_text()) > 40

    wrong = page.locator(WRONG)
    assert wrong.count() == 0, wrong.first.inner_text()
    assert "Traceback (most recent call last)" not in page.locator(".jp-Notebook").inner_text()
    nothing_serious(page)
    assert desk.outside == []


def answer(page: Page, form: Locator) -> None:
    """Answer each question somehow, then press each button: words or a picture have to come."""
    for question in form.locator("[data-question]").all():
        for kind in ("radio", "checkbox"):
            boxes = question.locator(f"input[type={kind}]")
            if boxes.count() and not boxes.first.is_disabled():
                boxes.first.check()
        slider = question.locator("input[type=range]")
        if slider.count() and slider.is_enabled():
            slider.focus()
            page.keyboard.press("ArrowRight")
            if not slider.get_attribute("aria-valuetext"):
                raise AssertionError("a slider says where it stands")
        for select in question.locator("select").all():
            select.select_option(index=1)
        for text in question.locator("input[type=text], textarea").all():
            text.fill("3")
        check = question.locator("button.cx-check")
        if check.count():
            check.click()
            which = f"{form.get_attribute('aria-label')}: {question.get_attribute('data-question')}"
            words = question.locator(".cx-feedback .cx-words").first
            try:
                expect(words).to_be_visible(timeout=30_000)
            except AssertionError:
                check.click()  # an answer on its way takes the words about the one before it away
                expect(words, which).to_be_visible(timeout=60_000)
    for button in form.locator(".cx-foot button:visible").all():
        before = form.inner_text()
        button.click()
        page.wait_for_function(
            "([root, text]) => root.innerText !== text",
            arg=[form.element_handle(), before],
            polling=100,
            timeout=60_000,
        )


def nothing_serious(page: Page) -> None:
    # our own content: the notebook's frame is the work of others
    ours = [".cx-form", ".cx-talk", ".cxe", ".cx-panel", ".jp-RenderedHTMLCommon"]
    here = [[one] for one in ours if page.locator(one).count()]
    found = Axe().run(page, context={"include": here}).response["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"][:200])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == []

"""The map editor on a plain page: its own script, against the real widget in this process.

The page's model is a small stand-in for the notebook's: traits go to the page, messages come back, and either way can
be cut, as when a kernel dies.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
ADDRESS = "http://editor.test/"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Editor</title>
<style>body { margin: 16px; } main { max-width: 1200px; margin: auto; }</style></head>
<body><main><div id="here"></div></main><script>
async function mount({esm, css, state, turn}) {
  const style = document.head.appendChild(document.createElement('style'));
  style.textContent = css;
  const listeners = {};
  const fire = (name, ...values) => (listeners[name] ?? []).forEach((act) => act(...values));
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes() {},
    on(name, act) { (listeners[name] ??= []).push(act); },
    off(name, act) { listeners[name] = (listeners[name] ?? []).filter((one) => one !== act); },
    async send(content, _, buffers = []) {
      window.sent = (window.sent ?? []).concat([content]);
      if (window.dead) return;
      const bytes = buffers.map((one) => btoa(String.fromCharCode(...new Uint8Array(one))));
      window.hear(JSON.parse(await window.toPython(JSON.stringify([turn, content, bytes]))));
    },
  };
  window.hear = (answers) => {
    for (const [kind, name, value] of answers) {
      if (kind === 'trait') { state[name] = value; fire(`change:${name}`); }
      else fire('msg:custom', name, value.map((one) => Uint8Array.from(atob(one), (c) => c.charCodeAt(0))));
    }
  };
  const module = await import(URL.createObjectURL(new Blob([esm], {type: 'text/javascript'})));
  window.model = model;
  window.unmount = await module.default.render({model, el: document.getElementById('here')});
}
</script></body></html>"""
TRAITS = ("words", "options", "draft", "saved", "findings", "drawn", "picture", "notices")


@contextmanager
def open_browser() -> Iterator:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CXKIT_BROWSER") or None, args=QUIET
        )
        yield browser
        browser.close()


class EditorPage:
    """A page with an editor in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.heard: list[dict] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))
        page.route(ADDRESS, lambda route: route.fulfill(body=PAGE, content_type="text/html; charset=utf-8"))
        page.expose_function("toPython", self._to_python)
        self.editor, self.turn = None, 0
        self.fresh = True

    def show(self, editor) -> Page:
        """Load the page anew, with this editor in it."""
        self.editor, self.out, self.turn = editor, [], self.turn + 1
        editor.observe(lambda change: self.out.append(["trait", change["name"], change["new"]]), TRAITS)
        editor.send = lambda content, buffers=None: self.out.append(
            ["message", content, [base64.b64encode(one).decode() for one in buffers or []]]
        )
        self.page.goto(ADDRESS)
        if self.fresh:
            self.page.evaluate("localStorage.clear()")
            self.fresh = False
        state = {name: getattr(editor, name) for name in TRAITS}
        # a page that waits four seconds for a kernel that is gone makes slow tests
        script = re.sub(r"const (SILENCE|RETRY) = \d+", r"const \1 = 1200", editor._esm)
        given = {"esm": script, "css": editor._css}
        self.page.evaluate("given => mount(given)", {**given, "state": state, "turn": self.turn})
        self.page.wait_for_selector(".cxe")
        return self.page

    def _to_python(self, said: str) -> str:
        turn, content, buffers = json.loads(said)
        # what a page says while it is left may come when the next editor is already here
        if turn != self.turn:
            return "[]"
        self.heard.append(content)
        self.out.clear()
        self.editor._heard(self.editor, content, [base64.b64decode(one) for one in buffers])
        return json.dumps(self.out)

    def push(self) -> None:
        """Bring to the page what Python has changed on its own."""
        answers = list(self.out)
        self.out.clear()
        self.page.evaluate("answers => window.hear(answers)", answers)

    def saved(self) -> None:
        """Wait until all that was done is on disk and drawn."""
        self.page.wait_for_function(
            "() => window.model.get('drawn').ticket === window.model.get('saved').ticket"
            " && document.querySelector('.cxe-status').dataset.state === 'saved'"
            " && !document.querySelector('.cxe-status').hasAttribute('data-pending')"
            " && !document.querySelector('.cxe-map[aria-busy=true]')"
        )

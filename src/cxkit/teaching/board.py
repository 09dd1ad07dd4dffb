"""The widget behind `progress()` and `certificate()`: words as HTML, buttons, and now and then a field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .words import direction

HERE = Path(__file__).parent


class Board(anywidget.AnyWidget):
    """Words with buttons below them in the notebook. `board.js` draws it."""

    # as text and not as a path: a path would be watched for changes, which only a developer needs
    _esm = (HERE / "board.js").read_text("utf-8")
    _css = (HERE / "form.css").read_text("utf-8") + (HERE / "board.css").read_text("utf-8")

    spec = traitlets.Dict().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    page = traitlets.Unicode().tag(sync=True)
    field = traitlets.Unicode().tag(sync=True)

    def __init__(self, language: str, title: str, buttons: list[dict[str, Any]], **more: Any) -> None:
        spec = {"language": language, "dir": direction(language), "title": title, "buttons": buttons, **more}
        super().__init__(spec=spec)
        self.on_msg(self._heard)

    def _heard(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        # the same words again are news too: only a change is sent, and read out
        self.note = ""
        self.heard(message)

    def heard(self, message: dict[str, Any]) -> None:
        """Answer a button: `{"kind": "button", "button": …, "field": …, "text": …}`."""

    def lines(self) -> list[str]:
        """What it says in plain sentences, one a line."""
        return []

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        return f'<div lang="{self.spec["language"]}" dir="{self.spec["dir"]}">{self.html}</div>'

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": self.on_paper(), "text/plain": repr(self)}, metadata

    def on_paper(self) -> str:
        """The same for print, and for a page where no widget can run."""
        return self._repr_html_()

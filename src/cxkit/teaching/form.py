"""The widget behind answer sheets, quizzes and activities: questions in, answers out. `form.js` draws it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .questions import Question, Spec, for_page, option_id, option_label
from .words import words_for

HERE = Path(__file__).parent
Words = list[dict[str, Any]]


def say(text: str, ok: bool | None = None) -> dict[str, Any]:
    """One message to the learner: right (True), not yet (False), or plain (None).

    >>> say("Look again.", ok=False)
    {'ok': False, 'text': 'Look again.'}
    """
    return {"ok": ok, "text": text}


class Form(anywidget.AnyWidget):
    """A form in the notebook. `answers` holds what the learner chose: question id to answer."""

    # as text and not as a path: a path would be watched for changes, which only a developer needs
    _esm = (HERE / "form.js").read_text("utf-8")
    _css = (HERE / "form.css").read_text("utf-8")

    spec = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    messages = traitlets.Dict().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    picture = traitlets.Unicode().tag(sync=True)
    pictures = traitlets.Dict().tag(sync=True)
    closed = traitlets.Bool().tag(sync=True)

    def __init__(self, questions: Spec, kind: str, answers: dict[str, Any]) -> None:
        self.questions = questions
        self.labels = words_for(questions["language"])
        words: dict[str, Any] = {
            **self.labels,
            "signs": {"good": f"✓ {self.labels['good']}", "bad": f"✗ {self.labels['bad']}"},
        }
        super().__init__(spec=for_page(questions, kind), words=words, answers=answers)
        self.on_msg(self._heard)
        self.observe(lambda change: self.changed(), "answers")

    def _heard(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        if isinstance(message.get("answers"), dict):
            # the page's changes may still be on their way behind this message
            self.answers = message["answers"]
        try:
            self.heard(message)
        except OSError as fault:
            self.cannot_keep(fault)

    def cannot_keep(self, fault: OSError) -> None:
        """Say that the disk did not take it."""
        self.note = self.labels["not_kept"].format(fault=fault)

    def heard(self, message: dict[str, Any]) -> None:
        """Answer a button: `{"kind": "check", "question": …}` or `{"kind": "button", "button": …}`."""

    def changed(self) -> None:
        """Follow a change of `answers`."""

    def show(self, key: str, words: Words) -> None:
        """Put words below a question (`key` is its id) or below a part (`"part:ID"`)."""
        self.messages = {**self.messages, key: words}

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": self.on_paper(), "text/plain": self.questions["title"]}, metadata

    def on_paper(self) -> str:
        """The questions as plain HTML: for print, and for a page where the form cannot run."""
        spec = self.spec
        html = [
            f'<div class="cx-paper" lang="{spec["language"]}" dir="{spec["dir"]}">'
            f"<p><strong>{escape(spec['title'])}</strong></p>"
        ]
        for part in spec["parts"]:
            html.append(
                f"<p><strong>{escape(part.get('title', ''))}</strong> {escape(part.get('marks', ''))}</p>"
            )
            html += [f"<p>{escape(text)}</p>" for text in part.get("text", [])]
            html += [_question_on_paper(question) for question in part["questions"]]
        html.append(f'<p class="cx-later"><em>{escape(self.labels["paper_form"])}</em></p></div>')
        return "".join(html)


def _question_on_paper(question: Question) -> str:
    def choices(options: list[Any], between: str = ", ") -> str:
        return between.join(
            escape(option_label(one))
            + (f" (<code>{escape(option_id(one))}</code>)" if option_id(one) != option_label(one) else "")
            for one in options
        )

    lines = [f"<p>{escape(question['ask'])} (<code>{question['id']}</code>)</p>"]
    if "options" in question:
        lines.append(f"<ul><li>{choices(question['options'], '</li><li>')}</li></ul>")
    if "cards" in question:
        lines.append(f"<ul><li>{choices(question['cards'], '; ')}</li>")
        lines += [
            f"<li>{escape(one['label'])}: {choices(one['options'])}</li>"
            for one in question.get("columns", [])
        ]
        lines.append("</ul>")
    return "".join(lines)

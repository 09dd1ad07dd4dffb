"""A conversation with choices: the learner takes one side, picks what to say, and sees what comes of it."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..views import look
from . import progress
from .conversation_file import find_conversation, read_conversation
from .conversation_play import Moment, Spec, play
from .conversation_view import Told
from .words import direction

HERE = Path(__file__).parent
SHADES = (
    "INK",
    "QUIET",
    "RULE",
    "PAPER",
    "BLUE",
    "BELOW",
    "BELOW_FILL",
    "BELOW_PALE",
    "ABOVE",
    "ABOVE_FILL",
    "STAR",
)
COLOURS = {name.lower().replace("_", "-"): getattr(look, name) for name in SHADES}
for _stage, (_band, _name) in look.STAGES.items():
    COLOURS |= {_stage: _band, f"{_stage}-ink": _name}


class Conversation(anywidget.AnyWidget):
    """A conversation in the notebook; make one with `conversation`.

    Attributes:
        path: the choices taken so far, as ids. Set it to go anywhere in the conversation.
        moment: where it stands now: scores, map, and whether it has ended.
        found: the ids of the endings found so far, in the order of the file.
    """

    # as text and not as a path: a path would be watched for changes, which only a developer needs
    _esm = (HERE / "conversation.js").read_text("utf-8")
    _css = (
        ".cx-talk {"
        + "".join(f" --{name}: {colour};" for name, colour in COLOURS.items())
        + " }\n"
        + (HERE / "conversation.css").read_text("utf-8")
    )

    spec = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, name: str, spec: Spec) -> None:
        self.name, self._spec, self._told = name, spec, Told(spec)
        kept = progress.conversation_record(name)
        endings = [one["id"] for one in spec["endings"]]
        self._found = {one for one in kept["endings"] if one in endings}
        self._path, note = self._fitting(kept["path"]), ""
        if self._path:
            note = self._told.words["restored"]
        self._count = 0
        super().__init__(spec=self._for_page())
        self._show(note)
        self.on_msg(self._heard)

    @property
    def path(self) -> list[str]:
        return list(self._path)

    @path.setter
    def path(self, path: list[str]) -> None:
        play(self._spec, path)
        self._go(list(path))

    @property
    def moment(self) -> Moment:
        return play(self._spec, self._path)[-1]

    @property
    def found(self) -> list[str]:
        return [one["id"] for one in self._spec["endings"] if one["id"] in self._found]

    def _fitting(self, path: list[Any]) -> list[str]:
        """The part of a kept way that the conversation still has."""
        fits: list[str] = []
        for choice in path:
            try:
                play(self._spec, [*fits, choice])
            except (KeyError, TypeError):
                break
            fits.append(choice)
        return fits

    def _for_page(self) -> dict[str, Any]:
        """What stays the same: no feedback and no endings, which would give the story away in the page's source."""
        you, they = self._spec["you"], self._spec["they"]
        return {
            "title": self._spec["title"],
            "language": self._spec["language"],
            "dir": direction(self._spec["language"]),
            "who": self._told.say(
                "you_are", name=you["name"], role=you["role"], other=they["name"], other_role=they["role"]
            ),
            "scene": self._spec["scene"],
            "source": self._spec.get("source", ""),
            "words": self._told.words,
        }

    def _show(self, note: str = "", problem: str = "") -> None:
        self._count += 1
        # the count makes each answer a new one: equal traits are not sent
        view = self._told.view(self._path, self._found)
        self.view = {**view, "note": note, "problem": problem, "count": self._count}

    def _go(self, path: list[str], note: str = "") -> None:
        self._path, problem = path, ""
        moment = self.moment
        if moment.ended:
            self._found.add(str(moment.place["id"]))
        try:
            progress.record_conversation(
                self.name,
                self._spec["title"],
                self._path,
                self.found,
                len(self._spec["endings"]),
                ended=moment.ended,
            )
        except OSError as fault:
            problem = self._told.say("not_kept", fault=fault.strerror or fault)
        self._show(note, problem)

    def _heard(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """Answer the page: `{"kind": "choose" | "back" | "again", "step": …, "choice": …}`."""
        words = self._told.words
        if message["kind"] == "again":
            self._go([], words["started"])
        elif message.get("step") != len(self._path):
            # two pages of one notebook, or a second click on its way
            self._show(words["not_this"])
        elif message["kind"] == "back":
            self._go(self._path[:-1], words["went_back"])
        elif message["kind"] == "choose":
            path = [*self._path, message["choice"]]
            if self._fitting(path) == path:
                self._go(path)
            else:
                self._show(words["not_this"])

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": self.on_paper(), "text/plain": self._spec["title"]}, metadata

    def on_paper(self) -> str:
        """The first turn and its choices as plain HTML: for print, and for a page where nothing can be played."""
        view, words, page = self._told.view([], ()), self._told.words, self.spec
        lines = [
            f'<div lang="{page["language"]}" dir="{page["dir"]}"><p><strong>{escape(page["title"])}</strong></p>',
            f"<p>{escape(page['who'])}</p>",
            *(f"<p>{escape(text)}</p>" for text in _paragraphs(page["scene"])),
        ]
        lines += [f"<p><small>{escape(page['source'])}</small></p>"] if page["source"] else []
        for line in view["log"]:
            name = f"<strong>{escape(line['name'])}:</strong> " if line["name"] else ""
            lines.append(f"<p>{name}{escape(line['text'])}</p>")
        lines.append(f"<p>{escape(words['paper_choices'].format(name=self._spec['you']['name']))}</p><ul>")
        lines += [f"<li>{escape(choice['say'])}</li>" for choice in view["choices"]]
        return "".join([*lines, f"</ul><p><em>{escape(words['paper'])}</em></p></div>"])


def _paragraphs(text: str) -> list[str]:
    return [one.strip() for one in text.split("\n") if one.strip()]


def conversation(name: str) -> Conversation:
    """Show the conversation `name`: the file `conversations/NAME.yaml` beside the lesson.

    Raises FileNotFoundError (in words) when there is no such file; ValueError that tells, one line each, what is
    not right in the file and where.

    >>> conversation("no_such_call")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: There is no 'no_such_call.yaml' ...
    """
    return Conversation(name, read_conversation(find_conversation(name)))

"""The map editor in the notebook: an editable journey, its drawn map beside it, and a file that keeps both."""

from __future__ import annotations

import os
import time
import weakref
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from cxkit.cases import Case, case
from cxkit.files import write_atomic
from cxkit.journey import Journey, JourneyError
from cxkit.journey_cells import shown
from cxkit.languages import right_to_left
from cxkit.templates import template
from cxkit.views.editor import draft as drafts
from cxkit.views.editor.copies import write_copy
from cxkit.views.editor.file import Spare, content, free_name, keep_copy, own_file
from cxkit.views.editor.page import LANGUAGES, STORIES, options, script, style
from cxkit.views.editor.picture import picture_for_page
from cxkit.views.editor.words import page_words, words

# One file, one editor: the newest. The key is the file's real path.
_open: weakref.WeakValueDictionary[str, Editor] = weakref.WeakValueDictionary()


class Editor(anywidget.AnyWidget):
    """An editable journey map. `edit` makes one; `.journey` is the journey as it stands."""

    # as text and not as a path: a path would be watched for changes, which only a developer needs
    _esm = script()
    _css = style()

    words = traitlets.Dict().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    draft = traitlets.Dict().tag(sync=True)
    saved = traitlets.Dict().tag(sync=True)
    findings = traitlets.Dict().tag(sync=True)
    drawn = traitlets.Dict().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)
    notices: traitlets.List = traitlets.List().tag(sync=True)

    def __init__(self, journey: Journey | None = None, path: str | os.PathLike[str] | None = None) -> None:
        self.file = own_file(path)
        self._good: Journey | None = None
        self._pictured: Journey | None = None
        self._finding = drafts.Finding()
        self._stuck = self._retired = False
        self._copies: dict[str, str] = {}
        self._spare: Spare = None  # this form's version, while the file holds somebody else's
        self._begin: drafts.Draft | None = None
        self._last = content(self.file)
        notices: list[dict[str, Any]] = []
        start = drafts.from_journey(journey) if journey is not None else drafts.blank()
        mine = self._take_up(notices) if self._last is not None else None
        if mine is not None and journey is not None and drafts.has_words(mine):
            if drafts.finish(mine).journey != journey:
                self._begin = start
                notices.append({"key": "exists", "mine": drafts.named(mine), "theirs": drafts.named(start)})
            start = mine
        elif mine is not None and (journey is None or not drafts.has_words(start)):
            start = mine
        super().__init__(
            words={language: page_words(language) for language in LANGUAGES},
            options=options(self.file),
            draft={"by": "", "ticket": 0, "draft": start},
            saved=self._state("kept" if mine is not None else "none"),
            notices=notices,
        )
        self._check(0)
        key = os.path.realpath(self.file)
        if (other := _open.get(key)) is not None:
            other.retire()
        _open[key] = self
        self.on_msg(self._heard)

    @property
    def journey(self) -> Journey:
        """The journey as it stands, "(no name yet)" where a name is missing; where something has to be mended,
        the last one that was whole.

        Raises:
            JourneyError: there is no touchpoint yet.
        """
        if self._good is None:
            raise JourneyError(self._words["not_yet"])
        return self._good

    @property
    def _words(self) -> dict[str, str]:
        return words(self._draft["about"]["language"])

    @property
    def _draft(self) -> drafts.Draft:
        return self.draft["draft"]

    # --- the file -----------------------------------------------------------------------------------------

    def _take_up(self, notices: list[dict[str, Any]]) -> drafts.Draft | None:
        """The draft that the file holds. A damaged file is put aside, and what can be read of it is taken."""
        assert self._last is not None
        found: drafts.Draft | None = None
        try:
            found, lost = drafts.from_bytes(self._last, self.file.suffix)
        except JourneyError as error:
            lost = error.problems
        if not lost:
            return found
        why = str(JourneyError(lost)).split("\n")[0].rstrip(".")
        whole = found is not None and bool(found["touchpoints"])
        told = {"file": self.file.name, "why": why, "n": len(found["touchpoints"]) if found else 0}
        try:
            copy = self.file.with_name(free_name(self.file, f"{self.file.stem}_damaged"))
            self.file.replace(copy)
        except OSError as error:
            self._stuck = True
            told["why"] = error.strerror or str(error)
            notices.append({"key": "damaged_stuck", **told})
            return None
        self._last = None
        notices.append({"key": "damaged" if whole else "damaged_all", "copy": copy.name, **told})
        return found if whole else None

    def _save(self) -> str:
        """Write the draft, and say what became of it. What somebody else has written is never written over unasked."""
        if self._stuck:
            raise PermissionError(self._words["not_saved"])
        data = drafts.to_bytes(self._draft, self.file.suffix.lower())
        now = content(self.file)
        if now not in (None, data, self._last):
            # Excel, or another notebook, has written it since: only a person knows which of the two goes on
            self._spare = keep_copy(self.file, data, self._spare)
            self._note({"key": "conflict", "file": self.file.name, "copy": self._spare[0]})
            return "conflict"
        if data != now:
            write_atomic(self.file, data)
        self._last, self._spare = data, None
        self._drop("conflict")
        return "saved"

    def _state(self, state: str, ticket: int = 0, by: str = "", why: str = "") -> dict[str, Any]:
        folder = Path(os.path.realpath(self.file)).parent
        return {
            "state": state, "ticket": ticket, "by": by, "why": why,
            "file": self.file.name, "folder": str(folder), "at": int(time.time() * 1000),
        }  # fmt: skip

    def _note(self, notice: dict[str, Any]) -> None:
        self.notices = [*(each for each in self.notices if each["key"] != notice["key"]), notice]

    def _drop(self, key: object) -> None:
        if any(each["key"] == key for each in self.notices):
            self.notices = [each for each in self.notices if each["key"] != key]

    def retire(self) -> None:
        """Rest: the same file is open in a newer form."""
        self._retired = True
        self._note({"key": "retired"})

    # --- what the page says -------------------------------------------------------------------------------

    def _heard(self, _widget: Any, message: Any, buffers: Any) -> None:
        kind = message.get("kind") if isinstance(message, dict) else None
        answer = getattr(self, f"_on_{kind}", None) if isinstance(kind, str) else None
        if answer is None:
            return
        try:
            answer(message, buffers or [])
        except Exception as fault:  # a button that fails says why, and the form goes on
            self.send({"kind": "trouble", "about": kind, "name": message.get("name", ""), "why": _why(fault)})

    def _on_change(self, message: dict[str, Any], _buffers: list[Any]) -> None:
        ticket, by = int(message.get("ticket", 0)), str(message.get("by", ""))
        if self._retired:
            self.saved = self._state("retired", ticket, by)
            return
        if by == self.draft["by"] and ticket < self.draft["ticket"]:
            return
        if any(each["key"] == "exists" for each in self.notices):
            # whoever goes on typing goes on with the own map
            self._answer_exists("")
        self.draft = {"by": by, "ticket": ticket, "draft": drafts.clean(message.get("draft"))}
        try:
            self.saved = self._state(self._save(), ticket, by)
        except (OSError, ValueError) as fault:
            self.saved = self._state("failed", ticket, by, _why(fault))
        self._check(ticket)

    def _on_draw(self, message: dict[str, Any], _buffers: list[Any]) -> None:
        """Draw the draft as it stands. A request that is older than the draft is left to the newer one."""
        ticket = int(message.get("ticket", 0))
        by = str(message.get("by", ""))
        if by == self.draft["by"] and ticket < self.draft["ticket"]:
            self._tell_drawn(ticket, by, "stale")
            return
        state, why = "good", ""
        if self._finding.journey is not None:
            try:
                if not self.picture or self._finding.journey != self._pictured:
                    self.picture = picture_for_page(self._finding.journey)
                    self._pictured = self._finding.journey
            except Exception as fault:  # whatever it is, the words are safe and the form goes on
                state, why = "failed", _why(fault)
        else:
            state = "kept" if self._finding.problems else "none"
        if state == "none":
            self.picture = {}
        self._tell_drawn(ticket, by, state, why)

    def _tell_drawn(self, ticket: int, by: str, state: str, why: str = "") -> None:
        # the count, because an answer that is equal to the last one would not be sent
        count = self.drawn.get("count", 0) + 1
        self.drawn = {"ticket": ticket, "by": by, "state": state, "why": why, "count": count}

    def _on_start(self, message: dict[str, Any], _buffers: list[Any]) -> None:
        """Send a draft to start from: blank, a story or a template."""
        name, language = str(message.get("name", "")), str(message.get("language", "en"))
        language = language if language in LANGUAGES else "en"
        if name == "blank":
            draft = drafts.blank(language)
        elif name in STORIES:
            draft = drafts.from_journey(case(*STORIES[name]).journey)
        else:
            draft = drafts.from_journey(template(name, language))
        self._load(draft, name, message)

    def _on_file(self, message: dict[str, Any], buffers: list[Any]) -> None:
        """Take a file of the learner's, as the browser read it."""
        name = Path(str(message.get("name", ""))).name
        data = bytes(buffers[0]) if buffers else b""
        draft, lost = drafts.from_bytes(data, Path(name).suffix)
        if lost:
            raise JourneyError(lost)
        self._load(draft, name, message)

    def _load(self, draft: drafts.Draft, name: str, message: dict[str, Any]) -> None:
        copy = ""
        if message.get("keep") and (data := content(self.file)) is not None and drafts.has_words(self._draft):
            copy = keep_copy(self.file, data)[0]
        problems = bool(drafts.finish(draft).problems)
        self.send({"kind": "load", "draft": draft, "name": name, "copy": copy, "problems": problems})

    def _on_copy(self, message: dict[str, Any], _buffers: list[Any]) -> None:
        """Write a copy beside the map's own file, and send it to the browser for a download."""
        suffix = str(message.get("suffix", ""))
        if self._finding.journey is None:
            raise JourneyError(self._words["mend_first" if self._finding.problems else "no_map_yet"])
        place, data = write_copy(self._finding.journey, self.file, suffix, self._copies)
        folder = str(Path(os.path.realpath(place)).parent)
        self.send({"kind": "copied", "name": place.name, "folder": folder}, [data])

    def _on_answer(self, message: dict[str, Any], _buffers: list[Any]) -> None:
        """The learner's answer to a notice."""
        key, answer = message.get("key"), str(message.get("answer", ""))
        if key == "exists":
            self._answer_exists(answer)
        elif key != "conflict":
            self._drop(key)
        elif answer == "here":
            self._win()
        elif answer == "other":
            copy = self._spare[0] if self._spare else ""
            self._take_file()
            self._note({"key": "kept_mine", "file": self.file.name, "copy": copy})

    def _win(self) -> None:
        """This version goes into the file. The other one takes the place of this one's copy."""
        ticket, by = self.draft["ticket"], self.draft["by"]
        try:
            if (theirs := content(self.file)) is not None:
                self._spare = keep_copy(self.file, theirs, self._spare)
            copy, self._last = (self._spare or ("",))[0], theirs
            self.saved = self._state(self._save(), ticket, by)
        except (OSError, ValueError) as fault:
            self.saved = self._state("failed", ticket, by, _why(fault))
        else:
            self._note({"key": "kept_other", "file": self.file.name, "copy": copy})

    def _answer_exists(self, answer: str) -> None:
        self._drop("exists")
        if answer == "begin" and self._begin is not None:
            name = self._begin["about"]["title"]
            self._load(self._begin, name, {"keep": True})
        self._begin = None

    def _on_take(self, _message: dict[str, Any], _buffers: list[Any]) -> None:
        """Wake a resting form: it goes on from what the file holds now."""
        key = os.path.realpath(self.file)
        if (other := _open.get(key)) is not None and other is not self:
            other.retire()
        _open[key] = self
        self._retired = False
        self._take_file()

    def _take_file(self) -> None:
        """Go on from what the file holds now."""
        notices: list[dict[str, Any]] = []
        self._spare = None
        self._last = content(self.file)
        found = self._take_up(notices) if self._last is not None else None
        self.notices = notices
        if found is not None:
            self.draft = {"by": "", "ticket": self.draft["ticket"], "draft": found}
            self.saved = self._state("kept")
        self._check(self.draft["ticket"])

    def _check(self, ticket: int) -> None:
        self._finding = finding = drafts.finish(self._draft)
        if finding.journey is not None:
            self._good = finding.journey
        elif not finding.problems:
            self._good = None
        self.findings = {"ticket": ticket, "problems": finding.problems, "missing": finding.missing}

    # --- on paper -----------------------------------------------------------------------------------------

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        return {**data, "text/html": self.on_paper(), "text/plain": repr(self)}, metadata

    def on_paper(self) -> str:
        """The journey as a table: for print, and for a page where the form cannot run."""
        language = self._draft["about"]["language"]
        direction = "rtl" if right_to_left(language) else "ltr"
        table = self._good._repr_html_() if self._good is not None else ""
        return (
            f'<div lang="{escape(language)}" dir="{direction}">{table}'
            f"<p><em>{escape(self._words['paper'])}</em></p></div>"
        )

    def __repr__(self) -> str:
        count = len(self._draft["touchpoints"])
        return f"Map editor: {self.file.name}, {count} touchpoint{'' if count == 1 else 's'}"


def edit(
    journey: Journey | Case | str | os.PathLike[str] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> Editor:
    """Edit a journey map in the notebook, without code.

    Args:
        journey: what to begin from: a `Journey`, or a case study, whose journey of today is taken. Where the
            file holds a map already, the editor asks which of the two to go on with. The name of a file
            instead edits that file.
        path: the file that keeps the map: .csv, .yaml or .json; `my_map.csv` in the notebook's folder if
            nothing is said. Each change is saved there, half-finished work too. Run again, `edit()` takes it up.

    Returns:
        The editor; as the last line of a cell it shows itself. Its `.journey` is the journey as it stands.

    Raises:
        JourneyError: another ending, a folder, or a file that may not be read; or a `journey` that is none.

    >>> import tempfile
    >>> from cxkit.cases import case
    >>> editor = edit(case("hmo_opt_out"), Path(tempfile.mkdtemp()) / "lucy.csv")
    >>> editor.journey.persona.name
    'Lucy'
    """
    if isinstance(journey, Case):
        journey = journey.journey
    if isinstance(journey, str | os.PathLike):
        if path is not None:
            raise JourneyError("Give one file: edit(path=…). What to begin from is a journey, not a name.")
        journey, path = None, journey
    if journey is not None and not isinstance(journey, Journey):
        raise JourneyError(
            f"“{shown(journey)}” is not a journey. To begin from a file: edit(read_journey(…))."
        )
    return Editor(journey, path)


def _why(fault: BaseException) -> str:
    return (str(fault).split("\n")[0] or type(fault).__name__).rstrip(".") + "."

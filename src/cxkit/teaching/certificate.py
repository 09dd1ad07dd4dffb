"""The end of the course: what is done, what is still missing, and a page to print with the learner's own map on it."""

from __future__ import annotations

import os
import unicodedata
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import write_atomic
from . import progress as kept
from .board import Board
from .certificate_page import page
from .lessons import DONE, find_course, in_language, is_answered, standings
from .progress_words import words_in

if TYPE_CHECKING:
    from ..journey import Journey

LEAST_TOUCHPOINTS = 5
LONGEST_NAME = 80


class Certificate(Board):
    """What is done and what is missing; with all done, a name and a button. Make one with `certificate`.

    Attributes:
        done, missing: sentences, one for each part of the course.
    """

    def __init__(self, path: str | os.PathLike[str], language: str) -> None:
        self.path, self.words = Path(path), words_in(language)
        self.done: list[str] = []
        self.missing: list[str] = []
        found = find_course()
        self.course: dict[str, Any] | None = found[0] if found else None
        words = self.words
        super().__init__(
            language,
            words["cert_title"],
            [
                {"id": "make", "label": words["cert_button"]},
                {"id": "refresh", "label": words["refresh"], "plain": True},
            ],
            field=words["cert_field"],
            field_note=words["cert_field_note"],
            open=words["cert_open"],
        )
        self.refresh()
        kept.follow(self)

    def refresh(self) -> None:
        """Look again at the record and at the map."""
        self.done, self.missing = [], []
        if self.course is None:
            self.missing.append(self.words["cert_no_course"])
        else:
            self._look_at_lessons(self.course)
        self._look_at_map()
        self.html = self._html()

    def heard(self, message: dict[str, Any]) -> None:
        self.refresh()
        if message.get("button") == "refresh":
            self.note = self.words["refreshed"]
        elif message.get("button") == "make":
            self.page = ""
            self.field = str(message.get("field", ""))
            self.note = self.make(self.field)

    def make(self, name: str) -> str:
        """Write `certificate.html` for that name beside the notebook, if all is done. Returns what to say about it."""
        name = clean_name(name)
        journey = self._journey()
        if self.missing or self.course is None or journey is None:
            return self.words["cert_not_yet"]
        if not name:
            return self.words["cert_no_name"]
        target = Path("certificate.html")
        text = page(name, self.course, journey, date.today(), self.spec["language"])
        try:
            if not kept.grading():
                write_atomic(target, text.encode("utf-8"))
        except OSError as fault:
            return self.words["cert_not_written"].format(fault=fault)
        self.page = text
        return self.words["cert_written"].format(file=target)

    def lines(self) -> list[str]:
        """What is done and what is missing in plain sentences, one a line."""
        words = self.words
        have = [f"✓ {line}" for line in self.done]
        lack = [f"○ {line}" for line in self.missing]
        return [*have, words["cert_missing"], *lack] if lack else [*have, words["cert_ready"]]

    def _look_at_lessons(self, course: dict[str, Any]) -> None:
        words, record = self.words, kept.full_record()
        all_of = standings(record, course)
        ended = [one for one in all_of if one.state == DONE]
        if ended:
            self.done.append(words["cert_some_lessons"].format(n=len(ended), of=len(all_of)))
        for one in all_of:
            if one.state != DONE:
                after = course["test"]["after"] in one.lesson["quizzes"] and not is_answered(
                    record, course["test"]["after"]
                )
                title = in_language(one.lesson, self.spec["language"])["title"]
                self.missing.append(words["cert_after" if after else "cert_lesson"].format(lesson=title))

    def _look_at_map(self) -> None:
        words = self.words
        if not self.path.is_file():
            self.missing.append(words["cert_no_map"].format(file=self.path.name))
            return
        journey = self._journey()
        if journey is None:
            self.missing.append(words["cert_bad_map"].format(file=self.path.name))
            return
        table = journey.table
        if len(table) < LEAST_TOUCHPOINTS:
            self.missing.append(words["cert_short_map"].format(n=len(table), least=LEAST_TOUCHPOINTS))
        elif not any(str(owner).strip() for owner in table["owner"]):
            # once one owner is named, an empty place says that nobody owns that moment: so the map draws it
            self.missing.append(words["cert_no_owner"])
        else:
            self.done.append(words["cert_map"].format(title=journey.title or self.path.name, n=len(table)))

    def _journey(self) -> Journey | None:
        # only here, because pandas is slow to load
        from ..journey import JourneyError, read_journey

        try:
            return read_journey(self.path)
        except (JourneyError, OSError):
            return None

    def _html(self) -> str:
        words = self.words

        def items(sign: str, lines: list[str]) -> str:
            return "<ul>" + "".join(f"<li>{sign} {escape(line)}</li>" for line in lines) + "</ul>"

        parts = [f"<p><strong>{escape(words['cert_title'])}</strong></p>"]
        if self.done:
            parts += [f"<p>{escape(words['cert_have'])}</p>", items("✓", self.done)]
        if self.missing:
            parts += [f"<p>{escape(words['cert_missing'])}</p>", items("○", self.missing)]
        else:
            parts.append(f"<p>{escape(words['cert_ready'])}</p>")
        return "".join(parts)


def clean_name(name: str) -> str:
    """A name as it can stand in a file: on one line, without signs that nobody sees, not longer than 80 letters.

    >>> clean_name("  Noa \\n Levi ")
    'Noa Levi'
    """
    # marks of direction would turn the page's own words; a joiner is part of some scripts' letters
    kept_signs = "".join(
        " " if sign.isspace() else sign
        for sign in name
        if sign.isspace() or sign in "\u200c\u200d" or unicodedata.category(sign)[0] != "C"
    )
    return " ".join(kept_signs.split())[:LONGEST_NAME].strip()


def certificate(path: str | os.PathLike[str] = "my_service.csv", language: str = "en") -> Certificate:
    """Show what is still missing for the certificate; when all is done, make one with your own map on it.

    Parameters: `path`, the file with your own journey, as the editor saved it; `language` of the words.

    All is done when each lesson was opened and its quiz answered, the questions after the course too, and the map
    has five touchpoints or more and says who owns them. The certificate is the file `certificate.html` beside the
    notebook: one page to print, A4, landscape.

    >>> certificate("no_such_map.csv").lines()[-1]
    '○ Your own map: there is no file no_such_map.csv in this folder yet. Draw it in lesson 10'
    """
    return Certificate(path, language)

"""What a learner has done so far, and what comes next: the record of progress as a page with buttons."""

from __future__ import annotations

from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from . import progress as kept
from .board import Board
from .gain import gain_lines
from .lessons import DONE, Standing, find_course, in_language, link_to, standings
from .progress_words import words_in
from .selfcheck import Total
from .words import words_for


class Progress(Board):
    """The record as a learner reads it. `.lines()` gives it as plain sentences, `.next` the lesson that comes next."""

    def __init__(self, language: str = "en") -> None:
        self.words = words_in(language)
        found = find_course()
        self.course: dict[str, Any] | None = found[0] if found else None
        self.folder = found[1] if found else Path()
        words = self.words
        super().__init__(
            language,
            words["title"],
            [
                {"id": "refresh", "label": words["refresh"]},
                {"id": "copy", "label": words["copy"], "plain": True},
                {"id": "load", "label": words["load"], "plain": True, "reads": True},
                {
                    "id": "erase",
                    "label": words["erase"],
                    "plain": True,
                    "sure": words["sure"],
                    "yes": words["yes"],
                    "no": words["no"],
                },
            ],
        )
        self.refresh()
        kept.follow(self)

    @property
    def standings(self) -> list[Standing]:
        """How far the learner is in each lesson; empty where the notebook is not in a course."""
        return standings(kept.full_record(), self.course) if self.course else []

    @property
    def next(self) -> dict[str, Any] | None:
        """The first lesson that is not done; None when all are, or where there is no course."""
        return next((one.lesson for one in self.standings if one.state != DONE), None)

    def refresh(self) -> None:
        """Show the record as it is now."""
        self.html = self._html()

    def heard(self, message: dict[str, Any]) -> None:
        words, button = self.words, message.get("button")
        if button == "refresh":
            self.refresh()
            self.note = words["refreshed"]
        elif button == "copy":
            name = f"my_progress_{date.today():%Y-%m-%d}.json"
            self.send({"kind": "file", "name": name, "text": kept.record_copy()})
            self.note = words["copied"].format(name=name)
        elif button == "load":
            self._load(str(message.get("text", "")))
        elif button == "erase":
            try:
                kept.erase_record()
                self.note = words["erased"]
            except OSError as fault:
                self.note = words["not_erased"].format(fault=fault.strerror or fault)

    def _load(self, text: str) -> None:
        try:
            kept.load_record(text)
            self.note = self.words["loaded"]
        except ValueError:
            self.note = self.words["not_loaded"]
        except OSError as fault:
            self.note = self.words["not_kept"].format(fault=fault.strerror or fault)

    def lines(self) -> list[str]:
        """The record in plain sentences, one a line."""
        words, record = self.words, kept.full_record()
        lines = [
            words["line_lesson"].format(title=one["title"], day=one["opened"][:10])
            for one in record["lessons"].values()
        ]
        gain = self._gain(record)
        for name, one in record["quizzes"].items():
            if one["first"] and not one.get("done"):
                right = sum(first is True for first in one["first"].values())
                still = one["of"] - len(one["first"])
                lines.append(
                    words["line_quiz"].format(title=one["title"], right=right, tried=len(one["first"]))
                    + (words["line_open"].format(n=still) if still > 0 else "")
                )
                continue
            # only a test before or after the course is ever done, and it tells nobody what was right
            after = self.course and name == self.course["test"]["after"]
            state = words[("test_after" if after else "test_done") if one.get("done") else "test_begun"]
            lines.append(
                words["line_test"].format(
                    title=one["title"], n=len(one["answers"]), of=one["of"], state=state
                )
            )
        for one in record.get("conversations", {}).values():
            found = min(len(one["endings"]), one["of"])
            state = words["talk_found"].format(n=found, of=one["of"]) if found else words["test_begun"]
            lines.append(words["line_talk"].format(title=one["title"], state=state))
        lines += [words["line_exercise"].format(**self._exercise(one)) for one in self._exercises(record)]
        if record.get("guesses"):
            lines.append(words["line_guesses"].format(n=len(record["guesses"])))
        return [*lines, *gain] or [words["nothing"]]

    def where(self) -> str:
        """Where the record is kept, in words."""
        path, home = kept.progress_file(), Path.home()
        key, place = ("in_home", path.relative_to(home)) if path.is_relative_to(home) else ("in_file", path)
        # a path runs from left to right in any language
        shown = str(place) if self.spec["dir"] == "ltr" else f"\u2066{place}\u2069"
        return self.words[key].format(path=shown)

    def _gain(self, record: dict[str, Any]) -> list[str]:
        return (
            gain_lines(record, **self.course["test"], language=self.spec["language"]) if self.course else []
        )

    def on_paper(self) -> str:
        # a notebook that is handed on must not tell where things lie on this computer
        return self._repr_html_().replace(
            self._where_html(), f"<p><em>{escape(self.words['paper'])}</em></p>"
        )

    def _where_html(self) -> str:
        where = self.words["where"].format(where=self.where())
        return f'<p class="cx-board-where">{escape(where)} {escape(self.words["fresh"])}</p>'

    def _html(self) -> str:
        words, record = self.words, kept.full_record()
        parts = [f"<p><strong>{escape(words['title'])}</strong></p>"]
        if self.course:
            parts.append(self._next_html())
            parts.append(self._table_html())
            parts.append(self._exercises_html(record))
        else:
            parts.append(f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in self.lines())}</ul>")
        if gain := self._gain(record):
            parts.append(f"<p><strong>{escape(words['gain_title'])}</strong></p>")
            parts += [f"<p>{escape(line)}</p>" for line in gain]
        parts.append(self._where_html())
        return "".join(parts)

    def _next_html(self) -> str:
        words, lesson = self.words, self.next
        if lesson is None:
            said = escape(words["all_done"])
        else:
            said = escape(words["next"]).format(lesson=self._link(lesson))
            said += f" ({escape(words['minutes'].format(n=lesson['minutes']))})"
        return f'<p class="cx-board-next">{said}</p>'

    def _table_html(self) -> str:
        words = self.words
        heads = "".join(f'<th scope="col">{words[key]}</th>' for key in ("lesson", "state", "quiz", "also"))
        rows = "".join(map(self._row_html, self.standings))
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def _row_html(self, one: Standing) -> str:
        words = self.words
        quiz = (
            ""
            if one.right is None or not one.tried
            else words["right_of"].format(right=one.right, tried=one.tried)
        )
        also = []
        if one.guesses:
            also.append(words["guess"] if one.guesses == 1 else words["guesses"].format(n=one.guesses))
        if one.conversations:
            also.append(words["talks"].format(n=one.played, of=one.conversations))
        return (
            f'<tr><th scope="row">{self._link(one.lesson)}</th>'
            f'<td class="cx-sign" data-state="{one.state}">{escape(words[one.state])}</td>'
            f"<td>{escape(quiz)}</td><td>{escape(', '.join(also))}</td></tr>"
        )

    def _exercises(self, record: dict[str, Any]) -> list[dict[str, Any]]:
        found = record.get("exercises", {})
        return [kept.sound_exercise(found[name]) for name in sorted(found)]

    def _exercise(self, one: dict[str, Any]) -> dict[str, str]:
        """One exercise in words."""
        words = self.words
        marks = words["not_checked"]
        if one["marks"]:
            marks = Total(*one["marks"]).words(words_for(self.spec["language"]))
        opened = sum(one["hints"].values())
        of = max(one["hints_of"], opened)
        return {
            "title": one["title"],
            "marks": marks,
            "tries": f"{one['tries']:g}",
            "hints": words["hints_of"].format(n=opened, of=of) if of else "0",
            "model": words["model_opened" if one["model"] else "model_closed"],
        }

    def _exercises_html(self, record: dict[str, Any]) -> str:
        words, found = self.words, [self._exercise(one) for one in self._exercises(record)]
        if not found:
            return ""
        keys = ("exercise", "last_check", "tries", "hints", "model")
        heads = "".join(f'<th scope="col">{escape(words[key])}</th>' for key in keys)
        rows = "".join(
            f'<tr><th scope="row"><bdi dir="auto">{escape(one["title"])}</bdi></th>'
            + "".join(f"<td>{escape(one[key])}</td>" for key in ("marks", "tries", "hints", "model"))
            + "</tr>"
            for one in found
        )
        return (
            f"<p><strong>{escape(words['exercises'])}</strong></p>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )

    def _link(self, lesson: dict[str, Any]) -> str:
        shown = in_language(lesson, self.spec["language"])
        title = f'<bdi dir="auto">{escape(shown["title"])}</bdi>'
        if not (self.folder / shown["file"]).is_file():
            return title
        place = escape(link_to(self.folder, shown["file"]))
        return f'<a href="{place}" data-lesson="{place}">{title}</a>'


def progress(language: str = "en") -> Progress:
    """What you have done so far in this course, and what comes next, from the record on this computer.

    Parameters: `language` of the words.

    >>> isinstance(progress().lines(), list)
    True
    """
    return Progress(language)

"""The one button of a lesson: everything is set up, and the learner sees that it is."""

from __future__ import annotations

from html import escape

from .calm import calm_errors
from .progress import progress_file, record_lesson
from .words import direction, words_for


class Ready:
    """What the learner sees when a lesson has started."""

    def __init__(self, title: str, fault: OSError | None = None, language: str = "en") -> None:
        self.title, self.fault, self.language = title, fault, language

    def lines(self) -> list[str]:
        """The message in plain sentences, one a line."""
        words = words_for(self.language)
        # a title that is a question has its mark already
        lines = [words["ready"].format(title=self.title).replace("?.", "?", 1)]
        if self.fault:
            why = self.fault.strerror or self.fault
            lines.append(words["ready_not_kept"].format(file=progress_file(), fault=why))
        return lines

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        # the notebook sets paragraphs to the left, also where a text runs from the right
        lines = "".join(
            f'<p style="text-align:start"><strong>{escape(line)}</strong></p>' for line in self.lines()
        )
        return f'<div lang="{escape(self.language)}" dir="{direction(self.language)}">{lines}</div>'


def start(name: str, title: str, language: str = "en") -> Ready:
    """Start a lesson or an exercise: note it in the record of progress, and let errors speak in words from now on.

    Parameters: `name`, the lesson's number and short name; `title`, as a learner reads it; `language` of the words.

    >>> start("00", "Start here").lines()[0]
    '✓ Ready: Start here. You can read on.'
    """
    calm_errors()
    try:
        record_lesson(name, title)
    except OSError as fault:
        return Ready(title, fault, language)
    return Ready(title, None, language)

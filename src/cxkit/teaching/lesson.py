"""The one button of a lesson: everything is set up, and the learner sees that it is."""

from __future__ import annotations

from html import escape

from .calm import calm_errors
from .progress import progress_file, record_lesson


class Ready:
    """What the learner sees when a lesson has started."""

    def __init__(self, title: str, trouble: str = "") -> None:
        self.title = title
        self.trouble = trouble

    def lines(self) -> list[str]:
        """The message in plain sentences, one a line."""
        lines = [f"✓ Ready: {self.title}. You can read on."]
        return [*lines, self.trouble] if self.trouble else lines

    def __repr__(self) -> str:
        return "\n".join(self.lines())

    def _repr_html_(self) -> str:
        return "".join(f"<p><strong>{escape(line)}</strong></p>" for line in self.lines())


def start(name: str, title: str) -> Ready:
    """Start a lesson or an exercise: note it in the record of progress, and let errors speak in words from now on.

    Parameters: `name`, the lesson's number and short name; `title`, as a learner reads it.

    >>> start("00", "Start here").lines()[0]
    '✓ Ready: Start here. You can read on.'
    """
    calm_errors()
    try:
        record_lesson(name, title)
    except OSError as fault:
        return Ready(
            title,
            f"Your progress cannot be kept: {progress_file()} could not be written ({fault.strerror or fault}). "
            "You can learn all the same. Your answers in exercises are kept in the notebook itself.",
        )
    return Ready(title)

"""What a marked notebook says: each marked cell with its marks, its words and its comment. Nothing in it is trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from ..teaching.questions import as_text

MARK = "cx-mark"
"""The class of the words of a `Mark`. What stands outside it is not shown to a learner."""
LABEL = "# Marked: "
EXTRA = "extra"
# nbgrader's own comment on a cell that was not touched; the words of the marks say it better
NO_RESPONSE = "No response."
PART = re.compile(r"""\bsheet\.(?:mark|check)\(\s*["'](\w+)["']""")
MARKS_IN_LABEL = re.compile(r"\s*\([^()]*\d[^()]*\)\s*$")
SCHEME = "BEGIN MARK SCHEME"
LONGEST, MOST = 4000, 60


@dataclass
class Marked:
    """One marked cell. `got` is None until an instructor has read it; `text` is what the learner wrote into it."""

    name: str
    label: str
    got: float | None
    of: float
    part: str = ""
    words: list[str] = field(default_factory=list)
    by_hand: bool = False
    read: bool = False
    text: str = ""
    comment: list[str] = field(default_factory=list)

    @property
    def extra(self) -> bool:
        return self.name.startswith(EXTRA)

    @property
    def full(self) -> bool:
        return self.got is not None and self.got >= self.of


def marked_cells(notebook: Any) -> Iterator[Marked]:
    """Every marked cell of an autograded notebook, in order.

    The marks are those that nbgrader's `GetGrades` put into the cells, else those that the cells show.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> check = new_code_cell("# Marked: the wait (2 marks)\\nsheet.check('wait')", metadata={"nbgrader": {
    ...     "grade": True, "grade_id": "wait", "score": 1, "points": 2}})
    >>> [(one.label, one.part, one.got) for one in marked_cells(new_notebook(cells=[check]))]
    [('The wait', 'wait', 1.0)]
    """
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade") or about.get("task"):
            yield _check(cell, about) if _is_check(cell, about) else _read(cell, about)


def comments(notebook: Any) -> dict[str, list[str]]:
    """An instructor's comments on cells that carry no marks: grade id to paragraphs."""
    found = {}
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("solution") and not about.get("grade"):
            found[str(about.get("grade_id", ""))] = _comment(about)
    return {name: said for name, said in found.items() if said}


def paragraphs(text: Any) -> list[str]:
    """A text as its paragraphs, without signs that no page can hold, and never endless.

    >>> paragraphs("One.\\n\\n\\x00Two.")
    ['One.', 'Two.']
    """
    return [one.strip() for one in re.split(r"\n\s*\n", clean(text)) if one.strip()]


def clean(text: Any) -> str:
    """Whatever was typed, as text that a page can hold, cut where it has no end.

    >>> clean("a\\x00b\\ud800")
    'ab?'
    """
    shown = re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]", "", as_text(text).replace("\r\n", "\n")
    )
    return shown if len(shown) <= LONGEST else shown[:LONGEST].rstrip() + " …"


def _is_check(cell: Any, about: Any) -> bool:
    return cell["cell_type"] == "code" and not about.get("solution") and not about.get("task")


def _check(cell: Any, about: Any) -> Marked:
    first, _, _ = cell["source"].partition("\n")
    name = str(about.get("grade_id", ""))
    label = MARKS_IN_LABEL.sub("", first.removeprefix(LABEL)) if first.startswith(LABEL) else name
    part = PART.search(cell["source"])
    shown = _shown_marks(cell)
    got = about.get("score", shown)
    return Marked(
        name,
        label[:1].upper() + label[1:],
        None if got is None or about.get("open") else float(got),
        float(about.get("points", 0)),
        part[1] if part else "",
        words=_words(cell),
        by_hand=shown is not None and got is not None and abs(float(got) - shown) > 0.005,
    )


def _read(cell: Any, about: Any) -> Marked:
    """A cell that a person marks: a task, or an answer in the learner's own words."""
    source = cell["source"].partition(SCHEME)[0].removesuffix("### ").removesuffix("###")
    # a task's text is the instructor's; an answer's text is the learner's own
    task = bool(about.get("task"))
    name = str(about.get("grade_id", ""))
    lines = (line.strip().lstrip("#*_> ").rstrip("*_ ") for line in source.splitlines())
    title = next(filter(None, lines), name) if task else name.replace("_", " ").replace("-", " ")
    got = None if about.get("open") else about.get("score")
    return Marked(
        name,
        title[:1].upper() + title[1:],
        None if got is None else float(got),
        float(about.get("points", 0)),
        read=True,
        text="" if task or cell["cell_type"] == "code" else clean(source).strip(),
        comment=_comment(about),
    )


def _comment(about: Any) -> list[str]:
    said = paragraphs(about.get("comment") or "")
    return [] if said == [NO_RESPONSE] else said


def _outputs(cell: Any) -> list[Any]:
    return [one for one in cell.get("outputs", []) if one.get("output_type") == "execute_result"]


def _shown_marks(cell: Any) -> float | None:
    """The number that nbgrader read from the cell: None where it read none."""
    outputs = cell.get("outputs", [])
    if any(one.get("output_type") == "error" for one in outputs):
        return 0.0
    if any(one.get("name") == "stderr" for one in outputs):
        return None  # it costs all marks or none, as nbgrader is set
    for output in _outputs(cell):
        try:
            return float(_joined(output["data"].get("text/plain", "")))
        except ValueError:
            return None
    return None


def _words(cell: Any) -> list[str]:
    """The words of the cell's `Mark`, as text; whatever else an output holds is left out."""
    reader = _MarkWords()
    for output in _outputs(cell):
        reader.feed(_joined(output["data"].get("text/html", "")))
    reader.close()
    return [said for one in reader.found[:MOST] if (said := clean(" ".join(one.split())))]


def _joined(text: Any) -> str:
    return "".join(text) if isinstance(text, list) else str(text)


class _MarkWords(HTMLParser):
    """Takes the list items out of a mark's box, as bare text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._depth = 0
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "div":
            inside = self._depth or MARK in (dict(attrs).get("class") or "").split()
            self._depth += 1 if inside else 0
        if tag == "li" and self._depth:
            self.found.append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        self._depth -= 1 if tag == "div" and self._depth else 0
        self._open = self._open and tag != "li" and self._depth > 0

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[-1] += data

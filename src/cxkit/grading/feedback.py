"""A feedback page that holds marks and words, and neither code nor the key."""

from __future__ import annotations

from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_markdown_cell
from traitlets import Bool

LABEL = "# Marked: "


class WordsNotCode(Preprocessor):
    """Prepares an autograded notebook for `nbgrader generate_feedback`.

    A check cell keeps its first line and its words: below it stands the key, which stock feedback shows to everyone.
    The marks of all parts come first. Runs after nbgrader's `GetGrades`, which puts the marks into the cells.

    >>> from nbformat.v4 import new_code_cell, new_notebook
    >>> check = new_code_cell("# Marked: the wait (2 marks)\\nkey = 'b'", metadata={"nbgrader": {
    ...     "grade": True, "grade_id": "wait", "score": 1, "points": 2}})
    >>> page, _ = WordsNotCode().preprocess(new_notebook(cells=[check]), {})
    >>> [cell.source.splitlines()[0] for cell in page.cells]
    ['# Your marks: 1 of 2', '# Marked: the wait (2 marks)']
    """

    # nbconvert's own default is off
    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> Any:
        marked = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade")]
        lines = []
        for cell in marked:
            grade = cell.metadata.nbgrader
            label, _, _ = cell.source.partition("\n")
            if cell.cell_type == "code" and not grade.get("solution"):
                cell.source = label
            name = label.removeprefix(LABEL) if label.startswith(LABEL) else grade.grade_id
            lines.append(
                f"- [{name}](#{grade.grade_id}): **{_marks(grade.score)} of {_marks(grade.points)}**"
            )
        total = sum(cell.metadata.nbgrader.score or 0 for cell in marked)
        of = sum(cell.metadata.nbgrader.points for cell in marked)
        summary = [f"# Your marks: {_marks(total)} of {_marks(of)}", "", *lines]
        # the form and the start button say nothing on paper
        kept = [cell for cell in nb.cells if cell in marked or not _is_machinery(cell)]
        nb.cells = [new_markdown_cell("\n".join(summary)), *kept]
        return nb, resources


def _marks(number: float | None) -> str:
    return "not yet marked" if number is None else f"{number:g}"


def _is_machinery(cell: Any) -> bool:
    about = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(about.get("locked"))

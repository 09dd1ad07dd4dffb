"""What nbgrader does before and after it marks: it opens any notebook, puts it right, and keeps outputs short.

Configuration alone brings these into `nbgrader autograde`; nbgrader itself stays as it is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import from_dict
from traitlets import Bool, Integer

from ..teaching.handed_in import read_answers
from .gradebook import Book
from .opened import CannotMarkError, open_notebook
from .put_right import Known, asked_in, known_cells, put_right, why_not

# the setting CourseDirectory.source_directory of the course
SOURCE = Path("solutions")


class AnyNotebook(NotebookExporter):
    """Reads what VS Code, Colab, a Mac or an old program saved. Raises CannotMarkError in words where it is no notebook."""

    def from_file(self, file_stream: Any, resources: Any = None, **more: Any) -> Any:
        # opened again as bytes: the stream expects plain UTF-8
        notebook = open_notebook(file_stream.name)
        return self.from_notebook_node(from_dict(notebook), resources=resources, **more)


class PutRight(Preprocessor):
    """Puts a hand-in right before nbgrader looks at it; the first of `Autograde.sanitize_preprocessors`.

    Raises CannotMarkError where the notebook is not this exercise: no marks are better than a zero that nobody sees.
    """

    # nbconvert's own default is off
    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> Any:
        about = resources["nbgrader"]
        source = SOURCE / about["assignment"]
        known = known_to_nbgrader(about["db_url"], about["assignment"], about["notebook"], source)
        cells, _ = put_right(nb.cells, known)
        fault = why_not(read_answers({"cells": cells}), nb.cells, known, asked_in(source, known))
        if fault:
            raise CannotMarkError(f"{about['student']}, {about['assignment']}: {fault}")
        nb.cells = [from_dict(cell) for cell in cells]
        return nb, resources


def known_to_nbgrader(db_url: str, exercise: str, notebook: str, source: Path) -> list[Known]:
    """The cells of a notebook as the gradebook has them, in the order of the notebook in the folder `source`."""
    with Book(db_url) as book:
        entry = book.exercise(exercise)
    found = entry.known() if entry else []
    file = source / f"{notebook}.ipynb"
    if file.is_file():
        order = [one.name for one in known_cells(open_notebook(file.resolve()))]
        found.sort(key=lambda one: order.index(one.name) if one.name in order else len(order))
    return found


class ShortOutputs(Preprocessor):
    """Cuts what a learner's own cells printed or drew without end; it would fill every page of the report."""

    enabled = Bool(True).tag(config=True)
    most_letters = Integer(20_000, help="how much text one output may hold").tag(config=True)
    most_picture = Integer(2_000_000, help="how long a picture or a web page in an output may be").tag(
        config=True
    )

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        """Cut the outputs of one cell that is not marked."""
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
            for output in cell.outputs:
                if "text" in output:
                    output.text = self._cut(output.text)
                for kind, one in list(output.get("data", {}).items()):
                    if kind == "text/plain" and isinstance(one, str):
                        output.data[kind] = self._cut(one)
                    elif isinstance(one, str) and len(one) > self.most_picture:
                        del output.data[kind]
                        output.data.setdefault("text/plain", TOO_LONG)
        return cell, resources

    def _cut(self, text: str) -> str:
        return text if len(text) <= self.most_letters else f"{text[: self.most_letters]}\n{TOO_LONG}"


TOO_LONG = "… The rest was too long and is left out here."

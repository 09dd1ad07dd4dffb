"""The page that `nbgrader generate_feedback` writes: marks, answers and words, and neither code nor the key."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbgrader.preprocessors import GetGrades
from traitlets import default

from .course import NEEDED_TO_RELEASE, is_needed
from .page import feedback_page, questions_beside


class Grades(GetGrades):
    """nbgrader's marks and comments in the cells; what a person has still to read is `open` and not zero."""

    def _get_score(self, cell: Any, resources: Any) -> None:
        super()._get_score(cell, resources)
        name = cell.metadata.nbgrader.grade_id
        grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
        cell.metadata.nbgrader["open"] = bool(grade.needs_manual_grade and grade.manual_score is None)


class FeedbackPage(Exporter):
    """Hands an autograded notebook to `feedback_page`, in place of nbgrader's own page."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> tuple[Any, Any]:
        nb, resources = super().from_notebook_node(nb, resources, **options)
        about, place = resources.get("nbgrader", {}), resources.get("metadata", {})
        name = about.get("notebook", place.get("name", ""))
        folders = [*self._solutions(about.get("assignment", "")), Path(place.get("path") or ".")]
        page = feedback_page(
            nb,
            questions_beside(name, folders),
            learner=about.get("student", ""),
            late=about.get("late_penalty", 0.0),
            title=name.replace("_", " "),
        )
        return page, resources

    def _solutions(self, exercise: str) -> list[Path]:
        """The instructor's own folder: what lies beside a submission, a submission may have changed."""
        course = getattr(self.parent, "coursedir", None)
        return [Path(course.format_path(course.source_directory, ".", exercise))] if course else []


def only_pages(assignment: str, student: str, notebooks: Iterable[str]) -> None:
    """Take out of the feedback folder whatever `generate_feedback` has copied beside the pages.

    nbgrader copies every other file of a submission there: data, and what code of a learner may have written, or what a
    link in a submission pointed to. Runs as its `post_convert_hook`; `notebooks` are the autograded notebooks of one
    submission. (nbgrader's `assignment` and `student` may be patterns, and say less than the paths do.)
    """
    pages = [Path(one) for one in notebooks]
    for folder in {one.parent for one in pages}:
        autograded, learner, exercise = folder.parents[1], folder.parent.name, folder.name
        feedback = autograded.parent / "feedback" / learner / exercise
        kept = {feedback / f"{one.stem}.html" for one in pages}
        # a submission may have brought another file of that name
        kept |= {feedback / name for name in NEEDED_TO_RELEASE if is_needed(feedback / name)}
        # the deepest first, so that folders are empty when their turn comes
        for path in sorted(feedback.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            elif path not in kept:
                path.unlink()

"""Feedback pages for a whole class, many times as fast as nbgrader writes them, and in the same places."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..files import write_atomic
from ..teaching.questions import Spec
from .course import Course, take_along
from .gradebook import AT_ONCE, Book
from .gradebook_rows import Said
from .look import find_exercise
from .page import feedback_page, questions_beside
from .workers import in_parallel


class Writer:
    """Writes the feedback page of one learner; called with plain data, in a process of its own."""

    def __init__(self, name: str, questions: Spec | None) -> None:
        self.name, self.questions = name, questions

    def __call__(self, job: dict[str, Any]) -> None:
        marked, target = Path(job["marked"]), Path(job["target"])
        notebook = json.loads(marked.read_text("utf-8"))
        said = Said(**job["said"])
        for cell in notebook["cells"]:
            about = cell["metadata"].get("nbgrader", {})
            name = about.get("grade_id")
            if name in said.scores:
                about.update(score=said.scores[name], open=said.open[name])
            if name in said.comments:
                about["comment"] = said.comments[name]
        page = feedback_page(
            notebook,
            self.questions,
            learner=job["learner"],
            late=said.late,
            title=self.name.replace("_", " "),
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, page.encode("utf-8"))
        take_along(Path(job["submitted"]), target.parent)


def write_pages(
    course: Course,
    name: str,
    *,
    progress: Callable[[int, int], None] = lambda done, of: None,
    processes: int | None = None,
) -> tuple[list[Path], dict[str, str]]:
    """Write the feedback page of everybody who has marks for an exercise: the pages, and by learner why there is none.

    Raises ValueError in words where the exercise is not there, or nothing is marked.
    """
    exercise = find_exercise(name, course.root)
    with Book(course.db_url) as book:
        entry = book.exercise(exercise.name)
        learners = [
            one
            for one in course.learners("autograded", exercise.name)
            if (course.place("autograded", one, exercise.name) / exercise.file).is_file()
        ]
        if entry is None or not learners:
            raise ValueError(f"Nothing of “{exercise.name}” is marked yet. Run: cxkit grade {exercise.name}")
        writer = Writer(
            exercise.name, questions_beside(exercise.name, [course.place("source", ".", exercise.name)])
        )
        pages, faults, done = [], {}, 0
        for start in range(0, len(learners), AT_ONCE):
            jobs = []
            some = learners[start : start + AT_ONCE]
            said = book.said(entry, some)
            for learner in some:
                if learner not in said:
                    faults[learner] = "The gradebook has no marks of it."
                    continue
                jobs.append(
                    {
                        "learner": learner,
                        "marked": str(course.place("autograded", learner, exercise.name) / exercise.file),
                        "target": str(
                            course.place("feedback", learner, exercise.name) / f"{exercise.name}.html"
                        ),
                        "submitted": str(course.place("submitted", learner, exercise.name)),
                        "said": asdict(said[learner]),
                    }
                )
            for job, _, fault in in_parallel(writer, jobs, processes) if jobs else ():
                done += 1
                progress(done, len(learners))
                if fault:
                    faults[job["learner"]] = fault
                else:
                    pages.append(Path(job["target"]))
    return sorted(pages), faults

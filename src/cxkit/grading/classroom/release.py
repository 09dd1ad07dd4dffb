"""Release exercises to the exchange: run by the instructor of a classroom, in the instructor's own folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def release(exercises: list[str], learners: list[str], course: Path = Path()) -> None:
    """Generate and release the exercises, and enter the learners in the gradebook.

    Raises ValueError with nbgrader's words where it cannot.

    >>> release([], [], Path("/nowhere"))
    Traceback (most recent call last):
    ValueError: There is no nbgrader_config.py in /nowhere.
    """
    if not (course / "nbgrader_config.py").is_file():
        raise ValueError(f"There is no nbgrader_config.py in {course}.")
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI, NbGraderApp

    app = NbGraderApp()
    app.load_config_file()
    api = NbGraderAPI(config=app.config)
    for name in exercises:
        for step in (api.generate_assignment, api.release_assignment):
            done = step(name)
            if not done["success"]:
                raise ValueError(f"{name} could not be released:\n{done.get('error') or done.get('log')}")
    with Gradebook(api.coursedir.db_url) as book:
        known = {student.id for student in book.students}
        for learner in learners:
            if learner not in known:
                # Formgrader shows “None, None” for somebody without a name
                book.add_student(learner, first_name="Learner", last_name=learner.removeprefix("cx-learner"))


if __name__ == "__main__":
    todo = json.loads(sys.argv[1])
    release(todo["exercises"], todo["learners"])

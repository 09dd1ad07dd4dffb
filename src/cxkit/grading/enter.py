"""What only nbgrader itself can say or do: a course's rule for late work, and how an exercise gets into the gradebook.

Loading nbgrader takes seconds, so it is done here, and only when it is needed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from .course import Course
from .gradebook_rows import Penalty


def late_penalty(course: Course) -> Penalty | None:
    """The course's rule for coming late; None where it takes nothing off, as nbgrader has it from the start."""
    named = course.config.get("AssignLatePenalties", {}).get("plugin_class")
    method = course.config.get("LateSubmissionPlugin", {}).get("penalty_method", "none")
    if not named and method == "none":
        return None
    from nbgrader.preprocessors import AssignLatePenalties

    rule = AssignLatePenalties(config=course.config)
    rule.init_plugin()
    return rule.plugin_inst.late_submission_penalty


def enter_exercise(course: Course, name: str) -> None:
    """Make or renew the rows of an exercise from `solutions/`, with nbgrader's own steps. The release stays as it is.

    Raises ValueError in words where nbgrader refuses, as it does when cells come or go after somebody handed in.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory

    # nbgrader calls `alembic` by its bare name
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    with tempfile.TemporaryDirectory() as release:
        folder = CourseDirectory(config=course.config, root=str(course.root), assignment_id=name)
        folder.release_directory = release
        folder.db_url = course.db_url
        making = GenerateAssignment(coursedir=folder, config=course.config)
        making.log.setLevel("CRITICAL")
        try:
            making.start()
        except (Exception, SystemExit) as fault:
            raise ValueError(
                f"The exercise “{name}” could not be entered in the gradebook: {_reason(fault)} "
                f"Try: nbgrader generate_assignment {name} --force"
            ) from fault


def _reason(fault: BaseException) -> str:
    said = " ".join(str(fault).split()) or type(fault).__name__
    return said if said.endswith(".") else f"{said}."

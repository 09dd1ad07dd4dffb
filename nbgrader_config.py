"""The course as nbgrader sees it. Every nbgrader command works from this folder."""

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import GetGrades

from cxkit.grading.feedback import WordsNotCode

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "cxkit"
# solutions/ is written by hand; exercises/ is what nbgrader makes of it
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# the default stub raises an error, which stops the notebook for a learner
c.ClearSolutions.code_stub = {"python": "# Your work goes here."}
# what an exercise's generator knows is not for learners
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "for_instructors"]

# a missing answer cell is put back, so that what is there can still be marked
c.OverwriteCells.add_missing_cells = True
# notes of libraries on stderr would cost marks
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r".*(Warning|warning).*"

# a form is drawn when the notebook runs; its drawn state is of no use in a release or a report
c.ExecutePreprocessor.store_widget_state = False

# stock feedback shows every learner the check cells with the key
c.GenerateFeedback.preprocessors = [GetGrades, WordsNotCode, CSSHTMLHeaderPreprocessor]

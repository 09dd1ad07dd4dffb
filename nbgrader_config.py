"""The course as nbgrader sees it. Every nbgrader command works from this folder."""

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "cxkit"
# solutions/ is written by hand; exercises/ is what nbgrader makes of it
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# the default stub raises an error, which stops the notebook for a learner
c.ClearSolutions.code_stub = {"python": "# Your work goes here."}
# what an exercise's generator knows is not for learners
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "for_instructors"]

# a notebook that was copied, cut, pasted from Word or saved by another program is opened and put right first, …
c.Autograde.exporter_class = "cxkit.grading.mend.AnyNotebook"
c.Autograde.sanitize_preprocessors = [
    "cxkit.grading.mend.PutRight",
    # … and then all goes on as nbgrader has it
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "cxkit.grading.mend.ShortOutputs",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
# notes of libraries on stderr would cost marks
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r".*(Warning|warning).*"

# a form is drawn when the notebook runs; its drawn state is of no use in a release or a report
c.ExecutePreprocessor.store_widget_state = False
# a kernel that has given its marks need not say goodbye, which takes it a second for each submission
c.ExecutePreprocessor.shutdown_kernel = "immediate"

# stock feedback shows every learner the check cells with the key, as code
c.GenerateFeedback.exporter_class = "cxkit.grading.feedback.FeedbackPage"
c.GenerateFeedback.preprocessors = ["cxkit.grading.feedback.Grades"]
# and it copies whatever a learner's code has left behind
c.GenerateFeedback.post_convert_hook = "cxkit.grading.feedback.only_pages"

"""nbgrader in the cluster. Every person's server reads it; the course's own settings lie in the course's folder."""

import os
from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "cxkit"
c.Exchange.root = "/srv/nbgrader/exchange"
# in the cluster everybody is called jovyan, so the owner of a file says nothing about the person
c.ExchangeCollect.check_owner = False
if os.environ.get("CXKIT_ROLE") == "instructor":
    c.CourseDirectory.root = str(Path.home() / "cxkit")
else:
    c.Exchange.assignment_dir = str(Path.home() / "exercises")

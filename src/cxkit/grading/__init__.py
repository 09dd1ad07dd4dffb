"""For instructors: what nbgrader hands back to a learner. Nothing below this floor imports nbgrader."""

"""A classroom on one machine, for trying the course out with nbgrader: a hub, an instructor, a few learners."""

"""Every lesson of the first half of the course in a real browser, tried once from top to bottom."""

from __future__ import annotations

import pytest
from every_lesson import LESSONS, play


@pytest.mark.parametrize("lesson", LESSONS[:6])
def test_each_thing_on_a_lesson_answers_a_learner(course, desk, lesson):
    play(course, desk, lesson)

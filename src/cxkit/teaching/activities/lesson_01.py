"""Lesson 1: when is Lucy told?"""

from __future__ import annotations

from cxkit.cases import case
from cxkit.teaching.form import Words, say
from cxkit.views.notice import draw_notice
from cxkit.views.picture import Picture

from . import Answers


def _days_before_birth() -> list[float]:
    """Days from each moment of Lucy's journey to the birth, from the waits on her map."""
    table = case("hmo_opt_out").journey.table
    birth = int(table.index[table["moment"] == "second"][0])
    waits = table["wait_days"]
    days_from_row = [float(waits[row + 1 : birth + 1].sum()) for row in range(birth + 1)]
    call, joins, first_visit = days_from_row[1:4]
    month = first_visit / 6
    return [call, joins, *(first_visit - month * passed for passed in range(6)), 0.0]


MOMENTS = (
    "In the first call",
    "When she joins",
    "First antenatal visit, month 4",
    "Visit in month 5",
    "Visit in month 6",
    "Visit in month 7",
    "Visit in month 8",
    "Visit in month 9",
    "On the day of the birth",
)


def draw_when_told(answers: Answers) -> Picture:
    return draw_notice(MOMENTS, _days_before_birth(), int(answers["told"]), float(answers["needed"]))


def judge_when_told(question: str, answers: Answers) -> tuple[bool, Words]:
    days, told, needed = _days_before_birth(), int(answers["told"]), float(answers["needed"])
    latest = max(place for place, left in enumerate(days) if left >= needed)
    if told > latest:
        return False, [
            say(f"Too late. {days[told]:g} days are left and the change needs {needed:g}.", ok=False)
        ]
    if told < latest:
        return False, [say("She is told in time. Is there a later moment that is still in time?", ok=False)]
    return True, [
        say(
            f"“{MOMENTS[told]}” is the last moment in time: {days[told]:g} days are left and the change needs {needed:g}. "
            "A good service does not wait for the last moment. It puts the check on the map, with an owner.",
            ok=True,
        )
    ]


ACTIVITIES = {"01_when_told": (draw_when_told, judge_when_told)}

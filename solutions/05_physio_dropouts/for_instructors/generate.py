"""Make the data of exercise 5: patients of a physiotherapy practice, and who stops before the last session.

    python generate.py            writes patients.csv and visits.csv into the folder above
    python generate.py FOLDER     writes them into FOLDER

Nobody in these tables is real. The truth that is planted (log-odds of stopping for one point less):

- The quiet driver: the home plan, 0.40 (odds ratio about 1.5). Hardly anybody complains about it.
- A second, smaller driver: staff attitude, 0.24 (about 1.27).
- The loud complaint: the waiting room, 0. Nearly half of all complaints are about it.
- Session and exercise app: 0. The session is liked by those who like the staff and the home plan.
- The confounder: distance. Patients who live far away score the phone lower (they cannot drop in at the desk, so they
  call more often) and stop more often (log-odds -1.0, 0, 1.2). The phone itself does nothing: 0. Without distance in the
  model it looks like a driver.
- Age does nothing, neither to the scores nor to stopping. Comparing within age does not mend the phone.
- Most of those who stop do so after the second session. 44 people call and never come.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from datetime import date, timedelta
from pathlib import Path

SEED = 5
PATIENTS, NEVER_CAME = 500, 44
DISTANCES = ("under 3 km", "3 to 10 km", "over 10 km")
AGES = ("18-39", "40-64", "65+")
TOUCHPOINTS = ("Phone", "Waiting room", "Session", "Home plan", "Exercise app", "Staff attitude")
SESSIONS = ("First session", "Second session", "Third session", "Fourth session", "Last session")
CALL = "Call for a time"
STOPS_BY_DISTANCE = (-1.0, 0.0, 1.2)
PHONE_BY_DISTANCE = (8.2, 6.7, 5.0)
FOR_ONE_POINT_LESS = {"Home plan": 0.40, "Staff attitude": 0.24}
# of 100 who stop: how many are last seen at the first, second, third and fourth session
LAST_SEEN = (18, 50, 19, 13)
# of 100 complaints: how many are about each touchpoint
COMPLAINTS = {
    "Waiting room": 47,
    "Phone": 24,
    "Exercise app": 13,
    "Session": 7,
    "Staff attitude": 5,
    "Home plan": 4,
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    patients, visits = make(random.Random(SEED))
    write(folder / "patients.csv", patients)
    write(folder / "visits.csv", visits)


def make(chance: random.Random) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    patients: list[dict[str, object]] = []
    visits: list[dict[str, object]] = []
    # who never came has a place among the others, so that the number of a patient tells nothing
    never = set(chance.sample(range(PATIENTS + NEVER_CAME), NEVER_CAME))
    for place in range(PATIENTS + NEVER_CAME):
        name = f"P{place + 1:03d}"
        day = date(2024, 1, 8) + timedelta(days=chance.randrange(0, 400))
        visits.append({"patient": name, "touchpoint": CALL, "day": day.isoformat()})
        if place in never:
            continue
        patient = one_patient(name, chance)
        patients.append(patient)
        stopped = patient["stopped"] == "yes"
        held = chance.choices((1, 2, 3, 4), LAST_SEEN)[0] if stopped else len(SESSIONS)
        day += timedelta(days=chance.randrange(3, 15))
        for session in SESSIONS[:held]:
            visits.append({"patient": name, "touchpoint": session, "day": day.isoformat()})
            day += timedelta(days=chance.randrange(5, 12))
    return patients, visits


def one_patient(name: str, chance: random.Random) -> dict[str, object]:
    distance = chance.choices((0, 1, 2), (38, 36, 26))[0]
    age = chance.choices(AGES, (28, 38, 34))[0]
    staff = chance.gauss(7.6, 1.6)
    home = chance.gauss(7.0, 2.1)
    scores = {
        "Phone": chance.gauss(PHONE_BY_DISTANCE[distance], 1.6),
        "Waiting room": chance.gauss(6.2, 2.0),
        "Session": chance.gauss(7.9 + 0.35 * (staff - 7.6) + 0.25 * (home - 7.0), 1.2),
        "Home plan": home,
        "Exercise app": chance.gauss(7.2, 1.9),
        "Staff attitude": staff,
    }
    whole = {touchpoint: min(max(round(score), 1), 10) for touchpoint, score in scores.items()}
    odds = -0.55 + STOPS_BY_DISTANCE[distance]
    odds += sum(effect * (7 - whole[one]) for one, effect in FOR_ONE_POINT_LESS.items())
    stopped = chance.random() < 1 / (1 + math.exp(-odds))
    # who scores something low is a little more likely to complain at all; what about is a matter of habit
    speaks = chance.random() < (0.26 if min(whole.values()) <= 4 else 0.14)
    about = chance.choices(list(COMPLAINTS), list(COMPLAINTS.values()))[0] if speaks else ""
    return {
        "patient": name,
        "age": age,
        "distance": DISTANCES[distance],
        **whole,
        "complained_about": about,
        "stopped": "yes" if stopped else "no",
    }


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()

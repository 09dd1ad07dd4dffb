"""Make the data of exercise 8: who came to the hall on twelve days, and what visitors said. `python generate.py FOLDER`

The truth that is planted here, and not told to learners:

- About 360 people come on a day. Many come in the first 90 minutes and in the last 90, so that two lines form. Today (2
  people at the desk, 4 nurses) about one in four of them turns back.
- The desk and the nurses are both narrow. More people at one of the two alone change little, since the line then stands
  before the other.
- No single lever reaches the goal (10 of 100 turn back, or fewer). Within €1,200 a day 37 plans do, read in whole numbers
  as the picture shows them. They are of three very different kinds: more people at both places, booked times with a nurse
  or a clerk, and a roof with a text message and some booked times (which buys patience, and brings nobody's turn sooner).
- Visitors are disappointed by the wait in the rain, the word on the wait and the way to the door. The nurse, the call
  to the hotline, the certificate and the chair after the shot are as good as expected or better: moments to lift.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

SEED = 20260808
DAYS, PEOPLE, MINUTES = 12, 360, 480
ASKED = 90
# touchpoint: what visitors expected and what they lived, on average
MOMENTS = {
    "Calls the hotline with a question": (6.5, 7.4),
    "Finds the way to the door": (7.2, 6.0),
    "Looks for a word on how long it takes": (6.8, 3.1),
    "Waits in the rain": (5.6, 2.0),
    "Gives her name at the desk": (6.9, 6.2),
    "Gets the shot from the nurse": (7.3, 8.1),
    "Rests on a chair and is looked after": (6.2, 7.0),
    "Gets the certificate by email": (7.4, 8.0),
}


def people(random: np.random.Generator) -> list[list[object]]:
    """One row for each person who comes to the hall."""
    rows: list[list[object]] = []
    for day in range(1, DAYS + 1):
        count = int(random.poisson(PEOPLE))
        kind = random.random(count)
        anywhen = random.uniform(0, MINUTES, count)
        early, late = random.uniform(0, 90, count), random.uniform(MINUTES - 90, MINUTES, count)
        comes = np.sort(np.where(kind < 0.22, early, np.where(kind < 0.44, late, anywhen)))
        slot = random.permutation(np.linspace(2, MINUTES - 8, count))
        rank = random.permutation(count) * 100 / count
        patience = np.clip(random.lognormal(np.log(24), 0.65, count), 3, 180)
        desk, nurse = random.gamma(4, 2.8 / 4, count), random.gamma(6, 6.2 / 6, count)
        for one in range(count):
            minutes = (comes[one], slot[one], patience[one], desk[one], nurse[one])
            rows.append([day, one + 1, int(rank[one]), *(f"{each:.1f}" for each in minutes)])
    return rows


def survey(random: np.random.Generator) -> list[list[object]]:
    """What visitors expected and lived, 1 to 10. About one answer in twenty is missing."""
    rows: list[list[object]] = []
    for visitor in range(1, ASKED + 1):
        mood = random.normal(0, 0.6)
        for moment, (expected, lived) in MOMENTS.items():
            scores = random.normal((expected, lived), (1.2, 1.4)) + mood
            whole = [str(int(each)) for each in np.clip(np.round(scores), 1, 10)]
            rows.append([visitor, moment, whole[0], "" if random.random() < 0.05 else whole[1]])
    return rows


def write(path: Path, head: str, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([head.split(","), *rows])


def main(folder: Path) -> None:
    random = np.random.Generator(np.random.PCG64(SEED))
    columns = "day,person,books,comes_at,slot_at,would_wait,at_desk,at_nurse"
    write(folder / "people.csv", columns, people(random))
    write(folder / "survey.csv", "visitor,touchpoint,expected,experienced", survey(random))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])

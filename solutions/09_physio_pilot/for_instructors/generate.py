"""Write the data of exercise 9: `python generate.py FOLDER` (default: the folder above this one).

The truth that is planted:

- At Harbour 126 of 210 patients came to their next session before the change (60%), and 172 of 220 after it (78%). That is
  +18 points, and zero lies outside the interval.
- In the other two branches it rose as well, with no change there: 248 of 400 before (62%), 294 of 420 after (70%). Winter
  was over. So about 10 points are left for the pilot, and zero lies just inside the 95% interval.
- The two other branches differ: Market rose much (118 of 200, then 153 of 210), Hill little (130 of 200, then 141 of 210).
  Who compares with Hill alone gets a larger number, with zero outside the interval: a comparison picked for its result.
- Ease (1 to 7) rose at Harbour by about 0.7 beyond the others, and zero lies outside that interval.
- The answers to “would you recommend us” rose a little at Harbour. The interval of the score is wide.
- Who did not come to the next session answers the two questions less often. So the answers speak for those who came.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

# (branch, period): patients, how many came to the next session, weights of the answers 0 to 10, weights of 1 to 7
LOW = (2, 1, 2, 2, 3, 6, 7, 16, 21, 22, 18)
HIGH = (1, 1, 1, 2, 2, 5, 6, 15, 22, 24, 21)
HARD = (3, 6, 12, 20, 27, 21, 11)
MIDDLE = (3, 5, 11, 18, 26, 23, 14)
EASY = (1, 2, 5, 11, 23, 32, 26)
GROUPS = {
    ("Harbour", "before"): (210, 126, LOW, HARD),
    ("Market", "before"): (200, 118, LOW, HARD),
    ("Hill", "before"): (200, 130, LOW, HARD),
    ("Harbour", "after"): (220, 172, HIGH, EASY),
    ("Market", "after"): (210, 153, LOW, MIDDLE),
    ("Hill", "after"): (210, 141, LOW, MIDDLE),
}
SILENT = {"yes": 0.2, "no": 0.45}
COLUMNS = ("patient", "branch", "period", "came", "recommend", "ease")


def patients() -> list[tuple]:
    chance = random.Random(9)
    rows = []
    for (branch, period), (count, came, recommend, ease) in GROUPS.items():
        for place in range(count):
            yes = "yes" if place < came else "no"
            answers = [
                str(chance.choices(range(first, first + len(weights)), weights)[0])
                for first, weights in ((0, recommend), (1, ease))
            ]
            if chance.random() < SILENT[yes]:
                answers = ["", ""]
            rows.append((branch, period, yes, *answers))
    # in the order of the visits, not group by group
    chance.shuffle(rows)
    rows.sort(key=lambda row: row[1], reverse=True)
    return [(f"P{number:04d}", *row) for number, row in enumerate(rows, start=1)]


def main(folder: Path) -> None:
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(patients())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])

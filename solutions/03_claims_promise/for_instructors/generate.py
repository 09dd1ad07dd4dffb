"""Make `survey.csv`: 80 made-up people who sent a bill to an insurer, asked about seven touchpoints.

    python generate.py FOLDER

writes the file into FOLDER (default: the folder above this one). It is the same file each time.

What is planted:
- The wait for the money is a clear and wide gap: expected about 8, experienced about 5.
- The answer with the money and the help on the phone are clear gaps too, and about 2 points wide.
- The chat has the widest mean gap of all. But hardly anybody used it, so its interval holds 0.
- Looking up the claim on the web page has the lowest score of all, and a narrow gap: people expected little.
- The first reply is as good as expected. Sending the bill is better than expected.
- Who did not meet a touchpoint, or did not answer, has empty scores.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

SEED, PEOPLE = 3267, 80
# name: the share who answered, the mean that is expected, the mean that is experienced, and how far both spread
TOUCHPOINTS = {
    "Sending the bill": (0.78, 6.4, 7.3, 1.3),
    "The first reply": (0.74, 6.2, 6.1, 1.5),
    "Waiting for the money": (0.72, 8.1, 5.0, 1.4),
    "Looking it up on the web page": (0.44, 4.3, 3.5, 1.3),
    "Help on the phone": (0.52, 7.7, 5.6, 1.6),
    "Help in the chat": (0.06, 7.4, 4.2, 3.6),
    "The money and its letter": (0.66, 7.9, 5.8, 1.5),
}


def score(chance: random.Random, mean: float, spread: float) -> int:
    return min(max(round(chance.gauss(mean, spread)), 1), 10)


def main(folder: Path) -> None:
    chance = random.Random(SEED)
    with (folder / "survey.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["customer", "touchpoint", "expected", "experienced"])
        for number in range(1, PEOPLE + 1):
            for name, (answers, expected, experienced, spread) in TOUCHPOINTS.items():
                scores: list[int | str] = ["", ""]
                if chance.random() < answers:
                    scores = [score(chance, expected, 1.2), score(chance, experienced, spread)]
                    # a few give one of the two scores only
                    if chance.random() < 0.05:
                        scores[chance.randrange(2)] = ""
                table.writerow([f"C{number:02}", name, *scores])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])

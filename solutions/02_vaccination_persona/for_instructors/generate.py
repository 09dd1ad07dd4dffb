"""Make `invited.csv`: 600 made-up people whom a city invited to its flu vaccination.

    python generate.py FOLDER

writes the file into FOLDER (default: the folder above this one). It is the same file each time.

What is planted:
- What holds people back depends on who they are. The first of these that fits sets it: reads another language better
  (66% did not understand the letter), works shifts (70%: the hours do not fit), 65 or more (66%: hard to get there),
  18 to 34 (70%: does not think to need it). For the others no answer reaches half. Fear of the needle is rare in every
  group (2% to 8%), although the story makes it loud.
- The channel they like best follows the same groups: text message, text message, phone, app.
- Who came last year is mostly 65 or more (62%, against 30%; 18% of those who read another language better).
- What they expect at their place: many go to the clinic and expect to be seen without an appointment; many go to the
  bus and expect a doctor; many go to the town hall and expect an evening. No place has these.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

SEED, PEOPLE = 2041, 600
HOURS, WAY, WORDS, NEED, NEEDLE, NOTHING = "hours", "way", "words", "need", "needle", "nothing"
HELD = {
    "language": {WORDS: 66, HOURS: 12, NEED: 9, WAY: 5, NOTHING: 5, NEEDLE: 3},
    "shifts": {HOURS: 70, NEED: 12, NOTHING: 9, NEEDLE: 5, WAY: 4},
    "old": {WAY: 66, NOTHING: 17, NEED: 10, NEEDLE: 4, HOURS: 3},
    "young": {NEED: 70, HOURS: 12, NOTHING: 9, NEEDLE: 7, WAY: 2},
    "rest": {HOURS: 36, NEED: 27, NOTHING: 22, WAY: 7, NEEDLE: 8},
}
CHANNEL = {
    "language": {"messaging": 58, "phone": 24, "app": 11, "letter": 7},
    "shifts": {"messaging": 63, "app": 19, "phone": 10, "letter": 8},
    "old": {"phone": 53, "letter": 33, "messaging": 10, "app": 4},
    "young": {"app": 56, "messaging": 30, "phone": 7, "letter": 7},
    "rest": {"messaging": 36, "phone": 25, "letter": 21, "app": 18},
}
AGE = {"18-34": 27, "35-49": 25, "50-64": 24, "65+": 24}
WORK_BEFORE_65 = {"fixed hours": 52, "shifts": 30, "no paid work": 18}
WORK_FROM_65 = {"no paid work": 89, "fixed hours": 9, "shifts": 2}
PLACE = {"bus": 31, "pharmacy": 26, "clinic": 26, "town hall": 17}
EXPECTS = {
    "bus": {"no appointment": 49, "doctor": 26, "evening": 25},
    "pharmacy": {"no appointment": 42, "evening": 40, "doctor": 18},
    "clinic": {"no appointment": 42, "doctor": 47, "evening": 11},
    "town hall": {"no appointment": 45, "evening": 42, "doctor": 13},
}


def draw(chance: random.Random, weights: dict[str, int]) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


def person(chance: random.Random, number: int) -> dict[str, str]:
    age = draw(chance, AGE)
    work = draw(chance, WORK_FROM_65 if age == "65+" else WORK_BEFORE_65)
    language = draw(chance, {"the city's": 83, "another": 17})
    kind = (
        "language" if language == "another"
        else "shifts" if work == "shifts"
        else {"65+": "old", "18-34": "young"}.get(age, "rest")
    )  # fmt: skip
    came = 18 if kind == "language" else 62 if age == "65+" else 30
    place = draw(chance, PLACE)
    return {
        "person": f"V{number:03}",
        "age": age,
        "work": work,
        "language": language,
        "last_year": draw(chance, {"came": came, "did not come": 100 - came}),
        "channel": draw(chance, CHANNEL[kind]),
        "holds_back": draw(chance, HELD[kind]),
        "place": place,
        "expects": draw(chance, EXPECTS[place]),
    }


def main(folder: Path) -> None:
    chance = random.Random(SEED)
    rows = [person(chance, number) for number in range(1, PEOPLE + 1)]
    with (folder / "invited.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])

"""Write the journey of exercise 4, “Helena goes home”, touchpoint by touchpoint.

    python generate.py            writes going_home.csv into the folder above
    python generate.py FOLDER     writes it into FOLDER

Helena is made up, and so are her scores. They are set by hand, not drawn, so that:

- the moment furthest from the ordinary (5.5) is the call that does not come (1), and it is alone in this;
- the widest gap lies elsewhere: at the family doctor (9 expected, 3 experienced);
- memory keeps (1 + 3) / 2 = 2, while the mean of the eight is 4.9: most of her moments were not bad;
- once the call is a 3 or better, the stairs (9) become the peak, so that a small change at the worst moment and one at
  the end do more than many points in between;
- memory could be lifted to 10 with the two lists left as they are. The exercise does not allow it: they are a danger.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

HEAD = ("stage", "touchpoint", "channel", "owner", "expected", "experienced", "evidence")
ROWS = (
    ("pre-care", "Reads what patients write", "web", "", 6, 6, "observed"),
    ("pre-care", "Meets the surgeon and chooses", "in person", "Surgeon", 6, 7, "observed"),
    ("care", "Practises the stairs", "in person", "Physiotherapist", 7, 9, "observed"),
    ("care", "Talk about going home", "in person", "Ward doctor", 6, 5, "observed"),
    ("care", "Gets the medicine list", "in person", "Ward nurse", 8, 3, "observed"),
    ("care", "Ride home", "in person", "Transport desk", 6, 5, "observed"),
    ("post-care", "Waits for the call on day two", "phone", "", 5, 1, "observed"),
    ("post-care", "Family doctor has no letter", "in person", "Family doctor", 9, 3, "observed"),
)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    with (folder / "going_home.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(HEAD)
        table.writerows(ROWS)


if __name__ == "__main__":
    main()

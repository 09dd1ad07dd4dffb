"""Write the data of exercise 7: `python generate.py FOLDER` (default: the folder above this one).

The truth that is planted:

- `complaints.csv`, 177 complaints. By number, “Word on where it stands” comes first (55). “Approval before care” has 22,
  fewer than three others, and 11 of the 13 complaints in which somebody was in danger. So it comes first as soon as danger
  counts enough. With equal weights, or where late money counts nearly as much as danger, it does not.
- `quotes.csv`, 30 quotes that were written by hand. Our reader's codes stand in `quotes_coded.csv` beside this file and
  never reach a learner, except for e01 to e10, which the exercise shows as examples. A bar (“|”) divides codes that are
  both fair.

Nothing is drawn by chance, so no seed is needed.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

HERE = Path(__file__).parent
COUNTS = {
    "Sending in the claim": (22, 9, 1, 0),
    "Approval before care": (2, 3, 6, 11),
    "Word on where it stands": (38, 14, 2, 1),
    "The decision and its reasons": (8, 6, 5, 0),
    "The payment": (6, 25, 6, 0),
    "The second look": (3, 5, 3, 1),
}


def main(folder: Path) -> None:
    rows = [
        (touchpoint, severity, count)
        for touchpoint, counts in COUNTS.items()
        for severity, count in enumerate(counts, start=1)
    ]
    _write(folder / "complaints.csv", ("touchpoint", "severity", "complaints"), rows)
    with (HERE / "quotes_coded.csv").open(encoding="utf-8", newline="") as file:
        quotes = [(row["quote"], row["channel"], row["text"]) for row in csv.DictReader(file)]
    _write(folder / "quotes.csv", ("quote", "channel", "text"), quotes)


def _write(path: Path, columns: tuple[str, ...], rows: list[tuple]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent)

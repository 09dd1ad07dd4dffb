"""Makes the discharge log of a hospital ward and its table of patients. Nobody in them is real.

    python generate.py           writes discharges.csv and patients.csv into the folder above, the same bytes every time
    python generate.py FOLDER    writes them into FOLDER

The truth that is planted:
- One hand-off takes most of the time: from “list in the tray” to “check begins”. Its median is about 1.7 days, and nobody
  owns the list while it lies there.
- One wait is loud and short: from “ride booked” to “ride comes”, about 50 minutes. Most complaints are about it.
- The check itself takes 40 minutes or so. It is needed: the time lies in the wait before it.
- Patients give up the aftercare course the longer they waited for the door. The chance to keep it is
  exp(-0.05 - 0.10 * days), where days are those from “may go home” to “door closes”: each day takes 9.5% of those who
  are still there. Nothing else changes it: no ward, no age, no season.
- The aftercare course is worth 1,200 ₪ for each patient, a number that we made up.

The ward works from 8:00 to 20:00, seven days a week, and what falls into the night waits for the morning.
"""

from __future__ import annotations

import math
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

SEED = 27
PATIENTS = 312
VALUE = 1200
FIRST_DAY = datetime(2025, 9, 1)
WEEKS = 8
STEPS = {
    "may go home": "Ward doctor",
    "letter written": "Ward doctor",
    "list in the tray": "",
    "check begins": "Pharmacist",
    "check done": "Pharmacist",
    "ride booked": "Ward clerk",
    "ride comes": "Driver",
    "door closes": "Ward nurse",
}
# minutes from the step before: the median, and how far they spread (on the scale of logarithms)
MINUTES = {
    "letter written": (220, 0.35),
    "list in the tray": (9, 0.5),
    "check begins": (2350, 0.85),
    "check done": (41, 0.3),
    "ride booked": (95, 0.6),
    "ride comes": (52, 0.45),
    "door closes": (9, 0.4),
}

LONGEST = 10 * 24 * 60  # minutes: nobody's list lay there for longer


def in_the_day(moment: datetime, rng: np.random.Generator) -> datetime:
    """The moment itself, or one soon after 8:00 where it falls into the night."""
    late = float(rng.uniform(0, 70))
    if moment.hour < 8:
        return moment.replace(hour=8, minute=0) + timedelta(minutes=int(late))
    if moment.hour >= 20:
        return moment.replace(hour=8, minute=0) + timedelta(days=1, minutes=int(late))
    return moment


def way_home(rng: np.random.Generator) -> list[datetime]:
    """When each step happened to one patient."""
    day = FIRST_DAY + timedelta(days=int(rng.integers(7 * WEEKS)))
    now = day + timedelta(hours=8, minutes=int(rng.integers(30, 210)))
    times = [now]
    for median, spread in MINUTES.values():
        minutes = max(2, round(median * math.exp(spread * float(rng.standard_normal()))))
        minutes = min(minutes, LONGEST)
        now = in_the_day(now + timedelta(minutes=minutes), rng)
        times.append(now)
    return times


def make(seed: int = SEED, patients: int = PATIENTS) -> dict[str, list[str]]:
    """The lines of the two files, by name."""
    rng = np.random.Generator(np.random.PCG64(seed))
    ways = sorted(way_home(rng) for _ in range(patients))
    log, people = ["case,activity,time,resource"], ["case,days_to_door,gave_up,complaint,course_value"]
    for number, times in enumerate(ways, 1):
        case = f"H{number:03d}"
        for (step, owner), time in zip(STEPS.items(), times, strict=True):
            log.append(f"{case},{step},{time:%Y-%m-%d %H:%M},{owner}")
        days = round((times[-1] - times[0]) / timedelta(days=1), 2)
        gave_up = float(rng.random()) > math.exp(-0.05 - 0.10 * days)
        word = float(rng.random())
        complaint = "ride" if word < 0.11 else "letter" if word < 0.14 else "medicines" if word < 0.15 else ""
        people.append(f"{case},{days:.2f},{'yes' if gave_up else 'no'},{complaint},{VALUE}")
    return {"discharges.csv": log, "patients.csv": people}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]
    for name, lines in make().items():
        (folder / name).write_bytes(("\n".join(lines) + "\n").encode("utf-8"))


if __name__ == "__main__":
    main()

"""Makes the dental clinic's visit log and its table of patients. Nobody in them is real.

    python generate.py           writes visit_log.csv and patients.csv, the same bytes every time
    python generate.py --truth   works out what truth.yaml states under `derived`, from two million patients

Time is counted in whole minutes since the first of January 2025. Every wait is drawn and rounded as it is
shipped *before* anybody decides to stay or to leave, so the truth holds exactly for the columns in the files.
The clinic's steps are drawn for all patients, also for those who have left without a word: the clinic does not
know. The log then shows only what happened.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import yaml

HERE = Path(__file__).parent
TRUTH = yaml.safe_load((HERE / "truth.yaml").read_text(encoding="utf-8"))
SEED = TRUTH["seed"]

DAY = 24 * 60
START = np.datetime64("2025-01-01", "m")
DATES = np.arange("2025-01-01", "2026-07-01", dtype="datetime64[D]")
YEAR = 365  # requests fall on the first 365 dates; the log goes on until the last date

FRIDAY, SATURDAY = 4, 5
WEEKDAY = (DATES.astype(int) + 3) % 7  # Monday is 0
MONTH = DATES.astype("datetime64[M]").astype(int) % 12
HOURS = TRUTH["hours"]
CLOSED = (WEEKDAY == SATURDAY) | np.isin(DATES, np.array(HOURS["holidays"], "datetime64[D]"))
OPENS = HOURS["open"]
CLOSES = np.where(WEEKDAY == FRIDAY, HOURS["close_friday"], HOURS["close"])
OPEN_DAYS = np.flatnonzero(~CLOSED)
NEXT_OPEN = np.searchsorted(OPEN_DAYS, np.arange(len(DATES)))  # a day -> place in OPEN_DAYS

FRONT_DESK, DENTIST, INSTITUTE, NOBODY = "Front desk", "Dentist", "Imaging institute", ""


def make(seed: int = SEED, patients: int = TRUTH["patients"]) -> dict[str, pd.DataFrame]:
    """The two tables as they are shipped: `visit_log` (one row per event) and `patients` (one row each)."""
    drawn = draw(seed, patients)
    names = np.char.add("P", np.char.zfill(np.arange(1, patients + 1).astype(str), 4))
    return {"visit_log": _log(drawn, names), "patients": _patients(drawn, names)}


def draw(seed: int, n: int, pilot: bool = True) -> SimpleNamespace:
    """All that happens to `n` patients, one array per fact; `pilot=False` is the world without the pilot.

    Every random number is drawn for every patient, so the same seed gives the same people in both worlds.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    who = _people(rng, n, pilot)
    _steps(rng, who)
    _decisions(rng, who)
    return who


def _people(rng: np.random.Generator, n: int, pilot: bool) -> SimpleNamespace:
    requested = _requests(rng, n)
    day = requested // DAY
    branch = _pick(rng.random(n), _each(TRUTH["branches"], "share"))
    age = _pick(rng.random(n), TRUTH["ages"].values())
    treatments = TRUTH["treatments"]
    treatment = _pick(rng.random(n), np.array(_each(treatments, "by_age")).T, age)
    low, high = np.array(_each(treatments, "price")).T[:, treatment] // 10
    where, since = list(TRUTH["branches"]).index(TRUTH["pilot"]["branch"]), TRUTH["pilot"]["from"]
    extra = (
        np.array(_each(TRUTH["branches"], "extra"))[branch] + np.array(TRUTH["months"]["extra"])[MONTH[day]]
    )
    return SimpleNamespace(
        n=n,
        requested=requested,
        branch=branch,
        age=age,
        treatment=treatment,
        value=10 * (low + _floor(rng.random(n) * (high - low + 1))),
        urgent=rng.random(n) < TRUTH["urgent"],
        no_images=rng.random(n) < np.array(_each(treatments, "no_images"))[treatment],
        second_half=MONTH[day] >= 6,
        pilot=(branch == where) & (DATES[day] >= np.datetime64(since)) & pilot,
        extra=extra,
    )


def _requests(rng: np.random.Generator, n: int) -> np.ndarray:
    """The minute of each request in the year, in order."""
    weight = np.array(TRUTH["months"]["requests"])[MONTH] * np.array(TRUTH["weekdays"])[WEEKDAY]
    weight = np.where(CLOSED, TRUTH["closed_day"], weight)
    day = _pick(rng.random(n), weight[:YEAR])
    online = (rng.random(n) < TRUTH["online"]) | CLOSED[day]
    first, last = np.where(online, 7 * 60, OPENS), np.where(online, 23 * 60, CLOSES[day])
    return np.sort(day * DAY + first + _floor(rng.random(n) * (last - first)))


def _steps(rng: np.random.Generator, who: SimpleNamespace) -> None:
    """When the clinic and the institute do their part, at their own pace, whoever may have left."""
    n, waits = who.n, TRUTH["waits"]

    def days(table: str) -> np.ndarray:
        return np.array(list(waits[table]))[_pick(rng.random(n), waits[table].values())]

    def extra() -> np.ndarray:
        return _floor(who.extra + rng.random(n))

    def minutes(least: int, most: int) -> np.ndarray:
        return least + _floor(rng.random(n) * (most - least + 1))

    to_visit = np.where(who.urgent, days("urgent_visit"), days("visit") + extra())
    who.due = _later(who.requested, to_visit, rng.random(n), gap=60, until=60, step=5)
    who.referral = who.due + minutes(20, 40)

    sent_ahead = _later(who.requested, 0, rng.random(n))
    who.before = ~who.no_images & (rng.random(n) < TRUTH["images_before"]) & (who.due - sent_ahead >= DAY)
    who.after = ~who.no_images & ~who.before
    who.imaging = np.where(who.before, sent_ahead, _later(who.referral, days("imaging"), rng.random(n)))
    who.by_hand = who.after & ~who.pilot & (rng.random(n) < TRUTH["by_hand"])
    mailed, carried = who.imaging + minutes(40, 240), _later(who.imaging, days("carried"), rng.random(n))
    who.received = np.where(who.by_hand, carried, mailed)

    unread = np.where(who.by_hand, days("unread_by_hand"), days("unread") + extra())
    read = _later(who.received, np.where(who.pilot, days("unread_pilot"), unread), rng.random(n))
    calls = _later(read, np.where(who.pilot, days("call_pilot"), days("call")), rng.random(n))

    own_call = _later(who.received, days("own_call"), rng.random(n))
    who.caller = (rng.random(n) < TRUTH["callers"]) & (own_call < calls)
    who.called = np.where(who.caller, own_call, calls)
    # as in the story: her call is what brings the images to the dentist
    who.prompted = who.called < read
    who.read = np.where(who.prompted, _later(who.called, days("prompted"), rng.random(n)), read)
    at_the_call = np.where(who.prompted, _later(who.read, 0, rng.random(n)), who.called + minutes(3, 12))

    at_the_desk = who.referral + minutes(5, 15)
    who.read = np.where(who.before, who.due + minutes(5, 15), who.read)
    who.booking = np.where(who.after, at_the_call, at_the_desk)
    to_treatment = np.where(who.pilot & who.after, days("treatment_pilot"), days("treatment"))
    who.treatment_time = _later(who.booking, to_treatment, rng.random(n), gap=60, until=60, step=5)

    who.days_to_visit = _in_days(who.requested, who.due)
    who.days_after_images = np.where(who.after, _in_days(who.received, who.called), np.nan)


def _decisions(rng: np.random.Generator, who: SimpleNamespace) -> None:
    """Who stays: drawn from the rounded waits, the half of the year and the pilot, and from nothing else."""
    staying = TRUTH["staying"]
    season = np.where(who.second_half, staying["season"], 1.0)

    def stay(wait: str, days: np.ndarray) -> np.ndarray:
        return season * staying[wait]["others"] * (1 - staying[wait]["cost_per_day"]) ** days

    who.chance_come = stay("before_visit", who.days_to_visit)
    direct = np.where(who.pilot & who.after, TRUTH["pilot"]["direct"], 1.0)
    who.chance_book = stay("after_images", np.where(who.after, who.days_after_images, 0.0)) * direct
    who.chance_treated = who.chance_come * who.chance_book * staying["treatment"]
    who.came = rng.random(who.n) < who.chance_come
    who.booked = who.came & (rng.random(who.n) < who.chance_book)
    who.treated = who.booked & (rng.random(who.n) < staying["treatment"])


def _events(who: SimpleNamespace) -> list[tuple[str, np.ndarray, np.ndarray, object]]:
    """Activity, for whom it happened, when, and who did it, in the usual order."""
    imaged = who.before | (who.came & who.after)
    seen_to = who.came & (who.before | (who.after & (who.booked | ~who.prompted)))
    # brought to the desk, awaited for a visit, or in the pilot: else the images lie in a mailbox that is nobody's
    somebody = who.by_hand | who.before | who.pilot
    everybody = np.ones(who.n, dtype=bool)
    return [
        ("request", everybody, who.requested, FRONT_DESK),
        ("examination", who.came, who.due, DENTIST),
        ("referral", who.came & who.after, who.referral, DENTIST),
        ("imaging", imaged, who.imaging, INSTITUTE),
        ("images received", imaged, who.received, np.where(somebody, FRONT_DESK, NOBODY)),
        ("images read", seen_to, who.read, DENTIST),
        ("call", who.came & who.after, who.called, FRONT_DESK),
        ("booking", who.booked, who.booking, FRONT_DESK),
        ("treatment", who.treated, who.treatment_time, DENTIST),
    ]


def _log(who: SimpleNamespace, names: np.ndarray) -> pd.DataFrame:
    events = _events(who)
    rows = [np.flatnonzero(happened) for _, happened, _, _ in events]
    patient = np.concatenate(rows)
    minute = np.concatenate([when[row] for row, (_, _, when, _) in zip(rows, events, strict=True)])
    order = np.lexsort((minute, patient))
    activity = np.repeat([name for name, *_ in events], [len(row) for row in rows])
    owners = [np.broadcast_to(owner, who.n)[row] for row, (*_, owner) in zip(rows, events, strict=True)]
    resource = pd.Series(np.concatenate(owners)[order])
    return pd.DataFrame(
        {
            "case": names[patient[order]],
            "activity": activity[order],
            "time": _moment(minute[order]),
            "resource": resource.where(resource != NOBODY),
            "branch": np.array(list(TRUTH["branches"]))[who.branch[patient[order]]],
        }
    )


def _patients(who: SimpleNamespace, names: np.ndarray) -> pd.DataFrame:
    imaged, called = who.before | (who.came & who.after), who.came & who.after
    callers = pd.Series(np.where(who.caller, "patient", "clinic"))
    return pd.DataFrame(
        {
            "patient": names,
            "branch": np.array(list(TRUTH["branches"]))[who.branch],
            "age_band": np.array(list(TRUTH["ages"]))[who.age],
            "treatment": np.array(list(TRUTH["treatments"]))[who.treatment],
            "treatment_value": who.value,
            "urgent": _yes_no(who.urgent),
            "half": np.where(who.second_half, "Jul-Dec", "Jan-Jun"),
            "pilot": _yes_no(who.pilot),
            "requested": _moment(who.requested),
            "examination_due": _moment(who.due),
            "days_to_visit": who.days_to_visit,
            "came": _yes_no(who.came),
            "images_received": _moment(who.received, imaged),
            "called": _moment(who.called, called),
            "called_by": callers.where(called),
            "days_after_images": np.where(called, who.days_after_images, np.nan),
            "booked": _yes_no(who.booked),
            "treated": _yes_no(who.treated),
            "lost_before_visit": _yes_no(~who.came),
            "lost_after_images": pd.Series(_yes_no(~who.booked)).where(called),
        }
    )


def _later(moment, working_days, u, gap: int = 15, until: int = 15, step: int = 1) -> np.ndarray:
    """A minute in the opening hours, so many working days after `moment`.

    No working days later means: the same day where at least `gap` minutes on there is time left before
    `until` minutes to closing, else the next day on which the clinic opens.
    """
    day, minute = moment // DAY, moment % DAY + gap
    last = CLOSES[day] - until
    too_late = minute > last - 20
    place = NEXT_OPEN[day + too_late] + working_days
    # a Friday is short and soon full; what is left of `u` is as even as it was
    friday, full = WEEKDAY[OPEN_DAYS[place]] == FRIDAY, HOURS["friday_full"]
    target = OPEN_DAYS[place + (friday & (u < full))]
    u = np.where(friday, np.where(u < full, u / full, (u - full) / (1 - full)), u)
    first = np.where(target == day, np.maximum(OPENS, minute), OPENS)
    first = -(-first // step) * step
    return target * DAY + first + step * _floor(u * ((CLOSES[target] - until - first) // step))


def _pick(u: np.ndarray, shares, group: np.ndarray | None = None) -> np.ndarray:
    """The place of the share that each `u` falls on; with `group`, each row of `shares` is one group's."""
    shares = np.array(shares if isinstance(shares, np.ndarray | list) else list(shares), dtype=float)
    edges = np.cumsum(shares, axis=-1)
    edges = (edges / edges[..., -1:])[..., :-1]
    if group is None:
        return np.searchsorted(edges, u, side="right")
    return (u[:, None] >= edges[group]).sum(axis=1)


def _each(table: dict, key: str) -> list:
    return [row[key] for row in table.values()]


def _floor(x: np.ndarray) -> np.ndarray:
    return np.floor(x).astype(np.int64)


def _in_days(since: np.ndarray, until: np.ndarray) -> np.ndarray:
    return np.round((until - since) / DAY, 2)


def _moment(minute: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
    when = (START + minute).astype("datetime64[s]")
    return when if known is None else np.where(known, when, np.datetime64("NaT", "s"))


def _yes_no(values: np.ndarray) -> np.ndarray:
    return np.where(values, "yes", "no")


def derive(patients: int = 2_000_000, seed: int = 1, at_once: int = 100_000) -> dict:
    """What follows from the rules, by simulation: shares and points as truth.yaml states them.

    The pilot's effect on those who had it: each patient of the pilot, with and without it, same random numbers.
    """
    parts = []
    for chunk in range(patients // at_once):
        real, other = draw(seed + chunk, at_once), draw(seed + chunk, at_once, pilot=False)
        last = np.select(
            [
                real.treated,
                real.booked,
                real.came & real.after,
                real.came & real.before,
                real.came,
                real.before,
            ],
            ["treatment", "booking", "call", "images read", "examination", "images received"],
            "request",
        )
        unread = np.where(real.came & real.after & ~real.prompted, _in_days(real.received, real.read), np.nan)
        parts.append(
            pd.DataFrame(
                {
                    "there": real.branch == list(TRUTH["branches"]).index(TRUTH["pilot"]["branch"]),
                    "second": real.second_half,
                    "with": real.chance_treated,
                    "without": other.chance_treated,
                    "lost_value": real.value * (1 - real.chance_treated),
                    "last": last,
                    "unread": unread,
                    "to_visit": real.days_to_visit,
                    "after_images": np.where(real.came, real.days_after_images, np.nan),
                }
            )
        )
    people = pd.concat(parts, ignore_index=True)
    share = people.groupby(["there", "second"])["with"].mean()
    pilot = people[people["there"] & people["second"]]
    naive, elsewhere = (share[there, True] - share[there, False] for there in (True, False))
    last = people["last"].value_counts(normalize=True)
    return {
        "treated": _rounded(people["with"].mean()),
        "pilot_effect": _rounded((pilot["with"] - pilot["without"]).mean()),
        "difference_in_differences": _rounded(naive - elsewhere),
        "before_after": _rounded(naive),
        "elsewhere": _rounded(elsewhere),
        "median_days_unread": _rounded(people["unread"].median(), 2),
        "median_days_to_visit": _rounded(people["to_visit"].median(), 2),
        "median_days_after_images": _rounded(people["after_images"].median(), 2),
        "revenue_at_risk": int(round(people["lost_value"].mean() * TRUTH["patients"], -3)),
        "last_seen_at": {name: _rounded(value) for name, value in last.items()},
    }


def _rounded(value: float, digits: int = 4) -> float:
    return round(float(value), digits)


def main(folder: Path = HERE.parent) -> None:
    """Writes the shipped files into `folder`."""
    for name, table in make().items():
        table.to_csv(
            folder / f"{name}.csv",
            index=False,
            float_format="%.2f",
            date_format="%Y-%m-%d %H:%M",
            lineterminator="\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    if "--truth" in sys.argv[1:]:
        print(yaml.safe_dump({"derived": derive()}, sort_keys=False))
    else:
        main()

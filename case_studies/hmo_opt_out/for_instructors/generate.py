"""Make the data of the HMO case: members, what they answered, and their contacts. All of it is synthetic.

    python generate.py            writes members.csv, survey.csv, contacts.csv (and feedback.csv) one folder up
    python generate.py --truth    prints what follows from the planted truth, for `simulated` in truth.yaml

The planted truth stands in truth.yaml and is read from there. Scores are whole numbers before anybody's leaving
is drawn, so that the truth is exact for the columns as they are shipped.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

HERE = Path(__file__).resolve().parent
TRUTH = yaml.safe_load((HERE / "truth.yaml").read_text(encoding="utf-8"))
POPULATION = TRUTH["population"]
SEED = TRUTH["seed"]
PLANS = list(POPULATION["monthly_premium"])
AGES = list(POPULATION["age_band"])
BRANCHES = list(POPULATION["branch"])
CHANNELS = ["web", "phone", "app", "in person"]
TOUCHPOINTS = TRUTH["touchpoints"]
SEARCH, ADVICE, JOINING, HOLD, VISITS, COVER, HELP, BILL = range(8)
LEAVES, STAYS = 8, 9
ACTIVITIES = np.array([*TOUCHPOINTS, "Opts out", "Starts a second year"], dtype=object)
STAFFED = [TOUCHPOINTS.index(name) for name in TRUTH["left_in_first_year"]["attitude"]]
OWNERS = np.array([""] * 10, dtype=object)
OWNERS[[SEARCH, VISITS, BILL]] = "Marketing", "Clinic", "Billing"
OWNERS[[ADVICE, HOLD, HELP]] = "Customer service"
OWNERS[[JOINING, LEAVES, STAYS]] = "Enrolment"  # and nobody in particular answers for the cover

FIRST, LAST_JOINING, LAST = np.array(["2023-01-01", "2024-12-31", "2025-12-31"], "datetime64[D]").astype(int)
STAYERS_LAST = {VISITS: 0.45, COVER: 0.08, HOLD: 0.05, HELP: 0.20, BILL: 0.22}
# days from the last contact to leaving, fewest and most
LAG = {JOINING: (5, 26), HOLD: (3, 6), VISITS: (5, 22), COVER: (3, 14), HELP: (3, 10), BILL: (4, 20)}


def make(seed: int = SEED, members: int = TRUTH["members"]) -> dict[str, pd.DataFrame]:
    """The three tables as their files hold them: `members`, `survey` and `contacts`. The same seed, the same tables.

    >>> make(7, members=20)["members"].loc[0, "member"]
    'M0001'
    """
    for_people, for_dates, for_log = (np.random.Generator(np.random.PCG64([seed, part])) for part in range(3))
    who = people(for_people, members)
    when = dates(for_dates, who)
    names = np.array([f"M{number:04d}" for number in range(1, members + 1)], dtype=object)
    return {
        "members": member_table(names, who, when),
        "survey": survey_table(names, who),
        "contacts": contact_table(names, who, when, for_log),
    }


def people(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """Who the members are, how they score, who leaves in the first year, complains and answers. Arrays of n rows."""
    about = POPULATION
    age = pick(rng, np.tile(column(about["age_band"], AGES), (n, 1)))
    plan = pick(rng, np.array([column(about["plan"][band], PLANS) for band in AGES])[age])
    branch = pick(rng, np.tile(column(about["branch"], BRANCHES), (n, 1)))
    channel = pick(rng, np.array([column(about["preferred_channel"][band], CHANNELS) for band in AGES])[age])
    monthly = column(about["monthly_premium"], PLANS)[plan] * column(about["premium_by_age"], AGES)[age]
    premium = 12 * np.round(monthly * (0.95 + 0.1 * rng.random(n))).astype(int)

    generous = bell(rng, n)[:, None]  # how a person scores
    content = bell(rng, n)[:, None]  # how a person fares
    moment = 0.8 * bell(rng, n, 8)  # the score and the staff of one touchpoint go together
    kinder = column(about["kinder_with_age"], AGES)[age][:, None]
    expected = score(np.array(about["expected"]) + 0.6 * generous + 0.5 * kinder + bell(rng, n, 8))
    shocked = (rng.random((n, 1)) < about["shock_about_cover"]["share"]) & (np.arange(8) == COVER)
    by_plan = np.array([about["experienced_more_by_plan"][name] for name in PLANS])[plan]
    mean = np.array(about["experienced"]) + by_plan - about["shock_about_cover"]["points"] * shocked
    experienced = score(mean + 0.6 * generous + 0.8 * content + kinder + moment + 1.2 * bell(rng, n, 8))
    mean = np.array(about["attitude"]) + 0.5 * generous + 0.5 * content + kinder
    attitude = score(mean + moment[:, STAFFED] + 1.2 * bell(rng, n, 5))

    disappointment = expected - experienced
    truth = TRUTH["left_in_first_year"]
    odds = truth["constant"] + disappointment @ logs(truth["disappointment"], TOUCHPOINTS)
    odds += (attitude - 7) @ np.log(list(truth["attitude"].values()))
    odds += logs(truth["plan"], PLANS)[plan] + logs(truth["age_band"], AGES)[age]
    left = rng.random(n) < 1 / (1 + np.exp(-odds))

    truth = TRUTH["complained"]
    odds = np.where(left, truth["constant"]["left"], truth["constant"]["stayed"])
    odds = odds + disappointment @ logs(truth["disappointment"], TOUCHPOINTS)
    complained = rng.random(n) < 1 / (1 + np.exp(-odds))

    truth = TRUTH["answering"]
    chance = np.where(left, truth["left"]["yes"], truth["left"]["no"]) * column(truth["plan"], PLANS)[plan]
    chance = chance * column(truth["age_band"], AGES)[age] * column(truth["branch"], BRANCHES)[branch]
    answers = rng.random(n) < chance
    given = rng.random((n, 16 + len(STAFFED))) >= truth["single_answer_missing"]

    early, last = last_contact(rng, left, disappointment)
    return {
        "age": age, "plan": plan, "branch": branch, "channel": channel, "premium": premium,
        "expected": expected, "experienced": experienced, "attitude": attitude,
        "left": left, "complained": complained, "early": early, "last": last,
        "met": met(early, last, channel), "answers": answers, "given": given,
    }  # fmt: skip


def last_contact(
    rng: np.random.Generator, left: np.ndarray, disappointment: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Who leaves before the journey is done, and the touchpoint where each member is last seen in the first year."""
    truth = TRUTH["leaving"]
    n = len(left)
    # Leaving early is a matter of chance and not of scores: so the complete answers stay a fair sample of them.
    early = left & (rng.random(n) < truth["early_share"])
    late = column(truth["late"], TOUCHPOINTS) * (1 + np.maximum(disappointment, 0))
    stayers = np.array([STAYERS_LAST.get(code, 0.0) for code in range(8)])
    weights = np.where(left[:, None], late, stayers)
    weights = np.where(early[:, None], column(truth["early"], TOUCHPOINTS), weights)
    return early, pick(rng, weights)


def met(early: np.ndarray, last: np.ndarray, channel: np.ndarray) -> np.ndarray:
    """Which touchpoints a member meets in the first year (n × 8): all, unless the member leaves early."""
    seen = np.ones((len(last), 8), dtype=bool)
    seen[:, [HELP, BILL]] = ~early[:, None]
    seen[:, HOLD] = ~early | (channel == CHANNELS.index("phone"))
    seen[:, VISITS] = ~early | (last != JOINING)
    seen[:, COVER] = ~early | (last == COVER)
    return seen


def dates(rng: np.random.Generator, who: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Days since 1970: `joined`, `gone` (opted out, or the day after the last one), and the contacts after joining.

    `day` (n × 5) holds the days of these contacts, `count` says how many of them take place.
    """
    n = len(who["left"])
    calendar = np.arange(FIRST, LAST_JOINING + 1)
    month = calendar.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    weekend = (calendar + 3) % 7 > 4  # 1 January 1970 was a Thursday
    weights = np.array(POPULATION["joining_by_month"])[month] * np.where(weekend, 0.4, 1.0)
    steps = np.cumsum(weights)
    joined = np.sort(calendar[np.searchsorted(steps, rng.random(n) * steps[-1], side="right")])

    lag = np.zeros(n, dtype=int)
    for code, (short, long) in LAG.items():
        rows = who["last"] == code
        lag[rows] = short + (rng.random(rows.sum()) ** 2 * (long - short + 1)).astype(int)
    # The waits between two contacts are alike for those who leave and those who stay: waiting is not planted here.
    pace = 0.15 + 0.85 * rng.random((n, 1))
    days = np.cumsum(3 + (65 * pace * np.cbrt(rng.random((n, 5)))).astype(int), axis=1)
    count = np.where(np.isin(who["last"], [HELP, BILL]), 4, 5)
    few = np.select([who["last"] == JOINING, who["last"] == VISITS], [0, 1], 2)
    count = np.where(who["early"], few, count)
    seen = np.where(count > 0, days[np.arange(n), count - 1], 0)

    u, v = rng.random((2, n))
    waits_for_renewal = (v < 0.1) & ~who["early"]
    first_year = np.where(waits_for_renewal, np.maximum(seen + lag, 330 + (30 * u).astype(int)), seen + lag)

    u, v = rng.random((2, n))
    truth = TRUTH["leaving"]
    typical = 365.25 / -np.log(column(truth["staying_each_later_year"], PLANS))[who["plan"]]
    renewal = v < truth["leaving_at_the_renewal"]
    later = 370 + np.where(renewal, 45 * u, -np.log(1 - u) * typical).astype(int)
    gone = working_day(joined, np.where(who["left"], first_year, later))
    # At least three days lie between two contacts, so no two of them fall on the same working day.
    day = working_day(joined[:, None], days)
    return {"joined": joined, "gone": np.minimum(gone, LAST + 1), "day": day, "count": count}


def member_table(names: np.ndarray, who: dict[str, np.ndarray], when: dict[str, np.ndarray]) -> pd.DataFrame:
    joined, gone = when["joined"], when["gone"]
    opted_out = day_text(gone)
    opted_out[gone > LAST] = None
    return pd.DataFrame(
        {
            "member": names,
            "plan": np.array(PLANS, dtype=object)[who["plan"]],
            "age_band": np.array(AGES, dtype=object)[who["age"]],
            "branch": np.array(BRANCHES, dtype=object)[who["branch"]],
            "preferred_channel": np.array(CHANNELS, dtype=object)[who["channel"]],
            "joined": day_text(joined),
            "opted_out": opted_out,
            "tenure_months": np.round((np.minimum(gone, LAST) - joined) / 30.4375, 2),
            "left_in_first_year": yes_no(who["left"]),
            "complained": yes_no(who["complained"]),
            "yearly_premium": who["premium"],
        }
    )


def survey_table(names: np.ndarray, who: dict[str, np.ndarray]) -> pd.DataFrame:
    """One row for each member and touchpoint; NaN where there is no answer."""
    asked = who["met"] & who["answers"][:, None]
    given = who["given"]
    expected = np.where(asked & given[:, :8], who["expected"], np.nan)
    experienced = np.where(asked & given[:, 8:16], who["experienced"], np.nan)
    attitude = np.full(asked.shape, np.nan)
    attitude[:, STAFFED] = np.where(asked[:, STAFFED] & given[:, 16:], who["attitude"], np.nan)
    return pd.DataFrame(
        {
            "member": np.repeat(names, 8),
            "touchpoint": np.tile(ACTIVITIES[:8], len(names)),
            "expected": expected.ravel(),
            "experienced": experienced.ravel(),
            "staff_attitude": attitude.ravel(),
        }
    )


def contact_table(
    names: np.ndarray, who: dict[str, np.ndarray], when: dict[str, np.ndarray], rng: np.random.Generator
) -> pd.DataFrame:
    """The contacts of the first year, in order of member and time."""
    rows: list[tuple[np.ndarray, int | np.ndarray, np.ndarray]] = []  # members, activity, minutes since 1970
    n = len(names)
    everybody = np.arange(n)
    phone = who["channel"] == CHANNELS.index("phone")
    left, last, joined = who["left"], who["last"], when["joined"]
    longest = np.where(who["plan"] == PLANS.index("basic"), 34, 14)
    hold = 2 + (rng.random((2, n)) * longest).astype(int)  # minutes

    advice_day = working_day(joined, -3 - (14 * rng.random(n)).astype(int))
    advice = 1440 * advice_day + clock(rng, 8.7, 18.5, n)
    rows.append((everybody, ADVICE, advice))
    rows.append((everybody[phone], HOLD, (advice - hold[0])[phone]))
    search_day = advice_day - 1 - (28 * rng.random(n) ** 2).astype(int)
    rows.append((everybody, SEARCH, 1440 * search_day + clock(rng, 9, 23.5, n)))
    rows.append((everybody, JOINING, 1440 * joined + clock(rng, 8, 21.5, n)))

    # After joining: visit, cover, bill and help in an order that differs; then, for some, one contact more.
    bill_first = np.where(last == HELP, True, np.where(last == BILL, False, rng.random(n) < 0.5))
    cover_first = (rng.random(n) < 0.25) & ~who["early"]
    order = np.empty((n, 5), dtype=int)
    order[:, 0], order[:, 1] = np.where(cover_first, [[COVER], [VISITS]], [[VISITS], [COVER]])
    order[:, 2], order[:, 3] = np.where(bill_first, [[BILL], [HELP]], [[HELP], [BILL]])
    order[:, 4] = last
    day, count = when["day"], when["count"]
    minute = clock(rng, 8.7, 17.8, n, 5)
    morning = clock(rng, 6, 10, n, 5)
    for place in range(5):
        here = everybody[place < count]
        kind = order[here, place]
        time = 1440 * day[here, place] + np.where(kind == BILL, morning[here, place], minute[here, place])
        rows.append((here, kind, np.where(kind == VISITS, time // 5 * 5, time)))
        # Whoever rings for help holds first; those who ring by habit sometimes get through at once.
        holds = (kind == HELP) & (~phone[here] | (rng.random(len(here)) < 0.4))
        rows.append((here[holds], HOLD, time[holds] - hold[1, here[holds]]))
    rows.append((everybody[left], LEAVES, (1440 * when["gone"] + clock(rng, 8, 18, n))[left]))
    rows.append((everybody[~left], STAYS, (1440 * (joined + 365) + 540)[~left]))

    member = np.concatenate([row[0] for row in rows])
    activity = np.concatenate([np.broadcast_to(row[1], len(row[0])) for row in rows])
    time = np.concatenate([row[2] for row in rows])
    sort = np.lexsort((time, member))
    return pd.DataFrame(
        {
            "case": names[member[sort]],
            "activity": ACTIVITIES[activity[sort]],
            "time": np.datetime_as_string(time[sort].astype("datetime64[m]")),
            "resource": OWNERS[activity[sort]],
        }
    )


def feedback_table() -> pd.DataFrame | None:
    """What people wrote, without the expert's coding; None as long as there is no coded feedback."""
    coded = HERE / "feedback_coded.csv"
    if not coded.exists():
        return None
    table = pd.read_csv(coded, dtype=str, keep_default_na=False)
    return table[["quote_id", "date", "channel", "text"]].sort_values("quote_id", ignore_index=True)


def simulated(n: int = 4_000_000, seed: int = 1) -> dict[str, object]:
    """What the truth comes to in a population of n people: shares with four digits."""
    part = 100_000
    runs = [people(np.random.Generator(np.random.PCG64([seed, run])), part) for run in range(n // part)]
    plan, left, complained, last = (
        np.concatenate([run[name] for run in runs]) for name in ("plan", "left", "complained", "last")
    )
    seen = np.bincount(last[left], minlength=8) / left.sum()
    return {
        "people": len(left),
        "left_in_first_year": share(left),
        "still_member_at_12_months": {name: share(~left[plan == code]) for code, name in enumerate(PLANS)},
        "silent_share_of_leavers": share(~complained[left]),
        "complained": share(complained),
        "last_contact_of_leavers": {
            name: round(float(x), 4) for name, x in zip(TOUCHPOINTS, seen, strict=True)
        },
    }


def main() -> None:
    if "--truth" in sys.argv:
        print(yaml.safe_dump({"simulated": simulated()}, sort_keys=False, allow_unicode=True))
        return
    for name, content in files().items():
        (HERE.parent / name).write_bytes(content)


def files() -> dict[str, bytes]:
    """The learners' files: name and content."""
    tables = make()
    feedback = feedback_table()
    if feedback is not None:
        tables["feedback"] = feedback
    return {f"{name}.csv": csv(table) for name, table in tables.items()}


def csv(table: pd.DataFrame) -> bytes:
    """The file's bytes, the same on every computer: whole scores without a point, months with two decimals."""
    digits = "%.2f" if "tenure_months" in table else "%.0f"
    return table.to_csv(index=False, lineterminator="\n", float_format=digits).encode("utf-8")


def share(values: np.ndarray) -> float:
    return round(float(values.mean()), 4)


def bell(rng: np.random.Generator, *shape: int) -> np.ndarray:
    """Bell-shaped numbers with mean 0 and standard deviation 1, within ±3.

    Three uniform numbers added up: plain sums come out bit for bit the same on every computer.
    """
    first, second, third = rng.random((3, *shape))
    return 2 * (first + second + third) - 3


def score(values: np.ndarray) -> np.ndarray:
    return np.clip(np.floor(values + 0.5), 1, 10)


def pick(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """One choice for each row of weights."""
    steps = np.cumsum(weights, axis=1)
    return (steps <= rng.random((len(weights), 1)) * steps[:, -1:]).sum(axis=1)


def column(values: dict[str, float], names: list[str], absent: float = 0.0) -> np.ndarray:
    return np.array([values.get(name, absent) for name in names])


def logs(odds_ratios: dict[str, float], names: list[str]) -> np.ndarray:
    return np.log(column(odds_ratios, names, absent=1.0))


def working_day(start: np.ndarray, days: np.ndarray) -> np.ndarray:
    """The working day about so many days after `start`; two that are two days apart never fall together."""
    first = start.astype("datetime64[D]")
    return np.busday_offset(first, days * 5 // 7, roll="forward").astype(int)


def clock(rng: np.random.Generator, first: float, last: float, *shape: int) -> np.ndarray:
    """Minutes since midnight, between two hours of the day."""
    return (60 * (first + (last - first) * rng.random(shape))).astype(int)


def day_text(day: np.ndarray) -> np.ndarray:
    return np.datetime_as_string(day.astype("datetime64[D]")).astype(object)


def yes_no(values: np.ndarray) -> np.ndarray:
    return np.where(values, "yes", "no").astype(object)


if __name__ == "__main__":
    main()

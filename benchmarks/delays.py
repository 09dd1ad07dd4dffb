"""How fast a log is read and measured, how much memory that takes, and what `import cxkit` costs.

    python benchmarks/delays.py --pm4py OTHER_ENVIRONMENT/bin/python

pm4py is the process-mining library to compare with. Its licence is the AGPL, so it is no part of this project: install
it into an environment of its own (`python -m venv …`, then `pip install pm4py` there), and name that Python here.
Without it, everything else is measured. Each side runs in a process of its own, on the same saved table, by turns.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ACTIVITIES = [
    *("request", "examination", "referral", "imaging", "images received"),
    *("images read", "call", "booking", "treatment"),
]
OWNERS = ["Front desk", "Dentist", "Imaging institute", ""]
PER_CASE = 8.37  # events, in the mean


def make_log(events: int, seed: int = 7) -> pd.DataFrame:
    """A raw log with XES names: object strings, nanosecond times, rows in no order, paths of 1 to 9 activities."""
    random = np.random.Generator(np.random.PCG64(seed))
    cases = round(events / PER_CASE)
    length = np.clip(random.binomial(9, 0.93, cases), 1, 9)
    total, start = int(length.sum()), np.cumsum(length) - length
    case = np.repeat(np.arange(cases), length)
    activity = np.arange(total) - np.repeat(start, length)
    swapped = random.random(total) < 0.03
    activity[swapped] = random.integers(0, 9, int(swapped.sum()))
    waited = np.cumsum(random.integers(1, 20 * 1440, total))
    minute = np.repeat(random.integers(0, 365 * 1440, cases) - waited[start], length) + waited
    names = np.array([f"P{number:07d}" for number in range(cases)], dtype=object)
    order = random.permutation(total)
    day = np.datetime64("2025-01-01", "m")
    return pd.DataFrame(
        {
            "case:concept:name": pd.Series(names[case][order], dtype=object),
            "concept:name": pd.Series(np.array(ACTIVITIES, dtype=object)[activity][order], dtype=object),
            "time:timestamp": (day + minute.astype("timedelta64[m]")).astype("datetime64[ns]")[order],
            "org:resource": pd.Series(
                np.array(OWNERS, dtype=object)[random.integers(0, 4, total)][order], dtype=object
            ),
        }
    )


# --- the two sides ----------------------------------------------------------------------------------------


def cxkit_side(raw: pd.DataFrame) -> dict[str, object]:
    from cxkit.log import read_log
    from cxkit.measures.delays import handoffs, variants, waits

    log = read_log(raw)
    waits(log)
    paths, pairs = variants(log), handoffs(log)
    medians = zip(pairs["from_activity"], pairs["to_activity"], pairs["median"], strict=True)
    return {
        "variants": len(paths),
        "medians": {f"{one} → {other}": days * 86_400 for one, other, days in medians},
    }


def pm4py_side(raw: pd.DataFrame) -> dict[str, object]:
    import pm4py

    log = pm4py.format_dataframe(raw)
    paths = pm4py.get_variants(log)
    pairs, _, _ = pm4py.discover_performance_dfg(log)
    return {
        "variants": len(paths),
        "medians": {f"{one} → {other}": found["median"] for (one, other), found in pairs.items()},
    }


SIDES: dict[str, Callable[[pd.DataFrame], dict[str, object]]] = {"cxkit": cxkit_side, "pm4py": pm4py_side}


def run_side(name: str, path: str, repeat: int) -> None:
    """In a process of its own: load the table, warm up on a small part, then the best of some runs, as JSON."""
    raw = pd.read_pickle(path)
    SIDES[name](raw.head(2000).copy())
    best, found = np.inf, {}
    for _ in range(repeat):
        table = raw.copy()
        begun = time.perf_counter()
        found = SIDES[name](table)
        best = min(best, time.perf_counter() - begun)
    print("\n" + json.dumps({"seconds": best, **found}))


def side(python: str, name: str, path: Path, repeat: int) -> dict:
    command = [
        python,
        str(Path(__file__).resolve()),
        "--side",
        name,
        "--table",
        str(path),
        "--repeat",
        str(repeat),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


# --- what is measured -------------------------------------------------------------------------------------


def against_pm4py(python: str, path: Path, rounds: int) -> list[tuple[str, str]]:
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(side(python, "pm4py", path, 2))
        ours.append(side(sys.executable, "cxkit", path, 4))
    seconds = [min(run["seconds"] for run in runs) for runs in (theirs, ours)]
    one, other = theirs[0]["medians"], ours[0]["medians"]
    by_round = [a["seconds"] / b["seconds"] for a, b in zip(theirs, ours, strict=True)]
    alike = one.keys() == other.keys() and theirs[0]["variants"] == ours[0]["variants"]
    apart = max(abs(one[pair] - other[pair]) for pair in one) if alike else float("nan")
    return [
        ("pm4py: format_dataframe, get_variants, discover_performance_dfg", f"{seconds[0]:.2f} s"),
        ("cxkit: read_log, waits, variants, handoffs", f"{seconds[1]:.2f} s"),
        ("**pm4py ÷ cxkit**", f"**{seconds[0] / seconds[1]:.1f}**"),
        ("the same, round by round", ", ".join(f"{ratio:.1f}" for ratio in by_round)),
        (f"the same {ours[0]['variants']:,} variants; medians differ at most by", f"{apart:.3g} s"),
    ]


def memory(raw: pd.DataFrame) -> list[tuple[str, str]]:
    size = int(raw.memory_usage(deep=True).sum())
    cxkit_side(raw.head(2000))  # what is imported on the way is no part of the log
    tracemalloc.start()
    cxkit_side(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return [
        ("size of the raw log (deep)", f"{size / 1e6:,.0f} MB"),
        ("most memory in use beside it", f"{peak / 1e6:,.0f} MB"),
        ("**memory ÷ size**", f"**{peak / size:.2f}**"),
    ]


def growth(sizes: list[int]) -> list[list[str]]:
    """For each size the processor time of each call and of all, and how many times as long as a tenth of the events took."""
    from cxkit.log import read_log
    from cxkit.measures.delays import handoffs, variants, waits

    rows, before = [], np.full(5, np.nan)
    for size in sizes:
        raw = make_log(size)
        repeat = 5 if size > 10**6 else 9
        log = read_log(raw)
        calls = [(read_log, raw), (waits, log), (variants, log), (handoffs, log)]
        # the processor's own time, so that others who use it at the same moment count little
        seconds = [
            best_of(lambda call=call, given=given: call(given), repeat, time.process_time)
            for call, given in calls
        ]
        now = np.array([*seconds, sum(seconds)])
        ratios = now / before
        rows.append(
            [f"{len(raw):,}"]
            + [
                f"{1000 * one:,.1f} ms{'' if np.isnan(times) else f' (× {times:.1f})'}"
                for one, times in zip(now, ratios, strict=True)
            ]
        )
        before = now
    return rows


def imports(repeat: int = 7) -> list[tuple[str, str]]:
    def seconds(module: str) -> float:
        code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
        return float(
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        )

    found = [(seconds("pandas"), seconds("cxkit")) for _ in range(repeat)]
    pandas, ours = (min(column) for column in zip(*found, strict=True))
    return [
        ("import pandas", f"{pandas:.3f} s"),
        ("import cxkit", f"{ours:.3f} s"),
        ("**cxkit ÷ pandas**", f"**{ours / pandas:.2f}**"),
    ]


def what_if() -> list[tuple[str, str]]:
    from cxkit.measures.whatif import what_if as ask

    case, lever = "dental_clinic_delays", {"days_sooner_after_images": 2}
    begun = time.perf_counter()
    ask(case, **lever)
    first = time.perf_counter() - begun
    return [
        ("what_if, first call (fits the data)", f"{first:.2f} s"),
        (
            "what_if, 3,000 patients × 200 replications",
            f"{1000 * best_of(lambda: ask(case, **lever), 9):.0f} ms",
        ),
    ]


def best_of(call: Callable[[], object], repeat: int, clock: Callable[[], float] = time.perf_counter) -> float:
    best = np.inf
    for _ in range(repeat):
        begun = clock()
        call()
        best = min(best, clock() - begun)
    return best


def print_table(title: str, rows: list[tuple[str, str]]) -> None:
    print(f"\n| {title} | |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pm4py", metavar="PYTHON", help="the Python of an environment that has pm4py")
    parser.add_argument(
        "--events", type=int, default=1_000_000, help="size of the log that both sides measure"
    )
    parser.add_argument("--rounds", type=int, default=4, help="how often the two sides take turns")
    parser.add_argument("--largest", type=int, default=10_000_000, help="largest log for the growth of time")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--table", help=argparse.SUPPRESS)
    parser.add_argument("--repeat", type=int, default=1, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side:
        run_side(asked.side, asked.table, asked.repeat)
        return

    raw = make_log(asked.events)
    title = f"A log of {len(raw):,} events, {raw['case:concept:name'].nunique():,} cases"
    if asked.pm4py:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "raw.pkl"
            raw.to_pickle(path)
            print_table(title, against_pm4py(asked.pm4py, path, asked.rounds))
    else:
        print("pm4py is not installed here, so nothing is compared with it. Say --pm4py PYTHON to compare.")
    print_table(f"{title}: memory", memory(raw))
    del raw
    print("\n| events | read_log | waits | variants | handoffs | all |\n|---|---|---|---|---|---|")
    for row in growth([size for size in (10**4, 10**5, 10**6, 10**7) if size <= asked.largest]):
        print(f"| {' | '.join(row)} |")
    if asked.largest > asked.events:
        raw = make_log(asked.largest)
        print_table(f"A log of {len(raw):,} events: memory", memory(raw))
        del raw
    print_table("Import, fresh processes", imports())
    print_table("Levers", what_if())


if __name__ == "__main__":
    main()

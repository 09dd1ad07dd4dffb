"""What the shipped measures say about the HMO case, beside what is true. For any seed, so that coverage can be counted."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd

from cxkit.measures.drivers import drivers
from cxkit.measures.gap import gap
from cxkit.measures.retention import survival
from cxkit.measures.scores import proportion

FOLDER = Path(__file__).resolve().parents[1] / "case_studies" / "hmo_opt_out"


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_hmo", FOLDER / "for_instructors" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


generate = _generator()
TRUTH = generate.TRUTH
GAPS: list[str] = TRUTH["touchpoints"]
STAFFED: list[str] = list(TRUTH["left_in_first_year"]["attitude"])
ATTITUDES = [f"attitude: {name}" for name in STAFFED]


def one_row_per_member(members: pd.DataFrame, survey: pd.DataFrame) -> pd.DataFrame:
    """The members with their gap at each touchpoint and, as `attitude: …`, the staff attitude where it is asked."""
    attitude = survey.pivot(index="member", columns="touchpoint", values="staff_attitude")[STAFFED]
    attitude = attitude.add_prefix("attitude: ").reset_index()
    return members.merge(gap(survey, per="member"), on="member").merge(attitude, on="member")


def true_odds_ratios() -> dict[str, float]:
    """The odds ratio of leaving for one point *less* of each gap and each attitude."""
    planted = TRUTH["left_in_first_year"]
    gaps = {name: planted["disappointment"][name] for name in GAPS}
    return gaps | {f"attitude: {name}": 1 / planted["attitude"][name] for name in STAFFED}


def estimates(seed: int) -> dict[str, tuple[float, float, float]]:
    """{what is estimated: (low, high, truth)} for data made from this seed."""
    tables = generate.make(seed)
    members = tables["members"]
    people = one_row_per_member(members, tables["survey"])
    found = drivers(
        people, "left_in_first_year", GAPS + ATTITUDES, adjust=["plan", "age_band"], per=-1
    ).set_index("touchpoint")
    truth = true_odds_ratios()
    known = {
        f"adjusted odds ratio, {name if name in GAPS else name.replace('attitude: ', 'staff attitude at ')}": (
            float(found.loc[name, "adjusted_low"]),
            float(found.loc[name, "adjusted_high"]),
            truth[name],
        )
        for name in GAPS + ATTITUDES
    }
    simulated = TRUTH["simulated"]
    leavers = members[members["left_in_first_year"] == "yes"]
    quiet = proportion(int((leavers["complained"] == "no").sum()), len(leavers))
    known["share of leavers without a complaint on file"] = (
        quiet.low,
        quiet.high,
        simulated["silent_share_of_leavers"],
    )
    for plan, row in at_12_months(members).iterrows():
        known[f"still a member after 12 months, {plan}"] = (
            float(row["low"]),
            float(row["high"]),
            simulated["still_member_at_12_months"][plan],
        )
    return known


def at_12_months(members: pd.DataFrame) -> pd.DataFrame:
    """`survival`, `low` and `high` after 12 months, one row for each plan."""
    curve = survival(members["tenure_months"], members["opted_out"].notna(), by=members["plan"]).table
    return curve[curve["time"] <= 12].groupby("group").last()

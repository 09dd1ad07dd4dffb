"""The dental clinic's data made anew with another seed: what the course's measures say, and the truth."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import pandas as pd

from cxkit.log import read_log
from cxkit.measures.compare import compare
from cxkit.measures.delays import handoffs
from cxkit.measures.retention import revenue_at_risk, waiting_cost

CASE = Path(__file__).resolve().parents[1] / "case_studies" / "dental_clinic_delays"


@cache
def generator() -> ModuleType:
    """The case's `generate.py`, which lies outside every package."""
    spec = importlib.util.spec_from_file_location("dental_generate", CASE / "for_instructors" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def unread(log: pd.DataFrame) -> pd.Series:
    """The wait in which the images lie unread, with the interval of its median: a row of `handoffs`."""
    return handoffs(log).set_index(["from_activity", "to_activity"]).loc[("images received", "images read")]


def pilot_effect(patients: pd.DataFrame):
    """Difference in differences of the share treated: the branch of the pilot against the others."""
    here = patients["branch"] == generator().TRUTH["pilot"]["branch"]
    after = patients["half"] == "Jul-Dec"
    treated = patients["treated"]
    elsewhere = (treated[~here & ~after], treated[~here & after])
    return compare(treated[here & ~after], treated[here & after], elsewhere=elsewhere)


def estimates(seed: int) -> dict[str, tuple[float, float, float]]:
    """{what is estimated: (low, high, truth)} for data made with `seed`."""
    truth = generator().TRUTH
    staying, derived = truth["staying"], truth["derived"]
    tables = generator().make(seed)
    patients = tables["patients"]
    first = waiting_cost(patients, "days_to_visit", "lost_before_visit", adjust=["half"])
    second = waiting_cost(patients, "days_after_images", "lost_after_images", adjust=["half", "pilot"])
    money = revenue_at_risk(patients["treated"] == "no", patients["treatment_value"])
    effect = pilot_effect(patients)
    lying = unread(read_log(tables["visit_log"]))
    return {
        "cost of a day before the visit": (first.low, first.high, staying["before_visit"]["cost_per_day"]),
        "cost of a day after the images": (second.low, second.high, staying["after_images"]["cost_per_day"]),
        "change with the pilot, less the change elsewhere": (
            effect.low,
            effect.high,
            derived["pilot_effect"],
        ),
        "median days until images are read": (lying["low"], lying["high"], derived["median_days_unread"]),
        "value of the treatments that were lost": (money.low, money.high, derived["revenue_at_risk"]),
    }

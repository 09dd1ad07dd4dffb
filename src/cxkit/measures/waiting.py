"""What one more day of waiting costs: the share of the people still there who are lost in it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from cxkit.journey_cells import number_text, shown

from . import checks
from .confidence import Z95
from .estimate import Estimate, number
from .log_binomial import cost_per_day
from .model import apart, gather, listed, split_by_one, split_by_several

__all__ = ["LIKELIHOOD95", "waiting_cost"]

LIKELIHOOD95 = "95% likelihood-ratio interval"
# exp(−10) is 1 in 22,000: a day that leaves fewer, or an interval as wide as that, says nothing of a day.
MOST = 10


def waiting_cost(table: pd.DataFrame, days: str, lost: str, adjust: Sequence[str] = ()) -> Estimate:
    """What one more day of waiting costs: the share of the people still there who are lost in it.

    The model is P(stay) = exp(−a − h·days): each day takes the same share of who is left, 1 − exp(−h). It is
    binomial regression with a log link (Wacholder, 1986), fitted by maximum likelihood with no chance above 1.

    Args:
        table: one row per person: everybody who waited, lost or not. Rows with an empty cell in these columns are
            left out and counted.
        days: the column with the days of waiting, 0 or more, known also for those who were lost.
        lost: the column that says who was lost, yes/no.
        adjust: columns whose people are compared with their like only. Take what changes both the wait and the
            staying, and was there before the wait: a season, a pilot, a branch. Leave out what the wait itself
            brings about, such as a complaint. Text columns are taken as groups.

    Returns:
        An `Estimate`: a share per day, such as 0.03, shown as 3% per day; below 0 where more stay the longer they
        wait. It tells what goes together, not what causes what. The 95% interval is
        the likelihood-ratio interval (Venzon and Moolgavkar, 1988), which holds where a fitted chance reaches 1 and
        standard errors do not; `se` is its width ÷ 3.92.

    Raises:
        ValueError: for a column that is not there, a negative wait, text among numbers, waits that are all alike, if
            all or none were lost, a group in which all were lost, too few rows, or waits so short that they cannot
            tell what a whole day costs.

    >>> table = pd.DataFrame({"days": [1, 1, 2, 3, 4, 5, 6, 8, 9, 9],
    ...                       "lost": ["no", "no", "no", "yes", "no", "no", "yes", "no", "yes", "yes"]})
    >>> waiting_cost(table, "days", "lost")
    Waiting cost: 15.1% per day (95% likelihood-ratio interval −0.673% to 33.2%, n = 10)

    Patients of the dental clinic, compared within the same age band and the same treatment:

    >>> from cxkit import case
    >>> patients = case("dental_clinic_delays").table("patients")
    >>> waiting_cost(patients, "days_to_visit", "lost_before_visit", adjust=["age_band", "treatment"])
    Waiting cost: 0.955% per day (95% likelihood-ratio interval 0.683% to 1.24%, n = 3,000)
    """
    given = checks.table(table)
    others = checks.names(adjust, "column to adjust for") if len(adjust or ()) else []
    apart(lost, [days], others, "days")
    waits = checks.numbers(checks.column(given, days), days, 0)
    known = waits[~np.isnan(waits)]
    if len(known) and known.min() == known.max():
        raise ValueError(
            f"In “{shown(days)}” every wait is {number_text(float(known[0]))}. To tell what a day costs, "
            "some must wait longer than others."
        )
    gone = checks.yes_no(checks.column(given, lost), lost)
    checks.two_classes(gone, lost)
    rows = gather(given, gone, [days], others, what="column", low=0)
    checks.two_classes(rows.outcome, lost, rows.left_out)
    stayed = rows.outcome == 0
    words = ("no", "yes")
    split_by_one(stayed.astype(float), rows.values, rows.labels, lost, words, still=True)
    design = np.column_stack([np.ones(len(stayed)), rows.values])
    # Only a direction in which nobody's chance to stay would move can split the people without end.
    if np.linalg.matrix_rank(design[stayed]) < design.shape[1]:
        split_by_several(stayed.astype(float), design, rows.labels, lost, words, still=True)
    cost, low, high = cost_per_day(design, stayed)
    if not max(abs(cost), abs(low), abs(high)) <= MOST:
        waited = rows.values[:, 0]
        raise ValueError(
            f"The waits in “{shown(days)}” go from {number(float(waited.min()))} to {number(float(waited.max()))} days, "
            "and these people cannot tell what a whole day costs. Are they in days?"
        )
    value, low, high = (-math.expm1(-each) for each in (cost, low, high))
    return Estimate(
        value,
        low,
        high,
        n=len(stayed),
        interval=LIKELIHOOD95,
        name="Waiting cost",
        unit="share per day",
        words=_words(days, others, value, low, high),
        missing=rows.missing,
        se=(high - low) / (2 * Z95),
    )


def _words(days: str, adjust: Sequence[str], value: float, low: float, high: float) -> str:
    size = f"{number(100 * abs(value))}%"
    told = f"One more day in “{shown(days)}” costs {size} of the people still there"
    if value <= 0:
        told = f"No cost is seen: with each more day in “{shown(days)}”, the chance to stay is {size} higher"
    told += (
        f", among people alike in {listed(adjust)}. " if adjust else ". Nothing else is taken into account. "
    )
    if low <= 0 <= high:
        told += "The interval holds 0: no cost at all fits these data too. "
    if value <= 0:
        told += "Did you give the column of those who stayed? It must say yes for those who were lost. "
    return told + "This tells what goes together, not what causes what."

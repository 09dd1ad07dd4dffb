"""Drivers: which touchpoints go with leaving, or with any other outcome, when all are looked at together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import nearest, number_text, shown

from . import checks
from .confidence import Z95
from .estimate import number
from .model import Fit, Predictors, apart, fit, gather, listed, split_by_level
from .shapley import importance_performance, shapley

__all__ = ["drivers", "importance_performance", "shapley"]

KINDS = ("yes/no", "count")
# Below ten of the rarer answer for each column, logistic ratios start to run high (Peduzzi et al., 1996).
ENOUGH = 10
MANY_LEFT_OUT = 0.25
# Counts that vary more than this many times as much as a Poisson model says are worth a word.
MUCH_SPREAD = 1.5
# The exponent from which on a ratio, or one divided by it, is too large to be written.
NO_RATIO = 700.0
# A change smaller than this makes any ratio 1, whatever the data.
SMALLEST_STEP = 1e-9


def drivers(
    table: pd.DataFrame,
    outcome: str,
    touchpoints: Sequence[str],
    adjust: Sequence[str] = (),
    per: float = 1,
    kind: str = "yes/no",
) -> pd.DataFrame:
    """What drives an outcome: the odds ratio of each touchpoint, with all touchpoints in one model.

    Logistic regression (Cox, 1958) by maximum likelihood, with 95% Wald intervals; for counts Poisson regression, with
    wider intervals where the counts vary more than its model says (quasi-likelihood; Wedderburn, 1974).
    An odds ratio is an association: it is as causal as the data behind it.

    Args:
        table: one row per person. Rows with an empty cell in one of the columns are left out and counted.
        outcome: the column to explain: yes/no, or whole numbers from 0 up for `kind="count"`.
        touchpoints: columns of numbers, such as gaps or scores.
        adjust: columns that may mislead if they are not looked at, such as "plan". Take what was there before the
            touchpoints and changes both the touchpoints and the outcome: who pays for a dearer plan may
            be served faster, and stay for other reasons. Leave out what a touchpoint brings about, such as a
            complaint: with it, part of the touchpoint's own work would be taken away. Text and yes/no columns are
            taken as groups.
        per: the change in points that a ratio stands for; -1 means one point less. With gaps, per=-1 reads them as
            disappointment: a ratio of 1.5 then says that the odds of leaving are 1.5 times as high for each point by
            which the experience falls further short of what was expected.
        kind: "yes/no" or "count".

    Returns:
        One row per touchpoint, in the order given: `touchpoint`, `odds_ratio` (above 0; 1 means no link), `low`,
        `high`, `p` (Wald test), `n` (complete rows), `missing` (rows left out). With `adjust` also
        `adjusted_odds_ratio`, `adjusted_low`, `adjusted_high`, `adjusted_p`: the same model, of the same rows,
        with the columns of `adjust` in it. For counts it is `rate_ratio` in place of `odds_ratio`.
        `attrs` holds `constant`, `log_likelihood` and, with `adjust`, `adjusted_constant`,
        `adjusted_log_likelihood`; for counts `dispersion` (and `adjusted_dispersion`): how many times as much they
        vary as a Poisson model says; `outcome`, `per`, `unit` (“point” where all touchpoints are scores from 1 to 10
        or gaps between such, “yes/no” where all are 0 or 1, else “”), `adjust`, `interval`; and `notes`, a list of
        sentences of caution: where few people answer the rarer way, where counts vary much (dispersion above 1.5),
        where more than a quarter of the rows is left out, where a group of `adjust` has no complete row, and where a
        touchpoint looks like a driver only with, or only without, `adjust`.

    Raises:
        ValueError: for a column that is not there, text among numbers, an outcome that is always the same, a
            column that never varies, follows from others, or splits the outcome without overlap, a group in which
            the outcome is always the same, too few rows, or a `per` that no ratio can be written for.

    >>> table = pd.DataFrame({"left": ["no", "no", "yes", "no", "no", "yes", "no", "yes"],
    ...                       "cover": [0, 0, -1, -2, -1, -3, -4, -2], "hold": [-1, -3, -2, 0, -1, -2, -1, 0]})
    >>> drivers(table, "left", ["cover", "hold"], per=-1)[["touchpoint", "odds_ratio", "n"]].round(2)
      touchpoint  odds_ratio  n
    0      cover        1.53  8
    1       hold        1.39  8
    """
    given = checks.table(table)
    names = checks.names(touchpoints, "touchpoint")
    others = checks.names(adjust, "column to adjust for") if len(adjust or ()) else []
    apart(outcome, names, others)
    step = _step(per)
    count = _kind(kind) == "count"
    column = checks.column(given, outcome, "outcome")
    if count:
        result = checks.numbers(column, outcome, 0, whole=True)
    else:
        result = checks.yes_no(column, outcome)
        checks.two_classes(result, outcome)
    rows = gather(given, result, names, others)
    if not count:
        checks.two_classes(rows.outcome, outcome, rows.left_out)
    else:
        _counts_differ(rows, outcome)
    raw = fit(rows.outcome, rows.values[:, : rows.named], names, outcome, count)
    ratio = "rate_ratio" if count else "odds_ratio"
    found = pd.DataFrame({"touchpoint": names} | _ratios(raw, step, ratio, rows))
    found = found.assign(n=len(rows.outcome), missing=rows.missing)
    about: dict[str, Any] = {"constant": raw.constant, "log_likelihood": raw.log_likelihood}
    if others:
        split_by_level(rows, outcome, *((("above 0", "0"), True) if count else ()))
        full = fit(rows.outcome, rows.values, rows.labels, outcome, count)
        found = found.assign(**_ratios(full, step, ratio, rows, "adjusted_"))
        about |= {"adjusted_constant": full.constant, "adjusted_log_likelihood": full.log_likelihood}
    if count:
        about |= {"dispersion": raw.dispersion}
        about |= {"adjusted_dispersion": full.dispersion} if others else {}
        notes = _spread(raw, outcome)
    else:
        notes = _few(rows.outcome, len(rows.labels), outcome)
    if rows.missing > MANY_LEFT_OUT * len(given):
        notes.append(f"{rows.left_out} Those who answer everything may differ from those who do not.")
    notes += rows.vanished
    notes += _disagree(found, ratio, others) if others else []
    interval = "95% Wald interval" + (", quasi-Poisson" if count else "")
    unit = _unit(rows.values[:, : rows.named])
    found.attrs.update(
        about, outcome=outcome, per=step, unit=unit, adjust=others, interval=interval, notes=notes
    )
    return found


def _unit(values: np.ndarray) -> str:
    """What a step of 1 is in all the columns, as far as their values tell."""
    low, high = values.min(axis=0), values.max(axis=0)
    if ((values == 0) | (values == 1)).all():
        return "yes/no"
    # a count or a time is never below 0 and seldom stays between 1 and 10
    gaps = (low < 0) & (low >= -9) & (high <= 9)
    scores = (low >= 1) & (high > 5) & (high <= 10)
    return "point" if (gaps | scores).all() else ""


def _ratios(model: Fit, step: float, name: str, rows: Predictors, prefix: str = "") -> dict[str, np.ndarray]:
    from scipy.special import ndtr

    slope, error = model.coefficients[: rows.named] * step, model.errors[: rows.named] * abs(step)
    reach = Z95 * error
    far = np.flatnonzero(np.abs(slope) + reach > NO_RATIO)
    if len(far):
        at = int(far[0])
        size = 10.0 ** np.round(np.log10(rows.values[:, at].std()))
        raise ValueError(
            f"per is {number_text(step)}: for such a change of “{shown(rows.labels[at])}” the ratio is too far from 1 "
            f"to be written. This column suits a per of about {number_text(float(size))}."
        )
    value, low, high = (np.exp(slope + side * reach) for side in (0, -1, 1))
    p = 2 * ndtr(-np.abs(slope / error))
    return {f"{prefix}{name}": value, f"{prefix}low": low, f"{prefix}high": high, f"{prefix}p": p}


def _disagree(found: pd.DataFrame, ratio: str, adjust: Sequence[str]) -> list[str]:
    """What the raw and the adjusted ratios say differently: a ratio speaks where its interval leaves out 1."""

    def says(prefix: str) -> np.ndarray:
        clear = ((found[f"{prefix}low"] > 1) | (found[f"{prefix}high"] < 1)).to_numpy()
        return np.where(clear, np.sign(found[f"{prefix}{ratio}"].to_numpy() - 1), 0)

    raw, adjusted = says(""), says("adjusted_")
    what = f"{listed(adjust)} {'is' if len(adjust) == 1 else 'are'}"
    notes = []
    for differs, when in (
        ((raw != 0) & (adjusted == 0), f"only while {what} not taken into account"),
        ((raw == 0) & (adjusted != 0), f"only when {what} taken into account"),
        (
            raw * adjusted < 0,
            f"in one direction while {what} not taken into account, and in the other when so",
        ),
    ):
        names = found["touchpoint"][differs].tolist()
        if names:
            looks = "looks like a driver" if len(names) == 1 else "look like drivers"
            notes.append(f"{listed(names)} {looks} {when}.")
    return notes


def _few(outcome: np.ndarray, columns: int, name: str) -> list[str]:
    rarer = int(min(outcome.sum(), len(outcome) - outcome.sum()))
    if rarer >= ENOUGH * columns:
        return []
    word = "yes" if outcome.mean() < 0.5 else "no"
    who = "1 person answers" if rarer == 1 else f"{rarer:,} people answer"
    return [
        f"Only {who} {word} in “{name}”, for {columns} column{'s' * (columns > 1)}. With fewer than {ENOUGH} for each "
        "column, odds ratios come out too far from 1. Read them with care."
    ]


def _counts_differ(rows: Predictors, name: str) -> None:
    counts = rows.outcome
    if counts.min() < counts.max():
        return
    end = f" {rows.left_out}" if rows.left_out else ""
    raise ValueError(
        f"In “{shown(name)}” every count is {number_text(float(counts[0]))}{' in the rows that are left' * bool(end)}, "
        f"so there is nothing to explain.{end}"
    )


def _spread(model: Fit, name: str) -> list[str]:
    if not model.dispersion > MUCH_SPREAD:
        return []
    return [
        f"The counts in “{name}” vary {number(model.dispersion)} times as much as a Poisson model says, as where the "
        "same person counts again and again. The intervals are widened for that."
    ]


def _kind(kind: Any) -> str:
    if kind in KINDS:
        return str(kind)
    near = nearest(str(kind), KINDS)
    hint = f"Did you mean “{near}”?" if near else "Write “yes/no” or “count”."
    raise ValueError(f"There is no kind “{shown(kind)}”. {hint}")


def _step(per: Any) -> float:
    step = checks.one_number(per, "per")
    if abs(step) < SMALLEST_STEP:
        raise ValueError(
            f"per is {shown(per)}. Write for how many points a ratio shall stand, such as 1 or -1."
        )
    return step

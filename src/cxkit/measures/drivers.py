"""Drivers: which touchpoints go with leaving, or with any other outcome, when all are looked at together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import nearest, shown

from . import checks
from .confidence import Z95
from .model import Fit, apart, fit, gather, listed
from .shapley import importance_performance, shapley

__all__ = ["drivers", "importance_performance", "shapley"]

KINDS = ("yes/no", "count")
# Below ten of the rarer answer for each column, logistic ratios start to run high (Peduzzi et al., 1996).
ENOUGH = 10
MANY_LEFT_OUT = 0.25


def drivers(
    table: pd.DataFrame,
    outcome: str,
    touchpoints: Sequence[str],
    adjust: Sequence[str] = (),
    per: float = 1,
    kind: str = "yes/no",
) -> pd.DataFrame:
    """What drives an outcome: the odds ratio of each touchpoint, with all touchpoints in one model.

    Logistic regression (Cox, 1958) by maximum likelihood, with 95% Wald intervals; for counts Poisson regression.
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
        `adjusted_log_likelihood`; `outcome`, `per`, `interval`; and `notes`, a list of sentences of caution: where
        few people answer the rarer way, where more than a quarter of the rows is left out, and where a touchpoint
        looks like a driver only with, or only without, `adjust`.

    Raises:
        ValueError: for a column that is not there, text among numbers, an outcome that is always the same, a
            column that never varies, follows from others, or splits the outcome without overlap, or too few rows.

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
        if not (result > 0).any():
            raise ValueError(
                f"In “{shown(outcome)}” there is nothing above 0, so there is nothing to explain."
            )
    else:
        result = checks.yes_no(column, outcome)
        checks.two_classes(result, outcome)
    rows = gather(given, result, names, others)
    if not count:
        checks.two_classes(rows.outcome, outcome, rows.left_out)
    elif not rows.outcome.any():
        raise ValueError(
            f"In “{shown(outcome)}” no complete row is above 0, so there is nothing to explain. {rows.left_out}"
        )
    raw = fit(rows.outcome, rows.values[:, : rows.named], names, outcome, count)
    ratio = "rate_ratio" if count else "odds_ratio"
    found = pd.DataFrame(
        {
            "touchpoint": names,
        }
        | _ratios(raw, step, ratio)
    )
    found = found.assign(n=len(rows.outcome), missing=rows.missing)
    about: dict[str, Any] = {"constant": raw.constant, "log_likelihood": raw.log_likelihood}
    if others:
        full = fit(rows.outcome, rows.values, rows.labels, outcome, count)
        found = found.assign(**_ratios(full, step, ratio, len(names), "adjusted_"))
        about |= {"adjusted_constant": full.constant, "adjusted_log_likelihood": full.log_likelihood}
    notes = [] if count else _few(rows.outcome, len(rows.labels), outcome)
    if rows.missing > MANY_LEFT_OUT * len(given):
        notes.append(f"{rows.left_out} Those who answer everything may differ from those who do not.")
    notes += _disagree(found, ratio, others) if others else []
    found.attrs.update(about, outcome=outcome, per=step, interval="95% Wald interval", notes=notes)
    return found


def _ratios(
    model: Fit, step: float, name: str, first: int | None = None, prefix: str = ""
) -> dict[str, np.ndarray]:
    from scipy.special import ndtr

    slope, error = model.coefficients[:first] * step, model.errors[:first] * abs(step)
    with np.errstate(over="ignore"):
        value, low, high = (np.exp(slope + side * Z95 * error) for side in (0, -1, 1))
    p = 2 * ndtr(-np.abs(model.coefficients[:first] / model.errors[:first]))
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
    return [
        f"Only {rarer:,} people answer {word} in “{name}”, for {columns} columns. With fewer than {ENOUGH} for each "
        "column, odds ratios come out too far from 1. Read them with care."
    ]


def _kind(kind: Any) -> str:
    if kind in KINDS:
        return str(kind)
    near = nearest(str(kind), KINDS)
    hint = f"Did you mean “{near}”?" if near else "Write “yes/no” or “count”."
    raise ValueError(f"There is no kind “{shown(kind)}”. {hint}")


def _step(per: Any) -> float:
    step = checks.one_number(per, "per")
    if step == 0:
        raise ValueError(
            f"per is {shown(per)}. Write for how many points a ratio shall stand, such as 1 or -1."
        )
    return step

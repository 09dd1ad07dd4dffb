"""What a model needs of its data, and the words when the data cannot give it. Used by drivers and waiting_cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import is_empty, number_text, shown

from . import checks

__all__ = ["Fit", "Predictors", "apart", "fit", "gather", "listed", "split_by_one", "split_by_several"]

# More groups than this are not groups any more: somebody named a column such as the member's number.
MOST_GROUPS = 20
# A sentence names the columns that cost the most rows, not all of them.
MOST_LISTED = 3
MEND = "Leave it out, join small groups, or bring more rows."


@dataclass(frozen=True, eq=False)
class Predictors:
    """The complete rows of a model: the outcome, one column of `values` per label, and how many rows fell out.

    The first `named` columns are the predictors that were asked for, the others stand for what is adjusted for.
    `kept` says for each row of the table whether it is complete; `left_out` is a sentence about the others, or "".
    """

    outcome: np.ndarray
    values: np.ndarray
    labels: list[str]
    named: int
    missing: int
    kept: np.ndarray
    left_out: str = ""


def gather(
    table: pd.DataFrame,
    outcome: np.ndarray,
    predictors: Sequence[str],
    adjust: Sequence[str] = (),
    what: str = "touchpoint",
    low: float | None = None,
) -> Predictors:
    """Read the columns, keep the rows without an empty cell, and turn each group of `adjust` into a column."""
    main = [checks.numbers(checks.column(table, name, what), name, low) for name in predictors]
    others = {name: checks.column(table, name, "column to adjust for") for name in adjust}
    empty = {"the outcome": np.isnan(outcome)}
    empty |= {f"“{shown(name)}”": np.isnan(each) for name, each in zip(predictors, main, strict=True)}
    empty |= {f"“{shown(name)}”": _empty(column) for name, column in others.items()}
    kept = np.asarray(~np.column_stack(list(empty.values())).any(axis=1))
    if not kept.any():
        raise ValueError(
            f"No row is complete: each has an empty cell in the outcome or in {listed([*predictors, *adjust])}."
        )
    labels, values = list(predictors), [each[kept] for each in main]
    for name, column in others.items():
        for label, each in _groups(name, column, kept):
            labels.append(label)
            values.append(each)
    left_out = _left_out(empty, kept)
    found = Predictors(
        outcome[kept], np.column_stack(values), labels, len(predictors), int((~kept).sum()), kept, left_out
    )
    rows, needed = int(kept.sum()), len(labels) + 3
    if rows < needed:
        raise ValueError(
            f"There {'is 1 complete row' if rows == 1 else f'are {rows} complete rows'} "
            f"for {len(labels)} columns. That is too few: at least {needed} are needed, and many more are better."
            f"{' ' * bool(left_out)}{left_out}"
        )
    _no_repeats(found.values, labels)
    return found


def _left_out(empty: dict[str, np.ndarray], kept: np.ndarray) -> str:
    """Which columns cost how many rows, the worst first."""
    count = int((~kept).sum())
    if not count:
        return ""
    guilty = sorted(((int(each.sum()), name) for name, each in empty.items() if each.any()), reverse=True)
    listed = ", ".join(f"{rows:,} in {name}" for rows, name in guilty[:MOST_LISTED])
    verb = "row is" if count == 1 else "rows are"
    return f"{count:,} of {len(kept):,} {verb} left out, since a cell is empty: {listed}."


def _empty(column: pd.Series) -> np.ndarray:
    """Which cells are empty, blank text included."""
    place, values = pd.factorize(column)
    return np.append([is_empty(value) for value in values], True)[place]


def _groups(name: str, column: pd.Series, kept: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Numbers stay one column; groups become one column of 1 and 0 for each group but the first."""
    column = column.infer_objects()
    if pd.api.types.is_datetime64_any_dtype(column):
        raise ValueError(
            f"“{shown(name)}” holds dates. To adjust for it, make groups of them, such as years."
        )
    if pd.api.types.is_numeric_dtype(column):
        return [(name, checks.numbers(column, name)[kept])]
    place, values = pd.factorize(column.to_numpy()[kept])
    if len(values) > MOST_GROUPS:
        raise ValueError(
            f"“{shown(name)}” has {len(values):,} different values. To adjust for it, make at most "
            f"{MOST_GROUPS} groups of them."
        )
    order = sorted(range(len(values)), key=lambda at: str(values[at]))
    if len(order) == 1:
        raise ValueError(
            f"“{shown(name)}” is “{shown(values[0])}” in every complete row, so there is nothing to adjust for. "
            "Leave it out."
        )
    return [(f"{name} = {values[at]}", (place == at).astype(float)) for at in order[1:]]


def _no_repeats(values: np.ndarray, labels: Sequence[str]) -> None:
    """A ValueError that names a column which never varies, or which follows from the others."""
    spread = values.std(axis=0)
    for at in np.flatnonzero(spread <= 1e-12 * np.abs(values).max(axis=0)).tolist():
        raise ValueError(
            f"“{shown(labels[at])}” is {number_text(float(values[0, at]))} in every complete row, so it can explain "
            "nothing. Leave it out."
        )
    scaled = (values - values.mean(axis=0)) / spread / np.sqrt(len(values))
    triangle = np.asarray(np.linalg.qr(scaled, mode="r"))
    for at in np.flatnonzero(np.abs(np.diag(triangle)) < 1e-7).tolist():
        weights = np.linalg.lstsq(triangle[:at, :at], triangle[:at, at], rcond=None)[0]
        others = [labels[each] for each in np.flatnonzero(np.abs(weights) > 1e-6).tolist()]
        says = "says the same as" if len(others) == 1 else "can be worked out from"
        raise ValueError(
            f"“{shown(labels[at])}” {says} {listed(others)}: no data can tell them apart. Leave one of them out."
        )


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model: one coefficient and standard error per column, the constant, the log-likelihood."""

    coefficients: np.ndarray
    errors: np.ndarray
    constant: float
    log_likelihood: float


def fit(
    outcome: np.ndarray, values: np.ndarray, labels: Sequence[str], name: str, count: bool = False
) -> Fit:
    """Logistic regression of yes/no (1/0), or Poisson regression of counts, by maximum likelihood.

    Raises:
        ValueError: names the column that tells yes from no without a fault, so that no ratio is finite.
    """
    import warnings

    from statsmodels.discrete.discrete_model import Logit, Poisson
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    words = ("above 0", "0") if count else ("yes", "no")
    split_by_one(outcome, values, labels, name, words, still=count)
    middle, spread = values.mean(axis=0), values.std(axis=0)
    # Columns of one size: Newton's method then neither creeps nor overflows.
    design = np.column_stack([np.ones(len(outcome)), (values - middle) / spread])
    model = (Poisson if count else Logit)(outcome, design, check_rank=False)
    found: Any = None
    for method, steps in (("newton", 50), ("bfgs", 1000)):
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                result = model.fit(disp=0, method=method, maxiter=steps)
                sound = result.mle_retvals["converged"] and np.isfinite(result.bse).all()
            except (np.linalg.LinAlgError, PerfectSeparationError, ValueError, FloatingPointError):
                sound = False
            if sound and np.abs(result.params[1:]).max() < 10:
                found = result
                break
        split_by_several(outcome, design, labels, name, words, still=count)
        if sound:
            found = result
            break
    if found is None:
        raise ValueError(
            f"No model of “{shown(name)}” could be fitted to these {len(outcome):,} rows. "
            "Take fewer columns, or bring more rows."
        )
    coefficients = found.params[1:] / spread
    constant = float(found.params[0] - (coefficients * middle).sum())
    return Fit(coefficients, found.bse[1:] / spread, constant, float(found.llf))


def split_by_one(
    outcome: np.ndarray,
    values: np.ndarray,
    labels: Sequence[str],
    name: str,
    words: tuple[str, str],
    still: bool = False,
) -> None:
    """A ValueError where one column alone splits the outcome (Albert & Anderson 1984): its ratio has no end.

    `words` are what the outcome is called above 0 and at 0. `still`: an outcome above 0 ties its row down, as a
    count does, so only a column that does not vary among those can split.
    """
    yes, no = values[outcome > 0], values[outcome == 0]
    if not len(no):  # counts without a zero
        return
    above, below = yes.min(axis=0) >= no.max(axis=0), yes.max(axis=0) <= no.min(axis=0)
    if still:
        tied = yes.min(axis=0) == yes.max(axis=0)
        above, below = above & tied, below & tied
    for at in np.flatnonzero(above | below).tolist():
        how = _how_it_splits(labels[at], yes[:, at], no[:, at], name, words)
        raise ValueError(f"{how} That splits the rows without overlap, so no finite number fits. {MEND}")


def _how_it_splits(label: str, yes: np.ndarray, no: np.ndarray, name: str, words: tuple[str, str]) -> str:
    for level, side in ((1, "with"), (0, "without")):
        here = [int((each == level).sum()) for each in (yes, no)]
        if np.isin(np.append(yes, no), (0, 1)).all() and min(here) == 0:
            return f"In every row {side} “{shown(label)}”, “{shown(name)}” is {words[0 if here[0] else 1]}."
    more, less = (0, 1) if yes.min() >= no.max() else (1, 0)
    ends = (yes, no)[more].min(), (yes, no)[less].max()
    return (
        f"“{shown(label)}” is {number_text(float(ends[0]))} or more wherever “{shown(name)}” is {words[more]}, "
        f"and {number_text(float(ends[1]))} or less wherever it is {words[less]}."
    )


def split_by_several(
    outcome: np.ndarray,
    design: np.ndarray,
    labels: Sequence[str],
    name: str,
    words: tuple[str, str],
    still: bool = False,
) -> None:
    """A ValueError where columns together split the outcome, found by linear programming (Konis 2007).

    `design` has the constant as its first column; the rest is as in `split_by_one`.
    """
    from scipy.optimize import linprog

    # A direction along which the likelihood never falls: every yes moves up and every no down.
    up, down = design[outcome > 0], -design[outcome == 0]
    push, tied = (down, up) if still else (np.vstack([up, down]), up[:0])
    found = linprog(
        -push.sum(axis=0),
        A_ub=-push,
        b_ub=np.zeros(len(push)),
        A_eq=tied,
        b_eq=np.zeros(len(tied)),
        bounds=[(-1, 1)] * design.shape[1],
    )
    if found.x is None or -found.fun < 1e-6:
        return
    guilty = [labels[at] for at in np.flatnonzero(np.abs(found.x[1:]) > 1e-6).tolist()]
    raise ValueError(
        f"In “{shown(name)}”, {listed(guilty)} together tell {words[0]} from {words[1]} without overlap. "
        f"So no finite number fits. {MEND}"
    )


def apart(outcome: str, names: Sequence[str], others: Sequence[str], what: str = "touchpoints") -> None:
    """A ValueError where a column stands in two roles."""
    for listed, where in ((names, what), (others, "adjust")):
        if outcome in listed:
            raise ValueError(
                f"“{shown(outcome)}” is the outcome. It cannot explain itself: take it out of {where}."
            )
    both = [name for name in names if name in others]
    if both:
        raise ValueError(f"“{shown(both[0])}” stands in {what} and in adjust. Keep it in one of them.")


def listed(names: Sequence[str]) -> str:
    """“a”, “b” and “c”."""
    quoted = [f"“{shown(each)}”" for each in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"

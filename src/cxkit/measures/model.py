"""What a model needs of its data, and the words when the data cannot give it. Used by drivers and waiting_cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import is_empty, number_text, shown

from . import checks
from .checks import listed

__all__ = [
    "Fit",
    "Predictors",
    "apart",
    "fit",
    "gather",
    "listed",
    "split_by_level",
    "split_by_one",
    "split_by_several",
]

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
    `levels` has each group of each column of groups, the first one too, with the rows that are in it; `vanished`
    has a sentence for each group that has no complete row.
    """

    outcome: np.ndarray
    values: np.ndarray
    labels: list[str]
    named: int
    missing: int
    kept: np.ndarray
    left_out: str = ""
    levels: list[tuple[str, np.ndarray]] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)


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
    levels: list[tuple[str, np.ndarray]] = []
    vanished: list[str] = []
    for name, column in others.items():
        if _is_number(name, column):
            labels.append(name)
            values.append(checks.numbers(column, name)[kept])
            continue
        groups, lost = _groups(name, column, kept)
        levels += groups
        vanished += lost
        labels += [label for label, _ in groups[1:]]
        values += [each.astype(float) for _, each in groups[1:]]
    left_out = _left_out(empty, kept)
    found = Predictors(
        outcome[kept],
        np.column_stack(values),
        labels,
        len(predictors),
        int((~kept).sum()),
        kept,
        left_out,
        levels,
        vanished,
    )
    rows, needed = int(kept.sum()), len(labels) + 3
    if rows < needed:
        there = "is 1 complete row" if rows == 1 else f"are {rows} complete rows"
        raise ValueError(
            f"There {there} for {len(labels)} column{'s' * (len(labels) > 1)}. That is too few: at least {needed} "
            f"are needed, and many more are better.{' ' * bool(left_out)}{left_out}"
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


def _is_number(name: str, column: pd.Series) -> bool:
    column = column.infer_objects()
    if pd.api.types.is_datetime64_any_dtype(column):
        raise ValueError(
            f"“{shown(name)}” holds dates. To adjust for it, make groups of them, such as years."
        )
    return pd.api.types.is_numeric_dtype(column)


def _groups(name: str, column: pd.Series, kept: np.ndarray) -> tuple[list[tuple[str, np.ndarray]], list[str]]:
    """Each group in the complete rows, in sorted order, and a sentence for each group that has none."""
    place, values = pd.factorize(checks.clean(column).to_numpy(object))
    order = sorted(
        (at for at in range(len(values)) if not is_empty(values[at])), key=lambda at: str(values[at])
    )
    here = [at for at in order if (kept & (place == at)).any()]
    if len(here) > MOST_GROUPS:
        raise ValueError(
            f"“{shown(name)}” has {len(here):,} different values. To adjust for it, make at most "
            f"{MOST_GROUPS} groups of them."
        )
    vanished = [at for at in order if at not in here]
    if len(here) == 1:
        others = (
            f" ({listed([str(values[at]) for at in vanished[:MOST_LISTED]])} fell out)" if vanished else ""
        )
        raise ValueError(
            f"“{shown(name)}” is “{shown(values[here[0]])}” in every complete row{others}, so there is nothing to "
            "adjust for. Leave it out."
        )
    lost = []
    for at in vanished[:MOST_GROUPS]:
        rows = int((place == at).sum())
        which = "its only row has" if rows == 1 else f"each of its {rows:,} rows has"
        lost.append(
            f"“{shown(name)} = {shown(values[at])}” is not in the model: {which} an empty cell in another column."
        )
    return [(f"{name} = {values[at]}", place[kept] == at) for at in here], lost


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
    """A fitted model: one coefficient and standard error per column, the constant, the log-likelihood.

    `dispersion` is how many times as much counts vary as a Poisson model says (Pearson's chi square over its degrees of
    freedom); NaN for yes and no.
    """

    coefficients: np.ndarray
    errors: np.ndarray
    constant: float
    log_likelihood: float
    dispersion: float = math.nan


def fit(
    outcome: np.ndarray, values: np.ndarray, labels: Sequence[str], name: str, count: bool = False
) -> Fit:
    """Logistic regression of yes/no (1/0), or Poisson regression of counts, by maximum likelihood.

    Counts of one person hang together (who calls, calls again), so they vary more than a Poisson model says, and its
    intervals come out too narrow. So the standard errors of counts are those of quasi-likelihood (Wedderburn, 1974;
    McCullagh and Nelder, 1989, chapter 6): times the root of the dispersion, where that is above 1.

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
    dispersion, errors = math.nan, found.bse[1:] / spread
    if count:
        rate = np.exp(design @ found.params)
        dispersion = float(((outcome - rate) ** 2 / rate).sum() / (len(outcome) - design.shape[1]))
        errors = errors * math.sqrt(max(dispersion, 1.0))
    return Fit(coefficients, errors, constant, float(found.llf), dispersion)


def split_by_level(
    rows: Predictors, name: str, words: tuple[str, str] = ("yes", "no"), still: bool = False
) -> None:
    """A ValueError that names the group in which the outcome is always the same, be it the first group or another.

    `words` and `still` as in `split_by_one`.
    """
    for label, inside in rows.levels:
        above = rows.outcome[inside] > 0
        if above.all() != above.any() or (still and above.all()):
            continue
        many = "the only row" if len(above) == 1 else f"each of the {len(above):,} rows"
        raise ValueError(
            f"In {many} with “{shown(label)}”, “{shown(name)}” is {words[0 if above[0] else 1]}. So no finite number "
            "fits this group. Join it with another group, or leave its rows out, and say so beside the result."
        )


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
    guilty = list(range(1, design.shape[1]))
    if not _splits(outcome, design, still):
        return
    # Any one split may lean on columns that it could do without; those that are left at the end are needed.
    for at in reversed(range(1, design.shape[1])):
        fewer = [each for each in guilty if each != at]
        if _splits(outcome, design[:, [0, *fewer]], still):
            guilty = fewer
    who = [labels[at - 1] for at in guilty]
    tell = "together tell" if len(who) > 1 else "alone tells"
    what = "Leave one of them out" if len(who) > 1 else "Leave it out"
    raise ValueError(
        f"In “{shown(name)}”, {listed(who)} {tell} {words[0]} from {words[1]} without overlap. "
        f"So no finite number fits. {what}, join small groups, or bring more rows."
    )


def _splits(outcome: np.ndarray, design: np.ndarray, still: bool) -> bool:
    """Is there a direction along which the likelihood never falls: every yes moves up and every no down?"""
    from scipy.optimize import linprog

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
    return found.x is not None and -found.fun >= 1e-6


def apart(outcome: str, names: Sequence[str], others: Sequence[str], what: str = "touchpoints") -> None:
    """A ValueError where a column stands in two roles."""
    for given, where in ((names, what), (others, "adjust")):
        if outcome in given:
            raise ValueError(
                f"“{shown(outcome)}” is the outcome. It cannot explain itself: take it out of {where}."
            )
    both = [name for name in names if name in others]
    if both:
        raise ValueError(f"“{shown(both[0])}” stands in {what} and in adjust. Keep it in one of them.")

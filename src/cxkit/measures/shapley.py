"""Which touchpoint explains how much? Shares of R² that are fair to touchpoints that move together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import shown

from . import checks
from .confidence import T95, all_equal, mean_and_reach, no_width
from .model import apart, gather

__all__ = ["importance_performance", "shapley"]

SEED = 20_260
MOST_PREDICTORS = 16
# So many numbers are held at one time while the bootstrap runs.
BLOCK = 2_000_000
MOST_DRAWS = 100_000
# All orders of six columns that cannot be told apart, which is more than data with any noise ever have.
MOST_ORDERS = 720
INTERVAL = "95% percentile bootstrap interval, lower end mirrored"

QUADRANTS = {
    (True, False): "concentrate here",
    (True, True): "keep up the good work",
    (False, False): "low priority",
    (False, True): "possible overkill",
}


def shapley(
    table: pd.DataFrame, outcome: str, predictors: Sequence[str], draws: int = 0, seed: int = SEED
) -> pd.Series | pd.DataFrame:
    """How much of the outcome's R² each predictor explains: its Shapley value, also called LMG.

    A predictor's share is what it adds to R², averaged over all orders in which the predictors can enter the
    linear model (Lindeman, Merenda and Gold, 1980; the value is Shapley's, 1953).

    Args:
        table: one row per person. Rows with an empty cell in these columns are left out and counted.
        outcome: a column of numbers, or of yes/no (taken as 1 and 0).
        predictors: up to 16 columns of numbers.
        draws: how many bootstrap samples to draw for an interval, such as 200; 0 for none; at most 100,000.
        seed: for the bootstrap, a whole number of 0 or more. Rows are drawn, the same ones for all predictors, so that
            neither names nor the order of rows and columns change an interval.

    Returns:
        A Series of shares (0 to 1) by predictor; they add up to R². With `draws`, a DataFrame
        `predictor, share, low, high, n, missing`, where low and high are a 95% bootstrap interval. `attrs` holds
        `r_squared`, `n`, `missing` and, with `draws`, `interval` and `notes`: a sentence where an interval has no width.
        It is the percentile interval (Efron, 1979), but for its lower end. A share is never below 0, and in a
        bootstrap sample even a predictor of no use explains a little, so that the percentile interval never reaches 0.
        So the upper end is also mirrored downwards, on the scale of square roots, from the share less its bootstrap
        bias (after the basic interval of Davison and Hinkley, 1997), and the lower of the two ends counts, 0 at the
        least. In our trials it was 0 for about 19 of 20 predictors of no use: nothing is shown then.

    Raises:
        ValueError: for a column that is not there, text among numbers, a column that never varies or that
            follows from the others, too few rows, more predictors than 16, or draws or a seed that are no such number.

    >>> table = pd.DataFrame({"happy": [2, 4, 5, 4, 7, 9], "staff": [1, 2, 2, 3, 4, 5], "hold": [4, 1, 3, 1, 2, 1]})
    >>> shapley(table, "happy", ["staff", "hold"]).round(3)
    staff    0.760
    hold     0.138
    Name: share, dtype: float64
    """
    names = checks.names(predictors, "predictor")
    checks.a_seed(seed)
    rows, places, missing, _ = _rows(table, outcome, names, "predictor")
    shares = _shares(_correlations(rows[None]))[0]
    about: dict[str, Any] = {"r_squared": float(shares.sum()), "n": len(rows), "missing": missing}
    found: pd.Series | pd.DataFrame
    if _whole(draws, 0) == 0:
        found = pd.Series(_back(shares, places), index=names, name="share")
    else:
        low, high = _interval(rows, shares, _whole(draws, 1), seed)
        ends = {name: _back(each, places) for name, each in (("share", shares), ("low", low), ("high", high))}
        found = pd.DataFrame({"predictor": names} | ends)
        found = found.assign(n=len(rows), missing=missing)
        about |= {"interval": INTERVAL, "notes": _no_width(found, "predictor", "")}
    found.attrs.update(about)
    return found


def importance_performance(
    table: pd.DataFrame,
    outcome: str,
    touchpoints: Sequence[str],
    performance: Mapping[str, str] | Sequence[str] | None = None,
    draws: int = 200,
    seed: int = SEED,
) -> pd.DataFrame:
    """What matters beside what goes well: the grid of Martilla and James (1977).

    Args:
        table: one row per person. Rows with an empty cell in these columns are left out and counted.
        outcome: a column of numbers, or of yes/no.
        touchpoints: up to 16 columns of numbers: they explain the outcome.
        performance: for each touchpoint the column whose mean tells how well it goes: a dict, or a list in the
            order of `touchpoints`. By default the touchpoints' own columns. Higher must be better: turn round a
            column in which much is bad, such as days of waiting (`table["speed"] = -table["days"]`), or it is
            praised where it should be mended.
        draws: bootstrap samples for the interval of importance, 1 or more. seed: for the bootstrap.

    Returns:
        One row per touchpoint: `touchpoint`, `importance` (share of R², 0 to 1, see `shapley`),
        `importance_low`, `importance_high` (95% bootstrap interval, see `shapley`), `performance` (mean, in the unit
        of its column), `performance_low`, `performance_high` (95% t interval), `n`, `quadrant`: “concentrate here”
        (matters, goes badly), “keep up the good work”, “low priority” or “possible overkill”; `sure`: “no” where one
        of the two intervals crosses its line, so that the touchpoint may belong to another quadrant, “yes” if not.
        The lines of the grid are the two means; a touchpoint on a line counts as high. `attrs` holds `r_squared`,
        `missing`, `interval` (of importance), `performance_interval`, `importance_line`, `performance_line`, and
        `notes`: a sentence where an interval has no width.

    Raises:
        ValueError: as `shapley`; and for a touchpoint without a performance column.

    >>> table = pd.DataFrame({"happy": [2, 4, 5, 4, 7, 9], "staff": [1, 2, 2, 3, 4, 5], "hold": [4, 1, 3, 1, 2, 1]})
    >>> importance_performance(table, "happy", ["staff", "hold"])["quadrant"].tolist()
    ['keep up the good work', 'low priority']
    """
    names = checks.names(touchpoints, "touchpoint")
    columns = _performance_columns(names, performance)
    rows, places, missing, levels = _rows(table, outcome, names, "touchpoint", columns, performance is None)
    shares = _shares(_correlations(rows[None]))[0]
    ends = _interval(rows, shares, _whole(draws, 1), seed)
    shares, low, high = (_back(each, places) for each in (shares, *ends))
    # Sorted, so that the order of rows and columns does not show even in the last binary digit.
    means = [mean_and_reach(np.sort(each)) for each in levels]
    level = np.array([mean for mean, _, _ in means])
    reach = np.array([each for _, _, each in means])
    lines = float(np.sort(shares).mean()), float(np.sort(level).mean())
    high_in = [
        values >= line - 1e-12 * max(1.0, abs(line))
        for values, line in zip((shares, level), lines, strict=True)
    ]
    found = pd.DataFrame(
        {"touchpoint": names, "importance": shares, "importance_low": low, "importance_high": high}
    )
    found = found.assign(performance=level, performance_low=level - reach, performance_high=level + reach)
    found = found.assign(
        n=len(rows), quadrant=[QUADRANTS[bool(a), bool(b)] for a, b in zip(*high_in, strict=True)]
    )
    crossed = np.zeros(len(names), bool)
    for what, line in zip(("importance", "performance"), lines, strict=True):
        crossed |= ((found[f"{what}_low"] < line) & (line <= found[f"{what}_high"])).to_numpy()
    found = found.assign(sure=np.where(crossed, "no", "yes"))
    alike = [name for name, each in zip(names, levels, strict=True) if all_equal(each)]
    found.attrs.update(
        r_squared=float(np.sort(shares).sum()),
        missing=missing,
        interval=INTERVAL,
        performance_interval=T95,
        notes=_no_width(found, "touchpoint", "importance_") + ([no_width("answers", alike)] if alike else []),
        importance_line=lines[0],
        performance_line=lines[1],
    )
    return found


def _performance_columns(names: Sequence[str], given: Any) -> list[str]:
    if given is None:
        return list(names)
    if isinstance(given, Mapping):
        lacking = [name for name in names if name not in given]
        if lacking:
            raise ValueError(f"The touchpoint “{shown(lacking[0])}” has no column in performance. Add one.")
        return [given[name] for name in names]
    columns = [given] if isinstance(given, str) else list(given)
    if len(columns) != len(names):
        raise ValueError(
            f"performance names {_many(len(columns), 'column')} for {_many(len(names), 'touchpoint')}. "
            "Name one for each."
        )
    return columns


def _no_width(found: pd.DataFrame, names: str, which: str) -> list[str]:
    alike = found[names][found[f"{which}high"] - found[f"{which}low"] < 1e-9].tolist()
    return [no_width("shares in the bootstrap", alike)] if alike else []


def _many(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _rows(
    table: pd.DataFrame,
    outcome: str,
    names: Sequence[str],
    what: str,
    also: Sequence[str] = (),
    same: bool = False,
) -> tuple[np.ndarray, np.ndarray, int, list[np.ndarray]]:
    """The complete rows in an order of their own, outcome last; for each name the column that it is now in; how many
    rows were left out; and the columns `also` of the complete rows. `same`: these are the columns `names` once more.
    """
    given = checks.table(table)
    if len(names) > MOST_PREDICTORS:
        raise ValueError(
            f"{len(names)} columns are too many: each one doubles the work. Take at most {MOST_PREDICTORS}, "
            "such as those that a first model shows to matter."
        )
    apart(outcome, names, (), f"{what}s")
    result = _outcome(checks.column(given, outcome, "outcome"), outcome)
    kind = what if same else "performance column"
    others = [checks.numbers(checks.column(given, name, kind), name) for name in also]
    for each in others:
        result = np.where(np.isnan(each), np.nan, result)
    found = gather(given, result, names, what=what)
    if found.outcome.std() <= 1e-12 * np.abs(found.outcome).max():
        raise ValueError(
            f"“{shown(outcome)}” is the same in every complete row. There is no difference to explain."
        )
    rows, places = _in_order(found.values, found.outcome)
    return rows, places, found.missing, [each[found.kept] for each in others]


def _in_order(values: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows in an order that their content alone decides; outcome last. And where each column went.

    The places are (orders, columns): more than one where columns could change places and leave the same table.
    So neither the names nor the order of rows and columns decide which rows the bootstrap draws. A column stands where
    its values put it: beside the outcome, and beside all values of the same row, whatever column they are in.
    """
    values = values + 0.0  # −0 is 0, but its bytes are others
    beside = np.column_stack([np.sort(values, axis=1), outcome + 0.0])
    keys = []
    for column in values.T:
        seen = np.column_stack([beside, column])
        keys.append(seen[np.lexsort(seen.T)].astype(">f8").tobytes())
    groups = [[at for at in range(len(keys)) if keys[at] == key] for key in sorted(set(keys))]
    # Columns that look alike so far: of the tables that they can make, the one whose bytes come first.
    orders = itertools.islice(itertools.product(*map(itertools.permutations, groups)), MOST_ORDERS)
    found = []
    for each in orders:
        order = list(itertools.chain(*each))
        rows = np.column_stack([values[:, order], outcome + 0.0])
        found.append((rows[np.lexsort(rows.T)], order))
    if len(found) == 1:
        return found[0][0], np.argsort([found[0][1]], axis=1)
    made = [rows.astype(">f8").tobytes() for rows, _ in found]
    first = [found[at] for at, each in enumerate(made) if each == min(made)]
    return first[0][0], np.argsort([order for _, order in first], axis=1)


def _back(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Each column's value; columns that could change places without a trace have one value, their mean."""
    return np.sort(values[places], axis=0).mean(axis=0)


def _outcome(column: pd.Series, name: str) -> np.ndarray:
    try:
        return checks.numbers(column, name)
    except ValueError:
        try:
            return checks.yes_no(column, name)
        except ValueError:
            pass
        raise


def _whole(draws: Any, least: int) -> int:
    return int(checks.one_number(draws, "draws", least, MOST_DRAWS, whole=True))


def _interval(rows: np.ndarray, shares: np.ndarray, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The 95% bootstrap interval of each share, as `shapley` tells it: an array of lows and one of highs."""
    n, columns = rows.shape
    random = np.random.Generator(np.random.PCG64(checks.a_seed(seed)))
    at_once = max(1, BLOCK // (n * columns + 2**columns))
    found = [
        _shares(_correlations(rows[random.integers(0, n, (min(at_once, draws - done), n))]))
        for done in range(0, draws, at_once)
    ]
    drawn = np.maximum(np.concatenate(found), 0)
    shares = np.maximum(shares, 0)
    # Noise only ever adds to a share; what the bootstrap adds once more is taken away before the lower end is sought.
    honest = np.clip(2 * shares - drawn.mean(axis=0), 0, shares)
    low, top = np.percentile(drawn, [2.5, 97.5], axis=0)
    top = np.maximum(top, shares)
    mirrored = np.maximum(np.sqrt(honest) - (np.sqrt(top) - np.sqrt(shares)), 0) ** 2
    return np.minimum(low, mirrored), np.minimum(top, 1)


def _correlations(samples: np.ndarray) -> np.ndarray:
    """(samples, rows, columns) -> (samples, columns, columns). A column that never varies correlates with none."""
    centred = samples - samples.mean(axis=1, keepdims=True)
    size = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    scaled = np.divide(
        centred,
        size,
        out=np.zeros_like(centred),
        where=size > 1e-9 * np.abs(samples).max(axis=1, keepdims=True),
    )
    return scaled.transpose(0, 2, 1) @ scaled


def _shares(correlations: np.ndarray) -> np.ndarray:
    """(samples, p + 1, p + 1), outcome last -> (samples, p): what each predictor adds, over all orders.

    R² of all 2^p models at once: one predictor after the other is left out in one half of the models and swept
    out (a Schur complement) in the other, until only the unexplained part of the outcome is left.
    """
    samples, p = len(correlations), correlations.shape[1] - 1
    left = correlations[:, None]
    for _ in range(p):
        pivot, column, rest = left[..., 0, 0], left[..., 1:, 0], left[..., 1:, 1:]
        # In a bootstrap sample one predictor may follow from the others: then it adds nothing.
        one_over = np.divide(1, pivot, out=np.zeros_like(pivot), where=pivot > 1e-9)
        swept = rest - one_over[..., None, None] * column[..., :, None] * column[..., None, :]
        left = np.stack([rest, swept], axis=2).reshape(samples, -1, *rest.shape[-2:])
    explained = (1 - left[..., 0, 0]).reshape(samples, *[2] * p)
    before = np.indices([2] * (p - 1)).sum(axis=0)
    weight = np.array([1 / (p * math.comb(p - 1, size)) for size in range(p)])[before]
    added = [explained.take(1, axis=at) - explained.take(0, axis=at) for at in range(1, p + 1)]
    return np.column_stack([(each * weight).reshape(samples, -1).sum(axis=1) for each in added])

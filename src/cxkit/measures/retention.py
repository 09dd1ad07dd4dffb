"""Retention: who is still there after what time. What leaving costs: `revenue`. What a day of waiting costs: `waiting`."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import is_empty, shown

from . import checks
from .confidence import Z95
from .estimate import number
from .pairs import paired
from .revenue import revenue_at_risk
from .told import counted
from .waiting import waiting_cost

__all__ = ["Survival", "revenue_at_risk", "survival", "waiting_cost"]

EVERYBODY = "all"
# A share of one half is met in spite of the last binary digit.
HALF = 0.5 + 1e-9


@dataclass(frozen=True, eq=False)
class Survival:
    """Who is still there after what time, by group.

    Attributes:
        table: `group, time, survival, low, high, at_risk`: a row at time 0, one for each time at which somebody
            left, and one at the end of the follow-up. The share holds from this time until the next row.
        summary: `group, n, left, median, low, high`: people, how many left, the median time with its 95% interval.
        test: `chi2`, `p` of the log-rank test that the groups leave alike; None for one group, NaN where nobody
            left.
        n, missing: people counted; people left out, since a value was empty.
        interval: which interval low and high are.
    """

    table: pd.DataFrame
    summary: pd.DataFrame
    test: pd.Series | None
    n: int
    missing: int
    interval: str = "95% log-log interval"
    words: str = field(default="", repr=False)

    @property
    def median(self) -> pd.Series:
        """The time after which half are gone, by group; NaN where more than half are still there."""
        return self.summary.set_index("group")["median"]

    def at(self, t: float) -> pd.Series:
        """The share still there at time `t`, by group; NaN after the end of a group's follow-up."""
        return self.between(t).set_index("group")["survival"]

    def between(self, t: float) -> pd.DataFrame:
        """The share still there at time `t` with its interval: `group, survival, low, high`."""
        time = checks.one_number(t, "The time", 0)
        rows = []
        for group, part in self.table.groupby("group", sort=False, observed=True):
            last = part[part["time"] <= time].iloc[-1]
            known = time <= part["time"].iloc[-1] or last["survival"] == 0
            values = [last[name] if known else math.nan for name in ("survival", "low", "high")]
            rows.append([group, *values])
        return pd.DataFrame(rows, columns=["group", "survival", "low", "high"])

    def __repr__(self) -> str:
        return (
            f"{self.summary.to_string(index=False, float_format=_time, na_rep='not reached')}\n{self.words}"
        )

    def _repr_html_(self) -> str:
        shown_table = self.summary.to_html(index=False, border=0, float_format=_time, na_rep="not reached")
        return f'<div class="cxkit-survival">{shown_table}<p>{html.escape(self.words)}</p></div>'


def survival(duration: Any, event: Any, by: Any = None) -> Survival:
    """Who is still there after what time: the estimate of Kaplan and Meier (1958).

    Who has not left yet is not lost from the count: such a person speaks for the time that is known.

    Args:
        duration: for each person the time from the start until leaving; for those still there, the time until we
            last saw them there, such as the day on which the table was made. 0 or more, in any unit. Do not leave it
            empty for those still there: they would drop out, and leaving would look more common than it is.
        event: for each person, did this person leave? yes/no, true/false or 1/0.
        by: for each person a group; None for one group, called “all”. Columns (pandas Series) are put side by side
            by their row labels, lists by position.

    Returns:
        A `Survival` with `.table`, `.median`, `.at(t)`, `.between(t)`, `.test`, `.summary`. Groups stand in sorted
        order, or in the order of their categories. The interval is Greenwood's (1926) on the scale of log(−log S)
        (Kalbfleisch and Prentice, 1980): unlike S ± 1.96 se and the interval on the scale of log S it never leaves
        0 to 1, and it holds in small samples (Borgan and Liestøl, 1990). The interval of the median is read off it
        (Brookmeyer and Crowley, 1982). The test is the log-rank test (Mantel, 1966).

    Raises:
        ValueError: for a negative time, text among numbers, an event that is neither yes nor no, lists that differ
            in length, columns with different row labels, or if no person has all values.

    >>> found = survival([2, 3, 3, 5, 8, 8], ["yes", "yes", "no", "yes", "no", "no"])
    >>> found.at(4).round(3).to_dict()
    {'all': 0.667}
    >>> found.median.to_dict()
    {'all': 5.0}
    """
    duration, event, by = paired({"duration": duration, "event": event, "by": by})
    time = checks.numbers(duration, "duration", 0)
    left = checks.yes_no(event, "event")
    labels = pd.Series(EVERYBODY, index=range(len(time))) if by is None else _labels(by)
    for values, name in ((left, "event"), (labels, "by")):
        if len(values) != len(time):
            raise ValueError(
                f"duration has {counted(len(time), 'value', 'values')} and {name} has {len(values):,}. "
                "Give one for each person."
            )
    kept = ~np.isnan(time) & ~np.isnan(left) & labels.notna().to_numpy()
    if not kept.any():
        raise ValueError("No person has a duration, an event and a group, so there is nothing to estimate.")
    everybody = labels[labels.notna()]
    time, left, labels = time[kept], left[kept], labels[kept]
    groups = _sorted(labels)
    curves, summaries = [], []
    for group in groups:
        here = (labels == group).to_numpy()
        curve = _curve(time[here], left[here])
        curves.append(curve.assign(group=group))
        median, low, high = (_first_at_half(curve, name) for name in ("survival", "low", "high"))
        summaries.append([group, int(here.sum()), int(left[here].sum()), median, low, high])
    table = pd.concat(curves, ignore_index=True)[["group", "time", "survival", "low", "high", "at_risk"]]
    summary = pd.DataFrame(summaries, columns=["group", "n", "left", "median", "low", "high"])
    test = _log_rank(time, left, labels, groups) if len(groups) > 1 else None
    missing = int((~kept).sum())
    gone = [shown(each) for each in _sorted(everybody) if each not in groups]
    return Survival(table, summary, test, len(time), missing, words=_words(summary, test, missing, gone))


def _labels(by: Any) -> pd.Series:
    if isinstance(by, str | bytes) or not hasattr(by, "__len__") or np.ndim(by) > 1:
        raise ValueError(f"by needs one group for each person, not “{shown(by)}”. Give a list or a column.")
    # A list may mix kinds, which a column of its own choosing would turn into text.
    labels = pd.Series(by if hasattr(by, "dtype") else pd.Series(list(by), dtype=object)).reset_index(
        drop=True
    )
    return labels.mask(np.array([is_empty(each) for each in labels], bool))


def _sorted(labels: pd.Series) -> list[Any]:
    if isinstance(labels.dtype, pd.CategoricalDtype):
        return [each for each in labels.cat.categories if (labels == each).any()]
    found = labels.unique().tolist()
    try:
        return sorted(found)
    except TypeError:
        return sorted(found, key=str)


def _curve(time: np.ndarray, left: np.ndarray) -> pd.DataFrame:
    from statsmodels.duration.survfunc import SurvfuncRight

    times, share, error, at_risk = (np.array([]) for _ in range(4))
    if left.any():
        with np.errstate(all="ignore"):
            found = SurvfuncRight(time, left)
            times, share, error = found.surv_times, found.surv_prob, found.surv_prob_se
            at_risk = found.n_risk
    low, high = np.full(len(share), np.nan), np.full(len(share), np.nan)
    inside = share > 0
    log = np.log(share[inside])
    spread = Z95 * error[inside] / (share[inside] * -log)
    low[inside], high[inside] = np.exp(log * np.exp(spread)), np.exp(log * np.exp(-spread))
    rows = {"time": times, "survival": share, "low": low, "high": high, "at_risk": at_risk}
    curve = pd.DataFrame(rows)
    if not len(times) or times[0] > 0:
        first = pd.DataFrame({"time": [0.0], "survival": 1.0, "low": 1.0, "high": 1.0, "at_risk": len(time)})
        curve = pd.concat([first, curve], ignore_index=True) if len(curve) else first
    last = time.max()
    if last > curve["time"].iloc[-1]:
        end = curve.iloc[[-1]].assign(time=last, at_risk=(time >= last).sum())
        curve = pd.concat([curve, end], ignore_index=True)
    return curve.astype({"at_risk": int})


def _first_at_half(curve: pd.DataFrame, name: str) -> float:
    met = (curve[name] <= HALF).to_numpy()
    return float(curve["time"].to_numpy()[met.argmax()]) if met.any() else math.nan


def _log_rank(time: np.ndarray, left: np.ndarray, labels: pd.Series, groups: list[Any]) -> pd.Series:
    from scipy.special import chdtrc
    from statsmodels.duration.survfunc import survdiff

    codes = np.zeros(len(time), int)
    for code, group in enumerate(groups):
        codes[(labels == group).to_numpy()] = code
    with np.errstate(all="ignore"):
        try:
            chi2 = float(survdiff(time, left, codes)[0]) if left.any() else math.nan
        except np.linalg.LinAlgError:  # nobody left while people of two groups were still there
            chi2 = math.nan
    return pd.Series({"chi2": chi2, "p": float(chdtrc(len(groups) - 1, chi2))})


def _time(value: float) -> str:
    """A time as it stands in the summary, to two places: 30.95 and not 31.0."""
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) >= 1 else number(value)


def _words(summary: pd.DataFrame, test: pd.Series | None, missing: int, gone: list[str]) -> str:
    told = []
    for group, n, left, median in zip(
        *(summary[name] for name in ("group", "n", "left", "median")), strict=True
    ):
        who = "" if len(summary) == 1 and group == EVERYBODY else f"{group}: "
        half = "more than half are still there" if math.isnan(median) else f"half are gone by {_time(median)}"
        told.append(f"{who}{left:,} of {n:,} left, {half}")
    words = "; ".join(told) + "."
    if test is not None:
        p = "below 0.0001" if test["p"] < 0.0001 else f"{test['p']:.2g}"
        words += (
            f" Log-rank test that the groups leave alike: chi square {number(test['chi2'])}, p {p}."
            if not math.isnan(test["chi2"])
            else " The groups cannot be compared: too few left."
        )
    words += " Low and high: 95% log-log interval of the median."
    if gone:
        words += f" Nobody with all values is in {', '.join(gone)}, so nothing is said of it."
    are = "1 person is" if missing == 1 else f"{missing:,} people are"
    return words + (f" {are} left out: a value is empty." if missing else "")

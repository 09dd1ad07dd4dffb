"""What a measure asks of its input, and the words when the input is something else."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import is_empty, nearest, number_text, shown, to_text, word_key

__all__ = [
    "ROWS",
    "a_seed",
    "clean",
    "column",
    "columns",
    "complete",
    "level",
    "listed",
    "names",
    "no_flags",
    "numbers",
    "one_number",
    "table",
    "two_classes",
    "yes_no",
]

YES = {"yes", "y", "true", "1", "1.0", "כן", "t"}
NO = {"no", "n", "false", "0", "0.0", "לא", "f"}
# A message lists the first few places: enough to find the fault, short enough to read.
LISTED = 5
# Said once in each message that names a row, since pandas would count from 0.
ROWS = "Rows are counted as in a spreadsheet: row 1 is the header."
# Nothing that a service counts is larger; beyond 1e150 the square of a number overflows.
LARGEST = 1e15
TOO_LARGE = "is too large. Write a number below a million billion (15 zeros)"
# Marks of direction and width: nobody sees them at the end of a name.
_UNSEEN = "\u061c\u200b\u200e\u200f\ufeff"


def table(given: object, what: str = "a table") -> pd.DataFrame:
    """`given` itself, if it is a DataFrame with at least one row; a ValueError in words if not."""
    if not isinstance(given, pd.DataFrame):
        raise ValueError(f"Here {what} is needed (a pandas DataFrame), not “{shown(given)}”.")
    if given.empty:
        raise ValueError(f"The table is empty. Here {what} with at least one row is needed.")
    repeated = given.columns[given.columns.duplicated()]
    if len(repeated):
        raise ValueError(f"The table has two columns “{shown(repeated[0])}”. Rename or drop one.")
    return given


def column(given: pd.DataFrame, name: str, what: str = "column") -> pd.Series:
    """The column `name`; a ValueError with the nearest name where there is none."""
    _one_name(name, what)
    if name in given.columns:
        return given[name]
    near = nearest(str(name), [str(each) for each in given.columns])
    listed = ", ".join(str(each) for each in given.columns[:20])
    hint = f"Did you mean “{near}”?" if near else f"The table has: {listed}."
    raise ValueError(f"There is no {what} “{shown(name)}” in the table. {hint}")


def columns(given: pd.DataFrame, names: Sequence[str], what: str = "column") -> pd.DataFrame:
    """The columns `names`, in that order."""
    for name in names:
        column(given, name, what)
    return given[list(names)]


def _one_name(name: object, what: str) -> None:
    if isinstance(name, list | set | dict | np.ndarray | pd.Series | pd.DataFrame):
        raise ValueError(
            f"Name one {what}, as text, not {shown(name) if isinstance(name, list) else 'a table'}."
        )


def names(given: object, what: str) -> list[str]:
    """One name or several, as a list without repeats; a ValueError where there is none."""
    several = isinstance(given, Iterable) and not isinstance(given, str)
    found: list[Any] = list(given) if several else [given]  # type: ignore[call-overload]
    if not found:
        raise ValueError(f"Name at least one {what}.")
    for each in found:
        _one_name(each, what)
    twice = [each for each in dict.fromkeys(found) if found.count(each) > 1]
    if twice:
        raise ValueError(f"The {what} “{shown(twice[0])}” is named twice. Name it once.")
    return found


def numbers(
    values: Any, name: str, low: float | None = None, high: float | None = None, whole: bool = False
) -> np.ndarray:
    """The values as floats, NaN where one is missing.

    A ValueError lists what is not a number, lies outside `low` to `high`, or is too large to reckon with (1e15), with
    its row as a spreadsheet shows it (the header being row 1). True and False count as 1 and 0 where any number will
    do; where `low` or `high` is given, a score or a count is meant, and they are refused.
    """
    series = _series(values, name)
    if pd.api.types.is_bool_dtype(series):
        if low is not None or high is not None:
            no_flags(series, name, low, high)
        found = series.to_numpy(float, na_value=np.nan)
    elif pd.api.types.is_numeric_dtype(series):
        found = series.to_numpy(dtype=float, na_value=np.nan)
    else:
        found = np.fromiter((_number(each) for each in series), float, len(series))
    empty = np.isnan(found) if pd.api.types.is_numeric_dtype(series) else series.map(is_empty).to_numpy(bool)
    bad = ~empty & ~np.isfinite(found)
    if bad.any():
        _fault(series, bad, name, "is not a number" + _range(low, high))
    if high is None and (huge := np.abs(found) > LARGEST).any():
        _fault(series, huge, name, TOO_LARGE)
    outside = np.zeros(len(found), bool)
    if low is not None:
        outside |= found < low
    if high is not None:
        outside |= found > high
    if outside.any():
        _fault(series, outside, name, "is outside what can be" + _range(low, high))
    if whole and (broken := ~empty & (found != np.round(found))).any():
        _fault(series, broken, name, "is not a whole number" + _range(low, high))
    return found


def no_flags(values: Any, name: str, low: float | None = None, high: float | None = None) -> None:
    """A ValueError where a column of scores or counts holds True and False: a yes is no score of 1."""
    series = _series(values, name)
    if pd.api.types.is_bool_dtype(series):
        said = series.notna().to_numpy()
        if said.any():
            _fault(series, said, name, "is a yes or a no, not a number" + _range(low, high))


def one_number(
    value: Any, name: str, low: float | None = None, high: float | None = None, whole: bool = False
) -> float:
    """One number, such as `n` or `draws`; a ValueError that says what it must be where it is something else.

    >>> one_number("12", "draws", 1, whole=True)
    12.0
    """
    wanted = f"one {'whole ' if whole else ''}number{_between(low, high)}"
    value = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
    single = np.ndim(value) == 0 and not isinstance(value, bool | np.bool_)
    if single and is_empty(value):
        raise ValueError(f"{name} is empty. It must be {wanted}.")
    found = _number(value) if single else np.inf
    inside = (low is None or found >= low) and (high is None or found <= high)
    if not np.isfinite(found) or not inside or (whole and found != round(found)):
        raise ValueError(f"{name} must be {wanted}, not “{shown(value)}”.")
    if abs(found) > LARGEST:
        raise ValueError(f"{name}: “{shown(value)}” {TOO_LARGE}.")
    return found


def a_seed(given: Any) -> int:
    """The seed of a random draw: a whole number of 0 or more.

    >>> a_seed(7)
    7
    """
    return int(one_number(given, "seed", 0, whole=True))


def clean(values: pd.Series) -> pd.Series:
    """The same values, where text has no spaces around it and only single ones inside: “The  bill ” is “The bill”.

    >>> clean(pd.Series(["The bill", "The  bill ", 7])).tolist()
    ['The bill', 'The bill', 7]
    """
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return values
    place, found = pd.factorize(values.to_numpy(object))
    tidy = np.array([_tidy(each) for each in found] + [None], object)
    return pd.Series(tidy[place], index=values.index, name=values.name, dtype=object)


def yes_no(values: Any, name: str) -> np.ndarray:
    """Answers as 1 for yes, 0 for no, NaN where one is missing. Takes yes/no, true/false, 1/0, כן/לא."""
    series = _series(values, name)
    if pd.api.types.is_bool_dtype(series):
        return series.to_numpy(dtype=float, na_value=np.nan)
    codes, found = pd.factorize(series)
    read = np.array([_yes(each) for each in found] + [np.nan], float)
    result = read[codes]
    bad = np.isinf(result)
    if bad.any():
        _fault(series, bad, name, "is neither yes nor no. Write yes or no, or 1 or 0")
    return result


def complete(given: pd.DataFrame, wanted: Sequence[str]) -> tuple[pd.DataFrame, int]:
    """The rows without an empty cell in the columns `wanted`, and how many rows were left out."""
    kept = given[list(wanted)].notna().all(axis=1).to_numpy()
    return given[kept], int((~kept).sum())


def two_classes(outcome: np.ndarray, name: str, why: str = "") -> None:
    """A ValueError where an outcome of 1 and 0 holds only one of the two; `why` is a sentence to add."""
    found = outcome[~np.isnan(outcome)]
    if len(found) == 0:
        raise ValueError(f"No row is complete, so nothing can be said about “{name}”.")
    if found.min() == found.max():
        only = "yes" if found[0] else "no"
        where = " in the rows that are left" if why else ""
        end = f" {why}" if why else ""
        raise ValueError(
            f"In “{name}” every answer is {only}{where}. To compare, some must be yes and some no.{end}"
        )


def level(given: Any) -> float:
    """A confidence level, such as 0.95."""
    found = _number(given) if np.ndim(given) == 0 else np.inf
    if not 0 < found < 1:
        raise ValueError(
            f"A level of {shown(given)} cannot be. Write a number between 0 and 1, such as 0.95."
        )
    return found


def _tidy(value: object) -> object:
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", " ".join(value.strip(_UNSEEN + " \t\n\xa0").split()))


def listed(names: Sequence[Any]) -> str:
    """“a”, “b” and “c”."""
    quoted = [f"“{shown(each)}”" for each in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def _series(values: Any, name: str) -> pd.Series:
    if isinstance(values, pd.DataFrame | dict):
        raise ValueError(
            f'“{name}” needs one column of values, not a table. Give one column, such as table["{name}"].'
        )
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise ValueError(f"“{name}” needs a list or a column of values, not “{shown(values)}”.")
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise ValueError(f"“{name}” needs one column of values, not a table with {values.ndim} dimensions.")
    given = values if isinstance(values, np.ndarray | pd.api.extensions.ExtensionArray) else list(values)
    return pd.Series(given, dtype=None if len(given) else float)


def _number(value: object) -> float:
    if is_empty(value):
        return np.nan
    try:
        return float(to_text(value).replace("−", "-"))
    except (TypeError, ValueError):
        return np.inf


def _yes(value: object) -> float:
    key = word_key(value if isinstance(value, str) else number_text(value) if _is_real(value) else str(value))
    return np.nan if is_empty(value) else 1.0 if key in YES else 0.0 if key in NO else np.inf


def _is_real(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f". Write a number from {number_text(low)} to {number_text(high)}"
    return f". Write a number of {number_text(low)} or more" if low is not None else ""


def _between(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f" from {number_text(low)} to {number_text(high)}"
    if low is not None:
        return f" of {number_text(low)} or more"
    return f" of {number_text(high)} or less" if high is not None else ""


def _fault(series: pd.Series, bad: np.ndarray, name: str, words: str) -> None:
    rows = np.flatnonzero(bad)
    first, *others = (f"row {row + 2}" for row in rows[:LISTED])
    more = f" The same in {', '.join(others)}" if others else ""
    more += f" and {len(rows) - LISTED} more." if len(rows) > LISTED else "." if others else ""
    raise ValueError(f"“{name}”, {first}: “{shown(series.iloc[rows[0]])}” {words}.{more} {ROWS}")

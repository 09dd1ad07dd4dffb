"""Words for what somebody gave: one person or several, and what is too large to quote in a message."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey import Journey
from cxkit.journey_cells import shown

__all__ = ["counted", "told"]


def told(given: Any) -> str:
    """What was given, as a message names it: a short value in quotation marks, or else what kind of thing it is.

    >>> print(told("fone"), told(pd.DataFrame({"a": [1]})), told([1, 2]), sep=", ")
    “fone”, a table, a list
    """
    if isinstance(given, Journey):
        return "a journey"
    if isinstance(given, pd.DataFrame) or (isinstance(given, np.ndarray) and given.ndim > 1):
        return "a table"
    if isinstance(given, pd.Series):
        return "a column"
    if isinstance(given, np.ndarray | pd.Index | pd.api.extensions.ExtensionArray | list | tuple):
        return "a list"
    if isinstance(given, dict | set | frozenset | bytes):
        return shown(given)
    return f"“{shown(given)}”"


def counted(n: float, one: str, several: str) -> str:
    """A number of things with the word that fits it.

    >>> counted(1, "person", "people"), counted(1200, "person", "people")
    ('1 person', '1,200 people')
    """
    return f"{n:,} {one if n == 1 else several}"

"""The gap between what a customer expected and what the customer experienced."""

from __future__ import annotations

import pandas as pd

from cxkit.journey import Journey
from cxkit.journey_cells import shown


def gap(journey: Journey) -> pd.DataFrame:
    """The gap at each touchpoint: experienced − expected, so a disappointment is negative.

    Args:
        journey: scores run from 1 to 10.

    Returns:
        One row per touchpoint, in the order of the journey: `touchpoint`, `expected`, `experienced`, `gap`
        (−9 to 9). Where one of the two scores is unknown, so is the gap (NaN).

    Raises:
        ValueError: if `journey` is not a `Journey`.

    >>> journey = Journey([{"stage": "care", "touchpoint": "Calls", "channel": "phone",
    ...                     "expected": 7, "experienced": 2}])
    >>> gap(journey)
      touchpoint  expected  experienced  gap
    0      Calls       7.0          2.0 -5.0
    """
    if not isinstance(journey, Journey):
        raise ValueError(f"gap needs a journey, not “{shown(journey)}”. Read one with read_journey.")
    table = journey.table[["touchpoint", "expected", "experienced"]]
    # Rounded, so that 4.19 − 4.44 shows as −0.25 and not as −0.2500000000000009.
    return table.assign(gap=(table["experienced"] - table["expected"]).round(10))

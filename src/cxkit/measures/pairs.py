"""Columns that tell of the same people: put side by side by their row labels, where they have some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxkit.journey_cells import shown

__all__ = ["paired"]


def paired(given: Mapping[str, Any]) -> list[Any]:
    """The values, each Series in the order of the first one's row labels; lists and arrays as they stand.

    Args:
        given: values by name. What is no Series pairs by position.

    Raises:
        ValueError: where Series do not have the same labels, or labels repeat and stand in another order, so
            that nobody knows which value belongs to whom; or a list stands beside Series in different orders.

    >>> one, other = pd.Series([1, 2], index=["P1", "P2"]), pd.Series([20, 10], index=["P2", "P1"])
    >>> [each.tolist() for each in paired({"lost": one, "value": other})]
    [[1, 2], [10, 20]]
    """
    labelled = {name: each for name, each in given.items() if isinstance(each, pd.Series)}
    if len(labelled) < 2:
        return list(given.values())
    first, *others = labelled
    order = labelled[first].index
    found = dict(given)
    for name in others:
        labels = labelled[name].index
        if len(labels) != len(order) or labels.equals(order):
            continue  # a difference in length is told by the measure
        if not (labels.is_unique and order.is_unique):
            raise ValueError(
                f"{first} and {name} have row labels that repeat, in different orders, so nobody can tell which "
                "value belongs to whom. Take both from one table."
            )
        lacking = order.difference(labels, sort=False)
        if len(lacking):
            raise ValueError(
                f"{first} and {name} have different row labels: “{shown(lacking[0])}” is in {first} alone. "
                "Take both from one table, or give them as lists, which pair by position."
            )
        plain = [
            other
            for other, each in given.items()
            if other not in labelled and hasattr(each, "__len__") and not isinstance(each, str)
        ]
        if plain:
            raise ValueError(
                f"{first} and {name} have the same row labels in different orders, and {plain[0]} has none, so nobody "
                "can tell which value belongs to whom. Take all from one table."
            )
        found[name] = labelled[name].reindex(order)
    return list(found.values())

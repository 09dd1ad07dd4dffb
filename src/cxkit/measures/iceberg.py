"""The complaints that are heard, and the silence below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from . import checks
from .confidence import Z95
from .estimate import Estimate, number, people_table
from .shares import share
from .told import counted

__all__ = ["Iceberg", "iceberg"]


@dataclass(frozen=True)
class Iceberg:
    """The complaints that were heard, and the people who stayed silent.

    Attributes:
        heard: how many people spoke up.
        people: an Estimate of all who had a reason to.
        silent: an Estimate of those who said nothing.
        speaks_up: the share who speak up, as text.
        source: where that share comes from.
        words: one sentence.
    """

    heard: int
    people: Estimate
    silent: Estimate
    speaks_up: str
    source: str
    words: str

    def __repr__(self) -> str:
        return f"Heard: {self.heard:,}\n{self.silent!r}\n{self.people!r}\n{self.words}"

    def _repr_html_(self) -> str:
        return people_table(
            [("heard", self.heard), ("silent", self.silent), ("in all", self.people)], self.words
        )


def iceberg(heard: int, speaks_up: Any = None, source: str = "") -> Iceberg:
    """Estimate how many people had a reason to complain but stayed silent: the ice under the water.

    If a share s of the people with a problem speaks up, `heard` people stand for heard ÷ s. The interval joins two
    doubts in squares, on the scale of logarithms (the rule of Zou & Donner 2008): how sure the share is, and chance,
    since even with a known share the number who speak up differs from year to year.

    The share must come from *other* people like these: a survey that asked people with a problem whether they said so,
    or a study. It must not come from the people who were heard: that would be a circle. If you know how many of your
    own people had a problem and how many of these spoke up, you have counted the silent, and need no estimate.

    Args:
        heard: how many people spoke up; a whole number, 1 or more.
        speaks_up: the share of other people with a problem who speak up: a number above 0 and up to 1, an `Estimate`,
            or a pair (spoke up, asked), such as (31, 100).
        source: where this share comes from, in words: who was asked, by whom, when. It is printed with the result.

    Returns:
        An `Iceberg` with `.heard`, `.people` (Estimate), `.silent` (Estimate), `.words`.

    Raises:
        ValueError: without a share or without a source. There is no default on purpose: the share depends on who is
            asked, about what, and how hard it is to complain. Also for a pair (k, n) in which k is `heard`: the circle.

    >>> found = iceberg(40, 0.2, source="our exit survey, 2025")
    >>> found.people.value, found.silent.value
    (200.0, 160.0)
    >>> print(found.words.split(" If")[0])
    40 people spoke up. Of other people like them, 20% speak up (source: our exit survey, 2025).
    """
    if speaks_up is None or not isinstance(source, str) or not source.strip():
        lacking = "share" if speaks_up is None else "source"
        raise ValueError(
            f"The {lacking} is missing. How many people speak up depends on who is asked, about what, and how easy it is "
            "to complain: studies differ widely. So there is no default. "
            "Give speaks_up, and in source write where the share comes from."
        )
    count = checks.one_number(heard, "“heard”", 1, whole=True)
    part = share(speaks_up, "speaks_up")
    if part.value == 0:
        raise ValueError(
            "“speaks_up”: if nobody ever spoke up, nobody would have been heard. Write a share above 0."
        )
    if isinstance(speaks_up, tuple | list) and speaks_up[0] == count:
        raise ValueError(_circle(*map(int, speaks_up)))
    value = count / part.value
    chance = Z95 * np.sqrt((1 - part.value) / count)
    with np.errstate(divide="ignore"):
        more = np.hypot(np.log(part.value) - np.log(part.low), chance)
    less = np.hypot(np.log(part.high) - np.log(part.value), chance)
    low, high = max(float(value * np.exp(-less)), count), float(value * np.exp(more))
    interval = "95% interval, from chance and from how sure the share is"
    if not part.interval:
        interval = "95% interval, from chance alone: the share is taken as exactly known"
    source = " ".join(source.split())
    words = (
        f"{counted(int(count), 'person', 'people')} spoke up. Of other people like them, {part} speak up "
        f"(source: {source}). If that holds here too, about {number(round(value))} had a reason to, and "
        f"{number(round(value - count))} stayed silent."
    )

    def people_who(name: str, less: float) -> Estimate:
        ends = value - less, low - less, high - less
        unit = "person" if ends[0] == 1 else "people"
        return Estimate(*ends, int(count), interval, name, unit, words)

    people, silent = people_who("People with a reason", 0), people_who("Silent", count)
    return Iceberg(int(count), people, silent, str(part), source, words)


def _circle(k: int, n: int) -> str:
    silent = f"{n - k:,}" if n > k else "nobody"
    return (
        f"“speaks_up” is ({k:,}, {n:,}), and “heard” is {k:,} too. If these are the same people, this is a circle: of the "
        f"{counted(n, 'person', 'people')}, {silent} stayed silent. They are counted already; there "
        "is nothing to estimate. The share must come from other people like these: a survey or a study. If it does, and the "
        f"two numbers are alike by chance, write speaks_up=proportion({k}, {n})."
    )

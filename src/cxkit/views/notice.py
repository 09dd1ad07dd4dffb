"""A timeline that shows how much time is left to act, from the moment when the customer is told."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .look import ABOVE, ABOVE_FILL, BELOW, BELOW_FILL, BLUE, INK, PAPER, QUIET
from .picture import Picture


def draw_notice(places: Sequence[str], days_left: Sequence[float], told: int, needed: float) -> Picture:
    """Draw the places where a customer can be told, the time left from there, and the time a change needs.

    Parameters: `places`, names in time order; `days_left`, days from each place to the event (≥ 0, falling);
    `told`, index of the place where the customer is told; `needed`, days that a change takes (≥ 0).
    Raises ValueError where the two lists differ in length or `told` is not one of them.

    >>> draw_notice(["call", "visit", "birth"], [90, 30, 0], told=1, needed=60).alt  # doctest: +ELLIPSIS
    'A timeline of 3 moments before the event. Told at “visit”: 30 days are left and a change needs 60: too late...
    """
    if len(places) != len(days_left) or not 0 <= told < len(places):
        raise ValueError(
            f"{len(places)} places need as many numbers of days, and `told` from 0 to {len(places) - 1}."
        )
    left = days_left[told]
    in_time = left >= needed
    verdict = "in time" if in_time else "too late"
    alt = (
        f"A timeline of {len(places)} moments before the event. Told at “{places[told]}”: {left:g} days are left and a "
        f"change needs {needed:g}: {verdict}."
    )
    twin = pd.DataFrame(
        {
            "moment": places,
            "days left": days_left,
            "in time": ["yes" if one >= needed else "no" for one in days_left],
        }
    )
    picture = Picture(alt=alt, twin=twin, title="When is she told?", figsize=(9.6, 3.4), facecolor=PAPER)
    axes = picture.add_axes((0.03, 0.05, 0.94, 0.9))
    axes.set_axis_off()
    longest = max(days_left)
    axes.set_xlim(longest * 1.06, -longest * 0.06)
    axes.set_ylim(-1.9, 2.3)

    fill, ink = (ABOVE_FILL, ABOVE) if in_time else (BELOW_FILL, BELOW)
    axes.barh(0, left, height=0.5, color=fill, edgecolor=ink, hatch="" if in_time else "///", linewidth=1.2)
    axes.plot([longest, 0], [0, 0], color=INK, linewidth=2.2, solid_capstyle="round")
    axes.plot(
        days_left,
        [0] * len(days_left),
        "o",
        color=PAPER,
        markeredgecolor=INK,
        markersize=9,
        markeredgewidth=1.8,
    )
    axes.plot([left], [0], marker="*", markersize=24, color=ink, markeredgecolor=PAPER)
    say = f"Told here: {left:g} days left, {verdict}"
    side = "left" if left > longest * 0.6 else "right" if left < longest * 0.25 else "center"
    axes.annotate(
        f"{'✓' if in_time else '✗'} {say}",
        (left, 0.42),
        (left, 1.0),
        ha=side,
        fontsize=14,
        color=ink,
        weight="bold",
    )
    axes.annotate(places[told], (left, 0), (left, 1.65), ha=side, fontsize=12, color=INK)

    axes.annotate(
        "", (needed, -0.85), (0, -0.85), arrowprops={"arrowstyle": "|-|", "color": BLUE, "linewidth": 2}
    )
    axes.text(
        needed / 2, -1.2, f"a change needs {needed:g} days", ha="center" if needed >= 45 else "right", va="top",
        fontsize=12, color=BLUE,
    )  # fmt: skip
    axes.plot([needed, needed], [-0.85, 0.25], color=BLUE, linewidth=1.2, linestyle=(0, (4, 3)))
    if told != len(places) - 1:
        axes.text(0, -0.32, places[-1], ha="right", va="top", fontsize=11, color=QUIET)
    if told != 0:
        axes.text(longest, -0.32, places[0], ha="left", va="top", fontsize=11, color=QUIET)
    return picture

"""A feedback plan drawn by its consequences: what three questions bring, and who is still there for the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from . import look
from .charts.frame import About, Chart, open_chart
from .layout import cut, wrap
from .picture import Picture

if TYPE_CHECKING:
    from cxkit.measures.estimate import Estimate

LABEL = 11.5


@dataclass(frozen=True)
class Card:
    """A question of a survey: its words, what an answer brings, and whether that is of use."""

    asks: str
    brings: str
    useful: bool


def draw_loop(cards: Sequence[Card], of: int, owner: str, days: int, there: Estimate) -> Picture:
    """Draw the questions of a survey with what they bring, and how many of 100 people still wait for the answer.

    Parameters: `cards`, the questions chosen so far; `of`, how many there should be; `owner`, who answers, or ""; `days`
    until the answer; `there`, the share (0 to 1) of people who are still there then.

    >>> from cxkit.measures.estimate import Estimate
    >>> draw_loop([Card("How easy was it?", "a score", True)], 3, "", 2, Estimate(0.94, 0.92, 0.95, 1653)).title
    'After 2 days, about 94 of 100 are still there for the answer'
    """
    left = round(100 * there.value)
    between = f"{100 * there.low:.0f} to {100 * there.high:.0f}"
    when = "On the same day" if days == 0 else f"After {days} day{'s' if days > 1 else ''}"
    who = owner or "nobody yet"
    twin = pd.DataFrame(
        {
            "part": [*(f"question {place + 1}" for place in range(len(cards))), "who answers", "still there"],
            "what": [*(card.asks for card in cards), who, f"{left} of 100 ({between}) {when.lower()}"],
            "brings": [*(card.brings for card in cards), "", ""],
        }
    )
    about = About(
        f"{when}, about {left} of 100 are still there for the answer",
        "Left: what your questions bring. Right: 100 patients who wait for word from the clinic.",
        [
            "From the records of the dental case, which are made up: of those who wait after the images, each day "
            f"loses some (95% interval {between} of 100, n = {there.n:,}).",
            "That a wait for an answer works like a wait for that call is our assumption. A link is no proof of cause.",
        ],
        f"{when}, about {left} of 100 patients are still there ({between}). Who answers: {who}. "
        + " ".join(f"“{card.asks}” brings {card.brings}." for card in cards),
        twin,
        "en",
        "16:9",
    )
    chart = open_chart(about, lambda width: 270.0)
    half = chart.width * 0.56
    _cards(chart, cards, of, who, days, half)
    _people(chart, left, between, half + 34)
    return chart.picture


def _cards(chart: Chart, cards: Sequence[Card], of: int, who: str, days: int, wide: float) -> None:
    places = max(of, len(cards))
    foot = 46.0
    tall = (chart.bottom - chart.top - foot) / places - 8
    for place in range(places):
        y = chart.top + place * (tall + 8)
        card = cards[place] if place < len(cards) else None
        over = place >= of
        edge = look.RULE if card is None else look.ABOVE if card.useful and not over else look.BELOW
        chart.box(chart.left(0, wide), y, wide, tall, edge=edge, line=1.4, radius=6, order=1,
                  style="-" if card else (0, (4, 3)))  # fmt: skip
        if card is None:
            empty = wrap(f"Question {place + 1}: not chosen yet", LABEL, wide - 24)
            chart.read(12, y + tall / 2 - empty.height / 2, empty, look.QUIET, gid="card")
            continue
        lines = max(int((tall - 22) / (LABEL * 1.17)), 1)
        asks = cut(wrap(card.asks, LABEL, wide - 24, bold=True), min(lines, 2))
        told = "✗ one too many" if over else f"{'✓' if card.useful else '✗'} brings {card.brings}"
        brings = cut(wrap(told, LABEL, wide - 24), 1)
        y += (tall - asks.height - brings.height - 4) / 2
        chart.read(12, y, asks, gid="card")
        chart.read(12, y + asks.height + 4, brings, edge, gid="card")
    y = chart.bottom - foot + 10
    within = "on the same day" if days == 0 else f"within {days} day{'s' if days > 1 else ''}"
    says = cut(wrap(f"Who answers: {who}, {within}", LABEL, wide), 2)
    chart.read(0, y, says, gid="owner")


def _people(chart: Chart, there: int, between: str, start: float) -> None:
    wide = chart.width - start
    foot = 46.0
    side = min(wide, chart.bottom - chart.top - foot) / 10
    for here, places in ((True, range(there)), (False, range(there, 100))):
        chart.line(
            [chart.left(start + (place % 10 + 0.5) * side) for place in places],
            [chart.top + (place // 10 + 0.5) * side for place in places],
            look.BLUE if here else look.BELOW,
            0,
            order=2,
            marker="o" if here else "x",
            markersize=side * 0.52,
            markeredgewidth=1.8,
        )
    y = chart.bottom - foot + 10
    chart.read(start, y, wrap(f"● still there: {there} ({between})", LABEL, wide), look.BLUE, gid="key")
    chart.read(start, y + 18, wrap(f"× are gone: {100 - there}", LABEL, wide), look.BELOW, gid="key")

"""The scores of one journey as a line, with what the mean says of it and what memory may keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from .layout import cut, wrap
from .look import BELOW, BLUE, INK, PAPER, QUIET, RULE, STAR, STAR_FILL
from .page import MARGIN
from .picture import Picture
from .slate import LABEL, SMALL, WIDTH, Slate, open_slate

_LINE, _SIDE, _AXIS = 126.0, 150.0, 30.0


def draw_memory(
    names: Sequence[str],
    scores: Sequence[float],
    title: str,
    *,
    before: Sequence[float] | None = None,
    starred: Sequence[int] = (),
    marked: int | None = None,
    lines: Sequence[tuple[str, float]] = (),
    drawn: str = "",
    note: str = "",
) -> Picture:
    """Draw scores from 1 to 10 in their order.

    Parameters: `before`, the same scores before a change, as a dashed line; `starred`, places that get a star;
    `marked`, a place that gets a ring and its score in red; `lines`, further numbers on the same scale, each a name and a
    value, drawn across the chart and named at its side.
    Raises ValueError where names and scores differ in number.

    >>> draw_memory(["call", "visit"], [7, 2], "It ends badly", lines=[("mean", 4.5)]).alt
    'It ends badly. In order: call 7, visit 2. mean: 4.5.'
    """
    if len(names) != len(scores) or not names:
        raise ValueError(f"{len(names)} names need as many scores, not {len(scores)}.")
    order = ", ".join(f"{name} {score:g}" for name, score in zip(names, scores, strict=True))
    beside = "".join(f" {name}: {value:.3g}." for name, value in lines)
    twin = pd.DataFrame({"touchpoint": names, "score": [f"{score:g}" for score in scores]})
    if before is not None:
        twin.insert(1, "score before", [f"{score:g}" for score in before])
    if starred:
        twin["chosen"] = ["yes" if place in starred else "" for place in range(len(names))]
    side = _SIDE if lines else 0.0
    wide = WIDTH - _AXIS - side
    step = wide / len(names)
    blocks = [
        cut(wrap(name, SMALL, step - 5, bold=place == marked or place in starred), 4)
        for place, name in enumerate(names)
    ]
    tallest = max(block.height for block in blocks)
    slate = open_slate(
        title, drawn, note, _LINE + 28 + tallest, alt=f"{title}. In order: {order}.{beside}", twin=twin,
        caption="One journey, touchpoint by touchpoint",
    )  # fmt: skip
    page = slate.page
    top = slate.top + 14
    xs = [MARGIN + _AXIS + step * (place + 0.5) for place in range(len(names))]

    def height(score: float) -> float:
        return top + _LINE * (10 - score) / 9

    for tick in (1, 4, 7, 10):
        page.line([MARGIN + _AXIS, MARGIN + _AXIS + wide], [height(tick)] * 2, RULE, 0.8)
        slate.beside(_AXIS - 6, height(tick), wrap(str(tick), SMALL, 30), QUIET, align="end")
    if before is not None:
        page.line(xs, [height(score) for score in before], QUIET, 1.4, (0, (4, 3)), 2)
    page.line(xs, [height(score) for score in scores], INK, 2.2, order=3)
    for place, (x, score) in enumerate(zip(xs, scores, strict=True)):
        star, ring = place in starred, place == marked
        page.line(
            [x], [height(score)], INK, 0, order=5, marker="*" if star else "o", markersize=19 if star else 8,
            markerfacecolor=STAR_FILL if star else PAPER if ring else INK,
            markeredgecolor=STAR if star else BELOW if ring else INK, markeredgewidth=2.2 if ring else 1.2,
        )  # fmt: skip
        above = score < 9
        label = wrap(f"{score:g}", LABEL, 40, bold=True)
        y = height(score) - 12 - label.height if above else height(score) + 9
        slate.text(x - MARGIN, y, label, BELOW if ring else INK, align="middle")
        slate.text(
            x - MARGIN, top + _LINE + 14, blocks[place], INK if ring or star else QUIET, align="middle"
        )
    _beside(slate, lines, height, wide)
    return slate.picture


def _beside(
    slate: Slate, lines: Sequence[tuple[str, float]], height: Callable[[float], float], wide: float
) -> None:
    """Numbers across the chart, their names at its side, apart from each other."""
    looks = ((BLUE, (0, (1.5, 2))), (BELOW, "-"))
    blocks = [wrap(f"{name}: {value:.3g}", LABEL, _SIDE - 14, bold=True) for name, value in lines]
    places = [height(value) for _, value in lines]
    if len(places) == 2:
        least = (blocks[0].height + blocks[1].height) / 2 + 4
        short = least - abs(places[0] - places[1])
        if short > 0:
            up = 0 if places[0] <= places[1] else 1
            places[up] -= short / 2
            places[1 - up] += short / 2
    for (_, value), block, place, (colour, style) in zip(lines, blocks, places, looks, strict=False):
        slate.page.line(
            [MARGIN + _AXIS, MARGIN + _AXIS + wide + 4], [height(value)] * 2, colour, 1.8, style, 2.5
        )
        slate.beside(_AXIS + wide + 10, place, block, colour)

"""Names beside points: placed where they cover neither one another nor a point."""

from __future__ import annotations

import math
from collections.abc import Sequence

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_AIR = 2.0
_APART = 3.0
_DOUBT = 20.0


def apart(one: Box, other: Box) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def covered(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0.0) * max(tall, 0.0)


def place(
    points: Sequence[tuple[float, float]],
    sizes: Sequence[tuple[float, float]],
    panel: Box,
    blocked: Sequence[Box] = (),
    disliked: Sequence[Box] = (),
    reach: float = 9.0,
    far: float = 90.0,
    cross: tuple[float, float] | None = None,
) -> list[Box] | None:
    """A box for each point: near it, inside the panel, and apart from the other boxes, the points and `blocked`.

    Args:
        points: the points, and `sizes` the width and height of what stands beside each.
        disliked: boxes that may be covered, but rather not.
        reach: how far from its point a box begins.
        far: how far it may be moved away at most.
        cross: where two lines cross that part the panel into fields: a box rather stays in the field of its point.

    Returns:
        The boxes in the order of the points; None where there is no room for all.

    >>> place([(50, 50)], [(20, 10)], (0, 0, 100, 100))
    [(59.0, 45.0, 79.0, 55.0)]
    """
    marks = [(x - 5.5, y - 5.5, x + 5.5, y + 5.5) for x, y in points]
    found: dict[int, Box] = {}
    # Those with the most neighbours choose first.
    crowd = [sum(math.hypot(x - u, y - v) < far for u, v in points) for x, y in points]
    for index in sorted(range(len(points)), key=lambda each: (-crowd[each], -sizes[each][0])):
        others = [*found.values(), *blocked, *marks]
        best, cost = None, math.inf
        for box, far_off in _candidates(points[index], sizes[index], reach, far):
            if far_off >= cost:
                break  # they come in order of distance, and a dislike only adds to it
            inside = box[0] >= panel[0] and box[1] >= panel[1] and box[2] <= panel[2] and box[3] <= panel[3]
            if not inside:
                continue
            wide = (box[0] - _AIR, box[1] - _AIR / 2, box[2] + _AIR, box[3] + _AIR / 2)
            if all(apart(wide, other) for other in others):
                dislike = far_off + sum(covered(wide, other) for other in disliked) / 2.5
                if cross is not None:
                    dislike += 12 * _strays(points[index], box, cross)
                if doubtful(index, box, points):
                    dislike += _DOUBT
                if dislike < cost:
                    best, cost = box, dislike
        if best is None:
            return None
        found[index] = best
    return [found[index] for index in range(len(points))]


def away(point: tuple[float, float], box: Box) -> float:
    """How far a point lies from a box; 0 inside it."""
    (x, y), (left, top, right, bottom) = point, box
    return math.hypot(max(left - x, 0.0, x - right), max(top - y, 0.0, y - bottom))


def doubtful(index: int, box: Box, points: Sequence[tuple[float, float]]) -> bool:
    """Whether a box may be taken for that of another point: one that lies hardly further from it than its own."""
    own = away(points[index], box)
    return any(away(point, box) < own + _APART for place, point in enumerate(points) if place != index)


def _strays(point: tuple[float, float], box: Box, cross: tuple[float, float]) -> bool:
    middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(
        (here < line) != (there < line) for here, there, line in zip(point, middle, cross, strict=True)
    )


def _candidates(
    point: tuple[float, float], size: tuple[float, float], reach: float, far: float
) -> list[tuple[Box, float]]:
    (x, y), (wide, tall) = point, size
    boxes = []
    away = reach
    while away <= far:
        for turn in range(16):
            angle = turn * math.pi / 8
            across, down = math.cos(angle), math.sin(angle)
            # the box touches a circle of this radius around the point
            middle_x = x + across * (away + wide / 2) if abs(across) > 0.38 else x + across * wide / 2
            middle_y = y + down * (away + tall / 2) if abs(down) > 0.38 else y + down * tall / 2
            left, top = round(middle_x - wide / 2, 3), round(middle_y - tall / 2, 3)
            boxes.append(((left, top, left + wide, top + tall), away - reach + 0.3 * (turn % 8 != 0)))
        away += 4.0
    return boxes

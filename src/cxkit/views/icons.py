"""Small line icons, drawn with paths so that no machine lacks a glyph for them.

Each icon lives in a box from -1 to 1, y pointing down. It is a list of strokes: a path, and whether it is
filled.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.path import Path

Stroke = tuple[Path, bool]

DIRECTED = ("passed",)
"""Icons that point the way one reads, and are turned round in Hebrew."""


def icon(name: str) -> list[Stroke]:
    """The strokes of an icon: a channel ("web", "in person", …) or a mark ("no owner", "service", …).

    A channel that is not known gets the icon of "other".

    >>> len(icon("email")) > 0
    True
    """
    return _ICONS.get(name, _other)()


def _line(*points: tuple[float, float], close: bool = False) -> Path:
    return Path(np.array([*points, points[0]] if close else points), closed=close)


def _oval(x: float, y: float, width: float, height: float | None = None) -> Path:
    circle = Path.unit_circle()
    return Path(
        np.asarray(circle.vertices) * [width, width if height is None else height] + [x, y], circle.codes
    )


def _arc(x: float, y: float, width: float, height: float, start: float, end: float) -> Path:
    arc = Path.arc(start, end)
    return Path(np.asarray(arc.vertices) * [width, height] + [x, y], arc.codes)


def _box(left: float, top: float, right: float, bottom: float) -> Path:
    return _line((left, top), (right, top), (right, bottom), (left, bottom), close=True)


def _polygon(*points: tuple[float, float]) -> Path:
    return _line(*points, close=True)


def _web() -> list[Stroke]:
    return [
        (_oval(0, 0, 0.92), False),
        (_oval(0, 0, 0.4, 0.92), False),
        (_line((-0.92, 0), (0.92, 0)), False),
    ]


def _phone() -> list[Stroke]:
    # A handset on a grid of 24: ear piece at the top left, mouth piece at the bottom right.
    start, line, bend, curve = Path.MOVETO, Path.LINETO, Path.CURVE3, Path.CURVE4
    steps = [
        (start, 4.6, 1.8), (line, 7.4, 1.8), (bend, 9, 1.8), (bend, 9.3, 3.4), (line, 9.9, 6.8),
        (bend, 10.1, 8), (bend, 9.3, 8.8), (line, 8.1, 10), (bend, 10.4, 13.6), (bend, 14, 15.9),
        (line, 15.2, 14.7), (bend, 16, 13.9), (bend, 17.2, 14.1), (line, 20.6, 14.7), (bend, 22.2, 15),
        (bend, 22.2, 16.6), (line, 22.2, 19.4), (bend, 22.2, 22.2), (bend, 19.4, 22.2),
        (curve, 10, 22.2), (curve, 1.8, 14), (curve, 1.8, 4.6), (bend, 1.8, 1.8), (bend, 4.6, 1.8),
    ]  # fmt: skip
    vertices = np.array([(x / 12 - 1, y / 12 - 1) for _, x, y in steps])
    return [(Path(vertices, [code for code, _, _ in steps]), False)]


def _person(x: float = 0) -> list[Stroke]:
    shoulders = _arc(x, 0.95, 0.72, 0.86, 180, 360)
    points = np.asarray(shoulders.vertices)
    closed = Path(np.concatenate([points, points[:1]]), np.append(np.asarray(shoulders.codes), Path.LINETO))
    return [(_oval(x, -0.5, 0.42), False), (closed, False)]


def _email() -> list[Stroke]:
    return [(_box(-0.95, -0.65, 0.95, 0.65), False), (_line((-0.95, -0.6), (0, 0.15), (0.95, -0.6)), False)]


def _letter() -> list[Stroke]:
    sheet = _polygon((-0.7, -0.95), (0.3, -0.95), (0.7, -0.55), (0.7, 0.95), (-0.7, 0.95))
    return [(sheet, False)] + [(_line((-0.35, y), (0.35, y)), False) for y in (-0.25, 0.15, 0.55)]


def _app() -> list[Stroke]:
    return [(_box(-0.55, -0.95, 0.55, 0.95), False), (_line((-0.18, 0.66), (0.18, 0.66)), False)]


def _messaging() -> list[Stroke]:
    bubble = _polygon(
        (-0.95, -0.75), (0.95, -0.75), (0.95, 0.4), (-0.1, 0.4), (-0.5, 0.9), (-0.5, 0.4), (-0.95, 0.4)
    )
    return [(bubble, False)] + [(_oval(x, -0.17, 0.1), True) for x in (-0.45, 0, 0.45)]


def _other() -> list[Stroke]:
    return [(_oval(0, 0, 0.92), False)] + [(_oval(x, 0, 0.11), True) for x in (-0.42, 0, 0.42)]


def _no_owner() -> list[Stroke]:
    return [*_person(), (_line((-0.95, 0.95), (0.95, -0.95)), False)]


def _star() -> list[Stroke]:
    star = Path.unit_regular_star(5, 0.42)
    return [(Path(np.asarray(star.vertices) * [1, -1], star.codes), True)]


def _hollow_star() -> list[Stroke]:
    return [(path, False) for path, _ in _star()]


def _pain() -> list[Stroke]:
    """An exclamation mark in a circle."""
    return [
        (_oval(0, 0, 0.92), False),
        (_line((0, -0.45), (0, 0.12)), False),
        (_oval(0, 0.46, 0.12), True),
    ]


def _handoff() -> list[Stroke]:
    return [(_line((-0.4, -0.7), (0.4, 0), (-0.4, 0.7)), False)]


def _broken() -> list[Stroke]:
    return [(_line((-0.55, -0.55), (0.55, 0.55)), False), (_line((-0.55, 0.55), (0.55, -0.55)), False)]


def _service() -> list[Stroke]:
    return [(_box(-0.7, -0.7, 0.7, 0.7), True)]


def _sales() -> list[Stroke]:
    return [(_polygon((0, -0.85), (0.9, 0.75), (-0.9, 0.75)), True)]


def _both() -> list[Stroke]:
    return [
        (_box(-0.98, -0.5, -0.1, 0.5), True),
        (_polygon((0.5, -0.6), (1.02, 0.5), (-0.02, 0.5)), True),
    ]


_ICONS: dict[str, Callable[[], list[Stroke]]] = {
    "web": _web,
    "phone": _phone,
    "in person": _person,
    "email": _email,
    "letter": _letter,
    "app": _app,
    "messaging": _messaging,
    "other": _other,
    "no owner": _no_owner,
    "star": _star,
    "hollow star": _hollow_star,
    "pain": _pain,
    "passed": _handoff,
    "broken": _broken,
    "service": _service,
    "sales": _sales,
    "both": _both,
}

"""The look that every view shares: one palette, and the sizes of paper."""

from __future__ import annotations

from cxkit.views.words import words as words

INK = "#1B2733"
"""Text and the experienced line."""
QUIET = "#52606D"
"""Second-rank text; still at least 4.5 : 1 on every band."""
RULE = "#D5DCE3"
PAPER = "#FFFFFF"
BLUE = "#0B5C94"
"""Expected (Okabe-Ito blue, darkened so that it can carry text)."""
BELOW = "#A33B00"
"""Experienced below expected, and whatever is missing (Okabe-Ito vermillion, darkened)."""
BELOW_FILL = "#F6CDB5"
BELOW_PALE = "#FFF3EC"
ABOVE = "#00664C"
"""Experienced above expected, and openings to do better (Okabe-Ito green, darkened)."""
ABOVE_FILL = "#A8D8D0"
STAR = "#7A4B00"
"""Moments of truth (Okabe-Ito orange, darkened)."""
STAR_FILL = "#E69F00"

STAGES = {
    "pre-care": ("#EEF3FA", "#2F5D8C"),
    "care": ("#EFF5F0", "#33664A"),
    "post-care": ("#FAF3EB", "#7D5220"),
}
"""Stage: its band and the colour of its name."""

SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#1B2733")
"""Okabe-Ito, in the order in which charts should use it."""

SIZES = {
    "16:9": (13.333, 7.5),
    "A4": (11.693, 8.268),
    "A4 portrait": (8.268, 11.693),
    "A3": (16.535, 11.693),
}
"""Width and height in inches."""


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two `#rrggbb` colours, from 1 (the same) to 21 (black on white).

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

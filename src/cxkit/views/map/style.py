"""The three styles of a journey map, and the sizes of type that go with each paper."""

from __future__ import annotations

from dataclasses import dataclass

from cxkit.views import look

MILLIMETRE = 72 / 25.4


@dataclass(frozen=True)
class Area:
    """How the area between the two lines is filled."""

    fill: str
    hatch: str | None
    ink: str


@dataclass(frozen=True)
class Style:
    """What differs from style to style.

    `stages` are tint and ink of each stage; `quiet` is the second rank of text; `thick` multiplies lines; `solid`
    allows filled shapes; `brief` leaves out of the legend what the drawing says by itself; `left_out` are lanes
    that the style leaves to the table.
    """

    name: str
    stages: dict[str, tuple[str, str]]
    below: Area
    above: Area
    margin: float = 22.0
    quiet: str = look.QUIET
    rule: str = look.RULE
    thick: float = 1.0
    solid: bool = True
    brief: bool = False
    left_out: tuple[str, ...] = ()

    def stage(self, name: str) -> tuple[str, str]:
        return self.stages.get(name, self.stages["care"])


STYLES = {
    "screen": Style(
        "screen",
        look.STAGES,
        Area(look.BELOW_FILL, "////", "#E9AE8C"),
        Area(look.ABOVE_FILL, None, look.ABOVE),
    ),
    # White and hatched: it costs little ink, and a black and white printer keeps every difference.
    "print": Style(
        "print",
        {name: (look.PAPER, ink) for name, (_, ink) in look.STAGES.items()},
        Area(look.PAPER, "////", look.BELOW),
        Area(look.PAPER, "....", look.ABOVE),
        margin=10.5 * MILLIMETRE,
        quiet="#3A4652",
        rule="#8D98A3",
        solid=False,
    ),
    # A projector washes out pale tints and thin lines, and nobody reads a quotation from the fifth row.
    "projector": Style(
        "projector",
        {
            "pre-care": ("#E2ECF8", "#234B75"),
            "care": ("#E3F0E6", "#23513A"),
            "post-care": ("#F9EBDA", "#643F14"),
        },
        Area("#F3BC9C", "////", "#D98A5F"),
        Area("#A5D8C4", None, look.ABOVE),
        quiet="#36424E",
        rule="#A3AEB9",
        thick=1.4,
        brief=True,
        left_out=("quote", "opportunity"),
    ),
}


@dataclass(frozen=True)
class Type:
    """Sizes of type in points: of the title, of the head and the foot, and for the rows least, good and most."""

    title: float
    text: float
    least: float
    good: float
    most: float


def type_for(size: str, style: Style, touchpoints: int) -> Type:
    """The sizes of type for a paper, a style and so many touchpoints."""
    few = touchpoints <= 9
    if style.name == "projector":
        if size == "16:9":
            if touchpoints > 14:
                return Type(22.0, 9.0, 7.5, 9.0, 12.0)
            least = 11.0 if few else 9.0
            return Type(24.0, 11.0 if few else 10.0, least, 14.0 if few else 11.0, 20.0)
        least = (12.0 if size == "A3" else 10.0) if few else 8.0
        return Type(26.0 if size == "A3" else 22.0, max(least, 9.0), least, least + 2, 20.0)
    if size == "16:9":
        return Type(20.0, 9.0, 9.0 if few else 7.0, 9.0, _most(touchpoints, 13.0))
    if size == "A3":
        return Type(26.0, 10.0, 7.0, 9.0, _most(touchpoints, 12.5))
    return Type(17.0 if size == "A4 portrait" else 19.0, 8.0, 7.0, 8.0, _most(touchpoints, 11.0))


def _most(touchpoints: int, usual: float) -> float:
    """The largest type: a map of very few touchpoints would else leave half the page empty."""
    return usual + max(0.0, 6.0 - touchpoints)

"""A drawn picture taken apart again: its texts, boxes, lines and marks, in points from the top left.

Whatever the map draws can thus be drawn once more with other tools, and looks the same there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Patch, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text

from cxkit.views.layout import text_width

_MARK = "\u200f"
_ASCENT = 0.94
"""From the top of a line down to its baseline, as a multiple of the type size."""


@dataclass(frozen=True)
class Look:
    """Fill and line: colours as #rrggbb, "" for none; the line in points; how it is dashed, and a hatch."""

    fill: str = ""
    edge: str = ""
    line: float = 0.0
    dash: str = ""
    hatch: str = ""


@dataclass(frozen=True)
class Shape:
    """A box ("rect", "round"), a mark ("oval", "star") or one or more paths ("path")."""

    kind: str
    left: float
    top: float
    width: float
    height: float
    look: Look
    gid: str = ""
    order: float = 0.0
    radius: float = 0.0
    paths: tuple[tuple[Path, Look], ...] = ()
    smooth: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2

    def holds(self, other: Shape | Words, slack: float = 2.0) -> bool:
        return (
            self.left - slack <= other.left
            and other.left + other.width <= self.left + self.width + slack
            and self.top - slack <= other.top
            and other.top + other.height <= self.top + self.height + slack
        )


@dataclass(frozen=True)
class Words:
    """One block of text: its lines as drawn, and where it stands.

    `text` is what it says, where that is more than its lines; a `number` runs from left to right in any script.
    """

    lines: tuple[str, ...]
    left: float
    top: float
    width: float
    height: float
    size: float
    bold: bool
    italic: bool
    colour: str
    align: str
    gid: str = ""
    number: bool = False
    text: str = ""

    def below(self, other: Words) -> bool:
        """Whether `other` stands under this."""
        return other.top >= self.top + 0.8 * self.height

    @property
    def said(self) -> str:
        return self.text or " ".join(filter(None, self.lines))

    @property
    def middle(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2


@dataclass
class Drawn:
    """Everything on a picture, from the back to the front: its size in points, its shapes and its words."""

    width: float
    height: float
    shapes: list[Shape] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)


def take_apart(figure: Figure, right_to_left: bool = False) -> Drawn:
    """The shapes and words of a figure, in points from its top left corner.

    >>> from cxkit.views.picture import Picture
    >>> picture = Picture(figsize=(2, 1))
    >>> _ = picture.add_axes((0, 0, 1, 1)).text(0.5, 0.5, "two words", size=10)
    >>> [words.lines for words in take_apart(picture).words]
    [('two words',)]
    """
    width, height = (float(side) * 72 for side in figure.get_size_inches())
    drawn = Drawn(width, height)
    place = _Place(figure, height)
    artists = [artist for axes in figure.axes for artist in (*axes.patches, *axes.lines, *axes.collections)]
    artists += [artist for axes in figure.axes for artist in axes.artists]
    icons: dict[int, int] = {}
    for artist in sorted(artists, key=lambda each: each.get_zorder()):
        if not artist.get_visible():
            continue
        icon = _icon(artist)
        for shape in _shapes(artist, place):
            before = icons.get(icon)
            if before is not None and drawn.shapes[before].gid == shape.gid:
                drawn.shapes[before] = _joined(drawn.shapes[before], shape)
            elif drawn.shapes and _bracket(drawn.shapes[-1], shape):
                drawn.shapes[-1] = _joined(drawn.shapes[-1], shape)
            else:
                if icon:
                    icons[icon] = len(drawn.shapes)
                drawn.shapes.append(shape)
    texts = [text for axes in figure.axes for text in axes.texts if text.get_visible()]
    drawn.words = list(
        _blocks([_words(text, place, right_to_left) for text in texts if text.get_text().strip(_MARK + " ")])
    )
    return drawn


def _icon(artist: Any) -> int:
    """The strokes of one icon share the very place where they stand: what names it, or 0."""
    if not isinstance(artist, PathPatch):
        return 0
    place = artist.get_data_transform()
    return 0 if artist.axes is not None and place is artist.axes.transData else id(place)


class _Place:
    """From matplotlib's pixels, y up, to points, y down."""

    def __init__(self, figure: Figure, height: float) -> None:
        self.scale = 72 / figure.dpi
        self.height = height

    def points(self, pixels: Any) -> np.ndarray:
        points = np.asarray(pixels, dtype=float) * self.scale
        return np.column_stack([points[:, 0], self.height - points[:, 1]])

    def path(self, path: Path) -> Path:
        return Path(self.points(path.vertices), path.codes)


def _shapes(artist: Any, place: _Place) -> Iterator[Shape]:
    if isinstance(artist, Line2D):
        yield from _line(artist, place)
    elif isinstance(artist, Collection):
        yield from _collection(artist, place)
    elif isinstance(artist, Patch):
        look = _look(artist.get_facecolor(), artist.get_edgecolor(), artist.get_linewidth())
        look = replace(look, dash=_dash(artist.get_linestyle()), hatch=artist.get_hatch() or "")
        outline = place.path(artist.get_transform().transform_path(artist.get_path()))
        kind = (
            "round"
            if isinstance(artist, FancyBboxPatch)
            else "rect"
            if isinstance(artist, Rectangle)
            else "path"
        )
        radius = _radius(artist)
        yield _shape(kind, outline, look, artist, radius=radius)


def _radius(artist: Patch) -> float:
    style = artist.get_boxstyle() if isinstance(artist, FancyBboxPatch) else None
    return float(getattr(style, "rounding_size", None) or 0.0)


def _shape(kind: str, path: Path, look: Look, artist: Any, **more: Any) -> Shape:
    box = path.get_extents()
    paths = ((path, look),) if kind == "path" else ()
    size = (float(box.x0), float(box.y0), float(box.width), float(box.height))
    gid, order = str(artist.get_gid() or ""), float(artist.get_zorder())
    return Shape(kind, *size, look, gid, order, paths=paths, **more)


def _line(line: Line2D, place: _Place) -> Iterator[Shape]:
    points = place.points(line.get_transform().transform(np.asarray(line.get_xydata(), dtype=float)))
    if line.get_linestyle() not in ("None", "", " ") and line.get_linewidth() and len(points) > 1:
        look = Look("", to_hex(line.get_color()), float(line.get_linewidth()), _dash(line))
        yield _shape("path", Path(points), look, line, smooth=len(points) > 2)
    if line.get_marker() in ("None", "", " ", None):
        return
    reach = line.get_markersize() / 2
    look = _look(line.get_markerfacecolor(), line.get_markeredgecolor(), line.get_markeredgewidth())
    gid, order = str(line.get_gid() or ""), float(line.get_zorder())
    for x, y in points:
        if line.get_marker() == "*":
            box = (x - 0.951 * reach, y - reach, 1.902 * reach, 1.809 * reach)
            yield Shape("star", *box, look, gid, order)
        elif line.get_marker() == "o":
            yield Shape("oval", x - reach, y - reach, 2 * reach, 2 * reach, look, gid, order)
        else:
            mark = line._marker  # type: ignore[attr-defined]
            corners = mark.get_transform().transform_path(mark.get_path())
            size = 1 if line.get_marker() == "," else line.get_markersize()
            moved = np.asarray(corners.vertices) * size * [1, -1] + [x, y]
            yield _shape("path", Path(moved, corners.codes), look, line)


def _collection(many: Collection, place: _Place) -> Iterator[Shape]:
    fills, edges, lines = many.get_facecolor(), many.get_edgecolor(), many.get_linewidth()
    moves = many.get_transform()
    offsets = many.get_offset_transform().transform(many.get_offsets())
    paths = many.get_paths()
    plain = len(offsets) <= 1 and not np.any(np.asarray(many.get_offsets()))
    for number in range(len(paths) if plain else max(len(paths), len(offsets))):
        path = moves.transform_path(paths[number % len(paths)])
        if not plain:
            path = Path(np.asarray(path.vertices) + offsets[number % len(offsets)], path.codes)
        if not np.size(path.vertices):
            continue
        pick = lambda values: values[number % len(values)] if len(values) else (0, 0, 0, 0)  # noqa: E731, B023
        look = replace(
            _look(pick(fills), pick(edges), float(np.atleast_1d(lines)[0])), hatch=many.get_hatch() or ""
        )
        yield _shape("path", place.path(path), look, many, smooth=True)


def _look(fill: Any, edge: Any, line: float) -> Look:
    def shown(colour: Any) -> str:
        hidden = (isinstance(colour, str) and colour == "none") or not to_rgba(colour)[3]
        return "" if hidden else to_hex(colour)

    return Look(shown(fill), shown(edge) if line else "", float(line) if shown(edge) else 0.0)


def _dash(style: Any) -> str:
    """The dash that a slide knows, closest to that of a line or patch."""
    pattern: Any = None
    if isinstance(style, Line2D):
        pattern = style._unscaled_dash_pattern[1]  # type: ignore[attr-defined]
    elif isinstance(style, tuple):
        pattern = style[1]
    elif style in ("--", "dashed"):
        pattern = (3.7, 1.6)
    elif style in (":", "dotted"):
        pattern = (1, 1.65)
    if not pattern:
        return ""
    return "sysDot" if pattern[0] <= 1.2 else "sysDash" if pattern[0] <= 3.2 else "dash"


def _joined(one: Shape, other: Shape) -> Shape:
    left, top = min(one.left, other.left), min(one.top, other.top)
    right = max(one.left + one.width, other.left + other.width)
    low = max(one.top + one.height, other.top + other.height)
    # each stroke keeps its own look; together they have what any of them needs
    look = replace(
        one.look,
        fill=one.look.fill or other.look.fill,
        edge=one.look.edge or other.look.edge,
        line=max(one.look.line, other.look.line),
    )
    return replace(
        one,
        left=left,
        top=top,
        width=right - left,
        height=low - top,
        look=look,
        paths=one.paths + other.paths,
    )


def _bracket(one: Shape, other: Shape) -> bool:
    """Two straight lines of the same look that touch, such as a wait and the stroke at its end."""
    if one.kind != "path" or other.kind != "path" or one.smooth or other.smooth or one.gid or other.gid:
        return False
    if one.look.fill or one.look != other.look or one.look.line < 1 or one.order != other.order:
        return False
    near = 0.5
    return (
        other.left <= one.left + one.width + near
        and one.left <= other.left + other.width + near
        and other.top <= one.top + one.height + near
        and one.top <= other.top + other.height + near
    )


def _words(text: Text, place: _Place, right_to_left: bool) -> Words:
    said = text.get_text()
    ((x, baseline),) = place.points([text.get_transform().transform(text.get_position())])
    size = float(text.get_fontsize())
    bold, italic = text.get_fontweight() in ("bold", 700), text.get_fontstyle() == "italic"
    line = said.strip(_MARK)
    wide = text_width(line, size, bold, italic)
    side = text.get_horizontalalignment()
    left = x - {"left": 0.0, "center": wide / 2, "right": wide}[side]
    return Words(
        (line,),
        float(left),
        float(baseline) - _ASCENT * size,
        wide,
        1.17 * size,
        size,
        bold,
        italic,
        to_hex(text.get_color()),
        side,
        str(text.get_gid() or ""),
        number=right_to_left and not said.startswith(_MARK),
    )


def _anchor(words: Words) -> float:
    return words.left + {"left": 0.0, "center": words.width / 2, "right": words.width}[words.align]


def _blocks(lines: list[Words]) -> Iterator[Words]:
    """Neighbouring lines of one look, one under the other, are one text again; those of a key are one each."""
    block: Words | None = None
    for line in lines:
        if block is not None and _goes_on(block, line):
            wide = max(block.width, line.width)
            left = min(block.left, line.left)
            tall = line.top + line.height - block.top
            block = replace(block, lines=block.lines + line.lines, left=left, width=wide, height=tall)
            continue
        if block is not None:
            yield block
        block = line
    if block is not None:
        yield block


def _goes_on(block: Words, line: Words) -> bool:
    same = ("size", "bold", "italic", "colour", "align", "gid", "number")
    step = line.top - (block.top + block.height - line.height)
    return (
        block.gid not in ("key", "legend", "axis")
        and all(getattr(block, name) == getattr(line, name) for name in same)
        and abs(_anchor(block) - _anchor(line)) < 0.05
        and 1.0 * line.size <= step <= 1.3 * line.size
    )

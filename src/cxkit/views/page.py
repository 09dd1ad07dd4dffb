"""A page measured in points, on which a map is drawn from its reading start: left, or right in Hebrew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, TransformedPath

from cxkit.views.icons import DIRECTED, icon
from cxkit.views.layout import LEADING, Block, font
from cxkit.views.look import INK, RULE
from cxkit.views.picture import Picture

MARGIN = 26.0
"""White space around everything, in points."""
_RIGHT_TO_LEFT_MARK = "\u200f"
_BASELINE = 0.94
"""From the top of a line down to its baseline, as a multiple of the type size."""


@dataclass
class Page:
    """Draws in points: `x` from the reading start, `y` from the top."""

    axes: Axes
    width: float
    right_to_left: bool

    def __post_init__(self) -> None:
        self._whole = TransformedPath(Path.unit_rectangle(), self.axes.transAxes)

    def at(self, x: float) -> float:
        return self.width - x if self.right_to_left else x

    def _add(self, artist: Artist) -> None:
        # Not add_line and its like, which also reckon limits that are fixed here; and nothing is clipped, but
        # the axes would give each artist a clipping path of its own unless it has one.
        artist.set_clip_path(self._whole)
        self.axes.add_artist(artist)
        artist.set_clip_path(None)

    def text(
        self,
        x: float,
        y: float,
        block: Block,
        colour: str = INK,
        *,
        align: str = "start",
        gid: str | None = None,
        number: bool = False,
        order: float = 6,
    ) -> None:
        """Draw a block with its top at `y` and its start, middle or end at `x`."""
        side: Literal["left", "center", "right"] = "center"
        if align != "middle":
            side = "left" if (align == "start") != self.right_to_left else "right"
        # Without the mark, a line that begins with a Latin word or a number would be laid out from the left.
        mark = _RIGHT_TO_LEFT_MARK if self.right_to_left and not number else ""
        prop = font(block.bold, block.italic).copy()
        prop.set_size(block.size)
        # Line by line on the baseline, so that neighbouring cells stand level whatever their letters.
        for row, line in enumerate(block.lines):
            if line:
                self._add(
                    Text(
                        self.at(x),
                        y + (row * LEADING + _BASELINE) * block.size,
                        mark + line,
                        color=colour,
                        fontproperties=prop,
                        horizontalalignment=side,
                        verticalalignment="baseline",
                        parse_math=False,
                        transform=self.axes.transData,
                        gid=gid,
                        zorder=order,
                    )
                )

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str = RULE,
        width: float = 0.7,
        style: Any = "-",
        order: float = 1.5,
        **options: Any,
    ) -> None:
        self._add(
            Line2D(
                [self.at(x) for x in xs],
                list(ys),
                color=colour,
                linewidth=width,
                linestyle=style,
                zorder=order,
                solid_capstyle="round",
                dash_capstyle="butt",
                solid_joinstyle="round",
                **options,
            )
        )

    def box(
        self,
        start: float,
        top: float,
        width: float,
        height: float,
        *,
        fill: str = "none",
        edge: str = "none",
        line: float = 0.9,
        style: Any = "-",
        radius: float = 0.0,
        order: float = 1.0,
        hatch: str | None = None,
        gid: str | None = None,
    ) -> None:
        left = self.at(start + width) if self.right_to_left else start
        look = {
            "facecolor": fill,
            "edgecolor": edge,
            "linewidth": line if edge != "none" else 0,
            "linestyle": style,
            "zorder": order,
            "hatch": hatch,
            "gid": gid,
        }
        if not radius:
            self._add(Rectangle((left, top), width, height, **look))
            return
        shape = f"round,pad=0,rounding_size={min(radius, height / 2, width / 2)}"
        self._add(FancyBboxPatch((left, top), width, height, boxstyle=shape, **look))

    def disc(
        self, x: float, y: float, across: float, *, fill: str, edge: str = "none", line: float = 1.2
    ) -> None:
        """Draw a round plate around its middle (x, y)."""
        width = line if edge != "none" else 0
        self._add(
            Circle((self.at(x), y), across / 2, facecolor=fill, edgecolor=edge, linewidth=width, zorder=2)
        )

    def shape(
        self,
        points: Sequence[tuple[float, float]],
        *,
        fill: str = "none",
        edge: str = "none",
        line: float = 0.9,
        order: float = 1.0,
        gid: str | None = None,
    ) -> None:
        """Draw a closed shape through points (x, y)."""
        corners = [(self.at(x), y) for x, y in points]
        width = line if edge != "none" else 0
        self._add(
            Polygon(
                corners, closed=True, facecolor=fill, edgecolor=edge, linewidth=width, zorder=order, gid=gid
            )
        )

    def icon(
        self,
        name: str,
        x: float,
        y: float,
        size: float,
        colour: str,
        *,
        line: float | None = None,
        order: float = 6,
        gid: str | None = None,
    ) -> None:
        """Draw an icon `size` points high around its middle (x, y), its strokes `line` points thick."""
        across = -size if self.right_to_left and name in DIRECTED else size
        place = Affine2D().scale(across / 2, size / 2).translate(self.at(x), y) + self.axes.transData
        for path, filled in icon(name):
            patch = PathPatch(
                path,
                facecolor=colour if filled else "none",
                edgecolor=colour if not filled else "none",
                linewidth=0 if filled else line or max(0.7, size * 0.085),
                joinstyle="round",
                capstyle="round",
                zorder=order,
                gid=gid,
            )
            patch.set_transform(place)
            self._add(patch)


def open_page(picture: Picture, right_to_left: bool) -> Page:
    """One pair of axes over the whole picture, in points, y pointing down."""
    width, height = picture.get_size_inches() * 72
    axes = picture.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_autoscale_on(False)
    return Page(axes, float(width), right_to_left)

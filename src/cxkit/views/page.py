"""A page measured in points, on which a map is drawn from its reading start: left, or right in Hebrew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, PathPatch, Rectangle
from matplotlib.transforms import Affine2D

from cxkit.views.icons import icon
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

    def at(self, x: float) -> float:
        return self.width - x if self.right_to_left else x

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
        side = {"start": "left", "middle": "center", "end": "right"}[align]
        if self.right_to_left and side != "center":
            side = "right" if side == "left" else "left"
        # Without the mark, a line that begins with a Latin word or a number would be laid out from the left.
        mark = _RIGHT_TO_LEFT_MARK if self.right_to_left and not number else ""
        prop = font(block.bold, block.italic).copy()
        prop.set_size(block.size)
        # Line by line on the baseline, so that neighbouring cells stand level whatever their letters.
        for row, line in enumerate(block.lines):
            self.axes.text(
                self.at(x),
                y + (row * LEADING + _BASELINE) * block.size,
                mark + line,
                color=colour,
                fontproperties=prop,
                ha=side,
                va="baseline",
                parse_math=False,
                gid=gid,
                zorder=order,
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
        self.axes.add_line(
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
            self.axes.add_patch(Rectangle((left, top), width, height, **look))
            return
        shape = f"round,pad=0,rounding_size={min(radius, height / 2, width / 2)}"
        self.axes.add_patch(FancyBboxPatch((left, top), width, height, boxstyle=shape, **look))

    def icon(
        self,
        name: str,
        x: float,
        y: float,
        size: float,
        colour: str,
        *,
        order: float = 6,
        gid: str | None = None,
    ) -> None:
        """Draw an icon `size` points high around its middle (x, y)."""
        place = Affine2D().scale(size / 2).translate(self.at(x), y) + self.axes.transData
        for path, filled in icon(name):
            patch = PathPatch(
                path,
                facecolor=colour if filled else "none",
                edgecolor=colour if not filled else "none",
                linewidth=0 if filled else max(0.7, size * 0.085),
                joinstyle="round",
                capstyle="round",
                zorder=order,
                gid=gid,
            )
            patch.set_transform(place)
            self.axes.add_artist(patch)


def open_page(picture: Picture, right_to_left: bool) -> Page:
    """One pair of axes over the whole picture, in points, y pointing down."""
    width, height = picture.get_size_inches() * 72
    axes = picture.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_autoscale_on(False)
    return Page(axes, float(width), right_to_left)

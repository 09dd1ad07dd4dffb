"""What stands where a picture will be, until the learner has chosen something to draw."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from . import look
from .charts.frame import About, open_chart
from .layout import cut, wrap
from .picture import Picture

SIZE = 12.5


def draw_not_yet(title: str, drawn: str, names: Sequence[str]) -> Picture:
    """Draw names in dashed boxes, two in a row: what there is to place.

    >>> draw_not_yet("Two ideas", "Score them below.", ["Call back", "New desk"]).alt
    'Two ideas. Score them below. Call back; New desk.'
    """
    about = About(
        title,
        drawn,
        [],
        f"{title}. {drawn} {'; '.join(names)}.",
        pd.DataFrame({"to place": list(names)}),
        "en",
        "16:9",
    )
    chart = open_chart(about, lambda width: 120.0)
    rows = (len(names) + 1) // 2
    wide, tall = chart.width / 2 - 8, (chart.bottom - chart.top) / rows - 14
    for place, name in enumerate(names):
        start, y = (place % 2) * (wide + 16), chart.top + (place // 2) * (tall + 14)
        chart.box(
            chart.left(start, wide), y, wide, tall, edge=look.QUIET, line=1.2, style=(0, (4, 3)), radius=8
        )
        block = cut(wrap(name, SIZE, wide - 40), 3)
        chart.text(
            chart.left(start, wide) + wide / 2,
            y + tall / 2 - block.height / 2,
            block,
            side="middle",
            gid="name",
        )
    return chart.picture

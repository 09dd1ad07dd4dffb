"""The drawn map as the editor's page takes it: SVG as text, its alt text, and its table twin."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import Any

from cxkit.journey import Journey


def picture_for_page(journey: Journey) -> dict[str, Any]:
    """Draw the map. The table is text: heads, rows, and in which column the touchpoints stand (`named`)."""
    # here, so that the form opens before matplotlib is there
    from cxkit.views.editor.outlines import svg_of

    with _no_pauses():
        drawn = journey.draw()
        svg = svg_of(drawn)
    heads, rows = drawn.table_in_words()
    return {
        "svg": svg,
        "alt": drawn.alt,
        "title": drawn.title,
        "heads": heads,
        "rows": rows,
        "named": drawn.named(),
        "width": round(drawn.get_figwidth() * 96),
        "language": journey.language,
    }


@contextlib.contextmanager
def _no_pauses() -> Iterator[None]:
    # collecting garbage among a figure's ten thousand objects takes a tenth of the drawing's time
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()

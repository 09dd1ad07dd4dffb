"""The journey in other people's tools: a web page, editable slides, and a Mermaid diagram."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

__all__ = ["to_html", "to_mermaid", "to_pptx", "write"]


def to_html(journey: Any, **drawn: Any) -> str:
    """One web page that needs nothing else; see `cxkit.exchange.html`."""
    from cxkit.exchange.html import to_html as make

    return make(journey, **drawn)


def to_pptx(journey: Any, **drawn: Any) -> bytes:
    """Editable slides; see `cxkit.exchange.slides`."""
    from cxkit.exchange.slides import to_pptx as make

    return make(journey, **drawn)


def to_mermaid(journey: Any) -> str:
    """A Mermaid `journey` diagram; see `cxkit.exchange.mermaid`."""
    from cxkit.exchange.mermaid import to_mermaid as make

    return make(journey)


def write(journey: Any, path: str | os.PathLike[str], **drawn: Any) -> None:
    """Write a journey for another tool: .html, .pptx or .mmd, in one step.

    Args:
        journey: a `Journey`.
        path: the file's name; its ending says the kind.
        drawn: what `Journey.draw` takes. A page chooses its own size where that is "16:9"; slides are always
            16:9; a diagram has neither size nor style.

    Raises:
        JourneyError: another ending, an option that the kind does not take, or a file that cannot be written.

    >>> import tempfile
    >>> from cxkit.journey import Journey
    >>> place = Path(tempfile.mkdtemp()) / "calls.mmd"
    >>> write(Journey([{"stage": "care", "touchpoint": "Calls", "channel": "phone"}]), place)
    >>> place.read_text(encoding="utf-8").splitlines()[-1].strip()
    'Calls (no score): 3'
    """
    from cxkit.files import write_atomic
    from cxkit.journey_cells import JourneyError

    place = Path(path)
    kind = place.suffix.lower()
    asked = {name: value for name, value in drawn.items() if (name, value) != ("size", "16:9")}
    if kind == ".html":
        data = to_html(journey, **asked).encode("utf-8")
    elif kind == ".pptx":
        if "size" in asked:
            raise JourneyError(f"Slides are 16:9, so a .pptx file takes no size {asked['size']}.")
        data = to_pptx(journey, **asked)
    elif kind == ".mmd":
        if other := [name for name in asked if name not in ("size", "style")]:
            raise JourneyError(f"A .mmd file holds no drawing, so it takes no {', '.join(other)}.")
        data = to_mermaid(journey).encode("utf-8")
    else:
        raise JourneyError(
            f"{place.name}: other tools take .html, .pptx and .mmd. Choose one of these endings."
        )
    try:
        write_atomic(place, data)
    except OSError as error:
        raise JourneyError(str(error)) from error

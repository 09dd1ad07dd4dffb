"""cxkit: see a health-care service through the customer's eyes, map the journey, and prove where it breaks.

    import cxkit as cx

gives the whole vocabulary. Names load on first use, so that `import cxkit` costs little.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cases import case, cases
    from .journey import Journey, JourneyError, Persona, read_journey
    from .measures.gap import gap
    from .teaching.activities import activity
    from .teaching.lesson import start
    from .teaching.progress import progress
    from .teaching.quiz import quiz
    from .teaching.sheet import sheet

__version__ = "0.1.0"

WHERE = {
    "Journey": ".journey",
    "JourneyError": ".journey",
    "Persona": ".journey",
    "read_journey": ".journey",
    "case": ".cases",
    "cases": ".cases",
    "gap": ".measures.gap",
    "start": ".teaching.lesson",
    "quiz": ".teaching.quiz",
    "sheet": ".teaching.sheet",
    "activity": ".teaching.activities",
    "progress": ".teaching.progress",
}

__all__ = [
    "Journey",
    "JourneyError",
    "Persona",
    "activity",
    "case",
    "cases",
    "gap",
    "progress",
    "quiz",
    "read_journey",
    "sheet",
    "start",
]


def __getattr__(name: str) -> Any:
    if name not in WHERE:
        raise AttributeError(f"cxkit has no '{name}'. It has: {', '.join(__all__)}.")
    value = getattr(importlib.import_module(WHERE[name], __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])

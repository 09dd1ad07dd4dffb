"""Three journeys of health care to start from: each to be changed with the people who live it."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

from cxkit.journey import Journey, read_journey
from cxkit.journey_cells import nearest, shown, word_key
from cxkit.languages import base_language

__all__ = ["template", "templates"]

_NAMES = ("joining_a_plan", "first_specialist_visit", "discharge_home")


def templates() -> tuple[str, ...]:
    """The names of the templates.

    >>> templates()
    ('joining_a_plan', 'first_specialist_visit', 'discharge_home')
    """
    return _NAMES


def template(name: str, language: str = "en") -> Journey:
    """A journey to start from. What was lived is left empty, for the team to find out.

    Args:
        name: one of `templates()`.
        language: "en" or "he".

    Raises:
        ValueError: for a name or a language that is not known.

    >>> template("discharge_home").table["experienced"].isna().all()
    np.True_
    """
    known = {word_key(each): each for each in _NAMES}.get(word_key(str(name)))
    if known is None:
        near = nearest(str(name), _NAMES)
        hint = f"Did you mean {near}?" if near else f"Choose one of: {', '.join(_NAMES)}."
        raise ValueError(f"There is no template “{shown(name)}”. {hint}")
    endings = {"en": "", "he": "_he"}
    if base_language(language) not in endings:
        raise ValueError(f"The templates are in English (en) and Hebrew (he), not in “{shown(language)}”.")
    folder = Path(str(importlib.resources.files("cxkit").joinpath("templates")))
    return read_journey(folder / f"{known}{endings[base_language(language)]}.yaml")

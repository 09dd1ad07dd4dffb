"""What the kit has to know about a language."""

from __future__ import annotations

_RIGHT_TO_LEFT = ("he", "ar", "fa", "ur")


def base_language(language: str) -> str:
    """The language without its region, in lower case.

    >>> base_language("he-IL")
    'he'
    """
    return language.replace("_", "-").split("-")[0].lower()


def right_to_left(language: str) -> bool:
    """Is this language written from right to left?

    >>> right_to_left("he-IL"), right_to_left("en")
    (True, False)
    """
    return base_language(language) in _RIGHT_TO_LEFT

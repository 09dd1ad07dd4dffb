"""Every word that the map editor shows of its own, in English and in Hebrew. Both have the same keys."""

from __future__ import annotations

from cxkit.journey_cells import CHANNELS, STAGES
from cxkit.languages import base_language
from cxkit.views import look
from cxkit.views.editor.english_words import ENGLISH
from cxkit.views.editor.hebrew_words import HEBREW

# A journey's own messages are in English; there they say it best.
_EN = ENGLISH | {name: "{message}" for name in HEBREW if name.startswith("problem_") and name not in ENGLISH}

WORDS = {"en": _EN, "he": HEBREW}


def words(language: str) -> dict[str, str]:
    """The editor's words: Hebrew for `he`, English for every other language.

    >>> words("en")["undo"]
    'Undo'
    """
    return WORDS["he" if base_language(language) == "he" else "en"]


def page_words(language: str) -> dict[str, str]:
    """The editor's words with the map's own for stages and channels, as the page takes them."""
    drawn = look.words(language)
    named = {f"stage_{stage}": drawn[stage] for stage in STAGES}
    named |= {f"channel_{channel}": drawn[f"channel.{channel}"] for channel in CHANNELS}
    return {**words(language), **named}

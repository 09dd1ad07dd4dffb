"""The words that an exported page, slide or diagram adds of its own, beside those of the map."""

from __future__ import annotations

from cxkit.languages import base_language
from cxkit.views import look

_EN = {
    "name": "Name",
    "demographics": "Who",
    "products": "Products",
    "channels": "Channels",
    "history": "History",
    "situation": "Situation",
    "job": "Wants to",
    "persona": "The person",
    "scenario": "Scenario",
    "source": "Source",
    "map": "The map",
    "one by one": "Touchpoint by touchpoint",
    "table": "The whole journey as a table",
    "table.note": "≈ worked out, not told.",
    "table.note.to-be": "≈ planned, not measured.",
    "help": "Choose a touchpoint: Tab goes to the map, then the arrow keys, Home and End. Enter opens its "
    "details, Escape leads back.",
    "details": "Details of the touchpoint",
    "back": "Back to the map",
    "earlier": "Earlier",
    "later": "Later",
    "number": "{k} of {n}",
    "scroll": "Map: scroll sideways to see all of it",
    "scroll table": "Table: scroll sideways to see all of it",
    "unknown": "not known",
    "made by": "Made with cxkit.",
    "part": "{title} ({k} of {n})",
    "overview": "{title} (overview)",
    "notes.more": "Some words are shortened or left out here. They stand in full in the notes.",
    "curve": "{name}: {values}",
    "wait before": "Wait before “{touchpoint}”: {wait}",
    "mermaid.scale": "Scores: Mermaid knows 1 to 5. Ours run from 1 to 10: shown = 1 + (score − 1) × 4 / 9.",
    "mermaid.score": "The score is what the person experienced; 3 where nobody knows it.",
    "mermaid.actors": "The name after the score is the owner.",
    "mermaid.after": "{name} (after {wait})",
    "mermaid.unscored": "{name} (no score)",
    "mermaid.first": "Touchpoint {k}",
}

_HE = {
    "name": "שם",
    "demographics": "מי",
    "products": "מוצרים",
    "channels": "ערוצים",
    "history": "רקע",
    "situation": "המצב עכשיו",
    "job": "מה חשוב להשיג",
    "persona": "הדמות",
    "scenario": "התרחיש",
    "source": "המקור",
    "map": "המפה",
    "one by one": "נקודה אחר נקודה",
    "table": "המסע כולו כטבלה",
    "table.note": "≈ הוסק מהסיפור, לא נאמר במפורש.",
    "table.note.to-be": "≈ תכנון, לא מדידה.",
    "help": "לבחירת נקודת מגע: מקש Tab מגיע אל המפה, ואחריו מקשי החצים, Home ו־End. "
    "Enter פותח את הפרטים, ו־Escape חוזר למפה.",
    "details": "פרטי נקודת המגע",
    "back": "חזרה למפה",
    "earlier": "הקודמת",
    "later": "הבאה",
    "number": "{k} מתוך {n}",
    "scroll": "המפה: גוללים לצד כדי לראות את כולה",
    "scroll table": "הטבלה: גוללים לצד כדי לראות את כולה",
    "unknown": "לא ידוע",
    "made by": "הוכן עם cxkit.",
    "part": "{title} ({k} מתוך {n})",
    "overview": "{title} (מבט כולל)",
    "notes.more": "חלק מהמילים קוצרו או הושמטו כאן. הן מופיעות במלואן בהערות.",
    "curve": "{name}: {values}",
    "wait before": "ההמתנה לפני ״{touchpoint}״: {wait}",
    "mermaid.scale": "הציונים: ב־Mermaid הסולם הוא 1 עד 5, ואצלנו 1 עד 10. הציון המוצג = 1 + (ציון − 1) × 4 / 9.",
    "mermaid.score": "הציון הוא מה שהאדם חווה; 3 במקום שאיש אינו יודע.",
    "mermaid.actors": "השם שאחרי הציון הוא האחראי.",
    "mermaid.after": "{name} (אחרי {wait})",
    "mermaid.unscored": "{name} (אין ציון)",
    "mermaid.first": "נקודת מגע {k}",
}


def words(language: str) -> dict[str, str]:
    """The words of the map and of the exports: Hebrew for `he`, English for every other language.

    Where both have a name, such as "table", the exports' word stands under "page.table".

    >>> words("he")["page.source"], words("en")["owner"]
    ('המקור', 'Owner')
    """
    own = _HE if base_language(language) == "he" else _EN
    return {**look.words(language), **{f"page.{name}": text for name, text in own.items()}}

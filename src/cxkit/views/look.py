"""The look that every view shares: one palette, one type scale, and the few words a drawing needs."""

from __future__ import annotations

from cxkit.languages import base_language

INK = "#1B2733"
"""Text and the experienced line."""
QUIET = "#52606D"
"""Second-rank text; still at least 4.5 : 1 on every band."""
RULE = "#D5DCE3"
PAPER = "#FFFFFF"
BLUE = "#0B5C94"
"""Expected (Okabe-Ito blue, darkened so that it can carry text)."""
BELOW = "#A33B00"
"""Experienced below expected, and whatever is missing (Okabe-Ito vermillion, darkened)."""
BELOW_FILL = "#F6CDB5"
BELOW_PALE = "#FFF3EC"
ABOVE = "#00664C"
"""Experienced above expected, and openings to do better (Okabe-Ito green, darkened)."""
ABOVE_FILL = "#BFE3D5"
STAR = "#7A4B00"
"""Moments of truth (Okabe-Ito orange, darkened)."""
STAR_FILL = "#E69F00"

STAGES = {
    "pre-care": ("#EEF3FA", "#2F5D8C"),
    "care": ("#EFF5F0", "#33664A"),
    "post-care": ("#FAF3EB", "#7D5220"),
}
"""Stage: its band and the colour of its name."""

SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#1B2733")
"""Okabe-Ito, in the order in which charts should use it."""

SIZES = {
    "16:9": (13.333, 7.5),
    "A4": (11.693, 8.268),
    "A4 portrait": (8.268, 11.693),
    "A3": (16.535, 11.693),
}
"""Width and height in inches."""

_EN = {
    "stage": "Stage",
    "touchpoint": "Touchpoint",
    "channel": "Channel",
    "owner": "Owner",
    "expected": "Expected",
    "experienced": "Experienced",
    "gap": "Gap",
    "wait_days": "Wait",
    "moment": "Moment of truth",
    "pain_point": "Pain point",
    "failure": "Failure",
    "pain_point, failure": "Pain point, failure",
    "quote": "Quote",
    "evidence": "Evidence",
    "opportunity": "Opportunity",
    "inferred": "Worked out, not told",
    "scores": "Score 1–10",
    "as-is": "As-is",
    "to-be": "To-be",
    "pre-care": "Pre-care",
    "care": "Care",
    "post-care": "Post-care",
    "continued": "{}, continued",
    "untitled": "A customer journey",
    "job": "Job: {}",
    "no owner": "no owner",
    "no score": "no score",
    "moment.zero": "zero",
    "moment.first": "first",
    "moment.second": "second",
    "moment.ultimate": "ultimate",
    "failure.service": "service",
    "failure.sales": "sales",
    "failure.both": "service + sales",
    "no wait": "same day",
    "no wait.short": "0 d",
    "wait unknown": "wait: ?",
    "hour": "{} hour",
    "hours": "{} hours",
    "hours.short": "{} h",
    "day": "{} day",
    "days": "{} days",
    "days.short": "{} d",
    "month": "{} month",
    "months": "{} months",
    "months.short": "{} mo",
    "year": "{} year",
    "years": "{} years",
    "years.short": "{} y",
    "below": "worse than expected",
    "above": "better than expected",
    "legend.evidence": "Evidence:",
    "observed": "observed",
    "inferred.kind": "inferred",
    "assumed": "assumed",
    "legend.inferred": "≈ or italics: worked out, not told",
    "legend.wait": "wider space between cards: longer wait (log scale)",
    "foot.count": "{n} touchpoints",
    "foot.count.one": "1 touchpoint",
    "foot.scores": "{k} of {n} scores inferred",
    "foot.none": "no scores",
    "foot.missing": "{k} scores missing",
    "foot.missing.one": "1 score missing",
    "foot.dropped": "only in the table: {names}",
    "table": "Show as a table",
    "alt.map": "Journey map: {title}.",
    "alt.count": "{n} touchpoints ({stages}).",
    "alt.count.one": "1 touchpoint ({stages}).",
    "alt.stage": "{stage} {n}",
    "alt.worst": "Experience falls furthest below expectation at “{touchpoint}”: expected {expected}, "
    "experienced {experienced}, a gap of {gap}.",
    "alt.nowhere": "Experience meets or exceeds expectation wherever both are known.",
    "alt.unscored": "No touchpoint has both an expected and an experienced score.",
    "alt.ownerless": "No owner: {names}.",
    "alt.wait": "The longest wait, {wait}, comes before “{touchpoint}”.",
}

_HE = {
    "stage": "שלב",
    "touchpoint": "נקודת מגע",
    "channel": "ערוץ",
    "owner": "אחראי",
    "expected": "ציפייה",
    "experienced": "חוויה",
    "gap": "פער",
    "wait_days": "המתנה",
    "moment": "רגע האמת",
    "pain_point": "נקודת כאב",
    "failure": "כשל",
    "pain_point, failure": "נקודת כאב, כשל",
    "quote": "ציטוט",
    "evidence": "ביסוס",
    "opportunity": "הזדמנות",
    "inferred": "הוסק ולא סופר",
    "scores": "ציון",
    "as-is": "המצב הקיים",
    "to-be": "המצב הרצוי",
    "pre-care": "לפני הטיפול",
    "care": "הטיפול",
    "post-care": "אחרי הטיפול",
    "continued": "{}, המשך",
    "untitled": "מסע לקוח",
    "job": "המטרה: {}",
    "no owner": "אין אחראי",
    "no score": "אין ציון",
    "moment.zero": "אפס",
    "moment.first": "ראשון",
    "moment.second": "שני",
    "moment.ultimate": "אולטימטיבי",
    "failure.service": "שירות",
    "failure.sales": "מכירה",
    "failure.both": "שירות + מכירה",
    "no wait": "באותו יום",
    "no wait.short": "0 ימים",
    "wait unknown": "המתנה: ?",
    "hour": "שעה",
    "hours": "{} שעות",
    "hours.short": "{} שע׳",
    "day": "יום",
    "days": "{} ימים",
    "days.short": "{} ימ׳",
    "month": "חודש",
    "months": "{} חודשים",
    "months.short": "{} חוד׳",
    "year": "שנה",
    "years": "{} שנים",
    "years.short": "{} שנ׳",
    "below": "פחות מהציפייה",
    "above": "יותר מהציפייה",
    "legend.evidence": "ביסוס:",
    "observed": "נצפה",
    "inferred.kind": "הוסק",
    "assumed": "הונח",
    "legend.inferred": "≈ הוסק ולא סופר",
    "legend.wait": "מרווח גדול יותר בין כרטיסים: המתנה ארוכה יותר (סולם לוגריתמי)",
    "foot.count": "{n} נקודות מגע",
    "foot.count.one": "נקודת מגע אחת",
    "foot.scores": "{k} מתוך {n} ציונים הוסקו",
    "foot.none": "אין ציונים",
    "foot.missing": "{k} ציונים חסרים",
    "foot.missing.one": "ציון אחד חסר",
    "foot.dropped": "רק בטבלה: {names}",
    "table": "הצגה כטבלה",
    "alt.map": "מפת מסע: {title}.",
    "alt.count": "{n} נקודות מגע ({stages}).",
    "alt.count.one": "נקודת מגע אחת ({stages}).",
    "alt.stage": "{stage} {n}",
    "alt.worst": "החוויה נמוכה מהציפייה יותר מכול ב„{touchpoint}”: ציפייה {expected}, "
    "חוויה {experienced}, פער של {gap}.",
    "alt.nowhere": "החוויה אינה נופלת מהציפייה בכל מקום ששתיהן ידועות.",
    "alt.unscored": "לאף נקודת מגע אין גם ציון ציפייה וגם ציון חוויה.",
    "alt.ownerless": "בלי אחראי: {names}.",
    "alt.wait": "ההמתנה הארוכה ביותר, {wait}, קודמת ל„{touchpoint}”.",
}

for _channel, _hebrew in {
    "web": "אתר",
    "phone": "טלפון",
    "in person": "פנים אל פנים",
    "email": "מייל",
    "letter": "מכתב",
    "app": "יישומון",
    "messaging": "הודעות",
    "other": "אחר",
}.items():
    _EN[f"channel.{_channel}"], _HE[f"channel.{_channel}"] = _channel, _hebrew


def words(language: str) -> dict[str, str]:
    """The words that a drawing adds of its own: Hebrew for `he`, English for every other language.

    >>> words("he")["owner"], words("en")["owner"]
    ('אחראי', 'Owner')
    """
    return _HE if base_language(language) == "he" else _EN


def contrast(one: str, other: str) -> float:
    """WCAG contrast ratio of two `#rrggbb` colours, from 1 (the same) to 21 (black on white).

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

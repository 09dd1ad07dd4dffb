"""What a feedback page says of its own, by language. A further language is one more dict of these keys."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "kicker": "Your marks",
        "learner": "Learner: {name}",
        "of": "{got} of {of}",
        "total": "{got} of {of} marks",
        "extra_too": "and {got} of {of} extra",
        "intro": "Each part below shows your answers, your marks, and what to look at again.",
        "some_open": "{of} marks are not in this number yet. Your instructor still has to read your work.",
        "late": "Handed in late",
        "late_marks": "−{got} marks",
        "late_note": "Your work came late. That costs {got} marks. They are taken off your marks above.",
        "by_part": "Marks by part",
        "part": "Part",
        "marks": "Marks",
        "your_answers": "Your answers",
        "your_text": "What you wrote",
        "what_we_saw": "Your marks and why",
        "no_answer": "No answer",
        "unreadable": "Some of your answers could not be read. They are left out on this page. "
        "You still find them in your notebook.",
        "no_words": "The computer could not check this part as it should. Please ask your instructor to look at it.",
        "by_hand": "Your instructor set these marks by hand.",
        "open": "not marked yet",
        "comment": "Your instructor says",
        "read_title": "Read by your instructor",
        "extra_title": "Extra marks",
        "other_title": "More answers",
        "order": "Order",
        "step": "Step",
        "item": "Item",
        "details": "What you said about it",
        "checked": "A computer checks most answers. It can be wrong. Do you see it in another way? Tell your instructor.",
    },
    "he": {
        "kicker": "הנקודות שלך",
        "learner": "שם הלומד או הלומדת: {name}",
        "of": "{got} מתוך {of}",
        "total": "{got} מתוך {of} נקודות",
        "extra_too": "ועוד {got} מתוך {of} נקודות רשות",
        "intro": "בכל חלק שלמטה מופיעות התשובות שלך, הנקודות שלך, ומה כדאי לבדוק שוב.",
        "some_open": "עדיין חסרות כאן {of} נקודות: המדריך או המדריכה עוד לא קראו את כל העבודה שלך.",
        "late": "הוגש באיחור",
        "late_marks": "−{got} נקודות",
        "late_note": "העבודה הוגשה באיחור. לכן ירדו {got} נקודות מהסכום שלמעלה.",
        "by_part": "הנקודות לפי חלקים",
        "part": "חלק",
        "marks": "נקודות",
        "your_answers": "התשובות שלך",
        "your_text": "מה שכתבת",
        "what_we_saw": "הנקודות שלך, ולמה",
        "no_answer": "אין תשובה",
        "unreadable": "חלק מהתשובות שלך לא ניתנו לקריאה, ולכן הן אינן בדף הזה. הן נמצאות במחברת שלך.",
        "no_words": "המחשב לא הצליח לבדוק את החלק הזה כמו שצריך. כדאי לבקש מהמדריך או מהמדריכה להסתכל עליו.",
        "by_hand": "את הנקודות האלה נתנו המדריך או המדריכה בעצמם.",
        "open": "עוד לא נבדק",
        "comment": "הערה מהמדריך או מהמדריכה",
        "read_title": "נקרא בידי המדריך או המדריכה",
        "extra_title": "נקודות רשות",
        "other_title": "תשובות נוספות",
        "order": "סדר",
        "step": "צעד",
        "item": "פריט",
        "details": "מה כתבת עליו",
        "checked": "המחשב בודק את רוב התשובות, והוא יכול לטעות. רואים את זה אחרת? כדאי לספר למדריך או למדריכה.",
    },
}


def words_in(language: str) -> dict[str, str]:
    """The page's words in a language; English where there is none.

    >>> words_in("fr")["part"]
    'Part'
    """
    return WORDS.get(language, WORDS["en"])

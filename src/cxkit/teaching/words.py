"""Every label that a form shows, by language. A further language is one more dict with the same keys."""

from __future__ import annotations

from ..languages import right_to_left

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "choose": "Choose …",
        "up": "Move up: {step}",
        "down": "Move down: {step}",
        "moved": "{step} is now number {place} of {of}.",
        "hint": "Hint",
        "first_hint": "Show a hint ({n} of {of})",
        "next_hint": "Show the next hint ({n} of {of})",
        "check": "Check",
        "empty": "Nothing to save yet.",
        "restored": "These are the answers you saved before.",
        "saving": "Saving …",
        "saved": "All answers saved at {time}",
        "not_saved": "Not saved",
        "why_no-cell": "The cell that keeps your answers is missing from this notebook. Copy the text below into a "
        "new cell above this form, or open the exercise again.",
        "why_read-only": "This notebook may not be changed here. Open your own copy of it.",
        "why_failed": "The file could not be written. Check that the black course window is still open. "
        "Your answers stay on this page; change any answer to try again.",
        "by_hand": "This program cannot save the form for you. Copy the text below. "
        "Paste it into the cell above that begins with “# Your answers”, in place of all that is there. "
        "Run that cell and then save the notebook.",
        "copy": "Copy the text",
        "copied": "Copied.",
        "copy_label": "Your answers as text",
        "good": "Right.",
        "bad": "Not yet.",
        "complete": "Complete.",
        "to_do": "To do:",
        "order": "Order",
        "nothing_yet": "nothing is chosen yet.",
        "no_answer": "Choose an answer first.",
        "marks": "{value} of {of} marks",
        "full_marks": "Full marks.",
        "look_again": "Something here is not right yet. Look at this part again.",
        "not_answered": "You have not answered this part yet.",
        "solved": "{solved} of {of} solved, {right} at the first try.",
        "kept": "Kept on this computer.",
        "answered": "{n} of {of} answered.",
        "answered_kept": "{n} of {of} answered, kept on this computer.",
        "left_open": "You may leave {n} open, or answer and press the button again.",
        "thanks": "Thank you. We will look at it again at the end of the course.",
        "still_to_choose": "{n} still to choose.",
        "misfit": "This answer does not fit the question any more. Choose again.",
        "no_choice": "This answer is not one of the choices any more. Choose again.",
    },
    "he": {
        "choose": "בחירה …",
        "up": "הזזה למעלה: {step}",
        "down": "הזזה למטה: {step}",
        "moved": "{step}: עכשיו במקום {place} מתוך {of}.",
        "hint": "רמז",
        "first_hint": "הצגת רמז ({n} מתוך {of})",
        "next_hint": "הצגת הרמז הבא ({n} מתוך {of})",
        "check": "בדיקה",
        "empty": "עדיין אין מה לשמור.",
        "restored": "אלה התשובות ששמרת קודם.",
        "saving": "שומר …",
        "saved": "כל התשובות נשמרו בשעה {time}",
        "not_saved": "לא נשמר",
        "why_no-cell": "התא ששומר את התשובות חסר במחברת הזאת. אפשר להעתיק את הטקסט שלמטה לתא חדש מעל הטופס, "
        "או לפתוח את התרגיל מחדש.",
        "why_read-only": "אי אפשר לשנות את המחברת הזאת כאן. יש לפתוח עותק אישי שלה.",
        "why_failed": "לא ניתן היה לכתוב את הקובץ. יש לבדוק שהחלון השחור של הקורס עדיין פתוח. "
        "התשובות נשארות בדף; שינוי של תשובה כלשהי ינסה שוב.",
        "by_hand": "התוכנה הזאת אינה יכולה לשמור את הטופס. יש להעתיק את הטקסט שלמטה, להדביק אותו בתא שלמעלה "
        "שמתחיל במילים “# Your answers” במקום כל מה שכתוב שם, להריץ את התא ואז לשמור את המחברת.",
        "copy": "העתקת הטקסט",
        "copied": "הועתק.",
        "copy_label": "התשובות שלך כטקסט",
        "good": "נכון.",
        "bad": "עוד לא.",
        "complete": "הושלם.",
        "to_do": "נשאר:",
        "order": "סדר",
        "nothing_yet": "עדיין לא נבחר דבר.",
        "no_answer": "צריך לבחור תשובה קודם.",
        "marks": "{value} מתוך {of} נקודות",
        "full_marks": "כל הנקודות.",
        "look_again": "משהו כאן עדיין לא נכון. כדאי להסתכל שוב על החלק הזה.",
        "not_answered": "עדיין לא ענית על החלק הזה.",
        "solved": "נפתרו {solved} מתוך {of}, מהם {right} בניסיון הראשון.",
        "kept": "נשמר במחשב הזה.",
        "answered": "יש תשובה ל־{n} שאלות מתוך {of}.",
        "answered_kept": "יש תשובה ל־{n} שאלות מתוך {of}, והתשובות נשמרו במחשב הזה.",
        "left_open": "אפשר להשאיר {n} בלי תשובה, או לענות וללחוץ שוב על הכפתור.",
        "thanks": "תודה. נחזור לזה בסוף הקורס.",
        "still_to_choose": "נשאר עוד לבחור: {n}.",
        "misfit": "התשובה הזאת כבר לא מתאימה לשאלה. צריך לבחור שוב.",
        "no_choice": "התשובה הזאת כבר אינה אחת האפשרויות. צריך לבחור שוב.",
    },
}


def words_for(language: str) -> dict[str, str]:
    """The labels for a language; English where there is none.

    >>> words_for("en")["check"]
    'Check'
    """
    return WORDS.get(language, WORDS["en"])


def direction(language: str) -> str:
    """`"rtl"` for a language that is written from right to left, else `"ltr"`.

    >>> direction("he")
    'rtl'
    """
    return "rtl" if right_to_left(language) else "ltr"

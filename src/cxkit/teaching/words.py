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
        "ready": "✓ Ready: {title}. You can read on.",
        "ready_not_kept": "Your progress cannot be kept: {file} could not be written ({fault}). "
        "You can learn all the same. Your answers in exercises are kept in the notebook itself.",
        "guess_button": "Show what the data say",
        "guess_number": "You guessed {guess}. The data say {value} ({certainty}, n = {n}).",
        "guess_choice": "You guessed: {guess}.",
        "guess_same": "You guessed: {guess}. The data say the same.",
        "guess_other": "You guessed: {guess}. The data say: {value}.",
        "guess_data": "The data say {value} ({certainty}, n = {n}).",
        "guess_interval": "{level} interval {low} to {high}",
        "guess_no_interval": "no interval",
        "guess_exact": "Your guess is the number in the data.",
        "guess_inside": "Your guess is {far} {side} than that. It lies inside the interval, so the data cannot tell "
        "the two apart.",
        "guess_near": "Your guess is {far} {side} than that.",
        "guess_outside": "Your guess is {far} {side} than that, outside the interval.",
        "guess_surprise": "Many guesses are off. A guess that is off is useful: a surprise stays in mind.",
        "guess_higher": "higher",
        "guess_lower": "lower",
        "guess_points": "{n} percentage points",
        "guess_point": "1 percentage point",
        "guess_kept": "Your first guess is kept on this computer. It cannot be changed any more.",
        "guess_stays": "Your first guess cannot be changed any more.",
        "guess_paper": "What the data say",
        "guess_first": "Guess first. Then open the line below.",
        "paper_form": "The form appears here when the notebook runs.",
        "take_map": "Take in my map",
        "taken": "{n} touchpoints are in. Did you change the map? Press the button again.",
        "no_map": "There is no map in the file “{file}” yet. Draw it in the editor above, then press again.",
        "no_function": "The optional part is open: there is no function “{name}” yet.",
        "draw_more": "The picture comes when this part is filled in.",
        "not_kept": "This could not be kept: {fault}. Check that your disk is not full.",
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
        "ready": "✓ הכול מוכן: {title}. אפשר להמשיך לקרוא.",
        "ready_not_kept": "לא ניתן לשמור את ההתקדמות: הקובץ {file} לא נכתב ({fault}). "
        "אפשר ללמוד גם כך. התשובות בתרגילים נשמרות במחברת עצמה.",
        "guess_button": "מה אומרים הנתונים?",
        "guess_number": "הניחוש שלך: {guess}. הנתונים אומרים: {value} ({certainty}, מספר המקרים: {n}).",
        "guess_choice": "הניחוש שלך: {guess}.",
        "guess_same": "הניחוש שלך: {guess}. כך אומרים גם הנתונים.",
        "guess_other": "הניחוש שלך: {guess}. הנתונים אומרים: {value}.",
        "guess_data": "הנתונים אומרים: {value} ({certainty}, מספר המקרים: {n}).",
        "guess_interval": "רווח סמך של {level}: בין {low} ל־{high}",
        "guess_no_interval": "בלי רווח סמך",
        "guess_exact": "הניחוש שלך הוא בדיוק המספר שבנתונים.",
        "guess_inside": "הניחוש שלך {side} מזה. ההפרש: {far}. הניחוש נמצא בתוך רווח הסמך, ולכן הנתונים אינם יכולים "
        "להבדיל ביניהם.",
        "guess_near": "הניחוש שלך {side} מזה. ההפרש: {far}.",
        "guess_outside": "הניחוש שלך {side} מזה, מחוץ לרווח הסמך. ההפרש: {far}.",
        "guess_surprise": "ניחושים רבים אינם מדויקים. ניחוש לא מדויק מועיל: מה שמפתיע נשאר בזיכרון.",
        "guess_higher": "גבוה",
        "guess_lower": "נמוך",
        "guess_points": "{n} נקודות אחוז",
        "guess_point": "נקודת אחוז אחת",
        "guess_kept": "הניחוש הראשון שלך נשמר במחשב הזה. אי אפשר עוד לשנות אותו.",
        "guess_stays": "אי אפשר עוד לשנות את הניחוש הראשון שלך.",
        "guess_paper": "מה אומרים הנתונים",
        "guess_first": "קודם מנחשים, ואז פותחים את השורה שלמטה.",
        "paper_form": "הטופס מופיע כאן כשהמחברת רצה.",
        "take_map": "הבאת המפה שלי",
        "taken": "המפה כאן, עם {n} נקודות מגע. שינית את המפה? אפשר ללחוץ שוב על הכפתור.",
        "no_map": "עדיין אין מפה בקובץ “{file}”. מציירים אותה בעורך שלמעלה, ואז לוחצים שוב.",
        "no_function": "חלק הרשות פתוח: עדיין אין פונקציה בשם “{name}”.",
        "draw_more": "התמונה תופיע כשהחלק הזה יהיה מלא.",
        "not_kept": "לא ניתן היה לשמור: {fault}. כדאי לבדוק שהדיסק אינו מלא.",
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

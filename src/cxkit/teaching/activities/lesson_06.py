"""Lesson 6: what a day of waiting costs. In every language for which `WORDS` has a table."""

from __future__ import annotations

from collections.abc import Callable

from cxkit.teaching.form import Words, say
from cxkit.views.hundred import draw_hundred
from cxkit.views.picture import Picture

from . import Answers

KEEP, MOST_DAYS = 80, 20

# A further language is one more table with the same keys; its activity is called `06_day_` and the language's code.
WORDS = {
    "en": {
        "title": "100 patients who wait after the images, with {cost:g}% lost each day",
        "one": "1 day",
        "two": "2 days",
        "few": "{days} days",
        "many": "{days} days",
        "finding": "After {waited}, {here} of 100 are still there",
        "across": "Days of waiting",
        "bound": "80 of 100",
        "here": "still there",
        "gone": "lost to the clinic",
        "step": "Days",
        "people": "Still there, of 100 patients",
        "alt": "A curve that falls with each day of waiting, a little less each time. {finding}.",
        "too_long": "Too long. After {waited}, {here} of 100 are still there.",
        "too_short": "That keeps {here} of 100. Is there a longer wait that still keeps 80?",
        "right": "{waited} keep {here} of 100. One more day, and it would be fewer than 80.",
        "no_limit": "At {cost:g}% a day, even {waited} keep {here} of 100. Now try 3%, as in the data.",
        "range": "The data allow 2.2% to 3.8%. So try 2% and 4% too, and see how the answer moves.",
    },
    "he": {
        "title": "100 מטופלים שמחכים אחרי הצילומים. בכל יום המרפאה מאבדת {cost:g}%",
        "one": "יום אחד",
        "two": "יומיים",
        "few": "{days} ימים",
        "many": "{days} יום",
        "finding": "אחרי {waited} עוד נשארו {here} מתוך 100",
        "across": "ימי המתנה",
        "bound": "80 מתוך 100",
        "here": "עוד נשארו",
        "gone": "עזבו את המרפאה",
        "step": "ימים",
        "people": "עוד נשארו, מתוך 100 מטופלים",
        "alt": "קו שיורד עם כל יום המתנה, בכל פעם קצת פחות. {finding}.",
        "too_long": "ארוך מדי. אחרי {waited} של המתנה נשארים {here} מתוך 100.",
        "too_short": "כך נשארים {here} מתוך 100. יש המתנה ארוכה יותר שאחריה עדיין נשארים 80?",
        "right": "אחרי {waited} של המתנה נשארים {here} מתוך 100. עוד יום אחד, ויישארו פחות מ־80.",
        "no_limit": "ב־{cost:g}% ליום, גם אחרי {waited} נשארים {here} מתוך 100. עכשיו כדאי לנסות 3%, כמו בנתונים.",
        "range": "לפי הנתונים, כל ערך בין 2.2% ל־3.8% אפשרי. לכן כדאי לנסות גם 2% ו־4%, ולראות איך התשובה זזה.",
    },
}


def still_there(cost: float, days: int) -> float:
    """Of 100 patients, those still there after so many days, where each day takes `cost` percent of the rest."""
    return 100.0 * (1 - cost / 100) ** days


def _waited(days: int, words: dict[str, str]) -> str:
    """So many days in words; Hebrew has four forms of it."""
    form = {1: "one", 2: "two"}.get(days, "many" if days > 10 else "few")
    return words[form].format(days=days)


def _drawer(language: str) -> Callable[[Answers], Picture]:
    words = WORDS[language]

    def draw(answers: Answers) -> Picture:
        cost, days = float(answers["cost"]), int(answers["days"])
        left = [still_there(cost, day) for day in range(MOST_DAYS + 1)]
        finding = words["finding"].format(waited=_waited(days, words), here=round(left[days]))
        said = {**words, "title": words["title"].format(cost=cost), "finding": finding}
        said["alt"] = words["alt"].format(finding=finding)
        return draw_hundred(range(MOST_DAYS + 1), left, days, KEEP, said, language)

    return draw


def _judge(language: str) -> Callable[[str, Answers], tuple[bool, Words]]:
    words = WORDS[language]

    def judge(question: str, answers: Answers) -> tuple[bool, Words]:
        cost, days = float(answers["cost"]), int(answers["days"])
        longest = max(day for day in range(MOST_DAYS + 1) if round(still_there(cost, day)) >= KEEP)
        about = {"cost": cost, "waited": _waited(days, words), "here": round(still_there(cost, days))}
        if days != longest:
            return False, [
                say(words["too_long" if days > longest else "too_short"].format(**about), ok=False)
            ]
        if longest == MOST_DAYS:
            return False, [say(words["no_limit"].format(**about), ok=False)]
        return True, [say(f"{words['right'].format(**about)} {words['range']}", ok=True)]

    return judge


ACTIVITIES = {
    f"06_day{'' if language == 'en' else f'_{language}'}": (_drawer(language), _judge(language))
    for language in WORDS
}

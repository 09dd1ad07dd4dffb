"""How charts write numbers, and where their words come from."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from cxkit.languages import base_language
from cxkit.measures.estimate import number
from cxkit.views.charts.english_words import ENGLISH
from cxkit.views.charts.hebrew_words import COST_NOTES, HEBREW, INTERVALS, UNITS

_METHOD = re.compile(r"95% (?:Wilson|Newcombe|Welch) interval|95% interval, four .+, unpooled")
AGAIN = {
    "replications": ("repeats by the computer", "חזרות של המחשב"),
    "draws": ("tries", "ניסיונות"),
}
"""What the measures call many runs with other chance, and what a reader is told in English and in Hebrew."""


def words(language: str) -> dict[str, str]:
    """The words that charts add of their own: Hebrew for `he`, English for every other language.

    >>> words("he")["before"], words("en")["before"]
    ('לפני', 'before')
    """
    return HEBREW if base_language(language) == "he" else ENGLISH


def interval_name(text: str, language: str) -> str:
    """Which interval it is, in the language of the chart and in words for everybody.

    A name that says nothing to most readers is left out; the estimate itself has it.

    >>> interval_name("95% t interval", "he"), interval_name("95% Newcombe interval", "en")
    ('רווח סמך 95% (t)', '95% interval')
    """
    hebrew = base_language(language) == "he"
    again = re.fullmatch(r"95% of ([\d,]+) (replications|draws)", text)
    if again:
        english, other = AGAIN[again[2]]
        return f"95% מ־{again[1]} {other}" if hebrew else f"95% of {again[1]} {english}"
    text = _METHOD.sub("95% interval", text)
    if not hebrew:
        return text
    return INTERVALS.get(text, "רווח סמך 95%" if text.startswith("95%") else text)


def cost_note(text: str, language: str) -> str:
    """What is said beside the cost of a day of waiting, in the language of the chart.

    >>> cost_note("For each day since the event before (most often “request”).", "he")
    'לכל יום מאז ״request״.'
    """
    for said, hebrew in COST_NOTES if base_language(language) == "he" else ():
        found = re.fullmatch(said, text)
        if found:
            return hebrew.format(*found.groups())
    return text


def unit_name(unit: str, language: str) -> str:
    """A unit of time in the language of the chart, where it is a usual one.

    >>> unit_name("months", "he"), unit_name("months", "en"), unit_name("shifts", "he")
    ('חודשים', 'months', 'shifts')
    """
    return UNITS.get(unit.strip().casefold(), unit) if base_language(language) == "he" else unit


def figure(value: float, said: Mapping[str, str]) -> str:
    """A number as people read it, or that it is not known."""
    return said["unknown"] if value is None or math.isnan(value) else number(float(value))


def percent(share: float, said: Mapping[str, str] = ENGLISH) -> str:
    """A share from 0 to 1 in percent: whole from 10% on, one place below.

    >>> percent(0.284), percent(0.0327), percent(0.0001), percent(1)
    ('28%', '3.3%', '<0.1%', '100%')
    """
    if math.isnan(share):
        return said["unknown"]
    size = 100 * abs(share)
    sign = "−" if share < 0 else ""
    if 0 < size < 0.1:
        return ">−0.1%" if sign else "<0.1%"
    text = f"{size:.0f}" if size >= 10 else f"{size:.1f}".removesuffix(".0")
    return f"{sign}{text}%"


def tick_percent(share: float) -> str:
    """A share at a line of a scale, unrounded.

    >>> tick_percent(0.125)
    '12.5%'
    """
    return f"{round(100 * share, 6):g}%".replace("-", "−")


def ratio(value: float, said: Mapping[str, str] = ENGLISH) -> str:
    """A ratio to two places, so that those of one column can be compared.

    >>> ratio(1.461), ratio(0.0004), ratio(float("inf"))
    ('1.46', '<0.01', '∞')
    """
    if math.isnan(value):
        return said["unknown"]
    if math.isinf(value) or value >= 1e6:
        return "∞" if math.isinf(value) else "> 10⁶"
    if value >= 100:
        return f"{value:,.0f}"
    return "<0.01" if 0 <= value < 0.005 else f"{value:.2f}"


def signed(value: float, places: int = 2) -> str:
    """A difference with its sign.

    >>> signed(-1.4551), signed(0.5, 1), signed(0.0)
    ('−1.46', '+0.5', '0')
    """
    if not round(value, places):
        return "0"
    return f"{value:+,.{places}f}".replace("-", "−")


def span(low: float, high: float, said: Mapping[str, str], form: Callable[[float], str]) -> str:
    """“1.35 to 1.58”; empty where either end is unknown."""
    if math.isnan(low) or math.isnan(high):
        return ""
    return said["to"].format(low=form(low), high=form(high))


def with_span(
    value: float, low: float, high: float, said: Mapping[str, str], form: Callable[[float], str]
) -> str:
    """“1.46 (1.35 to 1.58)”, without brackets where there is no interval."""
    between = span(low, high, said, form)
    return said["with interval"].format(value=form(value), between=between) if between else form(value)


def reach(row: pd.Series, of: str, said: Mapping[str, str], form: Callable[[float], str]) -> str:
    """A sentence for the alt text: the interval of what the title tells; empty where there is none."""
    if not {"low", "high"} <= set(row.index) or math.isnan(row["low"]) or math.isnan(row["high"]):
        return ""
    return " " + said["alt.reach"].format(of=of, low=form(float(row["low"])), high=form(float(row["high"])))


def wait(days: float, said: Mapping[str, str], brief: bool = True) -> str:
    """A wait in the unit that a person would use, from minutes to years.

    >>> wait(0.0069, words("en")), wait(4.664, words("en")), wait(230, words("en"), brief=False)
    ('10 min', '4.7 d', '7.6 months')
    >>> wait(1.0, words("he")), wait(2.0, words("he")), wait(1.0, words("en"), brief=False)
    ('יום', '2 ימים', '1 day')
    >>> wait(14.0, words("he")), wait(17.1, words("he"))
    ('14 יום', '17.1 ימים')
    """
    if math.isnan(days):
        return said["unknown"]
    if math.isinf(days):
        return "∞"
    units = (("minutes", 1 / 1440), ("hours", 1 / 24), ("days", 1.0), ("months", 30.4), ("years", 365.25))
    tail = ".short" if brief else ""
    if days * 1440 < 0.5:
        return said[f"no wait{tail}"]
    limit = {"minutes": 1 / 24 * 0.99, "hours": 0.99, "days": 60.0, "months": 730.0, "years": math.inf}
    unit, size = next((name, size) for name, size in units if days < limit[name])
    amount = days / size
    whole = amount >= 100 or unit == "minutes"
    text = f"{amount:,.0f}" if whole else f"{amount:.1f}".removesuffix(".0")
    form = f"one {unit.removesuffix('s')}{tail}" if text == "1" else f"{unit}{tail}"
    if unit == "days" and text.isdigit() and int(text) > 10:
        # from 11 on, Hebrew counts in the singular
        form = f"many days{tail}"
    return said.get(form, said[f"{unit}{tail}"]).format(text)


def listed(names: Sequence[str], said: Mapping[str, str]) -> str:
    """“A”, “B” and “C”."""
    quoted = [said["quote"].format(name) for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return said["and"].format(", ".join(quoted[:-1]), quoted[-1])

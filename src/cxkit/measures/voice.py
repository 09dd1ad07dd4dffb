"""The voice of the customer: quotes coded to touchpoints, two coders compared, complaints counted, silence estimated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cxkit.journey_cells import is_empty, nearest, shown, to_text, word_key

from . import checks
from .codebook import Phrase, codes_of, plain_words
from .confidence import WILSON95, Z95, wilson
from .estimate import Estimate, number
from .iceberg import Iceberg, iceberg
from .told import counted, told

__all__ = ["Iceberg", "agreement", "code_quotes", "complaints", "iceberg"]

BOTH = ("touchpoint", "reaction")
REACTIONS = ("fight", "flight", "neither")
# Landis & Koch (1977): their own words for it are “clearly arbitrary”.
BANDS = ((0.8, "almost perfect"), (0.6, "substantial"), (0.4, "moderate"), (0.2, "fair"), (0, "slight"))


def code_quotes(quotes: Any, codebook: pd.DataFrame, kind: str = "touchpoint") -> pd.DataFrame:
    """Give each quote the code whose words it uses most: a simple, open rule to check people's coding against.

    A code's score is the number of words of the quote that its phrases cover. So more hits count more, and so do
    longer phrases. The highest score wins; at a tie no code is given, and both stand in `also`. There the highest
    score comes first, then the code whose words come first in the quote, then the first name. Case, punctuation, accents
    and the shape of quotation marks do not matter. The rule is ours; it is a form of dictionary coding (Stone, Dunphy,
    Smith & Ogilvie 1966, “The General Inquirer”).

    Args:
        quotes: a DataFrame with the column `text`, or a list of texts.
        codebook: columns `kind`, `code`, `meaning`, `words`. In `words`, phrases are divided by `|`; a `*` at the
            end (or the start) of a word stands for any letters: `wait*` finds waited and waiting.
        kind: which part of the codebook: its rows with this `kind` are used. "both" codes touchpoint and reaction.

    Returns:
        The rows and columns of `quotes`, then `code` ("" where nothing was found or two codes tie),
        `words_found` (the words that led to it), `also` (other codes that were hit). With kind="both" these are
        `touchpoint, touchpoint_words, touchpoint_also, reaction, reaction_words, reaction_also`: what `complaints`
        takes. `attrs` counts: `coded`, `nothing_found`, `tie`, `missing` (no text), with kind="both" in a dict for each
        kind; and `notes` says it in sentences.

    Raises:
        ValueError: where `quotes` has no text, or the codebook is at fault; all its faults are listed.

    >>> codebook = pd.DataFrame({"kind": ["touchpoint"] * 2, "code": ["Time on hold", "The bill"],
    ...                          "meaning": ["", ""], "words": ["on hold|wait*", "bill*|charge*|paid"]})
    >>> found = code_quotes(["I waited 40 minutes ON HOLD", "They charged me twice."], codebook)
    >>> found[["text", "code", "words_found"]]
                              text          code      words_found
    0  I waited 40 minutes ON HOLD  Time on hold  waited; on hold
    1       They charged me twice.      The bill          charged
    """
    if not isinstance(kind, str):
        raise ValueError(f"Name one kind of code, such as touchpoint, not {told(kind)}.")
    both = word_key(to_text(kind)) == "both"
    # the columns for each kind: the code, the words that led to it, the other codes
    kinds = {each: (each, f"{each}_words", f"{each}_also") for each in BOTH}
    if not both:
        kinds = {kind: ("code", "words_found", "also")}
    table = _quotes(quotes, [name for names in kinds.values() for name in names])
    texts = [to_text(value) for value in checks.column(table, "text")]
    result = table.reset_index(drop=True)
    result.attrs, notes = {}, []
    for each, names in kinds.items():
        codes = codes_of(codebook, each)
        rows = [_code(text, codes) for text in texts]
        for place, name in enumerate(names):
            result[name] = pd.Series([row[place] for row in rows], dtype="str")
        counts = _counts(texts, rows)
        result.attrs.update({each: counts} if both else counts)
        notes += [f"{each.capitalize()}: {note}" if both else note for note in _notes(counts, names[2])]
    result.attrs["notes"] = notes
    return result


def _counts(texts: list[str], rows: list[tuple[str, str, str]]) -> dict[str, int]:
    missing = sum(not text for text in texts)
    coded = sum(bool(row[0]) for row in rows)
    tie = sum(not row[0] and bool(row[1]) for row in rows)
    nothing = len(rows) - coded - tie - missing
    return {"coded": coded, "nothing_found": nothing, "tie": tie, "missing": missing}


def _notes(counts: Mapping[str, int], also: str) -> list[str]:
    nothing, tie, missing = counts["nothing_found"], counts["tie"], counts["missing"]
    return [
        f"{counts['coded']:,} of {counted(sum(counts.values()), 'quote', 'quotes')} got a code.",
        *([f"In {nothing:,} no word of the codebook was found."] if nothing else []),
        *([f"In {tie:,} two or more codes tie, so none was given; see the column “{also}”."] if tie else []),
        *([f"Without a text: {missing:,}."] if missing else []),
    ]


def _quotes(quotes: Any, new: list[str]) -> pd.DataFrame:
    if isinstance(quotes, pd.DataFrame):
        table = checks.table(quotes, "a table of quotes with the column “text”")
        checks.column(table, "text")
    elif not _is_list(quotes):
        raise ValueError(f"Give a table with the column “text”, or a list of texts, not {told(quotes)}.")
    else:
        table = pd.DataFrame({"text": list(quotes)})
        if table.empty:
            raise ValueError("There are no quotes. Give at least one text.")
    taken = [name for name in new if name in table.columns]
    if taken:
        raise ValueError(f"The table has a column “{taken[0]}” already. Rename it first; it would be lost.")
    return table


def _is_list(given: Any) -> bool:
    """Is it a list or one column of values?"""
    several = list | tuple | pd.Series | pd.Index | np.ndarray | pd.api.extensions.ExtensionArray
    return isinstance(given, several) and getattr(given, "ndim", 1) == 1


def _code(text: str, codes: Mapping[str, list[Phrase]]) -> tuple[str, str, str]:
    """(code, words found, other codes) for one text."""
    words = plain_words(text)
    line = f" {' '.join(words)} "
    covered = {
        code: sorted({place for phrase in phrases for place in phrase.places(line)})
        for code, phrases in codes.items()
    }
    hit = [code for code in codes if covered[code]]
    hit.sort(key=lambda code: (-len(covered[code]), covered[code], code))
    if not hit:
        return "", "", ""
    best = [code for code in hit if len(covered[code]) == len(covered[hit[0]])]
    won = best[0] if len(best) == 1 else ""
    found = sorted(set().union(*(covered[code] for code in best)))
    also = [code for code in hit if code != won]
    return won, _runs(words, found), "; ".join(also)


def _runs(words: list[str], places: list[int]) -> str:
    """The words at these places, neighbours together: “on hold; waited”."""
    runs: list[list[str]] = []
    for before, place in zip([-2, *places], places, strict=False):
        if place == before + 1:
            runs[-1].append(words[place])
        else:
            runs.append([words[place]])
    return "; ".join(" ".join(run) for run in runs)


def agreement(a: Any, b: Any) -> Estimate:
    """How well two coders agree, beyond what chance alone would give: Cohen's kappa.

    Kappa (Cohen 1960) is 1 where both always say the same, and 0 where they agree no more often than two people who
    code at random, each with their own habits. The 95% interval rests on the large-sample standard error of Fleiss,
    Cohen & Everitt (1969).

    Args:
        a, b: the codes of the two coders, in the same order of quotes. Case and spaces do not matter. An empty text
            "" (as `code_quotes` gives it) means that the coder found no code: against a code of the other coder, this
            is a disagreement. Left out and counted: a pair in which a code is missing (None or NaN, as an empty cell of
            a file is read), and a pair in which both are "", since that may mean that nobody looked. Write a word, such
            as “none”, where “no code fits” is meant as an answer.

    Returns:
        An Estimate without unit, −1 to 1; `n` pairs, `missing` pairs left out. Its words say first to how many quotes
        both gave the same code, then name the band of Landis & Koch (1977), which is a convention and no law.

    Raises:
        ValueError: where the lists differ in length or in order, or both coders use one and the same code only.

    >>> agreement(["hold", "bill", "hold", "bill"], ["hold", "bill", "hold", "hold"]).value
    0.5
    """
    first, second = _codes(a, "a"), _codes(b, "b")
    if len(first) != len(second):
        raise ValueError(
            f"The first coder has {counted(len(first), 'code', 'codes')} and the second {len(second):,}. "
            "Both must code the same quotes."
        )
    if (
        isinstance(a, pd.Series)
        and isinstance(b, pd.Series)
        and not a.index.equals(b.index)
        and set(a.index) == set(b.index)
    ):
        raise ValueError(
            "The two columns are in a different order. Put both in the order of the quotes first."
        )
    coded = [
        (one, two) for one, two in zip(first, second, strict=True) if one is not None and two is not None
    ]
    pairs = [pair for pair in coded if any(pair)]
    lacking, silent = len(first) - len(coded), len(coded) - len(pairs)
    if not pairs:
        raise ValueError("There is no quote that both have coded.")
    used = sorted({code for pair in pairs for code in pair})
    if len(used) == 1:
        raise ValueError(
            "Both coders use one and the same code only. Kappa cannot tell their skill from chance then."
        )
    table = np.zeros((len(used), len(used)))
    for (one, two), count in Counter(pairs).items():
        table[used.index(one), used.index(two)] = count

    from statsmodels.stats.inter_rater import cohens_kappa

    # the test against 0 divides by 0 where agreement is exact; we do not use it
    with np.errstate(divide="ignore", invalid="ignore"):
        found = cohens_kappa(table)
    value, se = float(found.kappa), float(np.sqrt(max(found.var_kappa, 0.0)))
    same = round(float(np.trace(table)))
    words = (
        f"The two give the same code to {same:,} of {counted(len(pairs), 'quote', 'quotes')} "
        f"({number(100 * same / len(pairs))}%). "
        f"Beyond chance, the agreement is {_band(value)} (a convention of Landis & Koch 1977, not a law): kappa is "
        f"{number(value)}."
    )
    all_pairs = counted(len(first), "pair", "pairs")
    if one_sided := sum(not all(pair) for pair in pairs):
        words += f" To {one_sided:,} only one of the two gave a code; that counts as a disagreement."
    if lacking:
        words += f" Left out, since a code is missing (an empty cell): {lacking:,} of {all_pairs}."
    if silent:
        words += f" Left out, since neither of the two found a code: {silent:,} of {all_pairs}."
    if se < 1e-9:
        why = "With no disagreement at all" if same == len(pairs) else "With codes like these"
        words += f" {why}, the interval has no width; that does not mean certainty."
    return Estimate(
        value,
        max(value - Z95 * se, -1.0),
        min(value + Z95 * se, 1.0),
        len(pairs),
        "95% interval of Fleiss, Cohen & Everitt (1969)",
        "Cohen's kappa",
        words=words,
        missing=lacking + silent,
        se=se,
    )


def _codes(given: Any, name: str) -> list[str | None]:
    """The codes, "" where a coder found none, and None where the answer itself is missing."""
    if getattr(given, "ndim", 1) > 1:
        raise ValueError(f'“{name}” needs one column of codes, such as table["code"], not {told(given)}.')
    if not _is_list(given):
        raise ValueError(f"“{name}” needs a list or a column of codes, not {told(given)}.")
    return [
        None if is_empty(value) and not isinstance(value, str) else word_key(to_text(value))
        for value in given
    ]


def _band(kappa: float) -> str:
    return next((words for least, words in BANDS if kappa > least or (least == 0 == kappa)), "poor")


def complaints(coded: pd.DataFrame, weights: Mapping[Any, float] | None = None) -> pd.DataFrame:
    """Count the complaints at each touchpoint, and weigh them by how badly people were hurt.

    Praise is no complaint: a quote with `reaction` neither and `severity` 0 (or, in a table with only one of these two
    columns, neither or 0). Shares have 95% intervals of Wilson (1927).

    Args:
        coded: one row per quote: `touchpoint` (or `code`, as `code_quotes` gives it), and where there are such columns
            `reaction` (fight, flight, neither) and `severity` (0 to 4: how badly the person was hurt; a reader sets it,
            quote by quote). With neither of these two, praise cannot be told apart, and every quote counts.
        weights: severity -> how much one complaint of this severity counts, such as {1: 1, 2: 2, 3: 5, 4: 10}; 0 or
            more. Setting them is a judgement: defend yours. They need the column `severity`. None: each counts the same.

    Returns:
        `touchpoint, quotes, share, low, high, fight, flight, weighted_share`, most complaints first. Shares run from 0
        to 1. `fight` and `flight` are counts (NaN without the column `reaction`). `attrs` counts `praise` and `missing`
        (no touchpoint or reaction, or no severity where it is needed; left out), `notes` says it in sentences,
        and `interval` says which interval it is.

    Raises:
        ValueError: for an unknown word, a severity outside 0 to 4, or weights that do not fit.

    >>> coded = pd.DataFrame({"touchpoint": ["The bill", "Time on hold", "Time on hold"], "severity": [4, 1, 1]})
    >>> complaints(coded, {1: 1, 4: 8})[["touchpoint", "quotes", "share", "weighted_share"]].round(2)
         touchpoint  quotes  share  weighted_share
    0  Time on hold       2   0.67             0.2
    1      The bill       1   0.33             0.8
    """
    table = checks.table(coded, "a table of coded quotes")
    name = "code" if "touchpoint" not in table.columns and "code" in table.columns else "touchpoint"
    places = pd.Series([to_text(value) for value in checks.column(table, name)], dtype="str")
    if name == "code" and any(places) and {word_key(place) for place in places} <= {"", *REACTIONS}:
        raise ValueError(
            "“code” holds reactions, not touchpoints. Code both: code_quotes(quotes, codebook, kind='both')."
        )
    reaction = _reactions(table) if "reaction" in table.columns else None
    severity = checks.numbers(table["severity"], "severity", 0, 4) if "severity" in table.columns else None
    if weights is not None and severity is None:
        raise ValueError(
            "The weights are for each severity, but the table has no column “severity”. No rule finds it: a reader sets "
            "it for each quote, from 0 (no harm) to 4 (grave harm). Write it in a column “severity”."
        )
    missing = (places == "").to_numpy(copy=True)
    praise = np.ones(len(table), bool)
    if reaction is not None:
        missing |= (reaction == "").to_numpy()
        praise &= (reaction == "neither").to_numpy()
    if severity is not None:
        # an angry quote is a complaint, however severe: its severity is needed only to weigh it
        missing |= np.isnan(severity) & (praise if weights is None else True)
        praise &= severity == 0
    if reaction is None and severity is None:
        praise[:] = False
    kept = ~missing & ~praise
    total = int(kept.sum())
    if not total:
        raise ValueError("No row is a complaint with a touchpoint. There is nothing to count.")
    found = pd.DataFrame({"touchpoint": places[kept], "weight": 1.0})
    found["fight"] = np.nan if reaction is None else (reaction[kept] == "fight").astype(int)
    found["flight"] = np.nan if reaction is None else (reaction[kept] == "flight").astype(int)
    if weights is not None and severity is not None:
        found["weight"] = _weights(weights, severity[kept])
    groups = found.groupby("touchpoint", sort=True)
    counts = groups.size()
    low, high = wilson(counts.to_numpy(), total)
    result = pd.DataFrame(
        {
            "touchpoint": counts.index.astype("str"),
            "quotes": counts.to_numpy(),
            "share": counts.to_numpy() / total,
            "low": low,
            "high": high,
            "fight": groups["fight"].sum(min_count=1).to_numpy(),
            "flight": groups["flight"].sum(min_count=1).to_numpy(),
            "weighted_share": groups["weight"].sum().to_numpy() / found["weight"].sum(),
        }
    )
    result = result.sort_values(["quotes", "touchpoint"], ascending=[False, True], ignore_index=True)
    left_out, praised = int(missing.sum()), int((praise & ~missing).sum())
    result.attrs = {"praise": praised, "missing": left_out, "interval": WILSON95}
    coded_quotes = "coded quote" if left_out else "quote"
    of_all = f"{total:,} of {counted(total + praised, coded_quotes, f'{coded_quotes}s')}"
    start = f"{of_all} {'is a complaint' if total == 1 else 'are complaints'}."
    if reaction is None and severity is None:
        start = (
            f"{total:,} of {counted(len(table), 'quote is', 'quotes are')} counted, praise too: without a column "
            "“reaction” or “severity”, nobody can tell which of them are complaints."
        )
    result.attrs["notes"] = [
        start,
        *([f"Praise or plain remarks: {praised:,}."] if praised else []),
        *([f"Left out, since something is not coded: {left_out:,} of {len(table):,}."] if left_out else []),
    ]
    return result


def _reactions(table: pd.DataFrame) -> pd.Series:
    found = []
    for row, value in enumerate(table["reaction"], start=2):
        text = word_key(to_text(value))
        if text and text not in REACTIONS:
            near = nearest(text, REACTIONS)
            hint = f"Did you mean {near}?" if near else f"Write one of: {', '.join(REACTIONS)}."
            raise ValueError(
                f"“reaction”, row {row}: “{shown(value)}” is not a reaction. {hint} {checks.ROWS}"
            )
        found.append(text)
    return pd.Series(found, dtype="str")


def _weights(weights: Mapping[Any, float], severity: np.ndarray) -> np.ndarray:
    if not isinstance(weights, Mapping):
        raise ValueError(
            f"Weights are severity and weight: {{1: 1, 2: 2, 3: 5, 4: 10}}, not {told(weights)}."
        )
    keys = checks.numbers(list(weights), "weights, the severities", 0, 4)
    values = checks.numbers(list(weights.values()), "weights", 0)
    if np.isnan(keys).any() or np.isnan(values).any():
        raise ValueError("Each weight needs a severity and a number. One of them is empty.")
    known = dict(zip(keys.tolist(), values.tolist(), strict=True))
    lacking = sorted(set(severity.tolist()) - set(known))
    if lacking:
        raise ValueError(f"The severity {number(lacking[0])} occurs, but has no weight. Give it one.")
    found = np.array([known[value] for value in severity.tolist()])
    if not found.sum():
        raise ValueError("Every complaint has the weight 0. Give at least one severity a weight above 0.")
    return found

"""What activities share in which a learner sorts cards: reading the answers, and words for each card."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from cxkit.teaching.form import Words, say
from cxkit.views.ledger import Mark

Sorted = Mapping[str, Mapping[str, str]]
Key = Mapping[str, Mapping[str, Collection[str]]]


def chosen(answer: Any) -> dict[str, dict[str, str]]:
    """A `steps` answer as card to column to what was chosen.

    >>> chosen([{"step": "call", "kind": "first"}, {"step": "search"}])
    {'call': {'kind': 'first'}, 'search': {}}
    """
    rows = answer if isinstance(answer, list) else []
    return {row["step"]: {column: value for column, value in row.items() if column != "step"} for row in rows}


def marks(cards: Collection[str], column: str, answer: Sorted, looks: Mapping[str, Mark]) -> list[Mark]:
    """For each card how its choice is shown; a choice that is open, or unknown, is shown as not chosen yet."""
    return [looks.get(answer.get(card, {}).get(column, ""), Mark()) for card in cards]


def wrong_cards(answer: Sorted, key: Key, words: Mapping[str, str]) -> tuple[bool, Words]:
    """Is every choice accepted? Else words for each card that is not, and a count of choices that are still open.

    >>> wrong_cards({"call": {"kind": "zero"}}, {"call": {"kind": ["first"]}}, {"call": "Who answers?"})
    (False, [{'ok': False, 'text': 'Who answers?'}])
    """
    open_yet, said = 0, []
    for card, columns in key.items():
        given = [answer.get(card, {}).get(column) for column in columns]
        open_yet += given.count(None)
        if any(
            one is not None and one not in columns[column] for one, column in zip(given, columns, strict=True)
        ):
            said.append(say(words[card], ok=False))
    if open_yet:
        said.append(say(f"Still to choose: {open_yet}."))
    return not said, said

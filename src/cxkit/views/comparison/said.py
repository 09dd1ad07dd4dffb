"""What two journeys say side by side, in words: the one thing to see, what moved, the alt text and the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from cxkit.journey_cells import to_text, word_key
from cxkit.views.comparison.pair import Pair, marked, within
from cxkit.views.map.cells import Story
from cxkit.views.map.said import evidence_key, honest

KINDS = (
    "lost",
    "gained",
    "end",
    "breaks",
    "down",
    "up",
    "removed",
    "added",
    "longer",
    "shorter",
    "moved",
    "mended",
    "owner",
    "failure",
    "channel",
    "wait",
    "score",
    "expected",
    "stage",
)
"""Kinds of change, the weightiest first."""


@dataclass(frozen=True)
class Told:
    """One line of what moved: its kind, its words, and how many rows of the table it tells."""

    kind: str
    text: str
    rows: int


def finding(pair: Pair) -> str:
    """The one thing to see: at most two gains, and the weightiest cost."""
    times, owners, scores = (list(said(pair)) for said in (_time_said, _owners_said, _scores_said))
    gains = [text for better, text in (*times, *owners, *scores) if better][:2]
    costs = [text for better, text in (*owners, *scores, *times) if not better][:1]
    parts = gains or costs or [_counted(pair, "changes", len(pair.table))]
    text = parts[0] + "".join(pair.fill("and", part=part) for part in parts[1:])
    return text + pair.fill("but", part=costs[0]) if gains and costs else text


def _time_said(pair: Pair) -> Iterator[tuple[bool, str]]:
    """Shorter or longer, where both lead to the same point and every wait was measured."""
    if not pair.same_end or any(story.planned or pair.guessed_days(story) for story in pair.stories):
        return
    (was, known), (now, sure) = (pair.days(story) for story in pair.stories)
    less = round(was - now, 6)
    if less and known and sure:
        yield less > 0, pair.fill("shorter" if less > 0 else "longer", days=pair.in_days(abs(less), pair.new))


def _owners_said(pair: Pair) -> Iterator[tuple[bool, str]]:
    alone, still = (sum(pair.orphan(story, row) for row in range(len(story))) for story in pair.stories)
    if alone and not still and any(pair.text(pair.new, row, "owner") for row in range(len(pair.new))):
        yield True, pair.words["owned"]
    elif pair.gained:
        yield True, _counted(pair, "gained", len(pair.gained))
    if pair.lost:
        yield False, _counted(pair, "lost", len(pair.lost))
    elif still > alone and any(pair.text(pair.old, row, "owner") for row in range(len(pair.old))):
        yield False, _counted(pair, "orphaned", still - alone)


def _scores_said(pair: Pair) -> Iterator[tuple[bool, str]]:
    was, now = (min((s for s in story.experienced if s is not None), default=None) for story in pair.stories)
    if was is not None and now is not None and was != now:
        lowest = [pair.lowest(story) for story in pair.stories]
        yield (
            now > was,
            pair.fill("rises" if now > was else "falls", **dict(zip(("was", "now"), lowest, strict=True))),
        )
    falls = sum((pair.change(row) or 0) < 0 for row in range(len(pair.new)))
    if falls:
        yield False, _counted(pair, "sinks", falls)


def _counted(pair: Pair, key: str, n: int) -> str:
    return pair.words.get(f"{key}.{n}") or pair.fill(key, n=n)


def headline(pair: Pair) -> str:
    """The one thing to see, as a title."""
    text = pair.words["plan"].format(finding(pair)) if pair.planned else finding(pair)
    return text[:1].upper() + text[1:]


def from_to(pair: Pair) -> str:
    """From the one journey to the other, by their titles."""
    titles = [within(story.journey.title.rstrip(".")) for story in pair.stories]
    if all(titles):
        return pair.words["title"].format(old=titles[0], new=titles[1])
    return pair.words["title.untitled"].format(old=pair.names[0].lower(), new=pair.names[1].lower())


@lru_cache(maxsize=8)
def told(pair: Pair, short: frozenset[str] = frozenset()) -> tuple[Told, ...]:
    """Everything that moved, a line for each kind of change, the weightiest first; channels in `short` in short."""
    found: dict[str, list[tuple[float, str]]] = {}
    for kind, weight, text in [*_places(pair), *_owners(pair), *_scores(pair), *_terms(pair, short)]:
        found.setdefault(kind, []).append((weight, text))
    return tuple(Told(kind, _few(pair, found[kind]), len(found[kind])) for kind in KINDS if kind in found)


def _few(pair: Pair, said: list[tuple[float, str]]) -> str:
    """The weightiest few, and how many more there are."""
    return pair.few([text for _, text in sorted(said, key=lambda one: -one[0])])


def _say(pair: Pair, key: str, now: int, was: object = "", after: object = "") -> str:
    return pair.fill(f"say.{key}", touchpoint=pair.quoted(pair.new, now), was=was, now=after)


def _places(pair: Pair) -> Iterator[tuple[str, float, str]]:
    for row in pair.removed:
        yield "removed", 0, pair.quoted(pair.old, row)
    for row in pair.added:
        yield "added", 0, pair.quoted(pair.new, row)
    if not pair.same_end and pair.timed:
        ends = {
            "was": pair.quoted(pair.old, len(pair.old) - 1),
            "now": pair.quoted(pair.new, len(pair.new) - 1),
        }
        yield "end", 0, pair.fill("say.end", **ends)
    for was in pair.moved:
        now = pair.joined[was]
        yield "moved", abs(was - now), _say(pair, "steps", now, was + 1, now + 1)


def _owners(pair: Pair) -> Iterator[tuple[str, float, str]]:
    for now, was in sorted(pair.back.items()):
        before, after = pair.text(pair.old, was, "owner"), pair.text(pair.new, now, "owner")
        if before != after:
            key = "now" if not before else "was" if not after else "both"
            # where one journey names no owner at all, nobody was asked
            kind = "gained" if now in pair.gained else "lost" if now in pair.lost else "owner"
            yield kind, 0, _say(pair, key, now, pair.owner(pair.old, was), pair.owner(pair.new, now))


def _scores(pair: Pair) -> Iterator[tuple[str, float, str]]:
    for name in ("experienced", "expected", "waits"):
        before, after = (getattr(story, name) for story in pair.stories)
        for now, was in sorted(pair.back.items()):
            one, two = before[was], after[now]
            if one == two:
                continue
            size = abs(two - one) if None not in (one, two) else 0.0
            if name == "waits":
                kind = "wait" if not size else "longer" if two > one else "shorter"
                waits = pair.wait(pair.old, was), pair.wait(pair.new, now)
                yield kind, size, _say(pair, "wait", now, *waits)
                continue
            kind = name if name == "expected" else "score" if not size else "up" if two > one else "down"
            shown = pair.score(pair.old, was, name), pair.score(pair.new, now, name)
            yield kind, size, _say(pair, "range", now, *shown)


def _terms(pair: Pair, short: frozenset[str]) -> Iterator[tuple[str, float, str]]:
    for column in ("failure", "channel", "stage"):
        for now, was in sorted(pair.back.items()):
            one, two = pair.text(pair.old, was, column), pair.text(pair.new, now, column)
            if one != two:
                kind, key = (
                    ("breaks", "now") if not one else ("mended", "was") if not two else (column, "both")
                )
                terms = [pair.term(column, word, short=word in short) for word in (one, two)]
                yield kind, 0, _say(pair, key, now, *terms)


def facts(pair: Pair, story: Story) -> str:
    """What the foot says of one journey: how much was observed, and where the facts come from."""
    source = getattr(story.journey, "source", "")
    parts = [honest(story), story.words["foot.source"].format(source) if source else ""]
    return "  ·  ".join(filter(None, parts))


def alt(pair: Pair) -> str:
    """What a person would say of the picture: both journeys, the one thing to see, and what moved."""
    parts = [pair.words["alt.above"]]
    for name, story in zip(pair.names, pair.stories, strict=True):
        size = [pair.count_words(story)] + ([pair.days_words(story)] if pair.timed else [])
        title = within(story.journey.title.rstrip("."))
        key = "alt.journey" if title else "alt.journey.untitled"
        parts.append(pair.fill(key, name=name, title=title, facts=", ".join(size)))
    if pair.timed and not pair.same_end:
        parts.append(pair.words["alt.end"])
    parts.append(pair.words["alt.see"].format(finding(pair)))
    if pair.gained:
        parts.append(pair.words["alt.gained"].format(pair.listed(pair.new, pair.gained)))
    if pair.lost:
        parts.append(pair.words["alt.lost"].format(pair.listed(pair.new, pair.lost)))
    for name, story, rows in (
        ("removed", pair.old, pair.removed),
        ("added", pair.new, pair.added),
        ("moved", pair.new, sorted(pair.joined[row] for row in pair.moved)),
    ):
        if rows:
            parts.append(pair.words[f"alt.{name}"].format(pair.listed(story, rows)))
    changes = {now: change for now in sorted(pair.back) if (change := pair.change(now))}
    for key, pick, right in (("up", max, 1), ("down", min, -1)):
        if changes and right * pick(changes.values()) > 0:
            now = pick(changes, key=lambda row: changes[row])
            was, is_now = pair.score(pair.old, pair.back[now]), pair.score(pair.new, now)
            said = {"touchpoint": pair.quoted(pair.new, now), "was": was, "now": is_now}
            parts.append(pair.fill(f"alt.{key}", **said))
    if pair.planned:
        parts.append(pair.words["legend.plan"] + ".")
    return " ".join(parts)


def twin(pair: Pair) -> pd.DataFrame:
    """The table of `cx.compare`, its words in the language of the journeys, and ≈ where a cell was inferred."""
    table = pair.table.copy()
    names = [word_key(str(name)) for name in pair.table["touchpoint"]]
    for side, story in zip(("before", "after"), pair.stories, strict=True):
        table[side] = [
            _cell(pair, story, name, str(change), str(text))
            for name, change, text in zip(names, pair.table["change"], pair.table[side], strict=True)
        ]
    table["change"] = [pair.words[f"change.{change}"] for change in pair.table["change"]]
    table["evidence"] = [pair.new.words.get(evidence_key(word), word) for word in table["evidence"]]
    return table


def _cell(pair: Pair, story: Story, name: str, change: str, text: str) -> str:
    if change in ("added", "removed", "moved"):
        return pair.words["step"].format(text.rpartition(" ")[2]) if text else ""
    if change == "owner" and not text:
        return pair.new.words["no owner"]
    said = pair.term(change, text) if change in ("stage", "channel", "failure") else text
    column = "wait_days" if change == "wait" else change
    guessed = any(
        story.is_inferred(row, column)
        for row in range(len(story))
        # the same name may come twice, with another word or number beside it
        if word_key(story.text(row, "touchpoint")) == name and to_text(story.table.at[row, column]) == text
    )
    return marked(said, guessed and bool(text))


def headings(pair: Pair) -> dict[str, str]:
    """What the columns of the table are called."""
    heads = {
        name.removeprefix("head."): text for name, text in pair.words.items() if name.startswith("head.")
    }
    return {**heads, "before": pair.names[0], "after": pair.names[1]}

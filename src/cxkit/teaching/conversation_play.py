"""A conversation as it is played: the way taken is a list of choices, and everything else follows from it."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
Touchpoint = dict[str, Any]
Scores = dict[str, int]

SCORES = ("expected", "experienced", "trust")
_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_SCORE = re.compile(rf"({'|'.join(SCORES)})\s*(<=|>=|<|>|=)\s*(\d+)")
_MEMORY = re.compile(r"(not )?([a-z][a-z0-9_]*)")


@dataclass(frozen=True)
class Moment:
    """Where a conversation stands: the turn or ending, the three scores (1 to 10), what is remembered, the map."""

    place: Mapping[str, Any]
    at: str
    scores: Scores
    remembered: frozenset[str]
    map: tuple[Touchpoint, ...]

    @property
    def ended(self) -> bool:
        return "choices" not in self.place

    def touchpoint(self, name: str) -> Touchpoint:
        return next(one for one in self.map if one["id"] == name)


def parts_of(condition: str) -> list[tuple[str, str, int] | tuple[bool, str]]:
    """A condition in parts: (score, sign, number), or (wanted, remembered word).

    Raises ValueError for a part that is neither.

    >>> parts_of("trust < 4 and not read_back")
    [('trust', '<', 4), (False, 'read_back')]
    """
    parts: list[tuple[str, str, int] | tuple[bool, str]] = []
    for part in re.split(r"\s+and\s+", condition.strip()):
        if score := _SCORE.fullmatch(part):
            parts.append((score[1], score[2], int(score[3])))
        elif (memory := _MEMORY.fullmatch(part)) and memory[2] not in ("not", "and", "or", *SCORES):
            parts.append((not memory[1], memory[2]))
        else:
            raise ValueError(part)
    return parts


def holds(condition: str | None, scores: Mapping[str, int], remembered: Iterable[str]) -> bool:
    """Does a condition hold? None always does.

    >>> holds("trust >= 6 and read_back", {"trust": 7}, {"read_back"})
    True
    """
    for part in parts_of(condition) if condition else []:
        if len(part) == 3:
            score, sign, number = part
            if not _COMPARE[sign](scores[score], number):
                return False
        elif (part[1] in remembered) != part[0]:
            return False
    return True


def first_that_holds(given: Any, key: str, moment: Moment) -> str:
    """The text of a plain string, or of the first entry of a list whose `if` holds ("" when none does).

    >>> from cxkit.teaching.conversation_file import TINY
    >>> first_that_holds([{"if": "trust > 8", "text": "Gladly."}, {"text": "Well."}], "text", begin(TINY))
    'Well.'
    """
    if given is None or isinstance(given, str):
        return given or ""
    fits = (one[key] for one in given if holds(one.get("if"), moment.scores, moment.remembered))
    return next(fits, "")


def targets(choice: Mapping[str, Any], turn: Mapping[str, Any]) -> list[str]:
    """Every turn or ending to which a choice can lead.

    >>> targets({}, {"next": [{"if": "trust < 4", "go": "leaves"}, {"go": "stays"}]})
    ['leaves', 'stays']
    """
    given = choice.get("next", turn.get("next"))
    return [given] if isinstance(given, str) else [one["go"] for one in given or []]


def begin(spec: Spec) -> Moment:
    """The first moment of a conversation.

    >>> from cxkit.teaching.conversation_file import TINY
    >>> begin(TINY).scores["trust"]
    5
    """
    table = tuple({"wait_days": None, "failure": "", **one} for one in spec["map"])
    return _arrive(
        spec, spec["turns"][0]["id"], dict(spec["start"]), frozenset(), table, spec["turns"][0]["at"]
    )


def choose(spec: Spec, moment: Moment, choice: str) -> Moment:
    """The moment that follows when the learner picks `choice`. Raises KeyError where that is no choice.

    Scores stay between 1 and 10. The map keeps, at the touchpoint in question, what the person expected and got.

    >>> from cxkit.teaching.conversation_file import TINY
    >>> choose(TINY, begin(TINY), "ask").ended
    True
    """
    picked = choice_of(moment, choice)
    scores = {
        name: min(10, max(1, value + picked.get("change", {}).get(name, 0)))
        for name, value in moment.scores.items()
    }
    remembered = moment.remembered | ({picked["remember"]} if "remember" in picked else frozenset())
    table = _mark(moment.map, picked.get("map", {}))
    table = _mark(table, {moment.at: {name: scores[name] for name in SCORES[:2]}})
    after = Moment(moment.place, moment.at, scores, remembered, table)
    go = first_that_holds(picked.get("next", moment.place.get("next")), "go", after)
    return _arrive(spec, go, scores, remembered, table, moment.at)


def choice_of(moment: Moment, choice: str) -> Mapping[str, Any]:
    """The choice of that id at this moment. Raises KeyError where there is none.

    >>> from cxkit.teaching.conversation_file import TINY
    >>> choice_of(begin(TINY), "promise")["say"]
    'Yes.'
    """
    for one in moment.place.get("choices", []):
        if one["id"] == choice:
            return one
    raise KeyError(choice)


def _arrive(
    spec: Spec,
    place: str,
    scores: Scores,
    remembered: frozenset[str],
    table: tuple[Touchpoint, ...],
    at: str,
) -> Moment:
    found = next(one for one in [*spec["turns"], *spec["endings"]] if one["id"] == place)
    at = found.get("at", at)
    scores = {**scores, **found.get("set", {})}
    table = _mark(table, found.get("map", {}))
    table = _mark(table, {at: {name: scores[name] for name in SCORES[:2]}})
    return Moment(found, at, scores, remembered, table)


def _mark(table: tuple[Touchpoint, ...], marks: Mapping[str, Mapping[str, Any]]) -> tuple[Touchpoint, ...]:
    return tuple({**one, **marks.get(one["id"], {})} for one in table)


def play(spec: Spec, path: Iterable[str]) -> list[Moment]:
    """Every moment along `path`, a list of choice ids; the first is the beginning. Raises KeyError for a wrong id.

    >>> from cxkit.teaching.conversation_file import TINY
    >>> [moment.place["id"] for moment in play(TINY, ["ask"])]
    ['opening', 'she_knows']
    """
    moments = [begin(spec)]
    for choice in path:
        moments.append(choose(spec, moments[-1], choice))
    return moments


def all_ways(spec: Spec) -> Iterator[tuple[list[str], list[Moment]]]:
    """Every way through a conversation that has no circles: its choices and its moments.

    >>> from cxkit.teaching.conversation_file import TINY
    >>> [path for path, _ in all_ways(TINY)]
    [['ask'], ['promise']]
    """

    def walk(path: list[str], moments: list[Moment]) -> Iterator[tuple[list[str], list[Moment]]]:
        if moments[-1].ended:
            yield path, moments
            return
        for choice in moments[-1].place["choices"]:
            one = choice["id"]
            yield from walk([*path, one], [*moments, choose(spec, moments[-1], one)])

    yield from walk([], [begin(spec)])


def reached(spec: Spec) -> set[str]:
    """The ids of all turns and endings that some way of playing reaches.

    >>> from cxkit.teaching.conversation_file import TINY
    >>> sorted(reached(TINY))
    ['opening', 'she_hopes', 'she_knows']
    """
    seen, found, open_moments = set(), set(), [begin(spec)]
    while open_moments:
        moment = open_moments.pop()
        key = (moment.place["id"], tuple(moment.scores.values()), moment.remembered)
        if key in seen:
            continue
        seen.add(key)
        found.add(moment.place["id"])
        open_moments += [choose(spec, moment, one["id"]) for one in moment.place.get("choices", [])]
    return found

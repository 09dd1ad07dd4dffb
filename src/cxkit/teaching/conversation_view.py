"""What the page shows of a conversation: bubbles, scores, the map and the look back, as plain data in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ..languages import right_to_left
from .conversation_play import SCORES, Moment, Spec, Touchpoint, choice_of, first_that_holds, play
from .conversation_words import words_for

View = dict[str, Any]
MINUS = "−"


def signed(number: int, rtl: bool = False) -> str:
    """A difference with its sign, as the maps write it; among letters that run to the left it keeps its own direction.

    >>> signed(-3), signed(2), signed(0)
    ('−3', '+2', '0')
    """
    text = f"{number:+d}".replace("-", MINUS) if number else "0"
    return f"\u2066{text}\u2069" if rtl else text


class Told:
    """A conversation in the words of its language."""

    def __init__(self, spec: Spec) -> None:
        self.spec, self.words = spec, words_for(spec["language"])
        self.rtl = right_to_left(spec["language"])

    def say(self, key: str, **values: Any) -> str:
        return self.words[key].format(**values)

    def view(self, path: Sequence[str], found: Collection[str]) -> View:
        """All that the page needs after the choices of `path`; `found` are the ids of the endings found so far."""
        moments = play(self.spec, path)
        now = moments[-1]
        before = moments[-2] if len(moments) > 1 else None
        return {
            "step": len(path),
            "log": self.log(moments, path),
            "meters": self.meters(now, before),
            "map": self.strip(now, before),
            "choices": [{"id": one["id"], "say": one["say"]} for one in now.place.get("choices", [])],
            "end": self.look_back(moments, path, found) if now.ended else None,
        }

    # ---- the bubbles ----

    def log(self, moments: Sequence[Moment], path: Sequence[str]) -> list[View]:
        they, you = self.spec["they"]["name"], self.say("you", name=self.spec["you"]["name"])
        lines: list[View] = []

        def add(step: int, who: str, text: str, name: str = "") -> None:
            if text:
                lines.append({"id": f"{step}-{who}-{len(lines)}", "who": who, "name": name, "text": text})

        def arrive(step: int, moment: Moment) -> None:
            if moment.ended:
                return
            add(step, "scene", first_that_holds(moment.place.get("scene"), "text", moment))
            add(step, "they", first_that_holds(moment.place.get("says"), "text", moment), they)

        arrive(0, moments[0])
        for step, (before, after, one) in enumerate(zip(moments, moments[1:], path, strict=False), 1):
            choice = choice_of(before, one)
            add(step, "you", choice["say"], you)
            add(step, "they", first_that_holds(choice.get("reply"), "text", before), they)
            arrive(step, after)
            add(step, "change", "\n".join([self.changes(before, after), *self.map_changes(before, after)]))
        return lines

    def changes(self, before: Moment, after: Moment) -> str:
        """The scores that moved, in one line."""
        moved = [
            self.say(
                "change",
                meter=self.meter_name(one),
                value=after.scores[one],
                change=self.by(after.scores[one] - before.scores[one]),
            )
            for one in SCORES
            if after.scores[one] != before.scores[one]
        ]
        return " · ".join(moved) or self.words["no_change"]

    def map_changes(self, before: Moment, after: Moment, key: str = "on_the_map") -> list[str]:
        """What changed on the map between two moments, one line each."""
        return [
            self.say(key, touchpoint=now["touchpoint"], mark=mark)
            for was, now in zip(before.map, after.map, strict=True)
            for mark in self.marks(was, now)
        ]

    def by(self, change: int) -> str:
        return self.say("up" if change > 0 else "down", n=abs(change)) if change else self.words["same"]

    # ---- the scores ----

    def meter_name(self, score: str) -> str:
        return self.say(score, name=self.spec["they"]["name"])

    def meters(self, now: Moment, before: Moment | None) -> list[View]:
        return [
            {
                "id": one,
                "name": self.meter_name(one),
                "value": now.scores[one],
                "words": self.say(
                    "of_ten",
                    value=now.scores[one],
                    level=self.words[f"level_{(now.scores[one] + 1) // 2}"],
                ),
                "by": now.scores[one] - (before or now).scores[one],
                "change": self.by(now.scores[one] - before.scores[one]) if before else "",
            }
            for one in SCORES
        ]

    # ---- the map ----

    def strip(self, now: Moment, before: Moment | None) -> list[View]:
        here = [one["id"] for one in now.map].index(now.at)
        cells = []
        for n, one in enumerate(now.map):
            reached = n <= here and "expected" in one and "experienced" in one
            unscored = self.words["not_yet" if n > here else "skipped"]
            cells.append(
                {
                    "id": one["id"],
                    "stage": one["stage"],
                    "stage_name": self.words[one["stage"]],
                    "touchpoint": one["touchpoint"],
                    "owner": self.say("owner", owner=one["owner"])
                    if one["owner"]
                    else self.words["no_owner"],
                    "owned": bool(one["owner"]),
                    "wait": self.say("wait", days=self.days(one["wait_days"]))
                    if one["wait_days"] is not None
                    else "",
                    "failure": self.words[one["failure"]] if one["failure"] else "",
                    "expected": one["expected"] if reached else None,
                    "experienced": one["experienced"] if reached else None,
                    "gap": self.say("gap", gap=self.signed_gap(one)) if reached else unscored,
                    "scores": self.scores(one) if reached else unscored,
                    "now": n == here,
                    "changed": self.marks(before.map[n], one) if before else [],
                }
            )
        return cells

    def days(self, days: float) -> str:
        if days == 0:
            return self.words["same_day"]
        return self.words["day"] if days == 1 else self.say("days", n=f"{days:g}")

    def scores(self, one: Touchpoint) -> str:
        return self.say(
            "scores", expected=one["expected"], experienced=one["experienced"], gap=self.signed_gap(one)
        )

    def signed_gap(self, one: Touchpoint) -> str:
        return signed(_gap(one), self.rtl)

    def marks(self, before: Touchpoint, after: Touchpoint) -> list[str]:
        """What changed at one touchpoint in owner, wait and failure, in words."""
        nobody = self.words["nobody"]

        def failure(kind: str) -> str:
            return self.words[f"{kind}_failure" if kind else "no_failure"]

        def wait(days: float | None) -> str:
            return self.words["no_day"] if days is None else self.days(days)

        told = {
            "owner": (before["owner"] or nobody, after["owner"] or nobody),
            "wait": (wait(before["wait_days"]), wait(after["wait_days"])),
            "failure": (failure(before["failure"]), failure(after["failure"])),
        }
        return [
            self.say(f"{key}_now", before=was, after=now) for key, (was, now) in told.items() if was != now
        ]

    # ---- looking back ----

    def look_back(self, moments: Sequence[Moment], path: Sequence[str], found: Collection[str]) -> View:
        end, better = moments[-1], self.spec["better"]
        good = play(self.spec, better)
        endings = self.spec["endings"]
        rows = [self.row(n, moments, path, good) for n in range(max(len(path), len(better)))]
        return {
            "title": self.say("ending", title=end.place["title"]),
            "text": first_that_holds(end.place["text"], "text", end),
            "gap": self.gap(end),
            "owners": self.owners(end),
            "map": self.map_changes(moments[0], end, "in_all"),
            "rows": rows,
            "same_way": list(path) == better,
            "better_end": self.say("its_end", title=good[-1].place["title"]),
            "your_end": self.say("its_end", title=end.place["title"]),
            "try": end.place["try_again"],
            "found": self.say(
                "found", n=len([one for one in endings if one["id"] in found]), of=len(endings)
            ),
            "endings": [one["title"] if one["id"] in found else self.words["not_found"] for one in endings],
        }

    def row(self, n: int, moments: Sequence[Moment], path: Sequence[str], good: Sequence[Moment]) -> View:
        """One turn of the way taken beside the same turn of the better way."""

        def cell(way: Sequence[str], along: Sequence[Moment]) -> View | None:
            if n >= len(way):
                return None
            choice = choice_of(along[n], way[n])
            return {
                "say": choice["say"],
                "why": choice["feedback"],
                "scores": self.changes(along[n], along[n + 1]),
            }

        better = self.spec["better"]
        same = list(path[: n + 1]) == better[: n + 1]
        return {
            "turn": self.say("turn", n=n + 1),
            "yours": cell(path, moments),
            "better": cell(better, good),
            "same": same,
            "apart": not same and list(path[:n]) == better[:n],
        }

    def gap(self, end: Moment) -> str:
        """The gap where it ended and, where that is elsewhere, the widest one."""
        known = [one for one in self.lived(end) if "expected" in one and "experienced" in one]
        here, worst = end.touchpoint(end.at), min(known, key=_gap)

        def told(key: str, one: Touchpoint) -> str:
            return self.say(
                key,
                touchpoint=one["touchpoint"],
                name=self.spec["they"]["name"],
                expected=one["expected"],
                experienced=one["experienced"],
                gap=self.signed_gap(one),
            )

        wider = _gap(worst) < min(_gap(here), 0)
        return f"{told('end_gap', here)} {told('worst_gap', worst) if wider else ''}".strip()

    def lived(self, end: Moment) -> list[Touchpoint]:
        """The touchpoints up to where the conversation ended."""
        ids = [one["id"] for one in end.map]
        return list(end.map[: ids.index(end.at) + 1])

    def owners(self, end: Moment) -> list[str]:
        here = end.touchpoint(end.at)
        nobody = [one["touchpoint"] for one in end.map if not one["owner"]]
        lines = (
            [self.say("owned_by", touchpoint=here["touchpoint"], owner=here["owner"])]
            if here["owner"]
            else []
        )
        return [*lines, self.say("ownerless", names="; ".join(nobody)) if nobody else self.words["all_owned"]]


def _gap(one: Touchpoint) -> int:
    return one["experienced"] - one["expected"]

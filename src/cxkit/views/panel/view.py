"""What the what-if panel tells its page: the levers of a case once, and each result as figures and finished words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxkit.languages import base_language, right_to_left
from cxkit.views.look import words as look_words
from cxkit.views.panel.words import WORDS
from cxkit.yaml_text import from_yaml

if TYPE_CHECKING:
    from cxkit.cases import Case
    from cxkit.measures.estimate import Estimate
    from cxkit.measures.whatif import Outcome, WhatIf

KINDS = ("gap", "attitude", "wait", "bundle")
"""What a lever of levers.yaml can move; a lever that says `group` stands in the group of that name instead."""


class Told:
    """The words and figures of one case in one language."""

    def __init__(self, case: Case, language: str) -> None:
        from cxkit.measures.estimate import number

        # the direction follows the words that there are
        self.language = base_language(language) if base_language(language) in WORDS else "en"
        self.case, self.number = case, number
        self.words = WORDS[self.language]
        self.rtl = right_to_left(self.language)
        self.plan = _read(case.folder / "levers.yaml")
        own = case.folder / f"levers_{self.language}.yaml"
        self.translated = own.is_file()
        self.said = _read(own) if self.translated else self.plan
        # levers.yaml is in English, whatever language the rest of the panel is in
        self.spoken = self.language if self.translated else "en"
        self.person = str(self.said["person"] if self.spoken == self.language else self.words["person"])

    # --- figures as people read them

    def apart(self, text: str) -> str:
        """A figure that keeps its minus sign in front, also inside Hebrew."""
        return f"\u2066{text}\u2069" if self.rtl else text

    def people(self, value: float, signed: bool = False) -> str:
        text = self.number(round(value))
        return self.apart(f"+{text}" if signed and round(value) > 0 else text)

    def money(self, value: float, signed: bool = False) -> str:
        currency = self.plan["currency"]
        gap = "\u00a0" if currency[-1].isalpha() else ""
        # joined, or a line could end between the minus and the currency
        sign = "−\u2060" if round(value) < 0 else "+" if signed and round(value) > 0 else ""
        return self.apart(f"{sign}{currency}{gap}{self.number(abs(round(value)))}")

    def setting(self, name: str, value: float) -> str:
        lever = self.plan["levers"][name]
        if lever["unit"] == "share":
            return self.apart(f"{self.number(round(100 * value, 6))}%")
        return f"{self.apart(self.number(value))} {self.unit(name)}"

    def unit(self, name: str) -> str:
        unit = self.plan["levers"][name]["unit"]
        if unit == "share":
            return "%"
        told = self.said["levers"].get(name, {}).get("unit", unit)
        return str(told if self.spoken == self.language else self.words.get(f"unit.{told}", told))

    def named(self, name: str) -> str:
        """A lever's name in the middle of our own words: in another language, it keeps its own direction."""
        title = self.titles()[name]
        return title if self.spoken == self.language else f"\u2068{title}\u2069"

    def filled(self, key: str, n: int) -> str:
        """What levers.yaml says of people or money, for n people."""
        return str(self.said[key]).replace("{n}", self.people(n))

    # --- the levers, once

    def titles(self) -> dict[str, str]:
        """A lever's name in few words: its touchpoint, where the heading of the group says the rest."""
        short, labels = {}, {}
        for name, lever in self.plan["levers"].items():
            labels[name] = str(self.said["levers"].get(name, {}).get("label", lever["label"]))
            place = "" if self.translated or "group" in lever else lever.get("gap") or lever.get("attitude")
            short[name] = str(place or labels[name])
        same = Counter((self._group(self.plan["levers"][name]), title) for name, title in short.items())
        return {
            name: title if same[self._group(self.plan["levers"][name]), title] == 1 else labels[name]
            for name, title in short.items()
        }

    def _group(self, lever: Mapping[str, Any]) -> str:
        kind = next((kind for kind in KINDS if kind in lever), "other")
        return str(lever.get("group") or f"group.{kind}")

    def spec(self, table: Any, guess: bool) -> dict[str, Any]:
        """What the page draws once. `table` is `levers(case)`."""
        groups: dict[str, dict[str, Any]] = {}
        titles = self.titles()
        for row in table.to_dict("records"):
            name, lever = row["lever"], self.plan["levers"][row["lever"]]
            key = self._group(lever)
            group = {
                "title": self.words.get(key, key),
                "note": self.words.get(f"{key}.note", ""),
                "ours": key in self.words,
                "levers": [],
            }
            steps = round((row["high"] - row["low"]) / row["step"]) + 1
            groups.setdefault(key, group)["levers"].append(
                {
                    "name": name,
                    "title": titles[name],
                    "unit": self.unit(name),
                    "kind": "switch" if steps == 2 else "choice" if steps <= 5 else "slider",
                    "scale": 100 if row["unit"] == "share" else 1,
                    **{key: row[key] for key in ("low", "high", "step", "as_is")},
                    "cost": self.lever_cost(name),
                }
            )
        return {
            "case": self.case.title,
            "language": self.language,
            "dir": "rtl" if self.rtl else "ltr",
            "spoken": self.spoken,
            "told": "" if self.spoken == self.language else self.words["told"],
            "words": {**self.words, "table": look_words(self.language)["table"]},
            "currency": self.plan["currency"],
            "person": self.person,
            "groups": list(groups.values()),
            "presets": self.presets(),
            "guess": guess,
            "code": f'cx.what_if_panel("{self.case.name}"'
            + (f', language="{self.language}"' if self.language != "en" else ""),
        }

    def presets(self) -> list[dict[str, Any]]:
        """Settings to start from. What the pilot tried is named where the case had one."""
        levers = self.plan["levers"]
        today = {name: float(lever["as_is"]) for name, lever in levers.items()}
        pilot = {name: float(lever["high"]) for name, lever in levers.items() if lever.get("bundle")}
        best = {name: float(lever["high"]) for name, lever in levers.items()}
        found = {"today": today, "pilot": {**today, **pilot} if pilot else today, "all": best}
        return [
            {"label": self.words[f"preset.{name}"], "levers": settings}
            for name, settings in found.items()
            if name == "today" or settings != today
        ]

    def lever_cost(self, name: str) -> str:
        cost = self.plan["levers"][name]["cost"]
        said = {**cost, **self.said["levers"].get(name, {}).get("cost", {})}
        words = WORDS[self.spoken]  # one sentence, one language
        text = words["cost.each"].format(each=self._exact(cost["each"]), of=said["of"])
        text += words["cost.fixed"].format(fixed=self._exact(cost["fixed"])) if cost["fixed"] else ""
        return text + words["cost.assumed"] + str(said["why"])

    def _exact(self, value: float) -> str:
        return self.apart(f"{self.plan['currency']}{self.number(value)}")

    # --- a result

    def view(self, result: WhatIf, guess: Mapping[str, Any] | None, hidden: bool) -> dict[str, Any]:
        """What the page shows of one result. `hidden`: the learner has yet to guess, so the plan is left out."""
        was = result.people.as_is
        now = {"value": self.people(was.value), "n": self.people(was.n), "person": self.person}
        view: dict[str, Any] = {"levers": dict(result.levers), "hidden": hidden, "n": was.n}
        view["today"] = self.words["guess.today"].format(**now)
        if hidden:
            return view
        view |= {
            "people": self._outcome(result.people, self.people, self.filled("people", was.n)),
            "money": self._outcome(result.money, self.money, self.filled("money", was.n)),
            "say": self.sentence(result),
            "say_money": self.money_sentence(result),
            "cost": self.words["plan_cost"].format(cost=self.money(result.cost)),
            "table": self.table(result),
            "notes": self.notes(result),
            "effects": [
                {"lever": self.titles()[name], "text": self.effect(name, effect)}
                for name, effect in result.effects.items()
            ],
        }
        for key in ("as_is", "to_be"):
            left = self.people(was.n - round(getattr(result.people, key).value))
            view["people"][key]["lost"] = self.words["lost_n"].format(value=left)
        if guess:
            current = guess["levers"] == dict(result.levers)
            view["guess"] = {
                "value": guess["value"],
                "current": current,
                "say": self._guessed(guess["value"], result.people.change)
                if current
                else self.words["guess.earlier"].format(guess=self.people(guess["value"])),
            }
        return view

    def _part(self, each: Estimate, shown: Any, name: str, signed: bool = False) -> dict[str, Any]:
        value, ends = shown(each.value, signed), self._range(each, shown)
        return {
            **{key: float(getattr(each, key)) for key in ("value", "low", "high")},
            "text": value,
            "range": ends,
            "alt": f"{name}: {self.words['certain'].format(value=value, range=ends)}",
        }

    def _range(self, each: Estimate, shown: Any) -> str:
        return self.words["range"].format(low=shown(each.low), high=shown(each.high))

    def _outcome(self, outcome: Outcome, shown: Any, name: str) -> dict[str, Any]:
        change = outcome.change
        side = "none" if self._still(change) else "more" if round(change.value) >= 0 else "fewer"
        mine, person = shown == self.people, self.person
        unit = {
            "none": self.words["none_unit"],
            "more": self.words["more"].format(person=person) if mine else self.words["money_more"],
            "fewer": self.words["fewer"].format(person=person) if mine else self.words["money_less"],
        }[side]
        state = self._state(change)
        if state == "perhaps":
            zero = ".zero" if round(change.value) == 0 else ""
            unit = self.words[f"unsure{zero}"].format(unit=unit)
        return {
            "name": name,
            "state": state,
            "unit": unit,
            "certainty": self.words["certainty"].format(
                interval=self._interval(change), n=self.people(change.n)
            ),
            "as_is": self._part(outcome.as_is, shown, self.words["as_is"]),
            "to_be": self._part(outcome.to_be, shown, self.words["to_be"]),
            "change": self._part(change, shown, self.words["change"], signed=True),
        }

    def _interval(self, each: Estimate) -> str:
        count = "".join(letter for letter in each.interval.removeprefix("95%") if letter.isdigit())
        return (
            self.words["interval"].format(replications=self.number(int(count)))
            if self.rtl and count
            else each.interval
        )

    @staticmethod
    def _still(change: Estimate) -> bool:
        return round(change.value) == round(change.low) == round(change.high) == 0

    def _state(self, change: Estimate) -> str:
        """By the figures as they are shown, so that no “0 to 5” is called sure."""
        if self._still(change):
            return "none"
        return "more" if round(change.low) > 0 else "fewer" if round(change.high) < 0 else "perhaps"

    def sentence(self, result: WhatIf) -> str:
        """What the plan would do to people, in one sentence."""
        if all(result.levers[name] == lever["as_is"] for name, lever in self.plan["levers"].items()):
            return self.words["say.today"]
        change, state = result.people.change, self._state(result.people.change)
        sizes = self._sizes(change, self.people, state)
        one = ".one" if state in ("more", "fewer") and abs(round(change.value)) == 1 else ""
        return self.words[f"say.{state}{one}"].format(person=self.person, **sizes)

    def money_sentence(self, result: WhatIf) -> str:
        change, state = result.money.change, self._state(result.money.change)
        key = "less" if state == "fewer" else state
        return self.words[f"money.{key}"].format(**self._sizes(change, self.money, state))

    def _sizes(self, change: Estimate, shown: Any, state: str) -> dict[str, str]:
        if state == "fewer":
            return {
                "value": shown(-change.value), "low": shown(-change.high), "high": shown(-change.low)
            }  # fmt: skip
        value = shown(change.value, state == "perhaps")
        return {"value": value, "low": shown(change.low), "high": shown(change.high)}

    def _guessed(self, guess: int, change: Estimate) -> str:
        low, high = round(change.low), round(change.high)
        key = "inside" if low <= guess <= high else "more" if guess < low else "fewer"
        sizes = self._sizes(change, self.people, "")
        return self.words[f"guess.{key}"].format(guess=self.people(guess), **sizes)

    def effect(self, name: str, effect: Estimate) -> str:
        """What stands behind a lever, in the panel's words; the lever's own name goes before it."""
        kind = next(kind for kind in KINDS if kind in self.plan["levers"][name])
        scale = 1 if kind in ("gap", "attitude") else 100
        shown = {
            end: self.apart(
                self.number(round(scale * getattr(effect, end), 10)) + ("%" if kind == "wait" else "")
            )
            for end in ("value", "low", "high")
        }
        missing = self.words["effect.missing"].format(missing=self.people(effect.missing))
        told = self.words[f"effect.{kind}"] + self.words["effect.sure"]
        return told.format(**shown, n=self.people(effect.n), missing=missing if effect.missing else "")

    def notes(self, result: WhatIf) -> list[str]:
        """Where the effects come from and what chance alone does, in the language of the panel."""
        if not self.rtl:
            return result.words.splitlines()[1:]
        levers, was = self.plan["levers"], result.people.as_is
        moved = [name for name, value in result.levers.items() if value != levers[name]["as_is"]]
        lines = []
        if self.translated:
            about = self.said["levers"]
            lines += list(dict.fromkeys(str(about[name]["source"]) for name in moved if name in about))
        worse = [self.named(name) for name in moved if result.levers[name] < levers[name]["as_is"]]
        lines += [self.words["saves"].format(names="; ".join(worse))] if worse else []
        ends = {"value": was.value, "n": was.n, "low": was.low, "high": was.high}
        figures = {key: self.people(value) for key, value in ends.items()}
        lines.append(self.words["chance"].format(person=self.person, **figures))
        if self.translated:
            extra = dict.fromkeys(str(about[name]["note"]) for name in moved if name in about)
            lines.append(" ".join([self.filled("money_note", was.n), *extra]))
        return lines

    def table(self, result: WhatIf) -> dict[str, Any]:
        """The result as a table: its words, row by row."""

        def cells(outcome: Outcome, shown: Any) -> list[str]:
            signed = {"as_is": False, "to_be": False, "change": True}
            return [
                self.words["certain"].format(value=shown(part.value, sign), range=self._range(part, shown))
                for part, sign in ((getattr(outcome, key), sign) for key, sign in signed.items())
            ]

        people = result.people
        left = [people.as_is.n - round(part.value) for part in (people.as_is, people.to_be)]
        lost = [*map(self.people, left), self.people(-people.change.value, signed=True)]
        return {
            "caption": self.words["table.caption"].format(
                interval=self._interval(people.change), n=self.people(people.change.n)
            ),
            "head": ["", self.words["as_is"], self.words["to_be"], self.words["change"]],
            "rows": [
                [self.words["table.people"], *cells(people, self.people)],
                [self.words["table.lost"], *lost],
                [self.filled("money", people.as_is.n), *cells(result.money, self.money)],
            ],
        }

    def paper(self, result: WhatIf, hidden: bool) -> str:
        """The levers and the result as plain HTML: for print, and for a page where the panel cannot run."""
        words, titles = self.words, self.titles()
        rows = [
            [
                titles[name],
                self.setting(name, lever["as_is"]),
                *([] if hidden else [self.setting(name, result.levers[name])]),
                words["range"].format(
                    low=self.setting(name, lever["low"]), high=self.setting(name, lever["high"])
                ),
                self.lever_cost(name),
            ]
            for name, lever in self.plan["levers"].items()
        ]
        plan = [] if hidden else [words["to_be"]]
        head = [words["table.lever"], words["as_is"], *plan, words["table.range"], words["cost"].rstrip(":")]
        parts = [f"<p><strong>{escape(words['title'])} {escape(self.case.title)}</strong></p>"]
        parts += [f"<p>{escape(words['told'])}</p>"] if self.spoken != self.language else []
        parts.append(_html_table(words["table.levers"], head, rows))
        if not hidden:
            found = self.table(result)
            lines = [self.sentence(result), self.money_sentence(result)]
            parts += [f"<p>{escape(line)}</p>" for line in lines]
            parts.append(_html_table(found["caption"], found["head"], found["rows"]))
            parts += [f"<p>{escape(line)}</p>" for line in self.notes(result)]
        parts.append(f"<p>{escape(words['promise'])} <em>{escape(words['on_paper'])}</em></p>")
        direction = "rtl" if self.rtl else "ltr"
        return f'<div lang="{self.language}" dir="{direction}" class="cxkit-panel">{"".join(parts)}</div>'


def _html_table(caption: str, head: list[str], rows: list[list[str]]) -> str:
    heads = "".join(f'<th scope="col" style="text-align:start">{escape(each)}</th>' for each in head)
    body = "".join(
        f'<tr><th scope="row" style="text-align:start">{escape(first)}</th>'
        + "".join(f'<td style="text-align:start">{escape(each)}</td>' for each in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _read(place: Path) -> dict[str, Any]:
    return from_yaml(place.read_text("utf-8"))

"""What if? Set the levers of a case, and see who would stay, what it is worth, and how sure that is."""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cxkit.cases import Case
from cxkit.cases import case as case_by_name
from cxkit.journey_cells import nearest, number_text, shown
from cxkit.yaml_text import from_yaml

from . import checks
from .estimate import Estimate, number
from .told import told

__all__ = ["Outcome", "WhatIf", "levers", "what_if"]

REPLICATIONS = 200
SEED = 2026


@dataclass(frozen=True)
class Outcome:
    """One result beside another, Estimates all three: `as_is`, `to_be`, and `change` (to-be − as-is)."""

    as_is: Estimate
    to_be: Estimate
    change: Estimate


@dataclass(frozen=True)
class WhatIf:
    """What a setting of the levers would lead to.

    Attributes:
        case: the name of the case.
        levers: every lever and where it is set.
        people: an `Outcome` in people: who stays, or is treated.
        money: an `Outcome` in money: the value of those people, less the cost.
        cost: what the setting costs, in the same money. An assumed figure.
        effects: the Estimate behind each lever, from the data of the case. Its name says for what, and which way.
        words: what it means, in plain words: the change; where each effect comes from; what chance alone does; which
            answers were missing; what the money is. One line each.
    """

    case: str
    levers: Mapping[str, float]
    people: Outcome
    money: Outcome
    cost: float
    effects: Mapping[str, Estimate]
    words: str

    def __repr__(self) -> str:
        lines = [f"What if, {self.case}: " + ", ".join(f"{k} = {number(v)}" for k, v in self.levers.items())]
        lines.append(f"In brackets: {self._brackets}")
        for each in (self.people, self.money):
            lines.append(f"{each.change.name} ({each.change.unit})")
            lines += [f"  {name:<7}{_ends(part)}" for name, part in _parts(each)]
        return "\n".join([*lines, self.words])

    @property
    def _brackets(self) -> str:
        """Which interval it is, and how many people stand behind it."""
        return f"{self.people.change.interval}; n = {self.people.change.n:,}"

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("", "as-is", "to-be", "change"))
        rows = []
        for each in (self.people, self.money):
            name = f"{html.escape(each.change.name)} ({html.escape(each.change.unit)})"
            cells = "".join(f"<td>{_ends(part)}</td>" for _, part in _parts(each))
            rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
        words = "".join(f"<p>{html.escape(line)}</p>" for line in self.words.splitlines())
        return (
            f'<div class="cxkit-what-if"><table><caption>In brackets: {html.escape(self._brackets)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>{words}</div>"
        )


def _parts(outcome: Outcome) -> list[tuple[str, Estimate]]:
    return [("as-is", outcome.as_is), ("to-be", outcome.to_be), ("change", outcome.change)]


def _ends(each: Estimate) -> str:
    return f"{number(round(each.value))} ({number(round(each.low))} to {number(round(each.high))})"


def what_if(
    case: str | Case,
    settings: Mapping[str, float] | None = None,
    *,
    seed: int = SEED,
    replications: int = REPLICATIONS,
    **levers: float,
) -> WhatIf:
    """Set levers and see what the case's own data expect: people kept, money kept, cost.

    The effects are estimates from the shipped tables: `waiting_cost` and `compare(…, elsewhere)` for the dental clinic,
    `drivers(…, adjust)` for the health plan. Each replication draws the effects from their intervals and then, for each
    person, whether he or she stays; as-is and to-be use the same random numbers (common random numbers; Glasserman & Yao
    1992), so the change is seen sharply. Values are what the estimates expect; intervals hold 95% of the replications.
    Effects are drawn each by itself: that two of them may err together is not taken into account. An effect, or a draw of
    one, in which an improvement would lose people counts as none; the words say so.

    The interval as-is holds chance alone: how much another year like this one would vary, with as many people. Members
    without a full set of survey answers are part of the result: each is given the answers of a member of the same plan who
    answered, and who stayed or left alike (a hot deck; Andridge & Little 2010). Patients who left before a wait are taken
    to meet one like the others'. Costs are charged for what people really gain (no wait goes below 0, no gap closes beyond
    what was expected); a setting worse than today saves nothing.

    Args:
        case: the name of a case that has levers, or the `Case`.
        settings: the levers as a mapping, such as {"cover_points": 2}, in place of `cover_points=2`.
        seed: for the draws; the same seed gives the same result.
        replications: how many draws, 20 to 5,000.
        **levers: see `levers(case)` for their names, units and ranges. What is not named stays as it is.

    Returns:
        A `WhatIf` with `.people` and `.money` (each `.as_is`, `.to_be`, `.change`, Estimates) and `.cost`.

    Raises:
        ValueError: for an unknown lever (with the nearest name), or a setting out of its range.

    >>> what_if("hmo_opt_out", cover_points=0).people.change.value
    0.0
    """
    found = _the_case(case)
    draws = int(checks.one_number(replications, "“replications”", 20, 5000, whole=True))
    plan = _plan(found.folder)
    chosen = _settings(plan, _named(found.name, settings, levers))
    model, as_is = _fitted(found.folder, checks.a_seed(seed), draws)
    to_be = model.run(chosen)
    cost = _cost(plan, chosen, to_be.units)
    interval = f"95% of {draws:,} replications"

    def outcome(name: str, unit: str, *pairs: tuple[float, np.ndarray]) -> Outcome:
        (was, was_drawn), (now, now_drawn) = pairs
        parts = ((was, was_drawn), (now, now_drawn), (now - was, now_drawn - was_drawn))
        return Outcome(*(_estimate(value, drawn, model.n, interval, name, unit) for value, drawn in parts))

    people = outcome(
        plan["people"], plan["person"], (as_is.people_value, as_is.people), (to_be.people_value, to_be.people)
    )
    money = outcome(
        plan["money"].replace("{n}", f"{model.n:,}"),
        plan["currency"],
        (as_is.money_value, as_is.money),
        (to_be.money_value - cost, to_be.money - cost),
    )
    words = "\n".join(_words(plan, model, chosen, people, money, cost))
    return WhatIf(found.name, chosen, people, money, cost, dict(model.effects), words)


def levers(case: str | Case) -> pd.DataFrame:
    """The levers of a case: what can be set in `what_if`.

    Returns:
        One row per lever: `lever, label, unit, low, high, step, as_is, cost, note, source`. The lever can be set from `low`
        to `high`; `cost` is in words. Costs are assumed. `source` says where the effect comes from.

    Raises:
        ValueError: for a case that is not known, or has no levers.

    >>> levers("hmo_opt_out").loc[0, "lever"]
    'cover_points'
    """
    found = _the_case(case)
    plan = _plan(found.folder)
    rows = []
    for name, lever in plan["levers"].items():
        cost = lever["cost"]
        text = f"{plan['currency']}{number(cost['each'])} for each {cost['of']}"
        text += f", and {plan['currency']}{number(cost['fixed'])} once" if cost["fixed"] else ""
        kept = {key: lever[key] for key in ("label", "unit", "low", "high", "step", "as_is")}
        about = {"note": lever["note"], "source": lever["source"]}
        rows.append({"lever": name, **kept, "cost": f"{text} (assumed). {cost['why']}", **about})
    return pd.DataFrame(rows).astype(dict.fromkeys(("low", "high", "step", "as_is"), float))


def _the_case(given: Any) -> Case:
    if isinstance(given, Case):
        return given
    if not isinstance(given, str):
        raise ValueError(f"Name the case, such as “hmo_opt_out”, not {told(given)}.")
    return _known_case(given)


@functools.lru_cache(maxsize=8)
def _known_case(name: str) -> Case:
    """A slider asks for the same case many times a second, and reading its journeys takes longer than the answer."""
    return case_by_name(name)


@functools.cache
def _plan(folder: Path) -> dict[str, Any]:
    place = folder / "levers.yaml"
    if not place.is_file():
        raise ValueError(f"The case {folder.name} has no levers: there is no what-if for it.")
    return from_yaml(place.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=4)
def _fitted(folder: Path, seed: int, replications: int) -> tuple[Any, Any]:
    """The model of a case and its run as things are."""
    # here, so that a list of levers does not wait for the statistics to load
    from .whatif_models import MODELS

    plan = _plan(folder)
    random = np.random.Generator(np.random.PCG64(seed))
    model = MODELS[plan["model"]](plan, folder, random, replications)
    return model, model.run({name: lever["as_is"] for name, lever in plan["levers"].items()})


def _named(case: str, given: Any, levers: Mapping[str, float]) -> dict[str, float]:
    """The levers that were named, in a mapping or as keywords."""
    if given is None:
        return dict(levers)
    if not isinstance(given, Mapping):
        raise ValueError(
            f"Name the lever that you set: what_if(“{case}”, lever=value), not {told(given)} alone. "
            f"levers(“{case}”) lists them."
        )
    twice = [name for name in given if name in levers]
    if twice:
        raise ValueError(f"The lever {shown(twice[0])} is set twice. Set it once.")
    return {**{str(name): value for name, value in given.items()}, **levers}


def _settings(plan: Mapping[str, Any], given: Mapping[str, float]) -> dict[str, float]:
    known = plan["levers"]
    settings = {name: float(lever["as_is"]) for name, lever in known.items()}
    for name, value in given.items():
        if name not in known:
            near = nearest(name, known)
            hint = f"Did you mean {near}?" if near else f"It has: {', '.join(known)}."
            raise ValueError(f"There is no lever “{shown(name)}” in this case. {hint}")
        low, high = known[name]["low"], known[name]["high"]
        right = f"Write a number from {number_text(low)} to {number_text(high)} ({known[name]['unit']})"
        if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(float(value)):
            raise ValueError(f"The lever {name} cannot be set to {told(value)}. {right}.")
        if not low <= value <= high:
            raise ValueError(f"The lever {name} cannot be set to {shown(value)}. {right}.")
        settings[name] = float(value)
    return settings


def _cost(plan: Mapping[str, Any], settings: Mapping[str, float], units: Mapping[str, float]) -> float:
    """Only what goes beyond today costs; going slower or doing less saves nothing here."""
    total = 0.0
    for name, lever in plan["levers"].items():
        if settings[name] > lever["as_is"]:
            total += lever["cost"]["fixed"] + lever["cost"]["each"] * units[name]
    return round(total, 2)


def _estimate(value: float, drawn: np.ndarray, n: int, interval: str, name: str, unit: str) -> Estimate:
    # rounded, since sums of thousands of chances carry dust in the last digits
    value = round(value, 6) + 0.0
    low, high = map(float, np.quantile(drawn, [0.025, 0.975]))
    # where most draws count as none, the value may lie beyond the quantiles
    low, high = min(low, value), max(high, value)
    return Estimate(value, low, high, n, interval, name, unit, se=float(np.std(drawn)))


def _words(
    plan: Mapping[str, Any],
    model: Any,
    settings: Mapping[str, float],
    people: Outcome,
    money: Outcome,
    cost: float,
) -> list[str]:
    known, person = plan["levers"], plan["person"]
    moved = [name for name in known if settings[name] != known[name]["as_is"]]
    was = people.as_is
    chance = (
        f"As things are: {number(round(was.value))} of {was.n:,} {person}. By chance alone, another {was.n:,} {person} like "
        f"these could give {number(round(was.low))} to {number(round(was.high))}."
    )
    if not moved:
        return ["All levers stand as things are today, so nothing changes.", chance]

    def change(each: Estimate, unit: str) -> str:
        sign = "+" if each.value > 0 else ""
        return f"{sign}{_ends(each)} {unit}"

    def each_once(name: str) -> str:
        return " ".join(dict.fromkeys(known[lever][name] for lever in moved))

    worse = [known[name]["label"] for name in moved if settings[name] < known[name]["as_is"]]
    saves = f"Set worse than today: {'; '.join(worse)}. A lever that is set worse saves nothing here."
    data = dict.fromkeys(note for name in moved for note in model.notes[name])
    lines = [
        f"Expected change: {change(people.change, person)}, and {change(money.change, plan['currency'])} after a cost of "
        f"{number(round(cost))} {plan['currency']} (assumed).",
        each_once("source"),
        *([saves] if worse else []),
        " ".join(data),
        chance,
        f"{plan['money_note'].replace('{n}', f'{model.n:,}')} {each_once('note')}",
    ]
    return [line for line in lines if line]

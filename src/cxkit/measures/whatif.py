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
import yaml

from cxkit.cases import Case
from cxkit.cases import case as case_by_name
from cxkit.journey_cells import nearest, number_text, shown

from . import checks
from .estimate import Estimate, number

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
        effects: the Estimate behind each lever, from the data of the case.
        words: what it means, in plain words.
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
        for each in (self.people, self.money):
            lines.append(f"{each.change.name} ({each.change.unit})")
            lines += [f"  {name:<7}{_ends(part)}" for name, part in _parts(each)]
        return "\n".join([*lines, self.words])

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{name}</th>' for name in ("", "as-is", "to-be", "change"))
        rows = []
        for each in (self.people, self.money):
            name = f"{html.escape(each.change.name)} ({html.escape(each.change.unit)})"
            cells = "".join(f"<td>{_ends(part)}</td>" for _, part in _parts(each))
            rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
        return (
            f'<div class="cxkit-what-if"><table><caption>In brackets: {html.escape(self.people.change.interval)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table><p>{html.escape(self.words)}</p></div>"
        )


def _parts(outcome: Outcome) -> list[tuple[str, Estimate]]:
    return [("as-is", outcome.as_is), ("to-be", outcome.to_be), ("change", outcome.change)]


def _ends(each: Estimate) -> str:
    return f"{number(round(each.value))} ({number(round(each.low))} to {number(round(each.high))})"


def what_if(
    case: str | Case, *, seed: int = SEED, replications: int = REPLICATIONS, **levers: float
) -> WhatIf:
    """Set levers and see what the case's own data expect: people kept, money kept, cost.

    The effects are estimates from the shipped tables: `waiting_cost` and `compare(…, elsewhere)` for the dental clinic,
    `drivers(…, adjust)` for the health plan. Each replication draws the effects from their intervals and then, for each
    person, whether he or she stays; as-is and to-be use the same random numbers (common random numbers; Glasserman & Yao
    1992), so the change is seen sharply. Values are what the estimates expect; intervals hold 95% of the replications.
    Effects are drawn each by itself: that two of them may err together is not taken into account. An effect, or a draw of
    one, in which an improvement would lose people counts as none.

    Args:
        case: the name of a case that has levers, or the `Case`.
        seed: for the draws; the same seed gives the same result.
        replications: how many draws, 20 or more.
        **levers: see `levers(case)` for their names, units and ranges. What is not named stays as it is.

    Returns:
        A `WhatIf` with `.people` and `.money` (each `.as_is`, `.to_be`, `.change`, Estimates) and `.cost`.

    Raises:
        ValueError: for an unknown lever (with the nearest name), or a setting out of its range.

    >>> what_if("hmo_opt_out").people.change.value
    0.0
    """
    found = case if isinstance(case, Case) else case_by_name(case)
    draws = _whole(replications, "replications", 20)
    plan = _plan(found.folder)
    settings = _settings(plan, levers)
    model, as_is = _fitted(found.folder, _whole(seed, "seed", 0), draws)
    to_be = model.run(settings)
    cost = _cost(plan, settings, to_be.units)
    interval = f"95% of {draws:,} replications"

    def outcome(name: str, unit: str, *pairs: tuple[float, np.ndarray]) -> Outcome:
        (was, was_drawn), (now, now_drawn) = pairs
        parts = ((was, was_drawn), (now, now_drawn), (now - was, now_drawn - was_drawn))
        return Outcome(*(_estimate(value, drawn, model.n, interval, name, unit) for value, drawn in parts))

    people = outcome(
        plan["people"], plan["person"], (as_is.people_value, as_is.people), (to_be.people_value, to_be.people)
    )
    money = outcome(
        plan["money"],
        plan["currency"],
        (as_is.money_value, as_is.money),
        (to_be.money_value - cost, to_be.money - cost),
    )
    words = _words(plan, settings, people.change, money.change, cost)
    return WhatIf(found.name, settings, people, money, cost, dict(model.effects), words)


def levers(case: str | Case) -> pd.DataFrame:
    """The levers of a case: what can be set in `what_if`.

    Returns:
        One row per lever: `lever, label, unit, low, high, step, as_is, cost, note`; `cost` in words. Costs are assumed.

    Raises:
        ValueError: for a case that is not known, or has no levers.

    >>> levers("hmo_opt_out").loc[0, "lever"]
    'cover_points'
    """
    found = case if isinstance(case, Case) else case_by_name(case)
    plan = _plan(found.folder)
    rows = []
    for name, lever in plan["levers"].items():
        cost = lever["cost"]
        text = f"{plan['currency']}{number(cost['each'])} for each {cost['of']}"
        text += f", and {plan['currency']}{number(cost['fixed'])} once" if cost["fixed"] else ""
        kept = {key: lever[key] for key in ("label", "unit", "low", "high", "step", "as_is")}
        rows.append(
            {"lever": name, **kept, "cost": f"{text} (assumed). {cost['why']}", "note": lever["note"]}
        )
    return pd.DataFrame(rows).astype(dict.fromkeys(("low", "high", "step", "as_is"), float))


@functools.cache
def _plan(folder: Path) -> dict[str, Any]:
    place = folder / "levers.yaml"
    if not place.is_file():
        raise ValueError(f"The case {folder.name} has no levers: there is no what-if for it.")
    return yaml.safe_load(place.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=4)
def _fitted(folder: Path, seed: int, replications: int) -> tuple[Any, Any]:
    """The model of a case and its run as things are."""
    # here, so that a list of levers does not wait for the statistics to load
    from .whatif_models import MODELS

    plan = _plan(folder)
    random = np.random.Generator(np.random.PCG64(seed))
    model = MODELS[plan["model"]](plan, folder, random, replications)
    return model, model.run({name: lever["as_is"] for name, lever in plan["levers"].items()})


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
            raise ValueError(f"The lever {name} cannot be set to “{shown(value)}”. {right}.")
        if not low <= value <= high:
            raise ValueError(f"The lever {name} cannot be set to {shown(value)}. {right}.")
        settings[name] = float(value)
    return settings


def _whole(value: Any, name: str, least: int) -> int:
    found = checks.numbers([value], name, least, whole=True)[0]
    if np.isnan(found):
        raise ValueError(f"“{name}” is empty. Write a whole number, {least} or more.")
    return int(found)


def _cost(plan: Mapping[str, Any], settings: Mapping[str, float], units: Mapping[str, float]) -> float:
    """Only what goes beyond today costs; going slower or doing less saves nothing here."""
    total = 0.0
    for name, lever in plan["levers"].items():
        if settings[name] > lever["as_is"]:
            total += lever["cost"]["fixed"] + lever["cost"]["each"] * units[name]
    return round(total, 2)


def _estimate(value: float, drawn: np.ndarray, n: int, interval: str, name: str, unit: str) -> Estimate:
    low, high = np.quantile(drawn, [0.025, 0.975])
    # rounded, since sums of thousands of chances carry dust in the last digits
    return Estimate(
        round(value, 6) + 0.0, float(low), float(high), n, interval, name, unit, se=float(np.std(drawn))
    )


def _words(
    plan: Mapping[str, Any], settings: Mapping[str, float], people: Estimate, money: Estimate, cost: float
) -> str:
    moved = [name for name, lever in plan["levers"].items() if settings[name] != lever["as_is"]]
    if not moved:
        return "All levers stand as things are today, so nothing changes."

    def change(each: Estimate, unit: str) -> str:
        sign = "+" if each.value > 0 else ""
        return f"{sign}{_ends(each)} {unit}"

    notes = " ".join(dict.fromkeys(plan["levers"][name]["note"] for name in moved))
    return (
        f"Expected change: {change(people, plan['person'])}, and {change(money, plan['currency'])} after a cost of "
        f"{number(round(cost))} {plan['currency']} (assumed). The effects are estimates from this case's records, not from "
        f"an experiment: the change is only as causal as they are. {plan['money_note']} {notes}"
    )

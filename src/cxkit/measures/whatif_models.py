"""The two models behind `what_if`: people who stay through waits, and members whom points of experience keep.

Each is fitted once, on the data of the case and by the measures that the lessons use, and gives back a function from
lever settings to a `Run`. Row 0 of every array of draws is the estimate itself; the other rows are draws around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import checks
from .compare import compare
from .confidence import Z95
from .drivers import drivers
from .estimate import Estimate, number
from .gap import gap
from .retention import waiting_cost

__all__ = ["MODELS", "Model", "Run"]


@dataclass(frozen=True)
class Run:
    """What one setting of the levers leads to, in expectation (`…_value`) and in each replication."""

    people_value: float
    money_value: float
    people: np.ndarray
    money: np.ndarray
    units: Mapping[str, float]


@dataclass(frozen=True)
class Model:
    """A fitted model: `run(settings)`, the estimates that stand behind it by lever, and how many people it holds.

    `notes` says by lever, in sentences, what was done about missing answers and where an effect counts as none.
    """

    run: Callable[[Mapping[str, float]], Run]
    effects: Mapping[str, Estimate]
    n: int
    notes: Mapping[str, list[str]]


def waits(plan: Mapping[str, Any], folder: Path, random: np.random.Generator, replications: int) -> Model:
    """People stay through a wait of d days with the chance exp(−h·d) times a constant (a constant hazard).

    h is `waiting_cost`; the bundle's effect is the difference in differences of the pilot, in points. The constants
    are set so that, as things are, the model expects as many people as the data hold, in each group of `anchor`.
    """
    table = read(folder, plan["file"])
    n = len(table)
    done = checks.yes_no(table[plan["outcome"]], plan["outcome"])
    value = checks.numbers(table[plan["value"]], plan["value"], 0)
    levers = {name: lever for name, lever in plan["levers"].items() if "wait" in lever}
    named = {name: lever.get("wait_name", lever["wait"]) for name, lever in levers.items()}
    bundle = next((name for name, lever in plan["levers"].items() if lever.get("bundle")), None)
    effects = {}
    for name, lever in levers.items():
        found = waiting_cost(table, lever["wait"], lever["lost"], adjust=plan["adjust"])
        effects[name] = replace(found, name=f"{found.name}, {named[name]}")
    hazards = [-np.log1p(-np.array([each.value, each.low, each.high])) for each in effects.values()]
    middles, spreads = [h[0] for h in hazards], [(h[2] - h[1]) / (2 * Z95) for h in hazards]
    had = checks.yes_no(table[plan["pilot"]["had"]], plan["pilot"]["had"]) == 1
    if bundle:
        found = _pilot_effect(table, plan["pilot"], done, had)
        effects[bundle] = replace(found, name=f"The pilot: {found.name.lower()}")
        middles.append(effects[bundle].value)
        spreads.append(effects[bundle].se)
    drawn = _draws(random, np.array(middles), np.array(spreads), replications)
    # a wait never brings people back, so neither does a draw
    hazard = dict(zip(levers, np.maximum(drawn[:, : len(levers)].T, 0.0), strict=True))
    days, waited, unknown = _days(table, levers)
    notes = {
        name: [
            *_held(effects[name], f"shorter waits ({named[name]})" if name in levers else "the bundle"),
            *(_left_before(unknown[name], named[name], plan["person"]) if name in levers else []),
        ]
        for name in plan["levers"]
    }

    base = np.ones((replications + 1, n))
    met: dict[str, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {name: [] for name in levers}
    for name in levers:
        stay = np.exp(-hazard[name][:, None] * days[name])
        # whoever left before this wait would have met one like the others'
        for side in (had, ~had):
            gone, others = np.flatnonzero(side & unknown[name]), np.flatnonzero(side & ~unknown[name])
            if len(gone):
                met[name].append((gone, others, stay[:, others]))
                stay[:, gone] = stay[:, others].mean(axis=1, keepdims=True)
        base *= stay
    chance = np.minimum(base * _constants(base, done, _groups(table, plan["anchor"])), 1.0)
    even = random.random((replications, n))

    def run(settings: Mapping[str, float]) -> Run:
        units: dict[str, float] = {}
        now, apart = chance, chance
        for name in levers:
            less = np.where(waited[name], np.minimum(settings[name], days[name]), 0.0)
            units[name] = float(np.maximum(less, 0.0).sum())
            if not settings[name]:
                continue
            gain = np.exp(hazard[name][:, None] * less)
            for gone, others, chances in met[name]:
                mean = np.einsum("ij,ij->i", chances, gain[:, others]) / chances.sum(axis=1)
                gain[:, gone] = mean[:, None]
            now = now * gain
            apart = apart if levers[name].get("in_bundle") else apart * gain
        now = np.minimum(now, 1.0)
        if bundle and settings[bundle]:
            share = settings[bundle] * ~had
            units[bundle] = float(share.sum())
            with_bundle = np.clip(apart + drawn[:, [-1]], 0.0, 1.0)
            larger = np.where(with_bundle[0] >= now[0], with_bundle, now)
            now = now + share * (larger - now)
        return _outcome(now, even < now[1:], value, units)

    return Model(run, effects, n, notes)


def points(plan: Mapping[str, Any], folder: Path, random: np.random.Generator, replications: int) -> Model:
    """Members leave with a chance whose log odds is a sum over touchpoints (the model of `drivers`).

    A member without a full set of answers is given the answers of another one who stayed or left alike, in the same
    group (a hot deck; Andridge & Little 2010). The constants are set so that, as things are, the model expects as many
    to leave as the data hold, in each group of `anchor`.
    """
    members, survey = read(folder, plan["file"]), read(folder, plan["survey"])
    key, n = plan["member"], len(members)
    left = checks.yes_no(members[plan["outcome"]], plan["outcome"])
    value = checks.numbers(members[plan["value"]], plan["value"], 0)
    answers, columns = _answers(survey, key)
    table = members.merge(answers, on=key, how="left")
    names = list(columns["gap"].values()) + list(columns["attitude"].values())
    fitted = drivers(table, plan["outcome"], names, adjust=plan["adjust"])
    found = np.log(fitted[["adjusted_odds_ratio", "adjusted_low", "adjusted_high"]].to_numpy(float))
    drawn = _draws(random, found[:, 0], (found[:, 2] - found[:, 1]) / (2 * Z95), replications)
    # a gap that closes, or a kinder word, drives nobody away, so neither does an estimate or a draw
    pulled = [
        names.index(columns[kind][lever[kind]])
        for lever in plan["levers"].values()
        for kind in lever.keys() & columns
    ]
    drawn[:, pulled] = np.minimum(drawn[:, pulled], 0.0)
    groups = _groups(members, plan["anchor"])
    needed = [*names, *columns["experienced"].values()]
    table[needed] = _hot_deck(table[needed].to_numpy(float), 2 * groups + left.astype(int), random)
    score = drawn @ table[names].to_numpy(float).T
    score += _intercepts(score, left, groups)
    even = random.random((replications, n))
    margin = np.log(even / (1 - even)) - score[1:]

    effects, moves, notes = {}, {}, {}
    for name, lever in plan["levers"].items():
        kind = "gap" if "gap" in lever else "attitude"
        at = names.index(columns[kind][lever[kind]])
        row = fitted.iloc[at]
        ratio, low, high = (float(row[f"adjusted_{each}"]) for each in ("odds_ratio", "low", "high"))
        asked, lacking = int(row["n"]), int(row["missing"])
        label, less, what = (text.format(lever[kind]) for text in NAMES[kind])
        back = f"{less}, as drivers(…, per=-1) shows it: {number(1 / ratio)} ({number(1 / high)} to {number(1 / low)})."
        effects[name] = Estimate(
            ratio, low, high, asked, "95% Wald interval", label, words=back, missing=lacking
        )
        notes[name] = [*_held(effects[name], what, none=1), *_not_asked(asked, lacking, plan)]
        now = table[names[at]].to_numpy(float)
        scored = table[columns["experienced"][lever["gap"]]].to_numpy(float) if kind == "gap" else now
        # a gap closes up to 0, a score rises up to 10; worse than 1 there is not
        room = np.maximum(-now, 0.0) if kind == "gap" else 10 - now
        moves[name] = (at, room, 1 - scored)

    def run(settings: Mapping[str, float]) -> Run:
        moved = [np.clip(settings[name], floor, room) for name, (_, room, floor) in moves.items()]
        shift = drawn[:, [at for at, _, _ in moves.values()]] @ np.stack(moved)
        chance = 1 / (1 + np.exp(score[:1] + shift[:1]))
        # only a point that somebody really gains is paid for
        units = {name: float(np.maximum(each, 0.0).sum()) for name, each in zip(moves, moved, strict=True)}
        return _outcome(chance, shift[1:] <= margin, value, units)

    return Model(run, effects, n, notes)


MODELS = {"waits": waits, "points": points}
# For each kind of lever: its odds ratio, the same turned round, and what improves.
NAMES = {
    "gap": (
        "Odds of leaving, for each point by which the gap in “{}” closes",
        "For each point by which it widens",
        "a smaller gap in “{}”",
    ),
    "attitude": (
        "Odds of leaving, for each point more of staff attitude at “{}”",
        "For each point less",
        "a better staff attitude at “{}”",
    ),
}


def _held(effect: Estimate, what: str, none: float = 0.0) -> list[str]:
    """The words where the estimate may be none: where an improvement would lose people, it counts as none."""
    worse = effect.value >= none if none else effect.value <= none
    ends = (
        f"{number(effect.value)}, {number(effect.low)} to {number(effect.high)}; no effect is {number(none)}"
    )
    shown = f"({'odds ratio ' if none else ''}{ends})"
    if worse:
        return [f"The data show no gain from {what} {shown}. It counts as none."]
    if effect.low < none < effect.high:
        return [f"The effect of {what} is small {shown}: the data cannot tell it from none."]
    return []


def _left_before(unknown: np.ndarray, wait: str, person: str) -> list[str]:
    count = int(unknown.sum())
    of_all = f"{count:,} of {len(unknown):,} {person}"
    told = f"{of_all} left before this wait ({wait}); each is taken to meet one like the others'."
    return [told] if count else []


def _not_asked(asked: int, lacking: int, plan: Mapping[str, Any]) -> list[str]:
    alike = " and ".join(plan["anchor"])
    told = (
        f"{asked:,} of {asked + lacking:,} {plan['person']} gave every answer that the estimate needs. Whoever did not "
        f"({lacking:,}) is given the answers of one of these, with the same {alike}, who stayed or left alike."
    )
    return [told] if lacking else []


def read(folder: Path, file: str) -> pd.DataFrame:
    try:
        return pd.read_csv(folder / file, low_memory=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"The case {folder.name} is damaged: {file} cannot be read: {error}") from error


def _outcome(chance: np.ndarray, stays: np.ndarray, value: np.ndarray, units: Mapping[str, float]) -> Run:
    kept = stays.astype(float)
    return Run(float(chance[0].sum()), float(chance[0] @ value), kept.sum(axis=1), kept @ value, units)


def _draws(
    random: np.random.Generator, middle: np.ndarray, spread: np.ndarray, replications: int
) -> np.ndarray:
    """The estimates, and below them normal draws, evenly spread (Latin hypercube; McKay, Beckman & Conover 1979)."""
    from scipy.special import ndtri

    slots = np.stack([random.permutation(replications) for _ in middle], axis=1)
    normal = ndtri((slots + 0.5) / replications)
    return np.vstack([middle, middle + spread * normal])


def _groups(table: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return table.groupby(columns, sort=True).ngroup().to_numpy()


def _days(table: pd.DataFrame, levers: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, np.ndarray], ...]:
    """The days of each wait (0 where there was none), who waited, and for whom nobody knows: who left before it."""
    days, known, unknown = {}, {}, {}
    gone = np.zeros(len(table), bool)
    for name, lever in levers.items():
        wait = checks.numbers(table[lever["wait"]], lever["wait"], 0)
        days[name], known[name] = np.nan_to_num(wait), ~np.isnan(wait)
        unknown[name] = np.isnan(wait) & gone
        gone |= checks.yes_no(table[lever["lost"]], lever["lost"]) == 1
    return days, known, unknown


def _pilot_effect(
    table: pd.DataFrame, pilot: Mapping[str, str], done: np.ndarray, had: np.ndarray
) -> Estimate:
    """The change at the place of the pilot, less the change elsewhere in the same time, both as the columns name them."""
    here, later = (table[pilot[each]].isin(table[pilot[each]][had]).to_numpy() for each in ("place", "time"))
    found = compare(
        done[here & ~later], done[here & later], elsewhere=(done[~here & ~later], done[~here & later])
    )
    assert isinstance(found, Estimate)
    return found


def _constants(base: np.ndarray, done: np.ndarray, groups: np.ndarray) -> np.ndarray:
    result = np.empty_like(base)
    for group in np.unique(groups):
        inside = groups == group
        result[:, inside] = done[inside].sum() / base[:, inside].sum(axis=1, keepdims=True)
    return result


def _answers(survey: pd.DataFrame, key: str) -> tuple[pd.DataFrame, dict[str, dict[str, str]]]:
    """One row per member, and the names of the columns: gap, experienced or attitude -> touchpoint -> column."""
    gaps = gap(survey, per=key)
    scores = survey.pivot(index=key, columns="touchpoint", values="experienced")
    staff = survey.pivot(index=key, columns="touchpoint", values="staff_attitude").dropna(axis=1, how="all")
    touchpoints = list(gaps.columns[1:])
    columns = {
        "gap": {name: name for name in touchpoints},
        "experienced": {name: f"{name}: experienced" for name in touchpoints},
        "attitude": {name: f"{name}: staff attitude" for name in touchpoints if name in staff.columns},
    }
    parts = [
        gaps.set_index(key),
        scores.rename(columns=columns["experienced"]),
        staff.rename(columns=columns["attitude"]),
    ]
    return pd.concat(parts, axis=1).rename_axis(key).reset_index(), columns


def _hot_deck(answers: np.ndarray, alike: np.ndarray, random: np.random.Generator) -> np.ndarray:
    full = ~np.isnan(answers).any(axis=1)
    result = answers.copy()
    for group in np.unique(alike):
        donors, lacking = np.flatnonzero(full & (alike == group)), np.flatnonzero(~full & (alike == group))
        if len(lacking):
            # with no full answer in the group, anybody's must do
            result[lacking] = answers[
                random.choice(donors if len(donors) else np.flatnonzero(full), len(lacking))
            ]
    return result


def _intercepts(score: np.ndarray, left: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """For each draw and group, the constant at which as many are expected to leave as did (Newton's method)."""
    result = np.empty_like(score)
    for group in np.unique(groups):
        inside = groups == group
        part, wanted = score[:, inside], float(left[inside].sum())
        constant = np.log((wanted + 0.5) / (inside.sum() - wanted + 0.5)) - part.mean(axis=1, keepdims=True)
        for _ in range(50):
            chance = 1 / (1 + np.exp(-(part + constant)))
            step = (wanted - chance.sum(axis=1, keepdims=True)) / (chance * (1 - chance)).sum(
                axis=1, keepdims=True
            )
            constant = constant + np.clip(step, -2, 2)
            if np.abs(step).max() < 1e-10:
                break
        result[:, inside] = constant
    return result

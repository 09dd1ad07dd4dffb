"""The model behind `waiting_cost`: P(stay) = exp(−constant − cost·days − …), fitted by maximum likelihood.

Iteratively reweighted least squares fails here as soon as a fitted chance comes near 1. But the log-likelihood is
concave, and the chances that make sense (at most 1) form a convex set, so a barrier method always gets there: Newton's
method with a penalty that keeps every chance below 1 and is then taken away. The maximum may lie on the edge
(Williamson, Eliasziw & Fick 2013), where standard errors mean nothing. So the interval is read off the likelihood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["Maximum", "cost_per_day", "maximum"]

FIRST_BARRIER, LAST_BARRIER = 1e-2, 1e-9
# An exponent below this is a chance to stay so close to 1 that the barrier is felt.
EDGE = 1e-2
# Half of the 95% point of chi square with one degree of freedom: so far the log-likelihood may fall.
ALLOWED_FALL = 1.9207294103470622


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the likelihood is highest: coefficients, its logarithm, how it bends, and its slope in each exponent."""

    b: np.ndarray
    log_likelihood: float
    bend: np.ndarray
    slope: np.ndarray


def maximum(
    design: np.ndarray, stayed: np.ndarray, known: np.ndarray | float = 0.0, near: np.ndarray | None = None
) -> Maximum:
    """The coefficients b that maximise the likelihood of P(stay) = exp(−known − design @ b).

    Args:
        design: (people, columns); the first column is 1 throughout.
        stayed: (people,) true or false; at least one of each.
        known: a part of the exponent that is given, (people,) or one number.
        near: coefficients that may be close to the best ones.

    >>> found = maximum(np.ones((4, 1)), np.array([True, True, True, False]))
    >>> print(np.exp(-found.b).round(6))
    [0.75]
    """
    fixed = np.broadcast_to(np.asarray(known, float), stayed.shape)
    here, gone = design[stayed], design[~stayed]
    pull = here.sum(axis=0)
    b = np.zeros(design.shape[1]) if near is None else near.copy()
    least = float((fixed + design @ b).min())
    b[0] += -math.log(min(stayed.mean(), 0.95)) - least if near is None else max(EDGE - least, 0)
    barrier = FIRST_BARRIER if near is None or least < EDGE else LAST_BARRIER
    # The logarithm of each chance to stay: below 0, or the chance would not be one.
    u, v = -(fixed[stayed] + here @ b), -(fixed[~stayed] + gone @ b)
    while True:
        value = _value(u, v, barrier)
        for _ in range(200):
            odds = np.exp(v) / -np.expm1(v)
            gradient = odds @ gone - pull - (barrier / u) @ here
            bend = (here.T * (barrier / u**2)) @ here + (gone.T * (odds * (1 + odds))) @ gone
            step = np.linalg.solve(bend + 1e-14 * np.trace(bend) * np.eye(len(b)), gradient)
            gain = float(gradient @ step)
            if gain < 1e-14:
                break
            move = -(here @ step), -(gone @ step)
            length = min(1.0, 0.99 * _room(u, move[0]), 0.99 * _room(v, move[1]))
            for _ in range(60):
                then = _value(u + length * move[0], v + length * move[1], barrier)
                if then >= value + 1e-4 * length * gain - 1e-13 * abs(value):
                    break
                length /= 2
            b = b + length * step
            u, v, value = u + length * move[0], v + length * move[1], then
        if barrier <= LAST_BARRIER:
            slope = np.empty(len(stayed))
            slope[stayed], slope[~stayed] = -1 - barrier / u, odds
            return Maximum(b, _value(u, v), bend, slope)
        # Far from the edge the barrier does nothing, and can go at once.
        barrier = LAST_BARRIER if u.max() < -EDGE else max(barrier / 100, LAST_BARRIER)


def _value(u: np.ndarray, v: np.ndarray, barrier: float = 0.0) -> float:
    """The log-likelihood, from the logarithms of the chance to stay of those who stayed and of those who were lost."""
    total = float(u.sum() + np.log(-np.expm1(v)).sum())
    return total + barrier * float(np.log(-u).sum()) if barrier else total


def _room(at: np.ndarray, move: np.ndarray) -> float:
    """How many such moves fit before the first chance reaches 1."""
    closest = float((move / -at).max())
    return 1 / closest if closest > 0 else math.inf


def cost_per_day(design: np.ndarray, stayed: np.ndarray) -> tuple[float, float, float]:
    """The cost h of a day and its 95% likelihood-ratio interval.

    Args:
        design: (people, columns): 1 throughout, the days, and what is adjusted for.
        stayed: (people,) true or false; at least one of each.
    """
    days = design[:, 1]
    # Days of size 1 around 0: the constant and the cost then hardly depend on one another.
    middle, scale = days.mean(), days.std()
    even = design.copy()
    even[:, 1] = (days - middle) / scale
    best = maximum(even, stayed)
    low, high = (_edge(even, stayed, best, side) for side in (-1, 1))
    return float(best.b[1]) / scale, low / scale, high / scale


def _edge(design: np.ndarray, stayed: np.ndarray, best: Maximum, side: int) -> float:
    """The cost to one side at which the best that the other coefficients can do falls by `ALLOWED_FALL`.

    Newton's method on the root of the fall, which is close to a straight line; halving wherever it goes astray.
    """
    days, others = design[:, 1], np.delete(design, 1, axis=1)
    start, near, aim = float(best.b[1]), np.delete(best.b, 1), math.sqrt(ALLOWED_FALL)
    inside, outside = start, side * math.inf
    width = math.sqrt(2 * ALLOWED_FALL * max(float(np.linalg.pinv(best.bend, hermitian=True)[1, 1]), 1e-8))
    h = start + side * width
    for _ in range(100):
        found = maximum(others, stayed, h * days, near)
        root = math.sqrt(max(best.log_likelihood - found.log_likelihood, 1e-12))
        if root < aim:
            inside, near = h, found.b
        else:
            outside = h
        rise = -float(found.slope @ days) / (2 * root)
        then = h + (aim - root) / rise if rise else math.inf
        if not min(inside, outside) < then < max(inside, outside):
            then = (inside + outside) / 2 if math.isfinite(outside) else start + 2 * (h - start)
        if abs(then - h) < 1e-8 * max(1.0, abs(h)):
            return then
        h = then
    return h

"""Queues: how many people must answer, and how long callers wait when too few do."""

from __future__ import annotations

import heapq
import math
from typing import Any

import numpy as np

from cxkit.journey_cells import number_text, shown

from . import checks
from .confidence import mean_and_reach
from .estimate import Estimate, number
from .told import counted

__all__ = ["answered_within", "erlang_c", "queue", "staffing"]

BUSIEST = 100_000  # erlangs; more is no front desk, and would only keep the computer busy
BATCHES = 30
FEWEST = 100 * BATCHES
# See the docstring of `queue`.
ENOUGH = 500
MOST = 20_000_000


def erlang_c(erlangs: float, agents: int) -> float:
    """The share of callers who have to wait, where calls come at random and nobody hangs up.

    Args:
        erlangs: the work that comes in: calls per hour × hours per call, above 0.
        agents: how many people answer, 1 or more.

    Returns:
        The share, 0 to 1. It is 1 where the work is more than the agents can do: the queue grows without end.

    Raises:
        ValueError: for a number that cannot be.

    The formula is Erlang's second (Erlang 1917), by the recursion from his first, which never overflows
    (Cooper 1981, “Introduction to Queueing Theory”, chapter 3).

    >>> round(erlang_c(10, 14), 4)
    0.1741
    """
    load = _above_0(erlangs, "erlangs", BUSIEST)
    count = _whole(agents, "agents", 1)
    return _has_to_wait(load, count, _blocked(load, count))


def answered_within(erlangs: float, agents: int, handling: float, within: float) -> float:
    """The share of callers who are answered within so long: the service level.

    Args:
        erlangs, agents: as for `erlang_c`.
        handling: the mean time that one call takes, above 0.
        within: the longest wait that is good enough, 0 or more, in the same unit as `handling`.

    Returns:
        The share, 0 to 1. The wait of those who wait is exponential, with mean handling ÷ (agents − erlangs).

    Raises:
        ValueError: for a number that cannot be.

    >>> round(answered_within(10, 14, handling=180, within=20), 3)
    0.888
    """
    load = _above_0(erlangs, "erlangs", BUSIEST)
    count = _whole(agents, "agents", 1)
    rate, wait = _above_0(handling, "handling"), _number(within, "within")
    return _in_time(load, count, _blocked(load, count), wait / rate)


def staffing(erlangs: float, handling: float, within: float, target: float) -> int:
    """How many agents it takes so that the target share of callers is answered in time (Erlang C).

    Args:
        erlangs: the work that comes in: calls per hour × hours per call, above 0. 200 calls an hour of 3 minutes
            each are 10 erlangs.
        handling: the mean time that one call takes, above 0.
        within: the longest wait that is good enough, 0 or more, in the same unit as `handling`.
        target: the share of callers to answer in that time, above 0 and below 1, such as 0.8.

    Returns:
        The smallest number of agents. Nobody is on a break in this number, and no caller hangs up.

    Raises:
        ValueError: for a number that cannot be.

    The formula is Erlang's (1917); see `erlang_c`.

    >>> staffing(10, handling=180, within=20, target=0.8)
    14
    """
    load = _above_0(erlangs, "erlangs", BUSIEST)
    rate, wait = _above_0(handling, "handling"), _number(within, "within")
    share = _number(target, "target")
    if not 0 < share < 1:
        hint = f" Did you mean {share / 100:g}?" if 1.5 < share < 100 else ""
        raise ValueError(
            f"A target of {shown(target)} cannot be. Write a share above 0 and below 1, such as 0.8.{hint}"
        )
    blocked, agents = 1.0, 0
    while _in_time(load, agents, blocked, wait / rate) < share:
        agents += 1
        blocked = _one_more(load, agents, blocked)
    return agents


def queue(
    arrivals: float, services: float, agents: int = 1, people: int = 100_000, seed: int = 20250101
) -> Estimate:
    """Let people queue in the computer, and see how long they wait: callers at random, calls of random length.

    Args:
        arrivals: how many people come in one unit of time, on average, above 0.
        services: how many people one agent serves in one unit of time, on average, above 0.
        agents: how many agents serve the one queue, first come, first served.
        people: how many people to send through, 3,000 to 20,000,000; more where the agents are hardly ever free.
        seed: the same seed gives the same people.

    Returns:
        An `Estimate` of the mean wait before service, in the same unit of time. The interval is the 95% t interval
        of 30 batch means (Law 2015, “Simulation Modeling and Analysis”, section 9.5): waits of neighbours are alike,
        so the people are cut into 30 batches, and the means of these count as the data. The first tenth of the
        people is left out, since they come to an empty desk; `n` counts the others.

    Raises:
        ValueError: for a number that cannot be, where more people come than the agents can serve, or where `people`
            are too few for this load. The mean of n waits has a spread of about 1 / ((1 − load) √n) (Whitt 1989,
            “Planning queueing simulations”), so at least 500 / (1 − load)² people are asked for.

    The queue is M/M/c: see Kendall (1953). Its waits follow Kiefer & Wolfowitz (1955), for one agent Lindley (1952).

    >>> queue(arrivals=2, services=3, people=30_000)
    Mean wait: 0.675 units of time (95% t interval of 30 batch means 0.600 to 0.750, n = 27,000)
    """
    coming, serving = _above_0(arrivals, "arrivals"), _above_0(services, "services")
    count, size = _whole(agents, "agents", 1), _whole(people, "people", FEWEST)
    if coming >= count * serving:
        least = math.floor(coming / serving) + 1
        raise ValueError(
            f"{number_text(coming)} {'person comes' if coming == 1 else 'people come'} while "
            f"{counted(count, 'agent', 'agents')} can serve "
            f"{number_text(count * serving)}. The queue grows without end. "
            f"It takes at least {counted(least, 'agent', 'agents')}."
        )
    needed = max(FEWEST, math.ceil(ENOUGH / (1 - coming / (count * serving)) ** 2))
    if size < needed:
        busy = f"{math.floor(100 * coming / (count * serving))}%"
        cure = (
            f"Give people={needed:,} or more." if needed <= MOST else "Take more agents, or fewer arrivals."
        )
        raise ValueError(
            f"The agents are busy {busy} of the time, and then waits rise and fall so slowly that {size:,} people are "
            f"too few to tell their mean. {cure}"
        )
    if size > MOST:
        raise ValueError(
            f"{size:,} people are more than this computer should simulate. Give {MOST:,} at most."
        )
    random = np.random.Generator(np.random.PCG64(checks.a_seed(seed)))
    between = random.standard_exponential(size) / coming
    service = random.standard_exponential(size) / serving
    waits = _one_agent(between, service) if count == 1 else _several_agents(between, service, count)
    kept = waits[size // 10 :]
    kept = kept[len(kept) % BATCHES :]
    mean, se, reach = mean_and_reach(kept.reshape(BATCHES, -1).mean(axis=1))
    words = f"With {counted(count, 'agent', 'agents')} people wait {number(mean)} units of time on average."
    return Estimate(
        mean,
        max(mean - reach, 0.0),
        mean + reach,
        n=len(kept),
        interval=f"95% t interval of {BATCHES} batch means",
        name="Mean wait",
        unit="units of time",
        words=words,
        se=se,
    )


def _one_agent(between: np.ndarray, service: np.ndarray) -> np.ndarray:
    """Lindley: my wait is the wait and the service of the one before me, less the time between us, if above 0."""
    walk = np.cumsum(np.append(0.0, service[:-1] - between[1:]))
    return walk - np.minimum.accumulate(walk)


def _several_agents(between: np.ndarray, service: np.ndarray, agents: int) -> np.ndarray:
    """Each person goes to the agent who is free first."""
    free = [0.0] * agents
    waits = []
    for now, length in zip(np.cumsum(between).tolist(), service.tolist(), strict=True):
        start = max(now, free[0])
        waits.append(start - now)
        heapq.heapreplace(free, start + length)
    return np.array(waits)


# --- Erlang -----------------------------------------------------------------------------------------------


def _blocked(load: float, agents: int) -> float:
    """Erlang B: the share of callers who find all agents busy, where these hang up at once."""
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = _one_more(load, count, blocked)
    return blocked


def _one_more(load: float, agents: int, blocked: float) -> float:
    return load * blocked / (agents + load * blocked)


def _has_to_wait(load: float, agents: int, blocked: float) -> float:
    return 1.0 if agents <= load else agents * blocked / (agents - load * (1 - blocked))


def _in_time(load: float, agents: int, blocked: float, calls: float) -> float:
    """`calls`: the wait that is good enough, in mean lengths of a call."""
    if agents <= load:
        return 0.0
    return 1 - _has_to_wait(load, agents, blocked) * math.exp(-(agents - load) * calls)


# --- numbers ----------------------------------------------------------------------------------------------


def _number(value: Any, name: str, low: float = 0) -> float:
    right = f"Write a number, {number_text(low)} or more."
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"“{name}” is not a number: “{shown(value)}”. {right}") from None
    if not low <= found < math.inf:
        raise ValueError(f"“{name}” cannot be {shown(value)}. {right}")
    return found


def _above_0(value: Any, name: str, high: float = math.inf) -> float:
    found = _number(value, name)
    if not 0 < found <= high:
        right = "above 0" if high == math.inf else f"above 0, and at most {high:,.0f}"
        raise ValueError(f"“{name}” cannot be {shown(value)}. Write a number {right}.")
    return found


def _whole(value: Any, name: str, low: int) -> int:
    found = _number(value, name, low)
    if found != int(found):
        raise ValueError(f"“{name}” cannot be {shown(value)}: it counts something. Write a whole number.")
    return int(found)

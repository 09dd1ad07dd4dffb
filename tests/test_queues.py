"""Staffing by Erlang C, and queues let run in the computer."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxkit.measures.queues import answered_within, erlang_c, queue, staffing

loads = st.floats(0.01, 200)


def exact(load: int, agents: int) -> Fraction:
    """The share that waits, by Erlang's own sum (1917), in whole fractions."""
    busy = Fraction(load**agents, math.factorial(agents)) * Fraction(agents, agents - load)
    return busy / (sum(Fraction(load**k, math.factorial(k)) for k in range(agents)) + busy)


# --- published numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("erlangs", "agents"), [(20, 24), (10, 14), (3, 5)])
def test_80_percent_within_20_seconds_at_180_seconds_a_call(erlangs, agents):
    # the usual staffing tables for Erlang C (Gans, Koole & Mandelbaum 2003 tell how they are made); 100 calls in
    # half an hour of 3 minutes each, so 10 erlangs, is also the worked example of R's ErlangC 0.1.0 and of pyworkforce
    assert staffing(erlangs, handling=180, within=20, target=0.8) == agents


def test_the_worked_example_of_100_calls_in_half_an_hour():
    # README of R's package ErlangC 0.1.0: wait_probability, service_level, average_speed_of_answer
    assert erlang_c(10, 14) == pytest.approx(0.1741319, abs=5e-8)
    assert answered_within(10, 14, 180, 20) == pytest.approx(0.88835, abs=5e-6)
    assert erlang_c(10, 14) * 180 / (14 - 10) == pytest.approx(7.83593701177724)


def test_one_agent_waits_as_the_textbook_says():
    # M/M/1: the share that waits is the load itself, and λ = 2, μ = 3 gives a mean wait ρ/(μ − λ) = 2/3
    # (Gross, Shortle, Thompson & Harris 2008, “Fundamentals of Queueing Theory”, section 2.2)
    assert erlang_c(2 / 3, 1) == pytest.approx(2 / 3)
    found = queue(arrivals=2, services=3)
    assert found.low < 2 / 3 < found.high and found.high - found.low < 0.2
    assert found.interval == "95% t interval of 30 batch means" and found.n == 90_000


@pytest.mark.parametrize(("load", "agents"), [(1, 2), (3, 5), (10, 11), (10, 14), (40, 41), (90, 140)])
def test_the_recursion_gives_what_the_exact_sum_gives(load, agents):
    assert erlang_c(load, agents) == pytest.approx(float(exact(load, agents)), rel=1e-12)


def test_thousands_of_agents_do_not_overflow():
    assert 0 < erlang_c(9_900, 10_000) < 0.5
    assert staffing(9_900, 180, 20, 0.8) > 9_900
    assert erlang_c(0.5, 400) == 0  # smaller than any number a computer writes


# --- laws -------------------------------------------------------------------------------------------------


@given(loads, st.integers(1, 250))
def test_more_agents_never_raise_the_wait(load, agents):
    assert 0 <= erlang_c(load, agents + 1) <= erlang_c(load, agents) <= 1
    assert answered_within(load, agents + 1, 180, 20) >= answered_within(load, agents, 180, 20)


@given(loads, st.integers(1, 250), st.floats(0, 5))
def test_more_work_never_lowers_the_wait(load, agents, more):
    assert erlang_c(load + more, agents) >= erlang_c(load, agents) - 1e-12


@given(loads, st.floats(0.01, 1000), st.floats(0, 1000), st.floats(0.01, 0.999))
def test_staffing_is_the_smallest_number_that_is_enough(load, handling, within, target):
    agents = staffing(load, handling, within, target)
    assert answered_within(load, agents, handling, within) >= target
    assert agents == 1 or answered_within(load, agents - 1, handling, within) < target
    assert agents > load
    # only how long a call is beside the wait counts, not the unit of time
    assert staffing(load, handling * 64, within * 64, target) == agents


@pytest.mark.parametrize(("arrivals", "services", "agents"), [(5, 2, 3), (10, 1, 13), (1.6, 1, 2)])
def test_the_queue_in_the_computer_waits_as_erlang_says(arrivals, services, agents):
    expected = erlang_c(arrivals / services, agents) / (agents * services - arrivals)
    found = [queue(arrivals, services, agents, people=20_000, seed=seed) for seed in range(40)]
    assert np.mean([one.value for one in found]) == pytest.approx(expected, rel=0.05)
    # 38 of 40 is 95%; below 34 has a chance under 1 in 1,000 for intervals that hold
    assert sum(one.low <= expected <= one.high for one in found) >= 34


def test_the_intervals_of_one_agent_hold():
    found = [queue(2, 3, people=20_000, seed=seed) for seed in range(300)]
    assert 0.91 <= np.mean([one.low <= 2 / 3 <= one.high for one in found]) <= 0.99


def test_one_agent_alone_and_one_of_several_wait_alike():
    from cxkit.measures.queues import _one_agent, _several_agents

    random = np.random.Generator(np.random.PCG64(1))
    between, service = random.exponential(1 / 2, 2000), random.exponential(1 / 3, 2000)
    np.testing.assert_allclose(_one_agent(between, service), _several_agents(between, service, 1), atol=1e-9)
    assert (_several_agents(between, service, 2) <= _one_agent(between, service) + 1e-9).all()


def test_the_same_seed_gives_the_same_people():
    assert queue(2, 3, people=5000, seed=4) == queue(2, 3, people=5000, seed=4)
    assert queue(2, 3, people=5000, seed=4) != queue(2, 3, people=5000, seed=5)


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (
            lambda: staffing(10, 180, 20, 80),
            "A target of 80 cannot be. Write a share above 0 and below 1, such as 0.8",
        ),
        (lambda: staffing(10, 180, 20, 85), "Did you mean 0.85?"),
        (lambda: staffing(10, 180, 20, 1), "A target of 1 cannot be"),
        (lambda: queue(1, 1), "1 person comes while 1 agent can serve 1. The queue grows without end"),
        (lambda: queue(2, 3, people=5000, seed=-1), "seed"),
        (lambda: queue(2, 3, people=5000, seed="x"), "“x”"),
        (lambda: staffing(0, 180, 20, 0.8), "“erlangs” cannot be 0. Write a number above 0"),
        (lambda: staffing(1e9, 180, 20, 0.8), "at most 100,000"),
        (lambda: staffing("ten", 180, 20, 0.8), "“erlangs” is not a number: “ten”"),
        (lambda: staffing(10, -180, 20, 0.8), "“handling” cannot be -180. Write a number, 0 or more"),
        (lambda: staffing(10, 180, float("nan"), 0.8), "“within” cannot be nan"),
        (lambda: staffing(10, [180], 20, 0.8), "“handling” is not a number: “a list”"),
        (lambda: erlang_c(10, 0), "“agents” cannot be 0. Write a number, 1 or more"),
        (lambda: erlang_c(10, 1.5), "“agents” cannot be 1.5: it counts something. Write a whole number"),
        (lambda: queue(2, 3, people=100), "“people” cannot be 100. Write a number, 3000 or more"),
        (
            lambda: queue(3, 3),
            "3 people come while 1 agent can serve 3. The queue grows without end. It takes at least 2",
        ),
        (
            lambda: queue(7, 2, agents=3),
            "3 agents can serve 6. The queue grows without end. It takes at least 4 agents",
        ),
    ],
)
def test_what_cannot_be_is_told_in_words(ask, words):
    with pytest.raises(ValueError) as caught:
        ask()
    assert words in str(caught.value)


@pytest.mark.parametrize("share", [1.2, 100, 250])
def test_no_share_is_guessed_where_none_is_likely(share):
    with pytest.raises(ValueError, match=r"above 0 and below 1, such as 0\.8\.$"):
        staffing(10, 180, 20, share)


def test_an_estimate_says_what_it_is():
    found = queue(2, 3, people=5000)
    assert found.words.startswith("With 1 agent people wait ") and found.name == "Mean wait"
    assert found.low >= 0


def test_a_load_too_high_for_so_few_people_is_refused_not_guessed():
    # true mean wait 99.7; a run of 100,000 would say some 45, and look sure of it
    with pytest.raises(
        ValueError, match=r"busy 99% of the time.*too few to tell their mean\. Take more agents"
    ):
        queue(2.99, 3)
    with pytest.raises(ValueError, match=r"Give people=4,50[01] or more"):
        queue(2, 3, people=3000)
    found = queue(2.7, 3, people=400_000)
    assert found.low <= 2.7 / (3 * 0.3) <= found.high
    with pytest.raises(ValueError, match="20,000,000 at most"):
        queue(2, 3, people=10**10)

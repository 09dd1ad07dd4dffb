"""Processes that work side by side: what one of them does to itself, it does to nobody else."""

from __future__ import annotations

import os
import signal
import time

import pytest

from cxkit.grading.workers import BROKE, TOO_LONG, in_parallel


def work(job):
    if job["does"] == "ends":
        os._exit(3)
    if job["does"] == "hangs":
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
        while True:
            time.sleep(1)
    if job["does"] == "fails":
        raise ValueError(f"nothing fits {job['name']}")
    if job["does"] == "eats":
        return len(bytearray(16 * 2**30))
    return {"name": job["name"], "text": "ש" * job.get("long", 1)}


def jobs(*does):
    return [{"name": number, "does": one} for number, one in enumerate(does)]


def test_each_job_comes_back_once_with_its_own_result():
    given = [{"name": number, "does": "well", "long": number * 5000} for number in range(40)]
    found = list(in_parallel(work, given, count=3))
    assert sorted(job["name"] for job, _, _ in found) == list(range(40))
    for job, result, fault in found:
        assert result == {"name": job["name"], "text": "ש" * job["long"]} and fault == ""


def test_one_that_ends_hangs_fails_or_eats_all_memory_costs_itself_only():
    given = jobs("well", "ends", "well", "hangs", "fails", "well", "ends", "eats", "well", "hangs", "well")
    faults = {
        job["name"]: (result, fault) for job, result, fault in in_parallel(work, given, count=2, patience=1.5)
    }
    assert len(faults) == len(given)
    said = {job["name"]: job["does"] for job in given}
    for name, (result, fault) in faults.items():
        if said[name] == "well":
            assert result["name"] == name and fault == ""
        else:
            wanted = {
                "ends": BROKE,
                "hangs": TOO_LONG,
                "fails": "ValueError: nothing fits 4",
                "eats": "MemoryError: ",
            }
            assert (result, fault) == (None, wanted[said[name]])


def test_nobody_is_left_behind_when_the_one_who_asks_stops_asking():
    found = in_parallel(pid, jobs(*["well"] * 6), count=2)
    here = {next(found)[1], next(found)[1]}
    found.close()
    for process in here:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def pid(job):
    time.sleep(0.05)
    return os.getpid()

"""Processes that mark side by side. One that hangs, or takes all memory, costs one submission and not the class."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

Job = dict[str, Any]
# the sandbox ends a learner's code after a minute; whatever takes longer than this hangs
PATIENCE = 240.0
MEMORY = 4 * 2**30
TOO_LONG = "too long"
BROKE = "broke"


@dataclass
class _Worker:
    process: Any
    talk: Connection
    job: Job | None = None
    ends: float = 0.0


def in_parallel(
    work: Callable[[Job], Any], jobs: Iterable[Job], count: int | None = None, patience: float = PATIENCE
) -> Iterator[tuple[Job, Any, str]]:
    """Do `work` on each job in processes of their own, and give (job, result, fault) as each comes to its end.

    Jobs and results are plain data. `fault` is "" or why there is no result: "too long", "broke", or the words of an error
    that `work` raised. `count`: how many processes, by default one for each core.

    >>> sorted(result for _, result, _ in in_parallel(len, [{"a": 1}, {}]))
    [0, 1]
    """
    waiting = deque(jobs)
    count = max(1, min(count or _cores(), len(waiting)))
    workers = [_start(work) for _ in range(count)]
    try:
        while waiting or any(one.job is not None for one in workers):
            for one in workers:
                if one.job is None and waiting:
                    one.job, one.ends = waiting.popleft(), time.monotonic() + patience
                    one.talk.send_bytes(json.dumps(one.job).encode())
            busy = [one for one in workers if one.job is not None]
            soonest = min(one.ends for one in busy)
            wait([one.talk for one in busy], max(0.0, soonest - time.monotonic()))
            for one in busy:
                assert one.job is not None
                if one.talk.poll():
                    job, one.job = one.job, None
                    try:
                        said = json.loads(one.talk.recv_bytes())
                        yield job, said.get("result"), said.get("fault", "")
                    except (EOFError, OSError):
                        workers[workers.index(one)] = _again(one, work)
                        yield job, None, BROKE
                elif time.monotonic() >= one.ends:
                    job, one.job = one.job, None
                    workers[workers.index(one)] = _again(one, work)
                    yield job, None, TOO_LONG
    finally:
        for one in workers:
            _end(one)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _start(work: Callable[[Job], Any]) -> _Worker:
    # forked, a process has all that is loaded here already; where there is no fork, it loads it again
    methods = multiprocessing.get_all_start_methods()
    kind: Any = multiprocessing.get_context("fork" if "fork" in methods else "spawn")
    here, there = kind.Pipe()
    process = kind.Process(target=_serve, args=(work, there, here), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _again(one: _Worker, work: Callable[[Job], Any]) -> _Worker:
    _end(one)
    return _start(work)


def _end(one: _Worker) -> None:
    one.process.kill()
    one.process.join()
    one.talk.close()


def _serve(work: Callable[[Job], Any], talk: Connection, other_end: Connection) -> None:
    # as long as this end is open here, the death of the one who asks would go unseen
    other_end.close()
    # who interrupts the command speaks to the one who asks, and that one ends this
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _bound_memory()
    while True:
        try:
            job = json.loads(talk.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)
        try:
            said = {"result": work(job)}
        except Exception as fault:
            said = {"fault": f"{type(fault).__name__}: {fault}"}
        talk.send_bytes(json.dumps(said).encode())


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))

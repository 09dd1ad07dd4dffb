"""Runs inside the sandbox, on the standard library alone: a learner's code comes in, plain data goes out.

Started as `python -I -S inside.py`, it reads a line of JSON for each request and answers with one line. The process that
marks never sees an object of the learner's: only numbers, texts, lists and dicts, written as JSON.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from typing import Any, TextIO

MOST_LETTERS = 300
GIGABYTE = 2**30


def packed(value: Any) -> Any:
    """A value as JSON can hold it without losing what it is. Raises TypeError for what is no plain data.

    >>> packed({1: (2, "three")})
    {'dict': [[1, {'tuple': [2, 'three']}]]}
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {"dict": [[packed(key), packed(one)] for key, one in value.items()]}
    if isinstance(value, tuple):
        return {"tuple": [packed(one) for one in value]}
    if isinstance(value, list | set | frozenset):
        return {"list": [packed(one) for one in value]}
    for turn in ("to_dict", "tolist"):
        if hasattr(value, turn) and not isinstance(value, type):
            return packed(getattr(value, turn)())
    raise TypeError(
        f"the result is of the type {type(value).__name__}; a number, a text, a list or a dict is wanted"
    )


def unpacked(value: Any) -> Any:
    """What `packed` made, as it was. Raises ValueError for anything else.

    >>> unpacked({"dict": [[1, {"tuple": [2, "three"]}]]})
    {1: (2, 'three')}
    """
    if not isinstance(value, dict | list):
        return value
    if isinstance(value, list) or len(value) != 1:
        raise ValueError("not packed")
    ((kind, inner),) = value.items()
    if not isinstance(inner, list):
        raise ValueError("not packed")
    if kind == "dict":
        return {_key(unpacked(key)): unpacked(one) for key, one in inner}
    if kind in ("list", "tuple"):
        found = [unpacked(one) for one in inner]
        return tuple(found) if kind == "tuple" else found
    raise ValueError("not packed")


def _key(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        raise ValueError("not packed") from None
    return value


def limit(memory: float, seconds: int) -> None:
    """Bound memory, time, files and processes for good: no code that runs afterwards can raise them again."""
    import resource  # only here: the module is not there on Windows, where `packed` is of use all the same

    for what, most in (
        (resource.RLIMIT_AS, int(memory * GIGABYTE)),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, GIGABYTE // 64),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _fault(fault: BaseException) -> list[str]:
    try:
        said = str(fault)[:MOST_LETTERS]
    except BaseException:  # a class of the learner's own may do anything here
        said = ""
    return [type(fault).__name__[:60], said]


def _load(asked: dict[str, Any], names: dict[str, Any]) -> Any:
    for source in asked["cells"]:
        # one cell's fault does not hold up the next, as in a notebook
        with contextlib.suppress(BaseException):
            exec(compile(source, "your code", "exec"), names)
    return {
        "functions": [name for name in asked["functions"] if callable(names.get(name))],
        "answers": names.get("answers") if asked["answers"] else None,
    }


def _answer(asked: dict[str, Any], names: dict[str, Any]) -> Any:
    if "cells" in asked:
        return packed(_load(asked, names))
    return packed(names[asked["call"]](*unpacked(asked["given"]), **unpacked(asked["named"])))


def _out_of_time(*_: object) -> None:
    raise _OutOfTime


class _OutOfTime(BaseException):
    """Ends a call that does not come back. It counts the time of the processor: the computer may be busy elsewhere."""


def serve(requests: TextIO, replies: TextIO, seconds: float) -> None:
    """Answer request after request, whatever the code does; each gets so many seconds of the processor."""
    names: dict[str, Any] = {"__name__": "__main__"}
    signal.signal(signal.SIGPROF, _out_of_time)
    for line in requests:
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.2)
        try:
            said = {"ok": _answer(json.loads(line), names)}
            text = json.dumps(said)
        except _OutOfTime:
            text = json.dumps({"fault": ["TimeoutError", f"it ran for more than {seconds:g} seconds"]})
        except BaseException as fault:
            text = json.dumps({"fault": _fault(fault)})
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        replies.write(text + "\n")
        replies.flush()


def main() -> None:
    about = json.loads(sys.argv[1])
    requests, replies = (
        os.fdopen(os.dup(0), "r", encoding="utf-8"),
        os.fdopen(os.dup(1), "w", encoding="utf-8"),
    )
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.path += about["path"]
    limit(about["memory"], about["seconds"])
    serve(requests, replies, about["each"])


if __name__ == "__main__":
    main()

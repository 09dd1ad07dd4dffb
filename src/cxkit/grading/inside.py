"""Runs inside the sandbox: a learner's code comes in, plain data goes out.

Started as `python -I -S inside.py`, it reads a line for each request and answers with a line of JSON. The process that marks
never sees an object of the learner's: only numbers, texts, lists and dicts.

It loads next to nothing, because it starts once for each submission, and `json` with what it needs takes longer to load than
the rest of the sandbox takes altogether.
"""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

# how Python writes numbers that it cannot read
SAID = {"nan": float("nan"), "inf": float("inf")}
GIGABYTE = 2**30
NOT_PLAIN = "not plain"


class NotPlainError(TypeError):
    """What a function gave is no number, text, list or dict."""


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
    raise NotPlainError("a number, a text, a list or a dict is wanted")


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


def _fault(fault: BaseException) -> str:
    if type(fault) is NotPlainError:
        return NOT_PLAIN
    # not its words, which may hold what the function was called with
    return next(one.__name__ for one in type.mro(type(fault)) if getattr(builtins, one.__name__, None) is one)


def as_json(value: Any) -> str:
    """What `packed` made, as JSON.

    >>> as_json(packed({"a": [1, None, 0.5]}))
    '{"dict": [["a", {"list": [1, null, 0.5]}]]}'
    """
    from _json import encode_basestring_ascii as quoted

    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{quoted(str.__str__(key))}: {as_json(one)}" for key, one in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(as_json(one) for one in value) + "]"
    if isinstance(value, str):
        return quoted(str.__str__(value))
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return int.__repr__(value)
    text = float.__repr__(value)
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def _load(asked: dict[str, Any], names: dict[str, Any]) -> Any:
    for source in asked["cells"]:
        try:
            exec(compile(source, "your code", "exec"), names)
        except BaseException:
            # one cell's fault does not hold up the next, as in a notebook
            continue
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


def serve(requests: BinaryIO, replies: BinaryIO, seconds: float) -> None:
    """Answer request after request, whatever the code does; each gets so many seconds of the processor."""
    import _signal as signal

    names: dict[str, Any] = {"__name__": "__main__"}
    signal.signal(signal.SIGPROF, _out_of_time)
    for line in requests:
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.2)
        try:
            # the other side wrote it: a dict of plain data, as Python writes it
            text = as_json({"ok": _answer(eval(line, dict(SAID)), names)})
        except _OutOfTime:
            text = as_json({"fault": "TimeoutError"})
        except BaseException as fault:
            text = as_json({"fault": _fault(fault)})
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        replies.write(text.encode("ascii") + b"\n")
        replies.flush()


def main() -> None:
    import posix
    import sys

    about = eval(sys.argv[1])
    requests = open(posix.dup(0), "rb")  # noqa: SIM115, PTH123 (open until the end, and no path)
    replies = open(posix.dup(1), "wb")  # noqa: SIM115, PTH123
    nothing = posix.open("/dev/null", posix.O_RDWR)
    for stream in (0, 1, 2):
        posix.dup2(nothing, stream)
    sys.path += about["path"]
    limit(about["memory"], about["seconds"])
    serve(requests, replies, about["each"])


if __name__ == "__main__":
    main()

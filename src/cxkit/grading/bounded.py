"""An end for what a notebook may cost. Whoever grades reads files that somebody may have made to be read for hours."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

# of the processor, for all of one notebook; the largest that was ever handed in needs a tenth of it
SECONDS = 20.0

TOO_MUCH = (
    "It is so large, or its lists lie so deep in each other, that it cannot be read. No form and no person writes such a "
    "notebook. Look at it by hand."
)


class TooMuchError(BaseException):
    """Reading took more time than there is. No `except Exception` on the way may take it for a fault of its own."""


@contextlib.contextmanager
def within(seconds: float | None = None) -> Iterator[None]:
    """Raise TooMuchError inside the block once it has taken so many seconds of the processor, by default `SECONDS`.

    Time in which other programs run does not count. Without signals (Windows, or another thread) there is no end.

    >>> with within(5):
    ...     1 + 1
    2
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TooMuchError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS if seconds is None else seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)

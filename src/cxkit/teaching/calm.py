"""Errors in a learner's notebook speak in words. The technical text stays one click away for whoever helps."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

ADVICE = {
    "NameError": "A word in this cell is not known yet. Press “Start / redo the lesson” so that every cell runs in order. "
    "If you typed answers by hand, put each word between quotation marks.",
    "SyntaxError": "The text in this cell is not complete. If you typed answers by hand, look at the line named below: "
    "each word stands between quotation marks, each pair ends with a comma, and each { has its }.",
    "ModuleNotFoundError": "A part of the course is missing on this computer. Close the course, and start it again "
    "with: python start.py",
    "FileNotFoundError": "A file that belongs to this notebook is missing. Open the notebook in the folder it came in.",
}
OTHERWISE = (
    "Something went wrong in this cell. Nothing you saved is lost. Press “Start / redo the lesson”. "
    "If it happens again, show this message to your instructor."
)


def in_words(kind: type[BaseException], error: BaseException) -> list[str]:
    """What a learner reads in place of a traceback: advice first, then the error's own short text.

    >>> in_words(NameError, NameError("name 'x' is not defined"))[-1]
    "(NameError: name 'x' is not defined)"
    """
    name = next((one.__name__ for one in kind.__mro__ if one.__name__ in ADVICE), "")
    advice = ADVICE.get(name, OTHERWISE)
    where = ""
    if isinstance(error, SyntaxError) and error.lineno:
        where = f" Line {error.lineno}: {(error.text or '').strip()}"
    detail = error.msg if isinstance(error, SyntaxError) else str(error)
    return [advice + where, f"({kind.__name__}: {detail})"]


def calm_errors() -> None:
    """In a notebook, show words instead of a traceback from now on. Elsewhere it does nothing.

    The last traceback can still be read with `%tb`.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None or not hasattr(shell, "kernel"):
        return

    def show(
        shell: Any, kind: Any, error: Any, trace: TracebackType | None, tb_offset: int | None = None
    ) -> None:
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
        own = getattr(error, "_render_traceback_", None)
        shell._showtraceback(kind, error, own() if own else in_words(kind, error))

    def show_syntax(*_: Any, **__: Any) -> None:
        # some SyntaxErrors are kept by IPython and shown after their `except` has ended
        kind, error, trace = shell._get_exc_info()
        show(shell, kind, error, trace)

    technical = shell.showtraceback

    def show_any(exc_tuple: Any = None, *args: Any, **options: Any) -> None:
        kind, error, trace = exc_tuple or sys.exc_info()
        if kind is not None and issubclass(kind, Exception):
            show(shell, kind, error, trace)
        else:  # `%tb` asks for the last error, in full
            technical(exc_tuple, *args, **options)

    shell.set_custom_exc((Exception,), show)
    # a SyntaxError comes before a cell runs, and IPython offers no hook for it
    shell.showsyntaxerror = show_syntax
    # an error while a result is shown passes by the hook as well
    shell.showtraceback = show_any

"""Errors in a learner's notebook speak in words. The technical text stays one click away for whoever helps."""

from __future__ import annotations

import dis
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


def refused(error: BaseException, trace: TracebackType | None) -> list[str]:
    """The words with which cxkit itself refused something; [] for any other error, a fault of ours among them.

    >>> refused(ValueError("of somebody else"), None)
    []
    """
    if own := getattr(error, "_render_traceback_", None):
        return list(own())
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or isinstance(error, AssertionError):
        return []
    frame = trace.tb_frame
    ours = str(frame.f_globals.get("__name__", "")).split(".")[0] == "cxkit"
    # said with `raise`; what Python finds wrong in our code is not meant for a reader
    said = frame.f_code.co_code[trace.tb_lasti] == dis.opmap["RAISE_VARARGS"]
    # a KeyError puts its words between quotation marks
    return [str(error.args[0] if isinstance(error, KeyError) else error)] if ours and said else []


def _shell() -> Any:
    """The notebook's side of IPython; None anywhere else."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell if hasattr(shell, "kernel") else None


def calm_refusals() -> None:
    """In a notebook, what cxkit refuses is told in its words alone. All other errors stay as they are.

    `%tb` in the next cell shows the technical text. Where errors are shown in somebody's own way already, and outside
    a notebook, it does nothing.
    """
    shell = _shell()
    if shell is None or shell.custom_exceptions:
        return

    def show(
        shell: Any, kind: Any, error: Any, trace: TracebackType | None, tb_offset: int | None = None
    ) -> None:
        if words := refused(error, trace):
            sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
            shell._showtraceback(kind, error, words)
        else:
            shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((ValueError, LookupError, AttributeError, FileNotFoundError), show)


def calm_errors() -> None:
    """In a notebook, show words instead of a traceback from now on. Elsewhere it does nothing.

    The last traceback can still be read with `%tb`.
    """
    shell = _shell()
    if shell is None:
        return

    def show(
        shell: Any, kind: Any, error: Any, trace: TracebackType | None, tb_offset: int | None = None
    ) -> None:
        sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
        shell._showtraceback(kind, error, refused(error, trace) or in_words(kind, error))

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

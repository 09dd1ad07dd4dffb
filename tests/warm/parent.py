"""The process that forks kernels, and nbgrader's commands. It ends when its standard input does."""

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import threading
import traceback
from pathlib import Path

READY = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "IPython", "pandas", "matplotlib.figure", "matplotlib.backends.backend_agg",
    "anywidget", "scipy.stats", "statsmodels.api", "nbgrader.apps", "cxkit",
    # an ordinary kernel gets these only when it starts: they are half of what its start takes
    "ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger", "IPython.extensions.storemagic", "sqlite3",
    "psutil", "tornado.platform.asyncio", "pandas.core.reshape.reshape", "cxkit.teaching.activities", "cxkit.views",
)  # fmt: skip


def serve(place):
    # half of what nbgrader takes to load is a reader of web addresses that nobody asks for
    sys.modules["rfc3987_syntax"] = None
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    for name in READY:
        package = importlib.import_module(name)
        if name in ("cxkit.teaching.activities", "cxkit.views"):
            for one in pkgutil.iter_modules(package.__path__, f"{name}."):
                importlib.import_module(one.name)
    import cxkit

    for name in cxkit.__all__:
        getattr(cxkit, name)
    # the first picture looks for fonts and fills caches
    cxkit.case("hmo_opt_out").journey.draw()._repr_html_()
    # what is there now is never rubbish; a child that looked through it would copy it all
    gc.collect()
    gc.freeze()
    # a child that has ended needs nobody to ask how
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(place + ".new")
    listener.listen(16)
    Path(place + ".new").rename(place)
    while True:
        ready, _, _ = select.select([listener, sys.stdin.buffer], [], [])
        if sys.stdin.buffer in ready:
            return
        talk, _ = listener.accept()
        # who asks may be killed at any moment; the next one is served all the same
        with talk, contextlib.suppress(OSError, ValueError):
            asked = json.loads(talk.makefile("r").readline())
            child = os.fork()
            if child == 0:
                listener.close()
                run_nbgrader(talk, asked) if "output" in asked else run(talk, asked)
            talk.sendall(f"{child}\n".encode())


def settle(asked, output=os.devnull):
    """Become what was asked for: its environment, folder, arguments and output."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = asked["arguments"]
    sys.path[0] = ""


def run_nbgrader(talk, asked):
    """Be `python -m nbgrader`, and tell how it ended."""
    code = 1
    try:
        settle(asked, asked["output"])
        from nbgrader.apps import NbGraderApp

        NbGraderApp.launch_instance()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        talk.sendall(f"ended {code}\n".encode())
        os._exit(code)


def run(talk, asked):
    """Be the kernel: it lives as long as the one who asked for it."""
    settle({**asked, "arguments": ["ipykernel_launcher", *asked["arguments"]]})

    def wait():
        talk.recv(1)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=wait, daemon=True).start()
    try:
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance()
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])

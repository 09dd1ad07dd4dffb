"""The server of warm kernels: were it to end, every test after it would fail."""

from __future__ import annotations

import os
import socket

from jupyter_client.manager import start_new_kernel
from warm import PLACE, nbgrader


def test_it_outlives_those_who_are_killed_while_they_ask(warm, monkeypatch):
    # where there is no forking, there is no server either, and kernels start as ever
    for said in (
        (b"", b'{"arguments": [', b'{"arguments": [], "environment": {}, "folder": "/nowhere"}\n')
        if warm
        else ()
    ):
        with socket.socket(socket.AF_UNIX) as talk:
            talk.connect(warm[PLACE])
            talk.sendall(said)
    monkeypatch.setenv("JUPYTER_PATH", warm.get("JUPYTER_PATH", ""))
    manager, client = start_new_kernel()
    try:
        answer = client.execute_interactive("assert 1 + 1 == 2", timeout=60)
        assert answer["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_command_of_nbgrader_ends_and_speaks_as_it_would_alone(warm, tmp_path):
    for environment in ({**os.environ, **warm}, dict(os.environ)):
        code, said = nbgrader(["--version"], tmp_path, environment)
        assert code == 0 and "nbgrader version" in said, said
        code, said = nbgrader(["autograde", "no_such_exercise"], tmp_path, environment)
        assert code != 0 and "no_such_exercise" in said, said

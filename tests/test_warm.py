"""The server of warm kernels: were it to end, every test after it would fail."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel
from warm import nbgrader


def test_it_outlives_those_who_are_killed_while_they_ask(warm, monkeypatch):
    if not warm:
        pytest.skip("no forking here: kernels start as ever")
    monkeypatch.setenv("JUPYTER_PATH", warm["JUPYTER_PATH"])
    spec = Path(warm["JUPYTER_PATH"].split(os.pathsep)[0]) / "kernels" / "python3" / "kernel.json"
    place = json.loads(spec.read_text("utf-8"))["argv"][4]
    for said in (b"", b'{"arguments": [', b'{"arguments": [], "environment": {}, "folder": "/nowhere"}\n'):
        with socket.socket(socket.AF_UNIX) as talk:
            talk.connect(place)
            talk.sendall(said)
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

"""The hub: its settings, how it starts, and how everything ends with it."""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .people import end_processes
from .place import INSTRUCTOR, Place

# without letters that people take for each other
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
PATIENCE = 90
CONFIG = """\
from cxkit.grading.classroom.hub import configure

configure(get_config(), {settings!r})
"""
# the first page of each role; a learner's list of files has the menu with the assignments
FIRST_PAGE = {"instructor": "/lab", "learner": "/tree"}
# Formgrader shows itself in a frame of JupyterLab's page, which the hub forbids if nothing is said
IN_ITS_OWN_FRAME = {"headers": {"Content-Security-Policy": "frame-ancestors 'self'"}}


def one_time_password() -> str:
    """A password for one run of the classroom.

    >>> len(one_time_password())
    10
    """
    return "".join(secrets.choice(LETTERS) for _ in range(10))


def write_settings(place: Place, users: list[str], port: int, proxy: list[str]) -> dict[str, str]:
    """Write the hub's settings, which only root can read; gives the passwords."""
    passwords = {user: one_time_password() for user in users}
    place.hub.mkdir(exist_ok=True)
    place.hub.chmod(0o700)
    settings = {
        "folder": str(place.folder),
        "homes": {user: str(place.home(user)) for user in users},
        "passwords": passwords,
        "port": port,
        "proxy": proxy,
    }
    path = place.hub / "settings.json"
    path.unlink(missing_ok=True)
    path.touch(0o600)
    path.write_text(json.dumps(settings), "utf-8")
    (place.hub / "jupyterhub_config.py").write_text(CONFIG.format(settings=str(path)), "utf-8")
    return passwords


def configure(c: Any, settings: str) -> None:
    """JupyterHub's configuration, from the settings that the command has written. JupyterHub itself calls this."""
    said = json.loads(Path(settings).read_text("utf-8"))
    folder, homes = Path(said["folder"]), said["homes"]
    environment = folder / "environment"
    c.JupyterHub.bind_url = f"http://127.0.0.1:{said['port']}"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{free_port()}"
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{free_port()}"
    c.ConfigurableHTTPProxy.command = said["proxy"]
    c.JupyterHub.cookie_secret_file = str(folder / "hub" / "cookie_secret")
    c.JupyterHub.db_url = f"sqlite:///{folder / 'hub' / 'hub.sqlite'}"
    c.JupyterHub.authenticator_class = _authenticator(said["passwords"])
    c.Authenticator.allowed_users = set(homes)
    c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
    # Ctrl+C ends all: nothing may be left running
    c.JupyterHub.cleanup_servers = c.JupyterHub.cleanup_proxy = True
    c.LocalProcessSpawner.interrupt_timeout = 5
    c.LocalProcessSpawner.term_timeout = 5
    c.Spawner.cmd = [str(environment / "bin" / "jupyterhub-singleuser")]
    c.Spawner.env_keep = ["LANG"]
    c.Spawner.start_timeout = c.Spawner.http_timeout = 120
    c.Spawner.pre_spawn_hook = lambda spawner: _prepare(spawner, environment, homes[spawner.user.name])


def _prepare(spawner: Any, environment: Path, home: str) -> None:
    """Give each person the page and the settings of the role."""
    role = "instructor" if spawner.user.name == INSTRUCTOR else "learner"
    site = next(environment.glob("lib/python*/site-packages"))
    spawner.notebook_dir = home
    spawner.default_url = FIRST_PAGE[role]
    spawner.args = [f"--ServerApp.tornado_settings={IN_ITS_OWN_FRAME}"] if role == "instructor" else []
    spawner.environment = {
        "PATH": f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "JUPYTER_CONFIG_PATH": str(site / "cxkit" / "frontend" / "profiles" / role),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "CXKIT_HOME": f"{home}/.cxkit",
        "PYTHONUTF8": "1",
        "SHELL": "/bin/bash",
    }


def _authenticator(passwords: dict[str, str]) -> type:
    from jupyterhub.auth import Authenticator

    class OneTimePasswords(Authenticator):
        """A password of their own for each person, made anew at each start: nobody is another."""

        async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:
            """The user's name, where the password is that user's."""
            right = passwords.get(data["username"], "")
            given = data["password"].strip().encode("utf-8")
            return data["username"] if right and hmac.compare_digest(given, right.encode("utf-8")) else None

    return OneTimePasswords


def free_port(wanted: int = 0) -> int:
    """A port of this computer that is free; `wanted`, where one is asked for.

    >>> free_port() > 0
    True
    """
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except (OSError, OverflowError):
            raise ValueError(
                f"Port {wanted} is taken or not allowed. Leave out --port, or name another."
            ) from None
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_hub(place: Place, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The hub while it runs; at the end it, its proxy and all servers are gone, however it ended."""
    end_left_over(place)
    log = place.hub / "hub.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    with log.open("wb") as file:
        # a session of its own: Ctrl+C reaches this command alone, which then ends the hub in good order
        hub = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(place.hub / "jupyterhub_config.py")],
            cwd=place.hub, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
            start_new_session=True,
        )  # fmt: skip
    try:
        wait_until_ready(hub, f"http://127.0.0.1:{port}/hub/health", log)
        yield hub
    finally:
        with contextlib.suppress(
            ValueError
        ):  # a second Ctrl+C, out of impatience, must not leave servers behind
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        stop(hub, place)
        end_processes(place)


def wait_until_ready(hub: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until the hub answers. Raises ValueError with the log's last lines where it does not."""
    end = time.monotonic() + PATIENCE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while hub.poll() is None and time.monotonic() < end:
        try:
            with opener.open(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-10:])
    raise ValueError(f"JupyterHub did not start. It wrote:\n{last}\nThe whole log: {log}")


def stop(hub: subprocess.Popen[bytes], place: Place) -> None:
    """Ask the hub to end its servers, its proxy and itself; insist only where it does not."""
    if hub.poll() is None:
        hub.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            hub.wait(timeout=30)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(hub.pid, signal.SIGKILL)
    hub.wait()
    end_left_over(place)


def end_left_over(place: Place) -> None:
    """End the hub and the proxy of this classroom that a killed command left behind, and nothing else."""
    config = os.fsencode(place.hub / "jupyterhub_config.py")
    with contextlib.suppress(FileNotFoundError):
        proxy = (place.hub / "jupyterhub-proxy.pid").read_text("utf-8").split()[0]
        command = Path("/proc") / proxy / "cmdline"
        if command.exists() and b"configurable-http-proxy" in command.read_bytes():
            os.kill(int(proxy), signal.SIGKILL)
        (place.hub / "jupyterhub-proxy.pid").unlink()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if (entry / "cmdline").read_bytes().split(b"\0")[-2:-1] == [config]:
                    os.kill(int(entry.name), signal.SIGKILL)

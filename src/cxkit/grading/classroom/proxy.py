"""configurable-http-proxy, the part of JupyterHub that is written for node: found, or installed by npm."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PINS = ("package.json", "package-lock.json")
NAME = "configurable-http-proxy"
LEAST_NODE = 18


def find_proxy() -> list[str]:
    """The command that starts the proxy. It is installed into this environment where it is missing.

    Raises ValueError that says what to install, where node or npm is missing or too old.
    """
    on_path = shutil.which(NAME)
    if on_path:
        return [on_path]
    node = shutil.which("node")
    if node is None or node_version(node) < LEAST_NODE:
        raise ValueError(
            f"JupyterHub needs node {LEAST_NODE} or newer. Install “nodejs” and “npm” with your system's packages "
            "(on Debian and Ubuntu: `apt-get install nodejs npm`), then start again."
        )
    home = Path(sys.prefix) / "share" / "cxkit-proxy"
    program = home / "node_modules" / NAME / "bin" / NAME
    if not program.is_file():
        install(home)
    return [node, str(program)]


def node_version(node: str) -> int:
    """The first number of node's version; 0 where it does not run.

    >>> node_version("no-such-program")
    0
    """
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.match(r"v(\d+)\.", said)
    return int(found.group(1)) if found else 0


def install(home: Path) -> None:
    """Let npm install the proxy as it is pinned, every part with its checksum."""
    npm = shutil.which("npm")
    if npm is None:
        raise ValueError(
            f"The program “{NAME}” is missing, and npm, which installs it, is too. Install “npm” with your system's "
            "packages (on Debian and Ubuntu: `apt-get install npm`), then start again."
        )
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    for name in PINS:
        shutil.copy(Path(__file__).with_name(name), home)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"],
        cwd=home, stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        shutil.rmtree(home, ignore_errors=True)
        last = "\n".join((done.stdout + done.stderr).splitlines()[-6:])
        raise ValueError(
            f"npm could not install {NAME}. Check that you are online, then start again. npm wrote:\n{last}"
        )
    # root works here, but the environment may be a person's own, who must be able to delete it
    owner = Path(sys.prefix).stat()
    for path in [home.parent, home, *home.rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

"""What is installed: the lock files, environment.yml and pyproject.toml agree, and the wheel holds it all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import cxkit

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
GROUPS = PROJECT["dependency-groups"]
RUN, CLASSROOM, DEV = "requirements.lock", "requirements-classroom.lock", "requirements-dev.lock"
CLUSTER = "docs/kubernetes/requirements.lock"
ASKED = {
    RUN: [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"], *GROUPS["build"]],
}
ASKED[CLASSROOM] = [*ASKED[RUN], *GROUPS["classroom"]]
ASKED[CLUSTER] = [*ASKED[RUN], *GROUPS["kubernetes"]]
ASKED[DEV] = [*ASKED[CLASSROOM], *GROUPS["dev"]]
# readability's makers publish no ready-made build; it is plain Python, and only tests use it
OPTIONS = {RUN: [], CLASSROOM: [], CLUSTER: [], DEV: ["--no-binary readability"]}

SYSTEMS = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "x86_64"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
]
PYTHONS = ["3.11.0", "3.12.4", "3.13.1", "3.14.0"]
PLACES = [
    {**system, "python_full_version": python, "python_version": python.rsplit(".", 1)[0]}
    for system in SYSTEMS
    for python in PYTHONS
]


def blocks(name):
    """The lock's pins, each with its hashes, without comments and options."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", "--"))]
    return re.split(r"\n(?=\S)", "\n".join(lines))


def pins(name, place):
    """{package: version} that pip takes from a lock on one system."""
    found = {}
    for block in blocks(name):
        wanted = Requirement(block.split(" \\")[0])
        if wanted.marker is None or wanted.marker.evaluate(place):
            assert wanted.name not in found, f"{wanted.name} is pinned twice on {place}"
            found[wanted.name] = str(wanted.specifier).removeprefix("==")
    return found


@pytest.mark.parametrize("name", [RUN, CLASSROOM, CLUSTER, DEV])
def test_every_line_is_one_exact_version_with_its_hashes(name):
    pin = r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+"
    assert len(blocks(name)) > 100
    assert [block for block in blocks(name) if not re.fullmatch(pin, block)] == []


@pytest.mark.parametrize("name", [RUN, CLASSROOM, CLUSTER, DEV])
def test_no_address_no_path_and_no_option_that_changes_where_packages_come_from(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("-")] == OPTIONS[name]
    text = text.replace(f"-o {name}\n", "")  # its own name, in the command at its top
    for stray in ("://", "file:", "index-url", "find-links", "trusted-host", "@", "/"):
        assert stray not in text


@pytest.mark.parametrize("name", [RUN, CLASSROOM, CLUSTER, DEV])
def test_the_command_that_made_it_stands_at_the_top(name):
    first, second = (ROOT / name).read_text(encoding="utf-8").splitlines()[:2]
    assert first.startswith("# ")
    assert second.strip("# ").startswith("uv pip compile pyproject.toml --group build")
    assert second.endswith(f"-o {name}")


@pytest.mark.parametrize("name", [RUN, CLASSROOM, CLUSTER, DEV])
@pytest.mark.parametrize(
    "place", PLACES, ids=lambda place: "-".join(map(place.get, ("sys_platform", "python_version")))
)
def test_a_lock_gives_what_pyproject_asks_for_on_every_system(name, place):
    locked = pins(name, place)
    for wanted in map(Requirement, ASKED[name]):
        version = locked.get(canonicalize_name(wanted.name))
        assert version, f"{wanted.name} is not locked"
        assert wanted.specifier.contains(version), f"{wanted.name} {version} is outside {wanted.specifier}"


def test_the_tests_run_on_the_very_packages_that_learners_get():
    assert set(blocks(RUN)) < set(blocks(CLASSROOM)) < set(blocks(DEV))


def test_the_range_of_pythons_is_the_same_everywhere():
    asked = SpecifierSet(PROJECT["project"]["requires-python"])
    assert asked == SpecifierSet(">=3.11")
    assert PROJECT["tool"]["ruff"]["target-version"] == "py311"
    assert PROJECT["tool"]["mypy"]["python_version"] == "3.11"
    assert "sys.version_info < (3, 11)" in (ROOT / "start.py").read_text(encoding="utf-8")
    assert all("--python-version 3.11 " in (ROOT / lock).read_text(encoding="utf-8") for lock in ASKED)


def test_environment_yml_agrees_with_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == PROJECT["project"]["name"]
    *conda, by_pip = environment["dependencies"]
    wanted = {Requirement(line).name: Requirement(line).specifier for line in conda}
    assert set(wanted) == {"python", "pip"}
    asked = SpecifierSet(PROJECT["project"]["requires-python"])
    assert all(
        wanted["python"].contains(version) == asked.contains(version) for version in ("3.10.14", *PYTHONS)
    )
    # the course itself, which brings what pyproject asks for; a version said twice would drift apart
    assert by_pip == {"pip": ["."]}


def test_working_files_are_not_committed():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"uv.lock", ".venv/", "dist/", "__pycache__/"} <= set(ignored)


def test_the_version_is_the_same_everywhere():
    extension = json.loads(
        (ROOT / "src/cxkit/frontend/labextension/package.json").read_text(encoding="utf-8")
    )
    assert {PROJECT["project"]["version"], cxkit.__version__, extension["version"]} == {cxkit.__version__}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as opened:
        yield opened


def shipped(folder):
    return {
        path.relative_to(ROOT / folder).as_posix(): path
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not {"__pycache__", ".ipynb_checkpoints", "for_instructors"} & set(path.parts)
    }


@pytest.mark.parametrize(
    ("folder", "inside"),
    [
        ("src/cxkit", "cxkit"),
        ("case_studies", "cxkit/case_studies"),
        ("src/cxkit/frontend/labextension", "cxkit-{}.data/data/share/jupyter/labextensions/cxkit-lab"),
    ],
)
def test_the_wheel_holds_every_file_of(wheel, folder, inside):
    files = shipped(folder)
    assert files
    for name, path in files.items():
        assert wheel.read(f"{inside.format(cxkit.__version__)}/{name}") == path.read_bytes()


def test_the_wheel_tells_learners_nothing_of_what_is_planted_in_the_data(wheel):
    assert list((ROOT / "case_studies").glob("*/for_instructors/truth.yaml"))
    names = wheel.namelist()
    assert [name for name in names if "for_instructors" in name or "truth" in name or "coded" in name] == []


def test_the_wheel_holds_nothing_else(wheel):
    roots = {name.split("/")[0] for name in wheel.namelist()}
    assert roots == {"cxkit", *(f"cxkit-{cxkit.__version__}.{kind}" for kind in ("data", "dist-info"))}


def test_a_name_of_the_vocabulary_stays_what_it_is_whatever_was_imported_before():
    """The module `cxkit.cases` must not take the place of the function `cx.cases`."""
    code = """
import importlib, pkgutil, types
import cxkit as cx
for one in pkgutil.walk_packages(cx.__path__, "cxkit."):
    if not one.name.endswith("__main__"):
        importlib.import_module(one.name)
print([name for name in cx.__all__ if isinstance(getattr(cx, name), types.ModuleType)])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", done.stdout

"""What is locked, what is shipped, and that the files which say so agree."""

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
from jsonschema import Draft7Validator
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROFILES = ROOT / "src" / "cxkit" / "frontend" / "profiles"
SCHEMAS = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"
COMPUTERS = [
    {
        "python_full_version": f"{version}.9",
        "python_version": version,
        "sys_platform": system,
        "os_name": name,
    }
    for version in ("3.11", "3.12", "3.13")
    for system, name in (("linux", "posix"), ("darwin", "posix"), ("win32", "nt"))
]


def entries(lock: str) -> list[str]:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def pins(lock: str, computer: dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in entries(lock):
        pin = Requirement(entry.split("--hash")[0].strip())
        if pin.marker is None or pin.marker.evaluate(computer):
            assert pin.name not in found, f"{lock} pins {pin.name} twice"
            (spec,) = pin.specifier
            assert spec.operator == "=="
            found[pin.name] = spec.version
    return found


def asked(*groups: str) -> list[Requirement]:
    lines = list(PROJECT["project"]["dependencies"])
    for group in groups:
        lines += PROJECT["dependency-groups"][group]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock):
    assert len(entries(lock)) > 100
    for entry in entries(lock):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
        assert re.fullmatch(r"[\w.-]+==[^\s;]+( ; [^\\]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*", entry), entry
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"--(index|extra-index|find-links|trusted-host)|(?<![\w.])/\w+/", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_says_how_it_is_made(lock):
    head = (ROOT / lock).read_text(encoding="utf-8").splitlines()[:2]
    assert all(line.startswith("#") for line in head)
    assert "uv pip compile pyproject.toml --group build" in head[1]
    assert head[1].endswith(f"-o {lock}")


@pytest.mark.parametrize("computer", COMPUTERS, ids=lambda c: f"{c['python_version']}-{c['sys_platform']}")
def test_the_locks_hold_what_pyproject_asks_for(computer):
    run, dev = (pins(lock, computer) for lock in LOCKS)
    for pinned, wanted in ((run, asked("build")), (dev, asked("build", "dev"))):
        for one in wanted:
            assert one.specifier.contains(pinned[one.name.lower()], prereleases=True), one
    assert run.items() <= dev.items(), "tests run against what learners get"


def test_environment_yml_agrees_with_pyproject():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert conda["name"] == PROJECT["project"]["name"]
    python, pip, by_pip = conda["dependencies"]
    name, spec = python.split(" ", 1)
    assert name == "python"
    assert SpecifierSet(spec) == SpecifierSet(PROJECT["project"]["requires-python"])
    assert pip == "pip"
    assert by_pip == {"pip": ["."]}, "the project itself brings what pyproject asks for"


def test_uv_lock_is_never_kept():
    # it names the registry that this or that computer happens to use
    assert "uv.lock" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_the_wheel_holds_cases_page_parts_and_settings(tmp_path):
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = zipfile.ZipFile(tmp_path / done.stdout.split()[-1]).namelist()
    shipped = set(names)
    for case in (ROOT / "case_studies").iterdir():
        if case.is_dir() and any(case.glob("*.yaml")):
            assert any(name.startswith(f"cxkit/case_studies/{case.name}/") for name in shipped)
    for profile in ("learner", "instructor"):
        assert f"cxkit/frontend/profiles/{profile}/labconfig/page_config.json" in shipped
    share = (
        f"cxkit-{PROJECT['project']['version']}.data/data/share/jupyter/labextensions/cxkit-lab/package.json"
    )
    assert share in shipped
    assert not [name for name in names if "solution" in name or "__pycache__" in name]


def settings(profile: str, name: str):
    return json.loads((PROFILES / profile / name).read_text(encoding="utf-8"))


def schema(plugin: str):
    package, name = plugin.split(":")
    return json.loads((SCHEMAS / package / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("profile", ["learner", "instructor"])
def test_the_settings_are_ones_that_jupyter_knows(profile):
    for plugin, values in settings(profile, "labconfig/default_setting_overrides.json").items():
        rules = schema(plugin)
        Draft7Validator(rules).validate(values)
        assert set(values) <= set(rules["properties"]), plugin


def shortcuts(*files: str):
    found = []
    for file in files:
        found += schema(file)["jupyter.lab.shortcuts"]
    return {(one["command"], *one["keys"]): one["selector"] for one in found}


NOTEBOOK = "@jupyterlab/notebook-extension:tracker"
OTHERS = ("@jupyter-notebook/application-extension:shortcuts", "@jupyterlab/mainmenu-extension:plugin")


def switched_off(profile: str):
    chosen = settings(profile, "labconfig/default_setting_overrides.json")
    return chosen["@jupyterlab/shortcuts-extension:shortcuts"]["shortcuts"]


@pytest.mark.parametrize("profile", ["learner", "instructor"])
def test_the_arrow_keys_belong_to_the_forms(profile):
    known = shortcuts(NOTEBOOK, *OTHERS)
    off = {(one["command"], *one["keys"]) for one in switched_off(profile)}
    assert {keys for keys in known if keys[1:] and re.fullmatch(r"Arrow\w+", keys[1])} <= off
    for one in switched_off(profile):
        # the selector too must be Jupyter's own, or Jupyter adds a shortcut instead of taking one away
        assert known[(one["command"], *one["keys"])] == one["selector"]
        assert one["disabled"] is True


def test_no_single_letter_changes_a_learners_notebook():
    """Typing in a list to find a choice must not cut the cell that holds the list."""
    off = {(one["command"], *one["keys"]) for one in switched_off("learner")}
    known = shortcuts(NOTEBOOK, *OTHERS)
    letters = {
        keys for keys in known if keys[1:] and all(re.fullmatch(r"(Shift )?\w", key) for key in keys[1:])
    }
    assert len(letters) > 20
    assert letters <= off


def test_the_learner_sees_the_course_and_not_its_workings():
    from fnmatch import fnmatch

    hidden = settings("learner", "jupyter_server_config.json")["ContentsManager"]["hide_globs"]
    seen = {
        path.name for path in ROOT.iterdir() if not any(fnmatch(path.name, pattern) for pattern in hidden)
    }
    assert seen <= {"README.md", "case_studies", "course", "exercises"}
    assert any(fnmatch("facilitator", pattern) for pattern in hidden)


def test_formgrader_is_the_instructors():
    off = "@jupyter/nbgrader:formgrader"
    assert settings("learner", "labconfig/page_config.json")["disabledExtensions"][off] is True
    assert off not in settings("instructor", "labconfig/page_config.json")["disabledExtensions"]

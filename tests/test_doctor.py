"""`cxkit doctor`: each thing it looks at is broken for real, and the words are read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from jupyter_core import paths

from cxkit import doctor
from cxkit.cli import main

ROOT = Path(__file__).resolve().parents[1]
PROFILES = ROOT / "src" / "cxkit" / "frontend" / "profiles"


@pytest.fixture(autouse=True)
def quiet_place(tmp_path, monkeypatch):
    """A folder and settings of their own: what this computer's owner has set up does not count here."""
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter-data"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter-config"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")


def problems(findings):
    return [finding for finding in findings if finding.ok is False]


def only(findings):
    assert len(findings) == 1
    return findings[0]


# --- all of it --------------------------------------------------------------------------------------------


def test_a_sound_installation_has_no_problem_and_changes_nothing(capsys, home):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert out.endswith("\nNo problems found.\n")
    for words in (
        "Python 3.",
        "packages",
        "notebooks' Python starts",
        "cxkit-lab is there",
        "nbgrader is found",
        "MB",
    ):
        assert words in out
    assert all(line.startswith(("ok ", "note ", " ")) for line in out.splitlines()[:-2])
    assert not home.exists() and not list(Path.cwd().iterdir())


def test_problems_are_counted_and_set_the_exit_code(capsys, monkeypatch):
    broken = doctor.Finding(False, "It is broken.", "Mend it.")
    monkeypatch.setattr(
        doctor, "CHECKS", (lambda: [broken], lambda: [broken], lambda: [doctor.Finding(True, "Fine")])
    )
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out == (
        "problem  It is broken.\n         To mend: Mend it.\n" * 2
        + "ok       Fine\n\n2 problems found.\nMend the first one first: it may be the cause of the others.\n"
    )


def test_a_check_that_fails_itself_is_a_finding_and_the_others_go_on(monkeypatch):
    def check_moon():
        """the moon."""
        raise RuntimeError("it is behind the clouds")

    monkeypatch.setattr(doctor, "CHECKS", (check_moon, doctor.check_disk))
    first, second = doctor.doctor()
    assert first.ok is False and second.ok
    assert first.what == "Could not look at the moon (RuntimeError: it is behind the clouds)."


def test_a_python_without_any_package_gets_words_rather_than_a_traceback():
    source = str(ROOT / "src")
    code = (
        f"import sys; sys.path.insert(0, {source!r}); from cxkit.cli import main; sys.exit(main(['doctor']))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", code],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "No module named 'jupyter_client'" in done.stdout and "python start.py" in done.stdout


# --- Python and packages ----------------------------------------------------------------------------------


def installed_as(folder, monkeypatch, name, version, *lines):
    """A package's description that Python finds before the real one."""
    place = folder / "site" / f"{name}-{version}.dist-info"
    place.mkdir(parents=True)
    text = "\n".join(["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *lines, "", ""])
    (place / "METADATA").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder / "site"))


def test_a_python_that_is_too_old(tmp_path, monkeypatch):
    installed_as(tmp_path, monkeypatch, "cxkit", "9", "Requires-Python: >=99")
    found = only(doctor.check_python())
    assert found.ok is False
    assert "cxkit needs >=99" in found.what and "python.org" in found.mend


def test_a_32_bit_python(monkeypatch):
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    assert "32-bit" in only(doctor.check_python()).what


def test_a_package_in_another_version(tmp_path, monkeypatch):
    installed_as(tmp_path, monkeypatch, "pandas", "1.5.3")
    found = only(doctor.check_packages())
    assert found.ok is False
    assert found.what.startswith("pandas is version 1.5.3. cxkit needs ") and ">=3.0" in found.what


def test_a_package_that_is_missing_and_one_for_another_system(tmp_path, monkeypatch):
    asked = ("Requires-Dist: no-such-package-here>=1", 'Requires-Dist: nor-this; sys_platform == "amiga"')
    installed_as(tmp_path, monkeypatch, "cxkit", "9", *asked)
    assert only(doctor.check_packages()).what == "no-such-package-here is not installed."


# --- the kernel -------------------------------------------------------------------------------------------


def own_kernel(folder, monkeypatch, text):
    """A description of the notebooks' Python, left by an old installation, that hides the real one."""
    place = folder / "share" / "kernels" / "python3"
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(text, encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(folder / "share"))
    return place


def described(*argv, **env):
    return json.dumps({"argv": argv, "display_name": "Python 3", "language": "python", "env": env})


def test_a_kernel_whose_python_was_deleted(tmp_path, monkeypatch):
    gone = str(tmp_path / "old" / "python")
    place = own_kernel(
        tmp_path, monkeypatch, described(gone, "-m", "ipykernel_launcher", "-f", "{connection_file}")
    )
    found = only(doctor.check_kernel())
    assert found.ok is False
    assert found.what == f"The notebooks' Python is gone: {gone} (named in {place})."
    assert found.mend.startswith(f"Move the folder {place} away.")


def test_a_kernel_that_dies_says_its_last_words(tmp_path, monkeypatch):
    own_kernel(tmp_path, monkeypatch, described(sys.executable, "-c", "import ipykernel_is_not_here"))
    found = only(doctor.check_kernel())
    assert found.ok is False
    assert "does not start: ModuleNotFoundError: No module named 'ipykernel_is_not_here'" in found.what


def test_a_kernel_that_cannot_load_the_course(tmp_path, monkeypatch):
    (tmp_path / "strays").mkdir()
    (tmp_path / "strays" / "cxkit.py").write_text(
        "raise ImportError('an old file of mine')\n", encoding="utf-8"
    )
    launch = (sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}")
    own_kernel(tmp_path, monkeypatch, described(*launch, PYTHONPATH=str(tmp_path / "strays")))
    found = only(doctor.check_kernel())
    assert found.ok is False
    assert "cannot load the course: an old file of mine." in found.what


def test_a_kernel_that_never_answers_is_not_waited_for_forever(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "KERNEL_SECONDS", 1)
    own_kernel(tmp_path, monkeypatch, described(sys.executable, "-c", "import time; time.sleep(60)"))
    found = only(doctor.check_kernel())
    assert found.ok is False and "does not start" in found.what


def test_a_damaged_description_of_the_kernel(tmp_path, monkeypatch):
    own_kernel(tmp_path, monkeypatch, '{"argv": [')
    assert "is damaged" in only(doctor.check_kernel()).what


@pytest.mark.parametrize("name", ["python", "python3", f"python3.{sys.version_info[1]}"])
def test_a_kernel_that_names_no_path_runs_on_this_python(name):
    assert doctor._kernel_program([name, "-m", "ipykernel_launcher"]) == sys.executable


# --- the page ---------------------------------------------------------------------------------------------


def test_each_part_of_the_page_that_is_missing_is_named(tmp_path, monkeypatch):
    real = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "anywidget"
    shutil.copytree(real, tmp_path / "share" / "labextensions" / "anywidget")
    for name in ("ENV_JUPYTER_PATH", "SYSTEM_JUPYTER_PATH"):
        monkeypatch.setattr(paths, name, [str(tmp_path / "share")])
    found = doctor.check_page()
    assert [finding.what.split()[0] for finding in found if finding.ok] == ["anywidget"]
    assert [finding.what.split(" (")[0] for finding in problems(found)] == [
        "cxkit-lab is missing",
        "@jupyter-widgets/jupyterlab-manager is missing",
        "@jupyter/nbgrader is missing",
    ]
    assert all("python start.py" in finding.mend for finding in problems(found))


@pytest.mark.parametrize("entry", ["cxkit-lab", "cxkit-lab:plugin"])
def test_a_part_that_is_switched_off(tmp_path, monkeypatch, entry):
    place = tmp_path / "settings" / "labconfig"
    place.mkdir(parents=True)
    disabled = {entry: True, "anywidget": False}
    (place / "page_config.json").write_text(json.dumps({"disabledExtensions": disabled}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(place.parent))
    found = only(problems(doctor.check_page()))
    assert found.what.startswith("cxkit-lab is switched off")
    assert found.mend == "Run `jupyter labextension enable cxkit-lab`."


def test_a_part_that_lost_its_program(tmp_path, monkeypatch):
    place = tmp_path / "share" / "labextensions" / "anywidget"
    real = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "anywidget" / "package.json"
    place.mkdir(parents=True)
    shutil.copy(real, place)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
    found = only(problems(doctor.check_page()))
    assert found.what.startswith("anywidget is damaged") and "is gone" in found.what


@pytest.mark.parametrize("profile", ["learner", "instructor"])
def test_the_course_s_own_settings_switch_off_nothing_that_it_needs(monkeypatch, profile):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(PROFILES / profile))
    assert problems(doctor.check_page()) == []


# --- folders, commands, exchange, disk --------------------------------------------------------------------


def test_a_file_where_the_progress_folder_should_be(tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("CXKIT_HOME", str(tmp_path / "taken" / "home"))
    here, progress = doctor.check_folders()
    assert here.ok
    assert progress.ok is False
    assert f"{tmp_path / 'taken'} is a file, not a folder." in progress.what and "CXKIT_HOME" in progress.mend


def test_a_folder_that_cannot_be_written(monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    # a superuser may write anywhere, so the refusal itself has to be played
    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    here = doctor.check_folders()[0]
    assert here.ok is False
    assert here.what == f"This folder cannot be written: {Path.cwd()} (Permission denied)."


def test_commands_that_this_window_does_not_find_are_a_note(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    found = doctor.check_commands()
    assert [finding.ok for finding in found] == [None, None]
    assert str(Path(sys.executable).parent) in found[0].mend


def test_commands_that_are_nowhere_are_a_problem(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert [finding.what for finding in problems(doctor.check_commands())] == [
        "The command nbgrader is not installed. Grading needs it.",
        "The command alembic is not installed. Grading needs it.",
    ]


def test_a_sandbox_is_there_or_the_words_say_what_to_install(monkeypatch, tmp_path):
    from cxkit.grading import sandbox

    assert only(doctor.check_sandbox()).ok is (None if sandbox.missing() else True)
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.missing.cache_clear()
    try:
        found = only(doctor.check_sandbox())
    finally:
        sandbox.missing.cache_clear()
    assert found.ok is None and "apt install bubblewrap" in found.mend


def exchange_at(root):
    Path("nbgrader_config.py").write_text(
        f"c = get_config()\nc.Exchange.root = {str(root)!r}\n", encoding="utf-8"
    )


@pytest.fixture
def _not_windows(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.mark.usefixtures("_not_windows")
class TestExchange:
    def test_none_set_up_is_only_a_note(self, monkeypatch, tmp_path):
        from nbgrader.exchange.default import Exchange

        monkeypatch.setattr(Exchange.root, "default_value", str(tmp_path / "none"))
        found = only(doctor.check_exchange())
        assert found.ok is None and "There is no exchange folder" in found.what

    def test_one_that_works(self, tmp_path):
        exchange_at(tmp_path)
        assert only(doctor.check_exchange()).ok

    def test_one_that_is_named_but_does_not_exist(self, tmp_path):
        exchange_at(tmp_path / "exchange")
        found = only(doctor.check_exchange())
        assert found.ok is False
        assert f"does not exist: {tmp_path / 'exchange'}" in found.what and "mkdir -p" in found.mend

    def test_a_file_in_its_place(self, tmp_path):
        (tmp_path / "exchange").write_text("", encoding="utf-8")
        exchange_at(tmp_path / "exchange")
        assert "is a file, not a folder" in only(doctor.check_exchange()).what

    def test_settings_of_the_whole_computer_count_and_the_nearest_win(self, tmp_path, monkeypatch):
        (tmp_path / "etc").mkdir()
        monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path / "etc"))
        exchange_at(tmp_path / "far")
        Path("nbgrader_config.py").replace(tmp_path / "etc" / "nbgrader_config.py")
        assert str(tmp_path / "far") in only(doctor.check_exchange()).what
        exchange_at(tmp_path / "near")
        assert str(tmp_path / "near") in only(doctor.check_exchange()).what

    def test_settings_with_a_mistake(self):
        Path("nbgrader_config.py").write_text("c = get_config(\n", encoding="utf-8")
        found = only(doctor.check_exchange())
        assert found.ok is False
        assert "nbgrader_config.py has a mistake: '(' was never closed" in found.what

    def test_the_course_s_own_settings_are_sound(self, monkeypatch):
        monkeypatch.chdir(ROOT)
        assert only(doctor.check_exchange()).ok is not False


def test_windows_users_are_told_of_the_other_way(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    found = only(doctor.check_exchange())
    assert found.ok is None and "zip_collect" in found.mend


def test_a_full_disk(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda place: usage(10**10, 10**10, 42_000_000))
    found = only(doctor.check_disk())
    assert found.ok is False
    assert (found.what, found.mend) == ("Only 42 MB are free on the disk.", "Free at least 500 MB.")

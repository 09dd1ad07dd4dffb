"""The doctor, in front of installations that are really broken."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from cxkit import doctor
from cxkit.doctor import Finding


def problems(findings):
    return [finding for finding in findings if finding.ok is False]


def write_kernel(folder: Path, monkeypatch, *argv: str) -> None:
    """A kernel named python3 that goes before the environment's own."""
    place = folder / "kernels" / "python3"
    place.mkdir(parents=True)
    spec = {"argv": list(argv), "display_name": "Python 3", "language": "python"}
    (place / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(folder))


@pytest.fixture
def no_jupyter_data(monkeypatch, tmp_path):
    """Jupyter finds nothing that is installed, only what a test puts on JUPYTER_PATH."""
    monkeypatch.setattr("jupyter_core.paths.ENV_JUPYTER_PATH", [])
    monkeypatch.setattr("jupyter_core.paths.SYSTEM_JUPYTER_PATH", [])
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "none"))
    monkeypatch.delenv("JUPYTER_PATH", raising=False)


def test_the_installation_that_runs_the_tests_is_sound(home):
    found = doctor.doctor()
    assert not problems(found), "\n".join(map(str, found))
    assert any("starts and knows cxkit" in finding.what for finding in found)
    assert not home.exists(), "looking changes nothing"


def test_a_kernel_whose_python_is_gone(tmp_path, monkeypatch):
    write_kernel(
        tmp_path, monkeypatch, "/gone/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"
    )
    (found,) = doctor.check_kernel()
    assert found.ok is False
    assert "is gone: /gone/bin/python" in found.what
    assert str(tmp_path) in found.what
    assert "ipykernel install" in found.mend


def test_no_kernel_at_all(no_jupyter_data):
    (found,) = doctor.check_kernel()
    assert found.ok is False
    assert "knows no Python for notebooks" in found.what


def test_a_kernel_that_does_not_start(tmp_path, monkeypatch):
    write_kernel(tmp_path, monkeypatch, sys.executable, "-c", "raise SystemExit(1)", "{connection_file}")
    (found,) = doctor.check_kernel()
    assert found.ok is False
    assert "does not start" in found.what


def test_a_kernel_without_cxkit(tmp_path, monkeypatch):
    code = "import sys; sys.modules['cxkit'] = None; from ipykernel.kernelapp import launch_new_instance as go; go()"
    write_kernel(tmp_path, monkeypatch, sys.executable, "-c", code, "-f", "{connection_file}")
    (found,) = doctor.check_kernel()
    assert found.ok is False
    assert "cannot import cxkit" in found.what


def test_a_package_of_the_wrong_version(tmp_path, monkeypatch):
    info = tmp_path / "platformdirs-3.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: platformdirs\nVersion: 3.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    (found,) = doctor.check_packages()
    assert found == Finding(False, "platformdirs is version 3.0; cxkit needs >=4.", doctor.START_AGAIN)


def test_a_package_that_is_missing(tmp_path, monkeypatch):
    info = tmp_path / "cxkit-9.dist-info"
    info.mkdir()
    asks = "Requires-Dist: no-such-package>=1\nRequires-Dist: never; sys_platform == 'nowhere'\n"
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: cxkit\nVersion: 9\n{asks}")
    monkeypatch.syspath_prepend(tmp_path)
    assert [finding.what for finding in doctor.check_packages()] == ["no-such-package is not installed."]


def test_missing_parts_of_the_page(no_jupyter_data, tmp_path, monkeypatch):
    there = tmp_path / "labextensions" / "anywidget"
    there.mkdir(parents=True)
    (there / "package.json").write_text(json.dumps({"name": "anywidget", "version": "1", "jupyterlab": {}}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    missing = problems(doctor.check_page())
    assert len(missing) == len(doctor.EXTENSIONS) - 1
    assert "cxkit-lab is missing (the course's own part of the page" in missing[0].what


@pytest.mark.parametrize("name", ["cxkit-lab", "cxkit-lab:plugin"])
def test_a_part_that_is_switched_off(name, tmp_path, monkeypatch):
    folder = tmp_path / "labconfig"
    folder.mkdir()
    (folder / "page_config.json").write_text(json.dumps({"disabledExtensions": {name: True}}))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    (found,) = problems(doctor.check_page())
    assert "cxkit-lab is switched off" in found.what
    assert "jupyter labextension enable cxkit-lab" in found.mend


def test_the_learners_settings_are_no_problem(monkeypatch):
    profile = Path(doctor.__file__).parent / "frontend" / "profiles" / "learner"
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(profile))
    assert not problems(doctor.check_page())


def test_a_file_in_place_of_the_folder_for_progress(tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("CXKIT_HOME", str(tmp_path / "taken"))
    monkeypatch.chdir(tmp_path)
    here, progress = doctor.check_folders()
    assert here.ok is True
    assert progress.ok is False
    assert "is a file, not a folder" in progress.what
    assert "CXKIT_HOME" in progress.mend


def test_a_folder_that_refuses(tmp_path, monkeypatch):
    def refuse(**anything):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    monkeypatch.chdir(tmp_path)
    assert "cannot be written" in doctor.check_folders()[0].what


def test_commands_that_are_not_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [finding.ok for finding in doctor.check_commands()] == [False, False]
    assert "alembic" in doctor.check_commands()[1].what


def test_the_exchange(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = tmp_path / "exchange"
    Path("nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.root = {str(root)!r}\n")
    (found,) = doctor.check_exchange()
    assert found.ok is None
    assert str(root) in found.what
    root.mkdir()
    (found,) = doctor.check_exchange()
    assert found.ok is True
    root.rmdir()
    root.write_text("")
    (found,) = doctor.check_exchange()
    assert found.ok is False


def test_the_exchange_on_windows(monkeypatch):
    monkeypatch.setattr(doctor.sys, "platform", "win32")
    (found,) = doctor.check_exchange()
    assert found.ok is None
    assert "zip_collect" in found.mend


def test_a_full_disk(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(10**9, 10**9, 3_000_000))
    (found,) = doctor.check_disk()
    assert (found.ok, found.what) == (False, "Only 3 MB are free on the disk.")


def test_a_check_that_breaks_does_not_stop_the_others(monkeypatch):
    def check_stars():
        """the stars."""
        raise RuntimeError("clouds")

    monkeypatch.setattr(doctor, "CHECKS", (check_stars, doctor.check_disk))
    broken, disk = doctor.doctor()
    assert broken.what == "Could not look at: the stars (RuntimeError: clouds)."
    assert disk.ok is True


def test_a_finding_says_in_a_word_what_it_is():
    assert str(Finding(True, "Fine")) == "ok       Fine"
    assert str(Finding(None, "By the way.", "More.")) == "note     By the way.\n         More."
    assert str(Finding(False, "Bad.", "Do this.")) == "problem  Bad.\n         To mend: Do this."

"""Writing a file in one step."""

import os
import sys
from pathlib import Path

import pytest
from any_journey import SMALL

from cxkit.files import write_atomic
from cxkit.journey import JourneyError


def test_a_new_file_has_the_usual_rights_and_an_old_one_keeps_its_own(tmp_path):
    usual, place = tmp_path / "usual", tmp_path / "a.csv"
    usual.write_bytes(b"x")
    write_atomic(place, b"new")
    assert place.stat().st_mode == usual.stat().st_mode
    place.chmod(0o600)
    write_atomic(place, b"newer")
    assert place.read_bytes() == b"newer"
    assert sys.platform == "win32" or place.stat().st_mode & 0o777 == 0o600
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.csv", "usual"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_the_old_file_survives_a_failure(tmp_path, monkeypatch, step):
    place = tmp_path / "a.csv"
    SMALL.save(place)
    before = place.read_bytes()

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[step], fail)
    with pytest.raises(
        JourneyError, match=r"was not written: No space left on device\. What stood there before"
    ):
        SMALL.replace(title="new").save(place)
    assert place.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


def test_a_file_that_is_locked_is_told_in_words(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(
        PermissionError, match=r"cannot be written\. Is it open in another program, such as Excel\?"
    ):
        write_atomic(tmp_path / "a.csv", b"x")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_atomic(link, b"new")
    assert link.is_symlink() and real.read_bytes() == b"new"

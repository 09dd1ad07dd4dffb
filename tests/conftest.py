"""What holds for every test: a home of its own, so that nobody's real record of progress is touched."""

from __future__ import annotations

import itertools
import sys

import pytest
from hypothesis import settings
from warm import warm_kernels

# two seconds for each process that reads a notebook: a reader of web addresses that nobody asks for
sys.modules.setdefault("rfc3987_syntax", None)
# a busy computer is slow, not wrong; and the same examples everywhere make a failure easy to repeat
settings.register_profile("course", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("course")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    # what takes long begins first, so that no core waits at the end for the other's last file
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("nbgrader", "browser", "slow"))))


@pytest.fixture(scope="session", autouse=True)
def _no_real_home(tmp_path_factory):
    # fixtures that live longer than one test start before `home`, and kernels inherit the environment
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CXKIT_HOME", str(tmp_path_factory.mktemp("session") / "home"))
        patch.delenv("NBGRADER_EXECUTION", raising=False)
        yield


@pytest.fixture(scope="session")
def warm():
    """For tests that open many notebooks: the environment variables with which their kernels start at once."""
    with warm_kernels() as environment:
        yield environment


@pytest.fixture(scope="session")
def _homes(tmp_path_factory):
    # a folder that pytest numbers costs a look through all that are there, and this one is for thousands of tests
    folder = tmp_path_factory.mktemp("cxkit")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def home(_homes, monkeypatch):
    """The folder that keeps the record of progress of this one test. It does not exist yet."""
    place = next(_homes)
    place.mkdir()
    folder = place / "home"
    monkeypatch.setenv("CXKIT_HOME", str(folder))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return folder

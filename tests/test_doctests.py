"""Every example in a docstring, and every Python example in the README, does what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import cxkit

ROOT = Path(__file__).parents[1]
MODULES = [
    one.name for one in pkgutil.walk_packages(cxkit.__path__, "cxkit.") if not one.name.endswith("__main__")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of(name):
    failed, _ = doctest.testmod(importlib.import_module(name), verbose=False)
    assert not failed


def test_the_examples_of_the_readme(monkeypatch):
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried and not failed

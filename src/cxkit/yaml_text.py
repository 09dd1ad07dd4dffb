"""What a YAML text holds. The course keeps its questions, cards and lists in such files, and reads them all the time."""

from __future__ import annotations

import contextlib
from typing import Any

import yaml


def from_yaml(text: str) -> Any:
    """What a YAML text holds, read by the quick loader where the machine has it. Raises yaml.YAMLError.

    >>> from_yaml("a: [1, 2]")
    {'a': [1, 2]}
    """
    quick = getattr(yaml, "CSafeLoader", None)
    if quick:
        with contextlib.suppress(yaml.YAMLError):  # the slow one says where
            return yaml.load(text, Loader=quick)
    return yaml.safe_load(text)

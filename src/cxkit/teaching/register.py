"""Reading a list that the course keeps as data (its facts, its terms), and saying what is wrong with one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cxkit.yaml_text import from_yaml


@cache
def _validator(schema: str) -> Any:
    # jupyterlab brings a reader of web addresses, which takes two seconds to load. jsonschema loads it where it is there,
    # and no schema of ours asks for it.
    reader = "rfc3987_syntax"
    kept_out = reader not in sys.modules
    if kept_out:
        sys.modules[reader] = None  # type: ignore[assignment]
    try:
        from jsonschema import Draft202012Validator
    finally:
        if kept_out:
            del sys.modules[reader]
    return Draft202012Validator(json.loads(Path(__file__).with_name(schema).read_text("utf-8")))


def read_register(path: str | Path, schema: str, entries: str, name: str) -> list[dict[str, Any]]:
    """Read a file (YAML) and check it against the schema beside this module.

    Parameters: `path`, the file; `schema`, the schema's file name; `entries`, the key of the list; `name`, the
    field by which an entry is known and which none may share.
    Returns the list, one dict each, in the order of the file.
    Raises ValueError that lists every fault with its place, in words.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "tiny.yaml"
    >>> _ = file.write_text("title: T\\nlanguage: en\\nfacts: []")
    >>> read_register(file, "facts.schema.json", "facts", "id")
    Traceback (most recent call last):
    ValueError: tiny.yaml has 1 fault:
    at facts: [] should be non-empty
    """

    def repeated(register: Any) -> list[str]:
        names = [entry[name] for entry in register[entries]]
        return [
            f"the {name} '{one}' is used twice" for one in sorted({i for i in names if names.count(i) > 1})
        ]

    found: list[dict[str, Any]] = read_checked(path, schema, repeated)[entries]
    return found


def read_checked(path: str | Path, schema: str, faults_beside: Callable[[Any], list[str]]) -> Any:
    """Read a file (YAML), check it against a schema beside this module, then look for what a schema cannot see.

    Raises ValueError that lists every fault with its place, in words.
    """
    path = Path(path)
    try:
        content = from_yaml(path.read_text("utf-8"))
    except yaml.YAMLError as fault:
        raise ValueError(f"{path.name} is not readable as YAML: {fault}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not readable as text. Save it again as UTF-8.") from None
    faults = [
        f"at {'/'.join(map(str, fault.absolute_path)) or 'the top'}: {fault.message}"
        for fault in sorted(
            _validator(schema).iter_errors(content), key=lambda fault: list(map(str, fault.absolute_path))
        )
    ]
    faults = faults or faults_beside(content)
    if faults:
        raise ValueError(
            f"{path.name} has {len(faults)} fault{'s' * (len(faults) > 1)}:\n" + "\n".join(faults)
        )
    return content

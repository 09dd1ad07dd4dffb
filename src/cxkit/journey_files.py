"""Reading and writing a journey as CSV, Excel, JSON and YAML.

A reader turns bytes into a `Raw` (cells as found) or raises a `JourneyError`; `check` does the rest.
A writer turns a journey into bytes. Reading back what was written gives an equal journey.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cxkit.files import not_found, write_atomic
from cxkit.journey import Journey, raw_persona, raw_table
from cxkit.journey_cells import NUMBERS, PERSONA_FIELDS, JourneyError, nearest, problem, shown
from cxkit.journey_check import Raw, check
from cxkit.journey_csv import file_text, read_csv, write_csv

LARGEST_FILE = 20 * 1024 * 1024
SMALL_FILE = 100_000
DOCUMENT_KEYS = ("title", "persona", "scenario", "source", "language", "state", "touchpoints")


def read(path: str | os.PathLike[str]) -> Journey:
    """See `cxkit.journey.read_journey`."""
    place = _place(path)
    data = _content(place)
    return decode(data, _suffix(place, "read"))


def save(journey: Journey, path: str | os.PathLike[str]) -> None:
    """See `Journey.save`."""
    place = _place(path)
    suffix = _suffix(place, "write")
    data = _WRITERS[suffix](journey)
    # A file that would not give the same journey back is worse than none, so look before the old one goes.
    if len(data) > LARGEST_FILE or decode(data, suffix) != journey:
        raise JourneyError(
            f"A {suffix} file cannot hold this journey as it is. Nothing was written. Try .json."
        )
    try:
        write_atomic(place, data)
    except (OSError, ValueError) as error:
        raise JourneyError(str(error)) from error


def decode(data: bytes, suffix: str) -> Journey:
    """The journey that the bytes of a file with this suffix hold."""
    return _decoded(data, suffix) if len(data) <= SMALL_FILE else _decoded.__wrapped__(data, suffix)


# a journey does not change, and whoever marks a class reads the same few again and again
@lru_cache(maxsize=32)
def _decoded(data: bytes, suffix: str) -> Journey:
    table, about = check(_READERS[suffix](data))
    persona = {part: about.pop(f"persona_{part}") for part in PERSONA_FIELDS}
    return Journey(table, persona=persona, **about)


# --- the file itself --------------------------------------------------------------------------------------


def _place(path: object) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise JourneyError(f'“{shown(path)}” is not the name of a file. Write it in quotes: "lucy.csv".')
    return Path(path)


def _suffix(place: Path, verb: str) -> str:
    suffix = place.suffix.lower()
    if suffix in _READERS:
        return suffix
    kinds = ", ".join(_READERS)
    if suffix in (".xls", ".xlsm", ".ods", ".numbers"):
        raise JourneyError(f"{place.name}: we do not {verb} {suffix}. Save it as an Excel workbook (.xlsx).")
    pictures = (
        ", draw the map as .svg, .png or .pdf, and make .html, .pptx and .mmd for other tools"
        if verb == "write"
        else ""
    )
    raise JourneyError(f"{place.name}: we {verb} {kinds}{pictures}. Choose one of these endings.")


def _content(place: Path) -> bytes:
    try:
        if place.is_dir():
            raise JourneyError(f"{place} is a folder. Add the name of a file in it.")
        if not place.exists():
            raise JourneyError(not_found(place, _READERS))
        if place.stat().st_size > LARGEST_FILE:
            size = place.stat().st_size / 1024**2
            raise JourneyError(f"{place.name} has {size:.0f} MB. A journey fits in far less than 20 MB.")
        data = place.read_bytes()
    except OSError as error:
        words = error.strerror or error
        raise JourneyError(f"{place} cannot be opened ({words}). Is it open in another program?") from error
    if not data.strip():
        raise JourneyError(f"{place.name} is empty.")
    return data


# --- documents: JSON and YAML -----------------------------------------------------------------------------


def _document(journey: Journey) -> dict[str, Any]:
    touchpoints = [
        {name: _plain(name, value) for name, value in row.items()} for row in journey.table.to_dict("records")
    ]
    persona = {part: getattr(journey.persona, part) for part in PERSONA_FIELDS}
    return {
        "title": journey.title,
        "persona": {part: text for part, text in persona.items() if text},
        "scenario": journey.scenario,
        "source": journey.source,
        "language": journey.language,
        "state": journey.state,
        "touchpoints": touchpoints,
    }


def _plain(name: Hashable, value: Any) -> str | int | float | None:
    if name not in NUMBERS:
        return str(value)
    if pd.isna(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def _raw_document(document: object) -> Raw:
    if not isinstance(document, Mapping) or not isinstance(document.get("touchpoints"), list):
        raise JourneyError(
            "The file does not have the shape of a journey. At the top level write "
            f"{', '.join(DOCUMENT_KEYS)}; under touchpoints a list, each with stage, touchpoint and channel."
        )
    raw = raw_table(document["touchpoints"])
    for key, value in document.items():
        if key == "persona":
            raw.about |= raw_persona(value, raw.problems)
        elif key not in DOCUMENT_KEYS:
            near = nearest(shown(key), DOCUMENT_KEYS)
            hint = f"Did you mean {near}?" if near else f"Use {', '.join(DOCUMENT_KEYS)}."
            raw.problems.append(
                problem(f"“{shown(key)}” is not a part of a journey. {hint}", column=shown(key))
            )
        elif key != "touchpoints":
            raw.about[key] = (None, key, value)
    return raw


def write_json(journey: Journey) -> bytes:
    return (json.dumps(_document(journey), ensure_ascii=False, indent=2) + "\n").encode()


def read_json(data: bytes) -> Raw:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        _no_repeats([key for key, _ in pairs])
        return dict(pairs)

    try:
        # Numbers stay as they are written: 7 in a text column is the text 7.
        document = json.loads(
            file_text(data), object_pairs_hook=once, parse_int=str, parse_float=str, parse_constant=str
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        raise JourneyError(f"This is not whole JSON: {error.msg} ({place}). Is the file cut off?") from error
    except RecursionError as error:
        raise JourneyError(_TOO_DEEP) from error
    return _raw_document(document)


_TOO_DEEP = "The file is a maze of lists inside lists, not a journey."
_YAML_START = "# A customer journey. The last line, three dots, shows that the file is whole.\n"
_YAML = "tag:yaml.org,2002:"


class _TextLoader(yaml.SafeLoader):
    """YAML in which every word stays text, so that no, 1e5 or 2026-11-01 mean what they say; ~ is empty."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way to say this
        first: [pair for pair in pairs if pair[0] == f"{_YAML}null"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012
        tag: make
        for tag, make in yaml.SafeLoader.yaml_constructors.items()
        if tag in (None, *(f"{_YAML}{kind}" for kind in ("null", "str", "seq", "map")))
    }

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        if isinstance(node, yaml.MappingNode):
            _no_repeats([key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)])
        return super().construct_mapping(node, deep=deep)


def _no_repeats(keys: list[str]) -> None:
    if len(set(keys)) < len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise JourneyError(f"“{shown(twice)}” stands twice in one place. Keep one.")


def write_yaml(journey: Journey) -> bytes:
    text = yaml.safe_dump(
        _document(journey),
        allow_unicode=True,
        sort_keys=False,
        width=100,
        explicit_start=True,
        explicit_end=True,
    )
    return (_YAML_START + text).encode()


def read_yaml(data: bytes) -> Raw:
    text = file_text(data)
    # YAML is whole wherever it is cut between two lines. Ours says where it ends.
    ours = text.startswith(_YAML_START.strip())
    if ours and text.rstrip().rsplit("\n", 1)[-1] != "...":
        raise JourneyError(
            "The end of the file seems to be missing: its last line must be three dots (...). Get the whole "
            "file again. If you removed the end on purpose, remove the first line too."
        )
    try:
        document = yaml.load(text, Loader=_TextLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" near line {mark.line + 1}" if mark else ""
        why = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is damaged"
        raise JourneyError(
            f"This is not YAML that we can read{place}: {why}. Put text that holds : or # in quotes."
        ) from error
    except RecursionError as error:
        raise JourneyError(_TOO_DEEP) from error
    return _raw_document(document)


def _write_excel(journey: Journey) -> bytes:
    from cxkit.journey_excel import write_excel

    return write_excel(journey)


def _read_excel(data: bytes) -> Raw:
    from cxkit.journey_excel import read_excel

    return read_excel(data)


_READERS: dict[str, Callable[[bytes], Raw]] = {
    ".csv": read_csv,
    ".xlsx": _read_excel,
    ".json": read_json,
    ".yaml": read_yaml,
    ".yml": read_yaml,
}
_WRITERS: dict[str, Callable[[Journey], bytes]] = {
    ".csv": write_csv,
    ".xlsx": _write_excel,
    ".json": write_json,
    ".yaml": write_yaml,
    ".yml": write_yaml,
}

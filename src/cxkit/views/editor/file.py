"""The file that keeps an edited map: which one it is, what it holds, and a free name beside it."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path

from cxkit.files import write_atomic
from cxkit.journey import JourneyError
from cxkit.journey_cells import shown
from cxkit.views.editor.draft import KEPT, numbered

FILE = "my_map.csv"
Spare = tuple[str, bytes] | None


def own_file(path: object) -> Path:
    """The file that `edit(path=…)` names; JourneyError in words where it cannot keep a map."""
    if path is None:
        return Path(FILE)
    if not isinstance(path, str | os.PathLike):
        raise JourneyError(f'“{shown(path)}” is not the name of a file. Write it in quotes: "my_map.csv".')
    place = Path(path)
    if place.is_dir():
        raise JourneyError(f"{place} is a folder. Add the name of a file in it.")
    if place.suffix.lower() not in KEPT:
        kinds = ", ".join(KEPT)
        raise JourneyError(
            f"{place.name}: the editor keeps a map as {kinds}. Choose one of these endings. "
            "To begin from an Excel file, use “Start from” in the editor."
        )
    if not place.parent.is_dir():
        raise JourneyError(f"The folder {place.parent} does not exist. Make it first, or choose another.")
    return place


def content(place: Path) -> bytes | None:
    """What the file holds; None where there is none."""
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        words = error.strerror or error
        raise JourneyError(f"{place} cannot be opened ({words}). Is it open in another program?") from error


def free_name(place: Path, stem: str) -> str:
    """A name in the file's folder that is not taken: stem.csv, or stem_2.csv and so on."""
    names = {each.name.casefold() for each in place.parent.iterdir()}
    first = f"{stem}{place.suffix}"
    if first.casefold() not in names:
        return first
    return numbered(names, stem.removesuffix("_2"), place.suffix)


def keep_copy(place: Path, data: bytes, spare: Spare = None) -> tuple[str, bytes]:
    """Keep `data` beside the file. One copy is enough: what such a copy holds already gets no second one.

    Args:
        spare: a copy written before, whose place this one takes, unless somebody has changed it since.

    Returns:
        The copy's name and what it holds.
    """
    if spare is not None and content(place.with_name(spare[0])) == spare[1]:
        name = spare[0]
    else:
        name = free_name(place, f"{place.stem}_2")
        for other in sorted(place.parent.glob(f"{glob.escape(place.stem)}_*{place.suffix}")):
            if re.fullmatch(r"_\d+", other.stem[len(place.stem) :]) and content(other) == data:
                return other.name, data
    write_atomic(place.with_name(name), data)
    return name, data

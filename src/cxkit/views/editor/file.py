"""The file that keeps an edited map: which one it is, what it holds, and a free name beside it."""

from __future__ import annotations

import os
from pathlib import Path

from cxkit.journey import JourneyError
from cxkit.journey_cells import shown
from cxkit.views.editor.draft import KEPT, numbered

FILE = "my_map.csv"


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

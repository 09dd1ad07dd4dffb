"""Copies of the edited map for other people and programs, beside the map's own file."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

from cxkit.files import write_atomic
from cxkit.journey import EXCHANGES, PICTURES, Journey, JourneyError
from cxkit.journey_cells import shown
from cxkit.views.editor.draft import numbered

_LOOKS = (".png", ".svg", ".pdf")
_COLLEAGUES = (".pptx", ".html", ".xlsx", ".csv", ".json", ".mmd")


def copy_kinds() -> dict[str, list[str]]:
    """What a copy can be: a picture, or something for colleagues. Only what `Journey.save` writes."""
    written = (*PICTURES, *EXCHANGES, ".csv", ".xlsx", ".json")
    return {
        "picture": [kind for kind in _LOOKS if kind in written],
        "colleagues": [kind for kind in _COLLEAGUES if kind in written],
    }


def write_copy(journey: Journey, own: Path, suffix: str, written: dict[str, str]) -> tuple[Path, bytes]:
    """Write the journey beside `own`, its editor's file, and give back where and what.

    A file that somebody else has put there, or changed since, is left alone: then the copy gets a number.

    Args:
        written: name -> fingerprint of the copies so far; the new one is added.
    """
    if not any(suffix in kinds for kinds in copy_kinds().values()):
        raise JourneyError(f"There is no copy as “{shown(suffix)}”.")
    place = own.with_suffix(suffix)
    if place.name == own.name:
        place = own.with_name(f"{own.stem}_copy{suffix}")
    if place.exists() and written.get(place.name) != _print(place.read_bytes()):
        names = [each.name for each in place.parent.iterdir()]
        place = place.with_name(numbered(names, place.stem, suffix))
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / place.name
        journey.save(draft)
        data = draft.read_bytes()
    write_atomic(place, data)
    written[place.name] = _print(data)
    return place, data


def _print(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

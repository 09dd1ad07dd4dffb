"""The case studies that come with the kit: a story, and its journeys.

A case is a folder with `case.yaml`, `story.md` and one file for each journey. `case.yaml` says
`title`, `language` and `journeys` (state -> file name).
"""

from __future__ import annotations

import dataclasses
import importlib.resources
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import yaml

from cxkit.journey import STATES, Journey, JourneyError, read_journey
from cxkit.journey_cells import nearest, shown, word_key

__all__ = ["Case", "case", "cases"]


@dataclasses.dataclass(frozen=True)
class Case:
    """One case study: its story in Markdown, its journeys (state -> Journey), and its folder of files."""

    name: str
    title: str
    language: str
    story: str
    journeys: Mapping[str, Journey]
    folder: Path

    @property
    def journey(self) -> Journey:
        """The journey as it runs today."""
        return self.journeys["as-is"]

    def __repr__(self) -> str:
        return f"Case {self.name}: {self.title}"

    def _repr_markdown_(self) -> str:
        return self.story


def case(name: str) -> Case:
    """A case study by its name. `cases()` lists the names.

    Raises:
        ValueError: for a name that is not known, or a case whose files are damaged.

    >>> case("hmo_opt_out").journey.persona.name
    'Lucy'
    """
    folders = {folder.name: folder for folder in _folders()}
    known = {word_key(each): each for each in folders}.get(word_key(str(name)))
    if known is None:
        near = nearest(str(name), folders)
        hint = f"Did you mean {near}?" if near else f"Choose one of: {', '.join(folders)}."
        raise ValueError(f"There is no case “{shown(name)}”. {hint}")
    return _read(folders[known])


def cases() -> pd.DataFrame:
    """The case studies that come with the kit: one row each, `name` and `title`.

    >>> list(cases().columns)
    ['name', 'title']
    """
    rows = [{"name": folder.name, "title": _card(folder)["title"]} for folder in _folders()]
    return pd.DataFrame(rows, columns=["name", "title"])


def _root() -> Path:
    installed = Path(str(importlib.resources.files("cxkit").joinpath("case_studies")))
    checkout = Path(__file__).parents[2] / "case_studies"
    return installed if installed.is_dir() else checkout


def _folders() -> list[Path]:
    return sorted(card.parent for card in _root().glob("*/case.yaml"))


def _card(folder: Path) -> dict[str, object]:
    place = folder / "case.yaml"
    try:
        card = yaml.safe_load(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{place} cannot be read: {error}") from error
    if not isinstance(card, dict) or not {"title", "language", "journeys"} <= card.keys():
        raise ValueError(f"{place} must say title, language and journeys.")
    journeys = card["journeys"]
    if not isinstance(journeys, dict) or "as-is" not in journeys or not set(journeys) <= set(STATES):
        raise ValueError(f"{place}: under journeys write as-is and its file, and to-be where there is one.")
    return card


def _read(folder: Path) -> Case:
    card = _card(folder)
    journeys = {}
    for state, file in dict(card["journeys"]).items():  # type: ignore[call-overload]
        try:
            journeys[state] = read_journey(folder / file)
        except JourneyError as error:
            raise ValueError(f"The case {folder.name} is damaged, in {file}: {error}") from error
        if journeys[state].state != state:
            raise ValueError(
                f"The case {folder.name}: {file} holds a journey {journeys[state].state}, not {state}."
            )
    try:
        story = (folder / "story.md").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ValueError(f"The case {folder.name} has no story that can be read: {error}") from error
    return Case(folder.name, str(card["title"]), str(card["language"]), story, journeys, folder)

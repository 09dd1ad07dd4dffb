"""The case studies that come with the kit: a story, its journeys, and its data.

A case is a folder with `case.yaml`, `story.md` and one file for each journey. `case.yaml` says
`title`, `language` and `journeys` (state -> file name). It may also say:

- `views`: who else tells the story -> file name,
- `tables`: name -> `file` (a CSV file) and `dates` (its columns that hold a date or a time),
- `personas`: a file with a list `personas`: the parts of a persona, `share` and `members` (column -> values),
- `languages`: language -> `title`, `story` and `journeys` in that language.
"""

from __future__ import annotations

import dataclasses
import importlib.resources
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cxkit.journey import STATES, Journey, JourneyError, Persona, read_journey
from cxkit.journey_cells import PERSONA_FIELDS, nearest, shown, word_key
from cxkit.languages import base_language
from cxkit.yaml_text import from_yaml

__all__ = ["Case", "case", "cases"]


@dataclasses.dataclass(frozen=True)
class Case:
    """One case study.

    Attributes:
        name, title, language: as `cases()` lists it; a language code such as "en".
        story: the story in Markdown.
        journeys: state ("as-is", "to-be") -> `Journey`; `journey` is the one as it runs today.
        folder: where its files lie.
        views: the same days as others tell them: who -> Markdown.
        tables: the names of its tables; `table(name)` reads one, `data_card` says what its columns mean.
        personas: the people whom it is about; `persona(name)` gives one of them.
    """

    name: str
    title: str
    language: str
    story: str
    journeys: Mapping[str, Journey]
    folder: Path
    views: Mapping[str, str] = dataclasses.field(default_factory=dict)
    tables: tuple[str, ...] = ()

    @property
    def journey(self) -> Journey:
        """The journey as it runs today."""
        return self.journeys["as-is"]

    def table(self, name: str) -> pd.DataFrame:
        """A table of the case, by its name. What its columns mean stands in `data_card.md`.

        Raises:
            ValueError: for a name that is not known, or a file that cannot be read.

        >>> case("hmo_opt_out").table("members").columns[0]
        'member'
        """
        known = {word_key(each): each for each in self.tables}.get(word_key(str(name)))
        if known is None:
            near = nearest(str(name), self.tables)
            hint = f"Did you mean {near}?" if near else f"It has: {', '.join(self.tables) or 'none'}."
            raise ValueError(f"The case {self.name} has no table “{shown(name)}”. {hint}")
        entry = _tables(self.folder)[known]
        try:
            return pd.read_csv(self.folder / entry["file"], parse_dates=entry["dates"], low_memory=False)
        except (OSError, ValueError) as error:
            raise ValueError(
                f"The case {self.name} is damaged: {entry['file']} cannot be read: {error}"
            ) from error

    @property
    def data_card(self) -> str:
        """What the tables are, how they were made, and what each column means, in Markdown.

        >>> case("hmo_opt_out").data_card.splitlines()[0]
        '# Data card: the health plan that members leave'
        """
        return _text(self.folder, "data_card.md") if self.tables else ""

    @property
    def personas(self) -> pd.DataFrame:
        """The people whom the case is about: one row per persona.

        Returns:
            The parts of a `Persona`, then `share` (0–1): how many of all are like this by the plain rule in `who`.
            A case without such a rule has the person of its journey alone, `share` NaN and `who` empty.

        >>> case("hmo_opt_out").personas.loc[0, "who"]
        'plan: family; age_band: 18-29, 30-39'
        """
        rows = [
            {**each, "who": "; ".join(f"{k}: {', '.join(map(str, v))}" for k, v in each["members"].items())}
            for each in _personas(self.folder)
        ]
        rows = rows or [{**dataclasses.asdict(self.journey.persona), "who": ""}]
        return pd.DataFrame(rows, columns=[*PERSONA_FIELDS, "share", "who"]).astype({"share": float})

    def persona(self, name: str) -> Persona:
        """The persona of that name.

        >>> case("hmo_opt_out").persona("Lucy").name
        'Lucy'
        """
        known = self.personas.set_index("name", drop=False)
        found = {word_key(each): each for each in known.index}.get(word_key(str(name)))
        if found is None:
            raise ValueError(
                f"The case {self.name} has no persona “{shown(name)}”. It has: {', '.join(known.index)}."
            )
        return Persona(**known.loc[found, list(PERSONA_FIELDS)].fillna("").to_dict())

    def __repr__(self) -> str:
        return f"Case {self.name}: {self.title}"

    def _repr_markdown_(self) -> str:
        return self.story


def case(name: str, language: str | None = None) -> Case:
    """A case study by its name. `cases()` lists the names.

    Args:
        name: such as "hmo_opt_out".
        language: such as "he" for Hebrew, where the case has it; without it, the case's own language.

    Raises:
        ValueError: for a name or a language that is not known, or a case whose files are damaged.

    >>> case("hmo_opt_out").journey.persona.name
    'Lucy'
    """
    folders = {folder.name: folder for folder in _folders()}
    known = {word_key(each): each for each in folders}.get(word_key(str(name)))
    if known is None:
        near = nearest(str(name), folders)
        hint = f"Did you mean {near}?" if near else f"Choose one of: {', '.join(folders)}."
        raise ValueError(f"There is no case “{shown(name)}”. {hint}")
    return _read(folders[known], language)


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
        card = from_yaml(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ValueError(f"{place} cannot be read: {error}") from error
    if not isinstance(card, dict) or not {"title", "language", "journeys"} <= card.keys():
        raise ValueError(f"{place} must say title, language and journeys.")
    journeys = card["journeys"]
    if not isinstance(journeys, dict) or "as-is" not in journeys or not set(journeys) <= set(STATES):
        raise ValueError(f"{place}: under journeys write as-is and its file, and to-be where there is one.")
    return card


def _read(folder: Path, language: str | None = None) -> Case:
    card = _card(folder)
    own, others = str(card["language"]), _mapping(card, "languages", folder)
    wanted = own if language is None else base_language(language)
    if wanted != own:
        if wanted not in others:
            spoken = ", ".join([own, *others])
            raise ValueError(
                f"The case {folder.name} is not told in “{shown(language)}”. It is in: {spoken}."
            )
        card = {**card, **others[wanted], "language": wanted}
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
    views = {} if wanted != own else _mapping(card, "views", folder)
    return Case(
        name=folder.name,
        title=str(card["title"]),
        language=wanted,
        story=_text(folder, str(card.get("story", "story.md"))),
        journeys=journeys,
        folder=folder,
        views={str(who): _text(folder, str(file)) for who, file in views.items()},
        tables=tuple(_tables(folder)),
    )


def _text(folder: Path, file: str) -> str:
    try:
        return (folder / file).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ValueError(f"The case {folder.name} has no story that can be read: {error}") from error


def _mapping(card: Mapping[str, object], part: str, folder: Path) -> dict[str, Any]:
    found = card.get(part) or {}
    if not isinstance(found, dict):
        raise ValueError(f"{folder / 'case.yaml'}: under {part} write names and what belongs to each.")
    return found


def _tables(folder: Path) -> dict[str, dict[str, Any]]:
    tables = {}
    for name, entry in _mapping(_card(folder), "tables", folder).items():
        if not isinstance(entry, dict) or "file" not in entry:
            raise ValueError(f"{folder / 'case.yaml'}: the table {name} needs a file.")
        tables[str(name)] = {"file": str(entry["file"]), "dates": list(entry.get("dates") or [])}
    return tables


def _personas(folder: Path) -> list[dict[str, Any]]:
    file = _card(folder).get("personas")
    if file is None:
        return []
    try:
        found = from_yaml((folder / str(file)).read_text(encoding="utf-8"))["personas"]
        return [dict(each) for each in found]
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        raise ValueError(f"The case {folder.name} is damaged, in {file}: {error}") from error

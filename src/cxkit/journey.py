"""The journey: a table with one row per touchpoint, and what stands beside it."""

from __future__ import annotations

import dataclasses
import html
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cxkit.journey_cells import (
    CHANNELS,
    COLUMNS,
    EVIDENCE,
    FAILURES,
    MOMENTS,
    NUMBERS,
    PERSONA_FIELDS,
    STAGES,
    STATES,
    JourneyError,
    Problem,
    column_key,
    inferred_names,
    nearest,
    number_text,
    problem,
    shown,
)
from cxkit.journey_check import Raw, check
from cxkit.languages import right_to_left

__all__ = [
    "CHANNELS",
    "COLUMNS",
    "EVIDENCE",
    "FAILURES",
    "MOMENTS",
    "STAGES",
    "STATES",
    "Journey",
    "JourneyError",
    "Persona",
    "read_journey",
    "right_to_left",
]

PICTURES = (".svg", ".png", ".pdf")
EXCHANGES = (".html", ".pptx", ".mmd")
DRAWING = ("size", "style", "drivers", "compare")


@dataclasses.dataclass(frozen=True)
class Persona:
    """The person whose journey it is. Every part is text, and may be empty.

    >>> Persona(name="Lucy", job="Be cared for until the baby is born").name
    'Lucy'
    """

    name: str = ""
    demographics: str = ""
    products: str = ""
    channels: str = ""
    history: str = ""
    situation: str = ""
    job: str = ""


class Journey:
    """One customer journey: a table with one row per touchpoint, in the order in which they happen.

    Args:
        table: a DataFrame or a list of dicts. `stage`, `touchpoint` and `channel` are required, the other
            columns of `COLUMNS` may be absent, further columns are kept as text.
        title: the headline, what happened.
        persona: a `Persona`, its name, or a dict of its parts.
        scenario: from where to where the journey goes.
        source: where the facts come from, such as "Interviews with 12 members, May 2026".
        language: a language code such as "en" or "he".
        state: "as-is" (how it runs today) or "to-be" (how it should run).

    Raises:
        JourneyError: lists everything that is wrong, each with row, column, value and what would be right.

    A journey is a value: `table` gives a copy, and `replace` makes a new journey.

    >>> journey = Journey([{"stage": "care", "touchpoint": "Calls", "channel": "phone", "expected": 7}])
    >>> journey
    Journey of 1 touchpoint, as-is
    >>> journey.table.loc[0, "expected"]
    np.float64(7.0)
    """

    title: str
    persona: Persona
    scenario: str
    source: str
    language: str
    state: str
    _table: pd.DataFrame

    def __init__(
        self,
        table: pd.DataFrame | Iterable[Mapping[str, object]],
        *,
        title: str = "",
        persona: Persona | str | Mapping[str, object] = Persona(),
        scenario: str = "",
        source: str = "",
        language: str = "en",
        state: str = "as-is",
    ) -> None:
        raw = raw_table(table)
        given = {"title": title, "scenario": scenario, "source": source, "language": language, "state": state}
        raw.about = {name: (None, name, value) for name, value in given.items()}
        raw.about |= raw_persona(persona, raw.problems)
        clean, about = check(raw)
        parts = {part: about.pop(f"persona_{part}") for part in PERSONA_FIELDS}
        self.__dict__.update(_table=clean, persona=Persona(**parts), **about)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"A journey does not change. Make a new one: journey.replace({name}=…).")

    @property
    def table(self) -> pd.DataFrame:
        """A copy: `COLUMNS` first, then further columns. Empty text is "", an unknown number NaN."""
        return self._table.copy()

    def __len__(self) -> int:
        return len(self._table)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Journey):
            return NotImplemented
        return self._about() == other._about() and self._table.equals(other._table)

    __hash__ = None  # type: ignore[assignment]

    def _about(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_table"}

    def replace(self, **changes: Any) -> Journey:
        """A new journey with changes in `table`, `title`, `persona`, `scenario`, `source`, `language` or `state`.

        >>> Journey([{"stage": "care", "touchpoint": "Calls", "channel": "phone"}]).replace(state="to-be")
        Journey of 1 touchpoint, to-be
        """
        return Journey(**{"table": self._table, **self._about(), **changes})

    def is_inferred(self, row: int, column: str) -> bool:
        """Was this cell worked out rather than told? `row` counts from 0; the column `inferred` says so.

        >>> table = [{"stage": "care", "touchpoint": "Calls", "channel": "phone", "inferred": "owner"}]
        >>> Journey(table).is_inferred(0, "owner")
        True
        """
        if not 0 <= row < len(self):
            raise ValueError(f"There is no row {row}. Rows count from 0 to {len(self) - 1}.")
        if column not in self._table.columns:
            near = nearest(column, self._table.columns)
            raise ValueError(f"There is no column {column}." + (f" Did you mean {near}?" if near else ""))
        if "inferred" not in self._table.columns:
            return False
        return column in inferred_names(str(self._table["inferred"].iloc[row]), list(self._table.columns))

    def draw(self, *, compare: Journey | None = None, **options: Any) -> Any:
        """Draw the journey map: a figure with its words and its table beside it.

        Args:
            compare: the same journey as it should run: both are then drawn in one figure, with what moved.
            options: `size` ("16:9", "A4", "A4 portrait", "A3"), `style` ("screen", "print", "projector"), and
                `drivers`, the table that `drivers(…)` gives, for the size of each moment of truth (not with
                `compare`).

        Raises:
            ValueError: another option, size or style, or what does not go together, in words.
        """
        if other := [name for name in options if name not in DRAWING]:
            near = nearest(other[0], DRAWING)
            hint = f"Did you mean {near}?" if near else f"It has: {', '.join(DRAWING)}."
            raise JourneyError(f"A journey map has no option {shown(other[0])}. {hint}")
        if compare is not None:
            if options.pop("drivers", None) is not None:
                raise ValueError(
                    "A picture of two journeys shows no estimates. Leave out compare or drivers."
                )
            from cxkit.views.comparison import draw_comparison

            return draw_comparison(self, compare, **options)
        from cxkit.views.map import draw_map

        return draw_map(self, **options)

    def save(self, path: str | os.PathLike[str], **options: Any) -> None:
        """Write the journey to `path`, by suffix.

        - .csv, .xlsx, .json, .yaml: the journey itself. Reading it back gives an equal journey.
        - .svg, .png, .pdf: its map; `options` are those of `draw`.
        - .html (one page with the map, its details and its table), .pptx (slides made of shapes and text that can be
          changed), .mmd (a Mermaid diagram).

        Raises:
            JourneyError: for a suffix that we do not write, or where the file cannot be written.
            ValueError: for a size or style that a map does not have.
        """
        suffix = Path(path).suffix.lower() if isinstance(path, str | os.PathLike) else ""
        if suffix in PICTURES:
            self.draw(**options).save(path)
            return
        if suffix in EXCHANGES:
            if options.pop("compare", None) is not None:
                raise JourneyError(
                    f"Two journeys in one picture make a {', '.join(PICTURES)}, not a {suffix}."
                )
            from cxkit.exchange import write

            write(self, path, **options)
            return
        from cxkit.journey_files import save

        if options:
            raise JourneyError(f"A {suffix} file holds no drawing, so it takes no {', '.join(options)}.")
        save(self, path)

    def __repr__(self) -> str:
        count = f"{len(self)} touchpoint{'' if len(self) == 1 else 's'}"
        name = f" “{shown(self.title)}”" if self.title else ""
        who = f", {shown(self.persona.name)}" if self.persona.name else ""
        return f"Journey{name} of {count}, {self.state}{who}"

    def _repr_html_(self) -> str:
        return _html(self)


def read_journey(path: str | os.PathLike[str]) -> Journey:
    """Read a journey from a .csv, .xlsx, .json or .yaml file.

    Raises:
        JourneyError: lists everything that is wrong with the file. Nothing is ever half-read.

    >>> import tempfile
    >>> from pathlib import Path
    >>> place = Path(tempfile.mkdtemp()) / "mine.csv"
    >>> _ = place.write_text("Stage;Touchpoint;Channel\\ncare;Calls;Phone\\n")
    >>> read_journey(place)
    Journey of 1 touchpoint, as-is
    """
    from cxkit.journey_files import read

    return read(path)


def raw_table(table: object) -> Raw:
    """The cells of a DataFrame or of a list of dicts, unchecked. The first touchpoint is row 2."""
    if isinstance(table, pd.DataFrame):
        rows = table.itertuples(index=False, name=None)
        return Raw(list(table.columns), [(number, list(row)) for number, row in enumerate(rows, start=2)])
    if isinstance(table, str | bytes | Mapping) or not isinstance(table, Iterable):
        raise JourneyError(
            f"A journey is made of a table, not of “{shown(table)}”. "
            "Give a list with one dict per touchpoint, or a DataFrame. To read a file, use read_journey."
        )
    records = list(table)
    faults: list[Problem] = []
    header: dict[object, None] = {}
    for number, record in enumerate(records, start=2):
        if isinstance(record, Mapping):
            header |= dict.fromkeys(record)
        else:
            message = f"“{shown(record)}” is not a touchpoint. Write names and values, such as stage: care."
            faults.append(problem(message, row=number, value=shown(record)))
    cells = [
        (number, [record.get(name) for name in header])
        for number, record in enumerate(records, start=2)
        if isinstance(record, Mapping)
    ]
    return Raw(list(header), cells, problems=faults)


def raw_persona(persona: object, faults: list[Problem]) -> dict[str, tuple[int | None, str, object]]:
    """The parts of a persona given as a `Persona`, a name or a dict, unchecked."""
    if persona is None:
        return {}
    if isinstance(persona, Persona):
        persona = dataclasses.asdict(persona)
    if isinstance(persona, str):
        persona = {"name": persona}
    if not isinstance(persona, Mapping):
        message = f"“{shown(persona)}” is not a persona. Give a name, or {', '.join(PERSONA_FIELDS)}."
        faults.append(problem(message, column="persona", value=shown(persona)))
        return {}
    found: dict[str, tuple[int | None, str, object]] = {}
    for key, value in persona.items():
        part = column_key(str(key))
        if part not in PERSONA_FIELDS:
            near = nearest(part, PERSONA_FIELDS)
            hint = f"Did you mean {near}?" if near else f"A persona has {', '.join(PERSONA_FIELDS)}."
            faults.append(problem(f"“{shown(key)}” is not a part of a persona. {hint}", column="persona"))
        elif f"persona_{part}" in found:
            faults.append(problem(f"The persona has two parts {part}. Keep one.", column="persona"))
        else:
            found[f"persona_{part}"] = (None, f"persona_{part}", value)
    return found


def _html(journey: Journey) -> str:
    """A small table that a screen reader can follow; columns without content are left out."""
    table = journey.table
    marked = "inferred" in table.columns
    columns = [
        name
        for name in table.columns
        if name != "inferred" and (table[name].notna() if name in NUMBERS else table[name] != "").any()
    ]
    heads = "".join(f'<th scope="col">{html.escape(name.replace("_", " "))}</th>' for name in columns)
    body = []
    for row in range(len(table)):
        cells = []
        for name in columns:
            value = table[name].iloc[row]
            text = ("" if pd.isna(value) else number_text(value)) if name in NUMBERS else str(value)
            text = html.escape(text).replace("\n", "<br>")
            if text and marked and journey.is_inferred(row, name):
                text = f"<em>{'≈ ' if name in NUMBERS else ''}{text}</em>"
            cells.append(f'<th scope="row">{text}</th>' if name == "touchpoint" else f"<td>{text}</td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    caption = " · ".join(filter(None, [journey.title, journey.persona.name, journey.state, journey.scenario]))
    kind = "planned, not measured" if journey.state == "to-be" else "worked out, not told"
    note = f". In italics: {kind}." if marked else ""
    direction = "rtl" if right_to_left(journey.language) else "ltr"
    return (
        f'<table lang="{html.escape(journey.language)}" dir="{direction}">'
        f"<caption>{html.escape(caption)}{note}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )

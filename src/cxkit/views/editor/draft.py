"""A map in the making: what the editor holds, saves and takes up again, however unfinished it is.

A draft is plain data, all of it text, so that it travels to the page and back:
`{"about": {title, …}, "persona": {name, …}, "extra": [further columns], "touchpoints": [{"id", column: text,
…, "inferred": [columns]}]}`. A `Journey` is strict; a draft may lack a name or hold a wait that is no number.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from cxkit.journey import Journey
from cxkit.journey_cells import (
    ABOUT_COLUMNS,
    COLUMNS,
    NUMBERS,
    PERSONA_FIELDS,
    REQUIRED,
    STAGES,
    STATES,
    WORDS,
    JourneyError,
    Problem,
    column_key,
    inferred_names,
    is_empty,
    nearest,
    problem,
    shown,
    to_number,
    to_text,
    to_word,
)
from cxkit.journey_check import Raw, check
from cxkit.journey_csv import guard, read_csv
from cxkit.journey_files import LARGEST_FILE, read_json, read_yaml
from cxkit.views.editor.words import words as words_of

Draft = dict[str, Any]

ABOUT = tuple(name for name in ABOUT_COLUMNS if not name.startswith("persona_"))
KEPT = (".csv", ".yaml", ".yml", ".json")
"""What the editor can keep its own file as; the first is its choice."""
_YAML_HEAD = "# A customer journey in the making.\n"


def blank(language: str = "en") -> Draft:
    """A draft without touchpoints.

    >>> blank("he")["about"]["language"]
    'he'
    """
    about = dict.fromkeys(ABOUT, "") | {"language": language, "state": STATES[0]}
    return {"about": about, "persona": dict.fromkeys(PERSONA_FIELDS, ""), "extra": [], "touchpoints": []}


def has_words(draft: Draft) -> bool:
    """Has anybody written anything in it yet?"""
    about = {**draft["about"], **draft["persona"]}
    return bool(draft["touchpoints"]) or any(
        text for name, text in about.items() if name not in ("language", "state")
    )


def named(draft: Draft) -> dict[str, Any]:
    """Its title, and how many touchpoints it has."""
    return {"title": draft["about"]["title"], "n": len(draft["touchpoints"])}


def from_journey(journey: Journey) -> Draft:
    """The draft of a whole journey; `finish` gives an equal journey back."""
    table = journey.table
    draft = blank()
    draft["about"] = {name: getattr(journey, name) for name in ABOUT}
    draft["persona"] = {part: getattr(journey.persona, part) for part in PERSONA_FIELDS}
    draft["extra"] = [str(name) for name in table.columns if name not in COLUMNS]
    draft["touchpoints"] = _touchpoints(table.to_dict("records"), draft["extra"])
    return draft


def _touchpoints(records: Iterable[Mapping[Any, object]], extra: list[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for record in records:
        if all(is_empty(value) for value in record.values()):
            continue
        one: dict[str, Any] = {"id": f"t{len(found) + 1}"}
        one |= {name: _text(record.get(name, "")) for name in (*COLUMNS, *extra) if name != "inferred"}
        for column, allowed in WORDS.items():  # "Phone" is the word phone; what is no word stays as it is
            try:
                one[column] = to_word(one[column], column, allowed)
            except ValueError:
                continue
        for column in NUMBERS:  # "7,0" is the number 7
            try:
                one[column] = _text(to_number(one[column], column))
            except ValueError:
                continue
        one["inferred"] = _names(_text(record.get("inferred", "")), [*COLUMNS, *extra])
        found.append(one)
    return found


def _names(text: str, columns: list[str]) -> list[str]:
    names: dict[str, None] = {}
    for part in text.replace("،", ",").replace(";", ",").split(","):
        try:
            names |= dict.fromkeys(inferred_names(part, columns))
        except ValueError:  # a mark for a column that is not there marks nothing
            continue
    return list(names)


def _text(value: object) -> str:
    """A cell as text that every file can hold, whatever was pasted into it."""
    try:
        return to_text(value)
    except ValueError:
        kept = (c for c in str(value) if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
        return (
            unicodedata.normalize("NFC", "".join(kept)).strip(" ").replace("\ufffe", "").replace("\uffff", "")
        )


def clean(found: object) -> Draft:
    """A draft out of what the page sent. What does not belong into one is left out."""
    draft = blank()
    if not isinstance(found, Mapping):
        return draft
    for part in ("about", "persona"):
        given = found.get(part)
        if isinstance(given, Mapping):
            draft[part] |= {name: _typed(given[name]) for name in draft[part] if name in given}
    extra = found.get("extra")
    draft["extra"] = [str(name) for name in extra] if isinstance(extra, list) else []
    cells = (*COLUMNS, *(name for name in draft["extra"] if name != "inferred"))
    rows = found.get("touchpoints")
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, Mapping):
            continue
        one: dict[str, Any] = {"id": str(row.get("id") or f"t{len(draft['touchpoints']) + 1}")}
        one |= {name: _typed(row.get(name, "")) for name in cells}
        ticks = row.get("inferred")
        one["inferred"] = [str(name) for name in ticks if name in cells] if isinstance(ticks, list) else []
        draft["touchpoints"].append(one)
    return draft


def _typed(value: object) -> str:
    """Text as it was typed: the blank at its end may be half of “in person”."""
    text = value if isinstance(value, str) else ""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).replace("\ufffe", "").replace("\uffff", "").replace("\ufeff", "")


# --- what is whole, what is missing, what is wrong --------------------------------------------------------


@dataclass
class Finding:
    """What a draft amounts to.

    Attributes:
        journey: with a stand-in where a name or a channel is still missing; None where something is wrong, or
            where there is no touchpoint.
        problems: what has to be mended: `id` (of the touchpoint; "" beside the table), `column`, `text`.
        missing: what is still open, in the same form. It is no fault.
    """

    journey: Journey | None = None
    problems: list[dict[str, str]] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)


def finish(draft: Draft) -> Finding:
    """Check a draft by the journey's own rules.

    >>> draft = blank()
    >>> draft["touchpoints"] = _touchpoints([{"stage": "care", "touchpoint": "Calls", "wait_days": "two"}], [])
    >>> found = finish(draft)
    >>> found.missing[0]["text"], found.problems[0]["column"]
    ('Touchpoint 1 has no channel yet.', 'wait_days')
    """
    finding = Finding()
    words = words_of(draft["about"]["language"])
    rows, stage = [], STAGES[0]
    for index, row in enumerate(draft["touchpoints"]):
        stand_ins = {"stage": stage, "touchpoint": words["no_name"], "channel": "other"}
        full = dict(row)
        for column, stand_in in stand_ins.items():
            if is_empty(row[column]):
                full[column] = stand_in
                said = words[f"missing_{column}"].format(n=index + 1)
                finding.missing.append({"id": row["id"], "column": column, "text": said})
        stage = full["stage"]
        rows.append(full)
    if not rows:
        return finding
    try:
        table, about = check(_raw(draft, rows))
    except JourneyError as error:
        finding.problems = [_told(each, rows, words) for each in error.problems]
        return finding
    persona = {part: about.pop(f"persona_{part}") for part in PERSONA_FIELDS}
    finding.journey = Journey(table, persona=persona, **about)
    return finding


def _raw(draft: Draft, rows: list[dict[str, Any]]) -> Raw:
    header = columns_of(draft)
    cells: list[tuple[int, list[object]]] = [
        (number, [_cell(row, name) for name in header]) for number, row in enumerate(rows)
    ]
    about: dict[str, tuple[int | None, str, object]] = {
        name: (None, name, text) for name, text in draft["about"].items()
    }
    about |= {f"persona_{part}": (None, f"persona_{part}", text) for part, text in draft["persona"].items()}
    return Raw(list(header), cells, about=about)


def columns_of(draft: Draft) -> list[str]:
    """The columns of the table: the 13, then further ones, `inferred` among them where it is used."""
    names = [*COLUMNS, *draft["extra"]]
    if "inferred" not in names and any(row["inferred"] for row in draft["touchpoints"]):
        names.append("inferred")
    return names


def _cell(row: Mapping[str, Any], name: str) -> str:
    return ", ".join(row["inferred"]) if name == "inferred" else row[name]


def _told(each: Problem, rows: list[dict[str, Any]], words: Mapping[str, str]) -> dict[str, str]:
    column = str(each["column"])
    kind = column if f"problem_{column}" in words else "text"
    text = words[f"problem_{kind}"].format(value=each["value"], message=each["message"])
    return {"id": "" if each["row"] is None else rows[each["row"]]["id"], "column": column, "text": text}


# --- files ------------------------------------------------------------------------------------------------


def to_bytes(draft: Draft, suffix: str) -> bytes:
    """The file that holds a draft: what `read_journey` reads as soon as the draft is whole."""
    if suffix == ".csv":
        return _csv(draft)
    names = columns_of(draft)
    rows = [
        {name: _cell(row, name) for name in names if name not in COLUMNS or _cell(row, name)}
        for row in draft["touchpoints"]
    ]
    persona = {part: text for part, text in draft["persona"].items() if text}
    document = {**draft["about"], "persona": persona, "touchpoints": rows}
    if suffix == ".json":
        return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
    told = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100, explicit_start=True)
    return (_YAML_HEAD + told).encode()


def _csv(draft: Draft) -> bytes:
    about = {f"persona_{part}": draft["persona"][part] for part in PERSONA_FIELDS} | draft["about"]
    # language and state are always there, so that a file that was cut off shows it
    about = {name: text for name, text in about.items() if text or name in ("language", "state")}
    header = columns_of(draft)
    rows = [[_cell(row, name) for name in header] + [""] * len(about) for row in draft["touchpoints"]]
    rows = rows or [[""] * (len(header) + len(about))]
    rows[-1][len(header) :] = [about[name] for name in about]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for cells in [[*header, *(ABOUT_COLUMNS[name] for name in about)], *rows]:
        writer.writerow([guard(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


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


def from_bytes(data: bytes, suffix: str) -> tuple[Draft, list[Problem]]:
    """The draft that a file holds, and what of the file could not be read.

    A cell that breaks a rule stays as it is, to be mended in the form. What the second part names is lost:
    then the file must be kept.

    Raises:
        JourneyError: nothing of it can be read.
    """
    suffix = suffix.lower()
    if suffix not in _READERS:
        raise JourneyError(
            f"We do not read {shown(suffix) or 'this file'}. Choose one of: {', '.join(_READERS)}."
        )
    if len(data) > LARGEST_FILE:
        raise JourneyError("This file has more than 20 MB. A journey fits in far less.")
    if not data.strip():
        raise JourneyError("The file is empty.")
    raw = _READERS[suffix](data)
    lost = [*raw.problems, *_header_problems(raw)]
    names = [_column(cell) for cell in raw.header]
    draft = blank()
    known = {*COLUMNS, "inferred"}
    draft["extra"] = list(dict.fromkeys(name for name in names if name and name not in COLUMNS))
    records: list[dict[str, object]] = [
        {name: cell for name, cell in zip(names, cells, strict=False) if name} for _, cells in raw.rows
    ]
    if raw.header and not known & set(names):
        raise JourneyError(
            lost or "The first row must name the columns, among them stage, touchpoint, channel."
        )
    draft["touchpoints"] = _touchpoints(records, draft["extra"])
    for name, (_, _, value) in raw.about.items():
        if name in draft["about"]:
            draft["about"][name] = _text(value) or draft["about"][name]
        elif name.removeprefix("persona_") in draft["persona"]:
            draft["persona"][name.removeprefix("persona_")] = _text(value)
    return draft, lost


def _column(cell: object) -> str:
    name = _text(cell)
    return column_key(name) if column_key(name) in (*COLUMNS, "inferred") else name


def _header_problems(raw: Raw) -> list[Problem]:
    """What is wrong with the columns. A column that a journey must have and that is missing is no fault here."""
    names = [_column(name) for name in raw.header]
    absent = [name for name in REQUIRED if name not in names and not nearest(name, names)]
    header = [*raw.header, *absent]
    filled = {"stage": STAGES[0], "touchpoint": "x", "channel": "other"}
    cells = [filled.get(_column(name), "") for name in header]
    try:
        check(Raw(list(header), [(2, list(cells))]))
    except JourneyError as error:
        return [problem(each["message"], row=1, column=each["column"]) for each in error.problems]
    return []


def numbered(names: Iterable[str], stem: str, suffix: str) -> str:
    """The first of stem_2, stem_3, … that is not taken.

    >>> numbered(["my_map.csv", "my_map_2.csv"], "my_map", ".csv")
    'my_map_3.csv'
    """
    taken = {name.casefold() for name in names}
    return next(name for n in itertools.count(2) if (name := f"{stem}_{n}{suffix}").casefold() not in taken)

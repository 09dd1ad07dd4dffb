"""Reading a conversation's file, and telling its author in one line each what is not right yet, and where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cxkit.yaml_text import from_yaml

from .conversation_play import Moment, Spec, parts_of, play, reached, targets
from .questions import find_questions

Place = tuple[str | int, ...]
Fault = tuple[Place, str]

# the smallest whole conversation: for the examples in the help texts
TINY: Spec = {
    "title": "A small call",
    "language": "en",
    "you": {"name": "Dana", "role": "customer service"},
    "they": {"name": "Lucy", "role": "a caller"},
    "scene": "The phone rings.",
    "start": {"expected": 7, "experienced": 6, "trust": 5},
    "map": [
        {"id": "call", "stage": "pre-care", "touchpoint": "Calls", "owner": "Customer service"},
        {"id": "desk", "stage": "care", "touchpoint": "Comes to the desk", "owner": ""},
    ],
    "turns": [
        {
            "id": "opening",
            "at": "call",
            "says": "Am I covered?",
            "choices": [
                {"id": "ask", "say": "For what?", "row": "J7", "feedback": "It asks.", "next": "she_knows"},
                {"id": "promise", "say": "Yes.", "row": "J7", "feedback": "It is quick.", "next": "she_hopes"},
            ],
        }
    ],
    "endings": [
        {"id": "she_knows", "title": "She knows", "text": "She is told.", "try_again": "Say yes."},
        {"id": "she_hopes", "title": "She hopes", "text": "She is not told.", "try_again": "Ask."},
    ],
    "better": ["ask"],
}  # fmt: skip


def find_conversation(name: str) -> Path:
    """The file `NAME.yaml` in the folder `conversations`, beside the notebook or above it.

    Raises FileNotFoundError that says where it looked.

    >>> find_conversation("no_such_call")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: There is no 'no_such_call.yaml' ...
    """
    return find_questions(name, folders=(".", "conversations", "course/conversations"))


def read_conversation(path: str | Path) -> Spec:
    """Read a conversation's file (YAML) and check it.

    Returns the conversation as a dict. Raises ValueError that tells each fault in one line: file, line, place, words.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "tiny.yaml"
    >>> _ = file.write_text(yaml.safe_dump(TINY).replace("she_knows", "she_knew", 1))
    >>> read_conversation(file)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: tiny.yaml, line ..., choice 'ask': leads nowhere: there is no turn or ending 'she_knows'...
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8-sig")
        spec = from_yaml(text)
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: not readable as text. Save it again as UTF-8.") from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(fault, "problem", None) or "not readable"
        raise ValueError(
            f"{path.name}{where}: not readable as YAML ({problem}). Look at the spaces at the start of the line, "
            "and put a text that holds a colon between quotation marks."
        ) from None
    faults = check(spec)
    if faults:
        node = yaml.compose(text)
        lines = [
            f"{path.name}, line {_line(node, place)}, {_in_words(spec, place)}: {words}"
            for place, words in faults
        ]
        raise ValueError("\n".join(lines))
    return spec


def check(spec: Any) -> list[Fault]:
    """Every fault of a conversation, each with its place; [] when there is none.

    >>> check(TINY)
    []
    """
    for step in (_form, _links, _circles, _ways):
        # each step leans on the one before
        if faults := list(step(spec)):
            return faults
    return []


# ---- the form of the file ----


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = json.loads(Path(__file__).with_name("conversation.schema.json").read_text("utf-8"))
    return Draft202012Validator(schema)


def _form(spec: Any) -> Iterator[Fault]:
    for fault in sorted(_validator().iter_errors(spec), key=lambda one: list(map(str, one.absolute_path))):
        yield tuple(fault.absolute_path), _as_words(fault)


def _as_words(fault: Any) -> str:
    given, wanted = fault.instance, fault.validator_value
    name = f"'{fault.absolute_path[-1]}'" if fault.absolute_path else "the file"
    match fault.validator:
        case "required":
            missing = [one for one in wanted if one not in given]
            return f"{' and '.join(repr(one) for one in missing)} {'is' if len(missing) == 1 else 'are'} missing."
        case "additionalProperties":
            known = list(fault.schema.get("properties", {}))
            extra = [one for one in given if one not in known]
            return f"{', '.join(map(repr, extra))} is not known here. There can be: {', '.join(known)}."
        case "minimum" | "maximum":
            low, high = fault.schema.get("minimum"), fault.schema.get("maximum")
            return f"{name} is {given}, out of range. Write a number from {low} to {high}."
        case "enum":
            return f"{name} is {given!r}. It can be: {', '.join(repr(one) for one in wanted)}."
        case "pattern" if fault.schema.get("pattern", "").startswith("^[JPDMVW]"):
            return f"{name} is {given!r}. Write ids of concepts, such as J7 or 'D2 D4'."
        case "pattern":
            return f"{name} is {given!r}. Use small letters a to z, digits and _, and begin with a letter."
        case "minItems" | "minLength" | "minProperties":
            least = "is empty." if wanted == 1 else f"needs {wanted} or more."
            return f"{name} {least}"
        case "maxItems":
            return f"{name} has {len(given)} entries. At most {wanted} can be shown."
        case "type":
            kind = {
                "object": "a block of 'name: value' lines",
                "array": "a list",
                "integer": "a whole number",
            }
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"{name} must be {' or '.join(kind.get(one, f'a {one}') for one in kinds)}, and is {given!r:.40}."
    return str(fault.message)


# ---- what leads where ----


def _links(spec: Spec) -> Iterator[Fault]:
    places = [*_each(spec, "turns"), *_each(spec, "endings")]
    ids = [one["id"] for _, one in places]
    table = [one["id"] for one in spec["map"]]
    known = {
        one["remember"] for _, turn in _each(spec, "turns") for one in turn["choices"] if "remember" in one
    }
    yield from _twice(places)
    yield from _twice(list(_each(spec, "map")))
    for at, turn in _each(spec, "turns"):
        yield from _twice([((*at, "choices", n), one) for n, one in enumerate(turn["choices"])])
        for n, choice in enumerate(turn["choices"]):
            here = (*at, "choices", n)
            if "next" not in choice and "next" not in turn:
                yield here, "leads nowhere. Give it (or its turn) a 'next': the id of a turn or an ending."
            for go in targets(choice, turn):
                if go not in ids:
                    yield (
                        here,
                        f"leads nowhere: there is no turn or ending '{go}'. There are: {', '.join(ids)}.",
                    )
            yield from _conditions(choice, ("reply", "next"), here, known)
            yield from _on_map(choice, here, table)
        yield from _conditions(turn, ("scene", "says", "next"), at, known)
    for at, place in places:
        yield from _on_map(place, at, table)
        if "text" in place:
            yield from _conditions(place, ("text",), at, known)


def _each(spec: Spec, key: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    for n, one in enumerate(spec[key]):
        yield (key, n), one


def _twice(entries: list[tuple[Place, dict[str, Any]]]) -> Iterator[Fault]:
    seen = set()
    for at, one in entries:
        if one["id"] in seen:
            yield at, f"the id '{one['id']}' is used twice."
        seen.add(one["id"])


def _on_map(one: dict[str, Any], at: Place, table: list[str]) -> Iterator[Fault]:
    for name in [*one.get("map", {}), *([one["at"]] if "at" in one else [])]:
        if name not in table:
            yield at, f"there is no touchpoint '{name}' on the map. There are: {', '.join(table)}."


def _conditions(one: dict[str, Any], keys: tuple[str, ...], at: Place, known: set[str]) -> Iterator[Fault]:
    for key in keys:
        entries = one.get(key)
        if not isinstance(entries, list):
            continue
        if key in ("next", "text") and "if" in entries[-1]:
            yield (
                (*at, key),
                f"the last entry of '{key}' has an 'if'. It must fit always, so leave the 'if' out.",
            )
        for n, entry in enumerate(entries):
            here = (*at, key, n)
            try:
                parts = parts_of(entry["if"]) if "if" in entry else []
            except ValueError as fault:
                yield (
                    here,
                    f"the 'if' is not readable at '{fault}'. Write 'trust < 4', 'a_word' or 'not a_word'.",
                )
                continue
            for part in parts:
                if len(part) == 2 and part[1] not in known:
                    yield here, f"the 'if' asks for '{part[1]}', which no choice remembers."


def _circles(spec: Spec) -> Iterator[Fault]:
    goes = {
        turn["id"]: [go for choice in turn["choices"] for go in targets(choice, turn)]
        for turn in spec["turns"]
    }
    place = {turn["id"]: at for at, turn in _each(spec, "turns")}
    done: set[str] = set()

    def walk(turn: str, way: list[str]) -> Iterator[Fault]:
        if turn in way:
            ring = [*way[way.index(turn) :], turn]
            yield place[way[-1]], f"goes round without end: {' → '.join(ring)}. Let it lead on to an ending."
        elif turn in goes and turn not in done:
            for go in dict.fromkeys(goes[turn]):
                yield from walk(go, [*way, turn])
            done.add(turn)

    for turn in goes:
        yield from walk(turn, [])


def _ways(spec: Spec) -> Iterator[Fault]:
    found = reached(spec)
    for key in ("turns", "endings"):
        for at, one in _each(spec, key):
            if one["id"] not in found:
                yield at, "nobody gets here. Let a choice lead to it, or take it out."
    moments: list[Moment] = []
    way: list[str] = []
    for n, choice in enumerate(spec["better"]):
        try:
            moments = play(spec, [*way, choice])
        except KeyError:
            last = play(spec, way)[-1]
            there = ", ".join(one["id"] for one in last.place.get("choices", [])) or "none, it is the end"
            yield ("better", n), f"'{choice}' is no choice of '{last.place['id']}'. There: {there}."
            return
        way.append(choice)
    if not moments[-1].ended:
        yield ("better",), f"stops at the turn '{moments[-1].place['id']}'. Go on to an ending."


# ---- where it stands ----


def _line(node: Any, place: Place) -> int:
    """The line of a place in the file, or of the nearest thing around it."""
    for step in place:
        if isinstance(node, yaml.MappingNode):
            inner = [(key, value) for key, value in node.value if key.value == str(step)]
            if not inner:
                break
            key, node = inner[0]
            if not isinstance(node, yaml.MappingNode | yaml.SequenceNode):
                return key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            break
    return node.start_mark.line + 1 if node else 1


def _in_words(spec: Any, place: Place) -> str:
    names = {"turns": "turn", "endings": "ending", "choices": "choice", "map": "touchpoint"}
    words: list[str] = []
    value: Any = spec
    key = ""
    for step in place:
        value = value[step]
        if isinstance(step, int) and key in names:
            name = value.get("id") if isinstance(value, dict) else None
            words.append(f"{names[key]} {f'{name!r}' if name else step + 1}")
        elif isinstance(step, str) and step not in names:
            words.append(f"'{step}'")
        key = str(step)
    return ", ".join(words) or "at the top"

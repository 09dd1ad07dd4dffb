"""Questions as data: reading a questions file, checking it, and finding one beside a notebook."""

from __future__ import annotations

import pickle
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from .register import read_checked
from .words import direction

Spec = dict[str, Any]
Question = dict[str, Any]

# what only Python may know: it would give the answer away in the page's source
KEPT_BACK = {"right", "feedback", "at_least", "at_most", "right_words", "wrong_words", "row", "map", "twin"}


def read_questions(path: str | Path) -> Spec:
    """Read a questions file (YAML) and check it against the schema.

    Parameters: `path`, the file. Returns the questions as a dict: title, language, parts.
    Raises ValueError that lists every fault with its place, in words.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "tiny.yaml"
    >>> _ = file.write_text("title: T\\nlanguage: en\\nparts: []")
    >>> read_questions(file)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: tiny.yaml has 1 fault...
    """
    path = Path(path)
    content = path.read_bytes()
    if content not in _SOUND:
        spec: Spec = read_checked(path, "questions.schema.json", _repeated)
        if path.read_bytes() != content:
            # somebody saved the file just now: what was read may be the one or the other
            return spec
        if len(_SOUND) >= 64:
            _SOUND.clear()
        _SOUND[content] = pickle.dumps(spec)
    # each reader gets questions of its own, to change as it likes
    own: Spec = pickle.loads(_SOUND[content])
    return own


# Whoever marks a class reads the same few files again and again, and the check against the schema takes most of that time.
_SOUND: dict[bytes, bytes] = {}


def _repeated(spec: Spec) -> list[str]:
    return [
        f"the {what} id '{one}' is used twice"
        for what, ids in _ids(spec)
        for one in sorted({i for i in ids if ids.count(i) > 1})
    ]


def _ids(spec: Spec) -> Iterator[tuple[str, list[str]]]:
    """Each list of ids in which none may come twice, with what they name."""
    yield "part", [part["id"] for part in spec["parts"]]
    yield "question", [question["id"] for question in questions_of(spec)]
    for question in questions_of(spec):
        yield "option", [option_id(one) for one in question.get("options", [])]
        yield "card", [option_id(one) for one in question.get("cards", [])]
        for column in question.get("columns", []):
            yield "option", [option_id(one) for one in column["options"]]


def find_questions(name: str, folders: tuple[str, ...] = (".", "quizzes", "course/quizzes")) -> Path:
    """The questions file `NAME.yaml`, in one of `folders` below this folder or a folder above it.

    Raises FileNotFoundError that says where it looked.

    >>> find_questions("no such quiz", folders=("nowhere",))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: There is no 'no such quiz.yaml' ...
    """
    here = Path.cwd()
    for base in (here, *here.parents):
        for folder in folders:
            path = base / folder / f"{name}.yaml"
            if path.is_file():
                return path
    raise FileNotFoundError(
        f"There is no '{name}.yaml' in {here} or above it. Open the notebook in the folder it came in, "
        "together with the files beside it."
    )


def questions_of(spec: Spec) -> Iterator[Question]:
    """Every question of a questions file, in order.

    >>> list(questions_of({"parts": [{"id": "a", "questions": [{"id": "q"}]}]}))
    [{'id': 'q'}]
    """
    for part in spec["parts"]:
        yield from part["questions"]


def fits(question: Question, given: Any) -> bool:
    """Is `given` an answer to the question? A record may hold what an older version of the question had.

    >>> fits({"kind": "scale", "low": 0, "high": 10}, 11)
    False
    """
    if question["kind"] == "scale":
        return (
            isinstance(given, int | float)
            and not isinstance(given, bool)
            and bool(question["low"] <= given <= question["high"])
        )
    known = {option_id(one) for one in question.get("options", [])}
    if question["kind"] == "choice":
        return isinstance(given, str) and given in known
    if question["kind"] == "several":
        return isinstance(given, list) and all(isinstance(one, str) and one in known for one in given)
    if question["kind"] == "steps":
        cards = {option_id(one) for one in question["cards"]}
        return isinstance(given, list) and all(
            isinstance(row, dict) and row.get("step") in cards for row in given
        )
    if question["kind"] == "journey":
        return isinstance(given, list) and all(isinstance(row, dict) for row in given)
    return isinstance(given, str)


def part_of(spec: Spec, part: str) -> Spec:
    """The part of that name. Raises KeyError that lists the names there are.

    >>> part_of({"parts": [{"id": "a", "questions": []}]}, "a")["id"]
    'a'
    """
    for one in spec["parts"]:
        if one["id"] == part:
            return one
    raise KeyError(
        f"There is no part '{part}'. The parts are: {', '.join(one['id'] for one in spec['parts'])}."
    )


def option_id(option: str | dict[str, Any]) -> str:
    """An option's own name: the text itself, or the `id` where it has one.

    >>> option_id({"id": "web", "label": "On the web"})
    'web'
    """
    return option if isinstance(option, str) else option["id"]


def option_label(option: str | dict[str, Any]) -> str:
    """What a learner reads for an option.

    >>> option_label("web")
    'web'
    """
    return option if isinstance(option, str) else option["label"]


def for_page(spec: Spec, kind: str) -> Spec:
    """The part of the questions that the page may see: no keys, no feedback, no course internals.

    >>> for_page({"title": "T", "language": "en", "parts": [{"id": "p", "questions": [
    ...     {"id": "q", "kind": "choice", "ask": "?", "row": "J1", "options": [{"id": "a", "label": "A", "right": True}]}
    ... ]}]}, "quiz")["parts"][0]["questions"][0]["options"]
    [{'id': 'a', 'label': 'A'}]
    """

    def strip(value: Any, *, top: bool = False) -> Any:
        if isinstance(value, list):
            return [strip(one) for one in value]
        if isinstance(value, dict):
            # at the top, `feedback` says when words are shown; below, it holds the words
            return {k: strip(v) for k, v in value.items() if k not in KEPT_BACK or (top and k == "feedback")}
        return value

    return strip(spec, top=True) | {"kind": kind, "dir": direction(spec["language"])}


def plain(value: Any) -> str:
    """A typed word as it is compared: without case, outer spaces, accents of width, or look-alike digits.

    >>> plain("  In  Person ")
    'in person'
    >>> plain("７")
    '7'
    """
    return _plain(as_text(value))


# a form compares each answer with the same few choices
@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = "".join(str(unicodedata.decimal(char, char)) for char in text)
    return " ".join(text.replace("_", " ").split())


def as_text(value: Any) -> str:
    """Whatever was typed, as text that a file can hold.

    >>> as_text(7)
    '7'
    """
    try:
        return str(value).encode("utf-8", "replace").decode("utf-8")
    except ValueError:
        # Python does not write out a number of thousands of digits
        return "…"

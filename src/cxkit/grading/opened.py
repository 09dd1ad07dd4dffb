"""A file that was handed in as a notebook: opened whatever program saved it, or named for what it is."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from pathlib import Path
from typing import Any

from ..teaching.handed_in import notebook_in

# a notebook with a hundred large pictures has less; 150 MB of output is opened, and left out
MOST_BYTES = 250 * 2**20
# between a look and the opening, a file may have become a link
NOT_A_LINK = getattr(os, "O_NOFOLLOW", 0)
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class CannotMarkError(ValueError):
    """A file that cannot be marked, in one line of words."""


def open_notebook(path: str | Path) -> dict[str, Any]:
    """The notebook in a file, in today's form, whatever program saved it; without its outputs.

    Raises CannotMarkError in one line where it is no notebook, OSError where it cannot be opened.

    >>> open_notebook("no such file.ipynb")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'no such file.ipynb'
    """
    path = Path(path)
    return notebook_of(read_file(path), path.name)


def read_file(path: Path) -> bytes:
    """What is in a file that was handed in. Raises CannotMarkError in words for a link, a folder, and what has no end.

    A link is not followed: what it points to may be the instructor's, or a classmate's.

    >>> read_file(Path("no such file.ipynb"))
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'no such file.ipynb'
    """
    if path.is_symlink():
        raise CannotMarkError(
            f"{path.name} is a link to another place, not a file. Ask for the notebook itself."
        )
    if path.is_dir():
        raise CannotMarkError(f"{path.name} is a folder, not a notebook.")
    if path.exists() and not path.is_file():
        # a pipe would keep whoever opens it waiting
        raise CannotMarkError(f"{path.name} is no file. Ask for the notebook.")
    with open(path, "rb", opener=lambda name, how: os.open(name, how | NOT_A_LINK)) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MOST_BYTES:
            raise CannotMarkError(
                f"{path.name} has {size // 2**20:,} MB, and a notebook has at most {MOST_BYTES // 2**20}. Ask for it again, "
                "with its outputs cleared."
            )
        return file.read()


def notebook_of(raw: bytes, name: str) -> dict[str, Any]:
    """The notebook in the bytes of a file of that name, as `open_notebook` gives it, with the same errors.

    >>> notebook_of(b'{"cells": []}', "mine.ipynb")["nbformat"]
    4
    """
    if not raw.strip(b"\0 \t\r\n"):  # a full disk leaves nothing but zeros
        raise CannotMarkError(f"{name} is empty. Ask for the notebook.")
    for start, kind in OTHER_KINDS.items():
        if raw.startswith(start):
            raise CannotMarkError(
                f"{name} is {kind}, and only its name ends like a notebook's. Ask for the notebook."
            )
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):  # as some editors on Windows save
        with contextlib.suppress(ValueError, RecursionError):  # else the words below
            return in_todays_form(json.loads(raw.decode("utf-16")))
    try:
        return in_todays_form(notebook_in(raw, name))
    except ValueError as fault:
        start = raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if start not in (b"", b"{", b"<", b"["):
            raise CannotMarkError(
                f"{name} is a text or a script, not a notebook. Ask for the notebook."
            ) from None
        raise CannotMarkError(" ".join(str(fault).split())) from None


OTHER_KINDS = {
    b"PK": "a Word document or a packed (zip) file",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Word document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


def in_todays_form(notebook: Any) -> dict[str, Any]:
    """The cells of a notebook of any age as sound cells of format 4.5: type, id, metadata, source; no outputs.

    Raises CannotMarkError where there are no cells.

    >>> old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": ["1 + 1"]}]}]}
    >>> [cell["source"] for cell in in_todays_form(old)["cells"]]
    ['1 + 1']
    """
    found = notebook.get("cells") if isinstance(notebook, dict) else None
    if found is None and isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        found = [
            cell
            for sheet in notebook["worksheets"]
            if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)
            for cell in sheet["cells"]
        ]
    if not isinstance(found, list):
        raise CannotMarkError("It is no notebook: it has no cells. Ask for the notebook.")
    used: set[str] = set()
    about = notebook.get("metadata")
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": about if isinstance(about, dict) else {},
        "cells": [_sound_cell(cell, used) for cell in found if isinstance(cell, dict)],
    }


def _sound_cell(cell: dict[str, Any], used: set[str]) -> dict[str, Any]:
    kind = cell.get("cell_type")
    kind = {"heading": "markdown", "html": "markdown"}.get(str(kind), kind)
    about = cell.get("metadata")
    name = cell.get("id")
    if not (isinstance(name, str) and CELL_ID.fullmatch(name)) or name in used:
        name = secrets.token_hex(4)
    used.add(name)
    sound = {
        "id": name,
        "metadata": {key: one for key, one in about.items() if _is_flat(one)}
        if isinstance(about, dict)
        else {},
        "source": _text(cell.get("source", cell.get("input", ""))),
    }
    return as_type(sound, str(kind) if kind in ("code", "markdown", "raw") else "raw")


def _is_flat(value: Any, floors: int = 12) -> bool:
    """No program nests what it says of a cell deeper, and not every program can read what is nested 900 deep."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return floors > 0 and all(_is_flat(one, floors - 1) for one in inner)


def _text(source: Any) -> str:
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source.replace("\r\n", "\n").replace("\r", "\n") if isinstance(source, str) else ""


def as_type(cell: dict[str, Any], kind: str) -> dict[str, Any]:
    """The cell as one of another type, without outputs."""
    kept = {name: cell[name] for name in ("id", "metadata", "source")}
    run: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, **kept, **run}

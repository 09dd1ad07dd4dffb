"""The glossary: every term of the course in plain words, with an example and the same in Hebrew.

    python -m cxkit.teaching.glossary

writes the page `glossary.md` beside `glossary.yaml`. Lessons link to it: `[gap](glossary.md#gap)`.
"""

from __future__ import annotations

from difflib import get_close_matches
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets

from .questions import find_questions
from .register import read_register

HERE = Path(__file__).parent
COLUMNS = ("term", "meaning", "example", "he", "he_meaning", "rows", "column", "call")
HEADS = ("Term", "What it means", "Example", "In Hebrew", "What it means, in Hebrew", "In tables and code")

WORDS = {
    "look_for": "Look for a word, in English or Hebrew",
    "left": "{n} of {of} terms",
    "none": "No term has this word. Try a shorter one.",
    "table": "The terms",
}


def read_glossary(path: str | Path) -> list[dict[str, Any]]:
    """The terms of a glossary, one dict each, checked. Raises ValueError that lists every fault.

    >>> read_glossary("course/glossary.yaml")[0]["term"]
    'accountable'
    """
    return read_register(path, "glossary.schema.json", "terms", "term")


def anchor(term: str) -> str:
    """The name by which a link reaches a term on the glossary's page.

    >>> anchor("moment of truth")
    'moment-of-truth'
    """
    return term.replace(" ", "-")


class Glossary(anywidget.AnyWidget):
    """Terms as a table with a field to look for a word. `.terms` is the data, `.table` the same as a DataFrame."""

    # as text and not as a path: a path would be watched for changes, which only a developer needs
    _esm = (HERE / "glossary.js").read_text("utf-8")
    _css = (HERE / "glossary.css").read_text("utf-8")

    html = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, terms: list[dict[str, Any]]) -> None:
        self.terms = terms
        super().__init__(html=_table(terms), words=WORDS)

    @property
    def table(self) -> pd.DataFrame:
        rows = [{**entry, "rows": " ".join(entry["rows"])} for entry in self.terms]
        return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str").fillna("")

    def __repr__(self) -> str:
        return "\n".join(f"{entry['term']}: {entry['meaning']} ({entry['he']})" for entry in self.terms)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        # for print, and for a page where no widget can run
        return {**data, "text/html": self.html, "text/plain": repr(self)}, metadata


def _table(terms: list[dict[str, Any]]) -> str:
    heads = "".join(f'<th scope="col" style="text-align:start">{head}</th>' for head in HEADS)
    rows = "".join(map(_row, terms))
    many = f"{len(terms)} term{'s' * (len(terms) != 1)}"
    return (
        f"<table><caption>Glossary: {many}</caption><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _row(entry: dict[str, Any]) -> str:
    left, right = ' style="text-align:left"', ' lang="he" dir="rtl" style="text-align:right"'
    cells = [(left, entry["meaning"]), (left, entry["example"]), (right, entry["he"])]
    cells.append((right, entry["he_meaning"]))
    html = "".join(f"<td{style}>{escape(text)}</td>" for style, text in cells)
    places = ", ".join(f"<code>{name}</code>" for name in _places(entry))
    return f'<tr><th scope="row"{left}>{escape(entry["term"])}</th>{html}<td{left}>{places}</td></tr>'


def _places(entry: dict[str, Any]) -> list[str]:
    """Where a term is found in a table or in code."""
    return [
        *([entry["column"]] if "column" in entry else []),
        *([f"cx.{entry['call']}"] if "call" in entry else []),
    ]


def _all_of(entry: dict[str, Any]) -> str:
    return " ".join(
        [entry["term"], entry["meaning"], entry["he"], entry["he_meaning"], *_places(entry)]
    ).casefold()


def glossary(term: str | None = None) -> Glossary:
    """The terms of the course: all of them, or those that fit `term`.

    Args:
        term: a word to look for, English or Hebrew: in the term, in its meaning, or in the names of columns and
            functions. A term of just this name comes alone. None: all terms.

    Returns:
        A `Glossary`, which shows itself as a table with a field to look for a word. Its `.table` is a DataFrame with
        the columns `term, meaning, example, he, he_meaning, rows, column, call`, all text.

    Raises:
        FileNotFoundError: (in words) when the notebook does not lie in the course's folder.
        ValueError: when no term fits; it names the nearest.

    >>> glossary("touchpoint")
    touchpoint: One moment in which a person meets the service. (נקודת מגע)
    >>> glossary("survivl curve")
    Traceback (most recent call last):
    ValueError: The glossary has no “survivl curve”. Did you mean survival curve?
    """
    terms = read_glossary(find_questions("glossary", (".", "course")))
    if term is None:
        return Glossary(terms)
    wanted = " ".join(str(term).casefold().split())
    exact = [entry for entry in terms if wanted in (entry["term"], entry["he"])]
    found = exact or [entry for entry in terms if wanted and wanted in _all_of(entry)]
    if not found:
        near = get_close_matches(wanted, [entry["term"] for entry in terms], 3)
        hint = f"Did you mean {' or '.join(near)}?" if near else "glossary() shows all terms."
        raise ValueError(f"The glossary has no “{term}”. {hint}")
    return Glossary(found)


def page(terms: list[dict[str, Any]]) -> str:
    """The glossary as a Markdown page: one heading for each term, so that a link can lead to it.

    >>> print(page([{"term": "gap", "meaning": "M.", "example": "E.", "he": "א", "he_meaning": "ב.",
    ...              "rows": ["P2"], "call": "gap"}]).split("## gap")[1].strip())
    M.
    <BLANKLINE>
    *Example.* E.
    <BLANKLINE>
    <div dir="rtl" lang="he"><p style="text-align:right"><strong>א</strong>: ב.</p></div>
    <BLANKLINE>
    In tables and code: `cx.gap`
    """
    parts = [
        "<!-- Made from glossary.yaml by: python -m cxkit.teaching.glossary -->",
        "# Glossary",
        "Every term of the course in plain words, with an example from a case and the same in Hebrew. "
        'In a notebook, `cx.glossary()` shows it as a table, and `cx.glossary("wait")` looks for a word.',
    ]
    for entry in terms:
        parts += [
            f"## {entry['term']}",
            entry["meaning"],
            f"*Example.* {entry['example']}",
            f'<div dir="rtl" lang="he"><p style="text-align:right"><strong>{escape(entry["he"])}</strong>: '
            f"{escape(entry['he_meaning'])}</p></div>",
        ]
        if _places(entry):
            parts.append("In tables and code: " + ", ".join(f"`{name}`" for name in _places(entry)))
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the page beside the glossary that is found from this folder."""
    source = find_questions("glossary", (".", "course"))
    target = source.with_suffix(".md")
    target.write_text(page(read_glossary(source)), "utf-8", newline="\n")
    print(f"Written: {target}")


if __name__ == "__main__":
    main()

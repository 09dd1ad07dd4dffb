"""Slides of a lesson, made from the lesson itself: one file that needs no network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ...languages import right_to_left

HERE = Path(__file__).parent
# for the reader alone: the button to start, and the parts in code
_LEFT_OUT = re.compile(r"^## (Go further|What comes next|להמשיך)", re.M)
_FEW_WORDS = 400
_FOR_TYPING = re.compile(r' \(<code>\w+</code>\)|<p class="cx-later">.*?</p>')
_HEADING = re.compile(r"^(?:<[^>]+>\s*)*#{1,2} ", re.M)


def write_slides(lesson: str | Path, target: str | Path | None = None) -> Path:
    """Write the slides of one lesson.

    Args:
        lesson: the notebook, with its outputs kept; its pictures, tables and forms become slides, its code does not.
        target: the file to write; without it, the lesson's name with `.slides.html`, in this folder.

    Returns:
        The file. It holds everything: text, pictures, and what turns the slides.

    Raises:
        ValueError: `lesson` is not a notebook.
        OSError: it cannot be read, or `target` cannot be written.

    >>> write_slides("no_such_lesson.ipynb")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] No such file or directory: 'no_such_lesson.ipynb'
    """
    import nbformat
    from nbconvert.exporters import SlidesExporter

    from ...files import write_atomic

    lesson = Path(lesson)
    try:
        notebook: Any = nbformat.reads(lesson.read_text("utf-8"), as_version=4)
    except (ValueError, nbformat.reader.NotJSONError) as fault:
        raise ValueError(f"{lesson} is not a notebook. Give a lesson, a file that ends in .ipynb.") from fault
    language = notebook.metadata.get("cxkit", {}).get("language", "en")
    _arrange(notebook)
    exporter = SlidesExporter(
        template_name="cxkit",
        extra_template_basedirs=[str(HERE / "template")],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        embed_images=True,
    )
    about = {
        "title": _title(notebook, lesson.stem),
        "language": language,
        "direction": "rtl" if right_to_left(language) else "ltr",
        "css": (HERE / "slides.css").read_text("utf-8"),
        "reveal_css": (HERE / "reveal" / "reveal.css").read_text("utf-8"),
        "reveal_js": (HERE / "reveal" / "reveal.js").read_text("utf-8"),
    }
    resources = {"metadata": {"path": str(lesson.parent), "name": lesson.stem}, "cxkit": about}
    page, _ = exporter.from_notebook_node(notebook, resources=resources)
    place = Path(target) if target is not None else Path(f"{lesson.stem}.slides.html")
    place.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(place, page.encode("utf-8"))
    return place


def _title(notebook: Any, otherwise: str) -> str:
    found = re.search(r"^(?:<[^>]+>\s*)*# (.+)$", notebook.cells[0].source, re.M) if notebook.cells else None
    return found[1].strip() if found else otherwise


def _arrange(notebook: Any) -> None:
    """Say of each cell where a slide begins: at a heading, and below it at each picture and each text.

    A form stands on the slide of the few words before it.
    """
    kept: list[Any] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and _LEFT_OUT.search(cell.source):
            break
        shown = cell.cell_type == "markdown" or any(_worth_a_slide(one) for one in cell.get("outputs", ()))
        if not shown:
            continue
        heading = cell.cell_type == "markdown" and bool(_HEADING.match(cell.source))
        kind = "slide" if heading or not kept else "subslide"
        if _to_ask(cell) and kept and kept[-1].cell_type == "markdown" and len(kept[-1].source) < _FEW_WORDS:
            kind = "-"
        cell.metadata["slideshow"] = {"slide_type": kind}
        kept.append(cell)
    notebook.cells = kept


def _to_ask(cell: Any) -> bool:
    """Is this a form? On a slide it asks the room: without the names that a typed answer needs."""
    found = False
    for output in cell.get("outputs", ()):
        html = "".join(output.get("data", {}).get("text/html", ""))
        if 'class="cx-paper"' in html:
            output["data"]["text/html"] = _FOR_TYPING.sub("", html)
            found = True
    return found


def _worth_a_slide(output: Any) -> bool:
    data = output.get("data", {})
    words = "".join(data.get("text/html", "")) or "".join(data.get("text/markdown", ""))
    return bool(words) and "✓ Ready" not in words

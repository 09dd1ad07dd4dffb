"""A picture that everyone can read: a matplotlib figure with words and a table beside it."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from cxkit.languages import right_to_left
from cxkit.views.few_colours import few_colours
from cxkit.views.look import words

_SCREEN_DPI = 96
_SHARP = 2
_LEAST_SHOWN = 0.7
# Paths in SVG, because a reader's machine may lack the font; the title and description carry the words.
# No hinting, so that text is as wide on every medium as it was measured.
_FIXED: Any = {
    "svg.fonttype": "path",
    "svg.hashsalt": "cxkit",
    "pdf.fonttype": 42,
    "text.hinting": "none",
    "hatch.linewidth": 0.6,
    "axes.unicode_minus": True,
}
_REFERENCE = re.compile(r'(?:href="|url\()#([^")]+)')
_COUNTED = re.compile(r"_\d+$")
"""Names that matplotlib gives, such as "patch_7"."""


class Picture(Figure):
    """A matplotlib `Figure` that carries its own description and table twin.

    Args:
        alt: one to three sentences: what it shows, and the one thing to see.
        twin: the same content as a table, shown on request below the picture.
        title: a few words: the table's caption and the file's title.
        language: of the words, such as "en" or "he"; Hebrew, Arabic, Persian and Urdu run from right to left.
        headings: words to show instead of the twin's column names.
        options: what matplotlib's `Figure` takes, such as `figsize` in inches.

    It is never registered with pyplot, so a notebook shows it once and nothing has to be closed.

    >>> picture = Picture(alt="A line that falls.", twin=pd.DataFrame({"day": [1, 2]}), figsize=(4, 3))
    >>> picture.alt
    'A line that falls.'
    """

    def __init__(
        self,
        *,
        alt: str = "",
        twin: pd.DataFrame | None = None,
        title: str = "",
        language: str = "en",
        headings: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        options.setdefault("dpi", _SCREEN_DPI)
        super().__init__(**options)
        FigureCanvasAgg(self)
        self.alt = alt
        self.twin = pd.DataFrame() if twin is None else twin
        self.title = title
        self.language = language
        self.headings = dict(headings or {})

    def draw(self, renderer: Any) -> None:
        with matplotlib.rc_context(_FIXED):
            super().draw(renderer)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to `path`: .svg, .png (at twice the screen's resolution) or .pdf.

        The file holds the title and the alt text. The same picture gives the same bytes.

        Returns:
            The path that was written.

        Raises:
            ValueError: the name ends in something else.
            OSError: the file cannot be written (the old one is then still there).

        >>> import tempfile
        >>> Picture(alt="Nothing yet.").save(Path(tempfile.mkdtemp()) / "map.svg").name
        'map.svg'
        """
        from cxkit.files import write_atomic

        path = Path(path)
        kind = path.suffix.lower()
        makers = {".svg": self.svg, ".png": self._png, ".pdf": self._pdf}
        if kind not in makers:
            raise ValueError(
                f"“{path.name}” cannot be saved as a picture. End the name in .svg (for the web), "
                ".png (for slides) or .pdf (for print)."
            )
        write_atomic(path, makers[kind]())
        return path

    def _print(self, kind: str, **options: Any) -> bytes:
        # The face colour is passed because matplotlib would otherwise take it from the user's own settings.
        with io.BytesIO() as out, matplotlib.rc_context(_FIXED):
            self.savefig(out, format=kind, bbox_inches=None, facecolor=self.get_facecolor(), **options)
            return out.getvalue()

    def _png(self) -> bytes:
        about = {"Title": self.title, "Description": self.alt, "Software": None}
        return self._print("png", dpi=_SCREEN_DPI * _SHARP, metadata=about)

    def _small_png(self) -> bytes:
        dpi = _SCREEN_DPI * _SHARP
        width = int(self.bbox_inches.width * dpi)
        pixels = np.frombuffer(self._print("rgba", dpi=dpi), np.uint8).reshape(-1, width, 4)
        with io.BytesIO() as out:
            if pixels[..., 3].min() == 255:
                few_colours(pixels).save(out, "png")
            else:
                Image.fromarray(pixels).quantize(256, method=Image.Quantize.FASTOCTREE).save(out, "png")
            return out.getvalue()

    def _pdf(self) -> bytes:
        about = {"Title": self.title or self.alt, "Subject": self.alt, "CreationDate": None}
        return self._print("pdf", metadata=about)

    def svg(self) -> bytes:
        """The picture as SVG with its title and description.

        Several of them can stand in one page: the ids are the picture's own.
        """
        drawn = self._print("svg", metadata={"Date": None, "Creator": None}).decode("utf-8")
        key = hashlib.sha256(f"{self.title}\n{self.alt}\n{drawn}".encode()).hexdigest()[:8]
        drawn = _own_ids(drawn, key)
        start = drawn.index("<svg ")
        end = drawn.index(">", start)
        direction = ' direction="rtl"' if right_to_left(self.language) else ""
        root = (
            f'{drawn[start:end]} role="img" aria-labelledby="title-{key} desc-{key}" '
            f'xml:lang="{escape(self.language)}"{direction}>'
            f'\n <title id="title-{key}">{escape(self.title or self.alt)}</title>'
            f'\n <desc id="desc-{key}">{escape(self.alt)}</desc>'
        )
        return (drawn[:start] + root + drawn[end + 1 :]).encode("utf-8")

    def _repr_html_(self) -> str:
        image = base64.b64encode(self._small_png()).decode("ascii")
        width = round(self.get_figwidth() * _SCREEN_DPI)
        direction = "rtl" if right_to_left(self.language) else "ltr"
        # Scrolled rather than shrunk out of sight, so that the letters grow when somebody zooms in.
        return (
            f'<figure lang="{escape(self.language)}" dir="{direction}" style="margin:0;max-width:{width}px">'
            f'<div tabindex="0" role="group" aria-label="{escape(self.title or self.alt)}" '
            f'style="overflow-x:auto"><img alt="{escape(self.alt)}" src="data:image/png;base64,{image}" '
            f'style="width:100%;min-width:{round(_LEAST_SHOWN * width)}px;max-width:{width}px;height:auto"></div>'
            f"{self._details()}</figure>"
        )

    def table_in_words(self) -> tuple[list[str], list[list[str]]]:
        """The table twin as the reader sees it: the heads of its columns, and its rows.

        >>> Picture(twin=pd.DataFrame({"gap": [-8.0, None]}), headings={"gap": "Gap"}).table_in_words()
        (['Gap'], [['−8'], ['']])
        """
        twin = self._twin()
        heads = [self.headings.get(str(name), str(name)) for name in twin.columns]
        rows = [
            [self._said(name, value) for name, value in zip(twin.columns, row, strict=True)]
            for row in twin.astype(object).itertuples(index=False, name=None)
        ]
        return heads, rows

    def named(self) -> int:
        """The column of the table twin that names its rows, counted from 0."""
        columns = list(self._twin().columns)
        return columns.index("touchpoint") if "touchpoint" in columns else 0

    def _twin(self) -> pd.DataFrame:
        return self.twin if isinstance(self.twin.index, pd.RangeIndex) else self.twin.reset_index()

    def _details(self) -> str:
        if self.twin.empty:
            return ""
        heads, rows = self.table_in_words()
        named = self.named()
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
        body = "".join(
            "<tr>" + "".join(_cell(text, place == named) for place, text in enumerate(row)) + "</tr>"
            for row in rows
        )
        caption = f"<caption>{escape(self.title)}</caption>" if self.title else ""
        return (
            '<details><summary style="cursor:pointer;padding:6px 0">'
            f"{words(self.language)['table']}</summary>"
            f'<div tabindex="0" role="region" aria-label="{escape(self.title or self.alt)}" '
            f'style="overflow-x:auto">'
            f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
        )

    def _said(self, name: object, value: object) -> str:
        """A cell in words; column names inside it as the heads of the columns say them."""
        if name != "inferred":
            return _shown(name, value)
        parts = str(value).replace(";", ",").split(",")
        return ", ".join(self.headings.get(part.strip(), part.strip()) for part in parts)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self._repr_html_(), "text/plain": self.alt or repr(self)}

    def _ipython_display_(self) -> None:
        # Where pyplot was imported, IPython would add a second PNG to the bundle: so we show ourselves.
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)


def _own_ids(svg: str, key: str) -> str:
    """Ids that something refers to end in the key of the picture; names of ours become `data-name`; others go."""
    used = set(_REFERENCE.findall(svg))

    def own(found: re.Match[str]) -> str:
        name = found[1]
        if name in used:
            return f' id="{name}-{key}"'
        return "" if _COUNTED.search(name) else f' data-name="{name}"'

    svg = re.sub(r' id="([^"]*)"', own, svg)
    return _REFERENCE.sub(lambda found: f"{found[0]}-{key}", svg)


def _cell(shown: str, heads_row: bool) -> str:
    tag, scope = ("th", ' scope="row"') if heads_row else ("td", "")
    # a long text in a table of many columns would else stand one word to a line
    width = ";min-width:11em" if len(shown) > 20 else ""
    return f'<{tag}{scope} dir="auto" style="text-align:start{width}">{escape(shown)}</{tag}>'


def _shown(name: object, value: object) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return (
            f"{value:+.4g}".replace("-", "−") if name == "gap" and value else f"{value:.4g}".replace("-", "−")
        )
    return str(value)

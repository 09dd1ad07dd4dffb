"""The journey as one web page that needs nothing else: the drawn map, its touchpoints one by one, and the table."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from matplotlib.patches import Patch

from cxkit.exchange.exchange_words import words as words_of
from cxkit.exchange.facts import Fact, facts, persona, title_of
from cxkit.journey_cells import COLUMNS
from cxkit.languages import right_to_left
from cxkit.views.map.cells import Story

_HERE = Path(__file__).parent
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_WIDEST = 10
"""Touchpoints up to which the map is drawn for a wide screen; more are drawn for a sheet of paper, in rows."""
_MARGIN = 4.0
_LONG = 24
_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


def to_html(journey: Any, **drawn: Any) -> str:
    """The page, as the text of one .html file (UTF-8).

    Args:
        journey: a `Journey`.
        drawn: what `Journey.draw` takes, such as `drivers`; `size` is chosen by the length of the journey.

    Nothing is fetched from anywhere, and a content security policy lets only the page's own script run. It
    works without scripts, prints on A4 (the map on one page, the table on the next), and runs from right to
    left where the language does.

    >>> from cxkit.cases import case
    >>> page = to_html(case("hmo_opt_out").journey)
    >>> page.startswith("<!doctype html>"), "http://" in page.replace("http://www.w3.org/", "")
    (True, False)
    """
    story, said = Story(journey), words_of(journey.language)
    picture = journey.draw(**{"size": "16:9" if len(story) <= _WIDEST else "A4", **drawn})
    svg, places = _map(picture, story)
    style = _read("page.css") + "".join(_rule(row, place) for row, place in enumerate(places))
    script = _read("page.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    direction = "rtl" if right_to_left(journey.language) else "ltr"
    title = escape(title_of(journey))
    body = "\n".join(
        [
            f'<main>\n<div class="first">\n{_head(journey, said)}',
            f'<section class="drawn" aria-labelledby="map">\n<h2 id="map">{escape(said["page.map"])}</h2>',
            f'<p class="help">{escape(said["page.help"])}</p>',
            f'<div class="map" tabindex="0" role="region" aria-label="{escape(said["page.scroll"])}">',
            f'<div class="sheet" data-first="{_worst(story)}">{svg}{_links(story)}</div></div>',
            "</section>\n</div>",
            _details(story, said),
            _whole(story, said),
            "</main>",
            f"<footer><p>{escape(said['page.made by'])}</p></footer>",
        ]
    )
    return (
        f'<!doctype html>\n<html lang="{escape(journey.language)}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}\n<script>{script}</script>\n"
        "</body>\n</html>\n"
    )


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


# --- the drawn map --------------------------------------------------------------------------------------------


def _map(picture: Any, story: Story) -> tuple[str, list[tuple[float, float, float, float]]]:
    """The map without its head, which the page says itself; and where its cards are, in shares of it."""
    width, height = (float(side) * 72 for side in picture.get_size_inches())
    renderer, scale = picture.canvas.get_renderer(), 72 / picture.dpi

    def box(artist: Any) -> tuple[float, float, float, float]:
        """Left, top, right and low end in points from the top left."""
        at = artist.get_window_extent(renderer)
        return at.x0 * scale, height - at.y1 * scale, at.x1 * scale, height - at.y0 * scale

    everything = [each for axes in picture.axes for each in (*axes.texts, *axes.patches, *axes.lines)]
    names = [box(each) for each in everything if each.get_gid() == "stage"]
    bands = [box(each) for each in everything if isinstance(each, Patch)]
    tops = [name[1] for name in names] + [band[1] for band in bands for name in names if _within(name, band)]
    first = min(tops, default=0.0)
    kept = []
    for artist in everything:
        at = box(artist)
        if at[3] <= first + 1 and at[1] < first - 1:
            artist.set_visible(False)
        else:
            kept.append(at)
    left, top = min(at[0] for at in kept) - _MARGIN, min(at[1] for at in kept) - _MARGIN
    right, low = max(at[2] for at in kept) + _MARGIN, max(at[3] for at in kept) + _MARGIN
    left, top, right, low = max(0.0, left), max(0.0, top), min(width, right), min(height, low)
    wide, tall = right - left, low - top
    cards = {each.get_gid(): box(each) for each in everything if str(each.get_gid()).startswith("card-")}
    places = []
    for row in range(len(story)):
        at = cards[f"card-{row}"]
        places.append(
            ((at[0] - left) / wide, (at[1] - top) / tall, (at[2] - at[0]) / wide, (at[3] - at[1]) / tall)
        )
    return _inline(picture, (left, top, wide, tall)), places


def _within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[2] <= outer[2] + 1
        and inner[3] <= outer[3] + 1
    )


def _inline(picture: Any, view: tuple[float, float, float, float]) -> str:
    """The picture's SVG as a part of a page: no styles of its own, no names that nothing refers to."""
    root = ElementTree.fromstring(picture.svg())
    for part in list(root):
        if part.tag not in (f"{_SVG}g", f"{_SVG}defs"):
            root.remove(part)
    for parent in root.iter():
        for child in list(parent):
            if child.tag == f"{_SVG}style":
                parent.remove(child)
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', ElementTree.tostring(root, encoding="unicode")))
    for part in root.iter():
        if part.get("id") not in used:
            part.attrib.pop("id", None)
        if _LINK in part.attrib:
            part.set("href", part.attrib.pop(_LINK))
        for rule in filter(None, (each.strip() for each in part.attrib.pop("style", "").split(";"))):
            name, _, value = rule.partition(":")
            part.set(name.strip(), value.strip())
        if "d" in part.attrib:
            part.set(
                "d",
                re.sub(
                    r"-?\d+\.\d{3,}",
                    lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."),
                    part.attrib["d"],
                ),
            )
    shown = " ".join(f"{number:.1f}" for number in view)
    root.attrib.clear()
    for name, value in {
        "viewBox": shown,
        "role": "img",
        "aria-label": picture.alt,
        "stroke-linejoin": "round",
        "stroke-linecap": "butt",
    }.items():
        root.set(name, value)
    text = ElementTree.tostring(root, encoding="unicode")
    # one kind of names is in use, so that none needs a prefix
    return re.sub(r"(</?)ns\d+:", r"\1", re.sub(r' xmlns:ns\d+="[^"]*"', "", text))


def _rule(row: int, place: tuple[float, float, float, float]) -> str:
    left, top, width, height = (f"{100 * share:.2f}%" for share in place)
    return f".at-{row} {{ left: {left}; top: {top}; width: {width}; height: {height}; }}\n"


def _links(story: Story) -> str:
    parts = []
    for row in range(len(story)):
        known = {fact.name: fact for fact in facts(story, row)}
        names = ("stage", "owner", "gap")
        rest = "; ".join(f"{known[name].label}: {known[name].said}" for name in names if name in known)
        name = f"{row + 1}. {known['touchpoint'].said}. {rest}"
        parts.append(
            f'<li><a class="at-{row}" href="#stop-{row + 1}"><span class="name">{escape(name)}</span></a></li>'
        )
    return f"<ol>{''.join(parts)}</ol>"


def _worst(story: Story) -> int:
    """The touchpoint that is open at first: where the experience falls furthest below the expectation."""
    gaps = {row: gap for row, gap in enumerate(story.gaps) if gap is not None}
    return min(gaps, key=lambda row: gaps[row], default=0)


# --- words ----------------------------------------------------------------------------------------------------


def _head(journey: Any, said: dict[str, str]) -> str:
    parts = [f"<header>\n<h1>{_isolated(title_of(journey), journey.language)}</h1>"]
    state = f'<span class="state">{escape(said.get(journey.state, journey.state))}</span>'
    parts.append(f"<p>{state}{_isolated(journey.scenario, journey.language)}</p>")
    if journey.source:
        parts.append(
            f'<p class="quiet">{escape(said["page.source"])}: {_isolated(journey.source, journey.language)}</p>'
        )
    known = persona(journey)
    if known:
        name = next((fact.text for fact in known if fact.name == "name"), said["page.persona"])
        rest = [fact for fact in known if fact.name != "name"]
        parts.append(
            f'<section class="persona" aria-labelledby="who">\n<h2 id="who">{_isolated(name, journey.language)}</h2>'
        )
        if rest:
            parts.append(_list(rest, journey.language))
        parts.append("</section>")
    return "\n".join([*parts, "</header>"])


def _isolated(text: str, language: str) -> str:
    """Text whose direction is its own: marks in it that turn the direction end with it.

    On a page from right to left, words that begin with a Latin name still run from the right.
    """
    own = "rtl" if right_to_left(language) and _RIGHT.search(text) else "auto"
    own = own if any(map(str.isalpha, text)) else "ltr"
    return f'<bdi dir="{own}">{escape(text)}</bdi>' if text else ""


def _said(fact: Fact) -> str:
    return fact.said.replace("≈ ", "≈\u00a0", 1) if fact.guessed else fact.text


def _list(known: list[Fact], language: str, missing: frozenset[str] = frozenset()) -> str:
    rows = []
    for fact in known:
        kind = ' class="gap"' if fact.name == "gap" else ' class="none"' if fact.name in missing else ""
        rows.append(
            f"<div><dt>{escape(fact.label)}</dt><dd{kind}>{_isolated(_said(fact), language)}</dd></div>"
        )
    return f"<dl>{''.join(rows)}</dl>"


def _details(story: Story, said: dict[str, str]) -> str:
    stops, language = [], story.journey.language
    for row in range(len(story)):
        known = list(facts(story, row))
        name = next(_said(fact) for fact in known if fact.name == "touchpoint")
        quote = next((_said(fact) for fact in known if fact.name == "quote"), "")
        rest = [fact for fact in known if fact.name not in ("touchpoint", "quote")]
        owner = story.cells["owner"][row]
        gap = story.gaps[row] or 0
        kind = "below" if gap < 0 else "above" if gap > 0 else "even"
        stops.append(
            f'<li id="stop-{row + 1}" class="{kind}"><h3 tabindex="-1">{row + 1}. {_isolated(name, language)}</h3>'
            + _list(rest, language, frozenset({"owner"}) if owner and owner.boxed else frozenset())
            + (f"<blockquote>{_isolated(quote, language)}</blockquote>" if quote else "")
            + "</li>"
        )
    buttons = "".join(
        f'<button type="button">{escape(said[f"page.{name}"])}</button>'
        for name in ("earlier", "later", "back")
    )
    count = f'<span class="count quiet" data-words="{escape(said["page.number"])}"></span>'
    return (
        f'<section class="details" aria-labelledby="one">\n<h2 id="one">{escape(said["page.one by one"])}</h2>\n'
        f'<div class="steps" hidden>{buttons}{count}</div>\n<ol class="stops">{"".join(stops)}</ol>\n</section>'
    )


def _whole(story: Story, said: dict[str, str]) -> str:
    """The whole journey as a table: the columns that have something in them."""
    rows = [{fact.name: fact for fact in facts(story, row)} for row in range(len(story))]
    order = [name for name in (*COLUMNS, *story.table.columns) if name != "inferred"]
    order.insert(order.index("experienced") + 1, "gap")
    names = [name for name in dict.fromkeys(order) if any(name in row for row in rows)]
    long = {name for name in names if any(len(row[name].text) > _LONG for row in rows if name in row)}
    labels = {name: fact.label for row in rows for name, fact in row.items()}
    head = "".join(f'<th scope="col"{_kind(name, long)}>{escape(labels[name])}</th>' for name in names)
    body = "".join(
        f"<tr>{''.join(_cells(story, number, row, names, long))}</tr>" for number, row in enumerate(rows)
    )
    kind = "page.table.note.to-be" if story.planned else "page.table.note"
    note = f" {said[kind]}" if _guesses(story) else ""
    title = escape(said["page.table"])
    return (
        f'<section class="whole" aria-labelledby="all">\n<h2 id="all">{title}</h2>\n'
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(said["page.scroll table"])}"><table>'
        f"<caption>{escape(title_of(story.journey))}.{escape(note)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>\n</section>"
    )


def _cells(
    story: Story, number: int, row: dict[str, Fact], names: list[str], long: set[str]
) -> Iterator[str]:
    owner = story.cells["owner"][number]
    for name in names:
        text = _isolated(_said(row[name]), story.journey.language) if name in row else ""
        if name == "touchpoint":
            yield f'<th scope="row"{_kind(name, long)}>{text}</th>'
        elif name == "owner" and owner and owner.boxed:
            yield f'<td class="none">{text}</td>'
        else:
            yield f"<td{_kind(name, long)}>{text}</td>"


def _kind(name: str, long: set[str]) -> str:
    if name in ("expected", "experienced", "gap"):
        return ' class="number"'
    if name == "wait_days":
        return ' class="wait"'
    return ' class="long"' if name in long else ""


def _guesses(story: Story) -> bool:
    return "inferred" in story.table and bool((story.table["inferred"] != "").any())

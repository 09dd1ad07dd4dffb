"""Shapes and words of a drawing as editable parts of a slide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.path import Path
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_AUTO_SIZE
from pptx.oxml.ns import qn
from pptx.util import Emu

from cxkit.exchange.drawn import Look, Shape, Words

POINT = 12700
"""EMU, the unit of slides, in one point."""
_KINDS = {
    "rect": MSO_SHAPE.RECTANGLE,
    "round": MSO_SHAPE.ROUNDED_RECTANGLE,
    "oval": MSO_SHAPE.OVAL,
    "star": MSO_SHAPE.STAR_5_POINT,
    "path": MSO_SHAPE.RECTANGLE,
}
_DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
SLACK = 1.1
"""How much wider than measured a text may come out in the font of the slide; its italics are the widest."""
_EVEN = 4.0
"""Words on one line with so little more room on one side than on the other stand in the middle of their box."""
_FINE = 0.08
"""How far, in points, a thinned line may stray from the drawn one."""


def emu(points: float) -> Emu:
    return Emu(round(points * POINT))


def add_shape(
    shapes: Any, shape: Shape, *, name: str, alt: str = "", words: Sequence[Words] = (), right_to_left: bool = False,
    language: str = "en",
) -> Any:  # fmt: skip
    """Add one shape to the shapes of a slide or group, with the words that stand in it.

    Without words and `alt` it counts as decoration, which a screen reader passes over.
    """
    made = shapes.add_shape(
        _KINDS[shape.kind],
        emu(shape.left),
        emu(shape.top),
        emu(max(shape.width, 0.01)),
        emu(max(shape.height, 0.01)),
    )
    element = made._element
    for style in element.findall(qn("p:style")):  # the theme's own line, fill and shadow
        element.remove(style)
    if shape.kind == "path":
        _set_paths(element, shape)
    elif shape.kind == "round":
        made.adjustments[0] = min(0.5, shape.radius / max(0.01, min(shape.width, shape.height)))
    _set_look(element.spPr, shape.look, shape.kind)
    describe(element, name, alt, decorative=not alt and not words)
    if words:
        _set_words(made.text_frame, shape, words, right_to_left, language)
    return made


def add_words(
    shapes: Any, words: Words, *, name: str, width: float, edges: tuple[float, float], right_to_left: bool = False,
    language: str = "en",
) -> Any:  # fmt: skip
    """Add a text box whose text wraps at `width` points, or where the drawn text did if that is further on.

    It stays between `edges`, in points from the left of the slide.
    """
    end, low, high = words.left + words.width, *edges
    wide = max(width, SLACK * words.width)
    if words.align == "left":
        wide = min(wide, max(words.width, high - words.left))
    elif words.align == "right":
        wide = min(wide, max(words.width, end - low))
    left = {"left": words.left, "center": words.left + (words.width - wide) / 2, "right": end - wide}[
        words.align
    ]
    made = shapes.add_textbox(emu(left), emu(words.top), emu(wide), emu(words.height))
    frame = made.text_frame
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap = True
    _set_paragraph(frame.paragraphs[0], words, right_to_left, language)
    describe(made._element, name, "", decorative=False)
    return made


def describe(element: Any, name: str, alt: str, *, decorative: bool = False) -> None:
    """Give an element the name that the selection pane shows, and its alt text; or mark it as decoration."""
    about = element.find(".//" + qn("p:cNvPr"))
    about.set("name", name)
    if alt:
        about.set("descr", alt)
    if decorative:
        extension = _child(_child(about, "a:extLst"), "a:ext", uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}")
        mark = extension.makeelement(
            f"{{{_DECORATIVE}}}decorative", {"val": "1"}, nsmap={"adec": _DECORATIVE}
        )
        extension.append(mark)


def set_run(run: Any, words: Words, text: str, language: str) -> None:
    properties = run._r.get_or_add_rPr()
    properties.set("lang", spelled(language))
    properties.set("sz", str(round(words.size * 100)))
    properties.set("b", "1" if words.bold else "0")
    if words.italic:
        properties.set("i", "1")
    _set_colour(properties, words.colour)
    run.text = text


def spelled(language: str) -> str:
    """The language as a spelling checker knows it.

    >>> spelled("he"), spelled("pt-BR")
    ('he-IL', 'pt-BR')
    """
    return {"en": "en-US", "he": "he-IL"}.get(language, language)


def set_direction(paragraph: Any, align: str, right_to_left: bool) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.set("algn", {"left": "l", "center": "ctr", "right": "r"}[align])
    if right_to_left:
        properties.set("rtl", "1")


def _set_paragraph(paragraph: Any, words: Words, right_to_left: bool, language: str) -> None:
    set_direction(paragraph, words.align, right_to_left and not words.number)
    set_run(paragraph.add_run(), words, words.said, language)


def _set_words(frame: Any, shape: Shape, words: Sequence[Words], right_to_left: bool, language: str) -> None:
    """Words inside their box, so that they move with it."""
    top = min(each.top for each in words)
    left = min(each.left for each in words)
    end = max(each.left + each.width for each in words)
    one = len(words) == 1 and len(words[0].lines) == 1
    if one and abs(left - shape.left - (shape.left + shape.width - end)) < _EVEN:
        words = [replace(words[0], align="center")]
    centred = all(each.align == "center" for each in words)
    # on the far side the words may come nearer to the edge than drawn: fonts differ a little in width
    start = shape.left + shape.width - end if right_to_left else left - shape.left
    start, far = (0.0, 0.0) if centred else (max(0.0, start), 1.0)
    frame.margin_left, frame.margin_right = (
        emu(far if right_to_left else start),
        emu(start if right_to_left else far),
    )
    frame.margin_top = emu(0 if one else max(0.0, top - shape.top))
    frame.margin_bottom = 0
    body = frame._txBody.bodyPr
    body.set("anchor", "ctr" if one else "t")
    frame.word_wrap = not one and not centred
    if not one:  # what somebody types there shrinks rather than run out of its box
        frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE
    before: Words | None = None
    for number, each in enumerate(words):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        _set_paragraph(paragraph, each, right_to_left, language)
        if before is not None:
            gap = each.top - before.top - before.height
            paragraph.space_before = emu(max(0.0, gap))
        indent = each.left - left if not right_to_left else end - each.left - each.width
        if not one and not centred and indent > 3:
            paragraph._p.get_or_add_pPr().set("marL", str(emu(indent)))  # the starting side, in any script
        before = each


def _set_look(properties: Any, look: Look, kind: str) -> None:
    for old in ("a:solidFill", "a:noFill", "a:pattFill", "a:ln"):
        for element in properties.findall(qn(old)):
            properties.remove(element)
    if look.hatch and look.fill:
        fill = _child(properties, "a:pattFill")
        fill.set("prst", "wdUpDiag")
        _colour(_child(fill, "a:fgClr"), look.edge or "#E9AE8C")
        _colour(_child(fill, "a:bgClr"), look.fill)
    elif look.fill:
        _set_colour(properties, look.fill)
    else:
        _child(properties, "a:noFill")
    line = _child(properties, "a:ln")
    if not look.edge or not look.line or (look.hatch and kind == "path"):
        _child(line, "a:noFill")
        return
    line.set("w", str(emu(look.line)))
    if kind == "path":
        line.set("cap", "rnd")
    _set_colour(line, look.edge)
    if look.dash:
        _child(line, "a:prstDash").set("val", look.dash)
    _child(line, "a:round")


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    child = parent.makeelement(qn(tag), attributes)
    parent.append(child)
    return child


def _set_colour(parent: Any, colour: str) -> None:
    _colour(_child(parent, "a:solidFill"), colour)


def _colour(parent: Any, colour: str) -> None:
    _child(parent, "a:srgbClr").set("val", colour.lstrip("#").upper())


def _set_paths(element: Any, shape: Shape) -> None:
    """Replace a ready-made outline by the paths of the shape: an icon of several strokes stays one shape."""
    properties = element.spPr
    old = properties.find(qn("a:prstGeom"))
    custom = properties.makeelement(qn("a:custGeom"), {})
    for part in ("avLst", "gdLst", "ahLst", "cxnLst"):
        _child(custom, f"a:{part}")
    _child(custom, "a:rect", l="0", t="0", r="r", b="b")
    outlines = _child(custom, "a:pathLst")
    wide, tall = int(emu(max(shape.width, 0.01))), int(emu(max(shape.height, 0.01)))
    for path, look in shape.paths:
        outline = _child(outlines, "a:path", w=str(wide), h=str(tall))
        if not look.fill:
            outline.set("fill", "none")
        if not look.edge:
            outline.set("stroke", "0")
        _add_steps(outline, thinned(path) if shape.smooth else path, shape)
    properties.replace(old, custom)


def _add_steps(outline: Any, path: Path, shape: Shape) -> None:
    names = {Path.MOVETO: "moveTo", Path.LINETO: "lnTo", Path.CURVE3: "quadBezTo", Path.CURVE4: "cubicBezTo"}
    for numbers, code in path.iter_segments(simplify=False, curves=True):
        if code == Path.CLOSEPOLY:
            _child(outline, "a:close")
            continue
        step = _child(outline, f"a:{names[code]}")
        for x, y in np.asarray(numbers, dtype=float).reshape(-1, 2):
            point = _child(step, "a:pt")
            point.set("x", str(int(emu(x - shape.left))))
            point.set("y", str(int(emu(y - shape.top))))


def thinned(path: Path) -> Path:
    """A line of many points without those that lie on the way of the others (Ramer, Douglas and Peucker).

    >>> thinned(Path([(0, 0), (1, 0), (2, 0), (2, 2)])).vertices.tolist()
    [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0]]
    """
    codes = [] if path.codes is None else np.asarray(path.codes).tolist()
    if not set(codes) <= {Path.MOVETO, Path.LINETO, Path.CLOSEPOLY} or codes.count(Path.MOVETO) > 1:
        return path
    closed = bool(codes) and codes[-1] == Path.CLOSEPOLY
    points = np.asarray(path.vertices, dtype=float)
    points = points[:-1] if closed else points
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        way = points[last] - points[first]
        along = points[first + 1 : last] - points[first]
        length = float(np.hypot(*way))
        far = (
            np.hypot(*along.T) if not length else np.abs(way[0] * along[:, 1] - way[1] * along[:, 0]) / length
        )
        worst = int(far.argmax())
        if far[worst] > _FINE:
            middle = first + 1 + worst
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    kept = points[keep]
    steps = [Path.MOVETO] + [Path.LINETO] * (len(kept) - 1)
    return Path(np.vstack([kept, kept[:1]]), [*steps, Path.CLOSEPOLY]) if closed else Path(kept, steps)

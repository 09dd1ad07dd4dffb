"""The drawn journey map: what was expected, what was lived, who owns it and how long it took."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial, reduce
from itertools import chain
from typing import Any

from cxkit.views import look
from cxkit.views.map.cells import Story, alt
from cxkit.views.map.drivers import match
from cxkit.views.map.foot import Foot, draw_foot, foot
from cxkit.views.map.head import Head, draw_head, has_card, heads
from cxkit.views.map.plan import BROKEN, CUT, Frame, Plan, plan
from cxkit.views.map.rows import draw_row
from cxkit.views.map.said import Map, guessed_numbers, headings, twin
from cxkit.views.map.style import STYLES, Style, Type, type_for
from cxkit.views.page import open_page
from cxkit.views.picture import Picture

_AIR = 8.0
"""Room above and below the rows, in points."""
# How many times as large as the paper a sheet may be: so that everything is said; where text has to be cut all the
# same; and where not even that is enough. Whole words and the card of the person are worth a little.
_LARGER = (1.0, 1.06, 1.12, 1.25, 1.4, 1.6, 2.0, 2.5)
_A_LITTLE = 1.25
_CUT_ON = (1.0, 1.6, 2.5)
_LARGEST = (3.2, 4.0, 6.0)


def draw_map(journey: Any, *, size: str = "16:9", style: str = "screen", drivers: Any = None) -> Picture:
    """Draw a journey map.

    Args:
        journey: a `Journey`.
        size: "16:9" (slides), "A4", "A4 portrait" or "A3". Type is at least 7 points; on a slide of up to
            nine touchpoints at least 9 points. Many touchpoints are set in two or more rows. Where text would
            have to be cut or left out, the sheet grows, up to two and a half times, and keeps its shape.
        style: "screen" (tinted stages), "print" (white with hatches: it costs little ink, works in black and white
            and leaves 10 mm at every edge) or "projector" (type of at least 11 points on a slide of up to nine
            touchpoints, thicker lines; quotes and opportunities are left to the table).
        drivers: what `drivers(…)` returns, raw or adjusted. The star of each touchpoint then grows with its ratio
            and shows it with its interval; it is hollow where the interval holds 1. Names are matched with
            the touchpoints or, where a survey calls them something else, with any further column of the journey
            (a column `survey`, say).

    Returns:
        A `Picture`: a matplotlib figure with `.alt`, `.twin` (the whole journey as a table), `.save(path)`.

    Raises:
        ValueError: another size or style, a table that is not one of drivers, or names that are not on the map.

    >>> from cxkit.journey import Journey
    >>> calls = {"stage": "care", "touchpoint": "Calls", "channel": "phone", "expected": 7, "experienced": 4}
    >>> draw_map(Journey([calls])).alt
    'Journey map: A customer journey. 1 touchpoint (Care 1). Experience falls furthest below expectation \
at “Calls”: expected 7, experienced 4, a gap of −3. 2 of 2 scores with no evidence given.'
    """
    if size not in look.SIZES:
        raise ValueError(f"There is no size {size!r}. Choose one of: {', '.join(look.SIZES)}.")
    if style not in STYLES:
        raise ValueError(f"There is no style {style!r}. Choose one of: {', '.join(STYLES)}.")
    kind = STYLES[style]
    found = None if drivers is None else match(journey.table, drivers)
    story = Story(journey, found, kind.left_out)
    types = type_for(size, kind, len(story))
    chosen = _choose(story, look.SIZES[size], kind, types)
    if chosen is None:
        raise ValueError(
            f"A journey of {len(story)} touchpoints is too long for one map. Split it into several."
        )
    return _draw(story, chosen, kind)


@dataclass(frozen=True)
class _Sheet:
    """The paper: its size in inches, what stands above and below the rows, and the rows."""

    inches: tuple[float, float]
    head: Head
    plan: Plan
    foot: Foot


def _choose(story: Story, paper: tuple[float, float], style: Style, types: Type) -> _Sheet | None:
    """The smallest sheet, of the shape of `paper`, on which everything is said; None where none is large enough.

    The card of the person is worth a sheet that is a little larger, and so are whole words. Only where a sheet of
    two and a half times the size does not help is text cut and are lanes left to the table.
    """
    found: list[_Sheet] = []
    cards = has_card(story)
    for growth in _LARGER:
        if found and growth > max(_A_LITTLE, 1.3 * found[0].inches[0] / paper[0]):
            break
        sheet = _arrange(story, paper, growth, style, types, BROKEN)
        if sheet and not sheet.plan.harm() and (sheet.head.card or not cards):
            return sheet
        found += [sheet] if sheet else []
    if found:
        return reduce(lambda one, more: more if more.plan.harm() < 0.5 * one.plan.harm() else one, found)
    for growths in (_CUT_ON, _LARGEST):
        cut = [_arrange(story, paper, growth, style, types, CUT) for growth in growths]
        if any(cut):
            return min(filter(None, cut), key=lambda sheet: sheet.plan.harm())
    return None


def _arrange(
    story: Story, paper: tuple[float, float], growth: float, style: Style, types: Type, spoil: int
) -> _Sheet | None:
    """The fullest head with which the rows are hardly worse off than with the plainest; None where nothing fits."""
    inches = (growth * paper[0], growth * paper[1])
    options = _unlike(heads(story, inches[0] * 72 - 2 * style.margin, style, types), inches[1] * 72)
    if not options:
        return None
    fitted = partial(_fit, story, inches, style=style, types=types, spoil=spoil)
    fullest = fitted(options[0])
    if fullest and _is_good(fullest.plan, types):
        return fullest
    plainest = fitted(options[-1]) if len(options) > 1 else fullest
    if plainest is None:
        return None
    if plainest.plan.harm():
        return fullest if fullest and fullest.plan.harm() <= plainest.plan.harm() else plainest
    for sheet in chain([fullest], map(fitted, options[1:-1])):
        if sheet and (_is_good(sheet.plan, types) or _as_good(sheet.plan, plainest.plan)):
            return sheet
    return plainest


def _unlike(found: Iterable[Head], height: float) -> list[Head]:
    """The heads that fit, without those that say less and are as high: they would leave the rows no better off."""
    kept: list[Head] = []
    for head in found:
        if head.height < height:
            kept.append(head)
            height = head.height
    return kept


def _is_good(one: Plan, types: Type) -> bool:
    return one.size >= types.good and one.relaxed and not one.harm()


def _as_good(one: Plan, other: Plan) -> bool:
    """Whether the rows are hardly worse off in one plan than in another, which loses nothing."""
    return not one.harm() and one.size >= other.size - 1.0 and one.curve >= 0.65 * other.curve


def _fit(
    story: Story, inches: tuple[float, float], head: Head, *, style: Style, types: Type, spoil: int
) -> _Sheet | None:
    width, height = inches[0] * 72 - 2 * style.margin, inches[1] * 72 - 2 * style.margin
    told = foot(story, style, types.text, width)
    laid: Plan | None = None
    for _ in range(3):
        room = height - head.height - told.height - 2 * _AIR
        laid = plan(story, Frame(width, room, types.least, types.most, types.good, style.brief), spoil)
        if laid is None:
            return None
        before, told = told, foot(laid.story, style, types.text, width)
        # Where lanes are left to the table, the foot has to say so, which may take a line more.
        if told.height <= before.height:
            break
    return _Sheet(inches, head, laid, told) if laid else None


def _draw(story: Story, sheet: _Sheet, style: Style) -> Picture:
    picture = Map(
        guessed=guessed_numbers(story),
        figsize=sheet.inches,
        facecolor=look.PAPER,
        alt=alt(story),
        twin=twin(story),
        title=story.journey.title or story.words["untitled"],
        language=story.journey.language,
        headings=headings(story),
    )
    page = open_page(picture, story.right_to_left)
    draw_head(page, sheet.head, style, story.planned)
    top = style.margin + sheet.head.height + _AIR
    for row in sheet.plan.rows:
        top = draw_row(page, style, sheet.plan, row, top) + sheet.plan.gap
    draw_foot(page, sheet.foot, style, top - sheet.plan.gap + 0.8 * _AIR)
    return picture

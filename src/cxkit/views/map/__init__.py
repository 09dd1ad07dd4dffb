"""The drawn journey map: what was expected, what was lived, who owns it and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cxkit.views import look
from cxkit.views.map.cells import Story, alt
from cxkit.views.map.drivers import match
from cxkit.views.map.foot import Foot, draw_foot, foot
from cxkit.views.map.head import Head, draw_head, heads
from cxkit.views.map.plan import Frame, Plan, plan
from cxkit.views.map.rows import draw_row
from cxkit.views.map.said import headings, twin
from cxkit.views.map.style import STYLES, Style, Type, type_for
from cxkit.views.page import open_page
from cxkit.views.picture import Picture

_AIR = 8.0
"""Room above and below the rows, in points."""


def draw_map(journey: Any, *, size: str = "16:9", style: str = "screen", drivers: Any = None) -> Picture:
    """Draw a journey map.

    Args:
        journey: a `Journey`.
        size: "16:9" (slides), "A4", "A4 portrait" or "A3". Type is at least 7 points; on a slide of up to
            nine touchpoints at least 9 points. Many touchpoints are set in two or more rows.
        style: "screen" (tinted stages), "print" (white with hatches: it costs little ink, works in black and white
            and leaves 10 mm at every edge) or "projector" (type of at least 12 points on a slide of up to nine
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
    for growth in (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 6.0):
        # A journey of very many touchpoints gets a larger sheet of the same shape, rather than losing any.
        inches = (growth * look.SIZES[size][0], growth * look.SIZES[size][1])
        sheet = _arrange(story, inches, kind, types)
        if sheet:
            return _draw(story, sheet, kind)
    raise ValueError(f"A journey of {len(story)} touchpoints is too long for one map. Split it into several.")


@dataclass(frozen=True)
class _Sheet:
    """The paper: its size in inches, what stands above and below the rows, and the rows."""

    inches: tuple[float, float]
    head: Head
    plan: Plan
    foot: Foot


def _arrange(story: Story, inches: tuple[float, float], style: Style, types: Type) -> _Sheet | None:
    """The fullest head with which the rows are no worse off than with the plainest; None where nothing fits."""
    width = inches[0] * 72 - 2 * style.margin
    tried: list[_Sheet] = []
    height = inches[1] * 72
    for head in heads(story, width, style, types):
        # A head that says less but is as high would leave the rows no better off.
        if head.height >= height:
            continue
        height = head.height
        sheet = _fit(story, inches, head, style, types)
        if sheet and sheet.plan.size >= types.good and sheet.plan.relaxed and not sheet.plan.harm():
            return sheet
        tried += [sheet] if sheet else []
    if not tried:
        return None
    plainest = tried[-1]
    if plainest.plan.harm():
        return min(reversed(tried), key=lambda sheet: sheet.plan.harm())
    return next(sheet for sheet in tried if _as_good(sheet.plan, plainest.plan))


def _as_good(one: Plan, other: Plan) -> bool:
    """Whether the rows are hardly worse off in one plan than in another, which loses nothing."""
    return not one.harm() and one.size >= other.size - 0.5 and one.curve >= 0.75 * other.curve


def _fit(story: Story, inches: tuple[float, float], head: Head, style: Style, types: Type) -> _Sheet | None:
    width, height = inches[0] * 72 - 2 * style.margin, inches[1] * 72 - 2 * style.margin
    told = foot(story, style, types.text, width)
    laid: Plan | None = None
    for _ in range(3):
        room = height - head.height - told.height - 2 * _AIR
        laid = plan(story, Frame(width, room, types.least, types.most, types.good, style.brief))
        if laid is None:
            return None
        before, told = told, foot(laid.story, style, types.text, width)
        # Where lanes are left to the table, the foot has to say so, which may take a line more.
        if told.height <= before.height:
            break
    return _Sheet(inches, head, laid, told) if laid else None


def _draw(story: Story, sheet: _Sheet, style: Style) -> Picture:
    picture = Picture(
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

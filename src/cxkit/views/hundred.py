"""A hundred people, and how many of them are left after each step: as a curve, and one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cxkit.languages import right_to_left

from .layout import Block, wrap
from .look import ABOVE, BELOW, BLUE, INK, PAPER, QUIET, RULE
from .page import MARGIN, Page, open_page
from .picture import Picture

SIZE = (9.6, 4.2)
TITLE, LABEL = 15.0, 11.0
_ACROSS = 10
_PITCH = 17.0
_TOP, _FOOT = 84.0, 46.0


def draw_hundred(
    steps: Sequence[float],
    left: Sequence[float],
    at: int,
    bound: int,
    said: Mapping[str, str],
    language: str = "en",
    mark_each: bool = False,
) -> Picture:
    """Draw how many of a hundred people are left after each step, and a hundred dots for the step that is chosen.

    Parameters: `steps`, numbers in rising order (days, touchpoints); `left`, people left after each, 0 to 100, told as
    whole people; `at`, the place in `steps` that is chosen; `bound`, how many should be left; `said`, the words:
    `title`, `finding`, `across` (the axis), `bound` (at its line), `here` and `gone` (the dots), `alt`, `step` and
    `people` (heads of the table); `mark_each`, a dot at each step.
    Raises ValueError where the two lists differ in length or `at` is not a place in them.

    >>> words = ("title", "finding", "across", "bound", "here", "gone", "step", "people")
    >>> said = dict.fromkeys(words, "") | {"alt": "97 are left."}
    >>> draw_hundred([0, 1], [100, 97], at=1, bound=80, said=said).alt
    '97 are left.'
    """
    if len(steps) != len(left) or not 0 <= at < len(steps):
        raise ValueError(
            f"{len(steps)} steps need as many numbers of people, and `at` from 0 to {len(steps) - 1}."
        )
    twin = pd.DataFrame({"step": [f"{step:g}" for step in steps], "people": [round(each) for each in left]})
    picture = Picture(
        alt=said["alt"],
        twin=twin,
        title=said["title"],
        headings={"step": said["step"], "people": said["people"]},
        language=language,
        figsize=SIZE,
        facecolor=PAPER,
    )
    page = open_page(picture, right_to_left(language))
    enough = round(left[at]) >= bound
    page.text(MARGIN, 18, wrap(said["title"], TITLE, page.width - 2 * MARGIN, bold=True))
    finding = Block((f"{'✓' if enough else '✗'} {said['finding']}",), LABEL + 1, True)
    page.text(MARGIN, 42, finding, ABOVE if enough else BELOW)
    bottom = SIZE[1] * 72 - _FOOT
    dots = _ACROSS * _PITCH
    _curve(page, steps, left, at, bound, said, (_TOP, bottom), dots, mark_each)
    start, here = page.width - MARGIN - dots, round(left[at])
    _dots(page, range(here), start, BLUE, BLUE, "here")
    _dots(page, range(here, 100), start, PAPER, QUIET, "gone")
    for row, (fill, edge, words) in enumerate([(BLUE, BLUE, said["here"]), (PAPER, QUIET, said["gone"])]):
        y = _TOP + dots + 16 + row * 16
        page.line(
            [start + 6], [y], fill, 0, marker="o", markersize=9, markeredgecolor=edge, markeredgewidth=1.4
        )
        page.text(start + 16, y - 7.2, Block((words,), LABEL), QUIET)
    return picture


def _curve(
    page: Page,
    steps: Sequence[float],
    left: Sequence[float],
    at: int,
    bound: int,
    said: Mapping[str, str],
    between: tuple[float, float],
    dots: float,
    mark_each: bool,
) -> None:
    """The curve beside the dots. Numbers run from left to right in every language."""
    top, bottom = between
    start, wide = MARGIN + 34, page.width - 2 * MARGIN - 34 - dots - 34
    low_end, high_end = sorted((page.at(start), page.at(start + wide)))
    if page.right_to_left:
        # the numbers of the axis stand at its left end in Hebrew too
        low_end, high_end = low_end + 34, high_end + 34

    def x(step: float) -> float:
        share = (step - steps[0]) / ((steps[-1] - steps[0]) or 1)
        return page.at(low_end + share * (high_end - low_end))

    def y(people: float) -> float:
        return bottom - people / 100 * (bottom - top)

    for line in range(0, 101, 20):
        page.line([x(steps[0]), x(steps[-1])], [y(line)] * 2, RULE, 0.7)
        label = Block((f"{line}",), LABEL)
        page.text(
            page.at(low_end - 8), y(line) - label.height / 2, label, QUIET, number=True,
            align="start" if page.right_to_left else "end",
        )  # fmt: skip
    every = max(1, round(len(steps) / 10))
    for step in steps[::every]:
        page.text(x(step), bottom + 5, Block((f"{step:g}",), LABEL), QUIET, align="middle", number=True)
    page.text(
        (x(steps[0]) + x(steps[-1])) / 2, bottom + 21, Block((said["across"],), LABEL), QUIET, align="middle"
    )
    page.line([x(steps[0]), x(steps[-1])], [y(bound)] * 2, BLUE, 1.4, (0, (5, 3)), order=2)
    words = Block((said["bound"],), LABEL)
    place = high_end - words.width / 2 - 4
    # below its line, but where the curve passes there: above
    below = y(left[-1]) < y(bound) + 8 or y(left[-1]) > y(bound) + 34
    page.text(page.at(place), y(bound) + (3 if below else -words.height - 3), words, BLUE, align="middle")
    page.line([x(step) for step in steps], [y(people) for people in left], INK, 2.4, order=4)
    for step, people in zip(steps, left, strict=True) if mark_each else ():
        page.line([x(step)], [y(people)], INK, 0, order=5, marker="o", markersize=6, markeredgecolor=PAPER)
    chosen = ABOVE if round(left[at]) >= bound else BELOW
    page.line([x(steps[at])] * 2, [y(left[at]), bottom], chosen, 1.6, (0, (2, 2)), order=3)
    page.line(
        [x(steps[at])], [y(left[at])], chosen, 0, order=6, marker="D", markersize=10, markeredgecolor=PAPER
    )


def _dots(page: Page, people: range, start: float, fill: str, edge: str, gid: str) -> None:
    """These of a hundred people in ten rows, as dots."""
    spots = [divmod(one, _ACROSS) for one in people]
    page.line(
        [start + (column + 0.5) * _PITCH for _, column in spots],
        [_TOP + (row + 0.5) * _PITCH for row, _ in spots],
        fill, 0, order=4, marker="o", markersize=10, markeredgecolor=edge, markeredgewidth=1.4, gid=gid,
    )  # fmt: skip

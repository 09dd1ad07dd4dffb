"""Two shares side by side in each group, with their intervals: is the difference still there within the groups?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .layout import Block, wrap
from .look import BELOW, BLUE, INK, PAPER, QUIET, RULE
from .page import MARGIN, Page, open_page
from .picture import Picture

SIZE = (9.6, 4.6)
TITLE, LABEL = 15.0, 11.0
_TOP, _FOOT = 96.0, 44.0
_NAME, _WORDS = 128.0, 170.0


def draw_pairs(
    names: Sequence[str],
    much: Sequence[Any],
    little: Sequence[Any],
    difference: Sequence[Any],
    said: Mapping[str, str],
    most: float = 0.5,
) -> Picture:
    """Draw for each group the share in two halves of it, each with its interval, and the difference in words.

    Parameters: `names` of the groups; `much`, `little`, a share for each group, and `difference`, much less little: each
    with `value`, `low`, `high` (0 to 1) and `n`; `said`, the words: `title`, `much`, `little`, `across`, `difference`
    (head of the words), `clear` and `unclear` (with a place `{points}`), `alt`; `most`, the share at which the scale ends.
    Raises ValueError where the lists differ in length.

    >>> from cxkit.measures.scores import proportion
    >>> half = [proportion(5, 10)]
    >>> words = ("title", "much", "little", "across", "difference", "clear", "unclear")
    >>> draw_pairs(["all"], half, half, half, dict.fromkeys(words, "") | {"alt": "No difference."}).alt
    'No difference.'
    """
    if not len(names) == len(much) == len(little) == len(difference):
        raise ValueError("Each group needs a name, two shares and their difference.")
    twin = pd.DataFrame(
        {
            "group": list(names),
            said["much"]: [_told(each) for each in much],
            said["little"]: [_told(each) for each in little],
            said["difference"]: [_words(each, said) for each in difference],
        }
    )
    picture = Picture(alt=said["alt"], twin=twin, title=said["title"], figsize=SIZE, facecolor=PAPER)
    page = open_page(picture, right_to_left=False)
    page.text(MARGIN, 18, wrap(said["title"], TITLE, page.width - 2 * MARGIN, bold=True))
    _key(page, said)
    left, right = MARGIN + _NAME, page.width - MARGIN - _WORDS - 14
    bottom = SIZE[1] * 72 - _FOOT

    def x(share: float) -> float:
        return left + share / most * (right - left)

    for tick in range(round(most * 10) + 1):
        page.line([x(tick / 10)] * 2, [_TOP, bottom], RULE, 0.7)
        page.text(x(tick / 10), bottom + 5, Block((f"{10 * tick}%",), LABEL), QUIET, align="middle")
    page.text((left + right) / 2, bottom + 21, Block((said["across"],), LABEL), QUIET, align="middle")
    page.text(right + 14, _TOP - 18, Block((said["difference"],), LABEL), QUIET)
    pitch = (bottom - _TOP) / len(names)
    for row, name in enumerate(names):
        y = _TOP + (row + 0.5) * pitch
        label = wrap(name, LABEL, _NAME - 8)
        page.text(MARGIN, y - label.height / 2, label)
        apart = min(0.21 * pitch, 12)
        _share(page, x, y - apart, much[row], BELOW, "s")
        _share(page, x, y + apart, little[row], BLUE, "o")
        clear = _clear(difference[row])
        words = Block((_words(difference[row], said),), LABEL, clear)
        page.text(right + 14, y - words.height / 2, words, INK if clear else QUIET)
    return picture


def _clear(difference: Any) -> bool:
    return bool(difference.low > 0 or difference.high < 0)


def _points(share: float) -> str:
    return f"{100 * share:.0f}".replace("-0", "0").replace("-", "−")


def _words(difference: Any, said: Mapping[str, str]) -> str:
    points = " ".join(
        [_points(difference.value), f"({_points(difference.low)} to {_points(difference.high)})"]
    )
    return said["clear" if _clear(difference) else "unclear"].format(points=points)


def _told(share: Any) -> str:
    low, high = (f"{100 * each:.0f}%" for each in (share.low, share.high))
    return f"{100 * share.value:.0f}% ({low} to {high}, n = {share.n:,})"


def _share(page: Page, x: Any, y: float, share: Any, colour: str, shape: str) -> None:
    page.line([x(share.low), x(share.high)], [y, y], colour, 2, order=3)
    for end in (share.low, share.high):
        page.line([x(end)] * 2, [y - 3.5, y + 3.5], colour, 2, order=3)
    fill = colour if shape == "s" else PAPER
    page.line(
        [x(share.value)], [y], colour, 0, order=4, marker=shape, markersize=9, markerfacecolor=fill,
        markeredgecolor=colour, markeredgewidth=1.8,
    )  # fmt: skip


def _key(page: Page, said: Mapping[str, str]) -> None:
    along = MARGIN
    for name, colour, shape in (("much", BELOW, "s"), ("little", BLUE, "o")):
        fill = colour if shape == "s" else PAPER
        page.line(
            [along + 5], [54], colour, 0, marker=shape, markersize=9, markerfacecolor=fill,
            markeredgecolor=colour, markeredgewidth=1.8,
        )  # fmt: skip
        words = Block((said[name],), LABEL)
        page.text(along + 16, 47, words, QUIET)
        along += words.width + 44

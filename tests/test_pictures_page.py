"""The page of pictures: everything on it is there, and it says what the pictures show today."""

from __future__ import annotations

import io
import re
import sys

import numpy as np
import pytest
from nbgrader_course import ROOT
from PIL import Image

sys.path.insert(0, str(ROOT / "docs"))

import draw_pictures as page

ENTRIES = [entry for _, _, entries in page.parts() for entry in entries]
SHOWN = dict(
    re.findall(r"!\[([^\]]*)\]\(pictures/(\w+)\.png\)", page.PAGE.read_text("utf-8"))[index][::-1]
    for index in range(len(ENTRIES))
)


def test_the_page_shows_every_picture_once_and_no_other_lies_beside_it():
    names = [entry.name for entry in ENTRIES]
    assert len(set(names)) == len(names)
    assert list(SHOWN) == names
    assert {path.stem for path in page.FOLDER.iterdir()} == set(names)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_picture_on_the_page_is_the_one_that_is_drawn_today(entry):
    drawn = entry.draw()
    words = drawn.alt.replace("[", "(").replace("]", ")")
    again = "Draw the page again: python docs/draw_pictures.py"
    assert SHOWN[entry.name] == words, again
    width, height = drawn.get_size_inches() * page.DPI
    with Image.open(page.FOLDER / f"{entry.name}.png") as kept:
        assert kept.text["Description"] == drawn.alt, again
        assert kept.size == (pytest.approx(width, abs=1), pytest.approx(height, abs=1)), again
        with Image.open(io.BytesIO(page.png(drawn))) as fresh:
            assert difference(kept, fresh) < 1.5, again


def difference(one, other):
    """How far two pictures are apart, on average, in steps of grey from 0 to 255, when both are seen from afar."""
    small = [np.asarray(each.convert("L").resize((320, 180)), dtype=float) for each in (one, other)]
    return float(np.abs(small[0] - small[1]).mean())


def test_the_difference_sees_a_line_that_moved():
    pictures = []
    for height in (3, 4):
        image = Image.new("L", (1600, 900), 255)
        image.paste(0, (100, 100 * height, 1500, 100 * height + 40))
        pictures.append(image)
    assert difference(pictures[0], pictures[0]) == 0
    assert difference(*pictures) > 1.5

"""What a drawn picture says and where: its texts, the boxes of their letters, and whether these overlap."""

import numpy as np
from matplotlib.text import Text
from matplotlib.transforms import Bbox

MARKS = "\u200e\u200f "


def texts(picture, gid=None):
    """Drawn texts with something in them, all or those of one kind."""
    # findobj would make the ticks of axes that are off, which takes longer than the rest
    drawn = [text for axes in picture.axes for text in axes.texts] if picture.axes else picture.findobj(Text)
    found = [text for text in drawn if text.get_text().strip(MARKS)]
    return [text for text in found if gid is None or text.get_gid() == gid]


def words(picture, gid=None):
    """What the texts say, without the marks of direction."""
    return [said(text) for text in texts(picture, gid)]


def said(text):
    return text.get_text().replace("\u200e", "").replace("\u200f", "").replace("\u00a0", " ")


def ink(text, renderer):
    """The box of the letters as they are inked, in pixels; matplotlib's own adds the height of a line."""
    _, height, below = renderer.get_text_width_height_descent(
        text.get_text(), text.get_fontproperties(), ismath=False
    )
    _, baseline = text.get_transform().transform(text.get_position())
    across = text.get_window_extent(renderer)
    return Bbox.from_extents(across.x0, baseline - below, across.x1, baseline - below + height)


def overlaps(boxes):
    """How deep each pair of boxes lies in one another, in pixels; below 0 where they are apart."""
    x0, y0, x1, y1 = np.array([place.extents for place in boxes]).T
    wide = np.minimum.outer(x1, x1) - np.maximum.outer(x0, x0)
    tall = np.minimum.outer(y1, y1) - np.maximum.outer(y0, y0)
    deep = np.minimum(wide, tall)
    deep[np.tril_indices(len(boxes))] = -np.inf
    return deep


def wrong_places(picture, dpi=144):
    """Sentences about texts that leave the picture or lie on one another; none where all is well."""
    before, picture.dpi = picture.dpi, dpi
    try:
        renderer = picture.canvas.get_renderer()
        drawn = texts(picture)
        places = [ink(text, renderer) for text in drawn]
        page = picture.bbox
        found = [
            f"outside: {said(text)}"
            for text, place in zip(drawn, places, strict=True)
            if place.x0 < page.x0 or place.x1 > page.x1 or place.y0 < page.y0 or place.y1 > page.y1
        ]
        # a quarter of a point: letters are placed on whole pixels
        pairs = np.argwhere(overlaps(places) > 0.25 * dpi / 72 + 0.5)
        return found + [f"overlap: {said(drawn[one])} / {said(drawn[other])}" for one, other in pairs]
    finally:
        picture.dpi = before

"""A drawing with 256 colours: plenty for flat tints and letters, and a notebook of ten of them is three times smaller."""

from __future__ import annotations

import numpy as np
from PIL import Image

_MOST = 256
_BITS = 6
"""Of each channel: tints that differ by 4 steps of 256 stay apart."""
_SAMPLE = 11
"""One pixel in so many is enough for the mean colour of a tint. Not a divisor of usual widths."""


def few_colours(pixels: np.ndarray) -> Image.Image:
    """An opaque picture with at most 256 colours.

    Like colours share a cell of the colour cube, and the fullest cells get a place in the palette, as the mean of their
    pixels (popularity algorithm; Heckbert 1982). The letters' edges fall to the nearest place. Pillow's own median cut takes
    three times as long, which somebody who moves a slider feels.

    Args:
        pixels: rows × columns × 4 (red, green, blue, and an alpha that is not looked at), whole numbers from 0 to 255.

    >>> few_colours(np.full((2, 3, 4), 255, np.uint8)).convert("RGB").getpixel((0, 0))
    (255, 255, 255)
    """
    height, width, _ = pixels.shape
    packed = np.ascontiguousarray(pixels).view("<u4").reshape(-1)
    keep, cells = 8 - _BITS, 1 << (3 * _BITS)
    mask = (1 << _BITS) - 1
    cell = np.zeros(len(packed), np.uint32)
    for place in range(3):
        cell |= ((packed >> (8 * place + keep)) & mask) << (_BITS * place)
    full = np.bincount(cell, minlength=cells)
    used = np.flatnonzero(full)
    kept = used[np.argsort(-full[used], kind="stable")][:_MOST]
    palette = _means(packed, cell, kept, cells)
    index = np.zeros(cells, np.uint8)
    index[kept] = np.arange(len(kept))
    rest = np.setdiff1d(used, kept, assume_unique=True)
    if len(rest):
        middle = np.stack([(rest >> (_BITS * place) & mask) << keep for place in range(3)], axis=1) + 2.0
        apart = (palette**2).sum(axis=1) - 2 * middle @ palette.T
        index[rest] = apart.argmin(axis=1)
    image = Image.fromarray(index[cell].reshape(height, width), "P")
    image.putpalette(palette.astype(np.uint8).tobytes())
    return image


def _means(packed: np.ndarray, cell: np.ndarray, kept: np.ndarray, cells: int) -> np.ndarray:
    any_one = np.zeros(cells, "<u4")
    any_one[cell] = packed
    some, their = packed[::_SAMPLE], cell[::_SAMPLE]
    count = np.bincount(their, minlength=cells)[kept]
    means = np.empty((len(kept), 3))
    for place in range(3):
        total = np.bincount(their, weights=some >> (8 * place) & 255, minlength=cells)[kept]
        lone = any_one[kept] >> (8 * place) & 255
        means[:, place] = np.where(count > 0, np.rint(total / np.maximum(count, 1)), lone)
    return means

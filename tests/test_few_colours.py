"""Pictures with few colours look like the ones with all."""

from __future__ import annotations

import numpy as np
import pytest

from cxkit.views.few_colours import few_colours


def back(pixels):
    return np.asarray(few_colours(pixels).convert("RGBA"))


@pytest.mark.parametrize("seed", range(20))
def test_flat_tints_are_kept_to_the_last_step(seed):
    tints = np.random.default_rng(seed).integers(0, 256, (40, 3)) // 4 * 4
    pixels = np.full((40, 50, 4), 255, np.uint8)
    pixels[..., :3] = tints[:, None, :]
    assert (back(pixels) == pixels).all()


def test_white_stays_white_and_edges_stay_near():
    grey = np.linspace(0, 255, 300).astype(np.uint8)
    pixels = np.full((300, 300, 4), 255, np.uint8)
    pixels[:30, :, :3] = grey[None, :, None]
    pixels[30:60, :, 0] = grey
    pixels[60:90, :, 1] = grey
    found = back(pixels).astype(int)
    assert (found[100:] == 255).all()
    assert np.abs(found - pixels).max() <= 16


def test_a_single_dot_among_many_colours_is_not_lost():
    pixels = np.full((64, 64, 4), 255, np.uint8)
    pixels[..., 0], pixels[..., 1] = np.meshgrid(np.arange(64) * 4, np.arange(64) * 4)
    pixels[5, 5, :3] = (0, 0, 0)
    assert back(pixels)[5, 5, :3].max() < 60

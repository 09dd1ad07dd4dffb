"""Colours for eyes that see fewer of them, for black and white printers, and the promises of each style."""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from cxkit.cases import case
from cxkit.views import look
from cxkit.views.map import draw_map
from cxkit.views.map.style import STYLES

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB.
MACHADO = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
EYES = ["full", *MACHADO]


def linear(colour):
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(colour, eye="full"):
    """CIELAB of a colour (D65) as an eye sees it."""
    seen = linear(colour) if eye == "full" else np.clip(MACHADO[eye] @ linear(colour), 0, 1)
    xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]] @ seen
    ratio = np.array(xyz) / [0.9505, 1.0, 1.089]
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one, other, eye="full"):
    """CIE 1976: below 2.3 nobody sees a difference, from about 10 on it is plain at a glance."""
    return float(np.linalg.norm(lab(one, eye) - lab(other, eye)))


def grey(colour):
    return lab(colour)[0]


def test_distance_agrees_with_what_is_known():
    assert distance("#000000", "#FFFFFF") == pytest.approx(100, abs=0.5)
    assert distance("#FF0000", "#00FF00") > 150
    assert distance("#B0A000", "#A0B000", "protan") < distance("#B0A000", "#A0B000")


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("style", ["screen", "projector"])
def test_areas_and_inks_are_told_apart_by_every_eye(style, eye):
    drawn = STYLES[style]
    assert distance(drawn.below.fill, drawn.above.fill, eye) >= 10
    for tint, _ in drawn.stages.values():
        for area in (drawn.below.fill, drawn.above.fill):
            assert distance(area, tint, eye) >= 8, (area, tint)
    for one, other in combinations([look.BLUE, look.INK, look.BELOW], 2):
        assert distance(one, other, eye) >= 10, (one, other)
    assert distance(look.STAR_FILL, look.PAPER, eye) >= 40
    # one of the two areas is hatched, whatever their colours
    assert bool(drawn.below.hatch) != bool(drawn.above.hatch)


def test_print_needs_no_colour():
    drawn = STYLES["print"]
    assert {tint for tint, _ in drawn.stages.values()} == {look.PAPER}
    assert drawn.below.fill == drawn.above.fill == look.PAPER
    assert drawn.below.hatch and drawn.above.hatch and drawn.below.hatch != drawn.above.hatch
    for ink in (
        look.INK,
        look.BLUE,
        look.BELOW,
        look.ABOVE,
        look.STAR,
        drawn.quiet,
        drawn.below.ink,
        drawn.above.ink,
    ):
        assert grey(ink) <= 45, f"{ink} is pale on a grey printer"
    assert grey(drawn.rule) <= 65


@pytest.mark.parametrize("language", ["en", "he"])
def test_print_has_no_large_fills(language):
    picture = draw_map(case("dental_clinic_delays", language).journey, size="A4", style="print")
    paper = picture.bbox.width * picture.bbox.height
    dark = 0.0
    for patch in picture.axes[0].patches:
        if patch.get_facecolor()[3] and patch.get_facecolor()[:3] != (1, 1, 1):
            place = patch.get_window_extent()
            dark += place.width * place.height
    assert dark < 0.01 * paper


def test_projector_is_bolder_and_says_less():
    journey = case("hmo_opt_out").journey
    screen, projected = (draw_map(journey, style=style) for style in ("screen", "projector"))

    def thick(picture):
        (line,) = [line for line in picture.axes[0].lines if line.get_gid() == "experienced"]
        return line.get_linewidth()

    assert thick(projected) >= 1.3 * thick(screen)
    said = [text.get_text() for text in projected.axes[0].texts]
    assert len(" ".join(said)) < 0.8 * len(" ".join(text.get_text() for text in screen.axes[0].texts))
    assert min(text.get_fontsize() for text in projected.axes[0].texts) >= 11
    (told,) = [text for text in said if "only in the table" in text]
    assert "quote" in told and "opportunity" in told
    assert list(projected.twin["quote"]) == list(journey.table["quote"])


@pytest.mark.parametrize("style", STYLES)
def test_dark_plates_carry_light_words_that_can_be_read(style):
    for _, ink in STYLES[style].stages.values():
        assert look.contrast(look.PAPER, ink) >= (7 if style == "projector" else 4.5)
    assert look.contrast(look.PAPER, look.INK) >= 7

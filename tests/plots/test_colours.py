"""Colours can be distinguished on light and on dark backgrounds, by colour-blind readers too."""

import itertools

import numpy as np
import pytest

from ae.plots import colours

LIGHT, DARK = "#ffffff", "#0e1117"
# Simulates deuteranopia in linear RGB (Machado, Oliveira & Fernandes 2009).
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


def linear(colour):
    values = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Return the contrast ratio of WCAG 2."""
    bright, dim = sorted((linear(each) @ [0.2126, 0.7152, 0.0722] for each in (one, other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def lab(rgb):
    """Convert linear RGB to CIELAB, where distances of about 2 are just noticeable."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    scaled = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(scaled > 0.008856, np.cbrt(scaled), 7.787 * scaled + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


LOSSES = (colours.TRAINING, colours.VALIDATION, colours.TEST)


@pytest.mark.parametrize("palette", [colours.RUNS, colours.CLASSES, LOSSES], ids=["runs", "classes", "losses"])
@pytest.mark.parametrize("sight", [np.eye(3), DEUTERANOPIA], ids=["all colours", "deuteranopia"])
def test_no_two_colours_of_a_palette_look_alike(palette, sight):
    for one, other in itertools.combinations(palette, 2):
        assert np.linalg.norm(lab(sight @ linear(one)) - lab(sight @ linear(other))) > 10, (one, other)


@pytest.mark.parametrize("paper", [LIGHT, DARK])
def test_every_line_stands_out_from_the_paper(paper):
    for colour in (*colours.RUNS, *LOSSES, colours.ACCENT, colours.MARK, colours.ERROR_COLOUR, colours.QUIET):
        assert contrast(colour, paper) > 2.3, colour

"""Colours can be distinguished on light and on dark backgrounds, by colour-blind readers too."""

import itertools
import json
import tomllib

import numpy as np
import pytest

from ae import PROJECT
from ae.plots import colours
from ae.runs import folders

THEMES = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text())["theme"]
# Simulate colour blindness in linear RGB (Machado, Oliveira & Fernandes 2009).
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
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


@pytest.mark.parametrize(
    ("palette", "share"),
    [(colours.RUNS[:8], 1), (colours.RUNS, 0.86), (colours.CLASSES, 1), (LOSSES, 1)],
    ids=["first runs", "runs", "classes", "losses"],
)
@pytest.mark.parametrize(
    ("sight", "least"),
    [(np.eye(3), 28), (DEUTERANOPIA, 15), (PROTANOPIA, 15)],
    ids=["all", "deuteranopia", "protanopia"],
)
def test_no_two_colours_of_a_palette_look_alike(palette, share, sight, least):
    """The 14 colours of runs lie a little closer together than the first eight."""
    for one, other in itertools.combinations(palette, 2):
        assert np.linalg.norm(lab(sight @ linear(one)) - lab(sight @ linear(other))) > share * least, (one, other)


def test_no_run_is_taken_for_an_error_and_no_two_included_runs_share_a_colour():
    for colour in colours.RUNS:
        assert np.linalg.norm(lab(linear(colour)) - lab(linear(colours.ERROR_COLOUR))) > 28, colour
    included = [
        json.loads(path.read_text())["colour"] for path in (PROJECT / "checkpoints").glob("shipped-*/about.json")
    ]
    assert len(set(included)) == len(included) > 8


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_mark_stands_out_from_the_page(theme):
    """WCAG 2.2 asks for 3:1 of graphical objects; the sidebar and chips are a little closer to the colours."""
    marks = (*colours.RUNS, *colours.CLASSES, *LOSSES, *(colour for _, colour in colours.FILTERS))
    for colour in (*marks, colours.ACCENT, colours.INK, colours.MARK, colours.ERROR_COLOUR, colours.QUIET):
        assert contrast(colour, THEMES[theme]["backgroundColor"]) >= 3, colour
        assert contrast(colour, THEMES[theme]["secondaryBackgroundColor"]) >= 2.7, colour


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_about_errors_can_be_read(theme):
    """WCAG 2.2 asks for 4.5:1 of text."""
    for background in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(colours.ERROR_TEXT[theme], THEMES[theme][background]) >= 4.5


def test_errors_stand_out_from_the_exact_pixels_and_from_each_other():
    dark, exact, bright = colours.DIVERGING
    assert contrast(dark, exact) > 7 and contrast(bright, exact) > 7
    for sight in (np.eye(3), DEUTERANOPIA, PROTANOPIA):
        assert np.linalg.norm(lab(sight @ linear(dark)) - lab(sight @ linear(bright))) > 60


def test_every_run_s_colour_is_in_the_palette():
    assert len(colours.RUNS) == folders.COLOURS

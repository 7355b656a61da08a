"""Animations of a replay: points in class colours, originals above reconstructions, a frame per epoch."""

import io

import numpy as np
import pytest
from PIL import Image

from ae.analysis.latent import Bounds
from ae.plots import animations
from ae.plots.colours import CLASSES
from ae.runs import replay
from ae.runs.reading import read_replay


def test_a_point_has_its_place_and_the_colour_of_its_class():
    points = np.array([[0.0, 0.0], [1.0, 2.0], [-1.0, -2.0], [9.0, 0.0], [np.nan, 0.0]])
    picture = animations.scatter(points, np.array([3, 4, 5, 6, 7]), Bounds(-2, 2, -4, 4), side=300)
    assert (picture.size, picture.mode) == ((300, 300), "RGBA")
    for at, label in (((150, 150), 3), ((225, 75), 4), ((75, 225), 5)):
        assert picture.getpixel(at) == (*bytes.fromhex(CLASSES[label][1:]), 255)
    assert picture.getpixel((75, 75)) == (0, 0, 0, 0)
    seen = {pixel[:3] for _, pixel in picture.getcolors(10**6)}
    assert not seen & {tuple(bytes.fromhex(CLASSES[label][1:])) for label in (6, 7)}
    on_paper = animations.scatter(points[:1], np.array([3]), Bounds(-2, 2, -4, 4), paper="#ffffff")
    assert on_paper.getpixel((100, 100)) == (255, 255, 255, 255)


def test_points_are_drawn_over_a_dimmed_picture_that_fills_the_area():
    behind = Image.fromarray(np.array([[0, 80], [160, 240]], np.uint8))
    picture = animations.scatter(np.zeros((1, 2)), np.array([3]), Bounds(-2, 2, -4, 4), side=300, behind=behind)
    greys = [picture.getpixel(at) for at in ((50, 50), (250, 50), (50, 250), (250, 250))]
    assert greys == [(grey, grey, grey, 255) for grey in (0, 48, 96, 144)]
    assert picture.getpixel((150, 150)) == (*bytes.fromhex(CLASSES[3][1:]), 255)


def test_an_epoch_has_rows_of_originals_above_their_reconstructions(straight):
    found = read_replay(straight)
    rows = animations.frame_rows(found, 2)
    assert [row.label for row in rows] == ["Original", "Reconstruction"] * 2
    for start, (original, reconstructed) in zip((0, 8), (rows[:2], rows[2:]), strict=True):
        assert (original.images == np.moveaxis(found.images[start : start + 8], 1, -1)).all()
        assert (reconstructed.images == np.moveaxis(found.reconstructed[2, start : start + 8], 1, -1)).all()


@pytest.mark.parametrize("codes", [False, True], ids=["images", "codes"])
def test_an_animation_has_a_frame_for_each_epoch_and_loops_for_ever(straight, codes):
    found = read_replay(straight)
    content = (
        animations.codes_film(found, "A title", "0123456789")
        if codes
        else animations.reconstructions_film(found, "A title")
    )
    with Image.open(io.BytesIO(content)) as animation:
        assert (animation.format, animation.n_frames, animation.info["loop"]) == ("GIF", 4, 0)


def test_codes_of_one_unit_and_equal_codes_can_be_shown():
    for codes in (np.zeros((2, 1)), np.ones((2, 5))):
        content = replay.begin(np.zeros((1, 1, 28, 28), np.uint8), np.arange(2), codes.shape[1])
        content += replay.frame(0, np.zeros((1, 1, 28, 28), np.uint8), codes)
        assert animations.codes_film(replay.read(content), "A title", "0123456789")

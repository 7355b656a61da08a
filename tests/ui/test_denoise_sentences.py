"""The sentences on Denoise: what its rows and its chart show."""

import numpy as np
import pytest
from tiny import tiny

from ae.plots.image_grid import Row
from ae.ui import denoising, measuring, noticed


def _rows(*quality, classified=True):
    """Return rows of eight zeros, for pairs of the number of them that are recognised and the PSNR."""
    pictures = np.zeros((1, 28, 28, 3))
    return [
        denoising.Denoised(Row(name, pictures), [psnr] * 8, (["0"] * right + ["1"] * 8)[:8] if classified else [], {})
        for name, (right, psnr) in zip(("Noisy", "A", "B", "Median"), quality, strict=False)
    ]


def _said(rows, a, b):
    return noticed.denoised(rows, {"A": tiny(**a), "B": tiny(**b)}, ["0"] * 8, 0.6)


DENOISER, CLEAN = {"noise": 0.5, "code_size": 8}, {"code_size": 8}


def test_the_sentence_compares_like_with_like_or_names_the_sizes():
    rows = _rows((4, 9), (7, 20), (3, 12))
    alike = "**At noise strength 0.60, only the network trained on noise helps; the other harms the digits.**"
    assert _said(rows, DENOISER, CLEAN) == alike
    assert _said(rows, DENOISER, {"code_size": 2}) == f"{alike} Their bottlenecks differ too: 8 and 2 units."
    recipes = {"A": tiny(**DENOISER), "B": tiny(code_size=2), "Median": tiny(**CLEAN)}
    assert noticed.denoised(_rows((4, 9), (7, 20), (3, 12), (2, 10)), recipes, ["0"] * 8, 0.6) == (
        "**At noise strength 0.60, only A helps; Median ruins the digits.**"
    )


@pytest.mark.parametrize(
    ("noisy", "denoiser", "clean", "point"),
    [
        (4, 8, 3, "only the network trained on noise helps; the other harms the digits"),
        (4, 8, 2, "only the network trained on noise helps; the other ruins the digits"),
        (4, 8, 4, "only the network trained on noise helps"),
        (4, 8, 5, "both networks help"),
        (4, 4, 1, "no network helps"),
        (4, 3, 6, "B helps most"),
    ],
)
def test_a_network_helps_if_more_digits_are_recognised_with_it_than_without(noisy, denoiser, clean, point):
    said = _said(_rows((noisy, 9), (denoiser, 20), (clean, 12)), DENOISER, CLEAN)
    assert f"0.60, {point}.**" in said


WITH_NOISE = "**With training on noise, 8 of 8 digits are recognised"


@pytest.mark.parametrize(
    ("noisy", "denoiser", "clean", "said"),
    [
        ((7, 9), (8, 20), (3, 12), f"{WITH_NOISE}; without, 3 of 8.**"),
        ((7, 9), (8, 20), (5, 12), f"{WITH_NOISE}; without, 5 of 8.**"),
        ((7, 9), (8, 20), (8, 12), "**With training on noise, 92% of the noise is gone; without, 50%.**"),
        ((7, 9), (8, 20), (8, 8), "**With training on noise, 92% of the noise is gone; without, none.**"),
        ((5, 9), (8, 20), (3, 12), "At noise strength 0.60, only the network trained on noise helps"),  # much to gain
        ((8, 100), (8, 30), (8, 30), "the digit classifier needs no network"),  # without noise nothing is gained
    ],
)
def test_where_most_noisy_digits_are_recognised_the_sentence_counts_those_of_each_row_or_the_noise_removed(
    noisy, denoiser, clean, said
):
    assert said in _said(_rows(noisy, denoiser, clean), DENOISER, CLEAN)
    assert "With" not in _said(_rows(noisy, denoiser, clean), CLEAN, CLEAN)  # no network was made for noise
    assert "With" not in _said(_rows(noisy, denoiser, clean, classified=False), DENOISER, CLEAN)
    found = _said(_rows(noisy, denoiser, clean), DENOISER, CLEAN)
    assert ("recognised" in found) + ("is gone" in found) <= 1  # one measure
    assert found.count(".") <= 2 and found.endswith("**")  # one sentence; the other full stop is in a number


def test_the_sentence_on_one_network_counts_digits_where_it_gains_some_and_otherwise_the_noise_removed():
    more, as_many = (noticed.denoised(_rows((7, 9), (n, 20)), {"A": tiny(**DENOISER)}, ["0"] * 8, 0.6) for n in (8, 7))
    assert more == "**With A, 8 of 8 digits are recognised.**"
    assert as_many == "**With A, 92% of the noise is gone.**"


@pytest.mark.parametrize(("rate", "harm"), [(0.8, False), (0.6, False), (0.5, True)])
def test_the_chart_says_which_line_is_that_of_noisy_images_and_that_a_network_below_it_does_harm(rate, harm):
    said = measuring.about_noisy_line({"Noisy": 0.62, "A": rate})
    assert said.startswith("Dashed: the noisy images themselves") and ("more harm than good" in said) == harm


def test_the_sentence_fits_one_kind_of_network_images_without_classes_and_filters():
    both = _said(_rows((4, 9), (7, 20), (3, 12)), DENOISER, DENOISER)
    assert both.endswith("only A helps.**")
    clean = _said(_rows((4, 9), (2, 20), (3, 12)), CLEAN, CLEAN)
    assert clean.endswith("no network helps.** All were trained on clean images.")
    alone = noticed.denoised(_rows((4, 9), (3, 20)), {"A": tiny(**CLEAN)}, ["0"] * 8, 0.6)
    assert alone.endswith("A does not help.** It was trained on clean images.")
    filters = _said(_rows((8, 9), (7, 20), (3, 12), (5, 10)), DENOISER, CLEAN)
    assert filters.endswith("Without a network, Median is best: 5 of 8.")
    without = _said(_rows((0, 10), (0, 20), (0, 13), classified=False), DENOISER, CLEAN)
    assert without == (
        "**At noise strength 0.60, both networks help.** "
        "The network trained on noise leaves 10% of the noise's squared error, the other 50%."
    )
    none = _said(_rows((0, 100), (0, 20), (0, 13), classified=False), DENOISER, CLEAN)
    assert none == "At noise strength 0.60, every row should look like the originals."

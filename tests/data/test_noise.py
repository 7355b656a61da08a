"""Each kind of noise matches its description, and each filter its name."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from ae.analysis import filters
from ae.data import noise

KINDS = list(noise.KINDS)


@pytest.fixture(scope="module")
def images():
    """Random pixels, none of them black or white."""
    return 0.1 + 0.8 * torch.rand(200, 1, 28, 28, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("clip", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_strength_0_changes_nothing(kind, clip, images):
    assert torch.equal(noise.add(images, kind, 0, clip=clip), images)


@pytest.mark.parametrize("kind", KINDS)
def test_the_pattern_depends_on_the_seed_alone(kind, images):
    before, random = images.clone(), torch.get_rng_state()
    one = noise.add(images, kind, 0.3, seed=5)
    assert torch.equal(torch.get_rng_state(), random)
    torch.rand(3)
    assert torch.equal(one, noise.add(images, kind, 0.3, seed=5))
    assert not torch.equal(one, noise.add(images, kind, 0.3, seed=6))
    assert torch.equal(images, before)


@pytest.mark.parametrize("kind", KINDS)
def test_clipping_limits_values_to_0_to_1_and_does_nothing_else(kind, images):
    clipped, free = (noise.add(images, kind, 0.9, clip=clip) for clip in (True, False))
    assert torch.equal(clipped, free.clamp(0, 1))
    assert clipped.shape == images.shape
    assert clipped.dtype == images.dtype
    assert (float(free.max()) > 1) == (kind in ("gaussian", "uniform"))
    assert (float(free.min()) < 0) == (kind == "gaussian")


@pytest.mark.parametrize("kind", ["gaussian", "uniform"])
def test_the_noise_grows_with_the_strength_and_keeps_its_pattern(kind, images):
    weak, strong = (noise.add(images, kind, strength, clip=False) - images for strength in (0.2, 0.6))
    assert torch.allclose(3 * weak, strong, atol=1e-5)


def test_the_strength_of_gaussian_noise_is_its_standard_deviation(images):
    added = noise.add(images, "gaussian", 0.3, clip=False) - images
    assert added.std().item() == pytest.approx(0.3, rel=0.01)
    assert added.mean().item() == pytest.approx(0, abs=0.005)


def test_uniform_noise_lies_between_0_and_its_strength(images):
    added = noise.add(images, "uniform", 0.4, clip=False) - images
    assert -1e-6 <= added.min().item() < 0.001
    assert 0.399 < added.max().item() <= 0.4 + 1e-6
    assert added.mean().item() == pytest.approx(0.2, abs=0.005)


@pytest.mark.parametrize("share", [0.05, 0.3, 1.0])
def test_salt_and_pepper_spoils_its_share_of_the_pixels_half_black_and_half_white(share, images):
    noisy = noise.add(images, "salt-and-pepper", share)
    black, white = noisy == 0, noisy == 1
    assert black.float().mean().item() == pytest.approx(share / 2, abs=0.01)
    assert white.float().mean().item() == pytest.approx(share / 2, abs=0.01)
    assert torch.equal(noisy[~black & ~white], images[~black & ~white])


def test_stronger_salt_and_pepper_spoils_the_same_pixels_and_more(images):
    less, more = (noise.add(images, "salt-and-pepper", share) != images for share in (0.1, 0.3))
    assert more[less].all()


@given(share=st.floats(0, 1))
def test_the_block_is_a_black_square_that_hides_its_share_of_the_image(share):
    images = torch.full((20, 1, 28, 28), 0.5)
    noisy, side = noise.add(images, "block", share), round(28 * share**0.5)
    for image in noisy[:, 0]:
        black = image == 0
        rows, columns = black.any(1).nonzero().flatten(), black.any(0).nonzero().flatten()
        assert len(rows) == len(columns) == side
        assert int(black.sum()) == side**2
        assert (image[~black] == 0.5).all()
    assert abs((side / 28) ** 2 - share) < 0.04


def test_each_image_has_its_own_block_anywhere():
    hidden = noise.add(torch.ones(2000, 1, 28, 28), "block", 0.25)[:, 0] == 0
    places = {(int(each.any(1).int().argmax()), int(each.any(0).int().argmax())) for each in hidden}
    assert places == {(top, left) for top in range(15) for left in range(15)}


@pytest.mark.parametrize("kind", ["", "Gaussian", "poisson"])
def test_an_unknown_kind_is_refused_with_the_known_ones(kind, images):
    with pytest.raises(ValueError, match=r"unknown noise .*: choose from gaussian, uniform, salt-and-pepper, block"):
        noise.add(images, kind, 0.1)


@pytest.mark.parametrize("strength", [-0.1, 10.5, float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_strength_out_of_range_is_refused(kind, strength, images):
    with pytest.raises(ValueError, match=f"noise strength {strength} is out of range: use 0 to"):
        noise.add(images, kind, strength)


def test_noise_is_described_with_its_unit_and_whether_it_is_clipped():
    assert noise.describe("gaussian", 0.5, clip=True) == "Gaussian noise, standard deviation 0.5, clipped to [0, 1]"
    assert noise.describe("salt-and-pepper", 0.25, clip=False).endswith("share of the pixels 0.25, not clipped")


def around(image, reach):
    """The pixels around each pixel of an image, with shape (28, 28, side, side); the edge is repeated."""
    return sliding_window_view(np.pad(image, reach, mode="edge"), (2 * reach + 1,) * 2)


def test_the_median_is_that_of_the_nine_pixels_around_each_pixel(images):
    for image, filtered in zip(images[:5, 0].numpy(), filters.median(images[:5])[:, 0].numpy(), strict=True):
        assert np.array_equal(filtered, np.median(around(image, 1), axis=(2, 3)))


@pytest.mark.parametrize("sigma", [0.3, 1.0, 2.5])
def test_the_blur_is_the_mean_of_the_pixels_around_weighted_by_a_gaussian(sigma, images):
    reach = max(1, round(3 * sigma))
    squares = np.arange(-reach, reach + 1) ** 2
    weights = np.exp(-(squares[:, None] + squares) / (2 * sigma**2))
    for image, blurred in zip(images[:5, 0].numpy(), filters.blur(images[:5], sigma)[:, 0].numpy(), strict=True):
        assert np.allclose(blurred, (around(image, reach) * weights).sum((2, 3)) / weights.sum(), atol=1e-6)


def test_the_blur_has_a_standard_deviation_of_one_pixel_by_default(images):
    assert torch.equal(filters.blur(images), filters.blur(images, 1.0))


@pytest.mark.parametrize("filtered", [filters.median, filters.blur])
def test_a_filter_keeps_a_constant_image_the_shape_and_the_range(filtered, images):
    constant = torch.full((3, 1, 28, 28), 0.7)
    assert torch.allclose(filtered(constant), constant, atol=1e-6)
    after = filtered(images)
    assert after.shape == images.shape
    assert images.min() <= after.min() < after.max() <= images.max()


def test_a_kind_of_noise_is_one_function_and_one_entry(images, monkeypatch):
    def add(images, strength, random):
        return images * (1 + strength * torch.randn(images.shape, generator=random))

    entry = noise.Kind("Speckle", "Every pixel is multiplied by a random number.", "standard deviation", add, 3)
    monkeypatch.setitem(noise.KINDS, "speckle", entry)
    noisy = noise.add(images, "speckle", 2, clip=False)
    assert (noisy / images - 1).std().item() == pytest.approx(2, rel=0.02)
    assert noise.describe("speckle", 2, clip=True) == "Speckle noise, standard deviation 2, clipped to [0, 1]"
    with pytest.raises(ValueError, match="use 0 to 3 for speckle"):
        noise.add(images, "speckle", 3.1)

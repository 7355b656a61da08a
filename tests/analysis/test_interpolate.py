"""Each interpolation follows the formula that it is named after."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ae.analysis import interpolate

pairs = st.integers(1, 9).flatmap(lambda d: st.tuples(*[st.lists(st.floats(-1e6, 1e6), min_size=d, max_size=d)] * 2))
steps = st.integers(1, 30)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def angles(path):
    return torch.cosine_similarity(path[:-1], path[1:]).clamp(-1, 1).arccos()


@given(pair=pairs, n=steps)
def test_the_linear_path_is_exactly_z1_plus_i_nths_of_the_difference(pair, n):
    z1, z2 = pair
    path = interpolate.linear(torch.tensor(z1, dtype=torch.double), torch.tensor(z2, dtype=torch.double), n)
    assert path.tolist() == [[a + i / n * (b - a) for a, b in zip(z1, z2, strict=True)] for i in range(n + 1)]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("way", list(interpolate.WAYS))
@pytest.mark.parametrize("n", [1, 2, 7, 30])
def test_every_path_begins_at_one_code_and_ends_at_the_other(way, n, dtype):
    z1, z2 = normal(2, 8).to(dtype)
    path = interpolate.codes(way, z1, z2, n)
    assert path.shape == (n + 1, 8)
    assert path.dtype == dtype
    assert torch.allclose(path[0], z1, atol=1e-6)
    assert torch.allclose(path[-1], z2, atol=1e-6)


@pytest.mark.parametrize("size", [2, 3, 64])
def test_the_arc_keeps_its_distance_from_the_origin_and_has_equal_angles(size):
    z1, z2 = 3 * torch.nn.functional.normalize(normal(2, size).double(), dim=1)
    path = interpolate.spherical(z1, z2, 6)
    whole = float(angles(torch.stack([z1, z2])))
    assert path.norm(dim=1).tolist() == pytest.approx([3.0] * 7)
    assert angles(path).tolist() == pytest.approx([whole / 6] * 6)


def test_between_codes_of_unequal_length_angle_and_length_both_change_evenly():
    z1, z2 = normal(2, 5, seed=3).double() * torch.tensor([[1.0], [4.0]])
    path = interpolate.spherical(z1, z2, 6)
    assert torch.allclose(angles(path), angles(path).mean().expand(6), atol=1e-6)
    lengths = path.norm(dim=1)
    assert torch.allclose(lengths.diff(), lengths.diff().mean().expand(6), atol=1e-6)
    assert torch.allclose(path[[0, -1]], torch.stack([z1, z2]))


@pytest.mark.parametrize("scale", [0.0, 1.0, 2.5, -1.0, -0.3])
def test_without_an_arc_the_path_is_linear(scale):
    z1 = normal(6)
    for one, other in ((z1, scale * z1), (scale * z1, z1)):
        assert torch.equal(interpolate.spherical(one, other, 5), interpolate.linear(one, other, 5))
    nothing = torch.zeros(6)
    assert torch.equal(interpolate.spherical(nothing, nothing, 2), torch.zeros(3, 6))


@given(pair=pairs, n=steps)
def test_every_pair_of_codes_gives_finite_numbers(pair, n):
    z1, z2 = map(torch.tensor, pair)
    path = interpolate.spherical(z1, z2, n)
    assert path.shape == (n + 1, len(z1))
    assert path.isfinite().all()


def test_a_small_arc_is_still_an_arc():
    path = interpolate.spherical(torch.tensor([1.0, 0.0]), torch.tensor([1.0, 0.01]), 2)
    assert path[1].norm().item() == pytest.approx(1.000025, abs=1e-6)  # the chord's middle is at 1.0000125


def test_the_way_is_chosen_by_its_name():
    z1, z2 = normal(2, 4)
    assert torch.equal(interpolate.codes("linear", z1, z2, 4), interpolate.linear(z1, z2, 4))
    assert torch.equal(interpolate.codes("spherical", z1, z2, 4), interpolate.spherical(z1, z2, 4))
    assert not torch.allclose(interpolate.linear(z1, z2, 4), interpolate.spherical(z1, z2, 4))
    with pytest.raises(ValueError, match="unknown way 'round': choose from linear, spherical"):
        interpolate.codes("round", z1, z2, 4)


@pytest.mark.parametrize("n", [0, -1])
def test_fewer_than_one_step_is_refused(n):
    z1, z2 = normal(2, 4)
    for way in interpolate.WAYS:
        with pytest.raises(ValueError, match=f"steps {n} is out of range: use 1 or more"):
            interpolate.codes(way, z1, z2, n)
    with pytest.raises(ValueError, match="out of range"):
        interpolate.corners(z1, z2, z1, z2, n)


def test_a_cross_fade_blends_the_pixels():
    one, other = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    fade = interpolate.cross_fade(one, other, 4)
    assert fade.shape == (5, 1, 28, 28)
    for i in range(5):
        assert torch.allclose(fade[i], (1 - i / 4) * one + i / 4 * other, atol=1e-6)


def test_the_square_has_the_four_codes_in_its_corners_and_straight_edges():
    tl, tr, bl, br = codes = normal(4, 3)
    square = interpolate.corners(*codes, 5)
    assert square.shape == (6, 6, 3)
    for got, ends in (
        (square[0], (tl, tr)),
        (square[-1], (bl, br)),
        (square[:, 0], (tl, bl)),
        (square[:, -1], (tr, br)),
    ):
        assert torch.allclose(got, interpolate.linear(*ends, 5), atol=1e-6)
    assert torch.allclose(interpolate.corners(*codes, 2)[1, 1], codes.mean(0), atol=1e-6)
    for row in square:
        assert torch.allclose(row, interpolate.linear(row[0], row[-1], 5), atol=1e-6)


def test_a_step_is_the_root_of_the_mean_squared_change_of_the_pixels():
    images = torch.zeros(4, 1, 28, 28)
    images[1] = 0.3
    images[2, 0, :7] = 1.0  # a quarter of the pixels, the others black again
    changes = [0.3, math.sqrt(0.25 * 0.7**2 + 0.75 * 0.3**2), 0.5]
    assert interpolate.steps(images).tolist() == pytest.approx(changes)
    assert interpolate.steps(images[:1]).shape == (0,)


def test_an_interpolation_is_one_function_and_one_entry(monkeypatch):
    def jump(z1, z2, n):
        return torch.stack([z1] * n + [z2])

    monkeypatch.setitem(interpolate.WAYS, "jump", interpolate.Way("Stay, then jump.", jump))
    z1, z2 = normal(2, 4)
    assert torch.equal(interpolate.codes("jump", z1, z2, 3), torch.stack([z1, z1, z1, z2]))

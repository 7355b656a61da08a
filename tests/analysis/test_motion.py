"""Points that follow the codes do not turn, flip or change places between epochs."""

import numpy as np
import pytest

from ae.analysis import motion


def codes(seed=0, size=6, points=300):
    generator = np.random.default_rng(seed)
    spread = np.linspace(2, 0.3, size)
    return (generator.standard_normal((points, size)) * spread).astype(np.float16)


def test_codes_that_turn_in_latent_space_stay_where_they_were():
    first = codes()
    before = motion.steady(first, None)
    generator = np.random.default_rng(1)
    for _ in range(5):
        turn, _ = np.linalg.qr(generator.standard_normal((6, 6)))
        after = motion.steady((first.astype(np.float32) @ turn).astype(np.float16), before)
        assert np.abs(after - before).max() < 0.02
        before = after


def test_components_that_change_places_do_not_move_the_points_far():
    first = codes(size=3)
    first[:, 2] = 0
    wider = first.copy()
    wider[:, 1] *= 8  # the second component becomes the first
    before = motion.steady(first, None)
    after = motion.steady(wider, before)
    correlation = [abs(np.corrcoef(before[:, i], after[:, i])[0, 1]) for i in range(2)]
    assert min(correlation) > 0.9
    assert all(np.corrcoef(before[:, i], after[:, i])[0, 1] > 0 for i in range(2))


@pytest.mark.parametrize("size", [1, 2])
def test_one_or_two_units_are_shown_as_they_are(size):
    found = motion.steady(codes(size=size), np.full((300, 2), 7.0, np.float32))
    assert np.array_equal(found[:, :size], codes(size=size).astype(np.float32))

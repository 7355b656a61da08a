"""The shares of an analysis of variance are those that the numbers were made with."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae.analysis.variance import explained

NUMBERS = st.floats(-3, 3).map(lambda value: round(value, 3))


@given(
    st.lists(NUMBERS, min_size=2, max_size=4, unique=True),
    st.lists(NUMBERS, min_size=2, max_size=3, unique=True),
    st.integers(1, 3),
)
def test_additive_effects_without_noise_are_explained_by_the_two_factors_alone(first, second, repeats):
    cells = [(i, j) for i, j in itertools.product(range(len(first)), range(len(second))) for _ in range(repeats)]
    values = [first[i] + second[j] for i, j in cells]
    found = explained(values, {"a": [i for i, _ in cells], "b": [j for _, j in cells]})
    one, other = np.var(first), np.var(second)
    assert found.factors == pytest.approx({"a": one / (one + other), "b": other / (one + other)}, abs=1e-6)
    assert (found.together, found.within) == pytest.approx((0, 0), abs=1e-6)


@given(st.lists(NUMBERS, min_size=12, max_size=12))
def test_the_shares_add_up_to_one(values):
    levels = {"a": [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], "b": ["x", "x", "y", "y", "z", "z"] * 2}
    found = explained(values, levels)
    if len(set(values)) == 1:
        assert found is None
    else:
        shares = [*found.factors.values(), found.together, found.within]
        assert sum(shares) == pytest.approx(1) and min(shares) >= 0


def test_the_sign_of_a_product_is_an_interaction_alone():
    found = explained([1, -1, -1, 1], {"a": [0, 0, 1, 1], "b": [0, 1, 0, 1]})
    assert (found.factors, found.together, found.within) == ({"a": 0, "b": 0}, 1, 0)


@pytest.mark.parametrize(
    ("values", "factors"),
    [([], {}), ([1.0], {"a": [0]}), ([1.0, 2, 3], {"a": [0, 0, 1]}), ([1.0, float("nan")], {"a": [0, 1]})],
)
def test_what_is_not_balanced_has_no_shares(values, factors):
    assert explained(values, factors) is None

"""Refined codes: they reconstruct an image better than the encoder's."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import network

from ae.analysis import metrics, reconstruct, refine

MODELS = ["mlp4", "conv", "vae", "residual"]


def errors(model, images, codes):
    return metrics.mse(images, reconstruct.decode(model, codes))


@pytest.mark.parametrize("model", MODELS)
@given(seed=st.integers(0, 1000), size=st.integers(1, 5))
@settings(max_examples=5)
def test_no_image_gets_worse_and_further_steps_only_help(model, seed, size):
    torch.manual_seed(seed)
    model, images, codes = network(model, size).eval(), torch.rand(5, 1, 28, 28), torch.randn(5, size)
    found = [errors(model, images, refine.refined(model, images, codes, steps=steps)) for steps in (0, 1, 2, 4)]
    assert found[0].equal(errors(model, images, codes))
    for fewer, more in itertools.pairwise(found):
        assert (more <= fewer + 1e-7).all()


@pytest.mark.parametrize("model", MODELS)
def test_the_code_that_an_image_was_decoded_from_is_found_again_from_nearby(model):
    torch.manual_seed(0)
    model, codes = network(model, 4).eval(), torch.randn(6, 4)
    images, near = reconstruct.decode(model, codes), codes + 0.2 * torch.randn(6, 4)
    left = errors(model, images, refine.refined(model, images, near)) / errors(model, images, near)
    assert left.max() < 0.01


def test_codes_that_something_limits_are_not_refined():
    assert not any(refine.why_not(network(model, 4)) for model in MODELS)
    assert "entries of a codebook" in refine.why_not(network("vq", 4))
    assert "this model applies ReLU" in refine.why_not(network("mlp4", 4, code_activation="relu"))
    assert "this model applies TopK" in refine.why_not(network("mlp4", 4, code_activation="top-k", top_k=2))

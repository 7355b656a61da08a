"""A vector-quantised code consists of the nearest vectors of the codebooks, and top-k keeps the largest units."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from networks import network

from ae.models.layers import TopK
from ae.models.quantised import COMMITMENT, Quantiser

IMAGES = torch.rand(9, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def slowly(quantiser, code):
    """Quantise one code, pair by pair."""
    found = []
    for group, book in enumerate(quantiser.weight.tolist()):
        pair = code[2 * group : 2 * group + 2]
        nearest = min(book, key=lambda vector: sum((a - b) ** 2 for a, b in zip(pair, vector, strict=False)))
        found += nearest[: len(pair)]
    return found


@given(st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=7), st.integers(2, 9))
def test_each_pair_of_units_becomes_the_nearest_vector_of_its_codebook(code, size):
    torch.manual_seed(size)
    quantiser = Quantiser(len(code), size)
    found = quantiser(torch.tensor([code]))
    assert found[0].tolist() == pytest.approx(slowly(quantiser, code))
    assert torch.equal(quantiser(found), found)


@pytest.mark.parametrize("size", [1, 4, 5])
def test_encoding_returns_the_quantised_code(size):
    model = network("vq", size, codebook_size=8)
    codes = model.encode(IMAGES)
    assert codes.shape == (9, size)
    assert torch.equal(codes, model.losses(IMAGES, IMAGES).codes)
    vectors = {tuple(vector) for book in model.quantiser.weight[:, :, :2].tolist() for vector in book}
    assert all(tuple(pair) in vectors for pair in codes[:, : size // 2 * 2].reshape(-1, 2).tolist())


def test_the_loss_moves_the_codebook_to_the_codes_and_the_codes_to_the_codebook():
    torch.manual_seed(0)
    model = network("vq", 4, codebook_size=8)
    found = model.losses(IMAGES, IMAGES)
    before = model.code_activation(model.fc2(model.activation(model.fc1(IMAGES.flatten(1)))))
    distance = (before - found.codes).square().sum(1).mean().item()
    assert found.term.item() == pytest.approx((1 + COMMITMENT) * distance / 784, rel=1e-5)
    found.term.backward(retain_graph=True)
    book, encoder = model.quantiser.weight.grad.clone(), model.fc2.weight.grad.clone()
    assert book.any() and encoder.any() and model.fc3.weight.grad is None
    # the gradient of the error passes through the quantisation as if it were not there, and leaves the codebook alone
    (through,) = torch.autograd.grad(found.error, model.quantiser.weight, retain_graph=True, allow_unused=True)
    assert through is None
    (found_at,) = torch.autograd.grad(found.error, model.fc2.bias)
    codes = found.codes.detach().requires_grad_()
    error = (model.decode(codes) - IMAGES.flatten(1)).square().mean()
    (expected,) = torch.autograd.grad(error, codes)
    assert torch.allclose(found_at, expected.sum(0), atol=1e-7)


@given(st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=8, unique=True), st.data())
def test_top_k_keeps_the_largest_units_and_their_gradient(code, data):
    units = data.draw(st.integers(1, len(code)))
    given_code = torch.tensor([code], requires_grad=True)
    found = TopK(units)(given_code)
    kept = sorted(code, reverse=True)[:units]
    assert found[0].tolist() == [value if value in kept else 0 for value in code]
    found.sum().backward()
    assert given_code.grad[0].tolist() == [float(value in kept) for value in code]


@pytest.mark.parametrize("model", ["mlp4", "conv", "residual"])
def test_a_k_sparse_code_has_no_more_than_k_units_that_are_not_0(model):
    codes = network(model, 12, code_activation="top-k", top_k=3).encode(IMAGES)
    assert ((codes != 0).sum(1) == 3).all()

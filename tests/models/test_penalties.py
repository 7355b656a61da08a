"""Each penalty is what its paper says, computed slowly, and changes nothing where there is none."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from networks import network
from torch import nn

from ae.models.penalties import NONE, PENALTIES, weighted
from ae.models.penalty_terms import Batch, contractive, kl_sparse, l1, mmd
from ae.models.registry import MODELS
from ae.recipe import Recipe

IMAGES = torch.rand(12, 1, 28, 28, generator=torch.Generator().manual_seed(0))
values = st.floats(-4, 4, width=32)
codes = st.integers(1, 5).flatmap(lambda size: st.lists(st.lists(values, min_size=size, max_size=size), min_size=1))


def batch(rows, *, target=0.05, images=IMAGES, encode=lambda X: X):
    return Batch(images, torch.as_tensor(rows), encode, target)


@given(codes)
def test_l1_is_the_sum_of_absolute_values_of_a_code_mean_over_images(rows):
    expected = sum(abs(value) for row in rows for value in row) / len(rows)
    assert l1(batch(rows)).item() == pytest.approx(expected, rel=1e-4, abs=1e-6)


@given(codes, st.floats(0.01, 0.99))
def test_sparsity_is_the_divergence_of_each_unit_s_mean_activity_from_the_target(rows, target):
    active = torch.sigmoid(torch.tensor(rows))
    means = torch.distributions.Bernoulli(active.double().mean(0))
    wanted = torch.distributions.Bernoulli(torch.tensor(target, dtype=torch.float64))
    expected = torch.distributions.kl_divergence(wanted, means).sum().item()
    assert kl_sparse(batch(active, target=target)).item() == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_sparsity_is_finite_and_least_at_the_target():
    assert kl_sparse(batch([[0.2, 0.2], [0.4, 0.4]], target=0.3)).item() == pytest.approx(0, abs=1e-6)
    for ends in (0.0, 1.0):
        assert math.isfinite(kl_sparse(batch([[ends]])))


def kernel(x, y, size):
    scale = 2 * size  # the mean of |x - y|^2 for two draws from the prior
    return scale / (scale + sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))


@given(codes)
def test_mmd_is_that_of_all_pairs_and_its_mean_over_two_prior_samples_is_zero(rows):
    torch.manual_seed(3)
    found = mmd(batch(rows)).item()
    torch.manual_seed(3)
    drawn, size, count = torch.randn(len(rows), len(rows[0])).tolist(), len(rows[0]), len(rows)

    def within(some):
        pairs = [kernel(a, b, size) for i, a in enumerate(some) for j, b in enumerate(some) if i != j]
        return sum(pairs) / max(1, len(pairs))

    across = sum(kernel(a, b, size) for a in rows for b in drawn) / count**2
    assert found == pytest.approx(within(rows) + within(drawn) - 2 * across, abs=1e-4)


def test_mmd_tells_the_prior_from_other_distributions():
    torch.manual_seed(0)
    prior = [mmd(batch(torch.randn(256, 3))).item() for _ in range(40)]
    assert abs(sum(prior) / 40) < 1e-3
    assert min(prior) < 0  # the estimate has no bias
    for other in (torch.randn(256, 3) + 1, 0.3 * torch.randn(256, 3), torch.zeros(256, 3)):
        assert mmd(batch(other)).item() > 0.03


def exact(encode, images):
    """The squared norm of the whole Jacobian, image by image."""
    norms = [torch.autograd.functional.jacobian(encode, image[None]).square().sum() for image in images]
    return torch.stack(norms).mean().item()


@pytest.mark.parametrize(
    "name", ["mlp4", *(pytest.param(name, marks=pytest.mark.slow) for name in ("conv", "residual"))]
)
def test_contraction_is_the_squared_norm_of_the_jacobian_on_average(name):
    torch.manual_seed(0)
    model = network(name, 3, activation="gelu").eval()
    few = IMAGES[:4]
    found = [contractive(batch(model.encode(few), images=few, encode=model.encode)).item() for _ in range(100)]
    assert sum(found) / 100 == pytest.approx(exact(model.encode, few), rel=0.15)


def test_contraction_of_one_unit_is_exact_measured_without_gradients_too():
    model = network("mlp4", 1).eval()
    with torch.no_grad():
        found = contractive(batch(model.encode(IMAGES), encode=model.encode))
    assert not found.requires_grad
    assert found.item() == pytest.approx(exact(model.encode, IMAGES), rel=1e-4)


def test_units_that_move_together_count_each_alone():
    weights = torch.randn(784, 1, generator=torch.Generator().manual_seed(1))

    def encode(X):
        return (X.flatten(1) @ weights).expand(-1, 3)

    torch.manual_seed(0)
    found = [contractive(batch(encode(IMAGES), encode=encode)).item() for _ in range(200)]
    assert sum(found) / 200 == pytest.approx(3 * weights.square().sum().item(), rel=0.1)


def test_the_gradient_of_contraction_is_that_of_the_jacobian_s_norm():
    layer = nn.Linear(784, 1)

    def encode(X):
        return torch.tanh(layer(X.flatten(1)))

    found = contractive(batch(encode(IMAGES), encode=encode))
    slow = torch.stack([(1 - encode(x[None]) ** 2).square() * layer.weight.square().sum() for x in IMAGES]).mean()
    ours, theirs = (torch.autograd.grad(each, layer.weight, retain_graph=True)[0] for each in (found, slow))
    assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-7)


def recipes():
    """A recipe for each penalty and each network that it applies to."""
    for name, penalty in PENALTIES.items():
        for model, kind in MODELS.items():
            if not kind.term:
                code = (penalty.code_activations or ("none",))[0]
                yield Recipe(model=model, code_size=4, penalty=name, penalty_weight=3.0, code_activation=code)


@pytest.mark.parametrize("recipe", list(recipes()), ids=lambda recipe: f"{recipe.penalty}-{recipe.model}")
def test_a_penalty_adds_to_the_error_and_moves_the_encoder(recipe):
    torch.manual_seed(1)
    model = network(recipe.model, 4, code_activation=recipe.code_activation)
    plain = model.losses(IMAGES, IMAGES)
    assert plain.term is None and plain.total is plain.error
    torch.manual_seed(2)
    found = model.losses(IMAGES, IMAGES, penalty=weighted(recipe))
    assert torch.equal(found.error, plain.error) and torch.equal(found.codes, plain.codes)
    torch.manual_seed(2)
    penalty = PENALTIES[recipe.penalty].load()(Batch(IMAGES, plain.codes, model.encode, recipe.target_activity))
    assert found.term.item() == pytest.approx(3 * penalty.item() / 784, rel=1e-4)
    assert found.total.item() == pytest.approx(found.error.item() + found.term.item(), rel=1e-6)
    found.term.backward()
    moved = [name for name, weight in model.named_parameters() if weight.grad is not None and weight.grad.any()]
    assert moved and not any(name.startswith(("fc3", "fc4", "decoder")) for name in moved)


def test_without_a_penalty_nothing_is_computed():
    assert weighted(Recipe()) is None
    assert Recipe().penalty == NONE not in PENALTIES

"""The contract of every network in the registry."""

import math

import pytest
import torch
from networks import network
from torch import nn

from ae.models.base import VariationalAutoencoder
from ae.models.layer_table import summary
from ae.models.layers import count_parameters
from ae.models.options import ACTIVATIONS, CODE_ACTIVATIONS, INITIALISATIONS
from ae.models.registry import MODELS

every_model = pytest.mark.parametrize("name", MODELS)
every_size = pytest.mark.parametrize("size", [1, 2, 7, 32])


def images(n=6, seed=0):
    return torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


# ------------------------------------------------------------------------------------------------------ every model


@every_model
@every_size
@pytest.mark.parametrize("shape", [(5, 784), (1, 784), (5, 1, 28, 28)])
def test_shapes_fit_and_reconstructions_lie_between_0_and_1(name, size, shape):
    model, X = network(name, size).eval(), images(shape[0]).reshape(shape)
    codes = model.encode(X)
    assert codes.shape == (shape[0], size)
    assert model.decode(codes).flatten(1).shape == (shape[0], 784)
    assert model.decode(codes).shape[1:].numel() == math.prod(model.input_shape)
    assert model.reconstruct(X).shape == X.shape
    for reconstructed in (model.reconstruct(X), model.decode(codes * 1000), model.decode(-codes * 1000)):
        assert reconstructed.min() >= 0
        assert reconstructed.max() <= 1


@every_model
def test_flat_and_square_images_have_the_same_code(name):
    model = network(name, 3)
    assert torch.equal(model.encode(images()), model.encode(images().flatten(1)))


@every_model
@every_size
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_parameter_gets_a_gradient_from_the_loss(name, size, activation):
    torch.manual_seed(1)
    model = network(name, size, activation=activation)
    model.loss(images(32), images(32), beta=1.0).backward()
    idle = [key for key, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert not idle


@every_model
def test_the_loss_compares_with_the_target_and_not_with_the_input(name):
    model, seen, target = network(name, 4).eval(), images(seed=1), images(seed=2)
    torch.manual_seed(0)
    loss = model.loss(seen, target, beta=0.0)
    if not MODELS[name].variational:
        error = model.losses(seen, target).error
        assert torch.allclose(error, ((model.reconstruct(seen) - target) ** 2).mean())
        assert torch.equal(error, loss) == (not MODELS[name].term)
        assert torch.equal(loss, model.loss(seen, target, beta=3.0))
    torch.manual_seed(0)
    assert not torch.allclose(loss, model.loss(seen, seen, beta=0.0))
    torch.manual_seed(0)
    assert torch.allclose(loss, model.loss(seen.flatten(1), target, beta=0.0))


@every_model
def test_the_summary_counts_every_parameter_once_and_leaves_no_hook_behind(name):
    model = network(name, 5)
    lines = summary(model).splitlines()
    table = [line.split()[-1] for line in lines[1:] if not line.startswith("Total") and ":" not in line]
    assert sum(int(cell.replace(",", "")) for cell in table) == count_parameters(model)
    assert not any(m._forward_hooks for m in model.modules())


def test_the_summary_counts_the_multiplications_of_convolutions_at_every_position():
    per_image = 2 * (8 * 1 * 9 * 196 + 16 * 8 * 9 * 49 + 32 * 16 * 9 * 9 + 288 * 64 + 64 * 2)
    assert f"{per_image / 1e6:.2f} M" in summary(network("conv", 2))


@every_model
def test_every_network_has_a_sentence_and_a_source(name):
    assert MODELS[name].sentence.endswith(".")
    assert MODELS[name].source
    assert network(name, 3).encode(images()).shape[1] == 3


@every_model
def test_a_network_is_variational_if_and_only_if_its_entry_says_so(name):
    assert issubclass(MODELS[name].load(), VariationalAutoencoder) == MODELS[name].variational
    assert MODELS[name].load().__name__ == MODELS[name].class_name


# ------------------------------------------------------------------------------- activations, initialisation, units


@pytest.mark.parametrize("name", ["mlp4", "conv"])
@pytest.mark.parametrize(
    ("activation", "low", "high"),
    [("none", -math.inf, math.inf), ("relu", 0, math.inf), ("tanh", -1, 1), ("sigmoid", 0, 1)],
)
def test_the_activation_of_the_code_bounds_it(name, activation, low, high):
    assert set(CODE_ACTIVATIONS) == {"none", "relu", "tanh", "sigmoid", "top-k"}
    codes = network(name, 16, code_activation=activation).encode(images(20) * 100)
    assert codes.min() >= low
    assert codes.max() <= high


@every_model
def test_xavier_weights_stay_within_their_bound_and_biases_are_0_01(name):
    torch.manual_seed(0)
    model = network(name, 8, init="xavier")
    layers = [m for m in model.modules() if isinstance(m, nn.Linear | nn.Conv2d | nn.ConvTranspose2d)]
    assert len(layers) >= 4
    for layer in layers:
        assert torch.equal(layer.bias, torch.full_like(layer.bias, 0.01))
        fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(layer.weight)
        bound = math.sqrt(6 / (fan_in + fan_out))
        assert 0.8 * bound < layer.weight.abs().max() <= bound


@every_model
def test_pytorch_s_own_initialisation_leaves_the_layers_unchanged(name):
    assert set(INITIALISATIONS) == {"pytorch", "xavier"}
    torch.manual_seed(3)
    built = network(name, 8, init="pytorch").state_dict()
    torch.manual_seed(3)
    made = MODELS[name].load().with_code_size(8).state_dict()
    assert all(torch.equal(built[key], made[key]) for key in made)


def test_a_unit_is_active_if_it_varies_over_images():
    codes = torch.zeros(10, 4)
    codes[3, 1] = 0.5
    codes[:, 2] = 7.0
    codes[:, 3] = torch.linspace(-1, 1, 10)
    for name in ("mlp4", "conv"):
        assert network(name, 4).active_units(codes).tolist() == [False, True, False, True]


def test_a_unit_of_a_vae_is_active_if_the_variance_of_its_mean_exceeds_0_01():
    spread = torch.tensor([-1.0, 1.0] * 500).unsqueeze(1)
    codes = spread * torch.tensor([0.0, 0.09, 0.11, 1.0])  # variances 0, 0.0081, 0.0121, 1
    assert network("vae", 4).active_units(codes).tolist() == [False, False, True, True]

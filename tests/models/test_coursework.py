"""The coursework's networks have its names, shapes and parameter counts."""

import io
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from lab_autoencoder import LabAutoencoder
from networks import network
from torch import nn

from ae.models.convolutional import ConvAutoencoder
from ae.models.layer_table import summary
from ae.models.layers import count_parameters
from ae.models.losses import kl_divergence
from ae.models.mlp import autoencoderMLP4Layer
from ae.models.variational import VAE


def images(n=6, seed=0):
    return torch.rand(n, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


# ------------------------------------------------------------------------------------------------ the lab's network


def test_the_lab_network_has_622504_parameters_at_bottleneck_size_8():
    assert count_parameters(autoencoderMLP4Layer()) == 622_504
    assert count_parameters(network("mlp4", 8)) == 622_504


def test_the_lab_network_keeps_the_names_of_the_lab():
    model = autoencoderMLP4Layer(784, 8, 784)
    assert list(model.state_dict()) == [f"fc{n}.{kind}" for n in (1, 2, 3, 4) for kind in ("weight", "bias")]
    assert model.type == "MLP4"
    assert model.input_shape == (1, 28 * 28)
    assert autoencoderMLP4Layer(N_input=784, N_bottleneck=4, N_output=784).fc2.out_features == 4


def test_the_summary_of_the_lab_network_is_the_table_of_the_labs():
    lines = summary(network("mlp4", 8)).splitlines()
    layers = [line.split() for line in lines if line.startswith("Linear")]
    assert [row[-1] for row in layers] == ["307,720", "3,144", "3,528", "308,112"]
    assert [row[1] for row in layers] == ["392", "8", "392", "784"]
    rest = " ".join(lines[5:])
    for figure in ("622,504", "0.62 M", "2.37 MB", "2.39 MB"):
        assert figure in rest


@pytest.mark.parametrize("size", [2, 4, 8, 16])
def test_the_lab_s_own_class_loads_our_weights_and_reconstructs_the_same(size):
    ours = network("mlp4", size, code_activation="relu")
    file = io.BytesIO()
    torch.save(ours.state_dict(), file)
    file.seek(0)
    lab = LabAutoencoder(784, size, 784)
    lab.load_state_dict(torch.load(file, weights_only=True), strict=True)
    X = images().flatten(1)
    assert torch.equal(lab(X), ours(X))
    assert torch.equal(lab(X), ours.decode(ours.encode(X)))


def test_the_lab_s_network_has_a_relu_on_the_code_by_default():
    assert (autoencoderMLP4Layer().encode(images(50)) >= 0).all()
    assert (network("mlp4", 8, code_activation="none").encode(images(50)) < 0).any()


# ------------------------------------------------------------------------------------------ the homework's networks


def test_the_homework_network_has_the_layers_and_names_of_the_homework():
    model = ConvAutoencoder(code_size=2)
    names = {name for name, _ in model.named_children()}
    assert {"encoder_cnn", "flatten", "encoder_lin", "decoder_lin", "unflatten", "decoder_conv"} <= names

    def convolutions(part):
        return [
            (c.in_channels, c.out_channels, c.kernel_size[0], c.stride[0], c.padding[0], c.output_padding[0])
            for c in part
            if hasattr(c, "stride")
        ]

    assert convolutions(model.encoder_cnn) == [(1, 8, 3, 2, 1, 0), (8, 16, 3, 2, 1, 0), (16, 32, 3, 2, 0, 0)]
    assert convolutions(model.decoder_conv) == [(32, 16, 3, 2, 0, 0), (16, 8, 3, 2, 1, 1), (8, 1, 3, 2, 1, 1)]
    linear = [(m.in_features, m.out_features) for m in model.modules() if isinstance(m, nn.Linear)]
    assert linear == [(288, 64), (64, 2), (2, 64), (64, 288)]
    assert sum(isinstance(m, nn.ReLU) for m in model.modules()) == 8  # the last layers of both halves have none
    assert model(images()).shape == (6, 1, 28, 28)


def test_the_vae_keeps_the_names_of_the_homework_and_returns_three_tensors():
    model = VAE(x_dim=784, h_dim1=512, h_dim2=256, code_size=2)
    linear = {name: (m.in_features, m.out_features) for name, m in model.named_children() if isinstance(m, nn.Linear)}
    assert linear == {
        "fc1": (784, 512),
        "fc2": (512, 256),
        "fc31": (256, 2),
        "fc32": (256, 2),
        "fc4": (2, 256),
        "fc5": (256, 512),
        "fc6": (512, 784),
    }
    x_hat, mu, log_var = model(images().flatten(1))
    assert (x_hat.shape, mu.shape, log_var.shape) == ((6, 784), (6, 2), (6, 2))
    torch.manual_seed(1)
    x_hat, mu, log_var = model(images())
    torch.manual_seed(1)
    assert torch.equal(x_hat, model.decoder(model.sampling(mu, log_var)))
    assert not torch.allclose(x_hat, model.decoder(mu))
    assert torch.equal(model.encode(images()), mu)
    assert torch.equal(model.encoder(images())[1], log_var)


def test_the_vae_samples_around_its_mean_with_its_deviation():
    mu, log_var = torch.tensor([[3.0, -1.0]]).repeat(20_000, 1), torch.tensor([[0.0, math.log(4.0)]]).repeat(20_000, 1)
    torch.manual_seed(0)
    z = VAE().sampling(mu, log_var)
    assert torch.allclose(z.mean(0), mu[0], atol=0.05)
    assert torch.allclose(z.std(0), torch.tensor([1.0, 2.0]), atol=0.05)


def test_the_vae_refuses_an_activation_on_its_code():
    with pytest.raises(ValueError, match="code_activation 'relu'"):
        VAE(code_activation="relu")


numbers = st.floats(-6, 6, width=32)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8))
def test_the_kl_divergence_is_that_of_torch_distributions(pairs):
    mu, log_var = torch.tensor(pairs).T
    posterior = torch.distributions.Normal(mu, torch.exp(0.5 * log_var))
    expected = torch.distributions.kl_divergence(posterior, torch.distributions.Normal(0.0, 1.0))
    assert torch.allclose(kl_divergence(mu, log_var), expected, rtol=1e-4, atol=1e-4)


def test_the_vae_loss_is_mse_plus_beta_times_kl_per_pixel():
    model, x, target = network("vae", 3), images(), images(seed=1)
    torch.manual_seed(5)
    x_hat, mu, log_var = model(x)
    error = ((x_hat - target.flatten(1)) ** 2).mean()
    kl = kl_divergence(mu, log_var).sum() / len(x)
    for beta in (0.0, 1.0, 7.5):
        torch.manual_seed(5)
        assert torch.allclose(model.loss(x, target, beta=beta), error + beta * kl / 784)

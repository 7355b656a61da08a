"""Every network takes the shape of its images from the recipe."""

from dataclasses import dataclass
from math import prod

import pytest
import torch
from torch import nn

from ae.models.layer_table import summary
from ae.models.recognise import recognise
from ae.models.registry import MODELS, build
from ae.recipe import Recipe
from ae.train.loop import fresh_model


@dataclass(frozen=True)
class Settings:
    """What ``build`` needs."""

    model: str
    image_shape: tuple[int, int, int]
    code_size: int = 3
    activation: str = "relu"
    code_activation: str = "none"
    init: str = "pytorch"
    top_k: int = 0
    codebook_size: int = 256
    sizes: tuple[tuple[str, int], ...] = ()


def check(model, shape):
    images = torch.rand(2, *shape)
    codes = model.encode(images)
    assert codes.shape == (2, 3) and model.image_shape == shape
    assert torch.allclose(model.encode(images.flatten(1)), codes, atol=1e-6)
    assert model.decode(codes).flatten(1).shape == (2, prod(shape))
    assert model.reconstruct(images).shape == images.shape
    assert model.loss(images, images).isfinite()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", range(16, 65))
def test_the_convolutional_network_takes_every_size(channels, side):
    check(build(Settings("conv", (channels, side, side))), (channels, side, side))


@pytest.mark.parametrize("shape", [(1, 16, 16), (3, 28, 28), (3, 33, 33)])
@pytest.mark.parametrize("name", MODELS)
def test_every_network_takes_every_kind_of_image(name, shape):
    model = build(Settings(name, shape))
    check(model, shape)
    assert f"{sum(p.numel() for p in model.parameters()):,}" in summary(model)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)])
@pytest.mark.parametrize("name", MODELS)
def test_a_network_is_recognised_if_the_shape_of_its_images_is_known(name, shape):
    weights = build(Settings(name, shape)).state_dict()
    found = recognise({key: tuple(value.shape) for key, value in weights.items()}, shape)
    assert (found[0].model, found[0].code_size, found[0].sizes) == (name, 3, ())


def test_for_digits_the_convolutional_network_is_the_homework_s_weight_for_weight():
    ours = fresh_model(Recipe(model="conv", activation="relu", code_size=2))
    torch.manual_seed(0)
    layers = {
        "encoder_cnn.0": nn.Conv2d(1, 8, 3, stride=2, padding=1),
        "encoder_cnn.2": nn.Conv2d(8, 16, 3, stride=2, padding=1),
        "encoder_cnn.4": nn.Conv2d(16, 32, 3, stride=2),
        "encoder_lin.0": nn.Linear(288, 64),
        "encoder_lin.2": nn.Linear(64, 2),
        "decoder_lin.0": nn.Linear(2, 64),
        "decoder_lin.2": nn.Linear(64, 288),
        "decoder_conv.0": nn.ConvTranspose2d(32, 16, 3, stride=2),
        "decoder_conv.2": nn.ConvTranspose2d(16, 8, 3, stride=2, padding=1, output_padding=1),
        "decoder_conv.4": nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1),
    }
    expected = {f"{name}.{key}": value for name, layer in layers.items() for key, value in layer.state_dict().items()}
    assert list(ours.state_dict()) == list(expected)
    assert all(torch.equal(value, expected[name]) for name, value in ours.state_dict().items())
    again = [getattr(ours.decoder_conv[n], "output_padding", None) for n in (0, 2, 4)]
    assert again == [(0, 0), (1, 1), (1, 1)]

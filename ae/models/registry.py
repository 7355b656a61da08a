"""The networks by name."""

from collections.abc import Callable

from torch import nn

from ae.models.base import Autoencoder
from ae.models.convolutional import ConvAutoencoder
from ae.models.mlp import autoencoderMLP4Layer
from ae.models.residual import ResidualAutoencoder
from ae.models.variational import VAE

MODELS: dict[str, type[Autoencoder]] = {
    "mlp4": autoencoderMLP4Layer,
    "conv": ConvAutoencoder,
    "vae": VAE,
    "residual": ResidualAutoencoder,
}


def _xavier(layer: nn.Module) -> None:
    if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
        nn.init.xavier_uniform_(layer.weight)
        nn.init.constant_(layer.bias, 0.01)


INITIALISATIONS: dict[str, Callable[[nn.Module], None]] = {
    "pytorch": lambda layer: None,  # each layer has drawn its own when it was made
    "xavier": _xavier,  # Xavier-uniform weights, biases 0.01 (Glorot & Bengio 2010; one of the lab's reports)
}


def build(
    name: str, code_size: int, *, activation: str = "relu", code_activation: str = "none", init: str = "pytorch"
) -> Autoencoder:
    """Make a model of the registry with fresh weights, drawn from torch's global random state.

    Raises:
        ValueError: the name is not in ``MODELS``.
    """
    if name not in MODELS:
        raise ValueError(f"unknown model {name!r}: choose from {', '.join(MODELS)}")
    kind = MODELS[name]
    model = kind(**{kind.code_argument: code_size}, activation=activation, code_activation=code_activation)
    return model.apply(INITIALISATIONS[init])


def count_parameters(model: nn.Module) -> int:
    """Count the numbers that training changes."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)

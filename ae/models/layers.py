"""The layers that networks share, and how their weights are initialised."""

import torch
from torch import Tensor, nn

from ae.models.options import ACTIVATIONS, CODE_ACTIVATIONS


class TopK(nn.Module):
    """Keeps the largest units of each code and sets the others to 0 (k-sparse autoencoder: Makhzani & Frey 2014).

    Largest by value, not by magnitude, as there. The gradient passes through the kept units alone.

    Args:
        units: how many are kept, at least 1.
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = units

    def forward(self, X: Tensor) -> Tensor:
        """Return codes with the shape of ``X``, (B, code_size)."""
        kept = X.topk(self.units, dim=1).indices
        return X * torch.zeros_like(X).scatter(1, kept, 1.0)


def activation_layer(name: str) -> nn.Module:
    """Return a new layer of one of ``ACTIVATIONS``."""
    layer: nn.Module = getattr(nn, ACTIVATIONS[name])()
    return layer


def code_activation_layer(name: str, top_k: int | None = None) -> nn.Module:
    """Return a new layer of one of ``CODE_ACTIVATIONS``; ``top_k`` is how many units "top-k" keeps."""
    if name == "top-k":
        return TopK(top_k or 1)
    layer: nn.Module = getattr(nn, CODE_ACTIVATIONS[name])()
    return layer


def to_pixels(logits: Tensor) -> Tensor:
    """Apply a sigmoid to a decoder's last layer, in fp32: bf16 has no number between 0.996 and 1."""
    return torch.sigmoid(logits.float())


def initialise(model: nn.Module, name: str) -> None:
    """Initialise a new model's weights by one of ``INITIALISATIONS``.

    "pytorch" keeps each layer's default initialisation. "xavier" draws Xavier-uniform weights and sets biases to 0.01
    (Glorot & Bengio 2010; one of the lab's reports).
    """
    if name == "xavier":
        for layer in model.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                nn.init.xavier_uniform_(layer.weight)
                if layer.bias is not None:
                    nn.init.constant_(layer.bias, 0.01)


def count_parameters(model: nn.Module) -> int:
    """Count the trainable parameters."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)

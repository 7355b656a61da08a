"""The layers that networks share, and how their weights are initialised."""

import torch
from torch import Tensor, nn

from ae.models.options import ACTIVATIONS, CODE_ACTIVATIONS


def activation_layer(name: str) -> nn.Module:
    """Return a new layer of one of ``ACTIVATIONS`` or ``CODE_ACTIVATIONS``."""
    layer: nn.Module = getattr(nn, {**ACTIVATIONS, **CODE_ACTIVATIONS}[name])()
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

"""Networks without weights, for what depends on their shapes alone."""

from typing import TypeVar

import torch
from torch import Tensor, nn

Model = TypeVar("Model", bound=nn.Module)


def without_numbers(model: Model) -> Model:
    """Return a model on the meta device with zeros for weights, which take no memory, so that its shapes can be traced.

    On the meta device itself, torch imports its compiler to trace a layer: six seconds, and 150 MB.
    """

    def zeros(value: Tensor) -> Tensor:
        return torch.zeros((), dtype=value.dtype).expand(value.shape)

    for module in model.modules():
        for name, weight in module._parameters.items():
            if weight is not None:
                module._parameters[name] = nn.Parameter(zeros(weight), requires_grad=False)
        for name, buffer in module._buffers.items():
            if buffer is not None:
                module._buffers[name] = zeros(buffer)
    return model

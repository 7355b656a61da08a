"""A model's layers as a table."""

import torch
from torch import Tensor, nn

from ae.models.base import Autoencoder, VariationalAutoencoder
from ae.models.layers import count_parameters


def summary(model: Autoencoder) -> str:
    """Describe a model's layers in the format of the coursework's summaries.

    Each layer with parameters has a row: the shape of its output for one image, and its parameter count. The totals are
    the multiply-adds for one image, without biases; the memory of the parameters; and the memory of parameters, input
    and every layer's output, the outputs counted twice (forward and backward). A number takes 4 bytes and a MB is 2^20
    bytes. (torchinfo counts MB of 10^6 bytes, so it does not show the coursework's figures.)
    """
    rows: list[tuple[str, str, int, int, int]] = []

    def note(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        weights = sum(p.numel() for p in layer.parameters())
        if not weights:
            return
        positions = output[0, 0].numel() if output.dim() == 4 else 1
        if isinstance(layer, nn.ConvTranspose2d):
            positions = inputs[0][0, 0].numel()  # the kernel is applied once at every input position
        shape = " x ".join(str(size) for size in output.shape[1:])
        products = layer.get_parameter("weight").numel() * positions
        rows.append((type(layer).__name__, shape, weights, products, output.numel()))

    image = torch.zeros(1, *model.image_shape, device=next(model.parameters()).device)
    hooks = [m.register_forward_hook(note) for m in model.modules() if not list(m.children())]
    try:
        with torch.no_grad():
            model.reconstruct(image)
            if isinstance(model, VariationalAutoencoder):  # reconstruct skips the layer of the log-variance
                rows.clear()
                model(image)
    finally:
        for hook in hooks:
            hook.remove()

    total = count_parameters(model)
    megabyte = 2**20
    parameters = total * 4 / megabyte
    memory = parameters + (image.numel() + 2 * sum(row[4] for row in rows)) * 4 / megabyte
    lines = [f"{'Layer':<18}{'Output':>14}{'Parameters':>14}"]
    lines += [f"{kind:<18}{shape:>14}{weights:>14,}" for kind, shape, weights, _, _ in rows]
    lines += [
        f"{'Total':<18}{'':>14}{total:>14,}",
        f"Mult-adds of one image: {sum(row[3] for row in rows) / 1e6:.2f} M",
        f"Size of the parameters: {parameters:.2f} MB",
        f"Estimated total size: {memory:.2f} MB",
    ]
    return "\n".join(lines)

"""A fully connected autoencoder with a discrete code."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ae.models.base import Loss, Term
from ae.models.losses import reconstruction_error
from ae.models.mlp import autoencoderMLP4Layer
from ae.models.options import PIXELS

PAIR = 2
"""Latent units that are quantised together."""

COMMITMENT = 0.25
"""The weight of the commitment loss, as in the paper."""


class Quantiser(nn.Module):
    """Replaces each pair of units of a code by the nearest vector of the pair's own codebook.

    Args:
        code_size: units of a code; the last of an odd number is a group of its own.
        codebook_size: vectors of each codebook.

    Attributes:
        weight: the codebooks, with shape (G, codebook_size, 2), G groups; the second number of a single unit is 0.
    """

    def __init__(self, code_size: int, codebook_size: int) -> None:
        super().__init__()
        self.code_size, self.padding = code_size, code_size % PAIR
        groups = (code_size + self.padding) // PAIR
        self.weight = nn.Parameter(torch.empty(groups, codebook_size, PAIR))
        if not self.weight.is_meta:  # where there are only shapes, torch would import its compiler for it
            nn.init.normal_(self.weight)
        if self.padding:
            with torch.no_grad():
                self.weight[-1, :, 1] = 0

    def forward(self, X: Tensor) -> Tensor:
        """Return the nearest codes, with the shape of ``X``, (B, code_size); their gradient is the codebooks'."""
        groups = F.pad(X.detach().float(), (0, self.padding)).unflatten(1, (-1, PAIR)).transpose(0, 1)  # (G, B, 2)
        with torch.autocast(X.device.type, enabled=False):
            distances = torch.cdist(groups, self.weight.detach(), compute_mode="donot_use_mm_for_euclid_dist")
        nearest = distances.argmin(2)  # (G, B)
        chosen = self.weight.gather(1, nearest[:, :, None].expand(-1, -1, PAIR))  # (G, B, 2)
        return chosen.transpose(0, 1).flatten(1)[:, : self.code_size]


class QuantisedAutoencoder(autoencoderMLP4Layer):
    """The lab's network with a vector-quantised code (VQ-VAE: van den Oord et al. 2017).

    Each pair of units has a codebook of its own, where the paper has one for all places of a convolution's output: the
    places of a flat code have nothing in common. The codebooks follow the codes by gradient descent.

    Args:
        N_input: values of an image.
        N_bottleneck: the bottleneck size.
        N_output: values of a reconstruction.
        activation: of the two hidden layers.
        code_activation: "none", as the codebooks have no bounds.
        codebook_size: vectors of each codebook.
    """

    def __init__(
        self,
        N_input: int = PIXELS,
        N_bottleneck: int = 8,
        N_output: int = PIXELS,
        *,
        activation: str = "gelu",
        code_activation: str = "none",
        codebook_size: int = 256,
    ) -> None:
        if code_activation != "none":
            raise ValueError(f"code_activation {code_activation!r}: the code of a vq has no activation, use 'none'")
        super().__init__(N_input, N_bottleneck, N_output, activation=activation, code_activation=code_activation)
        self.quantiser = Quantiser(N_bottleneck, codebook_size)

    def encode(self, X: Tensor) -> Tensor:
        """Return the quantised codes, with shape (B, N_bottleneck), of images (B, N_input) or (B, C, S, S)."""
        codes: Tensor = self.quantiser(super().encode(X))
        return codes

    def losses(
        self, X: Tensor, target: Tensor, *, beta: float = 1.0, error: str = "mse", penalty: Term | None = None
    ) -> Loss:
        """Return the error, the quantisation term per pixel, and the quantised codes.

        The term is |sg(z) - e|^2 + 0.25 |z - sg(e)|^2, summed over units, mean over images, where z is the code before
        and e after quantisation, and sg stops the gradient: the first part moves the codebook to the codes, the second
        keeps the codes near it. In the gradient of the error, e counts as z (straight-through).
        """
        before = super().encode(X).float()
        codes = self.quantiser(before)
        reconstructed = self.decode(before + (codes - before).detach()).reshape(X.shape)
        found = reconstruction_error(error, reconstructed, target.reshape(X.shape))
        moved = (codes - before.detach()).square().sum(1).mean()
        committed = (codes.detach() - before).square().sum(1).mean()
        return Loss(found, (moved + COMMITMENT * committed) / target[0].numel(), codes)

"""The terms of a loss: reconstruction error and KL divergence."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ae.models.options import ERRORS


def reconstruction_error(name: str, reconstructed: Tensor, target: Tensor) -> Tensor:
    """Compute one of ``ERRORS``, mean over pixels and images: squared error, or binary cross-entropy in nats.

    Autocast is off here, because on a GPU it refuses cross-entropy.

    Args:
        name: which error.
        reconstructed: fp32, values in [0, 1].
        target: likewise, of the same shape.
    """
    with torch.autocast(target.device.type, enabled=False):
        error: Tensor = getattr(F, ERRORS[name])(reconstructed, target)
    return error


def kl_divergence(mu: Tensor, log_var: Tensor) -> Tensor:
    """Compute KL(N(mu, exp(log_var)) || N(0, 1)) for every image and unit, in nats, with the shape of ``mu``.

    Kingma & Welling, Auto-Encoding Variational Bayes, 2014, appendix B.
    """
    return 0.5 * (mu.square() + log_var.exp() - 1 - log_var)

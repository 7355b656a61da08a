"""The penalties of ``penalties.py``: each a function of a batch that returns a scalar."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

LEAST_ACTIVITY = 1e-6
"""Mean activities nearer to 0 or 1 count as this far away, because the divergence is infinite there."""


@dataclass(frozen=True)
class Batch:
    """What a penalty is computed from.

    Attributes:
        images: the encoder's input, with shape (B, C, S, S) or (B, P), values in [0, 1].
        codes: of the images, fp32, with shape (B, D).
        encode: returns the codes, with shape (B, D), of images.
        target_activity: the recipe's setting.
    """

    images: Tensor
    codes: Tensor
    encode: Callable[[Tensor], Tensor]
    target_activity: float


def l1(batch: Batch) -> Tensor:
    """Return the absolute values of a code, summed over units, mean over images."""
    return batch.codes.abs().sum(1).mean()


def kl_sparse(batch: Batch) -> Tensor:
    """Return KL(target || mean activity) of each unit, as of two coins, in nats, summed over units.

    The mean activity is that over the images of the batch, of values in [0, 1] (Lee et al. 2008; Ng 2011).
    """
    target, mean = batch.target_activity, batch.codes.mean(0).clamp(LEAST_ACTIVITY, 1 - LEAST_ACTIVITY)
    divergence = target * (target / mean).log() + (1 - target) * ((1 - target) / (1 - mean)).log()
    return divergence.sum()


def contractive(batch: Batch) -> Tensor:
    """Return the squared Frobenius norm of the encoder's Jacobian, mean over images (Rifai et al. 2011).

    Estimated without bias from one random vector v of -1 and 1 per image: E |v J|^2 = |J|^2 (Hutchinson 1990). The
    closed form of the paper holds for an encoder of a single layer; the exact Jacobian takes as many passes backward
    as a code has units. The vectors have as many numbers as a code, so that few units, nearly uncorrelated, give little
    variance.
    """
    learning = torch.is_grad_enabled()
    with torch.enable_grad():
        images = batch.images.detach().requires_grad_()
        codes = batch.encode(images)
        signs = 2 * torch.randint_like(codes, 2) - 1
        (rows,) = torch.autograd.grad(codes, images, signs, create_graph=learning)
    return rows.float().flatten(1).square().sum(1).mean()


def mmd(batch: Batch) -> Tensor:
    """Return the maximum mean discrepancy between the codes of a batch and as many draws from N(0, 1).

    The unbiased estimate, which may be a little below 0, with the inverse multiquadratic kernel c / (c + |x - y|^2),
    c = 2 D, the mean squared distance of two draws (Tolstikhin et al. 2018). Not per image: it compares distributions.
    """
    codes, drawn = batch.codes, torch.randn_like(batch.codes)
    with torch.autocast(codes.device.type, enabled=False):  # differences of distances are small
        return _within(codes) + _within(drawn) - 2 * _similar(codes, drawn).mean()


def _similar(x: Tensor, y: Tensor) -> Tensor:
    """Return the kernel of each pair, with shape (N, M), of codes with shapes (N, D) and (M, D)."""
    scale = 2 * x.shape[1]
    distances = x.square().sum(1)[:, None] + y.square().sum(1) - 2 * x @ y.T
    return scale / (scale + distances.clamp(min=0))


def _within(x: Tensor) -> Tensor:
    """Return the mean kernel of all pairs of two different codes; 0 if there is one code."""
    count = len(x)
    return (_similar(x, x).sum() - count) / max(1, count * (count - 1))

"""Median and blur: denoising without a network."""

import torch
import torch.nn.functional as F
from torch import Tensor


def median(images: Tensor) -> Tensor:
    """Give each pixel the median of the 3 x 3 pixels around it; the shape stays (N, 1, 28, 28)."""
    around = F.unfold(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3)  # (N, 9, 784)
    return around.median(1).values.reshape(images.shape)


def blur(images: Tensor, sigma: float = 1.0) -> Tensor:
    """Blur with a Gaussian of standard deviation ``sigma``, in pixels, above 0; the shape stays (N, 1, 28, 28)."""
    reach = max(1, round(3 * sigma))
    x = torch.arange(-reach, reach + 1, dtype=images.dtype)
    weights = torch.exp(-x.square() / (2 * sigma**2))
    weights = weights / weights.sum()
    padded = F.pad(images, (reach,) * 4, mode="replicate")
    across = F.conv2d(padded, weights.reshape(1, 1, 1, -1))
    return F.conv2d(across, weights.reshape(1, 1, -1, 1))

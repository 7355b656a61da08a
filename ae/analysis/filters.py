"""Denoising filters: median and Gaussian blur."""

import torch
from torch import Tensor


def median(images: Tensor) -> Tensor:
    """Replace each pixel by the median of the 3 x 3 pixels around it; images have shape (N, C, S, S)."""
    from scipy import ndimage  # a sixth of a second to import

    return torch.from_numpy(ndimage.median_filter(images.numpy(), (1, 1, 3, 3), mode="nearest"))


def blur(images: Tensor, sigma: float = 1.0) -> Tensor:
    """Blur images, with shape (N, C, S, S), by a Gaussian of standard deviation ``sigma``, in pixels, above 0."""
    from scipy import ndimage

    deviations = (0, 0, sigma, sigma)
    radius = max(1, round(3 * sigma))
    return torch.from_numpy(ndimage.gaussian_filter(images.numpy(), deviations, mode="nearest", radius=radius))

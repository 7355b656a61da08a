"""Measures of reconstruction quality, in fp32."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor


def mse(images: Tensor, reconstructed: Tensor) -> Tensor:
    """Return the mean squared error of each image over its pixels, with shape (N,)."""
    return (images - reconstructed).square().flatten(1).mean(1)


def psnr(images: Tensor, reconstructed: Tensor) -> Tensor:
    """Return the peak signal-to-noise ratio of each image in dB, -10 log10(MSE) for values in [0, 1], shape (N,)."""
    return -10 * mse(images, reconstructed).clamp(min=1e-10).log10()


def standard_error(share: float, count: int) -> float:
    """Return the standard error of a share, 0 to 1, measured on ``count`` independent draws (binomial)."""
    return math.sqrt(share * (1 - share) / count)


def ssim(images: Tensor, reconstructed: Tensor) -> Tensor:
    """Return the structural similarity of each image, 1 if they are equal, with shape (N,) (Wang et al. 2004).

    The window around every pixel is an 11 x 11 Gaussian with standard deviation 1.5; beyond its edges the image is
    mirrored. Values lie in [0, 1].
    """
    x = torch.arange(-5, 6, dtype=images.dtype)
    window = torch.exp(-x.square() / (2 * 1.5**2))
    window = window / window.sum()

    def local(values: Tensor) -> Tensor:
        values = F.pad(values, (5, 5, 5, 5), mode="reflect")
        return F.conv2d(F.conv2d(values, window.reshape(1, 1, 1, 11)), window.reshape(1, 1, 11, 1))

    result = []
    for a, b in zip(images.split(10), reconstructed.split(10), strict=True):  # small enough to stay in the cache
        count = len(a)
        means = local(torch.cat([a, b, a * a, b * b, a * b])).split(count)
        mean_a, mean_b = means[0], means[1]
        variance_a = (means[2] - mean_a.square()).clamp(min=0)
        variance_b = (means[3] - mean_b.square()).clamp(min=0)
        covariance = means[4] - mean_a * mean_b
        similarity = (2 * mean_a * mean_b + 0.01**2) * (2 * covariance + 0.03**2)
        similarity /= (mean_a.square() + mean_b.square() + 0.01**2) * (variance_a + variance_b + 0.03**2)
        result.append(similarity.flatten(1).mean(1))
    return torch.cat(result)

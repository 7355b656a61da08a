"""Measures of reconstruction quality, in fp32."""

import functools
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
    mirrored. Images have shape (N, C, H, W), and values in [0, 1]; of colour images it is the mean over the channels.
    """
    across, down = (_window(size).to(images) for size in (images.shape[3], images.shape[2]))

    def local(values: Tensor) -> Tensor:
        """Return the mean in the window around every pixel of images, with shape (N, H, W)."""
        return down.T @ (values.flatten(0, 1) @ across).reshape(values.shape)

    result = []
    planes = (values.flatten(0, 1).split(50) for values in (images, reconstructed))  # 50 of them fit the cache
    for a, b in zip(*planes, strict=True):
        mean_a, mean_b, square_a, square_b, product = local(torch.cat([a, b, a * a, b * b, a * b])).split(len(a))
        means, means_squared = mean_a * mean_b, mean_a.square() + mean_b.square()
        variances = (square_a - mean_a.square()).clamp(min=0) + (square_b - mean_b.square()).clamp(min=0)
        similarity = (2 * means + 0.01**2) * (2 * (product - means) + 0.03**2)
        similarity /= (means_squared + 0.01**2) * (variances + 0.03**2)
        result.append(similarity.flatten(1).mean(1))
    return torch.cat(result).reshape(images.shape[:2]).mean(1)


@functools.cache
def _window(size: int) -> Tensor:
    """Return the weight of each pixel of a row in the mean around another, with shape (pixels, means), in float64."""
    x = torch.arange(-5, 6, dtype=torch.float64)
    window = torch.exp(-x.square() / (2 * 1.5**2))
    mirrored = F.pad(torch.eye(size, dtype=torch.float64)[None], (5, 5), mode="reflect")  # (1, pixels, size + 10)
    return F.conv1d(mirrored.transpose(0, 1), (window / window.sum()).reshape(1, 1, 11)).squeeze(1)

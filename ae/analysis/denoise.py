"""Take noise away, by models and without any network, and measure how well: tensors in, numbers out."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ae.analysis import digit_classifier, filters, metrics, reconstruct
from ae.analysis.pca import PCA
from ae.data import noise
from ae.models.base import Autoencoder

Method = Callable[[Tensor], Tensor]
"""Noisy images, with shape (N, 1, 28, 28), to images of the same shape."""


NOISY = "Noisy"
"""What the images are called from which nothing was taken away."""


FILTERS: dict[str, Method] = {
    "Median 3 × 3": lambda images: filters.median(images).clamp(0, 1),
    "Gaussian blur": lambda images: filters.blur(images, 1.0).clamp(0, 1),
}


class Quality(NamedTuple):
    """How good images are, against the clean ones: means over images."""

    psnr: float
    """dB"""
    ssim: float
    recognition_rate: float
    """Share that the judge reads as the true digit; NaN where there is no judge."""


def by_model(model: Autoencoder) -> Method:
    """Denoise by encoding and decoding."""
    return lambda images: reconstruct.reconstruct(model, images)[0]


def baselines(pca: PCA, size: int) -> dict[str, Method]:
    """Give the methods that need no network; the projection keeps ``size`` principal components."""
    return {
        **FILTERS,
        f"PCA, {size} numbers": lambda images: pca.project(images, size).clamp(0, 1),
    }


def psnr(clean: Tensor, images: Tensor) -> list[float]:
    """Give the PSNR in dB of each image as it is shown, clipped to [0, 1]; both with shape (N, 1, 28, 28)."""
    return metrics.psnr(clean, images.clamp(0, 1)).tolist()


def measure(clean: Tensor, images: Tensor, labels: Tensor | None) -> Quality:
    """Compare images, as they are shown, clipped to [0, 1], with the clean ones, both (N, 1, 28, 28).

    ``labels``, with shape (N,), are the digits, if there is a judge.
    """
    images = images.clamp(0, 1)
    psnr, ssim = metrics.psnr(clean, images).mean().item(), metrics.ssim(clean, images).mean().item()
    rate = digit_classifier.recognition_rate(images, labels) if labels is not None else float("nan")
    return Quality(psnr, ssim, rate)


def curve(
    method: Method | None,
    clean: Tensor,
    labels: Tensor | None,
    *,
    kind: str,
    strengths: Sequence[float],
    clip: bool,
    seed: int = 0,
) -> np.ndarray:
    """Measure a method at several strengths of noise; ``None`` measures the noisy images themselves.

    Gives shape (strengths, 3): PSNR, SSIM and legibility as in ``Quality``.
    """
    rows = []
    for strength in strengths:
        noisy = noise.add(clean, kind, strength, clip=clip, seed=seed)
        rows.append(measure(clean, only_finite(method(noisy)) if method else noisy, labels))
    return np.array(rows)


def only_finite(images: Tensor) -> Tensor:
    """Replace what is not a number, as a broken model may give, by black."""
    return torch.nan_to_num(images, nan=0.0, posinf=1.0, neginf=0.0)

"""Denoise images with models, filters and PCA, and measure the results."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from torch import Tensor

from ae.analysis import digit_classifier, filters, metrics, reconstruct
from ae.analysis.pca import PCA
from ae.analysis.reconstruct import only_finite
from ae.data import datasets, noise, selection
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder

Method = Callable[[Tensor], Tensor]
"""Maps noisy images, with shape (N, C, S, S), to denoised images of the same shape."""

NOISY = "Noisy"
"""Name of the noisy images themselves, among the methods."""

FILTERS: dict[str, Method] = {
    "Median 3 × 3": lambda images: filters.median(images).clamp(0, 1),
    "Gaussian blur": lambda images: filters.blur(images, 1.0).clamp(0, 1),
}


class Quality(NamedTuple):
    """How close images are to the clean ones: means over images."""

    psnr: float
    """dB"""
    ssim: float
    recognition_rate: float
    """Share of images classified as the true digit, 0 to 1; NaN without a digit classifier."""
    images: int
    """Number of images measured."""

    @property
    def recognition_error(self) -> float:
        """Standard error of the recognition rate, from the sampling of images alone; NaN if the rate is."""
        return metrics.standard_error(self.recognition_rate, self.images)


def test_set(dataset: Dataset, *, sample: int | None = None, seed: int = 0) -> tuple[Tensor, Tensor | None]:
    """Return clean test images to measure on, and their labels.

    Args:
        dataset: the dataset of the test images.
        sample: how many to draw at random, for a screen that can't wait for all of them; None for all. The first
            images are not a fair sample: MNIST's first 2,000 are harder to recognise than the others.
        seed: the same seed draws the same images.

    Returns:
        float images with shape (N, C, S, S), values in [0, 1], and labels with shape (N,), or None if the dataset
        has no digit classifier.
    """
    images, labels = dataset.test_images, dataset.test_labels
    if sample is not None and sample < len(images):
        chosen = selection.at_random(len(images), sample, seed)
        images, labels = images[chosen], labels[chosen]
    return datasets.to_float(images), None if digit_classifier.why_not(dataset.name) else labels


def by_model(model: Autoencoder) -> Method:
    """Return the method that encodes and decodes with a model."""
    return lambda images: reconstruct.reconstruct(model, images)[0]


def baselines(pca: PCA | None, size: int) -> dict[str, Method]:
    """Return the filters and, if there is a PCA, the projection onto ``size`` principal components, by name."""
    if pca is None:
        return dict(FILTERS)
    count = min(size, len(pca.axes))
    return {**FILTERS, f"PCA, {count} components": lambda images: pca.project(images, count).clamp(0, 1)}


def psnr(clean: Tensor, images: Tensor) -> list[float]:
    """Return the PSNR in dB of each image as it is shown, clipped to [0, 1]; both with shape (N, C, S, S)."""
    return metrics.psnr(clean, images.clamp(0, 1)).tolist()


def measure(clean: Tensor, images: Tensor, labels: Tensor | None) -> Quality:
    """Compare images as they are shown, clipped to [0, 1], with the clean ones, both with shape (N, C, S, S).

    ``labels``, with shape (N,), are the true digits; None skips the digit classifier.
    """
    images = images.clamp(0, 1)
    return Quality(
        psnr=metrics.psnr(clean, images).mean().item(),
        ssim=metrics.ssim(clean, images).mean().item(),
        recognition_rate=math.nan if labels is None else digit_classifier.recognition_rate(images, labels),
        images=len(images),
    )


def curve(
    method: Method | None,
    clean: Tensor,
    labels: Tensor | None,
    *,
    kind: str,
    strengths: Sequence[float],
    clip: bool,
    seed: int = 0,
) -> list[Quality]:
    """Measure a method at each strength of noise; ``None`` measures the noisy images themselves.

    ``clean`` and ``labels`` as in ``measure``, the rest as in ``ae.data.noise.add``.
    """

    def at(strength: float) -> Quality:
        noisy = noise.add(clean, kind, strength, clip=clip, seed=seed)
        return measure(clean, only_finite(method(noisy)) if method else noisy, labels)

    return [at(strength) for strength in strengths]

"""Principal component analysis: the best linear autoencoder for each bottleneck size, and so the baseline to beat."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

import torch
from torch import Tensor, nn

from ae.data import datasets
from ae.data.datasets import Dataset

CHUNK = 2000
"""Images in memory as floats at a time."""

EXACT = 1024
"""The most values of a row for which all axes are found, exactly."""

KEPT, EXTRA, ROUNDS = 128, 16, 3
"""Axes found for longer rows, directions that are searched besides, and passes over the rows."""

FITTED = 5000
"""About the most images with more than ``EXACT`` values that are fitted: every second, third ... of more."""


@dataclass(frozen=True)
class PCA:
    """Principal component analysis of images or codes (Pearson 1901).

    Attributes:
        mean: with shape (D,).
        axes: orthonormal rows in falling order of variance, with shape (K, D); K is D up to ``EXACT``, else at most
            ``KEPT``.
        variances: along each axis, with shape (K,).
    """

    mean: Tensor
    axes: Tensor
    variances: Tensor

    def encode(self, rows: Tensor, size: int) -> Tensor:
        """Return the first ``size`` coordinates, with shape (N, size), of rows with shape (N, D)."""
        return (rows - self.mean) @ self.axes[:size].T

    def decode(self, coordinates: Tensor) -> Tensor:
        """Return rows with shape (N, D) for coordinates with shape (N, size)."""
        return coordinates @ self.axes[: coordinates.shape[1]] + self.mean

    def project(self, images: Tensor, size: int) -> Tensor:
        """Project images, with shape (N, C, S, S), onto the first ``size`` components; the result is not clipped."""
        return self.decode(self.encode(images.flatten(1), size)).reshape(images.shape)

    def projection(self, size: int) -> nn.Sequential:
        """Return ``project`` as two linear layers, for flat images, with shape (N, D)."""
        axes = self.axes[:size]
        encoder, decoder = (nn.Linear(*sides) for sides in (reversed(axes.shape), axes.shape))
        encoder.weight, encoder.bias = nn.Parameter(axes), nn.Parameter(-(axes @ self.mean))
        decoder.weight, decoder.bias = nn.Parameter(axes.T), nn.Parameter(self.mean)
        return nn.Sequential(encoder, decoder).eval()


def fit(rows: Tensor) -> PCA:
    """Fit PCA to rows with shape (N, D): exactly, by the eigenvectors of the covariance, if D is at most ``EXACT``.

    Of longer rows, the first ``KEPT`` axes are found approximately, by a randomised method (Halko et al. 2011).
    """
    return _fit([rows], lambda chunk: chunk)


def fit_images(dataset: Dataset) -> PCA:
    """Fit PCA to the training images of a dataset, as ``fit`` does; of large images, to about ``FITTED`` of them."""
    images = dataset.images
    if prod(dataset.shape) > EXACT:
        images = images[:: -(-len(images) // FITTED)]
    return _fit(images.split(CHUNK), _as_rows)


def _as_rows(images: Tensor) -> Tensor:
    return datasets.to_float(images).flatten(1)


def _fit(chunks: Sequence[Tensor], as_rows: Callable[[Tensor], Tensor]) -> PCA:
    """Fit PCA to chunks, which ``as_rows`` turns into rows (N, D) one at a time: MNIST as floats takes 400 MB."""
    count = sum(map(len, chunks))
    total = torch.stack([as_rows(chunk).double().sum(0) for chunk in chunks]).sum(0)  # (D,)
    mean = (total / count).to(as_rows(chunks[0][:1]).dtype)
    if len(mean) > EXACT:
        return _largest(mean, count, lambda: (as_rows(chunk) - mean for chunk in chunks))
    products = torch.zeros(len(mean), len(mean), dtype=torch.double)
    for chunk in chunks:
        centred = as_rows(chunk) - mean
        products += (centred.T @ centred).double()
    variances, axes = torch.linalg.eigh(products / count)
    axes = _signed(axes.flip(1).T.contiguous())
    return PCA(mean, axes.to(mean.dtype), variances.flip(0).clamp(min=0).to(mean.dtype))


def _largest(mean: Tensor, count: int, centred: Callable[[], Iterator[Tensor]]) -> PCA:
    """Find the first axes of ``count`` rows by subspace iteration; ``centred`` returns the rows minus their mean."""
    size = min(KEPT, count)
    basis = torch.randn(len(mean), size + EXTRA, generator=torch.Generator().manual_seed(0), dtype=mean.dtype)
    for _ in range(ROUNDS):
        basis = torch.linalg.qr(basis).Q
        basis = torch.stack([rows.T @ (rows @ basis) for rows in centred()]).sum(0)
    basis = torch.linalg.qr(basis).Q
    products = torch.stack([(rows @ basis).T @ (rows @ basis) for rows in centred()]).sum(0)
    variances, turned = torch.linalg.eigh(products.double() / count)
    axes = _signed((basis @ turned.to(mean.dtype)).flip(1).T[:size].contiguous())
    return PCA(mean, axes, variances.flip(0)[:size].clamp(min=0).to(mean.dtype))


def _signed(axes: Tensor) -> Tensor:
    """Return axes with signs by convention; they would be arbitrary otherwise."""
    return axes * torch.sign(axes.gather(1, axes.abs().argmax(1, keepdim=True)))


def test_errors(pca: PCA, dataset: Dataset) -> Tensor:
    """Return the test MSE, mean over values and images, for every bottleneck size from 0 to K, with shape (K + 1,)."""
    kept, rest = torch.zeros(len(pca.axes), dtype=torch.double), torch.zeros(1, dtype=torch.double)
    for images in dataset.test_images.split(CHUNK):
        rows = _as_rows(images)
        parts = pca.encode(rows, len(pca.axes)).double().square().sum(0)
        kept += parts
        if len(pca.axes) < len(pca.mean):  # what no axis explains
            rest += ((rows - pca.mean).double().square().sum() - parts.sum()).clamp(min=0)
    lost = torch.cat([kept, rest]).flip(0).cumsum(0).flip(0)
    return (lost / len(dataset.test_images) / len(pca.mean)).float()

"""Principal component analysis: the best linear autoencoder for each bottleneck size, and so the baseline to beat."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ae.data import datasets
from ae.data.datasets import Dataset

CHUNK = 2000
"""Images in memory as floats at a time."""


@dataclass(frozen=True)
class PCA:
    """Principal component analysis of images or codes (Pearson 1901).

    Attributes:
        mean: with shape (D,).
        axes: orthonormal rows in falling order of variance, with shape (D, D).
        variances: along each axis, with shape (D,).
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
        """Project images, with shape (N, 1, 28, 28), onto the first ``size`` components; the result is not clipped."""
        return self.decode(self.encode(images.flatten(1), size)).reshape(images.shape)

    def projection(self, size: int) -> nn.Sequential:
        """Return ``project`` as two linear layers, for images with shape (N, 784)."""
        encoder, decoder = (nn.Linear(*sides) for sides in ((len(self.mean), size), (size, len(self.mean))))
        axes = self.axes[:size]
        encoder.weight, encoder.bias = nn.Parameter(axes), nn.Parameter(-(axes @ self.mean))
        decoder.weight, decoder.bias = nn.Parameter(axes.T), nn.Parameter(self.mean)
        return nn.Sequential(encoder, decoder).eval()


def fit(rows: Tensor) -> PCA:
    """Fit PCA to rows with shape (N, D), exactly, by the eigenvectors of the covariance."""
    return _fit([rows], lambda chunk: chunk)


def fit_images(dataset: Dataset) -> PCA:
    """Fit PCA to the training images of a dataset."""
    return _fit(dataset.images.split(CHUNK), _as_rows)


def _as_rows(images: Tensor) -> Tensor:
    return datasets.to_float(images).flatten(1)


def _fit(chunks: Sequence[Tensor], as_rows: Callable[[Tensor], Tensor]) -> PCA:
    """Fit PCA to chunks, which ``as_rows`` turns into rows (N, D) one at a time: MNIST as floats takes 400 MB."""
    count = sum(map(len, chunks))
    total = torch.stack([as_rows(chunk).double().sum(0) for chunk in chunks]).sum(0)  # (D,)
    mean = (total / count).to(as_rows(chunks[0][:1]).dtype)
    products = torch.zeros(len(mean), len(mean), dtype=torch.double)
    for chunk in chunks:
        centred = as_rows(chunk) - mean
        products += (centred.T @ centred).double()
    variances, axes = torch.linalg.eigh(products / count)
    axes = axes.flip(1).T.contiguous()
    axes = axes * torch.sign(
        axes.gather(1, axes.abs().argmax(1, keepdim=True))
    )  # signs by convention, or they would be arbitrary
    return PCA(mean, axes.to(mean.dtype), variances.flip(0).clamp(min=0).to(mean.dtype))


def test_errors(pca: PCA, dataset: Dataset) -> Tensor:
    """Return the test MSE, mean over pixels and images, for every bottleneck size from 0 to 784, with shape (785,)."""
    size = len(pca.mean)
    kept = torch.zeros(size, dtype=torch.double)
    for images in dataset.test_images.split(CHUNK):
        kept += pca.encode(_as_rows(images), size).double().square().sum(0)
    lost = torch.cat([kept, kept.new_zeros(1)]).flip(0).cumsum(0).flip(0)
    return (lost / len(dataset.test_images) / size).float()

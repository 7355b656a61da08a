"""Principal components: the best linear autoencoder of each bottleneck size, and so the baseline to beat."""

from dataclasses import dataclass

import torch
from torch import Tensor

from ae.data import datasets
from ae.data.datasets import Dataset


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


def fit(rows: Tensor) -> PCA:
    """Fit to rows with shape (N, D); exact, by the eigenvectors of the covariance."""
    mean = rows.mean(0)
    centred = rows - mean
    variances, axes = torch.linalg.eigh((centred.T @ centred / len(rows)).double())
    axes = axes.flip(1).T.contiguous()
    axes = axes * torch.sign(axes.gather(1, axes.abs().argmax(1, keepdim=True)))  # signs by convention, not by chance
    return PCA(mean, axes.to(rows.dtype), variances.flip(0).clamp(min=0).to(rows.dtype))


def fit_images(dataset: Dataset) -> PCA:
    """Fit to the training images of a dataset."""
    return fit(datasets.to_float(dataset.images).flatten(1))


def test_errors(pca: PCA, dataset: Dataset) -> Tensor:
    """Return the test MSE, mean over pixels and images, for every bottleneck size from 0 to 784, with shape (785,)."""
    images = datasets.to_float(dataset.test_images).flatten(1)
    kept = pca.encode(images, len(pca.mean)).double().square().mean(0)  # (784,)
    lost = torch.cat([kept, kept.new_zeros(1)]).flip(0).cumsum(0).flip(0)
    return (lost / images.shape[1]).float()

"""Principal components: the best that a linear code of a size can do, and so the line to beat."""

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
        """Give the first ``size`` coordinates, with shape (N, size), of rows with shape (N, D)."""
        return (rows - self.mean) @ self.axes[:size].T

    def decode(self, coordinates: Tensor) -> Tensor:
        """Give rows with shape (N, D) for coordinates with shape (N, size)."""
        return coordinates @ self.axes[: coordinates.shape[1]] + self.mean

    def project(self, images: Tensor, size: int) -> Tensor:
        """Send images, with shape (N, 1, 28, 28), through a linear code of that size and back; not clipped."""
        return self.decode(self.encode(images.flatten(1), size)).reshape(images.shape)


def fit(rows: Tensor) -> PCA:
    """Fit to rows with shape (N, D); exact, by the eigenvectors of the covariance."""
    mean = rows.mean(0)
    centred = rows - mean
    variances, axes = torch.linalg.eigh((centred.T @ centred / len(rows)).double())
    axes = axes.flip(1).T.contiguous()
    axes = axes * torch.sign(axes.gather(1, axes.abs().argmax(1, keepdim=True)))  # so that the signs are not chance
    return PCA(mean, axes.to(rows.dtype), variances.flip(0).clamp(min=0).to(rows.dtype))


def fit_images(dataset: Dataset) -> PCA:
    """Fit to the training images of a dataset."""
    return fit(datasets.to_float(dataset.images).flatten(1))


def test_errors(pca: PCA, dataset: Dataset) -> Tensor:
    """Give the test MSE, mean over pixels and images, for every code size from 0 to 784, with shape (785,)."""
    images = datasets.to_float(dataset.test_images).flatten(1)
    kept = pca.encode(images, len(pca.mean)).double().square().mean(0)  # (784,)
    lost = torch.cat([kept, kept.new_zeros(1)]).flip(0).cumsum(0).flip(0)
    return (lost / images.shape[1]).float()

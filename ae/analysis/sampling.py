"""Sample latent codes."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ae.analysis import pca

COMPONENTS = 10
"""Gaussians in the mixture."""

MIXED = 24
"""The most dimensions that the mixture is fitted in."""

FITTED = 5000
"""The most codes that the mixture is fitted to."""


def sampler(codes: Tensor, *, prior: bool) -> "Mixture":
    """Return the distribution to sample codes from: N(0, 1) for each unit, or a mixture fitted to codes.

    Args:
        codes: of many images, with shape (N, D).
        prior: whether the model was trained to have codes of that distribution; see ``Recipe.prior``.
    """
    size = codes.shape[1]
    if prior:
        return Mixture(torch.ones(1), torch.zeros(1, size), torch.eye(size)[None])
    return mixture(codes)


@dataclass(frozen=True)
class Mixture:
    """A mixture of Gaussians.

    Attributes:
        weights: with shape (K,).
        means: with shape (K, D).
        roots: R of the covariances R R^T, with shape (K, D, M).
    """

    weights: Tensor
    means: Tensor
    roots: Tensor

    def sample(self, count: int, *, seed: int) -> Tensor:
        """Draw codes, with shape (count, D); the same seed draws the same."""
        draw = torch.Generator().manual_seed(seed)
        which = torch.multinomial(self.weights, count, replacement=True, generator=draw)
        noise = torch.randn(count, self.roots.shape[2], generator=draw)
        return self.means[which] + torch.einsum("nij,nj->ni", self.roots[which], noise)


def mixture(codes: Tensor) -> Mixture:
    """Fit a mixture of ``COMPONENTS`` Gaussians with full covariances to codes, with shape (N, D).

    Codes with more than ``MIXED`` units are fitted in their first ``MIXED`` principal components; samples have the mean
    in the others.
    """
    from sklearn.mixture import GaussianMixture  # a second to import

    if codes.shape[1] > MIXED:
        found = pca.fit(codes)
        inner = mixture(found.encode(codes, MIXED))
        axes = found.axes[:MIXED]  # (MIXED, D)
        return Mixture(inner.weights, found.decode(inner.means), axes.T @ inner.roots)
    deviations = codes.std(0, correction=0)
    spread = torch.where(deviations > 0, deviations, 1.0).double().numpy()  # all units weigh the same
    different = len(torch.unique(codes[:FITTED], dim=0))  # few if the codes are discrete
    fitted = GaussianMixture(min(COMPONENTS, different), random_state=0, reg_covar=1e-6, max_iter=50)
    fitted.fit(codes[:FITTED].double().numpy() / spread)
    roots = np.linalg.cholesky(fitted.covariances_) * spread[:, None]
    as_tensor = (torch.from_numpy(array).float() for array in (fitted.weights_, fitted.means_ * spread, roots))
    return Mixture(*as_tensor)

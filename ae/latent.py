"""The space of codes: maps of it, neighbours in it, samples from it, and which of its units say anything."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ae import data, metrics, pca
from ae.autoencoder import Autoencoder
from ae.recipe import Recipe

NEIGHBOURS = 5
COMPONENTS = 10
"""Of the Gaussian mixture that samples are drawn from where there is no prior."""
MIXED = 24
"""So many directions of the code it is fitted in, at most."""
FITTED = 5000
"""So many codes it is fitted to, at most."""


@dataclass(frozen=True)
class Plane:
    """Two directions through the code: the code itself where its size is 2, its principal components where it is more.

    Attributes:
        origin: a code, with shape (D,).
        axes: orthonormal rows, with shape (2, D); the second is zero where the code is one number.
        share: of the codes' variance that the plane shows, 0 to 1.
        names: what its axes are.
    """

    origin: Tensor
    axes: Tensor
    share: float
    names: tuple[str, str]

    def to_plane(self, codes: Tensor) -> Tensor:
        """Give the points, with shape (N, 2), of codes with shape (N, D)."""
        return (codes - self.origin) @ self.axes.T

    def to_code(self, points: Tensor) -> Tensor:
        """Give the codes, with shape (N, D), of points with shape (N, 2): what lies in the plane itself."""
        return points @ self.axes + self.origin


def plane(codes: Tensor) -> Plane:
    """Lay the plane that shows most of codes with shape (N, D)."""
    size = codes.shape[1]
    if size <= 2:
        axes = torch.eye(2, size)
        return Plane(torch.zeros(size), axes, 1.0, ("unit 0", "unit 1" if size == 2 else "nothing"))
    found = pca.fit(codes)
    total = float(found.variances.sum())
    share = float(found.variances[:2].sum()) / total if total else 1.0
    axes = found.axes[:2]
    tail = ((codes - found.mean) @ axes.T).pow(3).mean(0)  # up or right
    return Plane(
        found.mean,
        axes * torch.where(tail < 0, -1.0, 1.0)[:, None],
        share,
        ("first principal component", "second principal component"),
    )


class Bounds(NamedTuple):
    """A rectangle of a plane."""

    left: float
    right: float
    bottom: float
    top: float


def bounds(points: Tensor, *, outside: float = 0.005, margin: float = 0.06) -> Bounds:
    """Give a rectangle around most points, with shape (N, 2): without the outermost share, with a margin."""
    low, high = (torch.quantile(points, q, dim=0) for q in (outside, 1 - outside))
    room = (high - low).clamp(min=1e-3) * margin
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return Bounds(left, right, bottom, top)


@torch.no_grad()
def decode(model: Autoencoder, codes: Tensor) -> Tensor:
    """Draw codes, with shape (N, D), as images with shape (N, 1, 28, 28), values in [0, 1]."""
    return model.decode(codes).reshape(len(codes), 1, data.SIDE, data.SIDE)


def manifold(model: Autoencoder, where: Plane, area: Bounds, count: int) -> Tensor:
    """Decode a lattice of ``count`` x ``count`` points of a plane, each in the middle of its cell, rows from the top.

    Gives shape (count, count, 28, 28), values in [0, 1].
    """
    share = (torch.arange(count) + 0.5) / count
    x = area.left + share * (area.right - area.left)
    y = area.top - share * (area.top - area.bottom)
    points = torch.stack([x.repeat(count), y.repeat_interleave(count)], 1)
    return decode(model, where.to_code(points)).reshape(count, count, data.SIDE, data.SIDE)


def neighbours(codes: Tensor, code: Tensor, count: int = NEIGHBOURS) -> list[int]:
    """Give the indices of the codes, with shape (N, D), nearest to one with shape (D,), the nearest first."""
    distances = (codes - code).square().sum(1)
    return distances.topk(min(count, len(codes)), largest=False, sorted=True).indices.tolist()


def tsne(codes: np.ndarray, *, seed: int = 0, say: Callable[[float], None] = lambda share: None) -> np.ndarray:
    """Lay codes, with shape (N, D), out on a plane so that neighbours stay neighbours (van der Maaten & Hinton 2008).

    Args:
        codes: at least four.
        seed: the same gives the same map.
        say: called with the share of the work that is done, 0 to 1.

    Returns:
        points, float32 with shape (N, 2).
    """
    from openTSNE import TSNE  # a second to import

    if np.ptp(codes, axis=0).max(initial=0) == 0:  # all the same: there is nothing to lay out
        say(1.0)
        return np.zeros((len(codes), 2), np.float32)

    early, late = 150, 350

    def progress(iteration: int, error: float, embedding: np.ndarray) -> None:
        nonlocal before
        if iteration < before:  # the second phase counts from the beginning
            progress.offset = early
        before = iteration
        say(min((progress.offset + iteration) / (early + late), 1.0))

    before, progress.offset = 0, 0
    fitted = TSNE(
        perplexity=min(30, (len(codes) - 1) / 3),
        early_exaggeration_iter=early,
        n_iter=late,
        initialization="pca" if codes.shape[1] > 2 else "random",
        random_state=seed,
        n_jobs=1,
        callbacks=progress,
        callbacks_every_iters=10,
    ).fit(codes.astype(np.float64))
    say(1.0)
    return np.asarray(fitted, np.float32)


def sampler(model: Autoencoder, codes: Tensor) -> "Mixture":
    """Give what codes are drawn from: the prior N(0, 1) where there is one, or a mixture fitted to codes (N, D)."""
    size = codes.shape[1]
    return Mixture(torch.ones(1), torch.zeros(1, size), torch.eye(size)[None]) if model.has_prior else mixture(codes)


@dataclass(frozen=True)
class Mixture:
    """A mixture of Gaussians: ``weights`` (K,), ``means`` (K, D), ``roots`` R of the covariances R R^T, (K, D, M)."""

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

    Of a code with more than ``MIXED`` units it is fitted to so many principal components; the rest stays at its mean.
    """
    from sklearn.mixture import GaussianMixture  # a second to import

    if codes.shape[1] > MIXED:
        found = pca.fit(codes)
        inner = mixture(found.encode(codes, MIXED))
        axes = found.axes[:MIXED]  # (MIXED, D)
        return Mixture(inner.weights, found.decode(inner.means), axes.T @ inner.roots)
    spread = codes.std(0, correction=0)
    spread = torch.where(spread > 0, spread, 1.0).double().numpy()  # so that small units count as much as large ones
    fitted = GaussianMixture(min(COMPONENTS, len(codes)), random_state=0, reg_covar=1e-6, max_iter=50)
    fitted.fit(codes[:FITTED].double().numpy() / spread)
    roots = np.linalg.cholesky(fitted.covariances_) * spread[:, None]
    as_tensor = (torch.from_numpy(array).float() for array in (fitted.weights_, fitted.means_ * spread, roots))
    return Mixture(*as_tensor)


# ------------------------------------------------------------------------------------------------------- the health


@dataclass(frozen=True)
class Health:
    """What each unit of the code says about the test images.

    Attributes:
        spread: standard deviation over images, in the code's own unit, with shape (D,).
        live: whether it says anything, booleans with shape (D,).
        kl: of a VAE, mean KL to the prior in nats an image, with shape (D,); otherwise None.
    """

    spread: np.ndarray
    live: np.ndarray
    kl: np.ndarray | None

    @property
    def dead(self) -> list[int]:
        """The units that say nothing, counted from 0."""
        return np.flatnonzero(~self.live).tolist()


def health(model: Autoencoder, codes: Tensor, images: Tensor) -> Health:
    """Examine the code of a model.

    Args:
        model: in eval mode.
        codes: of the images, with shape (N, D).
        images: float, with shape (N, 1, 28, 28), values in [0, 1].
    """
    kl = metrics.kl_by_unit(model, images).numpy() if model.has_prior else None
    return Health(codes.std(0, correction=0).numpy(), model.live_units(codes).numpy(), kl)


def cause(recipe: Recipe) -> str:
    """Say in a sentence why units of such a run may say nothing."""
    if recipe.beta:
        return (
            "The KL term pays for every unit that says something; where the drawing gains less than that, the unit "
            "keeps the prior and the decoder ignores it (posterior collapse)."
        )
    if recipe.code_activation == "relu":
        return (
            "The ReLU on the code gives 0 wherever its input is negative. A unit whose input is negative for every "
            "image gets no gradient any more, and never comes back."
        )
    return "Their value is almost the same for every image, so the decoder learns nothing from them."

"""The space of codes: maps of it, neighbours in it, samples from it, and which of its units say anything."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ae.analysis import evaluation, pca
from ae.analysis.reconstruct import decode
from ae.data import sources
from ae.models.base import Autoencoder, VariationalAutoencoder
from ae.recipe import Recipe


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


def manifold(model: Autoencoder, where: Plane, area: Bounds, count: int) -> Tensor:
    """Decode a lattice of ``count`` x ``count`` points of a plane, each in the middle of its cell, rows from the top.

    Gives shape (count, count, 28, 28), values in [0, 1].
    """
    share = (torch.arange(count) + 0.5) / count
    x = area.left + share * (area.right - area.left)
    y = area.top - share * (area.top - area.bottom)
    points = torch.stack([x.repeat(count), y.repeat_interleave(count)], 1)
    return decode(model, where.to_code(points)).reshape(count, count, sources.SIDE, sources.SIDE)


@dataclass(frozen=True)
class Health:
    """What each unit of the code says about the test images.

    Attributes:
        spread: standard deviation over images, in the code's own unit, with shape (D,).
        live: whether it says anything, booleans with shape (D,).
        kl: of a VAE, mean KL to the prior in nats an image, with shape (D,); otherwise None.
    """

    spread: np.ndarray
    active: np.ndarray
    kl: np.ndarray | None

    @property
    def inactive(self) -> list[int]:
        """The units that say nothing, counted from 0."""
        return np.flatnonzero(~self.active).tolist()


def health(model: Autoencoder, codes: Tensor, images: Tensor) -> Health:
    """Examine the code of a model.

    Args:
        model: in eval mode.
        codes: of the images, with shape (N, D).
        images: float, with shape (N, 1, 28, 28), values in [0, 1].
    """
    kl = evaluation.kl_by_unit(model, images).numpy() if isinstance(model, VariationalAutoencoder) else None
    return Health(codes.std(0, correction=0).numpy(), model.active_units(codes).numpy(), kl)


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


def code_ranges(codes: np.ndarray) -> np.ndarray:
    """Give the 5th, 50th and 95th percentile of each unit over codes with shape (N, D); shape (3, D)."""
    return np.percentile(codes, (5, 50, 95), axis=0)

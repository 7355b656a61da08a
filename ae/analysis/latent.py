"""The latent space: a plane through it, images decoded on that plane, and which units are active."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ae.analysis import evaluation, pca
from ae.analysis.metrics import mse
from ae.analysis.reconstruct import decode
from ae.models.base import Autoencoder, VariationalAutoencoder
from ae.recipe import Recipe


@dataclass(frozen=True)
class Plane:
    """A plane in latent space: the space itself for two units, the first two principal components for more.

    Attributes:
        origin: a code, with shape (D,).
        axes: orthonormal rows, with shape (2, D); for a single unit, the second is zero.
        share: share of the codes' variance that lies in the plane, 0 to 1.
        names: the names of its axes.
    """

    origin: Tensor
    axes: Tensor
    share: float
    names: tuple[str, str]

    def to_plane(self, codes: Tensor) -> Tensor:
        """Return the points, with shape (N, 2), of codes with shape (N, D)."""
        return (codes - self.origin) @ self.axes.T

    def to_code(self, points: Tensor) -> Tensor:
        """Return the codes in the plane, with shape (N, D), of points with shape (N, 2)."""
        return points @ self.axes + self.origin


def plane(codes: Tensor) -> Plane:
    """Return the plane that contains most of the variance of codes, with shape (N, D)."""
    size = codes.shape[1]
    if size <= 2:
        axes = torch.eye(2, size)
        return Plane(torch.zeros(size), axes, 1.0, ("Unit 0", "Unit 1" if size == 2 else "Nothing"))
    found = pca.fit(codes)
    total = float(found.variances.sum())
    share = float(found.variances[:2].sum()) / total if total else 1.0
    axes = found.axes[:2]
    # The longer tail points right or up, so that the sign is not arbitrary.
    tail = ((codes - found.mean) @ axes.T).pow(3).mean(0)
    return Plane(
        found.mean,
        axes * torch.where(tail < 0, -1.0, 1.0)[:, None],
        share,
        ("First principal component", "Second principal component"),
    )


class Bounds(NamedTuple):
    """A rectangle of a plane."""

    left: float
    right: float
    bottom: float
    top: float


def bounds(points: Tensor, *, outside: float = 0.005, margin: float = 0.06) -> Bounds:
    """Return a rectangle around points, with shape (N, 2).

    Args:
        points: to surround.
        outside: the share of points on each side that may lie outside.
        margin: relative to the width and the height.
    """
    low, high = (torch.quantile(points, q, dim=0) for q in (outside, 1 - outside))
    room = (high - low).clamp(min=1e-3) * margin
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return Bounds(left, right, bottom, top)


def manifold(model: Autoencoder, where: Plane, area: Bounds, count: int) -> Tensor:
    """Decode ``count`` x ``count`` points of a plane, each in the middle of its cell, rows from the top.

    Returns shape (count, count, C, S, S), values in [0, 1].
    """
    share = (torch.arange(count) + 0.5) / count
    x = area.left + share * (area.right - area.left)
    y = area.top - share * (area.top - area.bottom)
    points = torch.stack([x.repeat(count), y.repeat_interleave(count)], 1)
    return decode(model, where.to_code(points)).reshape(count, count, *model.image_shape)


@dataclass(frozen=True)
class Health:
    """How much each latent unit depends on the image.

    Attributes:
        spread: standard deviation over images, with shape (D,).
        active: booleans, with shape (D,).
        kl: mean KL divergence from the prior in nats per image, with shape (D,); None unless the model is variational.
    """

    spread: np.ndarray
    active: np.ndarray
    kl: np.ndarray | None

    @property
    def inactive(self) -> list[int]:
        """Indices of the inactive units, from 0."""
        return np.flatnonzero(~self.active).tolist()


def health(model: Autoencoder, codes: Tensor, images: Tensor) -> Health:
    """Examine the latent units of a model.

    Args:
        model: in eval mode.
        codes: of the images, with shape (N, D).
        images: float, with shape (N, C, S, S), values in [0, 1].
    """
    kl = evaluation.kl_by_unit(model, images).numpy() if isinstance(model, VariationalAutoencoder) else None
    return Health(codes.std(0, correction=0).numpy(), model.active_units(codes).numpy(), kl)


def hold(codes: Tensor, units: int | Sequence[int]) -> Tensor:
    """Return codes, with shape (N, D), with one unit or several held at their means over all of them."""
    held = codes.clone()
    held[:, units] = codes[:, units].mean(0)
    return held


def importance(model: Autoencoder, codes: Tensor, images: Tensor) -> np.ndarray:
    """Return the ``growth`` of the error without each unit, with shape (D,)."""
    return growth(model, codes, images, [[unit] for unit in range(codes.shape[1])])


def growth(model: Autoencoder, codes: Tensor, images: Tensor, groups: Sequence[Sequence[int]]) -> np.ndarray:
    """Return how much the error grows if some units are held at their means over all images.

    Args:
        model: in eval mode.
        codes: of the images, with shape (N, D).
        images: float, with shape (N, C, S, S), values in [0, 1].
        groups: of units that are held together.

    Returns:
        for each group, the MSE without its units relative to the MSE with all of them, minus 1: 0 for units that do not
        matter, 1 for units without which the error doubles.
    """
    without = [float(mse(images, decode(model, hold(codes, units))).mean()) for units in groups]
    with_all = float(mse(images, decode(model, codes)).mean())
    grown: np.ndarray = np.array(without) / max(with_all, np.finfo(np.float32).tiny) - 1
    return grown


def cause(recipe: Recipe) -> str:
    """Explain in a sentence or two why units may be inactive with a recipe."""
    if recipe.beta:
        return (
            "Every active unit costs KL divergence. Where it improves the reconstruction by less than that, the unit "
            "stays at the prior and the decoder ignores it (posterior collapse)."
        )
    if recipe.penalty == "l1":
        return (
            "Every unit that is not 0 costs a penalty. Where it improves the reconstruction by less than that, the "
            "unit stays at 0 for every image."
        )
    if recipe.code_activation == "relu":
        return (
            "The ReLU on the code turns negative values into 0. A unit that is negative for every image gets no "
            "gradient, so it never recovers."
        )
    if recipe.code_activation == "top-k":
        return (
            "Top-k sets all but the largest units of a code to 0. A unit that is never among them gets no gradient, so "
            "it never recovers."
        )
    return "The value is almost the same for every image, so the decoder learns nothing from it."


def code_ranges(codes: np.ndarray) -> np.ndarray:
    """Return the 5th, 50th and 95th percentile of each unit, with shape (3, D), over codes with shape (N, D)."""
    percentiles: np.ndarray = np.percentile(codes, (5, 50, 95), axis=0)
    return percentiles

"""Interpolate between images: in latent space, along a line or an arc, and by cross-fading their pixels.

To add an interpolation, write its function and add a line to ``WAYS``.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ae.analysis import reconstruct
from ae.models.base import Autoencoder

FADE = "Cross-fade"
"""Name of the interpolation without a network."""


def linear(z1: Tensor, z2: Tensor, n: int) -> Tensor:
    """Return z1 + (i / n) (z2 - z1) for i = 0 to n, with shape (n + 1, D), for z1 and z2 with shape (D,)."""
    share = _shares(n).to(z1.dtype)[:, None]
    return z1 + share * (z2 - z1)


def spherical(z1: Tensor, z2: Tensor, n: int) -> Tensor:
    """Return n + 1 points on the arc from z1 to z2, at equal angles, with shape (n + 1, D) (Shoemake 1985).

    If z1 and z2 differ in length, the length changes evenly along the arc. If there is no arc, because one of them is
    zero or they point in the same or in opposite directions, the interpolation is linear.
    """
    lengths = linear(z1.double().norm()[None], z2.double().norm()[None], n)
    if not lengths[0] * lengths[-1] > 0:
        return linear(z1, z2, n)
    one, other = z1.double() / lengths[0], z2.double() / lengths[-1]
    cosine = float((one @ other).clamp(-1, 1))
    if abs(cosine) > 1 - 1e-7:
        return linear(z1, z2, n)
    angle = torch.arccos(torch.tensor(cosine, dtype=torch.double))
    share = _shares(n)[:, None]
    path = (torch.sin((1 - share) * angle) * one + torch.sin(share * angle) * other) / torch.sin(angle)
    return (lengths * path).to(z1.dtype)


class Way(NamedTuple):
    """A way to interpolate between two latent codes."""

    sentence: str
    path: Callable[[Tensor, Tensor, int], Tensor]
    """Returns n + 1 codes, with shape (n + 1, D), from z1 to z2, with shape (D,), in n steps."""


WAYS: dict[str, Way] = {
    "linear": Way("Linear: straight from one code to the other, z = z1 + (i / n) (z2 - z1).", linear),
    "spherical": Way("Spherical: along the arc between the two codes, in steps of equal angle.", spherical),
}


def codes(way: str, z1: Tensor, z2: Tensor, n: int) -> Tensor:
    """Return n + 1 codes from z1 to z2, with shape (n + 1, D), by an interpolation of ``WAYS``.

    Raises:
        ValueError: the way is unknown.
    """
    if way not in WAYS:
        raise ValueError(f"unknown way {way!r}: choose from {', '.join(WAYS)}")
    return WAYS[way].path(z1, z2, n)


def cross_fade(one: Tensor, other: Tensor, n: int) -> Tensor:
    """Blend the pixels of two images, with shape (C, S, S), in n steps; returns shape (n + 1, C, S, S)."""
    return linear(one.flatten(), other.flatten(), n).reshape(n + 1, *one.shape)


def corners(top_left: Tensor, top_right: Tensor, bottom_left: Tensor, bottom_right: Tensor, n: int) -> Tensor:
    """Interpolate bilinearly between four codes, with shape (D,); returns (n + 1, n + 1, D), rows from the top."""
    left, right = linear(top_left, bottom_left, n), linear(top_right, bottom_right, n)
    share = _shares(n).to(left.dtype)[None, :, None]
    return left[:, None] + share * (right - left)[:, None]


def steps(images: Tensor) -> Tensor:
    """Return the root mean square difference, over pixels, of each image from the one before, with shape (N - 1,).

    Args:
        images: with shape (N, C, S, S), values in [0, 1].
    """
    return (images[1:] - images[:-1]).square().flatten(1).mean(1).sqrt()


def _shares(n: int) -> Tensor:
    """Return 0, 1 / n, ... 1, with shape (n + 1,).

    Raises:
        ValueError: n is less than 1.
    """
    if n < 1:
        raise ValueError(f"steps {n!r} is out of range: use 1 or more")
    return torch.arange(n + 1, dtype=torch.double) / n


def walk(model: Autoencoder, ends: Tensor, way: str, n: int) -> Tensor:
    """Interpolate between two images through the latent space of a model.

    Args:
        model: in eval mode.
        ends: the two images, float with shape (2, C, S, S), values in [0, 1].
        way: a key of ``WAYS``.
        n: the number of steps.

    Returns:
        images with shape (n + 1, C, S, S), values in [0, 1]; the first and last are the ends' reconstructions.
    """
    start, end = reconstruct.encode(model, ends)
    return reconstruct.decode(model, codes(way, start, end, n))


def between(model: Autoencoder, images: Tensor, n: int) -> Tensor:
    """Interpolate between four images, with shape (4, C, S, S): top left, top right, bottom left, bottom right.

    Returns shape (n + 1, n + 1, C, S, S), rows from the top, values in [0, 1].
    """
    top_left, top_right, bottom_left, bottom_right = reconstruct.encode(model, images)
    square = corners(top_left, top_right, bottom_left, bottom_right, n)
    reconstructed = reconstruct.decode(model, square.flatten(0, 1))
    return reconstructed.reshape(n + 1, n + 1, *images.shape[1:])

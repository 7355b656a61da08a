"""Ways from one image to another: through the code, straight or on a sphere, and through the pixels."""

import torch
from torch import Tensor

from ae.analysis import reconstruct
from ae.data import sources
from ae.models.base import Autoencoder

FADE = "Cross-fade of pixels"
"""What the way through the pixels is called."""


WAYS = {
    "linear": "Linear: straight from one code to the other, z = z1 + (i / n) (z2 - z1).",
    "spherical": "Spherical: along the arc between the two codes, by the same angle at each step.",
}


def linear(z1: Tensor, z2: Tensor, n: int) -> Tensor:
    """Give z1 + (i / n) * (z2 - z1) for i = 0 to n, with shape (n + 1, D), for rows with shape (D,) (SEEDS.md, A)."""
    share = _shares(n).to(z1.dtype)[:, None]
    return z1 + share * (z2 - z1)


def spherical(z1: Tensor, z2: Tensor, n: int) -> Tensor:
    """Walk the arc from z1 to z2, with shape (n + 1, D), by the same angle at each step (Shoemake 1985).

    Their lengths may differ: the length changes evenly on the way.

    Where there is no arc, because a code is zero or the two point the same or the opposite way, the way is linear.
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


def codes(way: str, z1: Tensor, z2: Tensor, n: int) -> Tensor:
    """Give the n + 1 codes on a way of ``WAYS``, with shape (n + 1, D).

    Raises:
        ValueError: the way is unknown.
    """
    if way not in WAYS:
        raise ValueError(f"unknown way {way!r}: choose from {', '.join(WAYS)}")
    return (linear if way == "linear" else spherical)(z1, z2, n)


def cross_fade(one: Tensor, other: Tensor, n: int) -> Tensor:
    """Blend the pixels of two images, with shape (1, 28, 28), in n steps; gives (n + 1, 1, 28, 28)."""
    return linear(one.flatten(), other.flatten(), n).reshape(n + 1, *one.shape)


def corners(top_left: Tensor, top_right: Tensor, bottom_left: Tensor, bottom_right: Tensor, n: int) -> Tensor:
    """Fill the square between four codes, with shape (D,), bilinearly; gives (n + 1, n + 1, D), rows from the top."""
    left, right = linear(top_left, bottom_left, n), linear(top_right, bottom_right, n)
    share = _shares(n).to(left.dtype)[None, :, None]
    return left[:, None] + share * (right - left)[:, None]


def steps(images: Tensor) -> Tensor:
    """Tell how far each image of a row is from the one before it: the root mean square over pixels, (N - 1,).

    Args:
        images: with shape (N, 1, 28, 28), values in [0, 1].
    """
    return (images[1:] - images[:-1]).square().flatten(1).mean(1).sqrt()


def _shares(n: int) -> Tensor:
    """0, 1 / n, ... 1, with shape (n + 1,).

    Raises:
        ValueError: n is less than 1.
    """
    if n < 1:
        raise ValueError(f"steps {n!r} is out of range: use 1 or more")
    return torch.arange(n + 1, dtype=torch.double) / n


def walk(model: Autoencoder, ends: Tensor, way: str, n: int) -> Tensor:
    """Draw the way from one image to another through the code of a model.

    Args:
        model: in eval mode.
        ends: float, with shape (2, 1, 28, 28), values in [0, 1].
        way: a key of ``ae.analysis.interpolate.WAYS``.
        n: steps.

    Returns:
        the drawings, with shape (n + 1, 1, 28, 28), values in [0, 1]; the first and last are of the two ends.
    """
    start, end = reconstruct.encode(model, ends)
    return reconstruct.decode(model, codes(way, start, end, n))


def between(model: Autoencoder, images: Tensor, n: int) -> Tensor:
    """Draw all between four images, with shape (4, 1, 28, 28): top left, top right, bottom left, bottom right.

    Gives shape (n + 1, n + 1, 28, 28), rows from the top, values in [0, 1].
    """
    codes = corners(*reconstruct.encode(model, images), n)
    reconstructed = reconstruct.decode(model, codes.flatten(0, 1))
    return reconstructed.reshape(n + 1, n + 1, sources.SIDE, sources.SIDE)

"""Kinds of noise. To add one, write its function and add a line to ``KINDS``."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ae.data.sources import DIGIT, Shape


class Kind(NamedTuple):
    """A kind of noise."""

    title: str
    """Its name on screens."""
    sentence: str
    """One sentence on what it does to an image."""
    unit: str
    """The quantity that its strength sets."""
    add: Callable[[Tensor, float, torch.Generator], Tensor]
    """Returns noisy images for images with shape (N, C, S, S), a strength, and a random generator."""
    strongest: float = 1.0
    """The largest strength that makes sense."""
    draw: Callable[[int, Shape, torch.Generator], Tensor] | None = None
    """Returns the random numbers that ``add`` draws for a number of images of a shape, one row for each; None if nobody
    knows.

    ``ae/ui/frontend/noise.js`` adds the noise of these numbers in the page.
    """


def _normal(count: int, shape: Shape, random: torch.Generator) -> Tensor:
    return torch.randn(count, *shape, generator=random)


def _even(count: int, shape: Shape, random: torch.Generator) -> Tensor:
    return torch.rand(count, *shape, generator=random)


def _of_pixels(count: int, shape: Shape, random: torch.Generator) -> Tensor:
    return torch.rand(count, 1, *shape[1:], generator=random)


def _places(count: int, shape: Shape, random: torch.Generator) -> Tensor:
    return torch.rand(count, 2, generator=random)


def _shape(images: Tensor) -> Shape:
    channels, height, width = images.shape[1:]
    return channels, height, width


def _gaussian(images: Tensor, strength: float, random: torch.Generator) -> Tensor:
    return images + strength * _normal(len(images), _shape(images), random)


def _uniform(images: Tensor, strength: float, random: torch.Generator) -> Tensor:
    return images + strength * _even(len(images), _shape(images), random)


def _salt_and_pepper(images: Tensor, strength: float, random: torch.Generator) -> Tensor:
    chance = _of_pixels(len(images), _shape(images), random)
    return torch.where(chance < strength / 2, 0.0, torch.where(chance > 1 - strength / 2, 1.0, images))


def _block(images: Tensor, strength: float, random: torch.Generator) -> Tensor:
    height, width = images.shape[-2:]
    side = round(min(max(strength, 0.0), 1.0) ** 0.5 * height)
    corner = _places(len(images), _shape(images), random) * torch.tensor([height - side + 1, width - side + 1])
    top, left = corner.floor().long().unbind(1)
    rows, columns = torch.arange(height), torch.arange(width)
    inside = ((rows >= top[:, None]) & (rows < top[:, None] + side))[:, :, None]
    inside = inside & ((columns >= left[:, None]) & (columns < left[:, None] + side))[:, None, :]
    return torch.where(inside[:, None], 0.0, images)


KINDS: dict[str, Kind] = {
    "gaussian": Kind(
        "Gaussian", "A normal random number is added to every pixel.", "standard deviation", _gaussian, 10, _normal
    ),
    "uniform": Kind(  # the noise of the deep-learning lab's scripts
        "Uniform",
        "A random number between 0 and the strength is added to every pixel, which also brightens the image.",
        "largest value",
        _uniform,
        10,
        _even,
    ),
    "salt-and-pepper": Kind(
        "Salt and pepper",
        "Some pixels, drawn at random, become black or white.",
        "share of the pixels",
        _salt_and_pepper,
        draw=_of_pixels,
    ),
    "block": Kind(
        "Masked block", "A square at a random place is blacked out.", "share of the image", _block, draw=_places
    ),
}
"""Kinds of noise by name. Strengths are on the scale of pixel values, where black is 0 and white is 1."""


def add(images: Tensor, kind: str, strength: float, *, clip: bool = True, seed: int = 0) -> Tensor:
    """Add noise. The same seed gives the same pattern at every strength.

    Args:
        images: with shape (N, C, S, S), values in [0, 1].
        kind: a key of ``KINDS``.
        strength: in the unit of the kind, from 0 to its ``strongest``.
        clip: whether to clip the result to [0, 1], as an image file would.
        seed: for the random numbers.

    Raises:
        ValueError: the kind is unknown, or the strength is out of range or not a number.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown noise {kind!r}: choose from {', '.join(KINDS)}")
    strongest = KINDS[kind].strongest
    if not 0 <= strength <= strongest:
        raise ValueError(f"noise strength {strength!r} is out of range: use 0 to {strongest:g} for {kind}")
    noisy = KINDS[kind].add(images, strength, torch.Generator().manual_seed(seed))
    return noisy.clamp(0, 1) if clip else noisy


def drawn(kind: str, count: int, seed: int = 0, shape: Shape = DIGIT) -> Tensor | None:
    """Return the random numbers that ``add`` draws, float32, one row for each of ``count`` images of a shape.

    None for a kind without ``draw``.
    """
    draw = KINDS[kind].draw
    return None if draw is None else draw(count, shape, torch.Generator().manual_seed(seed))


def describe(kind: str, strength: float, *, clip: bool) -> str:
    """Describe noise in a few words: its kind, its strength, and whether it is clipped."""
    about = KINDS[kind]
    clipped = "clipped to [0, 1]" if clip else "not clipped"
    return f"{about.title} noise, {about.unit} {strength:.2g}, {clipped}"

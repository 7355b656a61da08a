"""Kinds of noise."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor


class Kind(NamedTuple):
    """A kind of noise: its name for people, what it does, and what its strength means."""

    title: str
    sentence: str
    unit: str
    add: Callable[[Tensor, float, torch.Generator], Tensor]


def _gaussian(images: Tensor, strength: float, draw: torch.Generator) -> Tensor:
    return images + strength * torch.randn(images.shape, generator=draw)


def _uniform(images: Tensor, strength: float, draw: torch.Generator) -> Tensor:
    return images + strength * torch.rand(images.shape, generator=draw)


def _salt_and_pepper(images: Tensor, strength: float, draw: torch.Generator) -> Tensor:
    chance = torch.rand(images.shape, generator=draw)
    return torch.where(chance < strength / 2, 0.0, torch.where(chance > 1 - strength / 2, 1.0, images))


def _block(images: Tensor, strength: float, draw: torch.Generator) -> Tensor:
    height, width = images.shape[-2:]
    side = round(min(max(strength, 0.0), 1.0) ** 0.5 * height)
    corner = torch.rand(len(images), 2, generator=draw) * torch.tensor([height - side + 1, width - side + 1])
    top, left = corner.floor().long().unbind(1)
    rows, columns = torch.arange(height), torch.arange(width)
    inside = ((rows >= top[:, None]) & (rows < top[:, None] + side))[:, :, None]
    inside = inside & ((columns >= left[:, None]) & (columns < left[:, None] + side))[:, None, :]
    return torch.where(inside[:, None], 0.0, images)


KINDS: dict[str, Kind] = {
    "gaussian": Kind("Gaussian", "A normal random number is added to every pixel.", "standard deviation", _gaussian),
    "uniform": Kind(
        "Uniform, the lab's",
        "A random number between 0 and the strength is added to every pixel, as in the lab's scripts.",
        "largest value",
        _uniform,
    ),
    "salt-and-pepper": Kind(
        "Salt and pepper",
        "Some pixels, drawn at random, become black or white.",
        "share of the pixels",
        _salt_and_pepper,
    ),
    "block": Kind("Masked block", "A square at a random place is blacked out.", "share of the image", _block),
}
"""What can be added. Black is 0 and white is 1 for every strength."""


def add(images: Tensor, kind: str, strength: float, *, clip: bool = True, seed: int = 0) -> Tensor:
    """Add noise; the same seed draws the same pattern at every strength.

    Args:
        images: with shape (N, 1, 28, 28), values in [0, 1].
        kind: a key of ``KINDS``.
        strength: what ``KINDS[kind].unit`` says, from 0 to 1, or to 10 for Gaussian and uniform noise.
        clip: bring the result back to [0, 1], as a picture file would.
        seed: the start of the randomness.

    Raises:
        ValueError: the kind is unknown, or the strength is out of range or not a number.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown noise {kind!r}: choose from {', '.join(KINDS)}")
    most = 1 if "share" in KINDS[kind].unit else 10
    if not 0 <= strength <= most:
        raise ValueError(f"noise strength {strength!r} is out of range: use 0 to {most} for {kind}")
    noisy = KINDS[kind].add(images, strength, torch.Generator().manual_seed(seed))
    return noisy.clamp(0, 1) if clip else noisy


def said(kind: str, strength: float, *, clip: bool) -> str:
    """Say in a few words what was added, whether it was clipped included."""
    about = KINDS[kind]
    clipped = "clipped to [0, 1]" if clip else "not clipped"
    return f"{about.title} noise, {about.unit} {strength:.2g}, {clipped}"

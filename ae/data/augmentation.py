"""Random small changes of training images, different each time, against overfitting."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from ae.data.sources import SIDE

DEGREES, PIXELS, SCALE, BEND = 10.0, 1.0, 0.1, 1.0
"""Largest changes at strength 1: rotation, shift (pixels of 28), relative scale, bend at each knot (pixels of 28)."""

SHARE = 0.5
"""Share of the images that are changed."""

KNOTS = 5
"""Points on each side of the lattice on which the bend is random; it is smooth in between (Simard et al. 2003)."""


def augment(images: Tensor, strength: float) -> Tensor:
    """Rotate, shift, scale and bend about half of the images, uniformly at random, from torch's global random state.

    Resampling blurs (bilinear sampling loses a seventh of the images' variance), and a network that sees only blurred
    images learns to blur. So half of the images stay as they are, and the others are sampled bicubically.

    Args:
        images: float, with shape (B, C, S, S), values in [0, 1].
        strength: of all four changes; 0 leaves the images as they are.

    Returns:
        images of the same shape and range; pixels from beyond the edge are black.
    """
    chosen = torch.rand(len(images), device=images.device) < SHARE
    count = int(chosen.sum())
    if not count:
        return images

    def uniform(most: float, *shape: int) -> Tensor:
        return (2 * torch.rand(count, *shape, device=images.device) - 1) * (most * strength)

    side = images.shape[-1]
    angle, scale = uniform(math.radians(DEGREES)), 1 + uniform(SCALE)
    right, down = uniform(2 * PIXELS / SIDE), uniform(2 * PIXELS / SIDE)  # the field goes from -1 to 1
    cos, sin = angle.cos() / scale, angle.sin() / scale
    affine = torch.stack([torch.stack([cos, -sin, right], 1), torch.stack([sin, cos, down], 1)], 1)  # (B, 2, 3)
    grid = F.affine_grid(affine, [count, 1, side, side], align_corners=False)  # (B, S, S, 2)
    bend = F.interpolate(uniform(2 * BEND / SIDE, 2, KNOTS, KNOTS), (side, side), mode="bicubic", align_corners=True)
    grid = grid + bend.permute(0, 2, 3, 1)
    changed = images.clone()
    sampled = F.grid_sample(images[chosen], grid, mode="bicubic", padding_mode="zeros", align_corners=False)
    changed[chosen] = sampled.clamp_(0, 1)
    return changed

"""What the exploring screens compute: arrays in, arrays out."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ae import data, metrics
from ae.models import Autoencoder

DIVERGING = ("#2166ac", "#f7f7f7", "#b2182b")
"""Blue where too dark was drawn, white where right, red where too bright."""


def reconstruct(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send images through a model and back.

    Args:
        model: in eval mode.
        images: uint8, with shape (N, 1, 28, 28).

    Returns:
        originals and reconstructions, float32 in [0, 1] with shape (N, 28, 28), and codes, float32 (N, code size).
    """
    originals = data.to_float(images)
    drawn, codes = metrics.reconstruct(model, originals)
    return originals.squeeze(1).numpy(), drawn.squeeze(1).numpy(), codes.numpy()


def errors(model: Autoencoder, images: Tensor) -> np.ndarray:
    """Give the mean squared error of each image, with shape (N,); ``images`` as in ``reconstruct``."""
    originals = data.to_float(images)
    return metrics.mse(originals, metrics.reconstruct(model, originals)[0]).numpy()


def similarity(originals: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """Give the SSIM of each image, with shape (N,), of arrays with shape (N, 28, 28) in [0, 1]."""
    pair = (torch.from_numpy(array).unsqueeze(1) for array in (originals, drawn))
    return metrics.ssim(*pair).numpy()


def of_class(labels: Tensor, label: int, count: int) -> list[int]:
    """Give the indices of the first ``count`` images of a class."""
    return (labels == label).nonzero().flatten()[:count].tolist()


def at_random(size: int, count: int, seed: int) -> list[int]:
    """Draw ``count`` different indices below ``size``; the same seed draws the same."""
    return np.random.default_rng(seed).choice(size, min(count, size), replace=False).tolist()


def grey(images: np.ndarray) -> np.ndarray:
    """Turn images in [0, 1], with shape (N, 28, 28), into RGB bytes, with shape (N, 28, 28, 3): white on black."""
    return np.repeat((np.clip(images, 0, 1) * 255).round().astype(np.uint8)[..., None], 3, axis=-1)


def signed(difference: np.ndarray, limit: float) -> np.ndarray:
    """Turn differences, with shape (N, 28, 28), into RGB bytes: blue below zero, white at zero, red above.

    Args:
        difference: drawn minus original.
        limit: what is as blue or as red as it gets, the same over all that is compared.
    """
    low, middle, high = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)], float) for c in DIVERGING)
    share = np.clip(difference / limit, -1, 1)[..., None]
    colours = np.where(share < 0, middle + (low - middle) * -share, middle + (high - middle) * share)
    return colours.round().astype(np.uint8)


def strip(images: np.ndarray, *, gap: int = 2, scale: int = 4) -> Image.Image:
    """Set RGB images, with shape (N, 28, 28, 3), side by side as one picture, enlarged without any blur.

    The gap around each, in pixels of the originals, is transparent.
    """
    count, height, width, _ = images.shape
    cells = np.zeros((count, height + gap, width + gap, 4), np.uint8)
    edge = gap // 2
    cells[:, edge : edge + height, edge : edge + width, :3] = images
    cells[:, edge : edge + height, edge : edge + width, 3] = 255
    row = np.concatenate(list(cells), axis=1) if count else np.zeros((height + gap, width + gap, 4), np.uint8)
    return Image.fromarray(np.kron(row, np.ones((scale, scale, 1), np.uint8)), "RGBA")

"""Encode, decode and reconstruct many images."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ae.analysis import metrics
from ae.data import datasets
from ae.models.base import Autoencoder

CHUNK = 250
"""Images that go through a network at a time, to bound memory."""


@torch.no_grad()
def in_chunks(model: Autoencoder, function: Callable[[Tensor], Tensor], rows: Tensor) -> Tensor:
    """Apply one of a model's methods to many rows, chunk by chunk, on the model's device; the result is on the CPU."""
    device = next(model.parameters()).device
    return torch.cat([function(chunk.to(device)).cpu() for chunk in rows.split(CHUNK)])


def encode(model: Autoencoder, images: Tensor) -> Tensor:
    """Return the codes, with shape (N, code size), of images as in ``reconstruct``."""
    return in_chunks(model, model.encode, images)


def decode(model: Autoencoder, codes: Tensor) -> Tensor:
    """Return the images, with shape (N, C, S, S), values in [0, 1], of codes with shape (N, D).

    A code so large that it overflows in the network is decoded to black pixels.
    """
    return only_finite(in_chunks(model, model.decode, codes)).reshape(-1, *model.image_shape)


def reconstruct(model: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:
    """Return the reconstructions, with shape (N, C, S, S) in [0, 1], and the codes, with shape (N, code size).

    Args:
        model: in eval mode.
        images: float, with shape (N, C, S, S), values in [0, 1].
    """
    codes = encode(model, images)
    return in_chunks(model, model.decode, codes).reshape(images.shape), codes


def only_finite(images: Tensor) -> Tensor:
    """Replace NaN and negative infinity, which a diverged network may return, by black, and infinity by white."""
    return torch.nan_to_num(images, nan=0.0, posinf=1.0, neginf=0.0)


def round_trip(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Encode and decode images.

    Args:
        model: in eval mode.
        images: uint8, with shape (N, C, S, S).

    Returns:
        originals and reconstructions, float32 in [0, 1] with shape (N, C, S, S), and codes, float32 (N, code size).
    """
    originals = datasets.to_float(images)
    reconstructed, codes = reconstruct(model, originals)
    return originals.numpy(), reconstructed.numpy(), codes.numpy()


def codes_of(model: Autoencoder, images: Tensor) -> Tensor:
    """Return the codes, with shape (N, code size), of images, uint8 with shape (N, C, S, S)."""
    return in_chunks(model, lambda chunk: model.encode(datasets.to_float(chunk)), images)


def errors(model: Autoencoder, images: Tensor) -> np.ndarray:
    """Return the mean squared error of each image, with shape (N,); images are uint8, with shape (N, C, S, S)."""

    def of_chunk(chunk: Tensor) -> Tensor:
        originals = datasets.to_float(chunk)
        return metrics.mse(originals, model.decode(model.encode(originals)).reshape(originals.shape))

    return in_chunks(model, of_chunk, images).numpy()


class Errors(NamedTuple):
    """How far reconstructions are from their originals: a value for each image, with shape (N,)."""

    mse: np.ndarray
    """Mean squared error over pixels."""
    psnr: np.ndarray
    """dB"""
    ssim: np.ndarray


def compare(originals: np.ndarray, reconstructed: np.ndarray) -> Errors:
    """Compare reconstructions with their originals, both float32 in [0, 1] with shape (N, C, S, S)."""
    pair = tuple(torch.from_numpy(array) for array in (originals, reconstructed))
    return Errors(*(measure(*pair).numpy() for measure in (metrics.mse, metrics.psnr, metrics.ssim)))

"""Encode, decode and reconstruct many images."""

import numpy as np
import torch
from torch import Tensor

from ae.analysis import metrics
from ae.data import datasets, sources
from ae.models.base import Autoencoder

CHUNK = 2000


@torch.no_grad()
def reconstruct(model: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:
    """Give the reconstructions, with shape (N, 1, 28, 28) in [0, 1], and the codes, with shape (N, code size).

    Args:
        model: in eval mode.
        images: float, with shape (N, 1, 28, 28), values in [0, 1].
    """
    device = next(model.parameters()).device
    reconstructed, codes = [], []
    for chunk in images.split(CHUNK):
        code = model.encode(chunk.to(device))
        codes.append(code.cpu())
        reconstructed.append(model.decode(code).reshape(chunk.shape).cpu())
    return torch.cat(reconstructed), torch.cat(codes)


@torch.no_grad()
def encode(model: Autoencoder, images: Tensor) -> Tensor:
    """Give the codes, with shape (N, code size), of images as in ``reconstruct``."""
    device = next(model.parameters()).device
    return torch.cat([model.encode(chunk.to(device)).cpu() for chunk in images.split(CHUNK)])


@torch.no_grad()
def decode(model: Autoencoder, codes: Tensor) -> Tensor:
    """Draw codes, with shape (N, D), as images with shape (N, 1, 28, 28), values in [0, 1]."""
    return model.decode(codes).reshape(len(codes), 1, sources.SIDE, sources.SIDE)


def round_trip(model: Autoencoder, images: Tensor) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Send images through a model and back.

    Args:
        model: in eval mode.
        images: uint8, with shape (N, 1, 28, 28).

    Returns:
        originals and reconstructions, float32 in [0, 1] with shape (N, 28, 28), and codes, float32 (N, code size).
    """
    originals = datasets.to_float(images)
    reconstructed, codes = reconstruct(model, originals)
    return originals.squeeze(1).numpy(), reconstructed.squeeze(1).numpy(), codes.numpy()


def codes_of(model: Autoencoder, images: Tensor) -> Tensor:
    """Give the codes, with shape (N, code size), of images, uint8 with shape (N, 1, 28, 28)."""
    return encode(model, datasets.to_float(images))


def errors(model: Autoencoder, images: Tensor) -> np.ndarray:
    """Give the mean squared error of each image, with shape (N,); ``images`` as in ``reconstruct``."""
    originals = datasets.to_float(images)
    return metrics.mse(originals, reconstruct(model, originals)[0]).numpy()


def similarity(originals: np.ndarray, reconstructed: np.ndarray) -> np.ndarray:
    """Give the SSIM of each image, with shape (N,), of arrays with shape (N, 28, 28) in [0, 1]."""
    pair = (torch.from_numpy(array).unsqueeze(1) for array in (originals, reconstructed))
    return metrics.ssim(*pair).numpy()

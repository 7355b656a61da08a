"""What the exploring screens compute: arrays in, arrays out."""

import re

import numpy as np
import torch
from torch import Tensor

from ae import data, interpolate, judge, latent, metrics
from ae.autoencoder import Autoencoder


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


def walk(model: Autoencoder, ends: Tensor, way: str, n: int) -> Tensor:
    """Draw the way from one image to another through the code of a model.

    Args:
        model: in eval mode.
        ends: float, with shape (2, 1, 28, 28), values in [0, 1].
        way: a key of ``ae.interpolate.WAYS``.
        n: steps.

    Returns:
        the drawings, with shape (n + 1, 1, 28, 28), values in [0, 1]; the first and last are of the two ends.
    """
    start, end = metrics.encode(model, ends)
    return latent.decode(model, interpolate.codes(way, start, end, n))


def between(model: Autoencoder, corners: Tensor, n: int) -> Tensor:
    """Draw all between four images, with shape (4, 1, 28, 28): top left, top right, bottom left, bottom right.

    Gives shape (n + 1, n + 1, 28, 28), rows from the top, values in [0, 1].
    """
    codes = interpolate.corners(*metrics.encode(model, corners), n)
    drawn = latent.decode(model, codes.flatten(0, 1))
    return drawn.reshape(n + 1, n + 1, data.SIDE, data.SIDE)


def readings(images: Tensor) -> list[str]:
    """Say what the judge reads in each image, with shape (N, 1, 28, 28), and how sure it is: "7 · 98%"."""
    digit, sure = judge.read(torch.nan_to_num(images))
    return [f"{d} · {s:.0%}" for d, s in zip(digit.tolist(), sure.tolist(), strict=True)]


def codes(model: Autoencoder, images: Tensor) -> Tensor:
    """Give the codes, with shape (N, code size), of images, uint8 with shape (N, 1, 28, 28)."""
    return metrics.encode(model, data.to_float(images))


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


def parse_indices(text: str, size: int, most: int = 16) -> list[int]:
    """Read "3, 14, 0-7" as a list of indices below ``size``.

    Raises:
        ValueError: it is none, or an index does not exist, or there are more than ``most``; the sentence says which.
    """
    chosen: list[int] = []
    for word in text.replace(",", " ").replace(";", " ").split():
        found = re.fullmatch(r"(\d{1,15})(?:[-–](\d{1,15}))?", word)
        if not found:
            raise ValueError(f"{word[:40]!r} is not an index: use whole numbers such as 3, 14, 0-7")
        low, high = int(found[1]), int(found[2] or found[1])
        if max(low, high) >= size:
            raise ValueError(f"There is no test image {max(low, high):,}: use 0 to {size - 1:,}")
        if high < low:
            raise ValueError(f"{word!r} runs backwards: use {high}-{low}")
        if len(chosen) + high - low + 1 > most:
            raise ValueError(f"{text[:40]!r} names more than {most} images: use fewer")
        chosen += range(low, high + 1)
    if not chosen:
        raise ValueError("no image is chosen: use indices such as 3, 14, 0-7")
    return chosen


def ranks(errors: np.ndarray, count: int, *, best: bool) -> list[int]:
    """Give the indices of the images with the smallest errors, or the largest, the most extreme first."""
    order = np.argsort(errors, kind="stable")
    return (order if best else order[::-1])[:count].tolist()


def code_ranges(codes: np.ndarray) -> np.ndarray:
    """Give the 5th, 50th and 95th percentile of each unit over codes with shape (N, D); shape (3, D)."""
    return np.percentile(codes, (5, 50, 95), axis=0)


def turned_into(truth: Tensor, read: Tensor, classes: int = 10) -> np.ndarray:
    """Count what digits were read as: row the true one, column what it was read as, with shape (classes, classes)."""
    return torch.bincount(truth * classes + read, minlength=classes**2).reshape(classes, classes).numpy()

"""Choose test images by index, by class, at random, or by error."""

import re

import numpy as np
from torch import Tensor


def of_class(labels: Tensor, label: int, count: int) -> list[int]:
    """Return the indices of the first ``count`` images of a class; ``labels`` has shape (N,)."""
    return [int(index) for index in (labels == label).nonzero().flatten()[:count]]


def at_random(size: int, count: int, seed: int) -> list[int]:
    """Draw ``count`` different indices below ``size``, or all if there are fewer; the same seed draws the same."""
    chosen: list[int] = np.random.default_rng(seed).choice(size, min(count, size), replace=False).tolist()
    return chosen


def parse_indices(text: str, size: int, most: int = 16) -> list[int]:
    """Parse "3, 14, 0-7" into a list of indices below ``size``.

    Raises:
        ValueError: the text is not a list of indices, an index does not exist, or there are more than ``most``.
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
    """Return the indices of the ``count`` smallest errors (``best``) or largest, the most extreme first."""
    order = np.argsort(errors, kind="stable")
    return [int(index) for index in (order if best else order[::-1])[:count]]

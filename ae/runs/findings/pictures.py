"""One test digit as the measured runs of a question reconstruct it, kept as text in its rows."""

import base64
import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ae.runs.findings.question import Row

if TYPE_CHECKING:
    from torch import Tensor

    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

NONE = {"original": "", "reconstruction": ""}
"""The columns of the pictures, empty where none are kept."""

ORIGINAL = "Original"
"""The heading of the digit itself."""


def kept(model: "Autoencoder", dataset: "Dataset", index: int) -> Row:
    """Return a test image and its reconstruction by a network, each as the base64 text of its bytes (C, S, S)."""
    from ae.analysis import reconstruct

    return _texts(*reconstruct.round_trip(model, one(dataset.test_images, index))[:2])


def kept_as(images: "Tensor", reconstructions: "Tensor", index: int) -> Row:
    """Return one of some images and its reconstruction, floats from 0 to 1 (N, C, S, S), as ``kept`` does."""
    return _texts(one(images, index).numpy(), one(reconstructions, index).numpy())


def one(images: "Tensor", index: int) -> "Tensor":
    """Return the image at an index, with shape (1, C, S, S); of fewer images, the one at the remainder of the index."""
    index %= len(images)
    return images[index : index + 1]


def _texts(original: np.ndarray, made: np.ndarray) -> Row:
    return {
        name: base64.b64encode((image * 255).round().astype("uint8").tobytes()).decode()
        for name, image in zip(NONE, (original, made), strict=True)
    }


def shown(rows: pd.DataFrame, heads: pd.Series) -> dict[str, np.ndarray]:
    """Return the test image and its reconstructions, uint8 with shape (S, S), by their headings, the original first.

    Args:
        rows: in the order in which their pictures are shown; figures of an earlier version have none.
        heads: the heading of each row.
    """
    if not set(NONE) <= set(rows.columns):
        return {}
    has = rows["reconstruction"].astype(bool)
    if not has.any():
        return {}
    made = dict(zip(heads[has], rows.loc[has, "reconstruction"], strict=True))
    texts = {ORIGINAL: rows.loc[has, "original"].iloc[0], **made}
    flat = {head: np.frombuffer(base64.b64decode(text), np.uint8) for head, text in texts.items()}
    return {head: image.reshape(math.isqrt(image.size), -1) for head, image in flat.items()}

"""The test images that the tour shows: one of each class, and first the one that shows a claim best."""

from typing import NamedTuple

import numpy as np
import torch

from ae.analysis import metrics, reconstruct
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs.replay import SHOWN
from ae.ui.measurements import classify

MOST = 8
"""The most digits in a row."""


class Examples(NamedTuple):
    """Test images, and why the first of them is first."""

    indices: list[int]
    first: str
    """Completes "The first example was chosen because"."""


def different(dataset: Dataset, first: int | None = None) -> list[int]:
    """Return the indices of test images of different classes, among those that a replay keeps.

    Args:
        dataset: of the images.
        first: the image that stands for its class, and comes first.
    """
    labels = dataset.test_labels[:SHOWN].tolist()
    order = [*([] if first is None else [first]), *range(len(labels))]
    seen = [labels[at] for at in order]
    return [at for i, at in enumerate(order) if seen[i] not in seen[:i]][:MOST]


def gaining(images: torch.Tensor, worse: np.ndarray, better: np.ndarray) -> list[int]:
    """Return the order of images in which those come first whose error falls most from one reconstruction to another.

    Args:
        images: uint8 with shape (N, C, S, S).
        worse: float, in [0, 1], of the same shape, as ``better``.
        better: the reconstructions with the smaller error.
    """
    originals = images.numpy() / 255
    fall = reconstruct.compare(originals, worse).mse - reconstruct.compare(originals, better).mse
    return [int(at) for at in np.argsort(-fall, kind="stable")]


def telling(dataset: Dataset, network: Autoencoder, twin: Autoencoder | None) -> Examples:
    """Return test images of different classes, first the one that shows best what a network of digits lacks.

    That is one whose reconstruction is classified wrongly, while the twin's and the image itself are not; of those, or
    of all images if there is none, the one where the network's error exceeds the twin's by most.

    Args:
        dataset: of the images.
        network: the one that lacks something.
        twin: the same network without that lack, if there is one.
    """
    images, labels = dataset.test_images[:SHOWN], dataset.test_labels[:SHOWN]
    originals = datasets.to_float(images)
    made = [reconstruct.reconstruct(each, originals)[0] for each in (network, twin) if each is not None]
    excess, *less = (metrics.mse(originals, each).numpy() for each in made)
    right, mine, *full = (_right(each, labels, dataset) for each in (originals, *made))
    others = np.logical_and.reduce([right, *full])
    excess = excess - sum(less)
    lost = others & ~mine
    first = int(np.where(lost, excess, -np.inf).argmax() if lost.any() else excess.argmax())
    if lost.any():
        why = "only the second network keeps its digit" if twin is not None else "its digit gets lost"
    else:
        why = "the two errors differ most in it" if twin is not None else "its error is the largest"
    return Examples(different(dataset, first), why)


def _right(images: torch.Tensor, labels: torch.Tensor, dataset: Dataset) -> np.ndarray:
    """Return of each image, float with shape (N, 1, S, S), whether it is classified as its class, with shape (N,)."""
    names = [dataset.class_names[label] for label in labels.tolist()]
    _, mistaken = classify(images, names)
    return np.array([i not in mistaken for i in range(len(names))])

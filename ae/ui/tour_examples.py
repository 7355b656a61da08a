"""The test images that the tour shows: one of each class, and first the one that shows a claim best."""

from typing import NamedTuple

import numpy as np
import torch

from ae.analysis import digit_classifier, reconstruct
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs.replay import SHOWN

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
    excess, mine = reconstruct.errors(network, images), _right(network, images, labels, dataset)
    others = _named(digit_classifier.classify(datasets.to_float(images))[0], labels, dataset)
    if twin is not None:
        excess, others = excess - reconstruct.errors(twin, images), others & _right(twin, images, labels, dataset)
    lost = others & ~mine
    first = int(np.where(lost, excess, -np.inf).argmax() if lost.any() else excess.argmax())
    if lost.any():
        why = "only the second network keeps its digit" if twin is not None else "its digit gets lost"
    else:
        why = "the two errors differ most in it" if twin is not None else "its error is the largest"
    return Examples(different(dataset, first), why)


def _right(network: Autoencoder, images: torch.Tensor, labels: torch.Tensor, dataset: Dataset) -> np.ndarray:
    """Return of each image whether its reconstruction is classified as its class, with shape (N,)."""
    _, reconstructed, _ = reconstruct.round_trip(network, images)
    return _named(digit_classifier.classify(torch.from_numpy(np.nan_to_num(reconstructed)))[0], labels, dataset)


def _named(digits: torch.Tensor, labels: torch.Tensor, dataset: Dataset) -> np.ndarray:
    names = [dataset.class_names[label] for label in labels.tolist()]
    return np.array([str(digit) == name for digit, name in zip(digits.tolist(), names, strict=True)])

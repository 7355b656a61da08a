"""Load a dataset into memory as tensors."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from ae.data.download import download
from ae.data.idx import read_idx
from ae.data.sources import IDX_FILES, SIDE, SOURCES, DataError, is_here, raw_folder


@dataclass(frozen=True)
class Dataset:
    """Images in memory, split into training and test.

    Attributes:
        name: its key in ``SOURCES``.
        images: training images, uint8, with shape (N, 1, 28, 28), 0 black to 255 white.
        labels: their classes, int64, with shape (N,).
        test_images: likewise, never trained on.
        test_labels: likewise.
        class_names: the name of each label.
    """

    name: str
    images: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    class_names: tuple[str, ...]

    def split(self, validation_images: int) -> tuple[Tensor, Tensor]:
        """Return the images to train on and those to measure the loss on after each epoch, uint8 (N, 1, 28, 28).

        The last ``validation_images`` training images are split off, the same ones for every run. With 0, a run trains
        on all of them and measures the loss on the test images; choosing a run by that loss overfits the test set.
        """
        if not validation_images:
            return self.images, self.test_images
        return self.images[:-validation_images], self.images[-validation_images:]


def to_float(images: Tensor) -> Tensor:
    """Convert uint8 images, 0 to 255, to float32 in [0, 1]."""
    return images.float().div_(255)


def load(name: str, root: Path | None = None, *, say: Callable[[str], None] | None = None) -> Dataset:
    """Load a dataset into memory, downloading it first if needed.

    Args:
        name: a key of ``SOURCES``.
        root: the folder of downloads, if not ``data_folder()``.
        say: called with a progress message before and after a download.

    Raises:
        ValueError: the name is unknown.
        DataError: the dataset can't be downloaded, or its files are damaged.
    """
    if name not in SOURCES:
        raise ValueError(f"unknown dataset {name!r}: choose from {', '.join(SOURCES)}")
    source = SOURCES[name]
    if source.loader:
        module, _, function = source.loader.partition(":")
        images, labels = getattr(importlib.import_module(module), function)()
        images, n = images.reshape(-1, 1, SIDE, SIDE), source.training_images
        return Dataset(name, images[:n], labels[:n], images[n:], labels[n:], source.class_names)
    if not is_here(name, root):
        download(name, root, say=say)
    raw = raw_folder(root, source.folder)
    train_images, train_labels, test_images, test_labels = (read_idx(raw / file) for file in IDX_FILES)
    for images, labels in ((train_images, train_labels), (test_images, test_labels)):
        if images.shape[1:] != (SIDE, SIDE) or labels.shape != images.shape[:1]:
            raise DataError(f"the files in {raw} do not belong together: delete that folder and load again")
    return Dataset(
        name,
        train_images.unsqueeze(1),
        train_labels.long(),
        test_images.unsqueeze(1),
        test_labels.long(),
        source.class_names,
    )

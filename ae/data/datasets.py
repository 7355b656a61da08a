"""Load a dataset into memory as tensors."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ae.data.download import download
from ae.data.idx import read_idx
from ae.data.sources import (
    IDX_FILES,
    OWN_FILES,
    UNLABELLED,
    DataError,
    Shape,
    absent,
    array_folder,
    find,
    is_here,
    raw_folder,
)


@dataclass(frozen=True)
class Dataset:
    """Images in memory, split into training and test.

    Attributes:
        name: as ``sources.find`` takes it.
        images: training images, uint8, with shape (N, C, S, S), C 1 (grey) or 3 (red, green, blue), from 0 to 255.
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

    @property
    def shape(self) -> Shape:
        """The shape of an image: channels, height and width, (C, S, S)."""
        channels, height, width = self.images.shape[1:]
        return channels, height, width

    @property
    def labelled(self) -> bool:
        """Whether the images have classes."""
        return self.class_names != UNLABELLED

    def split(self, validation_images: int) -> tuple[Tensor, Tensor]:
        """Return the images to train on and those to measure the loss on after each epoch, uint8 (N, C, S, S).

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
        name: as ``sources.find`` takes it.
        root: the folder of downloads, if not ``data_folder()``.
        say: called with a progress message before and after a download.

    Raises:
        ValueError: the name is unknown.
        DataError: the dataset can't be downloaded, its files are damaged, or they are one's own and not here.
    """
    source = find(name, root)
    if source.own and not is_here(name, root):
        raise absent(name)
    if source.loader:
        module, _, function = source.loader.partition(":")
        images, labels = getattr(importlib.import_module(module), function)()
        images, n = images.reshape(-1, *source.shape), source.training_images
        return Dataset(name, images[:n], labels[:n], images[n:], labels[n:], source.class_names)
    if not is_here(name, root):
        download(name, root, say=say)
    if source.own or source.reader:
        return _of_arrays(name, root)
    raw = raw_folder(root, source.folder)
    train_images, train_labels, test_images, test_labels = (read_idx(raw / file) for file in IDX_FILES)
    for images, labels in ((train_images, train_labels), (test_images, test_labels)):
        if images.shape[1:] != source.shape[1:] or labels.shape != images.shape[:1]:
            raise DataError(f"the files in {raw} do not belong together: delete that folder and load again")
    return Dataset(
        name,
        train_images.unsqueeze(1),
        train_labels.long(),
        test_images.unsqueeze(1),
        test_labels.long(),
        source.class_names,
    )


def _of_arrays(name: str, root: Path | None) -> Dataset:
    """Return a dataset that is kept as arrays, which stay on the disk until they are used.

    Raises:
        DataError: its files are damaged.
    """
    source, folder = find(name, root), array_folder(name, root)
    try:
        arrays = [np.load(folder / file, mmap_mode="c", allow_pickle=False) for file in OWN_FILES[1:]]
        whole = all(
            images.dtype == np.uint8 and images.shape[1:] == source.shape and labels.shape == images.shape[:1]
            for images, labels in (arrays[:2], arrays[2:])
        )
        counts = (source.training_images, source.test_images)
        if not whole or (len(arrays[0]), len(arrays[2])) != counts:
            raise ValueError
        labels = [
            torch.from_numpy(array.astype(np.int64)).clamp(0, len(source.class_names) - 1) for array in arrays[1::2]
        ]
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(
            f"the files in {folder} are damaged: delete that folder and load or prepare the images again"
        ) from error
    return Dataset(
        name, torch.from_numpy(arrays[0]), labels[0], torch.from_numpy(arrays[2]), labels[1], source.class_names
    )

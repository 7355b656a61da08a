"""A dataset as tensors in memory, and how to get one.

MNIST and its siblings are read from the files that torchvision downloads; the digits come with scikit-learn.
"""

import http.client
import os
import shutil
import socket
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from PIL import Image
from torch import Tensor

SIDE = 28
BOX = 20


class DataError(Exception):
    """A dataset can't be had; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Source:
    """A dataset that can be had: what people read about it, and how large it is."""

    title: str
    sentence: str
    class_names: tuple[str, ...]
    training_images: int
    test_images: int
    folder: str = ""
    """The name of torchvision's class, and of its folder; empty where nothing is downloaded."""
    megabytes: int = 0
    """What a download brings."""


_NUMERALS = tuple("0123456789")
SOURCES: dict[str, Source] = {
    "mnist": Source("MNIST", "Handwritten digits.", _NUMERALS, 60_000, 10_000, "MNIST", 12),
    "fashion-mnist": Source(
        "Fashion-MNIST",
        "Clothes and shoes, harder than digits.",
        ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
        60_000,
        10_000,
        "FashionMNIST",
        31,
    ),
    "kmnist": Source(
        "Kuzushiji-MNIST",
        "Cursive Japanese characters.",
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        60_000,
        10_000,
        "KMNIST",
        21,
    ),
    "digits": Source("Built-in digits", "1,797 small handwritten digits that come along.", _NUMERALS, 1500, 297),
}


@dataclass(frozen=True)
class Dataset:
    """Images in memory, split into training and test.

    Attributes:
        name: its key in ``SOURCES``.
        images: training images, uint8, with shape (N, 1, 28, 28), 0 black to 255 white.
        labels: their classes, int64, with shape (N,).
        test_images: likewise, never trained on.
        test_labels: likewise.
        class_names: what label ``i`` is called.
    """

    name: str
    images: Tensor
    labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    class_names: tuple[str, ...]

    def split(self, held_out: int) -> tuple[Tensor, Tensor]:
        """Give the images to train on and those to measure on while training, both uint8 (N, 1, 28, 28).

        The last ``held_out`` training images are kept aside, the same for every run; with 0 all are trained on
        and the test images are measured, which no choice may then be made by.
        """
        if not held_out:
            return self.images, self.test_images
        return self.images[:-held_out], self.images[-held_out:]


def to_float(images: Tensor) -> Tensor:
    """Turn uint8 images, 0 to 255, into float32 in [0, 1], and nothing else."""
    return images.float().div_(255)


def data_folder() -> Path:
    """Tell where downloads live: the folder ``AE_DATA`` names, or ``data`` beside the package."""
    return Path(os.environ.get("AE_DATA") or Path(__file__).resolve().parent.parent / "data")


def is_here(name: str, root: Path | None = None) -> bool:
    """Tell whether a dataset can be loaded without a download."""
    folder = SOURCES[name].folder
    return not folder or all((_raw(root, folder) / file).is_file() for file in _FILES)


def load(name: str, root: Path | None = None, *, say: Callable[[str], None] | None = None) -> Dataset:
    """Load a dataset into memory, downloading it first where it is not here yet.

    Args:
        name: a key of ``SOURCES``.
        root: where downloads live, if not in ``data_folder()``.
        say: called with a sentence before and after a download.

    Raises:
        ValueError: the name is unknown.
        DataError: it can't be downloaded, or its files are damaged.
    """
    if name not in SOURCES:
        raise ValueError(f"unknown dataset {name!r}: choose from {', '.join(SOURCES)}")
    source = SOURCES[name]
    if not source.folder:
        images, labels = _digits()
        n = source.training_images
        return Dataset(name, images[:n], labels[:n], images[n:], labels[n:], source.class_names)
    if not is_here(name, root):
        download(name, root, say=say)
    raw = _raw(root, source.folder)
    train_images, train_labels, test_images, test_labels = (_read_idx(raw / file) for file in _FILES)
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


def download(name: str, root: Path | None = None, *, say: Callable[[str], None] | None = None) -> None:
    """Download a dataset with torchvision; the files appear all at once, or not at all.

    Raises:
        DataError: it did not arrive. The sentence says what to do.
    """
    source = SOURCES[name]
    final = _raw(root, source.folder)
    if say:
        say(f"Downloading {source.title}, {source.megabytes} MB, into {final.parent.parent}")
    patience = socket.getdefaulttimeout()
    lock = FileLock(_download_lock(final))  # two at once would sweep away each other's files
    try:
        import torchvision  # a second to import, and only a download needs it

        final.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        if is_here(name, root):
            return
        for left in final.parent.glob(".download-*"):  # by a download that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=final.parent) as place:
            socket.setdefaulttimeout(20)
            getattr(torchvision.datasets, source.folder)(place, download=True)
            arrived = Path(place) / source.folder / "raw"
            for file in _FILES:
                _read_idx(arrived / file)
            for packed in arrived.glob("*.gz"):
                packed.unlink()
            shutil.rmtree(final, ignore_errors=True)
            arrived.replace(final)
    except (OSError, RuntimeError, DataError, http.client.HTTPException) as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DataError(
            f"{source.title} could not be downloaded ({reason}): try again with a network, point AE_DATA to a folder "
            f"that holds {source.folder}/raw, or use the dataset 'digits', which needs no download"
        ) from error
    finally:
        socket.setdefaulttimeout(patience)
        lock.release()
    if say:
        say(f"{source.title} is here")


def centre(drawing: np.ndarray) -> np.ndarray:
    """Place a drawing on a 28 x 28 field with its centre of mass in the middle, as MNIST's makers did.

    Args:
        drawing: uint8, white on black, with shape (h, w), both at most 28.

    Returns:
        uint8, with shape (28, 28). As much as the centre of mass asks for, but nothing is pushed over the edge.
    """
    height, width = drawing.shape
    mass = drawing.sum(dtype=float) or 1.0
    rows, columns = np.arange(height), np.arange(width)
    middle = (SIDE - 1) / 2
    top = round(middle - float(drawing.sum(1) @ rows) / mass)
    left = round(middle - float(drawing.sum(0) @ columns) / mass)
    top, left = min(max(top, 0), SIDE - height), min(max(left, 0), SIDE - width)
    field = np.zeros((SIDE, SIDE), np.uint8)
    field[top : top + height, left : left + width] = drawing
    return field


def _digits() -> tuple[Tensor, Tensor]:
    """scikit-learn's digits, 8 x 8 with values 0 to 16, in a 20 x 20 box on 28 x 28, in a fixed shuffled order."""
    from sklearn.datasets import load_digits  # nearly a second to import

    digits = load_digits()
    order = np.random.RandomState(0).permutation(len(digits.target))
    small = np.clip(digits.images[order] * (255 / 16), 0, 255).astype(np.uint8)
    images = [
        centre(np.asarray(Image.fromarray(image).resize((BOX, BOX), Image.Resampling.BICUBIC))) for image in small
    ]
    return torch.from_numpy(np.stack(images)).unsqueeze(1), torch.from_numpy(digits.target[order]).long()


_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def _download_lock(folder: Path) -> Path:
    """Tell where the lock of a folder's download lies: elsewhere, for a failed one leaves nothing behind."""
    return Path(tempfile.gettempdir()) / f"ae-download-{zlib.crc32(str(folder.resolve()).encode()):08x}.lock"


def _raw(root: Path | None, folder: str) -> Path:
    return (root or data_folder()) / folder / "raw"


def _read_idx(path: Path) -> Tensor:
    """Read a file of LeCun's idx format with unsigned bytes: magic number, sizes, values, all big-endian.

    torchvision reads it as well, but takes a second to import, which is a third of the wait for the first curve.
    """
    try:
        content = np.fromfile(path, np.uint8)
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror})") from error
    dimensions = int(content[3]) if content[:3].tolist() == [0, 0, 8] and len(content) > 3 else 0
    start = 4 + 4 * dimensions
    sizes = content[4:start].view(">u4").astype(int).tolist() if dimensions and len(content) > start else []
    if not sizes or len(content) != start + int(np.prod(sizes)):
        raise DataError(f"{path} is damaged or not complete: delete the folder {path.parent} and load again")
    return torch.from_numpy(content[start:]).reshape(sizes)

"""The datasets by name: their descriptions and the sources of their images."""

import os
from dataclasses import dataclass
from pathlib import Path

from ae import HOME

SIDE = 28
"""Height and width of every image, in pixels."""

BOX = 20
"""Side of the box, in pixels, that a digit is scaled to fit, as in MNIST."""

IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""The files of a downloaded dataset."""


class DataError(Exception):
    """A dataset can't be loaded; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Source:
    """A dataset: its description, its size and its source.

    It either has a ``loader``, if it is bundled or computed, or it is downloaded from torchvision's mirrors as four
    gzipped IDX files, like MNIST's.
    """

    title: str
    sentence: str
    class_names: tuple[str, ...]
    training_images: int
    test_images: int
    loader: str = ""
    """"module:function" that returns all images, uint8 (N, 28, 28) or (N, 1, 28, 28), training images first, and their
    labels, int64 (N,)."""
    folder: str = ""
    """Name of torchvision's class, and of the folder where it puts the files; empty if nothing is downloaded."""
    megabytes: int = 0
    """Size of the download."""


_DIGITS = tuple("0123456789")

SOURCES: dict[str, Source] = {
    "mnist": Source(
        "MNIST",
        "Handwritten digits.",
        _DIGITS,
        training_images=60_000,
        test_images=10_000,
        folder="MNIST",
        megabytes=12,
    ),
    "fashion-mnist": Source(
        "Fashion-MNIST",
        "Clothes and shoes, harder than digits.",
        ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
        training_images=60_000,
        test_images=10_000,
        folder="FashionMNIST",
        megabytes=31,
    ),
    "kmnist": Source(
        "Kuzushiji-MNIST",
        "Cursive Japanese characters.",
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        training_images=60_000,
        test_images=10_000,
        folder="KMNIST",
        megabytes=21,
    ),
    "digits": Source(
        "Built-in digits",
        "1,797 small handwritten digits; nothing to download.",
        _DIGITS,
        training_images=1500,
        test_images=297,
        loader="ae.data.digits:load_digits",
    ),
}


def data_folder() -> Path:
    """Return the folder of downloads: the one that ``AE_DATA`` names, or ``data`` in ``ae.HOME``."""
    return Path(os.environ.get("AE_DATA") or HOME / "data")


def is_here(name: str, root: Path | None = None) -> bool:
    """Whether a dataset can be loaded without a download."""
    folder = SOURCES[name].folder
    return not folder or all((raw_folder(root, folder) / file).is_file() for file in IDX_FILES)


def raw_folder(root: Path | None, folder: str) -> Path:
    """Return the folder of a dataset's IDX files, the same as torchvision's."""
    return (root or data_folder()) / folder / "raw"

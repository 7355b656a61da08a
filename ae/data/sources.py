"""The datasets by name: what each is, and where its files lie."""

import os
from dataclasses import dataclass
from pathlib import Path

from ae import HOME

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


def data_folder() -> Path:
    """Tell where downloads live: the folder ``AE_DATA`` names, or ``data`` in ``ae.HOME``."""
    return Path(os.environ.get("AE_DATA") or HOME / "data")


def is_here(name: str, root: Path | None = None) -> bool:
    """Tell whether a dataset can be loaded without a download."""
    folder = SOURCES[name].folder
    return not folder or all((raw_folder(root, folder) / file).is_file() for file in IDX_FILES)


IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def raw_folder(root: Path | None, folder: str) -> Path:
    """Return where torchvision puts the files of a dataset."""
    return (root or data_folder()) / folder / "raw"

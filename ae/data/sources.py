"""The datasets by name: what each shows, and where its images come from."""

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
"""The files of a downloaded dataset, in the order of ``Source.checksums``."""


class DataError(Exception):
    """A dataset can't be loaded; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Source:
    """A dataset: what people read about it, how large it is, and where it comes from.

    It is either computed or bundled, and has a ``loader``, or it is downloaded: four IDX files, gzipped, like MNIST's.
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
    """Folder of the downloaded files, as torchvision names it; empty where nothing is downloaded."""
    megabytes: int = 0
    """Size of the download."""
    mirrors: tuple[str, ...] = ()
    """Addresses, ending in /, that hold the four files; the next is tried where one fails."""
    checksums: tuple[str, ...] = ()
    """MD5 of each gzipped file, in the order of ``IDX_FILES``."""


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
        mirrors=("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"),
        checksums=(
            "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "d53e105ee54ea40749a09fcbcd1e9432",
            "9fb629c4189551a2d022fa330f9573f3",
            "ec29112dd5afa0611ce80d1b7f02629c",
        ),
    ),
    "fashion-mnist": Source(
        "Fashion-MNIST",
        "Clothes and shoes, harder than digits.",
        ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"),
        training_images=60_000,
        test_images=10_000,
        folder="FashionMNIST",
        megabytes=31,
        mirrors=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
        checksums=(
            "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "25c81989df183df01b3e8a0aad5dffbe",
            "bef4ecab320f06d8554ea6380940ec79",
            "bb300cfdad3c16e7a12a480ee83cd310",
        ),
    ),
    "kmnist": Source(
        "Kuzushiji-MNIST",
        "Cursive Japanese characters.",
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        training_images=60_000,
        test_images=10_000,
        folder="KMNIST",
        megabytes=21,
        mirrors=("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",),
        checksums=(
            "bdb82020997e1d708af4cf47b453dcf7",
            "e144d726b3acfaa3e44228e80efcd344",
            "5c965bf0a639b31b8f53240b1b52f4d7",
            "7320c461ea6c1c855c0b718fb2a4b134",
        ),
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
    """Return the folder of a dataset's IDX files: where torchvision puts them."""
    return (root or data_folder()) / folder / "raw"

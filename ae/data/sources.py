"""The datasets by name: their descriptions and the sources of their images."""

import functools
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ae import HOME
from ae.data.texts import printable

SIDE = 28
"""Height and width of a digit, in pixels."""

SMALLEST, LARGEST = 16, 64
"""Height and width of the smallest and the largest images, in pixels."""

Shape = tuple[int, int, int]
"""Of an image: channels (1 grey, 3 colour), height and width, which are equal."""

DIGIT: Shape = (1, SIDE, SIDE)

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

    It either has a ``loader``, if it is bundled or computed, or it is downloaded from where torchvision finds it: as
    four gzipped IDX files, like MNIST's, or as files that its ``reader`` turns into arrays.
    """

    title: str
    sentence: str
    class_names: tuple[str, ...]
    training_images: int
    test_images: int
    loader: str = ""
    """"module:function" that returns all images, uint8 (N, C, S, S), or (N, S, S) if they are grey, training images
    first, and their labels, int64 (N,)."""
    folder: str = ""
    """Name of torchvision's class, and of the folder where it puts the files; empty if nothing is downloaded."""
    megabytes: int = 0
    """Size of the download."""
    reader: str = ""
    """"module:function" that returns an ``ae.data.foreign.Published``, if the files are not four IDX files."""
    shape: Shape = DIGIT
    """Of an image: (1, S, S) grey or (3, S, S) colour, S from 16 to 64."""
    digits: bool = False
    """Whether the digit classifier applies: the images are digits, scaled and centred as in MNIST."""
    own: bool = False
    """Whether these are a person's own images, which ``ae.data.own`` has prepared."""

    @property
    def labelled(self) -> bool:
        """Whether the images have classes; without, there is one class, whose name is empty."""
        return self.class_names != UNLABELLED


UNLABELLED = ("",)
"""The class names of images without classes."""

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
        digits=True,
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
    "emnist-letters": Source(
        "EMNIST letters",
        "Handwritten letters, upper and lower case together.",
        tuple("abcdefghijklmnopqrstuvwxyz"),
        training_images=124_800,
        test_images=20_800,
        folder="EMNIST",
        megabytes=562,
        reader="ae.data.foreign:emnist_letters",
    ),
    "qmnist": Source(
        "QMNIST",
        "MNIST with 60,000 test images, of which MNIST has 10,000.",
        _DIGITS,
        training_images=60_000,
        test_images=60_000,
        folder="QMNIST",
        megabytes=21,
        reader="ae.data.foreign:qmnist",
        digits=True,
    ),
    "usps": Source(
        "USPS",
        "Handwritten digits from envelopes, 16 x 16.",
        _DIGITS,
        training_images=7291,
        test_images=2007,
        folder="USPS",
        megabytes=8,
        reader="ae.data.foreign:usps",
        shape=(1, 16, 16),
    ),
    "cifar10": Source(
        "CIFAR-10",
        "Small colour photos of ten kinds of things, 32 x 32.",
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        training_images=50_000,
        test_images=10_000,
        folder="CIFAR10",
        megabytes=170,
        reader="ae.data.foreign:cifar10",
        shape=(3, 32, 32),
    ),
    "svhn": Source(
        "SVHN",
        "House numbers in colour, 32 x 32; the class is the digit in the middle.",
        _DIGITS,
        training_images=73_257,
        test_images=26_032,
        folder="SVHN",
        megabytes=246,
        reader="ae.data.foreign:svhn",
        shape=(3, 32, 32),
    ),
    "digits": Source(
        "Built-in digits",
        "1,797 small handwritten digits; nothing to download.",
        _DIGITS,
        training_images=1500,
        test_images=297,
        loader="ae.data.digits:load_digits",
        digits=True,
    ),
}

OWN = "own"
"""The folder of one's own prepared images, in the folder of downloads."""

OWN_FILES = ("about.json", "images.npy", "labels.npy", "test_images.npy", "test_labels.npy")
"""The files of a prepared dataset: its description, and uint8 images (N, C, S, S) with labels (N,), twice."""

_OWN_NAME = re.compile(r"([a-z0-9][a-z0-9-]{0,39})-([13])x(\d\d)x(\d\d)-[0-9a-f]{8}")


def names() -> list[str]:
    """Return the names of all datasets that can be chosen: the built-in ones, then one's own that are here."""
    try:
        own = sorted(path.name for path in (data_folder() / OWN).iterdir())
    except OSError:  # there is no such folder yet
        own = []
    return [*SOURCES, *(name for name in own if own_shape(name) and is_here(name))]


def find(name: str, root: Path | None = None) -> Source:
    """Return the dataset of that name: a key of ``SOURCES``, or one's own images.

    One's own images may not be on this machine: their shape is in their name, but there are 0 of them, without classes.

    Raises:
        ValueError: there is no such dataset.
    """
    if isinstance(name, str) and name in SOURCES:
        return SOURCES[name]
    shape = own_shape(name)
    if shape is None:
        raise ValueError(f"unknown dataset {name!r}: choose from {', '.join(SOURCES)}")
    about = _about(name, root)
    if about is None:
        about = {"title": "", "class_names": UNLABELLED, "training_images": 0, "test_images": 0}
        sentence = "Images of one's own, which are not on this machine."
    else:
        sentence = f"Images of your own, from {about['file']}."
    return Source(
        about["title"] or name.rsplit("-", 2)[0],
        sentence,
        tuple(about["class_names"]),
        about["training_images"],
        about["test_images"],
        shape=shape,
        own=True,
    )


def own_shape(name: object) -> Shape | None:
    """Return the shape in a name of one's own images, "flowers-3x32x32-1a2b3c4d"; None if it is no such name."""
    found = _OWN_NAME.fullmatch(name) if isinstance(name, str) else None
    if not found or found[3] != found[4] or not SMALLEST <= int(found[3]) <= LARGEST:
        return None
    return int(found[2]), int(found[3]), int(found[4])


def absent(name: str) -> DataError:
    """Return the error for one's own images that are not on this machine."""
    channels, side, _ = find(name).shape
    return DataError(
        f"the images of {name} are not on this machine: prepare the same folder or file again, with python -m ae "
        f"prepare PATH --image-size {side} --colour {'colour' if channels == 3 else 'grey'}"
    )


def array_folder(name: str, root: Path | None = None) -> Path:
    """Return the folder of a dataset that is kept as arrays: one's own images, or those of a ``reader``."""
    above = SOURCES[name].folder if name in SOURCES else OWN
    return (root or data_folder()) / above / name


def _about(name: str, root: Path | None) -> dict[str, Any] | None:
    """Return the description of one's own prepared images; None if they are not here, or it is damaged."""
    path = array_folder(name, root) / OWN_FILES[0]
    try:
        return _read_about(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@functools.lru_cache(maxsize=256)
def _read_about(path: Path, changed: int) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        counts = {key: int(found[key]) for key in ("training_images", "test_images")}
        names = [printable(name) for name in found["class_names"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not names or min(counts.values()) < 1:
        return None
    texts = {key: printable(found.get(key, "")) for key in ("title", "file")}
    return {**texts, **counts, "class_names": names}


def data_folder() -> Path:
    """Return the folder of downloads: the one that ``AE_DATA`` names, or ``data`` in ``ae.HOME``."""
    return Path(os.environ.get("AE_DATA") or HOME / "data")


def is_here(name: str, root: Path | None = None) -> bool:
    """Whether a dataset can be loaded without a download."""
    source = find(name, root)
    if source.own or source.reader:
        files = OWN_FILES if source.own else OWN_FILES[1:]
        return bool(source.training_images) and all((array_folder(name, root) / file).is_file() for file in files)
    folder = source.folder
    return not folder or all((raw_folder(root, folder) / file).is_file() for file in IDX_FILES)


def raw_folder(root: Path | None, folder: str) -> Path:
    """Return the folder of a dataset's IDX files, the same as torchvision's."""
    return (root or data_folder()) / folder / "raw"

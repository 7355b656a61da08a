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

    It either has a ``loader``, if it is bundled or computed, or it is downloaded from torchvision's mirrors as four
    gzipped IDX files, like MNIST's.
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
    folder = data_folder() / OWN
    own = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
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
        raise ValueError(
            f"unknown dataset {name!r}: choose from {', '.join(SOURCES)}, or prepare images of your own with "
            "python -m ae prepare FOLDER"
        )
    found = _OWN_NAME.fullmatch(name)
    title = found[1] if found else name
    about = _about(name, root)
    if about is None:
        return Source(
            title, "Images of one's own, which are not on this machine.", UNLABELLED, 0, 0, "", "", 0, shape, own=True
        )
    return Source(
        about["title"] or title,
        f"Images of your own, from {about['file']}.",
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


def own_folder(name: str, root: Path | None = None) -> Path:
    """Return the folder of one's own prepared images."""
    return (root or data_folder()) / OWN / name


def _about(name: str, root: Path | None) -> dict[str, Any] | None:
    """Return the description of one's own prepared images; None if they are not here, or it is damaged."""
    path = own_folder(name, root) / OWN_FILES[0]
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
    if source.own:
        return bool(source.training_images) and all((own_folder(name, root) / file).is_file() for file in OWN_FILES)
    folder = source.folder
    return not folder or all((raw_folder(root, folder) / file).is_file() for file in IDX_FILES)


def raw_folder(root: Path | None, folder: str) -> Path:
    """Return the folder of a dataset's IDX files, the same as torchvision's."""
    return (root or data_folder()) / folder / "raw"

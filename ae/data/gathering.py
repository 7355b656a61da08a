"""Find images in a folder, a zip file or a .npz file, one after the other."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

import numpy as np

from ae.data import pictures
from ae.data.drawing import LARGEST_BYTES
from ae.data.pictures import PictureError
from ae.data.texts import printable

ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".pgm", ".pbm")
"""Of the names of image files."""

MOST_FILES = 300_000
"""The most files that are looked at."""

SPLITS = ("train", "test")
"""Names of sub-folders that split images into training and test."""


class OwnError(Exception):
    """No dataset can be made of a folder or file; the message is one sentence."""


@dataclass(frozen=True)
class Found:
    """An image that may become part of a dataset."""

    name: str
    """Its path below the folder, or its place in an array, for messages."""
    label: str
    """Its class; empty if there are none."""
    split: str
    """One of ``SPLITS``, or empty if that is not given."""
    size: tuple[int, int]
    """Width and height."""
    digest: bytes
    """A hash of its content."""
    read: Callable[[int, str], np.ndarray]
    """Returns it as a square, uint8 with shape (side, side, 3), like ``ae.data.pictures.read``, or raises
    ``PictureError``."""


@dataclass(frozen=True)
class Odd:
    """A file that can't become part of a dataset, and why."""

    name: str
    reason: str


def in_folder(folder: Path) -> Iterator[Found | Odd]:
    """Find the images of a folder and its sub-folders, which are their classes.

    Raises:
        OwnError: the folder has too many files.
    """
    paths = []
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        if not any(part.startswith(".") for part in parts) and path.is_file():
            paths.append(path)
        _check_count(len(paths))
    files = {path.relative_to(folder).as_posix(): path for path in sorted(paths)}
    return _found(list(files), lambda name: _read(files[name]))


def in_zip(path: Path, opened: ExitStack) -> Iterator[Found | Odd]:
    """Find the images of a zipped folder, without unpacking it.

    Args:
        path: of the file.
        opened: keeps the file open, because the images are read from it later.

    Raises:
        OwnError: the file is no zip file, or has too many files.
    """
    try:
        archive = opened.enter_context(zipfile.ZipFile(path))
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise OwnError(f"{path.name} can't be read as a zip file") from error
    _check_count(len(archive.infolist()))
    names = sorted({each.filename for each in archive.infolist() if not each.is_dir()})
    hidden = (".", "__MACOSX")
    names = [name for name in names if not any(part.startswith(hidden) for part in PurePosixPath(name).parts)]
    return _found(names, partial(_read_member, archive))


def _read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as file:  # which may claim any size, so it is not believed
            return file.read(LARGEST_BYTES + 1)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, NotImplementedError) as error:
        raise PictureError("can't be read from the zip file") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise PictureError(f"can't be read ({error.strerror or error})") from error


def _check_count(count: int) -> None:
    if count > MOST_FILES:
        raise OwnError(f"there are more than {MOST_FILES:,} files: use a smaller folder")


def _found(names: Sequence[str], read: Callable[[str], bytes]) -> Iterator[Found | Odd]:
    """Find the images among files, by their paths with slashes."""
    images = [name for name in names if name.lower().endswith(ENDINGS)]
    outer = _shared(images)
    split = {PurePosixPath(name).parts[outer] for name in images if len(PurePosixPath(name).parts) > outer + 1}
    by_split = set(SPLITS) <= split
    labels = {name: _label(name, outer + by_split) for name in images}
    for name in names:
        shown, parts = printable(name), PurePosixPath(name).parts
        part = parts[outer] if by_split and len(parts) > outer + 1 else ""
        if name not in labels:
            yield Odd(shown, "is not an image file")
        elif by_split and part not in SPLITS:
            yield Odd(shown, f"lies beside the folders {' and '.join(SPLITS)}")
        elif not labels[name] and any(labels.values()):
            yield Odd(shown, "lies beside the folders of the classes")
        else:
            yield _image(shown, labels[name], part, partial(read, name))


def _image(name: str, label: str, split: str, read: Callable[[], bytes]) -> Found | Odd:
    try:
        content = read()
        size = pictures.size(content)
    except PictureError as error:
        return Odd(name, str(error))
    digest = hashlib.sha256(content).digest()
    return Found(name, label, split, size, digest, lambda side, fit: pictures.read(read(), side, fit))


def _label(name: str, depth: int) -> str:
    """Return the class of a file: the folder at that depth of its path; empty if it lies in none."""
    parts = PurePosixPath(name).parts
    return printable(parts[depth]).strip() if len(parts) > depth + 1 else ""


def _shared(names: Sequence[str]) -> int:
    """Return the number of folders around all others: those that hold nothing but one folder with sub-folders."""
    paths = [PurePosixPath(name).parts for name in names]
    depth = 0
    while len({path[: depth + 1] for path in paths}) == 1 and all(len(path) > depth + 2 for path in paths):
        depth += 1
    return depth

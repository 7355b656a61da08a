"""Find the images in a .npz file."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image

from ae.data import pictures
from ae.data.gathering import MOST_FILES, Found, Odd, OwnError
from ae.data.pictures import PictureError
from ae.data.texts import printable

MOST_BYTES = 8 * 2**30
"""The largest array of images that is read."""

MOST_SIDE = 4096
"""The greatest width and height of an array's images."""


def in_npz(path: Path, scratch: Path) -> Iterator[Found | Odd]:
    """Find the images in the arrays ``images`` and ``test_images`` of a .npz file.

    They have shape (N, H, W), (N, H, W, C) or (N, C, H, W), and are uint8, or floats in [0, 1]. ``labels`` and
    ``test_labels``, if they are there, are numbers or texts; ``class_names`` names the numbers from 0.

    Args:
        path: of the file. Nothing in it is run as code.
        scratch: a folder for the unpacked arrays, which stay there.

    Raises:
        OwnError: it is no such file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name.removesuffix(".npy"): name for name in archive.namelist()}
            if "images" not in members:
                raise OwnError(f"{path.name} has no array named images, but {_listed(list(members))}")
            arrays: dict[str, np.ndarray] = {
                key: _unpacked(archive, members[key], scratch / f"{key}.npy")
                for key in ("images", "labels", "test_images", "test_labels", "class_names")
                if key in members
            }
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise OwnError(f"{path.name} can't be read as a .npz file of plain arrays") from error
    return _found(arrays, path.name)


def _listed(names: list[str]) -> str:
    return printable(", ".join(names[:5])) + ("" if len(names) <= 5 else " and others") or "none at all"


def _unpacked(archive: zipfile.ZipFile, member: str, target: Path) -> np.ndarray:
    """Unpack an array, and return it as a file on the disk.

    Raises:
        OwnError: it is too large.
        ValueError: it holds objects, or is damaged.
    """
    with archive.open(member) as file:
        dtype, count, start = _header(file)
    if dtype.hasobject:
        raise ValueError
    size = start + count * dtype.itemsize
    if size > MOST_BYTES:
        raise OwnError(f"the array {printable(member, 60)} takes {size / 2**30:.0f} GB: use at most {MOST_BYTES >> 30}")
    with archive.open(member) as file, target.open("wb") as copy:
        while size > 0 and (part := file.read(min(size, 2**20))):
            copy.write(part)
            size -= len(part)
    array: np.ndarray = np.load(target, mmap_mode="r", allow_pickle=False)  # which raises ValueError if it is too short
    return array


def _header(file: Any) -> tuple[np.dtype, int, int]:  # noqa: ANN401 - zipfile's own type of file
    """Return the type and the number of an array's values, and where they begin in the file."""
    reader: BinaryIO = file
    version = np.lib.format.read_magic(reader)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(reader)
    return dtype, int(np.prod(shape, dtype=float)), reader.tell()


def _found(arrays: dict[str, np.ndarray], file: str) -> Iterator[Found | Odd]:
    names = arrays.get("class_names")
    both = "test_images" in arrays
    labels: dict[str, np.ndarray] = {key: arrays[key] for key in ("labels", "test_labels") if key in arrays}
    for key, label_key, split in (("images", "labels", "train"), ("test_images", "test_labels", "test")):
        if key not in arrays:
            continue
        images, classes = arrays[key], labels.get(label_key)
        scale = _scale(images, f"{key} in {file}")
        if classes is not None and classes.shape != images.shape[:1]:
            raise OwnError(f"{label_key} in {file} has shape {classes.shape}, but there are {len(images)} {key}")
        for i in range(len(images)):
            name = f"{key}[{i}]"
            value = None if classes is None else classes[i]
            label = "" if value is None else _label(value, names)
            if label is None:
                yield Odd(name, f"has the label {printable(value, 20)}, which class_names does not name")
                continue
            height, width = _channels_last(images[i : i + 1]).shape[1:3]
            row = np.ascontiguousarray(images[i])
            digest = hashlib.sha256(row.tobytes()).digest()
            yield Found(name, label, split if both else "", (width, height), digest, partial(_read, images, i, scale))


def _label(value: Any, names: np.ndarray | None) -> str | None:  # noqa: ANN401
    """Return the name of a class; None for a number that has none among ``names``."""
    if isinstance(value, str | np.str_ | bytes):
        return printable(value if isinstance(value, str) else value.decode("utf-8", "replace")).strip()
    number = int(value)
    if number != value:
        return printable(value, 20)
    if names is None:
        return str(number)
    return printable(names[number]).strip() if 0 <= number < len(names) else None


def _scale(images: np.ndarray, what: str) -> float:
    """Return the factor that turns pixels into 0 to 255.

    Raises:
        OwnError: the array holds no images.
    """
    shaped = images.ndim == 3 or (images.ndim == 4 and (images.shape[3] in (1, 3) or images.shape[1] in (1, 3)))
    if not shaped or not 0 < len(images) <= MOST_FILES or not all(0 < side <= MOST_SIDE for side in images.shape[1:]):
        raise OwnError(f"{what} has shape {images.shape}: use (N, H, W), (N, H, W, C) or (N, C, H, W), C 1 or 3")
    if images.dtype.kind not in "uifb":
        raise OwnError(f"{what} holds {images.dtype}: use uint8, or floats from 0 to 1")
    return 255.0 if images.dtype.kind in "fb" else 1.0


def _channels_last(images: np.ndarray) -> np.ndarray:
    if images.ndim == 3:
        return images[..., None]
    return images if images.shape[3] in (1, 3) else np.moveaxis(images, 1, -1)


def _read(images: np.ndarray, i: int, scale: float, side: int, fit: str) -> np.ndarray:
    values = _channels_last(images[i : i + 1])[0] * np.float64(scale)
    if not np.isfinite(values).all():
        raise PictureError("has pixels that are not finite numbers")
    if values.min() < 0 or values.max() > 255:
        raise PictureError(f"has pixels outside 0 to {255 / scale:g}")
    picture = Image.fromarray(np.broadcast_to(values, (*values.shape[:2], 3)).round().astype(np.uint8))
    return np.asarray(pictures.squared(picture, side, fit))

"""Write one's own images as a dataset: a folder of arrays, which appears whole or not at all."""

import json
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ae.data import pictures
from ae.data.sources import OWN, OWN_FILES, Shape, data_folder

CHUNK = 500
"""Images in memory at a time."""


STALE = 24 * 3600
"""The age in seconds of a temporary folder that nobody uses any more."""


class Writer:
    """Appends images to a .npy file, so that they are never in memory together."""

    def __init__(self, path: Path, shape: Shape) -> None:
        self._shape, self.count = shape, 0
        self._file: BinaryIO = path.open("w+b")
        self._header()

    def _header(self) -> None:
        about = {"descr": "|u1", "fortran_order": False, "shape": (self.count, *self._shape)}
        np.lib.format.write_array_header_1_0(self._file, about)  # of one length, however large the count is

    def append(self, images: np.ndarray) -> None:
        """Append images, uint8 with shape (N, C, S, S)."""
        self._file.write(np.ascontiguousarray(images).tobytes())
        self.count += len(images)

    def close(self) -> None:
        """Write the number of images."""
        self._file.seek(0)
        self._header()
        self._file.close()


@contextmanager
def new_folder() -> Iterator[Path]:
    """Yield a temporary folder beside one's own datasets, removed at the end unless ``publish`` has moved it."""
    own = data_folder() / OWN
    own.mkdir(parents=True, exist_ok=True)
    for left in own.glob(".new-*"):  # by a process that was killed
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=own, ignore_cleanup_errors=True) as place:
        made = Path(place) / "made"
        made.mkdir()
        yield made


def publish(made: Path, name: str, about: dict[str, Any]) -> None:
    """Describe and rename a complete folder; one that is there already under that name stays as it is."""
    (made / OWN_FILES[0]).write_text(json.dumps(about, indent=1), encoding="utf-8")
    final = data_folder() / OWN / name
    if final.is_dir() and not all((final / file).is_file() for file in OWN_FILES):
        shutil.rmtree(final)
    try:
        made.rename(final)
    except OSError:  # another process was faster
        if not final.is_dir():
            raise


def write_split(
    made: Path, images: np.ndarray, labels: np.ndarray, rows: Sequence[int], *, test: bool, shape: Shape
) -> None:
    """Write the images of those rows, in that order, and their labels, as the training or the test images.

    Args:
        made: the folder.
        images: uint8 with shape (N, 3, S, S), which may lie on the disk.
        labels: with shape (N,).
        rows: indices.
        test: whether they are the test images.
        shape: of an image.
    """
    file, labels_file = (OWN_FILES[3], OWN_FILES[4]) if test else (OWN_FILES[1], OWN_FILES[2])
    writer = Writer(made / file, shape)
    for start in range(0, len(rows), CHUNK):
        part = images[rows[start : start + CHUNK]]
        writer.append(part if shape[0] == 3 else pictures.grey(np.moveaxis(part, 1, -1))[:, None])
    writer.close()
    np.save(made / labels_file, labels[list(rows)].astype(np.uint8))


def prepared_before(source: str, asked: dict[str, Any]) -> str | None:
    """Return the name of a dataset that was made of the same content with the same wishes; None if there is none."""
    folder = data_folder() / OWN
    for path in sorted(folder.glob("*/" + OWN_FILES[0])) if folder.is_dir() else []:
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            same = (about["content"], about["asked"]) == (source, asked)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if same and all((path.parent / file).is_file() for file in OWN_FILES):
            return path.parent.name
    return None

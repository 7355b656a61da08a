"""Read IDX files, the format of MNIST and its siblings."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ae.data.sources import DataError

TYPES: dict[int, np.dtype] = {8: np.dtype(np.uint8), 12: np.dtype(">i4")}
"""The types of number in an IDX file, by their codes: unsigned bytes, and four-byte integers."""


def read_idx(path: Path) -> Tensor:
    """Read a file in LeCun's IDX format with unsigned bytes: magic number, sizes, values, all big-endian.

    torchvision reads it too, but takes a second to import.

    Raises:
        DataError: the file can't be read, or is damaged or incomplete.
    """
    try:
        content = np.fromfile(path, np.uint8)
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror or error})") from error
    try:
        return torch.from_numpy(parse_idx(content, path.name))
    except (DataError, TypeError) as error:
        raise DataError(f"{path} is damaged or incomplete: delete the folder {path.parent} and load again") from error


def parse_idx(content: bytes | np.ndarray, name: str) -> np.ndarray:
    """Return the array of an IDX file's content.

    Raises:
        DataError: it is damaged or incomplete.
    """
    found: np.ndarray = np.frombuffer(content, np.uint8)
    kind = TYPES.get(int(found[2])) if len(found) > 3 and found[:2].tolist() == [0, 0] else None
    dimensions = int(found[3]) if kind else 0
    start = 4 + 4 * dimensions
    sizes = found[4:start].view(">u4").astype(int).tolist() if dimensions and len(found) > start else []
    if not kind or not sizes or len(found) != start + int(np.prod(sizes)) * kind.itemsize:
        raise DataError(f"{name} is damaged or incomplete")
    values: np.ndarray = found[start:].view(kind).reshape(sizes)
    return values

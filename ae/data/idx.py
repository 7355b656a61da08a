"""Read IDX files, the format of MNIST and its siblings."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ae.data.sources import DataError


def read_idx(path: Path) -> Tensor:
    """Read a file in LeCun's IDX format with unsigned bytes: magic number, sizes, values, all big-endian.

    torchvision reads it too, but takes a second to import.

    Raises:
        DataError: the file can't be read, or is damaged or incomplete.
    """
    try:
        content = np.fromfile(path, np.uint8)
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror})") from error
    dimensions = int(content[3]) if content[:3].tolist() == [0, 0, 8] and len(content) > 3 else 0
    start = 4 + 4 * dimensions
    sizes = content[4:start].view(">u4").astype(int).tolist() if dimensions and len(content) > start else []
    if not sizes or len(content) != start + int(np.prod(sizes)):
        raise DataError(f"{path} is damaged or incomplete: delete the folder {path.parent} and load again")
    return torch.from_numpy(content[start:]).reshape(sizes)

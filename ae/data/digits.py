"""The built-in digits, from scikit-learn, and the centring that they share with a person's own digit."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ae.data.sources import BOX, SIDE

FILE = Path(__file__).with_name("digits.npz")
"""``sklearn.datasets.load_digits`` as 8-bit integers: importing scikit-learn would take a second and 150 MB."""


def centre(drawing: np.ndarray) -> np.ndarray:
    """Place a drawing on a 28 x 28 field with its centre of mass in the middle, as in MNIST.

    Args:
        drawing: uint8, white on black, with shape (h, w), both at most 28.

    Returns:
        uint8, with shape (28, 28). The drawing never crosses the edge, even if it is then not quite centred.
    """
    height, width = drawing.shape
    mass = drawing.sum(dtype=float) or 1.0
    rows, columns = np.arange(height), np.arange(width)
    middle = (SIDE - 1) / 2
    top = round(middle - float(drawing.sum(1) @ rows) / mass)
    left = round(middle - float(drawing.sum(0) @ columns) / mass)
    top, left = min(max(top, 0), SIDE - height), min(max(left, 0), SIDE - width)
    field = np.zeros((SIDE, SIDE), np.uint8)
    field[top : top + height, left : left + width] = drawing
    return field


def load_digits() -> tuple[Tensor, Tensor]:
    """Load scikit-learn's digits, 8 x 8 with values 0 to 16, scaled to a 20 x 20 box and centred on 28 x 28.

    Returns:
        images, uint8 with shape (1797, 1, 28, 28), and labels, int64 with shape (1797,), in a fixed shuffled order.
    """
    with np.load(FILE) as digits:
        small, labels = digits["images"], digits["labels"]
    order = np.random.RandomState(0).permutation(len(labels))
    small = (small[order] * (255 / 16)).astype(np.uint8)
    images = [
        centre(np.asarray(Image.fromarray(image).resize((BOX, BOX), Image.Resampling.BICUBIC))) for image in small
    ]
    return torch.from_numpy(np.stack(images)).unsqueeze(1), torch.from_numpy(labels[order]).long()

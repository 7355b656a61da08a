"""A tiny MNIST on disk, in the layout of the real one."""

import struct

import numpy as np

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def as_idx(array):
    """Encode an array of bytes in LeCun's format, from its specification."""
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_tiny_mnist(root, *, train=5, test=3, side=28, folder="MNIST"):
    """Write MNIST's four files with a few images; return the arrays."""
    random, raw = np.random.default_rng(0), root / folder / "raw"
    raw.mkdir(parents=True)
    content = [
        random.integers(0, 256, shape, np.uint8)
        for shape in ((train, side, side), (train,), (test, side, side), (test,))
    ]
    for n in (1, 3):
        content[n] %= 10
    for name, array in zip(FILES, content, strict=True):
        (raw / name).write_bytes(as_idx(array))
    return content

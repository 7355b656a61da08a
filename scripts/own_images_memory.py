"""Measure the memory that it takes to prepare many images and to train on them.

python -m scripts.own_images_memory 100000
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 64

COMMANDS = {
    "prepare": ("prepare", "{images}", "--image-size", "64", "--colour", "colour"),
    "train": (
        *("train", "--dataset", "{images}", "--image-size", "64", "--colour", "colour"),
        *("--preset", "{preset}", "--epochs", "1", "-z", "16", "--device", "cpu", "--batch-size", "256"),
    ),
}


def write_files(folder: Path, count: int) -> Path:
    """Write colour images in ten classes, each a smooth random pattern, as PNG files; return their folder."""
    random = np.random.default_rng(0)
    for number in range(count):
        place = folder / "images" / f"class {number % 10}"
        place.mkdir(parents=True, exist_ok=True)
        pattern = Image.fromarray(random.integers(0, 256, (4, 4, 3), np.uint8))
        pattern.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(place / f"{number}.png", compress_level=1)
    return folder / "images"


def write_arrays(folder: Path, count: int) -> Path:
    """Write colour images in ten classes, each of random squares, as a .npz file; return its path."""
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (count, 4, 4, 3), np.uint8)
    images = np.repeat(np.repeat(small, SIDE // 4, axis=1), SIDE // 4, axis=2)
    np.savez(folder / "images.npz", images=images, labels=np.arange(count) % 10)
    return folder / "images.npz"


def peak(arguments: tuple[str, ...], place: Path) -> float:
    """Run a command of ``python -m ae`` and return the most memory that it had, in GB of 10^9 bytes."""
    environment = {**os.environ, "AE_DATA": str(place / "data"), "AE_CHECKPOINTS": str(place / "runs")}
    code = (
        "import resource, sys; from ae.cli.main import main; code = main(sys.argv[1:]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return int(done.stdout.split()[-1]) * (1 if sys.platform == "darwin" else 1024) / 1e9


def measure(count: int, preset: str = "conv", *, arrays: bool = False) -> dict[str, float]:
    """Return the peak of each command in GB, for ``count`` images of 64 x 64 in colour, as files or as arrays."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        images = (write_arrays if arrays else write_files)(place, count)
        return {
            what: peak(tuple(word.format(images=images, preset=preset) for word in words), place)
            for what, words in COMMANDS.items()
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=100_000)
    parser.add_argument("--preset", default="conv")
    parser.add_argument("--arrays", action="store_true", help="a .npz file instead of a folder")
    options = parser.parse_args()
    for command, gigabytes in measure(options.count, options.preset, arrays=options.arrays).items():
        print(f"{command}: {gigabytes:.2f} GB")

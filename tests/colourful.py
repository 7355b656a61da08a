"""Images of one's own for tests of the screens: small colour pictures without classes, and runs on them."""

from pathlib import Path

import numpy as np
from PIL import Image
from tiny import tiny

from ae.data import own
from ae.runs import folders
from ae.runs.folders import Run
from ae.runs.recording import record

COUNT = 60


def pictures(folder: Path, *, side: int = 20, classes: tuple[str, ...] = ()) -> Path:
    """Write ``COUNT`` pictures of coloured discs into a folder; in a sub-folder for each class, if there are any."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side] / side
    for number in range(COUNT):
        place = folder / classes[number % len(classes)] if classes else folder
        place.mkdir(parents=True, exist_ok=True)
        middle, colours = random.uniform(0.3, 0.7, 2), random.integers(0, 256, (2, 3))
        inside = (y - middle[0]) ** 2 + (x - middle[1]) ** 2 < 0.08
        Image.fromarray(np.where(inside[..., None], *colours).astype(np.uint8)).save(place / f"{number:03}.png")
    return folder


def trained(folder: Path, **changes: object) -> list[Run]:
    """Prepare pictures, in the folder of datasets, and train two networks on them."""
    name = own.prepare(pictures(folder / "discs")).name
    common = {
        "dataset": name,
        "epochs": 1,
        "code_activation": "none",
        "code_size": 2,
        "validation_images": 6,
        **changes,
    }
    runs = [folders.create(tiny(**common, model="conv")), folders.create(tiny(**common, noise=0.3))]
    for run in runs:
        list(record(run))
    return runs

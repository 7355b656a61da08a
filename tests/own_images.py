"""Folders of small drawings, as a person might have them."""

import numpy as np
from PIL import Image, ImageDraw

CLASSES = ("circle", "square")


def drawing(number, kind="circle", size=(40, 40), ground="black"):
    """Return a picture of a shape; each number looks different."""
    picture = Image.new("RGB", size, ground)
    random = np.random.default_rng(number)
    colour = tuple(random.integers(80, 256, 3).tolist())
    left, top = random.integers(0, min(size) // 2, 2).tolist()
    box = (left, top, left + min(size) // 3, top + min(size) // 3)
    pen = ImageDraw.Draw(picture)
    (pen.ellipse if kind == "circle" else pen.rectangle)(box, colour)
    return picture


def write_drawings(folder, *, each=12, classes=CLASSES, size=(40, 40), ground="black"):
    """Write ``each`` drawings of every class, each class into a sub-folder; return the folder."""
    for at, kind in enumerate(classes):
        (folder / kind).mkdir(parents=True)
        for number in range(each):
            picture = drawing(1000 * at + number, kind, size, ground)
            picture.save(folder / kind / f"{number}.png")
    return folder

"""Find images in pictures."""

import numpy as np


def found(cell, picture):
    """Return a cell's position (left, top) in a picture, both RGB; None if it is not there exactly once."""
    pixels, (height, width) = np.asarray(picture), np.shape(cell)[:2]
    telling = max(range(height), key=lambda y: len(np.unique(cell[y])))
    row, hits = cell[telling].tobytes(), []
    for y in range(len(pixels) - height + 1):
        line, at = pixels[y + telling].tobytes(), -1
        while (at := line.find(row, at + 1)) >= 0:
            if at % 3 == 0 and (pixels[y : y + height, at // 3 : at // 3 + width] == cell).all():
                hits.append((at // 3, y))
    return hits[0] if len(hits) == 1 else None

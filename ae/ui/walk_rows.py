"""The images along a path as a row, with the digit that each is classified as."""

from collections.abc import Collection
from typing import Any

from torch import Tensor

from ae.analysis import digit_classifier, reconstruct
from ae.plots.image_grid import Row, to_rgb
from ae.ui.component import in_base64


def path_row(name: str, images: Tensor, what: str, ends: Collection[int], *, colour: str = "") -> Row:
    """Return the images of a path as a row, each with its digit, in red if it is neither end's.

    Args:
        name: of the row.
        images: of the path, those at its ends too.
        what: a few words on the images.
        ends: the digits at the ends; empty where images can't be classified.
        colour: of the run.
    """
    pixels = to_rgb(images.numpy())
    if not ends:
        return Row(name, pixels, colour=colour, scores=[what])
    digits, sure = (each.tolist() for each in digit_classifier.classify(reconstruct.only_finite(images)))
    return Row(
        name,
        pixels,
        [str(digit) for digit in digits],
        colour=colour,
        scores=[what],
        red=[i for i, digit in enumerate(digits) if digit not in ends],
        hints=[f"{digit}, {share:.0%} sure" for digit, share in zip(digits, sure, strict=True)],
    )


def between(row: Row) -> dict[str, Any]:
    """Return a row for the page, without the images at its ends, which stand at the ends of the player."""
    return {
        "name": row.label,
        "colour": row.colour,
        "what": " ".join(row.scores),
        "pixels": in_base64(row.images[1:-1].transpose(0, 3, 1, 2), "u1"),
        "digits": row.captions[1:-1],
        "hints": row.hints[1:-1],
        "red": [i - 1 for i in row.red if 0 < i < len(row.images) - 1],
    }

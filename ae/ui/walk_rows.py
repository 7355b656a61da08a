"""The images along a path as a row, with the digit that each is classified as."""

from collections.abc import Collection, Sequence
from typing import Any

from torch import Tensor

from ae.analysis import digit_classifier, reconstruct
from ae.plots.image_grid import Row, to_rgb
from ae.ui.component import in_base64

UNRECOGNISED = "–"
"""What stands below an image that is no digit."""

MARKS = {"?": f"under {digit_classifier.SURE:.0%} sure", UNRECOGNISED: f"under {digit_classifier.RECOGNISED:.0%}"}
"""What the marks below images mean; where the page finds the digits, ``classMark`` in classifying.js writes them."""

KEY = f"Below each image: its class ({'; '.join(f'{mark}: {words}' for mark, words in MARKS.items())})"
"""What stands below images, where the page finds their digits itself."""


def mark(digit: int, share: float) -> str:
    """Return what stands below an image that is classified as a digit with a probability."""
    if share < digit_classifier.RECOGNISED:
        return UNRECOGNISED
    return f"{digit}?" if share < digit_classifier.SURE else str(digit)


def hint(digit: int, share: float) -> str:
    """Return what an image is classified as and how surely; less than ``SURE`` is not rounded up to it."""
    shown = share if share >= digit_classifier.SURE else min(share, digit_classifier.SURE - 0.01)
    return f"{digit}, {shown:.0%} sure"


def path_row(name: str, images: Tensor, what: str, ends: Collection[int], *, colour: str = "") -> Row:
    """Return the images of a path as a row, each with its digit.

    Recognised digits are red if they are neither end's, and have a question mark if the digit classifier is not sure of
    them; ``UNRECOGNISED`` stands for those that are not recognised.

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
    captions = [mark(digit, share) for digit, share in zip(digits, sure, strict=True)]
    return Row(
        name,
        pixels,
        captions,
        colour=colour,
        scores=[what],
        red=[i for i, digit in enumerate(digits) if digit not in ends and captions[i] != UNRECOGNISED],
        strong=True,
        hints=[hint(digit, share) for digit, share in zip(digits, sure, strict=True)],
    )


def key(rows: Sequence[Row]) -> str:
    """Return what the digits below rows of ``path_row`` are, and what those of their looks mean that occur."""
    marks = "".join(caption for row in rows for caption in row.captions)
    looks = [
        *["red: neither end's"] * any(row.red for row in rows),
        *[f"{mark}: {words}" for mark, words in MARKS.items() if mark in marks],
    ]
    return "Below each image: its class" + (f" ({'; '.join(looks)})" if looks else "")


def on_page(row: Row) -> dict[str, Any]:
    """Return a row for the page."""
    return {
        "name": row.label,
        "colour": row.colour,
        "what": " ".join(row.scores),
        "pixels": in_base64(row.images.transpose(0, 3, 1, 2), "u1"),
        "digits": row.captions,
        "hints": row.hints,
        "red": row.red,
    }

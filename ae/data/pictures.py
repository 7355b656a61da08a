"""Read image files of any kind, and make them square."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageOps

from ae.data.drawing import FORMATS, LARGEST_BYTES, LARGEST_JPEG, LARGEST_PIXELS, opened
from ae.data.sources import Shape

FITS = ("crop", "pad", "stretch")
"""How an image becomes square: its middle is cut out, black is added at two sides, or it is stretched."""

TINT = 24
"""How much the channels of a pixel differ, of 255, before an image counts as coloured; JPEG tints grey a little."""


class PictureError(Exception):
    """A file can't be used as an image; the message says why, without a subject."""


def size(content: bytes) -> tuple[int, int]:
    """Return width and height of an image file, without decoding it.

    Raises:
        PictureError: it is no image, or too large.
    """
    with _guarded():
        return _open(content).size


def read(content: bytes, side: int, fit: str) -> np.ndarray:
    """Read an image file as a square; the first image of an animated one.

    Photos are turned upright, transparent parts become white, and 16-bit values are scaled to 8 bits.

    Args:
        content: of the file.
        side: width and height of the result.
        fit: one of ``FITS``.

    Returns:
        uint8 with shape (side, side, 3).

    Raises:
        PictureError: it can't be read, or is too large.
    """
    with _guarded():
        file = _open(content)
        file.draft(None, (4 * side, 4 * side))  # a large JPEG is decoded at a fraction of its size
        ImageOps.exif_transpose(file, in_place=True)
        return np.asarray(squared(_rgb(file), side, fit))


def like(content: bytes, shape: Shape, fit: str = "crop") -> np.ndarray:
    """Read an image file as an image of a dataset, uint8 with that shape, (C, S, S).

    Raises:
        PictureError: as in ``read``.
    """
    channels, side, _ = shape
    square = read(content, side, fit)
    return square.transpose(2, 0, 1) if channels == 3 else grey(square)[None]


def squared(picture: Image.Image, side: int, fit: str) -> Image.Image:
    """Return a picture as a square of ``side`` pixels, by one of ``FITS``."""
    if picture.size == (side, side):
        return picture
    if fit == "stretch":
        return picture.resize((side, side), Image.Resampling.BICUBIC)
    return (ImageOps.pad if fit == "pad" else ImageOps.fit)(picture, (side, side), Image.Resampling.BICUBIC)


def coloured(images: np.ndarray) -> bool:
    """Whether any of the images, uint8 with shape (..., 3), is not grey."""
    return bool((images.max(-1) - images.min(-1)).max(initial=0) > TINT)


def grey(images: np.ndarray) -> np.ndarray:
    """Return the luminance of images, uint8 with shape (..., 3), as ITU-R 601 weighs the channels."""
    levels: np.ndarray = (images @ np.array([0.299, 0.587, 0.114], np.float32)).round().astype(np.uint8)
    return levels


@contextmanager
def _guarded() -> Iterator[None]:
    """Turn whatever Pillow raises for a damaged file, which can be almost anything, into a ``PictureError``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except PictureError:
        raise
    except Image.DecompressionBombError as error:  # raised by Pillow itself for the largest
        raise PictureError(_too_large(LARGEST_PIXELS)) from error
    except Exception as error:
        raise PictureError("can't be read as an image") from error


def _too_large(most: int) -> str:
    return f"has more than {most / 1e6:.0f} million pixels"


def _open(content: bytes) -> Image.Image:
    if len(content) > LARGEST_BYTES:
        raise PictureError(f"is larger than {LARGEST_BYTES / 1e6:.0f} MB")
    file = opened(content, (*FORMATS, "PPM", "MPO"))
    small = file.format == "JPEG" and not file.info.get("progressive")
    most = LARGEST_JPEG if small else LARGEST_PIXELS
    if file.width * file.height > most:
        raise PictureError(_too_large(most))
    return file


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        values = np.asarray(picture).astype(np.float32)
        return Image.fromarray(_in_bytes(values, 65535 if picture.mode.startswith("I;16") else 0)).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return picture.convert("RGB")


def _in_bytes(values: np.ndarray, white: float) -> np.ndarray:
    """Scale values to bytes; if ``white`` is 0, it is the first of 1, 255 and 65535 that no value exceeds."""
    if not np.isfinite(values).all():
        raise PictureError("has pixels that are not finite numbers")
    most = float(values.max(initial=0))
    white = white or next((whole for whole in (1, 255, 65535) if most <= whole), most)
    scaled: np.ndarray = np.clip(values * (255 / white), 0, 255).round().astype(np.uint8)
    return scaled

"""A person's own digit, drawn or photographed, scaled and centred as in MNIST."""

import base64
import io
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps

from ae.data import digits, sources
from ae.data.texts import printable

PNG = b"\x89PNG\r\n\x1a\n"
"""What a PNG begins with."""

LARGEST_BYTES = 20 * 10**6
LARGEST_JPEG = 60 * 10**6
"""In pixels. A large photo is decoded at a fraction of its size, unless it is progressive."""
LARGEST_PIXELS = 24 * 10**6
"""Of all other pictures, which take up to 4 bytes a pixel, and as much again while they are converted."""
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")

WORKING_SIDE = 400
"""Larger pictures are scaled down to this size, in pixels, before their strokes are found."""

THINNEST = 2.0
"""Thinner strokes are thickened to this width, in pixels of the result; MNIST's are 2 to 4 wide."""


class DrawingError(Exception):
    """No digit can be read from a picture; the message is one sentence."""


def from_file(content: bytes, name: str = "the file") -> np.ndarray:
    """Read a picture of a digit of any size and colour, such as a photo of dark ink on white paper.

    Args:
        content: an image file's bytes.
        name: of the file, for error messages.

    Returns:
        uint8 with shape (28, 28), white on black.

    Raises:
        DrawingError: the file is too large, is not a picture, or shows no digit.
    """
    name = printable(name, 100)
    if len(content) > LARGEST_BYTES:
        raise DrawingError(
            f"{name} is {len(content) / 1e6:.0f} MB large: use a picture of at most {LARGEST_BYTES / 1e6:.0f} MB"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            file = opened(content, FORMATS)
            small = file.format == "JPEG" and not file.info.get("progressive")
            most = LARGEST_JPEG if small else LARGEST_PIXELS
            if file.width * file.height > most:
                millions = f"{most / 1e6:.0f} million"
                raise DrawingError(f"{name} has {file.width} x {file.height} pixels: use one of at most {millions}")
            file.draft("L", (WORKING_SIDE * 2, WORKING_SIDE * 2))
            ImageOps.exif_transpose(file, in_place=True)  # otherwise it returns a copy
            picture = _grey(file)
    except DrawingError:
        raise
    except Exception as error:  # Pillow can raise almost anything
        raise DrawingError(f"{name} can't be read as a picture: use a PNG or a JPEG") from error
    picture.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    return from_array(np.asarray(picture), name)


def opened(content: bytes, formats: tuple[str, ...]) -> Image.Image:
    """Open an image file without decoding it.

    Raises:
        ValueError: it is a PNG with more than one colour profile, all of which Pillow would unpack.
        OSError: Pillow can't read it; it may raise almost anything else, too.
    """
    at, profiles = len(PNG), 0
    while content.startswith(PNG) and at < len(content):
        length, kind = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        profiles += kind == b"iCCP"
        at += 12 + length  # with the length itself, the kind and a checksum
    if profiles > 1:
        raise ValueError("it has more than one colour profile")
    return Image.open(io.BytesIO(content), formats=formats)


def from_array(picture: np.ndarray, name: str = "the drawing") -> np.ndarray:
    """Scale and centre the digit in a grey picture, uint8 with shape (h, w), darker or lighter than its background.

    Raises:
        DrawingError: the picture shows no digit.
    """
    ink = _ink(picture.astype(np.float32))
    if ink is None:
        raise DrawingError(f"There is no digit in {name}: draw one with clear strokes on an even background")
    rows, columns = np.flatnonzero(ink.max(1) > 0), np.flatnonzero(ink.max(0) > 0)
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ink = _thick_enough(ink)
    scale = sources.BOX / max(ink.shape)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    small = np.asarray(
        Image.fromarray(ink).resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
    )
    small = np.clip(small / max(float(np.quantile(small[small > 0], 0.9)), 1e-6), 0, 1)
    return digits.centre((small * 255).round().astype(np.uint8))


def _grey(picture: Image.Image) -> Image.Image:
    """Convert a picture to 8-bit grey; transparent parts become black or white, whichever contrasts with the ink."""
    if picture.mode.startswith(("I", "F")):  # 16 bits and more
        every = max(1, max(picture.size) // (2 * WORKING_SIDE))  # before the conversion, which takes 8 bytes a pixel
        values = np.asarray(picture)[::every, ::every].astype(np.float64)
        finite = np.isfinite(values)
        values = np.where(finite, values, np.median(values[finite]))
        low, high = float(values.min()), float(values.max())
        return Image.fromarray(((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8))
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        if picture.mode != "PA" and picture.mode != "P":
            picture = picture.reduce(max(1, max(picture.size) // (2 * WORKING_SIDE)))
        picture = picture.convert("RGBA")
        picture.thumbnail((WORKING_SIDE * 2, WORKING_SIDE * 2))
        shades, cover = np.asarray(picture.convert("L"), float), np.asarray(picture.getchannel("A"), float)
        ground = "black" if (shades * cover).sum() > 128 * cover.sum() else "white"
        if cover.min() == 255:
            ground = "white"
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, ground), picture)
    return picture.convert("L")


def _ink(picture: np.ndarray) -> np.ndarray | None:
    """Return how much ink each pixel has, 0 to 1, or None where there are no strokes.

    Everything wider than a third of the picture is background, which may be lit unevenly (a top-hat transform). Ink
    contrasts with it at least a third as much as the strongest stroke. A shape along an entire side of the picture is a
    frame or a shadow; specks much smaller than the largest stroke are dust.
    """
    from scipy import ndimage  # a third of a second to import

    dark = picture if np.median(picture) < 128 else 255 - picture  # light strokes on dark
    ground = ndimage.grey_opening(dark, max(15, max(dark.shape) // 3), mode="nearest")
    strokes = np.clip(dark - ground, 0, None)
    share = _share(strokes)
    if share is None:
        return None
    labels, _ = ndimage.label(share > 0.35, np.ones((3, 3)))
    sides = {0} | {
        int(side[len(side) // 2]) for side in (labels[0], labels[-1], labels[:, 0], labels[:, -1]) if _covered(side)
    }
    inside = ~np.isin(labels, list(sides))
    if len(sides) > 1 and inside.sum() > 20:
        share = _share(np.where(inside, strokes, 0))
        labels = np.where(inside, labels, 0)
        if share is None:
            return None
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    kept = np.isin(labels, np.flatnonzero(areas >= max(0.06 * areas.max(), 1)))
    return np.where(ndimage.binary_dilation(kept, iterations=1), np.where(share > 0.12, share, 0), 0).astype(np.float32)


def _share(strokes: np.ndarray) -> np.ndarray | None:
    """Scale contrast to [0, 1], where 1 is the strongest apart from outliers; None if there is hardly any contrast."""
    most = float(strokes.max(initial=0))
    peak = float(np.quantile(strokes, 0.995)) if strokes.size > 2000 else most
    peak = max(peak, 0.6 * most)
    return np.clip(strokes / peak, 0, 1) if peak >= 30 else None


def _covered(side: np.ndarray) -> bool:
    """Whether one stroke covers an entire side of the picture."""
    return bool(side[len(side) // 2]) and float((side == side[len(side) // 2]).mean()) > 0.98


def _thick_enough(ink: np.ndarray) -> np.ndarray:
    """Thicken thin strokes, which would fade when the drawing is scaled down."""
    from scipy import ndimage

    wide = 2 * float(np.quantile(ndimage.distance_transform_edt(np.pad(ink > 0.5, 1)), 0.995))
    wanted = THINNEST * max(ink.shape) / sources.BOX
    grow = int(np.ceil((wanted - wide) / 2))
    if grow < 1:
        return ink
    y, x = np.ogrid[-grow : grow + 1, -grow : grow + 1]
    thick: np.ndarray = ndimage.grey_dilation(np.pad(ink, grow), footprint=x * x + y * y <= grow * grow)
    return thick


def to_text(drawing: np.ndarray) -> str:
    """Encode a drawing, uint8 (28, 28), in 16 shades as a few hundred characters that fit into a web address."""
    shades = (drawing.astype(np.uint16) * 15 // 255).astype(np.uint8).ravel()
    packed = zlib.compress((shades[::2] << 4 | shades[1::2]).tobytes(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def from_text(text: str) -> np.ndarray:
    """Decode what ``to_text`` encoded, as uint8 with shape (28, 28).

    Raises:
        DrawingError: the text is not an encoded drawing.
    """
    try:
        packed = base64.urlsafe_b64decode(text[:4000] + "=" * (-len(text[:4000]) % 4))
        content = np.frombuffer(zlib.decompressobj().decompress(packed, 1000), np.uint8)
        shades = np.stack([content >> 4, content & 15], 1).reshape(sources.SIDE, sources.SIDE)
    except (ValueError, zlib.error) as error:
        raise DrawingError("The drawing in this page's address can't be read: draw it again") from error
    return shades * np.uint8(17)

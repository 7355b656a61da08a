"""Pictures that are hard on whoever opens them."""

import functools
import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from torture import hostile

MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB"),
    "GIF": ("1", "L", "P"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F", "LAB", "YCbCr"),
}
SIZES = ((1, 1), (1, 5000), (5000, 1), (2, 3), (28, 28), (100, 80), (640, 480), (3000, 2000))


def picture(chance: random.Random, mark: Path) -> tuple[str, bytes]:
    """Return what was made, and the content of a file that is or pretends to be a picture.

    Args:
        chance: decides what.
        mark: the file that a pickle among them creates if it is loaded.
    """
    kind = chance.choice(KINDS)
    if kind is no_picture:
        return no_picture(chance, mark)
    what, content = kind(chance)
    damage = chance.randrange(4)
    if damage == 0:
        return f"{what}, cut", content[: chance.randrange(len(content) + 1)]
    if damage == 1:
        changed = bytearray(content)
        for _ in range(chance.choice((1, 5, 50))):
            changed[chance.randrange(min(len(changed), chance.choice((60, 1000, 10**7))))] = chance.randrange(256)
        return f"{what}, damaged", bytes(changed)
    return what, content


def drawn(chance: random.Random, mode: str, size: tuple[int, int]) -> Image.Image:
    """Return a picture with strokes, noise, one colour, or values at both ends of the range."""
    if mode in ("I", "I;16", "F"):
        numbers = np.random.default_rng(chance.randrange(2**32)).random((size[1], size[0])) * 60_000
        if mode == "F":
            numbers[:: chance.choice((1, 2, 7))] = chance.choice((np.nan, np.inf, -np.inf, 1e38))
        return Image.fromarray(numbers.astype({"I": "<i4", "I;16": "<u2", "F": "<f4"}[mode]))
    made = Image.new("RGB", size, chance.choice(("white", "black", "red", "#7f7f7f")))
    if chance.random() < 0.6:
        where = [(chance.randrange(size[0]), chance.randrange(size[1])) for _ in range(6)]
        ImageDraw.Draw(made).line(where, chance.choice(("black", "white")), max(1, min(size) // 20))
    elif size[0] * size[1] < 10**6:
        made = Image.frombytes("RGB", size, chance.randbytes(3 * size[0] * size[1]))
    if mode in ("LA", "RGBA"):
        made.putalpha(chance.choice((0, 1, 128, 255)))
    return made.convert(mode)


def ordinary(chance: random.Random) -> tuple[str, bytes]:
    """Return a picture in any format, mode and size, with any orientation."""
    form = chance.choice(list(MODES))
    mode, size = chance.choice(MODES[form]), chance.choice(SIZES)
    options: dict[str, object] = {}
    if form in ("JPEG", "WEBP", "PNG", "TIFF"):
        exif = Image.Exif()
        exif[0x0112] = chance.choice((0, 1, 3, 6, 8, 9, 65535))
        options["exif"] = exif if chance.random() < 0.7 else b"Exif\0\0" + chance.randbytes(40)
        options["icc_profile"] = chance.choice((b"", b"x", chance.randbytes(500)))
    if form == "JPEG":
        options["progressive"] = chance.random() < 0.5
    if form == "TIFF":
        options.pop("exif")
    if form in ("PNG", "GIF") and mode == "P":
        options["transparency"] = chance.choice((0, 255))
    return f"{form} {mode} {size[0]} x {size[1]}", _saved(drawn(chance, mode, size), form, **options)


def animated(chance: random.Random) -> tuple[str, bytes]:
    """Return a picture of several frames."""
    form, count = chance.choice(("GIF", "WEBP", "PNG", "TIFF")), chance.choice((2, 20, 300))
    frames = [drawn(chance, "L" if form != "WEBP" else "RGB", (60, 60)) for _ in range(count)]
    return f"{form} of {count} frames", _saved(frames[0], form, save_all=True, append_images=frames[1:])


def large(chance: random.Random) -> tuple[str, bytes]:
    """Return a small file whose picture is large."""
    which = chance.randrange(len(LARGE))
    form, mode, width, height = LARGE[which]
    return f"{form} {mode} {width} x {height}", _large(which)


LARGE = (
    ("PNG", "L", 7700, 7700),
    ("PNG", "RGB", 7700, 7700),
    ("PNG", "RGBA", 7700, 7700),
    ("PNG", "I;16", 7700, 7700),
    ("PNG", "1", 7700, 7700),
    ("PNG", "P", 7700, 7700),
    ("PNG", "L", 59_000_000, 1),
    ("PNG", "L", 1, 59_000_000),
    ("JPEG", "RGB", 7700, 7700),
    ("JPEG", "CMYK", 7700, 7700),
    ("WEBP", "RGB", 7700, 7700),
    ("GIF", "P", 7700, 7700),
    ("TIFF", "RGB", 7700, 7700),
    ("TIFF", "F", 7700, 7700),
    ("TIFF", "CMYK", 7700, 7700),
)


def claims(chance: random.Random) -> tuple[str, bytes]:
    """Return a file whose header claims a size that its content does not have."""
    width, height = chance.choice(((20_000, 20_000), (2**31 - 1, 2**31 - 1), (0, 0), (7000, 7000), (1, 2**31 - 1)))
    kind = chance.randrange(3)
    if kind == 0:
        return f"PNG that claims {width} x {height}", _png(width, height, 8, 2, b"\0" * 100)
    if kind == 1:
        head = b"BM" + struct.pack("<IHHI", 100, 0, 0, 54)
        info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, chance.choice((0, 1, 2, 3)), 0, 0, 0, 0, 0)
        return f"BMP that claims {width} x {height}", head + info + b"\0" * 100
    return "GIF that claims 65535 x 65535", b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + b"\0" * 90


def chunks(chance: random.Random) -> tuple[str, bytes]:
    """Return a PNG with large or strange chunks."""
    content = _saved(drawn(chance, "L", (28, 28)), "PNG")
    packed = zlib.compress(bytes(chance.choice((10, 10**6, 10**8))), 9)
    name, body = chance.choice(
        (
            (b"zTXt", b"k\0\0" + packed),
            (b"iTXt", b"k\0\1\0\0\0" + packed),
            (b"iCCP", b"k\0\0" + packed),
            (b"tRNS", chance.randbytes(7)),
            (b"PLTE", chance.randbytes(7)),
            (b"acTL", struct.pack(">II", 2**31, 0)),
            (b"gAMA", b""),
            (b"IHDR", struct.pack(">IIBBBBB", 2**20, 2**20, 8, 0, 0, 0, 0)),
            (b"pHYs", chance.randbytes(9)),
        )
    )
    many = chance.choice((1, 1, 1000 if len(body) < 1000 else 1))
    return f"PNG with {many} {name.decode()}", content[:33] + _chunk(name, body) * many + content[33:]


def no_picture(chance: random.Random, mark: Path) -> tuple[str, bytes]:
    """Return the content of a file that is no picture."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>'
    what, content = chance.choice(
        (
            ("SVG", svg.encode()),
            ("SVG of entities", b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 1000 + b'">]><svg>' + b"&a;" * 1000 + b"</svg>"),
            ("HTML", chance.choice(hostile.MARKUP).encode()),
            ("PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(touch x) system\n"),
            ("PDF", b"%PDF-1.7\n"),
            ("a zip bomb", hostile.zip_bomb(random.Random(0), 1)),
            ("a pickle", chance.choice(hostile.pickles(mark))),
            ("nothing", b""),
            ("noise", chance.randbytes(chance.choice((1, 100, 10_000)))),
            ("noise that begins like a PNG", b"\x89PNG\r\n\x1a\n" + chance.randbytes(1000)),
            ("noise that begins like a TIFF", b"II*\0\x08\0\0\0" + chance.randbytes(1000)),
            ("noise that begins like a WebP", b"RIFF\xff\xff\0\0WEBPVP8 " + chance.randbytes(1000)),
            ("noise that begins like a JPEG", b"\xff\xd8\xff\xe0" + chance.randbytes(1000)),
            ("21 MB", bytes(21 * 10**6)),
        )
    )
    return what, content


KINDS: tuple[Callable[..., tuple[str, bytes]], ...] = (
    *(ordinary,) * 6,
    *(chunks, chunks, animated, large, claims, no_picture, no_picture),
)


def _saved(made: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    made.save(buffer, form, **options)
    return buffer.getvalue()


@functools.lru_cache(maxsize=len(LARGE))
def _large(which: int) -> bytes:
    form, mode, width, height = LARGE[which]
    if form != "PNG":
        return _saved(Image.new(mode, (width, height)), form, **({"compression": "tiff_lzw"} if form == "TIFF" else {}))
    depth, colour = {"1": (1, 0), "L": (8, 0), "I;16": (16, 0), "RGB": (8, 2), "P": (8, 3), "RGBA": (8, 6)}[mode]
    row = 1 + -(-width * depth * {0: 1, 2: 3, 3: 1, 6: 4}[colour] // 8)
    packer = zlib.compressobj(1)
    rows = max(1, 2**20 // row)
    parts = [packer.compress(bytes(row * min(rows, height - done))) for done in range(0, height, rows)]
    return _png(width, height, depth, colour, b"".join(parts) + packer.flush(), packed=True)


def _png(width: int, height: int, depth: int, colour: int, pixels: bytes, *, packed: bool = False) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = pixels if packed else zlib.compress(pixels)
    parts = [_chunk(b"IHDR", header), _chunk(b"IDAT", body), _chunk(b"IEND", b"")]
    if colour == 3:
        parts.insert(1, _chunk(b"PLTE", bytes(768)) + _chunk(b"tRNS", bytes(256)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

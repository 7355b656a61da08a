"""PNG and GIF files."""

import io
from collections.abc import Sequence

from PIL import Image

DPI = 300


def png(picture: Image.Image) -> bytes:
    """Return a picture as a PNG at 300 dots per inch."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", dpi=(DPI, DPI), optimize=True)
    return buffer.getvalue()


def gif(frames: Sequence[Image.Image], *, seconds: float = 0.15, there_and_back: bool = False) -> bytes:
    """Return pictures of one size as a GIF that loops for ever; the first and the last frame stay longer.

    Args:
        frames: at least one.
        seconds: for each frame.
        there_and_back: play backwards too.
    """
    each = round(seconds * 1000)
    order, durations = list(frames), [each] * len(frames)
    durations[0] = durations[-1] = 4 * each
    if there_and_back and len(frames) > 2:
        order, durations = order + order[-2:0:-1], durations + [each] * (len(frames) - 2)
    table = [frame.convert("P", palette=Image.Palette.ADAPTIVE, colors=64) for frame in order]
    buffer = io.BytesIO()
    table[0].save(buffer, "GIF", save_all=True, append_images=table[1:], duration=durations, loop=0, disposal=1)
    return buffer.getvalue()

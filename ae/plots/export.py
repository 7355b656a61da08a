"""PNG, GIF, MP4 and WebM files."""

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from ae.runs import optional

DPI = 300

VIDEOS = {
    ".mp4": ("libx264", ["-crf", "18", "-movflags", "+faststart"]),
    ".webm": ("libvpx-vp9", ["-crf", "24", "-b:v", "0"]),
}
"""Codec and quality of each kind of video, by the ending of its name."""

FILMS = (".gif", *VIDEOS)
"""The endings of animations."""


def png(picture: Image.Image) -> bytes:
    """Return a picture as a PNG at 300 dots per inch."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", dpi=(DPI, DPI), optimize=True)
    return buffer.getvalue()


def film(
    frames: Sequence[Image.Image], ending: str = ".gif", *, seconds: float = 0.15, there_and_back: bool = False
) -> bytes:
    """Return pictures of one size as an animation; the first and the last frame stay longer. A GIF loops for ever.

    Args:
        frames: at least one.
        ending: one of ``FILMS``.
        seconds: for each frame.
        there_and_back: play backwards too.

    Raises:
        ValueError: a video needs imageio-ffmpeg, which is not installed.
    """
    order, times = list(frames), [1] * len(frames)
    times[0] = times[-1] = 4
    if there_and_back and len(frames) > 2:
        order, times = order + order[-2:0:-1], times + [1] * (len(frames) - 2)
    return _gif(order, times, seconds) if ending == ".gif" else _video(order, times, seconds, ending)


def _gif(frames: Sequence[Image.Image], times: Sequence[int], seconds: float) -> bytes:
    """Return a GIF whose frames are shown for ``times`` times ``seconds`` each."""
    durations = [count * round(seconds * 1000) for count in times]
    table = [frame.convert("P", palette=Image.Palette.ADAPTIVE, colors=64) for frame in frames]
    buffer = io.BytesIO()
    table[0].save(buffer, "GIF", save_all=True, append_images=table[1:], duration=durations, loop=0, disposal=1)
    return buffer.getvalue()


def _video(frames: Sequence[Image.Image], times: Sequence[int], seconds: float, ending: str) -> bytes:
    """Return a video; a white line is added to a picture of odd width or height, which the codecs do not take."""
    optional.need("A video", "imageio_ffmpeg")
    from imageio_ffmpeg import write_frames

    width, height = (side + side % 2 for side in frames[0].size)
    codec, quality = VIDEOS[ending]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / f"film{ending}"
        writer = write_frames(
            str(path), (width, height), fps=1 / seconds, codec=codec, quality=None, macro_block_size=1,
            output_params=quality,
        )  # fmt: skip
        writer.send(None)
        for frame, count in zip(frames, times, strict=True):
            paper = Image.new("RGB", (width, height), "#ffffff")
            paper.paste(frame.convert("RGB"))
            for _ in range(count):
                writer.send(paper.tobytes())
        writer.close()
        return path.read_bytes()

"""The font that words in images are set in."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

_FONT = Path(str(find_spec("matplotlib").origin)).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
"""A font with nearly every letter that a run's name may have; matplotlib brings it along."""


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Give the font that all words in pictures are set in, ``size`` pixels high."""
    return ImageFont.truetype(_FONT, max(size, 8))


def text_width(text: str, font: ImageFont.FreeTypeFont) -> int:
    """Return the width of a text in pixels."""
    return int(font.getlength(text)) + 1


def shortened(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """Shorten a text that is wider than ``width`` pixels."""
    if text_width(text, font) <= width:
        return text
    while text and text_width(text + "…", font) > width:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` pixels."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", font) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines

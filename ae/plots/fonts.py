"""The font of the text in pictures."""

from functools import cache

from font_source_sans_pro import font_files_ttf
from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

_FONT = font_files_ttf["SourceSansPro"]
"""The dashboard's own font, which covers Latin, Greek and Cyrillic letters and many symbols."""


@cache
def font(size: int) -> FreeTypeFont:
    """Return the font of all text in pictures, ``size`` pixels high, at least 8."""
    return ImageFont.truetype(_FONT, max(size, 8))


def text_width(text: str, font: FreeTypeFont) -> int:
    """Return the width of a text in pixels."""
    return int(font.getlength(text)) + 1


def shortened(text: str, font: FreeTypeFont, width: int) -> str:
    """Cut a text that is wider than ``width`` pixels, and end it with an ellipsis."""
    if text_width(text, font) <= width:
        return text
    while text and text_width(text + "…", font) > width:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, font: FreeTypeFont, width: int) -> list[str]:
    """Break a text into lines of at most ``width`` pixels; a single word may be wider."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", font) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines

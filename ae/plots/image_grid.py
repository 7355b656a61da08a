"""Pictures of many images: rows, a labelled sheet for print, the frames of an animation. Pixels stay sharp."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw

from ae.plots.colours import DIVERGING, ERROR_COLOUR
from ae.plots.fonts import font, shortened, text_width, wrapped

SIDE = 28
"""Width in pixels of the images that the measures of a sheet are meant for."""

PAPER, INK, FADED = "#ffffff", "#111111", "#555555"

ERROR_LIMIT = 0.5
ERROR_NOTE = (
    "Error: reconstruction minus original. Red: too bright; blue: too dark; black: exact; "
    f"full colour at ±{ERROR_LIMIT}."
)


@dataclass(frozen=True)
class Row:
    """A row of images, RGB bytes with shape (N, S, S, 3), with a label and, below each image, a caption.

    Images of height 0, with shape (N, 0, S, 3), make a row of captions only.
    """

    label: str
    images: np.ndarray
    captions: Sequence[str] = ()
    caption: str = ""
    """A label for the captions, to their left."""
    mistaken: Mapping[int, str] = field(default_factory=dict)
    """The class of each image that is classified wrongly, by its place: in a red frame, with the class in a corner."""
    colour: str = ""
    """Of the run whose images these are, shown as a dot before the label; empty for none."""
    scores: Sequence[str] = ()
    """What was measured of the whole row, shown with the label, as in "MSE 0.0105"."""
    red: Collection[int] = ()
    """Places of the captions to print in red."""
    strong: bool = False
    """Whether the captions are black, as what an image is classified as, and not grey."""
    hints: Sequence[str] = ()
    """Words on each caption, for the pointer, on a page."""


def to_rgb(images: np.ndarray) -> np.ndarray:
    """Convert images, with shape (N, S, S) or (N, C, S, S), C 1 or 3, to RGB bytes, with shape (N, S, S, 3).

    Images are uint8, or floats in [0, 1]; values outside are clipped, and NaN is black.
    """
    levels = images
    if images.dtype != np.uint8:
        levels = (np.nan_to_num(np.clip(images, 0, 1)) * 255).round().astype(np.uint8)
    last = levels[..., None] if levels.ndim == 3 else np.moveaxis(levels, 1, -1)
    return np.repeat(last, 3, axis=-1) if last.shape[-1] == 1 else np.ascontiguousarray(last)


def signed(difference: np.ndarray, limit: float = ERROR_LIMIT) -> np.ndarray:
    """Convert differences, with shape (N, S, S) or (N, C, S, S), to RGB bytes, with shape (N, S, S, 3).

    Blue is below zero, black at zero and NaN, red above; of colour images, the mean over the channels.

    Args:
        difference: reconstruction minus original.
        limit: the difference at full colour, the same for all rows of a comparison.
    """
    low, middle, high = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)], float) for c in DIVERGING)
    of_pixels = difference.mean(1) if difference.ndim == 4 else difference
    share = np.nan_to_num(np.clip(of_pixels / limit, -1, 1))[..., None]
    colours: np.ndarray = np.where(share < 0, middle + (low - middle) * -share, middle + (high - middle) * share)
    rounded: np.ndarray = colours.round().astype(np.uint8)
    return rounded


def captions_only(count: int, captions: Sequence[str], caption: str) -> Row:
    """Return a row of ``count`` captions without images."""
    return Row("", np.zeros((count, 0, SIDE, 3), np.uint8), captions, caption)


def strip(images: np.ndarray) -> Image.Image:
    """Join RGB images, with shape (N, S, S, 3), side by side without gaps."""
    return Image.fromarray(np.concatenate(list(images), axis=1))


def tiled(images: np.ndarray) -> np.ndarray:
    """Join a table of images in [0, 1], with shape (R, K, C, S, S), to RGB bytes (R * S, K * S, 3)."""
    rows, columns, channels, height, width = images.shape
    joined = images.transpose(2, 0, 3, 1, 4).reshape(1, channels, rows * height, columns * width)
    picture: np.ndarray = to_rgb(joined)[0]
    return picture


def side_by_side(images: Sequence[np.ndarray], scale: int) -> Image.Image:
    """Join a few RGB images, with shape (S, S, 3), side by side with small gaps, enlarged."""
    gap = np.full((len(images[0]), 1, 3), 128, np.uint8)
    parts = [part for image in images for part in (image, gap)][:-1]
    return enlarged(np.concatenate(parts, axis=1), scale)


def flip_book(rows: Sequence[Row], heads: Sequence[str], *, scale: int = 6) -> list[Image.Image]:
    """Compose each column of the rows as a separate page, with its images side by side under the rows' labels."""
    pages = []
    for i, head in enumerate(heads):
        page = [np.asarray(row.images[i]) for row in rows]
        pages.append(sheet([Row(head, np.stack(page))], heads=[row.label for row in rows], scale=scale))
    return pages


def enlarged(picture: np.ndarray, scale: int) -> Image.Image:
    """Enlarge RGB bytes, with shape (h, w, 3): each pixel becomes a square of ``scale`` pixels."""
    return Image.fromarray(np.repeat(np.repeat(picture, scale, 0), scale, 1))


def sheet(
    rows: Sequence[Row], *, heads: Sequence[str] = (), title: str = "", note: str = "", scale: int = 8
) -> Image.Image:
    """Compose rows as one labelled picture on white paper, for a report.

    Args:
        rows: all with the same number of images.
        heads: a heading for each column.
        title: one line at the top.
        note: below the rows, wrapped.
        scale: pixels of the picture for each pixel of an image of 28 x 28, which makes it 19 mm wide at 300 dpi with 8;
            larger images are enlarged less, to about the same width.
    """
    count = len(rows[0].images)
    across = next((row.images.shape[2] for row in rows if row.images.size), SIDE)
    scale = max(1, round(scale * SIDE / across))
    side = across * scale
    small, large = font(scale * across // 9), font(scale * across // 7)
    gap, line = max(2, scale // 2), round(small.size * 1.5)
    dot = round(large.size) if any(row.colour for row in rows) else 0
    labels = [text_width(row.label, large) + dot for row in rows]
    labels += [text_width(text, small) + dot for row in rows for text in (row.caption, *row.scores)]
    left = max(labels) + 3 * gap
    step = side + gap
    width = left + count * step + gap
    notes = wrapped(note, small, width - 4 * gap)
    heights = [(step if row.images.size else 0) + (line if row.captions else 0) for row in rows]
    top = gap + (round(large.size * 1.7) if title else 0)
    columns = [wrapped(head, small, step) for head in heads]
    head_lines = max(map(len, columns), default=0)
    height = top + line * head_lines + sum(heights) + line * len(notes) + 2 * gap
    paper = Image.new("RGB", (width, height), PAPER)
    pen = ImageDraw.Draw(paper)
    if title:
        pen.text((gap, gap), shortened(title, large, width - 2 * gap), INK, large)

    def write(cells: Sequence[str], y: int, red: Collection[int] = (), strong: bool = False) -> None:
        for i, text in enumerate(cells):
            colour = ERROR_COLOUR if i in red else INK if strong else FADED
            pen.text(
                (left + i * step + side / 2, y + line / 2), shortened(text, small, step), colour, small, anchor="mm"
            )

    def mark(i: int, text: str, y: int) -> None:
        """Frame image ``i`` of the row that begins at ``y`` in red, with a text in the lower right corner."""
        right, below = left + i * step + side, y + side
        pen.rectangle((right - side, y, right - 1, below - 1), outline=ERROR_COLOUR, width=max(2, scale // 2))
        text = shortened(text, small, side - 2 * gap)
        box = (right - text_width(text, small) - 2 * gap, below - line, right - 1, below - 1)
        pen.rectangle(box, ERROR_COLOUR)
        pen.text((right - gap, below - line / 2), text, PAPER, small, anchor="rm")

    y = top
    for i in range(head_lines):
        write([column[i] if i < len(column) else "" for column in columns], y)
        y += line
    for row, tall in zip(rows, heights, strict=True):
        below = y
        if row.images.size:
            middle = y + side / 2 - line * len(row.scores) / 2
            if row.colour:
                pen.circle((gap + dot / 3, middle), dot / 3, row.colour)
            pen.text((gap + dot, middle), row.label, INK, large, anchor="lm")
            for place, score in enumerate(row.scores, start=1):
                pen.text((gap + dot, middle + line * place), score, FADED, small, anchor="lm")
            for i, image in enumerate(row.images):
                paper.paste(enlarged(image, scale), (left + i * step, y))
            for i, text in row.mistaken.items():
                mark(i, text, y)
            below += step - gap
        if row.captions:
            pen.text((gap, below + line / 2), row.caption, FADED, small, anchor="lm")
            write(row.captions, below, row.red, row.strong)
        y += tall
    for text in notes:
        pen.text((gap, y + gap), text, FADED, small)
        y += line
    return paper


def titled(picture: Image.Image, title: str) -> Image.Image:
    """Put a picture on white paper with a title above it, wrapped."""
    letters = font(max(14, picture.width // 60))
    lines = wrapped(title, letters, picture.width)
    step = round(letters.size * 1.5)
    paper = Image.new("RGB", (picture.width + step, picture.height + step * (len(lines) + 1)), PAPER)
    for i, line in enumerate(lines):
        ImageDraw.Draw(paper).text((step // 2, step // 2 + i * step), line, INK, letters)
    paper.paste(picture.convert("RGB"), (step // 2, step * len(lines) + step // 2))
    return paper


def corners_title(corners: Sequence[int], name: str) -> str:
    """Return the title of a square of images: the test images in its corners and the model that decoded it."""
    places = ("top left", "top right", "bottom left", "bottom right")
    named = ", ".join(f"{index} ({place})" for index, place in zip(corners, places, strict=True))
    return f"Between the test images {named}, decoded by {name}"

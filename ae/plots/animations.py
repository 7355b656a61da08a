"""Animations of a replay: the latent codes and the reconstructions, epoch by epoch."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageDraw

from ae.analysis import latent
from ae.analysis.latent import Bounds, Plane
from ae.data.sources import UNLABELLED
from ae.plots import export, fonts, image_grid
from ae.plots.colours import CLASSES
from ae.plots.image_grid import Row, to_rgb
from ae.runs.replay import Replay

SIDE = 440
"""Width and height of the scatter plot of codes, in pixels."""

LISTED, IN_A_ROW = 30, 10
"""The most classes in a legend, and in a row of it."""

FINE = 2
"""The scatter plot is drawn larger by this factor and then shrunk, so that its points look round."""

DIMMED = 0.6
"""The share of the light of a picture behind the points, which then stand out, as in ``frontend/scatter_draw.js``."""


def view(replay: Replay) -> tuple[Plane, Bounds]:
    """Return the plane of the last epoch's codes, and a rectangle on it around the codes of the second half."""
    codes = torch.from_numpy(replay.codes.astype(np.float32))
    where = latent.plane(codes[-1])
    later = codes[len(codes) // 2 :]
    return where, latent.bounds(where.to_plane(later.reshape(-1, codes.shape[2])), outside=0.002)


def cloud(replay: Replay, frame: int, where: Plane, area: Bounds, *, paper: str = "") -> Image.Image:
    """Draw the codes of an epoch as points coloured by class, ``SIDE`` pixels square, on ``paper`` or transparent."""
    points = where.to_plane(torch.from_numpy(replay.codes[frame].astype(np.float32))).numpy()
    return scatter(points, replay.labels, area, paper=paper)


def scatter(
    points: np.ndarray,
    labels: np.ndarray,
    area: Bounds,
    *,
    paper: str = "",
    side: int = SIDE,
    behind: Image.Image | None = None,
) -> Image.Image:
    """Draw points, with shape (N, 2), coloured by class, (N,), ``side`` pixels square, on ``paper`` or transparent.

    If there is a picture ``behind`` them, it fills the area, dimmed.
    """
    fine = side * FINE
    x = (points[:, 0] - area.left) / (area.right - area.left) * fine
    y = (area.top - points[:, 1]) / (area.top - area.bottom) * fine
    picture = Image.new("RGBA", (fine, fine), paper or (0, 0, 0, 0))
    if behind:
        dimmed = behind.convert("RGB").point(lambda level: round(DIMMED * level))
        picture.paste(dimmed.resize((fine, fine), Image.Resampling.BOX))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, fine - 1, fine - 1), outline="#8d93a1", width=FINE)
    radius = (1.5 + side / 300) * FINE
    for left, top, label in zip(x, y, labels, strict=True):
        if 0 <= left <= fine and 0 <= top <= fine:
            colour = CLASSES[int(label) % len(CLASSES)]
            edge = "#14161a" if behind else None
            pen.ellipse((left - radius, top - radius, left + radius, top + radius), colour, edge, FINE)
    return picture.resize((side, side), Image.Resampling.BOX)


def labelled(picture: Image.Image, title: str, names: Sequence[str]) -> Image.Image:
    """Put a picture on white paper, with a title above and a legend of the classes below, if there are any."""
    size = max(14, picture.width // 32)
    font, gap = fonts.font(size), size // 2
    shown = [] if tuple(names) == UNLABELLED else [*names[:LISTED], *["…"] * (len(names) > LISTED)]
    rows = -(-len(shown) // IN_A_ROW)
    paper = Image.new("RGB", (picture.width + 2 * gap, picture.height + (3 + 2 * rows) * size), "#ffffff")
    pen = ImageDraw.Draw(paper)
    pen.text((gap, gap), fonts.shortened(title, font, picture.width), "#111111", font)
    paper.paste(picture.convert("RGB"), (gap, 2 * size + gap))
    step = picture.width / min(max(len(shown), 1), IN_A_ROW)
    for i, name in enumerate(shown):
        x = gap + i % IN_A_ROW * step
        y = picture.height + (3.9 + 2 * (i // IN_A_ROW)) * size
        pen.ellipse((x, y - size / 3, x + size * 2 / 3, y + size / 3), CLASSES[i % len(CLASSES)])
        label = fonts.shortened(name, font, int(step - size))
        pen.text((x + size, y), label, "#111111", font, anchor="lm")
    return paper


def frame_rows(replay: Replay, frame: int) -> list[Row]:
    """Return the originals and their reconstructions after an epoch, as rows of eight."""
    rows = []
    for start in range(0, len(replay.images), 8):
        part = slice(start, start + 8)
        rows.append(Row("Original", to_rgb(replay.images[part] / 255)))
        rows.append(Row("Reconstruction", to_rgb(replay.reconstructed[frame, part] / 255)))
    return rows


def reconstructions_film(replay: Replay, title: str, ending: str = ".gif") -> bytes:
    """Return an animation of the reconstructions, epoch by epoch; ``ending`` is one of ``export.FILMS``."""
    frames = [
        image_grid.sheet(frame_rows(replay, i), title=f"{title} · epoch {epoch}", scale=3)
        for i, epoch in enumerate(replay.epochs)
    ]
    return export.film(frames, ending, seconds=0.2)


def codes_film(replay: Replay, title: str, names: Sequence[str], ending: str = ".gif") -> bytes:
    """Return an animation of the latent codes, epoch by epoch; ``names`` are those of the classes."""
    where, area = view(replay)
    frames = [
        labelled(cloud(replay, i, where, area, paper="#ffffff"), f"{title} · epoch {epoch}", names)
        for i, epoch in enumerate(replay.epochs)
    ]
    return export.film(frames, ending, seconds=0.2)

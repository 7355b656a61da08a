"""Names of lines inside their chart, each next to its line where nothing else is: they take no width from it."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from ae.plots.direct_labels import LONGEST, Label, marked
from ae.plots.style import shortened

NARROW = 278
"""Width in pixels of the axes on a phone: a name that is free there is free in a wider chart too."""

MARK, LETTER, LINE, GAP = 14, 4.8, 16, 5
"""Pixels: the widths of the mark and of a letter, the height of a name, and the least distance to any line."""

CLEARLY = 3
"""Pixels by which a name is at least closer to its own line than to any other."""

FAR = 40
"""Pixels between a name and its line from which it would not be clear whose it is."""

STEP = 0.02
"""Between the places that are tried, as a share of the width."""


class Box(NamedTuple):
    """A name's place on a phone: shares of the axes' width, and values."""

    left: float
    right: float
    low: float
    high: float


class Place(NamedTuple):
    """A place that is free of lines, and how bad it is."""

    cost: float
    box: Box
    at_right: bool
    """Whether the name ends at the right of the box, where it is closest to its line, or begins at its left."""


def name_inside(
    figure: go.Figure,
    strengths: Sequence[float],
    curves: Sequence[Sequence[float | None]],
    labels: Sequence[Label],
    *,
    area: tuple[float, float],
    height: int,
    avoid: float,
) -> bool:
    """Write the name of each line above or below it, inside the axes, if there is room for all of them.

    Args:
        figure: whose x axis shows exactly the range of ``strengths``, and whose y axis ``area``.
        strengths: where the lines have values, ascending.
        curves: the values of each line; None where it has none.
        labels: one for each line.
        area: the least and the greatest value on the y axis.
        height: of the axes in pixels.
        avoid: a place on the x axis where a name had better not be, as a line across the chart is there.

    Returns:
        whether the names were written.
    """
    x = (np.array(strengths, float) - strengths[0]) / (strengths[-1] - strengths[0])
    grid = np.linspace(0, 1, round(1 / STEP) * 2 + 1)
    lines = [_line(grid, x, curve) for curve in curves]
    across = (avoid - strengths[0]) / (strengths[-1] - strengths[0])
    pixel = (area[1] - area[0]) / height
    free = [
        sorted(_places(i, grid, lines, len(shortened(label.name, LONGEST)), area, pixel, across))
        for i, label in enumerate(labels)
    ]
    found = _apart(free)
    if found is None:
        return False
    for label, place in zip(labels, found, strict=True):
        box = place.box
        share = box.right if place.at_right else box.left
        figure.add_annotation(
            text=marked(label),
            x=strengths[0] + share * (strengths[-1] - strengths[0]),
            y=(box.low + box.high) / 2,
            xanchor="right" if place.at_right else "left",
            yanchor="middle",
            showarrow=False,
            borderpad=0,
            font={"size": 12},
        )
    return True


def _line(grid: np.ndarray, x: np.ndarray, curve: Sequence[float | None]) -> np.ndarray:
    """Return the values of a line on a grid, NaN where it has none."""
    values = np.array([math.nan if value is None else value for value in curve], float)
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(grid), math.nan)
    found: np.ndarray = np.interp(grid, x[known], values[known], left=math.nan, right=math.nan)
    return found


def _places(
    own: int,
    grid: np.ndarray,
    lines: Sequence[np.ndarray],
    letters: int,
    area: tuple[float, float],
    pixel: float,
    across: float,
) -> list[Place]:
    """Return the places of a name that touch no line, and are closer to its own than to any other."""
    width = math.ceil((MARK + LETTER * letters) / NARROW / STEP) * 2
    places = []
    for start in range(0, len(grid) - width, 2):
        span = slice(start, start + width + 1)
        mine = lines[own][span]
        if not np.isfinite(mine).all():
            continue
        for side in (1, -1):
            edge = (mine.max() if side > 0 else mine.min()) + side * GAP * pixel
            far = edge + side * LINE * pixel
            box = Box(grid[start], grid[start + width], min(edge, far), max(edge, far))
            if box.low < area[0] or box.high > area[1]:
                continue
            others = [_distance(line[span], box) / pixel for i, line in enumerate(lines) if i != own]
            gaps = np.abs(mine[[0, -1]] - edge) / pixel  # at the ends of the name
            if min(others, default=math.inf) < gaps.min() + CLEARLY or gaps.min() > FAR:
                continue
            crossed = box.left - STEP < across < box.right + STEP
            cost = gaps.mean() + 60 * crossed + 20 * (1 - box.right) + 200 / (1 + min(others, default=math.inf))
            places.append(Place(float(cost), box, bool(gaps[1] <= gaps[0])))
    return places


def _distance(line: np.ndarray, box: Box) -> float:
    """Return how far above or below a name a line passes; 0 if it touches it."""
    values = line[np.isfinite(line)]
    if not len(values):
        return math.inf
    if values.min() > box.high:
        return float(values.min() - box.high)
    return max(0.0, float(box.low - values.max()))


def _apart(free: Sequence[Sequence[Place]], most: int = 12) -> list[Place] | None:
    """Return one place for each name, of which no two overlap, at the least cost; None if there are none.

    The names with the fewest places come first, and of each the best ``most`` places that are apart are tried.
    """
    order = sorted(range(len(free)), key=lambda i: len(free[i]))
    beams: list[tuple[float, list[Place]]] = [(0.0, [])]
    for i in order:
        grown = [
            (cost + place.cost, [*chosen, place])
            for (cost, chosen), place in itertools.product(beams, free[i])
            if not any(_overlap(place.box, other.box) for other in chosen)
        ]
        beams = sorted(grown, key=lambda beam: beam[0])[:most]
    if not beams:
        return None
    places = dict(zip(order, beams[0][1], strict=True))
    return [places[i] for i in range(len(free))]


def _overlap(one: Box, other: Box) -> bool:
    return (
        one.left < other.right + STEP
        and other.left < one.right + STEP
        and one.low < other.high
        and other.low < one.high
    )

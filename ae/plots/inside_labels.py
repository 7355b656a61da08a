"""Names of lines inside their chart, each next to its line, where it covers nothing: they take no width from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, pairwise
from math import inf, isfinite
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from ae.plots.direct_labels import Label, marked
from ae.plots.fonts import font, text_width
from ae.plots.style import shortened

WIDTHS = (280, 420)
"""Width of the axes on a phone and on a laptop, in pixels: what is free there is free in wider ones."""

SIZE, MARK, LINE = 12, 14, 15
"""Pixels: the type of a name, the width of its mark, and the height of its line."""

LONGEST = 32
"""The most characters of a name; longer names are cut in the middle."""

DOT = 4
"""The radius of a point in pixels."""

STEP, STEPS = 4, 8
"""By how many pixels a name moves away from its line, and how often it may."""

ALONG = 36
"""In how many places along the width a name may be."""

CLEAR = 3
"""Pixels between a name and everything that is drawn."""

APART = 10
"""Pixels that are free between a name and every other text."""

CLOSER = 2
"""Pixels by which another line may be nearer to a name, on the far side of its own where both nearly coincide."""

ALONE = 24
"""By how many pixels its own line is nearer to a name than the others, if there is room."""

GRID, ACROSS = 24, 60
"""By how many pixels a name may be further away from its line to keep clear of the grid, and of a line across."""

KEPT = 12
"""How many ways to place the first names are tried for the next."""

Point = tuple[float, float]
"""A place in the axes, from 0 to 1."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in pixels."""


class Name(NamedTuple):
    """The place of a name at a point of its line."""

    line: str
    x: float
    y: float
    """The point in the axes, from 0 to 1."""
    side: int
    """Whether the name extends to the right (1) or to the left (-1) of the point."""
    above: float
    """By how many pixels its middle is above the point."""

    def box(self, width: float, height: float) -> Box:
        """Return the box of the name in axes of some size."""
        start, level = self.x * width - self.side * DOT, self.y * height + self.above
        end = start + self.side * name_width(self.line)
        return min(start, end), level - LINE / 2, max(start, end), level + LINE / 2


@dataclass
class Space:
    """What the axes hold: places that names keep clear of, from 0 to 1."""

    lines: Mapping[str, Sequence[Point]]
    """By name, each with at least one point."""
    height: float
    """Of the axes in pixels."""
    gap: float
    """Pixels between a line and its name."""
    texts: Mapping[int, Sequence[Box]] = field(default_factory=dict)
    """The boxes of other texts for each of ``WIDTHS``."""
    ways: Sequence[Sequence[Point]] = ()
    """What else is drawn, as lines through points."""
    grid: Sequence[float] = ()
    """The levels of the grid."""
    across: Sequence[float] = ()
    """Where a line goes across all levels, over which a name would better not be."""


def placed(
    x: Iterable[float], y: Iterable[float | None], across: tuple[float, float], up: tuple[float, float]
) -> list[Point]:
    """Return points in axes with the values at their ends, without those that have no value."""
    return [
        ((at - across[0]) / (across[1] - across[0]), (level - up[0]) / (up[1] - up[0]))
        for at, level in zip(x, y, strict=True)
        if level is not None and isfinite(level)
    ]


@cache
def name_width(line: str) -> float:
    """Return the pixels that a name takes with its mark."""
    return MARK + text_width(shortened(line, LONGEST), font(SIZE))


def inside(space: Space) -> list[Name] | None:
    """Return where the names of the lines stand inside the axes; None if there is not enough room for each.

    A name is near its line, rather to the right, where it covers nothing and no other line is as near. Those with the
    fewest places find theirs first.
    """
    found = {line: _places(space, line) for line in space.lines}
    ways: list[tuple[float, list[Name]]] = [(0.0, [])]
    for line in sorted(found, key=lambda each: len(found[each])):
        grown = []
        for cost, names in ways:
            free = (each for each in found[line] if not any(_collide(each[1], name, space.height) for name in names))
            grown += [(cost + more, [*names, name]) for more, name in islice(free, KEPT)]
        ways = sorted(grown, key=lambda way: way[0])[:KEPT]
    return ways[0][1] if ways else None


def _places(space: Space, line: str) -> list[tuple[float, Name]]:
    """Return where a name may stand, the best first, with how far it is from being close to its own line only."""
    points = np.array(sorted(space.lines[line]))
    x = np.unique([*points[:, 0], *np.linspace(points[0, 0], points[-1, 0], ALONG)])
    x, side, step, way = (part.ravel() for part in np.meshgrid(x, (-1, 1), np.arange(STEPS), (1, -1), indexing="ij"))
    y = np.interp(x, points[:, 0], points[:, 1])
    above = way * (space.gap + LINE / 2 + step * STEP)
    cost = ALONE * (1 - x)
    for width in WIDTHS:
        free = np.isfinite(cost)
        cost[free] += _cost(space, line, width, x[free], y[free], side[free], above[free])
    order = [i for i in np.argsort(cost, kind="stable") if cost[i] < inf]
    return [(float(cost[i]), Name(line, float(x[i]), float(y[i]), int(side[i]), float(above[i]))) for i in order]


def _cost(
    space: Space, line: str, width: float, x: np.ndarray, y: np.ndarray, side: np.ndarray, above: np.ndarray
) -> np.ndarray:
    """Return how bad each place of a name is in axes of some width; infinite if it covers something."""
    start, middle = x * width - side * DOT, y * space.height + above
    end = start + side * name_width(line)
    within = (np.minimum(start, end) >= 0) & (np.maximum(start, end) <= width)
    within &= (middle >= LINE / 2) & (middle <= space.height - LINE / 2)
    if not within.all():
        costs = np.full(len(x), inf)
        costs[within] = _cost(space, line, width, x[within], y[within], side[within], above[within])
        return costs
    left, right = np.minimum(start, end)[:, None], np.maximum(start, end)[:, None]
    low, high = middle[:, None] - LINE / 2, middle[:, None] + LINE / 2
    scale = np.array([width, space.height])

    def distance(places: np.ndarray) -> np.ndarray:
        aside = np.maximum(0, np.maximum(left - places[:, 0], places[:, 0] - right))
        over = np.maximum(0, np.maximum(low - places[:, 1], places[:, 1] - high))
        return np.asarray(np.sqrt((aside * aside + over * over).min(axis=1)))

    lines = {name: _along(points, scale) for name, points in space.lines.items()}
    own, others = lines[line], [places for name, places in lines.items() if name != line]
    near = distance(own)
    next_near = np.min([distance(places) for places in others], axis=0) if others else np.full(len(x), inf)
    bad = (near < CLEAR) | (next_near < np.maximum(CLEAR, near - CLOSER))
    if space.ways:
        bad |= distance(np.concatenate([_along(way, scale) for way in space.ways])) < CLEAR
    for places in others:  # none passes between the name and its line
        levels = np.interp(places[:, 0], own[:, 0], own[:, 1])
        inner = (np.minimum(levels, middle[:, None]) + 0.5 < places[:, 1]) & (
            places[:, 1] < np.maximum(levels, middle[:, None]) - 0.5
        )
        bad |= (inner & (left <= places[:, 0]) & (places[:, 0] <= right)).any(axis=1)
    for text in space.texts.get(int(width), ()):
        aside = np.maximum(left - text[2], text[0] - right)
        bad |= np.maximum(aside, np.maximum(low - text[3], text[1] - high))[:, 0] < APART
    struck = (np.abs(np.array(space.grid) * space.height - middle[:, None]) < LINE / 2 - 1).any(axis=1)
    places = np.array(space.across) * width
    crossed = ((left - DOT < places) & (places < right + DOT)).any(axis=1)
    cost = near + np.clip(ALONE - (next_near - near), 0, None) / 2 + GRID * struck + ACROSS * crossed
    return np.where(bad, inf, cost)


def _along(points: Sequence[Point], scale: np.ndarray) -> np.ndarray:
    """Return places in pixels along a line through some points, at most four pixels apart."""
    ends = [np.array(point) * scale for point in sorted(points)]
    places = [ends[0][None]]
    for one, other in pairwise(ends):
        count = 2 + int(np.hypot(*(other - one)) / 4)
        places.append(np.linspace(one, other, count)[1:])
    return np.concatenate(places)


def _collide(name: Name, other: Name, height: float) -> bool:
    """Whether two names are too close in any axes."""
    boxes = ((name.box(width, height), other.box(width, height)) for width in WIDTHS)
    return any(max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3]) < APART for a, b in boxes)


def write_inside(
    figure: go.Figure,
    names: Sequence[Name],
    labels: Sequence[Label],
    across: tuple[float, float],
    up: tuple[float, float],
) -> None:
    """Write the names inside the axes.

    Args:
        figure: with the lines.
        names: and where they stand.
        labels: of the lines.
        across: the ends of the x axis, of a logarithmic one their logarithms.
        up: those of the y axis.
    """
    texts = {label.name: marked(label, LONGEST) for label in labels}
    for name in names:
        figure.add_annotation(
            text=texts[name.line],
            x=across[0] + name.x * (across[1] - across[0]),
            y=up[0] + name.y * (up[1] - up[0]),
            xanchor="left" if name.side > 0 else "right",
            xshift=-name.side * DOT,
            yanchor="middle",
            yshift=name.above,
            showarrow=False,
            borderpad=0,
            font={"size": SIZE},
        )

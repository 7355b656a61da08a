"""Where the names of the lines of a chart stand: inside the axes beside their lines, where they cover nothing."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from ae.plots.direct_labels import apart
from ae.plots.findings_shape import LINE, RING, axes, end_level, grid, marked, shaded, sides, text_box, wrapped
from ae.plots.style import PLOT, escaped
from ae.runs.findings.question import Panel

WIDTHS = (260, 340, 420)
"""Width of the axes on a phone, a small laptop and a large one, in pixels, if the names are inside."""

NAME = 6.6
"""Pixels of a letter in the name of a line."""

STEP, STEPS = 4, 5
"""By how many pixels a name moves away from its line, and how often it may."""

DOT = 4
"""The radius of a point in pixels."""

APART = 10
"""Pixels that are free between a name and every other text."""

ALONE = 24
"""By how many pixels its own line is nearer to a name than the others, if there is room."""

GRID = 8
"""By how many pixels a name may be further away from its line to keep clear of the grid."""

LONGEST = 13
"""The most letters in a row of the name of a line that stands beside the axes."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in pixels."""


class Name(NamedTuple):
    """The place of a name at a point of its line."""

    line: str
    point: int
    """The number of the point."""
    side: int
    """Whether the name extends to the right (1) or to the left (-1) of the point."""
    above: float
    """By how many pixels its middle is above the point."""


class _Space:
    """What the axes hold at some width: places in pixels that names keep clear of."""

    def __init__(self, panel: Panel, width: int) -> None:
        across, up = axes(panel)
        self.width, self.texts = width, _texts(panel, width)
        self.points = {line: _places(panel, line) for line in panel.parts}

        def way(part_x: Sequence[float], part_y: Sequence[float]) -> np.ndarray:
            return _along([(across.at(x) * width, up.at(y) * PLOT) for x, y in zip(part_x, part_y, strict=True)])

        self.lines = {line: way(part[panel.x], part["mean"]) for line, part in panel.parts.items()}
        spreads = [
            way([row[panel.x]] * 2, [row["least"], row["most"]])
            for part in panel.parts.values()
            for row in part.to_dict("records")
        ]
        spreads += [way(part[panel.x], part[edge]) for part in panel.parts.values() for edge in ("least", "most")]
        if zone := shaded(panel):
            spreads.append(_along([(across.at(zone[0]) * width, 0.0), (across.at(zone[0]) * width, float(PLOT))]))
        self.grid = np.array([up.at(level) * PLOT for level in grid(panel)[1]])
        self.covered = np.concatenate([*self.lines.values(), *spreads])

    def cost(self, name: Name) -> float:
        """Return how far a name is from being close to its own line only; infinite if it covers something."""
        left, bottom, right, top = box = name_box(self.points[name.line], name, self.width)
        if left < 0 or right > self.width or bottom < 0 or top > PLOT:
            return inf
        if any(_near(box, text, APART) for text in self.texts) or _distance(box, self.covered) < 1:
            return inf
        own, others = self.lines[name.line], [way for line, way in self.lines.items() if line != name.line]
        near, next_near = _distance(box, own), min(_distance(box, way) for way in others)
        if next_near < near - 2 or any(self._between(box, own, way) for way in others):
            return inf
        struck = bool((np.abs(self.grid - (bottom + top) / 2) < LINE / 2 - 1).any())
        return near + max(0.0, ALONE - (next_near - near)) / 2 + GRID * struck

    def _between(self, box: Box, own: np.ndarray, other: np.ndarray) -> bool:
        """Whether another line passes between a name and its own line."""
        here = other[(box[0] <= other[:, 0]) & (other[:, 0] <= box[2])]
        levels = np.interp(here[:, 0], own[:, 0], own[:, 1])
        middle = (box[1] + box[3]) / 2
        low, high = np.minimum(levels, middle) + 0.5, np.maximum(levels, middle) - 0.5
        return bool(((low < here[:, 1]) & (here[:, 1] < high)).any())


def inside(panel: Panel) -> list[Name] | None:
    """Return where the names of the lines stand inside the axes; None if there is not enough room for each.

    A name is near one of the points of its line, rather to the right, where it covers nothing and no other line is as
    near. The longest finds its place first.
    """
    if len(panel.parts) < 2:
        return None
    spaces = [_Space(panel, width) for width in WIDTHS]
    found = []
    for line in sorted(panel.parts, key=len, reverse=True):
        best: tuple[float, Name] | None = None
        for least, name in sorted(_candidates(panel, line)):
            if best and best[0] <= least:
                break
            cost = least + max(space.cost(name) for space in spaces)
            if cost < (best[0] if best else inf):
                best = cost, name
        if best is None:
            return None
        found.append(best[1])
        for space in spaces:
            space.texts.append(name_box(space.points[line], best[1], space.width))
    return found


def _candidates(panel: Panel, line: str) -> list[tuple[float, Name]]:
    """Return where a name may stand, each with the least that it costs: more at the beginning of its line."""
    return [
        (ALONE / 2 * (1 - x), Name(line, point, side, way * (RING + LINE / 2 + step * STEP)))
        for point, (x, _) in enumerate(_places(panel, line))
        for side in (-1, 1)
        for way in (1, -1)
        for step in range(STEPS)
    ]


def _places(panel: Panel, line: str) -> list[tuple[float, float]]:
    """Return the points of a line with places from 0 to 1."""
    across, up = axes(panel)
    part = panel.parts[line]
    return [(across.at(x), up.at(mean)) for x, mean in zip(part[panel.x], part["mean"], strict=True)]


def name_box(points: Sequence[tuple[float, float]], name: Name, width: float) -> Box:
    """Return the box of a name in axes of some width; the points of its line have places from 0 to 1."""
    x, y = points[name.point]
    start, level = x * width - name.side * DOT, y * PLOT + name.above
    end = start + name.side * NAME * (len(name.line) + 2)
    return min(start, end), level - LINE / 2, max(start, end), level + LINE / 2


def _texts(panel: Panel, width: float) -> list[Box]:
    """Return the boxes of the texts and rings that a chart has without the names."""
    across, up = axes(panel)
    places = [(across.at(x), up.at(y), len(mark.text)) for mark, x, y in marked(panel)]
    found = [
        text_box(place, side, width, PLOT)
        for place, side in zip(places, sides(panel, [(each, PLOT) for each in WIDTHS]), strict=True)
        if place[2]
    ]
    found += [(x * width - DOT, y * PLOT - DOT, x * width + DOT, y * PLOT + DOT) for x, y, _ in places]
    if zone := shaded(panel):
        found.append((across.at(zone[0]) * width, PLOT - 3.2 * LINE, across.at(zone[1]) * width, float(PLOT)))
    return found


def _along(points: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return places along a line through some points, at most three pixels apart."""
    places = [np.array(points[:1])]
    for one, other in pairwise(points):
        count = 2 + int(np.hypot(other[0] - one[0], other[1] - one[1]) / 3)
        places.append(np.linspace(one, other, count)[1:])
    return np.concatenate(places)


def _distance(box: Box, places: np.ndarray) -> float:
    """Return the distance of a box from the nearest of some places; 0 if one is inside."""
    aside = np.maximum(0, np.maximum(box[0] - places[:, 0], places[:, 0] - box[2]))
    above = np.maximum(0, np.maximum(box[1] - places[:, 1], places[:, 1] - box[3]))
    return float(np.hypot(aside, above).min())


def _near(box: Box, other: Box, most: float) -> bool:
    """Whether two boxes are less than so many pixels apart."""
    across, up = max(box[0] - other[2], other[0] - box[2]), max(box[1] - other[3], other[1] - box[3])
    return max(across, up) < most


def write_beside(figure: go.Figure, panel: Panel, colours: Mapping[str, str]) -> None:
    """Write the name of each line to the right of the axes, level with its end, but never over another."""
    across, up = axes(panel)
    names = {name: wrapped(escaped(name), "<br>", LONGEST) for name in panel.parts}
    rows = max(name.count("<br>") + 1 for name in names.values())
    ends = [up.low + up.at(level) * (up.high - up.low) for level in map(end_level, panel.parts.values())]
    for name, y in zip(names, apart(ends, LINE * rows * (up.high - up.low) / PLOT, up.low, up.high), strict=True):
        end = float(panel.parts[name][panel.x].iloc[-1])
        figure.add_annotation(
            text=f'<span style="color: {colours[name]}">●</span> {names[name]}',
            x=1 if across.at(end) > 0.5 else across.low + across.at(end) * (across.high - across.low),
            xref="paper" if across.at(end) > 0.5 else "x",
            xanchor="left",
            xshift=6 if across.at(end) > 0.5 else 10,
            y=y,
            yanchor="middle",
            showarrow=False,
            align="left",
            font={"size": 12},
        )
    longest = max(len(row) for name in names.values() for row in name.split("<br>"))
    figure.update_layout(margin={"r": round(NAME * (longest + 2)) + 14})


def write_inside(figure: go.Figure, panel: Panel, colours: Mapping[str, str], names: Sequence[Name]) -> None:
    """Write the name of each line inside the axes."""
    across, up = axes(panel)
    for line, point, side, above in names:
        row = panel.parts[line].iloc[point]
        figure.add_annotation(
            text=f'<span style="color: {colours[line]}">●</span> {escaped(line)}',
            x=across.low + across.at(row[panel.x]) * (across.high - across.low),
            y=up.low + up.at(row["mean"]) * (up.high - up.low),
            xanchor="left" if side > 0 else "right",
            xshift=-side * DOT,
            yanchor="middle",
            yshift=above,
            showarrow=False,
            borderpad=0,
            font={"size": 12},
        )

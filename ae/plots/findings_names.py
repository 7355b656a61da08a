"""Where the names of the lines of a chart stand: inside the axes near their ends, where they cross nothing."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ae.plots.direct_labels import apart
from ae.plots.findings_shape import (
    LINE,
    RING,
    axes,
    crosses,
    drawn_lines,
    end_level,
    marked,
    shaded,
    sides,
    text_box,
    wrapped,
)
from ae.plots.style import PLOT, escaped
from ae.runs.findings.question import Panel

WIDTHS = (260, 420)
"""Width of the axes on a phone and on a laptop, in pixels, if the names are inside."""

NAME = 6.6
"""Pixels of a letter in the name of a line."""

STEP, STEPS = 4, 9
"""By how many pixels a name moves away from its line, and how often it may."""

DOT = 4
"""The radius of a point in pixels."""

LONGEST = 13
"""The most letters in a row of the name of a line that stands beside the axes."""

Box = tuple[float, float, float, float]
"""Left, bottom, right and top in pixels."""


class Name(NamedTuple):
    """The place of a name: its right edge at the end of the line, and its middle so many pixels above it."""

    line: str
    above: float


def inside(panel: Panel) -> list[Name] | None:
    """Return where the names of the lines stand inside the axes; None if there is not enough room for each."""
    across, up = axes(panel)
    ends = {
        line: (across.at(part[panel.x].iloc[-1]), up.at(part["mean"].iloc[-1])) for line, part in panel.parts.items()
    }
    if len(ends) < 2 or min(x for x, _ in ends.values()) < 0.5:
        return None
    taken = [_taken(panel, width) for width in WIDTHS]
    found = []
    tops = sorted(ends, key=lambda line: -ends[line][1])
    for place, line in enumerate(tops):
        upwards = 1 if 2 * place < len(tops) else -1
        moves = [side * (RING + LINE / 2 + step * STEP) for step in range(STEPS) for side in (upwards, -upwards)]
        below = max((ends[line][1] - ends[other][1] for other in tops[place + 1 : place + 2]), default=1.0) * PLOT
        over = max((ends[other][1] - ends[line][1] for other in tops[max(0, place - 1) : place]), default=1.0) * PLOT
        moves = [move for move in moves if -below < move < over]  # no other line ends between a name and its line
        free = next((move for move in moves if _is_free(panel, line, ends[line], move, taken)), None)
        if free is None:
            return None
        found.append(Name(line, free))
        for width, boxes in zip(WIDTHS, taken, strict=True):
            boxes.append(name_box(line, ends[line], free, width))
    return found


def name_box(line: str, end: tuple[float, float], above: float, width: float) -> Box:
    """Return the box of a name whose line ends at a place from 0 to 1."""
    right, level = end[0] * width + DOT, end[1] * PLOT + above
    return right - NAME * (len(line) + 2), level - LINE / 2, right, level + LINE / 2


def _taken(panel: Panel, width: float) -> list[Box]:
    """Return the boxes of the texts that a chart has without the names."""
    across, up = axes(panel)
    places = [(across.at(x), up.at(y), len(mark.text)) for mark, x, y in marked(panel)]
    found = [
        text_box(place, side, width, PLOT)
        for place, side in zip(places, sides(panel, [(each, PLOT) for each in WIDTHS]), strict=True)
        if place[2]
    ]
    found += [(x * width - RING, y * PLOT - RING, x * width + RING, y * PLOT + RING) for x, y, _ in places]
    if zone := shaded(panel):
        found.append((across.at(zone[0]) * width, PLOT - 3.2 * LINE, across.at(zone[1]) * width, float(PLOT)))
    return found


def _is_free(panel: Panel, line: str, end: tuple[float, float], above: float, taken: Sequence[Sequence[Box]]) -> bool:
    """Whether a name crosses no line, no text and no edge, at each width."""
    for width, others in zip(WIDTHS, taken, strict=True):
        box = name_box(line, end, above, width)
        if box[0] < 0 or box[1] < 0 or box[3] > PLOT:
            return False
        if any(box[0] < its[2] and its[0] < box[2] and box[1] < its[3] and its[1] < box[3] for its in others):
            return False
        if any(
            weight > 1 and way[0][0] != way[-1][0] and crosses(box, way, width, PLOT)
            for weight, way in drawn_lines(panel)
        ):
            return False
    return True


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
    """Write the name of each line inside the axes, above or below its end."""
    across, up = axes(panel)
    for name, above in names:
        part = panel.parts[name]
        x, y = (axis.at(part[column].iloc[-1]) for axis, column in ((across, panel.x), (up, "mean")))
        figure.add_annotation(
            text=f'<span style="color: {colours[name]}">●</span> {escaped(name)}',
            x=across.low + x * (across.high - across.low),
            y=up.low + y * (up.high - up.low),
            xanchor="right",
            xshift=DOT,
            yanchor="middle",
            yshift=above,
            showarrow=False,
            borderpad=0,
            font={"size": 12},
        )

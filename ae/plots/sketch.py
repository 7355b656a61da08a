"""A chart of lines as a thumbnail: their shape with both axes but no texts, as an SVG, and values to write in it."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ae.plots.colours import FAINT, QUIET
from ae.plots.findings_shape import axes, mark_colour, marked, shaded
from ae.runs.findings.question import Panel

WIDTH, HEIGHT, MARGIN = 176, 84, 8

STEEP, BESIDE = 0.2, 0.25
"""The share of the height by which a line falls, within a share of the width or to its second point, if the value of
its first point stands to the right."""

DOT, END = 7, 4
"""The radius of a point that the answer is about, and of the other ends of a line."""


APART = 0.3
"""The least share of the width between two points that both have a value."""


class Value(NamedTuple):
    """A point of a line in a thumbnail, with its value."""

    text: str
    x: float
    y: float
    """Its place from the left and from the top, from 0 to 1."""
    where: Literal["first", "between", "last"]
    below: bool
    """Whether its value has room below: at the first point unless the line falls steeply, at the others if it rises."""


def sketch(panel: Panel, colours: Mapping[str, str]) -> str:
    """Draw a chart with lines as a thumbnail, with their colours by name: only those that the answer is about.

    More lines would need more names than there is room for below a thumbnail.
    """
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{_lines(panel, colours)}</svg>'


def stressed(panel: Panel) -> list[str]:
    """Return the lines of a chart that its thumbnail shows: one or two, or all if none has a mark."""
    named = list(filter(None, (panel.main, panel.other)))
    return named or list({mark.line: 0 for mark in panel.marks}) or list(panel.parts)


def brief_value(panel: Panel, value: float) -> str:
    """Return a value as a thumbnail says it: percentages without decimals, others as in the chart."""
    return f"{value:.0%}" if panel.form.endswith("%") else f"{value:{panel.form}}"


def values(panel: Panel) -> list[Value]:
    """Return the values to write at the line of a thumbnail: at its ends, and at one marked point far from both.

    There are none if it has several lines, whose values would be too close.
    """
    if len(stressed(panel)) > 1:
        return []
    part = panel.parts[stressed(panel)[0]]
    means = [float(mean) for mean in part["mean"]]
    places = [(x / WIDTH, y / HEIGHT) for x, y in _places(panel)[stressed(panel)[0]]]
    beside = [at for at, (x, _) in enumerate(places) if x - places[0][0] <= BESIDE][-1] or 1
    rises = means[-1] > means[0]
    marks = [list(part[panel.x]).index(value) for _, value, _ in marked(panel)]
    inner = [at for at in marks if all(abs(places[at][0] - places[end][0]) >= APART for end in (0, -1))]
    last = len(means) - 1
    return [
        Value(brief_value(panel, means[0]), *places[0], "first", means[0] - means[beside] < STEEP * max(means)),
        *(Value(brief_value(panel, means[at]), *places[at], "between", rises) for at in inner if len(inner) == 1),
        Value(brief_value(panel, means[last]), *places[last], "last", rises),
    ]


def _places(panel: Panel) -> dict[str, list[tuple[float, float]]]:
    """Return the places in pixels of the points of each line that a thumbnail shows, whose axis begins at zero."""
    across = axes(panel)[0]
    named = {name: panel.parts[name] for name in stressed(panel)}
    most = max(mean for part in named.values() for mean in part["mean"])

    def place(x: float, y: float) -> tuple[float, float]:
        return _spread(across.at(x), WIDTH), HEIGHT - 1 - y / most * (HEIGHT - 1 - MARGIN)

    return {
        name: [place(x, y) for x, y in zip(part[panel.x], part["mean"], strict=True)] for name, part in named.items()
    }


def _lines(panel: Panel, colours: Mapping[str, str]) -> str:
    across, every = axes(panel)[0], _places(panel)
    drawn = [f'<path d="M1 0V{HEIGHT - 1}H{WIDTH}" fill="none" stroke="{QUIET}" stroke-width="1.5" />']
    if zone := shaded(panel):
        start, end = (_spread(across.at(edge), WIDTH) for edge in zone[:2])
        drawn.append(f'<path d="M{start:.1f} 0V{HEIGHT}H{end:.1f}V0z" fill="{FAINT}" opacity="0.25" />')
    for name, points in every.items():
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(
            f'<polyline points="{way}" fill="none" stroke="{colours[name]}" stroke-width="4" '
            'stroke-linejoin="round" stroke-linecap="round" />'
        )
        if len(every) == 1:
            drawn += [_dot(points[at], colours[name], END) for at in (0, -1)]
    for mark, value, _ in marked(panel):
        if mark.line in every:
            place = every[mark.line][list(panel.parts[mark.line][panel.x]).index(value)]
            drawn.append(_dot(place, mark_colour(mark, colours), DOT))
    return "".join(drawn)


def _spread(share: float, size: float) -> float:
    """Return the place in pixels of a share from 0 to 1."""
    return MARGIN + share * (size - 2 * MARGIN)


def _dot(at: tuple[float, float], colour: str, radius: float) -> str:
    return f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius}" fill="{colour}" />'

"""A chart as a thumbnail: its lines or bars alone, without axes or text, as an SVG."""

from collections.abc import Callable, Mapping, Sequence
from math import log10

import pandas as pd

from ae.plots.findings_plots import is_numeric, is_wide, x_values
from ae.runs.findings.question import Panel

WIDTH, HEIGHT, MARGIN = 144, 84, 8


def sketch(panel: Panel, colours: Mapping[str, str]) -> str:
    """Draw a chart of a question as a thumbnail, with the colours of its lines by name."""
    x_axis, numeric = x_values(panel), is_numeric(panel)
    wide = numeric and is_wide(x_axis)
    across = _scale([_at(place, wide) for place in (x_axis if numeric else range(len(x_axis)))], MARGIN, WIDTH - MARGIN)
    values = pd.concat([part["mean"] for part in panel.parts.values()])
    zero = [] if numeric or panel.log else [0.0]  # where bars begin
    down = _scale([*zero, *(_at(value, panel.log) for value in values)], HEIGHT - (1 if zero else MARGIN), MARGIN)
    drawn = []
    for name, part in panel.parts.items():
        places = part[panel.x] if numeric else [x_axis.index(value) for value in part[panel.x]]
        points = [(across(_at(x, wide)), down(_at(y, panel.log))) for x, y in zip(places, part["mean"], strict=True)]
        drawn.append((_line if numeric else _bars)(points, colours[name]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="M1 1V{HEIGHT - 1}H{WIDTH - 1}" fill="none" stroke="#8888" />{"".join(drawn)}</svg>'
    )


def _at(value: float, log: bool) -> float:
    return log10(value) if log else float(value)


def _scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """Return the function that maps the least of the values to ``start`` and the greatest to ``end``."""
    low, high = min(values), max(values)
    return lambda value: (start + end) / 2 if high == low else start + (value - low) / (high - low) * (end - start)


def _line(points: Sequence[tuple[float, float]], colour: str) -> str:
    way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    ends = _dots(points if len(points) == 1 else points[-1:], colour)
    return f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-linejoin="round" />{ends}'


def _bars(points: Sequence[tuple[float, float]], colour: str) -> str:
    bars = "".join(f"M{x:.1f} {HEIGHT - 1}V{y:.1f}" for x, y in points)
    return f'<path d="{bars}" stroke="{colour}" stroke-width="6" />'


def _dots(points: Sequence[tuple[float, float]], colour: str) -> str:
    return "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}" />' for x, y in points)

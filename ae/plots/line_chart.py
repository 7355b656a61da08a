"""A line chart as SVG, for a file or a page of its own; the screens draw theirs with Plotly."""

import html
import math
from collections.abc import Sequence
from typing import NamedTuple

from ae.plots.style import FONT

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 74, 18, 40, 52
"""Margins of the axes, in pixels."""


class Curve(NamedTuple):
    """A line of a chart."""

    name: str
    colour: str
    points: Sequence[tuple[float, float]]
    """x and y; y is positive."""
    dash: str = ""
    """Lengths of strokes and gaps, as in SVG; empty for a solid line."""


class Scale(NamedTuple):
    """Maps values to pixels, on a linear or a logarithmic axis."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Return the place of a value in pixels."""
        low, high, value = (math.log10(v) for v in (self.low, self.high, value)) if self.log else (*self[:2], value)
        return self.start + (value - low) / (high - low) * (self.end - self.start)


def scales(curves: Sequence[Curve]) -> tuple[Scale, Scale]:
    """Return the scales of x, linear from 0, and of y, logarithmic, that all points fit."""
    drawn = [point for curve in curves for point in curve.points if point[1] > 0]
    right = max((x for x, _ in drawn), default=1) or 1
    low, high = min((y for _, y in drawn), default=0.01), max((y for _, y in drawn), default=0.1)
    return (
        Scale(0, right, LEFT, WIDTH - RIGHT),
        Scale(low / 1.15, high * 1.15, HEIGHT - BOTTOM, TOP, log=True),
    )


def ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 of each decade between two positive values."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [n * 10.0**d for d in decades for n in (1, 2, 5) if low <= n * 10.0**d <= high]


def whole_ticks(high: float, most: int = 10) -> list[int]:
    """Return at most ``most`` + 1 round whole numbers from 0 to ``high``."""
    step = next(n * 10**d for d in range(9) for n in (1, 2, 5) if high / (n * 10**d) <= most)
    return list(range(0, math.floor(high) + 1, step))


def svg(curves: Sequence[Curve], *, title: str, x: str, y: str) -> str:
    """Draw curves over a linear x axis of whole numbers and a logarithmic y axis, with a legend, as an SVG document.

    Args:
        curves: at least one; a line with the index i among them has the class ``curve-i``.
        title: above the axes.
        x: the name of the x axis.
        y: the name of the y axis, with its unit.
    """
    across, up = scales(curves)
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    rows = -(-len(curves) // 2)
    height = HEIGHT + 20 * rows
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{html.escape(title)}" font-family="{html.escape(FONT)}" font-size="13" fill="#333">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="{LEFT}" y="22" font-size="16" fill="#111">{html.escape(title)}</text>',
    ]
    for value in ticks(up.low, up.high):
        level = f"{up(value):.1f}"
        parts.append(f'<path d="M{LEFT} {level}H{right}" stroke="#e3e5ea"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{level}" dy="0.35em" text-anchor="end">{value:g}</text>')
    for value in whole_ticks(across.high):
        place = f"{across(value):.1f}"
        parts.append(f'<path d="M{place} {bottom}v5" stroke="#8d93a1"/>')
        parts.append(f'<text x="{place}" y="{bottom + 19}" text-anchor="middle">{value}</text>')
    parts.append(f'<path d="M{LEFT} {bottom}H{right}" stroke="#8d93a1"/>')
    parts.append(f'<text x="{(LEFT + right) / 2}" y="{bottom + 39}" text-anchor="middle">{html.escape(x)}</text>')
    middle = (TOP + bottom) / 2
    parts.append(
        f'<text x="16" y="{middle}" text-anchor="middle" transform="rotate(-90 16 {middle})">{html.escape(y)}</text>'
    )
    for i, curve in enumerate(curves):
        places = " ".join(f"{across(px):.1f},{up(py):.1f}" for px, py in curve.points if py > 0)
        style = f'stroke="{curve.colour}" stroke-width="2" stroke-dasharray="{curve.dash}"'
        parts.append(f'<polyline class="curve-{i}" points="{places}" fill="none" stroke-linejoin="round" {style}/>')
        left, top = LEFT + i % 2 * (right - LEFT) / 2, HEIGHT + 4 + i // 2 * 20
        parts.append(f'<path class="curve-{i}" d="M{left} {top}h22" {style}/>')
        parts.append(
            f'<text class="curve-{i}" x="{left + 29}" y="{top}" dy="0.35em">{html.escape(_fitting(curve.name))}</text>'
        )
    return "".join([*parts, "</svg>"])


def _fitting(name: str, most: int = 44) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"

"""A chart as a thumbnail: its lines or dots, with what the answer names, but without axes, as an SVG."""

import html
from collections.abc import Callable, Mapping, Sequence
from math import log10

import pandas as pd

from ae.plots.colours import QUIET
from ae.plots.findings_plots import is_numeric, is_wide, mark_colour, marked, x_values
from ae.runs.findings.question import Panel

WIDTH, HEIGHT, MARGIN = 176, 96, 9
LETTER, LINE = 7.4, 11
"""The width of a character and the height of a text."""


def sketch(panel: Panel, colours: Mapping[str, str]) -> str:
    """Draw a chart of a question as a thumbnail, with the colours of its lines by name."""
    drawn = _lines(panel, colours) if is_numeric(panel) else _dots_in_rows(panel, colours)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="{LINE}" font-weight="bold">'
        f'<path d="M1 1V{HEIGHT - 1}H{WIDTH - 1}" fill="none" stroke="#8888" />{drawn}</svg>'
    )


def _lines(panel: Panel, colours: Mapping[str, str]) -> str:
    places = x_values(panel)
    wide = is_wide(places)
    across = _scale([_at(place, wide) for place in places], MARGIN, WIDTH - MARGIN)
    down = _scale([_at(value, panel.log) for value in _means(panel)], *_ends(panel))

    def place(x: float, y: float) -> tuple[float, float]:
        return across(_at(x, wide)), down(_at(y, panel.log))

    drawn = []
    for name, part in panel.parts.items():
        points = [place(x, y) for x, y in zip(part[panel.x], part["mean"], strict=True)]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        named = not panel.marks or name in {mark.line for mark in panel.marks}
        drawn.append(
            f'<polyline points="{way}" fill="none" stroke="{colours[name] if named else QUIET}" '
            f'stroke-width="{2.5 if named else 1.25}" stroke-linejoin="round" />'
        )
        if len(points) == 1 or not panel.marks:
            drawn.append(_dot(points[-1], colours[name] if named else QUIET))
    written: list[tuple[float, float, float]] = []  # middle, base line and half the width of each text
    for mark, value, mean in marked(panel):
        (x, y), half = place(value, mean), LETTER * len(mark.text) / 2
        colour = mark_colour(mark, colours)
        ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="none" stroke="{colour}" stroke-width="2" />'
        x = min(max(x, half + 4), WIDTH - half - 4)
        y += LINE + 6 if mark.below else -8
        while any(abs(x - other) < half + its and abs(y - line) < LINE for other, line, its in written):
            y += 1 if mark.below else -1
        written.append((x, y, half))
        drawn += [ring, _text(x, min(max(y, LINE), HEIGHT - 3), mark.text, colour)]
    return "".join(drawn)


def _dots_in_rows(panel: Panel, colours: Mapping[str, str]) -> str:
    names = x_values(panel)
    across = _scale([_at(value, panel.log) for value in _means(panel)], MARGIN, WIDTH - MARGIN)
    step = (HEIGHT - 2 * MARGIN) / max(1, len(names) - 1)
    named = {(mark.line, mark.x): mark_colour(mark, colours) for mark in panel.marks}
    drawn, baseline = [], ""
    for line, part in panel.parts.items():
        for name, mean in zip(part[panel.x], part["mean"], strict=True):
            at = across(_at(mean, panel.log)), MARGIN + names.index(name) * step
            drawn.append(_dot(at, named.get((line, name), QUIET) if named else colours[line]))
            if name == panel.baseline:
                baseline = f'<path d="M{at[0]:.1f} 1V{HEIGHT - 1}" stroke="{QUIET}" stroke-dasharray="2 3" />'
    for mark, name, mean in marked(panel):
        x, y = across(_at(mean, panel.log)), MARGIN + names.index(name) * step
        aside = LETTER * (len(mark.text) / 2 + 1)
        middle = x + (aside if x + 2 * aside < WIDTH else -aside)
        drawn.append(_text(middle, y + 4, mark.text, mark_colour(mark, colours)))
    return baseline + "".join(drawn)


def _ends(panel: Panel) -> tuple[float, float]:
    """Return where the lowest and the highest point are drawn, with room for texts."""
    below, above = (any(mark.below == under for mark in panel.marks) for under in (True, False))
    return HEIGHT - MARGIN - LINE * below, MARGIN + LINE * above


def _means(panel: Panel) -> pd.Series:
    return pd.concat([part["mean"] for part in panel.parts.values()])


def _at(value: float, log: bool) -> float:
    return log10(value) if log else float(value)


def _scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """Return the function that maps the least of the values to ``start`` and the greatest to ``end``."""
    low, high = min(values), max(values)
    return lambda value: (start + end) / 2 if high == low else start + (value - low) / (high - low) * (end - start)


def _dot(at: tuple[float, float], colour: str) -> str:
    return f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="3.5" fill="{colour}" />'


def _text(x: float, y: float, text: str, colour: str) -> str:
    """Write a text with its middle at ``x`` and its base line at ``y``."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{colour}">{html.escape(text)}</text>'

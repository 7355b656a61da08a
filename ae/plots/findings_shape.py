"""What the charts of a question have in common, on the screen, in files and as thumbnails."""

import textwrap
from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any, NamedTuple

import pandas as pd

from ae.plots.colours import QUIET, RUNS
from ae.runs.findings.question import Mark, Panel
from ae.runs.findings.words import change
from ae.runs.sweep_study import shown

BETTER = {True: RUNS[2], False: RUNS[1]}
"""The colours of what is better or worse than a baseline: green and orange."""

SIDES = ((0, 1), (1, 1), (-1, 1), (0, -1), (1, -1), (-1, -1), (1, 0), (-1, 0))
"""Where a text may stand beside its point, the best first: to the right or left (1, -1), above or below (1, -1)."""

RING, BESIDE, LETTER, LINE = 10, 4, 6.6, 15
"""Pixels from a point to a text, and to the side of one that is above or below; the size of a letter of it."""


class Axis(NamedTuple):
    """An axis with the values at its ends; a logarithmic one has their logarithms."""

    low: float
    high: float
    log: bool

    def at(self, value: float) -> float:
        """Return the place of a value, from 0 to 1."""
        return ((log10(value) if self.log else float(value)) - self.low) / (self.high - self.low)


def line_colours(panels: Sequence[Panel]) -> dict[str, str]:
    """Return the colour of each line, by name: the same in all charts, and blue for what the answer is about."""
    quiet = {name for panel in panels for name in panel.quiet}
    stressed = [name for panel in panels for name in (panel.main, *(mark.line for mark in panel.marks)) if name]
    every = [*stressed, *(name for panel in panels for name in panel.parts)]
    names = dict.fromkeys(name for name in every if name not in quiet)
    return dict(zip(names, RUNS, strict=False)) | dict.fromkeys(quiet, QUIET)


def mark_colour(mark: Mark, colours: Mapping[str, str]) -> str:
    """Return the colour of a mark: that of its line, unless it is compared with a baseline."""
    return colours[mark.line] if mark.better is None else BETTER[mark.better]


def marked(panel: Panel) -> list[tuple[Mark, Any, float]]:
    """Return the marks of a chart, each with the place and the height of its point."""
    found = []
    for mark in panel.marks:
        part = panel.parts[mark.line]
        found += [(mark, mark.x, float(mean)) for mean in part.loc[part[panel.x] == mark.x, "mean"]]
    return found


def row_text(panel: Panel, name: str, mean: float) -> tuple[str, Mark | None]:
    """Return what stands at the end of a row, and the mark of that row, if it has one."""
    mark = next((mark for mark in panel.marks if mark.x == name), None)
    form = panel.form
    text = change(mean, form.removeprefix("+")) if panel.of else f"{mean:{form}}".replace("-", "−")
    return (mark.text or text if mark else text), mark


def subtitle(panel: Panel) -> str:
    """Return what is measured, which values are better, and whether they are on a logarithmic axis."""
    return f"{panel.measures}{', log scale' * panel.log}"


def across_label(panel: Panel) -> str:
    """Return what the x axis of a chart with lines is, and whether it is logarithmic."""
    return f"{panel.x_label}{' (log scale)' * is_wide(panel)}"


def is_numeric(panel: Panel) -> bool:
    """Whether the values of the x axis are numbers."""
    return all(pd.api.types.is_numeric_dtype(part[panel.x]) for part in panel.parts.values())


def x_values(panel: Panel) -> list[Any]:
    """Return the values of the x axis, numbers sorted, texts in order."""
    values = dict.fromkeys(value for part in panel.parts.values() for value in part[panel.x])
    return sorted(values) if is_numeric(panel) else list(values)


def is_wide(panel: Panel) -> bool:
    """Whether the numbers of the x axis are so far apart that a logarithmic axis shows them better."""
    values = x_values(panel)
    return not panel.linear and min(values, default=0) > 0 and max(values) >= 8 * min(values)


def axes(panel: Panel) -> tuple[Axis, Axis]:
    """Return both axes of a chart with a line, with the same room around all values in all charts of a question."""
    levels = [value for part in panel.parts.values() for value in (*part["least"], *part["most"])]
    return _axis(x_values(panel), is_wide(panel), 0.06), _axis(levels, panel.log, 0.12)


def _axis(values: Sequence[float], log: bool, around: float) -> Axis:
    scaled = [log10(value) if log else float(value) for value in values if value > 0 or not log] or [0.0]
    low, high = min(scaled), max(scaled)
    room = (high - low) or 1.0
    return Axis(low - around * room, high + around * room, log)


def grid(panel: Panel) -> tuple[float, list[float]]:
    """Return the step of the lines of the y axis, and their values: at most six, or at 1, 2 and 5 of each decade."""
    up = axes(panel)[1]
    if up.log:
        decades = range(floor(up.low), ceil(up.high))
        return 0.0, [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    unit = 10.0 ** floor(log10((up.high - up.low) / 6))
    step = next(factor * unit for factor in (1, 2, 5, 10) if 6 * factor * unit >= up.high - up.low)
    return step, [step * count for count in range(ceil(up.low / step), floor(up.high / step) + 1)]


def shaded(panel: Panel) -> tuple[float, float, str] | None:
    """Return from which to which value of the x axis a chart is shaded, never beyond the data, and what to write."""
    return (panel.shade[0], x_values(panel)[-1], panel.shade[1]) if panel.shade else None


def shaded_from_top(panel: Panel) -> bool:
    """Return whether the words on the shaded part of a chart stand at its top, away from its lines."""
    up = axes(panel)[1]
    levels = [up.at(mean) for part in panel.parts.values() for mean in part["mean"].iloc[-1:]]
    return sum(levels) < 0.5 * len(levels)


def sides(panel: Panel, sizes: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
    """Return for each mark of a chart on which side its text crosses no line, text or edge, and no band if possible.

    Args:
        panel: with lines.
        sizes: width and height in pixels between which the axes are drawn.
    """
    across, up = axes(panel)
    chosen: list[tuple[int, int]] = []
    points = [(across.at(x), up.at(y), len(mark.text)) for mark, x, y in marked(panel)]
    lines = drawn_lines(panel)
    for at, point in enumerate(points):

        def crossings(side: tuple[int, int], point: tuple[float, float, int] = point, at: int = at) -> int:
            count = 0
            for width, height in sizes:
                box = text_box(point, side, width, height)
                count += sum(weight * crosses(box, line, width, height) for weight, line in lines)
                count += 10 * (not (box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= height))
                before = (text_box(points[i], each, width, height) for i, each in enumerate(chosen[:at]))
                count += 10 * sum(
                    box[0] < its[2] and its[0] < box[2] and box[1] < its[3] and its[1] < box[3] for its in before
                )
            return count

        chosen.append(min(SIDES, key=crossings))
    return chosen


def drawn_lines(panel: Panel) -> list[tuple[int, list[tuple[float, float]]]]:
    """Return all lines of a chart with places from 0 to 1, each with how bad it is to write over it."""
    across, up = axes(panel)
    lines = [
        (weight, [(across.at(x), up.at(y)) for x, y in zip(part[panel.x], part[edge], strict=True)])
        for part in panel.parts.values()
        for edge, weight in (("mean", 10), ("least", 1), ("most", 1))
    ]
    if zone := shaded(panel):
        lines += [(10, [(across.at(edge), 0.0), (across.at(edge), 1.0)]) for edge in zone[:1]]
    return lines


def text_box(
    point: tuple[float, float, int], side: tuple[int, int], width: float, height: float
) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of a text beside a point, in pixels."""
    x, y, letters = point[0] * width, point[1] * height, LETTER * point[2]
    middle = x + side[0] * (letters / 2 + (BESIDE if side[1] else RING))
    level = y + side[1] * (LINE / 2 + RING)
    return middle - letters / 2, level - LINE / 2, middle + letters / 2, level + LINE / 2


def crosses(
    box: tuple[float, float, float, float], line: Sequence[tuple[float, float]], width: float, height: float
) -> bool:
    """Whether a line that is given from 0 to 1 passes through a box in pixels."""
    places = [(x * width, y * height) for x, y in line]
    for (x, y), (other_x, other_y) in zip(places, places[1:] or places, strict=False):
        for step in range(41):
            share = step / 40
            here, level = x + share * (other_x - x), y + share * (other_y - y)
            if box[0] <= here <= box[2] and box[1] <= level <= box[3]:
                return True
    return False


def end_level(part: pd.DataFrame) -> float:
    """Return the level of the name of a line: its last mean, and a little of the one before, if two lines end alike."""
    last, before = float(part["mean"].iloc[-1]), float(part["mean"].iloc[-2:].iloc[0])
    return last + 0.05 * (before - last)


def alt(panel: Panel) -> str:
    """Describe a chart in a few words."""
    what = "" if panel.title == panel.measures else f" {panel.measures}."
    return f"{panel.title}.{what} Mean and spread, by {panel.x_label[0].lower()}{panel.x_label[1:]}"


def wrapped(value: object, newline: str, width: int = 14) -> str:
    """Break a value that is written at an axis into lines."""
    return newline.join(textwrap.wrap(shown(value), width, break_on_hyphens=False, break_long_words=False))

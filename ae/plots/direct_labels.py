"""Names of lines in place of a legend: in a row below the title, or beside the ends of the lines."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from ae.plots.style import escaped, shortened

LONGEST = 24
"""The most characters of a label; longer names are cut in the middle."""

_LINE, _LETTER, _MARGIN = 16, 6.6, 14
"""Pixels: the height of a label, the mean width of a letter, and the space around a label."""

_ROW = 56
"""The most characters of a row of names that fits a phone."""

BELOW_TITLE = 62
"""Pixels: the margin above axes that have a line below their title."""


class Label(NamedTuple):
    """A name, the value where its line ends, and the colour and form of the mark in front of the name."""

    name: str
    value: float
    colour: str
    mark: str = "●"


def name_lines(
    figure: go.Figure, labels: Sequence[Label], values: Sequence[float], *, unit: str, log: bool, plot: int
) -> None:
    """Write what the y axis measures below the title, where it takes no width, and name the lines.

    The names are in the same row if it fits a phone. Otherwise those are beside the ends of the lines that the axis can
    show, and the others stay in the row. The other arguments are those of ``label_ends``.

    Args:
        figure: with its title and without one of the y axis.
        labels: of the lines.
        values: all that the axis has to show.
        unit: what the y axis measures.
        log: whether the axis is logarithmic.
        plot: the height of the axis in pixels, below the row of names.
    """
    fits = len(unit) + sum(4 + len(label.name) for label in labels) <= _ROW
    beside = [] if fits else [label for label in labels if _can_be_shown(label.value, log)]
    label_ends(figure, beside, values, log=log, plot=plot)
    row = "\u2002 ".join([escaped(unit), *(marked(label) for label in labels if label not in beside)])
    figure.update_layout(
        title={"subtitle": {"text": row, "font": {"size": 12}}},
        margin={"t": BELOW_TITLE, **({} if beside else {"r": 8})},
        showlegend=False,
    )


def marked(label: Label, longest: int = LONGEST) -> str:
    """Return a name, shortened, after its mark in its colour, as Plotly shows it."""
    return f'<span style="color: {label.colour}">{label.mark}</span> {escaped(shortened(label.name, longest))}'


def label_ends(figure: go.Figure, labels: Sequence[Label], values: Sequence[float], *, log: bool, plot: int) -> None:
    """Write labels to the right of the axes, level with the ends of their lines, but never over each other.

    The range of the y axis is set, so that the labels fit.

    Args:
        figure: its margin on the right grows by the longest label.
        labels: of lines whose last values the axis can show.
        values: all that the axis has to show.
        log: whether the axis is logarithmic.
        plot: the height of the axis in pixels; it grows, with the figure, if there are many labels.
    """
    scale = math.log10 if log else float
    shown = [float(scale(value)) for value in values if _can_be_shown(value, log)]
    if not shown:
        return
    low, high = min(shown) if log else min(0.0, *shown), max(shown)
    pad = 0.06 * (high - low) or 0.5
    low, high = (low - pad if log or low < 0 else low), high + pad
    figure.update_yaxes(range=[low, high])
    if not labels:
        return
    height = max(plot, _LINE * len(labels))
    per_pixel = (high - low) / height
    at = apart([scale(label.value) for label in labels], _LINE * per_pixel, low, high)
    for label, y in zip(labels, at, strict=True):
        figure.add_annotation(
            text=marked(label),
            x=1,
            xref="paper",
            xanchor="left",
            xshift=6,
            y=y,
            yanchor="middle",
            showarrow=False,
            font={"size": 12},
            align="left",
        )
    longest = 2 + max(len(shortened(label.name, LONGEST)) for label in labels)
    figure.update_layout(
        margin={"r": round(_LETTER * longest) + _MARGIN},
        height=(figure.layout.height or plot) + height - plot,
        showlegend=False,
    )


def _can_be_shown(value: float | None, log: bool) -> bool:
    """Whether an axis has a place for a value."""
    return value is not None and math.isfinite(value) and (value > 0 or not log)


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move places as little as needed, so that neighbours are ``gap`` apart and all lie between ``low`` and ``high``.

    Blocks of places that are too close are centred on the mean of their places, the least squares solution. If there
    is not enough room, the gap is smaller.
    """
    gap = min(gap, (high - low) / max(1, len(places) - 1))
    order = sorted(range(len(places)), key=lambda i: places[i])
    blocks: list[tuple[float, int]] = []  # the mean of the places minus their offsets, and the number of places
    for rank, i in enumerate(order):
        mean, count = places[i] - rank * gap, 1
        while blocks and blocks[-1][0] >= mean:
            before, more = blocks.pop()
            mean = (mean * count + before * more) / (count + more)
            count += more
        blocks.append((mean, count))
    starts = [mean for mean, count in blocks for _ in range(count)]
    moved = list(places)
    for rank, (i, start) in enumerate(zip(order, starts, strict=True)):
        moved[i] = min(max(start, low), high - (len(places) - 1) * gap) + rank * gap
    return moved

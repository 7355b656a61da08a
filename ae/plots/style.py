"""The style that all figures share."""

import html
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ae.runs.reading import Line

WIDE, HALF = 800, 390
"""Width of a figure on a small laptop, in pixels: alone in its row, or beside another."""

FONT = '"Source Sans", "Source Sans Pro", Arial, "Liberation Sans", Helvetica, sans-serif'
"""The page's typeface, then ones that exist where a figure is saved: margins have room for the wider ones."""

TITLE = {"size": 16}
"""The type of a title."""

PLOT = 216
"""Height of the axes in a figure of usual height, in pixels."""

LONGEST = 60
"""The most characters of a name in a legend; longer names would squeeze the figure."""

POINTS = 1000
"""The most epochs that a curve shows: a screen has about as many columns."""


def shortened(name: str, most: int = LONGEST) -> str:
    """Shorten a name to ``most`` characters by cutting its middle: names of runs often differ only at the end."""
    end = most // 3
    return name if len(name) <= most else f"{name[: most - end - 1]}…{name[-end:]}"


def logarithmic(figure: go.Figure) -> None:
    """Make the y axis logarithmic, with a line at 1, 2 and 5 of each decade."""
    figure.update_yaxes(type="log", dtick="D2", tickformat=".2~g", minor={"showgrid": False})


def escaped(text: str) -> str:
    """Escape a text for Plotly, which interprets ``<``, ``>`` and ``&`` as HTML, including links."""
    return html.escape(text, quote=False)


def style(figure: go.Figure, title: str, *, x: str, y: str) -> None:
    """Apply what all figures have in common: a title, axes with units, the legend on top.

    Every figure passes through here with all its traces, so the names of runs are escaped here.
    """
    for trace in figure.data:
        if trace.name:
            trace.name = escaped(shortened(trace.name))
    figure.update_layout(
        {
            "title": {"text": escaped(title), "x": 0, "y": 1, "yanchor": "top", "pad": {"t": 8, "l": 0}, "font": TITLE},
            "font": {"family": FONT},
            "paper_bgcolor": "rgba(0, 0, 0, 0)",
            "plot_bgcolor": "rgba(0, 0, 0, 0)",
            "height": 300,
            "margin": {"l": 8, "r": 8, "t": 40, "b": 8},
            "hovermode": "x unified",
            "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "title": None},
            "showlegend": len(figure.data) > 1,
        },
        overwrite=True,  # three times as fast, as nothing is merged
    )
    axis = {"zeroline": False, "automargin": True}
    figure.update_xaxes({"title": {"text": x}, "showgrid": False, **axis}, overwrite=True)
    named = {"title": {"text": y}} if y else {}  # an empty one would take room beside the axis
    figure.update_yaxes({**named, **axis}, overwrite=True)


def enlarge(figure: go.Figure, times: float) -> None:
    """Enlarge the type of a finished figure, and make room for it."""
    figure.update_layout(
        title_font_size=TITLE["size"] * times,
        legend_font_size=12 * times,
        hoverlabel_font_size=13 * times,
        height=figure.layout.height * (1 + times) / 2,
        margin={side: figure.layout.margin[side] * times for side in "lrtb"},
    )
    for axes in (figure.update_xaxes, figure.update_yaxes):
        axes(tickfont_size=12 * times, title_font_size=14 * times)
    for annotation in figure.layout.annotations:
        annotation.font.size = (annotation.font.size or 12) * times


def legend_below(figure: go.Figure, *, width: int = WIDE) -> None:
    """Move the legend below the axes, and make room for its rows.

    Args:
        figure: with all its traces.
        width: of the figure on the screen, in pixels.
    """
    names = [html.unescape(trace.name) for trace in figure.data if trace.showlegend is not False]
    longest = max([50 + 6.5 * len(name) for name in names], default=0)
    rows = -(-len(names) // max(1, int((width - 40) // longest))) if len(names) > 1 else 0
    bottom = 46 + 19 * rows
    layout = figure.layout
    layout.legend.update({"x": 0, "xanchor": "left", "y": 0, "yanchor": "bottom", "yref": "container"}, overwrite=True)
    layout.margin.b, layout.height = bottom, 300 + bottom


def thinned(history: Sequence[Line]) -> list[Line]:
    """Return at most ``POINTS`` lines of a history, evenly spaced, including the first and the last."""
    if len(history) <= POINTS:
        return list(history)
    return [history[i] for i in np.unique(np.linspace(0, len(history) - 1, POINTS).round().astype(int))]

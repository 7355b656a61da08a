"""How far each step of an interpolation moves the image."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from ae.plots.colours import QUIET
from ae.plots.style import WIDE, legend_below, style

DASHES = ("solid", "dot", "dashdot")


def step_curve(moved: Mapping[str, np.ndarray], colours: Mapping[str, str]) -> go.Figure:
    """Draw how far each step moves the image, by kind of interpolation; distances have the shape (steps,).

    Args:
        moved: the distances, by name.
        colours: of the lines; those of one colour differ in their dashes. Without a colour, a line is grey and dashed.
    """
    figure = go.Figure()
    used: Counter[str] = Counter()
    for name, distances in moved.items():
        colour = colours.get(name, QUIET)
        dash = DASHES[used[colour] % len(DASHES)] if name in colours else "dash"
        used[colour] += 1
        figure.add_scatter(
            x=list(range(1, len(distances) + 1)),
            y=distances,
            name=name,
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2},
            hovertemplate="%{y:.3f}",
        )
    style(figure, "How far each step moves the image", x="Step", y="Root mean square change per pixel")
    legend_below(figure, width=WIDE * 3 // 5)
    figure.layout.xaxis.dtick, figure.layout.yaxis.rangemode = 1, "tozero"
    return figure

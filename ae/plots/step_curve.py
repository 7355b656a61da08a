"""How far each step of an interpolation moves the image."""

from collections.abc import Mapping
from itertools import cycle

import numpy as np
import plotly.graph_objects as go

from ae.analysis import interpolate
from ae.plots.colours import QUIET, RUNS
from ae.plots.style import WIDE, legend_below, style


def step_curve(moved: Mapping[str, np.ndarray]) -> go.Figure:
    """Draw how far each step moves the image, by kind of interpolation; distances have the shape (steps,)."""
    figure = go.Figure()
    colours = iter(cycle(RUNS))
    for name, distances in moved.items():
        plain = name == interpolate.FADE
        figure.add_scatter(
            x=list(range(1, len(distances) + 1)),
            y=distances,
            name=name,
            mode="lines+markers",
            line={"color": QUIET if plain else next(colours), "dash": "dash" if plain else "solid", "width": 2},
            hovertemplate="%{y:.3f}",
        )
    style(figure, "How far each step moves the image", x="Step", y="Root mean square change per pixel")
    legend_below(figure, width=WIDE * 3 // 5)
    figure.update_xaxes(dtick=1)
    figure.update_yaxes(rangemode="tozero")
    return figure

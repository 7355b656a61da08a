"""Figures of the latent code: a bar for each unit, the code of one image."""

import numpy as np
import plotly.graph_objects as go

from ae.plots.colours import ACCENT, ERROR_COLOUR, FAINT
from ae.plots.style import legend_below, style


def unit_bars(values: np.ndarray, active: np.ndarray, *, title: str, unit: str) -> go.Figure:
    """Draw a value for each latent unit, with shape (D,); units that are not ``active``, (D,), are marked."""
    names = [str(i) for i in range(len(values))]
    figure = go.Figure()
    for label, which, colour in (("Active", active, ACCENT), ("Inactive", ~active, ERROR_COLOUR)):
        if which.any():
            chosen = np.flatnonzero(which)
            figure.add_bar(
                x=[names[i] for i in chosen],
                y=values[chosen],
                name=label,
                marker_color=colour,
                hovertemplate="unit %{x}: %{y:.3g}",
                text=["inactive" if label == "Inactive" else "" for _ in chosen],
                textposition="outside",
                marker_line={"width": 2, "color": colour},
            )
    style(figure, title, x="Latent unit", y=unit)
    if (~active).any():
        legend_below(figure)
    figure.update_layout(height=300, bargap=0.35, hovermode="closest", showlegend=bool((~active).any()))
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=names)
    figure.update_yaxes(rangemode="tozero")
    return figure


def code_bars(code: np.ndarray, ranges: np.ndarray | None = None, *, title: str = "Latent code") -> go.Figure:
    """Draw the latent code of one image, with shape (code_size,), as a bar for each unit.

    Args:
        code: its values.
        ranges: 5th, 50th and 95th percentile over the test images, with shape (3, code_size), drawn behind.
        title: of the figure.
    """
    units = [str(i) for i in range(len(code))]
    figure = go.Figure()
    if ranges is not None:
        figure.add_bar(
            x=units,
            y=ranges[2] - ranges[0],
            base=ranges[0],
            name="90 % of the test images",
            marker_color=FAINT,
            width=0.7,
            hovertemplate="%{base:.3f} to %{customdata:.3f}",
            customdata=ranges[2],
        )
    figure.add_bar(x=units, y=code, name="This image", marker_color=ACCENT, width=0.35, hovertemplate="%{y:.3f}")
    style(figure, title, x="Latent unit", y="Value")
    legend_below(figure)
    figure.update_layout(height=300, barmode="overlay")
    figure.update_xaxes(type="category")
    return figure

"""Figures of the latent space: the map of codes, a bar for each unit, the code of one image."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
from PIL import Image

from ae.analysis.latent import Bounds
from ae.plots.colours import ACCENT, CLASSES, ERROR_COLOUR, FAINT
from ae.plots.style import legend_below, style

MAP = 520
"""Width of the map on a small laptop, in pixels."""


def latent_map(
    points: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str],
    *,
    title: str,
    axes: tuple[str, str],
    area: Bounds,
    behind: np.ndarray | None = None,
) -> go.Figure:
    """Draw the latent codes of images as points on a plane, coloured by class.

    Args:
        points: with shape (N, 2).
        labels: classes, with shape (N,); points with the label -1 are left out.
        class_names: the name of each label.
        title: of the figure.
        axes: names of both axes.
        area: the part of the plane to show.
        behind: the decoded plane, RGB bytes with shape (h, w, 3), stretched over ``area``.
    """
    figure = go.Figure()
    numbers = np.arange(len(points))
    for label, name in enumerate(class_names):
        of_class = labels == label
        figure.add_scatter(
            x=points[of_class, 0],
            y=points[of_class, 1],
            customdata=numbers[of_class],
            name=name,
            mode="markers",
            marker={"color": CLASSES[label % len(CLASSES)], "size": 5, "opacity": 0.95 if behind is not None else 0.75},
            hovertemplate="%{fullData.name}, image %{customdata}<extra></extra>",
        )
    style(figure, title, x=axes[0], y=axes[1])
    legend_below(figure, width=MAP)
    figure.update_layout(height=580, hovermode="closest", dragmode="pan", legend_itemsizing="constant")
    figure.update_xaxes(range=[area.left, area.right], constrain="domain")
    figure.update_yaxes(range=[area.bottom, area.top], showgrid=False)
    if behind is not None:
        buffer = io.BytesIO()
        Image.fromarray(behind).convert("L").save(buffer, "PNG")
        figure.add_layout_image(
            source=f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}",
            xref="x",
            yref="y",
            x=area.left,
            y=area.top,
            sizex=area.right - area.left,
            sizey=area.top - area.bottom,
            sizing="stretch",
            layer="below",
        )
        figure.update_traces(marker_line={"width": 0.6, "color": "#14161a"})
    return figure


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

"""Figures for the screens: arrays in, a Plotly figure out. Colours read on light and dark paper alike."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ae.checkpoints import Line

ACCENT = "#4c6ef5"
"""The current run."""
TRAINING = "#e8890c"
QUIET = "#8d93a1"
FAINT = "rgba(141, 147, 161, 0.45)"
POINTS = 1000
"""At most so many epochs are drawn; beyond, a curve has more points than a screen has columns."""


def loss_curve(history: Sequence[Line], epochs: int, *, held_out: str) -> go.Figure:
    """Draw training and held-out loss against epochs, over a light line of batch losses.

    Args:
        history: the epochs so far; may be empty.
        epochs: how many there will be, so that the axis does not move.
        held_out: what the held-out loss is measured on.
    """
    figure = go.Figure()
    lines = list(history)
    if len(lines) > POINTS:
        lines = [lines[i] for i in np.unique(np.linspace(0, len(lines) - 1, POINTS).round().astype(int))]
    x = [line.epoch for line in lines]
    markers = len(lines) <= 60
    mode = "lines+markers" if markers else "lines"

    per_epoch = max(1, 2 * POINTS // max(1, len(lines)))
    batch_x: list[float] = []
    batch_y: list[float] = []
    for line in lines:
        count = len(line.batch_losses)
        for i in range(0, count, max(1, -(-count // per_epoch))):
            batch_x.append(line.epoch - 1 + (i + 0.5) / count)
            batch_y.append(line.batch_losses[i])
    figure.add_scatter(
        x=batch_x,
        y=batch_y,
        name="Each batch",
        mode="lines",
        line={"color": FAINT, "width": 1},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=x,
        y=[line.training_loss for line in lines],
        name="Training",
        mode=mode,
        line={"color": TRAINING, "width": 2},
        marker={"size": 5},
        hovertemplate="%{y:.4f}",
    )
    figure.add_scatter(
        x=x,
        y=[line.held_out_loss for line in lines],
        name=f"Held-out ({held_out})",
        mode=mode,
        line={"color": ACCENT, "width": 2.5},
        marker={"size": 6},
        hovertemplate="%{y:.4f}",
    )
    style(figure, "Loss, lower is better", x="Epoch", y="Loss per pixel")
    figure.update_xaxes(range=[-0.02 * epochs - 0.05, epochs * 1.02 + 0.05], dtick=1 if epochs <= 12 else None)
    figure.update_yaxes(type="log", dtick="D2", tickformat=".2~g", minor={"showgrid": False})
    if not lines:
        figure.update_yaxes(range=[-2, -0.5])
        figure.add_annotation(
            text="The curve begins here",
            showarrow=False,
            xref="paper",
            yref="paper",
            x=0.5,
            y=0.5,
            font={"color": QUIET},
        )
    return figure


def code_bars(code: np.ndarray) -> go.Figure:
    """Draw the code of one image, with shape (code size,), as bars, one for each unit."""
    units = [str(i) for i in range(len(code))]
    figure = go.Figure(go.Bar(x=units, y=code, marker_color=ACCENT, hovertemplate="unit %{x}: %{y:.3f}<extra></extra>"))
    style(figure, "The code of the first image", x="Unit of the code", y="Value")
    figure.update_layout(height=240, hovermode="closest", bargap=0.35)
    figure.update_xaxes(type="category")
    return figure


def style(figure: go.Figure, title: str, *, x: str, y: str) -> None:
    """Give a figure what all have in common: its title, axes with units, the legend on top."""
    figure.update_layout(
        title={"text": title, "x": 0, "y": 0.98, "yanchor": "top", "font": {"size": 15}},
        height=320,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        hovermode="x unified",
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "title": None},
        showlegend=len(figure.data) > 1,
    )
    figure.update_xaxes(title=x, showgrid=False, zeroline=False, automargin=True)
    figure.update_yaxes(title=y, zeroline=False, automargin=True)

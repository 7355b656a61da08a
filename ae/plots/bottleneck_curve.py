"""Test loss against bottleneck size, and test loss by class."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

from ae.plots.colours import INK, MARK, QUIET
from ae.plots.style import HALF, legend_below, logarithmic, style
from ae.runs.comparison import Reported

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "pentagon", "star", "triangle-down", "hexagram", "bowtie",
           "triangle-left", "hourglass", "triangle-right")  # fmt: skip
"""One for each recipe."""


def size_curve(
    groups: Mapping[str, pd.DataFrame],
    pca: Sequence[float],
    reported: Sequence[Reported],
    chosen: Mapping[str, tuple[int, float]],
    *,
    colours: Mapping[str, str],
    log: bool = True,
) -> go.Figure:
    """Draw test loss against bottleneck size: runs by recipe, PCA as a line, the coursework's figures as crosses.

    Args:
        groups: the result of ``ae.runs.comparison.by_size``, drawn in grey, each with its own symbol.
        pca: test MSE for bottleneck sizes 0, 1, 2, ...; may be empty.
        reported: the coursework's figures.
        chosen: bottleneck size and test MSE of the compared runs, by name, each a ring in its colour.
        colours: of the compared runs, by name.
        log: whether both axes are logarithmic.
    """
    figure = go.Figure()
    largest = max([16, *(int(group["Bottleneck"].max()) for group in groups.values())])
    if len(pca):
        sizes = list(range(1, min(largest * 2, len(pca) - 1) + 1))
        figure.add_scatter(
            x=sizes,
            y=[pca[size] for size in sizes],
            name="PCA, the best linear autoencoder",
            mode="lines",
            line={"color": QUIET, "width": 2, "dash": "dash"},
            hovertemplate="%{y:.4f}",
        )
    if reported:
        figure.add_scatter(
            x=[each.code_size for each in reported],
            y=[each.loss for each in reported],
            name="Coursework reports (training or validation loss)",
            mode="markers",
            marker={"symbol": "x-thin-open", "size": 9, "color": MARK, "line": {"width": 2}},
            customdata=[each.label for each in reported],
            hovertemplate="%{y:.4f}, %{customdata}",
        )
    for (name, group), symbol in zip(groups.items(), cycle(SYMBOLS)):
        figure.add_scatter(
            x=group["Bottleneck"],
            y=group["mean"],
            name=name,
            mode="lines+markers",
            line={"color": INK, "width": 1.5},
            marker={"size": 8, "symbol": symbol},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": group["most"] - group["mean"],
                "arrayminus": group["mean"] - group["least"],
                "thickness": 1,
                "visible": bool((group["runs"] > 1).any()),
            },
            customdata=[f"{count} run{'s' if count > 1 else ''}" for count in group["runs"]],
            hovertemplate="%{y:.4f}, mean of %{customdata}",
        )
    for name, (size, loss) in chosen.items():
        figure.add_scatter(
            x=[size],
            y=[loss],
            name=name,
            mode="markers",
            marker={"size": 15, "color": colours[name], "symbol": "circle-open", "line": {"width": 3}},
            showlegend=False,
            hovertemplate="%{y:.4f}",
        )
    style(figure, "Test loss against bottleneck size, lower is better", x="Bottleneck size", y="Test MSE per pixel")
    legend_below(figure, width=HALF)
    ticks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    figure.update_xaxes(tickvals=ticks, type="log" if log else "linear")
    if log:
        logarithmic(figure)
    return figure


def class_bars(losses: Mapping[str, Mapping[str, float]], colours: Mapping[str, str]) -> go.Figure:
    """Draw the test loss of each class as bars, side by side for the runs; ``losses`` are by run, then by class."""
    figure = go.Figure()
    for name, by_class in losses.items():
        figure.add_bar(
            x=list(by_class), y=list(by_class.values()), name=name, marker_color=colours[name], hovertemplate="%{y:.4f}"
        )
    style(figure, "Test loss by class, lower is better", x="Class", y="Test MSE per pixel")
    legend_below(figure, width=HALF)
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(type="category")
    return figure

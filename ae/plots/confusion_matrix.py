"""The confusion matrix of the digit classifier."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ae.plots.style import style


def confusion_matrix(counts: np.ndarray, class_names: Sequence[str], *, title: str) -> go.Figure:
    """Draw true digits (rows) against the digits they were classified as (columns), in shares of each row.

    Args:
        counts: how often each true digit was classified as each digit, with shape (C, C).
        class_names: of all C classes.
        title: of the figure.
    """
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    wrong = shares.copy()
    np.fill_diagonal(wrong, 0.0)
    names = list(class_names)
    figure = go.Figure(
        go.Heatmap(
            z=wrong,
            x=names,
            y=names,
            colorscale=[[0, "#f7f4ef"], [0.5, "#e58e5c"], [1, "#8f2d08"]],
            zmin=0,
            zmax=1,
            text=[[f"{v:.0%}" if v >= 0.005 else "" for v in row] for row in shares],
            texttemplate="%{text}",
            hovertemplate="%{text} of the images of a %{y} classified as %{x}<extra></extra>",
            showscale=False,  # the cells show the shares, and only errors are coloured
            xgap=1,
            ygap=1,
        )
    )
    style(figure, title, x="Classified as", y="True digit")
    figure.update_layout(height=420, hovermode="closest")
    figure.update_xaxes(type="category", side="bottom")
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    figure.update_traces(textfont={"size": 11})
    return figure

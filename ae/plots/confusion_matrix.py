"""The confusion matrix of the digit classifier."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from ae.plots.colours import ACCENT, ERROR_COLOUR
from ae.plots.style import style

STRONGEST = 0.6
"""The opacity of a cell with all images of its row, so that text in the page's colour stays readable on it."""


def confusion_matrix(counts: np.ndarray, class_names: Sequence[str], *, title: str) -> go.Figure:
    """Draw true digits (rows) against the digits they were classified as (columns), in shares of each row.

    Recognised digits, on the diagonal, are blue; mistakes are red. The larger the share, the stronger the colour.

    Args:
        counts: how often each true digit was classified as each digit, with shape (C, C).
        class_names: of all C classes.
        title: of the figure.
    """
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    names = list(class_names)
    right, wrong = (_rgba(colour, STRONGEST) for colour in (ACCENT, ERROR_COLOUR))
    text = [[f"{share:.0%}" if share >= 0.005 else "" for share in row] for row in shares]
    figure = go.Figure(
        go.Heatmap(
            z=np.where(np.eye(len(shares), dtype=bool), shares, -shares),
            x=names,
            y=names,
            colorscale=[[0, wrong], [0.5, _rgba(ERROR_COLOUR, 0)], [0.5, _rgba(ACCENT, 0)], [1, right]],
            zmin=-1,
            zmax=1,
            text=text,
            hovertemplate="%{text} of the images of a %{y} classified as %{x}<extra></extra>",
            showscale=False,  # the cells show the shares
            xgap=1,
            ygap=1,
        )
    )
    style(figure, title, x="Classified as", y="True digit")
    for true, row in zip(names, text, strict=True):
        for classified, share in zip(names, row, strict=True):
            if share:  # an annotation, unlike the text of a cell, has the page's colour
                figure.add_annotation(x=classified, y=true, text=share, showarrow=False, font={"size": 12})
    figure.update_layout(height=420, hovermode="closest")
    figure.update_xaxes(type="category", side="bottom", showgrid=False)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return figure


def _rgba(colour: str, opacity: float) -> str:
    return f"rgba({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))}, {opacity})"

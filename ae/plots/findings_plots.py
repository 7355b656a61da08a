"""The charts of a question: on the screen, and as a file for the documents."""

import io
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from ae.plots.colours import RUNS
from ae.plots.sweep_plots import setting_curve
from ae.runs.findings.question import Panel

SIZE = 5.2, 3.9
"""Width and height of a chart in a file, in inches."""


def chart(panel: Panel) -> go.Figure:
    """Draw a chart for the screen."""
    figure = setting_curve(
        panel.parts,
        panel.x,
        panel.x_label,
        log=panel.log,
        title=panel.title,
        y=panel.y_label,
        form=panel.form,
    )
    if panel.form.endswith("%"):
        figure.update_yaxes(tickformat=".0%")
    return figure


def alt(panel: Panel) -> str:
    """Describe a chart in a few words."""
    return f"{panel.title}: {panel.y_label.lower()} against {panel.x_label.lower()}, mean and spread"


def svg(panels: Sequence[Panel]) -> bytes:
    """Draw the charts of a question, two in a row, as an SVG, the same bytes each time."""
    import matplotlib as mpl  # takes a second to import, and only this function needs it
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    (width, height), across = SIZE, min(len(panels), 2)
    down = -(-len(panels) // across)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "findings", "font.size": 9}):
        figure = Figure(figsize=(width * across, height * down), layout="constrained")
        for place, panel in enumerate(panels, start=1):
            axes = figure.add_subplot(down, across, place)
            for (name, part), colour in zip(panel.parts.items(), RUNS, strict=False):
                numeric = pd.api.types.is_numeric_dtype(part[panel.x])
                bars = [part["mean"] - part["least"], part["most"] - part["mean"]]
                axes.errorbar(
                    part[panel.x], part["mean"], yerr=bars, label=name, color=colour, capsize=3, marker="o", ms=4,
                    linestyle="-" if numeric else "none",
                )  # fmt: skip
            if panel.log:
                axes.set_yscale("log")
            if panel.form.endswith("%"):
                axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            axes.set_title(panel.title, loc="left", fontsize=10)
            axes.set_xlabel(panel.x_label)
            axes.set_ylabel(panel.y_label)
            axes.grid(alpha=0.25)
            axes.spines[["top", "right"]].set_visible(False)
            if len(panel.parts) > 1:
                axes.legend(frameon=False, fontsize=8)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()

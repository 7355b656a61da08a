"""The charts of a question: on the screen, and as a file for the documents."""

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from ae.plots.colours import RUNS
from ae.plots.sweep_plots import setting_curve
from ae.runs.findings.question import Panel
from ae.runs.sweep_study import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = 5.2, 3.9
"""Width and height of a chart in a file, in inches."""

CROWDED = 12
"""With so many values on the x axis, not each has a tick."""


def line_colours(panels: Sequence[Panel]) -> dict[str, str]:
    """Return the colour of each line, by name: the same in all charts of a question."""
    names = dict.fromkeys(name for panel in panels for name in panel.parts)
    return dict(zip(names, RUNS, strict=False))


def chart(panel: Panel, colours: Mapping[str, str]) -> go.Figure:
    """Draw a chart for the screen, with the colours of its lines by name."""
    figure = setting_curve(
        panel.parts,
        panel.x,
        panel.x_label,
        words=lambda value: _wrapped(value, "<br>"),
        log=panel.log,
        title=panel.title,
        y=panel.y_label,
        form=panel.form,
        colours=colours,
    )
    values = x_values(panel)
    if is_numeric(panel):
        ticks = values if len(values) < CROWDED else None
        figure.update_xaxes(type="log" if is_wide(values) else "linear", tickvals=ticks, dtick=None if ticks else "D2")
    if not is_numeric(panel) and not panel.log:  # Plotly would begin at 0
        low = min(part["least"].min() for part in panel.parts.values())
        high = max(part["most"].max() for part in panel.parts.values())
        figure.update_yaxes(range=[low - 0.1 * (high - low), high + 0.1 * (high - low)])
    if panel.form.endswith("%"):
        figure.update_yaxes(tickformat=".0%")
    figure.update_layout(showlegend=len(panel.parts) > 1)
    return figure


def alt(panel: Panel) -> str:
    """Describe a chart in a few words."""
    return f"{panel.title}. {panel.y_label} by {panel.x_label}, mean and spread"


def svg(panels: Sequence[Panel]) -> bytes:
    """Draw the charts of a question, two in a row, as an SVG, the same bytes each time."""
    import matplotlib as mpl  # takes a second to import, and only this function needs it
    from matplotlib.figure import Figure

    (width, height), across = SIZE, min(len(panels), 2)
    down, colours = -(-len(panels) // across), line_colours(panels)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "findings", "font.size": 9}):
        figure = Figure(figsize=(width * across, height * down), layout="constrained")
        for place, panel in enumerate(panels, start=1):
            _draw(panel, figure.add_subplot(down, across, place), colours)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _draw(panel: Panel, axes: "Axes", colours: Mapping[str, str]) -> None:
    from matplotlib.ticker import NullLocator, PercentFormatter

    values, numeric = x_values(panel), is_numeric(panel)
    for number, (name, part) in enumerate(panel.parts.items()):
        colour = colours[name]
        aside = 0.5 * ((number + 0.5) / len(panel.parts) - 0.5)  # beside each other at a category
        x = part[panel.x] if numeric else [values.index(value) + aside for value in part[panel.x]]
        bars = [part["mean"] - part["least"], part["most"] - part["mean"]]
        line = "-" if numeric else "none"
        axes.errorbar(x, part["mean"], yerr=bars, label=name, color=colour, elinewidth=2, marker="o", ms=4, ls=line)
    if numeric and is_wide(values):
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    if len(values) < CROWDED:
        places = values if numeric else list(range(len(values)))
        axes.set_xticks(places, [_wrapped(value, "\n") for value in values])
    if panel.log:
        axes.set_yscale("log")
    if panel.form.endswith("%"):
        axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.set_title(panel.title, loc="left", fontsize=10)
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    if len(panel.parts) > 1:
        axes.legend(
            frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.18 if numeric else -0.26), ncols=2
        )


def is_numeric(panel: Panel) -> bool:
    """Whether the values of the x axis are numbers."""
    return all(pd.api.types.is_numeric_dtype(part[panel.x]) for part in panel.parts.values())


def x_values(panel: Panel) -> list[Any]:
    """Return the values of the x axis, numbers sorted, texts in order."""
    values = dict.fromkeys(value for part in panel.parts.values() for value in part[panel.x])
    return sorted(values) if is_numeric(panel) else list(values)


def is_wide(values: Sequence[Any]) -> bool:
    """Whether numbers, sorted, are so far apart that a logarithmic axis shows them better."""
    return min(values, default=0) > 0 and max(values) >= 8 * min(values)


def _wrapped(value: object, newline: str) -> str:
    return newline.join(textwrap.wrap(shown(value), 14))

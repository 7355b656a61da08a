"""The charts of a question: on the screen, and as a file for the documents."""

import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go

from ae.plots.bottleneck_curve import mean_with_spread
from ae.plots.colours import QUIET, RUNS
from ae.plots.style import PLOT, escaped, legend_below, style
from ae.plots.sweep_plots import setting_curve
from ae.runs.findings.question import Mark, Panel
from ae.runs.sweep_study import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SIZE = 5.2, 3.9
"""Width and height of a chart in a file, in inches."""

ROW = 36
"""The height of a row of dots on the screen, in pixels."""

BETTER = {True: RUNS[2], False: RUNS[1]}
"""The colours of what is better or worse than a baseline: green and orange."""

CROWDED = 12
"""With so many values on the x axis, not each has a tick."""


def line_colours(panels: Sequence[Panel]) -> dict[str, str]:
    """Return the colour of each line, by name: the same in all charts of a question."""
    names = dict.fromkeys(name for panel in panels for name in panel.parts)
    return dict(zip(names, RUNS, strict=False))


def chart(panel: Panel, colours: Mapping[str, str]) -> go.Figure:
    """Draw a chart for the screen, with the colours of its lines by name: dots in rows if its x axis has texts."""
    if not is_numeric(panel):
        return rows_of_dots(panel, colours)
    figure = setting_curve(
        panel.parts,
        panel.x,
        panel.x_label,
        log=panel.log,
        title=panel.title,
        y=panel.y_label,
        form=panel.form,
        colours=colours,
    )
    values = x_values(panel)
    ticks = values if len(values) < CROWDED else None
    figure.update_xaxes(type="log" if is_wide(values) else "linear", tickvals=ticks, dtick=None if ticks else "D2")
    if panel.form.endswith("%"):
        figure.update_yaxes(tickformat=".0%")
    figure.update_layout(showlegend=len(panel.parts) > 1)
    for mark, x, y in marked(panel):
        figure.add_scatter(
            x=[x],
            y=[y],
            mode="markers+text",
            text=f"<b>{escaped(mark.text)}</b>",
            textposition="bottom center" if mark.below else "top center",
            textfont_color=mark_colour(mark, colours),
            cliponaxis=False,
            marker={"size": 14, "symbol": "circle-open", "color": mark_colour(mark, colours), "line": {"width": 2.5}},
            hoverinfo="skip",
            showlegend=False,
        )
    return figure


def rows_of_dots(panel: Panel, colours: Mapping[str, str]) -> go.Figure:
    """Draw a row with a dot for each text of the x axis, and a line where the baseline is."""
    figure, names = go.Figure(), x_values(panel)
    named = {(mark.line, mark.x): mark for mark in panel.marks}
    for line, part in panel.parts.items():
        colour, marks = colours[line], [named.get((line, name)) for name in part[panel.x]]
        each = [mark_colour(mark, colours) if mark else QUIET for mark in marks] if panel.marks else colour
        usual = part.loc[part[panel.x] == panel.baseline, "mean"].max()  # NaN without a baseline
        figure.add_scatter(
            y=part[panel.x],
            name=line,
            orientation="h",
            mode="markers+text",
            text=[f"<b>{escaped(mark.text)}</b>" if mark else "" for mark in marks],
            textposition=["top left" if mean < usual else "top right" for mean in part["mean"]],  # off the baseline
            textfont_color=each,
            cliponaxis=False,
            marker={"size": 10, "color": each},
            **mean_with_spread(
                part, form=panel.form, axis="x", thickness=1.5, width=4, color=QUIET if panel.marks else colour
            ),
        )
    style(figure, panel.title, x=panel.y_label, y="")
    for part in panel.parts.values():
        for value in part.loc[part[panel.x] == panel.baseline, "mean"]:
            figure.add_vline(value, line={"color": QUIET, "width": 1.5, "dash": "dot"}, layer="below")
    legend_below(figure)
    rows = max(PLOT, ROW * len(names) * (1 if len(panel.parts) == 1 else 1.5))
    figure.update_layout(
        height=rows + figure.layout.margin.t + figure.layout.margin.b,
        hovermode="closest",
        scattermode="group",
        scattergap=0.5,
    )
    figure.update_yaxes(type="category", categoryarray=names[::-1], categoryorder="array", showgrid=True)
    figure.update_yaxes(tickvals=names, ticktext=[_wrapped(name, "<br>", 18) for name in names])
    figure.update_xaxes(showgrid=True, tickformat=".0%" if panel.form.endswith("%") else None)
    if panel.log:
        figure.update_xaxes(type="log")
    else:  # Plotly would begin at 0
        low = min(part["least"].min() for part in panel.parts.values())
        high = max(part["most"].max() for part in panel.parts.values())
        figure.update_xaxes(range=[low - 0.2 * (high - low), high + 0.1 * (high - low)])
    return figure


def mark_colour(mark: Mark, colours: Mapping[str, str]) -> str:
    """Return the colour of a mark: that of its line, unless it is compared with a baseline."""
    return colours[mark.line] if mark.better is None else BETTER[mark.better]


def marked(panel: Panel) -> list[tuple[Mark, Any, float]]:
    """Return the marks of a chart, each with the place and the height of its point."""
    found = []
    for mark in panel.marks:
        part = panel.parts[mark.line]
        found += [(mark, mark.x, float(mean)) for mean in part.loc[part[panel.x] == mark.x, "mean"]]
    return found


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
        bars = [part["mean"] - part["least"], part["most"] - part["mean"]]
        looks: dict[str, Any] = {"label": name, "color": colour, "elinewidth": 2, "marker": "o", "ms": 4}
        if numeric:
            axes.errorbar(part[panel.x], part["mean"], yerr=bars, ls="-", **looks)
        else:
            aside = 0.5 * ((number + 0.5) / len(panel.parts) - 0.5)  # above each other in a row
            rows = [values.index(value) + aside for value in part[panel.x]]
            axes.errorbar(part["mean"], rows, xerr=bars, ls="none", **looks)
            for mean in part.loc[part[panel.x] == panel.baseline, "mean"]:
                axes.axvline(mean, color=QUIET, lw=1, ls=":")
    for mark, x, y in marked(panel):
        place, aside = (x, y) if numeric else (y, values.index(x)), -11 if mark.below else 6
        axes.annotate(
            mark.text,
            place,
            (0, aside),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            fontweight="bold",
            color=mark_colour(mark, colours),
        )
        if numeric:
            axes.plot(*place, "o", ms=9, mfc="none", mec=mark_colour(mark, colours), mew=1.5)
        else:
            axes.plot(*place, "o", ms=5, color=mark_colour(mark, colours))
    if numeric and is_wide(values):
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    if numeric and len(values) < CROWDED:
        axes.set_xticks(values, [shown(value) for value in values])
    if not numeric:
        axes.set_yticks(range(len(values)), [_wrapped(value, "\n") for value in values])
        axes.invert_yaxis()
    along, across = (axes.yaxis, axes.xaxis) if numeric else (axes.xaxis, axes.yaxis)
    if panel.log:
        (axes.set_yscale if numeric else axes.set_xscale)("log")
    if panel.form.endswith("%"):
        along.set_major_formatter(PercentFormatter(1))
    axes.set_title(panel.title, loc="left", fontsize=10)
    along.set_label_text(panel.y_label)
    across.set_label_text(panel.x_label if numeric else "")
    axes.grid(alpha=0.25)
    axes.margins(y=0.12)
    axes.spines[["top", "right"]].set_visible(False)
    if len(panel.parts) > 1:
        axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2)


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


def _wrapped(value: object, newline: str, width: int = 14) -> str:
    return newline.join(textwrap.wrap(shown(value), width))

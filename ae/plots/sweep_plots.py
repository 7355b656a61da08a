"""A sweep as one thing: test MSE against a setting with its spread, every run as a line, and what explains most."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ae.analysis.variance import Explained
from ae.plots.bottleneck_curve import TICKS, mean_with_spread
from ae.plots.colours import ACCENT, FAINT, QUIET, RUNS
from ae.plots.style import escaped, legend_below, logarithmic, style
from ae.runs.sweep_study import shown

MOST_LINES = len(RUNS)
"""The most lines with a colour of their own."""


def setting_curve(
    parts: Mapping[str, pd.DataFrame],
    setting: str,
    label: str,
    *,
    words: Callable[[object], str] = shown,
    log: bool = True,
    title: str = "Test MSE, lower is better: mean, min and max",
    y: str = "Test MSE per pixel",
    form: str = ".4f",
    colours: Mapping[str, str] | None = None,
) -> go.Figure:
    """Draw a mean, usually of the test MSE, against a setting: a line with a band for each part if that is a number.

    The band and the error bars reach from the least to the greatest value; the bars also show where there is one value
    of the setting only.

    Args:
        parts: by name, at most ``MOST_LINES`` tables with the setting and the columns of
            ``ae.runs.sweep_study.groups``.
        setting: the column for the x axis.
        label: of that axis.
        words: returns what to call a value of the setting.
        log: whether the y axis, and the x axis of the bottleneck size, are logarithmic.
        title: of the figure.
        y: the label of the y axis.
        form: the format of a mean in the hover text.
        colours: of the parts, by name; in order if None.
    """
    figure, colours = go.Figure(), colours or dict(zip(parts, RUNS, strict=False))
    numeric = all(pd.api.types.is_numeric_dtype(part[setting]) for part in parts.values())
    for name, part in parts.items():
        colour = colours[name]
        x = part[setting] if numeric else part[setting].map(words)
        if numeric and len(part) > 1:
            figure.add_scatter(
                x=[*x, *x[::-1]],
                y=[*part["most"], *part["least"][::-1]],
                mode="lines",
                fill="toself",
                fillcolor=_clear(colour, 0.16),
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            )
        figure.add_scatter(
            x=x,
            name=name,
            mode="lines+markers" if numeric else "markers",
            line={"color": colour, "width": 2},
            marker={"size": 8, "color": colour},
            **mean_with_spread(part, form=form, thickness=1.5, width=4, color=colour),
        )
    style(figure, title, x=label, y=y)
    if numeric and setting == "code_size":
        figure.update_xaxes(tickvals=TICKS, type="log" if log else "linear")
    elif numeric:
        values = sorted({float(value) for part in parts.values() for value in part[setting]})
        wide = log and values[0] > 0 and values[-1] >= 5 * values[0]
        figure.update_xaxes(type="log" if wide else "linear", tickvals=values, ticktext=[shown(v) for v in values])
    else:
        figure.update_xaxes(type="category")
        figure.update_layout(scattermode="group", scattergap=0.7)
    if log:
        logarithmic(figure)
    legend_below(figure)
    figure.update_layout(showlegend=len(parts) > 1)
    return figure


def parallel(
    runs: pd.DataFrame, settings: Sequence[str], labels: Mapping[str, str], words: Callable[[object], str] = shown
) -> go.Figure:
    """Draw every run as a line through its settings and its test MSE, coloured by that; dragging an axis filters.

    Args:
        runs: a row for each run, with the settings and ``Test MSE``.
        settings: the columns for the axes, in order.
        labels: of the settings.
        words: returns what to call a setting's value.
    """
    error = runs["Test MSE"].to_numpy(float)
    dimensions = [_axis(runs[name], labels[name], words) for name in settings]
    low, high = np.log10(error.min()), np.log10(error.max())
    marks = np.linspace(low, high, 5) if high > low else np.array([low])
    ends = {"tickvals": marks, "ticktext": [f"{10**mark:.3g}" for mark in marks]}
    dimensions.append({"label": "Test MSE", "values": np.log10(error), **ends})
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": np.log10(error), "colorscale": [[0, ACCENT], [1, "#d86c18"]], "showscale": False},
            unselected={"line": {"color": FAINT, "opacity": 0.15}},
            labelfont={"size": 13},
            tickfont={"size": 12},
            rangefont={"size": 1, "color": "rgba(0, 0, 0, 0)"},
        )
    )
    style(figure, "Every run as a line; drag along an axis to filter", x="", y="")
    figure.update_layout(margin={"l": 60, "r": 40, "t": 84, "b": 24}, height=340)
    return figure


def explained_bars(found: Explained, labels: Mapping[str, str]) -> go.Figure:
    """Draw the share of the differences in test MSE that each setting explains.

    Args:
        found: the shares.
        labels: of the settings.
    """
    shares = {labels[name]: share for name, share in found.factors.items()}
    rest = {"Interactions": found.together} if len(shares) > 1 else {}
    rest["Seeds"] = found.within
    ordered = sorted(shares.items(), key=lambda item: -item[1]) + list(rest.items())
    names, values = [name for name, _ in ordered], [share for _, share in ordered]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            marker={"color": [ACCENT] * len(shares) + [QUIET] * len(rest)},
            text=[f"{share:.0%}" for share in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    )
    style(figure, "Share of the differences explained", x="Share of the variance", y="")
    figure.update_xaxes(tickformat=".0%", range=[0, min(1.0, max(values) * 1.2)])
    figure.update_yaxes(autorange="reversed", ticksuffix=" ")
    figure.update_layout(hovermode="closest", bargap=0.35)
    return figure


def _axis(values: pd.Series, label: str, words: Callable[[object], str]) -> dict[str, object]:
    """Return an axis of parallel coordinates that has a tick for each value, evenly spaced."""
    levels = sorted(values.unique())
    places = {level: place for place, level in enumerate(levels)}
    return {
        "label": escaped(label),
        "values": values.map(places),
        "tickvals": list(range(len(levels))),
        "ticktext": [escaped(words(level)) for level in levels],
        "range": [-0.1, len(levels) - 0.9],
    }


def _clear(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"

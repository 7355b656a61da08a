"""Test loss against bottleneck size, and test loss by class."""

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ae.plots.colours import FAINT, MARK, QUIET
from ae.plots.direct_labels import Label, marked, name_lines
from ae.plots.inside_labels import DOT, LONGEST, WIDTHS, Box, Space, inside, placed, write_inside
from ae.plots.style import PLOT, logarithmic, style
from ae.runs.comparison import Reported

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "pentagon", "star", "hexagram")
"""One for each run, by its place among those compared."""

SIGNS = dict(zip(SYMBOLS, "●■◆▲▼⬟★✶", strict=True))
"""The symbols in the labels."""

ALIKE = 0.05
"""The share by which the losses of classes may differ that are called equally hard."""

FITS = 46
"""The most characters of a title on a phone."""

PCA = "PCA, the best linear autoencoder"

ROOM, HEAD = 0.03, 0.11
"""What the x axis adds at both ends for a mark, and the y axis above the lines for a name, as shares of a range."""

GAP, BELOW = 5, 63
"""Pixels between the line of PCA and its name, and below the axes."""

TICKS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


def mean_with_spread(
    group: pd.DataFrame,
    *,
    form: str = ".4f",
    axis: str = "y",
    **bars: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Return what a trace needs to show means with bars from the least to the most of each, and its hover text.

    Args:
        group: with the columns ``mean``, ``least``, ``most`` and ``runs``.
        form: the format of a mean in the hover text.
        axis: along which the means lie, "x" or "y".
        bars: other properties of Plotly's error bars.
    """
    mean, least, most = (group[name] for name in ("mean", "least", "most"))
    return {
        axis: mean,
        f"error_{axis}": {"type": "data", "symmetric": False, "array": most - mean, "arrayminus": mean - least, **bars},
        "customdata": [f"{count} run{'s' if count > 1 else ''}" for count in group["runs"]],
        "hovertemplate": f"%{{{axis}:{form}}}, mean of %{{customdata}}",
    }


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
        groups: the result of ``ae.runs.comparison.by_size``, drawn in grey; their names are in the hover text.
        pca: test MSE for bottleneck sizes 0, 1, 2, ...; may be empty.
        reported: the coursework's figures.
        chosen: bottleneck size and test MSE of the compared runs, by name, each with its colour and symbol.
        colours: of the compared runs, by name.
        log: whether both axes are logarithmic.
    """
    figure = go.Figure()
    largest = max([16, *(int(group["Bottleneck"].max()) for group in groups.values())])
    values = [loss for _, loss in chosen.values()]
    signs = cycle(SIGNS.values())
    labels = [Label(name, loss, colours[name], next(signs)) for name, (_, loss) in chosen.items()]
    if len(pca):
        sizes = list(range(1, min(largest * 2, len(pca) - 1) + 1))
        line = [pca[size] for size in sizes]
        values += line
        figure.add_scatter(
            x=sizes,
            y=line,
            name=PCA,
            mode="lines",
            line={"color": QUIET, "width": 2, "dash": "dash"},
            hovertemplate="%{y:.4f}",
        )
    if reported:
        values += [each.loss for each in reported]
        labels.append(Label("the course's reports", reported[0].loss, MARK, "×"))
        figure.add_scatter(
            x=[each.code_size for each in reported],
            y=[each.loss for each in reported],
            name="Coursework reports (training or validation loss)",
            mode="markers",
            marker={"symbol": "x-thin-open", "size": 9, "color": MARK, "line": {"width": 2}},
            customdata=[each.label for each in reported],
            hovertemplate="%{y:.4f}, %{customdata}",
        )
    for name, group in groups.items():
        values += [*group["least"], *group["most"]]
        figure.add_scatter(
            x=group["Bottleneck"],
            name=name,
            mode="lines+markers",
            line={"color": QUIET, "width": 1},
            marker={"size": 6, "symbol": "circle-open"},
            **mean_with_spread(group, thickness=1, visible=bool((group["runs"] > 1).any())),
        )
    mine = named(groups, chosen.values())
    others = {name: group["mean"].iloc[-1] for name, group in groups.items() if name not in mine}
    labels += [Label(name, loss, QUIET, "○–") for name, loss in others.items() if len(groups[name]) > 1]
    if single := [loss for name, loss in others.items() if len(groups[name]) == 1]:
        labels.append(Label("other runs", max(single), QUIET, "○"))
    for (name, (size, loss)), symbol in zip(chosen.items(), cycle(SYMBOLS)):
        figure.add_scatter(
            x=[size],
            y=[loss],
            name=name,
            mode="markers",
            marker={"size": 11, "color": colours[name], "symbol": symbol},
            hovertemplate="%{y:.4f}",
        )
    scale = " (log scale)" if log else ""
    style(figure, "Test MSE by bottleneck size, lower is better", x=f"Bottleneck size{scale}", y="")
    figure.update_xaxes(tickvals=TICKS, type="log" if log else "linear")
    if log:
        logarithmic(figure)
    name_lines(figure, labels, values, unit=f"Test MSE{scale}", log=log, plot=PLOT)
    if len(pca):
        _name_pca(figure, log=log)
    return figure


def _name_pca(figure: go.Figure, *, log: bool) -> None:
    """Name the line of PCA, the first, inside the axes where nothing is, or else in their upper corner."""
    scale = np.log10 if log else np.asarray
    drawn = [(scale(trace.x), scale(trace.y)) for trace in figure.data]
    every = np.concatenate([x for x, _ in drawn])
    room = ROOM * (every.max() - every.min())
    low, high = figure.layout.yaxis.range
    across, up = (every.min() - room, every.max() + room), (low, high + HEAD * (high - low))
    figure.update_xaxes(range=across)
    figure.update_yaxes(range=up)
    height = figure.layout.height - figure.layout.margin.t - BELOW
    ways = [placed(x, y, across, up) for x, y in drawn]
    grid = [digit * 10.0**decade for decade in range(-6, 1) for digit in (1, 2, 5)] if log else []
    space = Space(
        {PCA: ways[0]},
        height=height,
        gap=GAP,
        texts={width: [_around(x * width, y * height) for way in ways[1:] for x, y in way] for width in WIDTHS},
        ways=[way for way in ways[1:] if way],
        grid=[(math.log10(level) - up[0]) / (up[1] - up[0]) for level in grid],
    )
    label = Label(PCA, 0.0, QUIET, "╌")
    if (names := inside(space)) is not None:
        write_inside(figure, names, [label], across, up)
        return
    figure.add_annotation(
        text=marked(label, LONGEST),
        **{"x": 1, "xref": "paper", "xanchor": "right", "y": 1, "yref": "paper", "yanchor": "top"},
        **{"showarrow": False, "align": "left", "font": {"size": 12}},
    )


def _around(x: float, y: float) -> Box:
    """Return the box of a mark, in pixels."""
    return x - DOT, y - DOT, x + DOT, y + DOT


def named(groups: Mapping[str, pd.DataFrame], chosen: Collection[tuple[int, float]]) -> dict[str, pd.DataFrame]:
    """Return the groups with one of the compared runs, of which each has a label, among their points.

    Args:
        groups: as in ``size_curve``.
        chosen: bottleneck size and test MSE of the compared runs.
    """

    def has(group: pd.DataFrame) -> bool:
        points = zip(group["Bottleneck"], group["least"], group["most"], strict=True)
        return any(size == where and least <= loss <= most for where, least, most in points for size, loss in chosen)

    return {name: group for name, group in groups.items() if has(group)}


def class_dots(
    losses: Mapping[str, Mapping[str, float]], colours: Mapping[str, str], names: Sequence[str]
) -> go.Figure:
    """Draw the test loss of each class as a dot for each run, over a line from the least to the greatest.

    Args:
        losses: by run, then by class.
        colours: of the runs, by name.
        names: of all classes, in order.
    """
    figure = go.Figure()
    shown = [name for name in names if any(name in by_class for by_class in losses.values())]
    spans = {name: [by_class[name] for by_class in losses.values() if name in by_class] for name in shown}
    figure.add_scatter(
        x=[name for name in shown for _ in range(3)],
        y=[end for name in shown for end in (min(spans[name]), max(spans[name]), None)],
        mode="lines",
        line={"color": FAINT, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    for (name, by_class), symbol in zip(losses.items(), cycle(SYMBOLS)):
        figure.add_scatter(
            x=list(by_class),
            y=list(by_class.values()),
            name=name,
            mode="markers",
            marker={"size": 10, "color": colours[name], "symbol": symbol},
            hovertemplate="%{y:.4f}",
        )
    style(figure, _hardest(losses) or "Test MSE by class, lower is better", x="Class", y="")
    figure.update_xaxes(type="category", categoryarray=shown)
    last = [
        Label(name, by_class.get(shown[-1], math.nan), colours[name], sign)
        for (name, by_class), sign in zip(losses.items(), cycle(SIGNS.values()))
        if by_class and shown
    ]
    drawn = [value for span in spans.values() for value in span]
    name_lines(figure, last, drawn, unit="Test MSE", log=False, plot=PLOT)
    return figure


def _hardest(losses: Mapping[str, Mapping[str, float]]) -> str:
    """Return which class is the easiest and which are the hardest, by the mean of all runs that have all classes.

    A class is among the hardest if its loss is nearly the greatest. Empty if it does not fit a title.
    """
    most = max((len(by_class) for by_class in losses.values()), default=0)
    complete = [by_class for by_class in losses.values() if len(by_class) == most]
    means = {name: sum(by_class[name] for by_class in complete) / len(complete) for name in complete[0]} if most else {}
    if len(means) < 3 or not all(math.isfinite(mean) for mean in means.values()):
        return ""
    easiest, greatest = min(means, key=means.__getitem__), max(means.values())
    hardest = [name for name, mean in means.items() if mean >= greatest * (1 - ALIKE)]
    if easiest in hardest or len(hardest) > 3:
        return ""
    *others, last = hardest
    which = f"{', '.join(others)} and {last} are hardest" if others else f"{last} is hardest"
    said = f"Class {easiest} is easiest, {which}"
    return said if len(said) <= FITS else ""

"""Figures for the screens: arrays in, a Plotly figure out."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ae import interpolate
from ae.checkpoints import Line
from ae.colours import ACCENT, FAINT, FILTERS, INK, MARK, QUIET, RUNS, TRAINING
from ae.compare import Reported

WIDE, HALF = 800, 390
"""Pixels of the screen that a chart has, alone in its row or beside another, on a small laptop."""
FONT = "Arial, Liberation Sans, Helvetica, sans-serif"
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
    lines = _thinned(history)
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
    logarithmic(figure)
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


def logarithmic(figure: go.Figure) -> None:
    """Set losses on a logarithmic axis with a line at 1, 2 and 5 of each decade."""
    figure.update_yaxes(type="log", dtick="D2", tickformat=".2~g", minor={"showgrid": False})


def curves(
    histories: Mapping[str, Sequence[Line]], *, of: Sequence[str], against: str = "epoch", log: bool = True
) -> go.Figure:
    """Lay the loss curves of several runs over each other, each run in its colour.

    Args:
        histories: what each run is called, and its epochs.
        of: "training" (dotted), "held-out" (solid), or both.
        against: "epoch", or "seconds" of training.
        log: whether the losses are drawn on a logarithmic axis.
    """
    figure = go.Figure()
    for (name, history), colour in zip(histories.items(), cycle(RUNS)):
        lines = _thinned(history)
        seconds = np.cumsum([line.seconds for line in history])
        at = {line.epoch: float(second) for line, second in zip(history, seconds, strict=True)}
        x = [line.epoch if against == "epoch" else at[line.epoch] for line in lines]
        for kind, dash in (("held-out", "solid"), ("training", "dot")):
            if kind not in of:
                continue
            figure.add_scatter(
                x=x,
                y=[line.held_out_loss if kind == "held-out" else line.training_loss for line in lines],
                name=name if kind == of[0] else f"{name}, {kind}",
                legendgroup=name,
                showlegend=kind == of[0],
                mode="lines",
                line={"color": colour, "width": 2, "dash": dash},
                hovertemplate=f"%{{y:.4f}} {kind}",
            )
    words = " and ".join(sorted(of))
    style(
        figure,
        f"{words.capitalize()} loss, lower is better" + (" (training dotted)" if len(of) > 1 else ""),
        x="Epoch" if against == "epoch" else "Seconds of training",
        y="Loss per pixel",
    )
    under(figure)
    if log:
        logarithmic(figure)
    return figure


def size_curve(
    groups: Mapping[str, pd.DataFrame],
    pca: Sequence[float],
    reported: Sequence[Reported],
    chosen: Mapping[str, tuple[int, float]],
    *,
    log: bool = True,
) -> go.Figure:
    """Draw test loss against bottleneck size: all runs by recipe, PCA as a line, what coursework reported as crosses.

    Args:
        groups: as ``ae.compare.by_size`` gives them; in quiet colours, each with a symbol of its own.
        pca: test MSE for code sizes 0, 1, 2 and on; may be empty.
        reported: figures from the coursework.
        chosen: code size and test MSE of the runs that are compared, by name, in their own colours.
        log: whether both axes are logarithmic.
    """
    figure = go.Figure()
    largest = max([16, *(int(group["Code"].max()) for group in groups.values())])
    if len(pca):
        sizes = list(range(1, min(largest * 2, len(pca) - 1) + 1))
        figure.add_scatter(
            x=sizes,
            y=[pca[size] for size in sizes],
            name="PCA, the best linear code",
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
            customdata=[each.words for each in reported],
            hovertemplate="%{y:.4f}, %{customdata}",
        )
    symbols = cycle(("circle", "square", "diamond", "triangle-up", "pentagon", "star"))
    for (name, group), symbol in zip(groups.items(), symbols, strict=False):
        figure.add_scatter(
            x=group["Code"],
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
            customdata=group["runs"],
            hovertemplate="%{y:.4f}, mean of %{customdata} run(s)",
        )
    for (name, (size, loss)), colour in zip(chosen.items(), cycle(RUNS)):
        figure.add_scatter(
            x=[size],
            y=[loss],
            name=name,
            mode="markers",
            marker={"size": 11, "color": colour},
            showlegend=False,
            hovertemplate="%{y:.4f}",
        )
    style(figure, "Test loss against bottleneck size, lower is better", x="Units of the code", y="Test MSE per pixel")
    under(figure, width=HALF)
    ticks = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    figure.update_xaxes(tickvals=ticks, type="log" if log else "linear")
    if log:
        logarithmic(figure)
    return figure


def class_bars(losses: Mapping[str, Mapping[str, float]]) -> go.Figure:
    """Draw the test loss of each class as bars side by side, for each run, by what the runs are called."""
    figure = go.Figure()
    for (name, by_class), colour in zip(losses.items(), cycle(RUNS)):
        figure.add_bar(
            x=list(by_class), y=list(by_class.values()), name=name, marker_color=colour, hovertemplate="%{y:.4f}"
        )
    style(figure, "Test loss by class: what is hard to draw", x="Class", y="Test MSE per pixel")
    under(figure, width=HALF)
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(type="category")
    return figure


DASHES = {"solid": "solid", "dash": "dashed", "dot": "dotted"}
"""What Plotly's dashes are called in a style sheet."""


def method_lines(methods: Sequence[str], runs: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Give each method its dash and colour: models are solid and coloured, in order, the others dashed and quiet."""
    colours = dict(zip(runs, cycle(RUNS), strict=False))
    others = iter(cycle(FILTERS))
    return {name: ("solid", colours[name]) if name in colours else next(others) for name in methods}


def noise_curve(
    measured: Mapping[str, Sequence[float]],
    strengths: Sequence[float],
    lines: Mapping[str, tuple[str, str]],
    *,
    title: str,
    unit: str,
    of: str,
    form: str,
) -> go.Figure:
    """Draw a measure of quality over the strength of noise; its legend stands elsewhere, for several figures share it.

    The strength that is looked at is not marked: every move of its slider would then draw all curves anew.

    Args:
        measured: for each method, a value at each strength.
        strengths: of the noise.
        lines: dash and colour of each method, as ``method_lines`` gives them.
        title: what is shown.
        unit: what the strength is.
        of: what the values are, with their unit.
        form: how a value is written, as in ".1f".
    """
    figure = go.Figure()
    for name, values in measured.items():
        dash, colour = lines[name]
        shown = [value if value < 60 else None for value in values]  # no noise at all is 100 dB
        figure.add_scatter(
            x=strengths,
            y=shown,
            name=name,
            mode="lines",
            line={"color": colour, "width": 2.5 if dash == "solid" else 1.5, "dash": dash},
            hovertemplate=f"%{{y:{form}}}",
        )
    style(figure, title, x=f"Strength ({unit})", y=of)
    figure.update_layout(height=280, showlegend=False)
    if form.endswith("%"):
        figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return figure


def step_curve(moved: Mapping[str, np.ndarray]) -> go.Figure:
    """Draw how far each step of an interpolation moves in pixels, for each way, with shape (steps,)."""
    figure = go.Figure()
    colours = iter(cycle(RUNS))
    for name, distances in moved.items():
        plain = name == interpolate.FADE
        figure.add_scatter(
            x=list(range(1, len(distances) + 1)),
            y=distances,
            name=name,
            mode="lines+markers",
            line={"color": QUIET if plain else next(colours), "dash": "dash" if plain else "solid", "width": 2},
            hovertemplate="%{y:.3f}",
        )
    style(figure, "How far each step moves the picture", x="Step", y="Root mean square change per pixel")
    under(figure, width=WIDE * 3 // 5)
    figure.update_xaxes(dtick=1)
    figure.update_yaxes(rangemode="tozero")
    return figure


def code_bars(code: np.ndarray, ranges: np.ndarray | None = None, *, title: str = "The code of the image") -> go.Figure:
    """Draw the code of one image, with shape (code size,), as bars, one for each unit.

    Args:
        code: its values.
        ranges: 5th, 50th and 95th percentile over the test images, with shape (3, code size), drawn behind.
        title: what it is the code of.
    """
    units = [str(i) for i in range(len(code))]
    figure = go.Figure()
    if ranges is not None:
        figure.add_bar(
            x=units,
            y=ranges[2] - ranges[0],
            base=ranges[0],
            name="90% of the test images",
            marker_color=FAINT,
            width=0.7,
            hovertemplate="%{base:.3f} to %{customdata:.3f}",
            customdata=ranges[2],
        )
    figure.add_bar(x=units, y=code, name="This image", marker_color=ACCENT, width=0.35, hovertemplate="%{y:.3f}")
    style(figure, title, x="Unit of the code", y="Value")
    figure.update_layout(height=260, barmode="overlay")
    figure.update_xaxes(type="category")
    return figure


def style(figure: go.Figure, title: str, *, x: str, y: str) -> None:
    """Give a figure what all have in common: its title, axes with units, the legend on top."""
    figure.update_layout(
        title={"text": title, "x": 0, "y": 0.98, "yanchor": "top", "font": {"size": 15}},
        font={"family": FONT},  # one that a saved picture is drawn with too, so that no label is cut
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        modebar={"orientation": "v"},  # beside the title, not over it
        height=320,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        hovermode="x unified",
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "title": None},
        showlegend=len(figure.data) > 1,
    )
    figure.update_xaxes(title=x, showgrid=False, zeroline=False, automargin=True)
    figure.update_yaxes(title=y, zeroline=False, automargin=True)


def under(figure: go.Figure, *, width: int = WIDE) -> None:
    """Put the legend below the chart, and make room for as many rows of it as its names take.

    Args:
        figure: with all its traces.
        width: about how many pixels of the screen the chart has.
    """
    names = [trace.name for trace in figure.data if trace.showlegend is not False]
    longest = max([50 + 6.5 * len(name) for name in names], default=0)
    rows = -(-len(names) // max(1, int((width - 40) // longest))) if len(names) > 1 else 0
    bottom = 46 + 19 * rows
    figure.update_layout(
        legend={"x": 0, "xanchor": "left", "y": 0, "yanchor": "bottom", "yref": "container"},
        margin={"b": bottom},
        height=300 + bottom,
    )


def _thinned(history: Sequence[Line]) -> list[Line]:
    """Leave out epochs of a long history, evenly."""
    if len(history) <= POINTS:
        return list(history)
    return [history[i] for i in np.unique(np.linspace(0, len(history) - 1, POINTS).round().astype(int))]

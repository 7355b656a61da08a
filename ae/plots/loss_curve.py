"""Loss curves."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
import plotly.graph_objects as go

from ae.plots.colours import ACCENT, FAINT, QUIET, RUNS, TRAINING
from ae.plots.style import POINTS, legend_below, logarithmic, style, thinned
from ae.runs.reading import Line


def loss_curve(history: Sequence[Line], epochs: int, *, validation_images: str) -> go.Figure:
    """Draw training and held-out loss against epochs, over a light line of batch losses.

    Args:
        history: the epochs so far; may be empty.
        epochs: how many there will be, so that the axis does not move.
        validation_images: what the held-out loss is measured on.
    """
    figure = go.Figure()
    lines = thinned(history)
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
        y=[line.monitored_loss for line in lines],
        name=f"Held-out ({validation_images})",
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
    for place, ((name, history), colour) in enumerate(zip(histories.items(), cycle(RUNS))):
        lines = thinned(history)
        seconds = np.cumsum([line.seconds for line in history])
        at = {line.epoch: float(second) for line, second in zip(history, seconds, strict=True)}
        x = [line.epoch if against == "epoch" else at[line.epoch] for line in lines]
        for kind, dash in (("held-out", "solid"), ("training", "dot")):
            if kind not in of:
                continue
            figure.add_scatter(
                x=x,
                y=[line.monitored_loss if kind == "held-out" else line.training_loss for line in lines],
                name=name if kind == of[0] else f"{name}, {kind}",
                legendgroup=str(place),
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
    legend_below(figure)
    if log:
        logarithmic(figure)
    return figure

"""Loss curves of one run, with its batches, or of several runs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from ae.plots.colours import ADDED, ERROR, FAINT, QUIET, TEST, TRAINING, VALIDATION
from ae.plots.direct_labels import Label, name_lines
from ae.plots.style import LONGEST, PLOT, POINTS, logarithmic, shortened, style, thinned
from ae.recipe import Recipe
from ae.runs.reading import Line

UNITS = {"mse": "Squared error per pixel", "bce": "Cross-entropy per pixel (nats)"}
"""The quantity and unit of a reconstruction error, by ``Recipe.loss``."""


def unit(recipe: Recipe) -> str:
    """Return the quantity and unit on the axis of a recipe's loss."""
    return UNITS[recipe.loss] + (f" + {recipe.term}" if recipe.term else "")


class Part(NamedTuple):
    """One of the terms that add up to a loss, against epochs."""

    id: str
    """"error" or "added"."""
    name: str
    colour: str
    dash: tuple[int, int]
    """The lengths of strokes and gaps."""
    values: list[float]
    """One for each epoch; NaN where the terms are not known."""


def parts(history: Sequence[Line], recipe: Recipe) -> list[Part]:
    """Return the terms of the validation (or test) loss: none if it is the reconstruction error alone.

    Args:
        history: the epochs; may be empty. An earlier version recorded no terms, and then there are none either.
        recipe: of the run.
    """
    if not recipe.term or (history and all(line.monitored_error is None for line in history)):
        return []
    errors = [float("nan") if line.monitored_error is None else line.monitored_error for line in history]
    added = [line.monitored_loss - error for line, error in zip(history, errors, strict=True)]
    of = "Validation" if recipe.validation_images else "Test"
    return [
        Part("error", f"{of}: error", ERROR, (7, 3), errors),
        Part("added", f"{of}: {recipe.term}", ADDED, (2, 2), added),
    ]


def loss_curve(history: Sequence[Line], recipe: Recipe) -> go.Figure:
    """Draw a run's training loss and its validation loss against epochs, over a faint line of batch losses.

    Without a validation split the test loss replaces the validation loss, with its own name and colour. Where a loss
    has another term beside the reconstruction error, the two are drawn too. A dotted line marks each restart of the
    schedule.

    Args:
        history: the epochs so far; may be empty.
        recipe: of the run; its number of epochs sets the range of the axis.
    """
    figure = go.Figure()
    lines = thinned(history)
    x = [line.epoch for line in lines]
    mode = "lines+markers" if len(lines) <= 60 else "lines"
    batch_x, batch_y = batches(lines, max(1, 2 * POINTS // max(1, len(lines))))
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
        name=recipe.training_label,
        mode=mode,
        line={"color": TRAINING, "width": 2},
        marker={"size": 5},
        hovertemplate="%{y:.4f}",
    )
    figure.add_scatter(
        x=x,
        y=[line.monitored_loss for line in lines],
        name=recipe.monitored_label,
        mode=mode,
        line={"color": VALIDATION if recipe.validation_images else TEST, "width": 2.5},
        marker={"size": 6},
        hovertemplate="%{y:.4f}",
    )
    for part in parts(lines, recipe):
        figure.add_scatter(
            x=x,
            y=part.values,
            name=part.name,
            mode="lines",
            line={"color": part.colour, "width": 2, "dash": ",".join(f"{length}px" for length in part.dash)},
            hovertemplate="%{y:.4f}",
        )
    style(figure, "Loss, lower is better", x="Epoch", y=unit(recipe))
    epochs = recipe.epochs
    figure.update_xaxes(range=[-0.02 * epochs - 0.05, epochs * 1.02 + 0.05], dtick=1 if epochs <= 12 else None)
    logarithmic(figure)
    for epoch in recipe.restarts:
        figure.add_vline(epoch, line={"color": QUIET, "width": 1, "dash": "dot"}, annotation={"text": "trained longer"})
    if not lines:
        figure.update_yaxes(range=[-2, -0.5])
        figure.add_annotation(
            text="The curve appears here after the first epoch",
            showarrow=False,
            xref="paper",
            yref="paper",
            x=0.5,
            y=0.5,
        )
    return figure


def batches(lines: Sequence[Line], per_epoch: int) -> tuple[list[float], list[float]]:
    """Return the times, in epochs, and the values of at most ``per_epoch`` batch losses of each epoch."""
    x, y = [], []
    for line in lines:
        count = len(line.batch_losses)
        for i in range(0, count, max(1, -(-count // per_epoch))):
            x.append(line.epoch - 1 + (i + 0.5) / count)
            y.append(line.batch_losses[i])
    return x, y


def _marked(name: str, label: str) -> str:
    """Return a run's name with the label of its loss; only the name is cut if the two are too long."""
    mark = f" · {label[0].lower()}{label[1:]}"
    return shortened(name, LONGEST - len(mark)) + mark


PLAIN = {"validation": "Validation", "training": "Training"}
"""The labels of losses that need no mark in a legend, by kind."""


def curves(
    runs: Mapping[str, tuple[Recipe, Sequence[Line]]],
    *,
    colours: Mapping[str, str],
    of: Sequence[str],
    against: str = "epoch",
    log: bool = True,
) -> go.Figure:
    """Draw the loss curves of several runs together, each run in its colour, its name at the end of its first curve.

    Validation losses are solid, training losses dotted. A run without a validation split shows its test loss instead,
    dashed, and the title says so; the hover text also marks training losses of noisy or augmented images.

    Args:
        runs: the recipe and the epochs of each run, by name.
        colours: of the runs, by name.
        of: "validation", "training", or both.
        against: "epoch" or "seconds" of training, on the horizontal axis.
        log: whether the loss axis is logarithmic.
    """
    figure = go.Figure()
    kinds = [kind for kind in PLAIN if kind in of]
    tested, labels, values = False, [], []
    for name, (recipe, history) in runs.items():
        lines = thinned(history)
        seconds = np.cumsum([line.seconds for line in history])
        at = {line.epoch: float(second) for line, second in zip(history, seconds, strict=True)}
        for kind in kinds:
            label = recipe.training_label if kind == "training" else recipe.monitored_label
            test = kind == "validation" and not recipe.validation_images
            tested |= test
            dash = "dot" if kind == "training" else "dash" if test else "solid"
            losses = [line.training_loss if kind == "training" else line.monitored_loss for line in lines]
            values += losses
            if losses and kind == kinds[0]:
                labels.append(Label(name, losses[-1], colours[name]))
            figure.add_scatter(
                x=[line.epoch if against == "epoch" else at[line.epoch] for line in lines],
                y=losses,
                name=name if label == PLAIN[kinds[0]] else _marked(name, label),
                mode="lines",
                line={"color": colours[name], "width": 2, "dash": dash},
                hovertemplate=f"%{{y:.4f}} {label.lower()}",
            )
    marks = [mark for mark, shown in (("training loss dotted", len(kinds) > 1), ("test loss dashed", tested)) if shown]
    style(
        figure,
        " and ".join(kinds).capitalize() + " loss, lower is better" + (f" ({', '.join(marks)})" if marks else ""),
        x="Epoch" if against == "epoch" else "Seconds of training",
        y="",
    )
    if log:
        logarithmic(figure)
    name_lines(figure, labels, values, unit="Loss per pixel", log=log, plot=PLOT)
    return figure

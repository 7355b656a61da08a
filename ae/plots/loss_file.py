"""The loss curve as a file, for ``-p`` on the command line; the screens draw theirs in the browser."""

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from ae.plots.colours import TEST, TRAINING, VALIDATION
from ae.plots.loss_curve import parts, unit
from ae.recipe import Recipe
from ae.runs.reading import Line

FORMATS = (".png", ".svg", ".pdf")


def save_curve(
    history: Sequence[Line], path: Path | BinaryIO, *, title: str, recipe: Recipe, form: str = "png"
) -> None:
    """Draw training and validation (or test) loss and its terms against epochs, and write a PNG, SVG or PDF.

    Args:
        history: the epochs; epoch 0, before training, is left out, because it would stretch the scale.
        path: of the file, whose extension chooses the format; or an open file.
        title: above the axes.
        recipe: of the run.
        form: the format of an open file, such as "svg".

    Raises:
        OSError: the file can't be written.
    """
    from matplotlib.figure import Figure  # takes a second to import, and only this function needs it

    figure = Figure(figsize=(7, 4.2), dpi=150, layout="constrained")
    axes = figure.add_subplot()
    trained = [line for line in history if line.epoch > 0] or history
    epochs = [line.epoch for line in trained]
    marker = "o" if len(trained) < 20 else None
    monitored = VALIDATION if recipe.validation_images else TEST
    for losses, colour, label in (
        ([line.training_loss for line in trained], TRAINING, recipe.training_label),
        ([line.monitored_loss for line in trained], monitored, recipe.monitored_label),
    ):
        axes.plot(epochs, losses, color=colour, marker=marker, ms=4, label=label)
    for part in parts(trained, recipe):
        axes.plot(epochs, part.values, color=part.colour, linestyle=(0, part.dash), label=part.name)
    axes.set_title(title, loc="left", fontsize=11, parse_math=False)  # a name with dollar signs is not a formula
    axes.set_xlabel("Epoch")
    axes.set_ylabel(unit(recipe))
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    if isinstance(path, Path):
        figure.savefig(path)
    else:
        figure.savefig(path, dpi=300, format=form)

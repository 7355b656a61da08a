"""The sentences beside the curve and the map of the live view, for someone who sees such ones for the first time."""

import math
from collections.abc import Sequence

from ae.recipe import Recipe
from ae.runs.reading import Line

CLEAR, CLOSED = 0.02, 0.5
"""How much higher the training loss clearly is, by its logarithm, and the share of it that may be left at the end."""


def points(recipe: Recipe, *, classes: bool) -> str:
    """Return what a point of the map is, its colour, if there are ``classes``, and its place."""
    coloured = ", coloured by its class" if classes else ""
    if recipe.code_size > 2:
        return f"Each point is a test image{coloured}, in the two directions in which the codes vary most."
    place = "the two values" if recipe.code_size == 2 else "the value"
    return f"Each point is a test image{coloured}, at {place} of its code."


def above(recipe: Recipe, history: Sequence[Line]) -> str:
    """Return why the training loss is at first above the other, if it is so and then falls to it, or else nothing.

    Where it stays above, there are other reasons, such as noise on the training images.
    """
    gaps = [
        math.log(line.training_loss / line.monitored_loss)
        for line in history
        if line.epoch > 0 and line.monitored_loss > 0 < line.training_loss < math.inf > line.monitored_loss
    ]
    if not gaps or gaps[0] < CLEAR or (len(gaps) > 1 and gaps[-1] > CLOSED * gaps[0]):
        return ""
    other = recipe.monitored_label.split()[0].lower()
    epochs = "epochs" if len(gaps) > 1 and gaps[1] >= CLEAR else "epoch"
    return (
        f"The training loss is higher in the first {epochs} because it is the mean over an epoch, during which the "
        f"network improves; the {other} loss is measured after it."
    )

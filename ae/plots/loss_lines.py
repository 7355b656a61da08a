"""The loss curves of runs as SVG, for a file and for a report."""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import NamedTuple

from ae.plots import line_chart
from ae.plots.colours import RUNS, TEST, TRAINING, VALIDATION
from ae.plots.line_chart import Curve
from ae.plots.loss_curve import parts, unit
from ae.runs import reading
from ae.runs.folders import Run


class Drawn(NamedTuple):
    """A chart of losses."""

    svg: str
    curves: list[Curve]
    unit: str
    """Of the losses."""


def draw(runs: Sequence[Run], labels: Sequence[str]) -> Drawn | None:
    """Draw training and validation (or test) loss of one run, or the validation (or test) losses of several.

    The validation loss of one run is drawn with its terms, where it has several. Epoch 0, before training, is left out.

    Args:
        runs: at least one.
        labels: their names in the legend.

    Returns:
        None if no run has a history.
    """
    curves = [curve for curve in (_one(runs[0]) if len(runs) == 1 else _several(runs, labels)) if curve.points]
    if not curves:
        return None
    units = {unit(run.recipe) for run in runs}
    shown = units.pop() if len(units) == 1 else "Loss per pixel"
    return Drawn(line_chart.svg(curves, title="Loss, lower is better", x="Epoch", y=shown), curves, shown)


def _one(run: Run) -> Iterator[Curve]:
    history = [line for line in reading.read_history(run) if line.epoch]
    monitored = VALIDATION if run.recipe.validation_images else TEST
    yield Curve(run.recipe.training_label, TRAINING, [(line.epoch, line.training_loss) for line in history])
    yield Curve(run.recipe.monitored_label, monitored, [(line.epoch, line.monitored_loss) for line in history])
    for part in parts(history, run.recipe):
        known = [(line.epoch, value) for line, value in zip(history, part.values, strict=True) if value > 0]
        yield Curve(part.name, part.colour, known, " ".join(map(str, part.dash)))


def _several(runs: Sequence[Run], labels: Sequence[str]) -> Iterator[Curve]:
    """Yield a curve for each run, in its own colour if no two share one; dashed for a test loss."""
    own = [RUNS[run.colour % len(RUNS)] for run in runs]
    colours = own if len(set(own)) == len(own) else cycle(RUNS)
    for run, name, colour in zip(runs, labels, colours, strict=False):
        points = [(line.epoch, line.monitored_loss) for line in reading.read_history(run) if line.epoch]
        yield Curve(name, colour, points, "" if run.recipe.validation_images else "6 4")

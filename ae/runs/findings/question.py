"""What a question consists of. Nothing here imports torch."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from ae.recipe import Recipe
from ae.runs.folders import Run
from ae.runs.grid import Grid
from ae.runs.sweep_study import spread

if TYPE_CHECKING:
    import numpy as np

    from ae.data.datasets import Dataset
    from ae.models.base import Autoencoder

Row = dict[str, Any]
"""A row of the measured figures: short texts and numbers, by column."""


class Scope(NamedTuple):
    """What a question is asked of."""

    dataset: str
    """As ``ae.data.sources.find`` takes it."""
    seeds: tuple[int, ...]
    """Of the runs: each recipe is trained once with each."""


class Part(NamedTuple):
    """Runs that a question needs: a preset, and a grid of recipes that are made from it."""

    preset: str
    grid: Grid


class Mark(NamedTuple):
    """A point that the answer names."""

    line: str
    x: Any
    """A value of the x axis."""
    text: str
    """A few characters beside the point, such as "93%"; may be empty, if the heading says them."""
    better: bool | None = None
    """Whether the point is better than the baseline; None if it is not compared."""


class Baseline(NamedTuple):
    """What the rows of a chart are compared with."""

    name: str
    value: float
    text: str
    """The name with its value, such as "Plain: 79%"."""


class Panel(NamedTuple):
    """A chart of means with error bars, from the least to the greatest value over seeds."""

    title: str
    """What the chart shows, as a conclusion that is computed from it."""
    x: str
    """The column for the x axis: numbers, or texts in order."""
    x_label: str
    y_label: str
    """What is measured, with the unit."""
    parts: Mapping[str, pd.DataFrame]
    """By the name of a line, its points: ``x`` and the columns of ``ae.runs.sweep_study.spread``."""
    better: str = ""
    """Which values are better, "lower" or "higher"; empty if neither is."""
    form: str = ".4f"
    """The format of a value, such as ".1%"."""
    log: bool = False
    """Whether the y axis is logarithmic."""
    linear: bool = False
    """Whether the x axis is linear even if its values are far apart."""
    marks: Sequence[Mark] = ()
    main: str = ""
    """The line that the thumbnail stresses; empty for those with marks."""
    other: str = ""
    """The line that the question compares it with, which the thumbnail shows as well."""
    quiet: Collection[str] = ()
    """The lines that others are compared with, which are grey."""
    limit: str = ""
    """The line that no other can be better than, which is dotted and has no points."""
    shade: tuple[float, str] | None = None
    """The value of the x axis from which on the chart is shaded, and what to write there."""
    baseline: Baseline | None = None
    """What rows are compared with; it has no row of its own."""
    of: tuple[str, float] | None = None
    """If the values are relative changes: of what, such as "test MSE", and its value without a change."""
    brief: str = ""
    """What is measured, in a word or two, beside the thumbnail."""
    brief_x: str = ""
    """What the x axis is, in a word or two, beside the thumbnail; empty for rows."""
    brief_rows: Mapping[str, str] = {}
    """What rows are called beside the thumbnail, by name, where that is shorter."""
    note: str = ""
    """A sentence on what else is to be seen, which stands below the chart."""

    @property
    def measures(self) -> str:
        """What is measured, and which values are better."""
        return f"{self.y_label}, {self.better} is better" if self.better else self.y_label


@dataclass(frozen=True)
class Question:
    """A question, how it is measured, and how its answer is computed from the measured figures."""

    name: str
    """A short name for the command line."""
    sentence: str
    method: str
    """How it is measured, in one or two sentences."""
    seeds: tuple[int, ...]
    minutes: int
    """About how long it takes on two cores."""
    parts: Callable[[Scope], Sequence[Part]]
    measure: "Callable[[Run, Autoencoder, Dataset], Iterable[Row]]"
    """Measures a finished run: its recipe, its model in eval mode on the CPU, and its dataset."""
    panels: Callable[[pd.DataFrame], Sequence[Panel]]
    """What is drawn of the rows of all runs: at least one chart."""
    answer: Callable[[pd.DataFrame], str]
    """Returns the answer to the question from the rows of all runs: a short answer, a colon, and sentences of which the
    first says what it rests on, in plain words."""
    context: str = ""
    """Why one would ask, or what the chart shows, in one short sentence for somebody who is new to it; empty if the
    question says it."""
    trained: str = ""
    """How the runs were trained, in a few words, such as "the preset Fast, trained for 3 epochs"."""
    baseline: "Callable[[Dataset], Iterable[Row]]" = lambda dataset: ()
    """Measures what needs no run, such as PCA."""
    pictures: "Callable[[pd.DataFrame], Mapping[str, Mapping[str, np.ndarray]]]" = lambda rows: {}
    """Returns a test digit and its reconstructions from the rows of all runs: by label, a row of pictures by heading,
    each uint8 with shape (S, S); empty if the question keeps none."""
    card: "Callable[[pd.DataFrame], Mapping[str, np.ndarray]]" = lambda rows: {}
    """Returns the few of the ``pictures`` that the question's card shows, by a heading of two or three short words."""
    winner: Callable[[pd.DataFrame, str], Recipe | None] = lambda rows, dataset: None
    """Returns the recipe for a dataset that the rows of all runs show to be best, if the question looks for one."""
    digits: bool = False
    """Whether it can only be asked of digits."""

    @property
    def scope(self) -> Scope:
        """What the question is asked of unless another dataset or other seeds are named."""
        return Scope("mnist", self.seeds)


def panel(
    rows: pd.DataFrame,
    column: str,
    *,
    title: str = "",
    x: tuple[str, str],
    y: str,
    lines: str = "",
    **looks: Any,  # noqa: ANN401
) -> Panel:
    """Return a chart of a column against another, with mean and spread over the rows of each point.

    Args:
        rows: the measured figures.
        column: what is drawn.
        title: what the chart shows; empty if the answer says it, and what is measured is enough.
        x: the column for the x axis, and its label.
        y: what is measured.
        lines: the column whose values are the lines, in the order of their first rows; empty for a single line.
        looks: other fields of ``Panel``.
    """
    name, label = x
    known = rows.dropna(subset=[column])
    found = spread(known, [lines, name] if lines else [name], column)
    if not pd.api.types.is_numeric_dtype(found[name]):
        places = {value: place for place, value in enumerate(known[name].unique())}
        found = found.sort_values(name, key=lambda values: values.map(places), kind="stable")
    parts = {str(line): found[found[lines] == line] for line in known[lines].unique()} if lines else {"": found}
    made = Panel(title, name, label, y, parts, **looks)
    return made if title else made._replace(title=made.measures)

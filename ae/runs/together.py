"""Several runs that were trained on one dataset, with their models."""

from collections.abc import Sequence
from typing import NamedTuple

from ae.data import datasets
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs import model_file
from ae.runs.folders import Run


class Chosen(NamedTuple):
    """Models by name, and the dataset that all of them were trained on."""

    models: dict[str, Autoencoder]
    dataset: Dataset


def load(runs: Sequence[Run]) -> Chosen:
    """Load models, keyed by their runs' names or, if two runs share a name, by id; and load their dataset.

    Raises:
        ValueError: they were not trained on the same dataset.
        RunError: one has no weights, or can't be read.
        ae.data.sources.DataError: the dataset can't be loaded.
    """
    first = runs[0]
    for run in runs:
        if run.recipe.dataset != first.recipe.dataset:
            raise ValueError(
                f"{run.id} was trained on {run.recipe.dataset} and {first.id} on {first.recipe.dataset}: "
                "choose runs of one dataset"
            )
    titles = [run.name for run in runs]
    named = {run.name if titles.count(run.name) == 1 else run.id: model_file.load(run) for run in runs}
    return Chosen(named, datasets.load(first.recipe.dataset))

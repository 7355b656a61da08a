"""Compare runs: a table, the differences from a baseline, and test loss against bottleneck size."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ae.data import sources
from ae.models.registry import MODELS
from ae.presets import PRESETS, changed
from ae.recipe import Recipe
from ae.runs import reading
from ae.runs.folders import Run
from ae.runs.reading import Line

COMPARED = (
    "Validation loss",
    "Test MSE",
    "PSNR (dB)",
    "SSIM",
    "Recognition rate",
    "kNN accuracy",
    "ELBO",
    "Active units",
    "Parameters",
    "Seconds",
)
"""The columns that are compared with the baseline. ELBO, in nats per image, is there if a run has one."""


class Reported(NamedTuple):
    """A figure that the coursework reported: the bottleneck size, the loss, and which loss it is."""

    code_size: int
    loss: float
    words: str


REPORTED = {
    "mnist": (
        Reported(8, 0.02134, "Lab report, Xavier: training loss, epoch 50"),
        Reported(8, 0.02, "Lab report: training loss, “about 0.02”"),
        Reported(2, 0.032616, "Homework report, convolutional: validation loss"),
    )
}
"""What the coursework reported (the lab and the homework), by dataset; none of it is a test loss."""


def row(run: Run, history: Sequence[Line], measured: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a run as a row of the table; None where nothing was measured yet.

    The validation loss is that of the last epoch, and None for a run without a validation split: the loss that such a
    run records is the test loss.
    """
    recipe = run.recipe
    last = history[-1] if history else None
    return {
        "Run": run.name,
        "Bottleneck": recipe.code_size,
        "Validation loss": last.validation_loss if last else None,
        "Test MSE": measured.get("test_mse"),
        "PSNR (dB)": measured.get("psnr"),
        "SSIM": measured.get("ssim"),
        "Recognition rate": measured.get("recognition_rate"),
        "kNN accuracy": measured.get("knn_accuracy"),
        "ELBO": measured.get("elbo"),
        "Active units": measured.get("active_units", last.active_units if last else None),
        "Parameters": measured.get("parameters"),
        "Seconds": sum(line.seconds for line in history) if history else None,
        "Epochs": last.epoch if last else 0,
        "Loss": loss_words(recipe),
        "Dataset": recipe.dataset,
        "Network": MODELS[recipe.model].title,
        "Recipe": recipe_words(run),
        "Seed": recipe.seed,
        "Tags": list(run.tags),
        "Id": run.id,
    }


def loss_words(recipe: Recipe) -> str:
    """Return the kind of a recipe's loss, as in "mse" or "bce + 1 KL"; only losses of one kind can be compared."""
    return recipe.loss + (f" + {recipe.beta:g} KL" if recipe.beta else "")


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Return a row for each run, read from their folders, in the order given."""
    rows = [row(run, reading.read_history(run), reading.read_metrics(run)) for run in runs]
    return frame(rows)


def frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a table whose numbers are numbers, NaN where nothing was measured."""
    found = pd.DataFrame(list(rows))
    for name in COMPARED:
        if name in found:
            found[name] = pd.to_numeric(found[name])
    return found.drop(columns="ELBO") if "ELBO" in found and found["ELBO"].isna().all() else found


def difference(column: str) -> str:
    """Return the name of the column that holds the differences of ``column``."""
    return f"{column} difference"


def differences(found: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return, for each of ``COMPARED``, every run's value less the baseline's, in columns named by ``difference``.

    What was measured on other images than the baseline's is NaN, and so is the validation loss of another kind of loss.

    Args:
        found: what ``table`` returned.
        baseline: the id of the run to compare with.

    Raises:
        ValueError: the baseline is not in the table.
    """
    at = found.index[found["Id"] == baseline]
    if not len(at):
        raise ValueError(f"the baseline {baseline!r} is not among the runs that are compared")
    columns = [name for name in COMPARED if name in found]
    different = found[columns] - found.loc[at[0], columns]
    elsewhere = found["Dataset"] != found.loc[at[0], "Dataset"]
    different.loc[elsewhere, [name for name in columns if name not in ("Parameters", "Seconds")]] = np.nan
    different.loc[found["Loss"] != found.loc[at[0], "Loss"], "Validation loss"] = np.nan
    return different.rename(columns=difference)


def warnings(runs: Sequence[Run], baseline: Run) -> list[str]:
    """Return what makes runs hard to compare with the baseline, a sentence each."""
    sentences = []
    others = [run for run in runs if run.recipe.dataset != baseline.recipe.dataset]
    if others:
        sentences.append(
            f"{_listed(others)} {'was' if len(others) == 1 else 'were'} trained on a different dataset from the "
            f"baseline ({sources.SOURCES[baseline.recipe.dataset].title}): the losses are not of the same images, so "
            "the reconstructions and the losses by class leave these runs out."
        )
    if entropic := [run for run in runs if run.recipe.loss != "mse"]:
        sentences.append(
            f"The loss of {_listed(entropic)} is binary cross-entropy, so its curve can't be compared with a squared "
            "error; the table's test MSE can."
        )
    if weighted := [run for run in runs if run.recipe.beta and run.recipe.loss == "mse"]:
        sentences.append(
            f"The loss of {_listed(weighted)} includes the KL term, so its curve lies above its squared error; the "
            "table's test MSE does not."
        )
    if untested := [run for run in runs if not run.recipe.validation_images]:
        sentences.append(
            f"{_listed(untested)} {'has' if len(untested) == 1 else 'have'} no validation split, so there is no "
            "validation loss to compare."
        )
    sizes = [
        run
        for run in runs
        if run.recipe.code_size != baseline.recipe.code_size and run.recipe.dataset == baseline.recipe.dataset
    ]
    if sizes:
        sentences.append(
            f"{_listed(sizes)} {'has' if len(sizes) == 1 else 'have'} a different bottleneck size from the baseline "
            f"({baseline.recipe.code_size}): part of the difference comes from the bottleneck, not from the recipe."
        )
    return sentences


def by_size(runs: Sequence[Run], found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return, for each recipe, its test MSE against bottleneck size.

    Runs of one recipe differ in bottleneck size and seed alone; those that are not finished are left out.

    Args:
        runs: of one dataset.
        found: their rows, as ``table`` returned them.

    Returns:
        by recipe, a table with the columns ``Bottleneck``, ``mean``, ``least``, ``most`` and ``runs``.
    """
    ended = np.array([run.recipe.epochs for run in runs]) == found["Epochs"].to_numpy()
    chosen = found[ended & np.isfinite(found["Test MSE"].to_numpy(float))]
    words = pd.Series([recipe_words(run) for run in runs], index=found.index)
    groups = {}
    for name, group in chosen.groupby(words[chosen.index]):
        losses = group.groupby("Bottleneck")["Test MSE"]
        groups[str(name)] = losses.agg(mean="mean", least="min", most="max", runs="count").reset_index()
    return groups


def recipe_words(run: Run) -> str:
    """Describe a run's recipe: its preset and what was changed in it, or its network and what is not the lab's."""
    if run.preset in PRESETS:
        name, own = PRESETS[run.preset].title, changed(run.recipe, run.preset)
    else:
        name, own = MODELS[run.recipe.model].title, changed(run.recipe, "lab")
        own.pop("model", None)
    return ", ".join([name, *(f"{key} {value}" for key, value in own.items())])


def _listed(runs: Sequence[Run]) -> str:
    names = [run.name for run in runs]
    return names[0] if len(names) == 1 else f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"

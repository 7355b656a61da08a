"""Compare runs: a table, the differences from a baseline, and test loss against bottleneck size."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ae.data import sources
from ae.models.registry import MODELS
from ae.presets import PRESETS, changed
from ae.recipe import Recipe
from ae.runs import imported, reading
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
"""The columns that are compared with the baseline. ELBO, in nats per image, is included if a run has one."""

FORMATS = {
    "Validation loss": ".5f",
    "Test MSE": ".5f",
    "PSNR (dB)": ".2f",
    "SSIM": ".3f",
    "Recognition rate": ".1%",
    "kNN accuracy": ".3f",
    "ELBO": ".1f",
    "Active units": ".0f",
    "Parameters": ",.0f",
    "Seconds": ".1f",
}
"""How the table writes numbers, by column."""


class Reported(NamedTuple):
    """A figure from a report of the coursework: the bottleneck size, the loss, and its description."""

    code_size: int
    loss: float
    label: str


REPORTED = {
    "mnist": (
        Reported(8, 0.02134, "Lab report, Xavier: training loss, epoch 50"),
        Reported(8, 0.02, "Lab report: training loss, “about 0.02”"),
        Reported(2, 0.032616, "Homework report, convolutional: validation loss"),
    )
}
"""Figures from the reports of the coursework (the lab and the homework), by dataset; none is a test loss."""


def row(run: Run, history: Sequence[Line], measured: dict[str, Any]) -> dict[str, Any]:
    """Return a run's row of the table, with None where nothing was measured yet.

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
        "Epochs": last.epoch if last else None if recipe.imported else 0,
        "Loss": loss_label(recipe),
        "Dataset": recipe.dataset,
        "Network": MODELS[recipe.model].title,
        "Recipe": recipe_label(run),
        "Seed": None if recipe.imported else recipe.seed,
        "Tags": list(run.tags),
        "Id": run.id,
    }


def loss_label(recipe: Recipe) -> str:
    """Return the kind of a recipe's loss, as in "cross-entropy + KL"; only losses of one kind can be compared."""
    if recipe.imported:
        return "unknown"
    error = {"mse": "squared error", "bce": "cross-entropy"}[recipe.loss]
    weight = recipe.beta or recipe.penalty_weight or 1
    return f"{error} + {'' if weight == 1 else f'{weight:g} '}{recipe.term}" if recipe.term else error


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Return a row for each run, read from their folders, in the order given."""
    rows = [row(run, reading.read_history(run), reading.read_metrics(run)) for run in runs]
    return frame(rows)


def frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a table with numeric columns, NaN where nothing was measured."""
    found = pd.DataFrame(list(rows))
    for name in COMPARED:
        if name in found:
            found[name] = pd.to_numeric(found[name])
    return found.drop(columns="ELBO") if "ELBO" in found and found["ELBO"].isna().all() else found


def cell(value: Any, form: str, sign: str = "") -> str:  # noqa: ANN401
    """Return a value of the table as text: empty where nothing was measured; with the sign "+", numbers have one."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:{sign}{form}}" if form else str(value)


def difference(column: str) -> str:
    """Return the name of the column of differences that belongs to ``column``."""
    return f"{column} difference"


def differences(found: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return, for each of ``COMPARED``, every run's value minus the baseline's, in columns named by ``difference``.

    A difference is NaN if the two were measured on different images, or if it is one of two kinds of validation loss.

    Args:
        found: the result of ``table``.
        baseline: the id of the run to compare with.

    Raises:
        ValueError: the baseline is not in the table.
    """
    at = found.index[found["Id"] == baseline]
    if not len(at):
        raise ValueError(f"the baseline {baseline!r} is not one of the compared runs")
    columns = [name for name in COMPARED if name in found]
    different = found[columns] - found.loc[at[0], columns]
    elsewhere = found["Dataset"] != found.loc[at[0], "Dataset"]
    different.loc[elsewhere, [name for name in columns if name not in ("Parameters", "Seconds")]] = np.nan
    different.loc[found["Loss"] != found.loc[at[0], "Loss"], "Validation loss"] = np.nan
    return different.rename(columns=difference)


def warnings(runs: Sequence[Run], baseline: Run, names: Mapping[Run, str] | None = None) -> list[str]:
    """Return a sentence for everything that makes runs hard to compare with the baseline.

    Args:
        runs: all runs of the comparison.
        baseline: one of them.
        names: how to name them, if not by their own names.
    """
    sentences = []

    def listed(some: Sequence[Run]) -> str:
        return ", ".join([names[run] if names else run.name for run in some][:3]) + " and others" * (len(some) > 3)

    others = [run for run in runs if run.recipe.dataset != baseline.recipe.dataset]
    if others:
        sentences.append(
            f"{listed(others)} {'was' if len(others) == 1 else 'were'} trained on a different dataset from the "
            f"baseline ({sources.find(baseline.recipe.dataset).title}): the losses are not comparable, so the "
            "reconstructions and the losses by class leave these runs out."
        )
    if entropic := [run for run in runs if run.recipe.loss != "mse"]:
        sentences.append(
            f"The loss of {listed(entropic)} is binary cross-entropy, so its curve can't be compared with a squared "
            "error; the table's test MSE can."
        )
    if weighted := [run for run in runs if run.recipe.term and run.recipe.loss == "mse"]:
        terms = " or ".join(dict.fromkeys(run.recipe.term for run in weighted))
        sentences.append(
            f"The loss of {listed(weighted)} includes the {terms} term, so its curve lies above the squared error; the "
            "table's test MSE does not include it."
        )
    if foreign := [run for run in runs if run.recipe.imported]:
        sentences.append(
            f"{listed(foreign)} {'was' if len(foreign) == 1 else 'were'} imported, so there is no training history, "
            "and how training went is not known."
        )
    if untested := [run for run in runs if not run.recipe.validation_images and not run.recipe.imported]:
        sentences.append(
            f"{listed(untested)} {'has' if len(untested) == 1 else 'have'} no validation split, so there is no "
            "validation loss to compare."
        )
    sizes = [
        run
        for run in runs
        if run.recipe.code_size != baseline.recipe.code_size
        and run.recipe.dataset == baseline.recipe.dataset
        and recipe_label(run) != recipe_label(baseline)
    ]
    if sizes:
        sentences.append(
            f"{listed(sizes)} {'has' if len(sizes) == 1 else 'have'} a different bottleneck size from the baseline "
            f"({baseline.recipe.code_size}): part of the difference comes from the bottleneck, not from the recipe."
        )
    return sentences


def by_size(runs: Sequence[Run], found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return, for each recipe, its test MSE against bottleneck size.

    Runs of one recipe differ only in bottleneck size and seed; unfinished and imported runs are left out.

    Args:
        runs: all trained on one dataset.
        found: the result of ``table`` for these runs.

    Returns:
        by recipe, a table with the columns ``Bottleneck``, ``mean``, ``least``, ``most`` and ``runs``.
    """
    own = np.array([not run.recipe.imported for run in runs])
    ended = own & (np.array([run.recipe.epochs for run in runs]) == found["Epochs"].to_numpy())
    chosen = found[ended & np.isfinite(found["Test MSE"].to_numpy(float))]
    labels = pd.Series([recipe_label(run) for run in runs], index=found.index)
    groups = {}
    for name, group in chosen.groupby(labels[chosen.index]):
        losses = group.groupby("Bottleneck")["Test MSE"]
        groups[str(name)] = losses.agg(mean="mean", least="min", most="max", runs="count").reset_index()
    return groups


def recipe_label(run: Run) -> str:
    """Return a label for a run's recipe: its preset and its changes, or its network and its changes from *lab*."""
    if run.recipe.imported:
        return f"{imported.network(run.recipe)}, imported"
    if run.preset in PRESETS:
        name, own = PRESETS[run.preset].title, changed(run.recipe, run.preset)
    else:
        name, own = MODELS[run.recipe.model].title, changed(run.recipe, "lab")
        own.pop("model", None)
    return ", ".join([name, *(f"{key} {value}" for key, value in own.items())])

"""Runs beside each other: a table, the differences to one of them, and loss against bottleneck size."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ae.data import sources
from ae.models.registry import MODELS
from ae.presets import PRESETS, changed
from ae.runs import reading
from ae.runs.folders import Run
from ae.runs.reading import Line

COMPARED = ("Test MSE", "PSNR (dB)", "SSIM", "Legible", "kNN accuracy", "ELBO", "Live units", "Parameters", "Seconds")
"""The columns that are compared with the baseline. ELBO, in nats an image, is there if there is one."""


class Reported(NamedTuple):
    """A figure from the coursework: its bottleneck size, the loss, and what exactly was reported."""

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
"""What the coursework reported (SEEDS.md, A and B), by dataset; none of it is a test loss."""


def row(run: Run, history: Sequence[Line], measured: dict[str, Any]) -> dict[str, Any]:
    """Put what is known of a run in a row; None where nothing was measured yet."""
    recipe = run.recipe
    last = history[-1] if history else None
    return {
        "Run": run.name,
        "Code": recipe.code_size,
        "Test MSE": measured.get("test_mse"),
        "PSNR (dB)": measured.get("psnr"),
        "SSIM": measured.get("ssim"),
        "Legible": measured.get("recognition_rate"),
        "kNN accuracy": measured.get("knn_accuracy"),
        "ELBO": measured.get("elbo"),
        "Live units": measured.get("active_units", last.active_units if last else None),
        "Parameters": measured.get("parameters"),
        "Seconds": sum(line.seconds for line in history) if history else None,
        "Epochs": last.epoch if last else 0,
        "Dataset": recipe.dataset,
        "Network": MODELS[recipe.model].title,
        "Recipe": recipe_words(run),
        "Seed": recipe.seed,
        "Tags": list(run.tags),
        "Id": run.id,
    }


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Give a row for each run, read from their folders, in the order given."""
    rows = [row(run, reading.read_history(run), reading.read_metrics(run)) for run in runs]
    return frame(rows)


def frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Make a table of rows; numbers are numbers, and NaN where nothing was measured."""
    found = pd.DataFrame(list(rows))
    for name in COMPARED:
        if name in found:
            found[name] = pd.to_numeric(found[name])
    return found.drop(columns="ELBO") if "ELBO" in found and found["ELBO"].isna().all() else found


def differences(found: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Give, for each of ``COMPARED``, every run's value less that of the run with the id ``baseline``.

    What was measured on other images than the baseline's is NaN.

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
    return different


def warnings(runs: Sequence[Run], baseline: Run) -> list[str]:
    """Say what makes runs hard to compare with the baseline, a sentence each."""
    sentences = []
    others = [run for run in runs if run.recipe.dataset != baseline.recipe.dataset]
    if others:
        sentences.append(
            f"{_listed(others)} learned another dataset than the baseline "
            f"({sources.SOURCES[baseline.recipe.dataset].title}): their losses are not of the "
            "same images, so they are left out of the pictures and the losses by class."
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
    sizes = [
        run
        for run in runs
        if run.recipe.code_size != baseline.recipe.code_size and run.recipe.dataset == baseline.recipe.dataset
    ]
    if sizes:
        sentences.append(
            f"{_listed(sizes)} {'has' if len(sizes) == 1 else 'have'} another code size than the baseline "
            f"({baseline.recipe.code_size}): part of the difference is the bottleneck's, not the recipe's."
        )
    return sentences


def by_size(runs: Sequence[Run], found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give, for each recipe, its test MSE against code size: ``Code``, ``mean``, ``least``, ``most``, ``runs``.

    Runs of one recipe differ in code size and seed alone; those that are not finished are left out.

    Args:
        runs: of one dataset.
        found: their rows, as ``table`` gives them.
    """
    ended = np.array([run.recipe.epochs for run in runs]) == found["Epochs"].to_numpy()
    chosen = found[ended & np.isfinite(found["Test MSE"].to_numpy(float))]
    words = pd.Series([recipe_words(run) for run in runs], index=found.index)
    groups = {}
    for name, group in chosen.groupby(words[chosen.index]):
        losses = group.groupby("Code")["Test MSE"]
        groups[str(name)] = losses.agg(mean="mean", least="min", most="max", runs="count").reset_index()
    return groups


def recipe_words(run: Run) -> str:
    """Say what recipe a run is of: its preset and what was changed in it, or its network and what is not the lab's."""
    if run.preset in PRESETS:
        name, own = PRESETS[run.preset].title, changed(run.recipe, run.preset)
    else:
        name, own = MODELS[run.recipe.model].title, changed(run.recipe, "lab")
        own.pop("model", None)
    return ", ".join([name, *(f"{key} {value}" for key, value in own.items())])


def _listed(runs: Sequence[Run]) -> str:
    names = [run.name for run in runs]
    return names[0] if len(names) == 1 else f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"

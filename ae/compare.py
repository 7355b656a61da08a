"""Runs beside each other: a table, the differences to one of them, and loss against bottleneck size."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ae import checkpoints
from ae.checkpoints import Line, Run
from ae.models import MODELS

BETTER = {
    "Test MSE": -1,
    "PSNR (dB)": 1,
    "SSIM": 1,
    "Legible": 1,
    "kNN accuracy": 1,
    "Live units": 1,
    "Parameters": -1,
    "Seconds": -1,
}
"""The columns that are compared with the baseline, and which way is better."""


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
        "Legible": measured.get("legible"),
        "kNN accuracy": measured.get("knn_accuracy"),
        "Live units": measured.get("live_units", last.live_units if last else None),
        "Parameters": measured.get("parameters"),
        "Seconds": sum(line.seconds for line in history) if history else None,
        "Epochs": last.epoch if last else 0,
        "Dataset": recipe.dataset,
        "Network": MODELS[recipe.model].title,
        "Recipe": run.preset or "own",
        "Seed": recipe.seed,
        "Tags": list(run.tags),
        "Id": run.id,
    }


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Give a row for each run, read from their folders, in the order given."""
    rows = [row(run, checkpoints.read_history(run), checkpoints.read_metrics(run)) for run in runs]
    return frame(rows)


def frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Make a table of rows; numbers are numbers, and NaN where nothing was measured."""
    found = pd.DataFrame(list(rows))
    for name in BETTER:
        if name in found:
            found[name] = pd.to_numeric(found[name])
    return found


def differences(found: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Give, for each of ``BETTER``, every run's value less that of the run with the id ``baseline``.

    Raises:
        ValueError: the baseline is not in the table.
    """
    at = found.index[found["Id"] == baseline]
    if not len(at):
        raise ValueError(f"the baseline {baseline!r} is not among the runs that are compared")
    columns = [name for name in BETTER if name in found]
    return found[columns] - found.loc[at[0], columns]


def warnings(runs: Sequence[Run], baseline: Run) -> list[str]:
    """Say what makes runs hard to compare with the baseline, a sentence each."""
    sentences = []
    others = [run for run in runs if run.recipe.dataset != baseline.recipe.dataset]
    if others:
        sentences.append(
            f"{_listed(others)} learned another dataset than the baseline ({baseline.recipe.dataset}): their losses "
            "are not of the same images, so they are left out of the pictures and the digits' losses."
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


def by_size(found: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Give, for each recipe, its test MSE against code size: ``Code``, ``mean``, ``least``, ``most``, ``runs``."""
    measured = found[np.isfinite(found["Test MSE"])]
    groups = {}
    for name, group in measured.groupby(measured["Recipe"].where(measured["Recipe"] != "own", measured["Network"])):
        losses = group.groupby("Code")["Test MSE"]
        groups[str(name)] = losses.agg(mean="mean", least="min", most="max", runs="count").reset_index()
    return groups


def _listed(runs: Sequence[Run]) -> str:
    names = [run.name for run in runs]
    return names[0] if len(names) == 1 else f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}"

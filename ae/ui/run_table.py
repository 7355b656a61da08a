"""The table of runs: its rows, the formats of its numbers, and a help text for each column."""

from collections.abc import Sequence

import pandas as pd

from ae import ui
from ae.runs import comparison, reading
from ae.runs.folders import Run
from ae.ui import cached

FORMATS = {
    "Validation images": "localized",
    "Validation loss": "%.4f",
    "Test MSE": "%.4f",
    "PSNR (dB)": "%.2f",
    "SSIM": "%.3f",
    "Recognition rate": "%.1f%%",
    "kNN accuracy": "%.3f",
    "ELBO": "%.1f",
    "Active units": "%d",
    "Parameters": "localized",
    "Seconds": "%.1f",
}
_SIGNED = {"%.1f%%": "%+.1f pp", "localized": "%+d"}
DIFFERENCES = {
    comparison.difference(name): _SIGNED.get(form, form.replace("%", "%+")) for name, form in FORMATS.items()
}
"""Formats of the columns of differences; pp are percentage points."""
HELPS = {
    "Bottleneck": "Bottleneck size: the number of units in the latent code of an image.",
    "Loss": "What training minimises: squared error or binary cross-entropy per pixel, plus a weighted term "
    "such as KL. Only losses of one kind can be compared.",
    "Validation images": "Training images split off to choose between models; empty without a validation split.",
    "Validation loss": "The recipe's loss on the validation images after the last epoch; empty without a validation "
    "split. Lower is better, among runs with the same loss.",
    "Test MSE": "Mean squared error per pixel over the test images. Lower is better.",
    "PSNR (dB)": "Peak signal-to-noise ratio, mean over the test images. Higher is better.",
    "SSIM": "Structural similarity, mean over the test images; 1 for equal images.",
    "Recognition rate": "Share of reconstructed digits that the digit classifier assigns to their true class.",
    "kNN accuracy": "Share of test images in the class of most of their 5 nearest training images, by latent code.",
    "ELBO": "Evidence lower bound of VAEs in nats per image, mean over the test images. Higher is better.",
    "Active units": ui.ACTIVE_UNITS,
    "Parameters": "Weights and biases of the network.",
    "Seconds": "Training time, including the measurement after each epoch.",
    "Recipe": "The preset, and the settings that were changed.",
}
HELPS |= {comparison.difference(name): f"Difference from the baseline. {HELPS[name]}" for name in comparison.COMPARED}


def of(runs: Sequence[Run]) -> pd.DataFrame:
    """Return a row for each run; unchanged files are not read again.

    The number of validation images is a column only where runs differ in it.
    """
    found = comparison.frame([comparison.row(run, cached.history(run), reading.read_metrics(run)) for run in runs])
    splits = [run.recipe.validation_images or None for run in runs]
    if len(set(splits)) > 1:
        found.insert(found.columns.get_loc("Validation loss"), "Validation images", pd.array(splits, "Int64"))
    return found


def differences(found: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return the table with differences to the baseline in place of the values that are compared.

    Args:
        found: the result of ``of``.
        baseline: the id of the run to compare with.
    """
    columns = [comparison.difference(name) if name in comparison.COMPARED else name for name in found]
    return pd.concat([found, comparison.differences(found, baseline)], axis=1)[columns]

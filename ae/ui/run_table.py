"""Runs as a table: its rows, how its numbers are written, and what its columns mean."""

from collections.abc import Sequence

import pandas as pd

from ae import ui
from ae.runs import comparison, reading
from ae.runs.folders import Run
from ae.ui import cached

FORMATS = {
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
DIFFERENCES = {
    name: "%+.1f pp" if form.endswith("%%") else "%+d" if form == "localized" else form.replace("%", "%+")
    for name, form in FORMATS.items()
}
"""The same for differences; pp are percentage points."""
HELPS = {
    "Bottleneck": "Bottleneck size: how many numbers the latent code of an image has.",
    "Validation loss": "The recipe's loss on the validation images after the last epoch; empty without a validation "
    "split. Lower is better, among runs with the same loss.",
    "Test MSE": "Mean squared error per pixel over the test images. Lower is better.",
    "PSNR (dB)": "Peak signal-to-noise ratio, mean over test images. Higher is better.",
    "SSIM": "Structural similarity, mean over test images; 1 is equal.",
    "Recognition rate": "Share of reconstructed digits that the digit classifier assigns to their true class.",
    "kNN accuracy": "Share of test images whose class is that of most of their 5 nearest training images, by the code.",
    "ELBO": "Evidence lower bound in nats an image, mean over test images, of variational networks. Higher is better.",
    "Active units": ui.ACTIVE_UNITS,
    "Parameters": "Numbers that training changes.",
    "Seconds": "Training time, measuring after each epoch included.",
    "Recipe": "The preset it came from, and what was changed in it.",
}


def of(runs: Sequence[Run]) -> pd.DataFrame:
    """Give a row for each run; what has not changed since is not read again."""
    return comparison.frame([comparison.row(run, cached.history(run), reading.read_metrics(run)) for run in runs])

"""The table of runs: its rows, the formats of its numbers, a help text for each column, and a short form of it."""

import html
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from ae import ui
from ae.data.texts import duration
from ae.runs import comparison, reading
from ae.runs.folders import Run
from ae.ui import cached, component

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

BETTER = {"Test MSE": min, "Recognition rate": max, "PSNR (dB)": max}
"""Which value of a column of the short table is the best."""


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


def short(found: pd.DataFrame, colours: Sequence[str]) -> None:
    """Show the columns that carry the message, with the best quality in bold and a bar for each error.

    Args:
        found: the result of ``of``; the names of the runs begin with their bottleneck size.
        colours: of the runs.
    """
    quality = "Recognition rate" if found["Recognition rate"].notna().any() else "PSNR (dB)"
    names = ["Run", "Test MSE", quality, "Active units", "Seconds"]
    titles = {"Seconds": "Training time"}
    comparable = len(set(found["Dataset"])) == 1
    all_active = (found["Active units"].isna() | (found["Active units"] == found["Bottleneck"])).all()
    kinds = {name: "" for name in names} | {"Active units": ' class="run-wide"' if all_active else ""}
    head = "".join(
        f'<th scope="col"{kinds[name]} title="{html.escape(HELPS.get(name, ""))}">{titles.get(name, name)}</th>'
        for name in names
    )
    columns = {name: _marked(found[name], name, mark=comparable) for name in names[1:]}
    if comparable:
        columns["Test MSE"] = _with_bars(columns["Test MSE"], found["Test MSE"], colours)
    rows = "".join(
        f'<tr><th scope="row"><i class="ae-dot" style="background:{colour}"></i>{html.escape(run)}</th>'
        + "".join(f"<td{kinds[name]}>{cells[at]}</td>" for name, cells in columns.items())
        + "</tr>"
        for at, (run, colour) in enumerate(zip(found["Run"], colours, strict=True))
    )
    style = f"<style>{component.read('images.css')}{component.read('run_table.css')}</style>"
    st.html(f'{style}<table class="run-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>')


def _with_bars(texts: Sequence[str], values: pd.Series, colours: Sequence[str]) -> list[str]:
    """Put a bar in front of each text, as long as its value is large, the largest as long as there is room."""
    numbers = pd.to_numeric(values).to_numpy(float)
    largest = np.nanmax(numbers, initial=0)
    shares = [0 if np.isnan(number) or not largest else number / largest for number in numbers]
    return [
        f'<i class="run-bar"><i style="width:{share:.1%};background:{colour}"></i></i><span>{text}</span>'
        for text, share, colour in zip(texts, shares, colours, strict=True)
    ]


def _marked(values: pd.Series, name: str, *, mark: bool) -> list[str]:
    """Return the values of a column as HTML, the best in bold where there is a choice of one."""
    form = FORMATS.get(name, "%d").replace("localized", "%d")

    def text(number: float) -> str:
        if np.isnan(number):
            return "–"
        if name == "Seconds":
            return duration(number)
        return form % (100 * number if form.endswith("%%") else number)

    numbers = pd.to_numeric(values).to_numpy(float)
    texts = [text(number) for number in numbers]
    known = {number: each for number, each in zip(numbers, texts, strict=True) if not np.isnan(number)}
    if not mark or name not in BETTER or len(set(known.values())) < 2:
        return texts
    best = known[BETTER[name](known)]
    return [f"<strong>{each}</strong>" if each == best else each for each in texts]

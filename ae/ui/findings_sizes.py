"""One test digit through bottlenecks of several sizes: what the question on dimensions measures, to look at."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch

from ae.plots.image_grid import Row, to_rgb
from ae.presets import PRESETS
from ae.runs import names, reading
from ae.runs.findings.question import Panel
from ae.runs.folders import Run
from ae.ui.images import image_rows
from ae.ui.tour_examples import gaining

LARGEST = 92
"""The greatest width of an image in CSS pixels: its caption has room below it."""


def one_digit(runs: Sequence[Run], confused: Panel) -> str:
    """Show a digit and its reconstructions, and how many each network confuses; return a caption, or nothing.

    They are read from files of some kilobytes, so there is nothing to wait for; runs without them show nothing.

    Args:
        runs: which differ in the bottleneck size alone.
        confused: the share of digits that the networks of the question confuse, by bottleneck size.
    """
    runs = sorted(runs, key=lambda run: run.recipe.code_size)
    previews = [preview for run in runs if (preview := reading.read_preview(run)) is not None]
    right = [each for run in runs if (each := reading.read_metrics(run).get("knn_accuracy")) is not None]
    if not runs or not len(previews) == len(right) == len(runs):
        return ""
    originals = previews[0][0]
    at = gaining(torch.from_numpy(originals), previews[0][1] / 255, previews[-1][1] / 255)[0]
    part = confused.parts[confused.marks[0].line]
    measured = dict(zip(part[confused.x], part["mean"], strict=True))
    wrong = [1 - each for each in right]
    epochs = runs[0].recipe.epochs
    sizes = [run.recipe.code_size for run in runs]
    fewer = all(share < measured[size] for share, size in zip(wrong, sizes, strict=True) if size in measured)
    with st.container(width=LARGEST * (len(runs) + 1)):
        image_rows(
            [
                Row(
                    "",
                    np.concatenate(
                        [to_rgb(each[at : at + 1]) for each in (originals, *(made for _, made in previews))]
                    ),
                    captions=["", *(f"{share:.1%} confused" for share in wrong)],
                )
            ],
            heads=["Original", *map(names.units, sizes)],
            alt="A test digit and its reconstructions",
            largest=LARGEST,
        )
    title = PRESETS[runs[0].preset].title
    stronger = f" Its stronger network, trained for {epochs} epochs, confuses fewer digits than those of the charts."
    return f"One test digit, reconstructed by the preset {title}.{stronger if fewer else ''}"

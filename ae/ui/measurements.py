"""The switch that brings back measurements, and the one form in which images that are classified wrongly are marked."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
import torch

from ae.analysis import digit_classifier, reconstruct
from ae.plots.image_grid import Row, captions_only, to_rgb

RED_FRAME = "Red frame: classified as the digit in its corner."
"""What the mark of an image that is classified wrongly means."""


def measurements() -> bool:
    """Show the switch, which the address keeps, and return whether it is on."""
    return st.toggle(
        "Show measurements",
        key="measurements",
        bind="query-params",
        help="MSE, PSNR and SSIM of each image, its index, and every column of the tables; on Denoise, also each "
        "noisy image half covered by the denoised one.",
    )


def error_switch() -> bool:
    """Show the switch for error maps, which the address keeps, and return whether it is on."""
    return st.toggle(
        "Error map of each image",
        key="errors",
        bind="query-params",
        help="Show where a reconstruction is wrong: itself minus the original.",
    )


def classify(images: np.ndarray | torch.Tensor, truth: Sequence[str]) -> tuple[list[str], dict[int, str]]:
    """Classify images of digits.

    Args:
        images: float, in [0, 1] with shape (N, 1, S, S); what is not finite is replaced.
        truth: the class of each.

    Returns:
        the class that each is assigned to, and the wrong ones of these by the image's place.
    """
    finite = reconstruct.only_finite(torch.as_tensor(images))
    digits = [str(digit) for digit in digit_classifier.classify(finite)[0].tolist()]
    pairs = enumerate(zip(digits, truth, strict=True))
    return digits, {i: digit for i, (digit, true) in pairs if digit != true}


def original_row(images: np.ndarray, indices: Sequence[int], *, measured: bool) -> Row:
    """Return the row of original images, with their indices while measurements are shown."""
    below = ([str(index) for index in indices], "index") if measured else ()
    return Row("Original", to_rgb(images), *below)


def captioned(row: Row, measured: Mapping[str, Sequence[str]]) -> list[Row]:
    """Return a row of images with what is printed below it.

    Args:
        row: without captions.
        measured: the values to show, by their label; empty while measurements are off.
    """
    return [row, *(captions_only(len(values), values, name) for name, values in measured.items())]

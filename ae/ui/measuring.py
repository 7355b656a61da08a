"""What Denoise measures on many images: each figure once for a model, a kind of noise and a strength."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from ae.analysis import denoise, digit_classifier, reconstruct
from ae.analysis.denoise import Quality
from ae.data import noise
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs.folders import Run
from ae.ui import cached

IMAGES = 1000
"""Test images measured on, drawn at random: all 10,000 of MNIST would take a minute or two."""
STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
ERROR = "Standard error"
TAKEN = (denoise.NOISY, *denoise.FILTERS)
"""Names of methods that no model may have."""
HELPS = {
    "PSNR (dB)": "Peak signal-to-noise ratio: how near the output is to the clean image, pixel by pixel.",
    "SSIM": "Structural similarity to the clean image, 1 is equal.",
    "Still legible": "Share of outputs that a small classifier still reads as the true digit.",
    ERROR: "Of the recognition rate, because only a sample of images is measured.",
}


def at_strength(
    models: Mapping[Run, Autoencoder], names: Mapping[Run, str], *, kind: str, strength: float, clip: bool, size: int
) -> pd.DataFrame:
    """Measure every method at one strength; a row for each, the noisy images first."""
    rows = _all(models, names, kind=kind, strengths=(strength,), clip=clip, size=size)
    found = [(name, *values[0], values[0].recognition_error) for name, values in rows.items()]
    table = pd.DataFrame(found, columns=["Method", *list(HELPS)[:3], "Images", ERROR]).drop(columns="Images")
    classified = not digit_classifier.why_not(next(iter(models)).recipe.dataset)
    return table if classified else table.drop(columns=["Still legible", ERROR])


def sample_words(dataset: Dataset) -> str:
    """Describe which test images are measured on."""
    count = len(dataset.test_images)
    return (
        f"{IMAGES:,} of the {count:,} test images, drawn at random" if count > IMAGES else f"all {count:,} test images"
    )


def curves(
    models: Mapping[Run, Autoencoder], names: Mapping[Run, str], *, kind: str, clip: bool, size: int
) -> dict[str, list[Quality]]:
    """Measure every method at all ``STRENGTHS``."""
    return _all(models, names, kind=kind, strengths=STRENGTHS, clip=clip, size=size)


def _all(
    models: Mapping[Run, Autoencoder],
    names: Mapping[Run, str],
    *,
    kind: str,
    strengths: tuple[float, ...],
    clip: bool,
    size: int,
) -> dict[str, list[Quality]]:
    dataset = next(iter(models)).recipe.dataset
    found = {denoise.NOISY: _without_network("", dataset, kind, strengths, clip, size)}
    for run in models:
        found[names[run]] = _by_model(run, cached.state(run), kind, strengths, clip)
    for name in denoise.baselines(cached.principal(dataset), size):
        found[name] = _without_network(name, dataset, kind, strengths, clip, size)
    return found


@st.cache_data(show_spinner="Measuring on many images", max_entries=500)
def _by_model(
    _run: Run, weights: tuple[str, int, int], kind: str, strengths: tuple[float, ...], clip: bool
) -> list[Quality]:
    clean, labels = denoise.test_set(cached.dataset(_run.recipe.dataset), sample=IMAGES)
    method = denoise.by_model(cached.model(_run))
    return denoise.curve(method, clean, labels, kind=kind, strengths=strengths, clip=clip)


@st.cache_data(show_spinner="Measuring on many images", max_entries=500)
def _without_network(
    name: str, dataset: str, kind: str, strengths: tuple[float, ...], clip: bool, size: int
) -> list[Quality]:
    clean, labels = denoise.test_set(cached.dataset(dataset), sample=IMAGES)
    method = denoise.baselines(cached.principal(dataset), size).get(name)
    return denoise.curve(method, clean, labels, kind=kind, strengths=strengths, clip=clip)


def turned_into(run: Run, *, kind: str, strength: float, clip: bool) -> np.ndarray:
    """Count what a model's outputs read as: rows true digits, columns what was read, with shape (10, 10)."""
    return _turned_into(run, cached.state(run), kind, strength, clip)


@st.cache_data(show_spinner="Reading the outputs", max_entries=200)
def _turned_into(_run: Run, weights: tuple[str, int, int], kind: str, strength: float, clip: bool) -> np.ndarray:
    clean, labels = denoise.test_set(cached.dataset(_run.recipe.dataset), sample=IMAGES)
    noisy = noise.add(clean, kind, strength, clip=clip)
    outputs = reconstruct.only_finite(denoise.by_model(cached.model(_run))(noisy))
    return digit_classifier.confusion_matrix(labels, digit_classifier.classify(outputs)[0])

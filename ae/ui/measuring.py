"""The measurements of Denoise on many images, cached by model, kind of noise and strength."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from ae.analysis import denoise, digit_classifier, metrics, reconstruct
from ae.analysis.denoise import Quality
from ae.data import noise
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs.folders import Run
from ae.ui import cached
from ae.ui.noise_controls import Choice

IMAGES = 1000
"""The number of test images for the table, drawn at random: all 10,000 of MNIST would take a minute."""

CURVE_IMAGES = 300
"""The number for the curves, which need every method at every strength."""

HARM = 0.05
"""The least difference of two recognition rates that is mentioned."""

STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
TAKEN = (denoise.NOISY, *denoise.FILTERS)
"""Names that no model may have, because other methods have them."""

PSNR, RATE, ERROR = "PSNR (dB)", "Recognition rate", "± standard error"
FORMATS = {PSNR: "%.1f", "SSIM": "%.3f", RATE: "%.1f%%", ERROR: "%.1f pp"}
HELPS = {
    PSNR: "Peak signal-to-noise ratio of the output against the clean image, mean. Higher is better.",
    "SSIM": "Structural similarity of the output and the clean image, mean; 1 means equal.",
    RATE: "Share of outputs that the digit classifier assigns to the true digit.",
    ERROR: "Standard error of the recognition rate in percentage points: how much it varies with the choice of test "
    "images.",
}


def at_strength(models: Mapping[Run, Autoencoder], names: Mapping[Run, str], chosen: Choice) -> pd.DataFrame:
    """Measure every method at one strength; a row for each, the noisy images first."""
    measured = _all(models, names, chosen, strengths=(chosen.strength,), count=IMAGES)
    rows = [
        (name, quality.psnr, quality.ssim, quality.recognition_rate, quality.recognition_error)
        for name, (quality,) in measured.items()
    ]
    table = pd.DataFrame(rows, columns=["Method", *HELPS])
    classified = not digit_classifier.why_not(next(iter(models)).recipe.dataset)
    return table if classified else table.drop(columns=[RATE, ERROR])


def curves(
    models: Mapping[Run, Autoencoder], names: Mapping[Run, str], chosen: Choice
) -> tuple[list[float], dict[str, list[Quality]]]:
    """Measure every method at all ``STRENGTHS``, on ``CURVE_IMAGES``, and at the chosen one, as in the table.

    Returns:
        the strengths in order, and each method's quality at them.
    """
    at_all = _all(models, names, chosen, strengths=STRENGTHS, count=CURVE_IMAGES)
    here = _all(models, names, chosen, strengths=(chosen.strength,), count=IMAGES)
    strengths = sorted({*STRENGTHS, chosen.strength})
    measured = {name: dict(zip(STRENGTHS, curve, strict=True)) for name, curve in at_all.items()}
    for name, (quality,) in here.items():
        measured[name][chosen.strength] = quality
    return strengths, {name: [curve[at] for at in strengths] for name, curve in measured.items()}


def recognition_rates(models: Sequence[Run], chosen: Choice) -> list[float]:
    """Return the recognition rate of the noisy images themselves, then that of each model's outputs.

    They are at one strength, on ``sample_label`` of ``IMAGES``; the models are of one dataset.
    """
    dataset = models[0].recipe.dataset
    count = _at_most(IMAGES, dataset)
    noisy = _without_network("", dataset, chosen.kind, (chosen.strength,), chosen.clip, chosen.size, count)
    found = [_at_strength(run, cached.state(run), chosen.kind, chosen.strength, chosen.clip, count) for run in models]
    return [quality.recognition_rate for quality in (*noisy, *found)]


def about_noisy_line(rates: Mapping[str, float]) -> str:
    """Return sentences on the line of the noisy images and on the methods below it, given all recognition rates."""
    said = "Dashed: the noisy images themselves; the digit classifier was trained on noise, too."
    harm = min(rates.values()) < rates[denoise.NOISY] - HARM
    return f"{said} Below that line, denoising does more harm than good." if harm else said


def sample_label(dataset: Dataset, count: int) -> str:
    """Describe a sample of ``count`` test images."""
    size = len(dataset.test_images)
    return f"{count:,} random test images" if count < size else f"all {size:,} test images"


def largest_error(dataset: Dataset, count: int) -> float:
    """Return the largest standard error that a recognition rate can have, on ``count`` test images."""
    return metrics.standard_error(0.5, min(count, len(dataset.test_images)))


def confusion(run: Run, *, kind: str, strength: float, clip: bool) -> np.ndarray:
    """Count a model's outputs by true digit (row) and by the digit they are classified as (column), (10, 10)."""
    return _confusion(run, cached.state(run), kind, strength, clip, IMAGES)


def _all(
    models: Mapping[Run, Autoencoder],
    names: Mapping[Run, str],
    chosen: Choice,
    *,
    strengths: tuple[float, ...],
    count: int,
) -> dict[str, list[Quality]]:
    kind, clip, size = chosen.kind, chosen.clip, chosen.size
    dataset = next(iter(models)).recipe.dataset
    count = _at_most(count, dataset)
    measured = {denoise.NOISY: _without_network("", dataset, kind, strengths, clip, size, count)}
    for run in models:
        measured[names[run]] = _by_model(run, cached.state(run), kind, strengths, clip, count)
    for name in denoise.baselines(cached.principal(dataset), size) if chosen.filters else ():
        measured[name] = _without_network(name, dataset, kind, strengths, clip, size, count)
    return measured


@st.cache_data(show_spinner="Measuring on many images", max_entries=500)
def _by_model(
    _run: Run, weights: cached.State, kind: str, strengths: tuple[float, ...], clip: bool, count: int
) -> list[Quality]:
    return _curve(_run, kind, strengths, clip=clip, count=count)


@st.cache_data(show_spinner=False, max_entries=500)
def _at_strength(_run: Run, weights: cached.State, kind: str, strength: float, clip: bool, count: int) -> Quality:
    return _curve(_run, kind, (strength,), clip=clip, count=count)[0]


def _curve(run: Run, kind: str, strengths: tuple[float, ...], *, clip: bool, count: int) -> list[Quality]:
    clean, labels = denoise.test_set(cached.dataset(run.recipe.dataset), sample=count)
    method = denoise.by_model(cached.model(run))
    return denoise.curve(method, clean, labels, kind=kind, strengths=strengths, clip=clip)


def _at_most(count: int, dataset: str) -> int:
    """Return how many test images to measure on: a part of each cache's key, as images may arrive."""
    return min(count, len(cached.dataset(dataset).test_images))


@st.cache_data(show_spinner="Measuring on many images", max_entries=500)
def _without_network(
    name: str, dataset: str, kind: str, strengths: tuple[float, ...], clip: bool, size: int, count: int
) -> list[Quality]:
    clean, labels = denoise.test_set(cached.dataset(dataset), sample=count)
    method = denoise.baselines(cached.principal(dataset), size).get(name)
    return denoise.curve(method, clean, labels, kind=kind, strengths=strengths, clip=clip)


@st.cache_data(show_spinner="Classifying the outputs", max_entries=200)
def _confusion(_run: Run, weights: cached.State, kind: str, strength: float, clip: bool, count: int) -> np.ndarray:
    clean, labels = denoise.test_set(cached.dataset(_run.recipe.dataset), sample=count)
    if labels is None:
        raise ValueError(digit_classifier.why_not(_run.recipe.dataset))
    noisy = noise.add(clean, kind, strength, clip=clip)
    outputs = reconstruct.only_finite(denoise.by_model(cached.model(_run))(noisy))
    return digit_classifier.confusion_matrix(labels, digit_classifier.classify(outputs)[0])

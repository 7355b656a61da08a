"""What Denoise measures on many images: each figure once for a model, a kind of noise and a strength."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st
import torch

from ae.analysis import denoise, digit_classifier
from ae.data import datasets, noise
from ae.models.base import Autoencoder
from ae.runs.folders import Run
from ae.ui import cached

IMAGES = 300
STRENGTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)
TAKEN = (denoise.NOISY, *denoise.FILTERS)
"""Names of methods that no model may have."""
HELPS = {
    "PSNR (dB)": "Peak signal-to-noise ratio: how near the output is to the clean image, pixel by pixel.",
    "SSIM": "Structural similarity to the clean image, 1 is equal.",
    "Still legible": "Share of outputs that a small classifier still reads as the true digit.",
}


def at_strength(
    models: Mapping[Run, Autoencoder], names: Mapping[Run, str], *, kind: str, strength: float, clip: bool, size: int
) -> pd.DataFrame:
    """Measure every method at one strength; a row for each, the noisy images first."""
    rows = _all(models, names, kind=kind, strengths=(strength,), clip=clip, size=size)
    columns = list(HELPS) if not digit_classifier.why_not(next(iter(models)).recipe.dataset) else list(HELPS)[:2]
    return pd.DataFrame(
        [{"Method": name, **dict(zip(columns, values[0].tolist(), strict=False))} for name, values in rows.items()]
    )


def curves(
    models: Mapping[Run, Autoencoder], names: Mapping[Run, str], *, kind: str, clip: bool, size: int
) -> dict[str, np.ndarray]:
    """Measure every method at all ``STRENGTHS``; for each, with shape (strengths, 3)."""
    return _all(models, names, kind=kind, strengths=STRENGTHS, clip=clip, size=size)


def _all(
    models: Mapping[Run, Autoencoder],
    names: Mapping[Run, str],
    *,
    kind: str,
    strengths: tuple[float, ...],
    clip: bool,
    size: int,
) -> dict[str, np.ndarray]:
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
) -> np.ndarray:
    clean, labels = _test(_run.recipe.dataset)
    method = denoise.by_model(cached.model(_run))
    return denoise.curve(method, clean, labels, kind=kind, strengths=strengths, clip=clip)


@st.cache_data(show_spinner="Measuring on many images", max_entries=500)
def _without_network(
    name: str, dataset: str, kind: str, strengths: tuple[float, ...], clip: bool, size: int
) -> np.ndarray:
    clean, labels = _test(dataset)
    method = denoise.baselines(cached.principal(dataset), size).get(name)
    return denoise.curve(method, clean, labels, kind=kind, strengths=strengths, clip=clip)


def _test(dataset: str) -> tuple[torch.Tensor, torch.Tensor | None]:
    known = cached.dataset(dataset)
    labels = None if digit_classifier.why_not(dataset) else known.test_labels[:IMAGES]
    return datasets.to_float(known.test_images[:IMAGES]), labels


def turned_into(run: Run, *, kind: str, strength: float, clip: bool) -> np.ndarray:
    """Count what a model's outputs read as: rows true digits, columns what was read, with shape (10, 10)."""
    return _turned_into(run, cached.state(run), kind, strength, clip)


@st.cache_data(show_spinner="Reading the outputs", max_entries=200)
def _turned_into(_run: Run, weights: tuple[str, int, int], kind: str, strength: float, clip: bool) -> np.ndarray:
    clean, labels = _test(_run.recipe.dataset)
    noisy = noise.add(clean, kind, strength, clip=clip)
    outputs = denoise.only_finite(denoise.by_model(cached.model(_run))(noisy))
    return digit_classifier.turned_into(labels, digit_classifier.classify(outputs)[0])

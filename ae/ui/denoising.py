"""Rows of noisy and denoised images that follow the strength of the noise while its slider moves, in the page."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from torch import Tensor

from ae.analysis import denoise, digit_classifier, reconstruct
from ae.data import noise
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.plots.colours import ERROR_COLOUR
from ae.plots.image_grid import Row, to_rgb
from ae.recipe import Recipe
from ae.runs.folders import Run
from ae.ui import address, cached, classes, network, plain
from ae.ui.component import component, in_base64
from ae.ui.images import FULL
from ae.ui.noise_controls import Choice
from ae.ui.pick_runs import current_run, finished_here

KEY = "denoising"

LARGEST_PROJECTION = 128
"""The most principal components that are sent to the page; with more, the projection waits for the server."""

FULL_ROWS = 6
"""The most rows below the originals that are as wide as the page: with more, it would be longer than two windows."""

EVEN = 0.2
"""dB between two methods that nobody would see."""

_ROWS = component(
    "denoise",
    '<label class="denoise-strength"><span>Noise</span>'
    '<input type="range" min="0" max="1" step="0.01" aria-label="Strength of the noise">'
    "<output></output><small></small></label>"
    '<div class="ae-box denoise-box"><div class="ae-grid"></div><div class="denoise-pairs"></div></div>',
    styles=("images", "digit", "divider"),
)


class Denoised(NamedTuple):
    """A row on the screen."""

    row: Row
    psnr: list[float]
    """dB, for each image."""
    digits: list[str]
    """The digit that each image is classified as; empty without a digit classifier."""
    here: dict[str, Any]
    """How ``frontend/denoise.js`` computes the images; empty if it can't."""


def at_first(runs: Sequence[Run]) -> list[Run]:
    """Return a denoiser and a run trained on clean images whose recipes differ least; nothing unless there are both.

    One of them is the current run, if there is one.
    """
    return pair(finished_here(runs), current_run(runs))


def pair(runs: Sequence[Run], current: Run | None = None) -> list[Run]:
    """Return the denoiser and the run trained on clean images that ``at_first`` describes, among ``runs``."""
    pairs = [
        (denoiser, clean)
        for denoiser in runs
        for clean in runs
        if denoiser.recipe.noise and not clean.recipe.noise and not clean.recipe.imported
        if denoiser.recipe.dataset == clean.recipe.dataset
        if current is None or current in (denoiser, clean)
    ]
    return list(min(pairs, key=lambda pair: _differences(pair[0].recipe, pair[1].recipe), default=()))


def _differences(one: Recipe, other: Recipe) -> tuple[bool, int, int]:
    """Return how much two recipes differ: in the network, the number of settings except noise, and the bottleneck."""
    settings, others = (
        {name: value for name, value in recipe.to_dict().items() if not name.startswith("noise")}
        for recipe in (one, other)
    )
    count = sum(settings[name] != others[name] for name in settings)
    return one.model != other.model, count, abs(one.code_size - other.code_size)


def denoised_rows(
    models: Mapping[Run, Autoencoder],
    names: Mapping[Run, str],
    colours: Mapping[str, str],
    clean: Tensor,
    truth: Sequence[str],
    chosen: Choice,
) -> list[Denoised]:
    """Add noise to images, denoise them by every method, and measure the results, the noisy images first.

    Args:
        models: the models, of one dataset.
        names: what to call them.
        colours: the models' colours, by name.
        clean: the images, float with shape (N, C, S, S), values in [0, 1].
        truth: the class of each image.
        chosen: the noise.
    """
    dataset = next(iter(models)).recipe.dataset
    classified = not digit_classifier.why_not(dataset)
    noisy = noise.add(clean, chosen.kind, chosen.strength, clip=chosen.clip, seed=chosen.seed)

    def denoised(name: str, images: Tensor, here: dict[str, Any]) -> Denoised:
        psnr, digits, wrong = denoise.psnr(clean, images), [], []
        captions = [f"{value:.1f}" for value in psnr]
        if classified:
            digits = [str(digit) for digit in digit_classifier.classify(reconstruct.only_finite(images))[0].tolist()]
            wrong = [i for i, (digit, true) in enumerate(zip(digits, truth, strict=True)) if digit != true]
            captions = [f"{value} · {digit}" for value, digit in zip(captions, digits, strict=True)]
        caption = "PSNR (dB)" + (" · classified as" if classified else "")
        return Denoised(
            Row(name, to_rgb(images.numpy()), captions, caption, wrong, colours.get(name, "")),
            psnr,
            digits,
            here,
        )

    here: dict[str, Any] = {"noisy": True}
    rows = [denoised(denoise.NOISY, noisy, here)]
    for run, model in models.items():
        reference = network.page_network(run)
        found = reconstruct.only_finite(denoise.by_model(model)(noisy))
        rows.append(
            denoised(names[run], found, {"network": reference, "functions": ["encode", "decode"], "run": run.id})
        )
    for name, method in denoise.baselines(cached.principal(dataset), chosen.size).items():
        here = {"filter": name}
        if name not in denoise.FILTERS:
            small = chosen.size <= LARGEST_PROJECTION
            projection = network.projection_network(dataset, chosen.size) if small else None
            here = {"network": projection, "functions": ["project"]}
        rows.append(denoised(name, reconstruct.only_finite(method(noisy)), here))
    return rows


def noticed(rows: Sequence[Denoised], on_noise: Mapping[str, bool], strength: float) -> str:
    """Return a sentence or two on what the rows show, by their mean PSNR, as Markdown.

    Args:
        rows: the result of ``denoised_rows``.
        on_noise: the models' names, and whether they were trained on noisy images.
        strength: of the noise.
    """
    mean = {each.row.label: statistics.fmean(each.psnr) for each in rows}
    noisy = mean[denoise.NOISY]

    def best(names: Iterable[str]) -> str:
        return max(names, key=mean.__getitem__)

    def decibels(name: str) -> str:
        return f"{mean[name]:.1f} dB"

    denoisers = [name for name, trained in on_noise.items() if trained]
    others = [name for name in on_noise if name not in denoisers]
    if denoisers and others:
        one, other = best(denoisers), best(others)
        gain = mean[one] - mean[other]
        verdict = "pays" if gain > EVEN else "costs quality here" if gain < -EVEN else "makes little difference here"
        both = f"PSNR **{decibels(one)}** with {plain(one)} against **{decibels(other)}** with {plain(other)}"
        seen = f"{both}: training on noise {verdict}."
    else:
        one = best(on_noise)
        verdict = "less than leaving the noise in" if mean[one] < noisy else f"from {noisy:.1f} dB before"
        how = "" if denoisers else ", though it was trained on clean images"
        seen = f"PSNR **{decibels(one)}** with {plain(one)}{how}: {verdict}."
    simple = best(name for name in mean if name not in on_noise and name != denoise.NOISY)
    return f"At strength {strength:.2f}: {seen} Without a network, {plain(simple)} is best, with {decibels(simple)}."


def show_rows(
    rows: Sequence[Denoised],
    dataset: Dataset,
    indices: Sequence[int],
    chosen: Choice,
    *,
    alt: str,
    largest: int,
    pairs: bool = True,
) -> None:
    """Show the slider and the rows below each other; a new strength is in the address when the page runs again.

    Args:
        rows: the result of ``denoised_rows``.
        dataset: the dataset of the images.
        indices: of the test images.
        chosen: the noise.
        alt: the text for screen readers.
        largest: the greatest width of an image in a row of fewer than ``FULL``, or of more than ``FULL_ROWS`` rows,
            in CSS pixels.
        pairs: whether to show the noisy images against those of one row below, with a divider.
    """
    random = noise.drawn(chosen.kind, len(indices), chosen.seed, shape=dataset.shape)
    classified = not digit_classifier.why_not(dataset.name)
    data = {
        "alt": alt,
        "largest": None if len(indices) >= FULL and len(rows) <= FULL_ROWS else largest,
        "pairs": pairs,
        "wrong": ERROR_COLOUR,
        "dataset": dataset.name,
        "indices": list(indices),
        "shape": list(dataset.shape),
        "heads": classes.heads(dataset, indices),
        "kind": chosen.kind,
        "unit": noise.KINDS[chosen.kind].unit,
        "strength": chosen.strength,
        "clip": chosen.clip,
        "clean": in_base64(dataset.test_images[indices].numpy(), "u1"),
        "random": None if random is None else in_base64(random.numpy(), "<f4"),
        "classifier": network.classifier_network() if classified else None,
        "rows": [
            {
                "label": each.row.label,
                "colour": each.row.colour,
                "caption": each.row.caption,
                "pixels": in_base64(np.moveaxis(each.row.images[..., : dataset.shape[0]], -1, 1), "u1"),
                "psnr": each.psnr,
                "digits": each.digits,
                **each.here,
            }
            for each in rows
        ],
    }
    _ROWS(key=KEY, data=data, on_strength_change=_moved)


def _moved() -> None:
    """Put the strength that the browser has sent into the address, if it is one."""
    sent = st.session_state[KEY].get("strength")
    if isinstance(sent, int | float) and 0 <= sent <= 1:
        address.put("strength", f"{round(sent, 2):g}")

"""Rows of noisy and denoised images that follow the strength of the noise while its slider moves, in the page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from torch import Tensor

from ae.analysis import denoise, digit_classifier, reconstruct
from ae.data import noise
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.plots.image_grid import Row, to_rgb
from ae.recipe import Recipe
from ae.runs.folders import Run
from ae.ui import address, cached, classes, network
from ae.ui.component import component, in_base64
from ae.ui.images import FULL, RED, TRUE_CLASS
from ae.ui.measurements import classify
from ae.ui.noise_controls import Choice
from ae.ui.pick_runs import current_run, finished_here

KEY = "denoising"

LARGEST_PROJECTION = 128
"""The most principal components that are sent to the page; with more, the projection waits for the server."""

FULL_ROWS = 6
"""The most rows below the originals that are as wide as the page: with more, it would be longer than two windows."""

_ROWS = component(
    "denoise",
    '<label class="denoise-strength">'
    '<span class="denoise-value">Noise strength <output></output> <small></small></span>'
    '<span>none</span><input class="slider" type="range" min="0" max="1" step="0.01" '
    'aria-label="Strength of the noise"><span>strong</span></label>'
    '<div class="ae-box denoise-box"><div class="ae-grid"></div><div class="denoise-pairs"></div></div>',
    styles=("images", "digit", "divider", "slider"),
)


class Denoised(NamedTuple):
    """A row on the screen."""

    row: Row
    """Those of its images that are classified wrongly are marked."""
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


def _differences(one: Recipe, other: Recipe) -> tuple[bool, bool, int, int]:
    """Return how much two recipes differ: in the network, the bottleneck, and the number of settings except noise."""
    settings, others = (
        {name: value for name, value in recipe.to_dict().items() if not name.startswith("noise")}
        for recipe in (one, other)
    )
    count = sum(settings[name] != others[name] for name in settings)
    apart = abs(one.code_size - other.code_size)
    return one.model != other.model, apart > 0, count, apart


def denoised_rows(
    models: Mapping[Run, Autoencoder],
    names: Mapping[Run, str],
    colours: Mapping[str, str],
    clean: Tensor,
    truth: Sequence[str],
    chosen: Choice,
) -> list[Denoised]:
    """Add noise to images, denoise them by every chosen method, and measure the results, the noisy images first.

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
        digits, mistaken = classify(images, truth) if classified else ([], {})
        row = Row(name, to_rgb(images.numpy()), mistaken=mistaken, colour=colours.get(name, ""))
        return Denoised(row, denoise.psnr(clean, images), digits, here)

    rows = [denoised(denoise.NOISY, noisy, {"noisy": True})]
    for run, model in models.items():
        reference = network.page_network(run)
        found = reconstruct.only_finite(denoise.by_model(model)(noisy))
        rows.append(
            denoised(
                names[run],
                found,
                {
                    "network": reference,
                    "functions": ["encode", "decode"],
                    "run": run.id,
                    "about": f"trained {'on' if run.recipe.noise else 'without'} noise",
                },
            )
        )
    baselines = denoise.baselines(cached.principal(dataset), chosen.size) if chosen.filters else {}
    for name, method in baselines.items():
        here: dict[str, Any] = {"filter": name}
        if name not in denoise.FILTERS:
            small = chosen.size <= LARGEST_PROJECTION
            projection = network.projection_network(dataset, chosen.size) if small else None
            here = {"network": projection, "functions": ["project"]}
        rows.append(denoised(name, reconstruct.only_finite(method(noisy)), here))
    return rows


def by_training(rows: Sequence[Denoised]) -> list[Denoised]:
    """Return the rows of two networks, one trained on noise and one not, called by that; their names stand beside it.

    Rows of any other networks are returned as they are.
    """
    about = [each.here["about"] for each in rows if "about" in each.here]
    if len(about) != 2 or len(set(about)) < 2:
        return list(rows)
    return [
        each._replace(here={**each.here, "called": each.here["about"].capitalize(), "about": each.row.label})
        if "about" in each.here
        else each
        for each in rows
    ]


def called(names: Mapping[Run, str], rows: Sequence[Denoised]) -> dict[Run, str]:
    """Return what charts and tables call networks: as their rows are called on the screen.

    Args:
        names: of the networks.
        rows: the result of ``by_training``.
    """
    shown = {each.here["run"]: each.here["called"] for each in rows if "called" in each.here}
    return {run: shown.get(run.id, name) for run, name in names.items()}


def without_classes(each: Denoised) -> Denoised:
    """Return a row whose images are shown without what they are classified as, as noisy images are.

    The classifier was trained on noise as well, so a score of theirs would look like that of a method to compare.
    """
    return each._replace(row=replace(each.row, mistaken={}), digits=[])


def show_rows(
    rows: Sequence[Denoised],
    dataset: Dataset,
    indices: Sequence[int],
    chosen: Choice,
    *,
    alt: str,
    largest: int,
    pairs: bool = True,
    measured: bool = False,
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
        measured: whether to show the index and the PSNR of each image.
    """
    random = noise.drawn(chosen.kind, len(indices), chosen.seed, shape=dataset.shape)
    classified = not digit_classifier.why_not(dataset.name)
    data = {
        "alt": alt,
        "largest": None if len(indices) >= FULL and len(rows) <= FULL_ROWS else largest,
        "pairs": pairs,
        "measured": measured,
        "head": TRUE_CLASS,
        "wrong": RED,
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

"""Samples: new images, decoded from random codes, and what lies between them."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae import ui
from ae.analysis import digit_classifier, reconstruct, sampling
from ae.data.datasets import Dataset
from ae.plots import export, image_grid
from ae.plots.colours import QUIET
from ae.plots.image_grid import Row, to_rgb
from ae.runs.folders import Run
from ae.ui import cached, latent_points
from ae.ui.component import component, in_base64
from ae.ui.images import save_button
from ae.ui.network import Reference, answer, classifier_network, page_network
from ae.ui.pick_images import SEEDS, pick_seed

ROWS, COLUMNS = 3, 10
NARROW = 6
"""Columns in a narrow window."""
SEED = "sample_seed"
SURE = 0.9
"""The least confidence of the digit classifier that counts as sure."""

_SAMPLES = component(
    "latent_samples",
    f"""<div class="latent-samples" style="--unsure:{QUIET}">
      <div class="grid" role="application" tabindex="0"></div>
      <div class="beside"><p class="title along"></p></div>
      <div class="path"></div>
      <div class="here">
        <div><canvas class="digit large" role="img" aria-label="The image at the pointer"></canvas>
        <div class="words"></div></div>
        <div><p class="title">Where it lies among the codes of test images</p>
        <canvas class="scatter" role="application" tabindex="0"></canvas>
        <div class="scatter-legend"></div></div>
      </div>
      <div class="spoken unseen" aria-live="polite"></div>
    </div>""",
    styles=("digit", "scatter", "digit_strip", "unseen"),
)


def samples_view(run: Run, dataset: Dataset) -> None:
    """Show images decoded from random codes; the pointer blends the codes of those that it is between."""
    with st.sidebar:
        seed = pick_seed(
            SEED, name="Set of samples", help="Each number is the random seed of a set, which is always the same."
        )
    codes = cached.sampler(run).sample(ROWS * COLUMNS, seed=seed)
    unsure = _unsure(run, codes)
    words, button = st.columns([5, 1], vertical_alignment="center")
    with words:
        st.markdown(
            f"None of these images is in the dataset: each is decoded from a random code, drawn {_where(run)}."
            f"{_recognised(unsure, len(codes))} **Drag from one to another.**"
        )
    button.button(
        "New samples",
        key="new_samples",
        icon=":material/casino:",
        type="primary",
        width="stretch",
        on_click=lambda: st.session_state.update({SEED: (seed + 1) % (SEEDS + 1)}),
        help="Draw other random codes: the next set.",
    )
    classified = not digit_classifier.why_not(dataset.name)
    _samples(run, dataset, codes, unsure or [], seed, page_network(run), classifier_network() if classified else None)


@st.fragment
def _samples(
    run: Run,
    dataset: Dataset,
    codes: Tensor,
    unsure: Sequence[int],
    seed: int,
    network: Reference,
    classifier: Reference | None,
) -> None:
    cached.model_and_codes(run)  # reruns the page if the run was deleted
    shown = latent_points.on_plane(run)
    data = latent_points.data(shown, dataset) | {
        "network": network,
        "classifier": classifier,
        "space": f"{network['id']}-{seed}",
        "codes": in_base64(codes.numpy(), "<f4"),
        "columns": [COLUMNS, NARROW],
        "unsure": list(unsure),
        "title": f"Latent codes of {len(shown.points):,} test images, with a ring at the image shown large",
        "label": f"{ROWS * COLUMNS} samples of {run.name}. Arrow keys move over them, with Shift in small steps; Space "
        "begins and ends a path.",
        "answer": answer("latent_samples", {network["id"]: run}),
    }
    _SAMPLES(key="latent_samples", data=data, on_ask_change=lambda: None)
    source = (
        "The codes are drawn from the distribution that training pulled them towards, N(0, 1) for each unit."
        if run.recipe.prior
        else f"The codes are drawn from a mixture of {sampling.COMPONENTS} Gaussians fitted to the codes of the test "
        "images, because this network has no prior of its own."
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{source} {ui.plain(network['reason'])}".strip(), width="stretch")
        save_button(
            "Figure",
            "samples.png",
            lambda: export.png(image_grid.sheet(_rows(run, codes), title=run.name, note=source)),
        )


def _unsure(run: Run, codes: Tensor) -> list[int] | None:
    """Return which of the samples the digit classifier is not sure of; None where it does not apply."""
    if digit_classifier.why_not(run.recipe.dataset):
        return None
    decoded = reconstruct.only_finite(reconstruct.decode(cached.model(run), codes))
    return torch.nonzero(digit_classifier.classify(decoded)[1] < SURE).flatten().tolist()


def _where(run: Run) -> str:
    """Return where random codes are drawn, in plain words."""
    if run.recipe.prior:
        return "where training pulled the codes of real images"
    return "where the codes of real images lie"


def _recognised(unsure: Sequence[int] | None, count: int) -> str:
    """Return a sentence on how many of some samples the digit classifier is sure of."""
    if unsure is None:
        return ""
    others = {0: "", 1: "; the other is dashed"}.get(len(unsure), "; the others are dashed")
    return f" The digit classifier is at least {SURE:.0%} sure of **{count - len(unsure)} of {count}**{others}."


def _rows(run: Run, codes: Tensor) -> list[Row]:
    decoded = to_rgb(reconstruct.decode(cached.model(run), codes).numpy())
    return [Row("", part) for part in np.split(decoded, ROWS)]

"""Samples: new images, decoded from random codes, and what lies between them."""

from collections.abc import Collection, Mapping

import numpy as np
import streamlit as st
from torch import Tensor

from ae import ui
from ae.analysis import digit_classifier, reconstruct, sampling
from ae.analysis.digit_classifier import SURE
from ae.data.datasets import Dataset
from ae.plots import export, image_grid
from ae.plots.colours import CLASSES
from ae.plots.image_grid import Row, to_rgb
from ae.runs.folders import Run
from ae.ui import address, cached, latent_points, walk_rows
from ae.ui.by_pointer import by_pointer
from ae.ui.component import component, in_base64
from ae.ui.images import save_button
from ae.ui.network import Reference, answer, classifier_network, page_network
from ae.ui.pick_images import SEEDS

ROWS, COLUMNS = 5, 6
SEED = "sample_seed"

_SAMPLES = component(
    "latent_samples",
    f"""<div class="latent-samples" style="--unsure:{CLASSES[1]}">
      <div class="grid" role="application" tabindex="0"></div>
      <div class="map"><p class="title">Samples (rings) among codes of test images<span class="words"></span></p>
        <div class="plot"><canvas class="scatter" role="application" tabindex="0"></canvas>
        <canvas class="digit large" role="img" aria-label="The image decoded at the pointer" hidden></canvas></div>
        <div class="scatter-legend"></div></div>
      <div class="between"><div class="beside"><p class="title along"></p></div>
        <div class="path"></div><p class="key"></p></div>
      <div class="spoken unseen" aria-live="polite"></div>
    </div>""",
    styles=("digit", "scatter", "digit_strip", "unseen"),
)


def samples_view(run: Run, dataset: Dataset) -> None:
    """Show images decoded from random codes; the pointer blends the codes of those that it is between."""
    seed = address.number(SEED, most=SEEDS)
    codes = cached.sampler(run).sample(ROWS * COLUMNS, seed=seed)
    unsure = _unsure(run, codes)
    lead = _lead(unsure, len(codes), prior=run.recipe.prior)
    words, button = st.columns([5, 1], vertical_alignment="center")
    with words:
        by_pointer(
            "samples",
            mouse=f"{lead}  \n**Drag from one to another**, or click both, to see what lies between.",
            finger=f"{lead}  \n**Tap one, then another** to see what lies between.",
            show=lambda said: st.markdown(said, help=f"None is in the dataset. {_source(run)}"),
        )
    button.button(
        "New samples",
        key="new_samples",
        icon=":material/casino:",
        type="primary",
        width="stretch",
        on_click=lambda: address.put(SEED, str((seed + 1) % (SEEDS + 1))),
        help=f"Draw other random codes. This is set {seed}; a link to this page leads to it.",
    )
    classified = not digit_classifier.why_not(dataset.name)
    _samples(run, dataset, codes, unsure or {}, seed, page_network(run), classifier_network() if classified else None)


@st.fragment
def _samples(
    run: Run,
    dataset: Dataset,
    codes: Tensor,
    unsure: Mapping[int, tuple[str, str]],
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
        "columns": COLUMNS,
        "unsure": [(index, *said) for index, said in unsure.items()],
        "marks": walk_rows.MARKS,
        "title": f"Latent codes of {len(shown.points):,} test images, with a ring at each sample",
        "label": f"{ROWS * COLUMNS} samples of {run.name}. Arrow keys move over them, with Shift in small steps; Space "
        "chooses one end of a path, then the other.",
        "answer": answer("latent_samples", {network["id"]: run}),
    }
    _SAMPLES(key="latent_samples", data=data, on_ask_change=lambda: None)
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"):
        if network["reason"]:
            st.caption(ui.plain(network["reason"]), width="stretch")
        save_button(
            "Figure",
            "samples.png",
            lambda: export.png(image_grid.sheet(_rows(run, codes), title=run.name, note=_source(run))),
        )


def _unsure(run: Run, codes: Tensor) -> dict[int, tuple[str, str]] | None:
    """Return the samples that the digit classifier is not sure of; None where it does not apply.

    Each has the mark that stands below images elsewhere, and what it means.
    """
    if digit_classifier.why_not(run.recipe.dataset):
        return None
    decoded = reconstruct.only_finite(reconstruct.decode(cached.model(run), codes))
    digits, shares = (found.tolist() for found in digit_classifier.classify(decoded))
    found = enumerate(zip(digits, shares, strict=True))
    return {i: (walk_rows.mark(*each), walk_rows.hint(*each)) for i, each in found if each[1] < SURE}


def _source(run: Run) -> str:
    """Return a sentence on where random codes are drawn."""
    if run.recipe.prior:
        return "The codes are drawn from the distribution that training pulled them towards, N(0, 1) for each unit."
    return (
        f"The codes are drawn from a mixture of {sampling.COMPONENTS} Gaussians fitted to the codes of the test "
        "images, because this network has no prior of its own."
    )


def _lead(unsure: Collection[int] | None, count: int, *, prior: bool) -> str:
    """Return a sentence on some samples, how they are drawn, and of which of them the digit classifier is not sure."""
    drawn = "drawn from N(0, 1)" if prior else "spread like those of test images"
    if unsure is None:
        return f"**{count} new images** from random codes, {drawn}."
    marked = f" Dashed: under {SURE:.0%}." if unsure else ""
    sure = f"{count - len(unsure)} of {count} random codes give a digit the classifier is sure of"
    return f"**{sure}.** Codes {'are ' * prior}{drawn}.{marked}"


def _rows(run: Run, codes: Tensor) -> list[Row]:
    decoded = to_rgb(reconstruct.decode(cached.model(run), codes).numpy())
    return [Row("", part) for part in np.split(decoded, ROWS)]

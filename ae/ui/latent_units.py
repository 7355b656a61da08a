"""The units of the latent code: a slider for each, and the image that the code decodes to."""

import numpy as np
import streamlit as st
from torch import Tensor

from ae.analysis import digit_classifier, latent, reconstruct
from ae.data.datasets import Dataset
from ae.plots import image_grid
from ae.plots.image_grid import Row, grey
from ae.runs.folders import Run
from ae.ui import address, cached
from ae.ui.images import image_rows, picture
from ae.ui.pick_images import pick_endpoint

SLIDERS = 32


def units_view(run: Run, dataset: Dataset) -> None:
    """Show a slider for each unit, and the decoded image, which follows them."""
    with st.sidebar:
        start = pick_endpoint("Start", dataset, first=0, key="start", then=address.forget_place)
    _units(run, dataset, start)


@st.fragment
def _units(run: Run, dataset: Dataset, start: int) -> None:
    model, codes = cached.model_and_codes(run)
    low, high = _range(codes, start)
    left, right = st.columns([2, 3], gap="large")
    with right:
        kept = address.code(low, high)
        code, moved = _sliders(
            codes[start],
            codes[start] if kept is None else kept,
            np.stack([low, high], 1),
            model.active_units(codes).tolist(),
            key=_key(run, start),
        )
    if moved:
        address.put("code", ",".join(f"{value:.4g}" for value in code.tolist()))
    else:
        address.drop("code")
    with left:
        decoded = reconstruct.decode(model, code[None])
        picture(image_grid.enlarged(grey(decoded.squeeze(1).numpy())[0], 10), alt="The code, decoded", largest=280)
        if not digit_classifier.why_not(run.recipe.dataset):
            st.caption(f"Classified as {digit_classifier.labels_with_confidence(decoded)[0]}")
        st.button(
            f"Back to image {start}",
            icon=":material/undo:",
            key="back",
            disabled=not moved,
            on_click=_back,
            args=(_key(run, start), len(code)),
            help="Set all sliders back to the latent code of this image.",
        )
        original, reconstructed, _ = reconstruct.round_trip(model, dataset.test_images[[start]])
        image_rows(
            [Row("", grey(np.concatenate([original, reconstructed])), [f"image {start}", "reconstructed"])],
            alt=f"Image {start} and its reconstruction",
            largest=110,
        )


def _range(codes: Tensor, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest value of each slider, both with shape (D,)."""
    low, _, high = latent.code_ranges(codes.numpy())
    low, high = np.minimum(low, codes[start].numpy()), np.maximum(high, codes[start].numpy())
    margin = np.maximum(0.25 * (high - low), 0.01)
    return low - margin, high + margin


def _sliders(begun: Tensor, code: Tensor, ends: np.ndarray, active: list[bool], *, key: str) -> tuple[Tensor, bool]:
    """Show the sliders at ``code``; return the code that they are set to, and whether it differs from ``begun``.

    ``ends`` are the lowest and the highest value of each unit, with shape (D, 2).
    """
    code, moved, size = code.clone(), False, len(code)
    places = st.columns(2 if size > 6 else 1, gap="medium")
    for unit, (low, high) in enumerate(ends[:SLIDERS].tolist()):
        code[unit] = places[unit % len(places)].slider(
            f"Unit {unit}" + ("" if active[unit] else " · inactive"),
            low,
            high,
            min(max(float(code[unit]), low), high),
            (high - low) / 200,
            format="%.2f",
            key=f"{key}-{unit}",
            disabled=not active[unit],
            help="The 5th to the 95th percentile over the test images, extended by a quarter on both sides.",
        )
        moved |= abs(float(code[unit] - begun[unit])) > (high - low) / 400
    if size > SLIDERS:
        st.caption(f"Sliders for the first {SLIDERS} of {size} units; the others keep their values.")
    return code, moved


def _key(run: Run, start: int) -> str:
    return f"unit-{run.id}-{start}"


def _back(key: str, size: int) -> None:
    address.forget_place()
    for unit in range(size):
        st.session_state.pop(f"{key}-{unit}", None)

"""The first thing on Home: draw a digit, and see its pixels become a few numbers and a digit again."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae.analysis import digit_classifier, latent, reconstruct
from ae.data.sources import SIDE
from ae.models.base import Autoencoder
from ae.runs import reading
from ae.runs.folders import Run, RunError
from ae.ui import cached
from ae.ui.component import component, in_base64
from ae.ui.network import Reference, classifier_network, page_network

FIRST = "shipped-fast-z8"
"""The run that is shown if it is here: its network is small, so the page is quick."""

TRIED = 5
"""If it is not here, the newest runs that are tried."""

_HERO = component(
    "hero",
    """
    <div class="hero-box"><div class="hero">
      <div><p class="hero-head">Draw a digit here</p><div class="hero-pad"></div></div>
      <div class="hero-middle">
        <p class="hero-head hero-code"><span class="hero-size"></span>
          <span class="hero-sign">positive</span> <span class="hero-sign negative">negative</span></p>
        <p class="hero-sizes"></p>
        <div class="hero-diagram"></div>
        <p class="hero-drag"><span></span><button type="button" hidden>Reset</button></p>
      </div>
      <div class="hero-output">
        <p class="hero-head">Reconstruction</p>
        <canvas class="digit" role="img" aria-label="The reconstruction"></canvas>
        <p class="hero-class"></p>
      </div>
    </div></div>
    """,
    styles=("digit", "drawing", "diagram"),
)


def hero(runs: Sequence[Run]) -> bool:
    """Show a pad, a trained network and its reconstruction, all live; return whether a run could be shown.

    A click on a unit of the neck opens the view of the latent units, at the code that is shown.

    Args:
        runs: all readable runs, newest first.
    """
    for run in _candidates(runs):
        try:
            about = _about(run, cached.state(run))
            network = page_network(run)
        except RunError:
            continue
        if network["reason"]:
            continue
        size = run.recipe.code_size
        st.markdown(
            "An autoencoder squeezes an image through a bottleneck and reconstructs it. "
            f"**Draw a digit**: its {SIDE**2} pixels become {size} number{'s' * (size > 1)}, and a digit again."
        )
        _mount(run, about, network)
        return True
    return False


def _mount(run: Run, about: dict[str, Any], network: Reference) -> None:
    _HERO(
        key="hero",
        data={"network": network, "classifier": classifier_network(), **about},
        on_unit_change=lambda: None,
    )
    picked = st.session_state["hero"].get("unit")
    if not isinstance(picked, dict):
        return
    size, unit, code = run.recipe.code_size, picked.get("unit"), picked.get("code")
    query = {"run": run.id, "view": "Units"}
    if (
        isinstance(code, list)
        and len(code) == size
        and all(type(value) in (int, float) and math.isfinite(value) for value in code)
    ):
        query["code"] = ",".join(f"{value:.4g}" for value in code)
    if type(unit) is int and 0 <= unit < size:
        st.session_state["focus_unit"] = unit
    st.switch_page("pages/latent_space.py", query_params=query)


def _candidates(runs: Sequence[Run]) -> list[Run]:
    """Return runs of digits that have weights, the one to prefer first."""
    known = [run for run in runs if not digit_classifier.why_not(run.recipe.dataset)]
    known.sort(key=lambda run: run.id != FIRST)
    return [run for run in known[:TRIED] if reading.saved_epoch(run) is not None]


@st.cache_resource(show_spinner=False, max_entries=4)
def _about(_run: Run, weights: cached.State) -> dict[str, Any]:
    """Return examples of digits, the activity of each unit and its usual range.

    They come from the run's replay, or else from the built-in digits. The example of a class is that with the least
    error; first is that whose reconstruction the digit classifier takes for its class with the most confidence.
    """
    model = cached.model(_run)
    if replay := reading.read_replay(_run):
        images = torch.from_numpy(replay.images.copy())
        labels = torch.from_numpy(replay.labels[: len(images)].astype("int64"))
        codes = torch.from_numpy(replay.codes[-1].astype(np.float32))
    else:
        digits = cached.dataset("digits")
        images, labels = digits.test_images, digits.test_labels
        codes = reconstruct.codes_of(model, images)
    errors = reconstruct.errors(model, images)
    of_class = [(labels == label).nonzero().flatten().tolist() for label in range(10)]
    best = _clearest_first(model, images, labels, [min(found, key=errors.__getitem__) for found in of_class if found])
    low, _, high = latent.code_ranges(codes.numpy())
    most = np.full(len(low), max(np.abs(low).max(), np.abs(high).max()))  # of all units, so that bars can be compared
    return {
        "examples": in_base64(images[best].numpy(), "u1"),
        "active": model.active_units(codes).tolist(),
        "ranges": np.stack([-most if (low < 0).any() else 0 * most, most], 1).tolist(),
        "usual": np.stack([low, high], 1).tolist(),
    }


def _clearest_first(model: Autoencoder, images: Tensor, labels: Tensor, chosen: Sequence[int]) -> list[int]:
    """Return the indices of images, those first whose reconstruction is most surely of their own class."""
    _, reconstructed, _ = reconstruct.round_trip(model, images[list(chosen)])
    digits, sure = digit_classifier.classify(torch.as_tensor(reconstructed).reshape(-1, 1, SIDE, SIDE))
    own = torch.where(digits == labels[list(chosen)], sure, -sure).tolist()
    return [index for _, index in sorted(zip(own, chosen, strict=True), reverse=True)]

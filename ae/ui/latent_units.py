"""The units of the latent code: a slider for each, and the image that the code decodes to, in the page."""

import math

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae.analysis import digit_classifier, latent, reconstruct
from ae.analysis.digit_classifier import SURE
from ae.data.datasets import Dataset
from ae.runs.folders import Run
from ae.ui import address, cached, walk_rows
from ae.ui.component import component, in_base64
from ae.ui.diagram import diagram_layers
from ae.ui.network import Reference, answer, classifier_network, page_network
from ae.ui.pick_images import pick_endpoint

SLIDERS = 32
STEPS = 9
"""The number of images below a slider, as in ``frontend/units_strips.js``."""

_UNITS = component(
    "units",
    f"""
    <div class="units-frame"><div class="units">
      <div class="units-head"><div class="units-pair">
        <div class="units-origin">
          <span class="units-label">Original</span>
          <button type="button" class="units-back" title="Set all sliders back to the latent code of this image">
            Back<span class="units-to"></span></button>
          <canvas class="digit units-image" role="img" aria-label="The image"></canvas>
          <span class="units-name"></span>
        </div>
        <div class="units-result">
          <span class="units-label">Decoded</span>
          <canvas class="digit units-decoded" role="img" aria-label="The code, decoded"></canvas>
          <span class="units-class" role="status"></span>
        </div>
      </div>
      <div class="units-plane">
        <p class="units-drag">Both units at once</p>
        <span class="units-up" aria-hidden="true">Unit 1</span>
        <span class="units-ticks units-ticks-up" aria-hidden="true"></span>
        <div class="units-pad"></div>
        <span class="units-ticks units-ticks-right" aria-hidden="true"></span>
        <span class="units-right" aria-hidden="true">Unit 0</span>
      </div></div>
      <div class="units-sliders"></div>
      <p class="units-key">{walk_rows.KEY}</p>
      <p class="units-rest"></p>
      <details class="units-network"><summary>The network with this code</summary>
        <p class="units-legend">Each small square is the output of a unit:
          <span><i></i>positive</span>
          <span><i class="negative"></i>negative</span>; the stronger the colour, the larger.</p>
        <div class="units-diagram"></div></details>
      <p class="units-reason"></p>
    </div></div>
    """,
    styles=("digit", "diagram", "code_pad"),
)


def units_view(run: Run, dataset: Dataset) -> None:
    """Show a slider for each unit, and the decoded image, which follows them while they move."""
    with st.sidebar:
        start = pick_endpoint("Start image", dataset, first=0, key="start", then=address.forget_place)
    size = run.recipe.code_size
    numbers = "one number" if size == 1 else f"{size} numbers"
    what = {1: "the slider", 2: "the ring or a slider"}.get(size, "a slider")
    st.markdown(f"This image is decoded from **{numbers}**: drag {what}. {_turns(run, start)}")
    classifier = None if digit_classifier.why_not(run.recipe.dataset) else classifier_network()
    _units(run, dataset, start, page_network(run), classifier)


def _turns(run: Run, start: int) -> str:
    """Return a sentence on what one unit alone makes of a test image; empty if it stays the same digit.

    The unit is the one that makes the most digits. They are read from the images below its slider; one counts if the
    digit classifier is ``SURE`` of it.
    """
    if digit_classifier.why_not(run.recipe.dataset):
        return ""
    model, codes = cached.model_and_codes(run)
    low, high = (torch.from_numpy(end).float() for end in _range(codes, start))
    units = range(min(run.recipe.code_size, SLIDERS))
    steps = (torch.arange(STEPS) + 0.5) / STEPS
    moved = codes[start].repeat(len(units), STEPS, 1)
    for unit in units:
        moved[unit, :, unit] = low[unit] + steps * (high[unit] - low[unit])
    decoded = reconstruct.only_finite(reconstruct.decode(model, moved.flatten(0, 1)))
    digits, sure = (found.reshape(len(units), STEPS) for found in digit_classifier.classify(decoded))
    along = [digits[unit][sure[unit] >= SURE].tolist() for unit in units]
    most = max(units, key=lambda unit: len(set(along[unit])))
    if not along[most] or along[most][0] == along[most][-1]:
        return ""
    first, last = (f"{'an' if digit == 8 else 'a'} {digit}" for digit in (along[most][0], along[most][-1]))
    return f"**Unit {most}** alone takes it from {first} to {last}."


@st.fragment
def _units(run: Run, dataset: Dataset, start: int, network: Reference, classifier: Reference | None) -> None:
    model, codes = cached.model_and_codes(run)
    low, high = _range(codes, start)
    kept = address.code(low, high)
    key = f"units-{run.id}"

    def released() -> None:
        message = st.session_state[key].get("code")
        if not isinstance(message, dict):
            return
        st.session_state[f"{key}-echo"] = _number(message.get("number"))
        code = _checked(message.get("values"), low, high)
        if code is None or (np.abs(code - codes[start].numpy()) <= (high - low) / 400).all():
            address.drop("code")
        else:
            address.put("code", ",".join(f"{value:.4g}" for value in code.tolist()))

    _UNITS(
        key=key,
        data={
            "network": network,
            "classifier": classifier,
            "layers": diagram_layers(model, len(low)) if network["reason"] else None,
            "image": start,
            "pixels": in_base64(dataset.test_images[start].numpy(), "u1"),
            "start": codes[start].tolist(),
            "code": (codes[start] if kept is None else kept).tolist(),
            "echo": st.session_state.get(f"{key}-echo", 0),
            "low": low.tolist(),
            "high": high.tolist(),
            "active": model.active_units(codes).tolist(),
            "shown": SLIDERS,
            "focus": st.session_state.pop("focus_unit", None),
            "answer": answer(key, {network["id"]: run}),
        },
        on_code_change=released,
        on_ask_change=lambda: None,
    )


def _range(codes: Tensor, start: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest value of each slider, both with shape (D,).

    They are the 5th and the 95th percentile over the test images, extended by a quarter and to the image's own value.
    """
    low, _, high = latent.code_ranges(codes.numpy())
    low, high = np.minimum(low, codes[start].numpy()), np.maximum(high, codes[start].numpy())
    margin = np.maximum(0.25 * (high - low), 0.01)
    return low - margin, high + margin


def _checked(sent: object, low: np.ndarray, high: np.ndarray) -> np.ndarray | None:
    """Return a code that the browser sent, clipped to its range, or None if it is not one."""
    if not isinstance(sent, list) or len(sent) != len(low):
        return None
    if not all(type(value) in (int, float) and math.isfinite(value) for value in sent):
        return None
    code: np.ndarray = np.clip(np.array(sent, float), low, high)
    return code


def _number(sent: object) -> int:
    """Return the number of a message, which the page gets back to recognise its own changes."""
    return sent if type(sent) is int else 0

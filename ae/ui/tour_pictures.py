"""The pictures of the tour that no other screen has, each with one thing to move."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from ae.analysis import latent
from ae.data.datasets import Dataset
from ae.runs import reading
from ae.runs.folders import Run
from ae.runs.replay import Replay
from ae.ui import address, cached
from ae.ui.component import component, in_base64
from ae.ui.network import classifier_network, page_network
from ae.ui.tour_examples import Examples

REACH = 2.0
"""The planes show codes from -REACH to REACH: 95 % of a standard normal distribution, in each unit."""

_WIPE = component(
    "tour_wipe",
    """<div class="tour-rows" style="--rows:4;--other:24.5rem">
      <div class="tour-name"><b>Original</b><small>784 pixels</small></div>
      <div class="tour-digits wipe-originals"></div>
      <div class="wipe-names"></div><div class="wipe-rows"></div>
    </div>""",
    styles=("digit", "divider", "slider", "tour_rows"),
)
_UNITS = component(
    "tour_units",
    """<div class="tour-units">
      <div class="tour-image">
        <p class="tour-seen">The image</p><div class="tour-pad"></div><div class="tour-why"></div>
      </div>
      <div class="tour-networks"></div>
    </div>""",
    styles=("digit", "drawing", "diagram"),
)
_EPOCHS = component(
    "tour_epochs",
    """<div class="tour-rows" style="--rows:3;--count:6;--other:25rem">
      <div class="tour-name"><b>Original</b></div><div class="tour-digits epochs-originals"></div>
      <div class="tour-name"><b class="epochs-called"></b></div><div class="tour-digits epochs-first"></div>
      <div class="tour-name"><b class="epochs-name"></b><small class="epochs-note"></small></div>
      <div class="tour-digits epochs-reconstructed"></div>
      <div class="tour-below"><div class="epochs-player"></div></div>
    </div>""",
    styles=("digit", "player", "slider", "tour_rows"),
)
_PLANES = component("tour_planes", '<div class="planes"></div>', styles=("digit", "code_pad"))


class Reconstructed(NamedTuple):
    """A row of the picture of several bottlenecks."""

    name: str
    note: str
    images: np.ndarray
    """float, in [0, 1] with shape (N, 28, 28)."""


def wipe(originals: np.ndarray, rows: Sequence[Reconstructed], labels: Sequence[str]) -> None:
    """Show digits above their reconstructions; a divider lays the digits over all of them.

    Args:
        originals: uint8 with shape (N, 28, 28).
        rows: the reconstructions.
        labels: the class of each digit.
    """
    _WIPE(
        key="tour_wipe",
        data={
            "originals": in_base64(originals, "u1"),
            "labels": list(labels),
            "rows": [
                {"name": each.name, "note": each.note, "pixels": in_base64(np.rint(255 * each.images), "u1")}
                for each in rows
            ],
        },
    )


def units(names: Mapping[Run, str], dataset: Dataset, examples: Examples, why: str) -> None:
    """Show a pad and, for each network, its code of what is on the pad as bars, and its reconstruction.

    Args:
        names: what to call each network.
        dataset: of the examples.
        examples: of its test images.
        why: why units are inactive.
    """
    _UNITS(
        key="tour_units",
        data={
            "networks": [_with_units(run) | {"name": name} for run, name in names.items()],
            "classifier": classifier_network(),
            "examples": in_base64(dataset.test_images[examples.indices].numpy(), "u1"),
            "chosen": f"The first example was chosen because {examples.first}.",
            "why": why,
        },
    )


def _with_units(run: Run) -> dict[str, Any]:
    """Return a network, whether each of its units is active, and a range for all, so that bars can be compared."""
    low, _, high = latent.code_ranges(cached.test_codes(run).numpy())
    lost = reading.read_metrics(run)["inactive_units"]
    return {
        "network": page_network(run),
        "active": [unit not in lost for unit in range(len(low))],
        "ranges": [[float(min(low.min(), 0.0)), float(max(high.max(), 0.0))]] * len(low),
    }


def planes(names: Mapping[Run, tuple[str, str]]) -> tuple[float, float]:
    """Show the planes of networks with two latent units, which decode the same code; return the code.

    Args:
        names: what to call each network, and a note.
    """
    code = _code()
    _PLANES(
        key="tour_planes",
        data={
            "planes": [
                {"name": name, "note": note, "network": page_network(run)} for run, (name, note) in names.items()
            ],
            "classifier": classifier_network(),
            "low": [-REACH, -REACH],
            "high": [REACH, REACH],
            "code": code,
        },
        on_code_change=_moved,
    )
    return code


def epochs(replay: Replay, chosen: Sequence[int], labels: Sequence[str], notes: Sequence[str]) -> None:
    """Show digits and, with a player, their reconstructions after each epoch that a replay keeps.

    Args:
        replay: of the run.
        chosen: which of its images to show.
        labels: the class of each.
        notes: a few words on each epoch.
    """
    _EPOCHS(
        key="tour_epochs",
        data={
            "originals": in_base64(replay.images[list(chosen)], "u1"),
            "labels": list(labels),
            "reconstructed": in_base64(replay.reconstructed[:, list(chosen)], "u1"),
            "epochs": replay.epochs.tolist(),
            "notes": list(notes),
        },
    )


def _moved() -> None:
    """Put the code that the browser has sent into the address, if it is one."""
    sent = st.session_state["tour_planes"].get("code")
    if isinstance(sent, list) and len(sent) == 2 and all(type(value) in (int, float) for value in sent):
        address.put("code", ",".join(f"{value:.3g}" for value in sent))


def _code() -> tuple[float, float]:
    """Return the code in the address, or the first one if there is none on the plane."""
    try:
        x, y = (float(word) for word in st.query_params.get("code", "").split(","))
    except ValueError:
        return 1.0, 1.0
    return (x, y) if math.hypot(x, y) <= 2 * REACH else (1.0, 1.0)

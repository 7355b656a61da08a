"""The pictures of the tour that no other screen has, each with one thing to move."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ae.analysis import latent
from ae.data.datasets import Dataset
from ae.runs import reading
from ae.runs.folders import Run
from ae.runs.replay import Replay
from ae.ui import cached
from ae.ui.component import component, in_base64
from ae.ui.network import classifier_network, page_network
from ae.ui.tour_examples import Examples

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
    ranges = [latent.code_ranges(cached.test_codes(run).numpy()) for run in names]
    ends = min(0.0, *(float(low.min()) for low, _, _ in ranges)), max(0.0, *(float(high.max()) for *_, high in ranges))
    _UNITS(
        key="tour_units",
        data={
            "networks": [_with_units(run, ends) | {"name": name} for run, name in names.items()],
            "classifier": classifier_network(),
            "examples": in_base64(dataset.test_images[examples.indices].numpy(), "u1"),
            "chosen": f"The first example was chosen because {examples.first}.",
            "why": why,
        },
    )


def _with_units(run: Run, ends: tuple[float, float]) -> dict[str, Any]:
    """Return a network, whether each of its units is active, and the ends of all bars, so that they can be compared."""
    size, lost = run.recipe.code_size, reading.read_metrics(run)["inactive_units"]
    return {
        "network": page_network(run),
        "active": [unit not in lost for unit in range(size)],
        "ranges": [list(ends)] * size,
    }


def epochs(replay: Replay, chosen: Sequence[int], labels: Sequence[str], errors: Sequence[float | None]) -> None:
    """Show digits and, with a player, their reconstructions and error after each epoch that a replay keeps.

    Args:
        replay: of the run.
        chosen: which of its images to show.
        labels: the class of each.
        errors: after each epoch, None before the first.
    """
    _EPOCHS(
        key="tour_epochs",
        data={
            "originals": in_base64(replay.images[list(chosen)], "u1"),
            "labels": list(labels),
            "reconstructed": in_base64(replay.reconstructed[:, list(chosen)], "u1"),
            "epochs": replay.epochs.tolist(),
            "errors": list(errors),
        },
    )

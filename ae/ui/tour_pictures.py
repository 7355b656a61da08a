"""The pictures of the tour that no other screen has, each with one thing to move."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

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

_SIZES = component(
    "tour_sizes",
    """<div class="tour-rows" style="--rows:3;--other:30.5rem">
      <div class="tour-name"><b>Bottleneck</b></div><div class="sizes-slider"></div>
      <div class="tour-name"><b>Original</b><small>784 pixels</small></div>
      <div class="tour-digits sizes-originals"></div>
      <div class="tour-name"><b>Recon­struction</b><small class="sizes-name"></small></div>
      <div class="tour-digits sizes-made"></div>
      <div class="tour-name sizes-legend"><b>Error</b></div>
      <div class="tour-digits sizes-errors"></div>
      <div class="sizes-chart"></div>
    </div>""",
    styles=("digit", "slider", "tour_rows", "signed_legend"),
)
_UNITS = component(
    "tour_units",
    """<div class="tour-units">
      <div class="tour-image">
        <p>Draw here</p><div class="tour-pad"></div><p class="tour-result"></p>
      </div>
      <div class="tour-code"><p></p><div class="tour-bars"></div></div>
      <div class="tour-networks"></div>
    </div>""",
    styles=("digit", "drawing", "diagram"),
)
_EPOCHS = component(
    "tour_epochs",
    """<div class="tour-rows" style="--rows:3;--count:6;--other:29.5rem">
      <div class="tour-name"><b>Original</b></div><div class="tour-digits epochs-originals"></div>
      <div class="tour-name"><b class="epochs-called"></b></div><div class="tour-digits epochs-first"></div>
      <div class="tour-name"><b class="epochs-name"></b></div>
      <div class="tour-digits epochs-reconstructed"></div>
      <div class="tour-below"><div class="epochs-player"></div></div>
    </div>""",
    styles=("digit", "player", "slider", "tour_rows"),
)


class Size(NamedTuple):
    """What a network with one bottleneck size makes of digits."""

    name: str
    """As in "8 numbers"."""
    error: float
    """Over all test images, the mean squared error per pixel."""
    recognised: float | None
    """The share of all test images that are recognised; None if that was not measured."""
    images: np.ndarray
    """The reconstructions, float, in [0, 1] with shape (N, 28, 28)."""


def sizes(originals: np.ndarray, made: Sequence[Size], labels: Sequence[str]) -> None:
    """Show digits above their reconstructions and errors; a slider changes the bottleneck size.

    Args:
        originals: uint8 with shape (N, 28, 28).
        made: what the networks make of them, by size.
        labels: the class of each digit.
    """
    _SIZES(
        key="tour_sizes",
        data={
            "originals": in_base64(originals, "u1"),
            "labels": list(labels),
            "sizes": [each._asdict() | {"images": in_base64(np.rint(255 * each.images), "u1")} for each in made],
        },
    )


def units(names: Mapping[Run, str], dataset: Dataset, examples: Examples) -> None:
    """Show a pad, the first network's code of what is on it as bars, and each network's reconstruction.

    Args:
        names: what to call the reconstruction of each network.
        dataset: of the examples.
        examples: of its test images.
    """
    run = next(iter(names))
    size, lost = run.recipe.code_size, reading.read_metrics(run)["inactive_units"]
    low, _, high = latent.code_ranges(cached.test_codes(run).numpy())
    _UNITS(
        key="tour_units",
        data={
            "networks": [{"network": page_network(run), "name": name} for run, name in names.items()],
            "head": f"What this network makes of it: {size} numbers",
            "active": [unit not in lost for unit in range(size)],
            "range": [min(0.0, float(low.min())), max(0.0, float(high.max()))],
            "classifier": classifier_network(),
            "examples": in_base64(dataset.test_images[examples.indices].numpy(), "u1"),
            "chosen": f"The first example was chosen because {examples.first}.",
        },
    )


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

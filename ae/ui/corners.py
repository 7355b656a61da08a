"""A pad between four test images, which blends their latent codes."""

from collections.abc import Sequence

from ae.analysis import reconstruct
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.runs.folders import Run
from ae.ui import network
from ae.ui.component import component, in_base64
from ae.ui.walk import References

_CORNERS = component(
    "corners",
    """<div class="corners-root">
      <div class="corners-pad" role="application" tabindex="0"
        aria-label="Pad between the four images: the pointer or the arrow keys blend their latent codes.">
        <div class="corners-dot"></div>
      </div>
      <div><div class="corners-digit"></div><div class="corners-words" aria-live="polite"></div></div>
    </div>""",
    styles=("digit",),
)


def show_corners(to: References, run: Run, model: Autoencoder, dataset: Dataset, corners: Sequence[int]) -> None:
    """Show a pad that blends the codes of four test images: top left, top right, bottom left, bottom right."""
    images = dataset.test_images[list(corners)]
    codes = reconstruct.encode(model, datasets.to_float(images))
    reference = to.networks[run]
    data = {
        "size": codes.shape[1],
        "codes": in_base64(codes.numpy(), "<f4"),
        "shape": list(dataset.shape),
        "pixels": in_base64(images.numpy(), "u1"),
        "labels": [f"Image {index}" for index in corners],
        "network": reference,
        "classifier": to.classifier,
        "answer": network.answer("corners_pad", {reference["id"]: run}),
    }
    _CORNERS(key="corners_pad", data=data, on_ask_change=lambda: None)

"""One of a row of test images, closer: original, reconstruction and error, and its latent code as bars."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from ae.analysis import latent
from ae.analysis.reconstruct import Errors
from ae.data.datasets import Dataset
from ae.plots import image_grid
from ae.plots.image_grid import to_rgb
from ae.runs.folders import Run
from ae.ui import address, cached, classes
from ae.ui.component import component, in_base64
from ae.ui.images import RED, data_url
from ae.ui.network import classifier_network, page_network

_KEY = "one-image"
_ONE_IMAGE = component(
    "one_image", '<div class="one-image-box"></div>', styles=("images", "digit", "bars", "signed_legend", "unseen")
)


@st.fragment
def one_image(
    run: Run,
    dataset: Dataset,
    indices: Sequence[int],
    originals: np.ndarray,
    reconstructed: np.ndarray,
    codes: np.ndarray,
    errors: Errors,
    digits: Sequence[str],
    *,
    first: int,
    bars: bool,
    classified: bool,
) -> None:
    """Show the image that is pointed at in the rows, or was clicked; the address keeps the latter as ``code_of``.

    Where the page can compute the network, the bars of the code can be dragged.

    Args:
        run: of the model.
        dataset: of the test images.
        indices: of the test images in the row.
        originals: float, in [0, 1] with shape (N, C, S, S).
        reconstructed: of the same shape.
        codes: with shape (N, D).
        errors: of the reconstructions.
        digits: what each reconstruction is classified as; empty without a classifier.
        first: the place of the image that is shown unless the address names another.
        bars: whether to show the latent code.
        classified: whether the digit classifier reads such images.
    """
    kept = st.query_params.get("code_of", "").partition(":")[0]
    chosen = [str(index) for index in indices].index(kept) if kept in map(str, indices) else first
    both = np.concatenate([np.concatenate(list(to_rgb(rows)), 1) for rows in (originals, reconstructed)])
    ranges = latent.code_ranges(cached.test_codes(run).numpy())
    network = page_network(run)

    def picked() -> None:
        image = st.session_state[_KEY].get("image")
        if image in indices:
            address.put("code_of", str(image))

    _ONE_IMAGE(
        key=_KEY,
        data={
            "dataset": dataset.name,
            "indices": list(indices),
            "names": [classes.named(dataset, index) for index in indices],
            "captions": [_caption(dataset, index) for index in indices],
            "mse": errors.mse.tolist(),
            "truth": classes.heads(dataset, indices),
            "digits": list(digits),
            "wrong": RED,
            "images": data_url(image_grid.enlarged(both, 1)),
            "codes": in_base64(codes, "<f4"),
            "ranges": in_base64(ranges, "<f4"),
            "chosen": chosen,
            "bars": bars,
            "network": None if network["reason"] else network,
            "classifier": classifier_network() if classified else None,
        },
        on_image_change=picked,
    )


def _caption(dataset: Dataset, index: int) -> str:
    """Return what a test image is, as in "A 4"; without classes, "Image 3"."""
    name = next(map(classes.with_article, classes.heads(dataset, [index])), f"image {index}")
    return name[0].upper() + name[1:]

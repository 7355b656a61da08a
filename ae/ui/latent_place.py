"""The image or the decoded spot that was picked on the map of the latent space, with its nearest neighbours."""

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae.analysis import digit_classifier, neighbours, reconstruct
from ae.analysis.latent import Plane
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.plots.image_grid import Row, to_rgb
from ae.ui import classes, plain
from ae.ui.images import Links, image_rows

NUMBERS = 32
"""Longer codes are cut to this many numbers."""


def show_image(model: Autoencoder, codes: Tensor, dataset: Dataset, image: int) -> None:
    """Show a test image, its reconstruction, its nearest neighbours and its code."""
    found = neighbours.neighbours(codes, codes[image], neighbours.NEIGHBOURS + 1)
    near = [index for index in found if index != image][: neighbours.NEIGHBOURS]
    original, reconstructed, _ = reconstruct.round_trip(model, dataset.test_images[[image]])
    st.markdown(f"**Image {image}**" + "".join(f", class {plain(name)}" for name in classes.heads(dataset, [image])))
    pair = np.concatenate([original, reconstructed])
    image_rows(
        [Row("", to_rgb(pair), ["original", "reconstructed"])],
        alt=f"Image {image} and its reconstruction",
        largest=130,
        links=Links(dataset.name, [image, image]),
    )
    _neighbours(dataset, near, alt=f"The nearest neighbours of image {image}")
    _numbers(codes[image])


def show_spot(model: Autoencoder, codes: Tensor, dataset: Dataset, plane: Plane, spot: tuple[float, float]) -> None:
    """Show a spot of the plane, decoded, with its nearest neighbours and its code."""
    code = plane.to_code(torch.tensor([spot]))
    reconstructed = reconstruct.decode(model, code)
    classified = not digit_classifier.why_not(dataset.name)
    st.markdown(f"**Decoded at** {spot[0]:.3g}, {spot[1]:.3g}")
    captions = digit_classifier.labels_with_confidence(reconstructed) if classified else []
    image_rows([Row("", to_rgb(reconstructed.numpy()), captions)], alt="The spot, decoded", largest=180)
    if classified:
        st.caption("Below the image: the digit classifier's result and its confidence.")
    _neighbours(dataset, neighbours.neighbours(codes, code[0]), alt="The test images nearest to the spot")
    if len(code[0]) > 2:
        st.caption("The spot lies in the plane of the two components; in all other directions it is at the mean.")
    _numbers(code[0])


def _neighbours(dataset: Dataset, near: list[int], *, alt: str) -> None:
    st.markdown("**Nearest neighbours in the latent space**")
    images = dataset.test_images[near].numpy() / 255
    image_rows(
        [Row("", to_rgb(images), [] if dataset.labelled else [str(index) for index in near])],
        heads=classes.heads(dataset, near),
        alt=alt,
        largest=72,
        links=Links(dataset.name, near),
    )


def _numbers(code: Tensor) -> None:
    numbers = "  ".join(f"{value:.2f}".replace("-", "−") for value in code[:NUMBERS].tolist())
    st.caption(f"Latent code: {numbers}{' …' if len(code) > NUMBERS else ''}")

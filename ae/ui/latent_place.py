"""The nearest neighbours of the image or the spot that was picked on the map of the latent space."""

import streamlit as st
from torch import Tensor

from ae.analysis import neighbours
from ae.data.datasets import Dataset
from ae.plots.image_grid import Row, to_rgb
from ae.ui import classes, plain
from ae.ui.images import Links, image_rows


def show_image(codes: Tensor, dataset: Dataset, image: int) -> None:
    """Show the nearest neighbours of a test image."""
    found = neighbours.neighbours(codes, codes[image], neighbours.NEIGHBOURS + 1)
    near = [index for index in found if index != image][: neighbours.NEIGHBOURS]
    name = f"**Image {image}**" + "".join(f", class {plain(name)}" for name in classes.heads(dataset, [image]))
    _neighbours(dataset, near, f"{name}: its nearest neighbours in the latent space")


def show_spot(codes: Tensor, dataset: Dataset, spot: tuple[float, float], code: Tensor) -> None:
    """Show the nearest neighbours of a spot of the plane, which has a code."""
    near = neighbours.neighbours(codes, code)
    said = f"**Decoded at** {spot[0]:.3g}, {spot[1]:.3g}: the nearest neighbours in the latent space"
    _neighbours(dataset, near, said)
    if len(code) > 2:
        st.caption("The spot lies in the plane of the two components; in all other directions it is at the mean.")


def _neighbours(dataset: Dataset, near: list[int], said: str) -> None:
    st.markdown(said)
    images = dataset.test_images[near].numpy() / 255
    image_rows(
        [Row("", to_rgb(images), [] if dataset.labelled else [str(index) for index in near])],
        heads=classes.heads(dataset, near),
        alt="The nearest neighbours in the latent space",
        largest=72,
        links=Links(dataset.name, near),
    )

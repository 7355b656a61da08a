"""The map of the latent space: the codes of the test images as points, to hover over and to click."""

from typing import NamedTuple

import numpy as np
import streamlit as st
import torch

from ae import ui
from ae.analysis import latent
from ae.data.datasets import Dataset
from ae.plots import image_grid, latent_plots
from ae.runs.folders import Run
from ae.ui import address, cached
from ae.ui.latent_place import show_image, show_spot
from ae.ui.lens import Picked, lens

LATTICE = 24
"""The number of images on each side of the decoded background."""


class _Choice(NamedTuple):
    by_tsne: bool
    decoded: bool
    classes: list[str]


def map_view(run: Run, dataset: Dataset) -> None:
    """Show the codes as points; a click on one shows its image, a click between them decodes the spot."""
    with st.sidebar:
        choice = _choose(run.recipe.code_size, dataset.class_names)
    _map(run, dataset, choice)


def _choose(size: int, class_names: tuple[str, ...]) -> _Choice:
    kind = st.segmented_control(
        "Map",
        ["Plane", "t-SNE"],
        default="Plane",
        required=True,
        key="map",
        bind="query-params",
        help="Plane: the latent code itself if it has 1 or 2 units, otherwise its first two principal components. "
        "t-SNE: keeps neighbours together, but distances mean little and a spot can't be decoded. It takes a few "
        "seconds.",
    )
    decoded = st.toggle(
        "Decoded background",
        size <= 2,
        key="behind2" if size <= 2 else "behind",
        bind="query-params",
        disabled=kind == "t-SNE",
        help="Show the decoder's output for each spot of the plane.",
    )
    classes = st.multiselect(
        "Classes",
        class_names,
        key="classes",
        bind="query-params",
        placeholder="All",
        help="Show only the points of these classes.",
    )
    return _Choice(kind == "t-SNE", decoded, classes)


@st.fragment
def _map(run: Run, dataset: Dataset, choice: _Choice) -> None:
    """Show the map and the image or spot that was picked on it; a click reruns only this fragment."""
    model, codes = cached.model_and_codes(run)
    plane = latent.plane(codes)
    on_plane = plane.to_plane(codes[: cached.POINTS])
    plane_area = latent.bounds(on_plane, outside=0.0)
    points = torch.from_numpy(cached.tsne_map(run)) if choice.by_tsne else on_plane
    area = latent.bounds(points, outside=0.0)
    behind = None
    if choice.decoded and not choice.by_tsne:
        behind = image_grid.tiled(latent.manifold(model, plane, area, LATTICE).numpy())
    left, right = st.columns([5, 3], gap="medium")
    with left:
        title = _title(len(points), run.recipe.code_size, plane.share, by_tsne=choice.by_tsne)
        labels = dataset.test_labels[: cached.POINTS].numpy()
        hidden = [i for i, name in enumerate(dataset.class_names) if choice.classes and name not in choice.classes]
        figure = latent_plots.latent_map(
            points.numpy(),
            np.where(np.isin(labels, hidden), -1, labels),
            dataset.class_names,
            title=title,
            axes=("", "") if choice.by_tsne else plane.names,
            area=area,
            behind=behind,
        )
        ui.chart(figure, key="latent_map", alt=f"{title}, coloured by class", file="latent")
        image, spot = address.place(len(points) if choice.by_tsne else len(codes), plane_area)
        at = spot
        if not spot:
            x, y = (points[image or 0] if choice.by_tsne else plane.to_plane(codes[[image or 0]])[0]).tolist()
            at = x, y
        elif choice.by_tsne:
            at = None
        lens("lens", over="latent_map", images=cached.sprites(dataset.name), count=len(points), at=at, on_pick=_pick)
        st.caption(
            "Hover over a point to see its image; click it to see its nearest neighbours"
            + ("." if choice.by_tsne else "; click anywhere else to decode that spot.")
        )
    with right:
        if spot and choice.by_tsne:
            st.info("A spot of a t-SNE map can't be decoded: click a point.", icon=":material/info:")
        if spot and not choice.by_tsne:
            show_spot(model, codes, dataset, plane, spot)
        else:
            show_image(model, codes, dataset, image or 0)


def _title(count: int, size: int, share: float, *, by_tsne: bool) -> str:
    title = f"Latent codes of {count:,} test images"
    if by_tsne:
        return f"{title}, by t-SNE"
    return title if size <= 2 else f"{title} ({share:.0%} of the variance)"


def _pick(picked: Picked) -> None:
    address.put_place(image=picked.image, spot=(picked.x, picked.y))

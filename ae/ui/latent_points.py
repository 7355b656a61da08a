"""The latent codes of the test images as points, for the scatter plots of the page."""

from collections.abc import Collection
from typing import Any, NamedTuple

import streamlit as st
import torch
from torch import Tensor

from ae.analysis import latent
from ae.analysis.latent import Bounds, Plane
from ae.data.datasets import Dataset
from ae.plots.colours import CLASSES
from ae.runs.folders import Run
from ae.ui import cached
from ae.ui.component import in_base64


class Points(NamedTuple):
    """The first test images as points, float32 with shape (N, 2), in an area; the plane is None if they lie in none."""

    points: Tensor
    area: Bounds
    plane: Plane | None


def plane(run: Run) -> Plane:
    """Return the plane that contains most of the variance of a run's codes, once for its weights."""
    return _plane(run, cached.state(run))


@st.cache_resource(show_spinner=False, max_entries=32)
def _plane(_run: Run, weights: cached.State) -> Plane:
    return latent.plane(cached.test_codes(_run))


def on_plane(run: Run) -> Points:
    """Return the codes on that plane."""
    where = plane(run)
    return _surrounded(where.to_plane(cached.test_codes(run)[: cached.POINTS]), where)


def by_tsne(run: Run) -> Points:
    """Return the codes mapped by t-SNE, which takes a few seconds the first time."""
    return _surrounded(torch.from_numpy(cached.tsne_map(run)), None)


def _surrounded(points: Tensor, where: Plane | None) -> Points:
    return Points(points, latent.bounds(points, outside=0.0), where)


def data(shown: Points, dataset: Dataset, classes: Collection[str] = ()) -> dict[str, Any]:
    """Return what a component needs to draw points: see ``frontend/latent_points.js``.

    Args:
        shown: the points.
        dataset: of the images.
        classes: names of the classes to show; all if there are none.
    """
    points, where = shown.points.float(), shown.plane
    names = dataset.class_names
    return {
        "dataset": dataset.name,
        "shape": list(dataset.shape),
        "count": len(points),
        "x": in_base64(points[:, 0].numpy(), "<f4"),
        "y": in_base64(points[:, 1].numpy(), "<f4"),
        "labels": in_base64(dataset.test_labels[: len(points)].numpy(), "u1"),
        "names": names if dataset.labelled else (),
        "colours": CLASSES,
        "hidden": [i for i, name in enumerate(names) if classes and name not in classes],
        "area": shown.area._asdict(),
        "axes": None if where is None else where.names,
        "plane": where and {"origin": where.origin.tolist(), "axes": where.axes.tolist()},
    }

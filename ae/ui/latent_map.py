"""The map of the latent space: the codes of the test images as points, and the decoder's output under the pointer."""

import io
import math
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
import torch
from PIL import Image
from torch import Tensor

from ae import ui
from ae.analysis import digit_classifier, latent
from ae.analysis.latent import Plane
from ae.data.datasets import Dataset
from ae.plots import animations, export, image_grid
from ae.plots.image_grid import PAPER
from ae.runs import reading
from ae.runs.folders import Run
from ae.ui import address, cached, classes, latent_points, pictures, walk_rows
from ae.ui.component import component, in_base64
from ae.ui.images import save_button
from ae.ui.latent_place import nearest
from ae.ui.latent_points import Points
from ae.ui.network import Reference, answer, classifier_network, page_network

LATTICE = 14
"""The number of images on each side of the decoded background."""

_MAP = component(
    "latent_map",
    f"""<div class="latent-map-frame"><div class="latent-map">
      <div class="map">
        <div class="title"></div>
        <div class="plot"><canvas class="scatter" role="application" tabindex="0"></canvas></div>
        <div class="scatter-legend"></div>
      </div>
      <div class="here"></div>
      <div class="near"></div>
      <div class="along"><span>Along the path</span><small>{walk_rows.KEY}</small></div>
      <div class="path"></div>
      <div class="spoken unseen" aria-live="polite"></div>
    </div></div>""",
    styles=("digit", "scatter", "decoded_here", "digit_strip", "unseen"),
)

_TRY = {
    False: "**Move the pointer over the map** to decode that spot; drag to decode along a path.",
    True: "**Point at a dot** to see its reconstruction.",
}
_TRY_BY_FINGER = {
    False: "**Tap anywhere** to decode that spot; drag to decode along a path.",
    True: "**Tap a dot** to see its reconstruction.",
}
"""What to try, on a plane or on a t-SNE map."""
_HELP = "Zoom with Ctrl + wheel, or + and −; double-click to reset."
_HELP_BY_FINGER = "Pinch to zoom; double-tap to reset."


IN_THE_PLANE = "The spot lies in the plane of the two components; in all other directions it is at the mean."


class Picked(NamedTuple):
    """A click: its position on the map, and the image of the point there, if there is one."""

    x: float
    y: float
    image: int | None


class _Choice(NamedTuple):
    by_tsne: bool
    decoded: bool
    classes: list[str]


class _Sent(NamedTuple):
    """What the page already has: ids and references."""

    images: str
    network: Reference
    classifier: Reference | None
    background: str


def map_view(run: Run, dataset: Dataset) -> None:
    """Show the codes as points; pointing decodes, dragging shows a path, a click keeps a point or a spot."""
    with st.sidebar:
        choice = _choose(run.recipe.code_size, dataset.class_names if dataset.labelled else ())
    _say(run, by_tsne=choice.by_tsne, labelled=dataset.labelled)
    background = _background(run, cached.state(run)) if _shows_background(choice) else b""
    sent = _Sent(
        pictures.page_images(dataset.name),
        page_network(run),
        None if digit_classifier.why_not(dataset.name) else classifier_network(),
        pictures.page_picture(background) if background else "",
    )
    _map(run, dataset, choice, sent)


def _choose(size: int, class_names: tuple[str, ...]) -> _Choice:
    kind = address.one_of(
        "Map",
        ["Plane", "t-SNE"],
        key="map",
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
    classes = (
        st.multiselect("Classes", class_names, key="classes", bind="query-params", placeholder="All")
        if class_names
        else []
    )
    return _Choice(kind == "t-SNE", decoded, classes)


@st.fragment
def _map(run: Run, dataset: Dataset, choice: _Choice, sent: _Sent) -> None:
    """Show the map and what was picked on it, with its neighbours; a click reruns only this fragment."""
    _, codes = cached.model_and_codes(run)
    plane, flat = latent_points.plane(run), latent_points.on_plane(run)
    shown = latent_points.by_tsne(run) if choice.by_tsne else flat
    title = _title(len(shown.points), run.recipe.code_size, shown.plane)
    image, spot = address.place(len(shown.points) if choice.by_tsne else len(codes), flat.area)
    at: tuple[float, ...] | None = spot
    if not spot:
        points = shown.points if choice.by_tsne else plane.to_plane(codes[[image or 0]])
        at = tuple(points[(image or 0) if choice.by_tsne else 0].tolist())
    elif choice.by_tsne:
        at, spot = None, None
        st.info("A spot of a t-SNE map can't be decoded: click a point.", icon=":material/info:")
    code = plane.to_code(torch.tensor([spot]))[0] if spot else codes[image or 0]
    kept = _kept(codes, dataset, code, None if spot else image or 0, spot)
    _component(run, dataset, choice, sent, shown, title, at, kept)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(IN_THE_PLANE if spot and len(code) > 2 else "", width="stretch")
        save_button("Figure", "latent.png", lambda: export.png(_figure(run, dataset, choice, shown, title)))


def _kept(
    codes: Tensor, dataset: Dataset, code: Tensor, image: int | None, spot: tuple[float, float] | None
) -> dict[str, Any]:
    """Return what the page shows while nothing is pointed at: a code of an image or a spot, and its neighbours."""
    near = nearest(codes, dataset, code, image)
    if image is None:
        where = "the spot " + ", ".join(f"{value:.3g}".replace("-", "−") for value in spot or ())
        return {"image": None, "name": "", "pixels": None, "code": code.tolist(), "near": near, "where": where}
    name = f"Image {image}" + "".join(f", class {each}" for each in classes.heads(dataset, [image]))
    pixels = in_base64(dataset.test_images[image].numpy(), "u1")
    where = f"image {image}"
    return {"image": image, "name": name, "pixels": pixels, "code": code.tolist(), "near": near, "where": where}


def _component(
    run: Run,
    dataset: Dataset,
    choice: _Choice,
    sent: _Sent,
    shown: Points,
    title: str,
    at: tuple[float, ...] | None,
    kept: dict[str, Any],
) -> None:
    """Show the map with a ring at a place."""
    data = latent_points.data(shown, dataset, choice.classes) | {
        **sent._asdict(),
        "space": f"{sent.network['id']}-{'t-SNE' if choice.by_tsne else 'plane'}",
        "title": title,
        "at": at,
        "kept": kept,
        "answer": answer("latent_map", {sent.network["id"]: run}),
    }

    def picked() -> None:
        if click := checked(st.session_state["latent_map"].get("picked"), len(shown.points)):
            address.put_place(image=click.image, spot=(click.x, click.y))

    _MAP(key="latent_map", data=data, on_picked_change=picked, on_ask_change=lambda: None)
    if sent.network["reason"]:
        st.caption(ui.plain(sent.network["reason"]))


def checked(sent: object, count: int) -> Picked | None:
    """Return a browser's message as a click, or None if it is not one."""
    if not isinstance(sent, dict):
        return None
    x, y, image = sent.get("x"), sent.get("y"), sent.get("id")
    if not (isinstance(x, int | float) and isinstance(y, int | float) and math.isfinite(x) and math.isfinite(y)):
        return None
    known = int(image) if isinstance(image, int | float) and 0 <= image < count else None
    return Picked(float(x), float(y), known)


def _say(run: Run, *, by_tsne: bool, labelled: bool) -> None:
    """Show what to try on the map and what to notice."""
    share = reading.read_metrics(run).get("knn_accuracy")
    notice = f"Each point is a test image, {'coloured by its class' if labelled else 'placed by its latent code'}"
    votes = ""
    if share is not None:
        notice += f"; **{share:.0%}** have mostly neighbours of their own class"
        votes = (
            f" For {share:.0%} of all test images, the class that is most frequent among the five nearest codes of "
            "training images is their own."
        )
    for pointer, tries, zoom in (("mouse", _TRY, _HELP), ("finger", _TRY_BY_FINGER, _HELP_BY_FINGER)):
        words = f"A click keeps a place. {zoom}{votes}" if pointer == "mouse" else f"{zoom}{votes}"
        between = "  \n" if pointer == "mouse" else " "
        with st.container(key=f"for_{pointer}_map"):
            st.markdown(f"{tries[by_tsne]}{between}{notice}.", help=words)


def _figure(run: Run, dataset: Dataset, choice: _Choice, shown: Points, title: str) -> Image.Image:
    """Return the map as a figure for print: the chosen classes, over the decoded background if it is on."""
    labels = dataset.test_labels[: len(shown.points)].numpy()
    names = dataset.class_names
    chosen = [i for i, name in enumerate(names) if not choice.classes or name in choice.classes]
    some = np.isin(labels, chosen)
    behind = Image.open(io.BytesIO(_background(run, cached.state(run)))) if _shows_background(choice) else None
    points = shown.points[torch.from_numpy(some)].numpy()
    picture = animations.scatter(points, labels[some], shown.area, paper=PAPER, side=1600, behind=behind)
    return animations.labelled(picture, title, names if dataset.labelled else ())


def _shows_background(choice: _Choice) -> bool:
    return choice.decoded and not choice.by_tsne


@st.cache_resource(show_spinner="Decoding the background", max_entries=16)
def _background(_run: Run, weights: cached.State) -> bytes:
    """Decode the plane at ``LATTICE`` x ``LATTICE`` spots, as a PNG."""
    area = latent_points.on_plane(_run).area
    decoded = latent.manifold(cached.model(_run), latent_points.plane(_run), area, LATTICE).numpy()
    return pictures.as_png(image_grid.tiled(decoded))


def _title(count: int, size: int, plane: Plane | None) -> str:
    title = f"Latent codes of {count:,} test images"
    if plane is None:
        return f"{title}, by t-SNE"
    return title if size <= 2 else f"{title}, on two principal components ({plane.share:.0%} of variance)"

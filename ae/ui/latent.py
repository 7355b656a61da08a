"""The views of the latent space: the map, the units, samples, health, and how it came about."""

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ae import ui
from ae.analysis import digit_classifier, latent, neighbours, reconstruct, sampling, tsne
from ae.analysis.latent import Bounds, Health, Plane
from ae.data import datasets
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder, VariationalAutoencoder
from ae.plots import image_grid, latent_plots
from ae.plots.image_grid import Row, grey
from ae.presets import PRESETS
from ae.recipe import Recipe
from ae.runs import folders, queue
from ae.runs.folders import Run
from ae.ui import cached, pick
from ae.ui.images import image_rows, picture
from ae.ui.lens import Picked, lens, sprites

POINTS = 2000
LATTICE = 24
SLIDERS = 32
MAPS = 16
"""So many maps by t-SNE are remembered."""


# ------------------------------------------------------------------------------------------------------------ the map


def map_view(run: Run, dataset: Dataset) -> None:
    """Show the codes as points; a click on one shows its image, a click beside all decodes the spot."""
    size = run.recipe.code_size
    with st.sidebar:
        kinds = ["Plane", "t-SNE"]
        kind = st.segmented_control(
            "Map",
            kinds,
            default="Plane",
            required=True,
            key="map",
            bind="query-params",
            help="Plane: the code itself where it is 2 numbers, else its two principal components. t-SNE: neighbours "
            "stay neighbours, distances mean little, and there is no way back to a code; it takes some seconds.",
        )
        decoded = st.toggle(
            "Decoded plane behind",
            size <= 2,
            key="behind2" if size <= 2 else "behind",
            bind="query-params",
            disabled=kind == "t-SNE",
            help="What the network draws at each spot of the plane.",
        )
        names = st.multiselect(
            "Classes",
            dataset.class_names,
            key="classes",
            bind="query-params",
            placeholder="All",
            help="Only the points of these classes.",
        )
    _live_map(run, dataset, by_tsne=kind == "t-SNE", decoded=decoded, classes=names)


@st.fragment
def _live_map(run: Run, dataset: Dataset, *, by_tsne: bool, decoded: bool, classes: list[str]) -> None:
    """Draw the map and what was picked on it; a click draws this part anew, and nothing else."""
    model, codes = cached.model_and_codes(run)
    where = latent.plane(codes)
    points = torch.from_numpy(_tsne(run)) if by_tsne else where.to_plane(codes[:POINTS])
    area = latent.bounds(points, outside=0.0)
    axes = where.names
    if by_tsne:
        title, axes = f"The codes of {len(points):,} test images, laid out by t-SNE", ("", "")
    elif run.recipe.code_size <= 2:
        title = f"The codes of {len(points):,} test images"
    else:
        title = f"The codes of {len(points):,} test images: two directions, {where.share:.0%} of the variance"
    labels = dataset.test_labels[:POINTS].numpy()
    hidden = [i for i, name in enumerate(dataset.class_names) if classes and name not in classes]
    left, right = st.columns([5, 3], gap="medium")
    with left:
        figure = latent_plots.latent_map(
            points.numpy(),
            np.where(np.isin(labels, hidden), -1, labels),
            dataset.class_names,
            title=title,
            axes=axes,
            area=area,
            behind=_manifold(model, where, area) if decoded and not by_tsne else None,
        )
        ui.chart(figure, key="latent_map", alt=f"{title}: {len(points):,} test images coloured by class", file="latent")
        image, spot = _kept(len(points) if by_tsne else len(codes))
        if by_tsne:
            at = None if image is None and spot else tuple(points[image or 0].tolist())
        else:
            at = spot if spot else tuple(where.to_plane(codes[[image or 0]])[0].tolist())
        lens("lens", over="latent_map", images=_sprites(dataset.name), count=len(points), at=at, on_pick=_pick)
        st.caption(
            "Point at a dot to see its image, click it for its neighbours"
            + ("." if by_tsne else "; click anywhere else to see that spot decoded.")
        )
    with right:
        if spot and by_tsne:
            st.info("t-SNE has no way back from a spot to a code: click a dot.", icon=":material/info:")
        if spot and not by_tsne:
            _of_spot(model, codes, dataset, where, spot)
        else:
            _of_image(model, codes, dataset, image or 0)


def _pick(picked: Picked) -> None:
    """Put what was clicked into the page's address."""
    for name in ("spot", "image"):
        st.query_params.pop(name, None)
    if picked.image is not None:
        st.query_params["image"] = str(picked.image)
    else:
        st.query_params["spot"] = f"{picked.x:.4g},{picked.y:.4g}"


def _kept(count: int) -> tuple[int | None, tuple[float, float] | None]:
    """Read what the page's address says was picked: an image, or a spot."""
    text = st.query_params.get("image", "")
    if text:
        if text.isdecimal() and len(text) < 12 and int(text) < count:
            return int(text), None
        words = f"There is no image {ui.plain(text[:40])} on this map: use 0 to {count - 1:,}."
        st.warning(words, icon=":material/error:")
    try:
        x, y = (float(word) for word in st.query_params.get("spot", "").split(","))
    except ValueError:
        return None, None
    return None, (x, y) if np.isfinite([x, y]).all() else None


def _of_image(model: Autoencoder, codes: Tensor, dataset: Dataset, image: int) -> None:
    near = neighbours.neighbours(codes, codes[image], neighbours.NEIGHBOURS + 1)
    near = [index for index in near if index != image][: neighbours.NEIGHBOURS]
    originals, reconstructed, _ = reconstruct.round_trip(model, dataset.test_images[[image]])
    name = dataset.class_names[dataset.test_labels[image]]
    st.markdown(f"**Image {image}**, a {name}")
    pair = np.concatenate([originals, reconstructed])
    image_rows([Row("", grey(pair), ["original", "drawn"])], alt=f"Image {image} and its reconstruction", largest=130)
    st.markdown("**Nearest by code**")
    _neighbours(dataset, near, alt=f"The nearest neighbours of image {image}")
    _numbers_of(codes[image])


def _of_spot(model: Autoencoder, codes: Tensor, dataset: Dataset, where: Plane, spot: tuple[float, float]) -> None:
    code = where.to_code(torch.tensor([spot]))
    reconstructed = reconstruct.decode(model, code)
    st.markdown(f"**Decoded at** {spot[0]:.3g}, {spot[1]:.3g}")
    words = (
        digit_classifier.labels_with_confidence(reconstructed) if not digit_classifier.why_not(dataset.name) else [""]
    )
    image_rows([Row("", grey(reconstructed.squeeze(1).numpy()), words)], alt="The spot, decoded", largest=180)
    if words[0]:
        st.caption("Under it: the digit that a small classifier reads, and how sure it is.")
    st.markdown("**Nearest by code**")
    _neighbours(dataset, neighbours.neighbours(codes, code[0]), alt="The test images nearest to the spot")
    if len(code[0]) > 2:
        st.caption("The spot lies in the plane of the two components; the other directions are at their mean.")
    _numbers_of(code[0])


def _neighbours(dataset: Dataset, near: list[int], *, alt: str) -> None:
    images = dataset.test_images[near].squeeze(1).numpy() / 255
    names = [dataset.class_names[label] for label in dataset.test_labels[near].tolist()]
    image_rows([Row("", grey(images), [str(index) for index in near])], heads=names, alt=alt, largest=72)


def _numbers_of(code: Tensor) -> None:
    words = "  ".join(f"{value:.2f}" for value in code[:SLIDERS].tolist())
    st.caption(f"Code: {words}{' …' if len(code) > SLIDERS else ''}")


@st.cache_resource(show_spinner=False, max_entries=4)
def _sprites(dataset: str) -> str:
    return sprites(cached.dataset(dataset).test_images[:POINTS, 0].numpy())


def _manifold(model: Autoencoder, where: Plane, area: Bounds) -> np.ndarray:
    return image_grid.tiled(latent.manifold(model, where, area, LATTICE).numpy())


def _tsne(run: Run) -> np.ndarray:
    """Lay a run's codes out, once for its weights, and show how far it is."""
    known = _laid_out()
    key = cached.state(run)
    if key not in known:
        with st.empty():
            known[key] = tsne.tsne(
                cached.test_codes(run)[:POINTS].numpy(),
                say=lambda share: st.progress(share, f"Laying the codes out by t-SNE: {share:.0%}"),
            )
            st.write("")
        for oldest in list(known)[:-MAPS]:
            known.pop(oldest, None)
    return known[key]


@st.cache_resource(show_spinner=False)
def _laid_out() -> dict[tuple[str, tuple[int, int]], np.ndarray]:
    return {}


# ---------------------------------------------------------------------------------------------------------- the units


def units_view(run: Run, dataset: Dataset) -> None:
    """Show one slider for each unit of the code, and the decoded image, which follows."""
    with st.sidebar:
        start = pick.pick_endpoint("Start", dataset, first=0, key="start", then=pick.forget_place)
    _sliders(run, dataset, start)


@st.fragment
def _sliders(run: Run, dataset: Dataset, start: int) -> None:
    model, codes = cached.model_and_codes(run)
    size = codes.shape[1]
    low, _, high = latent.code_ranges(codes.numpy())
    low, high = np.minimum(low, codes[start].numpy()), np.maximum(high, codes[start].numpy())
    left, right = st.columns([2, 3], gap="large")
    begun = codes[start].clone()
    active = model.active_units(codes).tolist()
    kept = _code_in_address(size)
    code = (begun if kept is None else kept).clone()
    moved = False
    with right:
        places = st.columns(2 if size > 6 else 1, gap="medium")
        for unit in range(min(size, SLIDERS)):
            margin = max(0.25 * float(high[unit] - low[unit]), 0.01)
            bottom, top = float(low[unit]) - margin, float(high[unit]) + margin
            code[unit] = places[unit % len(places)].slider(
                f"Unit {unit}" + ("" if active[unit] else " · dead"),
                bottom,
                top,
                min(max(float(code[unit]), bottom), top),
                (top - bottom) / 200,
                format="%.2f",
                key=f"unit-{run.id}-{start}-{unit}",
                disabled=not active[unit],
                help="From the 5th to the 95th percentile over the test images, and a quarter more on both sides.",
            )
            moved |= abs(float(code[unit] - begun[unit])) > (top - bottom) / 400
        if size > SLIDERS:
            st.caption(f"The first {SLIDERS} of {size} units; the others stay as they are.")
    if moved:
        pick.put_in_address("code", ",".join(f"{value:.4g}" for value in code.tolist()))
    else:
        st.query_params.pop("code", None)
    with left:
        reconstructed = reconstruct.decode(model, code[None])
        picture(
            image_grid.enlarged(grey(reconstructed.squeeze(1).numpy())[0], 10), alt="The code, decoded", largest=280
        )
        if not digit_classifier.why_not(run.recipe.dataset):
            st.caption(f"A small classifier reads: {digit_classifier.labels_with_confidence(reconstructed)[0]}")
        st.button(
            f"Back to image {start}",
            icon=":material/undo:",
            key="back",
            disabled=not moved,
            on_click=_back,
            args=(run, start, size),
            help="Put every slider back to the code of the image that they began with.",
        )
        original, again, _ = reconstruct.round_trip(model, dataset.test_images[[start]])
        pair = np.concatenate([original, again])
        image_rows(
            [Row("", grey(pair), [f"image {start}", "drawn"])], alt=f"Image {start} and its drawing", largest=110
        )


def _back(run: Run, start: int, size: int) -> None:
    pick.forget_place()
    for unit in range(size):
        st.session_state.pop(f"unit-{run.id}-{start}-{unit}", None)


def _code_in_address(size: int) -> Tensor | None:
    """Read the code in the page's address, if it fits this model."""
    words = [word for word in st.query_params.get("code", "").split(",") if word]
    try:
        values = torch.tensor([float(word) for word in words])
    except ValueError:
        return None
    return values if len(values) == size and bool(values.isfinite().all()) else None


# -------------------------------------------------------------------------------------------------- samples and health


def samples_view(run: Run) -> None:
    """Show images that nobody ever drew."""
    with st.sidebar:
        seed = pick.pick_seed("sample_seed", help="The same number draws the same images.")
    model, _ = cached.model_and_codes(run)
    codes = cached.sampler(run).sample(40, seed=seed)
    reconstructed = reconstruct.decode(model, codes).squeeze(1).numpy()
    rows = [Row("", grey(part)) for part in np.split(reconstructed, 4)]
    source = (
        "Codes drawn from the prior of the variational autoencoder, N(0, 1) for each unit."
        if isinstance(model, VariationalAutoencoder)
        else f"Codes drawn from a mixture of {sampling.COMPONENTS} Gaussians that was fitted to the codes of the test "
        "images: this network has no prior of its own."
    )
    image_rows(rows, alt=f"Forty samples of {run.name}", largest=84, file="samples", title=run.name, note=source)


def health_view(run: Run) -> None:
    """Show what each unit of the code says, and why some say nothing."""
    found = _health(run, cached.state(run))
    size = run.recipe.code_size
    ui.numbers(
        (
            ("Live units", f"{size - len(found.inactive)} of {size}", ui.ACTIVE_UNITS),
            *(
                [("KL", f"{found.kl.sum():.1f} nats", "How much the code says about an image beyond the prior, mean.")]
                if found.kl is not None
                else []
            ),
        )
    )
    if found.inactive:
        units = ", ".join(map(str, found.inactive))
        plural = len(found.inactive) > 1
        words = f"Unit{'s' if plural else ''} {units} say{'' if plural else 's'} nothing. {latent.cause(run.recipe)}"
        st.warning(words, icon=":material/heart_broken:")
        if run.recipe.code_activation == "relu" and st.button(
            "Train the same without the ReLU on the code",
            key="cure",
            type="primary",
            icon=":material/healing:",
            help="A new run with this recipe, seed included; only the function on the code changes.",
        ):
            if ui.try_to(lambda: _cure(run)):
                st.switch_page("pages/train.py")
            ui.show_notice()
    else:
        st.success("Every unit of the code says something.", icon=":material/favorite:")
    ui.chart(
        latent_plots.unit_bars(
            found.spread,
            found.active,
            title="How much each unit varies over the test images",
            unit="Standard deviation",
        ),
        key="spread",
        alt="Standard deviation of each unit of the code",
        file="units",
    )
    if found.kl is not None:
        ui.chart(
            latent_plots.unit_bars(
                found.kl, found.active, title="What each unit says beyond the prior", unit="KL (nats an image)"
            ),
            key="kl",
            alt="KL of each unit of the code to the prior",
            file="kl",
        )


def _cure(run: Run) -> None:
    """Train the same recipe without an activation on the code."""
    recipe = Recipe(**{**run.recipe.to_dict(), "code_activation": "none"})
    made = folders.create(recipe, preset=run.preset if run.preset in PRESETS else "")
    queue.start(made)
    pick.show_run(made.id)


@st.cache_resource(show_spinner="Examining the code", max_entries=16)
def _health(_run: Run, weights: tuple[str, int, int]) -> Health:
    images = datasets.to_float(cached.dataset(_run.recipe.dataset).test_images)
    return latent.health(cached.model(_run), cached.test_codes(_run), images)

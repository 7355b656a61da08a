"""Interpolate: from one image to another, through latent space and by cross-fading the pixels."""

import streamlit as st

from ae import ui
from ae.analysis import digit_classifier, interpolate
from ae.data import datasets
from ae.plots import export, image_grid, step_curve
from ae.plots.image_grid import Row, grey
from ae.ui.images import animation, image_rows, picture, save_button
from ae.ui.open_models import open_models
from ae.ui.pick_images import pick_endpoint
from ae.ui.pick_runs import pick_runs, trained_runs
from ae.ui.run_labels import short_names

MOST = 4

ui.page("Interpolate")
runs = trained_runs()
with st.sidebar:
    chosen = pick_runs("Models", runs, most=MOST, help=f"Up to {MOST} models, one row of images each.")
models, dataset = open_models(chosen)
names = short_names(list(models), taken=[interpolate.FADE])
with st.sidebar:
    start = pick_endpoint("From", dataset, first=0, key="a")
    end = pick_endpoint("To", dataset, first=3, key="b")
    n = st.slider(
        "Steps",
        2,
        16,
        8,
        key="n",
        bind="query-params",
        help="The latent code after step i of n is z1 + (i / n) (z2 - z1), so there are n + 1 images.",
    )
    with st.expander("More", icon=":material/tune:"):
        ways = st.segmented_control(
            "Path",
            list(interpolate.WAYS),
            default=["linear"],
            selection_mode="multi",
            key="way",
            bind="query-params",
            help=" ".join(way.sentence for way in interpolate.WAYS.values())
            + " The cross-fade of pixels is shown for comparison.",
        )
        with_corners = st.toggle(
            "Four corners",
            key="corners",
            bind="query-params",
            help="Choose two more images, and interpolate between all four with the first model.",
        )
    others = [
        pick_endpoint(name, dataset, first=first, key=key)
        for name, first, key in (("Bottom left", 2, "c"), ("Bottom right", 1, "d"))
        if with_corners
    ]

ends = datasets.to_float(dataset.test_images[[start, end]])
classified = not digit_classifier.why_not(dataset.name)
walks = {
    names[run] + (f", {way}" if len(ways) > 1 else ""): interpolate.walk(model, ends, way, n)
    for run, model in models.items()
    for way in ways or ["linear"]
}
walks[interpolate.FADE] = interpolate.cross_fade(ends[0], ends[1], n)


def row(name: str) -> Row:
    """Return the images of a path as a row, each with the digit it is classified as."""
    images = walks[name]
    captions = digit_classifier.labels_with_confidence(images) if classified else []
    return Row(name, grey(images.squeeze(1).numpy()), captions, "classified as" if classified else "")


rows = [row(name) for name in walks]
classes = [dataset.class_names[dataset.test_labels[index]] for index in (start, end)]
heads = [f"{i}/{n}" for i in range(n + 1)]
title = f"From image {start}, a {classes[0]}, to image {end}, a {classes[1]}"
image_rows(
    rows,
    heads=heads,
    alt=title,
    largest=104,
    file="interpolation",
    title=title,
    note=f"{title}, in {n} steps. A model's row begins and ends with its own reconstructions of the two images."
    + (" Below each image: the digit classifier's result and its confidence." if classified else ""),
)
left, right = st.columns([3, 2], gap="large")
with left:
    moved = {name: interpolate.steps(images).numpy() for name, images in walks.items()}
    ui.chart(step_curve.step_curve(moved), key="moved", alt="How far each step moves the image", file="steps")
with right:
    st.markdown("**There and back**, in the order of the rows")
    frames = [image_grid.side_by_side([row.images[i] for row in rows], 4) for i in range(n + 1)]
    animation(export.gif(frames, there_and_back=True), alt=f"{title}, as an animation", largest=130 * len(rows))
    save_button(
        "Animation",
        "interpolation.gif",
        lambda: export.gif(image_grid.flip_book(rows, heads), there_and_back=True),
    )
if with_corners:
    first = next(iter(models))
    corners = (start, end, *others)
    square = interpolate.between(models[first], datasets.to_float(dataset.test_images[list(corners)]), n)
    table = image_grid.tiled(square.numpy())
    st.markdown(f"**Between four corners**, decoded by {ui.plain(names[first])}")
    picture(
        image_grid.enlarged(table, 1),
        alt=f"Interpolation between the images {', '.join(map(str, corners))}",
        largest=560,
    )
    caption = image_grid.corners_title(corners, names[first])
    save_button(
        "Figure", "four-corners.png", lambda: export.png(image_grid.titled(image_grid.enlarged(table, 8), caption))
    )

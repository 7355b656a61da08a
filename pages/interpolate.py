"""Interpolate: from one image to another, through latent space and by cross-fading the pixels."""

from functools import partial

import streamlit as st
from torch import Tensor

from ae import ui
from ae.analysis import digit_classifier, interpolate
from ae.data import datasets
from ae.plots import export, image_grid, step_curve
from ae.ui import classes, walk, walk_rows
from ae.ui import corners as corners_pad
from ae.ui.export import save_films
from ae.ui.image_menu import INTERPOLATE, image_menu
from ae.ui.images import export_menu, picture, save_button
from ae.ui.open_models import open_models
from ae.ui.pick_images import pick_endpoint
from ae.ui.pick_runs import pick_runs, trained_runs
from ae.ui.run_colours import run_colours
from ae.ui.run_labels import short_names

MOST = 4

ui.page("Interpolate")
runs = trained_runs()
with st.sidebar:
    chosen = pick_runs(
        "Models",
        runs,
        most=MOST,
        first=lambda: walk.at_first(runs),
    )
models, dataset = open_models(chosen)
names = short_names(list(models), taken=[interpolate.FADE])
colours = run_colours(chosen)
first, last = walk.first_ends(dataset.name)
with st.sidebar:
    start = pick_endpoint("From image", dataset, first=first, key="a")
    end = pick_endpoint("To image", dataset, first=last, key="b")
    n = st.slider(
        "Steps",
        2,
        16,
        8,
        key="n",
        bind="query-params",
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
        pick_endpoint(name, dataset, first=index, key=key)
        for name, index, key in (("Bottom left", 2, "c"), ("Bottom right", 1, "d"))
        if with_corners
    ]


def move_end(end: int, index: int) -> None:
    """Begin (0) or end (1) the path at a test image."""
    st.session_state["ab"[end]] = index


ways = ways or ["linear"]
ends = datasets.to_float(dataset.test_images[[start, end]])
classified = not digit_classifier.why_not(dataset.name)
walks: dict[str, Tensor] = {}
shown_in: dict[str, str] = {}
for run, model in models.items():
    for way in ways:
        name = names[run] + (f", {way}" if len(ways) > 1 else "")
        walks[name], shown_in[name] = interpolate.walk(model, ends, way, n), colours[run]
walks[interpolate.FADE] = interpolate.cross_fade(ends[0], ends[1], n)
if sentence := walk.noticed(walks) if classified else walk.UNCLASSIFIED:
    st.markdown(f"{sentence} Drag the slider, or an end on the map.")
references = walk.references(models, dataset)
end_digits = digit_classifier.classify(ends)[0].tolist() if classified else []
passed = walk.passed(list(walks.values())[: len(ways)], dataset, (start, end)) if classified else None
rows = [
    walk_rows.path_row(
        name,
        images,
        walk.LATENT_PATH if name in shown_in else walk.PIXELS,
        end_digits,
        colour=shown_in.get(name, ""),
    )
    for name, images in walks.items()
]
walk.show_walk(
    references,
    models,
    names,
    colours,
    dataset,
    (start, end),
    ways=ways,
    steps=n,
    then=move_end,
    passed=passed,
    rows=rows,
)
from_one, to_other = (classes.named(dataset, index) for index in (start, end))
heads = [f"{i}/{n}" for i in range(n + 1)]
title = f"From {from_one}, to {to_other}" if dataset.labelled else f"From {from_one} to {to_other}"
key = walk_rows.key(rows) if classified else ""
note = f"{title}, in {n} steps. A model's row begins and ends with its own reconstructions of the two images."
with st.container(horizontal=True, horizontal_alignment="right"), export_menu("interpolation"):
    save_button(
        "Figure",
        "interpolation.png",
        lambda: export.png(image_grid.sheet(rows, heads=heads, title=title, note=f"{note} {key}".strip())),
    )
    save_films(
        "interpolation", lambda ending: export.film(image_grid.flip_book(rows, heads), ending, there_and_back=True)
    )
moved = {name: interpolate.steps(images).numpy() for name, images in walks.items()}
with st.expander("How far each step moves the image"):
    ui.chart(step_curve.step_curve(moved, shown_in), key="moved", alt="How far each step moves the image", file="steps")
if with_corners:
    run = next(iter(models))
    corners = (start, end, *others)
    square = interpolate.between(models[run], datasets.to_float(dataset.test_images[list(corners)]), n)
    table = image_grid.tiled(square.numpy())
    st.markdown(f"**Between four corners**, decoded by {ui.plain(names[run])}")
    left, right = st.columns(2, gap="large")
    with left:
        corners_pad.show_corners(references, run, models[run], dataset, corners)
    with right:
        picture(
            image_grid.enlarged(table, 1),
            alt=f"Interpolation between the images {', '.join(map(str, corners))}",
            largest=560,
        )
        caption = image_grid.corners_title(corners, names[run])
        save_button(
            "Figure", "four-corners.png", lambda: export.png(image_grid.titled(image_grid.enlarged(table, 8), caption))
        )
image_menu(dataset, list(models), here={INTERPOLATE: partial(move_end, 0)})

"""Reconstruct: what goes into the bottleneck, what comes out, and what was lost."""

import numpy as np
import streamlit as st

from ae import checkpoints, data, explore, figures, ui
from ae.ui.images import Row, image_rows

BY = ("In order", "One class", "At random", "Worst first", "Best first")
ERROR_LIMIT = 0.5

ui.page("Reconstruct")
runs = [run for run in ui.readable_runs() if checkpoints.saved_epoch(run) is not None]
if not runs:
    st.info("There is no trained model to look into yet.", icon=":material/info:")
    st.page_link("pages/train.py", label="Train one", icon=":material/show_chart:")
    st.stop()

with st.sidebar:
    run = ui.pick_run("Model", runs, help="Any run that has weights: trained, stopped, or still training.")
if not data.is_here(run.recipe.dataset):
    source = data.SOURCES[run.recipe.dataset]
    st.warning(
        f"This model was trained on {source.title}, which is not on this machine: "
        f"`python -m ae download {run.recipe.dataset}` brings its {source.megabytes} MB.",
        icon=":material/cloud_off:",
    )
    st.stop()
try:
    dataset = ui.dataset(run.recipe.dataset)
    model, version = ui.model(run)
except (checkpoints.RunError, data.DataError) as error:
    st.error(str(error), icon=":material/error:")
    st.stop()
size = len(dataset.test_images)


@st.cache_data(show_spinner="Measuring the test images", max_entries=16)
def errors(run_id: str, version: tuple[int, int]) -> np.ndarray:
    """Measure every test image once for a run and its weights."""
    return explore.errors(model, dataset.test_images)


with st.sidebar:
    by = st.selectbox("Images", BY, key="by", bind="query-params", help="How to choose among the test images.")
    count = st.slider("How many", 4, 16, 8, key="count", bind="query-params", help="Images in a row.")
    if by == "One class":
        label = st.selectbox(
            "Class", dataset.class_names, key="class", bind="query-params", help="Only images of this class."
        )
        chosen = explore.of_class(dataset.test_labels, dataset.class_names.index(label), count)
    elif by == "At random":
        seed = st.number_input(
            "Seed", 0, 10**6, 0, key="seed", bind="query-params", help="The same number draws the same images."
        )
        chosen = explore.at_random(size, count, int(seed))
    elif by == "In order":
        first = st.number_input(
            "First image",
            0,
            size - 1,
            0,
            key="first",
            bind="query-params",
            help=f"Its index in the test set, 0 to {size - 1:,}.",
        )
        chosen = list(range(int(first), min(int(first) + count, size)))
    else:
        order = np.argsort(errors(run.id, version))
        chosen = (order if by == "Best first" else order[::-1])[:count].tolist()

originals, drawn, codes = explore.reconstruct(model, dataset.test_images[chosen])
mse = ((originals - drawn) ** 2).mean(axis=(1, 2))
similarity = explore.similarity(originals, drawn)
names = [dataset.class_names[label] for label in dataset.test_labels[chosen].tolist()]
image_rows(
    [
        Row("Original", explore.grey(originals), [str(index) for index in chosen], "index"),
        Row("Drawn", explore.grey(drawn), [f"{value:.4f}" for value in mse], "MSE"),
        Row("Error", explore.signed(drawn - originals, ERROR_LIMIT), [f"{value:.2f}" for value in similarity], "SSIM"),
    ],
    heads=names,
    alt=f"{len(chosen)} test images through {run.name}",
    largest=120,
)
st.caption(
    f"Error: drawn minus original. Red is too bright, blue too dark, white right; full colour at ±{ERROR_LIMIT}."
)

measured = checkpoints.read_metrics(run)
shown = (
    ("MSE, these images", f"{mse.mean():.4f}", "Mean squared error per pixel, where black is 0 and white is 1."),
    (
        "MSE, test set",
        f"{errors(run.id, version).mean():.4f}",
        f"The same over all {size:,} test images.",
    ),
    ("PSNR", f"{measured['psnr']:.1f} dB" if measured else "–", "Peak signal-to-noise ratio, mean over the test set."),
    (
        "SSIM",
        f"{measured['ssim']:.3f}" if measured else "–",
        "Structural similarity, 1 is equal, mean over the test set.",
    ),
    (
        "Live code units",
        f"{measured['live_units']} of {run.recipe.code_size}" if measured else "–",
        "Units of the bottleneck that are not the same for every test image.",
    ),
)
ui.numbers(shown)
st.plotly_chart(
    figures.code_bars(codes[0]), key="code", config={"displaylogo": False}, alt="The code of the first image as bars"
)

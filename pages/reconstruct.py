"""Reconstruct: what goes into the bottleneck, what comes out, and what was lost."""

import numpy as np
import streamlit as st
import torch

from ae import ui
from ae.analysis import digit_classifier, latent, reconstruct
from ae.plots import image_grid, latent_plots
from ae.plots.image_grid import Row
from ae.runs import reading
from ae.ui import cached
from ae.ui.images import image_rows
from ae.ui.open_models import open_model
from ae.ui.own import own_digit
from ae.ui.pick_images import pick_images
from ae.ui.pick_runs import pick_run, trained_runs

ui.page("Reconstruct")
runs = trained_runs()
with st.sidebar:
    run = pick_run("Model", runs, help="Any run that has weights: trained, stopped, or still training.")
model, dataset = open_model(run)
with st.sidebar:
    chosen = pick_images(dataset, errors=lambda: cached.test_errors(run), own=True)
    show_code = st.toggle("Code as bars", True, key="bars", bind="query-params", help="The numbers in the bottleneck.")

pad, main = st.columns([2, 5], gap="large") if not chosen else (st.empty(), st.container())
if chosen:
    images = dataset.test_images[chosen]
    heads = [dataset.class_names[label] for label in dataset.test_labels[chosen].tolist()]
else:
    with pad:
        images, theirs = own_digit()
    heads = ["yours" if theirs else "an example, until you draw"]
originals, reconstructed, codes = reconstruct.round_trip(model, images)
measured_here = reconstruct.compare(originals, reconstructed)
psnr = [f"{value:.1f}" for value in measured_here.psnr]
similarity = [f"{value:.2f}" for value in measured_here.ssim]
read = not digit_classifier.why_not(run.recipe.dataset)
words = (
    [word.split()[0] for word in digit_classifier.labels_with_confidence(torch.from_numpy(reconstructed).unsqueeze(1))]
    if read
    else []
)
errors = image_grid.signed(reconstructed - originals)
if chosen:
    rows = [
        Row("Original", image_grid.grey(originals), [str(index) for index in chosen], "index"),
        Row("Drawn", image_grid.grey(reconstructed), [f"{value:.4f}" for value in measured_here.mse], "MSE"),
        Row("Error", errors, psnr, "PSNR in dB"),
        image_grid.words_only(len(images), similarity, "SSIM"),
        *([image_grid.words_only(len(images), words, "drawn reads as")] if read else []),
    ]
else:
    said = [heads[0], f"reads as {words[0]}" if read else "", f"SSIM {similarity[0]}"]
    rows = [Row("", np.concatenate([image_grid.grey(originals), image_grid.grey(reconstructed), errors]), said)]
with main:
    image_rows(
        rows,
        heads=heads if chosen else ["original", "drawn", "error"],
        alt=f"{len(images)} {'test images' if chosen else 'drawing'} through {run.name}",
        largest=120 if chosen else 190,
        file="reconstructions",
        title=run.name,
        note=image_grid.ERROR_WORDS,
    )

measured = reading.read_metrics(run)
stale = bool(measured) and measured["epoch"] != reading.saved_epoch(run)
st.caption("These images" if len(images) > 1 else "This image" if chosen or theirs else "The example")
ui.numbers(
    (
        ("MSE", f"{measured_here.mse.mean():.4f}", "Mean squared error per pixel, where black is 0 and white is 1."),
        ("PSNR", f"{measured_here.psnr.mean():.1f} dB", "Peak signal-to-noise ratio, mean."),
        ("SSIM", f"{measured_here.ssim.mean():.2f}", "Structural similarity; 1 is equal."),
    ),
)
st.caption(f"All {len(dataset.test_images):,} test images" + (", when they were last measured" if stale else ""))
ui.numbers(
    (
        ("MSE", f"{cached.test_errors(run).mean():.4f}", "Mean squared error per pixel."),
        ("PSNR", f"{measured['psnr']:.1f} dB" if measured else "–", "Peak signal-to-noise ratio, mean."),
        ("SSIM", f"{measured['ssim']:.3f}" if measured else "–", "Structural similarity, mean; 1 is equal."),
        (
            "Legible",
            f"{measured['recognition_rate']:.1%}" if "recognition_rate" in measured else "–",
            "Share of drawn digits that a small classifier still reads as the true digit."
            if read
            else digit_classifier.why_not(run.recipe.dataset),
        ),
        (
            "Live units",
            f"{measured['active_units']} of {run.recipe.code_size}" if measured else "–",
            "Units of the bottleneck that say something about an image.",
        ),
    ),
)
if show_code:
    at = 0
    if len(images) > 1:
        words = [f"{index}: a {name}" for index, name in zip(chosen, heads, strict=True)]
        picked = st.segmented_control(
            "The code of image",
            words,
            default=words[0],
            required=True,
            key="code_of",
            bind="query-params",
            help="Whose code the bars show.",
        )
        at = words.index(picked) if picked in words else 0
    whose = f"image {chosen[at]}, a {heads[at]}" if chosen else "your digit" if theirs else "the example"
    title = f"The code of {whose}"
    bars = latent_plots.code_bars(codes[at], latent.code_ranges(cached.test_codes(run).numpy()), title=title)
    ui.chart(bars, key="code", alt=f"{title} as bars", file="code")

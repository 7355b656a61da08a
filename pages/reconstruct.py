"""Reconstruct: originals, their reconstructions, the errors, and the latent code in between."""

import streamlit as st
import torch

from ae import ui
from ae.analysis import digit_classifier, reconstruct
from ae.data import sources
from ae.plots.image_grid import ERROR_NOTE, Row, captions_only, signed, to_rgb
from ae.runs import reading
from ae.ui import cached, classes
from ae.ui.image_menu import RECONSTRUCT, image_menu
from ae.ui.images import Links, image_rows
from ae.ui.network import classifier_network, page_network
from ae.ui.one_image import one_image
from ae.ui.open_models import open_model
from ae.ui.own import own_digit
from ae.ui.own_picture import own_picture
from ae.ui.pick_images import pick_images
from ae.ui.pick_runs import pick_run, trained_runs

ui.page("Reconstruct")
runs = trained_runs()
with st.sidebar:
    run = pick_run("Model", runs)
model, dataset = open_model(run)
with st.sidebar:
    chosen = pick_images(dataset, errors=lambda: cached.test_errors(run), own=True)
    show_code = st.toggle(
        "Latent code", True, key="bars", bind="query-params", help="Show the numbers in the bottleneck as bars."
    )

classified = not digit_classifier.why_not(run.recipe.dataset)
image_menu(dataset, [run], without=RECONSTRUCT)
if chosen:
    images = dataset.test_images[chosen]
    heads = classes.heads(dataset, chosen)
    originals, reconstructed, codes = reconstruct.round_trip(model, images)
    quality = reconstruct.compare(originals, reconstructed)
    digits = []
    if classified:
        outputs = reconstruct.only_finite(torch.from_numpy(reconstructed))
        digits = [str(digit) for digit in digit_classifier.classify(outputs)[0].tolist()]
    errors = signed(reconstructed - originals)
    rows = [
        Row("Original", to_rgb(originals), [str(index) for index in chosen], "index"),
        Row("Reconstructed", to_rgb(reconstructed), [f"{value:.4f}" for value in quality.mse], "MSE"),
        Row("Error", errors, [f"{value:.1f}" for value in quality.psnr], "PSNR (dB)"),
        captions_only(len(images), [f"{value:.2f}" for value in quality.ssim], "SSIM"),
        *([captions_only(len(images), digits, "classified as")] if classified else []),
    ]
    image_rows(
        rows,
        heads=heads,
        alt=f"{len(images)} test images reconstructed by {run.name}",
        largest=120,
        file="reconstructions",
        title=run.name,
        note=f"{ERROR_NOTE} Mean of the images shown: MSE {quality.mse.mean():.4f}, PSNR {quality.psnr.mean():.1f} dB, "
        f"SSIM {quality.ssim.mean():.2f}.",
        links=Links(dataset.name, chosen),
    )
    one_image(run, dataset, chosen, originals, reconstructed, codes, quality, bars=show_code)
elif dataset.shape == sources.DIGIT:
    own_digit(run, page_network(run), classifier_network() if classified else None, bars=show_code)
else:
    own_picture(run, dataset, page_network(run), bars=show_code)
measured = reading.read_metrics(run)
stale = bool(measured) and measured["epoch"] != reading.saved_epoch(run)
st.caption(f"All {len(dataset.test_images):,} test images" + (", when last measured" if stale else ""))
ui.numbers(
    (
        (
            "MSE",
            f"{cached.test_errors(run).mean():.4f}",
            "Mean squared error per pixel, where black is 0 and white is 1.",
        ),
        ("PSNR", f"{measured['psnr']:.1f} dB" if measured else "–", "Peak signal-to-noise ratio, mean."),
        ("SSIM", f"{measured['ssim']:.3f}" if measured else "–", "Structural similarity, mean; 1 means equal."),
        (
            "Recognition rate",
            f"{measured['recognition_rate']:.1%}" if "recognition_rate" in measured else "–",
            "Share of reconstructions that the digit classifier assigns to the true digit."
            if classified
            else digit_classifier.why_not(run.recipe.dataset),
        ),
        (
            "Active units",
            f"{measured['active_units']} of {run.recipe.code_size}" if measured else "–",
            ui.ACTIVE_UNITS,
        ),
    ),
)

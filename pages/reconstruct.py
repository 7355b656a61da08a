"""Reconstruct: originals, their reconstructions, the errors, and the latent code in between."""

import math

import streamlit as st

from ae import ui
from ae.analysis import digit_classifier, reconstruct
from ae.data import sources
from ae.plots import export, image_grid
from ae.plots.image_grid import ERROR_NOTE, Row, signed, to_rgb
from ae.runs import reading
from ae.ui import cached, classes, noticed
from ae.ui.image_menu import RECONSTRUCT, image_menu
from ae.ui.images import TRUE_CLASS, Links, image_rows, save_button
from ae.ui.measurements import RED_FRAME, captioned, classify, error_switch, measurements, original_row
from ae.ui.network import classifier_network, page_network
from ae.ui.one_image import one_image
from ae.ui.open_models import open_model
from ae.ui.own import own_digit
from ae.ui.own_picture import own_picture
from ae.ui.pick_images import offer_worst, pick_images
from ae.ui.pick_runs import pick_run, trained_runs

corner = ui.page("Reconstruct")
runs = trained_runs()
with corner:
    run = pick_run("Model", runs)
model, dataset = open_model(run)
with st.sidebar:
    chosen = pick_images(dataset, errors=lambda: cached.test_errors(run), own=True)
    show_code = st.toggle(
        "Latent code", True, key="bars", bind="query-params", help="Show the numbers in the bottleneck as bars."
    )
    error_maps = error_switch()
    measured = measurements()

classified = not digit_classifier.why_not(run.recipe.dataset)
found = reading.read_metrics(run)
stale = bool(found) and found["epoch"] != reading.saved_epoch(run)
image_menu(dataset, [run], without=RECONSTRUCT)
if chosen:
    images = dataset.test_images[chosen]
    heads = classes.heads(dataset, chosen)
    originals, reconstructed, codes = reconstruct.round_trip(model, images)
    quality = reconstruct.compare(originals, reconstructed)
    digits, mistaken = classify(reconstructed, heads) if classified else ([], {})
    said = noticed.reconstructions(
        digits,
        heads,
        chosen,
        quality.mse,
        size=run.recipe.code_size,
        values=math.prod(dataset.shape),
        drag=show_code and not page_network(run)["reason"],
    )
    st.markdown(said)
    lines = {
        "MSE": [f"{value:.4f}" for value in quality.mse],
        "PSNR (dB)": [f"{value:.1f}" for value in quality.psnr],
        "SSIM": [f"{value:.2f}" for value in quality.ssim],
    }
    means = (
        f"Mean of the images shown: MSE {quality.mse.mean():.4f}, PSNR {quality.psnr.mean():.1f} dB, "
        f"SSIM {quality.ssim.mean():.2f}."
    )
    rows = [
        original_row(originals, chosen, measured=measured),
        *captioned(Row("Reconstruction", to_rgb(reconstructed), mistaken=mistaken), lines if measured else {}),
        *([Row("Error", signed(reconstructed - originals))] if error_maps else []),
    ]
    note = " ".join([*[RED_FRAME] * bool(mistaken), *[ERROR_NOTE] * error_maps, *[means] * measured])
    image_rows(
        rows,
        heads=heads,
        head=TRUE_CLASS,
        alt=f"{len(images)} test images reconstructed by {run.name}",
        largest=120 if len(chosen) > 1 else 64,  # which is larger below
        note=note,
        links=Links(dataset.name, chosen),
    )
    one_image(
        run,
        dataset,
        chosen,
        originals,
        reconstructed,
        codes,
        quality,
        digits,
        first=noticed.worst(digits, heads, quality.mse),
        bars=show_code,
        classified=classified,
    )
elif dataset.shape == sources.DIGIT:
    own_digit(run, page_network(run), classifier_network() if classified else None, bars=show_code)
else:
    own_picture(run, dataset, page_network(run), bars=show_code)
all_images = f"All {len(dataset.test_images):,} test images" + (", when last measured" if stale else "")
parts = (
    [f"the digit classifier still recognises {found['recognition_rate']:.1%}"] if "recognition_rate" in found else []
)
if found and found["active_units"] < run.recipe.code_size:
    health = f"latent_space?run={run.id}&view=Health"
    used, size = found["active_units"], run.recipe.code_size
    parts.append(f"{used} of {size} latent units are active ([Health]({health}))")
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    about = f"{all_images}: {', '.join(parts)}." if parts else ""
    st.caption(all_images if measured else about, width="stretch")
    if chosen:
        offer_worst(quiet=True)
        title = run.name
        save_button(
            "Figure",
            "reconstructions.png",
            lambda: export.png(image_grid.sheet(rows, heads=heads, title=title, note=note)),
        )
if measured:
    ui.numbers(
        (
            (
                "MSE",
                f"{cached.test_errors(run).mean():.4f}",
                "Mean squared error per pixel, where black is 0 and white is 1.",
            ),
            ("PSNR", f"{found['psnr']:.1f} dB" if found else "–", "Peak signal-to-noise ratio, mean."),
            ("SSIM", f"{found['ssim']:.3f}" if found else "–", "Structural similarity, mean; 1 means equal."),
            (
                "Recognition rate",
                f"{found['recognition_rate']:.1%}" if "recognition_rate" in found else "–",
                "Share of reconstructions that the digit classifier assigns to the true digit."
                if classified
                else digit_classifier.why_not(run.recipe.dataset),
            ),
            (
                "Active units",
                f"{found['active_units']} of {run.recipe.code_size}" if found else "–",
                ui.ACTIVE_UNITS,
            ),
        ),
    )

"""Denoise: noisy images, denoised by models and, if asked for, by filters and PCA."""

import math

import streamlit as st

from ae import ui
from ae.analysis import digit_classifier
from ae.data import datasets, noise, sources
from ae.plots import confusion_matrix, export, image_grid, noise_curve
from ae.plots.image_grid import captions_only
from ae.ui import address, cached, classes, denoising, measuring, noticed
from ae.ui.image_menu import DENOISE, image_menu
from ae.ui.images import line_legend, save_button
from ae.ui.measurements import RED_FRAME, measurements, original_row
from ae.ui.noise_controls import FIRST_IMAGES, choose_noise
from ae.ui.open_models import open_models
from ae.ui.open_sidebar import change_models
from ae.ui.pick_images import pick_images
from ae.ui.pick_runs import pick_runs, trained_runs
from ae.ui.run_colours import run_colours
from ae.ui.run_labels import short_names

MOST = 5
CURVES = (
    ("PSNR", "PSNR (dB)", ".1f"),
    ("SSIM", "SSIM", ".2f"),
    ("Recognition rate", "Recognised digits", ".0%"),
)
"""The title, the values and their format of each field of a ``Quality``."""

ui.page("Denoise")
runs = trained_runs()
runs.sort(key=lambda run: (not sources.is_here(run.recipe.dataset), not run.recipe.noise))  # denoisers first
with st.sidebar:
    picked = pick_runs(
        "Models",
        runs,
        most=MOST,
        first=lambda: denoising.at_first(runs),
    )
models, dataset = open_models(picked)
names = short_names(list(models), taken=measuring.TAKEN)
colours = {names[run]: colour for run, colour in run_colours(picked).items() if run in models}
with st.sidebar:
    indices = pick_images(
        dataset,
        errors=lambda: cached.test_errors(next(iter(models))),
        first=FIRST_IMAGES.get(dataset.name, ""),
    )
    measured = measurements()
    chosen = choose_noise(max(run.recipe.code_size for run in models), math.prod(dataset.shape))

clean = datasets.to_float(dataset.test_images[indices])
truth = classes.heads(dataset, indices)
classified = not digit_classifier.why_not(dataset.name)
rows = denoising.denoised_rows(models, names, colours, clean, truth, chosen)
about = noise.describe(chosen.kind, chosen.strength, clip=chosen.clip)
red = RED_FRAME if classified else ""
note = f"{about}. Outputs lie in [0, 1]. {red}".strip()
recipes = {names[run]: run.recipe for run in models}
said = noticed.denoised(rows, recipes, truth, chosen.strength)
rows[0] = denoising.without_classes(rows[0])
st.markdown(f"{said} Drag the slider to see when {'each' if len(models) > 1 else 'it'} fails.")
on_screen = denoising.by_training(rows)
denoising.show_rows(
    on_screen,
    dataset,
    indices,
    chosen,
    alt="Test images, noisy and denoised",
    largest=82,
    pairs=measured,
    measured=measured,
)
image_menu(dataset, list(models), without=DENOISE)
with st.container(horizontal=True, vertical_alignment="center", gap="small", key="below_figure"):
    st.caption(ui.plain(note if measured else red), width="stretch")
    change_models(list(colours.values()))
    printed = [original_row(clean.numpy(), indices, measured=True)]
    for each in rows:
        psnr = [f"{value:.1f}" for value in each.psnr]
        printed += [each.row, captions_only(len(psnr), psnr, "PSNR (dB)")] if measured else [each.row]
    save_button(
        "Figure",
        "denoising.png",
        lambda: export.png(image_grid.sheet(printed, heads=truth, title=about, note=note)),
    )

names = denoising.called(names, on_screen)
colours = {names[run]: colour for run, colour in run_colours(picked).items() if run in models}
clean_rate = ""
if not classified:
    clean_rate = f"{digit_classifier.why_not(dataset.name)} So no recognition rate is shown."
elif (accuracy := digit_classifier.accuracy(dataset.name)) is not None:
    shown = sources.find(dataset.name).title
    clean_rate = f"On the clean test images of {shown}, the digit classifier's recognition rate is {accuracy:.1%}."
against, at_this, *confused = st.tabs(["All strengths", "This strength", *(["Confusion matrix"] if classified else [])])
with against:
    strengths, curves = measuring.curves(models, names, chosen)
    lines = noise_curve.method_lines(list(curves), colours)
    sample = measuring.sample_label(dataset, measuring.CURVE_IMAGES)
    count = min(measuring.IMAGES, len(dataset.test_images))
    more = f"; at {chosen.strength:.2f}, over {count:,}" if count > measuring.CURVE_IMAGES else ""
    error = 100 * measuring.largest_error(dataset, measuring.CURVE_IMAGES)
    here = {name: curve[strengths.index(chosen.strength)] for name, curve in curves.items()}
    rates = {name: quality.recognition_rate for name, quality in here.items()}
    line = f" {measuring.about_noisy_line(rates)}" if classified else ""
    means = "Higher is better; means" if measured or not classified else "Means"
    st.caption(
        f"{means} over {sample}{more}.{line}",
        help=f"The standard error of the recognition rate is at most {error:.1f} percentage points."
        if classified
        else None,
    )
    known = range(3 if classified else 2)
    shown = known if measured else known[-1:] if classified else known[:1]
    if len(shown) > 1:
        line_legend(lines)  # several curves share one; the lines of a single one have their names at their ends
    for place, at in zip(st.columns(len(shown)), shown, strict=True):
        title, of, form = CURVES[at]
        values = {name: [quality[at] for quality in curve] for name, curve in curves.items()}
        unit = noise.KINDS[chosen.kind].unit
        figure = noise_curve.noise_curve(
            values,
            strengths,
            lines,
            title=title,
            unit=unit,
            of=of,
            form=form,
            at=chosen.strength,
            named=len(shown) == 1,
        )
        with place:
            ui.chart(figure, key=f"curve{at}", alt=f"{title} against noise strength", file=f"denoising-{at}")
with at_this:
    sample = measuring.sample_label(dataset, measuring.IMAGES)
    table = measuring.at_strength(models, names, chosen)
    ui.table(
        table if measured else table[["Method", measuring.RATE if classified else measuring.PSNR]],
        key="measured",
        caption=ui.plain(f"{about}: means over {sample}. {clean_rate}"),
        formats=measuring.FORMATS,
        helps=measuring.HELPS,
    )
for tab in confused:
    with tab:
        whose = address.one_of(
            "Confusion matrix of",
            list(names.values()),
            key="whose",
            format_func=ui.plain,
            help="Rows are true digits, columns the digits that the outputs are classified as. Recognised digits are "
            "on the diagonal.",
        )
        run = next((run for run, name in names.items() if name == whose), next(iter(names)))
        counts = measuring.confusion(run, kind=chosen.kind, strength=chosen.strength, clip=chosen.clip)
        ui.chart(
            confusion_matrix.confusion_matrix(counts, dataset.class_names, title=f"Confusion matrix: {names[run]}"),
            key="confusion",
            alt=f"True digits against the digits they are classified as after {names[run]}",
            file="confusion-matrix",
        )

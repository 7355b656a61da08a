"""Denoise: what models, and methods without any network, make of noisy digits."""

import streamlit as st
import torch

from ae import ui
from ae.analysis import denoise, digit_classifier, reconstruct
from ae.data import datasets, noise, sources
from ae.plots import confusion_matrix, noise_curve
from ae.plots.image_grid import Row, grey
from ae.ui import cached, measuring
from ae.ui.images import image_rows, line_legend
from ae.ui.noise_controls import choose_noise
from ae.ui.open_models import open_models
from ae.ui.pick_images import pick_images
from ae.ui.pick_runs import pick_runs, trained_runs
from ae.ui.run_labels import short_names

MOST = 5
MEASURES = (
    ("Nearness, higher is better", "PSNR (dB)", ".1f"),
    ("Likeness, higher is better", "SSIM", ".2f"),
    ("Legibility, higher is better", "Still read right", ".0%"),
)

ui.page("Denoise")
runs = trained_runs()
runs.sort(key=lambda run: (not sources.is_here(run.recipe.dataset), not run.recipe.noise))  # first what was made for it
with st.sidebar:
    chosen = pick_runs("Models", runs, most=MOST, help=f"Up to {MOST} models, each a row of the picture.")
models, dataset = open_models(chosen)
names = short_names(list(models), taken=measuring.TAKEN)
with st.sidebar:
    indices = pick_images(dataset, errors=lambda: cached.test_errors(next(iter(models))))
    kind, strength, clip, seed, size = choose_noise(max(run.recipe.code_size for run in models))
unit = noise.KINDS[kind].unit

clean = datasets.to_float(dataset.test_images[indices])
noisy = noise.add(clean, kind, strength, clip=clip, seed=seed)
heads = [dataset.class_names[label] for label in dataset.test_labels[indices].tolist()]
classified = not digit_classifier.why_not(dataset.name)
methods = {names[run]: denoise.by_model(model) for run, model in models.items()}
others = denoise.baselines(cached.principal(dataset.name), size)


def row(name: str, images: torch.Tensor) -> Row:
    """Show what came out, and below each image how near it is and what it reads as."""
    words, wrong = [f"{value:.1f}" for value in denoise.psnr(clean, images)], []
    if classified:
        read = [reading.split()[0] for reading in digit_classifier.labels_with_confidence(images)]
        wrong = [i for i, (digit, true) in enumerate(zip(read, heads, strict=True)) if digit != true]
        words = [f"{dB} · {digit}" for dB, digit in zip(words, read, strict=True)]
    return Row(
        name, grey(images.squeeze(1).numpy()), words, "PSNR in dB" + (" · reads as" if classified else ""), wrong
    )


said = noise.said(kind, strength, clip=clip)
rows = [Row("Original", grey(clean.squeeze(1).numpy()), [str(index) for index in indices], "index")]
rows.append(row(denoise.NOISY, noisy))
rows += [row(name, reconstruct.only_finite(method(noisy))) for name, method in (methods | others).items()]
image_rows(
    rows,
    heads=heads,
    alt="Test images with noise, and what each method makes of them",
    largest=88,
    file="denoising",
    title=said,
    note=f"{said}. Outputs lie in [0, 1]." + (" In red: no longer read as the true digit." if classified else ""),
)

if not any(run.recipe.noise for run in models):
    st.caption(
        "None of these models was trained with noise: what they can't explain, they draw as something they know."
    )
measured = measuring.at_strength(models, names, kind=kind, strength=strength, clip=clip, size=size)
ui.table(
    measured,
    key="measured",
    caption=f"{said}: means over {measuring.sample_words(dataset)}",
    formats={"PSNR (dB)": "%.1f", "SSIM": "%.3f", "Still legible": "%.1f%%", measuring.ERROR: "%.1f pp"},
    helps=measuring.HELPS,
)
st.caption(
    f"Legible: the digit classifier classifies it as the true digit. Of the clean test images of "
    f"{sources.SOURCES[dataset.name].title}, that is {digit_classifier.accuracy(dataset.name):.1%}."
    if classified
    else digit_classifier.why_not(dataset.name) + " So no legibility is shown."
)
curves = measuring.curves(models, names, kind=kind, clip=clip, size=size)
lines = noise_curve.method_lines(list(curves), list(names.values()))
st.markdown("**How well noise is taken away, by its strength**")
line_legend(lines)
for place, (at, (title, of, form)) in zip(st.columns(3 if classified else 2), enumerate(MEASURES), strict=False):
    found = {name: [quality[at] for quality in curve] for name, curve in curves.items()}
    figure = noise_curve.noise_curve(found, measuring.STRENGTHS, lines, title=title, unit=unit, of=of, form=form)
    with place:
        ui.chart(figure, key=f"curve{at}", alt=f"{title}, over the strength of the noise", file=f"denoising-{at}")
if classified:
    whose = st.segmented_control(
        "What the illegible ones turned into",
        list(names.values()),
        default=next(iter(names.values())),
        required=True,
        key="whose",
        bind="query-params",
        format_func=ui.plain,
        help="Rows are true digits, columns what a small classifier reads in the output. Empty off the diagonal is "
        "what one hopes for.",
    )
    run = next((run for run, name in names.items() if name == whose), next(iter(names)))
    counts = measuring.turned_into(run, kind=kind, strength=strength, clip=clip)
    ui.chart(
        confusion_matrix.confusion_matrix(counts, dataset.class_names, title=f"What digits turned into: {names[run]}"),
        key="turned",
        alt=f"What true digits were read as after {names[run]}",
        file="turned-into",
    )

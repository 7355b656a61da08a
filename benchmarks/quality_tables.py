"""The tables of the models' quality."""

import statistics
from typing import Any

from ae.analysis import refine
from ae.presets import PRESETS
from benchmarks import published
from benchmarks.keeping import Result
from benchmarks.markdown import NONE, grouped, spread, titled

SIZE = "bottleneck size"


def reconstruction(quality: Result) -> str:
    """Return the section on test MSE by preset and bottleneck size."""
    pca = quality.get("pca", {})
    lines = []
    for (preset, size), runs in grouped(quality.get("rows", [])).items():
        recipe = PRESETS[preset].recipe
        squared = recipe.loss == "mse" and not recipe.term  # otherwise the validation loss is not a squared error
        validated = squared and recipe.validation_images
        figure, source = published.PUBLISHED_MSE.get(size, (None, "")) if preset == "best" else (None, "")
        if preset in ("conv", "homework-conv"):
            figure, source = published.HOMEWORK_REPORT, "the course homework's report, on its validation images"
        lines.append(
            (
                PRESETS[preset].title,
                size,
                f"{runs[0]['parameters']:,}",
                spread(runs, "test_mse", "{:.4f}"),
                spread(runs, "refined_mse", "{:.4f}"),
                spread(runs, "validation_loss", "{:.4f}") if validated else NONE,
                f"{recipe.validation_images:,}" if recipe.validation_images else "none",
                f"{pca[str(size)]:.4f}" if str(size) in pca else NONE,
                f"{figure:.4f} ({source})" if figure else NONE,
                " ".join(str(run["active_units"]) for run in runs),
                spread(runs, "recognition_rate", "{:.1%}"),
                len(runs),
            )
        )
    heads = ("preset", SIZE, "parameters", "test MSE", "with refined codes", "validation MSE", "validation images",
             "PCA, test MSE", "published", "active units, by seed", "recognition rate", "n")  # fmt: skip
    note = (
        "Mean squared error per pixel. No choice was based on the test images: presets with a validation split were "
        "chosen by their validation MSE, the lab's have no validation split. The recognition rate is over all 10,000 "
        "reconstructed test images, followed by the number of seeds if it was not measured for all of them. Codes are "
        f"refined in {refine.STEPS} steps from the encoder's, as by `reconstruct --refine {refine.STEPS}`: what that "
        "gains is what the encoder leaves."
    )
    return titled("Reconstruction", heads, lines, quality, note)


def denoising(quality: Result, skips: Result) -> str:
    """Return the section on PSNR, SSIM and recognition rate under Gaussian noise.

    Args:
        quality: of the presets.
        skips: of the denoiser with skip connections.
    """
    sigmas = quality.get("sigmas", ())
    lines: list[tuple[object, ...]] = []

    def add(name: str, size: object, measured: list[dict[str, dict[str, float]]]) -> None:
        cells: list[object] = [name, size]
        for sigma in sigmas:
            each = [one[str(sigma)] for one in measured]
            shown = ("psnr", "ssim", "recognition_rate")  # rows of earlier versions have no more
            mean = {key: statistics.mean(one[key] for one in each) for key in shown}
            cells += [f"{mean['psnr']:.1f} dB / {mean['ssim']:.3f}", f"{mean['recognition_rate']:.1%}"]
        lines.append((*cells, len(measured)))

    for name, measured in quality.get("filters", {}).items():
        add(name, NONE, [measured])
    for (preset, size), runs in grouped(quality.get("rows", [])).items():
        if preset in ("denoiser", "best-denoiser", "best", "lab-xavier", "lab", "fast") and size in (8, 16, 64):
            add(PRESETS[preset].title, size, [run["denoising"] for run in runs])
    if rows := skips.get("rows"):
        add("Denoiser with skip connections", "none", [run["denoising"] for run in rows])
    if lines:
        known = published.PUBLISHED_DENOISING.values()
        cells = [cell for psnr, ssim in known for cell in (f"{psnr:.1f} dB / {ssim:.3f}", NONE)]
        lines.append(("best public checkpoint of the course lab, measured", 8, *cells, NONE))
    by_sigma = [head for sigma in sigmas for head in (f"σ {sigma}: PSNR / SSIM", f"σ {sigma}: recognition rate")]
    note = (
        "Gaussian noise, clipped to [0, 1], on all 10,000 test images; means over images and seeds. With skip "
        "connections, values reach the output past the bottleneck, as in a U-Net (Ronneberger et al. 2015): the "
        "difference is what the bottleneck costs."
    )
    return titled("Denoising", ("method", SIZE, *by_sigma, "n"), lines, quality, note)


def codes(quality: Result) -> str:
    """Return the section on the accuracy of nearest neighbours among the latent codes."""
    lines = []
    for (preset, size), runs in grouped(quality.get("rows", [])).items():
        if size in published.PUBLISHED_KNN and preset in ("best", "fast", "lab-xavier", "lab"):
            figure, source = published.PUBLISHED_KNN[size]
            known = f"{figure:.3f} ({source})"
            lines.append((PRESETS[preset].title, size, spread(runs, "knn_accuracy", "{:.3f}"), known, len(runs)))
    note = "The accuracy on the test images of a vote by the five nearest codes of training images."
    return titled("The latent code", ("preset", SIZE, "kNN accuracy", "published", "n"), lines, quality, note)


def elbo(quality: Result) -> str:
    """Return the section on the evidence lower bound of the variational presets."""
    lines = []
    for (preset, size), runs in grouped(quality.get("rows", [])).items():
        if any("elbo" in run for run in runs):
            figure, source = published.PUBLISHED_ELBO.get(size, (0, ""))
            nats: list[dict[str, Any]] = [{"nats": -run["elbo"]} for run in runs if "elbo" in run]
            active = " ".join(str(run["active_units"]) for run in runs)
            known = f"{figure} ({source})" if source else NONE
            likely = [{"nats": -run["log_likelihood"]} if "log_likelihood" in run else {} for run in runs]
            weighted = spread(likely, "nats", "{:.1f}")
            bound = spread(nats, "nats", "{:.1f}")
            lines.append((PRESETS[preset].title, size, bound, known, weighted, active, len(nats)))
    heads = ("preset", SIZE, "−ELBO, nats per image", "published", "−log p(x), estimated", "active units", "n")
    note = (
        "Binary cross-entropy + KL on the test images, with one sampled code each. The log-likelihood is estimated "
        "with 5,000 codes for each of 1,000 test images (Burda et al. 2016). Published estimates are of images "
        "made black and white, so they can't be compared with these: 86.8 for a VAE with 50 units, 84.8 for an "
        "importance-weighted one trained with 50 samples (the same authors), 89.8 for pythae's VAE (200 samples)."
    )
    return titled("Variational autoencoders", heads, lines, quality, note)

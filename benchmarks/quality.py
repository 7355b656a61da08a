"""The quality of the models: eleven presets, trained from several seeds by the project's own command, and measured."""

from typing import Any

from ae.analysis import denoise, evaluation, metrics, reconstruct, refine
from ae.analysis.pca import fit_images, test_errors
from ae.data import datasets
from ae.models.base import Autoencoder, VariationalAutoencoder
from ae.presets import preset
from ae.runs import machine, model_file, reading
from ae.runs.folders import Run
from benchmarks.keeping import Result, kept, save
from benchmarks.training import finished, trained

PLAN = (
    ("best", (2, 4, 8, 16, 30), 3),
    ("fast", (2, 8, 16), 3),
    ("denoiser", (16, 64), 3),
    ("best-denoiser", (64,), 3),
    ("vae", (2, 20), 3),
    ("best-vae", (2, 20), 3),
    ("conv", (2,), 3),
    ("lab-xavier", (4, 8, 16), 3),
    ("lab", (8,), 3),
    ("homework-conv", (2,), 3),
    ("homework-vae", (2,), 3),
)
"""Preset, bottleneck sizes, number of seeds."""
SIGMAS = (0.3, 0.5)
LIKELIHOOD_IMAGES = 1000
"""How many test images the log-likelihood is estimated on."""


def denoising(method: denoise.Method | None, dataset: datasets.Dataset) -> dict[str, dict[str, float]]:
    """Measure PSNR (dB), SSIM and recognition rate on all test images, with clipped Gaussian noise of each sigma."""
    clean, labels = denoise.test_set(dataset)
    rows = denoise.curve(method, clean, labels, kind="gaussian", clip=True, strengths=SIGMAS)
    return {str(sigma): row._asdict() for sigma, row in zip(SIGMAS, rows, strict=True)}


def row(run: Run, dataset: datasets.Dataset) -> dict[str, Any]:
    """Measure a finished run on all test images."""
    model, last = model_file.load(run), reading.read_history(run)[-1]
    monitored = "validation_loss" if run.recipe.validation_images else "test_loss"
    likelihood = {}
    if isinstance(model, VariationalAutoencoder) and run.recipe.loss == "bce":
        images = datasets.to_float(dataset.test_images[:LIKELIHOOD_IMAGES])
        likelihood = {"log_likelihood": evaluation.log_likelihood(model, images)}
    return {
        "preset": run.preset,
        "code_size": run.recipe.code_size,
        "seed": run.recipe.seed,
        "trained": run.created,
        "measured": machine.about()["date"],
        "machine": machine.about()["machine"],
        "epochs": run.recipe.epochs,
        "training_loss": last.training_loss,
        monitored: last.monitored_loss,
        **evaluation.evaluate(model, dataset),
        **likelihood,
        "denoising": denoising(denoise.by_model(model), dataset),
        **({"refined_mse": refined_mse(model, dataset)} if run.preset == "best" else {}),
    }


def refined_mse(model: Autoencoder, dataset: datasets.Dataset) -> float:
    """Measure the mean squared error on the test images, each decoded from a refined code."""
    images = datasets.to_float(dataset.test_images)
    codes = refine.refined(model, images, reconstruct.encode(model, images))
    return metrics.mse(images, reconstruct.decode(model, codes)).mean().item()


def measure(*, train: bool) -> Result:
    """Measure every run of the plan.

    Args:
        train: whether to train missing runs, in the folder of runs. Otherwise a shipped run of the same recipe is
            measured, and if there is none, the kept row stays.
    """
    dataset, rows = datasets.load("mnist"), []
    before = kept().get("quality", {})
    earlier = {
        (one["preset"], one["code_size"], one["seed"]): {"machine": before["machine"], **one}
        for one in before.get("rows", [])
    }
    for name, sizes, seeds in PLAN:
        for size in sizes:
            for seed in range(seeds):
                recipe = preset(name, code_size=size, seed=seed)
                run = trained(name, code_size=size, seed=seed) if train else finished(recipe, shipped=True)
                if run:
                    rows.append(row(run, dataset))
                    print(name, size, seed, rows[-1]["test_mse"], flush=True)
                else:
                    rows += [earlier[name, size, seed]] if (name, size, seed) in earlier else []
                    print(f"{name} {size} {seed}: no finished run here (--train trains it)", flush=True)
    pca = fit_images(dataset)
    untrained = {denoise.NOISY: None, **denoise.baselines(pca, 8)}
    filters = {name: denoising(method, dataset) for name, method in untrained.items()}
    errors = test_errors(pca, dataset).tolist()
    linear = {str(size): errors[size] for size in (2, 4, 8, 16, 30)}
    first, *_, last = sorted([machine.about()["date"], *(one["measured"] for one in rows), machine.about()["date"]])
    date = first if first == last else f"{first} to {last}"
    machines = " and ".join(dict.fromkeys(one["machine"] for one in rows))
    return save(
        "quality",
        {"date": date, "machine": machines, "sigmas": SIGMAS, "rows": rows, "filters": filters, "pca": linear},
    )

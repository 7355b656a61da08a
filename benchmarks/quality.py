"""How good the recipes are: each trained from several seeds by the project's own command, and measured alike."""

import os
import subprocess
import sys
from pathlib import Path

from ae import checkpoints, data, denoise, jobs
from ae.checkpoints import Run
from ae.pca import fit_images, test_errors
from ae.recipe import Recipe, preset
from benchmarks.keeping import keep

ROOT = Path(__file__).resolve().parent.parent
PLAN = (
    ("best", (2, 4, 8, 16, 30), 3),
    ("fast", (2, 8, 16), 3),
    ("denoiser", (64,), 3),
    ("vae", (2, 20), 3),
    ("conv", (2,), 3),
    ("lab-xavier", (4, 8, 16), 3),
    ("lab", (8,), 3),
    ("homework-conv", (2,), 3),
    ("homework-vae", (2,), 3),
)
"""Preset, code sizes, seeds."""
SIGMAS = (0.3, 0.5)


def known(recipe: Recipe) -> Run | None:
    """A finished run by that recipe, if there is one."""
    for run in checkpoints.list_runs():
        if isinstance(run, Run) and run.recipe == recipe and not run.shipped and jobs.state(run) == "finished":
            return run
    return None


def denoising(method: denoise.Method | None, dataset: data.Dataset) -> dict[str, dict[str, float]]:
    """PSNR (dB), SSIM and legibility at each sigma: Gaussian noise, clipped to [0, 1], on all test images."""
    clean, about = data.to_float(dataset.test_images), {"kind": "gaussian", "clip": True, "seed": 0}
    rows = denoise.curve(method, clean, dataset.test_labels, strengths=SIGMAS, **about).tolist()
    return {
        str(sigma): dict(zip(denoise.Quality._fields, row, strict=True))
        for sigma, row in zip(SIGMAS, rows, strict=True)
    }


def measure(*, train: bool) -> dict:
    """Measure every run of the plan; those that are missing are trained first, or left out.

    Args:
        train: whether to train what is missing, in the folder of runs.
    """
    dataset, rows = data.load("mnist"), []
    for name, sizes, seeds in PLAN:
        for size in sizes:
            for seed in range(seeds):
                recipe = preset(name, code_size=size, seed=seed)
                if train and not known(recipe):
                    command = ["train", "--preset", name, "-z", str(size), "--seed", str(seed)]
                    subprocess.run([sys.executable, "-m", "ae", *command], cwd=ROOT, env=os.environ, check=True)
                if run := known(recipe):
                    history = checkpoints.read_history(run)
                    rows.append(
                        {
                            "preset": name,
                            "code_size": size,
                            "seed": seed,
                            "epochs": recipe.epochs,
                            "training_loss": history[-1].training_loss,
                            "held_out_loss": history[-1].held_out_loss,
                            **checkpoints.read_metrics(run),
                            "denoising": denoising(denoise.by_model(checkpoints.load(run)), dataset),
                        }
                    )
                    print(name, size, seed, rows[-1]["test_mse"], flush=True)
    pca = fit_images(dataset)
    untrained = {denoise.NOISY: None, **denoise.baselines(pca, 8)}
    filters = {name: denoising(method, dataset) for name, method in untrained.items()}
    errors = test_errors(pca, dataset).tolist()
    linear = {str(size): errors[size] for size in (2, 4, 8, 16, 30)}
    return keep("quality", {"sigmas": SIGMAS, "rows": rows, "filters": filters, "pca": linear})

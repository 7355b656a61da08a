"""How good the recipes are: each trained from several seeds by the project's own command, and measured alike."""

from ae.analysis import denoise
from ae.analysis.pca import fit_images, test_errors
from ae.data import datasets
from ae.presets import preset
from ae.runs import model_file, reading
from benchmarks.keeping import keep, kept
from benchmarks.training import finished, trained

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


def denoising(method: denoise.Method | None, dataset: datasets.Dataset) -> dict[str, dict[str, float]]:
    """PSNR (dB), SSIM and legibility at each sigma: Gaussian noise, clipped to [0, 1], on all test images."""
    clean, about = datasets.to_float(dataset.test_images), {"kind": "gaussian", "clip": True, "seed": 0}
    rows = denoise.curve(method, clean, dataset.test_labels, strengths=SIGMAS, **about).tolist()
    return {
        str(sigma): dict(zip(denoise.Quality._fields, row, strict=True))
        for sigma, row in zip(SIGMAS, rows, strict=True)
    }


def measure(*, train: bool) -> dict:
    """Measure every run of the plan.

    Args:
        train: whether to train what is missing, in the folder of runs; else what was kept of it stays.
    """
    dataset, rows = datasets.load("mnist"), []
    earlier = {(row["preset"], row["code_size"], row["seed"]): row for row in kept("quality").get("rows", [])}
    for name, sizes, seeds in PLAN:
        for size in sizes:
            for seed in range(seeds):
                recipe = preset(name, code_size=size, seed=seed)
                run = trained(name, code_size=size, seed=seed) if train else finished(recipe)
                if not run:
                    rows += [earlier[name, size, seed]] if (name, size, seed) in earlier else []
                    print(f"{name} {size} {seed}: no finished run here (--train trains it)", flush=True)
                else:
                    history = reading.read_history(run)
                    rows.append(
                        {
                            "preset": name,
                            "code_size": size,
                            "seed": seed,
                            "trained": run.created,
                            "epochs": recipe.epochs,
                            "training_loss": history[-1].training_loss,
                            "validation_loss": history[-1].validation_loss,
                            **reading.read_metrics(run),
                            "denoising": denoising(denoise.by_model(model_file.load(run)), dataset),
                        }
                    )
                    print(name, size, seed, rows[-1]["test_mse"], flush=True)
    pca = fit_images(dataset)
    untrained = {denoise.NOISY: None, **denoise.baselines(pca, 8)}
    filters = {name: denoising(method, dataset) for name, method in untrained.items()}
    errors = test_errors(pca, dataset).tolist()
    linear = {str(size): errors[size] for size in (2, 4, 8, 16, 30)}
    return keep("quality", {"sigmas": SIGMAS, "rows": rows, "filters": filters, "pca": linear})

"""Everything that was kept, as the Markdown that README.md carries; no figure in it is typed by hand."""

import statistics
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ae.presets import PRESETS
from benchmarks import published
from benchmarks.keeping import kept
from benchmarks.quality_time import SHORT

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- benchmarks: python -m benchmarks table --readme -->", "<!-- end of benchmarks -->"
NAMES = {
    "best": "*best*",
    "fast": "*fast*",
    "denoiser": "*denoiser*",
    "vae": "*vae*",
    "conv": "*conv*",
    "lab": "lab",
    "lab-xavier": "lab, Xavier",
    "homework-conv": "homework's convolutional",
    "homework-vae": "homework's VAE, squared error",
}


def words() -> str:
    """Give all tables of what was measured; a part that was never measured is left out."""
    quality = kept("quality").get("rows", [])
    parts = [reconstruction(quality), denoising(quality), codes(quality), elbo(quality), speed(), soon(), rest()]
    return "\n\n".join(part for part in parts if part)


def into_readme() -> None:
    """Put the tables into README.md, between their two marks."""
    text = README.read_text()
    before, rest = text.split(BEGIN)
    README.write_text(f"{before}{BEGIN}\n\n{words()}\n\n{END}{rest.split(END)[1]}")


def reconstruction(rows: list[dict[str, Any]]) -> str:
    """Test MSE by preset and code size."""
    pca = kept("quality").get("pca", {})
    lines = []
    for (preset, size), runs in grouped(rows):
        recipe = PRESETS[preset].recipe
        squared = recipe.loss == "mse" and not recipe.beta
        figure, source = published.PUBLISHED_MSE.get(size, (None, "")) if preset == "best" else (None, "")
        if preset in ("conv", "homework-conv"):
            figure, source = published.HOMEWORK_REPORT, "the homework's report, on its validation images"
        lines.append(
            (
                NAMES[preset],
                size,
                f"{runs[0]['parameters']:,}",
                spread(runs, "test_mse", "{:.4f}"),
                spread(runs, "validation_loss", "{:.4f}") if squared and recipe.validation_images else "–",
                f"{recipe.validation_images:,}" if squared and recipe.validation_images else "–",
                f"{pca[str(size)]:.4f}" if str(size) in pca else "–",
                f"{figure:.4f} ({source})" if figure else "–",
                " ".join(str(run["active_units"]) for run in runs),
                spread(runs, "recognition_rate", "{:.1%}"),
                len(runs),
            )
        )
    heads = ("recipe", "code", "parameters", "test MSE", "validation MSE", "validation images", "PCA", "published",
             "active", "recognition rate", "n")  # fmt: skip
    return titled("Reconstruction: mean squared error per pixel on MNIST's test images", heads, lines, "quality")


def denoising(rows: list[dict[str, Any]]) -> str:
    """PSNR, SSIM and legibility with Gaussian noise, clipped."""
    quality = kept("quality")
    lines = []

    def line(name: str, code: object, measured: list[dict[str, dict[str, float]]]) -> None:
        cells: list[object] = [name, code]
        for sigma in quality["sigmas"]:
            each = [one[str(sigma)] for one in measured]
            mean = {key: statistics.mean(one[key] for one in each) for key in each[0]}
            cells += [f"{mean['psnr']:.1f} dB / {mean['ssim']:.3f}", f"{mean['recognition_rate']:.1%}"]
        lines.append((*cells, len(measured)))

    for name, measured in quality.get("filters", {}).items():
        line(name, "–", [measured])
    for (preset, size), runs in grouped(rows):
        if preset in ("denoiser", "best", "lab-xavier", "lab", "fast") and size in (8, 64):
            line(NAMES[preset], size, [run["denoising"] for run in runs])
    if lines:
        known = published.PUBLISHED_DENOISING.values()
        cells = [cell for psnr, ssim in known for cell in (f"{psnr:.1f} dB / {ssim:.3f}", "–")]
        lines.append(("best public checkpoint of the lab, measured", 8, *cells, "–"))
    heads = (
        "what",
        "code",
        *(h for s in quality.get("sigmas", ()) for h in (f"σ {s}: PSNR / SSIM", "recognition rate")),
        "n",
    )
    return titled("Denoising: Gaussian noise, clipped to [0, 1]; all 10,000 test images", heads, lines, "quality")


def codes(rows: list[dict[str, Any]]) -> str:
    """KNN accuracy by code size."""
    lines = []
    for (preset, size), runs in grouped(rows):
        if size in (2, 8) and preset in ("best", "fast", "lab-xavier", "lab"):
            figure, source = published.PUBLISHED_KNN[size]
            lines.append(
                (NAMES[preset], size, spread(runs, "knn_accuracy", "{:.3f}"), f"{figure:.3f} ({source})", len(runs))
            )
    heads = ("recipe", "code", "kNN accuracy", "published", "n")
    return titled("The code: five nearest neighbours, fitted on the training images' codes", heads, lines, "quality")


def elbo(rows: list[dict[str, Any]]) -> str:
    """Evidence lower bound of the variational recipes."""
    lines = []
    for (preset, size), runs in grouped(rows):
        if "elbo" in runs[0]:
            figure, source = published.PUBLISHED_ELBO.get(size, (0, ""))
            nats = [-run["elbo"] for run in runs]
            lines.append(
                (
                    NAMES[preset],
                    size,
                    f"{statistics.mean(nats):.1f} ({min(nats):.1f} to {max(nats):.1f})",
                    f"{figure} ({source})",
                    " ".join(str(run["active_units"]) for run in runs),
                    len(runs),
                )
            )
    heads = ("recipe", "code", "−ELBO, nats an image", "published", "live", "n")
    return titled("Variational: binary cross-entropy + KL on the test images, one sample", heads, lines, "quality")


def speed() -> str:
    """Seconds an epoch beside the plain loops."""
    found = kept("speed")
    lines = []
    for group, runners in found.get("seconds_an_epoch", {}).items():
        loop = runners.get("plain loop", {}).get("median")
        for name, one in runners.items():
            ratio = f"{loop / one['median']:.1f} ×" if loop and name != "plain loop" else "–"
            lines.append(
                (
                    NAMES[group],
                    name,
                    f"{one['median']:.2f} s",
                    f"{one['least']:.2f} to {one['most']:.2f}",
                    ratio,
                    found["n"],
                )
            )
    heads = ("recipe", "what", "median epoch", "spread", "faster than the plain loop", "n")
    return titled("Seconds an epoch, in turn in one run", heads, lines, "speed")


def soon() -> str:
    """Time to the lab's quality."""
    found = kept("quality_time")
    short = "*fast*, cut to {epochs} epochs, learning rate {learning_rate:g}".format(**found.get("fast", SHORT))
    lines = [
        (
            "plain loop by the lab's recipe, Xavier" if name == "lab's loop" else short,
            f"{found['mean_seconds'][name]:.2f} s",
            ", ".join(f"{run['seconds']:.2f}" for run in runs),
            ", ".join(str(run["epochs"]) for run in runs),
            ", ".join(f"{run['test_mse']:.4f}" for run in runs),
        )
        for name, runs in found.get("runs", {}).items()
    ]
    heads = ("what", "mean", "each seed", "epochs", "test MSE")
    words = titled(f"Time to a test MSE of {found.get('target')} with a code of 8", heads, lines, "quality_time")
    if not words:
        return ""
    said = f"That is {found['ratio']:.0f} times faster" if found["reached"] else "Not every run reached it"
    return (
        f"{words}\n\n{said}, in this machine's best precision against the loop's fp32; the loop reads its images from "
        "torchvision's dataset as it goes, *fast* holds 55,000 of them in memory (loading them, once, is not timed)."
    )


def rest() -> str:
    """Memory, and what watching costs."""
    memory, watching = kept("memory"), kept("watching")
    lines = [("*fast*", one["code_size"], one["epochs"], f"{one['megabytes']} MB") for one in memory.get("ours", [])]
    lines += [
        ("plain loop", one["code_size"], one["epochs"], f"{one['megabytes']} MB") for one in memory.get("loop", [])
    ]
    words = titled("Largest memory of a training process", ("what", "code", "epochs", "peak"), lines, "memory")
    if watching:
        median = watching["median"]
        cost = f"{watching['cost']:+.0%}; medians of {watching['n']}; {measured_on(watching)}"
        words += (
            f"\n\nA dashboard that watches, in a browser on the same machine, makes {watching['epochs']} epochs of "
            f"*fast* take {median['watched']:.2f} s in place of {median['alone']:.2f} s ({cost})."
        )
    return words.strip()


def grouped(rows: list[dict[str, Any]]) -> Iterable[tuple[tuple[str, int], list[dict[str, Any]]]]:
    """Give the rows of each preset and code size."""
    groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["preset"], row["code_size"]), []).append(row)
    return groups.items()


def spread(runs: list[dict[str, Any]], key: str, form: str) -> str:
    """The mean, and the range where seeds differ; a dash where nothing was measured."""
    values = [run[key] for run in runs if key in run]
    if not values:
        return "–"
    say: Callable[[float], str] = form.format
    many = f" ({say(min(values))} to {say(max(values))})" if say(min(values)) != say(max(values)) else ""
    return say(statistics.mean(values)) + many


def titled(title: str, heads: Iterable[str], lines: list[tuple], source: str) -> str:
    """Give a table with its title and where it was measured; empty without lines."""
    if not lines:
        return ""
    heads = list(heads)
    table = [heads, ["---"] * len(heads), *lines]
    text = "\n".join("| " + " | ".join(map(str, line)) + " |" for line in table)
    return f"**{title}** ({measured_on(kept(source))})\n\n{text}"


def measured_on(result: dict[str, Any]) -> str:
    """Say when and where."""
    return f"{result['date']}, {result['machine']}, torch {result['versions']['torch']}"

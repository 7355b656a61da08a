"""Measure how well models and filters remove noise."""

import argparse
import math
from collections.abc import Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from ae.analysis import denoise, pca, reconstruct
from ae.analysis.denoise import Quality
from ae.cli import choosing, tables, writing
from ae.cli.choosing import Chosen
from ae.cli.command import OK, RUN, Command
from ae.data import datasets, noise
from ae.data.datasets import Dataset
from ae.plots import image_grid
from ae.plots.image_grid import Row, to_rgb

STRENGTHS = tuple(round(0.1 * i, 1) for i in range(11))

MOST_VALUES = 50_000_000
"""The most values of the images measured, unless more are asked for: several copies are in memory as floats."""

Methods = Mapping[str, denoise.Method | None]
"""Denoising methods by name; None leaves the images noisy."""


class Images(NamedTuple):
    """Clean test images to measure on, their labels if there is a digit classifier, and a description."""

    clean: Tensor
    labels: Tensor | None
    title: str


def _denoise(options: argparse.Namespace) -> int:
    writing.check(options.out, ".png")
    writing.check(options.csv, ".csv")
    chosen = choosing.models(options.runs)
    dataset, indices = chosen.dataset, choosing.by_index(options, chosen.dataset)
    added = {"kind": options.noise, "clip": not options.no_clip, "seed": options.seed}
    clean = datasets.to_float(dataset.test_images[indices])
    noisy = noise.add(clean, strength=options.strength, **added)  # first, because it rejects a bad kind or strength
    title = noise.describe(options.noise, options.strength, clip=not options.no_clip)
    methods, images = _methods(chosen), _images(dataset, options.sample, options.seed)
    measured = {name: _curve(method, images, (options.strength,), added)[0] for name, method in methods.items()}
    print(f"{title}: means over {images.title}")
    print(_table(measured))
    if options.out:
        rows = list(_rows(methods, clean, noisy, [str(index) for index in indices]))
        sheet = image_grid.sheet(rows, heads=choosing.class_names(dataset, indices), note=f"{title}.")
        print(writing.write_png(options.out, sheet))
    if options.csv:
        from tqdm import tqdm

        shown = tqdm(methods.items(), desc="Curves", unit="method", disable=None, leave=False)  # only on a terminal
        curves = {name: _curve(method, images, STRENGTHS, added) for name, method in shown}
        writing.write(options.csv, writing.to_csv(_csv_rows(curves)))
        print(f"Curves written to {options.csv}")
    return OK


def _denoise_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="+", metavar="RUN", help=RUN)
    parser.add_argument("--noise", default="gaussian", metavar="KIND", help=f"{', '.join(noise.KINDS)} (gaussian)")
    parser.add_argument("--strength", type=float, default=0.3, metavar="X", help="strength of the noise (0.3)")
    parser.add_argument("--no-clip", action="store_true", help="do not clip noisy pixels to [0, 1]")
    parser.add_argument(
        "--seed", type=choosing.seed, default=0, metavar="N", help="seed of the noise and of --sample (0)"
    )
    parser.add_argument(
        "--sample", type=int, metavar="N", help="measure N random test images instead of all: faster, less exact"
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write PSNR, SSIM and recognition rate by strength")
    parser.add_argument("-o", dest="out", type=Path, metavar="FILE.png", help="write a picture of some test images")
    choosing.add_indices(parser)


def _methods(chosen: Chosen) -> Methods:
    """Return all methods to compare: no denoising, the models, the filters and PCA."""
    size = max(model.encode(chosen.dataset.test_images[:1] / 255).shape[1] for model in chosen.models.values())
    return {
        denoise.NOISY: None,
        **{name: denoise.by_model(model) for name, model in chosen.models.items()},
        **denoise.baselines(pca.fit_images(chosen.dataset), size),
    }


def _images(dataset: Dataset, sample: int | None, seed: int) -> Images:
    """Return all test images, or a random sample of them; without ``sample``, as many as have ``MOST_VALUES``.

    Raises:
        ValueError: the sample is larger than the test set, or empty.
    """
    size = len(dataset.test_images)
    if sample is not None and not 1 <= sample <= size:
        raise ValueError(f"--sample {sample} is out of range: use 1 to {size:,}")
    most = MOST_VALUES // prod(dataset.shape)
    if sample is None and size > most:
        sample = most
    title = f"{sample:,} random test images of {size:,}, seed {seed}" if sample else f"all {size:,} test images"
    return Images(*denoise.test_set(dataset, sample=sample, seed=seed), title)


def _curve(
    method: denoise.Method | None, images: Images, strengths: Sequence[float], added: dict[str, Any]
) -> list[Quality]:
    return denoise.curve(method, images.clean, images.labels, strengths=strengths, **added)


def _table(measured: Mapping[str, Quality]) -> str:
    """Return a line for each method; the recognition rate with its standard error."""
    lines = [("method", "PSNR (dB)", "SSIM", "recognition rate ± standard error")]
    for name, found in measured.items():
        rate = f"{found.recognition_rate:.1%} ± {found.recognition_error:.1%}"
        recognised = "no digit classifier" if math.isnan(found.recognition_rate) else rate
        lines.append((name, f"{found.psnr:.2f}", f"{found.ssim:.3f}", recognised))
    return tables.columns(lines)


def _rows(methods: Methods, clean: Tensor, noisy: Tensor, below: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of the picture: the clean images, then each method's output for the noisy ones."""
    yield Row("Original", to_rgb(clean.numpy()), below, "index")
    for name, method in methods.items():
        images = reconstruct.only_finite(method(noisy)) if method else noisy
        psnr = [f"{value:.1f}" for value in denoise.psnr(clean, images)]
        yield Row(name, to_rgb(images.numpy()), psnr, "PSNR in dB")


def _csv_rows(curves: Mapping[str, list[Quality]]) -> Iterator[tuple[Any, ...]]:
    yield "method", "strength", "psnr_db", "ssim", "recognition_rate", "images"
    for name, curve in curves.items():
        for strength, row in zip(STRENGTHS, curve, strict=True):
            yield name, strength, *row


COMMANDS = {"denoise": Command(_denoise, _denoise_arguments)}

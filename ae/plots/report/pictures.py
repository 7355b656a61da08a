"""The pictures of a report, each with its text for screen readers and its caption."""

import base64
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from PIL import Image
from torch import Tensor

from ae.analysis import denoise, interpolate, latent, pca, reconstruct
from ae.analysis.denoise import Method, Quality
from ae.data import datasets, noise
from ae.data.datasets import Dataset
from ae.models.base import Autoencoder
from ae.plots import animations, export, image_grid
from ae.plots.image_grid import Row, signed, to_rgb

Models = Mapping[str, Autoencoder]

SHOWN = 8
"""Test images in the pictures: the first ones."""

KIND, STRENGTH = "gaussian", 0.3
"""The noise of the denoising pictures."""

MEASURED, MAPPED = 1000, 1500
"""Random test images that denoising is measured on, and test images on a latent map."""

SCALE = 4
"""Pixels of a picture for each pixel of an image."""


class Picture(NamedTuple):
    """A picture, as a data URL, and its texts."""

    source: str
    alt: str
    caption: str


def _picture(image: Image.Image, alt: str, caption: str) -> Picture:
    return Picture(f"data:image/png;base64,{base64.b64encode(export.png(image)).decode()}", alt, caption)


def _heads(dataset: Dataset) -> list[str]:
    return [dataset.class_names[label] for label in dataset.test_labels[:SHOWN].tolist()]


def reconstructions(models: Models, dataset: Dataset) -> Picture:
    """Show test images, their reconstructions by each model, and the signed errors."""
    images = dataset.test_images[:SHOWN]
    originals = images.numpy() / 255
    rows = [Row("Original", to_rgb(originals), [str(index) for index in range(len(images))], "index")]
    for name, model in models.items():
        _, reconstructed, _ = reconstruct.round_trip(model, images)
        errors = ((reconstructed - originals) ** 2).mean(axis=(1, 2, 3))
        rows.append(Row(name, to_rgb(reconstructed), [f"{error:.4f}" for error in errors], "MSE"))
        rows.append(Row("Error", signed(reconstructed - originals)))
    return _picture(
        image_grid.sheet(rows, heads=_heads(dataset), scale=SCALE),
        "Test images, their reconstructions and errors",
        f"The first {len(images)} test images and their reconstructions. {image_grid.ERROR_NOTE}",
    )


def _methods(models: Models, dataset: Dataset) -> dict[str, Method | None]:
    size = max(model.encode(dataset.test_images[:1] / 255).shape[1] for model in models.values())
    by_models = {name: denoise.by_model(model) for name, model in models.items()}
    return {denoise.NOISY: None, **by_models, **denoise.baselines(pca.fit_images(dataset), size)}


def denoised(models: Models, dataset: Dataset) -> tuple[Picture, dict[str, Quality], str]:
    """Show noisy test images and what models and filters make of them, with the quality of each, and say of what."""
    methods = _methods(models, dataset)
    clean = datasets.to_float(dataset.test_images[:SHOWN])
    noisy = noise.add(clean, KIND, STRENGTH)
    rows = [Row("Original", to_rgb(clean.numpy()))]
    for name, method in methods.items():
        images = reconstruct.only_finite(method(noisy)) if method else noisy
        psnr = [f"{value:.1f}" for value in denoise.psnr(clean, images)]
        rows.append(Row(name, to_rgb(images.numpy()), psnr, "PSNR in dB"))
    title = noise.describe(KIND, STRENGTH, clip=True)
    picture = _picture(
        image_grid.sheet(rows, heads=_heads(dataset), scale=SCALE),
        "Noisy test images, and the output of models and filters",
        f"Test images with noise ({title}), and what models, filters and PCA make of them.",
    )
    images, labels = denoise.test_set(dataset, sample=MEASURED)

    def quality(method: Method | None) -> Quality:
        return denoise.curve(method, images, labels, kind=KIND, strengths=(STRENGTH,), clip=True)[0]

    measured = {name: quality(method) for name, method in methods.items()}
    return picture, measured, f"{title}; means over {len(images):,} random test images, seed 0"


def interpolation(models: Models, dataset: Dataset, start: int = 0, end: int = 3, steps: int = 8) -> Picture:
    """Show the way between two test images through each model's latent space, and the cross-fade of their pixels."""
    end = min(end, len(dataset.test_images) - 1)
    ends = datasets.to_float(dataset.test_images[[start, end]])
    ways: dict[str, Tensor] = {name: interpolate.walk(model, ends, "linear", steps) for name, model in models.items()}
    ways[interpolate.FADE] = interpolate.cross_fade(ends[0], ends[1], steps)
    rows = [Row(name, to_rgb(images.numpy())) for name, images in ways.items()]
    heads = [f"{i}/{steps}" for i in range(steps + 1)]
    classes = {index: dataset.class_names[int(dataset.test_labels[index])] for index in (start, end)}
    first, last = (f"{index} (class {classes[index]})" if dataset.labelled else str(index) for index in (start, end))
    return _picture(
        image_grid.sheet(rows, heads=heads, scale=SCALE),
        f"Images between the test images {first} and {last}",
        f"From test image {first} to {last} through latent space, "
        f"z = z1 + (i / {steps}) (z2 - z1), and by cross-fading pixels.",
    )


def latent_map(name: str, model: Autoencoder, dataset: Dataset) -> Picture:
    """Show the codes of test images as points, coloured by class, in the plane of their largest variance."""
    codes = reconstruct.codes_of(model, dataset.test_images[:MAPPED])
    where = latent.plane(codes)
    points = where.to_plane(codes)
    picture = animations.scatter(
        points.numpy(), dataset.test_labels[:MAPPED].numpy(), latent.bounds(points), paper=image_grid.PAPER, side=640
    )
    across, up = where.names
    coloured = ", coloured by class" if dataset.labelled else ""
    share = "" if codes.shape[1] <= 2 else f"; {where.share:.0%} of the variance lies in this plane"
    return _picture(
        animations.labelled(picture, name, dataset.class_names),
        f"Latent codes of {name}",
        f"The codes of {len(codes):,} test images{coloured}; across: {across}, up: {up}{share}.",
    )


def inactive(model: Autoencoder, dataset: Dataset) -> list[int]:
    """Return the indices of a model's inactive units."""
    codes: Tensor = reconstruct.codes_of(model, dataset.test_images)
    return torch.nonzero(~model.active_units(codes)).flatten().tolist()


def short(names: Sequence[str], most: int = 30) -> list[str]:
    """Shorten names for the margin of a picture; names that would become equal get a number."""
    cut = [name if len(name) <= most else f"{name[: most - 1]}…" for name in names]
    return [f"{name} ({i + 1})" if cut.count(name) > 1 else name for i, name in enumerate(cut)]
